//! Issues, pull requests, comments and reviews: found by what people type, and as the wire has them.

use super::Asked;
use super::issues::{Category, IssueRef};
use super::pulls::{PullRef, PullState};
use super::said::{CommentText, ReviewText, Verdict};
use super::tell::RECORDS_MAX;
use crate::wire::{Call, Figure, PersonRef, Record, RecordKind, time};
use crate::{Error, Result};
use model::{DeveloperId, StatusCategory};
use std::collections::BTreeMap;
use store::reads::{
    Beneath, IssueAsked, IssueCommit, IssueRow, PullFilter, PullIssue, PullRecordRow, PullRow,
    ReviewRow, SaidRow, Select,
};

/// Bytes shown of a text.
pub(super) const TEXT_MAX: usize = 20_000;

/// An issue somebody asked for.
pub(super) enum Issue {
    /// One that a tracker tells of.
    Known(Box<IssueRow>),
    /// One that only messages name.
    Named {
        /// Its key.
        key: String,
        /// The prefixes of its project.
        prefixes: Vec<String>,
        /// Its number.
        number: u32,
    },
}

impl Issue {
    /// Its key.
    pub(super) fn key(&self) -> &str {
        match self {
            Issue::Known(it) => &it.key,
            Issue::Named { key, .. } => key,
        }
    }

    /// Which commits belong to it.
    pub(super) fn asked(&self) -> IssueAsked {
        match self {
            Issue::Known(it) => IssueAsked::Known(it.id),
            Issue::Named { prefixes, number, .. } => IssueAsked::Named(prefixes.clone(), *number),
        }
    }

    /// It as a record.
    pub(super) fn record(&self) -> Record {
        match self {
            Issue::Known(it) => issue_record(it),
            Issue::Named { key, .. } => {
                Record { kind: RecordKind::Issue, id: key.clone(), title: key.clone() }
            }
        }
    }
}

/// The ways a key is written, as it may stand in memory.
fn writings(written: &str) -> Vec<String> {
    let text = written.trim();
    // What is pasted is often the address of its page.
    let text = text.trim_end_matches('/').rsplit('/').next().unwrap_or_default().trim();
    let plain = text.trim_start_matches('#');
    let mut all = vec![text.to_owned(), text.to_uppercase()];
    if !plain.is_empty() && plain.bytes().all(|it| it.is_ascii_digit()) {
        let number = plain.trim_start_matches('0');
        all.push(format!("#{}", if number.is_empty() { "0" } else { number }));
    }
    all.dedup();
    all
}

