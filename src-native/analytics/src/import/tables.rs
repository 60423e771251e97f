//! Rows of other tools: comma-separated values, or an object of JSON on each line.

mod names;

use super::csv::{Records, separator};
use super::lines::{Line, Lines};
use super::made::{Row, Seen, Who};
use super::{Found, Input, Passed, Source, times};
use crate::collect::bots::of_hint;
use crate::collect::hit::money;
use crate::collect::json::{deep, prop};
use crate::event::{Door, Kind as What, Prop, Verdict};
use crate::site::Site;
use names::{browser, device, told};
use serde_json::{Map, Value};
use std::io::{self, BufRead};

/// Longest object of JSON, in bytes.
const OBJECT_MAX: usize = 1 << 20;

/// Whose rows they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    GoatCounter,
    Umami,
    Plausible,
    /// Columns of our own names.
    Own,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::GoatCounter => "goatcounter",
            Kind::Umami => "umami",
            Kind::Plausible => "plausible",
            Kind::Own => "rows",
        }
    }

    pub(super) fn of_name(name: &str) -> Option<Kind> {
        [Kind::GoatCounter, Kind::Umami, Kind::Plausible, Kind::Own]
            .into_iter()
            .find(|it| it.name() == name)
    }

    /// Whose columns these are, in lower case.
    pub(super) fn of_columns(columns: &[String]) -> Option<Kind> {
        let has = |names: &[&str]| names.iter().any(|name| columns.iter().any(|it| it == name));
        if has(&["path"]) && has(&["firstvisit"]) && has(&["session"]) {
            Some(Kind::GoatCounter)
        } else if has(&["url_path"]) && has(&["session_id"]) {
            Some(Kind::Umami)
        } else if has(&["pathname"]) && has(&["user_id"]) {
            Some(Kind::Plausible)
        } else if has(TIME) && has(&["url", "path"]) && has(&["visitor"]) {
            Some(Kind::Own)
        } else {
            None
        }
    }
}

/// What the time may be called in rows of our own names.
const TIME: &[&str] = &["time", "at", "timestamp"];

/// Names of columns in a head, in lower case. GoatCounter's begins with the number of its version.
pub(super) fn columns(head: &str, separator: u8) -> Vec<String> {
    let mut records = Records::new(head.as_bytes(), separator);
    let head = match records.next() {
        Ok(Some((_, Ok(head)))) => head,
        _ => Vec::new(),
    };
    named(head)
}

fn named(head: Vec<String>) -> Vec<String> {
    let mut columns: Vec<String> = head.iter().map(|it| it.trim().to_lowercase()).collect();
    if let Some(first) = columns.first_mut() {
        *first = first.trim_start_matches(|it: char| it.is_ascii_digit()).to_owned();
    }
    columns
}

/// Rows that are being read.
pub(super) struct Tables {
    kind: Kind,
    rows: Rows,
    /// Which of the sites in the file; the first that is met, where nobody says.
    of: Vec<String>,
}

enum Rows {
    /// Not begun.
    Waiting(Option<Input>),
    Csv {
        records: Records<Input>,
        columns: Vec<String>,
    },
    Json(Lines<Input>),
}

/// A row, by the names of its columns.
enum Fields<'a> {
    Csv(&'a [String], &'a [String]),
    Json(&'a Map<String, Value>),
}

impl Fields<'_> {
    /// What stands in the first of these columns that has something.
    fn of(&self, names: &[&str]) -> String {
        let one = |name: &&str| match self {
            Fields::Csv(columns, values) => {
                let place = columns.iter().position(|it| it == name)?;
                values.get(place).cloned()
            }
            Fields::Json(object) => object.get(*name).map(|it| match it {
                Value::String(it) => it.clone(),
                Value::Null => String::new(),
                other => other.to_string(),
            }),
        };
        let found = names.iter().filter_map(one).map(|it| it.trim().to_owned());
        let mut found = found.filter(|it| !matches!(it.as_str(), "" | "\\N" | "NULL" | "null"));
        found.next().unwrap_or_default()
    }
}

impl Tables {
    pub(super) fn new(input: Input, kind: Kind, site: &Site, of: Option<String>) -> Tables {
        let is_id = |it: &&String| it.len() == 36 && it.matches('-').count() == 4;
        let of = match of {
            Some(of) => vec![of],
            None if kind == Kind::Umami => site.aliases.iter().filter(is_id).cloned().collect(),
            None => Vec::new(),
        };
        Tables { kind, rows: Rows::Waiting(Some(input)), of }
    }

