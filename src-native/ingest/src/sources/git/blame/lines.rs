//! Files as sequences of numbered lines: equal lines have equal numbers in every version of a blame.

use std::collections::HashMap;

/// Every distinct line met so far, numbered in the order of meeting.
#[derive(Default)]
pub(super) struct Lines {
    numbers: HashMap<Box<[u8]>, u32>,
    indents: Vec<i16>,
}

/// One version of a file.
pub(super) struct Version {
    pub(super) data: Vec<u8>,
    /// Where each line ends, its newline included. The last line may have none.
    ends: Vec<u32>,
    /// The number of each line.
    pub(super) numbers: Vec<u32>,
}

impl Version {
    /// How many lines there are.
    pub(super) fn len(&self) -> u32 {
        self.ends.len() as u32
    }

    /// The bytes of a line with its newline; empty when there is no such line.
    pub(super) fn line(&self, line: u32) -> &[u8] {
        let line = line as usize;
        let Some(end) = self.ends.get(line) else { return &[] };
        &self.data[self.start(line)..*end as usize]
    }

    fn start(&self, line: usize) -> usize {
        if line == 0 { 0 } else { self.ends[line - 1] as usize }
    }

    /// How many lines end within the first `bytes` bytes.
    pub(super) fn lines_within(&self, bytes: usize) -> usize {
        self.ends.partition_point(|end| *end as usize <= bytes)
    }
}

impl Lines {
    /// How many distinct lines there are.
    pub(super) fn distinct(&self) -> usize {
        self.indents.len()
    }

    /// The columns a line is indented by, at most 200; -1 for a line of white space alone.
    pub(super) fn indent(&self, number: u32) -> i16 {
        self.indents[number as usize]
    }

    /// Splits a file into lines. What it shares with `near` at the front and at the back is taken
    /// over from there without looking at it again.
    pub(super) fn version(&mut self, data: Vec<u8>, near: Option<&Version>) -> Version {
        let Some(near) = near else {
            let mut version =
                Version { data: Vec::new(), ends: Vec::new(), numbers: Vec::new() };
            self.split(&data, 0, data.len(), &mut version);
            version.data = data;
            return version;
        };
        let shared = common_prefix(&near.data, &data);
        let mut head = near.lines_within(shared);
        // Without a newline it is another line than the same text with one.
        if head > 0 && near.data[near.ends[head - 1] as usize - 1] != b'\n' {
            head -= 1;
        }
        let head_bytes = if head == 0 { 0 } else { near.ends[head - 1] as usize };
        let shared = common_suffix(&near.data[head_bytes..], &data[head_bytes..]);
        // The first whole line of the shared end: the newline before it must be shared as well.
        let ended = near.ends.partition_point(|end| *end as usize <= near.data.len() - shared);
        let tail = (ended + 1).min(near.ends.len());
        let tail_bytes = if tail == near.ends.len() {
            0
        } else {
            near.data.len() - near.start(tail)
        };
        let tail = if tail_bytes == 0 { near.ends.len() } else { tail };

        let mut version = Version {
            data: Vec::new(),
            ends: near.ends[..head].to_vec(),
            numbers: near.numbers[..head].to_vec(),
        };
        let middle_end = data.len() - tail_bytes;
        self.split(&data, head_bytes, middle_end, &mut version);
        version.numbers.extend_from_slice(&near.numbers[tail..]);
        let shift = |end: &u32| (*end as usize + data.len() - near.data.len()) as u32;
        version.ends.extend(near.ends[tail..].iter().map(shift));
        version.data = data;
        version
    }

    fn split(&mut self, data: &[u8], mut start: usize, end: usize, into: &mut Version) {
        for line in data[start..end].split_inclusive(|byte| *byte == b'\n') {
            start += line.len();
            into.ends.push(start as u32);
            into.numbers.push(self.number(line));
        }
    }

    fn number(&mut self, line: &[u8]) -> u32 {
        if let Some(number) = self.numbers.get(line) {
            return *number;
        }
        let number = self.indents.len() as u32;
        self.numbers.insert(line.into(), number);
        self.indents.push(indent(line));
        number
    }
}

/// How many bytes two files share at the front.
pub(super) fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    const STEP: usize = 64;
    let blocks = a.chunks_exact(STEP).zip(b.chunks_exact(STEP));
    let whole = blocks.take_while(|(a, b)| a == b).count() * STEP;
    whole + a[whole..].iter().zip(&b[whole..]).take_while(|(a, b)| a == b).count()
}

/// How many bytes two files share at the back.
pub(super) fn common_suffix(a: &[u8], b: &[u8]) -> usize {
    const STEP: usize = 64;
    let blocks = a.rchunks_exact(STEP).zip(b.rchunks_exact(STEP));
    let whole = blocks.take_while(|(a, b)| a == b).count() * STEP;
    let (a, b) = (&a[..a.len() - whole], &b[..b.len() - whole]);
    whole + a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count()
}

/// Git's measure: a tab goes to the next multiple of 8, other white space than blanks counts
/// nothing, and 200 columns are enough.
fn indent(line: &[u8]) -> i16 {
    let mut columns = 0;
    for byte in line {
        match byte {
            b' ' => columns += 1,
            b'\t' => columns += 8 - columns % 8,
            b'\n' | b'\r' => {}
            _ => return columns,
        }
        if columns >= 200 {
            return 200;
        }
    }
    -1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_split_beside_another_equals_one_split_alone() {
        let texts: [&[u8]; 12] = [
            b"", b"a", b"a\n", b"a\nb\n", b"a\nb", b"b\na\nb\n", b"a\n\n\nb\n", b"\n", b"\n\n",
            b"xa\nb\n", b"a\nxb\n", b"a\nc\na\nb\n",
        ];
        for near in texts {
            for text in texts {
                let mut lines = Lines::default();
                let near = lines.version(near.to_vec(), None);
                let alone = lines.version(text.to_vec(), None);
                let beside = lines.version(text.to_vec(), Some(&near));
                assert_eq!(alone.ends, beside.ends, "{text:?}");
                assert_eq!(alone.numbers, beside.numbers, "{text:?}");
            }
        }
    }

    #[test]
    fn indentation_is_measured_in_columns_and_blank_lines_have_none() {
        assert_eq!(indent(b"  x\n"), 2);
        assert_eq!(indent(b"  \tx\n"), 8);
        assert_eq!(indent(b" \r\n"), -1);
        assert_eq!(indent(b""), -1);
        assert_eq!(indent(&[b' '; 300]), 200);
    }
}
