//! A site that is walked while it changes and breaks.

use super::{Cursor, Kind, Scope, Site, Walk, without_order};
use crate::sources::web::rehearsal::{
    BEGIN, CANARY, Reply, Seen, Stage, client, cut, json, on, reply,
};
use crate::sources::web::{Base, Failure, Step};
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

/// What this server gives at most, whatever it is asked for.
const AT_ONCE: usize = 4;

/// Kind, with the time of change where there is one, and id.
type Records = BTreeSet<(String, usize)>;

#[derive(Clone)]
struct Issue {
    id: usize,
    updated: i64,
    comments: usize,
}

#[derive(Clone)]
struct Tracker {
    issues: Vec<Issue>,
    now: i64,
    random: usize,
}

impl Tracker {
    fn new() -> Tracker {
        let issue = |id: usize| Issue {
            id,
            // Nine of them in one minute.
            updated: BEGIN - 9_000_000
                + i64::try_from(if (5..14).contains(&id) { 5 } else { id }).unwrap() * 60_000
                + i64::try_from(id).unwrap() * 100,
            comments: id % 5,
        };
        Tracker { issues: (1..=19).map(issue).collect(), now: BEGIN, random: 1 }
    }

    fn change(&mut self) {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695);
        self.now += 61_000;
        let (now, id) = (self.now, self.issues.len() + 1);
        match (self.random >> 33) % 5 {
            0 => self.issues.push(Issue { id, updated: now, comments: 3 }),
            _ => {
                let at = (self.random >> 36) % self.issues.len();
                self.issues[at].updated = now;
                self.issues[at].comments += 1;
            }
        }
    }

    fn all(&self, kind: Kind) -> Records {
        let mut all: Records =
            ["status", "priority", "type", "project"].map(|it| (it.to_owned(), 1)).into();
        for it in &self.issues {
            all.insert((format!("issue@{}", it.updated), it.id));
            all.extend((0..it.comments).map(|at| ("comment".to_owned(), it.id * 1000 + at)));
            if kind == Kind::Cloud {
                all.extend((0..3).map(|at| ("change".to_owned(), it.id * 1000 + at)));
            }
        }
        all
    }

    fn answer(&self, seen: &Seen) -> Reply {
        let path = seen.path();
        let rest =
            path.trim_start_matches("/jira/rest/api/2").trim_start_matches("/jira/rest/api/3");
        let number = |name: &str| seen.query(name).map_or(0, |it| it.parse::<usize>().unwrap());
        match rest {
            "/myself" => json("{\"name\":\"me\"}"),
            "/status" | "/priority" | "/issuetype" => {
                let kind = rest.trim_start_matches('/').replace("issuetype", "type");
                json(format!("[{{\"kind\":\"{kind}\",\"id\":1}}]"))
            }
            "/project/PROJ" => json("{\"kind\":\"project\",\"id\":1}"),
            "/search" => {
                let (found, total) = self.search(seen, number("startAt"));
                json(format!(
                    "{{\"startAt\":0,\"total\":{total},\"issues\":[{}]}}",
                    found.join(",")
                ))
            }
            "/search/jql" => {
                // The token names the last issue of the page before: Cloud promises no more.
                let after = seen.query("nextPageToken").map(|it| {
                    let (updated, id) = it.split_once('-').unwrap();
                    (updated.parse::<i64>().unwrap(), id.parse::<usize>().unwrap())
                });
                let sorted = self.sorted(seen);
                let start = sorted.iter().filter(|it| Some((it.updated, it.id)) <= after).count();
                let (found, total) = self.search(seen, start);
                let more = match start + found.len() < total {
                    true => {
                        let last = sorted[start + found.len() - 1];
                        let token = format!("{}-{}", last.updated, last.id);
                        format!("\"nextPageToken\":\"{token}\",\"isLast\":false")
                    }
                    false => "\"isLast\":true".to_owned(),
                };
                json(format!("{{\"issues\":[{}],{more}}}", found.join(",")))
            }
            "/changelog/bulkfetch" => bulk(seen),
            _ => {
                let id: usize = rest.split('/').nth(2).unwrap().parse().unwrap();
                let of = self.issues.iter().find(|it| it.id == id).unwrap().comments;
                let start = number("startAt");
                let shown = comments(id, start..of.min(start + 2));
                json(format!("{{\"startAt\":{start},\"total\":{of},\"comments\":[{shown}]}}"))
            }
        }
    }

    fn sorted(&self, seen: &Seen) -> Vec<&Issue> {
        let jql = seen.query("jql").unwrap();
        assert!(jql.starts_with("project in (\"PROJ\")"), "{jql}");
        assert!(jql.ends_with(" ORDER BY updated ASC, key ASC"), "{jql}");
        let since = jql.split("updated >= ").nth(1);
        let since = since.map_or(0, |it| it.split(' ').next().unwrap().parse::<i64>().unwrap());
        let mut found: Vec<&Issue> = self.issues.iter().filter(|it| it.updated >= since).collect();
        found.sort_by_key(|it| (it.updated, it.id));
        found
    }

    fn search(&self, seen: &Seen, start: usize) -> (Vec<String>, usize) {
        let found = self.sorted(seen);
        let page = found.iter().skip(start).take(AT_ONCE).map(|it| {
            let updated = Timestamp::from_millisecond(it.updated).unwrap();
            format!(
                "{{\"kind\":\"issue\",\"id\":\"{0}\",\"key\":\"PROJ-{0}\",\"fields\":{{\"updated\":\"{1}\",\
                 \"creator\":null,\"comment\":{{\"total\":{2},\"comments\":[{3}]}}}}}}",
                it.id,
                updated.strftime("%Y-%m-%dT%H:%M:%S%.3f+0000"),
                it.comments,
                comments(it.id, 0..it.comments.min(2)),
            )
        });
        (page.collect(), found.len())
    }
}

