//! The same answers, found in the simplest way there is: every event looked at, words compared as words.

use analytics::event::{Event, Kind, Prop, Verdict};
use analytics::reports::{
    Counts, Dimension, Filter, Funnel, FunnelReport, FunnelStep, GoalReport, Grain, Op, Per, Query,
    Revenue, Step, Totals, Verdicts,
};
use analytics::visits::Definition;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone)]
pub(crate) struct Visit<'a> {
    pub(crate) events: Vec<&'a Event>,
    pub(crate) counted: bool,
    pub(crate) bounce: bool,
    pub(crate) duration: i64,
}

impl<'a> Visit<'a> {
    pub(crate) fn first(&self) -> &'a Event {
        self.events[0]
    }

    pub(crate) fn views(&self) -> impl DoubleEndedIterator<Item = &&'a Event> {
        self.events.iter().filter(|it| it.kind == Kind::Page)
    }
}

/// Events of a day's visitors, with their times and the order they came in.
type Streams<'a> = BTreeMap<(i32, u64, Verdict), Vec<(i64, usize, &'a Event)>>;

pub(crate) fn visits(events: &[Event], definition: Definition) -> Vec<Visit<'_>> {
    let mut streams = Streams::new();
    for (order, event) in events.iter().enumerate() {
        let key = (event.day, event.visitor, event.verdict);
        streams.entry(key).or_default().push((event.at, order, event));
    }
    let mut visits = Vec::new();
    for (_, mut stream) in streams {
        stream.sort_by_key(|it| (it.0, it.1));
        let mut open: Vec<&Event> = Vec::new();
        for (at, _, event) in stream {
            let goes_on = open.last().is_some_and(|last| match definition {
                Definition::Umami => at.div_euclid(3_600_000) == open[0].at.div_euclid(3_600_000),
                _ => {
                    at - last.at <= 30 * 60_000
                        && at - open[0].at <= 24 * 3_600_000
                        && open.len() < 10_000
                }
            });
            if !goes_on && !open.is_empty() {
                visits.push(visit(std::mem::take(&mut open), definition));
            }
            open.push(event);
        }
        if !open.is_empty() {
            visits.push(visit(open, definition));
        }
    }
    visits
}

fn visit(events: Vec<&Event>, definition: Definition) -> Visit<'_> {
    let views: Vec<&&Event> = events.iter().filter(|it| it.kind == Kind::Page).collect();
    let told: Vec<&&Event> = events.iter().filter(|it| it.kind != Kind::Engagement).collect();
    let acted = told.iter().any(|it| it.kind != Kind::Page && it.interactive);
    let whole = events[events.len() - 1].at - events[0].at;
    let (counted, bounce, duration) = match definition {
        Definition::Backstory => (!told.is_empty(), views.len() == 1 && !acted, whole),
        Definition::Plausible => {
            let length = told.last().map_or(0, |last| last.at - told[0].at);
            (!told.is_empty(), !told.is_empty() && views.len() < 2 && !acted, length)
        }
        Definition::Umami => (
            !views.is_empty(),
            views.len() == 1,
            views.last().map_or(0, |last| last.at - views[0].at),
        ),
    };
    Visit { events, counted, bounce, duration }
}

pub(crate) fn local(zone: &TimeZone, at: i64) -> jiff::Zoned {
    Timestamp::from_millisecond(at).unwrap().to_zoned(zone.clone())
}

/// Values of a visit.
pub(crate) fn of_visit(visit: &Visit<'_>, dimension: &Dimension, zone: &TimeZone) -> String {
    let of = &visit.first().of;
    let page = |it: Option<&&Event>| it.map(|it| it.path.to_string()).unwrap_or_default();
    match dimension {
        Dimension::Entry => page(visit.views().next()),
        Dimension::Exit => page(visit.views().next_back()),
        Dimension::Referrer => of.referrer.clone(),
        Dimension::ReferrerPath => of.referrer_path.clone(),
        Dimension::UtmSource => of.utm_source.clone(),
        Dimension::UtmMedium => of.utm_medium.clone(),
        Dimension::UtmCampaign => of.utm_campaign.clone(),
        Dimension::UtmContent => of.utm_content.clone(),
        Dimension::UtmTerm => of.utm_term.clone(),
        Dimension::Source => of.source.clone(),
        Dimension::Channel => of.channel.clone(),
        Dimension::Rule => of.rule.to_string(),
        Dimension::PaidClick => (if of.paid_click { "yes" } else { "no" }).into(),
        Dimension::Country => of.country.clone(),
        Dimension::Region => of.region.clone(),
        Dimension::City => of.city.clone(),
        Dimension::Browser => of.browser.clone(),
        Dimension::BrowserVersion => of.browser_version.clone(),
        Dimension::Os => of.os.clone(),
        Dimension::OsVersion => of.os_version.clone(),
        Dimension::Device => of.device.clone(),
        Dimension::Screen => of.screen.clone(),
        Dimension::Language => of.language.clone(),
        Dimension::Verdict => analytics::reports::verdict_name(visit.first().verdict).into(),
        Dimension::Hour => local(zone, visit.first().at).hour().to_string(),
        Dimension::Weekday => {
            local(zone, visit.first().at).weekday().to_monday_one_offset().to_string()
        }
        other => panic!("{other:?} is of events"),
    }
}

