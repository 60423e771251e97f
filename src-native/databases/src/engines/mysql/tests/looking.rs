//! What stands in a database, and plans.

use super::*;
use crate::catalogue::{ObjectKind, Objects};
use crate::{Reason, Step};

fn shop(target: &Target, name: &str) -> Box<dyn Session> {
    let mut session = fresh(target, name);
    for text in [
        "CREATE TABLE customers (id int unsigned AUTO_INCREMENT PRIMARY KEY, email varchar(80) NOT NULL UNIQUE \
         COMMENT 'where bills go', name varchar(40) DEFAULT 'nobody') COMMENT 'who buys'",
        "CREATE TABLE orders (id bigint PRIMARY KEY, customer int unsigned NOT NULL, net decimal(10,2), \
         gross decimal(10,2) AS (net * 1.2) STORED, note text, at timestamp DEFAULT current_timestamp, \
         KEY by_note (customer, note(10)), CONSTRAINT buyer FOREIGN KEY (customer) REFERENCES customers (id))",
        "CREATE VIEW `odd ``name` AS SELECT id FROM orders",
        "CREATE FUNCTION area(a int, b decimal(5,2)) RETURNS decimal(9,2) DETERMINISTIC COMMENT 'of a field' RETURN a * b",
        "CREATE PROCEDURE nothing() SELECT 1",
        "CREATE TRIGGER watch BEFORE INSERT ON orders FOR EACH ROW SET NEW.note = COALESCE(NEW.note, '')",
    ] {
        run(&mut *session, text);
    }
    session
}

fn all(schema: &str) -> Objects<'_> {
    Objects { schema, pattern: None, after: None, limit: 1000 }
}

#[test]
fn the_catalogue_names_what_there_is() {
    for (server, target) in servers() {
        let mut session = shop(&target, "backstory_shop");
        let schemas = session.schemas().expect("schemas");
        let of = |name: &str| schemas.iter().find(|it| it.name == name).expect("a schema");
        assert!(of("backstory_shop").current && !of("backstory_shop").system, "{server}");
        assert!(of("mysql").system && !of("mysql").current, "{server}");
        let found = session.objects(&all("backstory_shop")).expect("objects");
        let names: Vec<_> = found.iter().map(|it| (it.kind, it.name.as_str())).collect();
        let area = if server == "MariaDB" {
            "area(int(11), decimal(5,2))"
        } else {
            "area(int, decimal(5,2))"
        };
        let expected = [
            (ObjectKind::Function, area),
            (ObjectKind::Table, "customers"),
            (ObjectKind::Function, "nothing()"),
            (ObjectKind::View, "odd `name"),
            (ObjectKind::Table, "orders"),
        ];
        assert_eq!(names, expected, "{server}");
        assert_eq!(found[0].detail.as_deref(), Some("returns decimal(9,2)"), "{server}");
        assert_eq!(found[0].comment.as_deref(), Some("of a field"), "{server}");
        assert_eq!(found[1].comment.as_deref(), Some("who buys"), "{server}");
        // Page by page it is the same.
        let (mut paged, mut after) = (Vec::new(), None::<String>);
        loop {
            let of = Objects { limit: 2, after: after.as_deref(), ..all("backstory_shop") };
            let page = session.objects(&of).expect("objects");
            let Some(last) = page.last() else { break };
            after = Some(last.name.clone());
            paged.extend(page);
        }
        assert_eq!(paged, found, "{server}");
        let of = Objects { pattern: Some("DER"), ..all("backstory_shop") };
        assert_eq!(session.objects(&of).expect("objects").len(), 1);
        let of = Objects { pattern: Some("%"), ..all("backstory_shop") };
        assert_eq!(session.objects(&of).expect("objects").len(), 0, "a sign is a sign");
        let tables = session.tables("backstory_shop").expect("tables");
        let orders = tables.iter().find(|it| it.name == "orders").expect("a table");
        assert_eq!(orders.columns[2], ("net".to_owned(), "decimal(10,2)".to_owned()));
        assert_eq!(tables.len(), 3, "{server}");
        assert!(session.objects(&all("' OR 1 = 1 -- ")).expect("nothing").is_empty());
    }
}

