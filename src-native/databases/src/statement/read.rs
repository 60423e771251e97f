//! Whether a statement only reads: an allow-list of statement heads, and a walk over the tokens that
//! understands WITH, sub-queries, FROM and brackets. What is not understood is refused.
//!
//! It keeps its own stack, so that no depth of nesting can exhaust the program's.

mod walk;

use super::functions;
use super::lexer::{Kind, Modes};
use super::tokens::Tokens;
use crate::Engine;

/// Longest statement that may pass, in bytes: more than any that is written by hand, and little enough
/// that a server's own parser is not what it hurts.
pub(super) const BYTES_MAX: usize = 1 << 20;

/// Longest reason for a refusal, in letters.
const TOLD_MAX: usize = 200;

type Check<T = ()> = Result<T, String>;

/// Ok where the statement only reads, however the session reads quotes.
pub(super) fn check(engine: Engine, statement: &str) -> Check {
    // What is told may hold a name from the statement, whatever is in it.
    let plain = |it: char| if it.is_control() { ' ' } else { it };
    read(engine, statement).map_err(|it| it.chars().take(TOLD_MAX).map(plain).collect())
}

fn read(engine: Engine, statement: &str) -> Check {
    if matches!(engine, Engine::Redis | Engine::Mongodb) {
        return Err(format!("nothing is known of statements of {}", engine.title()));
    }
    if statement.len() > BYTES_MAX {
        return Err(format!("it is longer than {BYTES_MAX} bytes"));
    }
    for (nth, modes) in Modes::all(engine, statement).into_iter().enumerate() {
        let tokens = Tokens::of(engine, modes, statement);
        match tokens.unclosed {
            Some(it) if nth == 0 => return Err(format!("{} it has is never closed", it.what)),
            // A server that reads it so says that it is broken.
            Some(_) => {}
            None => Reader { engine, tokens: &tokens, planned: false }.statement()?,
        }
    }
    Ok(())
}

/// Words that begin what gives rows and changes nothing, in every engine.
const HEADS: [&str; 2] = ["select", "with"];
/// Words that begin a statement that changes rows.
const CHANGES: [&str; 5] = ["insert", "update", "delete", "merge", "replace"];

struct Reader<'a> {
    engine: Engine,
    tokens: &'a Tokens<'a>,
    /// It is a change that is only planned: EXPLAIN without ANALYZE.
    planned: bool,
}

