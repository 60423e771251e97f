//! Why a component has changed so often, in sentences.

use crate::risk::{About, Story, Told, tell_kinds};
use crate::words::{count, list, times};
use model::Rule;

/// The rule, as printed with every answer.
pub const RULE: Rule = Rule {
    name: "component changes",
    version: 1,
    text: "commits of the window that touch a file of the component, merges left out, beside those \
           of the window of the same length before it; fixes are commits whose subject speaks of \
           fixing a defect",
};

/// How a change is told from others, as printed with every answer.
pub const KINDS: Rule = Rule {
    name: "kinds of change",
    version: 1,
    text: "a commit is the first of these that fits: revert, it undoes another commit; bug, its \
           subject speaks of fixing a defect or an issue linked to it is a bug; rework, its subject \
           speaks of refactoring, rewriting, cleaning up, simplifying, renaming or moving, or a \
           linked issue is of such a type; feature, a linked issue is a feature, story or \
           improvement, or its subject begins with add, implement, introduce, support, allow, new \
           or feat; other",
};

/// What a change is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// It undoes another commit.
    Revert,
    /// It fixes a defect.
    Bug,
    /// It does again what was done before.
    Rework,
    /// It brings something new.
    Feature,
    /// None of these can be told.
    Other,
}

/// A commit, as far as its kind is told by it.
#[derive(Clone, Debug, Default)]
pub struct Change<'a> {
    /// The first line of its message.
    pub subject: &'a str,
    /// It undoes another commit.
    pub reverts: bool,
    /// Its subject speaks of fixing a defect, or it resolves a bug.
    pub fixes: bool,
    /// Key, type and whether it is a bug, of every issue linked to it, by key.
    pub issues: Vec<(&'a str, &'a str, bool)>,
}

/// What a change is, and what tells so.
pub fn kind(change: &Change<'_>) -> (Kind, String) {
    const REWORK: [&str; 14] = [
        "clean",
        "cleanup",
        "dedupe",
        "move",
        "refactor",
        "rename",
        "reorganise",
        "reorganize",
        "restructure",
        "rewrite",
        "rework",
        "simplify",
        "tidy",
        "unify",
    ];
    const FEATURE: [&str; 9] =
        ["add", "allow", "enable", "feat", "feature", "implement", "introduce", "new", "support"];
    if change.reverts {
        return (Kind::Revert, "it undoes another commit".into());
    }
    if let Some((key, ..)) = change.issues.iter().find(|it| it.2) {
        return (Kind::Bug, format!("{key}, which is a bug, is linked to it"));
    }
    if change.fixes {
        return (Kind::Bug, "its subject speaks of fixing a defect".into());
    }
    let words = words(change.subject);
    if let Some(word) = words.iter().find(|it| said(it, &REWORK)) {
        return (Kind::Rework, format!("its subject says `{word}`"));
    }
    let of_type = |marks: &[&str]| {
        change.issues.iter().find(|(_, kind, _)| {
            let kind = kind.to_lowercase();
            marks.iter().any(|it| kind.contains(it))
        })
    };
    if let Some((key, kind, _)) = of_type(&["refactor", "debt", "cleanup"]) {
        return (Kind::Rework, format!("{key}, of type `{kind}`, is linked to it"));
    }
    if let Some((key, kind, _)) =
        of_type(&["feature", "story", "improvement", "enhancement", "epic", "wish"])
    {
        return (Kind::Feature, format!("{key}, of type `{kind}`, is linked to it"));
    }
    match words.first() {
        Some(word) if said(word, &FEATURE) => {
            (Kind::Feature, format!("its subject begins with `{word}`"))
        }
        _ => (Kind::Other, "nothing tells what kind of change it is".into()),
    }
}

/// The words of a subject in small letters, keys and numbers left out.
fn words(subject: &str) -> Vec<String> {
    let mut words = Vec::new();
    for token in subject.split_whitespace() {
        // `PAY-12:` is a key and `#12` a number; neither says what is done.
        if token.contains(|it: char| it.is_ascii_digit()) {
            continue;
        }
        let parts = token.split(|it: char| !it.is_alphanumeric());
        words.extend(parts.filter(|it| !it.is_empty()).map(str::to_lowercase));
    }
    words
}

