//! The window and its loop: commands come in from any thread, and are carried out here.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rpc::{Theme, WindowState};
use tao::dpi::{LogicalPosition, LogicalSize};
use tao::event::{Event, WindowEvent};
use tao::event_loop::{ControlFlow, EventLoopBuilder, EventLoopProxy};
use tao::platform::run_return::EventLoopExtRunReturn;
use tao::window::{Window, WindowBuilder};
use transport::channel::Give;
use wry::PageLoadEvent;

use crate::bridge::Bridge;
use crate::ears::Ears;
use crate::events::Events;
use crate::memory::{Begun, Launch, Life};
use crate::place::{Area, Place, Starts};
use crate::plan::note;
use crate::policy::{self, Key, contained};
use crate::system::{self, Made};
use crate::{Error, Options, Plan, signals};

/// How long a start may take until the first frame, in seconds, unless
/// `BACKSTORY_READY_SECONDS` says otherwise.
const READY_SECONDS: u64 = 10;
/// Ends of the page's process or of memory within a minute after which neither is started again.
const DEATHS: usize = 5;
/// What is seen until the page has drawn: its own background in light and dark, so nothing flashes.
const GROUND: [(u8, u8, u8, u8); 2] = [(244, 245, 247, 255), (21, 24, 29, 255)];
/// Longest text of the page that is answered with, in bytes.
const TEXT_BYTES_MAX: usize = 1 << 20;
/// Longest window title, in characters.
const TITLE_MAX: usize = 120;

/// Asks the loop to deliver events after a while.
pub(crate) type Wake = Arc<dyn Fn(Duration) + Send + Sync>;

