//! Reading whole histories.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};

use model::{Bytes, Change, ChangeKind, Lines, Oid};

use super::made::{Chance, Made, Read, Stream, read};
use crate::sources::git::{EntryKind, Error, Progress};

fn change(path: &str, from: Option<&str>, kind: ChangeKind, added: u32, deleted: u32) -> Change {
    let lines = Lines::Counted { added, deleted };
    Change { path: path.into(), from: from.map(Bytes::from), kind, lines }
}

/// Lines of which some are common, some occur once.
fn text(chance: &mut Chance, lines: usize) -> Vec<Vec<u8>> {
    std::iter::repeat_with(|| line(chance)).take(lines).collect()
}

fn line(chance: &mut Chance) -> Vec<u8> {
    match chance.below(5) {
        0 => b"\n".to_vec(),
        1 => b"    }\n".to_vec(),
        2 => format!("    call({});\n", chance.below(12)).into_bytes(),
        3 => format!("\tlet value = {};\r\n", chance.below(300)).into_bytes(),
        _ => format!("a line that stands alone: {}\n", chance.below(1 << 30)).into_bytes(),
    }
}

/// Changes some lines, in one place or all over.
fn edit(chance: &mut Chance, lines: &mut Vec<Vec<u8>>) {
    let limit = if chance.one_in(6) { 60 } else { 4 };
    for _ in 0..1 + chance.below(limit) {
        let at = chance.below(lines.len() + 1);
        match chance.below(5) {
            0 | 1 => {
                let new = chance.below(6) + 1;
                lines.splice(at..at, text(chance, new));
            }
            2 => {
                let end = lines.len().min(at + chance.below(6));
                lines.drain(at..end);
            }
            3 if at < lines.len() => lines[at] = line(chance),
            _ => {
                let end = lines.len().min(at + chance.below(40));
                let moved: Vec<_> = lines.drain(at..end).collect();
                let to = chance.below(lines.len() + 1);
                lines.splice(to..to, moved);
            }
        }
    }
}

/// The lines of every file.
type Files = BTreeMap<String, Vec<Vec<u8>>>;

/// A history of everything at once: branches, merges, moves, copies, links, binaries.
fn random(seed: u64, commits: usize) -> Stream {
    let mut chance = Chance(seed);
    let mut stream = Stream::default();
    let mut tips: Vec<(usize, Files)> = Vec::new();
    for _ in 0..commits {
        let branch = chance.below(tips.len().min(3) + usize::from(tips.len() < 3));
        let mut parents = Vec::new();
        let mut files = BTreeMap::new();
        if let Some((tip, known)) = tips.get(branch).or(tips.first()) {
            parents.push(*tip);
            files = known.clone();
        }
        if tips.len() > 1 && chance.one_in(8) {
            let other = chance.below(tips.len());
            if !parents.contains(&tips[other].0) {
                parents.push(tips[other].0);
            }
        }
        let mark = stream.commit(&format!("b{branch}"), &parents);
        let names: Vec<String> = files.keys().cloned().collect();
        for name in &names {
            let bytes = name.as_bytes();
            match chance.below(12) {
                0 => {
                    stream.delete(bytes);
                    files.remove(name);
                }
                1 | 2 => {
                    let to = match chance.below(3) {
                        0 => format!("moved/{name}"),
                        1 => format!("{name}.{}", chance.below(100)),
                        _ => format!("d{}/{}", chance.below(4), chance.below(1000)),
                    };
                    if names.iter().any(|it| it.starts_with(&to) || to.starts_with(it.as_str())) {
                        continue;
                    }
                    stream.rename(bytes, to.as_bytes());
                    let mut lines = files.remove(name).unwrap();
                    if chance.one_in(2) {
                        for _ in 0..chance.below(12) {
                            edit(&mut chance, &mut lines);
                        }
                        stream.file("100644", to.as_bytes(), &lines.concat());
                    }
                    files.insert(to, lines);
                }
                3..=6 => {
                    let lines = files.get_mut(name).unwrap();
                    edit(&mut chance, lines);
                    let mut content = lines.concat();
                    if chance.one_in(15) {
                        content.truncate(content.len().saturating_sub(1));
                    }
                    if chance.one_in(20) {
                        content.insert(content.len() / 2, 0);
                    }
                    let modes = ["100644", "100644", "100644", "100755", "120000"];
                    stream.file(modes[chance.below(5)], bytes, &content);
                }
                7 if chance.one_in(6) => {
                    let id = format!("{:040x}", 1 + chance.below(1000));
                    stream.submodule(bytes, &id);
                }
                _ => {}
            }
        }
        for _ in 0..1 + chance.below(3) {
            let name = format!("d{}/f{}", chance.below(5), chance.below(60));
            if files.keys().any(|it| it.starts_with(&name) || name.starts_with(it.as_str())) {
                continue;
            }
            let limit = if chance.one_in(5) { 900 } else { 60 };
            let size = chance.below(limit);
            let lines = match files.values().next().filter(|_| chance.one_in(3)) {
                Some(other) => other.clone(),
                None => text(&mut chance, size),
            };
            stream.file("100644", name.as_bytes(), &lines.concat());
            files.insert(name, lines);
        }
        match tips.get_mut(branch) {
            Some(tip) => *tip = (mark, files),
            None => tips.push((mark, files)),
        }
    }
    let parents: Vec<usize> = tips.iter().map(|it| it.0).collect();
    stream.commit("main", &parents);
    stream
}

