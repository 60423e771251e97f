//! What memory lacks: which records lack something, which it would not be fair to ask, and what a
//! team allows.

use model::{Rule, Timestamp};
use std::collections::BTreeMap;

/// The rule, as printed with every answer. What each report asks is said by [`Kind::rule`].
pub const RULE: Rule = Rule {
    name: "hygiene",
    version: 1,
    text: "a report judges the records of the window, by the time in its rule; merges, reverts, \
           bots and releases are left out where they have nothing to tell, and counted apart; \
           a release is a commit or pull request whose title is a version, or begins with \
           release, prepare release, bump version, chore(release) or [maven-release-plugin]",
};

/// A report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Commits that name no issue.
    CommitsWithoutIssue,
    /// Pull requests that are linked to no issue.
    PullRequestsWithoutIssue,
    /// Pull requests without a description.
    EmptyDescriptions,
    /// Issues that are done and linked to no change.
    DoneWithoutChange,
    /// Living files without a component.
    FilesWithoutComponent,
    /// Pull requests merged without an approval by somebody else.
    MergedWithoutReview,
    /// Pull requests that were reviewed, never approved, and merged.
    MergedWithoutApproval,
    /// Keys that commits name and no issue has.
    KeysWithoutRecord,
    /// Issues without a component.
    IssuesWithoutComponent,
    /// People who may be somebody else.
    DoubtfulPeople,
}

impl Kind {
    /// Every report, in the order of the manual.
    pub const ALL: [Kind; 10] = [
        Kind::CommitsWithoutIssue,
        Kind::PullRequestsWithoutIssue,
        Kind::EmptyDescriptions,
        Kind::DoneWithoutChange,
        Kind::FilesWithoutComponent,
        Kind::MergedWithoutReview,
        Kind::MergedWithoutApproval,
        Kind::KeysWithoutRecord,
        Kind::IssuesWithoutComponent,
        Kind::DoubtfulPeople,
    ];

    /// Its title.
    pub fn title(self) -> &'static str {
        match self {
            Kind::CommitsWithoutIssue => "Commits that name no issue",
            Kind::PullRequestsWithoutIssue => "Pull requests not linked to an issue",
            Kind::EmptyDescriptions => "Pull requests without a description",
            Kind::DoneWithoutChange => "Done issues not linked to any change",
            Kind::FilesWithoutComponent => "Files without a component",
            Kind::MergedWithoutReview => "Pull requests merged without an approval",
            Kind::MergedWithoutApproval => "Pull requests reviewed, never approved, and merged",
            Kind::KeysWithoutRecord => "Issue keys that no issue in memory has",
            Kind::IssuesWithoutComponent => "Issues without a component",
            Kind::DoubtfulPeople => "People who may be somebody else",
        }
    }

    /// Its rule, in a sentence.
    pub fn rule(self) -> &'static str {
        match self {
            Kind::CommitsWithoutIssue => {
                "commits of the window whose message names no issue of a known project and that no \
                 issue or pull request links to one; merges, reverts, releases and bots are left out"
            }
            Kind::PullRequestsWithoutIssue => {
                "pull requests made within the window that are linked to no issue in memory; those \
                 closed unmerged, reverts, releases and bots are left out"
            }
            Kind::EmptyDescriptions => {
                "pull requests made within the window whose description says nothing: hidden \
                 comments, headings and unticked boxes of a template do not count; those closed \
                 unmerged, reverts, releases and bots are left out"
            }
            Kind::DoneWithoutChange => {
                "issues done within the window that no commit and no pull request in memory is \
                 linked to; those closed without a change to make (duplicate, won't fix, invalid, \
                 cannot reproduce and the like) and epics are left out"
            }
            Kind::FilesWithoutComponent => {
                "files of today that belong to no component; the window does not matter"
            }
            Kind::MergedWithoutReview => {
                "pull requests merged within the window that nobody but their author approved, on \
                 GitHub or by a Reviewers line; programs do not count as somebody; reverts, \
                 releases and bots' pull requests are left out"
            }
            Kind::MergedWithoutApproval => {
                "of the pull requests merged within the window that somebody but their author \
                 reviewed, those that none of them ever approved; reverts, releases and bots' pull \
                 requests are left out"
            }
            Kind::KeysWithoutRecord => {
                "issue keys named by commits of the window, of projects that memory holds issues \
                 of, that no issue in memory has or had; at the time they were last named"
            }
            Kind::IssuesWithoutComponent => {
                "issues of Jira made within the window that name no component; GitHub's issues have \
                 none and are left out"
            }
            Kind::DoubtfulPeople => {
                "people of this repository for whom there is a suggestion, not answered yet, that \
                 they are somebody else as well; the window does not matter; bots are left out"
            }
        }
    }

    /// Whether its records have a time: then it has a window and a trend.
    pub fn has_time(self) -> bool {
        !matches!(self, Kind::FilesWithoutComponent | Kind::DoubtfulPeople)
    }
}

