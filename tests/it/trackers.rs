//! Trackers through the program: files, a server that is asked, webhooks, and what is said when
//! something is wrong.

use crate::home::{BACKSTORY, Home, complaint, out, until};
use crate::webhooks::{Door, door};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What must be seen nowhere but in the header that carries it.
const CANARY: &str = "canary-token-4711";

fn issue(number: u32, summary: &str, updated: &str) -> Value {
    json!({
        "id": format!("100{number}"), "key": format!("PAY-{number}"),
        "self": format!("https://jira.example.org/rest/api/2/issue/100{number}"),
        "fields": {
            "summary": summary, "description": "It happens <b>often</b>.",
            "issuetype": { "name": "Bug" }, "project": { "key": "PAY", "name": "Payments" },
            "status": { "name": "Open", "statusCategory": { "key": "new" } },
            "created": "2026-01-02T10:00:00.000+0000", "updated": updated,
            "reporter": { "name": "ada", "key": "ada", "displayName": "Ada Lind", "active": true },
            "comment": { "comments": [], "total": 0 },
        },
    })
}

fn pull(number: u32, title: &str, updated: &str) -> Value {
    json!({
        "url": format!("https://api.github.com/repos/acme/shop/pulls/{number}"), "id": 900 + number,
        "number": number, "state": "open", "title": title, "body": null, "draft": false,
        "html_url": format!("https://github.com/acme/shop/pull/{number}"),
        "user": { "login": "bo-berg", "id": 7, "type": "User" },
        "created_at": "2026-01-02T10:00:00Z", "updated_at": updated,
        "head": { "sha": "0".repeat(40), "ref": "topic", "repo": null },
        "base": { "ref": "main", "repo": { "full_name": "acme/shop" } },
    })
}

/// A home that has read the shop.
pub(crate) fn home() -> Home {
    let home = Home::new();
    let shop = home.shop();
    let added = home.run(&["sources", "add", shop.to_str().unwrap(), "--name", "acme/shop"]);
    assert!(added.status.success(), "{}", complaint(&added));
    home
}

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    path
}

fn trackers(home: &Home) -> Value {
    let listed = home.run(&["trackers", "list", "--json"]);
    assert!(listed.status.success(), "{}", complaint(&listed));
    serde_json::from_str::<Value>(&out(&listed)).unwrap()["trackers"].take()
}

fn fingerprint(home: &Home) -> String {
    let told = home.run(&["memory", "fingerprint", "--repository", "acme/shop", "--json"]);
    assert!(told.status.success(), "{}", complaint(&told));
    out(&told)
}

#[test]
fn a_folder_of_files_comes_in_with_what_is_wrong_in_it_told_by_place() {
    let home = home();
    let folder = home.path().join("export");
    let late = "2026-02-02T10:00:00.000+0000";
    let lines = [issue(1, "One", late), issue(2, "Two", late)].map(|it| it.to_string()).join("\n");
    write(
        &folder,
        "many.ndjson",
        &format!("{lines}\n{{\"id\": broken\n{}\n", issue(3, "Three", late)),
    );
    write(&folder, "deep/page.json", &json!({ "issues": [issue(4, "Four", late)] }).to_string());
    write(&folder, "deep.json", &("[".repeat(200_000) + &"]".repeat(200_000)));
    write(&folder, "icon.png", "\u{fffd}PNG\u{1}\u{2}");
    let taken = home.run(&["trackers", "import", folder.to_str().unwrap(), "--json"]);
    assert!(taken.status.success(), "{}", complaint(&taken));
    let taken: Value = serde_json::from_str(&out(&taken)).unwrap();
    assert_eq!((&taken["tracker"], &taken["new"]), (&json!("jira:acme/shop"), &json!(4)));
    let refused: Vec<&str> = taken["refused"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["place"].as_str().unwrap())
        .collect();
    assert!(refused.iter().any(|it| it.contains("many.ndjson") && it.contains('3')), "{refused:?}");
    assert!(refused.iter().any(|it| it.contains("icon.png")), "{refused:?}");
    assert!(refused.iter().any(|it| it.contains("deep.json")), "{refused:?}");
    assert_eq!(trackers(&home)[0]["issues"], 4);

    let before = fingerprint(&home);
    let again = home.run(&["trackers", "import", folder.to_str().unwrap(), "--json"]);
    let again: Value = serde_json::from_str(&out(&again)).unwrap();
    assert_eq!((&again["new"], &again["changed"]), (&json!(0), &json!(0)));
    assert_eq!(fingerprint(&home), before);
    let rebuilt = home.run(&["store", "rebuild", "--json"]);
    assert!(rebuilt.status.success(), "{}", complaint(&rebuilt));
    assert_eq!(fingerprint(&home), before, "made again from raw records it is the same");
}

