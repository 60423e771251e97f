//! One thing that happened on a site, whoever told it: the same for every protocol, log and export, after
//! everything that could name a person has been left out.

use std::sync::Arc;

/// An event, as it is kept. Words are without what privacy leaves out: no address, no user agent, no query of
/// a page but what the site allows.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    /// Day whose salt made `visitor`, in days since 1970-01-01 in the site's zone. Shortly after midnight it
    /// may be the day before `at`: a visit goes on under the salt it began with.
    pub day: i32,
    /// Who, for one day: a keyed hash. On a site with lasting ids, the hash of such an id.
    pub visitor: u64,
    /// What happened.
    pub kind: Kind,
    /// Name of a custom event, at most 120 characters; empty for other kinds. For [`Kind::Outbound`] the
    /// host and path that was left for.
    pub name: Arc<str>,
    /// Whether it shows that somebody did something: ends a bounce. Custom events do unless they say not.
    pub interactive: bool,
    /// Host of the page.
    pub host: Arc<str>,
    /// Path of the page, with those keys of its query that the site allows.
    pub path: Arc<str>,
    /// Title of the page.
    pub title: Arc<str>,
    /// Where it came from and on what it was seen.
    pub of: Arc<Visited>,
    /// Properties of a custom event, by name, in the order they came; at most 30.
    pub props: Vec<(Arc<str>, Prop)>,
    /// Visible and focused time that is told by this event, in milliseconds; not yet told by another.
    pub engaged: u32,
    /// Deepest that was scrolled on the page so far, in percent; 255 where it is not told.
    pub scroll: u8,
    /// Money: its currency (ISO 4217) and the amount in its smallest unit.
    pub revenue: Option<(Arc<str>, i64)>,
    /// Who did it, as far as can be told.
    pub verdict: Verdict,
    /// Which door it came through.
    pub door: Door,
}

/// Where a visitor came from and what with: alike for all events of a visit, mostly.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Visited {
    /// Host of the referrer, without `www.`; empty where there is none or it is the site itself.
    pub referrer: String,
    /// Path of the referrer, without its query.
    pub referrer_path: String,
    /// `utm_source`, or `source`, or `ref`: what the address of the page says about the way to it.
    pub utm_source: String,
    /// `utm_medium`.
    pub utm_medium: String,
    /// `utm_campaign`.
    pub utm_campaign: String,
    /// `utm_content`.
    pub utm_content: String,
    /// `utm_term`.
    pub utm_term: String,
    /// Whether the address carried the id of a paid click (`gclid` and the like; its value is not kept).
    pub paid_click: bool,
    /// Name of the source: of the campaign's, else of the referrer's host (`Google`), else `Direct`.
    pub source: String,
    /// Channel, by the first of the rules in [`crate::event::Visited::rule`] that matches.
    pub channel: String,
    /// Number of the rule that chose the channel, so that the label can be explained.
    pub rule: u8,
    /// Country, as two letters (ISO 3166); empty where it is not known.
    pub country: String,
    /// Region, where the site keeps it.
    pub region: String,
    /// City, where the site keeps it.
    pub city: String,
    /// Family of the browser.
    pub browser: String,
    /// Its major version.
    pub browser_version: String,
    /// Family of the operating system.
    pub os: String,
    /// Its major version.
    pub os_version: String,
    /// `desktop`, `mobile`, `tablet`, `tv`, `console`; empty where it is not known.
    pub device: String,
    /// Class of the screen's width: `<576`, `576–991`, `992–1439`, `1440–1919`, `≥1920`; or empty.
    pub screen: String,
    /// Language, two letters.
    pub language: String,
}

/// A property's value.
#[derive(Clone, Debug, PartialEq)]
pub enum Prop {
    /// Words, at most 2,000 characters.
    Text(Arc<str>),
    /// A number; finite.
    Number(f64),
    /// Yes or no.
    Bool(bool),
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    /// A page was seen: loaded, reached within a single-page application, or brought back.
    Page = 1,
    /// An event with a name of its own.
    Custom = 2,
    /// Only tells engaged time and depth of a page that was seen before; no view, ends no bounce.
    Engagement = 3,
    /// A link to another site was followed.
    Outbound = 4,
}

/// Who did it: a person as far as anybody can tell, or why not. Kept beside the event, so that rules can be
/// changed afterwards; reports leave all but [`Verdict::Person`] out unless told otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Verdict {
    /// Nothing speaks against a person.
    Person = 0,
    /// The user agent says so: a crawler, a library, a monitor.
    CrawlerAgent = 1,
    /// The user agent is none of a browser: missing, too short, or of a command.
    NoBrowser = 2,
    /// A browser that a program drives: headless, Selenium, Cypress and the like.
    Driven = 3,
    /// Fetched ahead and not seen.
    Prefetch = 4,
    /// The referrer is on the list of spam.
    SpamReferrer = 5,
    /// From an address that the site calls its own.
    Internal = 6,
    /// A person told us to call it so afterwards.
    ByHand = 7,
}

/// Which door an event came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Door {
    /// Our own tracker.
    Own = 0,
    /// Umami's protocol.
    Umami = 1,
    /// Plausible's protocol.
    Plausible = 2,
    /// GoatCounter's protocol.
    GoatCounter = 3,
    /// A server's log.
    Log = 4,
    /// An export of another tool.
    Import = 5,
}
