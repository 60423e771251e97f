//! Rows as the server's own CSV, by COPY: what it writes goes through as it comes.

use super::Postgres;
use super::wire::Body;
use crate::{Flow, Result};
use postgres_protocol::message::frontend;

impl Postgres {
    /// Runs a COPY to standard output; none where the statement is none that COPY takes, and then nothing
    /// was run.
    pub(super) fn copy(
        &mut self,
        statement: &str,
        out: &mut dyn FnMut(&[u8]) -> Flow,
    ) -> Option<Result<u64>> {
        let guarded = self.guarded();
        let begun = (|| {
            if guarded {
                self.guard()?;
            }
            self.also(statement)?;
            if guarded {
                self.also("ROLLBACK")?;
            }
            frontend::sync(&mut self.out);
            self.send()
        })();
        if let Err(error) = begun {
            return Some(Err(error));
        }
        let (mut opened, mut rows) = (false, 0);
        let (mut failure, mut flow) = (None, Flow::Continue(()));
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
                b'H' => opened = true,
                b'C' => rows = rows.max(copied(&body)),
                b'E' => failure = failure.or(Some(self.said_no(&body, ""))),
                b'Z' => {
                    self.status = body.first().copied().unwrap_or(b'I');
                    break;
                }
                _ => {}
            }
        }
        self.unguard(guarded);
        match failure {
            // Not a statement that COPY takes: nothing was run.
            Some(_) if !opened && !self.lost => None,
            Some(failure) => Some(Err(failure)),
            None => Some(Ok(rows)),
        }
    }
}

/// Rows that a `COPY 5` says it copied.
fn copied(body: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(Body(body).text()).into_owned();
    text.strip_prefix("COPY ").and_then(|it| it.parse().ok()).unwrap_or_default()
}
