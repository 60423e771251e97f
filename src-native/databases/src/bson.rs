//! BSON as it is on the wire: read in place and written byte by byte, so that what nobody understands (two
//! fields of one name, a type of long ago) still comes through.

pub(crate) mod decimal;
pub(crate) mod json;
pub(crate) mod time;

/// Types, by the byte that announces them.
pub(crate) mod kind {
    pub(crate) const DOUBLE: u8 = 0x01;
    pub(crate) const STRING: u8 = 0x02;
    pub(crate) const DOCUMENT: u8 = 0x03;
    pub(crate) const ARRAY: u8 = 0x04;
    pub(crate) const BINARY: u8 = 0x05;
    pub(crate) const UNDEFINED: u8 = 0x06;
    pub(crate) const OBJECT_ID: u8 = 0x07;
    pub(crate) const BOOL: u8 = 0x08;
    pub(crate) const DATE: u8 = 0x09;
    pub(crate) const NULL: u8 = 0x0a;
    pub(crate) const REGEX: u8 = 0x0b;
    pub(crate) const DB_POINTER: u8 = 0x0c;
    pub(crate) const CODE: u8 = 0x0d;
    pub(crate) const SYMBOL: u8 = 0x0e;
    pub(crate) const CODE_SCOPE: u8 = 0x0f;
    pub(crate) const INT32: u8 = 0x10;
    pub(crate) const TIMESTAMP: u8 = 0x11;
    pub(crate) const INT64: u8 = 0x12;
    pub(crate) const DECIMAL: u8 = 0x13;
    pub(crate) const MIN_KEY: u8 = 0xff;
    pub(crate) const MAX_KEY: u8 = 0x7f;
}

/// A document or an array, in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Doc<'a>(&'a [u8]);

/// A field of a document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'a> {
    /// Its name, in no promised encoding.
    pub(crate) name: &'a [u8],
    /// The byte of its type.
    pub(crate) kind: u8,
    /// What it holds.
    pub(crate) value: Bson<'a>,
}

/// A value, in place.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bson<'a> {
    Double(f64),
    String(&'a [u8]),
    Document(Doc<'a>),
    Array(Doc<'a>),
    /// Subtype and bytes.
    Binary(u8, &'a [u8]),
    Undefined,
    ObjectId([u8; 12]),
    Bool(bool),
    /// Milliseconds since 1970.
    Date(i64),
    Null,
    /// Pattern and options.
    Regex(&'a [u8], &'a [u8]),
    DbPointer(&'a [u8], [u8; 12]),
    Code(&'a [u8]),
    Symbol(&'a [u8]),
    CodeScope(&'a [u8], Doc<'a>),
    Int32(i32),
    /// Seconds and a count.
    Timestamp(u32, u32),
    Int64(i64),
    Decimal([u8; 16]),
    MinKey,
    MaxKey,
}

/// What is no BSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Broken;

impl<'a> Doc<'a> {
    /// The document that these bytes are, to the last one.
    pub(crate) fn whole(bytes: &'a [u8]) -> Result<Doc<'a>, Broken> {
        let (doc, rest) = Doc::first(bytes)?;
        if rest.is_empty() { Ok(doc) } else { Err(Broken) }
    }

    fn first(bytes: &'a [u8]) -> Result<(Doc<'a>, &'a [u8]), Broken> {
        let length = usize::try_from(int32(bytes)?.0).map_err(|_| Broken)?;
        let (doc, rest) = bytes.split_at_checked(length).ok_or(Broken)?;
        if length < 5 || doc.last() != Some(&0) { Err(Broken) } else { Ok((Doc(doc), rest)) }
    }

    /// Its bytes.
    pub(crate) fn bytes(self) -> &'a [u8] {
        self.0
    }

    /// Its fields, in order.
    pub(crate) fn elements(self) -> Elements<'a> {
        Elements { rest: &self.0[4..self.0.len() - 1] }
    }

    /// The first field of that name.
    pub(crate) fn get(self, name: &str) -> Option<Bson<'a>> {
        let found = self.elements().flatten().find(|it| it.name == name.as_bytes());
        found.map(|it| it.value)
    }

    /// The field of that name as a document.
    pub(crate) fn doc(self, name: &str) -> Option<Doc<'a>> {
        match self.get(name)? {
            Bson::Document(it) | Bson::Array(it) => Some(it),
            _ => None,
        }
    }

    /// The field of that name as text.
    pub(crate) fn text(self, name: &str) -> Option<&'a str> {
        match self.get(name)? {
            Bson::String(it) => std::str::from_utf8(it).ok(),
            _ => None,
        }
    }

    /// The field of that name as a number.
    pub(crate) fn number(self, name: &str) -> Option<f64> {
        self.get(name)?.number()
    }

    /// The field of that name as a whole number.
    pub(crate) fn whole_number(self, name: &str) -> Option<i64> {
        match self.get(name)? {
            Bson::Int32(it) => Some(it.into()),
            Bson::Int64(it) => Some(it),
            Bson::Double(it) if it.fract() == 0.0 && it.abs() < 9e15 => Some(it as i64),
            _ => None,
        }
    }
}

/// The fields of a document. After one that is broken there is none.
#[derive(Clone, Debug)]
pub(crate) struct Elements<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Elements<'a> {
    type Item = Result<Element<'a>, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        let (&kind, rest) = self.rest.split_first()?;
        let element = c_string(rest).and_then(|(name, rest)| {
            let (value, rest) = Bson::first(kind, rest)?;
            Ok((Element { name, kind, value }, rest))
        });
        match element {
            Ok((element, rest)) => {
                self.rest = rest;
                Some(Ok(element))
            }
            Err(broken) => {
                self.rest = &[];
                Some(Err(broken))
            }
        }
    }
}

