//! Statements that are prepared by the server, with their values beside them.

use super::Mysql;
use super::enter::NO_EOF;
use super::wire::{Body, put_text};
use super::words::No;
use crate::{Ask, Failure, Reason, Result, Sink, Value};

impl Mysql {
    /// Prepares a statement. None where the server cannot and it has no open places.
    pub(super) fn prepare(&mut self, ask: &Ask<'_>) -> Result<Option<u32>> {
        self.command(0x16, ask.text.as_bytes())?;
        let packet = self.packet()?;
        if packet.first() == Some(&0xFF) {
            if ask.values.is_empty() && No::read(&packet).is_unpreparable() {
                return Ok(None);
            }
            return Err(self.said_no(&packet, ask.text));
        }
        let mut body = Body(packet.get(1..).unwrap_or_default());
        let read = (|| Some((body.u32()?, body.u16()?, body.u16()?)))();
        let Some((id, columns, wanted)) = read else {
            return Err(self.strange("a prepared statement that is none"));
        };
        let ends = usize::from(self.capabilities & NO_EOF == 0);
        for count in [wanted, columns].map(usize::from).into_iter().filter(|it| *it > 0) {
            for _ in 0..count + ends {
                self.packet()?;
            }
        }
        if usize::from(wanted) != ask.values.len() {
            self.command(0x19, &id.to_le_bytes())?;
            let text = format!(
                "the statement leaves {wanted} places open, and {} values are given",
                ask.values.len()
            );
            return Err(Failure::new(Reason::Usage, text));
        }
        Ok(Some(id))
    }

    pub(super) fn execute(
        &mut self,
        ask: &Ask<'_>,
        prepared: u32,
        out: &mut dyn Sink,
    ) -> Result<u16> {
        let mut body = prepared.to_le_bytes().to_vec();
        body.extend_from_slice(&[0, 1, 0, 0, 0]); // no cursor; once
        if !ask.values.is_empty() {
            let mut nulls = vec![0u8; ask.values.len().div_ceil(8)];
            let (mut types, mut cells) = (Vec::new(), Vec::new());
            for (at, value) in ask.values.iter().enumerate() {
                if *value == Value::Null {
                    nulls[at / 8] |= 1 << (at % 8);
                }
                types.extend_from_slice(&bind(value, &mut cells));
            }
            body.extend_from_slice(&nulls);
            body.push(1); // types follow
            body.extend_from_slice(&types);
            body.extend_from_slice(&cells);
        }
        self.command(0x17, &body)?;
        self.results(ask, true, out)
    }
}

/// A value for a place that is open: its type, and the value itself after the others.
fn bind(value: &Value, cells: &mut Vec<u8>) -> [u8; 2] {
    match value {
        Value::Null => [6, 0],
        Value::Bool(it) => {
            cells.push(u8::from(*it));
            [1, 0]
        }
        Value::Number(it) => {
            if let Ok(number) = it.parse::<i64>() {
                cells.extend_from_slice(&number.to_le_bytes());
                [8, 0]
            } else if let Ok(number) = it.parse::<u64>() {
                cells.extend_from_slice(&number.to_le_bytes());
                [8, 0x80]
            } else if it.contains(['e', 'E'])
                && let Ok(number) = it.parse::<f64>()
                && number.is_finite()
            {
                cells.extend_from_slice(&number.to_le_bytes());
                [5, 0]
            } else {
                put_text(cells, it.as_bytes());
                [246, 0]
            }
        }
        Value::Text(it) => {
            put_text(cells, it.as_bytes());
            [253, 0]
        }
        Value::Bytes(it) => {
            put_text(cells, it);
            [252, 0]
        }
    }
}
