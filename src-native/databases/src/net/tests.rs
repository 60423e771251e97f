//! TLS against servers that have everything wrong that a server can have.

use super::*;
use crate::Engine;
use base64::Engine as _;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection};
use std::net::TcpListener;
use std::path::PathBuf;

/// The name that servers of these tests have.
pub(crate) const NAME: &str = "db.example.org";

/// A certificate and its key.
pub(crate) struct Identity {
    certificate: CertificateDer<'static>,
    key: KeyPair,
}

impl Identity {
    fn key_der(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::try_from(self.key.serialize_der()).unwrap()
    }

    /// The certificate in a file.
    pub(crate) fn certificate_file(&self, folder: &Path) -> PathBuf {
        pem_file(folder, "CERTIFICATE", &self.certificate)
    }

    /// The key in a file.
    fn key_file(&self, folder: &Path) -> PathBuf {
        pem_file(folder, "PRIVATE KEY", &self.key.serialize_der())
    }
}

fn pem_file(folder: &Path, what: &str, der: &[u8]) -> PathBuf {
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let path = folder.join(format!("{}.pem", what.replace(' ', "-")));
    std::fs::write(&path, format!("-----BEGIN {what}-----\n{text}\n-----END {what}-----\n"))
        .unwrap();
    path
}

/// What a certificate says, for the name of the tests unless changed.
pub(crate) fn says(change: impl FnOnce(&mut CertificateParams)) -> CertificateParams {
    let mut params = CertificateParams::new(vec![NAME.to_owned()]).unwrap();
    change(&mut params);
    params
}

fn self_signed(params: &CertificateParams) -> Identity {
    let key = KeyPair::generate().unwrap();
    Identity { certificate: params.self_signed(&key).unwrap().der().clone(), key }
}

/// An authority, and an identity that it signed.
pub(crate) fn signed(params: &CertificateParams) -> (Identity, Identity) {
    let of_authority = says(|it| it.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    let authority = self_signed(&of_authority);
    let issuer = Issuer::from_params(&of_authority, &authority.key);
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, &issuer).unwrap().der().clone();
    (authority, Identity { certificate, key })
}

/// A server that speaks TLS with an identity, answers one line, and asks for a client's certificate
/// where an authority for those is given. It ends with the test.
pub(crate) fn server(identity: &Identity, clients: Option<&Identity>) -> u16 {
    server_of(identity, clients, &[&rustls::version::TLS13, &rustls::version::TLS12])
}

fn server_of(
    identity: &Identity,
    clients: Option<&Identity>,
    versions: &[&'static rustls::SupportedProtocolVersion],
) -> u16 {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(versions)
        .unwrap();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.certificate.clone()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        }
    };
    let chain = vec![identity.certificate.clone()];
    let config = Arc::new(builder.with_single_cert(chain, identity.key_der()).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = ServerConnection::new(config.clone()).unwrap();
            let mut stream = rustls::StreamOwned::new(connection, stream);
            let mut line = [0; 6];
            if stream.read_exact(&mut line).is_ok() {
                let _ = stream.write_all(b"world\n"); // the client may have left
            }
        }
    });
    port
}

/// A target with every default of TLS that goes for machines elsewhere.
fn target(port: u16) -> Target {
    Target {
        engine: Engine::Postgres,
        address: Address::Host { host: "127.0.0.1".to_owned(), port },
        database: None,
        user: None,
        password: None,
        tls: Tls {
            mode: TlsMode::Verify,
            authority: None,
            certificate: None,
            key: None,
            server_name: Some(NAME.to_owned()),
        },
        read_only: true,
        connect_timeout: Duration::from_secs(5),
        options: Vec::new(),
    }
}

