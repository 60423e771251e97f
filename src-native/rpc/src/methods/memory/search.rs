//! Finding things by words.

use super::records::{self, Issue};
use super::tell::{commit_record, file_record, person_record};
use super::{Asked, question};
use crate::wire::*;
use crate::{Error, Result};
use std::collections::HashSet;
use store::reads::{CommitRow, IssueRow, PullRecordRow};

request! {
    /// Find commits, issues and pull requests by their words, files by any part of their path, and people by name or mail.
    pub struct Search {
        /// Words; `"a phrase"` as one. The last word may be unfinished.
        pub text: String,
        /// Kinds to look for; all unless told otherwise.
        pub kinds: Option<Vec<RecordKind>>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// How many of each kind (20 unless told otherwise), at most 200.
        pub limit: Option<u32>,
    }
}

reply! {
    /// What was found.
    pub struct SearchReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Best first within each kind: an exact id, then files, people, pull requests, issues, commits.
        pub hits: Vec<Hit>,
        /// Whether there are more of some kind.
        pub more: bool,
    }

    /// A record that was found.
    pub struct Hit {
        /// The record.
        pub record: Record,
        /// The text around the match, in parts.
        pub snippet: Vec<Part>,
        /// Its rank within its kind; higher is better.
        pub score: f64,
        /// When it happened, for a commit; when it was made, for an issue or a pull request.
        pub at: Option<String>,
        /// Who wrote it, for a commit; who reported or made it, for an issue or a pull request.
        pub author: Option<PersonRef>,
        /// How it stands, for an issue or a pull request: the tracker's word.
        pub state: Option<String>,
    }

    /// A part of a text.
    pub struct Part {
        /// The text.
        pub text: String,
        /// Whether it is what was looked for.
        pub found: bool,
    }
}

