//! Panels: asked, drawn, and the rows behind them.

use super::opening::height_of;
use super::running::{Answered, Board, Wanted, evidence, time_of};
use super::wire::*;
use crate::boards::{day, moment};
use crate::wire::{reply, request};
use crate::{Access, Code, Context, Error, Limits, Method, Result, Topic};
use analytics::charts::{self, Anchor, Dash, Datum, Shape, Step};
use analytics::dashboard;
use analytics::dashboard::asserts::{Asserted, Expression, Outcome, judge};
use analytics::dashboard::shape::{Around, Body, Data, Marked, Shown, link, shape};
use analytics::table::{Cell, ColumnKind, Table};
use serde_json::{Map, Value as Json, json};
use std::fmt::Write;
use std::time::Duration;

/// Rows that one answer holds unless told otherwise, and at most.
const ROWS: u32 = 200;
const ROWS_MAX: u32 = 5_000;
/// Rows of a table that a panel shows.
const PANEL_ROWS_MAX: usize = 1_000;

/// Panels ask databases, which may take their time.
const ASKING: Limits = Limits { timeout: Duration::from_secs(300), ..Limits::QUESTION };

request! {
    /// Ask one panel of a dashboard and draw it. Each is asked by itself, so that a slow or broken source shows in its own panel alone.
    #[schemars(rename = "AskPanel")]
    #[ts(rename = "AskPanel")]
    pub struct Panel {
        /// The dashboard's name.
        pub dashboard: Option<String>,
        /// Its text, in place of a name.
        pub text: Option<String>,
        /// Folder of the project.
        pub project: Option<String>,
        /// The panel's number, from 0.
        pub panel: u32,
        /// Values of parameters, by name.
        #[ts(optional, type = "{ [key: string]: string | number | boolean | string[] | null }")]
        pub params: Option<Map<String, Json>>,
        /// Zone of days, where the dashboard names none.
        pub zone: Option<String>,
        /// The moment that periods end with.
        pub at: Option<String>,
        /// Width of its picture in pixels (600 unless given).
        pub width: Option<u32>,
        /// Height of its picture in pixels (the panel's own unless given).
        pub height: Option<u32>,
        /// Ask anew, although there is an answer that holds.
        pub fresh: Option<bool>,
    }

    /// Tell the rows behind a panel, or behind one mark of it.
    #[schemars(rename = "RowsOfPanel")]
    #[ts(rename = "RowsOfPanel")]
    pub struct Rows {
        /// The dashboard's name.
        pub dashboard: Option<String>,
        /// Its text, in place of a name.
        pub text: Option<String>,
        /// Folder of the project.
        pub project: Option<String>,
        /// The panel's number, from 0.
        pub panel: u32,
        /// Values of parameters, by name.
        #[ts(optional, type = "{ [key: string]: string | number | boolean | string[] | null }")]
        pub params: Option<Map<String, Json>>,
        /// Zone of days, where the dashboard names none.
        pub zone: Option<String>,
        /// The moment that periods end with.
        pub at: Option<String>,
        /// What the mark has on its axis; all rows unless given.
        #[ts(optional, type = "string | number | boolean | null")]
        pub x: Option<Json>,
        /// Which part of it.
        #[ts(optional, type = "string | number | boolean | null")]
        pub by: Option<Json>,
        /// How many rows to pass over.
        pub offset: Option<u32>,
        /// How many rows to tell (200 unless given, 5,000 at most).
        pub limit: Option<u32>,
    }

    /// Find out whether what a dashboard asserts holds.
    #[schemars(rename = "AssertDashboard")]
    #[ts(rename = "AssertDashboard")]
    pub struct Assertions {
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
        /// The moment that periods end with.
        pub at: Option<String>,
    }
}

