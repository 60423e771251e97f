//! What belongs to an issue: which of its commits are one change, and the sentences that tell of it.

use crate::words::{count, list};
use model::{DeveloperId, Oid, Rule, Timestamp};
use std::collections::HashMap;

/// The rule, as printed with every answer.
pub const RULE: Rule = Rule {
    name: "issue context",
    version: 2,
    text: "commits that the issue is linked to, merges counted apart; a commit picked from another of \
           them, or with the same author, moment of writing and subject, is the same change again; \
           pull requests that are linked to it or that its commits came through; files by how many \
           of its commits touch them under any name; people by the nearest they came to the change: \
           who wrote it, opened its pull requests, reviewed them, was to do it, resolved, reported, \
           then who only commented; within each those with most of that, of equals who began first, \
           then by name; programs last",
};

/// What people do for an issue, the nearest to its change first.
pub const DEEDS: [&str; 7] =
    ["wrote", "opened", "reviewed", "assigned", "resolved", "reported", "commented"];

/// Where somebody stands among the people of an issue: less is first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Standing {
    /// Programs come last.
    pub bot: bool,
    /// Of what they did, the place of the nearest among [`DEEDS`].
    pub deed: usize,
    /// How often they did that; the greatest first.
    pub times: std::cmp::Reverse<usize>,
    /// When they began with it; none, where that is not told, comes last.
    pub began: (bool, Option<Timestamp>),
    /// Their name, then their key.
    pub name: (String, String),
}

impl Standing {
    /// From what somebody did: the deed, how often, and when they began with it.
    pub fn of(
        bot: bool,
        deeds: &[(&str, usize, Option<Timestamp>)],
        name: (String, String),
    ) -> Standing {
        let place = |deed: &str| DEEDS.iter().position(|it| *it == deed).unwrap_or(DEEDS.len());
        let nearest = deeds.iter().min_by_key(|it| place(it.0));
        let (deed, times, began) =
            nearest.map_or((DEEDS.len(), 0, None), |it| (place(it.0), it.1, it.2));
        let began = (began.is_none(), began);
        Standing { bot, deed, times: std::cmp::Reverse(times), began, name }
    }
}

/// How a file's context is found, as printed with the answer.
pub const FILE: Rule = Rule {
    name: "file context",
    version: 1,
    text: "pull requests and issues of its newest 300 commits under all past names; open ones that \
           change the path or that its commits are linked to; of the newest 100 of each those with \
           most comments of people",
};

/// Who knows a file best.
pub fn knows_best(path: &str, name: &str, commits: usize) -> String {
    format!("{name} knows `{path}` best, with {}", count(commits, "commit", "commits"))
}

/// How many pull requests that change it are open, where there are any.
pub fn open_pulls(number: usize) -> Option<String> {
    let verb = if number == 1 { "changes" } else { "change" };
    let many = count(number, "open pull request", "open pull requests");
    (number > 0).then(|| format!("{many} {verb} it"))
}

/// How many issues of its commits are not done, where there are any.
pub fn open_issues(number: usize) -> Option<String> {
    let verb = if number == 1 { "is" } else { "are" };
    let many = count(number, "issue", "issues");
    (number > 0).then(|| format!("{many} of its commits {verb} not done"))
}

/// What was talked about most.
pub fn discussed(title: &str, comments: usize) -> String {
    format!("“{title}” was discussed most: {}", count(comments, "comment", "comments"))
}

/// A commit that may be another one carried elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// Its id.
    pub id: Oid,
    /// Who wrote it.
    pub author: DeveloperId,
    /// When it was written: kept where it is carried elsewhere.
    pub authored: Timestamp,
    /// Its subject.
    pub subject: String,
    /// What its message says it was picked from: beginnings of ids in hexadecimal digits.
    pub picked_from: Vec<String>,
}

/// The ids after `cherry picked from commit` in a message.
pub fn picked_from(message: &str) -> Vec<String> {
    let after = message.split("cherry picked from commit ").skip(1);
    after
        .map(|it| it.chars().take_while(char::is_ascii_hexdigit).collect::<String>())
        .filter(|it| it.len() >= 7)
        .map(|it| it.to_ascii_lowercase())
        .collect()
}

