//! What a column holds, in figures.

use super::{Spool, key};
use crate::{Cell, Kind, Result, Watch, decimal, moment};
use std::collections::HashSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::ops::ControlFlow;

/// Different values that are counted one by one.
const DISTINCT_MOST: usize = 100_000;
const BARS: usize = 20;
/// What is kept of the least and the greatest value.
const SHOWN: usize = 1024;
/// Digits after the point of a mean, beyond those of its numbers.
const MEAN_DIGITS: u32 = 6;
const SCALE_MOST: u32 = 30;

/// How many different values there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distinct {
    /// So many.
    Exactly(u64),
    /// More than so many.
    MoreThan(u64),
}

/// What a column holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Statistics {
    /// Rows that were looked at.
    pub rows: u64,
    /// Cells without a value.
    pub nulls: u64,
    /// Different values, NULL not among them; `1.0` and `1.00` are one number.
    pub distinct: Distinct,
    /// The least value as sorting has it, by at most 1,024 bytes of it; none where there is no value.
    pub min: Option<String>,
    /// The greatest.
    pub max: Option<String>,
    /// The exact sum where all values are whole numbers or decimals and it has no more than 38 digits.
    pub sum: Option<String>,
    /// The sum by their count, rounded half up behind six digits more than the numbers have; for floats
    /// the nearest float.
    pub mean: Option<String>,
    /// Bars of equal width between the least and the greatest number or time.
    pub histogram: Vec<Bar>,
    /// Whether bars are times, told in seconds since 1970.
    pub times: bool,
}

/// A bar: values from one (and it) to another (and not it, but in the last bar).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// Where it begins.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// How many values.
    pub count: u64,
}

/// An exact sum as long as there is one.
struct Sum {
    value: Option<i128>,
    scale: u32,
    floats: f64,
    any_float: bool,
    many: u64,
}

impl Sum {
    fn add(&mut self, cell: Cell<'_>) {
        self.many += 1;
        if cell.kind == Kind::Float {
            self.any_float = true;
            self.value = None;
        }
        self.floats += decimal::near(cell.bytes).unwrap_or(f64::NAN);
        self.value = self.value.and_then(|sum| {
            let number = decimal::number(cell.bytes)?;
            // A number with more digits behind the point than any before widens the sum.
            let (mut sum, mut scale) = (sum, self.scale);
            loop {
                if let Some(value) = number.scaled(scale) {
                    self.scale = scale;
                    return sum.checked_add(value);
                }
                scale += 1;
                sum = sum.checked_mul(10).filter(|_| scale <= SCALE_MOST)?;
            }
        });
    }

    fn text(&self) -> Option<String> {
        self.value.filter(|_| self.many > 0).map(|it| decimal::text(it, self.scale))
    }

    fn mean(&self) -> Option<String> {
        let many = i128::from(self.many);
        if many == 0 {
            return None;
        }
        if self.any_float {
            let mean = self.floats / self.many as f64;
            return mean.is_finite().then(|| mean.to_string());
        }
        let sum = self.value?.checked_mul(10_i128.pow(MEAN_DIGITS))?;
        let (whole, rest) = (sum.div_euclid(many), sum.rem_euclid(many));
        let mean = decimal::text(whole + i128::from(rest * 2 >= many), self.scale + MEAN_DIGITS);
        let short = mean.trim_end_matches('0');
        Some(short.strip_suffix('.').unwrap_or(short).to_owned())
    }
}

/// Where a value stands on the axis of a drawing.
fn place(cell: Cell<'_>) -> Option<f64> {
    let place = match cell.kind {
        kind if kind.is_number() => decimal::near(cell.bytes)?,
        Kind::Date | Kind::Timestamp => {
            let moment = moment::moment(cell.bytes)?;
            moment.seconds as f64 + f64::from(moment.nanos) / 1e9
        }
        _ => return None,
    };
    place.is_finite().then_some(place)
}

fn shown(cell: Cell<'_>) -> String {
    if cell.kind == Kind::Bytes {
        let digits = cell.bytes.iter().take(SHOWN / 2).map(|it| format!("{it:02x}"));
        return std::iter::once("\\x".to_owned()).chain(digits).collect();
    }
    let some = &cell.bytes[..cell.bytes.len().min(SHOWN)];
    String::from_utf8_lossy(super::whole_letters(cell.kind, some)).into_owned()
}

