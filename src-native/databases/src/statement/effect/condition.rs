//! Whether a condition holds for every row, as far as can be seen. Where no column is asked about and it
//! cannot be told, it may.

use super::Eraser;
use crate::Engine;
use crate::statement::lexer::Kind;

/// How deep conditions are looked into.
const DEPTH_MAX: usize = 40;

/// For which rows a condition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Truth {
    Always,
    Never,
    /// For all or for none: it asks about no column.
    Either,
    /// It depends on the row.
    Rows,
}

impl Eraser<'_> {
    /// Asks where WHERE is missing, or holds for every row. What stands behind RETURNING is no condition,
    /// and a label may be called `where`.
    pub(super) fn without_where(&mut self, start: usize, stop: usize, what: &str, verb: &str) {
        let mut from = start;
        let found = loop {
            match self.find(from, stop, &["where", "returning"]) {
                Some(at) if self.all.after_any(at, &["as"]) => from = at + 1,
                Some(at) if self.all.is(at, "returning") => break None,
                found => break found,
            }
        };
        match found {
            None => self.lose(format!("{what} ({verb} has no WHERE)")),
            Some(at) if self.always(at + 1, stop) => {
                self.lose(format!("{what} (the WHERE of {verb} is always true)"));
            }
            Some(_) => {}
        }
    }

    /// Whether a condition is, or may be, true for every row: `true`, `1 = 1`, `x = x`, `id > 0`.
    pub(super) fn always(&self, start: usize, stop: usize) -> bool {
        let stop = self.end_of_condition(start, stop);
        matches!(self.truth(start, stop, 0), Truth::Always | Truth::Either)
    }

    fn end_of_condition(&self, start: usize, stop: usize) -> usize {
        let words = ["returning", "order", "limit", "offset", "option", "settings", "output"];
        let mut from = start + 1;
        while let Some(at) = self.find(from, stop, &words) {
            let ends = match self.all.word(at).to_ascii_lowercase().as_str() {
                "order" => self.all.is(at + 1, "by"),
                "option" | "output" => self.engine == Engine::Sqlserver,
                "settings" => self.engine == Engine::Clickhouse,
                _ => true,
            };
            if ends {
                return at;
            }
            from = at + 1;
        }
        stop
    }

    fn bare(&self, mut start: usize, mut stop: usize) -> (usize, usize) {
        while stop > start && self.all.op(start, b'(') && self.close(start) + 1 == stop {
            (start, stop) = (start + 1, stop - 1);
        }
        (start, stop)
    }

    /// Where it falls apart at a word of this level, or at two such signs in MySQL. `x BETWEEN 1 AND 2` is
    /// one part, and so is a CASE.
    fn parts(&self, start: usize, stop: usize, word: &str, sign: u8) -> Vec<(usize, usize)> {
        let all = self.all;
        let (mut parts, mut from, mut at) = (Vec::new(), start, start);
        let (mut depth, mut cases, mut between) = (0usize, 0usize, false);
        while self.look(at, stop) {
            let mysql = self.engine == Engine::Mysql;
            if all.op(at, b'(') || all.op(at, b'[') {
                depth += 1;
            } else if all.op(at, b')') || all.op(at, b']') {
                depth = depth.saturating_sub(1);
            } else if depth == 0 && !all.after_op(at, b'.') {
                if all.is(at, "case") {
                    cases += 1;
                } else if all.is(at, "end") {
                    cases = cases.saturating_sub(1);
                } else if all.is(at, "between") {
                    between = true;
                } else if between && all.is(at, "and") {
                    between = false;
                } else if cases == 0 {
                    let signs = mysql && all.op(at, sign) && all.op(at + 1, sign);
                    if signs || all.is(at, word) {
                        parts.push((from, at));
                        at += usize::from(signs);
                        (from, between) = (at + 1, false);
                    }
                }
            }
            at += 1;
        }
        parts.push((from, stop));
        parts
    }

    fn truth(&self, start: usize, stop: usize, depth: usize) -> Truth {
        let (start, stop) = self.bare(start, stop);
        if depth > DEPTH_MAX || start >= stop {
            return Truth::Either;
        }
        let of = |parts: Vec<(usize, usize)>| -> Vec<Truth> {
            parts.into_iter().map(|(from, to)| self.truth(from, to, depth + 1)).collect()
        };
        let parts = self.parts(start, stop, "or", b'|');
        if parts.len() > 1 {
            let parts = of(parts);
            let order = [Truth::Always, Truth::Either, Truth::Rows];
            return order.into_iter().find(|it| parts.contains(it)).unwrap_or(Truth::Never);
        }
        let parts = self.parts(start, stop, "and", b'&');
        if parts.len() > 1 {
            let parts = of(parts);
            let order = [Truth::Never, Truth::Rows, Truth::Either];
            return order.into_iter().find(|it| parts.contains(it)).unwrap_or(Truth::Always);
        }
        let mark = self.all.op(start, b'!') && !self.all.op(start + 1, b'=');
        if mark || self.all.is(start, "not") {
            return match self.truth(start + 1, stop, depth + 1) {
                Truth::Always => Truth::Never,
                Truth::Never => Truth::Always,
                it => it,
            };
        }
        self.alone(start, stop)
    }

    /// A condition without AND, OR and NOT.
    fn alone(&self, start: usize, stop: usize) -> Truth {
        let all = self.all;
        let otherwise = if self.asks(start, stop) { Truth::Rows } else { Truth::Either };
        if stop == start + 1 {
            return match all.kind(start) {
                Some(Kind::Number) if self.number(start, stop) == Some(0.0) => Truth::Never,
                Some(Kind::Number) => Truth::Always,
                _ if all.is(start, "true") => Truth::Always,
                _ if all.is_any(start, &["false", "null"]) => Truth::Never,
                _ if self.is_key(start, stop) => Truth::Either,
                _ => otherwise,
            };
        }
        if self.is_key(start, stop) {
            return Truth::Either;
        }
        if all.is(start, "exists") && self.close(start + 1) + 1 == stop {
            let tells = ["where", "on", "using", "having", "natural", "limit"];
            let asks = (start..stop).any(|it| all.is_any(it, &tells));
            return if asks { Truth::Rows } else { Truth::Either };
        }
        let sign = |it: usize| b"=<>!~".iter().any(|&op| all.op(it, op));
        if let Some(op) = self.at_level(start, stop, sign) {
            let mut after = op + 1;
            while after < stop && sign(after) {
                after += 1;
            }
            return self.compared(start, op, after, stop).unwrap_or(otherwise);
        }
        let word = |words: &[&str]| self.at_level(start, stop, |it| all.is_any(it, words));
        if let Some(is) = word(&["is"]) {
            let not = usize::from(all.is(is + 1, "not"));
            let distinct = if all.is(is + 1 + not, "distinct") { 2 } else { 0 };
            let right = is + 1 + not + distinct;
            if self.same((start, is), (right, stop)) {
                let holds = (not == 1) == (distinct > 0);
                return if holds { Truth::Always } else { Truth::Never };
            }
            let never_null = not == 1 && all.is(right, "null") && self.is_key(start, is);
            return if never_null { Truth::Either } else { otherwise };
        }
        if let Some(like) = word(&["like", "ilike", "glob", "regexp", "rlike", "similar"]) {
            let pattern = like + 1 + usize::from(all.is(like, "similar"));
            let text = all.text(pattern).trim_matches(['\'', '"']);
            let anything = match all.word(like).to_ascii_lowercase().as_str() {
                "glob" => text.bytes().all(|it| it == b'*') && !text.is_empty(),
                "regexp" | "rlike" => matches!(text, "" | "." | ".*" | "^"),
                _ => text.bytes().all(|it| it == b'%') && !text.is_empty(),
            };
            let not = all.after_any(like, &["not"]);
            return if anything && !not && stop == pattern + 1 { Truth::Always } else { otherwise };
        }
        if let Some(within) = word(&["in"])
            && all.op(within + 1, b'(')
            && !all.after_any(within, &["not"])
        {
            let mut from = within + 2;
            for at in within + 2..stop {
                if all.op(at, b',') || at + 1 == stop {
                    if self.same((start, within), (from, at)) {
                        return Truth::Always;
                    }
                    from = at + 1;
                }
            }
        }
        otherwise
    }

    fn at_level(&self, start: usize, stop: usize, is: impl Fn(usize) -> bool) -> Option<usize> {
        let (mut depth, mut at) = (0usize, start);
        while self.look(at, stop) {
            if self.all.op(at, b'(') || self.all.op(at, b'[') {
                depth += 1;
            } else if self.all.op(at, b')') || self.all.op(at, b']') {
                depth = depth.saturating_sub(1);
            } else if depth == 0 && is(at) {
                return Some(at);
            }
            at += 1;
        }
        None
    }

    /// What a comparison of two sides tells; none where that is the row's.
    fn compared(&self, start: usize, op: usize, after: usize, stop: usize) -> Option<Truth> {
        let sign = self.source(op, after).replace(char::is_whitespace, "");
        let (left, right) = (self.bare(start, op), self.bare(after, stop));
        let of = |holds: bool| Some(if holds { Truth::Always } else { Truth::Never });
        if let (Some(left), Some(right)) =
            (self.number(left.0, left.1), self.number(right.0, right.1))
        {
            return match sign.as_str() {
                "=" | "==" | "<=>" => of(left == right),
                "<>" | "!=" => of(left != right),
                "<" => of(left < right),
                ">" => of(left > right),
                "<=" => of(left <= right),
                ">=" => of(left >= right),
                _ => None,
            };
        }
        if self.same(left, right) {
            return match sign.as_str() {
                "=" | "==" | "<=" | ">=" | "<=>" => of(true),
                "<>" | "!=" | "<" | ">" => of(false),
                _ => None,
            };
        }
        let text = |of: (usize, usize)| {
            let one = of.1 == of.0 + 1 && self.all.kind(of.0) == Some(Kind::Text);
            one.then(|| self.all.text(of.0)).filter(|it| it.is_ascii() && it.starts_with('\''))
        };
        if text(left).is_some() && text(right).is_some() {
            return match sign.as_str() {
                "=" | "==" => of(false),
                "<>" | "!=" => of(true),
                _ => None,
            };
        }
        if matches!(sign.as_str(), "~" | "~*") {
            let any = text(right).is_some_and(|it| matches!(it, "''" | "'.'" | "'.*'" | "'^'"));
            return any.then_some(Truth::Always);
        }
        // What every row has a number of its own for: `id > 0`.
        let beyond = |key: (usize, usize), bound: (usize, usize), more: &str| {
            let least = self.number(bound.0, bound.1)?;
            let most = if sign == format!("{more}=") { 1.0 } else { 0.0 };
            let away = [more, "<>", "!="].contains(&sign.as_str()) || most > 0.0;
            (self.is_key(key.0, key.1) && away && least <= most).then_some(Truth::Either)
        };
        beyond(left, right, ">").or_else(|| beyond(right, left, "<"))
    }

    /// The source between two tokens.
    fn source(&self, start: usize, stop: usize) -> &str {
        let all = self.all;
        match (all.list.get(start), all.list.get(stop.wrapping_sub(1))) {
            (Some(first), Some(last)) => all.source.get(first.start..last.end).unwrap_or(""),
            _ => "",
        }
    }

    /// Whether two sides are the same; `id` and `t.id` are.
    fn same(&self, left: (usize, usize), right: (usize, usize)) -> bool {
        let (left, right) = (self.bare(left.0, left.1), self.bare(right.0, right.1));
        let (one, other) = (self.source(left.0, left.1), self.source(right.0, right.1));
        let column = |of: (usize, usize)| {
            let dotted = of.1 == of.0 + 3 && self.all.op(of.0 + 1, b'.');
            let named = of.1 == of.0 + 1 || dotted;
            (named && self.all.is_name(of.1 - 1)).then(|| (dotted, self.all.name(of.1 - 1)))
        };
        if !one.is_empty() && one.eq_ignore_ascii_case(other) {
            return true;
        }
        match (column(left), column(right)) {
            (Some((a, Some(one))), Some((b, Some(other)))) => {
                a != b && one.eq_ignore_ascii_case(&other)
            }
            _ => false,
        }
    }

    fn number(&self, start: usize, stop: usize) -> Option<f64> {
        let minus = self.all.op(start, b'-');
        let at = start + usize::from(minus);
        if stop != at + 1 || self.all.kind(at) != Some(Kind::Number) {
            return None;
        }
        let number: f64 = self.all.text(at).replace('_', "").parse().ok()?;
        Some(if minus { -number } else { number })
    }

    /// Whether it is a column in which every row has a value other than zero.
    fn is_key(&self, start: usize, stop: usize) -> bool {
        let keys = ["id", "_id", "rowid", "_rowid_", "oid", "ctid", "xmin", "tableoid"];
        let alone = stop == start + 1 || stop == start + 3 && self.all.op(start + 1, b'.');
        alone
            && self
                .all
                .name(stop - 1)
                .is_some_and(|it| keys.contains(&it.to_ascii_lowercase().as_str()))
    }

    /// Whether it asks about any column.
    fn asks(&self, start: usize, stop: usize) -> bool {
        let all = self.all;
        (start..stop).any(|at| match all.kind(at) {
            Some(Kind::Name) => !all.op(at + 1, b'('),
            Some(Kind::Word) => {
                let part = all.after_op(at, b':') || all.after_op(at, b'@');
                let typed = all.kind(at + 1) == Some(Kind::Text) || all.after_any(at, &["as"]);
                let called = all.op(at + 1, b'(');
                let own = all.text(at).starts_with(['@', '$']);
                !(part || typed || called || own || all.is_any(at, NO_COLUMNS))
            }
            _ => false,
        })
    }
}

/// Words of a condition that are no columns.
const NO_COLUMNS: &[&str] = &[
    "all",
    "and",
    "any",
    "array",
    "as",
    "asymmetric",
    "at",
    "between",
    "binary",
    "case",
    "cast",
    "collate",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "distinct",
    "div",
    "else",
    "end",
    "escape",
    "exists",
    "false",
    "from",
    "glob",
    "ilike",
    "in",
    "interval",
    "is",
    "isnull",
    "like",
    "localtime",
    "localtimestamp",
    "mod",
    "not",
    "notnull",
    "null",
    "or",
    "regexp",
    "rlike",
    "row",
    "select",
    "session_user",
    "similar",
    "some",
    "symmetric",
    "then",
    "to",
    "true",
    "unknown",
    "user",
    "values",
    "when",
    "xor",
];
