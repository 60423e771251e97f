//! Whether a bug occurred before.

use super::ask::moment;
use super::records::pull_record;
use super::tell::{commit_record, numbered, terms};
use super::{Asked, question};
use crate::wire::*;
use crate::{Error, Result};
use agents::recurrence::{CANDIDATES, Candidate, Corpus, Hit, Text, Weights};
use model::{CommitId, Evidence, EvidenceKind, Timestamp};
use std::collections::{HashMap, HashSet};
use store::reads::{IssueBrief, PastFix, PastIssue};

request! {
    /// Tell whether a bug has occurred before: past issues and fixes ranked by words, files and stack frames, and how they were resolved.
    pub struct Similar {
        /// What happens, in words; a stack trace may stand in it. The key of an issue alone asks for issues like that one, and
        /// the number of a pull request (`#382`) for what is like it.
        pub text: Option<String>,
        /// Issue key, instead of words: issues like this one.
        pub issue: Option<String>,
        /// Commit, instead of words: issues and fixes like this one.
        pub commit: Option<String>,
        /// Paths that are concerned, from the repository's root.
        pub paths: Option<Vec<String>>,
        /// A stack trace.
        pub stack: Option<String>,
        /// Only what was there at this time, RFC 3339; everything unless given. How rare a word is, is reckoned by what was there; how long texts are, by what they say today.
        pub now: Option<String>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// How many to list (10 unless told otherwise), at most 100.
        pub limit: Option<u32>,
    }
}

reply! {
    /// What occurred before.
    pub struct SimilarReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// The record that was asked about, where one was.
        pub of: Option<Record>,
        /// The words that were looked for, rarest first, without common words; at most 32.
        pub words: Vec<String>,
        /// The stack frames that were looked for, as read from the words; at most 32.
        pub frames: Vec<String>,
        /// The paths that were looked for.
        pub paths: Vec<String>,
        /// Most alike first, then newest first.
        pub hits: Vec<SimilarHit>,
        /// Issues and commits that were compared.
        pub compared: u32,
    }

    /// A past issue, or a past fix that names no issue.
    pub struct SimilarHit {
        /// The issue or the commit.
        pub record: Record,
        /// The sum of the terms.
        pub score: f64,
        /// Every summand: words, frames, files.
        pub terms: Vec<TermText>,
        /// The words that both have, those that weigh most first, without common words and those that add next to nothing; at most 12.
        pub words: Vec<String>,
        /// The stack frames that both have; at most 12.
        pub frames: Vec<String>,
        /// The paths that both have; at most 12.
        pub paths: Vec<String>,
        /// When it was reported or committed.
        pub at: String,
        /// When it was resolved.
        pub resolved_at: Option<String>,
        /// The issue's status; empty for a commit.
        pub status: String,
        /// How it was resolved, as the tracker calls it; empty where it was not.
        pub resolution: String,
        /// Commits and pull requests that resolved it, newest first; at most 5.
        pub resolved_by: Vec<Record>,
        /// Issues that are said to be the same, and stand here for none of their own.
        pub duplicates: Vec<Record>,
        /// In a sentence.
        pub reason: String,
    }
}

question!(
    Similar,
    "memory.similar",
    SimilarReply,
    r#"{ "text": "pay twice", "limit": 3 }"#,
    similar,
    now
);

/// Words, frames and paths told of the question, and of each hit.
const ASKED_MAX: usize = 32;
const SHARED_MAX: usize = 12;
/// Commits and pull requests told for one hit.
const RESOLVED_BY_MAX: usize = 5;
/// Longest text that is asked about, in bytes.
const TEXT_MAX: usize = 1 << 18;

/// What is asked about.
struct About {
    of: Option<Record>,
    issue: Option<i64>,
    /// Issues that a pull request is for.
    own: Vec<i64>,
    summary: String,
    body: String,
    components: Vec<String>,
    versions: Vec<String>,
    files: Vec<String>,
    at: Timestamp,
    before: Timestamp,
}

