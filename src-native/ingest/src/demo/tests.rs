//! What the story promises, asked of what is written, and of Git itself.

use super::*;
use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

const FILE: &str = "src/auth/token_service.py";

struct Written {
    home: tempfile::TempDir,
    demo: Demo,
}

fn written() -> Written {
    let home = tempfile::tempdir().unwrap();
    let demo = write(&home.path().join("demo")).unwrap_or_else(|it| panic!("{it}"));
    Written { home, demo }
}

/// Runs Git in the demo's repository, with nobody's configuration; none where there is no Git.
#[allow(clippy::print_stdout)]
fn git(at: &Written, args: &[&str]) -> Option<String> {
    let mut command = Command::new("git");
    command.arg("-C").arg(&at.demo.repository).args(args);
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
    command.env("HOME", at.home.path()).env("LC_ALL", "C");
    let Ok(output) = command.output() else {
        println!("there is no git here: not asked");
        return None;
    };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {args:?}: {said}");
    Some(String::from_utf8(output.stdout).unwrap())
}

fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(within) = folders.pop() {
        for entry in fs::read_dir(within).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let content = fs::read(&path).unwrap();
                found.insert(path.strip_prefix(folder).unwrap().to_path_buf(), content);
            }
        }
    }
    found
}

fn json(folder: &Path, path: &str) -> serde_json::Value {
    serde_json::from_slice(&fs::read(folder.join(path)).unwrap()).unwrap()
}

#[test]
fn the_same_story_gives_the_same_bytes() {
    let (one, other) = (written(), written());
    let bytes = contents(&one.home.path().join("demo"));
    assert!(bytes == contents(&other.home.path().join("demo")));
    assert!(bytes.len() > 500, "{} files", bytes.len());
}

#[test]
fn every_id_is_the_one_the_story_is_known_by() {
    let (_, history) = story().unwrap();
    let id_of = |subject: &str| {
        let mut found = history.commits.iter().filter(|it| it.message.starts_with(subject));
        let id = found.next().unwrap().id.to_string();
        assert!(found.next().is_none(), "{subject} is there twice");
        id
    };
    let lock = id_of("PROJ-1247 guard token refresh with per-session lock\n");
    let race = id_of("PROJ-1247 add regression test for refresh race\n");
    assert!(lock.starts_with("f00ba47"), "{lock}");
    assert!(race.starts_with("b91c0de"), "{race}");
    let tip = history.main.last().map(|&it| history.commits[it].id.to_string());
    // One id holds all before it.
    assert_eq!(tip.unwrap(), "cec6df948aa786e53f1d5725f73e1370e2e97286");
}

#[test]
fn git_finds_nothing_wrong_with_it() {
    let at = written();
    let Some(said) = git(&at, &["fsck", "--full", "--strict"]) else { return };
    assert_eq!(said, "");
    assert_eq!(git(&at, &["status", "--porcelain"]).unwrap(), "");
    let commits = git(&at, &["rev-list", "--count", "HEAD"]).unwrap();
    assert_eq!(commits.trim(), "96");
    assert_eq!(git(&at, &["rev-list", "--count", "--all"]).unwrap().trim(), "112");
    assert_eq!(git(&at, &["tag"]).unwrap(), "v0.9.0\nv1.0.0\nv1.1.0\nv1.2.0\n");
    assert_eq!(git(&at, &["for-each-ref", "refs/pull"]).unwrap().lines().count(), 28);
    let log = git(&at, &["log", "--oneline", "-1", "--grep=guard token"]).unwrap();
    assert_eq!(log, "f00ba47 PROJ-1247 guard token refresh with per-session lock\n");
}

#[test]
fn two_know_the_token_service_as_the_story_says() {
    let at = written();
    let format = "--format=> %aN %ad";
    let args = ["log", "--follow", "--no-merges", "--numstat", "--date=short", format, "--", FILE];
    let Some(log) = git(&at, &args) else { return };
    // Commits, churn, the last day.
    let mut known: BTreeMap<String, (u32, u32, String)> = BTreeMap::new();
    let mut who = String::new();
    for line in log.lines().filter(|it| !it.is_empty()) {
        if let Some((name, day)) = line.strip_prefix("> ").and_then(|it| it.rsplit_once(' ')) {
            who = name.to_owned();
            let entry = known.entry(who.clone()).or_insert((0, 0, day.to_owned()));
            entry.0 += 1;
        } else {
            let churn: u32 = line.split('\t').take(2).map(|it| it.parse::<u32>().unwrap()).sum();
            known.get_mut(&who).unwrap().1 += churn;
        }
    }
    assert_eq!(known["Ayşe Demir"], (4, 430, "2026-05-20".to_owned()));
    assert_eq!(known["Mehmet Turac"], (3, 390, "2026-05-18".to_owned()));
    assert_eq!(known.len(), 4, "{known:?}");
    assert!(known.values().filter(|it| it.0 <= 2 && it.1 < 50).count() == 2, "{known:?}");
}

