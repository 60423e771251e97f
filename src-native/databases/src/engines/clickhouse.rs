//! ClickHouse, over HTTP: TabSeparatedWithNamesAndTypes is the form that every server since 2016 has, and
//! it is the server's own text.

mod catalogue;
mod http;
mod plan;
mod quoted;
mod rows;
mod stop;
#[cfg(test)]
mod tests;
mod types;
mod values;
mod words;

use super::rows::Rows;
use crate::catalogue::{Description, Object, Objects, Reference, Schema, Table};
use crate::net::{self, Wire};
use crate::plan::Plan;
use crate::session::unsupported;
use crate::{
    Address, Ask, Cancel, Column, Done, Engine, Failure, Page, Reason, Result, Server, Session,
    Sink, Step, Target, TlsMode,
};
use http::{Response, Way};
use quoted::name;
use rows::{Lines, Next};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use stop::Canceller;
use types::Matter;
use words::No;

/// The form in which results come.
const FORM: &str = "TabSeparatedWithNamesAndTypes";
/// A page that is not full is handed over when the server is silent after so long.
const IMPATIENCE: Duration = Duration::from_millis(20);
/// How long a way that is not used is used once more: well below the time after which servers close it.
const IDLE_MAX: Duration = Duration::from_secs(1);
/// How long a session may be busy with what was stopped before a new statement is given up.
const BUSY_MAX: Duration = Duration::from_secs(3);
/// Seconds for which a server keeps temporary tables and settings of ours, as long as it allows.
const KEPT: u32 = 3600;
/// Seconds for which a server waits for whoever reads slowly: somebody may look at the first page.
const PATIENCE_OF_SERVER: u32 = 86_400;
/// The server has forgotten what it kept for us.
const FORGOTTEN: u32 = 372;
/// The server is busy with another statement of the same session.
const BUSY: u32 = 373;
/// Words that a statement of a connection that only reads may begin with.
const READING: [&str; 12] = [
    "SELECT", "WITH", "FROM", "SHOW", "DESCRIBE", "DESC", "EXPLAIN", "EXISTS", "SET", "USE",
    "CHECK", "VALUES",
];

/// A connection to ClickHouse.
pub(super) struct Clickhouse {
    target: Target,
    server: Server,
    /// Major and minor.
    version: (u32, u32),
    /// How much the server itself holds this user to reading: 0 not, 1 with the settings as they are, 2.
    held: u8,
    way: Option<(Way, Instant)>,
    /// What the server keeps settings and temporary tables under; empty where it is to keep nothing.
    session: String,
    kept: bool,
    canceller: Arc<Canceller>,
    /// Columns of tables of the server's own, which differ by version.
    known: HashMap<String, Vec<String>>,
    /// The connection is of no use any more.
    /// Until when it has to let us in; none where it has.
    until: Option<Instant>,
    lost: bool,
}

/// Opens a connection.
pub(super) fn connect(target: &Target) -> Result<Box<dyn Session>> {
    let chosen = target.options.iter().find(|it| it.0 == "session_id").map(|it| it.1.clone());
    let mut session = Clickhouse {
        server: Server { encrypted: target.tls.mode != TlsMode::Off, ..Server::default() },
        version: (0, 0),
        held: 0,
        way: None,
        session: chosen.map_or_else(stop::random, Ok)?,
        kept: false,
        canceller: Arc::new(Canceller::new(target)),
        known: HashMap::new(),
        lost: false,
        until: Some(Instant::now() + target.connect_timeout),
        target: target.clone(),
    };
    session.settle()?;
    session.until = None;
    Ok(Box::new(session))
}