impl Reader<'_> {
    fn is(&self, engines: &[Engine]) -> bool {
        engines.contains(&self.engine)
    }

    /// Engines where FROM may stand alone, and where tables may be files and addresses.
    fn reaches_out(&self) -> bool {
        self.is(&[Engine::Duckdb, Engine::Clickhouse])
    }

    fn statement(&mut self) -> Check {
        let all = self.tokens;
        if let Some(doubt) = all.doubt {
            return Err(format!("it has {doubt}"));
        }
        let (mut start, mut end) = (0, all.len());
        while all.kind(start) == Some(Kind::End) && self.engine == Engine::Sqlserver {
            start += 1;
        }
        while end > start && all.kind(end - 1) == Some(Kind::End) {
            end -= 1;
        }
        if start == end {
            return Err("it is empty".to_owned());
        }
        for at in start..end {
            match all.kind(at) {
                Some(Kind::End) => return Err("it is more than one statement".to_owned()),
                Some(Kind::Enter | Kind::Leave) => {
                    return Err("it has a comment that the server runs as code (/*!)".to_owned());
                }
                _ => {}
            }
        }
        self.head(start, end)
    }

    fn unknown(&self, at: usize) -> String {
        match self.tokens.text(at) {
            "" => "it ends too early".to_owned(),
            text => {
                let text: String = text.chars().take(40).collect();
                format!("{text} does not begin a statement that is known to only read")
            }
        }
    }

    fn is_head(&self, at: usize) -> bool {
        let all = self.tokens;
        all.is_any(at, &HEADS)
            || all.is_any(at, &["values", "table"])
                && !all.op(at + 1, b'.')
                && self.engine != Engine::Clickhouse
            || self.reaches_out() && all.is(at, "from")
            || self.engine == Engine::Duckdb
                && all.is_any(
                    at,
                    &[
                        "describe",
                        "desc",
                        "summarize",
                        "pivot",
                        "pivot_wider",
                        "unpivot",
                        "pivot_longer",
                        "show",
                    ],
                )
            || self.engine == Engine::Clickhouse && all.is(at, "explain")
    }

    fn head(&mut self, start: usize, end: usize) -> Check {
        use Engine::*;
        let all = self.tokens;
        let word = all.word(start).to_ascii_lowercase();
        match (word.as_str(), self.engine) {
            ("explain", Clickhouse) => {}
            ("explain", Postgres | Sqlite | Duckdb | Mysql) | ("describe" | "desc", Mysql) => {
                return self.explain(start, end);
            }
            ("analyze", Mysql) => {
                // MariaDB runs the statement and tells how it went.
                let mut at = start + 1;
                if all.is(at, "format") && all.op(at + 1, b'=') {
                    at += 3;
                }
                if !all.is_any(at, &HEADS) && !all.op(at, b'(') {
                    return Err(self.unknown(at));
                }
                self.everywhere(start, end)?;
                return self.query(at, end);
            }
            ("show", Postgres | Mysql | Clickhouse) | ("help", Mysql) | ("exists", Clickhouse) => {
                return self.everywhere(start, end);
            }
            ("describe" | "desc", Clickhouse) => {
                self.everywhere(start, end)?;
                let table = if all.is(start + 1, "table") { start + 2 } else { start + 1 };
                return self.walk(table, end, walk::Clause::From);
            }
            ("checksum", Mysql) if all.is(start + 1, "table") => {
                return self.everywhere(start, end);
            }
            ("pragma", Sqlite | Duckdb) => return self.pragma(start + 1, end),
            _ => {}
        }
        if !self.is_head(start) && !all.op(start, b'(') {
            return Err(self.unknown(start));
        }
        self.everywhere(start, end)?;
        self.query(start, end)
    }

    /// EXPLAIN: of a reading statement, and of a change where it is only planned.
    fn explain(&mut self, start: usize, end: usize) -> Check {
        let all = self.tokens;
        let (mut at, mut runs) = (start + 1, false);
        loop {
            if all.is_any(at, &["analyze", "analyse"]) {
                (at, runs) = (at + 1, true);
            } else if self.engine == Engine::Sqlite && all.is(at, "query") && all.is(at + 1, "plan")
            {
                at += 2;
            } else if self.engine == Engine::Mysql && all.is(at, "format") && all.op(at + 1, b'=') {
                at += 3;
            } else if all.is_any(at, &["verbose", "extended", "partitions"])
                && self.engine != Engine::Sqlite
            {
                at += 1;
            } else if all.op(at, b'(')
                && !self.is_head(at + 1)
                && !all.op(at + 1, b'(')
                && self.is(&[Engine::Postgres, Engine::Duckdb])
            {
                at += 1;
                while at < end && !all.op(at, b')') {
                    runs |= all.is_name(at) && !all.is_any(at, PLAN_OPTIONS);
                    at += 1;
                }
                at += 1;
            } else {
                break;
            }
        }
        if self.is(&[Engine::Postgres, Engine::Mysql]) && !runs && all.is_any(at, &CHANGES) {
            self.planned = true;
            return self.everywhere(start, end);
        }
        self.everywhere(start, end)?;
        if self.engine == Engine::Mysql && !self.is_head(at) && !all.op(at, b'(') {
            // A table, with a column or a pattern; or what another session runs.
            let named = if all.op(at + 1, b'.') { at + 2 } else { at };
            let column = matches!(all.kind(named + 1), Some(Kind::Word | Kind::Name | Kind::Text));
            let table = all.is_name(named) && (end == named + 1 || end == named + 2 && column);
            let connection = all.is(at, "for") && all.is(at + 1, "connection") && end == at + 3;
            let known = !runs && (table || connection);
            return if known { Ok(()) } else { Err(self.unknown(at)) };
        }
        if !self.is_head(at) && !all.op(at, b'(') {
            return Err(self.unknown(at));
        }
        self.query(at, end)
    }

    /// PRAGMA without a value that it would set.
    fn pragma(&self, start: usize, end: usize) -> Check {
        let all = self.tokens;
        let name = if all.op(start + 1, b'.') { start + 2 } else { start };
        let text = all.name(name).unwrap_or_default();
        let argument = all.op(name + 1, b'(');
        let length = if argument { 4 } else { 1 };
        let whole = end == name + length && (!argument || all.op(end - 1, b')'))
            // `show_tables()` has brackets without anything between them.
            || argument && end == name + 3 && all.op(end - 1, b')');
        let file = self.engine == Engine::Duckdb && argument && looks_like_file(all.text(name + 2));
        if whole && !file && functions::pragma_reads(self.engine, &text, argument) {
            return Ok(());
        }
        Err(format!("PRAGMA {text} is not among the pragmas that only read"))
    }

    /// What no reading statement has anywhere, whatever it is built like.
    fn everywhere(&self, start: usize, end: usize) -> Check {
        let all = self.tokens;
        let mut settings = false;
        for at in start..end {
            let dotted = all.after_op(at, b'.');
            settings |= self.engine == Engine::Clickhouse
                && all.is(at, "settings")
                && all.is_name(at + 1)
                && all.op(at + 2, b'=');
            if settings && all.op(at + 1, b'=') && GUARDS.iter().any(|it| self.names(at, it)) {
                return Err("it changes a setting that guards the session".to_owned());
            }
            if all.kind(at) == Some(Kind::Word) && !(dotted && self.engine != Engine::Sqlserver) {
                self.words(at)?;
            }
            if (all.op(at, b'(') || all.op(at, b'[')) && all.is_any(at + 1, &CHANGES) {
                let next = all.kind(at + 2);
                let operator = all.is_any(at + 2, OPERATORS);
                if matches!(next, Some(Kind::Word | Kind::Name)) && !operator {
                    let word = all.word(at + 1).to_ascii_uppercase();
                    return Err(format!("there is {word} within it"));
                }
            }
            if all.is_name(at) && all.op(at + 1, b'(') {
                self.call(at)?;
            }
        }
        Ok(())
    }

    fn words(&self, at: usize) -> Check {
        let all = self.tokens;
        let (found, refused) = match all.word(at).to_ascii_lowercase().as_str() {
            "into" if !self.planned => (true, "it writes its result somewhere (INTO)"),
            "for" => {
                let locks = all.is_any(at + 1, &["update", "share"])
                    || all.is(at + 1, "no") && all.is(at + 2, "key")
                    || all.is(at + 1, "key") && all.is(at + 2, "share");
                (locks, "it locks the rows it reads (FOR UPDATE, FOR SHARE)")
            }
            "lock" => (
                all.is(at + 1, "in") && all.is(at + 2, "share"),
                "it locks the rows it reads (LOCK IN SHARE MODE)",
            ),
            "next" => {
                let takes = all.is(at + 1, "value") && all.is(at + 2, "for");
                (takes, "it takes a number from a sequence (NEXT VALUE FOR)")
            }
            _ => (false, ""),
        };
        if found {
            return Err(refused.to_owned());
        }
        if self.engine != Engine::Sqlserver {
            return Ok(());
        }
        // In SQL Server statements need nothing between them, but these words are reserved.
        let word = all.word(at);
        let stands = match word.to_ascii_lowercase().as_str() {
            "merge" => !all.is_any(at + 1, &["join", "union"]),
            "end" => all.is(at + 1, "conversation"),
            "send" => all.is(at + 1, "on"),
            "use" => !(all.after_op(at, b'(') || all.after_op(at, b',')),
            word => SQLSERVER_REFUSED.contains(&word),
        };
        if stands {
            return Err(format!("there is {} within it", word.to_ascii_uppercase()));
        }
        Ok(())
    }

    fn names(&self, at: usize, name: &str) -> bool {
        self.tokens.name(at).is_some_and(|it| it.eq_ignore_ascii_case(name))
    }

    fn call(&self, at: usize) -> Check {
        let name = self.tokens.name(at).unwrap_or_default().to_ascii_lowercase();
        let dotted = self.tokens.after_op(at, b'.');
        let why = if dotted && self.names(at.wrapping_sub(2), "crdb_internal") {
            Some("nothing is known of it")
        } else {
            functions::refused(self.engine, &name)
        };
        match why {
            Some(why) => Err(format!("the function {name} is refused: {why}")),
            None => Ok(()),
        }
    }

    /// PostgreSQL calls a function by `(argument).function` too, and by `alias.function` where the alias
    /// is of a function; MariaDB takes a number by `sequence.nextval`.
    fn call_by_dot(&self, at: usize) -> Check {
        let all = self.tokens;
        let part = all.op(at + 1, b'.') && at > 1 && all.is_name(at - 2);
        if part || !all.is_name(at) || !self.is(&[Engine::Postgres, Engine::Mysql]) {
            return Ok(());
        }
        let name = all.name(at).unwrap_or_default().to_ascii_lowercase();
        let calls = match self.engine {
            Engine::Postgres => functions::by_dot(&name),
            _ => name == "nextval",
        };
        if calls { self.call(at) } else { Ok(()) }
    }

    /// One query, to the end.
    fn query(&self, start: usize, end: usize) -> Check {
        self.walk(start, end, walk::Clause::Start)
    }
}

