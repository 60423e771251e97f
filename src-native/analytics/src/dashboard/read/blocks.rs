//! Blocks: queries, panels, assertions.

use super::front::{is_name, names};
use super::toml::number;
use super::{Block, Reading, assert_lines, kinds};
use crate::dashboard::keys::{PANEL, PANELS};
use crate::dashboard::panel::{Compare, Direction, Panel, PanelKind};
use crate::dashboard::{Argument, Part, Query, Source, Span, near, places};
use toml_edit::{Item, TableLike, Value};

/// A word of the line that begins a block, and where it stands.
struct Word<'a> {
    text: &'a str,
    at: usize,
}

/// Words of the line; spaces between quotes belong to a word.
fn words<'a>(info: &'a str, at: usize) -> Vec<Word<'a>> {
    let mut words = Vec::new();
    let (mut from, mut quoted) = (None, false);
    for (i, letter) in info.char_indices() {
        match letter {
            '"' => {
                quoted = !quoted;
                from = from.or(Some(i));
            }
            it if it.is_whitespace() && !quoted => {
                if let Some(from) = from.take() {
                    words.push(Word { text: &info[from..i], at: at + from });
                }
            }
            _ => from = from.or(Some(i)),
        }
    }
    if let Some(from) = from {
        words.push(Word { text: &info[from..], at: at + from });
    }
    words
}