impl Clickhouse {
    /// Finds out who answers, and what may be set.
    fn settle(&mut self) -> Result<()> {
        let let_in =
            |target: &Target, failure: Failure| match (failure.reason, failure.code.as_deref()) {
                (Reason::Server, Some(code)) => {
                    No::read(&format!("Code: {code}. DB::Exception: {}", failure.message))
                        .not_let_in(&target.shown())
                }
                (Reason::Lost, _) => {
                    let detail = failure.message.rsplit_once(": ").map(|it| it.1.to_owned());
                    let text = format!("{} does not answer as ClickHouse does", target.shown());
                    Failure { detail, ..Failure::new(Reason::Connection, text) }.hint(
                    "is it its port for HTTP? That is 8123, or 8443 with TLS, unless set otherwise",
                )
                }
                _ => failure,
            };
        self.held = 1; // nothing is set by the first question
        let asked = "SELECT version(), (SELECT value FROM system.settings WHERE name = 'readonly')";
        let rows = self.rows(asked).map_err(|it| let_in(&self.target, it))?;
        let row = rows.first().map(Vec::as_slice).unwrap_or_default();
        let version = super::rows::text(row, 0);
        let mut numbers = version.split('.').map(|it| it.parse().unwrap_or(0));
        self.version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
        self.held = super::rows::text(row, 1).parse().unwrap_or(0);
        if let Some(database) = self.target.database.clone().filter(|_| !self.session.is_empty()) {
            self.rows(&format!("USE {}", name(&database)))
                .map_err(|it| let_in(&self.target, it))?;
        }
        self.server.product = "ClickHouse".into();
        self.server.version = version;
        // With the settings of the target, so that one which the server does not have is told now.
        self.rows("SELECT 1").map_err(|it| let_in(&self.target, it))?;
        if self.version >= (20, 4) {
            let grants = self.rows("SHOW GRANTS").unwrap_or_default();
            let outward = grants.iter().any(|it| reaches_out(&super::rows::text(it, 0)));
            if outward {
                let text = "the user may read files and addresses by functions of the server, which \
                            read-only does not stop";
                self.server.warnings.push(text.into());
            }
        }
        Ok(())
    }

    /// The address of a request: what is set, what it is called, where its session is.
    fn path(&self, query_id: &str) -> String {
        let mut path = format!("/?default_format={FORM}&query_id={query_id}");
        let mut add = |name: &str, value: &str| {
            path.push_str(&format!(
                "&{}={}",
                http::escaped(name.as_bytes()),
                http::escaped(value.as_bytes())
            ));
        };
        if !self.session.is_empty() {
            add("session_id", &self.session);
            add("session_timeout", &KEPT.to_string());
            if self.kept {
                add("session_check", "1");
            }
        }
        // A session remembers it, and a statement may choose another.
        if let Some(database) = self.target.database.as_ref().filter(|_| self.session.is_empty()) {
            add("database", database);
        }
        if self.held == 1 {
            return path;
        }
        add("http_send_timeout", &PATIENCE_OF_SERVER.to_string());
        let options = self.target.options.iter().filter(|it| {
            !matches!(
                it.0.as_str(),
                "session_id" | "readonly" | "query" | "user" | "password" | "database"
            )
        });
        options.for_each(|(name, value)| add(name, value));
        if self.target.read_only && self.held == 0 {
            add("readonly", "2");
        }
        path
    }

    fn gone(&mut self, error: &std::io::Error) -> Failure {
        self.way = None;
        if self.canceller.asked() {
            return Failure::cancelled();
        }
        let text = format!(
            "the connection to {} was lost while a statement ran: {error}",
            self.target.shown()
        );
        Failure::new(Reason::Lost, text)
            .hint("whether it was done is not known; look before you run it again")
    }

    /// Sends a statement and waits until the server begins to answer.
    fn send(&mut self, text: &str, more: &str) -> Result<(Way, Response)> {
        let until = Instant::now() + BUSY_MAX;
        loop {
            let (mut way, mut response) = self.post(text, more)?;
            let said_no =
                response.status != 200 || response.header("x-clickhouse-exception-code").is_some();
            if !said_no {
                self.kept = !self.session.is_empty();
                return Ok((way, response));
            }
            let said = Lines::new(&mut way, &mut response).words();
            let status = response.status;
            self.keep(way, &response);
            let no = No::read(&said);
            match no.number {
                // It was not run. What was stopped before may take a moment to end.
                BUSY if Instant::now() < until && !self.canceller.asked() => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                FORGOTTEN => {
                    self.lost = true;
                    let text = format!(
                        "{} has forgotten this session: it was idle for an hour, or another server answers now",
                        self.target.shown()
                    );
                    let hint = "connect again; where several servers share an address, set the option \
                                `session_id` to nothing";
                    return Err(Failure::new(Reason::Connection, text).hint(hint));
                }
                0 => {
                    let text = format!(
                        "{} answered with HTTP status {status} and no word of ClickHouse",
                        self.target.shown()
                    );
                    return Err(Failure::new(Reason::Connection, text)
                        .hint("check that the port is the right one"));
                }
                _ => return Err(no.failure(text, self.target.read_only)),
            }
        }
    }

