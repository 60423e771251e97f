//! What is kept: the history of what was run, and saved queries.

use super::query_files::{file_of, queries};
use super::{connected, wire};
use crate::connected::{Connected, Way, told, unwritable};
use crate::wire::{reply, request, time};
use crate::{Access, Code, Context, Error, Method, Result, Topic};
use databases::query;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::time::Duration;
use ts_rs::TS;

/// What a place of a saved query takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub enum QueryParamKind {
    /// Text.
    Text,
    /// A number.
    Number,
    /// Yes or no.
    Bool,
    /// A day.
    Date,
}

request! {
    /// List what was run, newest first.
    #[schemars(rename = "ListHistory")]
    #[ts(rename = "ListHistory")]
    pub struct History {
        /// Only on this connection.
        pub connection: Option<String>,
        /// Only what holds this text, in either case.
        pub search: Option<String>,
        /// How many at most (100 unless told otherwise, 1,000 at most).
        pub limit: Option<u32>,
        /// `next` of the answer before.
        pub cursor: Option<String>,
    }

    /// Forget what was run: all of it, or on one connection.
    #[schemars(rename = "ForgetHistory")]
    #[ts(rename = "ForgetHistory")]
    pub struct Forget {
        /// Connection; all of them unless given.
        pub connection: Option<String>,
    }

    /// List the saved queries of a project: the `.sql` files in its `.backstory/queries` folder, and the user's own.
    #[schemars(rename = "ListQueries")]
    #[ts(rename = "ListQueries")]
    pub struct Queries {
        /// Folder of the project; the user's own alone unless given.
        pub project: Option<String>,
    }

    /// Save a query as a `.sql` file with its parameters at the top, fit for version control.
    #[schemars(rename = "SaveQuery")]
    #[ts(rename = "SaveQuery")]
    pub struct SaveQuery {
        /// Its name, which is its file's, with `/` for folders.
        pub query: String,
        /// Folder of the project; the user's own folder unless given.
        pub project: Option<String>,
        /// The statements.
        pub text: String,
        /// Connection it is for.
        pub connection: Option<String>,
        /// What it is for, in a line.
        pub about: Option<String>,
        /// Its parameters.
        pub params: Option<Vec<QueryParam>>,
        /// Save over what is there.
        pub replace: Option<bool>,
    }

    /// Remove a saved query.
    #[schemars(rename = "RemoveQuery")]
    #[ts(rename = "RemoveQuery")]
    pub struct RemoveQuery {
        /// Its name.
        pub query: String,
        /// Folder of the project; the user's own folder unless given.
        pub project: Option<String>,
    }

    /// A parameter of a saved query.
    pub struct QueryParam {
        /// Its name, as in `:name`.
        pub name: String,
        /// What it takes (text unless told otherwise).
        pub kind: Option<QueryParamKind>,
        /// What it is unless given.
        pub default: Option<String>,
        /// What it is for, in a line.
        pub about: Option<String>,
    }
}

reply! {
    /// What was run.
    #[schemars(rename = "ListHistoryReply")]
    #[ts(rename = "ListHistoryReply")]
    pub struct HistoryReply {
        /// Newest first.
        pub runs: Vec<PastRun>,
        /// What to give as `cursor` to go on; none at the end.
        pub next: Option<String>,
    }

    /// Something that was run.
    pub struct PastRun {
        /// When, in UTC.
        pub at: String,
        /// On what; a URL without its password.
        pub connection: String,
        /// The statements.
        pub text: String,
        /// How long it took, in milliseconds.
        pub milliseconds: f64,
        /// Rows that came or were changed.
        pub rows: Option<f64>,
        /// Why it failed.
        pub failure: Option<String>,
    }

    /// What was forgotten.
    #[schemars(rename = "ForgetHistoryReply")]
    #[ts(rename = "ForgetHistoryReply")]
    pub struct ForgetReply {
        /// How many.
        pub forgotten: f64,
    }

    /// Saved queries.
    #[schemars(rename = "ListQueriesReply")]
    #[ts(rename = "ListQueriesReply")]
    pub struct QueriesReply {
        /// By name, the project's first.
        pub queries: Vec<SavedQuery>,
        /// What is wrong with some of the files.
        pub troubles: Vec<String>,
    }

    /// A saved query.
    pub struct SavedQuery {
        /// Its name.
        pub query: String,
        /// Its file.
        pub file: String,
        /// Whether it is the project's.
        pub project: bool,
        /// The statements, without what stands at the top.
        pub text: String,
        /// Connection it is for.
        pub connection: Option<String>,
        /// What it is for.
        pub about: Option<String>,
        /// Its parameters.
        pub params: Vec<SavedQueryParam>,
    }

    /// A parameter of a saved query.
    pub struct SavedQueryParam {
        /// Its name, as in `:name`.
        pub name: String,
        /// What it takes.
        pub kind: QueryParamKind,
        /// What it is unless given.
        pub default: Option<String>,
        /// What it is for, in a line.
        pub about: Option<String>,
    }

    /// Where it was saved.
    #[schemars(rename = "SaveQueryReply")]
    #[ts(rename = "SaveQueryReply")]
    pub struct SaveQueryReply {
        /// The file.
        pub file: String,
    }

    /// What was removed.
    #[schemars(rename = "RemoveQueryReply")]
    #[ts(rename = "RemoveQueryReply")]
    pub struct RemoveQueryReply {
        /// The file.
        pub file: String,
    }
}

