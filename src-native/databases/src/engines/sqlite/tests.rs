//! Facts about SQLite, on real files.

use super::*;
use crate::engines::rows::Rows;
use crate::{Tls, TlsMode};
use std::ops::ControlFlow;
use std::path::PathBuf;

fn target(path: PathBuf, read_only: bool) -> Target {
    Target {
        engine: Engine::Sqlite,
        address: Address::File(path),
        database: None,
        user: None,
        password: None,
        tls: Tls {
            mode: TlsMode::Off,
            authority: None,
            certificate: None,
            key: None,
            server_name: None,
        },
        read_only,
        connect_timeout: Duration::from_secs(5),
        options: Vec::new(),
    }
}

fn rows(session: &mut dyn Session, statement: &str) -> Result<Vec<Vec<Option<String>>>> {
    let mut rows = Rows::default();
    session.run(&Ask::new(statement), &mut rows)?;
    Ok(rows.0)
}

fn one(session: &mut dyn Session, statement: &str) -> String {
    rows(session, statement).unwrap()[0][0].clone().unwrap_or("NULL".into())
}

#[test]
fn values_come_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = connect(&target(folder.path().join("a.db"), false)).unwrap();
    for (statement, wanted) in [
        ("select 9223372036854775807", "9223372036854775807"),
        ("select 0.1 + 0.2", "0.30000000000000004"),
        ("select 1.0", "1.0"),
        ("select 1e15", "1.0e+15"),
        ("select 1.5e-7", "1.5e-07"),
        ("select 9e999", "Inf"),
        ("select ''", ""),
        ("select null", "NULL"),
        ("select 123456789012345", "123456789012345"),
        ("select -0.0001", "-0.0001"),
    ] {
        assert_eq!(one(&mut *session, statement), wanted, "{statement}");
    }
}

#[test]
fn a_file_that_only_reads_takes_no_write_through_any_door() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let mut writer = connect(&target(path.clone(), false)).unwrap();
    rows(&mut *writer, "create table t (id integer primary key, x text)").unwrap();
    rows(&mut *writer, "insert into t (x) values ('a'), ('b')").unwrap();
    drop(writer);
    let before = std::fs::read(&path).unwrap();
    let mut session = connect(&target(path.clone(), true)).unwrap();
    let other = folder.path().join("other.db");
    for statement in [
        "insert into t (x) values ('c')",
        "with n as (select 1) insert into t (x) select 'c' from n",
        "update t set x = 'z' returning id",
        "delete from t",
        "drop table t",
        "create table u (x)",
        "create temp table u (x)",
        &format!("vacuum into '{}'", other.display()),
        &format!("attach '{}' as o", other.display()),
        "pragma journal_mode = wal",
        "pragma user_version = 7",
        "pragma query_only = 0",
        "pragma writable_schema = 1",
        "select load_extension('x')",
        "analyze",
        "vacuum",
    ] {
        let Err(error) = rows(&mut *session, statement) else { panic!("{statement}") };
        assert!(matches!(error.reason, Reason::Refused | Reason::Server), "{statement}: {error:?}");
    }
    for statement in [
        "select * from t",
        "pragma table_info(t)",
        "pragma user_version",
        "with recursive n(i) as (values (1) union all select i + 1 from n where i < 3) select * from n",
        "explain query plan select * from t",
        "select json_group_array(x) from t",
    ] {
        rows(&mut *session, statement).unwrap();
    }
    drop(session);
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert!(!other.exists());
}

#[test]
fn a_missing_file_is_made_only_where_writing_is_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none.db");
    let error = connect(&target(path.clone(), true)).err().unwrap();
    assert_eq!(error.reason, Reason::Connection);
    assert!(error.message.contains("none.db"), "{error}");
    assert!(!path.exists());
    std::fs::write(
        folder.path().join("text"),
        "this is text and no database at all, for long enough\n",
    )
    .unwrap();
    let error = connect(&target(folder.path().join("text"), true)).err().unwrap();
    assert!(error.hint.unwrap().contains("no SQLite database"), "{}", error.message);
}

#[test]
fn errors_name_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = connect(&target(folder.path().join("a.db"), false)).unwrap();
    let error = rows(&mut *session, "select 'ä',\n  nothing from nowhere where").unwrap_err();
    let place = error.place.unwrap();
    assert_eq!((error.reason, place.line), (Reason::Server, 2));
    let error = rows(&mut *session, "select 1; select 2").unwrap_err();
    assert_eq!(error.reason, Reason::Usage);
}

