//! Replies that read better in an order of their own.

use super::cells::{self, cell, figure, text};
use super::page::Page;
use super::{section, table, weeks};
use serde_json::Value;

/// The page of a method that has one of its own.
pub(super) fn of(method: &str) -> Option<fn(&mut Page, &Value)> {
    Some(match method {
        "memory.overview" => overview,
        "memory.experts" => experts,
        "memory.risk" => risk,
        "memory.why" => why,
        "memory.commit" => commit,
        _ => return None,
    })
}

/// At most so many rows of what fills a screen by itself.
const ROWS_MAX: usize = 10;

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn first(value: &Value) -> &[Value] {
    let items = items(value);
    &items[..items.len().min(ROWS_MAX)]
}

fn overview(page: &mut Page, reply: &Value) {
    let totals = &reply["totals"];
    let of = |name: &str| cell(name, &totals[name]).text;
    page.title(&text(&reply["basis"]["repository"]));
    page.line(&format!(
        "{} commits ({} merges) by {} people and {} bots, {} files, {} releases",
        of("commits"),
        of("merges"),
        of("people"),
        of("bots"),
        of("files"),
        of("releases"),
    ));
    page.line(&format!(
        "+{} −{} lines, {} to {}",
        of("added"),
        of("deleted"),
        of("firstAt"),
        of("lastAt")
    ));
    if !items(&reply["weeks"]).is_empty() {
        page.gap();
        page.title("activity");
        weeks(page, items(&reply["weeks"]));
    }
    let window = format!("the last {} days", reply["windowDays"]);
    let mut part = |title: &str, rows: &[Value], hidden: &[&str]| {
        if !rows.is_empty() {
            page.gap();
            page.title(title);
            table(page, rows, hidden);
        }
    };
    part("people", first(&reply["people"]), &[]);
    part(&format!("most changed in {window}"), first(&reply["hotspots"]), &["sizeBytes"]);
    part(&format!("components in {window}"), first(&reply["components"]), &["rule"]);
    if !items(&reply["risks"]).is_empty() {
        page.gap();
        page.title(&format!("most at risk in {window}"));
        first(&reply["risks"]).iter().take(5).for_each(|it| risk_row(page, it, false));
    }
}

fn experts(page: &mut Page, reply: &Value) {
    let experts = items(&reply["experts"]);
    let subject = &reply["subject"];
    let (kind, id) = (text(&subject["kind"]), text(&subject["id"]));
    let what =
        if id.is_empty() { "the whole repository".to_owned() } else { format!("the {kind} {id}") };
    page.title(&format!("who knows {what}"));
    if experts.is_empty() {
        page.line("nobody whom memory knows");
        return;
    }
    table(page, experts, &["churn"]);
    let total = reply["total"].as_u64().unwrap_or(0);
    if total > experts.len() as u64 {
        page.note(&format!("the first {} of {total}", experts.len()));
    }
}

fn risk(page: &mut Page, reply: &Value) {
    let files = items(&reply["files"]);
    page.title(&format!("risk in the last {} days", reply["windowDays"]));
    if files.is_empty() {
        page.line("nothing changed within the window");
    }
    files.iter().for_each(|it| risk_row(page, it, true));
    let total = reply["total"].as_u64().unwrap_or(0);
    if total > files.len() as u64 {
        page.note(&format!("the first {} of {total} files that changed", files.len()));
    }
}

/// A file with its score, the sentences and, where asked for, the sum behind it.
fn risk_row(page: &mut Page, row: &Value, sum: bool) {
    let score = figure(row["score"].as_f64().unwrap_or(0.0).round());
    page.line(&format!("{score:>7}  {}", text(&row["path"])));
    for sentence in items(&row["sentences"]) {
        page.line(&format!("         {}", text(&sentence["text"])));
    }
    if sum {
        page.note(&format!("         = {}", cell("terms", &row["terms"]).text));
    }
}

fn why(page: &mut Page, reply: &Value) {
    page.title(&format!("{}:{}", text(&reply["path"]), reply["line"]));
    page.line(&format!("  {}", text(&reply["text"]).trim()));
    for step in items(&reply["steps"]) {
        let commit = &step["commit"];
        page.gap();
        page.title(&text(&step["sentence"]));
        page.line(&format!(
            "{}  {}  {}",
            cells::short_id(&text(&commit["id"])),
            cells::time(&text(&commit["at"])),
            cell("", &commit["author"]).text
        ));
        page.line(&text(&commit["subject"]));
        for (title, name) in
            [("issues", "issues"), ("pull requests", "pullRequests"), ("reviewed by", "reviewers")]
        {
            if !items(&step[name]).is_empty() {
                page.line(&format!("{title}: {}", cell(name, &step[name]).text));
            }
        }
        items(&step["before"]).iter().for_each(|it| page.line(&format!("  − {}", text(it))));
        page.line(&format!("  + {}", text(&step["after"])));
    }
    if reply["complete"] == false {
        page.gap();
        page.note("the story goes back further: ask for more steps with --limit");
    }
}

fn commit(page: &mut Page, reply: &Value) {
    let commit = &reply["commit"];
    page.title(&format!("commit {}", text(&commit["id"])));
    let written = text(&commit["at"]);
    let mut pairs: Vec<(String, String)> = items(&reply["people"])
        .iter()
        .map(|it| (cells::words(&text(&it["role"])), credit(it)))
        .collect();
    pairs.push(("written".into(), cells::time(&written)));
    let committed = text(&reply["committedAt"]);
    if committed != written && !committed.is_empty() {
        pairs.push(("committed".into(), cells::time(&committed)));
    }
    let rest =
        ["parents", "children", "issues", "pullRequests", "reverts", "revertedBy", "release"];
    for name in rest {
        pairs.push((cells::words(name), cell(name, &reply[name]).text));
    }
    pairs.retain(|it| !it.1.is_empty());
    page.pairs(&pairs);
    page.gap();
    text(&reply["message"]).trim_end().lines().for_each(|it| page.line(&format!("    {it}")));
    if !items(&reply["files"]).is_empty() {
        let title = format!(
            "{} files, +{} −{} lines",
            reply["filesTotal"], reply["added"], reply["deleted"]
        );
        page.gap();
        page.title(&title);
        // Each row tells of this very commit.
        let hidden = ["commit", "at", "author", "marks", "subject", "issues", "pullRequests"];
        table(page, items(&reply["files"]), &hidden);
    } else if let Some(files) = reply.get("files").filter(|it| !it.is_array()) {
        section(page, "files", "files", files);
    }
}

/// A person as credited, and who that is where the two differ.
fn credit(value: &Value) -> String {
    let (name, written) = (cell("", &value["person"]).text, text(&value["written"]));
    if written.starts_with(&name) || written.is_empty() {
        return if written.is_empty() { name } else { written };
    }
    format!("{written}, who is {name}")
}
