//! All connections there are: the project's, then the user's, then what was found.

use super::entry::{self, Trust};
use super::file::{self, Scope, Trouble, meant};
use super::{Entry, FILE, FOLDER, Ways, found, url};
use crate::{Failure, Reason, Result};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// All connections there are.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The project's, then the user's that none of those hides, then what was found.
    pub entries: Vec<Entry>,
    /// What is wrong with any of them.
    pub troubles: Vec<Trouble>,
    /// The project's file, where there is one.
    pub project: Option<Project>,
}

/// A project's file: whoever wrote the project wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// The file.
    pub file: PathBuf,
    /// What stands for this very text in this very place: to be kept by whoever trusts it.
    pub hash: String,
    /// Whether it is trusted.
    pub trusted: bool,
    /// Connections that cannot be used before it is trusted, and why.
    pub asks: Vec<(String, String)>,
}

impl Known {
    /// Reads the user's file in `config`, the project's above `from`, and what else there is.
    /// `trusted` says whether somebody has looked at a project's file and keeps its hash.
    pub fn read(
        config: Option<&Path>,
        from: Option<&Path>,
        trusted: &dyn Fn(&str) -> bool,
        ways: &Ways<'_>,
    ) -> Known {
        let mut known = Known::default();
        let home = ways.home.as_deref();
        let users = config.map(|it| it.join(FILE)).and_then(|file| {
            let bytes = known.bytes_of(&file)?;
            Some(file::read(&bytes, &file, Scope::User, home))
        });
        let users = users.unwrap_or_default();
        if let Some(file) = from.and_then(project_file).filter(|it| !is_users(it, config))
            && let Some(bytes) = known.bytes_of(&file)
        {
            let hash = hash(&file, &bytes);
            let trusted = trusted(&hash);
            let mut project = Project { hash, trusted, asks: Vec::new(), file };
            let read = file::read(&bytes, &project.file, Scope::Project, home);
            for mut entry in read.entries {
                known.judge(&mut project, &mut entry, &users);
                known.entries.push(entry);
            }
            known.troubles.extend(read.troubles);
            known.project = Some(project);
        }
        for entry in users.entries {
            // An entry that is broken hides too: its place is not for another to take.
            if known.own(&entry.name).is_none() && known.broken(&entry.name).is_none() {
                known.entries.push(entry);
            }
        }
        known.troubles.extend(users.troubles);
        let (entries, troubles) = found::all(ways);
        known.entries.extend(entries);
        known.troubles.extend(troubles);
        known
    }

    /// Decides whether an entry of a project's file can be used.
    fn judge(&self, project: &mut Project, entry: &mut Entry, users: &file::Read) {
        if project.trusted {
            entry.trust = Trust::Yes;
            return;
        }
        let Trust::NotYet { needs, .. } = &mut entry.trust else { return };
        let hides = users.entries.iter().any(|it| it.name == entry.name);
        if needs.is_none() && hides {
            *needs = Some("it takes the place of your own connection of that name".to_owned());
        }
        if let Some(needs) = needs {
            project.asks.push((entry.name.clone(), needs.clone()));
        }
    }

    fn own(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|it| it.name == name)
    }

    fn broken(&self, name: &str) -> Option<&Trouble> {
        self.troubles.iter().find(|it| it.connection.as_deref() == Some(name))
    }

    fn bytes_of(&mut self, file: &Path) -> Option<Vec<u8>> {
        match std::fs::read(file) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => {
                let text = error.to_string();
                let text = text.split(" (os error").next().unwrap_or_default();
                self.troubles.push(Trouble {
                    file: file.to_owned(),
                    line: None,
                    connection: None,
                    key: None,
                    text: format!("it cannot be read: {}", text.to_lowercase()),
                });
                None
            }
        }
    }

    /// The connection that is meant by a name, a URL, or the path of a file.
    ///
    /// # Errors
    /// [`Reason::Usage`] where there is none, or what is wrong with it; nothing of a URL is repeated.
    pub fn find(&self, name_or_url: &str, ways: &Ways<'_>) -> Result<Entry> {
        let text = name_or_url.trim();
        if let Some(entry) = self.own(text) {
            return Ok(entry.clone());
        }
        if let Some(trouble) = self.broken(text) {
            return Err(Failure::from(trouble));
        }
        if let Some(found) = found::named(text, ways) {
            return found;
        }
        if url::scheme_of(text).is_some() {
            return url::read(text, &ways.folder, ways.home.as_deref());
        }
        let path = entry::path(text, &ways.folder, ways.home.as_deref())?;
        if path.exists() && !path.is_dir() {
            return url::of_file(&path);
        }
        if !entry::is_name(text) {
            let text = "this is no connection: neither a name, nor a URL, nor a file that is there";
            return Err(Failure::new(Reason::Usage, text));
        }
        let names = self.entries.iter().map(|it| it.name.as_str());
        let hint = match meant(text, names.clone()) {
            Some(name) => format!("did you mean `{name}`?"),
            None if self.entries.is_empty() => format!("write it into {FILE}, or give a URL"),
            None => format!("there are {}", names.take(20).collect::<Vec<_>>().join(", ")),
        };
        let text = format!("there is no connection called `{text}`, and no file either");
        Err(Failure::new(Reason::Usage, text).hint(hint))
    }
}

/// The nearest project's file, upwards from a folder.
fn project_file(from: &Path) -> Option<PathBuf> {
    from.ancestors().map(|it| it.join(FOLDER).join(FILE)).find(|it| it.is_file())
}

/// Whether what was found above is the user's own file.
fn is_users(file: &Path, config: Option<&Path>) -> bool {
    let Some(users) = config.map(|it| it.join(FILE)) else { return false };
    match (file.canonicalize(), users.canonicalize()) {
        (Ok(file), Ok(users)) => file == users,
        _ => false,
    }
}

/// What stands for a file's text in its place. The place is part of it: a text that is moved may mean
/// other files.
fn hash(file: &Path, bytes: &[u8]) -> String {
    let place = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    let mut hash = Sha256::new();
    hash.update(b"backstory connections 1\0");
    hash.update(place.as_os_str().as_encoded_bytes());
    hash.update(b"\0");
    hash.update(bytes);
    hash.finalize().iter().map(|it| format!("{it:02x}")).collect()
}
