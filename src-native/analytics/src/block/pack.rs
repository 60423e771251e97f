//! How a column lies on disk: numbers less their smallest, each in as many bits as the largest needs, so that
//! a column is read at the speed of memory; words as places in a list of the block's own words.
//!
//! Layout: version (1 byte), encoding (1), CRC-32 of all that follows (4, little-endian), count (varint), base
//! (zigzag varint), width in bits (1), length of the list (varint), the list as differences (varints), then the
//! numbers, least significant bit first, and 8 bytes of nothing so that each can be read as one word.

use flate2::Crc;

/// Layout of columns that this program writes, and the only one it reads.
const VERSION: u8 = 1;
/// Numbers less their smallest.
const PLAIN: u8 = 0;
/// Differences from number to number, for columns in order.
const ORDERED: u8 = 1;
/// Widest number that can be read as a part of one word.
const WIDTH_MAX: u32 = 56;

/// Why bytes are no column. The words end a sentence that begins with the block's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Damage(pub(crate) &'static str);

/// A column as it is worked with: numbers, or places in a list of words.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Column {
    /// What is added to each of `values`.
    pub(crate) base: i64,
    pub(crate) values: Values,
    /// Words that `values` are places in, in order of their numbers; none for numbers.
    pub(crate) words: Option<Vec<u32>>,
}

/// Numbers, no wider than they must be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Values {
    U8(Vec<u8>),
    U16(Vec<u16>),
    U32(Vec<u32>),
    U64(Vec<u64>),
}

impl Values {
    fn of(values: impl ExactSizeIterator<Item = u64>, largest: u64) -> Values {
        if largest <= u64::from(u8::MAX) {
            Values::U8(values.map(|it| it as u8).collect())
        } else if largest <= u64::from(u16::MAX) {
            Values::U16(values.map(|it| it as u16).collect())
        } else if largest <= u64::from(u32::MAX) {
            Values::U32(values.map(|it| it as u32).collect())
        } else {
            Values::U64(values.collect())
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Values::U8(it) => it.len(),
            Values::U16(it) => it.len(),
            Values::U32(it) => it.len(),
            Values::U64(it) => it.len(),
        }
    }

    #[inline]
    pub(crate) fn get(&self, place: usize) -> u64 {
        match self {
            Values::U8(it) => u64::from(it[place]),
            Values::U16(it) => u64::from(it[place]),
            Values::U32(it) => u64::from(it[place]),
            Values::U64(it) => it[place],
        }
    }

    fn largest(&self) -> u64 {
        match self {
            // By value, which the compiler does many at a time.
            Values::U8(it) => u64::from(it.iter().fold(0, |most, it| (*it).max(most))),
            Values::U16(it) => u64::from(it.iter().fold(0, |most, it| (*it).max(most))),
            Values::U32(it) => u64::from(it.iter().fold(0, |most, it| (*it).max(most))),
            Values::U64(it) => it.iter().fold(0, |most, it| (*it).max(most)),
        }
    }
}

impl Column {
    /// Numbers.
    pub(crate) fn numbers(numbers: &[i64]) -> Column {
        let base = numbers.iter().min().copied().unwrap_or(0);
        let largest = numbers.iter().max().map_or(0, |it| it.wrapping_sub(base) as u64);
        let values = Values::of(numbers.iter().map(|it| it.wrapping_sub(base) as u64), largest);
        Column { base, values, words: None }
    }

    /// Words, by their numbers.
    pub(crate) fn words(numbers: &[u32]) -> Column {
        let mut words = numbers.to_vec();
        words.sort_unstable();
        words.dedup();
        let largest = words.len().saturating_sub(1) as u64;
        let place = |it: &u32| words.binary_search(it).map_or(0, |it| it as u64);
        let values = Values::of(numbers.iter().map(place), largest);
        Column { base: 0, values, words: Some(words) }
    }

    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    /// The number at a place; of words the place in their list.
    #[inline]
    pub(crate) fn get(&self, place: usize) -> i64 {
        self.base.wrapping_add(self.values.get(place) as i64)
    }

