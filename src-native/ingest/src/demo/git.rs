//! The story as a Git work tree: loose objects, refs, an index, the files of main.

use gix::objs::Kind;
use gix::zlib::Compression;
use gix::zlib::stream::deflate;
use std::io::Write;

use super::Error;
use super::files::Files;
use super::history::{History, REPOSITORY};
use super::objects::{self, Object, Tree};

pub(super) const FOLDER: &str = "repository";

pub(super) fn add(history: &History, files: &mut Files) -> Result<(), Error> {
    let git = format!("{FOLDER}/.git");
    for (at, commit) in history.commits.iter().enumerate() {
        for object in objects::tree(&commit.tree)? {
            add_object(&git, &object, files)?;
        }
        add_object(&git, &objects::commit(commit, &history.commits[..at])?, files)?;
    }
    let mut reference = |name: String, id: String| {
        files.add(format!("{git}/refs/{name}"), format!("{id}\n"));
    };
    for branch in &history.branches {
        if let Some(&head) = branch.commits.last() {
            let name = format!("pull/{}/head", branch.pull.number);
            reference(name, history.commits[head].id.to_string());
        }
    }
    let tip = history.main.last().map(|&it| &history.commits[it]);
    let tip = tip.ok_or_else(|| Error::story("history.txt", "main is empty"))?;
    reference("heads/main".to_owned(), tip.id.to_string());
    for tag in &history.tags {
        let object = objects::tag(tag, &history.commits)?;
        files.add(format!("{git}/refs/tags/{}", tag.name), format!("{}\n", object.0));
        add_object(&git, &object, files)?;
    }
    files.add(format!("{git}/HEAD"), "ref: refs/heads/main\n");
    files.add(
        format!("{git}/config"),
        format!(
            "[core]\n\trepositoryformatversion = 0\n\tfilemode = false\n\tbare = false\n\
             \tautocrlf = false\n\
             [remote \"origin\"]\n\turl = https://github.example.com/{REPOSITORY}.git\n\
             \tfetch = +refs/heads/*:refs/remotes/origin/*\n"
        ),
    );
    files.add(format!("{git}/index"), index(&tip.tree)?);
    for (path, text) in &tip.tree {
        files.add(format!("{FOLDER}/{path}"), text.as_bytes());
    }
    Ok(())
}

/// An object on its own, not compressed: what a compressor makes may differ from one processor to
/// the next.
fn add_object(git: &str, (id, kind, content): &Object, files: &mut Files) -> Result<(), Error> {
    let hex = id.to_string();
    let path = format!("{git}/objects/{}/{}", &hex[..2], &hex[2..]);
    if files.0.contains_key(&path) {
        return Ok(());
    }
    let kind = match kind {
        Kind::Blob => "blob",
        Kind::Tree => "tree",
        Kind::Commit => "commit",
        Kind::Tag => "tag",
    };
    let mut out = deflate::Write::new(Vec::new(), Compression::NONE);
    let done = write!(out, "{kind} {}\0", content.len())
        .and_then(|()| out.write_all(content))
        .and_then(|()| out.flush());
    done.map_err(|it| Error::story("an object of Git", it.to_string()))?;
    files.add(path, out.into_inner());
    Ok(())
}

/// Git's index, version 2, that knows nothing of the files on disk but their contents: a size of 0
/// makes Git look for itself.
fn index(tree: &Tree) -> Result<Vec<u8>, Error> {
    let mut out = Vec::from(b"DIRC\0\0\0\x02");
    out.extend((tree.len() as u32).to_be_bytes());
    for (path, text) in tree {
        let start = out.len();
        // Times, device and inode of the file.
        out.extend([0; 24]);
        out.extend(0o100_644_u32.to_be_bytes());
        // Owner, group, size.
        out.extend([0; 12]);
        out.extend(text.id.as_slice());
        out.extend((path.len().min(0xfff) as u16).to_be_bytes());
        out.extend(path.as_bytes());
        // One NUL at least, up to a multiple of eight.
        let length = out.len() - start;
        out.resize(start + (length / 8 + 1) * 8, 0);
    }
    let mut hash = gix::hash::hasher(gix::hash::Kind::Sha1);
    hash.update(&out);
    let hash = hash.try_finalize().map_err(|it| Error::story("Git's index", it.to_string()))?;
    out.extend(hash.as_slice());
    Ok(out)
}
