//! A statement over several databases: which of its tables are where, what is asked of each, and the
//! statement that joins what came.

mod conditions;
mod passed;
#[cfg(test)]
mod tests;

use super::lexer::Modes;
use super::tokens::Tokens;
use crate::{Engine, Failure, Reason, Result, Value, quoted};
use conditions::Outermost;
use passed::Passed;
use std::ops::Range;

/// Words that end what stands after FROM, and so are no alias.
const AFTER_TABLE: &[&str] = &[
    "as",
    "cross",
    "except",
    "full",
    "group",
    "having",
    "indexed",
    "inner",
    "intersect",
    "join",
    "left",
    "limit",
    "natural",
    "not",
    "on",
    "order",
    "right",
    "union",
    "using",
    "where",
    "window",
];

/// A table of another database within a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// The connection.
    pub connection: String,
    /// The schema; none where the connection's own is meant.
    pub schema: Option<String>,
    /// The table.
    pub table: String,
    /// What the local table is called.
    pub local: String,
    /// What the statement calls it where it names columns.
    pub alias: String,
    /// Whether the statement gives it that name, rather than the table having it.
    renamed: bool,
    /// Which FROM it stands in; the outermost SELECT's is the first.
    scope: usize,
    /// Conditions that its own server can hold rows to.
    pub conditions: Vec<Condition>,
}

/// A condition on a column of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The column.
    pub column: String,
    /// `=`, `<>`, `<`, `<=`, `>`, `>=`, `in`, `between`, `is not null`.
    pub test: String,
    /// What it is compared with.
    pub values: Vec<Literal>,
}

/// A value that stands in a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// A number, as it stands there.
    Number(String),
    /// A text, without its quotes.
    Text(String),
}

/// A statement over several databases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joined {
    /// The statement as it was given.
    statement: String,
    /// What stands in place of names and numbers of it.
    edits: Vec<(Range<usize>, String)>,
    /// What hands the value of a column on without saying how it compares.
    passed: Vec<Passed>,
    /// The tables of other databases.
    pub sides: Vec<Side>,
    /// All names in the statement in small letters: columns that are none of them need not be fetched.
    pub names: Vec<String>,
    /// Whether it asks for all columns of a table.
    pub all_columns: bool,
    /// Rows that are enough of the only table, where each of them is one of the result: its server has
    /// tested all that WHERE demands.
    pub enough: Option<u64>,
}

impl Joined {
    /// The statement over local tables. `compared` says by what collation a column is compared, by what
    /// the statement calls its table, where it says that, and by its name.
    pub fn text(&self, compared: &dyn Fn(Option<&str>, &str) -> Option<&'static str>) -> String {
        // What closes stands before what opens at the same place, the inner one first.
        let mut changes: Vec<(usize, u8, usize, usize, String)> = Vec::new();
        for (range, new) in &self.edits {
            changes.push((range.start, 2, 0, range.end, new.clone()));
        }
        for it in &self.passed {
            let Some(by) = it.columns.iter().find_map(|(of, it)| compared(of.as_deref(), it))
            else {
                continue;
            };
            let (from, to) = (it.range.start, it.range.end);
            changes.push((from, 1, 0, from, passed::BEFORE.to_owned()));
            changes.push((to, 0, usize::MAX - from, to, passed::after(by)));
        }
        changes.sort();
        let (mut text, mut at) = (String::new(), 0);
        for (from, _, _, to, new) in &changes {
            text += &self.statement[at..*from];
            text += new;
            at = *to;
        }
        text += &self.statement[at..];
        text
    }

    /// The name of a result's column without what [`Joined::text`] put around it.
    pub fn plain_name(name: &str) -> String {
        passed::plain_name(name)
    }
}

