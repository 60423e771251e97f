//! Who is credited for a commit: Git's author and the people that the message names.
//!
//! The lines stand anywhere in a message, not only in a trailing block: histories that came from
//! Subversion or that are squashed by a script have them in the middle.

use model::{Bytes, CommitFacts, Signature};
use store::writes::{Identity, IdentityKind};

/// Longer than any name with its mail; what is longer is prose.
const PERSON_MAX: usize = 120;
/// More words than a name has; what has more, and no mail, is prose.
const NAME_WORDS_MAX: usize = 5;

/// Somebody's part in a commit, as the store numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Wrote it.
    Author = 0,
    /// Named by `Co-authored-by`, or an author beside the first.
    CoAuthor = 1,
    /// Named by `Reviewed-by`, `Reviewers` or `Acked-by`.
    Reviewer = 2,
}

/// Everybody credited for a commit, each once in a role, in the order they are named.
///
/// Where Git's author is also its committer and an `Author: Name <mail>` line or a subject that
/// ends in `(Name via committer)` names somebody else, that person is the author: it is how
/// histories from Subversion carry the work of others. Where Git's author and committer differ,
/// Git's author stays, and an `Author:` line that names another person makes them a co-author.
pub fn credits(facts: &CommitFacts) -> Vec<(Identity, Role)> {
    let message = facts.message.text();
    let mut authors = Vec::new();
    let mut found = Vec::new();
    let (subject, body) = message.split_once('\n').unwrap_or((&message, ""));
    via(subject, &mut authors);
    let mut lines = body.lines();
    while let Some(line) = lines.next() {
        let Some((kind, value)) = trailer(line) else { continue };
        match kind {
            Kind::Author => authors.extend(person(value).filter(|it| mail_like(&it.mail))),
            Kind::CoAuthor => found.extend(person(value).map(|it| (it, Role::CoAuthor))),
            Kind::Reviewer => {
                let mut value = value.to_owned();
                // A list that ends in a comma goes on in the next line.
                while value.trim_end().ends_with(',') {
                    match lines.next() {
                        Some(more) => value.push_str(more),
                        None => break,
                    }
                }
                found.extend(people(&value).map(|it| (it, Role::Reviewer)));
            }
        }
    }
    let git = identity(&facts.author);
    let resubmitted = same_person(&git, &identity(&facts.committer));
    let mut all = Vec::with_capacity(1 + authors.len() + found.len());
    if authors.is_empty() || !resubmitted || authors.iter().any(|it| same_person(it, &git)) {
        all.push((git, Role::Author));
    }
    for author in authors {
        let role = if all.is_empty() { Role::Author } else { Role::CoAuthor };
        all.push((author, role));
    }
    all.extend(found);
    let mut kept: Vec<(Identity, Role)> = Vec::with_capacity(all.len());
    for (who, role) in all {
        let again = kept.iter().any(|(other, had)| {
            let both_wrote = role < Role::Reviewer && *had < Role::Reviewer;
            (role == *had || both_wrote) && same_person(other, &who)
        });
        if !again {
            kept.push((who, role));
        }
    }
    kept
}

/// Git's signature as an identity.
pub fn identity(signature: &Signature) -> Identity {
    let (name, mail) = (signature.name.clone(), signature.mail.clone());
    Identity { name, mail, ..Identity::default() }
}

/// Whether two spellings in one commit are plainly one person: same mail, or same name.
fn same_person(a: &Identity, b: &Identity) -> bool {
    let same = |x: &Bytes, y: &Bytes| !x.0.is_empty() && x.0.eq_ignore_ascii_case(&y.0);
    a == b || same(&a.mail, &b.mail) || (a.kind == b.kind && same(&a.name, &b.name))
}

enum Kind {
    Author,
    CoAuthor,
    Reviewer,
}

fn trailer(line: &str) -> Option<(Kind, &str)> {
    let line = line.trim_start();
    if !matches!(line.as_bytes().first(), Some(b'A' | b'a' | b'C' | b'c' | b'R' | b'r')) {
        return None;
    }
    let (key, value) = line.split_once(':')?;
    if key.len() > 16 {
        return None;
    }
    let key = key.trim_end().to_ascii_lowercase().replace(' ', "-");
    let kind = match key.as_str() {
        "author" => Kind::Author,
        "co-authored-by" => Kind::CoAuthor,
        "reviewed-by" | "reviewers" | "reviewer" | "acked-by" => Kind::Reviewer,
        _ => return None,
    };
    Some((kind, value.trim()))
}

/// `… (Name, Name and Name via committer)` at the end of a subject.
fn via(subject: &str, authors: &mut Vec<Identity>) {
    let subject = subject.trim_end().trim_end_matches('.');
    let Some(inner) = subject.strip_suffix(')') else { return };
    let Some(start) = inner.rfind('(') else { return };
    let Some((names, committer)) = inner[start + 1..].rsplit_once(" via ") else { return };
    if committer.split_whitespace().count() > 3 || committer.trim().is_empty() {
        return;
    }
    let named = names.split(',').flat_map(|it| it.split(" and ")).flat_map(|it| it.split(" & "));
    authors.extend(named.filter_map(person).map(|it| Identity { kind: IdentityKind::Git, ..it }));
}

fn people(list: &str) -> impl Iterator<Item = Identity> + '_ {
    list.split([',', ';']).filter_map(person)
}

/// `Name <mail>`, a bare mail, a bare login, or a name alone. Prose and fillers are nobody.
fn person(text: &str) -> Option<Identity> {
    let text = text.trim().trim_end_matches(['.', ',']).trim();
    if text.is_empty() || text.len() > PERSON_MAX || text.contains("://") {
        return None;
    }
    let (name, mail) = match text.split_once('<') {
        Some((name, mail)) => (name.trim(), mail.split('>').next().unwrap_or_default().trim()),
        None if !text.contains(char::is_whitespace) && text.contains('@') => {
            match text.strip_prefix('@') {
                Some(login) => (login, ""),
                None => ("", text),
            }
        }
        None => (text, ""),
    };
    let name = name.trim_matches(['"', '\'']).trim();
    if mail.is_empty() {
        let words = name.split_whitespace().count();
        let filler = ["none", "n/a", "na", "no", "nobody", "self", "me", "tbd", "todo", "unknown"];
        if name.is_empty()
            || words > NAME_WORDS_MAX
            || filler.contains(&name.to_ascii_lowercase().as_str())
            || !name.chars().any(char::is_alphabetic)
        {
            return None;
        }
        if words == 1 && is_login(name) {
            return Some(Identity::of_login(name));
        }
        return Some(Identity { name: name.into(), ..Identity::default() });
    }
    Some(Identity { name: name.into(), mail: mail.into(), ..Identity::default() })
}

/// Whether a word could be a GitHub login.
pub fn is_login(word: &str) -> bool {
    let bare = word.strip_suffix("[bot]").unwrap_or(word);
    !bare.is_empty()
        && bare.len() <= 39
        && bare.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-' || it == b'_')
        && !bare.starts_with('-')
}

fn mail_like(mail: &Bytes) -> bool {
    let mail = mail.text();
    mail.split_once('@').is_some_and(|(local, host)| !local.is_empty() && !host.is_empty())
}

#[cfg(test)]
mod tests;
