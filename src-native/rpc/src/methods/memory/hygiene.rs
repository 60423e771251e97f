//! How complete memory is: what keeps it from answering, counted, and the records to mend.

mod rows;
mod trend;

use super::Asked;
use super::changes::no_cursor;
use super::tell::{RECORDS_MAX, gap};
use crate::wire::*;
use crate::{Access, Context, Method, Result, Topic};
use agents::hygiene::{Count, Judgement, Kind};
use ingest::config::Threshold;
use model::Timestamp;
use rows::{Doubts, Row, Span};
use std::collections::BTreeMap;
pub use trend::{HygieneTrend, HygieneTrendReply};

/// A report about what memory lacks.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
    ts_rs::TS,
)]
#[serde(rename_all = "camelCase")]
pub enum HygieneKind {
    /// Commits that name no issue.
    CommitsWithoutIssue,
    /// Pull requests that are linked to no issue.
    PullRequestsWithoutIssue,
    /// Pull requests without a description.
    EmptyDescriptions,
    /// Issues marked as done that no commit and no pull request is linked to.
    DoneWithoutChange,
    /// Living files that belong to no component.
    FilesWithoutComponent,
    /// Pull requests merged without an approval by anybody but their author.
    MergedWithoutReview,
    /// Pull requests that somebody reviewed, that nobody approved, and that were merged.
    MergedWithoutApproval,
    /// Keys of known projects that commits name and no issue in memory has.
    KeysWithoutRecord,
    /// Issues that name no component.
    IssuesWithoutComponent,
    /// People who may be somebody else: suggestions that nobody has answered.
    DoubtfulPeople,
}

/// How a trend is cut.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
    ts_rs::TS,
)]
#[serde(rename_all = "camelCase")]
pub enum HygieneTrendBy {
    /// Twelve months that end with `until`.
    Month,
    /// Twenty-six weeks that end with `until`.
    Week,
}

request! {
    /// Report what memory lacks: counts, shares, trends, thresholds of the team, and the records to mend.
    pub struct Hygiene {
        /// Only this report; all of them unless given.
        pub report: Option<HygieneKind>,
        /// Count what happened at or after this time, RFC 3339; 90 days before `until` unless given here or in backstory.toml (`[hygiene] window_days`).
        pub since: Option<String>,
        /// Count what happened at or before this time, RFC 3339, and judge it by what was there then: what was mended later is not mended. The time of the newest record unless given.
        pub until: Option<String>,
        /// How to cut the trend (`month` unless told otherwise).
        pub by: Option<HygieneTrendBy>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
    }

    /// List the records of a report, newest first: those found, or all that were judged.
    pub struct HygieneRecords {
        /// The report.
        pub report: HygieneKind,
        /// All that were judged, and not only those found.
        pub judged: Option<bool>,
        /// At or after this time, RFC 3339; as for `memory.hygiene`.
        pub since: Option<String>,
        /// At or before this time, RFC 3339; as for `memory.hygiene`.
        pub until: Option<String>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// How many to list (50 unless told otherwise), at most 1000.
        pub limit: Option<u32>,
        /// Where to go on: `next` of the page before.
        pub cursor: Option<String>,
    }
}

reply! {
    /// What memory lacks.
    pub struct HygieneReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Start of the window.
        pub since: Option<String>,
        /// End of the window.
        pub until: Option<String>,
        /// In the order of the manual.
        pub reports: Vec<HygieneReport>,
        /// How many reports are over a threshold of the team.
        pub over: u32,
        /// How many reports could not be judged.
        pub not_judged: u32,
    }

    /// One report.
    pub struct HygieneReport {
        /// Which.
        pub report: HygieneKind,
        /// Its title.
        pub title: String,
        /// Its rule, in a sentence.
        pub rule: String,
        /// Why it cannot be judged; none where it is. What is not judged is not clean.
        pub not_judged: Option<String>,
        /// Those that lack something.
        pub found: Figure,
        /// All that were judged.
        pub judged: Figure,
        /// What was left out because it would not be fair, with how many.
        pub left_out: Vec<HygieneLeftOut>,
        /// Found of those judged, 0 to 1; none where none was judged.
        pub share: Option<f64>,
        /// How it went, oldest first; empty for reports about today's files and people.
        pub trend: Vec<HygieneTrendPoint>,
        /// The team's threshold in backstory.toml, where there is one.
        pub threshold: Option<HygieneThreshold>,
    }

    /// Records left out of a report.
    pub struct HygieneLeftOut {
        /// Which, as people say it: `merges`.
        pub what: String,
        /// How many.
        pub count: u32,
    }

    /// A month or a week of a report.
    pub struct HygieneTrendPoint {
        /// Its first day.
        pub start: String,
        /// Those that lack something.
        pub found: u32,
        /// All that were judged.
        pub judged: u32,
        /// Found of those judged, 0 to 1; none where none was judged.
        pub share: Option<f64>,
    }

    /// How much a team allows.
    pub struct HygieneThreshold {
        /// The greatest share, 0 to 1.
        pub share_max: Option<f64>,
        /// The greatest count.
        pub count_max: Option<u32>,
        /// Whether it is passed; none where the report cannot be judged.
        pub over: Option<bool>,
        /// In a sentence.
        pub text: String,
    }

    /// A page of records.
    pub struct HygieneRecordsReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Newest first; files and people by name.
        pub records: Vec<HygieneRecord>,
        /// How many there are in all.
        pub total: u32,
        /// Where the next page begins; none at the end.
        pub next: Option<String>,
    }

    /// A record of a report.
    pub struct HygieneRecord {
        /// The record.
        pub record: Record,
        /// When it was made, merged or resolved; none for files and people.
        pub at: Option<String>,
        /// Who made it.
        pub person: Option<PersonRef>,
        /// Whether it lacks something.
        pub found: bool,
        /// What it lacks, or why it is said to, where there is more to say than the report's title.
        pub text: Option<String>,
    }
}

