//! Edits of a dashboard's text: what is changed is changed, and all else stays byte for byte, with its
//! comments, its order and its line ends.

mod toml;

use super::markdown::fence;
use super::{Dashboard, Panel, PanelKind, Part, Query, Span, Trouble, read};

/// A change of a dashboard.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// A key of the front matter gets a value, or none.
    Front(String, Option<Setting>),
    /// A key of a parameter gets a value, or none.
    Param(String, String, Option<Setting>),
    /// A key of a panel gets a value, or none. Panels count from 0 in the order they stand.
    Panel(usize, String, Option<Setting>),
    /// A panel shows its query in another way.
    Kind(usize, PanelKind),
    /// A new panel before another, or at the end: its kind, its query and its keys.
    Add(Option<usize>, PanelKind, String, Vec<(String, Setting)>),
    /// A panel stands before another, or at the end.
    Move(usize, Option<usize>),
    /// A panel goes.
    Remove(usize),
    /// A panel gets a twin behind it.
    Duplicate(usize),
    /// A query asks something else.
    Query(String, String),
}

/// A value to write down.
#[derive(Clone, Debug, PartialEq)]
pub enum Setting {
    /// Words.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number.
    Real(f64),
    /// Yes or no.
    Bool(bool),
    /// Several words.
    List(Vec<String>),
}

/// Why an edit is not made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refused {
    /// There is nothing to change there.
    #[error("{0}")]
    Missing(String),
    /// The text would not be what was asked for, or no good text: what is wrong with it then.
    #[error("the dashboard would not be as it should: {}", .0.iter().map(Trouble::to_string).collect::<Vec<_>>().join("; "))]
    Bad(Vec<Trouble>),
    /// It cannot be written down as it is.
    #[error("{0}")]
    Unwritable(String),
}

/// Makes an edit and gives the whole text anew.
///
/// # Errors
/// Where there is nothing to change, or the text would have troubles that it did not have.
pub fn edit(text: &str, edit: &Edit) -> Result<String, Refused> {
    let (dashboard, before) = read(text);
    let Some(dashboard) = dashboard else { return Err(Refused::Bad(before)) };
    let new = made(text, &dashboard, edit)?;
    let (after, troubles) = read(&new);
    let fresh: Vec<Trouble> = troubles
        .into_iter()
        .filter(|it| !before.iter().any(|old| old.message == it.message))
        .collect();
    if !fresh.is_empty() {
        return Err(Refused::Bad(fresh));
    }
    match (after, edit) {
        (Some(after), Edit::Query(name, wanted)) => {
            let is = after.query(name).map(|it| it.body.replace("\r\n", "\n"));
            match is.as_deref() == Some(wanted.replace("\r\n", "\n").trim_end()) {
                true => Ok(new),
                false => Err(Refused::Unwritable(format!(
                    "the text of `{name}` has a line that would end its block"
                ))),
            }
        }
        (Some(_), _) => Ok(new),
        (None, _) => Err(Refused::Unwritable("the front matter would not end any more".to_owned())),
    }
}

fn made(text: &str, dashboard: &Dashboard, edit: &Edit) -> Result<String, Refused> {
    let panel = |number: usize| -> Result<&Panel, Refused> {
        let missing = || Refused::Missing(format!("there is no panel number {}", number + 1));
        dashboard.panels().nth(number).ok_or_else(missing)
    };
    // Before the one after the last is at the end.
    let many = dashboard.panels().count();
    let place = |before: &Option<usize>| -> Result<Option<usize>, Refused> {
        let there = before.filter(|it| *it != many);
        Ok(there.map(panel).transpose()?.map(|it| it.span.start))
    };
    let end = line_end(text);
    match edit {
        Edit::Front(key, value) => match front(text) {
            Some(body) => toml::set(text, body, &[], key, value.as_ref(), end),
            None => {
                let Some(value) = value else { return Ok(text.to_owned()) };
                Ok(format!("+++{end}{key} = {}{end}+++{end}{end}{text}", toml::written(value)))
            }
        },
        Edit::Param(name, key, value) => {
            if !dashboard.params.iter().any(|it| it.name == *name) {
                return Err(Refused::Missing(format!("there is no parameter `{name}`")));
            }
            let missing = || Refused::Missing("there is no front matter".to_owned());
            let body = front(text).ok_or_else(missing)?;
            toml::set(text, body, &["params", name], key, value.as_ref(), end)
        }
        Edit::Panel(number, key, value) => {
            toml::set(text, panel(*number)?.body_span, &[], key, value.as_ref(), end)
        }
        Edit::Kind(number, kind) => {
            let panel = panel(*number)?;
            toml::rename(text, panel.body_span, panel.kind.name(), kind.name())
        }
        Edit::Add(before, kind, query, keys) => {
            let mut block = format!(
                "```toml panel{end}{} = {}{end}",
                kind.name(),
                toml::written(&Setting::Text(query.clone()))
            );
            for (key, value) in keys {
                block.push_str(&format!("{key} = {}{end}", toml::written(value)));
            }
            block.push_str(&format!("```{end}"));
            let at = place(before)?;
            Ok(put(text, at, &block, end))
        }
        Edit::Move(number, before) => {
            let from = panel(*number)?.span;
            let to = place(before)?;
            if to.is_some_and(|it| it == from.start) {
                return Ok(text.to_owned());
            }
            let block = whole(&text[from.start..from.end], end);
            let gap = gap(text, from);
            let rest = format!("{}{}", &text[..gap.start], &text[gap.end..]);
            let to = to.map(|it| if it >= gap.end { it - (gap.end - gap.start) } else { it });
            Ok(put(&rest, to, &block, end))
        }
        Edit::Remove(number) => {
            let gap = gap(text, panel(*number)?.span);
            Ok(format!("{}{}", &text[..gap.start], &text[gap.end..]))
        }
        Edit::Duplicate(number) => {
            let span = panel(*number)?.span;
            let block = whole(&text[span.start..span.end], end);
            let head = whole(&text[..span.end], end);
            Ok(format!("{head}{end}{block}{}", &text[span.end..]))
        }
        Edit::Query(name, body) => {
            let missing = || Refused::Missing(format!("there is no query `{name}`"));
            let query: &Query = dashboard.query(name).ok_or_else(missing)?;
            let mut lines = body.trim_end().lines().map(|it| it.trim_end_matches('\r'));
            let first = fence(text[query.span.start..].lines().next().unwrap_or_default());
            if let Some((sign, count, _)) = first {
                let ends = |it: &str| {
                    fence(it)
                        .is_some_and(|it| it.0 == sign && it.1 >= count && it.2.trim().is_empty())
                };
                if let Some(line) = lines.clone().find(|it| ends(it)) {
                    return Err(Refused::Unwritable(format!(
                        "the text of `{name}` has a line that would end its block: {line}"
                    )));
                }
            }
            let first = lines.next().unwrap_or_default().to_owned();
            let body = lines.fold(first, |all, line| format!("{all}{end}{line}"));
            let (start, stop) = (query.body_span.start, query.body_span.end);
            let tail = &text[stop..];
            // A block that was empty has no line of its own yet.
            let gap = if start == stop && !tail.starts_with(['\n', '\r']) { end } else { "" };
            Ok(format!("{}{body}{gap}{tail}", &text[..start]))
        }
    }
}

