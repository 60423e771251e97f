//! GTK and WebKitGTK: the page's requests, dialogs, clipboard, theme, signals.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};
use std::rc::Rc;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use gtk::gio::prelude::*;
use gtk::glib;
use gtk::prelude::*;
use tao::platform::unix::WindowExtUnix;
use tao::window::Window;
use webkit2gtk::{
    SecurityManagerExt, SettingsExt, URISchemeRequest, URISchemeRequestExt, URISchemeResponse,
    URISchemeResponseExt, WebContextExt, WebViewExt,
};
use wry::{WebContext, WebView, WebViewBuilder, WebViewBuilderExtUnix, WebViewExtUnix};

use crate::bridge::{Answer, Bridge, Step};
pub(crate) use crate::hearing::hear;
use crate::policy::{self, BODY_MAX, SCHEME, contained};
use crate::rendering::{Machine, VARIABLES};
use crate::window::Zoom;
use crate::{Error, Plan, Status};

/// What the page is told it runs on.
pub(crate) const PLATFORM: &str = "linux";

// ---------------------------------------------------------------------------- before the window

/// The version of the web engine.
pub(crate) fn engine() -> String {
    wry::webview_version().unwrap_or_else(|_| "unknown".into())
}

/// What this machine draws with.
pub(crate) fn machine() -> Machine {
    let mut gpus: Vec<(String, String)> = Vec::new();
    for entry in fs::read_dir("/dev/dri").into_iter().flatten().flatten() {
        let Ok(node) = entry.file_name().into_string() else { continue };
        if node.starts_with("renderD") {
            let link = fs::read_link(format!("/sys/class/drm/{node}/device/driver"));
            let driver = link.ok().and_then(|it| Some(it.file_name()?.to_string_lossy().into()));
            gpus.push((node, driver.unwrap_or_else(|| "unknown driver".into())));
        }
    }
    gpus.sort();
    Machine {
        gpus,
        nvidia: Path::new("/proc/driver/nvidia/version").exists(),
        wayland: wayland(),
        own: VARIABLES.iter().filter(|name| has(name)).map(|it| (*it).to_owned()).collect(),
    }
}

fn has(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| !value.is_empty())
}

fn wayland() -> bool {
    let backend = env::var("GDK_BACKEND").unwrap_or_default();
    has("WAYLAND_DISPLAY") && !backend.split(',').next().unwrap_or_default().contains("x11")
}

/// Whether the web process can be confined here; why not, otherwise. Tried once.
pub(crate) fn confinement() -> Result<(), String> {
    static FOUND: OnceLock<Result<(), String>> = OnceLock::new();
    FOUND.get_or_init(try_confinement).clone()
}

/// WebKitGTK ends the application when bubblewrap fails, so bubblewrap is tried before.
fn try_confinement() -> Result<(), String> {
    const OFF: &str = "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS";
    if has(OFF) {
        return Err(format!("{OFF} is set"));
    }
    if Path::new("/.flatpak-info").exists() {
        // The engine asks Flatpak for a sandbox by itself.
        return Ok(());
    }
    for program in ["bwrap", "xdg-dbus-proxy"] {
        if !Path::new("/usr/bin").join(program).exists() && crate::opener::find(program).is_none() {
            return Err(format!("{program} is not installed"));
        }
    }
    let mut child = Process::new("bwrap")
        .args(["--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev"])
        .args(["--unshare-pid", "--unshare-uts", "--unshare-net", "--unshare-ipc"])
        .args(["--die-with-parent", "--", "/bin/true"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("bwrap does not start: {error}"))?;
    let deadline = Instant::now() + Duration::from_secs(1);
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(_)) => return Err("bwrap may not make namespaces here".into()),
            Ok(None) if Instant::now() < deadline => thread::sleep(Duration::from_millis(1)),
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err("bwrap took longer than a second".into());
            }
            Err(error) => return Err(format!("bwrap cannot be waited for: {error}")),
        }
    }
}

