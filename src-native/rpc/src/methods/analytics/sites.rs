//! Sites: added, changed, told about, and what their owner says to those who visit.

use super::found::{Found, about, change};
use super::wire::at;
use super::{told, viewed};
use crate::context::blocking;
use crate::team::{self, Of};
use crate::wire::{reply, request};
use crate::{Access, Context, Error, Method, Result, Topic};
use analytics::kept::Kept;
use analytics::reports::{self, Query};
use analytics::site::{Places, Site};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Months that events are kept unless told otherwise: what the strictest of the exemptions allow.
const KEEP_MONTHS: u16 = 25;

/// How closely the places of visitors are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub enum SitePlaces {
    /// Not at all.
    None,
    /// The country.
    Country,
    /// Region and city too, where a header of the server's own tells them.
    City,
}

request! {
    /// List the sites whose page views are counted, with what happens there now.
    #[schemars(rename = "ListSites")]
    #[ts(rename = "ListSites")]
    pub struct Sites {}

    /// Add a site whose page views are counted. Events of it are taken from then on.
    pub struct AddSite {
        /// Its name: its domain, as in `example.org`.
        pub site: String,
        /// Zone of its days (UTC unless given).
        pub zone: Option<String>,
        /// What trackers call it beside its name: Umami's website id, Plausible's domain, GoatCounter's code.
        pub aliases: Option<Vec<String>>,
        /// Hosts whose pages may send events, `*.example.org` for all below; its name unless given.
        pub hosts: Option<Vec<String>>,
        /// Whether visitors bring ids that last (`identify`, imported ids). Said wherever its numbers are shown.
        pub identified: Option<bool>,
        /// Currency of revenue that names none (EUR unless given).
        pub currency: Option<String>,
    }

    /// Change what was decided about a site; what is not given stays.
    pub struct ChangeSite {
        /// The site.
        pub site: String,
        /// Another name.
        pub name: Option<String>,
        /// Zone of its days; not once it has events.
        pub zone: Option<String>,
        /// What trackers call it beside its name.
        pub aliases: Option<Vec<String>>,
        /// Hosts whose pages may send events.
        pub hosts: Option<Vec<String>>,
        /// Whether `DNT: 1` and `Sec-GPC: 1` keep an event from being counted.
        pub honours_opt_out: Option<bool>,
        /// Keys of a page's query that are kept with its path.
        pub query_keys: Option<Vec<String>>,
        /// How closely places are kept.
        pub places: Option<SitePlaces>,
        /// Networks that are the owner's own, as in `192.0.2.0/24`: their visits are called internal.
        pub internal: Option<Vec<String>>,
        /// Months that events are kept; totals of older days stay.
        pub keep_months: Option<u16>,
        /// Currency of revenue that names none.
        pub currency: Option<String>,
    }

    /// Remove a site with all that was counted of it, for good.
    pub struct RemoveSite {
        /// The site.
        pub site: String,
    }

    /// Tell the lines that a site's pages need, and how other trackers are pointed here.
    pub struct Snippet {
        /// The site.
        pub site: String,
        /// Where the collector answers, as browsers reach it: `https://stats.example.org`.
        pub collector: String,
    }

    /// Write the privacy statement of a site from its settings as they are, in words and for programs.
    pub struct Privacy {
        /// The site.
        pub site: String,
    }
}

