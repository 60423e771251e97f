//! RSA with OAEP, for one purpose: a password sent to a server over a way without TLS, as
//! `caching_sha2_password` and `sha256_password` ask for it. Only the public side: there is no key to be
//! kept.

use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY as SHA1, digest};
use ring::rand::SecureRandom;
use rustls::pki_types::SubjectPublicKeyInfoDer;
use rustls::pki_types::pem::PemObject;

/// Largest modulus in bytes; what a server of ill will could ask us to reckon with is bounded by it.
const MODULUS_MAX: usize = 1024;
/// Bytes of a hash.
const HASH: usize = 20;

/// Encrypts a few bytes for the owner of a public key in PEM. None where that is no RSA key, or the
/// bytes are too many for it.
pub(super) fn encrypt(pem: &[u8], message: &[u8]) -> Option<Vec<u8>> {
    let key = SubjectPublicKeyInfoDer::from_pem_slice(pem).ok()?;
    let (modulus, exponent) = read_key(&key)?;
    let size = modulus.len();
    let room = size.checked_sub(2 * HASH + 2)?;
    if size > MODULUS_MAX || message.len() > room {
        return None;
    }
    let mut seed = [0; HASH];
    ring::rand::SystemRandom::new().fill(&mut seed).ok()?;
    let mut block = digest(&SHA1, b"").as_ref().to_vec();
    block.resize(size - HASH - 2 - message.len(), 0);
    block.push(1);
    block.extend_from_slice(message);
    mask(&mut block, &seed);
    mask(&mut seed, &block);
    let mut padded = vec![0];
    padded.extend_from_slice(&seed);
    padded.extend_from_slice(&block);
    let powered = power(&limbs(&padded), exponent, &limbs(modulus))?;
    let bytes: Vec<u8> = powered.iter().rev().flat_map(|it| it.to_be_bytes()).collect();
    let extra = bytes.len().checked_sub(size)?;
    Some(bytes[extra..].to_vec())
}

/// MGF1 over SHA-1.
fn mask(bytes: &mut [u8], seed: &[u8]) {
    for (count, part) in (0u32..).zip(bytes.chunks_mut(HASH)) {
        let hash = digest(&SHA1, &[seed, &count.to_be_bytes()].concat());
        part.iter_mut().zip(hash.as_ref()).for_each(|(byte, with)| *byte ^= with);
    }
}

/// Modulus and exponent of a `SubjectPublicKeyInfo`.
fn read_key(der: &[u8]) -> Option<(&[u8], u64)> {
    let (info, _) = element(der, 0x30)?;
    let (_algorithm, rest) = element(info, 0x30)?;
    let (bits, _) = element(rest, 0x03)?;
    let (key, _) = element(bits.strip_prefix(&[0])?, 0x30)?;
    let (modulus, rest) = element(key, 0x02)?;
    let (exponent, _) = element(rest, 0x02)?;
    let exponent = exponent
        .iter()
        .try_fold(0u64, |all, byte| (all >> 24 == 0).then_some(all << 8 | u64::from(*byte)))?;
    let modulus = modulus.strip_prefix(&[0]).unwrap_or(modulus);
    // An even or empty modulus is none.
    (modulus.last()? & 1 == 1 && exponent > 2).then_some((modulus, exponent))
}

fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let rest = der.strip_prefix(&[tag])?;
    let (first, rest) = rest.split_first()?;
    let (size, rest) = match first {
        0..=0x7F => (usize::from(*first), rest),
        0x81 => (usize::from(*rest.first()?), rest.get(1..)?),
        0x82 => (usize::from(u16::from_be_bytes(*rest.first_chunk()?)), rest.get(2..)?),
        _ => return None,
    };
    rest.split_at_checked(size)
}

/// A number, the lowest limb first.
fn limbs(bytes: &[u8]) -> Vec<u32> {
    let limb = |part: &[u8]| part.iter().fold(0, |all, byte| all << 8 | u32::from(*byte));
    bytes.rchunks(4).map(limb).collect()
}

/// `base` to the power of `exponent`, modulo `modulus`.
fn power(base: &[u32], exponent: u64, modulus: &[u32]) -> Option<Vec<u32>> {
    let top = 63_u32.checked_sub(exponent.leading_zeros())?;
    let mut result = base.to_vec();
    for bit in (0..top).rev() {
        result = product(&result, &result, modulus);
        if exponent >> bit & 1 == 1 {
            result = product(&result, base, modulus);
        }
    }
    Some(result)
}

/// A product modulo a number, by doubling and adding: slow, but a password is sent once.
fn product(left: &[u32], right: &[u32], modulus: &[u32]) -> Vec<u32> {
    let mut sum = vec![0; modulus.len()];
    for limb in right.iter().rev() {
        for bit in (0..32).rev() {
            let doubled = sum.clone();
            add(&mut sum, &doubled, modulus);
            if limb >> bit & 1 == 1 {
                add(&mut sum, left, modulus);
            }
        }
    }
    sum
}

/// Adds a number below the modulus to another such.
fn add(sum: &mut [u32], other: &[u32], modulus: &[u32]) {
    let mut carry = false;
    for (at, limb) in sum.iter_mut().enumerate() {
        let (once, first) = limb.overflowing_add(other.get(at).copied().unwrap_or(0));
        let (twice, second) = once.overflowing_add(u32::from(carry));
        (*limb, carry) = (twice, first | second);
    }
    if carry || sum.iter().rev().ge(modulus.iter().rev()) {
        let mut borrow = false;
        for (limb, less) in sum.iter_mut().zip(modulus) {
            let (once, first) = limb.overflowing_sub(*less);
            let (twice, second) = once.overflowing_sub(u32::from(borrow));
            (*limb, borrow) = (twice, first | second);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_reckoned_modulo() {
        // 0x1234567890abcdef ^ 65537 mod 0xfffffffffffffffb, and a case with a carry beyond the limbs.
        let modulus = 0xffff_ffff_ffff_fffb_u64;
        let base = 0x1234_5678_90ab_cdef_u64;
        let mut expected = 1u128;
        for _ in 0..65537 {
            expected = expected * u128::from(base) % u128::from(modulus);
        }
        let result = power(&limbs(&base.to_be_bytes()), 65537, &limbs(&modulus.to_be_bytes()));
        let bytes: Vec<u8> =
            result.unwrap_or_default().iter().rev().flat_map(|it| it.to_be_bytes()).collect();
        assert_eq!(bytes, u64::try_from(expected).unwrap_or_default().to_be_bytes());
    }

    #[test]
    fn what_is_no_key_is_refused() {
        assert_eq!(encrypt(b"", b"x"), None);
        assert_eq!(
            encrypt(b"-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----\n", b"x"),
            None
        );
    }
}
