//! Trackers that are asked over the network, and their tokens.

use super::{Intake, Settings, read};
use crate::Error;
use crate::secrets::{self, Secret};
use crate::sources::record::Sink;
use crate::sources::web::page::Step;
use crate::sources::web::{Authorization, Base, Going, Pace, Request, Told, Web};
use crate::sources::{github, jira};
use serde::Deserialize;
use std::sync::atomic::AtomicBool;
use store::Store;
use store::writes::{Tracker, TrackerKind};

/// Reads what is new in a tracker that is asked over the network. `tell` takes what it is doing.
/// What a page brought and how far it goes are written together, so that a reading that ends in the
/// middle goes on there.
///
/// # Errors
/// What a person has to know or do; what was taken before stays, and the next run goes on there.
pub fn sync(
    store: &Store,
    name: &str,
    intake: &mut Intake<'_>,
    cancel: &AtomicBool,
    tell: &dyn Fn(&str),
) -> Result<(), Error> {
    let tracker = known(store, name)?;
    let settings = asked(&tracker)?;
    let authorization = authorization(tracker.kind, &settings)?;
    let going = Going { cancel, tell: &|told| tell_of(tell, &told) };
    match tracker.kind {
        TrackerKind::Jira => {
            let walk = jira::live::Walk::new(site(&settings)?, &authorization, Pace::default())?;
            let mut cursor = jira::live::Cursor::read(&tracker.cursor);
            while !take(tracker.kind, walk.step(&mut cursor, &going)?, &cursor.text(), intake)? {}
        }
        TrackerKind::GitHub => {
            let walk = github::live::Walk::new(place(&settings)?, &authorization, Pace::default())?;
            let mut cursor = github::live::Cursor::read(&tracker.cursor);
            loop {
                let step = walk.step(&mut cursor, &going)?;
                if let Some(renamed) = &step.renamed {
                    rename(store, &tracker, &settings, renamed)?;
                }
                if take(tracker.kind, step, &cursor.text(), intake)? {
                    break;
                }
            }
        }
    }
    Ok(())
}

/// Takes what a page brought together with how far the walk is. Returns whether it is at its end.
fn take(
    kind: TrackerKind,
    step: Step,
    cursor: &str,
    intake: &mut Intake<'_>,
) -> Result<bool, Error> {
    for fetched in &step.documents {
        read(kind, &fetched.document(), intake)?;
    }
    step.refused.into_iter().for_each(|it| intake.refuse(it));
    intake.flush(Some(cursor))?;
    Ok(step.done)
}

/// Goes on with a repository of GitHub's under the name that it has now.
fn rename(
    store: &Store,
    tracker: &Tracker,
    settings: &Settings,
    renamed: &str,
) -> Result<(), Error> {
    let server = settings.address.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    let settings = Settings { address: format!("{server}/{renamed}"), ..settings.clone() };
    store.write(|writer| {
        writer.set_tracker_settings(tracker.id, &settings.text())?;
        let detail = format!("{} is {renamed} now", tracker.name);
        writer.audit(crate::now(), "sync", "follow a renamed repository", &detail)
    })?;
    Ok(())
}

fn tell_of(tell: &dyn Fn(&str), told: &Told) {
    match told {
        Told::Asking(_) => tell("reading"),
        waiting @ Told::Waiting { .. } => tell(&waiting.to_string()),
    }
}

/// The settings of a tracker that has an address.
fn asked(tracker: &Tracker) -> Result<Settings, Error> {
    let settings = Settings::read(&tracker.settings);
    match settings.address.is_empty() {
        true => Err(Error::NoAddress(tracker.name.clone())),
        false => Ok(settings),
    }
}

fn authorization(kind: TrackerKind, settings: &Settings) -> Result<Authorization, Error> {
    let Some(token) = Settings::secret(&settings.token)? else { return Ok(Authorization::None) };
    Ok(match kind {
        TrackerKind::Jira if !settings.user.is_empty() => {
            Authorization::Basic(settings.user.clone(), token)
        }
        _ => Authorization::Bearer(token),
    })
}

