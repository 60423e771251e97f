//! The story of a line: line, commit, pull request, review, issue, read from top to bottom.

use super::Asked;
use super::records::{
    beginning, issue_record, newest_first, pull_record, review_record, state_word,
};
use super::tell::{RECORDS_MAX, commit_record, file_record};
use crate::Result;
use crate::wire::*;
use agents::why::{Nearness, Spot};
use model::Timestamp;
use std::collections::HashSet;
use store::reads::{Beneath, CommitRow, LineCommentRow, PullLink, PullRecordRow};

/// What a part of a story is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, schemars::JsonSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub enum StoryKind {
    /// The line as it is.
    Line,
    /// The commit that made it so.
    Commit,
    /// The pull request the commit came through.
    PullRequest,
    /// A review of that.
    Review,
    /// A comment on these lines.
    LineComment,
    /// The issue it was made for.
    Issue,
    /// What was said beneath the issue or the pull request.
    Comment,
}

reply! {
    /// A part of the story of a line.
    pub struct StoryPart {
        /// What this part is about.
        pub kind: StoryKind,
        /// The record it tells of.
        pub record: Record,
        /// Who wrote, made or said it.
        pub person: Option<PersonRef>,
        /// When, RFC 3339 in UTC.
        pub at: Option<String>,
        /// The sentence for people.
        pub sentence: String,
        /// In its own words: title and beginning of a description, text of a comment; empty where there are none.
        pub quote: String,
        /// What says that it belongs here: `(#12)`, `PROJ-12 in the subject`; empty where it is part of the record before.
        pub told_by: String,
        /// For a comment on lines: how near to the line asked about.
        pub near: Option<Near>,
        /// How many records of this kind there are, where only the first are told.
        pub all: Option<Figure>,
    }

    /// How near a comment is to a line.
    pub struct Near {
        /// Whether it was written about this very line.
        pub on_line: bool,
        /// How many lines lie between; 0 on the line. None where versions cannot be compared: then it is about the same file of the same pull request.
        pub lines_away: Option<u32>,
        /// The line it was written about, as it was then, from 1.
        pub line: Option<u32>,
        /// How that was found, in a sentence.
        pub how: String,
    }
}

/// What is told of the commit already.
pub(super) struct Told<'a> {
    /// The commit.
    pub(super) row: &'a CommitRow,
    /// The path at that time.
    pub(super) path: &'a str,
    /// The line at that time, from 1.
    pub(super) line: u32,
    /// Its text after the commit.
    pub(super) text: &'a str,
    /// What stood there before.
    pub(super) before: &'a [String],
    /// What the commit did, in a sentence.
    pub(super) sentence: &'a str,
}

/// Pull requests and issues told of one commit.
const LINKS_MAX: usize = 3;
/// Letters told of a description or a comment.
const QUOTE_MAX: usize = 400;
/// Lines further away than this are not near.
const NEAR_MAX: u32 = 20;

/// The story of one commit's line.
pub(super) fn of(at: &Asked<'_>, told: &Told<'_>, commit: &CommitRef) -> Result<Vec<StoryPart>> {
    let part = |kind, record, sentence: String| StoryPart {
        kind,
        record,
        person: None,
        at: None,
        sentence,
        quote: String::new(),
        told_by: String::new(),
        near: None,
        all: None,
    };
    let mut story = vec![
        StoryPart {
            quote: told.text.trim().to_owned(),
            ..part(
                StoryKind::Line,
                file_record(told.path),
                format!("line {} of `{}` became what it is here", told.line, told.path),
            )
        },
        StoryPart {
            person: Some(commit.author.clone()),
            at: Some(commit.at.clone()),
            quote: commit.subject.clone(),
            ..part(StoryKind::Commit, commit_record(told.row), told.sentence.to_owned())
        },
    ];
    for link in at.reader.pulls_of(at.of, told.row.id)?.into_iter().take(LINKS_MAX) {
        pull(at, told, &link, &part, &mut story)?;
    }
    for name in at.reader.issues_of(at.of, told.row.id)?.into_iter().take(LINKS_MAX) {
        let Some(row) = name.id.map(|it| at.reader.issue_of(at.of, it)).transpose()?.flatten()
        else {
            let text = format!("the commit names {}, which no record answers to", name.key);
            let record = super::tell::issue_record(&name);
            story.push(part(StoryKind::Issue, record, text));
            continue;
        };
        let reporter = at.somebody(row.reporter)?;
        let who = reporter.as_ref().map_or("somebody", |it| it.name.as_str());
        let mut text = format!("it was for {}, reported by {who} on {}", row.key, day(row.created));
        if let Some(resolved) = row.resolved {
            text.push_str(&format!(" and resolved on {}", day(resolved)));
        }
        story.push(StoryPart {
            at: Some(time(row.created)),
            quote: quote(&row.summary, &at.reader.issue_body(at.of, row.id)?),
            told_by: name.told_by.clone(),
            person: reporter,
            ..part(StoryKind::Issue, issue_record(&row), text)
        });
        let about = format!("beneath {}", row.key);
        let list = at.call(
            "memory.comments",
            [("issues", vec![row.key.as_str()].into()), ("on", "issue".into())],
        );
        said(at, Beneath::Issue(row.id), &about, list, &part, &mut story)?;
    }
    Ok(story)
}

