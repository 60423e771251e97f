//! What stands in a database, told the same way of every engine.

use crate::query::usage;
use crate::render::plain;
use rpc::query::catalogue::{Description, Object, ObjectKind, Objects, Reference, Schema};
use rpc::query::{Engine, Failure, Reason, Session};

/// Things that are listed at once.
const LISTED_MAX: usize = 10_000;
/// Things that are asked for at a time.
const AT_ONCE: usize = 1_000;
/// Tables whose indexes are listed.
const TABLES_MAX: usize = 500;

/// Rows under heads, with a line above and lines below.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) above: Option<String>,
    pub(super) heads: Vec<&'static str>,
    pub(super) rows: Vec<Vec<String>>,
    pub(super) below: Vec<String>,
}

/// What kind of thing it is, in a word.
fn word(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::Table => "table",
        ObjectKind::View => "view",
        ObjectKind::MaterializedView => "materialized view",
        ObjectKind::Function => "function",
        ObjectKind::Sequence => "sequence",
        ObjectKind::Type => "type",
        ObjectKind::Collection => "collection",
        ObjectKind::Key => "key",
    }
}

/// What holds rows: what `\d` lists.
pub(super) const HOLDERS: &[ObjectKind] = &[
    ObjectKind::Table,
    ObjectKind::View,
    ObjectKind::MaterializedView,
    ObjectKind::Collection,
    ObjectKind::Key,
];
/// What `\dt` lists.
pub(super) const TABLES: &[ObjectKind] = &[ObjectKind::Table, ObjectKind::Collection];
/// What `\dv` lists.
pub(super) const VIEWS: &[ObjectKind] = &[ObjectKind::View, ObjectKind::MaterializedView];
/// What `\df` lists.
pub(super) const FUNCTIONS: &[ObjectKind] = &[ObjectKind::Function];

/// The schemas that a pattern is about, and what of it is the name's. Without a schema in it these are the
/// ones that statements look into.
fn scope(session: &mut dyn Session, pattern: &str) -> Result<(Vec<Schema>, String), Failure> {
    let schemas = session.schemas()?;
    // A key of Redis may have any letter.
    if session.engine() != Engine::Redis
        && let Some((schema, name)) = pattern.split_once('.')
    {
        let schema = bare(schema);
        let found = schemas.iter().find(|it| it.name.eq_ignore_ascii_case(&schema));
        if let Some(found) = found {
            return Ok((vec![found.clone()], bare(name)));
        }
    }
    let current: Vec<Schema> = schemas.iter().filter(|it| it.current).cloned().collect();
    let own = if current.is_empty() {
        schemas.into_iter().filter(|it| !it.system).collect()
    } else {
        current
    };
    // A schema in the way of others that is the engine's own is not what anybody means.
    let some_own = own.iter().any(|it: &Schema| !it.system);
    Ok((own.into_iter().filter(|it| !some_own || !it.system).collect(), bare(pattern)))
}

/// A name without its quotes.
fn bare(name: &str) -> String {
    let name = name.trim();
    let inner = [("\"", "\""), ("`", "`"), ("[", "]")]
        .iter()
        .find_map(|(from, to)| name.strip_prefix(from)?.strip_suffix(to));
    inner.unwrap_or(name).to_owned()
}

/// Whether a name is one that a pattern with `*` and `?` means, in either case.
fn fits(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
    let name: Vec<char> = name.to_lowercase().chars().collect();
    let (mut p, mut n) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                back = Some((p, n));
                p += 1;
            }
            Some(it) if *it == '?' || *it == name[n] => (p, n) = (p + 1, n + 1),
            _ => match &mut back {
                Some((star, from)) => {
                    *from += 1;
                    (p, n) = (*star + 1, *from);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|it| *it == '*')
}

/// Whether it is a pattern and not a name.
pub(super) fn is_pattern(text: &str) -> bool {
    text.is_empty() || text.contains(['*', '?'])
}

