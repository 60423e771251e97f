//! What addresses tell: the repository, and the number of the pull request or issue.

/// Words before the number of a pull request or an issue, in addresses and names of folders.
const BEFORE_NUMBER: [&str; 3] = ["pulls", "pull", "issues"];
/// What may follow a repository's name on GitHub's pages.
const PAGES: [&str; 9] =
    ["pull", "pulls", "issues", "issue", "releases", "commit", "commits", "blob", "discussions"];

/// Whether this is an address of GitHub's programming interface, also of one in a company's house.
pub(super) fn is_api(address: &str) -> bool {
    let Some((_, rest)) = address.split_once("://") else { return false };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    host.trim_end_matches(":443").eq_ignore_ascii_case("api.github.com")
        || path.starts_with("api/v3/")
        || path.starts_with("api/graphql")
}

/// The number in `…/pulls/382/commits?page=2`, `pulls/382.json`, `issues/12/events.json`.
pub(super) fn number(address: &str) -> Option<u64> {
    let mut parts = segments(address);
    let mut found = None;
    while let Some(part) = parts.next() {
        if !BEFORE_NUMBER.contains(&part) {
            continue;
        }
        if let Some(number) = parts.clone().next().and_then(leading_number) {
            found = Some(number);
        }
    }
    found
}

/// `owner/name`, from an address of either the pages or the programming interface.
pub(super) fn repository(address: &str) -> Option<String> {
    let mut parts = segments(address);
    if parts.clone().any(|it| it == "repos") {
        parts.by_ref().find(|&it| it == "repos");
        return Some(format!("{}/{}", parts.next()?, parts.next()?));
    }
    let mut parts = segments(address.split_once("://")?.1).skip(1);
    let (owner, name) = (parts.next()?, parts.next()?);
    PAGES.contains(&parts.next()?).then(|| format!("{owner}/{name}"))
}

/// The commit in `…/contents/a.rs?ref=SHA`; empty where there is none.
pub(super) fn commit_of(contents: &str) -> &str {
    let at = contents.rsplit_once("?ref=").map_or("", |it| it.1);
    if at.bytes().all(|it| it.is_ascii_hexdigit()) { at } else { "" }
}

/// The id behind `#issuecomment-407675431`, `#discussion_r300245643`, `#pullrequestreview-2`.
pub(super) fn fragment_id(url: &str) -> Option<&str> {
    let fragment = url.rsplit_once('#')?.1;
    let start = fragment.rfind(|it: char| !it.is_ascii_digit())? + 1;
    Some(&fragment[start..]).filter(|it| !it.is_empty())
}

fn segments(address: &str) -> impl Iterator<Item = &str> + Clone {
    let end = address.find(['?', '#']).unwrap_or(address.len());
    address[..end].split(['/', '\\']).filter(|it| !it.is_empty())
}

/// `382` of `382`, `382.json`, `382-page-2.json.gz`.
fn leading_number(part: &str) -> Option<u64> {
    let end = part.find(|it: char| !it.is_ascii_digit()).unwrap_or(part.len());
    let stands_alone = part[end..].is_empty() || part[end..].starts_with(['.', '-', '_']);
    part[..end].parse().ok().filter(|&it| it > 0 && stands_alone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_tells_number_and_repository() {
        for (address, at, of) in [
            ("https://api.github.com/repos/o/r/pulls/382/commits?page=2", Some(382), Some("o/r")),
            ("https://git.firm.example/api/v3/repos/o/r/issues/7", Some(7), Some("o/r")),
            ("https://github.com/o/r/pull/4#issuecomment-99", Some(4), Some("o/r")),
            ("pulls/382/files-2.json", Some(382), None),
            ("export/issues/12.json.gz", Some(12), None),
            ("C:\\export\\pulls\\5\\commits.json", Some(5), None),
            ("https://api.github.com/repos/o/r/issues/comments/407675431", None, Some("o/r")),
            ("https://api.github.com/repos/pulls/9lives/issues", None, Some("pulls/9lives")),
            ("https://github.com/o/r", None, None),
            ("pulls/0.json", None, None),
            ("pulls/99999999999999999999", None, None),
            ("", None, None),
        ] {
            assert_eq!(number(address), at, "{address}");
            assert_eq!(repository(address).as_deref(), of, "{address}");
        }
    }

    #[test]
    fn fragments_and_references_name_ids() {
        assert_eq!(fragment_id("https://github.com/o/r/pull/1#discussion_r300"), Some("300"));
        assert_eq!(fragment_id("https://github.com/o/r/pull/1#issuecomment-4"), Some("4"));
        assert_eq!(fragment_id("https://github.com/o/r/pull/1"), None);
        assert_eq!(
            commit_of("https://api.github.com/repos/o/r/contents/a%3Fb?ref=c0ffee"),
            "c0ffee"
        );
        assert_eq!(commit_of("https://api.github.com/repos/o/r/contents/a?ref=main"), "");
    }
}
