//! Measures of pull requests.

use super::{Book, EVER, Item, Items, Of, seconds};
use model::delivery::{How, Pull, Work};
use model::{Timestamp, Verdict};

/// What people make: pull requests of programs are counted for no one.
pub(super) fn by_people(book: &Book) -> impl Iterator<Item = (Of, &Pull)> {
    book.facts
        .pulls
        .iter()
        .zip(0_u32..)
        .filter(|it| !it.0.author.bot)
        .map(|(pull, place)| (Of::Pull(place), pull))
}

fn merged(book: &Book) -> impl Iterator<Item = (Of, &Pull, Timestamp)> {
    by_people(book).filter_map(|(of, it)| Some((of, it, it.merged?)))
}

/// When it could first be reviewed; none while it is a draft that never was anything else.
pub(super) fn ready(it: &Pull) -> Option<Timestamp> {
    match it.drafts.first() {
        Some((at, false)) => Some((*at).max(it.created)),
        Some((_, true)) => Some(it.created),
        None => (!it.draft).then_some(it.created),
    }
}

/// The first review or comment at lines by another person.
pub(super) fn reviewed(it: &Pull) -> Option<Timestamp> {
    let is_review = |how: How| matches!(how, How::Review(_) | How::Line);
    let said = it.said.iter().filter(|said| is_review(said.how) && said.who.is_another(it.author));
    said.map(|said| said.at).min()
}

/// The beginning of the work, and the ends of coding, pickup and review: none is before the one before it.
fn stages(it: &Pull, merged: Timestamp) -> [Timestamp; 4] {
    let written = it.written.first().copied().unwrap_or(it.created);
    let begin = written.min(it.created).min(merged);
    let ready = ready(it).unwrap_or(merged).clamp(begin, merged);
    let reviewed = reviewed(it).unwrap_or(merged).clamp(ready, merged);
    [begin, ready, reviewed, merged]
}

pub(super) fn cycle_time(book: &Book) -> Items {
    let mut items = Items::default();
    for (of, it) in by_people(book) {
        let Some(merged) = it.merged else {
            if it.closed.is_none() {
                items.leave_out(it.created, "still open");
            }
            continue;
        };
        let [begin, ready, reviewed, end] = stages(it, merged);
        let mut item = Item { value: seconds(begin, end), ..Item::new(of, merged) };
        item.numbers =
            [seconds(begin, ready), seconds(ready, reviewed), seconds(reviewed, end), f64::NAN];
        if book.deployments.any() {
            let deployed = book.deployments.of_pull(book, it);
            item.numbers[3] = seconds(merged, deployed.unwrap_or(book.facts.now));
            item.open_numbers = u8::from(deployed.is_none()) << 3;
        }
        items.items.push(item);
    }
    items
}

pub(super) fn first_review(book: &Book) -> Items {
    let mut items = Items::default();
    for (of, it) in by_people(book) {
        let Some(ready) = ready(it) else {
            items.leave_out(it.created, "drafts");
            continue;
        };
        let closed = it.merged.or(it.closed);
        // What is said after the end is no review that it waited for.
        let reviewed = reviewed(it).filter(|at| closed.is_none_or(|closed| *at <= closed));
        let reviewed = reviewed.map(|at| at.max(ready));
        let until = closed.unwrap_or(book.facts.now).max(ready);
        items.items.push(Item::timed(of, ready, reviewed, until));
    }
    items
}

/// From made to merged, or to closed without a merge.
pub(super) fn ends(book: &Book, by_merge: bool) -> Items {
    let mut items = Items::default();
    for (of, it) in by_people(book) {
        match (it.merged, it.closed, by_merge) {
            (Some(_), _, false) => items.leave_out(it.created, "merged"),
            (None, Some(_), true) => items.leave_out(it.created, "closed unmerged"),
            (merged, closed, _) => {
                let end = merged.or(closed);
                items.items.push(Item::timed(of, it.created, end, book.facts.now));
            }
        }
    }
    items
}

/// What others said of it in words.
fn words(it: &Pull) -> impl Iterator<Item = &model::delivery::Said> {
    it.said.iter().filter(|said| said.words && said.who.is_another(it.author))
}

/// Changes asked for, a commit after that, and a review after that.
fn rounds(it: &Pull) -> u32 {
    let mut rounds = 0;
    let mut asked: Option<Timestamp> = None;
    for said in it.said.iter().filter(|said| said.who.is_another(it.author)) {
        let How::Review(verdict) = said.how else { continue };
        if let Some(at) = asked
            && it.written.iter().any(|written| at < *written && *written <= said.at)
        {
            rounds += 1;
            asked = None;
        }
        if verdict == Verdict::ChangesRequested {
            asked = asked.or(Some(said.at));
        }
    }
    rounds
}