    fn post(&mut self, text: &str, more: &str) -> Result<(Way, Response)> {
        let query_id = stop::random()?;
        let path = format!("{}{more}", self.path(&query_id));
        let kept = self.way.take().filter(|(_, since)| since.elapsed() < IDLE_MAX);
        let mut way = match kept {
            Some((way, _)) => way,
            None => dial(&self.target)?,
        };
        let plain = way.wire().plain();
        match self.until {
            Some(until) => plain.arrive_until(until),
            None => plain.arrived().unwrap_or_default(), // without, it waits as long as dialling may
        }
        self.canceller.begin(query_id, plain.again().ok());
        if self.canceller.asked() {
            return Err(Failure::cancelled());
        }
        let headers = headers(&self.target)?;
        let headers: Vec<(&str, &str)> = headers.iter().map(|it| (it.0, it.1.as_str())).collect();
        let response =
            way.post(&path, &headers, text.as_bytes()).map_err(|error| self.gone(&error))?;
        Ok((way, response))
    }

    /// Keeps a way for the next request, where it may be used once more.
    fn keep(&mut self, way: Way, response: &Response) {
        if response.leaves_way() {
            self.way = Some((way, Instant::now()));
        }
    }

    /// Runs a statement and pushes what it gives.
    fn pump(&mut self, ask: &Ask<'_>, out: &mut dyn Sink) -> Result<()> {
        let (text, more) = values::bind(ask.text, ask.values, self.version >= (19, 14))?;
        // A place in the statement with its values is none in the statement as it was given.
        let moved = |it: Failure| if text == ask.text { it } else { Failure { place: None, ..it } };
        let (mut way, mut response) = self.send(&text, &more).map_err(moved)?;
        let bare = match response.header("x-clickhouse-format") {
            Some(form) => form != FORM,
            None => own_form(&text).is_some_and(|it| it != FORM),
        };
        let written = written_rows(&response);
        let mut lines = Lines::new(&mut way, &mut response);
        let outcome = self.read(ask, bare, written, &mut lines, out);
        match outcome {
            Ok(()) => self.keep(way, &response),
            Err(failed) => {
                drop(way);
                self.canceller.let_go();
                return Err(self.after(failed, ask.text));
            }
        }
        Ok(())
    }

    /// What to do where reading failed.
    fn after(&mut self, failed: Failed, statement: &str) -> Failure {
        match failed {
            Failed::Io(error) => self.gone(&error),
            Failed::Said(words) => No::read(&words).failure(statement, self.target.read_only),
            Failed::Stopped => {
                if let Some(query_id) = self.canceller.query_id() {
                    let _ = self.canceller.tell(&query_id); // the way to it is closed in any case
                }
                Failure::cancelled()
            }
            Failed::Ended => Failure::cancelled(),
        }
    }

    fn read(
        &mut self,
        ask: &Ask<'_>,
        bare: bool,
        written: Option<u64>,
        lines: &mut Lines<'_>,
        out: &mut dyn Sink,
    ) -> Result<(), Failed> {
        if lines.is_over()? {
            let inserts = first_word(ask.text) == "INSERT";
            let affected = written.filter(|it| inserts || *it > 0);
            let flow = out.end(&Done { affected, tag: String::new() });
            return if flow.is_break() { Err(Failed::Ended) } else { Ok(()) };
        }
        let (columns, matters) = if bare { bare_column() } else { columns(lines)? };
        let mut flow = out.begin(&columns);
        let mut page = Page::new(columns.len());
        let mut handed = None::<Instant>;
        loop {
            if flow.is_break() {
                return Err(Failed::Stopped);
            }
            if self.canceller.asked() {
                return Err(Failed::Ended); // the server has been told, or will be
            }
            let full = page.rows() >= ask.page.rows || page.bytes() >= ask.page.bytes;
            let late = || handed.is_none_or(|it| it.elapsed() >= IMPATIENCE);
            if !page.is_empty() && (full || lines.is_waiting() && late()) {
                flow = out.page(&page);
                page.clear(columns.len());
                handed = Some(Instant::now());
                continue;
            }
            let next = if !bare {
                lines.next(columns.len())?
            } else if lines.is_over()? {
                Next::End
            } else {
                Next::Row
            };
            match next {
                Next::Row if bare => lines.bare_line(&mut page)?,
                Next::Row => lines.row(&matters, &mut page)?,
                // What came before is handed over, also before an error.
                _ if !page.is_empty() => {
                    flow = out.page(&page);
                    page.clear(columns.len());
                    if flow.is_break() {
                        return Err(Failed::Ended);
                    }
                    return match next {
                        Next::Failed(words) => Err(Failed::Said(words)),
                        _ => ended(out),
                    };
                }
                Next::Failed(words) => return Err(Failed::Said(words)),
                _ => return ended(out),
            }
        }
    }

