//! The visits behind a number, the events of a visit, and what is changed about them afterwards.

use super::found::{about, change};
use super::told;
use super::wire::*;
use crate::wire::{reply, request};
use crate::{Access, Context, Error, Method, Result, Topic};
use analytics::dashboard::period::Grain;
use analytics::event::{Event, Kind, Prop};
use analytics::reports::{self, VisitId, VisitLine, door_name, verdict_name};
use analytics::site::Site;
use jiff::Timestamp;
use serde_json::{Map, Value as Json};

/// Rows of a list unless told otherwise, and at most.
const ROWS: u32 = 100;
const ROWS_MAX: u32 = 1_000;

report_request! {
    /// List the visits behind a number, latest first.
    #[schemars(rename = "WebVisits")]
    #[ts(rename = "WebVisits")]
    pub struct Visits {
        /// Visits to pass over.
        pub offset: Option<u32>,
        /// Visits to tell (100 unless given, 1,000 at most).
        pub limit: Option<u32>,
        /// Only those that began in the part of the range that begins then: a day or a moment, as `analytics.series` tells its points.
        pub bucket: Option<String>,
        /// How finely the range is cut, where a part of it is asked for (a day unless given).
        pub grain: Option<ReportGrain>,
    }

    /// Say afterwards what events are: of persons, of bots, one's own. Reports follow at once.
    pub struct Reclassify {
        /// What they are: `person`, `crawler`, `internal`, `byHand` and so on.
        pub verdict: String,
    }

    /// Delete events for good, also from the file: all of a range that the filters select. Totals of their days go with them.
    pub struct Erase {
        /// Yes to what will be gone.
        pub confirmed: bool,
    }
}

request! {
    /// List the events of a visit, in order.
    #[schemars(rename = "WebVisit")]
    #[ts(rename = "WebVisit")]
    pub struct Visit {
        /// The site.
        pub site: String,
        /// The visit, as `analytics.visits` tells it.
        pub visit: String,
        /// What a visit is (backstory unless given).
        pub definition: Option<ReportDefinition>,
    }
}

reply! {
    /// Visits.
    #[schemars(rename = "WebVisitsReply")]
    #[ts(rename = "WebVisitsReply")]
    pub struct VisitsReply {
        /// What it rests on.
        pub basis: ReportBasis,
        /// How many there are in all.
        pub total: f64,
        /// Those asked for.
        pub visits: Vec<ReportVisit>,
    }

    /// A visit.
    pub struct ReportVisit {
        /// When it began.
        pub at: String,
        /// What it is found by again.
        pub visit: String,
        /// First page.
        pub entry: String,
        /// Last page.
        pub exit: String,
        /// Page views.
        pub views: f64,
        /// Custom events, and links that were followed.
        pub events: f64,
        /// From first to last event, in seconds.
        pub duration: f64,
        /// Time that its pages were looked at, in seconds.
        pub engaged: f64,
        /// Whether it is a bounce.
        pub bounce: bool,
        /// Name of its source.
        pub source: String,
        /// Host of its referrer.
        pub referrer: String,
        /// Its campaign.
        pub campaign: String,
        /// Its country.
        pub country: String,
        /// Its browser.
        pub browser: String,
        /// Its operating system.
        pub os: String,
        /// Its device.
        pub device: String,
        /// Its language.
        pub language: String,
        /// Who it was, as far as can be told.
        pub verdict: String,
    }

    /// The events of a visit.
    #[schemars(rename = "WebVisitReply")]
    #[ts(rename = "WebVisitReply")]
    pub struct VisitReply {
        /// In order.
        pub events: Vec<ReportEvent>,
    }

    /// An event.
    pub struct ReportEvent {
        /// When.
        pub at: String,
        /// `page`, `event`, `engagement`, `outbound`.
        pub kind: String,
        /// Name of the event, or the link that was followed.
        pub name: String,
        /// Path of the page.
        pub page: String,
        /// Host of the page.
        pub host: String,
        /// Title of the page.
        pub title: String,
        /// Its properties.
        #[ts(type = "{ [key: string]: string | number | boolean }")]
        pub properties: Map<String, Json>,
        /// Engaged time that it tells, in seconds.
        pub engaged: f64,
        /// Deepest that was scrolled, in percent.
        pub scroll: Option<f64>,
        /// Currency of its revenue.
        pub currency: Option<String>,
        /// Its revenue, in the currency's smallest unit.
        pub amount: Option<f64>,
        /// Who did it, as far as can be told.
        pub verdict: String,
        /// Which door it came through.
        pub door: String,
    }

    /// What was changed.
    pub struct ReclassifyReply {
        /// Events.
        pub events: f64,
    }

    /// What is gone.
    pub struct EraseReply {
        /// Events.
        pub events: f64,
    }
}