/// The variable, beside those of the rendering, that the engine is started with.
pub(crate) fn confine(plan: &Plan) -> Option<&'static str> {
    // Its driver leaks descriptors; the limit is the only cure on our side.
    if plan.rendering == crate::Rendering::SharedMemoryPlain {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let limit = getrlimit(Resource::Nofile);
        let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
    }
    plan.unconfined.is_none().then_some("WEBKIT_FORCE_SANDBOX")
}

/// The variables that make the engine listen on a TCP port for whoever wants to drive it.
pub(crate) const REMOTE_CONTROL: [&str; 2] =
    ["WEBKIT_INSPECTOR_SERVER", "WEBKIT_INSPECTOR_HTTP_SERVER"];

/// Threads of this process.
pub(crate) fn threads() -> usize {
    fs::read_dir("/proc/self/task").map_or(1, Iterator::count)
}

/// Connects to the display, which tao would panic without.
pub(crate) fn display() -> Result<(), Error> {
    if !has("WAYLAND_DISPLAY") && !has("DISPLAY") {
        return Err(Error::NoDisplay("neither WAYLAND_DISPLAY nor DISPLAY is set".into()));
    }
    gtk::init().map_err(|_| {
        let name = |name: &str| Some(format!("{name}={}", env::var(name).ok()?));
        let named = name("WAYLAND_DISPLAY").into_iter().chain(name("DISPLAY"));
        Error::NoDisplay(format!("{} does not answer", named.collect::<Vec<_>>().join(" and ")))
    })
}

// -------------------------------------------------------------------------------- the webview

/// A webview and what must live as long as it.
pub(crate) struct Made {
    pub webview: WebView,
    _context: Option<Box<WebContext>>,
}

/// Builds the webview into the window and shows `address`.
pub(crate) fn make(
    window: &Window,
    plan: &Plan,
    devtools: bool,
    bridge: &Arc<Bridge>,
    address: &str,
    configure: impl for<'a> FnOnce(WebViewBuilder<'a>) -> WebViewBuilder<'a>,
    died: impl Fn(String) + 'static,
) -> Result<Made, Error> {
    let failed = |error: String| Error::Window(error);
    let container = window.default_vbox().ok_or_else(|| failed("it has no container".into()))?;
    // Nothing of a page is kept: no cache, no storage, no cookies. Only a driven window needs a
    // named context, and that one is thrown away by whoever drives it.
    let automation = (cfg!(debug_assertions) || devtools) && has(REMOTE_CONTROL[0]);
    let mut context = automation.then(|| {
        let folder = env::temp_dir().join(format!("backstory-driven-{}", std::process::id()));
        let mut context = Box::new(WebContext::new(Some(folder)));
        context.set_allows_automation(true);
        context
    });
    let builder = match &mut context {
        Some(context) => WebViewBuilder::new_with_web_context(context),
        None => WebViewBuilder::new().with_incognito(true),
    };
    let webview =
        configure(builder).build_gtk(container).map_err(|error| failed(error.to_string()))?;
    let inner = webview.webview();
    policy::shut_webkit(&inner, devtools);
    if plan.rendering.without_gpu()
        && let Some(settings) = WebViewExt::settings(&inner)
    {
        settings.set_hardware_acceleration_policy(webkit2gtk::HardwareAccelerationPolicy::Never);
    }
    let engine = inner.context().ok_or_else(|| failed("the webview has no context".into()))?;
    let languages = languages(|name| env::var(name).ok());
    engine.set_preferred_languages(&languages.iter().map(String::as_str).collect::<Vec<_>>());
    engine.set_cache_model(webkit2gtk::CacheModel::DocumentViewer);
    serve(&engine, bridge.clone());
    inner.connect_web_process_terminated(move |_, reason| {
        contained((), || died(format!("{reason:?}")));
    });
    webview.load_url(address).map_err(|error| failed(error.to_string()))?;
    Ok(Made { webview, _context: context })
}