impl Asked<'_> {
    /// The issue of a key in any writing; none where nothing tells of it.
    pub(super) fn issue_if(&self, written: &str) -> Result<Option<Issue>> {
        let mut keys = writings(written);
        let named = self.reader.issue(self.of, keys[0].as_str())?;
        if let Some((project, _, number)) = &named {
            keys.push(format!("{project}-{number}"));
        }
        for key in keys.iter().filter(|it| !it.is_empty()) {
            if let Some(row) = self.reader.issue_keyed(self.of, key)? {
                return Ok(Some(Issue::Known(Box::new(row))));
            }
        }
        Ok(match named {
            Some((project, prefixes, number))
                if self.reader.issue_mentions(self.of, &prefixes, number)? > 0 =>
            {
                Some(Issue::Named { key: format!("{project}-{number}"), prefixes, number })
            }
            _ => None,
        })
    }

    /// The same.
    ///
    /// # Errors
    /// `notFound` with the nearest keys, or with what the number is instead.
    pub(super) fn issue(&self, written: &str) -> Result<Issue> {
        if let Some(issue) = self.issue_if(written)? {
            return Ok(issue);
        }
        let text = written.trim();
        if text.is_empty() {
            return Err(Error::invalid("the key is empty").hint("write it as `PROJ-12` or `#12`"));
        }
        let shown: String = text.chars().take(100).collect();
        let error = Error::not_found(format!("neither a tracker nor a commit tells of `{shown}`"));
        let number = text.trim_start_matches('#').parse::<u64>().ok();
        if let Some(number) = number
            && self.reader.pull(self.of, number)?.is_some()
        {
            return Err(error.hint(format!(
                "#{number} is a pull request: `memory.pullRequest` tells about it"
            )));
        }
        // Shorter and shorter beginnings: a slip is mostly at the end.
        let mut part: String = shown.to_uppercase();
        while part.chars().count() > 2 {
            let near = self.reader.keys_like(self.of, &part, 3)?;
            if !near.is_empty() {
                let keys: Vec<String> = near.iter().map(|it| format!("`{it}`")).collect();
                return Err(error.hint(format!("did you mean {}?", keys.join(" or "))));
            }
            part.pop();
        }
        Err(error
            .hint("projects are learnt from messages and trackers, or named in backstory.toml"))
    }

    /// A pull request by number.
    ///
    /// # Errors
    /// `notFound` with what the number is instead, or with numbers near it.
    pub(super) fn pull(&self, number: u64) -> Result<PullRow> {
        if let Some(pull) = self.reader.pull(self.of, number)? {
            return Ok(pull);
        }
        if self.reader.issue_keyed(self.of, &format!("#{number}"))?.is_some() {
            return Err(Error::not_found(format!("#{number} is an issue, not a pull request"))
                .hint("`memory.issueContext` tells about it"));
        }
        let error = Error::not_found(format!("nothing tells of pull request #{number}"));
        Err(match self.reader.is_told(self.of)?.1 {
            true => error.hint("`memory.pullRequests` lists those that are imported"),
            false => error.hint(
                "no pull requests are imported: they are known by merge messages, `(#12)` and refs/pull only",
            ),
        })
    }

    /// Somebody, where somebody is told.
    pub(super) fn somebody(&self, who: Option<DeveloperId>) -> Result<Option<PersonRef>> {
        who.map(|it| self.person_ref(it)).transpose()
    }

    /// A pull request by number, as shown in a list.
    pub(super) fn pull_ref(&self, number: u64) -> Result<PullRef> {
        match self.reader.pull_record(self.of, number)? {
            Some(row) => self.pull_ref_of(&row),
            None => Ok(PullRef {
                number,
                title: format!("#{number}"),
                state: None,
                draft: false,
                author: None,
                at: None,
            }),
        }
    }

    /// The same of its row.
    pub(super) fn pull_ref_of(&self, row: &PullRecordRow) -> Result<PullRef> {
        Ok(PullRef {
            number: row.number,
            title: row.title.clone(),
            state: Some(pull_state(row.state)),
            draft: row.draft,
            author: self.somebody(row.author)?,
            at: Some(time(row.created)),
        })
    }

    /// A comment as a record: called by the beginning of its text.
    pub(super) fn said_record(&self, it: &SaidRow) -> Result<Record> {
        let text = self.reader.said_text(self.of, it)?.body;
        Ok(comment_record(it, &text))
    }

    /// A comment.
    pub(super) fn comment_text(&self, it: &SaidRow, body: String) -> Result<CommentText> {
        let record = comment_record(it, &body);
        let (text, cut) = cut(body);
        let author = self.somebody(it.author)?;
        Ok(CommentText { record, author, at: time(it.at), text, cut })
    }

    /// A number of comments, newest first, and the call that lists all.
    pub(super) fn said_figure(&self, said: &[&SaidRow], all: Call) -> Result<Figure> {
        let shown: Vec<SaidRow> = said.iter().take(RECORDS_MAX).map(|it| (*it).clone()).collect();
        self.said_figure_of(said.len(), &shown, all)
    }

    /// The same of a known number, given the newest of them.
    pub(super) fn said_figure_of(
        &self,
        value: usize,
        said: &[SaidRow],
        all: Call,
    ) -> Result<Figure> {
        let shown = said.iter().take(RECORDS_MAX);
        let records = shown.map(|it| self.said_record(it)).collect::<Result<Vec<_>>>()?;
        let all = (value > records.len()).then_some(all);
        Ok(Figure { value: value as f64, records, all })
    }

    /// A review.
    pub(super) fn review_text(&self, row: &ReviewRow) -> Result<ReviewText> {
        Ok(ReviewText {
            record: review_record(row, self.somebody(row.reviewer)?.as_ref()),
            pull_request: row.number,
            reviewer: self.somebody(row.reviewer)?,
            verdict: verdict(row.verdict),
            at: time(row.at),
            commit: row.commit.map(|it| it.to_string()),
            text: cut(row.body.clone()).0,
            comments: row.comments,
            own: row.own,
        })
    }

    /// A number of pull requests that fit a filter, the newest of them, and the call that lists all.
    pub(super) fn pulls_figure(&self, filter: &PullFilter, all: Call) -> Result<Figure> {
        let value = self.reader.count_pulls(self.of, filter)? as usize;
        let rows = match value {
            0 => Vec::new(),
            _ => self.reader.pulls_where(self.of, filter, None, RECORDS_MAX)?,
        };
        let records: Vec<Record> = rows.iter().map(pull_record).collect();
        let all = (value > records.len()).then_some(all);
        Ok(Figure { value: value as f64, records, all })
    }

    /// The same of issues.
    pub(super) fn issues_figure(
        &self,
        filter: &store::reads::IssueFilter,
        all: Call,
    ) -> Result<Figure> {
        let value = self.reader.count_issues(self.of, filter)? as usize;
        let rows = match value {
            0 => Vec::new(),
            _ => self.reader.issues_where(self.of, filter, None, RECORDS_MAX)?,
        };
        let records: Vec<Record> = rows.iter().map(issue_record).collect();
        let all = (value > records.len()).then_some(all);
        Ok(Figure { value: value as f64, records, all })
    }
}

