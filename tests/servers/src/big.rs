//! The table `big`: as many rows as wanted of eight mixed columns, the same in every engine.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use crate::kinds::Kind;
use crate::running::Running;

/// One row. Everything in it follows from `id` alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// From 1 on.
    pub id: i64,
    /// To the microsecond, in UTC, as PostgreSQL writes it.
    pub created: String,
    /// Different in each row.
    pub email: String,
    /// With two places after the point.
    pub amount: String,
    /// From 0.0001 to 1, with at most six places: engines write it alike.
    pub score: f64,
    /// True for two of three.
    pub active: bool,
    /// An object as `jsonb` writes it, with a number that a double cannot hold.
    pub meta: String,
    /// Missing in one row of ten. Some have quotes, commas, line ends, a tab or letters beyond ASCII.
    pub note: Option<String>,
}

const WORDS: [&str; 24] = [
    "ship",
    "before",
    "noon",
    "call",
    "back",
    "about",
    "invoice",
    "paid",
    "twice",
    "café",
    "naïve",
    "straße",
    "日本",
    "said \"yes\"",
    "left, then right",
    "it's",
    "line\nbreak",
    "a\ttab",
    "back\\slash",
    "waiting",
    "for",
    "the",
    "second",
    "delivery",
];

fn mixed(id: i64, column: u64) -> u64 {
    // splitmix64
    let mut it =
        (id as u64).wrapping_mul(8).wrapping_add(column).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    it ^ (it >> 31)
}

/// The row of this number.
pub fn row(id: i64) -> Row {
    // A minute apart, beginning with 2020, each some microseconds late.
    let minutes = id % (28 * 12 * 1440 * 5);
    let (day, minute) = (minutes / 1440, minutes % 1440);
    let late = mixed(id, 0) % 60_000_000;
    let created = format!(
        "{}-{:02}-{:02} {:02}:{:02}:{:02}.{:06}",
        2020 + day / 336,
        day / 28 % 12 + 1,
        day % 28 + 1,
        minute / 60,
        minute % 60,
        late / 1_000_000,
        late % 1_000_000
    );
    // PostgreSQL leaves out zeros at the end of a second's fraction, and the point with them.
    let created = created.trim_end_matches('0').trim_end_matches('.');
    let created = format!("{created:0<19}+00");
    let cents = mixed(id, 1) % 10_000_000;
    let mut note = None;
    if !mixed(id, 2).is_multiple_of(10) {
        let mut text = String::new();
        let mut choice = mixed(id, 3);
        for _ in 0..8 + mixed(id, 4) % 8 {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(WORDS[(choice % 24) as usize]);
            choice = (choice / 24).rotate_left(59);
        }
        note = Some(text);
    }
    Row {
        id,
        created,
        email: format!("user{id}.{:x}@example.org", mixed(id, 5) % 4096),
        amount: format!(
            "{}{}.{:02}",
            if cents.is_multiple_of(7) { "-" } else { "" },
            cents / 100,
            cents % 100
        ),
        score: (mixed(id, 6) % 999_900 + 100) as f64 / 1e6,
        active: !mixed(id, 7).is_multiple_of(3),
        meta: format!(
            "{{\"n\": {}, \"big\": {}, \"tag\": \"t{}\"}}",
            id % 1000,
            9_007_199_254_740_993 + id,
            mixed(id, 5) % 50
        ),
        note,
    }
}

fn text_of(row: &Row, out: &mut String) {
    use std::fmt::Write as _;
    let active = if row.active { 't' } else { 'f' };
    let _ = write!(out, "{}\t{}\t{}\t{}\t", row.id, row.created, row.email, row.amount);
    let _ = write!(out, "{}\t{active}\t{}\t", row.score, row.meta);
    match &row.note {
        None => out.push_str("\\N"),
        Some(note) => {
            for letter in note.chars() {
                match letter {
                    '\t' => out.push_str("\\t"),
                    '\n' => out.push_str("\\n"),
                    '\\' => out.push_str("\\\\"),
                    letter => out.push(letter),
                }
            }
        }
    }
    out.push('\n');
}

/// The rows 1 to `rows` in the text form that PostgreSQL's `copy` and MySQL's `load data` read.
pub fn big_text(path: &Path, rows: i64) -> std::io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let mut line = String::new();
    for id in 1..=rows {
        line.clear();
        text_of(&row(id), &mut line);
        out.write_all(line.as_bytes())?;
    }
    out.flush()
}

/// The table `big` with this many rows in PostgreSQL, MySQL or MariaDB: its database's name. It is made once for a
/// server and shared, so it is for reading.
pub fn big(server: &Running, rows: i64) -> Result<String, String> {
    let name = format!("big_{rows}");
    server.load_once(&name, || {
        server.sql("", &format!("create database {name}"))?;
        let file = server.file(&format!("{name}.tsv"));
        big_text(&file, rows).map_err(|error| format!("cannot write {}: {error}", file.display()))?;
        let path = file.display();
        let script = match server.kind {
            Kind::Postgres => format!(
                "create table big (id bigint, created timestamptz not null, email text not null, \
                 amount numeric not null, score float8 not null, active bool not null, meta jsonb not null, note text);\n\
                 copy big from '{path}';\nalter table big add primary key (id);\nvacuum analyze big;\n"
            ),
            _ => format!(
                "create table big (id bigint primary key, created datetime(6) not null, email text not null, \
                 amount decimal(12,2) not null, score double not null, active bool not null, meta json not null, note text) \
                 default charset utf8mb4;\n\
                 load data infile '{path}' into table big character set utf8mb4 \
                 (id, @created, email, amount, score, @active, meta, note) \
                 set created = left(@created, length(@created) - 3), active = @active = 't';\n"
            ),
        };
        server.load(&name, script.as_bytes())?;
        fs::remove_file(&file).map_err(|error| error.to_string())
    })?;
    Ok(name)
}

/// The table `big` with this many rows in a new SQLite file.
pub fn big_sqlite(path: &Path, rows: i64) -> rusqlite::Result<()> {
    let mut file = rusqlite::Connection::open(path)?;
    file.execute_batch(
        "pragma journal_mode = off; pragma synchronous = off;
         create table big (id integer primary key, created text not null, email text not null, amount text not null,
             score real not null, active boolean not null, meta text not null, note text);",
    )?;
    let all = file.transaction()?;
    {
        let mut insert = all.prepare("insert into big values (?, ?, ?, ?, ?, ?, ?, ?)")?;
        for id in 1..=rows {
            let it = row(id);
            insert.execute(rusqlite::params![
                it.id, it.created, it.email, it.amount, it.score, it.active, it.meta, it.note
            ])?;
        }
    }
    all.commit()
}
