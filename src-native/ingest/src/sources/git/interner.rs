//! Gives every distinct byte string a number: lines compare as numbers, paths are stored once.

const EMPTY: u32 = u32::MAX;
const SEED: u64 = 0x517c_c1b7_2722_0a95;

/// The strings seen so far.
#[derive(Default)]
pub(super) struct Interner {
    /// Open addressing; a power of two of slots, at most half of them taken.
    slots: Vec<u32>,
    known: Vec<Known>,
    arena: Vec<u8>,
}

#[derive(Clone, Copy)]
struct Known {
    hash: u64,
    start: usize,
    len: usize,
}

impl Interner {
    /// Forgets all strings and keeps the room, unless it has grown out of proportion.
    pub(super) fn clear(&mut self) {
        if self.slots.len() > 1 << 12 {
            self.slots = Vec::new();
        }
        self.slots.fill(EMPTY);
        self.known.clear();
        self.arena.clear();
        self.arena.shrink_to(4 << 20);
    }

    /// How many distinct strings there are.
    pub(super) fn len(&self) -> usize {
        self.known.len()
    }

    /// How many bytes they take.
    pub(super) fn bytes(&self) -> usize {
        self.arena.len()
    }

    /// Takes a text apart: where each line starts, counted from `base`, and which line it is.
    pub(super) fn split(
        &mut self,
        text: &[u8],
        base: u32,
        starts: &mut Vec<u32>,
        tokens: &mut Vec<u32>,
    ) {
        let mut at = 0;
        while at < text.len() {
            let (len, hash) = next_line(&text[at..]);
            starts.push(base + at as u32);
            tokens.push(self.intern(&text[at..at + len], hash));
            at += len;
        }
    }

    /// The number of a string.
    pub(super) fn number(&mut self, string: &[u8]) -> u32 {
        let mut hash = SEED;
        let (words, rest) = string.as_chunks::<8>();
        for word in words {
            hash = mix(hash, u64::from_le_bytes(*word));
        }
        let mut word = [0; 8];
        word[..rest.len()].copy_from_slice(rest);
        hash = mix(mix(hash, u64::from_le_bytes(word)), string.len() as u64);
        self.intern(string, hash)
    }

    /// The string of a number that this interner gave.
    pub(super) fn string(&self, number: u32) -> &[u8] {
        let known = self.known[number as usize];
        &self.arena[known.start..known.start + known.len]
    }

    /// The length of a text's first line with its newline, and its number.
    pub(super) fn first_line(&mut self, text: &[u8]) -> (usize, u32) {
        let (len, hash) = next_line(text);
        (len, self.intern(&text[..len], hash))
    }

    fn intern(&mut self, line: &[u8], hash: u64) -> u32 {
        if self.known.len() * 2 >= self.slots.len() {
            self.grow();
        }
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            let token = self.slots[slot];
            if token == EMPTY {
                let token = self.known.len() as u32;
                self.slots[slot] = token;
                self.known.push(Known { hash, start: self.arena.len(), len: line.len() });
                self.arena.extend_from_slice(line);
                return token;
            }
            let known = self.known[token as usize];
            if known.hash == hash && self.arena[known.start..known.start + known.len] == *line {
                return token;
            }
            slot = (slot + 1) & mask;
        }
    }

    fn grow(&mut self) {
        let len = (self.slots.len() * 2).max(1024);
        self.slots.clear();
        self.slots.resize(len, EMPTY);
        for (token, known) in self.known.iter().enumerate() {
            let mut slot = known.hash as usize & (len - 1);
            while self.slots[slot] != EMPTY {
                slot = (slot + 1) & (len - 1);
            }
            self.slots[slot] = token as u32;
        }
    }
}

/// The length of the first line with its newline, and its hash: eight bytes at a time, both at once.
fn next_line(text: &[u8]) -> (usize, u64) {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const TOPS: u64 = u64::from_le_bytes([0x80; 8]);
    const NEWLINES: u64 = u64::from_le_bytes([b'\n'; 8]);
    let mut hash = SEED;
    let (words, rest) = text.as_chunks::<8>();
    for (i, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let zeroed = word ^ NEWLINES;
        // The lowest set bit stands in the first byte that is a newline.
        let hit = zeroed.wrapping_sub(ONES) & !zeroed & TOPS;
        if hit != 0 {
            let bits = (hit.trailing_zeros() & !7) + 8;
            let len = i * 8 + bits as usize / 8;
            return (len, mix(mix(hash, word << (64 - bits)), len as u64));
        }
        hash = mix(hash, word);
    }
    let len = rest.iter().position(|&it| it == b'\n').map_or(rest.len(), |it| it + 1);
    let mut word = [0; 8];
    word[8 - len..].copy_from_slice(&rest[..len]);
    let whole = words.len() * 8 + len;
    (whole, mix(mix(hash, u64::from_le_bytes(word)), whole as u64))
}

fn mix(hash: u64, word: u64) -> u64 {
    let product = u128::from(hash ^ word) * 0x9e37_79b9_7f4a_7c15;
    (product as u64) ^ (product >> 64) as u64
}
