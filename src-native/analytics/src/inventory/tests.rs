//! Facts about finding calls, and what takes their place.

use super::*;

fn asked() -> Asked {
    Asked {
        collector: "https://stats.shop.example/".into(),
        site: "shop".into(),
        ..Asked::default()
    }
}

fn calls(file: &str, text: &str) -> Vec<Call> {
    let mut calls = found::calls(file, text, &asked());
    calls.sort_by_key(|it| (it.line, it.column));
    calls
}

/// The only call, and what takes its place.
fn one(text: &str) -> (What, Option<String>) {
    let calls = calls("a.ts", text);
    assert_eq!(calls.len(), 1, "{text}: {calls:#?}");
    (calls[0].what, calls[0].replacement.clone())
}

fn becomes(text: &str, what: What, replacement: &str) {
    assert_eq!(one(text), (what, Some(replacement.to_owned())), "{text}");
}

#[test]
fn events_of_gtag_become_ours_with_the_same_name_and_properties() {
    use What::{Consent, Event, Setup, View};
    becomes(
        "gtag('event', 'signup_completed', {plan: 'pro'})",
        Event,
        "window.backstory?.('signup_completed', {plan: 'pro'})",
    );
    becomes("window.gtag('event', \"x\");", Event, "window.backstory?.(\"x\")");
    becomes(
        "(window as any).gtag?.('event', name, props)",
        Event,
        "window.backstory?.(name, props)",
    );
    becomes(
        "gtag('event', 'purchase', { value: cart.total(), currency: 'EUR', id })",
        Event,
        "window.backstory?.('purchase', { value: cart.total(), currency: 'EUR', id }, [cart.total(), 'EUR'])",
    );
    becomes("gtag('event', 'page_view', { page_path: '/a' })", View, "");
    becomes("gtag('js', new Date());", Setup, "");
    becomes("gtag('config', 'G-ABCDE12345', { send_page_view: false });", Setup, "");
    becomes("gtag('consent', 'default', { analytics_storage: 'denied' });", Consent, "");
    becomes("function gtag(){dataLayer.push(arguments);}", Setup, "");
    becomes("window.dataLayer = window.dataLayer || [];", Setup, "");
}

#[test]
fn a_call_over_many_lines_is_read_whole() {
    let text = "  if (done) {\n    gtag('event', 'a, (b)', {\n      // not: }\n      plan: `x${f({ y: ')' })}`,\n      list: ['}', \"]\"],\n    });\n  }\n";
    let found = calls("src/a.tsx", text);
    assert_eq!(found.len(), 1);
    let it = &found[0];
    assert_eq!((it.line, it.column, it.until), (2, 5, 6));
    assert!(it.text.starts_with("gtag('event'") && it.text.ends_with("})"), "{}", it.text);
    assert_eq!(it.note, answers::LISTS);
    assert!(it.replacement.as_ref().unwrap().starts_with("window.backstory?.('a, (b)', {\n"));
}

#[test]
fn a_call_whose_end_cannot_be_told_is_listed_to_look_at() {
    let text = "gtag('event', 'a', { re: /[)]/ });\ngtag('event', 'b');\n// gtag('event', 'c', (\nga('send', 'event', /\"/, 'x', 'y');\n";
    let calls = calls("a.ts", text);
    let lines: Vec<_> = calls.iter().map(|it| (it.line, it.until, it.what)).collect();
    assert_eq!(lines, [(1, 1, What::Other), (2, 2, What::Event), (4, 4, What::Other)]);
    assert_eq!(
        (&*calls[0].text, &calls[0].replacement),
        ("gtag('event', 'a', { re: /[)]/ });", &None)
    );
    assert!(!calls[0].note.is_empty());
}

