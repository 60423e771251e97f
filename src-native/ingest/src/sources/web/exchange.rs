//! One request and its answer, on a thread of its own, so that whoever waits for it can go away.

use super::clock::GLANCE;
use super::{Authorization, Base, Failure, Going, Pace, Request, verdict, words};
use crate::secrets::Secret;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use std::io::{self, Read};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use ureq::http::header::AUTHORIZATION;
use ureq::http::{self, HeaderMap, HeaderName, HeaderValue};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Proxy};
use zeroize::Zeroizing;

/// An answer as it came.
pub(super) struct Raw {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    /// Whether the body is as long as was promised.
    pub(super) whole: bool,
}

/// A pool of connections to one server, and what is said to it each time.
pub(super) struct Exchange {
    name: &'static str,
    host: String,
    config: ureq::config::Config,
    agent: Mutex<Agent>,
    /// The token's is marked as sensitive: it is not shown by `Debug`.
    headers: HeaderMap,
    /// What no server may make us say.
    token: Option<Secret>,
    bytes: u64,
}

impl Exchange {
    pub(super) fn new(
        name: &'static str,
        base: &Base,
        authorization: &Authorization,
        more: &[(&'static str, &'static str)],
        pace: Pace,
    ) -> Result<Exchange, Failure> {
        let mut headers = HeaderMap::new();
        headers.insert("accept", HeaderValue::from_static("application/json"));
        for (name, value) in more {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let value = match authorization {
            Authorization::None => None,
            Authorization::Bearer(token) => {
                Some(Zeroizing::new(format!("Bearer {}", token.reveal())))
            }
            Authorization::Basic(user, token) => {
                let pair = Zeroizing::new(format!("{user}:{}", token.reveal()));
                let coded = Zeroizing::new(BASE64_STANDARD.encode(pair.as_bytes()));
                Some(Zeroizing::new(format!("Basic {}", *coded)))
            }
        };
        if let Some(value) = value {
            let value = HeaderValue::from_str(&value);
            let mut value = value.map_err(|_| Failure::BadToken { name })?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let token = match authorization {
            Authorization::None => None,
            Authorization::Bearer(token) | Authorization::Basic(_, token) => {
                let copy = Secret::new(token.reveal().to_owned());
                Some(copy.map_err(|_| Failure::BadToken { name })?)
            }
        };
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("backstory/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(pace.connect))
            .timeout_resolve(Some(pace.connect))
            .timeout_recv_response(Some(pace.silence))
            .timeout_per_read(Some(pace.silence))
            .timeout_per_write(Some(pace.silence))
            .timeout_per_call(Some(pace.whole))
            .proxy(if base.is_loopback() { None } else { Proxy::try_from_env() })
            .https_only(!base.is_loopback())
            .tls_config(tls())
            .build();
        let agent = Mutex::new(Agent::new_with_config(config.clone()));
        let host = base.host().to_owned();
        Ok(Exchange { name, host, config, agent, headers, token, bytes: pace.bytes })
    }

    pub(super) fn has_token(&self) -> bool {
        self.headers.contains_key(AUTHORIZATION)
    }

    /// The beginning of what a server said, without the token, which some repeat.
    pub(super) fn without_token(&self, body: &[u8]) -> String {
        let said = String::from_utf8_lossy(&body[..body.len().min(64 * 1024)]);
        let Some(token) = &self.token else { return said.into_owned() };
        // As it was sent, too: with a name before it and coded.
        let sent = self.headers.get(AUTHORIZATION).and_then(|it| it.to_str().ok());
        let sent = sent.and_then(|it| it.split_once(' ')).map_or("", |it| it.1);
        let coded = sent.trim_end_matches('=');
        let said = said.replace(token.reveal(), "…");
        if coded.is_empty() { said } else { said.replace(coded, "…") }
    }

    /// Asks once. The inner error is what may be better the next time, in a few words.
    pub(super) fn ask(
        &self,
        address: &str,
        request: &Request,
        going: &Going<'_>,
    ) -> Result<Result<Raw, String>, Failure> {
        going.on()?;
        let post = request.post.clone();
        let mut head = http::Request::new(());
        *head.method_mut() = if post.is_some() { http::Method::POST } else { http::Method::GET };
        *head.uri_mut() = address.parse().map_err(|_| Failure::Address {
            address: super::address::shown(address),
            reason: "it is no web address",
        })?;
        *head.headers_mut() = self.headers.clone();
        if let Some(etag) = request.etag.as_deref().and_then(|it| HeaderValue::from_str(it).ok()) {
            head.headers_mut().insert("if-none-match", etag);
        }
        if post.is_some() {
            let json = HeaderValue::from_static("application/json");
            head.headers_mut().insert("content-type", json);
        }
        let agent = self.agent.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (answered, answer) = mpsc::sync_channel(1);
        let (asking, limit) = (agent.clone(), self.bytes);
        let work = move || {
            // Where nobody waits for it any more, it is dropped.
            let _ = answered.send(run(&asking, head, post, limit));
        };
        std::thread::Builder::new().name("web".into()).spawn(work).map_err(|error| {
            let (name, place) = (self.name, super::address::shown(address));
            Failure::Down { name, place, reason: error.to_string(), tries: 1 }
        })?;
        let result = loop {
            match answer.recv_timeout(GLANCE) {
                Ok(result) => break result,
                Err(RecvTimeoutError::Timeout) => {
                    if let Err(cancelled) = going.on() {
                        // Ends what hangs on the network; the next request begins anew.
                        let fresh = Agent::new_with_config(self.config.clone());
                        *self.agent.lock().unwrap_or_else(PoisonError::into_inner) = fresh;
                        agent.shutdown();
                        return Err(cancelled);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => {
                    return Ok(Err("it could not be asked".into()));
                }
            }
        };
        match result {
            Ok(raw) if raw.body.len() as u64 > self.bytes => {
                let place = super::address::shown(address);
                Err(Failure::TooLarge { place, bytes: self.bytes })
            }
            Ok(raw) => Ok(Ok(raw)),
            Err(error) => match certificate(&error) {
                Some(reason) => Err(Failure::Certificate { host: self.host.clone(), reason }),
                None => Ok(Err(trouble(&error))),
            },
        }
    }
}

fn run(
    agent: &Agent,
    head: http::Request<()>,
    post: Option<Vec<u8>>,
    limit: u64,
) -> Result<Raw, ureq::Error> {
    let mut response = match post {
        Some(body) => agent.run(head.map(|()| body))?,
        None => agent.run(head)?,
    };
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let mut body = Vec::new();
    // One byte more tells that there is more. What it says it is packed to is not believed.
    let read = response.body_mut().with_config().limit(u64::MAX).reader().take(limit + 1);
    let whole = read_all(read, &mut body)?;
    // A server may close where it promised more, and some close where they promised less.
    let promised = verdict::text(&headers, "content-length").and_then(|it| it.parse::<u64>().ok());
    let packed = headers.contains_key("content-encoding");
    let whole = whole && (packed || promised.is_none_or(|it| it <= body.len() as u64));
    Ok(Raw { status, headers, body, whole })
}

fn read_all(mut from: impl Read, body: &mut Vec<u8>) -> io::Result<bool> {
    match from.read_to_end(body) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// What went wrong, in words that no address or token gets into.
fn trouble(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve) => {
            "it could not be reached in time".into()
        }
        ureq::Error::Timeout(_) => "it took too long to answer".into(),
        ureq::Error::HostNotFound => "its host is not known to the network".into(),
        ureq::Error::ConnectProxyFailed(_) | ureq::Error::InvalidProxyUrl => {
            "the proxy did not let us through".into()
        }
        ureq::Error::Io(error) => match error.kind() {
            io::ErrorKind::ConnectionRefused => "nothing listens there".into(),
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => {
                "it took too long to answer".into()
            }
            _ => "the connection was cut".into(),
        },
        ureq::Error::Protocol(_) | ureq::Error::BodyStalled => "the connection was cut".into(),
        ureq::Error::Decompress(..) => "the answer could not be unpacked".into(),
        ureq::Error::LargeResponseHeader(..) => "its headers are too long".into(),
        error => words::line(&error.to_string(), 120),
    }
}

/// What the verifier of certificates says, where it was that.
fn certificate(error: &ureq::Error) -> Option<String> {
    let tls = match error {
        ureq::Error::Rustls(error) => error,
        ureq::Error::Io(error) => error.get_ref()?.downcast_ref::<rustls::Error>()?,
        _ => return None,
    };
    matches!(tls, rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented)
        .then(|| words::line(&tls.to_string(), 120))
}

/// Verified always, by the system's own roots: a company's are among them.
fn tls() -> TlsConfig {
    static TLS: OnceLock<TlsConfig> = OnceLock::new();
    let make = || {
        let found = rustls_native_certs::load_native_certs();
        let roots = found.certs.iter().map(|it| Certificate::from_der(it).to_owned());
        TlsConfig::builder()
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .root_certs(RootCerts::from(roots))
            .build()
    };
    TLS.get_or_init(make).clone()
}
