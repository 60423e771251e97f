//! Microsoft SQL Server, by a client of our own for its protocol TDS: versions 7.4 and 8.0, that is SQL
//! Server 2012 and later, and Azure SQL. It has no session that only reads: where only reading is
//! allowed, each statement runs in a transaction that is always rolled back.

mod catalogue;
mod kinds;
mod login;
mod plan;
mod rpc;
#[cfg(test)]
mod tests;
mod token;
mod value;
mod wire;
mod words;
mod xml;

use super::pages::Pages;
use super::rows::Rows;
use crate::catalogue::{Description, Object, Objects, Reference, Schema, Table};
use crate::plan::Plan;
use crate::value::PAGE_BYTES_MAX;
use crate::{
    Ask, Cancel, Done, Engine, Failure, Reason, Result, Server, Session, Sink, Step, Target, Value,
};
use kinds::Meta;
use std::sync::Arc;
use std::time::{Duration, Instant};
use token::{DONE_PROCEDURE, Env, Token, Told};
use wire::Channel;

/// What whoever uses a connection that only reads should know.
const NO_READ_ONLY: &str = "SQL Server has no read-only session: statements are checked and rolled back; \
                            use a login with db_datareader";
/// A page that is not full is handed over after so long.
const IMPATIENCE: Duration = Duration::from_millis(50);
/// Messages up to that are no errors.
const GRAVE: u8 = 10;

/// A session of a server.
pub(super) struct Sqlserver {
    channel: Channel,
    server: Server,
    columns: Vec<Meta>,
    /// The transaction that is open; 0 where none is.
    transaction: u64,
    /// Whether a transaction was kept, since it was last looked at.
    kept: bool,
    collation: [u8; 5],
    read_only: bool,
}

/// Goes to a server.
pub(super) fn connect(target: &Target) -> Result<Box<dyn Session>> {
    let begun = login::begin(target)?;
    let mut server = begun.server;
    if target.read_only {
        server.warnings.push(NO_READ_ONLY.to_owned());
    }
    let mut session = Sqlserver {
        channel: begun.channel,
        server,
        columns: Vec::new(),
        transaction: 0,
        kept: false,
        collation: begun.collation,
        read_only: target.read_only,
    };
    match session.ask("SELECT CAST(IS_SRVROLEMEMBER('sysadmin') AS int)", &[]) {
        Ok(rows) if rows.first().is_some_and(|it| super::rows::text(it, 0) == "1") => {
            session.server.warnings.push("this login may do anything on this server".to_owned());
        }
        Err(error) if error.reason == Reason::Lost => return Err(error),
        _ => {}
    }
    Ok(Box::new(session))
}

impl Sqlserver {
    /// Asks for a few rows, as text.
    fn ask(&mut self, text: &str, values: &[&str]) -> Result<Vec<Vec<Option<String>>>> {
        let values: Vec<_> = values.iter().map(|it| Value::Text((*it).to_owned())).collect();
        let mut rows = Rows::default();
        self.request(&Ask { values: &values, ..Ask::new(text) }, &mut rows)?;
        Ok(rows.0)
    }

    /// Runs what gives nothing.
    fn quietly(&mut self, text: &str) -> Result<()> {
        self.request(&Ask::new(text), &mut Rows::default())
    }

    /// Runs a text, whatever it does.
    fn ask_plainly(&mut self, text: &str, rows: &mut Rows) -> Result<()> {
        self.request(&Ask::new(text), rows)
    }

    /// Runs a text, and undoes what it did; within somebody's own transaction that is theirs to decide.
    fn undone(&mut self, text: &str, rows: &mut Rows) -> Result<()> {
        if self.transaction != 0 {
            return self.ask_plainly(text, rows);
        }
        self.within(&Ask::new(text), rows)
    }

    /// Runs a statement within a transaction that is rolled back, and says so where the statement itself
    /// has kept what it did.
    fn within(&mut self, ask: &Ask<'_>, out: &mut dyn Sink) -> Result<()> {
        self.quietly("BEGIN TRANSACTION")?;
        self.kept = false;
        let result = self.request(ask, out);
        if matches!(&result, Err(error) if error.reason == Reason::Lost) {
            return result; // the server rolls back what nobody holds
        }
        let kept = self.kept;
        let undone = self.quietly("IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION");
        if kept {
            let text = "the statement ended the transaction that was to be rolled back: what it did may stay";
            return Err(Failure::new(Reason::Refused, text)
                .hint("use a login with db_datareader for connections that only read"));
        }
        result.and(undone)
    }

    /// Sends a statement and hands over what it gives.
    fn request(&mut self, ask: &Ask<'_>, out: &mut dyn Sink) -> Result<()> {
        let (kind, message) = rpc::message(ask.text, ask.values, self.transaction, self.collation)?;
        self.channel.watch.begin();
        let mut pages = Pages::new(out, ask.page);
        let result =
            self.channel.send(kind, &message).and_then(|()| self.receive(ask.text, &mut pages));
        let stopped = pages.stopped;
        let cancelled = self.channel.watch.end();
        match result {
            Err(error) if error.reason == Reason::Lost => Err(error),
            _ if stopped => Err(Failure::cancelled()),
            Err(error) if !cancelled => Err(error),
            Err(_) => Err(Failure::cancelled()),
            Ok(done) if cancelled && !done => Err(Failure::cancelled()),
            Ok(_) => Ok(()),
        }
    }

