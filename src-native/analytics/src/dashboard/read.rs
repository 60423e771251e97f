//! From text to dashboard: all that is wrong with it is found at once, each with its place.

mod blocks;
mod front;
mod toml;

use super::asserts::Expression;
use super::keys::PANELS;
use super::markdown::{Node, fence, nodes, plain};
use super::near;
use super::params::Options;
use super::{Argument, Asserts, Dashboard, Part, Query, Source, Span, Text, Trouble};
use std::collections::BTreeMap;

/// Reads the text of a dashboard. What could be read is given whatever is wrong with the rest, so that an
/// editor can show it; only a text without troubles is a good one. None where not even the front matter ends.
pub fn read(text: &str) -> (Option<Dashboard>, Vec<Trouble>) {
    let mut reading = Reading { text, troubles: Vec::new() };
    let dashboard = reading.all();
    let mut troubles = reading.troubles;
    troubles.sort_by_key(|it| (it.span.start, it.span.end));
    troubles.dedup();
    (dashboard, troubles)
}

/// A text that is being read, and what is wrong with it so far.
struct Reading<'a> {
    text: &'a str,
    troubles: Vec<Trouble>,
}

/// A block between fences.
struct Block<'a> {
    /// What stands behind the first fence, and where.
    info: &'a str,
    info_at: usize,
    /// All of it.
    span: Span,
    /// What stands between the fences.
    body: Span,
}

/// What a text consists of.
enum Piece<'a> {
    Words(Span),
    Block(Block<'a>),
}

/// Most parts of a dashboard. Its queries may ask each other in a chain as long as that.
const PIECES_MOST: usize = 1_000;

/// Most troubles that are told of a text.
const TROUBLES_MOST: usize = 1_000;

impl<'a> Reading<'a> {
    fn trouble(&mut self, span: Span, message: impl Into<String>, hint: Option<String>) {
        if self.troubles.len() >= TROUBLES_MOST {
            return; // nobody reads more of them, and the place of each is counted from the beginning
        }
        let (line, column) = self.place(span.start);
        self.troubles.push(Trouble { line, column, span, message: message.into(), hint });
    }

    /// Line and column of a byte, from 1; columns are characters.
    fn place(&self, at: usize) -> (usize, usize) {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        let before = &self.text[..at];
        let line_start = before.rfind('\n').map_or(0, |it| it + 1);
        let begin = before[line_start..].strip_prefix('\u{feff}').unwrap_or(&before[line_start..]);
        (before.matches('\n').count() + 1, begin.chars().count() + 1)
    }

    fn all(&mut self) -> Option<Dashboard> {
        let mut dashboard = Dashboard::default();
        let after = match self.front_matter() {
            Ok(Some((body, after))) => {
                self.front(body, &mut dashboard);
                after
            }
            Ok(None) => 0,
            Err(()) => return None,
        };
        for (number, piece) in self.pieces(after).into_iter().enumerate() {
            if number >= PIECES_MOST {
                let (Piece::Words(span) | Piece::Block(Block { span, .. })) = piece;
                let text = format!(
                    "a dashboard has at most {PIECES_MOST} parts; what follows is not read"
                );
                self.trouble(Span::new(span.start, span.start), text, None);
                break;
            }
            match piece {
                Piece::Words(span) => {
                    let nodes = nodes(&self.text[span.start..span.end]);
                    if !nodes.is_empty() {
                        dashboard.parts.push(Part::Text(Text { span, nodes }));
                    }
                }
                Piece::Block(block) => {
                    if let Some(part) = self.block(&block) {
                        dashboard.parts.push(part);
                    }
                }
            }
        }
        self.title(&mut dashboard, after);
        self.names(&mut dashboard);
        self.circles(&dashboard);
        Some(dashboard)
    }

    /// Where the front matter stands and where the rest begins; none where there is none.
    fn front_matter(&mut self) -> Result<Option<(Span, usize)>, ()> {
        let start = if self.text.starts_with('\u{feff}') { 3 } else { 0 };
        let mut at = start;
        let mut body = None;
        for line in self.text[start..].split_inclusive('\n') {
            let is_mark = line.trim_end() == "+++";
            match body {
                None if is_mark => body = Some(at + line.len()),
                None => return Ok(None),
                Some(from) if is_mark => return Ok(Some((Span::new(from, at), at + line.len()))),
                Some(_) => {}
            }
            at += line.len();
        }
        if body.is_none() {
            return Ok(None);
        }
        let hint = Some("end it with a line of its own: `+++`".to_owned());
        self.trouble(Span::new(start, start + 3), "the front matter does not end", hint);
        Err(())
    }

