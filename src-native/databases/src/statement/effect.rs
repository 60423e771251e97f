//! What a statement destroys, named for people: what a yes is asked for where writing is allowed.

mod condition;
mod server;
mod statements;

use super::Loss;
use super::lexer::{Kind, Modes};
use super::tokens::Tokens;
use crate::Engine;
use std::cell::Cell;

/// How deep texts that are run as statements are looked into.
const DEPTH_MAX: usize = 2;
/// Longest name in a loss, in letters.
const NAME_MAX: usize = 200;
/// Most losses that are told apart.
const LOSSES_MAX: usize = 200;
/// How often the tokens of a statement may be looked at, so that no statement takes long.
const LOOKS_MAX: usize = 16;

/// What the statement would destroy. Where a session may read its quotes in several ways, what any of
/// them finds.
pub(super) fn losses(engine: Engine, statement: &str) -> Vec<Loss> {
    let mut found = Vec::new();
    for modes in Modes::all(engine, statement) {
        let mut tokens = Tokens::of(engine, modes, statement);
        tokens.list.retain(|it| !matches!(it.kind, Kind::Enter | Kind::Leave));
        for loss in within(engine, &tokens, 0) {
            if !found.contains(&loss) {
                found.push(loss);
            }
        }
    }
    found
}

fn within(engine: Engine, tokens: &Tokens<'_>, depth: usize) -> Vec<Loss> {
    let looks = Cell::new(LOOKS_MAX * (tokens.len() + 1000));
    let mut eraser = Eraser { engine, all: tokens, depth, looks, runs: false, found: Vec::new() };
    eraser.scan();
    if eraser.looks.get() == 0 {
        eraser.untold("it is too tangled to be looked through");
    }
    if eraser.runs && depth == DEPTH_MAX {
        eraser.untold("texts within texts, which are run");
    }
    let (runs, mut found) = (eraser.runs, eraser.found);
    if runs && depth < DEPTH_MAX {
        for at in 0..tokens.len() {
            if tokens.kind(at) == Some(Kind::Text) {
                let mut inner = unquoted(tokens.text(at));
                if engine == Engine::Sqlserver {
                    // Where sp_MSforeachtable puts each table's name.
                    inner = inner.replace("[?]", "?").replace('?', "[?]");
                }
                let inner = Tokens::of(engine, Modes::usual(engine), &inner);
                found.extend(within(engine, &inner, depth + 1));
            }
        }
    }
    found
}

/// What stands within the quotes of a text, about: enough to find statements in it.
fn unquoted(text: &str) -> String {
    if let Some(rest) = text.strip_prefix('$') {
        let tag = rest.find('$').map_or(0, |it| it + 2);
        return text.get(tag..text.len().saturating_sub(tag)).unwrap_or("").to_owned();
    }
    let start = text.find(['\'', '"']).map_or(0, |it| it + 1);
    let inner = text.get(start..text.len().saturating_sub(1)).unwrap_or("");
    inner.replace("''", "'").replace("\\'", "'").replace("\\\"", "\"")
}

struct Eraser<'a> {
    engine: Engine,
    all: &'a Tokens<'a>,
    /// How many texts it stands in.
    depth: usize,
    /// Whether it runs texts as statements.
    runs: bool,
    /// How many more tokens may be looked at.
    looks: Cell<usize>,
    found: Vec<Loss>,
}

