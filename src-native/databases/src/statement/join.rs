//! A statement over several databases: which of its tables are where, what is asked of each, and the
//! statement that joins what came.

use super::lexer::{Kind, Modes};
use super::tokens::Tokens;
use crate::{Engine, Failure, Reason, Result, Value, quoted};
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
    /// The statement over local tables.
    pub text: String,
    /// The tables of other databases.
    pub sides: Vec<Side>,
    /// All names in the statement in small letters: columns that are none of them need not be fetched.
    pub names: Vec<String>,
    /// Whether it asks for all columns of a table.
    pub all_columns: bool,
}

/// Finds the tables of other databases in a statement: `connection.table` or
/// `connection.schema.table` where a table may stand.
///
/// # Errors
/// [`Reason::Usage`] where there is none, or a text is never closed.
pub fn joined(
    statement: &str,
    values: &[Value],
    is_connection: &dyn Fn(&str) -> bool,
) -> Result<Joined> {
    let tokens = Tokens::of(Engine::Sqlite, Modes::usual(Engine::Sqlite), statement);
    if let Some(unclosed) = &tokens.unclosed {
        return Err(Failure::new(Reason::Usage, format!("{} is never closed", unclosed.what)));
    }
    let mut found = Finder { tokens: &tokens, is_connection, sides: Vec::new(), edits: Vec::new() };
    found.walk();
    if found.sides.is_empty() {
        return Err(Failure::new(Reason::Usage, "the statement names no table of a connection")
            .hint(
                "name one as `connection.table` or `connection.schema.table` after FROM or JOIN",
            ));
    }
    found.columns();
    let Finder { mut sides, mut edits, .. } = found;
    let conditions = top_conditions(&tokens, values);
    for side in &mut sides {
        // Rows that an outer join fills up with NULL pass none of these either, so that it is all one
        // where they are tested.
        let own = conditions.iter().filter(|it| it.0.eq_ignore_ascii_case(&side.alias));
        side.conditions = own.map(|it| it.1.clone()).collect();
    }
    edits.sort_by_key(|it| it.0.start);
    let (mut text, mut at) = (String::new(), 0);
    for (range, new) in &edits {
        text += &statement[at..range.start];
        text += new;
        at = range.end;
    }
    text += &statement[at..];
    let names = (0..tokens.len()).filter_map(|at| tokens.name(at)).map(|it| it.to_lowercase());
    let star = |at: usize| {
        tokens.op(at, b'*')
            && (tokens.after_op(at, b'.')
                || tokens.after_op(at, b',')
                || tokens.after_any(at, &["select", "distinct", "all"]))
    };
    Ok(Joined {
        text,
        names: names.collect(),
        all_columns: (0..tokens.len()).any(star)
            || (0..tokens.len()).any(|it| tokens.is(it, "natural")),
        sides,
    })
}

struct Finder<'a> {
    tokens: &'a Tokens<'a>,
    is_connection: &'a dyn Fn(&str) -> bool,
    sides: Vec<Side>,
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
    /// The parts of `a.b.c` that begin at a token, and the token after them.
    fn chain(&self, at: usize) -> (Vec<String>, usize) {
        let mut parts = Vec::new();
        let mut next = at;
        while let Some(name) = self.tokens.name(next) {
            parts.push(name.into_owned());
            next += 1;
            if !self.tokens.op(next, b'.') || !self.tokens.is_name(next + 1) {
                break;
            }
            next += 1;
        }
        (parts, next)
    }

    fn bytes(&self, from: usize, to: usize) -> Range<usize> {
        let list = &self.tokens.list;
        list[from].start..list[to - 1].end
    }

    fn walk(&mut self) {
        let mut parts = vec![Part::Other];
        let mut at = 0;
        while at < self.tokens.len() {
            let tokens = self.tokens;
            let last = parts.len() - 1;
            if tokens.op(at, b'(') {
                // `from (a.t join b.u …)`: tables may stand in it, and a SELECT says so itself.
                parts.push(if parts[last] == Part::From { Part::From } else { Part::Other });
            } else if tokens.op(at, b')') {
                if parts.len() > 1 {
                    parts.pop();
                }
            } else if tokens.is_any(at, &["from", "join"]) {
                parts[last] = Part::From;
            } else if tokens.is_any(at, &["on", "using"]) {
                parts[last] = Part::On;
            } else if tokens.op(at, b',') && parts[last] == Part::On {
                parts[last] = Part::From;
            } else if tokens.is_any(
                at,
                &[
                    "where", "group", "order", "having", "limit", "select", "union", "set",
                    "values", "window",
                ],
            ) {
                parts[last] = Part::Other;
            } else if tokens.is_name(at) && !tokens.after_op(at, b'.') {
                let (names, next) = self.chain(at);
                let begins = tokens.after_any(at, &["from", "join"])
                    || tokens.after_op(at, b',')
                    || tokens.after_op(at, b'(');
                let fits = matches!(names.len(), 2 | 3) && (self.is_connection)(&names[0]);
                if parts[last] == Part::From && begins && fits && !tokens.op(next, b'(') {
                    self.side(at, next, &names);
                }
                at = next.max(at + 1);
                continue;
            }
            at += 1;
        }
    }

    fn side(&mut self, at: usize, next: usize, names: &[String]) {
        let tokens = self.tokens;
        let behind = if tokens.is(next, "as") { next + 1 } else { next };
        let alias = tokens
            .name(behind)
            .filter(|_| behind > next || !tokens.is_any(behind, AFTER_TABLE))
            .map(std::borrow::Cow::into_owned);
        let (schema, table) = match names {
            [_, schema, table] => (Some(schema.clone()), table.clone()),
            _ => (None, names[1].clone()),
        };
        let local = names.join(".");
        let mut new = quoted(Engine::Sqlite, &[&local]);
        if alias.is_none() {
            new += &format!(" AS {}", quoted(Engine::Sqlite, &[&table]));
        }
        self.edits.push((self.bytes(at, next), new));
        self.sides.push(Side {
            connection: names[0].clone(),
            schema,
            alias: alias.unwrap_or_else(|| table.clone()),
            table,
            local,
            conditions: Vec::new(),
        });
    }

    /// Columns that are named with their connection: `prod.orders.id` becomes that of the table.
    fn columns(&mut self) {
        let mut at = 0;
        while at < self.tokens.len() {
            if !self.tokens.is_name(at) || self.tokens.after_op(at, b'.') {
                at += 1;
                continue;
            }
            let (names, next) = self.chain(at);
            let path = names[..names.len() - 1].join(".");
            let side = self.sides.iter().find(|it| names.len() > 2 && it.local == path);
            let range = self.bytes(at, next);
            if let (Some(side), false) = (side, self.edits.iter().any(|it| it.0 == range)) {
                let column = names.last().map_or("", String::as_str);
                let new = quoted(Engine::Sqlite, &[&side.alias, column]);
                self.edits.push((range, new));
            }
            at = next;
        }
    }
}

