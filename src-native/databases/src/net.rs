//! The way to a server: TCP or a Unix socket, with TLS over it where the target asks for it.

mod verify;

#[cfg(test)]
pub(crate) mod tests;

use crate::{Address, Failure, Reason, Result, Target, Tls, TlsMode};
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{AlertDescription, CertificateError, ClientConfig, ClientConnection, StreamOwned};
use std::io::{Read, Write};
use std::net::{IpAddr, Shutdown, SocketAddr, TcpStream, ToSocketAddrs};
use std::path::Path;
#[cfg(any(feature = "postgres", feature = "mysql"))]
use std::sync::TryLockError;
#[cfg(any(feature = "postgres", feature = "mysql"))]
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Shortest time that is left to one address of several.
const TRY_AT_LEAST: Duration = Duration::from_millis(200);

/// A way without TLS. Until [`Plain::arrived`] all that is read and written on it together may take as long
/// as connecting may, however slowly the other side drips.
#[derive(Debug)]
pub(crate) struct Plain {
    kind: Kind,
    patience: Mutex<Patience>,
}

#[derive(Debug)]
enum Kind {
    /// Over the network.
    Tcp(TcpStream),
    /// Within this machine.
    #[cfg(unix)]
    Unix(std::os::unix::net::UnixStream),
}

/// How long is waited.
#[derive(Clone, Copy, Debug, Default)]
struct Patience {
    /// Until when we have to be let in; none where we are.
    until: Option<Instant>,
    /// For a single read or write.
    each: Option<Duration>,
}

/// Runs the same for either kind of way.
macro_rules! either {
    ($plain:expr, $it:ident => $do:expr) => {
        match &$plain.kind {
            Kind::Tcp($it) => $do,
            #[cfg(unix)]
            Kind::Unix($it) => $do,
        }
    };
}

impl Plain {
    fn new(kind: Kind, until: Instant) -> std::io::Result<Plain> {
        let plain = Plain { kind, patience: Mutex::default() };
        plain.lock().until = Some(until);
        plain.hurry()?;
        Ok(plain)
    }

    fn lock(&self) -> MutexGuard<'_, Patience> {
        self.patience.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same way once more: to cut it from another thread.
    pub(crate) fn again(&self) -> std::io::Result<Plain> {
        let kind = match &self.kind {
            Kind::Tcp(it) => it.try_clone().map(Kind::Tcp),
            #[cfg(unix)]
            Kind::Unix(it) => it.try_clone().map(Kind::Unix),
        };
        kind.map(|kind| Plain { kind, patience: Mutex::default() })
    }

    /// How long a single read or write may wait; for ever where none is given, once we are let in.
    pub(crate) fn wait_at_most(&self, time: Option<Duration>) -> std::io::Result<()> {
        self.lock().each = time;
        self.set(time)
    }

    /// The server has let us in: from here on it may take its time.
    pub(crate) fn arrived(&self) -> std::io::Result<()> {
        *self.lock() = Patience::default();
        self.set(None)
    }

    fn set(&self, time: Option<Duration>) -> std::io::Result<()> {
        either!(self, it => {
            it.set_read_timeout(time)?;
            it.set_write_timeout(time)
        })
    }

    /// Waits no longer than is left of the time to be let in.
    fn hurry(&self) -> std::io::Result<()> {
        let Patience { until: Some(until), each } = *self.lock() else { return Ok(()) };
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(std::io::ErrorKind::TimedOut.into());
        }
        self.set(Some(each.map_or(left, |it| it.min(left))))
    }

    /// Ends it in both directions: whoever waits on it wakes up, also a server that waits to write. It
    /// learns of the end by what it writes next, for which there is to be room.
    pub(crate) fn cut(&self) {
        if either!(self, it => it.shutdown(Shutdown::Both)).is_err() {
            return; // it is gone already
        }
        let mut come = [0; 16 << 10];
        for _ in 0..UNREAD_MAX / come.len() {
            if !matches!(either!(self, it => (&*it).read(&mut come)), Ok(1..)) {
                break;
            }
        }
    }
}

impl Read for Plain {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.hurry()?;
        either!(self, it => (&*it).read(buffer))
    }
}

impl Write for Plain {
    fn write(&mut self, buffer: &[u8]) -> std::io::Result<usize> {
        self.hurry()?;
        either!(self, it => (&*it).write(buffer))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        either!(self, it => (&*it).flush())
    }
}

/// Bytes that a system keeps at most of what has come and was not read.
const UNREAD_MAX: usize = 64 << 20;

/// A way to a server.
pub(crate) enum Wire {
    /// As it is.
    Plain(Plain),
    /// Encrypted.
    Tls(Box<StreamOwned<ClientConnection, Plain>>),
}

