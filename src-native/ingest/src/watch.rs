//! Watches a repository's refs and says when they may have changed.

use crate::Error;
use crate::config;
use crate::sources::git::Clone;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant, SystemTime};

/// Changes come in bursts; this long without another ends one.
const QUIET: Duration = Duration::from_millis(60);
/// A burst is told after this long even if it goes on.
const BURST_MAX: Duration = Duration::from_millis(300);
/// How often a folder is looked at that cannot be watched.
const POLL: Duration = Duration::from_millis(700);
/// How often it is made sure that the watched folder is still the one at that path.
const LOOK: Duration = Duration::from_secs(2);
/// Folders below `refs` are looked at down to this depth.
const DEPTH_MAX: usize = 32;

/// A watch; it ends when this is dropped.
pub struct Watch {
    events: Sender<Event>,
}

enum Event {
    Changed,
    Stop,
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.events.send(Event::Stop);
    }
}

/// Calls `changed` whenever refs of the repository at `path`, its `backstory.toml` or its
/// `.mailmap` may have changed, within 300 ms, on a thread of its own. It is called too often
/// rather than too seldom: a sync without news costs next to nothing. Where the system has no
/// watches left the folder is looked at instead. A folder that goes away is waited for, and told
/// when it is back.
///
/// # Errors
/// Where there is no repository at `path` now.
pub fn watch(path: &Path, changed: impl FnMut() + Send + 'static) -> Result<Watch, Error> {
    let clone = Clone::open(path)?;
    let places = Places {
        git_dir: clone.git_dir(),
        common_dir: clone.common_dir(),
        work_tree: clone.work_dir(),
    };
    let (sender, receiver) = channel();
    let events = sender.clone();
    std::thread::Builder::new()
        .name("watch".to_owned())
        .spawn(move || run(&places, &sender, &receiver, changed))
        .map_err(|error| Error::Watch { path: path.to_owned(), reason: error.to_string() })?;
    Ok(Watch { events })
}

/// The folders that tell.
struct Places {
    git_dir: PathBuf,
    common_dir: PathBuf,
    work_tree: Option<PathBuf>,
}

fn run(
    places: &Places,
    sender: &Sender<Event>,
    events: &Receiver<Event>,
    mut changed: impl FnMut(),
) {
    let mut watcher = start(places, sender);
    let mut seen = places.stamp();
    let mut identity = places.identity();
    loop {
        let patience = if watcher.is_some() { LOOK } else { POLL };
        match events.recv_timeout(patience) {
            Ok(Event::Stop) | Err(RecvTimeoutError::Disconnected) => return,
            Ok(Event::Changed) => {
                let first = Instant::now();
                while first.elapsed() < BURST_MAX {
                    match events.recv_timeout(QUIET) {
                        Ok(Event::Changed) => {}
                        Ok(Event::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                        Err(RecvTimeoutError::Timeout) => break,
                    }
                }
                seen = places.stamp();
                changed();
            }
            Err(RecvTimeoutError::Timeout) => {
                let now = places.identity();
                let replaced = now != identity;
                if replaced {
                    // Moved away, back, or replaced: what was watched is not what is there.
                    identity = now;
                    watcher = if identity.is_some() { start(places, sender) } else { None };
                }
                if identity.is_none() || (watcher.is_some() && !replaced) {
                    continue;
                }
                let stamp = places.stamp();
                if stamp != seen {
                    seen = stamp;
                    changed();
                }
            }
        }
    }
}

/// Watches all places; none where the system refuses, as when it has no watches left.
fn start(places: &Places, sender: &Sender<Event>) -> Option<RecommendedWatcher> {
    let interesting = places.interest();
    let sender = sender.clone();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let tells = match &event {
            Ok(event) => {
                !event.kind.is_access()
                    && (event.need_rescan()
                        || event.paths.is_empty()
                        || event.paths.iter().any(|it| interesting(it)))
            }
            Err(_) => true,
        };
        if tells {
            let _ = sender.send(Event::Changed);
        }
    })
    .ok()?;
    watcher.watch(&places.common_dir.join("refs"), RecursiveMode::Recursive).ok()?;
    watcher.watch(&places.common_dir, RecursiveMode::NonRecursive).ok()?;
    if places.git_dir != places.common_dir {
        watcher.watch(&places.git_dir, RecursiveMode::NonRecursive).ok()?;
    }
    if let Some(work_tree) = &places.work_tree {
        watcher.watch(work_tree, RecursiveMode::NonRecursive).ok()?;
    }
    Some(watcher)
}

impl Places {
    /// Whether a changed path says anything: a ref, HEAD, or a file of rules. Locks do not.
    fn interest(&self) -> impl Fn(&Path) -> bool + Send + 'static {
        let refs = self.common_dir.join("refs");
        let heads = self.files();
        move |path| {
            path.extension().is_none_or(|it| it != "lock")
                && (path.starts_with(&refs) || heads.iter().any(|it| it == path))
        }
    }

    /// Single files that tell.
    fn files(&self) -> Vec<PathBuf> {
        let mut files = vec![
            self.git_dir.join("HEAD"),
            self.git_dir.join("logs").join("HEAD"),
            self.common_dir.join("packed-refs"),
            self.common_dir.join("shallow"),
        ];
        if let Some(work_tree) = &self.work_tree {
            files.extend([work_tree.join(config::FILE), work_tree.join(".mailmap")]);
        }
        files
    }

    /// A number that changes whenever one of the files or a ref is written.
    fn stamp(&self) -> u64 {
        let mut hash = DefaultHasher::new();
        self.files().iter().for_each(|it| stamp_file(it, &mut hash));
        stamp_folder(&self.common_dir.join("refs"), 0, &mut hash);
        hash.finish()
    }

    /// Which folder stands at the path; none where none does.
    #[cfg(unix)]
    fn identity(&self) -> Option<(u64, u64)> {
        use std::os::unix::fs::MetadataExt;
        let about = std::fs::metadata(self.common_dir.join("refs")).ok()?;
        Some((about.dev(), about.ino()))
    }

    /// Which folder stands at the path; none where none does.
    #[cfg(not(unix))]
    fn identity(&self) -> Option<SystemTime> {
        std::fs::metadata(self.common_dir.join("refs")).ok()?.created().ok()
    }
}

fn stamp_file(path: &Path, hash: &mut DefaultHasher) {
    let about = std::fs::symlink_metadata(path).ok();
    let changed = about.as_ref().and_then(|it| it.modified().ok());
    (about.map(|it| it.len()), changed.unwrap_or(SystemTime::UNIX_EPOCH)).hash(hash);
}

fn stamp_folder(folder: &Path, depth: usize, hash: &mut DefaultHasher) {
    stamp_file(folder, hash);
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut entries: Vec<_> = entries.filter_map(Result::ok).collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        entry.file_name().hash(hash);
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && depth < DEPTH_MAX => {
                stamp_folder(&entry.path(), depth + 1, hash);
            }
            _ => stamp_file(&entry.path(), hash),
        }
    }
}

#[cfg(test)]
mod tests;