/// What a report says of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Judgement {
    /// It lacks something.
    Found,
    /// It lacks nothing.
    Fine,
    /// It is not asked, for this reason.
    LeftOut(&'static str),
}

/// A commit, as far as it is judged.
#[derive(Clone, Debug, Default)]
pub struct Commit<'a> {
    /// The first line of its message.
    pub subject: &'a str,
    /// More than one parent.
    pub merge: bool,
    /// Undoes another.
    pub reverts: bool,
    /// Made by programs alone.
    pub bot: bool,
    /// Names an issue of a known project, or is linked to one.
    pub linked: bool,
}

/// Whether a commit lacks an issue.
pub fn commit(it: &Commit<'_>) -> Judgement {
    match it {
        _ if it.merge => Judgement::LeftOut("merges"),
        _ if it.bot => Judgement::LeftOut("bots"),
        _ if it.linked => Judgement::Fine,
        _ if it.reverts || is_revert(it.subject) => Judgement::LeftOut("reverts"),
        _ if is_release(it.subject) => Judgement::LeftOut("releases"),
        _ => Judgement::Found,
    }
}

/// A pull request, as far as it is judged.
#[derive(Clone, Debug, Default)]
pub struct Pull<'a> {
    /// Its title.
    pub title: &'a str,
    /// Its description.
    pub body: &'a str,
    /// Closed without having been merged.
    pub abandoned: bool,
    /// Made by a program.
    pub bot: bool,
    /// Linked to an issue.
    pub linked: bool,
    /// Somebody but its author reviewed it.
    pub reviewed: bool,
    /// Somebody but its author approved it.
    pub approved: bool,
}

/// What a report about pull requests says of one; for the reports about reviews it is merged.
pub fn pull(kind: Kind, it: &Pull<'_>) -> Judgement {
    let lacks = match kind {
        Kind::PullRequestsWithoutIssue => !it.linked,
        Kind::EmptyDescriptions => says_nothing(it.body),
        Kind::MergedWithoutApproval if !it.reviewed => {
            return Judgement::LeftOut("not reviewed by anybody");
        }
        _ => !it.approved,
    };
    match it {
        _ if it.bot => Judgement::LeftOut("bots"),
        _ if it.abandoned => Judgement::LeftOut("closed unmerged"),
        _ if !lacks => Judgement::Fine,
        _ if is_revert(it.title) => Judgement::LeftOut("reverts"),
        _ if is_release(it.title) => Judgement::LeftOut("releases"),
        _ => Judgement::Found,
    }
}

/// Whether an issue that is done lacks a change.
pub fn done(kind: &str, resolution: &str, linked: bool) -> Judgement {
    if linked {
        return Judgement::Fine;
    }
    if kind.eq_ignore_ascii_case("epic") {
        return Judgement::LeftOut("epics");
    }
    if needs_no_change(resolution) {
        return Judgement::LeftOut("closed without a change to make");
    }
    Judgement::Found
}

/// Whether a resolution says that there was nothing to change.
fn needs_no_change(resolution: &str) -> bool {
    const WORDS: [&str; 18] = [
        "abandoned",
        "by design",
        "cannot reproduce",
        "can't reproduce",
        "declined",
        "duplicate",
        "incomplete",
        "invalid",
        "not a bug",
        "not a problem",
        "not an issue",
        "not planned",
        "not reproducible",
        "obsolete",
        "won't do",
        "won't fix",
        "wontfix",
        "works as designed",
    ];
    let folded = resolution.to_lowercase().replace('_', " ").replace('\u{2019}', "'");
    WORDS.iter().any(|it| folded.contains(it))
}

/// Whether a title says that it takes something back.
fn is_revert(title: &str) -> bool {
    let title = title.trim_start().to_lowercase();
    title.starts_with("revert \"")
        || title.starts_with("revert:")
        || title.starts_with("this reverts")
}

/// Whether a title is that of a release.
fn is_release(title: &str) -> bool {
    let title = title.trim().to_lowercase();
    const BEGINS: [&str; 6] = [
        "release ",
        "prepare release",
        "prepare for release",
        "bump version",
        "chore(release)",
        "[maven-release-plugin]",
    ];
    // A word more is a sentence: `release the lock` is none of a version.
    let versioned = |it: &str| it.split_whitespace().any(is_version);
    BEGINS.iter().any(|begin| {
        title.strip_prefix(begin).is_some_and(|rest| *begin != "release " || versioned(rest))
    }) || is_version(&title)
}