fn comments(issue: usize, of: std::ops::Range<usize>) -> String {
    let all: Vec<String> =
        of.map(|it| format!("{{\"kind\":\"comment\",\"id\":{}}}", issue * 1000 + it)).collect();
    all.join(",")
}

fn bulk(seen: &Seen) -> Reply {
    assert_eq!(seen.method, "POST");
    let wanted: serde_json::Value = serde_json::from_slice(&seen.body).unwrap();
    let ids = wanted["issueIdsOrKeys"].as_array().unwrap();
    let start: usize = wanted["nextPageToken"].as_str().map_or(0, |it| it.parse().unwrap());
    let shown: Vec<String> = ids
        .iter()
        .skip(start)
        .take(2)
        .map(|it| {
            let id: usize = it.as_str().unwrap().parse().unwrap();
            let changes: Vec<String> = (0..3)
                .map(|it| format!("{{\"kind\":\"change\",\"id\":{}}}", id * 1000 + it))
                .collect();
            format!("{{\"issueId\":\"{id}\",\"changeHistories\":[{}]}}", changes.join(","))
        })
        .collect();
    let next = match start + 2 < ids.len() {
        true => format!(",\"nextPageToken\":\"{}\"", start + 2),
        false => String::new(),
    };
    json(format!("{{\"issueChangeLogs\":[{}]{next}}}", shown.join(",")))
}

fn walk(address: &str, kind: Kind) -> Walk {
    let base = Base::read(&format!("{address}/jira/")).unwrap();
    let site = Site { base, kind, scope: Scope::Projects(vec!["PROJ".into()]) };
    Walk::with(site, client("Jira", &format!("{address}/jira")).0)
}

/// Everything with a kind, wherever it stands in a document.
fn collect(value: &serde_json::Value, found: &mut Records) {
    if let Some(kind) = value["kind"].as_str() {
        let id = &value["id"];
        let id = id.as_u64().map_or_else(
            || id.as_str().unwrap().parse().unwrap(),
            |it| usize::try_from(it).unwrap(),
        );
        let kind = match value["fields"]["updated"].as_str() {
            Some(updated) => format!("{kind}@{}", crate::sources::web::page::millis(updated)),
            None => kind.to_owned(),
        };
        found.insert((kind, id));
    }
    match value {
        serde_json::Value::Array(all) => all.iter().for_each(|it| collect(it, found)),
        serde_json::Value::Object(all) => all.values().for_each(|it| collect(it, found)),
        _ => {}
    }
}

fn records(step: &Step) -> Records {
    let mut found = BTreeSet::new();
    for it in &step.documents {
        collect(&serde_json::from_slice(it.document().json).unwrap(), &mut found);
    }
    found
}

