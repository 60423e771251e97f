//! Raw records of a tracker: what memory is projected from, kept as they came.

use memchr::memchr2;
use model::TrackerFacts;
use sha2::{Digest, Sha256};

/// One record as a tracker has it: an issue, a comment, a review.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Record {
    /// What it is, as the source calls it: `issue`, `comment`, `pull`, `review`, …
    pub kind: &'static str,
    /// Its id, distinct among records of its kind.
    pub id: String,
    /// What is projected as one from all its records: an issue's id, a pull request's number.
    pub subject: String,
    /// Orders versions of one record: when it last changed, in milliseconds since 1970, or when its
    /// whole did where it has no time of its own; 0 where neither is known.
    pub version: i64,
    /// Whether the tracker says that it was deleted.
    pub gone: bool,
    /// The record itself: JSON without white space between its tokens, as [`compact`] leaves it.
    pub body: Vec<u8>,
}

impl Record {
    /// First 16 bytes of SHA-256 over the body and `gone`.
    pub fn hash(&self) -> [u8; 16] {
        let mut hash = Sha256::new();
        hash.update([u8::from(self.gone)]);
        hash.update(&self.body);
        let mut short = [0; 16];
        short.copy_from_slice(&hash.finalize()[..16]);
        short
    }
}

/// A record that was not taken, and why: said to the user, and kept in the report.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refused {
    /// Where it stood: a file with its line, an address.
    pub place: String,
    /// What is wrong with it, in a sentence without the place.
    pub reason: String,
}

/// What reading hands on, in the order of the source. A source never writes.
pub trait Sink {
    /// Takes a record.
    ///
    /// # Errors
    /// Ends the reading: the caller has cancelled, or the store cannot be written.
    fn take(&mut self, record: Record) -> Result<(), crate::Error>;
    /// Is told of what could not be taken. Reading goes on.
    fn refuse(&mut self, refused: Refused);
}

/// How the records of one subject become facts. They are the current versions, in order of kind
/// and id; none of them is gone. A pure function: whatever order they arrived in, the facts are
/// the same.
pub type Project = fn(subject: &str, records: &[Record]) -> TrackerFacts;

/// JSON without white space between tokens, and with half of a surrogate pair made U+FFFD (which
/// JSON lets stand and Rust's text does not): the same record has the same hash, whether it came
/// alone and indented or on a page with others. Anything else is as it was, even what is no JSON.
pub fn compact(json: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(json.len());
    // What was looked at and is not copied yet: long runs are copied at once.
    let mut from = 0;
    let mut at = 0;
    while let Some(&byte) = json.get(at) {
        match byte {
            b'"' => at = string(json, at, &mut from, &mut out),
            b' ' | b'\t' | b'\n' | b'\r' => {
                out.extend_from_slice(&json[from..at]);
                at += 1;
                from = at;
            }
            _ => at += 1,
        }
    }
    out.extend_from_slice(&json[from..]);
    out
}

/// Goes through the string that begins at `at`, to where it ends, its closing quote included.
fn string(json: &[u8], mut at: usize, from: &mut usize, out: &mut Vec<u8>) -> usize {
    at += 1;
    loop {
        let Some(found) = memchr2(b'"', b'\\', &json[at..]) else { return json.len() };
        at += found;
        if json[at] == b'"' {
            return at + 1;
        }
        match (unit(json, at), unit(json, at + 6)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => at += 12,
            (Some(0xd800..=0xdfff), _) => {
                out.extend_from_slice(&json[*from..at]);
                out.extend_from_slice(b"\\ufffd");
                at += 6;
                *from = at;
            }
            _ => at = json.len().min(at + 2),
        }
    }
}

/// The code unit that is escaped here as `\u` and four digits.
fn unit(json: &[u8], at: usize) -> Option<u16> {
    let digits = json.get(at..at + 6)?.strip_prefix(b"\\u")?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::compact;

    fn compacted(json: &str) -> String {
        String::from_utf8(compact(json.as_bytes())).unwrap()
    }

    #[test]
    fn white_space_goes_between_tokens_and_stays_in_strings() {
        assert_eq!(
            compacted("{ \"a b\" :\n [1,\t\" \\\" x\\\\\" , 2 ] }"),
            "{\"a b\":[1,\" \\\" x\\\\\",2]}"
        );
        assert_eq!(compacted("  \"unclosed \\"), "\"unclosed \\");
    }

    #[test]
    fn half_of_a_surrogate_pair_is_replaced_and_a_whole_one_stays() {
        assert_eq!(
            compacted(r#""\ud83d\ude00 \ud83d x \ude00 \\ud83d \u00e9""#),
            r#""\ud83d\ude00 \ufffd x \ufffd \\ud83d \u00e9""#
        );
        assert_eq!(compacted(r#""\ud83d\ud83d\ude00""#), r#""\ufffd\ud83d\ude00""#);
    }
}
