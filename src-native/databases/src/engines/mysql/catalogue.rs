//! What stands in a database, from `information_schema`.

use super::{Mysql, literal, name};
use crate::catalogue::{
    Description, Field, Index, Key, Object, ObjectKind, Objects, Reference, Schema, Table,
};
use crate::engines::rows::text;
use crate::{Failure, Reason, Result};

/// Tables whose rows are counted in a list.
const COUNTED_MAX: usize = 200;
/// Tables that refer to one and are asked one by one.
const REFERRING_MAX: usize = 100;
const SYSTEM: [&str; 4] = ["information_schema", "mysql", "performance_schema", "sys"];
/// Types of tables that `information_schema` calls by words of its own.
const VIEWS: [&str; 2] = ["VIEW", "SYSTEM VIEW"];

impl Mysql {
    pub(super) fn list_schemas(&mut self) -> Result<Vec<Schema>> {
        let rows = self.rows(
            "SELECT schema_name, COALESCE(schema_name = DATABASE(), 0) \
             FROM information_schema.schemata ORDER BY schema_name",
        )?;
        let schema = |row: &Vec<Option<String>>| {
            let name = text(row, 0);
            let system = SYSTEM.contains(&name.to_ascii_lowercase().as_str());
            Schema { name, current: text(row, 1) == "1", system }
        };
        Ok(rows.iter().map(schema).collect())
    }

    pub(super) fn list_objects(&mut self, of: &Objects<'_>) -> Result<Vec<Object>> {
        let schema = literal(of.schema);
        let limits = |column: &str| {
            let mut limits = String::new();
            if let Some(pattern) = of.pattern.filter(|it| !it.is_empty()) {
                let (column, pattern) =
                    (format!("LOWER({column})"), literal(&pattern.to_lowercase()));
                limits.push_str(&format!(" AND LOCATE({pattern}, {column}) > 0"));
            }
            limits
        };
        // After and in order by bytes: names that differ in case only are two names on most servers.
        let after = |expression: &str| {
            let after =
                of.after.map(|it| format!("WHERE CAST({expression} AS BINARY) > {}", bytes(it)));
            after.unwrap_or_default()
        };
        let order = format!("ORDER BY CAST(name AS BINARY) LIMIT {}", of.limit);
        let mut found: Vec<Object> = self
            .rows(&format!(
                "SELECT * FROM (SELECT table_name AS name, table_type, engine, table_comment, NULL \
                 FROM information_schema.tables WHERE table_schema = {schema}{}) AS found {} {order}",
                limits("table_name"),
                after("name"),
            ))?
            .iter()
            .map(|row| table(row))
            .collect();
        // The arguments are put together here: asked for one by one they take a second per thousand.
        let routines = self.rows(&format!(
            "SELECT r.routine_name AS name, r.routine_type, r.dtd_identifier, r.routine_comment, \
             r.specific_name FROM information_schema.routines r WHERE r.routine_schema = {schema}{} \
             ORDER BY 1",
            limits("r.routine_name"),
        ))?;
        if !routines.is_empty() {
            let arguments = self.rows(&format!(
                "SELECT specific_name, routine_type, dtd_identifier FROM information_schema.parameters \
                 WHERE specific_schema = {schema} AND ordinal_position > 0 \
                 ORDER BY specific_name, ordinal_position",
            ))?;
            found.extend(routines.iter().map(|row| routine(row, &arguments)));
        }
        found.retain(|it| of.after.is_none_or(|after| it.name.as_str() > after));
        found.sort_by(|one, other| one.name.cmp(&other.name));
        found.truncate(of.limit);
        self.count_rows(of.schema, &mut found)?;
        Ok(found)
    }

