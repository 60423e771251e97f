//! Facts about the measures, each with numbers counted by hand.

mod deployments;
mod generated;

use super::*;
use model::delivery::{Commit, Facts, How, Issue, Pull, Release, Said, Stage, Who, Work};
use model::{CommitId, DAY, Oid, Verdict};

const HOUR: i64 = 3_600;
const ADA: i64 = 1;
const BO: i64 = 2;
const CYD: i64 = 3;

/// Hours after a Monday, 2026-01-05.
fn at(hours: i64) -> Timestamp {
    Timestamp(1_767_571_200 + hours * HOUR)
}

fn who(id: i64) -> Who {
    Who { id: Some(DeveloperId(id)), bot: false }
}

const BOT: Who = Who { id: Some(DeveloperId(99)), bot: true };

fn oid(number: u8) -> Oid {
    Oid::from_bytes(&[number; 20]).unwrap()
}

fn pull(number: u64, author: i64, created: i64, merged: Option<i64>) -> Pull {
    Pull {
        number,
        author: who(author),
        created: at(created),
        merged: merged.map(at),
        closed: merged.map(at),
        merged_by: who(author),
        ..Pull::default()
    }
}

fn said(hours: i64, by: Who, how: How) -> Said {
    Said { at: at(hours), who: by, how, words: true, id: format!("{hours}-{:?}", by.id) }
}

const APPROVED: How = How::Review(Verdict::Approved);
const ASKED: How = How::Review(Verdict::ChangesRequested);

fn issue(key: &str, created: i64, resolved: Option<i64>) -> Issue {
    Issue {
        key: key.into(),
        reporter: who(ADA),
        created: at(created),
        resolved: resolved.map(at),
        work: Work::Chore,
        stages: vec![stage(created, "open")],
        ..Issue::default()
    }
}

fn stage(hours: i64, status: &str) -> Stage {
    Stage {
        at: at(hours),
        started: ["doing", "blocked"].contains(&status),
        active: status == "doing",
        done: status == "done",
    }
}

fn commit(number: u8, hours: i64, author: i64) -> Commit {
    Commit {
        id: CommitId(i64::from(number)),
        oid: oid(number),
        generation: 1,
        authored: at(hours),
        committed: at(hours),
        author: who(author),
        merge: false,
        reverts: None,
        parents: (0, 0),
        components: Vec::new(),
    }
}

/// Commits in a line: each is the parent of the next.
fn line(commits: Vec<Commit>) -> (Vec<Commit>, Vec<u32>) {
    let mut parents = Vec::new();
    let linked = commits.into_iter().enumerate().map(|(place, it)| {
        let from = parents.len() as u32;
        parents.extend((place as u32).checked_sub(1));
        Commit { parents: (from, parents.len() as u32), ..it }
    });
    (linked.collect(), parents)
}

fn tag(name: &str, number: u8, hours: i64) -> Release {
    Release { name: name.into(), oid: Some(oid(number)), at: at(hours), ..Release::default() }
}

fn book(facts: Facts) -> Book {
    let settings = Settings { hotfixes: vec!["hotfix/".into()], ..Settings::default() };
    Book::new(facts, settings)
}

fn pulls(pulls: Vec<Pull>) -> Book {
    book(Facts { now: at(10_000), pulls, ..Facts::default() })
}

/// From hour to hour.
fn span(from: i64, to: i64) -> Span {
    Span { from: at(from), to: at(to) }
}

fn figure(measure: Measure, book: &Book, span: Span) -> Value {
    items(measure, book, &[]).value(measure, span)
}

fn part(measure: Measure, name: &str, book: &Book, span: Span) -> Value {
    let part = measure.parts().iter().find(|it| it.name == name).unwrap();
    items(measure, book, &[]).part(measure, part, span)
}

fn hours(value: Option<f64>) -> f64 {
    value.unwrap() / HOUR as f64
}

#[test]
fn a_commit_written_after_the_pull_request_was_made_takes_no_stage_away() {
    let mut first = pull(1, ADA, 10, Some(30));
    // Made as a draft before anything was written: coding is until it is ready, and not less than nothing.
    first.written = vec![at(14), at(16)];
    first.drafts = vec![(at(18), false)];
    first.said = vec![said(24, who(BO), APPROVED)];
    let book = pulls(vec![first]);
    let all = span(0, 100);
    let stages = ["coding", "pickup", "review"]
        .map(|it| hours(part(Measure::CycleTime, it, &book, all).mean));
    assert_eq!(stages, [8.0, 6.0, 6.0]);
    assert_eq!(hours(figure(Measure::CycleTime, &book, all).mean), 20.0);
}

