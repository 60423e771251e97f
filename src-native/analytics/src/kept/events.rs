//! Events given back as they were told.

use super::snapshot::DayOf;
use super::{Kept, Result, Snapshot};
use crate::block::CLIENT_WORDS;
use crate::block::{Lexicon, PROP_NUMBER, PROP_TEXT, Row, Rows, TOUCH_WORDS, rows_of};
use crate::event::{Event, Prop, Visited};
use std::collections::HashMap;
use std::sync::Arc;

impl Kept {
    /// Gives all events of a site from one day to another (days since 1970-01-01 in its zone, both included),
    /// day by day, until `each` says no. Within a day they come by visitor, and of a visitor in order of time.
    pub fn events(
        &self,
        site: u32,
        from: i32,
        to: i32,
        mut each: impl FnMut(Event) -> bool,
    ) -> Result<()> {
        self.snapshot(|snapshot| {
            for day in snapshot.days(site, from, to)? {
                let rows = snapshot.rows(&day)?;
                let mut unpack = Unpack::new(snapshot, &rows, day.day);
                for row in &rows.rows {
                    if !each(unpack.event(row)?) {
                        return Ok(());
                    }
                }
            }
            Ok(())
        })
    }
}

impl Snapshot<'_> {
    /// All rows of a day, visit by visit.
    pub(crate) fn rows(&self, day: &DayOf) -> Result<Rows> {
        let damaged = |it| super::error::damaged(day.site, day.day, "of visits", it);
        match day.block {
            Some((block, head)) if day.hot == 0 => {
                super::seal::block_rows(self.connection, block, head)
            }
            _ => rows_of(&self.open_day(day)?.view()).map_err(damaged),
        }
    }
}

/// Rows back to events.
pub(crate) struct Unpack<'a> {
    snapshot: &'a Snapshot<'a>,
    rows: &'a Rows,
    day: i32,
    visited: HashMap<(u32, u32), Arc<Visited>>,
}

impl<'a> Unpack<'a> {
    pub(crate) fn new(snapshot: &'a Snapshot<'a>, rows: &'a Rows, day: i32) -> Unpack<'a> {
        Unpack { snapshot, rows, day, visited: HashMap::new() }
    }

    fn word(&self, lexicon: Lexicon, number: u32) -> Result<Arc<str>> {
        self.snapshot.kept.word(self.snapshot.connection, lexicon, number)
    }

    fn visited(&mut self, row: &Row) -> Result<Arc<Visited>> {
        if let Some(known) = self.visited.get(&(row.touch, row.client)) {
            return Ok(known.clone());
        }
        let touch = self.rows.touches.list[row.touch as usize];
        let client = self.rows.clients.list[row.client as usize];
        let mut words = Vec::with_capacity(19);
        for (lexicon, number) in TOUCH_WORDS.into_iter().zip(touch) {
            words.push(self.word(lexicon, number)?.to_string());
        }
        for (lexicon, number) in CLIENT_WORDS.into_iter().zip(client) {
            words.push(self.word(lexicon, number)?.to_string());
        }
        let mut words = words.into_iter();
        let mut next = || words.next().unwrap_or_default();
        // In the order of the two lists.
        let visited = Arc::new(Visited {
            referrer: next(),
            referrer_path: next(),
            utm_source: next(),
            utm_medium: next(),
            utm_campaign: next(),
            utm_content: next(),
            utm_term: next(),
            source: next(),
            channel: next(),
            country: next(),
            region: next(),
            city: next(),
            browser: next(),
            browser_version: next(),
            os: next(),
            os_version: next(),
            device: next(),
            screen: next(),
            language: next(),
            paid_click: touch[9] != 0,
            rule: touch[10] as u8,
        });
        self.visited.insert((row.touch, row.client), visited.clone());
        Ok(visited)
    }

    /// An event of its row.
    pub(crate) fn event(&mut self, row: &Row) -> Result<Event> {
        let mut props = Vec::with_capacity(row.props.len());
        for prop in &row.props {
            let value = match prop.kind {
                PROP_TEXT => Prop::Text(self.word(Lexicon::Value, prop.value as u32)?),
                PROP_NUMBER => Prop::Number(f64::from_bits(prop.value)),
                _ => Prop::Bool(prop.value != 0),
            };
            props.push((self.word(Lexicon::Key, prop.key)?, value));
        }
        let revenue = match row.revenue {
            Some((currency, amount)) => Some((self.word(Lexicon::Currency, currency)?, amount)),
            None => None,
        };
        Ok(Event {
            at: row.at,
            day: self.day,
            visitor: row.visitor,
            kind: row.kind,
            name: self.word(Lexicon::Name, row.name)?,
            interactive: row.interactive,
            host: self.word(Lexicon::Host, row.host)?,
            path: self.word(Lexicon::Path, row.path)?,
            title: self.word(Lexicon::Title, row.title)?,
            of: self.visited(row)?,
            props,
            engaged: row.engaged,
            scroll: row.scroll,
            revenue,
            verdict: row.verdict,
            door: row.door,
        })
    }
}
