//! Page views for a team: what this machine tells a database, and what it follows of others.

mod place;

use crate::connected::{Way, Wish, private, told as failed, unwritable};
use crate::methods::analytics::told;
use crate::server::Shared;
use crate::{Code, Error, Result};
use analytics::kept::Kept;
use analytics::kept::shared::{Said, Told, Trouble, manifest_of};
use databases::{Engine, Failure};
use place::Tables;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a manifest is new enough.
const FRESH: Duration = Duration::from_secs(60);
/// How often what goes while it is fetched is looked for again.
const TRIES: usize = 10;

/// What calls share.
#[derive(Default)]
pub(crate) struct Team {
    /// One round at a time.
    sharing: Mutex<()>,
    followed: Mutex<HashMap<String, Arc<Followed>>>,
}

/// A connection that is followed.
pub(crate) struct Followed {
    /// The connection.
    pub(crate) name: String,
    folder: PathBuf,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    kept: Option<Kept>,
    looked: Option<Instant>,
    trouble: Option<Error>,
}

/// What an answer rests on that was given of a connection that is followed.
#[derive(Clone, Debug)]
pub(crate) struct Of {
    /// The connection.
    pub(crate) connection: String,
    /// When what is here was told, in milliseconds.
    pub(crate) at: i64,
    /// Why nothing newer is here.
    pub(crate) trouble: Option<String>,
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The way to a place where page views are shared, or can be.
fn way(shared: &Shared, connection: &str, wish: Wish) -> Result<Arc<Way>> {
    let way = shared.connected.way_for(None, connection, wish)?;
    let entry = &way.entry;
    if !matches!(entry.engine, Engine::Postgres | Engine::Clickhouse) {
        let text = format!(
            "page views cannot be shared over `{}`, which is {}",
            entry.name,
            entry.engine.title()
        );
        return Err(Error::invalid(text).hint("name a connection to PostgreSQL or ClickHouse"));
    }
    if wish == Wish::AsWritten && entry.read_only {
        let text = format!("the connection `{}` only reads", entry.name);
        return Err(Error::new(Code::Denied, text).hint(
            "say `read_only = false` in its entry on the machine that collects, and on no other",
        ));
    }
    Ok(way)
}

/// What went wrong, as the boundary says it.
fn troubled(connection: &str, trouble: Trouble<Failure>) -> Error {
    match trouble {
        Trouble::Kept(error) => told(error),
        Trouble::Place(failure) => failed(failure),
        Trouble::Said(said) => match said {
            Said::Newer(form) => Error::new(
                Code::Upstream,
                format!("page views on `{connection}` were shared by a newer Backstory (form {form})"),
            )
            .hint("update Backstory on this machine"),
            Said::Another(at) => Error::new(
                Code::Conflict,
                format!(
                    "another collector, or another with a copy of this one's file, shares page views on \
                     `{connection}`; it last did at {} UTC",
                    crate::boards::moment(at.div_euclid(1000) * 1000)
                ),
            )
            .hint(
                "share to a database of its own, or, if the other is no more, say `takeOver`: then what it \
                 shared is replaced",
            ),
            Said::Nothing => {
                Error::not_found(format!("no page views are shared on `{connection}`"))
                    .hint("share them on the machine that collects: `backstory analytics share`")
            }
            Said::Gone => Error::new(
                Code::Upstream,
                format!("what is shared on `{connection}` is not whole: objects it names are not there"),
            )
            .hint("share with `takeOver` on the machine that collects, which tells everything anew"),
            Said::Damaged(what) => {
                Error::new(Code::Upstream, format!("what is shared on `{connection}` {what}")).hint(
                    "share with `takeOver` on the machine that collects, which tells everything anew",
                )
            }
        },
    }
}

/// Tells a connection what it does not have of this machine's page views.
pub(crate) fn share(
    shared: &Shared,
    connection: &str,
    take_over: bool,
    cancel: Arc<AtomicBool>,
) -> Result<Told> {
    let way = way(shared, connection, Wish::AsWritten)?;
    let kept = shared.views.beside(shared.store.path())?;
    let _one = lock(&shared.team.sharing);
    let mut tables = Tables::open(&way, cancel).map_err(failed)?;
    let now = jiff::Timestamp::now().as_millisecond();
    kept.share(&way.entry.name, &mut tables, now, take_over).map_err(|it| troubled(connection, it))
}

/// Whether page views could be shared over a connection, as far as its entry says.
pub(crate) fn can_share(shared: &Shared, connection: &str) -> Result<()> {
    way(shared, connection, Wish::AsWritten).map(drop)
}

fn folder(store: &Path) -> PathBuf {
    store.with_file_name("analytics.followed")
}

/// A name as a name of a folder, and back.
fn file_name(connection: &str) -> String {
    let plain = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_');
    let one = |it: u8| if plain(it) { char::from(it).to_string() } else { format!("%{it:02x}") };
    connection.bytes().map(one).collect()
}

fn connection_name(file: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = file.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        rest = more;
        bytes.push(if *first == b'%' {
            let (hex, more) = rest.split_at_checked(2)?;
            rest = more;
            u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()?
        } else {
            *first
        });
    }
    String::from_utf8(bytes).ok()
}

