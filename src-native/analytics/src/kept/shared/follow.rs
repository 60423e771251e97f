//! The side that follows: what a manifest says becomes what is here, and what a question needs is fetched.

use super::manifest::block_name;
use super::objects::{self, LISTS, days_of, month_days, unpacked};
use super::{Kept, Manifest, Object, Place, Result, Said, Trouble, manifest_of};
use crate::block::Damage;
use crate::kept::hot::decode;
use crate::kept::seal::drop_block;
use crate::kept::sites;
use crate::kept::{Error, lock};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes that are fetched together are not known before; so many objects are.
const TOGETHER: usize = 32;
/// How often what goes while it is fetched is looked for again.
const TRIES: usize = 5;

type Objects = HashMap<String, Vec<u8>>;

impl Kept {
    /// The manifest that this file is of; none where it follows nobody.
    pub fn followed(&self) -> Result<Option<Manifest>> {
        self.read(manifest_here)
    }

    /// The same file, for one question or some: what they come upon that is not here is remembered.
    #[must_use]
    pub fn asking(&self) -> Kept {
        Kept { shared: self.shared.clone(), wanted: Some(Arc::default()) }
    }

    /// What questions came upon since they began and was not here.
    pub fn wanted(&self) -> Vec<String> {
        let Some(wanted) = &self.wanted else { return Vec::new() };
        std::mem::take(&mut *wanted.lock().unwrap_or_else(PoisonError::into_inner))
            .into_iter()
            .collect()
    }

    pub(in crate::kept) fn want(wanted: &Mutex<BTreeSet<String>>, error: &Error) {
        if let Error::Absent(names) = error {
            wanted.lock().unwrap_or_else(PoisonError::into_inner).extend(names.iter().cloned());
        }
    }

    /// Brings this file to what a manifest says. What is here already and changed is fetched, and what went goes;
    /// everything else stays absent until it is asked for. True where anything changed.
    ///
    /// # Errors
    /// [`Said::Gone`] where another manifest has been written meanwhile: read that.
    pub fn follow<P: Place>(
        &self,
        manifest: &Manifest,
        place: &mut P,
    ) -> Result<bool, Trouble<P::Trouble>> {
        for _ in 0..TRIES {
            let before = self.followed()?;
            if let Some(here) = &before {
                if here.owner != manifest.owner {
                    return Err(Trouble::Said(Said::Another(manifest.told)));
                }
                if here.version >= manifest.version {
                    return Ok(false);
                }
            }
            let absent = self.absent_names()?;
            let mut needed: Vec<String> =
                new_words(before.as_ref(), manifest).map(str::to_owned).collect();
            for (site, month, name) in &manifest.months {
                let told = before.iter().flat_map(|it| &it.months);
                let told = told.into_iter().find(|it| it.0 == *site && it.1 == *month);
                if told.is_some_and(|it| it.2 != *name && !absent.contains(&it.2)) {
                    needed.push(name.clone());
                }
            }
            let objects = fetched(place, &manifest.owner, &needed)?;
            if !needed.iter().all(|it| objects.contains_key(it)) {
                return Err(Trouble::Said(Said::Gone));
            }
            let was = before.as_ref().map(|it| it.version);
            if let Some(cleaned) = self.apply(was, manifest, &objects)? {
                if cleaned {
                    self.forget_words()?;
                }
                return Ok(true);
            }
        }
        Err(Trouble::Kept(Error::Busy))
    }

    /// Fetches objects that were found absent.
    ///
    /// # Errors
    /// [`Said::Gone`] where the place does not have them any more: read its manifest.
    pub fn take<P: Place>(
        &self,
        names: &[String],
        place: &mut P,
    ) -> Result<(), Trouble<P::Trouble>> {
        let Some(manifest) = self.followed()? else { return Ok(()) };
        for some in names.chunks(TOGETHER) {
            let absent = self.absent_names()?;
            let needed: Vec<String> =
                some.iter().filter(|it| absent.contains(*it)).cloned().collect();
            if needed.is_empty() {
                continue;
            }
            let objects = fetched(place, &manifest.owner, &needed)?;
            if objects.len() < needed.len() {
                return Err(Trouble::Said(Said::Gone));
            }
            self.land(&objects)?;
        }
        Ok(())
    }

