//! Trackers added to repositories, and taken out.

use super::{Settings, facts_of, put_for, settle_repository};
use crate::sync::now;
use crate::{Error, people};
use model::RepositoryId;
use store::writes::{Accounts, Tracker, TrackerKind};
use store::{Store, Writer};

/// Adds a tracker where there is none of that name, and lets it tell about a repository: what is
/// kept of it already is projected for that one too. Returns whether it is new.
///
/// Numbers such as `#12` name one thing in a repository, in its commits, its refs and here. So one
/// repository of GitHub's tells about it: another would write its own pull requests over them.
///
/// # Errors
/// [`Error::TrackerKind`] where that name is another kind's, [`Error::SecondGitHub`] where another
/// tells about the repository, [`Error::OtherGitHub`] where that name is another repository's of
/// GitHub's.
pub fn attach(
    store: &Store,
    name: &str,
    kind: TrackerKind,
    site: &str,
    settings: &str,
    repository: RepositoryId,
) -> Result<bool, Error> {
    store.write(|writer| {
        let known = writer.tracker(name)?;
        if known.as_ref().is_some_and(|it| it.kind != kind) {
            return Err(Error::TrackerKind(name.to_owned()));
        }
        if kind == TrackerKind::GitHub {
            alone(writer, name, known.as_ref(), settings, repository)?;
        }
        let new = known.is_none();
        let id = match known {
            Some(tracker) => {
                if settings != "{}" && settings != tracker.settings {
                    writer.set_tracker_settings(tracker.id, settings)?;
                }
                tracker.id
            }
            None => writer.add_tracker(name, kind, site, settings)?,
        };
        if writer.attach(id, repository)? {
            let tracker = writer.tracker(name)?.ok_or_else(|| Error::NoTracker(name.into()))?;
            let mut accounts = Accounts::new(writer, &tracker.site)?;
            for subject in writer.subjects(id, "", usize::MAX >> 1)? {
                let facts = facts_of(writer, &tracker, &subject)?;
                put_for(writer, &tracker, repository, &subject, &facts, &mut accounts)?;
                writer.set_settled(id, false)?;
            }
            writer.audit(now(), "user", "attach tracker", name)?;
        }
        Ok(new)
    })
}

/// Whether nothing else of GitHub's tells about a repository than this.
fn alone(
    writer: &Writer<'_>,
    name: &str,
    known: Option<&Tracker>,
    settings: &str,
    repository: RepositoryId,
) -> Result<(), Error> {
    let first = writer.trackers()?.into_iter().find(|it| {
        it.kind == TrackerKind::GitHub && it.name != name && it.repositories.contains(&repository)
    });
    if let Some(first) = first {
        let repository = writer.source(repository)?.ok_or(Error::Removed)?.name;
        let (first, second) = (first.name, name.to_owned());
        return Err(Error::SecondGitHub { repository, first, second });
    }
    let of = |settings: &str| {
        let settings = Settings::read(settings);
        let (owner, name) = settings.repository()?;
        Some(format!("{owner}/{name}").to_lowercase())
    };
    if let (Some(now), Some(was)) = (of(settings), known.and_then(|it| of(&it.settings)))
        && now != was
    {
        return Err(Error::OtherGitHub { name: name.to_owned(), was, now });
    }
    Ok(())
}

/// Takes a tracker out of memory with everything that came from it.
///
/// # Errors
/// [`Error::NoTracker`] where there is none.
pub fn remove(store: &Store, name: &str) -> Result<(), Error> {
    store.write(|writer| {
        let tracker = writer.tracker(name)?.ok_or_else(|| Error::NoTracker(name.to_owned()))?;
        writer.remove_tracker(tracker.id)?;
        for &repository in &tracker.repositories {
            settle_repository(writer, repository)?;
        }
        writer.drop_unnamed_identities()?;
        let read: Vec<_> = tracker.repositories.iter().map(|it| (*it, false)).collect();
        people::settle(writer, &read)?;
        writer.audit(now(), "user", "remove tracker", name)?;
        Ok(())
    })
}