/// Things of some kinds whose names fit.
fn objects(
    session: &mut dyn Session,
    kinds: &[ObjectKind],
    pattern: &str,
) -> Result<(Vec<(String, Object)>, bool), Failure> {
    let (schemas, pattern) = scope(session, pattern)?;
    let redis = session.engine() == Engine::Redis;
    let longest =
        pattern.split(['*', '?']).max_by_key(|it| it.len()).unwrap_or_default().to_owned();
    let asked = if redis { &pattern } else { &longest };
    let mut found = Vec::new();
    for schema in &schemas {
        let mut after: Option<String> = None;
        loop {
            let of = Objects {
                schema: &schema.name,
                pattern: Some(asked.as_str()).filter(|it| !it.is_empty()),
                after: after.as_deref(),
                limit: AT_ONCE,
            };
            let some = session.objects(&of)?;
            let next = match redis {
                true => session.objects_ended_at(),
                false => some.last().filter(|_| some.len() >= AT_ONCE).map(|it| it.name.clone()),
            };
            for it in some.into_iter().filter(|it| kinds.contains(&it.kind)) {
                let name = it.name.split('(').next().unwrap_or_default();
                let shown = if it.kind == ObjectKind::Function { name } else { it.name.as_str() };
                if pattern.is_empty() || redis || !is_pattern(&pattern) || fits(&pattern, shown) {
                    found.push((schema.name.clone(), it));
                }
            }
            if found.len() >= LISTED_MAX {
                return Ok((found, true));
            }
            match next {
                Some(next) if after.as_ref() != Some(&next) => after = Some(next),
                _ => break,
            }
        }
    }
    Ok((found, false))
}

/// Lists things of some kinds.
pub(super) fn list(
    session: &mut dyn Session,
    kinds: &[ObjectKind],
    pattern: &str,
) -> Result<Told, Failure> {
    let (found, more) = objects(session, kinds, pattern)?;
    let rows: Vec<Vec<String>> = found
        .into_iter()
        .map(|(schema, it)| {
            let rows = it.rows.map(|it| it.to_string()).unwrap_or_default();
            let detail = it.detail.unwrap_or_default();
            let about = it.comment.unwrap_or_default();
            vec![schema, it.name, word(it.kind).to_owned(), detail, rows, about]
        })
        .collect();
    let heads = vec!["schema", "name", "kind", "detail", "rows", "about"];
    let mut told = without_empty(heads, rows, 3);
    if told.rows.is_empty() {
        told.heads.clear();
        told.below.push("nothing of that kind".to_owned());
    }
    if more {
        told.below
            .push(format!("and more: only the first {LISTED_MAX} are listed, give a pattern"));
    }
    Ok(told)
}

/// Leaves out columns beyond the first ones that say nothing.
fn without_empty(heads: Vec<&'static str>, rows: Vec<Vec<String>>, always: usize) -> Told {
    let says = |at: usize| at < always || rows.iter().any(|row| !row[at].is_empty());
    let kept: Vec<usize> = (0..heads.len()).filter(|at| says(*at)).collect();
    let row = |row: &Vec<String>| kept.iter().map(|at| row[*at].clone()).collect();
    Told {
        rows: rows.iter().map(row).collect(),
        heads: kept.iter().map(|at| heads[*at]).collect(),
        ..Told::default()
    }
}

/// Lists schemas; the engine's own where they are wanted too.
pub(super) fn schemas(session: &mut dyn Session, all: bool) -> Result<Told, Failure> {
    let rows = session.schemas()?.into_iter().filter(|it| all || !it.system || it.current);
    let rows = rows.map(|it| {
        let found = if it.current { "yes" } else { "" };
        let own = if it.system { "yes" } else { "" };
        vec![it.name, found.to_owned(), own.to_owned()]
    });
    Ok(without_empty(vec!["schema", "current", "engine's own"], rows.collect(), 2))
}

/// Lists indexes of the tables that fit.
pub(super) fn indexes(session: &mut dyn Session, pattern: &str) -> Result<Told, Failure> {
    let (found, _) = objects(session, TABLES, pattern)?;
    let mut rows = Vec::new();
    let more = found.len() > TABLES_MAX;
    for (schema, table) in found.into_iter().take(TABLES_MAX) {
        for it in session.describe(&schema, &table.name)?.indexes {
            let unique = if it.unique { "yes" } else { "" };
            rows.push(vec![
                schema.clone(),
                table.name.clone(),
                it.name,
                it.columns.join(", "),
                unique.to_owned(),
            ]);
        }
    }
    let mut told = without_empty(vec!["schema", "table", "index", "columns", "unique"], rows, 4);
    if more {
        told.below.push(format!("and more: only those of {TABLES_MAX} tables, give a pattern"));
    }
    Ok(told)
}

