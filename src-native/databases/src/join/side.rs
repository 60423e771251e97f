//! One table of a join: where it stands, and what its own server is asked.

use crate::catalogue::Field;
use crate::pool::Lent;
use crate::statement::join::{Condition, Literal, Side};
use crate::{Engine, Failure, Reason, Result, quoted};

pub(super) enum Found {
    /// A table with its columns, and the schema it stands in.
    Table(String, Vec<Field>),
    /// What has a statement of its own to be read by.
    Browse(String),
}

/// Finds a table: in its schema, or where the connection finds its tables.
pub(super) fn find(session: &mut Lent, side: &Side) -> Result<Found> {
    let schemas = match &side.schema {
        Some(schema) => vec![schema.clone()],
        None => {
            let all = session.schemas()?;
            all.into_iter().filter(|it| it.current).map(|it| it.name).collect()
        }
    };
    let mut last = None;
    for schema in schemas {
        match session.describe(&schema, &side.table) {
            Ok(found) => {
                let browse = found.facts.iter().find(|it| it.0 == "browse").map(|it| it.1.clone());
                return Ok(match browse {
                    Some(statement) => Found::Browse(statement),
                    None => Found::Table(schema, found.columns),
                });
            }
            Err(failure) if failure.reason == Reason::Usage => last = Some(failure),
            Err(failure) => return Err(failure),
        }
    }
    Err(last.unwrap_or_else(|| {
        Failure::new(Reason::Usage, format!("there is no table `{}`", side.table))
            .hint("name its schema: `connection.schema.table`")
    }))
}

/// What is asked of a table's server.
pub(super) struct Select<'a> {
    pub(super) engine: Engine,
    pub(super) schema: &'a str,
    pub(super) side: &'a Side,
    /// Names in small letters that the statement has; none where it asks for all columns.
    pub(super) names: Option<&'a [String]>,
    pub(super) fields: &'a [Field],
}

impl Select<'_> {
    /// The statement, with those of the conditions that fit, and LIMIT where they all do.
    pub(super) fn text(&self, conditions: &[Condition], enough: Option<u64>) -> String {
        let Select { engine, schema, side, names, fields } = *self;
        let wanted: Vec<String> = fields
            .iter()
            .filter(|it| names.is_none_or(|names| names.contains(&it.name.to_lowercase())))
            .map(|it| quoted(engine, &[&it.name]))
            .collect();
        let columns = match wanted.is_empty() {
            // Counted alone: some column has to come.
            true => fields.first().map_or("*".to_owned(), |it| quoted(engine, &[&it.name])),
            false => wanted.join(", "),
        };
        let pushed: Vec<Pushed> =
            conditions.iter().filter_map(|it| pushed(engine, fields, it)).collect();
        // A server that lets more pass than SQLite does must not count them.
        let exact = pushed.len() == conditions.len() && pushed.iter().all(|it| it.exact);
        let enough = enough.filter(|_| exact);
        let top = match (engine, enough) {
            (Engine::Sqlserver, Some(rows)) => format!("TOP ({rows}) "),
            _ => String::new(),
        };
        let schema = if engine == Engine::Sqlite && schema == "main" { "" } else { schema };
        let mut text =
            format!("SELECT {top}{columns} FROM {}", quoted(engine, &[schema, &side.table]));
        if !pushed.is_empty() {
            let all: Vec<&str> = pushed.iter().map(|it| it.text.as_str()).collect();
            text += &format!(" WHERE {}", all.join(" AND "));
        }
        if let (true, Some(rows)) = (engine != Engine::Sqlserver, enough) {
            text += &format!(" LIMIT {rows}");
        }
        text
    }
}

/// A condition in the words of an engine.
struct Pushed {
    text: String,
    /// Whether the engine lets no row pass that SQLite holds back.
    exact: bool,
}

/// A condition in the words of an engine; none where it might keep back a row that SQLite would let pass.
fn pushed(engine: Engine, fields: &[Field], condition: &Condition) -> Option<Pushed> {
    let field = fields.iter().find(|it| it.name.eq_ignore_ascii_case(&condition.column))?;
    let name = quoted(engine, &[&field.name]);
    if condition.test == "is not null" {
        return Some(Pushed { text: format!("{name} IS NOT NULL"), exact: true });
    }
    let kind = holds(&field.type_name)?;
    let value = |it: &Literal| match it {
        Literal::Number(number) => {
            (kind == Holds::Numbers && is_exact(engine, number)).then(|| number.clone())
        }
        // Texts are equal or not in every engine alike, or in more cases than in SQLite; their order is
        // each engine's own.
        Literal::Text(text) => {
            let fits = kind == Holds::Texts
                && matches!(condition.test.as_str(), "=" | "in")
                && !text.contains(['\\', '\0']);
            // Without it, SQL Server puts a question mark for what its code page has not.
            let mark = if engine == Engine::Sqlserver { "N" } else { "" };
            fits.then(|| format!("{mark}'{}'", text.replace('\'', "''")))
        }
    };
    let values: Vec<String> = condition.values.iter().map(value).collect::<Option<_>>()?;
    let text = match condition.test.as_str() {
        "in" => format!("{name} IN ({})", values.join(", ")),
        "between" => format!("{name} BETWEEN {} AND {}", values.first()?, values.get(1)?),
        test => format!("{name} {test} {}", values.first()?),
    };
    Some(Pushed { text, exact: kind == Holds::Numbers })
}

/// Whether an engine reads a number in a statement as exactly that, and compares it so.
fn is_exact(engine: Engine, number: &str) -> bool {
    match engine {
        Engine::Postgres | Engine::Mysql => true,
        // A number with a point is a float to it.
        Engine::Clickhouse => number.parse::<i64>().is_ok_and(|it| it.to_string() == number),
        _ => number.bytes().filter(u8::is_ascii_digit).count() <= 15,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// Whole numbers and decimals: what every engine compares exactly. Floats are left to SQLite.
    Numbers,
    Texts,
}

/// What a column of a type holds, as far as that can be compared everywhere.
fn holds(type_name: &str) -> Option<Holds> {
    let name = type_name.to_ascii_lowercase();
    let mut name = name.trim();
    while let Some(inner) = ["nullable(", "lowcardinality("]
        .iter()
        .find_map(|it| name.strip_prefix(it))
        .and_then(|it| it.strip_suffix(')'))
    {
        name = inner;
    }
    // Lists of numbers are no numbers.
    if name.contains('[') {
        return None;
    }
    let word = name.split(['(', ' ']).next().unwrap_or_default();
    let is_whole = |name: &str| {
        let sized = name.strip_prefix('u').unwrap_or(name).strip_prefix("int");
        sized.is_some_and(|it| it.bytes().all(|it| it.is_ascii_digit()))
    };
    match word {
        "integer" | "bigint" | "smallint" | "tinyint" | "mediumint" | "hugeint" | "ubigint"
        | "uinteger" | "usmallint" | "utinyint" | "uhugeint" | "serial" | "numeric" | "decimal" => {
            Some(Holds::Numbers)
        }
        _ if is_whole(word) => Some(Holds::Numbers),
        "char" | "character" | "bpchar" | "varchar" | "nchar" | "nvarchar" | "text"
        | "tinytext" | "mediumtext" | "longtext" | "string" | "clob" | "name" => Some(Holds::Texts),
        _ => None,
    }
}
