//! Calls in a text: found by their words, read whole by their brackets.

mod elements;

use super::answers::{self, Answer};
use super::script::{Parts, is_name, words};
use super::words::{HOSTS, WORDS, Word};
use super::{Asked, Call, What, script};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::ops::Range;

/// Most of a call's words that is told, in characters.
const TEXT_MAX: usize = 2_000;
/// How far around a place is looked for what it belongs to, in bytes.
const NEAR: usize = 2_000;
/// How much of a text is read again and again to find ends of calls, as often as it is long: what opens
/// brackets without end takes no time without end.
const READ_AGAIN: usize = 30;

const LATER: &str = "a script makes this element: let it load the tracker's script, or put the tracker's element into the page's head";
const SNIPPET: &str =
    "the whole element goes; the tracker's own element takes its place in the page's head, once";
const PACKAGE: &str = "take it out of the dependencies once no call is left";
const PLUGIN: &str = "a plugin puts Google's script into every page: put the tracker's element into the page's head instead";
const CONSENT: &str = "it asks for consent: it can go if nothing else on the site needs consent";
const ID: &str = "a property's id: whatever reads it can go";
const OPT_OUT: &str =
    "it keeps Google's script still; ours keeps still where `window.backstory` is `false`";
const ENDLESS: &str = "where it ends cannot be told: look at it";
const COOKIE: &str = "it speaks of Google's cookies: nobody sets them any more";

/// All calls of a file.
pub(super) fn calls(file: &str, text: &str, asked: &Asked) -> Vec<Call> {
    let (Some(search), all) = (&WORDS.0, &WORDS.1) else { return Vec::new() };
    let lower = file.to_lowercase();
    let is_prose = [".md", ".txt", ".rst", ".adoc"].iter().any(|it| lower.ends_with(it));
    let mut hits: Vec<(usize, usize, Word)> = search
        .find_overlapping_iter(text)
        .map(|it| (it.start(), it.end(), all[it.pattern().as_usize()].1))
        .filter(|it| !is_prose || matches!(it.2, Word::Host | Word::OtherTag))
        .collect();
    if hits.is_empty() {
        return Vec::new();
    }
    if let Some(called) = alias(text).map(|it| format!("{it}.")) {
        let found = text.match_indices(&called).map(|it| (it.0, it.0 + called.len(), Word::Method));
        hits.extend(found);
    }
    let is_of_google = |it: &(usize, usize, Word)| {
        !matches!(it.2, Word::Id | Word::Umami | Word::Plausible | Word::OtherTag | Word::Consent)
    };
    let names_google = hits.iter().any(is_of_google);
    // What holds others comes first: elements, then calls, then names alone.
    let order = |it: &Word| match it {
        Word::Host | Word::Component | Word::OtherTag => 0,
        Word::Id | Word::Cookie => 2,
        _ => 1,
    };
    hits.sort_by_key(|it| (order(&it.2), it.0));
    let reader = Reader {
        text,
        asked,
        is_config: is_config(&lower),
        names_google,
        left: Cell::new(text.len().saturating_mul(READ_AGAIN).saturating_add(1 << 20)),
    };
    // Ends of what was found, by where it begins; none lies in another.
    let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
    let mut calls = Vec::new();
    let mut lines = Lines::new(text);
    for (start, end, word) in hits {
        let is_taken = |it: &Range<usize>, taken: &BTreeMap<usize, usize>| {
            taken.range(..it.end).next_back().is_some_and(|before| *before.1 > it.start)
        };
        if is_taken(&(start..start + 1), &taken) {
            continue;
        }
        let read = reader.read(start, end, word).or_else(|| reader.endless(start, end, word));
        let Some((span, (what, replacement, note))) = read else { continue };
        if is_taken(&span, &taken) {
            continue;
        }
        let (line, column) = lines.place(span.start);
        let words = &text[span.clone()];
        calls.push(Call {
            file: file.to_owned(),
            line,
            column,
            until: lines.place(span.end.saturating_sub(1).max(span.start)).0,
            what,
            text: crate::collect::page::short(words, TEXT_MAX),
            replacement,
            note,
        });
        taken.insert(span.start, span.end);
    }
    calls
}

/// Where lines begin.
struct Lines<'a> {
    text: &'a str,
    begins: Vec<usize>,
}

