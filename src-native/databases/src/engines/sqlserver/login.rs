//! How a connection to SQL Server begins: both sides say what they can, then who we are.

use super::token::{self, Env, Token};
use super::wire::{self, Channel};
use crate::{Address, Failure, Reason, Result, Server, Target};
use std::io::Write;

/// Versions of the protocol: SQL Server 2012 and later, and what is spoken within TLS alone.
const VERSION: u32 = 0x7400_0004;
const STRICT_VERSION: u32 = 0x0800_0000;
/// Bytes of a packet that we ask for; the server may say less.
const PACKET: u32 = 8000;
/// What the server may answer about encryption.
const ENCRYPTED: [u8; 2] = [1, 3];
/// How often a server may send us on to another.
const HOPS: usize = 3;

/// A session that the server has let in.
pub(super) struct Begun {
    pub(super) channel: Channel,
    pub(super) server: Server,
    pub(super) collation: [u8; 5],
}

/// Goes to a server and logs in; where it sends us on to another, there.
pub(super) fn begin(target: &Target) -> Result<Begun> {
    let mut target = target.clone();
    for _ in 0..HOPS {
        match log_in(&target)? {
            Way::In(begun) => return Ok(*begun),
            Way::On { host, port } => {
                if target.tls.server_name.is_none() {
                    target.tls.server_name = Some(host.clone());
                }
                target.address = Address::Host { host, port };
            }
        }
    }
    let text = format!("{} is the last of {HOPS} servers that send on to another", target.shown());
    Err(Failure::new(Reason::Connection, text))
}

enum Way {
    In(Box<Begun>),
    On { host: String, port: u16 },
}

fn option<'a>(target: &'a Target, name: &str) -> Option<&'a str> {
    target.options.iter().find(|it| it.0.eq_ignore_ascii_case(name)).map(|it| it.1.as_str())
}

fn log_in(target: &Target) -> Result<Way> {
    let strict = option(target, "encrypt").is_some_and(|it| it.eq_ignore_ascii_case("strict"));
    let mut channel = Channel::open(target, strict)?;
    channel.send(wire::PRELOGIN, &prelogin(wire::wants_tls(target) || strict))?;
    channel.wait_at_most(target.connect_timeout)?;
    let encrypts = encryption(&mut channel).map_err(|it| at_the_door(target, it))?;
    if !strict {
        match (wire::wants_tls(target), encrypts.is_some_and(|it| ENCRYPTED.contains(&it))) {
            (true, true) => {
                channel = channel.secure(target)?;
            }
            (true, false) => {
                let text = format!("{} has no TLS", target.shown());
                return Err(Failure::new(Reason::Connection, text)
                    .hint("say `tls = \"off\"` where the network is trusted"));
            }
            (false, true) => {
                let text = format!("{} lets nobody in without TLS", target.shown());
                return Err(Failure::new(Reason::Connection, text)
                    .hint("leave `tls = \"off\"` out; where its certificate is its own, name that as `tls_ca`"));
            }
            (false, false) => {}
        }
    }
    channel.send(wire::LOGIN, &login(target, strict)?)?;
    channel.wait_at_most(target.connect_timeout)?;
    answer(target, channel)
}

/// What is lost before the server has let us in was never a session.
fn at_the_door(target: &Target, failure: Failure) -> Failure {
    if failure.reason != Reason::Lost {
        return failure;
    }
    let text = format!("{} did not let us in: {}", target.shown(), failure.message);
    Failure::new(Reason::Connection, text).hint("check that SQL Server listens at that port")
}

fn answer(target: &Target, mut channel: Channel) -> Result<Way> {
    let mut server = Server::default();
    let mut collation = [0; 5];
    let mut on = None;
    let mut refused: Option<Failure> = None;
    let mut packet = channel.packet;
    let mut columns = Vec::new();
    loop {
        if channel.is_over().map_err(|it| at_the_door(target, it))? {
            break;
        }
        match token::next(&mut channel, &mut columns).map_err(|it| at_the_door(target, it))? {
            Token::LoginAck { product, version } => {
                (server.product, server.version) = (product, version);
            }
            Token::Env(Env::Collation(it)) => collation = it,
            Token::Env(Env::Packet(size)) => packet = size,
            Token::Env(Env::Route { host, port }) => on = Some(Way::On { host, port }),
            Token::Error(told) => {
                refused.get_or_insert_with(|| told.failure(""));
            }
            Token::Row(_) => return Err(channel.odd("rows before a login")),
            _ => {}
        }
    }
    if let Some(failure) = refused {
        return Err(refusal(target, failure));
    }
    if let Some(on) = on {
        return Ok(on);
    }
    if server.product.is_empty() {
        return Err(at_the_door(target, channel.odd("no word on the login")));
    }
    channel.packet = packet.clamp(512, 32_767);
    server.encrypted = channel.encrypted();
    channel.arrived()?;
    Ok(Way::In(Box::new(Begun { channel, server, collation })))
}

