//! PostgreSQL: the extended protocol with results as text, so that every type of every extension comes
//! as the server writes it.

mod catalogue;
mod copy;
mod enter;
mod plan;
#[cfg(test)]
mod tests;
mod types;
mod wire;

use super::rows::Rows;
use crate::catalogue::{Description, Object, Objects, Reference, Schema, Table};
use crate::plan::Plan;
use crate::{
    Ask, Cancel, Column, Done, Engine, Failure, Flow, Kind, Notice, Origin, Page, Reason, Result,
    Server, Session, Sink, Step, Target, Value,
};
use bytes::BytesMut;
use enter::Canceller;
use postgres_protocol::IsNull;
use postgres_protocol::message::frontend;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use types::Type;
use wire::{Body, Incoming, Words};

/// A page that is not full is handed over when the server is silent after so long.
const IMPATIENCE: Duration = Duration::from_millis(20);
/// How long what is left of a cancelled statement may take to arrive before the connection is given up.
const DRAIN: Duration = Duration::from_secs(3);

/// A connection to PostgreSQL.
pub(super) struct Postgres {
    incoming: Incoming,
    out: BytesMut,
    shown: String,
    read_only: bool,
    server: Server,
    canceller: Arc<Canceller>,
    /// `I`dle, in a `T`ransaction, or in one that `E`rred.
    status: u8,
    /// The connection is of no use any more.
    lost: bool,
    types: HashMap<u32, Type>,
    tables: HashMap<u32, (String, String, HashMap<i16, String>)>,
}

/// Opens a connection.
pub(super) fn connect(target: &Target) -> Result<Box<dyn Session>> {
    Ok(Box::new(enter::enter(target)?))
}

/// A column as the server describes it.
struct Described {
    name: String,
    oid: u32,
    modifier: i32,
    table: u32,
    attribute: i16,
}

impl Postgres {
    fn parse(&mut self, statement: &str) -> std::io::Result<()> {
        frontend::parse("", statement, [], &mut self.out)
    }

    fn execute(&mut self, values: &[Value]) -> Result<()> {
        let bound = frontend::bind(
            "",
            "",
            [0i16],
            values,
            |value, out| {
                match value {
                    Value::Null => return Ok(IsNull::Yes),
                    Value::Bool(it) => out.extend_from_slice(if *it { b"true" } else { b"false" }),
                    Value::Number(it) | Value::Text(it) => out.extend_from_slice(it.as_bytes()),
                    Value::Bytes(it) => {
                        out.extend_from_slice(b"\\x");
                        it.iter().for_each(|it| out.extend_from_slice(&hex(*it)));
                    }
                }
                Ok(IsNull::No)
            },
            [0i16],
            &mut self.out,
        );
        bound.map_err(|_| {
            Failure::new(Reason::Usage, "there are too many values, or one is too long")
        })?;
        frontend::execute("", 0, &mut self.out).map_err(unsendable)
    }

    /// A statement of our own without values, within what is being put together.
    fn also(&mut self, statement: &str) -> Result<()> {
        self.parse(statement).map_err(unsendable)?;
        self.execute(&[])
    }

    /// Whether each statement is a read-only transaction of its own. The `SELECT 1` takes a snapshot,
    /// after which PostgreSQL lets nobody make the transaction a writing one.
    fn guarded(&self) -> bool {
        self.read_only && self.status == b'I'
    }

    fn guard(&mut self) -> Result<()> {
        self.also("BEGIN READ ONLY")?;
        self.also("SELECT 1")
    }

    fn gone(&mut self, error: &std::io::Error) -> Failure {
        self.lost = true;
        let text =
            format!("the connection to {} was lost while a statement ran: {error}", self.shown);
        Failure::new(Reason::Lost, text)
            .hint("whether it was done is not known; look before you run it again")
    }

    fn send(&mut self) -> Result<()> {
        let sent = self.incoming.send(&mut self.out);
        sent.map_err(|error| self.gone(&error))
    }

    /// Says on the side what came on the side.
    fn aside(&mut self, tag: u8, body: &[u8], out: &mut dyn Sink) {
        match tag {
            b'N' => {
                let Words { severity, message, .. } = Words::read(body);
                out.notice(&Notice { severity, message });
            }
            b'A' => {
                let mut body = Body(body);
                body.i32();
                let channel = String::from_utf8_lossy(body.text()).into_owned();
                let message = format!("{channel}: {}", String::from_utf8_lossy(body.text()));
                out.notice(&Notice { severity: "NOTIFY".into(), message });
            }
            _ => {}
        }
    }

