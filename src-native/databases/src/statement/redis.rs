//! Commands of Redis as `redis-cli` reads them, and what they do.

mod script;
#[cfg(test)]
mod tests;

use super::{Effect, Judgement, Loss, Piece};
use crate::{Failure, Place, Reason, Result, Value};
use std::ops::Range;

/// A word of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// Its bytes, without quotes.
    pub(crate) bytes: Vec<u8>,
    /// Where it stands, quotes included.
    pub(crate) range: Range<usize>,
    /// Whether it was written in quotes.
    pub(crate) quoted: bool,
}

impl AsRef<[u8]> for Word {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Takes a script apart: a command a line; quotes hold lines together; a line that begins with `#` is a
/// remark.
pub(crate) fn split(script: &str) -> Result<Vec<Piece>> {
    let mut pieces = Vec::new();
    let bytes = script.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at].is_ascii_whitespace() {
            at += 1;
            continue;
        }
        if bytes[at] == b'#' {
            at = line_end(bytes, at);
            continue;
        }
        let start = at;
        let mut end = at;
        while let Some(word) = next_word(script, &mut at, true)? {
            end = word.range.end;
        }
        pieces.push(Piece { range: start..end });
    }
    Ok(pieces)
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|it| *it == b'\n').map_or(bytes.len(), |it| at + it)
}

/// The words of one command.
pub(crate) fn words(text: &str) -> Result<Vec<Word>> {
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(word) = next_word(text, &mut at, false)? {
        words.push(word);
    }
    Ok(words)
}

fn next_word(text: &str, at: &mut usize, in_line: bool) -> Result<Option<Word>> {
    let bytes = text.as_bytes();
    while let Some(it) = bytes.get(*at).filter(|it| it.is_ascii_whitespace()) {
        if in_line && *it == b'\n' {
            return Ok(None);
        }
        *at += 1;
    }
    let start = *at;
    if start >= bytes.len() {
        return Ok(None);
    }
    let mut word = Word { bytes: Vec::new(), range: start..start, quoted: false };
    while let Some(&letter) = bytes.get(*at) {
        if letter.is_ascii_whitespace() {
            break;
        }
        *at += 1;
        if letter == b'"' || letter == b'\'' {
            word.quoted = true;
            quoted(text, at, letter, &mut word.bytes)?;
        } else {
            word.bytes.push(letter);
        }
    }
    word.range = start..*at;
    Ok(Some(word))
}

fn quoted(text: &str, at: &mut usize, mark: u8, into: &mut Vec<u8>) -> Result<()> {
    let bytes = text.as_bytes();
    let opened = *at - 1;
    while let Some(&letter) = bytes.get(*at) {
        *at += 1;
        if letter == mark {
            return match bytes.get(*at) {
                Some(it) if !it.is_ascii_whitespace() => {
                    Err(wrong(text, *at, "after a closing quote comes a space"))
                }
                _ => Ok(()),
            };
        }
        if letter != b'\\' {
            into.push(letter);
            continue;
        }
        let Some(&next) = bytes.get(*at) else { break };
        *at += 1;
        if mark == b'\'' {
            if next != b'\'' {
                into.push(b'\\');
            }
            into.push(next);
            continue;
        }
        let hex = |at: usize| bytes.get(at).and_then(|it| char::from(*it).to_digit(16));
        match (next, hex(*at), hex(*at + 1)) {
            (b'x', Some(high), Some(low)) => {
                into.push(u8::try_from(high * 16 + low).unwrap_or(0));
                *at += 2;
            }
            (b'n', ..) => into.push(b'\n'),
            (b'r', ..) => into.push(b'\r'),
            (b't', ..) => into.push(b'\t'),
            (b'b', ..) => into.push(8),
            (b'a', ..) => into.push(7),
            (other, ..) => into.push(other),
        }
    }
    Err(wrong(text, opened, "this quote is not closed"))
}

fn wrong(text: &str, at: usize, what: &str) -> Failure {
    let mut failure = Failure::new(Reason::Usage, format!("the command cannot be read: {what}"));
    failure.place = Some(Place::of_offset(text, text[..at].chars().count()));
    failure
}