impl About {
    fn of(at: &Asked<'_>, ask: &Similar) -> Result<About> {
        let given = ask.now.as_deref().map(|it| moment("now", it, true)).transpose()?;
        let newest = at.of.as_of.unwrap_or_default();
        let before = given.map_or(Timestamp(i64::MAX), |it| Timestamp(it.0.saturating_add(1)));
        let mut about = About {
            of: None,
            issue: None,
            own: Vec::new(),
            summary: String::new(),
            body: String::new(),
            components: Vec::new(),
            versions: Vec::new(),
            files: Vec::new(),
            at: given.unwrap_or(newest),
            before,
        };
        let mut words = ask.text.as_deref().map(str::trim);
        match (&ask.issue, &ask.commit) {
            (Some(_), Some(_)) => {
                return Err(Error::invalid("give either `issue` or `commit`"));
            }
            (Some(key), None) => {
                let key = key.trim();
                let missing = || {
                    Error::not_found(format!("there is no issue `{key}` in memory"))
                        .hint("ask in words instead: `text`")
                };
                about.be_issue(called(at, key)?.ok_or_else(missing)?);
            }
            (None, Some(commit)) => {
                let row = at.commit(commit)?;
                about.of = Some(commit_record(&row));
                let message = at.reader.commit_detail(at.of, row.id)?.message;
                let (summary, body) = message.split_once('\n').unwrap_or((&message, ""));
                (about.summary, about.body) = (summary.to_owned(), body.to_owned());
                about.files = at.reader.files_of_commit(row.id)?;
                about.at = row.place.at;
                about.before = about.before.min(row.place.at);
            }
            (None, None) => {
                if let Some(text) = words
                    && about.be_named(at, text)?
                {
                    words = None;
                }
            }
        }
        if let Some(text) = words {
            let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
            match about.of {
                None => (about.summary, about.body) = (first.to_owned(), rest.to_owned()),
                Some(_) => about.body.push_str(&format!("\n{text}")),
            }
        }
        if let Some(stack) = &ask.stack {
            about.body.push_str(&format!("\n{stack}"));
        }
        about.files.extend(ask.paths.iter().flatten().map(|it| at.path(it)));
        about.files.sort_unstable();
        about.files.dedup();
        if about.summary.len() + about.body.len() > TEXT_MAX && about.of.is_none() {
            return Err(Error::invalid("the text is longer than 256 KiB")
                .hint("give what the fault says and its stack, without the rest of the log"));
        }
        if about.summary.trim().is_empty() && about.body.trim().is_empty() && about.files.is_empty()
        {
            return Err(Error::invalid("say what happened: `text`, `issue`, `commit`, `stack`"));
        }
        Ok(about)
    }

    /// An issue; what came later is no past of it.
    fn be_issue(&mut self, found: PastIssue) {
        let title = found.summary.clone();
        self.of = Some(Record { kind: RecordKind::Issue, id: found.key, title });
        self.issue = Some(found.id);
        self.summary = found.summary;
        self.body = found.body;
        self.components = found.components;
        self.versions = found.versions;
        self.at = found.created;
        self.before = self.before.min(found.created);
    }

    /// The issue or pull request that a text is nothing but the name of; returns whether it is.
    fn be_named(&mut self, at: &Asked<'_>, text: &str) -> Result<bool> {
        if text.contains(char::is_whitespace) {
            return Ok(false);
        }
        if let Some(found) = called(at, text)? {
            self.be_issue(found);
            return Ok(true);
        }
        let number = text.strip_prefix('#').and_then(|it| it.parse().ok());
        let Some(number) = number else { return Ok(false) };
        let Some(row) = at.reader.pull_record(at.of, number)? else { return Ok(false) };
        self.of = Some(pull_record(&row));
        self.body = at.reader.pull_body(at.of, row.id)?;
        self.files = at.reader.pull_change(at.of, row.id)?.0;
        self.summary = row.title;
        self.at = row.created;
        self.before = self.before.min(row.created);
        // The issues that it is for did not occur before it: they are what it is about.
        self.own = at.reader.story_issues(at.of, row.id)?;
        Ok(true)
    }

