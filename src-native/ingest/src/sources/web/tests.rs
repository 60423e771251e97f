//! The client against a server that misbehaves: what people are told, that it ends, and that the
//! token goes nowhere else.

use super::rehearsal::{
    BEGIN, BRISK, CANARY, Reply, Seen, Stage, client, cut, hang, json, on, raw, reply, slow,
};
use super::{Answer, Authorization, Base, Failure, Going, Pace, Request, Wall, Web};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Asks for `/a` of a server that answers so; with it what was told, what was waited in
/// milliseconds, and how often the server was asked.
struct Case {
    result: Result<Answer, Failure>,
    told: Vec<String>,
    waited: i64,
    asked: usize,
}

fn case(answer: impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static) -> Case {
    let stage = Stage::open(answer);
    let (web, clock) = client("GitHub", &stage.address);
    let (result, told) = on(|going| web.fetch(&Request::get("/a"), going));
    for text in told.iter().cloned().chain(result.as_ref().err().map(|it| format!("{it} {it:?}"))) {
        assert!(!text.contains(CANARY), "{text}");
    }
    for seen in stage.seen() {
        assert_eq!(seen.header("authorization"), Some(&*format!("Bearer {CANARY}")));
        assert!(!seen.target.contains(CANARY));
    }
    Case { result, told, waited: clock.waited(), asked: stage.seen().len() }
}

impl Case {
    fn said(&self) -> String {
        self.result.as_ref().unwrap_err().to_string()
    }

    fn body(&self) -> &str {
        std::str::from_utf8(&self.result.as_ref().unwrap().body).unwrap()
    }
}

/// Badly once, and then well.
fn once(bad: Reply) -> Case {
    case(move |_, before| if before == 0 { bad.clone() } else { json("[1]") })
}

#[test]
fn an_answer_is_handed_on_with_its_etag_and_the_next_page() {
    let case = case(|seen, _| {
        assert!(seen.header("user-agent").unwrap().starts_with("backstory/"));
        let host = seen.header("host").unwrap();
        let link = format!("<http://{host}/a?page=2>; rel=\"next\"");
        reply(200, &[("etag", "W/\"x\""), ("link", &link)], "[1]")
    });
    let answer = case.result.unwrap();
    assert_eq!(answer.etag.as_deref(), Some("W/\"x\""));
    assert!(answer.next.unwrap().ends_with("/a?page=2"));
    assert!(!answer.moved && !answer.unchanged && case.waited == 0);
}

#[test]
fn what_has_not_changed_is_not_sent_again() {
    let stage = Stage::open(|seen, _| match seen.header("if-none-match") {
        Some("\"x\"") => reply(304, &[("content-length", "0")], ""),
        _ => json("[1]"),
    });
    let (web, _) = client("GitHub", &stage.address);
    let request = Request { etag: Some("\"x\"".into()), ..Request::get("/a") };
    let (answer, _) = on(|going| web.fetch(&request, going));
    let answer = answer.unwrap();
    assert!(answer.unchanged && answer.body.is_empty());
    assert_eq!(answer.etag.as_deref(), Some("\"x\""));
}

