//! Both ends of the channel, with a real server behind it.

use super::*;
use serde_json::json;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// A window that does nothing and tells what it heard.
struct Told {
    heard: Mutex<Sender<String>>,
    answer: Answer,
}

impl Hear for Told {
    fn event(&self, text: String) {
        locked(&self.heard).send(text).unwrap();
    }
    fn ask(&self, ask: Ask, give: Give) {
        locked(&self.heard).send(format!("{ask:?}")).unwrap();
        give(self.answer.clone());
    }
    fn ended(&self) {
        locked(&self.heard).send("ended".into()).unwrap();
    }
}

struct Bench {
    memory: Option<Memory>,
    heard: Receiver<String>,
    server: Server,
    serving: tokio::task::JoinHandle<()>,
    runtime: tokio::runtime::Runtime,
    _folder: tempfile::TempDir,
}

/// Hears as a window's loop does: it waits for what becomes readable, and takes what is there.
fn looking(line: Line, hear: Arc<dyn Hear>) -> Memory {
    let (memory, mut incoming) = line.begin_here(hear);
    std::thread::spawn(move || {
        use rustix::event::{PollFd, PollFlags, poll};
        loop {
            let socket = incoming.socket.try_clone().unwrap();
            poll(&mut [PollFd::new(&socket, PollFlags::IN)], None).unwrap();
            if !incoming.look() {
                return;
            }
        }
    });
    memory
}

fn bench(answer: Answer) -> Bench {
    bench_with(answer, looking)
}

fn bench_with(answer: Answer, begin: fn(Line, Arc<dyn Hear>) -> Memory) -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::open(
        &folder.path().join("memory.db"),
        rpc::Folders { config: folder.path().into(), state: folder.path().into() },
        |_| {},
    )
    .unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (near, far) = UnixStream::pair().unwrap();
    far.set_nonblocking(true).unwrap();
    let serving = server.clone();
    let serving = runtime.spawn(async move {
        let (input, output) = tokio::net::UnixStream::from_std(far).unwrap().into_split();
        let mut channel = Channel::over(input, output);
        channel.hello(&Hello::Ready("/overview".into())).await.unwrap();
        channel.attach(&serving).serve(&serving).await;
    });
    let mut line = Line::over(near).unwrap();
    assert_eq!(line.hello(), Some(Hello::Ready("/overview".into())));
    let (tell, heard) = channel();
    let memory = begin(line, Arc::new(Told { heard: Mutex::new(tell), answer }));
    Bench { memory: Some(memory), heard, server, serving, runtime, _folder: folder }
}

impl Bench {
    fn send(&self, frame: &serde_json::Value) -> Receiver<Vec<u8>> {
        let (give, take) = channel();
        let replied = move |reply| give.send(reply).unwrap();
        self.memory.as_ref().unwrap().call(frame.to_string().into_bytes(), replied);
        take
    }

    fn ask(&self, method: &str, params: serde_json::Value) -> serde_json::Value {
        let frame = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let reply = self.send(&frame).recv_timeout(Duration::from_secs(60)).unwrap();
        serde_json::from_slice(&reply).unwrap()
    }
}