#[test]
fn a_review_of_a_draft_makes_the_pickup_nothing_and_nothing_less() {
    let mut it = pull(1, ADA, 10, Some(30));
    it.written = vec![at(6)];
    it.drafts = vec![(at(20), false)];
    it.said = vec![said(12, who(BO), How::Line)];
    let book = pulls(vec![it]);
    let stages = ["coding", "pickup", "review"]
        .map(|it| hours(part(Measure::CycleTime, it, &book, span(0, 100)).mean));
    assert_eq!(stages, [14.0, 0.0, 10.0]);
}

#[test]
fn every_stage_is_of_the_same_pull_requests_counted_by_the_merge() {
    // The first was made before the period, the second after the first's merge, the third is merged later.
    let book = pulls(vec![
        pull(1, ADA, 0, Some(200)),
        pull(2, BO, 210, Some(220)),
        pull(3, BO, 215, Some(400)),
        pull(4, BO, 216, None),
    ]);
    let period = span(168, 336);
    assert_eq!(figure(Measure::CycleTime, &book, period).n, 2);
    for it in Measure::CycleTime.parts().iter().filter(|it| it.name != "deploy") {
        assert_eq!(part(Measure::CycleTime, it.name, &book, period).n, 2, "{}", it.name);
    }
    for it in [Measure::UnreviewedMerges, Measure::ReviewDepth, Measure::UnlinkedWork] {
        assert_eq!(figure(it, &book, period).n, 2, "{it:?}");
    }
    let left_out = items(Measure::CycleTime, &book, &[]).left_out(period);
    assert_eq!(left_out, BTreeMap::from([("still open", 1)]));
}

#[test]
fn unlinked_work_is_the_share_without_an_issue_and_not_the_one_with() {
    let mut linked = pull(1, ADA, 0, Some(1));
    linked.linked = true;
    let book = pulls(vec![
        linked,
        pull(2, ADA, 0, Some(2)),
        pull(3, ADA, 0, Some(3)),
        pull(4, ADA, 0, Some(4)),
    ]);
    let it = figure(Measure::UnlinkedWork, &book, span(0, 100));
    assert_eq!((it.numerator, it.denominator, it.value), (Some(3.0), Some(4.0), Some(0.75)));
}

#[test]
fn issues_are_done_when_they_were_done_and_not_when_they_were_made() {
    let old = issue("A-1", 0, Some(24 * 30));
    let new = issue("A-2", 24 * 29, None);
    let book = book(Facts { now: at(24 * 40), issues: vec![old, new], ..Facts::default() });
    assert_eq!(figure(Measure::ThroughputIssues, &book, span(0, 24 * 7)).n, 0);
    assert_eq!(figure(Measure::ThroughputIssues, &book, span(24 * 28, 24 * 35)).n, 1);
}

#[test]
fn words_of_the_author_and_of_programs_are_no_review() {
    let mut it = pull(1, ADA, 0, Some(50));
    it.lines = Some(50);
    it.said = vec![
        said(1, BOT, How::Comment),
        said(2, who(ADA), How::Line),
        said(3, who(ADA), How::Comment),
        said(20, who(BO), ASKED),
        said(21, who(BO), How::Line),
        said(22, who(CYD), How::Comment),
    ];
    let book = pulls(vec![it]);
    let all = span(0, 100);
    assert_eq!(figure(Measure::ReviewDepth, &book, all).value, Some(3.0));
    assert_eq!(part(Measure::ReviewDepth, "per100Lines", &book, all).value, Some(6.0));
    assert_eq!(hours(figure(Measure::TimeToFirstReview, &book, all).median), 20.0);
    assert_eq!(hours(figure(Measure::TimeToFirstResponse, &book, all).median), 20.0);
    assert_eq!(figure(Measure::UnreviewedMerges, &book, all).value, Some(0.0));
    // Changes were asked for and nothing was approved: it was merged by its author alone.
    assert_eq!(figure(Measure::SelfMerges, &book, all).value, Some(1.0));
}

#[test]
fn what_only_its_author_and_programs_spoke_of_was_merged_without_review() {
    let mut it = pull(1, ADA, 0, Some(50));
    it.said = vec![
        said(1, BOT, APPROVED),
        said(2, who(ADA), How::Comment),
        said(60, who(BO), How::Comment),
    ];
    let book = pulls(vec![it]);
    assert_eq!(figure(Measure::UnreviewedMerges, &book, span(0, 100)).value, Some(1.0));
}

