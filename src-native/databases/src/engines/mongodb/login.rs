//! Getting in: the greeting, and proving who we are.

use super::scram::{Hash, Scram};
use super::wire::Link;
use crate::bson::{Bson, Build, Doc};
use crate::net::{self, Wire};
use crate::{Failure, Reason, Result, Server, Target, TlsMode};
use std::io::ErrorKind;

/// The oldest protocol that is spoken: MongoDB 3.6, the first with OP_MSG.
const OLDEST: i64 = 6;

/// The protocol since which every command may have a comment: MongoDB 4.4.
const COMMENTS: i64 = 9;

/// What the server said when it was greeted.
pub(super) struct Hello {
    pub(super) server: Server,
    /// The number of this connection at the server.
    pub(super) connection: Option<i64>,
    /// Whether it follows another server.
    pub(super) secondary: bool,
    /// Whether it passes on to several servers.
    pub(super) router: bool,
    /// Whether every command may have a comment.
    pub(super) takes_comments: bool,
    /// Who we are there.
    pub(super) signed_in: Option<String>,
}

/// A connection that is let in.
pub(super) fn open(target: &Target) -> Result<(Link, Hello)> {
    let plain = net::dial(target)?;
    let wire = match target.tls.mode {
        TlsMode::Off => Wire::Plain(plain),
        _ => net::secure(plain, target)?,
    };
    let mut link = Link::new(wire);
    let user = target.user.as_deref().filter(|it| !it.is_empty());
    let source = option(target, "authSource")
        .or(target.database.as_deref().filter(|it| !it.is_empty()))
        .unwrap_or("admin")
        .to_owned();
    let greeting = |name: &str| {
        let driver =
            Build::new().text("name", "Backstory").text("version", env!("CARGO_PKG_VERSION"));
        let system = Build::new().text("type", std::env::consts::OS);
        let client = Build::new()
            .doc("application", Build::new().text("name", "Backstory"))
            .doc("driver", driver)
            .doc("os", system);
        let hello = Build::new().int(name, 1).bool("helloOk", true).doc("client", client);
        let hello = match user {
            Some(user) => hello.text("saslSupportedMechs", &format!("{source}.{user}")),
            None => hello,
        };
        hello.text("$db", "admin").done()
    };
    let asked =
        |link: &mut Link, command: &[u8]| link.ask(command).map_err(|it| unanswered(target, &it));
    let mut reply = asked(&mut link, &greeting("hello"))?;
    let doc = reply.doc().map_err(|it| unanswered(target, &it))?;
    if !doc.get("ok").is_some_and(Bson::is_true) {
        reply = asked(&mut link, &greeting("isMaster"))?;
    }
    let doc = reply.doc().map_err(|it| unanswered(target, &it))?;
    super::server_said(doc).map_err(|it| refused(target, it))?;
    let version = doc.whole_number("maxWireVersion").unwrap_or(0);
    if version < OLDEST {
        let text = format!("{} is older than MongoDB 3.6", target.shown());
        return Err(Failure::new(Reason::Unsupported, text).hint("use a newer server"));
    }
    let mut hello = Hello {
        server: Server { product: "MongoDB".to_owned(), ..Server::default() },
        connection: doc.whole_number("connectionId"),
        secondary: doc.get("secondary").is_some_and(Bson::is_true),
        router: doc.text("msg") == Some("isdbgrid"),
        takes_comments: version >= COMMENTS,
        signed_in: user.map(str::to_owned),
    };
    if hello.secondary {
        let primary = doc.text("primary").unwrap_or("another server");
        let text = format!(
            "this server is a secondary: what was written to {primary} may come late, and nothing can be written here"
        );
        hello.server.warnings.push(text);
    }
    if target.read_only {
        let text = "MongoDB has no read-only session: commands, stages and operators are checked before \
                    they are sent; a user with the role `read` would be held by the server as well";
        hello.server.warnings.push(text.to_owned());
    }
    if let Some(user) = user {
        let hash = mechanism(target, doc)?;
        sign_in(&mut link, target, hash, user, &source)?;
    }
    let build = Build::new().int("buildInfo", 1).text("$db", "admin").done();
    let about = asked(&mut link, &build)?;
    let about = about.doc().map_err(|it| unanswered(target, &it))?;
    hello.server.version = about.text("version").unwrap_or("").to_owned();
    link.wire().plain().arrived().map_err(|it| unanswered(target, &it))?;
    Ok((link, hello))
}

fn option<'a>(target: &'a Target, name: &str) -> Option<&'a str> {
    let found = target.options.iter().find(|it| it.0.eq_ignore_ascii_case(name));
    found.map(|it| it.1.as_str()).filter(|it| !it.is_empty())
}

