//! Open places filled.

use crate::Engine::{self, *};
use crate::statement::{bind, places};
use crate::{Failure, Reason, Value};

fn value(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn given(names: &[&str]) -> Vec<(String, Value)> {
    names.iter().map(|it| ((*it).to_owned(), value(it))).collect()
}

fn bound(engine: Engine, statement: &str, names: &[&str]) -> (String, Vec<Value>) {
    bind(engine, statement, &given(names)).unwrap()
}

fn refused(engine: Engine, statement: &str, names: &[&str]) -> Failure {
    let failure = bind(engine, statement, &given(names)).unwrap_err();
    assert_eq!(failure.reason, Reason::Usage);
    failure
}

#[test]
fn each_engine_gets_its_own_marks() {
    let asked = "SELECT :a, :b_2 FROM t WHERE x = :a";
    let (a, b) = (value("a"), value("b_2"));
    for engine in [Postgres, Duckdb] {
        let text = "SELECT $1, $2 FROM t WHERE x = $1".to_owned();
        assert_eq!(bound(engine, asked, &["b_2", "a"]), (text, vec![a.clone(), b.clone()]));
    }
    for engine in [Sqlite, Mysql] {
        let text = "SELECT ?, ? FROM t WHERE x = ?".to_owned();
        let values = vec![a.clone(), b.clone(), a.clone()];
        assert_eq!(bound(engine, asked, &["a", "b_2"]), (text, values));
    }
    let text = "SELECT @p1, @p2 FROM t WHERE x = @p1".to_owned();
    assert_eq!(bound(Sqlserver, asked, &["a", "b_2"]), (text, vec![a, b]));
    let asked = "SELECT {b:String}, {a:Array(UInt8)}, {b:String}";
    assert_eq!(
        bind(Clickhouse, asked, &given(&["a", "b"])).unwrap(),
        (asked.to_owned(), vec![value("b"), value("a")])
    );
}

#[test]
fn only_places_are_places() {
    let none = [
        "SELECT ':a', \":b\" -- :c\n /* :d */",
        "SELECT a::int, '1'::text, b ::date",
        "SELECT arr[1:2], arr[a:b], arr[a :b], arr[:b], f(x)[a:b], arr[1][a :b]",
        "SELECT x:y, f(x):z",
        "SELECT f(a := 1, b :=2)",
        "SELECT a ?:b, a ? : b",
        "SELECT : a, :1, :'a', :\"a\"",
    ];
    for statement in none {
        for engine in [Postgres, Duckdb] {
            assert_eq!(places(engine, statement), Vec::<String>::new(), "{statement}");
            assert_eq!(bound(engine, statement, &[]), (statement.to_owned(), Vec::new()));
        }
    }
    let none = |engine, it| assert_eq!(places(engine, it), Vec::<String>::new());
    none(Duckdb, "SELECT {'a':b, 'c': 1}, lambda x: x");
    none(Mysql, "SELECT @a:=1, ':x', \":y\", `:z` # :w");
    none(Postgres, "SELECT $$ :a $$, E'\\':b'");
    assert_eq!(places(Sqlserver, "again: SELECT geography::Parse(:p), [:q]"), ["p"]);
    assert_eq!(places(Clickhouse, "SELECT {'a': 1}, a ? b : c, '{x:Int8}', {y:Int8}"), ["y"]);
}

#[test]
fn places_are_found_wherever_a_value_may_stand() {
    let asked = "SELECT :b, :a,:b WHERE x=:c AND y IN(:d,:e) LIMIT :größe";
    assert_eq!(places(Postgres, asked), ["b", "a", "c", "d", "e", "größe"]);
    let asked = "SELECT :a::int, ARRAY[:b, :c], ARRAY[1,:d], arr[(:e)], -:f";
    assert_eq!(places(Postgres, asked), ["a", "b", "c", "d", "e", "f"]);
    assert_eq!(bound(Postgres, "SELECT :a::int+:b", &["a", "b"]).0, "SELECT $1::int+$2");
    assert_eq!(places(Duckdb, "SELECT {'a': :b}, [:c, :d]"), ["b", "c", "d"]);
    assert_eq!(places(Sqlite, "SELECT :a WHERE b > :c AND d = ':e'"), ["a", "c"]);
    let asked = "UPDATE t SET a=:a WHERE b=:b -- :c";
    assert_eq!(bound(Mysql, asked, &["a", "b"]).0, "UPDATE t SET a=? WHERE b=? -- :c");
}

#[test]
fn names_without_a_value_and_values_without_a_place_are_told() {
    let failure = refused(Postgres, "SELECT :since", &[]);
    assert_eq!(failure.message, "the statement asks for since, and no value is given for it");
    let failure = refused(Postgres, "SELECT 1", &["since"]);
    assert_eq!(failure.message, "a value is given for since, and the statement never asks for it");
    let hint = failure.hint.unwrap();
    assert_eq!(hint, "write :since where it belongs, or leave it out");
    let hint = refused(Clickhouse, "SELECT :since", &["since"]).hint.unwrap();
    assert_eq!(hint, "write {since:Type} where it belongs, or leave it out");
    let failure = refused(Sqlite, "SELECT :a", &["a", "a"]);
    assert_eq!(failure.message, "the parameter a is given twice");
    assert!(refused(Postgres, "SELECT ':a'", &["a"]).message.contains("never asks"));
}

#[test]
fn two_kinds_of_places_are_not_mixed() {
    assert!(refused(Postgres, "SELECT :a, $1", &["a"]).message.contains("$1 as well"));
    assert!(refused(Mysql, "SELECT :a, ?", &["a"]).message.contains("? as well"));
    assert!(refused(Sqlite, "SELECT :a, @b", &["a"]).message.contains("@b as well"));
    assert!(refused(Sqlserver, "SELECT :a, @p1", &["a"]).message.contains("@p1 as well"));
    let kept = bound(Postgres, "SELECT data ? 'x', :a", &["a"]).0;
    assert_eq!(kept, "SELECT data ? 'x', $1");
    assert_eq!(bound(Postgres, "SELECT $1, $2", &[]).0, "SELECT $1, $2");
}