    /// Reads messages until the server is ready again.
    fn until_ready(
        &mut self,
        statement: &str,
        out: &mut dyn Sink,
        mut hear: impl FnMut(u8, &[u8]),
    ) -> Result<()> {
        let mut failure = None;
        loop {
            let taken =
                self.incoming.head().and_then(|it| Ok((it.tag, self.incoming.body(it.length)?)));
            let (tag, body) = match taken {
                Ok(taken) => taken,
                Err(error) => return Err(failure.unwrap_or_else(|| self.gone(&error))),
            };
            match tag {
                b'Z' => {
                    self.status = body.first().copied().unwrap_or(b'I');
                    return failure.map_or(Ok(()), Err);
                }
                b'E' => failure = failure.or(Some(self.said_no(&body, statement))),
                b'N' | b'A' => self.aside(tag, &body, out),
                _ => hear(tag, &body),
            }
        }
    }

    fn said_no(&mut self, body: &[u8], statement: &str) -> Failure {
        let failure = Words::read(body).failure(statement);
        if failure.reason == Reason::Lost {
            self.lost = true;
            let message =
                format!("the server {} ended the connection: {}", self.shown, failure.message);
            return Failure { message, ..failure };
        }
        failure
    }

    /// Describes a statement without running it.
    fn prepare(
        &mut self,
        ask: &Ask<'_>,
        guarded: bool,
        out: &mut dyn Sink,
    ) -> Result<Option<Vec<Column>>> {
        if guarded {
            self.guard()?;
        }
        self.parse(ask.text).map_err(unsendable)?;
        frontend::describe(b'S', "", &mut self.out).map_err(unsendable)?;
        frontend::sync(&mut self.out);
        self.send()?;
        let (mut described, mut wanted) = (None, 0);
        self.until_ready(ask.text, out, |tag, body| match tag {
            b'T' => described = Some(describe(body)),
            b't' => wanted = usize::try_from(Body(body).i16()).unwrap_or_default(),
            _ => {}
        })?;
        if wanted != ask.values.len() {
            let text = format!(
                "the statement leaves {wanted} places open, and {} values are given",
                ask.values.len()
            );
            return Err(Failure::new(Reason::Usage, text));
        }
        let Some(described) = described else { return Ok(None) };
        self.look_up(&described, ask.origins)?;
        let columns = described.iter().map(|it| self.column(it)).collect();
        Ok(Some(columns))
    }

    fn column(&self, of: &Described) -> Column {
        let known = self.types.get(&of.oid).cloned().or_else(|| {
            types::known(of.oid).map(|(name, kind)| Type { name: name.to_owned(), kind })
        });
        let it =
            known.unwrap_or_else(|| Type { name: format!("type {}", of.oid), kind: Kind::Other });
        let origin = self.tables.get(&of.table).and_then(|(schema, table, columns)| {
            let column = columns.get(&of.attribute)?.clone();
            Some(Origin { schema: schema.clone(), table: table.clone(), column })
        });
        let type_name = types::with_modifier(of.oid, &it.name, of.modifier);
        Column { name: of.name.clone(), type_name, kind: it.kind, origin }
    }

    /// Asks for the types, and where wanted the tables, that are not known yet.
    fn look_up(&mut self, described: &[Described], origins: bool) -> Result<()> {
        let mut oids: Vec<u32> = described
            .iter()
            .map(|it| it.oid)
            .filter(|it| types::known(*it).is_none() && !self.types.contains_key(it))
            .collect();
        oids.sort_unstable();
        oids.dedup();
        let mut tables: Vec<u32> = described
            .iter()
            .map(|it| it.table)
            .filter(|it| origins && *it != 0 && !self.tables.contains_key(it))
            .collect();
        tables.sort_unstable();
        tables.dedup();
        if !oids.is_empty() {
            self.look_up_types(&oids)?;
        }
        if !tables.is_empty() {
            self.look_up_tables(&tables)?;
        }
        Ok(())
    }

    /// Rows of a question of our own, in the transaction that is open or in none.
    fn rows(&mut self, statement: &str, values: &[Value]) -> Result<Vec<Vec<Option<String>>>> {
        let mut rows = Vec::new();
        self.parse(statement).map_err(unsendable)?;
        self.execute(values)?;
        frontend::sync(&mut self.out);
        self.send()?;
        self.until_ready(statement, &mut Rows::default(), |tag, body| {
            if tag == b'D' {
                read_row(body, &mut rows);
            }
        })?;
        Ok(rows)
    }

