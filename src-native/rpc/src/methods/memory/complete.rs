//! Finishing what somebody began to type.

use super::records::{issue_record, pull_record, state_word};
use super::tell::{file_record, person_record, person_ref};
use super::{Asked, question};
use crate::wire::*;
use crate::{Error, Result};
use store::reads::{IssueFilter, IssueRow, PullFilter, PullRecordRow};

request! {
    /// Finish what somebody began to type: names of people, paths, components, issue keys, numbers of pull requests.
    pub struct Complete {
        /// What is wanted: `person`, `file`, `folder`, `component`, `issue` or `pullRequest`.
        pub kind: RecordKind,
        /// What was typed so far; the likeliest of all where it is empty.
        pub text: String,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// How many to answer with (10 unless told otherwise), at most 50.
        pub limit: Option<u32>,
    }
}

reply! {
    /// How it may go on.
    pub struct CompleteReply {
        /// Likeliest first: what begins with the text, then what holds it.
        pub items: Vec<Completion>,
    }

    /// One way to go on.
    pub struct Completion {
        /// The record; its id is what the parameter takes.
        pub record: Record,
        /// What tells it from others: a mail address, an issue's status, a pull request's state; often empty.
        pub detail: String,
    }
}

question!(
    Complete,
    "memory.complete",
    CompleteReply,
    r#"{ "kind": "person", "text": "ad" }"#,
    complete
);

fn complete(ask: Complete, at: &Asked<'_>) -> Result<CompleteReply> {
    let most = limit(ask.limit, 10, 50)?;
    let text = ask.text.trim();
    if text.len() > 1_000 {
        return Err(Error::invalid("the text is too long to be finished: 1000 bytes are allowed"));
    }
    let items = match ask.kind {
        RecordKind::Person => people(at, text, most)?,
        RecordKind::File => files(at, text, most)?,
        RecordKind::Folder => {
            let names = at.reader.folders(at.of)?.into_iter().map(|it| it.path);
            likely(names.filter(|it| !it.is_empty()), text, most, RecordKind::Folder)
        }
        RecordKind::Component => {
            let names = at.reader.components(at.of)?.into_iter().map(|it| it.name);
            likely(names, text, most, RecordKind::Component)
        }
        RecordKind::Issue => issues(at, text, most)?,
        RecordKind::PullRequest => pulls(at, text, most)?,
        _ => {
            return Err(Error::invalid("this kind of record is not finished for anybody").hint(
                "`kind` is `person`, `file`, `folder`, `component`, `issue` or `pullRequest`",
            ));
        }
    };
    Ok(CompleteReply { items })
}

fn bare(record: Record) -> Completion {
    Completion { record, detail: String::new() }
}

/// Names that begin with the text, then those that hold it, each by name.
fn likely(
    names: impl Iterator<Item = String>,
    text: &str,
    most: usize,
    kind: RecordKind,
) -> Vec<Completion> {
    let wanted = text.to_lowercase();
    let mut fit: Vec<(usize, String)> =
        names.filter_map(|name| Some((name.to_lowercase().find(&wanted)?.min(1), name))).collect();
    fit.sort();
    fit.truncate(most);
    let record = |name: String| Record { kind, id: name.clone(), title: name };
    fit.into_iter().map(|it| bare(record(it.1))).collect()
}

fn people(at: &Asked<'_>, text: &str, most: usize) -> Result<Vec<Completion>> {
    let found: Vec<PersonRef> = match text {
        "" => {
            let mut totals = at.reader.developer_totals(at.of)?;
            totals.sort_by_key(|it| std::cmp::Reverse(it.commits));
            let last = totals.get(most.saturating_sub(1)).map_or(0, |it| it.commits);
            totals.retain(|it| it.commits >= last);
            let mut refs = totals
                .into_iter()
                .map(|it| Ok((it.commits, at.person_ref(it.developer)?)))
                .collect::<Result<Vec<_>>>()?;
            refs.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.key.cmp(&b.1.key)));
            refs.into_iter().map(|it| it.1).filter(|it| !it.bot).take(most).collect()
        }
        _ => {
            let found = at.reader.search_people(at.of, text, count(most as u64))?;
            found.into_iter().map(|it| person_ref(it.0)).collect()
        }
    };
    let item = |it: PersonRef| Completion { detail: it.key.clone(), record: person_record(it) };
    Ok(found.into_iter().map(item).collect())
}

fn files(at: &Asked<'_>, text: &str, most: usize) -> Result<Vec<Completion>> {
    if text.is_empty() {
        let page = at.reader.files_after(at.of, "", None, None, count(most as u64))?;
        return Ok(page.into_iter().map(|it| bare(file_record(&it.path))).collect());
    }
    let hits = at.reader.search_paths(at.of, text, count(most as u64))?;
    Ok(hits.into_iter().map(|it| bare(file_record(&it.path))).collect())
}

fn issues(at: &Asked<'_>, text: &str, most: usize) -> Result<Vec<Completion>> {
    let item = |it: &IssueRow| Completion { record: issue_record(it), detail: it.status.clone() };
    let mut items: Vec<Completion> = Vec::new();
    if text.is_empty() {
        let rows = at.reader.issues_where(at.of, &IssueFilter::default(), None, most)?;
        return Ok(rows.iter().map(item).collect());
    }
    for key in at.reader.keys_like(at.of, text, count(most as u64))? {
        items.extend(at.reader.issue_keyed(at.of, &key)?.as_ref().map(item));
    }
    for (row, _) in at.reader.search_issues(at.of, text, count(most as u64))? {
        if !items.iter().any(|it| it.record.id == row.key) {
            items.push(item(&row));
        }
    }
    if items.is_empty()
        && let Some(issue) = at.issue_if(text)?
    {
        items.push(bare(issue.record()));
    }
    items.truncate(most);
    Ok(items)
}

fn pulls(at: &Asked<'_>, text: &str, most: usize) -> Result<Vec<Completion>> {
    let item = |it: &PullRecordRow| Completion {
        record: pull_record(it),
        detail: state_word(it.state).to_owned(),
    };
    if text.is_empty() {
        let rows = at.reader.pulls_where(at.of, &PullFilter::default(), None, most)?;
        return Ok(rows.iter().map(item).collect());
    }
    let mut items: Vec<Completion> = Vec::new();
    let number = text.trim_start_matches('#');
    if number.bytes().all(|it| it.is_ascii_digit()) {
        for number in at.reader.numbers_like(at.of, number, count(most as u64))? {
            items.push(match at.reader.pull_record(at.of, number)? {
                Some(row) => item(&row),
                None => bare(Record {
                    kind: RecordKind::PullRequest,
                    id: number.to_string(),
                    title: format!("#{number}"),
                }),
            });
        }
    }
    for (row, _) in at.reader.search_pulls(at.of, text, count(most as u64))? {
        if !items.iter().any(|it| it.record.id == row.number.to_string()) {
            items.push(item(&row));
        }
    }
    items.truncate(most);
    Ok(items)
}