    /// Reads the head.
    fn begin(&mut self, mut input: Input) -> io::Result<Option<Found>> {
        let sample = input.fill_buf()?;
        let first = sample.iter().find(|it| !it.is_ascii_whitespace() && it.is_ascii());
        if first == Some(&b'{') {
            self.rows = Rows::Json(Lines::within(input, OBJECT_MAX));
            return Ok(None);
        }
        let line = sample.split(|it| *it == b'\n').next().unwrap_or_default();
        let separator = separator(&String::from_utf8_lossy(line));
        let mut records = Records::new(input, separator);
        let (columns, told) = match records.next()? {
            Some((_, Ok(head))) => (named(head), None),
            Some((line, Err(why))) => (Vec::new(), Some(Found::Unread(line, why.into()))),
            None => (Vec::new(), None),
        };
        self.rows = Rows::Csv { records, columns };
        Ok(told)
    }

    fn row(&mut self, fields: &Fields<'_>) -> Result<Result<Row, Passed>, String> {
        let site = match self.kind {
            Kind::Umami => fields.of(&["website_id"]),
            Kind::Plausible => fields.of(&["site_id"]),
            Kind::GoatCounter | Kind::Own => String::new(),
        };
        if !site.is_empty() {
            if self.of.is_empty() {
                self.of.push(site.clone());
            }
            if !self.of.contains(&site) {
                return Ok(Err(Passed::OtherSite));
            }
        }
        match self.kind {
            Kind::GoatCounter => goatcounter(fields),
            Kind::Umami => umami(fields),
            Kind::Plausible => plausible(fields),
            Kind::Own => own(fields),
        }
    }
}

impl Source for Tables {
    fn next(&mut self) -> io::Result<Option<Found>> {
        if let Rows::Waiting(input) = &mut self.rows
            && let Some(input) = input.take()
            && let Some(told) = self.begin(input)?
        {
            return Ok(Some(told));
        }
        let (line, read) = match &mut self.rows {
            Rows::Waiting(_) => return Ok(None),
            Rows::Csv { records, columns } => {
                let Some((line, values)) = records.next()? else { return Ok(None) };
                let columns = std::mem::take(columns);
                let read = match &values {
                    Err(why) => Err((*why).to_owned()),
                    Ok(values) if values.len() != columns.len() => Err(format!(
                        "it has {} fields, and the head {}",
                        values.len(),
                        columns.len()
                    )),
                    Ok(values) => self.row(&Fields::Csv(&columns, values)),
                };
                if let Rows::Csv { columns: place, .. } = &mut self.rows {
                    *place = columns;
                }
                (line, read)
            }
            Rows::Json(lines) => {
                let Some((line, text)) = lines.next()? else { return Ok(None) };
                let read = match text {
                    Line::TooLong => Err("it is longer than is read".to_owned()),
                    Line::Text(text) => match serde_json::from_str::<Value>(&text) {
                        Ok(Value::Object(object)) => {
                            let lower = |(name, it): (String, Value)| (name.to_lowercase(), it);
                            let object = object.into_iter().map(lower).collect();
                            self.row(&Fields::Json(&object))
                        }
                        _ => Err("it is no object of JSON".to_owned()),
                    },
                };
                (line, read)
            }
        };
        Ok(Some(match read {
            Ok(Ok(row)) => Found::Row(Box::new(row)),
            Ok(Err(passed)) => Found::Passed(passed),
            Err(why) => Found::Unread(line, why),
        }))
    }
}

fn time(fields: &Fields<'_>, names: &[&str]) -> Result<i64, String> {
    times::moment(&fields.of(names)).ok_or_else(|| "its time cannot be read".to_owned())
}

fn width(text: &str) -> Option<u32> {
    text.split([',', 'x', '.']).next()?.trim().parse().ok()
}

fn goatcounter(fields: &Fields<'_>) -> Result<Result<Row, Passed>, String> {
    let path = fields.of(&["path"]);
    let session = fields.of(&["session"]);
    if path.is_empty() || session.is_empty() {
        return Err("its path or its session is missing".into());
    }
    let is_event = matches!(fields.of(&["event"]).as_str(), "1" | "true");
    let kind = if is_event { What::Custom } else { What::Page };
    let agent = fields.of(&["useragent"]);
    let referrer = fields.of(&["referrer"]);
    // h: an address; c: a campaign's word; g: a name that GoatCounter made of it; o: anything.
    let (referrer, source, query) = match fields.of(&["referrer scheme"]).as_str() {
        "c" => (String::new(), String::new(), vec![("utm_source".to_owned(), referrer)]),
        "g" => (String::new(), referrer, Vec::new()),
        _ if referrer.is_empty() || referrer.contains("://") => {
            (referrer, String::new(), Vec::new())
        }
        _ => (format!("https://{referrer}"), String::new(), Vec::new()),
    };
    let location = fields.of(&["location"]);
    let (country, region) = location.split_once('-').unwrap_or((&location, ""));
    let bot: u32 = fields.of(&["bot"]).parse().unwrap_or(0);
    let verdict = match bot {
        0 | 1 => None,
        2 => Some(Verdict::Prefetch),
        3..150 => Some(Verdict::CrawlerAgent),
        _ => of_hint(bot),
    };
    Ok(Ok(Row {
        who: Who::Called(session),
        name: if is_event { path.clone() } else { String::new() },
        url: if is_event { "/".into() } else { path },
        title: fields.of(&["title"]),
        referrer,
        source,
        query,
        seen: match agent.is_empty() {
            true => Seen::Told(told(&fields.of(&["browser"]), &fields.of(&["system"]), "")),
            false => Seen::Agent(agent),
        },
        width: width(&fields.of(&["screen size"])),
        country: country.to_owned(),
        region: region.to_owned(),
        verdict,
        ..Row::new(time(fields, &["date"])?, kind, Door::Import)
    }))
}