#[test]
fn calls_of_older_scripts_become_ours() {
    use What::{Event, Other, Setup, View};
    becomes("ga('create', 'UA-12345-1', 'auto');", Setup, "");
    becomes("ga('send', 'pageview');", View, "");
    becomes(
        "ga('shop.send', 'event', 'Video', 'play', title, 3)",
        Event,
        "window.backstory?.('play', { category: 'Video', label: title, value: 3 })",
    );
    becomes(
        "ga('send', { hitType: 'event', eventCategory: 'Video', eventAction: 'play' })",
        Event,
        "window.backstory?.('play', { category: 'Video' })",
    );
    becomes("_gaq.push(['_setAccount', 'UA-12345-1']);", Setup, "");
    becomes("_gaq.push(['_trackPageview']);", View, "");
    becomes(
        "_gaq.push(['_trackEvent', 'Video', 'play', undefined, value])",
        Event,
        "window.backstory?.('play', { category: 'Video', value })",
    );
    assert_eq!(one("ga('ec:addProduct', { id: 1 })").0, Other);
    for text in [
        "saga('send')",
        "x.saga('send', 'event')",
        "ga(1, 2)",
        "mega('create')",
        "// ga('send', 'pageview')",
    ] {
        assert!(calls("a.js", text).is_empty(), "{text}");
    }
}

#[test]
fn what_a_tag_manager_is_told_becomes_an_event_to_look_at() {
    becomes(
        "dataLayer.push({ event: 'add_to_cart', sku: id, 'item-name': n })",
        What::TagManager,
        "window.backstory?.('add_to_cart', { sku: id, 'item-name': n })",
    );
    assert_eq!(one("window.dataLayer.push({ user: 1 })"), (What::TagManager, None));
    assert_eq!(
        one("sendGTMEvent({ event: 'x', value: 1 })").1.unwrap(),
        "window.backstory?.('x', { value: 1 })"
    );
}

#[test]
fn calls_of_packages_and_their_imports_are_found() {
    let text = "import GA4 from 'react-ga4';\nGA4.initialize('G-ABCDE12345');\nGA4.send('pageview');\nGA4.event({ category: 'a', action: 'b' });\nGA4.event('c', { d: 1 });\n";
    let found = calls("a.js", text);
    let said: Vec<(What, &str)> =
        found.iter().map(|it| (it.what, it.replacement.as_deref().unwrap())).collect();
    assert_eq!(
        said,
        [
            (What::Package, ""),
            (What::Setup, ""),
            (What::View, ""),
            (What::Event, "window.backstory?.('b', { category: 'a' })"),
            (What::Event, "window.backstory?.('c', { d: 1 })"),
        ]
    );
    becomes(
        "this.$gtag.event('signup', { plan })",
        What::Event,
        "window.backstory?.('signup', { plan })",
    );
    becomes(
        "this.$ga.event('Video', 'play', 'x', 2)",
        What::Event,
        "window.backstory?.('play', { category: 'Video', label: 'x', value: 2 })",
    );
    becomes(
        "sendGAEvent('event', 'b', { value: 'x' })",
        What::Event,
        "window.backstory?.('b', { value: 'x' })",
    );
    let next = "import { GoogleAnalytics } from '@next/third-parties/google'\n<GoogleAnalytics gaId=\"G-ABCDE12345\" />\n";
    let found = calls("app/layout.tsx", next);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert_eq!(
        found[1].replacement.as_deref(),
        Some("<script defer src=\"https://stats.shop.example/b.js\" data-site=\"shop\" />")
    );
    let gatsby = "module.exports = {\n  plugins: [\n    {\n      resolve: `x`,\n    },\n    {\n      resolve: 'gatsby-plugin-google-gtag',\n      options: { trackingIds: ['G-ABCDE12345'] },\n    },\n  ],\n}\n";
    let found = calls("gatsby-config.js", gatsby);
    assert_eq!((found.len(), found[0].line, found[0].until), (1, 6, 9), "{found:#?}");
    let package = "{\n  \"dependencies\": {\n    \"react-ga4\": \"^2.1.0\",\n    \"vanilla-cookieconsent\": \"^3.0.0\"\n  }\n}\n";
    let kinds: Vec<What> = calls("package.json", package).iter().map(|it| it.what).collect();
    assert_eq!(kinds, [What::Package, What::Consent]);
}

const PAGE: &str = r#"<!doctype html>
<head>
<meta http-equiv="Content-Security-Policy" content="script-src 'self' https://www.googletagmanager.com https://www.google-analytics.com; connect-src https://*.google-analytics.com">
<link rel="preconnect" href="https://www.google-analytics.com">
<script async src="https://www.googletagmanager.com/gtag/js?id=G-ABCDE12345"></script>
<script>
  window.dataLayer = window.dataLayer || [];
  function gtag(){dataLayer.push(arguments);}
  gtag('js', new Date());
  gtag('config', 'G-ABCDE12345');
