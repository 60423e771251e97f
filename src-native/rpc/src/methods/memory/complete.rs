//! Finishing what somebody began to type.

use super::{Asked, question};
use crate::Result;
use crate::wire::*;

request! {
    /// Finish what somebody began to type: names of people, paths, components, issue keys, numbers of pull requests.
    pub struct Complete {
        /// What is wanted: `person`, `file`, `folder`, `component`, `issue` or `pullRequest`.
        pub kind: RecordKind,
        /// What was typed so far; the likeliest of all where it is empty.
        pub text: String,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// How many to answer with (10 unless told otherwise), at most 50.
        pub limit: Option<u32>,
    }
}

reply! {
    /// How it may go on.
    pub struct CompleteReply {
        /// Likeliest first: what begins with the text, then what holds it.
        pub items: Vec<Completion>,
    }

    /// One way to go on.
    pub struct Completion {
        /// The record; its id is what the parameter takes.
        pub record: Record,
        /// What tells it from others: a mail address, an issue's status, a pull request's state; often empty.
        pub detail: String,
    }
}

question!(
    Complete,
    "memory.complete",
    CompleteReply,
    r#"{ "kind": "person", "text": "ad" }"#,
    complete
);

fn complete(_: Complete, _: &Asked<'_>) -> Result<CompleteReply> {
    Err(crate::Error::not_found("nothing"))
}
