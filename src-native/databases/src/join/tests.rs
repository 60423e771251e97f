//! Facts about joins over real servers: PostgreSQL and MariaDB, and what PostgreSQL says of the same rows
//! where it has all of them.

use super::*;
use crate::{Address, Cell, Column, Done, Flow, Kind, Page, Pool, Target, Tls, TlsMode};
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::time::Duration;

fn target(server: &servers::Running, engine: Engine, database: &str) -> Target {
    Target {
        engine,
        address: Address::Host { host: server.host.into(), port: server.port },
        database: Some(database.into()),
        user: Some(server.user.clone()),
        password: None,
        tls: Tls {
            mode: TlsMode::Off,
            authority: None,
            certificate: None,
            key: None,
            server_name: None,
        },
        read_only: true,
        connect_timeout: Duration::from_secs(5),
        options: Vec::new(),
    }
}

#[derive(Default)]
struct Heard {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
    notices: Vec<String>,
}

impl Sink for Heard {
    fn begin(&mut self, columns: &[Column]) -> Flow {
        self.columns = columns.to_vec();
        ControlFlow::Continue(())
    }

    fn page(&mut self, page: &Page) -> Flow {
        let text = |it: Cell<'_>| match it.kind {
            Kind::Null => "∅".to_owned(),
            _ => String::from_utf8_lossy(it.bytes).into_owned(),
        };
        self.rows.extend((0..page.rows()).map(|row| page.row(row).map(text).collect()));
        ControlFlow::Continue(())
    }

    fn end(&mut self, _: &Done) -> Flow {
        ControlFlow::Continue(())
    }

    fn notice(&mut self, notice: &Notice) {
        self.notices.push(notice.message.clone());
    }
}

fn run(session: &mut dyn Session, text: &str) -> Heard {
    let mut heard = Heard::default();
    session.run(&Ask::new(text), &mut heard).unwrap_or_else(|it| panic!("{text}: {it:?}"));
    heard
}

fn refused(session: &mut dyn Session, text: &str) -> Failure {
    session.run(&Ask::new(text), &mut Heard::default()).unwrap_err()
}

/// A PostgreSQL `prod` and a MariaDB `mine`, with these tables in them.
struct Both {
    join: Join,
    _folder: tempfile::TempDir,
}

fn both(prod: &str, mine: &str) -> Option<Both> {
    let (one, other) = (servers::postgres()?, servers::mariadb()?);
    let (at, there) = (one.database().unwrap(), other.database().unwrap());
    one.load(&at, prod.as_bytes()).unwrap();
    other.load(&there, mine.as_bytes()).unwrap();
    let mut pools = HashMap::new();
    pools.insert("prod".to_owned(), Pool::new(target(one, Engine::Postgres, &at), 2));
    pools.insert("mine".to_owned(), Pool::new(target(other, Engine::Mysql, &there), 2));
    let gone = Target {
        address: Address::Host { host: "127.0.0.1".into(), port: 1 },
        ..target(one, Engine::Postgres, &at)
    };
    pools.insert("gone".to_owned(), Pool::new(gone, 1));
    let names = pools.keys().cloned().collect();
    let lend = move |name: &str| pools[name].lend(Duration::from_secs(5));
    let folder = tempfile::tempdir().unwrap();
    let join = Join::over(names, Arc::new(lend), folder.path().to_owned());
    Some(Both { join, _folder: folder })
}

