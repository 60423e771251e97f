//! What belongs to what: commits, pull requests and issues, by the words that say so.

use crate::config::Issues;
use crate::{Error, issues};
use model::RepositoryId;
use store::Writer;

/// Makes the project keys and links of a repository again, from what its commits and trackers say.
pub(crate) fn settle(
    writer: &Writer<'_>,
    repository: RepositoryId,
    rules: &Issues,
) -> Result<(), Error> {
    let (counts, plain) = writer.mention_counts(repository)?;
    let told = writer.projects(repository)?;
    let keys = issues::project_keys(&rules.projects, &rules.aliases, &told, &counts, plain);
    writer.set_project_keys(repository, &keys)?;
    Ok(())
}
