//! Answers of an earlier time: nothing that came after `now` is seen.

use super::Asked;
use super::ask::moment;
use crate::Result;
use model::Timestamp;
use std::rc::Rc;
use store::reads::{KnowledgeRow, Scope};

use super::ask::Target;

/// What the gap of such an answer says.
pub(super) const GAP: &str = "the answer is of an earlier time and uses nothing later; commits count from when they were made, \
    whether or not their branch had landed; as they are now are who is who, backstory.toml, components and sizes of files, and of issues and pull requests what changed without a record of the \
    change: descriptions, labels, versions, files";

impl Asked<'_> {
    /// Answers on memory as it was at `now`, where that lies before its newest record; else, and
    /// where none is given, on all of it.
    pub(crate) fn as_of<T>(
        &self,
        now: Option<&str>,
        answer: impl FnOnce(&Asked<'_>) -> Result<T>,
    ) -> Result<T> {
        match now {
            Some(text) => self.then(moment("now", text, true)?, answer),
            None => answer(self),
        }
    }

    /// The same at a moment.
    pub(super) fn then<T>(
        &self,
        now: Timestamp,
        answer: impl FnOnce(&Asked<'_>) -> Result<T>,
    ) -> Result<T> {
        let given = Some(now);
        if self.reader.past().is_some() || !self.reader.is_past(self.of, now) {
            return answer(&Asked { given, ..Asked::new(self.reader, self.of, self.cx) });
        }
        let store = self.cx.shared.store.clone();
        store.read_past(now, self.cx.cancel.clone(), |reader| {
            let of = reader.allow(&self.cx.viewer(), Some(&self.of.name))?;
            answer(&Asked { given, ..Asked::new(reader, &of, self.cx) })
        })
    }

    /// What people know of a target: from the rollups, or, for a path that is gone and for one of the
    /// past, from the rows.
    pub(super) fn knowledge(
        &self,
        target: &Target,
        scope: &Rc<Scope>,
    ) -> Result<Vec<KnowledgeRow>> {
        let past = self.reader.past().is_some();
        match target {
            Target::File(file) if past || !file.alive => {
                Ok(self.reader.knowledge_of(self.of, scope)?)
            }
            _ => {
                self.roll_up()?;
                Ok(self.reader.knowledge(self.of, target.known_as())?)
            }
        }
    }

    /// Counts the rollups of the past, where they are not there yet. Takes as long as a first reading
    /// counts them.
    pub(super) fn roll_up(&self) -> Result<()> {
        if self.reader.is_rolled_up(self.of)? {
            return Ok(());
        }
        let history = self.reader.history(self.of)?;
        let rollups = ingest::rollup::rollups(&history, &self.reader.who_is_who()?);
        Ok(self.reader.keep_rollups(self.of, &rollups)?)
    }
}
