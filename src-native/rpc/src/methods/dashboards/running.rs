//! A dashboard with its parameters set, and its queries asked.

use super::files::{self, Text};
use super::wire::{PanelEvidence, PanelQuery};
use crate::boards::{Ask, Given, Source, answer};
use crate::connected::MEMORY;
use crate::context::blocking;
use crate::wire::time;
use crate::{Context, Error, Result};
use analytics::dashboard::params::{Options, Value};
use analytics::dashboard::shape::Marked;
use analytics::dashboard::{self, Compare, Dashboard, Mark, Panel, Query, Trouble, Values};
use analytics::table::Cell;
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;
use std::time::Duration;

/// Tags of releases, of the repository that is named, else of all.
const RELEASES: &str = "\
select r.at, r.name, '/commit/' || lower(hex(r.oid)) from releases r join repositories p on p.id = r.repository \
where r.at >= :from and r.at < :to and (:repository is null or p.name = :repository) order by r.at limit 500";
/// Issues whose kind or label is `incident`.
const INCIDENTS: &str = "\
select i.created, i.key || ' ' || i.summary, '/issue/' || i.key from issues i join repositories p on p.id = i.repository \
where i.created >= :from and i.created < :to and (:repository is null or p.name = :repository) \
and (lower(i.kind) = 'incident' or exists (select 1 from issue_names n where n.issue = i.id and lower(n.name) = 'incident')) \
order by i.created limit 500";
/// Pull requests by when they were merged.
const MERGES: &str = "\
select r.merged, '#' || q.number || ' ' || r.title, '/pull/' || q.number from pull_records r \
join pull_requests q on q.id = r.pull_request join repositories p on p.id = q.repository \
where r.merged >= :from and r.merged < :to and (:repository is null or p.name = :repository) order by r.merged limit 500";

/// Which dashboard, and with what.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    pub(super) project: Option<String>,
    pub(super) dashboard: Option<String>,
    /// The text itself, in place of a dashboard that is known by name.
    pub(super) text: Option<String>,
    pub(super) params: Map<String, Json>,
    pub(super) zone: Option<String>,
    pub(super) at: Option<String>,
}

/// A dashboard with its parameters set.
#[derive(Clone, Debug)]
pub(super) struct Board {
    pub(super) text: Text,
    pub(super) dashboard: Dashboard,
    /// What is wrong with the file as it is now.
    pub(super) troubles: Vec<Trouble>,
    /// Whether the file as it is now cannot be used, and this is how it was.
    pub(super) stale: bool,
    pub(super) values: Values,
    /// What is wrong with values that were given, by parameter: defaults stand in their place.
    pub(super) refused: Vec<String>,
    project: Option<String>,
    /// Whether somebody named the moment; then methods are asked about it too.
    is_past: bool,
}

/// An answer to a query of a board.
#[derive(Clone, Debug)]
pub(super) struct Answered {
    pub(super) given: Arc<Given>,
    pub(super) cached: bool,
    pub(super) query: String,
    pub(super) period: Option<&'static str>,
}

/// The moment that a text names: a day, which is its end, or a moment.
pub(super) fn moment_of(text: &str, zone: &TimeZone) -> Result<Timestamp> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    let end = text.parse::<civil::Date>().ok().and_then(|it| it.tomorrow().ok());
    end.and_then(|it| it.to_zoned(zone.clone()).ok()).map(|it| it.timestamp()).ok_or_else(|| {
        Error::invalid(format!("`{text}` is neither a day nor a moment"))
            .hint("as in 2026-11-01 or 2026-11-01T12:00:00Z")
    })
}

/// What a method of memory calls the moment that it is asked about; none where it only knows the present.
fn moment_key(method: &str) -> Option<&'static str> {
    match method.strip_prefix("memory.")? {
        "hygiene" | "hygieneRecords" | "hygieneTrend" => Some("until"),
        "busFactor" | "changes" | "commit" | "complete" | "coupling" | "file" | "fingerprint"
        | "graph" | "person" | "pullRequest" | "resolve" | "search" | "text" | "why" => None,
        _ => Some("now"),
    }
}

