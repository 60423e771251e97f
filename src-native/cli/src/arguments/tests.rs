//! What is typed, and the call it becomes.

use super::*;
use crate::{Program, command, document};
use serde_json::json;

fn here() -> Here {
    Here { folder: "/nowhere/at/all".into(), repository: None }
}

fn parsed(line: &str) -> Result<Value> {
    let methods = document::methods();
    let program = Program { version: "0", revision: "0" };
    let command = command::command(&program, &methods);
    let matches = command
        .try_get_matches_from(line.split(' '))
        .map_err(|it| Error::invalid(it.to_string()))?;
    let (namespace, matches) = matches.subcommand().unwrap();
    let (name, matches) = matches.subcommand().unwrap();
    let method = methods
        .iter()
        .find(|it| it.split().0 == namespace && document::kebab(it.split().1) == name)
        .unwrap();
    params(method, matches, &here()).map(Value::Object)
}

#[test]
fn a_line_may_stand_behind_its_path_or_alone_or_have_a_name() {
    let wanted = json!({ "path": "src/pay.rs", "line": 12 });
    assert_eq!(parsed("backstory memory why src/pay.rs:12").unwrap(), wanted);
    assert_eq!(parsed("backstory memory why src/pay.rs 12").unwrap(), wanted);
    assert_eq!(parsed("backstory memory why --path src/pay.rs --line 12").unwrap(), wanted);
    assert_eq!(parsed("backstory memory why --path src/pay.rs:12").unwrap(), wanted);
    assert_eq!(
        parsed("backstory memory why a:b 12").unwrap(),
        json!({ "path": "a:b", "line": 12 })
    );
    parsed("backstory memory why src/pay.rs").unwrap_err();
    parsed("backstory memory why").unwrap_err();
}

#[test]
fn people_that_are_merged_are_no_paths() {
    assert_eq!(
        parsed("backstory identities merge a@x.org b@x.org").unwrap(),
        json!({ "identity": "a@x.org", "with": "b@x.org" })
    );
    assert_eq!(
        parsed("backstory identities merge login:a --with git:b/c").unwrap(),
        json!({ "identity": "login:a", "with": "git:b/c" })
    );
}

#[test]
fn a_parameter_is_given_once() {
    parsed("backstory memory file a.rs --path b.rs").unwrap_err();
}

#[test]
fn kinds_of_values_are_kept() {
    assert_eq!(
        parsed("backstory memory search retry --kinds file,commit --kinds person --limit 3")
            .unwrap(),
        json!({ "text": "retry", "kinds": ["file", "commit", "person"], "limit": 3 })
    );
    assert_eq!(parsed("backstory memory text a.rs --blame").unwrap()["blame"], true);
    assert_eq!(parsed("backstory memory text a.rs --blame=false").unwrap()["blame"], false);
    assert_eq!(
        parsed("backstory memory bus-factor --each components").unwrap(),
        json!({ "each": "components" })
    );
    parsed("backstory memory bus-factor --each nonsense").unwrap_err();
    parsed("backstory memory file a.rs --limit many").unwrap_err();
}

#[test]
fn what_has_parts_is_typed_as_json_once_for_each_or_all_at_once() {
    let steps = json!([{ "page": "/" }, { "page": "/cart", "name": "cart" }]);
    let one_by_one = r#"{"page":"/"} {"page":"/cart","name":"cart"}"#;
    let wanted = json!({ "site": "a.example", "steps": steps });
    let line = format!("backstory analytics funnel --site a.example {one_by_one}");
    assert_eq!(parsed(&line).unwrap(), wanted);
    let at_once = steps.to_string();
    let line = format!("backstory analytics funnel --site a.example {at_once}");
    assert_eq!(parsed(&line).unwrap(), wanted);
    let filters = json!([{ "dimension": "country", "values": ["DE", "FR"] }, { "dimension": "page", "values": ["/"] }]);
    let typed = format!("--filters {} --filters {}", filters[0], filters[1]);
    let line = format!("backstory analytics totals a.example {typed}");
    assert_eq!(parsed(&line).unwrap(), json!({ "site": "a.example", "filters": filters }));
    let wrong = parsed("backstory analytics totals a.example --filters country=DE").unwrap_err();
    assert!(wrong.message.contains("`country=DE` is no object of JSON"), "{wrong:?}");
    let method = document::methods().into_iter().find(|it| it.name == "analytics.goals");
    let words = [format!("goals={at_once}")];
    let wanted = json!({ "goals": steps }).as_object().cloned().unwrap();
    assert_eq!(loose(method.as_ref(), &words).unwrap(), wanted);
}

#[test]
fn a_source_is_added_by_a_path_of_the_machine() {
    assert_eq!(parsed("backstory sources add ../x").unwrap()["path"], "/nowhere/at/x");
    assert_eq!(parsed("backstory memory file ../x").unwrap()["path"], "../x");
}

#[test]
fn loose_words_are_typed_by_the_schema() {
    let methods = document::methods();
    let why = methods.iter().find(|it| it.name == "memory.why");
    let words = |it: &[&str]| it.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    let params = loose(why, &words(&["path=a=b.rs", "line=12", "limit:=3"])).unwrap();
    assert_eq!(Value::Object(params), json!({ "path": "a=b.rs", "line": 12, "limit": 3 }));
    let params = loose(why, &words(&["line=twelve"])).unwrap();
    assert_eq!(params["line"], "twelve", "the method says what it wants");
    assert_eq!(loose(None, &words(&["{\"a\":1}"])).unwrap()["a"], 1);
    loose(None, &words(&["{"])).unwrap_err();
    loose(None, &words(&["a"])).unwrap_err();
    loose(None, &words(&["a:=x"])).unwrap_err();
}

#[test]
fn the_command_line_holds_together() {
    let program = Program { version: "0", revision: "0" };
    command::command(&program, &document::methods()).debug_assert();
}
