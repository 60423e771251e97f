//! Logs of web servers: which requests were page views.

mod extended;
mod json;
mod pattern;

pub(super) use json::is_request as is_json_request;
pub(super) use pattern::Pattern;

use super::lines::{Line, Lines};
use super::made::{Row, Seen, Who};
use super::{Found, Input, Passed, Source};
use crate::event::{Door, Kind, Verdict};
use extended::Extended;
use std::io;

/// Longest object of JSON, in bytes: of one line or of several.
const OBJECT_MAX: usize = 256 << 10;

/// A request, as a log tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Request {
    /// When, in milliseconds.
    pub(super) at: i64,
    /// Whose: an address, or what a server made of it.
    pub(super) from: String,
    /// `GET`; empty where a log does not tell.
    pub(super) method: String,
    /// From the path on, or whole.
    pub(super) url: String,
    /// Host of the site.
    pub(super) host: String,
    /// The answer's status; 0 where a log does not tell.
    pub(super) status: u16,
    /// Address of the page before.
    pub(super) referrer: String,
    /// User agent.
    pub(super) agent: String,
    /// Languages the browser asks for.
    pub(super) language: String,
    /// `Content-Type` of the answer.
    pub(super) content: String,
    /// `Sec-Fetch-Dest`: what the browser fetches it for.
    pub(super) destination: String,
    /// Two letters, where the server knows.
    pub(super) country: String,
    /// Whether `Sec-GPC: 1` or `DNT: 1` came with it.
    pub(super) opted_out: bool,
    /// Whether it was fetched ahead.
    pub(super) prefetch: bool,
}

impl Request {
    /// Takes `GET /a?b HTTP/1.1` apart. What is no request at all has no method then.
    fn line(&mut self, line: &str) {
        let (method, rest) = line.trim().split_once(' ').unwrap_or(("", ""));
        if method.is_empty() || !method.bytes().all(|it| it.is_ascii_uppercase()) {
            self.method = "-".into();
            return;
        }
        self.method = method.into();
        let url = rest.rsplit_once(" HTTP/").map_or(rest, |it| it.0);
        self.url = url.trim().into();
    }

    /// The row of a page view, or why it is none.
    fn row(self) -> Result<Row, Passed> {
        if !self.method.is_empty() && self.method != "GET" {
            return Err(Passed::Method);
        }
        if self.status != 0 && !(200..300).contains(&self.status) && self.status != 304 {
            return Err(Passed::Status);
        }
        if !self.is_page() {
            return Err(Passed::NoPage);
        }
        let referrer = if self.referrer == "-" { String::new() } else { self.referrer };
        let agent = if self.agent == "-" { String::new() } else { self.agent };
        Ok(Row {
            who: Who::Reached { from: self.from },
            url: self.url,
            host: self.host,
            referrer,
            seen: Seen::Agent(agent),
            language: self.language,
            country: self.country,
            opted_out: self.opted_out,
            verdict: self.prefetch.then_some(Verdict::Prefetch),
            ..Row::new(self.at, Kind::Page, Door::Log)
        })
    }

    /// Whether what was asked for is a page: by what the server says of it, else by its ending.
    fn is_page(&self) -> bool {
        if !matches!(self.destination.as_str(), "" | "-" | "document") {
            return false;
        }
        if !self.content.is_empty() && self.content != "-" && self.status != 304 {
            let kind = self.content.to_ascii_lowercase();
            return kind.starts_with("text/html") || kind.starts_with("application/xhtml");
        }
        let path = self.url.split(['?', '#']).next().unwrap_or_default();
        let last = path.rsplit('/').next().unwrap_or_default();
        match last.rsplit_once('.') {
            Some((_, ending)) => !ASSETS.contains(&ending.to_ascii_lowercase().as_str()),
            None => true,
        }
    }
}

