//! What stands in a database: for the tree, completion and the diagram.

use super::{ask, wire};
use crate::wire::{reply, request};
use crate::{Access, Context, Method, Result, Topic};
use databases::{Engine, catalogue as tree};
use schemars::JsonSchema;
use serde::Serialize;
use ts_rs::TS;

/// What kind of thing stands in a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub enum DatabaseObjectKind {
    /// A table.
    Table,
    /// A view.
    View,
    /// A view whose rows are kept.
    MaterializedView,
    /// A function or procedure.
    Function,
    /// A sequence.
    Sequence,
    /// A type of the user's own.
    Type,
    /// A collection of MongoDB.
    Collection,
    /// A key of Redis.
    Key,
}

request! {
    /// List the schemas of a connection; where its engine has none, its databases.
    pub struct Schemas {
        /// Connection, by name or as a URL.
        pub connection: String,
        /// Folder of the project, for its connections.
        pub project: Option<String>,
    }

    /// List what stands in a schema, by name: tables, views, functions, sequences, types; collections; keys of Redis, found by scanning and never by `KEYS`.
    pub struct Objects {
        /// Connection, by name or as a URL.
        pub connection: String,
        /// Folder of the project, for its connections.
        pub project: Option<String>,
        /// Schema.
        pub schema: String,
        /// Only those whose name holds this, in either case; for Redis a pattern such as `user:*`.
        pub pattern: Option<String>,
        /// How many at most (200 unless told otherwise, 5,000 at most).
        pub limit: Option<u32>,
        /// `next` of the answer before.
        pub cursor: Option<String>,
    }

    /// Tell all about one table, view, collection, function or key: columns, keys, indexes, references, definition.
    #[schemars(rename = "DescribeObject")]
    #[ts(rename = "DescribeObject")]
    pub struct Describe {
        /// Connection, by name or as a URL.
        pub connection: String,
        /// Folder of the project, for its connections.
        pub project: Option<String>,
        /// Schema.
        pub schema: String,
        /// Name; of a function with its arguments, as `databases.objects` gives it.
        pub object: String,
    }

    /// List tables and views of a schema with their columns in one go: what completion needs.
    pub struct Tables {
        /// Connection, by name or as a URL.
        pub connection: String,
        /// Folder of the project, for its connections.
        pub project: Option<String>,
        /// Schema.
        pub schema: String,
    }

    /// List the foreign keys among the tables of a schema: what its diagram is made of.
    pub struct References {
        /// Connection, by name or as a URL.
        pub connection: String,
        /// Folder of the project, for its connections.
        pub project: Option<String>,
        /// Schema.
        pub schema: String,
    }
}

