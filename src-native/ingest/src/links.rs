//! What a message says of pull requests and of commits it undoes.

use crate::trailers::is_login;
use model::Oid;

/// A pull request that a message names as its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PullWords {
    /// Its number.
    pub number: u64,
    /// The words, as the store keeps them: `(#12)`, `Closes #12`, `Merge pull request #12`.
    pub told_by: String,
    /// Whose branch, where the words tell.
    pub login: Option<String>,
    /// Which branch.
    pub branch: Option<String>,
}

/// The pull requests that a message says it is, strongest words first, each number once:
/// - `Merge pull request #N from login/branch` as the subject;
/// - `Closes #N from login/branch` as a line (a bare `Closes #N` may name an issue and is not
///   taken);
/// - `This closes #N` as a line, the way mirrors of Apache close pull requests;
/// - `(#N)` at the end of the subject, the way squash merges are named.
pub fn pulls(message: &str) -> Vec<PullWords> {
    let mut found: Vec<PullWords> = Vec::new();
    let mut add = |words: PullWords| {
        if !found.iter().any(|it| it.number == words.number) {
            found.push(words);
        }
    };
    let subject = message.lines().next().unwrap_or_default();
    if let Some(rest) = subject.strip_prefix("Merge pull request #")
        && let Some((number, rest)) = leading_number(rest)
    {
        let (login, branch) = from(rest);
        add(PullWords { number, told_by: format!("Merge pull request #{number}"), login, branch });
    }
    for line in message.lines().filter(|it| it.contains('#')) {
        let line = line.trim();
        let (rest, bare_counts) = match strip_word(line, "This closes #") {
            Some(rest) => (rest, true),
            None => match strip_word(line, "Closes #") {
                Some(rest) => (rest, false),
                None => continue,
            },
        };
        let Some((number, rest)) = leading_number(rest) else { continue };
        let (login, branch) = from(rest);
        if login.is_some() || (bare_counts && rest.trim_matches(['.', ' ']).is_empty()) {
            add(PullWords { number, told_by: format!("Closes #{number}"), login, branch });
        }
    }
    let end = subject.trim_end().trim_end_matches('.');
    if let Some(inner) = end.strip_suffix(')')
        && let Some(start) = inner.rfind("(#")
        && let Some((number, "")) = leading_number(&inner[start + 2..])
    {
        add(PullWords { number, told_by: format!("(#{number})"), login: None, branch: None });
    }
    found
}

/// What a commit undoes: `Some(Some(id))` where it names the commit, `Some(None)` where only its
/// subject (`Revert "…"`) says so, `None` where it undoes nothing.
pub fn reverts(message: &str) -> Option<Option<Oid>> {
    for line in message.lines() {
        let Some(start) = line.find("This reverts commit ") else { continue };
        let word = &line[start + "This reverts commit ".len()..];
        let end = word.find(|it: char| !it.is_ascii_hexdigit()).unwrap_or(word.len());
        if let Some(oid) = Oid::from_hex(&word[..end]) {
            return Some(Some(oid));
        }
    }
    message.starts_with("Revert \"").then_some(None)
}

fn strip_word<'a>(line: &'a str, word: &str) -> Option<&'a str> {
    let head = line.get(..word.len())?;
    head.eq_ignore_ascii_case(word).then(|| &line[word.len()..])
}

fn leading_number(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|it: char| !it.is_ascii_digit()).unwrap_or(text.len());
    let number = text[..end].parse().ok().filter(|it| (1..=9_999_999_999).contains(it))?;
    Some((number, &text[end..]))
}

fn from(rest: &str) -> (Option<String>, Option<String>) {
    let source = rest.strip_prefix(" from ").and_then(|it| it.split_whitespace().next());
    match source.and_then(|it| it.split_once('/')) {
        Some((login, branch)) if is_login(login) && !branch.is_empty() => {
            let branch = branch.trim_end_matches(['.', ':', ',']);
            (Some(login.to_owned()), Some(branch.to_owned()))
        }
        _ => (None, None),
    }
}

#[cfg(test)]
mod tests;
