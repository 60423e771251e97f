//! How what memory lacks went, for all reports at once, in rows that can be drawn.

use super::super::{Asked, question};
use super::rows::{Doubts, Span};
use super::{HygieneKind, HygieneTrendBy, starts};
use crate::Result;
use crate::wire::*;
use agents::hygiene::Kind;

request! {
    /// Tell how what memory lacks went: a row for each report and each month or week.
    pub struct HygieneTrend {
        /// Only this report; all that have a time unless given.
        pub report: Option<HygieneKind>,
        /// How to cut it (`month` unless told otherwise): twelve months or twenty-six weeks.
        pub by: Option<HygieneTrendBy>,
        /// Up to this time, RFC 3339, by what was there then. The time of the newest record unless given.
        pub until: Option<String>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
    }
}

reply! {
    /// How what memory lacks went.
    pub struct HygieneTrendReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// By report in the order of the manual, and oldest first; none of what cannot be judged.
        pub rows: Vec<HygieneTrendRow>,
    }

    /// A report in a month or a week.
    pub struct HygieneTrendRow {
        /// Which report.
        pub report: HygieneKind,
        /// Its title.
        pub title: String,
        /// The first day.
        pub start: String,
        /// Found of those judged, 0 to 1; none where none was judged.
        pub share: Option<f64>,
        /// Those that lack something.
        pub found: u32,
        /// All that were judged.
        pub judged: u32,
    }
}

question!(
    HygieneTrend,
    "memory.hygieneTrend",
    HygieneTrendReply,
    r#"{ "report": "commitsWithoutIssue" }"#,
    |it, at| {
        let until = it.until.clone();
        at.as_of(until.as_deref(), |at| trend(it, at))
    }
);

fn trend(ask: HygieneTrend, at: &Asked<'_>) -> Result<HygieneTrendReply> {
    let span = Span::of(at, (None, ask.until.as_deref()), Doubts::new())?;
    let starts = starts(ask.by.unwrap_or(HygieneTrendBy::Month), span.until);
    let mut rows = Vec::new();
    for kind in Kind::ALL {
        let asked = ask.report.is_none_or(|it| it.rule() == kind);
        if !asked || !kind.has_time() || span.not_judged(kind).is_some() {
            continue;
        }
        let records = span.rows(at, kind, starts.first().copied().unwrap_or(span.until))?;
        let judged = records.iter().map(|it| (it.at, it.judgement));
        let counts = agents::hygiene::trend(judged, &starts, span.until);
        rows.extend(starts.iter().zip(counts).map(|(start, (found, judged))| HygieneTrendRow {
            report: HygieneKind::of(kind),
            title: kind.title().into(),
            start: time(*start)[..10].to_owned(),
            share: agents::hygiene::share(found, judged),
            found,
            judged,
        }));
    }
    Ok(HygieneTrendReply { basis: at.hygiene_basis(&span)?, rows })
}
