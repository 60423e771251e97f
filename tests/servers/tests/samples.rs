//! The sample databases hold what they are known for, and the same in each engine.

#![allow(clippy::unwrap_used)]

use servers::{Running, big, samples};

fn number(server: &Running, database: &str, sql: &str) -> String {
    server.sql(database, sql).unwrap().trim().to_owned()
}

fn servers() -> Vec<&'static Running> {
    [servers::postgres(), servers::mariadb(), servers::mysql()].into_iter().flatten().collect()
}

#[test]
fn chinook_has_its_tracks() {
    for server in servers() {
        let Some(name) = samples::chinook(server) else { return };
        let (table, column) = match server.kind {
            servers::Kind::Postgres => ("track", "unit_price"),
            _ => ("Track", "UnitPrice"),
        };
        let told = number(server, name, &format!("select count(*), sum({column}) from {table}"));
        assert_eq!(told.replace('|', "\t"), "3503\t3680.97", "{server:?}");
    }
    let Some(file) = samples::chinook_sqlite() else { return };
    let file = rusqlite::Connection::open(file).unwrap();
    let count: i64 = file.query_row("select count(*) from Track", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 3503);
}

#[test]
fn northwind_has_its_orders() {
    let Some(server) = servers::postgres() else { return };
    let Some(name) = samples::northwind(server) else { return };
    assert_eq!(number(server, name, "select count(*) from orders"), "830");
}

#[test]
fn sakila_has_its_payments_and_its_views() {
    for server in servers() {
        let Some(name) = samples::sakila(server) else { return };
        assert_eq!(number(server, name, "select count(*) from payment"), "16049", "{server:?}");
        let listed = number(server, name, "select count(*) from film_list");
        assert_eq!(listed, "997", "{server:?}");
    }
}

#[test]
fn tpch_answers_its_first_question_the_same_each_time() {
    let Some(server) = servers::postgres() else { return };
    let name = samples::tpch(server, 0.01).unwrap();
    let told = number(server, name, "select count(*), sum(l_quantity) from lineitem");
    assert_eq!(told, "60175|1536127.00");
    assert_eq!(number(server, name, "select count(*) from orders"), "15000");
}

#[test]
fn big_is_the_same_in_every_engine() {
    let rows = 2000;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("big.sqlite");
    servers::big_sqlite(&path, rows).unwrap();
    let file = rusqlite::Connection::open(path).unwrap();
    let all = "select id, created, email, amount, score, meta, note from big order by id";
    let mut asked = file.prepare(all).unwrap();
    let here: Vec<servers::Row> = asked
        .query_map([], |row| {
            Ok(servers::Row {
                id: row.get(0)?,
                created: row.get(1)?,
                email: row.get(2)?,
                amount: row.get(3)?,
                score: row.get(4)?,
                active: servers::row(row.get(0)?).active,
                meta: row.get(5)?,
                note: row.get(6)?,
            })
        })
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(here.iter().enumerate().all(|(at, it)| *it == servers::row(at as i64 + 1)));
    let empty = here.iter().filter(|it| it.note.is_none()).count();
    assert!((150..250).contains(&empty), "{empty} of {rows} have no note");

    let lines: Vec<String> = here
        .iter()
        .map(|it| {
            format!(
                "{}|{}|{}|{}|{}|{}",
                it.id, it.created, it.amount, it.score, it.active as u8, it.meta
            )
        })
        .collect();
    let notes: usize = here.iter().flat_map(|it| &it.note).map(|it| it.chars().count()).sum();
    if let Some(server) = servers::postgres() {
        let name = big(server, rows).unwrap();
        let sql = "select id, created, amount, score, active::int, meta from big order by id";
        let told = server.sql(&name, sql).unwrap();
        let differ = told.lines().zip(&lines).find(|(there, here)| there != here);
        assert_eq!((differ, told.lines().count()), (None, lines.len()));
        let told = number(server, &name, "select sum(length(note)) from big");
        assert_eq!(told, notes.to_string());
    }
    for server in [servers::mariadb(), servers::mysql()].into_iter().flatten() {
        let name = big(server, rows).unwrap();
        let sql = "select concat_ws('|', id, amount, score, active, meta) from big order by id";
        let told = server.sql(&name, sql).unwrap();
        let lines = here.iter().map(|it| {
            format!("{}|{}|{}|{}|{}", it.id, it.amount, it.score, it.active as u8, it.meta)
        });
        let differ = told.lines().zip(lines).find(|(there, here)| there != here);
        assert_eq!(differ, None, "{server:?}");
        let told = number(server, &name, "select sum(char_length(note)) from big");
        assert_eq!(told, notes.to_string());
    }
}
