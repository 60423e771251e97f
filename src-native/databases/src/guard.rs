//! What stands before every session: scripts are split, statements judged, open places filled, and what
//! must not be sent is not sent. The engine's own means are a second layer, which knows nothing of this one.

use crate::run::Prepared;
use crate::statement::{self, Effect};
use crate::{Engine, Failure, Reason, Result, Session, Step, Value};

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
    // Counted on from statement to statement: a script may be long.
    let (mut counted, mut letters, mut line, mut line_start) = (0, 0, 1, 0);
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
        for (at, letter) in script.get(counted..it.range.start).unwrap_or_default().char_indices() {
            letters += 1;
            if letter == '\n' {
                (line, line_start) = (line + 1, counted + at + 1);
            }
        }
        counted = it.range.start;
        let column = script.get(line_start..it.range.start).unwrap_or_default().chars().count();
        let number = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
        prepared.push(Prepared {
            text,
            values: bound,
            given: it.text.to_owned(),
            start: number(letters),
            line: number(line),
            column: number(column + 1),
            reads: verdict.reads.is_ok(),
            commits: verdict.commits,
            transaction: verdict.transaction,
            ends: verdict.ends,
            leaves: verdict.leaves,
            rows: verdict.rows,
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

/// Whether all of it can be undone at the end, as far as statements tell.
///
/// # Errors
/// [`Reason::Refused`], naming the statement that the server keeps at once, or that ends the transaction.
pub fn can_be_undone(statements: &[Prepared]) -> Result<()> {
    for it in statements {
        let why = if it.commits {
            "the server keeps this at once, and it cannot be undone"
        } else if it.transaction.is_some() {
            "this begins or ends a transaction, and all stands in one that is undone at the end"
        } else if it.ends {
            "this may end the transaction from within, and then nothing could be undone"
        } else {
            continue;
        };
        let text = format!("{why}: {}", short(&it.given));
        return Err(Failure::new(Reason::Refused, text).hint("run it without undoing it"));
    }
    Ok(())
}

/// Begins a transaction that is undone at the end, where all of it can be.
///
/// # Errors
/// [`Reason::Refused`], naming what would stay; the server's.
pub fn begin_undone(session: &mut dyn Session, statements: &[Prepared]) -> Result<()> {
    if session.in_transaction() {
        let text =
            "a transaction is open already, and to undo these statements would undo all of it";
        return Err(Failure::new(Reason::Refused, text).hint("commit or roll it back first"));
    }
    for it in statements {
        if let Some(what) = session.cannot_undo(&it.text)? {
            return Err(stays(&what));
        }
    }
    session.transaction(Step::Begin)
}

/// What says that something cannot be undone.
pub(crate) fn stays(what: &str) -> Failure {
    Failure::new(Reason::Refused, format!("this cannot be undone: {what}"))
        .hint("run it without undoing it")
}

/// Whether the transaction that is to be undone is still open.
///
/// # Errors
/// [`Reason::Server`] where a statement ended it.
pub fn still_undone(session: &dyn Session) -> Result<()> {
    if session.in_transaction() {
        return Ok(());
    }
    let text = "the statement ended the transaction: what was done up to here may have been kept";
    Err(Failure::new(Reason::Server, text).hint("look at what is there now"))
}

/// Whether statements that were done are lost with the session, because they left a transaction open.
///
/// # Errors
/// [`Reason::Usage`] where they did, and any of them did more than read.
pub fn left_open(session: &dyn Session, statements: &[Prepared]) -> Result<()> {
    if !session.in_transaction() || statements.iter().all(|it| it.reads || it.transaction.is_some())
    {
        return Ok(());
    }
    let (text, hint) = match session.engine() {
        Engine::Redis => ("MULTI was never followed by EXEC: nothing was done", "end it with EXEC"),
        _ => (
            "the transaction was left open: what it did is undone",
            "end the statements with COMMIT, or run them at a prompt or in a session",
        ),
    };
    Err(Failure::new(Reason::Usage, text).hint(hint))
}

/// Asks where a transaction could not be undone any more because of a statement within it, which the
/// server keeps at once with all that was done before. `open` says whether one is open before the first.
///
/// # Errors
/// [`Reason::Unconfirmed`], naming the statement.
pub fn keeps_what_is_open(statements: &[Prepared], open: bool, access: Access) -> Result<()> {
    let mut held = open; // somebody may still want to undo it
    for (at, it) in statements.iter().enumerate() {
        if it.commits && held && access != Access::Destroy {
            let text = format!(
                "this could not be undone any more: what the transaction did so far, which the server \
                 keeps at {}",
                short(&it.given)
            );
            return Err(Failure::new(Reason::Unconfirmed, text)
                .hint("say yes to it: `--yes` in the terminal, `confirmed` in a call"));
        }
        match it.transaction {
            // Where the script keeps it in the end, that was meant.
            Some(Step::Begin) => {
                let next = statements[at + 1..].iter().find_map(|it| it.transaction);
                held = next == Some(Step::Rollback);
            }
            Some(_) => held = false,
            None if it.commits => held = false,
            None => {}
        }
    }
    Ok(())
}

/// Begins or ends the transaction of a session that somebody holds.
///
/// # Errors
/// [`Reason::Usage`] where one is open already, or none; the server's.
pub fn step(session: &mut dyn Session, step: Step) -> Result<()> {
    let none = matches!(session.engine(), Engine::Redis | Engine::Mongodb | Engine::Clickhouse);
    match (step, session.in_transaction()) {
        (Step::Begin, true) if !none => {
            Err(Failure::new(Reason::Usage, "a transaction is open already")
                .hint("commit or roll it back first"))
        }
        (Step::Commit | Step::Rollback, false) if !none => {
            Err(Failure::new(Reason::Usage, "no transaction is open: there is nothing to end")
                .hint("what was done outside of one, or before the server ended it, is kept"))
        }
        _ => session.transaction(step),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_script_is_made_ready_in_time_that_grows_with_its_length() {
        let line = "insert into t values (1, 'ä');  insert into t values (2, 'b');\n";
        let script = line.repeat(20_000);
        let begun = std::time::Instant::now();
        let prepared = prepare(Engine::Postgres, &script, &[], Access::Write).unwrap();
        // Where each statement counted anew, this took minutes.
        assert!(begun.elapsed().as_secs() < 30, "{:?}", begun.elapsed());
        let last = prepared.last().unwrap();
        let letters = line.chars().count();
        assert_eq!((prepared.len(), last.line, last.column), (40_000, 20_000, 33));
        assert_eq!(last.start as usize, 19_999 * letters + 32);
    }
}
