//! BSON as extended JSON: relaxed where reading it again gives the very same value, canonical elsewhere.
//!
//! A whole number without a point is an int32 where it fits into one, else an int64; a number with a point or
//! an exponent is a double. So `5` is an int32, `{"$numberLong":"5"}` an int64, `5000000000` an int64 and
//! `5.0` a double: readers that know only JSON understand nearly all, and ours understands everything.

use super::{Bson, Doc, decimal, time};
use base64::Engine as _;
use std::fmt::Write;

/// How deep documents may be nested; servers stop far below.
const DEPTH_MAX: usize = 256;

/// Writes extended JSON.
#[derive(Debug, Default)]
pub(crate) struct Json {
    pub(crate) text: String,
    /// Whether something was not UTF-8 or not BSON, and so could not be written as it is.
    pub(crate) inexact: bool,
}

impl Json {
    pub(crate) fn of_doc(doc: Doc<'_>) -> Json {
        let mut json = Json::default();
        json.document(doc, 0);
        json
    }

    pub(crate) fn of(value: Bson<'_>) -> Json {
        let mut json = Json::default();
        json.value(value, 0);
        json
    }

    fn document(&mut self, doc: Doc<'_>, depth: usize) {
        self.text.push('{');
        let mut first = true;
        for element in doc.elements() {
            let Ok(element) = element else {
                self.inexact = true;
                break;
            };
            if !std::mem::replace(&mut first, false) {
                self.text.push(',');
            }
            self.string(element.name);
            self.text.push(':');
            self.value(element.value, depth + 1);
        }
        self.text.push('}');
    }

    fn array(&mut self, doc: Doc<'_>, depth: usize) {
        self.text.push('[');
        let mut first = true;
        for element in doc.elements() {
            let Ok(element) = element else {
                self.inexact = true;
                break;
            };
            if !std::mem::replace(&mut first, false) {
                self.text.push(',');
            }
            self.value(element.value, depth + 1);
        }
        self.text.push(']');
    }

    fn value(&mut self, value: Bson<'_>, depth: usize) {
        if depth > DEPTH_MAX {
            self.inexact = true;
            self.text.push_str("null");
            return;
        }
        match value {
            Bson::Double(it) if it.is_finite() => self.put(format_args!("{it:?}")),
            Bson::Double(it) => {
                // A NaN may carry bits of its own, which have no text.
                self.inexact |= it.is_nan() && it.to_bits() != f64::NAN.to_bits();
                self.put(format_args!("{{\"$numberDouble\":\"{}\"}}", double(it)));
            }
            Bson::String(it) => self.string(it),
            Bson::Document(it) => self.document(it, depth),
            Bson::Array(it) => self.array(it, depth),
            Bson::Binary(subtype, data) => {
                self.text.push_str("{\"$binary\":{\"base64\":\"");
                base64::engine::general_purpose::STANDARD.encode_string(data, &mut self.text);
                self.put(format_args!("\",\"subType\":\"{subtype:02x}\"}}}}"));
            }
            Bson::Undefined => self.text.push_str("{\"$undefined\":true}"),
            Bson::ObjectId(it) => {
                let id = hex(&it);
                self.put(format_args!("{{\"$oid\":\"{id}\"}}"));
            }
            Bson::Bool(it) => self.put(format_args!("{it}")),
            Bson::Date(it) => match time::text(it).filter(|_| time::is_relaxed(it)) {
                Some(text) => self.put(format_args!("{{\"$date\":\"{text}\"}}")),
                None => self.put(format_args!("{{\"$date\":{{\"$numberLong\":\"{it}\"}}}}")),
            },
            Bson::Null => self.text.push_str("null"),
            Bson::Regex(pattern, options) => {
                self.text.push_str("{\"$regularExpression\":{\"pattern\":");
                self.string(pattern);
                self.text.push_str(",\"options\":");
                self.string(options);
                self.text.push_str("}}");
            }
            Bson::DbPointer(name, id) => {
                self.text.push_str("{\"$dbPointer\":{\"$ref\":");
                self.string(name);
                self.put(format_args!(",\"$id\":{{\"$oid\":\"{}\"}}}}}}", hex(&id)));
            }
            Bson::Code(it) => {
                self.text.push_str("{\"$code\":");
                self.string(it);
                self.text.push('}');
            }
            Bson::Symbol(it) => {
                self.text.push_str("{\"$symbol\":");
                self.string(it);
                self.text.push('}');
            }
            Bson::CodeScope(code, scope) => {
                self.text.push_str("{\"$code\":");
                self.string(code);
                self.text.push_str(",\"$scope\":");
                self.document(scope, depth);
                self.text.push('}');
            }
            Bson::Int32(it) => self.put(format_args!("{it}")),
            Bson::Timestamp(seconds, count) => {
                self.put(format_args!("{{\"$timestamp\":{{\"t\":{seconds},\"i\":{count}}}}}"));
            }
            Bson::Int64(it) if i32::try_from(it).is_ok() => {
                self.put(format_args!("{{\"$numberLong\":\"{it}\"}}"));
            }
            Bson::Int64(it) => self.put(format_args!("{it}")),
            Bson::Decimal(it) => {
                let text = decimal::text(it);
                // A NaN's own bits, and numbers above the largest, have no text.
                self.inexact |= decimal::parse(&text) != Some(it);
                self.put(format_args!("{{\"$numberDecimal\":\"{text}\"}}"));
            }
            Bson::MinKey => self.text.push_str("{\"$minKey\":1}"),
            Bson::MaxKey => self.text.push_str("{\"$maxKey\":1}"),
        }
    }

    fn put(&mut self, what: std::fmt::Arguments<'_>) {
        let _ = self.text.write_fmt(what); // writing to memory does not fail
    }

    fn string(&mut self, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        self.inexact |= matches!(text, std::borrow::Cow::Owned(_));
        quote(&mut self.text, &text);
    }
}

/// Adds a text as JSON has it.
pub(crate) fn quote(into: &mut String, text: &str) {
    into.push('"');
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escaped = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..0x20 => "",
            _ => continue,
        };
        into.push_str(&text[from..at]);
        from = at + 1;
        if escaped.is_empty() {
            let _ = write!(into, "\\u{byte:04x}"); // writing to memory does not fail
        } else {
            into.push_str(escaped);
        }
    }
    into.push_str(&text[from..]);
    into.push('"');
}

/// A double as the shortest text that gives it back and cannot be taken for a whole number.
pub(crate) fn double(it: f64) -> String {
    if it.is_nan() {
        "NaN".to_owned()
    } else if it.is_infinite() {
        if it > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
    } else {
        format!("{it:?}")
    }
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}"); // writing to memory does not fail
    }
    text
}
