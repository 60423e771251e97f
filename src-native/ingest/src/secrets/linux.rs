//! The Secret Service: the keyring of GNOME, KDE and KeePassXC, over the session bus.

use super::Failure;
use super::bus::{Bus, Reply, Trouble, Words};
use std::time::Duration;

const SERVICE: &str = "org.freedesktop.secrets";
const ROOT: &str = "/org/freedesktop/secrets";
/// Where what is new is kept, whatever that collection is called.
const DEFAULT: &str = "/org/freedesktop/secrets/aliases/default";
/// An answer that asks nobody.
const SOON: Duration = Duration::from_secs(10);
/// A person types the keyring's password meanwhile.
const PATIENCE: Duration = Duration::from_secs(120);

pub(super) fn get(name: &str) -> Result<Option<String>, Failure> {
    let mut ring = Ring::open()?;
    let Some(item) = ring.find(name)? else { return Ok(None) };
    let session = ring.session.clone();
    let body = Words::new("o").path(&session);
    let reply = ring.call(&item, "org.freedesktop.Secret.Item", "GetSecret", body)?;
    let mut read = reply.reader();
    let secret = read.start_struct().and_then(|()| read.text()).and_then(|_| {
        read.bytes()?;
        read.bytes()
    });
    let secret = secret.ok_or_else(strange)?;
    String::from_utf8(secret).map(Some).map_err(|_| Failure::NoToken)
}

pub(super) fn set(name: &str, token: &str) -> Result<(), Failure> {
    let mut ring = Ring::open()?;
    ring.unlock(DEFAULT)?;
    let session = ring.session.clone();
    let label = format!("Backstory: {name}");
    let body = Words::new("a{sv}(oayays)b")
        .array(8, |it| {
            let it = it.align(8).text("org.freedesktop.Secret.Item.Label").sign("s").text(&label);
            let it = it.align(8).text("org.freedesktop.Secret.Item.Attributes").sign("a{ss}");
            attributes(it, name)
        })
        .align(8)
        .path(&session)
        .bytes(b"")
        .bytes(token.as_bytes())
        .text("text/plain")
        .flag(true);
    let reply = ring.call(DEFAULT, "org.freedesktop.Secret.Collection", "CreateItem", body)?;
    let mut read = reply.reader();
    read.text();
    let prompt = read.text().ok_or_else(strange)?;
    ring.ask(&prompt)
}

pub(super) fn remove(name: &str) -> Result<bool, Failure> {
    let mut ring = Ring::open()?;
    let Some(item) = ring.find(name)? else { return Ok(false) };
    let reply = ring.call(&item, "org.freedesktop.Secret.Item", "Delete", Words::new(""))?;
    let prompt = reply.reader().text().ok_or_else(strange)?;
    ring.ask(&prompt)?;
    Ok(true)
}

/// What an item is found by; other programs for keyrings use the same two.
fn attributes(words: Words, name: &str) -> Words {
    words.array(8, |it| {
        let it = it.align(8).text("service").text("backstory");
        it.align(8).text("username").text(name)
    })
}

/// An open conversation with the keyring. The bus is a socket of this user alone, so the token goes
/// over it as it is.
struct Ring {
    bus: Bus,
    session: String,
}

impl Ring {
    fn open() -> Result<Ring, Failure> {
        let bus = Bus::session(SOON).map_err(unusable)?;
        let mut ring = Ring { bus, session: String::new() };
        let body = Words::new("sv").text("plain").sign("s").text("");
        let reply = ring.call(ROOT, "org.freedesktop.Secret.Service", "OpenSession", body)?;
        let mut read = reply.reader();
        let session = read.variant_text().and_then(|_| read.text());
        ring.session = session.ok_or_else(strange)?;
        Ok(ring)
    }

    fn call(&mut self, path: &str, of: &str, what: &str, body: Words) -> Result<Reply, Failure> {
        self.bus.call(SERVICE, path, of, what, body, SOON).map_err(unusable)
    }

    /// The item of that name, unlocked.
    fn find(&mut self, name: &str) -> Result<Option<String>, Failure> {
        let body = attributes(Words::new("a{ss}"), name);
        let reply = self.call(ROOT, "org.freedesktop.Secret.Service", "SearchItems", body)?;
        let mut read = reply.reader();
        let open = read.texts().ok_or_else(strange)?;
        let locked = read.texts().ok_or_else(strange)?;
        if let Some(item) = open.into_iter().next() {
            return Ok(Some(item));
        }
        let Some(item) = locked.into_iter().next() else { return Ok(None) };
        self.unlock(&item)?;
        Ok(Some(item))
    }

    fn unlock(&mut self, what: &str) -> Result<(), Failure> {
        let body = Words::new("ao").array(4, |it| it.path(what));
        let reply = self.call(ROOT, "org.freedesktop.Secret.Service", "Unlock", body)?;
        let mut read = reply.reader();
        read.texts();
        let prompt = read.text().ok_or_else(strange)?;
        self.ask(&prompt)
    }

    /// Lets the keyring ask the person, where it wants to.
    fn ask(&mut self, prompt: &str) -> Result<(), Failure> {
        if prompt == "/" {
            return Ok(());
        }
        let of = "org.freedesktop.Secret.Prompt";
        let rule = format!("type='signal',interface='{of}',member='Completed',path='{prompt}'");
        self.bus.listen(&rule, SOON).map_err(unusable)?;
        self.call(prompt, of, "Prompt", Words::new("s").text(""))?;
        let done = self.bus.signal(prompt, "Completed", PATIENCE).map_err(unusable)?;
        match done.reader().flag() {
            Some(false) => Ok(()),
            _ => Err(Failure::NoKeyring { reason: "it stays locked".into() }),
        }
    }
}

fn strange() -> Failure {
    Failure::NoKeyring { reason: "it answers strangely".into() }
}

fn unusable(trouble: Trouble) -> Failure {
    let reason = match trouble {
        Trouble::NoBus => "this session has no bus (DBUS_SESSION_BUS_ADDRESS)".into(),
        Trouble::Slow => "it does not answer".into(),
        Trouble::Cut => "the session bus closed the connection".into(),
        Trouble::Strange => "the session bus answers strangely".into(),
        Trouble::Said(name) => match name.as_str() {
            "org.freedesktop.DBus.Error.ServiceUnknown"
            | "org.freedesktop.DBus.Error.NameHasNoOwner"
            | "org.freedesktop.DBus.Error.Spawn.ExecFailed"
            | "org.freedesktop.DBus.Error.Spawn.ServiceNotFound" => {
                "no program for keyrings runs in this session".into()
            }
            "org.freedesktop.Secret.Error.IsLocked" => "it is locked".into(),
            "org.freedesktop.Secret.Error.NoSuchObject"
            | "org.freedesktop.DBus.Error.UnknownObject"
            | "org.freedesktop.DBus.Error.UnknownMethod" => {
                "it has no default collection; make one in your keyring program".into()
            }
            other => crate::sources::web::line(other, 120),
        },
    };
    Failure::NoKeyring { reason }
}
