//! Which files carry risk, and the sentences that say why.

use crate::words::{count, list, times};
use model::{Rule, Score, Term};

/// The rule, as printed with every answer.
pub const RULE: Rule = Rule {
    name: "risk",
    version: 2,
    text: "churn + bugs·100 + contributors·25 + commits·5 over the window, for living files under \
           all their past names; churn is lines added and deleted, bugs are commits whose subject \
           speaks of fixing a defect or that resolve an issue that is a bug, contributors are authors and co-authors; merges and bots' \
           names do not count, bots' commits do",
};
/// How tests are known, as printed where a sentence speaks of them.
pub const TESTS: Rule = Rule {
    name: "tests moved along",
    version: 1,
    text: "the commit touches another file of the same component whose path looks like a test: a \
           folder test, tests, spec, specs or __tests__, or a name with test_ in front or with \
           _test., .test., _spec. or .spec. in it",
};

/// What happened to a file within the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Lines added and deleted.
    pub churn: u64,
    /// Commits that fix a defect.
    pub bugs: u32,
    /// Authors and co-authors, bots left out.
    pub contributors: u32,
    /// Commits, merges left out.
    pub commits: u32,
}

/// What one of each is worth. A team may set other weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights {
    /// Points for a line added or deleted.
    pub churn: f64,
    /// Points for a fix.
    pub bugs: f64,
    /// Points for a person.
    pub contributors: f64,
    /// Points for a commit.
    pub commits: f64,
}

impl Default for Weights {
    fn default() -> Weights {
        Weights { churn: 1.0, bugs: 100.0, contributors: 25.0, commits: 5.0 }
    }
}

/// The sum for one file.
pub fn score(counts: Counts, weights: &Weights) -> Score {
    let term = |name, count: f64, weight: f64| Term { name, count, weight, points: count * weight };
    Score {
        terms: vec![
            term("churn", counts.churn as f64, weights.churn),
            term("bugs", f64::from(counts.bugs), weights.bugs),
            term("contributors", f64::from(counts.contributors), weights.contributors),
            term("commits", f64::from(counts.commits), weights.commits),
        ],
    }
}

/// The total of [`score`] without its terms: for ranking every file there is.
pub fn total(counts: Counts, weights: &Weights) -> f64 {
    let sum = counts.churn as f64 * weights.churn
        + f64::from(counts.bugs) * weights.bugs
        + f64::from(counts.contributors) * weights.contributors
        + f64::from(counts.commits) * weights.commits;
    (sum * 10.0).round() / 10.0
}

/// Puts the files with the highest scores first, ties by path, and keeps at most `most`.
pub fn rank<T>(
    mut files: Vec<T>,
    most: usize,
    total: impl Fn(&T) -> f64,
    path: impl Fn(&T) -> &str,
) -> Vec<T> {
    let order = |a: &T, b: &T| total(b).total_cmp(&total(a)).then_with(|| path(a).cmp(path(b)));
    if files.len() > most && most > 0 {
        files.select_nth_unstable_by(most - 1, order);
    }
    files.truncate(most);
    files.sort_unstable_by(order);
    files
}

/// What a sentence is about: it says which records stand behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// All changes.
    Changes,
    /// Changes of the window before.
    ChangesBefore,
    /// Those that fix a defect.
    Fixes,
    /// The people behind them.
    People,
    /// Those that undo another.
    Reverts,
    /// Those that name an issue.
    Issues,
    /// Those that came through a pull request.
    PullRequests,
    /// What was said beneath the pull requests that were talked about.
    PullTalk,
    /// What was said beneath the issues that were talked about.
    IssueTalk,
    /// Those in which a test moved along.
    Tests,
}

/// What was talked about, and how much.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Talk {
    /// Titles, most comments first.
    pub titles: Vec<String>,
    /// Comments of people on all of them.
    pub comments: usize,
}

/// A sentence and what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The sentence.
    pub text: String,
    /// What it is about.
    pub about: About,
}

/// What the sentences about a file are made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Story {
    /// The file's path, or the component's name.
    pub subject: String,
    /// Days of the window.
    pub days: u32,
    /// Changes.
    pub changes: usize,
    /// Those that fix a defect.
    pub fixes: usize,
    /// Those of them of which only an issue that is a bug says so.
    pub fixes_by_issue: usize,
    /// People behind them, bots left out.
    pub people: usize,
    /// Those that undo another commit.
    pub reverts: usize,
    /// Keys of the issues they name, most named first.
    pub issues: Vec<String>,
    /// Changes that name an issue.
    pub issue_changes: usize,
    /// Pull requests they came through, most changes first.
    pub pull_requests: Vec<u64>,
    /// Changes that came through a pull request.
    pub pull_changes: usize,
    /// The last two pull requests with comments.
    pub pull_talk: Talk,
    /// The two issues with most comments.
    pub issue_talk: Talk,
    /// Changes in which a test moved along; none where that cannot be told, as for a test itself.
    pub with_tests: Option<usize>,
}

/// The risk of a file told in sentences, true ones only.
pub fn sentences(story: &Story) -> Vec<Told> {
    let mut told = Vec::new();
    let mut say = |about, text: String| told.push(Told { text, about });
    let days = count(story.days as usize, "day", "days");
    if story.changes == 0 {
        say(About::Changes, format!("`{}` has not changed in the last {days}", story.subject));
        return told;
    }
    let changed = times(story.changes);
    say(About::Changes, format!("`{}` changed {changed} in the last {days}", story.subject));
    tell_kinds(story, &mut say);
    if let Some(with) = story.with_tests {
        say(
            About::Tests,
            match (with, story.changes) {
                (0, 1) => "no test moved along".to_owned(),
                (0, all) => format!("tests moved along in none of {all} changes"),
                (1, 1) => "tests moved along".to_owned(),
                (with, all) => format!("tests moved along in {with} of {all} changes"),
            },
        );
    }
    told
}

