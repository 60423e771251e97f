//! The native end of the page, asked directly.

use std::os::unix::net::UnixStream;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rpc::Ask;
use transport::channel::{Channel, Give, Hear, Line};

use super::*;

/// `export const answer = 42;\n`, as `gzip -n` packs it.
const PACKED: &[u8] = &[
    0x1f, 0x8b, 0x8, 0x0, 0x0, 0x0, 0x0, 0x0, 0x2, 0x3, 0x4b, 0xad, 0x28, 0xc8, 0x2f, 0x2a, 0x51,
    0x48, 0xce, 0xcf, 0x2b, 0x2e, 0x51, 0x48, 0xcc, 0x2b, 0x2e, 0x4f, 0x2d, 0x52, 0xb0, 0x55, 0x30,
    0x31, 0xb2, 0xe6, 0x2, 0x0, 0xa3, 0x90, 0x4b, 0x92, 0x1a, 0x0, 0x0, 0x0,
];

struct Files;

impl Assets for Files {
    fn get(&self, path: &str) -> Option<(&'static [u8], &'static str)> {
        match path {
            "index.html" => Some((b"<!doctype html>", "text/html; charset=utf-8")),
            "app.js" => Some((PACKED, "text/javascript; charset=utf-8")),
            "cut.js" => Some((&PACKED[..PACKED.len() - 9], "text/javascript; charset=utf-8")),
            "bomb.js" => Some((&[0x1f, 0x8b, 0, 0, 0xff, 0xff, 0xff, 0xff], "text/javascript")),
            _ => None,
        }
    }
}

/// A window whose dialog is never closed: calls that stay under way for as long as a test wants.
struct Patient {
    heard: mpsc::Sender<String>,
    kept: Mutex<Vec<Give>>,
}

impl Hear for Patient {
    fn event(&self, text: String) {
        let _ = self.heard.send(text);
    }
    fn ask(&self, _: Ask, give: Give) {
        self.kept.lock().unwrap().push(give);
    }
    fn ended(&self) {
        let _ = self.heard.send("ended".into());
    }
}

struct Bench {
    bridge: Bridge,
    server: rpc::Server,
    heard: mpsc::Receiver<String>,
    drawn: mpsc::Receiver<()>,
    runtime: tokio::runtime::Runtime,
    _folder: tempfile::TempDir,
}

/// A bridge to a real memory over a real channel, with no window around it.
fn bench() -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let store = store::Store::open(&folder.path().join("memory.db")).unwrap();
    let server = rpc::Server::new(store, |_| {});
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (near, far) = UnixStream::pair().unwrap();
    let serving = server.clone();
    runtime.spawn(async move {
        far.set_nonblocking(true).unwrap();
        let (input, output) = tokio::net::UnixStream::from_std(far).unwrap().into_split();
        Channel::over(input, output).attach(&serving).serve(&serving).await;
    });
    let (hear, heard) = mpsc::channel();
    let (draw, drawn) = mpsc::channel();
    let patient = Patient { heard: hear, kept: Mutex::default() };
    let memory = Line::over(near).unwrap().begin(Arc::new(patient));
    let bridge = Bridge::new(
        Key::draw().unwrap(),
        Arc::new(Files),
        memory,
        Box::new(move || draw.send(()).unwrap()),
    );
    Bench { bridge, server, heard, drawn, runtime, _folder: folder }
}

impl Bench {
    fn send(&self, body: &str) -> mpsc::Receiver<Answer> {
        let (give, take) = mpsc::channel();
        self.bridge.body(Post::Call, body.into(), move |answer| give.send(answer).unwrap());
        take
    }

    fn ask(&self, body: &str) -> Answer {
        self.send(body).recv_timeout(Duration::from_secs(60)).unwrap()
    }
}

const STATE: &str = r#"{"jsonrpc":"2.0","id":7,"method":"app.state","params":{}}"#;
const DIALOG: &str =
    r#"{"jsonrpc":"2.0","id":8,"method":"app.chooseFolder","params":{"title":"x"}}"#;

#[test]
fn a_packed_file_is_served_plain_and_a_damaged_one_not_at_all() {
    let plain = asset(&Files, "app.js");
    assert_eq!((plain.status, &*plain.body), (200, &b"export const answer = 42;\n"[..]));
    for damaged in ["cut.js", "bomb.js"] {
        assert_eq!(asset(&Files, damaged).status, 500, "{damaged}");
    }
    for absent in ["", "x", "../app.js", "app.js?x", "%61pp.js", "app.js\0", "/app.js", "APP.JS"] {
        assert_eq!(asset(&Files, absent).status, 404, "{absent}");
    }
}

