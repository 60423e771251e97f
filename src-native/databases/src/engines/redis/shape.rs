//! Replies as rows: each command's in its own shape, all others in one that is the same for every reply.
//!
//! - a single value: `value`
//! - keys and values (`HGETALL`, `CONFIG GET`, any map): `field`, `value`; with scores: `member`, `score`
//! - a list of single values: `index` (from 0, as `LINDEX` counts), `value`
//! - a list of lists: `path` (`0.2`, `0.flags`), `type`, `value`, a row for each single value within
//! - streams: `id`, `field`, `value`, before them `key` where several are read
//! - `EXEC`: `index`, `type`, `value`, where a list or map within is JSON
//!
//! Elements of a long reply are handed over as they come; only one of them is held at a time.

use super::resp::{Head, Link, Many, Reply};
use crate::engines::pages::{Pages, column};
use crate::statement::redis::{Word, quote};
use crate::{Column, Done, Kind, Page};
use base64::Engine as _;
use std::io::{Error, ErrorKind, Result};

/// A command whose reply is to be handed over.
pub(super) struct Asked<'a> {
    pub(super) words: &'a [Word],
    /// Whether the server collects commands for `EXEC`.
    pub(super) queues: bool,
    pub(super) cancelled: &'a dyn Fn() -> bool,
}

/// How a reply ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// It was handed over, or the command was queued.
    Whole {
        /// Whether it waits for `EXEC`.
        queued: bool,
    },
    /// The server said no.
    No(String),
    /// Nobody wants the rest.
    BrokenOff,
}

const WHOLE: Ended = Ended::Whole { queued: false };

enum Shape {
    Any,
    Pairs(&'static str, &'static str),
    Named(&'static str, Vec<Vec<u8>>),
    Entries,
    Streams,
    Scan(&'static [&'static str]),
    Exec,
    Info,
    Clients,
    Listen,
    Monitor,
}

fn upper(word: &Word) -> String {
    String::from_utf8_lossy(&word.bytes).to_ascii_uppercase()
}

fn shape(words: &[Word]) -> Shape {
    let Some(name) = words.first().map(upper) else { return Shape::Any };
    let second = words.get(1).map(upper).unwrap_or_default();
    let has = |option: &str| words.iter().skip(2).any(|it| upper(it) == option);
    let names = |from: usize| words.iter().skip(from).map(|it| it.bytes.clone()).collect();
    match name.as_str() {
        "HGETALL" => Shape::Pairs("field", "value"),
        "CONFIG" if second == "GET" => Shape::Pairs("name", "value"),
        "HRANDFIELD" if has("WITHVALUES") => Shape::Pairs("field", "value"),
        "ZPOPMIN" | "ZPOPMAX" => Shape::Pairs("member", "score"),
        "ZRANGE" | "ZREVRANGE" | "ZRANGEBYSCORE" | "ZREVRANGEBYSCORE" | "ZUNION" | "ZINTER"
        | "ZDIFF" | "ZRANDMEMBER"
            if has("WITHSCORES") =>
        {
            Shape::Pairs("member", "score")
        }
        "MGET" => Shape::Named("key", names(1)),
        "HMGET" => Shape::Named("field", names(2)),
        "XRANGE" | "XREVRANGE" => Shape::Entries,
        "XCLAIM" if !has("JUSTID") => Shape::Entries,
        "XREAD" | "XREADGROUP" => Shape::Streams,
        "SCAN" => Shape::Scan(&["key"]),
        "SSCAN" => Shape::Scan(&["member"]),
        "HSCAN" if has("NOVALUES") => Shape::Scan(&["field"]),
        "HSCAN" => Shape::Scan(&["field", "value"]),
        "ZSCAN" => Shape::Scan(&["member", "score"]),
        "EXEC" => Shape::Exec,
        "INFO" => Shape::Info,
        "CLIENT" if second == "LIST" || second == "INFO" => Shape::Clients,
        "SUBSCRIBE" | "PSUBSCRIBE" | "SSUBSCRIBE" => Shape::Listen,
        "MONITOR" => Shape::Monitor,
        _ => Shape::Any,
    }
}

