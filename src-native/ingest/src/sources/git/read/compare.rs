//! What a commit changed, from its tree and its parent's.

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;

use gix::ObjectId;
use gix::objs::Kind;
use model::ChangeKind;

use super::super::interner::Interner;
use super::super::objects::{Objects, Place};
use super::super::renames::{self, Candidate};
use super::super::trees::{self, EntryKind, Side};
use super::super::walk::{self, Parent};

/// A changed path, as small as it can be kept for a history of millions.
pub(super) struct Row {
    pub(super) path: u32,
    /// The path before a rename, or the path itself.
    pub(super) from: u32,
    pub(super) old: Place,
    pub(super) new: Place,
    pub(super) kind: ChangeKind,
    /// Whether old and new content are the same object.
    pub(super) same: bool,
    pub(super) old_submodule: bool,
    pub(super) new_submodule: bool,
}

/// What it takes to compare a commit with its parent.
pub(super) struct Comparison<'a> {
    pub(super) trees: &'a mut Objects,
    pub(super) contents: &'a mut Objects,
    pub(super) paths: &'a mut Interner,
    pub(super) cancel: &'a AtomicBool,
}

impl Comparison<'_> {
    /// What a commit changed, renames found, in Git's order.
    pub(super) fn rows(
        &mut self,
        node: &walk::Node,
        known: &HashMap<ObjectId, Option<ObjectId>>,
    ) -> Vec<Row> {
        let before = match node.parent {
            Parent::Root => None,
            Parent::One(parent) => {
                let tree = known
                    .get(&parent)
                    .copied()
                    .unwrap_or_else(|| walk::tree_of(&self.trees.get(&parent, Kind::Commit).ok()?));
                match tree {
                    Some(tree) => Some(tree),
                    None => return Vec::new(),
                }
            }
            Parent::Cut | Parent::Merge => return Vec::new(),
        };
        let mut rows: Vec<(u32, Option<Side>, Option<Side>)> = Vec::new();
        let (mut gone, mut new) = (0, 0);
        // What cannot be compared is noted by the reader of trees; the rest is told.
        let _ = trees::diff(self.trees, before.as_ref(), node.tree.as_ref(), &mut |path, a, b| {
            gone += usize::from(b.is_none());
            new += usize::from(a.is_none());
            rows.push((self.paths.number(path), a, b));
        });
        let origins = if gone > 0 && new > 0 { self.origins(&rows) } else { HashMap::new() };
        let moved: Vec<usize> = origins.values().copied().collect();
        let mut is_moved = vec![false; if moved.is_empty() { 0 } else { rows.len() }];
        for at in moved {
            is_moved[at] = true;
        }
        (0..rows.len())
            .filter(|&it| is_moved.get(it) != Some(&true))
            .map(|it| match origins.get(&it) {
                Some(&origin) => {
                    let (from, old, _) = rows[origin];
                    self.row(rows[it].0, from, ChangeKind::Renamed, old, rows[it].2)
                }
                None => {
                    let (path, old, new) = rows[it];
                    let kind = match (old, new) {
                        (None, _) => ChangeKind::Added,
                        (_, None) => ChangeKind::Deleted,
                        _ => ChangeKind::Modified,
                    };
                    self.row(path, path, kind, old, new)
                }
            })
            .collect()
    }

    /// For the rows that are renames, the row they were renamed from.
    fn origins(&mut self, rows: &[(u32, Option<Side>, Option<Side>)]) -> HashMap<usize, usize> {
        let (mut gone, mut new) = (Vec::new(), Vec::new());
        let (mut gone_rows, mut new_rows) = (Vec::new(), Vec::new());
        for (i, &(path, a, b)) in rows.iter().enumerate() {
            let path = self.paths.string(path);
            match (a, b) {
                (Some(side), None) => {
                    gone.push(Candidate { path, side });
                    gone_rows.push(i);
                }
                (None, Some(side)) => {
                    new.push(Candidate { path, side });
                    new_rows.push(i);
                }
                _ => {}
            }
        }
        let origins = renames::detect(self.contents, &gone, &new, self.cancel);
        let found = origins.into_iter().zip(new_rows);
        found.filter_map(|(origin, row)| Some((row, gone_rows[origin?]))).collect()
    }

    fn row(
        &mut self,
        path: u32,
        from: u32,
        kind: ChangeKind,
        old: Option<Side>,
        new: Option<Side>,
    ) -> Row {
        let submodule = |it: Option<Side>| it.is_some_and(|it| it.kind == EntryKind::Submodule);
        let mut place = |it: Option<Side>| match it {
            None => Place::NONE,
            Some(side) if side.kind == EntryKind::Submodule => self.contents.note(&side.id),
            Some(side) => self.contents.locate(&side.id),
        };
        Row {
            path,
            from,
            old: place(old),
            new: place(new),
            kind,
            same: old.is_some_and(|old| new.is_some_and(|new| old.id == new.id)),
            old_submodule: submodule(old),
            new_submodule: submodule(new),
        }
    }
}
