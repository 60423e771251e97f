//! Tokens: where they are kept, and how one is had for the moment that it is needed.
//!
//! What is written down is a reference, never the token: `keyring:github`, `env:GITHUB_TOKEN`,
//! `cmd:pass show github`. References come from the user's own settings alone; one out of a file
//! of a repository would run what that repository says.

#[cfg(target_os = "linux")]
mod bus;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
mod program;
#[cfg(windows)]
mod windows;

#[cfg(test)]
mod tests;

#[cfg(target_os = "linux")]
use linux as keyring;
#[cfg(target_os = "macos")]
use macos as keyring;
use std::time::Duration;
#[cfg(windows)]
use windows as keyring;
use zeroize::Zeroizing;

/// Longest token that is taken, in bytes.
const SECRET_MAX: usize = 16 * 1024;
/// How long a command may take to print a token.
const COMMAND_TIME: Duration = Duration::from_secs(10);

/// A token. It is shown to nobody: it has neither `Debug` nor `Display`, and its memory is cleared
/// when it is dropped.
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a token, without white space around it.
    ///
    /// # Errors
    /// [`Failure::Empty`], [`Failure::NoToken`] for what cannot be one.
    pub fn new(text: String) -> Result<Secret, Failure> {
        let text = Zeroizing::new(text);
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err(Failure::Empty);
        }
        if trimmed.len() > SECRET_MAX || trimmed.chars().any(char::is_control) {
            return Err(Failure::NoToken);
        }
        Ok(Secret(Zeroizing::new(trimmed.to_owned())))
    }

    /// The token itself, to be sent and to be kept nowhere.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Why there is no token. Its text holds none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No reference at all.
    #[error(
        "a token is named as keyring:NAME, env:NAME or cmd:COMMAND, and never written down itself"
    )]
    NoReference,
    /// What came is nothing.
    #[error("the token is empty")]
    Empty,
    /// What came is no token.
    #[error("this is no token: it has more than one line, or is longer than 16 kB")]
    NoToken,
    /// A variable that is not set.
    #[error("the environment variable `{0}` is not set, or is no text")]
    NotSet(String),
    /// Nothing is kept under that name.
    #[error("the keyring holds nothing called `{0}`; set it")]
    NotKept(String),
    /// The system's keyring cannot be used.
    #[error("the keyring cannot be used: {reason}; name the token as env:NAME or cmd:COMMAND")]
    NoKeyring {
        /// What lacks.
        reason: String,
    },
    /// A command that did not print a token.
    #[error("the command `{program}` for the token {what}")]
    Command {
        /// Its first word.
        program: String,
        /// What went wrong.
        what: String,
    },
}

/// Where a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// In the system's keyring, by this name.
    Keyring(String),
    /// In an environment variable of this name.
    Env(String),
    /// It is what this program prints, run with these arguments and without a shell.
    Cmd(Vec<String>),
}

impl Reference {
    /// Reads `keyring:NAME`, `env:NAME` or `cmd:COMMAND…`. What is none of these may be a token that
    /// someone wrote down: it is not repeated in the error.
    ///
    /// # Errors
    /// [`Failure::NoReference`].
    pub fn read(text: &str) -> Result<Reference, Failure> {
        let (kind, rest) = text.trim().split_once(':').ok_or(Failure::NoReference)?;
        let name = rest.trim();
        let is_name = !name.is_empty()
            && name.len() <= 200
            && !name.chars().any(|it| it.is_control() || it == '=');
        match kind {
            "keyring" if is_name => Ok(Reference::Keyring(name.to_owned())),
            "env" if is_name => Ok(Reference::Env(name.to_owned())),
            "cmd" => match program::words(rest) {
                Some(words) if !words.is_empty() => Ok(Reference::Cmd(words)),
                _ => Err(Failure::NoReference),
            },
            _ => Err(Failure::NoReference),
        }
    }

    /// The token that it names.
    ///
    /// # Errors
    /// Says what lacks, without a word of the token.
    pub fn resolve(&self) -> Result<Secret, Failure> {
        match self {
            Reference::Keyring(name) => {
                let found = keyring::get(name)?;
                Secret::new(found.ok_or_else(|| Failure::NotKept(name.clone()))?)
            }
            Reference::Env(name) => {
                Secret::new(std::env::var(name).map_err(|_| Failure::NotSet(name.clone()))?)
            }
            Reference::Cmd(words) => Secret::new(program::output(words, COMMAND_TIME)?),
        }
    }
}

/// Keeps a token in the system's keyring under a name, in place of what was there.
///
/// # Errors
/// [`Failure::NoKeyring`].
pub fn set(name: &str, secret: &Secret) -> Result<(), Failure> {
    keyring::set(name, secret.reveal())
}

/// Whether the system's keyring holds something under that name.
///
/// # Errors
/// [`Failure::NoKeyring`].
pub fn is_set(name: &str) -> Result<bool, Failure> {
    let found = keyring::get(name)?.map(Zeroizing::new);
    Ok(found.is_some())
}

/// Takes what has that name out of the system's keyring. Returns whether there was something.
///
/// # Errors
/// [`Failure::NoKeyring`].
pub fn remove(name: &str) -> Result<bool, Failure> {
    keyring::remove(name)
}
