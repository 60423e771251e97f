//! Recurrence: of each issue that duplicates an earlier one, whether that is found.

use crate::issues::{self, Issue};
use crate::table::{self, Times, Watch};
use crate::{Outcome, Result, data};
use agents::recurrence::{
    Asked, CANDIDATES, Candidate, Corpus, Text, Weights, asked, rank, sought,
};
use model::words::joined;
use model::{Evidence, EvidenceKind, Timestamp};
use rusqlite::{Connection, params};
use std::time::Instant;

/// What must be reached: issues found among the first ten, and milliseconds of work at the 99th percentile.
const RECALL: f64 = 0.50;
const MOST: f64 = 50.0;

/// What a store would hold. Full text is kept without the text itself, in our own words.
const SCHEMA: &str = "
    create table issues (id integer primary key, key text not null, summary text not null, body text not null, components text not null, versions text not null, at integer not null) strict;
    create virtual table issue_words using fts5 (summary, body, components, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0');
    create virtual table issue_vocabulary using fts5vocab (issue_words, row);";

/// Where the right issue stood, and how long the question took.
#[derive(Default)]
struct Marks {
    asked: usize,
    top: [usize; 4],
    reciprocal: f64,
}

impl Marks {
    fn take(&mut self, place: Option<usize>) {
        self.asked += 1;
        if let Some(place) = place {
            self.reciprocal += 1.0 / (place + 1) as f64;
            for (top, most) in self.top.iter_mut().zip([1, 5, 10, 20]) {
                *top += usize::from(place < most);
            }
        }
    }

    fn recall(&self, at: usize) -> f64 {
        self.top[at] as f64 / self.asked.max(1) as f64
    }

    fn row(&self, name: &str, times: &Times) -> Vec<String> {
        let mut row = vec![name.to_owned(), self.asked.to_string()];
        row.extend((0..4).map(|it| format!("{:.3}", self.recall(it))));
        row.push(format!("{:.3}", self.reciprocal / self.asked.max(1) as f64));
        row.extend(times.told());
        row
    }
}

pub(crate) fn measure() -> Result<Outcome> {
    let folder = match data::folder("jira/tidev-jira-ndjson") {
        Ok(folder) => folder,
        Err(why) => return Ok(Outcome::Skipped(why)),
    };
    let issues = issues::read(&folder)?;
    let oldest = issues::oldest(&issues);
    let temporary = data::Temporary::new("eval-recurrence")?;
    let file = temporary.0.join("issues.db");
    let db = Connection::open(&file)?;
    db.execute_batch(SCHEMA)?;
    let start = Instant::now();
    let corpus = write(&db, &issues)?;
    let megabytes = std::fs::metadata(&file)?.len() as f64 / 1e6;
    println!(
        "{} issues written in {:.1} s, {megabytes:.0} MB with their text.\n",
        issues.len(),
        start.elapsed().as_secs_f64()
    );
    let questions: Vec<usize> = (0..issues.len()).filter(|it| oldest[*it] != *it).collect();
    let (mut found, mut full_text) = ([Marks::default(), Marks::default()], Marks::default());
    let (mut times, mut full_text_times) = (Times::default(), Times::default());
    let mut within = 0;
    for (number, at) in questions.iter().enumerate() {
        let same = |other: &i64| oldest[*other as usize] == oldest[*at];
        let start = Watch::start();
        let question = text(&issues[*at]);
        let words = known(&db, &question)?;
        let first = candidates(&db, &words, &corpus, *at as i64)?;
        start.stop(&mut full_text_times);
        let rows = rows(&db, &first)?;
        let past: Vec<Candidate<'_>> = rows.iter().map(|(id, it)| candidate(*id, it)).collect();
        let hits = rank(&question, &words, &past, &corpus, &Weights::default());
        start.stop(&mut times);
        within += usize::from(first.iter().any(same));
        full_text.take(first.iter().position(same));
        let ranked = hits.iter().filter_map(|it| it.record.id.parse().ok());
        let place = ranked.into_iter().position(|it: i64| same(&it));
        found[usize::from(number >= questions.len() / 2)].take(place);
    }
    let mut all = Marks { asked: 0, ..Marks::default() };
    for half in &found {
        all.asked += half.asked;
        all.reciprocal += half.reciprocal;
        all.top.iter_mut().zip(half.top).for_each(|(sum, it)| *sum += it);
    }
    table::print(
        &["", "questions", "recall@1", "@5", "@10", "@20", "MRR", "work ms, p50 / p99", "wall ms"],
        &[
            full_text.row("full text alone", &full_text_times),
            all.row("ours, on its first 200", &times),
            found[0].row("older half", &times),
            found[1].row("newer half", &times),
        ],
    );
    println!("Among the first {CANDIDATES}: {:.3}.\n", within as f64 / questions.len() as f64);
    let mut missed = Vec::new();
    if all.recall(2) < RECALL {
        missed.push(format!("recurrence: recall@10 is {:.3}, {RECALL} wanted", all.recall(2)));
    }
    if times.p99() >= MOST {
        missed.push(format!("recurrence: {:.1} ms at p99, {MOST} allowed", times.p99()));
    }
    Ok(Outcome::Measured(missed))
}

fn text(issue: &Issue) -> Text<'_> {
    Text {
        summary: &issue.summary,
        body: &issue.body,
        components: &issue.components,
        versions: &issue.versions,
        files: &[],
        at: Timestamp(issue.created),
    }
}

