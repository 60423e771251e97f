//! Between this crate's types and those of `databases`.

use super::*;
use crate::wire::count;
use databases::catalogue as tree;
use databases::export::Format;
use databases::run::Prepared;
use databases::spool::{Rows as Spooled, Sort, Test};
use databases::{Engine, Failure, Kind, Value, plan};
use serde_json::{Map, Value as Json};

impl DatabaseEngine {
    pub(super) fn of(engine: Engine) -> DatabaseEngine {
        match engine {
            Engine::Sqlite => DatabaseEngine::Sqlite,
            Engine::Postgres => DatabaseEngine::Postgres,
            Engine::Mysql => DatabaseEngine::Mysql,
            Engine::Redis => DatabaseEngine::Redis,
            Engine::Mongodb => DatabaseEngine::Mongodb,
            Engine::Duckdb => DatabaseEngine::Duckdb,
            Engine::Clickhouse => DatabaseEngine::Clickhouse,
            Engine::Sqlserver => DatabaseEngine::Sqlserver,
        }
    }

    pub(super) fn below(self) -> Engine {
        match self {
            DatabaseEngine::Sqlite => Engine::Sqlite,
            DatabaseEngine::Postgres => Engine::Postgres,
            DatabaseEngine::Mysql => Engine::Mysql,
            DatabaseEngine::Redis => Engine::Redis,
            DatabaseEngine::Mongodb => Engine::Mongodb,
            DatabaseEngine::Duckdb => Engine::Duckdb,
            DatabaseEngine::Clickhouse => Engine::Clickhouse,
            DatabaseEngine::Sqlserver => Engine::Sqlserver,
        }
    }
}

impl ExportFormat {
    pub(super) fn below(self) -> Format {
        match self {
            ExportFormat::Csv => Format::Csv,
            ExportFormat::Tsv => Format::Tsv,
            ExportFormat::Json => Format::Json,
            ExportFormat::Ndjson => Format::Ndjson,
            ExportFormat::Markdown => Format::Markdown,
            ExportFormat::Table => Format::Table,
            ExportFormat::Parquet => Format::Parquet,
            ExportFormat::Xlsx => Format::Xlsx,
            ExportFormat::Insert => Format::Insert,
            ExportFormat::Inlist => Format::InList,
        }
    }
}

/// What a cell is; none for NULL.
pub(super) fn kind(kind: Kind) -> Option<CellKind> {
    Some(match kind {
        Kind::Null => return None,
        Kind::Bool => CellKind::Bool,
        Kind::Integer => CellKind::Integer,
        Kind::Decimal => CellKind::Decimal,
        Kind::Float => CellKind::Float,
        Kind::Text => CellKind::Text,
        Kind::Bytes => CellKind::Bytes,
        Kind::Date => CellKind::Date,
        Kind::Time => CellKind::Time,
        Kind::Timestamp => CellKind::Timestamp,
        Kind::Interval => CellKind::Interval,
        Kind::Uuid => CellKind::Uuid,
        Kind::Json => CellKind::Json,
        Kind::Array => CellKind::Array,
        Kind::Record => CellKind::Record,
        Kind::Geometry => CellKind::Geometry,
        Kind::Enum => CellKind::Enum,
        Kind::Other => CellKind::Other,
    })
}

/// Rows as they go over the wire; `numbers` are theirs in the server's order.
pub(super) fn rows(
    from: &Spooled,
    columns: &[databases::Column],
    numbers: impl Iterator<Item = u64>,
) -> Vec<DatabaseRow> {
    let mut cut = from.cut.iter().peekable();
    let mut out = Vec::with_capacity(from.page.rows());
    for (row, number) in (0..from.page.rows()).zip(numbers) {
        let mut cells = Vec::with_capacity(columns.len());
        for (at, column) in columns.iter().enumerate() {
            let cell = from.page.cell(row, at);
            let whole =
                cut.next_if(|it| (it.row, it.column) == (row, at)).map(|it| it.bytes as f64);
            let Some(is) = kind(cell.kind) else {
                cells.push(None);
                continue;
            };
            let text = shown(cell.kind, cell.bytes);
            cells.push(Some(if cell.kind == column.kind && whole.is_none() {
                DatabaseCell::Text(text)
            } else {
                DatabaseCell::Other(OtherCell { kind: is, text, bytes: whole })
            }));
        }
        out.push(DatabaseRow { row: u32::try_from(number).unwrap_or(u32::MAX), cells });
    }
    out
}

/// A cell's text; bytes as hexadecimal digits. A part of a text may end within a letter.
pub(super) fn shown(kind: Kind, bytes: &[u8]) -> String {
    if kind != Kind::Bytes {
        return match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(error) => String::from_utf8_lossy(&bytes[..error.valid_up_to()]).into_owned(),
        };
    }
    let mut text = String::with_capacity(bytes.len() * 2 + 2);
    text.push_str("\\x");
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
    }
    text
}