    /// All values, without their base: of words their places in the list.
    pub(crate) fn places(&self) -> Vec<u32> {
        match &self.values {
            Values::U8(it) => it.iter().map(|it| u32::from(*it)).collect(),
            Values::U16(it) => it.iter().map(|it| u32::from(*it)).collect(),
            Values::U32(it) => it.clone(),
            Values::U64(it) => it.iter().map(|it| *it as u32).collect(),
        }
    }

    /// All numbers, for those that are not negative and not large.
    pub(crate) fn small(&self) -> Vec<u32> {
        let mut places = self.places();
        if self.base != 0 {
            let base = self.base as u32;
            places.iter_mut().for_each(|it| *it = it.wrapping_add(base));
        }
        places
    }

    /// Whether all values are 0.
    pub(crate) fn is_zero(&self) -> bool {
        self.base == 0 && self.values.largest() == 0
    }

    /// The word at a place.
    #[inline]
    pub(crate) fn word(&self, place: usize) -> u32 {
        match &self.words {
            Some(words) => words[self.values.get(place) as usize],
            None => self.get(place) as u32,
        }
    }

    /// The list of words.
    pub(crate) fn list(&self) -> &[u32] {
        self.words.as_deref().unwrap_or_default()
    }

    /// The smallest and the largest number.
    pub(crate) fn ends(&self) -> (i64, i64) {
        (self.base, self.base.wrapping_add(self.values.largest() as i64))
    }

    /// Bytes it takes in memory.
    pub(crate) fn weight(&self) -> usize {
        let each = match &self.values {
            Values::U8(_) => 1,
            Values::U16(_) => 2,
            Values::U32(_) => 4,
            Values::U64(_) => 8,
        };
        64 + self.len() * each + self.list().len() * 4
    }

    /// Its bytes on disk. `ordered` is for numbers that only grow.
    pub(crate) fn encode(&self, ordered: bool) -> Vec<u8> {
        let mut body = Vec::new();
        put(&mut body, self.len() as u64);
        let residuals: Vec<u64>;
        let (base, largest) = if ordered {
            let mut before = 0u64;
            let mut all = Vec::with_capacity(self.len());
            for place in 0..self.len() {
                let now = self.get(place) as u64;
                all.push(now.wrapping_sub(before));
                before = now;
            }
            let base = all.first().map_or(0, |it| *it as i64);
            if let Some(first) = all.first_mut() {
                *first = 0;
            }
            residuals = all;
            (base, residuals.iter().max().copied().unwrap_or(0))
        } else {
            residuals = (0..self.len()).map(|it| self.values.get(it)).collect();
            (self.base, self.values.largest())
        };
        put(&mut body, zigzag(base));
        let width = 64 - largest.leading_zeros();
        let width = if width > WIDTH_MAX { 64 } else { width };
        body.push(width as u8);
        put(&mut body, self.list().len() as u64);
        let mut before = 0;
        for word in self.list() {
            put(&mut body, u64::from(word - before));
            before = *word;
        }
        pack(&mut body, &residuals, width);
        let mut crc = Crc::new();
        crc.update(&body);
        let mut bytes = vec![VERSION, if ordered { ORDERED } else { PLAIN }];
        bytes.extend(crc.sum().to_le_bytes());
        bytes.extend(body);
        bytes
    }

    /// The list of words of a column, of its bytes.
    pub(crate) fn list_of(bytes: &[u8]) -> Result<Vec<u32>, Damage> {
        Ok(Front::read(&mut Input::checked(bytes)?)?.words)
    }

    /// A column of its bytes, which must have `count` values.
    pub(crate) fn decode(bytes: &[u8], count: Option<usize>) -> Result<Column, Damage> {
        let mut input = Input::checked(bytes)?;
        let Front { ordered, found, base, width, words } = Front::read(&mut input)?;
        if count.is_some_and(|it| it != found) {
            return Err(Damage("has another number of values than the block"));
        }
        let needed = (found as u128 * u128::from(width)).div_ceil(8) + 8;
        if width > 0 && input.rest.len() as u128 != needed || found > COUNT_MAX {
            return Err(Damage("is cut off"));
        }
        if ordered {
            let mut values = unpack(input.rest, found, width, |it| it);
            let mut before = base as u64;
            for value in &mut values {
                before = before.wrapping_add(*value);
                *value = before;
            }
            return Ok(Column { base: 0, values: Values::U64(values), words: None });
        }
        let values = match width {
            0..=8 => Values::U8(unpack(input.rest, found, width, |it| it as u8)),
            9..=16 => Values::U16(unpack(input.rest, found, width, |it| it as u16)),
            17..=32 => Values::U32(unpack(input.rest, found, width, |it| it as u32)),
            _ => Values::U64(unpack(input.rest, found, width, |it| it)),
        };
        let words = (!words.is_empty()).then_some(words);
        if let Some(words) = &words
            && values.largest() >= words.len() as u64
        {
            return Err(Damage("names a word that it does not list"));
        }
        Ok(Column { base, values, words })
    }
}