/// Values of an event; several where it has several.
pub(crate) fn of_event(event: &Event, dimension: &Dimension) -> Vec<String> {
    let text = |value: &Prop| match value {
        Prop::Text(it) => it.to_string(),
        Prop::Number(it) => it.to_string(),
        Prop::Bool(it) => it.to_string(),
    };
    match dimension {
        Dimension::Page => vec![event.path.to_string()],
        Dimension::Title => vec![event.title.to_string()],
        Dimension::Host => vec![event.host.to_string()],
        Dimension::Event if event.kind == Kind::Custom => vec![event.name.to_string()],
        Dimension::Outbound if event.kind == Kind::Outbound => vec![event.name.to_string()],
        Dimension::Event | Dimension::Outbound => Vec::new(),
        Dimension::Property => event.props.iter().map(|it| it.0.to_string()).collect(),
        Dimension::PropertyOf(key) => {
            event.props.iter().filter(|it| *it.0 == **key).map(|it| text(&it.1)).collect()
        }
        Dimension::Door => vec![analytics::reports::door_name(event.door).into()],
        other => panic!("{other:?} is of visits"),
    }
}

fn like(pattern: &str, word: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == word,
        Some((before, after)) => word.strip_prefix(before).is_some_and(|rest| {
            (0..=rest.len()).any(|it| rest.is_char_boundary(it) && like(after, &rest[it..]))
        }),
    }
}

fn holds(filter: &Filter, values: &[String]) -> bool {
    let any = |test: &dyn Fn(&str, &str) -> bool| {
        values.iter().any(|value| filter.values.iter().any(|it| test(it, value)))
    };
    let contains = |part: &str, word: &str| word.to_lowercase().contains(&part.to_lowercase());
    match filter.op {
        Op::Is => any(&|a, b| a == b),
        Op::IsNot => !any(&|a, b| a == b),
        Op::Contains => any(&contains),
        Op::ContainsNot => !any(&contains),
        Op::Matches => any(&like),
        Op::MatchesNot => !any(&like),
    }
}

/// A visit that is selected, and its events that are.
pub(crate) type Picked<'a> = (Visit<'a>, Vec<&'a Event>);

pub(crate) fn pick<'a>(events: &'a [Event], query: &Query, zone: &TimeZone) -> Vec<Picked<'a>> {
    let mut picked = Vec::new();
    for visit in visits(events, query.definition) {
        let first = visit.first();
        let verdict = match &query.verdicts {
            Verdicts::Persons => first.verdict == Verdict::Person,
            Verdicts::All => true,
            Verdicts::Only(only) => only.contains(&first.verdict),
        };
        if !verdict || first.at < query.from || first.at >= query.to {
            continue;
        }
        let (of_events, of_visits): (Vec<&Filter>, Vec<&Filter>) =
            query.filters.iter().partition(|it| it.dimension.is_of_events());
        if !of_visits.iter().all(|it| holds(it, &[of_visit(&visit, &it.dimension, zone)])) {
            continue;
        }
        let chosen: Vec<&Event> = visit
            .events
            .iter()
            .copied()
            .filter(|event| of_events.iter().all(|it| holds(it, &of_event(event, &it.dimension))))
            .collect();
        picked.push((visit, chosen));
    }
    picked
}

/// Whether it is a visit, and not only engaged time.
pub(crate) fn is_visit((visit, chosen): &Picked<'_>) -> bool {
    visit.counted && chosen.iter().any(|it| it.kind != Kind::Engagement)
}

