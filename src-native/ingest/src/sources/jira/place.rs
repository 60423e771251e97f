//! What addresses and keys tell.

/// Whether a text is an issue's key: `PROJ-12`.
pub(super) fn is_key(text: &str) -> bool {
    text.rsplit_once('-').is_some_and(|(project, number)| {
        is_project_key(project)
            && (1..=10).contains(&number.len())
            && number.bytes().all(|it| it.is_ascii_digit())
    })
}

/// Whether a text may be a project's key. Server lets administrators choose the pattern, but it
/// begins with a letter.
pub(super) fn is_project_key(text: &str) -> bool {
    text.len() <= 255
        && text.starts_with(|it: char| it.is_ascii_alphabetic())
        && text.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
}

/// The issue that an address is about, by its id or its key: `…/issue/10063/comment`,
/// `…?issueId=10063`, `…/ALOY-1/comments.json`.
pub(super) fn issue_of(address: &str) -> Option<&str> {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let mut named = None;
    let mut last = "";
    for part in path.split(['/', '\\']) {
        let id = is_id(part) && matches!(last, "issue" | "issues");
        if id || is_key(part) {
            named = Some(part);
        }
        last = part;
    }
    let asked = query.split('&').find_map(|it| it.strip_prefix("issueId="));
    asked.filter(|it| is_id(it) || is_key(it)).or(named)
}

/// The better of two names for an issue: its id, which a move does not change.
pub(super) fn better<'a>(one: Option<&'a str>, other: Option<&'a str>) -> Option<&'a str> {
    match (one, other) {
        (Some(one), Some(other)) if !is_id(one) && is_id(other) => Some(other),
        (one, other) => one.or(other),
    }
}

/// What an address asks for, where it is one of Jira's own: `issue`, `status`, …
pub(super) fn resource(address: &str) -> Option<&str> {
    let path = address.split('?').next()?;
    let rest = ["/rest/api/", "/rest/agile/", "/rest/dev-status/"]
        .iter()
        .find_map(|it| path.split_once(it).map(|(_, rest)| rest))?;
    rest.split('/').nth(1)
}

/// Where people read an issue, from the address that programs read it at; empty where unknown.
pub(super) fn browse(address: &str, key: &str) -> String {
    match address.split_once("/rest/") {
        Some((site, _)) if site.starts_with("http") && is_key(key) => {
            format!("{site}/browse/{key}")
        }
        _ => String::new(),
    }
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.len() <= 19 && text.bytes().all(|it| it.is_ascii_digit())
}
