//! The words that calls are found by.

use aho_corasick::AhoCorasick;
use std::sync::LazyLock;

/// Hosts that Google counts with.
pub(super) const HOSTS: &[&str] = &[
    "googletagmanager.com",
    "google-analytics.com",
    "analytics.google.com",
    "stats.g.doubleclick.net",
    "ssl.google-analytics.com",
];

/// Packages that wrap Google's script, and components that load it.
const PACKAGES: &[&str] = &[
    "react-ga",
    "react-ga4",
    "vue-gtag",
    "vue-gtag-next",
    "vue-analytics",
    "@next/third-parties",
    "nextjs-google-analytics",
    "gatsby-plugin-google-gtag",
    "gatsby-plugin-google-analytics",
    "gatsby-plugin-google-tagmanager",
    "gatsby-plugin-gdpr-cookies",
    "@nuxtjs/google-analytics",
    "@nuxtjs/google-gtag",
    "@nuxtjs/gtm",
    "nuxt-gtag",
    "nuxt-vue3-google-gtag",
    "@zadigetvoltaire/nuxt-gtm",
    "angulartics",
    "angulartics2",
    "ngx-google-analytics",
    "angular-google-analytics",
    "@analytics/google-analytics",
    "@analytics/google-tag-manager",
    "autotrack",
    "universal-analytics",
    "ga-4-react",
    "react-gtm-module",
    "@gtm-support/vue-gtm",
    "@docusaurus/plugin-google-gtag",
    "@docusaurus/plugin-google-analytics",
    "@docusaurus/plugin-google-tag-manager",
    "astro-google-analytics",
    "@types/gtag.js",
    "@types/google.analytics",
    "svelte-google-analytics",
    "redux-beacon",
    "@redux-beacon/google-analytics",
];

/// Packages and hosts that only ask for consent.
const CONSENTS: &[&str] = &[
    "cookieconsent",
    "vanilla-cookieconsent",
    "react-cookie-consent",
    "klaro",
    "tarteaucitronjs",
    "vue-cookieconsent",
    "vue-cookie-law",
    "ngx-cookieconsent",
    "gatsby-plugin-gdpr-cookies",
    "consent.cookiebot.com",
    "cdn.cookielaw.org",
    "consent.cookiefirst.com",
    "cdn.jsdelivr.net/npm/cookieconsent",
    "cdnjs.cloudflare.com/ajax/libs/cookieconsent2",
];

/// A kind of words, and what they may begin.
#[derive(Clone, Copy)]
pub(super) enum Word {
    Host,
    Gtag,
    Ga,
    Gaq,
    DataLayer,
    Method,
    Component,
    Disabled,
    Cookie,
    Package,
    Consent,
    Id,
    Umami,
    Plausible,
    OtherTag,
}

/// Words with what each may begin, and the search for all of them at once.
type Words = (Option<AhoCorasick>, Vec<(String, Word)>);

pub(super) static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut words: Vec<(String, Word)> = Vec::new();
    let mut add =
        |all: &[&str], word: Word| words.extend(all.iter().map(|it| ((*it).to_owned(), word)));
    add(HOSTS, Word::Host);
    add(&["gtag(", "gtag?.("], Word::Gtag);
    add(&["ga(", "ga?.("], Word::Ga);
    add(&["_gaq.push(", "_gaq ="], Word::Gaq);
    add(&["dataLayer.push(", "dataLayer?.push(", "dataLayer ="], Word::DataLayer);
    add(
        &["ReactGA.", "$gtag.", "$ga.", "sendGAEvent(", "sendGTMEvent(", "trackCustomEvent("],
        Word::Method,
    );
    add(&[".eventTrack.next(", "TagManager.initialize(", "TagManager.dataLayer("], Word::Method);
    add(&["<GoogleAnalytics", "<GoogleTagManager"], Word::Component);
    add(&["ga-disable-"], Word::Disabled);
    add(
        &["'_ga'", "\"_ga\"", "'_gid'", "\"_gid\"", "'_gat'", "\"_gat\"", "'_ga_", "\"_ga_"],
        Word::Cookie,
    );
    add(&["umami.track(", "umami?.track("], Word::Umami);
    add(&["plausible(", "plausible?.("], Word::Plausible);
    add(&["data-website-id=", "data-domain="], Word::OtherTag);
    add(&["G-", "UA-", "GTM-"], Word::Id);
    for (all, word) in [(PACKAGES, Word::Package), (CONSENTS, Word::Consent)] {
        for quote in ['"', '\''] {
            words.extend(all.iter().map(|it| (format!("{quote}{it}{quote}"), word)));
        }
        words.extend(
            all.iter()
                .filter(|it| it.contains(".c") || it.contains('/') && it.contains("cdn"))
                .map(|it| ((*it).to_owned(), word)),
        );
    }
    words.push(("'@next/third-parties/google'".into(), Word::Package));
    words.push(("\"@next/third-parties/google\"".into(), Word::Package));
    let found = AhoCorasick::new(words.iter().map(|it| &it.0)).ok();
    (found, words)
});