/// Whether a word is one of these, also as `adds`, `added`, `adding`, `renames`, `simplifies`.
fn said(word: &str, of: &[&str]) -> bool {
    of.iter().any(|it| {
        let rest = word.strip_prefix(it);
        rest.is_some_and(|it| ["", "s", "d", "ed", "ing", "ment"].contains(&it))
            || it.strip_suffix('e').is_some_and(|it| word.strip_prefix(it) == Some("ing"))
            || it.strip_suffix('y').is_some_and(|it| {
                word.strip_prefix(it).is_some_and(|it| ["ies", "ied"].contains(&it))
            })
    })
}

/// Changes of one kind, of so many, in a sentence with what stands behind them, most first.
pub fn kind_sentence(kind: Kind, changes: usize, all: usize, behind: &[String]) -> String {
    let did = match (kind, changes) {
        (Kind::Revert, 1) => "undid another commit",
        (Kind::Revert, _) => "undid other commits",
        (Kind::Bug, 1) => "fixed a defect",
        (Kind::Bug, _) => "fixed defects",
        (Kind::Rework, _) => "did again what was done before",
        (Kind::Feature, _) => "brought something new",
        (Kind::Other, 1) => "is of no kind that can be told",
        (Kind::Other, _) => "are of no kind that can be told",
    };
    let text = format!("{changes} of {} {did}", count(all, "change", "changes"));
    match behind {
        [] => format!("{text}; no issue and no pull request stands behind that"),
        some => format!("{text}: {}", list(some, 5)),
    }
}

/// The answer in sentences: `before` is the number of changes in the window before; `people` who made
/// how many of the changes and `files` the paths with how often each changed, most first.
pub fn sentences(
    story: &Story,
    before: usize,
    people: &[(&str, usize)],
    files: &[(&str, usize)],
) -> Vec<Told> {
    let mut told = Vec::new();
    let mut say = |about, text: String| told.push(Told { text, about });
    let (name, days) = (&story.subject, count(story.days as usize, "day", "days"));
    if story.changes == 0 {
        say(About::Changes, format!("`{name}` has not changed in the last {days}"));
    } else {
        let changed = times(story.changes);
        say(About::Changes, format!("`{name}` changed {changed} in the last {days}"));
    }
    let compared = match before.cmp(&story.changes) {
        std::cmp::Ordering::Less => "that is more than",
        std::cmp::Ordering::Equal => "that is as often as",
        std::cmp::Ordering::Greater => "that is less than",
    };
    let had = match before {
        0 => "when it did not change".to_owned(),
        some => format!("when it changed {}", times(some)),
    };
    say(About::ChangesBefore, format!("{compared} in the {days} before, {had}"));
    if story.changes == 0 {
        return told;
    }
    tell_kinds(story, &mut say);
    let all = story.changes;
    let (who, changes) = first(people);
    match who.as_slice() {
        [] => {}
        _ if people.len() < 2 => {}
        [one] if changes * 2 > all => {
            say(About::People, format!("{one} made most of them: {changes} of {all}"));
        }
        [one] => {
            say(About::People, format!("{one} made more than anybody else: {changes} of {all}"));
        }
        equals => {
            let who = list(equals, NAMED_MOST);
            say(About::People, format!("{who} each made as many, nobody more: {changes} of {all}"));
        }
    }
    let (paths, changes) = first(files);
    let paths: Vec<String> = paths.iter().map(|it| format!("`{it}`")).collect();
    match paths.as_slice() {
        _ if changes < 2 => {}
        [one] => say(About::Changes, format!("{one} changed most: {changes} of {all}")),
        equals => {
            let which = list(equals, NAMED_MOST);
            let text = format!("{which} each changed as often, none more: {changes} of {all}");
            say(About::Changes, text);
        }
    }
    told
}

/// Equals that are named; of more, some are counted.
const NAMED_MOST: usize = 3;

