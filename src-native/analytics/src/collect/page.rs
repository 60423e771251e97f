//! Addresses of pages and referrers, and what of them is kept: never who a person is, as far as an
//! address can tell.

/// Longest path that is kept, in characters.
pub const PATH_MAX: usize = 2000;
/// Longest name of a host that there can be, in bytes.
const HOST_MAX: usize = 253;
/// Longest word of a campaign.
const WORD_MAX: usize = 300;

/// An address of the web, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// In lower case, without user, password and port; empty where there is none.
    pub host: String,
    /// As it was written, with its first slash.
    pub path: String,
    /// Names and values, unescaped.
    pub query: Vec<(String, String)>,
    /// What follows `#`, as it was written.
    pub fragment: String,
}

impl Address {
    /// Takes an address apart; without a scheme it is a path, as of a page of the site itself. None for
    /// what is no page: `data:`, `javascript:` and the like, and hosts longer than any is. (What is looked up
    /// by a host looks at it label by label.)
    pub fn read(text: &str) -> Option<Address> {
        let text = text.trim();
        let (text, fragment) = text.split_once('#').unwrap_or((text, ""));
        let (text, query) = text.split_once('?').unwrap_or((text, ""));
        let scheme = text.split_once("://").filter(|it| is_scheme(it.0));
        let (host, path) = match scheme {
            Some((_, rest)) => {
                let end = rest.find(['/', '\\']).unwrap_or(rest.len());
                (&rest[..end], &rest[end..])
            }
            None => match text.strip_prefix("//") {
                Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
                None if text.split_once(':').is_some_and(|it| is_scheme(it.0)) => return None,
                None => ("", text),
            },
        };
        let host = host.rsplit('@').next().unwrap_or_default();
        let host = match host.strip_prefix('[') {
            Some(six) => six.split(']').next().unwrap_or_default(),
            None => host.split(':').next().unwrap_or_default(),
        };
        if host.len() > HOST_MAX {
            return None;
        }
        let host = host.trim_end_matches('.').to_lowercase();
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        Some(Address { host, path, query: pairs(query), fragment: fragment.to_owned() })
    }

    /// A value of the query by its name.
    pub fn value(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|it| it.0.eq_ignore_ascii_case(name))?;
        Some(found.1.as_str()).filter(|it| !it.is_empty())
    }

    /// A word of a campaign.
    pub fn word(&self, name: &str) -> String {
        short(&without_people(self.value(name).unwrap_or_default().trim()), WORD_MAX)
    }

    /// The path that is kept: unescaped, without what could name a person, with those keys of the query
    /// that the site allows, and with the fragment where the page's router uses it.
    pub fn kept(&self, allowed: &[String], with_fragment: bool) -> String {
        let mut kept = segments(&self.path);
        let mut sign = '?';
        for (name, value) in &self.query {
            if allowed.iter().any(|it| it == name) {
                kept.push(sign);
                kept.push_str(&without_people(name));
                kept.push('=');
                kept.push_str(&without_people(value));
                sign = '&';
            }
        }
        // `#/cart` and `#!/cart` are paths of a page that routes by them; others can be anything.
        let routed = self.fragment.starts_with('/') || self.fragment.starts_with("!/");
        if (routed || with_fragment) && !self.fragment.is_empty() {
            let fragment = self.fragment.split('?').next().unwrap_or_default();
            kept.push('#');
            kept.push_str(&segments(fragment));
        }
        short(&kept, PATH_MAX)
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|it: char| it.is_ascii_alphabetic())
        && text.chars().all(|it| it.is_ascii_alphanumeric() || "+-.".contains(it))
}

/// A path or fragment, segment by segment.
fn segments(path: &str) -> String {
    let kept: Vec<String> =
        path.split('/').map(|it| without_people(&unescaped(it, false))).collect();
    let kept = kept.join("/");
    if kept.starts_with('/') || !path.starts_with('/') { kept } else { format!("/{kept}") }
}

/// A host as it is compared: without `www.`.
pub fn bare(host: &str) -> &str {
    host.strip_prefix("www.").filter(|it| it.contains('.')).unwrap_or(host)
}

/// Names and values of a query or a form.
pub fn pairs(query: &str) -> Vec<(String, String)> {
    let pair = |it: &str| {
        let (name, value) = it.split_once('=').unwrap_or((it, ""));
        (unescaped(name, true), unescaped(value, true))
    };
    query.split('&').filter(|it| !it.is_empty()).map(pair).collect()
}

/// `%C3%A9` is é; in a form `+` is a space. Signs that steer terminals are left out.
pub fn unescaped(text: &str, is_form: bool) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|it| std::str::from_utf8(it).ok());
        let hex = hex.filter(|it| it.bytes().all(|byte| byte.is_ascii_hexdigit()));
        rest = after;
        match (first, hex.and_then(|it| u8::from_str_radix(it, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            (b'+', _) if is_form => bytes.push(b' '),
            _ => bytes.push(*first),
        }
    }
    String::from_utf8_lossy(&bytes).chars().filter(|it| !it.is_control()).collect()
}

/// The text cut to so many characters.
pub fn short(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => text[..end].to_owned(),
        None => text.to_owned(),
    }
}

