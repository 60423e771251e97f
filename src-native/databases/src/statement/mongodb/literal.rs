//! Values as the shell of MongoDB writes them: JavaScript's objects, numbers, texts and regular expressions,
//! the shell's own types, and extended JSON. They are read; nothing is ever run.

use super::extended;
use crate::bson::{Build, Owned, decimal, kind, time};
use crate::{Failure, Place, Reason, Result};
use base64::Engine as _;
use std::ops::Range;

/// How deep values may be nested.
const DEPTH_MAX: usize = 200;

/// Reads a text from its beginning to its end.
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    /// Names of the places that are left open, and where they stand.
    pub(super) open: Vec<(String, Range<usize>)>,
    depth: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Reader<'a> {
        Reader { text, at: 0, open: Vec::new(), depth: 0 }
    }

    /// A failure at a place.
    pub(super) fn wrong(&self, at: usize, what: impl std::fmt::Display) -> Failure {
        let mut failure =
            Failure::new(Reason::Usage, format!("the statement cannot be read: {what}"));
        let offset = self.text.get(..at).map_or(0, |it| it.chars().count());
        failure.place = Some(Place::of_offset(self.text, offset));
        failure
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// The next letter.
    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Passes over spaces and remarks.
    pub(super) fn skip(&mut self) -> Result<()> {
        loop {
            let rest = self.rest();
            let trimmed =
                rest.trim_start_matches(|it: char| it.is_whitespace() || it == '\u{feff}');
            self.at += rest.len() - trimmed.len();
            if trimmed.starts_with("//") {
                self.at += trimmed.find('\n').unwrap_or(trimmed.len());
            } else if trimmed.starts_with("/*") {
                match trimmed.find("*/") {
                    Some(end) => self.at += end + 2,
                    None => return Err(self.wrong(self.at, "this remark is not closed")),
                }
            } else {
                return Ok(());
            }
        }
    }

    /// Takes a letter where it is next.
    pub(super) fn take(&mut self, letter: char) -> Result<bool> {
        self.skip()?;
        let is = self.peek() == Some(letter);
        self.at += if is { letter.len_utf8() } else { 0 };
        Ok(is)
    }

    /// Takes a letter that has to be next.
    pub(super) fn expect(&mut self, letter: char) -> Result<()> {
        if self.take(letter)? {
            return Ok(());
        }
        Err(self.unexpected(&format!("`{letter}`")))
    }

    pub(super) fn unexpected(&self, wanted: &str) -> Failure {
        match self.peek() {
            Some(letter) => self.wrong(self.at, format!("here should be {wanted}, not `{letter}`")),
            None => self.wrong(self.at, format!("it ends where {wanted} should be")),
        }
    }

    /// A name as JavaScript has them.
    pub(super) fn name(&mut self) -> Option<&'a str> {
        let rest = self.rest();
        let is_first = |it: char| it.is_alphabetic() || it == '_' || it == '$';
        if !rest.starts_with(is_first) {
            return None;
        }
        let end = rest.find(|it: char| !is_first(it) && !it.is_numeric()).unwrap_or(rest.len());
        self.at += end;
        Some(&rest[..end])
    }

    /// A value.
    pub(super) fn value(&mut self) -> Result<Owned> {
        self.skip()?;
        if self.depth >= DEPTH_MAX {
            return Err(self.wrong(self.at, "this is nested too deeply"));
        }
        self.depth += 1;
        let value = self.value_here();
        self.depth -= 1;
        value
    }

    fn value_here(&mut self) -> Result<Owned> {
        let start = self.at;
        match self.peek() {
            Some('{') => self.object(),
            Some('[') => self.array(),
            Some('"' | '\'' | '`') => {
                let text = self.string()?;
                Ok(Owned::string(kind::STRING, &text))
            }
            Some('/') => self.regex(),
            Some(':') => {
                self.at += 1;
                let Some(name) = self.name() else { return Err(self.unexpected("a name")) };
                self.open.push((name.to_owned(), start..self.at));
                Ok(Owned::new(kind::NULL, []))
            }
            Some('-' | '+' | '.' | '0'..='9') => self.number(),
            Some(_) => {
                let Some(name) = self.name() else { return Err(self.unexpected("a value")) };
                self.named(start, name)
            }
            None => Err(self.unexpected("a value")),
        }
    }

    fn named(&mut self, start: usize, name: &str) -> Result<Owned> {
        Ok(match name {
            "true" | "false" => Owned::new(kind::BOOL, [u8::from(name == "true")]),
            "null" => Owned::new(kind::NULL, []),
            "undefined" => Owned::new(kind::UNDEFINED, []),
            "NaN" => double(f64::NAN),
            "Infinity" => double(f64::INFINITY),
            "MinKey" | "MaxKey" => {
                if self.take('(')? {
                    self.expect(')')?;
                }
                Owned::new(if name == "MinKey" { kind::MIN_KEY } else { kind::MAX_KEY }, [])
            }
            "new" => {
                self.skip()?;
                let start = self.at;
                let Some(name) = self.name() else { return Err(self.unexpected("a type")) };
                self.made(start, if name == "Date" { "ISODate" } else { name })?
            }
            "function" | "async" => return Err(self.script(start)),
            _ => self.made(start, name)?,
        })
    }

    fn script(&self, at: usize) -> Failure {
        self.wrong(at, "no JavaScript is run here")
            .hint("write values, or use the operators of aggregation")
    }

    /// A value made by a type of the shell: `ObjectId("…")`.
    fn made(&mut self, start: usize, name: &str) -> Result<Owned> {
        self.skip()?;
        if self.rest().starts_with("=>") {
            return Err(self.script(start));
        }
        if self.peek() != Some('(') {
            return Err(self.wrong(start, format!("`{name}` is no value: texts stand in quotes")));
        }
        let mut given = Vec::new();
        self.at += 1;
        while !self.take(')')? {
            if !given.is_empty() {
                self.expect(',')?;
                if self.take(')')? {
                    break;
                }
            }
            given.push(self.value()?);
        }
        let made = make(name, &given).map_err(|what| self.wrong(start, what))?;
        made.ok_or_else(|| self.wrong(start, format!("there is no type `{name}`")))
    }

    fn object(&mut self) -> Result<Owned> {
        let start = self.at;
        let mut build = Build::new();
        self.expect('{')?;
        let mut first: Option<String> = None;
        loop {
            if self.take('}')? {
                break;
            }
            let at = self.at;
            let name = match self.peek() {
                Some('"' | '\'' | '`') => self.string()?,
                Some('0'..='9') => {
                    let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
                    self.at += digits;
                    self.text[at..self.at].to_owned()
                }
                _ => match self.name() {
                    Some(name) => name.to_owned(),
                    None => return Err(self.unexpected("a field's name or `}`")),
                },
            };
            if name.contains('\0') {
                return Err(self.wrong(at, "a field's name cannot hold a zero byte"));
            }
            self.expect(':')?;
            let value = self.value()?;
            build.add(name.as_bytes(), value.kind, &value.bytes);
            first.get_or_insert(name);
            if !self.take(',')? {
                self.expect('}')?;
                break;
            }
        }
        let document = Owned::new(kind::DOCUMENT, build.done());
        match first {
            Some(name) if name.starts_with('$') => {
                extended::read(&name, document).map_err(|what| self.wrong(start, what))
            }
            _ => Ok(document),
        }
    }

    fn array(&mut self) -> Result<Owned> {
        self.expect('[')?;
        let mut build = Build::new();
        let mut at: usize = 0;
        while !self.take(']')? {
            let value = self.value()?;
            build.add(at.to_string().as_bytes(), value.kind, &value.bytes);
            at += 1;
            if !self.take(',')? {
                self.expect(']')?;
                break;
            }
        }
        Ok(Owned::new(kind::ARRAY, build.done()))
    }

    fn number(&mut self) -> Result<Owned> {
        let start = self.at;
        let rest = self.rest();
        let unsigned = rest.trim_start_matches(['-', '+']);
        let signs = rest.len() - unsigned.len();
        if signs <= 1 && unsigned.starts_with("Infinity") {
            self.at += signs + "Infinity".len();
            let sign = if rest.starts_with('-') { -1.0 } else { 1.0 };
            return Ok(double(f64::INFINITY * sign));
        }
        let mut end = signs;
        let bytes = rest.as_bytes();
        while let Some(byte) = bytes.get(end) {
            let after_exponent = end > 0 && matches!(bytes[end - 1], b'e' | b'E');
            let part = byte.is_ascii_alphanumeric()
                || matches!(byte, b'.' | b'_')
                || (matches!(byte, b'-' | b'+') && after_exponent);
            if !part {
                break;
            }
            end += 1;
        }
        let text = &rest[..end];
        self.at += end;
        let digits = text.trim_start_matches(['-', '+']);
        let plain = |it: u8| it.is_ascii_digit() || matches!(it, b'.' | b'e' | b'E' | b'-' | b'+');
        let number = digits.bytes().all(plain) && signs <= 1;
        let whole = digits.bytes().all(|it| it.is_ascii_digit());
        let padded = digits.len() > 1 && digits.starts_with('0') && whole;
        if !number || padded || !digits.bytes().any(|it| it.is_ascii_digit()) {
            return Err(self.wrong(start, format!("`{text}` is no number")));
        }
        if whole {
            return match text.parse() {
                Ok(number) => Ok(Owned::int(number)),
                Err(_) => Err(self
                    .wrong(start, format!("{text} is too large for a whole number"))
                    .hint("write NumberDecimal(\"…\"), or with an exponent as a double")),
            };
        }
        text.parse().map(double).map_err(|_| self.wrong(start, format!("`{text}` is no number")))
    }

    fn regex(&mut self) -> Result<Owned> {
        let start = self.at;
        let rest = self.rest();
        let mut class = false;
        let mut escaped = false;
        let mut end = None;
        for (at, letter) in rest.char_indices().skip(1) {
            match letter {
                '\n' => break,
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '[' => class = true,
                ']' => class = false,
                '/' if !class => {
                    end = Some(at);
                    break;
                }
                _ => {}
            }
        }
        let Some(end) = end else {
            return Err(self.wrong(start, "this regular expression is not closed"));
        };
        let pattern = &rest[1..end];
        self.at += end + 1;
        let options = self.name().unwrap_or("");
        regex(pattern, options).map_err(|what| self.wrong(start, what))
    }

    /// A text in quotes.
    pub(super) fn string(&mut self) -> Result<String> {
        let start = self.at;
        let mut letters = self.rest().char_indices();
        let Some((_, mark)) = letters.next() else { return Err(self.unexpected("a text")) };
        let mut text = String::new();
        let not_closed = |it: &Reader<'_>| it.wrong(start, "this text is not closed");
        // The first half of a letter that JSON writes in two.
        let mut half: Option<u32> = None;
        while let Some((at, letter)) = letters.next() {
            if half.is_some() && letter != '\\' {
                return Err(self.wrong(start + at, "half a letter: the second `\\u` is missing"));
            }
            match letter {
                it if it == mark => {
                    self.at += at + it.len_utf8();
                    return Ok(text);
                }
                '\n' if mark != '`' => return Err(not_closed(self)),
                '$' if mark == '`' && self.rest()[at..].starts_with("${") => {
                    return Err(self.script(start + at));
                }
                '\\' => {
                    let Some((_, escape)) = letters.next() else { break };
                    let code = match escape {
                        'n' => 10,
                        'r' => 13,
                        't' => 9,
                        'b' => 8,
                        'f' => 12,
                        'v' => 11,
                        '0' => 0,
                        '\n' => continue,
                        'x' => hex(&mut letters, 2)
                            .ok_or_else(|| self.wrong(start + at, "`\\x` takes two digits"))?,
                        'u' => {
                            let code = match letters.clone().next() {
                                Some((_, '{')) => {
                                    letters.next();
                                    let digits = letters.by_ref().map(|it| it.1);
                                    let digits: String =
                                        digits.take_while(|it| *it != '}').collect();
                                    u32::from_str_radix(&digits, 16).ok()
                                }
                                _ => hex(&mut letters, 4),
                            };
                            code.ok_or_else(|| self.wrong(start + at, "`\\u` takes four digits"))?
                        }
                        other => u32::from(other),
                    };
                    let code = match (half.take(), code) {
                        (None, 0xd800..0xdc00) => {
                            half = Some(code);
                            continue;
                        }
                        (None, code) => code,
                        (Some(high), 0xdc00..0xe000) => {
                            0x10000 + ((high - 0xd800) << 10) + (code - 0xdc00)
                        }
                        (Some(_), _) => 0xd800,
                    };
                    let letter = char::from_u32(code)
                        .ok_or_else(|| self.wrong(start + at, "this is no letter"))?;
                    text.push(letter);
                }
                it => text.push(it),
            }
        }
        Err(not_closed(self))
    }
}

