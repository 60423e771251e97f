//! However a site's issues are cut into files, the records are the same.

use std::fs;
use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;

use super::Kept;
use crate::sources::document::Document;
use crate::sources::files::{self, Found};
use crate::sources::record::{Record, Sink};

/// Issues of many shapes, among them what a naive reader trips over.
fn issues() -> Vec<String> {
    let mut issues = Vec::new();
    for at in 0..60 {
        let log = format!(
            "\"changelog\":{{\"histories\":[{{\"id\":\"{}\",\"created\":\"2024-03-01T00:00:{:02}Z\",\"items\":[]}}]}},",
            900 + at,
            at % 60
        );
        let comment = "\"comment\":{\"total\":3,\"comments\":[{\"id\":\"1\",\"created\":\"2024-01-01T00:00:00Z\"}]},";
        issues.push(format!(
            "{{\"id\":\"{}\",{}\"key\":\"SHOP-{at}\",\"fields\":{{{}\"summary\":\"a \\\"b\\\" \\\\ {{[ é\\u00e9 \\ud800 \\r\\n\",\"updated\":\"2024-03-01T00:00:00Z\",\"customfield_1\":[1.50,{{}},[]]}}}}",
            10_000 + at,
            if at % 3 == 0 { &log } else { "" },
            if at % 2 == 0 { comment } else { "" },
        ));
    }
    issues
}

/// Sets JSON in, as people read it.
fn indented(json: &str, by: &str) -> String {
    let (mut out, mut depth, mut text, mut escaped) = (String::new(), 0_usize, false, false);
    for it in json.chars() {
        if text {
            out.push(it);
            text = escaped || it != '"';
            escaped = it == '\\' && !escaped;
            continue;
        }
        match it {
            '{' | '[' => {
                depth += 1;
                out.push(it);
                out.push('\n');
                out.push_str(&by.repeat(depth));
            }
            '}' | ']' => {
                depth -= 1;
                out.push('\n');
                out.push_str(&by.repeat(depth));
                out.push(it);
            }
            ',' => {
                out.push_str(",\r\n");
                out.push_str(&by.repeat(depth));
            }
            ':' => out.push_str(": "),
            '"' => {
                text = true;
                out.push(it);
            }
            it => out.push(it),
        }
    }
    out
}

pub(super) fn read_all(path: &Path) -> Kept {
    let mut kept = Kept::default();
    let mut take = |found: Found<'_>| {
        match found {
            Found::Document(document) => take(&document, &mut kept),
            Found::Refused(refused) => kept.refuse(refused),
        }
        Ok(())
    };
    files::each(&[path.to_path_buf()], &mut take).unwrap();
    kept
}

fn take(document: &Document<'_>, kept: &mut Kept) {
    if !crate::sources::jira::read(document, kept).unwrap() {
        kept.refuse(document.unknown());
    }
}

fn sorted(kept: Kept) -> Vec<Record> {
    assert_eq!(kept.refused, []);
    let mut records = kept.records;
    records.sort();
    records
}

#[test]
fn one_to_a_file_in_lines_on_pages_packed_or_set_in_they_are_the_same_records() {
    let issues = issues();
    let pack = |text: String| {
        let mut out = GzEncoder::new(Vec::new(), Compression::default());
        out.write_all(text.as_bytes()).unwrap();
        out.finish().unwrap()
    };
    let page =
        |of: &[String]| format!("{{\"startAt\":0,\"total\":60,\"issues\":[{}]}}", of.join(","));
    let answer = |of: &[String]| {
        format!("{{\"url\":\"https://a/rest/api/2/search\",\"input\":null,\"data\":{}}}", page(of))
    };
    let each = |of: &dyn Fn(&str) -> String| -> Vec<Vec<u8>> {
        issues.iter().map(|it| of(it).into_bytes()).collect()
    };
    let splits: Vec<(&str, Vec<Vec<u8>>)> = vec![
        ("one to a file", each(&|it| it.to_owned())),
        ("one to a file, set in", each(&|it| indented(it, "  "))),
        ("one to a file, set in by nothing", each(&|it| indented(it, ""))),
        ("lines", vec![issues.join("\n").into_bytes()]),
        ("one behind the other", vec![issues.concat().into_bytes()]),
        ("a list", vec![format!("[{}]", issues.join(",")).into_bytes()]),
        ("a list, set in", vec![indented(&format!("[{}]", issues.join(",")), "\t").into_bytes()]),
        ("pages", issues.chunks(7).map(|it| page(it).into_bytes()).collect()),
        (
            "pages in lines, packed",
            vec![pack(issues.chunks(9).map(page).collect::<Vec<_>>().join("\n"))],
        ),
        (
            "answers",
            vec![issues.chunks(11).map(answer).collect::<Vec<_>>().join("\n").into_bytes()],
        ),
        ("lines, packed", vec![pack(issues.join("\n"))]),
    ];
    let mut expected: Option<Vec<Record>> = None;
    for (name, files) in splits {
        let folder = TempDir::new().unwrap();
        for (at, bytes) in files.iter().enumerate() {
            fs::write(folder.path().join(format!("{at}.json")), bytes).unwrap();
        }
        let records = sorted(read_all(folder.path()));
        assert_eq!(records.len(), 80, "{name}");
        match &expected {
            None => expected = Some(records),
            Some(expected) => assert_eq!(&records, expected, "{name}"),
        }
    }
}

