//! Words and their numbers.

use super::seal::lexicon_of;
use super::{Error, Kept, Result, lock};
use crate::block::{CLIENT_WORDS, Col, Column, Lexicon, TOUCH_WORDS};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Most words whose numbers the writer remembers.
const REMEMBERED_MAX: usize = 200_000;
/// Most words of a list that are kept for reading; of longer lists words are looked up one by one.
const LIST_MAX: usize = 100_000;

/// Numbers of words the writer has met.
#[derive(Default)]
pub(crate) struct Numbers {
    lists: HashMap<Lexicon, HashMap<Box<str>, u32>>,
    count: usize,
}

impl Numbers {
    pub(crate) fn clear(&mut self) {
        self.lists.clear();
        self.count = 0;
    }

    /// The number of a word, which is given one if it has none.
    pub(crate) fn number(
        &mut self,
        connection: &Connection,
        lexicon: Lexicon,
        word: &str,
    ) -> Result<u32> {
        if word.is_empty() {
            return Ok(0);
        }
        let list = self.lists.entry(lexicon).or_default();
        if let Some(known) = list.get(word) {
            return Ok(*known);
        }
        let number = match number(connection, lexicon, word)? {
            Some(number) => number,
            None => {
                let given: i64 = connection
                    .prepare_cached(
                        "INSERT INTO lexicons VALUES (?1, 1)
                         ON CONFLICT DO UPDATE SET given = given + 1 RETURNING given",
                    )?
                    .query_row([lexicon as u8], |row| row.get(0))?;
                let number = u32::try_from(given).map_err(|_| {
                    Error::Refused("there are more different words than can be kept".into())
                })?;
                connection
                    .prepare_cached("INSERT INTO words VALUES (?1, ?2, ?3)")?
                    .execute(params![lexicon as u8, number, word])?;
                number
            }
        };
        if self.count >= REMEMBERED_MAX {
            self.clear();
        }
        self.lists.entry(lexicon).or_default().insert(word.into(), number);
        self.count += 1;
        Ok(number)
    }
}

/// The number of a word, if it has one.
pub(crate) fn number(connection: &Connection, lexicon: Lexicon, word: &str) -> Result<Option<u32>> {
    if word.is_empty() {
        return Ok(Some(0));
    }
    Ok(connection
        .prepare_cached("SELECT id FROM words WHERE lexicon = ?1 AND word = ?2")?
        .query_row(params![lexicon as u8, word], |row| row.get(0))
        .optional()?)
}

/// Reads what was added to a list since it was read.
fn read_on(
    connection: &Connection,
    lexicon: Lexicon,
    list: &mut Vec<Option<Arc<str>>>,
) -> Result<()> {
    let mut select = connection
        .prepare_cached("SELECT id, word FROM words WHERE lexicon = ?1 AND id >= ?2 AND id < ?3")?;
    let mut rows = select.query(params![lexicon as u8, list.len(), LIST_MAX])?;
    while let Some(row) = rows.next()? {
        let id: usize = row.get(0)?;
        list.resize(id.max(list.len()), None);
        list.push(Some(row.get(1)?));
    }
    Ok(())
}

/// Lists of words, as far as they were read.
#[derive(Default)]
pub(crate) struct KnownWords {
    lists: HashMap<Lexicon, Vec<Option<Arc<str>>>>,
}

impl KnownWords {
    pub(super) fn clear(&mut self) {
        self.lists.clear();
    }
}

impl Kept {
    /// The word of a number.
    pub(crate) fn word(
        &self,
        connection: &Connection,
        lexicon: Lexicon,
        number: u32,
    ) -> Result<Arc<str>> {
        if number == 0 {
            return Ok("".into());
        }
        let place = number as usize;
        let mut known = lock(&self.shared.words);
        let list = known.lists.entry(lexicon).or_default();
        if place < LIST_MAX && place >= list.len() {
            read_on(connection, lexicon, list)?;
        }
        if let Some(Some(word)) = list.get(place) {
            return Ok(word.clone());
        }
        drop(known);
        let word = connection
            .prepare_cached("SELECT word FROM words WHERE lexicon = ?1 AND id = ?2")?
            .query_row(params![lexicon as u8, number], |row| row.get(0))
            .optional()?;
        Ok(word.unwrap_or_else(|| "".into()))
    }
}

