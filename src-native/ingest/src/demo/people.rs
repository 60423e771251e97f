//! Who they are.

use serde::Deserialize;

use super::Error;
use super::clock::{self, Moment};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    person: Vec<Person>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Person {
    pub(super) id: String,
    /// Names and mails in Git, the usual one first.
    pub(super) git: Vec<String>,
    zone: String,
    pub(super) github: Option<GitHub>,
    pub(super) jira: Option<Jira>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GitHub {
    pub(super) login: String,
    pub(super) number: u64,
    #[serde(default)]
    pub(super) bot: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Jira {
    pub(super) key: String,
    pub(super) login: String,
    pub(super) name: String,
    pub(super) mail: String,
    #[serde(default = "yes")]
    pub(super) active: bool,
}

fn yes() -> bool {
    true
}

pub(super) struct People(Vec<Person>);

/// Somebody at a moment, and what they said or did: `burak 2026-05-20 14:40 …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Deed {
    pub(super) by: String,
    pub(super) at: Moment,
    pub(super) what: String,
}

pub(super) fn read(text: &str) -> Result<People, Error> {
    let written: Written =
        toml::from_str(text).map_err(|it| Error::story("people.toml", it.to_string()))?;
    Ok(People(written.person))
}

impl People {
    pub(super) fn get(&self, id: &str) -> Result<&Person, Error> {
        let found = self.0.iter().find(|it| it.id == id);
        found.ok_or_else(|| Error::story("people.toml", format!("it does not know `{id}`")))
    }

    pub(super) fn at(&self, id: &str, time: &str) -> Result<Moment, Error> {
        let zone = clock::zone(&self.get(id)?.zone);
        let zone = zone.ok_or_else(|| Error::story("people.toml", "a zone is no zone"))?;
        Moment::read(time, zone)
    }

    /// Reads `burak 2026-05-20 14:40 …`; the rest may be empty.
    pub(super) fn deed(&self, text: &str) -> Result<Deed, Error> {
        let mut words = text.splitn(4, [' ', ':']).peekable();
        let mut next = || words.next().unwrap_or_default();
        let (by, date, hour) = (next(), next(), next());
        // The time itself has a colon.
        let (minute, what) = next().split_at_checked(2).unwrap_or_default();
        let at = self.at(by, &format!("{date} {hour}:{minute}"))?;
        let what = what.trim_start_matches(':').trim().to_owned();
        Ok(Deed { by: by.to_owned(), at, what })
    }

    /// By the name and the mail of a commit.
    pub(super) fn of_spelling(&self, spelling: &str) -> Option<&Person> {
        self.0.iter().find(|it| it.git.iter().any(|it| it == spelling))
    }
}
