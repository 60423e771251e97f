//! Where a tracker is, whom it is asked as, and where its token is: never the token itself.

use crate::Error;
use crate::secrets::{Reference, Secret};
use crate::sources::document::Document;
use crate::sources::github;
use crate::sources::web::Base;
use serde::{Deserialize, Serialize};
use store::writes::TrackerKind;

/// What a tracker's row says of how to reach it. Everything may be empty: files need none of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Where it is: `https://acme.atlassian.net`, `https://github.com/acme/shop`.
    pub address: String,
    /// The keys of Jira's projects that are read; all that the account may see where none is named.
    pub projects: Vec<String>,
    /// The mail address that goes with a token of Jira Cloud's.
    pub user: String,
    /// Where the token is: `keyring:NAME`, `env:NAME`, `cmd:COMMAND`; empty for none.
    pub token: String,
    /// Where the secret is that signs its deliveries; empty where none are taken.
    pub hook: String,
}

impl Settings {
    /// Reads what a row says; nothing where that is damaged.
    pub fn read(text: &str) -> Settings {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// As a row says it.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned())
    }

    /// Looks whether all of it makes sense.
    ///
    /// # Errors
    /// A sentence that names what does not.
    pub fn check(&self, kind: TrackerKind) -> Result<(), Error> {
        Base::read(&self.address)?;
        if kind == TrackerKind::GitHub && self.repository().is_none() {
            return Err(Error::NoGitHub(self.address.clone()));
        }
        for reference in [&self.token, &self.hook] {
            if !reference.is_empty() {
                Reference::read(reference)?;
            }
        }
        Ok(())
    }

    /// Owner and name of a repository of GitHub's.
    pub fn repository(&self) -> Option<(&str, &str)> {
        let path = self.address.trim_end_matches('/').split_once("://")?.1;
        let mut parts = path.split('/').skip(1);
        let (owner, name) = (parts.next()?, parts.next()?);
        let whole = parts.next().is_none() && !owner.is_empty() && !name.is_empty();
        whole.then(|| (owner, name.strip_suffix(".git").unwrap_or(name)))
    }

    /// The repository of GitHub's that a document tells of, where that is another than this one; none
    /// where either does not say.
    pub fn other_than(&self, kind: TrackerKind, document: &Document<'_>) -> Option<String> {
        let (owner, name) = self.repository().filter(|_| kind == TrackerKind::GitHub)?;
        let told = github::repository(document)?;
        (!told.eq_ignore_ascii_case(&format!("{owner}/{name}"))).then_some(told)
    }

    /// The host that it is on, which is what its accounts are told apart by.
    pub fn host(&self) -> Result<String, Error> {
        Ok(Base::read(&self.address)?.host().to_owned())
    }

    /// Whether it is Jira in Atlassian's cloud, whose interface is another than a server's.
    pub fn is_cloud(&self) -> bool {
        self.host().is_ok_and(|it| it.ends_with(".atlassian.net"))
    }

    /// The token; none where no place is named.
    ///
    /// # Errors
    /// Where there is nothing in that place.
    pub fn secret(reference: &str) -> Result<Option<Secret>, Error> {
        match reference.is_empty() {
            true => Ok(None),
            false => Ok(Some(Reference::read(reference)?.resolve()?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: &str) -> Settings {
        Settings { address: address.to_owned(), ..Settings::default() }
    }

    #[test]
    fn an_address_of_github_names_owner_and_repository() {
        for address in [
            "https://github.com/acme/shop",
            "https://github.com/acme/shop/",
            "https://github.com/acme/shop.git",
            "http://127.0.0.1:8080/acme/shop",
        ] {
            assert_eq!(at(address).repository(), Some(("acme", "shop")), "{address}");
            at(address).check(TrackerKind::GitHub).unwrap();
        }
        for address in ["https://github.com/acme", "https://github.com/acme/shop/pull/1"] {
            let error = at(address).check(TrackerKind::GitHub).unwrap_err().to_string();
            assert!(error.contains("owner") && error.contains(address), "{error}");
        }
    }

    #[test]
    fn a_token_that_was_written_down_is_refused_and_not_repeated() {
        let settings = Settings { token: "ghp_0123456789".into(), ..at("https://github.com/a/b") };
        let error = settings.check(TrackerKind::GitHub).unwrap_err().to_string();
        assert!(error.contains("keyring:NAME") && !error.contains("ghp_"), "{error}");
    }

    #[test]
    fn settings_come_back_as_they_were_and_damage_is_no_settings() {
        let settings = Settings {
            projects: vec!["PROJ".into()],
            token: "env:T".into(),
            ..at("https://x.example")
        };
        assert_eq!(Settings::read(&settings.text()), settings);
        assert_eq!(Settings::read("{ nonsense"), Settings::default());
        assert!(at("https://acme.atlassian.net").is_cloud());
        assert!(!at("https://jira.example.org").is_cloud());
    }
}