question!(Search, "memory.search", SearchReply, r#"{ "text": "retry" }"#, search);

/// Longest text looked for, in bytes.
const TEXT_MAX: usize = 1_000;

fn search(ask: Search, at: &Asked<'_>) -> Result<SearchReply> {
    let most = limit(ask.limit, 20, 200)?;
    let text = ask.text.trim();
    if text.len() > TEXT_MAX {
        let told = format!("the text has {} bytes, {TEXT_MAX} are allowed", text.len());
        return Err(Error::invalid(told));
    }
    let wanted = |kind: RecordKind| ask.kinds.as_ref().is_none_or(|it| it.contains(&kind));
    let mut found = Found { hits: Vec::new(), seen: HashSet::new(), more: false, most };
    if !text.is_empty() {
        exact(at, text, &wanted, &mut found)?;
        // One more than is shown tells whether there are more.
        let probe = count(most as u64 + 1);
        if wanted(RecordKind::File) {
            let paths = at.reader.search_paths(at.of, text, probe)?;
            let hits = paths.into_iter().map(|it| {
                let snippet = marked(&it.path, text);
                Hit {
                    record: file_record(&it.path),
                    snippet,
                    score: it.score,
                    at: None,
                    author: None,
                    state: None,
                }
            });
            found.add(hits.collect());
        }
        if wanted(RecordKind::Person) {
            let people = at.reader.search_people(at.of, text, probe)?;
            let hits = people.into_iter().map(|(row, commits)| {
                let person = super::tell::person_ref(row);
                let snippet = marked(&format!("{} · {}", person.name, person.key), text);
                let score = f64::from(commits);
                Hit {
                    record: person_record(person),
                    snippet,
                    score,
                    at: None,
                    author: None,
                    state: None,
                }
            });
            found.add(hits.collect());
        }
        if wanted(RecordKind::PullRequest) {
            let mut hits = Vec::new();
            for (row, score) in at.reader.search_pulls(at.of, text, probe)? {
                let body = at.reader.pull_body(at.of, row.id)?;
                let snippet = around(&row.title, &body, text);
                hits.push(pull_hit(at, &row, snippet, score)?);
            }
            found.add(hits);
        }
        if wanted(RecordKind::Issue) {
            let mut hits = Vec::new();
            for (row, score) in at.reader.search_issues(at.of, text, probe)? {
                let body = at.reader.issue_body(at.of, row.id)?;
                let snippet = around(&row.summary, &body, text);
                hits.push(issue_hit(at, &row, snippet, score)?);
            }
            found.add(hits);
        }
        if wanted(RecordKind::Commit) {
            let commits = at.reader.search_commits(at.of, text, probe)?;
            let mut hits = Vec::new();
            for it in commits {
                let Some(row) = at.reader.commit(at.of, it.found.id)? else { continue };
                hits.push(commit_hit(at, &row, parts(&it.snippet), it.score)?);
            }
            found.add(hits);
        }
    }
    Ok(SearchReply { basis: at.basis(None, &[RULE])?, hits: found.hits, more: found.more })
}

/// How things are found, as printed with the answer.
const RULE: model::Rule = model::Rule {
    name: "search",
    version: 2,
    text: "exact ids, numbers and keys first; paths that hold every word, those with it in the name \
           first; people by any part of name, mail or login, most commits first; pull requests and \
           issues that hold every word in title, description or discussion, and messages that do, \
           by BM25, then newest; words of more than 3000 of a kind go by newest alone",
};

/// What has been found so far.
struct Found {
    hits: Vec<Hit>,
    seen: HashSet<Record>,
    more: bool,
    most: usize,
}

impl Found {
    /// Adds hits of one kind that are not there yet.
    fn add(&mut self, hits: Vec<Hit>) {
        self.more |= hits.len() > self.most;
        for hit in hits.into_iter().take(self.most) {
            if self.seen.insert(hit.record.clone()) {
                self.hits.push(hit);
            }
        }
    }
}

/// What is named by its id: a commit by at least four digits, `#12`, `ABC-12`, a path.
fn exact(
    at: &Asked<'_>,
    text: &str,
    wanted: &dyn Fn(RecordKind) -> bool,
    found: &mut Found,
) -> Result<()> {
    let hit = |record: Record| Hit {
        snippet: vec![Part { text: record.title.clone(), found: true }],
        record,
        score: 1_000.0,
        at: None,
        author: None,
        state: None,
    };
    let hex = (4..=64).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_hexdigit());
    if hex && wanted(RecordKind::Commit) {
        let mut hits = Vec::new();
        for row in at.reader.commits_like(at.of, text, count(found.most as u64 + 1))? {
            let snippet = vec![Part { text: row.subject.clone(), found: false }];
            hits.push(commit_hit(at, &row, snippet, 1_000.0)?);
        }
        found.add(hits);
    }
    if wanted(RecordKind::File)
        && let Some(file) = at.reader.file(at.of, &at.path(text))?
    {
        found.add(vec![hit(file_record(&file.path))]);
    }
    let number = text.strip_prefix('#').unwrap_or(text).parse::<u64>().ok();
    if wanted(RecordKind::PullRequest)
        && let Some(number) = number
        && at.reader.pull(at.of, number)?.is_some()
    {
        found.add(vec![match at.reader.pull_record(at.of, number)? {
            Some(row) => {
                let parts = vec![Part { text: row.title.clone(), found: true }];
                pull_hit(at, &row, parts, 1_000.0)?
            }
            None => {
                let (id, title) = (number.to_string(), format!("#{number}"));
                hit(Record { kind: RecordKind::PullRequest, id, title })
            }
        }]);
    }
    if wanted(RecordKind::Issue)
        && let Some(issue) = at.issue_if(text)?
    {
        found.add(vec![match &issue {
            Issue::Known(row) => {
                let parts = vec![Part { text: row.summary.clone(), found: true }];
                issue_hit(at, row, parts, 1_000.0)?
            }
            Issue::Named { .. } => hit(issue.record()),
        }]);
    }
    if wanted(RecordKind::Release)
        && let Some(release) = at.reader.release(at.of, text)?
    {
        let record =
            Record { kind: RecordKind::Release, id: release.name.clone(), title: release.name };
        found.add(vec![hit(record)]);
    }
    if wanted(RecordKind::Component)
        && let Some(component) = at.reader.component(at.of, text)?
    {
        let record = Record {
            kind: RecordKind::Component,
            id: component.name.clone(),
            title: component.name,
        };
        found.add(vec![hit(record)]);
    }
    if wanted(RecordKind::Folder) && !text.is_empty() {
        let path = at.path(text);
        if !path.is_empty() && at.reader.folder(at.of, &path)?.is_some() {
            let record = Record { kind: RecordKind::Folder, id: path.clone(), title: path };
            found.add(vec![hit(record)]);
        }
    }
    Ok(())
}