#[test]
fn a_limit_is_obeyed_to_the_second_and_told() {
    for status in [403, 429] {
        let case = once(reply(status, &[("retry-after", "40")], "{\"message\":\"slow down\"}"));
        assert_eq!(case.body(), "[1]");
        assert!((40_000..42_000).contains(&case.waited), "{}", case.waited);
        let told: Vec<_> = case.told.iter().filter(|it| it.starts_with("waiting")).collect();
        assert_eq!(told.len(), 1);
        assert!(
            ["waiting 40 s: GitHub's limit", "waiting 41 s: GitHub's limit"]
                .contains(&told[0].as_str())
        );
    }
    // The words in the body alone, without a time: a minute at least.
    let abuse = "{\"message\":\"You have exceeded a secondary rate limit.\"}";
    assert!((60_000..62_000).contains(&once(reply(403, &[], abuse)).waited));
    assert!((60_000..62_000).contains(&once(reply(429, &[], "")).waited));
    // The last request of the hour, well answered: the next one waits.
    let reset = (BEGIN / 1000 + 100).to_string();
    let stage = Stage::open(move |_, _| {
        reply(200, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", &reset)], "[]")
    });
    let (web, clock) = client("GitHub", &stage.address);
    on(|going| web.fetch(&Request::get("/a"), going)).0.unwrap();
    assert_eq!(clock.waited(), 0);
    on(|going| web.fetch(&Request::get("/a"), going)).0.unwrap();
    assert!((100_000..102_000).contains(&clock.waited()), "{}", clock.waited());
}

#[test]
fn a_limit_without_end_is_an_error_at_last() {
    let case = case(|_, _| reply(429, &[("retry-after", "30")], "{}"));
    assert_eq!(case.asked, 5);
    assert!(case.said().contains("takes no more requests for 1 minutes"), "{}", case.said());
    let day = once(reply(403, &[("retry-after", "86400")], "{}"));
    assert_eq!((day.asked, day.waited), (1, 0));
    assert!(day.said().contains("1440 minutes"), "{}", day.said());
}

#[test]
fn what_breaks_for_a_moment_is_asked_again() {
    let well = || json("[1,2,3,4,5,6,7,8]");
    for bad in [
        reply(500, &[], "oh"),
        reply(502, &[], "<html>"),
        reply(503, &[("retry-after", "3")], ""),
        raw(""),
        cut(well(), 10),
        cut(well(), 60),
        cut(well(), well().len() - 3),
        reply(200, &[("content-length", "100")], "[1]"),
        raw("NOT HTTP\r\n\r\n"),
        hang("HTTP/1.1 200 OK\r\n"),
        reply(200, &[("content-encoding", "gzip")], "[1]"),
    ] {
        let case = once(bad);
        assert_eq!(case.body(), "[1]", "{:?}", case.told);
        assert!(case.asked == 2 && case.waited <= 4000, "{} {}", case.asked, case.waited);
    }
    assert!(once(reply(503, &[("retry-after", "3")], "")).waited >= 3000);
}

#[test]
fn what_stays_broken_ends_and_says_how() {
    let down = case(|_, _| reply(500, &[], "oh"));
    assert_eq!(down.asked, 4);
    assert!(down.waited <= 1000 + 2000 + 4000);
    assert!(down.said().contains("it answered 500, 4 times; try again later"), "{}", down.said());
    assert!(case(|_, _| raw("")).said().contains("the connection was cut"));
    let slowly = case(|_, _| slow(json("[1]"), Duration::from_millis(300)));
    assert!(slowly.said().contains("it took too long to answer"), "{}", slowly.said());
    let nobody = {
        let (web, _) = client("Jira", "http://127.0.0.1:9");
        on(|going| web.fetch(&Request::get("/a"), going)).0.unwrap_err().to_string()
    };
    assert_eq!(
        nobody,
        "Jira does not answer 127.0.0.1:9/a: nothing listens there, 4 times; try again later"
    );
}

#[test]
fn a_refusal_says_what_to_do_and_is_not_asked_again() {
    let bad = "{\"message\":\"Bad credentials\",\"documentation_url\":\"x\"}";
    let jira = "{\"errorMessages\":[\"No project \\u001b[31m'X'\"]}";
    for (status, body, said) in [
        (401, bad, "wrong, expired or revoked; set a new one: Bad credentials"),
        (403, bad, "give it a scope that may: Bad credentials"),
        (404, bad, "(404): it was renamed or removed, or the token may not see it"),
        (410, bad, "(410): it was renamed or removed"),
        (422, jira, "(422): No project [31m'X'"),
        (407, "", "(407)"),
        (301, "{}", "(301)"),
    ] {
        let case = case(move |_, _| reply(status, &[], body));
        assert!(case.said().contains(said), "{}", case.said());
        assert_eq!((case.asked, case.waited), (1, 0));
    }
}

#[test]
fn without_a_token_none_is_called_wrong() {
    let stage = Stage::open(|_, _| reply(401, &[], "{}"));
    let base = Base::read(&stage.address).unwrap();
    let web = Web::new("Jira", base, &Authorization::None, &[], BRISK).unwrap();
    let error = on(|going| web.fetch(&Request::get("/a"), going)).0.unwrap_err();
    assert!(error.to_string().contains("none is set; set one"), "{error}");
    assert_eq!(stage.seen()[0].header("authorization"), None);
}

#[test]
fn a_web_page_is_no_data() {
    let page = case(|_, _| reply(200, &[], "<!doctype html><title>Sign in</title>"));
    assert!(page.said().contains("answered with a web page, “Sign in”, not with data"));
    assert_eq!(page.asked, 1);
    let damaged = case(|_, _| json("{\"a\": [1, }"));
    assert!(damaged.said().contains("damaged JSON (line 1, column 11)"), "{}", damaged.said());
    assert!(case(|_, _| json("\"text\"")).said().contains("answered with text"));
    assert!(case(|_, _| json("")).said().contains("answered with nothing"));
}

#[test]
fn a_server_that_repeats_the_token_does_not_make_us_say_it() {
    // `case` looks for it in whatever is told.
    for status in [400, 401, 403, 404] {
        let case = case(move |seen, _| {
            let token = seen.header("authorization").unwrap();
            reply(status, &[], format!("{{\"message\":\"no {token} here\"}}"))
        });
        assert!(case.said().contains("no Bearer … here"), "{}", case.said());
    }
    let title = |seen: &Seen| format!("<title>{}</title>", seen.header("authorization").unwrap());
    assert!(case(move |seen, _| json(title(seen))).said().contains("“Bearer …”"));
}

#[test]
fn what_is_too_large_is_let_go() {
    let large = case(|_, _| json(vec![b' '; 1_000_001]));
    assert!(large.said().contains("is larger than 1 MB"), "{}", large.said());
    assert_eq!(large.asked, 1);
}

#[test]
fn packed_answers_are_unpacked() {
    // `[1]`, packed by gzip.
    const PACKED: &[u8] =
        &[31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 139, 54, 140, 5, 0, 184, 50, 47, 76, 3, 0, 0, 0];
    let case = case(|seen, _| {
        assert!(seen.header("accept-encoding").unwrap().contains("gzip"));
        reply(200, &[("content-encoding", "gzip")], PACKED)
    });
    assert_eq!(case.body(), "[1]");
}

#[test]
fn a_move_is_followed_on_the_same_server_and_told() {
    for status in [301, 302, 307, 308] {
        let case = case(move |seen, _| match seen.path() {
            "/a" => reply(status, &[("location", "/repositories/1000/a")], "{}"),
            _ => json("[1]"),
        });
        let answer = case.result.unwrap();
        assert!(answer.address.ends_with("/repositories/1000/a"));
        assert_eq!(answer.moved, matches!(status, 301 | 308));
    }
    let round = case(|_, _| reply(302, &[("location", "/a")], "{}"));
    assert!(round.said().contains("goes round in circles"), "{}", round.said());
    assert_eq!(round.asked, 6);
}

#[test]
fn the_token_goes_to_no_other_server() {
    let other = Stage::open(|_, _| json("[1]"));
    let to = format!("{}/steal", other.address);
    let said = {
        let to = to.clone();
        case(move |_, _| reply(302, &[("location", &to)], "{}")).said()
    };
    assert!(said.contains("sends us on to http://127.0.0.1:"), "{said}");
    assert!(said.contains("the token was not sent there"), "{said}");
    // The link to the next page is no way out either.
    let link = format!("<{to}>; rel=\"next\"");
    let next = case(move |_, _| reply(200, &[("link", &link)], "[1]"));
    assert!(matches!(next.result, Err(Failure::Elsewhere { .. })));
    let (web, _) = client("GitHub", "http://127.0.0.1:9");
    let asked = on(|going| web.fetch(&Request::get(to), going)).0;
    assert!(matches!(asked, Err(Failure::Elsewhere { .. })));
    assert!(other.seen().is_empty());
}

#[test]
fn a_token_that_cannot_be_sent_is_not_shown() {
    let base = Base::read("http://127.0.0.1:9").unwrap();
    let user = Authorization::Basic("me\nx".into(), super::rehearsal::secret());
    // A name with a line break is coded away, and harmless.
    assert!(Web::new("Jira", base, &user, &[], BRISK).is_ok());
    let stage = Stage::open(|_, _| json("[1]"));
    let base = Base::read(&stage.address).unwrap();
    let user = Authorization::Basic("me@example.org".into(), super::rehearsal::secret());
    let web = Web::new("Jira", base, &user, &[], BRISK).unwrap();
    on(|going| web.fetch(&Request::get("/a"), going)).0.unwrap();
    // `me@example.org:canary-ghp_7f3a`
    let expected = "Basic bWVAZXhhbXBsZS5vcmc6Y2FuYXJ5LWdocF83ZjNh";
    assert_eq!(stage.seen()[0].header("authorization"), Some(expected));
}

/// From the wish to the return.
fn time_to_stop(address: &str, pace: Pace) -> Duration {
    let base = Base::read(address).unwrap();
    let web = Web::new("GitHub", base, &Authorization::None, &[], pace).unwrap();
    let web = web.with_clock(Arc::new(Wall));
    let cancel = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (cancel, web) = (&cancel, &web);
        let fetching = scope.spawn(move || {
            let going = Going { cancel, tell: &|_| () };
            let error = web.fetch(&Request::get("/a"), &going).unwrap_err();
            assert_eq!(error, Failure::Cancelled);
            Instant::now()
        });
        std::thread::sleep(Duration::from_millis(150));
        let wish = Instant::now();
        cancel.store(true, Ordering::Relaxed);
        fetching.join().unwrap() - wish
    })
}

