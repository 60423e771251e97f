//! Opens a repository for reading: its object database and its refs, nothing else. Its
//! configuration is read in isolation and cannot make anything run; its worktree is not looked at.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use gix::objs::Kind;
use gix::{ObjectId, ThreadSafeRepository};
use model::{Bytes, CommitFacts, Oid};

use super::objects::{Absent, Lack, MAX_OBJECT, Objects, Packs};
use sha2::{Digest, Sha256};

use super::trees::{self, EntryKind};
use super::walk;

/// So many replaced objects are named.
const REPLACED_MAX: usize = 5;

/// Why a repository, or something in it, could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The path does not exist.
    #[error("there is no folder at {0}: check the path")]
    NotFound(PathBuf),
    /// The path exists, but there is no repository at it or above it.
    #[error("{0} is not in a Git repository: choose a folder that holds one, or run `git init`")]
    NotARepository(PathBuf),
    /// The operating system does not let this user read it.
    #[error("no permission to read {0}: ask its owner for read access")]
    Denied(PathBuf),
    /// The refs are stored in a format that cannot be read.
    #[error(
        "{0} keeps its refs as reftable, which cannot be read yet: convert it with \
         `git refs migrate --ref-format=files`"
    )]
    Reftable(PathBuf),
    /// The repository is damaged, or of a kind that cannot be read.
    #[error("the repository at {path} cannot be read ({detail}): run `git fsck` in it")]
    Corrupt {
        /// Where the repository is.
        path: PathBuf,
        /// What was found.
        detail: String,
    },
    /// A commit is not in the repository, or damaged.
    #[error("commit {0} is not in the repository or is damaged: fetch it, or run `git fsck`")]
    NoCommit(Oid),
    /// The commit that `HEAD` names cannot be read: which history this is cannot be told.
    #[error(
        "HEAD of {path} names {id}, which {why}: memory stays as it was; bring that object back \
         (`git fsck` tells what is lost) and sync again"
    )]
    NoHead {
        /// Where the repository is.
        path: PathBuf,
        /// The object: the commit, or a tag on the way to it.
        id: Oid,
        /// What is the matter with it.
        why: &'static str,
    },
    /// The reading was stopped on request.
    #[error("the reading was stopped: start it again when you like")]
    Cancelled,
    /// Whoever received the facts could not take them.
    #[error("{0}")]
    Sink(#[from] Box<dyn std::error::Error + Send + Sync>),
}

/// An opened repository. It can be shared by threads; opening it again is cheap.
pub struct Clone {
    repo: ThreadSafeRepository,
}

/// A file of a commit's tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeFile {
    /// Its path from the top of the tree.
    pub path: Bytes,
    /// The object with its content; for a submodule, the commit it stands at.
    pub blob: Oid,
    /// The size of the content in bytes; `None` where the object is missing, and for submodules.
    pub size: Option<u64>,
    /// What it is.
    pub kind: EntryKind,
}

