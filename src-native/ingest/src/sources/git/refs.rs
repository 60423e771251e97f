//! Names of commits: the head, branches, tags, and the heads of pull requests.

use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::objs::Kind;
use gix::prelude::ReferenceExt;
use model::{Bytes, Oid, Release, Timestamp};
use sha2::{Digest, Sha256};

use super::objects::{Absent, Objects};
use super::open::{Clone, Error, from_gix};
use super::walk;

/// A tag may point at a tag; not more often than this.
const MAX_TAGS: usize = 64;

/// What a repository's refs say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refs {
    /// The current commit; `None` while there is none.
    pub head: Option<Head>,
    /// Local branches by full name (`refs/heads/main`), sorted.
    pub branches: Vec<(Bytes, Oid)>,
    /// Tags that name a commit, sorted by name.
    pub tags: Vec<Release>,
    /// Heads of pull requests, sorted by number.
    pub pulls: Vec<PullHead>,
    /// Commits at which a shallow clone ends, sorted.
    pub shallow: Vec<Oid>,
    /// What [`Clone::fingerprint`] says at this moment.
    pub fingerprint: [u8; 32],
}

/// Where `HEAD` stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The full name of the branch; `None` when detached.
    pub name: Option<Bytes>,
    /// The commit.
    pub oid: Oid,
}

/// The last commit of a pull request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PullHead {
    /// The pull request's number.
    pub number: u64,
    /// Its last commit.
    pub head: Oid,
}

impl Clone {
    /// All refs. Broken ones are passed over.
    pub fn refs(&self) -> Result<Refs, Error> {
        // First, so that a change made meanwhile is seen the next time.
        let fingerprint = self.fingerprint()?;
        let repo = self.local();
        let mut objects = self.objects(1 << 20);
        let mut refs = Refs { fingerprint, ..Refs::default() };
        refs.shallow = self.shallow().iter().map(|it| from_gix(it)).collect();
        refs.head = self.head(&repo, &mut objects)?;

        let platform = repo.references().map_err(|it| self.corrupt(it.to_string()))?;
        let all = platform.all().map_err(|it| self.corrupt(it.to_string()))?;
        for mut reference in all.filter_map(Result::ok) {
            let name = reference.name().as_bstr().to_vec();
            let id = match reference.target().try_id() {
                Some(id) => id.to_owned(),
                None => match reference.peel_to_id() {
                    Ok(id) => id.detach(),
                    Err(_) => continue,
                },
            };
            if let Some(tag) = name.strip_prefix(b"refs/tags/") {
                if let Ok(Some((commit, at))) = peel(&mut objects, id) {
                    let name = Bytes::from(tag);
                    refs.tags.push(Release { name, commit: from_gix(&commit), at });
                }
            } else if name.starts_with(b"refs/heads/") {
                refs.branches.push((Bytes(name), from_gix(&id)));
            } else if let Some(number) = pull_number(&name) {
                refs.pulls.push(PullHead { number, head: from_gix(&id) });
            }
        }
        refs.branches.sort();
        refs.tags.sort_by(|a, b| a.name.cmp(&b.name));
        refs.pulls.sort();
        refs.pulls.dedup_by_key(|it| it.number);
        Ok(refs)
    }

    /// Where `HEAD` stands; `None` only where its branch has no commit yet. What it names and cannot
    /// be read is a failure: a repository that lost its objects is not an empty one.
    fn head(&self, repo: &gix::Repository, objects: &mut Objects) -> Result<Option<Head>, Error> {
        let broken = |error: &dyn std::fmt::Display| self.corrupt(format!("HEAD: {error}"));
        let head = repo.head().map_err(|it| broken(&it))?;
        let name = head.referent_name().map(|it| Bytes(it.as_bstr().to_vec()));
        let id = match head.kind {
            gix::head::Kind::Unborn(_) => return Ok(None),
            gix::head::Kind::Detached { target, .. } => target,
            gix::head::Kind::Symbolic(branch) => {
                let mut branch = branch.attach(repo);
                branch.follow_to_object().map_err(|it| broken(&it))?.detach()
            }
        };
        match peel(objects, id) {
            Ok(Some((id, _))) => Ok(Some(Head { name, oid: from_gix(&id) })),
            Ok(None) => Err(broken(&format_args!("{id} is no commit"))),
            Err((id, absent)) => Err(Error::NoHead {
                path: self.git_dir(),
                id: from_gix(&id),
                why: match absent {
                    Absent::Missing => "is not there",
                    Absent::Corrupt => "is damaged or may not be read",
                    Absent::TooLarge => "is too large to be a commit",
                },
            }),
        }
    }

