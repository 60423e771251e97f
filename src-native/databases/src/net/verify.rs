//! Whose certificates are taken.

use super::certificates;
use crate::{Failure, Reason, Result};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, RootCertStore, SignatureScheme};
use std::path::Path;
use std::sync::Arc;

/// Takes the certificates that this system trusts.
///
/// # Errors
/// [`Reason::Connection`] where it trusts nobody.
pub(super) fn system(provider: Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        let text = "this system has no certificates of authorities to verify a server by";
        return Err(Failure::new(Reason::Connection, text).hint("name one as `tls_ca`"));
    }
    Ok(verifier(roots, provider)?)
}

fn verifier(
    roots: RootCertStore,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>> {
    let built = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build();
    built.map_err(|it| Failure::new(Reason::Connection, format!("TLS cannot be used: {it}")))
}

/// Takes the certificates of authorities that a file names, and those that the file itself holds.
#[derive(Debug)]
pub(super) struct Named {
    inner: Arc<WebPkiServerVerifier>,
    held: Vec<CertificateDer<'static>>,
}

impl Named {
    /// # Errors
    /// [`Reason::File`] where the file has no certificate.
    pub(super) fn new(path: &Path, provider: Arc<CryptoProvider>) -> Result<Named> {
        let held = certificates(path)?;
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(held.iter().cloned());
        if roots.is_empty() {
            let text = format!("no certificate in {} can be understood", path.display());
            return Err(Failure::new(Reason::File, text));
        }
        Ok(Named { inner: verifier(roots, provider)?, held })
    }
}

impl ServerCertVerifier for Named {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        stapled: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verified = self.inner.verify_server_cert(certificate, chain, name, stapled, now);
        match &verified {
            // A certificate that signed itself by the plainest command of OpenSSL calls itself an
            // authority, and is refused as a server's for that alone, its dates being right. One that
            // the user has named to the byte is taken, if the name is right too.
            Err(rustls::Error::InvalidCertificate(why))
                if is_authority(why) && self.held.contains(certificate) =>
            {
                verify_server_name(&ParsedCertificate::try_from(certificate)?, name)?;
                Ok(ServerCertVerified::assertion())
            }
            _ => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

/// Whether a certificate was refused because it is an authority's. The library tells this by text alone.
pub(super) fn is_authority(why: &CertificateError) -> bool {
    match why {
        CertificateError::Other(why) => format!("{:?}", why.0) == "CaUsedAsEndEntity",
        _ => false,
    }
}

/// Takes any certificate: what [`crate::TlsMode::Unverified`] asks for.
#[derive(Debug)]
pub(super) struct Anybody(pub(super) Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