/// A word so that it is read back as it is: bare where it can be, else in quotes.
pub(crate) fn quote(bytes: &[u8]) -> String {
    let bare = |it: &u8| it.is_ascii_graphic() && !matches!(it, b'"' | b'\'' | b'\\');
    let plain = !bytes.is_empty() && bytes.iter().all(bare) && !matches!(bytes[0], b':' | b'#');
    if plain {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    let mut text = String::with_capacity(bytes.len() + 2);
    text.push('"');
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '"' => text.push_str("\\\""),
                '\\' => text.push_str("\\\\"),
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                '\t' => text.push_str("\\t"),
                it if it.is_ascii_control() => text.push_str(&format!("\\x{:02x}", u32::from(it))),
                it => text.push(it),
            }
        }
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    text.push('"');
    text
}

/// Names of the places that a command leaves open, in order, each once: bare words that begin with `:`.
pub(crate) fn parameters(text: &str) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for word in words(text)? {
        if let Some(name) = open_name(&word)
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    Ok(names)
}

fn open_name(word: &Word) -> Option<String> {
    let name = word.bytes.strip_prefix(b":").filter(|_| !word.quoted)?;
    let starts = name.first().is_some_and(|it| it.is_ascii_alphabetic() || *it == b'_');
    let whole = name.iter().all(|it| it.is_ascii_alphanumeric() || *it == b'_');
    (starts && whole).then(|| String::from_utf8_lossy(name).into_owned())
}

/// Writes values into the places that a command leaves open.
///
/// # Errors
/// Where a name has no value, or NULL: Redis has no such thing.
pub(crate) fn bind(text: &str, value: &dyn Fn(&str) -> Option<Value>) -> Result<String> {
    let mut bound = String::with_capacity(text.len());
    let mut from = 0;
    for word in words(text)? {
        let Some(name) = open_name(&word) else { continue };
        let written = match value(&name) {
            Some(Value::Text(it) | Value::Number(it)) => quote(it.as_bytes()),
            Some(Value::Bytes(it)) => quote(&it),
            Some(Value::Bool(it)) => String::from(if it { "1" } else { "0" }),
            Some(Value::Null) => {
                let text = format!("`:{name}` is NULL, and Redis has no such value");
                return Err(Failure::new(Reason::Usage, text).hint("give an empty text, or none"));
            }
            None => {
                let text = format!("`:{name}` has no value");
                return Err(Failure::new(Reason::Usage, text)
                    .hint("give it one, or write it in quotes where it is meant so"));
            }
        };
        bound.push_str(&text[from..word.range.start]);
        bound.push_str(&written);
        from = word.range.end;
    }
    bound.push_str(&text[from..]);
    Ok(bound)
}

/// Commands that only read, whatever follows them.
const READS: &[&str] = &[
    "BITCOUNT",
    "BITFIELD_RO",
    "BITPOS",
    "DBSIZE",
    "DUMP",
    "ECHO",
    "EXISTS",
    "EXPIRETIME",
    "GEODIST",
    "GEOHASH",
    "GEOPOS",
    "GEORADIUSBYMEMBER_RO",
    "GEORADIUS_RO",
    "GEOSEARCH",
    "GET",
    "GETBIT",
    "GETRANGE",
    "HEXISTS",
    "HEXPIRETIME",
    "HGET",
    "HGETALL",
    "HKEYS",
    "HLEN",
    "HMGET",
    "HPEXPIRETIME",
    "HPTTL",
    "HRANDFIELD",
    "HSCAN",
    "HSTRLEN",
    "HTTL",
    "HVALS",
    "INFO",
    "LASTSAVE",
    "LCS",
    "LINDEX",
    "LLEN",
    "LOLWUT",
    "LPOS",
    "LRANGE",
    "MGET",
    "MONITOR",
    "PEXPIRETIME",
    "PFCOUNT",
    "PING",
    "PSUBSCRIBE",
    "PTTL",
    "RANDOMKEY",
    "ROLE",
    "SCAN",
    "SCARD",
    "SDIFF",
    "SELECT",
    "SINTER",
    "SINTERCARD",
    "SISMEMBER",
    "SMEMBERS",
    "SMISMEMBER",
    "SORT_RO",
    "SRANDMEMBER",
    "SSCAN",
    "SSUBSCRIBE",
    "STRLEN",
    "SUBSCRIBE",
    "SUBSTR",
    "SUNION",
    "TIME",
    "TTL",
    "TYPE",
    "VCARD",
    "VDIM",
    "VEMB",
    "VGETATTR",
    "VINFO",
    "VLINKS",
    "VRANDMEMBER",
    "VSIM",
    "XLEN",
    "XPENDING",
    "XRANGE",
    "XREAD",
    "XREVRANGE",
    "ZCARD",
    "ZCOUNT",
    "ZDIFF",
    "ZINTER",
    "ZINTERCARD",
    "ZLEXCOUNT",
    "ZMSCORE",
    "ZRANDMEMBER",
    "ZRANGE",
    "ZRANGEBYLEX",
    "ZRANGEBYSCORE",
    "ZRANK",
    "ZREVRANGE",
    "ZREVRANGEBYLEX",
    "ZREVRANGEBYSCORE",
    "ZREVRANK",
    "ZSCAN",
    "ZSCORE",
    "ZUNION",
];