/// Reads the reply of a command that was sent, and hands it over.
pub(super) fn hand_over(link: &mut Link, asked: &Asked<'_>, rows: &mut Pages<'_>) -> Result<Ended> {
    let mut put = Put { link, asked, rows };
    let shape = shape(asked.words);
    if let Shape::Listen = shape
        && !asked.queues
    {
        return put.listen();
    }
    let head = match put.link.head()? {
        Head::One(Reply::Error(why)) => {
            return Ok(Ended::No(String::from_utf8_lossy(&why).into_owned()));
        }
        head => head,
    };
    if asked.queues
        && let Head::One(Reply::Word(word)) = &head
        && word == b"QUEUED"
    {
        put.one(&Reply::Word(word.clone()))?;
        return Ok(Ended::Whole { queued: true });
    }
    match (shape, head) {
        (Shape::Pairs(left, right), Head::Many(_, count)) => put.pairs(left, right, count),
        (Shape::Named(what, names), Head::Many(_, count)) => put.named(what, &names, count),
        (Shape::Entries, Head::Many(_, count)) => {
            put.begin(&ENTRY[1..]);
            put.entries(None, count)
        }
        (Shape::Streams, Head::Many(kind, count)) => put.streams(kind, count),
        (Shape::Streams | Shape::Entries, Head::One(Reply::Nil)) => {
            put.begin(ENTRY);
            put.end()
        }
        (Shape::Scan(names), Head::Many(_, 2)) => put.scan(names),
        (Shape::Exec, Head::Many(_, count)) => put.exec(count),
        (Shape::Exec, Head::One(Reply::Nil)) => {
            let text = "nothing was done: a key that was watched has been changed meanwhile";
            Ok(Ended::No(text.to_owned()))
        }
        (Shape::Info, Head::One(reply)) => put.info(&reply),
        (Shape::Clients, Head::One(reply)) => put.clients(&reply),
        (Shape::Monitor, Head::One(_)) => put.monitor(),
        (_, Head::Many(Many::Map, count)) => put.pairs("field", "value", count),
        (_, Head::Many(_, count)) => put.list(count),
        (_, Head::One(reply)) => put.one(&reply),
    }
}

const ENTRY: &[&str] = &["key", "id", "field", "value"];

struct Put<'a, 'b, 'c> {
    link: &'a mut Link,
    asked: &'a Asked<'b>,
    rows: &'a mut Pages<'c>,
}