#[test]
fn what_cannot_be_imported_says_what_to_do() {
    let home = home();
    let nothing = write(home.path(), "nothing.json", "{\"hello\": 1}");
    let refused = home.run(&["trackers", "import", nothing.to_str().unwrap()]);
    assert!(!refused.status.success());
    let words = complaint(&refused);
    assert!(
        words.contains("Jira") && words.contains("GitHub") && words.contains("kind"),
        "{words}"
    );
    let missing = home.run(&["trackers", "import", "/no/such/file", "--kind", "jira", "--json"]);
    assert!(out(&missing).contains("/no/such/file"), "{}", out(&missing));
    let unknown = home.run(&["trackers", "remove", "jira:nobody"]);
    assert!(complaint(&unknown).contains("no tracker `jira:nobody`"), "{}", complaint(&unknown));
    let secret = home.run(&["trackers", "add", "https://github.com/acme/shop", "--token", CANARY]);
    assert!(!secret.status.success());
    assert!(!complaint(&secret).contains(CANARY), "{}", complaint(&secret));
    assert!(complaint(&secret).contains("keyring:NAME"), "{}", complaint(&secret));
    for address in
        [format!("https://ada:{CANARY}@github.com/a/b"), format!("https://x.org?token={CANARY}")]
    {
        let refused = home.run(&["trackers", "add", &address, "--kind", "jira"]);
        assert!(refused.status.code() == Some(64) && !complaint(&refused).contains(CANARY));
    }
    let audit = home.run(&["store", "audit"]);
    assert!(
        out(&audit).contains("trackers.add") && !out(&audit).contains(CANARY),
        "{}",
        out(&audit)
    );
    let files = home.run(&["trackers", "import", nothing.to_str().unwrap(), "--kind", "github"]);
    assert_eq!(files.status.code(), Some(69), "all of it was refused");
    let asked = home.run(&["trackers", "sync", "github:acme/shop"]);
    assert!(complaint(&asked).contains("came from files"), "{}", complaint(&asked));
}

#[test]
fn a_second_repository_of_githubs_does_not_write_over_the_first() {
    let home = home();
    let updated = "2026-03-01T10:00:00Z";
    let first = write(home.path(), "pulls/7.json", &pull(7, "Ours", updated).to_string());
    let taken = home.run(&["trackers", "import", first.to_str().unwrap()]);
    assert!(taken.status.success(), "{}", complaint(&taken));
    let before = fingerprint(&home);

    let mut theirs = pull(7, "Theirs", "2026-04-01T10:00:00Z");
    theirs["url"] = "https://api.github.com/repos/fork/shop/pulls/7".into();
    theirs["html_url"] = "https://github.com/fork/shop/pull/7".into();
    theirs["base"] = json!({ "ref": "main", "repo": { "full_name": "fork/shop" } });
    let second = write(home.path(), "fork.json", &theirs.to_string());
    let second = second.to_str().unwrap();
    for refused in [
        home.run(&["trackers", "import", second, "--tracker", "fork"]),
        home.run(&["trackers", "add", "https://github.com/fork/shop", "--sync=false"]),
    ] {
        assert_eq!(refused.status.code(), Some(65), "{}", complaint(&refused));
        let words = complaint(&refused);
        for said in ["`acme/shop`", "`github:acme/shop`", "trackers remove github:acme/shop"] {
            assert!(words.contains(said), "{words}");
        }
    }
    assert_eq!(trackers(&home).as_array().unwrap().len(), 1);
    assert_eq!(fingerprint(&home), before);

    // The same repository by its address, under the name that it has: its files are now asked for, too.
    let name = ["--tracker", "github:acme/shop", "--sync=false"];
    let add = |address: &str| {
        let mut arguments = vec!["trackers", "add", address];
        arguments.extend(name);
        home.run(&arguments)
    };
    let same = add("https://github.com/acme/shop");
    assert!(same.status.success(), "{}", complaint(&same));
    let other = add("https://github.com/fork/shop");
    assert!(
        !other.status.success() && complaint(&other).contains("fork/shop is another"),
        "{}",
        complaint(&other)
    );
    // Now that its place on GitHub is known, files of another are told from its own.
    let files = home.run(&["trackers", "import", second, "--json"]);
    assert!(out(&files).contains("another repository, fork/shop"), "{}", out(&files));
    assert_eq!(fingerprint(&home), before);
    // Taken out, the other is free to come.
    assert!(home.run(&["trackers", "remove", "github:acme/shop"]).status.success());
    let taken = home.run(&["trackers", "import", second, "--tracker", "fork"]);
    assert!(taken.status.success(), "{}", complaint(&taken));
}

