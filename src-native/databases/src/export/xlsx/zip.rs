//! A ZIP archive written from front to back: what is only known at a file's end stands behind it.

use super::super::{Out, not_written};
use crate::{Failure, Reason, Result};
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use std::io::Write as _;

struct Entry {
    name: String,
    at: u32,
    crc: u32,
    packed: u32,
    plain: u32,
}

struct Open {
    name: String,
    at: u32,
    crc: Crc,
    packed: u64,
    plain: u64,
    packer: DeflateEncoder<Vec<u8>>,
}

#[derive(Default)]
pub(super) struct Zip {
    start: Option<u64>,
    open: Option<Open>,
    entries: Vec<Entry>,
}

/// 1980-01-01, so that the same rows give the same bytes.
const DATE: u16 = 1 << 5 | 1;
/// Sizes stand behind the data; names are UTF-8.
const FLAGS: u16 = 1 << 3 | 1 << 11;
const DEFLATE: u16 = 8;
const VERSION: u16 = 20;

fn small(value: u64) -> Result<u32> {
    u32::try_from(value).map_err(|_| {
        let text = "the workbook would be larger than 4 GB, which no spreadsheet opens";
        Failure::new(Reason::Unsupported, text).hint("write csv, or fewer rows")
    })
}

impl Zip {
    fn at(&mut self, out: &Out<'_>) -> u64 {
        out.told() - *self.start.get_or_insert(out.told())
    }

    /// Bytes of the open file, unpacked.
    pub(super) fn plain_bytes(&self) -> u64 {
        self.open.as_ref().map_or(0, |it| it.plain)
    }

    pub(super) fn begin(&mut self, name: &str, out: &mut Out<'_>) -> Result<()> {
        let at = small(self.at(out))?;
        out.put(&0x0403_4b50_u32.to_le_bytes());
        for half in [VERSION, FLAGS, DEFLATE, 0, DATE] {
            out.put(&half.to_le_bytes());
        }
        out.put(&[0; 12]);
        out.put(&(name.len() as u16).to_le_bytes());
        out.put(&0_u16.to_le_bytes());
        out.put(name.as_bytes());
        self.open = Some(Open {
            name: name.to_owned(),
            at,
            crc: Crc::new(),
            packed: 0,
            plain: 0,
            packer: DeflateEncoder::new(Vec::new(), Compression::fast()),
        });
        Ok(())
    }

    pub(super) fn write(&mut self, bytes: &[u8], out: &mut Out<'_>) -> Result<()> {
        let Some(open) = &mut self.open else { return Ok(()) };
        open.crc.update(bytes);
        open.plain += bytes.len() as u64;
        // Piece by piece: what is packed is handed on, not gathered.
        for piece in bytes.chunks(64 << 10) {
            open.packer.write_all(piece).map_err(|error| not_written(&error))?;
            let packed = open.packer.get_mut();
            open.packed += packed.len() as u64;
            out.put(packed);
            packed.clear();
        }
        Ok(())
    }

    pub(super) fn end(&mut self, out: &mut Out<'_>) -> Result<()> {
        let Some(open) = self.open.take() else { return Ok(()) };
        let rest = open.packer.finish().map_err(|error| not_written(&error))?;
        out.put(&rest);
        let entry = Entry {
            name: open.name,
            at: open.at,
            crc: open.crc.sum(),
            packed: small(open.packed + rest.len() as u64)?,
            plain: small(open.plain)?,
        };
        for word in [0x0807_4b50, entry.crc, entry.packed, entry.plain] {
            out.put(&word.to_le_bytes());
        }
        self.entries.push(entry);
        Ok(())
    }

    pub(super) fn finish(&mut self, out: &mut Out<'_>) -> Result<()> {
        let begin = small(self.at(out))?;
        for entry in &self.entries {
            out.put(&0x0201_4b50_u32.to_le_bytes());
            for half in [VERSION, VERSION, FLAGS, DEFLATE, 0, DATE] {
                out.put(&half.to_le_bytes());
            }
            for word in [entry.crc, entry.packed, entry.plain] {
                out.put(&word.to_le_bytes());
            }
            out.put(&(entry.name.len() as u16).to_le_bytes());
            out.put(&[0; 12]);
            out.put(&entry.at.to_le_bytes());
            out.put(entry.name.as_bytes());
        }
        let size = small(self.at(out))? - begin;
        let many = u16::try_from(self.entries.len()).map_err(|_| {
            Failure::new(Reason::Unsupported, "a workbook cannot have so many sheets")
        })?;
        out.put(&0x0605_4b50_u32.to_le_bytes());
        for half in [0, 0, many, many] {
            out.put(&half.to_le_bytes());
        }
        out.put(&size.to_le_bytes());
        out.put(&begin.to_le_bytes());
        out.put(&0_u16.to_le_bytes());
        Ok(())
    }
}
