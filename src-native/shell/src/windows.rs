//! WebView2: little of our own, since wry and tao do most.

use std::io::Write;
use std::os::windows::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use wry::{WebView, WebViewBuilder, WebViewBuilderExtWindows};

use crate::Status;
use crate::opener::Start;
use crate::window::Zoom;

pub(crate) use crate::portable::*;

/// What the page is told it runs on.
pub(crate) const PLATFORM: &str = "windows";

/// Keeps a console from flashing up beside a helper program.
const CREATE_NO_WINDOW: u32 = 0x0800_0000;

/// The last touches before the webview is built. WebView2 starts its own processes again.
pub(crate) fn finish<'a>(
    builder: WebViewBuilder<'a>,
    _: impl Fn(String) + 'static,
) -> WebViewBuilder<'a> {
    // Without it the page would be served as `http:`, which is no secure context.
    builder
        .with_https_scheme(true)
        .with_browser_accelerator_keys(cfg!(debug_assertions))
        .with_hotkeys_zoom(true)
}

/// WebView2 has the zoom keys itself.
pub(crate) fn on_zoom(_: &WebView, _: impl Fn(Zoom) + 'static) {}

/// Puts text on the clipboard.
pub(crate) fn copy(text: &str) {
    let child = Command::new(system32("clip.exe"))
        .creation_flags(CREATE_NO_WINDOW)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else { return };
    if let Some(mut input) = child.stdin.take() {
        // With a byte order mark it reads UTF-16, else the console's code page.
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        let _ = input.write_all(&units.flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
    }
    std::thread::spawn(move || child.wait());
}

/// The program that opens addresses, and how: no command interpreter, so no quoting to get wrong.
pub(crate) fn browser(url: &str) -> Result<Start, String> {
    let arguments = vec!["url.dll,FileProtocolHandler".into(), url.into()];
    Ok(Start { program: system32("rundll32.exe"), arguments })
}

fn system32(program: &str) -> PathBuf {
    let root = std::env::var_os("SystemRoot").unwrap_or_else(|| "C:\\Windows".into());
    PathBuf::from(root).join("System32").join(program)
}

/// What windows are shown on.
pub(crate) fn session() -> String {
    "Windows".into()
}

/// What else matters here.
pub(crate) fn findings() -> Vec<(&'static str, String, Status)> {
    vec![("languages", "the system's".into(), Status::Ok)]
}
