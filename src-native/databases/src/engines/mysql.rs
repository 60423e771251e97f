//! MySQL and MariaDB, by a client of our own. What reads is prepared, so that values never stand in a
//! text and FLOAT comes exactly; all else is sent as text, which old servers and proxies know.

mod catalogue;
mod columns;
mod enter;
mod guard;
mod plan;
mod prepared;
mod rsa;
#[cfg(test)]
mod tests;
mod text;
mod wire;
mod words;

use super::rows::Rows;
use crate::catalogue::{Description, Object, Objects, Reference, Schema, Table};
use crate::plan::Plan;
use crate::{
    Ask, Cancel, Column, Done, Engine, Failure, Notice, Page, Reason, Result, Server, Session,
    Sink, Step, Target,
};
use columns::Def;
use enter::Canceller;
use std::sync::Arc;
use std::time::{Duration, Instant};
use wire::{Body, Packets, broken};
use words::{IN_TRANSACTION, MORE, No, Okay};

/// A page that is not full is handed over when the server is silent after so long.
const IMPATIENCE: Duration = Duration::from_millis(20);
/// How long what is left of a cancelled statement may take to arrive before the connection is given up.
const DRAIN: Duration = Duration::from_secs(3);
/// Seconds for which a server waits for whoever reads slowly: somebody may look at the first page.
const PATIENCE_OF_SERVER: u32 = 86_400;
/// A connection to MySQL or MariaDB.
pub(super) struct Mysql {
    packets: Packets,
    capabilities: u32,
    extended: bool,
    shown: String,
    read_only: bool,
    server: Server,
    mariadb: bool,
    /// Major, minor, patch.
    version: (u32, u32, u32),
    canceller: Arc<Canceller>,
    status: u16,
    /// The connection is of no use any more.
    lost: bool,
    /// Whether variables of the session may have been set.
    marked: bool,
}

/// Opens a connection.
pub(super) fn connect(target: &Target) -> Result<Box<dyn Session>> {
    let entered = enter::enter(target)?;
    let wire = entered.packets.wire();
    let encrypted = wire.encrypted();
    let plain = wire.plain().again().ok();
    let mut session = Mysql {
        capabilities: entered.capabilities,
        extended: entered.extended,
        shown: target.shown(),
        read_only: target.read_only,
        server: Server { encrypted, ..Server::default() },
        mariadb: false,
        version: (0, 0, 0),
        canceller: Arc::new(Canceller::new(target, u64::from(entered.id), plain)),
        status: 0,
        lost: false,
        marked: false,
        packets: entered.packets,
    };
    session.settle(target).map_err(|it| match it.reason {
        Reason::Lost => Failure { reason: Reason::Connection, ..it },
        _ => it,
    })?;
    let _ = session.packets.wire().plain().arrived(); // where it fails, the next read does
    Ok(Box::new(session))
}

/// What a server answers first.
enum Answer {
    Done(Okay),
    Columns(u64),
}

/// Where the server is in what it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Answer,
    Columns,
    Rows,
}

impl Mysql {
    /// Sets what we need, and finds out who answers.
    fn settle(&mut self, target: &Target) -> Result<()> {
        let mut set =
            format!("SET NAMES utf8mb4, SESSION net_write_timeout = {PATIENCE_OF_SERVER}");
        for (name, value) in &target.options {
            let is_name = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == '.';
            if name.is_empty() || !name.chars().all(is_name) {
                let text = format!("`{name}` is no name of a setting of MySQL");
                return Err(Failure::new(Reason::Usage, text));
            }
            let number = value.parse::<i64>().is_ok();
            let value = if number { value.clone() } else { literal(value) };
            set.push_str(&format!(", SESSION {name} = {value}"));
        }
        self.simple(&set)?;
        let asked = "SELECT VERSION(), CONNECTION_ID(), @@version_comment";
        let rows = self.rows(asked)?;
        let row = rows.first().map(Vec::as_slice).unwrap_or_default();
        let version = super::rows::text(row, 0);
        let comment = super::rows::text(row, 2);
        self.mariadb = version.contains("MariaDB") || comment.contains("MariaDB");
        let product = if self.mariadb { "MariaDB" } else { "MySQL" };
        let mut numbers =
            version.split(|it: char| !it.is_ascii_digit()).map(|it| it.parse().unwrap_or(0));
        let mut next = || numbers.next().unwrap_or(0);
        self.version = (next(), next(), next());
        if let Ok(id) = super::rows::text(row, 1).parse() {
            let plain = self.packets.wire().plain().again().ok();
            self.canceller = Arc::new(Canceller::new(target, id, plain));
        }
        self.server.product = product.into();
        self.server.version = version;
        let grants = self.rows("SHOW GRANTS").unwrap_or_default();
        self.server.warnings = guard::warnings(grants.iter().map(|it| super::rows::text(it, 0)));
        if self.lost { Err(self.gone(&std::io::ErrorKind::UnexpectedEof.into())) } else { Ok(()) }
    }

