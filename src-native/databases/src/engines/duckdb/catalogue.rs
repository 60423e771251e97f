//! What stands in a DuckDB database, from the engine's own tables. A schema of another database that
//! is attached is called `database.schema`.

use super::Duckdb;
use crate::catalogue::{
    Description, Field, Index, Key, Object, ObjectKind, Objects, Reference, Schema, Table,
};
use crate::engines::rows::text;
use crate::{Failure, Reason, Result};
use std::collections::HashMap;

type Row = Vec<Option<String>>;

/// The name of the schema that a row of the engine's tables is in.
const SCHEMA: &str = "CASE WHEN database_name = current_database() THEN schema_name \
     ELSE database_name || '.' || schema_name END";

/// Whether a row of the engine's tables is to be shown: the engine's own things stand in every schema.
const SHOWN: &str = "(NOT internal OR database_name IN ('system', 'temp') \
     OR schema_name IN ('information_schema', 'pg_catalog'))";

/// A name in quotes.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn is_true(row: &Row, at: usize) -> bool {
    text(row, at) == "true"
}

pub(super) fn schemas(session: &mut Duckdb) -> Result<Vec<Schema>> {
    let rows = session.ask(
        &format!(
            "SELECT {SCHEMA}, \
               database_name = current_database() AND schema_name = current_schema(), \
               database_name IN ('system', 'temp') \
                 OR schema_name IN ('information_schema', 'pg_catalog') \
             FROM duckdb_schemas() ORDER BY 3, 1"
        ),
        &[],
    )?;
    let schema =
        |it: &Row| Schema { name: text(it, 0), current: is_true(it, 1), system: is_true(it, 2) };
    Ok(rows.iter().map(schema).collect())
}

/// All objects, as kind, schema, name, detail, comment, rows.
fn all() -> String {
    format!(
        "SELECT 'table' AS kind, {SCHEMA} AS place, table_name AS name, \
           CASE WHEN temporary THEN 'temporary' END AS detail, comment, estimated_size AS size \
         FROM duckdb_tables() \
         UNION ALL SELECT 'view', {SCHEMA}, view_name, CASE WHEN temporary THEN 'temporary' END, \
           comment, NULL FROM duckdb_views() WHERE {SHOWN} \
         UNION ALL SELECT 'sequence', {SCHEMA}, sequence_name, NULL, comment, NULL \
         FROM duckdb_sequences() \
         UNION ALL SELECT 'function', {SCHEMA}, \
           function_name || '(' || coalesce(array_to_string(parameters, ', '), '') || ')', \
           coalesce(return_type, replace(function_type, '_', ' ')), comment, NULL \
         FROM duckdb_functions() WHERE NOT internal \
         UNION ALL SELECT 'type', {SCHEMA}, type_name, lower(logical_type), comment, NULL \
         FROM duckdb_types() WHERE NOT internal"
    )
}

fn object(row: &Row) -> Object {
    Object {
        kind: match text(row, 0).as_str() {
            "view" => ObjectKind::View,
            "sequence" => ObjectKind::Sequence,
            "function" => ObjectKind::Function,
            "type" => ObjectKind::Type,
            _ => ObjectKind::Table,
        },
        name: text(row, 1),
        detail: row[2].clone(),
        comment: row[3].clone(),
        rows: row[4].as_ref().and_then(|it| it.parse().ok()),
    }
}

pub(super) fn objects(session: &mut Duckdb, of: &Objects<'_>) -> Result<Vec<Object>> {
    let rows = session.ask(
        &format!(
            "SELECT kind, name, detail, comment, size FROM ({}) \
             WHERE place = $1 AND contains(lower(name), lower($2)) AND name > $3 \
             ORDER BY name, kind LIMIT {}",
            all(),
            of.limit
        ),
        &[of.schema, of.pattern.unwrap_or(""), of.after.unwrap_or("")],
    )?;
    Ok(rows.iter().map(object).collect())
}

