//! Replies as a workflow of GitHub shows them: annotations on standard output, and a summary in
//! Markdown. What comes from outside is text and nothing else in both.

use crate::render::plain;
use serde_json::Value;
use std::fmt::Write;

/// Annotations of one kind that GitHub shows for a step.
const ANNOTATIONS_MAX: usize = 10;

/// What is printed, and what is added to the summary.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) commands: String,
    pub(crate) markdown: String,
}

/// The reply of `method`.
pub(crate) fn told(method: &str, reply: &Value) -> Told {
    match method {
        "memory.hygiene" => hygiene(reply),
        _ => reviewers(reply),
    }
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> String {
    value.as_str().map(plain).unwrap_or_default()
}

/// A workflow command: what begins a line with `::` is one, so nothing of a message may.
fn command(level: &str, properties: &[(&str, &str)], message: &str) -> String {
    let mut line = format!("::{level}");
    for (place, (name, value)) in properties.iter().enumerate() {
        let mark = if place == 0 { ' ' } else { ',' };
        let _ = write!(line, "{mark}{name}={}", property(value));
    }
    format!("{line}::{}\n", data(message))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Text within Markdown that means nothing but itself: no link, image, mention, table or HTML. What is
/// neither letter nor digit is written as its number.
fn markdown(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in plain(text).chars() {
        match letter {
            ' ' | '.' | ',' | '-' if !safe.is_empty() => safe.push(letter),
            it if it.is_alphanumeric() => safe.push(it),
            it if it.is_ascii() => {
                let _ = write!(safe, "&#{};", u32::from(it));
            }
            it => safe.push(it),
        }
    }
    // `www.` and `name.` before letters become links by themselves.
    safe.replace("www.", "www&#46;").replace("WWW.", "WWW&#46;")
}

fn hygiene(reply: &Value) -> Told {
    let mut told = Told::default();
    if let Some(wrong) = crate::short::wrong_rules(reply) {
        let fields = [("file", "backstory.toml"), ("title", "Hygiene")];
        told.commands += &command("error", &fields, &wrong);
        let _ = writeln!(told.markdown, "**{}**\n", markdown(&wrong));
    }
    let window = format!("{:.10} to {:.10}", text(&reply["since"]), text(&reply["until"]));
    let _ = writeln!(told.markdown, "## Hygiene, {}\n", markdown(&window));
    told.markdown +=
        "| Report | Found | Judged | Share | Allowed |\n| --- | --- | --- | --- | --- |\n";
    for report in items(&reply["reports"]) {
        let title = text(&report["title"]);
        let threshold = &report["threshold"];
        let over = threshold["over"] == true;
        let found = report["found"]["value"].as_f64().unwrap_or(0.0);
        let judged = report["judged"]["value"].as_f64().unwrap_or(0.0);
        let why = text(&report["notJudged"]);
        let row = if report["notJudged"].is_string() {
            format!("| {} | not judged: {} | | | ", markdown(&title), markdown(&why))
        } else {
            let share = report["share"].as_f64().map(|it| format!("{:.1} %", it * 100.0));
            let share = share.unwrap_or_default();
            format!("| {} | {found} | {judged} | {share} | ", markdown(&title))
        };
        let allowed = match (threshold.is_object(), over) {
            (false, _) => String::new(),
            (true, true) => format!("**over**: {}", markdown(&text(&threshold["text"]))),
            (true, false) => markdown(&text(&threshold["text"])),
        };
        let _ = writeln!(told.markdown, "{row}{allowed} |");
        if over {
            let message = format!("{title}: {}", text(&threshold["text"]));
            told.commands += &command("error", &[("title", "Hygiene")], &message);
        } else if report["notJudged"].is_string() && threshold.is_object() {
            told.commands +=
                &command("warning", &[("title", "Hygiene")], &format!("{title}: {why}"));
        }
        let of_files = report["report"] == "filesWithoutComponent";
        for record in items(&report["found"]["records"]).iter().filter(|_| over) {
            let (id, name) = (text(&record["id"]), text(&record["title"]));
            let (id, name) = (id.as_str(), name.as_str());
            told.commands += &match of_files {
                true => command("warning", &[("file", id), ("title", &title)], "has no component"),
                false => {
                    let said = if id == name { id.to_owned() } else { format!("{id:.12} {name}") };
                    command("warning", &[("title", &title)], &said)
                }
            };
        }
    }
    told.commands = most(&told.commands);
    told.markdown.push('\n');
    told
}

/// No more annotations than are shown: errors first.
fn most(commands: &str) -> String {
    let of = |level: &str| -> String {
        let lines = commands.lines().filter(|it| it.starts_with(&format!("::{level}")));
        lines.take(ANNOTATIONS_MAX).map(|it| format!("{it}\n")).collect()
    };
    of("error") + &of("warning") + &of("notice")
}

fn reviewers(reply: &Value) -> Told {
    let mut told = Told::default();
    let what = match reply["pullRequest"]["id"].as_str() {
        Some(number) => format!("#{number}"),
        None => match items(&reply["paths"]) {
            [one] => text(one),
            many => format!("{} files", many.len()),
        },
    };
    let _ = writeln!(told.markdown, "## Who could review {}\n", markdown(&what));
    let suggestions = items(&reply["suggestions"]);
    if suggestions.is_empty() {
        told.markdown += "Nobody whom memory knows.\n\n";
        let message = format!("nobody whom memory knows could review {what}");
        told.commands += &command("notice", &[("title", "Reviewers")], &message);
        return told;
    }
    told.markdown += "| | Who | Score | Why |\n| --- | --- | --- | --- |\n";
    let mut names = Vec::new();
    for (place, it) in suggestions.iter().enumerate() {
        let name = text(&it["person"]["name"]);
        let score = it["score"].as_f64().unwrap_or(0.0);
        let reason = markdown(&text(&it["reason"]));
        let _ = writeln!(
            told.markdown,
            "| {} | {} | {score:.1} | {reason} |",
            place + 1,
            markdown(&name)
        );
        names.push(name);
    }
    told.markdown.push('\n');
    for it in items(&reply["leftOut"]) {
        let (name, why) = (text(&it["person"]["name"]), text(&it["text"]));
        let _ = writeln!(told.markdown, "Not {}: {}.\n", markdown(&name), markdown(&why));
    }
    let message = format!("{what} could be reviewed by {}", names.join(", "));
    told.commands += &command("notice", &[("title", "Reviewers")], &message);
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const HOSTILE: &str = "a\n::set-output name=x::y\r <img src=x onerror=alert(1)> [a](http://e.example) @all | %0A `b`";

    #[test]
    fn nothing_from_outside_is_a_command() {
        let line = command("warning", &[("file", "a,b:c%.rs"), ("title", "x\ny")], HOSTILE);
        assert_eq!(line.lines().count(), 1, "{line}");
        assert!(line.starts_with("::warning file=a%2Cb%3Ac%25.rs,title=x%0Ay::a%0A::set-output"));
        assert!(line.contains("%0D <img") && line.contains("%250A"), "{line}");
    }

    #[test]
    fn nothing_from_outside_is_markup() {
        let safe = markdown(HOSTILE);
        for mark in ['<', '>', '[', ']', '(', '@', '|', '`', '*', '_', '\n', '\r', ':', '/'] {
            assert!(!safe.contains(mark), "{mark:?} in {safe}");
        }
        assert_eq!(markdown("Fix 山田's token - now"), "Fix 山田&#39;s token - now");
        assert_eq!(markdown("# a"), "&#35; a");
        assert_eq!(markdown("- a"), "&#45; a");
        assert_eq!(markdown("www.e.example"), "www&#46;e.example");
    }

    #[test]
    fn hygiene_over_a_threshold_is_an_error_with_the_records_to_mend() {
        let report = |kind: &str, over: Value, records: Value| {
            json!({
                "report": kind, "title": "Commits that name no issue", "notJudged": null,
                "found": { "value": 2.0, "records": records, "all": null },
                "judged": { "value": 4.0, "records": [], "all": null }, "share": 0.5,
                "threshold": { "over": over, "text": "2 of 4 is more than the 10 % allowed" },
            })
        };
        let hostile = json!([{ "kind": "commit", "id": "0123456789abcdef", "title": HOSTILE }]);
        let file = json!([{ "kind": "file", "id": "a,b.rs", "title": "a,b.rs" }]);
        let told = hygiene(&json!({
            "since": "2026-01-01T00:00:00Z", "until": "2026-03-01T00:00:00Z",
            "reports": [
                report("commitsWithoutIssue", json!(true), hostile),
                report("filesWithoutComponent", json!(true), file),
                report("emptyDescriptions", json!(false), json!([])),
            ],
        }));
        let lines: Vec<&str> = told.commands.lines().collect();
        assert_eq!(lines.len(), 4, "{lines:#?}");
        assert!(lines.iter().all(|it| it.starts_with("::error ") || it.starts_with("::warning ")));
        assert!(lines[0].contains("more than the 10 %25 allowed"), "{}", lines[0]);
        assert!(lines[3].starts_with("::warning file=a%2Cb.rs,title="), "{}", lines[3]);
        assert_eq!(told.markdown.matches("**over**").count(), 2);
        assert_eq!(told.markdown.lines().filter(|it| it.starts_with('|')).count(), 5);
    }

    #[test]
    fn suggestions_are_a_notice_and_a_table() {
        let told = reviewers(&json!({
            "pullRequest": { "kind": "pullRequest", "id": "382", "title": HOSTILE },
            "paths": [], "suggestions": [
                { "person": { "name": "Bo | Berg" }, "score": 12.34, "reason": "gave 3 reviews" },
            ],
            "leftOut": [{ "person": { "name": "Ada" }, "text": "made the change" }],
        }));
        assert_eq!(
            told.commands,
            "::notice title=Reviewers::#382 could be reviewed by Bo | Berg\n"
        );
        assert!(told.markdown.contains("| 1 | Bo &#124; Berg | 12.3 | gave 3 reviews |"));
        assert!(told.markdown.contains("Not Ada: made the change."));
        let nobody = reviewers(&json!({ "paths": ["a"], "suggestions": [] }));
        assert!(nobody.commands.starts_with("::notice ") && nobody.markdown.contains("Nobody"));
    }
}