    /// Takes an answer to its end; whether it came whole.
    fn receive(&mut self, text: &str, pages: &mut Pages<'_>) -> Result<bool> {
        let mut failure: Option<Failure> = None;
        let mut further: Vec<String> = Vec::new();
        let (mut open, mut ended, mut whole) = (false, false, true);
        let mut tag = "";
        let mut handed = Instant::now();
        loop {
            if self.channel.is_over()? {
                if !self.channel.stopping {
                    break;
                }
                self.channel.once_more();
                continue;
            }
            match token::next(&mut self.channel, &mut self.columns)? {
                Token::Columns => {
                    open = !self.columns.is_empty();
                    if open && !self.channel.stopping {
                        let columns: Vec<_> = self.columns.iter().map(Meta::column).collect();
                        pages.begin(&columns);
                        handed = Instant::now();
                    }
                }
                Token::Row(nulls) => {
                    let wanted = !self.channel.stopping && !pages.stopped;
                    self.row(nulls.as_deref(), wanted.then_some(&mut *pages))?;
                    if wanted {
                        let late = handed.elapsed() >= IMPATIENCE;
                        if late {
                            handed = Instant::now();
                        }
                        if pages.page().bytes() > PAGE_BYTES_MAX {
                            let text = "a row of this result is larger than 4 GiB";
                            failure = Some(Failure::new(Reason::Unsupported, text));
                            self.channel.stop()?;
                        } else if pages.row_done().is_continue() && late {
                            pages.flush();
                        }
                    }
                }
                Token::Done(done) => {
                    if done.stopped() {
                        self.channel.stopping = false;
                        whole = false;
                    } else if !self.channel.stopping && !done.failed() {
                        if !done.tag().is_empty() {
                            tag = done.tag();
                        }
                        if open {
                            pages.end(&Done { affected: None, tag: tag.to_owned() });
                            ended = true;
                        } else if let Some(rows) =
                            done.rows().filter(|_| done.kind != DONE_PROCEDURE)
                        {
                            pages.end(&Done { affected: Some(rows), tag: tag.to_owned() });
                            ended = true;
                        }
                    }
                    open = false;
                }
                Token::Error(told) if told.class > GRAVE => match &failure {
                    None => failure = Some(told.failure(text)),
                    Some(_) => further.push(told.message),
                },
                Token::Error(told) | Token::Info(told) => say(&told, pages),
                Token::Env(env) => self.note(env),
                Token::LoginAck { .. } | Token::Other => {}
            }
            if pages.stopped && whole && !self.channel.was_taken() {
                self.channel.stop()?;
            }
        }
        if let Some(mut failure) = failure {
            further.insert(0, failure.detail.take().unwrap_or_default());
            failure.detail = Some(further.join("; "));
            return Err(failure);
        }
        if whole && !ended {
            pages.end(&Done { affected: None, tag: tag.to_owned() });
        }
        Ok(whole)
    }

    fn row(&mut self, nulls: Option<&[u8]>, mut pages: Option<&mut Pages<'_>>) -> Result<()> {
        for (at, column) in self.columns.iter().enumerate() {
            let page = pages.as_mut().map(|it| it.page());
            match nulls {
                Some(nulls) if nulls[at / 8] >> (at % 8) & 1 == 1 => {
                    page.into_iter().for_each(crate::Page::push_null);
                }
                _ => value::read(&mut self.channel, column, page)?,
            }
        }
        Ok(())
    }

    fn note(&mut self, env: Env) {
        match env {
            Env::Transaction(number) => self.transaction = number,
            Env::Kept => {
                self.transaction = 0;
                self.kept = true;
            }
            Env::Collation(it) => self.collation = it,
            _ => {}
        }
    }
}

fn say(told: &Told, pages: &mut Pages<'_>) {
    // That a database or a language was chosen goes without saying.
    if !matches!(told.number, 5701 | 5703) {
        pages.notice("INFO", told.message.clone());
    }
}

impl Session for Sqlserver {
    fn engine(&self) -> Engine {
        Engine::Sqlserver
    }

    fn server(&self) -> &Server {
        &self.server
    }

    fn ping(&mut self) -> Result<()> {
        self.ask("SELECT 1", &[]).map(|_| ())
    }

    fn run(&mut self, ask: &Ask<'_>, out: &mut dyn Sink) -> Result<()> {
        if self.read_only && self.transaction == 0 {
            return self.within(ask, out);
        }
        self.kept = false;
        let result = self.request(ask, out);
        if self.read_only && self.kept {
            let text = "the statement ended the transaction that was to be rolled back: what it did may stay";
            return Err(Failure::new(Reason::Refused, text));
        }
        result
    }

    fn canceller(&self) -> Arc<dyn Cancel> {
        self.channel.watch.clone()
    }

    fn transaction(&mut self, step: Step) -> Result<()> {
        self.quietly(match step {
            Step::Begin => "BEGIN TRANSACTION",
            Step::Commit if !self.read_only => "COMMIT TRANSACTION",
            Step::Commit | Step::Rollback => "ROLLBACK TRANSACTION",
        })
    }

    fn in_transaction(&self) -> bool {
        self.transaction != 0
    }

    fn schemas(&mut self) -> Result<Vec<Schema>> {
        catalogue::schemas(self)
    }

    fn objects(&mut self, of: &Objects<'_>) -> Result<Vec<Object>> {
        catalogue::objects(self, of)
    }

    fn describe(&mut self, schema: &str, object: &str) -> Result<Description> {
        catalogue::describe(self, schema, object)
    }

    fn tables(&mut self, schema: &str) -> Result<Vec<Table>> {
        catalogue::tables(self, schema)
    }

    fn references(&mut self, schema: &str) -> Result<Vec<Reference>> {
        catalogue::references(self, schema)
    }

    fn explain(&mut self, ask: &Ask<'_>, measured: bool) -> Result<Plan> {
        plan::explain(self, ask, measured)
    }
}
