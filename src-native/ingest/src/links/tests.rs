//! Which pull requests and reverts a message tells of.

use super::*;

fn told(message: &str) -> Vec<(u64, String, Option<String>, Option<String>)> {
    pulls(message).into_iter().map(|it| (it.number, it.told_by, it.login, it.branch)).collect()
}

#[test]
fn a_squash_merge_is_its_last_number() {
    assert_eq!(told("Fix it (#5) (#9)"), [(9, "(#9)".into(), None, None)]);
    assert_eq!(told("Fix it (#5)."), [(5, "(#5)".into(), None, None)]);
    assert_eq!(told("Revert \"Fix it (#5)\" (#7)"), [(7, "(#7)".into(), None, None)]);
    assert_eq!(told("Revert \"Fix it (#5)\""), []);
    assert_eq!(told("See (#5) for more"), []);
    assert_eq!(told("zero (#0)"), []);
    assert_eq!(told("huge (#99999999999999999999)"), []);
}

#[test]
fn a_merge_names_login_and_branch() {
    assert_eq!(
        told("Merge pull request #12 from ann-b/fix/a/b\n\nTitle (#3)"),
        [(12, "Merge pull request #12".into(), Some("ann-b".into()), Some("fix/a/b".into()))]
    );
    assert_eq!(told("Merge pull request #12"), [(12, "Merge pull request #12".into(), None, None)]);
    assert_eq!(told("Merge pull request #x from a/b"), []);
}

#[test]
fn the_closing_line_of_a_script_stands_anywhere() {
    let message = "ZOOKEEPER-1: x\n\ntext\n\nAuthor: A <a@b.c>\n\nCloses #855 from ann/ZOOKEEPER-1 and squashes the following commits:\n\nabc";
    assert_eq!(
        told(message),
        [(855, "Closes #855".into(), Some("ann".into()), Some("ZOOKEEPER-1".into()))]
    );
    assert_eq!(told("x\n\nThis closes #12."), [(12, "Closes #12".into(), None, None)]);
}

#[test]
fn closing_an_issue_is_not_a_pull_request() {
    assert_eq!(told("x\n\nCloses #12"), []);
    assert_eq!(told("x\n\nFixes #12\nCloses #12, #13"), []);
}

#[test]
fn a_revert_names_its_commit_or_says_only_that_it_is_one() {
    let oid = "0123456789abcdef0123456789abcdef01234567";
    assert_eq!(
        reverts(&format!("Revert \"x\"\n\nThis reverts commit {oid}.")),
        Some(Oid::from_hex(oid))
    );
    assert_eq!(reverts("Revert \"x\""), Some(None));
    assert_eq!(reverts("Revert \"x\"\n\nThis reverts commit abc123."), Some(None));
    assert_eq!(reverts("Reverting is hard"), None);
    assert_eq!(reverts(""), None);
}

#[test]
fn odd_text_is_no_pull_request_and_no_panic() {
    for text in ["(#", "#)", ")", "Merge pull request #", "Closes #", "This closes #é", "é(#1é)"]
    {
        assert_eq!(told(text), [], "{text}");
    }
    assert_eq!(told("Closes #5 from a/"), []);
    assert_eq!(told("Merge pull request #5 from <b>/x")[0].2, None);
}