/// Groups commits, given oldest first, into changes: indexes, each group and all groups oldest first.
pub fn changes(commits: &[Carried]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut group_of: Vec<usize> = Vec::with_capacity(commits.len());
    let mut alike: HashMap<(DeveloperId, Timestamp, &str), usize> = HashMap::new();
    let ids: Vec<String> = commits.iter().map(|it| it.id.to_string()).collect();
    for (i, it) in commits.iter().enumerate() {
        let source = ids[..i]
            .iter()
            .position(|id| it.picked_from.iter().any(|from| id.starts_with(from.as_str())));
        let known = source
            .map(|source| group_of[source])
            .or_else(|| alike.get(&(it.author, it.authored, it.subject.as_str())).copied());
        let group = known.unwrap_or_else(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[group].push(i);
        group_of.push(group);
        alike.entry((it.author, it.authored, &it.subject)).or_insert(group);
    }
    groups
}

/// The words of a relation as the issue's own side says them, given the relation `from … to` by its name.
pub fn in_direction(kind: &str, outward: bool) -> String {
    let lower = kind.to_lowercase();
    let both = match lower.as_str() {
        "duplicate" | "duplicates" => Some(("duplicates", "is duplicated by")),
        "blocks" | "blocker" | "block" => Some(("blocks", "is blocked by")),
        "cloners" | "clones" => Some(("clones", "is cloned by")),
        "parent" => Some(("has the parent", "is the parent of")),
        "subtask" | "sub-task" => Some(("is the parent of", "has the parent")),
        "causes" | "cause" | "problem/incident" => Some(("causes", "is caused by")),
        "supersedes" | "supercedes" => Some(("supersedes", "is superseded by")),
        "depends" | "dependency" | "dependent" => Some(("depends on", "is needed by")),
        "relates" | "reference" | "related" => Some(("relates to", "relates to")),
        _ => None,
    };
    match (both, outward) {
        (Some((out, _)), true) => out.to_owned(),
        (Some((_, back)), false) => back.to_owned(),
        (None, true) => kind.to_owned(),
        (None, false) => format!("{kind} (from there)"),
    }
}

/// What the tracker tells of the issue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// `Bug`; empty where unknown.
    pub kind: String,
    /// Its status; empty where unknown.
    pub status: String,
    /// Its resolution; empty where there is none.
    pub resolution: String,
    /// Who reported it.
    pub reporter: Option<String>,
    /// The day it was made.
    pub reported: String,
    /// Who is to do it.
    pub assignee: Option<String>,
    /// The day it was resolved.
    pub resolved: Option<String>,
}

/// What the sentences about an issue are made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Story {
    /// Its key.
    pub key: String,
    /// What the tracker tells; none where no record answers to the key.
    pub facts: Option<Facts>,
    /// Its commits, merges too.
    pub commits: usize,
    /// Files these changed.
    pub files: usize,
    /// Names of their authors, by name.
    pub authors: Vec<String>,
    /// Its pull requests, by number.
    pub pull_requests: Vec<u64>,
    /// Comments of people beneath it.
    pub comments: usize,
    /// How many people these are of.
    pub talkers: usize,
}

/// What a sentence is about: it says which records stand behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// The issue.
    Issue,
    /// Its commits.
    Commits,
    /// The comments of people beneath it.
    Comments,
}

/// A sentence and what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The sentence.
    pub text: String,
    /// What it is about.
    pub about: About,
}

