//! Input that nobody means well by: no panic, no overflow, no time without end.

use crate::Engine::{self, *};
use crate::Value;
use crate::statement::{at, bind, judge, places, split};
use std::time::{Duration, Instant};

const ALL: [Engine; 6] = [Sqlite, Postgres, Mysql, Duckdb, Clickhouse, Sqlserver];

/// A small generator of numbers: what fails once fails again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap()
    }
}

/// Pieces that mean something to some engine, with spaces between.
const WORDS: &str = "SELECT FROM WITH AS INSERT INTO UPDATE DELETE DROP TABLE WHERE SET t a.b UNION ALL \
    EXPLAIN ANALYZE BEGIN ATOMIC END CASE IF CREATE TRIGGER FUNCTION PROCEDURE ALTER COLUMN MERGE WHEN THEN \
    AND OR EXEC DO VALUES PRAGMA COPY STDIN FORMAT CSV GO DELIMITER // $$ $x$ $1 ' \" ` [ ] ( ) { } /* */ \
    /*! /*M!1 -- # ; , . : :: :x {x:Int8} = 1 0x 1e 1. E' U&\" N' x' \\ \\. \\G é 🦀 İ $ @ @p1 ? * JOIN EXCEPT \
    pg_read_file FOR SEARCH RECURSIVE MATERIALIZED LATERAL SETTINGS PIVOT DESCRIBE TRUNCATE CASCADE ON";

fn pieces() -> Vec<&'static str> {
    let blanks =
        ["\n", "\r", "\r\n", " ", "\t", "-- ", "\0", "\u{1}", "\u{a0}", "\u{feff}", "\u{2028}"];
    WORDS.split_whitespace().chain(blanks).collect()
}

fn try_all(engine: Engine, text: &str, dice: &mut Dice) {
    let verdict = judge(engine, text);
    assert!(!verdict.wraps || verdict.reads.is_ok());
    for name in places(engine, text) {
        let _ = bind(engine, text, &[(name, Value::Null)]);
    }
    let _ = at(engine, text, dice.roll(text.len() + 2));
    let Ok(found) = split(engine, text) else { return };
    let mut end = 0;
    for it in &found {
        assert!(it.range.start >= end && !it.text.is_empty(), "{engine:?} {text:?}");
        assert_eq!(it.text, &text[it.range.clone()]);
        assert_eq!(it.text, it.text.trim_matches([' ', '\n', '\t']), "{engine:?} {text:?}");
        end = it.range.end;
        let under = at(engine, text, it.range.start).unwrap();
        assert_eq!(under.as_ref(), Some(it), "{engine:?} {text:?}");
    }
    // Between statements are spaces, marks and comments, and no other letter of the script.
    let low = text.to_ascii_lowercase();
    let tools = ["go", "delimiter", "/*", "--", "#", "format", "copy", "\\"];
    if tools.iter().any(|it| low.contains(it)) {
        return;
    }
    let starts = [0].into_iter().chain(found.iter().map(|it| it.range.end));
    let ends = found.iter().map(|it| it.range.start).chain([text.len()]);
    for (from, to) in starts.zip(ends) {
        let quiet =
            |it: char| it.is_whitespace() || it.is_control() || it == ';' || it == '\u{feff}';
        let gap = text[from..to].trim_matches(quiet);
        assert!(gap.is_empty(), "{engine:?} loses {gap:?} of {text:?}");
    }
}

#[test]
fn random_scripts_harm_nothing() {
    let (mut dice, pieces) = (Dice(0x9e37_79b9_7f4a_7c15), pieces());
    for round in 0..20_000 {
        let mut text = String::new();
        for _ in 0..dice.roll(40) {
            text.push_str(pieces[dice.roll(pieces.len())]);
            if dice.roll(2) == 0 {
                text.push(' ');
            }
        }
        try_all(ALL[round % ALL.len()], &text, &mut dice);
    }
}

#[test]
fn random_letters_harm_nothing() {
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let letters = "aE'\"`$;-/*!#[](){}:.,=1x\\\n\r é🦀\u{0}\u{a0}@?";
    let letters: Vec<char> = letters.chars().collect();
    for round in 0..20_000 {
        let length = dice.roll(30);
        let text: String = (0..length).map(|_| letters[dice.roll(letters.len())]).collect();
        try_all(ALL[round % ALL.len()], &text, &mut dice);
    }
}

