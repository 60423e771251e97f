//! The socket, spoken to byte by byte: who may, what it answers to nonsense, and what it survives.

use crate::home::{BACKSTORY, Home, PATIENCE, Serving, Talk, complaint, until};
use serde_json::{Value, json};
use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::Shutdown;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const PARSE_ERROR: i64 = -32700;
const INVALID_REQUEST: i64 = -32600;
const METHOD_NOT_FOUND: i64 = -32601;
const INVALID_PARAMS: i64 = -32602;
const DENIED: i64 = -32002;
const BUSY: i64 = -32004;
const TOO_LARGE: i64 = -32008;
const CANCELLED: i64 = -32800;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn lists(answer: &Value) -> bool {
    answer["result"]["sources"].is_array()
}

#[test]
fn nonsense_gets_a_clear_error_and_the_conversation_goes_on() {
    let home = Home::new();
    let serving = home.serve(&[]);
    let mut talk = serving.talk();
    let deep = format!(
        "{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"sources.list\",\"params\":{}",
        "[".repeat(100_000)
    );
    let cases: &[(&[u8], i64)] = &[
        (b"{", PARSE_ERROR),
        (b"hello", PARSE_ERROR),
        (b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"sources.list\"", PARSE_ERROR),
        (b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xff\xfe\"}", PARSE_ERROR),
        (b"\0\0\0", PARSE_ERROR),
        (deep.as_bytes(), PARSE_ERROR),
        (b"[", PARSE_ERROR),
        (b"[]", INVALID_REQUEST),
        (b"{}", INVALID_REQUEST),
        (b"7", INVALID_REQUEST),
        (b"null", INVALID_REQUEST),
        (b"{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"sources.list\"}", INVALID_REQUEST),
        (b"{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"sources.list\"}", INVALID_REQUEST),
        (b"{\"jsonrpc\":\"2.0\",\"id\":1}", INVALID_REQUEST),
        (
            b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"sources.list\",\"params\":[1]}",
            INVALID_PARAMS,
        ),
        (
            b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"sources.list\",\"params\":{\"x\":1}}",
            INVALID_PARAMS,
        ),
        (
            b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"memory.file\",\"params\":{\"path\":7}}",
            INVALID_PARAMS,
        ),
        (
            b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"app.copy\",\"params\":{\"text\":\"x\"}}",
            DENIED,
        ),
    ];
    for (line, code) in cases {
        talk.send(line);
        talk.send(b"\n");
        let answer = talk.answer();
        let shown = String::from_utf8_lossy(&line[..line.len().min(100)]).into_owned();
        assert_eq!(answer["error"]["code"], *code, "{shown}: {answer}");
        assert!(!answer["error"]["message"].as_str().unwrap().is_empty(), "{shown}");
    }
    assert!(lists(&talk.call("sources.list", json!({}))), "the conversation goes on");
}

#[test]
fn an_unknown_method_gets_the_nearest_name_as_a_hint() {
    let home = Home::new();
    let serving = home.serve(&[]);
    let answer = serving.talk().call("memory.overveiw", json!({}));
    assert_eq!(answer["error"]["code"], METHOD_NOT_FOUND);
    assert_eq!(answer["error"]["data"]["hint"], "did you mean `memory.overview`?");
}

#[test]
fn a_message_of_100_mb_is_refused_without_being_kept() {
    let home = Home::new();
    let serving = home.serve(&[]);
    let mut talk = serving.talk();
    assert!(lists(&talk.call("sources.list", json!({}))));
    let before = serving.memory_kib("VmHWM");
    talk.send(
        b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"memory.search\",\"params\":{\"text\":\"",
    );
    let chunk = vec![b'x'; 1 << 20];
    for _ in 0..100 {
        talk.send(&chunk);
    }
    talk.send(b"\"}}\n");
    let answer = talk.answer();
    assert_eq!(answer["error"]["code"], TOO_LARGE, "{answer}");
    assert!(
        answer["error"]["message"].as_str().unwrap().contains("8388608 are allowed"),
        "{answer}"
    );
    let growth = serving.memory_kib("VmHWM") - before;
    assert!(growth < 24 << 10, "{growth} KiB more at the highest");
    assert!(lists(&talk.call("sources.list", json!({}))), "the conversation goes on");
}

