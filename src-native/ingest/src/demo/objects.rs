//! Git objects: their bytes and ids.

use std::collections::BTreeMap;
use std::rc::Rc;

use gix::ObjectId;
use gix::objs::Kind;

use super::Error;
use super::history::{Commit, Tag};

/// The files of a commit by their paths.
pub(super) type Tree = BTreeMap<String, Text>;

/// A file's content, hashed once however many commits have it.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub(super) id: ObjectId,
    text: Rc<str>,
}

impl Text {
    pub(super) fn new(text: &str) -> Result<Text, Error> {
        let id = object(Kind::Blob, text.as_bytes().to_vec())?.0;
        Ok(Text { id, text: text.into() })
    }
}

impl std::ops::Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Text) -> bool {
        self.id == other.id
    }
}

/// An object's id, kind and content.
pub(super) type Object = (ObjectId, Kind, Vec<u8>);

pub(super) fn object(kind: Kind, content: Vec<u8>) -> Result<Object, Error> {
    let id = gix::objs::compute_hash(gix::hash::Kind::Sha1, kind, &content);
    let id = id.map_err(|it| Error::story("an object of Git", it.to_string()))?;
    Ok((id, kind, content))
}

/// The objects of a tree: its files, its folders, itself as the last.
pub(super) fn tree(files: &Tree) -> Result<Vec<Object>, Error> {
    let all: Vec<(&str, &Text)> = files.iter().map(|(path, text)| (path.as_str(), text)).collect();
    let mut found = Vec::new();
    folder(&all, &mut found)?;
    Ok(found)
}

fn folder(files: &[(&str, &Text)], found: &mut Vec<Object>) -> Result<ObjectId, Error> {
    // Git orders a folder as if its name ended in a slash, and so do the paths in it.
    let mut content = Vec::new();
    let mut rest = files;
    while let Some(&(path, text)) = rest.first() {
        let (mode, name, id, taken) = match path.split_once('/') {
            None => {
                found.push((text.id, Kind::Blob, text.as_bytes().to_vec()));
                ("100644", path, text.id, 1)
            }
            Some((name, _)) => {
                let inner = |it: &(&str, &Text)| {
                    it.0.strip_prefix(name).is_some_and(|it| it.starts_with('/'))
                };
                let taken = rest.iter().take_while(|it| inner(it)).count();
                let within: Vec<(&str, &Text)> =
                    rest[..taken].iter().map(|it| (&it.0[name.len() + 1..], it.1)).collect();
                ("40000", name, folder(&within, found)?, taken)
            }
        };
        content.extend_from_slice(format!("{mode} {name}\0").as_bytes());
        content.extend_from_slice(id.as_slice());
        rest = &rest[taken..];
    }
    let tree = object(Kind::Tree, content)?;
    let id = tree.0;
    found.push(tree);
    Ok(id)
}

/// A commit's own object; its parents are among `commits`.
pub(super) fn commit(commit: &Commit, commits: &[Commit]) -> Result<Object, Error> {
    let root = tree(&commit.tree)?.pop().ok_or_else(|| Error::story("a tree", "it is empty"))?;
    let mut text = format!("tree {}\n", root.0);
    for &parent in &commit.parents {
        text.push_str(&format!("parent {}\n", commits[parent].id));
    }
    let at = commit.at.git();
    text.push_str(&format!("author {} {at}\ncommitter {} {at}\n", commit.author, commit.committer));
    text.push_str(&format!("\n{}", commit.message));
    object(Kind::Commit, text.into_bytes())
}

pub(super) fn tag(tag: &Tag, commits: &[Commit]) -> Result<Object, Error> {
    let id = commits[tag.commit].id;
    let (name, tagger, at) = (&tag.name, &tag.tagger, tag.at.git());
    let text =
        format!("object {id}\ntype commit\ntag {name}\ntagger {tagger} {at}\n\n{}\n", tag.subject);
    object(Kind::Tag, text.into_bytes())
}
