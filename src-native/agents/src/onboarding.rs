//! What to read to learn a part of a project: a few of each kind, and not ten of one.

use crate::words::{count, times};
use model::{DAY, Rule, Score, Term, Timestamp};

/// The rule, as printed with every answer.
pub const RULE: Rule = Rule {
    name: "onboarding",
    version: 1,
    text: "an issue and its pull requests are one story; a story is worth reading because it began \
           the part (earliest first change), came back (opened again, undone, or a bug fixed again \
           more than 30 days later), changed most lines of it, was discussed most (2 comments or \
           more), or is the latest; kinds take turns in proportion to their weights (beginning 2, \
           largest 3, discussed 3, came back 2, latest 2), each takes its best story that is not \
           taken yet; read in the order of kinds, then of time",
};

/// How files to begin with are found, as printed with every answer.
pub const FILES: Rule = Rule {
    name: "files to begin with",
    version: 1,
    text: "commits + 5·people + 2·files that changed together with it in 3 commits or more, of at \
           most 30 files of the part each; tests, lock files and lists of changes are left out",
};

/// Why a story is worth reading, in the order to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// It began here.
    Beginning,
    /// It changed most lines.
    Largest,
    /// Much was said about it.
    Discussed,
    /// It came back.
    CameBack,
    /// It is among the latest.
    Latest,
}

impl Kind {
    /// Every kind, in the order to read.
    pub const ALL: [Kind; 5] =
        [Kind::Beginning, Kind::Largest, Kind::Discussed, Kind::CameBack, Kind::Latest];
}

/// How many of each kind, in proportion. A team may set others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights {
    /// In the order of [`Kind::ALL`].
    pub of: [f64; 5],
}

impl Default for Weights {
    fn default() -> Weights {
        Weights { of: [2.0, 3.0, 3.0, 2.0, 2.0] }
    }
}

/// An issue with its pull requests, or a pull request without an issue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Story {
    /// Key or number: what orders equals.
    pub id: String,
    /// Time of its first commit to the part.
    pub first_at: Timestamp,
    /// Time of its last.
    pub last_at: Timestamp,
    /// Its commits to the part.
    pub commits: u32,
    /// Lines of the part that these added and deleted.
    pub churn: u64,
    /// Comments beneath it, its pull requests and their lines.
    pub comments: u32,
    /// Whether it is a bug.
    pub bug: bool,
    /// How often it was opened again.
    pub reopened: u32,
    /// Its commits that a later one undid.
    pub undone: u32,
}

impl Story {
    /// Days between its first and its last commit, where it is a bug that was fixed again.
    fn again(&self) -> Option<i64> {
        let days = (self.last_at.0 - self.first_at.0) / DAY;
        (self.bug && self.commits > 1 && days > 30).then_some(days)
    }

    /// What it is worth among those of a kind; none where it is not of it.
    fn score(&self, kind: Kind) -> Option<Score> {
        let one = |name, count: f64| Score {
            terms: vec![Term { name, count, weight: 1.0, points: count }],
        };
        match kind {
            Kind::Beginning => Some(one("seconds before 1970", -(self.first_at.0 as f64))),
            Kind::Largest => (self.churn > 0).then(|| one("lines", self.churn as f64)),
            Kind::Discussed => (self.comments > 1).then(|| one("comments", self.comments.into())),
            Kind::CameBack => {
                let again = self.again().is_some();
                let term = |name, count: u32| Term {
                    name,
                    count: count.into(),
                    weight: 1.0,
                    points: count.into(),
                };
                (self.reopened > 0 || self.undone > 0 || again).then(|| Score {
                    terms: vec![
                        term("opened again", self.reopened),
                        term("undone", self.undone),
                        term("fixed again", again.into()),
                    ],
                })
            }
            Kind::Latest => Some(one("seconds since 1970", self.last_at.0 as f64)),
        }
    }

