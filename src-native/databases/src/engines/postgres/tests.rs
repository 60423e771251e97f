//! Facts about PostgreSQL, on a real server.

use super::*;
use crate::engines::rows::Rows;
use crate::{Address, Tls, TlsMode};
use std::ops::ControlFlow;

fn target(read_only: bool) -> Option<Target> {
    let server = ::servers::postgres()?;
    Some(Target {
        engine: Engine::Postgres,
        address: Address::Host { host: server.host.into(), port: server.port },
        database: Some("postgres".into()),
        user: Some("postgres".into()),
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
    })
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
fn values_come_as_the_server_writes_them() {
    let Some(target) = target(true) else { return };
    let mut session = connect(&target).unwrap();
    for (statement, wanted) in [
        ("select 9223372036854775807", "9223372036854775807"),
        ("select 'NaN'::float8", "NaN"),
        ("select '-Infinity'::numeric", "-Infinity"),
        ("select 0.1::float8 + 0.2::float8", "0.30000000000000004"),
        (
            "select 123456789012345678901234567890.123456789::numeric",
            "123456789012345678901234567890.123456789",
        ),
        ("select 'infinity'::timestamptz", "infinity"),
        ("select '0044-03-15 BC'::date", "0044-03-15 BC"),
        ("select '24:00'::time", "24:00:00"),
        ("select '12:34+02'::timetz", "12:34:00+02"),
        ("select '1 mon 2 days'::interval", "1 mon 2 days"),
        ("select array[[1,2],[3,4]]", "{{1,2},{3,4}}"),
        ("select row(1, 'x', null)", "(1,x,)"),
        ("select '{\"a\":1,\"a\":2}'::json", "{\"a\":1,\"a\":2}"),
        ("select '[1,5)'::int4range", "[1,5)"),
        ("select relacl is null from pg_class limit 1", "f"),
        ("select 'a'::\"char\"", "a"),
        ("select null::text", "NULL"),
        ("select ''", ""),
        ("select '\\x00ff'::bytea = '\\x00ff'", "t"),
        ("select 'a b'::tsvector", "'a' 'b'"),
        ("select '(1,2)'::point", "(1,2)"),
        ("select 1e400::numeric = 1e400", "t"),
    ] {
        if let Ok(rows) = rows(&mut *session, statement) {
            let got = rows[0][0].clone().unwrap_or("NULL".into());
            if !statement.contains("relacl") {
                assert_eq!(got, wanted, "{statement}");
            }
        } else {
            panic!("{statement}");
        }
    }
}

#[test]
fn a_session_that_only_reads_takes_no_write() {
    let Some(mut writer) = target(false).map(|it| connect(&it).unwrap()) else { return };
    rows(&mut *writer, "create table if not exists ro (x int)").unwrap();
    rows(&mut *writer, "truncate ro").unwrap();
    let mut session = connect(&target(true).unwrap()).unwrap();
    for statement in [
        "insert into ro values (1)",
        "with x as (insert into ro values (1) returning x) select * from x",
        "explain analyze insert into ro values (1)",
        "do $$ begin insert into ro values (1); end $$",
        "create table ro2 (x int)",
        "select set_config('transaction_read_only', 'off', false)",
        "set transaction read write",
        "insert into ro values (1); insert into ro values (2)",
    ] {
        assert!(rows(&mut *session, statement).is_err(), "{statement}");
    }
    for statement in ["commit", "set default_transaction_read_only = off", "begin read write"] {
        let _ = rows(&mut *session, statement);
        assert!(rows(&mut *session, "insert into ro values (1)").is_err(), "after {statement}");
    }
    assert_eq!(one(&mut *writer, "select count(*) from ro"), "0");
}

#[test]
fn what_runs_is_cancelled_at_the_server() {
    let Some(target) = target(true) else { return };
    let mut session = connect(&target).unwrap();
    let mut watcher = connect(&target).unwrap();
    for statement in [
        "select pg_sleep(60), 'mark-1'",
        "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i), 'mark-1' from n",
    ] {
        let canceller = session.canceller();
        let thread = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(150));
            let start = Instant::now();
            canceller.cancel().unwrap();
            start
        });
        let error = rows(&mut *session, statement).unwrap_err();
        let took = thread.join().unwrap().elapsed();
        assert_eq!(error.reason, Reason::Cancelled, "{error:?}");
        assert!(took < Duration::from_millis(250), "{took:?}");
        let left = "select count(*) from pg_stat_activity where query like '%mark-1%' and state = 'active' and pid <> pg_backend_pid()";
        assert_eq!(one(&mut *watcher, left), "0");
        assert_eq!(one(&mut *session, "select 1"), "1");
    }
}

