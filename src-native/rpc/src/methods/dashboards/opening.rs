//! Listing and opening dashboards: what is known of one before its panels are asked.

use super::files;
use super::running::{Board, Wanted, time_of};
use super::wire::*;
use crate::context::blocking;
use crate::wire::{reply, request};
use crate::{Access, Context, Method, Result, Topic};
use analytics::dashboard::markdown::{Inline, Node};
use analytics::dashboard::params::{Options, Value};
use analytics::dashboard::{self, Panel, PanelKind, Param, ParamKind, Part};
use serde_json::{Map, Value as Json, json};
use std::task::Poll;
use std::time::Duration;

/// How long what can be chosen is waited for.
const OPTIONS_TIME: Duration = Duration::from_secs(10);

request! {
    /// List the dashboards: the project's, the user's own, and those that Backstory brings.
    #[schemars(rename = "ListDashboards")]
    #[ts(rename = "ListDashboards")]
    pub struct List {
        /// Folder of the project; the user's own and the built-in ones alone unless given.
        pub project: Option<String>,
    }

    /// Open a dashboard: its texts, its parameters as they are set, and its panels before they are asked.
    #[schemars(rename = "OpenDashboard")]
    #[ts(rename = "OpenDashboard")]
    pub struct Open {
        /// Its name.
        pub dashboard: Option<String>,
        /// Its text, in place of a name: what is being typed.
        pub text: Option<String>,
        /// Folder of the project.
        pub project: Option<String>,
        /// Values of its parameters, by name.
        #[ts(optional, type = "{ [key: string]: string | number | boolean | string[] | null }")]
        pub params: Option<Map<String, Json>>,
        /// Zone of days, where the dashboard names none.
        pub zone: Option<String>,
        /// The moment that periods end with: a day or a moment.
        pub at: Option<String>,
    }

    /// Tell the text of a dashboard as its file has it.
    #[schemars(rename = "DashboardSource")]
    #[ts(rename = "DashboardSource")]
    pub struct Source {
        /// Its name.
        pub dashboard: String,
        /// Folder of the project.
        pub project: Option<String>,
    }

    /// Tell what is wrong with a dashboard's text, with line and column. Nothing is asked.
    #[schemars(rename = "CheckDashboard")]
    #[ts(rename = "CheckDashboard")]
    pub struct Check {
        /// Its name.
        pub dashboard: Option<String>,
        /// Its text, in place of a name.
        pub text: Option<String>,
        /// Folder of the project.
        pub project: Option<String>,
    }
}

reply! {
    /// Dashboards.
    #[schemars(rename = "ListDashboardsReply")]
    #[ts(rename = "ListDashboardsReply")]
    pub struct ListReply {
        /// The project's first, then the user's own, then those that Backstory brings; each by name.
        pub dashboards: Vec<DashboardInfo>,
        /// What is wrong with files that cannot be read.
        pub troubles: Vec<String>,
    }

    /// A dashboard that is open.
    #[schemars(rename = "OpenDashboardReply")]
    #[ts(rename = "OpenDashboardReply")]
    pub struct OpenReply {
        /// Its name.
        pub dashboard: String,
        /// Its title.
        pub title: String,
        /// What it is for.
        pub about: Option<String>,
        /// Where it comes from.
        pub place: DashboardPlace,
        /// Its file.
        pub path: Option<String>,
        /// The state of its text, to be given with a change.
        pub hash: String,
        /// Zone of its days.
        pub zone: String,
        /// Seconds after which it wants to be asked again.
        pub refresh: Option<u32>,
        /// The moment that periods end with.
        pub now: String,
        /// Its parameters, in order.
        pub params: Vec<DashboardControl>,
        /// Its texts and panels, in order.
        pub parts: Vec<DashboardPart>,
        /// What is wrong with its text.
        pub troubles: Vec<DashboardTrouble>,
        /// Whether the text as it is now cannot be used, and this is how it was before.
        pub stale: bool,
    }

    /// A dashboard's text.
    #[schemars(rename = "DashboardSourceReply")]
    #[ts(rename = "DashboardSourceReply")]
    pub struct SourceReply {
        /// The text.
        pub text: String,
        /// Its state, to be given with a change.
        pub hash: String,
        /// Where it comes from; what Backstory brings is copied before it is changed.
        pub place: DashboardPlace,
        /// Its file.
        pub path: Option<String>,
    }

    /// What is wrong with a text.
    #[schemars(rename = "CheckDashboardReply")]
    #[ts(rename = "CheckDashboardReply")]
    pub struct CheckReply {
        /// From top to bottom.
        pub troubles: Vec<DashboardTrouble>,
    }
}

