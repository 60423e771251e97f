//! How a connection begins: greeting, TLS, proof of who we are.

use super::rsa;
use super::wire::{Body, Packets, broken, put_text};
use super::words::No;
use crate::net::{self, Plain, Wire};
use crate::{Address, Cancel, Failure, Reason, Result, Target, TlsMode};
use ring::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY as SHA1, SHA256, digest};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use zeroize::Zeroizing;

/// What we can do, as the protocol numbers it: long flags, protocol 4.1, transactions, long proofs,
/// several results, of prepared statements too, plugins of proof, attributes, proofs with their length,
/// no end of file. Not: several statements in one, files of this machine, compression.
const WANTED: u32 = 0x4
    | 0x200
    | 0x2000
    | 0x8000
    | 0x2_0000
    | 0x4_0000
    | 0x8_0000
    | 0x10_0000
    | 0x20_0000
    | 0x100_0000;
const PROTOCOL_41: u32 = 0x200;
const WITH_DATABASE: u32 = 0x8;
const TLS: u32 = 0x800;
const PLUGINS: u32 = 0x8_0000;
const ATTRIBUTES: u32 = 0x10_0000;
const PROOF_LENGTH: u32 = 0x20_0000;
/// The results end with an OK and not with an EOF.
pub(super) const NO_EOF: u32 = 0x100_0000;
/// MySQL itself, and older servers; newer MariaDB has more to say where it is not set.
const MYSQL: u32 = 0x1;
/// Of what MariaDB has more to say: types.
const MARIADB_TYPES: u32 = 1 << 3;
/// utf8mb4_general_ci: what every server since 5.5 knows.
const CHARSET: u8 = 45;
/// Longest packet of ours and theirs, as we announce it.
const PACKET_MAX: u32 = 1 << 30;
/// How often a server may change its mind about the proof.
const TURNS_MAX: usize = 10;

/// A connection that has been let in.
pub(super) struct Entered {
    pub(super) packets: Packets,
    pub(super) capabilities: u32,
    /// Whether columns come with MariaDB's more exact types.
    pub(super) extended: bool,
    /// The connection's number, as the greeting has it.
    pub(super) id: u32,
}

/// What a server says first.
struct Greeting {
    id: u32,
    capabilities: u32,
    mariadb: u32,
    nonce: Vec<u8>,
    plugin: String,
}

impl Greeting {
    fn read(packet: &[u8]) -> Option<Greeting> {
        let mut body = Body(packet);
        if body.u8()? != 10 {
            return None;
        }
        body.until_zero(); // version
        let id = body.u32()?;
        let mut nonce = body.bytes(8)?.to_vec();
        body.u8()?;
        let low = body.u16()?;
        body.bytes(3)?; // character set, status
        let capabilities = u32::from(low) | u32::from(body.u16()?) << 16;
        body.bytes(7)?; // length of the nonce, reserved
        let mariadb = body.u32()?;
        let rest = body.bytes(13.min(body.0.len()))?;
        nonce.extend_from_slice(rest.strip_suffix(&[0]).unwrap_or(rest));
        let plugin = String::from_utf8_lossy(body.until_zero()).into_owned();
        let mariadb = if capabilities & MYSQL == 0 { mariadb } else { 0 };
        Some(Greeting { id, capabilities, mariadb, nonce, plugin })
    }
}