    fn gone(&mut self, error: &std::io::Error) -> Failure {
        self.lost = true;
        self.canceller.cut_quietly();
        if self.canceller.forget() {
            return Failure::cancelled();
        }
        let text =
            format!("the connection to {} was lost while a statement ran: {error}", self.shown);
        Failure::new(Reason::Lost, text)
            .hint("whether it was done is not known; look before you run it again")
    }

    fn said_no(&mut self, packet: &[u8], statement: &str) -> Failure {
        let no = No::read(packet);
        self.status &= !MORE;
        let failure = no.failure(statement, self.read_only);
        if failure.reason == Reason::Lost {
            self.lost = true;
            let message =
                format!("the server {} ended the connection: {}", self.shown, failure.message);
            return Failure { message, ..failure };
        }
        failure
    }

    fn usable(&self) -> Result<()> {
        if self.lost || self.canceller.is_cut() {
            let text = format!("the connection to {} is lost", self.shown);
            return Err(Failure::new(Reason::Connection, text).hint("connect again"));
        }
        Ok(())
    }

    fn command(&mut self, which: u8, body: &[u8]) -> Result<()> {
        let mut payload = Vec::with_capacity(body.len() + 1);
        payload.push(which);
        payload.extend_from_slice(body);
        self.packets.command(&payload).map_err(|error| self.gone(&error))
    }

    fn packet(&mut self) -> Result<Vec<u8>> {
        self.packets.packet().map_err(|error| self.gone(&error))
    }

    fn strange(&mut self, what: &str) -> Failure {
        self.gone(&broken(what))
    }

    /// The beginning of the server's answer to a statement.
    fn answer(&mut self, statement: &str) -> Result<Answer> {
        let packet = self.packet()?;
        match packet.first() {
            Some(0x00) => {
                let okay =
                    Okay::read(&packet).ok_or_else(|| self.strange("an end that is none"))?;
                self.status = okay.status;
                Ok(Answer::Done(okay))
            }
            Some(0xFF) => Err(self.said_no(&packet, statement)),
            Some(0xFB) => {
                Err(self.strange("a wish for a file of this machine, which nobody offered"))
            }
            _ => {
                let count = Body(&packet).number();
                count.map(Answer::Columns).ok_or_else(|| self.strange("a result without columns"))
            }
        }
    }

    fn definitions(&mut self, count: u64) -> Result<Vec<Def>> {
        let mut defs = Vec::new();
        for _ in 0..count {
            let packet = self.packet()?;
            let def = Def::read(&packet, self.extended);
            defs.push(def.ok_or_else(|| self.strange("a column that is none"))?);
        }
        if count > 0 && self.capabilities & enter::NO_EOF == 0 {
            self.packet()?;
        }
        Ok(defs)
    }

    /// Reads the results of a statement that was sent and pushes them.
    fn results(&mut self, ask: &Ask<'_>, binary: bool, out: &mut dyn Sink) -> Result<u16> {
        let (mut given, mut warnings) = (false, 0);
        loop {
            let okay = match self.answer(ask.text)? {
                Answer::Done(okay) => {
                    // After the results of a procedure comes what the procedure itself did.
                    let affected = Some(okay.affected);
                    if (!given || okay.affected > 0)
                        && out.end(&Done { affected, tag: String::new() }).is_break()
                    {
                        return Err(self.broken_off(okay.status & MORE != 0));
                    }
                    if !okay.info.is_empty() {
                        out.notice(&Notice { severity: "INFO".into(), message: okay.info.clone() });
                    }
                    okay
                }
                Answer::Columns(count) => {
                    let defs = self.definitions(count)?;
                    self.result(ask, &defs, binary, out)?
                }
            };
            given = true;
            warnings = warnings.max(okay.warnings);
            if okay.status & MORE == 0 {
                return Ok(warnings);
            }
        }
    }

