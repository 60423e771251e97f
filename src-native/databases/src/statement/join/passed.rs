//! Values that are passed on: SQLite compares a column as the column says, and forgets that where
//! `max(column)`, `coalesce(column, 0)` or CASE hands the value on. There it is said once more.

use super::super::lexer::Kind;
use super::super::tokens::Tokens;
use super::chain;
use std::ops::Range;

/// Functions that give back one of the values they are given.
const PASSING: &[&str] = &[
    "coalesce",
    "first_value",
    "if",
    "ifnull",
    "iif",
    "lag",
    "last_value",
    "lead",
    "max",
    "min",
    "nth_value",
    "nullif",
];
/// Digits that a number of SQLite holds for certain.
const DIGITS: usize = 15;

/// What is put before such an expression. The comment tells it from what people write.
pub(super) const BEFORE: &str = "(CAST(/*=*/";
const AFTER: &str = "/*=*/AS TEXT) COLLATE ";

/// What is put behind it.
pub(super) fn after(collation: &str) -> String {
    format!("{AFTER}{collation})")
}

/// A column's name as people wrote it.
pub(super) fn plain_name(name: &str) -> String {
    let mut plain = name.replace(BEFORE, "");
    while let Some(at) = plain.find(AFTER) {
        let rest = at + AFTER.len();
        let end = plain[rest..].find(')').map_or(plain.len(), |it| rest + it + 1);
        plain.replace_range(at..end, "");
    }
    plain
}

/// Columns, with what stands before their names.
type Columns = Vec<(Option<String>, String)>;

/// An expression that passes values of columns on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Passed {
    /// Where it stands.
    pub(super) range: Range<usize>,
    /// The columns whose values those are.
    pub(super) columns: Columns,
}

/// All such expressions of a statement.
pub(super) fn passed(tokens: &Tokens<'_>) -> Vec<Passed> {
    let range = |from: usize, to: usize| tokens.list[from].start..tokens.list[to].end;
    let mut found = Vec::new();
    for at in 0..tokens.len() {
        if tokens.is_any(at, PASSING) && tokens.op(at + 1, b'(') && !tokens.after_op(at, b'.') {
            let Some(mut end) = closing(tokens, at + 1) else { continue };
            let columns = columns(tokens, at + 2, end);
            for word in ["filter", "over"] {
                if tokens.is(end + 1, word) {
                    end = match closing(tokens, end + 2) {
                        Some(end) => end,
                        None => end + 2, // the name of a window
                    };
                }
            }
            if end < tokens.len() {
                found.push(Passed { range: range(at, end), columns });
            }
        } else if tokens.is(at, "case")
            && !tokens.after_op(at, b'.')
            && let Some((end, columns)) = case(tokens, at)
        {
            found.push(Passed { range: range(at, end), columns });
        } else if tokens.is(at + 1, "select")
            && let Some(end) = closing(tokens, at)
            && (at.checked_sub(1).is_some_and(|it| compares(tokens, it))
                || compares(tokens, end + 1))
        {
            found.push(Passed {
                range: range(at, end),
                columns: first_of_select(tokens, at + 2, end),
            });
        }
    }
    found
}

/// Whether a comparison stands there.
fn compares(tokens: &Tokens<'_>, at: usize) -> bool {
    b"=<>!".iter().any(|it| tokens.op(at, *it)) || tokens.is(at, "between")
}

/// The columns that a SELECT of one value takes it from.
fn first_of_select(tokens: &Tokens<'_>, from: usize, to: usize) -> Columns {
    let mut depth = 0usize;
    let ends = |at: &usize| {
        if tokens.op(*at, b'(') {
            depth += 1;
        } else if tokens.op(*at, b')') {
            depth = depth.saturating_sub(1);
        }
        depth == 0 && tokens.is(*at, "from")
    };
    let end = (from..to).find(ends).unwrap_or(to);
    columns(tokens, from, end)
}

/// The bracket that closes the one at a token.
fn closing(tokens: &Tokens<'_>, at: usize) -> Option<usize> {
    if !tokens.op(at, b'(') {
        return None;
    }
    let mut depth = 0usize;
    for at in at..tokens.len() {
        if tokens.op(at, b'(') {
            depth += 1;
        } else if tokens.op(at, b')') {
            depth -= 1;
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

fn columns(tokens: &Tokens<'_>, from: usize, to: usize) -> Columns {
    let (mut found, mut at) = (Vec::new(), from);
    while at < to {
        let (mut names, next) = chain(tokens, at);
        if let Some(name) = names.pop()
            && !tokens.op(next, b'(')
        {
            let of = (!names.is_empty()).then(|| names.join("."));
            found.push((of, name));
        }
        at = next.max(at + 1);
    }
    found
}

/// The end of a CASE, and the columns that it may give the values of.
fn case(tokens: &Tokens<'_>, from: usize) -> Option<(usize, Columns)> {
    let (mut depth, mut gives, mut found) = (0usize, None, Vec::new());
    for at in from..tokens.len() {
        if tokens.after_op(at, b'.') {
            continue;
        }
        if tokens.op(at, b'(') || tokens.is(at, "case") {
            depth += 1;
        } else if tokens.op(at, b')') || tokens.is(at, "end") {
            depth = depth.checked_sub(1)?;
        }
        let ends = depth == 0;
        if ends || depth == 1 && tokens.is_any(at, &["when", "then", "else"]) {
            if let Some(begin) = gives.take() {
                found.extend(columns(tokens, begin, at));
            }
            gives = tokens.is_any(at, &["then", "else"]).then_some(at + 1);
        }
        if ends {
            return Some((at, found));
        }
    }
    None
}

/// Numbers that SQLite would round, as texts that are compared as numbers.
pub(super) fn long_numbers(tokens: &Tokens<'_>) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    for at in 0..tokens.len() {
        let text = tokens.text(at);
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let plain = text.bytes().all(|it| it.is_ascii_digit() || it == b'.');
        if tokens.kind(at) == Some(Kind::Number)
            && plain
            && digits > DIGITS
            && text.parse::<i64>().is_err()
        {
            // A sign belongs to it where no value stands before.
            let signed = tokens.after_op(at, b'-')
                && at > 1
                && match tokens.kind(at - 2) {
                    Some(Kind::Op) => !tokens.op(at - 2, b')') && !tokens.op(at - 2, b'?'),
                    _ => tokens.is_any(at - 2, SIGN_AFTER),
                };
            let sign = if signed { "-" } else { "" };
            let start = tokens.list[at - usize::from(signed)].start;
            let new = format!("{BEFORE}'{sign}{text}'{}", after(super::NUMBER));
            found.push((start..tokens.list[at].end, new));
        }
    }
    found
}

/// Words after which `-` is a sign.
const SIGN_AFTER: &[&str] =
    &["and", "between", "by", "else", "on", "or", "select", "then", "when", "where"];
