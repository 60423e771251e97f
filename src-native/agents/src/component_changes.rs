//! Why a component has changed so often, in sentences.

use crate::risk::{About, Story, Told, tell_kinds};
use crate::words::{count, times};
use model::Rule;

/// The rule, as printed with every answer.
pub const RULE: Rule = Rule {
    name: "component changes",
    version: 1,
    text: "commits of the window that touch a file of the component, merges left out, beside those \
           of the window of the same length before it; fixes are commits whose subject speaks of \
           fixing a defect",
};

/// The answer in sentences: `before` is the number of changes in the window before, `top` who made
/// most of the changes with how many, `file` the path changed most with how often.
pub fn sentences(
    story: &Story,
    before: usize,
    top: Option<(&str, usize)>,
    file: Option<(&str, usize)>,
) -> Vec<Told> {
    let mut told = Vec::new();
    let mut say = |about, text: String| told.push(Told { text, about });
    let (name, days) = (&story.subject, count(story.days as usize, "day", "days"));
    if story.changes == 0 {
        say(About::Changes, format!("`{name}` has not changed in the last {days}"));
    } else {
        let changed = times(story.changes);
        say(About::Changes, format!("`{name}` changed {changed} in the last {days}"));
    }
    let compared = match before.cmp(&story.changes) {
        std::cmp::Ordering::Less => "that is more than",
        std::cmp::Ordering::Equal => "that is as often as",
        std::cmp::Ordering::Greater => "that is less than",
    };
    let had = match before {
        0 => "when it did not change".to_owned(),
        some => format!("when it changed {}", times(some)),
    };
    say(About::ChangesBefore, format!("{compared} in the {days} before, {had}"));
    if story.changes == 0 {
        return told;
    }
    tell_kinds(story, &mut say);
    if let Some((who, changes)) = top
        && story.people > 1
    {
        let all = story.changes;
        say(About::People, format!("{who} made most of them: {changes} of {all}"));
    }
    if let Some((path, changes)) = file
        && changes > 1
    {
        say(About::Changes, format!("`{path}` changed most: {} of {}", changes, story.changes));
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_is_told_beside_the_one_before() {
        let story = Story {
            subject: "auth".into(),
            days: 90,
            changes: 12,
            fixes: 4,
            people: 3,
            issues: vec!["PAY-1".into()],
            issue_changes: 2,
            ..Story::default()
        };
        let texts: Vec<String> = sentences(&story, 3, Some(("Ada", 7)), Some(("src/auth/a.rs", 6)))
            .into_iter()
            .map(|it| it.text)
            .collect();
        assert_eq!(
            texts,
            [
                "`auth` changed 12 times in the last 90 days",
                "that is more than in the 90 days before, when it changed 3 times",
                "4 of those changes fixed a defect",
                "3 people touched it",
                "2 of those changes named PAY-1",
                "Ada made most of them: 7 of 12",
                "`src/auth/a.rs` changed most: 6 of 12",
            ]
        );
    }

    #[test]
    fn a_quiet_component_is_told_as_quiet() {
        let story = Story { subject: "docs".into(), days: 90, ..Story::default() };
        let texts: Vec<String> =
            sentences(&story, 0, None, None).into_iter().map(|it| it.text).collect();
        assert_eq!(
            texts,
            [
                "`docs` has not changed in the last 90 days",
                "that is as often as in the 90 days before, when it did not change",
            ]
        );
    }
}
