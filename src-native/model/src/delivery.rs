//! What delivery is measured by: pull requests, issues, commits and releases, each with the moments
//! of its life. Who is nobody known has no id; who is a program says so.

use crate::{CommitId, DeveloperId, Oid, Timestamp, Verdict};

/// Everything that measures of a repository are made of, as far as it was asked for.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The newest moment that is known: what is open then is open.
    pub now: Timestamp,
    /// Pull requests that GitHub tells of, by number.
    pub pulls: Vec<Pull>,
    /// Issues, by key.
    pub issues: Vec<Issue>,
    /// Commits of the history, oldest first.
    pub commits: Vec<Commit>,
    /// The parents of commits, as places in `commits`.
    pub parents: Vec<u32>,
    /// Commits that releases are made of and the history of HEAD lacks, with their parents: those of branches
    /// that releases are cut from.
    pub beside: Vec<(Oid, Vec<Oid>)>,
    /// Not all of these could be read: what such a release holds is not known whole.
    pub beside_unknown: bool,
    /// Tags and releases, oldest first.
    pub releases: Vec<Release>,
    /// Names of components, by which `components` of records are told.
    pub components: Vec<String>,
}

/// Somebody, as far as measures tell people apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Who {
    /// The person; none where the tracker does not tell.
    pub id: Option<DeveloperId>,
    /// A program.
    pub bot: bool,
}

impl Who {
    /// Whether this is a person and not the one who made the thing.
    pub fn is_another(self, author: Who) -> bool {
        !self.bot && self.id != author.id
    }
}

/// What a piece of work was for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Work {
    /// A defect.
    Bug,
    /// Something new or better.
    Feature,
    /// Anything else that an issue asks for.
    Chore,
    /// Nothing that an issue tells of.
    #[default]
    Unlinked,
}

impl Work {
    /// Every one, in the order of replies.
    pub const ALL: [Work; 4] = [Work::Bug, Work::Feature, Work::Chore, Work::Unlinked];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Work::Bug => "bug",
            Work::Feature => "feature",
            Work::Chore => "chore",
            Work::Unlinked => "unlinked",
        }
    }

    /// What an issue of a kind is for; `bug` where the tracker says that it is a defect.
    pub fn of(bug: bool, kind: &str, labels: &[String]) -> Work {
        const NEW: [&str; 6] = ["story", "feature", "improvement", "enhancement", "epic", "wish"];
        let new = |it: &str| {
            let it = it.to_lowercase();
            NEW.iter().any(|word| it.contains(word))
        };
        match bug {
            true => Work::Bug,
            false if new(kind) || labels.iter().any(|it| new(it)) => Work::Feature,
            false => Work::Chore,
        }
    }
}

/// A pull request.
#[derive(Clone, Debug, Default)]
pub struct Pull {
    /// Its number.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// Who made it.
    pub author: Who,
    /// Who merged it.
    pub merged_by: Who,
    /// When it was made.
    pub created: Timestamp,
    /// When it was closed, merged or not; none while it is open.
    pub closed: Option<Timestamp>,
    /// When it was merged.
    pub merged: Option<Timestamp>,
    /// It is a draft now.
    pub draft: bool,
    /// When it became a draft (true) or ready (false), oldest first.
    pub drafts: Vec<(Timestamp, bool)>,
    /// When it was closed (true) or opened again (false), oldest first.
    pub closings: Vec<(Timestamp, bool)>,
    /// Where it comes from.
    pub branch: String,
    /// Where it goes.
    pub base: String,
    /// Lines added and deleted, generated and vendored files left out where its files are known.
    pub lines: Option<u64>,
    /// When its commits were written, oldest first.
    pub written: Vec<Timestamp>,
    /// Its commits in the history, as ids.
    pub commits: Vec<CommitId>,
    /// The commit it became.
    pub merge: Option<Oid>,
    /// What was said on it, oldest first.
    pub said: Vec<Said>,
    /// When anything else happened to it, oldest first.
    pub touched: Vec<Timestamp>,
    /// A `Reviewers:` line of one of its commits names another person.
    pub named_reviewer: bool,
    /// It, its branch or one of its commits names an issue.
    pub linked: bool,
    /// What it was for.
    pub work: Work,
    /// The parts it touches, as places in [`Facts::components`].
    pub components: Vec<u32>,
}

/// How something was said on a pull request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum How {
    /// A review with its verdict.
    Review(Verdict),
    /// A comment at lines.
    Line,
    /// A comment beneath it.
    Comment,
}

/// Something said on a pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub who: Who,
    /// How.
    pub how: How,
    /// Whether there are words.
    pub words: bool,
    /// GitHub's id.
    pub id: String,
}

/// How far an issue is from some moment on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stage {
    /// From when.
    pub at: Timestamp,
    /// Its status is of work under way.
    pub started: bool,
    /// Work is under way and nothing is waited for.
    pub active: bool,
    /// Its status is of work that is done.
    pub done: bool,
}

