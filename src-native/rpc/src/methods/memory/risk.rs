//! What is risky, told so that it can be checked.

use super::ask::{Target, Window};
use super::recent::{Recent, by_id};
use super::{Asked, question};
use crate::wire::*;
use crate::{Error, Result};
use agents::risk::Weights;
use model::Rule;

request! {
    /// Rank files by risk over a window and tell why in sentences.
    pub struct Risk {
        /// File or folder from the repository's root; the whole repository unless given.
        pub path: Option<String>,
        /// Component, instead of a path.
        pub component: Option<String>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// The `now` of the answer, RFC 3339: nothing later is used. The time of the newest record unless given.
        pub now: Option<String>,
        /// Days to look back (90 unless told otherwise), 1 to 36500.
        pub window_days: Option<u32>,
        /// How many files to list (20 unless told otherwise), at most 1000.
        pub limit: Option<u32>,
    }
}

reply! {
    /// Files by risk.
    pub struct RiskReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Days looked back.
        pub window_days: u32,
        /// Start of the window.
        pub since: Option<String>,
        /// Highest score first, then by path.
        pub files: Vec<RiskRow>,
        /// How many files changed within the window.
        pub total: u32,
    }

    /// The risk of one file.
    pub struct RiskRow {
        /// Its path.
        pub path: String,
        /// Its component.
        pub component: Option<String>,
        /// The sum of the terms.
        pub score: f64,
        /// Every summand, in the order of the formula.
        pub terms: Vec<TermText>,
        /// The risk told in sentences, each with its records. Told in full for one file and for the first five of a component, else the first two.
        pub sentences: Vec<Sentence>,
    }

    /// A record and how many commits stand behind it.
    pub struct CountedRecord {
        /// The record.
        pub record: Record,
        /// The commits.
        pub commits: Figure,
    }
}

/// So many of a component's files are told of in full.
const IN_FULL: usize = 5;

/// The risk of one file with every sentence there is to say; none where it did not change.
fn in_full(
    at: &Asked<'_>,
    target: &Target,
    window: Window,
    weights: &Weights,
) -> Result<Option<RiskRow>> {
    let Target::File(file) = target else { return Ok(None) };
    let mut recent = Recent::of_file(at, window, file.id)?;
    let Some(own) = recent.files.iter().position(|it| it.file == file.id) else {
        return Ok(None);
    };
    let activity = recent.files.swap_remove(own);
    Ok(Some(at.risk_row(&recent, target, &activity, weights, true)?))
}

question!(Risk, "memory.risk", RiskReply, r#"{ "limit": 5 }"#, risk, now);

fn risk(ask: Risk, at: &Asked<'_>) -> Result<RiskReply> {
    let most = limit(ask.limit, 20, 1_000)?;
    let now = at.now(ask.now.as_deref())?;
    let window = at.window(now, ask.window_days)?;
    let target = at.target(ask.path.as_deref(), ask.component.as_deref())?;
    let weights = at.risk_weights()?;
    let (files, total) = match &target {
        Target::File(file) if !file.alive => {
            let text = format!("`{}` is gone: risk is of living files", file.path);
            return Err(Error::not_found(text).hint("`memory.file` tells its history"));
        }
        Target::File(_) => {
            let row = in_full(at, &target, window, &weights)?;
            let rows: Vec<_> = row.into_iter().collect();
            let total = rows.len();
            (rows, total)
        }
        Target::Folder(folder) => {
            let recent = Recent::below(at, window, &folder.path)?;
            let files = at.reader.tree(at.of, &folder.path)?;
            (at.risks(&recent, &by_id(&files), &weights, most)?, recent.files.len())
        }
        Target::Component(component) => {
            let recent = Recent::below(at, window, "")?;
            let mut files = at.reader.tree(at.of, "")?;
            files.retain(|it| it.component == Some(component.id));
            let files = by_id(&files);
            let total = recent.files.iter().filter(|it| files.contains_key(&it.file)).count();
            let mut rows = at.risks(&recent, &files, &weights, most)?;
            for row in rows.iter_mut().take(IN_FULL) {
                let file = at.target(Some(&row.path), None)?;
                if let Some(told) = in_full(at, &file, window, &weights)? {
                    *row = told;
                }
            }
            (rows, total)
        }
    };
    let rules: &[Rule] = match &target {
        Target::File(_) => &[agents::risk::RULE, agents::risk::TESTS],
        Target::Component(_) => &[agents::risk::RULE, agents::risk::TESTS],
        Target::Folder(_) => &[agents::risk::RULE],
    };
    Ok(RiskReply {
        basis: at.basis(Some(now), rules)?,
        window_days: window.days,
        since: at.of.as_of.map(|_| time(window.since)),
        files,
        total: count(total as u64),
    })
}
