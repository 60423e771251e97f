//! Reading: what is found, what is said of what is wrong, and that no text whatever makes it fail.

mod edits;
mod periods;

use super::*;

/// Dashboards that are shown in the documentation.
pub(crate) const SHOP: &str = include_str!("../../../../docs/dashboards/shop.md");
const RISK: &str = include_str!("../../../../docs/dashboards/risk.md");
const KINDS: &str = include_str!("../../../../docs/dashboards/kinds.md");

#[test]
fn the_examples_of_the_documentation_have_no_troubles() {
    for text in [SHOP, RISK, KINDS] {
        let (dashboard, troubles) = read(text);
        assert_eq!(troubles, []);
        let dashboard = dashboard.unwrap();
        assert!(!dashboard.title.is_empty() && dashboard.panels().count() > 0);
    }
    let kinds: Vec<PanelKind> = read(KINDS).0.unwrap().panels().map(|it| it.kind).collect();
    assert!(PanelKind::ALL.iter().all(|it| kinds.contains(it)), "an example misses a kind");
}

#[test]
fn every_block_in_the_grammar_is_a_good_one() {
    let text = include_str!("../../../../docs/dashboards.md");
    let mut blocks = 0;
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("\n````markdown\n") {
        let (block, after) = after.split_once("\n````\n").unwrap();
        let (dashboard, troubles) = read(block);
        assert_eq!(troubles, [], "{block}");
        assert!(dashboard.is_some());
        blocks += 1;
        rest = after;
    }
    assert!(blocks >= 2);
    // Each key is told of.
    let keys = [keys::PANELS, keys::FRONT, keys::PARAM, keys::PANEL].concat();
    for key in keys {
        assert!(
            text.contains(&format!("`{}`", key.name)),
            "docs/dashboards.md says nothing of `{}`",
            key.name
        );
    }
}

/// Troubles as they are told, in order.
fn told(text: &str) -> Vec<String> {
    read(text).1.iter().map(Trouble::to_string).collect()
}

#[test]
fn all_troubles_are_told_at_once_each_at_its_place() {
    let text = "+++\ntitel = \"T\"\nzone = \"Mars/Olympus\"\n[params.country]\nkind = \"choise\"\n+++\n\
                # Ü\n\n```sql one on=shop\nselect :frm, ':x' from t\n```\n\
                ```sql one on=shop\nselect 1\n```\n\
                ```toml panel\nlne = \"one\"\nwidth = 13\n```\n\
                ```toml panel\nbar = \"on\"\ncolour = \"red\"\n```\n\
                ```assert\nöne.x > 1\none.x >\n```\n";
    assert_eq!(
        told(text),
        [
            "2:1: the front matter has no key `titel` (did you mean `title`?)",
            "3:8: `Mars/Olympus` is no time zone (write one such as `Europe/Berlin` or `UTC`)",
            "5:8: `kind` cannot be `choise` (did you mean `choice`?)",
            "10:8: no parameter gives `:frm` (add `[params.frm]` to the front matter)",
            "12:1: the name `one` is already taken on line 9",
            "15:1: the panel does not say what it shows (begin with its kind and a query: `line = \"orders\"`)",
            "16:1: a panel has no key `lne` (did you mean `line`?)",
            "17:9: `width` takes a whole number from 1 to 12",
            "20:7: `on` is no query of this dashboard (did you mean `one`?)",
            "21:1: a panel has no key `colour`",
            "24:1: `öne` is no query of this dashboard (did you mean `one`?)",
            "25:8: the rule ends too early",
        ]
    );
}

#[test]
fn spans_are_exactly_what_is_wrong() {
    let text = "+++\r\ntitle = \"Ü\"\r\n+++\r\n```sql q on=shop\r\nselect 'ß', :where\r\n```\r\n";
    let (_, troubles) = read(text);
    let [trouble] = troubles.as_slice() else { panic!("{troubles:?}") };
    assert_eq!(&text[trouble.span.start..trouble.span.end], ":where");
    assert_eq!((trouble.line, trouble.column), (5, 13));
}

