//! All connections there are: the project's, then the user's, then what was found.

use super::entry::{self, Trust};
use super::file::{self, Scope, Trouble, meant};
use super::{Entry, FILE, FOLDER, Source, Ways, found, url};
use crate::{Failure, Reason, Result};
use sha2::{Digest, Sha256};
use std::io::Read;
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
    /// A fault of the project's file, and one of the user's, that could be any connection's: whether a
    /// name stands in it cannot be told.
    unsure: [Option<Trouble>; 2],
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
        let users = config.map(|it| it.join(FILE)).map(|file| match bytes_of(&file) {
            Ok(bytes) => file::read(&bytes.unwrap_or_default(), &file, Scope::User, home),
            Err(trouble) => file::Read { troubles: vec![trouble], ..file::Read::default() },
        });
        let users = users.unwrap_or_default();
        let any = |it: &file::Read| it.troubles.iter().find(|it| it.connection.is_none()).cloned();
        if let Some(file) = from.and_then(project_file).filter(|it| !is_users(it, config)) {
            let read = match bytes_of(&file) {
                Ok(bytes) => {
                    let bytes = bytes.unwrap_or_default();
                    let hash = hash(&file, &bytes);
                    let trusted = trusted(&hash);
                    let read = file::read(&bytes, &file, Scope::Project, home);
                    known.project = Some(Project { hash, trusted, asks: Vec::new(), file });
                    read
                }
                Err(trouble) => file::Read { troubles: vec![trouble], ..file::Read::default() },
            };
            known.unsure[0] = any(&read);
            for mut entry in read.entries {
                if let Some(project) = &mut known.project {
                    judge(project, &mut entry, &users, ways);
                }
                known.entries.push(entry);
            }
            known.troubles.extend(read.troubles);
        }
        known.unsure[1] = any(&users);
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

    fn own(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|it| it.name == name)
    }

    fn broken(&self, name: &str) -> Option<&Trouble> {
        self.troubles.iter().find(|it| it.connection.as_deref() == Some(name))
    }

    /// Says that a name may stand in a file of which that cannot be told: nothing else is to take its
    /// place meanwhile.
    fn sure(&self, name: &str, users_too: bool) -> Result<()> {
        let files = if users_too { 2 } else { 1 };
        let Some(trouble) = self.unsure.iter().take(files).flatten().next() else { return Ok(()) };
        let text = format!("{trouble}; whether it has a connection `{name}` cannot be told");
        Err(Failure::new(Reason::Usage, text).hint("mend the file"))
    }

    /// The connection that is meant by a name, a URL, or the path of a file.
    ///
    /// # Errors
    /// [`Reason::Usage`] where there is none, or what is wrong with it; nothing of a URL is repeated.
    pub fn find(&self, name_or_url: &str, ways: &Ways<'_>) -> Result<Entry> {
        let text = name_or_url.trim();
        if let Some(entry) = self.own(text) {
            match entry.source {
                Source::Project { .. } | Source::Given => {}
                Source::User { .. } => self.sure(text, false)?,
                Source::Found(_) if entry::is_name(text) => self.sure(text, true)?,
                Source::Found(_) => {}
            }
            return Ok(entry.clone());
        }
        if let Some(trouble) = self.broken(text) {
            return Err(Failure::from(trouble));
        }
        if entry::is_name(text) {
            self.sure(text, true)?;
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
        // A file that is to be made is named with its engine.
        let ends = text.rsplit_once('.').map(|it| it.1.to_ascii_lowercase());
        let hint = match ends.as_deref() {
            Some("db" | "sqlite" | "sqlite3") => format!("a new file is named as `sqlite:{text}`"),
            Some("duckdb" | "ddb") => format!("a new file is named as `duckdb:{text}`"),
            _ => hint,
        };
        let text = format!("there is no connection called `{text}`, and no file either");
        Err(Failure::new(Reason::Usage, text).hint(hint))
    }
}

/// Decides whether an entry of a project's file can be used.
fn judge(project: &mut Project, entry: &mut Entry, users: &file::Read, ways: &Ways<'_>) {
    if project.trusted {
        entry.trust = Trust::Yes;
        return;
    }
    let Trust::NotYet { needs, .. } = &mut entry.trust else { return };
    let name = entry.name.as_str();
    let own = users.entries.iter().any(|it| it.name == name)
        || users.troubles.iter().any(|it| it.connection.as_deref() == Some(name));
    let place = if own {
        Some("your own connection")
    } else if found::is_meant(name) {
        Some("what is found there already")
    } else if ways.folder.join(name).exists() {
        Some("the file")
    } else {
        None
    };
    if needs.is_none() {
        *needs = place.map(|it| format!("it takes the place of {it} of that name"));
    }
    if let Some(needs) = needs {
        project.asks.push((entry.name.clone(), needs.clone()));
    }
}

/// What stands in a file of connections; nothing where there is none. No more of it is read than such a
/// file may have.
///
/// # Errors
/// What is wrong with the file.
fn bytes_of(file: &Path) -> Result<Option<Vec<u8>>, Trouble> {
    let trouble = |text: String| Trouble {
        file: file.to_owned(),
        line: None,
        connection: None,
        key: None,
        text,
    };
    let unread = |error: std::io::Error| {
        let text = error.to_string();
        let text = text.split(" (os error").next().unwrap_or_default();
        trouble(format!("it cannot be read: {}", text.to_lowercase()))
    };
    // Asked before it is opened: to open a pipe would wait for whoever writes to it.
    match std::fs::metadata(file) {
        Ok(about) if about.is_file() => {}
        Ok(_) => return Err(trouble("it is no file".to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unread(error)),
    }
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(file).map_err(unread)?;
    let most = file::FILE_MAX as u64 + 1; // one more than may be: the reader says so
    opened.take(most).read_to_end(&mut bytes).map_err(unread)?;
    Ok(Some(bytes))
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
