//! Visits of three made-up sites, the same each time, and how Umami, Plausible and Matomo keep them: tables and
//! columns with these products' own types and engines, as far as anybody reads them.
//!
//! Hits are what happened; each product's module makes of them what the product would have written down, by its
//! own rules about who is the same visitor and what is one visit.

pub mod matomo;
pub mod plausible;
pub mod umami;

use std::collections::BTreeMap;

/// A site.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    /// Its name, which is its host.
    pub host: &'static str,
    /// Zone of its days, where a product knows one.
    pub zone: &'static str,
    /// How many people come.
    people: u32,
}

/// The sites. The first has clocks that change on 30 March 2025, within what is generated.
pub const SITES: [Site; 3] = [
    Site { host: "shop.example.org", zone: "Europe/Berlin", people: 170 },
    Site { host: "docs.example.org", zone: "America/New_York", people: 60 },
    Site { host: "blog.example.org", zone: "UTC", people: 20 },
];

/// First second of what is generated: 10 February 2025, midnight in UTC.
pub const BEGIN: i64 = 1_739_145_600;
/// Days that are generated.
pub const DAYS: i64 = 62;

/// What somebody browses with, and from where; the same for all of a person's hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    /// Two capital letters.
    pub country: &'static str,
    /// Two letters.
    pub language: &'static str,
    /// Family of the browser.
    pub browser: &'static str,
    /// Family of the operating system.
    pub system: &'static str,
    /// `desktop`, `mobile`, `tablet`.
    pub device: &'static str,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A page was seen.
    View,
    /// Something with a name; and whether it shows that somebody did something.
    Named(&'static str, bool),
    /// So many seconds of looking at the page are told afterwards. Only Plausible hears of it.
    Engaged(u32),
}

/// Something that happened on a site.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Its number, from 0, in order of time.
    pub number: u64,
    /// Index of the site.
    pub site: usize,
    /// Number of the person, in the site.
    pub person: u32,
    /// When, in seconds since 1970.
    pub at: i64,
    /// What.
    pub what: What,
    /// Path of the page.
    pub path: &'static str,
    /// Host that the browser names as the one before; the site's own within a visit; empty for none.
    pub referrer: &'static str,
    /// Source, medium and name of the campaign in the page's address.
    pub campaign: Option<(&'static str, &'static str, &'static str)>,
}

const PATHS: [&str; 9] = [
    "/",
    "/pricing",
    "/docs",
    "/docs/install",
    "/blog/first",
    "/blog/second",
    "/about",
    "/cart",
    "/ümläut/日本",
];
const REFERRERS: [&str; 7] =
    ["", "", "google.com", "news.ycombinator.com", "t.co", "duckduckgo.com", "other.example.net"];
const CAMPAIGNS: [(&str, &str, &str); 3] = [
    ("newsletter", "email", "spring"),
    ("google", "cpc", "spring"),
    ("partner", "affiliate", "o'neill & \"sons\""),
];
const NAMED: [(&str, bool); 3] = [("signup", true), ("download", true), ("seen", false)];

/// A number that looks like chance and is the same for the same two numbers.
pub fn mixed(one: u64, other: u64) -> u64 {
    let mut it = one
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .wrapping_add(other.wrapping_mul(0xd1b5_4a32_d192_ed03))
        .wrapping_add(0x2545_f491_4f6c_dd1d);
    it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    it ^ (it >> 31)
}