impl Method for List {
    const NAME: &'static str = "dashboards.list";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[Topic::Dashboards];
    const EXAMPLE: &'static str = "{}";
    type Reply = ListReply;

    async fn call(self, cx: Context) -> Result<ListReply> {
        let shared = cx.shared.clone();
        blocking(move || {
            super::watching::watch(&shared, self.project.as_deref());
            let (dashboards, troubles) = files::list(&shared.connected, self.project.as_deref())?;
            Ok(ListReply { dashboards, troubles })
        })
        .await
    }
}

impl Method for Source {
    const NAME: &'static str = "dashboards.source";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[Topic::Dashboards];
    const EXAMPLE: &'static str = r#"{"dashboard":"delivery"}"#;
    type Reply = SourceReply;

    async fn call(self, cx: Context) -> Result<SourceReply> {
        let shared = cx.shared.clone();
        blocking(move || {
            let found = files::find(&shared.connected, self.project.as_deref(), &self.dashboard)?;
            Ok(SourceReply {
                hash: found.hash(),
                place: found.place,
                path: found.path.as_ref().map(|it| it.display().to_string()),
                text: found.text,
            })
        })
        .await
    }
}

impl Method for Check {
    const NAME: &'static str = "dashboards.check";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[Topic::Dashboards];
    const EXAMPLE: &'static str = r#"{"dashboard":"delivery"}"#;
    type Reply = CheckReply;

    async fn call(self, cx: Context) -> Result<CheckReply> {
        let shared = cx.shared.clone();
        blocking(move || {
            let text = match (self.text, self.dashboard) {
                (Some(text), _) => text,
                (None, Some(name)) => {
                    files::find(&shared.connected, self.project.as_deref(), &name)?.text
                }
                (None, None) => return Err(files::unnamed()),
            };
            let (_, troubles) = dashboard::read(&text);
            Ok(CheckReply { troubles: troubles.iter().map(files::trouble).collect() })
        })
        .await
    }
}

impl Method for Open {
    const NAME: &'static str = "dashboards.open";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[Topic::Dashboards];
    const EXAMPLE: &'static str = r#"{"dashboard":"delivery"}"#;
    type Reply = OpenReply;

    async fn call(self, cx: Context) -> Result<OpenReply> {
        let (shared, project) = (cx.shared.clone(), self.project.clone());
        blocking(move || {
            super::watching::watch(&shared, project.as_deref());
            Ok(())
        })
        .await?;
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
        let controls = board.dashboard.params.iter().map(|it| control(&cx, &board, it));
        let params = side_by_side(controls).await;
        let mut number = 0;
        let part = |part: &Part| match part {
            Part::Text(text) => {
                let blocks = text.nodes.iter().map(block).collect();
                Some(DashboardPart::Text { blocks })
            }
            Part::Query(_) => None,
            Part::Panel(panel) => {
                number += 1;
                Some(DashboardPart::Panel { panel: outline(panel, number - 1) })
            }
            Part::Asserts(asserts) => {
                let count = u32::try_from(asserts.lines.len()).unwrap_or(u32::MAX);
                Some(DashboardPart::Assertions { count })
            }
        };
        let parts = board.dashboard.parts.iter().filter_map(part).collect();
        let title = board.dashboard.title.clone();
        Ok(OpenReply {
            title: if title.is_empty() { board.text.name.clone() } else { title },
            about: board.dashboard.about.clone(),
            place: board.text.place,
            path: board.text.path.as_ref().map(|it| it.display().to_string()),
            hash: board.text.hash(),
            zone: board.values.zone.iana_name().unwrap_or("UTC").to_owned(),
            refresh: board.dashboard.refresh,
            now: time_of(board.values.now),
            params,
            parts,
            troubles: board.troubles.iter().map(files::trouble).collect(),
            stale: board.stale,
            dashboard: board.text.name,
        })
    }
}

