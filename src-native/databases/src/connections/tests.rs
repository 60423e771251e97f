//! Facts about connections: files, URLs, what is found, trust, tunnels.

mod edits;
mod files;
mod finds;
mod noise;
mod real;
mod trust;
#[cfg(unix)]
mod tunnels;
mod urls;

use super::*;
use crate::{Address, Engine, Failure, Reason, Result, Secret, TlsMode};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Where files of these tests are said to be.
const FILE_AT: &str = "/project/.backstory/connections.toml";

/// A world of its own: variables, a home, secrets.
#[derive(Default)]
struct World {
    env: HashMap<String, String>,
    home: Option<PathBuf>,
    folder: PathBuf,
    ssh: Vec<String>,
}

impl World {
    fn with(env: &[(&str, &str)]) -> World {
        let env = env.iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect();
        World { env, folder: PathBuf::from("/here"), ..World::default() }
    }

    /// Runs something with the ways of this world: a secret is its reference said backwards.
    fn ask<T>(&self, what: impl FnOnce(&Ways<'_>) -> T) -> T {
        let env = |name: &str| self.env.get(name).cloned();
        let secret = |reference: &str| match reference {
            "keyring:missing" => {
                Err(Failure::new(Reason::Connection, "the keyring holds nothing called `missing`"))
            }
            _ => Ok(Secret::new(reference.chars().rev().collect::<String>())),
        };
        let prompt = |of: &Entry| Ok(Secret::new(format!("typed for {}", of.shown())));
        what(&Ways {
            env: &env,
            home: self.home.clone(),
            folder: self.folder.clone(),
            secret: &secret,
            prompt: &prompt,
            ssh: self.ssh.clone(),
        })
    }
}

/// What a user's file gives.
fn users(text: &str) -> Read {
    read(text.as_bytes(), Path::new(FILE_AT), Scope::User, Some(Path::new("/home/me")))
}

/// The one entry of a file that has nothing wrong with it.
fn only(text: &str) -> Entry {
    let read = users(text);
    assert!(read.troubles.is_empty(), "{:#?}", read.troubles);
    assert_eq!(read.entries.len(), 1);
    read.entries[0].clone()
}

fn host(host: &str, port: u16) -> Address {
    Address::Host { host: host.to_owned(), port }
}

/// An entry from a URL that was typed.
fn typed(url: &str) -> Result<Entry> {
    World::with(&[]).ask(|ways| Known::default().find(url, ways))
}