impl Put<'_, '_, '_> {
    fn begin(&mut self, names: &[&str]) {
        let columns: Vec<Column> = names
            .iter()
            .map(|it| match *it {
                "index" => column(it, "integer", Kind::Integer),
                "score" => column(it, "double", Kind::Float),
                it => column(it, "", Kind::Text),
            })
            .collect();
        self.rows.begin(&columns);
    }

    fn end(&mut self) -> Result<Ended> {
        self.end_with(self.asked.words.first().map(upper).unwrap_or_default())
    }

    fn end_with(&mut self, tag: String) -> Result<Ended> {
        self.rows.end(&Done { affected: None, tag });
        Ok(WHOLE)
    }

    /// A row is done. Whether to stop.
    fn stops(&mut self) -> bool {
        self.rows.row_done().is_break() || (self.asked.cancelled)()
    }

    fn one(&mut self, reply: &Reply) -> Result<Ended> {
        let kind = kind_of(reply);
        let kind = if kind == Kind::Null { Kind::Text } else { kind };
        self.rows.begin(&[column("value", reply.type_name(), kind)]);
        cell(self.rows.page(), reply);
        self.end()
    }

    /// Pairs, each by itself or all in one row.
    fn pairs(&mut self, left: &str, right_name: &str, count: usize) -> Result<Ended> {
        self.begin(&[left, right_name]);
        let mut read = 0;
        while read < count {
            let first = self.link.reply()?;
            read += 1;
            if let Reply::Many(_, items) = &first
                && let [left, right] = items.as_slice()
            {
                self.pair(right_name, left, right);
            } else {
                let second = if read < count { self.link.reply()? } else { Reply::Nil };
                read += 1;
                self.pair(right_name, &first, &second);
            }
            if self.stops() {
                return Ok(Ended::BrokenOff);
            }
        }
        self.end()
    }

    fn pair(&mut self, right_name: &str, left: &Reply, right: &Reply) {
        cell(self.rows.page(), left);
        match right_name {
            "score" => score_cell(self.rows.page(), right),
            _ => cell(self.rows.page(), right),
        }
    }

    fn named(&mut self, what: &str, names: &[Vec<u8>], count: usize) -> Result<Ended> {
        self.begin(&[what, "value"]);
        for at in 0..count {
            let reply = self.link.reply()?;
            match names.get(at) {
                Some(name) => self.rows.page().push(Kind::Text, name),
                None => self.rows.page().push_null(),
            }
            cell(self.rows.page(), &reply);
            if self.stops() {
                return Ok(Ended::BrokenOff);
            }
        }
        self.end()
    }

    fn entries(&mut self, key: Option<&Reply>, count: usize) -> Result<Ended> {
        for _ in 0..count {
            let entry = self.link.reply()?;
            if self.entry(key, &entry) {
                return Ok(Ended::BrokenOff);
            }
        }
        if key.is_some() { Ok(WHOLE) } else { self.end() }
    }

    /// An entry of a stream: a row for each of its fields. Whether to stop.
    fn entry(&mut self, key: Option<&Reply>, entry: &Reply) -> bool {
        let id = entry.list().first().unwrap_or(&Reply::Nil);
        let fields = entry.list().get(1).map(Reply::list).unwrap_or_default();
        let gone = [Reply::Nil, Reply::Nil];
        let fields = if fields.is_empty() { &gone[..] } else { fields };
        for pair in fields.chunks(2) {
            let page = self.rows.page();
            if let Some(key) = key {
                cell(page, key);
            }
            cell(page, id);
            cell(page, &pair[0]);
            cell(page, pair.get(1).unwrap_or(&Reply::Nil));
            if self.stops() {
                return true;
            }
        }
        false
    }

    fn streams(&mut self, kind: Many, count: usize) -> Result<Ended> {
        self.begin(ENTRY);
        let count = if kind == Many::Map { count / 2 } else { count };
        for _ in 0..count {
            if kind != Many::Map && !matches!(self.link.head()?, Head::Many(_, 2)) {
                return Err(odd());
            }
            let key = self.link.reply()?;
            let Head::Many(_, entries) = self.link.head()? else { return Err(odd()) };
            if self.entries(Some(&key), entries)? == Ended::BrokenOff {
                return Ok(Ended::BrokenOff);
            }
        }
        self.end()
    }

    fn scan(&mut self, names: &[&str]) -> Result<Ended> {
        let cursor = self.link.reply()?.words();
        let Head::Many(_, count) = self.link.head()? else { return Err(odd()) };
        self.begin(names);
        for at in 1..=count {
            let reply = self.link.reply()?;
            match names[(at - 1) % names.len()] {
                "score" => score_cell(self.rows.page(), &reply),
                _ => cell(self.rows.page(), &reply),
            }
            if at % names.len() == 0 && self.stops() {
                return Ok(Ended::BrokenOff);
            }
        }
        if cursor != "0" {
            let next = self.with_cursor(&cursor);
            self.rows.notice("NEXT", next);
        }
        self.end_with(format!("cursor {cursor}"))
    }

    /// The same command, from where it ended.
    fn with_cursor(&self, cursor: &str) -> String {
        let of_keys = self.asked.words.first().is_some_and(|it| upper(it) == "SCAN");
        let at = if of_keys { 1 } else { 2 };
        let words = self.asked.words.iter().enumerate();
        let words: Vec<_> = words
            .map(|(it, word)| if it == at { cursor.to_owned() } else { quote(&word.bytes) })
            .collect();
        words.join(" ")
    }

    fn exec(&mut self, count: usize) -> Result<Ended> {
        self.begin(&["index", "type", "value"]);
        for at in 0..count {
            let reply = self.link.reply()?;
            let page = self.rows.page();
            page.push_known(Kind::Integer, at.to_string().as_bytes());
            page.push_known(Kind::Text, reply.type_name().as_bytes());
            cell(page, &reply);
            if self.stops() {
                return Ok(Ended::BrokenOff);
            }
        }
        self.end()
    }

    /// Any list. Its first element tells which columns it has.
    fn list(&mut self, count: usize) -> Result<Ended> {
        let first = if count == 0 { None } else { Some(self.link.head()?) };
        let nested = matches!(first, Some(Head::Many(..)));
        self.begin(if nested { &["path", "type", "value"] } else { &["index", "value"] });
        let mut first = first;
        for at in 0..count {
            let head = match first.take() {
                Some(head) => head,
                None => self.link.head()?,
            };
            let reply = self.link.rest(head)?;
            if self.leaves(&at.to_string(), &reply, nested, true) {
                return Ok(Ended::BrokenOff);
            }
        }
        self.end()
    }

    /// A row for each single value within. Whether to stop.
    fn leaves(&mut self, path: &str, reply: &Reply, nested: bool, top: bool) -> bool {
        match reply {
            Reply::Many(Many::Map, items) if !items.is_empty() => items.chunks(2).any(|pair| {
                let path = format!("{path}.{}", pair[0].words());
                self.leaves(&path, pair.get(1).unwrap_or(&Reply::Nil), nested, false)
            }),
            Reply::Many(_, items) if !items.is_empty() => items
                .iter()
                .enumerate()
                .any(|(at, item)| self.leaves(&format!("{path}.{at}"), item, nested, false)),
            _ => {
                let page = self.rows.page();
                let kind = if top && !nested { Kind::Integer } else { Kind::Text };
                page.push_known(kind, path.as_bytes());
                if nested {
                    page.push_known(Kind::Text, reply.type_name().as_bytes());
                }
                match reply {
                    Reply::Many(..) => page.push_null(),
                    reply => cell(page, reply),
                }
                self.stops()
            }
        }
    }

    fn info(&mut self, reply: &Reply) -> Result<Ended> {
        self.begin(&["section", "name", "value"]);
        let text = reply.words();
        let mut section = "";
        for line in text.lines().map(str::trim_end) {
            if let Some(name) = line.strip_prefix("# ") {
                section = name;
            } else if let Some((name, value)) = line.split_once(':') {
                let page = self.rows.page();
                for text in [section, name, value] {
                    page.push_known(Kind::Text, text.as_bytes());
                }
                if self.stops() {
                    return Ok(Ended::BrokenOff);
                }
            }
        }
        self.end()
    }

    fn clients(&mut self, reply: &Reply) -> Result<Ended> {
        let text = reply.words();
        let fields = |line: &'_ str| -> Vec<(String, String)> {
            let pairs = line.split(' ').filter_map(|it| it.split_once('='));
            pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
        };
        let names: Vec<String> =
            fields(text.lines().next().unwrap_or_default()).into_iter().map(|it| it.0).collect();
        if names.is_empty() {
            return self.one(reply);
        }
        self.begin(&names.iter().map(String::as_str).collect::<Vec<_>>());
        for line in text.lines().filter(|it| !it.is_empty()) {
            let found = fields(line);
            for name in &names {
                match found.iter().find(|it| it.0 == *name) {
                    Some((_, value)) => self.rows.page().push_known(Kind::Text, value.as_bytes()),
                    None => self.rows.page().push_null(),
                }
            }
            if self.stops() {
                return Ok(Ended::BrokenOff);
            }
        }
        self.end()
    }

    /// What is published, until somebody stops it.
    fn listen(&mut self) -> Result<Ended> {
        let mut begun = false;
        loop {
            let head = self.link.next()?;
            let reply = self.link.rest(head)?;
            if let Reply::Error(_) = reply
                && !begun
            {
                return Ok(Ended::No(reply.words()));
            }
            let (kind, pattern, channel, message) = match reply.list() {
                [kind, pattern, channel, message] => (kind, pattern, channel, message),
                [kind, channel, message] => (kind, &Reply::Nil, channel, message),
                _ => continue,
            };
            if !begun {
                self.begin(&["kind", "pattern", "channel", "message"]);
                begun = true;
            }
            for reply in [kind, pattern, channel, message] {
                cell(self.rows.page(), reply);
            }
            if self.stops() {
                return Ok(Ended::BrokenOff);
            }
            if !self.link.has_more() {
                self.rows.flush();
            }
        }
    }

    /// What everybody asks the server, until somebody stops it.
    fn monitor(&mut self) -> Result<Ended> {
        let columns = [
            column("time", "", Kind::Decimal),
            column("database", "integer", Kind::Integer),
            column("client", "", Kind::Text),
            column("command", "", Kind::Text),
        ];
        self.rows.begin(&columns);
        self.rows.flush();
        loop {
            let line = self.link.reply()?.words();
            let page = self.rows.page();
            let parts = line.split_once(" [").and_then(|(time, rest)| {
                let (from, command) = rest.split_once("] ")?;
                let (database, client) = from.split_once(' ')?;
                Some((time, database, client, command))
            });
            match parts {
                Some((time, database, client, command)) => {
                    page.push_known(Kind::Decimal, time.as_bytes());
                    page.push_known(Kind::Integer, database.as_bytes());
                    page.push_known(Kind::Text, client.as_bytes());
                    page.push_known(Kind::Text, command.as_bytes());
                }
                None => {
                    (0..3).for_each(|_| page.push_null());
                    page.push_known(Kind::Text, line.as_bytes());
                }
            }
            if self.stops() {
                return Ok(Ended::BrokenOff);
            }
            if !self.link.has_more() {
                self.rows.flush();
            }
        }
    }
}

