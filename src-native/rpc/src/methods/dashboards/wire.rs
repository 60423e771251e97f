//! What dashboards look like on the wire: parts of a page, pictures as typed shapes, tables, evidence.

use crate::wire::{reply, request};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value as Json};
use ts_rs::TS;

/// Where a dashboard comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub enum DashboardPlace {
    /// A file of the project: `.backstory/dashboards`.
    Project,
    /// A file of the user's own.
    Own,
    /// Backstory brings it.
    BuiltIn,
}

/// How a panel is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "each is its own name")]
pub enum PanelShape {
    Number,
    Line,
    Bar,
    Stacked,
    Area,
    Heatmap,
    Table,
    Funnel,
    Cohort,
    Treemap,
    Sankey,
    Gauge,
}

/// What a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub enum ControlKind {
    /// Text.
    Text,
    /// A number.
    Number,
    /// Yes or no.
    Bool,
    /// A day.
    Day,
    /// A length of time up to now, or two days.
    Period,
    /// One of a list, or several.
    Choice,
}

/// A part of a dashboard, in the order of its file.
#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum DashboardPart {
    /// Text.
    Text {
        /// Its blocks.
        blocks: Vec<TextBlock>,
    },
    /// A panel; several stand beside each other until their widths are 12.
    Panel {
        /// What is known of it without asking anything.
        panel: PanelOutline,
    },
    /// Assertions.
    Assertions {
        /// How many.
        count: u32,
    },
}

/// A block of text.
#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum TextBlock {
    /// A heading.
    Heading {
        /// 1 to 6.
        level: u8,
        /// Its words.
        words: Vec<TextRun>,
    },
    /// A paragraph.
    Paragraph {
        /// Its words.
        words: Vec<TextRun>,
    },
    /// A list.
    List {
        /// The number it begins with; none where it is not numbered.
        start: Option<u32>,
        /// Its items.
        items: Vec<Vec<TextBlock>>,
    },
    /// Code, as it is.
    Code {
        /// Its text.
        text: String,
    },
    /// Somebody else's words.
    Quote {
        /// What they say.
        blocks: Vec<TextBlock>,
    },
    /// A table.
    Table {
        /// Its head.
        head: Vec<Vec<TextRun>>,
        /// Its rows.
        rows: Vec<Vec<Vec<TextRun>>>,
    },
    /// A line across.
    Rule,
}

/// What a shape is, in pixels from the left and the top.
#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum SceneForm {
    /// A rectangle.
    Rect {
        /// Its left.
        x: f64,
        /// Its top.
        y: f64,
        /// Its width.
        width: f64,
        /// Its height.
        height: f64,
        /// Of its corners.
        radius: f64,
    },
    /// A line.
    Line {
        /// Where it begins.
        x1: f64,
        /// Where it begins.
        y1: f64,
        /// Where it ends.
        x2: f64,
        /// Where it ends.
        y2: f64,
    },
    /// A way.
    Path {
        /// `M`, `L`, `C`, `Z` and numbers.
        d: String,
    },
    /// A disc.
    Circle {
        /// Its middle.
        x: f64,
        /// Its middle.
        y: f64,
        /// Its radius.
        r: f64,
    },
    /// Words.
    Text {
        /// Where they are anchored.
        x: f64,
        /// Their base line.
        y: f64,
        /// They.
        text: String,
        /// Which end of them stands there: `start`, `middle`, `end`.
        anchor: String,
        /// Size of the letters.
        size: f64,
        /// Whether they are bold.
        bold: bool,
    },
}

