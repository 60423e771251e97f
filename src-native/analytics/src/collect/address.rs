//! Who is at the other end: addresses, networks of them, and what a proxy that is trusted says.

use std::net::IpAddr;

/// A network: an address and how many of its first bits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    /// Reads `192.0.2.0/24`, `2001:db8::/32`, or one address.
    ///
    /// # Errors
    /// A sentence where it is none.
    pub fn read(text: &str) -> Result<Network, String> {
        let wrong = || format!("`{text}` is no network; write 192.0.2.0/24 or 2001:db8::/32");
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text.trim(), None),
        };
        let address = plain(address.parse().map_err(|_| wrong())?);
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            Some(bits) => bits.parse().ok().filter(|it| *it <= most).ok_or_else(wrong)?,
            None => most,
        };
        Ok(Network { address, bits })
    }

    /// Whether the address is in it.
    pub fn holds(&self, address: IpAddr) -> bool {
        match (self.address, plain(address)) {
            (IpAddr::V4(own), IpAddr::V4(it)) => {
                let differ = u32::from(own) ^ u32::from(it);
                differ.checked_shr(32 - u32::from(self.bits)).unwrap_or(0) == 0
            }
            (IpAddr::V6(own), IpAddr::V6(it)) => {
                let differ = u128::from(own) ^ u128::from(it);
                differ.checked_shr(128 - u32::from(self.bits)).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

/// An address of IPv4 that is written as one of IPv6 is one of IPv4.
pub fn plain(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(it) => it.to_ipv4_mapped().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

/// Whose request it is. What stands in `X-Forwarded-For` is taken only from those who are trusted, from
/// the last to the first: the first that is not trusted is who asks. Anybody can write what stands before.
pub fn client(peer: IpAddr, forwarded: &[&str], trusted: &[Network]) -> IpAddr {
    let is_trusted = |it: IpAddr| trusted.iter().any(|network| network.holds(it));
    let mut client = plain(peer);
    for hop in forwarded.iter().rev().flat_map(|it| it.rsplit(',')) {
        if !is_trusted(client) {
            break;
        }
        let Some(address) = hop_address(hop.trim()) else { break };
        client = address;
    }
    client
}

/// `192.0.2.1`, `192.0.2.1:443`, `[2001:db8::1]:443`.
fn hop_address(hop: &str) -> Option<IpAddr> {
    let bare = |it: &str| it.parse().ok().map(plain);
    let with_port = || hop.parse::<std::net::SocketAddr>().ok().map(|it| plain(it.ip()));
    bare(hop).or_else(with_port).or_else(|| bare(hop.strip_prefix('[')?.strip_suffix(']')?))
}

/// What of an address tells one household from another: all of IPv4, the first half of IPv6.
pub(super) fn household(address: IpAddr) -> [u8; 8] {
    match plain(address) {
        IpAddr::V4(it) => {
            let [a, b, c, d] = it.octets();
            [0, 0, 0, 0, a, b, c, d]
        }
        IpAddr::V6(it) => {
            let mut half = [0; 8];
            half.copy_from_slice(&it.octets()[..8]);
            half
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_network_holds_what_shares_its_first_bits() {
        let holds = |network: &str, it: &str| Network::read(network).unwrap().holds(ip(it));
        assert!(holds("192.0.2.0/24", "192.0.2.255") && !holds("192.0.2.0/24", "192.0.3.0"));
        assert!(holds("0.0.0.0/0", "9.9.9.9") && !holds("0.0.0.0/0", "::1"));
        assert!(holds("2001:db8::/33", "2001:db8:7fff::1"));
        assert!(!holds("2001:db8::/33", "2001:db8:8000::1"));
        assert!(holds("10.0.0.1", "::ffff:10.0.0.1"), "one address, however it is written");
        for wrong in ["", "10.0.0.0/33", "::/129", "10.0.0", "example.org", "10.0.0.0/-1"] {
            assert!(Network::read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_who_is_trusted_is_believed_about_others() {
        let trusted = [Network::read("127.0.0.1").unwrap(), Network::read("10.0.0.0/8").unwrap()];
        let of = |peer: &str, said: &[&str]| client(ip(peer), said, &trusted).to_string();
        assert_eq!(
            of("192.0.2.9", &["198.51.100.1"]),
            "192.0.2.9",
            "a stranger says what it likes"
        );
        assert_eq!(of("127.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(of("127.0.0.1", &["6.6.6.6, 198.51.100.1, 10.1.1.1"]), "198.51.100.1");
        assert_eq!(of("127.0.0.1", &["6.6.6.6", "198.51.100.1"]), "198.51.100.1", "two headers");
        assert_eq!(of("127.0.0.1", &["[2001:db8::1]:4711"]), "2001:db8::1");
        assert_eq!(of("::ffff:127.0.0.1", &["198.51.100.1:80"]), "198.51.100.1");
        assert_eq!(of("127.0.0.1", &["unknown"]), "127.0.0.1");
        assert_eq!(of("127.0.0.1", &[]), "127.0.0.1");
    }
}