/// The conditions that WHERE of the outermost SELECT demands one by one, as `alias.column test literal`.
fn top_conditions(tokens: &Tokens<'_>, values: &[Value]) -> Vec<(String, Condition)> {
    let (mut depth, mut from, mut to) = (0usize, None, tokens.len());
    let mut marks = Vec::new();
    let mut seen = 0;
    for at in 0..tokens.len() {
        marks.push(seen);
        if tokens.op(at, b'?') {
            seen += 1;
        }
        if tokens.op(at, b'(') {
            depth += 1;
        } else if tokens.op(at, b')') {
            depth = depth.saturating_sub(1);
        } else if depth == 0 {
            // Of several SELECTs one after the other nobody knows whose WHERE it is.
            if tokens.is_any(at, &["union", "intersect", "except", "with"]) {
                return Vec::new();
            }
            if tokens.is(at, "where") && from.is_none() {
                from = Some(at + 1);
            } else if from.is_some()
                && tokens.is_any(at, &["group", "order", "limit", "having", "window"])
            {
                to = to.min(at);
            }
        }
    }
    let Some(from) = from else { return Vec::new() };
    let read = Reader { tokens, values, marks };
    let mut found = Vec::new();
    let (mut begin, mut depth, mut between) = (from, 0usize, false);
    for at in from..=to.min(tokens.len()) {
        let ends = at == to.min(tokens.len());
        if tokens.op(at, b'(') {
            depth += 1;
        } else if tokens.op(at, b')') {
            depth = depth.saturating_sub(1);
        } else if depth == 0 && tokens.is(at, "between") {
            between = true;
        } else if depth == 0 && tokens.is(at, "or") {
            return Vec::new();
        }
        let is_and = depth == 0 && tokens.is(at, "and");
        if is_and && between {
            between = false;
        } else if is_and || ends {
            found.extend(read.condition(begin, at));
            begin = at + 1;
        }
    }
    found
}

struct Reader<'a> {
    tokens: &'a Tokens<'a>,
    values: &'a [Value],
    marks: Vec<usize>,
}

