//! Rows as CSV in the server's own words, passed on as they come.

use super::wire::Body;
use super::{IMPATIENCE, Postgres};
use crate::{Column, Done, Failure, Flow, Notice, Page, Reason, Result, Sink};
use postgres_protocol::message::frontend;
use std::ops::ControlFlow;
use std::time::Instant;

impl Postgres {
    /// Runs a `COPY … TO STDOUT` and passes on what comes; nothing as a part says that nothing more is
    /// here yet. Returns how many rows there were; none where COPY does not take the statement.
    pub(super) fn copy(
        &mut self,
        statement: &str,
        out: &mut dyn FnMut(&[u8]) -> Flow,
        hear: &mut dyn FnMut(&Notice),
    ) -> Option<Result<u64>> {
        let guarded = self.guarded();
        if let Err(error) = self.begin_copy(statement, guarded) {
            return Some(Err(error));
        }
        let (mut opened, mut rows) = (false, 0);
        let (mut failure, mut flow) = (None, Flow::Continue(()));
        let mut paused: Option<Instant> = None;
        loop {
            if flow.is_break() {
                return Some(Err(self.stop()));
            }
            let step = self.incoming.head().and_then(|head| {
                if head.tag == b'd' {
                    self.incoming.pass(head.length, &mut |part| {
                        if flow.is_continue() {
                            flow = out(part);
                        }
                    })?;
                    return Ok((b'd', Vec::new()));
                }
                Ok((head.tag, self.incoming.body(head.length)?))
            });
            let (tag, body) = match step {
                Ok(step) => step,
                Err(error) => return Some(Err(failure.unwrap_or_else(|| self.gone(&error)))),
            };
            match tag {
                // The first rows, and those after a silence, are not kept waiting for more.
                b'd' if !self.incoming.has_next()
                    && flow.is_continue()
                    && paused.is_none_or(|it| it.elapsed() >= IMPATIENCE) =>
                {
                    flow = out(&[]);
                    paused = Some(Instant::now());
                }
                b'H' => opened = true,
                b'C' => rows = rows.max(copied(&body)),
                b'E' => failure = failure.or(Some(self.said_no(&body, ""))),
                b'N' | b'A' => self.aside(tag, &body, &mut Hearing(hear)),
                b'Z' => {
                    self.status = body.first().copied().unwrap_or(b'I');
                    break;
                }
                _ => {}
            }
        }
        self.unguard(guarded);
        match failure {
            // Not a statement that COPY takes: nothing was run. One that was stopped was taken, and waited.
            Some(it) if !opened && !self.lost && is_not_for_copy(&it) => None,
            Some(failure) => Some(Err(failure)),
            None => Some(Ok(rows)),
        }
    }

    fn begin_copy(&mut self, statement: &str, guarded: bool) -> Result<()> {
        if guarded {
            self.guard()?;
        }
        self.also(statement)?;
        if guarded {
            self.also("ROLLBACK")?;
        }
        frontend::sync(&mut self.out);
        self.send()
    }
}

/// Whether the server said no to the statement's words rather than to what it did: then it says by itself
/// what is wrong with them, at the right place.
fn is_not_for_copy(failure: &Failure) -> bool {
    let of = |class: &str| failure.code.as_deref().is_some_and(|it| it.starts_with(class));
    failure.reason != Reason::Cancelled && (of("42") || of("0A"))
}

/// Passes on what a server says beside its rows.
struct Hearing<'a>(&'a mut dyn FnMut(&Notice));

impl Sink for Hearing<'_> {
    fn begin(&mut self, _: &[Column]) -> Flow {
        ControlFlow::Continue(())
    }

    fn page(&mut self, _: &Page) -> Flow {
        ControlFlow::Continue(())
    }

    fn end(&mut self, _: &Done) -> Flow {
        ControlFlow::Continue(())
    }

    fn notice(&mut self, notice: &Notice) {
        (self.0)(notice);
    }
}

/// Rows that a `COPY 5` says it copied.
fn copied(body: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(Body(body).text()).into_owned();
    text.strip_prefix("COPY ").and_then(|it| it.parse().ok()).unwrap_or_default()
}