    /// A hash over `HEAD`, all refs and the ends of a shallow clone: as long as it is the same,
    /// there is nothing new to read. It reads the files as they are, so no change escapes it.
    pub fn fingerprint(&self) -> Result<[u8; 32], Error> {
        let mut hash = Sha256::new();
        let (git_dir, common_dir) = (self.git_dir(), self.common_dir());
        add_file(&mut hash, &git_dir.join("HEAD"));
        add_file(&mut hash, &common_dir.join("packed-refs"));
        add_file(&mut hash, &common_dir.join("shallow"));
        if let Err(path) = add_folder(&mut hash, &common_dir.join("refs"), 0) {
            return Err(self.corrupt(format!("{} is not a regular file", path.display())));
        }
        Ok(hash.finalize().into())
    }

    /// The commits at which a shallow clone ends, sorted.
    pub(super) fn shallow(&self) -> Vec<ObjectId> {
        let commits = self.local().shallow_commits().ok().flatten();
        let mut commits: Vec<ObjectId> =
            commits.map(|it| it.iter().copied().collect()).unwrap_or_default();
        commits.sort();
        commits
    }
}

fn add_file(hash: &mut Sha256, path: &Path) {
    let content = std::fs::read(path).unwrap_or_default();
    hash.update((content.len() as u64).to_le_bytes());
    hash.update(content);
}

/// Adds every file below a folder, by name. Links are not followed. An error names what is neither
/// folder nor file: to open a pipe is to wait for whoever writes into it.
fn add_folder(hash: &mut Sha256, folder: &Path, depth: usize) -> Result<(), PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    let mut entries: Vec<_> = entries.filter_map(Result::ok).collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name();
        let name = name.as_encoded_bytes();
        hash.update((name.len() as u64).to_le_bytes());
        hash.update(name);
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && depth < 64 => add_folder(hash, &entry.path(), depth + 1)?,
            Ok(kind) if kind.is_file() => add_file(hash, &entry.path()),
            Ok(kind) if !kind.is_dir() => {
                let path = entry.path();
                if std::fs::metadata(&path).is_ok_and(|it| !it.is_file() && !it.is_dir()) {
                    return Err(path);
                }
            }
            _ => {}
        }
    }
    hash.update([0xff; 8]);
    Ok(())
}

/// The commit an object leads to, through tags of tags, and when the first of them was made: the
/// tagger's time, or the commit's own. `None` where it leads to none; an error names the object on
/// the way that cannot be read.
fn peel(
    objects: &mut Objects,
    id: ObjectId,
) -> Result<Option<(ObjectId, Timestamp)>, (ObjectId, Absent)> {
    let mut id = id;
    let mut at = None;
    for _ in 0..MAX_TAGS {
        let place = objects.locate(&id);
        let (kind, content) = objects.any_at(place).map_err(|it| (id, it))?;
        match kind {
            Kind::Commit => {
                let time = || walk::committed(&content);
                return Ok(Some((id, at.unwrap_or_else(time))));
            }
            Kind::Tag => {
                let header = content.split(|&it| it == b'\n').take_while(|it| !it.is_empty());
                let mut target = None;
                for line in header {
                    if let Some(hex) = line.strip_prefix(b"object ") {
                        target = target.or(ObjectId::from_hex(hex).ok());
                    } else if let Some(who) = line.strip_prefix(b"tagger ") {
                        at = at.or(Some(walk::stamp(who).at));
                    }
                }
                id = target.ok_or((id, Absent::Corrupt))?;
            }
            Kind::Tree | Kind::Blob => return Ok(None),
        }
    }
    Ok(None)
}

/// The number in `refs/pull/7/head` and `refs/remotes/origin/pr/7`.
fn pull_number(name: &[u8]) -> Option<u64> {
    let digits = match name.strip_prefix(b"refs/pull/") {
        Some(rest) => rest.strip_suffix(b"/head")?,
        None => {
            let rest = name.strip_prefix(b"refs/remotes/")?;
            let mut parts = rest.splitn(3, |&it| it == b'/').skip(1);
            parts.next().filter(|&it| it == b"pr")?;
            parts.next()?
        }
    };
    let plain = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    str::from_utf8(digits).ok().filter(|_| plain)?.parse().ok()
}
