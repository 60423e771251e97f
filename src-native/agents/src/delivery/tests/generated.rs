//! Generated histories, and the arithmetic again in the simplest words there are.

use super::*;

/// A generator that gives the same numbers everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    fn hours(&mut self, below: u64) -> i64 {
        self.roll(below) as i64
    }
}

fn history(seed: u64) -> Facts {
    let dice = &mut Dice(seed);
    let commits: Vec<Commit> = (1..=60_u8)
        .map(|it| Commit {
            merge: dice.roll(6) == 0,
            reverts: (dice.roll(10) == 0 && it > 5).then(|| oid(it - 4)),
            authored: at(i64::from(it) * 24 - dice.hours(80)),
            ..commit(it, i64::from(it) * 24, 1 + dice.hours(5))
        })
        .collect();
    let (commits, parents) = line(commits);
    let releases =
        (1..=5).map(|it| tag(&format!("v{it}"), it * 10, i64::from(it) * 240 + 5)).collect();
    let pulls = (0..80_u64).map(|number| {
        let created = dice.hours(1_400);
        let end = created + dice.hours(300);
        let mut it = pull(number, 1 + dice.hours(5), created, (dice.roll(3) > 0).then_some(end));
        if it.merged.is_none() && dice.roll(2) == 0 {
            it.closed = Some(at(end));
        }
        it.author.bot = dice.roll(12) == 0;
        it.written = (0..dice.roll(4)).map(|_| at(created - 60 + dice.hours(160))).collect();
        it.written.sort_unstable();
        if dice.roll(4) == 0 {
            it.drafts = vec![(at(created + dice.hours(60)), false)];
        }
        let words = (0..dice.roll(6)).map(|_| {
            let how = [APPROVED, ASKED, How::Line, How::Comment][dice.roll(4) as usize];
            let by = if dice.roll(6) == 0 { BOT } else { who(1 + dice.hours(5)) };
            said(created + dice.hours(250), by, how)
        });
        it.said = words.collect();
        it.said.sort_by_key(|it| it.at);
        it.lines = (dice.roll(8) > 0).then(|| dice.roll(900));
        it.linked = dice.roll(2) == 0;
        it.work = Work::ALL[dice.roll(4) as usize];
        it.commits = vec![CommitId(1 + dice.hours(60))];
        it
    });
    let pulls: Vec<Pull> = pulls.collect();
    let issues = (0..60).map(|number| {
        let created = dice.hours(1_400);
        let started = created + dice.hours(100);
        let done = started + dice.hours(200);
        let resolved = (dice.roll(3) > 0).then_some(done);
        let mut it = issue(&format!("A-{number:02}"), created, resolved);
        it.incident = dice.roll(8) == 0;
        if dice.roll(4) > 0 {
            it.told = true;
            it.stages.push(stage(started, ["doing", "blocked"][dice.roll(2) as usize]));
            it.stages.extend(resolved.map(|at| stage(at, "done")));
        }
        it.said = vec![(at(created + dice.hours(90)), who(1 + dice.hours(4)))];
        it
    });
    Facts {
        now: at(1_700),
        issues: issues.collect(),
        commits,
        parents,
        releases,
        pulls,
        ..Facts::default()
    }
}

/// Stretches that are looked at.
fn spans() -> [Span; 4] {
    [span(0, 1_701), span(300, 1_000), span(700, 700), span(1_200, 1_360)]
}

/// By sorting all, and asking for each place how far it is between its neighbours.
fn naive_quantile(values: &[f64], part: f64) -> Option<f64> {
    let mut all = values.to_vec();
    all.sort_by(f64::total_cmp);
    let last = all.len().checked_sub(1)? as f64;
    for (place, it) in all.iter().enumerate() {
        if place as f64 >= part * last {
            let Some(below) = place.checked_sub(1).map(|it| all[it]) else { return Some(*it) };
            return Some(it - (place as f64 - part * last) * (it - below));
        }
    }
    None
}

