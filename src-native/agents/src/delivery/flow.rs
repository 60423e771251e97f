//! Measures over pull requests and issues alike. Pull requests are of class 0, issues of class 1.

use super::pulls::{by_people, open};
use super::{Book, EVER, Item, Items, Of, issues};
use model::delivery::{Issue, Pull};
use model::{DAY, Timestamp};

/// Days without an event after which an open pull request, or an open issue, is stale.
const STALE_PULL: i64 = 14 * DAY;
const STALE_ISSUE: i64 = 30 * DAY;

/// Issues of people, and of programs nothing.
fn issues_of_people(book: &Book) -> impl Iterator<Item = (Of, &Issue)> {
    issues::all(book).filter(|(_, it)| !it.reporter.bot)
}

fn lasting(of: Of, class: u8, (from, until): (Timestamp, Timestamp)) -> Item {
    Item { until, ..Item::new(of, from).class(class) }
}

pub(super) fn wip(book: &Book) -> Items {
    let mut items = Items::default();
    for (of, it) in by_people(book) {
        for stretch in open(it, false) {
            let mut item = lasting(of, 0, stretch);
            item.numbers[0] = it.created.0 as f64;
            items.items.push(item);
        }
    }
    for (of, it) in issues::all(book) {
        let Some(begun) = issues::started(it) else {
            if it.resolved.is_none() && it.stages.iter().any(|stage| stage.started) {
                items.leave_out(it.created, "no change of status is told");
            }
            continue;
        };
        for stretch in issues::stretches(it, |stage| stage.started) {
            let mut item = lasting(of, 1, stretch);
            item.numbers[0] = begun.0 as f64;
            items.items.push(item);
        }
    }
    items
}

/// From each event to the next while it is open; stale from some time after the event on.
fn untouched(
    items: &mut Items,
    of: Of,
    class: u8,
    stretches: &[(Timestamp, Timestamp)],
    mut events: Vec<Timestamp>,
) {
    let patience = if class == 0 { STALE_PULL } else { STALE_ISSUE };
    events.sort_unstable();
    events.dedup();
    for (from, until) in stretches {
        let within = events.iter().filter(|at| from < at && at < &until);
        let mut last = *from;
        for next in within.copied().chain([*until]) {
            let stale = last.0.saturating_add(patience) as f64;
            items.items.push(Item { value: stale, ..lasting(of, class, (last, next)) });
            last = next;
        }
    }
}

pub(super) fn stale(book: &Book) -> Items {
    let mut items = Items::default();
    for (of, it) in by_people(book) {
        let said = it.said.iter().map(|said| said.at);
        let events = said.chain(it.written.iter().copied()).chain(it.touched.iter().copied());
        let turns = it.drafts.iter().chain(&it.closings).map(|turn| turn.0);
        untouched(&mut items, of, 0, &open(it, true), events.chain(turns).collect());
    }
    for (of, it) in issues_of_people(book) {
        let events = it.said.iter().map(|said| said.0).chain(it.touched.iter().copied()).collect();
        let stretch = (it.created, it.resolved.unwrap_or(EVER));
        untouched(&mut items, of, 1, &[stretch], events);
    }
    items
}

pub(super) fn littles_law(book: &Book) -> Items {
    let pulls = by_people(book)
        .map(|(of, it)| lasting(of, 0, (it.created, it.merged.or(it.closed).unwrap_or(EVER))));
    let issues = issues::all(book).filter_map(|(of, it)| {
        Some(lasting(of, 1, (issues::started(it)?, it.resolved.unwrap_or(EVER))))
    });
    Items { items: pulls.chain(issues).collect(), left_out: Vec::new() }
}

/// When somebody else first said something.
fn answered(it: &Pull) -> Option<Timestamp> {
    let said = it.said.iter().filter(|said| said.who.is_another(it.author));
    said.map(|said| said.at).min()
}

pub(super) fn first_response(book: &Book) -> Items {
    let timed =
        |of, class, created: Timestamp, answered: Option<Timestamp>, closed: Option<Timestamp>| {
            let answered = answered.filter(|at| closed.is_none_or(|closed| *at <= closed));
            let until = closed.unwrap_or(book.facts.now).max(created);
            Item::timed(of, created, answered, until).class(class)
        };
    let pulls = by_people(book)
        .map(|(of, it)| timed(of, 0, it.created, answered(it), it.merged.or(it.closed)));
    let issues = issues_of_people(book).map(|(of, it)| {
        let said = it.said.iter().filter(|said| said.1.is_another(it.reporter));
        timed(of, 1, it.created, said.map(|said| said.0).min(), it.resolved)
    });
    Items { items: pulls.chain(issues).collect(), left_out: Vec::new() }
}

/// From made to closed; what of it lies in a period makes it one of those made, or closed, then.
pub(super) fn closure(book: &Book) -> Items {
    let pulls = by_people(book)
        .map(|(of, it)| lasting(of, 0, (it.created, it.merged.or(it.closed).unwrap_or(EVER))));
    let issues = issues_of_people(book)
        .map(|(of, it)| lasting(of, 1, (it.created, it.resolved.unwrap_or(EVER))));
    Items { items: pulls.chain(issues).collect(), left_out: Vec::new() }
}