/// Runs that one answer holds unless told otherwise.
const RUNS: u32 = 100;
/// Runs that one answer may hold.
const RUNS_MAX: u32 = 1_000;
/// Bytes of the history; beyond, the older half goes.
const HISTORY_MAX: u64 = 32 << 20;
/// Letters of a statement that the history keeps.
const STATEMENT_MAX: usize = 100_000;

/// A line of the history.
#[derive(Serialize, Deserialize)]
struct Line {
    /// Milliseconds since 1970.
    at: i64,
    connection: String,
    text: String,
    ms: f64,
    rows: Option<u64>,
    failure: Option<String>,
}

/// What the history keeps of a text: of one that says a password, its first word.
pub(crate) fn kept(engine: databases::Engine, text: &str) -> String {
    if !databases::statement::says_password(engine, text) {
        return text.to_owned();
    }
    let word = text.split_whitespace().next().unwrap_or_default();
    let word: String = word.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect();
    format!("{word} … (it says a password, and the rest is not kept)")
}

/// What will stand in the history of something that begins to run.
pub(crate) struct Note {
    file: Option<PathBuf>,
    at: i64,
    connection: String,
    text: String,
}

impl Note {
    pub(crate) fn new(connected: &Connected, way: &Way, text: &str) -> Note {
        Note {
            file: connected.folders.as_ref().map(|it| it.state.join("history.jsonl")),
            at: ingest::now().0,
            connection: way.entry.name.clone(),
            text: kept(way.entry.engine, text).chars().take(STATEMENT_MAX).collect(),
        }
    }

    /// Writes it down. A history that cannot be written stops nobody's work.
    pub(crate) fn write(self, standing: &databases::run::Standing) {
        let rows = standing.results.iter().map(|it| match (&it.rows, &it.done) {
            (Some(rows), _) => rows.len(),
            (None, Some(done)) => done.affected.unwrap_or_default(),
            _ => 0,
        });
        let rows = rows.sum();
        let failure = standing.failure.as_ref().map(|it| it.1.message.clone());
        self.write_as(standing.took, rows, failure);
    }

    pub(crate) fn write_as(self, took: Duration, rows: u64, failure: Option<String>) {
        let Some(file) = self.file else { return };
        let line = Line {
            at: self.at,
            connection: self.connection,
            text: self.text,
            ms: wire::milliseconds(took),
            rows: failure.is_none().then_some(rows),
            failure,
        };
        let _ = append(&file, &line); // as said
    }
}

fn append(file: &Path, line: &Line) -> std::io::Result<()> {
    use std::io::Write;
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut text = serde_json::to_string(line)?;
    text.push('\n');
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut opened = options.open(file)?;
    // In one piece: several may write at once.
    opened.write_all(text.as_bytes())?;
    if opened.metadata()?.len() > HISTORY_MAX {
        let whole = std::fs::read_to_string(file)?;
        let half = whole.len() / 2;
        let from =
            whole.bytes().skip(half).position(|it| it == b'\n').map_or(0, |it| half + it + 1);
        replace(file, whole.get(from..).unwrap_or_default())?;
    }
    Ok(())
}

