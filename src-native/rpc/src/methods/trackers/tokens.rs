//! Tokens of trackers: set, tried and taken away, and never answered with.

use super::{Check, CheckReply, RemoveToken, SetToken, TokenReply};
use crate::context::blocking;
use crate::{Access, Context, Limits, Method, Result, Topic};

impl Method for SetToken {
    const NAME: &'static str = "trackers.setToken";
    const ACCESS: Access = Access::Secret;
    const TOPICS: &'static [Topic] = &[Topic::Sources];
    const EXAMPLE: &'static str = r#"{ "tracker": "github.com/acme/shop", "token": "…" }"#;
    type Reply = TokenReply;

    async fn call(self, cx: Context) -> Result<TokenReply> {
        let store = cx.shared.store.clone();
        let token =
            blocking(move || Ok(ingest::trackers::set_token(&store, &self.tracker, self.token)?))
                .await?;
        cx.changed(Self::TOPICS, None);
        Ok(TokenReply { token: Some(token) })
    }
}

impl Method for RemoveToken {
    const NAME: &'static str = "trackers.removeToken";
    const ACCESS: Access = Access::Secret;
    const TOPICS: &'static [Topic] = &[Topic::Sources];
    const EXAMPLE: &'static str = r#"{ "tracker": "github.com/acme/shop" }"#;
    type Reply = TokenReply;

    async fn call(self, cx: Context) -> Result<TokenReply> {
        let store = cx.shared.store.clone();
        blocking(move || Ok(ingest::trackers::remove_token(&store, &self.tracker)?)).await?;
        cx.changed(Self::TOPICS, None);
        Ok(TokenReply { token: None })
    }
}

impl Method for Check {
    const NAME: &'static str = "trackers.check";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[];
    const EXAMPLE: &'static str = r#"{ "tracker": "github.com/acme/shop" }"#;
    const LIMITS: Limits = Limits::WORK;
    type Reply = CheckReply;

    async fn call(self, cx: Context) -> Result<CheckReply> {
        let (store, cancel) = (cx.shared.store.clone(), cx.cancel.clone());
        let (account, text) =
            blocking(move || Ok(ingest::trackers::check(&store, &self.tracker, &cancel)?)).await?;
        Ok(CheckReply { account, text })
    }
}
