//! What a team says about the answers that people ask for by hand: reviewers, reading, hygiene and
//! what occurred before.

use super::{check_days, check_weights};
use model::{DAY, Timestamp};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::value::Datetime;

/// `[routing]`: how reviewers are weighed; none means the usual one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Routing {
    /// Points for having reviewed, just now, a change to the very same paths.
    pub likeness: Option<f64>,
    /// Points for having reviewed anything just now.
    pub activity: Option<f64>,
    /// Points for having made, just now, a change to the very same paths.
    pub authorship: Option<f64>,
    /// Points for a point of expertise in these paths.
    pub expertise: Option<f64>,
    /// Part of the points that the first open review takes, and of what is left the next; 0 to 1.
    pub load: Option<f64>,
    /// Reviews after which a review counts half.
    pub half_life_reviews: Option<u32>,
    /// Newest reviews that are looked at.
    pub window_reviews: Option<u32>,
    /// Days without any activity after which somebody counts as absent.
    pub absent_days: Option<u32>,
}

/// `[recurrence]`: how past issues and fixes are weighed; none means the usual one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Recurrence {
    /// A word in a summary, where one in a body is 1.
    pub summary: Option<f64>,
    /// A pair of neighbouring words in both summaries.
    pub pairs: Option<f64>,
    /// A frame, error or file that both name.
    pub traces: Option<f64>,
    /// What a shared component adds, as part of the sum.
    pub component: Option<f64>,
    /// What a shared version adds, as part of the sum.
    pub version: Option<f64>,
    /// What the same moment adds, as part of the sum.
    pub near: Option<f64>,
    /// Days in which that halves.
    pub half_life_days: Option<u32>,
}

/// `[onboarding]`: how many of each kind there are among what is to be read, in proportion; 0 for
/// none, none for the usual.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Onboarding {
    /// How it began.
    pub beginning: Option<f64>,
    /// The largest changes.
    pub largest: Option<f64>,
    /// The most discussed.
    pub discussed: Option<f64>,
    /// What came back.
    pub came_back: Option<f64>,
    /// The latest.
    pub latest: Option<f64>,
}

/// `[hygiene]`: window and thresholds.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Hygiene {
    /// How many days back reports look; 90 where it is not told.
    pub window_days: Option<u32>,
    /// Commits that name no issue.
    pub commits_without_issue: Threshold,
    /// Pull requests that are linked to no issue.
    pub pull_requests_without_issue: Threshold,
    /// Pull requests without a description.
    pub empty_descriptions: Threshold,
    /// Issues that are done and linked to no change.
    pub done_without_change: Threshold,
    /// Living files without a component.
    pub files_without_component: Threshold,
    /// Pull requests merged without an approval by somebody else.
    pub merged_without_review: Threshold,
    /// Pull requests that were reviewed, never approved, and merged.
    pub merged_without_approval: Threshold,
    /// Keys that commits name and no issue has.
    pub keys_without_record: Threshold,
    /// Issues without a component.
    pub issues_without_component: Threshold,
    /// People who may be somebody else.
    pub doubtful_people: Threshold,
}

/// `[delivery]`: what stands for a deployment, and what a team calls things.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Delivery {
    /// `tags`, `releases` or `merges`; what there is most cause to take unless told.
    pub deployments: Option<Deployments>,
    /// The branch whose merges are deployments; that of HEAD unless told.
    pub branch: Option<String>,
    /// How tags of releases begin; any way unless told.
    pub tags: Vec<String>,
    /// How branches of hotfixes begin; `hotfix/` and `hotfix-` unless told.
    pub hotfixes: Option<Vec<String>>,
    /// Labels and kinds of issues that are incidents; `incident` and `outage` unless told.
    pub incidents: Option<Vec<String>>,
    /// Statuses in which work waits though it is under way; `Blocked`, `On Hold` and `Waiting` unless told.
    pub waiting: Option<Vec<String>>,
    /// Globs of paths that nobody writes by hand, beside those known by name.
    pub generated: Vec<String>,
}

impl Delivery {
    /// Whether a path is one of those.
    pub fn is_generated(&self, path: &str) -> bool {
        self.generated.iter().any(|it| fast_glob::glob_match(it, path))
    }
}

/// What stands for a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Deployments {
    /// Tags of the history.
    Tags,
    /// Releases that GitHub tells of.
    Releases,
    /// Merges into the branch.
    Merges,
}

/// How much of what a report finds a team allows; the default allows everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Threshold {
    /// The greatest share, 0 to 1.
    pub share_max: Option<f64>,
    /// The greatest count.
    pub count_max: Option<u32>,
}

