//! What visits and events can be told apart by.

use crate::block::{Col, Lexicon};
use crate::event::{Door, Verdict};
use crate::kept::lexicon_of;

/// What visits and events can be told apart by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// Path of the page. Of events.
    Page,
    /// Title of the page. Of events.
    Title,
    /// Host of the page. Of events.
    Host,
    /// Name of a custom event.
    Event,
    /// Where a link that was followed leads.
    Outbound,
    /// Which properties an event has.
    Property,
    /// Values of a property. Of events.
    PropertyOf(String),
    /// Which door an event came through.
    Door,
    /// First page of the visit.
    Entry,
    /// Last page of the visit.
    Exit,
    /// Host of the referrer.
    Referrer,
    /// Path of the referrer.
    ReferrerPath,
    /// `utm_source`.
    UtmSource,
    /// `utm_medium`.
    UtmMedium,
    /// `utm_campaign`.
    UtmCampaign,
    /// `utm_content`.
    UtmContent,
    /// `utm_term`.
    UtmTerm,
    /// Name of the source.
    Source,
    /// Channel.
    Channel,
    /// Number of the rule that chose the channel.
    Rule,
    /// Whether it was a paid click.
    PaidClick,
    /// Country.
    Country,
    /// Region.
    Region,
    /// City.
    City,
    /// Family of the browser.
    Browser,
    /// Its major version.
    BrowserVersion,
    /// Family of the operating system.
    Os,
    /// Its major version.
    OsVersion,
    /// Kind of device.
    Device,
    /// Class of the screen's width.
    Screen,
    /// Language.
    Language,
    /// Who it was, as far as can be told.
    Verdict,
    /// Hour of the day in which the visit began, `0` to `23`.
    Hour,
    /// Day of the week on which the visit began, `1` (Monday) to `7`.
    Weekday,
}

/// Where the values of a dimension stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In a column of visits, as words.
    Visit(Col, Lexicon),
    /// In a column of visits, as numbers.
    VisitNumber(Col),
    /// In the start of a visit.
    Time,
    /// In a column of events, as words.
    Event(Col, Lexicon),
    /// In a column of events, as numbers.
    EventNumber(Col),
    /// In the columns of properties.
    Props,
}

/// Names, as they stand in filters and answers, and their dimensions.
const NAMES: [(&str, Dimension); 33] = [
    ("page", Dimension::Page),
    ("title", Dimension::Title),
    ("host", Dimension::Host),
    ("event", Dimension::Event),
    ("outbound", Dimension::Outbound),
    ("property", Dimension::Property),
    ("door", Dimension::Door),
    ("entry", Dimension::Entry),
    ("exit", Dimension::Exit),
    ("referrer", Dimension::Referrer),
    ("referrer_path", Dimension::ReferrerPath),
    ("utm_source", Dimension::UtmSource),
    ("utm_medium", Dimension::UtmMedium),
    ("utm_campaign", Dimension::UtmCampaign),
    ("utm_content", Dimension::UtmContent),
    ("utm_term", Dimension::UtmTerm),
    ("source", Dimension::Source),
    ("channel", Dimension::Channel),
    ("rule", Dimension::Rule),
    ("paid_click", Dimension::PaidClick),
    ("country", Dimension::Country),
    ("region", Dimension::Region),
    ("city", Dimension::City),
    ("browser", Dimension::Browser),
    ("browser_version", Dimension::BrowserVersion),
    ("os", Dimension::Os),
    ("os_version", Dimension::OsVersion),
    ("device", Dimension::Device),
    ("screen", Dimension::Screen),
    ("language", Dimension::Language),
    ("verdict", Dimension::Verdict),
    ("hour", Dimension::Hour),
    ("weekday", Dimension::Weekday),
];

impl Dimension {
    /// All dimensions but the values of properties, each under its name.
    pub fn all() -> impl Iterator<Item = Dimension> {
        NAMES.into_iter().map(|it| it.1)
    }

    /// The dimension of a name: `country`, `utm_source`, `property:plan`.
    pub fn parse(name: &str) -> Option<Dimension> {
        if let Some(key) = name.strip_prefix("property:") {
            return Some(Dimension::PropertyOf(key.to_owned()));
        }
        NAMES.into_iter().find(|it| it.0 == name).map(|it| it.1)
    }