pub(super) fn columns(of: &[databases::Column]) -> Vec<DatabaseColumn> {
    let column = |it: &databases::Column| DatabaseColumn {
        name: it.name.clone(),
        type_name: it.type_name.clone(),
        kind: kind(it.kind).unwrap_or(CellKind::Other),
        table: it.origin.as_ref().map(|it| it.table.clone()),
        column: it.origin.as_ref().map(|it| it.column.clone()),
    };
    of.iter().map(column).collect()
}

/// A failure as it goes over the wire. Its place, which is one in a statement, becomes one in the text
/// that the statement was part of.
pub(crate) fn failure(of: &Failure, statement: Option<&Prepared>) -> DatabaseFailure {
    let mut told = DatabaseFailure {
        kind: of.kind().to_owned(),
        message: of.message.clone(),
        hint: of.hint.clone(),
        detail: of.detail.clone(),
        code: of.code.clone(),
        offset: None,
        line: None,
        column: None,
    };
    let (Some(place), Some(statement)) = (of.place, statement) else { return told };
    told.line = Some(statement.line + place.line - 1);
    // Where values stand in place of names, only the line is that of what was given.
    if statement.text == statement.given {
        let before = if place.line == 1 { statement.column - 1 } else { 0 };
        told.column = Some(before + place.column);
        told.offset = Some(statement.start + place.offset);
    }
    told
}

/// Values of a call, for places written as `:name`.
pub(crate) fn values(params: Option<&Map<String, Json>>) -> crate::Result<Vec<(String, Value)>> {
    let value = |(name, value): (&String, &Json)| {
        let value = match value {
            Json::Null => Value::Null,
            Json::Bool(it) => Value::Bool(*it),
            Json::Number(it) => Value::Number(it.to_string()),
            Json::String(it) => Value::Text(it.clone()),
            Json::Array(_) | Json::Object(_) => {
                let text =
                    format!("the value of `{name}` is neither text, number, true, false nor null");
                return Err(
                    crate::Error::invalid(text).hint("give a list or an object as JSON text")
                );
            }
        };
        Ok((name.clone(), value))
    };
    params.into_iter().flatten().map(value).collect()
}

pub(super) fn conditions(of: &[RowFilter]) -> crate::Result<Vec<databases::spool::Condition>> {
    of.iter()
        .map(|it| {
            let value = || {
                it.value.clone().ok_or_else(|| {
                    crate::Error::invalid("a test of this kind needs a value").hint("give `value`")
                })
            };
            let test = match it.test {
                CellTest::Contains => Test::Contains(value()?),
                CellTest::Equals => Test::Equals(value()?),
                CellTest::Differs => Test::Differs(value()?),
                CellTest::Greater => Test::Greater(value()?),
                CellTest::Less => Test::Less(value()?),
                CellTest::IsNull => Test::IsNull,
                CellTest::IsNotNull => Test::IsNotNull,
            };
            Ok(databases::spool::Condition { column: it.column as usize, test })
        })
        .collect()
}

pub(super) fn sorts(of: &[RowOrder]) -> Vec<Sort> {
    let sort = |it: &RowOrder| Sort {
        column: it.column as usize,
        descending: it.descending == Some(true),
    };
    of.iter().map(sort).collect()
}

pub(super) fn object(of: tree::Object) -> DatabaseObject {
    use tree::ObjectKind as Below;
    DatabaseObject {
        kind: match of.kind {
            Below::Table => DatabaseObjectKind::Table,
            Below::View => DatabaseObjectKind::View,
            Below::MaterializedView => DatabaseObjectKind::MaterializedView,
            Below::Function => DatabaseObjectKind::Function,
            Below::Sequence => DatabaseObjectKind::Sequence,
            Below::Type => DatabaseObjectKind::Type,
            Below::Collection => DatabaseObjectKind::Collection,
            Below::Key => DatabaseObjectKind::Key,
        },
        name: of.name,
        detail: of.detail,
        comment: of.comment,
        rows: of.rows.map(|it| it as f64),
    }
}

pub(super) fn reference(of: tree::Reference) -> DatabaseReference {
    DatabaseReference {
        name: of.name,
        schema: of.schema,
        table: of.table,
        columns: of.columns,
        to_schema: of.to_schema,
        to_table: of.to_table,
        to_columns: of.to_columns,
    }
}

pub(super) fn fact((name, text): (String, String)) -> DatabaseFact {
    DatabaseFact { name, text }
}

pub(super) fn node(of: plan::Node) -> PlanNode {
    PlanNode {
        title: of.title,
        facts: of.facts.into_iter().map(fact).collect(),
        cost: of.cost,
        rows_expected: of.rows_expected,
        rows: of.rows,
        total_milliseconds: of.total_ms,
        own_milliseconds: of.own_ms,
        loops: of.loops,
        children: of.children.into_iter().map(node).collect(),
    }
}

pub(super) fn milliseconds(of: std::time::Duration) -> f64 {
    (of.as_secs_f64() * 1e6).round() / 1e3
}

/// So many, as far as 32 bits go.
pub(super) fn few(of: usize) -> u32 {
    count(of as u64)
}
