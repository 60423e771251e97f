//! The records behind a figure of delivery, each with its own numbers.

use super::super::Asked;
use super::super::changes::no_cursor;
use super::calendar::{Period, first, next};
use super::kept::Opened;
use super::{About, DeliveryBy, DeliveryGrain, DeliveryName, DeliveryProxy, ask, moment, record};
use crate::wire::*;
use crate::{Access, Context, Error, Method, Result, Topic};
use agents::delivery::{EVER, Item, Span};
use std::collections::BTreeMap;

request! {
    /// List the records behind a figure of delivery, newest first, each with its own numbers.
    pub struct DeliveryRecords {
        /// The measure.
        pub measure: DeliveryName,
        /// At or after this time, as for `memory.delivery`.
        pub from: Option<String>,
        /// Before this time, as for `memory.delivery`.
        pub to: Option<String>,
        /// Of the period only the stretch that begins here: a day or a time. Needs `grain`.
        pub bucket: Option<String>,
        /// How long that stretch is.
        pub grain: Option<DeliveryGrain>,
        /// Only what touches this component.
        pub component: Option<String>,
        /// How `group` is told.
        pub by: Option<DeliveryBy>,
        /// Only the records of this group of a breakdown. Needs `by`.
        pub group: Option<String>,
        /// What stands for a deployment, as for `memory.delivery`.
        pub deployments: Option<DeliveryProxy>,
        /// As memory was at this time, RFC 3339. As it is unless given.
        pub now: Option<String>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// How many to list (50 unless told otherwise), at most 1000.
        pub limit: Option<u32>,
        /// Where to go on: `next` of the page before.
        pub cursor: Option<String>,
    }
}

reply! {
    /// A page of records.
    pub struct DeliveryRecordsReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// The measure.
        pub measure: DeliveryName,
        /// From when on records are counted.
        pub from: String,
        /// Before when.
        pub to: String,
        /// Newest first, by the date that the measure counts by.
        pub records: Vec<DeliveryRecord>,
        /// How many there are in all: the figure's `n`.
        pub total: u32,
        /// Where the next page begins; none at the end.
        pub next: Option<String>,
    }

    /// A record of a figure.
    pub struct DeliveryRecord {
        /// The record.
        pub record: Record,
        /// The date it is counted by; the beginning of what is counted while it lasts.
        pub at: String,
        /// What is measured of it: seconds, lines, or 1 for one that is looked for and 0 for another; none where it is only counted.
        pub value: Option<f64>,
        /// What that is a part of, where it is.
        pub over: Option<f64>,
        /// It has not ended yet: it takes longer than `value`.
        pub open: bool,
        /// Further numbers: the stages of a cycle time.
        pub numbers: BTreeMap<String, f64>,
        /// The further numbers that have not ended yet.
        pub open_numbers: Vec<String>,
    }
}

impl Method for DeliveryRecords {
    const NAME: &'static str = "memory.deliveryRecords";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[Topic::Memory, Topic::Identities];
    const EXAMPLE: &'static str = r#"{ "measure": "leadTime", "limit": 5 }"#;
    type Reply = DeliveryRecordsReply;

    async fn call(self, cx: Context) -> Result<DeliveryRecordsReply> {
        let about = About {
            component: self.component.clone(),
            deployments: self.deployments,
            now: self.now.clone(),
        };
        ask(cx, self.repository.clone(), about, move |at, opened| listed(self, at, opened)).await
    }
}

/// The stretch that is asked about, within the period.
fn span(ask: &DeliveryRecords, period: &Period) -> Result<Span> {
    let Some(text) = &ask.bucket else { return Ok(period.span) };
    let Some(grain) = ask.grain else {
        return Err(Error::invalid("`bucket` needs `grain`").hint("one of hour, day, week, month"));
    };
    let start = first(grain, moment("bucket", text)?);
    let (from, to) = (start.max(period.span.from), next(grain, start).min(period.span.to));
    if from >= to {
        let text = format!("the stretch of {} lies outside the period", time(start));
        return Err(Error::invalid(text));
    }
    Ok(Span { from, to })
}

fn listed(
    ask: DeliveryRecords,
    at: &Asked<'_>,
    opened: &Opened<'_>,
) -> Result<DeliveryRecordsReply> {
    let most = limit(ask.limit, 50, 1_000)?;
    let now = at.now(ask.now.as_deref())?;
    let period = Period::of(ask.from.as_deref(), ask.to.as_deref(), opened.end())?;
    let span = span(&ask, &period)?;
    let measure = ask.measure.measure();
    let mut items = match super::not_judged(measure, &opened.book) {
        Some(_) => Default::default(),
        None => opened.items(measure, span)?,
    };
    opened.keep(&mut items)?;
    let mut found: Vec<Item> = items.within(measure, span).copied().collect();
    match (ask.by, &ask.group) {
        (Some(by), Some(group)) => {
            let mut kept = Vec::new();
            for it in found {
                if opened.groups_of(by, it.of)?.contains(group) {
                    kept.push(it);
                }
            }
            found = kept;
        }
        (None, Some(_)) => return Err(Error::invalid("`group` needs `by`")),
        (_, None) => {}
    }
    found.reverse();
    let total = found.len();
    let begin = match &ask.cursor {
        None => 0,
        Some(text) => {
            // The date of the last one shown, and how many of that date were.
            let (date, shown) = text.split_once(' ').ok_or_else(no_cursor)?;
            let date = u64::from_str_radix(date, 16).map_err(|_| no_cursor())? as i64;
            let shown: usize = shown.parse().map_err(|_| no_cursor())?;
            found.partition_point(|it| it.at.0 > date).saturating_add(shown).min(total)
        }
    };
    let page = &found[begin..total.min(begin.saturating_add(most))];
    let next = page.last().filter(|_| begin + page.len() < total).map(|it| {
        let same = begin + page.len() - found.partition_point(|other| other.at > it.at);
        format!("{:x} {same}", it.at.0 as u64)
    });
    let names = measure.numbers();
    let records = page.iter().map(|it| {
        let numbers = || names.iter().enumerate().filter(|(_, name)| !name.is_empty());
        let told = |at: &usize| !it.numbers[*at].is_nan();
        let shown = measure.shown(it, span);
        Ok(DeliveryRecord {
            record: record(at, &opened.book, it.of)?,
            at: time(it.at),
            value: shown,
            over: shown.filter(|_| measure.is_of_parts()).map(|_| it.over),
            open: it.open || (it.until == EVER && measure.lasts()),
            numbers: numbers()
                .filter(|(at, _)| told(at))
                .map(|(at, name)| ((*name).to_owned(), it.numbers[at]))
                .collect(),
            open_numbers: numbers()
                .filter(|(at, _)| told(at) && it.open_numbers & (1 << at) != 0)
                .map(|(_, name)| (*name).to_owned())
                .collect(),
        })
    });
    Ok(DeliveryRecordsReply {
        basis: at.basis(Some(now), &[measure.rule()])?,
        measure: ask.measure,
        from: time(span.from),
        to: time(span.to),
        records: records.collect::<Result<_>>()?,
        total: count(total as u64),
        next,
    })
}
