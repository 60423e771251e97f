//! What holds a connection to reading, by the server's own means: the session's transactions only read,
//! said again before each statement, so that none before it could have said otherwise.

use super::Mysql;
use super::words::{IN_TRANSACTION, ONLY_READS};
use crate::{Failure, Reason, Result};

/// Words that a statement of a connection that only reads may begin with. Others could carry a
/// statement that makes the session a writing one before it writes: `CALL`, `BEGIN NOT ATOMIC`,
/// `SET STATEMENT … FOR`.
const READING: [&str; 16] = [
    "ANALYZE",
    "CHECKSUM",
    "COMMIT",
    "DESC",
    "DESCRIBE",
    "EXPLAIN",
    "HELP",
    "RELEASE",
    "ROLLBACK",
    "SAVEPOINT",
    "SELECT",
    "SHOW",
    "TABLE",
    "USE",
    "VALUES",
    "WITH",
];

impl Mysql {
    /// Holds the session to reading, before each statement.
    pub(super) fn guard(&mut self, statement: &str) -> Result<()> {
        if !self.read_only {
            return Ok(());
        }
        let word = first_word(statement);
        let reads = match (word.as_str(), second_word(statement).as_str()) {
            ("BEGIN", second) => ["", "WORK"].contains(&second),
            ("START", second) => second == "TRANSACTION",
            ("SET", second) => second != "STATEMENT",
            (word, _) => READING.contains(&word) || statement.trim_start().starts_with('('),
        };
        if !reads {
            let text = "this connection only reads, and the statement may write";
            return Err(
                Failure::new(Reason::Refused, text).hint("allow writing in the connection's entry")
            );
        }
        self.simple("SET SESSION TRANSACTION READ ONLY")
    }

    /// Ends a transaction that could write, begun by a statement.
    pub(super) fn guard_after(&mut self) -> Result<()> {
        let writes = self.status & IN_TRANSACTION != 0 && self.status & ONLY_READS == 0;
        if self.read_only && writes && !self.lost {
            self.simple("ROLLBACK")?;
            let text = "this connection only reads: a transaction that could write was ended";
            return Err(Failure::new(Reason::Refused, text).hint("begin it with READ ONLY"));
        }
        Ok(())
    }
}

/// The first word of a statement in capitals, past blanks and comments; nothing where it begins with a
/// comment that is none to this server.
pub(super) fn first_word(statement: &str) -> String {
    word(after_blanks(statement)).to_ascii_uppercase()
}

fn second_word(statement: &str) -> String {
    let rest = after_blanks(statement);
    first_word(&rest[word(rest).len()..])
}

fn word(text: &str) -> &str {
    let end = text.find(|it: char| !it.is_ascii_alphanumeric() && it != '_').unwrap_or(text.len());
    &text[..end]
}

fn after_blanks(statement: &str) -> &str {
    let mut rest = statement;
    loop {
        rest = rest.trim_start();
        let after =
            if rest.starts_with("/*") && !rest.starts_with("/*!") && !rest.starts_with("/*M!") {
                rest.split_once("*/").map(|it| it.1)
            } else if rest.starts_with('#') || rest.starts_with("-- ") || rest.starts_with("--\n") {
                rest.split_once('\n').map(|it| it.1)
            } else {
                return rest;
            };
        rest = after.unwrap_or_default();
    }
}

/// What should be known about a user with such grants.
pub(super) fn warnings(grants: impl Iterator<Item = String>) -> Vec<String> {
    let (mut all, mut files) = (false, false);
    for grant in grants {
        let Some((what, _)) = grant.split_once(" ON *.* TO ") else { continue };
        let has =
            |it: &str| what.trim_start_matches("GRANT ").split(',').any(|has| has.trim() == it);
        all |= has("SUPER") || has("ALL PRIVILEGES") || has("SYSTEM_VARIABLES_ADMIN");
        files |= has("FILE") || has("ALL PRIVILEGES");
    }
    let mut said = Vec::new();
    if all {
        said.push(
            "the user may change the server itself, which read-only does not stop".to_owned(),
        );
    }
    if files {
        said.push(
            "the user may read and write files of the server, which read-only does not stop".into(),
        );
    }
    said
}
