//! Measures of issues.

use super::{Book, EVER, Item, Items, Of, seconds};
use model::Timestamp;
use model::delivery::Issue;

pub(super) fn all(book: &Book) -> impl Iterator<Item = (Of, &Issue)> {
    book.facts.issues.iter().zip(0_u32..).map(|(it, place)| (Of::Issue(place), it))
}

/// When work on it began, by the changes of its status.
pub(super) fn started(it: &Issue) -> Option<Timestamp> {
    let first = it.stages.iter().find(|stage| stage.started).filter(|_| it.told)?;
    Some(first.at.max(it.created))
}

/// The stretches in which its status was one that is looked for.
pub(super) fn stretches(
    it: &Issue,
    is: fn(&model::delivery::Stage) -> bool,
) -> Vec<(Timestamp, Timestamp)> {
    let end = it.resolved.unwrap_or(EVER);
    let ends = it.stages.iter().skip(1).map(|stage| stage.at).chain([EVER]);
    let stages = it.stages.iter().zip(ends).filter(|(stage, _)| is(stage));
    let mut found: Vec<(Timestamp, Timestamp)> = Vec::new();
    for (stage, until) in stages {
        let (from, until) = (stage.at.max(it.created), until.min(end));
        match found.last_mut() {
            Some(last) if last.1 >= from => last.1 = last.1.max(until),
            _ if from < until => found.push((from, until)),
            _ => {}
        }
    }
    found
}

/// Why an issue has no beginning.
fn no_beginning(it: &Issue) -> &'static str {
    match it.told {
        true => "never in progress",
        false => "no change of status is told",
    }
}

pub(super) fn throughput(book: &Book) -> Items {
    let done = all(book).filter_map(|(of, it)| Some(Item::new(of, it.resolved?)));
    Items { items: done.collect(), left_out: Vec::new() }
}

pub(super) fn lead_time(book: &Book) -> Items {
    let item = |(of, it): (Of, &Issue)| Item::timed(of, it.created, it.resolved, book.facts.now);
    Items { items: all(book).map(item).collect(), left_out: Vec::new() }
}

pub(super) fn cycle_time(book: &Book) -> Items {
    let mut items = Items::default();
    for (of, it) in all(book) {
        match (started(it), it.resolved) {
            (Some(from), end) => items.items.push(Item::timed(of, from, end, book.facts.now)),
            (None, Some(done)) => items.leave_out(done, no_beginning(it)),
            (None, None) => {}
        }
    }
    items
}

pub(super) fn flow_efficiency(book: &Book) -> Items {
    let mut items = Items::default();
    for (of, it) in all(book) {
        let Some(done) = it.resolved else { continue };
        let Some(from) = started(it).filter(|from| *from < done) else {
            items.leave_out(done, no_beginning(it));
            continue;
        };
        let active = stretches(it, |stage| stage.active);
        let value = active.iter().map(|(from, to)| seconds(*from, *to)).sum();
        items.items.push(Item { value, over: seconds(from, done), ..Item::new(of, done) });
    }
    items
}
