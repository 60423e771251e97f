//! Whether two memories hold the same, and whether one still holds what was put into it.

use crate::writes::bytes_of;
use crate::{Allowed, Reader, Result};
use model::{Bytes, Change, ChangeKind, CommitFacts, Lines, Oid, Signature, Stamp, Timestamp};
use rusqlite::types::ValueRef;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt::{self, Write};

/// What a [`dump`] holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What was read: commits, people as written, paths, pull requests, releases, gaps.
    Facts,
    /// What rules made of it: developers, rollups.
    Made,
}

/// SHA-256 over the facts of a repository by natural keys: row ids and rollups are left out, so
/// that two stores that read the same history have the same fingerprint, whatever way they took.
pub fn fingerprint(reader: &Reader<'_>, allowed: &Allowed) -> Result<[u8; 32]> {
    struct Hash(Sha256);
    impl Write for Hash {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0.update(text.as_bytes());
            Ok(())
        }
    }
    let mut hash = Hash(Sha256::new());
    dump(reader, allowed, Part::Facts, &mut hash)?;
    Ok(hash.0.finalize().into())
}

/// Writes rows of a repository by natural keys, one a line, in an order that the rows alone decide.
pub fn dump(reader: &Reader<'_>, allowed: &Allowed, part: Part, out: &mut dyn Write) -> Result<()> {
    let queries: &[&str] = match part {
        Part::Facts => &FACTS,
        Part::Made => &MADE,
    };
    for (number, query) in queries.iter().enumerate() {
        let sql = reader.sql();
        let mut statement = sql.prepare(query)?;
        let columns = statement.column_count();
        let mut rows = statement.query([allowed.id.0])?;
        while let Some(row) = rows.next()? {
            let _ = write!(out, "{number}");
            for column in 0..columns {
                let _ = match row.get_ref(column)? {
                    ValueRef::Null => write!(out, "\t-"),
                    ValueRef::Integer(number) => write!(out, "\t{number}"),
                    ValueRef::Real(number) => write!(out, "\t{number:?}"),
                    ValueRef::Text(text) => write!(out, "\t{:?}", String::from_utf8_lossy(text)),
                    ValueRef::Blob(bytes) => {
                        let _ = out.write_char('\t');
                        bytes.iter().try_fold((), |(), it| write!(out, "{it:02x}"))
                    }
                };
            }
            let _ = out.write_char('\n');
        }
    }
    Ok(())
}

