//! Who is one person and who is not, in any order.

use super::*;
use model::IdentityId;
use store::writes::IdentityKind;

/// Identities as text: `Name <mail>` or `@login`, each with row and uses.
struct World {
    identities: Vec<(IdentityId, Identity)>,
    uses: HashMap<IdentityId, u64>,
    logins: Vec<LoginEvidence>,
    authored: Vec<SharedWork>,
    resolved: Vec<SharedWork>,
    places: HashMap<IdentityId, BTreeSet<RepositoryId>>,
    sites: HashMap<String, BTreeSet<RepositoryId>>,
    mailmaps: Vec<Vec<u8>>,
    edits: Vec<Edit>,
}

fn identity(text: &str) -> Identity {
    match text.strip_prefix('@') {
        Some(login) => Identity::of_login(login),
        None => {
            let (name, mail) = text.split_once('<').unwrap();
            let mail = mail.trim_end_matches('>');
            let (name, mail) = (name.trim().into(), mail.into());
            Identity { name, mail, ..Identity::default() }
        }
    }
}

fn world(people: &[(&str, u64)]) -> World {
    let rows = (1..).map(IdentityId);
    World {
        identities: rows.clone().zip(people.iter().map(|it| identity(it.0))).collect(),
        uses: rows.zip(people.iter().map(|it| it.1)).collect(),
        logins: Vec::new(),
        authored: Vec::new(),
        resolved: Vec::new(),
        places: HashMap::new(),
        sites: HashMap::new(),
        mailmaps: Vec::new(),
        edits: Vec::new(),
    }
}

impl World {
    fn known(&self) -> Known<'_> {
        Known {
            identities: &self.identities,
            uses: self.uses.clone(),
            logins: &self.logins,
            authored: &self.authored,
            resolved: &self.resolved,
            places: self.places.clone(),
            sites: self.sites.clone(),
            mailmaps: &self.mailmaps,
            edits: &self.edits,
            bots: &[],
        }
    }

    fn row(&self, text: &str) -> IdentityId {
        self.identities.iter().find(|it| it.1 == identity(text)).unwrap().0
    }

    /// Groups as sorted lists of text, in order.
    fn groups(&self) -> Vec<Vec<String>> {
        let resolved = resolve(&self.known());
        let mut groups = vec![Vec::new(); resolved.developers.len()];
        for (id, developer) in &resolved.of {
            let (_, it) = self.identities.iter().find(|it| it.0 == *id).unwrap();
            groups[*developer].push(match it.kind {
                IdentityKind::Login => format!("@{}", it.name.text()),
                _ => format!("{} <{}>", it.name.text(), it.mail.text()),
            });
        }
        groups.iter_mut().for_each(|it| it.sort());
        groups.sort();
        groups
    }

    fn together(&self, a: &str, b: &str) -> bool {
        let of: HashMap<_, _> = resolve(&self.known()).of.into_iter().collect();
        of[&self.row(a)] == of[&self.row(b)]
    }

    fn rules(&self) -> Vec<&'static str> {
        let mut rules: Vec<_> = resolve(&self.known()).edges.iter().map(|it| it.rule).collect();
        rules.sort_unstable();
        rules
    }
}

#[test]
fn one_mail_is_one_person_whatever_its_case() {
    let it = world(&[("Ann <ann@x.org>", 3), ("ann ames <ANN@x.org>", 1), ("Bob <bob@x.org>", 1)]);
    assert!(it.together("Ann <ann@x.org>", "ann ames <ANN@x.org>"));
    assert!(!it.together("Ann <ann@x.org>", "Bob <bob@x.org>"));
    assert_eq!(it.rules(), ["mail"]);
}

#[test]
fn nobody_is_one_person_by_name_alone() {
    let it = world(&[
        ("Wei Zhang <wei@one.org>", 9),
        ("Wei Zhang <zhang.w@two.org>", 9),
        ("Wei Zhang <>", 9),
        ("ann <a@x.org>", 1),
        ("ann <b@x.org>", 1),
    ]);
    assert_eq!(it.groups().len(), 5);
    let told = suggestions(&it.known());
    assert!(told.iter().any(|it| it.a == "wei@one.org" && it.b == "zhang.w@two.org"), "{told:?}");
    assert!(!told.iter().any(|it| it.a.contains("a@x.org")), "one word is not a full name");
    assert!(told.iter().all(|it| it.confidence == "weak"), "{told:?}");
    assert!(told.iter().all(|it| it.against == ["3 people go by Wei Zhang"]), "{told:?}");
}