reply! {
    /// A dashboard of the list.
    pub struct DashboardInfo {
        /// Its name, which is its file's, with `/` for folders.
        pub dashboard: String,
        /// Its title.
        pub title: String,
        /// What it is for, in a line.
        pub about: Option<String>,
        /// Where it comes from.
        pub place: DashboardPlace,
        /// Its file.
        pub path: Option<String>,
        /// How much is wrong with its file.
        pub troubles: u32,
    }

    /// Words in one manner.
    pub struct TextRun {
        /// The words; a line's end where they are `\n`.
        pub text: String,
        /// Whether they are strong.
        pub strong: bool,
        /// Whether they are stressed.
        pub emphasis: bool,
        /// Whether they are code.
        pub code: bool,
        /// Where they lead: a screen (`/risk`), another dashboard, or an address.
        pub href: Option<String>,
    }

    /// What is wrong with a file, and where.
    pub struct DashboardTrouble {
        /// Line, from 1.
        pub line: u32,
        /// Character in the line, from 1.
        pub column: u32,
        /// What is wrong.
        pub message: String,
        /// What to do.
        pub hint: Option<String>,
    }

    /// A parameter, with what it is set to.
    pub struct DashboardControl {
        /// Its name.
        pub name: String,
        /// What it is called.
        pub label: String,
        /// What it takes.
        pub kind: ControlKind,
        /// What it is set to: text, number, true or false; a list where several may be chosen.
        #[ts(type = "string | number | boolean | string[] | null")]
        pub value: Json,
        /// What it is unless set.
        #[ts(type = "string | number | boolean | string[] | null")]
        pub default: Json,
        /// What can be chosen; none where anything can be typed.
        pub options: Option<Vec<ControlOption>>,
        /// Why what can be chosen is not known.
        pub options_trouble: Option<String>,
        /// Whether several may be chosen.
        pub many: bool,
        /// Whether it always has a value, the first that can be chosen unless given.
        pub required: bool,
        /// What is wrong with the value that was given; the default stands in its place.
        pub trouble: Option<String>,
        /// For a period: what it comes to.
        pub period: Option<ControlPeriod>,
    }

    /// Something to choose.
    pub struct ControlOption {
        /// Its value.
        pub value: String,
        /// What it is called.
        pub label: String,
    }

    /// A period as days.
    pub struct ControlPeriod {
        /// Its first moment.
        pub from: String,
        /// The moment after its last.
        pub to: String,
        /// Its days in words.
        pub words: String,
        /// The same for the period before, which `compare` sets beside it.
        pub before: String,
        /// How time is cut: `hour`, `day`, `week`, `month`.
        pub grain: String,
    }

    /// A panel before it is asked.
    pub struct PanelOutline {
        /// Its number in the dashboard, from 0.
        pub panel: u32,
        /// Its title.
        pub title: String,
        /// How it is drawn.
        pub shape: PanelShape,
        /// Its share of a row, of 12.
        pub width: u32,
        /// Its height in pixels.
        pub height: u32,
        /// What its numbers mean, in a sentence.
        pub rule: Option<String>,
        /// The query it shows.
        pub query: String,
        /// The parameter that a click sets.
        pub filter: Option<String>,
    }

    /// What a shape stands for.
    pub struct SceneMark {
        /// Which of the series.
        pub series: u32,
        /// Which of its values.
        pub index: u32,
        /// What stands on its axis: what `dashboards.rows` is given for the rows behind it.
        #[ts(type = "string | number | boolean | null")]
        pub x: Json,
        /// Which part of it, where the panel has parts.
        #[ts(type = "string | number | boolean | null")]
        pub by: Json,
        /// What a click sets.
        pub filter: Option<MarkFilter>,
        /// Where a click leads.
        pub link: Option<String>,
    }

    /// A parameter that a click sets.
    pub struct MarkFilter {
        /// The parameter.
        pub param: String,
        /// To what.
        pub value: String,
    }

    /// A shape of a picture, and how it is drawn.
    pub struct SceneShape {
        /// It.
        pub form: SceneForm,
        /// Class of its colour; none where it is not filled.
        pub fill: Option<String>,
        /// The line around it, or that it is.
        pub stroke: Option<SceneStroke>,
        /// How much of it is seen, from 0 to 1.
        pub opacity: f64,
        /// What it stands for.
        pub mark: Option<SceneMark>,
        /// It in words; none where it only helps to read the others.
        pub words: Option<String>,
    }

    /// A line that is drawn.
    pub struct SceneStroke {
        /// Class of its colour.
        pub class: String,
        /// How thick it is, in pixels.
        pub width: f64,
        /// Lengths of what is drawn and what is not, in pixels; empty for a whole line.
        pub dash: Vec<f64>,
    }

    /// A place of an axis, and what is there.
    pub struct SceneBand {
        /// Which place.
        pub index: u32,
        /// Its left.
        pub x: f64,
        /// Its top.
        pub y: f64,
        /// Its width.
        pub width: f64,
        /// Its height.
        pub height: f64,
        /// What is there, in words: the place, then each series, a line each.
        pub words: String,
        /// What a click on it does; none where nothing is there.
        pub mark: Option<SceneMark>,
    }

    /// Something that happened, marked with a flag.
    pub struct SceneFlag {
        /// The number on it.
        pub number: u32,
        /// Where it stands.
        pub x: f64,
        /// What happened, and when.
        pub words: String,
        /// Where it leads.
        pub link: Option<String>,
    }

    /// A picture as shapes, in pixels.
    pub struct Scene {
        /// Its width.
        pub width: f64,
        /// Its height.
        pub height: f64,
        /// What it is made of, from back to front.
        pub shapes: Vec<SceneShape>,
        /// Places of its axis: where somebody points, what is there is told.
        pub bands: Vec<SceneBand>,
        /// What is marked in it.
        pub flags: Vec<SceneFlag>,
        /// It in words, for those who do not see it.
        pub words: String,
    }

    /// Rows, as a panel shows them.
    pub struct PanelTable {
        /// Its columns.
        pub columns: Vec<PanelColumn>,
        /// Its rows: text, numbers, true, false or null; moments as RFC 3339, days as `2026-01-31`.
        #[ts(type = "(string | number | boolean | null)[][]")]
        pub rows: Vec<Vec<Json>>,
        /// Rows there are.
        pub total: f64,
        /// Whether there were more than were kept.
        pub cut: bool,
        /// Where each row leads.
        pub marks: Option<Vec<SceneMark>>,
    }

    /// A column of rows.
    pub struct PanelColumn {
        /// Its name.
        pub name: String,
        /// `text`, `number`, `time`, `day`, `bool`.
        pub kind: String,
    }

    /// What stands behind a panel.
    pub struct PanelEvidence {
        /// The queries that were asked for it.
        pub queries: Vec<PanelQuery>,
        /// What its numbers mean.
        pub rule: Option<String>,
    }

    /// A query that was asked.
    pub struct PanelQuery {
        /// Its name in the dashboard.
        pub query: String,
        /// For which period: `before` for what is compared with; none for the panel's own.
        pub period: Option<String>,
        /// The connection, the method, or `results`.
        pub on: String,
        /// What answered.
        pub engine: String,
        /// The statement, or the parameters of the call.
        pub text: String,
        /// What stood in its open places.
        #[ts(type = "{ [key: string]: string | number | boolean | null }")]
        pub params: Map<String, Json>,
        /// How long it took.
        pub milliseconds: f64,
        /// Rows that it gave.
        pub rows: f64,
        /// Whether the answer was kept from before.
        pub cached: bool,
        /// When it was given.
        pub at: String,
    }

    /// An assertion, and whether it holds.
    pub struct DashboardAssertion {
        /// As it is written.
        pub text: String,
        /// Its line, from 1.
        pub line: u32,
        /// Whether it holds; none where that could not be found out.
        pub holds: Option<bool>,
        /// What it means that it does not, or why it could not be found out.
        pub sentence: String,
        /// The values that it looked at.
        pub values: String,
    }
}