#[test]
fn a_round_is_changes_asked_for_then_a_commit_then_a_review() {
    let mut it = pull(1, ADA, 0, Some(90));
    it.written = vec![at(1), at(12), at(32)];
    it.said = vec![
        said(10, who(BO), ASKED),
        said(11, who(BO), ASKED),    // nothing was written in between
        said(20, who(BO), ASKED),    // one round
        said(40, who(BO), APPROVED), // another
        said(41, who(CYD), APPROVED),
    ];
    assert_eq!(
        part(Measure::ReviewDepth, "rounds", &pulls(vec![it]), span(0, 100)).value,
        Some(2.0)
    );
}

#[test]
fn a_median_of_two_lies_between_them() {
    let book = pulls(vec![pull(1, ADA, 0, Some(10)), pull(2, ADA, 0, Some(20))]);
    let it = figure(Measure::CycleTime, &book, span(0, 100));
    assert_eq!((hours(it.median), hours(it.p85), hours(it.mean)), (15.0, 18.5, 15.0));
}

#[test]
fn what_is_open_counts_as_open_and_neither_as_nothing_nor_not_at_all() {
    let made = |number, merged| pull(number, ADA, 0, merged);
    let mut facts = vec![made(1, Some(10)), made(2, Some(20)), made(3, None), made(4, None)];
    let now =
        |pulls: &[Pull]| book(Facts { now: at(48), pulls: pulls.to_vec(), ..Facts::default() });
    let it = figure(Measure::TimeToMerge, &now(&facts), span(0, 40));
    // Half of the four was merged by 20 hours, and nobody knows when the third will be: the curve lies on the line.
    assert_eq!((it.n, it.censored, hours(it.median), it.p85, it.mean), (4, 2, 20.0, None, None));
    facts.push(made(5, None));
    let it = figure(Measure::TimeToMerge, &now(&facts), span(0, 40));
    assert_eq!((it.n, it.censored, it.median, hours(it.beyond)), (5, 3, None, 48.0));
    // Closed unmerged is neither merged nor open: it is told apart.
    facts[4].closed = Some(at(30));
    let it = figure(Measure::TimeToClose, &now(&facts), span(0, 40));
    assert_eq!((it.n, it.censored), (3, 2));
    assert_eq!(
        items(Measure::TimeToMerge, &now(&facts), &[]).left_out(span(0, 40))["closed unmerged"],
        1
    );
}

#[test]
fn what_was_closed_without_a_review_waited_until_then() {
    let mut reviewed = pull(1, ADA, 0, Some(30));
    reviewed.said = vec![said(8, who(BO), APPROVED)];
    let book = pulls(vec![reviewed, pull(2, ADA, 0, Some(4))]);
    let it = figure(Measure::TimeToFirstReview, &book, span(0, 100));
    assert_eq!((it.n, it.censored, hours(it.median)), (2, 1, 8.0));
}

#[test]
fn weeks_without_anything_count_as_nothing() {
    let merged = [1, 2, 3].map(|it| pull(it, ADA, 0, Some(24 + it as i64)));
    let it = figure(Measure::ThroughputPullRequests, &pulls(merged.to_vec()), span(0, 24 * 28));
    assert_eq!((it.value, it.median, it.denominator), (Some(0.75), Some(0.0), Some(4.0)));
}

#[test]
fn a_ratio_of_nothing_is_none_and_not_nothing() {
    let book = pulls(Vec::new());
    for it in
        Measure::ALL.iter().filter(|it| matches!(it.fold(), Fold::Ratio | Fold::Times | Fold::Gini))
    {
        let told = figure(*it, &book, span(0, 100));
        assert_eq!((told.value, told.n), (None, 0), "{it:?}");
    }
}

/// Four commits, released after the second and after the fourth.
fn released() -> Facts {
    let commits = vec![commit(1, 0, ADA), commit(2, 10, BO), commit(3, 30, ADA), commit(4, 40, BO)];
    let (commits, parents) = line(commits);
    let releases = vec![tag("v1", 2, 20), tag("v2-rc1", 3, 35), tag("v2", 4, 50)];
    Facts { now: at(500), commits, parents, releases, ..Facts::default() }
}