/// Connects and is let in.
pub(super) fn enter(target: &Target) -> Result<Entered> {
    let mut packets = Packets::new(Wire::Plain(net::dial(target)?));
    let first = packets.packet().map_err(|it| silent(target, &it))?;
    if first.first() == Some(&0xFF) {
        return Err(not_let_in(target, &No::read(&first)));
    }
    let Some(greeting) = Greeting::read(&first) else {
        let text = format!("{} does not speak MySQL's protocol", target.shown());
        return Err(
            Failure::new(Reason::Connection, text).hint("check that the port is the right one")
        );
    };
    if greeting.capabilities & PROTOCOL_41 == 0 {
        let text = format!("{} is older than MySQL 4.1", target.shown());
        return Err(Failure::new(Reason::Unsupported, text));
    }
    let mut capabilities = WANTED & greeting.capabilities;
    if target.database.is_some() {
        capabilities |= WITH_DATABASE;
    }
    if target.tls.mode != TlsMode::Off {
        if greeting.capabilities & TLS == 0 {
            let text = format!("{} has no TLS", target.shown());
            return Err(Failure::new(Reason::Connection, text).hint(
                "give the server a certificate, or say `tls = \"off\"` where the network is trusted",
            ));
        }
        capabilities |= TLS;
        let mut ask = head(capabilities, greeting.mariadb);
        ask.truncate(32);
        packets.reply(&ask).map_err(|it| silent(target, &it))?;
        let (wire, sequence) = packets.into_wire().map_err(|it| silent(target, &it))?;
        let Wire::Plain(plain) = wire else {
            return Err(silent(target, &broken("encryption twice")));
        };
        packets = Packets::again(net::secure(plain, target)?, sequence);
    }
    let mut entry = Entry { target, packets, nonce: greeting.nonce, plugin: greeting.plugin };
    entry.introduce(capabilities, greeting.mariadb)?;
    entry.prove()?;
    let packets = entry.packets;
    let extended = greeting.mariadb & MARIADB_TYPES != 0;
    Ok(Entered { packets, capabilities, extended, id: greeting.id })
}

/// What both a wish for TLS and an introduction begin with.
fn head(capabilities: u32, mariadb: u32) -> Vec<u8> {
    let mut head = capabilities.to_le_bytes().to_vec();
    head.extend_from_slice(&PACKET_MAX.to_le_bytes());
    head.push(CHARSET);
    head.extend_from_slice(&[0; 19]);
    head.extend_from_slice(&(mariadb & MARIADB_TYPES).to_le_bytes());
    head
}

struct Entry<'a> {
    target: &'a Target,
    packets: Packets,
    nonce: Vec<u8>,
    plugin: String,
}

