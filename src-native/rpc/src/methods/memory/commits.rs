//! One commit, one pull request.

use super::files::Touch;
use super::pulls::IssueOfPullRequest;
use super::recent::natural;
use super::records;
use super::tell::{commit_record, file_record, issue_record, kind};
use super::{Asked, question};
use crate::Result;
use crate::wire::*;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use store::reads::{CommitRow, FirstRelease};

request! {
    /// Tell everything about a commit: who, what, for which issue, through which pull request.
    pub struct Commit {
        /// Object id, or at least the first four digits of one.
        pub commit: String,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
    }
}

reply! {
    /// A commit.
    pub struct CommitReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// The commit.
        pub commit: CommitRef,
        /// Its whole message.
        pub message: String,
        /// When it was committed, where that differs from when it was written.
        pub committed_at: String,
        /// The writer's offset from UTC, in minutes.
        pub offset_minutes: i32,
        /// Everybody credited.
        pub people: Vec<Credit>,
        /// Its parents.
        pub parents: Vec<Record>,
        /// Commits that have it as a parent.
        pub children: Vec<Record>,
        /// Files, by path; at most 1000.
        pub files: Vec<Touch>,
        /// How many files there are.
        pub files_total: u32,
        /// Lines added.
        pub added: u64,
        /// Lines deleted.
        pub deleted: u64,
        /// Issues its message names.
        pub issues: Vec<Record>,
        /// Pull requests it came through.
        pub pull_requests: Vec<PullRequestLink>,
        /// The commit it undoes.
        pub reverts: Option<Record>,
        /// Commits that undo it.
        pub reverted_by: Vec<Record>,
        /// The first release that holds it, by time; none where it is unreleased, or where a gap says that this is not known.
        pub release: Option<Record>,
    }

    /// A person and what they did for a commit.
    pub struct Credit {
        /// Who.
        pub person: PersonRef,
        /// `author`, `committer`, `coAuthor` or `reviewer`.
        pub role: String,
        /// The name and mail as written.
        pub written: String,
    }

    /// A pull request and the words that say so.
    pub struct PullRequestLink {
        /// Its number.
        pub number: u64,
        /// The words that say so: `(#12)`, `Merge pull request #12`, `refs/pull/12/head`; `GitHub lists it`.
        pub told_by: String,
        /// Its title; none where only Git tells of it.
        pub title: Option<String>,
    }

    /// A pull request.
    pub struct PullRequestReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Its number.
        pub number: u64,
        /// The author's login, where a message tells.
        pub login: Option<String>,
        /// Its branch, where a message tells.
        pub branch: Option<String>,
        /// The commit at its tip, where the clone has `refs/pull`.
        pub head: Option<String>,
        /// Whether its commits are in the history of HEAD, or GitHub says that it was merged.
        pub merged: bool,
        /// Its commits in the history of HEAD, oldest first, each with the words that say so.
        pub commits: Vec<CommitOfPullRequest>,
        /// Files these commits changed, by path; at most 1000.
        pub files: Vec<Record>,
        /// Issues it or its commits are linked to.
        pub issues: Vec<Record>,
        /// Issues that it is linked to itself, each with the words that say so.
        pub issue_links: Vec<super::pulls::IssueOfPullRequest>,
        /// Who wrote it.
        pub authors: Vec<PersonRef>,
        /// Who reviewed it.
        pub reviewers: Vec<PersonRef>,
        /// What GitHub tells of it; none where only Git does.
        pub record: Option<super::pulls::PullRecord>,
    }

    /// A commit of a pull request.
    pub struct CommitOfPullRequest {
        /// The commit.
        pub commit: CommitRef,
        /// The words that say so.
        pub told_by: String,
    }
}