/// Connections that are followed, by name.
pub(crate) fn followed(shared: &Shared) -> Vec<Arc<Followed>> {
    let folder = folder(shared.store.path());
    let Ok(found) = std::fs::read_dir(&folder) else { return Vec::new() };
    let name =
        |it: std::io::Result<std::fs::DirEntry>| connection_name(it.ok()?.file_name().to_str()?);
    let mut names: Vec<String> = found.filter_map(name).collect();
    names.sort();
    let mut known = lock(&shared.team.followed);
    known.retain(|it, _| names.contains(it));
    let followed = |name: String| {
        let folder = folder.join(file_name(&name));
        let new = || Arc::new(Followed { name: name.clone(), folder, state: Mutex::default() });
        known.entry(name.clone()).or_insert_with(new).clone()
    };
    names.into_iter().map(followed).collect()
}

/// Follows a connection from now on.
pub(crate) fn follow(
    shared: &Shared,
    connection: &str,
    cancel: &Arc<AtomicBool>,
) -> Result<Arc<Followed>> {
    let entry = shared.connected.entry(None, connection)?;
    if entry.name != connection {
        return Err(Error::invalid(format!("`{connection}` is not written down as a connection"))
            .hint("add it to `connections.toml`, and follow it by its name"));
    }
    let folder = folder(shared.store.path()).join(file_name(connection));
    let known = lock(&shared.team.followed).get(connection).cloned();
    let one = known.unwrap_or_else(|| {
        let (name, folder) = (connection.to_owned(), folder.clone());
        Arc::new(Followed { name, folder, state: Mutex::default() })
    });
    // Nothing is left behind where there is nothing to follow.
    let was_there = folder.exists();
    let looked = one.look(shared, &mut lock(&one.state), cancel);
    if let Err(error) = looked {
        if !was_there {
            let _ = std::fs::remove_dir_all(&folder);
        }
        return Err(error);
    }
    lock(&shared.team.followed).insert(connection.to_owned(), one.clone());
    Ok(one)
}

/// Follows it no longer: what is here of it is deleted.
pub(crate) fn unfollow(shared: &Shared, connection: &str) -> Result<()> {
    let folder = folder(shared.store.path()).join(file_name(connection));
    lock(&shared.team.followed).remove(connection);
    if !folder.exists() {
        return Err(Error::not_found(format!("`{connection}` is not followed")));
    }
    std::fs::remove_dir_all(&folder).map_err(|it| unwritable(&folder, &it))
}

impl Followed {
    /// Asks its page views: those of the last minute, or those that are here. `work` is asked again when what it
    /// needs has been fetched.
    pub(crate) fn ask<T>(
        &self,
        shared: &Shared,
        cancel: &Arc<AtomicBool>,
        fresh: bool,
        work: impl Fn(&Kept, &Of) -> Result<T>,
    ) -> Result<T> {
        let (mut kept, mut of) = self.now(shared, cancel, fresh)?;
        let mut tries = 0;
        loop {
            let asking = kept.asking();
            let answer = work(&asking, &of);
            let wanted = asking.wanted();
            if answer.is_ok() || wanted.is_empty() {
                return answer;
            }
            let took = way(shared, &self.name, Wish::Read).and_then(|way| {
                let mut tables = Tables::open(&way, cancel.clone()).map_err(failed)?;
                match kept.take(&wanted, &mut tables) {
                    Ok(()) => Ok(true),
                    Err(Trouble::Said(Said::Gone)) if tries < TRIES => Ok(false),
                    Err(trouble) => Err(troubled(&self.name, trouble)),
                }
            });
            match took {
                Ok(true) => {}
                // What was to be fetched has been replaced: by what, the manifest says.
                Ok(false) => {
                    tries += 1;
                    (kept, of) = self.now(shared, cancel, true)?;
                }
                Err(error) => {
                    let text = format!(
                        "days that are asked about are not on this machine yet, and `{}` cannot be asked for \
                         them: {}",
                        self.name, error.message
                    );
                    return Err(Error::new(error.code, text).hint(
                        "ask again when it can be reached, or about days that were looked at before",
                    ));
                }
            }
        }
    }

