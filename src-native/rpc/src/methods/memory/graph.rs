//! A record and what it is related to.

use super::{Asked, question};
use crate::wire::*;
use crate::Result;

request! {
    /// Show a record with its relations: commits, files, people, issues and pull requests.
    pub struct Graph {
        /// What kind of record.
        pub kind: RecordKind,
        /// Object id, number, issue key, path, component or person's key.
        pub id: String,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// How many neighbours of each kind (12 unless told otherwise), at most 100.
        pub limit: Option<u32>,
    }
}

reply! {
    /// A record and its neighbours.
    pub struct GraphReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// The record first, then its neighbours by kind and id.
        pub nodes: Vec<Record>,
        /// How they are related; indices into `nodes`.
        pub edges: Vec<Edge>,
        /// Whether neighbours were left out.
        pub more: bool,
    }

    /// A relation.
    pub struct Edge {
        /// From this node.
        pub from: u32,
        /// To that node.
        pub to: u32,
        /// `wrote`, `reviewed`, `touches`, `names`, `part of`, `parent`, `undoes`, `knows`, `changes with`.
        pub relation: String,
        /// How many commits stand behind it, where it is counted.
        pub weight: f64,
    }
}

question!(Graph, "memory.graph", GraphReply, r#"{ "kind": "file", "id": "src/pay.rs" }"#, graph);

fn graph(_ask: Graph, _at: &Asked<'_>) -> Result<GraphReply> {
    Err(super::unwritten())
}