#[test]
fn every_document_carries_the_policy_and_every_answer_is_taken_literally() {
    let headers = |answer: &Answer| answer.headers().collect::<Vec<_>>();
    for answer in [asset(&Files, "index.html"), asset(&Files, "x"), Answer::told(403, "No.")] {
        let policy = ("Content-Security-Policy", policy::CONTENT_SECURITY_POLICY);
        assert!(headers(&answer).contains(&policy), "{answer:?}");
    }
    for answer in [asset(&Files, "app.js"), Answer::reply(b"{}".into()), Answer::reply(Vec::new())]
    {
        assert!(headers(&answer).contains(&("X-Content-Type-Options", "nosniff")), "{answer:?}");
        assert!(headers(&answer).contains(&("Cache-Control", "no-store")), "{answer:?}");
        let same = ("Cross-Origin-Resource-Policy", "same-origin");
        assert!(headers(&answer).contains(&same), "{answer:?}");
    }
}

#[test]
fn a_call_is_answered_and_a_notification_is_not() {
    let bench = bench();
    let answer = bench.ask(STATE);
    assert_eq!((answer.status, answer.mime), (200, JSON));
    let reply: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(reply["id"], 7);
    assert!(reply["result"].is_object(), "{reply}");
    let answer = bench.ask(r#"{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":1}}"#);
    assert_eq!((answer.status, answer.body.len()), (204, 0));
}

#[test]
fn whatever_the_page_sends_gets_one_answer() {
    let bench = bench();
    for body in ["", "\0", "{", "[]", "null", "\u{feff}{}", "[object Object]", &"[".repeat(200_000)]
    {
        let answer = bench.ask(body);
        let reply: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        assert!(reply["error"]["code"].is_i64(), "{reply}");
    }
    let answer = bench.ask(&"x".repeat(BODY_MAX + 1));
    assert_eq!(answer.status, 413);
}

#[test]
fn more_calls_than_places_are_told_to_wait() {
    let bench = bench();
    let waiting: Vec<_> = (0..OUTSTANDING_MAX).map(|_| bench.send(DIALOG)).collect();
    assert_eq!(bench.ask(STATE).status, 429);
    assert_eq!(bench.ask(STATE).status, 429);
    bench.bridge.renew();
    let deadline = Instant::now() + Duration::from_secs(60);
    while bench.ask(STATE).status != 200 {
        assert!(Instant::now() < deadline, "the places were not given back");
    }
    for answer in waiting {
        let answer = answer.recv_timeout(Duration::from_secs(60)).unwrap();
        assert_eq!(answer.status, 500, "the old document would wait for ever");
    }
}

#[test]
fn an_event_of_memory_comes_once_however_often_documents_changed() {
    let bench = bench();
    bench.bridge.renew();
    bench.bridge.renew();
    assert_eq!(bench.ask(STATE).status, 200);
    bench.server.tell("$/notice", serde_json::json!({ "text": "</script>" }));
    let text = bench.heard.recv_timeout(Duration::from_secs(60)).unwrap();
    assert!(text.contains("$/notice") && text.contains("</script>"), "{text}");
    assert_eq!(bench.ask(STATE).status, 200);
    assert_eq!(bench.heard.try_iter().count(), 0);
}

#[test]
fn when_memory_ends_every_call_is_answered_and_the_window_is_told() {
    let bench = bench();
    let waiting: Vec<_> = (0..9).map(|_| bench.send(DIALOG)).collect();
    bench.runtime.shutdown_background();
    for answer in waiting {
        assert_eq!(answer.recv_timeout(Duration::from_secs(60)).unwrap().status, 500);
    }
    assert_eq!(bench.heard.recv_timeout(Duration::from_secs(60)).unwrap(), "ended");
    let (give, take) = mpsc::channel();
    bench.bridge.body(Post::Call, STATE.into(), move |answer| give.send(answer).unwrap());
    assert_eq!(take.recv_timeout(Duration::from_secs(60)).unwrap().status, 500);
}

#[test]
fn the_first_frame_is_told_once_for_each_time_it_is_said() {
    let bench = bench();
    let (give, take) = mpsc::channel();
    bench.bridge.body(Post::Ready, Vec::new(), move |answer| give.send(answer).unwrap());
    assert_eq!(take.recv().unwrap().status, 204);
    assert_eq!(bench.drawn.try_iter().count(), 1);
}
