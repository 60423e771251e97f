//! A whole dashboard, asked and written: for the terminal, for programs, for people who get a file.

use super::drawing::{asserted, draw};
use super::running::{Answered, Board, Wanted, marks};
use super::wire::*;
use crate::connected::told;
use crate::context::blocking;
use crate::named_files::absolute;
use crate::wire::{reply, request};
use crate::{Access, Context, Error, Limits, Method, Result, Topic};
use analytics::charts::png::png;
use analytics::charts::svg::svg;
use analytics::charts::theme::Theme;
use analytics::charts::words;
use analytics::dashboard::Part;
use analytics::dashboard::compare::Changes;
use analytics::render::{self, Answer, Evidence, PanelRun, Run};
use analytics::table::Cell;
use base64::Engine as _;
use databases::export::Over;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use std::time::Duration;
use ts_rs::TS;

/// A picture of many panels may be large.
const RENDERING: Limits =
    Limits { timeout: Duration::from_secs(900), out_bytes_max: 64 << 20, ..Limits::QUESTION };
/// Pixels of a picture for each of its points: sharp on screens of today.
const SCALE: f64 = 2.0;
/// Panels that are asked at once.
const AT_ONCE: usize = 8;

/// How a dashboard is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub enum DashboardFormat {
    /// For a terminal.
    Text,
    /// For programs.
    Json,
    /// Rows, panel by panel.
    Csv,
    /// A picture of points.
    Png,
    /// A picture of shapes.
    Svg,
    /// One page that stands by itself.
    Html,
}

/// Colours of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub enum DashboardTheme {
    /// On a light ground.
    Light,
    /// On a dark ground.
    Dark,
}

request! {
    /// Ask all of a dashboard and write it: as text, JSON, CSV, a picture or one page that stands by itself. What cannot be had is told in its place.
    #[schemars(rename = "RenderDashboard")]
    #[ts(rename = "RenderDashboard")]
    pub struct Render {
        /// The dashboard's name.
        pub dashboard: Option<String>,
        /// Its text, in place of a name.
        pub text: Option<String>,
        /// Folder of the project.
        pub project: Option<String>,
        /// Values of parameters, by name.
        #[ts(optional, type = "{ [key: string]: string | number | boolean | string[] | null }")]
        pub params: Option<Map<String, Json>>,
        /// Zone of days, where the dashboard names none.
        pub zone: Option<String>,
        /// The moment that periods end with: a day or a moment.
        pub at: Option<String>,
        /// How it is written (text unless given).
        pub format: Option<DashboardFormat>,
        /// Colours of a picture (light unless given).
        pub theme: Option<DashboardTheme>,
        /// Width of a picture in pixels (1,200 unless given).
        pub width: Option<u32>,
        /// One panel alone, by its number.
        pub panel: Option<u32>,
        /// Width of text in letters (100 unless given).
        pub columns: Option<u32>,
        /// Whether text may have a terminal's colours.
        pub styled: Option<bool>,
    }

    /// Ask all of a dashboard and write it to a file. The file is written beside and renamed at the end.
    #[schemars(rename = "ExportDashboard")]
    #[ts(rename = "ExportDashboard")]
    pub struct Export {
        /// The dashboard's name.
        pub dashboard: Option<String>,
        /// Its text, in place of a name.
        pub text: Option<String>,
        /// Folder of the project.
        pub project: Option<String>,
        /// Values of parameters, by name.
        #[ts(optional, type = "{ [key: string]: string | number | boolean | string[] | null }")]
        pub params: Option<Map<String, Json>>,
        /// Zone of days, where the dashboard names none.
        pub zone: Option<String>,
        /// The moment that periods end with: a day or a moment.
        pub at: Option<String>,
        /// How it is written (as the ending of the file says unless given).
        pub format: Option<DashboardFormat>,
        /// Colours of a picture (light unless given).
        pub theme: Option<DashboardTheme>,
        /// Width of a picture in pixels (1,200 unless given).
        pub width: Option<u32>,
        /// One panel alone, by its number.
        pub panel: Option<u32>,
        /// Path of the file.
        pub path: String,
        /// Write over a file that is there.
        pub replace: Option<bool>,
    }

    /// Tell which numbers of a dashboard moved between two moments.
    #[schemars(rename = "DiffDashboard")]
    #[ts(rename = "DiffDashboard")]
    pub struct Diff {
        /// The dashboard's name.
        pub dashboard: Option<String>,
        /// Its text, in place of a name.
        pub text: Option<String>,
        /// Folder of the project.
        pub project: Option<String>,
        /// Values of parameters, by name.
        #[ts(optional, type = "{ [key: string]: string | number | boolean | string[] | null }")]
        pub params: Option<Map<String, Json>>,
        /// Zone of days, where the dashboard names none.
        pub zone: Option<String>,
        /// The one moment: a day or a moment.
        pub a: String,
        /// The other.
        pub b: String,
    }
}

