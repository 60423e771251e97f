//! Thrift's compact protocol, as far as Parquet's index needs it.

pub(super) const I32: u8 = 5;
pub(super) const BINARY: u8 = 8;
pub(super) const STRUCT: u8 = 12;
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const I64: u8 = 6;
const LIST: u8 = 9;

/// A struct being written. Fields come in rising order.
#[derive(Default)]
pub(super) struct Thrift {
    bytes: Vec<u8>,
    last: u8,
}

/// Appends a number of seven bits a byte, the lowest first.
pub(super) fn varint(mut value: u64, to: &mut Vec<u8>) {
    while value >= 0x80 {
        to.push(value as u8 | 0x80);
        value >>= 7;
    }
    to.push(value as u8);
}

impl Thrift {
    fn field(&mut self, id: u8, kind: u8) {
        let step = id - self.last;
        self.last = id;
        self.bytes.push(step << 4 | kind);
    }

    fn zigzag(&mut self, value: i64) {
        varint(((value << 1) ^ (value >> 63)) as u64, &mut self.bytes);
    }

    pub(super) fn int(&mut self, id: u8, value: i64) {
        self.field(id, I32);
        self.zigzag(value);
    }

    pub(super) fn long(&mut self, id: u8, value: i64) {
        self.field(id, I64);
        self.zigzag(value);
    }

    pub(super) fn byte(&mut self, id: u8, value: u8) {
        self.field(id, BYTE);
        self.bytes.push(value);
    }

    pub(super) fn bool(&mut self, id: u8, value: bool) {
        self.field(id, if value { TRUE } else { FALSE });
    }

    pub(super) fn text(&mut self, id: u8, value: &str) {
        self.field(id, BINARY);
        self.item_text(value);
    }

    pub(super) fn inner(&mut self, id: u8, write: impl FnOnce(&mut Thrift)) {
        self.field(id, STRUCT);
        self.within(write);
    }

    pub(super) fn list(&mut self, id: u8, kind: u8, many: usize) {
        self.field(id, LIST);
        if many < 15 {
            self.bytes.push((many as u8) << 4 | kind);
        } else {
            self.bytes.push(0xf0 | kind);
            varint(many as u64, &mut self.bytes);
        }
    }

    /// A struct without an id: the item of a list.
    pub(super) fn within(&mut self, write: impl FnOnce(&mut Thrift)) {
        let last = std::mem::take(&mut self.last);
        write(self);
        self.bytes.push(0);
        self.last = last;
    }

    pub(super) fn item_int(&mut self, value: i64) {
        self.zigzag(value);
    }

    pub(super) fn item_text(&mut self, value: &str) {
        varint(value.len() as u64, &mut self.bytes);
        self.bytes.extend_from_slice(value.as_bytes());
    }

    pub(super) fn done(mut self) -> Vec<u8> {
        self.bytes.push(0);
        self.bytes
    }
}