fn block(node: &Node) -> TextBlock {
    match node {
        Node::Heading(level, words) => TextBlock::Heading { level: *level, words: runs(words) },
        Node::Paragraph(words) => TextBlock::Paragraph { words: runs(words) },
        Node::List(start, items) => {
            let items = items.iter().map(|it| it.iter().map(block).collect()).collect();
            TextBlock::List { start: *start, items }
        }
        Node::Code(_, text) => TextBlock::Code { text: text.clone() },
        Node::Quote(nodes) => TextBlock::Quote { blocks: nodes.iter().map(block).collect() },
        Node::Table(head, rows) => TextBlock::Table {
            head: head.iter().map(|it| runs(it)).collect(),
            rows: rows.iter().map(|row| row.iter().map(|it| runs(it)).collect()).collect(),
        },
        Node::Rule => TextBlock::Rule,
    }
}

fn runs(of: &[Inline]) -> Vec<TextRun> {
    let plain =
        TextRun { text: String::new(), strong: false, emphasis: false, code: false, href: None };
    let mut out = Vec::new();
    put(of, &plain, &mut out);
    out
}

fn put(of: &[Inline], manner: &TextRun, out: &mut Vec<TextRun>) {
    for inline in of {
        let text = |text: &str| TextRun { text: text.to_owned(), ..manner.clone() };
        match inline {
            Inline::Text(it) => out.push(text(it)),
            Inline::Code(it) => out.push(TextRun { code: true, ..text(it) }),
            Inline::Break => out.push(text("\n")),
            Inline::Strong(of) => put(of, &TextRun { strong: true, ..manner.clone() }, out),
            Inline::Emphasis(of) => put(of, &TextRun { emphasis: true, ..manner.clone() }, out),
            Inline::Link(of, to) => {
                put(of, &TextRun { href: Some(to.clone()), ..manner.clone() }, out);
            }
        }
    }
}

pub(super) fn shape_of(kind: PanelKind) -> PanelShape {
    match kind {
        PanelKind::Number => PanelShape::Number,
        PanelKind::Line => PanelShape::Line,
        PanelKind::Bar => PanelShape::Bar,
        PanelKind::Stacked => PanelShape::Stacked,
        PanelKind::Area => PanelShape::Area,
        PanelKind::Heatmap => PanelShape::Heatmap,
        PanelKind::Table => PanelShape::Table,
        PanelKind::Funnel => PanelShape::Funnel,
        PanelKind::Cohort => PanelShape::Cohort,
        PanelKind::Treemap => PanelShape::Treemap,
        PanelKind::Sankey => PanelShape::Sankey,
        PanelKind::Gauge => PanelShape::Gauge,
    }
}

/// The height of a panel's picture in pixels, where its file says none.
pub(super) fn height_of(panel: &Panel) -> u32 {
    panel.height.map_or_else(
        || match panel.kind {
            PanelKind::Number => 72,
            PanelKind::Gauge => 84,
            PanelKind::Table => 320,
            PanelKind::Sankey | PanelKind::Treemap | PanelKind::Cohort => 320,
            _ => 240,
        },
        u32::from,
    )
}

