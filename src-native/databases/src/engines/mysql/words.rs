//! What a server says of a statement: that it is done, or why not, and where.

use super::wire::Body;
use crate::engines::places;
use crate::{Failure, Place, Reason};

/// More results follow.
pub(super) const MORE: u16 = 0x8;
/// A transaction is open.
pub(super) const IN_TRANSACTION: u16 = 0x1;
/// The transaction that is open only reads.
pub(super) const ONLY_READS: u16 = 0x2000;
/// The length to which a server cuts the text near an error, in bytes.
const NEAR_MAX: usize = 80;

/// A statement is done.
#[derive(Clone, Debug, Default)]
pub(super) struct Okay {
    pub(super) affected: u64,
    pub(super) status: u16,
    pub(super) warnings: u16,
    pub(super) info: String,
}

impl Okay {
    pub(super) fn read(packet: &[u8]) -> Option<Okay> {
        let mut body = Body(packet.get(1..)?);
        let affected = body.number()?;
        body.number()?; // the last number that was counted up
        let (status, warnings) = (body.u16()?, body.u16()?);
        // With its length in newer servers, without in older ones.
        let info = match body.0.split_first() {
            Some((size, rest)) if usize::from(*size) == rest.len() => rest,
            _ => body.0,
        };
        Some(Okay { affected, status, warnings, info: String::from_utf8_lossy(info).into_owned() })
    }

    /// The older way to say that columns or rows are over.
    pub(super) fn read_eof(packet: &[u8]) -> Option<Okay> {
        let mut body = Body(packet.get(1..)?);
        let (warnings, status) = (body.u16()?, body.u16()?);
        Some(Okay { status, warnings, ..Okay::default() })
    }
}

/// A server's no.
#[derive(Clone, Debug)]
pub(super) struct No {
    pub(super) number: u16,
    state: Option<String>,
    pub(super) message: String,
}

impl No {
    pub(super) fn read(packet: &[u8]) -> No {
        let mut body = Body(packet.get(1..).unwrap_or_default());
        let number = body.u16().unwrap_or_default();
        let mut state = None;
        if body.0.first() == Some(&b'#') {
            state = body.bytes(6).map(|it| String::from_utf8_lossy(&it[1..]).into_owned());
        }
        No { number, state, message: String::from_utf8_lossy(body.0).into_owned() }
    }

    /// Whether the server cannot prepare such a statement, or nothing at all.
    pub(super) fn is_unpreparable(&self) -> bool {
        matches!(self.number, 1047 | 1235 | 1295 | 1461)
    }

    pub(super) fn code(&self) -> String {
        match &self.state {
            Some(state) => format!("{} ({state})", self.number),
            None => self.number.to_string(),
        }
    }

    /// The same as a failure of a statement.
    pub(super) fn failure(&self, statement: &str, read_only: bool) -> Failure {
        let reason = match self.number {
            1317 => return Failure::cancelled().code(self.code()),
            1969 | 3024 => Reason::TimedOut,
            1053 | 1077 | 1079 | 1927 | 3169 | 4031 => Reason::Lost,
            _ => Reason::Server,
        };
        let mut failure = Failure::new(reason, self.message.clone()).code(self.code());
        failure.place = self.place(statement);
        match self.number {
            1792 if read_only => {
                failure.hint("this connection only reads: allow writing in its entry")
            }
            1205 | 1213 => {
                failure.hint("another transaction held what this one needs; run it again")
            }
            1153 => failure.hint("the server's `max_allowed_packet` is smaller than that"),
            _ => failure,
        }
    }

    fn place(&self, statement: &str) -> Option<Place> {
        let at = match self.number {
            1064 | 1149 => near(&self.message, statement),
            // Names that are not known, or known twice; others quote values.
            1046..=1060 | 1072 | 1091 | 1109 | 1146 | 1176 | 1305 => {
                only_word(&self.message, statement)
            }
            _ => None,
        }?;
        Some(Place::of_offset(statement, statement.get(..at)?.chars().count()))
    }
}

/// Where the text stands that the server quotes as `near '…' at line N`.
fn near(message: &str, statement: &str) -> Option<usize> {
    let (head, line) = message.rsplit_once("' at line ")?;
    let line: usize = line.trim().parse().ok()?;
    let (_, near) = head.split_once(" near '")?;
    // The server was sent the statement without what follows it.
    let whole = statement.trim_end_matches([';', ' ', '\n', '\t', '\r']);
    if near.is_empty() {
        return Some(whole.len());
    }
    let on_line = |at: &usize| statement[..*at].matches('\n').count() + 1 == line;
    if near.len() < NEAR_MAX
        && let Some(at) =
            [statement, whole].iter().find_map(|it| it.strip_suffix(near)).map(str::len)
    {
        return Some(at);
    }
    let mut places = statement.match_indices(near).map(|(at, _)| at);
    places.find(on_line).or_else(|| {
        let (first, _) = statement.match_indices(near).next()?;
        Some(first)
    })
}

/// Where a name stands that the server quotes first, if it stands in the statement once.
fn only_word(message: &str, statement: &str) -> Option<usize> {
    let (_, rest) = message.split_once('\'')?;
    let (quoted, _) = rest.split_once('\'')?;
    // `shop.orders` may be called `orders`, and `orders.id` is called `id`.
    let last = quoted.rsplit('.').next()?;
    places::of_name(statement, quoted).or_else(|| places::of_name(statement, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(number: u16, message: &str, statement: &str) -> Option<(u32, u32, u32)> {
        let no = No { number, state: None, message: message.into() };
        no.failure(statement, false).place.map(|it| (it.line, it.column, it.offset))
    }

    #[test]
    fn the_text_near_an_error_gives_its_place() {
        let said = |near: &str, line: u32| {
            format!("You have an error in your SQL syntax; near '{near}' at line {line}")
        };
        let text = "select 'é',\n  1 frm t;";
        assert_eq!(place(1064, &said("frm t", 2), text), Some((2, 5, 16)));
        assert_eq!(place(1064, &said("", 2), text), Some((2, 10, 21)));
        let twice = format!("select a b c,\na b c d {}", "x".repeat(100));
        let near = format!("b c d {}", "x".repeat(74));
        assert_eq!(place(1064, &said(&near, 2), &twice), Some((2, 3, 16)));
        assert_eq!(place(1064, "no such words", text), None);
        assert_eq!(place(1064, "near 'x' at line 99999999999999999999999", text), None);
    }

    #[test]
    fn a_name_that_stands_once_gives_its_place() {
        let text = "select id, idx from shop.orders";
        assert_eq!(place(1054, "Unknown column 'idx' in 'field list'", text), Some((1, 12, 11)));
        assert_eq!(place(1146, "Table 'shop.orders' doesn't exist", text), Some((1, 21, 20)));
        assert_eq!(place(1146, "Table 'x.orders' doesn't exist", text), Some((1, 26, 25)));
        assert_eq!(place(1054, "Unknown column 'id' in 'x'", "select id, id"), None);
    }
}