impl Clone {
    /// Opens the repository at `path`: a bare one, a worktree (also a linked one or a submodule's)
    /// or any folder below.
    pub fn open(path: &Path) -> Result<Clone, Error> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        // What `path` really is comes first: the search itself does not tell these cases apart.
        let denied = |error: &std::io::Error| error.kind() == ErrorKind::PermissionDenied;
        match std::fs::metadata(&path) {
            Err(error) if denied(&error) => return Err(Error::Denied(path)),
            Err(_) => return Err(Error::NotFound(path)),
            Ok(it) if it.is_dir() => {
                if std::fs::read_dir(&path).is_err_and(|error| denied(&error)) {
                    return Err(Error::Denied(path));
                }
            }
            Ok(_) => return Err(Error::NotARepository(path)),
        }
        // The search reads what it finds on its way, down to the first repository.
        for folder in path.ancestors() {
            let inside = dot_git(folder);
            if folder.join("objects").is_dir() {
                only_files(folder)?; // a bare one
            }
            only_files(&inside)?;
            if inside.exists() {
                break;
            }
        }
        let Ok((found, _)) = gix::discover::upwards(&path) else {
            let marked = |it: &Path| it.join("HEAD").exists() && it.join("objects").exists();
            let dot_git = path.join(".git");
            return Err(match std::fs::read_dir(&dot_git).err() {
                Some(error) if denied(&error) => Error::Denied(dot_git),
                _ if marked(&path) || marked(&dot_git) => {
                    Error::Corrupt { path, detail: "it lacks what every repository has".to_owned() }
                }
                _ => Error::NotARepository(path),
            });
        };
        let (git_dir, _) = found.into_repository_and_work_tree_directories();
        only_files(&git_dir)?;
        if is_reftable(&git_dir) {
            return Err(Error::Reftable(git_dir));
        }
        let options = gix::open::Options::isolated().open_path_as_is(true);
        let repo = ThreadSafeRepository::open_opts(&git_dir, options).map_err(|error| {
            match std::fs::read_dir(git_dir.join("objects")).err() {
                Some(it) if denied(&it) => Error::Denied(git_dir.join("objects")),
                _ => Error::Corrupt { path: git_dir.clone(), detail: error.to_string() },
            }
        })?;
        let clone = Clone { repo };
        let objects = clone.common_dir().join("objects");
        for folder in [objects.clone(), objects.join("pack")] {
            if std::fs::read_dir(&folder).is_err_and(|error| denied(&error)) {
                return Err(Error::Denied(folder));
            }
        }
        Ok(clone)
    }

    /// The folder of this worktree's own state: its `HEAD`.
    pub fn git_dir(&self) -> PathBuf {
        self.local().git_dir().to_owned()
    }

    /// The folder that all worktrees share: refs and objects.
    pub fn common_dir(&self) -> PathBuf {
        let dir = self.local().common_dir().to_owned();
        dir.canonicalize().unwrap_or(dir)
    }

    /// The folder of checked-out files; `None` for a bare repository, and where the configuration
    /// names a folder that knows nothing of this repository.
    pub fn work_dir(&self) -> Option<PathBuf> {
        self.named_work_dir().filter(|it| self.is_of(it))
    }

    fn named_work_dir(&self) -> Option<PathBuf> {
        self.local().workdir().map(Path::to_owned)
    }

    /// Whether a folder's `.git` is this repository, or a file that leads to it.
    fn is_of(&self, work_dir: &Path) -> bool {
        let real = |it: &Path| it.canonicalize().ok();
        real(&dot_git(work_dir)).is_some_and(|it| Some(it) == real(&self.git_dir()))
    }

    /// Which objects are read as what `git replace` puts in their place, in a sentence that is
    /// another whenever they are others; none where there are none.
    pub fn replaced(&self) -> Option<String> {
        let mut all: Vec<_> = self.local().objects.store_ref().replacements().collect();
        all.sort_unstable();
        let named: Vec<String> =
            all.iter().take(REPLACED_MAX).map(|(it, by)| format!("{it} as {by}")).collect();
        let more = match all.len().saturating_sub(REPLACED_MAX) {
            0 => String::new(),
            more => {
                let mut hash = Sha256::new();
                all.iter().for_each(|(it, by)| {
                    hash.update(it.as_bytes());
                    hash.update(by.as_bytes());
                });
                let digest: String =
                    hash.finalize().iter().take(4).map(|it| format!("{it:02x}")).collect();
                format!(" and {more} more (all together {digest})")
            }
        };
        (!all.is_empty()).then(|| {
            format!("Read as what `git replace` puts in their place: {}{more}.", named.join(", "))
        })
    }

    /// What Git would go by and is not gone by here, in sentences.
    pub fn not_followed(&self) -> Vec<String> {
        let mut told = Vec::new();
        if let Some(named) = self.named_work_dir().filter(|it| !self.is_of(it)) {
            told.push(format!(
                "The work tree that the configuration names, {}, does not lead back to this \
                 repository and is not taken for its own.",
                named.display()
            ));
        }
        let grafts = self.common_dir().join("info/grafts");
        if std::fs::metadata(grafts).is_ok_and(|it| it.is_file() && it.len() > 0) {
            told.push(
                "`info/grafts` is not followed: the parents of a commit are those it names."
                    .to_owned(),
            );
        }
        told
    }

    /// Every file of a commit's tree, by path, and the objects that lack for more.
    pub fn tree_files(&self, commit: Oid) -> Result<(Vec<TreeFile>, Vec<Lack>), Error> {
        let mut objects = self.objects(16 << 20);
        let tree = self.tree_of(&mut objects, commit)?;
        let mut files = Vec::new();
        trees::files(&mut objects, &tree, |objects, path, kind, id| {
            let size = (kind != EntryKind::Submodule).then(|| {
                let place = objects.locate(&id);
                objects.size_at(place).ok()
            });
            files.push(TreeFile {
                path: Bytes::from(path),
                blob: from_gix(&id),
                size: size.flatten(),
                kind,
            });
        });
        Ok((files, objects.lacks(&objects.absent)))
    }

    /// Whether any of these objects can be read.
    pub fn has_any(&self, objects: &[Oid]) -> bool {
        let repo = self.local();
        let ids: Vec<_> = objects.iter().filter_map(|it| to_gix(it, &repo).ok()).collect();
        !ids.is_empty() && self.objects(0).has_any(&ids)
    }

    /// The content of a blob; `None` where it is missing or larger than `max_bytes`.
    pub fn blob(&self, id: Oid, max_bytes: u64) -> Result<Option<Vec<u8>>, Error> {
        let mut objects = self.objects(0);
        let place = objects.locate(&to_gix(&id, &self.local())?);
        let content = match objects.size_at(place) {
            Ok(size) if size > max_bytes.min(MAX_OBJECT) => return Ok(None),
            Ok(_) => objects.at(place, Kind::Blob),
            Err(absent) => Err(absent),
        };
        match content {
            Ok(content) => Ok(Some(Rc::unwrap_or_clone(content))),
            Err(Absent::Missing | Absent::TooLarge) => Ok(None),
            Err(Absent::Corrupt) => Err(self.corrupt(format!("object {id} is damaged"))),
        }
    }

    /// What stands at a path in a commit; `None` where nothing does, or a folder.
    pub fn file_at(&self, commit: Oid, path: &[u8]) -> Result<Option<(Oid, EntryKind)>, Error> {
        let mut objects = self.objects(1 << 20);
        let tree = self.tree_of(&mut objects, commit)?;
        let found = trees::entry_at(&mut objects, &tree, path)
            .map_err(|_| self.corrupt(format!("a folder of commit {commit} cannot be read")))?;
        Ok(found.map(|(id, kind)| (from_gix(&id), kind)))
    }

    /// One commit.
    pub fn commit(&self, id: Oid) -> Result<CommitFacts, Error> {
        let mut objects = self.objects(0);
        let content = objects.get(&to_gix(&id, &self.local())?, Kind::Commit);
        content.ok().and_then(|it| walk::facts(id, &it)).ok_or(Error::NoCommit(id))
    }

    /// The commits that lead to any of `from` and are not `known`, with their parents, and whether those are all:
    /// objects may be missing, and no more than `most` are looked at.
    pub fn unknown_before(
        &self,
        from: impl Iterator<Item = Oid>,
        known: impl Fn(Oid) -> bool,
        most: usize,
    ) -> (Vec<(Oid, Vec<Oid>)>, bool) {
        let (mut objects, repo) = (self.objects(0), self.local());
        let (mut found, mut whole) = (Vec::new(), true);
        let mut met = std::collections::HashSet::new();
        let mut open: Vec<Oid> = from.collect();
        while let Some(id) = open.pop() {
            if known(id) || !met.insert(id) {
                continue;
            }
            if found.len() == most {
                return (found, false);
            }
            let content = to_gix(&id, &repo).ok().map(|it| objects.get(&it, Kind::Commit));
            match content.and_then(Result::ok).and_then(|it| walk::facts(id, &it)) {
                Some(commit) => {
                    open.extend(&commit.parents);
                    found.push((id, commit.parents));
                }
                None => whole = false,
            }
        }
        (found, whole)
    }

    /// A reader of its objects for one thread, with a cache of about so many bytes.
    pub(super) fn objects(&self, cache: usize) -> Objects {
        let repo = self.local();
        Objects::new(Arc::new(Packs::open(&repo)), repo, cache)
    }

    /// The repository as gix has it, for one thread.
    pub(super) fn local(&self) -> gix::Repository {
        self.repo.to_thread_local()
    }

    pub(super) fn corrupt(&self, detail: String) -> Error {
        Error::Corrupt { path: self.git_dir(), detail }
    }

    fn tree_of(&self, objects: &mut Objects, commit: Oid) -> Result<ObjectId, Error> {
        let content = objects.get(&to_gix(&commit, &self.local())?, Kind::Commit);
        content.ok().and_then(|it| walk::tree_of(&it)).ok_or(Error::NoCommit(commit))
    }
}

