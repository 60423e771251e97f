//! What short commands print: plain lines in the order in which somebody reads them.

use super::cells::{cell, figure, text};
use super::page::Page;
use serde_json::Value;

/// The report of a short command.
pub(super) fn of(verb: &str) -> Option<fn(&mut Page, &Value)> {
    Some(match verb {
        "issue-context" => issue_context,
        "file-experts" => file_experts,
        "onboarding" => onboarding,
        "review-suggest" => review_suggest,
        "hygiene" => hygiene,
        _ => return None, // as the method's own page
    })
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// A day of a time.
fn day(value: &Value) -> String {
    text(value).chars().take(10).collect()
}

fn short_id(value: &Value) -> String {
    text(value).chars().take(7).collect()
}

fn name(person: &Value) -> String {
    text(&person["name"])
}

/// A title with its lines, where there are any.
fn part(page: &mut Page, title: &str, lines: Vec<String>) {
    if lines.is_empty() {
        return;
    }
    page.gap();
    page.title(title);
    lines.iter().for_each(|it| page.line(it));
}

fn issue_context(page: &mut Page, reply: &Value) {
    let issue = &reply["issue"];
    let mut say = |label: &str, value: String| {
        if !value.is_empty() {
            page.line(&format!("{label}: {value}"));
        }
    };
    say("Issue", text(&reply["key"]));
    say("Summary", text(&issue["issue"]["title"]));
    say("Status", text(&issue["issue"]["status"]));
    say("Priority", text(&issue["priority"]));
    let components: Vec<String> = items(&issue["components"]).iter().map(text).collect();
    say("Component", components.join(", "));
    if issue.is_null() {
        page.note("no tracker tells of it: it is known by the commits that name it");
    }
    let pull = |it: &Value| {
        let pull = if it["pullRequest"].is_object() { &it["pullRequest"] } else { it };
        let state = text(&pull["state"]);
        let state = if state.is_empty() { state } else { format!(" [{state}]") };
        format!("- #{} {}{state}", pull["number"], text(&pull["title"]))
    };
    part(page, "Related PRs:", items(&reply["pullRequests"]).iter().map(pull).collect());
    let commit = |it: &Value| {
        let commit = if it["commit"].is_object() { &it["commit"] } else { it };
        let (id, who) = (short_id(&commit["id"]), name(&commit["author"]));
        format!("- {id} {who} — {}", text(&commit["subject"]))
    };
    part(page, "Commits:", items(&reply["changes"]).iter().map(commit).collect());
    let file = |it: &Value| format!("- {}", text(&it["path"]));
    part(page, "Changed files:", items(&reply["files"]).iter().map(file).collect());
    let person = |it: &Value| format!("- {}", name(&it["person"]));
    part(page, "People in context:", items(&reply["people"]).iter().map(person).collect());
}

fn file_experts(page: &mut Page, reply: &Value) {
    let subject = text(&reply["subject"]["id"]);
    let what = if subject.is_empty() { "the whole repository".to_owned() } else { subject };
    page.title(&format!("Experts for {what}"));
    page.gap();
    let experts = items(&reply["experts"]);
    if experts.is_empty() {
        page.line("nobody whom memory knows");
    }
    for (place, it) in experts.iter().enumerate() {
        let score = it["score"].as_f64().unwrap_or(0.0);
        page.line(&format!("{}. {} — score {score:.1}", place + 1, name(&it["person"])));
        let count = |name: &str| cell(name, &it[name]).text;
        let comments = items(&it["terms"]).iter().find(|it| it["name"] == "comments");
        let comments = comments.map_or(0.0, |it| it["count"].as_f64().unwrap_or(0.0));
        // Only commits and reviews have a time here: who has neither was active in words alone.
        let last = match day(&it["lastAt"]) {
            day if day.is_empty() => "comments only".to_owned(),
            day => format!("last activity: {day}"),
        };
        page.line(&format!(
            "   commits: {}, reviews: {}, comments: {comments}, churn: {}, {last}",
            count("commits"),
            count("reviews"),
            count("churn"),
        ));
        page.gap();
    }
}

fn record(record: &Value) -> String {
    let (id, title) = (text(&record["id"]), text(&record["title"]));
    let id = match record["kind"].as_str() {
        Some("pullRequest") => format!("#{id}"),
        Some("commit") => short_id(&record["id"]),
        _ => id,
    };
    if title == id || title.is_empty() { id } else { format!("{id} {title}") }
}

fn onboarding(page: &mut Page, reply: &Value) {
    let subject = text(&reply["subject"]["id"]);
    let what = if subject.is_empty() { "the whole repository".to_owned() } else { subject };
    page.title(&format!("To learn {what}"));
    let mut lines = Vec::new();
    for (place, it) in items(&reply["read"]).iter().enumerate() {
        lines.push(format!("{}. {}", place + 1, record(&it["record"])));
        let beside: Vec<String> = items(&it["beside"]).iter().map(record).collect();
        lines.push(format!("   {}", text(&it["reason"])));
        lines.extend(beside.iter().map(|it| format!("   with {it}")));
    }
    part(page, "Read, in this order:", lines);
    let file = |it: &Value| format!("- {} — {}", text(&it["path"]), text(&it["reason"]));
    part(page, "Begin with these files:", items(&reply["files"]).iter().map(file).collect());
    let person = |it: &Value| format!("- {} — {}", name(&it["person"]), text(&it["reason"]));
    part(page, "Ask:", items(&reply["people"]).iter().map(person).collect());
}

fn review_suggest(page: &mut Page, reply: &Value) {
    let paths = items(&reply["paths"]);
    let what = match (&reply["pullRequest"], paths) {
        (Value::Object(_), _) => record(&reply["pullRequest"]),
        (_, [one]) => text(one),
        (_, many) => format!("{} files", many.len()),
    };
    page.title(&format!("Reviewers for {what}"));
    page.gap();
    let suggestions = items(&reply["suggestions"]);
    if suggestions.is_empty() {
        page.line("nobody whom memory knows");
    }
    for (place, it) in suggestions.iter().enumerate() {
        let score = it["score"].as_f64().unwrap_or(0.0);
        page.line(&format!("{}. {} — score {score:.1}", place + 1, name(&it["person"])));
        page.line(&format!("   {}", text(&it["reason"])));
        for past in items(&it["past"]["records"]).iter().take(3) {
            page.line(&format!("   reviewed {}", record(past)));
        }
        page.gap();
    }
    let why = |it: &Value| format!("- {}: {}", name(&it["person"]), text(&it["text"]));
    part(page, "Not suggested:", items(&reply["leftOut"]).iter().map(why).collect());
}

fn hygiene(page: &mut Page, reply: &Value) {
    page.title(&format!("Hygiene, {} to {}", day(&reply["since"]), day(&reply["until"])));
    for it in items(&reply["reports"]) {
        page.gap();
        page.title(&text(&it["title"]));
        if it["notJudged"].is_string() {
            page.line(&format!("not judged: {}", text(&it["notJudged"])));
            continue;
        }
        let number = |name: &str| figure(it[name]["value"].as_f64().unwrap_or(0.0));
        let share = it["share"].as_f64().map(|it| format!(", {:.1} %", it * 100.0));
        let (found, judged) = (number("found"), number("judged"));
        page.line(&format!("{found} of {judged}{}", share.unwrap_or_default()));
        let left: Vec<String> = items(&it["leftOut"])
            .iter()
            .map(|it| format!("{} {}", it["count"], text(&it["what"])))
            .collect();
        if !left.is_empty() {
            page.note(&format!("left out: {}", left.join(", ")));
        }
        if it["threshold"].is_object() {
            let over = if it["threshold"]["over"] == true { "OVER: " } else { "" };
            page.line(&format!("{over}{}", text(&it["threshold"]["text"])));
        }
        let records = items(&it["found"]["records"]);
        records.iter().for_each(|it| page.line(&format!("- {}", record(it))));
        if it["found"]["all"].is_object() {
            let report = text(&it["report"]);
            page.note(&format!("all of them: backstory memory hygiene-records {report}"));
        }
        if page.verbose() {
            page.note(&text(&it["rule"]));
        }
    }
}