/// What the loop can be told.
pub(crate) enum Command {
    Open(String),
    Showing(String, String, Give),
    Choose(Theme, Give),
    Deliver,
    Delivered,
    ChooseFolder(String, Give),
    Chosen,
    Copy(String),
    Text(Give),
    Ended,
    Again(Result<Begun, Error>),
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
pub(crate) struct Teller(Arc<Mutex<EventLoopProxy<Command>>>);

impl Teller {
    pub(crate) fn tell(&self, command: Command) {
        // An error means that the window is gone, and with it whoever would have cared.
        let _ = self.0.lock().unwrap_or_else(PoisonError::into_inner).send_event(command);
    }
}

/// Opens the window and returns when it was closed, its place remembered and its page ended.
///
/// Must be called on the main thread. Fails before anything is shown when there is no display.
pub fn run(options: Options) -> Result<(), Error> {
    let (starts, state_dir) = (options.plan.starts.clone(), options.state_dir.clone());
    let shown = show(options);
    if shown.is_err() {
        // Nothing was tried that drawing could have failed at.
        let _ =
            Starts { unfinished: starts.unfinished.saturating_sub(1), ..starts }.save(&state_dir);
    }
    shown
}

fn show(mut options: Options) -> Result<(), Error> {
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
    let ground = GROUND[usize::from(place.dark(system::dark(&window)))];
    window.set_background_color(Some(ground));

    // Memory had all this time to open its store.
    let route = options.memory.ready()?;
    let state = WindowState {
        route: route.clone(),
        title: "Backstory".into(),
        rendering: options.plan.rendering.name().into(),
        sandboxed: options.plan.unconfined.is_none(),
        theme: place.theme,
        ..WindowState::default()
    };
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
    let ears = Arc::new(Ears {
        teller: teller.clone(),
        events: events.clone(),
        wake: wake.clone(),
        runtime: options.runtime.clone(),
        forget: options.plan.variables.clone(),
    });
    let Begun { line, life } = options.memory;
    let memory = line.begin(ears.clone());
    let drawn = teller.clone();
    let bridge = Arc::new(Bridge::new(
        key.clone(),
        options.assets,
        memory,
        Box::new(move || drawn.tell(Command::Drawn)),
    ));

    let (loaded, died) = (teller.clone(), teller.clone());
    let began = bridge.clone();
    let made = system::make(
        &window,
        &options.plan,
        options.devtools,
        &bridge,
        &policy::address(&route),
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
    signals::follow(&options.runtime, &teller);
    let themed = teller.clone();
    system::follow_theme(move || themed.tell(Command::Theme));
    if let Some(message) = &options.plan.message {
        system::tell(Some(&window), message);
    }
    watch(&options.runtime, &teller);

    let mut desk = Desk {
        plan: options.plan,
        launch: options.launch,
        bridge,
        ears,
        life: Some(life),
        told: None,
        state_dir: options.state_dir,
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
        wanted: None,
        deaths: Vec::new(),
    };
    desk.refresh();
    event_loop.run_return(|event, _, flow| {
        // A panic of ours must not cross into C.
        let ended = catch_unwind(AssertUnwindSafe(|| desk.take(event))).unwrap_or(false);
        *flow = if ended { ControlFlow::Exit } else { ControlFlow::Wait };
    });
    desk.leave();
    Ok(())
}

/// Asks after a while whether anything was drawn.
fn watch(runtime: &tokio::runtime::Handle, teller: &Teller) {
    let wanted = std::env::var("BACKSTORY_READY_SECONDS").ok().and_then(|it| it.parse().ok());
    let seconds = wanted.filter(|it| (1..=3_600).contains(it)).unwrap_or(READY_SECONDS);
    let teller = teller.clone();
    runtime.spawn(async move {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        teller.tell(Command::Overdue);
    });
}

/// Everything the loop works on.
struct Desk {
    plan: Plan,
    launch: Launch,
    bridge: Arc<Bridge>,
    ears: Arc<Ears>,
    life: Option<Life>,
    /// The state that memory was told last.
    told: Option<WindowState>,
    state_dir: PathBuf,
    /// Someone may be looking at the page through an inspector and stop it for long.
    driven: bool,
    teller: Teller,
    wake: Wake,
    events: Events,
    state: WindowState,
    window: Window,
    made: Made,
    /// Where the window stood before the last change, for when that change was maximizing.
    usual: Area,
    latest: Place,
    choosing: bool,
    drawn: bool,
    /// A screen that was asked for before there was a page.
    wanted: Option<String>,
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
        self.tell_state();
        false
    }

    /// Tells memory what is shown, where that has changed.
    fn tell_state(&mut self) {
        if self.told.as_ref() != Some(&self.state)
            && let Some(memory) = self.bridge.memory()
        {
            memory.showing(&self.state);
            self.told = Some(self.state.clone());
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            // A page that is still to come would not hear of it.
            Command::Open(route) if !self.drawn => self.wanted = Some(route),
            Command::Open(route) => {
                let target = policy::literal(&format!("#{}", policy::fragment(&route)));
                self.evaluate(&format!("window.location.hash={target};0"));
                system::focus(&self.window);
            }
            Command::Showing(route, title, give) => {
                let title = titled(&title);
                self.window.set_title(&title);
                self.state =
                    WindowState { route, title, ready: true, ..std::mem::take(&mut self.state) };
                self.tell_state(); // before the answer: who is answered may ask for it at once
                give(Ok(None));
            }
            Command::Choose(theme, give) => {
                (self.state.theme, self.latest.theme) = (theme, theme);
                self.remember_place(); // a choice outlives a window that does not end well
                self.tell_state();
                give(Ok(None));
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
                        give(Ok(serde_json::from_str(&text).ok().map(cut)));
                    }
                });
            }
            Command::Ended => self.memory_ended(),
            Command::Again(begun) => self.memory_again(begun),
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

    fn choose_folder(&mut self, title: &str, give: Give) {
        // One dialog at a time: the second asker is told that nothing was chosen.
        if std::mem::replace(&mut self.choosing, true) {
            return give(Ok(None));
        }
        let teller = self.teller.clone();
        system::choose_folder(&self.window, &titled(title), move |path: Option<PathBuf>| {
            give(Ok(path.map(|it| it.to_string_lossy().into_owned())));
            teller.tell(Command::Chosen);
        });
    }