/// Commands of two words that only read.
const READS_IN_PART: &[(&str, &[&str])] = &[
    ("ACL", &["CAT", "HELP", "WHOAMI"]),
    ("CLIENT", &["GETNAME", "HELP", "ID", "INFO", "LIST", "TRACKINGINFO"]),
    ("CLUSTER", &["INFO", "KEYSLOT", "MYID", "NODES", "SHARDS", "SLOTS", "COUNTKEYSINSLOT"]),
    ("COMMAND", &["COUNT", "DOCS", "GETKEYS", "INFO", "LIST"]),
    ("FUNCTION", &["HELP", "LIST", "STATS"]),
    ("LATENCY", &["DOCTOR", "GRAPH", "HELP", "HISTOGRAM", "HISTORY", "LATEST"]),
    ("MEMORY", &["DOCTOR", "HELP", "MALLOC-STATS", "STATS", "USAGE"]),
    ("MODULE", &["HELP", "LIST"]),
    ("OBJECT", &["ENCODING", "FREQ", "HELP", "IDLETIME", "REFCOUNT"]),
    ("PUBSUB", &["CHANNELS", "HELP", "NUMPAT", "NUMSUB", "SHARDCHANNELS", "SHARDNUMSUB"]),
    ("SCRIPT", &["EXISTS", "HELP"]),
    ("SLOWLOG", &["GET", "HELP", "LEN"]),
    ("XINFO", &["CONSUMERS", "GROUPS", "HELP", "STREAM"]),
];

/// Settings that hold secrets.
const SECRET: &[&str] = &[
    "requirepass",
    "masterauth",
    "masteruser",
    "primaryauth",
    "primaryuser",
    "tls-key-file-pass",
    "tls-client-key-file-pass",
];

/// Whether the connection is another one after a command that only reads: in another database, or
/// listening.
pub(crate) fn leaves(text: &str) -> bool {
    let name = words(text).ok().and_then(|it| it.first().map(upper)).unwrap_or_default();
    matches!(name.as_str(), "SELECT" | "MONITOR" | "SUBSCRIBE" | "PSUBSCRIBE" | "SSUBSCRIBE")
}

/// What a command does.
pub(crate) fn judge(text: &str) -> Judgement {
    let words = match words(text) {
        Ok(words) if !words.is_empty() => words,
        Ok(_) => return Judgement::unread("there is no command"),
        Err(failure) => return Judgement::unread(failure.message),
    };
    let name = upper(&words[0]);
    let second = words.get(1).map(upper).unwrap_or_default();
    let reads = reads(&name, &second, &words);
    let effect = match destroys(&name, &second, &words) {
        Some(what) => Effect::Destroys(vec![Loss { words: what }]),
        None if reads.is_ok() => Effect::Reads,
        None => Effect::Writes,
    };
    Judgement { effect, reads }
}

fn upper(word: &Word) -> String {
    String::from_utf8_lossy(&word.bytes).to_ascii_uppercase()
}

fn reads(name: &str, second: &str, words: &[Word]) -> Result<(), String> {
    if READS.contains(&name) {
        return Ok(());
    }
    if let Some((_, parts)) = READS_IN_PART.iter().find(|it| it.0 == name) {
        if parts.contains(&second) || (name == "COMMAND" && words.len() == 1) {
            return Ok(());
        }
        return Err(format!("{name} {second} is not known to only read"));
    }
    Err(match name {
        "KEYS" => {
            "KEYS goes through all keys at once, and the server does nothing else meanwhile: \
                   use SCAN"
                .to_owned()
        }
        "CONFIG" if second == "GET" => return config_get(words),
        "EVAL" | "EVALSHA" | "EVAL_RO" | "EVALSHA_RO" | "FCALL" | "FCALL_RO" => {
            format!("{name} runs a script, and nobody can tell before what it does")
        }
        "SORT" => "SORT may store what it sorted: use SORT_RO".to_owned(),
        "MULTI" | "EXEC" | "DISCARD" | "WATCH" | "UNWATCH" => {
            format!("{name} is for writing")
        }
        "HELLO" | "AUTH" => format!("{name} would change who this connection is"),
        _ => format!("{name} is not known to only read"),
    })
}