fn site(settings: &Settings) -> Result<jira::live::Site, Error> {
    let kind = match settings.is_cloud() {
        true => jira::live::Kind::Cloud,
        false => jira::live::Kind::Server,
    };
    let scope = match settings.projects.is_empty() {
        // The cloud refuses a query that leaves nothing out.
        true => jira::live::Scope::Jql("project is not EMPTY".to_owned()),
        false => jira::live::Scope::Projects(settings.projects.clone()),
    };
    Ok(jira::live::Site { base: Base::read(&settings.address)?, kind, scope })
}

fn place(settings: &Settings) -> Result<github::live::Place, Error> {
    let no = || Error::NoGitHub(settings.address.clone());
    let (owner, name) = settings.repository().ok_or_else(no)?;
    let (owner, name) = (owner.to_owned(), name.to_owned());
    Ok(github::live::Place { api: api(settings)?, owner, name })
}

/// Where GitHub, or a GitHub Enterprise Server, answers programs.
fn api(settings: &Settings) -> Result<Base, Error> {
    let base = Base::read(&settings.address)?;
    let address = match base.host() {
        "github.com" | "www.github.com" => github::live::API.to_owned(),
        _ => format!("{}/api/v3", base.server()),
    };
    Ok(Base::read(&address)?)
}

/// Asks a tracker who we are: the account's name, where there is a token, and a sentence.
///
/// # Errors
/// As [`sync`].
pub fn check(
    store: &Store,
    name: &str,
    cancel: &AtomicBool,
) -> Result<(Option<String>, String), Error> {
    let tracker = known(store, name)?;
    let settings = asked(&tracker)?;
    let authorization = authorization(tracker.kind, &settings)?;
    let open = matches!(authorization, Authorization::None);
    let going = Going { cancel, tell: &|_| {} };
    let (called, base, who, there) = match tracker.kind {
        TrackerKind::Jira => {
            ("Jira", Base::read(&settings.address)?, "/rest/api/2/myself", "/rest/api/2/serverInfo")
        }
        TrackerKind::GitHub => ("GitHub", api(&settings)?, "/user", ""),
    };
    let web = Web::new(called, base, &authorization, &[], Pace::default())?;
    let there = match tracker.kind {
        TrackerKind::Jira => there.to_owned(),
        TrackerKind::GitHub => place(&settings)?.path(),
    };
    web.fetch(&Request::get(there), &going)?;
    if open {
        let text = format!("{called} answers without a token: what is public can be read");
        return Ok((None, text));
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Account {
        login: Option<String>,
        display_name: Option<String>,
        name: Option<String>,
    }
    let answer = web.fetch(&Request::get(who), &going)?;
    let account: Option<Account> = serde_json::from_slice(&answer.body).ok();
    let account = account.and_then(|it| it.login.or(it.display_name).or(it.name));
    let text = match &account {
        Some(account) => format!("{called} takes the token and knows us as {account}"),
        None => format!("{called} takes the token"),
    };
    Ok((account, text))
}

/// Keeps a tracker's token in the system's keyring and returns the reference to it.
///
/// # Errors
/// Where there is no keyring, or the text is no token.
pub fn set_token(store: &Store, name: &str, token: String) -> Result<String, Error> {
    let secret = Secret::new(token)?;
    let tracker = known(store, name)?;
    secrets::set(&format!("backstory {name}"), &secret)?;
    let token = format!("keyring:backstory {name}");
    let settings = Settings { token: token.clone(), ..Settings::read(&tracker.settings) };
    store.write(|writer| writer.set_tracker_settings(tracker.id, &settings.text()))?;
    Ok(token)
}

/// Takes a tracker's token out of the system's keyring, and its reference out of the settings.
///
/// # Errors
/// Where there is no keyring.
pub fn remove_token(store: &Store, name: &str) -> Result<(), Error> {
    let tracker = known(store, name)?;
    let settings = Settings::read(&tracker.settings);
    if let Some(kept) = settings.token.strip_prefix("keyring:") {
        secrets::remove(kept)?;
    }
    let settings = Settings { token: String::new(), ..settings };
    store.write(|writer| writer.set_tracker_settings(tracker.id, &settings.text()))?;
    Ok(())
}

fn known(store: &Store, name: &str) -> Result<Tracker, Error> {
    let found = store.write(|writer| writer.tracker(name))?;
    found.ok_or_else(|| Error::NoTracker(name.to_owned()))
}
