//! Why a line is there.

use super::commits::links;
use super::story;
use super::tell::issue_record;
use super::{Asked, question};
use crate::wire::*;
use crate::{Code, Error, Result};
use agents::why::{Deed, Step};
use ingest::sources::git::blame::{self, Blame, End};
use ingest::sources::git::{Clone as Repository, EntryKind};
use model::{Bytes, Oid};
use std::collections::HashMap;
use store::reads::{CommitRow, FileRow};

request! {
    /// Follow a line back through the commits that made it, across renames, to the pull requests they came through,
    /// what was said on those very lines, and the issues they were made for.
    pub struct Why {
        /// Path from the repository's root, with forward slashes.
        pub path: String,
        /// Line, from 1.
        pub line: u32,
        /// The last line, where several are asked about: each commit that made one of them is told once, newest first, and not followed further back.
        pub end_line: Option<u32>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// How many steps to go back (10 unless told otherwise), at most 50.
        pub limit: Option<u32>,
    }

    /// Show the text of a file at HEAD, and, where asked, which commit each line is from.
    pub struct Text {
        /// Path from the repository's root, with forward slashes.
        pub path: String,
        /// Tell which commit each line is from.
        pub blame: Option<bool>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
    }
}

reply! {
    /// The story of a line.
    pub struct WhyReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// The file.
        pub path: String,
        /// The line, from 1.
        pub line: u32,
        /// The last line, where several were asked about.
        pub end_line: Option<u32>,
        /// Its text; of several, the one that the first step tells of.
        pub text: String,
        /// Newest first: the commit that made the line as it is, then what stood there before, and so on.
        pub steps: Vec<WhyStep>,
        /// Whether the last step is where the line begins; of several lines, whether every commit that made one is told.
        pub complete: bool,
    }

    /// One step back in the story of a line.
    pub struct WhyStep {
        /// The commit.
        pub commit: CommitRef,
        /// The path at that time.
        pub path: String,
        /// The line at that time, from 1.
        pub line: u32,
        /// The line after this commit.
        pub after: String,
        /// What stood there before; empty where the line was new. At most 20 lines.
        pub before: Vec<String>,
        /// Issues its message names.
        pub issues: Vec<Record>,
        /// Pull requests it came through.
        pub pull_requests: Vec<super::commits::PullRequestLink>,
        /// Who reviewed it.
        pub reviewers: Vec<PersonRef>,
        /// What this step says, in a sentence.
        pub sentence: String,
        /// The same as a story to be read from top to bottom: the line, its commit, the pull requests, their reviews, what was said on those lines, the issues and what was said there.
        pub story: Vec<story::StoryPart>,
    }

    /// The text of a file.
    pub struct TextReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// The file.
        pub path: String,
        /// Its lines, without their ends; the first 20000.
        pub lines: Vec<String>,
        /// How many lines there are.
        pub lines_total: u32,
        /// Whether the content is binary; `lines` is empty then.
        pub binary: bool,
        /// Which commit each run of lines is from, in order; empty unless asked for.
        pub spans: Vec<BlameSpan>,
        /// The commits that `spans` speaks of.
        pub commits: Vec<CommitRef>,
    }

    /// A run of lines from one commit.
    pub struct BlameSpan {
        /// First line, from 1.
        pub line: u32,
        /// How many lines.
        pub lines: u32,
        /// Index into `commits`.
        pub commit: u32,
        /// The line in that commit.
        pub original_line: u32,
        /// The path in that commit, where it was another.
        pub original_path: Option<String>,
    }
}

