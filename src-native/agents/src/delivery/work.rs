//! Measures of commits, of the lines they change and of the people who begin.

use super::{Book, Item, Items, Of};
use model::delivery::FileLines;
use model::{CommitId, DAY, DeveloperId, Timestamp};
use std::collections::{BTreeMap, HashMap};

/// Days within which a line that is changed again is rework.
pub const REWORK_DAYS: i64 = 21;

/// Commits of people, by when they were written; the value is the day.
pub(super) fn commits(book: &Book) -> Items {
    let commits = book.facts.commits.iter().zip(0_u32..);
    let by_people = commits.filter(|(it, _)| !it.merge && !it.author.bot);
    let items = by_people.map(|(it, place)| Item {
        who: it.author.id,
        value: it.authored.0.div_euclid(DAY) as f64,
        ..Item::new(Of::Commit(place), it.authored)
    });
    Items { items: items.collect(), left_out: Vec::new() }
}

pub(super) fn churn(book: &Book, lines: &[FileLines]) -> Items {
    let mut sums: BTreeMap<(Timestamp, CommitId), (u64, u64)> = BTreeMap::new();
    for it in lines.iter().filter(|it| !it.bot) {
        let sum = sums.entry((it.at, it.commit)).or_default();
        *sum = (sum.0 + u64::from(it.added), sum.1 + u64::from(it.deleted));
    }
    let item = |((at, commit), (added, deleted)): (_, (u64, u64))| {
        let mut item = Item::new(Of::Commit(book.commit(commit)?.0), at);
        item.value = (added + deleted) as f64;
        item.numbers[..2].copy_from_slice(&[added as f64, deleted as f64]);
        Some(item)
    };
    Items { items: sums.into_iter().filter_map(item).collect(), left_out: Vec::new() }
}

/// Lines of a file that are young: when they were written and how many are left, oldest first.
type Young = Vec<(Timestamp, u64)>;

pub(super) fn rework(book: &Book, lines: &[FileLines]) -> Items {
    let mut files: HashMap<i64, Young> = HashMap::new();
    let mut sums: BTreeMap<(Timestamp, CommitId), (u64, u64)> = BTreeMap::new();
    for it in lines {
        let moved = it.from.and_then(|from| files.remove(&from));
        let young = files.entry(it.file).or_default();
        if let Some(moved) = moved {
            *young = moved;
        }
        let oldest = Timestamp(it.at.0.saturating_sub(REWORK_DAYS * DAY));
        let (mut left, mut again) = (u64::from(it.deleted), 0);
        while left > 0
            && let Some(last) = young.last_mut().filter(|last| last.0 >= oldest)
        {
            let taken = left.min(last.1);
            (left, last.1, again) = (left - taken, last.1 - taken, again + taken);
            if last.1 == 0 {
                young.pop();
            }
        }
        if young.last().is_none_or(|last| last.0 < oldest) {
            young.clear();
        }
        if it.added > 0 {
            young.push((it.at, u64::from(it.added)));
        }
        if !it.bot {
            let sum = sums.entry((it.at, it.commit)).or_default();
            *sum = (sum.0 + again, sum.1 + u64::from(it.added) + u64::from(it.deleted));
        }
    }
    let item = |((at, commit), (again, all)): (_, (u64, u64))| {
        let of = Of::Commit(book.commit(commit)?.0);
        Some(Item { value: again as f64, over: all as f64, ..Item::new(of, at) })
    };
    Items { items: sums.into_iter().filter_map(item).collect(), left_out: Vec::new() }
}

/// How somebody began.
#[derive(Default)]
struct Beginning {
    first: Option<(Timestamp, Of)>,
    pull: Option<Timestamp>,
    merges: Vec<Timestamp>,
}

impl Beginning {
    fn met(&mut self, at: Timestamp, of: Of) {
        self.first = Some(self.first.map_or((at, of), |first| first.min((at, of))));
    }
}

pub(super) fn onboarding(book: &Book) -> Items {
    let mut people: BTreeMap<DeveloperId, Beginning> = BTreeMap::new();
    for (it, place) in book.facts.commits.iter().zip(0_u32..) {
        if let Some(who) = it.author.id.filter(|_| !it.author.bot && !it.merge) {
            people.entry(who).or_default().met(it.authored, Of::Commit(place));
        }
    }
    for (of, it) in super::pulls::by_people(book) {
        let Some(who) = it.author.id else { continue };
        let person = people.entry(who).or_default();
        person.met(it.created, of);
        person.pull = Some(person.pull.map_or(it.created, |first| first.min(it.created)));
        person.merges.extend(it.merged);
    }
    let mut items = Items::default();
    for mut person in people.into_values() {
        let Some((at, of)) = person.first else { continue };
        person.merges.sort_unstable();
        let mut item = Item::timed(of, at, person.merges.get(9).copied(), book.facts.now);
        if let Some(pull) = person.pull {
            let merge = person.merges.first().copied();
            item.numbers[0] = super::seconds(pull, merge.unwrap_or(book.facts.now));
            item.open_numbers = u8::from(merge.is_none());
        }
        items.items.push(item);
    }
    items
}