#[test]
fn values_come_out_of_a_join_as_their_servers_wrote_them() {
    let prod = "create table v (id int, d numeric, f float8, c char(5), ok boolean, ts timestamp, n numeric(10,2), b bytea);
        insert into v values (1, 12345678901234567890.1234567890, 1, 'ab', true, '2024-01-02 03:04:05.5', 1.50, '\\x00ff'),
            (2, 'NaN', 1e20, 'abcde', false, 'infinity', 90, null)";
    let mine = "create table v (id int, u bigint unsigned, d decimal(38,2), ok boolean, ts datetime(6));
        insert into v values (1, 18446744073709551615, 90071992547409921234.11, 1, '2024-01-02 03:04:05.5'), (2, 5, 1.00, 0, null)";
    let Some(mut both) = both(prod, mine) else { return };
    let heard = run(&mut both.join, "select d, f, c, ok, ts, n, id from prod.v order by id");
    assert_eq!(
        heard.rows[0],
        [
            "12345678901234567890.1234567890",
            "1",
            "ab   ",
            "t",
            "2024-01-02 03:04:05.5",
            "1.50",
            "1"
        ]
    );
    assert_eq!(heard.rows[1], ["NaN", "1e+20", "abcde", "f", "infinity", "90.00", "2"]);
    let kinds: Vec<Kind> = heard.columns.iter().map(|it| it.kind).collect();
    assert_eq!(
        kinds[..6],
        [Kind::Decimal, Kind::Float, Kind::Text, Kind::Bool, Kind::Timestamp, Kind::Decimal]
    );
    assert_eq!(heard.columns[5].type_name, "numeric(10,2)");
    let heard = run(&mut both.join, "select u, d, ok, ts from mine.v order by u desc");
    assert_eq!(
        heard.rows[0],
        ["18446744073709551615", "90071992547409921234.11", "1", "2024-01-02 03:04:05.500000"]
    );
    let one = |both: &mut Both, text: &str| run(&mut both.join, text).rows;
    assert_eq!(one(&mut both, "select id from prod.v where c = 'ab'"), [["1"]]);
    assert_eq!(one(&mut both, "select id from prod.v where ok"), [["1"]]);
    assert_eq!(
        one(&mut both, "select a.id from prod.v a join mine.v b on a.ts = b.ts and a.ok = b.ok"),
        [["1"]]
    );
    assert_eq!(
        one(&mut both, "select id from prod.v where d = 12345678901234567890.123456789"),
        [["1"]]
    );
    assert_eq!(
        one(
            &mut both,
            "select id from prod.v where d <> 12345678901234567890.123456788 order by id"
        ),
        [["1"], ["2"]]
    );
    let heard = run(
        &mut both.join,
        "select max(d), coalesce(d, 0) from mine.v where u > 4 group by 2 having max(d) > 3",
    );
    assert_eq!(heard.rows, [["90071992547409921234.11", "90071992547409921234.11"]]);
    assert_eq!(heard.columns[0].name, "max(d)");
}

#[test]
fn decimals_that_floats_take_for_the_same_are_not_joined() {
    let rows = "insert into dec values (12345678901234567890.11), (12345678901234567890.12)";
    let table = format!("create table dec (d numeric(38,2)); {rows}");
    let other = table.replace("dec ", "decs ");
    let Some(mut both) = both(&table, &other) else { return };
    let heard = run(
        &mut both.join,
        "select a.d from prod.dec a join mine.decs b on a.d = b.d order by 1 desc",
    );
    assert_eq!(heard.rows, [["12345678901234567890.12"], ["12345678901234567890.11"]]);
}

#[test]
fn whole_numbers_and_fine_decimals_are_compared_digit_by_digit() {
    let prod = "create table w (id bigint); insert into w values (9007199254740993), (9007199254740994), (3)";
    let mine = "create table d (d decimal(30,2)); insert into d values (9007199254740993.00), (9007199254740993.50), (3.00)";
    let Some(mut both) = both(prod, mine) else { return };
    let heard = run(&mut both.join, "select id, d from prod.w join mine.d on id = d order by id");
    assert_eq!(heard.rows, [["3", "3.00"], ["9007199254740993", "9007199254740993.00"]]);
    assert_eq!(heard.columns[0].kind, Kind::Integer);
    let heard = run(&mut both.join, "select max(id) from prod.w, mine.d where id < d");
    assert_eq!(heard.rows, [["9007199254740993"]]);
}

