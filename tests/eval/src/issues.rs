use serde_json::Value;
use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

pub struct Issue { pub key: String, pub project: String, pub summary: String, pub body: String, pub environment: String, pub components: Vec<String>, pub kind: String, pub created: String, pub day: f64, pub reporter: String, pub versions: Vec<String>, pub comments: Vec<(String, String)>, pub links: Vec<String>, pub other: Vec<String> }

pub fn read() -> Vec<Issue> {
    let mut out = Vec::new();
    for p in ["TIMOB", "AC", "ALOY", "MOD", "DAEMON"] {
        let mut gz = Command::new("gzip").args(["-dc", &format!("/work/shared/data/jira/tidev-jira-ndjson/{p}.ndjson.gz")]).stdout(Stdio::piped()).spawn().unwrap();
        for line in BufReader::new(gz.stdout.take().unwrap()).split(b'\n') {
            let d: Value = serde_json::from_slice(&line.unwrap()).unwrap();
            let f = &d["fields"];
            let s = |v: &Value| v.as_str().unwrap_or("").to_owned();
            let names = |v: &Value| v.as_array().map(|a| a.iter().map(|c| s(&c["name"])).collect::<Vec<_>>()).unwrap_or_default();
            let (mut links, mut other) = (Vec::new(), Vec::new());
            for l in f["issuelinks"].as_array().into_iter().flatten() {
                let to = l["inwardIssue"]["key"].as_str().or(l["outwardIssue"]["key"].as_str()).unwrap_or("").to_owned();
                if l["type"]["name"] == "Duplicate" { links.push(to) } else { other.push(to) }
            }
            let created = s(&f["created"]);
            let n = |a: usize, b: usize| created.get(a..b).and_then(|x| x.parse::<f64>().ok()).unwrap_or(0.0);
            out.push(Issue { key: s(&d["key"]), project: p.to_owned(), summary: s(&f["summary"]), body: s(&f["description"]), environment: s(&f["environment"]), components: names(&f["components"]), kind: s(&f["issuetype"]["name"]), day: n(0,4)*365.25 + n(5,7)*30.4 + n(8,10), created: created.clone(), reporter: s(&f["reporter"]["key"]), versions: names(&f["versions"]),
                comments: f["comment"]["comments"].as_array().into_iter().flatten().map(|c| (s(&c["created"]), s(&c["body"]))).collect(), links, other });
        }
        gz.wait().unwrap();
    }
    out.sort_by(|a, b| (&a.created, &a.key).cmp(&(&b.created, &b.key)));
    out
}

/// For each issue: group id or none
pub fn groups(all: &[Issue]) -> Vec<usize> {
    let place: HashMap<&str, usize> = all.iter().enumerate().map(|(i, it)| (it.key.as_str(), i)).collect();
    let mut g: Vec<usize> = (0..all.len()).collect();
    fn find(g: &mut Vec<usize>, mut i: usize) -> usize { while g[i] != i { g[i] = g[g[i]]; i = g[i]; } i }
    for (i, it) in all.iter().enumerate() { for l in &it.links { if let Some(j) = place.get(l.as_str()) { let (a, b) = (find(&mut g, i), find(&mut g, *j)); if a != b { g[a.max(b)] = a.min(b) } } } }
    (0..all.len()).map(|i| find(&mut g, i)).collect()
}
