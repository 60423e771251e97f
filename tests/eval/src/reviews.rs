//! The review sets.
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

#[derive(Clone, Debug)]
pub struct Review {
    pub number: u64,
    /// when asked, seconds
    pub asked: i64,
    /// when known
    pub known: i64,
    pub author: Option<i64>,
    pub reviewers: Vec<i64>,
    pub paths: Vec<String>,
}

fn seconds(text: &str) -> i64 {
    let n = |a: usize, b: usize| text.get(a..b).and_then(|it| it.parse::<i64>().ok()).unwrap_or(0);
    let (mut y, m, d) = (n(0, 4), n(5, 7), n(8, 10));
    if m <= 2 { y -= 1 }
    let era = y / 400;
    let yoe = y - era * 400;
    let doy = (153 * (m + if m > 2 { -3 } else { 9 }) + 2) / 5 + d - 1;
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    (era * 146097 + doe - 719468) * 86400 + n(11, 13) * 3600 + n(14, 16) * 60 + n(17, 19)
}

pub fn read(folder: &Path, name: &str) -> Vec<Review> {
    let text = std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
    let mut names: BTreeMap<String, i64> = BTreeMap::new();
    let mut who = |it: &Value| -> Option<i64> {
        let key = it["accountId"].as_str()?.to_owned();
        let n = it["name"].as_str().unwrap_or("");
        if bot(n) { return None }
        let next = names.len() as i64;
        Some(*names.entry(key).or_insert(next))
    };
    let mut out = Vec::new();
    if text.starts_with('[') {
        let all: Value = serde_json::from_str(&text).unwrap();
        for it in all.as_array().unwrap() {
            let author = who(&it["owner"]);
            let mut reviewers: Vec<i64> = it["reviewers"].as_array().unwrap().iter().filter_map(&mut who).collect();
            reviewers.sort(); reviewers.dedup();
            reviewers.retain(|r| Some(*r) != author);
            let at = it["timestamp"].as_i64().unwrap() / 1000;
            out.push(Review { number: it["changeNumber"].as_u64().unwrap(), asked: at, known: at, author, reviewers,
                paths: it["filePaths"].as_array().unwrap().iter().filter_map(|p| p["location"].as_str().map(str::to_owned)).collect() });
        }
    } else {
        for line in text.lines() {
            let it: Value = serde_json::from_str(line).unwrap();
            let votes = it["approve_history"].as_array().unwrap();
            let mut reviewers: Vec<i64> = votes.iter().filter_map(|v| v["userId"].as_i64()).collect();
            reviewers.sort(); reviewers.dedup();
            let last = votes.iter().filter_map(|v| v["grant_date"].as_str()).map(seconds).max().unwrap_or(0);
            let asked = seconds(it["submit_date"].as_str().unwrap());
            out.push(Review { number: it["changeId"].as_u64().unwrap(), asked, known: last.max(asked), author: None, reviewers,
                paths: it["files"].as_array().unwrap().iter().filter_map(|p| p.as_str().map(str::to_owned)).collect() });
        }
    }
    out.retain(|it| !it.reviewers.is_empty() && !it.paths.is_empty());
    out.sort_by_key(|it| (it.asked, it.number));
    out
}

pub fn bot(name: &str) -> bool { matches!(name, "codecov-io" | "coveralls" | "spring-issuemaster") || name.ends_with("[bot]") }