/// Stretches of a trend by months and by weeks.
const MONTHS: i32 = 12;
const WEEKS: i64 = 26;

impl HygieneKind {
    fn rule(self) -> Kind {
        match self {
            HygieneKind::CommitsWithoutIssue => Kind::CommitsWithoutIssue,
            HygieneKind::PullRequestsWithoutIssue => Kind::PullRequestsWithoutIssue,
            HygieneKind::EmptyDescriptions => Kind::EmptyDescriptions,
            HygieneKind::DoneWithoutChange => Kind::DoneWithoutChange,
            HygieneKind::FilesWithoutComponent => Kind::FilesWithoutComponent,
            HygieneKind::MergedWithoutReview => Kind::MergedWithoutReview,
            HygieneKind::MergedWithoutApproval => Kind::MergedWithoutApproval,
            HygieneKind::KeysWithoutRecord => Kind::KeysWithoutRecord,
            HygieneKind::IssuesWithoutComponent => Kind::IssuesWithoutComponent,
            HygieneKind::DoubtfulPeople => Kind::DoubtfulPeople,
        }
    }

    fn of(kind: Kind) -> HygieneKind {
        match kind {
            Kind::CommitsWithoutIssue => HygieneKind::CommitsWithoutIssue,
            Kind::PullRequestsWithoutIssue => HygieneKind::PullRequestsWithoutIssue,
            Kind::EmptyDescriptions => HygieneKind::EmptyDescriptions,
            Kind::DoneWithoutChange => HygieneKind::DoneWithoutChange,
            Kind::FilesWithoutComponent => HygieneKind::FilesWithoutComponent,
            Kind::MergedWithoutReview => HygieneKind::MergedWithoutReview,
            Kind::MergedWithoutApproval => HygieneKind::MergedWithoutApproval,
            Kind::KeysWithoutRecord => HygieneKind::KeysWithoutRecord,
            Kind::IssuesWithoutComponent => HygieneKind::IssuesWithoutComponent,
            Kind::DoubtfulPeople => HygieneKind::DoubtfulPeople,
        }
    }

