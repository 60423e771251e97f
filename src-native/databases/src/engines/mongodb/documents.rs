//! Documents as rows.
//!
//! A column for each field that the documents of the first batch have at their top, in the order in which
//! they appear, and last of all `document`, of the type `document`: the whole document as extended JSON, with
//! every field, in its order, also those that only later documents have. So a grid has columns, and whatever
//! has to be exact takes the last one alone.

use crate::bson::json::{Json, double, hex};
use crate::bson::{Bson, Doc, Element, decimal, kind, time, type_name};
use crate::engines::WHOLE_DOCUMENT;
use crate::engines::pages::{Pages, column};
use crate::{Column, Kind, Page};
use std::collections::HashMap;

/// Fields that get a column of their own, at most.
const COLUMNS_MAX: usize = 256;

/// Documents on their way to rows.
#[derive(Default)]
pub(super) struct Documents {
    names: Vec<Vec<u8>>,
    at: HashMap<Vec<u8>, usize>,
    begun: bool,
    /// Whether something could not be written as it is.
    pub(super) inexact: bool,
}

impl Documents {
    /// Hands over a batch; the first one tells the columns. Whether to stop.
    pub(super) fn batch(
        &mut self,
        docs: &[Doc<'_>],
        rows: &mut Pages<'_>,
        stop: &dyn Fn() -> bool,
    ) -> bool {
        if !self.begun {
            self.begun = true;
            let columns = self.columns(docs);
            rows.begin(&columns);
        }
        let mut slots: Vec<Option<Element<'_>>> = Vec::new();
        for doc in docs {
            slots.clear();
            slots.resize(self.names.len(), None);
            let mut expected = 0;
            for element in doc.elements() {
                let Ok(element) = element else {
                    self.inexact = true;
                    break;
                };
                let at = match self.names.get(expected) {
                    Some(name) if name == element.name => Some(expected),
                    _ => self.at.get(element.name).copied(),
                };
                if let Some(at) = at {
                    expected = at + 1;
                    slots[at].get_or_insert(element);
                }
            }
            let page = rows.page();
            for slot in &slots {
                match slot {
                    Some(element) => self.inexact |= cell(page, element.value),
                    None => page.push_null(),
                }
            }
            let whole = Json::of_doc(*doc);
            self.inexact |= whole.inexact;
            page.push_known(Kind::Json, whole.text.as_bytes());
            if rows.row_done().is_break() || stop() {
                return true;
            }
        }
        false
    }

    fn columns(&mut self, docs: &[Doc<'_>]) -> Vec<Column> {
        let mut kinds: Vec<Option<u8>> = Vec::new();
        let mut mixed: Vec<bool> = Vec::new();
        for doc in docs {
            for element in doc.elements().flatten() {
                let at = match self.at.get(element.name) {
                    Some(at) => *at,
                    None if self.names.len() < COLUMNS_MAX => {
                        let at = self.names.len();
                        self.names.push(element.name.to_vec());
                        self.at.insert(element.name.to_vec(), at);
                        kinds.push(None);
                        mixed.push(false);
                        at
                    }
                    None => continue,
                };
                if element.kind != kind::NULL {
                    mixed[at] |= kinds[at].is_some_and(|it| it != element.kind);
                    kinds[at] = Some(element.kind);
                }
            }
        }
        let mut columns: Vec<Column> = Vec::with_capacity(self.names.len() + 1);
        for (at, name) in self.names.iter().enumerate() {
            let (type_name, kind) = match (kinds[at], mixed[at]) {
                (Some(it), false) => (type_name(it), kind_of(it)),
                (_, true) => ("mixed", Kind::Other),
                (None, _) => ("null", Kind::Other),
            };
            columns.push(column(&String::from_utf8_lossy(name), type_name, kind));
        }
        columns.push(column("document", WHOLE_DOCUMENT, Kind::Json));
        columns
    }
}

/// What cells of a type are.
pub(super) fn kind_of(it: u8) -> Kind {
    match it {
        kind::DOUBLE => Kind::Float,
        kind::STRING => Kind::Text,
        kind::DOCUMENT => Kind::Json,
        kind::ARRAY => Kind::Json,
        kind::BINARY => Kind::Bytes,
        kind::BOOL => Kind::Bool,
        kind::DATE => Kind::Timestamp,
        kind::NULL => Kind::Null,
        kind::INT32 | kind::INT64 => Kind::Integer,
        kind::DECIMAL => Kind::Decimal,
        _ => Kind::Other,
    }
}

/// Adds a value as a cell. Whether something of it could not be written as it is.
pub(super) fn cell(page: &mut Page, value: Bson<'_>) -> bool {
    let mut text = |kind: Kind, text: &str| page.push_known(kind, text.as_bytes());
    match value {
        Bson::Null => page.push_null(),
        Bson::Double(it) => text(Kind::Float, &double(it)),
        Bson::String(it) => page.push(Kind::Text, it),
        Bson::Binary(4, it) if it.len() == 16 => {
            let hex = hex(it);
            let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
            text(Kind::Uuid, &parts.join("-"));
        }
        Bson::Binary(_, it) => page.push_known(Kind::Bytes, it),
        Bson::ObjectId(it) => text(Kind::Other, &hex(&it)),
        Bson::Bool(it) => text(Kind::Bool, if it { "true" } else { "false" }),
        Bson::Int32(it) => text(Kind::Integer, &it.to_string()),
        Bson::Int64(it) => text(Kind::Integer, &it.to_string()),
        Bson::Decimal(it) => text(Kind::Decimal, &decimal::text(it)),
        Bson::Date(it) => match time::text(it) {
            Some(moment) => text(Kind::Timestamp, &moment),
            None => return json(page, Kind::Json, value),
        },
        Bson::Document(_) | Bson::Array(_) => return json(page, Kind::Json, value),
        _ => return json(page, Kind::Other, value),
    }
    false
}

fn json(page: &mut Page, kind: Kind, value: Bson<'_>) -> bool {
    let json = Json::of(value);
    page.push_known(kind, json.text.as_bytes());
    json.inexact
}
