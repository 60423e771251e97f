//! Stopping an operation at the server, over a second connection.

use super::{login, server_said};
use crate::bson::{Bson, Build, Doc};
use crate::engines::turns::Turns;
use crate::{Cancel, Failure, Reason, Result, Target};
use std::time::{Duration, Instant};

/// How long a second connection, which stops what the first does, may take.
const STOP_WAITS: Duration = Duration::from_secs(2);
/// How often an operation that is to be stopped is looked for at the server.
const STOP_LOOKS: Duration = Duration::from_millis(15);

/// What stops a session.
pub(super) struct Stop {
    pub(super) target: Target,
    pub(super) turns: Turns<Known>,
}

/// By what the server tells an operation from others.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// The number of the connection, where the server tells it.
    pub(super) connection: Option<i64>,
    /// The comment of what runs.
    pub(super) comment: Option<String>,
}

impl Cancel for Stop {
    fn cancel(&self) -> Result<()> {
        self.turns.stop(|known| self.tell(known))
    }

    fn cut(&self) {
        self.turns.cut();
    }
}

impl Stop {
    fn tell(&self, known: Known) -> Result<()> {
        let mut marks = Vec::new();
        marks.extend(known.comment.map(|it| Build::new().text("command.comment", &it)));
        marks.extend(known.connection.map(|it| Build::new().long("connectionId", it)));
        if marks.is_empty() {
            self.turns.cut(); // servers notice that nobody waits any more
            return Ok(());
        }
        let mut target = self.target.clone();
        target.connect_timeout = target.connect_timeout.min(STOP_WAITS);
        let (mut side, hello) = login::open(&target)?;
        let _ = side.wire().plain().wait_at_most(Some(STOP_WAITS)); // without it, it waits longer
        let failed = |error: std::io::Error| {
            Failure::new(Reason::Server, format!("MongoDB could not be told to stop: {error}"))
        };
        let options = Build::new().bool("allUsers", hello.signed_in.is_none());
        let options = if hello.router { options.bool("localOps", true) } else { options };
        let this = Build::new().docs("$or", marks).bool("active", true);
        let stages =
            vec![Build::new().doc("$currentOp", options), Build::new().doc("$match", this)];
        let ask = Build::new().int("aggregate", 1).docs("pipeline", stages);
        let ask = ask.doc("cursor", Build::new()).text("$db", "admin").done();
        let until = Instant::now() + STOP_WAITS;
        loop {
            let reply = side.ask(&ask).map_err(failed)?;
            let doc = reply.doc().map_err(failed)?;
            server_said(doc)?;
            let batch = doc.doc("cursor").and_then(|it| it.doc("firstBatch"));
            let found = batch.into_iter().flat_map(Doc::elements).flatten().next();
            if let Some(Bson::Document(operation)) = found.map(|it| it.value)
                && let Some(number) = operation.get("opid")
            {
                let kill = Build::new().int("killOp", 1);
                let kill = match number {
                    Bson::String(it) => kill.text("op", &String::from_utf8_lossy(it)),
                    it => kill.int("op", it.number().unwrap_or(0.0) as i64),
                };
                let reply = side.ask(&kill.text("$db", "admin").done()).map_err(failed)?;
                server_said(reply.doc().map_err(failed)?)?;
            }
            // Between two batches nothing runs: the session itself notices that it was told to stop. What
            // was told to stop and goes on is told again: it may have been the one before.
            if self.turns.ends_within(STOP_LOOKS) {
                return Ok(());
            }
            if Instant::now() >= until {
                self.turns.cut(); // servers notice that nobody waits any more
                return Ok(());
            }
        }
    }
}