fn issue_hit(at: &Asked<'_>, row: &IssueRow, snippet: Vec<Part>, score: f64) -> Result<Hit> {
    Ok(Hit {
        record: records::issue_record(row),
        snippet,
        score,
        at: Some(time(row.created)),
        author: at.somebody(row.reporter)?,
        state: Some(row.status.clone()).filter(|it| !it.is_empty()),
    })
}

fn pull_hit(at: &Asked<'_>, row: &PullRecordRow, snippet: Vec<Part>, score: f64) -> Result<Hit> {
    Ok(Hit {
        record: records::pull_record(row),
        snippet,
        score,
        at: Some(time(row.created)),
        author: at.somebody(row.author)?,
        state: Some(records::state_word(row.state).to_owned()),
    })
}

/// The part of a text where what was looked for stands: of the title, else of the body, else the
/// beginning of the title, as where only the discussion has the words.
fn around(title: &str, body: &str, question: &str) -> Vec<Part> {
    let lower = |it: &str| it.to_lowercase();
    let words: Vec<String> =
        question.split_whitespace().map(|it| lower(&it.replace('"', ""))).collect();
    let holds = |line: &str| {
        let line = lower(line);
        words.iter().filter(|it| !it.is_empty()).any(|it| line.contains(it.as_str()))
    };
    if holds(title) {
        return marked(title, question);
    }
    let Some(line) = body.lines().take(2_000).find(|it| holds(it)) else {
        return marked(title, question);
    };
    let first = words.iter().filter_map(|it| lower(line).find(it.as_str())).min().unwrap_or(0);
    let start = line.char_indices().map(|it| it.0).take_while(|it| it + 60 < first).last();
    let shown: String = line[start.unwrap_or(0)..].chars().take(200).collect();
    marked(shown.trim(), question)
}

fn commit_hit(at: &Asked<'_>, row: &CommitRow, snippet: Vec<Part>, score: f64) -> Result<Hit> {
    Ok(Hit {
        record: commit_record(row),
        snippet,
        score,
        at: Some(time(row.authored)),
        author: Some(at.person_ref(row.author)?),
        state: None,
    })
}

/// A snippet of the full text: found between U+0001 and U+0002. A message that holds these itself
/// only has more parts.
fn parts(snippet: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut found = false;
    let mut push = |text: &str, found: bool| {
        if !text.is_empty() {
            parts.push(Part { text: text.to_owned(), found });
        }
    };
    let mut rest = snippet;
    while let Some(end) = rest.find(['\u{1}', '\u{2}']) {
        push(&rest[..end], found);
        found = rest.as_bytes()[end] == 1;
        rest = &rest[end + 1..];
    }
    push(rest, found);
    parts
}

/// A text with the words of a question marked in it, case aside.
fn marked(text: &str, question: &str) -> Vec<Part> {
    let words: Vec<String> = question
        .split_whitespace()
        .map(|it| it.replace('"', "").to_lowercase())
        .filter(|it| !it.is_empty())
        .collect();
    // Lower case may have another length: marks are set where it has not, else the text stands bare.
    let lower = text.to_lowercase();
    if lower.len() != text.len() {
        return vec![Part { text: text.to_owned(), found: false }];
    }
    let mut marks = vec![false; text.len()];
    for word in &words {
        for (start, it) in lower.match_indices(word.as_str()) {
            marks[start..start + it.len()].fill(true);
        }
    }
    let mut parts: Vec<Part> = Vec::new();
    for (start, character) in text.char_indices() {
        match parts.last_mut() {
            Some(part) if part.found == marks[start] => part.text.push(character),
            _ => parts.push(Part { text: character.to_string(), found: marks[start] }),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(parts: Vec<Part>) -> Vec<(String, bool)> {
        parts.into_iter().map(|it| (it.text, it.found)).collect()
    }

    #[test]
    fn what_was_found_is_marked_in_parts() {
        let wanted = [("Fix ".into(), false), ("retry".into(), true), (" loop".into(), false)];
        assert_eq!(told(parts("Fix \u{1}retry\u{2} loop")), wanted);
        assert_eq!(told(marked("Fix retry loop", "RETRY")), wanted);
        assert!(parts("").is_empty());
    }

    #[test]
    fn letters_whose_lower_case_is_longer_do_not_break_the_marks() {
        assert_eq!(told(marked("İstanbul/a.rs", "a.rs")), [("İstanbul/a.rs".into(), false)]);
        assert_eq!(
            told(marked("支払い/再試行.rs", "再試行")),
            [("支払い/".into(), false), ("再試行".into(), true), (".rs".into(), false)]
        );
    }
}
