//! Makes a store with a million commits, always the same one, to measure answers on: two thousand people, thirty
//! thousand files, few of each doing most of the work. Rows go in through the same writes as a real history's.
//!
//! The laws are fitted to four real histories: zookeeper (2,715 commits that are no merges), umami (4,436), alloy
//! (3,591) and gitbutler (22,281). Part of all commits, in percent, that touch the file of a rank by such commits:
//!
//! | rank | zookeeper | umami | alloy | gitbutler | here |
//! | --- | --- | --- | --- | --- | --- |
//! | 1 | 42.3 | 16.0 | 10.2 | 5.6 | 9.7 |
//! | 3 | 6.0 | 4.4 | 9.1 | 2.1 | 4.5 |
//! | 10 | 3.2 | 1.7 | 3.4 | 1.2 | 1.9 |
//! | 30 | 1.8 | 1.3 | 0.70 | 0.79 | 0.8 |
//! | 100 | 0.88 | 0.92 | 0.31 | 0.39 | 0.3 |
//! | 1000 | 0.15 | 0.18 | 0.11 | 0.10 | 0.05 |
//! | files in a commit, median | 3 | 2 | 1 | 2 | 2 |
//! | files in a commit, mean | 7.4 | 6.8 | 5.8 | 4.9 | 4.6 |
//! | commits of the busiest person | 15 | 50 | 54 | 14 | 34 |
//!
//! Unlike real ones, these files live from the first commit to the last and none is ever renamed.
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
/// Files in a commit: each number is as likely as any other.
const FILES_OF_A_COMMIT: [usize; 20] =
    [1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 5, 7, 11, 44];

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
                name: format!("Person {number} of Team {}", number % 40).as_str().into(),
                mail: format!("p{number}@example.org").as_str().into(),
                ..Identity::default()
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
        let hot = Ranks::new(FILES);
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
            let many = FILES_OF_A_COMMIT[chance.below(FILES_OF_A_COMMIT.len())];
            let mut touched: Vec<usize> = (0..many).map(|_| hot.pick(&mut chance)).collect();
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

/// Ranks, each as likely as 1 / rank^0.8: Zipf's law.
struct Ranks(Vec<u64>);

impl Ranks {
    fn new(most: usize) -> Ranks {
        let mut sum = 0;
        let mut up_to = |rank: usize| {
            sum += (1e9 / (rank as f64).powf(0.8)) as u64;
            sum
        };
        Ranks((1..=most).map(&mut up_to).collect())
    }

    /// A rank, from 0.
    fn pick(&self, chance: &mut Chance) -> usize {
        let all = self.0.last().copied().unwrap_or(1);
        let at = chance.next() % all;
        self.0.partition_point(|it| *it <= at)
    }
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