    /// Runs what was prepared and pushes what it gives.
    fn pump(
        &mut self,
        ask: &Ask<'_>,
        columns: Option<&[Column]>,
        guarded: bool,
        out: &mut dyn Sink,
    ) -> Result<()> {
        self.parse(ask.text).map_err(unsendable)?;
        self.execute(ask.values)?;
        if guarded {
            self.also("ROLLBACK")?;
        }
        frontend::sync(&mut self.out);
        self.send()?;
        let kinds: Vec<Kind> = columns.into_iter().flatten().map(|it| it.kind).collect();
        let mut flow = match columns {
            Some(columns) => out.begin(columns),
            None => Flow::Continue(()),
        };
        let mut width = kinds.len();
        let mut page = Page::new(width);
        let (mut handed, mut full, mut over) = (Instant::now(), false, false);
        let mut failure = None;
        loop {
            if flow.is_break() {
                return Err(self.stop());
            }
            let silent = || !self.incoming.has_next() && handed.elapsed() >= IMPATIENCE;
            if !page.is_empty() && (full || silent()) {
                flow = out.page(&page);
                page.clear(width);
                (full, handed) = (false, Instant::now());
                continue;
            }
            let head = match self.incoming.head() {
                Ok(head) => head,
                Err(error) => return Err(failure.unwrap_or_else(|| self.gone(&error))),
            };
            if head.tag == b'D' && !over {
                let read = self.incoming.row(head.length, &kinds, &mut page);
                read.map_err(|error| self.gone(&error))?;
                full = page.rows() >= ask.page.rows || page.bytes() >= ask.page.bytes;
                continue;
            }
            if head.tag == b'd' && !over {
                if width == 0 {
                    width = 1;
                    flow = out.begin(&[copy_column()]);
                    page.clear(1);
                }
                let mut line = Vec::new();
                let read = self.incoming.pass(head.length, &mut |it| line.extend_from_slice(it));
                read.map_err(|error| self.gone(&error))?;
                page.push(Kind::Text, line.strip_suffix(b"\n").unwrap_or(&line));
                full = page.rows() >= ask.page.rows || page.bytes() >= ask.page.bytes;
                continue;
            }
            let body = self.incoming.body(head.length).map_err(|error| self.gone(&error))?;
            match head.tag {
                b'Z' => {
                    self.status = body.first().copied().unwrap_or(b'I');
                    return failure.map_or(Ok(()), Err);
                }
                b'E' => failure = failure.or(Some(self.said_no(&body, ask.text))),
                b'C' | b'I' if !over => {
                    over = true;
                    let done = done(&body);
                    if !page.is_empty() {
                        flow = out.page(&page);
                        page.clear(width);
                    }
                    if flow.is_continue() {
                        flow = out.end(&done);
                    }
                    flow = match flow {
                        // All has come; there is nothing to be stopped.
                        Flow::Break(()) => {
                            failure = Some(Failure::cancelled());
                            Flow::Continue(())
                        }
                        it => it,
                    };
                }
                b'G' => {
                    let no = "COPY FROM STDIN has nothing to read from here";
                    frontend::copy_fail(no, &mut self.out).map_err(unsendable)?;
                    frontend::sync(&mut self.out);
                    self.send()?;
                }
                tag => self.aside(tag, &body, out),
            }
        }
    }

    /// Stops the statement that runs and lets what is left of it pass by.
    fn stop(&mut self) -> Failure {
        let until = Instant::now() + DRAIN;
        if self.canceller.tell().is_err() {
            self.lost = true;
            self.canceller.cut();
            return Failure::cancelled();
        }
        let _ = self.incoming.wire().plain().wait_at_most(Some(DRAIN)); // it is cut below otherwise
        loop {
            let passed = self.incoming.head().and_then(|head| {
                let mut first = 0;
                self.incoming.pass(head.length, &mut |part| first = part[0])?;
                Ok((head.tag, first))
            });
            match passed {
                Ok((b'Z', status)) => {
                    self.status = status;
                    break;
                }
                Ok(_) if Instant::now() < until => {}
                _ => {
                    self.lost = true;
                    self.canceller.cut();
                    break;
                }
            }
        }
        let _ = self.incoming.wire().plain().wait_at_most(None); // only makes it patient again
        Failure::cancelled()
    }

    /// Ends the transaction that held a statement to reading, where it is still open.
    fn unguard(&mut self, guarded: bool) {
        // More than once: a word to stop may have come late, and hits this. A connection that is lost
        // says so next time.
        for _ in 0..3 {
            if guarded && !self.lost && self.status != b'I' {
                let _ = self.simple("ROLLBACK");
            }
        }
    }

    /// A statement of our own that gives no rows.
    fn simple(&mut self, statement: &str) -> Result<()> {
        frontend::query(statement, &mut self.out).map_err(unsendable)?;
        self.send()?;
        self.until_ready(statement, &mut Rows::default(), |_, _| {})
    }

