//! WKWebView and AppKit: little of our own, since wry and tao do most.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use wry::{WebView, WebViewBuilder, WebViewBuilderExtDarwin};

use crate::Status;
use crate::opener::Start;
use crate::policy::contained;
use crate::window::Zoom;

pub(crate) use crate::portable::*;

/// What the page is told it runs on.
pub(crate) const PLATFORM: &str = "macos";

/// The last touches before the webview is built.
pub(crate) fn finish<'a>(
    builder: WebViewBuilder<'a>,
    died: impl Fn(String) + 'static,
) -> WebViewBuilder<'a> {
    builder.with_on_web_content_process_terminate_handler(move || {
        contained((), || died("web content process terminated".into()));
    })
}

/// WKWebView has no zoom keys, and the page hears none of ours: left to the page.
pub(crate) fn on_zoom(_: &WebView, _: impl Fn(Zoom) + 'static) {}

/// Puts text on the clipboard.
pub(crate) fn copy(text: &str) {
    let child = Command::new("/usr/bin/pbcopy")
        .env("LC_CTYPE", "UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else { return };
    if let Some(mut input) = child.stdin.take() {
        let _ = input.write_all(text.as_bytes());
    }
    std::thread::spawn(move || child.wait());
}

/// The program that opens addresses, and how.
pub(crate) fn browser(url: &str) -> Result<Start, String> {
    Ok(Start { program: PathBuf::from("/usr/bin/open"), arguments: vec![url.into()] })
}

/// What windows are shown on.
pub(crate) fn session() -> String {
    "AppKit".into()
}

/// What else matters here.
pub(crate) fn findings() -> Vec<(&'static str, String, Status)> {
    let spoken = std::env::var("LANG").unwrap_or_else(|_| "the system's".into());
    vec![("languages", spoken, Status::Ok)]
}