/// What part is left after a time, by multiplying over each time at which anything ended.
fn naive_left(times: &[(f64, bool)], after: f64) -> f64 {
    let mut ends: Vec<f64> =
        times.iter().filter(|it| !it.1 && it.0 <= after).map(|it| it.0).collect();
    ends.sort_by(f64::total_cmp);
    ends.dedup();
    let part = |end: &f64| {
        let at_risk = times.iter().filter(|it| it.0 >= *end).count() as f64;
        let ended = times.iter().filter(|it| !it.1 && it.0 == *end).count() as f64;
        1.0 - ended / at_risk
    };
    ends.iter().map(part).product()
}

#[test]
fn quantiles_are_those_of_the_simplest_reckoning() {
    let dice = &mut Dice(7);
    for length in 0..40 {
        let values: Vec<f64> = (0..length).map(|_| dice.roll(50) as f64).collect();
        let mut ascending = values.clone();
        ascending.sort_by(f64::total_cmp);
        for part in [0.0, 0.1, 0.5, 0.85, 0.9, 1.0] {
            let (one, other) =
                (statistics::quantile(&ascending, part), naive_quantile(&values, part));
            match (one, other) {
                (Some(a), Some(b)) => assert!((a - b).abs() < 1e-9, "{values:?} {part}: {a} {b}"),
                _ => assert_eq!(one, other, "{values:?} {part}"),
            }
        }
    }
}

#[test]
fn a_censored_quantile_is_where_the_curve_crosses_the_line() {
    let dice = &mut Dice(11);
    let mut known = 0;
    for round in 0..400 {
        let open = round % 5;
        let times: Vec<(f64, bool)> = (0..1 + dice.roll(30))
            .map(|_| (1.0 + dice.roll(40) as f64, dice.roll(6) < open))
            .collect();
        if times.iter().all(|it| !it.1) {
            continue;
        }
        for part in [0.25, 0.5, 0.85] {
            let line = 1.0 - part;
            match statistics::censored_quantile(&mut times.clone(), part) {
                Some(at) => {
                    known += 1;
                    // Before it more is left than the line, after it not more.
                    assert!(naive_left(&times, at) <= line + 1e-9, "{times:?} {part} {at}");
                    let first =
                        times.iter().filter(|it| !it.1 && naive_left(&times, it.0) <= line + 1e-9);
                    let first = first.map(|it| it.0).fold(f64::INFINITY, f64::min);
                    assert!(first <= at, "{times:?} {part} {at} {first}");
                    // Later than the first time only where the curve lies on the line.
                    let on_line = (naive_left(&times, first) - line).abs() < 1e-9;
                    assert!(on_line || first == at, "{times:?} {part} {at} {first}");
                }
                None => assert!(naive_left(&times, 1e9) > line + 1e-9, "{times:?} {part}"),
            }
        }
    }
    assert!(known > 300, "{known}");
}

#[test]
fn with_nothing_open_both_medians_are_one() {
    let dice = &mut Dice(3);
    for length in 1..60 {
        let values: Vec<f64> = (0..length).map(|_| dice.roll(90) as f64).collect();
        let mut times: Vec<(f64, bool)> = values.iter().map(|it| (*it, false)).collect();
        assert_eq!(statistics::censored_quantile(&mut times, 0.5), naive_quantile(&values, 0.5));
    }
}

#[test]
fn unequal_parts_are_those_of_all_pairs() {
    let dice = &mut Dice(5);
    for length in 1..20_u64 {
        let mut counts: Vec<u64> = (0..length).map(|_| dice.roll(9)).collect();
        counts.sort_unstable();
        let sum: u64 = counts.iter().sum();
        let pairs: u64 = counts.iter().flat_map(|a| counts.iter().map(|b| a.abs_diff(*b))).sum();
        match statistics::gini(&counts) {
            Some(it) => {
                let naive = pairs as f64 / (2.0 * length as f64 * sum as f64);
                assert!((it - naive).abs() < 1e-9, "{counts:?}");
            }
            None => assert_eq!(sum, 0),
        }
    }
}