reply! {
    /// A dashboard, written.
    #[schemars(rename = "RenderDashboardReply")]
    #[ts(rename = "RenderDashboardReply")]
    pub struct RenderReply {
        /// A name for its file.
        pub name: String,
        /// What was written, where that is text.
        pub text: Option<String>,
        /// What was written, where that is none.
        pub base64: Option<String>,
        /// What it asserts.
        pub assertions: Vec<DashboardAssertion>,
        /// Panels that could not be had.
        pub failures: Vec<PanelFailure>,
    }

    /// A dashboard, written to a file.
    #[schemars(rename = "ExportDashboardReply")]
    #[ts(rename = "ExportDashboardReply")]
    pub struct ExportReply {
        /// The file.
        pub path: String,
        /// Its size in bytes.
        pub bytes: f64,
        /// What it asserts.
        pub assertions: Vec<DashboardAssertion>,
        /// Panels that could not be had.
        pub failures: Vec<PanelFailure>,
    }

    /// A panel that could not be had.
    pub struct PanelFailure {
        /// Its title.
        pub title: String,
        /// Why.
        pub message: String,
    }

    /// What moved.
    #[schemars(rename = "DiffDashboardReply")]
    #[ts(rename = "DiffDashboardReply")]
    pub struct DiffReply {
        /// Panels of which something moved, or that could not be compared.
        pub panels: Vec<PanelDiff>,
        /// The same for a terminal.
        pub text: String,
    }

    /// What moved in a panel.
    pub struct PanelDiff {
        /// Its title.
        pub title: String,
        /// Numbers that moved.
        pub moved: Vec<Moved>,
        /// Rows that are at the first moment alone.
        pub gone: Vec<String>,
        /// Rows that are at the second moment alone.
        pub come: Vec<String>,
        /// Why it could not be compared.
        pub failure: Option<String>,
    }

    /// A number that moved.
    pub struct Moved {
        /// Of which row.
        pub key: String,
        /// Of which column.
        pub column: String,
        /// What it was at the first moment.
        pub a: String,
        /// What it was at the second.
        pub b: String,
    }
}

/// Asks all panels, some at a time, and all that is asserted.
async fn run(cx: &Context, board: &Board, only: Option<u32>) -> (Run, Vec<PanelFailure>) {
    let marks = marks(cx, board).await;
    let mut wanted = Vec::new();
    for (part, it) in board.dashboard.parts.iter().enumerate() {
        if let Part::Panel(panel) = it {
            wanted.push((part, panel));
        }
    }
    if let Some(only) = only {
        wanted = wanted.into_iter().skip(only as usize).take(1).collect();
    }
    let mut panels = Vec::new();
    let mut failures = Vec::new();
    for some in wanted.chunks(AT_ONCE) {
        let asked = some.iter().map(|(_, panel)| draw(cx, board, panel, &marks, false));
        for ((part, panel), drawn) in some.iter().zip(together(asked).await) {
            let (result, evidence) = match drawn {
                Ok(drawn) => {
                    let evidence = drawn.own.first().map(evidence);
                    let table = |of: &[Answered]| of.first().map(|it| it.given.table.clone());
                    let answer = Answer {
                        shown: drawn.shown,
                        table: table(&drawn.own).unwrap_or_default(),
                        before: table(&drawn.before),
                    };
                    (Ok(answer), evidence)
                }
                Err(error) => {
                    let message = said(&error);
                    failures.push(PanelFailure { title: panel.name(), message: message.clone() });
                    (Err(message), None)
                }
            };
            panels.push(PanelRun { part: *part, result, evidence });
        }
    }
    let asserts = match only {
        Some(_) => Vec::new(),
        None => asserted(cx, board).await,
    };
    let run =
        Run { dashboard: board.dashboard.clone(), values: board.values.clone(), panels, asserts };
    (run, failures)
}

/// All of them at once, their answers in order.
async fn together<T>(all: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut waiting: Vec<_> = all.map(|it| (Box::pin(it), None)).collect();
    std::future::poll_fn(|cx| {
        let mut pending = false;
        for (future, answer) in &mut waiting {
            if answer.is_none() {
                match future.as_mut().poll(cx) {
                    std::task::Poll::Ready(it) => *answer = Some(it),
                    std::task::Poll::Pending => pending = true,
                }
            }
        }
        if pending { std::task::Poll::Pending } else { std::task::Poll::Ready(()) }
    })
    .await;
    waiting.into_iter().filter_map(|it| it.1).collect()
}

fn said(error: &Error) -> String {
    match &error.hint {
        Some(hint) => format!("{} ({hint})", error.message),
        None => error.message.clone(),
    }
}