#[test]
fn work_in_progress_is_what_was_under_way_at_the_end_of_the_period() {
    let mut draft = pull(1, ADA, 0, None);
    draft.draft = true;
    let mut ready = pull(2, ADA, 0, Some(100));
    ready.drafts = vec![(at(50), false)];
    let mut again = pull(3, ADA, 0, None);
    again.closings = vec![(at(20), true), (at(70), false)];
    let doing = Issue {
        told: true,
        stages: vec![
            stage(0, "open"),
            stage(30, "doing"),
            stage(40, "open"),
            stage(80, "blocked"),
            stage(90, "done"),
        ],
        ..issue("A-1", 0, Some(90))
    };
    let silent = Issue { stages: vec![stage(0, "doing")], ..issue("A-2", 0, None) };
    let book = book(Facts {
        now: at(200),
        pulls: vec![draft, ready, again],
        issues: vec![doing, silent],
        ..Facts::default()
    });
    let count = |hour| {
        let at = span(0, hour);
        ["pullRequests", "issues"].map(|it| part(Measure::Wip, it, &book, at).n)
    };
    // The third until 20 and from 70 on, the second from 50 to 100; the issue from 30 to 40 and from 80 to 90.
    assert_eq!(
        [10, 25, 35, 60, 75, 85, 150].map(count),
        [[1, 0], [0, 0], [0, 1], [1, 0], [2, 0], [2, 1], [1, 0]]
    );
    let it = part(Measure::Wip, "issues", &book, span(0, 85));
    assert_eq!(hours(it.median), 55.0); // since it was first in progress
    assert_eq!(
        items(Measure::Wip, &book, &[]).left_out(span(0, 100))["no change of status is told"],
        1
    );
}

#[test]
fn time_in_which_work_waits_is_not_active() {
    let it = Issue {
        told: true,
        stages: vec![
            stage(0, "open"),
            stage(10, "doing"),
            stage(20, "blocked"),
            stage(50, "doing"),
            stage(60, "done"),
        ],
        ..issue("A-1", 0, Some(60))
    };
    let book = book(Facts { now: at(200), issues: vec![it], ..Facts::default() });
    let told = figure(Measure::FlowEfficiency, &book, span(0, 100));
    assert_eq!(
        (told.value, hours(told.numerator), hours(told.denominator)),
        (Some(0.4), 20.0, 50.0)
    );
    assert_eq!(hours(figure(Measure::IssueCycleTime, &book, span(0, 100)).median), 50.0);
    assert_eq!(hours(figure(Measure::IssueLeadTime, &book, span(0, 100)).median), 60.0);
}

#[test]
fn stale_is_what_nothing_happened_to_for_long() {
    let day = 24;
    let mut talked = pull(1, ADA, 0, None);
    talked.said = vec![said(10 * day, who(BO), How::Comment)];
    let issue = Issue { said: vec![(at(5 * day), who(BO))], ..issue("A-1", 0, Some(60 * day)) };
    let book = book(Facts {
        now: at(90 * day),
        pulls: vec![talked, pull(2, ADA, 0, None)],
        issues: vec![issue],
        ..Facts::default()
    });
    let stale = |days: i64| {
        let it = figure(Measure::StaleWork, &book, span(0, days * day));
        (it.numerator.unwrap() as i64, it.n)
    };
    // The second from day 14 on, the first from 24, the issue from 35 to its end at 60.
    assert_eq!(
        [13, 20, 24, 34, 36, 61].map(stale),
        [(0, 3), (1, 3), (2, 3), (2, 3), (3, 3), (2, 2)]
    );
}

#[test]
fn littles_law_holds_where_work_comes_and_goes_evenly() {
    let even: Vec<Pull> =
        (0..1_000_i64).map(|it| pull(it as u64, ADA, it * 6, Some(it * 6 + 30))).collect();
    let it = figure(Measure::LittlesLaw, &pulls(even.clone()), span(1_000, 5_000));
    assert!((it.value.unwrap() - 1.0).abs() < 0.01, "{it:?}");
    // Some are never closed: what is under way grows, and the three no longer agree.
    let piling = even.into_iter().map(|mut it| {
        if it.number % 5 == 0 {
            (it.merged, it.closed) = (None, None);
        }
        it
    });
    let it = figure(Measure::LittlesLaw, &pulls(piling.collect()), span(1_000, 5_000));
    assert!(it.value.unwrap() > 1.3, "{it:?}");
}

#[test]
fn closed_per_opened_counts_each_by_its_own_date() {
    let book = pulls(vec![
        pull(1, ADA, 0, Some(20)),
        pull(2, ADA, 12, Some(90)),
        pull(3, ADA, 15, Some(18)),
        pull(4, ADA, 0, None),
    ]);
    let it = figure(Measure::ClosureRatio, &book, span(10, 50));
    assert_eq!((it.numerator, it.denominator, it.n), (Some(2.0), Some(2.0), 3));
}