request! {
    /// A change of a dashboard's file: one of these.
    pub struct DashboardChange {
        /// Set a key of a panel.
        pub set: Option<SetPanelKey>,
        /// Take a key of a panel away.
        pub unset: Option<PanelKey>,
        /// Move a panel.
        pub move_panel: Option<MovePanel>,
        /// Take a panel away, by its number.
        pub remove_panel: Option<u32>,
        /// Put a copy of a panel behind it, by its number.
        pub duplicate_panel: Option<u32>,
        /// Add a panel.
        pub add_panel: Option<AddPanel>,
        /// Give a query another text.
        pub set_query: Option<SetQueryText>,
        /// Set a key of the front matter; null takes it away.
        pub set_front: Option<SetFrontKey>,
    }

    /// A key of a panel, and its value.
    pub struct SetPanelKey {
        /// The panel's number.
        pub panel: u32,
        /// The key.
        pub key: String,
        /// Its value.
        #[ts(type = "unknown")]
        pub value: Json,
    }

    /// A key of a panel.
    pub struct PanelKey {
        /// The panel's number.
        pub panel: u32,
        /// The key.
        pub key: String,
    }

    /// Where a panel goes.
    pub struct MovePanel {
        /// The panel's number.
        pub panel: u32,
        /// The panel that it comes before; the end where that is one more than the last.
        pub before: u32,
    }

    /// A panel that is added.
    pub struct AddPanel {
        /// Its keys.
        #[ts(type = "{ [key: string]: unknown }")]
        pub panel: Map<String, Json>,
        /// The panel that it comes after; the end unless given.
        pub after: Option<u32>,
    }

    /// A query's text.
    pub struct SetQueryText {
        /// The query.
        pub query: String,
        /// Its text.
        pub text: String,
    }

    /// A key of the front matter, and its value.
    pub struct SetFrontKey {
        /// The key, with dots between tables: `params.period.default`.
        pub key: String,
        /// Its value.
        #[ts(type = "unknown")]
        pub value: Json,
    }
}
