//! Who did it: a person as far as anybody can tell, or why not. Nothing is dropped for it.

use super::agent::Agent;
use crate::event::Verdict;
use aho_corasick::AhoCorasick;
use std::collections::HashSet;
use std::sync::LazyLock;

/// What only a user agent says.
pub(crate) type Said = Option<Verdict>;

static CRAWLERS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let parts = lines(include_str!("../../../../assets/analytics/crawlers.txt"));
    AhoCorasick::builder().ascii_case_insensitive(true).build(parts).ok()
});
static SPAMMERS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    lines(include_str!("../../../../assets/analytics/spam-referrers.txt")).collect()
});

/// Words of browsers that a program drives.
const DRIVEN: &[&str] = &[
    "Headless",
    "PhantomJS",
    "Selenium",
    "Cypress/",
    "Puppeteer",
    "Playwright",
    "SlimerJS",
    "HtmlUnit",
    "jsdom",
    "Nightmare",
    "WebDriver",
];

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|it| !it.is_empty() && !it.starts_with('#'))
}

/// What a user agent says; nothing where nothing speaks against a person.
pub fn of_agent(text: &str, agent: &Agent) -> Option<Verdict> {
    if DRIVEN.iter().any(|it| text.contains(it)) || agent.browser == "HeadlessChrome" {
        return Some(Verdict::Driven);
    }
    let is_crawler = CRAWLERS.as_ref().is_some_and(|it| {
        let is_phone = |end: usize| {
            text.get(end.saturating_sub(5)..end).is_some_and(|it| it.eq_ignore_ascii_case("cubot"))
        };
        // Cubot makes telephones.
        it.find_iter(text).any(|it| !is_phone(it.end()))
    });
    if is_crawler {
        return Some(Verdict::CrawlerAgent);
    }
    let is_browsers = ["Mozilla/", "Opera/", "UCWEB/"].iter().any(|it| text.starts_with(it));
    (!is_browsers || text.len() < 20).then_some(Verdict::NoBrowser)
}

/// Whether the host of a referrer is on the list of those that send no visitors.
pub fn is_spammer(host: &str) -> bool {
    let mut rest = host;
    loop {
        if SPAMMERS.contains(rest) {
            return true;
        }
        match rest.split_once('.') {
            Some((_, after)) if after.contains('.') => rest = after,
            _ => return false,
        }
    }
}

/// What GoatCounter's tracker and our own say of the browser that they run in.
pub fn of_hint(code: u32) -> Option<Verdict> {
    matches!(code, 150..=199).then_some(Verdict::Driven)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::agent::{Hints, read};

    fn of(text: &str) -> Option<Verdict> {
        of_agent(text, &read(text, Hints::default()))
    }

    #[test]
    fn programs_are_told_from_people_with_the_reason() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";
        assert_eq!(of(chrome), None);
        assert_eq!(of(&chrome.replace("Chrome/", "HeadlessChrome/")), Some(Verdict::Driven));
        let google = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
        assert_eq!(of(google), Some(Verdict::CrawlerAgent));
        assert_eq!(of("curl/8.5.0"), Some(Verdict::CrawlerAgent));
        assert_eq!(of("python-requests/2.32.3"), Some(Verdict::CrawlerAgent));
        assert_eq!(of(""), Some(Verdict::NoBrowser));
        assert_eq!(of("Mozilla/5.0"), Some(Verdict::NoBrowser));
        assert_eq!(of("WhatsApp/2.23.20.0 and so on"), Some(Verdict::NoBrowser));
        let cubot = "Mozilla/5.0 (Linux; Android 9; CUBOT_X19) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/98.0.4758.101 Mobile Safari/537.36";
        assert_eq!(of(cubot), None, "a telephone");
    }

    #[test]
    fn a_spammer_is_known_under_every_host_of_its_own() {
        assert!(is_spammer("semalt.com") && is_spammer("a.b.semalt.com"));
        assert!(!is_spammer("notsemalt.com") && !is_spammer("com") && !is_spammer(""));
    }
}
