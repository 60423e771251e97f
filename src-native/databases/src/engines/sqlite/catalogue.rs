//! What stands in the file, asked of `sqlite_schema` and the pragmas that are tables.

use super::Sqlite;
use crate::catalogue::{
    Description, Field, Index, Key, Object, ObjectKind, Objects, Reference, Schema, Table,
};
use crate::engines::rows::text;
use crate::statement::comments::comments;
use crate::{Engine, Failure, Reason, Result};
use std::collections::HashMap;

impl Sqlite {
    pub(super) fn list_schemas(&self) -> Result<Vec<Schema>> {
        let rows = self.ask("select name from pragma_database_list order by seq", &[])?;
        let schema = |row: Vec<Option<String>>| {
            let name = text(&row, 0);
            Schema { current: name == "main", system: name == "temp", name }
        };
        Ok(rows.into_iter().map(schema).collect())
    }

    pub(super) fn list_objects(&self, of: &Objects<'_>) -> Result<Vec<Object>> {
        let statement = "
            select type, name from pragma_table_list
            where schema = ?1 and type in ('table', 'view', 'virtual') and name not like 'sqlite\\_%' escape '\\'
                and (?2 is null or instr(lower(name), lower(?2)) > 0) and (?3 is null or name > ?3)
            order by name limit ?4";
        let limit = i64::try_from(of.limit).unwrap_or(i64::MAX);
        let rows = self.ask(statement, &[&of.schema, &of.pattern, &of.after, &limit])?;
        let mut objects: Vec<Object> =
            rows.into_iter().map(|row| object(&text(&row, 0), text(&row, 1))).collect();
        // Its table of contents has no index by name: it is read once, and only what has a comment.
        let commented = format!(
            "select name, sql from {} where type in ('table', 'view') \
                 and (instr(sql, '--') > 0 or instr(sql, '/*') > 0)",
            contents(of.schema)
        );
        let written: HashMap<String, String> =
            self.ask(&commented, &[])?.iter().map(|row| (text(row, 0), text(row, 1))).collect();
        for object in &mut objects {
            let sql = written.get(&object.name);
            object.comment = sql.and_then(|it| comments(Engine::Sqlite, it).object);
        }
        Ok(objects)
    }

    pub(super) fn list_tables(&self, schema: &str) -> Result<Vec<Table>> {
        let statement = "
            select t.name, c.name, c.type, c.pk
            from pragma_table_list t cross join pragma_table_xinfo(t.name, t.schema) c
            where t.schema = ?1 and t.type in ('table', 'view', 'virtual') and c.hidden <> 1
                and t.name not like 'sqlite\\_%' escape '\\'
            order by t.name, c.cid";
        let mut tables: Vec<Table> = Vec::new();
        for row in self.ask(statement, &[&schema])? {
            let name = text(&row, 0);
            if tables.last().is_none_or(|it| it.name != name) {
                tables.push(Table { name, columns: Vec::new(), primary: Vec::new() });
            }
            if let Some(table) = tables.last_mut() {
                if text(&row, 3) != "0" {
                    table.primary.push(text(&row, 1));
                }
                table.columns.push((text(&row, 1), text(&row, 2)));
            }
        }
        Ok(tables)
    }

