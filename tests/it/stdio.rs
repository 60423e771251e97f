//! `backstory rpc`: JSON-RPC over standard input and output, with a server and without.

use crate::home::{BACKSTORY, Home, complaint, out, until};
use serde_json::Value;
use std::io::Write;
use std::process::{Output, Stdio};

const ADD: &str = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"sources.add\",\"params\":{\"path\":\"/nowhere\"}}\n";
const LIST: &str = "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"sources.list\"}\n";

/// Says `words` to `backstory rpc`, closes its input, and waits for its end.
fn say(home: &Home, words: &str) -> Output {
    let mut command = home.command(BACKSTORY);
    command.arg("rpc").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(words.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn answers(output: &Output) -> Vec<Value> {
    let mut answers: Vec<Value> = out(output)
        .lines()
        .map(|it| serde_json::from_str(it).unwrap())
        .filter(|it: &Value| it["method"].is_null())
        .collect();
    answers.sort_by_key(|it| it["id"].as_i64());
    answers
}

#[test]
fn every_line_is_answered_before_the_end() {
    let home = Home::new();
    let output = say(&home, &format!("{LIST}nonsense\n\n{ADD}"));
    assert!(output.status.success(), "{}", complaint(&output));
    let answers = answers(&output);
    assert_eq!(answers.len(), 3, "{answers:?}");
    assert_eq!(answers[0]["error"]["code"], -32700);
    assert!(answers[1]["error"]["code"].is_i64(), "there is no such folder: {}", answers[1]);
    assert!(answers[2]["result"]["sources"].is_array());
}

#[test]
fn where_a_server_runs_it_answers() {
    let home = Home::new();
    let serving = home.serve(&["--read-only"]);
    let output = say(&home, &format!("{ADD}{LIST}"));
    assert!(output.status.success(), "{}", complaint(&output));
    let answers = answers(&output);
    assert_eq!(
        answers[0]["error"]["code"], -32002,
        "only a server that reads denies this: {}",
        answers[0]
    );
    assert!(answers[1]["result"]["sources"].is_array());
    drop(serving);
    let alone = say(&home, ADD);
    assert_ne!(self::answers(&alone)[0]["error"]["code"], -32002);
}

#[test]
fn the_end_of_the_server_is_the_end_of_the_bridge() {
    let home = Home::new();
    let mut serving = home.serve(&[]);
    let mut command = home.command(BACKSTORY);
    command.arg("rpc").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut bridge = command.spawn().unwrap();
    bridge.stdin.as_mut().unwrap().write_all(LIST.as_bytes()).unwrap();
    let mut lines = std::io::BufReader::new(bridge.stdout.take().unwrap());
    let mut line = String::new();
    std::io::BufRead::read_line(&mut lines, &mut line).unwrap();
    assert!(line.contains("sources"), "{line}");
    serving.signal("-TERM");
    serving.ended();
    let status = until("the bridge ends", || bridge.try_wait().unwrap());
    assert!(status.success(), "{status}");
}