/// Goes there, says hello and hears the answer.
pub(crate) fn visit(target: &Target) -> Result<String> {
    let mut wire = secure(dial(target)?, target)?;
    let lost = |it: std::io::Error| Failure::new(Reason::Lost, it.to_string());
    wire.write_all(b"hello\n").map_err(lost)?;
    wire.flush().map_err(lost)?;
    let mut answer = [0; 6];
    wire.read_exact(&mut answer).map_err(lost)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// Why nobody may go there.
fn refused(target: &Target) -> String {
    let failure = visit(target).expect_err("it let us in");
    format!("{} | {}", failure.message, failure.hint.unwrap_or_default())
}

#[test]
fn a_server_that_signed_itself_is_refused_by_name() {
    let port = server(&self_signed(&says(|_| ())), None);
    let said = refused(&target(port));
    assert!(said.contains("is from nobody that is trusted"), "{said}");
    assert!(said.contains("`tls_ca`"), "{said}");
}

#[test]
fn a_server_that_signed_itself_as_an_authority_is_refused_by_name() {
    let identity = self_signed(&says(|it| it.is_ca = IsCa::Ca(BasicConstraints::Unconstrained)));
    let said = refused(&target(server(&identity, None)));
    assert!(said.contains("is that of an authority"), "{said}");
    assert!(said.contains("`tls_ca`"), "{said}");
}

#[test]
fn a_server_of_an_authority_that_is_named_is_let_in() {
    let folder = tempfile::tempdir().unwrap();
    let (authority, identity) = signed(&says(|_| ()));
    let mut target = target(server(&identity, None));
    assert!(refused(&target).contains("is from nobody that is trusted"));
    target.tls.authority = Some(authority.certificate_file(folder.path()));
    assert_eq!(visit(&target).unwrap(), "world\n");
}

#[test]
fn a_certificate_that_signed_itself_is_taken_where_it_is_named_to_the_byte() {
    for is_ca in [IsCa::NoCa, IsCa::Ca(BasicConstraints::Unconstrained)] {
        let folder = tempfile::tempdir().unwrap();
        let params = says(|it| it.is_ca = is_ca);
        let identity = self_signed(&params);
        let mut right = target(server(&identity, None));
        right.tls.authority = Some(identity.certificate_file(folder.path()));
        assert_eq!(visit(&right).unwrap(), "world\n");
        // By another name it is as wrong as any.
        right.tls.server_name = Some("other.example.org".to_owned());
        assert!(refused(&right).contains("is for another name"), "{}", refused(&right));
        // Another that says the same is another.
        let twin = server(&self_signed(&params), None);
        right.tls.server_name = Some(NAME.to_owned());
        right.address = Address::Host { host: "127.0.0.1".to_owned(), port: twin };
        refused(&right);
    }
}

#[test]
fn a_certificate_that_is_named_to_the_byte_still_expires() {
    for is_ca in [IsCa::NoCa, IsCa::Ca(BasicConstraints::Unconstrained)] {
        let folder = tempfile::tempdir().unwrap();
        let identity = self_signed(&says(|it| {
            it.is_ca = is_ca;
            it.not_after = date_time_ymd(2020, 1, 1);
        }));
        let mut target = target(server(&identity, None));
        target.tls.authority = Some(identity.certificate_file(folder.path()));
        let said = refused(&target);
        assert!(said.contains("has expired"), "{said}");
    }
}

#[test]
fn a_certificate_for_another_name_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let (authority, identity) = signed(&says(|_| ()));
    let mut target = target(server(&identity, None));
    target.tls.authority = Some(authority.certificate_file(folder.path()));
    target.tls.server_name = None; // called by its address
    let said = refused(&target);
    assert!(said.contains("is for another name") && said.contains(NAME), "{said}");
    assert!(said.contains("`tls_name`"), "{said}");
}

#[test]
fn certificates_out_of_their_time_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let expired = says(|it| it.not_after = date_time_ymd(2020, 1, 1));
    let early = says(|it| {
        it.not_before = date_time_ymd(3000, 1, 1);
        it.not_after = date_time_ymd(3001, 1, 1);
    });
    for (params, what) in [(expired, "has expired"), (early, "is not valid yet")] {
        let (authority, identity) = signed(&params);
        let mut target = target(server(&identity, None));
        target.tls.authority = Some(authority.certificate_file(folder.path()));
        let said = refused(&target);
        assert!(said.contains(what), "{said}");
    }
}

/// A server that says `greeting` to whoever comes and then only listens.
fn plaintext(greeting: &'static [u8], hang_up: bool) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        for mut stream in listener.incoming().flatten() {
            let _ = stream.write_all(greeting);
            if hang_up {
                let _ = stream.read(&mut [0; 1024]);
            } else {
                kept.push(stream);
            }
        }
    });
    port
}