pub(super) fn describe(session: &mut Duckdb, schema: &str, name: &str) -> Result<Description> {
    let rows = session.ask(
        &format!(
            "SELECT kind, name, detail, comment, size FROM ({}) WHERE place = $1 AND name = $2 \
             ORDER BY kind <> 'table', kind",
            all()
        ),
        &[schema, name],
    )?;
    let Some(row) = rows.first() else {
        let text = format!("there is nothing called {name} in the schema {schema}");
        return Err(Failure::new(Reason::Usage, text));
    };
    let mut found = Description::of(object(row));
    found.definition = definition(session, &found.object, schema)?;
    if !matches!(found.object.kind, ObjectKind::Table | ObjectKind::View) {
        return Ok(found);
    }
    found.columns = fields(session, schema, name, found.definition.as_deref().unwrap_or(""))?;
    if found.object.kind == ObjectKind::View {
        return Ok(found);
    }
    found.keys = keys(session, schema, name)?;
    for reference in references(session, schema)? {
        if reference.to_table == name {
            found.referred.push(reference.clone());
        }
        if reference.table == name {
            found.references.push(reference);
        }
    }
    found.indexes = indexes(session, schema, name)?;
    Ok(found)
}

fn definition(session: &mut Duckdb, object: &Object, schema: &str) -> Result<Option<String>> {
    let (table, column, name) = match object.kind {
        ObjectKind::Table => ("duckdb_tables()", "sql", "table_name"),
        ObjectKind::View => ("duckdb_views()", "sql", "view_name"),
        ObjectKind::Sequence => ("duckdb_sequences()", "sql", "sequence_name"),
        ObjectKind::Function => ("duckdb_functions()", "macro_definition", "function_name"),
        _ => return Ok(None),
    };
    // Of a function the name has its arguments with it.
    let plain = match object.kind {
        ObjectKind::Function => object.name.split('(').next().unwrap_or_default(),
        _ => &object.name,
    };
    let rows = session.ask(
        &format!("SELECT {column} FROM {table} WHERE {SCHEMA} = $1 AND {name} = $2"),
        &[schema, plain],
    )?;
    Ok(rows.into_iter().next().and_then(|row| row.into_iter().next().flatten()))
}

fn fields(session: &mut Duckdb, schema: &str, name: &str, sql: &str) -> Result<Vec<Field>> {
    let rows = session.ask(
        &format!(
            "SELECT column_name, data_type, is_nullable, column_default, comment \
             FROM duckdb_columns() WHERE {SCHEMA} = $1 AND table_name = $2 ORDER BY column_index"
        ),
        &[schema, name],
    )?;
    let field = |row: &Row| {
        let (name, type_name) = (text(row, 0), text(row, 1));
        // The engine's tables do not tell a default from what makes a generated column.
        let generated = [&name, &quoted(&name)]
            .iter()
            .any(|it| sql.contains(&format!("{it} {type_name} GENERATED ALWAYS AS")));
        Field {
            nullable: row[2].as_ref().map(|it| it == "true"),
            default: row[3].clone(),
            comment: row[4].clone(),
            generated,
            name,
            type_name,
        }
    };
    Ok(rows.iter().map(field).collect())
}

fn keys(session: &mut Duckdb, schema: &str, name: &str) -> Result<Vec<Key>> {
    let rows = session.ask(
        &format!(
            "SELECT constraint_index, constraint_type = 'PRIMARY KEY', \
               unnest(constraint_column_names) FROM duckdb_constraints() \
             WHERE constraint_type IN ('PRIMARY KEY', 'UNIQUE') \
               AND {SCHEMA} = $1 AND table_name = $2"
        ),
        &[schema, name],
    )?;
    let mut found: Vec<(String, Key)> = Vec::new();
    for row in &rows {
        let index = text(row, 0);
        if found.last().is_none_or(|it| it.0 != index) {
            let key = Key { name: String::new(), primary: is_true(row, 1), columns: Vec::new() };
            found.push((index, key));
        }
        if let Some((_, key)) = found.last_mut() {
            key.columns.push(text(row, 2));
        }
    }
    let mut found: Vec<_> = found.into_iter().map(|it| it.1).collect();
    found.sort_by_key(|it| !it.primary);
    Ok(found)
}