fn zone_of(name: &str) -> Result<TimeZone> {
    TimeZone::get(name).map_err(|_| {
        Error::invalid(format!("there is no zone `{name}`")).hint("as in Europe/Berlin or UTC")
    })
}

/// Values of parameters as texts; a list is several.
fn given(params: &Map<String, Json>) -> Result<Vec<(String, String)>> {
    let mut all = Vec::new();
    for (name, value) in params {
        let mut put = |value: &Json| {
            match value {
                Json::Null => {}
                Json::String(it) => all.push((name.clone(), it.clone())),
                Json::Bool(_) | Json::Number(_) => all.push((name.clone(), value.to_string())),
                Json::Array(_) | Json::Object(_) => {
                    return Err(Error::invalid(format!(
                        "the value of `{name}` is neither text, number, true, false nor a list of them"
                    )));
                }
            }
            Ok(())
        };
        match value {
            Json::Array(list) => list.iter().try_for_each(&mut put)?,
            value => put(value)?,
        }
    }
    Ok(all)
}

impl Board {
    /// Reads the dashboard and sets its parameters.
    ///
    /// # Errors
    /// Where there is no such dashboard, or nothing of its text can be used and never could.
    pub(super) async fn open(cx: &Context, wanted: Wanted) -> Result<Board> {
        let (shared, project) = (cx.shared.clone(), wanted.project.clone());
        let (name, text) = (wanted.dashboard.clone(), wanted.text.clone());
        let text = blocking(move || match (name, text) {
            (_, Some(text)) => Ok(Text::given(text)),
            (Some(name), None) => files::find(&shared.connected, project.as_deref(), &name),
            (None, None) => Err(files::unnamed()),
        })
        .await?;
        let (read, troubles) = dashboard::read(&text.text);
        let last = cx.shared.boards.good(&text.key(wanted.project.as_deref()));
        let (dashboard, stale) = match (read, last) {
            (Some(read), _) if troubles.is_empty() => (read, false),
            (_, Some(last)) => (last, true),
            (Some(read), None) => (read, false),
            (None, None) => return Err(text.unreadable(&troubles)),
        };
        if troubles.is_empty() && text.path.is_some() {
            cx.shared.boards.keep_good(&text.key(wanted.project.as_deref()), &dashboard);
        }
        let zone = match wanted.zone.as_ref().or(dashboard.zone.as_ref()) {
            Some(name) => zone_of(dashboard.zone.as_ref().unwrap_or(name))?,
            None => TimeZone::system(),
        };
        let now = match &wanted.at {
            Some(at) => moment_of(at, &zone)?,
            None if asks_memory_alone(&dashboard) => newest(cx).await?,
            None => Timestamp::now(),
        };
        let (values, refused) = settle(&dashboard, &given(&wanted.params)?, now, &zone);
        let mut board = Board {
            text,
            dashboard,
            troubles,
            stale,
            values,
            refused,
            project: wanted.project,
            is_past: wanted.at.is_some(),
        };
        board.choose(cx).await;
        Ok(board)
    }

