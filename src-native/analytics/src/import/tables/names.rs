//! What other tools call browsers, systems and devices, in our words.

use crate::collect::agent::Agent;

/// What is known of a browser by the names that another tool has: `Chrome 86`, `windows 10`, `laptop`.
pub(super) fn told(browser_name: &str, system_name: &str, device_name: &str) -> Agent {
    let (name, version) = versioned(browser_name);
    let (system_of, system_version) = versioned(system_name);
    let os = system(system_of);
    Agent {
        browser: browser(name).to_owned(),
        browser_version: version.to_owned(),
        os: os.to_owned(),
        os_version: system_version.to_owned(),
        device: match device(device_name) {
            "" => of_system(os),
            device => device,
        },
    }
}

/// A name and the first number behind it.
fn versioned(text: &str) -> (&str, &str) {
    let text = text.trim();
    match text.rsplit_once(' ') {
        Some((name, version)) if version.starts_with(|it: char| it.is_ascii_digit()) => {
            (name, version.split('.').next().unwrap_or_default())
        }
        _ => (text, ""),
    }
}

pub(super) fn browser(name: &str) -> &str {
    match name.to_lowercase().as_str() {
        "chrome" | "crios" | "chromium" | "chrome mobile" => "Chrome",
        "safari" | "ios" | "mobile safari" => "Safari",
        "firefox" | "fxios" | "mobile firefox" => "Firefox",
        "edge" | "edge-chromium" | "edge-ios" | "edgios" | "microsoft edge" => "Edge",
        "opera" | "opera-mini" | "opera mini" => "Opera",
        "samsung" | "samsung browser" | "samsung internet" => "Samsung Internet",
        "ie" | "internet explorer" => "Internet Explorer",
        "ios-webview" | "ios webview" | "mobile app" => "iOS WebView",
        "chromium-webview" | "android-webview" | "android webview" => "Android WebView",
        "android" | "android browser" => "Android Browser",
        "yandexbrowser" | "yandex browser" => "Yandex Browser",
        "facebook" => "Facebook",
        "instagram" => "Instagram",
        "(unknown)" | "(not set)" | "unknown" => "",
        _ => name,
    }
}

fn system(name: &str) -> &str {
    let lower = name.to_lowercase();
    match lower.as_str() {
        "mac os" | "mac" | "macos" | "os x" | "mac os x" => "macOS",
        "gnu/linux" | "linux" => "Linux",
        "android os" | "android" => "Android",
        "ios" => "iOS",
        "chrome os" | "chromeos" => "ChromeOS",
        "(unknown)" | "(not set)" | "unknown" => "",
        _ if lower.starts_with("windows") => "Windows",
        _ => name,
    }
}

pub(super) fn device(name: &str) -> &'static str {
    match name.trim().to_lowercase().as_str() {
        "desktop" | "laptop" | "desktophd" | "largehdpi" => "desktop",
        "mobile" | "phone" | "smartphone" => "mobile",
        "tablet" => "tablet",
        "tv" | "smarttv" => "tv",
        "console" => "console",
        _ => "",
    }
}

/// What a system alone says about what it runs on.
fn of_system(os: &str) -> &'static str {
    match os {
        "Windows" | "macOS" | "Linux" | "ChromeOS" => "desktop",
        "iOS" => "mobile",
        _ => "",
    }
}