#[test]
fn a_reading_statement_changed_a_little_never_becomes_several_that_pass() {
    let (mut dice, pieces) = (Dice(0xda94_2042_e4dd_58b5), pieces());
    let reads =
        "WITH x AS (SELECT a, 'b' AS c FROM t WHERE d IN (1, 2)) SELECT * FROM x UNION SELECT 1, 2";
    let mut passed = 0;
    for round in 0..20_000 {
        let engine = ALL[round % ALL.len()];
        let mut text = reads.to_owned();
        for _ in 0..=dice.roll(3) {
            let mut at = dice.roll(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            text.insert_str(at, pieces[dice.roll(pieces.len())]);
        }
        if judge(engine, &text).reads.is_ok() {
            passed += 1;
            assert_eq!(split(engine, &text).unwrap().len(), 1, "{engine:?} {text:?}");
        }
    }
    assert!(passed > 1000, "only {passed} of them passed, so this proves little");
}

/// What a careless reader takes quadratic time or the whole stack for, when it stands there often.
const TANGLES: &[&str] = &[
    "(",
    ")",
    "[",
    "((",
    "()",
    "'a",
    "''",
    "a ",
    "1+",
    "/*",
    "*/",
    "/* */",
    "-- x\n",
    ";",
    "a;",
    "$$",
    "$a$ ",
    "$a",
    "\"a\" ",
    "`",
    "select ",
    "select 1 union ",
    "union (",
    "with x as (",
    "with ",
    "from ",
    "from (",
    "from a,",
    "delete from t ",
    "(delete from x ",
    "then delete from t ",
    "update t set a = 1 ",
    "drop table t, ",
    "alter table t drop a, ",
    "create ",
    "create or replace table t ",
    "merge into t when ",
    "when x then delete ",
    "case ",
    "begin ",
    "end ",
    "settings ",
    "settings a = 1, ",
    "explain ",
    "explain a = 1, ",
    "except (",
    "search ",
    ":a ",
    ":a, ",
    "{a:",
    "{a:b} ",
    "a.",
    ".a",
    "1e",
    "0x",
    "1_",
    "E'\\",
    "U&\"",
    "\n",
    "\r",
    " ",
    "é",
    "🦀",
    "\u{a0}",
    "GO\n",
    "delimiter a\n",
    "copy t from stdin;\n",
    "insert into t format csv\na\n",
    "/*! ",
    "\\g",
    "not ",
    "or ",
    "a = a or ",
    "(a) and ",
    "f(",
    "'\n'",
    "E'a'\n'b'\n",
    "exec 'drop table t' ",
    "do '",
];

fn tangled(bytes: usize) -> Vec<String> {
    let fill = |piece: &str| piece.repeat(bytes / piece.len());
    let mut all: Vec<_> = TANGLES.iter().map(|it| fill(it)).collect();
    let heads = [
        "SELECT ",
        "EXPLAIN (ANALYZE) DELETE FROM t WHERE ",
        "WITH x AS (",
        "DELETE FROM t WHERE ",
    ];
    for head in heads {
        for piece in [
            "(",
            "a,",
            "not ",
            "case when ",
            "(select ",
            "delete from t ",
            "exists(select 1 where ",
        ] {
            all.push(format!("{head}{}", fill(piece)));
        }
        let half = bytes / 2;
        all.push(format!("{head}{}1{}", "(".repeat(half), ")".repeat(half)));
    }
    all
}

/// The longest that any of them takes, on a stack a tenth of what a thread has.
fn longest(bytes: usize, texts: fn(usize) -> Vec<String>) -> (Duration, String) {
    let run = move || {
        let mut longest = (Duration::ZERO, String::new());
        for text in texts(bytes) {
            for engine in ALL {
                let start = Instant::now();
                let _ = judge(engine, &text);
                let _ = split(engine, &text);
                let _ = at(engine, &text, text.len() / 2);
                let _ = places(engine, &text);
                if start.elapsed() > longest.0 {
                    let head: String = text.chars().take(40).collect();
                    longest = (start.elapsed(), format!("{engine:?}: {head}…"));
                }
            }
        }
        longest
    };
    std::thread::Builder::new().stack_size(256 << 10).spawn(run).unwrap().join().unwrap()
}

#[test]
fn nothing_takes_quadratic_time_or_a_deep_stack() {
    // What is linear takes some hundredths of a second here, what is quadratic many seconds.
    let (taken, which) = longest(16 << 10, tangled);
    assert!(taken < Duration::from_secs(5), "{which} takes {taken:?}");
}

#[test]
fn a_megabyte_is_judged_and_cut_in_a_few_seconds() {
    let texts = |bytes: usize| {
        let row = "(1, 'it''s', NULL, 1.5e3), ";
        let insert = format!("INSERT INTO t VALUES {}(1)", row.repeat(bytes / row.len()));
        let list = format!("SELECT * FROM t WHERE id IN ({}1)", "123456, ".repeat(bytes / 8));
        let script = "SELECT a FROM t WHERE b = 'c'; -- d\n".repeat(bytes / 36);
        vec![insert, list, script]
    };
    let (taken, which) = longest((1 << 20) - 100, texts);
    assert!(taken < Duration::from_secs(20), "{which} takes {taken:?}");
}

#[test]
fn deep_nesting_is_understood() {
    for engine in ALL {
        let deep = 100_000;
        let expression = format!("SELECT {}1{}", "(".repeat(deep), ")".repeat(deep));
        assert_eq!(judge(engine, &expression).reads, Ok(()));
        let terms = format!("SELECT {}1", "1+".repeat(50_000));
        assert_eq!(judge(engine, &terms).reads, Ok(()));
        let (open, close) = ("SELECT * FROM (".repeat(20_000), ") x".repeat(20_000));
        let queries = format!("{open}SELECT 1{close}");
        assert_eq!(judge(engine, &queries).reads, Ok(()));
        let hidden = queries.replacen("SELECT 1", "SELECT 1 INTO x", 1);
        assert!(judge(engine, &hidden).reads.is_err());
        let deleted = queries.replacen("SELECT 1", "DELETE FROM x", 1);
        assert!(judge(engine, &deleted).reads.is_err());
    }
}

#[test]
fn a_statement_that_is_too_long_is_refused() {
    let long = format!("SELECT '{}'", "x".repeat(1 << 20));
    assert!(judge(Postgres, &long).reads.unwrap_err().contains("longer than"));
    let cut = &long[..(1 << 20) - 1];
    assert!(judge(Postgres, cut).reads.unwrap_err().contains("never closed"));
}