    /// Sets what has to have a value and was given none to the first that can be chosen; a repository to that
    /// of the project. Where nothing can, it stays without, and so say the panels that need it.
    async fn choose(&mut self, cx: &Context) {
        for at in 0..self.dashboard.params.len() {
            let param = &self.dashboard.params[at];
            let is_empty = |it: &Values| it.given.get(at).is_some_and(|it| it.values.is_empty());
            if !param.required || !is_empty(&self.values) {
                continue;
            }
            let own = match param.name.as_str() {
                "repository" => repository_of(cx, self.project.as_deref()).await,
                _ => None,
            };
            let first = match &param.options {
                _ if own.is_some() => own.map(Value::Text),
                Options::Any => None,
                Options::Listed(list) => list.first().cloned(),
                Options::Query(name) => {
                    let asked = self.ask(cx, name, &self.values, &[], false).await;
                    let first = asked.ok().and_then(|it| {
                        Some(super::drawing::text_of(
                            it.first()?.given.table.rows.first()?.first()?,
                        ))
                    });
                    first.filter(|it| !it.is_empty()).map(Value::Text)
                }
            };
            if let Some(given) = self.values.given.get_mut(at) {
                given.values.extend(first);
            }
        }
    }

    /// Nothing is wrong with the text, and nothing that was given for parameters was refused: what is written
    /// shows all of what was asked for, or nothing.
    pub(super) fn settled(&self) -> Result<()> {
        if !self.troubles.is_empty() {
            let hint = match self.troubles.len() {
                1 => "mend it and run it again".to_owned(),
                many => format!("`backstory dashboard check` tells all {many} troubles"),
            };
            return Err(self.text.unreadable(&self.troubles).hint(hint));
        }
        match self.refused.as_slice() {
            [] => Ok(()),
            refused => Err(Error::invalid(refused.join("; "))),
        }
    }

    /// The panel of that number.
    pub(super) fn panel(&self, number: u32) -> Result<&Panel> {
        self.dashboard.panels().nth(number as usize).ok_or_else(|| {
            let many = self.dashboard.panels().count();
            Error::not_found(format!("the dashboard has no panel {number}: it has {many}"))
        })
    }

    /// How long an answer holds where nothing tells whether its data moved on.
    fn holds(&self) -> Option<Duration> {
        self.dashboard.refresh.map(|it| Duration::from_secs(u64::from(it)))
    }

    /// Asks a query, and before it those whose results it is over, each once. `more` are values beside the
    /// parameters'.
    pub(super) async fn ask(
        &self,
        cx: &Context,
        name: &str,
        values: &Values,
        more: &[(&str, Cell)],
        fresh: bool,
    ) -> Result<Vec<Answered>> {
        let mut queries = Vec::new();
        in_order(&self.dashboard, name, &mut Vec::new(), &mut queries)?;
        let own = queries.pop();
        let mut answers = Vec::new();
        for query in queries {
            let it = self.answered(cx, query, values, &[], fresh, &answers).await?;
            answers.push(it);
        }
        if let Some(query) = own {
            let it = self.answered(cx, query, values, more, fresh, &answers).await?;
            answers.insert(0, it);
        }
        Ok(answers)
    }

    async fn answered(
        &self,
        cx: &Context,
        query: &Query,
        values: &Values,
        more: &[(&str, Cell)],
        fresh: bool,
        before: &[Answered],
    ) -> Result<Answered> {
        let source = self.source(query, values, more, before)?;
        let ask = Ask { project: self.project.clone(), source, fresh, holds: self.holds() };
        let (given, cached) = answer(cx, ask).await?;
        Ok(Answered { given, cached, query: query.name.clone(), period: None })
    }