    fn usable(&self) -> Result<()> {
        if self.lost {
            let text = format!("the connection to {} is lost", self.shown);
            return Err(Failure::new(Reason::Connection, text).hint("connect again"));
        }
        Ok(())
    }
}

impl Session for Postgres {
    fn engine(&self) -> Engine {
        Engine::Postgres
    }

    fn server(&self) -> &Server {
        &self.server
    }

    fn ping(&mut self) -> Result<()> {
        self.usable()?;
        self.simple("")
    }

    fn run(&mut self, ask: &Ask<'_>, out: &mut dyn Sink) -> Result<()> {
        self.usable()?;
        let canceller = self.canceller.clone();
        let _running = canceller.running();
        let guarded = self.guarded();
        let outcome = self
            .prepare(ask, guarded, out)
            .and_then(|columns| self.pump(ask, columns.as_deref(), guarded, out));
        self.unguard(guarded);
        outcome
    }

    fn copy_csv(
        &mut self,
        ask: &Ask<'_>,
        header: bool,
        out: &mut dyn FnMut(&[u8]) -> Flow,
        hear: &mut dyn FnMut(&Notice),
    ) -> Option<Result<u64>> {
        if !ask.values.is_empty() {
            return None;
        }
        if let Err(error) = self.usable() {
            return Some(Err(error));
        }
        let canceller = self.canceller.clone();
        let _running = canceller.running();
        let header = if header { ", HEADER" } else { "" };
        // On lines of its own: the statement may end with a comment.
        self.copy(&format!("COPY (\n{}\n) TO STDOUT (FORMAT csv{header})", ask.text), out, hear)
    }

    fn canceller(&self) -> Arc<dyn Cancel> {
        self.canceller.clone()
    }

    fn transaction(&mut self, step: Step) -> Result<()> {
        self.usable()?;
        match step {
            Step::Begin if self.read_only => {
                self.simple("BEGIN READ ONLY")?;
                self.simple("SELECT 1")
            }
            Step::Begin => self.simple("BEGIN"),
            Step::Commit => self.simple("COMMIT"),
            Step::Rollback => self.simple("ROLLBACK"),
        }
    }

    fn in_transaction(&self) -> bool {
        self.status != b'I'
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

    fn references(&mut self, schema: &str) -> Result<Vec<Reference>> {
        self.usable()?;
        self.list_references(schema)
    }

    fn explain(&mut self, ask: &Ask<'_>, measured: bool) -> Result<Plan> {
        self.usable()?;
        let canceller = self.canceller.clone();
        let _running = canceller.running();
        self.explain_statement(ask, measured)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if !self.lost {
            frontend::terminate(&mut self.out);
            let _ = self.incoming.send(&mut self.out); // it ends in any case
        }
    }
}

fn describe(body: &[u8]) -> Vec<Described> {
    let mut body = Body(body);
    let count = usize::try_from(body.i16()).unwrap_or_default();
    (0..count)
        .map(|_| {
            let name = String::from_utf8_lossy(body.text()).into_owned();
            let table = body.i32().cast_unsigned();
            let attribute = body.i16();
            let oid = body.i32().cast_unsigned();
            body.i16(); // size
            let modifier = body.i32();
            body.i16(); // format: text
            Described { name, oid, modifier, table, attribute }
        })
        .collect()
}

fn read_row(body: &[u8], rows: &mut Vec<Vec<Option<String>>>) {
    let mut body = Body(body);
    let count = usize::try_from(body.i16()).unwrap_or_default();
    let cells = (0..count).map(|_| {
        let size = usize::try_from(body.i32()).ok()?;
        let (cell, rest) = body.0.split_at_checked(size)?;
        body.0 = rest;
        Some(String::from_utf8_lossy(cell).into_owned())
    });
    rows.push(cells.collect());
}

/// What a command says that it did: `INSERT 0 5`, `SELECT 3`, `CREATE TABLE`.
fn done(body: &[u8]) -> Done {
    let text = String::from_utf8_lossy(Body(body).text()).into_owned();
    let count = text.rsplit(' ').next().and_then(|it| it.parse().ok());
    let tag = text.trim_end_matches(|it: char| it.is_ascii_digit() || it == ' ').to_owned();
    let writes = matches!(tag.as_str(), "INSERT" | "UPDATE" | "DELETE" | "MERGE" | "COPY");
    Done { affected: count.filter(|_| writes), tag }
}

fn copy_column() -> Column {
    Column { name: "copy".into(), type_name: "text".into(), kind: Kind::Text, origin: None }
}

fn hex(byte: u8) -> [u8; 2] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]
}

fn unsendable(error: std::io::Error) -> Failure {
    Failure::new(Reason::Usage, format!("the statement cannot be sent: {error}"))
        .hint("a statement has no zero byte, and at most 1 GB")
}
