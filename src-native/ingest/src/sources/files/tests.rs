//! Files, folders, lists and lines, whole and broken.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;

use super::split::{Piece, Split};
use super::table::Table;
use super::*;

/// What a stream comes to: line and text of its objects, and what was wrong.
#[derive(Debug, Default, PartialEq, Eq)]
struct Told {
    objects: Vec<(u64, String)>,
    wrong: Vec<(u64, String)>,
}

/// Gives a few bytes at a time, as a pipe may.
struct Drops<'a>(&'a [u8], usize);

impl Read for Drops<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let count = self.1.min(self.0.len()).min(out.len());
        out[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

fn told_by(input: impl Read) -> Told {
    told_of(|take| Split::new(input).each(take))
}

fn told_of(
    each: impl FnOnce(&mut dyn FnMut(Piece<'_>) -> Result<(), Error>) -> Result<(), Error>,
) -> Told {
    let mut told = Told::default();
    let mut take = |piece: Piece<'_>| {
        match piece {
            Piece::Object { line, json, .. } => {
                told.objects.push((line, String::from_utf8_lossy(json).into_owned()));
            }
            Piece::Wrong { line, reason } => told.wrong.push((line, reason)),
        }
        Ok(())
    };
    each(&mut take).unwrap();
    told
}

fn told(json: &str) -> Told {
    let whole = told_by(json.as_bytes());
    for size in [1, 2, 7] {
        assert_eq!(told_by(Drops(json.as_bytes(), size)), whole, "{size} bytes at a time: {json}");
    }
    whole
}

fn objects(json: &str) -> Vec<(u64, String)> {
    let told = told(json);
    assert_eq!(told.wrong, [], "{json}");
    told.objects
}

fn lines_of(json: &str) -> (Vec<u64>, Vec<u64>) {
    let told = told(json);
    let lines = |it: Vec<(u64, String)>| it.into_iter().map(|(line, _)| line).collect();
    (lines(told.objects), lines(told.wrong))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

/// Documents as place, address, version and text, and refusals as place and reason, without the
/// folder they are in.
fn found(folder: &Path, paths: &[&str]) -> (Vec<[String; 4]>, Vec<[String; 2]>) {
    let here = format!("{}/", folder.display());
    let short = |text: &str| text.replace(&here, "");
    let paths: Vec<PathBuf> = paths.iter().map(|it| folder.join(it)).collect();
    let (mut documents, mut refused) = (Vec::new(), Vec::new());
    let mut take = |it: Found<'_>| {
        match it {
            Found::Document(it) => documents.push([
                short(it.place),
                short(it.address),
                it.version.to_string(),
                String::from_utf8_lossy(it.json).into_owned(),
            ]),
            Found::Refused(it) => refused.push([short(&it.place), it.reason]),
        }
        Ok(())
    };
    each(&paths, &mut take).unwrap();
    (documents, refused)
}

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

#[test]
fn objects_come_alone_in_lines_one_behind_the_other_and_in_lists() {
    let expected = vec![(1, "{\"a\":1}".to_owned())];
    assert_eq!(objects("{\"a\":1}"), expected);
    assert_eq!(objects("\u{feff}{\"a\":1}\r\n"), expected);
    assert_eq!(objects("[{\"a\":1}]"), expected);
    let two = |first, second| vec![(first, "{\"a\":1}".to_owned()), (second, "{}".to_owned())];
    assert_eq!(objects("{\"a\":1}\n{}\n"), two(1, 2));
    assert_eq!(objects("{\"a\":1}{}"), two(1, 1));
    assert_eq!(objects("\x1e{\"a\":1}\n\x1e{}\n"), two(1, 2));
    assert_eq!(objects("[\n  {\"a\":1},\n\n  {}\n]\n"), two(2, 4));
    assert_eq!(objects("[[{\"a\":1}],\n[{}]]"), two(1, 2));
    assert_eq!(objects("[]"), []);
    let indented = "{\n  \"a\": [\n    \"}]\\\"\",\n    -1.5e3, null\n  ]\n}";
    assert_eq!(objects(indented), [(1, indented.to_owned())]);
}

#[test]
fn a_broken_line_is_refused_and_the_others_come() {
    for broken in [
        "{\"a\":1",
        "{\"a\":",
        "{\"a\"",
        "{\"a",
        "{",
        "{\"a\":[1,{\"b\":2}",
        "{\"a\" 1}",
        "{a:1}",
        "{\"a\":}",
        "{\"a\":[1 2]}",
        "{\"a\":[1}",
        "{\"a\":1]}",
        "{\"a\":1,}",
        "{\"a\":+}",
        "words",
        "\"a text\"",
        "12",
        "null",
    ] {
        let json = format!("{{\"x\":1}}\n{broken}\n{{\"y\":{{\"z\":[]}}}}\n{{\"w\":2}}\n");
        assert_eq!(lines_of(&json), (vec![1, 3, 4], vec![2]), "{broken}");
        let json = format!("[\n {{\"x\":1}},\n {broken},\n {{\"y\":1}},\n {{\"w\":2}}\n]\n");
        assert_eq!(lines_of(&json), (vec![2, 4, 5], vec![3]), "{broken} in a list");
    }
    let told = told("{\"a\":1,\n \"b\" 2}\n{}");
    assert_eq!(
        told.wrong,
        [(1, "it is no whole JSON: in line 2 a colon is missing after a member's name".to_owned())]
    );
    assert_eq!(told.objects, [(3, "{}".to_owned())]);
}

#[test]
fn a_broken_object_over_many_lines_does_not_give_its_parts_for_objects() {
    let broken = "[\n  {\n    \"a\": [\n      {\n        \"b\": 1\n      }\n      {}\n    ]\n  },\n  {\n    \"c\": 1\n  }\n]";
    assert_eq!(lines_of(broken), (vec![10], vec![2]));
}

#[test]
fn what_follows_in_the_line_of_a_broken_object_is_said_to_be_left_out() {
    let told = told("[{\"a\":1},{\"b\" 1},{\"c\":1}]\n");
    assert_eq!(told.objects.len(), 1);
    assert!(told.wrong[0].1.ends_with("; the rest of its line is left out"), "{told:?}");
}

#[test]
fn an_end_that_is_missing_is_told_once() {
    assert_eq!(lines_of("{\"a\":1}\n{\"b\":\"c"), (vec![1], vec![2]));
    assert_eq!(lines_of("[{\"a\":1},\n{\"b\":1}\n"), (vec![1, 2], vec![3]));
    assert_eq!(lines_of("[{\"a\":1},\n{\"b\":"), (vec![1], vec![2]));
}

#[test]
fn brackets_without_end_are_refused_and_take_no_stack() {
    let deep = format!("{{\"a\":{}\n{{}}", "[".repeat(100_000));
    assert_eq!(lines_of(&deep), (vec![2], vec![1]));
    let told = told_by("[".repeat(1_000_000).as_bytes());
    assert_eq!(told.wrong.len(), 1);
}

/// A page of issues, larger than what is taken whole.
fn large_page(before: &str, after: &str) -> (String, usize) {
    let filler = "x".repeat(1000);
    let count = 6000;
    let issues: Vec<String> =
        (0..count).map(|it| format!("{{\"id\":{it},\"text\":\"{filler}\"}}")).collect();
    (format!("{{{before}\"issues\":[\n{}\n]{after}}}", issues.join(",\n")), count)
}

#[test]
fn a_long_list_in_a_large_object_is_taken_apart_whatever_stands_around_it() {
    for (before, after) in [
        ("", ""),
        ("\"total\":6000,\"more\":{\"a\":[1,{}]},", ",\"names\":{\"a\":\"b\"},\"isLast\":true"),
        ("\"values\":[],", ",\"comments\":[]"),
    ] {
        let (json, count) = large_page(before, after);
        let told = told_by(json.as_bytes());
        assert_eq!(told.wrong, []);
        assert_eq!(told.objects.len(), count);
        assert!(told.objects[7].1.starts_with("{\"id\":7,"));
        assert_eq!(told.objects[7].0, 9, "its line");
        assert_eq!(told, told_by(Drops(json.as_bytes(), 100_000)));
        let twice = format!("[{json},\n{json}]\n{{\"end\":1}}");
        let told = told_by(twice.as_bytes());
        assert_eq!((told.wrong.len(), told.objects.len()), (0, 2 * count + 1));
    }
    let (json, count) = large_page("", "");
    let cut = &json[..json.len() - 2];
    let told = told_by(cut.as_bytes());
    assert_eq!((told.objects.len(), told.wrong.len()), (count, 1));
    let wrapped = format!("{{\"url\":\"https://a/b\",\"data\":{json}}}");
    let mut addresses = 0;
    Split::new(wrapped.as_bytes())
        .each(&mut |piece| {
            if let Piece::Object { address, .. } = piece {
                addresses += usize::from(address == Some("https://a/b"));
            }
            Ok(())
        })
        .unwrap();
    assert_eq!(addresses, count);
}

#[test]
fn a_large_object_that_is_no_page_comes_whole() {
    let text = "y".repeat(6 << 20);
    let json = format!("{{\"key\":\"A-1\",\"fields\":{{\"description\":\"{text}\"}}}}");
    assert_eq!(told_by(json.as_bytes()).objects, [(1, json)]);
}

/// An endless object, a MiB at a time, and a small one behind it.
struct Huge(usize);

impl Read for Huge {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        self.0 += 1;
        let bytes: &[u8] = match self.0 {
            1 => b"{\"a\":\"",
            2..90 => {
                let count = out.len().min(1 << 20);
                out[..count].fill(b'z');
                return Ok(count);
            }
            90 => b"\"}\n{\"b\":1}\n",
            _ => b"",
        };
        out[..bytes.len()].copy_from_slice(bytes);
        Ok(bytes.len())
    }
}

#[test]
fn an_object_too_large_is_refused_and_not_kept() {
    let told = told_by(Huge(0));
    assert_eq!(told.objects, [(2, "{\"b\":1}".to_owned())]);
    assert_eq!(
        told.wrong,
        [(1, "it is larger than 64 MiB, which no record of a tracker is; split it".to_owned())]
    );
    let mut split = Split::new(Huge(0));
    split.each(&mut |_| Ok(())).unwrap();
    assert!(split.capacity() < 200 << 20, "{}", split.capacity());
}

#[test]
fn folders_are_read_by_name_and_what_cannot_be_is_refused_in_a_sentence() {
    let folder = folder(&[
        ("b/2.json", b"{\"n\":2}"),
        ("b/1.jsonl", b"{\"n\":1}\n{\"n\":1}\n"),
        ("a.json.gz", &gzip(b"[{\"n\":0}]")),
        ("c/icon.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        ("c/empty.json", b""),
        ("c/blank.json", b" \n\n"),
        ("c/README.md", b"# Issues\n\nexported\n"),
        (".git/config.json", b"{\"n\":9}"),
    ]);
    let (documents, refused) = found(folder.path(), &[""]);
    let places: Vec<&str> = documents.iter().map(|it| &*it[0]).collect();
    assert_eq!(places, ["a.json.gz:1", "b/1.jsonl:1", "b/1.jsonl:2", "b/2.json:1"]);
    assert_eq!(documents[3][1], "b/2.json");
    let refused: Vec<(&str, &str)> = refused.iter().map(|it| (&*it[0], &*it[1])).collect();
    assert_eq!(
        refused,
        [
            ("c/README.md:1", "there is no JSON object where one should begin"),
            ("c/blank.json", "it holds nothing but white space"),
            ("c/empty.json", "it is empty"),
            ("c/icon.png", "it is no text; only JSON can be taken in, packed with gzip or not"),
        ]
    );
}

#[test]
fn a_cut_or_damaged_gzip_gives_what_came_before() {
    let lines: String = (0..20_000).map(|it| format!("{{\"n\":{}}}\n", it * 7919)).collect();
    let whole = gzip(lines.as_bytes());
    let mut damaged = whole.clone();
    let end = damaged.len() - 6;
    damaged[end] ^= 0x55;
    let mut two = gzip(b"{\"n\":1}\n");
    two.extend(gzip(b"{\"n\":2}\n"));
    let folder = folder(&[
        ("cut.gz", &whole[..whole.len() / 2]),
        ("damaged.gz", &damaged),
        ("head.gz", &whole[..5]),
        ("two.gz", &two),
    ]);
    let (documents, refused) = found(folder.path(), &["cut.gz"]);
    assert!(documents.len() > 5000, "{}", documents.len());
    let last = refused.last().unwrap();
    assert!(last[1].starts_with("it ends before it should: the file was cut"), "{last:?}");
    let (documents, refused) = found(folder.path(), &["damaged.gz"]);
    assert_eq!((documents.len(), refused.len()), (20_000, 1), "{refused:?}");
    assert!(refused[0][1].starts_with("it cannot be read on: "), "{refused:?}");
    assert_eq!(found(folder.path(), &["head.gz"]).1.len(), 1);
    assert_eq!(found(folder.path(), &["two.gz"]).0.len(), 2);
}

#[cfg(unix)]
#[test]
fn links_that_lead_back_end_and_strange_files_are_not_opened() {
    let folder = folder(&[("a/1.json", b"{\"n\":1}")]);
    std::os::unix::fs::symlink("..", folder.path().join("a/up")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.path().join("a/lost")).unwrap();
    std::os::unix::fs::symlink("1.json", folder.path().join("a/2.json")).unwrap();
    let socket = std::os::unix::net::UnixListener::bind(folder.path().join("a/socket")).unwrap();
    let (documents, refused) = found(folder.path(), &["", "missing.json"]);
    drop(socket);
    assert_eq!(documents.len(), 2);
    let refused: Vec<(&str, &str)> = refused.iter().map(|it| (&*it[0], &*it[1])).collect();
    assert_eq!(
        refused,
        [
            ("a/lost", "it cannot be read: there is nothing of that name"),
            ("a/socket", "it is neither a file nor a folder"),
            ("a/up", "it was read already, under another name"),
            ("missing.json", "it cannot be read: there is nothing of that name"),
        ]
    );
}

#[test]
fn of_a_recorded_answer_the_data_is_handed_on_with_its_address_and_time() {
    let folder = folder(&[(
        "answers.jsonl",
        br#"{"url":"https://a/rest/x?y=1","input":null,"data":{"id":1},"created_at":"1970-01-01 00:00:01.5"}
{"id":3,"params":"p","data":"[{\"id\":2}]","url":"https:\/\/b"}
{"url":"https://c","name":"no answer"}
{"url":"https://d","data":"no JSON"}
{"data":{"repository":{}}}
"#,
    )]);
    let (documents, refused) = found(folder.path(), &["answers.jsonl"]);
    assert_eq!(refused.len(), 0);
    let rest: Vec<[&str; 3]> = documents.iter().map(|it| [&*it[1], &*it[2], &*it[3]]).collect();
    assert_eq!(
        rest,
        [
            ["https://a/rest/x?y=1", "1500", "{\"id\":1}"],
            ["https://b", "0", "[{\"id\":2}]"],
            ["answers.jsonl", "0", "{\"url\":\"https://c\",\"name\":\"no answer\"}"],
            ["answers.jsonl", "0", "{\"url\":\"https://d\",\"data\":\"no JSON\"}"],
            ["answers.jsonl", "0", "{\"data\":{\"repository\":{}}}"],
        ]
    );
}

#[test]
fn no_bytes_make_it_panic_or_hang() {
    // A small generator of its own, so that the same bytes come each time.
    let mut state = 88_172_645_463_325_252_u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let parts: [&[u8]; 16] = [
        b"{",
        b"}",
        b"[",
        b"]",
        b"\"",
        b"\\",
        b":",
        b",",
        b"\n",
        b" ",
        b"1",
        b"a",
        b"\"issues\":[",
        b"\"data\":{",
        b"\"url\":\"x\",",
        b"{\"a\":1}",
    ];
    for _ in 0..3000 {
        let mut bytes = Vec::new();
        for _ in 0..next() % 60 {
            bytes.extend_from_slice(parts[(next() % 16) as usize]);
        }
        let whole = told_by(&*bytes);
        assert_eq!(told_by(Drops(&bytes, 1)), whole, "{}", String::from_utf8_lossy(&bytes));
        for (_, json) in &whole.objects {
            assert!(json.starts_with(['{', '[']));
        }
    }
}

/// What a raw table comes to, however it is cut.
fn rows(csv: &str) -> Told {
    let by = |input: &mut dyn Read| told_of(|take| Table::new(input).each(take));
    let whole = by(&mut csv.as_bytes());
    for size in [1, 2, 7] {
        assert_eq!(by(&mut Drops(csv.as_bytes(), size)), whole, "{size} bytes at a time: {csv}");
    }
    whole
}

const HEADER: &str = "id,params,data,url,input,created_at\n";

/// A row whose answer is `json`.
fn row(json: &str) -> String {
    let json = json.replace('"', "\"\"");
    format!("1,\"{{}}\",\"{json}\",https://a/rest/x,null,2026-01-02 03:04:05.006\n")
}

#[test]
fn rows_of_a_raw_table_are_answers_whatever_their_quotes_and_line_ends() {
    let two = row("{\"a\":\n\"one, two\",\r\n\"b\":1}") + &row("[]");
    let expected = vec![(2, "{\"a\":\n\"one, two\",\r\n\"b\":1}".to_owned()), (5, "[]".to_owned())];
    let told = rows(&(HEADER.to_owned() + &two));
    assert_eq!((told.objects, told.wrong), (expected, vec![]));
    // Quoted or not, with and without an end, other ends, other columns, empty lines.
    for csv in [
        "data,url,params,input,created_at\n{},,,,",
        "\"data\",\"url\",\"params\",\"input\",\"created_at\"\r\n\"{}\",\"\",\"\",\"\",\"\"\r\n",
        "\u{feff}more, data ,url,params,input,created_at\n\n\r\n,{},\"a \"\"b\"\", c\",,,\n\n",
        "\n\ndata,url,params,input,created_at\n\"{}\",,,,\"\"",
        "data,url,params,input,created_at\r\n{},,,,\r",
    ] {
        let told = rows(csv);
        assert_eq!(told.wrong, [], "{csv}");
        assert_eq!(told.objects.iter().map(|it| &*it.1).collect::<Vec<_>>(), ["{}"], "{csv}");
    }
}

#[test]
fn a_broken_row_is_told_with_its_line_and_the_next_whole_one_is_taken() {
    let good = row("{\"a\":1}");
    for (broken, why) in [
        ("2,{},{\"a\":1},u,,\n", "does not begin with one"),
        ("2,{},\"{\"a\":1}\",u,,\n", "after the quote that ends a cell"),
        ("2,{},{},u,\n", "5 cells"),
        ("2,{},{},u,,,\n", "more cells"),
        ("2,{},\"{\"\"a\"\":\nu,,\n", "after the quote"),
        ("2,{},\"{\"\"a\"\"\nsome\nmore\" lines\nu,,\n", "after the quote"),
        ("2,{},{,u,,\n", "ends too early"),
        ("2,{},\"{} x\",u,,\n", "goes on after its JSON"),
        ("2,{},\"{\"\"a\"\" 1}\",u,,\n", "no whole JSON"),
        ("2,{},,u,,\n", "is empty"),
        ("2,{},\"\"\"text\"\"\",u,,\n", "neither an object nor a list"),
        ("2,{},\\x7b7d,u,,\n", "hex"),
        ("2,{},{},https://elsewhere/rest/x,,\n", "is an answer of https://elsewhere"),
    ] {
        let told = rows(&format!("{HEADER}{good}{broken}{good}"));
        assert_eq!(told.objects.len(), 2, "{broken}: {:?}", told.wrong);
        assert_eq!(told.wrong.len(), 1, "{broken}: {:?}", told.wrong);
        assert!(
            told.wrong[0].0 == 3 && told.wrong[0].1.contains(why),
            "{broken}: {:?}",
            told.wrong
        );
    }
    let told = rows(&format!("{HEADER}{good}2,{{}},\"never closed\n"));
    assert!(told.objects.len() == 1 && told.wrong[0].1.contains("ends before"), "{told:?}");
}

#[test]
fn rows_of_one_repository_of_githubs_are_told_from_another_ones() {
    let of = |path: &str| format!(",,{{}},https://api.github.com/repos/{path},,\n");
    let told = rows(&format!("{HEADER}{}{}", of("o/r/pulls?page=1"), of("O/R")));
    assert_eq!(told.wrong, []);
    let told = rows(&format!("{HEADER}{}{}", of("o/r/pulls/1/commits"), of("o/r2/pulls")));
    assert!(told.objects.len() == 1 && told.wrong[0].1.contains("repos/o/r2"), "{told:?}");
}

#[test]
fn a_table_is_known_by_its_columns_and_packed_or_not_its_rows_are_documents() {
    let table = format!("\u{feff}{HEADER}{}", row("{\"id\":1}"));
    let folder = folder(&[
        ("rows.csv", table.as_bytes()),
        ("rows.csv.gz", &gzip(table.as_bytes())),
        ("other.csv", b"id,data,url\n1,{},u\n"),
    ]);
    let (documents, refused) = found(folder.path(), &["rows.csv", "rows.csv.gz"]);
    assert_eq!(refused.len(), 0);
    for document in &documents {
        assert_eq!(document[1..], ["https://a/rest/x", "1767323045006", "{\"id\":1}"]);
    }
    assert_eq!(documents.len(), 2);
    let (documents, refused) = found(folder.path(), &["other.csv"]);
    assert_eq!((documents.len(), refused.len()), (0, 1), "a table of anything else is no JSON");
}

#[test]
fn no_bytes_in_a_table_make_it_panic_or_hang() {
    let mut state = 88_172_645_463_325_252_u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let parts =
        ["\"", "\"\"", ",", "\n", "\r", "{}", "[", "é", "x", ",,{},,,\n", ",\"", "\",", "\"\n"];
    for _ in 0..3000 {
        let mut csv = HEADER.to_owned();
        for _ in 0..next() % 40 {
            csv += parts[(next() % 13) as usize];
        }
        let told = rows(&csv);
        assert!(told.objects.iter().all(|it| it.1.starts_with(['{', '['])), "{csv}");
    }
}