fn config_get(words: &[Word]) -> Result<(), String> {
    for word in &words[2.min(words.len())..] {
        let name = String::from_utf8_lossy(&word.bytes).to_ascii_lowercase();
        if SECRET.contains(&name.as_str()) || name.contains(['*', '?', '[']) {
            return Err(format!(
                "CONFIG GET {name} may give passwords away: name other settings one by one"
            ));
        }
    }
    Ok(())
}

fn destroys(name: &str, second: &str, words: &[Word]) -> Option<String> {
    let keys = words.len().saturating_sub(1);
    let of = |what: &str| Some(what.to_owned());
    let has = |option: &str| words.iter().skip(1).any(|it| upper(it) == option);
    match (name, second) {
        ("FLUSHALL", _) => of("removes every key of every database of this server"),
        ("FLUSHDB", _) => of("removes every key of the current database"),
        ("SWAPDB", _) => of("exchanges all keys of two databases"),
        ("SHUTDOWN", _) => of("stops the server"),
        ("DEBUG", _) => of("reaches into the server itself: it may stop, crash or lose data"),
        ("CONFIG", "SET") => of("changes a setting of the server, for everybody"),
        ("CONFIG", "REWRITE") => of("overwrites the server's file of settings"),
        ("CONFIG", "RESETSTAT") => of("forgets the server's statistics"),
        ("SCRIPT", "FLUSH") => of("forgets all scripts: whoever runs them by their digest fails"),
        ("FUNCTION", "FLUSH") => of("removes all functions"),
        ("FUNCTION", "DELETE") => of("removes a library of functions"),
        ("FUNCTION", "RESTORE") => of("may replace functions"),
        ("ACL", "DELUSER") => of("removes a user"),
        ("ACL", "SETUSER") => of("changes what a user may do"),
        ("ACL", "LOAD") => of("replaces all users by those of a file"),
        (
            "CLUSTER",
            "RESET" | "FORGET" | "FAILOVER" | "FLUSHSLOTS" | "DELSLOTS" | "DELSLOTSRANGE"
            | "SETSLOT" | "REPLICATE",
        ) => of("changes which server holds which keys"),
        ("REPLICAOF" | "SLAVEOF", _) => of("replaces all keys of this server by those of another"),
        ("FAILOVER", _) => of("makes another server the one that is written to"),
        ("CLIENT", "KILL") => of("cuts connections of others"),
        ("MODULE", "LOAD" | "LOADEX" | "UNLOAD") => of("changes the server's own code"),
        ("DEL" | "UNLINK", _) if keys > 1 => Some(format!("removes {keys} keys")),
        // What only reads is held to it by the server itself.
        ("EVAL", _) => match words.get(1).map(|it| std::str::from_utf8(&it.bytes)) {
            Some(Ok(script)) => script::destroys(script),
            Some(Err(_)) => of("cannot be told: the script is no text"),
            None => None,
        },
        ("EVALSHA" | "FCALL", _) => of("cannot be told: what the script does is not seen here"),
        ("FUNCTION", "LOAD") if has("REPLACE") => of("replaces a library of functions"),
        ("MIGRATE", _) if !has("COPY") || has("REPLACE") => {
            of("moves keys to another server: they are here no more, or are replaced there")
        }
        ("SENTINEL", "REMOVE" | "RESET" | "FAILOVER") => of("changes which server is watched"),
        ("CLIENT", "PAUSE") => of("makes all other clients wait"),
        ("SCRIPT" | "FUNCTION", "KILL") => of("ends the script of somebody else"),
        ("SLOWLOG" | "LATENCY", "RESET") => of("forgets what the server measured"),
        ("ACL", "SAVE") => of("overwrites the server's file of users"),
        ("FT.DROPINDEX" | "FT.DROP", _) => of("removes an index, and may remove what is in it"),
        ("RESTORE", _) if words.iter().any(|it| upper(it) == "REPLACE") => {
            of("replaces a key by what was dumped")
        }
        ("XGROUP", "DESTROY") => of("removes a group of readers and what it had not confirmed"),
        ("XTRIM", _) => of("removes the oldest entries of a stream"),
        _ => None,
    }
}