#[test]
fn a_full_name_and_the_same_local_part_are_one_person() {
    let it = world(&[("Ann Ames <ann.a@one.org>", 1), ("ANN  Ames <ann.a@two.org>", 1)]);
    assert_eq!((it.groups().len(), it.rules()), (1, vec!["name and local part"]));
    let it = world(&[("Ann Ames <dev@one.org>", 1), ("Ann Ames <dev@two.org>", 1)]);
    assert_eq!(it.groups().len(), 2, "dev is nobody's own");
    let it = world(&[
        ("Ann Ames <aames@one.org>", 1),
        ("Ann Ames <7+aames@users.noreply.github.com>", 1),
    ]);
    assert_eq!((it.groups().len(), it.rules()), (1, vec!["name and local part"]));
}

#[test]
fn names_are_compared_as_people_read_them() {
    let it = world(&[("Ａｎｎ Ames <ann.a@one.org>", 1), ("Ann Ames <ann.a@two.org>", 1)]);
    assert_eq!(it.groups().len(), 1, "full-width letters are letters");
    let it = world(&[("Jose\u{301} Roe <jroe@one.org>", 1), ("José Roe <jroe@two.org>", 1)]);
    assert_eq!(it.groups().len(), 1, "composed or not");
}

#[test]
fn shared_and_local_mails_join_nobody() {
    let it = world(&[
        ("Ann Ames <team@x.org>", 1),
        ("Bob Berg <team@x.org>", 1),
        ("Cy Coe <team@x.org>", 1),
    ]);
    assert_eq!(it.groups().len(), 3);
    for mail in
        ["root@localhost", "ann@mac.local", "noreply@github.com", "ann", "ann@", "", "a b@x.org"]
    {
        let it = world(&[(&format!("Ann Ames <{mail}>"), 1), (&format!("Bob Berg <{mail}>"), 1)]);
        assert_eq!(it.groups().len(), 2, "{mail}");
    }
}

#[test]
fn spellings_of_one_name_do_not_make_a_mail_shared() {
    let it = world(&[
        ("Michael Han <hanm@x.org>", 1),
        ("Micheal Han <hanm@x.org>", 1),
        ("Han Michale <hanm@x.org>", 1),
        ("hanm <hanm@x.org>", 1),
    ]);
    assert_eq!(it.groups().len(), 1);
}

#[test]
fn account_numbers_outlive_logins_and_keep_people_apart() {
    let it = world(&[
        ("Ann <5+ann@users.noreply.github.com>", 1),
        ("Ann Ames <5+ann-new@users.noreply.github.com>", 1),
        ("Ann <ann@users.noreply.github.com>", 1),
        ("@ANN", 0),
        ("Ann <6+other@users.noreply.github.com>", 1),
    ]);
    assert_eq!(it.groups().len(), 2, "{:?}", it.groups());
    assert!(!it.together(
        "Ann <5+ann@users.noreply.github.com>",
        "Ann <6+other@users.noreply.github.com>"
    ));
}

#[test]
fn two_accounts_are_not_one_person_even_with_the_same_name_and_local_part() {
    let it = world(&[
        ("Ann Ames <1+ann@users.noreply.github.com>", 1),
        ("Ann Ames <ann@users.noreply.example.org>", 1),
        ("Ann Ames <2+aames@users.noreply.github.com>", 1),
        ("Ann Ames <aames@two.org>", 1),
    ]);
    assert!(!it.together(
        "Ann Ames <1+ann@users.noreply.github.com>",
        "Ann Ames <2+aames@users.noreply.github.com>"
    ));
}

#[test]
fn a_mailmap_says_who_is_who() {
    let mut it = world(&[
        ("Ann <ann@old.org>", 5),
        ("A. Ames <ann@new.org>", 1),
        ("Bob <shared@x.org>", 1),
        ("Cy <shared@x.org>", 1),
    ]);
    it.mailmaps = vec![
        b"Ann Ames <ann@new.org> <ANN@old.org>\nBob Berg <bob@x.org> Bob \
     <shared@x.org>\n# comment\n<broken\n"
            .to_vec(),
    ];
    assert!(it.together("Ann <ann@old.org>", "A. Ames <ann@new.org>"));
    let names: Vec<_> = resolve(&it.known()).developers.into_iter().map(|it| it.name).collect();
    assert!(names.contains(&"Ann Ames".to_owned()), "{names:?}");
    assert!(names.contains(&"Bob Berg".to_owned()), "{names:?}");
}

