//! Redis and Valkey, by a client of our own: the protocol is small, and nothing of it is lost on the way.

mod catalogue;
mod resp;
mod rights;
mod shape;
#[cfg(test)]
mod tests;

use super::pages::Pages;
use super::turns::Turns;
use crate::catalogue::{Description, Object, Objects, Reference, Schema, Table};
use crate::net::{self, Wire};
use crate::plan::Plan;
use crate::session::unsupported;
use crate::statement::redis as command;
use crate::{
    Ask, Cancel, Engine, Failure, Reason, Result, Server, Session, Sink, Step, Target, TlsMode,
};
use resp::{Link, Reply};
use rights::Rights;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

/// What stops a script that may be of either kind.
const EITHER: &str = "SCRIPT or FUNCTION";
/// How long a second connection, which stops what the first does, may take.
const STOP_WAITS: Duration = Duration::from_secs(2);
/// How long a command that was told to stop may go on before its connection is ended.
const STOP_GRACE: Duration = Duration::from_millis(40);

pub(super) fn connect(target: &Target) -> Result<Box<dyn Session>> {
    let database = database_number(target)?;
    let (mut link, id) = open(target, database)?;
    let server = greet(&mut link, target);
    let turns = Turns::new(Known { id, script: None }, link.wire().plain());
    let stop = Arc::new(Stop { target: target.clone(), turns });
    Ok(Box::new(Redis {
        link: Some(link),
        server,
        stop,
        database,
        home: database,
        marked: false,
        queues: false,
        queues_script: false,
        rights: Rights::default(),
        cursor: None,
    }))
}

/// A session: one connection, made again where it was ended to stop something.
struct Redis {
    link: Option<Link>,
    server: Server,
    stop: Arc<Stop>,
    database: u32,
    /// Which database it was opened in.
    home: u32,
    /// Whether something was said that stays with the connection: another user, keys that are watched.
    marked: bool,
    /// Whether commands are collected for `EXEC`.
    queues: bool,
    /// Whether a script is among them.
    queues_script: bool,
    rights: Rights,
    /// Where the last `objects` ended.
    cursor: Option<String>,
}

/// What stops a session.
struct Stop {
    target: Target,
    turns: Turns<Known>,
}

/// What is known of the connection.
#[derive(Clone, Copy, Default)]
struct Known {
    /// Its number at the server.
    id: Option<i64>,
    /// What stops the script that it runs, if it runs one.
    script: Option<&'static str>,
}

impl Cancel for Stop {
    fn cancel(&self) -> Result<()> {
        self.turns.stop(|known| self.tell(known))
    }

    fn cut(&self) {
        self.turns.cut();
    }
}

impl Stop {
    fn tell(&self, known: Known) -> Result<()> {
        let Some(id) = known.id.map(|it| it.to_string()) else {
            self.turns.cut();
            return Ok(());
        };
        let mut target = self.target.clone();
        target.connect_timeout = target.connect_timeout.min(STOP_WAITS);
        let mut side = open(&target, 0).map_err(|it| deaf(&it.message))?.0;
        let _ = side.wire().plain().wait_at_most(Some(STOP_WAITS)); // without it, it waits longer
        let words = ["CLIENT", "UNBLOCK", id.as_str(), "ERROR"];
        match side.ask(&words).map_err(|it| deaf(&it.to_string()))? {
            Reply::Integer(1) => return Ok(()),
            Reply::Error(why) if why.starts_with(b"BUSY") => {
                // Somebody's script runs. A server that says so to us has said so to whatever of ours came
                // after it, which is then over: what is not over is a script of ours, the one that runs,
                // or waits for something else.
                let Some(kind) = known.script else {
                    self.turns.cut();
                    return Ok(());
                };
                if self.turns.ends_within(STOP_GRACE) {
                    return Ok(());
                }
                let kinds: &[&str] = if kind == EITHER { &["SCRIPT", "FUNCTION"] } else { &[kind] };
                let mut killed =
                    |kind: &&str| matches!(side.ask(&[kind, "KILL"]), Ok(Reply::Word(_)));
                if kinds.iter().any(&mut killed) {
                    return Ok(());
                }
                return Err(deaf("a script that has written cannot be stopped"));
            }
            _ => {}
        }
        // It does not wait for anything: its reply is on its way, or it listens.
        if self.turns.ends_within(STOP_GRACE) {
            return Ok(());
        }
        match side.ask(&["CLIENT", "KILL", "ID", id.as_str()]) {
            Ok(Reply::Integer(_)) => {}
            _ => self.turns.cut(), // not allowed to: what is cut is noticed by the server, too
        }
        Ok(())
    }
}