fn mechanism(target: &Target, hello: Doc<'_>) -> Result<Hash> {
    if let Some(name) = option(target, "authMechanism") {
        return match name {
            "SCRAM-SHA-256" => Ok(Hash::Sha256),
            "SCRAM-SHA-1" => Ok(Hash::Sha1),
            _ => {
                let text = format!("Backstory does not sign in to MongoDB by {name}");
                Err(Failure::new(Reason::Unsupported, text)
                    .hint("SCRAM-SHA-256 and SCRAM-SHA-1 are there"))
            }
        };
    }
    // A server that tells none knows the older one at least; one that tells has both but for old users.
    let told = hello.doc("saslSupportedMechs");
    let has = |name: &[u8]| {
        let mut all = told.into_iter().flat_map(Doc::elements).flatten();
        all.any(|it| matches!(it.value, Bson::String(it) if it == name))
    };
    Ok(match told {
        Some(_) if !has(b"SCRAM-SHA-256") && has(b"SCRAM-SHA-1") => Hash::Sha1,
        None => Hash::Sha1,
        Some(_) => Hash::Sha256,
    })
}

fn sign_in(link: &mut Link, target: &Target, hash: Hash, user: &str, source: &str) -> Result<()> {
    let password = target.password.as_ref().map_or("", |it| it.reveal());
    let cheats = |why: &str| {
        let text = format!("{} does not prove that it knows the password: {why}", target.shown());
        Failure::new(Reason::Connection, text).hint("it may not be the server it should be")
    };
    let Some(mut scram) = Scram::new(hash, user, password) else {
        return Err(Failure::new(Reason::Connection, "this system gives no random numbers"));
    };
    let mut ask = |command: Build| -> Result<(Option<Bson<'static>>, String, bool)> {
        let command = command.text("$db", source).done();
        let reply = link.ask(&command).map_err(|it| unanswered(target, &it))?;
        let doc = reply.doc().map_err(|it| unanswered(target, &it))?;
        super::server_said(doc).map_err(|it| refused(target, it))?;
        let id = match doc.get("conversationId") {
            Some(Bson::Int32(it)) => Some(Bson::Int32(it)),
            Some(Bson::Int64(it)) => Some(Bson::Int64(it)),
            _ => None,
        };
        let payload = match doc.get("payload") {
            Some(Bson::Binary(_, it) | Bson::String(it)) => {
                String::from_utf8_lossy(it).into_owned()
            }
            _ => String::new(),
        };
        Ok((id, payload, doc.get("done").is_some_and(Bson::is_true)))
    };
    let start = Build::new()
        .int("saslStart", 1)
        .text("mechanism", hash.mechanism())
        .binary("payload", scram.first().as_bytes())
        .doc("options", Build::new().bool("skipEmptyExchange", true));
    let (id, server, _) = ask(start)?;
    let next = |payload: &str| {
        let command = Build::new().int("saslContinue", 1);
        let number = id.and_then(Bson::number).unwrap_or(1.0) as i64;
        command.int("conversationId", number).binary("payload", payload.as_bytes())
    };
    let proof = scram.proof(&server).map_err(cheats)?;
    let (_, server, mut done) = ask(next(&proof))?;
    if !scram.is_proven(&server) {
        return Err(cheats("its signature is wrong"));
    }
    for _ in 0..2 {
        if done {
            return Ok(());
        }
        done = ask(next(""))?.2;
    }
    if done { Ok(()) } else { Err(cheats("it does not come to an end")) }
}

fn unanswered(target: &Target, error: &std::io::Error) -> Failure {
    let shown = target.shown();
    let (text, hint) = match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => {
            (format!("{shown} does not answer"), "it may be busy, or speak TLS: say so with `tls`")
        }
        ErrorKind::InvalidData => {
            (format!("{shown} is no MongoDB: {error}"), "check that the port is the right one")
        }
        _ => (format!("{shown} ended the connection"), "it may speak TLS: say so with `tls`"),
    };
    Failure::new(Reason::Connection, text).hint(hint)
}

fn refused(target: &Target, said: Failure) -> Failure {
    let wrong = said.code.as_deref() == Some("AuthenticationFailed");
    let (what, hint) = if wrong {
        (
            "does not know this user with this password",
            "check user and password, and `authSource`: the database that knows the user",
        )
    } else {
        ("does not let us in", "see what it says")
    };
    let mut failure = Failure::new(Reason::Connection, format!("{} {what}", target.shown()));
    failure.code = said.code;
    failure.detail = Some(said.message);
    failure.hint(hint)
}