#[test]
fn circles_of_results_are_told() {
    let query =
        |name: &str, of: &str| format!("```sql {name} on=results\nselect * from {of}\n```\n");
    let text = |all: String| format!("+++\ntitle = \"t\"\n+++\n{all}");
    let two = text(query("a", "b") + &query("b", "a join c") + &query("c", "d"));
    assert_eq!(
        told(&two),
        ["4:1: queries ask each other's results in a circle: `a` asks `b` asks `a`"]
    );
    assert_eq!(told(&text(query("a", "a"))), ["4:1: `a` asks its own result"]);
    assert_eq!(told(&text(query("a", "b where a.x") + &query("b", "shop"))), [""; 0]);
    let chain: String =
        (0..3_000).map(|it| query(&format!("q{it}"), &format!("q{}", it + 1))).collect();
    let (_, troubles) = read(&text(chain));
    assert_eq!(troubles.len(), 1, "too many blocks are one trouble");
}

/// Texts like a good one, and not quite: cut short, with bytes changed, doubled and left out.
#[test]
fn no_text_makes_reading_fail() {
    for text in [SHOP, KINDS] {
        for (at, _) in text.char_indices().step_by(7) {
            let _ = read(&text[..at]);
        }
        let mut seed = 7_u64;
        for _ in 0..400 {
            let mut bytes = text.as_bytes().to_vec();
            for _ in 0..4 {
                seed = seed
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                let at = (seed >> 33) as usize % bytes.len();
                match seed >> 60 {
                    0..4 => bytes[at] ^= 1 << (seed >> 20 & 7),
                    4..8 => bytes.insert(at, b"`\"'[]{}=:+\n\\|*_#>~"[(seed >> 24) as usize % 18]),
                    8..12 => drop(bytes.drain(at..(at + 9).min(bytes.len()))),
                    _ => bytes.extend_from_within(at..(at + 40).min(bytes.len())),
                }
            }
            let text = String::from_utf8_lossy(&bytes);
            let (dashboard, troubles) = read(&text);
            for trouble in troubles {
                assert!(
                    text.get(trouble.span.start..trouble.span.end).is_some(),
                    "{trouble} in {text}"
                );
            }
            // What could be read can be looked at.
            for part in dashboard.iter().flat_map(|it| &it.parts) {
                assert!(text.get(part.span().start..part.span().end).is_some());
            }
        }
    }
}

#[test]
fn markdown_is_typed_and_leads_nowhere_else() {
    use markdown::{Inline, Node, nodes};
    let found = nodes(
        "# A *b*\n\nOne `c`\ntwo **d**  \nthree [e](https://e.org) [f](javascript:x)\n\n- g\n- h\n  1. i\n\n> j\n\n| k | l |\n|---|---|\n| m | n |\n\n<b>o</b>",
    );
    let text = |it: &str| Inline::Text(it.to_owned());
    assert_eq!(found[0], Node::Heading(1, vec![text("A "), Inline::Emphasis(vec![text("b")])]));
    let Node::Paragraph(words) = &found[1] else { panic!("{found:?}") };
    assert!(words.contains(&Inline::Link(vec![text("e")], "https://e.org".to_owned())));
    assert!(words.contains(&text(" [f](javascript:x)")), "{words:?}");
    let Node::List(None, items) = &found[2] else { panic!("{found:?}") };
    assert!(matches!(&items[1][1], Node::List(Some(1), _)), "{items:?}");
    assert!(
        matches!(&found[3], Node::Quote(_))
            && matches!(&found[4], Node::Table(_, rows) if rows.len() == 1)
    );
    assert_eq!(found[5], Node::Paragraph(vec![text("<b>o</b>")]));
}

#[test]
fn a_text_of_signs_that_nothing_closes_is_read_in_time_and_room() {
    use markdown::{Node, nodes};
    let began = std::time::Instant::now();
    let ticks: Vec<String> = (1..600).map(|it| "`".repeat(it)).collect();
    for text in ["[", "[a](", "*a ", "**a ", "_a ", "a*", &ticks.join(" ")] {
        let text = text.repeat(100_000 / text.len() + 1);
        assert!(matches!(nodes(&text).as_slice(), [Node::Paragraph(_)]));
    }
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
    let wide = format!("{}\n|-|\n{}", "|".repeat(50_000), "|\n".repeat(50_000));
    let found = nodes(&wide);
    let [Node::Table(head, rows)] = found.as_slice() else { panic!("no table") };
    assert!(head.len() > 49_000 && rows.len() == 50_000);
    assert!(rows.iter().all(|it| it.len() < 3), "rows are as long as they are written");
}