#[test]
fn a_table_is_described_with_all_that_belongs_to_it() {
    for (server, target) in servers() {
        let mut session = shop(&target, "backstory_described");
        let orders = session.describe("backstory_described", "orders").expect("a table");
        let columns: Vec<_> = orders
            .columns
            .iter()
            .map(|it| (it.name.as_str(), it.nullable, it.generated, it.default.is_some()))
            .collect();
        let expected = [
            ("id", Some(false), false, false),
            ("customer", Some(false), false, false),
            ("net", Some(true), false, false),
            ("gross", Some(true), true, true),
            ("note", Some(true), false, false),
        ];
        assert_eq!(columns[..5], expected, "{server}");
        assert!(!columns[5].2 && columns[5].3, "{server}: current_timestamp is a default");
        assert_eq!(orders.keys.len(), 1);
        assert!(orders.keys[0].primary);
        let index = orders.indexes.iter().find(|it| it.name == "by_note").expect("an index");
        assert_eq!(
            (index.columns.clone(), index.unique),
            (vec!["customer".into(), "note(10)".into()], false)
        );
        let buyer = &orders.references[0];
        assert_eq!(
            (buyer.name.as_str(), buyer.to_table.as_str(), buyer.to_columns[0].as_str()),
            ("buyer", "customers", "id")
        );
        assert_eq!(orders.triggers, ["watch"]);
        assert!(orders.definition.as_ref().is_some_and(|it| it.starts_with("CREATE TABLE")));
        assert!(
            orders.facts.iter().any(|it| *it == ("engine".into(), "InnoDB".into())),
            "{server}"
        );
        let customers = session.describe("backstory_described", "customers").expect("a table");
        assert_eq!(customers.referred[0].table, "orders");
        assert!(customers.columns[0].generated, "counted up");
        assert_eq!(customers.columns[1].comment.as_deref(), Some("where bills go"));
        assert_eq!(
            customers.columns[2].default.as_deref().map(|it| it.trim_matches('\'')),
            Some("nobody")
        );
        assert_eq!(
            customers.keys.iter().map(|it| it.columns[0].as_str()).collect::<Vec<_>>(),
            ["id", "email"]
        );
        let view = session.describe("backstory_described", "odd `name").expect("a view");
        assert_eq!(view.object.kind, ObjectKind::View);
        assert!(view.definition.is_some_and(|it| it.contains("VIEW")));
        let function = session.describe("backstory_described", "area").expect("a function");
        assert!(function.definition.is_some_and(|it| it.contains("RETURN a * b")), "{server}");
        let failure = session.describe("backstory_described", "nowhere").expect_err("nothing");
        assert_eq!(failure.reason, Reason::Usage);
        let references = session.references("backstory_described").expect("references");
        assert_eq!(references, orders.references, "{server}");
    }
}

#[test]
fn a_plan_is_a_tree_and_a_measured_one_has_rows_and_times() {
    for (server, target) in servers() {
        let mut session = shop(&target, "backstory_plans");
        run(&mut *session, "INSERT INTO customers (email) VALUES ('a'), ('b')");
        run(&mut *session, "INSERT INTO orders (id, customer) VALUES (1, 1), (2, 1), (3, 2)");
        let text = "SELECT * FROM orders o JOIN customers c ON c.id = o.customer WHERE o.id > ? ORDER BY c.email";
        let values = [Value::Number("0".into())];
        let asked = Ask { values: &values, ..Ask::new(text) };
        for measured in [false, true] {
            let plan =
                session.explain(&asked, measured).unwrap_or_else(|it| panic!("{server}: {it:?}"));
            let mut all = Vec::new();
            let mut open: Vec<_> = plan.roots.iter().collect();
            while let Some(node) = open.pop() {
                all.push(node);
                open.extend(&node.children);
            }
            assert!(all.len() >= 3, "{server}: {}", plan.text);
            assert!(all.iter().any(|it| it.rows_expected.is_some()), "{server}: {}", plan.text);
            assert_eq!(
                all.iter().any(|it| it.rows == Some(3.0)),
                measured,
                "{server}: {}",
                plan.text
            );
            assert_eq!(
                all.iter().any(|it| it.total_ms.is_some()),
                measured,
                "{server}: {}",
                plan.text
            );
        }
        // What is measured runs, and is undone.
        let text = "DELETE FROM orders WHERE id = 3";
        let _ = session.explain(&Ask::new(text), true); // MySQL measures no such statement
        assert_eq!(one(&mut *session, "SELECT COUNT(*) FROM orders"), "3", "{server}");
        let failure = session
            .explain(&Ask::new("SELECT id,\n nope FROM orders"), false)
            .expect_err("no column");
        assert_eq!(failure.place.map(|it| (it.line, it.column)), Some((2, 2)), "{server}");
        session.transaction(Step::Begin).expect("a transaction");
        session.explain(&Ask::new("SELECT 1 FROM orders"), true).expect("a plan");
        assert!(session.in_transaction());
        session.transaction(Step::Rollback).expect("an end");
    }
}

#[test]
fn a_variable_that_one_sets_is_found_by_nobody_else() {
    for (server, target) in servers() {
        let pool = crate::Pool::new(target, 1);
        let lend = || pool.lend(Duration::from_secs(5)).unwrap();
        run(&mut *lend(), "select @leak := 'kept'");
        let there = one(&mut *lend(), "select @leak is not null");
        assert_eq!(there, "0", "{server}");
        let id = one(&mut *lend(), "select connection_id()");
        assert_eq!(one(&mut *lend(), "select connection_id()"), id, "{server}");
    }
}