#[test]
fn a_server_is_given_only_what_the_outermost_where_demands() {
    let prod =
        "create table t2 (id int, name text); insert into t2 values (1, 'a'), (2, 'b'), (3, 'c')";
    let mine = "create table t (id int); insert into t values (2), (3); create table t2 (id int); insert into t2 values (7)";
    let Some(mut both) = both(prod, mine) else { return };
    for (text, wanted) in [
        (
            "select a.id from prod.t2 a where a.id=1 and exists (select 1 from mine.t a where a.id=2)",
            vec!["1"],
        ),
        (
            "select a.id from prod.t2 a where case when 1=1 and a.id=2 and 1=1 then 0 else 1 end = 1 order by 1",
            vec!["1", "3"],
        ),
        (
            "select a.id from prod.t2 a left join mine.t b on a.id = b.id where b.id is null",
            vec!["1"],
        ),
        ("select a.id from prod.t2 a left join mine.t b on a.id = b.id where b.id = 2", vec!["2"]),
        (
            "select id from (select id from prod.t2 union all select id from mine.t) a where a.id = 2",
            vec!["2", "2"],
        ),
        ("select prod.t2.id from prod.t2, mine.t2 where prod.t2.id = 1", vec!["1"]),
        (
            "select count(*) from prod.t2, mine.t2 where mine.t2.id = 7 and prod.t2.name in ('a', 'b')",
            vec!["2"],
        ),
    ] {
        let heard = run(&mut both.join, text);
        let found: Vec<&str> = heard.rows.iter().map(|it| it[0].as_str()).collect();
        assert_eq!(found, wanted, "{text}: {:?}", heard.notices);
    }
}

#[test]
fn a_table_read_alone_is_held_back_by_its_server_and_counted_there() {
    let prod = "create table big (id int, name text); insert into big select i, 'n' || i from generate_series(1, 1000) i";
    let Some(mut both) = both(prod, "select 1") else { return };
    for (text, fetched, rows) in [
        ("select name from prod.big where id < 5", 4, 4),
        ("select name from prod.big limit 3", 3, 3),
        ("select name from prod.big where id > 10 limit 3 offset 2", 5, 3),
        ("select name from prod.big where name = 'n7' limit 3", 1, 1),
        ("select count(*) from prod.big limit 3", 1000, 1),
        ("select name from prod.big order by id desc limit 3", 1000, 3),
        ("select distinct id / 100 from prod.big limit 3", 1000, 3),
        ("select name from prod.big where id % 2 = 0 limit 3", 1000, 3),
        ("select a.name from prod.big a, prod.big b where a.id = 1 limit 3", 1000, 3),
    ] {
        let heard = run(&mut both.join, text);
        let wanted = format!("{fetched} rows of prod.big");
        assert!(heard.notices[0].starts_with(&wanted), "{text}: {:?}", heard.notices);
        assert_eq!(heard.rows.len(), rows, "{text}");
    }
}

#[test]
fn what_is_missing_is_told_before_anything_is_fetched() {
    let prod = "create table big (id int); insert into big values (1)";
    let Some(mut both) = both(prod, "select 1") else { return };
    let mut heard = Heard::default();
    for (text, wanted) in [
        ("select * from prod.big join nobody.big b on 1 = 1", "no connection called `nobody`"),
        ("select * from prod.big join gone.big b on 1 = 1", "gone: cannot connect to 127.0.0.1:1"),
        ("select * from prod.big join mine.nothing b on 1 = 1", "mine: "),
        ("select * from prod.big, big", "`big` is no table of a connection"),
    ] {
        let failure = both.join.run(&Ask::new(text), &mut heard).unwrap_err();
        assert!(failure.message.contains(wanted), "{text}: {failure:?}");
    }
    assert!(heard.notices.is_empty(), "{:?}", heard.notices);
    assert!(refused(&mut both.join, "select 1").hint.is_some());
    let made =
        "with x (id) as (select id from prod.big) select x.id from x where x.id is distinct from 2";
    assert_eq!(run(&mut both.join, made).rows, [["1"]]);
}

/// Numbers that look like chance and are the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % most as u64) as usize
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}