fn to_the_end(walk: &Walk, cursor: &mut Cursor) -> Result<(Records, Vec<String>, usize), Failure> {
    let (mut found, mut refused) = (BTreeSet::new(), Vec::new());
    for steps in 1..5000 {
        let step = on(|going| walk.step(cursor, going)).0?;
        found.extend(records(&step));
        refused.extend(step.refused.iter().map(|it| format!("{}: {}", it.place, it.reason)));
        if step.done {
            assert!(!cursor.text().contains(CANARY));
            return Ok((found, refused, steps));
        }
    }
    panic!("it does not end");
}

fn stage(tracker: &Arc<Mutex<Tracker>>) -> Stage {
    let tracker = tracker.clone();
    Stage::open(move |seen, _| tracker.lock().unwrap().answer(seen))
}

const KINDS: [Kind; 2] = [Kind::Server, Kind::Cloud];

#[test]
fn everything_comes_and_then_only_what_may_have_come_late() {
    for kind in KINDS {
        let tracker = Arc::new(Mutex::new(Tracker::new()));
        let stage = stage(&tracker);
        let walk = walk(&stage.address, kind);
        let mut cursor = Cursor::default();
        let (found, refused, _) = to_the_end(&walk, &mut cursor).unwrap();
        assert_eq!(found, tracker.lock().unwrap().all(kind));
        assert!(refused.is_empty(), "{refused:?}");
        let before = stage.seen().len();
        to_the_end(&walk, &mut cursor).unwrap();
        let second = stage.targets().split_off(before);
        assert!(second.len() <= 8, "{second:#?}");
        assert!(second.iter().all(|it| !it.contains("/comment") && !it.contains("bulk")));
    }
}

#[test]
fn killed_after_any_request_it_goes_on_and_brings_the_same() {
    for kind in KINDS {
        let tracker = Arc::new(Mutex::new(Tracker::new()));
        let stage = stage(&tracker);
        let first = walk(&stage.address, kind);
        let (all, _, steps) = to_the_end(&first, &mut Cursor::default()).unwrap();
        let (mut kept, mut text) = (BTreeSet::new(), String::new());
        for kill in 1..=steps {
            // Killed before this step was written down; what was before it is.
            let mut cursor = Cursor::read(&text);
            let step = on(|going| walk(&stage.address, kind).step(&mut cursor, going)).0.unwrap();
            let again =
                to_the_end(&walk(&stage.address, kind), &mut Cursor::read(&text)).unwrap().0;
            assert_eq!(
                kept.union(&again).cloned().collect::<BTreeSet<_>>(),
                all,
                "killed at {kill}"
            );
            kept.extend(records(&step));
            text = cursor.text();
        }
    }
}

#[test]
fn what_changes_under_the_walk_is_not_lost() {
    for kind in KINDS {
        for seed in 1..10 {
            let tracker = Tracker { random: seed * 7919, ..Tracker::new() };
            let tracker = Arc::new(Mutex::new(tracker));
            let answering = tracker.clone();
            let stage = Stage::open(move |seen, before| {
                let mut tracker = answering.lock().unwrap();
                if before % 3 == 0 && before < 60 {
                    tracker.change();
                }
                tracker.answer(seen)
            });
            let walk = walk(&stage.address, kind);
            let mut cursor = Cursor::default();
            let mut found = to_the_end(&walk, &mut cursor).unwrap().0;
            // The second walk may still see changes, the third one sees none.
            found.extend(to_the_end(&walk, &mut cursor).unwrap().0);
            found.extend(to_the_end(&walk, &mut cursor).unwrap().0);
            let all = tracker.lock().unwrap().all(kind);
            let lost: Vec<_> = all.difference(&found).collect();
            assert!(lost.is_empty(), "{kind:?} seed {seed}: {lost:?}");
        }
    }
}

#[test]
fn limits_and_cut_connections_lose_nothing() {
    for kind in KINDS {
        let tracker = Arc::new(Mutex::new(Tracker::new()));
        let answering = tracker.clone();
        let stage = Stage::open(move |seen, before| {
            let whole = answering.lock().unwrap().answer(seen);
            match before % 4 {
                0 => reply(429, &[("retry-after", "5")], "{}"),
                1 => cut(whole.clone(), before * 31 % whole.len()),
                2 => reply(503, &[], "<html>"),
                _ => whole,
            }
        });
        let (found, _, _) =
            to_the_end(&walk(&stage.address, kind), &mut Cursor::default()).unwrap();
        assert_eq!(found, tracker.lock().unwrap().all(kind));
    }
}