const UTM: [&str; 5] = ["utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term"];
/// Columns that hold the id of a paid click.
const CLICKS: [&str; 5] = ["gclid", "msclkid", "ttclid", "twclid", "li_fat_id"];

fn words(fields: &Fields<'_>, names: &[&str]) -> Vec<(String, String)> {
    names.iter().map(|it| ((*it).to_owned(), fields.of(&[it]))).collect()
}

fn umami(fields: &Fields<'_>) -> Result<Result<Row, Passed>, String> {
    let name = fields.of(&["event_name"]);
    let kind = match fields.of(&["event_type"]).as_str() {
        "" if name.is_empty() => What::Page,
        "1" => What::Page,
        "" | "2" => What::Custom,
        _ => return Ok(Err(Passed::NoView)),
    };
    let session = Some(fields.of(&["distinct_id", "session_id"])).filter(|it| !it.is_empty());
    let query = fields.of(&["url_query"]);
    let path = fields.of(&["url_path"]);
    let domain = fields.of(&["referrer_domain"]);
    let referrer = match domain.is_empty() {
        true => String::new(),
        false => format!("https://{domain}{}", fields.of(&["referrer_path"])),
    };
    let mut more = words(fields, &UTM);
    more.extend(words(fields, &CLICKS));
    Ok(Ok(Row {
        who: Who::Called(session.ok_or("its session is missing")?),
        name,
        url: if query.is_empty() {
            path
        } else {
            format!("{path}?{}", query.trim_start_matches('?'))
        },
        host: fields.of(&["hostname"]),
        title: fields.of(&["page_title"]),
        referrer,
        query: more,
        seen: Seen::Told(told(
            &fields.of(&["browser"]),
            &fields.of(&["os"]),
            &fields.of(&["device"]),
        )),
        width: width(&fields.of(&["screen"])),
        language: fields.of(&["language"]),
        country: fields.of(&["country"]),
        region: fields.of(&["region", "subdivision1"]),
        city: fields.of(&["city"]),
        props: object(&fields.of(&["event_data", "data", "props"])),
        ..Row::new(time(fields, &["created_at"])?, kind, Door::Import)
    }))
}

fn plausible(fields: &Fields<'_>) -> Result<Result<Row, Passed>, String> {
    let name = fields.of(&["name"]);
    let keys = list(&fields.of(&["meta.key"]));
    let values = list(&fields.of(&["meta.value"]));
    let mut props: Vec<(String, Prop)> =
        keys.into_iter().zip(values).map(|it| (it.0, Prop::Text(it.1.into()))).collect();
    let kind = match name.as_str() {
        "" | "pageview" => What::Page,
        "engagement" => What::Engagement,
        "Outbound Link: Click" => What::Outbound,
        _ => What::Custom,
    };
    let link = match kind {
        What::Outbound => props.iter().position(|it| it.0 == "url").map(|at| props.remove(at).1),
        _ => None,
    };
    let name = match (kind, link) {
        (What::Outbound, Some(Prop::Text(link))) => link.to_string(),
        (What::Custom, _) => name,
        _ => String::new(),
    };
    let referrer = fields.of(&["referrer"]);
    let browsers = fields.of(&["browser"]);
    let user = Some(fields.of(&["user_id"])).filter(|it| !it.is_empty() && it != "0");
    let number = |it: &str| fields.of(&[it]).parse::<f64>().ok();
    let revenue = number("revenue_source_amount")
        .and_then(|it| money(&fields.of(&["revenue_source_currency"]), it));
    let mut agent = told(
        &browsers,
        &fields.of(&["operating_system", "os"]),
        &fields.of(&["screen_size", "device"]),
    );
    let major = |it: String| it.split('.').next().unwrap_or_default().to_owned();
    agent.browser_version = major(fields.of(&["browser_version"]));
    agent.os_version = major(fields.of(&["operating_system_version", "os_version"]));
    let mut query = words(fields, &UTM);
    if let Some(click) = Some(fields.of(&["click_id_param"])).filter(|it| !it.is_empty()) {
        query.push((click, "1".into()));
    }
    Ok(Ok(Row {
        who: Who::Called(user.ok_or("its user is missing")?),
        name,
        url: fields.of(&["pathname"]),
        host: fields.of(&["hostname"]),
        referrer: match referrer.is_empty() || referrer.contains("://") {
            true => referrer,
            false => format!("https://{referrer}"),
        },
        source: fields.of(&["referrer_source", "source"]),
        query,
        seen: Seen::Told(agent),
        country: fields.of(&["country_code", "country"]),
        region: fields.of(&["subdivision1_code", "region"]),
        props,
        engaged: number("engagement_time").unwrap_or(0.0).max(0.0) as u64,
        scroll: number("scroll_depth"),
        revenue,
        ..Row::new(time(fields, &["timestamp"])?, kind, Door::Import)
    }))
}