/// An issue.
#[derive(Clone, Debug, Default)]
pub struct Issue {
    /// Its key.
    pub key: String,
    /// Its title.
    pub summary: String,
    /// Who reported it.
    pub reporter: Who,
    /// When it was made.
    pub created: Timestamp,
    /// When it was done; none while it is open.
    pub resolved: Option<Timestamp>,
    /// How far it was, oldest first; the first from `created`.
    pub stages: Vec<Stage>,
    /// Whether `stages` are by changes of its status and not by what it is now.
    pub told: bool,
    /// Comments of somebody: when, and by whom, oldest first.
    pub said: Vec<(Timestamp, Who)>,
    /// When anything else happened to it, oldest first.
    pub touched: Vec<Timestamp>,
    /// What it is for.
    pub work: Work,
    /// It is an incident, or a label says so.
    pub incident: bool,
    /// Keys of what is said to have caused it.
    pub causes: Vec<String>,
    /// The commits made for it.
    pub commits: Vec<CommitId>,
    /// The parts it is about, as places in [`Facts::components`].
    pub components: Vec<u32>,
}

/// A commit.
#[derive(Clone, Debug)]
pub struct Commit {
    /// Its row.
    pub id: CommitId,
    /// Its object id.
    pub oid: Oid,
    /// Its place in topology.
    pub generation: u32,
    /// When it was written.
    pub authored: Timestamp,
    /// When it was committed.
    pub committed: Timestamp,
    /// Who wrote it; a program where no person did.
    pub author: Who,
    /// More than one parent.
    pub merge: bool,
    /// The commit it undoes; none where it undoes none, or none that it names.
    pub reverts: Option<Oid>,
    /// Its parents: from and up to, in [`Facts::parents`].
    pub parents: (u32, u32),
    /// The parts it touches, as places in [`Facts::components`]; empty unless asked for.
    pub components: Vec<u32>,
}

/// A tag or a release.
#[derive(Clone, Debug, Default)]
pub struct Release {
    /// The tag.
    pub name: String,
    /// The commit it is on, where the history has it.
    pub oid: Option<Oid>,
    /// When.
    pub at: Timestamp,
    /// GitHub tells of it as a release.
    pub published: bool,
    /// It is not for everybody yet.
    pub early: bool,
}

/// What a commit did to the lines of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileLines {
    /// When it was committed.
    pub at: Timestamp,
    /// The commit.
    pub commit: CommitId,
    /// Whether a program wrote it.
    pub bot: bool,
    /// The file, by its row.
    pub file: i64,
    /// The file it was renamed from.
    pub from: Option<i64>,
    /// Lines.
    pub added: u32,
    /// Lines.
    pub deleted: u32,
}

/// Whether a path is generated or vendored by its name: lock files, minified and generated code, and what lies
/// in folders of other people's code.
pub fn is_generated(path: &str) -> bool {
    const FOLDERS: [&str; 7] = [
        "vendor",
        "node_modules",
        "third_party",
        "thirdparty",
        "dist",
        "__snapshots__",
        "generated",
    ];
    const NAMES: [&str; 10] = [
        "package-lock.json",
        "yarn.lock",
        "pnpm-lock.yaml",
        "cargo.lock",
        "go.sum",
        "composer.lock",
        "gemfile.lock",
        "poetry.lock",
        "pipfile.lock",
        "uv.lock",
    ];
    const ENDS: [&str; 9] =
        [".min.js", ".min.css", ".map", ".pb.go", "_pb2.py", ".pb.cc", ".pb.h", ".g.dart", ".snap"];
    let path = path.to_lowercase();
    let mut parts = path.rsplit('/');
    let name = parts.next().unwrap_or_default();
    NAMES.contains(&name)
        || ENDS.iter().any(|it| name.ends_with(it))
        || parts.any(|it| FOLDERS.contains(&it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tools_write_is_generated_and_what_people_write_is_not() {
        for path in ["Cargo.lock", "ui/yarn.lock", "web/app.min.js", "vendor/a/b.go", "a/x_pb2.py"]
        {
            assert!(is_generated(path), "{path}");
        }
        for path in ["src/lock.rs", "vendor.go", "src/map.rs", "distance/a.rs"] {
            assert!(!is_generated(path), "{path}");
        }
    }

    #[test]
    fn nobody_answers_themselves_and_no_program_answers() {
        let who = |id, bot| Who { id: Some(DeveloperId(id)), bot };
        assert!(who(2, false).is_another(who(1, false)));
        assert!(
            !who(1, false).is_another(who(1, false)) && !who(2, true).is_another(who(1, false))
        );
        assert!(
            Who::default().is_another(who(1, false)) && !Who::default().is_another(Who::default())
        );
    }
}
