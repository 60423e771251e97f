//! Which commands may run where only reading is allowed: those that the server itself calls reading.

use super::resp::{Link, Reply};
use crate::statement::redis::Word;
use crate::{Failure, Reason, Result};
use std::collections::HashMap;

/// Reading by the server's word, and yet not to be run: they stop everybody else, or run what nobody knows.
const NEVER: &[&str] = &["KEYS", "EVAL_RO", "EVALSHA_RO", "FCALL_RO", "READWRITE", "ASKING"];

/// Not called reading by the server, as they do not touch keys; each shows something and changes nothing.
const HARMLESS: &[&str] = &[
    "ACL CAT",
    "ACL WHOAMI",
    "CLIENT GETNAME",
    "CLIENT ID",
    "CLIENT INFO",
    "CLIENT LIST",
    "CLIENT TRACKINGINFO",
    "CLUSTER COUNTKEYSINSLOT",
    "CLUSTER INFO",
    "CLUSTER KEYSLOT",
    "CLUSTER MYID",
    "CLUSTER NODES",
    "CLUSTER SHARDS",
    "CLUSTER SLOTS",
    "COMMAND",
    "COMMAND COUNT",
    "COMMAND DOCS",
    "COMMAND GETKEYS",
    "COMMAND INFO",
    "COMMAND LIST",
    "CONFIG GET",
    "ECHO",
    "FUNCTION LIST",
    "FUNCTION STATS",
    "INFO",
    "LASTSAVE",
    "LATENCY DOCTOR",
    "LATENCY GRAPH",
    "LATENCY HISTOGRAM",
    "LATENCY HISTORY",
    "LATENCY LATEST",
    "MEMORY DOCTOR",
    "MEMORY MALLOC-STATS",
    "MEMORY STATS",
    "MODULE LIST",
    "MONITOR",
    "PING",
    "PSUBSCRIBE",
    "PUBSUB CHANNELS",
    "PUBSUB NUMPAT",
    "PUBSUB NUMSUB",
    "PUBSUB SHARDCHANNELS",
    "PUBSUB SHARDNUMSUB",
    "ROLE",
    "SCRIPT EXISTS",
    "SELECT",
    "SLOWLOG GET",
    "SLOWLOG LEN",
    "SSUBSCRIBE",
    "SUBSCRIBE",
    "TIME",
];

/// What the server said of commands.
#[derive(Default)]
pub(super) struct Rights {
    known: HashMap<String, bool>,
}

impl Rights {
    /// Whether a command may run.
    ///
    /// # Errors
    /// Without the server's answer.
    pub(super) fn check(&mut self, link: &mut Link, words: &[Word]) -> std::io::Result<Result<()>> {
        let word = |at: usize| {
            words.get(at).map(|it| String::from_utf8_lossy(&it.bytes).to_ascii_uppercase())
        };
        let name = word(0).unwrap_or_default();
        let both = word(1).map_or_else(|| name.clone(), |it| format!("{name} {it}"));
        if !name.bytes().all(|it| it.is_ascii_alphanumeric() || b"-._".contains(&it)) {
            return Ok(refuse(&name, "it is no command's name"));
        }
        if name == "CONFIG" && !plain_settings(words) {
            return Ok(refuse(&both, "it may give passwords away"));
        }
        if HARMLESS.contains(&name.as_str()) || HARMLESS.contains(&both.as_str()) {
            return Ok(Ok(()));
        }
        if NEVER.contains(&name.as_str()) {
            return Ok(refuse(&name, "the server does nothing else meanwhile, or runs a script"));
        }
        let may = match self.known.get(&name) {
            Some(may) => *may,
            None => {
                let may = is_reading(&link.ask(&["COMMAND", "INFO", name.as_str()])?);
                self.known.insert(name.clone(), may);
                may
            }
        };
        // Containers of commands, as OBJECT and XINFO, are asked for part by part.
        if may || self.part_reads(link, &name, &both)? {
            return Ok(Ok(()));
        }
        Ok(refuse(&name, "the server does not call it reading"))
    }

    fn part_reads(&mut self, link: &mut Link, name: &str, both: &str) -> std::io::Result<bool> {
        if name == both {
            return Ok(false);
        }
        if let Some(may) = self.known.get(both) {
            return Ok(*may);
        }
        let asked = both.replacen(' ', "|", 1);
        if !asked.bytes().all(|it| it.is_ascii_alphanumeric() || b"|-._".contains(&it)) {
            return Ok(false);
        }
        let may = is_reading(&link.ask(&["COMMAND", "INFO", asked.as_str()])?);
        self.known.insert(both.to_owned(), may);
        Ok(may)
    }
}

/// Whether the answer to `COMMAND INFO` has the flag of reading, and none that speaks against it.
fn is_reading(answer: &Reply) -> bool {
    let [about] = answer.list() else { return false };
    let Some(flags) = about.list().get(2).map(Reply::list) else { return false };
    let has = |name: &str| flags.iter().any(|it| it.bytes() == name.as_bytes());
    has("readonly") && !has("write") && !has("admin")
}

/// Whether settings are asked for by name, and none of them is a secret.
fn plain_settings(words: &[Word]) -> bool {
    words.iter().skip(2).all(|it| {
        let name = String::from_utf8_lossy(&it.bytes).to_ascii_lowercase();
        let secret = ["pass", "auth", "user"].iter().any(|it| name.contains(it));
        !secret && !name.contains(['*', '?', '[', '\\'])
    })
}

fn refuse(name: &str, why: &str) -> Result<()> {
    let text = format!("{name} was not sent, as this connection is read-only: {why}");
    Err(Failure::new(Reason::Refused, text))
}