fn deaf(why: &str) -> Failure {
    let text = format!("Redis does not listen while it works on a command: {why}");
    Failure::new(Reason::Server, text).hint("the connection can be cut, but the command goes on")
}

fn database_number(target: &Target) -> Result<u32> {
    let Some(name) = target.database.as_deref().filter(|it| !it.is_empty()) else { return Ok(0) };
    number_of(name).ok_or_else(|| {
        let text = format!("`{name}` is no database of Redis");
        Failure::new(Reason::Usage, text).hint("they are called by numbers, as 0 or db0")
    })
}

fn number_of(name: &str) -> Option<u32> {
    name.strip_prefix("db").unwrap_or(name).parse().ok()
}

/// A connection that is let in, and its number at the server.
fn open(target: &Target, database: u32) -> Result<(Link, Option<i64>)> {
    let plain = net::dial(target)?;
    let wire = match target.tls.mode {
        TlsMode::Off => Wire::Plain(plain),
        _ => net::secure(plain, target)?,
    };
    let mut link = Link::new(wire);
    let asked = |result: std::io::Result<Reply>| result.map_err(|it| unanswered(target, &it));
    let user = target.user.as_deref().filter(|it| !it.is_empty());
    let password = target.password.as_ref().map(|it| it.reveal());
    let mut hello = vec!["HELLO", "3"];
    if let Some(password) = password {
        hello.extend(["AUTH", user.unwrap_or("default"), password]);
    }
    let mut greeting = asked(link.ask(&hello))?;
    if let Reply::Error(why) = &greeting
        && (why.starts_with(b"ERR") || why.starts_with(b"NOPROTO"))
    {
        // A server of before version 6: it has no HELLO, and tells no number of the connection either.
        if let Some(password) = password {
            let words = match user {
                Some(user) if user != "default" => vec!["AUTH", user, password],
                _ => vec!["AUTH", password],
            };
            refused(target, &asked(link.ask(&words))?)?;
        }
        greeting = asked(link.ask(&["CLIENT", "ID"]))?;
        if matches!(&greeting, Reply::Error(why) if why.starts_with(b"NOAUTH")) {
            refused(target, &greeting)?;
        }
    } else {
        refused(target, &greeting)?;
    }
    let id = greeting.get("id").unwrap_or(&greeting).number();
    let _ = asked(link.ask(&["CLIENT", "SETNAME", "backstory"]))?; // refused where ACL says so: no harm
    if database != 0 {
        let reply = asked(link.ask(&["SELECT", &database.to_string()]))?;
        if let Reply::Error(_) = reply {
            let text = format!("there is no database {database} on {}", target.shown());
            return Err(Failure::new(Reason::Connection, text).hint(reply.words()));
        }
    }
    link.wire().plain().arrived().map_err(|it| unanswered(target, &it))?;
    Ok((link, id))
}

fn unanswered(target: &Target, error: &std::io::Error) -> Failure {
    let shown = target.shown();
    let (text, hint) = match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => (
            format!("{shown} does not answer"),
            "it may be busy with a long command, or speak TLS: say so with `tls`",
        ),
        ErrorKind::InvalidData => {
            (format!("{shown} is no Redis: {error}"), "check that the port is the right one")
        }
        _ => (
            format!("{shown} ended the connection"),
            "it may speak TLS, or allow no more connections",
        ),
    };
    Failure::new(Reason::Connection, text).hint(hint)
}