/// Finds the tables of other databases in a statement: `connection.table` or
/// `connection.schema.table` where a table may stand.
///
/// # Errors
/// [`Reason::Usage`] where there is none, where a table is of no connection, or a text is never closed.
pub fn joined(
    statement: &str,
    values: &[Value],
    is_connection: &dyn Fn(&str) -> bool,
) -> Result<Joined> {
    let tokens = Tokens::of(Engine::Sqlite, Modes::usual(Engine::Sqlite), statement);
    if let Some(unclosed) = &tokens.unclosed {
        return Err(Failure::new(Reason::Usage, format!("{} is never closed", unclosed.what)));
    }
    let mut found = Finder {
        tokens: &tokens,
        is_connection,
        sides: Vec::new(),
        unknown: None,
        scopes: Vec::new(),
        edits: Vec::new(),
    };
    found.walk();
    if let Some(unknown) = found.unknown {
        return Err(unknown);
    }
    if found.sides.is_empty() {
        return Err(Failure::new(Reason::Usage, "the statement names no table of a connection")
            .hint(NAME_ONE));
    }
    found.tables();
    found.columns();
    let Finder { mut sides, mut edits, .. } = found;
    let outermost = Outermost::of(&tokens, values);
    let mut enough = outermost.enough;
    for (of, condition) in outermost.conditions {
        // Each of these keeps back a row whose column is NULL. So a table is held to them alike before
        // and after an outer join: what the join then fills up with NULL is kept back at its end.
        let mut fits = sides.iter_mut().filter(|it| {
            it.scope == 0
                && match of.as_slice() {
                    [] => outermost.only,
                    [alias] => it.alias.eq_ignore_ascii_case(alias),
                    path => !it.renamed && it.local.eq_ignore_ascii_case(&path.join(".")),
                }
        });
        match (fits.next(), fits.next()) {
            (Some(side), None) => side.conditions.push(condition),
            _ => enough = None,
        }
    }
    if sides.len() > 1 || sides[0].scope != 0 {
        enough = None;
    }
    edits.extend(passed::long_numbers(&tokens));
    let names = (0..tokens.len()).filter_map(|at| tokens.name(at)).map(|it| it.to_lowercase());
    let star = |at: usize| {
        tokens.op(at, b'*')
            && (tokens.after_op(at, b'.')
                || tokens.after_op(at, b',')
                || tokens.after_any(at, &["select", "distinct", "all"]))
    };
    Ok(Joined {
        statement: statement.to_owned(),
        edits,
        passed: passed::passed(&tokens),
        names: names.collect(),
        all_columns: (0..tokens.len()).any(star)
            || (0..tokens.len()).any(|it| tokens.is(it, "natural")),
        sides,
        enough,
    })
}

/// What compares texts as the numbers that they say.
pub const NUMBER: &str = "backstory_number";

const NAME_ONE: &str =
    "name one as `connection.table` or `connection.schema.table` after FROM or JOIN";

/// The parts of `a.b.c` that begin at a token, and the token after them.
fn chain(tokens: &Tokens<'_>, at: usize) -> (Vec<String>, usize) {
    let mut parts = Vec::new();
    let mut next = at;
    while let Some(name) = tokens.name(next) {
        parts.push(name.into_owned());
        next += 1;
        if !tokens.op(next, b'.') || !tokens.is_name(next + 1) {
            break;
        }
        next += 1;
    }
    (parts, next)
}

struct Finder<'a> {
    tokens: &'a Tokens<'a>,
    is_connection: &'a dyn Fn(&str) -> bool,
    sides: Vec<Side>,
    /// What stands where a table may stand and is none.
    unknown: Option<Failure>,
    /// Of each token, the FROM that its names are looked for in first.
    scopes: Vec<usize>,
    edits: Vec<(Range<usize>, String)>,
}

/// Where in a SELECT a token stands, as far as tables are concerned.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    From,
    On,
    Other,
}

