//! `memory.*`: who, what and why, from the history of a repository. One file for each kind of question.

pub mod changes;
pub mod commits;
pub mod complete;
pub mod component_changes;
pub mod delivery;
pub mod expertise;
pub mod file_context;
pub mod files;
pub mod graph;
pub mod hygiene;
pub mod issue_context;
pub mod issues;
pub mod onboarding;
pub mod overview;
pub mod people;
pub mod pulls;
pub mod resolve;
pub mod reviewers;
pub mod risk;
pub mod said;
pub mod search;
pub mod similar;
pub mod why;

pub use changes::{Changes, Commits, Fingerprint};
pub use commits::Commit;
pub use complete::Complete;
pub use component_changes::{ComponentChanges, ComponentCommits};
pub use delivery::{Delivery, DeliveryRecords};
pub use expertise::{BusFactor, Experts};
pub use file_context::FileContext;
pub use files::{Components, Coupling, File, Files, Folder};
pub use graph::Graph;
pub use hygiene::{Hygiene, HygieneRecords, HygieneTrend};
pub use issue_context::IssueContext;
pub use issues::Issues;
pub use onboarding::Onboarding;
pub use overview::Overview;
pub use people::{People, Person};
pub use pulls::{PullRequest, PullRequests};
pub use resolve::Resolve;
pub use reviewers::{Reviewers, ReviewsOf};
pub use risk::Risk;
pub use said::{Comments, Reviews};
pub use search::Search;
pub use similar::Similar;
pub use why::{Text, Why};

mod ask;
mod authors;
mod issue_people;
mod past;
mod recent;
mod records;
pub mod story;
mod tell;

use crate::Context;
use crate::wire::PersonRef;
use model::DeveloperId;
use std::cell::RefCell;
use std::collections::HashMap;
use store::{Allowed, Reader};

/// A question under way: the view of the store, the repository it is about, and its caller.
pub(crate) struct Asked<'a> {
    /// A consistent view of the store.
    pub(crate) reader: &'a Reader<'a>,
    /// The repository, with the proof that the caller may see it.
    pub(crate) of: &'a Allowed,
    /// The caller's cancel and progress.
    pub(crate) cx: &'a Context,
    /// The `now` that was given.
    given: Option<model::Timestamp>,
    /// People told of already.
    people: RefCell<HashMap<DeveloperId, PersonRef>>,
}

impl<'a> Asked<'a> {
    pub(crate) fn new(reader: &'a Reader<'a>, of: &'a Allowed, cx: &'a Context) -> Asked<'a> {
        Asked { reader, of, cx, given: None, people: RefCell::default() }
    }
}

/// Makes a request type the method that a function answers from the store; with `now` at its end, from the store as it was
/// at the request's `now`.
macro_rules! question {
    ($request:ident, $name:literal, $reply:ty, $example:literal, $answer:ident) => {
        question!($request, $name, $reply, $example, |it, at| $answer(it, at));
    };
    ($request:ident, $name:literal, $reply:ty, $example:literal, $answer:ident, now) => {
        question!($request, $name, $reply, $example, |it, at| {
            let now = it.now.clone();
            at.as_of(now.as_deref(), |at| $answer(it, at))
        });
    };
    ($request:ident, $name:literal, $reply:ty, $example:literal, |$it:ident, $at:ident| $answer:expr) => {
        impl crate::Method for $request {
            const NAME: &'static str = $name;
            const ACCESS: crate::Access = crate::Access::Read;
            const TOPICS: &'static [crate::Topic] =
                &[crate::Topic::Memory, crate::Topic::Identities];
            const EXAMPLE: &'static str = $example;
            type Reply = $reply;

            async fn call(self, cx: crate::Context) -> crate::Result<$reply> {
                let asked = cx.clone();
                cx.about(self.repository.clone(), move |reader, of| {
                    let ($it, $at) = (self, &super::Asked::new(reader, of, &asked));
                    $answer
                })
                .await
            }
        }
    };
}
pub(crate) use question;
