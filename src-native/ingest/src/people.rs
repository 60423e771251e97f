//! People: made of identities by rules and by hand, and counted again whenever that changes.

use crate::config::Config;
use crate::identity::{self, Known, Suggestion};
use crate::{Error, rollup, sync};
use model::{IdentityId, RepositoryId};
use std::collections::{BTreeSet, HashMap};
use store::writes::{EditAction, Source};
use store::{Store, Writer};

/// Says that two identities are one person, and returns the number of that decision.
pub fn merge(store: &Store, a: IdentityId, b: IdentityId) -> Result<i64, Error> {
    edit(store, EditAction::Merge, a, b)
}

/// Says that `a` is not the person that `b` is: `a` then belongs to nobody by rule, only by what is
/// said by hand from now on. Returns the number of that decision.
pub fn split(store: &Store, a: IdentityId, b: IdentityId) -> Result<i64, Error> {
    edit(store, EditAction::Split, a, b)
}

/// Takes a decision back by its number.
pub fn undo(store: &Store, edit: i64) -> Result<(), Error> {
    store.write(|writer| {
        if !writer.undo_identity_edit(edit)? {
            return Err(Error::NoEdit(edit));
        }
        settle(writer, &[])?;
        writer.audit(sync::now(), "user", "undo identity edit", &edit.to_string())?;
        Ok(())
    })
}

/// Pairs of developers who may be one person, for people to decide.
pub fn suggestions(store: &Store) -> Result<Vec<Suggestion>, Error> {
    // Through the writer because evidence is read there; nothing is written.
    store.write(|writer| with_known(writer, identity::suggestions))
}

fn edit(store: &Store, action: EditAction, a: IdentityId, b: IdentityId) -> Result<i64, Error> {
    store.write(|writer| {
        let known = writer.identities()?;
        for id in [a, b] {
            if !known.iter().any(|it| it.0 == id) {
                return Err(Error::NoIdentity(id.0));
            }
        }
        let number = writer.add_identity_edit(action, a, b, sync::now())?;
        settle(writer, &[])?;
        let what = match action {
            EditAction::Merge => "merge identities",
            EditAction::Split => "split identities",
        };
        writer.audit(sync::now(), "user", what, &format!("decision {number}"))?;
        Ok(number)
    })
}

/// Makes developers of all identities again, and the rollups of the repositories that were just
/// read (each with whether it has none yet); where somebody's commits now count for somebody else,
/// those of all others too.
pub(crate) fn settle(writer: &Writer<'_>, read: &[(RepositoryId, bool)]) -> Result<(), Error> {
    let resolved = with_known(writer, identity::resolve)?;
    let (moved, people) = writer.set_resolved(&resolved)?;
    writer.set_identity_totals()?;
    let count = |id: RepositoryId, fresh: bool| -> Result<(), Error> {
        let history = writer.history(id)?;
        let rollups = rollup::rollups(&history, &people);
        Ok(writer.set_rollups(id, &history, &rollups, fresh)?)
    };
    for (id, fresh) in read {
        count(*id, *fresh)?;
    }
    if moved {
        for other in writer.sources()?.iter().filter(|it| it.read.head.is_some()) {
            if !read.iter().any(|it| it.0 == other.id) {
                count(other.id, false)?;
            }
        }
    }
    Ok(())
}

fn with_known<T>(writer: &Writer<'_>, question: impl FnOnce(&Known<'_>) -> T) -> Result<T, Error> {
    let sources = writer.sources()?;
    let bots = |it: &Source| Config::parse(&it.read.rules).unwrap_or_default().bots;
    let bots: Vec<String> = sources.iter().flat_map(bots).collect();
    let mut sites: HashMap<String, BTreeSet<RepositoryId>> = HashMap::new();
    for tracker in writer.trackers()? {
        sites.entry(tracker.site).or_default().extend(tracker.repositories);
    }
    let mailmaps: Vec<Vec<u8>> = sources.into_iter().map(|it| it.read.mailmap).collect();
    Ok(question(&Known {
        identities: &writer.identities()?,
        uses: writer.identity_uses()?,
        logins: &writer.login_evidence()?,
        authored: &writer.commits_of_accounts()?,
        resolved: &writer.issues_of_accounts()?,
        places: writer.places_of_people()?,
        sites,
        mailmaps: &mailmaps,
        edits: &writer.identity_edits()?,
        bots: &bots,
    }))
}