reply! {
    /// A panel, asked and drawn.
    #[schemars(rename = "AskPanelReply")]
    #[ts(rename = "AskPanelReply")]
    pub struct PanelReply {
        /// Its picture; none for a table.
        pub scene: Option<Scene>,
        /// Its rows, where it is a table.
        pub table: Option<PanelTable>,
        /// Why there is nothing to show.
        pub nothing: Option<String>,
        /// What a reader has to know of it: what was left out, put together or is not complete.
        pub notes: Vec<String>,
        /// What stands behind it.
        pub evidence: PanelEvidence,
        /// The moment that periods end with.
        pub now: String,
    }

    /// Rows behind a panel.
    #[schemars(rename = "RowsOfPanelReply")]
    #[ts(rename = "RowsOfPanelReply")]
    pub struct RowsReply {
        /// The rows.
        pub table: PanelTable,
        /// What these rows are.
        pub of: String,
        /// Where they come from.
        pub evidence: PanelEvidence,
    }

    /// What a dashboard asserts.
    #[schemars(rename = "AssertDashboardReply")]
    #[ts(rename = "AssertDashboardReply")]
    pub struct AssertionsReply {
        /// In the order of its file.
        pub assertions: Vec<DashboardAssertion>,
    }
}

/// A panel that was asked and shaped.
pub(super) struct Drawn {
    pub(super) shown: Shown,
    pub(super) own: Vec<Answered>,
    pub(super) before: Vec<Answered>,
}

/// Asks a panel and shapes what comes.
pub(super) async fn draw(
    cx: &Context,
    board: &Board,
    panel: &dashboard::Panel,
    marks: &[Marked],
    fresh: bool,
) -> Result<Drawn> {
    let (own, before) = board.answers(cx, panel, fresh).await?;
    let table = own.first().map(|it| &it.given.table);
    let Some(table) = table else {
        return Err(Error::new(Code::Internal, "the query gave no answer"));
    };
    let compared = panel.compare.and_then(|it| board.values.before(it));
    let data = Data { table, before: before.first().map(|it| &it.given.table) };
    let around = Around {
        now: board.values.now,
        zone: &board.values.zone,
        period: board.values.period(),
        before: compared.as_ref().and_then(|it| it.period()),
        marks,
    };
    let shown = shape(panel, data, around).map_err(|troubles| {
        Error::invalid(troubles.join("; ")).hint("change the panel or its query")
    })?;
    Ok(Drawn { shown, own, before })
}

impl Method for Panel {
    const NAME: &'static str = "dashboards.panel";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] =
        &[Topic::Dashboards, Topic::Memory, Topic::Databases, Topic::Analytics];
    const EXAMPLE: &'static str = r#"{"dashboard":"delivery","panel":0}"#;
    const LIMITS: Limits = ASKING;
    type Reply = PanelReply;

    async fn call(self, cx: Context) -> Result<PanelReply> {
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
        let panel = board.panel(self.panel)?;
        let marks = super::running::marks(&cx, &board).await;
        let drawn = draw(&cx, &board, panel, &marks, self.fresh == Some(true)).await?;
        let width = f64::from(self.width.unwrap_or(600).clamp(80, 4000));
        // One number takes the room that it needs: more where a small line stands below it.
        let own = match &drawn.shown.body {
            Body::Number(_) if panel.height.is_none() => charts::usual_height(&drawn.shown),
            _ => f64::from(height_of(panel)),
        };
        let height = self.height.map_or(own, f64::from).clamp(24.0, 4000.0);
        let table = drawn.own.first().map(|it| &it.given.table);
        let shown = match &drawn.shown.body {
            Body::Rows(rows) => {
                let table =
                    Table { columns: rows.columns.clone(), rows: rows.rows.clone(), cut: rows.cut };
                let asked = drawn.own.first().map(|it| &it.given.table);
                let marks = (panel.link.is_some() || panel.filter.is_some()).then(|| {
                    let rows = rows.rows.len().min(PANEL_ROWS_MAX);
                    let mark = |row| {
                        mark(
                            panel,
                            asked,
                            Datum { series: 0, index: row, row: Some(row), place: Some(row) },
                        )
                    };
                    (0..rows).map(mark).collect()
                });
                (None, Some(PanelTable { marks, ..told(&table, 0, PANEL_ROWS_MAX) }), None)
            }
            Body::Empty(why) => (None, None, Some(why.clone())),
            _ => {
                let scene = charts::scene(&drawn.shown, &panel.name(), width, height);
                (Some(told_scene(panel, table, &scene)), None, None)
            }
        };
        let (scene, table, nothing) = shown;
        let answers: Vec<Answered> = drawn.own.into_iter().chain(drawn.before).collect();
        Ok(PanelReply {
            scene,
            table,
            nothing,
            notes: drawn.shown.notes,
            evidence: evidence(panel, &answers),
            now: time_of(board.values.now),
        })
    }
}

