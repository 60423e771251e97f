//! One thing as several records tell it, and how its fields are read.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use model::{Account, Oid, Timestamp};
use serde_json::Value;

use crate::sources::record::Record;
use crate::sources::time::millis;

/// A record whose body was read.
pub(super) struct Telling<'a> {
    pub(super) record: &'a Record,
    pub(super) value: Value,
}

/// Reads the bodies; one that cannot be read tells nothing.
pub(super) fn tellings(records: &[Record]) -> Vec<Telling<'_>> {
    let mut all: Vec<Telling<'_>> = records
        .iter()
        .filter(|it| !it.gone)
        .filter_map(|record| {
            Some(Telling { record, value: serde_json::from_slice(&record.body).ok()? })
        })
        .collect();
    all.sort_by_key(|it| (Reverse(it.record.version), it.record.kind, &it.record.id));
    all
}

/// All that is told of one thing, the newest first.
#[derive(Clone, Default)]
pub(super) struct Told<'a>(Vec<&'a Telling<'a>>);

impl<'a> Told<'a> {
    /// All tellings of these kinds as one.
    pub(super) fn of(all: &'a [Telling<'a>], kinds: &[&str]) -> Told<'a> {
        Told(all.iter().filter(|it| kinds.contains(&it.record.kind)).collect())
    }

    /// The tellings of these kinds, those with one id together.
    pub(super) fn each(all: &'a [Telling<'a>], kinds: &[&str]) -> Vec<(&'a str, Told<'a>)> {
        let mut each: BTreeMap<&str, Told<'_>> = BTreeMap::new();
        for telling in all.iter().filter(|it| kinds.contains(&it.record.kind)) {
            each.entry(&telling.record.id).or_default().0.push(telling);
        }
        each.into_iter().collect()
    }

    /// The tellings in which one of these fields has a value.
    pub(super) fn having(&self, names: &[&str]) -> Told<'a> {
        let has = |it: &&&Telling<'_>| {
            names.iter().any(|name| find(&it.value, name).is_some_and(|it| !it.is_null()))
        };
        Told(self.0.iter().filter(has).copied().collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn version(&self) -> i64 {
        self.0.first().map_or(0, |it| it.record.version)
    }

    /// The field under one of its names, from the newest that tells it, be it null.
    /// A name may lead through objects: `head.repo.owner.login`.
    pub(super) fn find(&self, names: &[&str]) -> Option<&'a Value> {
        self.0.iter().find_map(|it| names.iter().find_map(|name| find(&it.value, name)))
    }

    /// A text of several lines, as people see it: see [`clean`].
    pub(super) fn text(&self, names: &[&str]) -> String {
        clean(self.find(names).and_then(Value::as_str).unwrap_or_default())
    }

    /// A text of one line.
    pub(super) fn line(&self, names: &[&str]) -> String {
        let text = self.text(names);
        if text.contains(['\n', '\t']) { text.replace(['\n', '\t'], " ") } else { text }
    }

    pub(super) fn number(&self, names: &[&str]) -> Option<u64> {
        self.find(names)?.as_u64()
    }

    pub(super) fn count(&self, names: &[&str]) -> Option<u32> {
        self.number(names)?.try_into().ok()
    }

    pub(super) fn flag(&self, names: &[&str]) -> bool {
        self.find(names).and_then(Value::as_bool).unwrap_or(false)
    }

    pub(super) fn time(&self, names: &[&str]) -> Option<Timestamp> {
        time(self.find(names)?)
    }

    pub(super) fn oid(&self, names: &[&str]) -> Option<Oid> {
        Oid::from_hex(self.find(names)?.as_str()?)
    }

    pub(super) fn account(&self, names: &[&str]) -> Option<Account> {
        account(self.find(names)?)
    }

    /// An id, be it written as a number or as text; empty for none.
    pub(super) fn id(&self, names: &[&str]) -> String {
        match self.find(names) {
            Some(Value::Number(it)) => it.to_string(),
            Some(Value::String(it)) => it.clone(),
            _ => String::new(),
        }
    }

    pub(super) fn nodes(&self, names: &[&str]) -> Vec<&'a Value> {
        self.find(names).map(nodes).unwrap_or_default()
    }

    /// Labels, in order.
    pub(super) fn labels(&self) -> Vec<String> {
        let name = |it: &&Value| it.get("name").unwrap_or(it).as_str().map(clean);
        sorted(self.nodes(&["labels"]).iter().filter_map(name).collect())
    }
}

/// In order, none twice: shapes differ in theirs.
pub(super) fn sorted<T: Ord>(mut all: Vec<T>) -> Vec<T> {
    all.sort();
    all.dedup();
    all
}

/// Follows a name through objects. What stands behind null is null.
pub(super) fn find<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let mut at = value;
    for part in name.split('.') {
        if at.is_null() {
            break;
        }
        at = at.get(part)?;
    }
    Some(at)
}

/// Elements of an array, or nodes of a connection.
pub(super) fn nodes(value: &Value) -> Vec<&Value> {
    if let Some(list) = value.as_array() {
        return list.iter().collect();
    }
    let list = |name: &str| value.get(name).and_then(Value::as_array).into_iter().flatten();
    list("nodes").chain(list("edges").filter_map(|it| it.get("node"))).collect()
}

pub(super) fn time(value: &Value) -> Option<Timestamp> {
    Some(Timestamp(millis(value.as_str()?)?.div_euclid(1000)))
}

/// Somebody. None where the account is gone (null, or GitHub's own stand-in `ghost`), and for
/// `web-flow`, which is the button that people press.
pub(super) fn account(value: &Value) -> Option<Account> {
    let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default();
    let is = |name: &str| value.get(name).and_then(Value::as_bool).unwrap_or(false);
    let mut login = clean(text("login").trim());
    let mut bot = text("type") == "Bot" || text("__typename") == "Bot" || is("is_bot");
    // REST writes a program as `name[bot]`, GraphQL as `name`, `gh` as `app/name`.
    let bare = login.strip_prefix("app/").unwrap_or(&login);
    if bare.len() < login.len() || (text("__typename") == "Bot" && !bare.ends_with("[bot]")) {
        (login, bot) = (format!("{bare}[bot]"), true);
    }
    bot |= login.ends_with("[bot]");
    let id = login.to_lowercase();
    if id.is_empty() || id == "ghost" || id == "web-flow" {
        return None;
    }
    let number = value.get("databaseId").or_else(|| value.get("id")).and_then(Value::as_u64);
    Some(Account {
        id,
        login,
        display: clean(text("name").trim()),
        mail: clean(text("email").trim()),
        number: number.unwrap_or(0),
        active: value.get("suspended_at").is_none_or(Value::is_null),
        bot,
    })
}

/// Text with lines that end in LF. Control characters but tabs become U+FFFD; NUL says nothing and
/// goes.
pub(super) fn clean(text: &str) -> String {
    let odd = |it: char| it < ' ' && it != '\n' && it != '\t';
    if !text.contains(odd) {
        return text.to_owned();
    }
    let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "");
    text.replace(odd, "\u{fffd}")
}
