//! Trackers that are asked over the network, and their tokens.

use super::{Intake, Settings};
use crate::Error;
use crate::secrets::{self, Secret};
use std::sync::atomic::AtomicBool;
use store::Store;
use store::writes::Tracker;

/// Reads what is new in a tracker that is asked over the network. `tell` takes what it is doing.
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
    let _ = (store, name, intake, cancel, tell);
    Err(Error::NoAddress(name.to_owned()))
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
    let _ = (store, cancel);
    Err(Error::NoAddress(name.to_owned()))
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