/// What a mark stands for, and what a click on it does.
fn mark(panel: &dashboard::Panel, table: Option<&Table>, datum: Datum) -> SceneMark {
    let number = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
    let cell = |row: Option<usize>, name: Option<&String>| {
        let table = table?;
        let column = match name {
            Some(name) => table.column(name)?,
            None => table.columns.iter().position(|it| it.kind != ColumnKind::Number)?,
        };
        table.rows.get(row?)?.get(column)
    };
    let x = cell(datum.row.or(datum.place), panel.x.as_ref());
    let filter = panel.filter.as_ref().and_then(|param| {
        // A click sets what the parameter is called after, where there is such a column.
        let value = cell(datum.row, Some(param)).or(x)?;
        Some(MarkFilter { param: param.clone(), value: text_of(value) })
    });
    let by = panel.by.as_ref().and_then(|it| cell(datum.row, Some(it)));
    SceneMark {
        series: number(datum.series),
        index: number(datum.index),
        x: x.map_or(Json::Null, json_of),
        by: by.map_or(Json::Null, json_of),
        filter,
        link: match (&panel.link, table, datum.row) {
            (Some(to), Some(table), Some(row)) => link(to, table, row),
            _ => None,
        },
    }
}

/// What a click on a place of an axis does: of several series it means all, and so none of them.
fn of_place(
    panel: &dashboard::Panel,
    table: Option<&Table>,
    datum: Datum,
    alone: bool,
) -> SceneMark {
    let mark = mark(panel, table, datum);
    match alone {
        true => mark,
        false => SceneMark { by: Json::Null, filter: None, link: None, ..mark },
    }
}

fn told_scene(panel: &dashboard::Panel, table: Option<&Table>, scene: &charts::Scene) -> Scene {
    let number = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
    let shape = |it: &charts::Mark| SceneShape {
        form: form(&it.shape),
        fill: it.fill.map(|it| it.name()),
        stroke: it.stroke.map(|it| SceneStroke {
            class: it.class.name(),
            width: it.width,
            dash: if it.dash == Dash::None { Vec::new() } else { it.dash.lengths().to_vec() },
        }),
        opacity: it.opacity,
        mark: it.datum.map(|datum| mark(panel, table, datum)),
        words: (!it.says.is_empty()).then(|| it.says.clone()),
    };
    let band = |it: &charts::Band| SceneBand {
        index: number(it.index),
        x: it.x,
        y: it.y,
        width: it.width,
        height: it.height,
        words: it.says.clone(),
        mark: it.datum.map(|datum| of_place(panel, table, datum, it.alone)),
    };
    let flag = |it: &charts::Flag| SceneFlag {
        number: number(it.number),
        x: it.x,
        words: it.says.clone(),
        link: it.link.clone(),
    };
    Scene {
        width: scene.width,
        height: scene.height,
        shapes: scene.shapes.iter().map(shape).collect(),
        bands: scene.bands.iter().map(band).collect(),
        flags: scene.flags.iter().map(flag).collect(),
        words: scene.about.clone(),
    }
}