pub(crate) fn totals(picked: &[Picked<'_>], definition: Definition, identified: bool) -> Totals {
    let mut counts = Counts::default();
    let mut visitors = BTreeSet::new();
    let mut durations = Vec::new();
    for one in picked {
        let (visit, chosen) = one;
        let views = chosen.iter().filter(|it| it.kind == Kind::Page).count() as u64;
        let acts = |it: &&&Event| matches!(it.kind, Kind::Custom | Kind::Outbound);
        counts.events += chosen.iter().filter(acts).count() as u64;
        let mut pages: BTreeMap<&str, u64> = BTreeMap::new();
        for event in chosen {
            *pages.entry(&event.path).or_default() += u64::from(event.engaged);
        }
        counts.engaged += pages.values().map(|it| it.min(&(30 * 60_000))).sum::<u64>();
        if !is_visit(one) {
            continue;
        }
        let first = visit.first();
        visitors.insert((if identified { 0 } else { first.day }, first.visitor));
        counts.visits += 1;
        counts.views += views;
        counts.bounces += u64::from(visit.bounce);
        counts.bounced_of += u64::from(definition != Definition::Backstory || views > 0);
        counts.duration += visit.duration as u64;
        durations.push(visit.duration as u64);
    }
    counts.visitors = visitors.len() as u64;
    durations.sort_unstable();
    Totals {
        counts,
        median_duration: durations.get(durations.len().saturating_sub(1) / 2).copied(),
        still: durations.iter().filter(|it| **it == 0).count() as u64,
    }
}

pub(crate) fn breakdown(
    picked: &[Picked<'_>],
    dimension: &Dimension,
    query: &Query,
    identified: bool,
    zone: &TimeZone,
) -> BTreeMap<String, Counts> {
    let mut values: BTreeMap<String, Vec<Picked<'_>>> = BTreeMap::new();
    for (visit, chosen) in picked {
        if !dimension.is_of_events() {
            let value = of_visit(visit, dimension, zone);
            values.entry(value).or_default().push((visit.clone(), chosen.clone()));
            continue;
        }
        let here: BTreeSet<String> = chosen.iter().flat_map(|it| of_event(it, dimension)).collect();
        for value in here {
            let mut chosen = chosen.clone();
            chosen.retain(|it| of_event(it, dimension).contains(&value));
            values.entry(value).or_default().push((visit.clone(), chosen));
        }
    }
    let mut rows = BTreeMap::new();
    for (value, of_value) in values {
        let mut counts = totals(&of_value, query.definition, identified).counts;
        if *dimension == Dimension::Page && query.definition == Definition::Umami {
            // Umami lists the pages that were seen, with the visits that saw them.
            let saw = |it: &&Picked<'_>| it.1.iter().any(|it| it.kind == Kind::Page);
            let seen: Vec<Picked<'_>> = of_value.iter().filter(saw).cloned().collect();
            if seen.is_empty() {
                continue;
            }
            let of_seen = totals(&seen, query.definition, identified).counts;
            counts = Counts { events: counts.events, engaged: counts.engaged, ..of_seen };
        }
        if *dimension == Dimension::Page {
            let entered = |it: &&Picked<'_>| {
                is_visit(it) && of_visit(&it.0, &Dimension::Entry, zone) == value
            };
            counts.bounced_of = picked.iter().filter(entered).count() as u64;
            counts.bounces = picked.iter().filter(entered).filter(|it| it.0.bounce).count() as u64;
            let mut depths: BTreeMap<(i32, u64), u8> = BTreeMap::new();
            for (visit, chosen) in &of_value {
                for event in chosen.iter().filter(|it| it.scroll <= 100) {
                    let depth = depths.entry((visit.first().day, event.visitor)).or_default();
                    *depth = event.scroll.max(*depth);
                }
            }
            counts.scroll = depths.values().map(|it| u64::from(*it)).sum();
            counts.scroll_of = depths.len() as u64;
        }
        if counts.visits + counts.events > 0 {
            rows.insert(value, counts);
        }
    }
    rows
}

pub(crate) fn series(
    picked: &[Picked<'_>],
    grain: Grain,
    query: &Query,
    identified: bool,
    zone: &TimeZone,
) -> Vec<(i64, Counts)> {
    let starts = |at: i64| {
        let it = local(zone, at);
        let day = it.date();
        let start = match grain {
            Grain::Hour => {
                let minutes = i64::from(it.minute()) * 60 + i64::from(it.second());
                return at - minutes * 1000 - i64::from(it.millisecond());
            }
            Grain::Day => day,
            Grain::Week => {
                day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days()).unwrap()
            }
            Grain::Month => day.first_of_month(),
        };
        start.to_zoned(zone.clone()).unwrap().timestamp().as_millisecond()
    };
    let mut parts: BTreeMap<i64, Vec<Picked<'_>>> = BTreeMap::new();
    let mut at = query.from;
    while at < query.to {
        parts.entry(starts(at)).or_default();
        at += 15 * 60_000;
    }
    for one in picked {
        parts.entry(starts(one.0.first().at)).or_default().push(one.clone());
    }
    let counts = |it: Vec<Picked<'_>>| totals(&it, query.definition, identified).counts;
    parts.into_iter().map(|(at, it)| (at, counts(it))).collect()
}

/// Whether an event is what a step waits for.
fn reaches(event: &Event, step: &Step) -> bool {
    let only_views = step.filters.iter().all(|it| {
        matches!(
            it.dimension,
            Dimension::Page | Dimension::Title | Dimension::Host | Dimension::Door
        )
    });
    (event.kind == Kind::Page || event.kind != Kind::Engagement && !only_views)
        && step.filters.iter().all(|it| holds(it, &of_event(event, &it.dimension)))
}

/// Who a visit's visitor is.
fn who(visit: &Visit<'_>, identified: bool) -> (i32, u64) {
    (if identified { 0 } else { visit.first().day }, visit.first().visitor)
}

pub(crate) fn goal(picked: &[Picked<'_>], goal: &Step, identified: bool) -> GoalReport {
    let all: Vec<&Picked<'_>> = picked.iter().filter(|it| is_visit(it)).collect();
    let mut visitors = BTreeSet::new();
    let mut revenue: BTreeMap<String, (i64, u64)> = BTreeMap::new();
    let (mut visits, mut events) = (0, 0);
    for (visit, _) in &all {
        let hits: Vec<_> = visit.events.iter().filter(|it| reaches(it, goal)).collect();
        if hits.is_empty() {
            continue;
        }
        visitors.insert(who(visit, identified));
        visits += 1;
        events += hits.len() as u64;
        for (currency, amount) in hits.iter().filter_map(|it| it.revenue.as_ref()) {
            let sum = revenue.entry(currency.to_string()).or_default();
            *sum = (sum.0 + amount, sum.1 + 1);
        }
    }
    let of: BTreeSet<_> = all.iter().map(|it| who(&it.0, identified)).collect();
    let revenue = revenue.into_iter().map(|(currency, (amount, events))| Revenue {
        currency: currency.into(),
        amount,
        events,
    });
    GoalReport {
        name: goal.name.clone(),
        visitors: visitors.len() as u64,
        of: of.len() as u64,
        visits,
        events,
        revenue: revenue.collect(),
    }
}

pub(crate) fn funnel(picked: &[Picked<'_>], funnel: &Funnel) -> FunnelReport {
    let mut walkers: BTreeMap<(i32, u64, i64), Vec<&Event>> = BTreeMap::new();
    for one in picked.iter().filter(|it| is_visit(it)) {
        let first = one.0.first();
        let visit = if funnel.per == Per::Visit { first.at } else { 0 };
        walkers.entry((first.day, first.visitor, visit)).or_default().extend(&one.0.events);
    }
    let mut reached: Vec<Vec<u64>> = vec![Vec::new(); funnel.steps.len()];
    for events in walkers.values_mut() {
        events.sort_by_key(|it| it.at);
        // ends[n]: the events that end a way through the first n + 1 steps, found from all that end the
        // first n; and the time from the latest such before the earliest that ends this.
        let mut ends: Vec<usize> = Vec::new();
        for (number, step) in funnel.steps.iter().enumerate() {
            let hits = (0..events.len()).filter(|it| reaches(events[*it], step));
            let now: Vec<usize> = match number {
                0 => hits.collect(),
                _ => hits
                    .filter(|hit| {
                        ends.iter().any(|before| {
                            before < hit && events[*hit].at - events[*before].at <= funnel.window
                        })
                    })
                    .collect(),
            };
            let Some(first) = now.first() else { break };
            let before = ends.iter().rev().find(|it| *it < first);
            reached[number]
                .push(before.map_or(0, |it| (events[*first].at - events[*it].at) as u64));
            ends = now;
        }
    }
    let of = walkers.len() as u64;
    let mut before = of;
    let steps = funnel.steps.iter().zip(reached).enumerate().map(|(number, (step, mut took))| {
        took.sort_unstable();
        let dropped = before - took.len() as u64;
        before = took.len() as u64;
        let median = took.get(took.len().saturating_sub(1) / 2).copied().filter(|_| number > 0);
        FunnelStep { name: step.name.clone(), reached: before, dropped, median }
    });
    FunnelReport { of, steps: steps.collect() }
}

/// Start of the period, start of the period of the first visit ever: persons.
pub(crate) fn retention(
    events: &[Event],
    query: &Query,
    grain: Grain,
    zone: &TimeZone,
) -> Vec<(i64, u64, Vec<u64>)> {
    let periods: Vec<i64> = series(&[], grain, query, true, zone).iter().map(|it| it.0).collect();
    let Some(begin) = periods.first() else { return Vec::new() };
    let period = |at: i64| periods.iter().rposition(|it| *it <= at);
    let ever = Query { from: 0, filters: Vec::new(), ..query.clone() };
    let mut first: BTreeMap<u64, i64> = BTreeMap::new();
    for one in pick(events, &ever, zone).iter().filter(|it| is_visit(it)) {
        let at = first.entry(one.0.first().visitor).or_insert(i64::MAX);
        *at = one.0.first().at.min(*at);
    }
    let mut cohorts: Vec<(i64, BTreeSet<u64>, Vec<BTreeSet<u64>>)> = periods
        .iter()
        .enumerate()
        .map(|(place, at)| (*at, BTreeSet::new(), vec![BTreeSet::new(); periods.len() - place]))
        .collect();
    for one in pick(events, &query.over(*begin, query.to), zone).iter().filter(|it| is_visit(it)) {
        let visitor = one.0.first().visitor;
        let (Some(now), Some(cohort)) = (period(one.0.first().at), period(first[&visitor])) else {
            continue;
        };
        cohorts[cohort].1.insert(visitor);
        cohorts[cohort].2[now - cohort].insert(visitor);
    }
    let count = |it: &BTreeSet<u64>| it.len() as u64;
    cohorts.iter().map(|it| (it.0, count(&it.1), it.2.iter().map(count).collect())).collect()
}

/// Steps of visits, with how many visits went so.
pub(crate) fn journeys(
    picked: &[Picked<'_>],
    length: usize,
    with_events: bool,
    begin: Option<&str>,
) -> BTreeMap<Vec<String>, u64> {
    let mut ways: BTreeMap<Vec<String>, u64> = BTreeMap::new();
    for (visit, _) in picked.iter().filter(|it| is_visit(it)) {
        let mut steps: Vec<(bool, String)> = Vec::new();
        for event in &visit.events {
            match event.kind {
                Kind::Page => steps.push((false, event.path.to_string())),
                Kind::Custom if with_events => steps.push((true, event.name.to_string())),
                _ => {}
            }
        }
        if let Some(begin) = begin {
            let place = steps.iter().position(|it| !it.0 && it.1 == begin);
            steps.drain(..place.unwrap_or(steps.len()));
        }
        steps.dedup();
        steps.truncate(length);
        if !steps.is_empty() {
            *ways.entry(steps.into_iter().map(|it| it.1).collect()).or_default() += 1;
        }
    }
    ways
}

pub(crate) fn live(events: &[Event], query: &Query, now: i64, zone: &TimeZone) -> Vec<(u64, u64)> {
    let query = query.over(now - 86_400_000, now + 1);
    let picked = pick(events, &query, zone);
    let within = |from: i64, to: i64| {
        let mut visitors = BTreeSet::new();
        let mut views = 0;
        for (visit, chosen) in &picked {
            for event in chosen.iter().filter(|it| it.at >= from && it.at < to && it.at <= now) {
                visitors.insert((visit.first().day, event.visitor));
                views += u64::from(event.kind == Kind::Page);
            }
        }
        (visitors.len() as u64, views)
    };
    let minute = now.div_euclid(60_000) * 60_000;
    let mut found: Vec<(u64, u64)> = (0..30)
        .map(|it| minute - (29 - it) * 60_000)
        .map(|from| within(from, from + 60_000))
        .collect();
    found.push((within(now - 5 * 60_000 + 1, now + 1).0, 0));
    found
}
