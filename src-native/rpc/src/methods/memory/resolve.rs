//! Words of a text that are names of records.

use super::records::{Issue, issue_record, pull_record};
use super::tell::{commit_record, file_record};
use super::{Asked, question};
use crate::wire::*;
use crate::{Error, Result};

/// Words in one call.
const WORDS_MAX: usize = 100;
/// Letters of a word.
const LETTERS_MAX: usize = 200;
/// Digits that name a commit within a text: fewer are a number or a word by chance.
const DIGITS_MIN: usize = 7;

request! {
    /// Tell which words of a text are records: issue keys, `#12`, beginnings of commit ids, paths of files.
    pub struct Resolve {
        /// The words, at most 100 of at most 200 letters each.
        pub words: Vec<String>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
    }
}

reply! {
    /// The words that are.
    pub struct ResolveReply {
        /// In the order of the words, each word once; words that name nothing known are left out.
        pub found: Vec<Resolved>,
    }

    /// A word and the record it names.
    pub struct Resolved {
        /// The word as it was given.
        pub word: String,
        /// The record.
        pub record: Record,
    }
}

question!(
    Resolve,
    "memory.resolve",
    ResolveReply,
    r##"{ "words": ["PAY-4", "#7", "src/pay.rs"] }"##,
    resolve
);

fn resolve(ask: Resolve, at: &Asked<'_>) -> Result<ResolveReply> {
    if ask.words.len() > WORDS_MAX {
        let text = format!("`words` holds at most {WORDS_MAX} words, not {}", ask.words.len());
        return Err(Error::invalid(text).hint("ask in several calls"));
    }
    if let Some(long) = ask.words.iter().find(|it| it.chars().nth(LETTERS_MAX).is_some()) {
        let begin: String = long.chars().take(20).collect();
        let text = format!("a word has at most {LETTERS_MAX} letters: one begins with {begin:?}");
        return Err(Error::invalid(text).hint("leave it out: no record has so long a name"));
    }
    let mut found: Vec<Resolved> = Vec::new();
    for word in ask.words {
        if !found.iter().any(|it| it.word == word)
            && let Some(record) = named(at, &word)?
        {
            found.push(Resolved { word, record });
        }
    }
    Ok(ResolveReply { found })
}

/// The record that a word names, where there is one and no other.
fn named(at: &Asked<'_>, word: &str) -> Result<Option<Record>> {
    if let Some(digits) = word.strip_prefix('#') {
        return numbered(at, digits);
    }
    if word.contains('/') {
        let file = at.reader.file(at.of, word)?;
        return Ok(file.map(|it| file_record(&it.path)));
    }
    let hex = word.bytes().all(|it| it.is_ascii_digit() || (b'a'..=b'f').contains(&it));
    if hex && (DIGITS_MIN..=64).contains(&word.len()) {
        let commits = at.reader.commits_like(at.of, word, 2)?;
        return Ok(match commits.as_slice() {
            [one] => Some(commit_record(one)),
            _ => None,
        });
    }
    if !word.contains('-') {
        return Ok(None);
    }
    Ok(at.issue_if(word)?.as_ref().map(Issue::record))
}

/// The pull request or the issue of a number: one that a tracker tells of before one that only Git does.
fn numbered(at: &Asked<'_>, digits: &str) -> Result<Option<Record>> {
    if digits.is_empty() || !digits.bytes().all(|it| it.is_ascii_digit()) {
        return Ok(None);
    }
    let Ok(number) = digits.parse::<u64>() else { return Ok(None) };
    // Greater than any that the store can hold.
    if i64::try_from(number).is_err() {
        return Ok(None);
    }
    if let Some(row) = at.reader.pull_record(at.of, number)? {
        return Ok(Some(pull_record(&row)));
    }
    if let Some(row) = at.reader.issue_keyed(at.of, &format!("#{number}"))? {
        return Ok(Some(issue_record(&row)));
    }
    let known = at.reader.pull(at.of, number)?.is_some();
    Ok(known.then(|| Record {
        kind: RecordKind::PullRequest,
        id: number.to_string(),
        title: format!("#{number}"),
    }))
}