fn evidence(of: &Answered) -> Evidence {
    let value = |value: &Json| match value {
        Json::String(it) => it.clone(),
        other => other.to_string(),
    };
    Evidence {
        query: of.query.clone(),
        text: of.given.text.clone(),
        values: of.given.params.iter().map(|it| (it.0.clone(), value(it.1))).collect(),
        connection: of.given.on.clone(),
        engine: of.given.engine.clone(),
        milliseconds: of.given.took.as_secs_f64() * 1000.0,
        rows: of.given.table.rows.len() as u64,
        cached: of.cached,
    }
}

impl Method for Render {
    const NAME: &'static str = "dashboards.render";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] =
        &[Topic::Dashboards, Topic::Memory, Topic::Databases, Topic::Analytics];
    const EXAMPLE: &'static str = r#"{"dashboard":"delivery","format":"text"}"#;
    const LIMITS: Limits = RENDERING;
    type Reply = RenderReply;

    async fn call(self, cx: Context) -> Result<RenderReply> {
        let board = Board::open(
            &cx,
            Wanted {
                project: self.project,
                dashboard: self.dashboard,
                text: self.text,
                params: self.params.unwrap_or_default(),
                zone: self.zone,
                at: self.at,
            },
        )
        .await?;
        let look = Look {
            format: self.format.unwrap_or(DashboardFormat::Text),
            theme: self.theme,
            width: self.width,
            panel: self.panel,
            terminal: render::text::Terminal {
                width: self.columns.unwrap_or(100).clamp(40, 400) as usize,
                colour: self.styled == Some(true),
            },
        };
        let (written, run, failures) = write(&cx, &board, look).await?;
        let name = board.text.name.rsplit('/').next().unwrap_or_default();
        let name = if name.is_empty() { "dashboard" } else { name };
        let (text, base64) = match written {
            Written::Text(it) => (Some(it), None),
            Written::Bytes(it) => {
                (None, Some(base64::engine::general_purpose::STANDARD.encode(it)))
            }
        };
        Ok(RenderReply {
            name: format!("{name}.{}", look.format.ending()),
            text,
            base64,
            assertions: run.asserts.iter().map(super::drawing::assertion).collect(),
            failures,
        })
    }
}

impl DashboardFormat {
    const ALL: [DashboardFormat; 6] = [
        DashboardFormat::Text,
        DashboardFormat::Json,
        DashboardFormat::Csv,
        DashboardFormat::Png,
        DashboardFormat::Svg,
        DashboardFormat::Html,
    ];

    /// What names of its files end in.
    fn ending(self) -> &'static str {
        match self {
            DashboardFormat::Text => "txt",
            DashboardFormat::Json => "json",
            DashboardFormat::Csv => "csv",
            DashboardFormat::Png => "png",
            DashboardFormat::Svg => "svg",
            DashboardFormat::Html => "html",
        }
    }

    /// The one that the ending of a file's name says.
    fn of(path: &std::path::Path) -> Result<DashboardFormat> {
        let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        let found = DashboardFormat::ALL.into_iter().find(|it| it.ending() == ending);
        found.ok_or_else(|| {
            let endings = DashboardFormat::ALL.map(|it| format!(".{}", it.ending()));
            Error::invalid(format!("{} does not say how it is written", path.display()))
                .hint(format!("give `format`, or let its name end in {}", endings.join(", ")))
        })
    }
}

/// How a dashboard is to look where it is written.
#[derive(Clone, Copy)]
struct Look {
    format: DashboardFormat,
    theme: Option<DashboardTheme>,
    width: Option<u32>,
    panel: Option<u32>,
    terminal: render::text::Terminal,
}

/// What was written.
enum Written {
    Text(String),
    Bytes(Vec<u8>),
}

/// Asks all of a dashboard and writes it.
async fn write(
    cx: &Context,
    board: &Board,
    look: Look,
) -> Result<(Written, Run, Vec<PanelFailure>)> {
    board.settled()?;
    if let Some(panel) = look.panel {
        board.panel(panel)?;
    }
    let (run, failures) = run(cx, board, look.panel).await;
    let theme = match look.theme {
        Some(DashboardTheme::Dark) => Theme::Dark,
        _ => Theme::Light,
    };
    let width = f64::from(look.width.unwrap_or(1200).clamp(320, 4000));
    let written = match look.format {
        DashboardFormat::Text => Written::Text(render::text::text(&run, look.terminal)),
        DashboardFormat::Json => Written::Text(format!("{:#}\n", render::json::json(&run))),
        DashboardFormat::Csv => Written::Text(sheets(render::csv::csv(&run))),
        DashboardFormat::Svg => Written::Text(svg(&render::sheet::sheet(&run, width), theme)),
        DashboardFormat::Html => Written::Text(render::html::html(&run)),
        DashboardFormat::Png => {
            Written::Bytes(png(&render::sheet::sheet(&run, width), theme, SCALE, &[]))
        }
    };
    Ok((written, run, failures))
}

