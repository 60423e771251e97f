//! Databases that people know, browsed and queried as their users would, on each engine they are there for. Where the
//! folder of data is not there, they are skipped by name. Scripts are run by the product, too, and give the same
//! database as the engine's own client makes of them.

use crate::home::{BACKSTORY, Home, complaint, out};
use crate::support::Backstory;
use serde_json::{Value, json};
use servers::{Kind, Running, samples};

fn url(server: &Running, database: &str) -> String {
    match server.kind {
        Kind::Postgres => format!("postgres://postgres@127.0.0.1:{}/{database}", server.port),
        _ => format!("mysql://root@127.0.0.1:{}/{database}", server.port),
    }
}

/// All rows of a statement, as text.
fn rows(backstory: &Backstory, connection: &str, text: &str) -> Vec<Vec<Option<String>>> {
    let ran = backstory.ask(
        "databases.run",
        json!({ "connection": connection, "text": text, "rows": 1000, "timeout": 120 }),
    );
    assert!(ran["failure"].is_null(), "{text}: {ran}");
    let cell = |it: &Value| it.as_str().or_else(|| it["text"].as_str()).map(str::to_owned);
    let row = |it: &Value| it["cells"].as_array().unwrap().iter().map(cell).collect();
    ran["results"][0]["rows"].as_array().unwrap().iter().map(row).collect()
}

/// The same by the engine's own client.
fn own(server: &Running, database: &str, text: &str) -> Vec<Vec<Option<String>>> {
    let printed = server.sql(database, text).unwrap();
    let mark = if server.kind == Kind::Postgres { '|' } else { '\t' };
    printed.lines().map(|it| it.split(mark).map(|it| Some(it.to_owned())).collect()).collect()
}

/// Looks at every table as the tree does: what the catalogue says agrees with itself and with the rows.
fn browsed(backstory: &Backstory, connection: &str, schema: &str) -> (Vec<String>, usize) {
    let ask = |method: &str, more: Value| {
        let mut params = json!({ "connection": connection });
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        backstory.ask(method, params)
    };
    let schemas = ask("databases.schemas", json!({}));
    assert!(
        schemas["schemas"].as_array().unwrap().iter().any(|it| it["schema"] == schema),
        "{schemas}"
    );
    let objects = ask("databases.objects", json!({ "schema": schema, "limit": 5000 }));
    let tables = ask("databases.tables", json!({ "schema": schema }));
    let columns = |name: &str| {
        let all = tables["tables"].as_array().unwrap();
        all.iter().find(|it| it["name"] == name).map(|it| it["columns"].as_array().unwrap().len())
    };
    let (mut names, mut references) = (Vec::new(), 0);
    for object in objects["objects"].as_array().unwrap() {
        let name = object["name"].as_str().unwrap();
        let described = ask("databases.describe", json!({ "schema": schema, "object": name }));
        if object["kind"] != "table" && object["kind"] != "view" {
            continue;
        }
        assert_eq!(columns(name), Some(described["columns"].as_array().unwrap().len()), "{name}");
        let browse = described["browse"].as_str().unwrap();
        let first = backstory.ask(
            "databases.run",
            json!({ "connection": connection, "text": browse, "rows": 5, "timeout": 60 }),
        );
        assert!(first["failure"].is_null(), "{browse}: {}", first["failure"]);
        assert_eq!(
            first["results"][0]["columns"].as_array().map(Vec::len),
            columns(name),
            "{browse}"
        );
        backstory.ask("databases.close", json!({ "run": first["run"] }));
        references += described["references"].as_array().unwrap().len();
        if object["kind"] == "table" {
            names.push(name.to_owned());
        }
    }
    let all = ask("databases.references", json!({ "schema": schema }));
    assert_eq!(all["references"].as_array().unwrap().len(), references);
    (names, references)
}

const CHINOOK: &[(&str, &str, &str)] = &[
    ("artist", "Artist", "275"),
    ("album", "Album", "347"),
    ("track", "Track", "3503"),
    ("customer", "Customer", "59"),
    ("invoice_line", "InvoiceLine", "2240"),
    ("playlist_track", "PlaylistTrack", "8715"),
];