#[test]
fn an_endless_statement_ends_when_cancelled() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = connect(&target(folder.path().join("a.db"), false)).unwrap();
    let canceller = session.canceller();
    let start = Instant::now();
    let thread = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(100));
        canceller.cancel().unwrap();
    });
    let endless =
        "with recursive n(i) as (values (1) union all select i + 1 from n) select max(i) from n";
    let error = rows(&mut *session, endless).unwrap_err();
    thread.join().unwrap();
    assert_eq!(error.reason, Reason::Cancelled);
    assert!(start.elapsed() < Duration::from_millis(350), "{:?}", start.elapsed());
    assert_eq!(one(&mut *session, "select 1"), "1", "it goes on afterwards");
}

#[test]
fn a_lock_of_another_writer_is_waited_for_and_the_wait_can_be_cancelled() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let mut first = connect(&target(path.clone(), false)).unwrap();
    rows(&mut *first, "create table t (x)").unwrap();
    rows(&mut *first, "begin immediate").unwrap();
    assert!(first.in_transaction());
    let mut second = connect(&target(path, false)).unwrap();
    let canceller = second.canceller();
    let start = Instant::now();
    let thread = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(150));
        canceller.cancel().unwrap();
    });
    let error = rows(&mut *second, "insert into t values (1)").unwrap_err();
    thread.join().unwrap();
    assert_eq!(error.reason, Reason::Cancelled);
    assert!(start.elapsed() < Duration::from_millis(400), "{:?}", start.elapsed());
    rows(&mut *first, "rollback").unwrap();
    rows(&mut *second, "insert into t values (1)").unwrap();
}

#[test]
fn pages_are_small_and_a_sink_can_break_off() {
    struct Three(usize);
    impl Sink for Three {
        fn begin(&mut self, columns: &[Column]) -> crate::Flow {
            assert_eq!(columns[0].name, "i");
            ControlFlow::Continue(())
        }
        fn page(&mut self, page: &Page) -> crate::Flow {
            assert!(page.rows() <= 1000);
            self.0 += 1;
            if self.0 == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        }
        fn end(&mut self, _: &Done) -> crate::Flow {
            panic!("it was broken off")
        }
        fn notice(&mut self, _: &crate::Notice) {}
    }
    let folder = tempfile::tempdir().unwrap();
    let mut session = connect(&target(folder.path().join("a.db"), false)).unwrap();
    let endless =
        "with recursive n(i) as (values (1) union all select i + 1 from n) select i from n";
    let mut three = Three(0);
    let error = session.run(&Ask::new(endless), &mut three).unwrap_err();
    assert_eq!((error.reason, three.0), (Reason::Cancelled, 3));
}

#[test]
fn the_catalogue_tells_columns_keys_and_references() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = connect(&target(folder.path().join("a.db"), false)).unwrap();
    for statement in [
        "create table people (id integer primary key, mail text not null unique, half generated always as (id / 2))",
        "create table orders (a int, b int, who int references people, primary key (b, a)) without rowid",
        "create index by_who on orders (who)",
        "create view busy as select * from orders",
        "create trigger told after insert on orders begin select 1; end",
    ] {
        rows(&mut *session, statement).unwrap();
    }
    let objects = Objects { schema: "main", pattern: Some("OR"), after: None, limit: 10 };
    assert_eq!(session.objects(&objects).unwrap()[0].name, "orders");
    let people = session.describe("main", "people").unwrap();
    assert_eq!(people.keys.len(), 2);
    assert!(people.columns[2].generated && people.columns[1].nullable == Some(false));
    assert_eq!(people.referred[0].table, "orders");
    let orders = session.describe("main", "orders").unwrap();
    assert_eq!(orders.keys[0].columns, ["b", "a"]);
    assert_eq!(orders.references[0].to_columns, ["id"]);
    assert_eq!(orders.triggers, ["told"]);
    assert!(orders.definition.unwrap().starts_with("CREATE TABLE orders"));
    assert_eq!(session.tables("main").unwrap().len(), 3);
    let plan = session.explain(&Ask::new("select * from orders where who = 1"), false).unwrap();
    assert!(plan.roots[0].title.contains("by_who"), "{plan:?}");
}