impl Lines<'_> {
    fn new(text: &str) -> Lines<'_> {
        let begins = memchr::memchr_iter(b'\n', text.as_bytes()).map(|it| it + 1);
        Lines { text, begins: std::iter::once(0).chain(begins).collect() }
    }

    fn place(&mut self, at: usize) -> (u32, u32) {
        let line = self.begins.partition_point(|it| *it <= at);
        let begin = self.begins[line.saturating_sub(1)];
        let before = self.text.get(begin..at).map_or(0, |it| it.chars().count());
        (line as u32, before as u32 + 1)
    }
}

/// Files of settings, where names of packages and ids stand for themselves.
fn is_config(file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.contains("config")
        || [".json", ".toml", ".yml", ".yaml", ".env"].iter().any(|it| name.ends_with(it))
        || name.starts_with(".env")
}

/// What `react-ga` is called in this file.
fn alias(text: &str) -> Option<&str> {
    let at = ["'react-ga4'", "\"react-ga4\"", "'react-ga'", "\"react-ga\""]
        .iter()
        .find_map(|it| text.find(it))?;
    let line = text[..at].rsplit(['\n', ';']).next()?;
    let name = line.trim().strip_prefix("import")?.trim_start().trim_start_matches("* as ");
    let end = name.bytes().position(|it| !is_name(it))?;
    Some(&name[..end]).filter(|it| !it.is_empty() && *it != "ReactGA")
}

struct Reader<'a> {
    text: &'a str,
    asked: &'a Asked,
    is_config: bool,
    names_google: bool,
    /// Bytes that may still be read for ends of calls.
    left: Cell<usize>,
}

type Read = Option<(Range<usize>, Answer)>;

impl<'a> Reader<'a> {
    /// What a bracket opens, as long as that is worth it.
    fn parts(&self, open: usize) -> Option<Parts> {
        let left = self.left.get();
        if left == 0 {
            return None;
        }
        let found = script::parts(self.text, open);
        let read = found.as_ref().map_or(script::CALL_MAX, |it| it.end - open);
        self.left.set(left.saturating_sub(read));
        found
    }