    /// Rows of a question of our own.
    fn rows(&mut self, text: &str) -> Result<Vec<Vec<Option<String>>>> {
        let mut rows = Rows::default();
        self.canceller.forget();
        let outcome = self.pump(&Ask::new(text), &mut rows);
        self.canceller.end();
        outcome.map(|()| rows.0)
    }

    fn usable(&mut self) -> Result<()> {
        if self.lost || self.canceller.is_cut() {
            self.lost = true;
            let text = format!("the connection to {} is lost", self.target.shown());
            return Err(Failure::new(Reason::Connection, text).hint("connect again"));
        }
        Ok(())
    }

    fn guard(&self, statement: &str) -> Result<()> {
        let word = first_word(statement);
        let reads = READING.contains(&word.as_str()) || statement.trim_start().starts_with('(');
        if self.target.read_only && !reads {
            let text = "this connection only reads, and the statement may write";
            return Err(
                Failure::new(Reason::Refused, text).hint("allow writing in the connection's entry")
            );
        }
        Ok(())
    }
}

/// Why reading an answer ended early.
enum Failed {
    Io(std::io::Error),
    /// The server failed on the way.
    Said(String),
    /// Whoever takes rows broke off, and the server goes on.
    Stopped,
    /// The same, and nothing is left to be stopped.
    Ended,
}

impl From<std::io::Error> for Failed {
    fn from(error: std::io::Error) -> Failed {
        Failed::Io(error)
    }
}

fn ended(out: &mut dyn Sink) -> Result<(), Failed> {
    if out.end(&Done::default()).is_break() { Err(Failed::Ended) } else { Ok(()) }
}

/// Goes to a server, with TLS where the target asks for it.
fn dial(target: &Target) -> Result<Way> {
    let plain = net::dial(target)?;
    let wire = if target.tls.mode == TlsMode::Off {
        Wire::Plain(plain)
    } else {
        net::secure(plain, target)?
    };
    Ok(Way::new(wire))
}

/// The headers of each request. No text of the user's may end one.
fn headers(target: &Target) -> Result<Vec<(&'static str, String)>> {
    let host = match &target.address {
        Address::Host { host, port } if host.contains(':') => format!("[{host}]:{port}"),
        Address::Host { host, port } => format!("{host}:{port}"),
        // Through a tunnel it is called as it is beyond.
        _ => target.tls.server_name.clone().unwrap_or_else(|| "localhost".into()),
    };
    let mut headers = vec![("Host", host), ("User-Agent", "backstory".into())];
    let user = target.user.clone().unwrap_or_else(|| "default".into());
    headers.push(("X-ClickHouse-User", user));
    if let Some(password) = &target.password {
        headers.push(("X-ClickHouse-Key", password.reveal().to_owned()));
    }
    if headers.iter().any(|it| it.1.contains(['\r', '\n', '\0'])) {
        let text = "a user or a password for ClickHouse cannot have line breaks";
        return Err(Failure::new(Reason::Usage, text));
    }
    Ok(headers)
}

fn columns(lines: &mut Lines<'_>) -> Result<(Vec<Column>, Vec<Matter>), Failed> {
    let (names, types) = (lines.names()?, lines.names()?);
    if names.len() != types.len() {
        return Err(Failed::Io(http::broken("columns without types")));
    }
    let matters: Vec<Matter> = types.iter().map(|it| types::matter(it)).collect();
    let columns = names.into_iter().zip(types).zip(&matters).map(|((name, type_name), matter)| {
        Column { name, type_name, kind: matter.kind, origin: None }
    });
    Ok((columns.collect(), matters))
}