#[test]
fn raw_tables_of_devlake_come_in_as_they_were_exported() {
    let home = home();
    let cell = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let row = |number: u32, json: &str, url: &str| {
        let params = cell("{\"ConnectionId\":1,\"Name\":\"acme/shop\"}");
        format!("{number},{params},{},{url},null,2026-03-02 10:00:00.5\r\n", cell(json))
    };
    let header = "\u{feff}id,params,data,url,input,created_at\r\n";
    let updated = "2026-03-01T10:00:00Z";
    let mut first = pull(7, "Charge once", updated);
    first["body"] = "Two lines,\nand a \"word\".".into();
    // As DevLake keeps it, which is pretty at times: line ends within the cell.
    let pulls = [first, pull(8, "Charge twice", updated)]
        .map(|it| serde_json::to_string_pretty(&it).unwrap())
        .map(|it| row(1, &it, "https://api.github.com/repos/acme/shop/pulls?page=1"));
    // Nothing but its address says whose review it is.
    let review = json!({ "id": 5, "user": { "login": "cyd", "id": 9 }, "body": "", "state": "APPROVED",
        "submitted_at": updated });
    let review = row(
        3,
        &review.to_string(),
        "https://api.github.com/repos/acme/shop/pulls/7/reviews?page=1",
    );
    let folder = home.path().join("devlake");
    let broken = "2,\"{}\",\"{\"number\": 9}\",u,null,\r\n";
    write(
        &folder,
        "_raw_github_api_pull_requests.csv",
        &format!("{header}{}{broken}{}", pulls[0], pulls[1]),
    );
    write(&folder, "_raw_github_api_pull_request_reviews.csv", &format!("{header}{review}"));
    let taken = home.run(&["trackers", "import", folder.to_str().unwrap(), "--json"]);
    assert!(taken.status.success(), "{}", complaint(&taken));
    let taken: Value = serde_json::from_str(&out(&taken)).unwrap();
    assert_eq!(taken["tracker"], "github:acme/shop");
    assert_eq!((&taken["new"], &taken["refusedTotal"]), (&json!(3), &json!(1)), "{taken}");
    let line = 2 + pulls[0].matches('\n').count();
    let place = taken["refused"][0]["place"].as_str().unwrap();
    assert!(place.ends_with(&format!("pull_requests.csv:{line}")), "{taken}");
    let told = home.run(&["memory", "pull-request", "7", "--json"]);
    let told: Value = serde_json::from_str(&out(&told)).unwrap();
    let record = &told["record"];
    assert_eq!(record["text"]["pullRequest"]["title"], "Charge once", "{told}");
    assert_eq!(record["text"]["text"], "Two lines,\nand a \"word\".", "{told}");
    assert_eq!(record["reviews"][0]["verdict"], "approved", "{told}");
}

#[test]
fn what_was_refused_is_told_by_a_program_that_was_started_later() {
    let home = home();
    let late = "2026-02-02T10:00:00.000+0000";
    let broken = "{\"id\": broken\n".repeat(120);
    let text = format!("{}\n{broken}{}\n", issue(1, "One", late), issue(2, "Two", late));
    let file = write(home.path(), "many.ndjson", &text);
    let file = file.to_str().unwrap();
    let taken = home.run(&["trackers", "import", file, "--json"]);
    let taken: Value = serde_json::from_str(&out(&taken)).unwrap();
    let listed = trackers(&home)[0].clone();
    assert!(taken["refusedTotal"].as_u64().unwrap() > 0, "{taken}");
    assert_eq!(listed["refusedTotal"], taken["refusedTotal"]);
    assert_eq!(listed["refused"], taken["refused"]);
    let first = &listed["refused"][0];
    assert!(first["place"].as_str().unwrap().ends_with("many.ndjson:2"), "{first}");
    assert!(!first["reason"].as_str().unwrap().is_empty());
    assert!(listed["refused"].as_array().unwrap().len() <= 100);
    // The next import that goes well has nothing to tell, and what is taken out leaves nothing.
    write(home.path(), "many.ndjson", &issue(1, "One", late).to_string());
    assert!(home.run(&["trackers", "import", file]).status.success());
    assert_eq!(trackers(&home)[0]["refusedTotal"], 0);
    assert_eq!(trackers(&home)[0]["refused"], json!([]));
}

