//! Addresses: what is used as one, and what is the same server.

use super::Failure;
use std::net::IpAddr;
use ureq::http::Uri;

/// Where a server is: scheme, host, port, and the path that all of its addresses begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    scheme: String,
    host: String,
    port: u16,
    /// Begins with a slash and does not end with one, or is empty.
    path: String,
}

impl Base {
    /// Reads an address such as `https://jira.example.org/jira`. Plain `http` is for this machine
    /// alone, since a token goes along with each request.
    ///
    /// # Errors
    /// [`Failure::Address`].
    pub fn read(address: &str) -> Result<Base, Failure> {
        let refuse = |reason| Failure::Address { address: without_user(address), reason };
        let uri: Uri = address.trim().parse().map_err(|_| refuse("it is no web address"))?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(refuse("it does not begin with https:// and a host"));
        };
        if authority.as_str().contains('@') {
            return Err(refuse("a name or password in an address would be seen; set a token"));
        }
        if uri.query().is_some() || address.contains('#') {
            return Err(refuse("it must end with the path, without ? or #"));
        }
        let host = authority.host().to_ascii_lowercase();
        match scheme {
            "https" => {}
            "http" if is_loopback(&host) => {}
            "http" => {
                return Err(refuse("the token would travel unprotected; give one with https://"));
            }
            _ => return Err(refuse("it must begin with https://")),
        }
        let port = authority.port_u16().unwrap_or(if scheme == "https" { 443 } else { 80 });
        if port == 0 || host.is_empty() {
            return Err(refuse("it names no server"));
        }
        let path = uri.path().trim_end_matches('/').to_owned();
        Ok(Base { scheme: scheme.to_owned(), host, port, path })
    }

    /// The host, without its port.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether it is this machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.host)
    }

    /// The server alone: `https://host`, with the port where it is not the usual one.
    pub fn server(&self) -> String {
        match (self.scheme.as_str(), self.port) {
            ("https", 443) | ("http", 80) => format!("{}://{}", self.scheme, self.host),
            (scheme, port) => format!("{scheme}://{}:{port}", self.host),
        }
    }

    /// The whole address of a path below this base, or of a whole address on the same server.
    ///
    /// # Errors
    /// [`Failure::Elsewhere`] for a whole address on another one.
    pub fn join(&self, place: &str) -> Result<String, Failure> {
        match place.starts_with('/') && !place.starts_with("//") {
            true => Ok(format!("{}{}{place}", self.server(), self.path)),
            false => self.follow(place, place),
        }
    }

    /// Where a redirection or the link to a next page leads, if that is on this server. `from` is
    /// what is said to have led there.
    ///
    /// # Errors
    /// [`Failure::Elsewhere`] where it leads to another server.
    pub fn follow(&self, from: &str, to: &str) -> Result<String, Failure> {
        if to.starts_with('/') && !to.starts_with("//") {
            return Ok(format!("{}{to}", self.server()));
        }
        let whole = to.split('#').next().unwrap_or_default();
        let root = whole.split('?').next().unwrap_or_default();
        match Base::read(root) {
            Ok(it) if (&it.scheme, &it.host, it.port) == (&self.scheme, &self.host, self.port) => {
                Ok(whole.to_owned())
            }
            _ => Err(Failure::Elsewhere { place: shown(from), to: server_of(whole) }),
        }
    }
}

/// What of an address is said to people: without the server's scheme, user or query.
pub fn shown(address: &str) -> String {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let path = without_user(path);
    let path = path.split_once("://").map_or(path.as_str(), |it| it.1);
    super::words::line(path, 200)
}

/// A value in a query, escaped: letters, digits and `-._~` stay as they are.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => {
                out.push('%');
                for digit in [byte >> 4, byte & 15] {
                    out.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
                }
            }
        }
    }
    out
}

/// The address of the next page in a `Link` header.
pub fn next_link(header: &str) -> Option<&str> {
    let mut rest = header;
    while let Some(start) = rest.find('<') {
        let end = start + rest[start..].find('>')?;
        let address = &rest[start + 1..end];
        // Parameters go on until the next address; a comma may stand in an address, not in these.
        let parameters = &rest[end + 1..];
        let parameters = &parameters[..parameters.find('<').unwrap_or(parameters.len())];
        let is_next = parameters.split([';', ',']).any(|it| {
            let it = it.trim();
            it.strip_prefix("rel=").is_some_and(|it| {
                it.trim_matches('"').split(' ').any(|it| it.eq_ignore_ascii_case("next"))
            })
        });
        if is_next {
            return Some(address);
        }
        rest = &rest[end + 1..];
    }
    None
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|it| it.is_loopback())
}

fn without_user(address: &str) -> String {
    // A query may hold a token.
    let cut = address.find(['?', '#']).unwrap_or(address.len());
    let address = &address[..cut];
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[..end].rfind('@') {
        Some(at) => format!("{scheme}://…@{}", &rest[at + 1..]),
        None => address.to_owned(),
    }
}

fn server_of(address: &str) -> String {
    let address = without_user(address);
    let start = address.find("://").map_or(0, |it| it + 3);
    let end = address[start..].find(['/', '?', '#']).map_or(address.len(), |it| start + it);
    super::words::line(&address[..end], 200)
}

#[cfg(test)]
mod tests {
    use super::{Base, escaped, next_link};

    #[test]
    fn plain_http_is_for_this_machine_alone() {
        for address in ["http://127.0.0.1:8080", "http://localhost/jira/", "http://[::1]:9"] {
            assert!(Base::read(address).is_ok(), "{address}");
        }
        for address in [
            "http://jira.example.org",
            "http://127.0.0.1.example.org",
            "http://localhost.example.org",
            "ftp://example.org",
            "example.org",
            "https://",
            "https://name:canary@example.org",
            "https://example.org/?a=b",
        ] {
            let error = Base::read(address).unwrap_err().to_string();
            assert!(!error.contains("canary"), "{error}");
        }
    }

    #[test]
    fn only_the_same_server_is_followed() {
        let base = Base::read("https://Jira.example.org/jira/").unwrap();
        assert_eq!(base.join("/rest/x").unwrap(), "https://jira.example.org/jira/rest/x");
        let same = "https://jira.example.org:443/other?page=2";
        assert_eq!(base.follow("a", same).unwrap(), same);
        assert_eq!(base.follow("a", "/b?c").unwrap(), "https://jira.example.org/b?c");
        for other in [
            "http://jira.example.org/x",
            "https://jira.example.org:8443/x",
            "https://jira.example.org.evil.org/x",
            "https://jira.example.org@evil.org/x",
            "//evil.org/x",
            "https://evil.org",
            "javascript:alert(1)",
            "",
        ] {
            assert!(base.follow("a", other).is_err(), "{other}");
            assert!(base.join(other).is_err(), "{other}");
        }
    }

    #[test]
    fn the_next_page_is_found_among_links() {
        let header = "<https://h/a?b=1,2&page=3>; rel=\"prev\", <https://h/a?page=5>; rel=\"next\", \
                      <https://h/a?page=9>; rel=\"last\"";
        assert_eq!(next_link(header), Some("https://h/a?page=5"));
        assert_eq!(next_link("<https://h/a?page=1>; rel=\"first\""), None);
        assert_eq!(next_link("<https://h/a; rel=next"), None);
        assert_eq!(next_link("<x>; title=\"y\"; rel=next"), Some("x"));
        assert_eq!(next_link(""), None);
    }

    #[test]
    fn a_value_is_escaped() {
        assert_eq!(escaped("a b=\"ü\"&-._~"), "a%20b%3D%22%C3%BC%22%26-._~");
    }
}