    fn source(
        &self,
        query: &Query,
        values: &Values,
        more: &[(&str, Cell)],
        before: &[Answered],
    ) -> Result<Source> {
        let bound = values.bind(query, more);
        let params = bound.values.iter().map(|it| (it.0.clone(), json_of(&it.1))).collect();
        Ok(match &query.source {
            dashboard::Source::Memory => {
                Source::Statement { connection: MEMORY.to_owned(), text: bound.text, params }
            }
            dashboard::Source::Connection(name) => {
                let connection = match name.strip_prefix(':') {
                    None => name.clone(),
                    Some(place) => match values.place(place) {
                        Some(Cell::Text(name)) if !name.is_empty() => name,
                        _ => {
                            let text = format!("the parameter `{place}` names no connection");
                            return Err(Error::invalid(text).hint("choose one"));
                        }
                    },
                };
                Source::Statement { connection, text: bound.text, params }
            }
            dashboard::Source::Call { method, rows, .. } => {
                let mut params = values.arguments(query, more);
                if let Some(at) = moment_key(method).filter(|_| self.is_past) {
                    params.entry(at).or_insert_with(|| json!(time_of(values.now)));
                }
                // The connections of the dashboard's project are those it may ask.
                if let Some(project) = self.project.as_ref().filter(|_| method == "databases.list")
                {
                    params.entry("project").or_insert_with(|| project.as_str().into());
                }
                Source::Call { method: method.clone(), params, rows: rows.clone() }
            }
            dashboard::Source::Results(names) => {
                let of = names.iter().filter_map(|name| {
                    let found = before.iter().find(|it| it.query == *name)?;
                    Some((name.clone(), found.given.clone()))
                });
                Source::Results { text: bound.text, params, of: of.collect() }
            }
        })
    }

    /// What a panel is made of: its query, and the same for the period that it is compared with.
    pub(super) async fn answers(
        &self,
        cx: &Context,
        panel: &Panel,
        fresh: bool,
    ) -> Result<(Vec<Answered>, Vec<Answered>)> {
        let own = self.ask(cx, &panel.query, &self.values, &[], fresh);
        let Some(other) = panel.compare.and_then(|it| self.values.before(it)) else {
            return Ok((own.await?, Vec::new()));
        };
        let before = self.ask(cx, &panel.query, &other, &[], fresh);
        let (own, before) = tokio::join!(own, before);
        let word = match panel.compare {
            Some(Compare::Year) => "year",
            _ => "before",
        };
        let mut before = before?;
        before.iter_mut().for_each(|it| it.period = Some(word));
        Ok((own?, before))
    }
}

/// The queries that have to be asked for one, it last, each once. A dashboard that is being typed may have
/// queries that ask each other in a circle.
fn in_order<'a>(
    of: &'a Dashboard,
    name: &str,
    way: &mut Vec<&'a str>,
    found: &mut Vec<&'a Query>,
) -> Result<()> {
    if found.iter().any(|it| it.name == name) {
        return Ok(());
    }
    let query = of
        .query(name)
        .ok_or_else(|| Error::not_found(format!("the dashboard has no query `{name}`")))?;
    if way.contains(&name) {
        let text = format!("`{name}` asks its own result, itself or by way of others");
        return Err(Error::invalid(text));
    }
    if let dashboard::Source::Results(names) = &query.source {
        way.push(&query.name);
        names.iter().try_for_each(|it| in_order(of, it, way, found))?;
        way.pop();
    }
    found.push(query);
    Ok(())
}

/// What is marked on axes of time: releases, incidents and merges that memory knows, within the period
/// and the one before. What cannot be had marks nothing.
pub(super) async fn marks(cx: &Context, board: &Board) -> Vec<Marked> {
    let Some(period) = board.values.period() else { return Vec::new() };
    let mut marks = Vec::new();
    for kind in &board.dashboard.annotate {
        let text = match kind {
            Mark::Releases => RELEASES,
            Mark::Incidents => INCIDENTS,
            Mark::Merges => MERGES,
        };
        let mut params = Map::new();
        params.insert("from".into(), period.from.as_second().into());
        params.insert("to".into(), period.to.as_second().into());
        let repository = match board.values.place("repository") {
            Some(Cell::Text(name)) if !name.is_empty() => name.into(),
            _ => Json::Null,
        };
        params.insert("repository".into(), repository);
        let source =
            Source::Statement { connection: MEMORY.to_owned(), text: text.to_owned(), params };
        let ask = Ask { project: None, source, fresh: false, holds: None };
        let Ok((given, _)) = answer(cx, ask).await else { continue };
        for row in &given.table.rows {
            let [Cell::Integer(at), Cell::Text(label), link] = row.as_slice() else { continue };
            let link = match link {
                Cell::Text(it) => Some(it.clone()),
                _ => None,
            };
            marks.push(Marked { at: at * 1000, kind: *kind, label: label.clone(), link });
        }
    }
    marks
}

