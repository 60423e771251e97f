//! Reads objects. Packs are read here, so that a delta's base is inflated once for all objects
//! built on it; loose objects and whatever else there is are left to gix. Nothing is executed,
//! fetched or written.

mod lack;

use std::cmp::Ordering;
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use gix::objs::{Find, FindHeader, Kind};
use gix::odb::pack;
use gix::{ObjectId, oid};

pub use lack::Lack;

/// Larger objects are not read.
pub(super) const MAX_OBJECT: u64 = 96 << 20;
/// No sane pack has longer chains of deltas.
const MAX_CHAIN: usize = 10_000;

/// Why an object could not be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Absent {
    /// It is not there, as in a partial clone.
    Missing,
    /// It is damaged, or not of the kind it should be.
    Corrupt,
    /// It is larger than [`MAX_OBJECT`].
    TooLarge,
}

/// Where an object is: in a pack, or in a list of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Place(u64);

impl Place {
    /// No object: the path is not there.
    pub(super) const NONE: Place = Place(u64::MAX);
}

const OTHER: u64 = 1 << 63;
const OFFSET_BITS: u32 = 46;

/// All packs of a repository and of its alternates, shared by the threads that read it.
pub(super) struct Packs {
    packs: Vec<Pack>,
    replacements: HashMap<ObjectId, ObjectId>,
    others: Mutex<Others>,
}

/// Ids of objects that are in no pack.
#[derive(Default)]
struct Others {
    ids: Vec<ObjectId>,
    places: HashMap<ObjectId, u64>,
}

struct Pack {
    index: pack::index::File,
    data: pack::data::File,
}

impl Packs {
    /// Opens every pack that can be opened. A damaged one is passed over, which shows in objects
    /// that are missing.
    pub(super) fn open(repo: &gix::Repository) -> Packs {
        let hash = repo.object_hash();
        let mut indices: Vec<_> = folders(repo)
            .iter()
            .filter_map(|it| std::fs::read_dir(it.join("pack")).ok())
            .flat_map(|entries| entries.filter_map(|it| Some(it.ok()?.path())))
            .filter(|it| it.extension().is_some_and(|it| it == "idx"))
            .collect();
        indices.sort();
        let packs = indices.iter().filter_map(|it| Pack::open(it, hash)).collect();
        let replacements = repo.objects.store_ref().replacements().collect();
        Packs { packs, replacements, others: Mutex::default() }
    }
}

/// The folders that hold objects: the repository's own, and its alternates.
fn folders(repo: &gix::Repository) -> Vec<PathBuf> {
    let store = repo.objects.store_ref();
    let mut folders = vec![store.path().to_owned()];
    folders.extend(store.alternate_db_paths().unwrap_or_default());
    folders
}

impl Pack {
    fn open(index: &Path, hash: gix::hash::Kind) -> Option<Pack> {
        let data = pack::data::File::at(index.with_extension("pack"), hash).ok()?;
        let index = pack::index::File::at(index, hash).ok()?;
        Some(Pack { index, data })
    }

    fn lookup(&self, id: &oid) -> Option<u64> {
        let at = match self.guess(id) {
            Ok(found) => found?,
            Err(()) => self.index.lookup(id)?,
        };
        let offset = self.index.pack_offset_at_index(at);
        (offset < 1 << OFFSET_BITS).then_some(offset)
    }

    /// Where the index has an id, if it has it. Ids are spread evenly, so a place is nearly known
    /// from the id alone; where they are not, this gives up soon.
    fn guess(&self, id: &oid) -> Result<Option<u32>, ()> {
        let rank = |id: &oid| match id.as_bytes().first_chunk() {
            Some(first) => u64::from(u32::from_be_bytes(*first)),
            None => 0,
        };
        let wanted = rank(id);
        let (mut low, mut high) = (0, u64::from(self.index.num_objects()));
        let (mut above, mut below) = (0, 1 << 32);
        for _ in 0..8 {
            if low >= high || wanted < above || wanted >= below {
                return Ok(None);
            }
            let at = low + (wanted - above) * (high - low) / (below - above);
            let found = self.index.oid_at_index(at as u32);
            match id.cmp(found) {
                Ordering::Equal => return Ok(Some(at as u32)),
                Ordering::Less => (high, below) = (at, rank(found) + 1),
                Ordering::Greater => (low, above) = (at + 1, rank(found)),
            }
        }
        Err(())
    }
}