    /// About how many rows a few tables have. MariaDB opens every table of a schema to tell, four seconds
    /// for ten thousand; MySQL counts where it has not lately.
    fn count_rows(&mut self, schema: &str, found: &mut [Object]) -> Result<()> {
        if self.mariadb || found.len() > COUNTED_MAX {
            return Ok(());
        }
        let tables = found.iter().filter(|it| it.kind == ObjectKind::Table);
        let names: Vec<String> = tables.map(|it| literal(&it.name)).collect();
        if names.is_empty() {
            return Ok(());
        }
        let rows = self.rows(&format!(
            "SELECT table_name, table_rows FROM information_schema.tables \
             WHERE table_schema = {} AND table_name IN ({})",
            literal(schema),
            names.join(", "),
        ))?;
        for row in &rows {
            let name = text(row, 0);
            let named = |it: &&mut Object| it.kind == ObjectKind::Table && it.name == name;
            if let Some(it) = found.iter_mut().find(named) {
                it.rows = text(row, 1).parse().ok();
            }
        }
        Ok(())
    }

    pub(super) fn list_tables(&mut self, schema: &str) -> Result<Vec<Table>> {
        let rows = self.rows(&format!(
            "SELECT table_name, column_name, column_type, column_key FROM information_schema.columns \
             WHERE table_schema = {} ORDER BY table_name, ordinal_position",
            literal(schema),
        ))?;
        let mut tables: Vec<Table> = Vec::new();
        for row in &rows {
            let name = text(row, 0);
            if tables.last().is_none_or(|it| it.name != name) {
                tables.push(Table { name, columns: Vec::new(), primary: Vec::new() });
            }
            if let Some(table) = tables.last_mut() {
                if text(row, 3) == "PRI" {
                    table.primary.push(text(row, 1));
                }
                table.columns.push((text(row, 1), text(row, 2)));
            }
        }
        Ok(tables)
    }

    pub(super) fn list_references(&mut self, schema: &str) -> Result<Vec<Reference>> {
        self.references_where(&format!("table_schema = {}", literal(schema)))
    }

    fn references_where(&mut self, condition: &str) -> Result<Vec<Reference>> {
        let rows = self.rows(&format!(
            "SELECT constraint_name, table_schema, table_name, column_name, referenced_table_schema, \
             referenced_table_name, referenced_column_name FROM information_schema.key_column_usage \
             WHERE referenced_table_name IS NOT NULL AND {condition} \
             ORDER BY table_schema, table_name, constraint_name, ordinal_position",
        ))?;
        let mut references: Vec<Reference> = Vec::new();
        for row in &rows {
            let (schema, name, table) = (text(row, 1), text(row, 0), text(row, 2));
            let (column, to_column) = (text(row, 3), text(row, 6));
            match references.last_mut() {
                Some(last) if last.schema == schema && last.name == name && last.table == table => {
                    last.columns.push(column);
                    last.to_columns.push(to_column);
                }
                _ => references.push(Reference {
                    name,
                    schema,
                    table,
                    columns: vec![column],
                    to_schema: text(row, 4),
                    to_table: text(row, 5),
                    to_columns: vec![to_column],
                }),
            }
        }
        Ok(references)
    }

    /// Who refers to a table.
    fn referred(&mut self, schema: &str, table: &str) -> Result<Vec<Reference>> {
        let to = format!(
            "referenced_table_schema = {} AND referenced_table_name = {}",
            literal(schema),
            literal(table)
        );
        let Some(referring) = self.referring(schema, table)? else {
            return self.references_where(&to);
        };
        let mut all = Vec::new();
        for (schema, table) in referring {
            let from =
                format!("table_schema = {} AND table_name = {}", literal(&schema), literal(&table));
            all.extend(self.references_where(&format!("{from} AND {to}"))?);
        }
        Ok(all)
    }