impl Spool {
    /// What a column holds. The rows are read twice where there is something to draw.
    ///
    /// # Errors
    /// [`crate::Reason::Cancelled`]; [`crate::Reason::Usage`] where there is no such column;
    /// [`crate::Reason::File`].
    pub fn statistics(&self, column: usize, watch: Watch<'_>) -> Result<Statistics> {
        let what = "counting";
        let (mut rows, mut nulls) = (0, 0);
        let mut seen: HashSet<u64> = HashSet::new();
        // Key and text.
        let mut least: Option<(Vec<u8>, String)> = None;
        let mut greatest: Option<(Vec<u8>, String)> = None;
        let mut sum = Sum { value: Some(0), scale: 0, floats: 0.0, any_float: false, many: 0 };
        let mut only_numbers = true;
        let mut axis: Option<(f64, f64)> = None;
        let (mut numbers, mut times) = (false, false);
        let mut whole = true;
        let mut key = Vec::new();
        self.walk(what, 0, &[column], usize::MAX, watch, |_, cells| {
            let cell = cells[0];
            rows += 1;
            if cell.is_null() {
                nulls += 1;
                return Ok(ControlFlow::Continue(()));
            }
            key::of(cell, &mut key);
            if seen.len() <= DISTINCT_MOST {
                let mut hasher = DefaultHasher::new();
                key.hash(&mut hasher);
                if cell.bytes.len() >= key::TEXT_MOST {
                    cell.bytes.hash(&mut hasher);
                }
                seen.insert(hasher.finish());
            }
            if least.as_ref().is_none_or(|it| key < it.0) {
                least = Some((key.clone(), shown(cell)));
            }
            if greatest.as_ref().is_none_or(|it| key > it.0) {
                greatest = Some((key.clone(), shown(cell)));
            }
            if cell.kind.is_number() {
                sum.add(cell);
                numbers = true;
                whole &= cell.kind == Kind::Integer;
            } else {
                only_numbers = false;
                times |= matches!(cell.kind, Kind::Date | Kind::Timestamp);
            }
            if let Some(place) = place(cell) {
                let (from, to) = axis.unwrap_or((place, place));
                axis = Some((from.min(place), to.max(place)));
            }
            Ok(ControlFlow::Continue(()))
        })?;
        let many = seen.len() as u64;
        let histogram = match axis {
            // Numbers and times have no axis in common.
            Some((from, to)) if numbers != times && (to - from).is_finite() => {
                self.histogram(column, (from, to), whole && numbers, rows, watch)?
            }
            _ => Vec::new(),
        };
        Ok(Statistics {
            rows,
            nulls,
            distinct: if many > DISTINCT_MOST as u64 {
                Distinct::MoreThan(DISTINCT_MOST as u64)
            } else {
                Distinct::Exactly(many)
            },
            min: least.map(|it| it.1),
            max: greatest.map(|it| it.1),
            sum: sum.text().filter(|_| only_numbers),
            mean: sum.mean().filter(|_| only_numbers),
            times: times && !histogram.is_empty(),
            histogram,
        })
    }

    fn histogram(
        &self,
        column: usize,
        (from, to): (f64, f64),
        whole: bool,
        rows: u64,
        watch: Watch<'_>,
    ) -> Result<Vec<Bar>> {
        // Few whole numbers have a bar each.
        let few = whole && to - from < BARS as f64;
        let many = if from == to {
            1
        } else if few {
            (to - from) as usize + 1
        } else {
            BARS
        };
        let width = if few { 1.0 } else { (to - from) / many as f64 };
        let mut counts = vec![0; many];
        self.walk("counting", 0, &[column], key::READ_MOST, watch, |row, cells| {
            if row >= rows {
                return Ok(ControlFlow::Break(()));
            }
            if let Some(place) = place(cells[0]) {
                let bar = if width > 0.0 { ((place - from) / width) as usize } else { 0 };
                counts[bar.min(many - 1)] += 1;
            }
            Ok(ControlFlow::Continue(()))
        })?;
        let edge = |at: usize| if at == many && !few { to } else { from + width * at as f64 };
        let bar =
            |(at, count): (usize, &u64)| Bar { from: edge(at), to: edge(at + 1), count: *count };
        Ok(counts.iter().enumerate().map(bar).collect())
    }
}