#[test]
fn a_person_with_half_of_the_commits_is_the_one_who_may_not_be_absent() {
    let by = |people: &[i64]| {
        let commits = people.iter().zip(1..).map(|(who, it)| commit(it, i64::from(it) * 24, *who));
        let (commits, parents) = line(commits.collect());
        book(Facts { now: at(9_000), commits, parents, ..Facts::default() })
    };
    let factor =
        |people: &[i64]| figure(Measure::ContributorAbsence, &by(people), span(0, 1_000)).value;
    assert_eq!(factor(&[ADA, ADA, ADA, BO, CYD]), Some(1.0));
    assert_eq!(factor(&[ADA, ADA, BO, BO, CYD]), Some(2.0));
    assert_eq!(factor(&[]), None);
    // Tuesday to Saturday of one week: five days of two people, by two times five weekdays.
    let it = figure(Measure::CodingDays, &by(&[ADA, ADA, BO, BO, BO]), span(0, 24 * 7));
    assert_eq!((it.numerator, it.denominator), (Some(5.0), Some(10.0)));
}

#[test]
fn whoever_begins_is_open_until_their_tenth_merge() {
    let mut facts = released();
    facts.pulls = (1..=11).map(|it| pull(it as u64, ADA, it, Some(it + 1))).collect();
    facts.pulls.push(pull(20, BO, 15, Some(45)));
    let book = book(facts);
    let it = figure(Measure::OnboardingTime, &book, span(0, 100));
    // Ada wrote first at 0 and her tenth was merged at 11; Bo wrote first at 10 and has one.
    assert_eq!((it.n, it.censored, hours(it.median)), (2, 1, 11.0));
    let first = part(Measure::OnboardingTime, "firstMerge", &book, span(0, 100));
    assert_eq!((first.n, hours(first.median)), (2, 15.5)); // 1 and 30 hours
}

#[test]
fn lines_are_changed_again_where_the_youngest_of_their_file_go() {
    use model::delivery::FileLines;
    let (commits, parents) = line((1..=5).map(|it| commit(it, i64::from(it) * 24, ADA)).collect());
    let book = book(Facts { now: at(9_000), commits, parents, ..Facts::default() });
    let touch =
        |commit: i64, day: i64, file: i64, from: Option<i64>, added: u32, deleted: u32| FileLines {
            at: Timestamp(at(0).0 + day * DAY),
            commit: CommitId(commit),
            bot: false,
            file,
            from,
            added,
            deleted,
        };
    let lines = [
        touch(1, 0, 7, None, 100, 0),
        touch(2, 10, 7, None, 20, 10),   // ten young ones
        touch(3, 25, 8, Some(7), 0, 40), // renamed: the twenty of day 10, and twenty that are too old
        touch(4, 26, 8, None, 5, 5),     // nothing young is left
        touch(5, 27, 9, None, 0, 3),     // another file
    ];
    let told = items(Measure::Rework, &book, &lines);
    let again: Vec<(f64, f64)> = told.items.iter().map(|it| (it.value, it.over)).collect();
    assert_eq!(again, [(0.0, 100.0), (10.0, 30.0), (20.0, 40.0), (0.0, 10.0), (0.0, 3.0)]);
    let churn = items(Measure::Churn, &book, &lines).value(Measure::Churn, span(0, 9_000));
    assert_eq!((churn.value, churn.n), (Some(183.0), 5));
}

#[test]
fn reviews_are_shared_alike_or_not_and_nobody_is_named() {
    let mut it = pull(1, ADA, 0, Some(90));
    it.said = vec![
        said(1, who(BO), APPROVED),
        said(2, who(CYD), APPROVED),
        said(3, who(ADA), ASKED),
        said(4, BOT, APPROVED),
    ];
    let alike = figure(Measure::ReviewLoad, &pulls(vec![it.clone()]), span(0, 100));
    assert_eq!((alike.value, alike.n), (Some(0.0), 2));
    it.said.extend([said(5, who(BO), ASKED), said(6, who(BO), APPROVED)]);
    let book = pulls(vec![it]);
    let top = part(Measure::ReviewLoad, "topShare", &book, span(0, 100));
    assert_eq!((top.numerator, top.denominator), (Some(3.0), Some(4.0)));
    assert_eq!(figure(Measure::ReviewLoad, &book, span(0, 100)).value, Some(0.25));
    let week = part(Measure::ReviewLoad, "perReviewerWeek", &book, span(0, 24 * 7));
    assert_eq!(week.value, Some(2.0));
}
