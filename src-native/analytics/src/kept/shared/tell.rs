//! The side that collects: what a place does not have yet, and the manifest that names it all.

use super::manifest::block_name;
use super::objects::{self, LISTS, Noted, days_of, month_bytes, packed, readable};
use super::{Bundle, Chunk, Days, FORMAT, Kept, Manifest, Object, Place, Result, Said, SharedSite};
use super::{Trouble, manifest_of};
use crate::block::{Rows, put};
use crate::kept::hot::decode;
use crate::kept::{Error, Snapshot};
use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashSet};

/// Bytes that are put together.
const TOGETHER: usize = 2 << 20;
/// Objects that are put or removed together.
const OBJECTS_TOGETHER: usize = 500;
/// How often what is not named any more is looked for, in milliseconds. It goes the second time it is found.
const SWEEP: i64 = 3_600_000;
/// Where it is noted how often something was erased.
pub(in crate::kept) const ERASED: &str = "erased";

/// What a round told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Its number.
    pub version: u64,
    /// Days whose blocks are new there.
    pub days: u64,
    /// Events of those, and of batches that are new there.
    pub events: u64,
    /// Objects that were added.
    pub objects: u64,
    /// Their bytes, and those of the manifest.
    pub bytes: u64,
    /// Objects that were removed.
    pub removed: u64,
}

impl Kept {
    /// Tells a place everything that it does not have of all sites, as it is now. `alias` is what the place is
    /// called here. It can be stopped at any time; what was put is not put again.
    ///
    /// # Errors
    /// Where another shares there, unless it is taken over.
    pub fn share<P: Place>(
        &self,
        alias: &str,
        place: &mut P,
        now: i64,
        take_over: bool,
    ) -> Result<Told, Trouble<P::Trouble>> {
        place.ready().map_err(Trouble::Place)?;
        let notes = Notes::of(alias);
        let mut owner = self.owner(false)?;
        let mut noted = self.noted_number(&notes.version)?;
        let mut last = manifest_of(place)?;
        let is_ours = |it: &&Manifest| it.owner == owner && it.version <= noted;
        if let Some(other) = last.as_ref().filter(|it| !is_ours(it) && !take_over) {
            return Err(Trouble::Said(Said::Another(other.told)));
        }
        if take_over {
            // A name of its own, for its numbers are not those that others have read.
            owner = self.owner(true)?;
            noted = noted.max(last.map_or(0, |it| it.version));
            last = None;
            place.remove_days(None).map_err(Trouble::Place)?;
        }
        let version = noted.max(last.as_ref().map_or(0, |it| it.version)) + 1;
        let erased = self.noted_number(ERASED)?;
        let done = self.snapshot(|snapshot| {
            let mut telling = Telling {
                snapshot,
                place,
                owner: &owner,
                queue: Vec::new(),
                queued: 0,
                told: Told { version, ..Told::default() },
                named: HashSet::new(),
            };
            let manifest = telling.all(last.as_ref(), version, now);
            Ok(manifest.map(|it| (it, telling.told, telling.named)))
        })?;
        let (manifest, mut told, named) = done?;
        // First that it was begun: whoever has a copy of this file and goes on from it tells otherwise.
        self.note_number(&notes.version, version)?;
        let bytes = manifest.write();
        place.put_manifest(&manifest, &bytes).map_err(Trouble::Place)?;
        told.bytes += bytes.len() as u64;
        told.removed = self.sweep(place, &notes, &manifest, &named, erased, now)?;
        Ok(told)
    }

