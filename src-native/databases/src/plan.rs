//! How a server runs a statement.

/// A plan: a tree, and the server's own words for it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// What is done last, with what it is made of.
    pub roots: Vec<Node>,
    /// The plan in the server's own words.
    pub text: String,
    /// Time to make the plan, in milliseconds, where measured.
    pub planning_ms: Option<f64>,
    /// Time to run it, in milliseconds, where measured.
    pub running_ms: Option<f64>,
}

/// A step of a plan.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node {
    /// What is done: `Seq Scan on orders`.
    pub title: String,
    /// More about it, as name and text: the condition, the index.
    pub facts: Vec<(String, String)>,
    /// What the server thinks it costs, with all below it, in the server's own unit.
    pub cost: Option<f64>,
    /// Rows that the server expects.
    pub rows_expected: Option<f64>,
    /// Rows that came, over all loops, where measured.
    pub rows: Option<f64>,
    /// Time in milliseconds, over all loops and with all below it, where measured.
    pub total_ms: Option<f64>,
    /// Time in milliseconds of this step alone, where measured.
    pub own_ms: Option<f64>,
    /// How often it ran, where measured.
    pub loops: Option<f64>,
    /// What it is made of.
    pub children: Vec<Node>,
}
