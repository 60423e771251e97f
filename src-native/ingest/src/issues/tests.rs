//! What is an issue key and what only looks like one.

use super::*;
use std::collections::BTreeMap;

fn keys(message: &str) -> Vec<String> {
    mentions(message)
        .into_iter()
        .map(|it| format!("{}-{}@{}", it.prefix, it.number, it.place))
        .collect()
}

#[test]
fn keys_are_found_where_they_stand() {
    assert_eq!(keys("ZOOKEEPER-12: fix"), ["ZOOKEEPER-12@0"]);
    assert_eq!(keys("[ZOOKEEPER-12] fix"), ["ZOOKEEPER-12@0"]);
    assert_eq!(keys("[FIXED JENKINS-5] x"), ["JENKINS-5@0"]);
    assert_eq!(keys("Revert \"ALOY-3\"\n\nALOY-3 and ALOY-4."), ["ALOY-3@1", "ALOY-4@2"]);
    assert_eq!(keys("x\n\nCloses #3 from ann/ALOY-7"), ["ALOY-7@2"]);
    assert_eq!(keys("A2_B-9, WFLY-1/WFLY-2"), ["A2_B-9@0", "WFLY-1@1", "WFLY-2@1"]);
}

#[test]
fn what_goes_on_or_begins_wrongly_is_no_key() {
    for text in [
        "CVE-2025-1",
        "utf-8",
        "aUTF-8",
        "ABC-0",
        "ABC-012",
        "ABC-",
        "-5",
        "A-1",
        "1AB-2",
        "ABC-1x",
        "ABC-1_2",
        "ABC-1.2",
        "X-ABC-",
        "xABC-1",
        "ABCDEFGHIJKLMNOP-1",
        "ABC-1234567890",
    ] {
        assert_eq!(keys(text), Vec::<String>::new(), "{text}");
    }
    assert_eq!(keys("ABC-1- and ABC-2."), ["ABC-1@0", "ABC-2@1"]);
}

#[test]
fn what_recurs_is_learnt_and_standards_are_not() {
    let counts: Vec<(String, u64, u64)> = [
        ("ZOOKEEPER", 90, 80),
        ("KIP", 30, 20),
        ("SHA3", 30, 9),
        ("UTF", 30, 9),
        ("CVE", 30, 9),
        ("RARE", 4, 4),
        ("ONE", 50, 1),
        ("JDK", 9, 9),
    ]
    .map(|(prefix, subjects, numbers)| (prefix.to_owned(), subjects, numbers))
    .to_vec();
    let learnt = project_keys(&[], &BTreeMap::new(), &[], &counts, 100);
    assert_eq!(learnt, [("ZOOKEEPER".to_owned(), "ZOOKEEPER".to_owned(), "learnt")]);
    assert!(project_keys(&[], &BTreeMap::new(), &[], &counts, 100_000).is_empty());
}

#[test]
fn what_is_configured_counts_alone_with_its_aliases() {
    let aliases = BTreeMap::from([("HUDSON".to_owned(), "JENKINS".to_owned())]);
    let counts = [("OTHER".to_owned(), 90, 90)];
    let keys = project_keys(&["JENKINS".to_owned()], &aliases, &[], &counts, 100);
    assert_eq!(
        keys,
        [
            ("HUDSON".to_owned(), "JENKINS".to_owned(), "configured"),
            ("JENKINS".to_owned(), "JENKINS".to_owned(), "configured")
        ]
    );
}

#[test]
fn fixes_are_told_by_words_and_trifles_are_not_fixes() {
    for subject in [
        "Fix login",
        "fixes #12",
        "ABC-1: NPE in server",
        "Hotfix",
        "race condition in close",
        "Memory leak",
        "fix typo that crashes the parser",
        "bug: x",
        "(fix) y",
        "Fix: docs bug",
        "avoid deadlock",
    ] {
        assert!(fixes(subject), "{subject}");
    }
    for subject in [
        "Fix typo",
        "fix checkstyle",
        "Add prefix",
        "suffix",
        "Debug output",
        "bugbear",
        "leaky",
        "condition of the race",
        "Fixed indentation",
        "",
        "Update README",
    ] {
        assert!(!fixes(subject), "{subject}");
    }
}

#[test]
fn every_word_of_the_rule_does_what_the_rule_says() {
    let (defects, trifles) = FIXES_RULE.split_once("; where only").unwrap();
    let words = defects.split_once("the words ").unwrap().1.replace(" or ", ", ").replace('"', "");
    for word in words.split(", ") {
        assert!(fixes(&format!("about {word} here")), "{word}");
    }
    let words = trifles.split_once("speaks of a ").unwrap().1.replace(" or ", ", ");
    for word in words.split(", ") {
        assert!(!fixes(&format!("fix {word}")), "{word}");
    }
}
