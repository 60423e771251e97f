//! What a user agent says of a browser, its system and what it runs on: families and first numbers only.

use super::salts::Key;
use serde::Deserialize as _;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use ua_parser::{Extractor, Regexes};

/// The expressions of uap-core for browsers and systems. Those for makes and models of devices are left
/// out: they are twice as many, and tell people apart more than they tell about a page.
static EXPRESSIONS: &str = include_str!("../../../../assets/analytics/agents.json");

static EXTRACTOR: LazyLock<Option<Extractor<'static>>> = LazyLock::new(|| {
    let mut text = serde_json::Deserializer::from_str(EXPRESSIONS);
    Extractor::try_from(Regexes::deserialize(&mut text).ok()?).ok()
});

/// How many user agents are remembered.
const REMEMBERED: usize = 8192;

/// What is known of a browser.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agent {
    /// Family of the browser; empty where it is none that is known.
    pub browser: String,
    /// Its major version.
    pub browser_version: String,
    /// Family of the operating system.
    pub os: String,
    /// Its major version.
    pub os_version: String,
    /// `desktop`, `mobile`, `tablet`, `tv`, `console`; or empty.
    pub device: &'static str,
}

/// What browsers say about themselves beside their user agent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hints<'a> {
    /// `Sec-CH-UA`: brands and major versions.
    pub brands: &'a str,
    /// `Sec-CH-UA-Mobile`: `?1` on a phone.
    pub mobile: &'a str,
    /// `Sec-CH-UA-Platform`.
    pub platform: &'a str,
}

/// Reads a user agent.
pub fn read(text: &str, hints: Hints<'_>) -> Agent {
    // No browser's is longer, and expressions take time by length.
    let text = text.get(..text.floor_char_boundary(1024)).unwrap_or_default();
    let mut agent = Agent::default();
    if let Some(extractor) = &*EXTRACTOR {
        let (browser, os, _) = extractor.extract(text);
        if let Some(browser) = browser {
            agent.browser = family(&browser.family).to_owned();
            agent.browser_version = browser.major.unwrap_or_default().to_owned();
        }
        if let Some(os) = os {
            agent.os = system(&os.os).to_owned();
            agent.os_version = os.major.map(|it| it.into_owned()).unwrap_or_default();
        }
    }
    if let Some((name, version)) = brand(hints.brands) {
        agent.browser = name.to_owned();
        agent.browser_version = version.to_owned();
    }
    let platform = hints.platform.trim_matches('"');
    if agent.os.is_empty() && !platform.is_empty() && platform != "Unknown" {
        agent.os = system(platform).chars().take(40).collect();
    }
    agent.device = device(text, &agent.os, hints.mobile);
    agent
}

/// A browser has one name, on whatever it runs.
fn family(name: &str) -> &str {
    match name {
        "Chrome Mobile" | "Chrome Mobile iOS" => "Chrome",
        "Chrome Mobile WebView" => "Android WebView",
        "Mobile Safari" => "Safari",
        "Mobile Safari UI/WKWebView" => "iOS WebView",
        "Firefox Mobile" | "Firefox iOS" => "Firefox",
        "Edge Mobile" => "Edge",
        "Opera Mobile" => "Opera",
        "IE" | "IE Mobile" => "Internet Explorer",
        "Android" => "Android Browser",
        "Yandex Browser Mobile" => "Yandex Browser",
        "QQ Browser Mobile" => "QQ Browser",
        "WeChat Browser" => "WeChat",
        "DuckDuckGo Mobile" => "DuckDuckGo",
        "Other" => "",
        name => name,
    }
}

fn system(name: &str) -> &str {
    match name {
        "Mac OS X" => "macOS",
        "Chrome OS" | "Chromium OS" => "ChromeOS",
        "Web0S" => "webOS",
        "Other" => "",
        name => name,
    }
}

