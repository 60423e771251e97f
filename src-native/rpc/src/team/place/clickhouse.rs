//! In ClickHouse's words, as servers since 2018 understand them. Rows go as tab-separated text, in which bytes
//! that are no plain letters are written in numbers; what is removed is removed by a mutation, for which is waited.
//!
//! Where a connection is cut while it sends, the server may take the rows that arrived, the last of them cut as
//! well. So a row says how long it is before what it holds, and one that is shorter is not there.

use super::{Tables, listed};
use crate::boards::{day, moment};
use analytics::kept::shared::{DAY_COLUMNS, Days, Manifest, Object};
use databases::Result;
use std::fmt::Write;
use std::time::{Duration, Instant};

/// How long a removal is waited for; it goes on without us.
const REMOVAL: Duration = Duration::from_secs(20);

/// Says 1 where the tables are there.
pub(super) const THERE: &str = "EXISTS TABLE backstory_manifests";

/// The last is asked for first when it is found out whether they are there. Objects that come and go do not lie
/// in one part with those that stay, and few lie in what is read for one.
pub(super) const MAKE: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS backstory_objects (
        owner String, name String, size UInt64, data String)
     ENGINE = ReplacingMergeTree() PARTITION BY substring(name, 1, 1) ORDER BY (owner, name)
     SETTINGS index_granularity = 16",
    "CREATE TABLE IF NOT EXISTS backstory_days (
        site String, day Date, visitors Int64, visits Int64, views Int64, events Int64,
        bounces Int64, bounced_of Int64, duration_ms Int64, still Int64, engaged_ms Int64,
        site_number UInt32, round UInt64)
     ENGINE = ReplacingMergeTree(round) ORDER BY (site_number, day)",
    "CREATE TABLE IF NOT EXISTS backstory_manifests (
        version UInt64, told DateTime, format UInt32, owner String, size UInt64, data String)
     ENGINE = MergeTree() ORDER BY version",
];

/// Bytes as a part of a line.
fn field(bytes: &[u8], out: &mut String) {
    for byte in bytes {
        match byte {
            b'\\' | b'\t' | b'\n' | b'\r' | 0 | 0x7f.. => drop(write!(out, "\\x{byte:02X}")),
            byte => out.push(char::from(*byte)),
        }
    }
}

fn line(fields: &[&[u8]], out: &mut String) {
    for (place, bytes) in fields.iter().enumerate() {
        if place > 0 {
            out.push('\t');
        }
        field(bytes, out);
    }
    out.push('\n');
}

pub(super) fn put_manifest(to: &mut Tables, of: &Manifest, bytes: &[u8]) -> Result<()> {
    let told = moment(of.told.div_euclid(1000) * 1000);
    let mut insert = "INSERT INTO backstory_manifests FORMAT TabSeparated\n".to_owned();
    let (version, format) = (of.version.to_string(), of.format.to_string());
    let size = bytes.len().to_string();
    line(
        &[
            version.as_bytes(),
            told.as_bytes(),
            format.as_bytes(),
            of.owner.as_bytes(),
            size.as_bytes(),
            bytes,
        ],
        &mut insert,
    );
    to.ask(&insert, &[]).map(drop)
}

/// The last that is whole.
pub(super) const LAST: &str = "SELECT data FROM backstory_manifests WHERE length(data) = size
     ORDER BY version DESC, owner LIMIT 1";

pub(super) fn put(to: &mut Tables, owner: &str, objects: &[Object]) -> Result<()> {
    let size: usize = objects.iter().map(|it| it.bytes.len() * 3 + 64).sum();
    let mut insert = String::with_capacity(size);
    insert.push_str("INSERT INTO backstory_objects FORMAT TabSeparated\n");
    for object in objects {
        let size = object.bytes.len().to_string();
        let fields = [owner.as_bytes(), object.name.as_bytes(), size.as_bytes(), &object.bytes];
        line(&fields, &mut insert);
    }
    to.ask(&insert, &[]).map(drop)
}

