//! Rows to a block, and back.

use super::row::{Client, Touch};
use super::{
    BOUNCE, Built, COUNTED, Col, Column, Damage, Head, NEW, Row, RowProp, Rows, View, kind_of,
};
use crate::visits::{Definition, Seen, Visit, cut};
use std::collections::BTreeMap;
use std::sync::Arc;

use super::row::{DOORS, Listed, VERDICTS};

/// The block of all rows of a day.
pub(crate) fn build(site: u32, day: i32, rows: &Rows) -> Built {
    let mut order: Vec<u32> = (0..rows.rows.len() as u32).collect();
    let row = |place: &u32| &rows.rows[*place as usize];
    order.sort_unstable_by_key(|it| (row(it).visitor, row(it).verdict, row(it).at, *it));
    let mut made = Making::default();
    let mut seen = Vec::new();
    let mut visitor = None;
    for stream in
        order.chunk_by(|a, b| row(a).visitor == row(b).visitor && row(a).verdict == row(b).verdict)
    {
        seen.clear();
        seen.extend(stream.iter().map(row).map(|it| Seen {
            at: it.at,
            kind: it.kind,
            interactive: it.interactive,
            page: it.path,
            engaged: it.engaged,
        }));
        cut(Definition::Backstory, &seen, |visit| {
            let is_new = visitor != Some(row(&stream[0]).visitor);
            visitor = Some(row(&stream[0]).visitor);
            let events = stream[visit.first..visit.first + visit.count].iter().map(row);
            made.visit(rows, visit, is_new, events);
        });
    }
    made.finish(site, day)
}

/// Numbers of columns that hold numbers, words of those that hold words.
#[derive(Default)]
struct Making {
    numbers: BTreeMap<Col, Vec<i64>>,
    words: BTreeMap<Col, Vec<u32>>,
    touches: Listed<Touch>,
    clients: Listed<Client>,
    visits: usize,
    events: usize,
}

impl Making {
    fn number(&mut self, col: Col, value: i64) {
        self.numbers.entry(col).or_default().push(value);
    }

    fn word(&mut self, col: Col, word: u32) {
        self.words.entry(col).or_default().push(word);
    }

    fn visit<'a>(
        &mut self,
        rows: &Rows,
        visit: Visit,
        is_new: bool,
        events: impl Iterator<Item = &'a Row>,
    ) {
        let mut of = None;
        let mut before = visit.start;
        for row in events {
            let touch = rows.touches.list[row.touch as usize];
            let client = rows.clients.list[row.client as usize];
            let (of_visit, with) = *of.get_or_insert_with(|| {
                self.number(Col::VISITOR, row.visitor as i64);
                self.number(Col::PERSON, i64::from(row.person));
                self.number(Col::VERDICT, row.verdict as i64);
                for (place, word) in touch.into_iter().enumerate() {
                    self.word(Col::touch(place as u8), word);
                }
                for (place, word) in client.into_iter().enumerate() {
                    self.word(Col::client(place as u8), word);
                }
                (touch, client)
            });
            let other = if touch == of_visit { 0 } else { self.touches.place(touch) + 1 };
            self.number(Col::OTHER_TOUCH, i64::from(other));
            let other = if client == with { 0 } else { self.clients.place(client) + 1 };
            self.number(Col::OTHER_CLIENT, i64::from(other));
            self.number(Col::GAP, row.at - before);
            before = row.at;
            self.number(Col::WHAT, row.kind as i64 | i64::from(row.interactive) << 3);
            self.word(Col::NAME, row.name);
            self.word(Col::HOST, row.host);
            self.word(Col::PATH, row.path);
            self.word(Col::TITLE, row.title);
            self.number(Col::TOLD, i64::from(row.engaged));
            self.number(Col::SCROLL, i64::from(row.scroll));
            self.number(Col::DOOR, row.door as i64);
            for prop in &row.props {
                self.number(Col::PROP_EVENT, self.events as i64);
                self.word(Col::PROP_KEY, prop.key);
                self.number(Col::PROP_KIND, i64::from(prop.kind));
                let is_text = prop.kind == super::PROP_TEXT;
                self.word(Col::PROP_TEXT, if is_text { prop.value as u32 } else { 0 });
                self.number(Col::PROP_BITS, if is_text { 0 } else { prop.value as i64 });
            }
            if let Some((currency, amount)) = row.revenue {
                self.number(Col::MONEY_EVENT, self.events as i64);
                self.word(Col::MONEY_CURRENCY, currency);
                self.number(Col::MONEY_AMOUNT, amount);
            }
            self.events += 1;
        }
        self.number(Col::START, visit.start);
        self.number(Col::COUNT, visit.count as i64);
        self.number(Col::DURATION, visit.duration);
        self.number(Col::VIEWS, i64::from(visit.views));
        self.number(Col::EVENTS, i64::from(visit.events));
        self.number(Col::MARKS, marks(&visit, is_new));
        self.word(Col::ENTRY, visit.entry);
        self.word(Col::EXIT, visit.exit);
        self.number(Col::ENGAGED, visit.engaged as i64);
        self.visits += 1;
    }

    fn finish(mut self, site: u32, day: i32) -> Built {
        let starts = self.numbers.get(&Col::START).map(Vec::as_slice).unwrap_or_default();
        let head = Head {
            site,
            day,
            visits: self.visits,
            events: self.events,
            first: starts.iter().min().copied().unwrap_or(0),
            last: starts.iter().max().copied().unwrap_or(0),
        };
        let listed = |words: &[u32]| words.iter().map(|it| i64::from(*it)).collect::<Vec<_>>();
        self.numbers.insert(Col::TOUCHES, listed(self.touches.list.as_flattened()));
        self.numbers.insert(Col::CLIENTS, listed(self.clients.list.as_flattened()));
        let mut columns = BTreeMap::new();
        for (col, numbers) in self.numbers {
            columns.insert(col, Arc::new(Column::numbers(&numbers)));
        }
        for (col, words) in self.words {
            columns.insert(col, Arc::new(Column::words(&words)));
        }
        // Lists that nothing is in.
        for col in Col::all() {
            columns.entry(col).or_insert_with(|| Arc::new(Column::numbers(&[])));
        }
        Built { head, columns }
    }
}

