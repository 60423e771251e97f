//! What every format promises, over results made up by number.

use super::*;
use crate::{Cell, Kind};
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

pub(super) fn column(name: &str, kind: Kind) -> Column {
    Column { name: name.to_owned(), type_name: String::new(), kind, origin: None }
}

/// A small generator of numbers: the same seed gives the same ones.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    pub(super) fn text(&mut self) -> String {
        const PIECES: [&str; 24] = [
            "a", "B", "0", " ", ",", "\"", "'", "\\", "\n", "\r", "\t", "|", "\0", "\x1b[31m", "é",
            "😀", "\u{202e}", "\\.", "\\N", "_x0041_", "=1+1", "<b>", "&amp;", "\u{ffff}",
        ];
        (0..self.below(6)).map(|_| PIECES[self.below(24) as usize]).collect()
    }

    pub(super) fn cell(&mut self, page: &mut Page) {
        let number = self.next() as i64 >> self.below(64);
        match self.below(8) {
            0 => page.push_null(),
            1 => page.push(Kind::Integer, number.to_string().as_bytes()),
            2 => page.push(Kind::Decimal, format!("{number}.{:05}", self.below(99999)).as_bytes()),
            3 => page.push(Kind::Bool, [b"t", b"f"][self.below(2) as usize]),
            4 => page.push(Kind::Bytes, &number.to_le_bytes()[..self.below(9) as usize]),
            5 => page.push(Kind::Json, format!("{{\"a\":[{number},\"\\n\"]}}").as_bytes()),
            6 => page
                .push(Kind::Float, ["NaN", "-Infinity", "1e-7"][self.below(3) as usize].as_bytes()),
            _ => page.push(Kind::Text, self.text().as_bytes()),
        }
    }
}

pub(super) fn export(
    format: Format,
    options: &Options,
    results: &[(&[Column], &[Page])],
) -> Result<(Vec<u8>, Written)> {
    let mut bytes = Vec::new();
    let mut export = Export::new(format, options, &mut bytes)?;
    for (columns, pages) in results {
        let _ = export.begin(columns);
        for page in *pages {
            let _ = export.page(page);
        }
        let _ = export.end(&Done::default());
    }
    let written = export.finish()?;
    assert_eq!(written.bytes, bytes.len() as u64);
    Ok((bytes, written))
}

fn text(format: Format, options: &Options, columns: &[Column], rows: &[&[(Kind, &str)]]) -> String {
    let mut page = Page::new(columns.len());
    for (kind, text) in rows.iter().copied().flatten() {
        page.push(*kind, text.as_bytes());
    }
    let (bytes, _) = export(format, options, &[(columns, &[page])]).unwrap();
    String::from_utf8(bytes).unwrap()
}

const NULL: (Kind, &str) = (Kind::Null, "");

fn t(text: &str) -> (Kind, &str) {
    (Kind::Text, text)
}

#[test]
fn csv_is_what_copy_writes() {
    let columns = [column("a", Kind::Text), column("say \"b\"", Kind::Text)];
    let rows: [&[(Kind, &str)]; 5] = [
        &[t("plain"), NULL],
        &[t(""), t("x,y")],
        &[t("he said \"no\""), t("two\nlines")],
        &[t("\\."), t(" spaces ")],
        &[t("a\rb"), (Kind::Bytes, "\x00\x7f")],
    ];
    assert_eq!(
        text(Format::Csv, &Options::default(), &columns, &rows),
        "a,\"say \"\"b\"\"\"\nplain,\n\"\",\"x,y\"\n\"he said \"\"no\"\"\",\"two\nlines\"\n\\., spaces \n\
         \"a\rb\",\\x007f\n"
    );
    // Alone on a line it would end the data.
    let alone = text(Format::Csv, &Options::default(), &columns[..1], &[&[t("\\.")], &[NULL]]);
    assert_eq!(alone, "a\n\"\\.\"\n\n");
    let options = Options {
        header: false,
        delimiter: Some(b';'),
        null: Some("none".into()),
        crlf: true,
        ..Options::default()
    };
    let other = text(Format::Csv, &options, &columns, &[&[NULL, t("none")], &[t("a;b"), t("")]]);
    assert_eq!(other, "none;\"none\"\r\n\"a;b\";\r\n");
    for (delimiter, null) in [(b'"', ""), (b'\n', ""), (b',', "a,b"), (0xff, "")] {
        let null = Some(null.to_owned());
        let options = Options { delimiter: Some(delimiter), null, ..Options::default() };
        assert_eq!(export(Format::Csv, &options, &[]).unwrap_err().reason, Reason::Usage);
    }
}