/// A pull request of the commit, its reviews, and what was said on the line and beneath it.
fn pull(
    at: &Asked<'_>,
    told: &Told<'_>,
    link: &PullLink,
    part: &impl Fn(StoryKind, Record, String) -> StoryPart,
    story: &mut Vec<StoryPart>,
) -> Result<()> {
    let number = link.number;
    let Some(row) = at.reader.pull_record(at.of, number)? else {
        let text = format!("it came through #{number}, of which only Git tells");
        let record = super::tell::pull_record(link);
        let told_by = link.told_by.clone();
        story.push(StoryPart { told_by, ..part(StoryKind::PullRequest, record, text) });
        return Ok(());
    };
    let author = at.somebody(row.author)?;
    let who = author.as_ref().map_or("somebody", |it| it.name.as_str());
    let mut text = format!("it came through #{number}, made by {who} on {}", day(row.created));
    match row.merged {
        Some(merged) => text.push_str(&format!(" and merged on {}", day(merged))),
        None => text.push_str(&format!(", {}", state_word(row.state))),
    }
    story.push(StoryPart {
        at: Some(time(row.created)),
        quote: quote(&row.title, &at.reader.pull_body(at.of, row.id)?),
        told_by: link.told_by.clone(),
        person: author,
        ..part(StoryKind::PullRequest, pull_record(&row), text)
    });
    reviews(at, &row, part, story)?;
    lines(at, told, &row, part, story)?;
    let list = at.call(
        "memory.comments",
        [("pullRequests", vec![number].into()), ("on", "pullRequest".into())],
    );
    said(at, Beneath::Pull(row.id), &format!("beneath #{number}"), list, part, story)
}

/// The last word of every reviewer, in order.
fn reviews(
    at: &Asked<'_>,
    pull: &PullRecordRow,
    part: &impl Fn(StoryKind, Record, String) -> StoryPart,
    story: &mut Vec<StoryPart>,
) -> Result<()> {
    let rows = at.reader.reviews_where(at.of, Some(&[pull.id]), None, usize::MAX)?;
    let mut told = HashSet::new();
    let last: Vec<_> = rows
        .iter()
        .filter(|it| !it.own && it.reviewer.is_none_or(|who| told.insert(who)))
        .take(RECORDS_MAX)
        .collect();
    let others: Vec<_> = rows.iter().filter(|it| !it.own).collect();
    let count = last.len();
    for (i, row) in last.into_iter().rev().enumerate() {
        let person = at.somebody(row.reviewer)?;
        let record = review_record(row, person.as_ref());
        let text = format!("{} on {}", record.title, day(row.at));
        // The last of them opens all where there are more than are told.
        let all = if i + 1 == count && others.len() > count {
            let mut records = Vec::new();
            for it in others.iter().take(RECORDS_MAX) {
                records.push(review_record(it, at.somebody(it.reviewer)?.as_ref()));
            }
            let list = [("pullRequest", pull.number.into()), ("ofOthers", true.into())];
            let all = (others.len() > records.len()).then(|| at.call("memory.reviews", list));
            Some(Figure { value: others.len() as f64, records, all })
        } else {
            None
        };
        story.push(StoryPart {
            at: Some(time(row.at)),
            quote: beginning(&row.body, QUOTE_MAX),
            person,
            all,
            ..part(StoryKind::Review, record, text)
        });
    }
    Ok(())
}

