//! The facts of a repository with what is found out once for all measures.

use super::deployments::{self, Deployments};
use model::delivery::{Commit, Facts};
use model::{CommitId, Oid};
use std::collections::HashMap;

/// What counts as a deployment where nothing tells of deployments themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Proxy {
    /// Tags of the history that do not look early.
    Tags,
    /// Releases that GitHub tells of and that are no prereleases.
    Releases,
    /// Merges of pull requests into the main branch.
    Merges,
}

impl Proxy {
    /// The sentence that stands with every figure.
    pub fn text(self) -> &'static str {
        match self {
            Proxy::Tags => "a release tag stands for a deployment",
            Proxy::Releases => "a release on GitHub that is no prerelease stands for a deployment",
            Proxy::Merges => "a merge into the main branch stands for a deployment",
        }
    }
}

/// What a team calls things.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Settings {
    /// What counts as a deployment; what there is most cause to take for one unless told.
    pub deployments: Option<Proxy>,
    /// The main branch.
    pub branch: String,
    /// How tags of releases begin; any unless told.
    pub tags: Vec<String>,
    /// How branches of hotfixes begin.
    pub hotfixes: Vec<String>,
}

/// The facts of a repository, and what is found out once for all measures.
pub struct Book {
    /// The facts.
    pub facts: Facts,
    pub(super) settings: Settings,
    pub(super) by_oid: HashMap<Oid, u32>,
    pub(super) by_id: HashMap<CommitId, u32>,
    pub(super) deployments: Deployments,
}

impl Book {
    /// Finds out what measures share.
    pub fn new(facts: Facts, settings: Settings) -> Book {
        let places = || facts.commits.iter().zip(0_u32..);
        let by_oid = places().map(|(it, place)| (it.oid, place)).collect();
        let by_id = places().map(|(it, place)| (it.id, place)).collect();
        let deployments = Deployments::default();
        let mut book = Book { facts, settings, by_oid, by_id, deployments };
        book.deployments = deployments::found(&book);
        book
    }

    /// What counts as a deployment here.
    pub fn proxy(&self) -> Proxy {
        self.deployments.proxy
    }

    /// Whether anything stands for a deployment.
    pub fn has_deployments(&self) -> bool {
        self.deployments.any()
    }

    pub(super) fn commit(&self, id: CommitId) -> Option<(u32, &Commit)> {
        let place = *self.by_id.get(&id)?;
        Some((place, &self.facts.commits[place as usize]))
    }
}
