//! What stands in a database of SQL Server, from the views of its schema `sys`.

use super::Sqlserver;
use crate::catalogue::{
    Description, Field, Index, Key, Object, ObjectKind, Objects, Reference, Schema, Table,
};
use crate::engines::rows::text;
use crate::{Failure, Reason, Result};

type Row = Vec<Option<String>>;

/// Objects that are shown: tables, views, procedures, functions, sequences and names for others.
const KINDS: &str = "'U', 'V', 'P', 'PC', 'FN', 'IF', 'TF', 'FS', 'FT', 'AF', 'SO', 'SN'";

/// A column's type as it is written in a statement, from `sys.all_columns c` and `sys.types t`.
const TYPE: &str = "t.name + CASE \
    WHEN t.is_user_defined = 1 THEN '' \
    WHEN t.name IN ('varchar', 'char', 'varbinary', 'binary') \
      THEN '(' + CASE WHEN c.max_length = -1 THEN 'max' ELSE CAST(c.max_length AS varchar(10)) END + ')' \
    WHEN t.name IN ('nvarchar', 'nchar') \
      THEN '(' + CASE WHEN c.max_length = -1 THEN 'max' ELSE CAST(c.max_length / 2 AS varchar(10)) END + ')' \
    WHEN t.name IN ('decimal', 'numeric') \
      THEN '(' + CAST(c.precision AS varchar(10)) + ',' + CAST(c.scale AS varchar(10)) + ')' \
    WHEN t.name IN ('datetime2', 'datetimeoffset', 'time') \
      THEN '(' + CAST(c.scale AS varchar(10)) + ')' \
    ELSE '' END";

fn is_true(row: &Row, at: usize) -> bool {
    text(row, at) == "1"
}

pub(super) fn schemas(session: &mut Sqlserver) -> Result<Vec<Schema>> {
    let rows = session.ask(
        "SELECT s.name, CASE WHEN s.name = SCHEMA_NAME() THEN 1 ELSE 0 END, \
           CASE WHEN s.name IN ('sys', 'INFORMATION_SCHEMA', 'guest') OR s.schema_id >= 16384 \
             THEN 1 ELSE 0 END \
         FROM sys.schemas s ORDER BY 3, 1",
        &[],
    )?;
    let schema =
        |it: &Row| Schema { name: text(it, 0), current: is_true(it, 1), system: is_true(it, 2) };
    Ok(rows.iter().map(schema).collect())
}

/// Objects of the schema `@p1`, as kind, name, detail, comment, rows, number.
fn all() -> String {
    format!(
        "SELECT RTRIM(o.type) AS kind, \
           o.name + CASE WHEN o.type IN ('P', 'PC', 'FN', 'IF', 'TF', 'FS', 'FT', 'AF') \
             THEN '(' + COALESCE(STUFF((SELECT ', ' + TYPE_NAME(a.user_type_id) \
               FROM sys.all_parameters a \
               WHERE a.object_id = o.object_id AND a.parameter_id > 0 \
               ORDER BY a.parameter_id FOR XML PATH('')), 1, 2, ''), '') + ')' \
             ELSE '' END AS name, \
           CASE WHEN o.type IN ('P', 'PC') THEN 'procedure' \
             WHEN o.type = 'SN' THEN 'synonym' \
             WHEN o.type IN ('IF', 'TF', 'FT') THEN 'table' \
             ELSE (SELECT TYPE_NAME(r.user_type_id) FROM sys.all_parameters r \
               WHERE r.object_id = o.object_id AND r.parameter_id = 0) END AS detail, \
           CAST((SELECT e.value FROM sys.extended_properties e \
             WHERE e.class = 1 AND e.major_id = o.object_id AND e.minor_id = 0 \
               AND e.name = 'MS_Description') AS nvarchar(4000)) AS comment, \
           CASE WHEN o.type = 'U' THEN (SELECT SUM(p.rows) FROM sys.partitions p \
             WHERE p.object_id = o.object_id AND p.index_id IN (0, 1)) END AS size, \
           o.object_id AS number \
         FROM sys.all_objects o WHERE o.schema_id = SCHEMA_ID(@p1) AND o.type IN ({KINDS}) \
         UNION ALL SELECT 'TYPE', y.name, TYPE_NAME(y.system_type_id), NULL, NULL, 0 \
         FROM sys.types y WHERE y.is_user_defined = 1 AND y.schema_id = SCHEMA_ID(@p1)"
    )
}