const FACTS: [&str; 27] = [
    "select head_ref, head, as_of from repositories where id = ?1",
    "select c.oid, c.generation, c.parents, a.name, a.mail, a.raw, c.authored, c.authored_offset,
     k.name, k.mail, k.raw, c.committed, c.committed_offset, c.message, c.message_raw, c.merge,
     c.fixes, c.reverts, c.hash from commits c join identities a on a.id = c.author
     join identities k on k.id = c.committer where c.repository = ?1 order by c.oid",
    "select c.oid, p.role, i.kind, i.name, i.mail, i.raw, i.site, i.account, i.login, p.source
     from commits c join commit_people p on p.commit_id = c.id
     join identities i on i.id = p.identity
     where c.repository = ?1 order by 1, 2, 3, 4, 5, 6, 7, 8, 9",
    "select c.oid, f.path, f.path_raw, t.kind, t.added, t.deleted, t.binary, q.path, q.path_raw
     from commits c join commit_files t on t.commit_id = c.id join files f on f.id = t.file
     left join files q on q.id = t.from_file where c.repository = ?1 order by 1, 2, 3",
    "select f.path, f.path_raw, d.path, c.name, f.alive, f.blob, f.size, f.mode from files f
     join folders d on d.id = f.folder left join components c on c.id = f.component
     where f.repository = ?1 order by 1, 2",
    "select d.path, u.path from folders d left join folders u on u.id = d.parent
     where d.repository = ?1 order by 1",
    "select name, rule from components where repository = ?1 order by 1",
    "select c.oid, m.prefix, m.number, m.place from commits c
     join issue_mentions m on m.commit_id = c.id where c.repository = ?1 order by 1, 2, 3",
    "select prefix, project, source from project_keys where repository = ?1 order by 1",
    "select p.number, p.head, p.login, p.branch, c.oid, l.told_by, l.source from pull_requests p
     left join pr_commits l on l.pull_request = p.id left join commits c on c.id = l.commit_id
     where p.repository = ?1 order by 1, 5",
    "select name, name_raw, oid, at from releases where repository = ?1 order by 1, 2",
    "select kind, text from gaps where repository = ?1 order by 1, 2",
    // Row ids order what one record tells of; people stand as their tracker knows them.
    "select t.name, t.kind, t.site, e.subject, e.kind, e.key, e.version, e.gone, e.hash
     from tracker_repositories r join trackers t on t.id = r.tracker
     join events e on e.tracker = t.id where r.repository = ?1 order by 1, 4, 5, 6, 7, 9",
    "select t.name, i.subject, i.key, i.project, i.number, i.summary, i.kind, i.bug, i.status,
     i.category, i.priority, i.resolution, r.account, a.account, i.created, i.updated, i.resolved,
     i.url, i.body from issues i join trackers t on t.id = i.tracker
     left join identities r on r.id = i.reporter left join identities a on a.id = i.assignee
     where i.repository = ?1 order by 1, 2",
    "select i.subject, k.key from issues i join issue_keys k on k.issue = i.id
     where i.repository = ?1 order by i.tracker, 1, 2",
    "select i.subject, n.kind, n.name from issues i join issue_names n on n.issue = i.id
     where i.repository = ?1 order by i.key, 1, 2, 3",
    "select i.subject, f.name, f.value from issues i join issue_fields f on f.issue = i.id
     where i.repository = ?1 order by i.key, 1, 2",
    "select i.subject, l.from_key, l.kind, l.to_key from issues i
     join issue_links l on l.issue = i.id where i.repository = ?1 order by i.key, 1, 2, 3, 4",
    "select i.subject, c.change, c.place, c.at, a.account, c.field, c.old, c.new from issues i
     join issue_changes c on c.issue = i.id left join identities a on a.id = c.author
     where i.repository = ?1 order by i.key, 1, 2, 3",
    "select i.key, p.number, c.comment, a.account, a.name, c.at, c.body from comments c
     left join issues i on i.id = c.issue left join pull_requests p on p.id = c.pull_request
     left join identities a on a.id = c.author
     where ?1 in (i.repository, p.repository) order by 1, 2, 3",
    "select p.number, r.title, r.state, r.draft, a.account, m.account, r.created, r.updated,
     r.closed, r.merged, r.head, r.branch, r.branch_owner, r.base, r.merge_commit, r.url, r.added,
     r.deleted, r.body from pull_records r join pull_requests p on p.id = r.pull_request
     left join identities a on a.id = r.author left join identities m on m.id = r.merged_by
     where p.repository = ?1 order by 1",
    "select p.number, 0, n.kind, n.name, null, null from pull_requests p
     join pull_names n on n.pull_request = p.id where p.repository = ?1
     union all select p.number, 1, w.role, a.account, null, null from pull_requests p
     join pull_people w on w.pull_request = p.id join identities a on a.id = w.identity
     where p.repository = ?1
     union all select p.number, 2, c.place, hex(c.oid), a.account,
     c.author_name || '<' || c.author_mail || '>' || c.authored || c.message from pull_requests p
     join pull_commits c on c.pull_request = p.id left join identities a on a.id = c.author
     where p.repository = ?1
     union all select p.number, 3, f.kind, f.path, f.from_path, f.added || ',' || f.deleted
     from pull_requests p join pull_files f on f.pull_request = p.id where p.repository = ?1
     union all select p.number, 4, m.at, m.moment, m.kind, a.account || ',' || b.account
     from pull_requests p join pull_moments m on m.pull_request = p.id
     left join identities a on a.id = m.actor left join identities b on b.id = m.about
     where p.repository = ?1
     union all select p.number, 5, 0, c.key, null, null from pull_requests p
     join pull_closes c on c.pull_request = p.id where p.repository = ?1 order by 1, 2, 3, 4, 5, 6",
    "select p.number, r.review, a.account, r.verdict, r.at, r.oid, r.body from reviews r
     join pull_requests p on p.id = r.pull_request left join identities a on a.id = r.reviewer
     where p.repository = ?1 order by 1, 2",
    "select p.number, c.comment, c.review, c.answers, a.account, c.at, c.path, c.line,
     c.original_line, c.original_end, c.original_oid, c.on_old, c.hunk, c.body
     from review_comments c join pull_requests p on p.id = c.pull_request
     left join identities a on a.id = c.author where p.repository = ?1 order by 1, 2",
    "select r.tag, r.title, r.published, r.prerelease, a.account, r.body from release_notes r
     left join identities a on a.id = r.author where r.repository = ?1 order by 1, 2",
    "select p.key, p.name, a.account, n.kind, n.name, n.text, n.at from projects p
     left join project_names n on n.tracker = p.tracker and n.repository = p.repository
     and n.project = p.key left join identities a on a.id = p.lead
     where p.repository = ?1 order by 1, 4, 5",
    "select c.oid, null, i.key, l.told_by, l.direct from commit_issues l
     join commits c on c.id = l.commit_id join issues i on i.id = l.issue where c.repository = ?1
     union all select null, p.number, i.key, l.told_by, l.closes from pr_issues l
     join pull_requests p on p.id = l.pull_request join issues i on i.id = l.issue
     where p.repository = ?1 order by 1, 2, 3",
];