fn quoted(owner: &str) -> Result<String> {
    listed(&[owner.to_owned()], "'")
}

pub(super) fn named(
    to: &mut Tables,
    columns: &str,
    owner: &str,
    names: &[String],
) -> Result<Vec<Vec<Vec<u8>>>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let (owner, names) = (quoted(owner)?, listed(names, "'")?);
    let select = format!(
        "SELECT {columns} FROM backstory_objects
         WHERE owner = {owner} AND name IN ({names}) AND length(data) = size"
    );
    to.ask(&select, &[])
}

pub(super) fn names(to: &mut Tables, owner: &str) -> Result<Vec<Vec<Vec<u8>>>> {
    let owner = quoted(owner)?;
    to.ask(&format!("SELECT DISTINCT name FROM backstory_objects WHERE owner = {owner}"), &[])
}

/// Removes rows of a table, if there are any.
fn delete(to: &mut Tables, table: &str, condition: &str) -> Result<()> {
    let count = to.ask(&format!("SELECT count() FROM {table} WHERE {condition}"), &[])?;
    if super::texts(count).first().is_none_or(|it| it == "0") {
        return Ok(());
    }
    to.ask(&format!("ALTER TABLE {table} DELETE WHERE {condition}"), &[])?;
    let under_way = format!(
        "SELECT count() FROM system.mutations
         WHERE database = currentDatabase() AND table = '{table}' AND NOT is_done"
    );
    let begun = Instant::now();
    while begun.elapsed() < REMOVAL {
        // Who may not see what is under way does not wait for it.
        let left = to.ask(&under_way, &[]).map(super::texts).unwrap_or_default();
        if left.first().is_none_or(|it| it == "0") {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

pub(super) fn remove(to: &mut Tables, owner: &str, names: &[String]) -> Result<()> {
    let (owner, names) = (quoted(owner)?, listed(names, "'")?);
    delete(to, "backstory_objects", &format!("owner = {owner} AND name IN ({names})"))
}

pub(super) fn remove_before(to: &mut Tables, owner: &str, version: u64) -> Result<()> {
    delete(to, "backstory_manifests", &format!("version < {version}"))?;
    delete(to, "backstory_objects", &format!("owner != {}", quoted(owner)?))
}

pub(super) fn put_days(to: &mut Tables, of: &Days<'_>) -> Result<()> {
    let (number, round) = (of.site.to_string(), of.version.to_string());
    if !of.days.is_empty() {
        let mut insert = format!(
            "INSERT INTO backstory_days (site, site_number, day, {}, round) FORMAT TabSeparated\n",
            DAY_COLUMNS.join(", ")
        );
        for day in &of.days {
            let counts: Vec<String> = day.counts.iter().map(ToString::to_string).collect();
            let mut fields = vec![of.name.as_bytes(), number.as_bytes(), day.day.as_bytes()];
            fields.extend(counts.iter().map(String::as_bytes));
            fields.push(round.as_bytes());
            line(&fields, &mut insert);
        }
        to.ask(&insert, &[])?;
    }
    // Until then both are there, of which `FINAL` sees the last.
    let condition = format!(
        "site_number = {number} AND day BETWEEN '{}' AND '{}' AND round < {round}",
        day(of.first),
        day(of.last)
    );
    delete(to, "backstory_days", &condition)
}

pub(super) fn remove_days(to: &mut Tables, site: Option<u32>) -> Result<()> {
    match site {
        Some(site) => delete(to, "backstory_days", &format!("site_number = {site}")),
        None => delete(to, "backstory_days", "round >= 0"),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn bytes_of_any_kind_are_text_without_anything_that_ends_a_field() {
        let mut out = String::new();
        super::line(&[&(0..=255).collect::<Vec<u8>>(), b"a\tb"], &mut out);
        assert_eq!(out.matches('\t').count(), 1);
        assert_eq!(out.matches('\n').count(), 1);
        assert!(out.ends_with("\\xFF\ta\\x09b\n"));
    }
}