fn form(of: &Shape) -> SceneForm {
    match of {
        Shape::Rect { x, y, width, height, radius } => {
            SceneForm::Rect { x: *x, y: *y, width: *width, height: *height, radius: *radius }
        }
        Shape::Line { x1, y1, x2, y2 } => SceneForm::Line { x1: *x1, y1: *y1, x2: *x2, y2: *y2 },
        Shape::Circle { x, y, radius } => SceneForm::Circle { x: *x, y: *y, r: *radius },
        Shape::Path(steps) => {
            let mut d = String::new();
            for step in steps {
                let _ = match step {
                    Step::Move(x, y) => write!(d, "M{x:.2} {y:.2}"),
                    Step::Line(x, y) => write!(d, "L{x:.2} {y:.2}"),
                    Step::Curve(a, b, c, e, x, y) => {
                        write!(d, "C{a:.2} {b:.2} {c:.2} {e:.2} {x:.2} {y:.2}")
                    }
                    Step::Close => write!(d, "Z"),
                };
            }
            SceneForm::Path { d }
        }
        Shape::Text { x, y, words, anchor, size, bold } => SceneForm::Text {
            x: *x,
            y: *y,
            text: words.clone(),
            anchor: match anchor {
                Anchor::Start => "start",
                Anchor::Middle => "middle",
                Anchor::End => "end",
            }
            .to_owned(),
            size: *size,
            bold: *bold,
        },
    }
}

/// Rows for the wire, from the one at `from` on, as many as are wanted.
pub(super) fn told(table: &Table, from: usize, most: usize) -> PanelTable {
    let kind = |it: ColumnKind| match it {
        ColumnKind::Text => "text",
        ColumnKind::Number => "number",
        ColumnKind::Time => "time",
        ColumnKind::Day => "day",
        ColumnKind::Bool => "bool",
    };
    PanelTable {
        columns: table
            .columns
            .iter()
            .map(|it| PanelColumn { name: it.name.clone(), kind: kind(it.kind).to_owned() })
            .collect(),
        rows: table
            .rows
            .iter()
            .skip(from)
            .take(most)
            .map(|row| row.iter().map(json_of).collect())
            .collect(),
        total: table.rows.len() as f64,
        cut: table.cut,
        marks: None,
    }
}

/// A value for the wire.
pub(super) fn json_of(cell: &Cell) -> Json {
    match cell {
        Cell::Null => Json::Null,
        // Beyond this a number of JavaScript is another one.
        Cell::Integer(it) if it.unsigned_abs() > 1 << 53 => it.to_string().into(),
        Cell::Integer(it) => (*it).into(),
        Cell::Real(it) => json!(it),
        Cell::Text(it) => it.clone().into(),
        Cell::Bool(it) => (*it).into(),
        Cell::Time(it) => {
            let text = moment(*it).replacen(' ', "T", 1);
            format!("{text}Z").into()
        }
        Cell::Day(it) => day(*it).into(),
    }
}

/// A value as text.
pub(super) fn text_of(cell: &Cell) -> String {
    match json_of(cell) {
        Json::Null => String::new(),
        Json::String(text) => text,
        other => other.to_string(),
    }
}

fn cell_of(value: &Json) -> Cell {
    match value {
        Json::Null => Cell::Null,
        Json::Bool(it) => Cell::Bool(*it),
        Json::Number(it) => match (it.as_i64(), it.as_f64()) {
            (Some(whole), _) => Cell::Integer(whole),
            (None, Some(real)) => Cell::Real(real),
            (None, None) => Cell::Null,
        },
        // Statements are given moments as they are given the ends of a period.
        Json::String(it) => match it.parse::<jiff::Timestamp>() {
            Ok(at) => Cell::Time(at.as_millisecond()),
            Err(_) => Cell::Text(it.clone()),
        },
        other => Cell::Text(other.to_string()),
    }
}

impl Method for Rows {
    const NAME: &'static str = "dashboards.rows";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] =
        &[Topic::Dashboards, Topic::Memory, Topic::Databases, Topic::Analytics];
    const EXAMPLE: &'static str = r#"{"dashboard":"delivery","panel":0,"limit":5}"#;
    const LIMITS: Limits = ASKING;
    type Reply = RowsReply;

