//! Editing rows in place: changes are collected, shown as statements, and sent together or not at all.

use super::keeping::Note;
use super::results::EditableTable;
use super::running::DatabaseFailure;
use super::{LEND, connected, wire};
use crate::connected::{Way, told};
use crate::wire::{reply, request};
use crate::{Access, Code, Context, Error, Method, Result, Topic};
use databases::{Column, edit, statement};
use schemars::JsonSchema;
use serde::Deserialize;
use std::time::Instant;
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
        /// What else it held when it was read; where it holds something else by now, nothing is sent.
        pub was: Vec<ColumnValue>,
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

impl Method for Edit {
    const NAME: &'static str = "databases.edit";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[];
    const EXAMPLE: &'static str =
        r#"{"connection":"memory","schema":"main","table":"commits","changes":[]}"#;
    type Reply = EditReply;

    async fn call(self, cx: Context) -> Result<EditReply> {
        let left = cx.cancel.clone();
        connected(&cx, move |connected| {
            let way = connected.way(self.project.as_deref(), &self.connection)?;
            let mut lent = way.catalogue.lend(LEND).map_err(told)?;
            let described = lent.describe(&self.schema, &self.table).map_err(told)?;
            drop(lent);
            let binary: Vec<String> = described
                .columns
                .into_iter()
                .filter(|it| holds_bytes(&it.type_name))
                .map(|it| it.name)
                .collect();
            let changes: Vec<edit::Change> = self.changes.into_iter().map(below).collect();
            let table = (self.schema.as_str(), self.table.as_str());
            let sent =
                edit::statements(way.entry.engine, table, &changes, &binary).map_err(told)?;
            let statements: Vec<String> = sent.iter().map(|it| it.shown.clone()).collect();
            let mut reply = EditReply { statements, applied: false, failure: None, failed: None };
            if self.apply != Some(true) {
                return Ok(reply);
            }
            if way.entry.read_only {
                let text = format!("the connection `{}` only reads", way.entry.name);
                return Err(Error::new(Code::Denied, text)
                    .hint("say `read_only = false` in its entry to write"));
            }
            let noted = Note::new(connected, &way, &reply.statements.join(";\n"));
            let begun = Instant::now();
            let mut lent = way.statements.lend(LEND).map_err(told)?;
            lent.spoil();
            let stop = lent.canceller();
            let applied =
                databases::stream::stoppable(&left, &*stop, || edit::apply(&mut *lent, &sent));
            match applied {
                Ok(()) => {
                    reply.applied = true;
                    noted.write_as(begun.elapsed(), sent.len() as u64, None);
                }
                Err((at, failure)) => {
                    noted.write_as(begun.elapsed(), 0, Some(failure.message.clone()));
                    reply.failure = Some(wire::failure(&failure, None));
                    reply.failed = Some(wire::few(at));
                }
            }
            Ok(reply)
        })
        .await
    }
}

fn below(of: RowChange) -> edit::Change {
    let cells = |of: Vec<ColumnValue>| of.into_iter().map(|it| (it.column, it.value)).collect();
    match of {
        RowChange::Update(it) => {
            edit::Change::Update { key: cells(it.key), was: cells(it.was), set: cells(it.set) }
        }
        RowChange::Insert(it) => edit::Change::Insert { set: cells(it.set) },
        RowChange::Delete(it) => edit::Change::Delete { key: cells(it.key), was: cells(it.was) },
    }
}

fn holds_bytes(type_name: &str) -> bool {
    let name = type_name.to_ascii_lowercase();
    name.contains("blob") || name.contains("binary") || name == "bytea" || name == "image"
}

/// The table that a result's rows can be edited in: all its columns come from one, which the statement names
/// once, the columns that tell rows apart are among them, and the connection may write.
pub(super) fn editable(way: &Way, statement: &str, columns: &[Column]) -> Option<EditableTable> {
    let origin = columns.iter().find_map(|it| it.origin.as_ref())?;
    let (schema, table) = (&origin.schema, &origin.table);
    let alone = columns
        .iter()
        .filter_map(|it| it.origin.as_ref())
        .all(|it| it.schema == *schema && it.table == *table);
    let once = || statement::shows_one(way.entry.engine, statement, table);
    if way.entry.read_only || !alone || !once() {
        return None;
    }
    let key = way.key_of(schema, table)?;
    let at = |name: &String| {
        let is = |it: &Column| it.origin.as_ref().is_some_and(|it| it.column == *name);
        columns.iter().position(is).map(wire::few)
    };
    let key: Option<Vec<u32>> = key.iter().map(at).collect();
    let (schema, table) = (schema.clone(), table.clone());
    key.filter(|it| !it.is_empty()).map(|key| EditableTable { schema, table, key })
}