    /// The tables that refer to one, where MariaDB's InnoDB tells: without it MariaDB opens every table
    /// there is, nearly five seconds for ten thousand. InnoDB writes names that are not plain by signs
    /// of its own.
    fn referring(&mut self, schema: &str, table: &str) -> Result<Option<Vec<(String, String)>>> {
        let plain = |it: &str| it.chars().all(|it| it.is_ascii_alphanumeric() || it == '_');
        if !self.mariadb || !plain(schema) || !plain(table) {
            return Ok(None);
        }
        let rows = match self.rows(&format!(
            "SELECT DISTINCT for_name FROM information_schema.innodb_sys_foreign \
             WHERE ref_name = {} ORDER BY 1",
            literal(&format!("{schema}/{table}")),
        )) {
            Ok(rows) => rows,
            // Who may not see it has to take the long way.
            Err(failure) if failure.reason == Reason::Server => return Ok(None),
            Err(failure) => return Err(failure),
        };
        let names = rows.iter().map(|it| text(it, 0));
        let found: Option<Vec<_>> = names
            .map(|it| it.split_once('/').map(|(one, other)| (one.to_owned(), other.to_owned())))
            .collect();
        Ok(found.filter(|it| {
            it.len() <= REFERRING_MAX && it.iter().all(|(one, other)| plain(one) && plain(other))
        }))
    }

    pub(super) fn describe_object(&mut self, schema: &str, object: &str) -> Result<Description> {
        let (of, called) = (literal(schema), literal(object));
        let here = format!("table_schema = {of} AND table_name = {called}");
        let rows = self.rows(&format!(
            "SELECT table_name, table_type, engine, table_comment, table_rows, row_format, table_collation, \
             data_length, index_length, auto_increment, create_time, update_time, create_options \
             FROM information_schema.tables WHERE {here}",
        ))?;
        let Some(row) = rows.iter().find(|it| text(it, 0) == object).or(rows.first()) else {
            return self.describe_routine(schema, object);
        };
        let mut it = Description::of(table(row));
        let facts = [
            ("engine", 2),
            ("row format", 5),
            ("collation", 6),
            ("bytes of rows", 7),
            ("bytes of indexes", 8),
            ("next number", 9),
            ("created", 10),
            ("changed", 11),
            ("options", 12),
        ];
        let fact = |(name, at): (&str, usize)| (name.to_owned(), text(row, at));
        it.facts = facts.map(fact).into_iter().filter(|it| !it.1.is_empty()).collect();
        it.columns = self.fields(&here)?;
        self.indexes(&here, &mut it)?;
        it.references = self.references_where(&here)?;
        it.referred = self.referred(schema, object)?;
        let triggers = self.rows(&format!(
            "SELECT trigger_name FROM information_schema.triggers \
             WHERE event_object_schema = {of} AND event_object_table = {called} ORDER BY 1",
        ))?;
        it.triggers = triggers.iter().map(|row| text(row, 0)).collect();
        let what = if it.object.kind == ObjectKind::View { "VIEW" } else { "TABLE" };
        it.definition = self.definition(what, schema, object, 1)?;
        Ok(it)
    }

    fn fields(&mut self, here: &str) -> Result<Vec<Field>> {
        let rows = self.rows(&format!(
            "SELECT column_name, column_type, is_nullable, column_default, extra, column_comment, \
             generation_expression FROM information_schema.columns WHERE {here} ORDER BY ordinal_position",
        ))?;
        let mariadb = self.mariadb;
        let filled =
            |row: &Vec<Option<String>>, at| Some(text(row, at)).filter(|it| !it.is_empty());
        let field = |row: &Vec<Option<String>>| {
            let extra = text(row, 4).to_lowercase();
            let computed = filled(row, 6);
            // An expression that MySQL marks as DEFAULT_GENERATED is a default and not a computed column.
            let generated = computed.is_some() || extra.contains("auto_increment");
            let default = row.get(3).cloned().flatten().filter(|it| !mariadb || it != "NULL");
            Field {
                name: text(row, 0),
                type_name: text(row, 1),
                nullable: Some(text(row, 2) == "YES"),
                default: computed.or(default),
                generated,
                comment: filled(row, 5),
            }
        };
        Ok(rows.iter().map(field).collect())
    }

