//! Everything that keeps the page inside the window: what it may load, ask, open and become.
//! No other module decides such a thing, and no other module builds a webview.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use wry::{NewWindowResponse, PermissionResponse, ProxyConfig, ProxyEndpoint, WebViewBuilder};

/// The scheme that the page and the bridge live under.
pub(crate) const SCHEME: &str = "backstory";

/// The one origin there is. WebView2 knows no own schemes, so wry maps them to a host there;
/// `.localhost` cannot be registered by anyone.
#[cfg(not(windows))]
pub(crate) const ORIGIN: &str = "backstory://app";
#[cfg(windows)]
pub(crate) const ORIGIN: &str = "https://backstory.localhost";

/// What the webview is told to load first; wry rewrites it to [`ORIGIN`] on Windows.
#[cfg(not(windows))]
const ADDRESS: &str = "backstory://app/";
#[cfg(windows)]
const ADDRESS: &str = "backstory://localhost/";

/// The header that carries the launch key.
pub(crate) const KEY_HEADER: &str = "x-backstory-key";

/// Largest body of one request, in bytes. A request is a question; large things are pulled.
pub(crate) const BODY_MAX: usize = 8 << 20;

/// Sent with every asset. No inline script or style, no frame, no other host, no HTML string.
pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; \
     style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'; frame-src 'none'; \
     object-src 'none'; worker-src 'none'; require-trusted-types-for 'script'; \
     trusted-types svelte-trusted-html";