    /// Why it is worth reading, in a sentence; `day` tells a moment's day.
    pub fn reason(&self, kind: Kind, day: impl Fn(Timestamp) -> String) -> String {
        let commits = count(self.commits as usize, "commit", "commits");
        match kind {
            Kind::Beginning => {
                format!("among the first: {commits} from {} on", day(self.first_at))
            }
            Kind::Largest => {
                format!("among the largest: {} changed lines in {commits}", self.churn)
            }
            Kind::Discussed => {
                let said = count(self.comments as usize, "comment", "comments");
                format!("among the most discussed: {said}")
            }
            Kind::CameBack => {
                let mut what = Vec::new();
                if self.reopened > 0 {
                    what.push(format!("opened again {}", times(self.reopened as usize)));
                }
                if self.undone > 0 {
                    let undone = count(self.undone as usize, "commit was", "commits were");
                    what.push(format!("{undone} undone"));
                }
                if let Some(days) = self.again() {
                    what.push(format!("fixed again after {days} days"));
                }
                format!("it came back: {}", what.join(", "))
            }
            Kind::Latest => format!("among the latest: {commits} up to {}", day(self.last_at)),
        }
    }
}

/// A story that was chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    /// Its place in what was given.
    pub story: usize,
    /// Why.
    pub kind: Kind,
    /// What put it before others of its kind; empty where that is its time alone.
    pub score: Score,
}

/// Chooses at most `most` stories and puts them in the order to read.
pub fn choose(stories: &[Story], weights: &Weights, most: usize) -> Vec<Chosen> {
    // Of each kind the best is last.
    let mut queues: Vec<Vec<(usize, Score)>> = Kind::ALL
        .iter()
        .map(|kind| {
            let scored = stories.iter().enumerate();
            let mut queue: Vec<(usize, Score)> =
                scored.filter_map(|(place, it)| Some((place, it.score(*kind)?))).collect();
            queue.sort_by(|a, b| {
                a.1.total()
                    .total_cmp(&b.1.total())
                    .then_with(|| stories[b.0].id.cmp(&stories[a.0].id))
            });
            queue
        })
        .collect();
    let mut taken = vec![false; stories.len()];
    let mut counts = [0.0_f64; 5];
    let mut chosen: Vec<Chosen> = Vec::new();
    while chosen.len() < most {
        // The kind that is furthest behind its weight; of equals the first to read.
        let turn =
            (0..5).filter(|it| weights.of[*it] > 0.0 && !queues[*it].is_empty()).min_by(|a, b| {
                let behind = |it: &usize| counts[*it] / weights.of[*it];
                behind(a).total_cmp(&behind(b))
            });
        let Some(turn) = turn else { break };
        let Some((story, score)) = queues[turn].pop() else { break };
        if std::mem::replace(&mut taken[story], true) {
            continue;
        }
        counts[turn] += 1.0;
        let kind = Kind::ALL[turn];
        let timed = matches!(kind, Kind::Beginning | Kind::Latest);
        let score = if timed { Score { terms: Vec::new() } } else { score };
        chosen.push(Chosen { story, kind, score });
    }
    chosen.sort_by(|a, b| {
        let key = |it: &Chosen| (it.kind, stories[it.story].first_at);
        key(a).cmp(&key(b)).then_with(|| stories[a.story].id.cmp(&stories[b.story].id))
    });
    chosen
}

/// What is known of a file as one to begin with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Central {
    /// Its commits.
    pub commits: u32,
    /// Its authors and co-authors.
    pub people: u32,
    /// Files of the part that changed together with it three times or more.
    pub together: u32,
}

/// Commits of more files of the part than this tell nothing of what belongs together.
pub const TOGETHER_FILES_MAX: usize = 30;
/// Common commits from which two files count as changing together.
pub const TOGETHER_MIN: u32 = 3;

/// How central a file is.
pub fn central(it: Central) -> Score {
    let term = |name, count: u32, weight: f64| {
        let count = f64::from(count);
        Term { name, count, weight, points: count * weight }
    };
    Score {
        terms: vec![
            term("commits", it.commits, 1.0),
            term("people", it.people, 5.0),
            term("changes together with", it.together, 2.0),
        ],
    }
}

/// Why a file is one to begin with, in a sentence.
pub fn central_reason(it: Central) -> String {
    let commits = count(it.commits as usize, "commit", "commits");
    let people = count(it.people as usize, "person", "people");
    match it.together {
        0 => format!("{commits} by {people}"),
        some => {
            let files = count(some as usize, "file", "files");
            format!("{commits} by {people}; changes together with {files}")
        }
    }
}

