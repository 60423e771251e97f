//! What stands in a database, as trees, completion and diagrams need it.

/// A schema, or a database where an engine has no schemas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    /// Its name.
    pub name: String,
    /// Whether statements find its tables without naming it.
    pub current: bool,
    /// Whether it is the engine's own.
    pub system: bool,
}

/// What kind of thing stands in a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectKind {
    /// A table.
    Table,
    /// A view.
    View,
    /// A view whose rows are kept.
    MaterializedView,
    /// A function, procedure or aggregate.
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

/// Which things of a schema are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Objects<'a> {
    /// The schema.
    pub schema: &'a str,
    /// Only those whose name holds this, in either case; for Redis a pattern as of `SCAN`.
    pub pattern: Option<&'a str>,
    /// Only those after this name, in the order of names; for Redis where the last answer ended, which
    /// [`crate::Session::objects_ended_at`] tells.
    pub after: Option<&'a str>,
    /// At most so many; of Redis a few more may come, or fewer although there are more.
    pub limit: usize,
}

/// Something that stands in a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// What it is.
    pub kind: ObjectKind,
    /// Its name. Of a function with its arguments, as `area(integer, integer)`.
    pub name: String,
    /// More in few words: what a function returns, what type a key has.
    pub detail: Option<String>,
    /// What its owner wrote about it.
    pub comment: Option<String>,
    /// About how many rows it has, where that costs nothing to know.
    pub rows: Option<u64>,
}

/// A column of a table, or a field that documents of a collection have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type, as the server writes it.
    pub type_name: String,
    /// Whether it may be NULL; none where the engine does not say.
    pub nullable: Option<bool>,
    /// The expression it has where none is given.
    pub default: Option<String>,
    /// Whether it is computed or counted up by the server, and so not to be written.
    pub generated: bool,
    /// What its owner wrote about it.
    pub comment: Option<String>,
}

/// A table or view with its columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, in order: name and type.
    pub columns: Vec<(String, String)>,
    /// The names of those that make its primary key; none where it has none.
    pub primary: Vec<String>,
}

/// A key: which columns tell rows apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its name; empty where it has none.
    pub name: String,
    /// Whether it is the primary one.
    pub primary: bool,
    /// Its columns, in order.
    pub columns: Vec<String>,
}

/// A foreign key: columns whose values stand in another table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// Whether no two rows may have the same.
    pub unique: bool,
    /// Its columns or expressions, in order.
    pub columns: Vec<String>,
    /// Its statement or its kind, in the server's words; empty where it says nothing.
    pub detail: String,
}

/// All about one table, view, collection or key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// What it is.
    pub object: Object,
    /// Its columns or fields.
    pub columns: Vec<Field>,
    /// Its primary and unique keys, the primary first.
    pub keys: Vec<Key>,
    /// What it refers to.
    pub references: Vec<Reference>,
    /// Who refers to it.
    pub referred: Vec<Reference>,
    /// Its indexes.
    pub indexes: Vec<Index>,
    /// Names of its triggers.
    pub triggers: Vec<String>,
    /// The statement that makes it, where the server tells.
    pub definition: Option<String>,
    /// Further facts, as name and text: size, engine, time to live.
    pub facts: Vec<(String, String)>,
}

impl Description {
    /// A description that says no more than what there is.
    pub fn of(object: Object) -> Description {
        Description {
            object,
            columns: Vec::new(),
            keys: Vec::new(),
            references: Vec::new(),
            referred: Vec::new(),
            indexes: Vec::new(),
            triggers: Vec::new(),
            definition: None,
            facts: Vec::new(),
        }
    }
}