#[test]
fn a_server_without_tls_is_refused() {
    let said = refused(&target(plaintext(b"220 hello, all in the clear\r\n", false)));
    assert!(said.contains("it does not speak TLS"), "{said}");
    assert!(said.contains("`tls = \"off\"`"), "{said}");
    let said = refused(&target(plaintext(b"", true)));
    assert!(said.contains("it hung up"), "{said}");
}

#[test]
fn a_server_that_is_silent_or_drips_costs_no_more_than_connecting_may() {
    let silent = plaintext(b"", false);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let dripping = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            // The head of a record of TLS that never comes whole.
            for byte in [0x16, 3, 3, 0x40, 0].into_iter().chain(std::iter::repeat(0)) {
                if stream.write_all(&[byte]).is_err() {
                    break;
                }
                std::thread::sleep(Duration::from_millis(50));
            }
        }
    });
    for port in [silent, dripping] {
        let mut target = target(port);
        target.connect_timeout = Duration::from_millis(500);
        let start = Instant::now();
        let said = refused(&target);
        assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
        assert!(said.contains("no answer within 0.5 s"), "{said}");
    }
}

#[test]
fn a_server_that_asks_for_a_certificate_gets_ours_or_is_named_as_asking() {
    let folder = tempfile::tempdir().unwrap();
    let (authority, identity) = signed(&says(|_| ()));
    let client = self_signed(&says(|it| it.is_ca = IsCa::NoCa));
    let versions: [&'static rustls::SupportedProtocolVersion; 2] =
        [&rustls::version::TLS12, &rustls::version::TLS13];
    for version in versions {
        let mut target = target(server_of(&identity, Some(&client), &[version]));
        target.tls.authority = Some(authority.certificate_file(folder.path()));
        let said = refused(&target);
        assert!(said.contains("`tls_cert` and `tls_key`"), "{version:?}: {said}");
        let own = tempfile::tempdir().unwrap();
        target.tls.certificate = Some(client.certificate_file(own.path()));
        let said = refused(&target);
        assert!(said.contains("go together"), "{said}");
        target.tls.key = Some(client.key_file(own.path()));
        assert_eq!(visit(&target).unwrap(), "world\n", "{version:?}");
    }
}

#[test]
fn unverified_takes_whoever_answers_but_not_the_clear() {
    let mut target = target(server(&self_signed(&says(|_| ())), None));
    target.tls.mode = TlsMode::Unverified;
    target.tls.server_name = None;
    assert_eq!(visit(&target).unwrap(), "world\n");
    let mut clear = super::tests::target(plaintext(b"hello\n", false));
    clear.tls.mode = TlsMode::Unverified;
    assert!(refused(&clear).contains("it does not speak TLS"));
}

#[test]
fn files_that_are_no_certificates_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    let mut target = target(1);
    target.tls.authority = Some(path.clone());
    let missing = tls_config(&target.tls).unwrap_err();
    assert_eq!(missing.reason, Reason::File);
    assert!(missing.message.contains("ca.pem"), "{}", missing.message);
    for text in ["", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        std::fs::write(&path, text).unwrap();
        let failure = tls_config(&target.tls).unwrap_err();
        assert_eq!(failure.reason, Reason::File, "{failure}");
        assert!(failure.message.contains("ca.pem"), "{}", failure.message);
    }
}

#[test]
fn nobody_listening_and_no_such_name_are_told_apart() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let failure = dial(&target(free)).unwrap_err();
    assert!(failure.message.contains("connection refused"), "{failure}");
    let mut nowhere = target(1);
    nowhere.address = Address::Host { host: "no-such-host.invalid".to_owned(), port: 1 };
    let failure = dial(&nowhere).unwrap_err();
    assert!(failure.message.contains("no-such-host.invalid"), "{failure}");
    nowhere.address = Address::Socket("/no/such/socket".into());
    let failure = dial(&nowhere).unwrap_err();
    assert!(failure.hint.unwrap().contains("no such socket"));
}
