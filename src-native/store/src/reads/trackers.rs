//! Where issues and pull requests come from.

use crate::writes::Tracker;
use crate::{Reader, Result, Viewer};
use model::TrackerId;

/// What memory holds of a tracker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TrackerCounts {
    /// Raw records, older versions included.
    pub records: u64,
    /// Issues, over all its repositories.
    pub issues: u64,
    /// Pull requests, over all its repositories.
    pub pull_requests: u64,
}

impl Reader<'_> {
    /// The tracker of that name.
    pub fn tracker(&self, viewer: &Viewer, name: &str) -> Result<Option<Tracker>> {
        let Viewer::Owner = viewer;
        Ok(crate::writes::trackers(&self.sql(), Some(name))?.pop())
    }

    /// What of a tracker's last sync or import could not be taken, the first of it: where it stood
    /// and why.
    pub fn refusals(&self, _: &Viewer, id: TrackerId) -> Result<Vec<(String, String)>> {
        let mut all = self.sql().prepare_cached(
            "select stood, reason from tracker_refusals where tracker = ?1 order by place",
        )?;
        let rows = all.query_map([id.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Every tracker with what memory holds of it, in order of name.
    pub fn trackers(&self, viewer: &Viewer) -> Result<Vec<(Tracker, TrackerCounts)>> {
        let Viewer::Owner = viewer;
        let mut counts = self.sql().prepare_cached(
            "select (select count(*) from events where tracker = ?1),
                    (select count(*) from issues where tracker = ?1),
                    (select count(*) from pull_records where tracker = ?1)",
        )?;
        let all = crate::writes::trackers(&self.sql(), None)?;
        all.into_iter()
            .map(|it| {
                let counts = counts.query_row([it.id.0], |row| {
                    Ok(TrackerCounts {
                        records: row.get(0)?,
                        issues: row.get(1)?,
                        pull_requests: row.get(2)?,
                    })
                })?;
                Ok((it, counts))
            })
            .collect()
    }
}