const WHOLE: &[&str] = &["null", "0", "1", "2", "-1", "9007199254740992", "9007199254740993"];
const DECIMALS: &[&str] = &[
    "null",
    "0",
    "1",
    "1.5",
    "-1",
    "2.25",
    "9007199254740993",
    "9007199254740992.5",
    "12345678901234567890.1",
    "12345678901234567890.11",
    "12345678901234567890.12",
];
const TEXTS: &[&str] = &["null", "''", "'ab'", "'a'", "'1'", "'it''s'"];
const TIMES: &[&str] =
    &["null", "'2024-01-02 03:04:05'", "'2024-01-02 03:04:05.5'", "'1999-12-31'"];
const PAIRS: &[(&str, &str)] = &[
    ("a.id", "b.id"),
    ("a.big", "b.u"),
    ("a.big", "b.d"),
    ("a.d", "b.d"),
    ("a.d", "b.u"),
    ("a.d", "b.e"),
    ("a.id", "b.e"),
    ("a.t", "b.t"),
    ("a.c", "b.t"),
    ("a.t", "b.c"),
    ("a.c", "b.c"),
    ("a.ts", "b.ts"),
];

fn rows(chance: &mut Chance) -> (String, String) {
    let (mut one, mut other) = (String::new(), String::new());
    for _ in 0..8 {
        let whole = &WHOLE[..5];
        let (id, big, d) = (chance.of(whole), chance.of(WHOLE), chance.of(DECIMALS));
        let (t, c, ts) = (chance.of(TEXTS), chance.of(TEXTS), chance.of(TIMES));
        let ok = chance.of(&["null", "true", "false"]);
        one += &format!("insert into l values ({id}, {big}, {d}, {t}, {c}, {ts}, {ok});\n");
        let (id, d, e) = (chance.of(whole), chance.of(DECIMALS), chance.of(&DECIMALS[..6]));
        let u = chance.of(&["null", "1", "2", "9007199254740993", "18446744073709551615"]);
        let (t, c, ts) = (chance.of(TEXTS), chance.of(TEXTS), chance.of(TIMES));
        other += &format!("insert into r values ({id}, {u}, {d}, {e}, {t}, {c}, {ts});\n");
    }
    (one, other)
}

fn condition(chance: &mut Chance, depth: usize) -> String {
    let number = |it: &mut Chance| it.of(&["a.id", "a.big", "a.d", "b.id", "b.u", "b.d", "b.e"]);
    match chance.below(if depth == 0 { 6 } else { 13 }) {
        0 | 1 => {
            let test = chance.of(&["=", "<>", "<", "<=", ">", ">="]);
            format!("{} {test} {}", number(chance), chance.of(&DECIMALS[1..]))
        }
        2 => format!(
            "{} in ({}, {})",
            number(chance),
            chance.of(&WHOLE[1..]),
            chance.of(&DECIMALS[1..])
        ),
        3 => format!(
            "{} between {} and {}",
            number(chance),
            chance.of(&WHOLE[1..]),
            chance.of(&DECIMALS[1..])
        ),
        4 => format!("{} = {}", chance.of(&["a.t", "a.c", "b.t", "b.c"]), chance.of(&TEXTS[1..])),
        5 => format!("{} is {} null", chance.of(&["a.id", "b.d", "b.t"]), chance.of(&["", "not"])),
        6 => format!("({} or {})", condition(chance, depth - 1), condition(chance, depth - 1)),
        7 => format!("not {}", condition(chance, 0)),
        8 => {
            let inner = condition(chance, 0)
                .replace("b.", "a.")
                .replace("a.u", "a.big")
                .replace("a.e", "a.d");
            format!("exists (select 1 from L a where {inner})")
        }
        9 => {
            let (one, other) = (condition(chance, 0), condition(chance, 0));
            format!("case when 1 = 1 and {one} and {other} then 0 else 1 end = 1")
        }
        11 => {
            let most = chance.of(&["a.d", "a.big"]);
            format!("(select max({most}) from L a) > {}", chance.of(&DECIMALS[1..]))
        }
        10 => format!("coalesce({}, 0) > {}", number(chance), chance.of(&DECIMALS[1..])),
        _ => format!(
            "case when {} then {} else {} end < {}",
            condition(chance, 0),
            number(chance),
            number(chance),
            number(chance)
        ),
    }
}