    pub(super) fn list_references(&self, schema: &str) -> Result<Vec<Reference>> {
        let statement = "
            select t.name, f.id, f.\"from\", f.\"table\",
                   coalesce(f.\"to\", (select p.name from pragma_table_xinfo(f.\"table\", ?1) p where p.pk = f.seq + 1))
            from pragma_table_list t cross join pragma_foreign_key_list(t.name, t.schema) f
            where t.schema = ?1 and t.type = 'table'
            order by t.name, f.id desc, f.seq";
        let (mut references, mut last) = (Vec::<Reference>::new(), (String::new(), String::new()));
        for row in self.ask(statement, &[&schema])? {
            let key = (text(&row, 0), text(&row, 1));
            if key != last || references.is_empty() {
                references.push(Reference {
                    name: String::new(),
                    schema: schema.to_owned(),
                    table: text(&row, 0),
                    columns: Vec::new(),
                    to_schema: schema.to_owned(),
                    to_table: text(&row, 3),
                    to_columns: Vec::new(),
                });
                last = key;
            }
            if let Some(reference) = references.last_mut() {
                reference.columns.push(text(&row, 2));
                reference.to_columns.push(text(&row, 4));
            }
        }
        Ok(references)
    }

    pub(super) fn describe_object(&self, schema: &str, name: &str) -> Result<Description> {
        let listed =
            "select type, strict, wr from pragma_table_list where schema = ?1 and name = ?2";
        let found = self.ask(listed, &[&schema, &name])?;
        let Some(row) = found.first() else {
            let text = format!("there is no table or view `{name}` in `{schema}`");
            return Err(Failure::new(Reason::Usage, text));
        };
        let mut description = Description::of(object(&text(row, 0), name.to_owned()));
        for (fact, at) in [("strict", 1), ("without rowid", 2)] {
            if text(row, at) == "1" {
                description.facts.push((fact.into(), "yes".into()));
            }
        }
        let mut primary: Vec<(usize, String)> = Vec::new();
        let columns = "select name, type, \"notnull\", dflt_value, pk, hidden from pragma_table_xinfo(?1, ?2) where hidden <> 1";
        for row in self.ask(columns, &[&name, &schema])? {
            let at: usize = text(&row, 4).parse().unwrap_or_default();
            if at > 0 {
                primary.push((at, text(&row, 0)));
            }
            description.columns.push(Field {
                name: text(&row, 0),
                type_name: text(&row, 1),
                nullable: Some(text(&row, 2) == "0"),
                default: row.get(3).cloned().flatten(),
                generated: text(&row, 5) != "0",
                comment: None,
            });
        }
        primary.sort();
        if !primary.is_empty() {
            let columns = primary.into_iter().map(|it| it.1).collect();
            description.keys.push(Key { name: String::new(), primary: true, columns });
        }
        let indexes = "
            select l.name, l.\"unique\", l.origin, coalesce(i.name, '(expression)'),
                   (select sql from sqlite_schema s where s.type = 'index' and s.name = l.name)
            from pragma_index_list(?1, ?2) l cross join pragma_index_info(l.name, ?2) i
            order by l.name, i.seqno";
        for row in self.ask(indexes, &[&name, &schema])? {
            let index = text(&row, 0);
            if description.indexes.last().is_none_or(|it| it.name != index) {
                let unique = text(&row, 1) == "1";
                let detail = text(&row, 4);
                description.indexes.push(Index {
                    name: index,
                    unique,
                    columns: Vec::new(),
                    detail,
                });
                if text(&row, 2) == "u" {
                    let key = Key { name: text(&row, 0), primary: false, columns: Vec::new() };
                    description.keys.push(key);
                }
            }
            if let Some(index) = description.indexes.last_mut() {
                index.columns.push(text(&row, 3));
            }
            if text(&row, 2) == "u"
                && let Some(key) = description.keys.last_mut()
            {
                key.columns.push(text(&row, 3));
            }
        }
        for reference in self.list_references(schema)? {
            if reference.to_table.eq_ignore_ascii_case(name) {
                description.referred.push(reference.clone());
            }
            if reference.table == name {
                description.references.push(reference);
            }
        }
        let master = contents(schema);
        let triggers = format!(
            "select name from {master} where type = 'trigger' and tbl_name = ?1 order by 1"
        );
        description.triggers =
            self.ask(&triggers, &[&name])?.iter().map(|row| text(row, 0)).collect();
        let sql = format!("select sql from {master} where name = ?1 and type in ('table', 'view')");
        description.definition =
            self.ask(&sql, &[&name])?.first().and_then(|row| row.first().cloned().flatten());
        if let Some(sql) = &description.definition {
            let said = comments(Engine::Sqlite, sql);
            for column in &mut description.columns {
                column.comment = said.of(&column.name);
            }
            description.object.comment = said.object;
        }
        Ok(description)
    }
}

/// The table of what stands in a file.
fn contents(schema: &str) -> String {
    format!("\"{}\".sqlite_schema", schema.replace('"', "\"\""))
}

fn object(kind: &str, name: String) -> Object {
    let (kind, detail) = match kind {
        "view" => (ObjectKind::View, None),
        "virtual" => (ObjectKind::Table, Some("virtual".to_owned())),
        _ => (ObjectKind::Table, None),
    };
    Object { kind, name, detail, comment: None, rows: None }
}
