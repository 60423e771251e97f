//! The window and its loop: commands come in from any thread, and are carried out here.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rpc::WindowState;
use tao::dpi::{LogicalPosition, LogicalSize};
use tao::event::{Event, WindowEvent};
use tao::event_loop::{ControlFlow, EventLoopBuilder, EventLoopProxy};
use tao::platform::run_return::EventLoopExtRunReturn;
use tao::window::{Window, WindowBuilder};
use tokio::sync::oneshot;
use wry::PageLoadEvent;

use crate::bridge::{Bridge, Wake};
use crate::events::Events;
use crate::place::{Area, Place};
use crate::plan::note;
use crate::policy::{self, Key, contained};
use crate::system::{self, Made};
use crate::{Error, Options, Plan, opener};

/// How long a start may take until the first frame, in seconds, unless
/// `BACKSTORY_READY_SECONDS` says otherwise.
const READY_SECONDS: u64 = 10;
/// Ends of the web process within a minute after which it is not started again.
const DEATHS: usize = 5;
/// What is seen until the page has drawn: its own background in light and dark, so nothing flashes.
const GROUND: [(u8, u8, u8, u8); 2] = [(244, 245, 247, 255), (21, 24, 29, 255)];
/// Longest window title, in characters.
const TITLE_MAX: usize = 120;

/// What the loop can be told.
enum Command {
    Open(String),
    Focus,
    Title(String),
    Deliver,
    Delivered,
    ChooseFolder(String, oneshot::Sender<Option<PathBuf>>),
    Chosen,
    Copy(String),
    Text(oneshot::Sender<String>),
    Began,
    Drawn,
    Overdue,
    Died(String),
    Zoom(Zoom),
    Theme,
    Close,
}

/// A step of the page's zoom.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "WebKitGTK alone needs it"))]
pub(crate) enum Zoom {
    In,
    Out,
    Reset,
}

/// Tells the loop something from any thread.
#[derive(Clone)]
struct Teller(Arc<Mutex<EventLoopProxy<Command>>>);

impl Teller {
    fn tell(&self, command: Command) {
        // An error means that the window is gone, and with it whoever would have cared.
        let _ = self.0.lock().unwrap_or_else(PoisonError::into_inner).send_event(command);
    }
}

/// The window as methods see it.
struct Remote {
    teller: Teller,
    state: Arc<Mutex<WindowState>>,
    /// Variables that programs outside are not to inherit.
    forget: Vec<&'static str>,
}

fn locked(state: &Mutex<WindowState>) -> MutexGuard<'_, WindowState> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl rpc::Window for Remote {
    fn open(&self, route: &str) {
        self.teller.tell(Command::Open(route.to_owned()));
        self.teller.tell(Command::Focus);
    }

    fn focus(&self) {
        self.teller.tell(Command::Focus);
    }

    fn state(&self) -> WindowState {
        locked(&self.state).clone()
    }

    fn showing(&self, route: &str, title: &str) {
        let mut state = locked(&self.state);
        state.route = route.to_owned();
        state.ready = true;
        drop(state);
        self.teller.tell(Command::Title(title.to_owned()));
    }

    fn text(&self) -> rpc::Soon<String> {
        let (give, take) = oneshot::channel();
        self.teller.tell(Command::Text(give));
        Box::pin(async {
            // A page that hangs never answers.
            let text = tokio::time::timeout(Duration::from_secs(5), take).await;
            text.ok().and_then(Result::ok).unwrap_or_default()
        })
    }

    fn choose_folder(&self, title: &str) -> rpc::Soon<Option<PathBuf>> {
        let (give, take) = oneshot::channel();
        self.teller.tell(Command::ChooseFolder(title.to_owned(), give));
        Box::pin(async { take.await.ok().flatten() })
    }

    fn copy(&self, text: &str) {
        self.teller.tell(Command::Copy(text.to_owned()));
    }

    fn open_in_browser(&self, url: &str) -> Result<(), String> {
        let start = system::browser(&opener::browser_argument(url)?)?;
        opener::run(&start, &self.forget)
    }

    fn open_in_editor(&self, path: &Path, line: Option<u32>) -> Result<(), String> {
        if !path.exists() {
            return Err(format!("{} does not exist.", path.display()));
        }
        let start = opener::editor(path, line, |name| std::env::var(name).ok(), opener::find)?;
        opener::run(&start, &self.forget)
    }
}