    /// Brings this file to what a place has, by the manifest there. Gives that manifest's time.
    pub fn refresh<P: Place>(&self, place: &mut P) -> Result<bool, Trouble<P::Trouble>> {
        let mut tries = 0;
        loop {
            let manifest = manifest_of(place)?.ok_or(Trouble::Said(Said::Nothing))?;
            match self.follow(&manifest, place) {
                Err(Trouble::Said(Said::Gone)) if tries < TRIES => tries += 1,
                done => return done,
            }
        }
    }

    fn absent_names(&self) -> Result<HashSet<String>> {
        self.read(|it| {
            let mut select = it.prepare_cached("SELECT name FROM absent")?;
            let names = select.query_map([], |row| row.get(0))?;
            Ok(names.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Leaves nothing of words that went.
    fn forget_words(&self) -> Result<()> {
        lock(&self.shared.words).clear();
        let writing = lock(&self.shared.writer);
        writing.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    /// Whether words went; none where another did the same meanwhile.
    fn apply(
        &self,
        was: Option<u64>,
        manifest: &Manifest,
        objects: &Objects,
    ) -> Result<Option<bool>> {
        self.write(|transaction, numbers| {
            let before = manifest_here(transaction)?;
            if before.as_ref().map(|it| it.version) != was {
                return Ok(None);
            }
            numbers.clear();
            let cleaned = before.as_ref().is_some_and(|it| it.generation != manifest.generation);
            apply_sites(transaction, before.as_ref(), manifest)?;
            apply_words(transaction, before.as_ref(), manifest, objects)?;
            apply_months(transaction, before.as_ref(), manifest, objects)?;
            apply_bundles(transaction, before.as_ref(), manifest)?;
            transaction.execute(
                "INSERT OR REPLACE INTO sharing VALUES ('manifest', ?1)",
                [manifest.write()],
            )?;
            Ok(Some(cleaned))
        })
    }

    /// Puts objects to where they belong.
    fn land(&self, objects: &Objects) -> Result<()> {
        self.write(|transaction, _| {
            let Some(manifest) = manifest_here(transaction)? else { return Ok(()) };
            let months: HashMap<&str, (u32, i32)> =
                manifest.months.iter().map(|it| (it.2.as_str(), (it.0, it.1))).collect();
            let bundles: HashMap<String, usize> =
                (0..).zip(&manifest.bundles).map(|(at, it)| (it.name(), at)).collect();
            for (name, object) in objects {
                let block: Option<i64> = transaction
                    .prepare_cached("SELECT block FROM absent WHERE name = ?1")?
                    .query_row([name], |row| row.get(0))
                    .optional()?;
                let Some(block) = block else { continue };
                if let Some((site, month)) = months.get(name.as_str()) {
                    put_month(transaction, *site, *month, name, object)?;
                } else if let Some(at) = bundles.get(name) {
                    put_bundle(transaction, &manifest.bundles[*at], name, object)?;
                } else if block != 0 {
                    put_block(transaction, block, name, object)?;
                }
                transaction
                    .prepare_cached("DELETE FROM absent WHERE name = ?1")?
                    .execute([name])?;
            }
            Ok(())
        })
    }
}

fn manifest_here(connection: &Connection) -> Result<Option<Manifest>> {
    let bytes: Option<Vec<u8>> = connection
        .prepare_cached("SELECT value FROM sharing WHERE name = 'manifest'")?
        .query_row([], |row| row.get(0))
        .optional()?;
    bytes.map(|it| Manifest::read(&it).map_err(refused)).transpose()
}

fn refused(said: Said) -> Error {
    match said {
        Said::Damaged(what) => Error::Damaged(format!("what is shared {what}")),
        Said::Newer(form) => Error::Damaged(format!("what is shared has the newer form {form}")),
        said => Error::Damaged(format!("what is shared cannot be read: {said:?}")),
    }
}

fn broken(name: &str, damage: Damage) -> Error {
    refused(objects::damaged(name, damage))
}

fn body(name: &str, object: &[u8]) -> Result<Vec<u8>> {
    unpacked(name, object).map_err(refused)
}

fn fetched<P: Place>(
    place: &mut P,
    owner: &str,
    names: &[String],
) -> Result<Objects, Trouble<P::Trouble>> {
    let mut objects = Objects::new();
    for some in names.chunks(TOGETHER) {
        let found = place.get(owner, some).map_err(Trouble::Place)?;
        let asked = |it: &Object| some.contains(&it.name);
        objects.extend(found.into_iter().filter(asked).map(|it| (it.name, it.bytes)));
    }
    Ok(objects)
}

/// Chunks that have words which are not here.
fn new_words<'a>(
    before: Option<&Manifest>,
    manifest: &'a Manifest,
) -> impl Iterator<Item = &'a str> {
    let before = before.filter(|it| it.generation == manifest.generation);
    let marks =
        before.and_then(|it| it.chunks.last()).map_or(vec![0; LISTS], |it| it.marks.clone());
    let chunks = manifest.chunks.iter();
    chunks
        .filter(move |it| it.marks.iter().zip(&marks).any(|(theirs, ours)| theirs > ours))
        .map(|it| it.name.as_str())
}

fn apply_sites(
    connection: &Connection,
    before: Option<&Manifest>,
    manifest: &Manifest,
) -> Result<()> {
    for gone in before.iter().flat_map(|it| &it.sites) {
        if !manifest.sites.iter().any(|it| it.id == gone.id) {
            sites::remove(connection, gone.id)?;
            connection.execute("DELETE FROM absent WHERE site = ?1", [gone.id])?;
        }
    }
    connection.execute("DELETE FROM sites", [])?;
    for site in &manifest.sites {
        sites::insert(connection, &site.site())?;
    }
    Ok(())
}

fn apply_words(
    connection: &Connection,
    before: Option<&Manifest>,
    manifest: &Manifest,
    objects: &Objects,
) -> Result<()> {
    if before.is_none_or(|it| it.generation != manifest.generation) {
        connection.execute("DELETE FROM words", [])?;
    }
    let mut insert =
        connection.prepare_cached("INSERT OR IGNORE INTO words VALUES (?1, ?2, ?3)")?;
    for name in new_words(before, manifest) {
        let body = body(name, objects.get(name).map(Vec::as_slice).unwrap_or_default())?;
        let mut input = objects::input(&body);
        while !input.rest.is_empty() {
            let mut one = || -> std::result::Result<_, Damage> {
                let (lexicon, id, size) = (input.byte()?, input.word()?, input.size()?);
                Ok((lexicon, id, objects::take(&mut input, size)?))
            };
            let (lexicon, id, word) = one().map_err(|it| broken(name, it))?;
            let word = std::str::from_utf8(word)
                .map_err(|_| broken(name, Damage("has a word that is no text")))?;
            insert.execute(params![lexicon, id, word])?;
        }
    }
    Ok(())
}

fn apply_months(
    connection: &Connection,
    before: Option<&Manifest>,
    manifest: &Manifest,
    objects: &Objects,
) -> Result<()> {
    let told: BTreeMap<(u32, i32), &String> =
        manifest.months.iter().map(|it| ((it.0, it.1), &it.2)).collect();
    let mut known = BTreeMap::new();
    for (site, month, name) in before.iter().flat_map(|it| &it.months) {
        known.insert((*site, *month), name);
        if told.get(&(*site, *month)) == Some(&name) {
            continue;
        }
        let absent =
            connection.prepare_cached("DELETE FROM absent WHERE name = ?1")?.execute([name])?;
        let bytes = told.get(&(*site, *month)).and_then(|it| Some((*it, objects.get(*it)?)));
        match bytes {
            Some((name, object)) if absent == 0 => {
                put_month(connection, *site, *month, name, object)?;
            }
            // What is not named any more is not kept, and what is will be asked for.
            _ => {
                put_days(connection, *site, *month, &BTreeMap::new())?;
                if let Some(name) = told.get(&(*site, *month)) {
                    absent_month(connection, *site, *month, name)?;
                }
            }
        }
    }
    for ((site, month), name) in told {
        if !known.contains_key(&(site, month)) {
            absent_month(connection, site, month, name)?;
        }
    }
    Ok(())
}

fn absent_month(connection: &Connection, site: u32, month: i32, name: &str) -> Result<()> {
    let (first, last) = days_of(month).unwrap_or((i32::MIN, i32::MAX));
    connection
        .prepare_cached("INSERT OR REPLACE INTO absent VALUES (?1, ?2, ?3, ?4, 0)")?
        .execute(params![name, site, first, last])?;
    Ok(())
}

fn apply_bundles(
    connection: &Connection,
    before: Option<&Manifest>,
    manifest: &Manifest,
) -> Result<()> {
    let told: BTreeSet<_> = manifest.bundles.iter().collect();
    let known: BTreeSet<_> = before.iter().flat_map(|it| &it.bundles).collect();
    for gone in known.difference(&told) {
        connection
            .prepare_cached("DELETE FROM hot WHERE id = ?1 AND site = ?2 AND day = ?3")?
            .execute(params![gone.last, gone.site, gone.day])?;
        connection.prepare_cached("DELETE FROM absent WHERE name = ?1")?.execute([gone.name()])?;
    }
    for new in told.difference(&known) {
        connection
            .prepare_cached("INSERT OR REPLACE INTO absent VALUES (?1, ?2, ?3, ?3, 0)")?
            .execute(params![new.name(), new.site, new.day])?;
    }
    Ok(())
}

fn put_month(
    connection: &Connection,
    site: u32,
    month: i32,
    name: &str,
    object: &[u8],
) -> Result<()> {
    let days = month_days(site, &body(name, object)?).map_err(|it| broken(name, it))?;
    let (first, last) = days_of(month).unwrap_or((i32::MIN, i32::MAX));
    if days.keys().any(|it| !(first..=last).contains(it)) {
        return Err(broken(name, Damage("has days of another month")));
    }
    put_days(connection, site, month, &days)
}

/// The days of a month are these from now on; blocks of them that are here stay.
fn put_days(
    connection: &Connection,
    site: u32,
    month: i32,
    days: &BTreeMap<i32, objects::Noted>,
) -> Result<()> {
    let (first, last) = days_of(month).unwrap_or((i32::MIN, i32::MAX));
    let stays: HashSet<i64> = days.values().filter_map(|it| Some(it.block?.0)).collect();
    let mut here = HashSet::new();
    let mut gone = Vec::new();
    let mut select = connection
        .prepare_cached("SELECT id FROM blocks WHERE site = ?1 AND day BETWEEN ?2 AND ?3")?;
    let mut rows = select.query(params![site, first, last])?;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        if stays.contains(&id) {
            here.insert(id);
        } else {
            gone.push(id);
        }
    }
    drop(rows);
    for block in gone {
        drop_block(connection, block)?;
        connection
            .prepare_cached("DELETE FROM absent WHERE name = ?1")?
            .execute([block_name(block)])?;
    }
    connection
        .prepare_cached("DELETE FROM days WHERE site = ?1 AND day BETWEEN ?2 AND ?3")?
        .execute(params![site, first, last])?;
    for (day, noted) in days {
        if let Some((block, head)) = noted.block.filter(|it| !here.contains(&it.0)) {
            connection
                .prepare_cached("INSERT INTO blocks VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
                .execute(params![
                    block,
                    site,
                    day,
                    head.visits,
                    head.events,
                    head.first,
                    head.last
                ])?;
            connection
                .prepare_cached("INSERT OR REPLACE INTO absent VALUES (?1, ?2, ?3, ?3, ?4)")?
                .execute(params![block_name(block), site, day, block])?;
        }
        if let Some([a, b, c, d, e, f, g, h, i]) = noted.counts {
            connection
                .prepare_cached(
                    "INSERT INTO days VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                )?
                .execute(params![site, day, a, b, c, d, e, f, g, h, i, noted.people])?;
        }
    }
    Ok(())
}

fn put_bundle(
    connection: &Connection,
    bundle: &super::Bundle,
    name: &str,
    object: &[u8],
) -> Result<()> {
    let data = body(name, object)?;
    let rows = decode(&data, bundle.site, bundle.day)?.rows;
    let last = rows.iter().map(|it| it.at).max().unwrap_or(0);
    connection
        .prepare_cached("INSERT OR REPLACE INTO hot VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
        .execute(params![bundle.last, bundle.site, bundle.day, rows.len(), last, data])?;
    Ok(())
}

fn put_block(connection: &Connection, block: i64, name: &str, object: &[u8]) -> Result<()> {
    let body = body(name, object)?;
    let mut input = objects::input(&body);
    let mut insert = connection.prepare_cached("INSERT OR REPLACE INTO columns VALUES (?1, ?2)")?;
    while !input.rest.is_empty() {
        let mut one = || {
            let (col, size) = (input.byte()?, input.size()?);
            Ok((col, objects::take(&mut input, size)?))
        };
        let (col, bytes) = one().map_err(|it| broken(name, it))?;
        if col >= 128 {
            return Err(broken(name, Damage("has a column that cannot be")));
        }
        insert.execute(params![block * 128 + i64::from(col), bytes])?;
    }
    Ok(())
}
