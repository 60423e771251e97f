//! `connections.toml`, read so that every fault has its line and no fault hides what is right.

mod table;

use super::entry::{Trust, is_name};
use super::{Entry, Source};
use crate::{Failure, Reason};
use std::path::{Path, PathBuf};
use table::Reader;
use toml::de::{DeTable, DeValue};

/// Largest file that is read, in bytes.
pub(super) const FILE_MAX: usize = 1 << 20;
/// Most faults of grammar that are told of one file.
const FAULTS_MAX: usize = 64;

/// Whose file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The user's own: nobody else may read it.
    User,
    /// A project's, kept with its source.
    Project,
}

/// What a file gives: entries that can be used, and what is wrong with the others.
#[derive(Clone, Debug, Default)]
pub struct Read {
    /// The entries, in the order of the file.
    pub entries: Vec<Entry>,
    /// What is wrong, in the order of the file.
    pub troubles: Vec<Trouble>,
}

/// What is wrong with a file, or with one entry of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: Option<u32>,
    /// The connection that cannot be used for it.
    pub connection: Option<String>,
    /// The key.
    pub key: Option<String>,
    /// What is wrong and what is allowed, without any secret.
    pub text: String,
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(connection) = &self.connection {
            write!(f, ": connection `{connection}`")?;
        }
        if let Some(key) = &self.key {
            write!(f, ": `{key}`")?;
        }
        write!(f, ": {}", self.text)
    }
}

impl From<&Trouble> for Failure {
    fn from(trouble: &Trouble) -> Failure {
        Failure::new(Reason::Usage, trouble.to_string()).hint("mend the file")
    }
}

/// Reads what stands in a file of connections. Paths are from its folder.
pub fn read(bytes: &[u8], file: &Path, scope: Scope, home: Option<&Path>) -> Read {
    let mut read = Read::default();
    let whole = |line: Option<u32>, text: &str| Trouble {
        file: file.to_owned(),
        line,
        connection: None,
        key: None,
        text: text.to_owned(),
    };
    if bytes.len() > FILE_MAX {
        read.troubles.push(whole(None, "it is larger than 1 MB, which no such file is"));
        return read;
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let line = line_of(&bytes[..error.valid_up_to()]);
            read.troubles.push(whole(Some(line), "it is not written in UTF-8"));
            return read;
        }
    };
    let mut left = text.to_owned();
    for _ in 0..FAULTS_MAX {
        let Some(fault) = first_fault(&left) else { break };
        let mut trouble = whole(Some(line_of(&bytes[..fault.at])), &fault.text);
        trouble.connection = fault.connection;
        if let Some(other) = fault.other {
            read.troubles.push(Trouble { connection: Some(other), ..trouble.clone() });
        }
        read.troubles.push(trouble);
        left = without_part(&left, fault.part);
    }
    let broken: Vec<_> = read.troubles.iter().filter_map(|it| it.connection.clone()).collect();
    let root = DeTable::parse_recoverable(&left).0;
    let root = root.get_ref();
    let mut found = Vec::new();
    for (key, value) in root {
        let name = key.get_ref().as_ref();
        if broken.iter().any(|it| it == name) {
            continue; // half an entry could lead elsewhere than the whole
        }
        let line = line_of(&bytes[..key.span().start]);
        if !matches!(value.get_ref(), DeValue::Table(_)) {
            let text = "it stands outside of any connection: each is a table, begun by `[name]`";
            let mut trouble = whole(Some(line), text);
            trouble.key = Some(name.chars().take(64).collect());
            read.troubles.push(trouble);
            continue;
        }
        let mut reader = Reader::new(&left, file, home, name, line, &mut read.troubles);
        if let Some(mut entry) = reader.entry(value) {
            let file = file.to_owned();
            (entry.source, entry.trust) = match scope {
                Scope::User => (Source::User { file, line }, Trust::Yes),
                Scope::Project => {
                    let project = file.parent().and_then(Path::parent).unwrap_or(Path::new(""));
                    let needs = entry.needs_trust().or_else(|| entry.needs_trust_in(project));
                    let needs = needs.map(str::to_owned);
                    let trust = Trust::NotYet { file: file.clone(), needs };
                    (Source::Project { file, line }, trust)
                }
            };
            found.push((line, entry));
        }
    }
    found.sort_by_key(|it| it.0);
    read.entries = found.into_iter().map(|it| it.1).collect();
    read.troubles.sort_by_key(|it| it.line);
    read
}

/// A fault of grammar, and the part of the text that is not to be read for it.
struct Fault {
    at: usize,
    text: String,
    connection: Option<String>,
    /// Another that it may be in: a line may begin a table or be one of a list.
    other: Option<String>,
    part: std::ops::Range<usize>,
}