#[test]
fn random_histories_read_as_git_tells_them() {
    for seed in 1..=8 {
        let made = Made::bare();
        made.import(&random(seed, 60));
        let loose_or_packed = made.assert_like_git();
        assert_eq!(loose_or_packed.summary.missing_objects, 0);
        assert_eq!(loose_or_packed.summary.corrupt, 0);
        // The same history stored otherwise is the same history.
        made.git(&["repack", "-q", "-a", "-d", "-f", "--depth=50", "--window=10"]);
        let packed = made.read();
        assert_eq!(packed.ids(), loose_or_packed.ids());
        assert_eq!(packed.changes, loose_or_packed.changes);
    }
}

#[test]
fn large_rewrites_are_counted_with_gits_shortcuts() {
    // Thousands of changed lines make Git's diff give up looking for the shortest answer.
    let made = Made::bare();
    let mut stream = Stream::default();
    let mut chance = Chance(77);
    let mut lines: Vec<Vec<u8>> =
        (0..6000).map(|_| format!("word {}\n", chance.below(900)).into_bytes()).collect();
    let mut parents = vec![];
    for round in 0..6 {
        parents = vec![stream.commit("main", &parents)];
        stream.file("100644", b"big", &lines.concat());
        for _ in 0..1500 {
            let (a, b) = (chance.below(lines.len()), chance.below(lines.len()));
            match round % 3 {
                0 => lines.swap(a, b),
                1 => lines[a] = format!("word {}\n", chance.below(900)).into_bytes(),
                _ => {
                    let moved = lines.remove(a);
                    lines.insert(b.min(lines.len()), moved);
                }
            }
        }
    }
    made.import(&stream);
    made.assert_like_git();
}

