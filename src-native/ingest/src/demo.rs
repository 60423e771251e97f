//! A small project that never was, to try everything on: its Git history, its issues in Jira, its
//! pull requests on GitHub, as a user would bring them along.
//!
//! The story is told in text files beside this one (`history.txt`, `people.toml`, `pulls.toml`,
//! `issues.toml`); here it is only brought into the shapes of Git, Jira and GitHub. The same story
//! gives the same bytes, whenever and wherever it is written.

mod clock;
mod edit;
mod files;
mod git;
mod github;
mod history;
mod jira;
mod objects;
mod people;
mod pulls;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use history::History;
use people::People;

/// Where the parts of a demo stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demo {
    /// A Git work tree.
    pub repository: PathBuf,
    /// A folder of issues as Jira Server's REST interface gives them.
    pub jira: PathBuf,
    /// A folder of pull requests as GitHub's REST interface gives them.
    pub github: PathBuf,
}

/// Why a demo cannot be written; each is one sentence for people.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something else is there.
    #[error("`{}` has something in it already; name a folder that is empty or not there", .0.display())]
    Occupied(PathBuf),
    /// The system does not let us.
    #[error("cannot write `{}`: {reason}", path.display())]
    Unwritable {
        /// The file or folder.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// The story contradicts itself; only somebody who changes it meets this.
    #[error("the demo's story is wrong at {place}: {reason}")]
    Story {
        /// A file of the story, with its line where that is known.
        place: String,
        /// What is wrong.
        reason: String,
    },
}

impl Error {
    fn story(place: impl Into<String>, reason: impl Into<String>) -> Error {
        Error::Story { place: place.into(), reason: reason.into() }
    }
}

/// What stands for the searched part of a commit's message, so that ids begin as the story is
/// known for: `f00ba47` and `b91c0de`. Found by trying; whoever changes what comes before these
/// commits searches anew (2^28 tries each).
const NONCES: [(&str, &str); 2] = [
    ("lock", "5e55104f0c4a11ed7e57f0a7e0fb000038fc3e51"),
    ("race", "5e55104f0c4a11ed7e57f0a7e0fb000014ddb343"),
];

/// Writes the demo into a folder that is empty, not there yet, or has the same demo in it.
///
/// # Errors
/// When the folder holds anything else, or cannot be written.
pub fn write(folder: &Path) -> Result<Demo, Error> {
    let (people, history) = story()?;
    let mut all = files::Files::default();
    git::add(&history, &mut all)?;
    jira::add(&people, &history, &mut all)?;
    github::add(&people, &history, &mut all)?;
    all.write(folder)?;
    Ok(Demo {
        repository: folder.join(git::FOLDER),
        jira: folder.join(jira::FOLDER),
        github: folder.join(github::FOLDER),
    })
}

fn story() -> Result<(People, History), Error> {
    let people = people::read(include_str!("demo/people.toml"))?;
    let pulls = pulls::read(include_str!("demo/pulls.toml"), &people)?;
    let history = history::read(include_str!("demo/history.txt"), &people, pulls, &NONCES)?;
    Ok((people, history))
}