    fn broken_off(&mut self, runs: bool) -> Failure {
        if runs { self.stop(Part::Answer) } else { Failure::cancelled() }
    }

    fn result(
        &mut self,
        ask: &Ask<'_>,
        defs: &[Def],
        binary: bool,
        out: &mut dyn Sink,
    ) -> Result<Okay> {
        let columns: Vec<Column> = defs.iter().map(|it| it.column.clone()).collect();
        let mut flow = out.begin(&columns);
        let mut page = Page::new(defs.len());
        let mut handed = None::<Instant>;
        loop {
            if flow.is_break() {
                return Err(self.stop(Part::Rows));
            }
            if self.canceller.is_cut() {
                // What has come is not read on: a server that waits to write hears of the end at once.
                return Err(self.gone(&std::io::ErrorKind::ConnectionAborted.into()));
            }
            let full = page.rows() >= ask.page.rows || page.bytes() >= ask.page.bytes;
            let late = || handed.is_none_or(|it| it.elapsed() >= IMPATIENCE);
            if !page.is_empty() && (full || self.packets.is_empty() && late()) {
                flow = out.page(&page);
                page.clear(defs.len());
                handed = Some(Instant::now());
                continue;
            }
            let head = self.packets.head().map_err(|error| self.gone(&error))?;
            let without_eof = self.capabilities & enter::NO_EOF != 0;
            let end = head.first == 0xFE && head.length < if without_eof { 0xFF_FFFF } else { 9 };
            if !end && head.first != 0xFF {
                let read = self.packets.row(defs, binary, &mut page);
                read.map_err(|error| self.gone(&error))?;
                continue;
            }
            let packet = self.packets.rest().map_err(|error| self.gone(&error))?;
            // What came before the end is handed over, also before an error.
            if !page.is_empty() {
                flow = out.page(&page);
            }
            if !end {
                return Err(self.said_no(&packet, ask.text));
            }
            let okay = if without_eof { Okay::read(&packet) } else { Okay::read_eof(&packet) };
            let okay = okay.ok_or_else(|| self.strange("an end that is none"))?;
            self.status = okay.status;
            let more = okay.status & MORE != 0;
            // `SLEEP` answers when it is stopped, and does not fail.
            if self.canceller.asked() && !more {
                return Err(Failure::cancelled());
            }
            if flow.is_break() || out.end(&Done::default()).is_break() {
                return Err(self.broken_off(more));
            }
            return Ok(okay);
        }
    }

    /// Stops the statement that runs and lets what is left of it pass by.
    fn stop(&mut self, part: Part) -> Failure {
        let until = Instant::now() + DRAIN;
        let told = self.canceller.tell();
        let _ = self.packets.wire().plain().wait_at_most(Some(DRAIN)); // it is cut below otherwise
        let passed = told.is_ok() && self.drain(part, until);
        let _ = self.packets.wire().plain().wait_at_most(None); // only makes it patient again
        if passed {
            // Where it came too late for this statement, it must not hit the next one.
            self.absorb();
        } else {
            self.lost = true;
            self.canceller.cut_quietly();
        }
        Failure::cancelled()
    }

    /// Lets all pass by that is left; `part` is what comes next.
    fn drain(&mut self, mut part: Part, until: Instant) -> bool {
        let without_eof = self.capabilities & enter::NO_EOF != 0;
        while Instant::now() < until {
            let Ok(head) = self.packets.head() else { return false };
            let small = head.length < if without_eof { 0xFF_FFFF } else { 9 };
            let ends = match part {
                Part::Answer => head.first == 0x00,
                Part::Columns | Part::Rows => head.first == 0xFE && small,
            };
            if !ends && head.first != 0xFF {
                if part == Part::Answer {
                    part = if without_eof { Part::Rows } else { Part::Columns };
                }
                if self.packets.skip().is_err() {
                    return false;
                }
                continue;
            }
            let Ok(packet) = self.packets.rest() else { return false };
            if head.first == 0xFF {
                self.status &= !MORE;
                return true;
            }
            if part == Part::Columns {
                part = Part::Rows;
                continue;
            }
            let full = without_eof || part == Part::Answer;
            let okay = if full { Okay::read(&packet) } else { Okay::read_eof(&packet) };
            let Some(okay) = okay else { return false };
            self.status = okay.status;
            if okay.status & MORE == 0 {
                return true;
            }
            part = Part::Answer;
        }
        false
    }

