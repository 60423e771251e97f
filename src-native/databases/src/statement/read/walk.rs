//! The walk over a query, bracket by bracket: where a query begins, what WITH names, where a table is
//! due.

use super::{CHANGES, Check, Reader, looks_like_file};
use crate::Engine;
use crate::statement::functions;
use crate::statement::lexer::Kind;

/// What a bracket holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Clause {
    /// A query that has not begun.
    Start,
    /// ClickHouse's EXPLAIN, with kinds and settings before the query.
    Explained,
    /// What follows UNION and the like.
    Set,
    /// WITH: a name is due.
    Named,
    /// WITH: between a name and its query.
    Naming,
    /// WITH: behind a query, or in SEARCH and CYCLE where `true`.
    After(bool),
    /// ClickHouse's WITH, whose names may stand for expressions.
    Expressions,
    /// What is selected.
    Select,
    /// FROM.
    From,
    /// What follows FROM; VALUES.
    Rest,
    /// No query: arguments, a list, an expression.
    Other,
}

struct Frame {
    clause: Clause,
    close: u8,
    /// A table is due.
    table: bool,
    /// In ARRAY JOIN, whose list is of expressions.
    array: bool,
    /// It began with FROM, so that SELECT may follow.
    from_first: bool,
    /// The word before the bracket.
    before: usize,
}

