//! What stands in a database, from the tables of `system`, whose columns differ by version.

use super::quoted::{literal, name};
use super::{Clickhouse, types};
use crate::catalogue::{Description, Field, Index, Object, ObjectKind, Objects, Schema, Table};
use crate::engines::rows::text;
use crate::{Failure, Reason, Result};

const SYSTEM: [&str; 4] =
    ["system", "information_schema", "INFORMATION_SCHEMA", "_temporary_and_external_tables"];

impl Clickhouse {
    /// A column of a table of the server's own, or a word for nothing where this server has none such.
    fn own(&mut self, table: &str, column: &str, otherwise: &str) -> Result<String> {
        if !self.known.contains_key(table) {
            let asked = format!(
                "SELECT name FROM system.columns WHERE database = 'system' AND table = {}",
                literal(table)
            );
            let columns = self.rows(&asked)?.iter().map(|it| text(it, 0)).collect();
            self.known.insert(table.to_owned(), columns);
        }
        let known = self.known.get(table).is_some_and(|it| it.iter().any(|it| it == column));
        Ok(if known { column.to_owned() } else { otherwise.to_owned() })
    }

    pub(super) fn list_schemas(&mut self) -> Result<Vec<Schema>> {
        let rows =
            self.rows("SELECT name, name = currentDatabase() FROM system.databases ORDER BY name")?;
        let schema = |row: &Vec<Option<String>>| {
            let name = text(row, 0);
            let system = SYSTEM.contains(&name.as_str());
            Schema { name, current: text(row, 1) == "1", system }
        };
        Ok(rows.iter().map(schema).collect())
    }

    /// What a list of tables has of each: name, engine, comment, rows.
    fn of_tables(&mut self) -> Result<String> {
        let comment = self.own("tables", "comment", "''")?;
        let rows = self.own("tables", "total_rows", "NULL")?;
        Ok(format!("SELECT name, engine, {comment}, {rows}"))
    }

    pub(super) fn list_objects(&mut self, of: &Objects<'_>) -> Result<Vec<Object>> {
        let mut asked = self.of_tables()?;
        asked.push_str(&format!(" FROM system.tables WHERE database = {}", literal(of.schema)));
        if let Some(pattern) = of.pattern.filter(|it| !it.is_empty()) {
            asked.push_str(&format!(
                " AND positionCaseInsensitiveUTF8(name, {}) > 0",
                literal(pattern)
            ));
        }
        if let Some(after) = of.after {
            asked.push_str(&format!(" AND name > {}", literal(after)));
        }
        asked.push_str(&format!(" ORDER BY name LIMIT {}", of.limit));
        Ok(self.rows(&asked)?.iter().map(|row| object(row)).collect())
    }

    pub(super) fn list_tables(&mut self, schema: &str) -> Result<Vec<Table>> {
        let position = self.own("columns", "position", "0")?;
        let order =
            if position == "0" { String::new() } else { format!(" ORDER BY table, {position}") };
        let rows = self.rows(&format!(
            "SELECT table, name, type FROM system.columns WHERE database = {}{order}",
            literal(schema),
        ))?;
        let mut tables: Vec<Table> = Vec::new();
        for row in &rows {
            let column = (text(row, 1), text(row, 2));
            match tables.last_mut() {
                Some(last) if last.name == text(row, 0) => last.columns.push(column),
                // What it calls a primary key tells no rows apart.
                _ => tables.push(Table {
                    name: text(row, 0),
                    columns: vec![column],
                    primary: Vec::new(),
                }),
            }
        }
        Ok(tables)
    }

    pub(super) fn describe_object(&mut self, schema: &str, called: &str) -> Result<Description> {
        let (of, table) = (literal(schema), literal(called));
        let facts = [
            ("engine", "engine_full"),
            ("partition key", "partition_key"),
            ("sorting key", "sorting_key"),
            ("primary key", "primary_key"),
            ("sampling key", "sampling_key"),
            ("storage policy", "storage_policy"),
            ("bytes", "total_bytes"),
            ("changed", "metadata_modification_time"),
        ];
        let mut asked = self.of_tables()?;
        asked.push_str(&format!(", {}", self.own("tables", "create_table_query", "''")?));
        for (_, column) in facts {
            asked.push_str(&format!(", toString({})", self.own("tables", column, "''")?));
        }
        asked.push_str(&format!(" FROM system.tables WHERE database = {of} AND name = {table}"));
        let rows = self.rows(&asked)?;
        let Some(row) = rows.first() else {
            let text = format!("there is no `{called}` in `{schema}`");
            return Err(Failure::new(Reason::Usage, text).hint("see what there is in the tree"));
        };
        let mut it = Description::of(object(row));
        it.definition = Some(text(row, 4)).filter(|it| !it.is_empty());
        it.facts =
            (5..).zip(facts).map(|(at, (name, _))| (name.to_owned(), text(row, at))).collect();
        it.facts.retain(|it| !it.1.is_empty());
        it.columns = self.fields(schema, called)?;
        if self.own("data_skipping_indices", "expr", "")? == "expr" {
            let rows = self.rows(&format!(
                "SELECT name, expr, type, granularity FROM system.data_skipping_indices \
                 WHERE database = {of} AND table = {table} ORDER BY name",
            ))?;
            let index = |row: &Vec<Option<String>>| Index {
                name: text(row, 0),
                unique: false,
                columns: vec![text(row, 1)],
                detail: format!("{}, granularity {}", text(row, 2), text(row, 3)),
            };
            it.indexes = rows.iter().map(index).collect();
        }
        Ok(it)
    }

    fn fields(&mut self, schema: &str, table: &str) -> Result<Vec<Field>> {
        // Its columns: name, type, kind of default, default, comment. Older servers have no comment.
        let rows = self.rows(&format!("DESCRIBE TABLE {}.{}", name(schema), name(table)))?;
        let filled =
            |row: &Vec<Option<String>>, at| Some(text(row, at)).filter(|it| !it.is_empty());
        let field = |row: &Vec<Option<String>>| {
            let type_name = text(row, 1);
            Field {
                name: text(row, 0),
                nullable: Some(types::nullable(&type_name)),
                type_name,
                generated: ["MATERIALIZED", "ALIAS"].contains(&text(row, 2).as_str()),
                default: filled(row, 3),
                comment: filled(row, 4),
            }
        };
        Ok(rows.iter().map(field).collect())
    }
}

/// A table by its name, engine, comment and rows.
fn object(row: &[Option<String>]) -> Object {
    let engine = text(row, 1);
    let kind = match engine.as_str() {
        "MaterializedView" | "LiveView" | "WindowView" => ObjectKind::MaterializedView,
        it if it.ends_with("View") => ObjectKind::View,
        _ => ObjectKind::Table,
    };
    let detail = Some(engine).filter(|it| kind == ObjectKind::Table && !it.is_empty());
    let comment = Some(text(row, 2)).filter(|it| !it.is_empty());
    Object { kind, name: text(row, 0), detail, comment, rows: text(row, 3).parse().ok() }
}