fn array<const N: usize>(bytes: &[u8]) -> Result<([u8; N], &[u8]), Broken> {
    let (head, rest) = bytes.split_first_chunk::<N>().ok_or(Broken)?;
    Ok((*head, rest))
}

fn int32(bytes: &[u8]) -> Result<(i32, &[u8]), Broken> {
    array(bytes).map(|(it, rest)| (i32::from_le_bytes(it), rest))
}

fn c_string(bytes: &[u8]) -> Result<(&[u8], &[u8]), Broken> {
    let end = bytes.iter().position(|it| *it == 0).ok_or(Broken)?;
    Ok((&bytes[..end], &bytes[end + 1..]))
}

fn string(bytes: &[u8]) -> Result<(&[u8], &[u8]), Broken> {
    let (length, rest) = int32(bytes)?;
    let length = usize::try_from(length).map_err(|_| Broken)?;
    let (text, rest) = rest.split_at_checked(length).ok_or(Broken)?;
    match text.split_last() {
        Some((0, text)) => Ok((text, rest)),
        _ => Err(Broken),
    }
}

impl<'a> Bson<'a> {
    /// The value of such a type that these bytes begin with, and the bytes after it.
    pub(crate) fn first(kind: u8, bytes: &'a [u8]) -> Result<(Bson<'a>, &'a [u8]), Broken> {
        Ok(match kind {
            kind::DOUBLE => {
                let (it, rest) = array(bytes)?;
                (Bson::Double(f64::from_le_bytes(it)), rest)
            }
            kind::STRING => string(bytes).map(|(it, rest)| (Bson::String(it), rest))?,
            kind::DOCUMENT => Doc::first(bytes).map(|(it, rest)| (Bson::Document(it), rest))?,
            kind::ARRAY => Doc::first(bytes).map(|(it, rest)| (Bson::Array(it), rest))?,
            kind::BINARY => {
                let (length, rest) = int32(bytes)?;
                let length = usize::try_from(length).map_err(|_| Broken)?;
                let (&subtype, rest) = rest.split_first().ok_or(Broken)?;
                let (data, rest) = rest.split_at_checked(length).ok_or(Broken)?;
                let data = match subtype {
                    // The old kind tells its length a second time.
                    2 => match int32(data) {
                        Ok((inner, data)) if usize::try_from(inner) == Ok(data.len()) => data,
                        _ => return Err(Broken),
                    },
                    _ => data,
                };
                (Bson::Binary(subtype, data), rest)
            }
            kind::UNDEFINED => (Bson::Undefined, bytes),
            kind::OBJECT_ID => array(bytes).map(|(it, rest)| (Bson::ObjectId(it), rest))?,
            kind::BOOL => match bytes.split_first() {
                Some((0, rest)) => (Bson::Bool(false), rest),
                Some((1, rest)) => (Bson::Bool(true), rest),
                _ => return Err(Broken),
            },
            kind::DATE => {
                let (it, rest) = array(bytes)?;
                (Bson::Date(i64::from_le_bytes(it)), rest)
            }
            kind::NULL => (Bson::Null, bytes),
            kind::REGEX => {
                let (pattern, rest) = c_string(bytes)?;
                let (options, rest) = c_string(rest)?;
                (Bson::Regex(pattern, options), rest)
            }
            kind::DB_POINTER => {
                let (name, rest) = string(bytes)?;
                let (id, rest) = array(rest)?;
                (Bson::DbPointer(name, id), rest)
            }
            kind::CODE => string(bytes).map(|(it, rest)| (Bson::Code(it), rest))?,
            kind::SYMBOL => string(bytes).map(|(it, rest)| (Bson::Symbol(it), rest))?,
            kind::CODE_SCOPE => {
                let length = usize::try_from(int32(bytes)?.0).map_err(|_| Broken)?;
                let (whole, rest) = bytes.split_at_checked(length).ok_or(Broken)?;
                let (code, scope) = string(whole.get(4..).ok_or(Broken)?)?;
                (Bson::CodeScope(code, Doc::whole(scope)?), rest)
            }
            kind::INT32 => int32(bytes).map(|(it, rest)| (Bson::Int32(it), rest))?,
            kind::TIMESTAMP => {
                let (count, rest) = array(bytes)?;
                let (seconds, rest) = array(rest)?;
                (Bson::Timestamp(u32::from_le_bytes(seconds), u32::from_le_bytes(count)), rest)
            }
            kind::INT64 => {
                let (it, rest) = array(bytes)?;
                (Bson::Int64(i64::from_le_bytes(it)), rest)
            }
            kind::DECIMAL => array(bytes).map(|(it, rest)| (Bson::Decimal(it), rest))?,
            kind::MIN_KEY => (Bson::MinKey, bytes),
            kind::MAX_KEY => (Bson::MaxKey, bytes),
            _ => return Err(Broken),
        })
    }