impl Entry<'_> {
    fn introduce(&mut self, capabilities: u32, mariadb: u32) -> Result<()> {
        let user = user(self.target)?;
        if !matches!(self.plugin.as_str(), "caching_sha2_password" | "mysql_native_password") {
            self.plugin = "mysql_native_password".into(); // the server says which one it wants
        }
        let proof = self.first_proof();
        let mut out = Zeroizing::new(head(capabilities, mariadb));
        out.extend_from_slice(user.as_bytes());
        out.push(0);
        if capabilities & PROOF_LENGTH != 0 {
            put_text(&mut out, &proof);
        } else {
            out.push(u8::try_from(proof.len()).unwrap_or_default());
            out.extend_from_slice(&proof);
        }
        if let Some(database) = &self.target.database {
            out.extend_from_slice(database.as_bytes());
            out.push(0);
        }
        if capabilities & PLUGINS != 0 {
            out.extend_from_slice(self.plugin.as_bytes());
            out.push(0);
        }
        if capabilities & ATTRIBUTES != 0 {
            let mut attributes = Vec::new();
            put_text(&mut attributes, b"program_name");
            put_text(&mut attributes, b"backstory");
            put_text(&mut out, &attributes);
        }
        self.reply(&out)
    }

    fn reply(&mut self, payload: &[u8]) -> Result<()> {
        self.packets.reply(payload).map_err(|it| silent(self.target, &it))
    }

    fn password(&self) -> &str {
        self.target.password.as_ref().map_or("", |it| it.reveal())
    }

    /// Whether nobody but the server reads what we send.
    fn private(&self) -> bool {
        self.packets.wire().encrypted()
            || (matches!(self.target.address, Address::Socket(_)) && self.target.is_private())
    }

    /// What a method wants to see first.
    fn first_proof(&self) -> Vec<u8> {
        let password = self.password().as_bytes();
        match self.plugin.as_str() {
            _ if password.is_empty() => Vec::new(),
            "caching_sha2_password" => {
                let once = digest(&SHA256, password);
                let twice = digest(&SHA256, digest(&SHA256, once.as_ref()).as_ref());
                mixed(&SHA256, once.as_ref(), &[twice.as_ref(), &self.nonce])
            }
            _ => {
                let once = digest(&SHA1, password);
                let twice = digest(&SHA1, once.as_ref());
                mixed(&SHA1, once.as_ref(), &[&self.nonce, twice.as_ref()])
            }
        }
    }

    fn prove(&mut self) -> Result<()> {
        for _ in 0..TURNS_MAX {
            let packet = self.packets.packet().map_err(|it| silent(self.target, &it))?;
            match packet.split_first() {
                Some((0x00, _)) => return Ok(()),
                Some((0xFF, _)) => return Err(not_let_in(self.target, &No::read(&packet))),
                Some((0xFE, [])) => return Err(self.unknown("mysql_old_password")),
                Some((0xFE, rest)) => self.another(rest)?,
                Some((0x01, [3])) if self.plugin == "caching_sha2_password" => {}
                Some((0x01, [4])) if self.plugin == "caching_sha2_password" => self.whole(2)?,
                _ => return Err(silent(self.target, &broken("something else than an answer"))),
            }
        }
        Err(silent(self.target, &broken("one question about the password after the other")))
    }

    /// The server wants another proof.
    fn another(&mut self, rest: &[u8]) -> Result<()> {
        let mut body = Body(rest);
        self.plugin = String::from_utf8_lossy(body.until_zero()).into_owned();
        self.nonce = body.0.strip_suffix(&[0]).unwrap_or(body.0).to_vec();
        match self.plugin.as_str() {
            "caching_sha2_password" | "mysql_native_password" => {
                let proof = self.first_proof();
                self.reply(&proof)
            }
            "sha256_password" => self.whole(1),
            "mysql_clear_password" if self.private() => self.plainly(),
            "mysql_clear_password" => {
                let text = format!(
                    "{} wants the password unencrypted, and the way to it is not encrypted",
                    self.target.shown()
                );
                Err(Failure::new(Reason::Connection, text).hint("say `tls = \"verify\"`"))
            }
            other => Err(self.unknown(other)),
        }
    }

    /// Sends the password itself: as it is where nobody reads it, or for the server's eyes only.
    fn whole(&mut self, wish_for_key: u8) -> Result<()> {
        if self.password().is_empty() {
            return self.reply(&[0]);
        }
        if self.private() {
            return self.plainly();
        }
        self.reply(&[wish_for_key])?;
        let packet = self.packets.packet().map_err(|it| silent(self.target, &it))?;
        let Some((0x01, key)) = packet.split_first() else {
            if packet.first() == Some(&0xFF) {
                return Err(not_let_in(self.target, &No::read(&packet)));
            }
            return Err(silent(self.target, &broken("something else than its public key")));
        };
        let mut message = Zeroizing::new(self.password().as_bytes().to_vec());
        message.push(0);
        let nonce = self.nonce.iter().cycle();
        message.iter_mut().zip(nonce).for_each(|(byte, with)| *byte ^= with);
        let Some(sealed) = rsa::encrypt(key, &message) else {
            return Err(silent(self.target, &broken("a public key that is none")));
        };
        self.reply(&sealed)
    }

    fn plainly(&mut self) -> Result<()> {
        let mut password = Zeroizing::new(self.password().as_bytes().to_vec());
        password.push(0);
        self.reply(&password)
    }

    fn unknown(&self, plugin: &str) -> Failure {
        let text =
            format!("{} wants a proof by `{plugin}`, which we do not know", self.target.shown());
        Failure::new(Reason::Unsupported, text).hint("use a user with a password of the usual kind")
    }
}

/// One hash over others, mixed with a first one.
fn mixed(by: &'static Algorithm, first: &[u8], others: &[&[u8]]) -> Vec<u8> {
    let hash = digest(by, &others.concat());
    first.iter().zip(hash.as_ref()).map(|(one, other)| one ^ other).collect()
}

