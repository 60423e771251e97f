//! Which account is whose, and whose it is not.

use super::*;

const JIRA: &str = "jira.example";
const GITHUB: &str = "github.com";

/// `site/login Display Name`, a GitHub account with its number after `#`.
fn account(text: &str) -> Identity {
    let (place, name) = text.split_once(' ').unwrap_or((text, ""));
    let (site, login) = place.split_once('/').unwrap();
    let (login, number) = login.split_once('#').unwrap_or((login, "0"));
    let site = if site == "gh" { GITHUB } else { JIRA };
    Identity {
        kind: IdentityKind::Account,
        name: name.into(),
        site: site.into(),
        account: login.to_lowercase(),
        login: login.into(),
        number: number.parse().unwrap(),
        ..Identity::default()
    }
}

fn mixed(people: &[&str]) -> World {
    let mut it = world(&[]);
    for (i, text) in people.iter().enumerate() {
        let row = IdentityId(i as i64 + 1);
        let what = if text.starts_with(['j', 'g']) { account(text) } else { identity(text) };
        it.uses.insert(row, u64::from(what.kind == IdentityKind::Git));
        it.identities.push((row, what));
    }
    it
}

fn one(it: &World, a: usize, b: usize) -> bool {
    let of: HashMap<_, _> = resolve(&it.known()).of.into_iter().collect();
    of[&IdentityId(a as i64)] == of[&IdentityId(b as i64)]
}

fn shared(account: i64, identity: i64, count: u64) -> SharedWork {
    SharedWork { account: IdentityId(account), identity: IdentityId(identity), count }
}

fn sure(it: &World) -> Vec<(&'static str, &'static str)> {
    let mut found: Vec<_> =
        resolve(&it.known()).edges.iter().map(|it| (it.rule, it.confidence)).collect();
    found.sort_unstable();
    found
}

#[test]
fn one_account_is_one_person_whatever_it_is_called() {
    let it = mixed(&["j/ann Ann Ames", "j/ann Ann Berg", "j/bob Ann Ames", "gh/ann#0 X"]);
    assert!(one(&it, 1, 2));
    assert!(!one(&it, 1, 3), "a display name is nobody's own");
    assert!(sure(&it).contains(&("account", "certain")));
}

#[test]
fn a_github_number_is_stronger_than_a_login() {
    let it = mixed(&[
        "gh/ann#5",
        "Ann <5+old@users.noreply.github.com>",
        "gh/old#6",
        "@old",
        "Cy <6+old@users.noreply.github.com>",
    ]);
    assert!(one(&it, 1, 2), "renamed since");
    assert!(!one(&it, 1, 3), "another has the login now");
    assert!(one(&it, 3, 5));
}

#[test]
fn commits_that_github_knows_the_author_of_tell_whose_they_are() {
    let people = ["gh/annie#5", "Ann Ames <ann@x.org>", "gh/bob#6", "Zed <zed@x.org>"];
    let mut it = mixed(&people);
    it.authored = vec![shared(1, 2, 2), shared(3, 4, 1)];
    assert!(one(&it, 1, 2));
    assert!(!one(&it, 3, 4), "one commit proves nothing");
    assert!(sure(&it).contains(&("commit author", "strong")));
    it.authored = vec![shared(1, 2, 5), shared(3, 2, 4)];
    assert!(!one(&it, 1, 2) && !one(&it, 3, 2), "a mail of two accounts is nobody's");
}

#[test]
fn a_user_name_that_is_the_login_is_one_person_unless_their_names_differ() {
    let it = mixed(&["j/annames Ann Ames", "gh/AnnAmes#5"]);
    assert_eq!(sure(&it), [("user name", "likely")]);
    let it = mixed(&["j/aames@x.org Ann Ames", "gh/aames Ann M. Ames"]);
    assert_eq!(sure(&it), [("user name", "strong")]);
    for others in [
        ["j/zed99 Zed Coe", "gh/zed99 Cy Berg"],
        ["j/mike Mike Coe", "gh/mike"],
        ["j/admin", "gh/admin"],
        ["j/ab", "gh/ab"],
    ] {
        assert!(!one(&mixed(&others), 1, 2), "{others:?}");
    }
}

