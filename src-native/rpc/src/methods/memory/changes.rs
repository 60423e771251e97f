//! Long lists, pulled page by page: the records behind every number.

use super::ask::{Target, moment};
use super::files::Touch;
use super::{Asked, question};
use crate::wire::*;
use crate::{Error, Result};
use model::{CommitId, FileId, Oid, Timestamp};
use std::rc::Rc;
use store::reads::{Found, Place, Scope, Select, Wrote};

/// What somebody did for a commit.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
    ts_rs::TS,
)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// Wrote it or helped to.
    Author,
    /// Reviewed it.
    Reviewer,
}

request! {
    /// List commits, newest first, that fit every filter given.
    pub struct Commits {
        /// File (past names followed) or folder from the repository's root.
        pub path: Option<String>,
        /// A second file, under this very path: only commits that touch both.
        pub with: Option<String>,
        /// Component.
        pub component: Option<String>,
        /// Person, by key, mail, name or login.
        pub person: Option<String>,
        /// What the person did (`author` unless told otherwise).
        pub role: Option<Role>,
        /// Issue key.
        pub issue: Option<String>,
        /// Pull request.
        pub pull_request: Option<u64>,
        /// At or after this time, RFC 3339.
        pub since: Option<String>,
        /// At or before this time, RFC 3339.
        pub until: Option<String>,
        /// Only those that fix a defect.
        pub fixes: Option<bool>,
        /// Only those that undo another.
        pub reverts: Option<bool>,
        /// Merges too (left out unless asked for, except where no other filter is given).
        pub merges: Option<bool>,
        /// Only commits of at most this many files.
        pub files_max: Option<u32>,
        /// Only those that name an issue of a known project.
        pub names_issue: Option<bool>,
        /// Only those that came through a pull request.
        pub in_pull_request: Option<bool>,
        /// Only those that touch a test of the same component beside the file asked about.
        pub with_tests: Option<bool>,
        /// Of the commits of one pull request only the newest: how reviews are counted.
        pub once_per_pull_request: Option<bool>,
        /// As memory was at this time, RFC 3339: what came later is neither listed nor counted. As it is unless given.
        pub now: Option<String>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// How many to list (50 unless told otherwise), at most 1000.
        pub limit: Option<u32>,
        /// Where to go on: `next` of the page before.
        pub cursor: Option<String>,
    }

    /// Pull every file change of the history as columns and rows, for scripts and exports.
    pub struct Changes {
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// How many rows to answer with (5000 unless told otherwise), at most 20000.
        pub limit: Option<u32>,
        /// Where to go on: `next` of the page before.
        pub cursor: Option<String>,
    }

    /// Tell the fingerprint of a repository's memory: equal for equal histories, however they were read.
    pub struct Fingerprint {
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
    }
}

reply! {
    /// A page of commits.
    pub struct CommitsReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Newest first.
        pub commits: Vec<CommitRow>,
        /// Where the next page begins; none at the end.
        pub next: Option<String>,
    }

    /// A commit in a list.
    pub struct CommitRow {
        /// The commit.
        pub commit: CommitRef,
        /// How many files it touches.
        pub files: u32,
        /// Lines added.
        pub added: u64,
        /// Lines deleted.
        pub deleted: u64,
        /// What it did to the file asked about, where one was.
        pub touch: Option<Touch>,
    }

    /// A page of file changes. What many rows share stands once, and rows name it by its place.
    pub struct ChangesReply {
        /// Names of the columns of `rows`: commit, path, kind, added, deleted.
        pub columns: Vec<String>,
        /// Changes in the order of the columns: the commit's and the path's place in their lists, from 0; lines are null where the content is binary or unknown.
        #[ts(type = "Array<[number, number, string, number | null, number | null]>")]
        pub rows: Vec<ChangeRow>,
        /// Commits of this page: object id, seconds since 1970 UTC, author's key.
        #[ts(type = "Array<[string, number, string]>")]
        pub commits: Vec<ChangeCommit>,
        /// Paths of this page.
        pub paths: Vec<String>,
        /// Where the next page begins; none at the end.
        pub next: Option<String>,
    }

    /// A fingerprint.
    pub struct FingerprintReply {
        /// The repository.
        pub repository: String,
        /// The commit that memory has been read up to.
        pub head: Option<String>,
        /// SHA-256 over a canonical dump, in hexadecimal digits.
        pub sha256: String,
    }
}

