//! The bridge in the real window: what it bears, and that honest calls are answered.

use serde_json::json;

use crate::stage::stage;

#[test]
fn nothing_that_a_page_can_send_ends_the_window() {
    let Some(stage) = stage(&[]) else { return };
    let mut app = stage.open(Some("talk"), &["/odd"]);
    let odd = app.report("odd");
    for (name, outcome) in odd.as_object().unwrap() {
        let expected = match name.as_str() {
            "after" => json!("result"),
            "exact" => json!(true),
            "big" | "huge" => json!("status 413"),
            _ => {
                let text = outcome.as_str().unwrap();
                assert!(text.starts_with("error -"), "{name}: {text}");
                continue;
            }
        };
        assert_eq!(outcome, &expected, "{name}");
    }
    assert!(app.alive());
    assert!(app.close().success());
}

#[test]
fn twenty_thousand_calls_at_once_are_all_answered_and_the_window_breathes() {
    let Some(stage) = stage(&[]) else { return };
    let mut app = stage.open(Some("talk"), &["/flood"]);
    let flood = app.report("flood");
    let outcome = flood["outcome"].as_object().unwrap();
    let answered: u64 = outcome.values().filter_map(serde_json::Value::as_u64).sum();
    assert_eq!(answered, 20_000, "{flood}");
    for kind in outcome.keys() {
        assert!(["result", "status 429"].contains(&kind.as_str()), "{flood}");
    }
    assert_eq!(flood["after"], "result");
    assert!(app.alive());
    assert!(app.close().success());
}

#[test]
fn ten_thousand_honest_calls_are_answered_each_with_its_own_answer() {
    let Some(stage) = stage(&[]) else { return };
    let mut app = stage.open(Some("talk"), &["/honest"]);
    assert_eq!(app.report("honest")["right"], 10_000);
    assert!(app.close().success());
}

#[test]
fn a_batch_is_answered_in_order_and_a_notification_with_nothing() {
    let Some(stage) = stage(&[]) else { return };
    let mut app = stage.open(Some("talk"), &["/batch"]);
    let batch = app.report("batch");
    assert_eq!(batch, json!({ "ids": [1, 2], "silent": "" }));
    assert!(app.close().success());
}