impl Wire {
    /// The way with TLS over it, once hands are shaken.
    pub(crate) fn secured(plain: Plain, connection: ClientConnection) -> Wire {
        Wire::Tls(Box::new(StreamOwned::new(connection, plain)))
    }

    /// What is beneath.
    pub(crate) fn plain(&self) -> &Plain {
        match self {
            Wire::Plain(it) => it,
            Wire::Tls(it) => &it.sock,
        }
    }

    /// Whether it is encrypted.
    #[allow(dead_code, reason = "an engine that needs it may be left out")]
    pub(crate) fn encrypted(&self) -> bool {
        matches!(self, Wire::Tls(_))
    }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Wire::Plain(it) => it.read(buffer),
            Wire::Tls(it) => it.read(buffer).map_err(|error| plainly(it, error)),
        }
    }
}

impl Write for Wire {
    fn write(&mut self, buffer: &[u8]) -> std::io::Result<usize> {
        match self {
            Wire::Plain(it) => it.write(buffer),
            Wire::Tls(it) => it.write(buffer).map_err(|error| plainly(it, error)),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self {
            Wire::Plain(it) => it.flush(),
            Wire::Tls(it) => it.flush().map_err(|error| plainly(it, error)),
        }
    }
}

/// Goes to a server, without TLS yet. All that comes until [`Plain::arrived`] may take as long as connecting
/// may, this included.
///
/// # Errors
/// [`Reason::Connection`], naming the address.
pub(crate) fn dial(target: &Target) -> Result<Plain> {
    let until = Instant::now() + target.connect_timeout;
    let kind = match &target.address {
        Address::Host { host, port } => Kind::Tcp(dial_host(target, host, *port, until)?),
        #[cfg(unix)]
        Address::Socket(path) => Kind::Unix(
            std::os::unix::net::UnixStream::connect(path)
                .map_err(|it| unreachable_at(&path.display().to_string(), &it))?,
        ),
        #[cfg(not(unix))]
        Address::Socket(_) => {
            return Err(Failure::new(Reason::Unsupported, "this system has no Unix sockets"));
        }
        Address::File(path) => {
            let text =
                format!("{} has servers, not files: {}", target.engine.title(), path.display());
            return Err(Failure::new(Reason::Usage, text));
        }
    };
    Plain::new(kind, until).map_err(|it| unreachable_at(&target.shown(), &it))
}

fn dial_host(target: &Target, host: &str, port: u16, until: Instant) -> Result<TcpStream> {
    let shown = format!("{host}:{port}");
    let found = match host.parse::<IpAddr>() {
        Ok(address) => vec![SocketAddr::new(address, port)],
        Err(_) => looked_up(target, host, port)?,
    };
    let mut last = None;
    for (at, address) in found.iter().enumerate() {
        let left = until.saturating_duration_since(Instant::now());
        let share = left / u32::try_from(found.len() - at).unwrap_or(1);
        match TcpStream::connect_timeout(address, share.max(TRY_AT_LEAST)) {
            Ok(stream) => {
                let _ = stream.set_nodelay(true); // slower without, but as good
                return Ok(stream);
            }
            Err(error) => last = Some(error),
        }
    }
    Err(match last {
        Some(error) if error.kind() == std::io::ErrorKind::TimedOut => {
            too_long(&shown, target.connect_timeout)
        }
        Some(error) => unreachable_at(&shown, &error),
        None => Failure::new(Reason::Connection, format!("the name `{host}` has no address")),
    })
}

/// The addresses of a name, looked up on a thread of its own: the system's resolver cannot be told to stop.
fn looked_up(target: &Target, host: &str, port: u16) -> Result<Vec<SocketAddr>> {
    let (tell, hear) = std::sync::mpsc::channel();
    let name = (host.to_owned(), port);
    std::thread::spawn(move || {
        let _ = tell.send(name.to_socket_addrs().map(Iterator::collect::<Vec<_>>));
    });
    match hear.recv_timeout(target.connect_timeout) {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(error)) => {
            let text = format!("the name `{host}` cannot be looked up: {error}");
            Err(Failure::new(Reason::Connection, text).hint("check how the host is written"))
        }
        Err(_) => Err(too_long(&format!("{host}:{port}"), target.connect_timeout)),
    }
}

fn too_long(shown: &str, time: Duration) -> Failure {
    let text = format!("no answer from {shown} within {} s", time.as_secs_f64());
    Failure::new(Reason::Connection, text)
        .hint("check host, port and firewall, or allow more with `connect_timeout`")
}