/// Whether a word is a version: `1.2`, `v1.2.3`, `2.0.0-rc1`.
fn is_version(word: &str) -> bool {
    let word = word.strip_prefix('v').unwrap_or(word).trim_end_matches([':', '.', ',']);
    let number = word.split(['-', '+']).next().unwrap_or_default();
    let mut parts = number.split('.');
    number.contains('.')
        && !word.contains(char::is_whitespace)
        && parts.all(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_alphanumeric()))
        && number.starts_with(|it: char| it.is_ascii_digit())
}

/// Whether a description says nothing once what a template brings along is taken away.
pub fn says_nothing(body: &str) -> bool {
    let mut rest = body;
    let mut said = String::new();
    while let Some((before, after)) = rest.split_once("<!--") {
        said.push_str(before);
        rest = after.split_once("-->").map_or("", |it| it.1);
    }
    said.push_str(rest);
    said.lines().map(str::trim).all(|line| {
        let unticked = ["- [ ]", "* [ ]", "+ [ ]"].iter().any(|it| line.starts_with(it));
        let heading = line.trim_start_matches('#');
        let is_heading = heading.len() < line.len() && heading.starts_with([' ', '\t']);
        unticked || is_heading || !line.contains(char::is_alphanumeric)
    })
}

/// A record as judged: its time, where it has one, and what is said of it.
pub type Judged = (Option<Timestamp>, Judgement);

/// What a report comes to within a window.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Those that lack something.
    pub found: u32,
    /// All that were judged.
    pub judged: u32,
    /// Those left out, by reason.
    pub left_out: BTreeMap<&'static str, u32>,
}

impl Count {
    /// Found of those judged; none where none was judged.
    pub fn share(&self) -> Option<f64> {
        share(self.found, self.judged)
    }
}

/// One of another, to four places, so that every machine has the same; none of nothing.
pub fn share(found: u32, judged: u32) -> Option<f64> {
    let share = f64::from(found) / f64::from(judged);
    (judged > 0).then(|| (share * 10_000.0).round() / 10_000.0)
}

/// Counts the records from `since` to `until`, both included; those without a time always.
pub fn count(rows: impl Iterator<Item = Judged>, since: Timestamp, until: Timestamp) -> Count {
    let mut count = Count::default();
    for (at, judgement) in rows {
        if at.is_some_and(|at| at < since || at > until) {
            continue;
        }
        match judgement {
            Judgement::LeftOut(why) => *count.left_out.entry(why).or_default() += 1,
            Judgement::Fine => count.judged += 1,
            Judgement::Found => {
                count.judged += 1;
                count.found += 1;
            }
        }
    }
    count
}

/// Counts the records by stretches of time that begin at `starts`, ascending, the last one up to
/// `until`: found and judged.
pub fn trend(
    rows: impl Iterator<Item = Judged>,
    starts: &[Timestamp],
    until: Timestamp,
) -> Vec<(u32, u32)> {
    let mut counts = vec![(0, 0); starts.len()];
    for (at, judgement) in rows {
        let Some(at) = at.filter(|at| *at <= until) else { continue };
        let stretch = starts.partition_point(|it| *it <= at);
        let Some((found, judged)) = stretch.checked_sub(1).and_then(|it| counts.get_mut(it)) else {
            continue;
        };
        match judgement {
            Judgement::LeftOut(_) => {}
            Judgement::Fine => *judged += 1,
            Judgement::Found => {
                *judged += 1;
                *found += 1;
            }
        }
    }
    counts
}