impl Kept {
    /// Runs over all words of a list.
    pub(crate) fn every_word(
        &self,
        connection: &Connection,
        lexicon: Lexicon,
        mut each: impl FnMut(u32, &str),
    ) -> Result<()> {
        let mut known = lock(&self.shared.words);
        let list = known.lists.entry(lexicon).or_default();
        read_on(connection, lexicon, list)?;
        for (number, word) in list.iter().enumerate() {
            if let Some(word) = word {
                each(number as u32, word);
            }
        }
        drop(known);
        let mut select = connection
            .prepare_cached("SELECT id, word FROM words WHERE lexicon = ?1 AND id >= ?2")?;
        let mut rows = select.query(params![lexicon as u8, LIST_MAX])?;
        while let Some(row) = rows.next()? {
            let word = row.get_ref(1)?.as_str().map_err(|it| Error::Damaged(it.to_string()))?;
            each(row.get(0)?, word);
        }
        Ok(())
    }

    /// Deletes words that nothing names any more: what was deleted may have been their only use. Their numbers
    /// are not given again.
    pub(super) fn sweep_words(&self) -> Result<()> {
        self.write(|transaction, numbers| {
            let mut used: HashMap<Lexicon, HashSet<u32>> = HashMap::new();
            let mut select = transaction.prepare("SELECT id, data FROM columns")?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                let id: i64 = row.get(0)?;
                let col = Col((id % 128) as u8);
                let bytes = row.get_ref(1)?.as_blob().unwrap_or_default();
                let damaged = |it| super::error::damaged(0, 0, &col.0.to_string(), it);
                if let Some(lexicon) = lexicon_of(col) {
                    let words = Column::list_of(bytes).map_err(damaged)?;
                    used.entry(lexicon).or_default().extend(words);
                } else if col == Col::TOUCHES || col == Col::CLIENTS {
                    // Not many, and without a list: rows of words one after the other.
                    let column = Column::decode(bytes, None).map_err(damaged)?;
                    let lexicons: &[Lexicon] =
                        if col == Col::TOUCHES { &TOUCH_WORDS } else { &CLIENT_WORDS };
                    let each = if col == Col::TOUCHES { 11 } else { 10 };
                    for place in 0..column.len() {
                        if let Some(lexicon) = lexicons.get(place % each) {
                            used.entry(*lexicon).or_default().insert(column.get(place) as u32);
                        }
                    }
                }
            }
            drop(rows);
            drop(select);
            let mut select = transaction.prepare("SELECT site, day, data FROM hot")?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                let bytes = row.get_ref(2)?.as_blob().unwrap_or_default();
                let batch = super::hot::decode(bytes, row.get(0)?, row.get(1)?)?;
                for (lexicon, number) in batch.words() {
                    used.entry(lexicon).or_default().insert(number);
                }
            }
            drop(rows);
            drop(select);
            let mut unused = Vec::new();
            let mut select = transaction.prepare("SELECT lexicon, id FROM words")?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                let (list, number): (u8, u32) = (row.get(0)?, row.get(1)?);
                let of = used.iter().find(|it| *it.0 as u8 == list);
                if !of.is_some_and(|it| it.1.contains(&number)) {
                    unused.push((list, number));
                }
            }
            drop(rows);
            drop(select);
            let mut delete =
                transaction.prepare("DELETE FROM words WHERE lexicon = ?1 AND id = ?2")?;
            for (list, number) in unused {
                delete.execute(params![list, number])?;
            }
            numbers.clear();
            Ok(())
        })?;
        lock(&self.shared.words).clear();
        Ok(())
    }
}