    /// Memory has ended though the window is open: it is started again, and the page begins anew.
    fn memory_ended(&mut self) {
        self.bridge.replace(None);
        note("Memory has ended.");
        if self.dies_again() {
            let text = "Memory ends again and again, so it is not started any more. Close the \
                        window and open it again; `backstory doctor` says how the store is.";
            note(text);
            return system::tell(Some(&self.window), text);
        }
        let (teller, launch, life) = (self.teller.clone(), self.launch.clone(), self.life.take());
        std::thread::spawn(move || {
            life.into_iter().for_each(Life::end);
            let begun = launch.start(&[]).and_then(|begun| {
                let taken = "another window has taken the store";
                let mut begun = begun.ok_or_else(|| Error::Memory(taken.into()))?;
                begun.ready()?;
                Ok(begun)
            });
            teller.tell(Command::Again(begun));
        });
    }

    fn memory_again(&mut self, begun: Result<Begun, Error>) {
        match begun {
            Ok(Begun { line, life }) => {
                self.life = Some(life);
                self.told = None;
                self.bridge.replace(Some(line.begin(self.ears.clone())));
                let _ = self.made.webview.reload();
                self.notice("Memory had ended and was started again. Nothing in it was lost.");
            }
            Err(error) => {
                note(&error.to_string());
                system::tell(Some(&self.window), &error.to_string());
            }
        }
    }

    /// Takes over what the window manager and the user did.
    fn refresh(&mut self) {
        let scale = self.window.scale_factor();
        let size = self.window.inner_size().to_logical::<u32>(scale);
        let maximized = self.window.is_maximized();
        self.state = WindowState {
            width: size.width,
            height: size.height,
            maximized,
            focused: self.window.is_focused(),
            dark: system::dark(&self.window),
            ..std::mem::take(&mut self.state)
        };
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
        self.state.dark = system::dark(&self.window);
        if std::mem::replace(&mut self.drawn, true) {
            return;
        }
        self.plan.starts.unfinished = 0;
        self.remember_starts();
        if let Some(route) = self.wanted.take() {
            self.obey(Command::Open(route));
        }
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
        self.let_go();
        let error = system::restart(&self.plan.variables);
        system::tell(
            Some(&self.window),
            &format!("The window drew nothing and could not be started again: {error}."),
        );
    }

    /// Counts the end of a process that the window lives by; true where it has ended too often.
    fn dies_again(&mut self) -> bool {
        let minute = Duration::from_secs(60);
        self.deaths.retain(|death| death.elapsed() < minute);
        self.deaths.push(Instant::now());
        self.deaths.len() >= DEATHS
    }

    fn died(&mut self, reason: &str) {
        self.events.ended();
        self.state.ready = false;
        let again = self.dies_again();
        note(&format!("The page's process ended ({reason})."));
        if again {
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
        if let Some(memory) = self.bridge.memory() {
            memory.notice(&serde_json::json!({ "level": "warning", "text": text }));
        }
    }

    fn remember_place(&self) {
        let area = if self.latest.maximized { self.usual } else { self.latest.area };
        let place = Place { area, ..self.latest };
        if let Err(error) = place.save(&self.state_dir) {
            note(&format!("{} cannot be written: {error}.", self.state_dir.display()));
        }
    }

    fn remember_starts(&self) {
        if let Err(error) = self.plan.starts.save(&self.state_dir) {
            note(&format!("{} cannot be written: {error}.", self.state_dir.display()));
        }
    }

    /// The last thing: what the next start wants to know.
    fn leave(mut self) {
        self.remember_place();
        // Closed before the first frame by someone in a hurry: not the machine's fault.
        if !self.drawn {
            self.plan.starts.unfinished = 0;
            self.remember_starts();
        }
        self.let_go();
        // The webview goes before its window.
        drop(self.made);
    }

    /// Closes the channel and waits for memory's end: the store and the socket are free then.
    fn let_go(&mut self) {
        self.bridge.replace(None);
        self.life.take().into_iter().for_each(Life::end);
    }
}

/// As much of the page's text as an answer has room for, whatever it is made of.
fn cut(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(TEXT_BYTES_MAX));
    text
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
