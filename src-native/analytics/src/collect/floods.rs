//! Too much from one address: what each may send, counted in memory and by a keyed hash of it.

use super::address::household;
use super::salts::Key;
use std::collections::HashMap;
use std::io;
use std::net::IpAddr;

/// How many addresses are counted at a time.
const COUNTED: usize = 100_000;
/// How many seconds' worth may come at once.
const AT_ONCE: i64 = 10;

/// What every address has left.
pub struct Floods {
    key: Key,
    /// Requests in a second; none: without limit.
    rate: Option<u32>,
    /// Moments until which an address has used up its share, in milliseconds.
    until: HashMap<[u8; 16], i64>,
}

impl Floods {
    /// # Errors
    /// Where the system gives no chance.
    pub fn new(rate: Option<u32>) -> io::Result<Floods> {
        Ok(Floods { key: Key::draw()?, rate, until: HashMap::new() })
    }

    /// Whether one more may come from that address at that moment.
    pub fn lets(&mut self, address: IpAddr, now: i64) -> bool {
        let Some(rate) = self.rate else { return true };
        let each = 1_000_000 / i64::from(rate.max(1)); // in microseconds
        let now = now.saturating_mul(1000);
        if self.until.len() >= COUNTED {
            self.until.retain(|_, until| *until > now);
            if self.until.len() >= COUNTED {
                self.until.clear(); // as many addresses as that are no one's flood
            }
        }
        let until = self.until.entry(self.key.hash(&[&household(address)])).or_insert(now);
        if *until - now > AT_ONCE * 1_000_000 {
            *until = now; // the clock was set back
        }
        let next = (*until).max(now) + each;
        if next - now > AT_ONCE * 1_000_000 {
            return false;
        }
        *until = next;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_share_and_takes_nothing_from_others() {
        let mut floods = Floods::new(Some(50)).unwrap();
        let (one, two) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        let now = 1_795_129_200_000;
        let let_in = (0..1000).filter(|_| floods.lets(one, now)).count();
        assert_eq!(let_in, 500, "ten seconds' worth");
        assert!(floods.lets(two, now));
        assert_eq!((0..100).filter(|_| floods.lets(one, now + 1000)).count(), 50);
        let six = |it: u64| IpAddr::V6((0x2001_0db8_u128 << 96 | u128::from(it)).into());
        let let_in = (0..1000).filter(|it| floods.lets(six(*it), now)).count();
        assert_eq!(let_in, 500, "a household of IPv6 is one address");
        assert!((0..5000).all(|_| Floods::new(None).unwrap().lets(one, now)));
    }
}
