//! A line of a log by its pattern, as Apache's `LogFormat` and nginx's `log_format` write it.

use super::super::times;
use super::Request;

/// What stands between fixed words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    From,
    Time,
    Line,
    Method,
    Url,
    Query,
    Status,
    Referrer,
    Agent,
    Host,
    Language,
    Content,
    Destination,
    Country,
    OptedOut,
    Purpose,
    Skipped,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Words(String),
    Field(Field),
}

/// The pattern of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::import) struct Pattern {
    pieces: Vec<Piece>,
    is_open: bool,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// A sentence, where it is none that pages can be told from.
    pub(in crate::import) fn read(text: &str) -> Result<Pattern, String> {
        let is_nginx = text.contains('$');
        let mut pieces: Vec<Piece> = Vec::new();
        let mut rest = text;
        while let Some(sign) = rest.chars().next() {
            let found = if is_nginx && sign == '$' {
                let (field, after) = nginx(&rest[1..]);
                rest = after;
                Piece::Field(field)
            } else if !is_nginx && sign == '%' && !rest.starts_with("%%") {
                let (field, after) = apache(&rest[1..])?;
                rest = after;
                Piece::Field(field)
            } else {
                let sign = if rest.starts_with("%%") || rest.starts_with("\\\"") {
                    rest = &rest[1..];
                    rest.chars().next().unwrap_or(sign)
                } else if rest.starts_with("\\t") {
                    rest = &rest[1..];
                    '\t'
                } else {
                    sign
                };
                rest =
                    rest.get(rest.chars().next().map_or(0, char::len_utf8)..).unwrap_or_default();
                Piece::Words(sign.into())
            };
            match (pieces.last_mut(), found) {
                (Some(Piece::Words(words)), Piece::Words(more)) => words.push_str(&more),
                // `%U%q`, `$uri$is_args$args`: a query says itself where it begins.
                (Some(Piece::Field(Field::Url)), Piece::Field(Field::Query)) => {}
                (Some(Piece::Field(_)), Piece::Field(_)) => {
                    return Err(format!(
                        "nothing stands between two fields of `{text}`; write a space"
                    ));
                }
                (_, found) => pieces.push(found),
            }
        }
        let has = |it: Field| pieces.contains(&Piece::Field(it));
        let missing = if !has(Field::Time) {
            "the time (%t, $time_local)"
        } else if !has(Field::Line) && !has(Field::Url) {
            "the request (%r, $request)"
        } else if !has(Field::From) {
            "the address (%h, $remote_addr)"
        } else {
            return Ok(Pattern { pieces, is_open: false });
        };
        Err(format!("`{text}` does not say where {missing} stands"))
    }

    /// The same, where more may follow.
    pub(in crate::import) fn open(mut self) -> Pattern {
        self.is_open = true;
        self
    }

    /// Reads a line.
    pub(in crate::import) fn request(&self, line: &str) -> Result<Request, &'static str> {
        let mut request = Request::default();
        let mut at = None;
        let mut query = String::new();
        let mut rest = line;
        for (place, piece) in self.pieces.iter().enumerate() {
            match piece {
                Piece::Words(words) => {
                    // Several spaces are as good as one.
                    rest = match rest.strip_prefix(words.as_str()) {
                        Some(after) => after,
                        None => return Err("it has another form than the lines before it"),
                    };
                }
                Piece::Field(field) => {
                    let words = match self.pieces.get(place + 1) {
                        Some(Piece::Words(words)) => Some(words.as_str()),
                        _ => None,
                    };
                    let (value, after) = cut(rest, *field, words)?;
                    rest = after;
                    take(&mut request, *field, value, &mut at, &mut query)?;
                }
            }
        }
        let may_follow = self.is_open && rest.starts_with([' ', '|', '\t']);
        if !may_follow && !rest.trim().is_empty() {
            return Err("more follows than its form has");
        }
        if !query.is_empty() && query != "-" && !request.url.contains('?') {
            request.url.push('?');
            request.url.push_str(query.trim_start_matches('?'));
        }
        request.at = at.ok_or("its time is missing")?;
        Ok(request)
    }
}

/// What a field holds, and what follows it.
fn cut<'a>(
    rest: &'a str,
    field: Field,
    next: Option<&str>,
) -> Result<(&'a str, &'a str), &'static str> {
    const ENDLESS: &str = "one of its fields has no end";
    if field == Field::Time && rest.starts_with('[') {
        let end = rest.find(']').ok_or(ENDLESS)? + 1;
        return Ok(rest.split_at(end));
    }
    let Some(next) = next else {
        // The last one: up to a space, where more follows.
        return Ok(rest.split_at(rest.find([' ', '|']).unwrap_or(rest.len())));
    };
    if next.starts_with('"') {
        let mut is_escaped = false;
        for (at, sign) in rest.char_indices() {
            match sign {
                _ if is_escaped => is_escaped = false,
                '\\' => is_escaped = true,
                '"' => return Ok(rest.split_at(at)),
                _ => {}
            }
        }
        return Err(ENDLESS);
    }
    rest.find(next).map(|at| rest.split_at(at)).ok_or(ENDLESS)
}

