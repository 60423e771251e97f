//! The keychain of macOS.

use super::Failure;
use security_framework::base::Error;
use security_framework::passwords;

const SERVICE: &str = "backstory";
/// `errSecItemNotFound`.
const NOT_FOUND: i32 = -25300;

pub(super) fn get(name: &str) -> Result<Option<String>, Failure> {
    match passwords::get_generic_password(SERVICE, name) {
        Ok(bytes) => String::from_utf8(bytes).map(Some).map_err(|_| Failure::NoToken),
        Err(error) if error.code() == NOT_FOUND => Ok(None),
        Err(error) => Err(unusable(&error)),
    }
}

pub(super) fn set(name: &str, token: &str) -> Result<(), Failure> {
    passwords::set_generic_password(SERVICE, name, token.as_bytes()).map_err(|it| unusable(&it))
}

pub(super) fn remove(name: &str) -> Result<bool, Failure> {
    match passwords::delete_generic_password(SERVICE, name) {
        Ok(()) => Ok(true),
        Err(error) if error.code() == NOT_FOUND => Ok(false),
        Err(error) => Err(unusable(&error)),
    }
}

fn unusable(error: &Error) -> Failure {
    Failure::NoKeyring { reason: crate::sources::web::line(&error.to_string(), 120) }
}