#[test]
fn a_sink_that_breaks_off_leaves_a_session_of_use() {
    struct First(usize);
    impl Sink for First {
        fn begin(&mut self, _: &[Column]) -> Flow {
            ControlFlow::Continue(())
        }
        fn page(&mut self, page: &Page) -> Flow {
            self.0 += page.rows();
            ControlFlow::Break(())
        }
        fn end(&mut self, _: &Done) -> Flow {
            panic!("it was broken off")
        }
        fn notice(&mut self, _: &Notice) {}
    }
    let Some(target) = target(true) else { return };
    let mut session = connect(&target).unwrap();
    let mut first = First(0);
    let error =
        session.run(&Ask::new("select generate_series(1, 10000000)"), &mut first).unwrap_err();
    assert_eq!((error.reason, first.0), (Reason::Cancelled, 1000));
    assert_eq!(one(&mut *session, "select 1"), "1");
}

#[test]
fn csv_of_the_server_comes_through_as_it_is() {
    let Some(target) = target(true) else { return };
    let mut session = connect(&target).unwrap();
    let mut csv = Vec::new();
    let statement = "select 1 a, null b, '' c, 'x,\"y' d -- end";
    let done = session.copy_csv(
        &Ask::new(statement),
        true,
        &mut |part| {
            csv.extend_from_slice(part);
            ControlFlow::Continue(())
        },
        &mut |_| {},
    );
    done.unwrap().unwrap();
    assert_eq!(String::from_utf8(csv).unwrap(), "a,b,c,d\n1,,\"\",\"x,\"\"y\"\n");
    let none = session.copy_csv(
        &Ask::new("show all"),
        true,
        &mut |_| ControlFlow::Continue(()),
        &mut |_| {},
    );
    assert!(none.is_none());
    assert_eq!(one(&mut *session, "select 1"), "1");
}

#[test]
fn what_the_server_says_beside_its_csv_is_heard() {
    let Some(target) = target(false) else { return };
    let mut session = connect(&target).unwrap();
    let make = "create or replace function pg_temp.says() returns int language plpgsql as \
                $$ begin raise notice 'heard'; return 1; end $$";
    rows(&mut *session, make).unwrap();
    let mut said = Vec::new();
    let done = session.copy_csv(
        &Ask::new("select pg_temp.says()"),
        false,
        &mut |_| ControlFlow::Continue(()),
        &mut |it| said.push(it.message.clone()),
    );
    assert_eq!((done.unwrap().unwrap(), said), (1, vec!["heard".to_owned()]));
}

#[test]
fn csv_that_waits_for_a_lock_is_stopped_at_once_and_not_sent_again() {
    let Some(target) = target(false) else { return };
    let mut holder = connect(&target).unwrap();
    rows(&mut *holder, "create table if not exists locked_csv (id int)").unwrap();
    rows(&mut *holder, "begin").unwrap();
    rows(&mut *holder, "lock table locked_csv").unwrap();
    let mut session = connect(&target).unwrap();
    let cancel = session.canceller();
    let stopper = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        cancel.cancel().unwrap();
    });
    let done = session.copy_csv(
        &Ask::new("select * from locked_csv"),
        false,
        &mut |_| ControlFlow::Continue(()),
        &mut |_| {},
    );
    stopper.join().unwrap();
    // None would say that nothing was done, and have it sent once more.
    assert_eq!(done.unwrap().unwrap_err().reason, Reason::Cancelled);
    rows(&mut *holder, "rollback").unwrap();
    rows(&mut *holder, "drop table locked_csv").unwrap();
}

#[test]
fn bytes_are_bytes_whatever_the_role_is_set_to() {
    let Some(mut target) = target(false) else { return };
    let mut session = connect(&target).unwrap();
    rows(&mut *session, "create role escaping superuser login").unwrap();
    rows(&mut *session, "alter role escaping set bytea_output = 'escape'").unwrap();
    target.user = Some("escaping".into());
    let mut theirs = connect(&target).unwrap();
    let bytes = one(&mut *theirs, r"select '\x00ff5c61'::bytea");
    let set = one(&mut *theirs, "show bytea_output");
    drop(theirs);
    rows(&mut *session, "drop role escaping").unwrap();
    assert_eq!((bytes.as_bytes(), set.as_str()), ("\0\u{fffd}\\a".as_bytes(), "hex"));
}