fn take(
    request: &mut Request,
    field: Field,
    value: &str,
    at: &mut Option<i64>,
    query: &mut String,
) -> Result<(), &'static str> {
    const NO_TIME: &str = "its time cannot be read";
    let plain = || plain(value);
    let known = |it: String| if it == "-" { String::new() } else { it };
    match field {
        Field::From => {
            if value.is_empty() || value.contains(['"', '[']) {
                return Err("its address is missing");
            }
            request.from = value.into();
        }
        Field::Time => {
            let bare = value.trim_start_matches('[').trim_end_matches(']');
            *at = Some(times::common(bare).or_else(|| times::moment(bare)).ok_or(NO_TIME)?);
        }
        Field::Line => request.line(&plain()),
        Field::Method => request.method = plain(),
        Field::Url => request.url = plain(),
        Field::Query => *query = plain(),
        Field::Status => {
            request.status = value.parse().map_err(|_| "its status is no number")?;
        }
        Field::Referrer => request.referrer = known(plain()),
        Field::Agent => request.agent = known(plain()),
        Field::Host => request.host = known(plain()),
        Field::Language => request.language = known(plain()),
        Field::Content => request.content = known(plain()),
        Field::Destination => request.destination = known(plain()),
        Field::Country => request.country = known(plain()),
        Field::OptedOut => request.opted_out |= value == "1",
        Field::Purpose => request.prefetch |= value.contains("prefetch"),
        Field::Skipped => {}
    }
    Ok(())
}

/// A value without what protects its quotes: `\"`, `\\`, `\x22`.
fn plain(value: &str) -> String {
    if !value.contains('\\') {
        return value.to_owned();
    }
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'\\' {
            bytes.push(*first);
            continue;
        }
        let hex = after.get(1..3).and_then(|it| std::str::from_utf8(it).ok());
        match (after.first(), hex.and_then(|it| u8::from_str_radix(it, 16).ok())) {
            (Some(b'x'), Some(byte)) => {
                bytes.push(byte);
                rest = &after[3..];
            }
            (Some(b'"' | b'\\'), _) => {
                bytes.push(after[0]);
                rest = &after[1..];
            }
            _ => bytes.push(b'\\'),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The field after a `%`, and what follows it.
fn apache(rest: &str) -> Result<(Field, &str), String> {
    let wrong = || format!("`%{}` is no field of a log", rest.chars().take(12).collect::<String>());
    // `%>s`, `%!200,304{Referer}i`
    let after = rest.trim_start_matches(|it: char| "<>!,".contains(it) || it.is_ascii_digit());
    let (name, after) = match after.strip_prefix('{') {
        Some(named) => {
            let (name, after) = named.split_once('}').ok_or_else(wrong)?;
            (name, after)
        }
        None => ("", after),
    };
    let after = after.strip_prefix('^').map_or(after, |it| it.get(1..).unwrap_or(it));
    let sign = after.chars().next().filter(char::is_ascii_alphabetic).ok_or_else(wrong)?;
    let field = match sign {
        'h' | 'a' => Field::From,
        't' => Field::Time,
        'r' => Field::Line,
        'm' => Field::Method,
        'U' => Field::Url,
        'q' => Field::Query,
        's' => Field::Status,
        'v' | 'V' => Field::Host,
        'i' => header(&name.to_ascii_lowercase()),
        'o' if name.eq_ignore_ascii_case("content-type") => Field::Content,
        _ => Field::Skipped,
    };
    Ok((field, &after[1..]))
}

/// The field after a `$`, and what follows it.
fn nginx(rest: &str) -> (Field, &str) {
    let (braced, inner) = match rest.strip_prefix('{') {
        Some(inner) => (true, inner),
        None => (false, rest),
    };
    let end =
        inner.find(|it: char| !it.is_ascii_alphanumeric() && it != '_').unwrap_or(inner.len());
    let (name, after) = inner.split_at(end);
    let after = if braced { after.strip_prefix('}').unwrap_or(after) } else { after };
    let field = match name {
        "remote_addr" | "client" | "realip_remote_addr" => Field::From,
        "time_local" | "time_iso8601" | "msec" => Field::Time,
        "request" => Field::Line,
        "request_method" => Field::Method,
        "request_uri" | "uri" | "document_uri" | "full_url" => Field::Url,
        "args" | "query_string" | "is_args" => Field::Query,
        "status" => Field::Status,
        "host" | "server_name" => Field::Host,
        "country" | "geoip_country_code" | "geoip2_data_country_code" => Field::Country,
        "sent_http_content_type" => Field::Content,
        _ => match name.strip_prefix("http_") {
            Some("x_real_ip" | "cf_connecting_ip") => Field::Skipped,
            Some(name) => header(&name.replace('_', "-")),
            None => Field::Skipped,
        },
    };
    (field, after)
}

/// The field of a header that the browser sends.
fn header(name: &str) -> Field {
    match name {
        "referer" | "referrer" => Field::Referrer,
        "user-agent" => Field::Agent,
        "host" => Field::Host,
        "accept-language" => Field::Language,
        "sec-fetch-dest" => Field::Destination,
        "sec-gpc" | "dnt" => Field::OptedOut,
        "sec-purpose" | "purpose" => Field::Purpose,
        "cf-ipcountry" => Field::Country,
        _ => Field::Skipped,
    }
}
