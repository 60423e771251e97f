//! What each kind of statement destroys.

use super::Eraser;
use crate::Engine;
use crate::statement::lexer::Kind;

impl Eraser<'_> {
    pub(super) fn drop(&mut self, start: usize) {
        let all = self.all;
        let mut at = start + 1;
        let last = &["cascade", "restrict"];
        while all.is_any(at, KINDS)
            && (at == start + 1 || all.is_name(at + 1) && !all.is_any(at + 1, last))
        {
            at += 1;
        }
        if at == start + 1 && all.kind(at) == Some(Kind::Word) {
            at += 1;
        }
        let kind = self.words(start + 1, at).to_lowercase();
        if kind.is_empty() || all.is(start + 1, "prepare") {
            return;
        }
        at = self.skip(at, &["concurrently", "if", "exists", "empty"]);
        let (names, end) = self.names(at);
        let stop = self.region(start);
        let wide = self.find(end, stop, &["cascade"]).is_some();
        let more = if wide { ", and everything that depends on it" } else { "" };
        let of = if all.is(end, "on") && !all.is(end + 1, "cluster") {
            format!(" of {}", self.name(end + 1).0)
        } else {
            String::new()
        };
        if names.is_empty() {
            self.lose(self.words(start + 1, stop));
        }
        for name in names {
            let what = match kind.as_str() {
                "table" | "temporary table" | "temp table" | "materialized view"
                | "dynamic table" => {
                    format!("{kind} {name} with all its rows{more}")
                }
                "schema" | "database"
                    if wide || kind == "database" || self.engine == Engine::Mysql =>
                {
                    format!("{kind} {name} with everything in it")
                }
                "owned by" => format!("everything that {name} owns"),
                _ => format!("{kind} {name}{of}{more}"),
            };
            self.lose(what);
        }
    }

    pub(super) fn truncate(&mut self, start: usize) {
        let all = self.all;
        let mut at = self.skip(start + 1, &["table", "temporary", "only", "if", "exists"]);
        if all.is(at, "all") && all.is(at + 1, "tables") {
            at = self.skip(at, &["all", "tables", "from"]);
            return self.lose(format!("every row of every table of {}", self.name(at).0));
        }
        if all.is(at, "database") {
            at = self.skip(at, &["database", "if", "exists"]);
            return self.lose(format!("every row of every table of {}", self.name(at).0));
        }
        if !all.is_name(at) || all.is(start + 1, "partition") {
            return;
        }
        let (names, end) = self.names(at);
        let wide = self.find(end, self.region(start), &["cascade"]).is_some();
        for name in names {
            let more = if wide { ", and of every table that refers to it" } else { "" };
            self.lose(format!("every row of {name}{more}"));
        }
    }

    pub(super) fn delete(&mut self, start: usize) {
        let all = self.all;
        let mut at = self.skip(start + 1, &["low_priority", "quick", "ignore", "history"]);
        if all.is(at, "top") && self.engine == Engine::Sqlserver {
            at = if all.op(at + 1, b'(') { self.close(at + 1) + 1 } else { at + 2 };
            at = self.skip(at, &["percent"]);
        }
        let stop = self.region(start);
        if all.is(at, "from") {
            at = self.skip(at + 1, &["only"]);
        } else if self.engine == Engine::Sqlserver && !all.is_any(at, &["on", "when"]) {
            // FROM may be left out.
        } else if self.engine != Engine::Mysql || self.find(at, stop, &["from"]).is_none() {
            return;
        }
        let (names, _) = self.names(at);
        if !names.is_empty() {
            let named = names.join(" and ");
            self.without_where(start, stop, &format!("every row of {named}"), "DELETE");
        }
    }

    pub(super) fn update(&mut self, start: usize) {
        let all = self.all;
        let mut at = self.skip(start + 1, &["low_priority", "ignore", "only"]);
        if all.is(at, "or") {
            at += 2;
        }
        if all.is(at, "top") && all.op(at + 1, b'(') {
            at = self.close(at + 1) + 1;
        }
        let stop = self.region_of_update(start);
        let Some(set) = self.find(at, stop, &["set"]) else { return };
        let (name, end) = self.name(at);
        if end == at || set == at {
            return;
        }
        let words = format!("what every row of {name} holds in the columns that are set");
        self.without_where(start, stop, &words, "UPDATE");
    }

    /// The same as [`Eraser::region`], but for its own SET.
    fn region_of_update(&self, start: usize) -> usize {
        let stop = self.region(start);
        if self.engine == Engine::Sqlserver && self.all.is(stop, "set") {
            self.region(stop)
        } else {
            stop
        }
    }

    /// Gives where it ends.
    pub(super) fn alter(&mut self, start: usize) -> usize {
        let all = self.all;
        if all.is(start + 1, "type") {
            let (name, end) = self.name(start + 2);
            let stop = self.region(start);
            let mut from = end;
            while let Some(at) = self.find(from, stop, &["attribute"]) {
                from = at + 1;
                let of = self.name(self.skip(at + 1, &["if", "exists"])).0;
                if all.after_any(at, &["drop"]) {
                    self.lose(format!("attribute {of} of type {name}"));
                } else if all.after_any(at, &["alter"]) {
                    self.lose(format!(
                        "what attribute {of} of type {name} holds that its new type does not keep"
                    ));
                }
            }
            return stop;
        }
        let foreign = usize::from(all.is_any(start + 1, &["foreign", "ignore", "online"]));
        if !all.is(start + 1 + foreign, "table") {
            self.alter_beyond(start);
            return start + 1;
        }
        let at = self.skip(start + 2 + foreign, &["if", "exists", "only", "wait", "nowait"]);
        let (table, end) = self.name(at);
        let stop = self.region_of_alter(start);
        let mut from = end;
        while let Some(at) = self.find(
            from,
            stop,
            &[
                "drop",
                "delete",
                "update",
                "clear",
                "truncate",
                "discard",
                "replace",
                "alter",
                "modify",
                "change",
                "engine",
                "convert",
                "materialize",
            ],
        ) {
            from = at + 1;
            let action =
                all.after_op(at, b',') || at == end || all.op(at - 1, b'*') || all.op(at - 1, b')');
            let cluster =
                all.is_any(at.wrapping_sub(3), &["on"]) && all.is_any(at - 2, &["cluster"]);
            match all.word(at).to_ascii_lowercase().as_str() {
                "drop" if action || cluster => self.drop_part(at + 1, stop, &table),
                "delete" | "update" if self.engine == Engine::Clickhouse && (action || cluster) => {
                    let delete = all.is(at, "delete");
                    let (verb, what) = if delete {
                        ("DELETE", format!("every row of {table}"))
                    } else {
                        (
                            "UPDATE",
                            format!("what every row of {table} holds in the columns that are set"),
                        )
                    };
                    if delete || self.find(at, stop, &["where"]).is_some() {
                        self.without_where(at, stop, &what, verb);
                    }
                }
                "clear" if all.is(at + 1, "column") => {
                    self.lose(format!("the values of column {} of {table}", self.name(at + 2).0));
                }
                "truncate" if all.is(at + 1, "partition") => {
                    self.lose(format!(
                        "every row of {} of {table}",
                        self.words(at + 1, self.action(at, stop))
                    ));
                }
                "discard" if all.is_any(at + 1, &["tablespace", "partition"]) => {
                    self.lose(format!("the rows of {table} in its tablespace"))
                }
                "alter" | "modify" | "change" if action || cluster => self.retype(at, stop, &table),
                "materialize" if all.is(at + 1, "ttl") => {
                    self.lose(format!("the rows of {table} that are older than its TTL"));
                }
                "engine" if action && self.engine == Engine::Mysql => {
                    let name = if all.op(at + 1, b'=') { at + 2 } else { at + 1 };
                    let keeps = ["innodb", "myisam", "aria", "rocksdb", "columnstore", "ndb"];
                    if !all.is_any(name, &keeps) {
                        let name = all.text(name);
                        self.lose(format!(
                            "the rows of {table}, where the engine {name} does not keep them"
                        ));
                    }
                }
                "convert" if action && all.is(at + 1, "to") => {
                    let to = self.words(at + 2, self.action(at, stop));
                    if !to.to_lowercase().contains("utf8mb4") {
                        self.lose(format!("letters of {table} that are not in {to}"));
                    }
                }
                "replace" if all.is(at + 1, "partition") => {
                    let end = self.find(at, stop, &["from"]).unwrap_or(stop);
                    let part = self.words(at + 1, end);
                    self.lose(format!("the rows that {part} of {table} has now"));
                }
                _ => {}
            }
        }
        stop
    }

    /// Another type for a column: what it holds is lost where the type does not hold it.
    fn retype(&mut self, start: usize, stop: usize, table: &str) {
        let all = self.all;
        let stop = self.action(start, stop);
        if all.is(start + 1, "ttl") {
            return self.lose(format!("the rows of {table} that are older than its TTL"));
        }
        let apart =
            ["constraint", "index", "order", "setting", "query", "comment", "check", "sample"];
        if all.is_any(start + 1, &apart)
            && all.kind(start + 2).is_some()
            && !all.is(start + 2, "type")
        {
            return;
        }
        let (column, mut at) = self.name(self.skip(start + 1, &["column", "if", "exists"]));
        if all.is(start, "change") {
            at = self.name(at).1;
        }
        match self.engine {
            Engine::Postgres | Engine::Duckdb => {
                at = self.skip(at, &["set", "data"]);
                if !all.is(at, "type") {
                    return;
                }
                at += 1;
            }
            Engine::Clickhouse => at = self.skip(at, &["type"]),
            _ => {}
        }
        let others = [
            "add",
            "set",
            "drop",
            "remove",
            "reset",
            "comment",
            "codec",
            "ttl",
            "default",
            "materialized",
            "alias",
            "ephemeral",
            "first",
            "after",
        ];
        if column.is_empty() || at >= stop || all.is_any(at, &others) {
            return;
        }
        let holds_all: &[&str] = match self.engine {
            Engine::Postgres | Engine::Duckdb => {
                &["text", "varchar", "character varying", "numeric"]
            }
            Engine::Mysql => &["longtext", "longblob"],
            Engine::Sqlserver => &["nvarchar(max)"],
            Engine::Clickhouse => &["string"],
            _ => &[],
        };
        if !holds_all.contains(&self.words(at, stop).to_lowercase().as_str()) {
            self.lose(format!(
                "what column {column} of {table} holds that its new type does not keep"
            ));
        }
    }

    fn region_of_alter(&self, start: usize) -> usize {
        let all = self.all;
        let mut stop = self.region(start);
        // `DROP name`, `DROP COLUMN` and `ALTER COLUMN` belong to it; `DROP TABLE` is the next one.
        while self.engine == Engine::Sqlserver
            && (all.is_any(stop, &["drop", "alter"]) && all.is(stop + 1, "column")
                || all.is(stop, "drop") && !all.is_any(stop + 1, KINDS)
                || all.is(stop, "set") && all.op(stop + 1, b'('))
        {
            stop = self.region(stop);
        }
        stop
    }

    /// Where an action of ALTER TABLE ends: at its comma.
    fn action(&self, start: usize, stop: usize) -> usize {
        let mut depth = 0usize;
        for at in start..stop {
            if self.all.op(at, b'(') {
                depth += 1;
            } else if self.all.op(at, b')') {
                depth = depth.saturating_sub(1);
            } else if depth == 0 && self.all.op(at, b',') {
                return at;
            }
        }
        stop
    }

    fn drop_part(&mut self, start: usize, stop: usize, table: &str) {
        let all = self.all;
        if all.is_any(start, &["partition", "part", "detached"]) {
            // MySQL's list of partitions is the last action.
            let mysql = self.engine == Engine::Mysql;
            let end = if mysql { stop } else { self.action(start, stop) };
            let words = self.words(start, end);
            return self.lose(format!("{words} of {table} with its rows"));
        }
        if self.engine == Engine::Sqlserver {
            return self.drop_columns(start, stop, table);
        }
        if all.is(start, "system") {
            return self.lose(format!("the history of the rows of {table}"));
        }
        // `DROP key` alone is a column of that name.
        let last = start + 1 >= stop
            || all.op(start + 1, b',')
            || all.is_any(start + 1, &["cascade", "restrict"]);
        if all.is_any(start, NOT_COLUMNS) && !last {
            return;
        }
        let at = if all.is(start, "column") { start + 1 } else { start };
        let (name, _) = self.name(self.skip(at, &["if", "exists"]));
        if !name.is_empty() {
            self.lose(format!("column {name} of {table}"));
        }
    }

    /// SQL Server drops several by one DROP: `COLUMN a, b, CONSTRAINT c`.
    fn drop_columns(&mut self, start: usize, stop: usize, table: &str) {
        let (mut at, mut columns) = (start, false);
        while at < stop {
            if self.all.is_any(at, &["column", "constraint"]) {
                columns = self.all.is(at, "column");
                at = self.skip(at + 1, &["if", "exists"]);
            }
            let (name, end) = self.name(at);
            if columns && !name.is_empty() {
                self.lose(format!("column {name} of {table}"));
            }
            if !self.all.op(end, b',') {
                return;
            }
            at = end + 1;
        }
    }

    /// Gives where it ends.
    pub(super) fn merge(&mut self, start: usize) -> usize {
        let all = self.all;
        let at = self.skip(start + 1, &["into", "only"]);
        let (table, end) = self.name(at);
        let mut stop = self.region(start);
        // Its own DELETE and UPDATE end what SQL Server's next statement would end.
        while self.engine == Engine::Sqlserver
            && all.is_any(stop, &["delete", "update", "insert", "set"])
        {
            stop = self.region(stop);
        }
        let mut from = end;
        while let Some(when) = self.find(from, stop, &["when"]) {
            from = when + 1;
            let Some(then) = self.find(from, stop, &["then"]) else { break };
            let all_of_them =
                self.find(when, then, &["and"]).is_none_or(|and| self.always(and + 1, then));
            if all.is(then + 1, "delete") && all_of_them {
                let rows = if self.find(when, then, &["source"]).is_some() {
                    "every row of {table} that the source does not have"
                } else {
                    "every row of {table} that MERGE matches"
                };
                let rows = rows.replace("{table}", &table);
                self.lose(format!("{rows} (its DELETE has no condition)"));
            }
        }
        stop
    }

    /// `CREATE OR REPLACE TABLE`, and ClickHouse's `REPLACE TABLE`.
    pub(super) fn replace(&mut self, start: usize) {
        let all = self.all;
        let bare = all.is(start, "replace");
        let or_replace = all.is(start + 1, "or") && all.is(start + 2, "replace");
        if !bare && !or_replace {
            return;
        }
        let at = self.skip(if bare { start + 1 } else { start + 3 }, &["temp", "temporary"]);
        let kind = all.word(at).to_ascii_lowercase();
        if !["table", "schema", "database"].contains(&kind.as_str()) {
            return;
        }
        let name = self.name(self.skip(at + 1, &["if", "not", "exists"])).0;
        let with = if kind == "table" { "all its rows" } else { "everything in it" };
        self.lose(format!("{kind} {name} with {with}, where there is one already"));
    }

    pub(super) fn restore(&mut self, start: usize) {
        if self.all.is_any(start + 1, &["database", "log"]) {
            let name = self.name(start + 2).0;
            self.lose(format!("what database {name} holds now"));
        }
    }

    pub(super) fn system(&mut self, start: usize) {
        if self.all.is_any(start + 1, &["shutdown", "kill"]) {
            self.lose("the running server: it stops, with what everybody does".to_owned());
        }
        if self.all.is(start + 1, "drop")
            && self.find(start, self.all.len(), &["replica"]).is_some()
        {
            self.lose(self.words(start + 2, self.region(start)).to_lowercase());
        }
    }

    pub(super) fn pragma(&mut self, start: usize) {
        let all = self.all;
        let name = if all.op(start + 2, b'.') { start + 3 } else { start + 1 };
        let sets = all.op(name + 1, b'=') || all.op(name + 1, b'(');
        if all.name(name).is_some_and(|it| it.eq_ignore_ascii_case("writable_schema")) && sets {
            let text =
                "the guard of the schema: with writable_schema a statement can break the file";
            self.lose(text.to_owned());
        }
    }
}

