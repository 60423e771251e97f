//! The records that reports judge, read and put in order.

use super::super::Asked;
use super::super::ask::moment;
use super::super::tell::{commit_record, file_record, person_record};
use crate::wire::*;
use crate::{Error, Result};
use agents::hygiene::{Judgement, Kind};
use model::{DeveloperId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use store::reads::{Found, Imported, PullStanding};

/// Days looked back unless told otherwise.
const WINDOW_DAYS: u32 = 90;

/// People of whom there is a suggestion, by key, with what speaks for it.
pub(super) type Doubts = BTreeMap<String, BTreeSet<String>>;

/// What a row stands for, until it is shown.
pub(super) enum Of {
    Commit(Found),
    Pull(u64, String, Option<DeveloperId>),
    Issue(String, String, Option<DeveloperId>),
    File(String),
    Person(PersonRef),
}

/// A record and what its report says of it.
pub(super) struct Row {
    pub(super) of: Of,
    pub(super) at: Option<Timestamp>,
    pub(super) judgement: Judgement,
    pub(super) text: Option<String>,
}

impl Row {
    /// What tells it from others of its report; orders those of one time.
    pub(super) fn id(&self) -> String {
        match &self.of {
            Of::Commit(it) => it.place.oid.to_string(),
            // Numbers in their order, and not that of their digits.
            Of::Pull(number, ..) => format!("{number:020}"),
            Of::Issue(key, ..) => key.clone(),
            Of::File(path) => path.clone(),
            Of::Person(it) => format!("{}\n{}", it.name, it.key),
        }
    }

    pub(super) fn record(&self, at: &Asked<'_>) -> Result<(Record, Option<PersonRef>)> {
        let person = |who: &Option<DeveloperId>| who.map(|it| at.person_ref(it)).transpose();
        let titled = |kind, id: String, title: &str| {
            let title = if title.is_empty() { id.clone() } else { title.to_owned() };
            Record { kind, id, title }
        };
        Ok(match &self.of {
            Of::Commit(it) => {
                let row = at.reader.commit(at.of, it.id)?.ok_or_else(changed)?;
                (commit_record(&row), Some(at.person_ref(row.author)?))
            }
            Of::Pull(number, title, who) => {
                (titled(RecordKind::PullRequest, number.to_string(), title), person(who)?)
            }
            Of::Issue(key, title, who) => {
                (titled(RecordKind::Issue, key.clone(), title), person(who)?)
            }
            Of::File(path) => (file_record(path), None),
            Of::Person(it) => (person_record(it.clone()), None),
        })
    }
}

fn changed() -> Error {
    Error::new(crate::Code::Conflict, "memory changed while it was read; ask again")
}

/// What a question of hygiene is about.
pub(super) struct Span {
    pub(super) since: Timestamp,
    pub(super) until: Timestamp,
    imported: Imported,
    doubts: Doubts,
}

impl Span {
    pub(super) fn of(
        at: &Asked<'_>,
        (since, until): (Option<&str>, Option<&str>),
        doubts: Doubts,
    ) -> Result<Span> {
        at.roll_up()?;
        let imported = at.reader.imported(at.of)?;
        let newest = at.of.as_of.unwrap_or_default();
        let until = until.map_or(Ok(newest), |it| moment("until", it, true))?;
        let days = at.rules()?.hygiene.window_days.unwrap_or(WINDOW_DAYS);
        let from = since.map(|it| moment("since", it, false)).transpose()?;
        let since = match (from, since) {
            (Some(from), Some(text)) if from > until => {
                let text = format!("`since` ({text}) is after `until` ({})", time(until));
                return Err(Error::invalid(text).hint("the earlier time goes into `since`"));
            }
            (Some(from), _) => from,
            (None, _) => until.days_before(days),
        };
        Ok(Span { since, until, imported, doubts })
    }

    /// Why a report cannot be judged; none where it can.
    pub(super) fn not_judged(&self, kind: Kind) -> Option<&'static str> {
        let it = &self.imported;
        let no_pulls = "no pull requests are imported, so nothing can be said of them";
        let no_issues = "no issues are imported, so nothing can be said of them";
        match kind {
            Kind::CommitsWithoutIssue if it.issues == 0 && it.projects == 0 => Some(
                "no issues are imported, and the messages of commits name none of a known project",
            ),
            Kind::PullRequestsWithoutIssue if it.pulls > 0 && it.issues == 0 => {
                Some("no issues are imported, so no pull request can be linked to one")
            }
            Kind::PullRequestsWithoutIssue
            | Kind::EmptyDescriptions
            | Kind::MergedWithoutReview
            | Kind::MergedWithoutApproval
                if it.pulls == 0 =>
            {
                Some(no_pulls)
            }
            Kind::MergedWithoutReview | Kind::MergedWithoutApproval
                if it.reviews == 0 && !it.reviewers =>
            {
                Some("no review is imported, so nothing can be said of reviews")
            }
            Kind::DoneWithoutChange | Kind::IssuesWithoutComponent if it.issues == 0 => {
                Some(no_issues)
            }
            Kind::KeysWithoutRecord if it.issues == 0 => {
                Some("no issues are imported, so every key is without a record")
            }
            Kind::IssuesWithoutComponent if it.jira_issues == 0 => {
                Some("no issues of Jira are imported, and those of GitHub have no components")
            }
            _ => None,
        }
    }

    /// Every record of a report from `since` to `until`, newest first; files and people by name.
    pub(super) fn rows(&self, at: &Asked<'_>, kind: Kind, since: Timestamp) -> Result<Vec<Row>> {
        if self.not_judged(kind).is_some() {
            return Ok(Vec::new());
        }
        let until = self.until;
        let mut rows: Vec<Row> = match kind {
            Kind::CommitsWithoutIssue => {
                let states = at.reader.commit_states(at.of, since, until)?;
                states
                    .into_iter()
                    .map(|it| Row {
                        at: Some(it.found.place.at),
                        judgement: agents::hygiene::commit(&agents::hygiene::Commit {
                            subject: &it.subject,
                            merge: it.merge,
                            reverts: it.reverts,
                            bot: it.bot,
                            linked: it.linked,
                        }),
                        of: Of::Commit(it.found),
                        text: None,
                    })
                    .collect()
            }
            Kind::PullRequestsWithoutIssue
            | Kind::EmptyDescriptions
            | Kind::MergedWithoutReview
            | Kind::MergedWithoutApproval => {
                let pulls = at.reader.pull_standings(at.of, since, until)?;
                pulls.into_iter().filter_map(|it| pull_row(kind, it)).collect()
            }
            Kind::DoneWithoutChange => {
                let issues = at.reader.issue_states(at.of, since, until, true)?;
                let judge = |it: &store::reads::IssueState| {
                    agents::hygiene::done(&it.kind, &it.resolution, it.linked)
                };
                issues.into_iter().map(|it| issue_row(judge(&it), it)).collect()
            }
            Kind::IssuesWithoutComponent => {
                let issues = at.reader.issue_states(at.of, since, until, false)?;
                let judge = |it: &store::reads::IssueState| match (it.github, it.component) {
                    (true, _) => Judgement::LeftOut("issues of GitHub"),
                    (false, true) => Judgement::Fine,
                    (false, false) => Judgement::Found,
                };
                issues.into_iter().map(|it| issue_row(judge(&it), it)).collect()
            }
            Kind::KeysWithoutRecord => {
                let keys = at.reader.key_states(at.of, since, until)?;
                keys.into_iter()
                    .map(|it| Row {
                        text: Some(format!(
                            "last named by {:.12}",
                            it.commit.place.oid.to_string()
                        )),
                        of: Of::Issue(it.key, String::new(), None),
                        at: Some(it.at),
                        judgement: found_unless(it.known),
                    })
                    .collect()
            }
            Kind::FilesWithoutComponent => at
                .reader
                .file_states(at.of)?
                .into_iter()
                .map(|(path, has)| Row {
                    of: Of::File(path),
                    at: None,
                    judgement: found_unless(has),
                    text: None,
                })
                .collect(),
            Kind::DoubtfulPeople => self.people(at)?,
        };
        rows.sort_by_cached_key(|it| (std::cmp::Reverse(it.at), it.id()));
        // Issues of several trackers may have one key, and are one record.
        rows.dedup_by(|b, a| a.at == b.at && a.id() == b.id());
        Ok(rows)
    }

    fn people(&self, at: &Asked<'_>) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        for totals in at.reader.developer_totals(at.of)? {
            let person = at.person_ref(totals.developer)?;
            let doubt = self.doubts.get(&person.key);
            rows.push(Row {
                at: None,
                judgement: match doubt {
                    _ if person.bot => Judgement::LeftOut("bots"),
                    Some(_) => Judgement::Found,
                    None => Judgement::Fine,
                },
                text: doubt.map(|it| it.iter().cloned().collect::<Vec<_>>().join("; ")),
                of: Of::Person(person),
            });
        }
        Ok(rows)
    }

    pub(super) fn holds(&self, row: &Row) -> bool {
        row.at.is_none_or(|at| at >= self.since && at <= self.until)
    }
}

fn found_unless(fine: bool) -> Judgement {
    if fine { Judgement::Fine } else { Judgement::Found }
}

fn pull_row(kind: Kind, it: PullStanding) -> Option<Row> {
    let reviews = matches!(kind, Kind::MergedWithoutReview | Kind::MergedWithoutApproval);
    let judgement = agents::hygiene::pull(
        kind,
        &agents::hygiene::Pull {
            title: &it.title,
            body: &it.body,
            abandoned: it.abandoned,
            bot: it.bot,
            linked: it.linked,
            reviewed: it.reviewed,
            approved: it.approved,
        },
    );
    let at = if reviews { it.merged? } else { it.created };
    Some(Row { of: Of::Pull(it.number, it.title, it.author), at: Some(at), judgement, text: None })
}

fn issue_row(judgement: Judgement, it: store::reads::IssueState) -> Row {
    Row { of: Of::Issue(it.key, it.summary, it.reporter), at: Some(it.at), judgement, text: None }
}