/// The number that so many hexadecimal digits say.
fn hex(letters: &mut std::str::CharIndices<'_>, count: usize) -> Option<u32> {
    (0..count).try_fold(0, |sum, _| Some(sum * 16 + letters.next()?.1.to_digit(16)?))
}

fn double(it: f64) -> Owned {
    Owned::new(kind::DOUBLE, it.to_le_bytes())
}

/// A regular expression, its options in their order.
pub(super) fn regex(pattern: &str, options: &str) -> Result<Owned, String> {
    if pattern.contains('\0') || options.contains('\0') {
        return Err("a regular expression cannot hold a zero byte".to_owned());
    }
    if let Some(odd) = options.chars().find(|it| !"imsxlu".contains(*it)) {
        return Err(format!("a regular expression of MongoDB has no option `{odd}`"));
    }
    let mut options: Vec<u8> = options.bytes().collect();
    options.sort_unstable();
    let mut bytes = pattern.as_bytes().to_vec();
    bytes.push(0);
    bytes.extend_from_slice(&options);
    bytes.push(0);
    Ok(Owned::new(kind::REGEX, bytes))
}

/// The bytes that hexadecimal digits say.
pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = text.chars().map(|it| it.to_digit(16)).collect::<Option<_>>()?;
    let pairs = digits.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    pairs.map(|it| u8::try_from(it[0] * 16 + it[1]).ok()).collect()
}

