//! Which repositories memory is of.

use crate::sources::git::Clone;
use crate::{Error, people, sync};
use std::path::{Path, PathBuf};
use store::{Store, Viewer};

/// Adds the repository at `path` (any folder inside it) and returns its name: the given one, else
/// `owner/name` from the address of `origin`, else the folder's, made distinct by a number. Nothing
/// is read yet and nothing of the repository is run.
pub fn add(store: &Store, path: &Path, name: Option<&str>) -> Result<String, Error> {
    let clone = Clone::open(path)?;
    let location = canonical(clone.git_dir());
    let work_tree = clone.work_dir().map(canonical);
    if let Some(name) = name
        && !is_name(name)
    {
        return Err(Error::BadName(name.to_owned()));
    }
    store.write(|writer| {
        let sources = writer.sources()?;
        if let Some(there) = sources.iter().find(|it| it.location == location) {
            return Err(Error::AlreadyThere { path: location.clone(), name: there.name.clone() });
        }
        let taken = |name: &str| sources.iter().any(|it| it.name == name);
        let name = match name {
            Some(name) if taken(name) => return Err(Error::NameTaken(name.to_owned())),
            Some(name) => name.to_owned(),
            None => {
                let stem = default_name(&clone, &location, work_tree.as_deref());
                let numbered = (2..).map(|number| format!("{stem} ({number})"));
                std::iter::once(stem.clone())
                    .chain(numbered)
                    .find(|it| !taken(it))
                    .unwrap_or_default()
            }
        };
        writer.add_source(&name, &location, work_tree.as_deref())?;
        let detail = format!("{name}: {}", location.display());
        writer.audit(sync::now(), "user", "add repository", &detail)?;
        Ok(name)
    })
}

/// A repository that memory follows to where it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Its name, which stays.
    pub name: String,
    /// The Git directory that is no longer there.
    pub from: PathBuf,
}

/// Follows a repository that has been moved to `path`: one in memory whose folder is gone and whose
/// first commits are all there. None where there is no such repository, or more than one.
pub fn follow(store: &Store, path: &Path) -> Result<Option<Moved>, Error> {
    let clone = Clone::open(path)?;
    let location = canonical(clone.git_dir());
    store.write(|writer| {
        let sources = writer.sources()?;
        let mut gone = Vec::new();
        for source in &sources {
            if source.location == location {
                return Ok(None); // it is where memory has it
            }
            // A folder that may not be looked at is not gone.
            if !matches!(source.location.try_exists(), Ok(false)) {
                continue;
            }
            let first = writer.first_commits(source.id)?;
            if !first.is_empty() && first.iter().all(|it| clone.commit(*it).is_ok()) {
                gone.push(source);
            }
        }
        let [source] = gone[..] else { return Ok(None) };
        writer.move_source(source.id, &location, clone.work_dir().map(canonical).as_deref())?;
        let detail =
            format!("{}: {} to {}", source.name, source.location.display(), location.display());
        writer.audit(sync::now(), "user", "move repository", &detail)?;
        Ok(Some(Moved { name: source.name.clone(), from: source.location.clone() }))
    })
}

/// Forgets a repository and everything read of it; the repository itself is not touched.
pub fn remove(store: &Store, name: &str) -> Result<(), Error> {
    let allowed = store.read(|reader| reader.allow(&Viewer::Owner, Some(name)))?;
    store.write(|writer| {
        writer.remove_source(allowed.id)?;
        writer.drop_unnamed_identities()?;
        people::settle(writer, &[])?;
        writer.audit(sync::now(), "user", "remove repository", &allowed.name)?;
        Ok(())
    })
}

fn canonical(path: PathBuf) -> PathBuf {
    path.canonicalize().unwrap_or(path)
}

fn is_name(name: &str) -> bool {
    !name.trim().is_empty()
        && name.len() <= 200
        && !name.starts_with('/')
        && name.trim() == name
        && name.chars().all(|it| it.is_alphanumeric() || " -_./()+@".contains(it))
}

fn default_name(clone: &Clone, location: &Path, work_tree: Option<&Path>) -> String {
    if let Some(name) = origin(&clone.common_dir()).and_then(|it| owner_and_name(&it)) {
        return name;
    }
    let folder = work_tree.unwrap_or(match location.file_name().and_then(|it| it.to_str()) {
        Some(".git") => location.parent().unwrap_or(location),
        _ => location,
    });
    let name = folder.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    let name = name.strip_suffix(".git").unwrap_or(&name).trim();
    let name: String =
        name.chars().map(|it| if is_name(&format!("a{it}a")) { it } else { '_' }).collect();
    if is_name(&name) { name } else { "repository".to_owned() }
}

/// The address of `origin` in a repository's own configuration. The file is read as text: what it
/// includes or names is not followed.
fn origin(common_dir: &Path) -> Option<String> {
    let text = crate::config::read_regular(common_dir, "config").ok().flatten()?;
    let config = gix::config::File::from_bytes_no_includes(
        &text,
        gix::config::file::Metadata::default(),
        Default::default(),
    )
    .ok()?;
    let url = config.string("remote.origin.url")?;
    String::from_utf8(url.to_vec()).ok()
}

/// `owner/name` of an address such as `https://host/owner/name.git` or `git@host:owner/name`.
fn owner_and_name(url: &str) -> Option<String> {
    let path = match url.split_once("://") {
        Some((scheme, rest)) if scheme != "file" => rest.split_once('/')?.1,
        Some(_) => return None,
        None => {
            let (host, path) = url.split_once(':')?;
            if host.contains('/') || host.len() < 2 {
                return None;
            }
            path
        }
    };
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    let mut parts = path.rsplit('/');
    let (name, owner) = (parts.next()?, parts.next()?);
    let name = format!("{owner}/{name}");
    (is_name(&name) && !owner.is_empty() && !name.ends_with('/')).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_every_form_give_owner_and_name() {
        for url in [
            "https://github.com/apache/zookeeper.git",
            "https://user:secret@github.com/apache/zookeeper",
            "git@github.com:apache/zookeeper.git",
            "ssh://git@github.com:22/apache/zookeeper.git/",
            "https://git.example.org/group/apache/zookeeper",
        ] {
            assert_eq!(owner_and_name(url).as_deref(), Some("apache/zookeeper"), "{url}");
        }
        for url in ["/srv/git/x.git", "../x", "file:///srv/a/b", "C:\\a\\b", "https://host/x", ""] {
            assert_eq!(owner_and_name(url), None, "{url}");
        }
    }

    #[test]
    fn names_that_could_be_paths_or_markup_are_refused() {
        for name in ["", " ", "/etc", "a\nb", "a<b>", " a", "a\0"] {
            assert!(!is_name(name), "{name:?}");
        }
        assert!(is_name("apache/zookeeper (2)") && is_name("日本"));
    }
}