fn evidence(it: &World, login: &str, who: &str, pulls: u64) -> LoginEvidence {
    LoginEvidence { login: login.into(), identity: it.row(who), pulls }
}

#[test]
fn a_login_is_whoever_writes_what_it_proposes() {
    let mut it =
        world(&[("Ann <ann@x.org>", 9), ("Bob <bob@x.org>", 9), ("@anna", 0), ("@org", 0)]);
    it.logins = vec![
        evidence(&it, "anna", "Ann <ann@x.org>", 12),
        evidence(&it, "anna", "Bob <bob@x.org>", 1),
        evidence(&it, "org", "Ann <ann@x.org>", 3),
        evidence(&it, "org", "Bob <bob@x.org>", 3),
    ];
    assert!(it.together("@anna", "Ann <ann@x.org>"));
    assert!(!it.together("@org", "Ann <ann@x.org>"), "an organisation is nobody");
    assert!(!it.together("Ann <ann@x.org>", "Bob <bob@x.org>"));
}

#[test]
fn one_commit_proves_no_login_and_a_committer_is_not_whom_they_resubmit() {
    let mut it = world(&[("Ann <ann@x.org>", 9), ("@once", 0), ("@own", 0), ("@other", 0)]);
    it.logins = vec![
        evidence(&it, "once", "Ann <ann@x.org>", 1),
        evidence(&it, "own", "Ann <ann@x.org>", 9),
        evidence(&it, "other", "Ann <ann@x.org>", 2),
    ];
    assert!(!it.together("@once", "Ann <ann@x.org>"));
    assert!(it.together("@own", "Ann <ann@x.org>"));
    assert!(!it.together("@other", "Ann <ann@x.org>"));
}

#[test]
fn people_have_the_last_word() {
    let mut it = world(&[("Ann <ann@x.org>", 2), ("Ann A <ANN@x.org>", 1), ("Zoe <zoe@x.org>", 1)]);
    let (a, b, z) =
        (it.row("Ann <ann@x.org>"), it.row("Ann A <ANN@x.org>"), it.row("Zoe <zoe@x.org>"));
    it.edits.push(Edit { id: 1, action: EditAction::Merge, a, b: z });
    assert_eq!(it.groups().len(), 1);
    it.edits.push(Edit { id: 2, action: EditAction::Split, a: z, b: a });
    assert_eq!(it.groups().len(), 2, "the last word on a pair counts");
    it.edits.push(Edit { id: 3, action: EditAction::Split, a: b, b: a });
    assert_eq!(it.groups().len(), 3, "a split goes before the same mail");
    it.edits.reverse();
    assert_eq!(it.groups().len(), 3, "numbers count, not the order of rows");
}

#[test]
fn two_who_are_said_to_be_two_are_joined_by_no_rule_and_suggested_no_more() {
    let mut it = world(&[("Ann Ames <ann@x.org>", 2), ("Ann Ames <ann@y.org>", 1)]);
    let (a, b) = (it.row("Ann Ames <ann@x.org>"), it.row("Ann Ames <ann@y.org>"));
    assert_eq!(it.groups().len(), 1, "one name and one local part");
    it.edits.push(Edit { id: 1, action: EditAction::Apart, a, b });
    assert_eq!(it.groups().len(), 2);
    assert_eq!(suggestions(&it.known()), []);
    it.edits.push(Edit { id: 2, action: EditAction::Merge, a, b });
    assert_eq!(it.groups().len(), 1, "the last word on a pair counts");
}