/// The bytes that a text in base64 says.
pub(super) fn unbase64(text: &str) -> Option<Vec<u8>> {
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}

/// The bytes of a UUID.
pub(super) fn uuid(text: &str) -> Option<Vec<u8>> {
    let dashes = [8, 13, 18, 23];
    let well = text.len() == 36 && dashes.iter().all(|at| text.as_bytes()[*at] == b'-');
    let digits = text.replace('-', "");
    unhex(&digits).filter(|it| well && it.len() == 16)
}

/// A value of a type of the shell; none where there is no such type.
fn make(name: &str, given: &[Owned]) -> Result<Option<Owned>, String> {
    use crate::bson::Bson;
    let value = |at: usize| given.get(at).and_then(Owned::value);
    let text = |at: usize| match value(at) {
        Some(Bson::String(it)) => std::str::from_utf8(it).ok(),
        _ => None,
    };
    let whole = |at: usize| match value(at)? {
        Bson::Int32(it) => Some(i64::from(it)),
        Bson::Int64(it) => Some(it),
        Bson::String(it) => std::str::from_utf8(it).ok()?.parse().ok(),
        _ => None,
    };
    let takes = |what: &str| format!("{name} takes {what}");
    let bytes = |subtype: Option<i64>, data: Option<Vec<u8>>| match (subtype, data) {
        (Some(subtype), Some(data)) => match u8::try_from(subtype) {
            Ok(subtype) => Ok(Owned::binary(subtype, &data)),
            Err(_) => Err(takes("a subtype from 0 to 255")),
        },
        _ => Err(takes("a subtype and a text")),
    };
    Ok(Some(match name {
        "ObjectId" | "ObjectID" => {
            let id = text(0).and_then(unhex).filter(|it| it.len() == 12);
            Owned::new(kind::OBJECT_ID, id.ok_or_else(|| takes("24 hexadecimal digits"))?)
        }
        "ISODate" => {
            let now = || {
                let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
                since.ok().and_then(|it| i64::try_from(it.as_millis()).ok())
            };
            let moment = match (given.len(), text(0)) {
                (0, _) => now(),
                (1, Some(text)) => time::parse(text),
                (1, None) => whole(0),
                _ => None,
            };
            let moment = moment.ok_or_else(|| {
                "a date is written as \"2024-01-31T12:00:00.000Z\", or as milliseconds since 1970"
                    .to_owned()
            })?;
            Owned::new(kind::DATE, moment.to_le_bytes())
        }
        "Date" => return Err("Date() gives a text in JavaScript: write new Date()".to_owned()),
        "NumberLong" | "Long" => {
            let it = whole(0).ok_or_else(|| takes("a whole number of 64 bits, best in quotes"))?;
            Owned::new(kind::INT64, it.to_le_bytes())
        }
        "NumberInt" | "Int32" => {
            let it = whole(0).and_then(|it| i32::try_from(it).ok());
            Owned::new(
                kind::INT32,
                it.ok_or_else(|| takes("a whole number of 32 bits"))?.to_le_bytes(),
            )
        }
        "Double" | "Number" => match (value(0), text(0).map(str::parse::<f64>)) {
            (_, Some(Ok(it))) => double(it),
            (Some(it), None) => double(it.number().ok_or_else(|| takes("a number"))?),
            _ => return Err(takes("a number")),
        },
        "NumberDecimal" | "Decimal128" => {
            let written = match (text(0), value(0)) {
                (Some(text), _) => Some(text.to_owned()),
                (_, Some(Bson::Int32(it))) => Some(it.to_string()),
                (_, Some(Bson::Int64(it))) => Some(it.to_string()),
                _ => None,
            };
            let it = written.and_then(|it| decimal::parse(&it));
            Owned::new(kind::DECIMAL, it.ok_or_else(|| takes("at most 34 digits, in quotes"))?)
        }
        "UUID" => {
            let it = text(0).and_then(uuid).ok_or_else(|| takes("a UUID in quotes"))?;
            Owned::binary(4, &it)
        }
        "BinData" | "Binary" => bytes(whole(0), text(1).and_then(unbase64))?,
        "HexData" => bytes(whole(0), text(1).and_then(unhex))?,
        "Timestamp" => {
            let parts = match value(0) {
                Some(Bson::Document(it)) => it.whole_number("t").zip(it.whole_number("i")),
                _ => whole(0).zip(whole(1)),
            };
            let parts = parts.and_then(|(t, i)| u32::try_from(t).ok().zip(u32::try_from(i).ok()));
            let (seconds, count) = parts.ok_or_else(|| takes("seconds and a count"))?;
            let bits = u64::from(seconds) << 32 | u64::from(count);
            Owned::new(kind::TIMESTAMP, bits.to_le_bytes())
        }
        "RegExp" | "BSONRegExp" => {
            regex(text(0).ok_or_else(|| takes("a pattern"))?, text(1).unwrap_or(""))?
        }
        "Code" => {
            let code = text(0).ok_or_else(|| takes("a text"))?;
            match given.get(1).and_then(Owned::doc) {
                Some(scope) => extended::code_with_scope(code, scope),
                None => Owned::string(kind::CODE, code),
            }
        }
        "Symbol" | "BSONSymbol" => {
            Owned::string(kind::SYMBOL, text(0).ok_or_else(|| takes("a text"))?)
        }
        "DBRef" => {
            let collection = text(0).ok_or_else(|| takes("a collection and an id"))?;
            let id = given.get(1).ok_or_else(|| takes("a collection and an id"))?;
            let build = Build::new().text("$ref", collection).value("$id", id);
            let build = match text(2) {
                Some(database) => build.text("$db", database),
                None => build,
            };
            Owned::new(kind::DOCUMENT, build.done())
        }
        _ => return Ok(None),
    }))
}