/// Opens the window and returns when it was closed, its place remembered and its page ended.
///
/// Must be called on the main thread. Fails before anything is shown when there is no display.
pub fn run(options: Options) -> Result<(), Error> {
    system::display()?;
    let key = Key::draw()?;
    let mut event_loop = EventLoopBuilder::<Command>::with_user_event().build();
    let teller = Teller(Arc::new(Mutex::new(event_loop.create_proxy())));

    let screens: Vec<Area> = event_loop
        .available_monitors()
        .map(|screen| {
            let scale = screen.scale_factor();
            let position = screen.position().to_logical(scale);
            let size = screen.size().to_logical(scale);
            Area { x: position.x, y: position.y, width: size.width, height: size.height }
        })
        .collect();
    let place = Place::load(&options.state_dir).fitted(&screens);
    let mut builder = WindowBuilder::new()
        .with_title("Backstory")
        .with_inner_size(LogicalSize::new(place.area.width, place.area.height))
        .with_min_inner_size(LogicalSize::new(480, 320))
        .with_maximized(place.maximized);
    if place.placed && system::placeable() {
        builder = builder.with_position(LogicalPosition::new(place.area.x, place.area.y));
    }
    let window = builder.build(&event_loop).map_err(|error| Error::Window(error.to_string()))?;
    system::set_icon(&window, options.icon_png);
    let ground = GROUND[usize::from(system::dark(&window))];
    window.set_background_color(Some(ground));

    let state = Arc::new(Mutex::new(WindowState {
        route: options.route.clone(),
        title: "Backstory".into(),
        rendering: options.plan.rendering.name().into(),
        sandboxed: options.plan.unconfined.is_none(),
        ..WindowState::default()
    }));
    let events = Events::default();
    let wake: Wake = {
        let (teller, runtime) = (teller.clone(), options.runtime.clone());
        Arc::new(move |wait| {
            let teller = teller.clone();
            runtime.spawn(async move {
                tokio::time::sleep(wait).await;
                teller.tell(Command::Deliver);
            });
        })
    };
    let drawn = teller.clone();
    let bridge = Arc::new(Bridge::new(
        key.clone(),
        &options,
        events.clone(),
        wake.clone(),
        Box::new(move || drawn.tell(Command::Drawn)),
    ));

    let (loaded, died) = (teller.clone(), teller.clone());
    let began = bridge.clone();
    let made = system::make(
        &window,
        &options.plan,
        options.devtools,
        &bridge,
        &policy::address(&options.route),
        |webview| {
            policy::shut(webview, &key, system::PLATFORM, options.devtools)
                .with_background_color(ground)
                .with_on_page_load_handler(move |event, _| {
                    contained((), || {
                        if matches!(event, PageLoadEvent::Started) {
                            began.renew();
                            loaded.tell(Command::Began);
                        }
                    });
                })
        },
        move |reason| died.tell(Command::Died(reason)),
    )?;
    let _ = made.webview.zoom(place.zoom);
    let zoomed = teller.clone();
    system::on_zoom(&made.webview, move |step| zoomed.tell(Command::Zoom(step)));
    end_on_signals(&options.runtime, &teller);
    let themed = teller.clone();
    system::follow_theme(move || themed.tell(Command::Theme));
    if let Some(message) = &options.plan.message {
        system::tell(Some(&window), message);
    }
    options.server.attach_window(Arc::new(Remote {
        teller: teller.clone(),
        state: state.clone(),
        forget: options.plan.variables.clone(),
    }));
    watch(&options, &teller);

    let mut desk = Desk {
        plan: options.plan.clone(),
        server: options.server.clone(),
        state_dir: options.state_dir.clone(),
        driven: options.devtools,
        teller,
        wake,
        events,
        state,
        window,
        made,
        usual: place.area,
        latest: place,
        choosing: false,
        drawn: false,
        deaths: Vec::new(),
    };
    desk.refresh();
    event_loop.run_return(|event, _, flow| {
        // A panic of ours must not cross into C.
        let ended = catch_unwind(AssertUnwindSafe(|| desk.take(event))).unwrap_or(false);
        *flow = if ended { ControlFlow::Exit } else { ControlFlow::Wait };
    });
    options.server.detach_window();
    desk.leave();
    Ok(())
}

/// Asks after a while whether anything was drawn.
fn watch(options: &Options, teller: &Teller) {
    let wanted = std::env::var("BACKSTORY_READY_SECONDS").ok().and_then(|it| it.parse().ok());
    let seconds = wanted.filter(|it| (1..=3_600).contains(it)).unwrap_or(READY_SECONDS);
    let teller = teller.clone();
    options.runtime.spawn(async move {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        teller.tell(Command::Overdue);
    });
}