/// What was said on the line or near it; where nothing was, what was said on the same file.
fn lines(
    at: &Asked<'_>,
    told: &Told<'_>,
    pull: &PullRecordRow,
    part: &impl Fn(StoryKind, Record, String) -> StoryPart,
    story: &mut Vec<StoryPart>,
) -> Result<()> {
    let rows = at.reader.line_comments(at.of, pull.id)?;
    let mut near: Vec<(Nearness, &LineCommentRow)> = rows
        .iter()
        .filter(|it| it.path == told.path)
        .map(|it| {
            let spot = Spot {
                same_version: it.original == Some(told.row.place.oid),
                line: it.original_line,
                end: it.original_end,
                on_old: it.on_old,
                hunk: &it.hunk,
            };
            (agents::why::nearness(&spot, told.line, told.text, told.before), it)
        })
        .collect();
    let away = |it: Nearness| it.lines().unwrap_or(u32::MAX);
    near.sort_by(|a, b| {
        let key = |it: &LineCommentRow| (it.said.at, it.said.comment.len());
        away(a.0)
            .cmp(&away(b.0))
            .then_with(|| key(a.1).cmp(&key(b.1)))
            .then_with(|| a.1.said.comment.cmp(&b.1.said.comment))
    });
    let close = near.iter().filter(|it| away(it.0) <= NEAR_MAX).count();
    near.truncate(if close > 0 { close.min(RECORDS_MAX) } else { 2 });
    for (nearness, row) in near {
        let person = at.somebody(row.said.author)?;
        let who = person.as_ref().map_or("somebody", |it| it.name.as_str());
        let (place, how) = match nearness {
            Nearness::ByNumber(0) => {
                ("on this line".to_owned(), "by its number in the same commit")
            }
            Nearness::ByNumber(away) => {
                (format!("{away} lines from this one"), "by its number in the same commit")
            }
            Nearness::ByText(0) => {
                ("on this line".to_owned(), "by the line's text, in another version of it")
            }
            Nearness::ByText(away) => (
                format!("{away} lines from this one"),
                "by the line's text among those the comment shows",
            ),
            Nearness::Unknown => {
                ("on this file".to_owned(), "the version it was written about cannot be compared")
            }
        };
        let record = at.said_record(&row.said)?;
        let text = format!("{who} commented {place} in #{} on {}", pull.number, day(row.said.at));
        story.push(StoryPart {
            at: Some(time(row.said.at)),
            quote: shortened(&row.body),
            near: Some(Near {
                on_line: nearness.lines() == Some(0),
                lines_away: nearness.lines(),
                line: row.original_line,
                how: how.to_owned(),
            }),
            person,
            ..part(StoryKind::LineComment, record, text)
        });
    }
    Ok(())
}

/// The first of what people said beneath something.
fn said(
    at: &Asked<'_>,
    beneath: Beneath,
    about: &str,
    list: Call,
    part: &impl Fn(StoryKind, Record, String) -> StoryPart,
    story: &mut Vec<StoryPart>,
) -> Result<()> {
    let mut said = at.reader.said_beneath(at.of, &[beneath])?;
    said.retain(|it| !it.bot);
    newest_first(&mut said);
    let shown: Vec<_> = said.iter().rev().take(RECORDS_MAX).collect();
    let count = shown.len();
    for (i, it) in shown.into_iter().enumerate() {
        let person = at.somebody(it.author)?;
        let who = person.as_ref().map_or("somebody", |it| it.name.as_str());
        let text = format!("{who} said {about} on {}", day(it.at));
        let body = at.reader.said_text(at.of, it)?.body;
        let all = if i + 1 == count && said.len() > count {
            Some(at.said_figure(&said.iter().collect::<Vec<_>>(), list.clone())?)
        } else {
            None
        };
        story.push(StoryPart {
            at: Some(time(it.at)),
            quote: shortened(&body),
            person,
            all,
            ..part(StoryKind::Comment, at.said_record(it)?, text)
        });
    }
    Ok(())
}

fn day(at: Timestamp) -> String {
    time(at).split('T').next().unwrap_or_default().to_owned()
}

/// A title and the beginning of what follows it.
fn quote(title: &str, body: &str) -> String {
    match shortened(body) {
        it if it.is_empty() => title.to_owned(),
        it => format!("{title}\n{it}"),
    }
}

/// The beginning of a text, lines kept.
fn shortened(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(QUOTE_MAX) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}
