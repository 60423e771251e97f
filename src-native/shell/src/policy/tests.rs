//! Look-alikes, heads and literals.

use super::*;

fn key() -> Key {
    Key("k".repeat(64))
}

fn judged(method: &str, address: &str, headers: &[(&str, &str)]) -> Verdict {
    judge(&key(), method, address, |name| {
        headers.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    })
}

/// Addresses that look like ours to a careless comparison.
const LOOK_ALIKES: &[&str] = &[
    "",
    "/",
    "index.html",
    "//app/",
    "backstory:",
    "backstory:app",
    "backstory:/app/",
    "backstory:///app/",
    "backstory://",
    "backstory:///",
    "backstory://app",
    "backstory://app.evil/",
    "backstory://app.evil.example/index.html",
    "backstory://appevil/",
    "backstory://app@evil/",
    "backstory://app:x@evil/",
    "backstory://user@app/",
    "backstory://user:pass@app/",
    "backstory://app:80/",
    "backstory://app:0/",
    "backstory://app:/",
    "backstory://APP/",
    "backstory://App/index.html",
    "BACKSTORY://app/",
    "Backstory://app/",
    "backstory://app\\/",
    "backstory://app\u{0}/",
    "backstory://app%2f/",
    "backstory://app%00/",
    "backstory://app./",
    "backstory://.app/",
    "backstory://app?/",
    "backstory://app?index.html",
    "backstory://аpp/",
    "backstory://localhost/",
    "backstory://evil/#backstory://app/",
    "backstorys://app/",
    "xbackstory://app/",
    " backstory://app/",
    "\tbackstory://app/",
    "backstory ://app/",
    "http://app/",
    "https://app/",
    "http://backstory.app/",
    "http://backstory.localhost/",
    "https://backstory.localhost.evil/",
    "https://backstory.localhost:8443/",
    "file:///app/index.html",
    "file:///etc/passwd",
    "data:text/html,backstory://app/",
    "about:blank",
    "about:srcdoc",
    "blob:backstory://app/0b5b6e1c",
    "javascript:location='backstory://app/'",
    "view-source:backstory://app/",
    "mailto:backstory@app",
    "ssh://app/",
    "ftp://app/",
    "ws://app/",
    "intent://app/#Intent;scheme=backstory;end",
];

#[test]
fn only_the_exact_document_is_navigated_to() {
    assert!(LOOK_ALIKES.len() >= 40);
    for address in LOOK_ALIKES {
        assert!(!may_navigate(address), "navigation allowed: {address:?}");
    }
    for path in
        ["/x.js", "/index.html/", "/index.html?x", "/?x", "/../index.html", "/index.htm", "//"]
    {
        assert!(!may_navigate(&format!("{ORIGIN}{path}")), "navigation allowed: {path}");
    }
    for path in ["/", "/index.html", "/#/", "/index.html#/file/a%20b", "/#x?y#z"] {
        assert!(may_navigate(&format!("{ORIGIN}{path}")), "navigation refused: {path}");
    }
}

#[test]
fn no_random_address_is_navigated_to() {
    // A fixed generator: splices of the true address with what parsers disagree on.
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % below as u64).unwrap_or(0)
    };
    let parts = ["/", ":", "@", ".", "%2e", "\\", "\0", "?", "evil", "app", "//", "\t", "А", "80"];
    let base: Vec<char> = format!("{ORIGIN}/index.html").chars().collect();
    let mut allowed = 0;
    for _ in 0..1_000_000 {
        let mut address = base.clone();
        for _ in 0..=next(3) {
            let at = next(base.len());
            let part: Vec<char> = parts[next(parts.len())].chars().collect();
            address.splice(at..(at + next(2)).min(address.len()), part);
        }
        let address: String = address.into_iter().collect();
        let exact = [format!("{ORIGIN}/"), format!("{ORIGIN}/index.html")].contains(&address);
        if may_navigate(&address) && !exact {
            allowed += 1;
        }
    }
    assert_eq!(allowed, 0);
}

#[test]
fn a_file_is_named_by_the_build_and_never_by_the_file_system() {
    assert_eq!(judged("GET", &format!("{ORIGIN}/"), &[]), Verdict::Asset("index.html".into()));
    for path in ["a/b.js", "../x", "%2e%2e/x", "a%00", "a\\b", "a?b"] {
        // Whatever is asked for is only a key of the map of assets.
        assert_eq!(judged("GET", &format!("{ORIGIN}/{path}"), &[]), Verdict::Asset(path.into()));
    }
    for method in ["HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "get", ""] {
        let verdict = judged(method, &format!("{ORIGIN}/app.js"), &[]);
        assert!(matches!(verdict, Verdict::Refuse(405, _)), "{method}: {verdict:?}");
    }
}

