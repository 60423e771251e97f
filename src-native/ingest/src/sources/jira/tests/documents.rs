//! Documents of the Atlassian Document Format as text.

use super::{issue, with};

fn shown(content: &str) -> String {
    let document = format!("{{\"type\":\"doc\",\"version\":1,\"content\":[{content}]}}");
    issue(&with(&format!("\"description\":{document}"))).body
}

fn words(text: &str) -> String {
    format!("{{\"type\":\"text\",\"text\":\"{text}\"}}")
}

fn holding(kind: &str, content: &str) -> String {
    format!("{{\"type\":\"{kind}\",\"content\":[{content}]}}")
}

fn paragraph(text: &str) -> String {
    holding("paragraph", &words(text))
}

#[test]
fn blocks_stand_apart_and_breaks_end_lines() {
    let title = "{\"type\":\"heading\",\"attrs\":{\"level\":2},\"content\":[{\"type\":\"text\",\"text\":\"Title\"}]}";
    let broken =
        holding("paragraph", &format!("{},{{\"type\":\"hardBreak\"}},{}", words("a"), words("b")));
    let rule = "{\"type\":\"rule\"}";
    let empty = "{\"type\":\"paragraph\"}";
    let text = shown(&format!("{title},{broken},{empty},{rule},{}", paragraph("c")));
    assert_eq!(text, "Title\n\na\nb\n\n---\n\nc");
}

#[test]
fn lists_have_markers_and_are_set_in() {
    let inner = holding("bulletList", &holding("listItem", &paragraph("inner")));
    let items = format!(
        "{},{}",
        holding("listItem", &format!("{},{inner}", paragraph("one"))),
        holding("listItem", &format!("{},{}", paragraph("two"), paragraph("more")))
    );
    assert_eq!(shown(&holding("bulletList", &items)), "- one\n  - inner\n- two\n  more");
    let ordered = format!(
        "{{\"type\":\"orderedList\",\"attrs\":{{\"order\":9}},\"content\":[{},{}]}}",
        holding("listItem", &paragraph("nine")),
        holding("listItem", &format!("{},{}", paragraph("ten"), paragraph("more")))
    );
    assert_eq!(shown(&ordered), "9. nine\n10. ten\n    more");
}

#[test]
fn tasks_show_whether_they_are_done() {
    let task = |state: &str, text: &str| {
        format!(
            "{{\"type\":\"taskItem\",\"attrs\":{{\"localId\":\"1\",\"state\":\"{state}\"}},\"content\":[{}]}}",
            words(text)
        )
    };
    let inner = holding("taskList", &task("DONE", "inner"));
    let text = shown(&holding("taskList", &format!("{},{inner}", task("TODO", "outer"))));
    assert_eq!(text, "[ ] outer\n  [x] inner");
    let decision = holding("decisionList", &holding("decisionItem", &words("we do")));
    assert_eq!(shown(&decision), "- we do");
}

#[test]
fn tables_are_rows_and_their_cells_one_line() {
    let row = |kind: &str, cells: [&str; 2]| {
        holding("tableRow", &cells.map(|it| holding(kind, it)).join(","))
    };
    let two = format!("{},{}", paragraph("c"), paragraph("d"));
    let table = holding(
        "table",
        &format!(
            "{},{}",
            row("tableHeader", [&paragraph("A"), &paragraph("B")]),
            row("tableCell", [&two, ""])
        ),
    );
    assert_eq!(shown(&table), "A | B\nc d | ");
}

#[test]
fn quotes_panels_code_expands_and_columns_keep_their_text() {
    let quote = holding("blockquote", &format!("{},{}", paragraph("a"), paragraph("b")));
    assert_eq!(shown(&quote), "> a\n> b");
    let panel = format!(
        "{{\"type\":\"panel\",\"attrs\":{{\"panelType\":\"info\"}},\"content\":[{}]}}",
        paragraph("note")
    );
    assert_eq!(shown(&panel), "note");
    let code = "{\"type\":\"codeBlock\",\"attrs\":{\"language\":\"go\"},\"content\":[{\"type\":\"text\",\"text\":\"if x {\\n\\ty()\\n}\"}]}";
    assert_eq!(shown(code), "if x {\n\ty()\n}");
    let expand = format!(
        "{{\"type\":\"expand\",\"attrs\":{{\"title\":\"More\"}},\"content\":[{}]}}",
        paragraph("within")
    );
    assert_eq!(shown(&expand), "More\nwithin");
    let columns = holding(
        "layoutSection",
        &format!(
            "{},{}",
            holding("layoutColumn", &paragraph("left")),
            holding("layoutColumn", &paragraph("right"))
        ),
    );
    assert_eq!(shown(&columns), "left\n\nright");
}

