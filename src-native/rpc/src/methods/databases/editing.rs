//! Editing rows in place: changes are collected, shown as statements, and sent together or not at all.

use super::running::DatabaseFailure;
use crate::wire::{reply, request};
use schemars::JsonSchema;
use serde::Deserialize;
use ts_rs::TS;

/// A change of one row.
#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum RowChange {
    /// Values of a row that is there.
    Update(RowUpdate),
    /// A new row.
    Insert(RowInsert),
    /// A row that goes.
    Delete(RowDelete),
}

request! {
    /// Show what changes of rows would be sent, and with `apply` send it: all in one transaction, each held to touch exactly one row as it was read, or nothing at all.
    #[schemars(rename = "EditRows")]
    #[ts(rename = "EditRows")]
    pub struct Edit {
        /// Connection, by name or as a URL.
        pub connection: String,
        /// Folder of the project, for its connections.
        pub project: Option<String>,
        /// Schema of the table.
        pub schema: String,
        /// The table.
        pub table: String,
        /// The changes.
        pub changes: Vec<RowChange>,
        /// Send them.
        pub apply: Option<bool>,
    }

    /// Values of a row that is there.
    pub struct RowUpdate {
        /// What tells the row apart, as it was read.
        pub key: Vec<ColumnValue>,
        /// What else it held when it was read; where it holds something else by now, nothing is sent.
        pub was: Vec<ColumnValue>,
        /// What it shall hold.
        pub set: Vec<ColumnValue>,
    }

    /// A new row.
    pub struct RowInsert {
        /// What it shall hold; columns that are not named have their default.
        pub set: Vec<ColumnValue>,
    }

    /// A row that goes.
    pub struct RowDelete {
        /// What tells the row apart, as it was read.
        pub key: Vec<ColumnValue>,
    }

    /// A column with a value.
    pub struct ColumnValue {
        /// The column's name.
        pub column: String,
        /// Its value as text, bytes as `\x…`; NULL where none is given.
        pub value: Option<String>,
    }
}

reply! {
    /// The statements.
    #[schemars(rename = "EditRowsReply")]
    #[ts(rename = "EditRowsReply")]
    pub struct EditReply {
        /// One for each change, with its values in place, as they are or would be sent.
        pub statements: Vec<String>,
        /// Whether they were sent and kept.
        pub applied: bool,
        /// Why nothing was kept.
        pub failure: Option<DatabaseFailure>,
        /// Which of the changes failed, from 0.
        pub failed: Option<u32>,
    }
}
