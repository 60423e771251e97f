//! Remembers unpacked objects that others of the same pack are stored as differences from.

use std::collections::HashMap;

use gix::objs::Kind;
use gix::odb::pack::cache::DecodeEntry;

/// Bytes kept at most, in each of two generations.
const GENERATION: usize = 12 << 20;

/// Two generations of objects by pack and offset: when the young one is full it becomes the old
/// one, and what was not asked for meanwhile is dropped. Looking up costs one or two probes,
/// whatever is kept.
#[derive(Default)]
pub(super) struct Bases {
    young: HashMap<(u32, u64), Base>,
    old: HashMap<(u32, u64), Base>,
    bytes: usize,
}

struct Base {
    kind: Kind,
    packed: usize,
    data: Vec<u8>,
}

impl Bases {
    fn keep(&mut self, key: (u32, u64), base: Base) {
        self.bytes += base.data.len();
        self.young.insert(key, base);
        if self.bytes > GENERATION {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
    }
}

impl DecodeEntry for Bases {
    fn put(&mut self, pack: u32, offset: u64, data: &[u8], kind: Kind, packed: usize) {
        if data.len() <= GENERATION / 4 {
            self.keep((pack, offset), Base { kind, packed, data: data.to_vec() });
        }
    }

    fn get(&mut self, pack: u32, offset: u64, out: &mut Vec<u8>) -> Option<(Kind, usize)> {
        let key = (pack, offset);
        if let Some(base) = self.old.remove(&key) {
            self.keep(key, base);
        }
        let base = self.young.get(&key).or_else(|| self.old.get(&key))?;
        out.clear();
        out.extend_from_slice(&base.data);
        Some((base.kind, base.packed))
    }
}
