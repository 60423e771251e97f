//! What is kept: the history of what was run, and saved queries.

use crate::wire::{reply, request};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a place of a saved query takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub enum QueryParamKind {
    /// Text.
    Text,
    /// A number.
    Number,
    /// Yes or no.
    Bool,
    /// A day.
    Date,
}

request! {
    /// List what was run, newest first.
    #[schemars(rename = "ListHistory")]
    #[ts(rename = "ListHistory")]
    pub struct History {
        /// Only on this connection.
        pub connection: Option<String>,
        /// Only what holds this text, in either case.
        pub search: Option<String>,
        /// How many at most (100 unless told otherwise, 1,000 at most).
        pub limit: Option<u32>,
        /// `next` of the answer before.
        pub cursor: Option<String>,
    }

    /// Forget what was run: all of it, or on one connection.
    #[schemars(rename = "ForgetHistory")]
    #[ts(rename = "ForgetHistory")]
    pub struct Forget {
        /// Connection; all of them unless given.
        pub connection: Option<String>,
    }

    /// List the saved queries of a project: the `.sql` files in its `.backstory/queries` folder, and the user's own.
    #[schemars(rename = "ListQueries")]
    #[ts(rename = "ListQueries")]
    pub struct Queries {
        /// Folder of the project; the user's own alone unless given.
        pub project: Option<String>,
    }

    /// Save a query as a `.sql` file with its parameters at the top, fit for version control.
    #[schemars(rename = "SaveQuery")]
    #[ts(rename = "SaveQuery")]
    pub struct SaveQuery {
        /// Its name, which is its file's, with `/` for folders.
        pub query: String,
        /// Folder of the project; the user's own folder unless given.
        pub project: Option<String>,
        /// The statements.
        pub text: String,
        /// Connection it is for.
        pub connection: Option<String>,
        /// What it is for, in a line.
        pub about: Option<String>,
        /// Its parameters.
        pub params: Option<Vec<QueryParam>>,
        /// Save over what is there.
        pub replace: Option<bool>,
    }

    /// Remove a saved query.
    #[schemars(rename = "RemoveQuery")]
    #[ts(rename = "RemoveQuery")]
    pub struct RemoveQuery {
        /// Its name.
        pub query: String,
        /// Folder of the project; the user's own folder unless given.
        pub project: Option<String>,
    }

    /// A parameter of a saved query.
    pub struct QueryParam {
        /// Its name, as in `:name`.
        pub name: String,
        /// What it takes (text unless told otherwise).
        pub kind: Option<QueryParamKind>,
        /// What it is unless given.
        pub default: Option<String>,
        /// What it is for, in a line.
        pub about: Option<String>,
    }
}

reply! {
    /// What was run.
    #[schemars(rename = "ListHistoryReply")]
    #[ts(rename = "ListHistoryReply")]
    pub struct HistoryReply {
        /// Newest first.
        pub runs: Vec<PastRun>,
        /// What to give as `cursor` to go on; none at the end.
        pub next: Option<String>,
    }

    /// Something that was run.
    pub struct PastRun {
        /// When, in UTC.
        pub at: String,
        /// On what; a URL without its password.
        pub connection: String,
        /// The statements.
        pub text: String,
        /// How long it took, in milliseconds.
        pub milliseconds: f64,
        /// Rows that came or were changed.
        pub rows: Option<f64>,
        /// Why it failed.
        pub failure: Option<String>,
    }

    /// What was forgotten.
    #[schemars(rename = "ForgetHistoryReply")]
    #[ts(rename = "ForgetHistoryReply")]
    pub struct ForgetReply {
        /// How many.
        pub forgotten: f64,
    }

    /// Saved queries.
    #[schemars(rename = "ListQueriesReply")]
    #[ts(rename = "ListQueriesReply")]
    pub struct QueriesReply {
        /// By name, the project's first.
        pub queries: Vec<SavedQuery>,
        /// What is wrong with some of the files.
        pub troubles: Vec<String>,
    }

    /// A saved query.
    pub struct SavedQuery {
        /// Its name.
        pub query: String,
        /// Its file.
        pub file: String,
        /// Whether it is the project's.
        pub project: bool,
        /// The statements, without what stands at the top.
        pub text: String,
        /// Connection it is for.
        pub connection: Option<String>,
        /// What it is for.
        pub about: Option<String>,
        /// Its parameters.
        pub params: Vec<SavedQueryParam>,
    }

    /// A parameter of a saved query.
    pub struct SavedQueryParam {
        /// Its name, as in `:name`.
        pub name: String,
        /// What it takes.
        pub kind: QueryParamKind,
        /// What it is unless given.
        pub default: Option<String>,
        /// What it is for, in a line.
        pub about: Option<String>,
    }

    /// Where it was saved.
    #[schemars(rename = "SaveQueryReply")]
    #[ts(rename = "SaveQueryReply")]
    pub struct SaveQueryReply {
        /// The file.
        pub file: String,
    }

    /// What was removed.
    #[schemars(rename = "RemoveQueryReply")]
    #[ts(rename = "RemoveQueryReply")]
    pub struct RemoveQueryReply {
        /// The file.
        pub file: String,
    }
}
