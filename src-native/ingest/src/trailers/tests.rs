//! Who is credited by the lines of a message.

use super::*;

fn facts(author: (&str, &str), committer: (&str, &str), message: &str) -> CommitFacts {
    let sign = |(name, mail): (&str, &str)| Signature { name: name.into(), mail: mail.into() };
    CommitFacts {
        id: model::Oid::from_bytes(&[7; 20]).unwrap(),
        parents: Vec::new(),
        author: sign(author),
        authored: Default::default(),
        committer: sign(committer),
        committed: Default::default(),
        message: message.into(),
    }
}

fn credited(facts: &CommitFacts) -> Vec<String> {
    credits(facts)
        .into_iter()
        .map(|(who, role)| {
            let login = if who.kind == IdentityKind::Login { "@" } else { "" };
            format!("{} {login}{} <{}>", role as u8, who.name.text(), who.mail.text())
        })
        .collect()
}

const ANN: (&str, &str) = ("Ann Ames", "ann@example.org");
const BOB: (&str, &str) = ("Bob Berg", "bob@example.org");

#[test]
fn trailers_stand_anywhere_and_in_any_case() {
    let it = facts(
        ANN,
        BOB,
        "x\n\nReviewed-By: Cy <cy@x.org>\nprose\n\nCo-Authored-by: Di <di@x.org>\nmore\nacked-by: Ed <ed@x.org>\nSigned-off-by: No <no@x.org>",
    );
    assert_eq!(
        credited(&it),
        ["0 Ann Ames <ann@example.org>", "2 Cy <cy@x.org>", "1 Di <di@x.org>", "2 Ed <ed@x.org>"]
    );
}

#[test]
fn reviewers_come_as_list_mail_login_and_name() {
    let it =
        facts(ANN, BOB, "x\n\nReviewers: Cy Coe <cy@x.org>, di@x.org, edlogin,\n @fay, Gil Gray");
    assert_eq!(
        credited(&it)[1..],
        ["2 Cy Coe <cy@x.org>", "2  <di@x.org>", "2 @edlogin <>", "2 @fay <>", "2 Gil Gray <>"]
    );
}

#[test]
fn junk_is_nobody() {
    let it = facts(
        ANN,
        BOB,
        "x\n\nReviewers: none\nReviewers:\nReviewers: https://x.org/1\nReviewed-by: see the thread on the mailing list for all\nReviewers: 42\nAuthor: \nReviewers, all of them: x",
    );
    assert_eq!(credited(&it), ["0 Ann Ames <ann@example.org>"]);
}

#[test]
fn a_broken_mail_is_kept_as_written() {
    let it = facts(ANN, BOB, "x\n\nCo-authored-by: Klo <klo_haw.de>");
    assert_eq!(credited(&it)[1], "1 Klo <klo_haw.de>");
}

#[test]
fn an_author_line_replaces_a_committer_who_resubmits() {
    let it =
        facts(BOB, BOB, "x\n\nAuthor: Ann Ames <ann@example.org>\n\nReviewers: bob@example.org");
    assert_eq!(credited(&it), ["0 Ann Ames <ann@example.org>", "2  <bob@example.org>"]);
}

#[test]
fn an_author_line_beside_a_real_author_adds_a_co_author() {
    let it = facts(ANN, BOB, "x\n\nAuthor: Cy <cy@x.org>\nAuthor: Ann Ames <other@x.org>");
    assert_eq!(credited(&it), ["0 Ann Ames <ann@example.org>", "1 Cy <cy@x.org>"]);
}

#[test]
fn an_author_line_without_mail_changes_nothing() {
    assert_eq!(credited(&facts(BOB, BOB, "x\n\nAuthor: kezhuw")), ["0 Bob Berg <bob@example.org>"]);
}

#[test]
fn subjects_of_subversion_name_the_real_authors() {
    let it = facts(BOB, BOB, "ABC-1: x (Ann Ames, Cy Coe and Di Doe via bob)");
    assert_eq!(credited(&it), ["0 Ann Ames <>", "1 Cy Coe <>", "1 Di Doe <>"]);
    let it = facts(BOB, BOB, "improve efficiency via not processing (much)");
    assert_eq!(credited(&it), ["0 Bob Berg <bob@example.org>"]);
}

#[test]
fn nobody_is_credited_twice_for_writing_but_may_also_review() {
    let it = facts(
        ANN,
        BOB,
        "x\n\nCo-authored-by: Ann Ames <ann@example.org>\nReviewed-by: ANN@example.org\nReviewed-by: Cy <cy@x.org>\nReviewed-by: Cy <CY@x.org>",
    );
    assert_eq!(
        credited(&it),
        ["0 Ann Ames <ann@example.org>", "2  <ANN@example.org>", "2 Cy <cy@x.org>"]
    );
}

#[test]
fn empty_names_and_mails_are_an_identity_too() {
    assert_eq!(credited(&facts(("", ""), ("", ""), "")), ["0  <>"]);
}
