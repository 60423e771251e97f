//! Records into real stores: in any order, any split, killed at any instant.

use super::*;
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use store::fingerprint::{Part, dump};
use store::{Store, Viewer};

/// What GitHub says of so many pull requests and issues, as documents with their addresses.
fn documents(count: u64) -> Vec<(String, Value)> {
    let base = "https://api.github.com/repos/acme/shop";
    let person = |it: u64| {
        let login = format!("dev{}", it % 7);
        json!({ "login": login, "id": 100 + it % 7, "type": "User" })
    };
    let time = |day: u64| format!("2026-0{}-{:02}T10:00:00Z", 1 + day / 28 % 9, 1 + day % 28);
    let mut all = Vec::new();
    for it in 1..=count {
        let page = format!("https://github.com/acme/shop/pull/{it}");
        let issue = it % 3 == 0;
        let url = format!("{base}/{}/{it}", if issue { "issues" } else { "pulls" });
        let mut thing = json!({
            "url": url, "number": it, "id": 9_000 + it, "state": "closed", "user": person(it),
            "title": format!("Thing {it}"), "body": format!("Fixes #{}", it + 1),
            "html_url": if issue { page.replace("pull", "issues") } else { page },
            "created_at": time(it), "updated_at": time(it + 2), "closed_at": time(it + 2),
        });
        if !issue {
            thing["merged_at"] = time(it + 2).into();
            thing["head"] = json!({ "sha": format!("{it:040x}"), "ref": "topic" });
            thing["base"] = json!({ "ref": "main" });
        }
        all.push((url.clone(), thing));
        for comment in 0..it % 4 {
            let id = it * 10 + comment;
            let address = format!("{base}/issues/comments/{id}");
            let text = json!({
                "url": address, "id": id, "issue_url": format!("{base}/issues/{it}"),
                "html_url": format!("https://github.com/acme/shop/issues/{it}#issuecomment-{id}"),
                "user": person(it + comment), "body": format!("word {id}"),
                "created_at": time(it + 1), "updated_at": time(it + 1),
            });
            all.push((address, text));
        }
        if !issue {
            let address = format!("{url}/reviews");
            let review = json!([{
                "id": 50_000 + it, "user": person(it + 3), "body": "", "state": "APPROVED",
                "submitted_at": time(it + 1), "pull_request_url": url,
                "html_url": format!("https://github.com/acme/shop/pull/{it}#pullrequestreview-1"),
            }]);
            all.push((address, review));
        }
    }
    all
}

struct World {
    folder: tempfile::TempDir,
}

impl World {
    fn new() -> World {
        let folder = tempfile::tempdir().unwrap();
        let made = Command::new("git")
            .args(["init", "-q", "-b", "main"])
            .arg(folder.path().join("repo"))
            .status()
            .unwrap();
        assert!(made.success());
        World { folder }
    }

    fn store(&self, name: &str) -> Store {
        let store = Store::open(&self.folder.path().join(name)).unwrap();
        let _ = crate::repositories::add(&store, &self.folder.path().join("repo"), Some("shop"));
        store
    }
}

fn repository(store: &Store) -> RepositoryId {
    let allowed = store.read(|it| it.allow(&Viewer::Owner, Some("shop")));
    allowed.unwrap().id
}

fn import_all<'a>(
    store: &Store,
    documents: impl IntoIterator<Item = &'a (String, Value)>,
) -> Result<Taken, Error> {
    let settings = "{}";
    let (name, kind) = ("github:shop", TrackerKind::GitHub);
    attach(store, name, kind, "github.com", settings, repository(store))?;
    let (cancel, progress) = (AtomicBool::new(false), |_: &Taken| {});
    let mut intake = Intake::new(store, name, &cancel, &progress);
    for (address, value) in documents {
        let json = serde_json::to_vec(value).unwrap();
        let document = Document { place: address, address, version: 0, json: &json };
        assert!(github::read(&document, &mut intake)?, "{address} is GitHub's");
    }
    let taken = intake.finish()?;
    settle(store)?;
    Ok(taken)
}

/// Facts and what rules made of them.
fn everything(store: &Store) -> String {
    let mut text = String::new();
    store
        .read(|reader| {
            let allowed = reader.allow(&Viewer::Owner, Some("shop"))?;
            dump(reader, &allowed, Part::Facts, &mut text)?;
            dump(reader, &allowed, Part::Made, &mut text)
        })
        .unwrap();
    text
}