/// Tells all about one thing.
pub(super) fn describe(session: &mut dyn Session, name: &str) -> Result<Told, Failure> {
    let (schemas, name) = scope(session, name)?;
    let mut spelt = vec![name.clone()];
    if name.to_lowercase() != name {
        spelt.push(name.to_lowercase());
    }
    for name in &spelt {
        for schema in &schemas {
            match session.describe(&schema.name, name) {
                Ok(found) => return Ok(told(&schema.name, found)),
                Err(failure) if failure.reason == Reason::Usage => {}
                Err(failure) => return Err(failure),
            }
        }
    }
    let among: Vec<&str> = schemas.iter().map(|it| it.name.as_str()).collect();
    Err(usage(format!("there is no `{}` in {}", plain(&name), plain(&among.join(", "))))
        .hint(format!("`\\d *{}*` lists what is called alike", plain(&name))))
}

fn told(schema: &str, of: Description) -> Told {
    let rows = of.columns.iter().map(|it| {
        let may = match it.nullable {
            Some(true) => "yes",
            Some(false) => "no",
            None => "",
        };
        let generated = if it.generated { "generated" } else { "" };
        vec![
            it.name.clone(),
            it.type_name.clone(),
            may.to_owned(),
            it.default.clone().unwrap_or_default(),
            generated.to_owned(),
            it.comment.clone().unwrap_or_default(),
        ]
    });
    let heads = vec!["column", "type", "null", "default", "", "about"];
    let mut told = without_empty(heads, rows.collect(), 3);
    if told.rows.is_empty() {
        told.heads.clear();
    }
    let kind = word(of.object.kind);
    told.above = Some(format!("{kind} {schema}.{}", of.object.name));
    let below = &mut told.below;
    below.extend(of.object.comment.map(|it| format!("about: {it}")));
    below.extend(of.object.detail.map(|it| format!("is: {it}")));
    below.extend(of.object.rows.map(|it| format!("rows: about {it}")));
    let named = |name: &str| if name.is_empty() { String::new() } else { format!("{name} ") };
    section(
        below,
        "keys",
        of.keys.iter().map(|it| {
            let kind = if it.primary { "primary" } else { "unique" };
            format!("{kind} {}({})", named(&it.name), it.columns.join(", "))
        }),
    );
    section(
        below,
        "indexes",
        of.indexes.iter().map(|it| {
            let unique = if it.unique { " unique" } else { "" };
            format!("{}({}){unique}", named(&it.name), it.columns.join(", "))
        }),
    );
    let to = |it: &Reference| {
        let schema_of =
            if it.to_schema == schema { String::new() } else { format!("{}.", it.to_schema) };
        format!(
            "({}) → {schema_of}{} ({})",
            it.columns.join(", "),
            it.to_table,
            it.to_columns.join(", ")
        )
    };
    section(below, "references", of.references.iter().map(to));
    section(
        below,
        "referred to by",
        of.referred.iter().map(|it| {
            format!("{} ({}) → ({})", it.table, it.columns.join(", "), it.to_columns.join(", "))
        }),
    );
    section(below, "triggers", of.triggers.iter().cloned());
    section(below, "facts", of.facts.iter().map(|(name, text)| format!("{name}: {text}")));
    let definition = of.definition.iter().flat_map(|it| it.lines()).map(str::to_owned);
    section(below, "definition", definition);
    told
}

fn section(below: &mut Vec<String>, title: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_some() {
        below.push(format!("{title}:"));
        below.extend(lines.map(|it| format!("  {it}")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_means_what_it_means_in_a_shell() {
        for (pattern, name) in [
            ("*", ""),
            ("or*", "Orders"),
            ("*er*", "orders"),
            ("o?d*s", "orders"),
            ("a*b*c", "abxbc"),
        ] {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("or", "orders"), ("*x*", "orders"), ("o?", "o"), ("", "a")] {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
        assert!(is_pattern("") && is_pattern("a*") && !is_pattern("a"));
    }
}
