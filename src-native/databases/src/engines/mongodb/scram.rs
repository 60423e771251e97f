//! SCRAM, by which a server and we prove to each other that we know a password: RFC 5802 and RFC 7677.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use ring::{digest, hmac, pbkdf2, rand};
use std::num::NonZeroU32;
use zeroize::Zeroizing;

/// How often a server may have a password hashed: more would keep us busy for seconds.
const ROUNDS_MAX: u32 = 2_000_000;
/// How often it has to.
const ROUNDS_MIN: u32 = 4096;

/// Which hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Sha1,
    Sha256,
}

impl Hash {
    pub(super) fn mechanism(self) -> &'static str {
        match self {
            Hash::Sha1 => "SCRAM-SHA-1",
            Hash::Sha256 => "SCRAM-SHA-256",
        }
    }

    fn hmac(self) -> hmac::Algorithm {
        match self {
            Hash::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Hash::Sha256 => hmac::HMAC_SHA256,
        }
    }

    fn digest(self) -> &'static digest::Algorithm {
        match self {
            Hash::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Hash::Sha256 => &digest::SHA256,
        }
    }

    fn stretch(self) -> pbkdf2::Algorithm {
        match self {
            Hash::Sha1 => pbkdf2::PBKDF2_HMAC_SHA1,
            Hash::Sha256 => pbkdf2::PBKDF2_HMAC_SHA256,
        }
    }

    /// What takes the password's place: its normal form, or for the old kind MongoDB's own digest.
    pub(super) fn password(self, user: &str, password: &str) -> Zeroizing<String> {
        match self {
            Hash::Sha256 => {
                let prepared = stringprep::saslprep(password);
                Zeroizing::new(prepared.map_or_else(|_| password.to_owned(), |it| it.into_owned()))
            }
            Hash::Sha1 => {
                let plain = Zeroizing::new(format!("{user}:mongo:{password}"));
                Zeroizing::new(crate::bson::json::hex(&Md5::digest(plain.as_bytes())))
            }
        }
    }
}

/// A conversation.
pub(super) struct Scram {
    hash: Hash,
    password: Zeroizing<String>,
    nonce: String,
    first_bare: String,
    server_signature: Vec<u8>,
}

impl Scram {
    /// Begins one with a word that was never used.
    pub(super) fn new(hash: Hash, user: &str, password: &str) -> Option<Scram> {
        let mut random = [0; 24];
        rand::SecureRandom::fill(&rand::SystemRandom::new(), &mut random).ok()?;
        Some(Scram::with(hash, user, hash.password(user, password), STANDARD.encode(random)))
    }

    fn with(hash: Hash, user: &str, password: Zeroizing<String>, nonce: String) -> Scram {
        let user = user.replace('=', "=3D").replace(',', "=2C");
        let first_bare = format!("n={user},r={nonce}");
        Scram { hash, password, nonce, first_bare, server_signature: Vec::new() }
    }

    /// What is said first.
    pub(super) fn first(&self) -> String {
        format!("n,,{}", self.first_bare)
    }

    /// Our proof, to what the server said.
    pub(super) fn proof(&mut self, server: &str) -> Result<String, &'static str> {
        let field = |name: &str| server.split(',').find_map(|it| it.strip_prefix(name));
        let nonce = field("r=").ok_or("it says no nonce")?;
        if !nonce.starts_with(&self.nonce) || nonce.len() == self.nonce.len() {
            return Err("its nonce does not go on from ours");
        }
        let salt = field("s=").and_then(|it| STANDARD.decode(it).ok()).ok_or("it says no salt")?;
        let rounds: u32 = field("i=").and_then(|it| it.parse().ok()).ok_or("it says no rounds")?;
        if !(ROUNDS_MIN..=ROUNDS_MAX).contains(&rounds) {
            return Err("it asks for too few rounds, or for too many");
        }
        let rounds = NonZeroU32::new(rounds).ok_or("it says no rounds")?;
        let mut salted = Zeroizing::new(vec![0; self.hash.digest().output_len()]);
        pbkdf2::derive(self.hash.stretch(), rounds, &salt, self.password.as_bytes(), &mut salted);
        let sign =
            |key: &[u8], text: &[u8]| hmac::sign(&hmac::Key::new(self.hash.hmac(), key), text);
        let client_key = sign(&salted, b"Client Key");
        let stored = digest::digest(self.hash.digest(), client_key.as_ref());
        let without_proof = format!("c=biws,r={nonce}");
        let all = format!("{},{server},{without_proof}", self.first_bare);
        let signature = sign(stored.as_ref(), all.as_bytes());
        let proof: Vec<u8> =
            client_key.as_ref().iter().zip(signature.as_ref()).map(|(a, b)| a ^ b).collect();
        let server_key = sign(&salted, b"Server Key");
        self.server_signature = sign(server_key.as_ref(), all.as_bytes()).as_ref().to_vec();
        Ok(format!("{without_proof},p={}", STANDARD.encode(proof)))
    }

    /// Whether the server proved that it knows the password.
    pub(super) fn is_proven(&self, server: &str) -> bool {
        let said = server.split(',').find_map(|it| it.strip_prefix("v="));
        let said = said.and_then(|it| STANDARD.decode(it).ok());
        !self.server_signature.is_empty() && said.as_deref() == Some(&self.server_signature[..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoken(hash: Hash, nonce: &str, server: &str, proof: &str, end: &str) {
        let password = Zeroizing::new("pencil".to_owned());
        let mut scram = Scram::with(hash, "user", password, nonce.to_owned());
        assert_eq!(scram.first(), format!("n,,n=user,r={nonce}"));
        assert!(!scram.is_proven(end));
        assert_eq!(scram.proof(server).unwrap(), proof);
        assert!(scram.is_proven(end));
        assert!(!scram.is_proven("v=rmF9pqV8S7suAoZWja4dJRkFsKQ=x") && !scram.is_proven("e=no"));
    }

    #[test]
    fn the_conversations_of_the_standards_are_spoken_word_by_word() {
        spoken(
            Hash::Sha1,
            "fyko+d2lbbFgONRv9qkxdawL",
            "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
            "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
            "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
        );
        spoken(
            Hash::Sha256,
            "rOprNGfwEbeRWgbNEkqO",
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
            "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
        );
    }

    #[test]
    fn a_server_that_cheats_is_not_answered() {
        for server in [
            "r=other,s=QSXCR+Q6sek8bf92,i=4096",
            "r=mine,s=QSXCR+Q6sek8bf92,i=4096",
            "r=mineyours,s=QSXCR+Q6sek8bf92,i=1",
            "r=mineyours,s=QSXCR+Q6sek8bf92,i=4294967295",
            "r=mineyours,i=4096",
            "",
        ] {
            let password = Zeroizing::new("pencil".to_owned());
            let mut scram = Scram::with(Hash::Sha256, "user", password, "mine".to_owned());
            assert!(scram.proof(server).is_err(), "{server}");
        }
        assert_eq!(&**Hash::Sha1.password("user", "pencil"), "1c33006ec1ffd90f9cadcbcc0e118200");
    }
}
