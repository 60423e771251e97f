//! Files of dashboards that change are noticed: whoever shows one reads it again.

use super::files;
use crate::Topic;
use crate::server::Shared;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long is waited for what belongs to one save. Editors write a file in several steps.
const SETTLES: Duration = Duration::from_millis(30);
/// Folders that are watched.
const FOLDERS_MAX: usize = 32;

/// The folders that are watched.
#[derive(Default)]
pub(crate) struct Watches {
    folders: Mutex<HashMap<PathBuf, RecommendedWatcher>>,
}

/// Watches the folders of dashboards of a project and of the user. A folder that is not there yet is
/// looked for again the next time.
pub(super) fn watch(shared: &Arc<Shared>, project: Option<&str>) {
    let Ok(folders) = files::folders(&shared.connected, project) else { return };
    for (_, files) in folders {
        let mut watches =
            shared.boards.watches.folders.lock().unwrap_or_else(PoisonError::into_inner);
        watches.retain(|folder, _| folder.is_dir()); // one that is gone is another when it is back
        if watches.contains_key(&files.root) || watches.len() >= FOLDERS_MAX || !files.root.is_dir()
        {
            continue;
        }
        match watched(shared, &files.root) {
            Ok(watcher) => {
                watches.insert(files.root, watcher);
            }
            Err(error) => shared.log(&format!("cannot watch {}: {error}", files.root.display())),
        }
    }
}

fn watched(shared: &Arc<Shared>, folder: &Path) -> notify::Result<RecommendedWatcher> {
    let (weak, pending) = (Arc::downgrade(shared), Arc::new(Mutex::new(false)));
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let concerns = event.is_ok_and(|it| {
            !it.kind.is_access()
                && it.paths.iter().any(|it| it.extension().is_some_and(|it| it == "md"))
        });
        let mut waits = pending.lock().unwrap_or_else(PoisonError::into_inner);
        if !concerns || *waits {
            return;
        }
        *waits = true;
        let (weak, pending) = (weak.clone(), pending.clone());
        std::thread::spawn(move || {
            std::thread::sleep(SETTLES);
            *pending.lock().unwrap_or_else(PoisonError::into_inner) = false;
            if let Some(shared) = weak.upgrade() {
                shared.events.changed(&[Topic::Dashboards], None);
            }
        });
    })?;
    watcher.watch(folder, RecursiveMode::Recursive)?;
    Ok(watcher)
}