    /// It as a number, for figures that are shown or summed, never for values.
    pub(crate) fn number(self) -> Option<f64> {
        match self {
            Bson::Double(it) => Some(it),
            Bson::Int32(it) => Some(it.into()),
            Bson::Int64(it) => Some(it as f64),
            _ => None,
        }
    }

    /// Whether it says yes: as `ok: 1`.
    pub(crate) fn is_true(self) -> bool {
        matches!(self, Bson::Bool(true)) || self.number().is_some_and(|it| it != 0.0)
    }
}

/// What the server calls a type.
pub(crate) fn type_name(kind: u8) -> &'static str {
    match kind {
        kind::DOUBLE => "double",
        kind::STRING => "string",
        kind::DOCUMENT => "object",
        kind::ARRAY => "array",
        kind::BINARY => "binData",
        kind::UNDEFINED => "undefined",
        kind::OBJECT_ID => "objectId",
        kind::BOOL => "bool",
        kind::DATE => "date",
        kind::NULL => "null",
        kind::REGEX => "regex",
        kind::DB_POINTER => "dbPointer",
        kind::CODE => "javascript",
        kind::SYMBOL => "symbol",
        kind::CODE_SCOPE => "javascriptWithScope",
        kind::INT32 => "int",
        kind::TIMESTAMP => "timestamp",
        kind::INT64 => "long",
        kind::DECIMAL => "decimal",
        kind::MIN_KEY => "minKey",
        kind::MAX_KEY => "maxKey",
        _ => "unknown",
    }
}

/// A value that was made here: its type and its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Owned {
    pub(crate) kind: u8,
    pub(crate) bytes: Vec<u8>,
}

impl Owned {
    pub(crate) fn new(kind: u8, bytes: impl Into<Vec<u8>>) -> Owned {
        Owned { kind, bytes: bytes.into() }
    }

    pub(crate) fn string(kind: u8, text: &str) -> Owned {
        let mut bytes = length_of(text.len() + 1).to_vec();
        bytes.extend_from_slice(text.as_bytes());
        bytes.push(0);
        Owned { kind, bytes }
    }

