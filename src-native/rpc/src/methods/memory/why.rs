//! Why a line is there.

use super::{Asked, question};
use crate::wire::*;
use crate::Result;

request! {
    /// Follow a line back through the commits that made it, across renames, with their issues and pull requests.
    pub struct Why {
        /// Path from the repository's root, with forward slashes.
        pub path: String,
        /// Line, from 1.
        pub line: u32,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// How many steps to go back (10 unless told otherwise), at most 50.
        pub limit: Option<u32>,
    }

    /// Show the text of a file at HEAD, and, where asked, which commit each line is from.
    pub struct Text {
        /// Path from the repository's root, with forward slashes.
        pub path: String,
        /// Tell which commit each line is from.
        pub blame: Option<bool>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
    }
}

reply! {
    /// The story of a line.
    pub struct WhyReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// The file.
        pub path: String,
        /// The line, from 1.
        pub line: u32,
        /// Its text.
        pub text: String,
        /// Newest first: the commit that made the line as it is, then what stood there before, and so on.
        pub steps: Vec<WhyStep>,
        /// Whether the last step is where the line begins.
        pub complete: bool,
    }

    /// One step back in the story of a line.
    pub struct WhyStep {
        /// The commit.
        pub commit: CommitRef,
        /// The path at that time.
        pub path: String,
        /// The line at that time, from 1.
        pub line: u32,
        /// The line after this commit.
        pub after: String,
        /// What stood there before; empty where the line was new. At most 20 lines.
        pub before: Vec<String>,
        /// Issues its message names.
        pub issues: Vec<Record>,
        /// Pull requests it came through.
        pub pull_requests: Vec<super::commits::PullRequestLink>,
        /// Who reviewed it.
        pub reviewers: Vec<PersonRef>,
        /// What this step says, in a sentence.
        pub sentence: String,
    }

    /// The text of a file.
    pub struct TextReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// The file.
        pub path: String,
        /// Its lines, without their ends; the first 20000.
        pub lines: Vec<String>,
        /// How many lines there are.
        pub lines_total: u32,
        /// Whether the content is binary; `lines` is empty then.
        pub binary: bool,
        /// Which commit each run of lines is from, in order; empty unless asked for.
        pub spans: Vec<BlameSpan>,
        /// The commits that `spans` speaks of.
        pub commits: Vec<CommitRef>,
    }

    /// A run of lines from one commit.
    pub struct BlameSpan {
        /// First line, from 1.
        pub line: u32,
        /// How many lines.
        pub lines: u32,
        /// Index into `commits`.
        pub commit: u32,
        /// The line in that commit.
        pub original_line: u32,
        /// The path in that commit, where it was another.
        pub original_path: Option<String>,
    }
}

question!(Why, "memory.why", WhyReply, r#"{ "path": "src/pay.rs", "line": 2 }"#, why);

fn why(_ask: Why, _at: &Asked<'_>) -> Result<WhyReply> {
    Err(super::unwritten())
}

question!(Text, "memory.text", TextReply, r#"{ "path": "src/pay.rs", "blame": true }"#, text);

fn text(_ask: Text, _at: &Asked<'_>) -> Result<TextReply> {
    Err(super::unwritten())
}