    /// Removes from a place what is not named any more.
    fn sweep<P: Place>(
        &self,
        place: &mut P,
        notes: &Notes,
        manifest: &Manifest,
        named: &HashSet<String>,
        erased: u64,
        now: i64,
    ) -> Result<u64, Trouble<P::Trouble>> {
        let at_once =
            self.noted(&notes.erased)?.is_none() || self.noted_number(&notes.erased)? != erased;
        let swept = self.noted_number(&notes.swept)? as i64;
        if !at_once && (swept..swept.saturating_add(SWEEP)).contains(&now) {
            return Ok(0);
        }
        let names = place.names(&manifest.owner).map_err(Trouble::Place)?;
        let idle: Vec<String> = names.into_iter().filter(|it| !named.contains(it)).collect();
        let before = self.noted(&notes.idle)?.unwrap_or_default();
        let before: HashSet<&str> =
            std::str::from_utf8(&before).unwrap_or_default().lines().collect();
        let (gone, idle): (Vec<String>, Vec<String>) =
            idle.into_iter().partition(|it| at_once || before.contains(it.as_str()));
        for some in gone.chunks(OBJECTS_TOGETHER) {
            place.remove(&manifest.owner, some).map_err(Trouble::Place)?;
        }
        place.remove_before(&manifest.owner, manifest.version).map_err(Trouble::Place)?;
        self.note(&notes.idle, idle.join("\n").as_bytes())?;
        self.note_number(&notes.erased, erased)?;
        self.note_number(&notes.swept, now.max(0) as u64)?;
        Ok(gone.len() as u64)
    }

    /// The name of this file, made at random; another one where it is to have one.
    fn owner(&self, another: bool) -> Result<String> {
        let known = self.noted("owner")?.filter(|_| !another);
        if let Some(known) = known.and_then(|it| String::from_utf8(it).ok()) {
            return Ok(known);
        }
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)
            .map_err(|it| Error::Aside(std::io::Error::other(it.to_string())))?;
        let owner = hex(&bytes);
        self.note("owner", owner.as_bytes())?;
        Ok(owner)
    }
}

/// Under which names it is noted here what a place was told.
struct Notes {
    version: String,
    erased: String,
    swept: String,
    idle: String,
}

impl Notes {
    fn of(alias: &str) -> Notes {
        Notes {
            version: format!("told {alias}"),
            erased: format!("erased at {alias}"),
            swept: format!("swept {alias}"),
            idle: format!("idle {alias}"),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|it| format!("{it:02x}")).collect()
}

fn sum(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes)[..12])
}

struct Telling<'a, P> {
    snapshot: &'a Snapshot<'a>,
    place: &'a mut P,
    owner: &'a str,
    queue: Vec<Object>,
    queued: usize,
    told: Told,
    named: HashSet<String>,
}

