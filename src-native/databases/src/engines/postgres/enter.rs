//! Getting in: encryption, the greeting, who we are; and the second door through which a statement is
//! cancelled.

use super::wire::{Body, Incoming, Words};
use super::{Postgres, unsendable};
use crate::net::{self, Plain, Wire};
use crate::{Address, Cancel, Failure, Reason, Result, Server, Target, TlsMode};
use bytes::BytesMut;
use postgres_protocol::authentication::{md5_hash, sasl};
use postgres_protocol::message::frontend;
use std::collections::HashMap;
use std::io::Read;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Goes to the server, encrypted where the target asks for it.
fn approach(target: &Target) -> Result<Incoming> {
    let plain = net::dial(&at_the_door(target))?;
    let mut incoming = Incoming::new(Wire::Plain(plain));
    if target.tls.mode == TlsMode::Off {
        return Ok(incoming);
    }
    let mut out = BytesMut::new();
    frontend::ssl_request(&mut out);
    let answer = incoming.send(&mut out).and_then(|()| incoming.byte());
    match answer.map_err(|error| unheard(target, &error))? {
        b'S' => {}
        b'N' => {
            let text = format!("{} has no TLS", target.shown());
            return Err(Failure::new(Reason::Connection, text)
                .hint("turn it on there, or say `tls = \"off\"` where the network is trusted"));
        }
        _ => return Err(unheard(target, &std::io::ErrorKind::InvalidData.into())),
    }
    match incoming.into_wire().map_err(|error| unheard(target, &error))? {
        Wire::Plain(plain) => Ok(Incoming::new(net::secure(plain, target)?)),
        wire @ Wire::Tls(_) => Ok(Incoming::new(wire)),
    }
}

/// A folder of sockets is named as often as the socket in it.
fn at_the_door(target: &Target) -> Target {
    let mut target = target.clone();
    if let Address::Socket(path) = &mut target.address
        && path.is_dir()
    {
        path.push(".s.PGSQL.5432");
    }
    target
}

fn unheard(target: &Target, error: &std::io::Error) -> Failure {
    let text = match error.kind() {
        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut => {
            let time = target.connect_timeout.as_secs_f64();
            format!("{} did not answer within {time} s", target.shown())
        }
        _ => format!("{} does not speak PostgreSQL's protocol: {error}", target.shown()),
    };
    Failure::new(Reason::Connection, text).hint("check host and port")
}

/// Goes in.
pub(super) fn enter(target: &Target) -> Result<Postgres> {
    let mut incoming = approach(target)?;
    let user = match &target.user {
        Some(user) => user.clone(),
        None => std::env::var("USER").unwrap_or_else(|_| "postgres".into()),
    };
    let mut out = BytesMut::new();
    let database = target.database.as_ref().map(|it| ("database", it.as_str()));
    // Dates are sorted by their text, bytes are read from it, and every zone and language is to be read: so
    // these are ours, whatever the role or the database is set to.
    let ours = [
        ("user", user.as_str()),
        ("client_encoding", "UTF8"),
        ("DateStyle", "ISO"),
        ("bytea_output", "hex"),
    ];
    let name = target.options.iter().all(|it| it.0 != "application_name");
    let name = name.then_some(("application_name", "backstory"));
    let theirs = target.options.iter().map(|it| (it.0.as_str(), it.1.as_str()));
    frontend::startup_message(ours.into_iter().chain(name).chain(database).chain(theirs), &mut out)
        .map_err(unsendable)?;
    incoming.send(&mut out).map_err(|error| unheard(target, &error))?;
    prove(target, &user, &mut incoming)?;
    let mut server = Server { product: "PostgreSQL".into(), ..Server::default() };
    server.encrypted = incoming.wire().encrypted();
    let mut key = (0, 0);
    loop {
        let (tag, body) = message(target, &mut incoming)?;
        let mut body = Body(&body);
        match tag {
            b'S' => {
                let (name, value) = (body.text(), String::from_utf8_lossy(body.text()));
                match name {
                    b"server_version" => server.version = value.into_owned(),
                    b"is_superuser" if value == "on" => server.warnings.push(
                        "the user is a superuser: reading can reach files and programs of the server"
                            .into(),
                    ),
                    _ => {}
                }
            }
            b'K' => key = (body.i32(), body.i32()),
            b'Z' => break,
            _ => {}
        }
    }
    let plain = incoming.wire().plain();
    plain.arrived().map_err(|error| unheard(target, &error))?;
    let again = plain.again().map_err(|error| unheard(target, &error))?;
    let canceller = Canceller {
        target: target.clone(),
        key,
        plain: again,
        running: Mutex::new(false),
        cut: AtomicBool::new(false),
    };
    Ok(Postgres {
        incoming,
        out,
        shown: target.shown(),
        read_only: target.read_only,
        server,
        canceller: Arc::new(canceller),
        status: b'I',
        lost: false,
        types: HashMap::new(),
        tables: HashMap::new(),
    })
}