/// A folder's `.git`, or where that leads to if it is a file.
fn dot_git(folder: &Path) -> PathBuf {
    let dot_git = folder.join(".git");
    let short = |it: &std::fs::Metadata| it.is_file() && it.len() < 1 << 16;
    let text = match std::fs::metadata(&dot_git) {
        Ok(about) if short(&about) => std::fs::read(&dot_git).unwrap_or_default(),
        _ => return dot_git,
    };
    match String::from_utf8_lossy(&text).trim_end().strip_prefix("gitdir:") {
        Some(to) => folder.join(to.trim_start()),
        None => dot_git,
    }
}

/// Refuses a repository in which something else stands where a file belongs: to open a pipe is to
/// wait for whoever writes into it.
fn only_files(git_dir: &Path) -> Result<(), Error> {
    let common = common_dir(git_dir);
    let pack = std::fs::read_dir(common.join("objects/pack")).into_iter().flatten();
    let of_git_dir = ["HEAD", "commondir", "gitdir", "config.worktree"].map(|it| git_dir.join(it));
    let of_common = ["HEAD", "config", "packed-refs", "shallow", "objects/info/alternates"];
    let all = of_git_dir
        .into_iter()
        .chain(of_common.map(|it| common.join(it)))
        .chain(pack.filter_map(|it| Some(it.ok()?.path())));
    for path in all {
        if std::fs::metadata(&path).is_ok_and(|it| !it.is_file() && !it.is_dir()) {
            return Err(Error::Corrupt {
                path: git_dir.to_owned(),
                detail: format!("{} is not a regular file", path.display()),
            });
        }
    }
    Ok(())
}