#[test]
fn it_stops_when_it_is_told_to_while_waiting_and_while_asking() {
    let limit = Stage::open(|_, _| reply(429, &[("retry-after", "60")], "{}"));
    let silent = Stage::open(|_, _| hang(""));
    let broken = Stage::open(|_, _| reply(500, &[("retry-after", "60")], ""));
    for stage in [&limit, &silent, &broken] {
        // 50 ms are promised; a busy machine may take a little more to wake a thread.
        let time = time_to_stop(&stage.address, Pace::default());
        assert!(time < Duration::from_millis(100), "{time:?}");
    }
}

#[test]
fn one_dead_server_does_not_hold_up_another() {
    let dead = Stage::open(|_, _| hang(""));
    let alive = Stage::open(|_, _| json("[1]"));
    std::thread::scope(|scope| {
        let failing = scope.spawn(|| {
            let (web, _) = client("Jira", &dead.address);
            on(|going| web.fetch(&Request::get("/a"), going)).0
        });
        let start = Instant::now();
        let (web, _) = client("GitHub", &alive.address);
        for _ in 0..20 {
            on(|going| web.fetch(&Request::get("/a"), going)).0.unwrap();
        }
        assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
        assert!(!failing.is_finished());
        assert!(matches!(failing.join().unwrap(), Err(Failure::Down { .. })));
    });
}