fn looks_like_file(text: &str) -> bool {
    text.contains(['.', '/', '\\', ':', '*', '?', '['])
}

/// Settings of ClickHouse that open what read-only closes.
const GUARDS: [&str; 3] = ["readonly", "allow_ddl", "allow_introspection_functions"];

/// Words within EXPLAIN (…) that leave it a plan.
const PLAN_OPTIONS: &[&str] = &[
    "verbose",
    "costs",
    "settings",
    "generic_plan",
    "buffers",
    "summary",
    "memory",
    "format",
    "text",
    "xml",
    "json",
    "yaml",
    "on",
    "off",
    "true",
    "false",
    "none",
];

/// Words after which `(update …` goes on as an expression about a column of that name.
const OPERATORS: &[&str] = &[
    "and", "as", "asc", "between", "collate", "desc", "div", "glob", "ilike", "in", "is", "isnull",
    "like", "match", "mod", "not", "notnull", "nulls", "or", "order", "over", "regexp", "rlike",
    "similar", "xor",
];

/// Reserved words of SQL Server that begin or belong to statements, and have no place in a query.
const SQLSERVER_REFUSED: &[&str] = &[
    "add",
    "alter",
    "authorization",
    "backup",
    "begin",
    "break",
    "bulk",
    "checkpoint",
    "close",
    "commit",
    "compute",
    "constraint",
    "continue",
    "conversation",
    "create",
    "cursor",
    "database",
    "dbcc",
    "deallocate",
    "declare",
    "delete",
    "deny",
    "disk",
    "distributed",
    "drop",
    "dump",
    "exec",
    "execute",
    "exit",
    "external",
    "file",
    "fillfactor",
    "foreign",
    "function",
    "goto",
    "grant",
    "identity_insert",
    "if",
    "insert",
    "kill",
    "lineno",
    "load",
    "nocheck",
    "open",
    "opendatasource",
    "openquery",
    "openrowset",
    "print",
    "proc",
    "procedure",
    "public",
    "raiserror",
    "read",
    "readtext",
    "receive",
    "reconfigure",
    "references",
    "replication",
    "restore",
    "return",
    "revert",
    "revoke",
    "rollback",
    "rule",
    "save",
    "set",
    "setuser",
    "shutdown",
    "tablockx",
    "textsize",
    "throw",
    "tran",
    "transaction",
    "trigger",
    "truncate",
    "update",
    "updatetext",
    "updlock",
    "view",
    "waitfor",
    "while",
    "writetext",
    "xlock",
];