/// What a visit is found by again, as a word: a visitor's number is none that JSON holds.
fn word(of: &VisitId) -> String {
    format!("{}-{:x}-{}-{}", of.day, of.visitor, verdict_name(of.verdict), of.start)
}

fn id_of(text: &str) -> Result<VisitId> {
    let wrong =
        || Error::invalid(format!("`{text}` is no visit")).hint("`analytics.visits` tells them");
    // A day before 1970 begins with a minus of its own.
    let (negative, rest) = text.strip_prefix('-').map_or((false, text), |it| (true, it));
    let mut parts = rest.splitn(4, '-');
    let mut next = || parts.next().ok_or_else(wrong);
    let day: i32 = next()?.parse().map_err(|_| wrong())?;
    let visitor = u64::from_str_radix(next()?, 16).map_err(|_| wrong())?;
    let verdict = verdict(next()?)?;
    let start = next()?.parse().map_err(|_| wrong())?;
    Ok(VisitId { day: if negative { -day } else { day }, visitor, verdict, start })
}

fn visit(of: &VisitLine) -> ReportVisit {
    ReportVisit {
        at: at(of.id.start),
        visit: word(&of.id),
        entry: of.entry.to_string(),
        exit: of.exit.to_string(),
        views: of.views as f64,
        events: of.events as f64,
        duration: of.duration as f64 / 1000.0,
        engaged: of.engaged as f64 / 1000.0,
        bounce: of.bounce,
        source: of.source.to_string(),
        referrer: of.referrer.to_string(),
        campaign: of.campaign.to_string(),
        country: of.country.to_string(),
        browser: of.browser.to_string(),
        os: of.os.to_string(),
        device: of.device.to_string(),
        language: of.language.to_string(),
        verdict: verdict_name(of.id.verdict).to_owned(),
    }
}

fn event(of: &Event) -> ReportEvent {
    let prop = |it: &Prop| match it {
        Prop::Text(it) => Json::from(it.as_ref()),
        Prop::Number(it) => Json::from(*it),
        Prop::Bool(it) => Json::from(*it),
    };
    ReportEvent {
        at: at(of.at),
        kind: match of.kind {
            Kind::Page => "page",
            Kind::Custom => "event",
            Kind::Engagement => "engagement",
            Kind::Outbound => "outbound",
        }
        .to_owned(),
        name: of.name.to_string(),
        page: of.path.to_string(),
        host: of.host.to_string(),
        title: of.title.to_string(),
        properties: of.props.iter().map(|it| (it.0.to_string(), prop(&it.1))).collect(),
        engaged: f64::from(of.engaged) / 1000.0,
        scroll: (of.scroll <= 100).then(|| f64::from(of.scroll)),
        currency: of.revenue.as_ref().map(|it| it.0.to_string()),
        amount: of.revenue.as_ref().map(|it| it.1 as f64),
        verdict: verdict_name(of.verdict).to_owned(),
        door: door_name(of.door).to_owned(),
    }
}

