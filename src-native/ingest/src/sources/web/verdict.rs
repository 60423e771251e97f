//! What an answer means: taken, waited for, asked again, or the end. Pure.

use jiff::Timestamp;
use std::time::Duration;
use ureq::http::HeaderMap;

/// What to do with an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is what was asked for.
    Taken,
    /// It has not changed since the ETag that was sent along.
    Unchanged,
    /// It is elsewhere now; whether for good.
    Moved { to: String, for_good: bool },
    /// A limit: to be asked again after so long, and not before. Without a time where the server
    /// told none: then at least a minute, and longer each time.
    Limited(Option<Duration>),
    /// Something went wrong over there, and may not the next time, which is not to be before.
    Failed(String, Option<Duration>),
    /// Asking again would change nothing.
    Refused,
}

/// Judges an answer by its status, its headers and the beginning of its body, at a time `now` in
/// milliseconds since 1970.
pub(super) fn judge(status: u16, headers: &HeaderMap, body: &[u8], now: i64) -> Verdict {
    match status {
        200..=299 => Verdict::Taken,
        304 => Verdict::Unchanged,
        301 | 302 | 307 | 308 => match text(headers, "location") {
            Some(to) => Verdict::Moved { to: to.to_owned(), for_good: matches!(status, 301 | 308) },
            None => Verdict::Refused,
        },
        429 => Verdict::Limited(until_free(headers, now)),
        403 if is_limit(headers, body) => Verdict::Limited(until_free(headers, now)),
        408 | 425 | 500 | 502..=504 | 506..=599 => {
            Verdict::Failed(format!("it answered {status}"), retry_after(headers, now))
        }
        _ => Verdict::Refused,
    }
}

/// How long to wait before the request after this one: where the server says that none is left.
pub(super) fn exhausted(headers: &HeaderMap, now: i64) -> Option<Duration> {
    (text(headers, "x-ratelimit-remaining")? == "0").then(|| reset(headers, now)).flatten()
}

/// A 403 may be a limit or a right that lacks. Both of GitHub's limits say so.
fn is_limit(headers: &HeaderMap, body: &[u8]) -> bool {
    let words = String::from_utf8_lossy(&body[..body.len().min(4096)]).to_ascii_lowercase();
    headers.contains_key("retry-after")
        || text(headers, "x-ratelimit-remaining") == Some("0")
        || words.contains("rate limit")
        || words.contains("abuse detection")
}

fn until_free(headers: &HeaderMap, now: i64) -> Option<Duration> {
    let spent = || match text(headers, "x-ratelimit-remaining") {
        Some("0") | None => reset(headers, now),
        Some(_) => None,
    };
    retry_after(headers, now).or_else(spent).or_else(|| {
        let seconds = text(headers, "x-ratelimit-interval-seconds")?.parse().ok()?;
        Some(Duration::from_secs(seconds))
    })
}

/// `Retry-After`: seconds, or a date.
fn retry_after(headers: &HeaderMap, now: i64) -> Option<Duration> {
    let value = text(headers, "retry-after")?;
    match value.parse::<f64>() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds.max(0.0)).ok(),
        Err(_) => Some(between(date(value)?, server_time(headers, now))),
    }
}

/// `X-RateLimit-Reset`: seconds since 1970 (GitHub), or a date (Jira).
fn reset(headers: &HeaderMap, now: i64) -> Option<Duration> {
    let value = text(headers, "x-ratelimit-reset")?;
    let at = match value.parse::<i64>() {
        Ok(seconds) => seconds.checked_mul(1000)?,
        Err(_) => value.parse::<Timestamp>().ok()?.as_millisecond(),
    };
    // A second more: it is told in whole ones.
    Some(between(at, server_time(headers, now)) + Duration::from_secs(1))
}

/// The server's clock, where it tells it: its times are meant by that one.
fn server_time(headers: &HeaderMap, now: i64) -> i64 {
    text(headers, "date").and_then(date).unwrap_or(now)
}

fn date(text: &str) -> Option<i64> {
    let zoned = jiff::fmt::rfc2822::parse(text).ok()?;
    Some(zoned.timestamp().as_millisecond())
}

fn between(later: i64, earlier: i64) -> Duration {
    Duration::from_millis(u64::try_from(later.saturating_sub(earlier)).unwrap_or(0))
}

pub(super) fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::{Verdict, exhausted, judge};
    use std::time::Duration;
    use ureq::http::{HeaderMap, HeaderName, HeaderValue};

    fn headers(all: &[(&'static str, &'static str)]) -> HeaderMap {
        all.iter()
            .map(|it| (HeaderName::from_static(it.0), HeaderValue::from_static(it.1)))
            .collect()
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn both_limits_of_github_are_told_from_a_right_that_lacks() {
        let limited = |seconds| Verdict::Limited(Some(SECOND * seconds));
        let primary = headers(&[
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "1700000100"),
            ("date", "Tue, 14 Nov 2023 22:13:20 GMT"),
        ]);
        // By the server's clock, whatever ours says.
        assert_eq!(judge(403, &primary, b"", 0), limited(101));
        assert_eq!(judge(429, &primary, b"", i64::MAX), limited(101));
        assert_eq!(exhausted(&primary, 0), Some(SECOND * 101));
        let some_left = headers(&[("x-ratelimit-remaining", "12"), ("retry-after", "40")]);
        assert_eq!(judge(403, &some_left, b"", 0), limited(40));
        assert_eq!(exhausted(&some_left, 0), None);
        let words = br#"{"message":"You have exceeded a secondary rate limit."}"#;
        let left = headers(&[("x-ratelimit-remaining", "12"), ("x-ratelimit-reset", "99")]);
        assert_eq!(judge(403, &left, words, 0), Verdict::Limited(None));
        assert_eq!(judge(403, &left, b"{\"message\":\"Must have admin\"}", 0), Verdict::Refused);
    }

    #[test]
    fn limits_of_jira_are_read() {
        let limited = |seconds| Verdict::Limited(Some(SECOND * seconds));
        assert_eq!(judge(429, &headers(&[("retry-after", "7")]), b"", 0), limited(7));
        let server = headers(&[
            ("x-ratelimit-limit", "5"),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-interval-seconds", "60"),
        ]);
        assert_eq!(judge(429, &server, b"", 0), limited(60));
        let cloud = headers(&[("x-ratelimit-reset", "2023-11-14T22:13Z")]);
        assert_eq!(judge(429, &cloud, b"", 1_700_000_000_000 - 30_000), limited(11));
        assert_eq!(judge(429, &headers(&[]), b"", 0), Verdict::Limited(None));
    }

    #[test]
    fn times_that_cannot_be_are_harmless() {
        for value in ["-5", "1e300", "inf", "NaN", "soon", "Tue, 99 Nov 2023 22:13:20 GMT"] {
            let it = headers(&[]);
            let mut it = it;
            it.insert("retry-after", HeaderValue::from_str(value).unwrap());
            it.insert("x-ratelimit-reset", HeaderValue::from_static("9223372036854775807"));
            assert!(matches!(judge(429, &it, b"", i64::MIN), Verdict::Limited(_)), "{value}");
        }
        let past = headers(&[("retry-after", "Tue, 14 Nov 2023 22:13:20 GMT")]);
        assert_eq!(
            judge(503, &past, b"", i64::MAX),
            Verdict::Failed("it answered 503".into(), Some(Duration::ZERO))
        );
    }
}
