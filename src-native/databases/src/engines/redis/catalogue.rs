//! Databases and keys. Keys are found by `SCAN`, for a while and never for as long as it takes.

use super::Redis;
use super::resp::Reply;
use crate::catalogue::{Description, Field, Object, ObjectKind, Objects, Schema};
use crate::statement::redis::{quote, words};
use crate::{Failure, Reason, Result};
use std::collections::HashSet;
use std::time::{Duration, Instant};

/// How long keys are looked for before an answer is given, in which more may be to come.
const LOOKS_FOR: Duration = Duration::from_millis(150);
/// How many keys the server goes through before it turns to others.
const STEP: &str = "1000";
/// How many questions are sent before their answers are read.
const AT_ONCE: usize = 500;
/// The longest text that is shown whole.
const SHOWN_WHOLE: i64 = 1 << 20;
/// How many elements are shown at once.
const SHOWN: usize = 1000;

pub(super) fn schemas(redis: &mut Redis) -> Result<Vec<Schema>> {
    let info = redis.ask(&["INFO", "keyspace"])?.words();
    let current = redis.database;
    let mut numbers: Vec<u32> = info
        .lines()
        .filter_map(|it| it.strip_prefix("db")?.split(':').next()?.parse().ok())
        .collect();
    numbers.push(current);
    numbers.sort_unstable();
    numbers.dedup();
    let schema =
        |it: u32| Schema { name: format!("db{it}"), current: it == current, system: false };
    Ok(numbers.into_iter().map(schema).collect())
}

pub(super) fn objects(redis: &mut Redis, of: &Objects<'_>) -> Result<Vec<Object>> {
    let until = Instant::now() + LOOKS_FOR;
    let mut cursor = of.after.unwrap_or("0").to_owned();
    if cursor.parse::<u64>().is_err() {
        let text = format!("`{cursor}` is no place to go on from");
        return Err(Failure::new(Reason::Usage, text));
    }
    let step = match of.pattern {
        Some(_) => STEP.to_owned(),
        None => of.limit.clamp(10, 1000).to_string(),
    };
    let mut seen = HashSet::new();
    loop {
        let mut scan = vec!["SCAN", cursor.as_str()];
        if let Some(pattern) = of.pattern {
            scan.extend(["MATCH", pattern]);
        }
        scan.extend(["COUNT", step.as_str()]);
        let reply = redis.ask(&scan)?;
        let (Some(next), Some(keys)) = (reply.list().first(), reply.list().get(1)) else { break };
        cursor = next.words();
        seen.extend(keys.list().iter().map(|it| it.bytes().to_vec()));
        if cursor == "0" || seen.len() >= of.limit || Instant::now() >= until {
            break;
        }
    }
    redis.cursor = (cursor != "0").then_some(cursor);
    let mut keys: Vec<Vec<u8>> = seen.into_iter().collect();
    keys.sort_unstable();
    let mut objects = Vec::with_capacity(keys.len());
    for some in keys.chunks(AT_ONCE) {
        for (key, of_type) in some.iter().zip(types(redis, some)?) {
            // A key that went meanwhile is none.
            if of_type != "none" {
                objects.push(object(key, Some(of_type)));
            }
        }
    }
    Ok(objects)
}

/// The types of keys, asked for all at once.
fn types(redis: &mut Redis, keys: &[Vec<u8>]) -> Result<Vec<String>> {
    let link = redis.link()?;
    let mut asked = || -> std::io::Result<Vec<String>> {
        for key in keys {
            link.send(&[b"TYPE", key.as_slice()])?;
        }
        keys.iter().map(|_| Ok(link.reply()?.words())).collect()
    };
    match asked() {
        Ok(types) => Ok(types),
        Err(error) => Err(redis.lost(&error)),
    }
}

fn object(key: &[u8], detail: Option<String>) -> Object {
    Object { kind: ObjectKind::Key, name: shown(key), detail, comment: None, rows: None }
}

/// How a key is called: as it is, or as in a command where that is not text or begins with a quote.
fn shown(key: &[u8]) -> String {
    match std::str::from_utf8(key) {
        Ok(it) if !it.is_empty() && !it.starts_with('"') && !it.chars().any(char::is_control) => {
            it.to_owned()
        }
        Ok("") => "\"\"".to_owned(),
        _ => quote(key),
    }
}

/// The key that is called so.
fn key_of(name: &str) -> Vec<u8> {
    if name.starts_with('"')
        && let Ok(words) = words(name)
        && let [word] = words.as_slice()
    {
        return word.bytes.clone();
    }
    name.as_bytes().to_vec()
}