fn unreachable_at(shown: &str, error: &std::io::Error) -> Failure {
    let hint = match error.kind() {
        std::io::ErrorKind::ConnectionRefused => {
            "nothing listens there: check the port, or start the server"
        }
        std::io::ErrorKind::NotFound => {
            "there is no such socket: check its path, or start the server"
        }
        std::io::ErrorKind::PermissionDenied => "this user may not go there",
        _ => "check host, port and network",
    };
    let text = format!("cannot connect to {shown}: {}", plain_words(error));
    Failure::new(Reason::Connection, text).hint(hint)
}

/// An error of the system without its number, which means nothing to most.
fn plain_words(error: &std::io::Error) -> String {
    let text = error.to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    text[..end].to_lowercase()
}

/// Puts TLS over a way, as the target says. Not to be called where it says [`TlsMode::Off`].
///
/// # Errors
/// [`Reason::Connection`], saying what is wrong with the certificate.
#[allow(dead_code, reason = "an engine that needs it may be left out")]
pub(crate) fn secure(mut plain: Plain, target: &Target) -> Result<Wire> {
    let connection = shake(&mut plain, target, &[])?;
    Ok(Wire::secured(plain, connection))
}

/// Shakes hands for TLS over what leads to a server, offering protocols where it is to choose one.
///
/// # Errors
/// [`Reason::Connection`], saying what is wrong with the certificate.
pub(crate) fn shake(
    way: &mut (impl Read + Write),
    target: &Target,
    protocols: &[&[u8]],
) -> Result<ClientConnection> {
    let name = server_name(target)?;
    let mut config = tls_config(&target.tls)?;
    config.alpn_protocols = protocols.iter().map(|it| it.to_vec()).collect();
    let mut connection =
        ClientConnection::new(Arc::new(config), name).map_err(|it| tls_failure(target, &it))?;
    while connection.is_handshaking() {
        if let Err(error) = connection.complete_io(way) {
            return Err(match last_words(&mut connection, way, &error) {
                Some(error) => tls_failure(target, &error),
                None => no_handshake(target, &error),
            });
        }
    }
    Ok(connection)
}

/// What TLS itself says was wrong. A server that hung up may have said why, and we may have been
/// writing when it did: then it is still to be read.
fn last_words(
    connection: &mut ClientConnection,
    from: &mut dyn Read,
    error: &std::io::Error,
) -> Option<rustls::Error> {
    use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
    if let Some(error) = error.get_ref().and_then(|it| it.downcast_ref::<rustls::Error>()) {
        return Some(error.clone());
    }
    if !matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset) {
        return None;
    }
    while let Ok(1..) = connection.read_tls(from) {
        if let Err(error) = connection.process_new_packets() {
            return Some(error);
        }
    }
    None
}

fn no_handshake(target: &Target, error: &std::io::Error) -> Failure {
    use std::io::ErrorKind::{BrokenPipe, ConnectionReset, TimedOut, UnexpectedEof, WouldBlock};
    let shown = target.shown();
    let why = match error.kind() {
        TimedOut | WouldBlock => {
            format!("no answer within {} s", target.connect_timeout.as_secs_f64())
        }
        UnexpectedEof | BrokenPipe | ConnectionReset => "it hung up".to_owned(),
        _ => plain_words(error),
    };
    Failure::new(Reason::Connection, format!("{shown} did not shake hands for TLS: {why}"))
        .hint(NO_TLS)
}

/// What to do where there seems to be no TLS.
const NO_TLS: &str = "check that the port is the right one and the server has TLS, or say \
                      `tls = \"off\"` where the network is trusted";

fn server_name(target: &Target) -> Result<ServerName<'static>> {
    let host = match (&target.tls.server_name, &target.address) {
        (Some(name), _) => name.clone(),
        (None, Address::Host { host, .. }) => host.clone(),
        (None, _) => "localhost".to_owned(),
    };
    ServerName::try_from(host.clone()).map_err(|_| {
        Failure::new(
            Reason::Connection,
            format!("`{host}` is no name that a certificate can prove"),
        )
    })
}