/// Closes the window when the system or the terminal asks the process to end.
fn end_on_signals(runtime: &tokio::runtime::Handle, teller: &Teller) {
    let _inside = runtime.enter();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        for kind in [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()] {
            let teller = teller.clone();
            match signal(kind) {
                Ok(mut signal) => drop(runtime.spawn(async move {
                    while signal.recv().await.is_some() {
                        teller.tell(Command::Close);
                    }
                })),
                Err(error) => note(&format!("Signal {kind:?} cannot be waited for: {error}.")),
            }
        }
    }
    #[cfg(windows)]
    {
        use tokio::signal::windows::{ctrl_c, ctrl_close};
        if let (Ok(mut c), Ok(mut close)) = (ctrl_c(), ctrl_close()) {
            let teller = teller.clone();
            runtime.spawn(async move {
                tokio::select! {
                    _ = c.recv() => {}
                    _ = close.recv() => {}
                }
                teller.tell(Command::Close);
            });
        }
    }
}

/// Everything the loop works on.
struct Desk {
    plan: Plan,
    server: rpc::Server,
    state_dir: PathBuf,
    /// Someone may be looking at the page through an inspector and stop it for long.
    driven: bool,
    teller: Teller,
    wake: Wake,
    events: Events,
    state: Arc<Mutex<WindowState>>,
    window: Window,
    made: Made,
    /// Where the window stood before the last change, for when that change was maximizing.
    usual: Area,
    latest: Place,
    choosing: bool,
    drawn: bool,
    deaths: Vec<Instant>,
}