question!(Why, "memory.why", WhyReply, r#"{ "path": "src/pay.rs", "line": 2 }"#, why);

fn why(ask: Why, at: &Asked<'_>) -> Result<WhyReply> {
    let most = limit(ask.limit, 10, 50)?;
    let (file, head, repository) = open(at, &ask.path)?;
    let Some(line) = ask.line.checked_sub(1) else {
        return Err(Error::invalid("lines are counted from 1"));
    };
    let known = blamed(at, &repository, head, file.bytes())?;
    // A blame with gaps tells of the whole file's; the line's own are found on its own way.
    let known = Some(&known).filter(|it| it.gaps.is_empty());
    if let Some(end) = ask.end_line {
        return range(at, &ask, end, most, &file, (&repository, head));
    }
    let chain = blame::chain(&repository, head, file.bytes(), line, most, known, &at.cx.cancel)
        .map_err(plain)?;
    let mut steps = Vec::with_capacity(chain.steps.len());
    let mut after = file.path.clone();
    for step in &chain.steps {
        steps.push(tell(at, step, &after)?);
        after = step.path.text().into_owned();
    }
    let mut basis = at.basis(None, &[agents::why::RULE])?;
    add_gaps(&mut basis, &chain.gaps);
    Ok(WhyReply {
        basis,
        path: file.path,
        line: ask.line,
        end_line: ask.end_line,
        text: chain.steps.first().map(|it| it.text.text().into_owned()).unwrap_or_default(),
        steps,
        complete: chain.end == End::Origin,
    })
}

/// What made several lines: each commit once, newest first, told by the first of its lines.
fn range(
    at: &Asked<'_>,
    ask: &Why,
    end: u32,
    most: usize,
    file: &FileRow,
    (repository, head): (&Repository, Oid),
) -> Result<WhyReply> {
    if end < ask.line {
        let text = format!("`endLine` ({end}) is before `line` ({})", ask.line);
        return Err(Error::invalid(text));
    }
    let told = blamed(at, repository, head, file.bytes())?;
    let (first, last) = (ask.line - 1, end - 1);
    let inside = told.spans.iter().filter(|it| it.first <= last && it.first + it.lines > first);
    let mut lines: Vec<(CommitRow, u32)> = Vec::new();
    for span in inside {
        let row = known(at, span.commit)?;
        if !lines.iter().any(|it| it.0.id == row.id) {
            lines.push((row, span.first.max(first)));
        }
    }
    if lines.is_empty() {
        let text = format!("`{}` has no line {}", file.path, ask.line);
        return Err(Error::not_found(text));
    }
    lines.sort_by_key(|it| it.0.place);
    let complete = lines.len() <= most;
    let kept = Some(&told).filter(|it| it.gaps.is_empty());
    let mut steps = Vec::new();
    for (_, line) in lines.into_iter().take(most) {
        let chain = blame::chain(repository, head, file.bytes(), line, 1, kept, &at.cx.cancel)
            .map_err(plain)?;
        for step in chain.steps.iter().take(1) {
            steps.push(tell(at, step, &file.path)?);
        }
    }
    let mut basis = at.basis(None, &[agents::why::RULE])?;
    add_gaps(&mut basis, &told.gaps);
    Ok(WhyReply {
        basis,
        path: file.path.clone(),
        line: ask.line,
        end_line: Some(end),
        text: steps.first().map(|it| it.after.clone()).unwrap_or_default(),
        steps,
        complete,
    })
}

/// One step with what memory knows of its commit; `after` is the path in the step told before.
fn tell(at: &Asked<'_>, step: &blame::Step, after: &str) -> Result<WhyStep> {
    let row = known(at, step.commit)?;
    let commit = at.commit_ref(&row)?;
    let issues = at.reader.issues_of(at.of, row.id)?;
    let pull_requests = links(at, &row)?;
    let mut reviewers = Vec::new();
    for credit in at.reader.credits(at.of, row.id)? {
        let person = at.person_ref(credit.developer)?;
        if credit.role == 2 && person != commit.author && !reviewers.contains(&person) {
            reviewers.push(person);
        }
    }
    let path = step.path.text().into_owned();
    let before: Vec<String> = step.before.iter().map(|it| it.text.text().into_owned()).collect();
    let sentence = agents::why::sentence(&Step {
        author: commit.author.name.clone(),
        day: commit.at.split('T').next().unwrap_or_default().to_owned(),
        deed: if step.before.is_some() { Deed::Changed } else { Deed::Added },
        fixes: row.fixes,
        reverts: row.reverts,
        issues: issues.iter().map(|it| it.key.clone()).collect(),
        pull_requests: pull_requests.iter().map(|it| it.number).collect(),
        reviewers: reviewers.iter().map(|it| it.name.clone()).collect(),
        path: (path != after).then(|| path.clone()),
    });
    let told = story::Told {
        row: &row,
        path: &path,
        line: step.line + 1,
        text: &step.text.text(),
        before: &before,
        sentence: &sentence,
    };
    let story = story::of(at, &told, &commit)?;
    Ok(WhyStep {
        commit,
        path,
        line: step.line + 1,
        after: step.text.text().into_owned(),
        before,
        issues: issues.iter().map(issue_record).collect(),
        pull_requests,
        reviewers,
        sentence,
        story,
    })
}

question!(Text, "memory.text", TextReply, r#"{ "path": "src/pay.rs", "blame": true }"#, text);

/// Lines shown of a text.
const LINES_MAX: usize = 20_000;

fn text(ask: Text, at: &Asked<'_>) -> Result<TextReply> {
    let (file, head, repository) = open(at, &ask.path)?;
    let Some((blob, kind)) = repository.file_at(head, file.bytes())? else {
        return Err(stale(at));
    };
    if kind == EntryKind::Submodule {
        let text = format!("`{}` is a submodule: its text is in another repository", file.path);
        return Err(Error::invalid(text));
    }
    let Some(content) = repository.blob(blob, blame::LARGEST_FILE)? else {
        let size = file.size.map_or_else(|| "unknown".to_owned(), |it| format!("{it} bytes"));
        let text =
            format!("the text of `{}` is not in this clone, or too large ({size})", file.path);
        return Err(Error::new(Code::TooLarge, text)
            .hint(format!("texts of up to {} bytes are shown", blame::LARGEST_FILE)));
    };
    let binary = content[..content.len().min(8_000)].contains(&0);
    let lines = if binary { Vec::new() } else { lines(&content) };
    let mut basis = at.basis(None, &[])?;
    let (mut spans, mut commits) = (Vec::new(), Vec::new());
    if ask.blame == Some(true) && !binary && kind != EntryKind::Symlink && !lines.is_empty() {
        let told = blamed(at, &repository, head, file.bytes())?;
        add_gaps(&mut basis, &told.gaps);
        let mut number: HashMap<Oid, u32> = HashMap::new();
        for span in told.spans {
            let commit = match number.get(&span.commit) {
                Some(known) => *known,
                None => {
                    commits.push(at.commit_ref(&known(at, span.commit)?)?);
                    let new = commits.len() as u32 - 1;
                    number.insert(span.commit, new);
                    new
                }
            };
            let path = span.original_path.text().into_owned();
            spans.push(BlameSpan {
                line: span.first + 1,
                lines: span.lines,
                commit,
                original_line: span.original_first + 1,
                original_path: (path != file.path).then_some(path),
            });
        }
    }
    Ok(TextReply {
        basis,
        path: file.path,
        lines_total: count(lines.len() as u64),
        lines: lines.into_iter().take(LINES_MAX).collect(),
        binary,
        spans,
        commits,
    })
}

/// Lines without their ends; invalid UTF-8 is replaced.
fn lines(content: &[u8]) -> Vec<String> {
    let mut lines: Vec<&[u8]> = content.split(|it| *it == b'\n').collect();
    if lines.last().is_some_and(|it| it.is_empty()) {
        lines.pop();
    }
    lines
        .into_iter()
        .map(|it| Bytes::from(it.strip_suffix(b"\r").unwrap_or(it)).text().into_owned())
        .collect()
}

/// A living file, the commit memory has been read up to, and the repository opened for reading.
fn open(at: &Asked<'_>, path: &str) -> Result<(FileRow, Oid, Repository)> {
    let file = at.file(path)?;
    if !file.alive {
        let text = format!("`{}` is gone: HEAD has no text of it", file.path);
        return Err(Error::not_found(text).hint("`memory.file` tells its history"));
    }
    let Some(head) = at.of.head else { return Err(stale(at)) };
    Ok((file, head, Repository::open(&at.of.location)?))
}

/// Whose every line of a file is: as it was kept, else worked out and kept for the next time.
fn blamed(at: &Asked<'_>, repository: &Repository, head: Oid, path: &[u8]) -> Result<Blame> {
    let kept = at.reader.kept_blame(at.of, head, path)?;
    if let Some(kept) = kept.and_then(|it| Blame::from_bytes(&it)) {
        return Ok(kept);
    }
    let told = blame::blame(repository, head, path, &at.cx.cancel).map_err(plain)?;
    // What is missing today may be there tomorrow, under the same key.
    if told.gaps.is_empty() {
        let spans = told.to_bytes();
        // A store that cannot be written, as on a full disk, still answers.
        let _ = at.cx.shared.store.write_if_idle(|it| it.keep_blame(at.of, head, path, &spans));
    }
    Ok(told)
}

/// What memory knows of a commit; all of the history of HEAD has been read.
fn known(at: &Asked<'_>, oid: Oid) -> Result<CommitRow> {
    at.reader.commit_of(at.of, oid)?.ok_or_else(|| stale(at))
}

fn stale(at: &Asked<'_>) -> Error {
    let text = format!("memory and the repository `{}` do not agree", at.of.name);
    Error::new(Code::Conflict, text).hint("read what is new: `sources.sync`")
}

fn add_gaps(basis: &mut Basis, gaps: &[model::Gap]) {
    for gap in gaps {
        if !basis.gaps.iter().any(|it| it.text == gap.text) {
            basis.gaps.push(GapText { kind: gap.kind.name().into(), text: gap.text.clone() });
        }
    }
}

/// A failure of blame, as the boundary tells it.
fn plain(error: blame::Error) -> Error {
    let code = match &error {
        blame::Error::NoPath { .. } | blame::Error::NoLine { .. } => Code::NotFound,
        blame::Error::NotAFile { .. } | blame::Error::Binary { .. } => Code::InvalidParams,
        blame::Error::TooLarge { .. } => Code::TooLarge,
        blame::Error::Missing { .. } | blame::Error::Damaged { .. } => Code::Upstream,
        blame::Error::Cancelled => Code::Cancelled,
    };
    Error::new(code, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_lose_their_ends_and_nothing_else() {
        assert_eq!(lines(b"a\r\n\nb"), ["a", "", "b"]);
        assert_eq!(lines(b"a\n"), ["a"]);
        assert_eq!(lines(b"\xff\n"), ["\u{fffd}"]);
        assert!(lines(b"").is_empty());
    }
}
