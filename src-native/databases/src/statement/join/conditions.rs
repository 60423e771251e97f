//! What the WHERE of the outermost SELECT demands of every row, and how many rows are enough.
//!
//! Only what is certain is told: conditions that stand one by one between ANDs, outside of brackets, CASE
//! and the other side of an OR, each a column compared with values that stand in the statement.

use super::super::lexer::Kind;
use super::super::tokens::Tokens;
use super::{Condition, Literal, chain};
use crate::Value;

/// What is known of the outermost SELECT.
#[derive(Default)]
pub(super) struct Outermost {
    /// Conditions, with what stands before the column's name: nothing, the table's name, or all of it.
    pub(super) conditions: Vec<(Vec<String>, Condition)>,
    /// Whether it reads one table alone, so that a column without more is that table's.
    pub(super) only: bool,
    /// Rows that are enough, where they need no order and WHERE demands nothing but the conditions.
    pub(super) enough: Option<u64>,
}

impl Outermost {
    pub(super) fn of(tokens: &Tokens<'_>, values: &[Value]) -> Outermost {
        let end = (0..tokens.len()).find(|it| tokens.kind(*it) == Some(Kind::End));
        let end = end.unwrap_or(tokens.len());
        let mut depth = 0usize;
        let (mut marks, mut seen) = (Vec::new(), 0);
        let (mut from, mut place, mut behind, mut limit) = (None, None, end, None);
        let (mut several, mut plain) = (false, tokens.is(0, "select"));
        for at in 0..end {
            marks.push(seen);
            if tokens.op(at, b'?') {
                seen += 1;
            }
            if tokens.op(at, b'(') {
                depth += 1;
                plain &= tokens.after_any(at, &["in"]);
            } else if tokens.op(at, b')') {
                depth = depth.saturating_sub(1);
            } else if depth == 0 && !tokens.after_op(at, b'.') {
                // Of several SELECTs one after the other nobody knows whose WHERE it is.
                if tokens.is_any(at, &["union", "intersect", "except", "with"]) {
                    return Outermost::default();
                }
                let in_from = from.is_some() && place.is_none() && behind == end;
                several |= in_from && (tokens.op(at, b',') || tokens.is(at, "join"));
                if tokens.is(at, "from") && !tokens.after_any(at, &["distinct"]) {
                    from = from.or(Some(at));
                } else if tokens.is(at, "where") && place.is_none() {
                    place = Some(at + 1);
                } else if tokens.is_any(at, &["group", "order", "limit", "having", "window"]) {
                    behind = behind.min(at);
                    limit = limit.or(tokens.is(at, "limit").then_some(at));
                }
                plain &= !tokens.is_any(at, &["distinct", "group", "order", "having", "window"]);
            }
        }
        if !tokens.is(0, "select") || depth != 0 {
            return Outermost::default();
        }
        let read = Reader { tokens, values, marks };
        let (conditions, all) = match place {
            Some(place) => read.conditions(place, behind),
            None => (Vec::new(), true),
        };
        let enough = limit.filter(|_| plain && all && !several).and_then(|at| {
            let whole = |at: usize| tokens.text(at).parse::<u64>().ok();
            let first = whole(at + 1)?;
            let is_more = tokens.is(at + 2, "offset") || tokens.op(at + 2, b',');
            match is_more {
                true if at + 4 == end => first.checked_add(whole(at + 3)?),
                false if at + 2 == end => Some(first),
                _ => None,
            }
        });
        Outermost { conditions, only: from.is_some() && !several, enough }
    }
}

struct Reader<'a> {
    tokens: &'a Tokens<'a>,
    values: &'a [Value],
    marks: Vec<usize>,
}

impl Reader<'_> {
    /// The conditions of a WHERE that can be told, and whether those are all of it.
    fn conditions(&self, from: usize, to: usize) -> (Vec<(Vec<String>, Condition)>, bool) {
        let tokens = self.tokens;
        let (mut found, mut all) = (Vec::new(), true);
        let (mut begin, mut depth, mut open) = (from, 0usize, 0usize);
        for at in from..=to {
            let ends = at == to;
            if tokens.op(at, b'(') {
                depth += 1;
            } else if tokens.op(at, b')') {
                depth = depth.saturating_sub(1);
            } else if depth == 0 && !ends && tokens.is(at, "between") {
                open += 1; // its AND is none between conditions
            } else if depth == 0 && !ends && tokens.is_any(at, &["or", "case"]) {
                return (Vec::new(), false);
            }
            let is_and = depth == 0 && tokens.is(at, "and");
            if is_and && open > 0 && !ends {
                open -= 1;
            } else if is_and || ends {
                match self.condition(begin, at) {
                    Some(it) => found.push(it),
                    None => all = false,
                }
                begin = at + 1;
            }
        }
        (found, all)
    }

    fn condition(&self, from: usize, to: usize) -> Option<(Vec<String>, Condition)> {
        let tokens = self.tokens;
        let (mut of, mut at) = chain(tokens, from);
        let column = of.pop()?;
        let condition = |test: &str, values| Condition { column, test: test.to_owned(), values };
        if tokens.is(at, "between") {
            let (low, next) = self.literal(at + 1)?;
            let (high, end) = self.literal(next + 1)?;
            let fits = tokens.is(next, "and") && end == to;
            return fits.then(|| (of, condition("between", vec![low, high])));
        }
        if tokens.is(at, "in") && tokens.op(at + 1, b'(') {
            let mut all = Vec::new();
            at += 2;
            loop {
                let (value, next) = self.literal(at)?;
                all.push(value);
                if tokens.op(next, b')') && next + 1 == to {
                    return Some((of, condition("in", all)));
                }
                if !tokens.op(next, b',') {
                    return None;
                }
                at = next + 1;
            }
        }
        if tokens.is(at, "is") && tokens.is(at + 1, "not") && tokens.is(at + 2, "null") {
            return (at + 3 == to).then(|| (of, condition("is not null", Vec::new())));
        }
        let mut test = String::new();
        while tokens.kind(at) == Some(Kind::Op)
            && test.len() < 2
            && matches!(tokens.text(at), "=" | "<" | ">" | "!")
        {
            test += tokens.text(at);
            at += 1;
        }
        let test = match test.as_str() {
            "=" | "==" => "=",
            "<>" | "!=" => "<>",
            it @ ("<" | "<=" | ">" | ">=") => it,
            _ => return None,
        };
        let (value, end) = self.literal(at)?;
        (end == to).then(|| (of, condition(test, vec![value])))
    }

    fn literal(&self, at: usize) -> Option<(Literal, usize)> {
        let tokens = self.tokens;
        if tokens.op(at, b'?') {
            let value = self.values.get(*self.marks.get(at)?)?;
            return match value {
                Value::Number(it) if is_plain(it.strip_prefix('-').unwrap_or(it)) => {
                    Some((Literal::Number(it.clone()), at + 1))
                }
                Value::Text(it) => Some((Literal::Text(it.clone()), at + 1)),
                _ => None,
            };
        }
        let (sign, at) = if tokens.op(at, b'-') { ("-", at + 1) } else { ("", at) };
        let text = tokens.text(at);
        match tokens.kind(at)? {
            Kind::Number if is_plain(text) => {
                Some((Literal::Number(format!("{sign}{text}")), at + 1))
            }
            Kind::Text if sign.is_empty() => {
                let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
                Some((Literal::Text(inner.replace("''", "'")), at + 1))
            }
            _ => None,
        }
    }
}

/// Digits with at most one point among them: what every engine reads as the same number.
fn is_plain(text: &str) -> bool {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    digits(whole) && digits(part)
}
