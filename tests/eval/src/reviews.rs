//! The sets of reviews: Gerrit's of Android, and the shape of rev-rec.

use crate::Result;
use serde_json::Value;
use std::collections::HashMap;
use std::path::Path;

/// A change that was reviewed. People are numbered within a set.
#[derive(Clone, Debug)]
pub(crate) struct Review {
    pub(crate) number: u64,
    /// When the review was asked for, in seconds since 1970.
    pub(crate) asked: i64,
    /// When the last review was given, where the set tells; else when it was asked for.
    pub(crate) known: i64,
    pub(crate) author: Option<i64>,
    /// Without the author and without programs; never empty.
    pub(crate) reviewers: Vec<i64>,
    pub(crate) paths: Vec<String>,
}

/// Accounts in these sets that are programs although their names do not say so: what a team writes
/// under `[bots]`.
const BOTS: [&str; 3] = ["codecov-io", "coveralls", "pivotal-issuemaster"];

/// The reviews of a set that somebody reviewed and that change a path, in the order they were asked for.
pub(crate) fn read(file: &Path) -> Result<Vec<Review>> {
    let text = std::fs::read_to_string(file)?;
    let mut reviews = Vec::new();
    let mut people = People::default();
    if text.starts_with('[') {
        let all: Vec<Value> = serde_json::from_str(&text)?;
        reviews.extend(all.iter().filter_map(|it| of_rev_rec(it, &mut people)));
    } else {
        for line in text.lines().filter(|it| !it.trim().is_empty()) {
            reviews.extend(of_gerrit(&serde_json::from_str(line)?));
        }
    }
    for it in &mut reviews {
        it.reviewers.sort_unstable();
        it.reviewers.dedup();
        it.reviewers.retain(|who| Some(*who) != it.author);
    }
    reviews.retain(|it| !it.reviewers.is_empty() && !it.paths.is_empty());
    reviews.sort_by_key(|it| (it.asked, it.number));
    Ok(reviews)
}

#[derive(Default)]
struct People(HashMap<String, i64>);

impl People {
    fn number(&mut self, account: &Value) -> Option<i64> {
        let name = account["name"].as_str().unwrap_or_default();
        if BOTS.contains(&name) || name.ends_with("[bot]") {
            return None;
        }
        let next = self.0.len() as i64;
        Some(*self.0.entry(account["accountId"].as_str()?.to_owned()).or_insert(next))
    }
}

fn of_rev_rec(it: &Value, people: &mut People) -> Option<Review> {
    let asked = it["timestamp"].as_i64()? / 1_000;
    let paths = it["filePaths"].as_array()?.iter();
    Some(Review {
        number: it["changeNumber"].as_u64()?,
        asked,
        known: asked,
        author: people.number(&it["owner"]),
        reviewers: it["reviewers"].as_array()?.iter().filter_map(|it| people.number(it)).collect(),
        paths: paths.filter_map(|it| it["location"].as_str().map(str::to_owned)).collect(),
    })
}

/// The set of Android has no authors.
fn of_gerrit(it: &Value) -> Option<Review> {
    let votes = it["approve_history"].as_array()?;
    let asked = seconds(it["submit_date"].as_str()?)?;
    let given = votes.iter().filter_map(|it| seconds(it["grant_date"].as_str()?)).max();
    Some(Review {
        number: it["changeId"].as_u64()?,
        asked,
        known: given.unwrap_or(asked).max(asked),
        author: None,
        reviewers: votes.iter().filter_map(|it| it["userId"].as_i64()).collect(),
        paths: it["files"]
            .as_array()?
            .iter()
            .filter_map(|it| Some(it.as_str()?.to_owned()))
            .collect(),
    })
}

/// Seconds since 1970 of `2012-01-27 19:16:13…`, UTC.
pub(crate) fn seconds(text: &str) -> Option<i64> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    // Days of the civil calendar, with years that begin in March.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (153 * month + 2) / 5
        + day
        - 719_469;
    Some(days * 86_400 + number(11, 13)? * 3_600 + number(14, 16)? * 60 + number(17, 19)?)
}
