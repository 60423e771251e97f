//! A repository that is walked while it changes, breaks and moves.

use super::{Cursor, Place, Walk};
use crate::sources::web::page::{millis, rfc3339};
use crate::sources::web::rehearsal::{
    BEGIN, CANARY, Reply, Seen, Stage, client, cut, json, on, raw, reply,
};
use crate::sources::web::{Base, Failure, Step};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::{Arc, Mutex};

/// Records of one page of this server: few, so that there are many.
const PER_PAGE: usize = 3;

/// Kind, id and time of change in seconds.
type Records = BTreeSet<(String, u64, i64)>;

#[derive(Clone)]
struct Thing {
    id: u64,
    updated: i64,
    pull: bool,
}

/// What the repository holds, and how its server behaves.
#[derive(Clone, Default)]
struct Repo {
    issues: Vec<Thing>,
    comments: Vec<Thing>,
    review_comments: Vec<Thing>,
    releases: u64,
    has_issues: bool,
    now: i64,
    random: u64,
}

impl Repo {
    fn new() -> Repo {
        let thing = |id: u64| Thing {
            id,
            // Every fourth at the moment of the one before.
            updated: BEGIN - 1_000_000_000 + i64::try_from(id - id % 4 / 3).unwrap() * 600_000,
            pull: id.is_multiple_of(3),
        };
        Repo {
            issues: (1..=14).map(thing).collect(),
            comments: (101..=110).map(thing).collect(),
            review_comments: (201..=207).map(thing).collect(),
            releases: 7,
            has_issues: true,
            now: BEGIN,
            random: 1,
        }
    }

    fn next(&mut self, below: usize) -> usize {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        usize::try_from(self.random >> 33).unwrap() % below
    }

    /// Something changes, or comes new, a minute later.
    fn change(&mut self) {
        self.now += 60_000;
        let now = self.now;
        let which = self.next(3);
        let at = self.next(1000);
        let list = match which {
            0 => &mut self.issues,
            1 => &mut self.comments,
            _ => &mut self.review_comments,
        };
        let new_id = list.iter().map(|it| it.id).max().unwrap() + 1;
        match at % 4 {
            0 => list.push(Thing { id: new_id, updated: now, pull: new_id.is_multiple_of(3) }),
            _ => {
                let at = at % list.len();
                list[at].updated = now;
            }
        }
    }

    /// Each thing that there is, with the time of its last change.
    fn all(&self) -> Records {
        let mut all = BTreeSet::new();
        let of = |kind: &str, it: &Thing| (kind.to_owned(), it.id, it.updated / 1000);
        for it in &self.issues {
            if it.pull || self.has_issues {
                all.insert(of(if self.has_issues { "issues" } else { "pulls" }, it));
            }
            for part in ["pull", "commits", "files", "reviews"].iter().filter(|_| it.pull) {
                all.insert(of(part, it));
            }
        }
        all.extend(self.comments.iter().map(|it| of("issues/comments", it)));
        all.extend(self.review_comments.iter().map(|it| of("pulls/comments", it)));
        all.extend((1..=self.releases).map(|it| ("releases".to_owned(), it, 0)));
        all
    }

    fn answer(&self, seen: &Seen) -> Reply {
        let path = seen.path().strip_prefix("/repos/o/n").unwrap_or(seen.path());
        let host = format!("http://{}", seen.header("host").unwrap());
        match path {
            "" => reply(200, &[("etag", "\"r\"")], "{\"full_name\":\"o/n\",\"id\":1}"),
            "/issues" if !self.has_issues => {
                reply(410, &[], "{\"message\":\"Issues are disabled for this repo\"}")
            }
            "/issues" => list(&host, seen, self.issues.clone(), "issues"),
            "/pulls" => {
                let pulls = self.issues.iter().filter(|it| it.pull).cloned().collect();
                list(&host, seen, pulls, "pulls")
            }
            "/issues/comments" => list(&host, seen, self.comments.clone(), "issues/comments"),
            "/pulls/comments" => list(&host, seen, self.review_comments.clone(), "pulls/comments"),
            "/releases" => {
                let release = |id| Thing { id, updated: 0, pull: false };
                list(&host, seen, (1..=self.releases).map(release).collect(), "releases")
            }
            _ => self.part(&host, seen, path),
        }
    }

