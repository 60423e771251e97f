//! Line and headers of a request. Pure.

/// More headers than anyone sends who means it.
const HEADERS_MAX: usize = 64;

/// What stands before the body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) headers: Vec<(String, String)>,
    /// How long the body is, where it says so.
    pub(super) length: Option<usize>,
    /// The type of the content, without parameters, in lower case.
    pub(super) kind: String,
    /// Whether the body waits for a word.
    pub(super) expects: bool,
    /// Whether another request may follow.
    pub(super) keep: bool,
}

/// Why a head is not taken.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) status: u16,
    pub(super) text: &'static str,
}

impl Head {
    /// Reads a head from what has come, with its length in bytes; nothing where more has to come.
    /// What two readers could understand in two ways is wrong.
    pub(super) fn read(bytes: &[u8], max: usize) -> Result<Option<(Head, usize)>, Wrong> {
        let wrong = |status, text| Err(Wrong { status, text });
        let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
        let mut request = httparse::Request::new(&mut headers);
        let start = &bytes[..bytes.len().min(max)];
        let length = match request.parse(start) {
            Ok(httparse::Status::Complete(length)) => length,
            Ok(httparse::Status::Partial) if bytes.len() < max => return Ok(None),
            Ok(httparse::Status::Partial) | Err(httparse::Error::TooManyHeaders) => {
                return wrong(431, "the headers are too long");
            }
            Err(_) => return wrong(400, "this is no HTTP request"),
        };
        let is_newest = match request.version {
            Some(1) => true,
            Some(0) => false,
            _ => return wrong(505, "HTTP/1.1 is spoken here"),
        };
        let target = request.path.unwrap_or_default();
        if !target.starts_with('/') || target.starts_with("//") {
            return wrong(400, "the address must be a path");
        }
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut headers = Vec::new();
        for it in request.headers.iter() {
            let Ok(value) = std::str::from_utf8(it.value) else {
                return wrong(400, "a header is no text");
            };
            headers.push((it.name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let all = |name: &str| -> Vec<&str> {
            headers.iter().filter(|it| it.0 == name).map(|it| it.1.as_str()).collect()
        };
        if all("host").len() > 1 || (is_newest && all("host").is_empty()) {
            return wrong(400, "there must be one Host header");
        }
        if !all("transfer-encoding").is_empty() {
            return wrong(411, "say how long the body is (Content-Length)");
        }
        let length_of_body = match all("content-length")[..] {
            [] => None,
            [one] if !one.is_empty() && one.bytes().all(|it| it.is_ascii_digit()) => {
                Some(one.parse().unwrap_or(usize::MAX))
            }
            _ => return wrong(400, "there must be one Content-Length, a number"),
        };
        let kind = all("content-type").first().copied().unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let connection = all("connection").join(",").to_ascii_lowercase();
        let says = |word| connection.split(',').any(|it| it.trim() == word);
        let expects =
            all("expect").first().is_some_and(|it| it.eq_ignore_ascii_case("100-continue"));
        let keep = if is_newest { !says("close") } else { says("keep-alive") };
        let head = Head {
            method: request.method.unwrap_or_default().to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            length: length_of_body,
            kind,
            expects,
            keep,
            headers,
        };
        Ok(Some((head, length)))
    }
}

#[cfg(test)]
mod tests {
    use super::Head;

    fn status(text: &str) -> u16 {
        Head::read(text.as_bytes(), 4096).unwrap_err().status
    }

    #[test]
    fn a_head_is_read_when_all_of_it_is_there() {
        let text = "POST /a/b?c=d HTTP/1.1\r\nHost: h\r\nContent-Type: Application/JSON; x=y\r\n\
                    Content-Length: 3\r\nExpect: 100-Continue\r\n\r\nabc";
        let end = text.len() - 3;
        for at in 0..end {
            assert_eq!(Head::read(&text.as_bytes()[..at], 4096), Ok(None), "{at}");
        }
        let (head, length) = Head::read(text.as_bytes(), 4096).unwrap().unwrap();
        assert_eq!(
            (head.method.as_str(), head.path.as_str(), head.query.as_str()),
            ("POST", "/a/b", "c=d")
        );
        assert_eq!((head.length, head.kind.as_str(), length), (Some(3), "application/json", end));
        assert!(head.expects && head.keep);
    }

    #[test]
    fn what_could_be_meant_in_two_ways_is_refused() {
        let with = |headers: &str| status(&format!("POST / HTTP/1.1\r\n{headers}\r\n"));
        assert_eq!(with("Host: a\r\nHost: b\r\n"), 400);
        assert_eq!(with("X: a\r\n"), 400);
        assert_eq!(with("Host: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n"), 400);
        assert_eq!(with("Host: a\r\nContent-Length: +1\r\n"), 400);
        assert_eq!(with("Host: a\r\nContent-Length: \r\n"), 400);
        assert_eq!(with("Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n"), 411);
        assert_eq!(with("Host: a\r\nX: \u{1}\r\n"), 400);
        assert_eq!(status("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
        assert_eq!(status("GET //a HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
        assert_eq!(status("\u{16}\u{3}\u{1} TLS\r\n\r\n"), 400);
        assert_eq!(status(&format!("GET / HTTP/1.1\r\nX: {}", "a".repeat(5000))), 431);
        assert_eq!(status(&format!("GET / HTTP/1.1\r\n{}", "X: a\r\n".repeat(70))), 431);
        let huge = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n";
        assert_eq!(Head::read(huge.as_bytes(), 4096).unwrap().unwrap().0.length, Some(usize::MAX));
    }
}
