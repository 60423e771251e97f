//! Which issue or pull request a text means.

use super::refs::Ref;
use model::{IssueId, PullRequestId, TrackerId};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::writes::RelatedIssue;

/// A typo must be of a prefix so long.
const TYPO_LENGTH: usize = 5;
/// And so many times rarer than it.
const TYPO_RARER: u64 = 20;

/// The issues and pull requests of a repository by what texts call them.
#[derive(Default)]
pub(super) struct Keys {
    /// Prefixes that count, each with the project it stands for.
    prefixes: BTreeMap<String, String>,
    by_key: HashMap<String, IssueId>,
    by_number: HashMap<u64, Vec<(TrackerId, IssueId)>>,
    /// Trackers of GitHub's by `owner/name` in small letters.
    trackers: Vec<(TrackerId, String)>,
    pulls: HashMap<u64, PullRequestId>,
    /// What this repository is called at GitHub, in small letters.
    pub(super) names: BTreeSet<String>,
    /// Issues in a row that means the same in every store.
    pub(super) issues: HashMap<IssueId, (String, bool, bool)>,
    /// Projects that records tell of.
    pub(super) told: BTreeSet<String>,
}

impl Keys {
    /// `project_keys` are prefix and project, `counts` the prefixes that subjects begin with and
    /// how many do.
    pub(super) fn new(
        issues: &[RelatedIssue],
        all: &[(String, IssueId)],
        project_keys: &[(String, String, &str)],
        counts: &[(String, u64, u64)],
        trackers: Vec<(TrackerId, String)>,
        pulls: HashMap<u64, PullRequestId>,
    ) -> Keys {
        let mut keys = Keys {
            names: trackers.iter().map(|it| it.1.clone()).collect(),
            trackers,
            pulls,
            ..Keys::default()
        };
        for issue in issues {
            match issue.key.strip_prefix('#') {
                Some(number) => {
                    let number = number.parse().unwrap_or_default();
                    keys.by_number.entry(number).or_default().push((issue.tracker, issue.id));
                }
                // The key that an issue has goes before one that another had.
                None => {
                    keys.by_key.entry(issue.key.clone()).or_insert(issue.id);
                }
            }
            keys.issues.insert(issue.id, (issue.key.clone(), issue.bug, issue.done));
            if !issue.project.is_empty() {
                keys.told.insert(issue.project.clone());
            }
        }
        for (prefix, project, _) in project_keys {
            keys.prefixes.insert(prefix.clone(), project.clone());
        }
        let mut past: Vec<&(String, IssueId)> = all.iter().collect();
        past.sort_by_key(|(key, id)| (key, keys.issues.get(id).map(|it| &it.0)));
        for (key, id) in past {
            if let Some((prefix, _)) = key.rsplit_once('-') {
                keys.by_key.entry(key.clone()).or_insert(*id);
                keys.prefixes.entry(prefix.to_owned()).or_insert_with(|| prefix.to_owned());
            }
        }
        keys.add_typos(counts);
        keys
    }

    /// A prefix that one slip of the hand makes of a long and far more usual one stands for it.
    fn add_typos(&mut self, counts: &[(String, u64, u64)]) {
        let count: HashMap<&str, u64> = counts.iter().map(|it| (&*it.0, it.1)).collect();
        let right: Vec<String> =
            self.told.iter().filter(|it| it.len() >= TYPO_LENGTH).cloned().collect();
        for (prefix, times, _) in counts {
            if self.prefixes.contains_key(prefix) {
                continue;
            }
            let mut near = right.iter().filter(|it| {
                one_slip(prefix, it)
                    && times * TYPO_RARER <= count.get(it.as_str()).copied().unwrap_or(0)
            });
            if let (Some(project), None) = (near.next(), near.next()) {
                self.prefixes.insert(prefix.clone(), project.clone());
            }
        }
    }

    pub(super) fn prefixes(&self) -> impl Iterator<Item = &str> {
        self.prefixes.keys().map(String::as_str)
    }

    pub(super) fn is_prefix(&self, word: &str) -> bool {
        self.prefixes.contains_key(word)
    }

    pub(super) fn project(&self, prefix: &str) -> Option<&str> {
        self.prefixes.get(prefix).map(String::as_str)
    }

    pub(super) fn has_numbers(&self) -> bool {
        !self.by_number.is_empty()
    }

    /// The issue of a key.
    pub(super) fn key(&self, prefix: &str, number: u32) -> Option<IssueId> {
        let prefix = prefix.to_ascii_uppercase();
        self.by_key.get(&format!("{prefix}-{number}")).copied().or_else(|| {
            let project = self.prefixes.get(&prefix)?;
            self.by_key.get(&format!("{project}-{number}")).copied()
        })
    }

    /// The issue that a text means; none where it means a pull request, something elsewhere, or
    /// what is not known.
    pub(super) fn issue(&self, what: Ref<'_>) -> Option<IssueId> {
        match what {
            Ref::Key { prefix, number } => self.key(prefix, number),
            Ref::Number { at, number } => {
                let tracker = match at {
                    Some(at) => Some(self.tracker_at(at)?),
                    None => None,
                };
                let of = self.by_number.get(&number)?;
                let mut of = of.iter().filter(|it| tracker.is_none_or(|at| at == it.0));
                match (of.next(), of.next()) {
                    (Some((_, issue)), None) => Some(*issue),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn tracker_at(&self, at: &str) -> Option<TrackerId> {
        let at = at.to_lowercase();
        let known = self.trackers.iter().find(|it| it.1 == at).map(|it| it.0);
        // A repository that was renamed is told by one tracker still.
        known.or_else(|| match &self.trackers[..] {
            [(only, _)] if self.names.contains(&at) => Some(*only),
            _ => None,
        })
    }

    /// The pull request of a number.
    pub(super) fn pull(&self, number: u64) -> Option<PullRequestId> {
        self.pulls.get(&number).copied()
    }
}

/// Whether one letter more, less or other, or two swapped, makes `a` of `b`.
pub(super) fn one_slip(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let same = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (x, y) = (&a[same..], &b[same..]);
    match a.len().abs_diff(b.len()) {
        0 => {
            let rest = |by: usize| x.get(by..) == y.get(by..);
            !x.is_empty() && (rest(1) || (x.len() > 1 && x[0] == y[1] && x[1] == y[0] && rest(2)))
        }
        1 => x == y.get(1..).unwrap_or(b"-") || y == x.get(1..).unwrap_or(b"-"),
        _ => false,
    }
}
