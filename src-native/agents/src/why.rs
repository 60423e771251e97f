//! Why a line is there: one sentence for each commit that made it what it is.

use crate::words::list;
use model::Rule;

/// The rule, as printed with every answer.
pub const RULE: Rule = Rule {
    name: "why",
    version: 2,
    text: "the commit that blame names for the line, then the line that stood there before where \
           the two are alike (two fifths of their pairs of neighbouring bytes, or the same place \
           among as many lines), and so on back, across renames; for each commit its pull \
           requests, their reviews, comments on the line (by its number in the same version, else \
           by its text among the lines the comment shows) and its issues",
};

/// A comment on lines, as far as it tells where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Spot<'a> {
    /// Whether it was written about the very commit that the line is from.
    pub same_version: bool,
    /// The first line it is about, from 1.
    pub line: Option<u32>,
    /// The last, where they are several.
    pub end: Option<u32>,
    /// Whether these count lines of the old side.
    pub on_old: bool,
    /// The lines around, as a patch shows them: the last one is the last it is about.
    pub hunk: &'a str,
}

/// How near a comment is to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    /// So many lines away by number in the same version; 0 on it.
    ByNumber(u32),
    /// So many lines away by the line's text among those the comment shows; 0 on it.
    ByText(u32),
    /// Not to be told.
    Unknown,
}

impl Nearness {
    /// Lines that lie between, where that can be told.
    pub fn lines(self) -> Option<u32> {
        match self {
            Nearness::ByNumber(it) | Nearness::ByText(it) => Some(it),
            Nearness::Unknown => None,
        }
    }
}

/// How near a comment is to a line, given by its number in its commit, its text, and the texts that
/// stood there before.
pub fn nearness(spot: &Spot<'_>, line: u32, text: &str, before: &[String]) -> Nearness {
    if let (true, false, Some(first)) = (spot.same_version, spot.on_old, spot.line) {
        let last = spot.end.unwrap_or(first).max(first);
        return Nearness::ByNumber(first.saturating_sub(line).max(line.saturating_sub(last)));
    }
    let side = if spot.on_old { '-' } else { '+' };
    let shown: Vec<&str> = spot
        .hunk
        .lines()
        .filter(|it| !it.starts_with("@@"))
        .filter_map(|it| it.strip_prefix([' ', side]))
        .map(str::trim)
        .collect();
    let about = match (spot.line, spot.end) {
        (Some(first), Some(last)) if last > first => (last - first) as usize,
        _ => 0,
    };
    let wanted: Vec<&str> =
        if spot.on_old { before.iter().map(|it| it.trim()).collect() } else { vec![text.trim()] };
    // A brace stands everywhere: only a line with a word in it is known by its text.
    let telling = |it: &str| it.chars().filter(|it| it.is_alphanumeric()).count() >= 3;
    let from_end = shown.iter().rev().position(|it| telling(it) && wanted.contains(it));
    match from_end {
        Some(away) => Nearness::ByText(away.saturating_sub(about) as u32),
        None => Nearness::Unknown,
    }
}

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
    fn a_comment_is_on_the_line_by_number_in_the_same_version_and_else_by_text() {
        let hunk = "@@ -1,3 +1,4 @@\n fn a() {\n-    old();\n+    new();\n+    more();\n }";
        let spot = Spot { same_version: true, line: Some(2), end: Some(3), on_old: false, hunk };
        assert_eq!(nearness(&spot, 3, "", &[]), Nearness::ByNumber(0));
        assert_eq!(nearness(&spot, 7, "", &[]), Nearness::ByNumber(4));
        assert_eq!(nearness(&spot, 1, "", &[]), Nearness::ByNumber(1));
        let squashed = Spot { same_version: false, end: None, ..spot };
        assert_eq!(nearness(&squashed, 90, "    more();", &[]), Nearness::ByText(1));
        assert_eq!(nearness(&squashed, 90, "new();", &[]), Nearness::ByText(2));
        assert_eq!(nearness(&squashed, 90, "}", &[]), Nearness::Unknown);
        assert_eq!(nearness(&squashed, 90, "old();", &[]), Nearness::Unknown);
        let old = Spot { on_old: true, ..squashed };
        let before = ["old();".to_owned()];
        assert_eq!(nearness(&old, 2, "new();", &before), Nearness::ByText(1));
        assert_eq!(nearness(&Spot { hunk: "", ..old }, 2, "", &before), Nearness::Unknown);
    }

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