impl Reader<'_> {
    fn condition(&self, from: usize, to: usize) -> Option<(String, Condition)> {
        let tokens = self.tokens;
        let alias = tokens.name(from)?.into_owned();
        if !tokens.op(from + 1, b'.') {
            return None; // whose column it is only the servers know
        }
        let column = tokens.name(from + 2)?.into_owned();
        let mut at = from + 3;
        let condition = |test: &str, values| Condition { column, test: test.to_owned(), values };
        if tokens.is(at, "between") {
            let (low, next) = self.literal(at + 1)?;
            let (high, end) = self.literal(next + 1)?;
            let fits = tokens.is(next, "and") && end == to;
            return fits.then(|| (alias, condition("between", vec![low, high])));
        }
        if tokens.is(at, "in") && tokens.op(at + 1, b'(') {
            let mut all = Vec::new();
            at += 2;
            loop {
                let (value, next) = self.literal(at)?;
                all.push(value);
                if tokens.op(next, b')') && next + 1 == to {
                    return Some((alias, condition("in", all)));
                }
                if !tokens.op(next, b',') {
                    return None;
                }
                at = next + 1;
            }
        }
        if tokens.is(at, "is") && tokens.is(at + 1, "not") && tokens.is(at + 2, "null") {
            return (at + 3 == to).then(|| (alias, condition("is not null", Vec::new())));
        }
        let mut test = String::new();
        while tokens.kind(at) == Some(Kind::Op)
            && test.len() < 2
            && matches!(tokens.text(at), "=" | "<" | ">" | "!")
        {
            test += tokens.text(at);
            at += 1;
        }
        let test = match test.as_str() {
            "=" | "==" => "=",
            "<>" | "!=" => "<>",
            it @ ("<" | "<=" | ">" | ">=") => it,
            _ => return None,
        };
        let (value, end) = self.literal(at)?;
        (end == to).then(|| (alias, condition(test, vec![value])))
    }

    fn literal(&self, at: usize) -> Option<(Literal, usize)> {
        let tokens = self.tokens;
        if tokens.op(at, b'?') {
            let value = self.values.get(*self.marks.get(at)?)?;
            return match value {
                Value::Number(it) => Some((Literal::Number(it.clone()), at + 1)),
                Value::Text(it) => Some((Literal::Text(it.clone()), at + 1)),
                _ => None,
            };
        }
        let (sign, at) = if tokens.op(at, b'-') { ("-", at + 1) } else { ("", at) };
        let text = tokens.text(at);
        match tokens.kind(at)? {
            Kind::Number if text.bytes().all(|it| it.is_ascii_digit() || it == b'.') => {
                Some((Literal::Number(format!("{sign}{text}")), at + 1))
            }
            Kind::Text if sign.is_empty() => {
                let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
                Some((Literal::Text(inner.replace("''", "'")), at + 1))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(name: &str) -> bool {
        matches!(name, "prod" | "crm" | "cache")
    }

    fn read(statement: &str) -> Joined {
        joined(statement, &[], &known).unwrap()
    }

    #[test]
    fn tables_of_connections_are_found_where_tables_stand() {
        let it = read(
            "select o.id, c.name from prod.orders o join crm.public.customers as c on c.id = o.customer \
             where o.total > 100 and c.name = 'it''s' and o.id in (1, 2) and lower(c.name) = 'x'",
        );
        assert_eq!(it.sides.len(), 2);
        assert_eq!(
            (it.sides[1].schema.as_deref(), it.sides[1].alias.as_str()),
            (Some("public"), "c")
        );
        assert!(it.text.contains("from \"prod.orders\" o join \"crm.public.customers\" as c on"));
        assert_eq!(it.sides[0].conditions.len(), 2);
        assert_eq!(it.sides[1].conditions[0].values, [Literal::Text("it's".into())]);
        assert!(!it.all_columns);
    }

    #[test]
    fn a_name_that_only_looks_like_a_connection_stays() {
        let it = read(
            "select prod.id, (select max(x) from crm.t) from prod.orders prod, local where 1 = 1",
        );
        assert!(it.text.starts_with(
            "select prod.id, (select max(x) from \"crm.t\" AS \"t\") from \"prod.orders\" prod"
        ));
        assert_eq!(it.sides.len(), 2);
    }

    #[test]
    fn columns_with_their_connection_are_those_of_the_table() {
        let it = read("select prod.orders.id from prod.orders where prod.orders.id = 5");
        assert_eq!(
            it.text,
            "select \"orders\".\"id\" from \"prod.orders\" AS \"orders\" where \"orders\".\"id\" = 5"
        );
    }

    #[test]
    fn what_an_or_or_a_union_leaves_open_is_not_pushed_down() {
        for statement in [
            "select * from prod.a a where a.x = 1 or a.y = 2",
            "select * from prod.a a where a.x = 1 union select * from crm.b b",
            "select * from prod.a a where x = 1",
            "select * from prod.a a where not a.x = 1",
            "select * from prod.a a where a.x = a.y",
        ] {
            assert!(read(statement).sides.iter().all(|it| it.conditions.is_empty()), "{statement}");
        }
    }

    #[test]
    fn values_in_open_places_are_pushed_down_too() {
        let values = [Value::Number("7".into()), Value::Text("x".into())];
        let it =
            joined("select ? from prod.a a where a.y = ? and a.z between 1 and 5", &values, &known)
                .unwrap();
        assert_eq!(it.sides[0].conditions[0].values, [Literal::Text("x".into())]);
        assert_eq!(it.sides[0].conditions[1].test, "between");
    }

    #[test]
    fn a_statement_without_a_connection_is_refused_with_the_way_to_name_one() {
        assert!(joined("select 1", &[], &known).unwrap_err().hint.is_some());
    }
}