reply! {
    /// Schemas.
    pub struct SchemasReply {
        /// The user's own first.
        pub schemas: Vec<DatabaseSchema>,
    }

    /// A schema, or a database where the engine has no schemas.
    pub struct DatabaseSchema {
        /// Its name.
        pub schema: String,
        /// Whether statements find its tables without naming it.
        pub current: bool,
        /// Whether it is the engine's own.
        pub system: bool,
    }

    /// What stands in a schema.
    pub struct ObjectsReply {
        /// By name.
        pub objects: Vec<DatabaseObject>,
        /// What to give as `cursor` to go on; none at the end.
        pub next: Option<String>,
    }

    /// Something that stands in a schema.
    pub struct DatabaseObject {
        /// What it is.
        pub kind: DatabaseObjectKind,
        /// Its name; of a function with its arguments.
        pub name: String,
        /// More in few words: what a function returns, what type a key has.
        pub detail: Option<String>,
        /// What its owner wrote about it.
        pub comment: Option<String>,
        /// About how many rows it has, where that costs nothing to know.
        pub rows: Option<f64>,
    }

    /// All about one thing.
    #[schemars(rename = "DescribeObjectReply")]
    #[ts(rename = "DescribeObjectReply")]
    pub struct DescribeReply {
        /// What it is.
        pub object: DatabaseObject,
        /// Its columns or fields.
        pub columns: Vec<DatabaseField>,
        /// Its primary and unique keys, the primary first.
        pub keys: Vec<DatabaseKey>,
        /// What it refers to.
        pub references: Vec<DatabaseReference>,
        /// Who refers to it.
        pub referred: Vec<DatabaseReference>,
        /// Its indexes.
        pub indexes: Vec<DatabaseIndex>,
        /// Names of its triggers.
        pub triggers: Vec<String>,
        /// The statement that makes it, where the server tells.
        pub definition: Option<String>,
        /// Further facts.
        pub facts: Vec<DatabaseFact>,
        /// The statement that shows its rows.
        pub browse: Option<String>,
    }

    /// A column of a table, or a field that documents of a collection have.
    pub struct DatabaseField {
        /// Its name.
        pub name: String,
        /// Its type, as the server writes it.
        pub type_name: String,
        /// Whether it may be NULL; none where the engine does not say.
        pub nullable: Option<bool>,
        /// The expression it has where none is given.
        pub default: Option<String>,
        /// Whether the server computes or counts it, so that it is not to be written.
        pub generated: bool,
        /// What its owner wrote about it.
        pub comment: Option<String>,
    }

    /// Which columns tell rows apart.
    pub struct DatabaseKey {
        /// Its name; empty where it has none.
        pub name: String,
        /// Whether it is the primary one.
        pub primary: bool,
        /// Its columns, in order.
        pub columns: Vec<String>,
    }

    /// Columns whose values stand in another table.
    pub struct DatabaseReference {
        /// Its name; empty where it has none.
        pub name: String,
        /// The schema of the table that refers.
        pub schema: String,
        /// The table that refers.
        pub table: String,
        /// Its columns, in order.
        pub columns: Vec<String>,
        /// The schema that is referred to.
        pub to_schema: String,
        /// The table that is referred to.
        pub to_table: String,
        /// Its columns, in the same order.
        pub to_columns: Vec<String>,
    }

    /// An index.
    pub struct DatabaseIndex {
        /// Its name.
        pub name: String,
        /// Whether no two rows may have the same.
        pub unique: bool,
        /// Its columns or expressions, in order.
        pub columns: Vec<String>,
        /// Its statement or kind, in the server's words.
        pub detail: String,
    }

    /// A fact about something.
    pub struct DatabaseFact {
        /// Its name.
        pub name: String,
        /// The fact.
        pub text: String,
    }

    /// Tables with their columns.
    pub struct TablesReply {
        /// By name.
        pub tables: Vec<DatabaseTable>,
    }

    /// A table or view with its columns.
    pub struct DatabaseTable {
        /// Its name.
        pub name: String,
        /// Its columns, in order.
        pub columns: Vec<DatabaseTableColumn>,
        /// The names of those that make its primary key; none where it has none.
        pub primary: Vec<String>,
    }

    /// A column.
    pub struct DatabaseTableColumn {
        /// Its name.
        pub name: String,
        /// Its type.
        pub type_name: String,
    }

    /// Foreign keys.
    pub struct ReferencesReply {
        /// By table.
        pub references: Vec<DatabaseReference>,
    }
}

/// Objects that one answer holds unless told otherwise.
const OBJECTS: u32 = 200;
/// Objects that one answer may hold.
const OBJECTS_MAX: u32 = 5_000;

impl Method for Schemas {
    const NAME: &'static str = "databases.schemas";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[Topic::Databases];
    const EXAMPLE: &'static str = r#"{"connection":"memory"}"#;
    type Reply = SchemasReply;

    async fn call(self, cx: Context) -> Result<SchemasReply> {
        let found = ask(&cx, self.project, self.connection, |it, _| it.schemas()).await?;
        let schema = |it: tree::Schema| DatabaseSchema {
            schema: it.name,
            current: it.current,
            system: it.system,
        };
        Ok(SchemasReply { schemas: found.into_iter().map(schema).collect() })
    }
}

impl Method for Objects {
    const NAME: &'static str = "databases.objects";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[Topic::Databases];
    const EXAMPLE: &'static str = r#"{"connection":"memory","schema":"main","limit":5}"#;
    type Reply = ObjectsReply;