#[test]
fn whoever_wrote_what_the_account_was_to_do_is_its_owner_where_the_names_agree() {
    let mut it =
        mixed(&["j/x1 Ann Ames", "Ann Ames <q@x.org>", "j/x2 Bob Ames", "Cy Roe <cy@x.org>"]);
    it.resolved = vec![shared(1, 2, 5), shared(3, 2, 1)];
    assert!(one(&it, 1, 2));
    assert!(!one(&it, 3, 2));
    it.resolved = vec![shared(1, 2, 5), shared(3, 2, 4)];
    assert!(!one(&it, 1, 2), "it does not stand out");
    it.resolved = vec![shared(1, 2, 1)];
    assert!(!one(&it, 1, 2), "one issue proves nothing");
    it.resolved = vec![shared(1, 4, 9)];
    assert!(!one(&it, 1, 4), "whoever commits for others has another name");
}

#[test]
fn one_full_name_in_one_repository_is_one_person_and_two_are_not() {
    let here = BTreeSet::from([RepositoryId(1)]);
    let site = |it: &mut World| it.sites = [(JIRA.to_owned(), here.clone())].into();
    let mut it = mixed(&["j/x1 Ann Ames", "Ann Ames <q@x.org>"]);
    assert!(!one(&it, 1, 2), "a name alone is not enough");
    site(&mut it);
    assert!(!one(&it, 1, 2), "not who wrote nothing there");
    it.places.insert(IdentityId(2), BTreeSet::from([RepositoryId(2)]));
    assert!(!one(&it, 1, 2), "nor who works elsewhere");
    it.places.insert(IdentityId(2), here.clone());
    assert!(one(&it, 1, 2));
    assert_eq!(sure(&it), [("name and repository", "likely")]);
    let mut it = mixed(&["j/x1 Wei Zhang", "Wei Zhang <q@x.org>", "Wei Zhang <r@y.org>"]);
    site(&mut it);
    it.places = (2..=3).map(|row| (IdentityId(row), here.clone())).collect();
    assert!(!one(&it, 1, 2) && !one(&it, 1, 3), "which of the two?");
}

#[test]
fn two_accounts_of_one_site_are_two_people_through_whatever_chain() {
    let mut it = mixed(&[
        "j/annames Ann Ames",
        "j/bobby Bob Berg",
        "gh/annames#5",
        "Ann Ames <ann@x.org>",
        "Bob Berg <ann@x.org>",
    ]);
    it.authored = vec![shared(3, 4, 9)];
    it.resolved = vec![shared(2, 5, 9)];
    assert!(one(&it, 1, 3) && one(&it, 3, 4) && one(&it, 4, 5));
    assert!(!one(&it, 1, 2), "{:?}", it.groups());
    let edit = Edit { id: 1, action: EditAction::Merge, a: IdentityId(1), b: IdentityId(2) };
    it.edits.push(edit);
    assert!(one(&it, 1, 2), "unless somebody says so");
}

#[test]
fn a_split_takes_every_spelling_of_an_account_along() {
    let mut it = mixed(&["j/annames Ann Ames", "j/annames Ann Berg", "gh/annames#5", "@zoe"]);
    assert!(one(&it, 1, 3));
    let split =
        |id, a, b| Edit { id, action: EditAction::Split, a: IdentityId(a), b: IdentityId(b) };
    it.edits = vec![split(1, 2, 3)];
    assert!(one(&it, 1, 2) && !one(&it, 1, 3) && !one(&it, 2, 3));
    let merge = Edit { id: 2, action: EditAction::Merge, a: IdentityId(1), b: IdentityId(4) };
    it.edits.push(merge);
    assert!(one(&it, 2, 4), "and so does a merge");
    it.edits.clear();
    assert!(one(&it, 1, 3) && one(&it, 2, 3), "undone, all is as before");
}

#[test]
fn programs_of_a_tracker_are_bots() {
    let mut it = mixed(&["gh/helper#5", "gh/renovate[bot]#6", "j/ann Ann Ames"]);
    it.identities[0].1.program = true;
    let bots = resolve(&it.known()).developers.into_iter().filter(|it| it.bot.is_some()).count();
    assert_eq!(bots, 2);
}

