//! The issues of the archive, oldest first, and which of them are said to be the same.

use crate::Result;
use crate::reviews::seconds;
use serde_json::Value;
use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

const PROJECTS: [&str; 5] = ["TIMOB", "AC", "ALOY", "MOD", "DAEMON"];

/// What of an issue is compared, and what it is linked to.
pub(crate) struct Issue {
    pub(crate) key: String,
    pub(crate) summary: String,
    pub(crate) body: String,
    pub(crate) components: Vec<String>,
    pub(crate) versions: Vec<String>,
    pub(crate) created: i64,
    duplicates: Vec<String>,
}

/// All issues of a folder of `PROJECT.ndjson.gz`.
pub(crate) fn read(folder: &Path) -> Result<Vec<Issue>> {
    let mut issues = Vec::new();
    for project in PROJECTS {
        let file = folder.join(format!("{project}.ndjson.gz"));
        let mut unpacked =
            Command::new("gzip").arg("-dc").arg(&file).stdout(Stdio::piped()).spawn()?;
        let lines = unpacked.stdout.take().ok_or("gzip has no output")?;
        for line in BufReader::new(lines).split(b'\n') {
            let value: Value = serde_json::from_slice(&line?)?;
            issues.push(issue(&value).ok_or_else(|| format!("no issue: {}", value["key"]))?);
        }
        if !unpacked.wait()?.success() {
            return Err(format!("{} cannot be unpacked", file.display()).into());
        }
    }
    issues.sort_by(|a, b| (a.created, &a.key).cmp(&(b.created, &b.key)));
    Ok(issues)
}

fn issue(value: &Value) -> Option<Issue> {
    let fields = &value["fields"];
    let text = |name: &str| fields[name].as_str().unwrap_or_default().to_owned();
    let names = |name: &str| -> Vec<String> {
        let list = fields[name].as_array().map_or(&[][..], Vec::as_slice);
        list.iter().filter_map(|it| it["name"].as_str().map(str::to_owned)).collect()
    };
    let links = fields["issuelinks"].as_array().map_or(&[][..], Vec::as_slice);
    let other = |it: &Value| {
        let key = it["inwardIssue"]["key"].as_str().or(it["outwardIssue"]["key"].as_str());
        key.map(str::to_owned)
    };
    Some(Issue {
        key: value["key"].as_str()?.to_owned(),
        summary: text("summary"),
        body: text("description"),
        components: names("components"),
        versions: names("versions"),
        created: seconds(fields["created"].as_str()?)?,
        duplicates: links
            .iter()
            .filter(|it| it["type"]["name"] == "Duplicate")
            .filter_map(other)
            .collect(),
    })
}

/// The oldest issue of the group that each belongs to by Duplicate links, however many lie between.
pub(crate) fn oldest(issues: &[Issue]) -> Vec<usize> {
    let place: HashMap<&str, usize> =
        issues.iter().enumerate().map(|(at, it)| (it.key.as_str(), at)).collect();
    let mut above: Vec<usize> = (0..issues.len()).collect();
    let top = |above: &[usize], mut at: usize| {
        while above[at] != at {
            at = above[at];
        }
        at
    };
    for (at, issue) in issues.iter().enumerate() {
        for other in issue.duplicates.iter().filter_map(|it| place.get(it.as_str())) {
            let (a, b) = (top(&above, at), top(&above, *other));
            above[a.max(b)] = a.min(b);
        }
    }
    (0..issues.len()).map(|at| top(&above, at)).collect()
}

impl Issue {
    /// As it comes back from a store.
    pub(crate) fn stored(
        summary: String,
        body: String,
        components: Vec<String>,
        versions: Vec<String>,
        created: i64,
    ) -> Issue {
        let (key, duplicates) = (String::new(), Vec::new());
        Issue { key, summary, body, components, versions, created, duplicates }
    }
}
