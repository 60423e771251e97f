//! The smallest window that shows a folder of files: the measure for ours. It has the engine's
//! settings of the real window and none of its care.
//!
//!     bare FOLDER [ROUTE]
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a measuring stick, not a product"
)]

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("Measured on Linux only.");
}

#[cfg(target_os = "linux")]
fn main() {
    use std::borrow::Cow;
    use std::path::PathBuf;

    use tao::dpi::LogicalSize;
    use tao::event::{Event, WindowEvent};
    use tao::event_loop::{ControlFlow, EventLoop};
    use tao::platform::unix::WindowExtUnix;
    use tao::window::WindowBuilder;
    use webkit2gtk::{SettingsExt, WebViewExt};
    use wry::http::Response;
    use wry::{WebViewBuilder, WebViewBuilderExtUnix, WebViewExtUnix};

    let mut arguments = std::env::args_os().skip(1);
    let Some(folder) = arguments.next().map(PathBuf::from) else {
        eprintln!("bare FOLDER [ROUTE]");
        std::process::exit(2);
    };
    let route = arguments.next().unwrap_or_default();
    let event_loop = EventLoop::new();
    let window = WindowBuilder::new()
        .with_title("Bare")
        .with_inner_size(LogicalSize::new(1280, 800))
        .build(&event_loop)
        .unwrap();
    let webview = WebViewBuilder::new()
        .with_incognito(true)
        .with_custom_protocol("bare".into(), move |_, request| {
            let name = match request.uri().path() {
                "/" => "index.html",
                path => path.trim_start_matches('/'),
            };
            if let Some(report) = name.strip_prefix("report/") {
                println!("report {report}");
            }
            let kind = match name.rsplit_once('.') {
                Some((_, "html")) => "text/html",
                Some((_, "js")) => "text/javascript",
                Some((_, "css")) => "text/css",
                _ => "application/json",
            };
            let body = std::fs::read(folder.join(name)).unwrap_or_default();
            Response::builder().header("Content-Type", kind).body(Cow::from(body)).unwrap()
        })
        .build_gtk(window.default_vbox().unwrap())
        .unwrap();
    let settings = WebViewExt::settings(&webview.webview()).unwrap();
    settings.set_enable_write_console_messages_to_stdout(true);
    // As the real window chooses where there is no GPU.
    if std::env::var_os("WEBKIT_DISABLE_DMABUF_RENDERER").is_some() {
        settings.set_hardware_acceleration_policy(webkit2gtk::HardwareAccelerationPolicy::Never);
    }
    webview.load_url(&format!("bare://app/#{}", route.to_string_lossy())).unwrap();
    event_loop.run(move |event, _, flow| {
        let _kept = &webview;
        *flow = match event {
            Event::WindowEvent { event: WindowEvent::CloseRequested, .. } => ControlFlow::Exit,
            _ => ControlFlow::Wait,
        };
    });
}
