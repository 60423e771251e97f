//! What a workbook holds, taken apart again.

use super::super::tests::{Random, column, export};
use super::super::{Export, Format, Options};
use super::*;
use crate::{Done, Engine, Sink};
use std::collections::BTreeMap;
use std::io::Read;

/// The files of an archive, found by its index.
fn unzip(bytes: &[u8]) -> BTreeMap<String, String> {
    let half = |at: usize| usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    let end = bytes.len() - 22;
    assert_eq!(word(end), 0x0605_4b50);
    let mut at = word(end + 16);
    let mut files = BTreeMap::new();
    for _ in 0..half(end + 10) {
        assert_eq!(word(at), 0x0201_4b50);
        let name = String::from_utf8(bytes[at + 46..at + 46 + half(at + 28)].to_vec()).unwrap();
        let (crc, packed, plain, local) =
            (word(at + 16), word(at + 20), word(at + 24), word(at + 42));
        let data = local + 30 + half(local + 26) + half(local + 28);
        let mut text = Vec::new();
        let inflate = flate2::read::DeflateDecoder::new(&bytes[data..data + packed]);
        { inflate }.read_to_end(&mut text).unwrap();
        let mut sum = flate2::Crc::new();
        sum.update(&text);
        assert_eq!((sum.sum() as usize, text.len()), (crc, plain));
        assert_eq!(word(data + packed), 0x0807_4b50);
        files.insert(name, String::from_utf8(text).unwrap());
        at += 46 + half(at + 28);
    }
    assert_eq!(at, end);
    files
}

fn sheet(columns: &[Column], page: &Page) -> (String, Vec<String>) {
    let pages = [page.clone()];
    let result = [(columns, pages.as_slice())];
    let (bytes, written) = export(Format::Xlsx, &Options::default(), &result).unwrap();
    (unzip(&bytes).remove("xl/worksheets/sheet1.xml").unwrap(), written.notes)
}

/// The cell at a place, from `<c` on.
fn cell<'a>(sheet: &'a str, at: &str) -> &'a str {
    let from = sheet.find(&format!("<c r=\"{at}\"")).unwrap_or_else(|| panic!("no {at}"));
    let end = sheet[from..].find("</c>").unwrap();
    &sheet[from..from + end]
}

fn page(cells: &[(Kind, &str)]) -> Page {
    let mut page = Page::new(1);
    cells.iter().for_each(|(kind, text)| page.push(*kind, text.as_bytes()));
    page
}

#[test]
fn numbers_that_a_spreadsheet_would_round_are_text() {
    let numbers = [
        (Kind::Integer, "123456789012345", true),
        (Kind::Integer, "1234567890123456", false),
        (Kind::Integer, "-9223372036854775808", false),
        (Kind::Decimal, "0.000000000000001", true),
        (Kind::Decimal, "1.000000000000001", false),
        (Kind::Float, "0.30000000000000004", true),
        (Kind::Float, "1e-7", true),
        (Kind::Float, "1e400", false),
        (Kind::Float, "1e-320", false),
        (Kind::Float, "NaN", false),
        (Kind::Integer, "007", false),
        (Kind::Date, "1900-02-28", false),
        (Kind::Date, "infinity", false),
        (Kind::Timestamp, "2024-01-01 00:00:00.123456+00", false),
    ];
    let rows: Vec<_> = numbers.iter().map(|it| (it.0, it.1)).collect();
    let (sheet, notes) = sheet(&[column("n", Kind::Integer)], &page(&rows));
    for (at, (_, text, number)) in numbers.iter().enumerate() {
        let cell = cell(&sheet, &format!("A{}", at + 2));
        assert!(cell.contains(&format!(">{text}<")), "{cell}");
        assert_eq!(cell.contains("<v>"), *number, "{cell}");
    }
    assert!(notes.is_empty());
    let (sheet, _) = self::sheet(
        &[column("d", Kind::Date)],
        &page(&[(Kind::Date, "1900-03-01"), (Kind::Date, "9999-12-31"), (Kind::Bool, "f")]),
    );
    assert!(cell(&sheet, "A2").ends_with("s=\"2\"><v>61</v>"), "{sheet}");
    assert!(cell(&sheet, "A3").ends_with("<v>2958465</v>"));
    assert!(cell(&sheet, "A4").ends_with("t=\"b\"><v>0</v>"));
}