    /// Its name on the wire.
    fn name(self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// The beginnings of the stretches of a trend, oldest first.
fn starts(by: HygieneTrendBy, until: Timestamp) -> Vec<Timestamp> {
    match by {
        HygieneTrendBy::Week => {
            let last = until.week();
            (last - WEEKS + 1..=last).map(Timestamp::of_week).collect()
        }
        HygieneTrendBy::Month => {
            let day = jiff::Timestamp::from_second(until.0).unwrap_or(jiff::Timestamp::MAX);
            let day = day.to_zoned(jiff::tz::TimeZone::UTC).date();
            let months = i32::from(day.year()) * 12 + i32::from(day.month()) - 1;
            let first = |month: i32| {
                let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
                let date =
                    jiff::civil::Date::new(i16::try_from(year).ok()?, month as i8, 1).ok()?;
                let at = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
                Some(Timestamp(at.as_second()))
            };
            (months - MONTHS + 1..=months).filter_map(first).collect()
        }
    }
}

fn hygiene(ask: Hygiene, at: &Asked<'_>, doubts: Doubts) -> Result<HygieneReply> {
    let span = Span::of(at, (ask.since.as_deref(), ask.until.as_deref()), doubts)?;
    let starts = starts(ask.by.unwrap_or(HygieneTrendBy::Month), span.until);
    let thresholds = at.rules()?.hygiene.thresholds();
    let mut reports = Vec::new();
    for kind in Kind::ALL {
        if ask.report.is_none_or(|it| it.rule() == kind) {
            reports.push(report(at, &span, kind, &starts, &thresholds)?);
        }
    }
    let over = |it: &&HygieneReport| it.threshold.as_ref().is_some_and(|it| it.over == Some(true));
    Ok(HygieneReply {
        basis: at.hygiene_basis(&span)?,
        since: Some(time(span.since)),
        until: Some(time(span.until)),
        over: count(reports.iter().filter(over).count() as u64),
        not_judged: count(reports.iter().filter(|it| it.not_judged.is_some()).count() as u64),
        reports,
    })
}

fn report(
    at: &Asked<'_>,
    span: &Span,
    kind: Kind,
    starts: &[Timestamp],
    thresholds: &BTreeMap<&'static str, Threshold>,
) -> Result<HygieneReport> {
    let first = starts.first().copied().unwrap_or(span.since).min(span.since);
    let rows = span.rows(at, kind, first)?;
    let judged = || rows.iter().map(|it| (it.at, it.judgement));
    let counted = agents::hygiene::count(judged(), span.since, span.until);
    let trend = match kind.has_time() && span.not_judged(kind).is_none() {
        true => agents::hygiene::trend(judged(), starts, span.until),
        false => Vec::new(),
    };
    let not_judged = span.not_judged(kind).map(str::to_owned);
    let within: Vec<&Row> = rows.iter().filter(|it| span.holds(it)).collect();
    let wire = HygieneKind::of(kind);
    Ok(HygieneReport {
        report: wire,
        title: kind.title().into(),
        rule: kind.rule().into(),
        found: at.hygiene_figure(&within, wire, span, false)?,
        judged: at.hygiene_figure(&within, wire, span, true)?,
        left_out: counted
            .left_out
            .iter()
            .map(|(what, number)| HygieneLeftOut { what: (*what).into(), count: *number })
            .collect(),
        share: counted.share(),
        trend: starts
            .iter()
            .zip(trend)
            .map(|(start, (found, judged))| HygieneTrendPoint {
                start: time(*start)[..10].to_owned(),
                found,
                judged,
                share: agents::hygiene::share(found, judged),
            })
            .collect(),
        threshold: thresholds
            .get(snake(kind))
            .and_then(|it| threshold(*it, &counted, not_judged.is_some())),
        not_judged,
    })
}

/// A report's name in backstory.toml.
fn snake(kind: Kind) -> &'static str {
    match kind {
        Kind::CommitsWithoutIssue => "commits_without_issue",
        Kind::PullRequestsWithoutIssue => "pull_requests_without_issue",
        Kind::EmptyDescriptions => "empty_descriptions",
        Kind::DoneWithoutChange => "done_without_change",
        Kind::FilesWithoutComponent => "files_without_component",
        Kind::MergedWithoutReview => "merged_without_review",
        Kind::MergedWithoutApproval => "merged_without_approval",
        Kind::KeysWithoutRecord => "keys_without_record",
        Kind::IssuesWithoutComponent => "issues_without_component",
        Kind::DoubtfulPeople => "doubtful_people",
    }
}

fn threshold(set: Threshold, count: &Count, not_judged: bool) -> Option<HygieneThreshold> {
    let mut allowed = Vec::new();
    if let Some(share) = set.share_max {
        allowed.push(format!("{} %", (share * 1_000.0).round() / 10.0));
    }
    allowed.extend(set.count_max.map(|it| it.to_string()));
    if allowed.is_empty() {
        return None;
    }
    let over = agents::hygiene::over(count, set.share_max, set.count_max);
    let allowed = allowed.join(" and ");
    let (found, judged) = (count.found, count.judged);
    let text = match (not_judged, over) {
        (true, _) => format!("at most {allowed} allowed; not judged"),
        (false, true) => format!("{found} of {judged} is more than the {allowed} allowed"),
        (false, false) => format!("{found} of {judged} is within the {allowed} allowed"),
    };
    Some(HygieneThreshold {
        share_max: set.share_max,
        count_max: set.count_max,
        over: (!not_judged).then_some(over),
        text,
    })
}

impl Asked<'_> {
    fn hygiene_basis(&self, span: &Span) -> Result<Basis> {
        let mut basis = self.basis(Some(span.until), &[agents::hygiene::RULE])?;
        if Kind::ALL.iter().any(|it| span.not_judged(*it).is_some()) {
            let text = "some reports cannot be judged, and are not clean for that";
            basis.gaps.push(gap("notJudged", text));
        }
        Ok(basis)
    }

