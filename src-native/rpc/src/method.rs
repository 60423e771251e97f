//! What a method is: a request type that knows its own name, reply and behaviour.

use crate::{Context, Result};
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use std::{future::Future, pin::Pin, time::Duration};
use ts_rs::TS;

/// What a method does to the world; the dispatcher asks for it before every call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Access {
    /// Looks.
    Read,
    /// Changes what Backstory keeps or shows.
    Write,
    /// Handles a secret. Such a method can set, test and remove one, and never answers with one.
    Secret,
    /// Starts something outside: a dialog, a browser, an editor.
    Exec,
}

/// Who calls, and therefore what may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Our own page, by the launch key.
    Page,
    /// A program of the same user, over the socket or stdio.
    Script,
    /// The same where only looking is allowed: `backstory serve --read-only`.
    Reader,
}

impl Caller {
    /// Whether this caller may call methods of that class.
    pub fn may(self, access: Access) -> bool {
        match self {
            Caller::Page => true,
            Caller::Script => matches!(access, Access::Read | Access::Write),
            Caller::Reader => access == Access::Read,
        }
    }
}

/// How much and how long.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Largest request, in bytes.
    pub in_bytes_max: usize,
    /// Largest reply, in bytes.
    pub out_bytes_max: usize,
    /// Longest run.
    pub timeout: Duration,
}

impl Limits {
    /// What fits a question.
    pub const QUESTION: Limits =
        Limits { in_bytes_max: 1 << 20, out_bytes_max: 8 << 20, timeout: Duration::from_secs(30) };
    /// What fits work that shows its progress.
    pub const WORK: Limits = Limits { timeout: Duration::from_secs(24 * 3600), ..Limits::QUESTION };
}

/// A request type that knows its own name, reply and behaviour.
/// Its doc comment is the method's documentation everywhere: in the schema, TypeScript, `--help` and the manual.
pub trait Method: Listed + DeserializeOwned + JsonSchema + TS + Send + 'static {
    /// `memory.fileExperts`: the type's name within its module, in camel case.
    const NAME: &'static str;
    /// What it does to the world.
    const ACCESS: Access;
    /// For a reading method, what its answer is made of; for a writing one, what it makes stale.
    const TOPICS: &'static [crate::Topic];
    /// Parameters that work on the standard fixture; printed in the manual and run by a test.
    const EXAMPLE: &'static str;
    /// How much and how long.
    const LIMITS: Limits = Limits::QUESTION;
    /// What it answers.
    type Reply: Serialize + JsonSchema + TS + Send + 'static;
    /// Does it.
    fn call(self, cx: Context) -> impl Future<Output = Result<Self::Reply>> + Send;
}

/// Implemented by `methods!` alone, so that a method that is not in the list does not compile.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not in the list of methods",
    note = "add it to `methods!` in src-native/rpc/src/methods.rs"
)]
pub trait Listed {}

/// A call under way: its reply is JSON text already.
pub(crate) type Pending = Pin<Box<dyn Future<Output = Result<String>> + Send>>;

/// A method with its types erased: what the dispatcher and the generators see.
pub struct Entry {
    /// Its name on the wire.
    pub name: &'static str,
    /// What it does to the world.
    pub access: Access,
    /// What its answer is made of, or what it makes stale.
    pub topics: &'static [crate::Topic],
    /// Parameters that work on the standard fixture.
    pub example: &'static str,
    /// How much and how long.
    pub limits: Limits,
    /// Parses, runs, serializes.
    pub call: fn(Context, &RawValue) -> Pending,
    /// The generators' view of its types.
    #[cfg(feature = "schema")]
    pub types: crate::emit::Types,
}

impl Entry {
    /// The entry of a method.
    pub const fn of<M: Method>() -> Entry {
        Entry {
            name: M::NAME,
            access: M::ACCESS,
            topics: M::TOPICS,
            example: M::EXAMPLE,
            limits: M::LIMITS,
            call: call::<M>,
            #[cfg(feature = "schema")]
            types: crate::emit::Types::of::<M>(),
        }
    }
}

fn call<M: Method>(cx: Context, params: &RawValue) -> Pending {
    let request: std::result::Result<M, _> = serde_json::from_str(params.get());
    Box::pin(async move {
        let request = request.map_err(|it| crate::Error::invalid(plain(&it)))?;
        let reply = request.call(cx).await?;
        serde_json::to_string(&reply)
            .map_err(|it| crate::Error::new(crate::Code::Internal, it.to_string()))
    })
}

/// The parser's words without its position, which means nothing to someone who typed `key=value`.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}
