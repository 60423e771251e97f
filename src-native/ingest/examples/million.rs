//! Makes a store with a million commits, always the same one, to measure answers on: two thousand people, thirty
//! thousand files, few of each doing most of the work. Rows go in through the same writes as a real history's.
//!
//! usage: million STORE [COMMITS]

use ingest::{identity, rollup};
use model::{
    Bytes, Change, ChangeKind, CommitFacts, FileId, Lines, Oid, Signature, Stamp, Timestamp,
};
use std::error::Error;
use std::time::Instant;
use store::Store;
use store::writes::{Checkpoint, CommitRows, FileRow, Identity, NewCommit, Tree};

const PEOPLE: usize = 2_000;
const FILES: usize = 30_000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("usage: million STORE [COMMITS]")?;
    let commits: u64 = arguments.next().map_or(Ok(1_000_000), |it| it.parse())?;
    let start = Instant::now();
    let store = Store::open(path.as_ref())?;
    let rows = store.write(|writer| -> Result<u64, ingest::Error> {
        let id = writer.add_source("synthetic/million", "/nowhere/million.git".as_ref(), None)?;
        let taken_down = writer.begin_load()?;
        let mut identities = Vec::new();
        for number in 0..PEOPLE {
            identities.push(writer.add_identity(&Identity {
                login: false,
                name: format!("Person {number} of Team {}", number % 40).as_str().into(),
                mail: format!("p{number}@example.org").as_str().into(),
            })?);
        }
        let files: Vec<FileRow> = (0..FILES)
            .map(|it| FileRow {
                id: FileId(it as i64 + 1),
                path: format!("area{}/part{}/module{}/file{it}.rs", it % 23, it % 211, it % 997)
                    .as_str()
                    .into(),
                component: Some(format!("area{}", it % 23)),
                tree: Some(Tree { blob: vec![7; 20], size: Some(500 + it as u64), mode: 0 }),
            })
            .collect();
        let components: Vec<(String, String)> =
            (0..23).map(|it| (format!("area{it}"), format!("area{it}/"))).collect();
        writer.set_files(id, &[], &files, &components)?;

        let mut chance = Chance(2026);
        let mut inserted = 0;
        let mut new = CommitRows::new(writer, id)?;
        let mut made = vec![false; FILES];
        let mut parent = None;
        let mut first = None;
        let mut head = None;
        for number in 0..commits {
            let person = chance.few(PEOPLE);
            let word = ["parser", "cache", "window", "store", "socket"][number as usize % 5];
            let verb = if number % 5 == 0 { "Fix" } else { "Change" };
            let stamp = Stamp { at: Timestamp(1_000_000_000 + number as i64 * 600), offset_minutes: 0 };
            let who = Signature {
                name: format!("Person {person} of Team {}", person % 40).as_str().into(),
                mail: format!("p{person}@example.org").as_str().into(),
            };
            let mut oid = [0; 20];
            oid[..8].copy_from_slice(&(number.wrapping_mul(0x9e37_79b9_7f4a_7c15)).to_be_bytes());
            oid[12..].copy_from_slice(&number.to_be_bytes());
            let Some(oid) = Oid::from_bytes(&oid) else { unreachable!("20 bytes are an object id") };
            let facts = CommitFacts {
                id: oid,
                parents: parent.into_iter().collect(),
                author: who.clone(),
                authored: stamp,
                committer: who,
                committed: stamp,
                message: format!("{verb} number {number} of the {word}\n\nSo that the {word} holds what people expect of it.\n").as_str().into(),
            };
            let row = new.add(&NewCommit {
                facts: &facts,
                generation: number as u32 + 1,
                author: identities[person],
                committer: identities[person],
                fixes: number % 5 == 0,
                reverts: None,
            })?;
            new.person(row, stamp.at, identities[person], 0)?;
            let mut touched: Vec<usize> = (0..3).map(|_| chance.few(FILES)).collect();
            if number % 8 == 0 {
                touched.push(chance.below(FILES));
            }
            touched.sort_unstable();
            touched.dedup();
            let changes: Vec<Change> = touched
                .iter()
                .map(|file| Change {
                    path: Bytes::default(),
                    from: None,
                    kind: if std::mem::replace(&mut made[*file], true) { ChangeKind::Modified } else { ChangeKind::Added },
                    lines: Lines::Counted { added: chance.below(40) as u32, deleted: chance.below(20) as u32 },
                })
                .collect();
            let mut rows: Vec<_> = touched
                .iter()
                .zip(&changes)
                .map(|(file, change)| (FileId(*file as i64 + 1), None, change))
                .collect();
            inserted += rows.len() as u64;
            new.files(row, stamp.at, [9; 16], &mut rows)?;
            first.get_or_insert(row);
            parent = Some(oid);
            head = Some(oid);
        }
        drop(new);
        if let Some(first) = first {
            writer.index_messages(id, first)?;
        }
        writer.end_load(taken_down)?;
        writer.checkpoint(
            id,
            &Checkpoint {
                head_ref: Some("refs/heads/main".into()),
                head,
                refs: None,
                config: Vec::new(),
                rules: Vec::new(),
                mailmap: Vec::new(),
                as_of: Some(Timestamp(1_000_000_000 + commits as i64 * 600)),
            },
        )?;
        let identities = writer.identities()?;
        let resolved = identity::resolve(&identity::Known {
            identities: &identities,
            uses: writer.identity_uses()?,
            ..Default::default()
        });
        let (_, people) = writer.set_resolved(&resolved)?;
        let history = writer.history(id)?;
        writer.set_rollups(id, &history, &rollup::rollups(&history, &people), true)?;
        Ok(inserted)
    })?;
    let megabytes = std::fs::metadata(&path)?.len() as f64 / 1e6;
    let seconds = start.elapsed().as_secs_f64();
    print_line(&format!(
        "{commits} commits, {rows} file rows, {megabytes:.0} MB, made in {seconds:.0} s"
    ));
    Ok(())
}

#[expect(clippy::print_stdout, reason = "an example's answer goes to its caller")]
fn print_line(text: &str) {
    println!("{text}");
}

/// A small generator of our own, so that every machine makes the same store.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        it ^ (it >> 31)
    }

    fn below(&mut self, most: usize) -> usize {
        (self.next() % most as u64) as usize
    }

    /// A number below `most`, small ones far more often: Pareto's law at 0.6.
    fn few(&mut self, most: usize) -> usize {
        let part = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        let rank = (1.0 - part).powf(-1.0 / 0.6) - 1.0;
        if rank < most as f64 { rank as usize } else { self.below(most) }
    }
}
