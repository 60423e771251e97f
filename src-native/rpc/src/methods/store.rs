//! `store.*`: what memory is kept in.

use super::memory::changes::no_cursor;
use crate::context::blocking;
use crate::wire::{count, limit, reply, request, time};
use crate::{Access, Context, Limits, Method, Result, Topic};
use std::time::Instant;

request! {
    /// Make all that came from trackers again from the raw records that memory keeps.
    pub struct Rebuild {}

    /// List who asked for what to be changed, and what changed, newest first.
    pub struct Audit {
        /// How many lines (100 unless told otherwise), at most 1000.
        pub limit: Option<u32>,
        /// Where to go on: `next` of the reply before.
        pub cursor: Option<String>,
    }
}

reply! {
    /// What was made again.
    pub struct RebuildReply {
        /// Issues, pull requests, releases and projects.
        pub subjects: u32,
        /// How long it took, in seconds.
        pub seconds: f64,
    }

    /// Who asked for what, and what changed.
    pub struct AuditReply {
        /// Newest first.
        pub lines: Vec<AuditLine>,
        /// Where to go on; none at the end.
        pub next: Option<String>,
    }

    /// One line of the audit.
    pub struct AuditLine {
        /// When, by the clock of this machine.
        pub at: String,
        /// `window` or `script` for who asked; `user` or `sync` for what changed.
        pub actor: String,
        /// The method that was called, or what was done.
        pub action: String,
        /// Its parameters, or how much changed. A secret never stands here.
        pub detail: String,
    }
}

impl Method for Rebuild {
    const NAME: &'static str = "store.rebuild";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Sources, Topic::Memory, Topic::Identities];
    const EXAMPLE: &'static str = "{}";
    const LIMITS: Limits = Limits::WORK;
    type Reply = RebuildReply;

    async fn call(self, cx: Context) -> Result<RebuildReply> {
        let start = Instant::now();
        let (store, cancel, told) = (cx.shared.store.clone(), cx.cancel.clone(), cx.clone());
        let rebuilt = blocking(move || {
            let progress = |done| told.progress("reading", done, 0);
            Ok(ingest::trackers::rebuild(&store, &cancel, &progress)?)
        })
        .await;
        cx.changed(Self::TOPICS, None); // half of it is something else than before, too
        let seconds = (start.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
        Ok(RebuildReply { subjects: count(rebuilt?), seconds })
    }
}

impl Method for Audit {
    const NAME: &'static str = "store.audit";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[Topic::Sources, Topic::Identities];
    const EXAMPLE: &'static str = r#"{ "limit": 5 }"#;
    type Reply = AuditReply;

    async fn call(self, cx: Context) -> Result<AuditReply> {
        let most = limit(self.limit, 100, 1_000)?;
        let before = match &self.cursor {
            Some(text) => text.parse().map_err(|_| no_cursor())?,
            None => i64::MAX,
        };
        let viewer = cx.viewer();
        let mut rows = cx.read(move |it| Ok(it.audit_lines(&viewer, before, most + 1)?)).await?;
        let more = rows.len() > most;
        rows.truncate(most);
        let next = rows.last().filter(|_| more).map(|it| it.id.to_string());
        let lines = rows
            .into_iter()
            .map(|it| AuditLine {
                at: time(it.at),
                actor: it.actor,
                action: it.action,
                detail: it.detail,
            })
            .collect();
        Ok(AuditReply { lines, next })
    }
}
