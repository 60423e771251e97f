//! Measures what writing a result costs, and what keeping it on disk does: processor time and peak memory
//! go to standard error, the result to standard output.
//!
//! `cargo run --release -p databases --example formats -- FORMAT [ROWS]`: rows made up by number, eight
//! columns of mixed types, a million unless told otherwise. `spool` instead of a format keeps, sorts,
//! filters and counts them. `… FORMAT copy NAME:KIND:TYPE,…` reads what PostgreSQL's `COPY … TO STDOUT`
//! gives from standard input instead, so that its CSV can be compared with ours byte for byte.
#![allow(clippy::print_stderr, clippy::unwrap_used)]

use databases::export::{Export, Format, Options};
use databases::spool::{Condition, Find, Sort, Spool, Test};
use databases::{Column, Done, Kind, Page, Sink, Watch};
use std::io::{BufRead, Write};
use std::time::Instant;

const COLUMNS: [(&str, Kind, &str); 8] = [
    ("id", Kind::Integer, "int8"),
    ("created", Kind::Timestamp, "timestamptz"),
    ("email", Kind::Text, "text"),
    ("amount", Kind::Decimal, "numeric(14,4)"),
    ("score", Kind::Float, "float8"),
    ("active", Kind::Bool, "bool"),
    ("meta", Kind::Json, "jsonb"),
    ("note", Kind::Text, "text"),
];

fn column((name, kind, type_name): (&str, Kind, &str)) -> Column {
    Column { name: name.to_owned(), type_name: type_name.to_owned(), kind, origin: None }
}

fn fill(page: &mut Page, from: u64, rows: u64) {
    page.clear(COLUMNS.len());
    for i in from..from + rows {
        let mixed = i.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut add = |kind, text: String| page.push_known(kind, text.as_bytes());
        add(Kind::Integer, i.to_string());
        let (second, micro) = (mixed % 60, mixed % 1_000_000);
        let (month, day) = (mixed / 60 % 12 + 1, mixed / 720 % 28 + 1);
        add(Kind::Timestamp, format!("2024-{month:02}-{day:02} 12:34:{second:02}.{micro:06}+00"));
        add(Kind::Text, format!("user{}@mail{}.example.org", mixed % 1_000_000, i % 97));
        add(Kind::Decimal, format!("{}.{:04}", mixed % 10_000_000, mixed % 10_000));
        add(Kind::Float, format!("{}", mixed as f64 / 1e19));
        add(Kind::Bool, if mixed % 3 == 0 { "t" } else { "f" }.to_owned());
        let tags = ["new", "old", "paid", "open"][(mixed % 4) as usize];
        let json = format!("{{\"a\": {i}, \"tags\": [\"{tags}\", \"x, y\"], \"n\": null}}");
        add(Kind::Json, json);
        if i % 10 == 0 {
            page.push_null();
        } else {
            add(Kind::Text, format!("note {i}: he said \"{tags}\", and left"));
        }
    }
}

/// Seconds of the processor so far and the most memory taken, in MB.
fn used() -> (f64, f64) {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let ticks: Vec<f64> =
        stat.rsplit(") ").next().unwrap().split(' ').flat_map(str::parse).collect();
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|it| it.strip_prefix("VmHWM:")).unwrap();
    let peak: f64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    // State, which is a letter, is not among the numbers.
    ((ticks[10] + ticks[11]) / 100.0, peak / 1024.0)
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let rows: u64 = args.get(1).and_then(|it| it.parse().ok()).unwrap_or(1_000_000);
    if args[0] == "spool" {
        return spool(rows);
    }
    let format = Format::of_name(&args[0]).expect("a format");
    let table = Some((String::new(), "big".to_owned()));
    let options = Options { table, ..Options::default() };
    let mut out = std::io::stdout().lock();
    let mut export = Export::new(format, &options, &mut out).unwrap();
    let mut before = 0.0;
    if let Some(columns) = args.get(2).filter(|_| args[1] == "copy") {
        copied(columns, &mut export);
    } else {
        // Made beforehand, so that only the writing is measured.
        let mut pages: Vec<Page> = (0..rows.div_ceil(1000).min(16)).map(|_| Page::new(8)).collect();
        for (at, page) in pages.iter_mut().enumerate() {
            fill(page, at as u64 * 1000, rows.min(1000));
        }
        before = used().0;
        let _ = export.begin(&COLUMNS.map(column));
        for at in 0..rows.div_ceil(1000) {
            let _ = export.page(&pages[at as usize % pages.len()]);
        }
        let _ = export.end(&Done::default());
    }
    let written = export.finish().unwrap();
    let (cpu, peak) = used();
    eprintln!(
        "{} rows, {:.1} MB: {:.2} cpu-s, peak {peak:.1} MB {:?}",
        written.rows,
        written.bytes as f64 / 1e6,
        cpu - before,
        written.notes
    );
}