#[test]
fn chinook_is_browsed_and_counted_in_every_engine_it_is_there_for() {
    let backstory = Backstory::new();
    let mut aims = Vec::new();
    for server in [servers::postgres(), servers::mariadb(), servers::mysql()].into_iter().flatten()
    {
        let Some(database) = samples::chinook(server) else { continue };
        let schema = if server.kind == Kind::Postgres { "public" } else { database };
        aims.push((format!("{:?}", server.kind), url(server, database), schema.to_owned()));
    }
    if let Some(file) = samples::chinook_sqlite() {
        aims.push(("SQLite".into(), file.to_str().unwrap().to_owned(), "main".into()));
    }
    for (engine, connection, schema) in aims {
        let (tables, references) = browsed(&backstory, &connection, &schema);
        assert_eq!((tables.len(), references), (11, 11), "{engine}: {tables:?}");
        let quote = if connection.starts_with("mysql") { '`' } else { '"' };
        let capitals = tables.iter().any(|it| it == "Artist");
        for (small, large, count) in CHINOOK {
            let name = if capitals { large } else { small };
            let found = rows(
                &backstory,
                &connection,
                &format!("select count(*) from {quote}{name}{quote}"),
            );
            assert_eq!(found[0][0].as_deref(), Some(*count), "{engine}: {name}");
        }
        let sums = if capitals {
            "select sum(Total) from Invoice"
                .replace("Total", &format!("{quote}Total{quote}"))
                .replace("Invoice", &format!("{quote}Invoice{quote}"))
        } else {
            "select sum(total) from invoice".to_owned()
        };
        let found = rows(&backstory, &connection, &sums)[0][0].clone().unwrap();
        assert!(found.starts_with("2328.6"), "{engine}: {found}");
        eprintln!("{engine}: Chinook with {} tables and {references} references", tables.len());
    }
}

#[test]
fn northwind_and_sakila_are_browsed_and_asked() {
    let backstory = Backstory::new();
    if let Some(server) = servers::postgres()
        && let Some(database) = samples::northwind(server)
    {
        let connection = url(server, database);
        let (tables, references) = browsed(&backstory, &connection, "public");
        assert_eq!((tables.len(), references), (14, 13), "{tables:?}");
        let text = "select c.category_name, count(*), sum(d.quantity), round(sum(d.unit_price * d.quantity * (1 - d.discount))::numeric, 2) \
                    from order_details d join products p using (product_id) join categories c using (category_id) group by 1 order by 1";
        let found = rows(&backstory, &connection, text);
        assert_eq!(found.len(), 8);
        assert_eq!(found, own(server, database, text));
    }
    for server in [servers::postgres(), servers::mariadb(), servers::mysql()].into_iter().flatten()
    {
        let Some(database) = samples::sakila(server) else { continue };
        let connection = url(server, database);
        let schema = if server.kind == Kind::Postgres { "public" } else { database };
        let (tables, references) = browsed(&backstory, &connection, schema);
        assert!(
            tables.len() >= 16 && references >= 22,
            "{:?}: {references} of {tables:?}",
            server.kind
        );
        for text in [
            "select count(*) from film",
            "select count(*), sum(amount) from payment",
            "select rating, count(*), sum(replacement_cost), max(length) from film group by rating order by rating",
            "select a.last_name, count(*) from actor a join film_actor f on f.actor_id = a.actor_id group by a.actor_id, a.last_name order by 2 desc, a.actor_id limit 20",
            "select title, special_features from film order by film_id limit 50",
        ] {
            assert_eq!(
                rows(&backstory, &connection, text),
                own(server, database, text),
                "{:?}: {text}",
                server.kind
            );
        }
        assert_eq!(
            rows(&backstory, &connection, "select count(*) from film")[0][0].as_deref(),
            Some("1000")
        );
        eprintln!(
            "{:?}: Sakila with {} tables and {references} references",
            server.kind,
            tables.len()
        );
    }
}

/// Of the questions of TPC-H the first, the third and the sixth.
const QUESTIONS: [&str; 3] = [
    "select l_returnflag, l_linestatus, sum(l_quantity), sum(l_extendedprice), sum(l_extendedprice * (1 - l_discount)), \
     sum(l_extendedprice * (1 - l_discount) * (1 + l_tax)), avg(l_quantity), avg(l_extendedprice), avg(l_discount), count(*) \
     from lineitem where l_shipdate <= date '1998-12-01' - interval '90 days' group by 1, 2 order by 1, 2",
    "select l_orderkey, sum(l_extendedprice * (1 - l_discount)) as revenue, o_orderdate, o_shippriority \
     from customer, orders, lineitem where c_mktsegment = 'BUILDING' and c_custkey = o_custkey and l_orderkey = o_orderkey \
     and o_orderdate < date '1995-03-15' and l_shipdate > date '1995-03-15' group by 1, 3, 4 order by 2 desc, 3 limit 10",
    "select sum(l_extendedprice * l_discount) from lineitem where l_shipdate >= date '1994-01-01' \
     and l_shipdate < date '1995-01-01' and l_discount between 0.05 and 0.07 and l_quantity < 24",
];