fn outline(panel: &Panel, number: u32) -> PanelOutline {
    PanelOutline {
        panel: number,
        title: panel.name(),
        shape: shape_of(panel.kind),
        width: u32::from(panel.width),
        height: height_of(panel),
        rule: panel.rule.clone(),
        query: panel.query.clone(),
        filter: panel.filter.clone(),
    }
}

/// A parameter as it is set, with what can be chosen.
/// Waits for all of them at once: what is slow keeps nobody else.
async fn side_by_side<F: Future>(all: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut all: Vec<_> = all.map(|it| (Box::pin(it), None)).collect();
    std::future::poll_fn(|cx| {
        let mut waits = false;
        for (asked, answer) in all.iter_mut().filter(|it| it.1.is_none()) {
            match asked.as_mut().poll(cx) {
                Poll::Ready(it) => *answer = Some(it),
                Poll::Pending => waits = true,
            }
        }
        if waits { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    all.into_iter().filter_map(|it| it.1).collect()
}

async fn control(cx: &Context, board: &Board, param: &Param) -> DashboardControl {
    let given = board.values.given.iter().find(|it| it.name == param.name);
    let texts = |values: &[Value]| match (param.many, values) {
        (true, values) => Json::from(values.iter().map(Value::text).collect::<Vec<_>>()),
        (false, []) => Json::Null,
        (false, [first, ..]) => first.text().into(),
    };
    let (mut options, mut trouble) = (None, None);
    match &param.options {
        Options::Any => {}
        Options::Listed(list) => {
            let option = |it: &Value| ControlOption { value: it.text(), label: it.text() };
            options = Some(list.iter().map(option).collect());
        }
        Options::Query(name) => {
            let asked = board.ask(cx, name, &board.values, &[], false);
            match tokio::time::timeout(OPTIONS_TIME, asked).await {
                Ok(Ok(answers)) => options = answers.first().map(|it| chosen(&it.given.table)),
                Ok(Err(error)) => trouble = Some(error.message),
                Err(_) => {
                    let seconds = OPTIONS_TIME.as_secs();
                    trouble = Some(format!("`{name}` gave no answer within {seconds} s"));
                }
            }
        }
    }
    let period = given.and_then(|it| it.period.as_ref()).map(|period| {
        let compare = dashboard::Compare::Before;
        let before = period.before(compare, board.values.now, &board.values.zone);
        ControlPeriod {
            from: time_of(period.from),
            to: time_of(period.to),
            words: period.say(),
            before: before.map(|it| it.say()).unwrap_or_default(),
            grain: period.grain.name().to_owned(),
        }
    });
    let refused = board.refused.iter().find(|it| it.contains(&format!("`{}`", param.name)));
    DashboardControl {
        name: param.name.clone(),
        label: param.label.clone(),
        kind: match param.kind {
            ParamKind::Text => ControlKind::Text,
            ParamKind::Number => ControlKind::Number,
            ParamKind::Bool => ControlKind::Bool,
            ParamKind::Day => ControlKind::Day,
            ParamKind::Period => ControlKind::Period,
            ParamKind::Choice => ControlKind::Choice,
        },
        value: given.map_or(json!(null), |it| texts(&it.values)),
        default: texts(&param.default),
        options,
        options_trouble: trouble,
        many: param.many,
        required: param.required,
        trouble: refused.cloned(),
        period,
    }
}

/// What a query offers to choose from: its first column is the value, its second what it is called.
fn chosen(table: &analytics::table::Table) -> Vec<ControlOption> {
    let text = |cell: &analytics::table::Cell| super::drawing::text_of(cell);
    table
        .rows
        .iter()
        .filter_map(|row| {
            let value = text(row.first()?);
            let label = row.get(1).map(text).filter(|it| !it.is_empty());
            Some(ControlOption { label: label.unwrap_or_else(|| value.clone()), value })
        })
        .collect()
}