/// A server with a certificate that it made itself, asked once by a program that knows nothing of it
/// and once by one whose system vouches for it.
#[test]
#[allow(clippy::print_stdout)] // what was not tried is said; the outer one reads the inner one
fn a_certificate_that_nobody_vouches_for_is_refused() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};
    const INSIDE: &str = "BACKSTORY_TEST_TLS";
    if let Ok(address) = std::env::var(INSIDE) {
        let (web, _) = client("Jira", &address);
        let error = on(|going| web.fetch(&Request::get("/"), going)).0.unwrap_err();
        println!("said: {error}");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (key, certificate) = (folder.path().join("key.pem"), folder.path().join("own.pem"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=own"])
        .args(["-addext", "subjectAltName=DNS:localhost"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output();
    if !made.is_ok_and(|it| it.status.success()) {
        println!("no openssl to be had here; not tried");
        return;
    }
    let mut server = Command::new("openssl")
        .args(["s_server", "-accept", "127.0.0.1:0", "-www", "-key"])
        .arg(&key)
        .arg("-cert")
        .arg(&certificate)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let line = lines.map_while(Result::ok).find(|it| it.starts_with("ACCEPT ")).unwrap();
    let address = format!("https://localhost:{}", line.rsplit(':').next().unwrap());
    let ask = |roots: &std::path::Path| {
        let name = "sources::web::tests::a_certificate_that_nobody_vouches_for_is_refused";
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name, "--nocapture"])
            .env(INSIDE, &address)
            .env("SSL_CERT_FILE", roots)
            .env_remove("SSL_CERT_DIR")
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let (alone, vouched) = (ask(&folder.path().join("none.pem")), ask(&certificate));
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(alone.contains("said: the certificate of localhost cannot be verified"), "{alone}");
    assert!(vouched.contains("answered with a web page"), "{vouched}");
}