fn refused(target: &Target, reply: &Reply) -> Result<()> {
    let Reply::Error(_) = reply else { return Ok(()) };
    let words = reply.words();
    let code = words.split(' ').next().unwrap_or_default().to_owned();
    let (text, hint) = match code.as_str() {
        "WRONGPASS" => ("does not know this user with this password", "check user and password"),
        "NOAUTH" => ("asks for a password", "give one, and a user where it has several"),
        "DENIED" => {
            ("lets nobody in from another machine", "it runs in protected mode: give it a password")
        }
        _ => ("does not let us in", "see what it says"),
    };
    let mut failure = Failure::new(Reason::Connection, format!("{} {text}", target.shown()));
    failure.detail = Some(words);
    Err(failure.hint(hint).code(code))
}

/// What the server says of itself.
fn greet(link: &mut Link, target: &Target) -> Server {
    let info = link.ask(&["INFO", "server"]).map(|it| it.words()).unwrap_or_default();
    let field = |name: &str| {
        let found = info.lines().find_map(|it| it.strip_prefix(name)?.strip_prefix(':'));
        found.map(|it| it.trim().to_owned())
    };
    let (product, version) = match (field("valkey_version"), field("redis_version")) {
        (Some(version), _) => ("Valkey", version),
        (None, version) => ("Redis", version.unwrap_or_default()),
    };
    let mut warnings = Vec::new();
    if target.read_only {
        warnings.push(format!(
            "{product} has no read-only session: commands are checked by what the server says of them"
        ));
    }
    if let Ok(Reply::Bulk(user)) = link.ask(&["ACL", "WHOAMI"])
        && user == b"default"
        && target.read_only
    {
        warnings.push(
            "connected as the user `default`, who may usually do anything: a user made with \
             `ACL SETUSER … -@all +@read` would be held by the server as well"
                .to_owned(),
        );
    }
    Server { product: product.to_owned(), version, encrypted: link.wire().encrypted(), warnings }
}

/// What the server says no with.
fn server_failure(words: &str) -> Failure {
    let code = words.split(' ').next().unwrap_or_default();
    let is_code = !code.is_empty() && code.bytes().all(|it| it.is_ascii_uppercase() || it == b'_');
    let mut failure = Failure::new(Reason::Server, words);
    if is_code {
        failure.code = Some(code.to_owned());
    }
    failure.hint = match code {
        "MOVED" | "ASK" => {
            Some("this key lives on another server of the cluster: connect to that one")
        }
        "NOPERM" => Some("ask for a user who may"),
        "READONLY" => Some("this server is a replica: connect to the one it follows"),
        "LOADING" => Some("the server reads its data from disk: try again in a while"),
        "BUSY" => Some("a script runs: SCRIPT KILL ends one that has not written yet"),
        "OOM" => Some("the server has no memory left: `CONFIG GET maxmemory` tells its limit"),
        "WRONGTYPE" => Some("TYPE tells what a key holds"),
        _ => None,
    }
    .map(str::to_owned);
    failure
}

impl Redis {
    /// The connection; made again where it was ended.
    fn link(&mut self) -> Result<&mut Link> {
        if self.link.is_none() {
            let (link, id) = open(&self.stop.target, self.database)?;
            self.stop.turns.connected(Known { id, script: None }, link.wire().plain());
            self.queues = false;
            self.link = Some(link);
        }
        self.link.as_mut().ok_or_else(Failure::cancelled)
    }

    /// Ends the connection. Whoever may stop the session holds it, too: it has to be cut.
    fn leave(&mut self) {
        self.stop.turns.cut();
        self.link = None;
        self.queues = false;
    }

    /// The connection is of no use any more.
    fn lost(&mut self, error: &std::io::Error) -> Failure {
        self.leave();
        if self.stop.turns.cancelled() {
            return Failure::cancelled();
        }
        let why = match error.kind() {
            ErrorKind::InvalidData => error.to_string(),
            ErrorKind::UnexpectedEof => "the server ended it".to_owned(),
            _ => error.to_string(),
        };
        let text = format!("the connection to {} was lost: {why}", self.stop.target.shown());
        Failure::new(Reason::Lost, text).hint("the command may or may not have been done")
    }