    /// `/pulls/9/commits`: two pages, of which the second tells.
    fn part(&self, host: &str, seen: &Seen, path: &str) -> Reply {
        let mut words = path.trim_start_matches("/pulls/").split('/');
        let number: u64 = words.next().unwrap().parse().unwrap();
        let pull = self.issues.iter().find(|it| it.id == number && it.pull).unwrap();
        let Some(part) = words.next() else { return json(item(pull, "pull")) };
        if seen.query("page").is_none() {
            let link = format!("<{host}{}&page=2>; rel=\"next\"", seen.target);
            return reply(200, &[("link", &link)], "[]");
        }
        json(format!("[{}]", item(pull, part)))
    }
}

fn item(thing: &Thing, kind: &str) -> String {
    let mut text =
        format!("{{\"kind\":\"{kind}\",\"id\":{0},\"number\":{0},\"user\":null", thing.id);
    if thing.updated > 0 {
        write!(text, ",\"updated_at\":\"{}\"", rfc3339(thing.updated)).unwrap();
    }
    if thing.pull && kind == "issues" {
        text.push_str(",\"pull_request\":{\"url\":\"x\"}");
    }
    text + "}"
}

fn list(host: &str, seen: &Seen, mut things: Vec<Thing>, kind: &str) -> Reply {
    let since = seen.query("since").map_or(0, |it| millis(&it));
    things.retain(|it| it.updated >= since);
    things.sort_by_key(|it| (it.updated, it.id));
    if seen.query("direction").as_deref() == Some("desc") {
        things.reverse();
    }
    let page: usize = seen.query("page").map_or(1, |it| it.parse().unwrap());
    let shown: Vec<String> =
        things.iter().skip((page - 1) * PER_PAGE).take(PER_PAGE).map(|it| item(it, kind)).collect();
    let body = format!("[{}]", shown.join(","));
    let etag = things.iter().fold(body.len() as i64, |hash, it| {
        hash.wrapping_mul(31).wrapping_add(it.updated).wrapping_mul(31) + it.id as i64
    });
    let etag = format!("\"{etag}\"");
    if seen.header("if-none-match") == Some(&etag) {
        return reply(304, &[("content-length", "0"), ("etag", &etag)], "");
    }
    let bare = seen.target.split("&page=").next().unwrap();
    let link = format!("<{host}{bare}&page={}>; rel=\"next\"", page + 1);
    match things.len() > page * PER_PAGE {
        true => reply(200, &[("link", &link), ("etag", &etag)], body),
        false => reply(200, &[("etag", &etag)], body),
    }
}

fn stage(repo: &Arc<Mutex<Repo>>) -> Stage {
    let repo = repo.clone();
    Stage::open(move |seen, _| repo.lock().unwrap().answer(seen))
}

fn walk(address: &str) -> Walk {
    let place = Place { api: Base::read(address).unwrap(), owner: "o".into(), name: "n".into() };
    Walk::with(place, client("GitHub", address).0)
}

/// The records of a step: kind, id and time of change in seconds.
fn records(step: &Step) -> Records {
    let mut found = BTreeSet::new();
    for fetched in &step.documents {
        let document: serde_json::Value = serde_json::from_slice(fetched.document().json).unwrap();
        let items = match document {
            serde_json::Value::Array(items) => items,
            item => vec![item],
        };
        for it in items {
            let updated = it["updated_at"].as_str().map_or(0, millis) / 1000;
            let kind = it["kind"].as_str().unwrap().to_owned();
            // What belongs to a pull request is as new as that one was when it was read.
            if ["pull", "commits", "files", "reviews"].contains(&kind.as_str()) {
                assert!(fetched.version > 0 && fetched.version / 1000 <= updated);
            }
            found.insert((kind, it["id"].as_u64().unwrap(), updated));
        }
    }
    found
}

/// Walks to the end from a cursor; what came, what was refused, and how many steps it took.
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

#[test]
fn everything_comes_and_then_nothing_more() {
    let repo = Arc::new(Mutex::new(Repo::new()));
    let stage = stage(&repo);
    let walk = walk(&stage.address);
    let mut cursor = Cursor::default();
    let (found, refused, _) = to_the_end(&walk, &mut cursor).unwrap();
    assert_eq!(found, repo.lock().unwrap().all());
    assert!(refused.is_empty());
    // The second time asks again for what may have come late, and for no pull request.
    let before = stage.seen().len();
    to_the_end(&walk, &mut cursor).unwrap();
    let second = stage.targets().split_off(before);
    assert!(second.iter().all(|it| !it.contains("/commits")), "{second:#?}");
    // The third time every list is as it was: one question each.
    let before = stage.seen().len();
    let (found, _, steps) = to_the_end(&walk, &mut cursor).unwrap();
    assert!(found.is_empty(), "{found:?}");
    assert_eq!((steps, stage.seen().len() - before), (5, 5));
}

