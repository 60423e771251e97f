//! What a server said, made fit to be shown: one line, short, without markup.

/// One line of at most `max` characters, without control characters.
pub fn line(text: &str, max: usize) -> String {
    let mut out = String::new();
    for (count, word) in text.split(|it: char| it.is_whitespace() || it.is_control()).enumerate() {
        if !word.is_empty() {
            if count > 0 && !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        }
    }
    match out.char_indices().nth(max) {
        Some((end, _)) => format!("{}…", &out[..end]),
        None => out,
    }
}

/// What an error's body says, after a colon; empty where it says nothing for people.
pub(super) fn said(body: &str) -> String {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        message: Option<String>,
        error_messages: Option<Vec<String>>,
    }
    let text = match serde_json::from_str::<Body>(body) {
        Ok(Body { message: Some(message), .. }) => message,
        Ok(Body { error_messages: Some(messages), .. }) => messages.join("; "),
        _ => return String::new(),
    };
    match line(&text, 200) {
        text if text.is_empty() => text,
        text => format!(": {text}"),
    }
}

/// What an answer that is no JSON is instead, and what to do about it.
pub(super) fn instead(text: &str) -> (String, &'static str) {
    let lower = text.to_ascii_lowercase();
    if !lower.trim_start_matches('\u{feff}').trim_start().starts_with('<') {
        let what = if text.trim().is_empty() { "nothing" } else { "text" };
        return (what.to_owned(), "check the address");
    }
    // Lower-casing ASCII moves no byte, so places in one are places in the other.
    let title = lower.find("<title").and_then(|at| {
        let from = at + lower[at..].find('>')? + 1;
        let to = from + lower[from..].find("</title")?;
        Some(line(&text[from..to], 80))
    });
    let hint = "a login page or a proxy stands in between; check the address, the token and the \
                proxy";
    match title.filter(|it| !it.is_empty()) {
        Some(title) => (format!("a web page, “{title}”"), hint),
        None => ("a web page".to_owned(), hint),
    }
}

#[cfg(test)]
mod tests {
    use super::{instead, line, said};

    #[test]
    fn a_page_is_known_by_its_title() {
        let page = "\n<!DOCTYPE html><HTML><head><Title>\n Sign in é</TITLE>";
        assert_eq!(instead(page).0, "a web page, “Sign in é”");
        assert_eq!(instead("<html>").0, "a web page");
        assert_eq!(instead(" \n").0, "nothing");
        assert_eq!(instead("moved").0, "text");
    }

    #[test]
    fn what_is_said_is_one_short_line() {
        assert_eq!(said(r#"{"message":"Bad\n credentials\u001b[31m"}"#), ": Bad credentials [31m");
        assert_eq!(said(r#"{"errorMessages":["a","b"],"errors":{}}"#), ": a; b");
        assert_eq!(said("<html>"), "");
        assert_eq!(line(&"x".repeat(300), 5), "xxxxx…");
    }
}