#[test]
fn renames_follow_gits_rules() {
    let made = Made::bare();
    let mut stream = Stream::default();
    let mut chance = Chance(5);
    let body = |chance: &mut Chance| text(chance, 40).concat();
    let (a, b, c) = (body(&mut chance), body(&mut chance), body(&mut chance));
    let first = stream.commit("main", &[]);
    stream.file("100644", b"src/alone.rs", &a);
    stream.file("100644", b"src/twin1", &b);
    stream.file("100644", b"src/twin2", &b);
    stream.file("100644", b"empty", b"");
    stream.file("120000", b"link", b"target");
    stream.file("100755", b"tool", &c);
    stream.submodule(b"sub", &"1".repeat(40));
    // Equal contents, an equal name elsewhere, an empty file, a link, a submodule.
    let second = stream.commit("main", &[first]);
    stream.rename(b"src/alone.rs", b"lib/alone.rs");
    stream.file("100644", b"lib/alone.rs", &[&a[..], b"one more line\n"].concat());
    stream.rename(b"src/twin1", b"lib/other");
    stream.rename(b"src/twin2", b"lib/twin2");
    stream.rename(b"empty", b"void");
    stream.rename(b"link", b"chain");
    stream.rename(b"tool", b"bin");
    stream.rename(b"sub", b"sup");
    // Half of the content kept, and less than half; a file that becomes a folder.
    let third = stream.commit("main", &[second]);
    let half =
        |text: &[u8], share: usize| [&text[..text.len() * share / 100], &[b'x'; 400][..]].concat();
    stream.delete(b"lib/other");
    stream.file("100644", b"kept", &half(&b, 80));
    stream.delete(b"lib/twin2");
    stream.file("100644", b"lost", &half(&b, 30));
    stream.delete(b"void");
    stream.file("100644", b"void/inside", b"content\n");
    stream.delete(b"bin");
    stream.file("120000", b"bin", b"elsewhere");
    // A file whose own mode is all that changes, and a link that becomes a file.
    stream.commit("main", &[third]);
    stream.file("100755", b"kept", &half(&b, 80));
    stream.file("100644", b"bin", b"a file\nof two lines\n");
    made.import(&stream);
    let read = made.assert_like_git();
    let second = read.of(made.oid("main~2"));
    let renamed = |it: &&Change| it.kind == ChangeKind::Renamed;
    assert_eq!(second.iter().filter(renamed).count(), 7);
}

#[test]
fn too_many_candidates_end_the_search_as_in_git() {
    for count in [90, 1020] {
        let made = Made::bare();
        let mut stream = Stream::default();
        let mut chance = Chance(count as u64);
        let texts: Vec<Vec<u8>> = (0..count).map(|_| text(&mut chance, 4).concat()).collect();
        let first = stream.commit("main", &[]);
        for (i, text) in texts.iter().enumerate() {
            stream.file("100644", format!("old/{i}").as_bytes(), text);
        }
        stream.commit("main", &[first]);
        for (i, text) in texts.iter().enumerate() {
            stream.delete(format!("old/{i}").as_bytes());
            let changed = [&text[..], b"and more\n"].concat();
            stream.file("100644", format!("new/{}x", i % 7 * 1000 + i).as_bytes(), &changed);
        }
        made.import(&stream);
        let read = made.assert_like_git();
        let renames = read.of(made.oid("main")).iter().filter(|it| it.from.is_some()).count();
        assert_eq!(renames > 0, count == 90, "{renames}");
    }
}

#[test]
fn paths_are_any_bytes() {
    let made = Made::bare();
    let mut stream = Stream::default();
    let names: [&[u8]; 6] =
        [b"with \"quotes\"", b"new\nline", b"tab\t", b"\xff\xfe\x80", "名前/é".as_bytes(), b"-x"];
    let first = stream.commit("main", &[]);
    for name in names {
        stream.file("100644", name, b"a\nb\nc\nd\n");
    }
    stream.commit("main", &[first]);
    for name in names {
        stream.file("100644", name, b"a\nb\nc\n");
    }
    made.import(&stream);
    let read = made.assert_like_git();
    let mut paths: Vec<_> = read.changes[1].1.iter().map(|it| it.path.0.clone()).collect();
    let mut wanted = names.map(<[u8]>::to_vec).to_vec();
    paths.sort();
    wanted.sort();
    assert_eq!(paths, wanted);
}