#[test]
fn tsv_is_what_copy_writes() {
    let columns = [column("a\tb", Kind::Text), column("c", Kind::Bytes)];
    let rows: [&[(Kind, &str)]; 3] = [
        &[t("\\N"), NULL],
        &[t("\x08\t\n\x0b\x0c\r\x01"), (Kind::Bytes, "\x01")],
        &[t(""), t("ü")],
    ];
    assert_eq!(
        text(Format::Tsv, &Options::default(), &columns, &rows),
        "a\\tb\tc\n\\\\N\t\\N\n\\b\\t\\n\\v\\f\\r\x01\t\\\\x01\n\tü\n"
    );
}

/// Fields of CSV; none where it is NULL.
fn parse_csv(mut text: &str) -> Vec<Vec<Option<String>>> {
    let mut rows = vec![vec![]];
    while !text.is_empty() {
        let field = if let Some(rest) = text.strip_prefix('"') {
            let mut field = String::new();
            text = rest;
            loop {
                let at = text.find('"').unwrap();
                field.push_str(&text[..at]);
                text = &text[at + 1..];
                let Some(rest) = text.strip_prefix('"') else { break };
                field.push('"');
                text = rest;
            }
            Some(field)
        } else {
            let (field, rest) = text.split_at(text.find([',', '\n']).unwrap());
            text = rest;
            (!field.is_empty()).then(|| field.to_owned())
        };
        rows.last_mut().unwrap().push(field);
        if text.starts_with('\n') {
            rows.push(vec![]);
        }
        text = &text[1..];
    }
    rows.pop();
    rows
}

fn shown(cell: Cell<'_>) -> Option<String> {
    match cell.kind {
        Kind::Null => None,
        Kind::Bytes => {
            let digits: String = cell.bytes.iter().map(|it| format!("{it:02x}")).collect();
            Some(format!("\\x{digits}"))
        }
        _ => Some(cell.text().unwrap().to_owned()),
    }
}

fn random_pages(random: &mut Random, columns: usize) -> Vec<Page> {
    let many = random.below(4);
    (0..many)
        .map(|_| {
            let mut page = Page::new(columns);
            for _ in 0..random.below(40) * columns as u64 {
                random.cell(&mut page);
            }
            page
        })
        .collect()
}

#[test]
fn csv_and_json_give_back_every_cell_of_random_pages() {
    let mut random = Random(7);
    for _ in 0..100 {
        let many = 1 + random.below(5) as usize;
        let columns: Vec<Column> = (0..many).map(|_| column("c", Kind::Other)).collect();
        let pages = random_pages(&mut random, many);
        let result = [(columns.as_slice(), pages.as_slice())];
        let options = Options { header: false, ..Options::default() };
        let (csv, written) = export(Format::Csv, &options, &result).unwrap();
        let csv = parse_csv(std::str::from_utf8(&csv).unwrap());
        let rows: Vec<Vec<Cell<'_>>> = pages
            .iter()
            .flat_map(|page| (0..page.rows()).map(|row| page.row(row).collect()))
            .collect();
        assert_eq!(written.rows, rows.len() as u64);
        let wanted: Vec<Vec<_>> =
            rows.iter().map(|row| row.iter().map(|it| shown(*it)).collect()).collect();
        assert_eq!(csv, wanted);

        let (lines, _) = export(Format::Ndjson, &options, &result).unwrap();
        let lines = String::from_utf8(lines).unwrap();
        let (array, _) = export(Format::Json, &options, &result).unwrap();
        let array: Vec<Box<serde_json::value::RawValue>> = serde_json::from_slice(&array).unwrap();
        assert_eq!((lines.lines().count(), array.len()), (rows.len(), rows.len()));
        for ((line, row), element) in lines.lines().zip(&rows).zip(&array) {
            assert_eq!(line, element.get());
            let object: serde_json::Map<String, serde_json::Value> =
                serde_json::from_str(line).unwrap();
            assert_eq!(object.len(), many);
            for (value, cell) in object.values().zip(row) {
                match value {
                    serde_json::Value::Null => assert!(cell.is_null()),
                    serde_json::Value::Bool(it) => assert_eq!(Some(*it), cell.bool()),
                    serde_json::Value::String(it) => assert_eq!(Some(it), shown(*cell).as_ref()),
                    serde_json::Value::Number(_) => {
                        assert!(line.contains(cell.text().unwrap()) && cell.kind.is_number());
                    }
                    _ => assert!(cell.kind == Kind::Json && line.contains(cell.text().unwrap())),
                }
            }
        }
    }
}