    async fn call(self, cx: Context) -> Result<RowsReply> {
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
        let panel = board.panel(self.panel)?;
        let more = [
            ("x", self.x.as_ref().map_or(Cell::Null, cell_of)),
            ("by", self.by.as_ref().map_or(Cell::Null, cell_of)),
        ];
        // A statement that asks for the rows of one place has none to give of all of them.
        let of_one = |name: &String| {
            let query = board.dashboard.query(name);
            query.is_some_and(|it| {
                !matches!(it.source, dashboard::Source::Call { .. })
                    && it.places.iter().any(|it| it == "x")
            })
        };
        let is_all = more.iter().all(|it| it.1 == Cell::Null);
        let behind = panel.rows.as_ref().filter(|it| !is_all || !of_one(it));
        let (query, more): (_, &[_]) = match behind {
            Some(query) => (query, &more),
            None => (&panel.query, &[]),
        };
        let answers = board.ask(&cx, query, &board.values, more, false).await?;
        let Some(first) = answers.first() else {
            return Err(Error::new(Code::Internal, "the query gave no answer"));
        };
        let limit = self.limit.unwrap_or(ROWS).clamp(1, ROWS_MAX) as usize;
        let table = told(&first.given.table, self.offset.unwrap_or(0) as usize, limit);
        let x = self.x.as_ref().filter(|it| !it.is_null());
        // Some rows are those of the whole panel, wherever it was clicked.
        let x = x.filter(|_| board.dashboard.query(query).is_some_and(|it| it.leaves("x")));
        let of = match (behind, x) {
            (Some(_), Some(x)) => {
                format!("What stands behind {} at {}", panel.name(), text_of(&cell_of(x)))
            }
            (Some(_), None) => format!("What stands behind {}", panel.name()),
            (None, _) => format!("What {} is drawn from", panel.name()),
        };
        Ok(RowsReply { table, of, evidence: evidence(panel, &answers) })
    }
}

/// What a dashboard asserts, found out; each query is asked once.
pub(super) async fn asserted(cx: &Context, board: &Board) -> Vec<Asserted> {
    let mut tables: Vec<(String, std::result::Result<Table, String>)> = Vec::new();
    let lines: Vec<_> = board.dashboard.asserts().collect();
    for line in &lines {
        let Ok(rule) = Expression::parse(&line.rule) else { continue };
        for name in rule.queries() {
            if tables.iter().any(|it| it.0 == name) {
                continue;
            }
            let asked = board.ask(cx, name, &board.values, &[], false).await;
            let table = asked.map_err(|it| it.message).and_then(|it| {
                it.first().map(|it| it.given.table.clone()).ok_or_else(|| "no answer".to_owned())
            });
            tables.push((name.to_owned(), table));
        }
    }
    let table = |name: &str| match tables.iter().find(|it| it.0 == name) {
        Some((_, Ok(table))) => Ok(table),
        Some((_, Err(why))) => Err(why.clone()),
        None => Err(format!("there is no query `{name}`")),
    };
    lines.into_iter().map(|line| judge(line, &table)).collect()
}

/// An assertion for the wire.
pub(super) fn assertion(of: &Asserted) -> DashboardAssertion {
    let values: Vec<String> = of.values.iter().map(|it| format!("{} is {}", it.0, it.1)).collect();
    DashboardAssertion {
        text: of.rule.clone(),
        line: u32::try_from(of.line).unwrap_or(u32::MAX),
        holds: match of.outcome {
            Outcome::Holds => Some(true),
            Outcome::Fails => Some(false),
            Outcome::Unknown(_) => None,
        },
        sentence: of.say(),
        values: values.join(", "),
    }
}

impl Method for Assertions {
    const NAME: &'static str = "dashboards.assertions";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] =
        &[Topic::Dashboards, Topic::Memory, Topic::Databases, Topic::Analytics];
    const EXAMPLE: &'static str = r#"{"dashboard":"delivery"}"#;
    const LIMITS: Limits = ASKING;
    type Reply = AssertionsReply;

    async fn call(self, cx: Context) -> Result<AssertionsReply> {
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
        let asserted = asserted(&cx, &board).await;
        Ok(AssertionsReply { assertions: asserted.iter().map(assertion).collect() })
    }
}