#[test]
fn a_rule_without_end_is_a_trouble_and_so_are_more_troubles_than_anybody_reads() {
    let said = |rule: &str| {
        let text = format!("# A\n\n```assert\n{rule}\n```\n");
        let (_, troubles) = read(&text);
        troubles.first().map(|it| it.message.clone()).unwrap_or_default()
    };
    for rule in ["true and ".repeat(100_000) + "true", "1+".repeat(400_000) + "1 = 1"] {
        assert!(said(&rule).contains("more than 400 words and signs"), "{}", said(&rule));
    }
    assert_eq!(said(&("true and ".repeat(199) + "true")), "");
    let places = ":x,".repeat(100_000);
    let text = format!("# A\n\n```sql q on=memory\nselect {places} 1\n```\n");
    let began = std::time::Instant::now();
    assert_eq!(read(&text).1.len(), 1_000);
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}

#[test]
fn the_schema_for_editors_is_the_table_of_the_reader() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../ipc-schema/dashboard.schema.json");
    let text = schema::text();
    if std::fs::read_to_string(&file).is_ok_and(|it| it == text) {
        return;
    }
    std::fs::write(&file, text).unwrap();
    panic!("ipc-schema/dashboard.schema.json was stale and is written anew: run the test again");
}

#[test]
fn rows_fill_up_to_twelve_columns_and_text_parts_them() {
    let (dashboard, _) = read(KINDS);
    let dashboard = dashboard.unwrap();
    for row in arrange::rows(&dashboard) {
        if let arrange::Row::Panels(panels) = row {
            assert!(panels.iter().map(|it| u32::from(it.1)).sum::<u32>() <= 12);
        }
    }
}

#[test]
fn what_does_not_fit_a_panel_is_said() {
    use crate::charts::tests::{panel, table};
    use crate::table::{Cell, ColumnKind};
    let columns = [("day", ColumnKind::Day), ("amount", ColumnKind::Number)];
    let rows = table(&columns, vec![vec![Cell::Day(1), Cell::Integer(1)]]);
    let said = |keys: &str| shape::check(&panel(keys), &rows);
    assert_eq!(said("line = \"q\"\ny = \"total\""), ["column `total` is not among day, amount"]);
    assert_eq!(said("line = \"q\"\ny = \"day\""), ["column `day` holds days, and no numbers"]);
    assert_eq!(
        said("table = \"q\"\nlink = \"x.md?a={nix}\""),
        ["column `nix` of the link is not among day, amount"]
    );
    assert_eq!(said("line = \"q\""), [""; 0]);
    assert_eq!(shape::link("x.md?d={day}&n={amount}", &rows, 0).unwrap(), "x.md?d=1970-01-02&n=1");
}

#[test]
fn assertions_tell_their_values() {
    use crate::charts::tests::table;
    use crate::table::{Cell, ColumnKind};
    let columns = [("day", ColumnKind::Text), ("amount", ColumnKind::Number)];
    let row = |day: &str, amount: f64| vec![Cell::Text(day.to_owned()), Cell::Real(amount)];
    let sales = table(
        &columns,
        vec![row("2026-01-01", 10.0), row("2026-01-02", 20.5), row("2026-01-03", -1.0)],
    );
    let none = table(&columns, Vec::new());
    let of = |name: &str| match name {
        "sales" => Ok(&sales),
        "none" => Ok(&none),
        _ => Err("the query `late` took too long".to_owned()),
    };
    let said = |rule: &str| {
        let (rule, sentence) = rule.split_once(" -- ").unwrap_or((rule, ""));
        let assert = Assert {
            span: Span::default(),
            line: 1,
            rule: rule.to_owned(),
            sentence: sentence.to_owned(),
        };
        let it = asserts::judge(&assert, &of);
        (it.holds(), it.say())
    };
    assert_eq!(
        said("sales.amount = 10"),
        (true, "sales.amount = 10 (sales.amount is 10)".to_owned())
    );
    assert_eq!(
        said("sum(sales.amount) > 100 -- Too little"),
        (false, "Too little (sum(sales.amount) is 29.5)".to_owned())
    );
    assert_eq!(
        said("every(sales.amount >= 0)").1,
        "`every(sales.amount >= 0)` does not hold (the first row of sales where it fails is 3)"
    );
    assert!(said("any(sales.amount < 0) and rows(sales) = 3 and max(sales.day) >= '2026'").0);
    assert_eq!(
        said("min(sales.day) > '2026-01-02'").1,
        "`min(sales.day) > '2026-01-02'` does not hold (min(sales.day) is '2026-01-01')"
    );
    assert!(said("sum(sales.day) > 1").1.contains("row 1 of `sales`: '2026-01-01' is no number"));
    assert!(said("max(none.day) = null").0);
    let long = |text: &str| vec![Cell::Text(text.to_owned())];
    let decimals =
        table(&columns[1..], vec![long("9.1234567890123456"), long("10.1234567890123456")]);
    let of = |_: &str| Ok(&decimals);
    let rule =
        "every(long.amount > 8) and long.amount < max(long.amount) and max(long.amount) > 10";
    let assert =
        Assert { span: Span::default(), line: 1, rule: rule.into(), sentence: String::new() };
    assert!(asserts::judge(&assert, &of).holds(), "numbers of many digits are numbers");
    assert!(said("rows(none) = 0 or none.amount > 1").0, "what decides alone is not asked further");
    assert_eq!(said("none.amount > 1").1, "`none.amount > 1` cannot be told: `none` has no rows");
    assert_eq!(said("late.x > 1").1, "`late.x > 1` cannot be told: the query `late` took too long");
    assert_eq!(
        said("1 / 0 > 1").1,
        "`1 / 0 > 1` cannot be told: it comes to nothing, for a value is missing"
    );
    assert!(
        said("not (sales.amount != 10) and sales.day = '2026-01-01' and -2 * (1 + 2) = 0 - 6").0
    );
    assert!(!said("((((((((((((((((((((((((((((((((((((((((((((((((1").0);
}