/// One thread's reader, with its own cache.
pub(super) struct Objects {
    packs: Arc<Packs>,
    repo: gix::Repository,
    cache: Cache,
    inflate: gix::zlib::Inflate,
    delta: Vec<u8>,
    /// Objects that turned out absent, each counted once.
    pub(super) absent: HashMap<Place, Absent>,
    /// The pack the last object was found in, which is tried first.
    recent: usize,
}

impl Objects {
    /// A reader that keeps about `cache` bytes of decoded objects.
    pub(super) fn new(packs: Arc<Packs>, mut repo: gix::Repository, cache: usize) -> Objects {
        repo.objects.refresh_never();
        Objects {
            packs,
            repo,
            cache: Cache::new(cache),
            inflate: gix::zlib::Inflate::default(),
            delta: Vec::new(),
            absent: HashMap::new(),
            recent: 0,
        }
    }

    /// Where an object is; an object that is nowhere has a place too.
    pub(super) fn locate(&mut self, id: &oid) -> Place {
        let replaced = self.packs.replacements.get(id).copied();
        let id = replaced.as_deref().unwrap_or(id);
        let count = self.packs.packs.len();
        for i in (0..count).map(|it| (it + self.recent) % count) {
            if let Some(offset) = self.packs.packs[i].lookup(id) {
                self.recent = i;
                return Place((i as u64) << OFFSET_BITS | offset);
            }
        }
        self.note(id)
    }

    /// A place for an id that is looked up in no pack.
    pub(super) fn note(&self, id: &oid) -> Place {
        let mut others = self.packs.others.lock().unwrap_or_else(PoisonError::into_inner);
        let Others { ids, places } = &mut *others;
        let place = *places.entry(id.to_owned()).or_insert_with(|| {
            ids.push(id.to_owned());
            ids.len() as u64 - 1
        });
        Place(OTHER | place)
    }

    /// The id behind a place that [`Objects::note`] gave.
    pub(super) fn noted(&self, place: Place) -> Option<ObjectId> {
        if place.0 & OTHER == 0 {
            return None;
        }
        let others = self.packs.others.lock().unwrap_or_else(PoisonError::into_inner);
        others.ids.get((place.0 & !OTHER) as usize).copied()
    }

    /// The content of an object.
    pub(super) fn get(&mut self, id: &oid, kind: Kind) -> Result<Rc<Vec<u8>>, Absent> {
        let place = self.locate(id);
        self.at(place, kind)
    }

    /// The content of the object at a place.
    pub(super) fn at(&mut self, place: Place, kind: Kind) -> Result<Rc<Vec<u8>>, Absent> {
        let found = match self.any_at(place)? {
            (found, content) if found == kind => Ok(content),
            _ => Err(Absent::Corrupt),
        };
        if let Err(absent) = found {
            self.absent.insert(place, absent);
        }
        found
    }

    /// The object at a place, whatever it is.
    pub(super) fn any_at(&mut self, place: Place) -> Result<(Kind, Rc<Vec<u8>>), Absent> {
        if let Some(&absent) = self.absent.get(&place) {
            return Err(absent);
        }
        let found = match self.noted(place) {
            Some(id) => self.other(place, &id),
            None => self.packed(place, 0),
        };
        if let Err(absent) = found {
            self.absent.insert(place, absent);
        }
        found
    }

