//! What stands in a database, and plans.

use super::*;
use crate::catalogue::{ObjectKind, Objects};

fn shop(age: Age, target: &Target, name: &str) -> Box<dyn Session> {
    let mut session = fresh(target, name);
    let more = if age == Age::New { ", INDEX by_note note TYPE set(10) GRANULARITY 4" } else { "" };
    for text in [
        format!(
            "CREATE TABLE {name}.orders (id UInt64, at Date, note Nullable(String), price Float64 DEFAULT 1.5, \
             gross Float64 MATERIALIZED price * 1.2{more}) ENGINE = MergeTree() PARTITION BY toYYYYMM(at) ORDER BY (id, at)"
        ),
        format!("CREATE TABLE {name}.`odd \\`name` (a UInt8) ENGINE = Memory"),
        format!("CREATE VIEW {name}.seen AS SELECT id FROM {name}.orders"),
        format!(
            "CREATE MATERIALIZED VIEW {name}.kept ENGINE = MergeTree() ORDER BY id AS SELECT id FROM {name}.orders"
        ),
    ] {
        run(&mut *session, &text);
    }
    session
}

#[test]
fn the_catalogue_names_what_there_is() {
    for (age, target) in servers() {
        let mut session = shop(age, &target, "backstory_shop");
        let schemas = session.schemas().expect("schemas");
        assert!(schemas.iter().any(|it| it.name == "backstory_shop" && !it.system), "{age:?}");
        assert!(schemas.iter().any(|it| it.name == "system" && it.system), "{age:?}");
        assert_eq!(schemas.iter().filter(|it| it.current).count(), 1, "{age:?}");
        let of = Objects { schema: "backstory_shop", pattern: None, after: None, limit: 1000 };
        let found = session.objects(&of).expect("objects");
        let named = |name: &str| found.iter().find(|it| it.name == name).map(|it| it.kind);
        assert_eq!(named("orders"), Some(ObjectKind::Table), "{age:?}");
        assert_eq!(named("seen"), Some(ObjectKind::View), "{age:?}");
        assert_eq!(named("kept"), Some(ObjectKind::MaterializedView), "{age:?}");
        assert_eq!(named("odd `name"), Some(ObjectKind::Table), "{age:?}");
        let (mut paged, mut after) = (Vec::new(), None::<String>);
        loop {
            let page = session
                .objects(&Objects { limit: 2, after: after.as_deref(), ..of })
                .expect("objects");
            let Some(last) = page.last() else { break };
            after = Some(last.name.clone());
            paged.extend(page);
        }
        assert_eq!(paged, found, "{age:?}");
        let some = session.objects(&Objects { pattern: Some("RDER"), ..of }).expect("objects");
        assert_eq!(some.len(), 1, "{age:?}");
        let none = session.objects(&Objects { schema: "' OR 1 --", ..of }).expect("objects");
        assert!(none.is_empty());
        let tables = session.tables("backstory_shop").expect("tables");
        let orders = tables.iter().find(|it| it.name == "orders").expect("a table");
        assert_eq!(orders.columns[2], ("note".to_owned(), "Nullable(String)".to_owned()));
    }
}

#[test]
fn a_table_is_described_with_its_engine_and_keys() {
    for (age, target) in servers() {
        let mut session = shop(age, &target, "backstory_described");
        let it = session.describe("backstory_described", "orders").expect("a table");
        let columns: Vec<_> = it
            .columns
            .iter()
            .map(|it| (it.name.as_str(), it.nullable, it.generated, it.default.is_some()))
            .collect();
        let expected = [
            ("id", Some(false), false, false),
            ("at", Some(false), false, false),
            ("note", Some(true), false, false),
            ("price", Some(false), false, true),
            ("gross", Some(false), true, true),
        ];
        assert_eq!(columns, expected, "{age:?}");
        let fact = |name: &str| it.facts.iter().find(|it| it.0 == name).map(|it| it.1.as_str());
        assert!(fact("engine").is_some_and(|it| it.contains("MergeTree")), "{age:?}");
        assert_eq!(fact("partition key"), Some("toYYYYMM(at)"), "{age:?}");
        assert_eq!(fact("sorting key"), Some("id, at"), "{age:?}");
        assert!(it.definition.as_ref().is_some_and(|it| it.starts_with("CREATE TABLE")), "{age:?}");
        assert_eq!(it.indexes.len(), usize::from(age == Age::New), "{age:?}");
        session.describe("backstory_described", "odd `name").expect("a table");
        let failure = session.describe("backstory_described", "nowhere").expect_err("nothing");
        assert_eq!(failure.reason, Reason::Usage);
        assert!(session.references("backstory_described").expect("none").is_empty());
    }
}

#[test]
fn a_plan_is_a_tree_where_the_server_has_one() {
    for (age, target) in servers() {
        let mut session = shop(age, &target, "backstory_plans");
        let text = "SELECT id FROM backstory_plans.orders WHERE id = {id:UInt64} ORDER BY at";
        let values = [Value::Number("5".into())];
        let asked = Ask { values: &values, ..Ask::new(text) };
        match (age, session.explain(&asked, false)) {
            (Age::Old, plan) => assert_eq!(plan.map_err(|it| it.reason), Err(Reason::Unsupported)),
            (Age::New, plan) => {
                let plan = plan.expect("a plan");
                let mut deep = 0;
                let mut node = plan.roots.first();
                while let Some(it) = node {
                    deep += 1;
                    node = it.children.first();
                }
                assert!(deep >= 3, "{}", plan.text);
            }
        }
        assert_eq!(session.explain(&asked, true).map_err(|it| it.reason), Err(Reason::Unsupported));
    }
}