/// The browser among brands that hides in its user agent.
fn brand(brands: &str) -> Option<(&'static str, &str)> {
    const HIDING: &[(&str, &str)] = &[
        ("Brave", "Brave"),
        ("Microsoft Edge", "Edge"),
        ("Opera", "Opera"),
        ("Opera GX", "Opera"),
        ("Vivaldi", "Vivaldi"),
        ("DuckDuckGo", "DuckDuckGo"),
        ("Samsung Internet", "Samsung Internet"),
        ("YaBrowser", "Yandex Browser"),
        ("Yandex", "Yandex Browser"),
        ("HeadlessChrome", "HeadlessChrome"),
    ];
    brands.split(',').find_map(|it| {
        let mut parts = it.split(';');
        let name = parts.next()?.trim().trim_matches('"');
        let (_, family) = HIDING.iter().find(|it| it.0 == name)?;
        let version = parts.find_map(|it| it.trim().strip_prefix("v="))?.trim_matches('"');
        let major = version.split('.').next()?;
        (major.len() <= 6 && major.bytes().all(|it| it.is_ascii_digit()))
            .then_some((*family, major))
    })
}

/// What it runs on, by what user agents of such things have in common.
fn device(text: &str, os: &str, mobile: &str) -> &'static str {
    let has = |words: &[&str]| words.iter().any(|it| text.contains(it));
    const TV: &[&str] = &[
        "SmartTV",
        "SMART-TV",
        "Smart TV",
        "Smart-TV",
        "GoogleTV",
        "Google TV",
        "Android TV",
        "AppleTV",
        "Apple TV",
        "HbbTV",
        "NetCast",
        "Web0S",
        "BRAVIA",
        "Roku",
        "CrKey",
        "AFTB",
        "AFTM",
        "AFTT",
        "AFTS",
        "AFTKA",
        "AFTMM",
        "DTV",
        "TV Safari",
        "VIDAA",
        "PhilipsTV",
        "NetTV",
        "TSBNetTV",
    ];
    const CONSOLE: &[&str] = &["PlayStation", "PLAYSTATION", "Xbox", "Nintendo"];
    const TABLET: &[&str] = &[
        "iPad",
        "Tablet",
        "tablet",
        "PlayBook",
        "Kindle",
        "KFAPWI",
        "Silk-Accelerated",
        "Nexus 7",
        "Nexus 9",
        "Nexus 10",
        "SM-T",
        "GT-P",
        "TouchPad",
        "Xoom",
    ];
    const PHONE: &[&str] = &[
        "Mobile",
        "iPhone",
        "iPod",
        "Windows Phone",
        "IEMobile",
        "BlackBerry",
        "BB10",
        "Opera Mini",
        "Opera Mobi",
        "Symbian",
        "SymbOS",
        "MIDP",
        "KAIOS",
        "UCWEB",
        "webOS/",
        "Windows CE",
        "Bada",
        "Nokia",
        "NOKIA",
        "Maemo",
        "MeeGo",
        "BREW",
        "HarmonyOS",
        "OpenHarmony",
    ];
    const DESK: &[&str] = &["Windows", "Macintosh", "X11", "CrOS", "Linux x86_64", "Linux i686"];
    if has(TV) || (text.contains("Tizen") && text.contains("TV")) {
        "tv"
    } else if has(CONSOLE) {
        "console"
    } else if mobile == "?1" {
        "mobile"
    } else if has(TABLET) && !text.contains("Tablet PC") {
        "tablet"
    } else if has(PHONE) {
        "mobile"
    } else if os == "Android" || text.contains("Android") {
        "tablet" // a phone says "Mobile"
    } else if os == "iOS" {
        "mobile"
    } else if has(DESK) || ["Windows", "macOS", "ChromeOS", "Linux"].contains(&os) {
        "desktop"
    } else {
        ""
    }
}

/// User agents that were read lately, by a keyed hash of each: their words are nowhere.
pub(crate) struct Agents {
    key: Key,
    read: Mutex<HashMap<[u8; 16], Read>>,
}

/// What a user agent says of a browser and of a program.
type Read = Arc<(Agent, super::bots::Said)>;

impl Agents {
    pub(crate) fn new() -> std::io::Result<Agents> {
        Ok(Agents { key: Key::draw()?, read: Mutex::default() })
    }