/// The part of a range that begins at a day or a moment, in milliseconds.
fn part(bucket: &str, grain: ReportGrain, site: &Site) -> Result<(i64, i64)> {
    let zone = zone_of(site);
    let from = moment(bucket, &zone)?;
    let begins = Timestamp::from_millisecond(from)
        .map_err(|it| Error::invalid(format!("`{bucket}` is no moment: {it}")))?;
    let grain = match grain {
        ReportGrain::Hour => Grain::Hour,
        ReportGrain::Day => Grain::Day,
        ReportGrain::Week => Grain::Week,
        ReportGrain::Month => Grain::Month,
    };
    Ok((from, grain.next(begins, &zone).as_millisecond()))
}

impl Method for Visits {
    const NAME: &'static str = "analytics.visits";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[Topic::Analytics];
    const EXAMPLE: &'static str = r#"{"site":"example.org","limit":5}"#;
    type Reply = VisitsReply;

    async fn call(self, cx: Context) -> Result<VisitsReply> {
        let scope = self.scope();
        let offset = self.offset.unwrap_or(0) as usize;
        let limit = self.limit.unwrap_or(ROWS).clamp(1, ROWS_MAX) as usize;
        about(&cx, scope.site.clone(), move |kept, site| {
            let mut query = scope.query(site)?;
            if let Some(bucket) = &self.bucket {
                let (from, to) = part(bucket, self.grain.unwrap_or(ReportGrain::Day), site)?;
                // The first week or month of a range may begin before it.
                let from = query.from.max(from);
                query = query.over(from, query.to.min(to).max(from));
            }
            let reply = reports::visits(kept, &query, offset, limit).map_err(told)?;
            Ok(VisitsReply {
                basis: basis(site, &reply),
                total: reply.value.of as f64,
                visits: reply.value.visits.iter().map(visit).collect(),
            })
        })
        .await
    }
}

impl Method for Visit {
    const NAME: &'static str = "analytics.visit";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[Topic::Analytics];
    const EXAMPLE: &'static str =
        r#"{"site":"example.org","visit":"20454-1f-person-1767225600000"}"#;
    type Reply = VisitReply;

    async fn call(self, cx: Context) -> Result<VisitReply> {
        about(&cx, Some(self.site.clone()), move |kept, site| {
            let id = id_of(&self.visit)?;
            let definition = definition(self.definition);
            let events = reports::events_of(kept, site.id, definition, &id).map_err(told)?;
            Ok(VisitReply { events: events.iter().map(event).collect() })
        })
        .await
    }
}

impl Method for Reclassify {
    const NAME: &'static str = "analytics.reclassify";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Analytics];
    const EXAMPLE: &'static str = r#"{"site":"example.org","verdict":"byHand","filters":[{"dimension":"country","values":["XX"]}]}"#;
    type Reply = ReclassifyReply;

    async fn call(self, cx: Context) -> Result<ReclassifyReply> {
        let (scope, verdict) = (self.scope(), verdict(&self.verdict)?);
        let reply = change(&cx, scope.site.clone(), move |kept, site| {
            let events = kept.reclassify(&scope.query(&site)?, verdict).map_err(told)?;
            Ok(ReclassifyReply { events: events as f64 })
        })
        .await?;
        cx.changed(&[Topic::Analytics], None);
        Ok(reply)
    }
}

impl Method for Erase {
    const NAME: &'static str = "analytics.erase";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Analytics];
    const EXAMPLE: &'static str =
        r#"{"site":"example.org","from":"2026-01-01","to":"2026-01-02","confirmed":true}"#;
    type Reply = EraseReply;

    async fn call(self, cx: Context) -> Result<EraseReply> {
        if !self.confirmed {
            return Err(Error::new(crate::Code::Conflict, "the events will be gone for good")
                .hint("say yes to it with `confirmed`"));
        }
        let mut scope = self.scope();
        // What is to be gone is gone whoever it was of, unless persons alone are meant.
        scope.bots = scope.bots.or(Some(true));
        let reply = change(&cx, scope.site.clone(), move |kept, site| {
            let events = kept.erase(&scope.query(&site)?).map_err(told)?;
            Ok(EraseReply { events: events as f64 })
        })
        .await?;
        cx.changed(&[Topic::Analytics], None);
        Ok(reply)
    }
}
