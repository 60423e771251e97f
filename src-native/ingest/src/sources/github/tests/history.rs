//! What GitHub's rows of a repository say, beside that repository's own history.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use gix::ObjectId;
use model::{Oid, PullState};

use super::devlake::{envelopes, raw};
use super::{Memory, json, skipped};

/// A clone of panjf2000/ants with its `refs/pull`.
fn clone() -> Option<gix::Repository> {
    let Some(path) = std::env::var_os("BACKSTORY_ANTS").map(PathBuf::from) else {
        skipped("BACKSTORY_ANTS names no clone of panjf2000/ants");
        return None;
    };
    Some(gix::open(path).expect("BACKSTORY_ANTS names a repository"))
}

fn id(oid: Oid) -> ObjectId {
    ObjectId::from_bytes_or_panic(oid.as_bytes())
}

#[test]
fn heads_commits_and_merges_of_pull_requests_are_those_of_the_history() {
    let (Some(clone), Some(envelopes)) = (clone(), envelopes()) else { return };
    let memory = Memory::of(envelopes.iter().map(|it| ("", it.as_str())));
    let bases: BTreeMap<u64, ObjectId> = raw("pull_requests")
        .unwrap()
        .iter()
        .map(|it| json(&it["data"]))
        .map(|it| (it["number"].as_u64().unwrap(), hex(it["base"]["sha"].as_str().unwrap())))
        .collect();
    let (mut pulls, mut lists, mut equal, mut merges_absent) = (0, 0, 0, Vec::new());
    for facts in memory.facts().into_values() {
        let Some(pull) = facts.pull else { continue };
        pulls += 1;
        let head = id(pull.head.unwrap());
        let mut kept = clone.find_reference(&format!("refs/pull/{}/head", pull.number)).unwrap();
        assert_eq!(kept.peel_to_id().unwrap(), head, "#{}", pull.number);
        assert_eq!(pull.merge_commit.is_some(), pull.state == PullState::Merged);
        if pull.merge_commit.is_some_and(|it| !clone.has_object(id(it))) {
            merges_absent.push(pull.number);
        }
        if pull.commits.is_empty() {
            continue;
        }
        lists += 1;
        let listed: BTreeSet<ObjectId> = pull.commits.iter().map(|it| id(it.id)).collect();
        let walk = clone.rev_walk([head]).with_hidden([bases[&pull.number]]).all().unwrap();
        let walked: BTreeSet<ObjectId> = walk.map(|it| it.unwrap().id).collect();
        // The base is where the branch began: what was merged from it since is walked too.
        assert!(listed.is_subset(&walked), "#{}", pull.number);
        equal += usize::from(listed == walked);
        let mut above = BTreeSet::new();
        for told in pull.commits.iter().rev() {
            let commit = clone.find_commit(id(told.id)).unwrap();
            let author = commit.author().unwrap();
            let message = commit.message_raw().unwrap().to_string();
            let name = author.name.to_string();
            assert_eq!(told.author_mail, author.email.to_string());
            assert_eq!(told.authored.0, author.seconds());
            // The rows have the word `chinese` where people wrote Chinese.
            assert!(!name.is_ascii() || told.author_name == name, "{name}");
            assert!(!message.is_ascii() || told.message == message.trim_end(), "{message}");
            assert!(commit.parent_ids().all(|it| !above.contains(&it.detach())));
            above.insert(id(told.id));
        }
    }
    assert_eq!((pulls, lists, equal), (49, 43, 42));
    // The merge of one was pushed away and stands in no branch.
    assert_eq!(merges_absent, [41]);
}

fn hex(text: &str) -> ObjectId {
    ObjectId::from_hex(text.as_bytes()).unwrap()
}