/// The column of a result in a form that the statement asked for: its lines.
fn bare_column() -> (Vec<Column>, Vec<Matter>) {
    let kind = crate::Kind::Text;
    let column = Column { name: "line".into(), type_name: String::new(), kind, origin: None };
    (vec![column], vec![Matter { kind, escaped: false }])
}

/// The form that a statement ends with: `… FORMAT JSON`.
fn own_form(statement: &str) -> Option<&str> {
    let text = statement.trim_end_matches(|it: char| it == ';' || it.is_whitespace());
    let (before, form) = text.rsplit_once(|it: char| it.is_whitespace())?;
    let before = before.trim_end();
    let start = before.len().checked_sub(6)?;
    let is_word = !before.get(..start)?.ends_with(|it: char| it.is_alphanumeric() || it == '_');
    let is_form = !form.is_empty() && form.chars().all(|it| it.is_ascii_alphanumeric());
    (is_word && is_form && before.get(start..)?.eq_ignore_ascii_case("format")).then_some(form)
}

fn written_rows(response: &Response) -> Option<u64> {
    let summary: serde_json::Value =
        serde_json::from_str(response.header("x-clickhouse-summary")?).ok()?;
    summary.get("written_rows")?.as_str()?.parse().ok()
}

/// Whether a grant lets read-only statements reach what is not the server's own data.
fn reaches_out(grant: &str) -> bool {
    let Some((what, _)) = grant.split_once(" ON *") else { return false };
    let what = what.trim_start_matches("GRANT ");
    what.split(',')
        .map(str::trim)
        .any(|it| matches!(it, "ALL" | "SOURCES" | "FILE" | "URL" | "READ"))
}

/// The first word of a statement in capitals, past blanks and comments.
fn first_word(statement: &str) -> String {
    let mut rest = statement;
    loop {
        rest = rest.trim_start();
        let after = if rest.starts_with("/*") {
            rest.split_once("*/").map(|it| it.1)
        } else if rest.starts_with("--") || rest.starts_with("# ") || rest.starts_with("#!") {
            rest.split_once('\n').map(|it| it.1)
        } else {
            break;
        };
        rest = after.unwrap_or_default();
    }
    let end = rest.find(|it: char| !it.is_ascii_alphanumeric() && it != '_').unwrap_or(rest.len());
    rest[..end].to_ascii_uppercase()
}

impl Session for Clickhouse {
    fn engine(&self) -> Engine {
        Engine::Clickhouse
    }

    fn server(&self) -> &Server {
        &self.server
    }

    fn ping(&mut self) -> Result<()> {
        self.usable()?;
        self.rows("SELECT 1").map(drop)
    }

    fn run(&mut self, ask: &Ask<'_>, out: &mut dyn Sink) -> Result<()> {
        self.usable()?;
        self.guard(ask.text)?;
        self.canceller.forget();
        let outcome = self.pump(ask, out);
        self.canceller.end();
        outcome
    }

    fn canceller(&self) -> Arc<dyn Cancel> {
        self.canceller.clone()
    }

    fn transaction(&mut self, _: Step) -> Result<()> {
        Err(unsupported(Engine::Clickhouse, "transactions"))
    }

    fn in_transaction(&self) -> bool {
        false
    }

    fn schemas(&mut self) -> Result<Vec<Schema>> {
        self.usable()?;
        self.list_schemas()
    }

    fn objects(&mut self, of: &Objects<'_>) -> Result<Vec<Object>> {
        self.usable()?;
        self.list_objects(of)
    }

    fn describe(&mut self, schema: &str, object: &str) -> Result<Description> {
        self.usable()?;
        self.describe_object(schema, object)
    }

    fn tables(&mut self, schema: &str) -> Result<Vec<Table>> {
        self.usable()?;
        self.list_tables(schema)
    }

    fn references(&mut self, _: &str) -> Result<Vec<Reference>> {
        Ok(Vec::new()) // it has no foreign keys
    }

    fn explain(&mut self, ask: &Ask<'_>, measured: bool) -> Result<Plan> {
        self.usable()?;
        self.guard(ask.text)?;
        self.explain_statement(ask, measured)
    }
}