pub(super) fn references(session: &mut Duckdb, schema: &str) -> Result<Vec<Reference>> {
    let rows = session.ask(
        &format!(
            "SELECT table_name, constraint_index, constraint_name, unnest(constraint_column_names), \
               referenced_table, unnest(referenced_column_names) \
             FROM (SELECT * FROM duckdb_constraints() \
               WHERE constraint_type = 'FOREIGN KEY' AND {SCHEMA} = $1) \
             ORDER BY table_name, constraint_index"
        ),
        &[schema],
    );
    let rows = match rows {
        // The columns are there since 1.2.
        Err(error) if error.code.as_deref() == Some("Binder") => return Ok(Vec::new()),
        rows => rows?,
    };
    let mut found: Vec<(String, Reference)> = Vec::new();
    for row in &rows {
        let index = format!("{} {}", text(row, 1), text(row, 0));
        if found.last().is_none_or(|it| it.0 != index) {
            let reference = Reference {
                name: text(row, 2),
                schema: schema.to_owned(),
                table: text(row, 0),
                columns: Vec::new(),
                to_schema: schema.to_owned(),
                to_table: text(row, 4),
                to_columns: Vec::new(),
            };
            found.push((index, reference));
        }
        if let Some((_, reference)) = found.last_mut() {
            reference.columns.push(text(row, 3));
            reference.to_columns.push(text(row, 5));
        }
    }
    Ok(found.into_iter().map(|it| it.1).collect())
}

fn indexes(session: &mut Duckdb, schema: &str, name: &str) -> Result<Vec<Index>> {
    let rows = session.ask(
        &format!(
            "SELECT index_name, is_unique, sql, unnest(expressions::VARCHAR[]) FROM duckdb_indexes() \
             WHERE {SCHEMA} = $1 AND table_name = $2 ORDER BY index_name"
        ),
        &[schema, name],
    )?;
    let mut found: Vec<Index> = Vec::new();
    for row in &rows {
        let name = text(row, 0);
        if found.last().is_none_or(|it| it.name != name) {
            let detail = text(row, 2);
            found.push(Index { name, unique: is_true(row, 1), columns: Vec::new(), detail });
        }
        if let Some(index) = found.last_mut() {
            index.columns.push(text(row, 3));
        }
    }
    Ok(found)
}

pub(super) fn tables(session: &mut Duckdb, schema: &str) -> Result<Vec<Table>> {
    let rows = session.ask(
        &format!(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() \
             WHERE {SCHEMA} = $1 AND {SHOWN} \
             ORDER BY table_name, column_index"
        ),
        &[schema],
    )?;
    let mut found: Vec<Table> = Vec::new();
    for row in &rows {
        let name = text(row, 0);
        if found.last().is_none_or(|it| it.name != name) {
            found.push(Table { name, columns: Vec::new(), primary: Vec::new() });
        }
        if let Some(table) = found.last_mut() {
            table.columns.push((text(row, 1), text(row, 2)));
        }
    }
    let keys = session.ask(
        &format!(
            "SELECT table_name, unnest(constraint_column_names) FROM duckdb_constraints() \
             WHERE constraint_type = 'PRIMARY KEY' AND {SCHEMA} = $1"
        ),
        &[schema],
    )?;
    let mut keys_of: HashMap<String, Vec<String>> = HashMap::new();
    for row in &keys {
        keys_of.entry(text(row, 0)).or_default().push(text(row, 1));
    }
    for table in &mut found {
        table.primary = keys_of.remove(&table.name).unwrap_or_default();
    }
    Ok(found)
}