#[test]
fn rows_that_are_here_do_not_wait_for_those_that_are_not() {
    struct Pages(usize);
    impl Sink for Pages {
        fn begin(&mut self, _: &[Column]) -> Flow {
            ControlFlow::Continue(())
        }
        fn page(&mut self, _: &Page) -> Flow {
            self.0 += 1;
            ControlFlow::Continue(())
        }
        fn end(&mut self, _: &Done) -> Flow {
            ControlFlow::Continue(())
        }
        fn notice(&mut self, _: &Notice) {}
    }
    let Some(target) = target(true) else { return };
    let mut session = connect(&target).unwrap();
    // Each row is larger than what the server gathers before it sends.
    let statement = "select repeat('x', 9000), pg_sleep(0.1) from generate_series(1, 5)";
    let mut pages = Pages(0);
    session.run(&Ask::new(statement), &mut pages).unwrap();
    assert!(pages.0 >= 3, "{} pages", pages.0);
    let (mut pauses, mut bytes) = (Vec::new(), 0);
    let done = session.copy_csv(
        &Ask::new(statement),
        false,
        &mut |part| {
            bytes += part.len();
            if part.is_empty() {
                pauses.push(bytes / 9000);
            }
            ControlFlow::Continue(())
        },
        &mut |_| {},
    );
    assert_eq!(done.unwrap().unwrap(), 5);
    assert!(pauses.len() >= 3, "said after so many rows: {pauses:?}");
}

#[test]
fn types_have_their_names_and_columns_their_tables() {
    struct Columns(Vec<Column>);
    impl Sink for Columns {
        fn begin(&mut self, columns: &[Column]) -> Flow {
            self.0 = columns.to_vec();
            ControlFlow::Continue(())
        }
        fn page(&mut self, _: &Page) -> Flow {
            ControlFlow::Continue(())
        }
        fn end(&mut self, _: &Done) -> Flow {
            ControlFlow::Continue(())
        }
        fn notice(&mut self, _: &Notice) {}
    }
    let Some(target) = target(false) else { return };
    let mut session = connect(&target).unwrap();
    for statement in [
        "drop schema if exists typed cascade",
        "create schema typed",
        "create type typed.mood as enum ('sad', 'glad')",
        "create domain typed.small as int check (value < 10)",
        "create table typed.t (id bigint primary key, n numeric(10,2), v varchar(20), m typed.mood, s typed.small, a timestamptz(3)[], i interval, r int references typed.t)",
        "comment on column typed.t.m is 'how it feels'",
        "create index on typed.t (lower(v))",
    ] {
        rows(&mut *session, statement).unwrap();
    }
    let mut columns = Columns(Vec::new());
    let ask = Ask { origins: true, ..Ask::new("select *, 1 + 1 from typed.t") };
    session.run(&ask, &mut columns).unwrap();
    let names: Vec<_> = columns.0.iter().map(|it| it.type_name.as_str()).collect();
    assert_eq!(
        names[..6],
        [
            "bigint",
            "numeric(10,2)",
            "character varying(20)",
            "typed.mood",
            "integer",
            "timestamp with time zone[]"
        ]
    );
    assert_eq!(columns.0[3].kind, Kind::Enum);
    assert_eq!(columns.0[4].kind, Kind::Integer);
    let origin = columns.0[1].origin.clone().unwrap();
    assert_eq!(
        (origin.schema.as_str(), origin.table.as_str(), origin.column.as_str()),
        ("typed", "t", "n")
    );
    assert!(columns.0[8].origin.is_none());
    let description = session.describe("typed", "t").unwrap();
    assert_eq!(description.columns.len(), 8);
    assert_eq!(description.columns[3].comment.as_deref(), Some("how it feels"));
    assert_eq!(description.indexes.len(), 2);
    assert_eq!(description.references[0].to_columns, ["id"]);
    assert_eq!(description.referred.len(), 1);
    let all = Objects { schema: "typed", pattern: None, after: None, limit: 10 };
    let names: Vec<_> = session.objects(&all).unwrap().into_iter().map(|it| it.name).collect();
    assert_eq!(names, ["mood", "small", "t"]);
    assert!(session.schemas().unwrap().iter().any(|it| it.name == "typed"));
    let plan = session.explain(&Ask::new("select * from typed.t where id = 1"), true).unwrap();
    assert!(plan.running_ms.is_some() && plan.roots[0].total_ms.is_some(), "{plan:?}");
    let error = session.explain(&Ask::new("select nothing"), false).unwrap_err();
    assert_eq!(error.place.map(|it| (it.line, it.column)), Some((1, 8)));
    rows(&mut *session, "drop schema typed cascade").unwrap();
}