    /// The records found, or all that were judged, with the call that lists them.
    fn hygiene_figure(
        &self,
        rows: &[&Row],
        report: HygieneKind,
        span: &Span,
        judged: bool,
    ) -> Result<Figure> {
        let counts = |it: &&&Row| match it.judgement {
            Judgement::Found => true,
            Judgement::Fine => judged,
            Judgement::LeftOut(_) => false,
        };
        let value = rows.iter().filter(counts).count();
        let records = rows
            .iter()
            .filter(counts)
            .take(RECORDS_MAX)
            .map(|it| Ok(it.record(self)?.0))
            .collect::<Result<Vec<_>>>()?;
        let all = (value > records.len()).then(|| {
            let mut call = self.call(
                "memory.hygieneRecords",
                [
                    ("report", report.name()),
                    ("since", time(span.since).into()),
                    ("until", time(span.until).into()),
                ],
            );
            if judged {
                call.params.insert("judged".into(), true.into());
            }
            call
        });
        Ok(Figure { value: value as f64, records, all })
    }
}

fn hygiene_records(
    ask: HygieneRecords,
    at: &Asked<'_>,
    doubts: Doubts,
) -> Result<HygieneRecordsReply> {
    let most = limit(ask.limit, 50, 1_000)?;
    let span = Span::of(at, (ask.since.as_deref(), ask.until.as_deref()), doubts)?;
    let mut rows = span.rows(at, ask.report.rule(), span.since)?;
    let all = ask.judged == Some(true);
    rows.retain(|it| match it.judgement {
        Judgement::Found => true,
        Judgement::Fine => all,
        Judgement::LeftOut(_) => false,
    });
    let total = rows.len();
    let begin = match &ask.cursor {
        None => 0,
        Some(text) => {
            let (after, id) = text.split_once(' ').ok_or_else(no_cursor)?;
            let after = match after {
                "-" => None,
                hex => Some(u64::from_str_radix(hex, 16).map_err(|_| no_cursor())? as i64),
            };
            let place = |it: &Row| (std::cmp::Reverse(it.at.map(|it| it.0)), it.id());
            let last = (std::cmp::Reverse(after), id.to_owned());
            rows.partition_point(|it| place(it) <= last)
        }
    };
    let page = &rows[begin..total.min(begin + most)];
    let next = page.last().filter(|_| begin + page.len() < total).map(|it| match it.at {
        Some(at) => format!("{:x} {}", at.0 as u64, it.id()),
        None => format!("- {}", it.id()),
    });
    let records = page
        .iter()
        .map(|it| {
            let (record, person) = it.record(at)?;
            Ok(HygieneRecord {
                record,
                at: it.at.map(time),
                person,
                found: it.judgement == Judgement::Found,
                text: it.text.clone(),
            })
        })
        .collect::<Result<_>>()?;
    let basis = at.hygiene_basis(&span)?;
    Ok(HygieneRecordsReply { basis, records, total: count(total as u64), next })
}

/// Who may be somebody else as well. Only where it is asked for: it is not cheap.
async fn doubts(cx: &Context, wanted: bool) -> Result<Doubts> {
    if !wanted {
        return Ok(Doubts::new());
    }
    let store = cx.shared.store.clone();
    let found = crate::context::blocking(move || Ok(ingest::people::suggestions(&store)?)).await?;
    let mut doubts = Doubts::new();
    for it in found {
        doubts.entry(it.a).or_default().insert(it.detail.clone());
        doubts.entry(it.b).or_default().insert(it.detail);
    }
    Ok(doubts)
}

/// As `question!`, for answers that need the suggestions about people as well.
macro_rules! doubting {
    ($request:ident, $name:literal, $reply:ty, $example:literal, $answer:ident, $wanted:expr) => {
        impl Method for $request {
            const NAME: &'static str = $name;
            const ACCESS: Access = Access::Read;
            const TOPICS: &'static [Topic] = &[Topic::Memory, Topic::Identities];
            const EXAMPLE: &'static str = $example;
            type Reply = $reply;

            async fn call(self, cx: Context) -> Result<$reply> {
                let wanted: fn(&$request) -> bool = $wanted;
                let doubts = doubts(&cx, wanted(&self)).await?;
                let asked = cx.clone();
                cx.about(self.repository.clone(), move |reader, of| {
                    let until = self.until.clone();
                    let at = Asked::new(reader, of, &asked);
                    at.as_of(until.as_deref(), |at| $answer(self, at, doubts))
                })
                .await
            }
        }
    };
}

doubting!(
    Hygiene,
    "memory.hygiene",
    HygieneReply,
    r#"{ "report": "commitsWithoutIssue" }"#,
    hygiene,
    |it| it.report.is_none_or(|it| it == HygieneKind::DoubtfulPeople)
);

doubting!(
    HygieneRecords,
    "memory.hygieneRecords",
    HygieneRecordsReply,
    r#"{ "report": "commitsWithoutIssue", "limit": 5 }"#,
    hygiene_records,
    |it| it.report == HygieneKind::DoubtfulPeople
);