    fn indexes(&mut self, here: &str, it: &mut Description) -> Result<()> {
        // MySQL 8 has expressions in indexes, and a column for them.
        let expression =
            if !self.mariadb && self.version >= (8, 0, 13) { "expression" } else { "NULL" };
        let rows = self.rows(&format!(
            "SELECT index_name, non_unique, column_name, {expression}, sub_part, index_type, nullable \
             FROM information_schema.statistics WHERE {here} ORDER BY index_name, seq_in_index",
        ))?;
        for row in &rows {
            let column = match (text(row, 2), text(row, 3), text(row, 4)) {
                (column, expression, _) if column.is_empty() => format!("({expression})"),
                (column, _, part) if part.is_empty() => column,
                (column, _, part) => format!("{column}({part})"),
            };
            match it.indexes.last_mut() {
                Some(last) if last.name == text(row, 0) => last.columns.push(column),
                _ => it.indexes.push(Index {
                    name: text(row, 0),
                    unique: text(row, 1) == "0",
                    columns: vec![column],
                    detail: text(row, 5),
                }),
            }
        }
        let keys = it.indexes.iter().filter(|it| it.unique).map(|it| Key {
            name: it.name.clone(),
            primary: it.name == "PRIMARY",
            columns: it.columns.clone(),
        });
        it.keys = keys.collect();
        it.keys.sort_by_key(|it| !it.primary);
        Ok(())
    }

    /// A statement that makes something; none where the user may not see it.
    fn definition(
        &mut self,
        what: &str,
        schema: &str,
        object: &str,
        column: usize,
    ) -> Result<Option<String>> {
        match self.rows(&format!("SHOW CREATE {what} {}.{}", name(schema), name(object))) {
            Ok(rows) => Ok(rows.first().and_then(|it| it.get(column).cloned().flatten())),
            Err(failure) if failure.reason == Reason::Server => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// A routine, by its name with or without its arguments.
    fn describe_routine(&mut self, schema: &str, object: &str) -> Result<Description> {
        let short = object.split('(').next().unwrap_or(object);
        let of = Objects { schema, pattern: Some(short), after: None, limit: usize::MAX >> 1 };
        let named = |it: &Object| it.name == object || it.name.split('(').next() == Some(object);
        let found = self.list_objects(&of)?.into_iter().find(named);
        let Some(found) = found.filter(|it| it.kind == ObjectKind::Function) else {
            let text = format!("there is no `{object}` in `{schema}`");
            return Err(Failure::new(Reason::Usage, text).hint("see what there is in the tree"));
        };
        let mut it = Description::of(found);
        for what in ["FUNCTION", "PROCEDURE"] {
            if it.definition.is_none() {
                it.definition = self.definition(what, schema, short, 2)?;
            }
        }
        Ok(it)
    }
}

/// A table by its name, type, engine, comment and rows.
fn table(row: &[Option<String>]) -> Object {
    let kind = match text(row, 1).as_str() {
        it if VIEWS.contains(&it) => ObjectKind::View,
        "SEQUENCE" => ObjectKind::Sequence,
        _ => ObjectKind::Table,
    };
    let is_table = kind == ObjectKind::Table;
    // A view has the word VIEW for a comment.
    let comment = Some(text(row, 3)).filter(|it| is_table && !it.is_empty());
    let detail = Some(text(row, 2)).filter(|it| is_table && !it.is_empty());
    let rows = text(row, 4).parse().ok().filter(|_| is_table);
    Object { kind, name: text(row, 0), detail, comment, rows }
}

fn routine(row: &[Option<String>], arguments: &[Vec<Option<String>>]) -> Object {
    let (specific, which) = (text(row, 4), text(row, 1));
    let from = arguments.partition_point(|it| text(it, 0) < specific);
    let own = arguments[from..].iter().chain(&arguments[..from]);
    let types: Vec<String> = own
        .filter(|it| text(it, 0) == specific && text(it, 1) == which)
        .map(|it| text(it, 2))
        .collect();
    let returns = text(row, 2);
    let detail =
        if which == "PROCEDURE" { "procedure".into() } else { format!("returns {returns}") };
    Object {
        kind: ObjectKind::Function,
        name: format!("{}({})", text(row, 0), types.join(", ")),
        detail: Some(detail),
        comment: Some(text(row, 3)).filter(|it| !it.is_empty()),
        rows: None,
    }
}

/// Bytes within a statement of our own.
fn bytes(text: &str) -> String {
    literal(text).replace("_utf8mb4 ", "")
}
