//! `identities.*`: who is whom, why, and how to put it right.

use super::memory::people::IdentityText;
use crate::{Access, Context, Error, Method, Result, Topic};
use crate::wire::{PersonRef, reply, request};

request! {
    /// List people with every identity that is theirs and the reason for each.
    #[schemars(rename = "ListIdentities")]
    #[ts(rename = "ListIdentities")]
    pub struct List {
        /// Part of a name, mail or login.
        pub query: Option<String>,
        /// How many to list (50 unless told otherwise), at most 1000.
        pub limit: Option<u32>,
        /// Where to go on: `next` of the page before.
        pub cursor: Option<String>,
    }

    /// List pairs that look like one person but lack the second clue that a rule asks for.
    pub struct Suggestions {
        /// How many to list (50 unless told otherwise), at most 1000.
        pub limit: Option<u32>,
    }

    /// Say that two identities are one person.
    pub struct Merge {
        /// An identity, as `identities.list` calls it, or a person's key.
        pub identity: String,
        /// Another.
        pub with: String,
    }

    /// Say that two identities are not one person.
    pub struct Split {
        /// The identity to take out, as `identities.list` calls it.
        pub identity: String,
        /// Of this person or identity; all others of its person unless given.
        pub from: Option<String>,
    }

    /// List what people decided, newest first.
    pub struct Edits {}

    /// Take a decision back.
    pub struct Undo {
        /// Its number, as `identities.edits` tells.
        pub edit: u64,
    }
}

reply! {
    /// People and their identities.
    #[schemars(rename = "ListIdentitiesReply")]
    #[ts(rename = "ListIdentitiesReply")]
    pub struct ListReply {
        /// By key.
        pub people: Vec<Identified>,
        /// Where the next page begins; none at the end.
        pub next: Option<String>,
    }

    /// A person with every spelling of them.
    pub struct Identified {
        /// Who.
        pub person: PersonRef,
        /// Why it is taken for a program; empty where it is not.
        pub bot_reason: String,
        /// Their identities, most commits first.
        pub identities: Vec<IdentityText>,
    }

    /// Pairs to decide on.
    pub struct SuggestionsReply {
        /// Most likely first.
        pub pairs: Vec<Pair>,
    }

    /// Two that may be one.
    pub struct Pair {
        /// One.
        pub a: IdentityText,
        /// The other.
        pub b: IdentityText,
        /// What speaks for it.
        pub reason: String,
    }

    /// What was decided.
    pub struct EditReply {
        /// The decision's number, for `identities.undo`.
        pub edit: u64,
        /// The person as they are now.
        pub person: Option<PersonRef>,
    }

    /// Decisions.
    pub struct EditsReply {
        /// Newest first.
        pub edits: Vec<Edit>,
    }

    /// A decision.
    pub struct Edit {
        /// Its number.
        pub edit: u64,
        /// `merge` or `split`.
        pub action: String,
        /// One identity.
        pub a: IdentityText,
        /// The other.
        pub b: IdentityText,
        /// When, RFC 3339.
        pub at: String,
        /// Whether it has been taken back.
        pub undone: bool,
    }
}

impl Method for List {
    const NAME: &'static str = "identities.list";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[Topic::Identities];
    const EXAMPLE: &'static str = r#"{}"#;
    type Reply = ListReply;

    async fn call(self, _cx: Context) -> Result<ListReply> {
        Err(Error::new(crate::Code::Internal, "unwritten"))
    }
}

impl Method for Suggestions {
    const NAME: &'static str = "identities.suggestions";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[Topic::Identities];
    const EXAMPLE: &'static str = r#"{}"#;
    type Reply = SuggestionsReply;

    async fn call(self, _cx: Context) -> Result<SuggestionsReply> {
        Err(Error::new(crate::Code::Internal, "unwritten"))
    }
}

impl Method for Merge {
    const NAME: &'static str = "identities.merge";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Identities, Topic::Memory];
    const EXAMPLE: &'static str = r#"{ "identity": "ada@home.example", "with": "ada@example.org" }"#;
    const LIMITS: crate::Limits = crate::Limits::WORK;
    type Reply = EditReply;

    async fn call(self, _cx: Context) -> Result<EditReply> {
        Err(Error::new(crate::Code::Internal, "unwritten"))
    }
}

impl Method for Split {
    const NAME: &'static str = "identities.split";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Identities, Topic::Memory];
    const EXAMPLE: &'static str = r#"{ "identity": "git:Ada <ada@home.example>" }"#;
    const LIMITS: crate::Limits = crate::Limits::WORK;
    type Reply = EditReply;

    async fn call(self, _cx: Context) -> Result<EditReply> {
        Err(Error::new(crate::Code::Internal, "unwritten"))
    }
}

impl Method for Edits {
    const NAME: &'static str = "identities.edits";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[Topic::Identities];
    const EXAMPLE: &'static str = r#"{}"#;
    type Reply = EditsReply;

    async fn call(self, _cx: Context) -> Result<EditsReply> {
        Err(Error::new(crate::Code::Internal, "unwritten"))
    }
}

impl Method for Undo {
    const NAME: &'static str = "identities.undo";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Identities, Topic::Memory];
    const EXAMPLE: &'static str = r#"{ "edit": 1 }"#;
    const LIMITS: crate::Limits = crate::Limits::WORK;
    type Reply = EditReply;

    async fn call(self, _cx: Context) -> Result<EditReply> {
        Err(Error::new(crate::Code::Internal, "unwritten"))
    }
}