fn own(fields: &Fields<'_>) -> Result<Result<Row, Passed>, String> {
    let name = fields.of(&["name", "event"]);
    let kind = match fields.of(&["kind"]).to_lowercase().as_str() {
        "" if name.is_empty() => What::Page,
        "page" | "pageview" => What::Page,
        "" | "custom" | "event" => What::Custom,
        "outbound" => What::Outbound,
        "engagement" => What::Engagement,
        _ => return Err("its kind is none of page, custom, outbound, engagement".into()),
    };
    let visitor = Some(fields.of(&["visitor"])).filter(|it| !it.is_empty());
    let agent = fields.of(&["user_agent"]);
    let is_yes = |it: String| matches!(it.to_lowercase().as_str(), "1" | "true" | "t" | "yes");
    let number = |it: &str| fields.of(&[it]).parse::<f64>().ok();
    Ok(Ok(Row {
        who: Who::Called(visitor.ok_or("its visitor is missing")?),
        name,
        url: fields.of(&["url", "path"]),
        host: fields.of(&["host"]),
        title: fields.of(&["title"]),
        referrer: fields.of(&["referrer"]),
        query: words(fields, &UTM),
        source: fields.of(&["source"]),
        seen: match agent.is_empty() {
            true => {
                let mut told = told(&fields.of(&["browser"]), &fields.of(&["os"]), "");
                told.device = device(&fields.of(&["device"]));
                told.browser = browser(&told.browser).to_owned();
                Seen::Told(told)
            }
            false => Seen::Agent(agent),
        },
        width: width(&fields.of(&["screen"])),
        language: fields.of(&["language"]),
        country: fields.of(&["country"]),
        region: fields.of(&["region"]),
        city: fields.of(&["city"]),
        props: object(&fields.of(&["props"])),
        engaged: number("engaged").unwrap_or(0.0).max(0.0) as u64,
        scroll: number("scroll"),
        revenue: number("revenue").and_then(|it| money(&fields.of(&["currency"]), it)),
        verdict: is_yes(fields.of(&["bot"])).then_some(Verdict::CrawlerAgent),
        ..Row::new(time(fields, TIME)?, kind, Door::Import)
    }))
}

/// Properties of an object that is written as JSON.
fn object(text: &str) -> Vec<(String, Prop)> {
    match serde_json::from_str(text) {
        Ok(Value::Object(object)) => deep(&object),
        _ => Vec::new(),
    }
}

/// Texts of a list: of JSON, or as ClickHouse writes one, `['a','b']`.
fn list(text: &str) -> Vec<String> {
    if let Ok(Value::Array(all)) = serde_json::from_str(text) {
        let text = |it: &Value| match it {
            Value::String(it) => it.clone(),
            other => prop(other).map_or_else(String::new, |_| other.to_string()),
        };
        return all.iter().map(text).collect();
    }
    let Some(inner) = text.strip_prefix('[').and_then(|it| it.strip_suffix(']')) else {
        return Vec::new();
    };
    let (mut all, mut open, mut is_escaped) = (Vec::new(), None::<String>, false);
    for sign in inner.chars() {
        match (&mut open, sign) {
            (Some(text), sign) if is_escaped => {
                text.push(sign);
                is_escaped = false;
            }
            (Some(_), '\\') => is_escaped = true,
            (Some(_), '\'') => all.extend(open.take()),
            (Some(text), sign) => text.push(sign),
            (None, '\'') => open = Some(String::new()),
            (None, _) => {}
        }
    }
    all
}
