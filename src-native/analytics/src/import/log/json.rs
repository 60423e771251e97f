//! Logs with an object of JSON on each line, whatever its keys are called.

use super::super::times;
use super::Request;
use serde_json::{Map, Value};

/// What each is called: by Caddy; by Traefik; by Cloudflare; and as people write it for nginx.
const FROM: &[&str] = &[
    "request.client_ip",
    "request.remote_ip",
    "request.remote_addr",
    "ClientHost",
    "ClientAddr",
    "ClientIP",
    "remote_addr",
    "remote_ip",
    "client_ip",
    "http_x_forwarded_for",
    "ip",
];
const TIME: &[&str] = &[
    "ts",
    "StartUTC",
    "time",
    "EdgeStartTimestamp",
    "time_iso8601",
    "time_local",
    "@timestamp",
    "timestamp",
    "msec",
];
const METHOD: &[&str] =
    &["request.method", "RequestMethod", "ClientRequestMethod", "request_method", "method"];
const URL: &[&str] =
    &["request.uri", "RequestPath", "ClientRequestURI", "request_uri", "uri", "url", "path"];
const HOST: &[&str] = &[
    "request.host",
    "RequestHost",
    "ClientRequestHost",
    "http_host",
    "host",
    "server_name",
    "vhost",
];
const STATUS: &[&str] =
    &["status", "DownstreamStatus", "OriginStatus", "EdgeResponseStatus", "status_code"];
const REFERRER: &[&str] = &[
    "request.headers.Referer",
    "request_Referer",
    "ClientRequestReferer",
    "http_referer",
    "http_referrer",
    "referer",
    "referrer",
];
const AGENT: &[&str] = &[
    "request.headers.User-Agent",
    "request_User-Agent",
    "ClientRequestUserAgent",
    "http_user_agent",
    "user_agent",
    "agent",
];
const LANGUAGE: &[&str] = &["request.headers.Accept-Language", "http_accept_language"];
const CONTENT: &[&str] =
    &["resp_headers.Content-Type", "EdgeResponseContentType", "sent_http_content_type"];
const DESTINATION: &[&str] = &["request.headers.Sec-Fetch-Dest", "http_sec_fetch_dest"];
const COUNTRY: &[&str] = &["request.headers.Cf-Ipcountry", "ClientCountry", "country"];
const OPTED_OUT: &[&str] =
    &["request.headers.Sec-Gpc", "request.headers.Dnt", "http_sec_gpc", "http_dnt"];
const PURPOSE: &[&str] =
    &["request.headers.Sec-Purpose", "request.headers.Purpose", "http_sec_purpose"];

/// Whether an object is a request of a log.
pub(in crate::import) fn is_request(value: &Map<String, Value>) -> bool {
    let has_line = found(value, &["request"]).is_some_and(Value::is_string);
    found(value, TIME).is_some()
        && found(value, STATUS).is_some()
        && (has_line || found(value, URL).is_some())
}

/// What is open of an object that is read line by line.
pub(super) struct Open {
    depth: i64,
    is_broken: bool,
}

impl Open {
    /// After its first line.
    pub(super) fn of(line: &str) -> Open {
        let mut open = Open { depth: 0, is_broken: !line.trim_start().starts_with('{') };
        open.read(line);
        open
    }

    /// Reads the next of its lines.
    pub(super) fn read(&mut self, line: &str) {
        let (mut is_text, mut is_escaped) = (false, false);
        for byte in line.bytes() {
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' if is_text => is_escaped = true,
                b'"' => is_text = !is_text,
                b'{' if !is_text => self.depth += 1,
                b'}' if !is_text => self.depth -= 1,
                _ => {}
            }
        }
        // No text goes on over the end of a line.
        self.is_broken |= is_text;
    }

    /// Whether the next line may be of it.
    pub(super) fn goes_on(&self) -> bool {
        self.depth > 0 && !self.is_broken
    }
}

/// Reads a request.
pub(super) fn request(text: &str) -> Result<Request, &'static str> {
    let Ok(Value::Object(value)) = serde_json::from_str(text) else {
        return Err("it is no object of JSON");
    };
    let text = |names: &[&str]| found(&value, names).map(words).unwrap_or_default();
    let time = text(TIME);
    let from = text(FROM);
    let mut request = Request {
        at: times::moment(&time).or_else(|| seconds(&time)).ok_or("its time cannot be read")?,
        from: from.split(',').next().unwrap_or_default().trim().to_owned(),
        method: text(METHOD),
        url: text(URL),
        host: text(HOST),
        status: text(STATUS).parse().unwrap_or(0),
        referrer: text(REFERRER),
        agent: text(AGENT),
        language: text(LANGUAGE),
        content: text(CONTENT),
        destination: text(DESTINATION),
        country: text(COUNTRY),
        opted_out: OPTED_OUT.iter().any(|it| text(&[it]) == "1"),
        prefetch: text(PURPOSE).contains("prefetch"),
    };
    if let Some(Value::String(line)) = value.get("request") {
        request.line(line);
    }
    if request.from.is_empty() {
        return Err("its address is missing");
    }
    if request.url.is_empty() && request.method.is_empty() {
        return Err("it is no request");
    }
    Ok(request)
}

fn seconds(text: &str) -> Option<i64> {
    text.parse().ok().and_then(times::unix)
}

/// The first of these that is there; a dot leads into an object.
fn found<'a>(value: &'a Map<String, Value>, names: &[&str]) -> Option<&'a Value> {
    names.iter().find_map(|name| {
        let direct = value.get(*name);
        let found = direct.or_else(|| {
            let mut parts = name.split('.');
            let first = value.get(parts.next()?)?;
            parts.try_fold(first, |it, part| it.as_object()?.get(part))
        });
        found.filter(|it| !it.is_null() && *it != "" && *it != "-")
    })
}

fn words(value: &Value) -> String {
    match value {
        Value::String(it) => it.clone(),
        Value::Array(all) => all.first().map(words).unwrap_or_default(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        Value::Null | Value::Object(_) => String::new(),
    }
}