impl Reading<'_> {
    pub(super) fn block(&mut self, block: &Block<'_>) -> Option<Part> {
        let words = words(block.info, block.info_at);
        let (first, rest) = words.split_first()?;
        match first.text {
            "assert" => {
                let (line, _) = self.place(block.body.start);
                let mut asserts = assert_lines(self.text, block.body, line);
                asserts.span = block.span;
                Some(Part::Asserts(asserts))
            }
            "sql" => self.sql(block, rest),
            _ if rest.first().is_some_and(|it| it.text == "panel") => {
                for word in &rest[1..] {
                    let span = Span::new(word.at, word.at + word.text.len());
                    let hint = Some("write it on a line of its own below".to_owned());
                    self.trouble(
                        span,
                        format!("a panel takes nothing behind `panel`, not `{}`", word.text),
                        hint,
                    );
                }
                self.panel(block)
            }
            _ => self.call(block, rest),
        }
    }

    /// The name of a query and its `key=value`s.
    fn head_of(
        &mut self,
        block: &Block<'_>,
        words: &[Word<'_>],
        known: &[&str],
    ) -> Option<(String, Vec<(String, Span)>)> {
        let mut name = None;
        let mut values = vec![(String::new(), Span::default()); known.len()];
        for word in words {
            let span = Span::new(word.at, word.at + word.text.len());
            let Some((key, value)) = word.text.split_once('=') else {
                if name.is_some() {
                    let hint = near::hint(word.text, known.iter().copied());
                    self.trouble(span, format!("`{}` does not belong here", word.text), hint);
                } else if is_name(word.text) {
                    name = Some(word.text.to_owned());
                } else {
                    let hint =
                        Some("use letters, digits and `_`, and begin with a letter".to_owned());
                    self.trouble(
                        span,
                        format!("`{}` cannot be the name of a query", word.text),
                        hint,
                    );
                    return None;
                }
                continue;
            };
            let value = value.trim_matches('"');
            match known.iter().position(|it| *it == key) {
                Some(at) if value.is_empty() => {
                    self.trouble(span, format!("`{}` is empty", known[at]), None);
                    return None;
                }
                Some(at) => values[at] = (value.to_owned(), span),
                None => {
                    self.unknown("a query", key, Span::new(word.at, word.at + key.len()), known)
                }
            }
        }
        if name.is_none() {
            let head = self.head(block.span);
            self.trouble(
                head,
                "the query has no name",
                Some("write it behind the language: ` ```sql orders on=shop `".to_owned()),
            );
        }
        Some((name?, values))
    }

    fn sql(&mut self, block: &Block<'_>, words: &[Word<'_>]) -> Option<Part> {
        let (name, values) = self.head_of(block, words, &["on"])?;
        let body = self.text[block.body.start..block.body.end].trim_end().to_owned();
        let on = &values[0].0;
        let source = match on.as_str() {
            "" => {
                let head = self.head(block.span);
                let hint = Some(
                    "write `on=memory`, `on=results` or `on=` and the name of a connection"
                        .to_owned(),
                );
                self.trouble(head, format!("the query `{name}` does not say whom it asks"), hint);
                return None;
            }
            "memory" => Source::Memory,
            "results" => Source::Results(places::tables(&body)),
            _ => Source::Connection(on.clone()),
        };
        if body.trim().is_empty() {
            let head = self.head(block.span);
            self.trouble(head, format!("the query `{name}` is empty"), None);
        }
        let mut open: Vec<String> = Vec::new();
        for place in places::places(&body) {
            if !open.contains(&place.name) {
                open.push(place.name);
            }
        }
        let (line, _) = self.place(block.body.start);
        let body_span = Span::new(block.body.start, block.body.start + body.len());
        Some(Part::Query(Query {
            name,
            span: block.span,
            body_span,
            line,
            body,
            source,
            places: open,
        }))
    }

    fn call(&mut self, block: &Block<'_>, words: &[Word<'_>]) -> Option<Part> {
        let named = words.first().filter(|it| !it.text.contains('='));
        if let Some(word) = named.filter(|it| near::near(it.text, ["panel"]).is_some()) {
            let span = Span::new(word.at, word.at + word.text.len());
            let calls = words.iter().any(|it| it.text.starts_with("call="));
            if !calls {
                self.trouble(
                    span,
                    format!("`{}` is no block of a dashboard", word.text),
                    Some("did you mean `panel`?".to_owned()),
                );
                return None;
            }
        }
        let (name, values) = self.head_of(block, words, &["call", "rows"])?;
        let method = values[0].0.clone();
        if method.is_empty() {
            let head = self.head(block.span);
            let hint = Some("write `call=` and a method, or `toml panel` for a panel".to_owned());
            self.trouble(
                head,
                format!("the query `{name}` does not say which method it calls"),
                hint,
            );
            return None;
        }
        let rows = Some(values[1].0.clone()).filter(|it| !it.is_empty());
        let document = self.toml(block.body)?;
        let mut arguments = Vec::new();
        for (key, item) in document.iter() {
            match argument(item) {
                Some(it) => arguments.push((key.to_owned(), it)),
                None => {
                    let span = self.item_span(item, block.body);
                    self.trouble(span, format!("`{key}` is no value that a method takes"), None);
                }
            }
        }
        let mut open = Vec::new();
        arguments.iter().for_each(|it| super::placed(&it.1, &mut open));
        let mut places: Vec<String> = Vec::new();
        for it in open {
            if !places.iter().any(|place| place == it) {
                places.push(it.to_owned());
            }
        }
        let (line, _) = self.place(block.body.start);
        let body = self.text[block.body.start..block.body.end].trim_end().to_owned();
        let body_span = Span::new(block.body.start, block.body.start + body.len());
        let source = Source::Call { method, rows, arguments };
        Some(Part::Query(Query { name, span: block.span, body_span, line, body, source, places }))
    }

    fn panel(&mut self, block: &Block<'_>) -> Option<Part> {
        let body = block.body;
        let document = self.toml(body)?;
        let table: &dyn TableLike = document.as_table();
        let mut kind: Option<(PanelKind, String)> = None;
        let mut good = Vec::new();
        for (name, item) in table.iter() {
            let of_kind = PANELS.iter().find(|it| it.name == name);
            let Some(key) = of_kind.or_else(|| PANEL.iter().find(|it| it.name == name)) else {
                let span = self.key_span(table, name, body);
                let known: Vec<&str> = names(PANEL).into_iter().chain(kinds()).collect();
                self.unknown("a panel", name, span, &known);
                continue;
            };
            if self.judge(key, item, body) {
                good.push(key.name);
            }
            let of_kind = of_kind.and_then(|it| PanelKind::of(it.name));
            match (of_kind, &kind) {
                (Some(of_kind), None) => {
                    kind = Some((of_kind, item.as_str().unwrap_or_default().to_owned()));
                }
                (Some(_), Some((first, _))) => {
                    let span = self.key_span(table, name, body);
                    self.trouble(
                        span,
                        format!("this panel is a {} already", first.name()),
                        Some("write two panels".to_owned()),
                    );
                }
                _ => {}
            }
        }
        let Some((kind, query)) = kind else {
            let head = self.head(block.span);
            let hint = Some("begin with its kind and a query: `line = \"orders\"`".to_owned());
            self.trouble(head, "the panel does not say what it shows", hint);
            return None;
        };
        if query.is_empty() {
            return None;
        }
        self.fitting(kind, table, &good, body);
        let get = |key: &str| table.get(key).filter(|_| good.contains(&key));
        let text = |key: &str| get(key).and_then(Item::as_str).map(str::to_owned);
        let y = match get("y") {
            Some(item) => match item.as_array() {
                Some(list) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
                None => item.as_str().map(str::to_owned).into_iter().collect(),
            },
            None => Vec::new(),
        };
        let whole = |key: &str| get(key).and_then(Item::as_integer);
        let width = whole("width").and_then(|it| u8::try_from(it).ok());
        let (line, _) = self.place(body.start);
        Some(Part::Panel(Panel {
            span: block.span,
            body_span: body,
            line,
            kind,
            query,
            title: text("title"),
            x: text("x"),
            y,
            by: text("by"),
            unit: text("unit"),
            good: text("good").map(|it| if it == "up" { Direction::Up } else { Direction::Down }),
            target: get("target").and_then(number),
            compare: text("compare")
                .map(|it| if it == "year" { Compare::Year } else { Compare::Before }),
            width: width.unwrap_or(kind.usual_width()),
            height: whole("height").and_then(|it| u16::try_from(it).ok()),
            rows: text("rows"),
            link: text("link"),
            filter: text("filter"),
            rule: text("rule"),
        }))
    }

    /// Keys that mean nothing for a kind of panel, and what a kind cannot do without.
    fn fitting(&mut self, kind: PanelKind, table: &dyn TableLike, good: &[&str], body: Span) {
        let idle: &[&str] = match kind {
            PanelKind::Number => &["by", "filter"],
            PanelKind::Gauge => &["x", "by", "compare", "filter"],
            PanelKind::Table => &["x", "by", "compare", "target"],
            PanelKind::Funnel => &["by", "target"],
            PanelKind::Heatmap | PanelKind::Cohort | PanelKind::Treemap | PanelKind::Sankey => {
                &["compare", "target", "good"]
            }
            PanelKind::Stacked | PanelKind::Area => &["compare"],
            PanelKind::Line | PanelKind::Bar => &[],
        };
        for key in idle.iter().filter(|it| good.contains(it)) {
            let span = self.key_span(table, key, body);
            self.trouble(
                span,
                format!("a {} has no use for `{key}`", kind.name()),
                Some("leave it out".to_owned()),
            );
        }
        if kind == PanelKind::Gauge && !table.contains_key("target") {
            let span = self.key_span(table, kind.name(), body);
            self.trouble(span, "a gauge needs a target", Some("write `target = 100`".to_owned()));
        }
        if let Some(link) = table.get("link").filter(|_| good.contains(&"link")) {
            let text = link.as_str().unwrap_or_default();
            if !crate::dashboard::markdown::leads(&text.replace(['{', '}'], "")) {
                let span = self.item_span(link, body);
                self.trouble(span, format!("`{text}` is nowhere a link may lead"), None);
            }
        }
        let several = table.get("y").and_then(Item::as_array).is_some_and(|it| it.len() > 1);
        let single = !matches!(
            kind,
            PanelKind::Line
                | PanelKind::Bar
                | PanelKind::Stacked
                | PanelKind::Area
                | PanelKind::Table
        );
        if several && (single || table.contains_key("by")) {
            let span = self.key_span(table, "y", body);
            let text = match single {
                true => format!("a {} shows one column of numbers", kind.name()),
                false => "with `by` there is one column of numbers".to_owned(),
            };
            self.trouble(span, text, Some("name one in `y`".to_owned()));
        }
    }
}

