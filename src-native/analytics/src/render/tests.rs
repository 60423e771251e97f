//! The example dashboards, run over a small shop, in every form. The pictures of the forms are kept under
//! `tests/golden/dashboards`; they rewrite themselves when they are stale, and the test fails once.

use super::*;
use crate::charts::svg::svg;
use crate::charts::theme::Theme;
use crate::dashboard::asserts::judge;
use crate::dashboard::shape::{Around, Data, shape};
use crate::dashboard::{Query, read};
use crate::table::{Cell, Column, ColumnKind};
use rusqlite::types::ValueRef;
use std::collections::HashMap;
use std::path::Path;

const SHOP: &str = include_str!("../../../../docs/dashboards/shop.md");

/// A shop of 200 days: the same each time.
fn shop() -> rusqlite::Connection {
    let base = rusqlite::Connection::open_in_memory().unwrap();
    base.execute_batch(
        "create table orders (id integer primary key, placed text, country text, amount real);
         with recursive days(n) as (select 0 union all select n + 1 from days where n < 199),
              parts(k) as (values (0), (1), (2))
         insert into orders (placed, country, amount)
         select datetime('2026-11-14 09:00:00', '-' || n || ' days', '+' || k || ' hours'),
                case (n * 7 + k * 3) % 5 when 0 then 'FR' when 1 then 'IT' else 'DE' end,
                round(10 + (n * 37 + k * 53) % 90 + n * 0.25, 2)
         from days, parts where (n + k) % 4 < 3;",
    )
    .unwrap();
    base
}

fn ask(base: &rusqlite::Connection, text: &str, values: &[(String, Cell)]) -> Table {
    let mut statement = base.prepare(text).unwrap();
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    for (name, value) in values {
        let at = statement.parameter_index(&format!(":{name}")).unwrap().unwrap();
        match value {
            Cell::Null => statement.raw_bind_parameter(at, rusqlite::types::Null).unwrap(),
            Cell::Integer(it) => statement.raw_bind_parameter(at, it).unwrap(),
            Cell::Text(it) => statement.raw_bind_parameter(at, it).unwrap(),
            other => panic!("{other:?}"),
        }
    }
    let mut found = statement.raw_query();
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    while let Some(row) = found.next().unwrap() {
        let cell = |at: usize| match row.get_ref(at).unwrap() {
            ValueRef::Integer(it) => Cell::Integer(it),
            ValueRef::Real(it) => Cell::Real(it),
            ValueRef::Text(it) => Cell::Text(String::from_utf8_lossy(it).into_owned()),
            _ => Cell::Null,
        };
        rows.push((0..names.len()).map(cell).collect());
    }
    let kind = |at: usize| match rows.iter().all(|it| matches!(it[at], Cell::Text(_) | Cell::Null))
    {
        true => ColumnKind::Text,
        false => ColumnKind::Number,
    };
    let columns = names.iter().enumerate();
    let columns = columns.map(|(at, name)| Column { name: name.clone(), kind: kind(at) }).collect();
    Table { columns, rows, cut: false }
}

/// What a query gives: of the shop, or of the results of others.
fn answer(
    dashboard: &Dashboard,
    query: &Query,
    values: &Values,
    base: &rusqlite::Connection,
) -> Table {
    let bound = values.bind(query, &[]);
    let crate::dashboard::Source::Results(asked) = &query.source else {
        return ask(base, &bound.text, &bound.values);
    };
    let results = rusqlite::Connection::open_in_memory().unwrap();
    for name in asked {
        let table = answer(dashboard, dashboard.query(name).unwrap(), values, base);
        let names: Vec<String> = table.columns.iter().map(|it| it.name.clone()).collect();
        results.execute_batch(&format!("create table {name} ({})", names.join(", "))).unwrap();
        for row in &table.rows {
            let marks = vec!["?"; row.len()].join(", ");
            let cell = |it: &Cell| match it {
                Cell::Integer(it) => rusqlite::types::Value::Integer(*it),
                Cell::Real(it) => rusqlite::types::Value::Real(*it),
                Cell::Null => rusqlite::types::Value::Null,
                it => rusqlite::types::Value::Text(csv::plain(it)),
            };
            let cells: Vec<_> = row.iter().map(cell).collect();
            let insert = format!("insert into {name} values ({marks})");
            results.execute(&insert, rusqlite::params_from_iter(cells)).unwrap();
        }
    }
    ask(&results, &bound.text, &bound.values)
}