#[test]
fn tpc_h_gives_the_answers_that_the_engine_s_own_client_gives() {
    let Some(server) = servers::postgres() else { return };
    let database = samples::tpch(server, 0.1).unwrap();
    let (backstory, connection) = (Backstory::new(), url(server, database));
    let (tables, references) = browsed(&backstory, &connection, "public");
    assert_eq!((tables.len(), references), (8, 8));
    for (text, count) in QUESTIONS.iter().zip([4, 10, 1]) {
        let start = std::time::Instant::now();
        let found = rows(&backstory, &connection, text);
        let ours = start.elapsed();
        assert_eq!(found.len(), count);
        assert_eq!(found, own(server, database, text), "{text}");
        eprintln!("TPC-H: {count} rows in {ours:?}");
    }
    let lines = rows(&backstory, &connection, "select count(*) from lineitem");
    assert_eq!(lines[0][0].as_deref(), Some("600572"));
}

/// The differential of what takes scripts apart: each statement of a script is sent alone, and the database is the one
/// that the engine's own client makes of the whole.
#[test]
fn scripts_of_samples_give_the_database_that_the_own_client_makes_of_them() {
    let home = Home::new();
    let sakila: &[_] = &["sakila/mysql-sakila-mv-schema.sql", "sakila/mysql-sakila-mv-data.sql"];
    let aims = [
        (
            servers::postgres(),
            &["chinook/Chinook_PostgreSql.sql"][..],
            samples::chinook as fn(&Running) -> _,
        ),
        (servers::postgres(), &["northwind/northwind_pg.sql"], samples::northwind),
        (servers::mariadb(), sakila, samples::sakila),
        (servers::mariadb(), &["chinook/Chinook_MySql.sql"], samples::chinook),
        (servers::mysql(), sakila, samples::sakila),
    ];
    for (server, scripts, sample) in aims {
        let files: Option<Vec<_>> = scripts.iter().map(|it| samples::data(it)).collect();
        let (Some(server), Some(files)) = (server, files) else { continue };
        let Some(theirs) = sample(server) else { continue };
        let ours = server.database().unwrap();
        let script = scripts[0];
        let begins =
            ["drop database", "create database", "\\c ", "use ", "drop schema", "create schema"];
        let mut text = String::new();
        for file in &files {
            let lines = std::fs::read_to_string(file).unwrap();
            text.extend(
                lines
                    .trim_start_matches('\u{feff}')
                    .split_inclusive('\n')
                    .filter(|it| !begins.iter().any(|no| it.to_ascii_lowercase().starts_with(no))),
            );
            text.push('\n');
        }
        let path = home.path().join("script.sql");
        std::fs::write(&path, text).unwrap();
        let done = home
            .command(BACKSTORY)
            .args([
                "query",
                &url(server, &ours),
                "--write",
                "--yes",
                "--timeout",
                "300",
                "-q",
                "-f",
            ])
            .arg(&path)
            .output()
            .unwrap();
        let said = complaint(&done);
        assert_eq!(
            done.status.code(),
            Some(0),
            "{script}: {}",
            said.chars().take(2000).collect::<String>()
        );
        assert!(out(&done).len() < 100_000);
        // Tables, views, routines and triggers are the same; so are all rows where the script has them.
        let catalogue = if server.kind == Kind::Postgres {
            "select relname, relkind from pg_class where relnamespace = 'public'::regnamespace order by 1, 2".to_owned()
        } else {
            "select table_name, table_type from information_schema.tables where table_schema = database() union all \
             select routine_name, routine_type from information_schema.routines where routine_schema = database() union all \
             select trigger_name, 'trigger' from information_schema.triggers where trigger_schema = database() order by 1, 2".to_owned()
        };
        let (found, wanted) = (own(server, &ours, &catalogue), own(server, theirs, &catalogue));
        assert!(wanted.len() > 10, "{script}");
        assert_eq!(found, wanted, "{script}");
        for row in &wanted {
            let name = row[0].as_deref().unwrap();
            if !["r", "BASE TABLE"].contains(&row[1].as_deref().unwrap()) {
                continue;
            }
            let text = if server.kind == Kind::Postgres {
                format!(
                    "select count(*), md5(string_agg(x::text, '|' order by x::text)) from \"{name}\" x"
                )
            } else {
                format!("checksum table `{name}`")
            };
            let skip = usize::from(server.kind != Kind::Postgres);
            assert_eq!(
                own(server, &ours, &text)[0][skip..],
                own(server, theirs, &text)[0][skip..],
                "{script}: {name}"
            );
        }
        eprintln!("{script}: {} things are the same", wanted.len());
    }
}