pub(super) fn depth(book: &Book) -> Items {
    let mut items = Items::default();
    for (of, it, merged) in merged(book) {
        let comments = words(it).count() as f64;
        let mut item = Item { value: comments, ..Item::new(of, merged) };
        let lines = it.lines.filter(|it| *it > 0).map_or(f64::NAN, |it| it as f64);
        item.numbers = [comments, comments * 100.0, lines, f64::from(rounds(it))];
        items.items.push(item);
    }
    items
}

/// Nobody but its author had a look before the merge.
pub(super) fn is_unreviewed(it: &Pull) -> bool {
    let before = |at: Timestamp| it.merged.is_none_or(|merged| at <= merged);
    let looked = it.said.iter().any(|said| {
        let said_something = said.words || matches!(said.how, How::Review(_));
        said_something && before(said.at) && said.who.is_another(it.author)
    });
    !looked && !it.named_reviewer
}

/// Who made it merged it, and nobody else approved.
pub(super) fn is_self_merged(it: &Pull) -> bool {
    let approved = it.said.iter().any(|said| {
        said.how == How::Review(Verdict::Approved)
            && it.merged.is_none_or(|merged| said.at <= merged)
            && said.who.is_another(it.author)
    });
    it.author.id.is_some() && it.merged_by.id == it.author.id && !approved && !it.named_reviewer
}

/// Merged pull requests, and whether each is one of those looked for.
pub(super) fn merged_as(book: &Book, hit: fn(&Pull) -> bool) -> Items {
    let items = merged(book).map(|(of, it, merged)| Item::hit(of, merged, hit(it)));
    Items { items: items.collect(), left_out: Vec::new() }
}

pub(super) fn self_merged(book: &Book) -> Items {
    let mut items = Items::default();
    for (of, it, merged) in merged(book) {
        if it.merged_by.id.is_none() {
            items.leave_out(merged, "nobody knows who merged them");
            continue;
        }
        items.items.push(Item::hit(of, merged, is_self_merged(it)));
    }
    items
}

pub(super) fn load(book: &Book) -> Items {
    let mut items = Items::default();
    for (pull, place) in book.facts.pulls.iter().zip(0_u32..) {
        for (said, at) in pull.said.iter().zip(0_u32..) {
            // One's own work gets no review of one's own, and a program's gets one of people.
            if matches!(said.how, How::Review(_)) && said.who.is_another(pull.author) {
                items
                    .items
                    .push(Item { who: said.who.id, ..Item::new(Of::Said(place, at), said.at) });
            }
        }
    }
    items
}

pub(super) fn size(book: &Book) -> Items {
    let mut items = Items::default();
    for (of, it, merged) in merged(book) {
        match it.lines {
            Some(lines) => items.items.push(Item { value: lines as f64, ..Item::new(of, merged) }),
            None => items.leave_out(merged, "of unknown size"),
        }
    }
    items
}

pub(super) fn balance(book: &Book) -> Items {
    let class = |work: Work| match work {
        Work::Bug => 0,
        Work::Feature => 1,
        Work::Chore => 2,
        Work::Unlinked => 3,
    };
    let item = |(of, it, merged): (Of, &Pull, Timestamp)| {
        Item::hit(of, merged, it.work == Work::Bug).class(class(it.work))
    };
    Items { items: merged(book).map(item).collect(), left_out: Vec::new() }
}

/// The stretches in which it was open, and no draft where drafts do not count.
pub(super) fn open(it: &Pull, drafts: bool) -> Vec<(Timestamp, Timestamp)> {
    let end = it.merged.or(it.closed).unwrap_or(EVER);
    // When it stopped (false) or began (true) to count for each of two reasons.
    let first_draft = it.drafts.first().map_or(it.draft, |(_, to_draft)| !to_draft);
    let mut turns: Vec<(Timestamp, bool, bool)> = Vec::new();
    turns.extend(it.closings.iter().map(|(at, closed)| (*at, false, !closed)));
    if !drafts {
        turns.extend(it.drafts.iter().map(|(at, draft)| (*at, true, !draft)));
    }
    turns.sort_unstable();
    let (mut is_open, mut is_ready) = (true, drafts || !first_draft);
    let mut since = (is_open && is_ready).then_some(it.created);
    let mut stretches = Vec::new();
    for (at, of_draft, on) in turns {
        let at = at.clamp(it.created, end);
        *(if of_draft { &mut is_ready } else { &mut is_open }) = on;
        match (since, is_open && is_ready) {
            (Some(from), false) => {
                stretches.push((from, at));
                since = None;
            }
            (None, true) => since = Some(at),
            _ => {}
        }
    }
    match since {
        Some(from) => stretches.push((from, end)),
        // It is open though it was told to be closed last: nobody told that it was opened again.
        None if end == EVER && !is_open && is_ready => {
            let last = it.closings.last().map_or(it.created, |it| it.0);
            stretches.push((last, end));
        }
        None => {}
    }
    stretches.retain(|(from, to)| from < to);
    stretches
}