</script>
<script>(function(w,d,s,l,i){w[l]=w[l]||[];w[l].push({'gtm.start':
new Date().getTime(),event:'gtm.js'});var f=d.getElementsByTagName(s)[0],
j=d.createElement(s),dl=l!='dataLayer'?'&l='+l:'';j.async=true;j.src=
'https://www.googletagmanager.com/gtm.js?id='+i+dl;f.parentNode.insertBefore(j,f);
})(window,document,'script','dataLayer','GTM-ABC123');</script>
</head>
<body>
<noscript><iframe src="https://www.googletagmanager.com/ns.html?id=GTM-ABC123" height="0"></iframe></noscript>
<a onclick="gtag('event', 'buy', {'plan': 'pro'})">Buy</a>
</body>
"#;

#[test]
fn a_page_is_rid_of_everything_and_loads_the_tracker() {
    let found = calls("index.html", PAGE);
    let said: Vec<(u32, What, Option<&str>)> =
        found.iter().map(|it| (it.line, it.what, it.replacement.as_deref())).collect();
    let tag = "<script defer src=\"https://stats.shop.example/b.js\" data-site=\"shop\"></script>";
    assert_eq!(
        said,
        [
            (
                3,
                What::Policy,
                Some(
                    "<meta http-equiv=\"Content-Security-Policy\" content=\"script-src 'self' https://stats.shop.example; connect-src https://stats.shop.example\">"
                )
            ),
            (4, What::Policy, Some("")),
            (5, What::Tag, Some(tag)),
            (7, What::Setup, Some("")),
            (8, What::Setup, Some("")),
            (9, What::Setup, Some("")),
            (10, What::Setup, Some("")),
            (12, What::Tag, Some(tag)),
            (19, What::Tag, Some("")),
            (20, What::Event, Some("window.backstory?.('buy', {'plan': 'pro'})")),
        ],
        "{found:#?}"
    );
    assert_eq!(found[7].note, answers::CONTAINER);
}

#[test]
fn the_snippet_of_analytics_js_goes_and_its_calls_with_it() {
    let text = "<script>\n(function(i,s,o,g,r,a,m){i['GoogleAnalyticsObject']=r;i[r]=i[r]||function(){\n(i[r].q=i[r].q||[]).push(arguments)},i[r].l=1*new Date();a=s.createElement(o),\nm=s.getElementsByTagName(o)[0];a.async=1;a.src=g;m.parentNode.insertBefore(a,m)\n})(window,document,'script','https://www.google-analytics.com/analytics.js','ga');\nga('create', 'UA-12345-1', 'auto');\nga('send', 'pageview');\n</script>\n";
    let found = calls("a.html", text);
    let said: Vec<(u32, u32, What)> = found.iter().map(|it| (it.line, it.until, it.what)).collect();
    assert_eq!(said, [(2, 5, What::Tag), (6, 6, What::Setup), (7, 7, What::View)], "{found:#?}");
}

#[test]
fn ids_and_policies_in_settings_are_found_and_words_that_look_alike_are_not() {
    let found = calls("config.toml", "googleAnalytics = 'G-ABCDE12345'\nold = \"UA-1234567-2\"\n");
    assert_eq!(found.iter().map(|it| it.what).collect::<Vec<_>>(), [What::Id, What::Id]);
    let nginx = "add_header Content-Security-Policy \"script-src 'self' https://www.googletagmanager.com https://www.google-analytics.com\";\n";
    let found = calls("site.conf", nginx);
    assert_eq!(found[0].replacement.as_deref(), Some("https://stats.shop.example"));
    assert_eq!(found[1].replacement.as_deref(), Some(""));
    for text in [
        "const a = 'UA-CH-HINTS';",
        "'G-FORCE'",
        "x = 'AAG-ABCDE12345'",
        "\"UA-Compatible\"",
        "# see https://www.google-analytics.com for more",
    ] {
        assert!(calls("a.js", text).is_empty(), "{text}");
    }
}