fn odd() -> Error {
    Error::new(ErrorKind::InvalidData, "a reply is not shaped as its command's should be")
}

fn kind_of(reply: &Reply) -> Kind {
    match reply {
        Reply::Nil => Kind::Null,
        Reply::Word(_) | Reply::Bulk(_) | Reply::Error(_) => Kind::Text,
        Reply::Integer(_) | Reply::Big(_) => Kind::Integer,
        Reply::Double(_) => Kind::Float,
        Reply::Bool(_) => Kind::Bool,
        Reply::Many(..) => Kind::Json,
    }
}

fn cell(page: &mut Page, reply: &Reply) {
    match reply {
        Reply::Nil => page.push_null(),
        Reply::Integer(it) => page.push_known(Kind::Integer, it.to_string().as_bytes()),
        Reply::Bool(it) => page.push_known(Kind::Bool, if *it { b"true" } else { b"false" }),
        Reply::Many(..) => {
            let mut text = String::new();
            json(&mut text, reply);
            page.push_known(Kind::Json, text.as_bytes());
        }
        reply => page.push(kind_of(reply), reply.bytes()),
    }
}

/// A score, which servers of before RESP3, and `ZSCAN`, tell as text.
fn score_cell(page: &mut Page, reply: &Reply) {
    match reply {
        Reply::Bulk(text) => page.push(Kind::Float, text),
        reply => cell(page, reply),
    }
}

