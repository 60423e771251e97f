//! The Atlassian Document Format as plain text, as people see it.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::shapes::{List, Maybe, Text, shaped};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Node<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow)]
    text: Text<'a>,
    #[serde(borrow)]
    attrs: Maybe<Attributes<'a>>,
    #[serde(borrow)]
    marks: List<Mark<'a>>,
    #[serde(borrow)]
    content: List<Node<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Attributes<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    text: Text<'a>,
    #[serde(borrow)]
    title: Text<'a>,
    #[serde(borrow)]
    url: Text<'a>,
    #[serde(borrow)]
    href: Text<'a>,
    #[serde(borrow)]
    alt: Text<'a>,
    #[serde(borrow)]
    state: Text<'a>,
    #[serde(borrow)]
    order: Text<'a>,
    #[serde(borrow)]
    timestamp: Text<'a>,
    #[serde(borrow, rename = "shortName")]
    short_name: Text<'a>,
    #[serde(borrow)]
    data: Maybe<Card<'a>>,
}

/// What a card shows, where it was resolved.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Card<'a> {
    #[serde(borrow)]
    url: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Mark<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow)]
    attrs: Maybe<Attributes<'a>>,
}

/// A document's text. One that is nested too deep to be laid out gives its texts one after the other.
pub(super) fn text(json: &RawValue) -> String {
    match serde_json::from_str::<Node>(json.get()) {
        Ok(node) => block(&node).trim_matches('\n').to_owned(),
        Err(_) => texts(json.get()),
    }
}

/// A block, without the line feed that ends it.
fn block(node: &Node<'_>) -> String {
    let content = &node.content.0;
    match &*node.kind {
        "doc" | "layoutSection" | "layoutColumn" => blocks(content, "\n\n"),
        "bulletList" => list(content, |_| "- ".to_owned()),
        "orderedList" => {
            let first: u64 =
                attribute(node, |it| &it.order).and_then(|it| it.parse().ok()).unwrap_or(1);
            list(content, |at| format!("{}. ", first.saturating_add(at as u64)))
        }
        "taskList" | "decisionList" => list(content, |_| "- ".to_owned()),
        "taskItem" | "blockTaskItem" => {
            let done = attribute(node, |it| &it.state).is_some_and(|it| it == "DONE");
            format!("{} {}", if done { "[x]" } else { "[ ]" }, mixed(content))
        }
        "blockquote" => prefixed("> ", "> ", &blocks(content, "\n")),
        "rule" => "---".to_owned(),
        "table" => blocks(content, "\n"),
        "tableRow" => {
            let cells = content.iter().map(|it| {
                let lines = mixed(&it.content.0);
                lines
                    .split('\n')
                    .map(str::trim)
                    .filter(|it| !it.is_empty())
                    .collect::<Vec<_>>()
                    .join(" ")
            });
            cells.collect::<Vec<_>>().join(" | ")
        }
        "expand" | "nestedExpand" => {
            let title = attribute(node, |it| &it.title).unwrap_or_default();
            joined([title.to_owned(), blocks(content, "\n")], "\n")
        }
        _ if is_inline(node) => inline(node),
        _ => {
            // Of nodes unknown, and of extensions, what they hold and what they show instead.
            let within = mixed(content);
            if within.is_empty() { inline(node) } else { within }
        }
    }
}