reply! {
    /// The sites.
    #[schemars(rename = "ListSitesReply")]
    #[ts(rename = "ListSitesReply")]
    pub struct SitesReply {
        /// By name; those of connections that are followed stand after those that are counted here.
        pub sites: Vec<SiteInfo>,
        /// Connections that are followed and of whose sites nothing can be told.
        pub troubles: Vec<FollowTrouble>,
    }

    /// A connection of whose sites nothing can be told.
    pub struct FollowTrouble {
        /// The connection.
        pub connection: String,
        /// Why.
        pub trouble: String,
    }

    /// A site, and what happens there now.
    pub struct SiteInfo {
        /// Its name.
        pub site: String,
        /// Zone of its days.
        pub zone: String,
        /// What trackers call it beside its name.
        pub aliases: Vec<String>,
        /// Hosts whose pages may send events.
        pub hosts: Vec<String>,
        /// Whether those who object are not counted.
        pub honours_opt_out: bool,
        /// Keys of a page's query that are kept.
        pub query_keys: Vec<String>,
        /// How closely places are kept.
        pub places: SitePlaces,
        /// Networks that are the owner's own.
        pub internal: Vec<String>,
        /// Months that events are kept.
        pub keep_months: u16,
        /// Whether visitors bring ids that last.
        pub identified: bool,
        /// Currency of revenue that names none.
        pub currency: String,
        /// Visitors of the last 5 minutes.
        pub live: f64,
        /// Page views of the last 30 days, day by day, today last.
        pub views: Vec<f64>,
        /// Visitors of the last 30 days.
        pub visitors: f64,
        /// The connection it is followed over; none where its page views are counted here.
        pub connection: Option<String>,
        /// When what is here of it was told, where it is followed.
        pub as_of: Option<String>,
        /// Why nothing newer of it is here, or nothing at all.
        pub trouble: Option<String>,
    }

    /// The site as it is now.
    pub struct SiteReply {
        /// It.
        pub site: SiteInfo,
    }

    /// What was removed.
    pub struct RemoveSiteReply {
        /// The site.
        pub site: String,
    }

    /// Lines for pages.
    pub struct SnippetReply {
        /// Our own tracker.
        pub own: String,
        /// What code calls to count an event of its own.
        pub event: String,
        /// Other trackers, unchanged but for their address.
        pub others: Vec<SnippetOther>,
        /// How the collector is started.
        pub start: String,
    }

    /// Another tracker.
    pub struct SnippetOther {
        /// Its name.
        pub tracker: String,
        /// Its line.
        pub snippet: String,
        /// What has to be known.
        pub note: String,
    }

    /// A privacy statement.
    pub struct PrivacyReply {
        /// In words, as Markdown.
        pub text: String,
        /// The same for programs.
        pub record: PrivacyRecord,
    }

    /// What is done with page views of a site.
    pub struct PrivacyRecord {
        /// The site.
        pub site: String,
        /// What for.
        pub purpose: String,
        /// Everything that is kept of an event.
        pub fields: Vec<String>,
        /// What is used and not kept.
        pub never_kept: Vec<String>,
        /// What is put on or read from a visitor's device.
        pub on_device: Vec<String>,
        /// Hours after which nobody can tell that two days' visits were one person's; none where ids last.
        pub id_hours: Option<u32>,
        /// Months that events are kept.
        pub keep_months: u16,
        /// Whether those who object (GPC, DNT) are not counted.
        pub honours_opt_out: bool,
        /// How closely places are kept.
        pub places: SitePlaces,
        /// Version of the program.
        pub version: String,
    }
}

fn places_of(of: Places) -> SitePlaces {
    match of {
        Places::None => SitePlaces::None,
        Places::Country => SitePlaces::Country,
        Places::City => SitePlaces::City,
    }
}

/// All sites of a file, which is this machine's own or that of a connection.
pub(super) fn infos(kept: &Kept, of: Option<&Of>) -> Result<Vec<SiteInfo>> {
    let sites = kept.sites().map_err(told)?.into_iter();
    let found = sites
        .map(|it| of.map_or_else(|| Found::here(it.clone()), |of| Found::there(it.clone(), of)));
    found.map(|it| info(kept, &it)).collect()
}

fn info(kept: &Kept, site: &Found) -> Result<SiteInfo> {
    let now = Timestamp::now().as_millisecond();
    let query = Query::new(site.id, now - 30 * model::DAY * 1000, now + 1);
    let live = reports::live(kept, &query, now, 1).map_err(told)?;
    let series = reports::series(kept, &query, reports::Grain::Day).map_err(told)?;
    Ok(SiteInfo {
        site: site.name.clone(),
        zone: site.zone.clone(),
        aliases: site.aliases.clone(),
        hosts: site.hosts.clone(),
        honours_opt_out: site.honours_opt_out,
        query_keys: site.query_keys.clone(),
        places: places_of(site.places),
        internal: site.internal.clone(),
        keep_months: site.keep_months,
        identified: site.identified,
        currency: site.currency.clone(),
        live: live.value.visitors as f64,
        views: series.value.points.iter().map(|it| it.counts.views as f64).collect(),
        visitors: series.value.points.iter().map(|it| it.counts.visitors).sum::<u64>() as f64,
        connection: site.of.as_ref().map(|it| it.connection.clone()),
        as_of: site.of.as_ref().map(|it| at(it.at)),
        trouble: site.of.as_ref().and_then(|it| it.trouble.clone()),
    })
}

impl Method for Sites {
    const NAME: &'static str = "analytics.sites";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[Topic::Analytics];
    const EXAMPLE: &'static str = "{}";
    type Reply = SitesReply;