    fn text(&self) -> Text<'_> {
        Text {
            summary: &self.summary,
            body: &self.body,
            components: &self.components,
            versions: &self.versions,
            files: &self.files,
            at: self.at,
        }
    }
}

/// The issue of a key, in any case.
fn called(at: &Asked<'_>, key: &str) -> Result<Option<PastIssue>> {
    match at.reader.past_issue(at.of, key)? {
        Some(found) => Ok(Some(found)),
        None => Ok(at.reader.past_issue(at.of, &key.to_uppercase())?),
    }
}

fn similar(ask: Similar, at: &Asked<'_>) -> Result<SimilarReply> {
    let most = limit(ask.limit, 10, 100)?;
    let about = About::of(at, &ask)?;
    let weights = at.recurrence_weights()?;
    let totals = at.reader.word_totals()?;
    let records = totals.issues + totals.commits;
    let mean = |sum: u64, of: u64| if of == 0 { 0.0 } else { sum as f64 / of as f64 };
    let corpus = Corpus {
        records,
        summary_words: mean(totals.summary_words, totals.issues),
        body_words: mean(totals.body_words + totals.message_words, records),
    };
    let mut text = about.text();
    // Names of files are words too: they find what tells of them.
    let named: Vec<&str> =
        about.files.iter().filter_map(|it| it.rsplit('/').next()).take(ASKED_MAX).collect();
    let body = format!("{}\n{}", about.body, named.join("\n"));
    text.body = &body;
    let mut asked = agents::recurrence::asked(&text, &weights);
    for it in &mut asked {
        it.holding = at.reader.holding(&it.word)?;
    }
    let sought = agents::recurrence::sought(&asked, &corpus);
    let issues = at.reader.past_issues(at.of, &sought, about.before, about.issue, CANDIDATES)?;
    let fixes = at.reader.past_fixes(at.of, &sought, about.before, CANDIDATES)?;
    let rows = commit_rows(at, &fixes)?;
    let past = Past::of(&issues, &fixes, &rows);
    let hits = agents::recurrence::rank(&text, &asked, &past.candidates, &corpus, &weights);
    let mut told: Vec<SimilarHit> = Vec::new();
    let mut seen: HashSet<i64> = about.issue.into_iter().chain(about.own.iter().copied()).collect();
    for hit in &hits {
        if told.len() == most {
            break;
        }
        told.extend(past.tell(at, &about, hit, &mut seen)?);
    }
    let mut words: Vec<&agents::recurrence::Asked> = asked
        .iter()
        .filter(|it| it.holding > 0 && agents::recurrence::is_reason(&it.word))
        .collect();
    words.sort_by(|a, b| a.holding.cmp(&b.holding).then_with(|| a.word.cmp(&b.word)));
    let mut frames = agents::recurrence::traces(&about.body);
    frames.extend(agents::recurrence::traces(&about.summary));
    frames.sort_unstable();
    frames.dedup();
    frames.truncate(ASKED_MAX);
    Ok(SimilarReply {
        basis: at.basis(Some(about.at), &[agents::recurrence::RULE])?,
        words: words.into_iter().take(ASKED_MAX).map(|it| it.word.clone()).collect(),
        frames,
        paths: about.files.clone(),
        hits: told,
        compared: count(past.candidates.len() as u64),
        of: about.of,
    })
}

fn commit_rows(
    at: &Asked<'_>,
    fixes: &[PastFix],
) -> Result<HashMap<CommitId, store::reads::CommitRow>> {
    let mut rows = HashMap::new();
    for fix in fixes {
        if let Some(row) = at.reader.commit(at.of, fix.id)? {
            rows.insert(fix.id, row);
        }
    }
    Ok(rows)
}