/// Whether a count is over what a team allows: the share beyond the greatest share, or the count
/// beyond the greatest count.
pub fn over(count: &Count, share_max: Option<f64>, count_max: Option<u32>) -> bool {
    let beyond_share = match (count.share(), share_max) {
        // Of the whole numbers, so that rounding a share passes nothing.
        (Some(_), Some(most)) => f64::from(count.found) > most * f64::from(count.judged),
        _ => false,
    };
    beyond_share || count_max.is_some_and(|most| count.found > most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_is_asked_for_an_issue_only_where_it_is_fair() {
        let plain = Commit { subject: "Charge once", ..Commit::default() };
        assert_eq!(commit(&plain), Judgement::Found);
        assert_eq!(commit(&Commit { linked: true, ..plain.clone() }), Judgement::Fine);
        assert_eq!(commit(&Commit { merge: true, ..plain.clone() }), Judgement::LeftOut("merges"));
        assert_eq!(commit(&Commit { bot: true, ..plain.clone() }), Judgement::LeftOut("bots"));
        assert_eq!(commit(&Commit { reverts: true, ..plain }), Judgement::LeftOut("reverts"));
        for (subject, release) in [
            ("v1.2.3", true),
            ("1.2", true),
            ("2.0.0-rc1", true),
            ("Release 1.4.0", true),
            ("Release v2.0", true),
            ("release the lock before waiting", false),
            ("Bump version to 3", true),
            ("[maven-release-plugin] prepare release x-1.0", true),
            ("chore(release): 1.0.0", true),
            ("Bump serde from 1.0.1 to 1.0.2", false),
            ("Fix 1.2.3", false),
            ("e.g. this", false),
            ("", false),
        ] {
            let it = Commit { subject, ..Commit::default() };
            assert_eq!(commit(&it) == Judgement::LeftOut("releases"), release, "{subject}");
        }
    }

    #[test]
    fn a_template_that_nobody_filled_in_says_nothing() {
        for (body, nothing) in [
            ("", true),
            (" \r\n\t", true),
            ("<!-- say what it does -->", true),
            ("<!-- not closed", true),
            ("## What\n\n<!-- why -->\n- [ ] tests\n---\n", true),
            ("## What\nIt charges once.", false),
            ("- [x] tests", false),
            ("#12", false),
            ("修正", false),
            ("<!-- a -->b<!-- c -->", false),
        ] {
            assert_eq!(says_nothing(body), nothing, "{body:?}");
        }
    }

    #[test]
    fn reviews_are_asked_of_what_was_merged_and_approvals_of_what_was_reviewed() {
        let merged = Pull { title: "Charge once", ..Pull::default() };
        let reviewed = Pull { reviewed: true, ..merged.clone() };
        let approved = Pull { approved: true, ..reviewed.clone() };
        let without = |it| pull(Kind::MergedWithoutReview, it);
        assert_eq!(
            [without(&merged), without(&reviewed), without(&approved)],
            [Judgement::Found, Judgement::Found, Judgement::Fine]
        );
        let never = |it| pull(Kind::MergedWithoutApproval, it);
        assert_eq!(never(&merged), Judgement::LeftOut("not reviewed by anybody"));
        assert_eq!([never(&reviewed), never(&approved)], [Judgement::Found, Judgement::Fine]);
        let revert = Pull { title: "Revert \"Charge once\"", ..merged };
        assert_eq!(without(&revert), Judgement::LeftOut("reverts"));
    }

    #[test]
    fn an_issue_closed_without_a_change_to_make_is_not_asked_for_one() {
        assert_eq!(done("Bug", "Fixed", false), Judgement::Found);
        assert_eq!(done("Bug", "", false), Judgement::Found);
        assert_eq!(done("Bug", "Won\u{2019}t Fix", true), Judgement::Fine);
        for resolution in ["Won\u{2019}t Fix", "Duplicate", "not_planned", "Cannot Reproduce"] {
            let said = done("Bug", resolution, false);
            assert_eq!(said, Judgement::LeftOut("closed without a change to make"), "{resolution}");
        }
        assert_eq!(done("Epic", "Done", false), Judgement::LeftOut("epics"));
    }

    #[test]
    fn what_is_left_out_is_neither_judged_nor_clean() {
        let at = |it| Some(Timestamp(it));
        let rows = [
            (at(1), Judgement::Found),
            (at(5), Judgement::Found),
            (at(6), Judgement::Fine),
            (at(7), Judgement::LeftOut("bots")),
            (at(9), Judgement::Fine),
            (at(10), Judgement::Found),
        ];
        let said = count(rows.into_iter(), Timestamp(5), Timestamp(9));
        assert_eq!((said.found, said.judged, said.left_out["bots"]), (1, 3, 1));
        assert_eq!(said.share(), Some(0.3333));
        assert_eq!(share(0, 0), None);
        let starts = [Timestamp(0), Timestamp(6), Timestamp(9)];
        assert_eq!(trend(rows.into_iter(), &starts, Timestamp(9)), [(2, 2), (0, 1), (0, 1)]);
    }

    #[test]
    fn a_threshold_is_passed_beyond_it_and_not_at_it() {
        let count = Count { found: 1, judged: 3, ..Count::default() };
        assert!(!over(&count, Some(0.34), None) && over(&count, Some(0.33), None));
        assert!(!over(&count, None, Some(1)) && over(&count, None, Some(0)));
        assert!(!over(&Count::default(), Some(0.0), Some(0)), "nothing is not too much");
        let all = Count { found: 2, judged: 2, ..Count::default() };
        assert!(!over(&all, Some(1.0), Some(2)));
    }
}