    async fn call(self, cx: Context) -> Result<ObjectsReply> {
        let limit = self.limit.unwrap_or(OBJECTS).clamp(1, OBJECTS_MAX) as usize;
        ask(&cx, self.project, self.connection, move |it, _| {
            let found = it.objects(&tree::Objects {
                schema: &self.schema,
                pattern: self.pattern.as_deref().filter(|it| !it.is_empty()),
                after: self.cursor.as_deref(),
                limit,
            })?;
            let next = it.objects_ended_at().or_else(|| {
                let ordered = !matches!(it.engine(), Engine::Redis);
                found.last().filter(|_| ordered && found.len() >= limit).map(|it| it.name.clone())
            });
            Ok(ObjectsReply { objects: found.into_iter().map(wire::object).collect(), next })
        })
        .await
    }
}

impl Method for Describe {
    const NAME: &'static str = "databases.describe";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[Topic::Databases];
    const EXAMPLE: &'static str = r#"{"connection":"memory","schema":"main","object":"commits"}"#;
    type Reply = DescribeReply;

    async fn call(self, cx: Context) -> Result<DescribeReply> {
        ask(&cx, self.project, self.connection, move |it, way| {
            let found = it.describe(&self.schema, &self.object)?;
            let own = found.facts.iter().find(|it| it.0 == "browse").map(|it| it.1.clone());
            let browse = own.or_else(|| browse(way.entry.engine, &self.schema, &found.object));
            Ok(DescribeReply {
                browse,
                object: wire::object(found.object),
                columns: found.columns.into_iter().map(field).collect(),
                keys: found.keys.into_iter().map(key).collect(),
                references: found.references.into_iter().map(wire::reference).collect(),
                referred: found.referred.into_iter().map(wire::reference).collect(),
                indexes: found.indexes.into_iter().map(index).collect(),
                triggers: found.triggers,
                definition: found.definition,
                facts: found
                    .facts
                    .into_iter()
                    .filter(|it| it.0 != "browse")
                    .map(wire::fact)
                    .collect(),
            })
        })
        .await
    }
}

impl Method for Tables {
    const NAME: &'static str = "databases.tables";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[Topic::Databases];
    const EXAMPLE: &'static str = r#"{"connection":"memory","schema":"main"}"#;
    type Reply = TablesReply;

    async fn call(self, cx: Context) -> Result<TablesReply> {
        let found =
            ask(&cx, self.project, self.connection, move |it, _| it.tables(&self.schema)).await?;
        let column = |(name, type_name)| DatabaseTableColumn { name, type_name };
        let table = |it: tree::Table| DatabaseTable {
            name: it.name,
            columns: it.columns.into_iter().map(column).collect(),
            primary: it.primary,
        };
        Ok(TablesReply { tables: found.into_iter().map(table).collect() })
    }
}

impl Method for References {
    const NAME: &'static str = "databases.references";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[Topic::Databases];
    const EXAMPLE: &'static str = r#"{"connection":"memory","schema":"main"}"#;
    type Reply = ReferencesReply;

    async fn call(self, cx: Context) -> Result<ReferencesReply> {
        let found =
            ask(&cx, self.project, self.connection, move |it, _| it.references(&self.schema))
                .await?;
        Ok(ReferencesReply { references: found.into_iter().map(wire::reference).collect() })
    }
}

fn field(of: tree::Field) -> DatabaseField {
    DatabaseField {
        name: of.name,
        type_name: of.type_name,
        nullable: of.nullable,
        default: of.default,
        generated: of.generated,
        comment: of.comment,
    }
}

fn key(of: tree::Key) -> DatabaseKey {
    DatabaseKey { name: of.name, primary: of.primary, columns: of.columns }
}

fn index(of: tree::Index) -> DatabaseIndex {
    DatabaseIndex { name: of.name, unique: of.unique, columns: of.columns, detail: of.detail }
}

/// The statement that shows the rows of a table or view.
fn browse(engine: Engine, schema: &str, object: &tree::Object) -> Option<String> {
    use tree::ObjectKind as Kind;
    if !matches!(object.kind, Kind::Table | Kind::View | Kind::MaterializedView) {
        return None;
    }
    let name = databases::quoted(engine, &[schema, &object.name]);
    Some(format!("SELECT * FROM {name}"))
}