question!(Commit, "memory.commit", CommitReply, r#"{ "commit": "HEAD" }"#, commit);

/// Files listed of one commit or pull request.
const FILES_MAX: usize = 1_000;
/// Commits looked at to find the first release that holds one.
const RELEASE_STEPS: usize = 2_000;

fn commit(ask: Commit, at: &Asked<'_>) -> Result<CommitReply> {
    let row = at.commit(&ask.commit)?;
    let detail = at.reader.commit_detail(at.of, row.id)?;
    let size = at.reader.commit_size(at.of, row.id)?;
    let touched = at.reader.commit_files(at.of, row.id, FILES_MAX as u32)?;
    let issues = at.reader.issues_of(at.of, row.id)?;
    let links = links(at, &row)?;
    let commit = at.commit_ref(&row)?;
    let keys: Vec<String> = issues.iter().map(|it| it.key.clone()).collect();
    let numbers: Vec<u64> = links.iter().map(|it| it.number).collect();
    let files = touched
        .into_iter()
        .map(|it| Touch {
            commit: commit.clone(),
            kind: kind(it.kind).into(),
            path: it.path,
            from: it.from,
            added: it.added,
            deleted: it.deleted,
            issues: keys.clone(),
            pull_requests: numbers.clone(),
        })
        .collect();
    let mut people = Vec::new();
    for credit in at.reader.credits(at.of, row.id)? {
        people.push(self::credit(
            at,
            &credit,
            ["author", "coAuthor", "reviewer"][usize::from(credit.role.min(2))],
        )?);
    }
    people.push(credit(at, &detail.committer, "committer")?);
    people.sort_by_key(|it| {
        ["author", "coAuthor", "reviewer", "committer"].iter().position(|role| *role == it.role)
    });
    let known = |oid: model::Oid| -> Result<Record> {
        Ok(match at.reader.commit_of(at.of, oid)? {
            Some(row) => commit_record(&row),
            None => {
                let id = oid.to_string();
                Record { kind: RecordKind::Commit, title: id.clone(), id }
            }
        })
    };
    let records = |rows: Vec<CommitRow>| rows.iter().map(commit_record).collect::<Vec<_>>();
    let mut basis = at.basis(None, &[RELEASE])?;
    let release = match at.reader.first_release(at.of, &row, RELEASE_STEPS)? {
        FirstRelease::Known(it) => Some(it.name),
        FirstRelease::None => None,
        FirstRelease::Unknown => {
            let text = format!(
                "The first release that holds this commit is not known: more than {RELEASE_STEPS} \
                 commits that descend from it had to be looked at. Git knows: `git tag --contains \
                 {:.12}`.",
                row.place.oid.to_string()
            );
            basis.gaps.push(GapText { kind: "unknownRelease".into(), text });
            None
        }
    };
    Ok(CommitReply {
        basis,
        message: detail.message,
        committed_at: time(row.place.at),
        offset_minutes: detail.offset_minutes,
        people,
        parents: detail.parents.into_iter().map(known).collect::<Result<_>>()?,
        children: records(at.reader.children(at.of, &row, 50)?),
        files,
        files_total: size.files,
        added: size.added,
        deleted: size.deleted,
        issues: issues.iter().map(issue_record).collect(),
        pull_requests: links,
        reverts: detail.reverts.map(known).transpose()?,
        reverted_by: records(at.reader.reverted_by(at.of, row.place.oid)?),
        release: release.map(|it| Record { kind: RecordKind::Release, title: it.clone(), id: it }),
        commit,
    })
}

/// How the release of a commit is found, as printed with the answer.
const RELEASE: model::Rule = model::Rule {
    name: "release",
    version: 1,
    text: "the first tag by time that has the commit among its ancestors; looked for among the 2000 \
           commits by time that descend from it first",
};

fn credit(at: &Asked<'_>, credit: &store::reads::Credit, role: &str) -> Result<Credit> {
    let written = match (credit.name.is_empty(), credit.mail.is_empty()) {
        (_, true) => credit.name.clone(),
        (true, _) => format!("<{}>", credit.mail),
        _ => format!("{} <{}>", credit.name, credit.mail),
    };
    Ok(Credit { person: at.person_ref(credit.developer)?, role: role.into(), written })
}

/// The pull requests a commit came through.
pub(super) fn links(at: &Asked<'_>, row: &CommitRow) -> Result<Vec<PullRequestLink>> {
    let links = at.reader.pulls_of(at.of, row.id)?;
    Ok(links
        .into_iter()
        .map(|it| PullRequestLink { number: it.number, told_by: it.told_by, title: it.title })
        .collect())
}

pub(super) fn pull_request(ask: super::PullRequest, at: &Asked<'_>) -> Result<PullRequestReply> {
    let pull = at.pull(ask.number)?;
    let record = at.pull_told(ask.number)?;
    let mut commits = Vec::new();
    let mut paths: BTreeSet<String> = BTreeSet::new();
    let mut issues: Vec<Record> = Vec::new();
    let mut issue_links = Vec::new();
    for link in at.reader.issues_of_pull(at.of, pull.id)? {
        let Some(row) = at.reader.issue_of(at.of, link.issue)? else { continue };
        issues.push(records::issue_record(&row));
        let issue = records::issue_ref(&row);
        issue_links.push(IssueOfPullRequest { issue, told_by: link.told_by, closes: link.closes });
    }
    let mut people: BTreeMap<bool, Vec<model::DeveloperId>> = BTreeMap::new();
    for (found, told_by) in at.reader.pull_commits(at.of, &pull)? {
        let Some(row) = at.reader.commit(at.of, found.id)? else { continue };
        issues.extend(at.reader.issues_of(at.of, row.id)?.iter().map(issue_record));
        let credits = at.reader.credits(at.of, row.id)?;
        let wrote: HashSet<_> =
            credits.iter().filter(|it| it.role < 2).map(|it| it.developer).collect();
        for credit in &credits {
            let reviewed = credit.role == 2;
            // Who merges writes nothing by that, and nobody reviews what they wrote.
            if (reviewed && !wrote.contains(&credit.developer)) || (!reviewed && !row.merge) {
                people.entry(reviewed).or_default().push(credit.developer);
            }
        }
        if paths.len() <= FILES_MAX {
            let files = at.reader.commit_files(at.of, row.id, FILES_MAX as u32 + 1)?;
            paths.extend(files.into_iter().map(|it| it.path));
        }
        commits.push(CommitOfPullRequest { commit: at.commit_ref(&row)?, told_by });
    }
    let mut persons = |reviewed: bool| -> Result<Vec<PersonRef>> {
        let mut ids = people.remove(&reviewed).unwrap_or_default();
        ids.sort_unstable();
        ids.dedup();
        let mut refs = ids.into_iter().map(|it| at.person_ref(it)).collect::<Result<Vec<_>>>()?;
        refs.retain(|it| !(reviewed && it.bot));
        refs.sort_by(|a, b| (&a.name, &a.key).cmp(&(&b.name, &b.key)));
        Ok(refs)
    };
    let (mut authors, mut reviewers) = (persons(false)?, persons(true)?);
    if let Some(record) = &record {
        let known = &record.text.pull_request.author;
        authors.extend(known.clone().filter(|it| !authors.contains(it)));
        for review in record.reviews.iter().filter(|it| !it.own) {
            let known = review.reviewer.clone().filter(|it| !it.bot && !reviewers.contains(it));
            reviewers
                .extend(known.filter(|it| Some(it) != record.text.pull_request.author.as_ref()));
        }
        for people in [&mut authors, &mut reviewers] {
            people.sort_by(|a, b| (&a.name, &a.key).cmp(&(&b.name, &b.key)));
        }
    }
    issues.sort_by(|a, b| natural(&a.id).cmp(&natural(&b.id)).then_with(|| a.cmp(b)));
    issues.dedup();
    Ok(PullRequestReply {
        basis: at.basis(None, &[])?,
        number: pull.number,
        login: pull.login,
        branch: pull.branch,
        head: pull.head.map(|it| it.to_string()),
        merged: !commits.is_empty() || record.as_ref().is_some_and(|it| it.text.merged.is_some()),
        commits,
        files: paths.iter().take(FILES_MAX).map(|it| file_record(it)).collect(),
        issues,
        issue_links,
        authors,
        reviewers,
        record,
    })
}