/// How lines of a text end.
fn line_end(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

/// Where the body of the front matter stands.
fn front(text: &str) -> Option<Span> {
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut at = start;
    let mut body = None;
    for line in text[start..].split_inclusive('\n') {
        match (body, line.trim_end() == "+++") {
            (None, true) => body = Some(at + line.len()),
            (None, false) => return None,
            (Some(from), true) => return Some(Span::new(from, at)),
            _ => {}
        }
        at += line.len();
    }
    None
}

/// A text that ends with its line.
fn whole(text: &str, end: &str) -> String {
    if text.is_empty() || text.ends_with('\n') { text.to_owned() } else { format!("{text}{end}") }
}

/// A block with one empty line that parts it from what comes next, or at the end of the text from what
/// stands before.
fn gap(text: &str, span: Span) -> Span {
    let next = text[span.end..].split_inclusive('\n').next();
    match next {
        Some(line) if line.trim().is_empty() => Span::new(span.start, span.end + line.len()),
        Some(_) => span,
        None => {
            let before = text[..span.start].split_inclusive('\n').next_back();
            let empty = before.filter(|it| it.trim().is_empty()).map_or(0, str::len);
            Span::new(span.start - empty, span.end)
        }
    }
}

/// A block put before a place, or at the end, parted by empty lines.
fn put(text: &str, at: Option<usize>, block: &str, end: &str) -> String {
    match at {
        Some(at) => format!("{}{block}{end}{}", &text[..at], &text[at..]),
        None => {
            let text = whole(text, end);
            let parted = text.is_empty() || text.ends_with("\n\n") || text.ends_with("\n\r\n");
            format!("{text}{}{block}", if parted { "" } else { end })
        }
    }
}

/// The numbers of panels in the order of [`Edit`], by the number of their part.
pub fn number_of(dashboard: &Dashboard, part: usize) -> Option<usize> {
    let panels = dashboard.parts.iter().enumerate().filter(|it| matches!(it.1, Part::Panel(_)));
    panels.map(|it| it.0).position(|it| it == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_after_the_last_panel_is_the_end() {
        let panel = |query: &str| format!("```toml panel\ntable = \"{query}\"\n```\n");
        let query = |name: &str| format!("```sql {name} on=memory\nselect 1\n```\n");
        let text = format!("{}\n{}\n{}\n{}", query("a"), query("b"), panel("a"), panel("b"));
        let order = |text: &str| {
            let (dashboard, _) = read(text);
            let all = dashboard.iter().flat_map(Dashboard::panels);
            all.map(|it| it.query.clone()).collect::<Vec<_>>()
        };
        let moved = edit(&text, &Edit::Move(0, Some(2))).expect("it is moved");
        assert_eq!(order(&moved), ["b", "a"]);
        assert!(edit(&text, &Edit::Move(0, Some(3))).is_err());
        let added = Edit::Add(Some(2), PanelKind::Line, "a".to_owned(), Vec::new());
        assert_eq!(order(&edit(&text, &added).expect("it is added")), ["a", "b", "a"]);
    }
}
