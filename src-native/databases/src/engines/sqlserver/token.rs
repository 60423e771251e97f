//! The tokens that an answer of TDS consists of.

use super::kinds::{self, Meta};
use super::wire::{self, Channel};
use crate::{Failure, Place, Reason, Result};

/// A part of an answer. Columns are put beside it, rows are left to be read.
pub(super) enum Token {
    /// A result with these columns begins.
    Columns,
    /// A row begins: which of its cells are NULL, where the row says that first.
    Row(Option<Vec<u8>>),
    /// A statement ended.
    Done(Done),
    /// The server said no.
    Error(Told),
    /// The server says something.
    Info(Told),
    /// Something about the session changed.
    Env(Env),
    /// The server lets us in.
    LoginAck { product: String, version: String },
    /// What says nothing to us.
    Other,
}

/// How a statement ended.
#[derive(Clone, Copy)]
pub(super) struct Done {
    /// The kind of the token: of a statement, of a procedure, of a statement within one.
    pub(super) kind: u8,
    status: u16,
    command: u16,
    rows: u64,
}

pub(super) const DONE_PROCEDURE: u8 = 0xfe;

impl Done {
    /// Whether it failed.
    pub(super) fn failed(self) -> bool {
        self.status & 0x102 != 0
    }

    /// Whether it is the answer to the word to stop.
    pub(super) fn stopped(self) -> bool {
        self.status & 0x20 != 0
    }

    /// Rows it concerned, where it counts them.
    pub(super) fn rows(self) -> Option<u64> {
        (self.status & 0x10 != 0).then_some(self.rows)
    }

    /// What it did.
    pub(super) fn tag(self) -> &'static str {
        match self.command {
            0xc1 => "SELECT",
            0xc3 => "INSERT",
            0xc4 => "DELETE",
            0xc5 => "UPDATE",
            0x117 => "MERGE",
            0xc6 => "CREATE TABLE",
            0xc7 => "DROP TABLE",
            0xd4 => "BEGIN TRANSACTION",
            0xd5 => "COMMIT TRANSACTION",
            0xd2 => "ROLLBACK TRANSACTION",
            0xe0 => "EXECUTE",
            0xfc => "BULK INSERT",
            _ => "",
        }
    }
}

/// What a server says in words.
pub(super) struct Told {
    pub(super) number: i32,
    state: u8,
    /// How grave: up to 10 it is a message, from 20 on the connection ends.
    pub(super) class: u8,
    pub(super) message: String,
    procedure: String,
    line: u32,
}

impl Told {
    /// The failure it is, for a statement.
    pub(super) fn failure(&self, statement: &str) -> Failure {
        let mut failure = Failure::new(Reason::Server, self.message.clone());
        failure.code = Some(self.number.to_string());
        let mut detail = format!("severity {}, state {}", self.class, self.state);
        if self.procedure.is_empty() {
            // The server knows lines alone.
            let before = (self.line as usize).checked_sub(1);
            let lines: Vec<_> = statement.split_inclusive('\n').collect();
            failure.place = before.filter(|it| *it < lines.len()).map(|it| {
                let letters = lines[..it].iter().map(|it| it.chars().count()).sum();
                Place::of_offset(statement, letters)
            });
        } else {
            detail.push_str(&format!(", line {} of {}", self.line, self.procedure));
        }
        failure.detail = Some(detail);
        failure
    }
}

/// What changed about the session.
pub(super) enum Env {
    /// Bytes of a packet.
    Packet(usize),
    /// The transaction that is open; 0 where none is.
    Transaction(u64),
    /// What a transaction did is kept.
    Kept,
    /// How the server compares text, and in which code page it writes it.
    Collation([u8; 5]),
    /// Another server is to be asked.
    Route {
        host: String,
        port: u16,
    },
    Other,
}

/// The next token.
pub(super) fn next(channel: &mut Channel, columns: &mut Vec<Meta>) -> Result<Token> {
    let kind = channel.u8()?;
    match kind {
        0x81 => {
            *columns = kinds::columns(channel)?;
            Ok(Token::Columns)
        }
        0xd1 => Ok(Token::Row(None)),
        0xd2 => {
            let nulls = channel.take(columns.len().div_ceil(8))?.to_vec();
            Ok(Token::Row(Some(nulls)))
        }
        0xfd..=0xff => Ok(Token::Done(Done {
            kind,
            status: channel.u16()?,
            command: channel.u16()?,
            rows: channel.u64()?,
        })),
        0xaa => told(channel).map(Token::Error),
        0xab => told(channel).map(Token::Info),
        0xe3 => env(channel).map(Token::Env),
        0xad => {
            channel.skip(2 + 1 + 4)?;
            let product = channel.short_text()?;
            let [major, minor, high, low] = channel.array()?;
            let version = format!("{major}.{minor}.{}", u16::from_be_bytes([high, low]));
            let product = product.trim_end_matches('\0').to_owned();
            Ok(Token::LoginAck { product, version })
        }
        0x79 => channel.skip(4).map(|()| Token::Other),
        0x78 => channel.skip(8).map(|()| Token::Other),
        0xac => {
            channel.skip(2)?;
            channel.short_text()?;
            channel.skip(1)?;
            let meta = kinds::meta(channel)?;
            super::value::read(channel, &meta, None)?;
            Ok(Token::Other)
        }
        // The order of rows, names of tables, facts about columns, a further word on the login.
        0xa4 | 0xa5 | 0xa9 | 0xed => {
            let length = channel.u16()?;
            channel.skip(length.into()).map(|()| Token::Other)
        }
        0xe4 | 0xee => {
            let length = channel.u32()?;
            channel.skip(length as usize).map(|()| Token::Other)
        }
        0xae => {
            while channel.u8()? != 0xff {
                let length = channel.u32()?;
                channel.skip(length as usize)?;
            }
            Ok(Token::Other)
        }
        kind => Err(channel.odd(&format!("token {kind:#04x}"))),
    }
}

fn told(channel: &mut Channel) -> Result<Told> {
    channel.skip(2)?;
    let number = channel.u32()?.cast_signed();
    let (state, class) = (channel.u8()?, channel.u8()?);
    let message = channel.long_text()?;
    channel.short_text()?;
    let procedure = channel.short_text()?;
    let line = channel.u32()?;
    Ok(Told { number, state, class, message, procedure, line })
}

fn env(channel: &mut Channel) -> Result<Env> {
    let length = channel.u16()?;
    let bytes = channel.take(length.into())?;
    Ok(read_env(bytes).unwrap_or(Env::Other))
}

/// What changed; none where it is not of the form it should be, or says nothing to us.
fn read_env(bytes: &[u8]) -> Option<Env> {
    let (kind, rest) = bytes.split_first()?;
    let text = || {
        let (units, rest) = rest.split_first()?;
        Some(wire::utf16(rest.get(..usize::from(*units) * 2)?))
    };
    Some(match kind {
        4 => Env::Packet(text()?.parse().ok()?),
        8 => Env::Transaction(u64::from_le_bytes(rest.get(1..9)?.try_into().ok()?)),
        7 => Env::Collation(rest.get(1..6)?.try_into().ok()?),
        9 => Env::Kept,
        10 | 17 => Env::Transaction(0),
        20 => {
            let port = u16::from_le_bytes([*rest.get(3)?, *rest.get(4)?]);
            let units = usize::from(u16::from_le_bytes([*rest.get(5)?, *rest.get(6)?]));
            Env::Route { host: wire::utf16(rest.get(7..7 + units * 2)?), port }
        }
        _ => return None,
    })
}