#[test]
fn json_keeps_numbers_and_documents_word_for_word() {
    let columns = [
        column("n", Kind::Integer),
        column("n", Kind::Decimal),
        column("j", Kind::Json),
        column("n_2", Kind::Float),
        column("n", Kind::Bool),
    ];
    let rows: [&[(Kind, &str)]; 3] = [
        &[
            (Kind::Integer, "9223372036854775807"),
            (Kind::Decimal, "0.10000000000000000000000000000000000000001"),
            (Kind::Json, "{\"a\":1,\"a\":12345678901234567890.0,\n \"b\": \"\\u00e9\"}"),
            (Kind::Float, "NaN"),
            (Kind::Bool, "1"),
        ],
        &[
            (Kind::Integer, "00042"),
            (Kind::Decimal, "-Infinity"),
            (Kind::Json, "{broken"),
            (Kind::Float, "1e400"),
            (Kind::Bool, "maybe"),
        ],
        &[NULL, (Kind::Decimal, ".5"), t("\u{1}\u{1f}\"\\/\n"), (Kind::Float, "-0"), NULL],
    ];
    assert_eq!(
        text(Format::Json, &Options::default(), &columns, &rows),
        "[\n{\"n\":9223372036854775807,\"n_3\":0.10000000000000000000000000000000000000001,\
         \"j\":{\"a\":1,\"a\":12345678901234567890.0,  \"b\": \"\\u00e9\"},\"n_2\":\"NaN\",\"n_4\":true},\n\
         {\"n\":\"00042\",\"n_3\":\"-Infinity\",\"j\":\"{broken\",\"n_2\":1e400,\"n_4\":\"maybe\"},\n\
         {\"n\":null,\"n_3\":\".5\",\"j\":\"\\u0001\\u001f\\\"\\\\/\\n\",\"n_2\":-0,\"n_4\":null}\n]\n"
    );
    assert_eq!(text(Format::Json, &Options::default(), &columns, &[]), "[]\n");
    assert_eq!(text(Format::Ndjson, &Options::default(), &columns, &[]), "");
}

#[test]
fn what_passes_as_json_is_what_a_parser_takes() {
    let mut random = Random(99);
    const PIECES: [&str; 22] = [
        "{", "}", "[", "]", ",", ":", "\"a\"", "\"", "1", "-", "0", ".", "e", "5", "true", "null",
        "fals", " ", "\n", "\\u12", "\\n", "\u{1}",
    ];
    let mut taken = 0;
    for round in 0..200_000 {
        let mut text: String =
            (0..1 + random.below(7)).map(|_| PIECES[random.below(22) as usize]).collect();
        if round % 2 == 0 {
            // A whole document with one place changed is more often almost right.
            text =
                "{\"k\": [1.5e-3, {\"x\": \"\\u00e9\\n\"}, [], {}, true, null], \"l\": -0}".into();
            let at = random.below(text.len() as u64) as usize;
            text.replace_range(at..=at, PIECES[random.below(22) as usize]);
        }
        let wanted = serde_json::from_str::<&serde_json::value::RawValue>(&text).is_ok();
        taken += u32::from(wanted);
        assert_eq!(json::is_json(text.as_bytes()), wanted, "{text}");
    }
    assert!(taken > 5_000, "{taken}");
    let deep = "[".repeat(1_000_000) + &"]".repeat(1_000_000);
    assert!(json::is_json(deep.as_bytes()) && !json::is_json(&deep.as_bytes()[1..]));
}

