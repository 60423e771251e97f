//! `rpc.*`: the bridge describes itself.

use crate::wire::request;
use crate::{Access, Context, Error, Method, Result, Topic};

request! {
    /// Describe every method as an OpenRPC document.
    pub struct Discover {}
}

impl Method for Discover {
    const NAME: &'static str = "rpc.discover";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[];
    const EXAMPLE: &'static str = "{}";
    type Reply = OpenRpc;

    async fn call(self, _: Context) -> Result<OpenRpc> {
        let document = serde_json::from_str(DOCUMENT)
            .map_err(|it| Error::new(crate::Code::Internal, it.to_string()))?;
        Ok(OpenRpc(document))
    }
}

/// An OpenRPC 1.3.2 document.
#[derive(Clone, Debug, serde::Serialize, schemars::JsonSchema, ts_rs::TS)]
pub struct OpenRpc(#[ts(type = "Record<string, unknown>")] pub serde_json::Value);

/// The generated document; a test proves it current.
pub const DOCUMENT: &str = include_str!("../../../../ipc-schema/openrpc.json");