/// What is compared, by what it is called.
struct Past<'a> {
    candidates: Vec<Candidate<'a>>,
    issues: HashMap<&'a str, &'a PastIssue>,
    fixes: HashMap<String, (&'a PastFix, &'a store::reads::CommitRow)>,
}

impl<'a> Past<'a> {
    fn of(
        issues: &'a [PastIssue],
        fixes: &'a [PastFix],
        rows: &'a HashMap<CommitId, store::reads::CommitRow>,
    ) -> Past<'a> {
        let mut past =
            Past { candidates: Vec::new(), issues: HashMap::new(), fixes: HashMap::new() };
        for it in issues {
            // Issues of several trackers may have one key: the first that full text found stands.
            if past.issues.contains_key(it.key.as_str()) {
                continue;
            }
            past.issues.insert(&it.key, it);
            past.candidates.push(Candidate {
                record: Evidence { kind: EvidenceKind::Issue, id: it.key.clone() },
                text: Text {
                    summary: &it.summary,
                    body: &it.body,
                    components: &it.components,
                    versions: &it.versions,
                    files: &it.files,
                    at: it.created,
                },
            });
        }
        for it in fixes {
            let Some(row) = rows.get(&it.id) else { continue };
            let id = row.place.oid.to_string();
            let (summary, body) = it.message.split_once('\n').unwrap_or((&it.message, ""));
            past.candidates.push(Candidate {
                record: Evidence { kind: EvidenceKind::Commit, id: id.clone() },
                text: Text { summary, body, files: &it.files, at: it.at, ..Text::default() },
            });
            past.fixes.insert(id, (it, row));
        }
        past
    }

    /// A hit, unless one that is said to be the same stands already.
    fn tell(
        &self,
        at: &Asked<'_>,
        about: &About,
        hit: &Hit,
        seen: &mut HashSet<i64>,
    ) -> Result<Option<SimilarHit>> {
        if let Some(issue) = self.issues.get(hit.record.id.as_str())
            && hit.record.kind == EvidenceKind::Issue
        {
            if !seen.insert(issue.id) {
                return Ok(None);
            }
            let Some(brief) = at.reader.issue_brief(at.of, issue.id)? else { return Ok(None) };
            let mut duplicates = Vec::new();
            for (id, key) in same(at, issue.id)? {
                seen.insert(id);
                let title = at.reader.issue_brief(at.of, id)?.map_or(key.clone(), |it| it.summary);
                if Some(id) != about.issue {
                    duplicates.push(Record { kind: RecordKind::Issue, id: key, title });
                }
            }
            let resolved_by = resolved_by(at, issue.id)?;
            return Ok(Some(told(about, hit, &issue.files, resolved_by, duplicates, Some(&brief))));
        }
        let Some((fix, row)) = self.fixes.get(&hit.record.id) else { return Ok(None) };
        let mut resolved_by = Vec::new();
        for link in at.reader.pulls_of(at.of, fix.id)? {
            resolved_by.push(titled(at, link.number)?);
        }
        let mut told = told(about, hit, &fix.files, resolved_by, Vec::new(), None);
        told.record = commit_record(row);
        told.at = time(row.place.at);
        told.resolved_at = Some(time(row.place.at));
        Ok(Some(told))
    }
}

/// All issues that are said to be the same as one, and the same as these.
fn same(at: &Asked<'_>, issue: i64) -> Result<Vec<(i64, String)>> {
    const MOST: usize = 50;
    let (mut found, mut open): (Vec<(i64, String)>, Vec<i64>) = (Vec::new(), vec![issue]);
    while let Some(one) = open.pop() {
        for (id, key) in at.reader.duplicates_of(at.of, one)? {
            if id != issue && found.len() < MOST && !found.iter().any(|it| it.0 == id) {
                found.push((id, key));
                open.push(id);
            }
        }
    }
    found.sort_by(|a, b| a.1.cmp(&b.1).then(a.0.cmp(&b.0)));
    Ok(found)
}