/// Whether a file may be one to begin with: no test, and nothing that changes along with everything.
pub fn may_begin(path: &str) -> bool {
    const NAMES: [&str; 12] = [
        "cargo.lock",
        "composer.lock",
        "gemfile.lock",
        "go.sum",
        "npm-shrinkwrap.json",
        "package-lock.json",
        "pipfile.lock",
        "pnpm-lock.yaml",
        "poetry.lock",
        "uv.lock",
        "yarn.lock",
        "bun.lock",
    ];
    let name = path.rsplit('/').next().unwrap_or_default().to_lowercase();
    let stem = name.split('.').next().unwrap_or_default();
    !NAMES.contains(&name.as_str())
        && !["changelog", "changes", "history", "news"].contains(&stem)
        && !crate::looks_like_test(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn story(id: &str, day: i64) -> Story {
        let at = Timestamp(day * DAY);
        Story { id: id.into(), first_at: at, last_at: at, commits: 1, churn: 1, ..Story::default() }
    }

    fn told(stories: &[Story], most: usize) -> Vec<(String, Kind)> {
        let chosen = choose(stories, &Weights::default(), most);
        chosen.into_iter().map(|it| (stories[it.story].id.clone(), it.kind)).collect()
    }

    #[test]
    fn kinds_take_turns_and_a_story_is_told_once() {
        let mut stories: Vec<Story> = (1..=40).map(|it| story(&format!("P-{it:02}"), it)).collect();
        for (place, story) in stories.iter_mut().enumerate() {
            story.churn = 1_000 + place as u64;
            story.comments = 2;
        }
        stories[9].comments = 90;
        stories[19].churn = 9_000;
        stories[29].reopened = 1;
        let chosen = told(&stories, 12);
        assert_eq!(chosen.len(), 12);
        let of = |kind| chosen.iter().filter(|it| it.1 == kind).count();
        assert_eq!(
            Kind::ALL.map(of),
            [3, 3, 3, 1, 2],
            "one only came back: another was a beginning"
        );
        assert!(chosen.contains(&("P-10".into(), Kind::Discussed)), "{chosen:?}");
        assert!(chosen.contains(&("P-20".into(), Kind::Largest)), "{chosen:?}");
        assert!(chosen.contains(&("P-30".into(), Kind::CameBack)), "{chosen:?}");
        assert_eq!(chosen[0], ("P-01".into(), Kind::Beginning));
        assert!(chosen.windows(2).all(|it| it[0].1 <= it[1].1), "in the order of kinds");
        let mut ids: Vec<_> = chosen.iter().map(|it| &it.0).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 12);
    }

    #[test]
    fn any_order_of_stories_gives_the_same_list() {
        let mut stories: Vec<Story> = (0..30)
            .map(|it| Story {
                churn: it % 4,
                comments: it as u32 % 3,
                ..story(&format!("P-{it:02}"), it as i64 % 5)
            })
            .collect();
        let once = told(&stories, 9);
        for turn in 1..30 {
            stories.rotate_left(turn);
            stories.reverse();
            assert_eq!(told(&stories, 9), once);
        }
        assert_eq!(told(&stories, 100).len(), 30, "all there are");
        let none = Weights { of: [0.0; 5] };
        assert!(choose(&stories, &none, 9).is_empty(), "a team may leave every kind out");
    }

    #[test]
    fn a_bug_fixed_again_a_month_later_came_back() {
        let bug = Story {
            bug: true,
            commits: 2,
            last_at: Timestamp(100 * DAY),
            undone: 1,
            ..story("P-1", 10)
        };
        let day = |it: Timestamp| format!("day {}", it.0 / DAY);
        assert_eq!(
            bug.reason(Kind::CameBack, day),
            "it came back: 1 commit was undone, fixed again after 90 days"
        );
        let soon = Story { undone: 0, last_at: Timestamp(20 * DAY), ..bug.clone() };
        assert_eq!(soon.score(Kind::CameBack), None);
        assert_eq!(soon.reason(Kind::Beginning, day), "among the first: 2 commits from day 10 on");
    }

    #[test]
    fn one_does_not_begin_with_tests_and_lock_files() {
        for (path, may) in [
            ("src/pay.rs", true),
            ("Cargo.lock", false),
            ("ui/package-lock.json", false),
            ("CHANGELOG.md", false),
            ("NEWS", false),
            ("src/news/mod.rs", true),
            ("tests/pay_test.rs", false),
        ] {
            assert_eq!(may_begin(path), may, "{path}");
        }
        let it = Central { commits: 3, people: 2, together: 1 };
        assert_eq!(central(it).total(), 15.0);
        assert_eq!(central_reason(it), "3 commits by 2 people; changes together with 1 file");
    }
}