fn object(row: &Row) -> Object {
    Object {
        kind: match text(row, 0).as_str() {
            "U" => ObjectKind::Table,
            "V" => ObjectKind::View,
            "SO" => ObjectKind::Sequence,
            "TYPE" => ObjectKind::Type,
            "SN" => ObjectKind::View,
            _ => ObjectKind::Function,
        },
        name: text(row, 1),
        detail: row[2].clone(),
        comment: row[3].clone(),
        rows: row[4].as_ref().and_then(|it| it.parse().ok()),
    }
}

pub(super) fn objects(session: &mut Sqlserver, of: &Objects<'_>) -> Result<Vec<Object>> {
    let rows = session.ask(
        &format!(
            "SELECT TOP ({}) kind, name, detail, comment, size FROM ({}) x \
             WHERE (@p2 = '' OR CHARINDEX(LOWER(@p2), LOWER(name)) > 0) AND name > @p3 \
             ORDER BY name",
            of.limit,
            all()
        ),
        &[of.schema, of.pattern.unwrap_or(""), of.after.unwrap_or("")],
    )?;
    Ok(rows.iter().map(object).collect())
}

pub(super) fn describe(session: &mut Sqlserver, schema: &str, name: &str) -> Result<Description> {
    let rows = session.ask(
        &format!(
            "SELECT kind, name, detail, comment, size, number, OBJECT_DEFINITION(number) \
             FROM ({}) x WHERE name = @p2",
            all()
        ),
        &[schema, name],
    )?;
    let Some(row) = rows.first() else {
        let text = format!("there is nothing called {name} in the schema {schema}");
        return Err(Failure::new(Reason::Usage, text));
    };
    let mut found = Description::of(object(row));
    found.definition = row[6].clone();
    if !matches!(found.object.kind, ObjectKind::Table | ObjectKind::View) {
        return Ok(found);
    }
    let number = text(row, 5);
    found.columns = fields(session, &number)?;
    (found.keys, found.indexes) = indexes(session, &number)?;
    let about =
        "f.parent_object_id = CAST(@p1 AS int) OR f.referenced_object_id = CAST(@p1 AS int)";
    for reference in foreign_keys(session, about, &number)? {
        if reference.to_schema == schema && reference.to_table == name {
            found.referred.push(reference.clone());
        }
        if reference.schema == schema && reference.table == name {
            found.references.push(reference);
        }
    }
    let triggers = session.ask(
        "SELECT name FROM sys.triggers WHERE parent_id = CAST(@p1 AS int) ORDER BY 1",
        &[&number],
    )?;
    found.triggers = triggers.iter().map(|it| text(it, 0)).collect();
    Ok(found)
}

fn fields(session: &mut Sqlserver, number: &str) -> Result<Vec<Field>> {
    let rows = session.ask(
        &format!(
            "SELECT c.name, {TYPE}, c.is_nullable, COALESCE(m.definition, d.definition), \
               CASE WHEN c.is_computed = 1 OR c.is_identity = 1 OR t.name = 'timestamp' \
                 THEN 1 ELSE 0 END, \
               CAST(e.value AS nvarchar(4000)) \
             FROM sys.all_columns c JOIN sys.types t ON t.user_type_id = c.user_type_id \
             LEFT JOIN sys.default_constraints d ON d.object_id = c.default_object_id \
             LEFT JOIN sys.computed_columns m ON m.object_id = c.object_id \
               AND m.column_id = c.column_id \
             LEFT JOIN sys.extended_properties e ON e.class = 1 AND e.major_id = c.object_id \
               AND e.minor_id = c.column_id AND e.name = 'MS_Description' \
             WHERE c.object_id = CAST(@p1 AS int) ORDER BY c.column_id"
        ),
        &[number],
    )?;
    let field = |row: &Row| Field {
        name: text(row, 0),
        type_name: text(row, 1),
        nullable: Some(is_true(row, 2)),
        default: row[3].clone(),
        generated: is_true(row, 4),
        comment: row[5].clone(),
    };
    Ok(rows.iter().map(field).collect())
}