/// `[[absent]]`: somebody who is away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absent {
    /// Key, mail, name or login.
    pub person: String,
    /// From the beginning of this day, UTC; always where it is not told.
    pub since: Option<Timestamp>,
    /// To the end of this day, UTC; for good where it is not told.
    pub until: Option<Timestamp>,
}

impl Absent {
    /// Whether they are away at that moment.
    pub fn at(&self, now: Timestamp) -> bool {
        self.since.is_none_or(|it| it <= now) && self.until.is_none_or(|it| now <= it)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenAbsent {
    person: String,
    since: Option<Datetime>,
    until: Option<Datetime>,
}

impl WrittenAbsent {
    pub(super) fn check(self) -> Result<Absent, String> {
        if self.person.trim().is_empty() {
            return Err("who is absent needs a `person`".to_owned());
        }
        let day = |name: &str, it: Option<Datetime>| {
            it.map(|it| match (it.date, it.time) {
                (Some(date), None) => Ok(days(date.year, date.month, date.day)),
                _ => Err(format!("`{name}` is a day, as in 2026-05-20, and not `{it}`")),
            })
            .transpose()
        };
        let since = day("since", self.since)?.map(|it| Timestamp(it * DAY));
        let until = day("until", self.until)?.map(|it| Timestamp(it * DAY + DAY - 1));
        if let (Some(since), Some(until)) = (since, until)
            && until < since
        {
            return Err(format!("`{}` is back before they are away", self.person));
        }
        Ok(Absent { person: self.person, since, until })
    }
}

/// Days from 1970-01-01 to a civil date, by eras of 400 years that begin on the first of March.
fn days(year: u16, month: u8, day: u8) -> i64 {
    let (month, day) = (i64::from(month), i64::from(day));
    let year = i64::from(year) - i64::from(month <= 2);
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year - 719_468
}

pub(super) fn check_routing(it: &Routing) -> Result<(), String> {
    let weights = [
        ("likeness", it.likeness),
        ("activity", it.activity),
        ("authorship", it.authorship),
        ("expertise", it.expertise),
    ];
    check_weights(&weights)?;
    if it.load.is_some_and(|it| !(0.0..=1.0).contains(&it)) {
        return Err("`load` must be between 0 and 1".to_owned());
    }
    for (name, number) in
        [("half_life_reviews", it.half_life_reviews), ("window_reviews", it.window_reviews)]
    {
        if number.is_some_and(|it| !(1..=1_000_000).contains(&it)) {
            return Err(format!("`{name}` must be between 1 and 1000000"));
        }
    }
    check_days("absent_days", it.absent_days)
}

pub(super) fn check_recurrence(it: &Recurrence) -> Result<(), String> {
    let weights = [
        ("summary", it.summary),
        ("pairs", it.pairs),
        ("traces", it.traces),
        ("component", it.component),
        ("version", it.version),
        ("near", it.near),
    ];
    check_weights(&weights)?;
    check_days("half_life_days", it.half_life_days)
}

pub(super) fn check_onboarding(it: &Onboarding) -> Result<(), String> {
    let weights = [
        ("beginning", it.beginning),
        ("largest", it.largest),
        ("discussed", it.discussed),
        ("came_back", it.came_back),
        ("latest", it.latest),
    ];
    check_weights(&weights)
}

impl Hygiene {
    /// Every threshold by the name it has in the file.
    pub fn thresholds(&self) -> BTreeMap<&'static str, Threshold> {
        BTreeMap::from([
            ("commits_without_issue", self.commits_without_issue),
            ("pull_requests_without_issue", self.pull_requests_without_issue),
            ("empty_descriptions", self.empty_descriptions),
            ("done_without_change", self.done_without_change),
            ("files_without_component", self.files_without_component),
            ("merged_without_review", self.merged_without_review),
            ("merged_without_approval", self.merged_without_approval),
            ("keys_without_record", self.keys_without_record),
            ("issues_without_component", self.issues_without_component),
            ("doubtful_people", self.doubtful_people),
        ])
    }

    pub(super) fn check(&self) -> Result<(), String> {
        let wrong = |it: &Threshold| it.share_max.is_some_and(|it| !(0.0..=1.0).contains(&it));
        if let Some((name, _)) = self.thresholds().iter().find(|it| wrong(it.1)) {
            return Err(format!("`share_max` of `{name}` must be between 0 and 1"));
        }
        check_days("window_days", self.window_days)
    }
}