#[test]
fn a_batch_is_answered_in_the_order_it_was_asked() {
    let home = Home::new();
    let serving = home.serve(&[]);
    let mut talk = serving.talk();
    let call = |id: Value, method: &str| json!({ "jsonrpc": "2.0", "id": id, "method": method });
    let batch = json!([
        call(json!("a"), "sources.list"),
        { "jsonrpc": "2.0", "method": "$/cancelRequest", "params": { "id": 99 } },
        call(json!(2), "no.such"),
        7,
        call(json!(4), "sources.list"),
    ]);
    talk.send(format!("{batch}\r\n").as_bytes());
    let answer = talk.answer();
    let ids: Vec<&Value> = answer.as_array().unwrap().iter().map(|it| &it["id"]).collect();
    assert_eq!(ids, [&json!("a"), &json!(2), &json!(null), &json!(4)], "{answer}");
    assert!(lists(&answer[0]) && lists(&answer[3]));
    assert_eq!(answer[2]["error"]["code"], INVALID_REQUEST);
}

#[test]
fn a_script_that_closes_its_writing_side_still_gets_its_answers() {
    let home = Home::new();
    let serving = home.serve(&[]);
    let mut talk = serving.talk();
    talk.send(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"rpc.discover\"}\n");
    // The last line may lack its end.
    talk.send(b"{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"sources.list\"}");
    talk.stream().shutdown(Shutdown::Write).unwrap();
    let mut ids = [talk.answer()["id"].as_i64(), talk.answer()["id"].as_i64()];
    ids.sort();
    assert_eq!(ids, [Some(1), Some(2)]);
    assert!(talk.line().is_none(), "then the conversation ends");
}

#[test]
fn only_its_user_can_reach_the_socket_whatever_the_umask() {
    for umask in ["000", "002", "022"] {
        let home = Home::new();
        let mut shell = home.command("sh");
        shell.args(["-c", &format!("umask {umask}; exec \"$0\" serve"), BACKSTORY]);
        let serving = Serving::start(&mut shell);
        assert_eq!(mode(&serving.socket), 0o600, "umask {umask}");
        assert_eq!(mode(serving.socket.parent().unwrap()), 0o700, "umask {umask}");
        assert_eq!(mode(&home.path().join("b/run/default.sock.lock")), 0o600, "umask {umask}");
    }
}

#[test]
fn a_folder_that_others_may_enter_is_closed_or_refused() {
    let home = Home::new();
    let run = home.path().join("b/run");
    fs::create_dir_all(&run).unwrap();
    fs::set_permissions(&run, fs::Permissions::from_mode(0o777)).unwrap();
    let serving = home.serve(&[]);
    assert_eq!(mode(&run), 0o700, "our own is closed");
    drop(serving);

    let open = home.path().join("open");
    fs::create_dir(&open).unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o755)).unwrap();
    let socket = open.join("s.sock");
    let refused = home.run(&["serve", "--socket", socket.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(77), "{}", complaint(&refused));
    assert!(complaint(&refused).contains("mode 0700"), "{}", complaint(&refused));
    assert_eq!(mode(&open), 0o755, "somebody's folder is left as it is");

    let file = home.socket();
    fs::remove_file(&file).unwrap();
    fs::write(&file, "precious").unwrap();
    let refused = home.run(&["serve"]);
    assert_eq!(refused.status.code(), Some(77), "{}", complaint(&refused));
    assert_eq!(fs::read_to_string(&file).unwrap(), "precious");
}

/// Whether we may become another user.
fn are_root(home: &Home) -> bool {
    fs::metadata(home.path()).unwrap().uid() == 0
}

