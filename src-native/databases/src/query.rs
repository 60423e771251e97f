//! Saved queries: `.sql` files that any other tool can run too. What Backstory knows of one stands at the
//! top, in comments:
//!
//! ```sql
//! -- about: Orders of a customer since a day
//! -- connection: shop
//! -- param customer (number): who
//! -- param since (date) = 2026-01-01: first day
//!
//! select * from orders where customer_id = :customer and created >= :since
//! ```

use crate::{Failure, Reason, Result};

/// A saved query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// The connection it is for.
    pub connection: Option<String>,
    /// What it is for, in a line.
    pub about: Option<String>,
    /// Its parameters.
    pub params: Vec<Param>,
    /// The statements, without what stands at the top.
    pub text: String,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// Its name, as in `:name`.
    pub name: String,
    /// What it takes.
    pub kind: ParamKind,
    /// What it is unless given.
    pub default: Option<String>,
    /// What it is for, in a line.
    pub about: Option<String>,
}

/// What a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamKind {
    /// Text.
    Text,
    /// A number.
    Number,
    /// Yes or no.
    Bool,
    /// A day.
    Date,
}

impl ParamKind {
    /// How it is written.
    pub fn name(self) -> &'static str {
        match self {
            ParamKind::Text => "text",
            ParamKind::Number => "number",
            ParamKind::Bool => "bool",
            ParamKind::Date => "date",
        }
    }

    fn of_name(name: &str) -> Option<ParamKind> {
        let all = [ParamKind::Text, ParamKind::Number, ParamKind::Bool, ParamKind::Date];
        all.into_iter().find(|it| it.name() == name)
    }
}

/// Reads a saved query. Comments that are none of ours belong to the statements.
///
/// # Errors
/// [`Reason::Usage`] where a line of ours cannot be understood, naming it.
pub fn read(file: &str) -> Result<Query> {
    let mut query = Query::default();
    let mut rest = file.strip_prefix('\u{feff}').unwrap_or(file);
    for (number, line) in (1..).zip(file.lines()) {
        let Some(comment) = line.trim_start_matches('\u{feff}').strip_prefix("--") else { break };
        let comment = comment.trim();
        if let Some(about) = comment.strip_prefix("about:") {
            query.about = Some(about.trim().to_owned());
        } else if let Some(connection) = comment.strip_prefix("connection:") {
            query.connection = Some(connection.trim().to_owned());
        } else if let Some(text) = comment.strip_prefix("param ") {
            let param = param(text).ok_or_else(|| {
                let text = format!("line {number} is no parameter: {line}");
                Failure::new(Reason::Usage, text)
                    .hint("as in `-- param since (date) = 2026-01-01: first day`")
            })?;
            query.params.push(param);
        } else {
            break;
        }
        rest = rest.split_once('\n').map_or("", |it| it.1);
    }
    query.text = rest.trim_start_matches(['\r', '\n']).to_owned();
    Ok(query)
}

/// `name (kind) = default: about`, of which only the name is needed.
fn param(text: &str) -> Option<Param> {
    let end = text.find(|it: char| !it.is_alphanumeric() && it != '_').unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if name.is_empty() {
        return None;
    }
    let mut rest = rest.trim_start();
    let mut kind = ParamKind::Text;
    if let Some(inner) = rest.strip_prefix('(') {
        let (word, after) = inner.split_once(')')?;
        kind = ParamKind::of_name(word.trim())?;
        rest = after.trim_start();
    }
    let mut default = None;
    if let Some(given) = rest.strip_prefix('=') {
        let given = given.trim_start();
        // In quotes where it holds a colon.
        let (value, after) = match given.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => given.split_at(
                given.find(": ").or(given.strip_suffix(':').map(str::len)).unwrap_or(given.len()),
            ),
        };
        default = Some(value.trim_end().to_owned());
        rest = after.trim_start();
    }
    let about = match rest.strip_prefix(':') {
        Some(about) => Some(about.trim().to_owned()).filter(|it| !it.is_empty()),
        None if rest.is_empty() => None,
        None => return None,
    };
    Some(Param { name: name.to_owned(), kind, default, about })
}

/// The file of a query.
///
/// # Errors
/// [`Reason::Usage`] where something would not be read back as it is: a line break where a line is wanted.
pub fn write(query: &Query) -> Result<String> {
    let mut file = String::new();
    if let Some(about) = &query.about {
        file += &format!("-- about: {about}\n");
    }
    if let Some(connection) = &query.connection {
        file += &format!("-- connection: {connection}\n");
    }
    for it in &query.params {
        file += &format!("-- param {} ({})", it.name, it.kind.name());
        if let Some(default) = &it.default {
            let plain =
                !default.is_empty() && default.trim() == default && !default.contains([':', '"']);
            file += &if plain { format!(" = {default}") } else { format!(" = \"{default}\"") };
        }
        if let Some(about) = &it.about {
            file += &format!(": {about}");
        }
        file.push('\n');
    }
    if !file.is_empty() {
        file.push('\n');
    }
    file += query.text.trim_end();
    file.push('\n');
    let mut back = read(&file)?;
    back.text = back.text.trim_end().to_owned();
    if back != (Query { text: query.text.trim_end().to_owned(), ..query.clone() }) {
        let text =
            "the query's name of a parameter, default or words about it do not fit on a line";
        return Err(Failure::new(Reason::Usage, text).hint("leave out line breaks and quotes"));
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read_as_it_was_written() {
        let params = vec![
            Param {
                name: "customer".into(),
                kind: ParamKind::Number,
                default: None,
                about: Some("who: by number".into()),
            },
            Param {
                name: "since".into(),
                kind: ParamKind::Date,
                default: Some("2026-01-01".into()),
                about: None,
            },
            Param {
                name: "at".into(),
                kind: ParamKind::Text,
                default: Some("12:30".into()),
                about: Some("a time".into()),
            },
            Param {
                name: "x".into(),
                kind: ParamKind::Text,
                default: Some(String::new()),
                about: None,
            },
        ];
        let query = Query {
            connection: Some("shop".into()),
            about: Some("Orders of a customer".into()),
            params,
            text: "-- a comment\nselect 1".into(),
        };
        let file = write(&query).unwrap();
        let mut back = read(&file).unwrap();
        assert_eq!(back.text.pop(), Some('\n'));
        assert_eq!(back, query);
        let broken = Query { about: Some("two\nlines".into()), ..Query::default() };
        assert_eq!(write(&broken).unwrap_err().reason, Reason::Usage);
    }

    #[test]
    fn any_sql_file_is_a_query() {
        let plain = "/* old */\nselect 1;\n";
        assert_eq!(read(plain).unwrap(), Query { text: plain.into(), ..Query::default() });
        assert_eq!(read("").unwrap(), Query::default());
        let error = read("-- param (number)\nselect 1").unwrap_err();
        assert!(error.message.contains("line 1"), "{error}");
        assert!(read("-- param x (colour)\n").is_err());
    }
}