impl Method for Export {
    const NAME: &'static str = "dashboards.export";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[];
    const EXAMPLE: &'static str =
        r#"{"dashboard":"delivery","path":"/tmp/delivery.html","replace":true}"#;
    const LIMITS: Limits = RENDERING;
    type Reply = ExportReply;

    async fn call(self, cx: Context) -> Result<ExportReply> {
        let path = absolute(&self.path)?;
        let look = Look {
            format: self.format.map_or_else(|| DashboardFormat::of(&path), Ok)?,
            theme: self.theme,
            width: self.width,
            panel: self.panel,
            terminal: render::text::Terminal { width: 100, colour: false },
        };
        let over = if self.replace == Some(true) { Over::Replace } else { Over::Refuse };
        if over == Over::Refuse && path.exists() {
            // Said before anything is asked, and once more when it is put there.
            return Err(told(databases::export::there(&path)));
        }
        let wanted = Wanted {
            project: self.project,
            dashboard: self.dashboard,
            text: self.text,
            params: self.params.unwrap_or_default(),
            zone: self.zone,
            at: self.at,
        };
        let board = Board::open(&cx, wanted).await?;
        let (written, run, failures) = write(&cx, &board, look).await?;
        let bytes = match written {
            Written::Text(it) => it.into_bytes(),
            Written::Bytes(it) => it,
        };
        let (size, shown) = (bytes.len(), path.display().to_string());
        blocking(move || {
            databases::export::place(&path, over, |file| {
                std::io::Write::write_all(file, &bytes).map_err(|error| {
                    let text = format!("{} cannot be written: {error}", path.display());
                    databases::Failure::new(databases::Reason::File, text)
                })
            })
            .map_err(told)
        })
        .await?;
        Ok(ExportReply {
            path: shown,
            bytes: size as f64,
            assertions: run.asserts.iter().map(super::drawing::assertion).collect(),
            failures,
        })
    }
}

impl Method for Diff {
    const NAME: &'static str = "dashboards.diff";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] =
        &[Topic::Dashboards, Topic::Memory, Topic::Databases, Topic::Analytics];
    const EXAMPLE: &'static str = r#"{"dashboard":"delivery","a":"2026-10-01","b":"2026-11-01"}"#;
    const LIMITS: Limits = RENDERING;
    type Reply = DiffReply;

    async fn call(self, cx: Context) -> Result<DiffReply> {
        let mut runs = Vec::new();
        for at in [self.a, self.b] {
            let board = Board::open(
                &cx,
                Wanted {
                    project: self.project.clone(),
                    dashboard: self.dashboard.clone(),
                    text: self.text.clone(),
                    params: self.params.clone().unwrap_or_default(),
                    zone: self.zone.clone(),
                    at: Some(at),
                },
            )
            .await?;
            board.settled()?;
            runs.push(run(&cx, &board, None).await.0);
        }
        let [a, b] = runs.as_slice() else {
            return Err(Error::invalid("two moments are compared"));
        };
        let all = render::changes::changes(a, b);
        let panels = all.iter().filter(|it| !it.changes.as_ref().is_ok_and(Changes::is_empty));
        Ok(DiffReply { panels: panels.map(diff).collect(), text: render::changes::text(&all) })
    }
}

fn diff(of: &render::changes::PanelChanges) -> PanelDiff {
    let cell = |it: &Cell| words::cell(it, &of.unit);
    let plain = |it: &Cell| words::cell(it, &words::Unit::Plain);
    let row = |it: &Vec<Cell>| it.iter().map(plain).collect::<Vec<_>>().join(", ");
    let (changes, failure) = match &of.changes {
        Ok(changes) => (Some(changes), None),
        Err(why) => (None, Some(why.clone())),
    };
    let moved = changes.into_iter().flat_map(|it| &it.moved).map(|it| Moved {
        key: row(&it.key),
        column: it.column.clone(),
        a: cell(&it.was),
        b: cell(&it.is),
    });
    PanelDiff {
        title: of.title.clone(),
        moved: moved.collect(),
        gone: changes.into_iter().flat_map(|it| &it.went).map(row).collect(),
        come: changes.into_iter().flat_map(|it| &it.came).map(row).collect(),
        failure,
    }
}

/// Tables one below the other; where there are several, each under its name.
fn sheets(mut tables: Vec<(String, String)>) -> String {
    if tables.len() == 1 {
        return tables.remove(0).1;
    }
    tables.iter().map(|(name, text)| format!("# {name}\n{text}\n")).collect()
}