impl Desk {
    /// Takes one event; true ends the loop.
    fn take(&mut self, event: Event<'_, Command>) -> bool {
        match event {
            Event::WindowEvent { event, .. } => match event {
                WindowEvent::CloseRequested | WindowEvent::Destroyed => return true,
                _ => self.refresh(),
            },
            Event::UserEvent(Command::Close) => return true,
            Event::UserEvent(command) => self.obey(command),
            _ => {}
        }
        false
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Open(route) => {
                let target = policy::literal(&format!("#{}", policy::fragment(&route)));
                self.evaluate(&format!("window.location.hash={target};0"));
            }
            Command::Focus => system::focus(&self.window),
            Command::Title(title) => {
                let title = titled(&title);
                self.window.set_title(&title);
                locked(&self.state).title = title;
            }
            Command::Deliver => {
                let Some(script) = self.events.batch() else { return };
                let teller = self.teller.clone();
                let delivered = move |_| teller.tell(Command::Delivered);
                if self.made.webview.evaluate_script_with_callback(&script, delivered).is_err() {
                    self.awaken(self.events.done());
                }
            }
            Command::Delivered => self.awaken(self.events.done()),
            Command::ChooseFolder(title, chosen) => self.choose_folder(&title, chosen),
            Command::Chosen => self.choosing = false,
            Command::Copy(text) => system::copy(&text),
            Command::Text(give) => {
                let give = Mutex::new(Some(give));
                let script = "document.body?document.body.innerText:''";
                let _ = self.made.webview.evaluate_script_with_callback(script, move |text| {
                    let give = give.lock().unwrap_or_else(PoisonError::into_inner).take();
                    if let Some(give) = give {
                        let _ = give.send(serde_json::from_str(&text).unwrap_or_default());
                    }
                });
            }
            Command::Began => self.awaken(self.events.began()),
            Command::Drawn => self.drawn(),
            Command::Overdue => self.overdue(),
            Command::Died(reason) => self.died(&reason),
            Command::Zoom(step) => {
                let zoom = match step {
                    Zoom::In => self.latest.zoom * 1.1,
                    Zoom::Out => self.latest.zoom / 1.1,
                    Zoom::Reset => 1.0,
                };
                self.latest.zoom = zoom.clamp(0.3, 4.0);
                let _ = self.made.webview.zoom(self.latest.zoom);
            }
            Command::Theme => self.refresh(),
            Command::Close => {}
        }
    }

    fn evaluate(&self, script: &str) {
        let _ = self.made.webview.evaluate_script(script);
    }

    fn awaken(&self, wait: Option<Duration>) {
        if let Some(wait) = wait {
            (self.wake)(wait);
        }
    }

    fn choose_folder(&mut self, title: &str, chosen: oneshot::Sender<Option<PathBuf>>) {
        // One dialog at a time: the second asker is told that nothing was chosen.
        if std::mem::replace(&mut self.choosing, true) {
            let _ = chosen.send(None);
            return;
        }
        let teller = self.teller.clone();
        system::choose_folder(&self.window, &titled(title), move |path| {
            let _ = chosen.send(path);
            teller.tell(Command::Chosen);
        });
    }

    /// Takes over what the window manager and the user did.
    fn refresh(&mut self) {
        let scale = self.window.scale_factor();
        let size = self.window.inner_size().to_logical::<u32>(scale);
        let maximized = self.window.is_maximized();
        {
            let mut state = locked(&self.state);
            state.width = size.width;
            state.height = size.height;
            state.maximized = maximized;
            state.focused = self.window.is_focused();
            state.dark = system::dark(&self.window);
        }
        self.latest.maximized = maximized;
        if maximized || self.window.fullscreen().is_some() {
            return;
        }
        let whole = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
        let mut area =
            Area { width: whole(size.width), height: whole(size.height), ..self.latest.area };
        if let Ok(position) = self.window.outer_position() {
            let position = position.to_logical::<i32>(scale);
            (area.x, area.y) = (position.x, position.y);
            self.latest.placed = system::placeable();
        }
        if area != self.latest.area {
            self.usual = self.latest.area;
            self.latest.area = area;
        }
    }

    fn drawn(&mut self) {
        locked(&self.state).dark = system::dark(&self.window);
        if std::mem::replace(&mut self.drawn, true) {
            return;
        }
        self.plan.starts.unfinished = 0;
        self.remember_starts();
        if let Some(why) = &self.plan.unconfined {
            self.notice(&format!(
                "The page's process runs without a sandbox: {why}. Backstory works, but a fault \
                 in the web engine would be more dangerous."
            ));
        }
    }

    /// The time for a start is over.
    fn overdue(&mut self) {
        if self.drawn || self.driven {
            return;
        }
        if self.plan.rendering == crate::Rendering::Safe {
            let text = "The window drew nothing, even in safe rendering. `backstory doctor` says \
                        what was found on this machine.";
            note(text);
            system::tell(Some(&self.window), text);
            return;
        }
        note("The window drew nothing in time; starting again in safe rendering.");
        self.plan.starts.blank = true;
        self.plan.starts.told = false;
        self.plan.starts.unfinished = 0;
        self.remember_starts();
        let error = system::restart(&self.plan.variables);
        system::tell(
            Some(&self.window),
            &format!("The window drew nothing and could not be started again: {error}."),
        );
    }

    fn died(&mut self, reason: &str) {
        self.events.ended();
        locked(&self.state).ready = false;
        let minute = Duration::from_secs(60);
        self.deaths.retain(|death| death.elapsed() < minute);
        self.deaths.push(Instant::now());
        note(&format!("The page's process ended ({reason})."));
        if self.deaths.len() >= DEATHS {
            let text = "The page's process ends again and again, so it is not started any more. \
                        Try --safe-rendering; `backstory doctor` says what was found here.";
            note(text);
            return system::tell(Some(&self.window), text);
        }
        let _ = self.made.webview.reload();
        self.notice("The page's process ended and was started again. Nothing in memory was lost.");
    }

    /// Tells the page something that people should read.
    fn notice(&self, text: &str) {
        let notice = serde_json::json!({ "level": "warning", "text": text });
        self.server.tell("$/notice", notice);
    }

    fn remember_starts(&self) {
        if let Err(error) = self.plan.starts.save(&self.state_dir) {
            note(&format!("{} cannot be written: {error}.", self.state_dir.display()));
        }
    }

    /// The last thing: what the next start wants to know.
    fn leave(mut self) {
        let area = if self.latest.maximized { self.usual } else { self.latest.area };
        let place = Place { area, ..self.latest };
        if let Err(error) = place.save(&self.state_dir) {
            note(&format!("{} cannot be written: {error}.", self.state_dir.display()));
        }
        // Closed before the first frame by someone in a hurry: not the machine's fault.
        if !self.drawn {
            self.plan.starts.unfinished = 0;
            self.remember_starts();
        }
        // The webview goes before its window.
        drop(self.made);
    }
}

/// A title from the page: one line, not too long, always ours.
fn titled(text: &str) -> String {
    let line: String = text.chars().map(|it| if it.is_control() { ' ' } else { it }).collect();
    let line = line.trim();
    if line.is_empty() {
        return "Backstory".into();
    }
    let cut: String = line.chars().take(TITLE_MAX).collect();
    if cut.ends_with("Backstory") { cut } else { format!("{cut} · Backstory") }
}

#[cfg(test)]
mod tests {
    use super::titled;

    #[test]
    fn a_title_is_one_line_and_ours() {
        assert_eq!(titled(""), "Backstory");
        assert_eq!(titled(" \n\t"), "Backstory");
        assert_eq!(titled("src/pay.rs"), "src/pay.rs · Backstory");
        assert_eq!(titled("Overview · Backstory"), "Overview · Backstory");
        assert_eq!(titled("a\nb\u{0}c"), "a b c · Backstory");
        assert!(titled(&"é".repeat(10_000)).chars().count() < 140);
    }
}
