//! An object of JSON of which only what is asked for is read.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::address;
use crate::sources::time::millis;

/// The fields of an object, each as it was written. Of two with one name the last counts.
pub(super) struct Fields<'a>(BTreeMap<String, &'a RawValue>);

/// What is wrong with a record, as the end of a sentence.
pub(super) type Reason = String;

impl<'a> Fields<'a> {
    pub(super) fn of(raw: &'a RawValue) -> Option<Fields<'a>> {
        let text = raw.get();
        text.starts_with('{').then(|| serde_json::from_str(text).ok().map(Fields))?
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The field, unless it is null.
    pub(super) fn raw(&self, name: &str) -> Option<&'a RawValue> {
        self.0.get(name).copied().filter(|it| it.get() != "null")
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    pub(super) fn tells(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        serde_json::from_str(self.raw(name)?.get()).ok()
    }

    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.raw(name)?.get().parse().ok()
    }

    /// The number of a pull request or issue: from 1, and one that every reader of JSON can hold.
    pub(super) fn own_number(&self) -> Option<u64> {
        self.number("number").filter(|it| (1..1 << 53).contains(it))
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.raw(name).is_some_and(|it| it.get() == "true")
    }

    pub(super) fn object(&self, name: &str) -> Option<Fields<'a>> {
        Fields::of(self.raw(name)?)
    }

    pub(super) fn list(&self, name: &str) -> Option<Vec<&'a RawValue>> {
        list(self.raw(name)?)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.0.iter().map(|(name, &raw)| (name.as_str(), raw))
    }

    /// A number or a text as text; none where it is empty or anything else.
    pub(super) fn id(&self, name: &str) -> Option<String> {
        let id = self.number(name).map(|it| it.to_string()).or_else(|| self.text(name))?;
        Some(id).filter(|it| !it.is_empty())
    }

    /// Milliseconds since 1970 of a time; none where it is null or not told.
    pub(super) fn time(&self, name: &str) -> Result<Option<i64>, Reason> {
        let Some(raw) = self.raw(name) else { return Ok(None) };
        match self.text(name).and_then(|it| millis(&it)) {
            Some(time) => Ok(Some(time)),
            None => Err(format!("has no time in `{name}` but {}", cut(raw.get()))),
        }
    }

    /// The greatest of several times.
    pub(super) fn newest(&self, names: &[&str]) -> Result<Option<i64>, Reason> {
        let mut newest = None;
        for name in names {
            newest = newest.max(self.time(name)?);
        }
        Ok(newest)
    }

    /// The number of the pull request or issue that one of these addresses names.
    pub(super) fn number_in(&self, names: &[&str]) -> Option<u64> {
        names.iter().find_map(|it| address::number(&self.text(it)?))
    }

    /// `owner/name` of the repository that its addresses name.
    pub(super) fn repository(&self) -> Option<String> {
        let full = |it: Fields<'_>| it.text("full_name").or_else(|| it.text("nameWithOwner"));
        ["repository_url", "url", "html_url", "issue_url", "pull_request_url"]
            .iter()
            .find_map(|it| address::repository(&self.text(it)?))
            .or_else(|| self.object("repository").and_then(full))
    }

    /// The object without some of its fields, and with others that stand in no record of their own.
    pub(super) fn body(&self, without: &[&str], with: &[(&str, &str)]) -> Vec<u8> {
        let mut all: BTreeMap<&str, &str> =
            self.all().filter(|it| !without.contains(&it.0)).map(|it| (it.0, it.1.get())).collect();
        with.iter().for_each(|&(name, raw)| {
            all.entry(name).or_insert(raw);
        });
        let mut out = Vec::from(b"{");
        for (name, raw) in all {
            if out.len() > 1 {
                out.push(b',');
            }
            out.extend(serde_json::Value::from(name).to_string().bytes());
            out.push(b':');
            out.extend(raw.bytes());
        }
        out.push(b'}');
        out
    }
}

/// The elements of an array.
pub(super) fn list(raw: &RawValue) -> Option<Vec<&RawValue>> {
    let text = raw.get();
    text.starts_with('[').then(|| serde_json::from_str(text).ok())?
}

/// Enough of a text to be known by.
pub(super) fn cut(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A version: see [`super::read`].
pub(super) fn version(at: i64, fields: usize, settled: bool) -> i64 {
    at.saturating_add(fields.min(499) as i64 + if settled { 500 } else { 0 })
}