/// Values that fit; where one does not, its default.
fn settle(
    of: &Dashboard,
    given: &[(String, String)],
    now: Timestamp,
    zone: &TimeZone,
) -> (Values, Vec<String>) {
    let refused = match Values::resolve(&of.params, given, now, zone) {
        Ok(values) => return (values, Vec::new()),
        Err(refused) => refused,
    };
    let fits = |it: &&(String, String)| {
        let all: Vec<(String, String)> =
            given.iter().filter(|other| other.0 == it.0).cloned().collect();
        Values::resolve(&of.params, &all, now, zone).is_ok()
    };
    let fitting: Vec<(String, String)> = given.iter().filter(fits).cloned().collect();
    let none = || Values { given: Vec::new(), now, zone: zone.clone() };
    (Values::resolve(&of.params, &fitting, now, zone).unwrap_or_else(|_| none()), refused)
}

/// Whether all that a dashboard asks is memory, whose newest record is its now.
fn asks_memory_alone(of: &Dashboard) -> bool {
    let memory = |it: &Query| match &it.source {
        dashboard::Source::Memory | dashboard::Source::Results(_) => true,
        dashboard::Source::Call { method, .. } => method.starts_with("memory."),
        dashboard::Source::Connection(_) => false,
    };
    of.queries().count() > 0 && of.queries().all(memory)
}

/// The repository in memory whose work tree a project's folder is.
async fn repository_of(cx: &Context, project: Option<&str>) -> Option<String> {
    let (viewer, folder) = (cx.viewer(), std::path::PathBuf::from(project?));
    let all = cx.read(move |reader| Ok(reader.allow_all(&viewer)?)).await.ok()?;
    all.into_iter().find(|it| it.work_tree.as_ref() == Some(&folder)).map(|it| it.name)
}

/// The time of the newest record in memory; the clock's where there is none.
async fn newest(cx: &Context) -> Result<Timestamp> {
    let viewer = cx.viewer();
    let now = cx
        .read(move |reader| {
            let all = reader.allow_all(&viewer)?;
            Ok(all.iter().filter_map(|it| it.as_of).max())
        })
        .await?;
    Ok(now.and_then(|it| Timestamp::from_second(it.0).ok()).unwrap_or_else(Timestamp::now))
}

fn json_of(cell: &Cell) -> Json {
    match cell {
        Cell::Null => Json::Null,
        Cell::Integer(it) => (*it).into(),
        Cell::Real(it) => json!(it),
        Cell::Text(it) => it.clone().into(),
        Cell::Bool(it) => (*it).into(),
        Cell::Time(it) => crate::boards::moment(*it).into(),
        Cell::Day(it) => crate::boards::day(*it).into(),
    }
}

/// A moment as the wire has it.
pub(super) fn time_of(at: Timestamp) -> String {
    time(model::Timestamp(at.as_second()))
}

/// What stands behind a panel.
pub(super) fn evidence(panel: &Panel, answers: &[Answered]) -> PanelEvidence {
    let query = |it: &Answered| PanelQuery {
        query: it.query.clone(),
        period: it.period.map(str::to_owned),
        on: it.given.on.clone(),
        engine: it.given.engine.clone(),
        text: it.given.text.clone(),
        params: it.given.params.clone(),
        milliseconds: it.given.took.as_secs_f64() * 1000.0,
        rows: it.given.table.rows.len() as f64,
        cached: it.cached,
        at: time(model::Timestamp(it.given.at.div_euclid(1000))),
    };
    PanelEvidence { queries: answers.iter().map(query).collect(), rule: panel.rule.clone() }
}
