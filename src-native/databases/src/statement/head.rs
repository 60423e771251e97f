//! What the first words of a statement tell: its step in a transaction, whether it gives rows, whether
//! the engine commits because of it.

use super::tokens::Tokens;
use crate::{Engine, Step};

/// The step that a statement takes in a transaction.
pub(super) fn step(engine: Engine, all: &Tokens<'_>) -> Option<Step> {
    let sqlserver = engine == Engine::Sqlserver;
    let transaction = ["tran", "transaction", "distributed"];
    match all.word(0).to_ascii_lowercase().as_str() {
        "begin" if sqlserver && !all.is_any(1, &transaction) => None,
        // A block of statements, not a transaction.
        "begin" if all.is(1, "not") => None,
        "begin" => Some(Step::Begin),
        "start" if all.is(1, "transaction") => Some(Step::Begin),
        "commit" | "rollback" if all.is(1, "prepared") => None,
        "commit" => Some(Step::Commit),
        "end" if !sqlserver && engine != Engine::Mysql => Some(Step::Commit),
        // It leaves the transaction, and only its name can undo it.
        "prepare" if engine == Engine::Postgres && all.is(1, "transaction") => Some(Step::Commit),
        "rollback" | "abort" => {
            let words = ["work", "transaction", "tran"];
            let next = if all.is_any(1, &words) { 2 } else { 1 };
            if all.is(next, "to") { None } else { Some(Step::Rollback) }
        }
        _ => None,
    }
}

/// Whether it is likely to give rows.
pub(super) fn rows(engine: Engine, all: &Tokens<'_>, reads: bool) -> bool {
    if reads {
        return true;
    }
    let mut words = (0..all.len()).filter(|&at| !all.after_op(at, b'.'));
    let first = (0..all.len()).find(|&at| !all.word(at).is_empty()).unwrap_or(0);
    match all.word(first).to_ascii_lowercase().as_str() {
        "select" | "values" | "table" | "from" => {
            let into = words.any(|at| all.is(at, "into"));
            // MySQL's variables and files take the rows, and so does a new table.
            !into
        }
        "show" | "explain" | "describe" | "desc" | "summarize" | "pivot" | "unpivot"
        | "pivot_wider" | "pivot_longer" | "fetch" | "call" | "exec" | "execute" | "help"
        | "exists" | "pragma" | "handler" | "dbcc" => true,
        "check" | "analyze" | "optimize" | "repair" | "checksum" | "kill" => {
            matches!(engine, Engine::Mysql | Engine::Clickhouse)
        }
        "insert" | "update" | "delete" | "merge" | "replace" | "with" => {
            let last = ["insert", "update", "delete", "merge"];
            let gives = ["returning", "output"];
            let changes = (0..all.len()).any(|at| all.is_any(at, &last));
            !changes || words.any(|at| all.is_any(at, &gives))
        }
        // A batch gives rows where any of its statements does.
        _ if engine == Engine::Sqlserver => words.any(|at| all.is_any(at, &["select", "exec"])),
        _ => false,
    }
}

/// Whether MySQL commits what is open because of it.
pub(super) fn commits(all: &Tokens<'_>) -> bool {
    let kind = if all.is(1, "or") { 3 } else { 1 };
    match all.word(0).to_ascii_lowercase().as_str() {
        "create" | "drop" => !all.is_any(kind, &["temporary", "prepare"]),
        "alter" | "truncate" | "rename" | "grant" | "revoke" | "optimize" | "repair" | "cache"
        | "lock" | "unlock" | "flush" | "install" | "uninstall" | "reset" | "change" | "import" => {
            true
        }
        "analyze" | "check" => {
            all.is_any(1, &["table", "local", "no_write_to_binlog", "index", "view"])
        }
        "begin" => !all.is(1, "not"),
        "start" | "stop" => true,
        "set" => all.is(1, "autocommit") || all.is(1, "password"),
        _ => false,
    }
}