#[test]
fn merges_tell_no_changes_and_parents_come_first() {
    let made = Made::bare();
    made.import(&random(3, 40));
    let read = made.read();
    let place: HashMap<Oid, usize> =
        read.commits.iter().enumerate().map(|(i, it)| (it.0.id, i)).collect();
    let mut merges = 0;
    for (i, (commit, generation)) in read.commits.iter().enumerate() {
        let above = commit.parents.iter().map(|it| read.commits[place[it]].1).max();
        assert_eq!(*generation, above.unwrap_or(0) + 1);
        assert!(commit.parents.iter().all(|it| place[it] < i));
        if commit.parents.len() > 1 {
            merges += 1;
            assert!(read.changes.iter().all(|it| it.0 != commit.id));
        }
    }
    assert!(merges > 2);
    assert_eq!(read.commits.last().unwrap().0.parents.len(), 3, "the last one is an octopus");
    assert_eq!(read.changes.len(), read.commits.len() - merges);
}

#[test]
fn only_unknown_commits_are_read() {
    let made = Made::bare();
    made.import(&random(9, 30));
    let whole = made.read();
    let generations: HashMap<Oid, u32> = whole.commits.iter().map(|it| (it.0.id, it.1)).collect();
    let old = made.oid("main^1");
    let before = read(&made.open(), old, &|_| None).unwrap();
    let known: HashMap<Oid, u32> = before.commits.iter().map(|it| (it.0.id, it.1)).collect();
    let rest = read(&made.open(), made.oid("main"), &|id| known.get(id).copied()).unwrap();
    assert!(!rest.commits.is_empty() && !before.commits.is_empty());
    assert_eq!(rest.commits.len() + before.commits.len(), whole.commits.len());
    for (commit, generation) in &rest.commits {
        assert_eq!(generations[&commit.id], *generation);
    }
    for (commit, changes) in rest.changes.iter().chain(&before.changes) {
        assert_eq!(whole.of(*commit), changes);
    }
    let nothing = read(&made.open(), made.oid("main"), &|_| Some(7)).unwrap();
    assert_eq!(nothing.summary, Default::default());
}

#[test]
fn a_missing_blob_is_a_gap_and_no_end() {
    let made = Made::bare();
    made.git(&["config", "fastimport.unpackLimit", "10000"]);
    let mut stream = Stream::default();
    let first = stream.commit("main", &[]);
    stream.file("100644", b"lost", b"one\ntwo\n");
    stream.file("100644", b"kept", b"one\n");
    let second = stream.commit("main", &[first]);
    stream.file("100644", b"lost", b"one\ntwo\nthree\n");
    stream.commit("main", &[second]);
    stream.file("100644", b"kept", b"two\n");
    made.import(&stream);
    remove(&made, &made.line(&["rev-parse", "main~1:lost"]));
    let read = made.read();
    assert_eq!(read.summary.missing_objects, 1);
    assert_eq!((read.summary.commits, read.changes.len()), (3, 3));
    assert_eq!(read.of(made.oid("main~1"))[0].lines, Lines::Unknown);
    assert_eq!(read.of(made.oid("main"))[0].lines, Lines::Counted { added: 1, deleted: 1 });
    let lost = made.oid("main~1:lost");
    assert_eq!(made.open().blob(lost, 1000).unwrap(), None);
    let files = made.open().tree_files(made.oid("main~1")).unwrap().0;
    assert_eq!(files[1].size, None);
}

#[test]
fn missing_trees_and_parents_are_gaps_and_no_end() {
    let made = Made::bare();
    made.git(&["config", "fastimport.unpackLimit", "10000"]);
    let mut stream = Stream::default();
    let mut parents = vec![];
    for i in 0..4 {
        parents = vec![stream.commit("main", &parents)];
        stream.file("100644", b"deep/file", format!("{i}\n").as_bytes());
        stream.file("100644", b"flat", format!("{i}\n").as_bytes());
    }
    made.import(&stream);
    remove(&made, &made.line(&["rev-parse", "main~1:deep"]));
    let found = made.read();
    assert_eq!((found.summary.commits, found.summary.missing_objects), (4, 1));
    assert_eq!(found.of(made.oid("main~1")), [change("flat", None, ChangeKind::Modified, 1, 1)]);
    assert_eq!(found.of(made.oid("main~2")).len(), 2);

    let (root, cut) = (made.line(&["rev-parse", "main~3"]), made.oid("main~2"));
    remove(&made, &root);
    let found = made.read();
    assert_eq!((found.summary.commits, found.summary.cut), (3, 1));
    assert_eq!(found.summary.missing_objects, 2);
    assert!(found.changes.iter().all(|it| it.0 != cut), "what it changed cannot be told");
    remove(&made, &made.line(&["rev-parse", "main"]));
    let gone = read(&made.open(), made.oid("main"), &|_| None);
    assert!(matches!(gone, Err(Error::NoCommit(_))));
}