    /// Reads the beginning of the object at a place, as much of it as `start` holds, and tells how
    /// much that is. The object is not kept.
    pub(super) fn start_at(
        &mut self,
        place: Place,
        kind: Kind,
        start: &mut [u8],
    ) -> Result<usize, Absent> {
        if self.noted(place).is_none() && !self.absent.contains_key(&place) {
            let (pack, offset) = split(place);
            let packs = Arc::clone(&self.packs);
            let data = &packs.packs.get(pack).ok_or(Absent::Corrupt)?.data;
            let entry = data.entry(offset).ok().filter(|it| it.header.as_kind() == Some(kind));
            let end = data.pack_end() as u64;
            if let Some(stored) = entry.and_then(|it| data.entry_slice(it.data_offset..end)) {
                self.inflate.reset();
                if let Ok((_, _, written)) = self.inflate.prefix(stored, start) {
                    return Ok(written);
                }
            }
        }
        let content = self.at(place, kind)?;
        let len = content.len().min(start.len());
        start[..len].copy_from_slice(&content[..len]);
        Ok(len)
    }

    /// The size of the object at a place, in bytes.
    pub(super) fn size_at(&mut self, place: Place) -> Result<u64, Absent> {
        if let Some(&absent) = self.absent.get(&place) {
            return Err(absent);
        }
        let size = match self.noted(place) {
            Some(id) => match self.repo.objects.try_header(&id) {
                Ok(Some(header)) => Ok(header.size),
                Ok(None) => Err(Absent::Missing),
                Err(_) => Err(Absent::Corrupt),
            },
            None => self.packed_size(place),
        };
        if let Err(absent) = size {
            self.absent.insert(place, absent);
        }
        size
    }

    fn packed_size(&mut self, place: Place) -> Result<u64, Absent> {
        if let Some((_, content)) = self.cache.get(place) {
            return Ok(content.len() as u64);
        }
        let (pack, offset) = split(place);
        let packs = Arc::clone(&self.packs);
        let data = &packs.packs.get(pack).ok_or(Absent::Corrupt)?.data;
        let entry = data.entry(offset).map_err(|_| Absent::Corrupt)?;
        if entry.header.is_base() {
            return Ok(entry.decompressed_size);
        }
        // A delta begins with the sizes of its base and of its result.
        let mut start = [0; 32];
        let end = data.pack_end() as u64;
        let stored = data.entry_slice(entry.data_offset..end).ok_or(Absent::Corrupt)?;
        self.inflate.reset();
        let (_, _, written) =
            self.inflate.prefix(stored, &mut start).map_err(|_| Absent::Corrupt)?;
        let mut header = &start[..written];
        delta_size(&mut header).ok_or(Absent::Corrupt)?;
        delta_size(&mut header).ok_or(Absent::Corrupt)
    }

    /// An object that is in no pack.
    fn other(&mut self, place: Place, id: &oid) -> Result<(Kind, Rc<Vec<u8>>), Absent> {
        if let Some(found) = self.cache.get(place) {
            return Ok(found);
        }
        match self.repo.objects.try_header(id) {
            Ok(Some(header)) if header.size > MAX_OBJECT => return Err(Absent::TooLarge),
            Ok(Some(_)) => {}
            Ok(None) => return Err(Absent::Missing),
            Err(_) => return Err(Absent::Corrupt),
        }
        let mut content = Vec::new();
        let kind = match self.repo.objects.try_find(id, &mut content) {
            Ok(Some(found)) => found.kind,
            Ok(None) => return Err(Absent::Missing),
            Err(_) => return Err(Absent::Corrupt),
        };
        let content = Rc::new(content);
        self.cache.put(place, kind, Rc::clone(&content));
        Ok((kind, content))
    }