#[test]
fn comments_that_nobody_is_shown_are_asked_for_once() {
    let stage = Stage::open(|seen, _| match seen.path() {
        "/jira/rest/api/2/search" => json(
            "{\"total\":1,\"issues\":[{\"id\":\"7\",\"key\":\"PROJ-7\",\"fields\":{\"comment\":\
             {\"total\":9,\"comments\":[{}]}}}]}",
        ),
        "/jira/rest/api/2/issue/7/comment" => match seen.query("startAt").unwrap().as_str() {
            "0" => json("{\"total\":9,\"comments\":[{}]}"),
            _ => json("{\"total\":9,\"comments\":[]}"),
        },
        _ => json("[]"),
    });
    to_the_end(&walk(&stage.address, Kind::Server), &mut Cursor::default()).unwrap();
    let asked = stage.targets().iter().filter(|it| it.contains("/comment")).count();
    assert_eq!(asked, 2);
}

#[test]
fn too_much_at_once_is_asked_for_in_smaller_parts() {
    let tracker = Arc::new(Mutex::new(Tracker::new()));
    let answering = tracker.clone();
    let stage = Stage::open(move |seen, _| {
        let many = seen.query("maxResults").is_some_and(|it| it.parse::<u32>().unwrap() > 30);
        match seen.path().ends_with("/search") && many {
            true => json(vec![b' '; 1_000_001]),
            false => answering.lock().unwrap().answer(seen),
        }
    });
    let (found, _, _) =
        to_the_end(&walk(&stage.address, Kind::Server), &mut Cursor::default()).unwrap();
    assert_eq!(found, tracker.lock().unwrap().all(Kind::Server));
}

#[test]
fn a_token_of_a_walk_long_ago_begins_its_minute_anew() {
    let tracker = Arc::new(Mutex::new(Tracker::new()));
    let answering = tracker.clone();
    let stale = Mutex::new(0);
    let stage = Stage::open(move |seen, _| {
        if seen.query("nextPageToken").is_some() {
            let mut stale = stale.lock().unwrap();
            *stale += 1;
            if *stale == 2 {
                return reply(400, &[], "{\"errorMessages\":[\"token\"]}");
            }
        }
        answering.lock().unwrap().answer(seen)
    });
    let (found, _, _) =
        to_the_end(&walk(&stage.address, Kind::Cloud), &mut Cursor::default()).unwrap();
    assert_eq!(found, tracker.lock().unwrap().all(Kind::Cloud));
    // One that is never known is an error, and not a walk without end.
    let answering = tracker.clone();
    let stage = Stage::open(move |seen, _| match seen.query("nextPageToken") {
        Some(_) => reply(400, &[], "{\"errorMessages\":[\"token\"]}"),
        None => answering.lock().unwrap().answer(seen),
    });
    let error = to_the_end(&walk(&stage.address, Kind::Cloud), &mut Cursor::default()).unwrap_err();
    assert!(matches!(error, Failure::Refused { status: 400, .. }), "{error}");
}

#[test]
fn a_wrong_token_and_a_wrong_project_are_told() {
    let stage = Stage::open(|_, _| reply(401, &[], "<html>Basic Authentication Failure"));
    let error =
        to_the_end(&walk(&stage.address, Kind::Server), &mut Cursor::default()).unwrap_err();
    assert!(error.to_string().contains("wrong, expired or revoked"), "{error}");
    assert_eq!(stage.targets(), ["/jira/rest/api/2/myself"]);
    let stage = Stage::open(|seen, _| match seen.path().ends_with("/myself") {
        true => json("{}"),
        false => reply(404, &[], "{\"errorMessages\":[\"No project could be found\"]}"),
    });
    let error =
        to_the_end(&walk(&stage.address, Kind::Server), &mut Cursor::default()).unwrap_err();
    assert!(error.to_string().contains("project/PROJ (404)"), "{error}");
}

#[test]
fn the_order_of_a_query_is_ours() {
    assert_eq!(without_order("project = A ORDER  BY created"), "project = A");
    assert_eq!(without_order("order by created"), "");
    assert_eq!(
        without_order("text ~ \"an order by mail\" and a = 1"),
        "text ~ \"an order by mail\" and a = 1"
    );
    assert_eq!(without_order("text ~ 'it\\'s order by' order by x"), "text ~ 'it\\'s order by'");
    assert_eq!(without_order("reorder by x"), "reorder by x");
}