/// What was asked for, and the token that came along.
type Seen = Arc<Mutex<Vec<(String, Option<String>)>>>;

/// Answers by path; remembers who came with which token.
struct Site {
    address: SocketAddr,
    seen: Seen,
    end: Arc<AtomicBool>,
}

impl Site {
    fn new(answer: impl Fn(&str) -> (u16, Value) + Send + 'static) -> Site {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (seen, end) = (Seen::default(), Arc::new(AtomicBool::new(false)));
        let (log, over) = (seen.clone(), end.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::Relaxed) {
                    break;
                }
                let Ok(mut stream) = stream else { continue };
                let mut head = Vec::new();
                let mut byte = [0];
                while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|it| it > 0)
                {
                    head.push(byte[0]);
                }
                let head = String::from_utf8_lossy(&head).into_owned();
                let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
                let token = head.lines().find_map(|it| {
                    let (name, value) = it.split_once(':')?;
                    name.eq_ignore_ascii_case("authorization").then(|| value.trim().to_owned())
                });
                log.lock().unwrap().push((target.clone(), token));
                let (status, body) = answer(&target);
                let body = body.to_string();
                let head = format!(
                    "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
                     connection: close\r\n\r\n",
                    body.len()
                );
                let _ = stream.write_all(head.as_bytes());
                let _ = stream.write_all(body.as_bytes());
            }
        });
        Site { address, seen, end }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.end.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address); // wakes it to see that it is over
    }
}

fn github(target: &str) -> (u16, Value) {
    let path = target.split('?').next().unwrap_or_default();
    let path = path.strip_prefix("/api/v3/repos/acme/shop").unwrap_or("/elsewhere");
    let updated = "2026-03-01T10:00:00Z";
    let face = || {
        let mut face = pull(7, "Charge once", updated);
        face["url"] = "https://api.github.com/repos/acme/shop/issues/7".into();
        face["pull_request"] = json!({ "url": "https://api.github.com/repos/acme/shop/pulls/7" });
        face
    };
    match path {
        "" => (200, json!({ "full_name": "acme/shop", "has_issues": true })),
        "/issues" => (200, json!([face()])),
        "/pulls" => (200, json!([pull(7, "Charge once", updated)])),
        "/pulls/7" => (200, pull(7, "Charge once", updated)),
        "/elsewhere" => (404, json!({ "message": "Not Found" })),
        _ => (200, json!([])),
    }
}

#[test]
fn a_server_is_asked_and_one_that_is_dead_stops_nobody_and_no_token_is_left_anywhere() {
    let home = home();
    let site = Site::new(github);
    let dead = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap(); // closed again
    let add = |name: &str, kind: &str, address: String| {
        let added = home
            .command(BACKSTORY)
            .args(["trackers", "add", &address, "--kind", kind, "--tracker", name])
            .args(["--token", "env:SHOP_TOKEN", "--sync=false"])
            .output()
            .unwrap();
        assert!(added.status.success(), "{}", complaint(&added));
    };
    add("alive", "github", format!("http://{}/acme/shop", site.address));
    add("dead", "jira", format!("http://{dead}"));
    let mut syncing = home.command(BACKSTORY);
    let synced =
        syncing.args(["trackers", "sync", "--json"]).env("SHOP_TOKEN", CANARY).output().unwrap();
    assert!(!synced.status.success(), "one failed, and the exit code says so");
    let took_in: Value = serde_json::from_str(&out(&synced)).unwrap();
    let of = |name: &str| {
        let all = took_in["tookIn"].as_array().unwrap();
        all.iter().find(|it| it["tracker"] == name).unwrap().clone()
    };
    assert_eq!(of("alive")["failure"], Value::Null, "{took_in}");
    assert!(of("dead")["failure"].as_str().unwrap().contains("nothing listens"), "{took_in}");
    assert_eq!(trackers(&home)[0]["pullRequests"], 1);
    let seen = site.seen.lock().unwrap();
    assert!(seen.iter().all(|it| it.1.as_deref() == Some(&format!("Bearer {CANARY}"))), "{seen:?}");

    let everything = format!("{}{}", out(&synced), complaint(&synced));
    assert!(!everything.contains(CANARY));
    for entry in walk(home.path()) {
        let bytes = fs::read(&entry).unwrap_or_default();
        let found = bytes.windows(CANARY.len()).any(|it| it == CANARY.as_bytes());
        assert!(!found, "the token is in {}", entry.display());
    }
    let audit = home.run(&["store", "audit"]);
    assert!(out(&audit).contains("trackers.add") && !out(&audit).contains(CANARY));
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() && !path.is_symlink() {
            true => files.extend(walk(&path)),
            false if path.is_file() => files.push(path),
            false => {}
        }
    }
    files
}