#[test]
fn the_page_may_ask_for_what_a_script_may_not_and_the_window_answers() {
    let bench = bench(Ok(Some("/home/ada/code".into())));
    let reply = bench.ask("app.chooseFolder", json!({ "title": "Where?" }));
    assert_eq!(reply["result"]["path"], "/home/ada/code", "{reply}");
    assert_eq!(bench.heard.recv().unwrap(), r#"ChooseFolder { title: "Where?" }"#);
}

#[test]
fn a_refusal_of_the_window_is_an_error_with_its_sentence() {
    let bench = bench(Err("Only http, https and mailto are opened.".into()));
    let reply = bench.ask("app.openInBrowser", json!({ "url": "file:///etc/passwd" }));
    assert_eq!(reply["error"]["message"], "Only http, https and mailto are opened.", "{reply}");
}

#[test]
fn what_the_window_says_it_shows_is_what_scripts_are_told() {
    let bench = bench(Ok(None));
    let state = WindowState { route: "/people".into(), ready: true, ..WindowState::default() };
    bench.memory.as_ref().unwrap().showing(&state);
    let reply = bench.ask("app.state", json!({}));
    assert_eq!(
        (&reply["result"]["route"], &reply["result"]["ready"]),
        (&json!("/people"), &json!(true))
    );
}

#[test]
fn a_notification_has_an_empty_answer_and_a_notice_is_an_event_for_everybody() {
    let bench = bench(Ok(None));
    let quiet = bench.send(&json!({ "jsonrpc": "2.0", "method": "$/cancelRequest", "params": {} }));
    assert!(quiet.recv_timeout(Duration::from_secs(60)).unwrap().is_empty());
    bench.memory.as_ref().unwrap().notice(&json!({ "text": "Mind the gap." }));
    let event = bench.heard.recv_timeout(Duration::from_secs(60)).unwrap();
    assert!(event.contains("$/notice") && event.contains("Mind the gap."), "{event}");
}

#[test]
fn frames_larger_than_any_buffer_come_whole_both_ways_and_in_order() {
    for begin in [looking, Line::begin] {
        large_frames(&bench_with(Ok(None), begin));
    }
}

fn large_frames(bench: &Bench) {
    let memory = bench.memory.as_ref().unwrap();
    let answers: Vec<_> = (0..40)
        .map(|n| {
            // Large and small in turn, so that some find room at once and others wait.
            let id = "x".repeat(if n % 2 == 0 { 900_000 } else { 3 });
            let frame =
                json!({ "jsonrpc": "2.0", "id": format!("{n} {id}"), "method": "app.state" });
            bench.send(&frame)
        })
        .collect();
    memory.showing(&WindowState { title: "last".into(), ..WindowState::default() });
    for (n, answer) in answers.into_iter().enumerate() {
        let reply = answer.recv_timeout(Duration::from_secs(60)).unwrap();
        let reply: serde_json::Value = serde_json::from_slice(&reply).unwrap();
        assert!(reply["id"].as_str().unwrap().starts_with(&format!("{n} x")));
    }
    assert_eq!(bench.ask("app.state", json!({}))["result"]["title"], "last");
}

#[test]
fn when_the_window_leaves_memory_stops_serving_it_and_has_no_window() {
    let mut bench = bench(Ok(None));
    assert!(bench.ask("app.state", json!({}))["result"].is_object());
    bench.memory = None;
    assert_eq!(bench.heard.recv_timeout(Duration::from_secs(60)).unwrap(), "ended");
    bench.runtime.block_on(bench.serving).unwrap();
    let session = bench.server.session(Caller::Page, |_| {});
    let ask = br#"{"jsonrpc":"2.0","id":1,"method":"app.state"}"#.to_vec();
    let reply = bench.runtime.block_on(session.receive(ask)).unwrap();
    assert!(String::from_utf8(reply).unwrap().contains("no window is open"));
}

/// A window with a bug that shows only when it is asked.
struct Broken;

impl rpc::Window for Broken {
    fn state(&self) -> WindowState {
        WindowState::default()
    }
    fn ask(&self, _: Ask) -> Soon {
        panic!("a window with a bug")
    }
}

#[test]
fn a_method_that_panics_fails_alone() {
    let bench = bench(Ok(None));
    assert!(bench.ask("app.state", json!({}))["result"].is_object());
    bench.server.attach_window(Arc::new(Broken));
    let reply = bench.ask("app.copy", json!({ "text": "x" }));
    assert!(reply["error"]["message"].as_str().unwrap().contains("because of a bug"), "{reply}");
    assert!(bench.ask("app.state", json!({}))["result"].is_object());
}
