//! What a conversation answers, whatever carries it.

use crate::support::Backstory;
use rpc::FRAME_BYTES_MAX;
use serde_json::{Value, json};

fn answer(backstory: &Backstory, message: &Value) -> Value {
    serde_json::from_slice(&backstory.send(message).expect("an answer")).unwrap()
}

#[test]
fn a_call_whose_id_is_null_is_answered_and_one_without_an_id_is_not() {
    let backstory = Backstory::new();
    let told =
        answer(&backstory, &json!({ "jsonrpc": "2.0", "id": null, "method": "sources.list" }));
    assert!(told["result"]["sources"].is_array(), "{told}");
    assert!(told.as_object().unwrap().contains_key("id") && told["id"].is_null());
    let told = answer(&backstory, &json!({ "jsonrpc": "2.0", "id": null, "method": "no.such" }));
    assert_eq!(told["error"]["data"]["kind"], "methodNotFound", "{told}");
    assert_eq!(backstory.send(&json!({ "jsonrpc": "2.0", "method": "sources.list" })), None);
}

#[test]
fn a_batch_answers_every_call_and_never_more_than_a_message_holds() {
    let backstory = Backstory::new();
    let one = json!({ "jsonrpc": "2.0", "id": 1, "method": "rpc.discover" });
    let bytes = backstory.send(&one).unwrap().len();
    assert!(bytes * 100 > FRAME_BYTES_MAX, "the answers of this test are large: {bytes}");
    let calls: Vec<Value> = (0..100)
        .map(|id| json!({ "jsonrpc": "2.0", "id": id, "method": "rpc.discover" }))
        .collect();
    let batch = backstory.send(&json!(calls)).unwrap();
    assert!(batch.len() <= FRAME_BYTES_MAX, "{}", batch.len());
    let answers: Vec<Value> = serde_json::from_slice(&batch).unwrap();
    let ids: Vec<i64> = answers.iter().map(|it| it["id"].as_i64().unwrap()).collect();
    assert_eq!(ids, (0..100).collect::<Vec<_>>());
    let refused = answers.iter().filter(|it| it["error"]["data"]["kind"] == "tooLarge").count();
    let told = answers.iter().filter(|it| it["result"].is_object()).count();
    assert_eq!(refused + told, 100);
    assert!(told > FRAME_BYTES_MAX / bytes / 2, "{told} of {bytes} bytes each");
}