/// An issue told in sentences, true ones only.
pub fn sentences(story: &Story) -> Vec<Told> {
    let mut told = Vec::new();
    let mut say = |about, text: String| told.push(Told { text, about });
    if let Some(facts) = &story.facts {
        let mut text = story.key.clone();
        if !facts.kind.is_empty() {
            text.push_str(&format!(", a {},", facts.kind));
        }
        text.push_str(&format!(" was reported on {}", facts.reported));
        if let Some(who) = &facts.reporter {
            text.push_str(&format!(" by {who}"));
        }
        match (&facts.resolved, facts.status.as_str()) {
            (Some(day), status) => {
                text.push_str(&format!(" and resolved on {day}"));
                let words: Vec<&str> =
                    [status, &facts.resolution].into_iter().filter(|it| !it.is_empty()).collect();
                if !words.is_empty() {
                    text.push_str(&format!(" ({})", words.join(", ")));
                }
            }
            (None, "") => {}
            (None, status) => text.push_str(&format!(" and is in the status {status}")),
        }
        if let Some(who) = &facts.assignee {
            text.push_str(&format!("; it is assigned to {who}"));
        }
        say(About::Issue, text);
    }
    if story.commits > 0 {
        let mut text = format!(
            "{} in {}",
            count(story.commits, "commit", "commits"),
            count(story.files, "file", "files")
        );
        if !story.authors.is_empty() {
            text.push_str(&format!(" by {}", list(&story.authors, 5)));
        }
        if !story.pull_requests.is_empty() {
            let numbers: Vec<String> =
                story.pull_requests.iter().map(|it| format!("#{it}")).collect();
            text.push_str(&format!(", with {}", list(&numbers, 5)));
        }
        say(About::Commits, text);
    }
    if story.comments > 0 {
        let comments = count(story.comments, "comment", "comments");
        let people = count(story.talkers, "person", "people");
        say(About::Comments, format!("it was discussed in {comments} by {people}"));
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oid(digit: u8) -> Oid {
        Oid::from_bytes(&[digit; 20]).unwrap()
    }

    fn carried(digit: u8, at: i64, subject: &str, picked: &str) -> Carried {
        Carried {
            id: oid(digit),
            author: DeveloperId(1),
            authored: Timestamp(at),
            subject: subject.into(),
            picked_from: picked_from(picked),
        }
    }

    #[test]
    fn a_backport_is_the_same_change_again() {
        let from = format!("x\n\n(cherry picked from commit {})", oid(1));
        let all = [
            carried(1, 10, "Fix it", ""),
            carried(2, 20, "Test it", ""),
            carried(3, 30, "Fix it for 1.x", &from),
            carried(4, 20, "Test it", ""),
            carried(5, 21, "Test it", ""),
        ];
        assert_eq!(changes(&all), [vec![0, 2], vec![1, 3], vec![4]]);
        assert!(changes(&[]).is_empty());
    }

    #[test]
    fn too_few_digits_pick_nothing() {
        assert!(picked_from("cherry picked from commit ab").is_empty());
        assert_eq!(picked_from("(cherry picked from commit ABCDEF012)"), ["abcdef012"]);
    }

    #[test]
    fn people_stand_by_the_nearest_they_came_to_the_change() {
        let at = |it| Some(Timestamp(it));
        let one = |name: &str, bot, deeds: &[(&str, usize, Option<Timestamp>)]| {
            Standing::of(bot, deeds, (name.to_owned(), name.to_owned()))
        };
        let mut all = [
            one("Bot", true, &[("wrote", 9, at(0))]),
            one("Talker", false, &[("commented", 30, at(0))]),
            one(
                "Reviewer",
                false,
                &[("reviewed", 2, at(5)), ("reported", 1, at(0)), ("commented", 5, at(1))],
            ),
            one("Second", false, &[("wrote", 1, at(9)), ("commented", 9, at(2))]),
            one("First", false, &[("wrote", 1, at(8)), ("assigned", 1, None)]),
            one("Most", false, &[("wrote", 2, at(9))]),
        ];
        all.sort();
        let names: Vec<&str> = all.iter().map(|it| it.name.0.as_str()).collect();
        assert_eq!(names, ["Most", "First", "Second", "Reviewer", "Talker", "Bot"]);
    }

    #[test]
    fn relations_are_told_from_the_side_that_is_asked() {
        assert_eq!(in_direction("Blocks", true), "blocks");
        assert_eq!(in_direction("Blocks", false), "is blocked by");
        assert_eq!(in_direction("Gremlin", false), "Gremlin (from there)");
    }

    #[test]
    fn an_issue_is_told_with_what_is_known_and_no_more() {
        let story = Story {
            key: "PAY-4".into(),
            facts: Some(Facts {
                kind: "Bug".into(),
                status: "Done".into(),
                resolution: "Fixed".into(),
                reporter: Some("Cyd".into()),
                reported: "2026-01-05".into(),
                assignee: Some("Bo".into()),
                resolved: Some("2026-01-09".into()),
            }),
            commits: 2,
            files: 3,
            authors: vec!["Ada".into(), "Bo".into()],
            pull_requests: vec![7],
            comments: 3,
            talkers: 2,
        };
        let texts = |it: &Story| sentences(it).into_iter().map(|it| it.text).collect::<Vec<_>>();
        assert_eq!(
            texts(&story),
            [
                "PAY-4, a Bug, was reported on 2026-01-05 by Cyd and resolved on 2026-01-09 \
                 (Done, Fixed); it is assigned to Bo",
                "2 commits in 3 files by Ada and Bo, with #7",
                "it was discussed in 3 comments by 2 people",
            ]
        );
        assert!(texts(&Story { key: "PAY-4".into(), ..Story::default() }).is_empty());
    }
}
