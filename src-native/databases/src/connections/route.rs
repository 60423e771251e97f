//! The way to a database: secrets resolved, tunnel dug.

use super::entry::{Password, Trust, is_loopback};
use super::tunnel::Tunnel;
use super::{Entry, Known, found};
use crate::{Address, Failure, Reason, Result, Secret, Session, Target, TlsMode};
use std::path::PathBuf;

/// What is asked of the world outside: handed in by the caller, so that nothing here depends on it.
pub struct Ways<'a> {
    /// The value of an environment variable.
    pub env: &'a dyn Fn(&str) -> Option<String>,
    /// The user's home folder.
    pub home: Option<PathBuf>,
    /// The folder that paths are from which were typed by hand.
    pub folder: PathBuf,
    /// What a reference leads to: `keyring:NAME`, `env:NAME`, `cmd:COMMAND`.
    pub secret: &'a dyn Fn(&str) -> Result<Secret>,
    /// Asks whoever connects for the password of an entry.
    pub prompt: &'a dyn Fn(&Entry) -> Result<Secret>,
    /// How ssh is started: its program, and what goes before everything else. `ssh` by custom.
    pub ssh: Vec<String>,
}

/// The way to a database. It is kept as long as its sessions are: the tunnel ends with it.
#[derive(Debug)]
pub struct Route {
    /// Where it leads; of several, the first that answers.
    pub targets: Vec<Target>,
    /// What whoever goes there should know: "the way is not encrypted".
    pub warnings: Vec<String>,
    /// Files of passwords that could not be used, and why.
    passed_over: Vec<String>,
    tunnel: Option<Tunnel>,
}

/// Goes from a name, a URL or a file to the way there.
///
/// # Errors
/// [`Reason::Usage`] where there is no such connection; what [`reach`] fails with.
pub fn resolve(name_or_url: &str, known: &Known, ways: &Ways<'_>) -> Result<Route> {
    reach(&known.find(name_or_url, ways)?, ways)
}

/// Resolves the secrets of an entry, and digs its tunnel.
///
/// # Errors
/// [`Reason::Refused`] where it is of a project's file that has to be trusted first;
/// [`Reason::Connection`] where a secret cannot be had or the tunnel not be dug.
pub fn reach(entry: &Entry, ways: &Ways<'_>) -> Result<Route> {
    if let Trust::NotYet { file, needs: Some(needs) } = &entry.trust {
        return Err(untrusted(entry, file, needs));
    }
    let asked = match &entry.password {
        Password::Unsaid => None,
        Password::Given(secret) => Some(secret.clone()),
        Password::Reference(reference) => Some((ways.secret)(reference).map_err(|mut it| {
            it.message = format!("no password for connection `{}`: {}", entry.name, it.message);
            it
        })?),
        Password::Prompt => Some((ways.prompt)(entry)?),
    };
    let mut targets = Vec::new();
    let mut warnings = Vec::new();
    for address in &entry.addresses {
        let mut target = entry.target(address);
        target.password = match &asked {
            Some(secret) => Some(secret.clone()),
            None => own_password(entry, address, ways, &mut warnings)?,
        };
        targets.push(target);
    }
    warnings.sort();
    warnings.dedup(); // several addresses, one file
    let passed_over = warnings.clone();
    warnings.extend(encryption(entry, &targets));
    let mut tunnel = None;
    if let Some(ssh) = &entry.ssh {
        let dug = Tunnel::dig(ssh, &entry.addresses, entry.limits.connect_timeout, &ways.ssh)?;
        for (target, address) in targets.iter_mut().zip(&dug.addresses) {
            // What the certificate has to prove is the name that the far end calls.
            let real = match &target.address {
                Address::Host { host, .. } => host.clone(),
                _ => "localhost".to_owned(),
            };
            target.tls.server_name.get_or_insert(real);
            target.address = address.clone();
        }
        tunnel = Some(dug);
    }
    Ok(Route { targets, warnings, passed_over, tunnel })
}

impl Route {
    /// Opens a session: of several servers the first that lets us in.
    ///
    /// # Errors
    /// Those of [`crate::connect`], for the first server; what ssh said where the tunnel has fallen in.
    pub fn connect(&self) -> Result<Box<dyn Session>> {
        self.reach().map_err(|mut failure| {
            // A password that is there and was not used may be why.
            if !self.passed_over.is_empty() && failure.detail.is_none() {
                failure.detail = Some(self.passed_over.join("; "));
            }
            failure
        })
    }

    fn reach(&self) -> Result<Box<dyn Session>> {
        self.check()?;
        let mut first = None;
        for target in &self.targets {
            match crate::connect(target) {
                Ok(session) => return Ok(session),
                Err(failure) if failure.reason == Reason::Connection => {
                    first.get_or_insert(failure);
                }
                Err(failure) => return Err(failure),
            }
        }
        self.check()?;
        let mut failure =
            first.unwrap_or_else(|| Failure::new(Reason::Usage, "the connection leads nowhere"));
        if let (Some(said), None) = (self.said(), &failure.detail) {
            failure.detail = Some(format!("ssh says: {said}"));
        }
        Err(failure)
    }

    /// The last that ssh said, where a tunnel leads there and ssh said anything: why a server behind it
    /// does not answer.
    pub fn said(&self) -> Option<String> {
        self.tunnel.as_ref().and_then(Tunnel::said)
    }

    /// Whether the tunnel stands, where there is one.
    ///
    /// # Errors
    /// [`Reason::Connection`], with what ssh said when it ended.
    pub fn check(&self) -> Result<()> {
        self.tunnel.as_ref().map_or(Ok(()), Tunnel::check)
    }
}

/// A password that the user's other tools have for this server.
fn own_password(
    entry: &Entry,
    address: &Address,
    ways: &Ways<'_>,
    warnings: &mut Vec<String>,
) -> Result<Option<Secret>> {
    let (secret, place) = match found::password(entry, address, ways) {
        Ok(Some(found)) => found,
        Ok(None) => return Ok(None),
        Err(failure) => {
            warnings.push(failure.message); // the server may need no password
            return Ok(None);
        }
    };
    if let Trust::NotYet { file, .. } = &entry.trust {
        let needs = format!("it would be given your password from {place}");
        return Err(untrusted(entry, file, &needs));
    }
    Ok(Some(secret))
}

fn untrusted(entry: &Entry, file: &std::path::Path, needs: &str) -> Failure {
    let text = format!(
        "connection `{}` is not used yet: {needs}, and nobody has said that {} is trusted",
        entry.name,
        file.display()
    );
    Failure::new(Reason::Refused, text).hint(format!(
        "look at the file, then trust it: in the window, or with `backstory query {} --trust`",
        entry.name
    ))
}

fn encryption(entry: &Entry, targets: &[Target]) -> Vec<String> {
    let mut warnings = Vec::new();
    for target in targets {
        let Address::Host { host, .. } = &target.address else { continue };
        match target.tls.mode {
            TlsMode::Off if !is_loopback(host) && entry.ssh.is_none() => {
                warnings.push(format!("the way to {host} is not encrypted"));
            }
            TlsMode::Off if !is_loopback(host) => {
                warnings.push(format!("the way to {host} is not encrypted beyond the tunnel"));
            }
            TlsMode::Unverified => warnings.push(format!(
                "whoever answers is taken for {host}: its certificate is not verified"
            )),
            _ => {}
        }
    }
    warnings
}