fn user(target: &Target) -> Result<String> {
    let named = target.user.clone();
    let of_system = || ["USER", "LOGNAME", "USERNAME"].iter().find_map(|it| std::env::var(it).ok());
    named.or_else(of_system).ok_or_else(|| {
        let text = format!("no user is named for {}", target.shown());
        Failure::new(Reason::Usage, text).hint("name one as `user`")
    })
}

fn silent(target: &Target, error: &std::io::Error) -> Failure {
    let text = match error.kind() {
        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut => {
            format!(
                "no answer from {} within {} s",
                target.shown(),
                target.connect_timeout.as_secs_f64()
            )
        }
        std::io::ErrorKind::UnexpectedEof => {
            format!("{} ended the connection before it let us in", target.shown())
        }
        _ => format!("{} did not let us in: {error}", target.shown()),
    };
    Failure::new(Reason::Connection, text).hint("check that the port is the right one")
}

fn not_let_in(target: &Target, no: &No) -> Failure {
    let text = format!("{} did not let us in: {}", target.shown(), no.message);
    let failure = Failure::new(Reason::Connection, text).code(no.code());
    match no.number {
        1045 | 1698 => failure.hint("check user and password"),
        1044 | 1049 => failure.hint("check the name of the database, and what the user may see"),
        1040 | 1203 => {
            failure.hint("the server has all connections it allows; wait, or close some")
        }
        1130 => failure.hint("the server does not allow this machine"),
        3159 => failure.hint("the server wants TLS: say `tls = \"verify\"`"),
        1862 | 1820 => failure.hint("the password has expired: change it with another client"),
        _ => failure,
    }
}

/// Stops what a connection does, over a second one.
pub(super) struct Canceller {
    target: Target,
    id: u64,
    plain: Option<Plain>,
    /// Whether a statement runs. Held while the server is told, so that none that comes after is hit.
    running: Mutex<bool>,
    asked: AtomicBool,
    cut: AtomicBool,
}

impl Canceller {
    pub(super) fn new(target: &Target, id: u64, plain: Option<Plain>) -> Canceller {
        let (asked, cut) = (AtomicBool::new(false), AtomicBool::new(false));
        Canceller { target: target.clone(), id, plain, running: Mutex::new(false), asked, cut }
    }

    fn running(&self) -> MutexGuard<'_, bool> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says whether a statement runs.
    pub(super) fn set_running(&self, whether: bool) {
        net::mark(&self.running, &self.cut, whether);
    }

    /// Whether the connection was cut.
    pub(super) fn is_cut(&self) -> bool {
        self.cut.load(Ordering::SeqCst)
    }

    /// Whether somebody asked for an end.
    pub(super) fn asked(&self) -> bool {
        self.asked.load(Ordering::SeqCst)
    }

    /// The same, and from now on nobody did.
    pub(super) fn forget(&self) -> bool {
        self.asked.swap(false, Ordering::SeqCst)
    }

    /// Cuts a connection that is of no use any more.
    pub(super) fn cut_quietly(&self) {
        if let Some(plain) = &self.plain {
            plain.cut();
        }
    }

    /// Tells the server to stop the statement.
    pub(super) fn tell(&self) -> Result<()> {
        let target = Target { database: None, ..self.target.clone() };
        let mut packets = enter(&target)?.packets;
        let told = packets
            .command(format!("\x03KILL QUERY {}", self.id).as_bytes())
            .and_then(|()| packets.packet())
            .map_err(|it| silent(&target, &it))?;
        let _ = packets.command(&[1]); // it ends in any case
        match told.first() {
            // No such thread: the connection is gone, and its statement with it.
            Some(0xFF) if No::read(&told).number != 1094 => Err(No::read(&told).failure("", false)),
            _ => Ok(()),
        }
    }
}

impl Cancel for Canceller {
    fn cancel(&self) -> Result<()> {
        let running = self.running();
        if !*running || self.is_cut() {
            return Ok(());
        }
        self.asked.store(true, Ordering::SeqCst);
        self.tell()
    }

    fn cut(&self) {
        self.asked.store(true, Ordering::SeqCst);
        self.cut.store(true, Ordering::SeqCst);
        self.cut_quietly();
    }
}