thread_local! {
    /// Requests that wait for their answers; WebKit's objects stay on this thread.
    static WAITING: RefCell<HashMap<u64, URISchemeRequest>> = RefCell::default();
    static NEXT: Cell<u64> = const { Cell::new(0) };
}

/// Serves the scheme. Not through wry, which reads every body before anyone can look at the head:
/// the body of a request with a Blob ends the process, and a frame without the key can send one.
fn serve(context: &webkit2gtk::WebContext, bridge: Arc<Bridge>) {
    if let Some(security) = context.security_manager() {
        security.register_uri_scheme_as_secure(SCHEME);
    }
    context.register_uri_scheme(SCHEME, move |request| {
        contained((), || {
            let method = request.http_method().unwrap_or_default();
            let address = request.uri().unwrap_or_default();
            let headers = request.http_headers();
            let header = |name: &str| headers.as_ref()?.one(name).map(|value| value.to_string());
            match bridge.head(&method, &address, header) {
                Step::Answer(answer) => finish(request, answer),
                Step::Body(post) => {
                    let body = read(request);
                    let number = NEXT.get();
                    NEXT.set(number + 1);
                    WAITING.with_borrow_mut(|waiting| waiting.insert(number, request.clone()));
                    bridge.body(post, body, move |answer| reply(number, answer));
                }
            }
        });
    });
}

/// The body, or one byte more than is allowed of it.
fn read(request: &URISchemeRequest) -> Vec<u8> {
    let Some(stream) = request.http_body() else { return Vec::new() };
    let mut body = Vec::new();
    let mut part = vec![0; 64 << 10];
    while body.len() <= BODY_MAX {
        match stream.read(&mut part[..], gtk::gio::Cancellable::NONE) {
            Ok(count) if count > 0 => body.extend_from_slice(&part[..count]),
            _ => break,
        }
    }
    body.truncate(BODY_MAX + 1);
    body
}

/// Answers from any thread.
fn reply(number: u64, answer: Answer) {
    glib::MainContext::default().invoke_with_priority(glib::Priority::DEFAULT, move || {
        contained((), || {
            // Another thread runs this when the loop has ended; then there is nobody to answer.
            let request = WAITING.with_borrow_mut(|waiting| waiting.remove(&number));
            if let Some(request) = request {
                finish(&request, answer);
            }
        });
    });
}

fn finish(request: &URISchemeRequest, answer: Answer) {
    let headers = soup::MessageHeaders::new(soup::MessageHeadersType::Response);
    for (name, value) in answer.headers() {
        headers.append(name, value);
    }
    let (status, mime, length) = (answer.status, answer.mime, answer.body.len());
    let bytes = glib::Bytes::from_owned(answer.body);
    let stream = gtk::gio::MemoryInputStream::from_bytes(&bytes);
    let response = URISchemeResponse::new(&stream, i64::try_from(length).unwrap_or(-1));
    response.set_status(u32::from(status), None);
    response.set_content_type(mime);
    response.set_http_headers(headers);
    request.finish_with_response(&response);
}

/// The languages for the page, best first. `C` is no language: `Intl` throws on it.
pub(crate) fn languages(variable: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| variable(name).filter(|value| !value.is_empty()));
    let plain = locale.as_deref().is_none_or(|it| tag(it).is_none());
    // GNU gettext: the list counts only when the locale is a real one.
    let list = variable("LANGUAGE").filter(|_| !plain).unwrap_or_default();
    for name in list.split(':').chain(locale.as_deref()) {
        if let Some(tag) = tag(name)
            && !found.contains(&tag)
        {
            found.push(tag);
        }
    }
    if !found.iter().any(|it| it.starts_with("en")) {
        found.push("en-US".into());
    }
    found
}

