//! What is in an object: numbers as in columns, squeezed, and their sum.

use super::super::Result;
use super::super::error::day_name;
use super::{Day, Said};
use crate::block::{Damage, Head, Input, put, sealed, zigzag};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use jiff::civil::{Date, date};
use rusqlite::{Connection, params};
use std::collections::BTreeMap;
use std::io::{Read, Write};

/// Lists of words have smaller numbers than this.
pub(super) const LISTS: usize = 27;
/// Largest object that is unpacked, in bytes.
const UNPACKED_MAX: u64 = 1 << 30;

/// Puts bytes into an object.
pub(super) fn packed(body: &[u8]) -> Vec<u8> {
    let mut deflate = DeflateEncoder::new(Vec::new(), Compression::fast());
    // Into memory, which takes whatever it is given.
    let _ = deflate.write_all(body);
    sealed(&deflate.finish().unwrap_or_default())
}

/// Takes them out.
pub(super) fn unpacked(name: &str, object: &[u8]) -> Result<Vec<u8>, Said> {
    let input = Input::checked(object).map_err(|it| damaged(name, it))?;
    let mut body = Vec::new();
    let read = DeflateDecoder::new(input.rest).take(UNPACKED_MAX).read_to_end(&mut body);
    read.map_err(|_| damaged(name, Damage("is not as it was written")))?;
    Ok(body)
}

pub(super) fn damaged(name: &str, damage: Damage) -> Said {
    Said::Damaged(format!("`{name}` {}", damage.0))
}

pub(super) fn input(body: &[u8]) -> Input<'_> {
    Input { encoding: 0, rest: body }
}

/// So many bytes of what is left.
pub(super) fn take<'a>(input: &mut Input<'a>, count: usize) -> Result<&'a [u8], Damage> {
    let (taken, rest) = input.rest.split_at_checked(count).ok_or(Damage("is cut off"))?;
    input.rest = rest;
    Ok(taken)
}

/// Months since the year 0 of a day.
pub(super) fn month_of(day: i32) -> i32 {
    let epoch = date(1970, 1, 1);
    let day = jiff::Span::new().try_days(day).and_then(|it| epoch.checked_add(it)).unwrap_or(epoch);
    i32::from(day.year()) * 12 + i32::from(day.month()) - 1
}

/// The first and the last day of a month.
pub(super) fn days_of(month: i32) -> Option<(i32, i32)> {
    let of = |month: i32| -> Option<i32> {
        let year = i16::try_from(month.div_euclid(12)).ok()?;
        let first = Date::new(year, i8::try_from(month.rem_euclid(12)).ok()? + 1, 1).ok()?;
        Some(first.since(date(1970, 1, 1)).ok()?.get_days())
    };
    Some((of(month)?, of(month.checked_add(1)?)? - 1))
}

/// A day of a month: its block, and what it comes to.
#[derive(Clone, Debug, Default)]
pub(super) struct Noted {
    pub(super) block: Option<(i64, Head)>,
    pub(super) counts: Option<[i64; 9]>,
    pub(super) people: Option<Vec<u8>>,
}

/// All days of a site by month, but for the people of them.
pub(super) fn months(
    connection: &Connection,
    site: u32,
) -> Result<BTreeMap<i32, BTreeMap<i32, Noted>>> {
    let mut days: BTreeMap<i32, Noted> = BTreeMap::new();
    let mut select = connection.prepare_cached(
        "SELECT day, id, visits, events, first, last FROM blocks WHERE site = ?1",
    )?;
    let mut rows = select.query([site])?;
    while let Some(row) = rows.next()? {
        let day = row.get(0)?;
        let head = Head {
            site,
            day,
            visits: row.get(2)?,
            events: row.get(3)?,
            first: row.get(4)?,
            last: row.get(5)?,
        };
        days.entry(day).or_default().block = Some((row.get(1)?, head));
    }
    let mut select = connection.prepare_cached(
        "SELECT day, visitors, visits, views, events, bounces, bounced_of, duration, still, engaged
         FROM days WHERE site = ?1",
    )?;
    let mut rows = select.query([site])?;
    while let Some(row) = rows.next()? {
        let mut counts = [0; 9];
        for (place, count) in counts.iter_mut().enumerate() {
            *count = row.get(place + 1)?;
        }
        days.entry(row.get(0)?).or_default().counts = Some(counts);
    }
    let mut months: BTreeMap<i32, BTreeMap<i32, Noted>> = BTreeMap::new();
    for (day, noted) in days {
        months.entry(month_of(day)).or_default().insert(day, noted);
    }
    Ok(months)
}

/// Adds the people of its days to a month.
pub(super) fn with_people(
    connection: &Connection,
    site: u32,
    month: &mut BTreeMap<i32, Noted>,
) -> Result<()> {
    for (day, noted) in month {
        noted.people = connection
            .prepare_cached("SELECT people FROM days WHERE site = ?1 AND day = ?2")?
            .query_map(params![site, day], |row| row.get(0))?
            .next()
            .transpose()?
            .flatten();
    }
    Ok(())
}

/// A month as bytes. Without the people, it says by which block and counts they can be told from others.
pub(super) fn month_bytes(days: &BTreeMap<i32, Noted>) -> Vec<u8> {
    let mut out = Vec::new();
    for (day, noted) in days {
        put(&mut out, zigzag(i64::from(*day)));
        match &noted.block {
            Some((block, head)) => {
                put(&mut out, *block as u64);
                put(&mut out, head.visits as u64);
                put(&mut out, head.events as u64);
                put(&mut out, zigzag(head.first));
                put(&mut out, zigzag(head.last));
            }
            None => put(&mut out, 0),
        }
        put(&mut out, u64::from(noted.counts.is_some()) + 2 * u64::from(noted.people.is_some()));
        for count in noted.counts.iter().flatten() {
            put(&mut out, zigzag(*count));
        }
        if let Some(people) = &noted.people {
            put(&mut out, people.len() as u64);
            out.extend(people);
        }
    }
    out
}

/// A month of its bytes.
pub(super) fn month_days(site: u32, body: &[u8]) -> Result<BTreeMap<i32, Noted>, Damage> {
    let mut input = input(body);
    let mut days = BTreeMap::new();
    while !input.rest.is_empty() {
        let day = i32::try_from(input.signed()?).map_err(|_| Damage("has a day that cannot be"))?;
        let mut noted = Noted::default();
        let block =
            i64::try_from(input.varint()?).map_err(|_| Damage("has a block that cannot be"))?;
        if block != 0 {
            let (visits, events) = (input.size()?, input.size()?);
            let (first, last) = (input.signed()?, input.signed()?);
            if block > i64::MAX / 256 || visits > u32::MAX as usize || events > u32::MAX as usize {
                return Err(Damage("has a block that cannot be"));
            }
            noted.block = Some((block, Head { site, day, visits, events, first, last }));
        }
        let has = input.varint()?;
        if has & 1 > 0 {
            let mut counts = [0; 9];
            for count in &mut counts {
                *count = input.signed()?;
            }
            noted.counts = Some(counts);
        }
        if has & 2 > 0 {
            let size = input.size()?;
            noted.people = Some(take(&mut input, size)?.to_vec());
        }
        days.insert(day, noted);
    }
    Ok(days)
}

/// The days of a month as people read them.
pub(super) fn readable(days: &BTreeMap<i32, Noted>) -> Vec<Day> {
    let day =
        |(day, noted): (&i32, &Noted)| Some(Day { day: day_name(*day), counts: noted.counts? });
    days.iter().filter_map(day).collect()
}
