//! From rows to what the wire carries: people, commits, figures with their evidence, the basis.

use super::Asked;
use super::ask::{Target, Window};
use crate::Result;
use crate::wire::{
    Basis, Call, CommitRef, Figure, GapText, PersonRef, Record, RecordKind, RuleText, TermText,
    time,
};
use model::{ChangeKind, DeveloperId, Rule, Score, Timestamp};
use serde_json::{Map, Value};
use store::reads::{CommitRow, Found, IssueName, PersonRow, PullLink, Select};

/// Records shown beside a number.
pub(super) const RECORDS_MAX: usize = 5;

/// What stands in the place of a person whom no row tells of.
const NOBODY: &str = "(unknown)";

impl Asked<'_> {
    /// A person, as shown in a list.
    pub(super) fn person_ref(&self, id: DeveloperId) -> Result<PersonRef> {
        if let Some(known) = self.people.borrow().get(&id) {
            return Ok(known.clone());
        }
        let person = match self.reader.person(self.of, id)? {
            Some(row) => person_ref(row),
            None => PersonRef { key: NOBODY.into(), name: NOBODY.into(), bot: false },
        };
        self.people.borrow_mut().insert(id, person.clone());
        Ok(person)
    }

    /// A commit, as shown in a list.
    pub(super) fn commit_ref(&self, row: &CommitRow) -> Result<CommitRef> {
        Ok(CommitRef {
            id: row.place.oid.to_string(),
            subject: row.subject.clone(),
            author: self.person_ref(row.author)?,
            at: time(row.authored),
            merge: row.merge,
            fixes: row.fixes,
            reverts: row.reverts,
        })
    }

    /// Commits as records, in order.
    pub(super) fn commit_records(&self, found: &[Found]) -> Result<Vec<Record>> {
        let rows = self.reader.commits(self.of, found)?;
        Ok(rows.iter().map(commit_record).collect())
    }

    /// A number of commits with the newest of them, and the call that lists all.
    pub(super) fn figure(&self, value: usize, newest: &[Found], all: Call) -> Result<Figure> {
        let shown = &newest[..newest.len().min(RECORDS_MAX)];
        let records = self.commit_records(shown)?;
        let all = (value > records.len()).then_some(all);
        Ok(Figure { value: value as f64, records, all })
    }

    /// The same where the commits are yet to be looked for.
    pub(super) fn figure_of(&self, value: usize, select: &Select, all: Call) -> Result<Figure> {
        if value == 0 {
            return Ok(Figure { value: 0.0, records: Vec::new(), all: None });
        }
        // Not one more than there are: to look for it is to look through all.
        let newest = self.reader.select(self.of, select, None, RECORDS_MAX.min(value))?;
        self.figure(value, &newest, all)
    }

    /// A number of people with the first of them, and the call that lists all.
    pub(super) fn people_figure(&self, people: &[DeveloperId], all: Call) -> Result<Figure> {
        let mut refs = people.iter().map(|it| self.person_ref(*it)).collect::<Result<Vec<_>>>()?;
        refs.sort_by(|a, b| (&a.name, &a.key).cmp(&(&b.name, &b.key)));
        let value = refs.len();
        refs.truncate(RECORDS_MAX);
        let records: Vec<Record> = refs.into_iter().map(person_record).collect();
        let all = (value > records.len()).then_some(all);
        Ok(Figure { value: value as f64, records, all })
    }

    /// A call about this repository.
    pub(super) fn call<const N: usize>(
        &self,
        method: &str,
        params: [(&'static str, Value); N],
    ) -> Call {
        let mut map = Map::new();
        map.insert("repository".into(), self.of.name.as_str().into());
        // Records of the past are listed as of that time; hygiene has a time of its own for it.
        if let Some(past) = self.reader.past().filter(|_| method != "memory.hygieneRecords") {
            map.insert("now".into(), time(past).into());
        }
        map.extend(params.into_iter().map(|(name, value)| (name.to_owned(), value)));
        Call { method: method.into(), params: map }
    }

    /// The call that lists the commits of a target within a window, and what else is asked for.
    pub(super) fn list<const N: usize>(
        &self,
        target: &Target,
        window: Option<Window>,
        more: [(&'static str, Value); N],
    ) -> Call {
        let mut call = self.call("memory.commits", [target.param()]);
        if let Some(window) = window {
            call.params.insert("since".into(), time(window.since).into());
            call.params.insert("until".into(), time(window.until).into());
        }
        call.params.extend(more.into_iter().map(|(name, value)| (name.to_owned(), value)));
        call
    }

    /// A rule, with the weights that the team has set otherwise.
    fn rule(&self, rule: &Rule) -> Result<RuleText> {
        let mut text = rule.text.to_owned();
        let set: Vec<String> = match rule.name {
            "expertise" => {
                let it = self.rules()?.expertise;
                let weights = [
                    ("commits", it.commits),
                    ("reviews", it.reviews),
                    ("comments", it.comments),
                    ("churn", it.churn),
                    ("recency", it.recency),
                    ("half life in days", it.half_life_days.map(f64::from)),
                ];
                weights.iter().filter_map(|(name, it)| Some(format!("{name} {}", (*it)?))).collect()
            }
            "risk" => {
                let it = self.rules()?.risk;
                let weights = [
                    ("churn", it.churn),
                    ("bugs", it.bugs),
                    ("contributors", it.contributors),
                    ("commits", it.commits),
                ];
                weights.iter().filter_map(|(name, it)| Some(format!("{name} {}", (*it)?))).collect()
            }
            _ => Vec::new(),
        };
        if !set.is_empty() {
            text.push_str(&format!("; weighed by backstory.toml: {}", set.join(", ")));
        }
        Ok(RuleText { name: rule.name.into(), version: rule.version, text })
    }

    /// What an answer stands on.
    pub(super) fn basis(&self, now: Option<Timestamp>, rules: &[Rule]) -> Result<Basis> {
        let mut gaps: Vec<GapText> = self
            .reader
            .gaps(self.of)?
            .into_iter()
            .map(|(kind, text)| GapText { kind, text })
            .collect();
        if self.reader.past().is_some() {
            // Which keys no record answers to is told of all commits.
            gaps.retain(|it| it.kind != model::GapKind::KeysWithoutRecord.name());
            gaps.push(gap("past", super::past::GAP));
        }
        if self.of.head.is_none() {
            gaps.push(gap("unread", "the history has not been read yet, or holds no commit"));
        }
        let (issues, pulls) = self.reader.is_told(self.of)?;
        if !issues {
            gaps.push(gap(
                "noIssues",
                "no issue tracker is imported: issues are known by the keys in commit messages only",
            ));
        }
        if !pulls {
            gaps.push(gap(
                "noPullRequests",
                "no pull requests are imported: they are known as far as Git tells of them",
            ));
        }
        Ok(Basis {
            repository: self.of.name.clone(),
            head: self.of.head.map(|it| it.to_string()),
            now: self.of.as_of.map(|newest| time(now.or(self.given).unwrap_or(newest))),
            rules: rules.iter().map(|it| self.rule(it)).collect::<Result<_>>()?,
            gaps,
        })
    }
}

pub(super) fn gap(kind: &str, text: &str) -> GapText {
    GapText { kind: kind.into(), text: text.into() }
}

/// A person, as shown in a list.
pub(super) fn person_ref(row: PersonRow) -> PersonRef {
    PersonRef { key: row.key, name: row.name, bot: row.bot }
}

/// A person as a record.
pub(super) fn person_record(person: PersonRef) -> Record {
    Record { kind: RecordKind::Person, id: person.key, title: person.name }
}

/// A commit as a record.
pub(super) fn commit_record(row: &CommitRow) -> Record {
    Record { kind: RecordKind::Commit, id: row.place.oid.to_string(), title: row.subject.clone() }
}

/// A path as a record.
pub(super) fn file_record(path: &str) -> Record {
    Record { kind: RecordKind::File, id: path.into(), title: path.into() }
}

/// An issue of a commit as a record.
pub(super) fn issue_record(it: &IssueName) -> Record {
    Record { kind: RecordKind::Issue, id: it.key.clone(), title: it.title.clone() }
}

/// A pull request of a commit as a record.
pub(super) fn pull_record(it: &PullLink) -> Record {
    let title = it.title.clone().unwrap_or_else(|| format!("#{}", it.number));
    Record { kind: RecordKind::PullRequest, title, id: it.number.to_string() }
}

/// A pull request by its number alone.
pub(super) fn numbered(number: u64) -> Record {
    let id = number.to_string();
    Record { kind: RecordKind::PullRequest, title: format!("#{id}"), id }
}

/// A kind of change, as the wire says it.
pub(super) fn kind(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Added => "added",
        ChangeKind::Modified => "modified",
        ChangeKind::Deleted => "deleted",
        ChangeKind::Renamed => "renamed",
    }
}

/// The summands of a score.
pub(super) fn terms(score: &Score) -> Vec<TermText> {
    let term = |it: &model::Term| TermText {
        name: it.name.into(),
        count: it.count,
        weight: it.weight,
        points: it.points,
    };
    score.terms.iter().map(term).collect()
}
