//! A panel: which query it shows, and how.

use super::Span;

/// One panel.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// Where it stands, its fences included.
    pub span: Span,
    /// Where its lines stand, without the fences.
    pub body_span: Span,
    /// Line of the file on which its lines begin, from 1.
    pub line: usize,
    /// How it shows its query.
    pub kind: PanelKind,
    /// The query it shows.
    pub query: String,
    /// What stands above it.
    pub title: Option<String>,
    /// Column along the axis.
    pub x: Option<String>,
    /// Columns of the numbers; all where it names none.
    pub y: Vec<String>,
    /// Column that parts the rows.
    pub by: Option<String>,
    /// Unit of the numbers.
    pub unit: Option<String>,
    /// Which way is better.
    pub good: Option<Direction>,
    /// What is aimed at.
    pub target: Option<f64>,
    /// With which period it is compared.
    pub compare: Option<Compare>,
    /// Columns of twelve that it takes.
    pub width: u8,
    /// Height of its picture, in points; the kind's own where it says none.
    pub height: Option<u16>,
    /// Query of the rows behind a mark.
    pub rows: Option<String>,
    /// Where a click leads.
    pub link: Option<String>,
    /// Parameter that a click sets.
    pub filter: Option<String>,
    /// How its numbers are counted.
    pub rule: Option<String>,
}

impl Panel {
    /// What stands above it: its title, else the name of its query in words.
    pub fn name(&self) -> String {
        match &self.title {
            Some(title) => title.clone(),
            None => sentence(&self.query),
        }
    }
}

/// `orders_by_day` as `Orders by day`.
pub(crate) fn sentence(name: &str) -> String {
    let words = name.replace('_', " ");
    let words = words.trim();
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => name.to_owned(),
    }
}

/// How a panel shows its query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PanelKind {
    /// One number.
    Number,
    /// Lines.
    Line,
    /// Bars, side by side.
    Bar,
    /// Bars on each other.
    Stacked,
    /// Areas on each other.
    Area,
    /// A grid of cells.
    Heatmap,
    /// Rows.
    Table,
    /// Steps.
    Funnel,
    /// Groups and what became of them.
    Cohort,
    /// Rectangles.
    Treemap,
    /// Flows.
    Sankey,
    /// One number against a target.
    Gauge,
}

impl PanelKind {
    /// All of them, in the order of [`super::keys::PANELS`].
    pub const ALL: [PanelKind; 12] = [
        PanelKind::Number,
        PanelKind::Line,
        PanelKind::Bar,
        PanelKind::Stacked,
        PanelKind::Area,
        PanelKind::Heatmap,
        PanelKind::Table,
        PanelKind::Funnel,
        PanelKind::Cohort,
        PanelKind::Treemap,
        PanelKind::Sankey,
        PanelKind::Gauge,
    ];

    /// Its name in a file.
    pub fn name(self) -> &'static str {
        match self {
            PanelKind::Number => "number",
            PanelKind::Line => "line",
            PanelKind::Bar => "bar",
            PanelKind::Stacked => "stacked",
            PanelKind::Area => "area",
            PanelKind::Heatmap => "heatmap",
            PanelKind::Table => "table",
            PanelKind::Funnel => "funnel",
            PanelKind::Cohort => "cohort",
            PanelKind::Treemap => "treemap",
            PanelKind::Sankey => "sankey",
            PanelKind::Gauge => "gauge",
        }
    }

    /// The kind of that name.
    pub fn of(name: &str) -> Option<PanelKind> {
        PanelKind::ALL.into_iter().find(|it| it.name() == name)
    }

    /// Columns of twelve that it takes where its panel says nothing.
    pub fn usual_width(self) -> u8 {
        match self {
            PanelKind::Number | PanelKind::Gauge => 3,
            PanelKind::Table => 12,
            _ => 6,
        }
    }
}

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// More.
    Up,
    /// Less.
    Down,
}

impl Direction {
    /// Its name in a file.
    pub fn name(self) -> &'static str {
        match self {
            Direction::Up => "up",
            Direction::Down => "down",
        }
    }
}

/// With what a period is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Compare {
    /// As long a time before it, beginning on the same day of the week.
    Before,
    /// 52 weeks earlier.
    Year,
}

impl Compare {
    /// Its name in a file.
    pub fn name(self) -> &'static str {
        match self {
            Compare::Before => "before",
            Compare::Year => "year",
        }
    }
}