    /// Reads a user agent, or remembers what it said.
    pub(crate) fn read(&self, text: &str, hints: Hints<'_>) -> Read {
        let parts = [text, hints.brands, hints.mobile, hints.platform];
        let hash = self.key.hash(&parts.map(str::as_bytes));
        let locked = || self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = locked().get(&hash) {
            return found.clone();
        }
        let agent = read(text, hints);
        let said = super::bots::of_agent(text, &agent);
        let found = Arc::new((agent, said));
        let mut read = locked();
        if read.len() >= REMEMBERED {
            read.clear();
        }
        read.insert(hash, found.clone());
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Browser, version, system, version, device.
    fn of(text: &str, hints: Hints<'_>) -> [String; 5] {
        let it = read(text, hints);
        [it.browser, it.browser_version, it.os, it.os_version, it.device.to_owned()]
    }

    #[test]
    fn browsers_systems_and_devices_are_told_by_family_and_first_number() {
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        let apple = "AppleWebKit/605.1.15 (KHTML, like Gecko)";
        for (text, told) in [
            (
                format!(
                    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit} Chrome/141.0.0.0 Safari/537.36"
                ),
                ["Chrome", "141", "Windows", "10", "desktop"],
            ),
            (
                format!(
                    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit} Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0"
                ),
                ["Edge", "141", "Windows", "10", "desktop"],
            ),
            (
                format!(
                    "Mozilla/5.0 (Linux; Android 10; K) {webkit} Chrome/141.0.0.0 Mobile Safari/537.36"
                ),
                ["Chrome", "141", "Android", "10", "mobile"],
            ),
            (
                format!(
                    "Mozilla/5.0 (Linux; Android 14; SM-X710) {webkit} Chrome/141.0.0.0 Safari/537.36"
                ),
                ["Chrome", "141", "Android", "14", "tablet"],
            ),
            (
                format!(
                    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) {apple} Version/18.6 Mobile/15E148 Safari/604.1"
                ),
                ["Safari", "18", "iOS", "18", "mobile"],
            ),
            (
                format!(
                    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) {apple} CriOS/141.0.7390.41 Mobile/15E148 Safari/604.1"
                ),
                ["Chrome", "141", "iOS", "18", "mobile"],
            ),
            (
                format!(
                    "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) {apple} Version/17.5 Mobile/15E148 Safari/604.1"
                ),
                ["Safari", "17", "iOS", "17", "tablet"],
            ),
            (
                format!(
                    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {apple} Version/18.5 Safari/605.1.15"
                ),
                ["Safari", "18", "macOS", "10", "desktop"],
            ),
            (
                "Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0".into(),
                ["Firefox", "145", "Android", "15", "mobile"],
            ),
            (
                format!(
                    "Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S918B) {webkit} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36"
                ),
                ["Samsung Internet", "28", "Android", "14", "mobile"],
            ),
            (
                format!(
                    "Mozilla/5.0 (X11; CrOS x86_64 16000.0.0) {webkit} Chrome/141.0.0.0 Safari/537.36"
                ),
                ["Chrome", "141", "ChromeOS", "16000", "desktop"],
            ),
            (
                format!(
                    "Mozilla/5.0 (Web0S; Linux/SmartTV) {webkit} Chrome/108.0.5359.211 Safari/537.36 WebAppManager"
                ),
                ["Chrome", "108", "webOS", "", "tv"],
            ),
            (
                format!(
                    "Mozilla/5.0 (PlayStation; PlayStation 5/9.00) {apple} Version/15.4 Safari/605.1.15"
                ),
                ["Safari", "15", "", "", "console"],
            ),
        ] {
            assert_eq!(of(&text, Hints::default()), told.map(str::to_owned), "{text}");
        }
        assert_eq!(of("", Hints::default()), [""; 5].map(str::to_owned));
    }

    #[test]
    fn a_browser_that_hides_in_anothers_user_agent_is_told_by_its_brand() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";
        let hints = |brands| Hints { brands, mobile: "?0", platform: "\"Linux\"" };
        let brave = hints("\"Brave\";v=\"141\", \"Not?A_Brand\";v=\"8\", \"Chromium\";v=\"141\"");
        assert_eq!(of(chrome, brave)[..3], ["Brave", "141", "Linux"].map(str::to_owned));
        assert_eq!(of(chrome, hints("\"Chromium\";v=\"141\""))[0], "Chrome");
        assert_eq!(of(chrome, hints("\"Brave\";v=\"<b>\", nonsense;;,"))[0], "Chrome");
    }
}