/// Removes a loose object.
fn remove(made: &Made, id: &str) {
    std::fs::remove_file(made.path().join("objects").join(&id[..2]).join(&id[2..])).unwrap();
}

#[test]
fn a_shallow_clone_says_where_it_ends() {
    let made = Made::bare();
    let mut stream = Stream::default();
    let mut parents = vec![];
    for i in 0..6 {
        parents = vec![stream.commit("main", &parents)];
        stream.file("100644", b"file", format!("{i}\n").as_bytes());
    }
    made.import(&stream);
    let url = format!("file://{}", made.path().display());
    made.git(&["clone", "-q", "--bare", "--depth", "3", &url, "../shallow"]);
    let clone = crate::sources::git::Clone::open(&made.beside("shallow")).unwrap();
    let refs = clone.refs().unwrap();
    assert_eq!(refs.shallow, [made.oid("main~2")]);
    let read = read(&clone, refs.head.unwrap().oid, &|_| None).unwrap();
    assert!(read.summary.shallow);
    assert_eq!((read.summary.commits, read.summary.cut, read.changes.len()), (3, 1, 2));
    assert_eq!(read.summary.missing_objects, 0);
}

#[test]
fn damaged_objects_are_counted_whatever_is_damaged() {
    let made = Made::bare();
    made.import(&random(11, 30));
    made.git(&["repack", "-q", "-a", "-d", "-f"]);
    let pack = std::fs::read_dir(made.path().join("objects/pack")).unwrap();
    let pack = pack.map(|it| it.unwrap().path()).find(|it| it.extension().unwrap() == "pack");
    let pack = pack.unwrap();
    let whole = std::fs::read(&pack).unwrap();
    std::fs::remove_file(&pack).unwrap();
    let mut chance = Chance(4);
    let mut gaps = 0;
    for _ in 0..60 {
        let mut damaged = whole.clone();
        for _ in 0..1 + chance.below(4) {
            let at = 12 + chance.below(damaged.len() - 12);
            damaged[at] ^= 1 << chance.below(8);
        }
        if chance.one_in(10) {
            damaged.truncate(damaged.len() - 1 - chance.below(2000));
        }
        std::fs::write(&pack, &damaged).unwrap();
        let clone = made.open();
        match read(&clone, made.oid_of_main(), &|_| None) {
            Ok(read) => gaps += u64::from(read.summary.corrupt + read.summary.missing_objects > 0),
            Err(Error::NoCommit(_)) => gaps += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert!(gaps > 20, "{gaps}");
}

impl Made {
    /// The branch as its file has it: Git itself may refuse to read a damaged repository.
    fn oid_of_main(&self) -> Oid {
        let id = std::fs::read_to_string(self.path().join("refs/heads/main")).unwrap();
        Oid::from_hex(id.trim_end()).unwrap()
    }
}

#[test]
fn broken_commits_are_read_as_far_as_they_go() {
    let made = Made::bare();
    let tree = made.object("tree", b"");
    let commit = |lines: &[u8]| {
        made.object("commit", &[format!("tree {tree}\n").as_bytes(), lines].concat())
    };
    let facts = |lines: &[u8]| made.open().commit(commit(lines)).unwrap();

    let plain = facts(b"author A B <a b@c> -5 -0330\ncommitter  <> 4294967296 +1400\n\nhi\n");
    assert_eq!((&plain.author.name.0[..], &plain.author.mail.0[..]), (&b"A B"[..], &b"a b@c"[..]));
    assert_eq!((plain.authored.at.0, plain.authored.offset_minutes), (-5, -210));
    assert_eq!((plain.committed.at.0, plain.committed.offset_minutes), (4_294_967_296, 840));
    assert!(plain.committer.name.0.is_empty() && plain.committer.mail.0.is_empty());
    assert_eq!(plain.message, "hi\n".into());

    let broken: [&[u8]; 9] = [
        b"",
        b"\n",
        b"author\ncommitter\n",
        b"author nobody\ncommitter nobody\n\nx",
        b"author <<<>>> <> > 1 2\ncommitter > < 5\n\nx",
        b"author a <b> 99999999999999999999999 +9999999\ncommitter a <b\n\n\xff\xfe",
        b"author a <b> 12 x\ncommitter a <b> + +\n\n",
        b"parent nonsense\nauthor \0 <\0> 1 +0000\n\n\0",
        b"encoding ISO-8859-1\nauthor J\xf6rg <j> 1 +0000\ncommitter x <y> 1 +0000\n\nf\xfcr\n",
    ];
    let all: Vec<_> = broken.iter().map(|it| facts(it)).collect();
    assert_eq!(all[3].author.name, "nobody".into());
    assert_eq!(all[5].authored.at.0, 0);
    assert_eq!(all[5].message.0, b"\xff\xfe");
    assert_eq!(all[8].author.name, "Jörg".into());
    assert_eq!(all[8].message, "für\n".into());

    let no_tree = made.object("commit", b"author a <b> 1 +0000\n\nx");
    assert!(matches!(made.open().commit(no_tree), Err(Error::NoCommit(_))));
}

#[test]
fn a_parent_that_is_no_commit_ends_the_history_there() {
    let made = Made::bare();
    let tree = made.object("tree", b"");
    let broken = made.object("commit", b"author a <b> 1 +0000\n\nno tree\n");
    let text = format!("tree {tree}\nparent {broken}\nauthor a <b> 2 +0000\n\nchild\n");
    let child = made.object("commit", text.as_bytes());
    let found = read(&made.open(), child, &|_| None).unwrap();
    assert_eq!((found.ids(), found.changes.len()), (vec![child], 0));
    assert_eq!((found.summary.corrupt, found.summary.cut), (1, 1));
}

#[test]
fn times_that_run_backwards_change_nothing() {
    let made = Made::bare();
    let tree = made.object("tree", b"");
    let mut parent = String::new();
    for time in ["4294967296", "0", "1600000000", "1600000000", "-9"] {
        let who = format!("A <a> {time} +0000");
        let text = format!("tree {tree}\n{parent}author {who}\ncommitter {who}\n\n{time}\n");
        parent = format!("parent {}\n", made.object("commit", text.as_bytes()));
    }
    let head = Oid::from_hex(parent["parent ".len()..].trim_end()).unwrap();
    let read = read(&made.open(), head, &|_| None).unwrap();
    let messages: Vec<_> = read.commits.iter().map(|it| it.0.message.text().into_owned()).collect();
    assert_eq!(messages, ["4294967296\n", "0\n", "1600000000\n", "1600000000\n", "-9\n"]);
}

#[test]
fn sha256_repositories_read_the_same() {
    let made = Made::with(&["--bare", "--object-format=sha256"]);
    let mut stream = Stream::default();
    let first = stream.commit("main", &[]);
    stream.file("100644", b"a/b", b"1\n2\n");
    stream.commit("main", &[first]);
    stream.rename(b"a/b", b"c");
    made.import(&stream);
    let read = made.assert_like_git();
    assert_eq!(read.ids()[0].as_bytes().len(), 32);
    let other_hash = Oid::from_bytes(&[1; 20]).unwrap();
    assert!(matches!(made.open().commit(other_hash), Err(Error::NoCommit(_))));
}

#[test]
fn alternates_are_followed() {
    let made = Made::bare();
    made.import(&random(21, 12));
    made.git(&["clone", "-q", "--bare", "--shared", ".", "../borrower"]);
    let clone = crate::sources::git::Clone::open(&made.beside("borrower")).unwrap();
    let borrowed = read(&clone, made.oid("main"), &|_| None).unwrap();
    assert_eq!(borrowed.changes, made.read().changes);
}

#[test]
fn replaced_commits_are_read_as_replaced() {
    let made = Made::bare();
    let mut stream = Stream::default();
    let first = stream.commit("main", &[]);
    stream.file("100644", b"a", b"1\n");
    let second = stream.commit("main", &[first]);
    stream.file("100644", b"a", b"1\n2\n");
    stream.commit("main", &[second]);
    stream.file("100644", b"a", b"1\n2\n3\n");
    made.import(&stream);
    made.git(&["replace", "main:a", "main~2:a"]);
    made.assert_like_git();
}

#[test]
fn a_reading_stops_when_it_is_told() {
    let made = Made::bare();
    made.import(&random(2, 80));
    let clone = made.open();
    let head = clone.refs().unwrap().head.unwrap().oid;
    for stop_at in 0..4 {
        let cancel = AtomicBool::new(false);
        let phases = std::cell::Cell::new(0);
        let last = std::cell::Cell::new(None);
        let report = |phase, _, _| {
            if last.replace(Some(phase)) != Some(phase) {
                phases.set(phases.get() + 1);
            }
            if phases.get() > stop_at {
                cancel.store(true, Ordering::Relaxed);
            }
        };
        let progress = Progress { cancel: &cancel, report: &report };
        let stopped = clone.read(head, &|_| None, &mut Read::default(), &progress);
        assert!(matches!(stopped, Err(Error::Cancelled)), "phase {stop_at}");
    }
}

#[test]
fn files_of_a_commit_are_those_git_lists() {
    let made = Made::bare();
    made.import(&random(6, 20));
    let clone = made.open();
    let listed = made.git(&["ls-tree", "-r", "-l", "-z", "main"]);
    let mut wanted = Vec::new();
    for entry in listed.split(|&it| it == 0).filter(|it| !it.is_empty()) {
        let tab = entry.iter().position(|&it| it == b'\t').unwrap();
        let head = String::from_utf8(entry[..tab].to_vec()).unwrap();
        let words: Vec<&str> = head.split_whitespace().collect();
        let kind = match words[0] {
            "100644" => EntryKind::File,
            "100755" => EntryKind::Executable,
            "120000" => EntryKind::Symlink,
            _ => EntryKind::Submodule,
        };
        wanted.push((entry[tab + 1..].to_vec(), words[2].to_owned(), kind, words[3].parse().ok()));
    }
    let head = made.oid("main");
    let files = clone.tree_files(head).unwrap().0;
    let found: Vec<_> =
        files.iter().map(|it| (it.path.0.clone(), it.blob.to_string(), it.kind, it.size)).collect();
    assert!(found.len() > 5);
    assert_eq!(found, wanted);
    for file in files.iter().filter(|it| it.kind.is_file()) {
        let at = clone.file_at(head, &file.path.0).unwrap();
        assert_eq!(at, Some((file.blob, file.kind)));
        let content = clone.blob(file.blob, u64::MAX).unwrap().unwrap();
        assert_eq!(content, made.git(&["cat-file", "blob", &file.blob.to_string()]));
        if !content.is_empty() {
            assert_eq!(clone.blob(file.blob, content.len() as u64 - 1).unwrap(), None);
        }
    }
    for nothing in ["", "/", "no", "no/where", "d0", "d0/", "d0//x"] {
        assert_eq!(clone.file_at(head, nothing.as_bytes()).unwrap(), None, "{nothing}");
    }
}