/// Commit, path, kind, lines added, lines deleted.
pub type ChangeRow = (u32, u32, &'static str, Option<u32>, Option<u32>);
/// Object id, seconds since 1970 UTC, author's key.
pub type ChangeCommit = (String, i64, String);

question!(
    Commits,
    "memory.commits",
    CommitsReply,
    r#"{ "path": "src/pay.rs", "limit": 5 }"#,
    commits,
    now
);

fn commits(ask: Commits, at: &Asked<'_>) -> Result<CommitsReply> {
    let most = limit(ask.limit, 50, 1_000)?;
    let (select, target) = at.select(&ask)?;
    let after = ask.cursor.as_deref().map(place).transpose()?;
    let mut found = at.reader.select(at.of, &select, after, most + 1)?;
    let next = (found.len() > most).then(|| cursor(found[most - 1].place));
    found.truncate(most);
    let scope = select.scope.as_deref().filter(|_| matches!(target, Some(Target::File(_))));
    let commits =
        found.iter().map(|it| row(at, *it, scope, target.as_ref())).collect::<Result<_>>()?;
    Ok(CommitsReply { basis: at.basis(None, &[ORDER])?, commits, next })
}

/// How commits are listed, as printed with the list.
const ORDER: model::Rule = model::Rule {
    name: "order",
    version: 1,
    text: "newest first by the time of committing, then what is later in topology, then by id",
};

/// A commit in a list.
pub(super) fn row(
    at: &Asked<'_>,
    found: Found,
    scope: Option<&Scope>,
    target: Option<&Target>,
) -> Result<CommitRow> {
    let Some(commit) = at.reader.commit(at.of, found.id)? else {
        return Err(Error::new(
            crate::Code::Conflict,
            "memory changed while it was read; ask again",
        ));
    };
    let size = at.reader.commit_size(at.of, found.id)?;
    let touch = match (scope, target) {
        (Some(scope), Some(target)) => {
            Some(super::files::touch(at, &commit, found, scope, target)?)
        }
        _ => None,
    };
    Ok(CommitRow {
        commit: at.commit_ref(&commit)?,
        files: size.files,
        added: size.added,
        deleted: size.deleted,
        touch,
    })
}

impl Asked<'_> {
    /// The selection that a list of commits asks for, and what it is about.
    pub(super) fn select(&self, ask: &Commits) -> Result<(Select, Option<Target>)> {
        let mut select = Select::default();
        let target = match (&ask.path, &ask.component) {
            (None, None) => None,
            (path, component) => Some(self.target(path.as_deref(), component.as_deref())?),
        };
        if let Some(target) = &target {
            select.scope = Some(Rc::new(self.scope(target)?));
            select.expected = self.expected(target)?;
        }
        if let Some(path) = &ask.with {
            select.with = Some(Rc::new(Scope::only(self.file(path)?.id)));
        }
        if ask.with_tests == Some(true) {
            let Some(tests) = target.as_ref().and_then(|it| self.tests_beside(it)) else {
                return Err(Error::invalid(
                    "`withTests` needs as `path` a file of a component that is no test itself",
                ));
            };
            select.tests = Some(tests);
        }
        let mut last_at = None;
        if let Some(called) = &ask.person {
            let person = self.person(called)?;
            let wrote = match ask.role.unwrap_or(Role::Author) {
                Role::Author => Wrote::Author,
                Role::Reviewer => Wrote::Reviewer,
            };
            select.person = Some((person.id, wrote));
            let totals = self.reader.totals_of(self.of, person.id)?;
            last_at = totals.map(|it| it.last_at);
        } else if ask.role.is_some() {
            return Err(Error::invalid("`role` needs a `person`"));
        }
        if let Some(key) = &ask.issue {
            select.issue = Some(self.issue(key)?.asked());
        }
        select.pull_request = ask.pull_request;
        select.any_issue = ask.names_issue == Some(true);
        select.any_pull_request = ask.in_pull_request == Some(true);
        select.once_per_pull_request = ask.once_per_pull_request == Some(true);
        select.since = match &ask.since {
            Some(text) => moment("since", text, false)?,
            None => Timestamp(i64::MIN),
        };
        select.until = match &ask.until {
            Some(text) => moment("until", text, true)?,
            None => Timestamp(i64::MAX),
        };
        if let (Some(since), Some(until)) = (&ask.since, &ask.until)
            && select.since > select.until
        {
            let text = format!("`since` ({since}) is after `until` ({until})");
            return Err(Error::invalid(text).hint("the earlier time goes into `since`"));
        }
        // Nothing of theirs is newer: the walk back in time begins there.
        select.until = last_at.map_or(select.until, |it| it.min(select.until));
        select.fixes = ask.fixes.filter(|it| *it);
        select.reverts = ask.reverts.filter(|it| *it);
        select.files_max = ask.files_max;
        let filtered = target.is_some()
            || ask.with.is_some()
            || ask.person.is_some()
            || ask.issue.is_some()
            || ask.pull_request.is_some()
            || ask.since.is_some()
            || ask.until.is_some()
            || [ask.fixes, ask.reverts, ask.names_issue, ask.in_pull_request].contains(&Some(true))
            || ask.files_max.is_some();
        let merges = ask.merges.unwrap_or(!filtered);
        select.merge = (!merges).then_some(false);
        Ok((select, target))
    }
}