    async fn call(self, cx: Context) -> Result<SitesReply> {
        let (shared, cancel) = (cx.shared.clone(), cx.cancel.clone());
        blocking(move || {
            let mut sites = infos(&shared.views.beside(shared.store.path())?, None)?;
            let mut troubles = Vec::new();
            for followed in team::followed(&shared) {
                // One connection that cannot be reached hides no site of another.
                match followed.ask(&shared, &cancel, false, |kept, of| infos(kept, Some(of))) {
                    Ok(found) => sites.extend(found),
                    Err(error) => troubles.push(FollowTrouble {
                        connection: followed.name.clone(),
                        trouble: error.message,
                    }),
                }
            }
            Ok(SitesReply { sites, troubles })
        })
        .await
    }
}

impl Method for AddSite {
    const NAME: &'static str = "analytics.addSite";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Analytics];
    const EXAMPLE: &'static str = r#"{"site":"shop.example.org","zone":"Europe/Berlin"}"#;
    type Reply = SiteReply;

    async fn call(self, cx: Context) -> Result<SiteReply> {
        let reply = viewed(&cx, move |kept| {
            let added = kept
                .add_site(Site {
                    id: 0,
                    aliases: self.aliases.unwrap_or_default(),
                    hosts: self.hosts.unwrap_or_default(),
                    zone: self.zone.unwrap_or_else(|| "UTC".to_owned()),
                    honours_opt_out: true,
                    query_keys: Vec::new(),
                    places: Places::Country,
                    internal: Vec::new(),
                    keep_months: KEEP_MONTHS,
                    identified: self.identified == Some(true),
                    currency: self.currency.unwrap_or_else(|| "EUR".to_owned()),
                    name: self.site,
                })
                .map_err(told)?;
            Ok(SiteReply { site: info(kept, &Found::here(added))? })
        })
        .await?;
        cx.changed(&[Topic::Analytics], None);
        Ok(reply)
    }
}

impl Method for ChangeSite {
    const NAME: &'static str = "analytics.changeSite";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Analytics];
    const EXAMPLE: &'static str = r#"{"site":"example.org","keepMonths":13}"#;
    type Reply = SiteReply;

    async fn call(self, cx: Context) -> Result<SiteReply> {
        let reply = change(&cx, Some(self.site), move |kept, mut site| {
            site.name = self.name.unwrap_or(site.name);
            site.zone = self.zone.unwrap_or(site.zone);
            site.aliases = self.aliases.unwrap_or(site.aliases);
            site.hosts = self.hosts.unwrap_or(site.hosts);
            site.honours_opt_out = self.honours_opt_out.unwrap_or(site.honours_opt_out);
            site.query_keys = self.query_keys.unwrap_or(site.query_keys);
            site.internal = self.internal.unwrap_or(site.internal);
            site.keep_months = self.keep_months.unwrap_or(site.keep_months);
            site.currency = self.currency.unwrap_or(site.currency);
            site.places = match self.places {
                None => site.places,
                Some(SitePlaces::None) => Places::None,
                Some(SitePlaces::Country) => Places::Country,
                Some(SitePlaces::City) => Places::City,
            };
            kept.change_site(&site).map_err(told)?;
            Ok(SiteReply { site: info(kept, &Found::here(site))? })
        })
        .await?;
        cx.changed(&[Topic::Analytics], None);
        Ok(reply)
    }
}

impl Method for RemoveSite {
    const NAME: &'static str = "analytics.removeSite";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Analytics];
    const EXAMPLE: &'static str = r#"{"site":"shop.example.org"}"#;
    type Reply = RemoveSiteReply;

    async fn call(self, cx: Context) -> Result<RemoveSiteReply> {
        let reply = change(&cx, Some(self.site), move |kept, site| {
            kept.remove_site(site.id).map_err(told)?;
            Ok(RemoveSiteReply { site: site.name })
        })
        .await?;
        cx.changed(&[Topic::Analytics], None);
        Ok(reply)
    }
}