/// The text with e-mail addresses and secrets replaced by a sign for them.
pub fn without_people(text: &str) -> String {
    if is_secret(text) {
        return ":token".to_owned();
    }
    if !text.contains('@') {
        return text.to_owned();
    }
    let is_part = |it: char| it.is_alphanumeric() || "._%+-'".contains(it);
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let (before, after) = (&rest[..at], &rest[at + 1..]);
        let name = before.len() - before.trim_end_matches(is_part).len();
        let host = after.len() - after.trim_start_matches(is_part).len();
        if name > 0 && after[..host].trim_end_matches('.').contains('.') {
            kept.push_str(&before[..before.len() - name]);
            kept.push_str(":email");
        } else {
            kept.push_str(&rest[..=at]);
            kept.push_str(&after[..host]);
        }
        rest = &after[host..];
    }
    kept + rest
}

/// Whether it looks like what only one person has: a signed token, a long number in base 16, or long
/// and made of capitals, letters and digits without a word's shape.
fn is_secret(text: &str) -> bool {
    if text.len() < 24 || !text.is_ascii() {
        return false;
    }
    if text.starts_with("eyJ") && text.matches('.').count() >= 2 {
        return true;
    }
    if text.len() >= 32 && text.bytes().all(|it| it.is_ascii_hexdigit()) {
        return true;
    }
    let is_of = |it: u8| it.is_ascii_alphanumeric() || b"_-=.~".contains(&it);
    let count = |is: fn(&u8) -> bool| text.bytes().filter(is).count();
    let longest = text.split(|it: char| !it.is_ascii_alphanumeric()).map(str::len).max();
    text.bytes().all(is_of)
        && count(u8::is_ascii_uppercase) >= 2
        && count(u8::is_ascii_lowercase) >= 2
        && count(u8::is_ascii_digit) >= 2
        && longest.unwrap_or(0) >= 16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(text: &str, allowed: &[&str]) -> String {
        let allowed: Vec<String> = allowed.iter().map(|it| (*it).to_owned()).collect();
        Address::read(text).unwrap().kept(&allowed, false)
    }

    #[test]
    fn an_address_is_taken_apart() {
        let it =
            Address::read("https://ann:secret@WWW.Shop.Example:8443/a%20b/?q=1&q=2#top").unwrap();
        assert_eq!((it.host.as_str(), it.path.as_str()), ("www.shop.example", "/a%20b/"));
        assert_eq!(it.value("q"), Some("1"));
        assert_eq!(it.fragment, "top");
        assert_eq!(bare(&it.host), "shop.example");
        assert_eq!(Address::read("/a/b?c").unwrap().path, "/a/b");
        assert_eq!(Address::read("//cdn.example/x").unwrap().host, "cdn.example");
        assert_eq!(Address::read("http://[2001:db8::1]:80/x").unwrap().host, "2001:db8::1");
        assert_eq!(Address::read("https://shop.example").unwrap().path, "/");
        assert_eq!(Address::read("data:text/html,hello"), None);
        assert_eq!(Address::read("javascript:alert(1)"), None);
        assert_eq!(bare("www.com"), "www.com");
        let of_labels = |count: usize| format!("https://{}x/", "b.".repeat(count));
        assert!(Address::read(&of_labels(126)).is_some());
        assert_eq!(Address::read(&of_labels(127)), None);
    }

    #[test]
    fn of_a_query_only_what_the_site_allows_is_kept() {
        assert_eq!(kept("https://a.example/p?id=7&mail=ann%40b.example", &["id"]), "/p?id=7");
        assert_eq!(kept("https://a.example/p?id=7", &[]), "/p");
        assert_eq!(kept("/p?q=ann%40b.example&x=1", &["q", "x"]), "/p?q=:email&x=1");
        assert_eq!(kept("https://a.example/caf%C3%A9%0A", &[]), "/café");
        assert_eq!(kept("https://a.example/#/cart?token=1", &[]), "/#/cart");
        assert_eq!(kept("https://a.example/#access_token=abc", &[]), "/");
    }

    #[test]
    fn a_person_or_a_secret_in_a_path_becomes_a_sign() {
        assert_eq!(kept("/u/ann.b+c@mail.example/edit", &[]), "/u/:email/edit");
        assert_eq!(kept("/u/ann%40mail.example", &[]), "/u/:email");
        assert_eq!(kept("/@ann/posts", &[]), "/@ann/posts", "a name that is public");
        assert_eq!(kept("/reset/4f9a0c1d2e3b4a5968778695a4b3c2d1", &[]), "/reset/:token");
        assert_eq!(kept("/v/Zx81QpLmN02bVrT7yUiOaQ9k", &[]), "/v/:token");
        assert_eq!(kept("/s/eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl", &[]), "/s/:token");
        let slug = "/blog/why-2024-was-the-year-of-the-linux-desktop";
        assert_eq!(kept(slug, &[]), slug);
        assert_eq!(kept("/order/550e8400-e29b-41d4-a716-446655440000", &[]).len(), 43);
        assert_eq!(without_people("from a@b.example, c@d.example!"), "from :email, :email!");
        assert_eq!(without_people("@@ a@ @b"), "@@ a@ @b");
    }
}
