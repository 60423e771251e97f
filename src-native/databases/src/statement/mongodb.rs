//! Statements of MongoDB as its shell writes them, read without running anything, and what they do.

mod chain;
mod extended;
mod literal;
mod parts;
mod rules;
mod shell;
#[cfg(test)]
mod tests;

pub(crate) use rules::judge;

use super::Piece;
use crate::bson::json::quote;
use crate::bson::{Bson, Build, Doc, Owned};
use crate::{Failure, Reason, Result, Value};
use base64::Engine as _;
use literal::Reader;

/// A statement that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Statement {
    /// `use shop`
    Use(String),
    /// Anything that is sent.
    Command(Command),
}

/// A command, and where its answer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Command {
    /// The database it names; else it goes to the current one.
    pub(crate) database: Option<String>,
    /// The command itself, without its database.
    pub(crate) body: Vec<u8>,
    /// Where its answer is.
    pub(crate) answer: Answer,
}

/// Where the answer of a command is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Documents, by a cursor.
    Cursor,
    /// The number that the first document of a cursor has as `n`; 0 where there is none.
    Count,
    /// One field of the reply.
    Field(&'static str),
    /// A document within the reply, or none.
    Document(&'static str),
    /// An array of documents within the reply.
    List(&'static str),
    /// An array of values within the reply.
    Values(&'static str),
    /// How much was changed.
    Changed(&'static str),
    /// The whole reply; where it is a cursor, its documents.
    Reply,
}

impl Command {
    fn new(database: Option<&str>, body: Build, answer: Answer) -> Command {
        Command { database: database.map(str::to_owned), body: body.done(), answer }
    }

    /// Renaming is a command of another database, which has to name this one: the driver puts it in.
    fn renaming(database: Option<String>, from: &str, to: &str) -> Command {
        let body = Build::new().text("renameCollection", from).text("to", to);
        Command { database, body: body.done(), answer: Answer::Reply }
    }

    /// The command, in place.
    pub(crate) fn doc(&self) -> Option<Doc<'_>> {
        Doc::whole(&self.body).ok()
    }

    /// What it is called.
    pub(crate) fn name(&self) -> &str {
        let first = self.doc().and_then(|it| it.elements().next());
        first.and_then(|it| std::str::from_utf8(it.ok()?.name).ok()).unwrap_or("")
    }

    /// What it is done to, where it names a collection.
    pub(crate) fn collection(&self) -> Option<&str> {
        match self.doc()?.elements().next()?.ok()?.value {
            Bson::String(it) => std::str::from_utf8(it).ok(),
            _ => None,
        }
    }

    /// The command that explains this one.
    pub(crate) fn explained(&self, verbosity: &str) -> Command {
        let inner = Owned::new(crate::bson::kind::DOCUMENT, self.body.clone());
        let body = Build::new().value("explain", &inner).text("verbosity", verbosity);
        Command { database: self.database.clone(), body: body.done(), answer: Answer::Reply }
    }
}

/// Takes a script apart: statements end with `;`, or with a line after which another one begins.
pub(crate) fn split(script: &str) -> Result<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut reader = Reader::new(script);
    loop {
        while reader.take(';')? {}
        if reader.peek().is_none() {
            return Ok(pieces);
        }
        let start = reader.at;
        let end = statement_end(&mut reader, start)?;
        pieces.push(Piece { range: start..end });
        reader.at = end;
    }
}

fn statement_end(reader: &mut Reader<'_>, start: usize) -> Result<usize> {
    let words = ["use", "show"];
    let first = reader.name().unwrap_or("");
    if words.contains(&first) {
        let rest = &reader.text[reader.at..];
        let line = rest.find(['\n', ';']).unwrap_or(rest.len());
        return Ok(start + reader.text[start..reader.at + line].trim_end().len());
    }
    let mut end = reader.at;
    let mut depth: usize = 0;
    // Whether a value may begin here: then `/` opens a regular expression.
    let mut value_next = first.is_empty();
    loop {
        let before = reader.at;
        reader.skip()?;
        let new_line = reader.text[before..reader.at].contains('\n');
        let Some(letter) = reader.peek() else { return Ok(end) };
        if depth == 0
            && (letter == ';' || (new_line && end > start && !matches!(letter, '.' | '[' | '(')))
        {
            return Ok(end);
        }
        match letter {
            '"' | '\'' | '`' => {
                reader.string()?;
                value_next = false;
            }
            '/' if value_next => {
                reader.value()?;
                value_next = false;
            }
            '(' | '[' | '{' => {
                depth += 1;
                reader.at += 1;
                value_next = true;
            }
            ')' | ']' | '}' => {
                depth = depth.saturating_sub(1);
                reader.at += 1;
                value_next = false;
            }
            _ => {
                value_next = matches!(letter, ',' | ':');
                reader.at += letter.len_utf8();
            }
        }
        end = reader.at;
    }
}

/// Reads one statement.
pub(crate) fn read(text: &str) -> Result<Statement> {
    let mut reader = Reader::new(text);
    let statement = shell::statement(&mut reader)?;
    match reader.open.first() {
        None => Ok(statement),
        Some((name, range)) => {
            let mut failure = reader.wrong(range.start, format!("`:{name}` has no value"));
            failure.hint = Some("give it one".to_owned());
            Err(failure)
        }
    }
}

/// Reads one value.
#[cfg(test)]
pub(crate) fn value(text: &str) -> Result<Owned> {
    let mut reader = Reader::new(text);
    let value = reader.value()?;
    reader.skip()?;
    if reader.peek().is_some() { Err(reader.unexpected("the end")) } else { Ok(value) }
}

/// Names of the places that a statement leaves open, in order, each once.
pub(crate) fn parameters(text: &str) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for (name, _) in open(text)? {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
}

fn open(text: &str) -> Result<Vec<(String, std::ops::Range<usize>)>> {
    let mut reader = Reader::new(text);
    match shell::statement(&mut reader) {
        Ok(_) => Ok(reader.open),
        // What a place holds may decide whether the statement can be read: ObjectId(:id).
        Err(failure) if reader.open.is_empty() => Err(failure),
        Err(_) => scan(text),
    }
}

/// The places that a text leaves open, by its marks alone.
fn scan(text: &str) -> Result<Vec<(String, std::ops::Range<usize>)>> {
    let mut reader = Reader::new(text);
    let mut open = Vec::new();
    let mut value_next = false;
    loop {
        reader.skip()?;
        let Some(letter) = reader.peek() else { return Ok(open) };
        let start = reader.at;
        match letter {
            '"' | '\'' | '`' => drop(reader.string()?),
            '/' if value_next => drop(reader.value()?),
            ':' if value_next => {
                reader.at += 1;
                if let Some(name) = reader.name() {
                    open.push((name.to_owned(), start..reader.at));
                }
            }
            _ => reader.at += letter.len_utf8(),
        }
        value_next = matches!(letter, '(' | '[' | ',') || (letter == ':' && reader.at == start + 1);
    }
}

/// Writes values into the places that a statement leaves open.
///
/// # Errors
/// Where a name has no value, or a number is none.
pub(crate) fn bind(text: &str, value: &dyn Fn(&str) -> Option<Value>) -> Result<String> {
    let mut bound = String::with_capacity(text.len());
    let mut from = 0;
    for (name, range) in open(text)? {
        let Some(value) = value(&name) else {
            let text = format!("`:{name}` has no value");
            return Err(Failure::new(Reason::Usage, text).hint("give it one"));
        };
        bound.push_str(&text[from..range.start]);
        bound.push_str(&literal_of(&name, &value)?);
        from = range.end;
    }
    bound.push_str(&text[from..]);
    Ok(bound)
}

/// A value as it is written in a statement.
fn literal_of(name: &str, value: &Value) -> Result<String> {
    Ok(match value {
        Value::Null => "null".to_owned(),
        Value::Bool(it) => it.to_string(),
        Value::Number(it) => {
            let plain = it.bytes().all(|it| it.is_ascii_digit() || b"+-.eE".contains(&it));
            let mut reader = Reader::new(it);
            if !plain || reader.value().is_err() || reader.at != it.len() {
                let text = format!("`:{name}` is no number that MongoDB has: {it}");
                return Err(Failure::new(Reason::Usage, text));
            }
            it.clone()
        }
        Value::Text(it) => {
            let mut text = String::new();
            quote(&mut text, it);
            text
        }
        Value::Bytes(it) => {
            format!("BinData(0,\"{}\")", base64::engine::general_purpose::STANDARD.encode(it))
        }
    })
}
