//! What macOS and Windows have in common: everything that wry, tao and rfd do for us.

use std::path::PathBuf;
use std::sync::Arc;

use tao::window::{Theme, Window};
use wry::http::{Request, Response};
use wry::{RequestAsyncResponder, WebContext, WebView, WebViewBuilder};

use crate::bridge::{Answer, Bridge, Step};
use crate::policy::{SCHEME, contained};
use crate::rendering::Machine;
use crate::{Error, Plan};

/// The version of the web engine.
pub(crate) fn engine() -> String {
    wry::webview_version().unwrap_or_else(|_| "unknown".into())
}

/// The engine draws by itself here; there is nothing to choose.
pub(crate) fn machine() -> Machine {
    Machine { gpus: vec![("system".into(), "the engine's own".into())], ..Machine::default() }
}

/// The engine confines its processes by itself.
pub(crate) fn confinement() -> Result<(), String> {
    Ok(())
}

/// No variable is needed for that.
pub(crate) fn confine(_: &Plan) -> Option<&'static str> {
    None
}

/// There is always a display where programs have windows.
pub(crate) fn display() -> Result<(), Error> {
    Ok(())
}

/// A webview and what must live as long as it.
pub(crate) struct Made {
    pub webview: WebView,
    _context: Box<WebContext>,
}

/// Builds the webview into the window and shows `address`.
pub(crate) fn make(
    window: &Window,
    _: &Plan,
    _: bool,
    bridge: &Arc<Bridge>,
    address: &str,
    configure: impl for<'a> FnOnce(WebViewBuilder<'a>) -> WebViewBuilder<'a>,
    died: impl Fn(String) + 'static,
) -> Result<Made, Error> {
    let mut context = Box::new(WebContext::new(None));
    let bridge = bridge.clone();
    let builder = configure(WebViewBuilder::new_with_web_context(&mut context))
        // Nothing of a page is kept: no cache, no storage, no cookies.
        .with_incognito(true)
        .with_asynchronous_custom_protocol(SCHEME.into(), move |_, request, responder| {
            contained((), || serve(&bridge, request, responder));
        })
        .with_url(address);
    let webview = crate::system::finish(builder, died)
        .build(window)
        .map_err(|error| Error::Window(error.to_string()))?;
    Ok(Made { webview, _context: context })
}

fn serve(bridge: &Bridge, request: Request<Vec<u8>>, responder: RequestAsyncResponder) {
    let (head, body) = request.into_parts();
    let header = |name: &str| head.headers.get(name)?.to_str().ok().map(str::to_owned);
    match bridge.head(head.method.as_str(), &head.uri.to_string(), header) {
        Step::Answer(answer) => respond(responder, answer),
        Step::Body(post) => bridge.body(post, body, move |answer| respond(responder, answer)),
    }
}

fn respond(responder: RequestAsyncResponder, answer: Answer) {
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers() {
        response = response.header(name, value);
    }
    // Every part of it is ours and well formed.
    if let Ok(response) = response.body(answer.body) {
        responder.respond(response);
    }
}

/// Whether the system asks for a dark theme.
pub(crate) fn dark(window: &Window) -> bool {
    window.theme() == Theme::Dark
}

/// Whether the window may say where it stands.
pub(crate) fn placeable() -> bool {
    true
}

/// The icon comes with the bundle or the program here.
pub(crate) fn set_icon(_: &Window, _: &[u8]) {}

/// Brings the window forward.
pub(crate) fn focus(window: &Window) {
    window.set_minimized(false);
    window.set_focus();
}

/// tao tells of changes with an event.
pub(crate) fn follow_theme(_: impl Fn() + Clone + 'static) {}

/// Lets the user choose a folder; `chosen` is called when the dialog is closed.
pub(crate) fn choose_folder(
    window: &Window,
    title: &str,
    chosen: impl FnOnce(Option<PathBuf>) + 'static,
) {
    // The dialog runs the system's loop while it is open, so the window goes on drawing.
    chosen(rfd::FileDialog::new().set_title(title).set_parent(window).pick_folder());
}

/// Shows a sentence in a dialog.
pub(crate) fn tell(window: Option<&Window>, text: &str) {
    let dialog = rfd::MessageDialog::new()
        .set_level(rfd::MessageLevel::Warning)
        .set_title("Backstory")
        .set_description(text);
    match window {
        Some(window) => dialog.set_parent(window).show(),
        None => dialog.show(),
    };
}

/// Starts the program again with the same arguments and ends this one. Returns only on failure.
pub(crate) fn restart(_: &[&str]) -> String {
    let started = std::env::current_exe().and_then(|program| {
        std::process::Command::new(program).args(std::env::args_os().skip(1)).spawn()
    });
    match started {
        Ok(_) => std::process::exit(0),
        Err(error) => error.to_string(),
    }
}

/// Threads of this process. `prepare` sets no variable here that another thread could read.
pub(crate) fn threads() -> usize {
    1
}

/// No engine here listens for whoever wants to drive it.
pub(crate) const REMOTE_CONTROL: [&str; 0] = [];

/// Hears memory on a thread of its own.
pub(crate) fn hear(
    line: transport::channel::Line,
    ears: std::sync::Arc<dyn transport::channel::Hear>,
) -> transport::channel::Memory {
    line.begin(ears)
}