/// Endings of what is no page.
const ASSETS: &[&str] = &[
    "7z",
    "aac",
    "apk",
    "asc",
    "atom",
    "avi",
    "avif",
    "bin",
    "bmp",
    "bz2",
    "c",
    "cab",
    "cc",
    "class",
    "conf",
    "cpp",
    "css",
    "csv",
    "cur",
    "deb",
    "diff",
    "dmg",
    "doc",
    "docx",
    "eot",
    "eps",
    "exe",
    "flac",
    "flv",
    "gem",
    "gif",
    "go",
    "gz",
    "h",
    "ico",
    "ics",
    "iso",
    "jar",
    "java",
    "jpeg",
    "jpg",
    "js",
    "json",
    "jsonld",
    "jxl",
    "log",
    "lua",
    "m3u8",
    "m4a",
    "m4v",
    "map",
    "md5",
    "mjs",
    "mkv",
    "mov",
    "mp3",
    "mp4",
    "mpeg",
    "mpg",
    "msi",
    "odp",
    "ods",
    "odt",
    "oga",
    "ogg",
    "ogv",
    "opus",
    "otf",
    "pac",
    "patch",
    "pcap",
    "pdf",
    "pkg",
    "png",
    "ppt",
    "pptx",
    "ps",
    "pyc",
    "rar",
    "rb",
    "rdf",
    "rpm",
    "rs",
    "rss",
    "rtf",
    "sh",
    "sha1",
    "sha256",
    "sig",
    "svg",
    "svgz",
    "swf",
    "tar",
    "tgz",
    "tif",
    "tiff",
    "torrent",
    "ts",
    "ttf",
    "txt",
    "vcf",
    "vtt",
    "wasm",
    "wav",
    "webm",
    "webmanifest",
    "webp",
    "wmv",
    "woff",
    "woff2",
    "xls",
    "xlsx",
    "xml",
    "xsl",
    "xz",
    "yaml",
    "yml",
    "zip",
    "zst",
];

/// The format of that name.
pub(super) fn built_in(name: &str) -> Option<(&'static str, Pattern)> {
    const LINES: &[(&str, &str)] = &[
        ("combined", r#"%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i""#),
        ("combined-vhost", r#"%v %h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i""#),
        ("common", r#"%h %l %u %t "%r" %>s %b"#),
        ("common-vhost", r#"%v %h %l %u %t "%r" %>s %b"#),
        (
            "bunny",
            "$cache_status|$status|$msec|$bytes|$request_time|$remote_addr|$http_referer|$full_url|$pop|$http_user_agent|$request_id|$country",
        ),
        (
            "alb",
            r#"$type $time_iso8601 $elb $client $target $a $b $c $status $d $e $f "$request" "$http_user_agent""#,
        ),
    ];
    let (name, line) = LINES.iter().find(|it| it.0 == name)?;
    Pattern::read(line).ok().map(|it| (*name, it.open()))
}

/// A log that is being read.
pub(super) struct Logs {
    lines: Lines<Input>,
    /// A line that was read already, with its number.
    ahead: Option<(u64, String)>,
    way: Way,
}

enum Way {
    Pattern(Pattern),
    Json,
    Extended(Extended),
}

impl Logs {
    pub(super) fn patterned(input: Input, pattern: Pattern) -> Logs {
        Logs { lines: Lines::new(input), ahead: None, way: Way::Pattern(pattern) }
    }

    pub(super) fn json(input: Input) -> Logs {
        Logs { lines: Lines::within(input, OBJECT_MAX), ahead: None, way: Way::Json }
    }

    pub(super) fn extended(input: Input) -> Logs {
        Logs { lines: Lines::new(input), ahead: None, way: Way::Extended(Extended::default()) }
    }
}

impl Source for Logs {
    fn next(&mut self) -> io::Result<Option<Found>> {
        loop {
            let next = match self.ahead.take() {
                Some((number, text)) => Some((number, Line::Text(text))),
                None => self.lines.next()?,
            };
            let Some((number, line)) = next else { return Ok(None) };
            let Line::Text(mut text) = line else {
                return Ok(Some(Found::Unread(number, "it is longer than is read".into())));
            };
            let read = match &mut self.way {
                Way::Pattern(pattern) => pattern.request(&text).map_err(str::to_owned),
                Way::Extended(extended) => match extended.line(&text) {
                    Some(read) => read.map_err(str::to_owned),
                    None => continue,
                },
                Way::Json => {
                    // An object may be written over several lines.
                    let mut open = json::Open::of(&text);
                    while open.goes_on() && text.len() < OBJECT_MAX {
                        match self.lines.next()? {
                            // The one before was never closed: a server ended while it wrote.
                            Some((number, Line::Text(more))) if more.starts_with('{') => {
                                self.ahead = Some((number, more));
                                break;
                            }
                            Some((_, Line::Text(more))) => {
                                open.read(&more);
                                text.push('\n');
                                text.push_str(&more);
                            }
                            Some((_, Line::TooLong)) | None => break,
                        }
                    }
                    json::request(&text).map_err(str::to_owned)
                }
            };
            return Ok(Some(match read.map(Request::row) {
                Ok(Ok(row)) => Found::Row(Box::new(row)),
                Ok(Err(passed)) => Found::Passed(passed),
                Err(why) => Found::Unread(number, why),
            }));
        }
    }
}
