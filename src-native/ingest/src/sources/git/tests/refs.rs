//! Heads, branches, tags, pull requests.

use model::Oid;

use super::made::{Made, Stream};

/// Three commits on `main`.
fn three() -> Made {
    let made = Made::bare();
    let mut stream = Stream::default();
    let mut parents = vec![];
    for i in 0..3 {
        parents = vec![stream.commit("main", &parents)];
        stream.file("100644", b"file", format!("{i}\n").as_bytes());
    }
    made.import(&stream);
    made
}

#[test]
fn without_commits_there_is_no_head() {
    let made = Made::bare();
    let refs = made.open().refs().unwrap();
    assert_eq!((refs.head, refs.branches.len(), refs.tags.len()), (None, 0, 0));
    let made = three();
    made.git(&["symbolic-ref", "HEAD", "refs/heads/nowhere"]);
    let refs = made.open().refs().unwrap();
    assert_eq!((refs.head, refs.branches.len()), (None, 1));
}

#[test]
fn a_head_is_a_branch_or_detached() {
    let made = three();
    let head = made.open().refs().unwrap().head.unwrap();
    assert_eq!((head.name, head.oid), (Some("refs/heads/main".into()), made.oid("main")));
    made.git(&["update-ref", "--no-deref", "HEAD", "main~1"]);
    let head = made.open().refs().unwrap().head.unwrap();
    assert_eq!((head.name, head.oid), (None, made.oid("main~1")));
}

#[test]
fn tags_are_followed_to_their_commit() {
    let made = three();
    made.git(&["tag", "light", "main~2"]);
    made.git(&["tag", "-a", "-m", "x", "heavy", "main~1"]);
    made.git(&["tag", "-a", "-m", "x", "heavier", "heavy"]);
    made.git(&["tag", "of-a-file", "main:file"]);
    made.git(&["tag", "-a", "-m", "x", "of-a-tree", "main^{tree}"]);
    made.git(&["tag", "main", "main~2"]);
    let no_tagger =
        format!("object {}\ntype commit\ntag bare\n\nx\n", made.oid("refs/heads/main~1"));
    let no_tagger = made.object("tag", no_tagger.as_bytes()).to_string();
    made.git(&["update-ref", "refs/tags/no-tagger", &no_tagger]);
    for packed in [false, true] {
        if packed {
            made.git(&["pack-refs", "--all"]);
        }
        let refs = made.open().refs().unwrap();
        let (first, second) = (made.oid("refs/heads/main~2"), made.oid("refs/heads/main~1"));
        let tags: Vec<(&[u8], Oid, i64)> =
            refs.tags.iter().map(|it| (&it.name.0[..], it.commit, it.at.0)).collect();
        let wanted: [(&[u8], Oid, i64); 5] = [
            (b"heavier", second, 1_600_000_000),
            (b"heavy", second, 1_600_000_000),
            (b"light", first, 1_600_000_060),
            (b"main", first, 1_600_000_060),
            (b"no-tagger", second, 1_600_000_120),
        ];
        assert_eq!(tags, wanted);
        // A tag of the same name leaves the branch what it is.
        assert_eq!(refs.branches, [("refs/heads/main".into(), made.oid("refs/heads/main"))]);
        assert_eq!(refs.head.unwrap().oid, made.oid("refs/heads/main"));
    }
}

#[test]
fn pull_requests_are_known_by_their_refs() {
    let made = three();
    for (name, commit) in [
        ("refs/pull/12/head", "main~1"),
        ("refs/pull/12/merge", "main"),
        ("refs/pull/3/head", "main~2"),
        ("refs/remotes/origin/pr/7", "main"),
        ("refs/pull/x7/head", "main"),
        ("refs/remotes/origin/pr-8", "main"),
    ] {
        made.git(&["update-ref", name, commit]);
    }
    let pulls = made.open().refs().unwrap().pulls;
    let found: Vec<_> = pulls.iter().map(|it| (it.number, it.head)).collect();
    let wanted = [(3, "main~2"), (7, "main"), (12, "main~1")];
    assert_eq!(found, wanted.map(|(number, name)| (number, made.oid(name))));
}

#[test]
fn broken_refs_are_passed_over() {
    let made = three();
    let heads = made.path().join("refs/heads");
    std::fs::write(heads.join("nonsense"), "nonsense\n").unwrap();
    std::fs::write(heads.join("empty"), "").unwrap();
    std::fs::write(heads.join("circle"), "ref: refs/heads/circle\n").unwrap();
    std::fs::write(heads.join("gone"), "1".repeat(40) + "\n").unwrap();
    let refs = made.open().refs().unwrap();
    assert!(refs.branches.iter().any(|it| it.0 == "refs/heads/main".into()));
    assert_eq!(refs.head.unwrap().oid, made.oid("main"));
}

#[test]
fn no_change_of_refs_escapes_the_fingerprint() {
    let made = three();
    let clone = made.open();
    let mut seen = vec![clone.fingerprint().unwrap()];
    assert_eq!(clone.refs().unwrap().fingerprint, seen[0]);
    let steps: [&[&str]; 8] = [
        &["branch", "side", "main~1"],
        &["branch", "-f", "side", "main~2"],
        &["pack-refs", "--all"],
        &["update-ref", "--no-deref", "HEAD", "main~1"],
        &["symbolic-ref", "HEAD", "refs/heads/side"],
        &["tag", "t", "main"],
        &["branch", "-D", "main"],
        &["update-ref", "refs/pull/1/head", "side"],
    ];
    for step in steps {
        made.git(step);
        let now = clone.fingerprint().unwrap();
        assert!(!seen.contains(&now), "{step:?}");
        assert_eq!(clone.fingerprint().unwrap(), now);
        seen.push(now);
    }
}