#[test]
fn facts_do_not_depend_on_the_order_of_records() {
    let mut told = Kept::default();
    let address = "https://a/rest/api/2/issue/1/x";
    for json in [
        "{\"id\":\"1\",\"key\":\"SHOP-1\",\"fields\":{\"updated\":\"2024-01-01T00:00:00Z\",\"summary\":\"a\",\"comment\":{\"comments\":[{\"id\":\"1\",\"body\":\"x\",\"created\":\"2024-01-01T00:00:00Z\"}]}}}",
        "{\"id\":\"1\",\"key\":\"SHOP-1\",\"fields\":{\"updated\":\"2024-01-01T00:00:00Z\",\"summary\":\"b\",\"labels\":[\"l\"]}}",
        "{\"comments\":[{\"id\":\"1\",\"body\":\"y\",\"created\":\"2024-01-01T00:00:00Z\"},{\"id\":\"10\",\"body\":\"z\",\"created\":\"2024-01-01T00:00:00Z\"}]}",
        "{\"histories\":[{\"id\":\"9\",\"created\":\"2024-01-01T00:00:00Z\",\"items\":[{\"field\":\"a\"},{\"field\":\"b\"}]},{\"id\":\"10\",\"created\":\"2024-01-01T00:00:00Z\",\"items\":[{\"field\":\"c\"}]}]}",
        "[{\"id\":3,\"object\":{\"url\":\"u\"}},{\"id\":2,\"object\":{\"url\":\"v\"}}]",
    ] {
        assert!(told.read(address, json));
    }
    let mut records = told.records;
    let expected = crate::sources::jira::project("1", &records);
    assert!(expected.issue.is_some());
    for turn in 0..records.len() {
        records.rotate_left(1);
        assert_eq!(crate::sources::jira::project("1", &records), expected, "{turn}");
        let mut back = records.clone();
        back.reverse();
        assert_eq!(crate::sources::jira::project("1", &back), expected, "{turn} turned");
    }
}

#[test]
fn no_document_makes_it_panic() {
    // A small generator of its own, so that the same documents come each time.
    let mut state = 2_463_534_242_u32;
    let mut next = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as usize % below
    };
    let whole = [
        indented(&issues()[6], " "),
        "{\"timestamp\":1709287200000,\"webhookEvent\":\"comment_deleted\",\"issue\":{\"id\":\"1\",\"key\":\"A-1\",\"fields\":{}},\"comment\":{\"id\":\"2\"},\"changelog\":{\"id\":\"3\",\"items\":[{\"field\":\"x\"}]}}".to_owned(),
        "{\"issueChangeLogs\":[{\"issueId\":\"1\",\"changeHistories\":[{\"id\":\"2\",\"created\":-99999999999999999,\"items\":[{\"field\":\"Key\",\"fromString\":\"B-2\"}]}]}]}".to_owned(),
        "{\"key\":\"A-1\",\"fields\":{\"updated\":\"-2012-05-16T07:56:13.000+0000\",\"description\":{\"type\":\"doc\",\"content\":[{\"type\":\"date\",\"attrs\":{\"timestamp\":\"-9223372036854775808\"}},{\"type\":\"orderedList\",\"attrs\":{\"order\":18446744073709551615},\"content\":[{\"content\":[]},{}]}]},\"sprint\":\"[name=\",\"closedSprints\":[\",name=,id=\"]}}".to_owned(),
    ];
    let parts: [&[u8]; 12] = [
        b"null",
        b"\"",
        b"{",
        b"}",
        b"[",
        b"]",
        b"\\",
        b",",
        b"-1e999",
        b"{}",
        b"\"\\u0000\"",
        b"\xff",
    ];
    let (mut taken, mut projected) = (0, 0);
    for turn in 0..4000 {
        let mut json = whole[turn % whole.len()].clone().into_bytes();
        for _ in 0..next(4) {
            let at = next(json.len());
            let end = (at + next(6)).min(json.len());
            json.splice(at..end, parts[next(parts.len())].iter().copied());
        }
        let mut kept = Kept::default();
        let document = Document { place: "", address: "", version: 0, json: &json };
        taken += usize::from(crate::sources::jira::read(&document, &mut kept).unwrap());
        let _ = document.unknown();
        projected += kept.issues().len();
    }
    assert!(taken > 1000 && projected > 500, "{taken} {projected}: most should still be read");
}