#[test]
fn only_a_choice_of_one_can_be_required_and_a_place_is_filled_by_one_parameter() {
    let front = |params: &str| format!("+++\ntitle = \"t\"\n{params}\n+++\n");
    let choice = "[params.p]\nkind = \"choice\"\noptions = [\"a\", \"b\"]\nrequired = true";
    assert_eq!(told(&front(choice)), [""; 0]);
    assert!(read(&front(choice)).0.unwrap().params[0].required);
    let wrong = "only a choice of one can be required (give it a `default` instead)";
    for more in ["\nmany = true", "\n[params.t]\nkind = \"text\"\nrequired = true"] {
        let told = told(&front(&format!("{choice}{more}")));
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].ends_with(wrong), "{told:?}");
    }
    let twice = "[params.period]\n[params.grain]\nkind = \"text\"";
    let told = told(&front(twice));
    assert_eq!(
        told,
        [
            "4:9: the parameter `grain` gives `:grain`, which another one gives too (give it another name)"
        ]
    );
}

#[test]
fn what_is_nested_in_nothing_is_nothing_and_is_shown_by_the_name_of_what_holds_it() {
    use crate::table::{Cell, Column, ColumnKind, Table};
    let column = |name: &str| Column { name: name.to_owned(), kind: ColumnKind::Text };
    let table = |third: Cell| Table {
        columns: ["found.value", "title.text", "threshold", "notJudged"].map(column).to_vec(),
        rows: vec![vec![Cell::Integer(1), Cell::Text("t".to_owned()), third, Cell::Null]],
        cut: false,
    };
    let nothing = table(Cell::Null);
    assert_eq!(nothing.column("threshold.text"), Some(2));
    assert_eq!(table(Cell::Integer(3)).column("threshold.text"), None);
    assert_eq!(nothing.column("thresholds.text"), None);
    let panel = crate::charts::tests::panel(
        "table = \"q\"\ny = [\"title.text\", \"found.value\", \"threshold.text\", \"notJudged\"]",
    );
    let shape::Body::Rows(rows) = crate::charts::tests::shown(&panel, &nothing, None).body else {
        panic!("a table shows rows");
    };
    let names: Vec<&str> = rows.columns.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["title", "found", "threshold", "not judged"]);
}

#[test]
fn where_nothing_is_known_nothing_is_compared_and_nothing_is_said_of_time() {
    use crate::charts::tests::{panel, shown, table};
    use crate::table::{Cell, ColumnKind};
    let columns = [("day", ColumnKind::Day), ("n", ColumnKind::Number)];
    let of = |n: Cell| table(&columns, vec![vec![Cell::Day(20_771), n]]);
    let number = panel("number = \"q\"\ny = \"n\"\ncompare = \"before\"");
    let against = |n: Cell| match shown(&number, &of(n), Some(&of(Cell::Null))).body {
        shape::Body::Number(it) => it.against,
        other => panic!("{other:?}"),
    };
    assert_eq!(against(Cell::Null), None);
    assert!(against(Cell::Integer(1)).is_some_and(|it| it.ends_with(", so far")));
    let line = shown(&panel("line = \"q\"\ny = \"n\""), &of(Cell::Null), None);
    assert_eq!(line.notes, [""; 0]);
    assert!(matches!(line.body, shape::Body::Empty(_)), "{line:?}");
}