    /// Asks, for the session itself.
    fn ask<W: AsRef<[u8]>>(&mut self, words: &[W]) -> Result<Reply> {
        match self.link()?.ask(words) {
            Ok(Reply::Error(why)) => Err(server_failure(&String::from_utf8_lossy(&why))),
            Ok(reply) => Ok(reply),
            Err(error) => Err(self.lost(&error)),
        }
    }

    /// Runs something in another database, and comes back.
    fn within<T>(&mut self, schema: &str, what: impl FnOnce(&mut Redis) -> Result<T>) -> Result<T> {
        let Some(number) = number_of(schema) else {
            return Err(Failure::new(Reason::Usage, format!("there is no database `{schema}`")));
        };
        if self.queues {
            let text = "keys cannot be looked at between MULTI and EXEC";
            return Err(Failure::new(Reason::Usage, text).hint("end it with EXEC or DISCARD"));
        }
        if number == self.database {
            return what(self);
        }
        self.ask(&["SELECT", &number.to_string()])?;
        let done = what(self);
        if self.link.is_some() {
            self.ask(&["SELECT", &self.database.to_string()])?;
        }
        done
    }

    /// Runs a command and hands its reply over.
    fn exchange(&mut self, words: &[command::Word], rows: &mut Pages<'_>) -> Result<()> {
        let stop = Arc::clone(&self.stop);
        let queues = self.queues;
        self.link()?; // made again it is another connection
        let script = self.script(words);
        stop.turns.note(|it| it.script = script);
        let link = self.link()?;
        if let Err(error) = link.send(words) {
            return Err(self.lost(&error));
        }
        let asked = shape::Asked { words, queues, cancelled: &|| stop.turns.cancelled() };
        match shape::hand_over(link, &asked, rows) {
            Ok(shape::Ended::Whole { queued }) => {
                self.after(words, queued);
                Ok(())
            }
            Ok(shape::Ended::No(words)) => {
                if words.starts_with("EXECABORT") {
                    self.queues = false;
                }
                if self.stop.turns.cancelled()
                    && (words.starts_with("UNBLOCKED") || words.contains("kill"))
                {
                    return Err(Failure::cancelled());
                }
                Err(server_failure(&words))
            }
            Ok(shape::Ended::BrokenOff) => {
                // What is still to come is not read: the server drops it with the connection.
                self.leave();
                Err(Failure::cancelled())
            }
            Err(error) => Err(self.lost(&error)),
        }
    }

    /// What stops the script that a command runs, if it runs one.
    fn script(&self, words: &[command::Word]) -> Option<&'static str> {
        let name = String::from_utf8_lossy(&words.first()?.bytes).to_ascii_uppercase();
        match name.as_str() {
            "EXEC" if self.queues_script => Some(EITHER),
            _ if self.queues => None,
            "EVAL" | "EVALSHA" | "EVAL_RO" | "EVALSHA_RO" => Some("SCRIPT"),
            "FCALL" | "FCALL_RO" => Some("FUNCTION"),
            _ => None,
        }
    }

    /// What a command that succeeded means for the session.
    fn after(&mut self, words: &[command::Word], queued: bool) {
        let name = String::from_utf8_lossy(&words[0].bytes).to_ascii_uppercase();
        if queued {
            self.queues_script |= name.starts_with("EVAL") || name.starts_with("FCALL");
            self.marked |= name == "SELECT"; // where it leads is known once it is done
            return;
        }
        match name.as_str() {
            "MULTI" => (self.queues, self.queues_script) = (true, false),
            "EXEC" | "DISCARD" => self.queues = false,
            "CLIENT" => {
                let what = words.get(1).map(|it| String::from_utf8_lossy(&it.bytes).to_uppercase());
                let reads = ["GETNAME", "GETREDIR", "HELP", "ID", "INFO", "LIST", "TRACKINGINFO"];
                self.marked |= what.is_some_and(|it| !reads.contains(&it.as_str()));
            }
            "AUTH" | "WATCH" | "READONLY" | "READWRITE" | "MONITOR" => {
                self.marked = true;
            }
            "SELECT" => {
                let number = words.get(1).and_then(|it| std::str::from_utf8(&it.bytes).ok());
                self.database = number.and_then(number_of).unwrap_or(self.database);
            }
            "RESET" | "QUIT" => {
                self.leave();
                self.database = 0;
            }
            _ => {}
        }
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.leave();
    }
}

