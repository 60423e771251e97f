//! Why a line is there: one sentence for each commit that made it what it is.

use crate::words::list;
use model::Rule;

/// The rule, as printed with every answer.
pub const RULE: Rule = Rule {
    name: "why",
    version: 1,
    text: "the commit that blame names for the line, then the line that stood there before where \
           the two are alike (two fifths of their pairs of neighbouring bytes, or the same place \
           among as many lines), and so on back, across renames",
};

/// What a commit did to the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// It was not there before.
    Added,
    /// It replaced another.
    Changed,
}

/// What the sentence about a step is made of.
#[derive(Clone, Debug)]
pub struct Step {
    /// Who wrote the commit.
    pub author: String,
    /// The day, as `2026-05-20`.
    pub day: String,
    /// What it did.
    pub deed: Deed,
    /// Whether its subject speaks of fixing a defect.
    pub fixes: bool,
    /// Whether it undoes another commit.
    pub reverts: bool,
    /// Keys of the issues it names.
    pub issues: Vec<String>,
    /// Pull requests it came through.
    pub pull_requests: Vec<u64>,
    /// Names of the people who reviewed it.
    pub reviewers: Vec<String>,
    /// The path at that time, where it was another than in the step after.
    pub path: Option<String>,
}

/// The sentence.
pub fn sentence(step: &Step) -> String {
    let deed = match step.deed {
        Deed::Added => "added",
        Deed::Changed => "changed",
    };
    let who = if step.author.is_empty() { "somebody without a name" } else { &step.author };
    let mut text = format!("{who} {deed} this line on {}", step.day);
    if step.reverts {
        text.push_str(" by undoing another commit");
    } else if step.fixes {
        text.push_str(" in fixing a defect");
    }
    if !step.issues.is_empty() {
        text.push_str(&format!(", for {}", list(&step.issues, 3)));
    }
    if !step.pull_requests.is_empty() {
        let numbers: Vec<String> = step.pull_requests.iter().map(|it| format!("#{it}")).collect();
        text.push_str(&format!(", through {}", list(&numbers, 3)));
    }
    if !step.reviewers.is_empty() {
        text.push_str(&format!(", reviewed by {}", list(&step.reviewers, 3)));
    }
    if let Some(path) = &step.path {
        text.push_str(&format!(", when the file was `{path}`"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_told_with_what_is_known_and_no_more() {
        let step = Step {
            author: "Ada".into(),
            day: "2026-05-20".into(),
            deed: Deed::Changed,
            fixes: true,
            reverts: false,
            issues: vec!["PAY-1".into()],
            pull_requests: vec![7],
            reviewers: vec!["Bo".into(), "Cyd".into()],
            path: Some("src/payment.rs".into()),
        };
        assert_eq!(
            sentence(&step),
            "Ada changed this line on 2026-05-20 in fixing a defect, for PAY-1, through #7, \
             reviewed by Bo and Cyd, when the file was `src/payment.rs`"
        );
        let bare = Step {
            deed: Deed::Added,
            fixes: false,
            issues: vec![],
            pull_requests: vec![],
            reviewers: vec![],
            path: None,
            ..step
        };
        assert_eq!(sentence(&bare), "Ada added this line on 2026-05-20");
    }
}