#[test]
fn a_table_grows_and_drives_no_terminal() {
    let columns = [column("id", Kind::Integer), column("näme", Kind::Text)];
    let mut first = Page::new(2);
    for (kind, text) in [(Kind::Integer, "1"), t("日本"), (Kind::Integer, "23"), NULL] {
        first.push(kind, text.as_bytes());
    }
    let mut second = Page::new(2);
    for (kind, text) in
        [(Kind::Integer, "12345"), t("\x1b[2J\u{202e}"), (Kind::Integer, "6"), t("")]
    {
        second.push(kind, text.as_bytes());
    }
    let (bytes, _) =
        export(Format::Table, &Options::default(), &[(&columns, &[first, second])]).unwrap();
    let wanted = "\
┌────┬──────┐
│ id │ näme │
├────┼──────┤
│  1 │ 日本 │
│ 23 │ NULL │
├────┴──┬───┴─────────────┐
│ 12345 │ \\x1b[2J\\u{202e} │
│     6 │                 │
└───────┴─────────────────┘
";
    assert_eq!(String::from_utf8(bytes).unwrap(), wanted);
    let empty = export(Format::Table, &Options::default(), &[(&columns, &[])]).unwrap().0;
    assert_eq!(String::from_utf8(empty).unwrap().lines().count(), 4);
}

#[test]
fn nothing_for_people_holds_a_letter_that_drives_a_terminal() {
    let mut random = Random(3);
    for format in [Format::Table, Format::Vertical, Format::Markdown] {
        for _ in 0..100 {
            let name = random.text();
            let columns = [column(&name, Kind::Text), column("b", Kind::Text)];
            let pages = random_pages(&mut random, 2);
            let (bytes, _) = export(format, &Options::default(), &[(&columns, &pages)]).unwrap();
            let text = String::from_utf8(bytes).unwrap();
            let drives = |it: char| it != '\n' && (it.is_control() || it == '\u{202e}');
            assert!(!text.contains(drives), "{format:?} {text:?}");
        }
    }
}

#[test]
fn lines_of_a_table_are_equally_wide_within_a_page_and_cut_texts_are_told() {
    let columns = [column("a", Kind::Text), column("n", Kind::Integer)];
    let mut page = Page::new(2);
    page.push(Kind::Text, "x".repeat(1000).as_bytes());
    page.push(Kind::Integer, b"123456789012345678901234567890");
    page.push(Kind::Text, "日".repeat(40).as_bytes());
    page.push_null();
    page.push(Kind::Bytes, &[0xab; 500]);
    page.push_null();
    let options = Options { widest: 21, ..Options::default() };
    let (bytes, written) = export(Format::Table, &options, &[(&columns, &[page])]).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let width = |line: &str| {
        line.chars().map(|it| unicode_width::UnicodeWidthChar::width(it).unwrap()).sum::<usize>()
    };
    let widths: Vec<usize> = text.lines().map(width).collect();
    assert!(widths.iter().all(|it| *it == widths[0]), "{text}");
    assert!(text.contains(&format!("{}…", "x".repeat(20))) && text.contains("日…"), "{text}");
    assert!(text.contains("123456789012345678901234567890"));
    assert_eq!(written.notes.len(), 1, "{:?}", written.notes);
    assert!(written.notes[0].starts_with("3 texts were cut"), "{:?}", written.notes);
}

#[test]
fn markdown_shows_cells_as_text() {
    let columns = [column("a|b", Kind::Text), column("n", Kind::Integer)];
    let rows: [&[(Kind, &str)]; 3] = [
        &[t("x|y\\z"), (Kind::Integer, "1")],
        &[t("two\r\nlines *and* <b>"), NULL],
        &[t("snake_case _em_"), (Kind::Integer, "-2")],
    ];
    assert_eq!(
        text(Format::Markdown, &Options::default(), &columns, &rows),
        "| a\\|b | n |\n| --- | ---: |\n| x\\|y\\\\z | 1 |\n| two<br>lines \\*and\\* \\<b\\> | NULL |\n\
         | snake_case \\_em\\_ | -2 |\n"
    );
}

#[test]
fn vertical_has_a_field_a_line() {
    let columns = [column("id", Kind::Integer), column("note", Kind::Text)];
    let shown = text(
        Format::Vertical,
        &Options::default(),
        &columns,
        &[&[(Kind::Integer, "1"), t("a\nb")], &[(Kind::Integer, "2"), NULL]],
    );
    assert_eq!(shown, "─── 1 ───\nid   │ 1\nnote │ a\\nb\n─── 2 ───\nid   │ 2\nnote │ NULL\n");
}

#[test]
fn insert_writes_literals_of_each_dialect() {
    let columns = [column("a`]\"b", Kind::Text), column("c", Kind::Other)];
    let insert = |dialect, cell: (Kind, &str)| {
        let table = Some(("s".to_owned(), "t".to_owned()));
        let options = Options { dialect, table, ..Options::default() };
        text(Format::Insert, &options, &columns, &[&[t("it's"), cell]])
    };
    let lines = |dialect, cell, head: &str, value: &str| {
        assert_eq!(insert(dialect, cell), format!("INSERT INTO {head} VALUES\n({value});\n"));
    };
    let backslash = t("a\\b");
    lines(Engine::Postgres, backslash, r#""s"."t" ("a`]""b", "c")"#, r"'it''s', E'a\\b'");
    lines(
        Engine::Sqlite,
        t("a\0b"),
        r#""s"."t" ("a`]""b", "c")"#,
        "'it''s', CAST(X'610062' AS TEXT)",
    );
    lines(Engine::Mysql, backslash, r#"`s`.`t` (`a``]"b`, `c`)"#, r"'it\'s', 'a\\b'");
    lines(Engine::Clickhouse, backslash, r#"`s`.`t` (`a\`]"b`, `c`)"#, r"'it\'s', 'a\\b'");
    lines(Engine::Sqlserver, backslash, r#"[s].[t] ([a`]]"b], [c])"#, r"N'it''s', N'a\b'");
    let line = t("a\\\nb");
    let pieces = "N'it''s', (CAST(N'' AS nvarchar(max)) + N'a\\' + N'\nb')";
    lines(Engine::Sqlserver, line, r#"[s].[t] ([a`]]"b], [c])"#, pieces);
    for (dialect, yes, bytes, infinite) in [
        (Engine::Postgres, "true", "E'\\\\x00ff'", "'Infinity'"),
        (Engine::Sqlite, "1", "X'00ff'", "9e999"),
        (Engine::Mysql, "1", "X'00ff'", "'Infinity'"),
        (Engine::Duckdb, "true", "from_hex('00ff')", "'Infinity'"),
        (Engine::Clickhouse, "true", "unhex('00ff')", "inf"),
        (Engine::Sqlserver, "1", "0x00ff", "N'Infinity'"),
    ] {
        let mut page = Page::new(4);
        page.push(Kind::Bool, b"t");
        page.push(Kind::Bytes, b"\x00\xff");
        page.push(Kind::Float, b"Infinity");
        page.push(Kind::Decimal, b"-1.50");
        let columns = ["a", "b", "c", "d"].map(|it| column(it, Kind::Other));
        let options = Options { dialect, ..Options::default() };
        let (list, _) = export(Format::InList, &options, &[(&columns[..1], &[])]).unwrap();
        assert_eq!(list, b"(NULL)\n");
        let table = Some((String::new(), "t".to_owned()));
        let options = Options { dialect, table, ..Options::default() };
        let (sql, _) = export(Format::Insert, &options, &[(&columns, &[page])]).unwrap();
        let sql = String::from_utf8(sql).unwrap();
        assert!(sql.ends_with(&format!("\n({yes}, {bytes}, {infinite}, -1.50);\n")), "{sql}");
    }
    for dialect in [Engine::Redis, Engine::Mongodb] {
        let options = Options { dialect, ..Options::default() };
        let refused = export(Format::Insert, &options, &[]).unwrap_err();
        assert_eq!(refused.reason, Reason::Unsupported);
    }
}

#[test]
fn insert_takes_the_table_that_all_columns_come_from_and_ends_statements_in_time() {
    let origin = |table: &str| {
        let (schema, table, column) = ("s".to_owned(), table.to_owned(), "real".to_owned());
        Some(crate::Origin { schema, table, column })
    };
    let mut columns = [column("alias", Kind::Integer), column("b", Kind::Integer)];
    let mut page = Page::new(2);
    for number in 0..450 {
        page.push(Kind::Integer, number.to_string().as_bytes());
    }
    let refused =
        export(Format::Insert, &Options::default(), &[(&columns, &[page.clone()])]).unwrap_err();
    assert_eq!(refused.reason, Reason::Usage);
    columns[0].origin = origin("t");
    columns[1].origin = origin("u");
    assert!(export(Format::Insert, &Options::default(), &[(&columns, &[page.clone()])]).is_err());
    columns[1].origin = origin("t");
    let (sql, _) = export(Format::Insert, &Options::default(), &[(&columns, &[page])]).unwrap();
    let sql = String::from_utf8(sql).unwrap();
    assert_eq!(sql.matches("INSERT INTO \"s\".\"t\" (\"real\", \"real\") VALUES").count(), 3);
    assert_eq!((sql.matches(";\n").count(), sql.matches("\n(").count()), (3, 225));
}

#[test]
fn an_in_list_leaves_null_out_and_says_so() {
    let columns = [column("a", Kind::Text), column("b", Kind::Integer)];
    let mut page = Page::new(2);
    for (kind, text) in [t("x'y"), (Kind::Integer, "1"), NULL, (Kind::Integer, "2")] {
        page.push(kind, text.as_bytes());
    }
    let pages = [page];
    let (list, written) =
        export(Format::InList, &Options::default(), &[(&columns, &pages)]).unwrap();
    assert_eq!(list, b"(('x''y', 1))\n");
    assert_eq!(written.notes.len(), 1);
    let options = Options { dialect: Engine::Sqlserver, ..Options::default() };
    let refused = export(Format::InList, &options, &[(&columns, &pages)]).unwrap_err();
    assert_eq!(refused.reason, Reason::Unsupported);
    let one = text(
        Format::InList,
        &Options::default(),
        &columns[1..],
        &[&[(Kind::Integer, "1")], &[(Kind::Integer, "2")]],
    );
    assert_eq!(one, "(1, 2)\n");
}

#[test]
fn several_results_stand_apart() {
    let columns = [column("a", Kind::Integer)];
    let mut page = Page::new(1);
    page.push(Kind::Integer, b"1");
    let pages = [page];
    let two = [(columns.as_slice(), pages.as_slice()), (columns.as_slice(), &[])];
    let both = |format| export(format, &Options::default(), &two);
    assert_eq!(both(Format::Csv).unwrap().0, b"a\n1\n\na\n");
    assert_eq!(both(Format::Json).unwrap().0, b"[\n{\"a\":1}\n]\n[]\n");
    assert_eq!(both(Format::Parquet).unwrap_err().reason, Reason::Unsupported);
    for format in Format::ALL {
        assert_eq!(both(format).is_ok(), format.holds_several() && format != Format::Insert);
    }
}

#[test]
fn every_format_has_a_name_and_an_ending_that_lead_back_to_it() {
    for format in Format::ALL {
        assert_eq!(Format::of_name(format.name()), Some(format));
        assert!(Format::of_name(format.ending()).is_some() || format.ending() == "txt");
    }
    assert_eq!(Format::of_name("JSONL"), Some(Format::Ndjson));
    assert_eq!(Format::of_name("txt"), None);
}

/// Takes some bytes and then none.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let many = bytes.len().min(self.0);
        self.0 -= many;
        if many == 0 { Err(std::io::ErrorKind::StorageFull.into()) } else { Ok(many) }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_stops_every_format_and_is_told() {
    let columns = [column("a", Kind::Text)];
    for format in Format::ALL {
        for room in [0, 10, 300] {
            let mut full = Full(room);
            let table = Some((String::new(), "t".to_owned()));
            let options = Options { table, ..Options::default() };
            let mut export = Export::new(format, &options, &mut full).unwrap();
            let _ = export.begin(&columns);
            let mut random = Random(5);
            for _ in 0..50 {
                let mut page = Page::new(1);
                (0..50).for_each(|_| page.push(Kind::Text, random.next().to_string().as_bytes()));
                let _ = export.page(&page);
            }
            let _ = export.end(&Done::default());
            let failure = export.finish().unwrap_err();
            assert_eq!(failure.reason, Reason::File, "{format:?}");
            assert!(failure.message.contains("no room"), "{failure}");
        }
    }
}

fn one_row(export: &mut Export<'_>) -> Result<()> {
    let _ = export.begin(&[column("a", Kind::Integer)]);
    let mut page = Page::new(1);
    page.push(Kind::Integer, b"1");
    match export.page(&page) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(Failure::cancelled()),
    }
}

#[test]
fn a_file_appears_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.csv");
    let names = || {
        let mut names: Vec<String> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|it| it.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    let options = Options::default();
    let write = |over, watch: Watch<'_>, fill: &mut dyn FnMut(&mut Export<'_>) -> Result<()>| {
        to_file(&path, over, Format::Csv, &options, watch, fill)
    };
    // It fails, it is cancelled: nothing is left.
    let broken = |_: &mut Export<'_>| Err(Failure::new(Reason::Server, "no such table"));
    let failure = write(Over::Refuse, Watch::NONE, &mut { broken }).unwrap_err();
    assert_eq!((failure.reason, names().len()), (Reason::Server, 0));
    let cancel = AtomicBool::new(true);
    let watch = Watch { cancel: &cancel, progress: &|_, _| () };
    let failure = write(Over::Refuse, watch, &mut one_row).unwrap_err();
    assert_eq!((failure.reason, names().len()), (Reason::Cancelled, 0));
    assert!(failure.message.contains("export"), "{failure}");
    // It is beside its place while it is written, and told how far it is.
    let last = std::cell::Cell::new((9, 9));
    cancel.store(false, Ordering::Relaxed);
    let watch = Watch { cancel: &cancel, progress: &|rows, bytes| last.set((rows, bytes)) };
    let mut look = |export: &mut Export<'_>| {
        assert!(names()[0].starts_with(".out.csv.part") && !path.exists());
        one_row(export)?;
        assert_eq!(last.get(), (0, 2));
        Ok(())
    };
    let written = write(Over::Refuse, watch, &mut look).unwrap();
    assert_eq!((written.rows, written.bytes, names()), (1, 4, vec!["out.csv".to_owned()]));
    assert_eq!(std::fs::read(&path).unwrap(), b"a\n1\n");
    // What is there stays there, unless asked.
    std::fs::write(&path, "mine").unwrap();
    let failure = write(Over::Refuse, Watch::NONE, &mut one_row).unwrap_err();
    assert_eq!(failure.reason, Reason::File);
    assert!(write(Over::Replace, Watch::NONE, &mut { broken }).is_err());
    assert_eq!(std::fs::read(&path).unwrap(), b"mine");
    write(Over::Replace, Watch::NONE, &mut one_row).unwrap();
    assert_eq!((std::fs::read(&path).unwrap(), names().len()), (b"a\n1\n".to_vec(), 1));
    // Also what came there meanwhile.
    std::fs::remove_file(&path).unwrap();
    let mut meanwhile = |export: &mut Export<'_>| {
        std::fs::write(&path, "theirs").unwrap();
        one_row(export)
    };
    assert!(write(Over::Refuse, Watch::NONE, &mut meanwhile).is_err());
    assert_eq!((std::fs::read(&path).unwrap(), names().len()), (b"theirs".to_vec(), 1));
    let at = |path: &Path| {
        to_file(path, Over::Replace, Format::Csv, &options, Watch::NONE, one_row)
            .map_err(|it| it.reason)
    };
    assert_eq!(at(folder.path()), Err(Reason::File));
    assert_eq!(at(&folder.path().join("no/such/folder")), Err(Reason::File));
}

#[test]
fn no_format_falls_over_random_pages() {
    let mut random = Random(11);
    for format in Format::ALL {
        for _ in 0..30 {
            let many = 1 + random.below(4) as usize;
            let kind = Kind::ALL[random.below(18) as usize];
            let columns: Vec<Column> = (0..many).map(|_| column(&random.text(), kind)).collect();
            let pages = random_pages(&mut random, many);
            let engine = Engine::ALL[random.below(8) as usize];
            let table = Some((random.text(), random.text()));
            let options = Options { engine, table, ..Options::default() };
            let rows: usize = pages.iter().map(Page::rows).sum();
            let (_, written) = export(format, &options, &[(&columns, &pages)]).unwrap();
            assert_eq!(written.rows, rows as u64);
        }
    }
}

#[test]
fn documents_stand_alone_in_json_and_by_their_fields_in_columns() {
    let whole = |name: &str| Column { type_name: "document".into(), ..column(name, Kind::Json) };
    let columns = [column("_id", Kind::Integer), column("a\"b", Kind::Text), whole("document")];
    let mut page = Page::new(3);
    for (id, text, document) in [
        ("1", Some("x"), r#"{"_id":1,"a\"b":"x"}"#),
        ("2", None, "{\"_id\":2,\n\"late\":{\"_id\":[3,{\"deep\":1}]},\"l\\u0061te\":5}"),
        ("3", Some("y"), r#"{"_id":3,"a\"b":"y","more":[",","{"]}"#),
    ] {
        page.push(Kind::Integer, id.as_bytes());
        match text {
            Some(text) => page.push(Kind::Text, text.as_bytes()),
            None => page.push_null(),
        }
        page.push(Kind::Json, document.as_bytes());
    }
    let options = Options { engine: Engine::Mongodb, ..Options::default() };
    let pages: &[Page] = &[page];
    let of = |format, options: &Options| {
        let (bytes, written) = export(format, options, &[(&columns, pages)]).unwrap();
        (String::from_utf8(bytes).unwrap(), written.notes)
    };
    let lines = "{\"_id\":1,\"a\\\"b\":\"x\"}\n\
                 {\"_id\":2, \"late\":{\"_id\":[3,{\"deep\":1}]},\"l\\u0061te\":5}\n\
                 {\"_id\":3,\"a\\\"b\":\"y\",\"more\":[\",\",\"{\"]}\n";
    assert_eq!(of(Format::Ndjson, &options), (lines.to_owned(), Vec::new()));
    let array = format!("[\n{}\n]\n", lines.trim_end().replace('\n', ",\n"));
    assert_eq!(of(Format::Json, &options), (array, Vec::new()));
    let (csv, notes) = of(Format::Csv, &options);
    assert_eq!(csv, "_id,\"a\"\"b\"\n1,x\n2,\n3,y\n");
    assert_eq!(
        notes,
        ["2 documents have fields that no column shows (late, more); json and ndjson have them"]
    );
    // Columns that somebody chose are written as they were chosen.
    let chosen = Options { documents: false, ..options.clone() };
    assert!(of(Format::Csv, &chosen).0.starts_with("_id,\"a\"\"b\",document\n1,x,\"{"));
    assert!(
        of(Format::Ndjson, &chosen).0.starts_with("{\"_id\":1,\"a\\\"b\":\"x\",\"document\":{")
    );
    // A result of empty documents has no other column, and no other engine has such a one.
    let mut empty = Page::new(1);
    empty.push(Kind::Json, b"{}");
    let (bytes, _) = export(Format::Csv, &options, &[(&[whole("document")], &[empty])]).unwrap();
    assert_eq!(bytes, b"document\n{}\n");
    assert!(of(Format::Csv, &Options::default()).0.starts_with("_id,\"a\"\"b\",document\n"));
}