fn indexes(session: &mut Sqlserver, number: &str) -> Result<(Vec<Key>, Vec<Index>)> {
    let rows = session.ask(
        "SELECT i.name, i.is_unique, i.is_primary_key, i.is_unique_constraint, \
           LOWER(i.type_desc) + COALESCE(' where ' + i.filter_definition, ''), \
           COL_NAME(k.object_id, k.column_id) \
         FROM sys.indexes i JOIN sys.index_columns k ON k.object_id = i.object_id \
           AND k.index_id = i.index_id AND k.is_included_column = 0 \
         WHERE i.object_id = CAST(@p1 AS int) AND i.type > 0 \
         ORDER BY i.is_primary_key DESC, i.name, k.key_ordinal, k.index_column_id",
        &[number],
    )?;
    let (mut keys, mut indexes): (Vec<Key>, Vec<Index>) = (Vec::new(), Vec::new());
    for row in &rows {
        let (name, column) = (text(row, 0), text(row, 5));
        if indexes.last().is_none_or(|it| it.name != name) {
            let index = Index {
                name: name.clone(),
                unique: is_true(row, 1),
                columns: Vec::new(),
                detail: text(row, 4),
            };
            indexes.push(index);
            if is_true(row, 2) || is_true(row, 3) {
                keys.push(Key { name, primary: is_true(row, 2), columns: Vec::new() });
            }
        }
        if let (Some(index), key) = (indexes.last_mut(), keys.last_mut()) {
            if let Some(key) = key.filter(|it| it.name == index.name) {
                key.columns.push(column.clone());
            }
            index.columns.push(column);
        }
    }
    Ok((keys, indexes))
}

fn foreign_keys(session: &mut Sqlserver, which: &str, value: &str) -> Result<Vec<Reference>> {
    let rows = session.ask(
        &format!(
            "SELECT f.object_id, f.name, OBJECT_NAME(f.parent_object_id), \
               COL_NAME(k.parent_object_id, k.parent_column_id), \
               OBJECT_SCHEMA_NAME(f.referenced_object_id), OBJECT_NAME(f.referenced_object_id), \
               COL_NAME(k.referenced_object_id, k.referenced_column_id), \
               OBJECT_SCHEMA_NAME(f.parent_object_id) \
             FROM sys.foreign_keys f \
             JOIN sys.foreign_key_columns k ON k.constraint_object_id = f.object_id \
             WHERE {which} ORDER BY 3, f.name, f.object_id, k.constraint_column_id"
        ),
        &[value],
    )?;
    let mut found: Vec<(String, Reference)> = Vec::new();
    for row in &rows {
        let number = text(row, 0);
        if found.last().is_none_or(|it| it.0 != number) {
            let reference = Reference {
                name: text(row, 1),
                schema: text(row, 7),
                table: text(row, 2),
                columns: Vec::new(),
                to_schema: text(row, 4),
                to_table: text(row, 5),
                to_columns: Vec::new(),
            };
            found.push((number, reference));
        }
        if let Some((_, reference)) = found.last_mut() {
            reference.columns.push(text(row, 3));
            reference.to_columns.push(text(row, 6));
        }
    }
    Ok(found.into_iter().map(|it| it.1).collect())
}

pub(super) fn references(session: &mut Sqlserver, schema: &str) -> Result<Vec<Reference>> {
    foreign_keys(session, "f.schema_id = SCHEMA_ID(@p1)", schema)
}

pub(super) fn tables(session: &mut Sqlserver, schema: &str) -> Result<Vec<Table>> {
    let rows = session.ask(
        &format!(
            "SELECT o.name, c.name, {TYPE}, CASE WHEN p.column_id IS NULL THEN 0 ELSE 1 END \
             FROM sys.all_objects o \
             JOIN sys.all_columns c ON c.object_id = o.object_id \
             JOIN sys.types t ON t.user_type_id = c.user_type_id \
             LEFT JOIN (SELECT k.object_id, k.column_id FROM sys.index_columns k JOIN sys.indexes i \
                 ON i.object_id = k.object_id AND i.index_id = k.index_id AND i.is_primary_key = 1) p \
               ON p.object_id = c.object_id AND p.column_id = c.column_id \
             WHERE o.schema_id = SCHEMA_ID(@p1) AND o.type IN ('U', 'V') \
             ORDER BY o.name, c.column_id"
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
            if text(row, 3) == "1" {
                table.primary.push(text(row, 1));
            }
            table.columns.push((text(row, 1), text(row, 2)));
        }
    }
    Ok(found)
}
