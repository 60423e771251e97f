//! How long a suggestion takes, rows read from SQLite for every question.

use crate::reviewers::{people, row};
use crate::reviews::Review;
use crate::table::{self, Times, Watch};
use crate::{Result, data};
use agents::routing::{self, Question, Weights};
use model::{DeveloperId, Timestamp};
use rusqlite::{Connection, params};

/// Milliseconds of work that a suggestion may take at the 99th percentile.
const MOST: f64 = 20.0;

/// Rows as a store would have them: paths stand once, and lists are read by the newest first.
const SCHEMA: &str = "
    create table reviews (id integer primary key, number integer not null, at integer not null, author integer) strict;
    create index reviews_by_time on reviews (at desc, number desc);
    create table reviewers (review integer not null, developer integer not null, primary key (review, developer)) strict, without rowid;
    create table files (id integer primary key, path text not null unique) strict;
    create table review_files (review integer not null, file integer not null, primary key (review, file)) strict, without rowid;";

pub(crate) fn measure(reviews: &[Review]) -> Result<Vec<String>> {
    let span = reviews.iter().map(|it| it.known).max().unwrap_or(0)
        - reviews.iter().map(|it| it.asked).min().unwrap_or(0);
    let again = |it: &Review| Review {
        number: it.number + 1_000_000,
        asked: it.asked + span,
        known: it.known + span,
        ..it.clone()
    };
    let twice: Vec<Review> = reviews.iter().cloned().chain(reviews.iter().map(again)).collect();
    let (mut rows, mut missed) = (Vec::new(), Vec::new());
    for (name, set) in [("android", reviews), ("android, twice", &twice[..])] {
        for (window, weights) in [
            ("newest 2,500", Weights::default()),
            ("all", Weights { window: usize::MAX, ..Weights::default() }),
        ] {
            let of = times(set, &weights)?;
            let mut told = vec![name.to_owned(), set.len().to_string(), window.to_owned()];
            told.extend(of[..2].iter().map(|it| it.told()[0].clone()));
            told.extend(of[2].told());
            rows.push(told);
            if weights == Weights::default() && of[2].p99() >= MOST {
                missed.push(format!(
                    "a suggestion on {name} takes {:.1} ms at p99, {MOST} allowed",
                    of[2].p99()
                ));
            }
        }
    }
    println!(
        "Milliseconds of work for a suggestion at the end of the history, p50 / p99 over every tenth review.\n"
    );
    table::print(
        &["history", "reviews", "looked at", "reading rows", "ranking", "both", "both, wall"],
        &rows,
    );
    Ok(missed)
}

fn times(reviews: &[Review], weights: &Weights) -> Result<[Times; 3]> {
    let folder = data::Temporary::new("eval-reviewers")?;
    let db = Connection::open(folder.0.join("reviews.db"))?;
    db.execute_batch(SCHEMA)?;
    write(&db, reviews)?;
    let now = Timestamp(reviews.iter().map(|it| it.known).max().unwrap_or(0) + 1);
    let people = people(reviews.iter());
    let [mut reading, mut ranking, mut both] = [(); 3].map(|()| Times::default());
    for asked in reviews.iter().step_by(10) {
        let whole = Watch::start();
        let start = Watch::start();
        let read = read(&db, now, weights.window)?;
        let rows: Vec<routing::Review<'_>> = read.iter().map(row).collect();
        start.stop(&mut reading);
        let start = Watch::start();
        let paths: Vec<&str> = asked.paths.iter().map(String::as_str).collect();
        let question = Question { paths: &paths, author: asked.author.map(DeveloperId), now };
        let answer = routing::suggest(&question, &rows, &people, weights);
        start.stop(&mut ranking);
        whole.stop(&mut both);
        std::hint::black_box(answer);
    }
    Ok([reading, ranking, both])
}

fn write(db: &Connection, reviews: &[Review]) -> Result<()> {
    db.execute_batch("begin")?;
    for (id, it) in reviews.iter().enumerate() {
        db.prepare_cached("insert into reviews values (?, ?, ?, ?)")?.execute(params![
            id as i64,
            it.number as i64,
            it.known,
            it.author
        ])?;
        for who in &it.reviewers {
            db.prepare_cached("insert into reviewers values (?, ?)")?
                .execute(params![id as i64, who])?;
        }
        for path in &it.paths {
            db.prepare_cached("insert or ignore into files (path) values (?)")?.execute([path])?;
            db.prepare_cached(
                "insert or ignore into review_files select ?, id from files where path = ?",
            )?
            .execute(params![id as i64, path])?;
        }
    }
    db.execute_batch("commit")?;
    Ok(())
}

/// The newest reviews with their people and paths.
fn read(db: &Connection, now: Timestamp, most: usize) -> Result<Vec<Review>> {
    let mut newest = db.prepare_cached(
        "select id, number, at, author from reviews where at <= ? order by at desc, number desc limit ?",
    )?;
    let mut reviewers = db.prepare_cached("select developer from reviewers where review = ?")?;
    let mut paths = db.prepare_cached(
        "select path from review_files join files on files.id = file where review = ?",
    )?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut rows = newest.query(params![now.0, most])?;
    let mut found = Vec::new();
    while let Some(it) = rows.next()? {
        let id: i64 = it.get(0)?;
        let at = it.get(2)?;
        found.push(Review {
            number: it.get::<_, i64>(1)? as u64,
            asked: at,
            known: at,
            author: it.get(3)?,
            reviewers: reviewers
                .query_map([id], |it| it.get(0))?
                .collect::<rusqlite::Result<_>>()?,
            paths: paths.query_map([id], |it| it.get(0))?.collect::<rusqlite::Result<_>>()?,
        });
    }
    Ok(found)
}