#[test]
fn the_stages_of_every_pull_request_add_up_and_so_do_their_means() {
    for seed in 0..30 {
        let book = book(history(seed));
        let told = items(Measure::CycleTime, &book, &[]);
        assert!(told.items.len() > 20);
        for it in &told.items {
            assert_eq!(it.numbers[0] + it.numbers[1] + it.numbers[2], it.value, "{it:?}");
            assert!(it.numbers[..3].iter().all(|it| *it >= 0.0), "{it:?}");
        }
        for span in spans() {
            let parts = &Measure::CycleTime.parts()[..3];
            let means: Vec<Option<f64>> =
                parts.iter().map(|it| told.part(Measure::CycleTime, it, span).mean).collect();
            let whole = told.value(Measure::CycleTime, span).mean;
            match whole {
                Some(whole) => {
                    let sum: f64 = means.iter().map(|it| it.unwrap()).sum();
                    assert!((whole - sum).abs() < 1e-6 * whole.max(1.0), "{means:?} {whole}");
                }
                None => assert!(means.iter().all(Option::is_none)),
            }
        }
    }
}

#[test]
fn every_figure_counts_exactly_the_items_that_open_from_it() {
    let mut counted = 0;
    for seed in 0..10 {
        let book = book(history(seed));
        for measure in Measure::ALL {
            let told = items(*measure, &book, &[]);
            for span in spans() {
                let within: Vec<&Item> = told.within(*measure, span).collect();
                let value = told.value(*measure, span);
                assert_eq!(value.n as usize, within.len(), "{measure:?}");
                assert_eq!(
                    value.censored as usize,
                    match measure.fold() {
                        Fold::Level => within.len(),
                        _ => within.iter().filter(|it| it.open).count(),
                    },
                    "{measure:?}"
                );
                let mut records: Vec<Of> = within.iter().map(|it| it.of).collect();
                records.sort_unstable();
                records.dedup();
                assert_eq!(records.len(), within.len(), "{measure:?}: no record twice");
                counted += within.len();
            }
        }
    }
    assert!(counted > 10_000, "{counted}");
}

#[test]
fn medians_of_open_and_ended_are_those_of_the_simplest_reckoning() {
    for seed in 0..10 {
        let facts = history(seed);
        let book = book(facts.clone());
        let whole = span(0, 1_701);
        let made = facts
            .pulls
            .iter()
            .filter(|it| !it.author.bot && (it.merged.is_some() || it.closed.is_none()));
        let times: Vec<(f64, bool)> = made
            .map(|it| match it.merged {
                Some(merged) => ((merged.0 - it.created.0) as f64, false),
                None => ((facts.now.0 - it.created.0) as f64, true),
            })
            .collect();
        let told = figure(Measure::TimeToMerge, &book, whole);
        assert_eq!(told.n as usize, times.len());
        if let Some(median) = told.median {
            assert!(naive_left(&times, median) <= 0.5 + 1e-9);
        }
        let merged = facts.pulls.iter().filter(|it| !it.author.bot && it.merged.is_some());
        let sizes: Vec<f64> = merged.filter_map(|it| Some(it.lines? as f64)).collect();
        let told = figure(Measure::PullRequestSize, &book, whole);
        let (one, other) = (told.p90.unwrap(), naive_quantile(&sizes, 0.9).unwrap());
        assert!((one - other).abs() < 1e-6, "{one} {other}");
    }
}

#[test]
fn facts_in_another_order_give_the_same_figures() {
    let facts = history(4);
    let mut turned = facts.clone();
    turned.pulls.reverse();
    turned.issues.reverse();
    let (one, other) = (book(facts), book(turned));
    for measure in Measure::ALL {
        for span in spans() {
            let figure = |book| items(*measure, book, &[]).value(*measure, span);
            assert_eq!(figure(&one), figure(&other), "{measure:?}");
        }
    }
}

#[test]
fn what_of_a_period_is_cut_in_two_adds_up() {
    let book = book(history(9));
    let summed = Measure::ALL
        .iter()
        .filter(|it| matches!(it.fold(), Fold::Times | Fold::Ratio | Fold::PerWeek));
    for measure in summed {
        let told = items(*measure, &book, &[]);
        let n = |from, to| told.value(*measure, span(from, to)).n;
        assert_eq!(n(100, 1_500), n(100, 640) + n(640, 1_500), "{measure:?}");
    }
}