/// The first fault of grammar. What comes after it in its table could mean anything, and what comes
/// after that is right or wrong by itself.
fn first_fault(text: &str) -> Option<Fault> {
    let (root, errors) = DeTable::parse_recoverable(text);
    let start = |it: &toml::de::Error| it.span().map_or(0, |it| it.start).min(text.len());
    let error = errors.iter().min_by_key(|it| start(it))?;
    let at = start(error);
    let mut tables = Vec::new();
    for (key, value) in root.get_ref() {
        starts(value, key.get_ref(), &mut tables);
    }
    tables.sort_unstable();
    let before = tables.partition_point(|it| it.0 <= at).checked_sub(1).map(|it| tables[it]);
    let line = text[..at].rfind('\n').map_or(0, |it| it + 1);
    let end_of = |from: usize| text[from..].find('\n').map_or(text.len(), |it| from + it);
    let header = text[line..end_of(line)].trim_start().strip_prefix('[');
    // What reads on after a fault may take a table's first line for something else.
    let last = last_header(&text[..end_of(line)]);
    let (connection, begin) = match (header, before) {
        // The line begins a table itself, though not one that can be understood.
        (Some(header), _) if before.is_none_or(|it| it.0 < line) => (name_in(header), line),
        (_, before) if last.is_some_and(|it| before.is_none_or(|of| of.0 <= it.0)) => {
            let (begin, header) = last.unwrap_or_default();
            (name_in(header), begin)
        }
        (_, Some((begin, name))) => {
            let begin = text[..begin].rfind('\n').map_or(0, |it| it + 1);
            (Some(name.to_owned()), begin)
        }
        (_, None) => (None, line),
    };
    let end = match connection.is_some() || header.is_some() {
        true => next_header(text, end_of(begin)),
        false => end_of(line),
    };
    let other = before.filter(|it| it.0 < begin && connection.as_deref() != Some(it.1));
    let other = other.filter(|_| connection.is_some()).map(|it| it.1.to_owned());
    Some(Fault { at, text: error.message().to_owned(), connection, other, part: begin..end })
}

/// The last line that looks like the first of a table: where it begins, and what stands in it.
fn last_header(text: &str) -> Option<(usize, &str)> {
    let mut end = text.len();
    for line in text.split_inclusive('\n').rev() {
        end -= line.len();
        if let Some(header) = line.trim_start().strip_prefix('[') {
            return Some((end, header));
        }
    }
    None
}

/// The connection that the first line of a table names.
fn name_in(header: &str) -> Option<String> {
    let header = header.trim_start_matches(['[', ' ', '\t']);
    let quote = header.chars().next().filter(|it| matches!(it, '"' | '\''));
    let name = match quote {
        Some(quote) => header[1..].split([quote, '\n']).next()?,
        None => header.split([']', '.', '\n', '#']).next()?.trim(),
    };
    is_name(name).then(|| name.to_owned())
}

/// Where the next line begins that looks like that of a table.
fn next_header(text: &str, from: usize) -> usize {
    let mut at = from;
    for line in text[from..].split_inclusive('\n') {
        if at > from && line.trim_start().starts_with('[') {
            return at;
        }
        at += line.len();
    }
    text.len()
}

/// The text with a part of it made blank, so that every line stays where it is.
fn without_part(text: &str, part: std::ops::Range<usize>) -> String {
    let blank = |it: u8| if it == b'\n' { '\n' } else { ' ' };
    let blanks: String = text.as_bytes()[part.clone()].iter().map(|it| blank(*it)).collect();
    format!("{}{blanks}{}", &text[..part.start], &text[part.end..])
}

/// Where tables begin that belong to a connection, so that a fault between them finds its own.
fn starts<'t>(
    value: &'t toml::Spanned<DeValue<'_>>,
    name: &'t str,
    found: &mut Vec<(usize, &'t str)>,
) {
    if let DeValue::Table(table) = value.get_ref() {
        found.push((value.span().start, name));
        for (_, inner) in table {
            starts(inner, name, found);
        }
    }
}

/// The line after so much text, from 1.
fn line_of(before: &[u8]) -> u32 {
    let lines = before.iter().filter(|it| **it == b'\n').count();
    u32::try_from(lines).unwrap_or(u32::MAX).saturating_add(1)
}

/// The word of `known` that was probably meant, where one is near.
pub(super) fn meant<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let far = |it: &&str| distance(word, it);
    let best = known.into_iter().filter(|it| it.len() < 100).min_by_key(far)?;
    let near = distance(word, best);
    (near <= 2 && near < best.chars().count()).then_some(best)
}

/// How many letters have to be changed, added or taken out, or swapped with the next.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<_>, Vec<_>) = (a.chars().take(100).collect(), b.chars().collect());
    let mut before = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut next = vec![i + 1];
        for j in 0..b.len() {
            let other = usize::from(a[i] != b[j]);
            let mut least = (row[j] + other).min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                let two_rows_up: &Vec<usize> = &before;
                least = least.min(two_rows_up[j - 1] + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
    }
    row[b.len()]
}