    /// The text parted into words and blocks of ours; other blocks of code are words.
    fn pieces(&mut self, from: usize) -> Vec<Piece<'a>> {
        let text = self.text;
        let mut pieces = Vec::new();
        let (mut words, mut at) = (from, from);
        let mut lines = text[from..].split_inclusive('\n');
        while let Some(line) = lines.next() {
            let start = at;
            at += line.len();
            let bare = line.trim_end_matches(['\n', '\r']);
            let Some((sign, count, info)) = fence(bare) else { continue };
            let info_at = start + bare.len() - info.len();
            let body = at;
            let mut close = None;
            for line in lines.by_ref() {
                let line_start = at;
                at += line.len();
                let bare = line.trim_end_matches(['\n', '\r']);
                if fence(bare)
                    .is_some_and(|it| it.0 == sign && it.1 >= count && it.2.trim().is_empty())
                {
                    close = Some(line_start);
                    break;
                }
            }
            if !is_ours(info) {
                continue;
            }
            let body_end = close.unwrap_or(at);
            let span = Span::new(start, at);
            if close.is_none() {
                let signs: String = std::iter::repeat_n(sign, count).collect();
                let hint = Some(format!("end it with a line of its own: `{signs}`"));
                self.trouble(Span::new(start, start + bare.len()), "this block does not end", hint);
            }
            if words < start {
                pieces.push(Piece::Words(Span::new(words, start)));
            }
            words = at;
            let body = Span::new(body, body_end);
            pieces.push(Piece::Block(Block { info, info_at, span, body }));
        }
        if words < text.len() {
            pieces.push(Piece::Words(Span::new(words, text.len())));
        }
        pieces
    }

    fn title(&mut self, dashboard: &mut Dashboard, after: usize) {
        if !dashboard.title.is_empty() {
            return;
        }
        let first = dashboard.parts.iter().find_map(|it| match it {
            Part::Text(text) => text.nodes.iter().find_map(|it| match it {
                Node::Heading(1, words) => Some(plain(words)),
                _ => None,
            }),
            _ => None,
        });
        match first {
            Some(title) => dashboard.title = title,
            None => {
                let hint = Some("begin with `+++`, `title = \"…\"` and `+++`".to_owned());
                self.trouble(Span::new(0, after), "the dashboard has no title", hint);
            }
        }
    }

    /// Names that are given twice, and names that nothing has.
    fn names(&mut self, dashboard: &mut Dashboard) {
        let queries: Vec<(String, Span)> =
            dashboard.queries().map(|it| (it.name.clone(), it.span)).collect();
        for (at, (name, span)) in queries.iter().enumerate() {
            if let Some((_, first)) = queries[..at].iter().find(|it| it.0 == *name) {
                let (line, _) = self.place(first.start);
                let head = self.head(*span);
                self.trouble(
                    head,
                    format!("the name `{name}` is already taken on line {line}"),
                    None,
                );
            }
        }
        let names: Vec<&str> = queries.iter().map(|it| it.0.as_str()).collect();
        let mut places: Vec<String> = Vec::new();
        for param in &dashboard.params {
            for place in param.places() {
                if places.contains(&place) {
                    let text = format!(
                        "the parameter `{}` gives `:{place}`, which another one gives too",
                        param.name
                    );
                    self.trouble(param.span, text, Some("give it another name".to_owned()));
                }
                places.push(place);
            }
            if let Options::Query(query) = &param.options
                && !names.contains(&query.as_str())
            {
                let hint = near::hint(query, names.iter().copied());
                self.trouble(
                    param.span,
                    format!("`{query}`, the options of `{}`, is no query here", param.name),
                    hint,
                );
            }
        }
        let behind: Vec<String> = dashboard.panels().filter_map(|it| it.rows.clone()).collect();
        for part in &dashboard.parts {
            match part {
                Part::Query(query) => {
                    self.asked_of(query, &places);
                    let more = behind.contains(&query.name);
                    self.unfilled(query, &places, more);
                }
                Part::Panel(panel) => {
                    let named = [("", Some(&panel.query)), ("rows", panel.rows.as_ref())];
                    for (key, query) in named {
                        let Some(query) = query.filter(|it| !names.contains(&it.as_str())) else {
                            continue;
                        };
                        let key = if key.is_empty() { panel.kind.name() } else { key };
                        let span = self.value_in(panel.body_span, key);
                        let hint = near::hint(query, names.iter().copied());
                        self.trouble(
                            span,
                            format!("`{query}` is no query of this dashboard"),
                            hint,
                        );
                    }
                    if let Some(filter) = &panel.filter
                        && !dashboard.params.iter().any(|it| it.name == *filter)
                    {
                        let span = self.value_in(panel.body_span, "filter");
                        let hint =
                            near::hint(filter, dashboard.params.iter().map(|it| it.name.as_str()));
                        self.trouble(
                            span,
                            format!("`{filter}` is no parameter of this dashboard"),
                            hint,
                        );
                    }
                    if panel.compare.is_some()
                        && !dashboard.params.iter().any(|it| it.kind == super::ParamKind::Period)
                    {
                        let span = self.value_in(panel.body_span, "compare");
                        let hint =
                            Some("add `[params.period]` with `kind = \"period\"`".to_owned());
                        self.trouble(span, "there is no period that could be compared", hint);
                    }
                }
                Part::Asserts(asserts) => {
                    for line in &asserts.lines {
                        self.asserted(line, &names);
                    }
                }
                Part::Text(_) => {}
            }
        }
        // A query of results asks those of the dashboard's queries that it names as tables.
        let known: Vec<String> = names.iter().map(|it| (*it).to_owned()).collect();
        for part in &mut dashboard.parts {
            if let Part::Query(Query { source: Source::Results(asked), .. }) = part {
                asked.retain(|it| known.contains(it));
            }
        }
    }

    /// A rule that is none, and queries in it that are none.
    fn asserted(&mut self, line: &super::Assert, names: &[&str]) {
        match Expression::parse(&line.rule) {
            Err(fault) => {
                let from = line.span.start;
                self.trouble(Span::new(from + fault.start, from + fault.end), fault.message, None);
            }
            Ok(rule) => {
                for query in rule.queries().into_iter().filter(|it| !names.contains(it)) {
                    let span = self.find_in(line.span, query);
                    let hint = near::hint(query, names.iter().copied());
                    self.trouble(span, format!("`{query}` is no query of this dashboard"), hint);
                }
            }
        }
    }

    /// A connection that a parameter names, where there is no such parameter.
    fn asked_of(&mut self, query: &Query, places: &[String]) {
        let Source::Connection(on) = &query.source else { return };
        let Some(name) = on.strip_prefix(':') else { return };
        if !places.iter().any(|it| it == name) {
            let span = self.head(query.span);
            let hint = near::hint(name, places.iter().map(String::as_str));
            self.trouble(
                span,
                format!("no parameter gives `{on}`, which `{}` asks", query.name),
                hint,
            );
        }
    }

    /// Places of a query that no parameter fills.
    fn unfilled(&mut self, query: &Query, places: &[String], behind: bool) {
        let known = |name: &str| {
            let suffix = behind && matches!(name, "x" | "by");
            suffix || places.iter().any(|it| it == name)
        };
        let mut hinted: Vec<&str> = places.iter().map(String::as_str).collect();
        if behind {
            hinted.extend(["x", "by"]);
        }
        let hint = |name: &str| match hinted.is_empty() {
            true => Some(format!("add `[params.{name}]` to the front matter")),
            false => near::hint(name, hinted.iter().copied()),
        };
        match &query.source {
            Source::Call { arguments, .. } => {
                let mut named = Vec::new();
                arguments.iter().for_each(|it| placed(&it.1, &mut named));
                for name in named.into_iter().filter(|it| !known(it)) {
                    let span = self.find_in(query.body_span, &format!("\":{name}\""));
                    self.trouble(span, format!("no parameter gives `:{name}`"), hint(name));
                }
            }
            _ => {
                for place in super::places::places(&query.body).iter().filter(|it| !known(&it.name))
                {
                    let from = query.body_span.start;
                    let span = Span::new(from + place.span.start, from + place.span.end);
                    self.trouble(
                        span,
                        format!("no parameter gives `:{}`", place.name),
                        hint(&place.name),
                    );
                }
            }
        }
    }

    /// Queries that ask each other's results in a circle.
    fn circles(&mut self, dashboard: &Dashboard) {
        let asks: BTreeMap<&str, (&[String], Span)> = dashboard
            .queries()
            .filter_map(|it| match &it.source {
                Source::Results(asked) => Some((it.name.as_str(), (asked.as_slice(), it.span))),
                _ => None,
            })
            .collect();
        let mut told: Vec<&str> = Vec::new();
        for (&start, &(_, span)) in &asks {
            let mut way = vec![start];
            let mut seen = vec![start];
            if told.contains(&start) || !leads_back(start, start, &asks, &mut way, &mut seen) {
                continue;
            }
            told.extend(&way);
            let circle: Vec<String> =
                way.iter().chain([&start]).map(|it| format!("`{it}`")).collect();
            let text = match way.len() {
                1 => format!("`{start}` asks its own result"),
                _ => format!(
                    "queries ask each other's results in a circle: {}",
                    circle.join(" asks ")
                ),
            };
            let head = self.head(span);
            self.trouble(head, text, None);
        }
    }

    /// The first line of a block.
    fn head(&self, span: Span) -> Span {
        let text = &self.text[span.start..span.end];
        Span::new(span.start, span.start + text.lines().next().map_or(0, str::len))
    }

    /// Where a text stands in a part of the file; all of that part's first line where it is not found.
    fn find_in(&self, within: Span, text: &str) -> Span {
        match self.text[within.start..within.end].find(text) {
            Some(at) => Span::new(within.start + at, within.start + at + text.len()),
            None => self.head(within),
        }
    }

    /// Where the value of a key stands in a body of TOML.
    fn value_in(&self, body: Span, key: &str) -> Span {
        let text = &self.text[body.start..body.end];
        let parsed = toml_edit::Document::parse(text).ok();
        let found = parsed.as_ref().and_then(|it| it.as_table().get(key)?.span());
        match found {
            Some(it) => Span::new(body.start + it.start, body.start + it.end),
            None => self.head(body),
        }
    }
}