/// The next message; an error of the server is a failure to get in.
fn message(target: &Target, incoming: &mut Incoming) -> Result<(u8, Vec<u8>)> {
    let taken = incoming.head().and_then(|it| Ok((it.tag, incoming.body(it.length)?)));
    let (tag, body) = taken.map_err(|error| unheard(target, &error))?;
    if tag != b'E' {
        return Ok((tag, body));
    }
    let words = Words::read(&body);
    let hint = match words.code.as_str() {
        "28P01" => "check user and password",
        "28000" => {
            "the server's pg_hba.conf decides who may come from where, and whether encrypted"
        }
        "3D000" => "check the database's name; `postgres` is there as a rule",
        "53300" => "close connections, or wait",
        "57P03" => "it is starting or stopping; try again in a moment",
        _ => "the server's log may say more",
    };
    let text = format!("{} did not let us in: {}", target.shown(), words.message);
    let failure = Failure::new(Reason::Connection, text).code(words.code);
    Err(match words.hint {
        Some(theirs) => failure.hint(theirs),
        None => failure.hint(hint),
    })
}

/// Proves who we are, in the way that the server asks for.
fn prove(target: &Target, user: &str, incoming: &mut Incoming) -> Result<()> {
    let mut out = BytesMut::new();
    let mut scram: Option<sasl::ScramSha256> = None;
    let mut proven = false;
    loop {
        let (tag, body) = message(target, incoming)?;
        if tag != b'R' {
            continue; // it may say something else first
        }
        let mut body = Body(&body);
        match body.i32() {
            // Where each side proves that it knows the password, the server does before anything else.
            0 | 3 | 5 | 10 if scram.is_some() && !proven => {
                let error = std::io::Error::other("it went on without a proof of its own");
                return Err(unproven(target, &error));
            }
            0 => return Ok(()),
            3 => {
                let password = password(target)?;
                if !target.is_private() && !incoming.wire().encrypted() {
                    let text = format!(
                        "{} asks for the password in clear, and the way there is not encrypted",
                        target.shown()
                    );
                    return Err(Failure::new(Reason::Connection, text).hint("use TLS"));
                }
                frontend::password_message(password.as_bytes(), &mut out)
            }
            5 => {
                let salt = [body.byte(), body.byte(), body.byte(), body.byte()];
                let proof = md5_hash(user.as_bytes(), password(target)?.as_bytes(), salt);
                frontend::password_message(proof.as_bytes(), &mut out)
            }
            10 => {
                let offered = String::from_utf8_lossy(body.0).into_owned();
                if !offered.split('\0').any(|it| it == sasl::SCRAM_SHA_256) {
                    return Err(unknown_proof(target, "SASL"));
                }
                let channel = sasl::ChannelBinding::unsupported();
                let proof = sasl::ScramSha256::new(password(target)?.as_bytes(), channel);
                let sent =
                    frontend::sasl_initial_response(sasl::SCRAM_SHA_256, proof.message(), &mut out);
                scram = Some(proof);
                sent
            }
            11 => {
                let Some(proof) = &mut scram else { return Err(unknown_proof(target, "SASL")) };
                few_rounds(body.0).map_err(|it| unproven(target, &it))?;
                proof.update(body.0).map_err(|it| unproven(target, &it))?;
                frontend::sasl_response(proof.message(), &mut out)
            }
            12 => {
                let Some(proof) = &mut scram else { return Err(unknown_proof(target, "SASL")) };
                proof.finish(body.0).map_err(|it| unproven(target, &it))?;
                proven = true;
                continue;
            }
            2 => return Err(unknown_proof(target, "Kerberos")),
            7 | 8 => return Err(unknown_proof(target, "GSSAPI")),
            9 => return Err(unknown_proof(target, "SSPI")),
            _ => return Err(unknown_proof(target, "a way that is not known here")),
        }
        .map_err(unsendable)?;
        incoming.send(&mut out).map_err(|error| unheard(target, &error))?;
    }
}