/// A reply as JSON. What is not UTF-8 becomes `{"base64":"…"}`, an error `{"error":"…"}`.
fn json(text: &mut String, reply: &Reply) {
    match reply {
        Reply::Nil => text.push_str("null"),
        Reply::Integer(it) => text.push_str(&it.to_string()),
        Reply::Bool(it) => text.push_str(if *it { "true" } else { "false" }),
        Reply::Double(it) | Reply::Big(it) if it.last().is_some_and(u8::is_ascii_digit) => {
            text.push_str(&String::from_utf8_lossy(it));
        }
        Reply::Error(it) => {
            text.push_str("{\"error\":");
            string(text, &String::from_utf8_lossy(it));
            text.push('}');
        }
        Reply::Many(Many::Map, items) => {
            let named = items.chunks(2).all(|it| std::str::from_utf8(it[0].bytes()).is_ok());
            text.push(if named { '{' } else { '[' });
            for (at, pair) in items.chunks(2).enumerate() {
                text.push_str(if at > 0 { "," } else { "" });
                text.push_str(if named { "" } else { "[" });
                if named {
                    string(text, &pair[0].words())
                } else {
                    json(text, &pair[0])
                }
                text.push(if named { ':' } else { ',' });
                json(text, pair.get(1).unwrap_or(&Reply::Nil));
                text.push_str(if named { "" } else { "]" });
            }
            text.push(if named { '}' } else { ']' });
        }
        Reply::Many(_, items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                text.push_str(if at > 0 { "," } else { "" });
                json(text, item);
            }
            text.push(']');
        }
        reply => match std::str::from_utf8(reply.bytes()) {
            Ok(it) => string(text, it),
            Err(_) => {
                text.push_str("{\"base64\":\"");
                text.push_str(&base64::engine::general_purpose::STANDARD.encode(reply.bytes()));
                text.push_str("\"}");
            }
        },
    }
}

fn string(text: &mut String, value: &str) {
    text.push('"');
    for letter in value.chars() {
        match letter {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            it if u32::from(it) < 0x20 => text.push_str(&format!("\\u{:04x}", u32::from(it))),
            it => text.push(it),
        }
    }
    text.push('"');
}