/// Takes the text format of `COPY` apart.
fn copied(columns: &str, export: &mut Export<'_>) {
    let columns: Vec<Column> = columns
        .split(';')
        .map(|it| {
            let mut parts = it.splitn(3, ':');
            let (name, kind) = (parts.next().unwrap(), parts.next().unwrap());
            let kind = Kind::ALL.into_iter().find(|it| format!("{it:?}") == kind).unwrap();
            column((name, kind, parts.next().unwrap_or("")))
        })
        .collect();
    let _ = export.begin(&columns);
    let mut page = Page::new(columns.len());
    let mut line = Vec::new();
    let mut input = std::io::stdin().lock();
    while input.read_until(b'\n', &mut line).unwrap() > 0 {
        line.pop();
        for (field, column) in line.split(|it| *it == b'\t').zip(&columns) {
            if field == b"\\N" {
                page.push_null();
                continue;
            }
            let mut text = Vec::new();
            let mut bytes = field.iter();
            while let Some(&byte) = bytes.next() {
                text.push(match (byte == b'\\').then(|| bytes.next().unwrap()) {
                    None => byte,
                    Some(b'b') => 8,
                    Some(b't') => 9,
                    Some(b'n') => 10,
                    Some(b'v') => 11,
                    Some(b'f') => 12,
                    Some(b'r') => 13,
                    Some(&other) => other,
                });
            }
            if column.kind == Kind::Bytes {
                let pair = |it: &[u8]| u8::from_str_radix(std::str::from_utf8(it).unwrap(), 16);
                text = text[2..].chunks(2).map(|it| pair(it).unwrap()).collect();
            }
            page.push(column.kind, &text);
        }
        line.clear();
        if page.rows() == 1000 || page.bytes() > 256 << 10 {
            let _ = export.page(&page);
            page.clear(columns.len());
        }
    }
    let _ = export.page(&page);
    let _ = export.end(&Done::default());
}

fn spool(rows: u64) {
    let spool = Spool::create(&std::env::temp_dir(), &COLUMNS.map(column), 4 << 30).unwrap();
    let mut page = Page::new(8);
    let timed = |what: &str, work: &mut dyn FnMut() -> String| {
        // Peaks are told for each step alone.
        let _ =
            std::fs::File::create("/proc/self/clear_refs").and_then(|mut it| it.write_all(b"5"));
        let (begun, before) = (Instant::now(), used().0);
        let said = work();
        let (cpu, peak) = used();
        let wall = begun.elapsed().as_secs_f64();
        eprintln!("{what}: {wall:.3} s, {:.2} cpu-s, peak {peak:.1} MB {said}", cpu - before);
    };
    timed("keeping", &mut || {
        for at in 0..rows.div_ceil(1000) {
            fill(&mut page, at * 1000, 1000);
            spool.append(&page).unwrap();
        }
        format!("{} rows, {} MB on disk", spool.len(), spool.bytes() >> 20)
    });
    timed("100 rows in the middle", &mut || {
        spool.rows(rows / 2, 100, 1 << 16).unwrap().page.rows().to_string()
    });
    for (name, column) in [("id", 0), ("created", 1), ("email", 2), ("amount", 3), ("score", 4)] {
        let mut order = Default::default();
        timed(&format!("order by {name} descending"), &mut || {
            let by = [Sort { column, descending: true }];
            order = spool.order(&by, None, Watch::NONE).unwrap();
            order.len().to_string()
        });
        timed("100 rows of it", &mut || {
            spool.rows_of(&order, rows / 2, 100, 1 << 16).unwrap().page.rows().to_string()
        });
    }
    timed("order by active, note", &mut || {
        let by = [5, 7].map(|column| Sort { column, descending: false });
        spool.order(&by, None, Watch::NONE).unwrap().len().to_string()
    });
    for test in [Test::Contains("PAID".into()), Test::IsNull, Test::Equals("note 77".into())] {
        timed(&format!("filter note {test:?}"), &mut || {
            let test = Condition { column: 7, test: test.clone() };
            spool.filter(&[test], None, Watch::NONE).unwrap().len().to_string()
        });
    }
    timed("find in all columns", &mut || {
        let find = Find { text: "nowhere at all", columns: &[], from: 0, backwards: false };
        format!("{:?}", spool.find(find, None, Watch::NONE).unwrap())
    });
    for column in [0, 1, 2, 3, 4, 7] {
        timed(&format!("statistics of {}", COLUMNS[column].0), &mut || {
            let told = spool.statistics(column, Watch::NONE).unwrap();
            format!("{:?} {:?} {:?}", told.distinct, told.sum, told.mean)
        });
    }
}
