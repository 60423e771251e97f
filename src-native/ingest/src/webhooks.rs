//! Deliveries of GitHub and Jira: who sent them, what they are, and whether they came before. Pure.

#[cfg(test)]
mod tests;

use crate::secrets::Secret;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::borrow::Cow;

/// Largest delivery, in bytes: GitHub sends none that is larger.
pub const BODY_MAX: usize = 25 * 1024 * 1024;

/// Who sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// GitHub.
    GitHub,
    /// Jira, in the cloud or on a server.
    Jira,
}

/// A delivery that its sender signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery<'a> {
    /// What happened: `pull_request`, `jira:issue_updated`; empty where it does not say.
    pub event: String,
    /// The same for each time that this delivery is sent, and for no other: whoever keeps these
    /// refuses what comes again.
    pub id: String,
    /// When it happened, in milliseconds since 1970; 0 where it does not say.
    pub time: i64,
    /// What it tells.
    pub json: Cow<'a, [u8]>,
}

/// Why a delivery is not taken, with the status to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// 413.
    #[error("the delivery is larger than 25 MB")]
    TooLarge,
    /// 401.
    #[error("the delivery is not signed; set the same secret there and here")]
    Unsigned,
    /// 401.
    #[error("the signature does not fit; set the same secret there and here")]
    Forged,
    /// 415.
    #[error("the delivery is neither JSON nor a form; choose application/json")]
    ContentType,
    /// 400.
    #[error("the delivery holds no JSON")]
    NotJson,
    /// 400.
    #[error("the delivery has no id, so it could be sent again and again")]
    NoId,
}

impl Refusal {
    /// The HTTP status to answer with.
    pub fn status(self) -> u16 {
        match self {
            Refusal::TooLarge => 413,
            Refusal::Unsigned | Refusal::Forged => 401,
            Refusal::ContentType => 415,
            Refusal::NotJson | Refusal::NoId => 400,
        }
    }
}

/// Reads a delivery: its signature first, over the body as it came, then the rest. `header` gives
/// the value of a header by its name in lower case.
///
/// # Errors
/// Why it is not taken; nothing of an unsigned one is looked at.
pub fn read<'a, 'h>(
    sender: Sender,
    secret: &Secret,
    header: impl Fn(&str) -> Option<&'h str>,
    body: &'a [u8],
) -> Result<Delivery<'a>, Refusal> {
    if body.len() > BODY_MAX {
        return Err(Refusal::TooLarge);
    }
    let signature = match sender {
        Sender::GitHub => header("x-hub-signature-256"),
        Sender::Jira => header("x-hub-signature"),
    };
    verify(secret, signature.ok_or(Refusal::Unsigned)?, body)?;
    let kind = header("content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let json = match kind.as_str() {
        "application/json" => Cow::Borrowed(body),
        "application/x-www-form-urlencoded" => {
            Cow::Owned(field(body, b"payload").ok_or(Refusal::NotJson)?)
        }
        _ => return Err(Refusal::ContentType),
    };
    #[derive(serde::Deserialize)]
    struct Body {
        #[serde(default, rename = "webhookEvent")]
        event: Option<String>,
        #[serde(default)]
        timestamp: Option<serde_json::Number>,
    }
    let whole = json.iter().find(|it| !it.is_ascii_whitespace()) == Some(&b'{')
        && serde_json::from_slice::<serde::de::IgnoredAny>(&json).is_ok();
    if !whole {
        return Err(Refusal::NotJson);
    }
    let told = serde_json::from_slice::<Body>(&json).ok();
    let time = told.as_ref().and_then(|it| it.timestamp.as_ref()?.as_i64()).unwrap_or(0);
    let (event, id) = match sender {
        Sender::GitHub => {
            (header("x-github-event").map(str::to_owned), header("x-github-delivery"))
        }
        Sender::Jira => (told.and_then(|it| it.event), header("x-atlassian-webhook-identifier")),
    };
    let id = match id.map(str::trim) {
        Some(id) if !id.is_empty() && id.len() <= 200 => id.to_owned(),
        Some(_) => return Err(Refusal::NoId),
        None if sender == Sender::GitHub => return Err(Refusal::NoId),
        // Older servers of Jira name no delivery; the same body is the same delivery, since it
        // holds the moment that it tells of.
        None if time != 0 => signature_of(secret, body).ok_or(Refusal::NoId)?,
        None => return Err(Refusal::NoId),
    };
    Ok(Delivery { event: event.unwrap_or_default(), id, time, json })
}

/// Whether `signature` (`sha256=…`) is the sender's over these bytes. Takes the same time wherever
/// it differs.
///
/// # Errors
/// [`Refusal::Forged`].
pub fn verify(secret: &Secret, signature: &str, body: &[u8]) -> Result<(), Refusal> {
    let hex = signature.trim().strip_prefix("sha256=").ok_or(Refusal::Forged)?;
    let mut given = [0; 32];
    if hex.len() != 64 {
        return Err(Refusal::Forged);
    }
    for (byte, pair) in given.iter_mut().zip(hex.as_bytes().chunks_exact(2)) {
        let digit = |it: u8| char::from(it).to_digit(16).and_then(|it| u8::try_from(it).ok());
        let (Some(high), Some(low)) = (digit(pair[0]), digit(pair[1])) else {
            return Err(Refusal::Forged);
        };
        *byte = high << 4 | low;
    }
    let mac = mac(secret, body).ok_or(Refusal::Forged)?;
    mac.verify_slice(&given).map_err(|_| Refusal::Forged)
}

/// The signature in hex, as senders write it.
fn signature_of(secret: &Secret, body: &[u8]) -> Option<String> {
    let bytes = mac(secret, body)?.finalize().into_bytes();
    Some(bytes.iter().map(|it| format!("{it:02x}")).collect())
}

fn mac(secret: &Secret, body: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.reveal().as_bytes()).ok()?;
    mac.update(body);
    Some(mac)
}

/// The value of a form's field.
fn field(form: &[u8], name: &[u8]) -> Option<Vec<u8>> {
    let value = form.split(|it| *it == b'&').find_map(|it| {
        let at = it.iter().position(|it| *it == b'=')?;
        (&it[..at] == name).then_some(&it[at + 1..])
    })?;
    let mut out = Vec::with_capacity(value.len());
    let mut rest = value.iter();
    while let Some(byte) = rest.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(*rest.next()?).to_digit(16);
                u8::try_from(digit()? << 4 | digit()?).ok()?
            }
            byte => *byte,
        });
    }
    Some(out)
}