pub(super) fn marks(visit: &Visit, is_new: bool) -> i64 {
    (i64::from(visit.bounce) * BOUNCE)
        | (i64::from(visit.counted) * COUNTED)
        | (i64::from(is_new) * NEW)
}

/// The rows of a block, all of whose columns are in view: those of a visit in order of arrival.
pub(crate) fn rows_of(view: &View) -> Result<Rows, Damage> {
    let mut rows = Rows::default();
    let counts: Vec<usize> =
        (0..view.head.visits).map(|it| view.get(Col::COUNT).get(it) as usize).collect();
    if counts.iter().try_fold(0usize, |sum, it| sum.checked_add(*it)) != Some(view.head.events) {
        return Err(Damage("has visits that do not hold its events"));
    }
    let list = |col: Col, row: usize, each: usize, to: &mut [u32]| -> Result<(), Damage> {
        for (place, word) in to.iter_mut().enumerate() {
            let at = row * each + place;
            if at >= view.get(col).len() {
                return Err(Damage("names a word that it does not list"));
            }
            *word = view.get(col).get(at) as u32;
        }
        Ok(())
    };
    let mut event = 0;
    let (mut prop, mut money) = (0, 0);
    for (visit, count) in counts.into_iter().enumerate() {
        let mut touch = [0; 11];
        for (place, word) in touch.iter_mut().enumerate() {
            *word = view.get(Col::touch(place as u8)).word(visit);
        }
        let mut client = [0; 10];
        for (place, word) in client.iter_mut().enumerate() {
            *word = view.get(Col::client(place as u8)).word(visit);
        }
        let verdict = usize::try_from(view.get(Col::VERDICT).get(visit)).ok();
        let verdict = verdict.and_then(|it| VERDICTS.get(it)).ok_or(Damage("has no verdict"))?;
        let mut at = view.get(Col::START).get(visit);
        for place in event..event + count {
            at = at.wrapping_add(view.get(Col::GAP).get(place));
            let what = view.get(Col::WHAT).get(place) as u64;
            let door = usize::try_from(view.get(Col::DOOR).get(place)).ok();
            let (mut touch, mut client) = (touch, client);
            if let Some(other) = (view.get(Col::OTHER_TOUCH).get(place) as usize).checked_sub(1) {
                list(Col::TOUCHES, other, 11, &mut touch)?;
            }
            if let Some(other) = (view.get(Col::OTHER_CLIENT).get(place) as usize).checked_sub(1) {
                list(Col::CLIENTS, other, 10, &mut client)?;
            }
            let props = view.get(Col::PROP_EVENT);
            let mut of_event = Vec::new();
            while prop < props.len() && props.get(prop) == place as i64 {
                let kind = view.get(Col::PROP_KIND).get(prop) as u8;
                let value = match kind {
                    super::PROP_TEXT => u64::from(view.get(Col::PROP_TEXT).word(prop)),
                    _ => view.get(Col::PROP_BITS).get(prop) as u64,
                };
                of_event.push(RowProp { key: view.get(Col::PROP_KEY).word(prop), kind, value });
                prop += 1;
            }
            let mut revenue = None;
            let moneys = view.get(Col::MONEY_EVENT);
            if money < moneys.len() && moneys.get(money) == place as i64 {
                let currency = view.get(Col::MONEY_CURRENCY).word(money);
                revenue = Some((currency, view.get(Col::MONEY_AMOUNT).get(money)));
                money += 1;
            }
            rows.rows.push(Row {
                at,
                visitor: view.get(Col::VISITOR).get(visit) as u64,
                person: view.get(Col::PERSON).get(visit) as u32,
                name: view.get(Col::NAME).word(place),
                host: view.get(Col::HOST).word(place),
                path: view.get(Col::PATH).word(place),
                title: view.get(Col::TITLE).word(place),
                touch: rows.touches.place(touch),
                client: rows.clients.place(client),
                engaged: view.get(Col::TOLD).get(place) as u32,
                kind: kind_of(what & 7).ok_or(Damage("has an event of no kind"))?,
                interactive: what & 8 > 0,
                scroll: view.get(Col::SCROLL).get(place) as u8,
                verdict: *verdict,
                door: *door.and_then(|it| DOORS.get(it)).ok_or(Damage("has no door"))?,
                props: of_event,
                revenue,
            });
        }
        event += count;
    }
    Ok(rows)
}