#[test]
fn suggestions_tell_what_speaks_for_a_pair_and_leave_out_what_is_contrary() {
    let it = mixed(&[
        "j/x1 Ann Ames",
        "@aames",
        "Wei Zhang <1+wei@users.noreply.github.com>",
        "Wei Zhang <2+zhang@users.noreply.github.com>",
    ]);
    let told = suggestions(&it.known());
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].detail.contains("a login that is short for it, Ann Ames and aames"),
        "{told:?}"
    );
    assert_eq!((told[0].confidence, told[0].against.len()), ("weak", 0), "{told:?}");
}

#[test]
fn a_login_that_is_short_for_several_names_says_so_against_each() {
    let it = mixed(&["j/x1 Ann Ames", "j/x2 Abe Ames", "@aames"]);
    let told = suggestions(&it.known());
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told.iter().all(|it| it.against == ["aames is short for 2 names"]), "{told:?}");
}

#[test]
fn full_names_that_differ_are_told_and_two_kinds_of_clue_are_likelier_than_one() {
    let it = mixed(&["j/annames Ann Berg", "Ann Ames <ann@x.org>"]);
    let told = suggestions(&it.known());
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].against, ["their full names differ: Ann Ames and Ann Berg"]);
    assert_eq!(told[0].confidence, "weak");
    let it = mixed(&["j/aames Ann Ames", "j/annames Ann Ames"]);
    let told = suggestions(&it.known());
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].against, ["each has an account of its own at jira.example"]);
    assert_eq!(told[0].confidence, "weak", "two kinds of clue, and something against it");
    let it = mixed(&["j/aames Ann Ames", "Ann Ames <ann@x.org>"]);
    let told = suggestions(&it.known());
    let told: Vec<_> = told.iter().map(|it| (it.confidence, it.against.len())).collect();
    assert_eq!(told, [("likely", 0)]);
}

#[test]
fn accounts_in_any_order_give_the_same_people() {
    let people = [
        "j/annames Ann Ames",
        "j/annames Ann Berg",
        "j/x9 Ann Ames",
        "gh/annames#5",
        "gh/bob#6",
        "Ann Ames <ann@x.org>",
        "Bob Berg <5+annames@users.noreply.github.com>",
        "@bob",
        "Bob Berg <bob@x.org>",
        "j/bobby Bob Berg",
        "gh/aames#7 Ann Ames",
    ];
    let told = |order: &[usize]| {
        let list: Vec<&str> = order.iter().map(|it| people[*it]).collect();
        let mut it = mixed(&list);
        let row = |of: usize| order.iter().position(|it| *it == of).unwrap() as i64 + 1;
        it.authored = vec![shared(row(3), row(5), 3), shared(row(4), row(8), 2)];
        it.resolved = vec![shared(row(9), row(8), 2), shared(row(0), row(5), 1)];
        it.sites = [(JIRA.to_owned(), BTreeSet::from([RepositoryId(1)]))].into();
        it.places =
            it.identities.iter().map(|it| (it.0, BTreeSet::from([RepositoryId(1)]))).collect();
        let resolved = resolve(&it.known());
        let mut groups: Vec<Vec<usize>> = vec![Vec::new(); resolved.developers.len()];
        for (id, developer) in &resolved.of {
            groups[*developer].push(order[(id.0 - 1) as usize]);
        }
        groups.iter_mut().for_each(|it| it.sort_unstable());
        let mut edges: Vec<_> =
            resolved.edges.iter().map(|it| (it.rule, it.confidence, it.detail.clone())).collect();
        edges.sort();
        (groups, resolved.developers, edges, suggestions(&it.known()))
    };
    let mut order: Vec<usize> = (0..people.len()).collect();
    let first = told(&order);
    let mut seed = 7;
    for _ in 0..200 {
        for i in (1..order.len()).rev() {
            order.swap(i, next(&mut seed) % (i + 1));
        }
        assert_eq!(told(&order), first);
    }
}

#[test]
fn an_account_without_a_name_is_called_by_its_login() {
    let it = mixed(&["gh/Octo-Cat#7", "j/ann.b"]);
    let names: Vec<String> =
        resolve(&it.known()).developers.into_iter().map(|it| it.name).collect();
    assert_eq!(names, ["Octo-Cat", "ann.b"]);
}