/// HMAC-SHA256 as RFC 2104 writes it down.
pub(crate) fn signed(secret: &str, body: &[u8]) -> String {
    let mut key = [0; 64];
    key[..secret.len()].copy_from_slice(secret.as_bytes());
    let pad = |with: u8| key.map(|it| it ^ with);
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(body).finalize();
    let outer = Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize();
    outer.iter().map(|it| format!("{it:02x}")).collect()
}

pub(crate) fn http(address: SocketAddr, head: &str, body: &[u8]) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let head = format!(
        "{head}\r\nhost: hooks\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(body);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).and_then(|it| it.parse().ok()).unwrap_or(0);
    (status, answer)
}

pub(crate) fn deliver(
    address: SocketAddr,
    id: &str,
    signature: &str,
    body: &[u8],
) -> (u16, String) {
    let head = format!(
        "POST /hooks/shop HTTP/1.1\r\ncontent-type: application/json\r\nx-github-event: \
         pull_request\r\nx-github-delivery: {id}\r\nx-hub-signature-256: sha256={signature}"
    );
    http(address, &head, body)
}

#[test]
fn a_signed_delivery_is_in_memory_a_moment_later_and_nothing_else_is_taken() {
    let Door { serving, address: free, home: _kept } = door();
    for path in ["/startup", "/health", "/ready"] {
        let head = format!("GET {path} HTTP/1.1");
        assert_eq!(http(free, &head, b"").0, 200, "{path}");
    }
    assert_eq!(http(free, "GET /hooks/shop HTTP/1.1", b"").0, 405);
    assert_eq!(http(free, "GET /elsewhere HTTP/1.1", b"").0, 404);

    let body = json!({
        "action": "opened", "number": 9, "pull_request": pull(9, "Told by a hook", "2026-03-01T10:00:00Z"),
        "repository": { "full_name": "acme/shop" }, "sender": { "login": "bo-berg" },
    });
    let body = body.to_string().into_bytes();
    let right = signed("s3cret", &body);
    let (status, answer) = deliver(free, "d-1", &signed("wrong", &body), &body);
    assert_eq!(status, 401, "{answer}");
    assert_eq!(deliver(free, "d-1", &right, b"{}").0, 401, "the signature is of another body");
    let (status, answer) = deliver(free, "d-1", &right, &body);
    assert_eq!(status, 202, "{answer}");
    assert_eq!(deliver(free, "d-1", &right, &body).0, 409, "a replay is refused");
    let mut talk = serving.talk();
    until("the pull request is in memory", || {
        let listed = talk.call("trackers.list", json!({}));
        (listed["result"]["trackers"][0]["pullRequests"] == 1).then_some(())
    });
    let head = "POST /hooks/shop HTTP/1.1\r\ncontent-type: text/plain";
    assert_eq!(http(free, head, b"x").0, 415);
    let unsigned = "POST /hooks/nobody HTTP/1.1\r\ncontent-type: application/json";
    assert_eq!(http(free, unsigned, b"{}").0, 401, "who cannot sign learns of no tracker");
    let large = vec![b' '; 26 << 20];
    assert_eq!(deliver(free, "d-2", &right, &large).0, 413);
}
