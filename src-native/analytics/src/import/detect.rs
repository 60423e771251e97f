//! What a file is, by its first lines.

use super::csv::separator;
use super::log::{self, Logs, Pattern};
use super::tables::{Kind, Tables};
use super::{FORMATS, Input, Options, Refused, Source};
use crate::site::Site;

/// Lines of a log that are tried.
const TRIED: usize = 60;

/// What a file is.
pub(super) enum Format {
    Pattern(&'static str, Box<Pattern>),
    Json,
    Extended,
    Table(Kind),
}

impl Format {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Format::Pattern(name, _) => name,
            Format::Json => "json",
            Format::Extended => "w3c",
            Format::Table(kind) => kind.name(),
        }
    }

    pub(super) fn is_log(&self) -> bool {
        !matches!(self, Format::Table(_))
    }

    pub(super) fn source(self, input: Input, site: &Site, options: &Options) -> Box<dyn Source> {
        match self {
            Format::Pattern(_, pattern) => Box::new(Logs::patterned(input, *pattern)),
            Format::Json => Box::new(Logs::json(input)),
            Format::Extended => Box::new(Logs::extended(input)),
            Format::Table(kind) => Box::new(Tables::new(input, kind, site, options.of.clone())),
        }
    }
}

/// The format that was named, or else the one that the file's beginning shows.
pub(super) fn format(sample: &[u8], called: &str, named: Option<&str>) -> Result<Format, Refused> {
    if sample.iter().all(u8::is_ascii_whitespace) {
        return Err(Refused(format!("`{called}` is empty")));
    }
    match named.map(str::trim).filter(|it| !it.is_empty() && *it != "auto") {
        Some(named) => of_name(named),
        None => found(sample, called),
    }
}

fn of_name(named: &str) -> Result<Format, Refused> {
    if let Some((name, pattern)) = log::built_in(named) {
        return Ok(Format::Pattern(name, Box::new(pattern)));
    }
    if let Some(kind) = Kind::of_name(named) {
        return Ok(Format::Table(kind));
    }
    match named {
        "json" => Ok(Format::Json),
        "w3c" => Ok(Format::Extended),
        pattern if pattern.contains(['%', '$']) => {
            let read = Pattern::read(pattern).map_err(Refused)?;
            Ok(Format::Pattern("own", Box::new(read)))
        }
        _ => {
            let names: Vec<&str> = FORMATS.iter().map(|it| it.0).collect();
            Err(Refused(format!(
                "there is no format `{named}`; write one of {}, or a line of Apache's LogFormat or nginx's log_format",
                names.join(", ")
            )))
        }
    }
}

fn found(sample: &[u8], called: &str) -> Result<Format, Refused> {
    let text = String::from_utf8_lossy(sample);
    let text = text.trim_start_matches('\u{feff}');
    let mut lines = text.lines().map(str::trim_end).filter(|it| !it.trim().is_empty());
    let first = lines.clone().next().unwrap_or_default().trim_start();
    let is_directive = |it: &str| it.starts_with("#Fields:") || it.starts_with("#Version:");
    if lines.clone().take(10).any(is_directive) {
        return Ok(Format::Extended);
    }
    if first.starts_with(['{', '[']) {
        return of_json(text, first, called);
    }
    let head = lines.clone().find(|it| !it.starts_with('#')).unwrap_or_default();
    let columns: Vec<String> = super::tables::columns(head, separator(head));
    if let Some(kind) = Kind::of_columns(&columns) {
        return Ok(Format::Table(kind));
    }
    if is_of_counts(&columns) {
        return Err(counts(called));
    }
    let tried: Vec<&str> = lines.by_ref().filter(|it| !it.starts_with('#')).take(TRIED).collect();
    let read = |pattern: &Pattern| tried.iter().filter(|it| pattern.request(it).is_ok()).count();
    let mut all: Vec<(&'static str, Pattern, usize)> = Vec::new();
    for (name, _) in FORMATS {
        if let Some((name, pattern)) = log::built_in(name) {
            let count = read(&pattern);
            all.push((name, pattern, count));
        }
    }
    let most = all.iter().map(|it| it.2).max().unwrap_or(0);
    // Those that say more of a line come first; one that says less may read some damaged lines besides.
    let is_good = |count: usize| count > 0 && count * 2 >= tried.len() && count * 5 >= most * 4;
    match all.into_iter().find(|it| is_good(it.2)) {
        Some((name, pattern, _)) => Ok(Format::Pattern(name, Box::new(pattern))),
        None => Err(unknown(called)),
    }
}

fn of_json(text: &str, first: &str, called: &str) -> Result<Format, Refused> {
    use serde_json::Value;
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let Some(Ok(Value::Object(value))) = values.next() else {
        return Err(match first.starts_with('[') {
            true => Refused(format!(
                "`{called}` is one list of JSON; write an object on each line, as `jq -c '.[]'` does"
            )),
            false => unknown(called),
        });
    };
    if value.get("hits").is_some_and(Value::is_array) || value.contains_key("results") {
        return Err(counts(called));
    }
    let columns: Vec<String> = value.keys().map(|it| it.to_lowercase()).collect();
    match Kind::of_columns(&columns) {
        Some(kind) => Ok(Format::Table(kind)),
        None if log::is_json_request(&value) => Ok(Format::Json),
        None if is_of_counts(&columns) => Err(counts(called)),
        None => Err(unknown(called)),
    }
}

/// Whether these are columns of sums: Plausible's, Umami's and Google Analytics' exports.
fn is_of_counts(columns: &[String]) -> bool {
    const SUMS: &[&str] = &[
        "visitors",
        "pageviews",
        "visits",
        "views",
        "sessions",
        "bounces",
        "bounce_rate",
        "users",
        "active users",
        "total users",
        "event count",
        "visit_duration",
        "y",
        "hits",
        "count",
    ];
    columns.len() > 1 && columns.iter().any(|it| SUMS.contains(&it.as_str()))
}

fn counts(called: &str) -> Refused {
    Refused(format!(
        "`{called}` holds sums, and Backstory keeps page views: sums of a day cannot be made into visits again; \
         export the rows instead (docs/importing.md has the query for each tool), or set the days beside ours \
         with `analytics.compare`"
    ))
}

fn unknown(called: &str) -> Refused {
    Refused(format!(
        "what `{called}` holds is not known: neither a log of Apache, nginx, Caddy, IIS, CloudFront, Bunny or a \
         load balancer, nor rows of GoatCounter, Umami or Plausible; say what it is with `format`, a line of \
         Apache's LogFormat or nginx's log_format among others"
    ))
}