/// Text within an attribute of HTML.
fn attribute(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

impl Method for Snippet {
    const NAME: &'static str = "analytics.snippet";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[Topic::Analytics];
    const EXAMPLE: &'static str =
        r#"{"site":"example.org","collector":"https://stats.example.org"}"#;
    type Reply = SnippetReply;

    async fn call(self, cx: Context) -> Result<SnippetReply> {
        let site = about(&cx, Some(self.site), |_, site| Ok(site.at_home())).await?;
        let collector = self.collector.trim_end_matches('/');
        let host = collector.strip_prefix("https://").or(collector.strip_prefix("http://"));
        let plain = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_graphic());
        let meant = |it: &&str| plain(it) && !it.contains(['"', '\'', '<', '>', '\\', '?', '#']);
        if host.filter(meant).is_none() {
            return Err(Error::invalid(format!("`{collector}` is no address of a collector"))
                .hint("as in https://stats.example.org"));
        }
        let (name, to) = (attribute(&site.name), attribute(collector));
        let other = |tracker: &str, snippet: String, note: &str| SnippetOther {
            tracker: tracker.to_owned(),
            snippet,
            note: note.to_owned(),
        };
        Ok(SnippetReply {
            own: format!(r#"<script defer src="{to}/b.js" data-site="{name}"></script>"#),
            event: "window.backstory?.('signup', { plan: 'pro' })".to_owned(),
            others: vec![
                other(
                    "Umami",
                    format!(
                        r#"<script defer src="/script.js" data-website-id="{name}" data-host-url="{to}"></script>"#
                    ),
                    "The site's own copy of Umami's script; its website id may stay if it is an alias of the site.",
                ),
                other(
                    "Plausible",
                    format!(
                        r#"<script defer src="/js/script.js" data-domain="{name}" data-api="{to}/api/event"></script>"#
                    ),
                    "The site's own copy of Plausible's script.",
                ),
                other(
                    "GoatCounter",
                    format!(
                        r#"<script defer src="/count.js" data-goatcounter="{to}/count"></script>"#
                    ),
                    "The site's own copy of GoatCounter's script; the page's host has to be the site's name or an alias.",
                ),
            ],
            start: "backstory serve --collect 127.0.0.1:8790".to_owned(),
        })
    }
}

impl Method for Privacy {
    const NAME: &'static str = "analytics.privacy";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[Topic::Analytics];
    const EXAMPLE: &'static str = r#"{"site":"example.org"}"#;
    type Reply = PrivacyReply;

    async fn call(self, cx: Context) -> Result<PrivacyReply> {
        let site = about(&cx, Some(self.site), |_, site| Ok(site.at_home())).await?;
        let record = record(&site);
        Ok(PrivacyReply { text: statement(&site, &record), record })
    }
}

/// What is done with page views of a site, from its settings as they are.
fn record(site: &Site) -> PrivacyRecord {
    let mut fields = vec![
        "time, to the second",
        "page: host, path and title",
        "referrer: host and path",
        "campaign parameters (utm_source, utm_medium, utm_campaign, utm_content, utm_term)",
        "browser and operating system: family and major version",
        "kind of device, class of the screen's width, language (two letters)",
        "events of the page with their properties",
        "engaged time and scroll depth",
        "whether it looks like a bot, and why",
    ];
    fields.extend(match site.places {
        Places::None => None,
        Places::Country => Some("country"),
        Places::City => Some("country, region and city"),
    });
    fields.push(if site.identified {
        "an id that lasts, as the site gives it"
    } else {
        "an id of the day, made with a secret that is destroyed"
    });
    let mut fields: Vec<String> = fields.into_iter().map(str::to_owned).collect();
    if !site.query_keys.is_empty() {
        fields.push(format!("of the page's query: {}", site.query_keys.join(", ")));
    }
    PrivacyRecord {
        site: site.name.clone(),
        purpose: "measuring the audience of this site, for its owner alone".to_owned(),
        fields,
        never_kept: [
            "IP address",
            "user agent",
            "cookies",
            "query of the page but for the keys above",
        ]
        .map(str::to_owned)
        .to_vec(),
        on_device: Vec::new(),
        id_hours: (!site.identified).then_some(24),
        keep_months: site.keep_months,
        honours_opt_out: site.honours_opt_out,
        places: places_of(site.places),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

fn statement(site: &Site, of: &PrivacyRecord) -> String {
    let ids = if site.identified {
        "Visitors are told apart by ids that this site gives them; these last until the events are deleted."
    } else {
        "Visitors are told apart for one day by a keyed hash of address and user agent. Its key is random, new each day, and destroyed at most 30 minutes after the day; from then on nobody can tell that visits on two days were one person's, the owner of this site included."
    };
    let objects = if of.honours_opt_out {
        "Browsers that send `Sec-GPC: 1` or `DNT: 1` are not counted; only their number is."
    } else {
        "Browsers that send `Sec-GPC: 1` or `DNT: 1` are counted like all others."
    };
    let fields: Vec<String> = of.fields.iter().map(|it| format!("- {it}")).collect();
    format!(
        "# How {} counts its visits\n\nPurpose: {}. Nothing is put on or read from your device: no cookie, no storage, no fingerprint. \
         Your address is used to find the country and to make the id of the day, and is not kept; neither is your user agent.\n\n{ids}\n\n{objects}\n\n\
         What is kept of an event, for {} months:\n\n{}\n\nTotals of days are kept longer; they name nobody. Nothing is handed on to anybody.\n",
        site.name,
        of.purpose,
        of.keep_months,
        fields.join("\n")
    )
}