/// Ties go by age here, as keys of five projects say nothing.
fn candidate(id: i64, issue: &Issue) -> Candidate<'_> {
    let record = Evidence { kind: EvidenceKind::Issue, id: format!("{id:08}") };
    Candidate { record, text: text(issue) }
}

fn write(db: &Connection, issues: &[Issue]) -> Result<Corpus> {
    db.execute_batch("begin")?;
    let count = |words: &str| if words.is_empty() { 0 } else { words.split(' ').count() };
    let (mut in_summaries, mut in_bodies) = (0, 0);
    for (id, it) in issues.iter().enumerate() {
        let (components, versions) = (it.components.join("\n"), it.versions.join("\n"));
        db.prepare_cached("insert into issues values (?, ?, ?, ?, ?, ?, ?)")?.execute(params![
            id as i64, it.key, it.summary, it.body, components, versions, it.created
        ])?;
        let (summary, body) = (joined(&it.summary), joined(&it.body));
        in_summaries += count(&summary);
        in_bodies += count(&body);
        db.prepare_cached(
            "insert into issue_words (rowid, summary, body, components) values (?, ?, ?, ?)",
        )?
        .execute(params![id as i64, summary, body, joined(&components)])?;
    }
    db.execute_batch("commit; insert into issue_words (issue_words) values ('optimize')")?;
    let mean = |sum: usize| sum as f64 / issues.len().max(1) as f64;
    Ok(Corpus {
        records: issues.len() as u64,
        summary_words: mean(in_summaries),
        body_words: mean(in_bodies),
    })
}

/// The question's words with the number of issues that hold each.
fn known(db: &Connection, question: &Text<'_>) -> Result<Vec<Asked>> {
    let mut holding = db.prepare_cached("select doc from issue_vocabulary where term = ?")?;
    let mut words = asked(question, &Weights::default());
    for it in &mut words {
        let mut rows = holding.query([&it.word])?;
        it.holding = rows.next()?.map_or(Ok(0), |it| it.get::<_, i64>(0))? as u64;
    }
    Ok(words)
}

/// The earlier issues that full text finds first.
fn candidates(db: &Connection, words: &[Asked], corpus: &Corpus, before: i64) -> Result<Vec<i64>> {
    let sought: Vec<String> = sought(words, corpus).iter().map(|it| format!("\"{it}\"")).collect();
    if sought.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = db.prepare_cached(
        "select rowid from issue_words where issue_words match ? and rowid < ? \
         and rank match 'bm25(3.0, 1.0, 1.0)' order by rank limit ?",
    )?;
    let found =
        found.query_map(params![sought.join(" OR "), before, CANDIDATES as i64], |it| it.get(0))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

fn rows(db: &Connection, ids: &[i64]) -> Result<Vec<(i64, Issue)>> {
    let mut row = db.prepare_cached(
        "select summary, body, components, versions, at from issues where id = ?",
    )?;
    let lines = |it: String| it.lines().map(str::to_owned).collect();
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        let issue = row.query_row([id], |it| {
            Ok(Issue::stored(
                it.get(0)?,
                it.get(1)?,
                lines(it.get(2)?),
                lines(it.get(3)?),
                it.get(4)?,
            ))
        })?;
        found.push((*id, issue));
    }
    Ok(found)
}
