//! Pull requests whose titles say what no key says: the summary of an issue, or that they undo.

use super::*;

#[test]
fn a_title_that_is_the_summary_of_one_issue_names_it() {
    let mut it = World::new();
    let one = it.commit("one");
    let two = it.commit("two");
    it.commit(
        "Merge pull request #6 from someone/patch-1\n\n[OLD-9] Login fails, when `name` is empty",
    );
    it.issue("PROJ-1", true).summary = "Deleting a draft shouldn't reset its id".into();
    it.issue("PROJ-2", false).summary = "Login fails when name is empty".into();
    it.issue("PROJ-3", false).summary = "Update the list of contributors".into();
    it.issue("PROJ-4", false).summary = "Update the list of contributors".into();
    it.issue("PROJ-5", false).summary = "Update README".into();
    let bug = &mut it.issues[0];
    bug.category = model::StatusCategory::Done;
    it.pull(5, "fix(drafts): deleting a draft shouldn't reset its id (#5)").commits =
        vec![listed(&one)];
    it.pull(7, "Update the list of contributors");
    it.pull(8, "Update README");
    it.pull(9, "PROJ-5: login fails when name is empty").commits = vec![listed(&two)];
    it.settle();
    assert_eq!(it.link("#5", "PROJ-1").unwrap(), "PROJ-1: its title is the summary of PROJ-1");
    assert_eq!(it.link("one", "PROJ-1").unwrap(), "PROJ-1: #5: its title is the summary of PROJ-1");
    assert_eq!(it.fixing(), ["one"]);
    assert!(it.link("#6", "PROJ-2").is_some(), "Git's message has the title");
    assert_eq!(it.link("#7", "PROJ-3"), None, "two issues are called so");
    assert_eq!(it.link("#8", "PROJ-5"), None, "too few words to mean one issue");
    assert_eq!(it.link("#9", "PROJ-2"), None, "its own words name another");
}

#[test]
fn a_pull_request_that_undoes_another_says_so_and_fixes_nothing() {
    let mut it = World::new();
    let fix = it.commit("PROJ-1: mend");
    let back = it.commit("take it back");
    let anew = it.commit("and again");
    it.commit("Merge pull request #8 from org/revert-5-PROJ-1\n\nRevert \"PROJ-1: mend\"");
    it.issue("PROJ-1", true);
    it.pull(5, "PROJ-1: mend").commits = vec![listed(&fix)];
    let pull = it.pull(6, "Revert \"Fixes PROJ-1: mend\"");
    pull.body = "Reverts org/repo#5".into();
    pull.commits = vec![listed(&back)];
    it.pull(7, "Revert \"Revert \"PROJ-1: mend\"\"").commits = vec![listed(&anew)];
    it.settle();
    let undone = it.link("#6", "PROJ-1").unwrap();
    assert!(undone.starts_with("PROJ-1: reverts #5; "), "{undone}");
    assert!(it.link("take it back", "PROJ-1").unwrap().starts_with("PROJ-1: reverts #5; #6: "));
    assert!(it.link("#8", "PROJ-1").unwrap().starts_with("PROJ-1: reverts #5; "), "by its branch");
    let merge = "Merge pull request #8 from org/revert-5-PROJ-1";
    assert!(it.link(merge, "PROJ-1").unwrap().starts_with("PROJ-1*: reverts #5; "));
    assert!(!it.link("#7", "PROJ-1").unwrap().contains(REVERTS), "undoing twice is doing");
    assert_eq!(it.fixing(), ["PROJ-1: mend", "and again"]);
}