/// How TLS is spoken, as a connection says; for engines whose library brings its own way.
///
/// # Errors
/// [`Reason::File`] where a certificate or key cannot be read.
pub(crate) fn tls_config(tls: &Tls) -> Result<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|it| Failure::new(Reason::Connection, format!("TLS cannot be used: {it}")))?;
    let verifier: Arc<dyn ServerCertVerifier> = match (tls.mode, &tls.authority) {
        (TlsMode::Verify, Some(path)) => Arc::new(verify::Named::new(path, provider)?),
        (TlsMode::Verify, None) => verify::system(provider)?,
        _ => Arc::new(verify::Anybody(provider)),
    };
    let builder = builder.dangerous().with_custom_certificate_verifier(verifier);
    match (&tls.certificate, &tls.key) {
        (Some(certificate), Some(key)) => {
            let chain = certificates(certificate)?;
            let key = PrivateKeyDer::from_pem_file(key).map_err(|it| pem(key, "key", &it))?;
            builder.with_client_auth_cert(chain, key).map_err(|it| {
                let text = format!("certificate and key do not fit together: {it}");
                Failure::new(Reason::File, text)
            })
        }
        (None, None) => Ok(builder.with_no_client_auth()),
        _ => Err(Failure::new(Reason::Usage, "a client's certificate and its key go together")
            .hint("name both, or neither")),
    }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let found = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|it| pem(path, "certificate", &it))?;
    if found.is_empty() {
        let text = format!("there is no certificate in {}", path.display());
        return Err(Failure::new(Reason::File, text).hint("it has to be in PEM"));
    }
    Ok(found)
}

fn pem(path: &Path, what: &str, error: &dyn std::fmt::Display) -> Failure {
    let text = format!("the {what} in {} cannot be read: {error}", path.display());
    Failure::new(Reason::File, text).hint("it has to be in PEM")
}

fn tls_failure(target: &Target, error: &rustls::Error) -> Failure {
    let shown = target.shown();
    let (what, hint) = words(error);
    let text = match error {
        rustls::Error::InvalidCertificate(_) => {
            format!("{shown} is not trusted: {what} ({error})")
        }
        _ => format!("no TLS with {shown}: {what} ({error})"),
    };
    Failure::new(Reason::Connection, text).hint(hint)
}

/// What a fault of TLS means, and what to do.
fn words(error: &rustls::Error) -> (&'static str, &'static str) {
    match error {
        rustls::Error::InvalidCertificate(why) => match why {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                ("its certificate has expired", "its owner has to renew it")
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                ("its certificate is not valid yet", "check the clock of this machine")
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                (
                    "its certificate is for another name",
                    "call it by the name that its certificate has, or name that as `tls_name`",
                )
            }
            CertificateError::UnknownIssuer => (
                "its certificate is from nobody that is trusted",
                "name the certificate of its authority, or its own where it signed itself, as `tls_ca`",
            ),
            CertificateError::Revoked => ("its certificate was revoked", "ask its owner"),
            _ if verify::is_authority(why) => (
                "its certificate is that of an authority, and from nobody that is trusted",
                "where it signed itself and you have its certificate, name that as `tls_ca`",
            ),
            _ => ("its certificate is not valid", "ask its owner"),
        },
        rustls::Error::AlertReceived(why) => match why {
            AlertDescription::ProtocolVersion => {
                ("it has only versions of TLS that are not safe", "its owner has to renew it")
            }
            AlertDescription::UnrecognisedName => (
                "it does not know the name that it was called by",
                "call it by its own name, or name that as `tls_name`",
            ),
            AlertDescription::CertificateRequired => {
                ("it asks for a certificate of ours", "name yours as `tls_cert` and `tls_key`")
            }
            _ => (
                "it refused our side of TLS",
                "it may ask for a certificate of ours: name yours as `tls_cert` and `tls_key`",
            ),
        },
        rustls::Error::PeerIncompatible(_) => (
            "it has only versions or ciphers of TLS that are not safe",
            "its owner has to renew it",
        ),
        _ => ("it does not speak TLS", NO_TLS),
    }
}

/// The same fault where it comes late: some servers look at our certificate after the handshake.
fn plainly(
    stream: &mut StreamOwned<ClientConnection, Plain>,
    error: std::io::Error,
) -> std::io::Error {
    match last_words(&mut stream.conn, &mut stream.sock, &error) {
        Some(fault) => {
            let (what, hint) = words(&fault);
            let text = format!("the server ended it over TLS: {what} ({fault}); {hint}");
            std::io::Error::new(error.kind(), text)
        }
        None => error,
    }
}
/// Marks whether a statement runs. Whoever tells the server to stop it holds the mark meanwhile and is waited for,
/// so that the word does not hit the next one; but not where the connection was cut, for then none comes, and a silent
/// network may keep the word for long.
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(crate) fn mark(running: &Mutex<bool>, cut: &AtomicBool, whether: bool) {
    loop {
        match running.try_lock() {
            Ok(mut running) => *running = whether,
            Err(TryLockError::Poisoned(broken)) => *broken.into_inner() = whether,
            Err(TryLockError::WouldBlock) if cut.load(Ordering::SeqCst) => {}
            Err(TryLockError::WouldBlock) => {
                std::thread::sleep(Duration::from_millis(1));
                continue;
            }
        }
        return;
    }
}