/// Sent with every answer, refusals included.
pub(crate) const HEADERS: [(&str, &str); 4] = [
    ("Cache-Control", "no-store"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
];

/// 256 random bits, made at each launch and known to the top frame's closure alone.
#[derive(Clone)]
pub(crate) struct Key(String);

impl Key {
    /// Draws a key from the operating system.
    pub(crate) fn draw() -> Result<Key, getrandom::Error> {
        let mut bytes = [0u8; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Key(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    /// Compares without leaving early, so that time tells nothing about the key.
    fn opens(&self, given: &str) -> bool {
        let (ours, given) = (self.0.as_bytes(), given.as_bytes());
        let mut difference = ours.len() ^ given.len();
        for (index, byte) in ours.iter().enumerate() {
            difference |= usize::from(byte ^ given.get(index).copied().unwrap_or(0));
        }
        difference == 0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// What the page asks of native code, apart from files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Post {
    /// `/rpc`: one JSON-RPC frame.
    Call,
    /// `/ready`: the first frame was drawn.
    Ready,
}

/// The answer to "may this request be served, and as what".
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// A file of the build, by its name without the leading slash.
    Asset(String),
    /// The key was right: the body may be read.
    Post(Post),
    /// An HTTP status and a sentence for whoever debugs the page.
    Refuse(u16, &'static str),
}

/// Judges one request by its head. A body is read only after [`Verdict::Post`]: WebKitGTK ends the
/// process when it hands over the body of a request that holds a Blob, and without the key nobody
/// gets that far.
pub(crate) fn judge(
    key: &Key,
    method: &str,
    address: &str,
    header: impl Fn(&str) -> Option<String>,
) -> Verdict {
    // WebKitGTK hands the fragment over, too.
    let address = address.split_once('#').map_or(address, |(document, _)| document);
    let Some(path) = address.strip_prefix(ORIGIN).and_then(|rest| rest.strip_prefix('/')) else {
        return Verdict::Refuse(403, "Unknown host.");
    };
    if header("origin").is_some_and(|origin| origin != ORIGIN) {
        return Verdict::Refuse(403, "Foreign origin.");
    }
    let post = match path {
        "rpc" => Post::Call,
        "ready" => Post::Ready,
        _ if method != "GET" => return Verdict::Refuse(405, "Files are only read."),
        "" => return Verdict::Asset("index.html".to_owned()),
        _ => return Verdict::Asset(path.to_owned()),
    };
    if method != "POST" {
        return Verdict::Refuse(405, "The bridge takes POST.");
    }
    if !header(KEY_HEADER).is_some_and(|given| key.opens(&given)) {
        return Verdict::Refuse(403, "The launch key is missing or wrong.");
    }
    Verdict::Post(post)
}

/// True for the two addresses of the one document, with or without a route behind `#`.
pub(crate) fn may_navigate(address: &str) -> bool {
    let document = address.split_once('#').map_or(address, |(document, _)| document);
    match document.strip_prefix(ORIGIN) {
        Some(path) => path == "/" || path == "/index.html",
        None => false,
    }
}

/// The first address to load for `route` (as in `/file/src/main.rs`).
pub(crate) fn address(route: &str) -> String {
    match fragment(route) {
        route if route.is_empty() => ADDRESS.to_owned(),
        route => format!("{ADDRESS}#{route}"),
    }
}

/// `route` as a URL fragment: what is not plainly printable is percent-encoded.
pub(crate) fn fragment(route: &str) -> String {
    let route = route.strip_prefix('#').unwrap_or(route);
    let mut out = String::with_capacity(route.len());
    for byte in route.bytes() {
        match byte {
            b'"' | b'<' | b'>' | b'`' | b'\\' | b'^' | b'{' | b'|' | b'}' | b'#' => {
                out.push_str(&format!("%{byte:02X}"));
            }
            0x21..=0x7e => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// `text` as a JavaScript string literal that is safe in any script.
pub(crate) fn literal(text: &str) -> String {
    serde_json::Value::from(text)
        .to_string()
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
        .replace("</", "<\\/")
}

/// A builder with every door shut. `devtools` opens the inspector, nothing else.
pub(crate) fn shut<'a>(
    builder: WebViewBuilder<'a>,
    key: &Key,
    platform: &str,
    devtools: bool,
) -> WebViewBuilder<'a> {
    let bridge = include_str!("page/bridge.js")
        .replace("__ORIGIN__", ORIGIN)
        .replace("__KEY__", &key.0)
        .replace("__PLATFORM__", platform);
    builder
        // Before the guard, so that the bridge keeps the browser's own `fetch`.
        .with_initialization_script_for_main_only(bridge, true)
        .with_initialization_script_for_main_only(include_str!("page/guard.js"), false)
        .with_navigation_handler(|address| contained(false, || may_navigate(&address)))
        .with_new_window_req_handler(|_, _| NewWindowResponse::Deny)
        .with_download_started_handler(|_, _| false)
        .with_permission_handler(|_| PermissionResponse::Deny)
        // True means «handled»: neither the page nor the engine sees what was dropped.
        .with_drag_drop_handler(|_| true)
        .with_clipboard(false)
        .with_autoplay(false)
        .with_back_forward_navigation_gestures(false)
        .with_hotkeys_zoom(false)
        .with_devtools(devtools)
        // `preconnect` and `dns-prefetch` are under no policy of the page, and a host's name can
        // hold a secret. What is not ours goes to a port where nobody is.
        .with_proxy_config(ProxyConfig::Http(ProxyEndpoint {
            host: "127.0.0.1".into(),
            port: "1".into(),
        }))
}

/// What wry has no word for on WebKitGTK.
#[cfg(target_os = "linux")]
pub(crate) fn shut_webkit(webview: &webkit2gtk::WebView, devtools: bool) {
    use webkit2gtk::{
        ContextMenuExt, FileChooserRequestExt, HitTestResultExt, InputMethodContextExt,
        SettingsExt, WebViewExt,
    };
    if let Some(settings) = WebViewExt::settings(webview) {
        settings.set_enable_webgl(false);
        settings.set_enable_webaudio(false);
        settings.set_enable_media(false);
        settings.set_enable_media_stream(false);
        settings.set_enable_webrtc(false);
        settings.set_enable_hyperlink_auditing(false);
        settings.set_enable_offline_web_application_cache(false);
        settings.set_enable_page_cache(false);
        settings.set_enable_dns_prefetching(false);
        settings.set_enable_html5_database(false);
        settings.set_javascript_can_open_windows_automatically(false);
        settings.set_javascript_can_access_clipboard(false);
        settings.set_allow_file_access_from_file_urls(false);
        settings.set_allow_universal_access_from_file_urls(false);
        settings.set_enable_developer_extras(devtools);
        settings.set_enable_write_console_messages_to_stdout(devtools);
        // Faster wheel, less work per frame (WebKit bug 258926).
        settings.set_enable_smooth_scrolling(false);
    }
    // wry switches this off; without it nothing is seen while a CJK word is being composed.
    if let Some(input) = webview.input_method_context() {
        input.set_enable_preedit(true);
    }
    // Alerts can hold a window for ever, so they are answered before they are shown.
    webview.connect_script_dialog(|_, _| true);
    webview.connect_print(|_, _| true);
    webview.connect_enter_fullscreen(|_| true);
    webview.connect_show_notification(|_, _| true);
    webview.connect_run_color_chooser(|_, _| true);
    // Files come in through the native chooser of the bridge, as paths.
    webview.connect_run_file_chooser(|_, request| {
        request.cancel();
        true
    });
    // Only copy and paste: the stock menu offers downloads and new windows.
    webview.connect_context_menu(move |_, menu, _, hit| {
        contained(true, || {
            use webkit2gtk::{ContextMenuAction as Action, ContextMenuItemExt};
            if !devtools && !hit.context_is_editable() && !hit.context_is_selection() {
                return true;
            }
            for item in menu.items() {
                let kept = matches!(
                    item.stock_action(),
                    Action::Copy | Action::Cut | Action::Paste | Action::SelectAll
                ) || devtools && item.stock_action() == Action::InspectElement;
                if !kept {
                    menu.remove(&item);
                }
            }
            false
        })
    });
}

/// Runs a callback of the webview. A panic that crosses into C ends the process, so it stops here,
/// is reported by the panic hook, and `otherwise` is the answer.
pub(crate) fn contained<T>(otherwise: T, callback: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(callback)).unwrap_or(otherwise)
}

#[cfg(test)]
mod tests;