/// Blocks one below the other; those that show nothing leave no gap.
fn blocks(nodes: &[Node<'_>], between: &str) -> String {
    joined(nodes.iter().map(block), between)
}

/// Content that may be inline or blocks, as items of tasks and unknown nodes have it.
fn mixed(nodes: &[Node<'_>]) -> String {
    let mut out = String::new();
    for node in nodes {
        if is_inline(node) {
            inline_into(node, &mut out);
        } else {
            let text = block(node);
            if !out.is_empty() && !text.is_empty() {
                out.push('\n');
            }
            out.push_str(&text);
        }
    }
    out
}

fn list(items: &[Node<'_>], marker: impl Fn(usize) -> String) -> String {
    let mut at = 0;
    let lines = items.iter().map(|item| {
        // Lists of tasks hold the lists below their items beside them.
        if item.kind.ends_with("List") {
            return prefixed("  ", "  ", &block(item));
        }
        let marker = marker(at);
        at += 1;
        let text = match &*item.kind {
            "taskItem" | "blockTaskItem" => return block(item),
            _ => mixed(&item.content.0),
        };
        prefixed(&marker, &" ".repeat(marker.len()), &text)
    });
    joined(lines, "\n")
}

fn joined(parts: impl IntoIterator<Item = String>, between: &str) -> String {
    let mut out = String::new();
    for part in parts.into_iter().filter(|it| !it.is_empty()) {
        if !out.is_empty() {
            out.push_str(between);
        }
        out.push_str(&part);
    }
    out
}

/// Lines behind something: the first behind one thing, the others behind another.
fn prefixed(first: &str, others: &str, text: &str) -> String {
    let mut out = String::with_capacity(text.len() + first.len());
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            out.push('\n');
        }
        let lead = if at == 0 { first } else { others };
        out.push_str(if line.is_empty() { lead.trim_end() } else { lead });
        out.push_str(line);
    }
    out
}

fn is_inline(node: &Node<'_>) -> bool {
    matches!(
        &*node.kind,
        "text"
            | "hardBreak"
            | "mention"
            | "emoji"
            | "date"
            | "status"
            | "inlineCard"
            | "mediaInline"
            | "inlineExtension"
            | "placeholder"
            | "image"
            | "unsupportedInline"
            | "confluenceUnsupportedInline"
    )
}

fn inline(node: &Node<'_>) -> String {
    let mut out = String::new();
    inline_into(node, &mut out);
    out
}

fn inline_into(node: &Node<'_>, out: &mut String) {
    let of = |get: for<'n> fn(&'n Attributes<'_>) -> &'n Text<'n>| attribute(node, get);
    match &*node.kind {
        "text" => linked(node, out),
        "hardBreak" => out.push('\n'),
        "mention" => {
            let name = of(|it| &it.text).or_else(|| of(|it| &it.id)).unwrap_or_default();
            if !name.starts_with('@') {
                out.push('@');
            }
            out.push_str(name);
        }
        "emoji" => {
            out.push_str(of(|it| &it.text).or_else(|| of(|it| &it.short_name)).unwrap_or_default());
        }
        "date" => out.push_str(&date(of(|it| &it.timestamp).unwrap_or_default())),
        "inlineCard" | "blockCard" | "embedCard" => {
            let card = node.attrs.0.as_ref().and_then(|it| it.data.0.as_ref());
            let address = of(|it| &it.url)
                .or_else(|| card.map(|it| &*it.url).filter(|it| !it.is_empty()))
                .or_else(|| card.map(|it| &*it.name));
            out.push_str(address.unwrap_or_default());
        }
        "media" | "mediaInline" | "image" => {
            let shown = [of(|it| &it.alt), of(|it| &it.title)].into_iter().flatten().next();
            out.push_str(shown.or_else(|| of(|it| &it.url)).unwrap_or_default());
        }
        // What stands in a form until somebody writes there.
        "placeholder" => {}
        _ => {
            if !node.text.is_empty() {
                linked(node, out);
            } else {
                let shown = of(|it| &it.text).or_else(|| of(|it| &it.title));
                out.push_str(shown.unwrap_or_default());
            }
        }
    }
}

/// A text; the address that a link goes to is kept behind it where it says something else.
fn linked(node: &Node<'_>, out: &mut String) {
    let text = &*node.text;
    out.push_str(text);
    let link = node.marks.0.iter().find(|it| &*it.kind == "link");
    let address = link.and_then(|it| it.attrs.0.as_ref()).map(|it| &*it.href).unwrap_or_default();
    let shown = text.trim();
    if !address.is_empty() && address != shown && address.trim_end_matches('/') != shown {
        out.push_str(" (");
        out.push_str(address);
        out.push(')');
    }
}

/// An attribute that has a value.
fn attribute<'n>(
    node: &'n Node<'_>,
    get: for<'m> fn(&'m Attributes<'_>) -> &'m Text<'m>,
) -> Option<&'n str> {
    node.attrs.0.as_ref().map(|it| &*get(it).0).filter(|it| !it.is_empty())
}

/// The day that a date's milliseconds fall on; as it is where it is no number.
fn date(timestamp: &str) -> String {
    let Ok(millis) = timestamp.parse::<i64>() else { return timestamp.to_owned() };
    let (year, month, day) = crate::sources::time::day(millis);
    format!("{year:04}-{month:02}-{day:02}")
}

/// What every member called `text` says, one below the other, however deep it stands.
fn texts(json: &str) -> String {
    let mut out = String::new();
    let mut at = 0;
    let mut name = "";
    while let Some(quote) = json[at..].find('"') {
        at += quote;
        let Some(end) = string_end(json, at) else { break };
        let string = &json[at..end];
        at = end;
        if json[at..].trim_start().starts_with(':') {
            name = string;
            continue;
        }
        if name == "\"text\""
            && let Ok(raw) = serde_json::from_str::<&RawValue>(string)
        {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&shaped::<Text>(raw));
        }
        name = "";
    }
    out
}

/// Where the string that begins here ends, its closing quote included.
fn string_end(json: &str, from: usize) -> Option<usize> {
    let bytes = json.as_bytes();
    let mut at = from + 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}
