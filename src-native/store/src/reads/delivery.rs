//! What delivery is measured by, in one read a kind of record: no measure asks the store again.

mod issues;

use super::blob;
use crate::{Allowed, Reader, Result};
use model::delivery::{Commit, FileLines, How, Pull, Release, Said, Who, Work};
use model::{CommitId, DeveloperId, Oid, Timestamp, Verdict};
use rusqlite::Row;
use std::collections::{HashMap, HashSet};

/// What a team calls things, as far as reading depends on it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct DeliveryWords {
    /// Labels and kinds of issues that are incidents, in small letters.
    pub incidents: Vec<String>,
    /// Statuses in which work waits though it is under way, in small letters.
    pub waiting: Vec<String>,
}

/// Who is meant by the columns developer and bot.
fn who(row: &Row<'_>, at: usize) -> rusqlite::Result<Who> {
    Ok(Who {
        id: row.get::<_, Option<i64>>(at)?.map(DeveloperId),
        bot: row.get::<_, Option<bool>>(at + 1)?.unwrap_or(false),
    })
}

fn moment(row: &Row<'_>, at: usize) -> rusqlite::Result<Timestamp> {
    row.get(at).map(Timestamp)
}

fn moment_if(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<i64>>(at)?.map(Timestamp))
}

/// Places of components by their rows, and their names.
type Places = (HashMap<i64, u32>, Vec<String>);