#[test]
fn they_reviewed_and_spoke_as_often_as_the_story_says() {
    let at = written();
    let mut touching = Vec::new();
    let mut reviewed: BTreeMap<String, u32> = BTreeMap::new();
    let (_, history) = story().unwrap();
    let is_it = |it: &serde_json::Value| {
        let is = |name: &str| it[name] == FILE || it[name] == "src/auth/tokens.py";
        is("filename") || is("previous_filename")
    };
    for branch in &history.branches {
        let number = branch.pull.number;
        let files = json(&at.demo.github, &format!("pulls/{number}/files.json"));
        if !files.as_array().unwrap().iter().any(is_it) {
            continue;
        }
        touching.push(number);
        let path = format!("pulls/{number}/reviews.json");
        if !at.demo.github.join(&path).exists() {
            continue;
        }
        let reviews = json(&at.demo.github, &path);
        let mut logins: Vec<&str> = reviews
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|it| it["user"]["login"].as_str())
            .collect();
        logins.sort_unstable();
        logins.dedup();
        for login in logins {
            *reviewed.entry(login.to_owned()).or_default() += 1;
        }
    }
    assert_eq!(touching, [318, 327, 339, 352, 361, 366, 382, 384]);
    assert_eq!((reviewed["aysedemir"], reviewed["mturac"]), (2, 1));
    // The issues of these pull requests and of the file's commits.
    let mut spoke: BTreeMap<String, u32> = BTreeMap::new();
    for issue in [1201, 1211, 1214, 1225, 1228, 1236, 1237, 1247, 1249] {
        let issue = json(&at.demo.jira, &format!("PROJ-{issue}.json"));
        for comment in issue["fields"]["comment"]["comments"].as_array().unwrap() {
            *spoke.entry(comment["author"]["name"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    assert_eq!((spoke["ademir"], spoke["mturac"]), (1, 2));
}

#[test]
fn the_issue_of_the_story_is_told_as_in_the_story() {
    let at = written();
    let issue = json(&at.demo.jira, "PROJ-1247.json");
    let fields = &issue["fields"];
    assert_eq!(fields["summary"], "Token refresh race condition");
    assert_eq!(fields["status"]["name"], "In Progress");
    assert_eq!(fields["priority"]["name"], "High");
    assert_eq!(fields["components"][0]["name"], "auth");
    let pull = json(&at.demo.github, "pulls/382.json");
    assert_eq!(pull["title"], "Fix token refresh race condition");
    assert_eq!((&pull["merged"], &pull["commits"]), (&true.into(), &2.into()));
    let files = json(&at.demo.github, "pulls/382/files.json");
    let files: Vec<&str> =
        files.as_array().unwrap().iter().filter_map(|it| it["filename"].as_str()).collect();
    let told = ["src/auth/session_manager.py", FILE, "tests/auth/test_token_refresh.py"];
    assert_eq!(files, told);
    let comments = json(&at.demo.github, "pulls/382/comments.json");
    let comment = &comments[0];
    assert_eq!((&comment["user"]["login"], &comment["path"]), (&"burakkaya".into(), &FILE.into()));
    let line = comment["original_start_line"].as_u64().unwrap();
    let Some(text) = git(&at, &["show", &format!("f00ba47:{FILE}")]) else { return };
    let locked = text.lines().nth(line as usize).unwrap();
    assert_eq!(locked, "        with self._sessions.lock(session_id):");
    assert!(comment["diff_hunk"].as_str().unwrap().contains(locked));
    let log = git(&at, &["log", "--format=%h", "--grep=PROJ-1247"]).unwrap();
    assert_eq!(log, "b91c0de\nf00ba47\n");
}

#[test]
fn every_document_is_json_and_every_key_has_its_issue() {
    let at = written();
    let mut texts = String::new();
    for folder in [&at.demo.jira, &at.demo.github] {
        for (path, content) in contents(folder) {
            let value: serde_json::Value = serde_json::from_slice(&content)
                .unwrap_or_else(|it| panic!("{}: {it}", path.display()));
            texts.push_str(&value.to_string());
        }
    }
    texts.extend(story().unwrap().1.commits.iter().map(|it| it.message.clone()));
    for (start, _) in texts.match_indices("PROJ-1") {
        let key = &texts[start..start + 9];
        assert!(at.demo.jira.join(format!("{key}.json")).exists(), "{key} is told of");
    }
}

#[test]
fn a_folder_of_somebody_elses_is_refused() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("mine.txt"), "mine").unwrap();
    let error = write(home.path()).unwrap_err();
    assert!(matches!(error, Error::Occupied(_)), "{error}");
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    assert!(matches!(write(&home.path().join("mine.txt")), Err(Error::Occupied(_))));
}

#[test]
fn writing_again_completes_what_is_missing_and_keeps_what_was_done() {
    let at = written();
    let folder = at.home.path().join("demo");
    let before = contents(&folder);
    fs::remove_file(at.demo.jira.join("PROJ-1247.json")).unwrap();
    fs::write(at.demo.repository.join("README.md"), "mine").unwrap();
    assert_eq!(write(&folder).unwrap(), at.demo);
    let after = contents(&folder);
    let issue = Path::new("jira/PROJ-1247.json");
    assert_eq!(after[issue], before[issue]);
    assert_eq!(after[Path::new("repository/README.md")], b"mine");
    assert_eq!(after.len(), before.len());
}