#[test]
fn any_order_and_any_split_give_the_same_memory_and_twice_is_once() {
    let world = World::new();
    let all = documents(60);
    let store = world.store("once.db");
    let taken = import_all(&store, &all).unwrap();
    assert_eq!(taken.refused, []);
    let once = everything(&store);
    assert!(once.contains("Thing 59") && once.contains("word 591"), "{once}");

    let again = import_all(&store, &all).unwrap();
    assert_eq!((again.new, again.changed, again.records), (0, 0, taken.records));
    assert_eq!(everything(&store), once);

    for (number, step) in [7, 11, 13, 101].into_iter().enumerate() {
        let store = world.store(&format!("order{number}.db"));
        let order: Vec<_> = (0..all.len()).map(|it| &all[it * step % all.len()]).collect();
        let distinct: std::collections::BTreeSet<_> = order.iter().map(|it| &it.0).collect();
        assert_eq!(distinct.len(), all.len(), "every document is there");
        let (first, second) = order.split_at(order.len() / 3);
        import_all(&store, first.iter().copied()).unwrap();
        import_all(&store, second.iter().chain(&first[..5]).copied()).unwrap();
        assert_eq!(everything(&store), once, "step {step}");
    }
}

#[test]
fn an_older_version_never_replaces_a_newer_one() {
    let world = World::new();
    let mut all = documents(3);
    let store = world.store("older.db");
    import_all(&store, &all).unwrap();
    let before = everything(&store);
    all[0].1["title"] = "Before it was renamed".into();
    all[0].1["updated_at"] = "2020-01-01T00:00:00Z".into();
    let taken = import_all(&store, &all[..1]).unwrap();
    assert_eq!(taken.new, 1, "it is kept");
    assert!(!everything(&store).contains("Before it was renamed"), "and not shown");
    assert_ne!(everything(&store), before, "the raw record is part of what memory holds");
}

#[test]
fn memory_made_again_from_its_records_is_the_same() {
    let world = World::new();
    let store = world.store("again.db");
    import_all(&store, &documents(40)).unwrap();
    let before = everything(&store);
    let subjects = rebuild(&store, &AtomicBool::new(false), &|_| {}).unwrap();
    assert_eq!(subjects, 40);
    assert_eq!(everything(&store), before);
}

#[test]
fn a_second_repository_of_a_tracker_learns_what_the_first_knows() {
    let world = World::new();
    let store = world.store("two.db");
    import_all(&store, &documents(10)).unwrap();
    let other = world.folder.path().join("other");
    assert!(Command::new("git").args(["init", "-q"]).arg(&other).status().unwrap().success());
    crate::repositories::add(&store, &other, Some("other")).unwrap();
    let allowed = store.read(|it| it.allow(&Viewer::Owner, Some("other"))).unwrap();
    attach(&store, "github:shop", TrackerKind::GitHub, "github.com", "{}", allowed.id).unwrap();
    settle(&store).unwrap();
    let count = |name: &str| {
        let mut text = String::new();
        store
            .read(|reader| {
                let allowed = reader.allow(&Viewer::Owner, Some(name))?;
                dump(reader, &allowed, Part::Facts, &mut text)
            })
            .unwrap();
        text.matches("Thing ").count()
    };
    assert_eq!(count("other"), count("shop"));
    crate::repositories::remove(&store, "shop").unwrap();
    assert_eq!(count("other"), 10, "what another repository needs stays");
    crate::repositories::remove(&store, "other").unwrap();
    let left = store.read(|it| Ok::<_, store::Error>(it.trackers(&Viewer::Owner)?.len()));
    assert_eq!(left.unwrap(), 0);
}

#[test]
fn taking_a_tracker_out_leaves_what_was_before_it() {
    let world = World::new();
    let store = world.store("out.db");
    let before = everything(&store);
    import_all(&store, &documents(20)).unwrap();
    remove(&store, "github:shop").unwrap();
    assert_eq!(everything(&store), before);
    assert!(matches!(remove(&store, "github:shop"), Err(Error::NoTracker(_))));
}

#[test]
fn a_delivery_is_kept_first_taken_in_afterwards_and_never_twice() {
    let world = World::new();
    let store = world.store("hooks.db");
    let all = documents(2);
    import_all(&store, &all).unwrap();
    let mut pull = all[0].1.clone();
    pull["title"] = "Renamed by a hook".into();
    pull["updated_at"] = "2027-01-01T00:00:00Z".into();
    let body = json!({ "action": "edited", "number": 1, "pull_request": pull,
        "repository": { "full_name": "acme/shop" }, "sender": { "login": "dev1" } });
    let body = serde_json::to_vec(&body).unwrap();
    let tracker = store.write(|it| it.tracker("github:shop")).unwrap().unwrap();
    let at = Timestamp(1_800_000_000);
    let keep = || store.write(|it| it.put_delivery(tracker.id, "d-1", at, "pull_request", &body));
    assert!(keep().unwrap());
    assert!(!keep().unwrap(), "a replay is known by its id");
    assert!(!everything(&store).contains("Renamed by a hook"));
    assert_eq!(take_deliveries(&store, &AtomicBool::new(false)).unwrap(), 1);
    assert!(everything(&store).contains("Renamed by a hook"));
    assert!(!keep().unwrap(), "also when it has been taken in");
    assert_eq!(take_deliveries(&store, &AtomicBool::new(false)).unwrap(), 0);
}

