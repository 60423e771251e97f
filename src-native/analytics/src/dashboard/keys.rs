//! Every key that a dashboard may have: what it takes and what it means. The reader judges by this table,
//! and the schema for editors is made from it.

/// A key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// What it means, in a sentence.
    pub about: &'static str,
}

/// What a key takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Takes {
    /// Words.
    Text,
    /// The name of a query.
    Query,
    /// One column, or a list of them.
    Columns,
    /// A number.
    Number,
    /// A whole number within bounds.
    Whole(i64, i64),
    /// `true` or `false`.
    Flag,
    /// A length of time such as `5m`.
    Length,
    /// One word of these.
    OneOf(&'static [&'static str]),
    /// Several words of these.
    SomeOf(&'static [&'static str]),
    /// A list of values, or the name of a query.
    Options,
    /// A value of the parameter's kind.
    Value,
    /// Tables of parameters.
    Params,
}

const fn key(name: &'static str, takes: Takes, about: &'static str) -> Key {
    Key { name, takes, about }
}

/// Kinds of panels, in the order of the documentation.
pub const PANELS: &[Key] = &[
    key(
        "number",
        Takes::Query,
        "One number, with its change and a small line where there are several rows.",
    ),
    key("line", Takes::Query, "Lines over an axis, mostly of time."),
    key("bar", Takes::Query, "Bars: of one series, or side by side."),
    key("stacked", Takes::Query, "Bars that stand on each other."),
    key("area", Takes::Query, "Areas that stand on each other."),
    key(
        "heatmap",
        Takes::Query,
        "A grid of cells, the darker the more: columns by x, rows by `by`.",
    ),
    key("table", Takes::Query, "The rows themselves."),
    key(
        "funnel",
        Takes::Query,
        "Steps one after the other and how many reached each: a row a step.",
    ),
    key(
        "cohort",
        Takes::Query,
        "Groups by when they began and how many were there in each step after: rows by `by`, steps by x.",
    ),
    key("treemap", Takes::Query, "Rectangles as large as their numbers, grouped by `by`."),
    key("sankey", Takes::Query, "Flows from x to `by`, as thick as their numbers."),
    key("gauge", Takes::Query, "One number against a target."),
];

/// Keys of the front matter.
pub const FRONT: &[Key] = &[
    key("title", Takes::Text, "What the dashboard is called."),
    key("about", Takes::Text, "What it is about, in a sentence."),
    key(
        "zone",
        Takes::Text,
        "Time zone of its days, such as `Europe/Berlin`; the reader's where there is none.",
    ),
    key("refresh", Takes::Length, "How often an open window asks again, such as `5m`."),
    key(
        "annotate",
        Takes::SomeOf(&["releases", "incidents", "merges"]),
        "What is marked on axes of time, from memory.",
    ),
    key(
        "params",
        Takes::Params,
        "Its controls, each a table `[params.NAME]`, in the order they are shown.",
    ),
];

/// Keys of a parameter.
pub const PARAM: &[Key] = &[
    key(
        "kind",
        Takes::OneOf(&["text", "number", "bool", "day", "period", "choice"]),
        "What values it takes.",
    ),
    key("label", Takes::Text, "What its control is called; its name where there is none."),
    key("default", Takes::Value, "Its value where none is given."),
    key(
        "options",
        Takes::Options,
        "What can be chosen: a list, or the name of a query whose first column is the value and whose second is what it is called.",
    ),
    key("many", Takes::Flag, "Whether several can be chosen."),
    key(
        "required",
        Takes::Flag,
        "Whether it always has a value: where none is given, the first of its options.",
    ),
];

/// Keys of a panel beside its kind.
pub const PANEL: &[Key] = &[
    key("title", Takes::Text, "What stands above it; the name of its query where there is none."),
    key(
        "x",
        Takes::Text,
        "Column along the axis; the first one that is no number where there is none.",
    ),
    key(
        "y",
        Takes::Columns,
        "Column of the numbers, or a list of them; all columns of numbers where there is none. Of a table: the columns that are shown.",
    ),
    key(
        "by",
        Takes::Text,
        "Column that parts the rows into series, rows of a grid, groups or targets.",
    ),
    key(
        "unit",
        Takes::Text,
        "Unit of the numbers: `share` (0 to 1, shown as percent), `seconds`, `milliseconds`, `bytes`, or any word that stands behind them.",
    ),
    key("good", Takes::OneOf(&["up", "down"]), "Which way is better: colours changes and targets."),
    key("target", Takes::Number, "The number that is aimed at."),
    key(
        "compare",
        Takes::OneOf(&["before", "year"]),
        "Also ask for the period before, or for the same 52 weeks earlier.",
    ),
    key("width", Takes::Whole(1, 12), "Columns of twelve that it takes."),
    key("height", Takes::Whole(60, 2000), "Height of its picture, in points."),
    key(
        "rows",
        Takes::Query,
        "Query that gives the rows behind a mark; it is given `:x` and `:by`.",
    ),
    key(
        "link",
        Takes::Text,
        "Where a click leads: another dashboard or a screen, with `{column}` for values.",
    ),
    key("filter", Takes::Text, "Parameter that a click sets."),
    key("rule", Takes::Text, "How its numbers are counted, in a sentence."),
];