    pub(crate) fn binary(subtype: u8, data: &[u8]) -> Owned {
        let mut bytes = Vec::with_capacity(data.len() + 9);
        if subtype == 2 {
            bytes.extend_from_slice(&length_of(data.len() + 4));
            bytes.push(subtype);
            bytes.extend_from_slice(&length_of(data.len()));
        } else {
            bytes.extend_from_slice(&length_of(data.len()));
            bytes.push(subtype);
        }
        bytes.extend_from_slice(data);
        Owned { kind: kind::BINARY, bytes }
    }

    pub(crate) fn int(number: i64) -> Owned {
        match i32::try_from(number) {
            Ok(it) => Owned::new(kind::INT32, it.to_le_bytes()),
            Err(_) => Owned::new(kind::INT64, number.to_le_bytes()),
        }
    }

    /// The value, in place.
    pub(crate) fn value(&self) -> Option<Bson<'_>> {
        Bson::first(self.kind, &self.bytes).ok().map(|it| it.0)
    }

    /// It as a document.
    pub(crate) fn doc(&self) -> Option<Doc<'_>> {
        Doc::whole(&self.bytes).ok().filter(|_| self.kind == kind::DOCUMENT)
    }
}

fn length_of(bytes: usize) -> [u8; 4] {
    i32::try_from(bytes).unwrap_or(i32::MAX).to_le_bytes()
}

/// A document that is being written. No name may hold a zero byte.
#[derive(Clone, Debug)]
pub(crate) struct Build(Vec<u8>);

impl Build {
    pub(crate) fn new() -> Build {
        Build(vec![0; 4])
    }

    /// Goes on where a document ends.
    pub(crate) fn after(doc: Doc<'_>) -> Build {
        Build(doc.0[..doc.0.len() - 1].to_vec())
    }

    pub(crate) fn raw(mut self, name: &[u8], kind: u8, value: &[u8]) -> Build {
        self.add(name, kind, value);
        self
    }

    pub(crate) fn add(&mut self, name: &[u8], kind: u8, value: &[u8]) {
        self.0.push(kind);
        self.0.extend(name.iter().filter(|it| **it != 0));
        self.0.push(0);
        self.0.extend_from_slice(value);
    }

    pub(crate) fn value(self, name: &str, value: &Owned) -> Build {
        self.raw(name.as_bytes(), value.kind, &value.bytes)
    }

    pub(crate) fn text(self, name: &str, text: &str) -> Build {
        self.value(name, &Owned::string(kind::STRING, text))
    }

    pub(crate) fn int(self, name: &str, number: i64) -> Build {
        self.value(name, &Owned::int(number))
    }

    pub(crate) fn long(self, name: &str, number: i64) -> Build {
        self.raw(name.as_bytes(), kind::INT64, &number.to_le_bytes())
    }

    pub(crate) fn bool(self, name: &str, it: bool) -> Build {
        self.raw(name.as_bytes(), kind::BOOL, &[u8::from(it)])
    }

    pub(crate) fn binary(self, name: &str, data: &[u8]) -> Build {
        self.value(name, &Owned::binary(0, data))
    }

    pub(crate) fn doc(self, name: &str, doc: Build) -> Build {
        let bytes = doc.done();
        self.raw(name.as_bytes(), kind::DOCUMENT, &bytes)
    }

    /// An array of documents.
    pub(crate) fn docs(self, name: &str, docs: Vec<Build>) -> Build {
        let mut array = Build::new();
        for (at, doc) in docs.into_iter().enumerate() {
            array.add(at.to_string().as_bytes(), kind::DOCUMENT, &doc.done());
        }
        let bytes = array.done();
        self.raw(name.as_bytes(), kind::ARRAY, &bytes)
    }

    /// All fields of another document.
    pub(crate) fn all_of(mut self, doc: Doc<'_>) -> Build {
        self.0.extend_from_slice(&doc.0[4..doc.0.len() - 1]);
        self
    }

    pub(crate) fn done(mut self) -> Vec<u8> {
        self.0.push(0);
        let length = length_of(self.0.len());
        self.0[..4].copy_from_slice(&length);
        self.0
    }
}
