//! Order, pace and bounds of the queue.

use super::*;

fn live() -> Events {
    let events = Events::default();
    assert_eq!(events.began(), None);
    events
}

/// The texts of a batch, as the page would read them.
fn read(script: &str) -> Vec<String> {
    let start = script.find("deliver(").unwrap() + "deliver(".len();
    let list = script[start..].strip_suffix(");0").unwrap();
    serde_json::from_str(list).unwrap()
}

#[test]
fn events_come_in_order_in_one_batch_with_one_wake_up() {
    let events = live();
    assert_eq!(events.push("a".into()), Some(Duration::ZERO));
    assert_eq!(events.push("b".into()), None);
    assert_eq!(read(&events.batch().unwrap()), ["a", "b"]);
    assert_eq!(events.batch(), None);
}

#[test]
fn the_next_batch_waits_for_the_page_and_for_the_pause() {
    let events = live();
    let _ = events.push("a".into());
    events.batch().unwrap();
    assert_eq!(events.push("b".into()), None, "a batch is running");
    assert_eq!(events.batch(), None, "a batch is running");
    let wait = events.done().unwrap();
    assert!(wait > Duration::ZERO && wait <= PAUSE, "{wait:?}");
    assert_eq!(read(&events.batch().unwrap()), ["b"]);
    assert_eq!(events.done(), None);
}

#[test]
fn events_wait_for_a_document_and_outlive_one_that_died() {
    let events = Events::default();
    assert_eq!(events.push("early".into()), None);
    assert_eq!(events.batch(), None);
    assert!(events.began().is_some());
    assert_eq!(read(&events.batch().unwrap()), ["early"]);
    events.ended();
    assert_eq!(events.push("between".into()), None);
    assert!(events.began().is_some(), "a dead page answers no batch");
    assert_eq!(read(&events.batch().unwrap()), ["between"]);
}

#[test]
fn a_burst_is_delivered_whole_in_bounded_batches() {
    let events = live();
    let sent: Vec<String> = (0..10_000).map(|number| number.to_string()).collect();
    for text in &sent {
        let _ = events.push(text.clone());
    }
    let mut seen = Vec::new();
    while let Some(script) = events.batch() {
        let batch = read(&script);
        assert!(batch.len() <= BATCH.0);
        seen.extend(batch);
        let _ = events.done();
    }
    assert_eq!(seen, sent);
}

#[test]
fn a_page_that_never_reads_costs_bounded_memory_and_loses_the_oldest() {
    let events = live();
    for number in 0..2_000 {
        let _ = events.push(format!("{number:0>65535}"));
    }
    assert!(events.lock().bytes <= BYTES);
    let last = events.lock().waiting.back().cloned().unwrap();
    assert!(last.ends_with("1999"));
    for _ in 0..100_000 {
        let _ = events.push(String::new());
    }
    assert!(events.lock().waiting.len() <= WAITING);
}

#[test]
fn the_script_is_safe_whatever_the_event_holds() {
    let events = live();
    let text = "\"</script>\u{2028}\u{2029}\\`${x}\n\u{0}\u{1f980}";
    let _ = events.push(text.into());
    let script = events.batch().unwrap();
    for banned in ["</", "\u{2028}", "\u{2029}", "\n", "\u{0}"] {
        assert!(!script.contains(banned), "{script}");
    }
    assert_eq!(read(&script.replace("<\\/", "</")), [text]);
}