pub(super) fn describe(redis: &mut Redis, name: &str) -> Result<Description> {
    let key = key_of(name);
    let of_type = redis.ask(&[b"TYPE", key.as_slice()])?.words();
    if of_type == "none" {
        return Err(Failure::new(Reason::Usage, format!("there is no key `{name}`")));
    }
    let mut ask = |words: &[&[u8]]| -> Result<Option<Reply>> {
        match redis.ask(words) {
            Ok(Reply::Nil) => Ok(None),
            Ok(reply) => Ok(Some(reply)),
            // What this user may not ask, or this server does not know, is left out.
            Err(failure) if failure.reason == Reason::Server => Ok(None),
            Err(failure) => Err(failure),
        }
    };
    let count: Option<(&[u8], &str)> = match of_type.as_str() {
        "string" => Some((b"STRLEN", "bytes")),
        "list" => Some((b"LLEN", "elements")),
        "set" => Some((b"SCARD", "members")),
        "zset" => Some((b"ZCARD", "members")),
        "hash" => Some((b"HLEN", "fields")),
        "stream" => Some((b"XLEN", "entries")),
        "vectorset" => Some((b"VCARD", "members")),
        _ => None,
    };
    let length = match count {
        Some((command, _)) => ask(&[command, &key])?.and_then(|it| it.number()),
        None => None,
    };
    let ttl = ask(&[b"PTTL", &key])?.and_then(|it| it.number());
    let encoding = ask(&[b"OBJECT", b"ENCODING", &key])?;
    let memory = ask(&[b"MEMORY", b"USAGE", &key])?.and_then(|it| it.number());
    let first: Option<Reply> = match of_type.as_str() {
        "hash" => ask(&[b"HSCAN", &key, b"0", b"COUNT", b"100"])?,
        "stream" => ask(&[b"XRANGE", &key, b"-", b"+", b"COUNT", b"1"])?,
        _ => None,
    };
    let mut description = Description::of(object(&key, Some(of_type.clone())));
    description.object.rows = match of_type.as_str() {
        "string" => Some(1),
        _ => length.and_then(|it| u64::try_from(it).ok()),
    };
    let mut fact = |name: &str, text: String| description.facts.push((name.to_owned(), text));
    fact("type", of_type.clone());
    match ttl {
        Some(-1) => fact("time to live", "none".to_owned()),
        Some(milliseconds) if milliseconds >= 0 => {
            let text = format!("{}.{:03} s", milliseconds / 1000, milliseconds % 1000);
            fact("time to live", text);
        }
        _ => {}
    }
    if let (Some(length), Some((_, what))) = (length, count) {
        fact(what, length.to_string());
    }
    if let Some(encoding) = encoding {
        fact("encoding", encoding.words());
    }
    if let Some(memory) = memory {
        fact("memory", format!("{memory} bytes"));
    }
    if let Some(browse) = browse(&of_type, &quote(&key), length) {
        fact("browse", browse);
    }
    description.columns = columns(&of_type, first.as_ref());
    Ok(description)
}

/// The command that shows a key, or its beginning where it is large.
fn browse(of_type: &str, key: &str, length: Option<i64>) -> Option<String> {
    Some(match of_type {
        "string" if length.is_some_and(|it| it > SHOWN_WHOLE) => {
            format!("GETRANGE {key} 0 {}", SHOWN_WHOLE - 1)
        }
        "string" => format!("GET {key}"),
        "list" => format!("LRANGE {key} 0 {}", SHOWN - 1),
        "set" => format!("SSCAN {key} 0 COUNT {SHOWN}"),
        "zset" => format!("ZRANGE {key} 0 {} WITHSCORES", SHOWN - 1),
        "hash" => format!("HSCAN {key} 0 COUNT {SHOWN}"),
        "stream" => format!("XRANGE {key} - + COUNT {SHOWN}"),
        "vectorset" => format!("VRANDMEMBER {key} {SHOWN}"),
        "ReJSON-RL" => format!("JSON.GET {key}"),
        _ => return None,
    })
}

/// A hash's fields, the fields of a stream's first entry, or what the elements are.
fn columns(of_type: &str, first: Option<&Reply>) -> Vec<Field> {
    let field = |name: String, value: Option<&Reply>| {
        let binary = value.is_some_and(|it| std::str::from_utf8(it.bytes()).is_err());
        Field {
            name,
            type_name: if binary { "bytes" } else { "string" }.to_owned(),
            nullable: None,
            default: None,
            generated: false,
            comment: None,
        }
    };
    let pairs = match of_type {
        "hash" => first.and_then(|it| it.list().get(1)),
        "stream" => first.and_then(|it| it.list().first()?.list().get(1)),
        _ => None,
    };
    if let Some(pairs) = pairs {
        let pairs = pairs.list().chunks(2);
        return pairs.map(|it| field(shown(it[0].bytes()), it.get(1))).collect();
    }
    let names: &[&str] = match of_type {
        "list" => &["index", "value"],
        "zset" => &["member", "score"],
        "set" => &["member"],
        "string" => &["value"],
        _ => &[],
    };
    names
        .iter()
        .map(|it| {
            let mut field = field((*it).to_owned(), None);
            match *it {
                "index" => field.type_name = "integer".to_owned(),
                "score" => field.type_name = "double".to_owned(),
                _ => {}
            }
            field
        })
        .collect()
}
