//! What stands before every session: scripts are split, statements judged, open places filled, and what
//! must not be sent is not sent. The engine's own means are a second layer, which knows nothing of this one.

use crate::run::Prepared;
use crate::statement::{self, Effect};
use crate::{Engine, Failure, Reason, Result, Value};

/// What a caller may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Only read.
    Read,
    /// Write; what destroys asks first.
    Write,
    /// Write, and yes to what destroys.
    Destroy,
}

/// Makes a script ready to be sent: statement by statement, each judged before the first is sent.
///
/// # Errors
/// [`Reason::Usage`] where it cannot be split or a value is missing or too many; [`Reason::Refused`] and
/// [`Reason::Unconfirmed`], naming the statement and what it would do.
pub fn prepare(
    engine: Engine,
    script: &str,
    values: &[(String, Value)],
    access: Access,
) -> Result<Vec<Prepared>> {
    let statements = statement::split(engine, script)?;
    if statements.is_empty() {
        return Err(
            Failure::new(Reason::Usage, "there is no statement").hint("comments alone are not run")
        );
    }
    let mut used = vec![false; values.len()];
    let mut losses = Vec::new();
    let mut prepared = Vec::with_capacity(statements.len());
    for it in statements {
        let verdict = statement::judge(engine, it.text);
        if access == Access::Read
            && let Err(why) = &verdict.reads
        {
            let text = format!("this connection only reads, and {why}: {}", short(it.text));
            return Err(Failure::new(Reason::Refused, text)
                .hint("say `read_only = false` in the connection's entry to write"));
        }
        if let Effect::Destroys(what) = &verdict.effect {
            losses.extend(what.iter().map(ToString::to_string));
        }
        let places = statement::places(engine, it.text);
        let mut own = Vec::new();
        for (at, value) in values.iter().enumerate() {
            if places.contains(&value.0) {
                used[at] = true;
                own.push(value.clone());
            }
        }
        let (text, bound) = statement::bind(engine, it.text, &own)?;
        let before = script.get(..it.range.start).unwrap_or_default();
        let line = before.lines().count().max(1);
        let last_line = before.rsplit('\n').next().unwrap_or_default();
        let number = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
        prepared.push(Prepared {
            text,
            values: bound,
            given: it.text.to_owned(),
            start: number(before.chars().count()),
            line: number(if before.ends_with('\n') { line + 1 } else { line }),
            column: number(last_line.chars().count() + 1),
            reads: verdict.reads.is_ok(),
            commits: verdict.commits,
            copies: verdict.wraps,
        });
    }
    if let Some(at) = used.iter().position(|it| !it) {
        let text = format!("there is no place `:{}` for the value that was given", values[at].0);
        return Err(Failure::new(Reason::Usage, text).hint("take it out, or check its name"));
    }
    if access == Access::Write && !losses.is_empty() {
        let text = format!("this will be gone: {}", losses.join("; "));
        return Err(Failure::new(Reason::Unconfirmed, text)
            .hint("say yes to it: `--yes` in the terminal, `confirmed` in a call"));
    }
    Ok(prepared)
}

/// Whether all of it can be undone at the end.
///
/// # Errors
/// [`Reason::Refused`], naming the statement that the server keeps at once.
pub fn can_be_undone(statements: &[Prepared]) -> Result<()> {
    match statements.iter().find(|it| it.commits) {
        None => Ok(()),
        Some(it) => {
            let text = format!(
                "the server keeps this at once, and it cannot be undone: {}",
                short(&it.given)
            );
            Err(Failure::new(Reason::Refused, text).hint("run it without undoing it"))
        }
    }
}

/// The beginning of a statement on one line.
fn short(statement: &str) -> String {
    const LETTERS: usize = 60;
    let mut line = statement.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(LETTERS) {
        line.truncate(end);
        line.push('…');
    }
    line
}