#[test]
fn killed_after_any_request_it_goes_on_and_brings_the_same() {
    let repo = Arc::new(Mutex::new(Repo::new()));
    let stage = stage(&repo);
    let (all, _, steps) = to_the_end(&walk(&stage.address), &mut Cursor::default()).unwrap();
    let (mut kept, mut text) = (BTreeSet::new(), String::new());
    for kill in 1..=steps {
        // Killed before this step was written down; what was before it is.
        let mut cursor = Cursor::read(&text);
        let step = on(|going| walk(&stage.address).step(&mut cursor, going)).0.unwrap();
        let again = to_the_end(&walk(&stage.address), &mut Cursor::read(&text)).unwrap().0;
        assert_eq!(kept.union(&again).cloned().collect::<BTreeSet<_>>(), all, "killed at {kill}");
        kept.extend(records(&step));
        text = cursor.text();
    }
}

#[test]
fn what_changes_under_the_walk_is_not_lost() {
    for has_issues in [true, false] {
        for seed in 1..10 {
            let mut repo = Repo { has_issues, random: seed * 7919, ..Repo::new() };
            repo.comments.truncate(6);
            let repo = Arc::new(Mutex::new(repo));
            let answering = repo.clone();
            let stage = Stage::open(move |seen, before| {
                let mut repo = answering.lock().unwrap();
                // For a time; a repository that changes with each request is never read to its end.
                if before % 3 == 0 && before < 60 {
                    repo.change();
                }
                repo.answer(seen)
            });
            let walk = walk(&stage.address);
            let mut cursor = Cursor::default();
            let mut found = to_the_end(&walk, &mut cursor).unwrap().0;
            // The second walk may still see changes, the third one sees none.
            found.extend(to_the_end(&walk, &mut cursor).unwrap().0);
            found.extend(to_the_end(&walk, &mut cursor).unwrap().0);
            let all = repo.lock().unwrap().all();
            let lost: Vec<_> = all.difference(&found).collect();
            assert!(lost.is_empty(), "seed {seed}: {lost:?}");
        }
    }
}

/// A server that answers a path otherwise than the repository would.
fn but(
    path: &'static str,
    other: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
) -> (Arc<Mutex<Repo>>, Stage) {
    let repo = Arc::new(Mutex::new(Repo::new()));
    let answering = repo.clone();
    let stage = Stage::open(move |seen, _| match seen.path() == path {
        true => other(seen),
        false => answering.lock().unwrap().answer(seen),
    });
    (repo, stage)
}

#[test]
fn a_renamed_repository_is_read_and_its_new_name_told() {
    let repo = Arc::new(Mutex::new(Repo::new()));
    let answering = repo.clone();
    let stage = Stage::open(move |seen, _| match seen.path().strip_prefix("/repos/o/n") {
        Some(rest) => {
            let query =
                seen.target.split_once('?').map_or(String::new(), |it| format!("?{}", it.1));
            let to =
                format!("http://{}/repositories/1000{rest}{query}", seen.header("host").unwrap());
            reply(301, &[("location", &to)], "{\"message\":\"Moved Permanently\"}")
        }
        None => {
            let target = seen.target.replacen("/repositories/1000", "/repos/o/n", 1);
            match target.as_str() {
                "/repos/o/n" => json("{\"full_name\":\"o/new\",\"id\":1000}"),
                _ => answering.lock().unwrap().answer(&Seen { target, ..seen.clone() }),
            }
        }
    });
    let walk = walk(&stage.address);
    let mut cursor = Cursor::default();
    let first = on(|going| walk.step(&mut cursor, going)).0.unwrap();
    assert_eq!(first.renamed.as_deref(), Some("o/new"));
    let (found, _, _) = to_the_end(&walk, &mut cursor).unwrap();
    assert_eq!(found, repo.lock().unwrap().all());
}

#[test]
fn one_bad_pull_request_keeps_no_other_away() {
    for (bad, said) in [
        (reply(404, &[], "{\"message\":\"Not Found\"}"), "(404)"),
        (reply(500, &[], "<html>"), "it answered 500, 4 times"),
        (reply(422, &[], "{\"message\":\"too large\"}"), "(422): too large"),
        (json(vec![b' '; 1_000_001]), "larger than 1 MB"),
    ] {
        let (repo, stage) = but("/repos/o/n/pulls/6/files", move |_| bad.clone());
        let (found, refused, _) =
            to_the_end(&walk(&stage.address), &mut Cursor::default()).unwrap();
        let all = repo.lock().unwrap().all();
        let lost: Vec<_> = all.difference(&found).map(|it| (it.0.as_str(), it.1)).collect();
        assert_eq!(lost, [("files", 6)]);
        assert!(refused[0].starts_with("pull request 6: ") && refused[0].contains(said));
    }
}

