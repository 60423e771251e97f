//! Types that several replies share. Replies are made of these and of what stands beside each method.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Declares types that answers are made of.
macro_rules! reply {
    ($($item:item)*) => {$(
        #[derive(Clone, Debug, serde::Serialize, schemars::JsonSchema, ts_rs::TS)]
        #[serde(rename_all = "camelCase")]
        $item
    )*};
}

/// Declares request types: an unknown field is an error, an optional parameter is an `Option`.
macro_rules! request {
    ($($item:item)*) => {$(
        #[derive(Clone, Debug, serde::Deserialize, schemars::JsonSchema, ts_rs::TS)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        #[ts(optional_fields)]
        $item
    )*};
}

pub(crate) use {reply, request};

/// What kind of record it is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(rename_all = "camelCase")]
pub enum RecordKind {
    /// A commit, by object id.
    Commit,
    /// A pull request, by number.
    PullRequest,
    /// An issue, by key.
    Issue,
    /// A file, by path.
    File,
    /// A folder, by path; `` is the root.
    Folder,
    /// A component, by name.
    Component,
    /// A person, by key.
    Person,
    /// A release, by tag.
    Release,
    /// A review, by pull request and GitHub's id: `382/4711`.
    Review,
    /// A comment, by the id of what it stands beneath and the tracker's id: of an issue `PROJ-1247/10001` or `#12/771`, of a pull request `382/771`.
    Comment,
}

reply! {
    /// A record that exists: the evidence behind a number, or a thing to go to.
    #[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Record {
        /// What kind of record.
        pub kind: RecordKind,
        /// Object id, number, issue key, path, component, person's key, tag, or the id of a review or a comment.
        pub id: String,
        /// What to call it: a commit's subject, a person's name; the id again where there is nothing better.
        pub title: String,
    }

    /// A call that anyone can make.
    pub struct Call {
        /// The method's name.
        pub method: String,
        /// Its parameters.
        #[ts(type = "Record<string, unknown>")]
        pub params: serde_json::Map<String, serde_json::Value>,
    }

    /// A number with the records behind it.
    pub struct Figure {
        /// The number.
        pub value: f64,
        /// The first records behind it, at most five, newest first.
        pub records: Vec<Record>,
        /// The call that answers with all of them; none where `records` is all.
        pub all: Option<Call>,
    }

    /// The rule an answer was made by.
    pub struct RuleText {
        /// Its name.
        pub name: String,
        /// Raised whenever the same rows would give another answer.
        pub version: u32,
        /// The rule, in a sentence or a formula.
        pub text: String,
    }

    /// Something memory does not know.
    pub struct GapText {
        /// What kind: `shallowClone`, `missingObjects`, `noIssues`, …
        pub kind: String,
        /// The sentence for people.
        pub text: String,
    }

    /// What an answer stands on.
    pub struct Basis {
        /// The repository.
        pub repository: String,
        /// The commit that memory has been read up to.
        pub head: Option<String>,
        /// The `now` of the answer: time of the newest record that was not dated in the future when it was read, unless the caller gave another.
        pub now: Option<String>,
        /// The rules it was made by.
        pub rules: Vec<RuleText>,
        /// What memory does not know.
        pub gaps: Vec<GapText>,
    }

    /// A person, as shown in a list.
    #[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct PersonRef {
        /// What scripts call them: a mail address or a name.
        pub key: String,
        /// Their name.
        pub name: String,
        /// Whether it is a program; programs count for no one.
        pub bot: bool,
    }

    /// A commit, as shown in a list.
    pub struct CommitRef {
        /// Its object id, in full.
        pub id: String,
        /// The first line of its message.
        pub subject: String,
        /// Who wrote it.
        pub author: PersonRef,
        /// When it was written, RFC 3339 in UTC.
        pub at: String,
        /// Whether it has more than one parent.
        pub merge: bool,
        /// Whether its subject speaks of fixing a defect.
        pub fixes: bool,
        /// Whether it undoes another commit.
        pub reverts: bool,
    }

    /// One summand of a score.
    pub struct TermText {
        /// What is counted.
        pub name: String,
        /// How many.
        pub count: f64,
        /// What one is worth.
        pub weight: f64,
        /// What it adds.
        pub points: f64,
    }

    /// A sentence with the records it speaks of.
    pub struct Sentence {
        /// The sentence.
        pub text: String,
        /// The records behind it.
        pub figure: Figure,
    }

    /// One week.
    pub struct Week {
        /// Its Monday, as a date.
        pub start: String,
        /// Commits, merges included.
        pub commits: u32,
        /// Distinct authors, bots left out.
        pub people: u32,
        /// Lines added.
        pub added: u64,
        /// Lines deleted.
        pub deleted: u64,
        /// Commits that fix a defect.
        pub fixes: u32,
    }

    /// What a question was asked about.
    pub struct Subject {
        /// A file, a folder or a component.
        pub kind: RecordKind,
        /// Its path or name; `` is the whole repository.
        pub id: String,
    }
}

/// A moment as RFC 3339 in UTC; years outside 0 to 9999 are shown as the nearest that can be written.
pub(crate) fn time(at: model::Timestamp) -> String {
    const FIRST: i64 = -62_167_219_200; // 0000-01-01T00:00:00Z
    const LAST: i64 = 253_402_300_799; // 9999-12-31T23:59:59Z
    let seconds = at.0.clamp(FIRST, LAST);
    let (days, second) = (seconds.div_euclid(model::DAY), seconds.rem_euclid(model::DAY));
    // Civil date from days, by counting in eras of 400 years that begin on the first of March.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// How many to answer with: what was asked for, or `usual`.
///
/// # Errors
/// `invalidParams` for 0 and for more than `most`.
pub(crate) fn limit(asked: Option<u32>, usual: u32, most: u32) -> crate::Result<usize> {
    match asked.unwrap_or(usual) {
        number if (1..=most).contains(&number) => Ok(number as usize),
        number => Err(crate::Error::invalid(format!("`limit` is 1 to {most}, not {number}"))),
    }
}

/// A count as the wire has it.
pub(crate) fn count(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
