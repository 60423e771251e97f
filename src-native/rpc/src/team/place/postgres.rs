//! In PostgreSQL's words.

use super::{Tables, listed};
use crate::boards::{day, moment};
use analytics::kept::shared::{DAY_COLUMNS, Days, Manifest, Object};
use databases::{Result, Step, Value};

/// Says 1 where the tables are there.
pub(super) const THERE: &str =
    "SELECT CASE WHEN to_regclass('backstory_manifests') IS NULL THEN 0 ELSE 1 END";

/// The last is asked for first when it is found out whether they are there.
pub(super) const MAKE: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS backstory_objects (
        owner text NOT NULL, name text NOT NULL, data bytea NOT NULL, PRIMARY KEY (owner, name))",
    // It is packed already.
    "ALTER TABLE backstory_objects ALTER COLUMN data SET STORAGE EXTERNAL",
    "CREATE TABLE IF NOT EXISTS backstory_days (
        site text NOT NULL, day date NOT NULL, visitors bigint NOT NULL, visits bigint NOT NULL,
        views bigint NOT NULL, events bigint NOT NULL, bounces bigint NOT NULL,
        bounced_of bigint NOT NULL, duration_ms bigint NOT NULL, still bigint NOT NULL,
        engaged_ms bigint NOT NULL, site_number bigint NOT NULL, round bigint NOT NULL,
        PRIMARY KEY (site_number, day))",
    "CREATE TABLE IF NOT EXISTS backstory_manifests (
        version bigint PRIMARY KEY, told timestamptz NOT NULL, format integer NOT NULL,
        owner text NOT NULL, data bytea NOT NULL)",
];

fn text(of: &str) -> Value {
    Value::Text(of.to_owned())
}

fn number(of: impl std::fmt::Display) -> Value {
    Value::Number(of.to_string())
}

pub(super) fn put_manifest(to: &mut Tables, of: &Manifest, bytes: &[u8]) -> Result<()> {
    let values = [
        number(of.version),
        text(&format!("{}Z", moment(of.told))),
        number(of.format),
        text(&of.owner),
        Value::Bytes(bytes.to_vec()),
    ];
    to.ask("INSERT INTO backstory_manifests VALUES ($1, $2, $3, $4, $5)", &values).map(drop)
}

pub(super) const LAST: &str = "SELECT data FROM backstory_manifests ORDER BY version DESC LIMIT 1";

pub(super) fn put(to: &mut Tables, owner: &str, objects: &[Object]) -> Result<()> {
    let mut values = vec![text(owner)];
    let mut places = Vec::new();
    for object in objects {
        places.push(format!("($1, ${}, ${})", values.len() + 1, values.len() + 2));
        values.push(text(&object.name));
        values.push(Value::Bytes(object.bytes.clone()));
    }
    let insert = format!(
        "INSERT INTO backstory_objects (owner, name, data) VALUES {} ON CONFLICT DO NOTHING",
        places.join(", ")
    );
    to.ask(&insert, &values).map(drop)
}

pub(super) fn named(
    to: &mut Tables,
    columns: &str,
    owner: &str,
    names: &[String],
) -> Result<Vec<Vec<Vec<u8>>>> {
    let select = format!(
        "SELECT {columns} FROM backstory_objects
         WHERE owner = $1 AND name = ANY (string_to_array($2, ','))"
    );
    to.ask(&select, &[text(owner), text(&listed(names, "")?)])
}

pub(super) fn names(to: &mut Tables, owner: &str) -> Result<Vec<Vec<Vec<u8>>>> {
    to.ask("SELECT name FROM backstory_objects WHERE owner = $1", &[text(owner)])
}

pub(super) fn remove(to: &mut Tables, owner: &str, names: &[String]) -> Result<()> {
    let delete = "DELETE FROM backstory_objects
         WHERE owner = $1 AND name = ANY (string_to_array($2, ','))";
    to.ask(delete, &[text(owner), text(&listed(names, "")?)]).map(drop)
}

pub(super) fn remove_before(to: &mut Tables, owner: &str, version: u64) -> Result<()> {
    to.ask("DELETE FROM backstory_manifests WHERE version < $1", &[number(version)])?;
    to.ask("DELETE FROM backstory_objects WHERE owner <> $1", &[text(owner)]).map(drop)
}

pub(super) fn put_days(to: &mut Tables, of: &Days<'_>) -> Result<()> {
    to.lent.transaction(Step::Begin)?;
    let done = days(to, of);
    match done {
        Ok(()) => to.lent.transaction(Step::Commit),
        Err(failure) => {
            // It is undone by the end of the session too.
            let _ = to.lent.transaction(Step::Rollback);
            Err(failure)
        }
    }
}

fn days(to: &mut Tables, of: &Days<'_>) -> Result<()> {
    let range = [number(of.site), text(&day(of.first)), text(&day(of.last))];
    to.ask("DELETE FROM backstory_days WHERE site_number = $1 AND day BETWEEN $2 AND $3", &range)?;
    if of.days.is_empty() {
        return Ok(());
    }
    let mut values = vec![text(of.name), number(of.site), number(of.version)];
    let mut rows = Vec::new();
    for day in &of.days {
        let first = values.len() + 1;
        values.push(text(&day.day));
        values.extend(day.counts.iter().map(number));
        let places: Vec<String> =
            (first..first + 1 + DAY_COLUMNS.len()).map(|it| format!("${it}")).collect();
        rows.push(format!("($1, $2, $3, {})", places.join(", ")));
    }
    let insert = format!(
        "INSERT INTO backstory_days (site, site_number, round, day, {}) VALUES {}",
        DAY_COLUMNS.join(", "),
        rows.join(", ")
    );
    to.ask(&insert, &values).map(drop)
}

pub(super) fn remove_days(to: &mut Tables, site: Option<u32>) -> Result<()> {
    match site {
        Some(site) => {
            to.ask("DELETE FROM backstory_days WHERE site_number = $1", &[number(site)]).map(drop)
        }
        None => to.ask("DELETE FROM backstory_days", &[]).map(drop),
    }
}