#[test]
fn links_and_cards_keep_their_addresses() {
    let link = |text: &str| {
        format!(
            "{{\"type\":\"text\",\"text\":\"{text}\",\"marks\":[{{\"type\":\"strong\"}},{{\"type\":\"link\",\"attrs\":{{\"href\":\"https://a.example/1\"}}}}]}}"
        )
    };
    assert_eq!(shown(&holding("paragraph", &link("here"))), "here (https://a.example/1)");
    assert_eq!(shown(&holding("paragraph", &link("https://a.example/1"))), "https://a.example/1");
    for kind in ["inlineCard", "blockCard", "embedCard"] {
        let card = format!("{{\"type\":\"{kind}\",\"attrs\":{{\"url\":\"https://a.example/2\"}}}}");
        assert_eq!(shown(&card), "https://a.example/2");
        let card = format!(
            "{{\"type\":\"{kind}\",\"attrs\":{{\"data\":{{\"url\":\"https://a.example/3\"}}}}}}"
        );
        assert_eq!(shown(&card), "https://a.example/3");
    }
}

#[test]
fn small_things_in_a_line_are_shown_as_people_see_them() {
    for (node, text) in [
        ("{\"type\":\"mention\",\"attrs\":{\"id\":\"5f\",\"text\":\"@Ann\"}}", "@Ann"),
        ("{\"type\":\"mention\",\"attrs\":{\"id\":\"5f\",\"text\":\"Ann\"}}", "@Ann"),
        ("{\"type\":\"mention\",\"attrs\":{\"id\":\"5f\"}}", "@5f"),
        ("{\"type\":\"emoji\",\"attrs\":{\"shortName\":\":smile:\",\"text\":\"😄\"}}", "😄"),
        ("{\"type\":\"emoji\",\"attrs\":{\"shortName\":\":smile:\"}}", ":smile:"),
        ("{\"type\":\"date\",\"attrs\":{\"timestamp\":\"1709287200000\"}}", "2024-03-01"),
        ("{\"type\":\"date\",\"attrs\":{\"timestamp\":1709287200000}}", "2024-03-01"),
        ("{\"type\":\"status\",\"attrs\":{\"text\":\"DOING\",\"color\":\"blue\"}}", "DOING"),
        ("{\"type\":\"placeholder\",\"attrs\":{\"text\":\"type here\"}}", ""),
        (
            "{\"type\":\"inlineExtension\",\"attrs\":{\"text\":\"macro\",\"extensionKey\":\"k\"}}",
            "macro",
        ),
        ("{\"type\":\"mediaInline\",\"attrs\":{\"id\":\"1\",\"alt\":\"log.txt\"}}", "log.txt"),
    ] {
        let text = format!("a {text} b");
        let content = format!("{},{node},{}", words("a "), words(" b"));
        assert_eq!(shown(&holding("paragraph", &content)), text, "{node}");
    }
    let media = "{\"type\":\"mediaSingle\",\"content\":[{\"type\":\"media\",\"attrs\":{\"type\":\"external\",\"url\":\"https://a.example/x.png\"}},{\"type\":\"caption\",\"content\":[{\"type\":\"text\",\"text\":\"the hall\"}]}]}";
    assert_eq!(shown(media), "https://a.example/x.png\nthe hall");
}

#[test]
fn nodes_nobody_knows_give_their_text() {
    let unknown = holding("bodiedExtension", &holding("newBlock", &paragraph("kept")));
    assert_eq!(shown(&unknown), "kept");
    assert_eq!(shown("{\"type\":\"newInline\",\"text\":\"kept\"}"), "kept");
    assert_eq!(
        shown("{\"type\":\"extension\",\"attrs\":{\"text\":\"shown instead\"}}"),
        "shown instead"
    );
    assert_eq!(shown("12,null,\"x\",[],{\"type\":5,\"content\":{}}"), "5".replace('5', ""));
}

#[test]
fn a_document_nested_without_end_still_gives_its_text() {
    for depth in [30, 62, 200, 20_000] {
        let mut json = paragraph("deep \\\"down\\\"");
        for _ in 0..depth {
            json = holding("blockquote", &json);
        }
        let text = shown(&format!("{},{json}", paragraph("top")));
        assert!(text.starts_with("top\n"), "{depth}");
        assert!(text.ends_with("deep \"down\""), "{depth}: {text}");
    }
}

#[test]
fn comments_and_custom_fields_may_be_documents_too() {
    let document =
        format!("{{\"type\":\"doc\",\"version\":1,\"content\":[{}]}}", paragraph("said"));
    let facts = issue(&with(&format!(
        "\"comment\":{{\"comments\":[{{\"id\":\"1\",\"body\":{document}}}]}},\"customfield_5\":{document},\"environment\":{document}"
    )));
    assert_eq!(facts.comments[0].body, "said");
    let pair = |name: &str| (name.to_owned(), "said".to_owned());
    assert_eq!(facts.fields, [pair("customfield_5"), pair("environment")]);
}
