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
pub(super) fn said(body: &[u8]) -> String {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        message: Option<String>,
        error_messages: Option<Vec<String>>,
    }
    let text = match serde_json::from_slice::<Body>(body) {
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
pub(super) fn instead(body: &[u8]) -> (String, &'static str) {
    let start = &body[..body.len().min(64 * 1024)];
    let text = String::from_utf8_lossy(start);
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
        let page = b"\n<!DOCTYPE html><HTML><head><Title>\n Sign in \xc3\xa9</TITLE>";
        assert_eq!(instead(page).0, "a web page, “Sign in é”");
        assert_eq!(instead(b"<html>").0, "a web page");
        assert_eq!(instead(b" \n").0, "nothing");
        assert_eq!(instead(b"moved").0, "text");
    }

    #[test]
    fn what_is_said_is_one_short_line() {
        assert_eq!(said(br#"{"message":"Bad\n credentials\u001b[31m"}"#), ": Bad credentials [31m");
        assert_eq!(said(br#"{"errorMessages":["a","b"],"errors":{}}"#), ": a; b");
        assert_eq!(said(b"<html>"), "");
        assert_eq!(line(&"x".repeat(300), 5), "xxxxx…");
    }
}