/// `de_AT.UTF-8@euro` as `de-AT`.
fn tag(locale: &str) -> Option<String> {
    let name = locale.split(['.', '@']).next()?.replace('_', "-");
    let mut parts = name.split('-');
    let language = parts.next()?;
    let fine = (2..=3).contains(&language.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && language.bytes().all(|byte| byte.is_ascii_lowercase())
        && parts.all(|part| (2..=8).contains(&part.len()));
    fine.then_some(name)
}

// --------------------------------------------------------------------------------- the window

/// Whether the system asks for a dark theme.
pub(crate) fn dark(_: &Window) -> bool {
    let Some(settings) = gtk::Settings::default() else { return false };
    let named = env::var("GTK_THEME").ok();
    let theme = named.or(settings.gtk_theme_name().map(Into::into)).unwrap_or_default();
    settings.is_gtk_application_prefer_dark_theme() || theme.to_lowercase().contains("dark")
}

/// Whether the window may say where it stands.
pub(crate) fn placeable() -> bool {
    !wayland()
}

pub(crate) fn set_icon(window: &Window, png: &[u8]) {
    let loader = gtk::gdk_pixbuf::PixbufLoader::new();
    if loader.write(png).and_then(|()| loader.close()).is_ok() {
        window.gtk_window().set_icon(loader.pixbuf().as_ref());
    }
}

/// Brings the window forward. Window managers want to know when the user asked for it.
pub(crate) fn focus(window: &Window) {
    let window = window.gtk_window();
    window.deiconify();
    let on_x11 = window.window().and_then(|it| it.downcast::<gdkx11::X11Window>().ok());
    match on_x11 {
        Some(surface) => window.present_with_time(gdkx11::functions::x11_get_server_time(&surface)),
        None => window.present(),
    }
}

/// Control with plus, minus and nought, as in a browser.
pub(crate) fn on_zoom(webview: &WebView, zoom: impl Fn(Zoom) + 'static) {
    use gtk::gdk::keys::constants as key;
    webview.webview().connect_key_press_event(move |_, event| {
        if !event.state().contains(gtk::gdk::ModifierType::CONTROL_MASK) {
            return glib::Propagation::Proceed;
        }
        let step = match event.keyval() {
            key::plus | key::equal | key::KP_Add => Zoom::In,
            key::minus | key::KP_Subtract => Zoom::Out,
            key::_0 | key::KP_0 => Zoom::Reset,
            _ => return glib::Propagation::Proceed,
        };
        contained((), || zoom(step));
        glib::Propagation::Stop
    });
}

/// Calls `changed` whenever the system's wish for light or dark changes, and follows it.
pub(crate) fn follow_theme(changed: impl Fn() + Clone + 'static) {
    if let Some(settings) = gtk::Settings::default() {
        let told = changed.clone();
        settings.connect_gtk_application_prefer_dark_theme_notify(move |_| contained((), &told));
        settings.connect_gtk_theme_name_notify(move |_| contained((), &changed));
    }
    // GTK 3 does not know the wish of newer desktops; their portal does.
    let bus = env::var("XDG_RUNTIME_DIR").map(|folder| Path::new(&folder).join("bus"));
    if !has("DBUS_SESSION_BUS_ADDRESS") && !bus.is_ok_and(|bus| bus.exists()) {
        return;
    }
    const SETTINGS: &str = "org.freedesktop.portal.Settings";
    const SPACE: &str = "org.freedesktop.appearance";
    const SCHEME: &str = "color-scheme";
    let none = gtk::gio::Cancellable::NONE;
    gtk::gio::bus_get(gtk::gio::BusType::Session, none, |bus| {
        let Ok(bus) = bus else { return };
        bus.signal_subscribe(
            None,
            Some(SETTINGS),
            Some("SettingChanged"),
            Some("/org/freedesktop/portal/desktop"),
            Some(SPACE),
            gtk::gio::DBusSignalFlags::NONE,
            |_, _, _, _, _, values| {
                contained((), || {
                    if values.try_child_value(1).is_some_and(|it| it.str() == Some(SCHEME)) {
                        wish(values.try_child_value(2));
                    }
                });
            },
        );
        bus.call(
            Some("org.freedesktop.portal.Desktop"),
            "/org/freedesktop/portal/desktop",
            SETTINGS,
            "Read",
            Some(&(SPACE, SCHEME).to_variant()),
            None,
            gtk::gio::DBusCallFlags::NONE,
            2_000,
            gtk::gio::Cancellable::NONE,
            |answer| contained((), || wish(answer.ok().and_then(|it| it.try_child_value(0)))),
        );
    });
}

/// Takes the portal's word: 1 is dark, 2 is light, 0 is no wish.
fn wish(mut value: Option<glib::Variant>) {
    while let Some(inner) = value.as_ref().and_then(glib::Variant::as_variant) {
        value = Some(inner);
    }
    let wish = value.and_then(|it| it.get::<u32>());
    if let (Some(settings), Some(wish @ (1 | 2))) = (gtk::Settings::default(), wish) {
        settings.set_gtk_application_prefer_dark_theme(wish == 1);
    }
}

/// Lets the user choose a folder; `chosen` is called when the dialog is closed.
pub(crate) fn choose_folder(
    window: &Window,
    title: &str,
    chosen: impl FnOnce(Option<PathBuf>) + 'static,
) {
    let dialog = gtk::FileChooserNative::new(
        Some(title),
        Some(window.gtk_window()),
        gtk::FileChooserAction::SelectFolder,
        Some("_Choose"),
        Some("_Cancel"),
    );
    dialog.set_modal(true);
    // The dialog lives until it has answered: its own handler holds it.
    let held = Rc::new(RefCell::new(Some((dialog.clone(), chosen))));
    dialog.connect_response(move |_, response| {
        contained((), || {
            let Some((dialog, chosen)) = held.borrow_mut().take() else { return };
            let accepted = response == gtk::ResponseType::Accept;
            chosen(accepted.then(|| dialog.filename()).flatten());
            dialog.destroy();
        });
    });
    dialog.show();
}

/// Shows a sentence in a dialog, without waiting for it to be read.
pub(crate) fn tell(window: Option<&Window>, text: &str) {
    let dialog = gtk::MessageDialog::new(
        window.map(WindowExtUnix::gtk_window),
        gtk::DialogFlags::empty(),
        gtk::MessageType::Warning,
        gtk::ButtonsType::Close,
        text,
    );
    dialog.set_title("Backstory");
    dialog.connect_response(|dialog, _| dialog.close());
    dialog.show_all();
}

/// Puts text on the clipboard, to stay there when the window is closed.
pub(crate) fn copy(text: &str) {
    let clipboard = gtk::Clipboard::get(&gtk::gdk::SELECTION_CLIPBOARD);
    clipboard.set_text(text);
    // Hands it to the desktop's clipboard manager, where there is one.
    clipboard.store();
}

/// The program that opens addresses, and how.
pub(crate) fn browser(url: &str) -> Result<crate::opener::Start, String> {
    let program = crate::opener::find("xdg-open")
        .ok_or("xdg-open is not installed, so no browser can be opened.")?;
    Ok(crate::opener::Start { program, arguments: vec![url.into()] })
}

/// Replaces this process by a new start with the same arguments. Returns only if that fails.
pub(crate) fn restart(forget: &[&str]) -> String {
    use std::os::unix::process::CommandExt;
    let Ok(program) = env::current_exe() else { return "its own program is gone".into() };
    let mut process = Process::new(program);
    process.args(env::args_os().skip(1));
    forget.iter().for_each(|name| {
        process.env_remove(name);
    });
    process.exec().to_string()
}

// --------------------------------------------------------------------------------- the doctor

/// What windows are shown on.
pub(crate) fn session() -> String {
    let kind = gtk::gdk::Display::default().map_or("no display".to_owned(), |display| {
        let name = if display.backend().is_wayland() { "Wayland" } else { "X11" };
        format!("{name} at {}, {} screens", display.name(), display.n_monitors())
    });
    let desktop = env::var("XDG_CURRENT_DESKTOP").unwrap_or_else(|_| "no desktop named".into());
    format!("{kind}; {desktop}")
}

/// What else matters here.
pub(crate) fn findings() -> Vec<(&'static str, String, Status)> {
    let named = |names: &[&'static str]| {
        let set = names.iter().filter_map(|name| Some(format!("{name}={}", env::var(name).ok()?)));
        set.collect::<Vec<String>>().join(", ")
    };
    let mut findings = Vec::new();
    let gpus: Vec<String> =
        machine().gpus.iter().map(|(node, driver)| format!("{node} ({driver})")).collect();
    let nvidia = fs::read_to_string("/proc/driver/nvidia/version").unwrap_or_default();
    let gpu = gpus.into_iter().chain(nvidia.lines().next().map(str::to_owned));
    let gpu = gpu.collect::<Vec<String>>().join(", ");
    findings.push(("gpu", if gpu.is_empty() { "none".into() } else { gpu }, Status::Ok));
    let locale = named(&["LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"]);
    let spoken = languages(|name| env::var(name).ok()).join(", ");
    findings.push(("languages", format!("{spoken} ({locale})"), Status::Ok));
    let input = named(&["GTK_IM_MODULE", "XMODIFIERS", "QT_IM_MODULE"]);
    let input = if input.is_empty() { "the desktop's own".into() } else { input };
    findings.push(("input method", format!("{input}; composing is shown"), Status::Ok));
    let bus = named(&["DBUS_SESSION_BUS_ADDRESS"]);
    findings.push(if bus.is_empty() {
        let why = "no session bus: the desktop's wish for dark and its dialogs are not known";
        ("session bus", why.into(), Status::Warn)
    } else {
        ("session bus", bus, Status::Ok)
    });
    for (name, family) in [("text font", "sans-serif"), ("code font", "monospace")] {
        let found = Process::new("fc-match").arg(family).stderr(Stdio::null()).output();
        findings.push(match found {
            Ok(found) if found.status.success() && !found.stdout.is_empty() => {
                (name, String::from_utf8_lossy(&found.stdout).trim().to_owned(), Status::Ok)
            }
            _ => (name, "fc-match found none; install a font".into(), Status::Warn),
        });
    }
    let own = named(&VARIABLES);
    if !own.is_empty() {
        findings.push(("set by you", own, Status::Ok));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::languages;

    fn given(pairs: &[(&str, &str)]) -> Vec<String> {
        languages(|name| {
            pairs.iter().find(|(it, _)| *it == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn c_and_posix_are_english() {
        for locale in ["C", "C.UTF-8", "POSIX", "", "C.utf8", "x", "../../etc", "en_"] {
            assert_eq!(given(&[("LANG", locale)]), ["en-US"], "{locale}");
        }
        assert_eq!(given(&[]), ["en-US"]);
        assert_eq!(given(&[("LC_ALL", "C"), ("LANG", "de_DE.UTF-8")]), ["en-US"]);
        assert_eq!(given(&[("LC_ALL", "C.UTF-8"), ("LANGUAGE", "de:fr")]), ["en-US"]);
    }

    #[test]
    fn a_locale_becomes_a_language_tag_and_english_is_the_last_resort() {
        assert_eq!(given(&[("LANG", "de_AT.UTF-8@euro")]), ["de-AT", "en-US"]);
        assert_eq!(given(&[("LANG", "en_GB.UTF-8")]), ["en-GB"]);
        assert_eq!(
            given(&[("LANG", "pt_BR.UTF-8"), ("LANGUAGE", "pt_BR:pt:en")]),
            ["pt-BR", "pt", "en"]
        );
        assert_eq!(given(&[("LANG", "tr_TR"), ("LC_MESSAGES", "ja_JP")]), ["ja-JP", "en-US"]);
    }
}
