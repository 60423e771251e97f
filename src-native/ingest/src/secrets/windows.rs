//! The Credential Manager of Windows.

use super::Failure;
use keyring_core::api::CredentialStoreApi;
use keyring_core::{Entry, Error};

fn entry(name: &str) -> Result<Entry, Failure> {
    let store = windows_native_keyring_store::Store::new().map_err(|it| unusable(&it))?;
    store.build("backstory", name, None).map_err(|it| unusable(&it))
}

pub(super) fn get(name: &str) -> Result<Option<String>, Failure> {
    match entry(name)?.get_password() {
        Ok(token) => Ok(Some(token)),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(unusable(&error)),
    }
}

pub(super) fn set(name: &str, token: &str) -> Result<(), Failure> {
    entry(name)?.set_password(token).map_err(|it| unusable(&it))
}

pub(super) fn remove(name: &str) -> Result<bool, Failure> {
    match entry(name)?.delete_credential() {
        Ok(()) => Ok(true),
        Err(Error::NoEntry) => Ok(false),
        Err(error) => Err(unusable(&error)),
    }
}

/// An error may hold what could not be decoded: only its kind is told.
fn unusable(error: &Error) -> Failure {
    let reason = match error {
        Error::NoStorageAccess(_) => "this session may not use the Credential Manager",
        Error::TooLong(..) => "the name or the token is too long for the Credential Manager",
        _ => "the Credential Manager refuses",
    };
    Failure::NoKeyring { reason: reason.into() }
}