/// What would take the replies away from us.
fn unspeakable(words: &[command::Word]) -> Option<Failure> {
    let upper =
        |at: usize| words.get(at).map(|it| String::from_utf8_lossy(&it.bytes).to_ascii_uppercase());
    let (name, second) = (upper(0)?, upper(1).unwrap_or_default());
    let text = match (name.as_str(), second.as_str()) {
        ("CLIENT", "REPLY") => "CLIENT REPLY would leave commands without answers",
        ("SYNC" | "PSYNC" | "REPLCONF", _) => "this is for replicas, and no command for people",
        ("HELLO", _) => "Backstory speaks the newest protocol that the server knows by itself",
        _ => return None,
    };
    Some(Failure::new(Reason::Unsupported, text))
}

impl Session for Redis {
    fn engine(&self) -> Engine {
        Engine::Redis
    }

    fn server(&self) -> &Server {
        &self.server
    }

    fn ping(&mut self) -> Result<()> {
        match self.link()?.ask(&["PING"]) {
            Ok(_) => Ok(()),
            Err(error) => Err(self.lost(&error)),
        }
    }

    fn run(&mut self, ask: &Ask<'_>, out: &mut dyn Sink) -> Result<()> {
        let words = command::words(ask.text)?;
        if words.is_empty() {
            return Err(Failure::new(Reason::Usage, "there is no command"));
        }
        if !ask.values.is_empty() {
            let text = "commands of Redis have no marks for open places";
            return Err(Failure::new(Reason::Usage, text).hint("write values as words"));
        }
        if let Some(failure) = unspeakable(&words) {
            return Err(failure);
        }
        self.stop.turns.begin();
        let done = self.run_words(&words, &mut Pages::new(out, ask.page));
        self.stop.turns.end();
        done
    }

    fn canceller(&self) -> Arc<dyn Cancel> {
        Arc::clone(&self.stop) as Arc<dyn Cancel>
    }

    fn transaction(&mut self, _: Step) -> Result<()> {
        let text =
            "transactions that can be undone: MULTI collects commands, EXEC does them at once";
        Err(unsupported(Engine::Redis, text))
    }

    fn in_transaction(&self) -> bool {
        self.queues
    }

    fn is_as_opened(&self) -> bool {
        self.database == self.home && !self.marked
    }

    fn schemas(&mut self) -> Result<Vec<Schema>> {
        catalogue::schemas(self)
    }

    fn objects(&mut self, of: &Objects<'_>) -> Result<Vec<Object>> {
        self.within(of.schema, |it| catalogue::objects(it, of))
    }

    fn objects_ended_at(&self) -> Option<String> {
        self.cursor.clone()
    }

    fn describe(&mut self, schema: &str, object: &str) -> Result<Description> {
        self.within(schema, |it| catalogue::describe(it, object))
    }

    fn tables(&mut self, _: &str) -> Result<Vec<Table>> {
        Ok(Vec::new())
    }

    fn references(&mut self, _: &str) -> Result<Vec<Reference>> {
        Ok(Vec::new())
    }

    fn explain(&mut self, _: &Ask<'_>, _: bool) -> Result<Plan> {
        Err(unsupported(Engine::Redis, "plans: a command is done as it is written"))
    }
}

impl Redis {
    fn run_words(&mut self, words: &[command::Word], rows: &mut Pages<'_>) -> Result<()> {
        if self.stop.target.read_only {
            self.link()?;
            if let Some(link) = self.link.as_mut() {
                match self.rights.check(link, words) {
                    Ok(verdict) => verdict?,
                    Err(error) => return Err(self.lost(&error)),
                }
            }
        }
        self.exchange(words, rows)
    }
}