    /// Its name.
    pub fn name(&self) -> String {
        match self {
            Dimension::PropertyOf(key) => format!("property:{key}"),
            own => {
                NAMES.iter().find(|it| it.1 == *own).map(|it| it.0.to_owned()).unwrap_or_default()
            }
        }
    }

    /// Whether it is of events, and not of the visits that they belong to.
    pub fn is_of_events(&self) -> bool {
        matches!(self.place(), Place::Event(..) | Place::EventNumber(_) | Place::Props)
    }

    pub(super) fn place(&self) -> Place {
        let col = match self {
            Dimension::Page => Col::PATH,
            Dimension::Title => Col::TITLE,
            Dimension::Host => Col::HOST,
            Dimension::Event | Dimension::Outbound => Col::NAME,
            Dimension::Property | Dimension::PropertyOf(_) => return Place::Props,
            Dimension::Door => return Place::EventNumber(Col::DOOR),
            Dimension::Entry => Col::ENTRY,
            Dimension::Exit => Col::EXIT,
            Dimension::Referrer => Col::touch(0),
            Dimension::ReferrerPath => Col::touch(1),
            Dimension::UtmSource => Col::touch(2),
            Dimension::UtmMedium => Col::touch(3),
            Dimension::UtmCampaign => Col::touch(4),
            Dimension::UtmContent => Col::touch(5),
            Dimension::UtmTerm => Col::touch(6),
            Dimension::Source => Col::touch(7),
            Dimension::Channel => Col::touch(8),
            Dimension::PaidClick => return Place::VisitNumber(Col::touch(9)),
            Dimension::Rule => return Place::VisitNumber(Col::touch(10)),
            Dimension::Country => Col::client(0),
            Dimension::Region => Col::client(1),
            Dimension::City => Col::client(2),
            Dimension::Browser => Col::client(3),
            Dimension::BrowserVersion => Col::client(4),
            Dimension::Os => Col::client(5),
            Dimension::OsVersion => Col::client(6),
            Dimension::Device => Col::client(7),
            Dimension::Screen => Col::client(8),
            Dimension::Language => Col::client(9),
            Dimension::Verdict => return Place::VisitNumber(Col::VERDICT),
            Dimension::Hour | Dimension::Weekday => return Place::Time,
        };
        match lexicon_of(col) {
            Some(words) if col.is_of_visits() => Place::Visit(col, words),
            Some(words) => Place::Event(col, words),
            None => Place::VisitNumber(col),
        }
    }

    /// What a number of a dimension without words is called.
    pub(super) fn label(&self, number: u32) -> String {
        let number = u64::from(number);
        match self {
            Dimension::Verdict => crate::block::VERDICTS
                .get(number as usize)
                .map(|it| verdict_name(*it).to_owned())
                .unwrap_or_default(),
            Dimension::Door => crate::block::DOORS
                .get(number as usize)
                .map(|it| door_name(*it).to_owned())
                .unwrap_or_default(),
            Dimension::PaidClick => (if number == 0 { "no" } else { "yes" }).to_owned(),
            _ => number.to_string(),
        }
    }

    /// The numbers that a dimension without words can have.
    pub(super) fn numbers(&self) -> std::ops::Range<u32> {
        match self {
            Dimension::Verdict => 0..crate::block::VERDICTS.len() as u32,
            Dimension::Door => 0..crate::block::DOORS.len() as u32,
            Dimension::PaidClick => 0..2,
            Dimension::Hour => 0..24,
            Dimension::Weekday => 1..8,
            _ => 0..256,
        }
    }
}

/// A verdict, as it stands in filters and answers.
pub fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Person => "person",
        Verdict::CrawlerAgent => "crawler",
        Verdict::NoBrowser => "noBrowser",
        Verdict::Driven => "driven",
        Verdict::Prefetch => "prefetch",
        Verdict::SpamReferrer => "spamReferrer",
        Verdict::Internal => "internal",
        Verdict::ByHand => "byHand",
    }
}

/// A door, as it stands in filters and answers.
pub fn door_name(door: Door) -> &'static str {
    match door {
        Door::Own => "own",
        Door::Umami => "umami",
        Door::Plausible => "plausible",
        Door::GoatCounter => "goatcounter",
        Door::Log => "log",
        Door::Import => "import",
    }
}
