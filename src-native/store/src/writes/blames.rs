//! What is worked out from Git's objects and kept to be quick the next time.

use crate::{Allowed, Result, Writer};
use model::Oid;
use rusqlite::params;

/// Bytes of blames kept, of all repositories together: some ten thousand files.
const BLAMES_BYTES_MAX: i64 = 16 << 20;

impl Writer<'_> {
    /// Keeps whose every line of a file is, as of a commit. The oldest make room for it.
    pub fn keep_blame(&self, of: &Allowed, commit: Oid, path: &[u8], spans: &[u8]) -> Result<()> {
        self.keep_blame_within(of, commit, path, spans, BLAMES_BYTES_MAX)
    }

    fn keep_blame_within(
        &self,
        of: &Allowed,
        commit: Oid,
        path: &[u8],
        spans: &[u8],
        bytes_max: i64,
    ) -> Result<()> {
        if (path.len() + spans.len()) as i64 > bytes_max {
            return Ok(()); // it would push out all others and not stay itself
        }
        // The repository may have been taken out of memory since the question was asked.
        self.sql()
            .prepare_cached(
                "insert or ignore into blames (repository, head, path, spans)
             select id, ?2, ?3, ?4 from repositories where id = ?1",
            )?
            .execute(params![of.id.0, commit.as_bytes(), path, spans])?;
        self.sql()
            .prepare_cached(
                "delete from blames where id in (select id from (select id,
             sum(length(head) + length(path) + length(spans)) over (order by id desc) as bytes
             from blames) where bytes > ?1)",
            )?
            .execute([bytes_max])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::{Store, Viewer};
    use model::Oid;
    use std::cell::Cell;
    use std::path::Path;

    #[test]
    fn over_the_budget_the_oldest_blames_are_dropped_and_those_of_gone_repositories_never_kept() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("memory.db")).unwrap();
        store.write(|it| it.add_source("a", Path::new("/a"), None)).unwrap();
        let of = store.read(|it| it.allow(&Viewer::Owner, None)).unwrap();
        let head = Oid::from_bytes(&[7; 20]).unwrap();
        let keep = |path: &str, spans: &[u8]| {
            store.write(|it| it.keep_blame_within(&of, head, path.as_bytes(), spans, 500)).unwrap();
        };
        let kept = |path: &str| {
            store.read(|it| it.kept_blame(&of, head, path.as_bytes())).unwrap().is_some()
        };
        for path in ["one", "two", "three"] {
            keep(path, &[1; 150]); // 173 to 175 bytes with head and path: two of them fit
        }
        assert_eq!([kept("one"), kept("two"), kept("three")], [false, true, true]);
        keep("two", &[2; 10]);
        assert!(kept("three"), "what is there already takes no room");
        keep("four", &[1; 900]);
        assert_eq!(
            [kept("three"), kept("four")],
            [true, false],
            "what has no room pushes out none"
        );

        store.write(|it| it.remove_source(of.id)).unwrap();
        keep("five", &[1; 10]);
        assert!(!kept("five"));
    }

    #[test]
    fn what_may_be_left_out_waits_for_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("memory.db");
        let (store, other) = (Store::open(&path).unwrap(), Store::open(&path).unwrap());
        let ran = Cell::new(0);
        let run = |_: &crate::Writer<'_>| {
            ran.set(ran.get() + 1);
            Ok(())
        };
        store
            .write(|_| {
                store.write_if_idle(run)?; // the same process writes
                other.write_if_idle(run) // another does
            })
            .unwrap();
        assert_eq!(ran.get(), 0);
        store.write_if_idle(run).unwrap();
        assert_eq!(ran.get(), 1);
    }
}