#[test]
fn a_delivery_that_cannot_be_taken_says_why_and_holds_up_no_other() {
    let world = World::new();
    let store = world.store("bad-hooks.db");
    let address = r#"{"address":"https://github.com/acme/shop"}"#;
    let id = repository(&store);
    attach(&store, "shop", TrackerKind::GitHub, "github.com", address, id).unwrap();
    let tracker = store.write(|it| it.tracker("shop")).unwrap().unwrap();
    let keep = |name: &str, number: Value, repository: &str| {
        let mut pull = documents(1)[0].1.clone();
        pull["title"] = name.into();
        pull["number"] = number.clone();
        pull["url"] = format!("https://api.github.com/repos/{repository}/pulls/{number}").into();
        pull["html_url"] = format!("https://github.com/{repository}/pull/{number}").into();
        let body = json!({ "action": "edited", "number": number, "pull_request": pull,
            "repository": { "full_name": repository }, "sender": { "login": "dev1" } });
        let body = serde_json::to_vec(&body).unwrap();
        let at = Timestamp(1_800_000_000);
        store.write(|it| it.put_delivery(tracker.id, name, at, "pull_request", &body)).unwrap();
    };
    keep("beyond all numbers", json!(u64::MAX), "acme/shop");
    keep("somebody else's", json!(8), "evil/other");
    keep("as it should be", json!(9), "acme/shop");
    assert_eq!(take_deliveries(&store, &AtomicBool::new(false)).unwrap(), 3);
    let memory = everything(&store);
    assert!(memory.contains("as it should be") && !memory.contains("somebody else's"), "{memory}");
    assert_eq!(take_deliveries(&store, &AtomicBool::new(false)).unwrap(), 0);
    let lines = store.read(|it| it.audit_lines(&Viewer::Owner, i64::MAX, 10)).unwrap();
    assert!(lines.iter().any(|it| it.actor == "webhook"), "{lines:?}");
}

#[test]
fn an_issue_with_bytes_that_are_no_utf_8_is_taken_with_the_rest_readable() {
    let world = World::new();
    let store = world.store("latin.db");
    attach(&store, "jira", TrackerKind::Jira, "jira", "{}", repository(&store)).unwrap();
    let json = b"{\"id\":\"1\",\"key\":\"PAY-1\",\"fields\":{\"summary\":\"caf\xe9 closed\",\
        \"updated\":\"2026-01-02T10:00:00.000+0000\",\"project\":{\"key\":\"PAY\"}}}";
    let (cancel, progress) = (AtomicBool::new(false), |_: &Taken| {});
    let mut intake = Intake::new(&store, "jira", &cancel, &progress);
    let document = Document { place: "a file", address: "", version: 0, json };
    assert!(read(TrackerKind::Jira, &document, &mut intake).unwrap());
    assert_eq!(intake.finish().unwrap().changed, 1);
    assert!(everything(&store).contains("caf\u{fffd} closed"));
}

/// Runs in a process of its own, which the test below kills.
#[test]
#[ignore = "started by the test that kills it"]
fn child_that_is_killed() {
    let path = std::env::var_os("BACKSTORY_KILL_STORE").unwrap();
    let store = Store::open(Path::new(&path)).unwrap();
    import_all(&store, &documents(KILLED)).unwrap();
}

/// Enough for several batches.
const KILLED: u64 = 2_600;

#[test]
#[allow(clippy::print_stderr)]
fn killed_at_any_instant_and_run_again_the_memory_is_that_of_an_undisturbed_run() {
    let world = World::new();
    let all = documents(KILLED);
    let undisturbed = world.store("undisturbed.db");
    let start = Instant::now();
    import_all(&undisturbed, &all).unwrap();
    let whole = start.elapsed();
    let done = everything(&undisturbed);
    let rounds: u32 = std::env::var("BACKSTORY_KILLS").map_or(8, |it| it.parse().unwrap());
    let mut killed = 0;
    for round in 0..rounds {
        let name = format!("killed-{round}.db");
        drop(world.store(&name));
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "trackers::tests::child_that_is_killed", "--ignored"])
            .env("BACKSTORY_KILL_STORE", world.folder.path().join(&name))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Spread over the run, in no order: the child also has to start.
        let part = (round * 37 + 11) % rounds.max(1);
        let until = Instant::now() + whole * part / rounds + Duration::from_millis(20);
        while Instant::now() < until && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        killed += u32::from(child.try_wait().unwrap().is_none());
        let _ = child.kill();
        child.wait().unwrap();
        let store = world.store(&name);
        import_all(&store, &all).unwrap();
        assert!(everything(&store) == done, "round {round} gave another memory");
    }
    eprintln!("{killed} of {rounds} imports were killed while they ran; each gave the same memory");
    assert!(killed >= rounds / 2, "only {killed} of {rounds} were killed while they ran");
}
