//! Projects.

use model::ProjectFacts;
use serde::Deserialize;

use super::account::{User, account};
use super::issue::moment;
use super::shapes::{List, Maybe, Text, recorded};
use super::text::clean;
use crate::sources::record::Record;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Project<'a> {
    #[serde(borrow)]
    key: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    lead: Maybe<User<'a>>,
    #[serde(borrow)]
    components: List<Component<'a>>,
    #[serde(borrow)]
    versions: List<Version<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Component<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    description: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Version<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    released: Text<'a>,
    #[serde(borrow)]
    release_date: Text<'a>,
}

/// What the record of a project says; none where there is none.
pub(super) fn facts(records: &[Record]) -> Option<ProjectFacts> {
    let record = records.iter().filter(|it| it.kind == "project").max()?;
    let project = recorded::<Project>(&record.body)?;
    let mut components: Vec<_> = (project.components.0.into_iter())
        .map(|it| (clean(it.name.0), clean(it.description.0)))
        .filter(|(name, _)| !name.is_empty())
        .collect();
    components.sort();
    let versions = project.versions.0.into_iter().map(|it| {
        let released = Some(it.release_date).filter(|_| &*it.released == "true");
        (clean(it.name.0), released.and_then(|it| moment(&it)))
    });
    Some(ProjectFacts {
        key: clean(project.key.0),
        name: clean(project.name.0),
        lead: project.lead.0.and_then(account),
        components,
        versions: versions.filter(|(name, _)| !name.is_empty()).collect(),
    })
}