    fn packed(&mut self, place: Place, depth: usize) -> Result<(Kind, Rc<Vec<u8>>), Absent> {
        let packs = Arc::clone(&self.packs);
        let (pack, mut offset) = split(place);
        let pack_bits = (pack as u64) << OFFSET_BITS;
        let pack = packs.packs.get(pack).ok_or(Absent::Corrupt)?;

        // From the object down to a base that is known or whole.
        let mut chain = Vec::new();
        let (kind, mut content) = loop {
            let place = Place(pack_bits | offset);
            if let Some(found) = self.cache.get(place) {
                break found;
            }
            let entry = pack.data.entry(offset).map_err(|_| Absent::Corrupt)?;
            if entry.decompressed_size > MAX_OBJECT {
                return Err(Absent::TooLarge);
            }
            use pack::data::entry::Header;
            match entry.header {
                Header::OfsDelta { base_distance } => {
                    let base = entry.checked_base_pack_offset(base_distance);
                    chain.push((offset, entry));
                    offset = base.ok_or(Absent::Corrupt)?;
                }
                Header::RefDelta { base_id } => {
                    chain.push((offset, entry));
                    match pack.lookup(&base_id) {
                        Some(base) => offset = base,
                        None if depth < 10 => {
                            let base = self.locate(&base_id);
                            break match self.noted(base) {
                                Some(id) => self.other(base, &id),
                                None => self.packed(base, depth + 1),
                            }?;
                        }
                        None => return Err(Absent::Corrupt),
                    }
                }
                Header::Commit | Header::Tree | Header::Blob | Header::Tag => {
                    let mut content = self.cache.room(entry.decompressed_size as usize);
                    content.resize(entry.decompressed_size as usize, 0);
                    pack.data
                        .decompress_entry(&entry, &mut self.inflate, &mut content)
                        .map_err(|_| Absent::Corrupt)?;
                    let kind = entry.header.as_kind().ok_or(Absent::Corrupt)?;
                    let content = Rc::new(content);
                    self.cache.put(place, kind, Rc::clone(&content));
                    break (kind, content);
                }
            }
            if chain.len() > MAX_CHAIN {
                return Err(Absent::Corrupt);
            }
        };

        while let Some((offset, entry)) = chain.pop() {
            let len = entry.decompressed_size as usize;
            if self.delta.len() < len {
                self.delta.resize(len, 0);
            }
            pack.data
                .decompress_entry(&entry, &mut self.inflate, &mut self.delta[..len])
                .map_err(|_| Absent::Corrupt)?;
            content = Rc::new(apply(&content, &self.delta[..len], &mut self.cache)?);
            self.cache.put(Place(pack_bits | offset), kind, Rc::clone(&content));
        }
        Ok((kind, content))
    }
}

fn split(place: Place) -> (usize, u64) {
    ((place.0 >> OFFSET_BITS) as usize, place.0 & ((1 << OFFSET_BITS) - 1))
}

/// Reads a size as a delta's header has it: seven bits a byte, the lowest first.
fn delta_size(delta: &mut &[u8]) -> Option<u64> {
    let mut size = 0u64;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = delta.split_first()?;
        *delta = rest;
        size |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(size);
        }
    }
    None
}

