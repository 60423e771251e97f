//! A repository's own rules: `backstory.toml` and `.mailmap`.

use crate::config::{self, Config};
use crate::sources::git::{Clone, EntryKind};
use model::Oid;
use sha2::{Digest, Sha256};
use store::writes::Source;

/// Raised whenever the same history would give other rows or rollups: everything is then counted
/// again.
const VERSION: u32 = 1;

/// The rules in force.
pub(super) struct Rules {
    /// What the team says, by the last file that was right.
    pub(super) config: Config,
    /// That file.
    pub(super) text: Vec<u8>,
    /// The `.mailmap`.
    pub(super) mailmap: Vec<u8>,
    /// What is wrong with the files as they are now, in sentences.
    pub(super) wrong: Vec<String>,
    /// What Git would go by and is not gone by, in sentences.
    pub(super) not_followed: Vec<String>,
    /// Hash over the files as they are now, and over what is not gone by.
    pub(super) hash: Vec<u8>,
}

/// Reads the rules from the root of the work tree, else from HEAD's tree.
pub(super) fn read(source: &Source, clone: &Clone, head: Option<Oid>) -> Rules {
    let mut wrong = Vec::new();
    let mut file = |name: &str| match find(source, clone, head, name) {
        Ok(text) => text.unwrap_or_default(),
        Err(reason) => {
            wrong.push(reason);
            Vec::new()
        }
    };
    let text = file(config::FILE);
    let mailmap = file(".mailmap");
    let mut hash = Sha256::new();
    hash.update(VERSION.to_le_bytes());
    for part in [&text, &mailmap] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    wrong.iter().for_each(|it| hash.update(it));
    let not_followed = clone.not_followed();
    not_followed.iter().for_each(|it| hash.update(it));
    let hash = hash.finalize().to_vec();
    match Config::parse(&text) {
        Ok(config) => Rules { config, text, mailmap, wrong, not_followed, hash },
        Err(error) => {
            wrong.push(error.to_string());
            let text = source.read.rules.clone();
            let config = Config::parse(&text).unwrap_or_default();
            Rules { config, text, mailmap, wrong, not_followed, hash }
        }
    }
}

fn find(
    source: &Source,
    clone: &Clone,
    head: Option<Oid>,
    name: &str,
) -> Result<Option<Vec<u8>>, String> {
    if let Some(work_tree) = &source.work_tree
        && let Some(text) = config::read_regular(work_tree, name)?
    {
        return Ok(Some(text));
    }
    let Some(head) = head else { return Ok(None) };
    // HEAD's tree may be missing in a partial clone: then there are no rules, not no history.
    let Ok(Some((blob, EntryKind::File | EntryKind::Executable))) =
        clone.file_at(head, name.as_bytes())
    else {
        return Ok(None);
    };
    match clone.blob(blob, config::SIZE_MAX) {
        Ok(Some(text)) => Ok(Some(text)),
        Ok(None) => Err(format!("{name} is missing from the clone or larger than 1 MiB")),
        Err(error) => Err(format!("{name} cannot be read: {error}")),
    }
}
