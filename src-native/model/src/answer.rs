//! What an answer is made of: numbers with their terms, rules, and the records behind them.

/// What kind of record an [`Evidence`] names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EvidenceKind {
    /// A commit, by object id.
    Commit,
    /// A pull request, by number.
    PullRequest,
    /// An issue, by key.
    Issue,
    /// A file, by path.
    File,
    /// A person, by key.
    Person,
    /// A release, by tag.
    Release,
}

/// A record that stands behind a claim. It exists in the store when the claim is made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Evidence {
    /// What kind of record.
    pub kind: EvidenceKind,
    /// Its natural key: object id, number, issue key, path, person key or tag.
    pub id: String,
}

/// One summand of a score: `count × weight = points`.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// What is counted, as the field calls it: `commits`, `reviews`, `churn`.
    pub name: &'static str,
    /// How many.
    pub count: f64,
    /// What one is worth.
    pub weight: f64,
    /// Their product, or what the rule makes of it.
    pub points: f64,
}

/// A sum with every summand shown.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Score {
    /// The summands, in the order of the formula.
    pub terms: Vec<Term>,
}

impl Score {
    /// The sum of all points, rounded to one decimal so that it prints as it compares.
    pub fn total(&self) -> f64 {
        let sum: f64 = self.terms.iter().map(|it| it.points).sum();
        (sum * 10.0).round() / 10.0
    }
}

/// A rule by which an answer was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name: `expertise`, `risk`, `bus factor`.
    pub name: &'static str,
    /// Raised whenever the same rows would give another answer.
    pub version: u32,
    /// The rule in a sentence or formula a reader can check.
    pub text: &'static str,
}

/// What kind of knowledge is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GapKind {
    /// The clone is shallow: history ends before its root.
    ShallowClone,
    /// Objects are absent, as in a partial clone.
    MissingObjects,
    /// Objects are damaged.
    CorruptObjects,
    /// Content too large to count lines in.
    TooLarge,
    /// No issue tracker has been imported.
    NoIssues,
    /// No pull requests have been imported: only what Git tells of them is known.
    NoPullRequests,
    /// The history has not been read to its end yet.
    Unread,
    /// `backstory.toml` or `.mailmap` is wrong: the rules before it stay in force.
    Rules,
    /// Commits are dated after the moment they were read.
    FutureDates,
    /// Something that Git would go by is not gone by: grafts, a work tree of somebody else.
    NotFollowed,
    /// Objects are read as what `git replace` puts in their place.
    ReplacedObjects,
    /// Messages name issues that no record answers to.
    KeysWithoutRecord,
}

impl GapKind {
    /// What reading a repository tells of; the others are told by links, or made for an answer.
    pub const OF_READING: [GapKind; 8] = [
        GapKind::ShallowClone,
        GapKind::MissingObjects,
        GapKind::CorruptObjects,
        GapKind::TooLarge,
        GapKind::Rules,
        GapKind::FutureDates,
        GapKind::NotFollowed,
        GapKind::ReplacedObjects,
    ];

    /// What scripts call it, in memory and in every answer.
    pub fn name(self) -> &'static str {
        match self {
            GapKind::ShallowClone => "shallowClone",
            GapKind::MissingObjects => "missingObjects",
            GapKind::CorruptObjects => "corruptObjects",
            GapKind::TooLarge => "tooLarge",
            GapKind::NoIssues => "noIssues",
            GapKind::NoPullRequests => "noPullRequests",
            GapKind::Unread => "unread",
            GapKind::Rules => "rules",
            GapKind::FutureDates => "futureDates",
            GapKind::NotFollowed => "notFollowed",
            GapKind::ReplacedObjects => "replacedObjects",
            GapKind::KeysWithoutRecord => "keysWithoutRecord",
        }
    }
}

/// Something memory does not know, said instead of guessed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gap {
    /// What kind.
    pub kind: GapKind,
    /// The sentence for people, with counts.
    pub text: String,
}