/// Writes a file beside its place and puts it there when it is whole; for its owner alone.
pub(super) fn replace(file: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    let part = file.with_extension(format!("part{}", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    options.create(true).write(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut opened = options.open(&part)?;
    opened.write_all(text.as_bytes())?;
    drop(opened);
    std::fs::rename(&part, file)
}

fn history(connected: &Connected) -> Result<(PathBuf, Vec<Line>)> {
    let file = connected.folders()?.state.join("history.jsonl");
    let text = match std::fs::read(&file) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => {
            let text = format!("{} cannot be read: {error}", file.display());
            return Err(Error::new(Code::Upstream, text));
        }
    };
    // A line that was cut short by a full disk hides no other.
    Ok((file, text.lines().filter_map(|it| serde_json::from_str(it).ok()).collect()))
}

impl Method for History {
    const NAME: &'static str = "databases.history";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[Topic::Databases];
    const EXAMPLE: &'static str = r#"{"limit":5}"#;
    type Reply = HistoryReply;

    async fn call(self, cx: Context) -> Result<HistoryReply> {
        connected(&cx, move |connected| {
            let limit = self.limit.unwrap_or(RUNS).clamp(1, RUNS_MAX) as usize;
            let wanted = self.search.map(|it| it.to_lowercase()).unwrap_or_default();
            let before = match &self.cursor {
                None => usize::MAX,
                Some(cursor) => cursor
                    .parse()
                    .map_err(|_| Error::invalid("this `cursor` was not given by an answer"))?,
            };
            let (_, lines) = history(connected)?;
            let mut fits = lines.into_iter().enumerate().take(before).filter(|(_, it)| {
                self.connection.as_ref().is_none_or(|name| *name == it.connection)
                    && (wanted.is_empty() || it.text.to_lowercase().contains(&wanted))
            });
            let mut runs = Vec::new();
            let mut next = None;
            while let Some((at, it)) = fits.next_back() {
                if runs.len() == limit {
                    break;
                }
                next = Some(at.to_string());
                runs.push(PastRun {
                    at: time(model::Timestamp(it.at)),
                    connection: it.connection,
                    text: it.text,
                    milliseconds: it.ms,
                    rows: it.rows.map(|it| it as f64),
                    failure: it.failure,
                });
            }
            let more = fits.next_back().is_some() || runs.len() == limit;
            Ok(HistoryReply { next: next.filter(|_| more && runs.len() == limit), runs })
        })
        .await
    }
}

impl Method for Forget {
    const NAME: &'static str = "databases.forget";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Databases];
    const EXAMPLE: &'static str = r#"{"connection":"memory"}"#;
    type Reply = ForgetReply;

    async fn call(self, cx: Context) -> Result<ForgetReply> {
        let reply = connected(&cx, move |connected| {
            let (file, lines) = history(connected)?;
            let (gone, stays): (Vec<Line>, Vec<Line>) = lines
                .into_iter()
                .partition(|it| self.connection.as_ref().is_none_or(|name| *name == it.connection));
            let mut text = String::new();
            for line in &stays {
                text += &serde_json::to_string(line).unwrap_or_default();
                text.push('\n');
            }
            if !gone.is_empty() {
                replace(&file, &text).map_err(|it| unwritable(&file, &it))?;
            }
            Ok(ForgetReply { forgotten: gone.len() as f64 })
        })
        .await?;
        cx.changed(&[Topic::Databases], None);
        Ok(reply)
    }
}

impl Method for Queries {
    const NAME: &'static str = "databases.queries";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[Topic::Databases];
    const EXAMPLE: &'static str = "{}";
    type Reply = QueriesReply;

    async fn call(self, cx: Context) -> Result<QueriesReply> {
        connected(&cx, move |connected| queries(connected, self.project.as_deref())).await
    }
}

/// Saves a query; over one that is there only where `over` says so. Tells its file.
pub(crate) fn save(
    connected: &Connected,
    project: Option<&str>,
    name: &str,
    saved: &query::Query,
    over: bool,
) -> Result<PathBuf> {
    let file = file_of(connected, project, name)?;
    if file.exists() && !over {
        let text = format!("there is a query `{name}` already");
        return Err(Error::new(Code::Conflict, text)
            .hint("give it another name, or replace it with `replace`"));
    }
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(|it| unwritable(folder, &it))?;
    }
    let text = query::write(saved).map_err(told)?;
    replace(&file, &text).map_err(|it| unwritable(&file, &it))?;
    Ok(file)
}

impl Method for SaveQuery {
    const NAME: &'static str = "databases.saveQuery";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Databases];
    const EXAMPLE: &'static str = r#"{"query":"example","text":"select 1","replace":true}"#;
    type Reply = SaveQueryReply;

    async fn call(self, cx: Context) -> Result<SaveQueryReply> {
        let reply = connected(&cx, move |connected| {
            let params = self.params.unwrap_or_default();
            let params: Vec<query::Param> = params.into_iter().map(below).collect();
            let saved = query::Query {
                connection: self.connection,
                about: self.about,
                params,
                text: self.text,
            };
            let file = save(
                connected,
                self.project.as_deref(),
                &self.query,
                &saved,
                self.replace == Some(true),
            )?;
            Ok(SaveQueryReply { file: file.display().to_string() })
        })
        .await?;
        cx.changed(&[Topic::Databases], None);
        Ok(reply)
    }
}

impl Method for RemoveQuery {
    const NAME: &'static str = "databases.removeQuery";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Databases];
    const EXAMPLE: &'static str = r#"{"query":"example"}"#;
    type Reply = RemoveQueryReply;

    async fn call(self, cx: Context) -> Result<RemoveQueryReply> {
        let reply = connected(&cx, move |connected| {
            let file = file_of(connected, self.project.as_deref(), &self.query)?;
            if !file.is_file() {
                return Err(Error::not_found(format!("there is no query `{}`", self.query))
                    .hint("`databases.queries` lists them"));
            }
            std::fs::remove_file(&file).map_err(|it| unwritable(&file, &it))?;
            Ok(RemoveQueryReply { file: file.display().to_string() })
        })
        .await?;
        cx.changed(&[Topic::Databases], None);
        Ok(reply)
    }
}

fn below(of: QueryParam) -> query::Param {
    query::Param {
        name: of.name,
        kind: match of.kind.unwrap_or(QueryParamKind::Text) {
            QueryParamKind::Text => query::ParamKind::Text,
            QueryParamKind::Number => query::ParamKind::Number,
            QueryParamKind::Bool => query::ParamKind::Bool,
            QueryParamKind::Date => query::ParamKind::Date,
        },
        default: of.default,
        about: of.about,
    }
}