const MADE: [&str; 12] = [
    "select i.kind, i.name, i.mail, i.raw, d.key, d.name, d.bot, d.bot_reason, i.site, i.account,
     i.login, i.number, i.closed, i.program from identities i
     left join developers d on d.id = i.developer
     where ?1 is not null order by 1, 2, 3, 4, 9, 10, 11, 12, 13, 14",
    "select min(x, y), max(x, y), rule, detail, confidence from (select rule, detail, confidence,
     a.kind || a.name || '<' || a.mail || a.site || a.account || a.login || a.number as x,
     b.kind || b.name || '<' || b.mail || b.site || b.account || b.login || b.number as y
     from identity_edges e join identities a on a.id = e.a join identities b on b.id = e.b
     where ?1 is not null) order by 1, 2, 3",
    "select k.kind, s.path, d.key, k.commits, k.reviews, k.added, k.deleted, k.first_at, k.last_at,
     k.created, k.authors from knowledge k join developers d on d.id = k.developer
     join (select 0 as kind, id, path || ifnull(hex(path_raw), '') as path, repository from files
     union all select 1, id, path, repository from folders
     union all select 2, id, name, repository from components) s
     on s.kind = k.kind and s.id = k.subject where s.repository = ?1 order by 1, 2, 3",
    "select week, commits, people, added, deleted, fixes from weeks where repository = ?1 order \
     by 1",
    "select d.key, w.week, w.commits, w.added, w.deleted, w.fixes from developer_weeks w
     join developers d on d.id = w.developer where w.repository = ?1 order by 1, 2",
    "select d.key, t.commits, t.merges, t.reviews, t.fixes, t.added, t.deleted, t.files, t.first_at, \
     t.last_at
     from developer_totals t join developers d on d.id = t.developer where t.repository = ?1
     order by 1",
    "select k.kind, s.path, k.commits from knowledge_totals k
     join (select 0 as kind, id, path || ifnull(hex(path_raw), '') as path, repository from files
     union all select 1, id, path, repository from folders
     union all select 2, id, name, repository from components) s
     on s.kind = k.kind and s.id = k.subject where s.repository = ?1 order by 1, 2",
    "select f.path, f.path_raw, t.commits, t.added, t.deleted from files f
     left join file_totals t on t.file = f.id where f.repository = ?1 order by 1, 2",
    "select i.kind, i.name, i.mail, i.raw, t.commits from identities i
     left join identity_totals t on t.identity = i.id where ?1 is not null order by 1, 2, 3, 4",
    // The full text has no list of its own; its sizes tell which rows it holds.
    "select f.path, w.sz is not null from files f left join file_words_docsize w on w.id = f.id
     where f.repository = ?1 order by 1, 2",
    "select c.oid, w.sz from commits c left join commit_words_docsize w on w.id = c.id
     where c.repository = ?1 order by 1",
    "select (select count(*) from file_words_docsize), (select count(*) from commit_words_docsize)
     where ?1 is not null",
];

/// The hash of a commit with its files, in the making.
#[derive(Clone)]
pub struct CommitHash(Sha256);

impl CommitHash {
    /// Begins with what the commit says.
    pub fn new(facts: &CommitFacts) -> CommitHash {
        let mut hash = CommitHash(Sha256::new());
        hash.field(facts.id.as_bytes());
        hash.number(facts.parents.len() as i64);
        facts.parents.iter().for_each(|it| hash.field(it.as_bytes()));
        for (who, when) in [(&facts.author, facts.authored), (&facts.committer, facts.committed)] {
            hash.field(&who.name.0);
            hash.field(&who.mail.0);
            hash.number(when.at.0);
            hash.number(i64::from(when.offset_minutes));
        }
        hash.field(&facts.message.0);
        hash
    }

