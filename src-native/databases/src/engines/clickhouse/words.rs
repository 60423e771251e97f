//! What a server says when it says no.

use crate::engines::places;
use crate::{Failure, Place, Reason};

/// A server's no: its number, its name where newer servers give one, and its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct No {
    pub(super) number: u32,
    name: Option<String>,
    message: String,
}

impl No {
    /// Reads `Code: 47. DB::Exception: words. (NAME) (version 1.2)`, or the older
    /// `Code: 47, e.displayText() = DB::Exception: words, e.what() = DB::Exception`.
    pub(super) fn read(said: &str) -> No {
        let rest = said.split_once("Code: ").map_or(said, |it| it.1);
        let digits = rest.find(|it: char| !it.is_ascii_digit()).unwrap_or(rest.len());
        let number = rest[..digits].parse().unwrap_or_default();
        let mut message = rest.split_once("DB::Exception: ").map_or(said, |it| it.1).trim();
        message = message.split(", e.what() = ").next().unwrap_or(message);
        message = message.split(" (version ").next().unwrap_or(message).trim_end();
        let mut name = None;
        if let Some((before, last)) = message.strip_suffix(')').and_then(|it| it.rsplit_once(" ("))
        {
            let is_name = |it: char| it.is_ascii_uppercase() || it.is_ascii_digit() || it == '_';
            if !last.is_empty() && last.chars().all(is_name) {
                (name, message) = (Some(last.to_owned()), before.trim_end());
            }
        }
        No { number, name, message: message.to_owned() }
    }

    fn code(&self) -> String {
        match &self.name {
            Some(name) => format!("{} ({name})", self.number),
            None => self.number.to_string(),
        }
    }

    /// The same as a failure of a statement.
    pub(super) fn failure(&self, statement: &str, read_only: bool) -> Failure {
        let reason = match self.number {
            394 => return Failure::cancelled().code(self.code()),
            159 => Reason::TimedOut,
            _ => Reason::Server,
        };
        let mut failure = Failure::new(reason, self.message.clone()).code(self.code());
        failure.place = self.place(statement);
        match self.number {
            164 if read_only => {
                failure.hint("this connection only reads: allow writing in its entry")
            }
            _ => failure,
        }
    }

    /// The same as a failure to be let in.
    pub(super) fn not_let_in(&self, shown: &str) -> Failure {
        let text = format!("{shown} did not let us in: {}", self.message);
        let failure = Failure::new(Reason::Connection, text).code(self.code());
        match self.number {
            192..=195 | 516 => failure.hint("check user and password"),
            81 => failure.hint("check the name of the database"),
            115 => failure.hint("the server has no such setting: check the connection's options"),
            164 => {
                failure.hint("the user may not change settings: leave out the connection's options")
            }
            _ => failure,
        }
    }

    fn place(&self, statement: &str) -> Option<Place> {
        let at = match self.number {
            62 => {
                let (_, rest) = self.message.split_once("failed at position ")?;
                let digits = rest.find(|it: char| !it.is_ascii_digit()).unwrap_or(rest.len());
                // Counted in bytes from 1.
                rest[..digits].parse::<usize>().ok()?.checked_sub(1)?.min(statement.len())
            }
            46 | 47 | 60 => self.names().find_map(|it| places::of_name(statement, it))?,
            _ => return None,
        };
        Some(Place::of_offset(statement, statement.get(..at)?.chars().count()))
    }

    /// Names that the words quote, the first ones first.
    fn names(&self) -> impl Iterator<Item = &str> {
        let end = self.message.find(" In scope ").unwrap_or(self.message.len());
        let words = self.message[..end].split([' ', '`', '\'', ',', ';']);
        let words = words.map(|it| it.trim_end_matches(['.', ':']));
        let said = [
            "Unknown",
            "identifier",
            "expression",
            "table",
            "function",
            "Table",
            "Function",
            "with",
            "name",
            "",
        ];
        let named = move |it: &&str| !said.contains(it);
        words.filter(named).take(1).flat_map(|it| [it, it.rsplit('.').next().unwrap_or(it)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_old_and_new_servers_are_understood() {
        let old = No::read(
            "Code: 47, e.displayText() = DB::Exception: Unknown identifier: nope, e.what() = DB::Exception\n",
        );
        assert_eq!((old.number, old.message.as_str()), (47, "Unknown identifier: nope"));
        let failure = old.failure("select a,\n nope", false);
        assert_eq!(failure.place.map(|it| (it.line, it.column)), Some((2, 2)));
        let new = No::read(
            "Code: 60. DB::Exception: Unknown table expression identifier 'db.t' (x). (UNKNOWN_TABLE) (version 26.9.2.1 (official build))",
        );
        assert_eq!(new.code(), "60 (UNKNOWN_TABLE)");
        assert_eq!(new.message, "Unknown table expression identifier 'db.t' (x).");
        assert_eq!(new.failure("select 1 from t", false).place.map(|it| it.offset), Some(14));
        let syntax = No::read(
            "Code: 62. DB::Exception: Syntax error: failed at position 10 (x) (line 1, col 10): x.",
        );
        assert_eq!(syntax.failure("select 'é' x", false).place.map(|it| it.offset), None);
        assert_eq!(syntax.failure("select 'é'x", false).place.map(|it| it.offset), None);
        assert_eq!(syntax.failure("select 12 x", false).place.map(|it| it.offset), Some(9));
        assert_eq!(No::read("").number, 0);
        assert_eq!(No::read("Code: ").failure("", true).reason, Reason::Server);
    }
}