    /// The text before a place, as far as it is looked at.
    fn before(&self, at: usize) -> &'a str {
        &self.text[self.text.floor_char_boundary(at.saturating_sub(NEAR))..at]
    }

    /// The text behind a place, as far as it is looked at.
    fn behind(&self, at: usize) -> &'a str {
        &self.text
            [at..self.text.floor_char_boundary(at.saturating_add(2 * NEAR).min(self.text.len()))]
    }

    fn read(&self, start: usize, end: usize, word: Word) -> Read {
        let is_call =
            !matches!(word, Word::Host | Word::Component | Word::OtherTag | Word::Package);
        if is_call && self.is_comment(start) {
            return None;
        }
        match word {
            Word::Host => self.host(start),
            Word::Gtag => self.gtag(start, end),
            Word::Ga => {
                let begins = self.receiver(start)?;
                let (arguments, ends) = self.arguments(end - 1)?;
                Some((begins..ends, answers::ga(self.asked, &arguments)?))
            }
            Word::Gaq | Word::DataLayer => self.pushed(start, end, word),
            Word::Method => self.method(start, end),
            Word::Component => self.component(start),
            Word::Disabled => {
                Some((self.statement(start), (What::Consent, Some(String::new()), OPT_OUT)))
            }
            Word::Cookie => {
                let line = self.line(start);
                self.text[line.clone()].to_lowercase().contains("cookie").then(|| {
                    let ends = start
                        + self.text[start..line.end]
                            .find([',', ')', ';', ']'])
                            .unwrap_or(line.end - start);
                    (start..ends, (What::Consent, None, COOKIE))
                })
            }
            Word::Package => self.package(start, end),
            Word::Consent => {
                let line = self.trimmed(self.line(start));
                Some((line, (What::Consent, None, CONSENT)))
            }
            Word::Id => self.id(start, end),
            Word::Umami => {
                if !self.asked.others {
                    return None;
                }
                let begins = self.receiver(start)?;
                let (arguments, ends) = self.arguments(end - 1)?;
                Some((begins..ends, answers::umami(self.asked, &arguments)))
            }
            Word::Plausible => {
                if !self.asked.others {
                    return None;
                }
                let begins = self.receiver(start)?;
                let (arguments, ends) = self.arguments(end - 1)?;
                arguments.first().filter(|it| words(it).is_some())?;
                Some((begins..ends, answers::plausible(self.asked, &arguments)))
            }
            Word::OtherTag => {
                let element = self.element(start).filter(|_| self.asked.others)?;
                let name = self.tag_name(element.start);
                let is_script = name.eq_ignore_ascii_case("script");
                is_script.then(|| {
                    let tag = answers::tag(self.asked, name);
                    (element, (What::Tag, Some(tag), ""))
                })
            }
        }
    }

    /// A call whose end is not found, because a sign in it looks like a bracket or a quote (`/[)"]/`). It is
    /// told all the same: what is not listed is taken for gone.
    fn endless(&self, start: usize, end: usize, word: Word) -> Read {
        let is_call = matches!(word, Word::Gtag | Word::Ga | Word::Gaq | Word::DataLayer)
            && self.text[..end].ends_with('(');
        if !is_call || self.is_comment(start) || self.parts(end - 1).is_some() {
            return None;
        }
        let line = self.trimmed(self.receiver(start)?..self.line(start).end);
        Some((line, (What::Other, None, ENDLESS)))
    }

    /// Whether a line is a comment up to there.
    fn is_comment(&self, at: usize) -> bool {
        let before = &self.text[self.line(at).start..at];
        let before = before.trim_start();
        ["//", "* ", "/*", "#"].iter().any(|it| before.starts_with(it))
            || before.rfind("<!--").is_some_and(|it| !before[it..].contains("-->"))
    }

    fn line(&self, at: usize) -> Range<usize> {
        let (before, behind) = (self.before(at), self.behind(at));
        let begins = at - before.len() + before.rfind('\n').map_or(0, |it| it + 1);
        begins..at + behind.find('\n').unwrap_or(behind.len())
    }

    fn trimmed(&self, range: Range<usize>) -> Range<usize> {
        let text = &self.text[range.clone()];
        let begins = range.start + text.len() - text.trim_start().len();
        begins..begins + text.trim().len()
    }

    /// A statement, to its semicolon or the end of its line.
    fn statement(&self, at: usize) -> Range<usize> {
        let line = self.line(at);
        let before = &self.text[line.start..at];
        let begins = line.start + before.rfind([';', '{', '}']).map_or(0, |it| it + 1);
        let ends = self.text[at..line.end].find(';').map_or(line.end, |it| at + it + 1);
        self.trimmed(begins..ends)
    }

    /// Where a call begins: with `window.` before it, if that is there. None where the name goes on before.
    fn receiver(&self, start: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let Some(before) = start.checked_sub(1).map(|it| bytes[it]) else { return Some(start) };
        if is_name(before) {
            return None;
        }
        if before != b'.' {
            return Some(start);
        }
        let mut begins = start - 1;
        if begins > 0 && bytes[begins - 1] == b'?' {
            begins -= 1;
        }
        // `(window as any).gtag(…)`
        if begins > 0 && bytes[begins - 1] == b')' {
            let before = self.before(begins);
            return Some(begins - before.len() + before.rfind('(')?);
        }
        while begins > 0 && (is_name(bytes[begins - 1]) || bytes[begins - 1] == b'.') {
            begins -= 1;
        }
        Some(begins)
    }

    fn arguments(&self, open: usize) -> Option<(Vec<&'a str>, usize)> {
        let Parts { parts, end } = self.parts(open)?;
        Some((parts.into_iter().map(|it| &self.text[it]).collect(), end))
    }

    fn gtag(&self, start: usize, end: usize) -> Read {
        let begins = self.receiver(start)?;
        let before = self.text[..begins].trim_end();
        if let Some(before) = before.strip_suffix("function") {
            let body = self.behind(end).find('{').map(|it| end + it)?;
            let ends = self.parts(body)?.end;
            return Some((before.len()..ends, (What::Setup, Some(String::new()), "")));
        }
        let (arguments, ends) = self.arguments(end - 1)?;
        Some((begins..ends, answers::gtag(self.asked, &arguments)))
    }

    fn pushed(&self, start: usize, end: usize, word: Word) -> Read {
        let begins = self.receiver(start)?;
        if self.text[..end].ends_with('=') {
            let is_same = self.text[end..].starts_with('=');
            return (!is_same)
                .then(|| (self.statement(start), (What::Setup, Some(String::new()), "")));
        }
        let (arguments, ends) = self.arguments(end - 1)?;
        let answer = match word {
            Word::Gaq => answers::gaq(self.asked, &arguments),
            _ => answers::pushed(self.asked, &arguments),
        };
        Some((begins..ends, answer))
    }

    /// A method of one of the packages.
    fn method(&self, start: usize, end: usize) -> Read {
        let begins = self
            .receiver(start)
            .filter(|_| !self.text[start..].starts_with('.'))
            .or_else(|| {
                let before = self.text[..start]
                    .bytes()
                    .rev()
                    .take_while(|it| is_name(*it) || *it == b'.')
                    .count();
                self.text[start..].starts_with('.').then(|| start - before)
            })?;
        let (method, open) = match self.text[..end].strip_suffix('(') {
            Some(before) => (before.rsplit('.').next().unwrap_or(before), end - 1),
            None => {
                let rest = &self.text[end..];
                let length = rest.bytes().position(|it| !is_name(it))?;
                let open = end + length;
                self.text[open..].starts_with('(').then_some((&rest[..length], open))?
            }
        };
        let method = method
            .rsplit(|it: char| !it.is_ascii_alphanumeric() && it != '_')
            .next()
            .unwrap_or(method);
        let (arguments, ends) = self.arguments(open)?;
        let answer = match method {
            "sendGTMEvent" => answers::pushed(self.asked, &arguments),
            "next" => {
                answers::classic_object(self.asked, arguments.first().copied().unwrap_or_default())
            }
            "dataLayer" => (What::TagManager, None, answers::LAYER),
            "initialize" if self.text[start..].starts_with("TagManager") => {
                (What::TagManager, Some(String::new()), answers::CONTAINER)
            }
            method => answers::wrapped(self.asked, method, &arguments),
        };
        Some((begins..ends, answer))
    }

    fn package(&self, start: usize, end: usize) -> Read {
        let line = self.line(start);
        let words = self.text[line.clone()].trim();
        let gone = Some(String::new());
        if let Some(import) = self.import(start) {
            return Some((import, (What::Package, gone, "")));
        }
        if words.contains("require(") {
            return Some((self.trimmed(line), (What::Package, gone, "")));
        }
        let after = self.text[end..].trim_start();
        if after.starts_with(':') && self.is_config {
            return Some((self.trimmed(line), (What::Package, gone, PACKAGE)));
        }
        // `{ resolve: 'gatsby-plugin-…', options: { … } }`, `['nuxt-…', { … }]`
        let before = self.text[..start].trim_end();
        let open = match before.strip_suffix("resolve:") {
            Some(before) => before.trim_end().strip_suffix('{').map(str::len),
            None => before.strip_suffix('[').filter(|_| after.starts_with(',')).map(str::len),
        };
        let whole = open.and_then(|open| Some(open..self.parts(open)?.end));
        let span =
            whole.filter(|it| it.end > end && it.end - it.start < 3_000).unwrap_or(start..end);
        self.is_config.then_some((span, (What::Package, gone, PLUGIN)))
    }

    /// The import that ends with this name.
    fn import(&self, start: usize) -> Option<Range<usize>> {
        let before = self.before(start);
        let begins = start - before.len() + before.rfind("import")?;
        let between = &self.text[begins + 6..start];
        let is_one = between.trim_end().ends_with("from")
            || between.trim().is_empty()
            || between.trim() == "(";
        if !is_one || between.contains([';', '"', '\'']) {
            return None;
        }
        Some(self.trimmed(begins..self.line(start).end))
    }

    /// `G-XXXXXXXXXX`, `UA-12345-1`, `GTM-XXXX`.
    fn id(&self, start: usize, end: usize) -> Read {
        let bytes = self.text.as_bytes();
        let before = start.checked_sub(1).map_or(b' ', |it| bytes[it]);
        if is_name(before) || before == b'-' || before == b'/' {
            return None;
        }
        let length = bytes[end..].iter().position(|it| !it.is_ascii_alphanumeric() && *it != b'-');
        let rest = &self.text[end..end + length.unwrap_or(bytes.len() - end)];
        let is_upper = rest.bytes().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit());
        let is_id = match &self.text[start..end] {
            "UA-" => rest.split_once('-').is_some_and(|(account, property)| {
                let is_number = |it: &str| it.bytes().all(|it| it.is_ascii_digit() || it == b'X');
                account.len() >= 4
                    && !property.is_empty()
                    && is_number(account)
                    && is_number(property)
            }),
            "GTM-" => is_upper && (4..=9).contains(&rest.len()),
            _ => {
                let has_digit = rest.bytes().any(|it| it.is_ascii_digit());
                is_upper
                    && (8..=12).contains(&rest.len())
                    && (has_digit || rest.bytes().all(|it| it == b'X'))
            }
        };
        let is_quoted = matches!(before, b'"' | b'\'' | b'`' | b'=' | b' ' | b':' | b'>');
        let is_told = self.is_config || self.names_google || matches!(before, b'"' | b'\'' | b'`');
        (is_id && is_quoted && is_told)
            .then(|| (start..end + rest.len(), (What::Id, Some(String::new()), ID)))
    }
}