/// A value of TOML as a parameter of a method; none for a moment that is no text.
fn argument(item: &Item) -> Option<Argument> {
    if let Some(table) = item.as_table_like() {
        let fields = table.iter().map(|(key, item)| Some((key.to_owned(), argument(item)?)));
        return fields.collect::<Option<Vec<_>>>().map(Argument::Map);
    }
    if let Some(tables) = item.as_array_of_tables() {
        let list = tables.iter().map(|it| argument(&Item::Table(it.clone())));
        return list.collect::<Option<Vec<_>>>().map(Argument::List);
    }
    let value = item.as_value()?;
    Some(match value {
        Value::String(it) => {
            let text = it.value();
            match text.strip_prefix(':').filter(|it| is_name(it)) {
                Some(place) => Argument::Place(place.to_owned()),
                None => Argument::Text(text.clone()),
            }
        }
        Value::Integer(it) => Argument::Integer(*it.value()),
        Value::Float(it) => Argument::Real(*it.value()),
        Value::Boolean(it) => Argument::Bool(*it.value()),
        Value::Datetime(it) => Argument::Text(it.value().to_string()),
        Value::Array(list) => {
            let list = list.iter().map(|it| argument(&Item::Value(it.clone())));
            Argument::List(list.collect::<Option<Vec<_>>>()?)
        }
        Value::InlineTable(table) => {
            let fields = table
                .iter()
                .map(|(key, it)| Some((key.to_owned(), argument(&Item::Value(it.clone()))?)));
            Argument::Map(fields.collect::<Option<Vec<_>>>()?)
        }
    })
}