#[test]
fn calls_of_umami_and_plausible_are_found_and_made_where_asked() {
    let text = "<script defer src=\"https://u.example/script.js\" data-website-id=\"1\"></script>\n<script>umami.track('a', { b: 1 }); plausible('c', { props: { d: 1 }, revenue: { currency: 'EUR', amount: 2 } })</script>";
    assert!(calls("a.html", text).is_empty());
    let found = found::calls("a.html", text, &Asked { others: true, ..asked() });
    let said: Vec<&str> = found.iter().filter_map(|it| it.replacement.as_deref()).collect();
    assert_eq!(said.len(), 3);
    assert!(said.contains(&"window.backstory?.('a', { b: 1 })"));
    assert!(said.contains(&"window.backstory?.('c', { d: 1 }, [2, 'EUR'])"));
    let text = "gtag('event', 'buy', { plan: 'pro', value: 1, currency: 'EUR' })";
    let of = |target| {
        found::calls("a.js", text, &Asked { target, ..asked() })[0].replacement.clone().unwrap()
    };
    assert_eq!(
        of(Target::Umami),
        "window.umami?.track('buy', { ...{ plan: 'pro', value: 1, currency: 'EUR' }, revenue: 1, currency: 'EUR' })"
    );
    assert_eq!(
        of(Target::Plausible),
        "window.plausible?.('buy', { props: { plan: 'pro', value: 1, currency: 'EUR' }, revenue: { amount: 1, currency: 'EUR' } })"
    );
}

#[test]
fn a_folder_is_read_but_for_what_others_wrote_and_what_git_ignores() {
    let folder = tempfile::tempdir().unwrap();
    let put = |path: &str, text: &[u8]| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let call = b"gtag('event', 'x')\n";
    put("src/a.ts", call);
    put("src/deep/b.vue", call);
    for path in [
        "node_modules/x/a.js",
        ".git/a.js",
        "vendor/a.js",
        "public/x.min.js",
        "made/a.js",
        "a.png",
        "package-lock.json",
    ] {
        put(path, call);
    }
    put(".gitignore", b"/made/\n");
    put("binary.js", b"gtag('event', 'x')\0\0");
    put("packed.js", &[b"gtag('event', 'x');".repeat(2_000), b"\n".to_vec()].concat());
    put("latin.js", b"// caf\xe9\ngtag('event', 'caf\xe9')\n");
    let found = inventory(folder.path(), &asked(), |_| true).unwrap();
    let files: Vec<&str> = found.calls.iter().map(|it| it.file.as_str()).collect();
    assert_eq!(files, ["latin.js", "src/a.ts", "src/deep/b.vue"]);
    assert_eq!((found.files_with_calls, found.passed_over), (3, 2));
    assert_eq!(found.kinds[&What::Event], 3);
    assert!(inventory(folder.path(), &asked(), |_| false).is_err());
    assert!(inventory(&folder.path().join("nothing"), &asked(), |_| true).is_err());
}

#[test]
fn no_text_makes_it_panic_or_take_long() {
    let pieces = [
        "gtag(",
        "ga('",
        "'",
        "\"",
        "`",
        "${",
        "{",
        "}",
        "(",
        ")",
        "<script src=",
        "https://www.googletagmanager.com/gtag/js",
        "<",
        ">",
        "é",
        "\n",
        "_gaq.push([",
        "dataLayer.push({",
        "event:",
        ",",
        "ReactGA.event(",
        "\\",
        "(function",
        "//",
        "/*",
        "import ",
        " from ",
        "'react-ga4'",
        "<noscript>",
        "GTM-ABC123",
        "$gtag.",
        ".eventTrack.next(",
    ];
    let mut state = 7u64;
    for _ in 0..4_000 {
        let mut text = String::new();
        for _ in 0..30 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            text.push_str(pieces[(state >> 33) as usize % pieces.len()]);
        }
        found::calls("a.html", &text, &Asked { others: true, ..asked() });
    }
    let before = std::time::Instant::now();
    found::calls("a.js", &"gtag('event', {".repeat(20_000), &asked());
    found::calls("a.js", &"(function https://www.google-analytics.com ".repeat(5_000), &asked());
    assert!(before.elapsed().as_secs() < 20, "{:?}", before.elapsed());
}