impl<P: Place> Telling<'_, P> {
    fn connection(&self) -> &'_ Connection {
        self.snapshot.connection
    }

    /// Everything but the manifest itself.
    fn all(
        &mut self,
        last: Option<&Manifest>,
        version: u64,
        now: i64,
    ) -> Result<Manifest, Trouble<P::Trouble>> {
        let sites: Vec<SharedSite> =
            crate::kept::sites::all(self.connection())?.iter().map(SharedSite::of).collect();
        let mut months = Vec::new();
        for site in &sites {
            let renamed = last.is_some_and(|it| {
                it.sites.iter().any(|it| it.id == site.id && it.name != site.name)
            });
            self.months(site, renamed, last, version, &mut months)?;
        }
        for gone in last.iter().flat_map(|it| &it.sites) {
            if !sites.iter().any(|it| it.id == gone.id) {
                self.place.remove_days(Some(gone.id)).map_err(Trouble::Place)?;
            }
        }
        let bundles = self.bundles(last)?;
        let (generation, chunks) = self.words(last)?;
        self.flush()?;
        let known = chunks.iter().map(|it| it.name.clone());
        self.named.extend(known.chain(months.iter().map(|it| it.2.clone())));
        self.named.extend(bundles.iter().map(Bundle::name));
        Ok(Manifest {
            format: FORMAT,
            owner: self.owner.to_owned(),
            version,
            told: now,
            sites,
            generation,
            chunks,
            months,
            bundles,
        })
    }

    fn put(&mut self, name: String, bytes: Vec<u8>) -> Result<(), Trouble<P::Trouble>> {
        self.told.objects += 1;
        self.told.bytes += bytes.len() as u64;
        self.queued += bytes.len();
        self.queue.push(Object { name, bytes });
        if self.queued >= TOGETHER || self.queue.len() >= OBJECTS_TOGETHER {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Trouble<P::Trouble>> {
        self.queued = 0;
        let queue = std::mem::take(&mut self.queue);
        if queue.is_empty() {
            return Ok(());
        }
        self.place.put(self.owner, &queue).map_err(Trouble::Place)
    }

    /// The blocks of a site, and what its days come to.
    fn months(
        &mut self,
        site: &SharedSite,
        renamed: bool,
        last: Option<&Manifest>,
        version: u64,
        months: &mut Vec<(u32, i32, String)>,
    ) -> Result<(), Trouble<P::Trouble>> {
        let told: BTreeMap<i32, &String> = last
            .iter()
            .flat_map(|it| &it.months)
            .filter(|it| it.0 == site.id)
            .map(|it| (it.1, &it.2))
            .collect();
        let mut found = objects::months(self.connection(), site.id)?;
        for month in told.keys() {
            found.entry(*month).or_default();
        }
        for (month, mut days) in found {
            // People are those of the block: the name is the same where they are.
            let name = format!("m{}.{month}.{}", site.id, sum(&month_bytes(&days)));
            let blocks = days.values().filter_map(|it| it.block);
            self.named.extend(blocks.map(|it| block_name(it.0)));
            let changed = told.get(&month) != Some(&&name);
            if changed && !days.is_empty() {
                self.blocks(&days)?;
                objects::with_people(self.connection(), site.id, &mut days)?;
                self.put(name.clone(), packed(&month_bytes(&days)))?;
            }
            if (changed || renamed)
                && let Some((first, last)) = days_of(month)
            {
                let (site, name, days) = (site.id, site.name.as_str(), readable(&days));
                let days = Days { site, name, version, first, last, days };
                self.place.put_days(&days).map_err(Trouble::Place)?;
            }
            if !days.is_empty() {
                months.push((site.id, month, name));
            }
        }
        Ok(())
    }

    /// Blocks that are not there yet.
    fn blocks(&mut self, days: &BTreeMap<i32, Noted>) -> Result<(), Trouble<P::Trouble>> {
        let names: Vec<String> =
            days.values().filter_map(|it| Some(block_name(it.block?.0))).collect();
        let known = self.place.known(self.owner, &names).map_err(Trouble::Place)?;
        let known: HashSet<String> = known.into_iter().collect();
        for (block, head) in days.values().filter_map(|it| it.block) {
            if known.contains(&block_name(block)) {
                continue;
            }
            let mut body = Vec::new();
            let mut select = self
                .connection()
                .prepare_cached("SELECT id % 128, data FROM columns WHERE id >= ?1 AND id < ?2")?;
            let mut rows = select.query([block * 128, block * 128 + 128])?;
            while let Some(row) = rows.next()? {
                let bytes = row.get_ref(1)?.as_blob().unwrap_or_default();
                body.push(row.get(0)?);
                put(&mut body, bytes.len() as u64);
                body.extend(bytes);
            }
            drop(rows);
            drop(select);
            self.told.days += 1;
            self.told.events += head.events as u64;
            self.put(block_name(block), packed(&body))?;
        }
        Ok(())
    }

    /// Batches that are in no block. Small bundles join those that came after them, so that there are never many
    /// of a day, and each event is told a few times.
    fn bundles(&mut self, last: Option<&Manifest>) -> Result<Vec<Bundle>, Trouble<P::Trouble>> {
        let mut days: Vec<(u32, i32)> = Vec::new();
        let mut select = self
            .connection()
            .prepare_cached("SELECT DISTINCT site, day FROM hot ORDER BY site, day")?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            days.push((row.get(0)?, row.get(1)?));
        }
        drop(rows);
        drop(select);
        let mut all = Vec::new();
        for (site, day) in days {
            let mut standing: Vec<Bundle> = last
                .iter()
                .flat_map(|it| &it.bundles)
                .filter(|it| it.site == site && it.day == day)
                .cloned()
                .collect();
            standing.sort_by_key(|it| it.first);
            // Batches of a day go into its block together, and only those that come later stay.
            let mut batches = Batches::of(self.connection(), site, day)?;
            standing.retain(|it| batches.0.contains_key(&it.first));
            let from = standing.last().map_or(0, |it| it.last);
            batches.0.retain(|id, _| *id > from);
            if let (Some((first, _)), Some((last, _))) =
                (batches.0.first_key_value(), batches.0.last_key_value())
            {
                let (first, last, events) = (*first, *last, batches.0.values().sum::<u64>());
                let mut bundle = Bundle { site, day, first, last, events };
                self.told.events += bundle.events;
                while let Some(before) = standing.pop_if(|it| it.events <= bundle.events) {
                    bundle.first = before.first;
                    bundle.events += before.events;
                }
                let body = self.bundle(&bundle)?;
                self.put(bundle.name(), packed(&body))?;
                standing.push(bundle);
            }
            all.extend(standing);
        }
        Ok(all)
    }

    fn bundle(&self, bundle: &Bundle) -> Result<Vec<u8>> {
        let mut select = self.connection().prepare_cached(
            "SELECT data FROM hot WHERE site = ?1 AND day = ?2 AND id BETWEEN ?3 AND ?4 ORDER BY id",
        )?;
        let mut rows = select.query(params![bundle.site, bundle.day, bundle.first, bundle.last])?;
        let mut joined = Rows::default();
        while let Some(row) = rows.next()? {
            let bytes = row.get_ref(0)?.as_blob().unwrap_or_default();
            joined.extend(decode(bytes, bundle.site, bundle.day)?);
        }
        Ok(joined.encode())
    }

    /// Words that were given numbers since. Where words went, all are told anew.
    fn words(&mut self, last: Option<&Manifest>) -> Result<(u64, Vec<Chunk>), Trouble<P::Trouble>> {
        let mut generation = last.map_or(0, |it| it.generation);
        let mut chunks = last.map_or(Vec::new(), |it| it.chunks.clone());
        let marks = chunks.last().map_or(vec![0; LISTS], |it| it.marks.clone());
        let told: u64 = chunks.iter().map(|it| it.words).sum();
        if self.count(&[0; LISTS], &marks)? != told {
            generation += 1;
            chunks.clear();
        }
        let mut ends = vec![0; LISTS];
        for (lexicon, end) in ends.iter_mut().enumerate() {
            let most: Option<u32> = self
                .connection()
                .prepare_cached("SELECT max(id) FROM words WHERE lexicon = ?1")?
                .query_row([lexicon], |row| row.get(0))?;
            let before = chunks.last().map_or(0, |it| it.marks[lexicon]);
            *end = most.unwrap_or(0).max(before);
        }
        let from = |chunks: &[Chunk]| chunks.last().map_or(vec![0; LISTS], |it| it.marks.clone());
        let mut words = self.count(&from(&chunks), &ends)?;
        if words == 0 {
            return Ok((generation, chunks));
        }
        while let Some(before) = chunks.pop_if(|it| it.words <= words) {
            words += before.words;
        }
        let body = self.chunk(&from(&chunks), &ends)?;
        let name = format!("w{generation}.{}", sum(&body));
        self.put(name.clone(), packed(&body))?;
        chunks.push(Chunk { name, words, marks: ends });
        Ok((generation, chunks))
    }

    fn count(&self, from: &[u32], to: &[u32]) -> Result<u64> {
        let mut count = 0;
        for (lexicon, (from, to)) in from.iter().zip(to).enumerate() {
            count += self
                .connection()
                .prepare_cached(
                    "SELECT count(*) FROM words WHERE lexicon = ?1 AND id > ?2 AND id <= ?3",
                )?
                .query_row(params![lexicon, from, to], |row| row.get::<_, u64>(0))?;
        }
        Ok(count)
    }

    fn chunk(&self, from: &[u32], to: &[u32]) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        for (lexicon, (from, to)) in from.iter().zip(to).enumerate() {
            let mut select = self.connection().prepare_cached(
                "SELECT id, word FROM words WHERE lexicon = ?1 AND id > ?2 AND id <= ?3",
            )?;
            let mut rows = select.query(params![lexicon, from, to])?;
            while let Some(row) = rows.next()? {
                let word = row.get_ref(1)?.as_str().map_err(|it| Error::Damaged(it.to_string()))?;
                body.push(lexicon as u8);
                put(&mut body, row.get(0)?);
                put(&mut body, word.len() as u64);
                body.extend(word.as_bytes());
            }
        }
        Ok(body)
    }
}

/// Batches of a day that are in no block: the events of each.
struct Batches(BTreeMap<i64, u64>);

impl Batches {
    fn of(connection: &Connection, site: u32, day: i32) -> Result<Batches> {
        let mut select =
            connection.prepare_cached("SELECT id, events FROM hot WHERE site = ?1 AND day = ?2")?;
        let rows = select.query_map(params![site, day], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Batches(rows.collect::<rusqlite::Result<_>>()?))
    }
}
