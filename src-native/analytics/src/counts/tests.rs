//! Facts about putting two trackers side by side.

use super::*;

fn counts(text: &str) -> Counts {
    read(text.as_bytes(), None).unwrap()
}

fn days(text: &str) -> Vec<(String, f64)> {
    counts(text).days.into_iter().map(|it| (it.0.to_string(), it.1)).collect()
}

#[test]
fn every_tools_own_file_of_days_is_read() {
    let expected = vec![("2026-11-01".to_owned(), 1234.0), ("2026-11-02".to_owned(), 56.0)];
    for text in [
        "# ----------------------------------------\n# Pages\n# Account: A\n# Start date: 20261101\n# End date: 20261102\n# ----------------------------------------\n\nNth day,Views\n0000,1234\n0001,56\n\n# Other\nCountry,Users\nDE,5\n",
        "Day Index,Pageviews\n11/1/26,\"1,234\"\n11/2/26,56\n,\"1,290\"\n",
        "date,visitors,pageviews,bounces,visits,visit_duration\n2026-11-01,3,1234,1,3,9\n2026-11-02,3,56,1,3,9\n",
        "x;y\r\n2026-11-01 00:00:00;1000\r\n2026-11-01 13:00:00;234\r\n2026-11-02;56\r\n",
        "date\tviews\n20261101\t1234\n20261102\t56\n",
        "Date,Whatever\n01.11.2026,1234\n02.11.2026,56\n",
        "Date + hour,Views\n2026110100,1200\n2026110123,34\n2026110200,56\n",
        "{\"results\":[{\"date\":\"2026-11-01\",\"visitors\":1234},{\"date\":\"2026-11-02\",\"visitors\":56}]}",
        "{\"pageviews\":[{\"x\":\"2026-11-01T00:00:00Z\",\"y\":1234},{\"x\":\"2026-11-02T00:00:00Z\",\"y\":56}]}",
        "{\"hits\":[{\"stats\":[{\"day\":\"2026-11-01\",\"daily\":1000}]},{\"stats\":[{\"day\":\"2026-11-01\",\"daily\":234},{\"day\":\"2026-11-02\",\"daily\":56}]}]}",
        "2Path,Event,Session,FirstVisit,Date\n",
    ] {
        if text.ends_with("FirstVisit,Date\n") {
            let rows =
                format!("{text}/a,0,s,1,2026-11-01T10:00:00Z\n/b,0,s,1,2026-11-01T11:00:00Z\n");
            assert_eq!(days(&rows), [("2026-11-01".to_owned(), 2.0)]);
        } else {
            assert_eq!(days(text), expected, "{text}");
        }
    }
    assert_eq!(counts("date,visitors,pageviews\n2026-11-01,3,9\n").what, "pageviews");
    let named =
        read("date,visitors,pageviews\n2026-11-01,3,9\n".as_bytes(), Some("Visitors")).unwrap();
    assert_eq!(named.days.values().sum::<f64>(), 3.0);
}

#[test]
fn what_has_no_days_or_no_counts_is_refused_with_the_columns_it_has() {
    let said = |text: &str| read(text.as_bytes(), None).unwrap_err();
    assert!(said("").contains("empty"));
    assert!(said("a,b\n1,2\n").contains("there are a, b"));
    assert!(said("date,colour,shape\n2026-11-01,red,round\n").contains("colour"));
    assert!(said("date,views\nx,y\n").contains("no line"));
    assert!(said("{}").contains("no list"));
    assert!(said("{").contains("no JSON"));
    assert!(
        read("date,views\n2026-11-01,1\n".as_bytes(), Some("z"))
            .unwrap_err()
            .contains("date, views")
    );
    let _ = read(&[0xff, 0xfe, 0, b',', b'"', b'\n', 0][..], None).unwrap_err();
}

fn of(counts: &[f64]) -> BTreeMap<Date, f64> {
    let first: Date = "2026-11-01".parse().unwrap();
    counts
        .iter()
        .zip(0..)
        .map(|(count, day)| (first + jiff::Span::new().days(day), *count))
        .collect()
}

#[test]
fn drift_is_the_ratio_in_the_middle_and_a_day_that_is_far_off_is_named() {
    let a = of(&[100.0, 110.0, 120.0, 100.0, 90.0, 100.0, 100.0, 200.0]);
    let mut b = of(&[90.0, 99.0, 109.0, 91.0, 81.0, 40.0, 90.0]);
    b.insert("2026-12-01".parse().unwrap(), 5.0);
    let it = compare(&a, &b);
    assert_eq!((it.both, it.only_a, it.only_b), (7, 1, 1));
    assert_eq!((it.a, it.b), (720.0, 600.0));
    assert_eq!(it.median, Some(0.9));
    let far: Vec<String> =
        it.days.iter().filter(|it| it.is_far).map(|it| it.day.to_string()).collect();
    assert_eq!(far, ["2026-11-06"]);
    let said = it.said("Google", "ours");
    assert!(said.starts_with("On a day in the middle ours counts 90.0 % of what Google counts (600 of 720 over 7 days)"), "{said}");
    assert!(
        said.contains("Far off: 2026-11-06") && said.contains("Google says nothing about 1 day."),
        "{said}"
    );
}

#[test]
fn nothing_in_common_and_nothing_counted_are_said_so() {
    assert!(compare(&of(&[1.0]), &BTreeMap::new()).said("a", "b").contains("no day in common"));
    assert!(compare(&of(&[0.0]), &of(&[0.0])).said("a", "b").contains("counted nothing"));
    let still = compare(&of(&[0.0, 10.0, 10.0]), &of(&[5.0, 10.0, 10.0]));
    assert!(still.days[0].is_far && still.days[0].ratio.is_none());
}