/// Builds an object from its base and a delta: stretches copied from the base, and new bytes.
fn apply(base: &[u8], mut delta: &[u8], cache: &mut Cache) -> Result<Vec<u8>, Absent> {
    if delta_size(&mut delta) != Some(base.len() as u64) {
        return Err(Absent::Corrupt);
    }
    let size = delta_size(&mut delta).ok_or(Absent::Corrupt)?;
    if size > MAX_OBJECT {
        return Err(Absent::TooLarge);
    }
    let size = size as usize;
    let mut content = cache.room(size);
    content.clear();
    while let Some((&command, rest)) = delta.split_first() {
        delta = rest;
        let bytes = if command & 0x80 != 0 {
            // Four bits tell which bytes of the offset follow, three which of the length.
            let mut number = |bits: u8, count: u32| {
                (0..count).filter(|it| bits >> it & 1 != 0).try_fold(0usize, |number, it| {
                    let (&byte, rest) = delta.split_first()?;
                    delta = rest;
                    Some(number | usize::from(byte) << (8 * it))
                })
            };
            let start = number(command & 0x0f, 4).ok_or(Absent::Corrupt)?;
            let len = number(command >> 4 & 0x07, 3).ok_or(Absent::Corrupt)?;
            let len = if len == 0 { 0x10000 } else { len };
            base.get(start..start.saturating_add(len)).ok_or(Absent::Corrupt)?
        } else {
            let len = usize::from(command);
            let (bytes, rest) = delta.split_at_checked(len).ok_or(Absent::Corrupt)?;
            if len == 0 {
                return Err(Absent::Corrupt);
            }
            delta = rest;
            bytes
        };
        if content.len() + bytes.len() > size {
            return Err(Absent::Corrupt);
        }
        content.extend_from_slice(bytes);
    }
    if content.len() == size { Ok(content) } else { Err(Absent::Corrupt) }
}

/// Decoded objects, dropped in the order they came unless they were asked for meanwhile.
struct Cache {
    entries: HashMap<Place, Cached, BuildHasherDefault<PlaceHasher>>,
    order: VecDeque<Place>,
    bytes: usize,
    limit: usize,
    /// Room of dropped objects, for the next ones.
    rooms: Vec<Vec<u8>>,
}

struct Cached {
    kind: Kind,
    content: Rc<Vec<u8>>,
    used: bool,
}

impl Cache {
    /// What an entry costs beside its content.
    const OVERHEAD: usize = 96;

    /// How many dropped objects leave their room.
    const ROOMS: usize = 8;

    fn new(limit: usize) -> Cache {
        Cache {
            entries: HashMap::default(),
            order: VecDeque::new(),
            bytes: 0,
            limit,
            rooms: Vec::new(),
        }
    }

    /// Room for so many bytes, neither too small nor much too large. What is in it is of no use.
    fn room(&mut self, size: usize) -> Vec<u8> {
        let fits = |it: &Vec<u8>| it.capacity() >= size && it.capacity() <= 2 * size + 64;
        match self.rooms.iter().position(fits) {
            Some(at) => self.rooms.swap_remove(at),
            None => {
                self.rooms.truncate(Self::ROOMS / 2);
                Vec::with_capacity(size)
            }
        }
    }

    fn get(&mut self, place: Place) -> Option<(Kind, Rc<Vec<u8>>)> {
        let cached = self.entries.get_mut(&place)?;
        cached.used = true;
        Some((cached.kind, Rc::clone(&cached.content)))
    }

    fn put(&mut self, place: Place, kind: Kind, content: Rc<Vec<u8>>) {
        self.bytes += content.len() + Self::OVERHEAD;
        let cached = Cached { kind, content, used: false };
        if let Some(old) = self.entries.insert(place, cached) {
            self.bytes -= old.content.len() + Self::OVERHEAD;
        } else {
            self.order.push_back(place);
        }
        // The newest two stay however large they are: the next object is likely built on them.
        while self.bytes > self.limit && self.order.len() > 2 {
            let Some(oldest) = self.order.pop_front() else { return };
            match self.entries.get_mut(&oldest) {
                Some(cached) if cached.used => {
                    cached.used = false;
                    self.order.push_back(oldest);
                }
                Some(cached) => {
                    self.bytes -= cached.content.len() + Self::OVERHEAD;
                    let dropped = self.entries.remove(&oldest);
                    if self.rooms.len() < Self::ROOMS {
                        self.rooms.extend(dropped.and_then(|it| Rc::into_inner(it.content)));
                    }
                }
                None => {}
            }
        }
    }
}

/// Places are spread well by one multiplication.
#[derive(Default)]
struct PlaceHasher(u64);

impl Hasher for PlaceHasher {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0 ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