#[test]
fn text_is_never_a_formula_nor_markup() {
    let texts = [
        ("=1+1", "s=\"3\"", "=1+1"),
        ("@cmd", "s=\"3\"", "@cmd"),
        ("<b>&\"", "r=\"A4\" t=", "&lt;b&gt;&amp;\""),
        ("a\u{1}\r\n_x0041_\u{ffff}", "r=\"A5\" t=", "a_x0001__x000D_\n_x005F_x0041__xFFFF_"),
        ("", "r=\"A6\" t=", ""),
    ];
    let rows: Vec<_> = texts.iter().map(|it| (Kind::Text, it.0)).collect();
    let (sheet, _) = sheet(&[column("=n", Kind::Text)], &page(&rows));
    for (at, (_, style, text)) in texts.iter().enumerate() {
        let cell = cell(&sheet, &format!("A{}", at + 2));
        assert!(cell.contains(style) && cell.contains("t=\"inlineStr\""), "{cell}");
        assert!(cell.ends_with(&format!("\"preserve\">{text}</t></is>")), "{cell}");
    }
    assert!(!sheet.contains("<f"));
    let (sheet, _) = self::sheet(&[column("n", Kind::Text)], &page(&[(Kind::Null, "")]));
    assert!(!sheet.contains("<c r=\"A2\""));
}

#[test]
fn what_a_cell_cannot_hold_is_cut_marked_and_told() {
    let most = "é".repeat(CELL_MAX);
    let more = "é".repeat(CELL_MAX + 1);
    let (sheet, notes) =
        sheet(&[column("n", Kind::Text)], &page(&[(Kind::Text, &most), (Kind::Text, &more)]));
    assert!(cell(&sheet, "A2").contains(&format!(">{most}<")));
    let mark = "… [cut, 65536 bytes in all]";
    let kept = "é".repeat(CELL_MAX - mark.chars().count());
    assert!(cell(&sheet, "A3").contains(&format!(">{kept}{mark}<")));
    assert_eq!(notes.len(), 1);
    assert!(notes[0].starts_with("1 text was cut"), "{notes:?}");
}

#[test]
fn more_rows_than_a_sheet_takes_stand_on_further_ones() {
    let columns = [column("n", Kind::Integer)];
    let mut bytes = Vec::new();
    let mut export = Export::new(Format::Xlsx, &Options::default(), &mut bytes).unwrap();
    export.writer = Box::new(Xlsx { rows_max: 3, ..Xlsx::new() });
    for _ in 0..2 {
        let _ = export.begin(&columns);
        let _ = export.page(&page(&["1", "2", "3", "4"].map(|it| (Kind::Integer, it))));
        let _ = export.page(&page(&[(Kind::Integer, "5")]));
        let _ = export.end(&Done::default());
    }
    let written = export.finish().unwrap();
    let files = unzip(&bytes);
    let book = &files["xl/workbook.xml"];
    for name in ["Result", "Result (2)", "Result (3)", "Result 2", "Result 2 (3)"] {
        assert!(book.contains(&format!("name=\"{name}\"")), "{book}");
    }
    let rows: Vec<usize> = (1..=6)
        .map(|it| files[&format!("xl/worksheets/sheet{it}.xml")].matches("<v>").count())
        .collect();
    assert_eq!(rows, [2, 2, 1, 2, 2, 1]);
    assert_eq!(written.notes.len(), 1);
}

#[test]
fn the_same_rows_give_the_same_bytes_and_none_give_an_empty_sheet() {
    let columns = [column("a", Kind::Text), column("b", Kind::Text)];
    let mut random = Random(21);
    let mut page = Page::new(2);
    (0..400).for_each(|_| random.cell(&mut page));
    let pages = [page];
    let once = || {
        let result = [(columns.as_slice(), pages.as_slice())];
        export(Format::Xlsx, &Options::default(), &result).unwrap().0
    };
    assert_eq!(once(), once());
    let (bytes, _) = export(Format::Xlsx, &Options::default(), &[]).unwrap();
    assert_eq!(unzip(&bytes).len(), 6);
    let many: Vec<Column> = (0..=COLUMNS_MAX).map(|_| column("c", Kind::Text)).collect();
    let options = Options { engine: Engine::Sqlite, ..Options::default() };
    let failure = export(Format::Xlsx, &options, &[(&many, &[])]).unwrap_err();
    assert_eq!(failure.reason, Reason::Unsupported);
    assert_eq!(letters(0), b"A");
    assert_eq!((letters(25), letters(26)), (b"Z".to_vec(), b"AA".to_vec()));
    assert_eq!((letters(701), letters(702)), (b"ZZ".to_vec(), b"AAA".to_vec()));
    assert_eq!(letters(COLUMNS_MAX - 1), b"XFD");
}