impl Eraser<'_> {
    fn lose(&mut self, words: String) {
        let loss = match self.found.len() {
            0..LOSSES_MAX => Loss { words },
            _ => Loss { words: "and more".to_owned() },
        };
        if self.found.len() <= LOSSES_MAX && !self.found.contains(&loss) {
            self.found.push(loss);
        }
    }

    fn is(&self, engines: &[Engine]) -> bool {
        engines.contains(&self.engine)
    }

    /// Whether there is a token at `at` that may still be looked at.
    fn look(&self, at: usize, end: usize) -> bool {
        let left = self.looks.get();
        self.looks.set(left.saturating_sub(1));
        at < end && left > 0
    }

    /// Looks through all of it.
    fn scan(&mut self) {
        use Engine::{Clickhouse, Duckdb, Mysql, Postgres, Sqlite, Sqlserver};
        let all = self.all;
        let explains = all.is_any(0, &["explain", "describe", "desc", "analyze"]);
        // The first of a batch of SQL Server is called by its name alone.
        let called = all.name(0).unwrap_or_default().to_ascii_lowercase();
        if self.engine == Sqlserver && (called.starts_with("sp_") || called.starts_with("xp_")) {
            self.calls(0);
        }
        let mut at = 0;
        while self.look(at, all.len()) {
            let mut next = at + 1;
            if all.is_name(at) && all.op(at + 1, b'(') {
                self.function(at);
            }
            if all.kind(at) == Some(Kind::Word) && self.begins(at, explains) {
                match all.word(at).to_ascii_lowercase().as_str() {
                    // A program that is only made runs another time; in a block others may follow it.
                    "create" if self.defines(at) && self.depth == 0 => return,
                    "create" if self.defines(at) => next = self.region(at),
                    "alter" if self.engine == Sqlserver && self.defines(at) => return,
                    "alter" => next = self.alter(at),
                    "merge" => next = self.merge(at),
                    "drop" => self.drop(at),
                    "truncate" => self.truncate(at),
                    "delete" => self.delete(at),
                    "update" => self.update(at),
                    "create" | "replace" => self.replace(at),
                    "restore" if self.engine == Sqlserver => self.restore(at),
                    "system" if self.engine == Clickhouse => self.system(at),
                    "pragma" if self.engine == Sqlite => self.pragma(at),
                    "do" if self.engine == Postgres && at == 0 => self.block(at),
                    "exec" | "execute" | "prepare" => self.executes(at),
                    "call" if self.is(&[Mysql, Postgres, Duckdb]) => self.runs = true,
                    _ => self.beyond(at),
                }
            }
            at = next.max(at + 1);
        }
    }

    /// Whether a statement, or a part of one that is a statement itself, may begin here.
    fn begins(&self, at: usize, explains: bool) -> bool {
        let all = self.all;
        let sqlserver = self.engine == Engine::Sqlserver;
        if at == 0 || explains {
            return true;
        }
        let after = |ops: &[u8]| ops.iter().any(|&it| all.after_op(at, it));
        match all.kind(at - 1) {
            Some(Kind::End) => true,
            Some(Kind::Op) => {
                if sqlserver {
                    !after(b".,")
                } else {
                    after(b"()[") || self.depth > 0 && after(b">")
                }
            }
            Some(Kind::Word) if sqlserver => !all.is_any(at - 1, NOT_STARTERS),
            Some(Kind::Word) => all.is_any(at - 1, STARTERS),
            _ => sqlserver,
        }
    }

    /// Whether what is created here is a program, whose statements run another time.
    fn defines(&self, at: usize) -> bool {
        let all = self.all;
        let mut next = at + 1;
        // `DEFINER = somebody@'%'` and the like stand before the kind.
        while next < at + 16 && next < all.len() && all.kind(next) != Some(Kind::End) {
            // SQL Server has nothing before the kind, and the next statement may follow at once.
            let ours = all.is_any(next, &["or", "alter"]);
            if self.engine == Engine::Sqlserver
                && !ours
                && next > at + 1
                && !all.is_any(next - 1, &["alter"])
            {
                return false;
            }
            if all.is_any(
                next,
                &["function", "procedure", "proc", "trigger", "event", "package", "rule"],
            ) {
                return true;
            }
            if all.is_any(next, &["table", "view", "schema", "database", "index", "materialized"]) {
                return false;
            }
            next += 1;
        }
        false
    }

    /// The end of the statement that begins here: its mark, the bracket around it, or in SQL Server the
    /// next statement.
    fn region(&self, start: usize) -> usize {
        let all = self.all;
        let (mut depth, mut cases, mut at) = (0usize, 0usize, start + 1);
        while self.look(at, all.len()) {
            if all.op(at, b'(') {
                depth += 1;
            } else if all.op(at, b')') {
                if depth == 0 {
                    break;
                }
                depth -= 1;
            } else if all.kind(at) == Some(Kind::End) {
                break;
            } else if depth == 0 && self.engine == Engine::Sqlserver {
                if all.is(at, "case") {
                    cases += 1;
                } else if cases > 0 {
                    cases -= usize::from(all.is(at, "end"));
                } else if all.is_any(at, SQLSERVER_STARTERS)
                    && !all.after_any(at, &["on", "for", "then"])
                {
                    break;
                }
            }
            at += 1;
        }
        at
    }

    /// The place of a word between brackets of this level.
    fn find(&self, start: usize, end: usize, words: &[&str]) -> Option<usize> {
        let all = self.all;
        let mut depth = 0usize;
        let mut at = start;
        while self.look(at, end) {
            if all.op(at, b'(') {
                depth += 1;
            } else if all.op(at, b')') {
                depth = depth.saturating_sub(1);
            } else if depth == 0 && all.is_any(at, words) && !all.after_op(at, b'.') {
                return Some(at);
            }
            at += 1;
        }
        None
    }

    fn skip(&self, mut at: usize, words: &[&str]) -> usize {
        while self.all.is_any(at, words) {
            at += 1;
        }
        at
    }

    /// A name with its dots, and where it ends.
    fn name(&self, start: usize) -> (String, usize) {
        let all = self.all;
        let mut at = start;
        while all.is_name(at) || all.kind(at) == Some(Kind::Text) && at == start {
            at += 1;
            if !all.op(at, b'.') {
                break;
            }
            while all.op(at, b'.') {
                at += 1;
            }
        }
        (self.words(start, at), at)
    }

    /// The source between two tokens, in one line.
    fn words(&self, start: usize, end: usize) -> String {
        let all = self.all;
        let (Some(first), Some(last)) = (all.list.get(start), all.list.get(end.wrapping_sub(1)))
        else {
            return String::new();
        };
        let text = all.source.get(first.start..last.end).unwrap_or("");
        let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some((cut, _)) = line.char_indices().nth(NAME_MAX) {
            line.truncate(cut);
            line.push('…');
        }
        line
    }

    /// Names with commas between them, and where they end.
    fn names(&self, mut at: usize) -> (Vec<String>, usize) {
        let mut names = Vec::new();
        loop {
            let (name, end) = self.name(self.skip(at, &["only"]));
            if name.is_empty() {
                return (names, at);
            }
            names.push(name);
            at = end;
            // A function's arguments; PostgreSQL's `*` behind a table.
            if self.all.op(at, b'(') {
                at = self.close(at) + 1;
            }
            if self.all.op(at, b'*') {
                at += 1;
            }
            if !self.all.op(at, b',') {
                return (names, at);
            }
            at += 1;
        }
    }

    /// The bracket that closes the one at `start`.
    fn close(&self, start: usize) -> usize {
        let (mut depth, mut at) = (0usize, start);
        while self.look(at, self.all.len()) {
            if self.all.op(at, b'(') {
                depth += 1;
            } else if self.all.op(at, b')') {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at;
                }
            }
            at += 1;
        }
        self.all.len()
    }
}

/// Words after which a statement may begin within another.
const STARTERS: &[&str] = &[
    "analyze",
    "analyse",
    "as",
    "atomic",
    "begin",
    "do",
    "else",
    "explain",
    "for",
    "found",
    "in",
    "loop",
    "materialized",
    "repeat",
    "sqlexception",
    "sqlwarning",
    "then",
    "verbose",
    "also",
    "instead",
];

/// Words of SQL Server after which a verb is a right, an event or a part of a clause.
const NOT_STARTERS: &[&str] =
    &["after", "deny", "for", "grant", "instead", "not", "of", "on", "revoke"];

/// Reserved words that begin the next statement of a batch.
const SQLSERVER_STARTERS: &[&str] = &[
    "alter",
    "begin",
    "break",
    "close",
    "commit",
    "continue",
    "create",
    "declare",
    "delete",
    "deny",
    "drop",
    "else",
    "end",
    "exec",
    "execute",
    "goto",
    "grant",
    "if",
    "insert",
    "kill",
    "open",
    "print",
    "raiserror",
    "restore",
    "return",
    "revoke",
    "rollback",
    "save",
    "select",
    "set",
    "truncate",
    "update",
    "use",
    "waitfor",
    "while",
];