/// Words that say what is dropped.
const KINDS: &[&str] = &[
    "access",
    "aggregate",
    "application",
    "assembly",
    "asymmetric",
    "audit",
    "availability",
    "bitmap",
    "by",
    "cast",
    "certificate",
    "class",
    "collation",
    "collection",
    "column",
    "configuration",
    "conversion",
    "credential",
    "data",
    "database",
    "default",
    "dictionary",
    "domain",
    "encryption",
    "endpoint",
    "event",
    "extension",
    "external",
    "family",
    "file",
    "foreign",
    "format",
    "fulltext",
    "function",
    "group",
    "index",
    "key",
    "language",
    "library",
    "local",
    "login",
    "macro",
    "mapping",
    "master",
    "materialized",
    "method",
    "named",
    "notification",
    "operator",
    "owned",
    "package",
    "parser",
    "partition",
    "persistent",
    "policy",
    "procedure",
    "proc",
    "profile",
    "publication",
    "queue",
    "quota",
    "resource",
    "role",
    "route",
    "routine",
    "row",
    "rule",
    "schema",
    "scheme",
    "scoped",
    "search",
    "secret",
    "security",
    "sequence",
    "server",
    "service",
    "session",
    "settings",
    "source",
    "spatial",
    "specification",
    "statistics",
    "stream",
    "subscription",
    "symmetric",
    "synonym",
    "system",
    "table",
    "tablespace",
    "temp",
    "temporary",
    "template",
    "text",
    "transform",
    "trigger",
    "type",
    "undo",
    "user",
    "view",
    "workload",
    "wrapper",
    "xml",
];

/// What ALTER TABLE drops without taking data along.
const NOT_COLUMNS: &[&str] = &[
    "check",
    "constraint",
    "constraints",
    "default",
    "expression",
    "foreign",
    "identity",
    "index",
    "key",
    "not",
    "period",
    "primary",
    "projection",
    "statistics",
    "system",
    "ttl",
    "unique",
];