/// The sentences that files and components share.
pub(crate) fn tell_kinds(story: &Story, say: &mut impl FnMut(About, String)) {
    let of_those = |number: usize, doing: &str| {
        if story.changes == 1 {
            format!("that change {doing}")
        } else {
            format!("{number} of those changes {doing}")
        }
    };
    if story.fixes > 0 {
        let mut text = of_those(story.fixes, "fixed a defect");
        if story.fixes_by_issue > 0 {
            let by = "by an issue that is a bug, not by the subject";
            text.push_str(&match story.fixes_by_issue == story.fixes {
                true => format!(", {by}"),
                false => format!(", {} of them {by}", story.fixes_by_issue),
            });
        }
        say(About::Fixes, text);
    }
    if story.people > 0 {
        let people = count(story.people, "person", "people");
        say(About::People, format!("{people} touched it"));
    }
    if story.reverts > 0 {
        say(About::Reverts, of_those(story.reverts, "undid another commit"));
    }
    if story.issue_changes > 0 {
        let keys = list(&story.issues, 5);
        say(About::Issues, of_those(story.issue_changes, &format!("named {keys}")));
    }
    if story.pull_changes > 0 {
        let numbers: Vec<String> = story.pull_requests.iter().map(|it| format!("#{it}")).collect();
        let numbers = list(&numbers, 5);
        let came = format!("came through {numbers}");
        say(About::PullRequests, of_those(story.pull_changes, &came));
    }
    let talk = |talk: &Talk, one: &str, many: &str| {
        let titles: Vec<String> = talk.titles.iter().map(|it| format!("“{it}”")).collect();
        let (verb, what) = match titles.len() {
            1 => ("was", one.to_owned()),
            _ => ("were", many.to_owned()),
        };
        let comments = count(talk.comments, "comment", "comments");
        format!("{} {verb} discussed in {what}: {comments}", list(&titles, 2))
    };
    if story.pull_talk.comments > 0 {
        let text = talk(
            &story.pull_talk,
            "the last pull request that was talked about",
            "the last two pull requests that were talked about",
        );
        say(About::PullTalk, text);
    }
    if story.issue_talk.comments > 0 {
        say(About::IssueTalk, talk(&story.issue_talk, "its issue", "their issues"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weights_are_those_of_the_seed() {
        let usual = Weights::default();
        let counts = Counts { churn: 430, bugs: 5, contributors: 4, commits: 18 };
        let points: Vec<f64> = score(counts, &usual).terms.iter().map(|it| it.points).collect();
        assert_eq!(points, [430.0, 500.0, 100.0, 90.0]);
        assert_eq!(score(counts, &usual).total(), 1_120.0);
        assert_eq!(total(counts, &usual), 1_120.0);
    }

    #[test]
    fn the_sentences_are_those_of_the_seed() {
        let story = Story {
            subject: "src/auth/token.rs".into(),
            days: 90,
            changes: 18,
            fixes: 5,
            fixes_by_issue: 2,
            people: 4,
            reverts: 2,
            issues: vec!["A-1".into(), "A-2".into()],
            issue_changes: 3,
            pull_requests: vec![12, 13],
            pull_changes: 7,
            pull_talk: Talk {
                titles: vec!["Token refresh race".into(), "Retry".into()],
                comments: 14,
            },
            issue_talk: Talk { titles: vec!["Endless".into()], comments: 1 },
            with_tests: Some(3),
        };
        let texts: Vec<String> = sentences(&story).into_iter().map(|it| it.text).collect();
        assert_eq!(
            texts,
            [
                "`src/auth/token.rs` changed 18 times in the last 90 days",
                "5 of those changes fixed a defect, 2 of them by an issue that is a bug, not by the \
                 subject",
                "4 people touched it",
                "2 of those changes undid another commit",
                "3 of those changes named A-1 and A-2",
                "7 of those changes came through #12 and #13",
                "“Token refresh race” and “Retry” were discussed in the last two pull requests that \
                 were talked about: 14 comments",
                "“Endless” was discussed in its issue: 1 comment",
                "tests moved along in 3 of 18 changes",
            ]
        );
    }

    #[test]
    fn nothing_is_said_that_is_not_so() {
        let quiet = Story { subject: "a".into(), days: 1, ..Story::default() };
        assert_eq!(sentences(&quiet)[0].text, "`a` has not changed in the last 1 day");
        let once = Story { changes: 1, people: 1, fixes: 1, ..quiet };
        let texts: Vec<String> = sentences(&once).into_iter().map(|it| it.text).collect();
        let wanted = [
            "`a` changed once in the last 1 day",
            "that change fixed a defect",
            "1 person touched it",
        ];
        assert_eq!(texts, wanted);
    }

    #[test]
    fn any_order_of_files_gives_the_same_ranking_and_ties_go_by_path() {
        let files: Vec<(String, u64)> = (0..50).map(|it| (format!("p{it:02}"), it % 5)).collect();
        let ranked = |files: Vec<(String, u64)>| rank(files, 20, |it| it.1 as f64, |it| &it.0);
        let once = ranked(files.clone());
        assert_eq!((once.len(), once[0].0.as_str(), once[10].0.as_str()), (20, "p04", "p03"));
        for turn in 1..50 {
            let mut other = files.clone();
            other.rotate_left(turn);
            other.reverse();
            assert_eq!(ranked(other), once);
        }
    }
}
