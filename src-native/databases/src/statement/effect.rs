//! What a statement destroys, named for people: what a yes is asked for where writing is allowed.

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
    let mut eraser = Eraser { engine, all: tokens, looks, found: Vec::new() };
    let runs = eraser.scan();
    if eraser.looks.get() == 0 {
        eraser.lose("what cannot be told: it is too tangled to be looked through".to_owned());
    }
    let mut found = eraser.found;
    if runs && depth < DEPTH_MAX {
        for at in 0..tokens.len() {
            if tokens.kind(at) == Some(Kind::Text) {
                let inner = unquoted(tokens.text(at));
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

    /// Looks through all of it; whether it runs texts as statements.
    fn scan(&mut self) -> bool {
        let all = self.all;
        let explains = all.is_any(0, &["explain", "describe", "desc", "analyze"]);
        let (mut at, mut runs) = (0, false);
        while self.look(at, all.len()) {
            let mut next = at + 1;
            if all.kind(at) == Some(Kind::Word) && self.begins(at, explains) {
                match all.word(at).to_ascii_lowercase().as_str() {
                    "create" if self.defines(at) => return false,
                    "alter" if self.engine == Engine::Sqlserver && self.defines(at) => {
                        return false;
                    }
                    "alter" => next = self.alter(at),
                    "merge" => next = self.merge(at),
                    "drop" => self.drop(at),
                    "truncate" => self.truncate(at),
                    "delete" => self.delete(at),
                    "update" => self.update(at),
                    "create" | "replace" => self.replace(at),
                    "restore" if self.engine == Engine::Sqlserver => self.restore(at),
                    "purge" | "reset" if self.engine == Engine::Mysql => self.logs(at),
                    "system" if self.engine == Engine::Clickhouse => self.system(at),
                    "pragma" if self.engine == Engine::Sqlite => self.pragma(at),
                    "do" if self.engine == Engine::Postgres => runs = true,
                    "exec" | "execute" if self.is(&[Engine::Sqlserver, Engine::Mysql]) => {
                        runs = true
                    }
                    "prepare" if self.engine == Engine::Mysql => runs = true,
                    _ => {}
                }
            }
            at = next.max(at + 1);
        }
        runs
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
                    after(b"()[")
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
        while next < at + 16 && next < all.len() {
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

    fn without_where(&mut self, start: usize, stop: usize, what: &str, verb: &str) {
        match self.find(start, stop, &["where"]) {
            None => self.lose(format!("{what} ({verb} has no WHERE)")),
            Some(at) if self.always(at + 1, stop) => {
                self.lose(format!("{what} (the WHERE of {verb} is always true)"));
            }
            Some(_) => {}
        }
    }

    /// Whether a condition is true for every row, as far as can be seen: `true`, `1 = 1`, `x = x`.
    fn always(&self, start: usize, stop: usize) -> bool {
        let ends = ["returning", "order", "limit", "option", "settings"];
        let stop = self.find(start, stop, &ends).unwrap_or(stop);
        let (mut start, mut stop) = (start, stop);
        while self.all.op(start, b'(') && self.close(start) + 1 == stop {
            (start, stop) = (start + 1, stop - 1);
        }
        let parts = |start, word: &str| {
            let (mut parts, mut from) = (Vec::new(), start);
            while let Some(at) = self.find(from, stop, &[word]) {
                parts.push((from, at));
                from = at + 1;
            }
            parts.push((from, stop));
            parts
        };
        parts(start, "or").into_iter().any(|(from, to)| {
            let mut from = from;
            loop {
                let end = self.find(from, to, &["and"]).unwrap_or(to);
                if !self.is_truth(from, end) {
                    return false;
                }
                if end == to {
                    return true;
                }
                from = end + 1;
            }
        })
    }

    fn is_truth(&self, start: usize, stop: usize) -> bool {
        let all = self.all;
        let (mut start, mut stop) = (start, stop);
        while all.op(start, b'(') && stop > start && self.close(start) + 1 == stop {
            (start, stop) = (start + 1, stop - 1);
        }
        let literal = |at: usize| {
            matches!(all.kind(at), Some(Kind::Number | Kind::Text))
                || all.is_any(at, &["true", "false"])
        };
        let zero = |at: usize| {
            all.is(at, "false")
                || all.kind(at) == Some(Kind::Number)
                    && all.text(at).trim_matches(['0', '.']).is_empty()
        };
        match stop.saturating_sub(start) {
            1 => literal(start) && !zero(start) && all.kind(start) != Some(Kind::Text),
            2 => all.is(start, "not") && zero(start + 1),
            _ => {
                let Some(op) = (start..stop).find(|&it| b"=<>!".iter().any(|&op| all.op(it, op)))
                else {
                    let like = start + 1;
                    let pattern = all.text(like + 1).trim_matches(['\'', '"']);
                    return stop == start + 3
                        && all.is_any(like, &["like", "ilike"])
                        && pattern == "%";
                };
                let wide = usize::from(b"=>".iter().any(|&it| all.op(op + 1, it)));
                let sign = self.words(op, op + 1 + wide);
                let (left, right) = (self.words(start, op), self.words(op + 1 + wide, stop));
                let same = left.eq_ignore_ascii_case(&right);
                let both =
                    literal(start) && literal(stop - 1) && op == start + 1 && stop == op + 2 + wide;
                match sign.as_str() {
                    "=" | "==" | ">=" | "<=" => same,
                    "<>" | "!=" => both && !same,
                    _ => false,
                }
            }
        }
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
    "loop",
    "materialized",
    "repeat",
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