#[test]
fn the_bridge_opens_to_our_origin_with_the_key_and_to_nothing_else() {
    let right = "k".repeat(64);
    let rpc = format!("{ORIGIN}/rpc");
    let with = |headers: &[(&str, &str)]| judged("POST", &rpc, headers);
    assert_eq!(with(&[(KEY_HEADER, &right)]), Verdict::Post(Post::Call));
    assert_eq!(with(&[(KEY_HEADER, &right), ("origin", ORIGIN)]), Verdict::Post(Post::Call));
    for wrong in ["", "k", &"K".repeat(64), &"k".repeat(63), &"k".repeat(65), "null"] {
        assert!(matches!(with(&[(KEY_HEADER, wrong)]), Verdict::Refuse(403, _)), "{wrong}");
    }
    assert!(matches!(with(&[]), Verdict::Refuse(403, _)));
    for origin in ["null", "", "http://evil.example", "backstory://app.evil", "backstory://app/"] {
        let verdict = with(&[(KEY_HEADER, &right), ("origin", origin)]);
        assert!(matches!(verdict, Verdict::Refuse(403, _)), "{origin}: {verdict:?}");
        let verdict = judged("GET", &format!("{ORIGIN}/index.html"), &[("origin", origin)]);
        assert!(matches!(verdict, Verdict::Refuse(403, _)), "{origin}: {verdict:?}");
    }
    for method in ["GET", "HEAD", "PUT", "OPTIONS"] {
        let verdict = judged(method, &rpc, &[(KEY_HEADER, &right)]);
        assert!(matches!(verdict, Verdict::Refuse(405, _)), "{method}: {verdict:?}");
    }
}

#[test]
fn an_unknown_host_is_refused_for_files_and_calls() {
    let right = "k".repeat(64);
    for address in LOOK_ALIKES {
        for method in ["GET", "POST"] {
            let verdict = judged(method, address, &[(KEY_HEADER, &right)]);
            assert!(
                matches!(verdict, Verdict::Refuse(403, _)),
                "{method} {address:?}: {verdict:?}"
            );
        }
    }
}

#[test]
fn two_launches_have_two_keys_of_256_bits() {
    let (one, other) = (Key::draw().unwrap(), Key::draw().unwrap());
    assert_eq!(one.0.len(), 64);
    assert_ne!(one.0, other.0);
    assert!(!one.opens(&other.0));
    assert!(one.opens(&one.0.clone()));
    assert_eq!(format!("{one:?}"), "Key(…)");
}

#[test]
fn the_policy_allows_nothing_inline_and_no_frame() {
    for banned in ["unsafe-inline", "unsafe-eval", "nonce-", "*", "http:", "https:", "blob:"] {
        assert!(!CONTENT_SECURITY_POLICY.contains(banned), "{banned}");
    }
    for needed in ["default-src 'none'", "frame-src 'none'", "worker-src 'none'", "base-uri 'none'"]
    {
        assert!(CONTENT_SECURITY_POLICY.contains(needed), "{needed}");
    }
}

#[test]
fn a_literal_ends_no_script_and_no_line() {
    let text = "a\"b\\c</script>\u{2028}\u{2029}\n'";
    let written = literal(text);
    for banned in ["</", "\u{2028}", "\u{2029}", "\n"] {
        assert!(!written.contains(banned), "{written}");
    }
    assert_eq!(serde_json::from_str::<String>(&written.replace("<\\/", "</")).unwrap(), text);
}

#[test]
fn a_route_stays_behind_the_hash() {
    assert_eq!(fragment("/file/a b\"<>#é"), "/file/a%20b%22%3C%3E%23%C3%A9");
    assert_eq!(fragment("#/x%20y?z=1"), "/x%20y?z=1");
    assert!(address("/a#b").starts_with(ADDRESS));
}

#[test]
fn a_panic_in_a_callback_becomes_its_answer() {
    std::panic::set_hook(Box::new(|_| {}));
    assert_eq!(contained(7, || panic!("boom")), 7);
    let _ = std::panic::take_hook();
}