/// A dashboard run over the shop at noon of 14 November 2026.
pub(crate) fn run(text: &str, given: &[(&str, &str)]) -> Run {
    let (dashboard, troubles) = read(text);
    assert_eq!(troubles, []);
    let dashboard = dashboard.unwrap();
    let zone = jiff::tz::TimeZone::get(dashboard.zone.as_deref().unwrap_or("UTC")).unwrap();
    let now = "2026-11-14T11:00:00Z".parse().unwrap();
    let given: Vec<(String, String)> =
        given.iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect();
    let values = Values::resolve(&dashboard.params, &given, now, &zone).unwrap();
    let base = shop();
    let mut tables: HashMap<String, Table> = HashMap::new();
    let behind: Vec<String> = dashboard.panels().filter_map(|it| it.rows.clone()).collect();
    for query in dashboard.queries().filter(|it| !behind.contains(&it.name)) {
        tables.insert(query.name.clone(), answer(&dashboard, query, &values, &base));
    }
    let mut panels = Vec::new();
    for (part, panel) in dashboard.parts.iter().enumerate() {
        let Part::Panel(panel) = panel else { continue };
        let query = dashboard.query(&panel.query).unwrap();
        let other = panel.compare.and_then(|it| values.before(it));
        let before = other.as_ref().map(|it| answer(&dashboard, query, it, &base));
        let around = Around {
            now,
            zone: &zone,
            period: values.period(),
            before: other.as_ref().and_then(|it| it.period()),
            marks: &[],
        };
        let table = tables[&panel.query].clone();
        let shown = shape(panel, Data { table: &table, before: before.as_ref() }, around);
        let evidence = Evidence {
            query: query.name.clone(),
            text: query.body.clone(),
            values: values
                .bind(query, &[])
                .values
                .iter()
                .map(|it| (it.0.clone(), csv::plain(&it.1)))
                .collect(),
            connection: "shop".to_owned(),
            engine: "SQLite".to_owned(),
            milliseconds: 12.0,
            rows: table.rows.len() as u64,
            cached: false,
        };
        let result = shown.map(|shown| Answer { shown, table, before }).map_err(|it| it.join("; "));
        panels.push(PanelRun { part, result, evidence: Some(evidence) });
    }
    let of = |name: &str| tables.get(name).ok_or_else(|| "not run".to_owned());
    let asserts = dashboard.asserts().map(|it| judge(it, &of)).collect();
    Run { values, panels, asserts, dashboard }
}

/// Compares with what is kept; a stale file is written anew, and the test fails.
fn kept(name: &str, text: &str) -> Option<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/dashboards");
    let file = folder.join(name);
    if std::fs::read_to_string(&file).is_ok_and(|it| it == text) {
        return None;
    }
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(&file, text).unwrap();
    Some(name.to_owned())
}

#[test]
fn the_shop_in_every_form_is_as_it_was() {
    let run = run(SHOP, &[]);
    let terminal = text::Terminal { width: 80, colour: false };
    let files = csv::csv(&run);
    let stale = [
        kept("shop.txt", &text::text(&run, terminal)),
        kept("shop.html", &html::html(&run)),
        kept("shop.svg", &svg(&sheet::sheet(&run, 1200.0), Theme::Light)),
        kept(
            "shop.json",
            &format!("{}\n", serde_json::to_string_pretty(&json::json(&run)).unwrap()),
        ),
        kept("shop-days.csv", &files.iter().find(|it| it.0 == "days").unwrap().1),
    ];
    let stale: Vec<String> = stale.into_iter().flatten().collect();
    if let Ok(folder) = std::env::var("BACKSTORY_GALLERY") {
        let sheet = sheet::sheet(&run, 1200.0);
        for theme in [Theme::Light, Theme::Dark] {
            let file = format!("{folder}/sheet-{theme:?}.png").to_lowercase();
            std::fs::write(file, crate::charts::png::png(&sheet, theme, 1.5, &[])).unwrap();
        }
    }
    assert_eq!(
        stale, [""; 0],
        "stale and written anew: look at the difference and run the test again"
    );
}

#[test]
fn lines_of_the_terminal_keep_within_it() {
    let run = run(SHOP, &[]);
    for width in [24, 40, 80, 200] {
        let text = text::text(&run, text::Terminal { width, colour: false });
        for line in text.lines() {
            // Code and addresses are not broken.
            let wide = unicode_width::UnicodeWidthStr::width(line);
            assert!(wide <= width || !line.contains(' '), "{width}: {line}");
        }
        assert!(!text.contains('\u{1b}'));
    }
    let coloured = text::text(&run, text::Terminal { width: 80, colour: true });
    assert!(coloured.contains("\u{1b}[1mShop\u{1b}[0m"));
}

