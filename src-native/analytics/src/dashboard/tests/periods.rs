//! Periods, what they are compared with, and the places that parameters fill.

use crate::dashboard::period::{Grain, Period, Resolved};
use crate::dashboard::{Compare, Values, read};
use crate::table::Cell;
use jiff::Timestamp;
use jiff::tz::TimeZone;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn resolved(period: &str, now: &str, zone: &str) -> Resolved {
    let zone = TimeZone::get(zone).unwrap();
    Period::parse(period).unwrap().resolve(at(now), &zone).unwrap()
}

#[test]
fn periods_are_what_they_say_in_the_zone() {
    let now = "2026-11-14T23:30:00Z"; // 15 November in Berlin
    let days = |it: &str| {
        let it = resolved(it, now, "Europe/Berlin");
        format!("{}..{} {} {}", it.from_day, it.to_day, it.grain.name(), it.open)
    };
    assert_eq!(days("90d"), "2026-08-18..2026-11-16 day true");
    assert_eq!(days("12w"), "2026-08-24..2026-11-16 day true");
    assert_eq!(days("6m"), "2026-05-16..2026-11-16 week true");
    assert_eq!(days("1y"), "2025-11-16..2026-11-16 week true");
    assert_eq!(days("3y"), "2023-11-16..2026-11-16 month true");
    assert_eq!(days("today"), "2026-11-15..2026-11-16 hour true");
    assert_eq!(days("yesterday"), "2026-11-14..2026-11-15 hour false");
    assert_eq!(days("this week"), "2026-11-09..2026-11-16 day true");
    assert_eq!(days("this month"), "2026-11-01..2026-12-01 day true");
    assert_eq!(days("last month"), "2026-10-01..2026-11-01 day false");
    assert_eq!(days("2026-01-01..2026-02-01"), "2026-01-01..2026-02-01 day false");
    // Clocks were put back in October: its month has an hour more.
    let october = resolved("last month", now, "Europe/Berlin");
    assert_eq!(october.to.as_second() - october.from.as_second(), 31 * 86_400 + 3_600);
    let hours = resolved("24h", "2026-11-14T10:20:00Z", "UTC");
    assert_eq!((hours.from, hours.to), (at("2026-11-13T11:00:00Z"), at("2026-11-14T11:00:00Z")));
}

#[test]
fn the_period_before_is_as_long_and_begins_on_the_same_day_of_the_week() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let now = at("2026-11-14T11:00:00Z");
    for period in ["1d", "7d", "30d", "90d", "6m", "today", "last month", "2026-01-01..2026-02-01"]
    {
        let own = Period::parse(period).unwrap().resolve(now, &zone).unwrap();
        let then = own.before(Compare::Before, now, &zone).unwrap();
        assert_eq!(own.from_day.weekday(), then.from_day.weekday(), "{period}");
        assert!(then.to <= own.from, "{period} and the one before it do not overlap");
        let here = |it: Timestamp| it.to_zoned(zone.clone()).datetime();
        let until = if own.open { now } else { own.to };
        assert_eq!(
            here(until).time(),
            here(then.to).time(),
            "{period} is compared with the same part"
        );
        let long = here(until).since(here(own.from)).unwrap();
        let other = here(then.to).since(here(then.from)).unwrap();
        assert_eq!(long.fieldwise(), other.fieldwise(), "{period}");
        let year = own.before(Compare::Year, now, &zone).unwrap();
        assert_eq!(own.from_day.since(year.from_day).unwrap().get_days(), 364, "{period}");
    }
}

#[test]
fn what_is_no_period_is_said() {
    for text in [
        "",
        "90",
        "d",
        "0d",
        "90x",
        "this decade",
        "2026-02-01..2026-01-01",
        "..",
        "99999999d",
        "é",
        "-5d",
        "2026-1-1..2026-02-01",
    ] {
        assert!(Period::parse(text).is_err(), "{text}");
    }
    for text in ["90d", "12w", "today", "this month", "last year", "all", "2026-01-01..2026-02-01"]
    {
        assert_eq!(Period::parse(text).unwrap().to_string(), text);
    }
    assert!(Period::parse("60000y").is_err());
    let far = Period::parse("9999y").unwrap();
    assert!(far.resolve(at("2026-11-14T11:00:00Z"), &TimeZone::UTC).is_err());
}

const TEXT: &str = "+++\ntitle = \"t\"\n[params.period]\nkind = \"period\"\n[params.other]\nkind = \"period\"\ndefault = \"7d\"\n\
    [params.country]\nkind = \"choice\"\noptions = [\"DE\", \"FR\"]\nmany = true\n[params.least]\nkind = \"number\"\ndefault = 5\n+++\n\
    ```sql q on=shop\nselect :from_unix, :grain, :other_from_day where c in (:country) and :country_count and n > :least and x = :x\n```\n\
    ```toml c call=memory.risk rows=files\nlimit = \":least\"\ncountries = \":country\"\nwhen = { from = \":from_day\" }\n```\n\
    ```toml panel\ntable = \"q\"\nrows = \"q\"\n```\n";

#[test]
fn places_are_filled_by_what_is_asked_and_nothing_else() {
    let (dashboard, troubles) = read(TEXT);
    assert_eq!(troubles, []);
    let dashboard = dashboard.unwrap();
    let now = at("2026-11-14T11:00:00Z");
    let give = |given: &[(&str, &str)]| {
        let given: Vec<(String, String)> =
            given.iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect();
        Values::resolve(&dashboard.params, &given, now, &TimeZone::UTC)
    };
    let values = give(&[("country", "DE"), ("country", "FR"), ("period", "today")]).unwrap();
    let query = dashboard.query("q").unwrap();
    let bound = values.bind(query, &[("x", Cell::Integer(3))]);
    assert!(bound.text.contains("in (:country_1, :country_2)"), "{}", bound.text);
    let names: Vec<&str> = bound.values.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(
        names,
        [
            "from_unix",
            "grain",
            "other_from_day",
            "country_1",
            "country_2",
            "country_count",
            "least",
            "x"
        ]
    );
    assert_eq!(bound.values[1].1, Cell::Text(Grain::Hour.name().to_owned()));
    assert_eq!(bound.values[2].1, Cell::Text("2026-11-08".to_owned()));
    let arguments = values.arguments(dashboard.query("c").unwrap(), &[]);
    assert_eq!(
        serde_json::Value::from(arguments).to_string(),
        r#"{"limit":5,"countries":["DE","FR"],"when":{"from":"2026-11-14"}}"#
    );
    let none = give(&[]).unwrap();
    assert!(none.bind(query, &[]).text.contains("in (:country_1)"));
    let wrong =
        give(&[("country", "XX"), ("least", "many"), ("perid", "1d"), ("other", "x")]).unwrap_err();
    assert_eq!(
        wrong,
        [
            "there is no parameter `perid`; did you mean `period`?",
            "`other` takes a period: `x` is no period",
            "`country` cannot be `XX`: choose one of `DE`, `FR`",
            "`least` takes a number: `many` is no number",
        ]
    );
}
