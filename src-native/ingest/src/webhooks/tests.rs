//! What is signed is taken once; all else is refused.

use super::{BODY_MAX, Refusal, Sender, field, read, signature_of, verify};
use crate::secrets::Secret;
use std::collections::HashMap;

fn secret(text: &str) -> Secret {
    Secret::new(text.into()).unwrap()
}

fn taken(
    sender: Sender,
    headers: &[(&'static str, &str)],
    body: &[u8],
) -> Result<(String, String, i64, Vec<u8>), Refusal> {
    let key = secret("It's a Secret to Everybody");
    let signature = format!("sha256={}", signature_of(&key, body).unwrap());
    let mut all: HashMap<&str, &str> = HashMap::from([
        ("x-hub-signature-256", signature.as_str()),
        ("x-hub-signature", signature.as_str()),
        ("content-type", "application/json"),
        ("x-github-delivery", "72d3162e"),
        ("x-github-event", "pull_request"),
    ]);
    all.extend(headers.iter().copied());
    all.retain(|_, value| *value != "-");
    read(sender, &key, |name| all.get(name).copied(), body)
        .map(|it| (it.event, it.id, it.time, it.json.into_owned()))
}

#[test]
fn the_signature_is_the_one_that_github_documents() {
    let key = secret("It's a Secret to Everybody");
    let right = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    assert_eq!(verify(&key, right, b"Hello, World!"), Ok(()));
    assert_eq!(verify(&key, &right.to_uppercase(), b"Hello, World!"), Err(Refusal::Forged));
    assert_eq!(verify(&key, right, b"Hello, World"), Err(Refusal::Forged));
    assert_eq!(verify(&secret("other"), right, b"Hello, World!"), Err(Refusal::Forged));
}

#[test]
fn every_other_signature_is_refused() {
    let key = secret("key");
    let right = signature_of(&key, b"body").unwrap();
    assert_eq!(verify(&key, &format!("sha256={right}"), b"body"), Ok(()));
    for at in 0..64 {
        let mut wrong = right.clone().into_bytes();
        wrong[at] = if wrong[at] == b'0' { b'1' } else { b'0' };
        let wrong = String::from_utf8(wrong).unwrap();
        assert_eq!(verify(&key, &format!("sha256={wrong}"), b"body"), Err(Refusal::Forged));
    }
    for wrong in ["", "sha256=", "sha1=aa", &right, &right[..63], &format!("sha256={right}0")] {
        assert_eq!(verify(&key, wrong, b"body"), Err(Refusal::Forged), "{wrong}");
    }
    let not_hex = format!("sha256=é{}", &right[2..]);
    assert_eq!(verify(&key, &not_hex, b"body"), Err(Refusal::Forged));
}

#[test]
fn what_is_unsigned_is_not_looked_at() {
    let unsigned = taken(Sender::GitHub, &[("x-hub-signature-256", "-")], b"not json");
    assert_eq!(unsigned, Err(Refusal::Unsigned));
    // GitHub's older signature is no substitute.
    let old = [("x-hub-signature-256", "-"), ("x-hub-signature", "sha1=00")];
    assert_eq!(taken(Sender::GitHub, &old, b"{}"), Err(Refusal::Unsigned));
    let forged = taken(Sender::Jira, &[("x-hub-signature", "sha256=00")], b"not json");
    assert_eq!(forged, Err(Refusal::Forged));
}

#[test]
fn a_delivery_says_what_and_which_it_is() {
    let (event, id, time, json) = taken(Sender::GitHub, &[], b"{\"a\":1}").unwrap();
    assert_eq!((event.as_str(), id.as_str(), time), ("pull_request", "72d3162e", 0));
    assert_eq!(json, b"{\"a\":1}");
    let body = br#"{"timestamp":1700000000123,"webhookEvent":"jira:issue_updated"}"#;
    let named = [("x-atlassian-webhook-identifier", "abc")];
    let (event, id, time, _) = taken(Sender::Jira, &named, body).unwrap();
    assert_eq!((event.as_str(), id.as_str(), time), ("jira:issue_updated", "abc", 1700000000123));
}

#[test]
fn a_delivery_that_comes_again_has_the_id_it_had() {
    let body = br#"{"timestamp":1700000000123,"webhookEvent":"jira:issue_updated"}"#;
    let later = br#"{"timestamp":1700000000124,"webhookEvent":"jira:issue_updated"}"#;
    let id = |body: &[u8]| taken(Sender::Jira, &[], body).unwrap().1;
    assert_eq!(id(body), id(body));
    assert_ne!(id(body), id(later));
    assert_eq!(taken(Sender::Jira, &[], b"{}"), Err(Refusal::NoId));
    assert_eq!(taken(Sender::GitHub, &[("x-github-delivery", "-")], b"{}"), Err(Refusal::NoId));
}

#[test]
fn a_form_is_read_like_json() {
    let form = [("content-type", "application/x-www-form-urlencoded; charset=utf-8")];
    let body = b"a=b&payload=%7B%22a%22%3A+%22%c3%a9+%2B%22%7D";
    assert_eq!(taken(Sender::GitHub, &form, body).unwrap().3, "{\"a\": \"é +\"}".as_bytes());
    for wrong in [&b"payload"[..], b"payload=", b"payload=%7", b"payload=%zz", b"other={}", b""] {
        assert_eq!(taken(Sender::GitHub, &form, wrong), Err(Refusal::NotJson));
    }
    assert_eq!(field(b"xpayload=1&payload=2", b"payload").unwrap(), b"2");
}

#[test]
fn what_is_no_json_is_refused() {
    for body in [&b""[..], b"[1]", b"{\"a\":", b"null", b"<html>", &b"{\"a\":[".repeat(200)] {
        assert_eq!(taken(Sender::GitHub, &[], body), Err(Refusal::NotJson));
    }
    let text = [("content-type", "text/plain")];
    assert_eq!(taken(Sender::GitHub, &text, b"{}"), Err(Refusal::ContentType));
    assert_eq!(taken(Sender::GitHub, &[("content-type", "-")], b"{}"), Err(Refusal::ContentType));
}

#[test]
fn what_is_too_large_is_refused_unread() {
    assert_eq!(taken(Sender::GitHub, &[], &vec![b' '; BODY_MAX + 1]), Err(Refusal::TooLarge));
    assert_eq!(Refusal::TooLarge.status(), 413);
}
