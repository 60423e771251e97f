//! Who did what for each commit, and what was said beneath its issues.

use model::DeveloperId;
use std::collections::HashMap;
use store::writes::{History, WhoIsWho};

/// Developers as small numbers, and who did what for each commit.
pub(super) struct Credits {
    /// In ascending order of row.
    pub(super) developers: Vec<(DeveloperId, bool)>,
    /// Authors and co-authors, each once.
    pub(super) wrote: Lists,
    /// Reviewers who did not write, bots left out.
    pub(super) reviewed: Lists,
    /// Authors alone.
    pub(super) authored: Lists,
}

/// For each commit a list.
#[derive(Default)]
pub(super) struct Lists {
    pub(super) starts: Vec<u32>,
    pub(super) items: Vec<u32>,
}

impl Lists {
    pub(super) fn of(&self, commit: usize) -> &[u32] {
        &self.items[self.starts[commit] as usize..self.starts[commit + 1] as usize]
    }

    pub(super) fn close(&mut self, items: &mut Vec<u32>) {
        items.sort_unstable();
        items.dedup();
        if self.starts.is_empty() {
            self.starts.push(0);
        }
        self.items.append(items);
        self.starts.push(self.items.len() as u32);
    }
}

impl Credits {
    pub(super) fn of(history: &History, people: &WhoIsWho) -> Credits {
        let mut developers: Vec<(DeveloperId, bool)> =
            history.people.iter().filter_map(|it| people.get(&it.identity).copied()).collect();
        let said = history.said.iter().flatten();
        developers.extend(said.filter_map(|it| people.get(&it.0).copied()));
        developers.sort_unstable();
        developers.dedup();
        let index: HashMap<DeveloperId, u32> =
            developers.iter().enumerate().map(|(i, it)| (it.0, i as u32)).collect();
        let mut credits = Credits {
            developers,
            wrote: Lists::default(),
            reviewed: Lists::default(),
            authored: Lists::default(),
        };
        let mut named = history.people.iter().peekable();
        let (mut wrote, mut reviewed, mut authored) = (Vec::new(), Vec::new(), Vec::new());
        for commit in 0..history.commits.len() as u32 {
            while let Some(person) = named.next_if(|it| it.commit == commit) {
                let Some((developer, bot)) = people.get(&person.identity) else { continue };
                let developer = index[developer];
                match person.role {
                    0 => {
                        authored.push(developer);
                        wrote.push(developer);
                    }
                    1 => wrote.push(developer),
                    _ if !bot => reviewed.push(developer),
                    _ => {}
                }
            }
            reviewed.retain(|it| !wrote.contains(it));
            credits.wrote.close(&mut wrote);
            credits.reviewed.close(&mut reviewed);
            credits.authored.close(&mut authored);
        }
        credits
    }

    pub(super) fn is_bot(&self, developer: u32) -> bool {
        self.developers[developer as usize].1
    }

    /// Authors and co-authors of a commit who are people.
    pub(super) fn humans(&self, commit: usize) -> impl Iterator<Item = u32> + '_ {
        self.wrote.of(commit).iter().copied().filter(|it| !self.is_bot(*it))
    }
}

/// What people said beneath the issues of commits, bots left out.
pub(super) struct Said {
    /// The issues of each commit.
    pub(super) issues: Lists,
    /// Of each issue, who wrote how many comments.
    pub(super) by: Vec<Vec<(u32, u32)>>,
}

impl Said {
    pub(super) fn of(history: &History, people: &WhoIsWho, credits: &Credits) -> Said {
        let mut issues = Lists::default();
        let mut pairs = history.issues.iter().peekable();
        let mut own = Vec::new();
        for commit in 0..history.commits.len() as u32 {
            while let Some(pair) = pairs.next_if(|it| it.0 == commit) {
                own.push(pair.1);
            }
            issues.close(&mut own);
        }
        let developer = |identity| {
            let known = people.get(identity)?;
            let index = credits.developers.binary_search(known).ok()?;
            (!known.1).then_some(index as u32)
        };
        let by = history.said.iter().map(|said| {
            said.iter().filter_map(|(who, comments)| Some((developer(who)?, *comments))).collect()
        });
        Said { issues, by: by.collect() }
    }

    /// Counts the comments beneath some issues, each issue once however often it is among them.
    pub(super) fn count(&self, issues: &mut Vec<u32>, mut add: impl FnMut(u32, u32)) {
        issues.sort_unstable();
        issues.dedup();
        for (who, comments) in issues.iter().flat_map(|it| &self.by[*it as usize]) {
            add(*who, *comments);
        }
    }
}