#[test]
fn a_split_parts_two_also_where_merges_through_a_third_held_them_together() {
    let mut it = world(&[
        ("Ann <ann@x.org>", 2),
        ("Ann A <ANN@x.org>", 1),
        ("Zoe <zoe@x.org>", 1),
        ("Cy <cy@x.org>", 1),
    ]);
    let (a, b, z, c) = (
        it.row("Ann <ann@x.org>"),
        it.row("Ann A <ANN@x.org>"),
        it.row("Zoe <zoe@x.org>"),
        it.row("Cy <cy@x.org>"),
    );
    it.edits = [(1, a, c), (2, c, z), (3, z, b)]
        .map(|(id, a, b)| Edit { id, action: EditAction::Merge, a, b })
        .to_vec();
    assert_eq!(it.groups().len(), 1);
    it.edits.push(Edit { id: 4, action: EditAction::Split, a: z, b: a });
    assert_eq!(it.groups().len(), 2, "{:?}", it.groups());
    assert_eq!(it.groups()[1], ["Zoe <zoe@x.org>"]);
    it.edits.reverse();
    assert_eq!(it.groups().len(), 2, "numbers count, not the order of rows");
    it.edits.push(Edit { id: 5, action: EditAction::Merge, a: c, b: z });
    assert_eq!(it.groups().len(), 1, "what is said afterwards counts");
}

#[test]
fn keys_are_the_mail_people_know_and_distinct() {
    let it = world(&[
        ("Ann Ames <1+ann@users.noreply.github.com>", 50),
        ("Ann Ames <ann@x.org>", 3),
        ("Ann Ames <root@localhost>", 2),
        ("Ann Ames <>", 2),
        ("@ghost", 0),
        (" <>", 1),
        ("Bob <root@localhost>", 1),
    ]);
    let resolved = resolve(&it.known());
    let keys: Vec<_> = resolved.developers.iter().map(|it| it.key.as_str()).collect();
    assert!(keys.contains(&"ann@x.org") && keys.contains(&"@ghost"), "{keys:?}");
    let mut distinct = keys.clone();
    distinct.dedup();
    assert_eq!(keys, distinct);
    assert!(keys.iter().all(|it| !it.is_empty()));
    assert!(resolved.developers.iter().all(|it| !it.name.is_empty()));
}

#[test]
fn a_bot_is_a_bot_and_says_why_and_a_person_beside_one_is_none() {
    let it = world(&[
        ("dependabot[bot] <49+dependabot[bot]@users.noreply.github.com>", 9),
        ("GitHub <noreply@github.com>", 0),
        ("Ann <ann@x.org>", 9),
    ]);
    let bots: Vec<_> =
        resolve(&it.known()).developers.into_iter().filter_map(|it| it.bot).collect();
    assert_eq!(bots.len(), 2, "{bots:?}");
}

/// A small generator of numbers, so that the tests need no clock and no crate.
fn next(seed: &mut u64) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) as usize
}

#[test]
fn rows_in_any_order_and_with_any_numbers_give_the_same_people() {
    let names = ["Ann Ames", "Bob Berg", "ann", "Wei Zhang", "", "Ann  AMES"];
    let mails = [
        "ann@x.org",
        "ANN@y.org",
        "3+ann@users.noreply.github.com",
        "bob@users.noreply.github.com",
        "4+bob@users.noreply.github.com",
        "wei@localhost",
        "",
        "wei@z.org",
        "bob@z.org",
    ];
    for mut seed in 0..60u64 {
        let mut people: Vec<(String, u64)> = Vec::new();
        for name in names {
            for mail in mails {
                if next(&mut seed).is_multiple_of(2) {
                    people.push((format!("{name} <{mail}>"), (next(&mut seed) % 4) as u64));
                }
            }
        }
        people.extend(["@ann", "@bob", "@wei"].map(|it| (it.to_owned(), 0)));
        let build = |people: &[(String, u64)]| {
            let rows: Vec<_> = people.iter().map(|(it, uses)| (it.as_str(), *uses)).collect();
            let mut it = world(&rows);
            let first = people.iter().map(|it| it.0.clone()).min().unwrap();
            it.logins = vec![evidence(&it, "wei", &first, 4)];
            it
        };
        let told = |it: &World| {
            let resolved = resolve(&it.known());
            let mut edges: Vec<_> = resolved
                .edges
                .iter()
                .map(|edge| {
                    let name = |id| it.identities.iter().find(|it| it.0 == id).unwrap().1.clone();
                    let (a, b) = (name(edge.a), name(edge.b));
                    (a.clone().min(b.clone()), a.max(b), edge.rule, edge.detail.clone())
                })
                .collect();
            edges.sort();
            (it.groups(), resolved.developers, edges)
        };
        let one = told(&build(&people));
        for _ in 0..3 {
            for i in (1..people.len()).rev() {
                let other = next(&mut seed) % (i + 1);
                people.swap(i, other);
            }
            assert_eq!(told(&build(&people)), one);
        }
    }
}

mod accounts;
