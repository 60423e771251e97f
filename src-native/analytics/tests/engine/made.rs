//! Events that are made, the same each time: small sets with everything that is awkward.

use analytics::event::{Door, Event, Kind, Prop, Verdict, Visited};
use analytics::site::{Places, Site};
use analytics::visits::Days;
use jiff::tz::TimeZone;
use std::sync::Arc;

pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.0;
        it = (it ^ it >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ it >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        it ^ it >> 31
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub(crate) fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    pub(crate) fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len() as u64) as usize]
    }
}

pub(crate) fn site(name: &str, zone: &str, identified: bool) -> Site {
    Site {
        id: 0,
        name: name.into(),
        aliases: vec![format!("{name}-alias")],
        hosts: Vec::new(),
        zone: zone.into(),
        honours_opt_out: true,
        query_keys: Vec::new(),
        places: Places::Country,
        internal: Vec::new(),
        keep_months: 25,
        identified,
        currency: "EUR".into(),
    }
}

pub(crate) fn event(at: i64, day: i32, visitor: u64, kind: Kind, path: &str) -> Event {
    Event {
        at,
        day,
        visitor,
        kind,
        name: "".into(),
        interactive: kind == Kind::Custom,
        host: "example.org".into(),
        path: path.into(),
        title: "".into(),
        of: Arc::new(Visited { source: "Direct".into(), ..Visited::default() }),
        props: Vec::new(),
        engaged: 0,
        scroll: 255,
        revenue: None,
        verdict: Verdict::Person,
        door: Door::Own,
    }
}

const PATHS: [&str; 9] =
    ["/", "/pricing", "/docs", "/docs/a", "/docs/b", "/blog/ä", "/signup", "/thanks", "/Docs"];
const SOURCES: [&str; 4] = ["Google", "Hacker News", "Direct", "newsletter"];
const COUNTRIES: [&str; 4] = ["DE", "FR", "US", ""];
const VERDICTS: [Verdict; 6] = [
    Verdict::Person,
    Verdict::Person,
    Verdict::Person,
    Verdict::Person,
    Verdict::CrawlerAgent,
    Verdict::Prefetch,
];

/// Events of some days before and after `from`, in order of time. Times of a visitor are all different.
pub(crate) fn events(
    seed: u64,
    zone: &TimeZone,
    identified: bool,
    from: i64,
    count: usize,
) -> Vec<Event> {
    let mut random = Random(seed);
    let mut all = Vec::new();
    while all.len() < count {
        let person = random.below(60) + 1;
        let mut at = from + random.below(9 * 86_400_000) as i64;
        let client = Visited {
            source: random.of(&SOURCES).to_string(),
            referrer: random.of(&["", "news.example", "search.example"]).to_string(),
            referrer_path: random.of(&["", "/item"]).to_string(),
            utm_campaign: random.of(&["", "", "spring"]).to_string(),
            channel: random.of(&["Direct", "Organic Search"]).to_string(),
            paid_click: random.one_in(5),
            rule: random.below(4) as u8,
            country: random.of(&COUNTRIES).to_string(),
            browser: random.of(&["Firefox", "Chrome"]).to_string(),
            browser_version: random.below(3).to_string(),
            os: "Linux".into(),
            device: random.of(&["desktop", "mobile"]).to_string(),
            language: random.of(&["de", "en"]).to_string(),
            ..Visited::default()
        };
        let later = Visited {
            source: "Direct".into(),
            country: client.country.clone(),
            ..Visited::default()
        };
        let (first, later) = (Arc::new(client), Arc::new(later));
        let verdict = *random.of(&VERDICTS);
        for step in 0..random.below(12) {
            let kind = match random.below(10) {
                0..5 => Kind::Page,
                5 | 6 => Kind::Custom,
                7 => Kind::Outbound,
                _ => Kind::Engagement,
            };
            let of = if step == 0 || random.one_in(6) { &first } else { &later };
            let path: &str = random.of::<&str>(&PATHS);
            let mut event = event(at, 0, person, kind, path);
            event.of = of.clone();
            event.verdict = if random.one_in(15) { Verdict::Prefetch } else { verdict };
            event.title = format!("Title of {}", event.path).into();
            event.door = *random.of(&[Door::Own, Door::Umami]);
            event.interactive = kind == Kind::Custom && !random.one_in(4);
            match kind {
                Kind::Custom => event.name = (*random.of(&["signup", "buy", "play"])).into(),
                Kind::Outbound => event.name = (*random.of(&["other.example/a", "signup"])).into(),
                Kind::Engagement => {
                    event.engaged = random.below(40 * 60_000) as u32;
                    event.scroll = random.below(101) as u8;
                }
                Kind::Page => {}
            }
            if kind == Kind::Custom && random.one_in(2) {
                event
                    .props
                    .push(("plan".into(), Prop::Text((*random.of(&["pro", "free"])).into())));
                event.props.push(("seats".into(), Prop::Number(random.below(3) as f64 + 0.5)));
                event.props.push(("trial".into(), Prop::Bool(random.one_in(2))));
            }
            if &*event.name == "buy" {
                let currency = *random.of(&["EUR", "USD"]);
                event.revenue = Some((currency.into(), random.below(10_000) as i64 - 500));
            }
            all.push(event);
            at += match random.below(12) {
                0 => 30 * 60_000,
                1 => 30 * 60_000 + 1,
                2 => random.below(4 * 3_600_000) as i64 + 1,
                _ => random.below(8 * 60_000) as i64 + 1,
            };
        }
    }
    all.sort_by_key(|it| it.at);
    let mut days = Days::new(zone.clone());
    let mut seen = std::collections::HashSet::new();
    all.retain(|it| seen.insert((it.visitor, it.at)));
    for event in &mut all {
        event.day = days.day(event.visitor, event.at);
        if !identified {
            // Another id each day, as a salt makes it.
            event.visitor = event.visitor.wrapping_mul(0x9e37_79b9_7f4a_7c15)
                ^ (event.day as u64).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        }
    }
    all
}