fn resolved_by(at: &Asked<'_>, issue: i64) -> Result<Vec<Record>> {
    let mut records = Vec::new();
    for number in at.reader.story_pulls(at.of, issue)?.into_iter().rev() {
        records.push(titled(at, number)?);
    }
    let commits = at.reader.resolving_commits(at.of, issue, RESOLVED_BY_MAX)?;
    for id in commits {
        records.extend(at.reader.commit(at.of, id)?.map(|it| commit_record(&it)));
    }
    records.truncate(RESOLVED_BY_MAX);
    Ok(records)
}

fn titled(at: &Asked<'_>, number: u64) -> Result<Record> {
    let mut record = numbered(number);
    let brief = at.reader.pull_brief(at.of, number)?;
    if let Some(brief) = brief.filter(|it| !it.title.is_empty()) {
        record.title = brief.title;
    }
    Ok(record)
}

fn told(
    about: &About,
    hit: &Hit,
    files: &[String],
    resolved_by: Vec<Record>,
    duplicates: Vec<Record>,
    brief: Option<&IssueBrief>,
) -> SimilarHit {
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    // A name of a file that both tell of stands for the path where that is known.
    let shared: Vec<String> = files
        .iter()
        .filter(|it| about.files.contains(it) || hit.traces.contains(&name(it)))
        .take(SHARED_MAX)
        .cloned()
        .collect();
    let names: HashSet<String> = shared.iter().map(|it| name(it)).collect();
    let frames: Vec<String> =
        hit.traces.iter().filter(|it| !names.contains(*it)).take(SHARED_MAX).cloned().collect();
    let words: Vec<String> = hit.words.iter().take(SHARED_MAX).cloned().collect();
    let mut reason = Vec::new();
    if !words.is_empty() {
        let told: Vec<&str> = words.iter().take(5).map(String::as_str).collect();
        reason.push(format!("both say {}", told.join(", ")));
    }
    if let Some(frame) = frames.first() {
        reason.push(format!("both name `{frame}`"));
    }
    if let Some(path) = shared.first() {
        reason.push(format!("both are about `{path}`"));
    }
    let resolution = brief.map_or(String::new(), |it| it.resolution.clone());
    if let Some(record) = resolved_by.first() {
        let called = match record.kind {
            RecordKind::PullRequest => format!("#{}", record.id),
            _ => format!("{:.12}", record.id),
        };
        reason.push(format!("resolved by {called}"));
    } else if let Some(brief) = brief {
        let how = if resolution.is_empty() { &brief.status } else { &resolution };
        if brief.done && !how.is_empty() {
            reason.push(format!("closed as {how}, without a change that memory knows of"));
        }
    }
    SimilarHit {
        record: Record {
            kind: RecordKind::Issue,
            id: hit.record.id.clone(),
            title: brief.map_or(String::new(), |it| it.summary.clone()),
        },
        score: hit.score.total(),
        terms: terms(&hit.score),
        words,
        frames,
        paths: shared,
        at: time(brief.map_or(about.at, |it| it.created)),
        resolved_at: brief.and_then(|it| it.resolved).map(time),
        status: brief.map_or(String::new(), |it| it.status.clone()),
        resolution,
        resolved_by,
        duplicates,
        reason: reason.join("; "),
    }
}

impl Asked<'_> {
    /// The weights of recurrence: the usual ones, or those of the team.
    fn recurrence_weights(&self) -> Result<Weights> {
        let set = self.rules()?.recurrence;
        let usual = Weights::default();
        Ok(Weights {
            summary: set.summary.unwrap_or(usual.summary),
            pairs: set.pairs.unwrap_or(usual.pairs),
            traces: set.traces.unwrap_or(usual.traces),
            component: set.component.unwrap_or(usual.component),
            version: set.version.unwrap_or(usual.version),
            near: set.near.unwrap_or(usual.near),
            half_life_days: set.half_life_days.map_or(usual.half_life_days, f64::from),
        })
    }
}
