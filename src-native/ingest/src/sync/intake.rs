//! Takes facts from the reading thread and turns them into rows.

use crate::links::{self, PullWords};
use crate::trailers::{self, Role};
use crate::{Error, issues};
use model::{
    Bytes, Change, CommitFacts, CommitId, FileId, IdentityId, Oid, RepositoryId, Timestamp,
};
use std::collections::{HashMap, HashSet};
use std::sync::mpsc::SyncSender;
use store::Writer;
use store::fingerprint::CommitHash;
use store::writes::{CommitRows, FileRow, GraphRow, Identity, IdentityKind, NewCommit};

/// Facts that go over at a time.
const BATCH: usize = 128;

/// What the reading thread hands over.
pub(super) enum Fact {
    Commit(Box<CommitFacts>, u32),
    Changes(Oid, Vec<Change>),
    /// Nearly all commits have come; comparing them will take a while.
    CommitsOver,
}

/// The reading thread's end.
pub(super) struct Channel {
    sender: SyncSender<Vec<Fact>>,
    batch: Vec<Fact>,
}

impl Channel {
    pub(super) fn new(sender: SyncSender<Vec<Fact>>) -> Channel {
        Channel { sender, batch: Vec::new() }
    }

    pub(super) fn flush(&mut self) -> Result<(), crate::sources::git::SinkError> {
        let batch = std::mem::take(&mut self.batch);
        self.sender.send(batch).map_err(|_| "the writing ended".into())
    }

    fn push(&mut self, fact: Fact) -> Result<(), crate::sources::git::SinkError> {
        self.batch.push(fact);
        if self.batch.len() < BATCH { Ok(()) } else { self.flush() }
    }
}

impl crate::sources::git::Sink for Channel {
    fn commit(
        &mut self,
        commit: CommitFacts,
        generation: u32,
    ) -> Result<(), crate::sources::git::SinkError> {
        self.push(Fact::Commit(Box::new(commit), generation))
    }

    fn changes(
        &mut self,
        commit: &Oid,
        changes: Vec<Change>,
    ) -> Result<(), crate::sources::git::SinkError> {
        self.push(Fact::Changes(*commit, changes))
    }
}

/// Paths and their rows; new paths get the next free one.
pub(super) struct Files {
    ids: HashMap<Bytes, FileId>,
    next: i64,
}

impl Files {
    pub(super) fn of(&mut self, path: Bytes) -> FileId {
        *self.ids.entry(path).or_insert_with(|| {
            self.next += 1;
            FileId(self.next - 1)
        })
    }

    /// All paths in order of row.
    pub(super) fn into_rows(self) -> Vec<FileRow> {
        let mut rows: Vec<FileRow> = self
            .ids
            .into_iter()
            .map(|(path, id)| FileRow { id, path, component: None, tree: None })
            .collect();
        rows.sort_unstable_by_key(|it| it.id);
        rows
    }
}

/// Logins that were met, to be identities of their own.
pub(super) struct Logins(HashSet<String>);

impl Logins {
    pub(super) fn settle(&mut self, writer: &Writer<'_>) -> Result<(), Error> {
        if self.0.is_empty() {
            return Ok(());
        }
        let known: HashSet<String> = writer
            .identities()?
            .into_iter()
            .filter(|(_, it)| it.kind == IdentityKind::Login)
            .map(|(_, it)| it.name.text().into_owned())
            .collect();
        let mut new: Vec<&String> = self.0.iter().filter(|it| !known.contains(*it)).collect();
        new.sort_unstable();
        for login in new {
            writer.add_identity(&Identity::of_login(login))?;
        }
        Ok(())
    }
}

/// What was taken in.
pub(super) struct Added {
    pub(super) commits: Vec<GraphRow>,
    /// What messages say of pull requests.
    pub(super) words: Vec<(CommitId, PullWords)>,
    pub(super) logins: Logins,
    pub(super) files: Files,
}

/// Turns facts into rows.
pub(super) struct Intake<'w> {
    writer: &'w Writer<'w>,
    rows: CommitRows<'w>,
    identities: HashMap<Identity, IdentityId>,
    /// New commits whose files have not come yet.
    open: HashMap<Oid, (CommitId, Timestamp, CommitHash)>,
    /// The first commit whose message is not in the full text.
    unindexed: Option<CommitId>,
    repository: RepositoryId,
    added: Added,
}

