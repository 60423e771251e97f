//! What was counted elsewhere, as events: logs of web servers, rows of other tools.
//!
//! [`Reading`] is a stream of events: a file of any size is read in a few megabytes. What cannot be read is
//! counted, and the first of it told by its line; words of a line are never told, for they name people.

mod csv;
mod detect;
pub mod file;
mod lines;
mod log;
mod made;
mod tables;
mod times;

#[cfg(test)]
mod tests;

pub(crate) use csv::{Records, separator};
pub(crate) use times::{day as read_day, moment};

use crate::event::{Event, Verdict};
use crate::site::Site;
use made::{Maker, Row};
use std::collections::BTreeMap;
use std::io::{BufRead, Cursor, Read};

/// How much of a file is looked at to find out what it is.
const SAMPLE: usize = 256 << 10;
/// Lines that cannot be read that are told one by one.
const TOLD_MAX: usize = 20;
/// Hosts that are none of the site's that are told one by one.
const HOSTS_MAX: usize = 10;

/// How a file is read.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What it is: one of [`FORMATS`], or a line of Apache's `LogFormat` or nginx's `log_format`. Found out
    /// from the file where it is not given.
    pub format: Option<String>,
    /// Only what happened from then on, in milliseconds.
    pub since: Option<i64>,
    /// Only what happened before then.
    pub until: Option<i64>,
    /// Which of several sites in the file: Umami's website id, Plausible's site id.
    pub of: Option<String>,
    /// By what ids that last become visitors: the site's [`crate::kept::Kept::lasting_key`].
    pub key: [u8; 32],
}

/// Names of formats, and what each is.
pub const FORMATS: &[(&str, &str)] = &[
    ("combined", "log of Apache or nginx, as they write it unless told otherwise"),
    ("combined-vhost", "the same after the host"),
    ("common", "log of Apache without referrer and user agent"),
    ("common-vhost", "the same after the host"),
    ("w3c", "W3C extended log: IIS, CloudFront"),
    ("json", "log as an object of JSON on each line: Caddy, Traefik, Cloudflare, nginx"),
    ("bunny", "log of Bunny"),
    ("alb", "log of Amazon's load balancer"),
    ("goatcounter", "GoatCounter's export, CSV"),
    ("umami", "rows of Umami's website_event joined with session, CSV or JSON lines"),
    ("plausible", "rows of Plausible's events_v2, CSV or JSON lines"),
    ("rows", "rows with columns of our own names, CSV or JSON lines"),
];

/// Why what was read is no event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Passed {
    /// A picture, a script, a feed: no page.
    NoPage,
    /// The server did not answer with a page: moved, not found, an error.
    Status,
    /// Not a `GET`.
    Method,
    /// The page's host is none of the site's.
    OtherHost,
    /// It is of another of the sites in the file.
    OtherSite,
    /// The browser asked not to be counted.
    OptedOut,
    /// It is not within the time that was asked for.
    OtherTime,
    /// It says nothing that is kept: measurements of speed, what a tool notes for itself.
    NoView,
}

impl Passed {
    /// It in words, after a number.
    pub fn words(self) -> &'static str {
        match self {
            Passed::NoPage => "requests for what is no page",
            Passed::Status => "requests that were not answered with a page",
            Passed::Method => "requests that were no GET",
            Passed::OtherHost => "of hosts that are none of the site's",
            Passed::OtherSite => "of other sites in the file",
            Passed::OptedOut => "of browsers that ask not to be counted",
            Passed::OtherTime => "outside the time that was asked for",
            Passed::NoView => "rows that say nothing that is kept",
        }
    }
}

/// A line that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// Its number, from 1.
    pub line: u64,
    /// Why, without its words.
    pub why: String,
}

/// What came of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// What it was read as.
    pub format: String,
    /// Lines or rows, but for empty ones, comments and heads.
    pub lines: u64,
    /// Events that were made of them.
    pub events: u64,
    /// Of these, how many were judged to be of whom.
    pub verdicts: BTreeMap<Verdict, u64>,
    /// What is no event, and why.
    pub passed: BTreeMap<Passed, u64>,
    /// Lines that could not be read.
    pub unread: u64,
    /// The first of them.
    pub first_unread: Vec<Unread>,
    /// Hosts that are none of the site's, and how often each; the first ten that were met.
    pub other_hosts: Vec<(String, u64)>,
    /// When the first and the last event happened, in milliseconds.
    pub span: Option<(i64, i64)>,
}