impl Finder<'_> {
    fn bytes(&self, from: usize, to: usize) -> Range<usize> {
        let list = &self.tokens.list;
        list[from].start..list[to - 1].end
    }

    fn walk(&mut self) {
        let own = self.own_tables();
        let mut parts = vec![(Part::Other, 0)];
        let (mut at, mut scopes) = (0, 0);
        while at < self.tokens.len() {
            let tokens = self.tokens;
            let last = parts.len() - 1;
            let (part, scope) = parts[last];
            self.scopes.resize(at + 1, scope);
            // `is distinct from` compares.
            let is_from = tokens.is(at, "from") && !tokens.after_any(at, &["distinct"]);
            if tokens.op(at, b'(') {
                // `from (a.t join b.u …)`: tables may stand in it, and a SELECT says so itself.
                parts.push((if part == Part::From { Part::From } else { Part::Other }, scope));
            } else if tokens.op(at, b')') {
                if parts.len() > 1 {
                    parts.pop();
                }
            } else if is_from || tokens.is(at, "join") {
                parts[last].0 = Part::From;
            } else if tokens.is_any(at, &["on", "using"]) {
                parts[last].0 = Part::On;
            } else if tokens.op(at, b',') && part == Part::On {
                parts[last].0 = Part::From;
            } else if tokens.is(at, "select") {
                // The first SELECT is the statement itself.
                if at > 0 {
                    scopes += 1;
                    parts[last].1 = scopes;
                }
                parts[last].0 = Part::Other;
                self.scopes[at] = parts[last].1;
            } else if tokens.is_any(
                at,
                &["where", "group", "order", "having", "limit", "union", "set", "values", "window"],
            ) {
                parts[last].0 = Part::Other;
            } else if tokens.is_name(at) && !tokens.after_op(at, b'.') {
                let (names, next) = chain(tokens, at);
                let begins = tokens.after_any(at, &["from", "join"])
                    || tokens.after_op(at, b',')
                    || tokens.after_op(at, b'(');
                if part == Part::From && begins && !tokens.op(next, b'(') {
                    self.table(at, next, &names, scope, &own);
                }
                self.scopes.resize(next.max(at + 1), scope);
                at = next.max(at + 1);
                continue;
            }
            at += 1;
        }
    }

    /// What the statement itself makes into tables: `with name as (…)`.
    fn own_tables(&self) -> Vec<String> {
        let tokens = self.tokens;
        let made = |at: usize| {
            tokens.is(at, "as")
                && (tokens.op(at + 1, b'(')
                    || tokens.is_any(at + 1, &["materialized"])
                    || tokens.is(at + 1, "not"))
        };
        let name = |at: usize| {
            let mut behind = at + 1;
            if tokens.op(behind, b'(') {
                while behind < tokens.len() && !tokens.op(behind, b')') {
                    behind += 1;
                }
                behind += 1;
            }
            tokens.name(at).filter(|_| made(behind)).map(std::borrow::Cow::into_owned)
        };
        (0..tokens.len()).filter_map(name).collect()
    }

    fn table(&mut self, at: usize, next: usize, names: &[String], scope: usize, own: &[String]) {
        let tokens = self.tokens;
        if names.len() == 1 && own.iter().any(|it| it.eq_ignore_ascii_case(&names[0])) {
            return;
        }
        if !matches!(names.len(), 2 | 3) || !(self.is_connection)(&names[0]) {
            let text = match names {
                [_] | [_, _, _, _, ..] => {
                    format!("`{}` is no table of a connection", names.join("."))
                }
                _ => format!("there is no connection called `{}` that can be used", names[0]),
            };
            self.unknown.get_or_insert(Failure::new(Reason::Usage, text).hint(NAME_ONE));
            return;
        }
        let behind = if tokens.is(next, "as") { next + 1 } else { next };
        let alias = tokens
            .name(behind)
            .filter(|_| behind > next || !tokens.is_any(behind, AFTER_TABLE))
            .map(std::borrow::Cow::into_owned);
        let (schema, table) = match names {
            [_, schema, table] => (Some(schema.clone()), table.clone()),
            _ => (None, names[1].clone()),
        };
        self.edits.push((self.bytes(at, next), String::new()));
        self.sides.push(Side {
            connection: names[0].clone(),
            schema,
            renamed: alias.is_some(),
            alias: alias.unwrap_or_else(|| table.clone()),
            table,
            local: names.join("."),
            scope,
            conditions: Vec::new(),
        });
    }

    /// Names the local tables. Two of one name in one FROM are told apart by the whole of their names.
    fn tables(&mut self) {
        let is_twice = |side: &Side| {
            let same =
                |it: &&Side| it.scope == side.scope && it.alias.eq_ignore_ascii_case(&side.alias);
            !side.renamed && self.sides.iter().filter(same).count() > 1
        };
        let twice: Vec<bool> = self.sides.iter().map(is_twice).collect();
        for (at, (side, twice)) in self.sides.iter_mut().zip(twice).enumerate() {
            let mut new = quoted(Engine::Sqlite, &[&side.local]);
            if twice {
                side.alias.clone_from(&side.local);
            }
            if !side.renamed {
                new += &format!(" AS {}", quoted(Engine::Sqlite, &[&side.alias]));
            }
            self.edits[at].1 = new;
        }
    }

    /// Columns that are named with their connection: `prod.orders.id` becomes that of the table.
    fn columns(&mut self) {
        let mut at = 0;
        while at < self.tokens.len() {
            if !self.tokens.is_name(at) || self.tokens.after_op(at, b'.') {
                at += 1;
                continue;
            }
            let (names, next) = chain(self.tokens, at);
            let star = self.tokens.op(next, b'.') && self.tokens.op(next + 1, b'*');
            let of = if star { names.len() } else { names.len() - 1 };
            let path = names[..of].join(".");
            let mut sides = self.sides.iter().filter(|it| of > 1 && it.local == path);
            let (first, scope) = (sides.clone().next(), self.scopes[at]);
            let side = sides.find(|it| it.scope == scope).or(first);
            let range = self.bytes(at, next);
            if let (Some(side), false) = (side, self.edits.iter().any(|it| it.0 == range)) {
                let mut parts = vec![side.alias.as_str()];
                parts.extend(names[of..].iter().map(String::as_str));
                self.edits.push((range, quoted(Engine::Sqlite, &parts)));
            }
            at = next;
        }
    }
}