/// The folder that all worktrees share.
fn common_dir(git_dir: &Path) -> PathBuf {
    let named = git_dir.join("commondir");
    let regular = std::fs::metadata(&named).is_ok_and(|it| it.is_file());
    match regular.then(|| std::fs::read(&named).ok()).flatten() {
        Some(it) => git_dir.join(String::from_utf8_lossy(&it).trim_end()),
        None => git_dir.to_owned(),
    }
}

/// Whether the refs are in the format that gix cannot read.
fn is_reftable(git_dir: &Path) -> bool {
    common_dir(git_dir).join("reftable").join("tables.list").exists()
}

/// An id as the rest of the program has it.
pub(super) fn from_gix(id: &gix::oid) -> Oid {
    // Git's two kinds of hashes are the two lengths that an `Oid` takes.
    Oid::from_bytes(id.as_bytes()).unwrap_or_else(|| unreachable!("a hash of 20 or 32 bytes"))
}

/// An id as gix has it; an error where it is of the other hash than the repository's.
pub(super) fn to_gix(id: &Oid, repo: &gix::Repository) -> Result<ObjectId, Error> {
    ObjectId::try_from(id.as_bytes())
        .ok()
        .filter(|it| it.kind() == repo.object_hash())
        .ok_or(Error::NoCommit(*id))
}