/// Why a file cannot be imported at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub String);

/// What comes of a line.
enum Found {
    /// A row that may be an event.
    Row(Box<Row>),
    /// No event.
    Passed(Passed),
    /// It cannot be read.
    Unread(u64, String),
}

/// Where rows come from.
trait Source: Send {
    /// The next; nothing at the end.
    fn next(&mut self) -> std::io::Result<Option<Found>>;
}

type Input = Box<dyn BufRead + Send>;

/// A file that is being read: a stream of events. An error ends it, and nothing of it should be kept then.
pub struct Reading {
    source: Box<dyn Source>,
    maker: Maker,
    options: Options,
    report: Report,
    is_over: bool,
}

impl Reading {
    /// Begins to read for a site. `called` is how the file is named in sentences.
    ///
    /// # Errors
    /// Where it is not known what it is, or it holds nothing that can be events.
    pub fn begin(
        input: impl BufRead + Send + 'static,
        called: &str,
        site: &Site,
        options: &Options,
    ) -> Result<Reading, Refused> {
        let mut input = input;
        let mut sample = Vec::new();
        let read = input.by_ref().take(SAMPLE as u64).read_to_end(&mut sample);
        read.map_err(|it| Refused(format!("`{called}` cannot be read: {it}")))?;
        let format = detect::format(&sample, called, options.format.as_deref())?;
        let input: Input = Box::new(Cursor::new(sample).chain(input));
        if format.is_log() && site.identified {
            return Err(Refused(format!(
                "the visitors of `{}` have lasting ids, and a log has none; add another site for it",
                site.name
            )));
        }
        let report = Report { format: format.name().to_owned(), ..Report::default() };
        let source = format.source(input, site, options);
        let maker = Maker::new(site, options.key)
            .map_err(|it| Refused(format!("the system gives no chance for a salt: {it}")))?;
        Ok(Reading { source, maker, options: options.clone(), report, is_over: false })
    }

    /// What has come of it so far.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// What it is read as.
    pub fn format(&self) -> &str {
        &self.report.format
    }

    fn take(&mut self, row: Row) -> Result<Event, Passed> {
        let is_in = self.options.since.is_none_or(|it| row.at >= it)
            && self.options.until.is_none_or(|it| row.at < it);
        if !is_in {
            return Err(Passed::OtherTime);
        }
        self.maker.event(row, |host| {
            let hosts = &mut self.report.other_hosts;
            match hosts.iter().position(|it| it.0 == host) {
                Some(known) => hosts[known].1 += 1,
                None if hosts.len() < HOSTS_MAX => hosts.push((host.to_owned(), 1)),
                None => {}
            }
        })
    }
}

impl Iterator for Reading {
    type Item = Result<Event, String>;

    fn next(&mut self) -> Option<Result<Event, String>> {
        while !self.is_over {
            let found = match self.source.next() {
                Ok(Some(found)) => found,
                Ok(None) => {
                    self.is_over = true;
                    break;
                }
                Err(error) => {
                    self.is_over = true;
                    let lines = self.report.lines;
                    return Some(Err(format!("after {lines} lines: {error}")));
                }
            };
            self.report.lines += 1;
            let passed = match found {
                Found::Row(row) => match self.take(*row) {
                    Ok(event) => {
                        let report = &mut self.report;
                        report.events += 1;
                        *report.verdicts.entry(event.verdict).or_default() += 1;
                        let (first, last) = report.span.unwrap_or((event.at, event.at));
                        report.span = Some((first.min(event.at), last.max(event.at)));
                        return Some(Ok(event));
                    }
                    Err(passed) => passed,
                },
                Found::Passed(passed) => passed,
                Found::Unread(line, why) => {
                    self.report.unread += 1;
                    if self.report.first_unread.len() < TOLD_MAX {
                        self.report.first_unread.push(Unread { line, why });
                    }
                    continue;
                }
            };
            *self.report.passed.entry(passed).or_default() += 1;
        }
        None
    }
}