/// Those that stand first, all of them where several have as many, and how many that is.
fn first(counts: &[(&str, usize)]) -> (Vec<String>, usize) {
    let most = counts.iter().map(|it| it.1).max().unwrap_or(0);
    let first = counts.iter().filter(|it| it.1 == most).map(|it| it.0.to_owned());
    (first.collect(), most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_is_told_beside_the_one_before() {
        let story = Story {
            subject: "auth".into(),
            days: 90,
            changes: 12,
            fixes: 4,
            people: 3,
            issues: vec!["PAY-1".into()],
            issue_changes: 2,
            ..Story::default()
        };
        let people = [("Ada", 7), ("Bo", 3), ("Cyd", 2)];
        let files = [("src/auth/a.rs", 6), ("src/auth/b.rs", 5)];
        let told = sentences(&story, 3, &people, &files);
        let texts: Vec<String> = told.into_iter().map(|it| it.text).collect();
        assert_eq!(
            texts,
            [
                "`auth` changed 12 times in the last 90 days",
                "that is more than in the 90 days before, when it changed 3 times",
                "4 of those changes fixed a defect",
                "3 people touched it",
                "2 of those changes named PAY-1",
                "Ada made most of them: 7 of 12",
                "`src/auth/a.rs` changed most: 6 of 12",
            ]
        );
    }

    #[test]
    fn who_shares_the_first_place_is_named_and_most_is_more_than_half() {
        let story = Story { changes: 11, people: 5, ..Story::default() };
        let told = |people: &[(&str, usize)], files: &[(&str, usize)]| -> Vec<String> {
            let told = sentences(&story, 0, people, files).into_iter();
            told.map(|it| it.text).filter(|it| it.ends_with(" of 11")).collect()
        };
        assert_eq!(told(&[("Ada", 6), ("Bo", 5)], &[]), ["Ada made most of them: 6 of 11"]);
        assert_eq!(
            told(&[("Ada", 4), ("Bo", 3)], &[]),
            ["Ada made more than anybody else: 4 of 11"]
        );
        let five = [("Ada", 3), ("Bo", 3), ("Cyd", 2)];
        assert_eq!(told(&five, &[]), ["Ada and Bo each made as many, nobody more: 3 of 11"]);
        let equal = [("Ada", 2), ("Bo", 2), ("Cyd", 2), ("Dee", 2), ("Eve", 2)];
        let text = "Ada, Bo and 3 more each made as many, nobody more: 2 of 11";
        assert_eq!(told(&equal, &[]), [text]);
        assert_eq!(told(&[("Ada", 11)], &[]), [] as [&str; 0], "alone there is no most");
        let files = [("a.rs", 4), ("b.rs", 4), ("c.rs", 1)];
        let text = "`a.rs` and `b.rs` each changed as often, none more: 4 of 11";
        assert_eq!(told(&[], &files), [text]);
    }

    #[test]
    fn a_change_is_the_first_kind_that_fits_and_says_why() {
        let told = |subject, issues: &[(&'static str, &'static str, bool)]| {
            kind(&Change { subject, issues: issues.to_vec(), ..Change::default() })
        };
        for (subject, wanted) in [
            ("PAY-1 Add a wallet", Kind::Feature),
            ("feat(auth): tokens", Kind::Feature),
            ("Allows two wallets", Kind::Feature),
            ("Give payments a shorter name", Kind::Other),
            ("PAY-2: Simplified the wallet", Kind::Rework),
            ("Renaming things", Kind::Rework),
            ("Address the remarks", Kind::Other),
            ("Newest wallets first", Kind::Other),
            ("", Kind::Other),
        ] {
            assert_eq!(told(subject, &[]).0, wanted, "{subject}");
        }
        let bug = [("PAY-1", "Bug", true), ("PAY-2", "Story", false)];
        let said = told("Add a wallet", &bug);
        assert_eq!(said, (Kind::Bug, "PAY-1, which is a bug, is linked to it".into()));
        assert_eq!(told("Wallets", &bug[1..]).0, Kind::Feature);
        let undone = Change { reverts: true, issues: bug.to_vec(), ..Change::default() };
        assert_eq!(kind(&undone).0, Kind::Revert);
        let fixed = Change { subject: "Add", fixes: true, ..Change::default() };
        assert_eq!(kind(&fixed).0, Kind::Bug);
    }

    #[test]
    fn a_kind_is_told_with_what_stands_behind_it() {
        let behind = ["PAY-4".to_owned(), "#7".to_owned()];
        let said = kind_sentence(Kind::Bug, 4, 12, &behind);
        assert_eq!(said, "4 of 12 changes fixed defects: PAY-4 and #7");
        let said = kind_sentence(Kind::Revert, 1, 1, &[]);
        let wanted = "1 of 1 change undid another commit; no issue and no pull request stands \
                      behind that";
        assert_eq!(said, wanted);
    }

    #[test]
    fn a_quiet_component_is_told_as_quiet() {
        let story = Story { subject: "docs".into(), days: 90, ..Story::default() };
        let texts: Vec<String> =
            sentences(&story, 0, &[], &[]).into_iter().map(|it| it.text).collect();
        assert_eq!(
            texts,
            [
                "`docs` has not changed in the last 90 days",
                "that is as often as in the 90 days before, when it did not change",
            ]
        );
    }
}