    /// Lets a wish to stop that came too late hit a statement of no meaning.
    fn absorb(&mut self) {
        for _ in 0..2 {
            if !self.lost && self.simple("DO 0").is_ok() {
                return;
            }
        }
    }

    /// A statement of our own that gives no rows.
    fn simple(&mut self, statement: &str) -> Result<()> {
        self.command(3, statement.as_bytes())?;
        self.results(&Ask::new(statement), false, &mut Rows::default()).map(drop)
    }

    /// Rows of a question of our own.
    fn rows(&mut self, statement: &str) -> Result<Vec<Vec<Option<String>>>> {
        let mut rows = Rows::default();
        self.command(3, statement.as_bytes())?;
        self.results(&Ask::new(statement), false, &mut rows)?;
        Ok(rows.0)
    }

    /// Sends a statement by the way that fits it, and pushes what it gives.
    fn send(&mut self, ask: &Ask<'_>, out: &mut dyn Sink) -> Result<u16> {
        let word = guard::first_word(ask.text);
        let reads = ask.text.trim_start().starts_with('(')
            || ["SELECT", "WITH", "VALUES", "TABLE", "CALL"].contains(&word.as_str());
        if (reads || !ask.values.is_empty())
            && let Some(prepared) = self.prepare(ask)?
        {
            let outcome = self.execute(ask, prepared, out);
            if !self.lost {
                let closed = self.command(0x19, &prepared.to_le_bytes());
                outcome.as_ref().ok().map_or(Ok(()), |_| closed)?;
            }
            return outcome;
        }
        self.command(3, ask.text.as_bytes())?;
        self.results(ask, false, out)
    }

    /// Says what the server remarked.
    fn remarks(&mut self, out: &mut dyn Sink) -> Result<()> {
        for row in self.rows("SHOW WARNINGS")? {
            let [severity, code, message] = [0, 1, 2].map(|it| super::rows::text(&row, it));
            out.notice(&Notice {
                severity: severity.to_uppercase(),
                message: format!("{message} ({code})"),
            });
        }
        Ok(())
    }

    /// Does something that can be stopped from another thread.
    fn stoppable<T>(&mut self, what: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.usable()?;
        let canceller = self.canceller.clone();
        canceller.forget();
        canceller.set_running(true);
        let outcome = what(self);
        canceller.set_running(false);
        if canceller.forget() && !self.lost {
            self.absorb();
        }
        outcome
    }
}

impl Session for Mysql {
    fn engine(&self) -> Engine {
        Engine::Mysql
    }

    fn server(&self) -> &Server {
        &self.server
    }

    fn ping(&mut self) -> Result<()> {
        self.usable()?;
        self.command(0x0E, &[])?;
        self.answer("").map(drop)
    }

    fn run(&mut self, ask: &Ask<'_>, out: &mut dyn Sink) -> Result<()> {
        self.stoppable(|it| {
            it.guard(ask.text)?;
            it.marked |= ask.text.contains('@'); // a variable of the session may be set by any statement
            let outcome = it.send(ask, out);
            it.guard_after()?;
            if outcome? > 0 { it.remarks(out) } else { Ok(()) }
        })
    }

    fn canceller(&self) -> Arc<dyn Cancel> {
        self.canceller.clone()
    }

    fn transaction(&mut self, step: Step) -> Result<()> {
        self.usable()?;
        self.simple(match step {
            Step::Begin if self.read_only => "START TRANSACTION READ ONLY",
            Step::Begin => "START TRANSACTION",
            Step::Commit => "COMMIT",
            Step::Rollback => "ROLLBACK",
        })
    }

    fn in_transaction(&self) -> bool {
        self.status & IN_TRANSACTION != 0
    }

    fn is_as_opened(&self) -> bool {
        !self.marked
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
        self.stoppable(|it| {
            it.guard(ask.text)?;
            let plan = it.explain_statement(ask, measured);
            it.guard_after()?;
            plan
        })
    }
}

impl Drop for Mysql {
    fn drop(&mut self) {
        if !self.lost {
            let _ = self.packets.command(&[1]); // it ends in any case
        }
    }
}

/// A text within a statement of our own, in a form that no setting of the server reads otherwise.
fn literal(text: &str) -> String {
    let digits: String = text.bytes().map(|it| format!("{it:02x}")).collect();
    format!("_utf8mb4 x'{digits}'")
}

/// A name within a statement of our own.
fn name(text: &str) -> String {
    format!("`{}`", text.replace('`', "``"))
}