    /// Ends with the changed paths, in whatever order they come.
    pub fn files(mut self, changes: &[Change]) -> [u8; 16] {
        let mut order: Vec<&Change> = changes.iter().collect();
        order.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        for change in order {
            self.field(&change.path.0);
            self.field(change.from.as_ref().map_or(b"", |it| &it.0));
            self.number(i64::from(crate::writes::kind_number(change.kind)));
            let (added, deleted) = match change.lines {
                Lines::Counted { added, deleted } => (i64::from(added), i64::from(deleted)),
                Lines::Binary => (-1, -1),
                Lines::Unknown => (-2, -2),
            };
            self.number(added);
            self.number(deleted);
        }
        let mut short = [0; 16];
        short.copy_from_slice(&self.0.finalize()[..16]);
        short
    }

    fn field(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as i64);
        self.0.update(bytes);
    }

    fn number(&mut self, number: i64) {
        self.0.update(number.to_le_bytes());
    }
}

/// The commits whose rows are not what was written, in order of id: a flipped bit, a lost row, a
/// hand in the file. SQLite itself does not notice.
pub fn verify(reader: &Reader<'_>, allowed: &Allowed) -> Result<Vec<Oid>> {
    let sql = reader.sql();
    let pair = |name: String, mail: String, raw: Option<Vec<u8>>| match raw {
        None => Signature { name: name.as_str().into(), mail: mail.as_str().into() },
        Some(raw) => {
            let cut = raw.iter().position(|it| *it == 0).unwrap_or(raw.len());
            let mail = raw.get(cut + 1..).unwrap_or_default();
            Signature { name: raw[..cut].into(), mail: mail.into() }
        }
    };
    let mut all = sql.prepare("select id, name, mail, raw from identities")?;
    let identities: HashMap<i64, Signature> = all
        .query_map([], |row| Ok((row.get(0)?, pair(row.get(1)?, row.get(2)?, row.get(3)?))))?
        .collect::<rusqlite::Result<_>>()?;
    let mut all = sql.prepare("select id, path, path_raw from files where repository = ?1")?;
    let paths: HashMap<i64, Bytes> = all
        .query_map([allowed.id.0], |row| Ok((row.get(0)?, bytes_of(row.get(1)?, row.get(2)?))))?
        .collect::<rusqlite::Result<_>>()?;

    let mut damaged = Vec::new();
    let mut files = sql.prepare(
        "select file, from_file, kind, added, deleted, binary, at from commit_files
         where commit_id = ?1",
    )?;
    let mut all = sql.prepare(
        "select id, oid, parents, author, authored, authored_offset, committer, committed,
         committed_offset, message, message_raw, hash from commits where repository = ?1
         order by oid",
    )?;
    let mut rows = all.query([allowed.id.0])?;
    while let Some(row) = rows.next()? {
        let Some(id) = Oid::from_bytes(&row.get::<_, Vec<u8>>(1)?) else { continue };
        let parents: Vec<u8> = row.get(2)?;
        let stamp = |at: i64, offset_minutes: i32| Stamp { at: Timestamp(at), offset_minutes };
        let who = |id: i64| identities.get(&id).cloned().unwrap_or_default();
        let facts = CommitFacts {
            id,
            parents: parents.chunks(id.as_bytes().len()).filter_map(Oid::from_bytes).collect(),
            author: who(row.get(3)?),
            authored: stamp(row.get(4)?, row.get(5)?),
            committer: who(row.get(6)?),
            committed: stamp(row.get(7)?, row.get(8)?),
            message: bytes_of(row.get(9)?, row.get(10)?),
        };
        let path = |id: i64| paths.get(&id).cloned().unwrap_or_default();
        let mut moved = false;
        let changes: Vec<Change> = files
            .query_map([row.get::<_, i64>(0)?], |row| {
                moved |= row.get::<_, i64>(6)? != facts.committed.at.0;
                let from: Option<i64> = row.get(1)?;
                Ok(Change {
                    path: path(row.get(0)?),
                    from: from.map(path),
                    kind: match row.get(2)? {
                        0 => ChangeKind::Added,
                        2 => ChangeKind::Deleted,
                        3 => ChangeKind::Renamed,
                        _ => ChangeKind::Modified,
                    },
                    lines: match row.get(5)? {
                        1 => Lines::Binary,
                        2 => Lines::Unknown,
                        _ => Lines::Counted {
                            added: row.get::<_, Option<u32>>(3)?.unwrap_or(0),
                            deleted: row.get::<_, Option<u32>>(4)?.unwrap_or(0),
                        },
                    },
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        if moved || CommitHash::new(&facts).files(&changes)[..] != row.get::<_, Vec<u8>>(11)?[..] {
            damaged.push(id);
        }
    }
    Ok(damaged)
}
