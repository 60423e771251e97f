//! What stands in the database, asked of `pg_catalog`: quicker than `information_schema`, and complete.

use super::Postgres;
use super::types::{Type, kind_of};
use crate::catalogue::{
    Description, Field, Index, Key, Object, ObjectKind, Objects, Reference, Schema, Table,
};
use crate::engines::rows::text;
use crate::{Failure, Reason, Result, Value};
use std::collections::HashMap;

const SCHEMAS: &str = "
    select nspname, nspname = any(current_schemas(false)), nspname ~ '^pg_' or nspname = 'information_schema'
    from pg_namespace
    where nspname !~ '^pg_(temp|toast)' and has_schema_privilege(oid, 'usage')
    order by 3, 2 desc, nspname";

/// Relations, functions, sequences and types of a schema. Types of tables, of arrays and of extensions
/// that nobody browses are left out.
const OBJECTS: &str = "
    select kind, name, detail, comment, rows from (
        select case c.relkind when 'r' then 'table' when 'p' then 'table' when 'f' then 'table'
                   when 'v' then 'view' when 'm' then 'materialized' else 'sequence' end kind,
               c.relname::text as name,
               case c.relkind when 'p' then 'partitioned' when 'f' then 'foreign' end detail,
               obj_description(c.oid, 'pg_class') as comment,
               case when c.relkind in ('r', 'p', 'm', 'f') and c.reltuples >= 0
                   then c.reltuples::bigint end as rows
        from pg_class c
        where c.relnamespace = $1::text::regnamespace and c.relkind in ('r', 'p', 'f', 'v', 'm', 'S')
        union all
        select 'function', p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',
               case when p.prokind = 'p' then 'procedure' else pg_get_function_result(p.oid) end,
               obj_description(p.oid, 'pg_proc'), null
        from pg_proc p where p.pronamespace = $1::text::regnamespace
        union all
        select 'type', t.typname::text,
               case t.typtype when 'e' then 'enum' when 'd' then 'domain of ' || format_type(t.typbasetype, t.typtypmod)
                   when 'r' then 'range' when 'c' then 'composite' else 'type' end,
               obj_description(t.oid, 'pg_type'), null
        from pg_type t
        where t.typnamespace = $1::text::regnamespace and t.typelem = 0 and t.typtype in ('e', 'd', 'r', 'c')
            and (t.typrelid = 0 or exists (select from pg_class c where c.oid = t.typrelid and c.relkind = 'c'))
    ) it
    where ($2::text is null or strpos(lower(name), lower($2)) > 0) and ($3::text is null or name > $3 collate \"C\")
    order by name collate \"C\", kind limit $4::bigint";

const TABLES: &str = "
    select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnum = any(k.conkey)
    from pg_class c join pg_attribute a on a.attrelid = c.oid
        left join pg_constraint k on k.conrelid = c.oid and k.contype = 'p'
    where c.relnamespace = $1::text::regnamespace and c.relkind in ('r', 'p', 'f', 'v', 'm')
        and a.attnum > 0 and not a.attisdropped
    order by c.relname collate \"C\", a.attnum";

const COLUMNS: &str = "
    select a.attname, format_type(a.atttypid, a.atttypmod), not a.attnotnull,
           pg_get_expr(d.adbin, d.adrelid), a.attidentity <> '' or a.attgenerated <> '',
           col_description(a.attrelid, a.attnum)
    from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = $1::oid and a.attnum > 0 and not a.attisdropped
    order by a.attnum";

const KEYS: &str = "
    select k.conname, k.contype = 'p', a.attname
    from pg_constraint k cross join unnest(k.conkey) with ordinality as u(num, at)
        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.num
    where k.conrelid = $1::oid and k.contype in ('p', 'u')
    order by k.contype = 'p' desc, k.conname, u.at";

const INDEXES: &str = "
    select i.relname, x.indisunique, pg_get_indexdef(x.indexrelid, at, true), pg_get_indexdef(x.indexrelid)
    from pg_index x join pg_class i on i.oid = x.indexrelid
        cross join generate_series(1, x.indnkeyatts) at
    where x.indrelid = $1::oid
    order by i.relname, at";

/// Foreign keys; what comes after says of which.
const REFERENCES: &str = "
    select k.conname, f.relname, a.attname, n.nspname, t.relname, b.attname, k.oid, o.nspname
    from pg_constraint k
        join pg_class f on f.oid = k.conrelid
        join pg_namespace o on o.oid = f.relnamespace
        join pg_class t on t.oid = k.confrelid
        join pg_namespace n on n.oid = t.relnamespace
        cross join unnest(k.conkey, k.confkey) with ordinality as u(from_num, to_num, at)
        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.from_num
        join pg_attribute b on b.attrelid = k.confrelid and b.attnum = u.to_num
    where k.contype = 'f' and k.conparentid = 0 and ";

impl Postgres {
    fn ask(&mut self, statement: &str, values: &[&str]) -> Result<Vec<Vec<Option<String>>>> {
        let values: Vec<Value> = values.iter().map(|it| Value::Text((*it).to_owned())).collect();
        self.rows(statement, &values)
    }

    pub(super) fn look_up_types(&mut self, oids: &[u32]) -> Result<()> {
        let list = format!("{{{}}}", joined(oids));
        let rows = self.ask(
            "select oid, format_type(oid, null), typcategory, typtype, typbasetype, typname
             from pg_type where oid = any($1::oid[])",
            &[&list],
        )?;
        for row in rows {
            let base = text(&row, 4).parse().unwrap_or_default();
            let kind = kind_of(&text(&row, 2), &text(&row, 3), &text(&row, 5), base);
            let oid = text(&row, 0).parse().unwrap_or_default();
            self.types.insert(oid, Type { name: text(&row, 1), kind });
        }
        Ok(())
    }

    pub(super) fn look_up_tables(&mut self, oids: &[u32]) -> Result<()> {
        let list = format!("{{{}}}", joined(oids));
        let rows = self.ask(
            "select c.oid, n.nspname, c.relname, a.attnum, a.attname
             from pg_class c join pg_namespace n on n.oid = c.relnamespace
                 join pg_attribute a on a.attrelid = c.oid
             where c.oid = any($1::oid[]) and a.attnum > 0 and not a.attisdropped",
            &[&list],
        )?;
        for row in rows {
            let oid = text(&row, 0).parse().unwrap_or_default();
            let entry = self
                .tables
                .entry(oid)
                .or_insert_with(|| (text(&row, 1), text(&row, 2), HashMap::new()));
            entry.2.insert(text(&row, 3).parse().unwrap_or_default(), text(&row, 4));
        }
        Ok(())
    }

    pub(super) fn list_schemas(&mut self) -> Result<Vec<Schema>> {
        let rows = self.ask(SCHEMAS, &[])?;
        let schema = |row: Vec<Option<String>>| Schema {
            name: text(&row, 0),
            current: text(&row, 1) == "t",
            system: text(&row, 2) == "t",
        };
        Ok(rows.into_iter().map(schema).collect())
    }

    pub(super) fn list_objects(&mut self, of: &Objects<'_>) -> Result<Vec<Object>> {
        let optional = |it: Option<&str>| it.map_or(Value::Null, |it| Value::Text(it.to_owned()));
        let values = [
            Value::Text(quoted(of.schema)),
            optional(of.pattern),
            optional(of.after),
            Value::Number(of.limit.to_string()),
        ];
        let rows = self.rows(OBJECTS, &values)?;
        let object = |row: Vec<Option<String>>| Object {
            kind: match text(&row, 0).as_str() {
                "view" => ObjectKind::View,
                "materialized" => ObjectKind::MaterializedView,
                "sequence" => ObjectKind::Sequence,
                "function" => ObjectKind::Function,
                "type" => ObjectKind::Type,
                _ => ObjectKind::Table,
            },
            name: text(&row, 1),
            detail: row.get(2).cloned().flatten(),
            comment: row.get(3).cloned().flatten(),
            rows: text(&row, 4).parse().ok(),
        };
        Ok(rows.into_iter().map(object).collect())
    }

    pub(super) fn list_tables(&mut self, schema: &str) -> Result<Vec<Table>> {
        let mut tables: Vec<Table> = Vec::new();
        for row in self.ask(TABLES, &[&quoted(schema)])? {
            let name = text(&row, 0);
            if tables.last().is_none_or(|it| it.name != name) {
                tables.push(Table { name, columns: Vec::new(), primary: Vec::new() });
            }
            if let Some(table) = tables.last_mut() {
                if text(&row, 3) == "t" {
                    table.primary.push(text(&row, 1));
                }
                table.columns.push((text(&row, 1), text(&row, 2)));
            }
        }
        Ok(tables)
    }

    pub(super) fn list_references(&mut self, schema: &str) -> Result<Vec<Reference>> {
        let which =
            "k.connamespace = $1::text::regnamespace order by f.relname, k.conname, k.oid, u.at";
        let rows = self.ask(&format!("{REFERENCES}{which}"), &[&quoted(schema)])?;
        Ok(references(rows))
    }

    pub(super) fn describe_object(&mut self, schema: &str, object: &str) -> Result<Description> {
        let found = self.ask(
            "select c.oid, c.relkind, obj_description(c.oid, 'pg_class'),
                    case when c.reltuples >= 0 then c.reltuples::bigint end,
                    case when c.relkind in ('r', 'm', 'p') then pg_size_pretty(pg_total_relation_size(c.oid)) end,
                    case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid, true) end,
                    pg_get_userbyid(c.relowner)
             from pg_class c where c.relnamespace = $1::text::regnamespace and c.relname = $2
                 and c.relkind in ('r', 'p', 'f', 'v', 'm', 'S', 'c')",
            &[&quoted(schema), object],
        )?;
        let Some(row) = found.first() else { return self.describe_function(schema, object) };
        let oid = text(row, 0);
        let of = Object {
            kind: match text(row, 1).as_str() {
                "v" => ObjectKind::View,
                "m" => ObjectKind::MaterializedView,
                "S" => ObjectKind::Sequence,
                "c" => ObjectKind::Type,
                _ => ObjectKind::Table,
            },
            name: object.to_owned(),
            detail: None,
            comment: row.get(2).cloned().flatten(),
            rows: text(row, 3).parse().ok(),
        };
        let mut description = Description::of(of);
        description.definition = row.get(5).cloned().flatten();
        for (name, at) in [("size", 4), ("owner", 6)] {
            if let Some(fact) = row.get(at).cloned().flatten() {
                description.facts.push((name.into(), fact));
            }
        }
        description.columns = self
            .ask(COLUMNS, &[&oid])?
            .into_iter()
            .map(|row| Field {
                name: text(&row, 0),
                type_name: text(&row, 1),
                nullable: Some(text(&row, 2) == "t"),
                default: row.get(3).cloned().flatten(),
                generated: text(&row, 4) == "t",
                comment: row.get(5).cloned().flatten(),
            })
            .collect();
        for row in self.ask(KEYS, &[&oid])? {
            let name = text(&row, 0);
            if description.keys.last().is_none_or(|it| it.name != name) {
                let key = Key { name, primary: text(&row, 1) == "t", columns: Vec::new() };
                description.keys.push(key);
            }
            if let Some(key) = description.keys.last_mut() {
                key.columns.push(text(&row, 2));
            }
        }
        for row in self.ask(INDEXES, &[&oid])? {
            let name = text(&row, 0);
            if description.indexes.last().is_none_or(|it| it.name != name) {
                let unique = text(&row, 1) == "t";
                let index = Index { name, unique, columns: Vec::new(), detail: text(&row, 3) };
                description.indexes.push(index);
            }
            if let Some(index) = description.indexes.last_mut() {
                index.columns.push(text(&row, 2));
            }
        }
        let order = " order by f.relname, k.conname, k.oid, u.at";
        let from = self.ask(&format!("{REFERENCES}k.conrelid = $1::oid{order}"), &[&oid])?;
        description.references = references(from);
        let to = self.ask(&format!("{REFERENCES}k.confrelid = $1::oid{order}"), &[&oid])?;
        description.referred = references(to);
        let triggers =
            "select tgname from pg_trigger where tgrelid = $1::oid and not tgisinternal order by 1";
        description.triggers =
            self.ask(triggers, &[&oid])?.iter().map(|row| text(row, 0)).collect();
        Ok(description)
    }

    /// A function by its name with its arguments, or a type by its name.
    fn describe_function(&mut self, schema: &str, object: &str) -> Result<Description> {
        let found = self.ask(
            "select 'function', obj_description(p.oid, 'pg_proc'),
                    case when p.prokind in ('f', 'p') then pg_get_functiondef(p.oid) end, pg_get_function_result(p.oid), l.lanname
             from pg_proc p join pg_language l on l.oid = p.prolang
             where p.pronamespace = $1::text::regnamespace
                 and p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' = $2
             union all
             select 'type', obj_description(t.oid, 'pg_type'), null, format_type(t.oid, null),
                    (select string_agg(e.enumlabel, ', ' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid)
             from pg_type t where t.typnamespace = $1::text::regnamespace and t.typname = $2",
            &[&quoted(schema), object],
        )?;
        let Some(row) = found.first() else {
            let text = format!("there is no `{object}` in the schema `{schema}`");
            return Err(Failure::new(Reason::Usage, text));
        };
        let is_type = text(row, 0) == "type";
        let mut description = Description::of(Object {
            kind: if is_type { ObjectKind::Type } else { ObjectKind::Function },
            name: object.to_owned(),
            detail: row.get(3).cloned().flatten(),
            comment: row.get(1).cloned().flatten(),
            rows: None,
        });
        description.definition = row.get(2).cloned().flatten();
        if let Some(fact) = row.get(4).cloned().flatten() {
            description.facts.push((if is_type { "values" } else { "language" }.into(), fact));
        }
        Ok(description)
    }
}

fn joined(oids: &[u32]) -> String {
    oids.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
}

/// A name as `regnamespace` reads it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// One for each foreign key, out of one row for each of its columns.
fn references(rows: Vec<Vec<Option<String>>>) -> Vec<Reference> {
    let mut references: Vec<Reference> = Vec::new();
    let mut last = String::new();
    for row in rows {
        let key = text(&row, 6);
        if key != last {
            references.push(Reference {
                name: text(&row, 0),
                schema: text(&row, 7),
                table: text(&row, 1),
                columns: Vec::new(),
                to_schema: text(&row, 3),
                to_table: text(&row, 4),
                to_columns: Vec::new(),
            });
            last = key;
        }
        if let Some(reference) = references.last_mut() {
            reference.columns.push(text(&row, 2));
            reference.to_columns.push(text(&row, 5));
        }
    }
    references
}