impl Asked<'_> {
    /// The pull requests of an issue, by number: those linked to it, and those that its commits came through.
    pub(super) fn pulls_of(&self, issue: &Issue) -> Result<Vec<PullOfIssue>> {
        let mut pulls: BTreeMap<u64, PullOfIssue> = BTreeMap::new();
        if let Issue::Known(it) = issue {
            for link in self.reader.pulls_of_issue(self.of, it.id)? {
                let PullIssue { number, told_by, closes, .. } = link;
                pulls.insert(number, PullOfIssue { number, told_by, closes });
            }
        }
        for it in self.commits_of(issue)? {
            for link in self.reader.pulls_of(self.of, it.found.id)? {
                let told_by = || {
                    format!(
                        "{:.12} came through it: {}",
                        it.found.place.oid.to_string(),
                        link.told_by
                    )
                };
                pulls.entry(link.number).or_insert_with(|| PullOfIssue {
                    number: link.number,
                    told_by: told_by(),
                    closes: false,
                });
            }
        }
        Ok(pulls.into_values().collect())
    }

    /// The commits of an issue, merges too, oldest first.
    pub(super) fn commits_of(&self, issue: &Issue) -> Result<Vec<IssueCommit>> {
        if let Issue::Known(it) = issue {
            return Ok(self.reader.commits_of_issue(self.of, it.id)?);
        }
        let select = Select { issue: Some(issue.asked()), ..Select::default() };
        let mut found = self.reader.select(self.of, &select, None, usize::MAX)?;
        found.reverse();
        let told_by = || format!("{} in the message", issue.key());
        let commit = |found| IssueCommit { found, told_by: told_by(), direct: true };
        Ok(found.into_iter().map(commit).collect())
    }
}

/// A pull request of an issue and what says so.
pub(super) struct PullOfIssue {
    /// Its number.
    pub(super) number: u64,
    /// The words that say so.
    pub(super) told_by: String,
    /// Whether it says that it closes the issue.
    pub(super) closes: bool,
}

/// Newest first; of one moment by what they stand beneath and by id, so that the order is the same in every store.
pub(super) fn newest_first(said: &mut [SaidRow]) {
    let kind = |it: &SaidRow| match it.beneath {
        Beneath::Issue(_) => 0,
        Beneath::Pull(_) => 1,
        Beneath::Lines(_) => 2,
    };
    said.sort_by(|a, b| {
        b.at.cmp(&a.at)
            .then_with(|| kind(a).cmp(&kind(b)))
            .then_with(|| a.name.cmp(&b.name))
            .then_with(|| b.comment.len().cmp(&a.comment.len()))
            .then_with(|| b.comment.cmp(&a.comment))
    });
}

/// At most [`TEXT_MAX`] bytes of a text, and whether there are more.
pub(super) fn cut(mut text: String) -> (String, bool) {
    if text.len() <= TEXT_MAX {
        return (text, false);
    }
    let end = (0..=TEXT_MAX).rev().find(|it| text.is_char_boundary(*it)).unwrap_or(0);
    text.truncate(end);
    (text, true)
}

/// The beginning of a text in one line.
pub(super) fn beginning(text: &str, most: usize) -> String {
    let line = text.lines().map(str::trim).find(|it| !it.is_empty()).unwrap_or_default();
    match line.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line.to_owned(),
    }
}