#[test]
fn parameters_change_what_is_asked_and_are_printed() {
    let all = run(SHOP, &[]);
    let some = run(SHOP, &[("period", "30d"), ("country", "FR"), ("country", "IT")]);
    let orders = |run: &Run| match &run.panels[0].result.as_ref().unwrap().shown.body {
        crate::dashboard::shape::Body::Number(it) => it.value.unwrap(),
        other => panic!("{other:?}"),
    };
    assert!(orders(&some) < orders(&all) / 3.0 && orders(&some) > 0.0);
    assert!(html::html(&some).contains("<dt>Country</dt><dd>FR, IT</dd>"));
    let changes = changes::changes(&all, &some);
    assert!(changes.iter().all(|it| it.changes.is_ok()));
    let text = changes::text(&changes);
    assert!(text.starts_with("Orders\n  orders: "), "{text}");
    assert!(changes::text(&changes::changes(&all, &all)).contains("as before"));
}

#[test]
fn text_of_a_dashboard_and_of_its_rows_never_becomes_markup() {
    let evil = "</title><script>alert(1)</script><img src=x onerror=y> \"' & ]]>";
    let text = format!(
        "+++\ntitle = {0}\nabout = {0}\n[params.p]\nkind = \"text\"\nlabel = {0}\ndefault = {0}\n+++\n\n{1} **{1}** [{1}](javascript:alert(1))\n\n\
         ```sql q on=shop\nselect '{2}' as \"{3}\", 1 as n\n```\n\n```toml panel\nbar = \"q\"\ntitle = {0}\nrule = {0}\n```\n\n```toml panel\ntable = \"q\"\n```\n\n\
         ```assert\nq.n > 1 -- {1}\n```\n",
        serde_json::to_string(evil).unwrap(),
        evil,
        evil.replace('\'', "''"),
        evil.replace('"', "\"\""),
    );
    let run = run(&text, &[]);
    let sheet = sheet::sheet(&run, 1200.0);
    for text in [html::html(&run), svg(&sheet, Theme::Dark)] {
        assert!(
            !text.contains("<script") && !text.contains("<img") && !text.contains("\"javascript:"),
            "{text}"
        );
        assert!(!text.contains("onerror=y>"));
    }
    let html = html::html(&run);
    assert!(
        html.contains("default-src 'none'")
            && !html.contains("http://") | html.contains("www.w3.org")
    );
    assert_eq!(run.failed().len(), 1);
}

#[test]
fn the_example_of_every_kind_shows_something_in_each() {
    let run = run(include_str!("../../../../docs/dashboards/kinds.md"), &[]);
    for it in &run.panels {
        let name = run.panel(it.part).unwrap().name();
        let answer = it.result.as_ref().unwrap_or_else(|why| panic!("{name}: {why}"));
        let empty = matches!(answer.shown.body, crate::dashboard::shape::Body::Empty(_));
        assert!(!empty && !answer.table.rows.is_empty(), "{name}");
    }
    if let Ok(folder) = std::env::var("BACKSTORY_GALLERY") {
        let sheet = sheet::sheet(&run, 1200.0);
        let file = crate::charts::png::png(&sheet, Theme::Dark, 1.5, &[]);
        std::fs::write(format!("{folder}/kinds.png"), file).unwrap();
    }
}

#[test]
fn only_what_a_panel_shows_is_told_to_have_moved() {
    let text = |n: i32| {
        format!(
            "+++\ntitle = \"t\"\n+++\n```sql q on=shop\nselect {n} as shown, {n} * 2 as other, 'a' as who\n```\n\
             ```toml panel\nnumber = \"q\"\ny = \"shown\"\n```\n```toml panel\ntable = \"q\"\ny = [\"other\"]\n```\n\
             ```toml panel\nbar = \"q\"\nx = \"who\"\ny = \"shown\"\n```\n"
        )
    };
    let (was, is) = (run(&text(1), &[]), run(&text(2), &[]));
    let changes = changes::changes(&was, &is);
    let moved = changes.iter().map(|it| {
        let moved = &it.changes.as_ref().unwrap().moved;
        moved.iter().map(|it| (it.key.len(), it.column.as_str())).collect::<Vec<_>>()
    });
    let moved: Vec<_> = moved.collect();
    assert_eq!(moved, [vec![(0, "shown")], vec![(1, "other")], vec![(1, "shown")]]);
}

#[test]
fn parameters_that_ask_for_nothing_are_not_printed() {
    let text = "+++\ntitle = \"t\"\n[params.country]\nkind = \"text\"\nmany = true\n[params.bots]\nkind = \"bool\"\ndefault = false\n+++\n\
                ```sql q on=shop\nselect 1 as n\n```\n```toml panel\nnumber = \"q\"\n```\n";
    let plain = run(text, &[]);
    let terminal = text::Terminal { width: 80, colour: false };
    let printed = text::text(&plain, terminal);
    assert!(printed.contains("As of 14 Nov 2026, 11:00 UTC · Bots: no\n"), "{printed}");
    assert!(!html::html(&plain).contains("Country"));
    let asked = text::text(&run(text, &[("country", "FR")]), terminal);
    assert!(asked.contains(" · Country: FR · Bots: no\n"), "{asked}");
}