    /// Its page views as they are here, looked after where that was longer ago than a minute.
    fn now(&self, shared: &Shared, cancel: &Arc<AtomicBool>, fresh: bool) -> Result<(Kept, Of)> {
        let mut state = lock(&self.state);
        if fresh || state.looked.is_none_or(|it| it.elapsed() >= FRESH) {
            let looked = self.look(shared, &mut state, cancel);
            state.trouble = looked.err();
        }
        let nothing = || {
            let text = format!("nothing of `{}` is on this machine yet", self.name);
            Error::new(Code::Upstream, text).hint("follow it when it can be reached")
        };
        let Some(kept) = state.kept.clone() else {
            return Err(state.trouble.clone().unwrap_or_else(nothing));
        };
        let manifest = kept.followed().map_err(told)?.ok_or_else(nothing)?;
        let trouble = state.trouble.as_ref().map(|it| it.message.clone());
        Ok((kept, Of { connection: self.name.clone(), at: manifest.told, trouble }))
    }

    /// Brings what is here to what is there.
    fn look(&self, shared: &Shared, state: &mut State, cancel: &Arc<AtomicBool>) -> Result<()> {
        let looked = self.fetch(shared, state, cancel);
        state.looked = Some(Instant::now());
        if looked.is_ok() {
            state.trouble = None;
        }
        looked
    }

    fn fetch(&self, shared: &Shared, state: &mut State, cancel: &Arc<AtomicBool>) -> Result<()> {
        if state.kept.is_none() {
            state.kept = self.last_file().map(|it| Kept::open(&it)).transpose().map_err(told)?;
        }
        let way = way(shared, &self.name, Wish::Read)?;
        let mut tables = Tables::open(&way, cancel.clone()).map_err(failed)?;
        let said = |it: Trouble<Failure>| troubled(&self.name, it);
        if let Some(kept) = &state.kept {
            match kept.refresh(&mut tables) {
                Ok(_) => return Ok(()),
                // Others' numbers mean other things: they begin in a file of their own.
                Err(Trouble::Said(Said::Another(_))) => {}
                Err(trouble) => return Err(said(trouble)),
            }
        }
        let manifest = manifest_of(&mut tables).map_err(said)?;
        let manifest = manifest.ok_or_else(|| said(Trouble::Said(Said::Nothing)))?;
        private(&self.folder)?;
        let file = self.folder.join(format!("{}.db", manifest.owner));
        let kept = Kept::open(&file).map_err(told)?;
        kept.refresh(&mut tables).map_err(said)?;
        let before = state.kept.replace(kept);
        if let Some(before) = before {
            for ending in ["db", "db-wal", "db-shm"] {
                // Where another process has it open, it goes when the connection is no longer followed.
                let _ = std::fs::remove_file(before.path().with_extension(ending));
            }
        }
        Ok(())
    }

    /// The file here that was written last.
    fn last_file(&self) -> Option<PathBuf> {
        let files = std::fs::read_dir(&self.folder).ok()?.filter_map(|it| Some(it.ok()?.path()));
        let files = files.filter(|it| it.extension().is_some_and(|it| it == "db"));
        files.max_by_key(|it| std::fs::metadata(it).and_then(|it| it.modified()).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::{connection_name, file_name};

    #[test]
    fn any_name_of_a_connection_is_one_folder_and_comes_back() {
        for name in ["team", "Über/..", "..", "a b%2f", "con.x"] {
            let file = file_name(name);
            assert!(!file.contains(['/', '\\', '.', ' ']), "{file}");
            assert_eq!(connection_name(&file).as_deref(), Some(name));
        }
        assert_eq!(connection_name("a%"), None);
        assert_eq!(connection_name("%zz"), None);
    }
}