fn comment_record(it: &SaidRow, text: &str) -> Record {
    // Named as a review is: by the id of the record it stands beneath, so that `382/771` is of a pull
    // request and `#382/771` of an issue.
    let about = match it.beneath {
        Beneath::Issue(_) => it.name.as_str(),
        Beneath::Pull(_) | Beneath::Lines(_) => it.name.trim_start_matches('#'),
    };
    let id = format!("{about}/{}", it.comment);
    let title = match beginning(text, 80) {
        it if it.is_empty() => id.clone(),
        it => it,
    };
    Record { kind: RecordKind::Comment, id, title }
}

/// A review as a record: called by who and what.
pub(super) fn review_record(row: &ReviewRow, who: Option<&PersonRef>) -> Record {
    let who = who.map_or("somebody", |it| it.name.as_str());
    let said = match row.verdict {
        model::Verdict::Commented => "commented on",
        model::Verdict::Approved => "approved",
        model::Verdict::ChangesRequested => "asked for changes to",
        model::Verdict::Dismissed => "took back a review of",
    };
    Record {
        kind: RecordKind::Review,
        id: format!("{}/{}", row.number, row.review),
        title: format!("{who} {said} #{}", row.number),
    }
}

/// An issue as a record.
pub(super) fn issue_record(it: &IssueRow) -> Record {
    Record { kind: RecordKind::Issue, id: it.key.clone(), title: it.summary.clone() }
}

/// A pull request as a record.
pub(super) fn pull_record(it: &PullRecordRow) -> Record {
    let id = it.number.to_string();
    Record { kind: RecordKind::PullRequest, id, title: it.title.clone() }
}

/// An issue, as shown in a list.
pub(super) fn issue_ref(it: &IssueRow) -> IssueRef {
    IssueRef {
        key: it.key.clone(),
        title: it.summary.clone(),
        kind: it.kind.clone(),
        bug: it.bug,
        status: it.status.clone(),
        category: category(it.category),
        at: Some(time(it.created)),
    }
}

/// An issue that no record tells of.
pub(super) fn named_issue(key: &str) -> IssueRef {
    IssueRef {
        key: key.into(),
        title: key.into(),
        kind: String::new(),
        bug: false,
        status: String::new(),
        category: Category::Unknown,
        at: None,
    }
}

/// How far an issue is, as the wire says it.
fn category(it: StatusCategory) -> Category {
    match it {
        StatusCategory::Unknown => Category::Unknown,
        StatusCategory::ToDo => Category::ToDo,
        StatusCategory::InProgress => Category::InProgress,
        StatusCategory::Done => Category::Done,
    }
}

/// How a pull request stands, in a word.
pub(super) fn state_word(it: model::PullState) -> &'static str {
    match it {
        model::PullState::Open => "open",
        model::PullState::Closed => "closed",
        model::PullState::Merged => "merged",
    }
}

/// How a pull request stands, as the wire says it.
pub(super) fn pull_state(it: model::PullState) -> PullState {
    match it {
        model::PullState::Open => PullState::Open,
        model::PullState::Closed => PullState::Closed,
        model::PullState::Merged => PullState::Merged,
    }
}

pub(super) fn verdict(it: model::Verdict) -> Verdict {
    match it {
        model::Verdict::Commented => Verdict::Commented,
        model::Verdict::Approved => Verdict::Approved,
        model::Verdict::ChangesRequested => Verdict::ChangesRequested,
        model::Verdict::Dismissed => Verdict::Dismissed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_known_in_any_writing() {
        assert_eq!(writings(" proj-12 "), ["proj-12", "PROJ-12"]);
        assert_eq!(writings("#012"), ["#012", "#12"]);
        assert_eq!(writings("12"), ["12", "#12"]);
        assert_eq!(writings("https://jira.example/browse/PROJ-12/"), ["PROJ-12"]);
        assert_eq!(writings("  "), [""]);
    }

    #[test]
    fn a_text_is_cut_between_letters() {
        let (text, more) = cut("é".repeat(TEXT_MAX));
        assert!(more && text.len() == TEXT_MAX);
        assert_eq!(beginning("\n  Ein Käfer\nund mehr", 5), "Ein K…");
        assert_eq!(beginning("", 5), "");
    }
}