/// Where a page ends, as text that says nothing to its reader.
pub(super) fn cursor(place: Place) -> String {
    format!("{:x}.{:x}.{}", place.at.0 as u64, place.generation, place.oid)
}

pub(super) fn place(cursor: &str) -> Result<Place> {
    let mut parts = cursor.split('.');
    let mut part = || parts.next().unwrap_or_default();
    let at = u64::from_str_radix(part(), 16);
    let generation = u32::from_str_radix(part(), 16);
    match (at, generation, Oid::from_hex(part())) {
        (Ok(at), Ok(generation), Some(oid)) => {
            Ok(Place { at: Timestamp(at as i64), generation, oid })
        }
        _ => Err(no_cursor()),
    }
}

/// A cursor that no reply gave.
pub(crate) fn no_cursor() -> Error {
    Error::invalid("`cursor` is not one that a reply gave as `next`")
}

question!(Changes, "memory.changes", ChangesReply, r#"{ "limit": 5 }"#, changes);

fn changes(ask: Changes, at: &Asked<'_>) -> Result<ChangesReply> {
    let most = limit(ask.limit, 5_000, 20_000)?;
    let after = ask.cursor.as_deref().map(|text| {
        let (commit, file) = text.split_once('.').ok_or_else(no_cursor)?;
        let row = |text: &str| text.parse::<i64>().map_err(|_| no_cursor());
        Ok::<_, Error>((CommitId(row(commit)?), FileId(row(file)?)))
    });
    let page = at.reader.changes(at.of, after.transpose()?, most)?;
    let commits = page
        .commits
        .iter()
        .map(|(oid, time, author)| Ok((oid.to_string(), *time, at.person_ref(*author)?.key)))
        .collect::<Result<_>>()?;
    let rows = page.rows.iter();
    Ok(ChangesReply {
        columns: ["commit", "path", "kind", "added", "deleted"].map(str::to_owned).to_vec(),
        rows: rows
            .map(|it| (it.commit, it.path, super::tell::kind(it.kind), it.added, it.deleted))
            .collect(),
        commits,
        paths: page.paths,
        next: page.next.map(|(commit, file)| format!("{}.{}", commit.0, file.0)),
    })
}

question!(Fingerprint, "memory.fingerprint", FingerprintReply, r#"{}"#, fingerprint);

fn fingerprint(_ask: Fingerprint, at: &Asked<'_>) -> Result<FingerprintReply> {
    let hash = store::fingerprint::fingerprint(at.reader, at.of)?;
    Ok(FingerprintReply {
        repository: at.of.name.clone(),
        head: at.of.head.map(|it| it.to_string()),
        sha256: hash.iter().map(|it| format!("{it:02x}")).collect(),
    })
}
