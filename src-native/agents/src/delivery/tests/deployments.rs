//! Facts about deployments, what each holds and what failed of them.

use super::*;

#[test]
fn the_first_deployment_holds_everything_before_it() {
    let book = book(released());
    let it = figure(Measure::LeadTime, &book, span(0, 25));
    assert_eq!((it.n, hours(it.median)), (2, 15.0)); // 20 and 10 hours
    let it = figure(Measure::LeadTime, &book, span(25, 100));
    assert_eq!((it.n, hours(it.median)), (2, 15.0)); // 20 and 10 hours: the candidate is no deployment
}

#[test]
fn commits_that_nothing_deployed_are_told_apart() {
    let mut facts = released();
    facts.releases.pop();
    let told = items(Measure::LeadTime, &book(facts), &[]);
    assert_eq!(told.left_out(span(0, 100)), BTreeMap::from([("not deployed yet", 2)]));
}

fn incident(key: &str, created: i64, resolved: Option<i64>) -> Issue {
    Issue { incident: true, ..issue(key, created, resolved) }
}

#[test]
fn a_deployment_fails_once_however_much_failed_of_it() {
    let mut facts = released();
    facts.issues = (0..5).map(|it| incident(&format!("A-{it}"), 60 + it, Some(70))).collect();
    let book = book(facts);
    let it = figure(Measure::ChangeFailRate, &book, span(0, 100));
    assert_eq!((it.numerator, it.denominator), (Some(1.0), Some(2.0)));
    assert_eq!(figure(Measure::RecoveryTime, &book, span(0, 100)).n, 5);
}

#[test]
fn the_deployment_that_holds_the_cause_is_blamed_and_not_the_latest() {
    let mut facts = released();
    let cause = Issue { commits: vec![CommitId(1)], ..issue("A-1", 0, Some(5)) };
    let bug = Issue { work: Work::Bug, causes: vec!["A-1".into()], ..issue("A-2", 60, Some(80)) };
    facts.issues = vec![cause, bug];
    let book = book(facts);
    let failed = |from, to| figure(Measure::ChangeFailRate, &book, span(from, to)).numerator;
    assert_eq!((failed(0, 25), failed(25, 100)), (Some(1.0), Some(0.0)));
    // From the first release at 20 to the end of the defect at 80.
    assert_eq!(hours(figure(Measure::RecoveryTime, &book, span(0, 100)).median), 60.0);
}

#[test]
fn what_was_undone_before_it_was_deployed_never_failed() {
    let mut facts = released();
    facts.commits[3].reverts = Some(oid(3)); // both in the second release
    let book_of = |facts: &Facts| book(facts.clone());
    assert_eq!(figure(Measure::ChangeFailRate, &book_of(&facts), span(0, 100)).value, Some(0.0));
    assert_eq!(figure(Measure::ReworkRate, &book_of(&facts), span(0, 100)).value, Some(0.0));
    facts.commits[3].reverts = Some(oid(1)); // deployed at 20, undone by the release at 50
    let book = book_of(&facts);
    assert_eq!(figure(Measure::ChangeFailRate, &book, span(0, 25)).value, Some(1.0));
    assert_eq!(figure(Measure::ReworkRate, &book, span(25, 100)).value, Some(1.0));
    assert_eq!(hours(figure(Measure::RecoveryTime, &book, span(0, 100)).median), 30.0);
}

#[test]
fn a_failure_that_has_not_ended_makes_recovery_longer() {
    let mut facts = released();
    facts.issues =
        vec![incident("A-1", 60, Some(70)), incident("A-2", 61, None), incident("A-3", 62, None)];
    let it = figure(Measure::RecoveryTime, &book(facts), span(0, 100));
    assert_eq!((it.n, it.censored, it.median, hours(it.beyond)), (3, 2, None, 450.0));
}

#[test]
fn a_hotfix_branch_says_that_the_deployment_before_it_failed() {
    let mut facts = released();
    let mut hotfix = pull(7, ADA, 38, Some(40));
    (hotfix.branch, hotfix.merge) = ("Hotfix/login".into(), Some(oid(4)));
    facts.pulls = vec![hotfix];
    let book = book(facts);
    assert_eq!(figure(Measure::ChangeFailRate, &book, span(0, 25)).value, Some(1.0));
    assert_eq!(figure(Measure::ReworkRate, &book, span(25, 100)).value, Some(1.0));
    // Deployed with the second release, ten hours after its merge.
    assert_eq!(hours(part(Measure::CycleTime, "deploy", &book, span(0, 100)).median), 10.0);
}

#[test]
fn deployment_days_are_days_and_empty_weeks_are_among_them() {
    let commits = (1..=9).map(|it| commit(it, i64::from(it), ADA)).collect();
    let (commits, parents) = line(commits);
    // In seven of thirteen weeks one day with two releases; in one of these another day too.
    let week = 24 * 7;
    let mut releases: Vec<Release> =
        (0..7).map(|it| tag(&format!("v{it}"), it as u8 + 1, it * week)).collect();
    releases.push(tag("v0.1", 8, 2));
    releases.push(tag("v1.1", 9, week + 48));
    releases.sort_by_key(|it| it.at);
    let facts = Facts { now: at(9_000), commits, parents, releases, ..Facts::default() };
    let it = figure(Measure::DeploymentFrequency, &book(facts), span(0, 13 * week));
    assert_eq!((it.n, it.median, it.mean), (9, Some(1.0), Some(8.0 / 13.0)));
}

#[test]
fn merges_stand_for_deployments_where_there_is_nothing_else() {
    let (commits, parents) = line(vec![commit(1, 0, ADA), commit(2, 5, BO), commit(3, 9, BO)]);
    let merged = |number, merged, commit: u8, base: &str| Pull {
        commits: vec![CommitId(i64::from(commit))],
        base: base.into(),
        ..pull(number, ADA, 0, Some(merged))
    };
    let pulls = vec![merged(1, 6, 1, "main"), merged(2, 9, 2, "main"), merged(3, 12, 3, "next")];
    let facts = Facts { now: at(100), commits, parents, pulls, ..Facts::default() };
    let book = Book::new(facts, Settings { branch: "main".into(), ..Settings::default() });
    assert_eq!(book.proxy(), Proxy::Merges);
    let it = figure(Measure::LeadTime, &book, span(0, 50));
    assert_eq!((it.n, hours(it.median)), (2, 5.0)); // 6 and 4 hours
}

#[test]
fn a_version_that_says_it_is_early_is_no_deployment() {
    for (name, count) in [
        ("v2.0.0-beta.1", 0),
        ("release-3.5.0-alpha", 0),
        ("4.0rc2", 0),
        ("v2.0-SNAPSHOT", 0),
        ("v2.0.1", 1),
        ("march", 1),
    ] {
        let mut facts = released();
        facts.releases = vec![tag(name, 2, 20)];
        let settings = Settings { deployments: Some(Proxy::Tags), ..Settings::default() };
        let told = items(Measure::DeploymentFrequency, &Book::new(facts, settings), &[]);
        assert_eq!((told.items.len(), told.left_out.len()), (count, 1 - count), "{name}");
    }
}

#[test]
fn a_release_cut_from_a_branch_beside_holds_what_leads_to_it() {
    let mut facts = released();
    // The first is cut from a commit beside the history, which follows the second commit.
    facts.releases[0].oid = Some(oid(77));
    facts.beside = vec![(oid(77), vec![oid(76)]), (oid(76), vec![oid(2)])];
    let it = figure(Measure::LeadTime, &book(facts), span(0, 25));
    assert_eq!((it.n, hours(it.median)), (2, 15.0));
}