/// Whether a block is one of a dashboard: a query, a panel, assertions. What only says its language is code
/// to read.
fn is_ours(info: &str) -> bool {
    let mut words = info.split_whitespace();
    match words.next() {
        Some("sql") => words.next().is_some(),
        Some("toml") => words.next().is_some(),
        Some("assert") => true,
        _ => false,
    }
}

/// Names of places in a parameter of a method.
fn placed<'a>(argument: &'a Argument, to: &mut Vec<&'a str>) {
    match argument {
        Argument::Place(name) => to.push(name),
        Argument::List(list) => list.iter().for_each(|it| placed(it, to)),
        Argument::Map(map) => map.iter().for_each(|it| placed(&it.1, to)),
        _ => {}
    }
}

/// Whether asking leads from a query back to the first; `way` is how.
fn leads_back<'a>(
    at: &'a str,
    first: &str,
    asks: &BTreeMap<&'a str, (&'a [String], Span)>,
    way: &mut Vec<&'a str>,
    seen: &mut Vec<&'a str>,
) -> bool {
    let Some((asked, _)) = asks.get(at) else { return false };
    for next in asked.iter() {
        if next == first {
            return true;
        }
        if seen.contains(&next.as_str()) {
            continue;
        }
        way.push(next);
        seen.push(next);
        if leads_back(next, first, asks, way, seen) {
            return true;
        }
        way.pop();
    }
    false
}

/// Kinds of panels, for hints.
fn kinds() -> impl Iterator<Item = &'static str> + Clone {
    PANELS.iter().map(|it| it.name)
}

/// The assertions of a block, one a line; a `#` begins a remark.
fn assert_lines(text: &str, body: Span, first_line: usize) -> Asserts {
    let mut lines = Vec::new();
    let mut at = body.start;
    for (number, line) in text[body.start..body.end].split_inclusive('\n').enumerate() {
        let bare = line.trim();
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        if bare.is_empty() || bare.starts_with('#') {
            continue;
        }
        let (rule, sentence) = match bare.split_once(" -- ") {
            Some((rule, sentence)) => (rule.trim_end(), sentence.trim()),
            None => (bare, ""),
        };
        lines.push(super::Assert {
            span: Span::new(start, start + bare.len()),
            line: first_line + number,
            rule: rule.to_owned(),
            sentence: sentence.to_owned(),
        });
    }
    Asserts { span: body, lines }
}