/// What stands before the numbers of a column.
struct Front {
    ordered: bool,
    found: usize,
    base: i64,
    width: u32,
    words: Vec<u32>,
}

impl Front {
    fn read(input: &mut Input<'_>) -> Result<Front, Damage> {
        let ordered = match input.encoding {
            PLAIN => false,
            ORDERED => true,
            _ => return Err(Damage("has an encoding that is not known")),
        };
        let found = input.size()?;
        let base = unzigzag(input.varint()?);
        let width = u32::from(input.byte()?);
        let listed = input.size()?;
        if width > WIDTH_MAX && width != 64 || listed > input.rest.len() {
            return Err(Damage("has a length that cannot be"));
        }
        let mut words = Vec::with_capacity(listed);
        let mut before = 0u32;
        for _ in 0..listed {
            before = before.checked_add(input.word()?).ok_or(Damage("has a word too large"))?;
            words.push(before);
        }
        Ok(Front { ordered, found, base, width, words })
    }
}

/// Most values of a column: what fits the numbers of events.
const COUNT_MAX: usize = 1 << 31;

fn pack(out: &mut Vec<u8>, values: &[u64], width: u32) {
    if width == 0 {
        return;
    }
    let (mut held, mut bits) = (0u128, 0);
    for value in values {
        held |= u128::from(*value) << bits;
        bits += width;
        while bits >= 8 {
            out.push(held as u8);
            held >>= 8;
            bits -= 8;
        }
    }
    if bits > 0 {
        out.push(held as u8);
    }
    out.extend([0; 8]);
}

fn unpack<T: Clone>(bytes: &[u8], count: usize, width: u32, narrow: impl Fn(u64) -> T) -> Vec<T> {
    if width == 0 {
        return vec![narrow(0); count];
    }
    let mask = u64::MAX >> (64 - width);
    let word = |at: usize| {
        bytes.get(at..at + 8).and_then(|it| it.try_into().ok()).map_or(0, u64::from_le_bytes)
    };
    let step = width as usize;
    (0..count).map(|it| narrow((word((it * step) >> 3) >> ((it * step) & 7)) & mask)).collect()
}

/// Bytes that were checked against their sum, read from the front.
pub(crate) struct Input<'a> {
    pub(crate) encoding: u8,
    pub(crate) rest: &'a [u8],
}

impl<'a> Input<'a> {
    pub(crate) fn checked(bytes: &'a [u8]) -> Result<Input<'a>, Damage> {
        let Some(([version, encoding, sum @ ..], rest)) = bytes.split_first_chunk::<6>() else {
            return Err(Damage("is cut off"));
        };
        if *version != VERSION {
            return Err(Damage("was written by a newer Backstory"));
        }
        let mut crc = Crc::new();
        crc.update(rest);
        if crc.sum().to_le_bytes() != *sum {
            return Err(Damage("is not as it was written"));
        }
        Ok(Input { encoding: *encoding, rest })
    }

    pub(crate) fn byte(&mut self) -> Result<u8, Damage> {
        let (first, rest) = self.rest.split_first().ok_or(Damage("is cut off"))?;
        self.rest = rest;
        Ok(*first)
    }

    pub(crate) fn chunk<const N: usize>(&mut self) -> Result<[u8; N], Damage> {
        let (first, rest) = self.rest.split_first_chunk::<N>().ok_or(Damage("is cut off"))?;
        self.rest = rest;
        Ok(*first)
    }

    pub(crate) fn varint(&mut self) -> Result<u64, Damage> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 127) << shift;
            if byte < 128 {
                return Ok(value);
            }
        }
        Err(Damage("has a number without an end"))
    }

    pub(crate) fn word(&mut self) -> Result<u32, Damage> {
        u32::try_from(self.varint()?).map_err(|_| Damage("has a word too large"))
    }

    pub(crate) fn signed(&mut self) -> Result<i64, Damage> {
        Ok(unzigzag(self.varint()?))
    }

    pub(crate) fn size(&mut self) -> Result<usize, Damage> {
        usize::try_from(self.varint()?).map_err(|_| Damage("has a length that cannot be"))
    }
}