/// Whose browser it is.
pub fn person(site: usize, number: u32) -> Person {
    let chance = mixed(900 + site as u64, u64::from(number));
    let pick = |from: &[&'static str], at: u64| from[(chance >> at) as usize % from.len()];
    let (system, device) = [
        ("Windows", "desktop"),
        ("Mac OS", "desktop"),
        ("Linux", "desktop"),
        ("iOS", "mobile"),
        ("Android", "mobile"),
        ("Android", "tablet"),
    ][(chance >> 8) as usize % 6];
    Person {
        country: pick(&["DE", "DE", "FR", "US", "US", "JP", "BR"], 16),
        language: pick(&["de", "en", "fr", "ja"], 24),
        browser: pick(&["Chrome", "Chrome", "Firefox", "Safari", "Edge"], 32),
        system,
        device,
    }
}

/// All that happened, in order of time. No two hits of a person are in the same second, and gaps are shorter than
/// 25 minutes or longer than 40: nobody's rule about the end of a visit is a matter of a second.
pub fn hits() -> Vec<Hit> {
    let mut all = Vec::new();
    for (site, of) in SITES.iter().enumerate() {
        for person in 0..of.people {
            let mut chance = mixed(site as u64 + 1, u64::from(person));
            let mut next = |most: u64| {
                chance = mixed(chance, most);
                chance % most
            };
            let mut taken: BTreeMap<i64, Hit> = BTreeMap::new();
            for _ in 0..1 + next(6) {
                // A third begins in the last hour of a day in UTC, so that visits lie across midnight.
                let second = if next(3) == 0 { 82_800 + next(3_600) } else { next(86_400) };
                let mut at = BEGIN + next(DAYS as u64 - 1) as i64 * 86_400 + second as i64;
                let near = taken.range(at - 4 * 3_600..at + 4 * 3_600).next().is_some();
                if near {
                    continue; // two visits of one person stay apart
                }
                let campaign = (next(5) == 0).then(|| CAMPAIGNS[next(3) as usize]);
                let referrer = if campaign.is_some() { "" } else { REFERRERS[next(7) as usize] };
                let views = [1, 1, 1, 2, 3, 5, 8][next(7) as usize];
                let silent = next(12) == 0; // begins with an event and no view
                for view in 0..views {
                    let first = view == 0;
                    let path = PATHS[(next(9) * next(9) / 8) as usize];
                    let hit = |what, at, first: bool| Hit {
                        number: 0,
                        site,
                        person,
                        at,
                        what,
                        path,
                        referrer: if first { referrer } else { of.host },
                        campaign: campaign.filter(|_| first),
                    };
                    if first && silent {
                        let (name, interactive) = NAMED[next(3) as usize];
                        taken.insert(at, hit(What::Named(name, interactive), at, true));
                        at += 3 + next(60) as i64;
                    }
                    taken.insert(at, hit(What::View, at, first && !silent));
                    if next(5) == 0 {
                        at += 2 + next(90) as i64;
                        let (name, interactive) = NAMED[next(3) as usize];
                        taken.insert(at, hit(What::Named(name, interactive), at, false));
                    }
                    if next(3) == 0 {
                        let looked = 4 + next(200);
                        at += looked as i64;
                        taken.insert(at, hit(What::Engaged(looked as u32), at, false));
                    }
                    // Now and then somebody goes away and comes back.
                    at += if next(10) == 0 { 2_400 + next(600) } else { 5 + next(900) } as i64;
                }
            }
            all.extend(taken.into_values());
        }
    }
    all.sort_by_key(|it| (it.at, it.site, it.person));
    for (number, hit) in all.iter_mut().enumerate() {
        hit.number = number as u64;
    }
    all
}

/// A number as an id of 32 digits.
pub fn uuid(kind: u64, number: u64) -> String {
    let (high, low) = (mixed(kind, number), mixed(number, kind ^ 0xff));
    let hex = format!("{high:016x}{low:016x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// `2025-02-10 00:00:00`, in UTC.
pub fn moment(at: i64) -> String {
    let (days, second) = (at.div_euclid(86_400), at.rem_euclid(86_400));
    let (year, month, day) = date(days);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

/// Year, month and day of a day since 1970.
pub fn date(days: i64) -> (i64, i64, i64) {
    // Years are counted from March here, so that a leap day is a year's last.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// Text of SQL in quotes, for engines to which a backslash is a letter.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The same for engines to which a backslash is none.
fn escaped(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// `insert into … values …;` for rows, so many at a time.
fn insert(table: &str, columns: &str, rows: &[String]) -> Vec<String> {
    let some = |rows: &[String]| {
        format!("insert into {table} ({columns}) values\n{};\n", rows.join(",\n"))
    };
    rows.chunks(500).map(some).collect()
}