fn statement(chance: &mut Chance) -> String {
    let many = chance.below(4);
    let mut demands: Vec<String> = (0..many).map(|_| condition(chance, 1)).collect();
    let (one, other) = PAIRS[chance.below(PAIRS.len())];
    let test = if one.ends_with(['t', 'c']) || chance.below(3) > 0 {
        "="
    } else {
        chance.of(&["<", ">="])
    };
    let on = match chance.below(3) {
        0 => format!("{one} {test} {other}"),
        1 => format!("{other} {test} {one}"),
        _ => format!("{one} {test} {other} and {}", condition(chance, 0)),
    };
    let from = match chance.below(4) {
        0 => format!("L a left join R b on {on}"),
        1 => format!("R b left join L a on {on}"),
        2 => format!("L a join R b on {on}"),
        _ => {
            demands.push(on);
            "L a, R b".to_owned()
        }
    };
    let mut shown = vec![
        "a.id", "a.big", "a.d", "a.t", "a.c", "a.ts", "a.ok", "b.id", "b.u", "b.d", "b.e", "b.t",
    ];
    shown.retain(|_| chance.below(2) == 0);
    let demands = if demands.is_empty() {
        String::new()
    } else {
        format!(" where {}", demands.join(" and "))
    };
    if chance.below(3) == 0 {
        let (most, least) = (chance.of(&["a.d", "b.u", "b.d"]), chance.of(&["a.big", "b.e"]));
        return format!(
            "select a.id, count(*), max({most}), min({least}), count(distinct b.d) from {from}{demands} \
             group by a.id having min({least}) is null or max({most}) > {}",
            chance.of(&DECIMALS[1..])
        );
    }
    let by = chance.of(&["a.d", "b.d", "b.u", "a.big"]);
    format!(
        "select {by}{} from {from}{demands} order by 1",
        shown.iter().map(|it| format!(", {it}")).collect::<String>()
    )
}

#[test]
fn any_join_gives_what_one_server_gives_that_has_all_the_rows() {
    let Some(server) = servers::postgres() else { return };
    let left = "create table l (id int, big bigint, d numeric(38,10), t text, c char(5), ts timestamp, ok boolean);";
    let right = "create table r (id int, u bigint unsigned, d decimal(38,10), e decimal(10,2), t varchar(20), c char(5), ts datetime(6));";
    let here = "create table r (id int, u numeric(20,0), d numeric(38,10), e numeric(10,2), t text, c varchar(5), ts timestamp(6));";
    let mut chance = Chance(7);
    let mut compared = 0;
    for _ in 0..6 {
        let (one, other) = rows(&mut chance);
        let Some(mut both) = both(&format!("{left}{one}"), &format!("{right}{other}")) else {
            return;
        };
        let all = server.database().unwrap();
        server.load(&all, format!("{left}{here}{one}{other}").as_bytes()).unwrap();
        let mut whole = crate::connect(&target(server, Engine::Postgres, &all)).unwrap();
        for _ in 0..40 {
            let text = statement(&mut chance);
            let wanted = run(&mut *whole, &text.replace("L a", "l a").replace("R b", "r b")).rows;
            let heard =
                run(&mut both.join, &text.replace("L a", "prod.l a").replace("R b", "mine.r b"));
            if text.contains("order by 1") {
                // PostgreSQL puts NULL last and SQLite first.
                let order = |rows: &[Vec<String>]| -> Vec<String> {
                    rows.iter().map(|it| it[0].clone()).filter(|it| it != "∅").collect()
                };
                assert_eq!(order(&heard.rows), order(&wanted), "{text}\n{one}{other}");
            }
            let sorted = |mut rows: Vec<Vec<String>>| {
                rows.sort();
                rows
            };
            compared += wanted.len();
            assert_eq!(
                sorted(heard.rows),
                sorted(wanted),
                "{text}\n{:?}\n{one}{other}",
                heard.notices
            );
        }
    }
    assert!(compared > 500, "{compared} rows are too few to tell anything");
}