fn refusal(target: &Target, failure: Failure) -> Failure {
    let hint = match failure.code.as_deref() {
        Some("18456") => {
            "check user and password; the server has to allow logins of its own (mixed mode)"
        }
        Some("4060" | "911") => "check the database's name, and whether this user may use it",
        Some("18470" | "18486" | "18487" | "18488") => {
            "this login is closed, or its password has run out"
        }
        _ => "check user, password and database",
    };
    let text = format!("{} did not let us in: {}", target.shown(), failure.message);
    Failure { reason: Reason::Connection, message: text, ..failure }.hint(hint)
}

/// What we can, before anything else is said.
fn prelogin(encrypt: bool) -> Vec<u8> {
    let version = [0, 1, 0, 0, 0, 0];
    let encrypt = [if encrypt { 1 } else { 2 }];
    let parts: [(u8, &[u8]); 5] =
        [(0, &version), (1, &encrypt), (2, &[0]), (3, &[0; 4]), (4, &[0])];
    let mut message = Vec::new();
    let mut offset = parts.len() * 5 + 1;
    for (token, data) in parts {
        message.push(token);
        message.extend_from_slice(&(offset as u16).to_be_bytes());
        message.extend_from_slice(&(data.len() as u16).to_be_bytes());
        offset += data.len();
    }
    message.push(0xff);
    parts.iter().for_each(|it| message.extend_from_slice(it.1));
    message
}

/// What the server says of encryption.
fn encryption(channel: &mut Channel) -> Result<Option<u8>> {
    let mut message = Vec::new();
    while !channel.is_over()? {
        message.push(channel.u8()?);
    }
    for part in message.chunks(5) {
        match *part {
            [1, high, low, _, _] => {
                return Ok(message.get(usize::from(u16::from_be_bytes([high, low]))).copied());
            }
            [0xff, ..] => break,
            _ => {}
        }
    }
    Ok(None)
}

fn units(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Who we are, and how we want to be spoken with.
fn login(target: &Target, strict: bool) -> Result<Vec<u8>> {
    let (Some(user), Some(password)) = (&target.user, &target.password) else {
        let text = format!("{} is asked with a user and a password of its own", target.shown());
        return Err(Failure::new(Reason::Usage, text)
            .hint("name both; logins of Windows and of Entra are not spoken here"));
    };
    // Not a secret to anybody who listens: that is what TLS is for.
    let mut hidden = zeroize::Zeroizing::new(units(password.reveal()));
    hidden.iter_mut().for_each(|it| *it = it.rotate_left(4) ^ 0xa5);
    let host = match &target.address {
        Address::Host { host, .. } => host.as_str(),
        _ => "localhost",
    };
    let database = target.database.as_deref().unwrap_or("");
    let texts = [
        units(&std::env::var("HOSTNAME").unwrap_or_default()),
        units(user),
        hidden.to_vec(),
        units(option(target, "application_name").unwrap_or("Backstory")),
        units(host),
        Vec::new(),
        units("Backstory"),
        units(option(target, "language").unwrap_or("")),
        units(database),
    ];
    if texts.iter().any(|it| it.len() > 256) {
        return Err(Failure::new(
            Reason::Usage,
            "user, password and database may have 128 characters each",
        ));
    }
    let mut head = Vec::with_capacity(94);
    let version = if strict { STRICT_VERSION } else { VERSION };
    for number in [0, version, PACKET, 0, std::process::id(), 0] {
        head.extend_from_slice(&number.to_le_bytes());
    }
    // No database or language but the one that is named; settings as ODBC has them; and where only
    // reading is allowed, a copy that is only read.
    head.extend_from_slice(&[0xe0, 0x03, if target.read_only { 0x20 } else { 0 }, 0]);
    head.extend_from_slice(&[0; 8]);
    let mut data = Vec::new();
    let mut place = |head: &mut Vec<u8>, bytes: &[u8]| {
        head.extend_from_slice(&(94 + data.len() as u16).to_le_bytes());
        head.extend_from_slice(&((bytes.len() / 2) as u16).to_le_bytes());
        data.extend_from_slice(bytes);
    };
    texts.iter().for_each(|it| place(&mut head, it));
    head.extend_from_slice(&[0; 6]);
    for _ in 0..3 {
        place(&mut head, &[]);
    }
    head.extend_from_slice(&[0; 4]);
    let length = (head.len() + data.len()) as u32;
    head.append(&mut data);
    let _ = (&mut head[..4]).write(&length.to_le_bytes()); // four bytes fit
    Ok(head)
}