/// Most rounds of SCRAM that we compute for a server. Each is work for us and none for the server: it could
/// keep us computing for hours, which no deadline of the network ends. This many take about a second;
/// PostgreSQL asks for 4,096 by itself, and 600,000 are what is recommended for passwords that are kept.
const ROUNDS_MAX: u32 = 2_000_000;

fn few_rounds(challenge: &[u8]) -> std::io::Result<()> {
    let text = String::from_utf8_lossy(challenge);
    let rounds = text.split(',').find_map(|it| it.strip_prefix("i="));
    match rounds.map(str::parse) {
        Some(Ok(1..=ROUNDS_MAX)) => Ok(()),
        _ => Err(std::io::Error::other(format!(
            "it asks for {} rounds of work, and at most {ROUNDS_MAX} are done",
            rounds.unwrap_or("no")
        ))),
    }
}

fn password(target: &Target) -> Result<&str> {
    target.password.as_ref().map(crate::Secret::reveal).ok_or_else(|| {
        let text = format!("{} asks for a password, and the connection names none", target.shown());
        Failure::new(Reason::Connection, text)
            .hint("name where it is as `password = \"keyring:…\"`, `env:…`, `cmd:…` or `prompt`")
    })
}

fn unknown_proof(target: &Target, way: &str) -> Failure {
    let text =
        format!("{} asks who we are by {way}, which Backstory cannot answer", target.shown());
    Failure::new(Reason::Unsupported, text).hint("a user with a password (SCRAM) can come in")
}

fn unproven(target: &Target, error: &std::io::Error) -> Failure {
    let text = format!("{} could not prove that it knows the password: {error}", target.shown());
    Failure::new(Reason::Connection, text).hint("check that this is the right server")
}

/// Cancels what the connection does, over another.
pub(super) struct Canceller {
    target: Target,
    key: (i32, i32),
    plain: Plain,
    /// Whether a statement runs. Held while the server is told, so that the next statement does not
    /// begin before the word about this one has arrived.
    running: Mutex<bool>,
    cut: AtomicBool,
}

/// Ends what [`Canceller::running`] began.
pub(super) struct Running<'a>(&'a Canceller);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        net::mark(&self.0.running, &self.0.cut, false);
    }
}

impl Canceller {
    fn lock(&self) -> MutexGuard<'_, bool> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A statement runs until what this returns is dropped.
    pub(super) fn running(&self) -> Running<'_> {
        *self.lock() = true;
        Running(self)
    }

    /// Tells the server to stop, whatever runs.
    pub(super) fn tell(&self) -> Result<()> {
        let mut incoming = approach(&self.target)?;
        let mut out = BytesMut::new();
        frontend::cancel_request(self.key.0, self.key.1, &mut out);
        incoming.send(&mut out).map_err(|error| unheard(&self.target, &error))?;
        // It closes when it has passed the word on.
        let mut wire = incoming.into_wire().map_err(|error| unheard(&self.target, &error))?;
        let _ = wire.read(&mut [0; 1]); // closed is what it should be
        Ok(())
    }
}

impl Cancel for Canceller {
    fn cancel(&self) -> Result<()> {
        let running = self.lock();
        let over = self.cut.load(Ordering::SeqCst);
        if *running && !over { self.tell() } else { Ok(()) }
    }

    fn cut(&self) {
        self.cut.store(true, Ordering::SeqCst);
        self.plain.cut();
    }
}