impl Reader<'_> {
    pub(super) fn walk(&self, start: usize, end: usize, clause: Clause) -> Check {
        let frame = |clause, close, before| Frame {
            clause,
            close,
            table: clause == Clause::From,
            array: false,
            from_first: false,
            before,
        };
        let mut stack = vec![frame(clause, 0, usize::MAX)];
        // Whether the dotted name that ends here stands for a table.
        let mut chain = false;
        for at in start..end {
            let all = self.tokens;
            let bytes = all.source.as_bytes();
            let op = if all.kind(at) == Some(Kind::Op) { bytes[all.list[at].start] } else { 0 };
            let Some(top) = stack.last_mut() else {
                return Err("a bracket closes nothing".to_owned());
            };
            match op {
                b'(' | b'[' | b'{' => {
                    let inner = self.open(top, at, chain)?;
                    let close = if op == b'(' { b')' } else { op + 2 };
                    stack.push(frame(inner, close, at.wrapping_sub(1)));
                    chain = false;
                }
                b')' | b']' | b'}' => {
                    let complete = matches!(
                        top.clause,
                        Clause::Select | Clause::From | Clause::Rest | Clause::Other
                    );
                    if top.close != op || !complete {
                        return Err("its brackets do not match".to_owned());
                    }
                    stack.pop();
                    chain = false;
                }
                b'.' => {}
                _ => {
                    let dotted = at > start && all.after_op(at, b'.');
                    let named =
                        dotted || all.after_any(at, &["as"]) && top.clause != Clause::Naming;
                    if !dotted {
                        chain = top.table && all.is_name(at);
                    }
                    self.step(top, at, op, named)?;
                    if chain {
                        self.table(at)?;
                    } else if dotted {
                        self.call_by_dot(at)?;
                    }
                }
            }
        }
        match stack.as_slice() {
            [Frame { clause: Clause::Select | Clause::From | Clause::Rest, .. }] => Ok(()),
            [_] => Err("it ends too early".to_owned()),
            _ => Err("a bracket is never closed".to_owned()),
        }
    }

    /// What the bracket at `at` holds.
    fn open(&self, top: &mut Frame, at: usize, chain: bool) -> Check<Clause> {
        let all = self.tokens;
        let round = all.op(at, b'(');
        let body = round && at > 0 && all.is_any(at - 1, &["as", "materialized"]);
        match top.clause {
            Clause::Start | Clause::Set | Clause::Explained if round => {
                top.clause = Clause::Rest;
                return Ok(Clause::Start);
            }
            Clause::Start | Clause::Set | Clause::Explained | Clause::Named => {
                return Err(self.unknown(at));
            }
            Clause::Naming | Clause::After(true) if body => {
                top.clause = Clause::After(false);
                return Ok(Clause::Start);
            }
            Clause::Naming | Clause::After(true) if round => return Ok(Clause::Other),
            Clause::After(_) if round => {
                top.clause = Clause::Rest;
                return Ok(Clause::Start);
            }
            Clause::Naming | Clause::After(_) => return Err(self.unknown(at)),
            Clause::Expressions if body => return Ok(Clause::Start),
            _ => {}
        }
        let due = std::mem::take(&mut top.table);
        if chain && all.is_name(at - 1) && round {
            let name = all.name(at - 1).unwrap_or_default().to_ascii_lowercase();
            let table = ["lateral", "only", "rows", "table"].contains(&name.as_str());
            if !table && !functions::table_reads(self.engine, &name) {
                let text = format!(
                    "the table function {name} is not among those that are known to only read"
                );
                return Err(text);
            }
            return Ok(if self.is_head(at + 1) {
                Clause::Start
            } else if table {
                Clause::From
            } else {
                Clause::Other
            });
        }
        if due && all.op(at, b'[') && self.engine == Engine::Postgres {
            return Err("a table cannot begin with [".to_owned());
        }
        let values = all.is(at + 1, "values") && all.op(at + 2, b')');
        Ok(if round && self.is_head(at + 1) && !values {
            Clause::Start
        } else if due && round {
            Clause::From
        } else {
            Clause::Other
        })
    }

    /// A token that is no bracket.
    fn step(&self, top: &mut Frame, at: usize, op: u8, named: bool) -> Check {
        let all = self.tokens;
        let due = std::mem::take(&mut top.table);
        if due && self.reaches_out() && all.kind(at) == Some(Kind::Text) {
            return Err("a text stands for a table: a file or an address".to_owned());
        }
        let word = if named { String::new() } else { all.word(at).to_ascii_lowercase() };
        let word = word.as_str();
        match top.clause {
            Clause::Start | Clause::Set => return self.start(top, at),
            Clause::Explained => {
                let plain = matches!(all.kind(at), Some(Kind::Word | Kind::Number));
                if self.is_head(at) {
                    return self.start(top, at);
                }
                if !(plain || op == b'=' || op == b',') || CHANGES.contains(&word) {
                    return Err(self.unknown(at));
                }
            }
            Clause::Named => {
                let recursive = word == "recursive" && all.is_name(at + 1) && !all.is(at + 1, "as");
                if !all.is_name(at) {
                    return Err("its WITH is not understood".to_owned());
                }
                if !recursive {
                    let spaces = word == "xmlnamespaces" && self.engine == Engine::Sqlserver;
                    top.clause = if spaces { Clause::After(true) } else { Clause::Naming };
                }
            }
            Clause::Naming => {
                if !["as", "not", "materialized", "using", "key"].contains(&word) {
                    return Err("its WITH is not understood".to_owned());
                }
            }
            Clause::After(search) => match word {
                "search" | "cycle" if !search => top.clause = Clause::After(true),
                _ if op == b',' && !search => top.clause = Clause::Named,
                // Behind SQL Server's XMLNAMESPACES (…), or in SEARCH … SET a, b AS (…).
                _ if op == b',' && all.is_name(at + 1) => {}
                _ if search && CHANGES.contains(&word) => return Err(self.unknown(at)),
                _ if search && !self.is_head(at) => {}
                _ => return self.start(top, at),
            },
            Clause::Expressions => {
                if !named && self.is_head(at) && !["values", "table"].contains(&word) {
                    return self.start(top, at);
                }
                if CHANGES.contains(&word) && all.is_name(at + 1) {
                    return Err(self.unknown(at));
                }
            }
            Clause::Other => self.other(top, at, word)?,
            Clause::Select | Clause::From | Clause::Rest => self.clause(top, at, op, word)?,
        }
        // `FROM LATERAL f()`, `FROM ONLY t`: the table is still due.
        if due && ["lateral", "only"].contains(&word) && !all.op(at + 1, b'(') {
            top.table = true;
        }
        Ok(())
    }

    /// A query begins.
    fn start(&self, top: &mut Frame, at: usize) -> Check {
        let all = self.tokens;
        let set = top.clause == Clause::Set;
        let word = all.word(at).to_ascii_lowercase();
        if set && ["all", "distinct", "by", "name", "corresponding"].contains(&word.as_str()) {
            return Ok(());
        }
        if !self.is_head(at) {
            return Err(self.unknown(at));
        }
        top.clause = match word.as_str() {
            "with" if self.engine == Engine::Clickhouse => Clause::Expressions,
            "with" => Clause::Named,
            "select" => Clause::Select,
            "values" => Clause::Rest,
            "explain" => Clause::Explained,
            "table" | "pivot" | "pivot_wider" | "unpivot" | "pivot_longer" => Clause::From,
            "from" => {
                top.from_first = true;
                Clause::From
            }
            "describe" | "desc" | "summarize" | "show" => {
                if self.is_head(at + 1) {
                    return Ok(());
                }
                Clause::From
            }
            _ => return Ok(()),
        };
        top.table = top.clause == Clause::From;
        Ok(())
    }

    /// Arguments or an expression, which may turn out to hold a query after all.
    fn other(&self, top: &mut Frame, at: usize, word: &str) -> Check {
        let all = self.tokens;
        match word {
            "union" | "intersect" | "except" | "minus" if self.is_set(at, word) => {
                top.clause = Clause::Set
            }
            "select" => top.clause = Clause::Select,
            "from" if self.engine == Engine::Duckdb => {
                let takes = ["extract", "substring", "trim", "overlay", "position", "date_part"];
                let cuts = all.is_any(top.before, &takes) || all.is(at.wrapping_sub(1), "distinct");
                if !cuts {
                    (top.clause, top.table) = (Clause::From, true);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether UNION, EXCEPT and the like join queries here; else `* EXCEPT (column)`, a type, or a name.
    fn is_set(&self, at: usize, word: &str) -> bool {
        let all = self.tokens;
        let mut next = at + 1;
        while all.is_any(next, &["all", "distinct", "by", "name", "corresponding"])
            || all.op(next, b'(')
        {
            next += 1;
        }
        let name = match word {
            "minus" => true,
            "except" => self.reaches_out(),
            _ => all.after_op(at, b':'),
        };
        self.is_head(next) || !name
    }

    fn clause(&self, top: &mut Frame, at: usize, op: u8, word: &str) -> Check {
        let all = self.tokens;
        let back = |by: usize, words: &[&str]| at >= by && all.is_any(at - by, words);
        match word {
            "from" if back(1, &["distinct"]) && back(2, &["is", "not"]) => {}
            "apply" if self.engine != Engine::Sqlserver => {}
            "from" | "join" | "apply" => {
                top.array = word == "join" && back(1, &["array"]);
                top.clause = Clause::From;
                top.table = !top.array;
            }
            "where" | "group" | "having" | "order" | "limit" | "offset" | "fetch" | "window"
            | "qualify" => top.clause = Clause::Rest,
            "prewhere" | "settings" | "format" if self.engine == Engine::Clickhouse => {
                top.clause = Clause::Rest;
            }
            "union" | "intersect" | "except" | "minus" if self.is_set(at, word) => {
                (top.clause, top.from_first) = (Clause::Set, false);
            }
            "select" if top.from_first && self.reaches_out() => {
                (top.clause, top.from_first) = (Clause::Select, false);
            }
            "select" => return Err("it is more than one statement".to_owned()),
            _ => {
                let next = op == b',' || op == b':' && self.engine == Engine::Duckdb;
                top.table = next && top.clause == Clause::From && !top.array;
            }
        }
        Ok(())
    }

    /// SQLite has a table for each pragma that gives something, which runs it: also without brackets.
    fn pragma_table(&self, at: usize) -> Check {
        let all = self.tokens;
        let name = all.name(at).unwrap_or_default().to_ascii_lowercase();
        match name.strip_prefix("pragma_") {
            Some(pragma)
                if !all.op(at + 1, b'(')
                    && !functions::pragma_reads(self.engine, pragma, false) =>
            {
                Err(format!("{name} runs a pragma that is not known to only read"))
            }
            _ => Ok(()),
        }
    }

    /// A name that stands for a table, and may be a file's.
    fn table(&self, at: usize) -> Check {
        let all = self.tokens;
        if self.engine == Engine::Sqlite {
            return self.pragma_table(at);
        }
        if self.engine != Engine::Duckdb || all.op(at + 1, b'.') || all.op(at + 1, b'(') {
            return Ok(());
        }
        let quoted = all.kind(at) == Some(Kind::Name) && looks_like_file(all.text(at));
        let dotted = all.after_op(at, b'.')
            && all
                .name(at)
                .is_some_and(|it| FILE_ENDINGS.contains(&it.to_ascii_lowercase().as_str()));
        if quoted || dotted {
            return Err(format!("{} may be a file", all.text(at)));
        }
        Ok(())
    }
}

const FILE_ENDINGS: &[&str] = &[
    "csv", "tsv", "txt", "parquet", "json", "jsonl", "ndjson", "gz", "zst", "xlsx", "db", "duckdb",
    "arrow", "arrows", "avro", "vortex", "lance", "ipc", "feather", "geojson", "shp",
];