#[test]
fn where_the_server_is_down_nothing_is_skipped() {
    let repo = Arc::new(Mutex::new(Repo::new()));
    let down = Arc::new(Mutex::new(false));
    let (answering, is_down) = (repo.clone(), down.clone());
    let stage = Stage::open(move |seen, _| match *is_down.lock().unwrap() {
        true => raw(""),
        false => answering.lock().unwrap().answer(seen),
    });
    let walk = walk(&stage.address);
    let mut cursor = Cursor::default();
    let mut found = BTreeSet::new();
    for _ in 0..4 {
        found.extend(records(&on(|going| walk.step(&mut cursor, going)).0.unwrap()));
    }
    let before = cursor.clone();
    *down.lock().unwrap() = true;
    let error = on(|going| walk.step(&mut cursor, going)).0.unwrap_err();
    assert!(matches!(error, Failure::Down { .. }), "{error}");
    assert_eq!(cursor, before);
    *down.lock().unwrap() = false;
    found.extend(to_the_end(&walk, &mut cursor).unwrap().0);
    assert_eq!(found, repo.lock().unwrap().all());
}

#[test]
fn connections_that_are_cut_lose_nothing() {
    let repo = Arc::new(Mutex::new(Repo::new()));
    let answering = repo.clone();
    let stage = Stage::open(move |seen, before| {
        let whole = answering.lock().unwrap().answer(seen);
        // Each answer is cut once, somewhere in its head or body.
        if before % 2 == 0 { cut(whole.clone(), before * 13 % whole.len()) } else { whole }
    });
    let (found, refused, _) = to_the_end(&walk(&stage.address), &mut Cursor::default()).unwrap();
    assert_eq!(found, repo.lock().unwrap().all());
    assert!(refused.is_empty());
}

#[test]
fn pages_without_end_end() {
    let page = |seen: &Seen, body: String| {
        let link = format!("<http://{}/x>; rel=\"next\"", seen.header("host").unwrap());
        reply(200, &[("link", &link)], body)
    };
    let of = |updated| item(&Thing { id: 1, updated, pull: false }, "issues");
    let (_, same) = but("/repos/o/n/issues", move |seen| page(seen, format!("[{}]", of(BEGIN))));
    let error = to_the_end(&walk(&same.address), &mut Cursor::default()).unwrap_err();
    assert!(error.to_string().contains("one page is like the other"), "{error}");
    let count = Mutex::new(0);
    let (_, other) = but("/repos/o/n/issues", move |seen| {
        *count.lock().unwrap() += 1;
        page(seen, format!("[{}{}]", of(BEGIN), " ".repeat(*count.lock().unwrap())))
    });
    let error = to_the_end(&walk(&other.address), &mut Cursor::default()).unwrap_err();
    assert!(error.to_string().contains("its pages do not end"), "{error}");
}

#[test]
fn a_repository_that_is_not_there_is_said_to_be_so() {
    let stage = Stage::open(|_, _| reply(404, &[], "{\"message\":\"Not Found\"}"));
    let error = to_the_end(&walk(&stage.address), &mut Cursor::default()).unwrap_err().to_string();
    assert!(error.contains("/repos/o/n (404): it was renamed or removed"), "{error}");
    let page = Stage::open(|_, _| json("<html><title>Proxy</title>"));
    let error = to_the_end(&walk(&page.address), &mut Cursor::default()).unwrap_err().to_string();
    assert!(error.contains("a web page, “Proxy”"), "{error}");
    let strange = Stage::open(|_, _| json("{\"a\":1}"));
    let error = to_the_end(&walk(&strange.address), &mut Cursor::default()).unwrap_err();
    assert!(error.to_string().contains("JSON of another kind"), "{error}");
}

#[test]
fn a_cursor_that_is_none_is_the_beginning() {
    for text in ["", "{", "[]", "null", "{\"phase\":\"Other\"}", "{\"issues\":{\"high\":\"x\"}}"] {
        assert_eq!(Cursor::read(text), Cursor::default(), "{text}");
    }
    let cursor = Cursor { etag: Some("\"x\"".into()), ..Cursor::default() };
    assert_eq!(Cursor::read(&cursor.text()), cursor);
}