impl<'w> Intake<'w> {
    pub(super) fn new(
        writer: &'w Writer<'w>,
        repository: RepositoryId,
        files: &[FileRow],
        next_file: i64,
    ) -> Result<Intake<'w>, Error> {
        let ids = files.iter().map(|it| (it.path.clone(), it.id)).collect();
        Ok(Intake {
            writer,
            rows: CommitRows::new(writer, repository)?,
            identities: writer.identities()?.into_iter().map(|(id, it)| (it, id)).collect(),
            open: HashMap::new(),
            unindexed: None,
            repository,
            added: Added {
                commits: Vec::new(),
                words: Vec::new(),
                logins: Logins(HashSet::new()),
                files: Files { ids, next: next_file },
            },
        })
    }

    pub(super) fn take(&mut self, facts: Vec<Fact>) -> Result<(), Error> {
        for fact in facts {
            match fact {
                Fact::Commit(facts, generation) => self.commit(&facts, generation)?,
                Fact::Changes(oid, changes) => self.changes(&oid, &changes)?,
                Fact::CommitsOver => self.index_messages()?,
            }
        }
        Ok(())
    }

    /// Closes what is open: commits whose files are not known.
    pub(super) fn finish(mut self) -> Result<Added, Error> {
        for (_, (commit, at, hash)) in std::mem::take(&mut self.open) {
            self.rows.files(commit, at, hash.files(&[]), &mut [])?;
        }
        self.index_messages()?;
        Ok(self.added)
    }

    /// Puts messages into the full text that are not there yet.
    fn index_messages(&mut self) -> Result<(), Error> {
        if let Some(first) = self.unindexed.take() {
            self.writer.index_messages(self.repository, first)?;
        }
        Ok(())
    }

    fn commit(&mut self, facts: &CommitFacts, generation: u32) -> Result<(), Error> {
        let message = facts.message.text();
        let subject = message.lines().next().unwrap_or_default();
        let merge = facts.parents.len() > 1;
        let reverts = links::reverts(&message);
        let author = self.identity(trailers::identity(&facts.author))?;
        let committer = self.identity(trailers::identity(&facts.committer))?;
        let commit = self.rows.add(&NewCommit {
            facts,
            generation,
            author,
            committer,
            fixes: !merge && issues::fixes(subject),
            reverts: reverts.as_ref().map(|it| it.as_ref().map_or(&b""[..], Oid::as_bytes)),
        })?;
        let at = facts.committed.at;
        for (who, role) in trailers::credits(facts) {
            let who = match role {
                Role::Author if who.name == facts.author.name && who.mail == facts.author.mail => {
                    author
                }
                _ => self.identity(who)?,
            };
            self.rows.person(commit, at, who, role as u8)?;
        }
        for mention in issues::mentions(&message) {
            self.rows.mention(commit, &mention.prefix, mention.number, mention.place)?;
        }
        for words in links::pulls(&message) {
            if let Some(login) = &words.login {
                self.added.logins.0.insert(login.clone());
            }
            self.added.words.push((commit, words));
        }
        self.unindexed.get_or_insert(commit);
        let parents = facts.parents.clone();
        self.added.commits.push(GraphRow { id: commit, oid: facts.id, generation, parents });
        let hash = CommitHash::new(facts);
        if merge {
            self.rows.files(commit, at, hash.files(&[]), &mut [])?;
        } else {
            self.open.insert(facts.id, (commit, at, hash));
        }
        Ok(())
    }

    fn changes(&mut self, oid: &Oid, changes: &[Change]) -> Result<(), Error> {
        // A commit that is damaged was not told; what it changed has nothing to stand on.
        let Some((commit, at, hash)) = self.open.remove(oid) else { return Ok(()) };
        let files = &mut self.added.files;
        let mut rows: Vec<(FileId, Option<FileId>, &Change)> = changes
            .iter()
            .map(|it| {
                let from = it.from.as_ref().map(|it| files.of(it.clone()));
                (files.of(it.path.clone()), from, it)
            })
            .collect();
        self.rows.files(commit, at, hash.files(changes), &mut rows)?;
        Ok(())
    }

    fn identity(&mut self, identity: Identity) -> Result<IdentityId, Error> {
        if let Some(id) = self.identities.get(&identity) {
            return Ok(*id);
        }
        let id = self.writer.add_identity(&identity)?;
        self.identities.insert(identity, id);
        Ok(id)
    }
}