/// Puts version, encoding 0 and the sum in front of a body.
pub(crate) fn sealed(body: &[u8]) -> Vec<u8> {
    let mut crc = Crc::new();
    crc.update(body);
    let mut bytes = Vec::with_capacity(body.len() + 6);
    bytes.extend([VERSION, PLAIN]);
    bytes.extend(crc.sum().to_le_bytes());
    bytes.extend(body);
    bytes
}

pub(crate) fn put(out: &mut Vec<u8>, mut value: u64) {
    while value >= 128 {
        out.push(value as u8 | 128);
        value >>= 7;
    }
    out.push(value as u8);
}

pub(crate) fn zigzag(value: i64) -> u64 {
    (value << 1 ^ value >> 63) as u64
}

fn unzigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that need from no bit to all of them.
    fn columns() -> Vec<Vec<i64>> {
        let mut all = vec![vec![], vec![7], vec![-3; 9], vec![i64::MIN, i64::MAX, 0]];
        for width in 1..64 {
            let most = (1u64 << width) - 1;
            let mixed = (0..50u64).map(|it| (it.wrapping_mul(0x9e37_79b9_7f4a_7c15) & most) as i64);
            let around: Vec<i64> = mixed.map(|it| it.wrapping_sub(1_000_000)).collect();
            all.push(around);
        }
        all
    }

    #[test]
    fn numbers_of_every_width_come_back() {
        for numbers in columns() {
            let column = Column::numbers(&numbers);
            let back = Column::decode(&column.encode(false), Some(numbers.len())).unwrap();
            assert_eq!((0..back.len()).map(|it| back.get(it)).collect::<Vec<_>>(), numbers);
            let mut sorted: Vec<u64> = numbers.iter().map(|it| *it as u64).collect();
            sorted.sort_unstable();
            let signed: Vec<i64> = sorted.iter().map(|it| *it as i64).collect();
            let ordered = Column::numbers(&signed).encode(true);
            let back = Column::decode(&ordered, None).unwrap();
            assert_eq!((0..back.len()).map(|it| back.get(it)).collect::<Vec<_>>(), signed);
        }
    }

    #[test]
    fn words_come_back_and_their_list_alone_too() {
        let words = [5, 0, 5, u32::MAX, 17, 5];
        let bytes = Column::words(&words).encode(false);
        let back = Column::decode(&bytes, Some(6)).unwrap();
        assert_eq!((0..6).map(|it| back.word(it)).collect::<Vec<_>>(), words);
        assert_eq!(Column::list_of(&bytes).unwrap(), [0, 5, 17, u32::MAX]);
    }

    #[test]
    fn bytes_that_are_no_column_are_refused_whatever_their_sum_says() {
        let whole = Column::words(&[1, 2, 3, 4, 5, 9, 9, 9]).encode(false);
        let mut seed = 1u64;
        for _ in 0..20_000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let mut body = whole[6..].to_vec();
            let place = (seed >> 33) as usize % body.len();
            body[place] = (seed >> 20) as u8;
            if seed & 3 == 0 {
                body.truncate(place);
            }
            let mut bytes = sealed(&body);
            bytes[1] = (seed >> 50) as u8 & 1;
            // Either refused, or a column whose every word is in its list.
            if let Ok(column) = Column::decode(&bytes, None) {
                (0..column.len().min(1000)).for_each(|it| _ = column.word(it));
            }
            let _ = super::super::Rows::decode(&bytes);
        }
        assert_eq!(
            Column::decode(&whole, Some(9)),
            Err(Damage("has another number of values than the block"))
        );
        assert_eq!(Column::decode(&[9; 40], None), Err(Damage("was written by a newer Backstory")));
    }
}