#[test]
fn a_folder_or_socket_of_another_user_is_refused() {
    let home = Home::new();
    if !are_root(&home) {
        return; // nobody else can give us one
    }
    let run = home.path().join("b/run");
    fs::create_dir_all(&run).unwrap();
    std::os::unix::fs::chown(&run, Some(65534), None).unwrap();
    let refused = home.run(&["serve"]);
    assert_eq!(refused.status.code(), Some(77), "{}", complaint(&refused));
    assert!(complaint(&refused).contains("another user"), "{}", complaint(&refused));

    std::os::unix::fs::chown(&run, Some(0), None).unwrap();
    let _planted = std::os::unix::net::UnixListener::bind(home.socket()).unwrap();
    std::os::unix::fs::chown(home.socket(), Some(65534), None).unwrap();
    let named = home.run(&["--socket", home.socket().to_str().unwrap(), "sources", "list"]);
    assert_eq!(named.status.code(), Some(77), "{}", complaint(&named));
    let unnamed = home.run(&["sources", "list"]);
    assert!(unnamed.status.success(), "the store is opened instead: {}", complaint(&unnamed));
    assert!(complaint(&unnamed).contains("another user"), "{}", complaint(&unnamed));
}

#[test]
fn another_user_is_hung_up_on_even_where_folder_and_socket_stand_open() {
    let home = Home::new();
    if !are_root(&home) {
        return; // we cannot become another user
    }
    let serving = home.serve(&[]);
    for (path, mode) in [(home.path(), 0o755), (&home.path().join("b"), 0o755)] {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
    fs::set_permissions(serving.socket.parent().unwrap(), fs::Permissions::from_mode(0o755))
        .unwrap();
    fs::set_permissions(&serving.socket, fs::Permissions::from_mode(0o666)).unwrap();
    let script = "use IO::Socket::UNIX; $SIG{PIPE} = 'IGNORE'; my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die \"no: $!\"; \
                  print $s \"{\\\"jsonrpc\\\":\\\"2.0\\\",\\\"id\\\":1,\\\"method\\\":\\\"sources.list\\\"}\\n\"; \
                  $s->flush; my $line = <$s>; print defined $line ? $line : 'hung up';";
    let ask = |uid: u32| {
        let mut perl = Command::new("perl");
        perl.args(["-e", script]).arg(&serving.socket).uid(uid).current_dir("/");
        let output = perl.output().unwrap();
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    };
    assert!(ask(0).contains("\"result\""), "our own user is answered: {}", ask(0));
    assert_eq!(ask(65534), "hung up");
}

#[test]
fn of_servers_started_at_once_one_serves_and_the_others_say_so() {
    let home = Home::new();
    let start = || {
        let mut command = home.command(BACKSTORY);
        command.arg("serve").stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let mut all: Vec<_> = (0..8).map(|_| start()).collect();
    let mut losers = 0;
    until("seven give up", || {
        all.retain_mut(|it| match it.try_wait().unwrap() {
            Some(status) => {
                let mut words = String::new();
                it.stderr.take().unwrap().read_to_string(&mut words).unwrap();
                assert_eq!(status.code(), Some(75), "{words}");
                assert!(words.contains("already serves"), "{words}");
                losers += 1;
                false
            }
            None => true,
        });
        (losers == 7).then_some(())
    });
    let mut winner = all.pop().unwrap();
    until("the winner answers", || std::os::unix::net::UnixStream::connect(home.socket()).ok());
    let pid = winner.id().to_string();
    let note = fs::read_to_string(home.path().join("b/run/default.sock.lock")).unwrap();
    assert!(note.starts_with(&format!("{pid}\n")), "{note}");
    assert!(lists(&Talk::to(&home.socket()).call("sources.list", json!({}))));
    winner.kill().unwrap();
    winner.wait().unwrap();
}

#[test]
fn a_killed_server_leaves_nothing_in_the_way_of_the_next() {
    let home = Home::new();
    for _ in 0..5 {
        let mut serving = home.serve(&[]);
        assert!(lists(&serving.talk().call("sources.list", json!({}))));
        serving.signal("-KILL");
        serving.ended();
        assert!(home.socket().exists(), "killed, it could not clean up");
        let alone = home.run(&["sources", "list", "--json"]);
        assert!(
            alone.status.success(),
            "the terminal opens the store itself: {}",
            complaint(&alone)
        );
    }
}

#[test]
fn the_server_ends_cleanly_when_told_to() {
    for signal in ["-TERM", "-INT", "-HUP"] {
        let home = Home::new();
        let mut serving = home.serve(&[]);
        let mut talk = serving.talk();
        assert!(lists(&talk.call("sources.list", json!({}))));
        let start = Instant::now();
        serving.signal(signal);
        assert_eq!(serving.ended(), Some(0), "{signal}");
        assert!(start.elapsed() < Duration::from_secs(3), "{signal}: {:?}", start.elapsed());
        assert!(!home.socket().exists(), "{signal}: the socket is removed");
        assert!(talk.line().is_none(), "{signal}: the conversation ends");
    }
}

#[test]
fn a_reader_may_look_and_not_touch() {
    let home = Home::new();
    let serving = home.serve(&["--read-only"]);
    let mut talk = serving.talk();
    assert!(lists(&talk.call("sources.list", json!({}))));
    let answer = talk.call("sources.add", json!({ "path": "/" }));
    assert_eq!(answer["error"]["code"], DENIED, "{answer}");
}

#[test]
fn one_conversation_too_many_is_told_so() {
    let home = Home::new();
    let serving = home.serve(&[]);
    let mut all: Vec<Talk> = (0..256).map(|_| serving.talk()).collect();
    for talk in [0, 255] {
        assert!(lists(&all[talk].call("sources.list", json!({}))), "{talk}");
    }
    let mut refused = serving.talk();
    assert_eq!(refused.line().unwrap()["error"]["code"], BUSY);
    assert!(refused.line().is_none());
    drop(all.pop());
    until("there is room again", || {
        let mut talk = serving.talk();
        let _ = talk
            .stream()
            .write_all(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"sources.list\"}\n");
        talk.line().filter(lists)
    });
}

fn answer_to(talk: &mut Talk, id: u64) -> Value {
    loop {
        let answer = talk.answer();
        if answer["id"] == id {
            return answer;
        }
    }
}

fn reading(talk: &mut Talk) -> bool {
    let answer = talk.call("sources.list", json!({}));
    answer["result"]["sources"].as_array().unwrap().iter().any(|it| !it["reading"].is_null())
}

#[test]
fn a_cancel_is_felt_at_once_and_what_was_cancelled_can_be_done_again() {
    let home = Home::new();
    let large = home.large(2_000);
    let serving = home.serve(&[]);
    let (mut talk, mut other) = (serving.talk(), serving.talk());
    // A machine that does other things may be late now and then: the best of some tries is the program's own.
    let mut best = Duration::MAX;
    for attempt in 0..5 {
        let id = talk.ask("sources.add", json!({ "path": large }));
        until("it is being read", || reading(&mut other).then_some(()));
        let start = Instant::now();
        talk.tell("$/cancelRequest", json!({ "id": id }));
        let answer = answer_to(&mut talk, id);
        assert_eq!(answer["error"]["code"], CANCELLED, "attempt {attempt}: {answer}");
        until("the worker stops", || (!reading(&mut other)).then_some(()));
        best = best.min(start.elapsed());
        let listed = other.call("sources.list", json!({}));
        assert_eq!(listed["result"]["sources"][0]["commits"], 0, "attempt {attempt}: {listed}");
        other.call("sources.remove", json!({ "repository": "large" }));
    }
    assert!(best <= Duration::from_millis(50), "felt after {best:?} at best");
    let again = talk.call("sources.add", json!({ "path": large }));
    assert_eq!(again["result"]["synced"]["commits"], 2_000, "{again}");
}

#[test]
fn a_client_that_leaves_in_the_middle_takes_its_calls_with_it_and_harms_nothing() {
    let home = Home::new();
    let large = home.large(1_500);
    let serving = home.serve(&[]);
    let mut other = serving.talk();
    let mut talk = serving.talk();
    talk.ask("sources.add", json!({ "path": large }));
    until("it is being read", || reading(&mut other).then_some(()));
    drop(talk);
    let start = Instant::now();
    until("nobody reads any more", || (!reading(&mut other)).then_some(()));
    let listed = other.call("sources.list", json!({}));
    assert_eq!(
        listed["result"]["sources"][0]["commits"],
        0,
        "it left after {:?}: {listed}",
        start.elapsed()
    );
    let again = other.call("sources.sync", json!({}));
    assert_eq!(again["result"]["synced"][0]["commits"], 1_500, "{again}");
}

#[test]
fn clients_that_never_read_hold_up_nobody_and_fill_no_memory() {
    let home = Home::new();
    let serving = home.serve(&[]);
    let mut good = serving.talk();
    assert!(lists(&good.call("sources.list", json!({}))));
    let before = serving.memory_kib("VmRSS");
    let mut stalled: Vec<Talk> = (0..20).map(|_| serving.talk()).collect();
    for talk in &mut stalled {
        talk.stream().set_nonblocking(true).unwrap();
        // Each asks for 200 MB and reads none of it.
        for _ in 0..2_000 {
            let ask = b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"rpc.discover\"}\n";
            match talk.stream().write(ask) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => panic!("{error}"),
            }
        }
    }
    let mut slowest = Duration::ZERO;
    for _ in 0..200 {
        let start = Instant::now();
        let answer = good.call("sources.list", json!({}));
        assert!(lists(&answer), "{answer}");
        slowest = slowest.max(start.elapsed());
    }
    let growth = serving.memory_kib("VmRSS").saturating_sub(before);
    assert!(growth < 48 << 10, "{growth} KiB more for 20 clients that never read");
    assert!(slowest < PATIENCE / 4, "the good client waited {slowest:?}");
}

#[test]
fn ten_thousand_mixed_calls_of_sixteen_clients_without_an_error_or_growth() {
    let home = Home::new();
    let shop = home.shop();
    let serving = home.serve(&[]);
    let added = serving.talk().call("sources.add", json!({ "path": shop }));
    assert_eq!(added["result"]["repository"], "shop", "{added}");
    let round = |calls: usize| {
        std::thread::scope(|scope| {
            for client in 0..16 {
                let mut talk = serving.talk();
                scope.spawn(move || {
                    for n in 0..calls {
                        let (method, params) = match (n + client) % 10 {
                            0 => ("memory.overview", json!({})),
                            1 => ("memory.experts", json!({ "path": "src/pay.rs" })),
                            2 => ("memory.commits", json!({ "limit": 5 })),
                            3 => ("memory.risk", json!({ "limit": 5 })),
                            4 => ("memory.search", json!({ "text": "charge" })),
                            5 => ("memory.why", json!({ "path": "src/pay.rs", "line": 2 })),
                            6 => ("memory.person", json!({ "person": "ada@example.org" })),
                            7 => ("sources.list", json!({})),
                            _ => ("memory.file", json!({ "path": "src/pay.rs" })),
                        };
                        let answer = talk.call(method, params);
                        assert!(answer["error"].is_null(), "{method}: {answer}");
                    }
                });
            }
        });
    };
    // Caches and threads come with the first calls; a leak would come with all of them.
    round(400);
    let grown = || {
        let before = serving.memory_kib("VmRSS");
        round(625);
        serving.memory_kib("VmRSS").saturating_sub(before)
    };
    // A thread that first comes to a dear call late leaves its heap's pages behind, once: a leak shows again.
    let first = grown();
    if first >= 8 << 10 {
        let second = grown();
        assert!(second < 8 << 10, "{first} and {second} KiB more, after 10,000 calls each");
    }
}
