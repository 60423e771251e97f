//! Statements that do more than read, and must be refused where only reading is allowed.

use crate::Engine::{self, *};
use crate::corpus::hostile;
use crate::statement::{Effect, judge};

/// Whether any door is left open.
fn passes(engine: Engine, statement: &str) -> bool {
    let verdict = judge(engine, statement);
    verdict.reads.is_ok() || verdict.effect == Effect::Reads || verdict.wraps
}

#[test]
fn what_does_more_than_read_is_refused_in_every_engine() {
    let mut passed = Vec::new();
    for engine in Engine::ALL {
        let through = hostile(engine).into_iter().filter(|it| passes(engine, it));
        passed.extend(through.map(|it| format!("{}: {it:?}", engine.title())));
    }
    assert!(passed.is_empty(), "let through:\n{}", passed.join("\n"));
}

/// Words in small letters, blanks that are comments or lines, a reading statement in front: it stays what it is.
#[test]
fn what_does_more_than_read_is_refused_in_disguise() {
    let mut passed = Vec::new();
    for engine in [Sqlite, Postgres, Mysql, Duckdb, Clickhouse, Sqlserver] {
        // A disguise may break what stands in quotes or comments, and so make something else of it.
        let whole = |it: &String| {
            !it.trim_matches([' ', ';']).is_empty()
                && !["'", "\"", "`", "--", "#", "/*", "$", "\\"]
                    .iter()
                    .any(|mark| it.contains(mark))
        };
        for it in hostile(engine).into_iter().filter(whole) {
            for disguised in [
                format!("SELECT 1;{it}"),
                format!(" /* SELECT */ {it}"),
                format!("-- SELECT 1\n{it};"),
                it.replacen(' ', "/**/", 3),
                it.replacen(' ', "\n", 3),
                it.replacen(' ', "\t -- x\n", 1),
                it.to_lowercase(),
                it.to_uppercase(),
            ] {
                if passes(engine, &disguised) {
                    passed.push(format!("{}: {disguised:?}", engine.title()));
                }
            }
        }
    }
    assert!(passed.is_empty(), "let through:\n{}", passed.join("\n"));
}

#[test]
fn the_reason_for_a_refusal_is_told() {
    let reason = |engine, it| judge(engine, it).reads.unwrap_err();
    assert_eq!(
        reason(Postgres, "SELECT 1 FOR UPDATE"),
        "it locks the rows it reads (FOR UPDATE, FOR SHARE)"
    );
    assert_eq!(
        reason(Postgres, "DROP TABLE t"),
        "DROP does not begin a statement that is known to only read"
    );
    assert_eq!(
        reason(Postgres, "SELECT pg_read_file('x')"),
        "the function pg_read_file is refused: it reaches files of the server"
    );
    assert_eq!(reason(Duckdb, "FROM 'x.csv'"), "a text stands for a table: a file or an address");
    assert_eq!(reason(Mysql, "SELECT 1; SELECT 2"), "it is more than one statement");
    let told = reason(Postgres, "'a\nb\r\u{1b}[1m'");
    assert_eq!(told, "'a b  [1m' does not begin a statement that is known to only read");
    let long = format!("SELECT pg_{}()", "x".repeat(5000));
    assert_eq!(reason(Postgres, &long).chars().count(), 200);
}

#[test]
fn what_is_no_sql_is_never_let_through_as_sql() {
    for engine in [Redis, Mongodb] {
        assert!(crate::statement::read::check(engine, "SELECT 1").is_err());
    }
}
