//! Who had to do with an issue, and what each of them did.

use super::Asked;
use super::issue_context::{Commits, DeedText, PersonInContext};
use super::records::{Issue, PullOfIssue, newest_first, pull_record, review_record};
use super::tell::RECORDS_MAX;
use crate::Result;
use crate::wire::*;
use agents::context::Standing;
use model::{DeveloperId, Timestamp};
use std::collections::BTreeMap;
use store::reads::{Beneath, Found, PullRecordRow, ReviewRow, SaidRow};

/// Everybody in it with what they did.
pub(super) fn people(
    at: &Asked<'_>,
    issue: &Issue,
    commits: &Commits,
    pulls: &[PullOfIssue],
    said: &[SaidRow],
) -> Result<Vec<PersonInContext>> {
    let mut deeds: BTreeMap<DeveloperId, Vec<(DeedText, Option<Timestamp>)>> = BTreeMap::new();
    let key = issue.key();
    let one = |record: Record| Figure { value: 1.0, records: vec![record], all: None };
    let mut add = |who: DeveloperId, deed: &str, figure: Figure, times: Times| {
        let deed = DeedText { deed: deed.into(), figure, last_at: times.last.map(time) };
        deeds.entry(who).or_default().push((deed, times.first));
    };
    if let Issue::Known(row) = issue {
        let record = || one(issue.record());
        if let Some(who) = row.reporter {
            add(who, "reported", record(), Times::once(row.created));
        }
        if let Some(who) = row.assignee {
            add(who, "assigned", record(), Times::default());
        }
        let changes = at.reader.issue_changes(at.of, row.id)?;
        let resolved = changes.iter().rev().find(|it| {
            Some(it.at) == row.resolved && ["status", "resolution"].contains(&it.field.as_str())
        });
        if let Some((who, last)) = resolved.and_then(|it| Some((it.author?, it.at))) {
            add(who, "resolved", record(), Times::once(last));
        }
    }
    let mut opened: BTreeMap<DeveloperId, Vec<PullRecordRow>> = BTreeMap::new();
    let mut ids = Vec::new();
    for it in pulls {
        let Some(row) = at.reader.pull_record(at.of, it.number)? else { continue };
        ids.push(row.id);
        if let Some(who) = row.author {
            opened.entry(who).or_default().push(row);
        }
    }
    for (who, mut rows) in opened {
        rows.sort_by_key(|it| std::cmp::Reverse((it.created, it.number)));
        let times = Times::of(rows.iter().map(|it| it.created));
        let records: Vec<Record> = rows.iter().take(RECORDS_MAX).map(pull_record).collect();
        let person = at.person_ref(who)?.key;
        let list = [("issue", key.into()), ("author", person.into())];
        let all = (rows.len() > records.len()).then(|| at.call("memory.pullRequests", list));
        add(who, "opened", Figure { value: rows.len() as f64, records, all }, times);
    }
    let mut wrote: BTreeMap<DeveloperId, Vec<Found>> = BTreeMap::new();
    for it in commits.rows.iter().rev().filter(|it| !it.row.merge) {
        let mut authors: Vec<_> = it.credits.iter().filter(|it| it.1 < 2).map(|it| it.0).collect();
        authors.sort_unstable();
        authors.dedup();
        authors.into_iter().for_each(|who| wrote.entry(who).or_default().push(it.link.found));
    }
    for (who, found) in wrote {
        let person = at.person_ref(who)?.key;
        let list = [("issue", key.into()), ("person", person.into())];
        let figure = at.figure(found.len(), &found, at.call("memory.commits", list))?;
        add(who, "wrote", figure, Times::of(found.iter().map(|it| it.place.at)));
    }
    let mut reviewed: BTreeMap<DeveloperId, Vec<ReviewRow>> = BTreeMap::new();
    if !ids.is_empty() {
        for row in at.reader.reviews_where(at.of, Some(&ids), None, usize::MAX)? {
            if let Some(who) = row.reviewer.filter(|_| !row.own) {
                reviewed.entry(who).or_default().push(row);
            }
        }
    }
    for (who, rows) in reviewed {
        let person = at.person_ref(who)?;
        let shown = rows.iter().take(RECORDS_MAX);
        let records: Vec<Record> = shown.map(|it| review_record(it, Some(&person))).collect();
        let list =
            [("issue", key.into()), ("person", person.key.into()), ("ofOthers", true.into())];
        let all = (rows.len() > records.len()).then(|| at.call("memory.reviews", list));
        let figure = Figure { value: rows.len() as f64, records, all };
        add(who, "reviewed", figure, Times::of(rows.iter().map(|it| it.at)));
    }
    let beneath: Vec<Beneath> =
        ids.iter().flat_map(|it| [Beneath::Pull(*it), Beneath::Lines(*it)]).collect();
    let mut talk = at.reader.said_beneath(at.of, &beneath)?;
    talk.extend(said.iter().cloned());
    newest_first(&mut talk);
    let mut commented: BTreeMap<DeveloperId, Vec<&SaidRow>> = BTreeMap::new();
    for it in &talk {
        it.author.into_iter().for_each(|who| commented.entry(who).or_default().push(it));
    }
    for (who, rows) in commented {
        let mut all = talk_call(at, issue, pulls);
        all.params.insert("person".into(), at.person_ref(who)?.key.into());
        let times = Times::of(rows.iter().map(|it| it.at));
        add(who, "commented", at.said_figure(&rows, all)?, times);
    }
    let mut people = Vec::with_capacity(deeds.len());
    for (who, deeds) in deeds {
        let person = at.person_ref(who)?;
        let did: Vec<_> =
            deeds.iter().map(|(it, first)| (&*it.deed, it.figure.value as usize, *first)).collect();
        let name = (person.name.clone(), person.key.clone());
        let standing = Standing::of(person.bot, &did, name);
        let deeds = deeds.into_iter().map(|it| it.0).collect();
        people.push((standing, PersonInContext { person, deeds }));
    }
    people.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(people.into_iter().map(|it| it.1).collect())
}

/// When something was first and last done, where that is told.
#[derive(Default)]
struct Times {
    first: Option<Timestamp>,
    last: Option<Timestamp>,
}

impl Times {
    fn once(at: Timestamp) -> Times {
        Times { first: Some(at), last: Some(at) }
    }

    fn of(all: impl Iterator<Item = Timestamp> + Clone) -> Times {
        Times { first: all.clone().min(), last: all.max() }
    }
}

/// The call that lists what was said beneath an issue and its pull requests.
fn talk_call(at: &Asked<'_>, issue: &Issue, pulls: &[PullOfIssue]) -> Call {
    let numbers: Vec<u64> = pulls.iter().map(|it| it.number).collect();
    let mut call = at.call("memory.comments", [("issues", vec![issue.key()].into())]);
    if !numbers.is_empty() {
        call.params.insert("pullRequests".into(), numbers.into());
    }
    call
}