impl Reader<'_> {
    /// Names of components, in the order that records tell theirs by.
    pub fn delivery_components(&self, of: &Allowed) -> Result<Vec<String>> {
        Ok(self.component_places(of)?.1)
    }

    fn component_places(&self, of: &Allowed) -> Result<Places> {
        let mut all = self.sql().prepare_cached(
            "select id, name from components where repository = ?1 order by name",
        )?;
        let mut rows = all.query([of.id.0])?;
        let mut places: Places = Default::default();
        while let Some(row) = rows.next()? {
            places.0.insert(row.get(0)?, places.1.len() as u32);
            places.1.push(row.get(1)?);
        }
        Ok(places)
    }

    /// Everybody whom a tracker or Git names, by the row of the spelling.
    fn everybody(&self) -> Result<HashMap<i64, Who>> {
        let mut all = self.sql().prepare_cached(
            "select i.id, i.developer, d.bot from identities i join developers d on d.id = i.developer",
        )?;
        let mut rows = all.query([])?;
        let mut people = HashMap::new();
        while let Some(row) = rows.next()? {
            people.insert(row.get(0)?, who(row, 1)?);
        }
        Ok(people)
    }

    /// Every pull request that GitHub tells of, by number. `generated` says which paths no person writes.
    pub fn delivery_pulls(
        &self,
        of: &Allowed,
        generated: &dyn Fn(&str) -> bool,
    ) -> Result<Vec<Pull>> {
        let people = self.everybody()?;
        let named =
            |id: Option<i64>| id.and_then(|it| people.get(&it).copied()).unwrap_or_default();
        let mut all = self.sql().prepare_cached(
            "select p.id, p.number, r.title, r.author, r.merged_by, r.created, r.closed, r.merged, r.draft,
             r.branch, r.base, r.added, r.deleted, r.merge_commit, r.state
             from pull_requests p cross join pull_records r on r.pull_request = p.id
             where p.repository = ?1 order by p.number",
        )?;
        let mut places: HashMap<i64, usize> = HashMap::new();
        let mut pulls: Vec<Pull> = Vec::new();
        let mut rows = all.query([of.id.0])?;
        while let Some(row) = rows.next()? {
            places.insert(row.get(0)?, pulls.len());
            let lines: (Option<u64>, Option<u64>) = (row.get(11)?, row.get(12)?);
            let (merged, state) = (moment_if(row, 7)?, row.get::<_, u8>(14)?);
            let closed = moment_if(row, 6)?;
            let merge: Option<Vec<u8>> = row.get(13)?;
            pulls.push(Pull {
                number: row.get(1)?,
                title: row.get(2)?,
                author: named(row.get(3)?),
                merged_by: named(row.get(4)?),
                created: moment(row, 5)?,
                // What is open again was closed, and is not.
                closed: closed.or(merged).filter(|_| state != 0),
                merged: merged.or(closed).filter(|_| state == 2),
                draft: row.get(8)?,
                branch: row.get(9)?,
                base: row.get(10)?,
                lines: match lines {
                    (None, None) => None,
                    (added, deleted) => Some(added.unwrap_or(0) + deleted.unwrap_or(0)),
                },
                merge: merge.and_then(|it| Oid::from_bytes(&it)),
                ..Pull::default()
            });
        }
        if pulls.is_empty() {
            return Ok(pulls);
        }
        self.what_was_said(&places, &people, &mut pulls)?;
        self.what_happened(&places, &mut pulls)?;
        self.what_it_changed(of, &places, &mut pulls, generated)?;
        self.what_it_was_for(of, &places, &mut pulls)?;
        for it in &mut pulls {
            it.said.sort_by(|a, b| (a.at, a.how, &a.id).cmp(&(b.at, b.how, &b.id)));
            it.written.sort_unstable();
            it.commits.sort_unstable();
            it.commits.dedup();
            it.touched.sort_unstable();
            it.drafts.sort_unstable();
            it.closings.sort_unstable();
            it.components.sort_unstable();
            it.components.dedup();
        }
        Ok(pulls)
    }

    fn what_was_said(
        &self,
        places: &HashMap<i64, usize>,
        people: &HashMap<i64, Who>,
        pulls: &mut [Pull],
    ) -> Result<()> {
        let named =
            |id: Option<i64>| id.and_then(|it| people.get(&it).copied()).unwrap_or_default();
        let statements = [
            "select pull_request, at, reviewer, review, verdict, body <> '' from reviews",
            "select pull_request, at, author, comment, -1, 1 from review_comments",
            "select pull_request, at, author, comment, -2, 1 from comments where pull_request is not null",
        ];
        for text in statements {
            let mut all = self.sql().prepare_cached(text)?;
            let mut rows = all.query([])?;
            while let Some(row) = rows.next()? {
                let Some(place) = places.get(&row.get(0)?) else { continue };
                let how = match row.get::<_, i8>(4)? {
                    -1 => How::Line,
                    -2 => How::Comment,
                    1 => How::Review(Verdict::Approved),
                    2 => How::Review(Verdict::ChangesRequested),
                    3 => How::Review(Verdict::Dismissed),
                    _ => How::Review(Verdict::Commented),
                };
                pulls[*place].said.push(Said {
                    at: moment(row, 1)?,
                    who: named(row.get(2)?),
                    how,
                    words: row.get(5)?,
                    id: row.get(3)?,
                });
            }
        }
        Ok(())
    }

    fn what_happened(&self, places: &HashMap<i64, usize>, pulls: &mut [Pull]) -> Result<()> {
        let mut all =
            self.sql().prepare_cached("select pull_request, at, kind from pull_moments")?;
        let mut rows = all.query([])?;
        while let Some(row) = rows.next()? {
            let Some(place) = places.get(&row.get(0)?) else { continue };
            let at = moment(row, 1)?;
            let pull = &mut pulls[*place];
            pull.touched.push(at);
            match row.get_ref(2)?.as_str().unwrap_or_default() {
                "ready_for_review" => pull.drafts.push((at, false)),
                "converted_to_draft" | "convert_to_draft" => pull.drafts.push((at, true)),
                "closed" => pull.closings.push((at, true)),
                "reopened" => pull.closings.push((at, false)),
                _ => {}
            }
        }
        // Commits that GitHub lists; where it lists none, those of the history.
        let mut all =
            self.sql().prepare_cached("select pull_request, authored from pull_commits")?;
        let mut rows = all.query([])?;
        while let Some(row) = rows.next()? {
            let Some(place) = places.get(&row.get(0)?) else { continue };
            pulls[*place].written.push(moment(row, 1)?);
        }
        let mut all = self.sql().prepare_cached(
            "select l.pull_request, c.id, c.authored, c.merge, c.oid from pr_commits l
             cross join commits c on c.id = l.commit_id",
        )?;
        let listed: Vec<bool> = pulls.iter().map(|it| !it.written.is_empty()).collect();
        let mut rows = all.query([])?;
        while let Some(row) = rows.next()? {
            let Some(place) = places.get(&row.get(0)?) else { continue };
            let pull = &mut pulls[*place];
            pull.commits.push(CommitId(row.get(1)?));
            let became = Oid::from_bytes(blob(row, 4)?);
            // What GitHub made at the merge was not written by anybody before it.
            if !listed[*place]
                && !row.get::<_, bool>(3)?
                && (became.is_none() || became != pull.merge)
            {
                pull.written.push(moment(row, 2)?);
            }
        }
        let mut all = self.sql().prepare_cached(
            "select l.pull_request, i.developer, d.bot from pr_commits l
             cross join commit_people c on c.commit_id = l.commit_id and c.role = 2 and c.source = 0
             cross join identities i on i.id = c.identity cross join developers d on d.id = i.developer",
        )?;
        let mut rows = all.query([])?;
        while let Some(row) = rows.next()? {
            let Some(place) = places.get(&row.get(0)?) else { continue };
            let pull = &mut pulls[*place];
            pull.named_reviewer |= who(row, 1)?.is_another(pull.author);
        }
        Ok(())
    }

    /// Sizes and components: by the files that GitHub lists, else by those of the commits.
    fn what_it_changed(
        &self,
        of: &Allowed,
        places: &HashMap<i64, usize>,
        pulls: &mut [Pull],
        generated: &dyn Fn(&str) -> bool,
    ) -> Result<()> {
        let components = self.component_places(of)?.0;
        let mut of_path = self.sql().prepare_cached(
            "select component from files where repository = ?1 and path = ?2 and component is not null limit 1",
        )?;
        let mut known: HashMap<String, (bool, Option<u32>)> = HashMap::new();
        let mut all = self
            .sql()
            .prepare_cached("select pull_request, path, added + deleted from pull_files")?;
        let mut listed: HashMap<usize, u64> = HashMap::new();
        let mut rows = all.query([])?;
        while let Some(row) = rows.next()? {
            let Some(place) = places.get(&row.get(0)?) else { continue };
            let path = row.get_ref(1)?.as_str().unwrap_or_default();
            let (made, part) = match known.get(path) {
                Some(known) => *known,
                None => {
                    let mut found = of_path.query((of.id.0, path))?;
                    let part = match found.next()? {
                        Some(row) => components.get(&row.get(0)?).copied(),
                        None => None,
                    };
                    let told = (generated(path), part);
                    known.insert(path.to_owned(), told);
                    told
                }
            };
            pulls[*place].components.extend(part);
            let lines = listed.entry(*place).or_default();
            *lines += if made { 0 } else { row.get::<_, u64>(2)? };
        }
        for (place, lines) in &listed {
            pulls[*place].lines = Some(*lines);
        }
        let mut by_commit = self.sql().prepare_cached(
            "select f.id, f.path, f.component, ifnull(t.added, 0) + ifnull(t.deleted, 0) from commit_files t
             cross join files f on f.id = t.file where t.commit_id = ?1",
        )?;
        for (place, pull) in pulls.iter_mut().enumerate() {
            if listed.contains_key(&place) {
                continue;
            }
            let mut lines = 0;
            for commit in &pull.commits {
                let mut rows = by_commit.query([commit.0])?;
                while let Some(row) = rows.next()? {
                    let part: Option<i64> = row.get(2)?;
                    pull.components.extend(part.and_then(|it| components.get(&it)).copied());
                    let path = row.get_ref(1)?.as_str().unwrap_or_default();
                    lines += if generated(path) { 0 } else { row.get::<_, u64>(3)? };
                }
            }
            if pull.lines.is_none() && !pull.commits.is_empty() {
                pull.lines = Some(lines);
            }
        }
        Ok(())
    }

    /// Links to issues: by the pull request itself, by its commits, and by keys that these name.
    fn what_it_was_for(
        &self,
        of: &Allowed,
        places: &HashMap<i64, usize>,
        pulls: &mut [Pull],
    ) -> Result<()> {
        let labels = self.issue_labels()?;
        let statements = [
            "select l.pull_request, i.id, i.bug, i.kind from pr_issues l cross join issues i on i.id = l.issue",
            "select p.pull_request, i.id, i.bug, i.kind from pr_commits p
             cross join commit_issues l on l.commit_id = p.commit_id cross join issues i on i.id = l.issue
             where l.direct = 1",
        ];
        for text in statements {
            let mut all = self.sql().prepare_cached(text)?;
            let mut rows = all.query([])?;
            while let Some(row) = rows.next()? {
                let Some(place) = places.get(&row.get(0)?) else { continue };
                let labels = labels.get(&row.get(1)?).map_or(&[][..], Vec::as_slice);
                let work =
                    Work::of(row.get(2)?, row.get_ref(3)?.as_str().unwrap_or_default(), labels);
                let pull = &mut pulls[*place];
                pull.linked = true;
                // Of several, a defect before what is new, and that before the rest.
                pull.work = pull.work.min(work);
            }
        }
        let mut all = self.sql().prepare_cached(
            "select distinct p.pull_request from pr_commits p
             cross join issue_mentions m on m.commit_id = p.commit_id
             cross join project_keys k on k.repository = ?1 and k.prefix = m.prefix",
        )?;
        let mut rows = all.query([of.id.0])?;
        while let Some(row) = rows.next()? {
            if let Some(place) = places.get(&row.get(0)?) {
                pulls[*place].linked = true;
            }
        }
        // What names an issue that memory does not hold is linked, and for nobody knows what.
        for pull in pulls.iter_mut().filter(|it| it.linked) {
            pull.work = pull.work.min(Work::Chore);
        }
        Ok(())
    }

    fn issue_labels(&self) -> Result<HashMap<i64, Vec<String>>> {
        let mut all = self
            .sql()
            .prepare_cached("select issue, name from issue_names where kind = 1 order by 1, 2")?;
        let mut rows = all.query([])?;
        let mut labels: HashMap<i64, Vec<String>> = HashMap::new();
        while let Some(row) = rows.next()? {
            labels.entry(row.get(0)?).or_default().push(row.get(1)?);
        }
        Ok(labels)
    }

    /// Every commit, oldest first, and the parents of all of them as places among these.
    pub fn delivery_commits(&self, of: &Allowed) -> Result<(Vec<Commit>, Vec<u32>)> {
        let people = self.everybody()?;
        let mut all = self.sql().prepare_cached(
            "select id, oid, generation, authored, committed, author, merge, reverts, parents
             from commits where repository = ?1 order by committed, generation, oid",
        )?;
        let mut commits: Vec<Commit> = Vec::new();
        let mut named: Vec<u8> = Vec::new();
        let mut ends: Vec<usize> = Vec::new();
        let mut places: HashMap<Oid, u32> = HashMap::new();
        let mut rows = all.query([of.id.0])?;
        while let Some(row) = rows.next()? {
            let Some(oid) = Oid::from_bytes(blob(row, 1)?) else { continue };
            places.insert(oid, commits.len() as u32);
            named.extend_from_slice(blob(row, 8)?);
            ends.push(named.len());
            let reverts: Option<Vec<u8>> = row.get(7)?;
            commits.push(Commit {
                id: CommitId(row.get(0)?),
                oid,
                generation: row.get(2)?,
                authored: moment(row, 3)?,
                committed: moment(row, 4)?,
                author: people.get(&row.get(5)?).copied().unwrap_or_default(),
                merge: row.get(6)?,
                reverts: reverts.and_then(|it| Oid::from_bytes(&it)),
                parents: (0, 0),
                components: Vec::new(),
            });
        }
        let (mut parents, mut begin) = (Vec::new(), 0);
        for (commit, end) in commits.iter_mut().zip(ends) {
            let from = parents.len() as u32;
            for oid in named[begin..end].chunks(commit.oid.as_bytes().len().max(1)) {
                parents.extend(Oid::from_bytes(oid).and_then(|it| places.get(&it)).copied());
            }
            commit.parents = (from, parents.len() as u32);
            begin = end;
        }
        self.credited_authors(of, &people, &mut commits)?;
        Ok((commits, parents))
    }

    /// Who is credited with a commit stands before whom Git names.
    fn credited_authors(
        &self,
        of: &Allowed,
        people: &HashMap<i64, Who>,
        commits: &mut [Commit],
    ) -> Result<()> {
        let places: HashMap<i64, usize> =
            commits.iter().enumerate().map(|(place, it)| (it.id.0, place)).collect();
        let mut all = self.sql().prepare_cached(
            "select p.commit_id, p.identity from commits c cross join commit_people p on p.commit_id = c.id
             where c.repository = ?1 and p.role = 0",
        )?;
        let mut met: HashSet<usize> = HashSet::new();
        let mut rows = all.query([of.id.0])?;
        while let Some(row) = rows.next()? {
            let Some(place) = places.get(&row.get(0)?).copied() else { continue };
            let Some(author) = people.get(&row.get(1)?).copied() else { continue };
            let commit = &mut commits[place];
            // Of several the one who comes first, a person before a program.
            if met.insert(place) || (author.bot, author.id) < (commit.author.bot, commit.author.id)
            {
                commit.author = author;
            }
        }
        Ok(())
    }

    /// The components that commits touch, by commit.
    pub fn delivery_parts(&self, of: &Allowed) -> Result<HashMap<CommitId, Vec<u32>>> {
        let components = self.component_places(of)?.0;
        let mut all = self.sql().prepare_cached(
            "select distinct t.commit_id, f.component from files f
             cross join commit_files t on t.file = f.id
             where f.repository = ?1 and f.component is not null",
        )?;
        let mut parts: HashMap<CommitId, Vec<u32>> = HashMap::new();
        let mut rows = all.query([of.id.0])?;
        while let Some(row) = rows.next()? {
            if let Some(place) = components.get(&row.get(1)?) {
                parts.entry(CommitId(row.get(0)?)).or_default().push(*place);
            }
        }
        for it in parts.values_mut() {
            it.sort_unstable();
        }
        Ok(parts)
    }

    /// Tags of the history and releases that GitHub tells of, oldest first.
    pub fn delivery_releases(&self, of: &Allowed) -> Result<Vec<Release>> {
        let mut all = self.sql().prepare_cached(
            "select t.name, t.oid, ifnull(n.published, t.at), n.tag is not null, ifnull(n.prerelease, 0)
             from releases t left join release_notes n on n.repository = t.repository and n.tag = t.name
             where t.repository = ?1
             union all
             select n.tag, null, n.published, 1, n.prerelease from release_notes n
             where n.repository = ?1 and n.published is not null and not exists
               (select 1 from releases t where t.repository = n.repository and t.name = n.tag)
             order by 3, 1",
        )?;
        let mut rows = all.query([of.id.0])?;
        let mut releases: Vec<Release> = Vec::new();
        while let Some(row) = rows.next()? {
            let oid: Option<Vec<u8>> = row.get(1)?;
            let it = Release {
                name: row.get(0)?,
                oid: oid.and_then(|it| Oid::from_bytes(&it)),
                at: moment(row, 2)?,
                published: row.get(3)?,
                early: row.get(4)?,
            };
            // Several trackers may tell of one.
            if releases.last().is_none_or(|last| (&last.name, last.at) != (&it.name, it.at)) {
                releases.push(it);
            }
        }
        Ok(releases)
    }

    /// Lines that commits from `since` on and before `until` changed, oldest first; merges left out.
    pub fn delivery_lines(
        &self,
        of: &Allowed,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<FileLines>> {
        let people = self.everybody()?;
        let mut all = self.sql().prepare_cached(
            "select c.committed, c.id, c.author, t.file, t.from_file, ifnull(t.added, 0), ifnull(t.deleted, 0)
             from commits c cross join commit_files t on t.commit_id = c.id
             where c.repository = ?1 and c.committed >= ?2 and c.committed < ?3 and c.merge = 0
             order by c.committed, c.generation, c.oid, t.file",
        )?;
        let mut rows = all.query((of.id.0, since.0, until.0))?;
        let mut lines = Vec::new();
        while let Some(row) = rows.next()? {
            lines.push(FileLines {
                at: moment(row, 0)?,
                commit: CommitId(row.get(1)?),
                bot: people.get(&row.get(2)?).is_some_and(|it| it.bot),
                file: row.get(3)?,
                from: row.get(4)?,
                added: row.get(5)?,
                deleted: row.get(6)?,
            });
        }
        Ok(lines)
    }
}
