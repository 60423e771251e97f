//! Facts about statements over several databases.

use super::*;

fn known(name: &str) -> bool {
    matches!(name, "prod" | "crm" | "cache")
}

fn text(statement: &str) -> String {
    read(statement).text(&|_, _| None)
}

fn read(statement: &str) -> Joined {
    joined(statement, &[], &known).unwrap()
}

#[test]
fn tables_of_connections_are_found_where_tables_stand() {
    let it = read(
        "select o.id, c.name from prod.orders o join crm.public.customers as c on c.id = o.customer \
         where o.total > 100 and c.name = 'it''s' and o.id in (1, 2) and lower(c.name) = 'x'",
    );
    assert_eq!(it.sides.len(), 2);
    assert_eq!((it.sides[1].schema.as_deref(), it.sides[1].alias.as_str()), (Some("public"), "c"));
    assert!(
        it.text(&|_, _| None)
            .contains("from \"prod.orders\" o join \"crm.public.customers\" as c on")
    );
    assert_eq!(it.sides[0].conditions.len(), 2);
    assert_eq!(it.sides[1].conditions[0].values, [Literal::Text("it's".into())]);
    assert!(!it.all_columns);
}

#[test]
fn a_name_that_only_looks_like_a_connection_stays() {
    let it = read("select prod.id, (select max(x) from crm.t) from prod.orders prod where 1 = 1");
    assert!(it.text(&|_, _| None).starts_with(
        "select prod.id, (select max(x) from \"crm.t\" AS \"t\") from \"prod.orders\" prod"
    ));
    assert_eq!(it.sides.len(), 2);
}

#[test]
fn columns_with_their_connection_are_those_of_the_table() {
    let it = read("select prod.orders.id from prod.orders where prod.orders.id = 5");
    assert_eq!(
        it.text(&|_, _| None),
        "select \"orders\".\"id\" from \"prod.orders\" AS \"orders\" where \"orders\".\"id\" = 5"
    );
}

#[test]
fn what_an_or_or_a_union_leaves_open_is_not_pushed_down() {
    for statement in [
        "select * from prod.a a where a.x = 1 or a.y = 2",
        "select * from prod.a a where a.x = 1 union select * from crm.b b",
        "select * from prod.a a where case when 1 = 1 and a.x = 2 and 1 = 1 then 0 else 1 end = 1",
        "select * from prod.a a where exists (select 1 from crm.b a where a.x = 2)",
        "select * from (select * from prod.a a where a.x = 2) b, crm.b c where a.x = 2",
        "with a as (select * from prod.a a) select * from a where a.x = 2",
        "select * from prod.a a where a.y between a.z between 1 and 2 and 3 = a.x and 4",
        "select * from prod.a a, crm.b b where x = 1",
        "select * from prod.a a where not a.x = 1",
        "select * from prod.a a where a.x = a.y",
    ] {
        assert!(read(statement).sides.iter().all(|it| it.conditions.is_empty()), "{statement}");
    }
}

#[test]
fn values_in_open_places_are_pushed_down_too() {
    let values = [Value::Number("7".into()), Value::Text("x".into())];
    let it =
        joined("select ? from prod.a a where a.y = ? and a.z between 1 and 5", &values, &known)
            .unwrap();
    assert_eq!(it.sides[0].conditions[0].values, [Literal::Text("x".into())]);
    assert_eq!(it.sides[0].conditions[1].test, "between");
}

#[test]
fn a_statement_without_a_connection_is_refused_with_the_way_to_name_one() {
    assert!(joined("select 1", &[], &known).unwrap_err().hint.is_some());
}

#[test]
fn a_column_without_more_is_that_of_the_only_table() {
    let it = read("select y from prod.a where x = 1 and prod.a.y > 2 and a.z is not null");
    let columns: Vec<&str> = it.sides[0].conditions.iter().map(|it| it.column.as_str()).collect();
    assert_eq!(columns, ["x", "y", "z"]);
}

#[test]
fn tables_of_one_name_are_told_apart() {
    assert_eq!(
        text("select prod.t.id, t.id from prod.t, crm.t where exists (select t.id from cache.t)"),
        "select \"prod.t\".\"id\", t.id from \"prod.t\" AS \"prod.t\", \"crm.t\" AS \"crm.t\" \
         where exists (select t.id from \"cache.t\" AS \"t\")"
    );
    assert!(text("select prod.t.* from prod.t").starts_with("select \"t\".* from"));
}

#[test]
fn rows_are_enough_only_where_each_is_one_of_the_result() {
    let enough = |statement: &str| read(statement).enough;
    assert_eq!(enough("select x from prod.a limit 5;"), Some(5));
    assert_eq!(enough("select x from prod.a where x > 1 limit 5 offset 7"), Some(12));
    assert_eq!(enough("select x from prod.a limit 7, 5"), Some(12));
    for statement in [
        "select x from prod.a order by x limit 5",
        "select distinct x from prod.a limit 5",
        "select count(*) from prod.a limit 5",
        "select x from prod.a group by x limit 5",
        "select x from prod.a where x + 1 = 2 limit 5",
        "select a.x from prod.a a, crm.b limit 5",
        "select x from prod.a union select 1 limit 5",
        "select x from (select x from prod.a) limit 5",
        "select x from prod.a limit -1",
    ] {
        assert_eq!(enough(statement), None, "{statement}");
    }
}

#[test]
fn values_that_are_passed_on_say_once_more_how_they_compare() {
    let it = read(
        "select max(d), count(d), case when d then 1 else coalesce(d, 0) end, lag(x) over (order by d) \
         from prod.a where d > 123456789012345678.5 - 1",
    );
    let text = it.text(&|of, name| (of.is_none() && name == "d").then_some("c"));
    assert_eq!(
        text,
        "select (CAST(/*=*/max(d)/*=*/AS TEXT) COLLATE c), count(d), \
         (CAST(/*=*/case when d then 1 else (CAST(/*=*/coalesce(d, 0)/*=*/AS TEXT) COLLATE c) \
         end/*=*/AS TEXT) COLLATE c), lag(x) over (order by d) from \"prod.a\" AS \"a\" where d > \
         (CAST(/*=*/'123456789012345678.5'/*=*/AS TEXT) COLLATE backstory_number) - 1"
    );
    let it = read("select 1 from prod.a where (select d from prod.a) > 3");
    let text = it.text(&|_, name| (name == "d").then_some("c"));
    assert!(text.contains("(CAST(/*=*/(select d from \"prod.a\" AS \"a\")/*=*/AS"), "{text}");
    assert_eq!(Joined::plain_name("(CAST(/*=*/max(d)/*=*/AS TEXT) COLLATE c)"), "max(d)");
}
