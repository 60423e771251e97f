//! The country of an address, from a table that comes along: registries' own lists, as they stand when a
//! version is made. It is unpacked when the first address is looked up, to 3.2 MB.

use super::address::plain;
use flate2::read::ZlibDecoder;
use std::io::Read;
use std::net::IpAddr;
use std::sync::LazyLock;

/// How it is packed stands beside it, in `pack-countries.py`.
static PACKED: &[u8] = include_bytes!("../../../../assets/analytics/countries.bin");

#[derive(Default)]
struct Table {
    /// First addresses, and whose they are from there on: a place in `names`, and 0 for nobody's.
    four: (Vec<u32>, Vec<u8>),
    /// The same of the first 48 bits.
    six: (Vec<u64>, Vec<u8>),
    names: Vec<[u8; 2]>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| unpacked(PACKED).unwrap_or_default());

/// Two letters; empty where nobody says.
pub fn of(address: IpAddr) -> &'static str {
    let table = &*TABLE;
    let place = match plain(address) {
        IpAddr::V4(it) => found(&table.four, u32::from(it)),
        IpAddr::V6(it) => found(&table.six, (u128::from(it) >> 80) as u64),
    };
    let name = usize::from(place).checked_sub(1).and_then(|it| table.names.get(it));
    name.and_then(|it| std::str::from_utf8(it).ok()).unwrap_or_default()
}

fn found<T: Ord>((bounds, places): &(Vec<T>, Vec<u8>), it: T) -> u8 {
    let after = bounds.partition_point(|bound| *bound <= it);
    after.checked_sub(1).and_then(|at| places.get(at)).copied().unwrap_or(0)
}

fn unpacked(packed: &[u8]) -> Option<Table> {
    let rest = packed.strip_prefix(b"BSC1")?;
    let (count, rest) = rest.split_first()?;
    let (names, mut rest) = rest.split_at_checked(2 * usize::from(*count))?;
    let names = names.as_chunks().0.to_vec();
    let mut part = || {
        let (length, after) = rest.split_first_chunk()?;
        let (packed, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        rest = after;
        let mut part = Vec::new();
        ZlibDecoder::new(packed).read_to_end(&mut part).ok()?;
        Some(part)
    };
    let four = (bounds(&part()?).into_iter().map(|it| it as u32).collect(), part()?);
    let six = (bounds(&part()?), part()?);
    Some(Table { four, six, names })
}

/// Sums of the gaps, each in groups of seven bits, the lowest first.
fn bounds(gaps: &[u8]) -> Vec<u64> {
    let (mut sum, mut gap, mut shift) = (0u64, 0u64, 0);
    let mut bounds = Vec::new();
    for byte in gaps {
        gap |= u64::from(byte & 127).checked_shl(shift).unwrap_or(0);
        shift += 7;
        if byte & 128 == 0 {
            sum = sum.wrapping_add(gap);
            bounds.push(sum);
            (gap, shift) = (0, 0);
        }
    }
    bounds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_the_country_that_the_lists_give_them() {
        for (address, country) in [
            ("8.8.8.8", "US"),
            ("1.1.1.1", "AU"),
            ("193.0.6.139", "NL"),
            ("46.4.0.1", "DE"),
            ("::ffff:46.4.0.1", "DE"),
            ("200.160.2.3", "BR"),
            ("10.0.0.1", ""),
            ("0.0.0.0", ""),
            ("255.255.255.255", ""),
            ("2001:67c:2e8:22::c100:68b", "NL"),
            ("2a01:4f8::1", "DE"),
            ("2400:3200::1", "CN"),
            ("::1", ""),
            ("fe80::1", ""),
        ] {
            assert_eq!(of(address.parse().unwrap()), country, "{address}");
        }
    }

    #[test]
    fn both_lists_are_whole_and_in_order() {
        let table = unpacked(PACKED).unwrap();
        assert_eq!((table.four.0.len(), table.four.1.len()), (334_831, 334_831));
        assert_eq!((table.six.0.len(), table.six.1.len()), (166_989, 166_989));
        assert!(table.four.0.is_sorted() && table.six.0.is_sorted());
        assert!(
            table.four.1.iter().chain(&table.six.1).all(|it| usize::from(*it) <= table.names.len())
        );
        assert!(unpacked(&PACKED[..1000]).is_none() && unpacked(b"").is_none());
    }
}
