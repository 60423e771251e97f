//! Past issues and fixes, found by their words.

use crate::{Allowed, Reader, Result};
use model::{CommitId, Timestamp};
use rusqlite::OptionalExtension;

/// How much full text there is: what the rarity of words is reckoned by. Over the whole store, as the
/// index is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WordTotals {
    /// Issues.
    pub issues: u64,
    /// Words in their titles.
    pub summary_words: u64,
    /// Words in their descriptions.
    pub body_words: u64,
    /// Commits.
    pub commits: u64,
    /// Words in their messages.
    pub message_words: u64,
}

/// A past issue with all that it is compared by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastIssue {
    /// Its row.
    pub id: i64,
    /// Its key.
    pub key: String,
    /// Its title.
    pub summary: String,
    /// Its description.
    pub body: String,
    /// Names of its components.
    pub components: Vec<String>,
    /// Names of versions it was seen in.
    pub versions: Vec<String>,
    /// Paths that commits linked to it touch, by name, at most 50.
    pub files: Vec<String>,
    /// When it was made.
    pub created: Timestamp,
}

/// A past commit that fixes a defect and belongs to no issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastFix {
    /// Its row.
    pub id: CommitId,
    /// Its whole message.
    pub message: String,
    /// Paths that it touches, by name, at most 50.
    pub files: Vec<String>,
    /// When it was committed.
    pub at: Timestamp,
}

impl Reader<'_> {
    /// How much full text there is.
    pub fn word_totals(&self) -> Result<WordTotals> {
        let of = |words: &str, things: &str| match self.past() {
            Some(_) => self.lengths(words, things),
            None => self.averages(&format!("{words}_data")),
        };
        let (issues, commits) = (of("issue_words", "issues")?, of("commit_words", "commits")?);
        let at = |of: &[u64], place: usize| of.get(place).copied().unwrap_or(0);
        Ok(WordTotals {
            issues: at(&issues, 0),
            summary_words: at(&issues, 1),
            body_words: at(&issues, 2),
            commits: at(&commits, 0),
            message_words: at(&commits, 1),
        })
    }

    /// The record that an index keeps for its own ranking: rows, then words of each column, as SQLite
    /// writes integers of varying length.
    fn averages(&self, table: &str) -> Result<Vec<u64>> {
        let mut one =
            self.sql().prepare_cached(&format!("select block from {table} where id = 1"))?;
        let block: Option<Vec<u8>> = one.query_row([], |row| row.get(0)).optional()?;
        Ok(numbers(&block.unwrap_or_default()))
    }

    /// The same summed up over the rows that are seen.
    fn lengths(&self, words: &str, things: &str) -> Result<Vec<u64>> {
        let mut all = self.sql().prepare_cached(&format!(
            "select s.sz from {words}_docsize s join {things} i on i.id = s.id"
        ))?;
        let mut rows = all.query([])?;
        let mut sums = vec![0u64];
        while let Some(row) = rows.next()? {
            sums[0] += 1;
            for (place, length) in numbers(super::blob(row, 0)?).into_iter().enumerate() {
                match sums.get_mut(place + 1) {
                    Some(sum) => *sum += length,
                    None => sums.push(length),
                }
            }
        }
        Ok(sums)
    }

    /// Issues and commits that hold a word.
    pub fn holding(&self, word: &str) -> Result<u64> {
        if self.past().is_some() {
            return self.held(word);
        }
        let mut sum = 0;
        for table in ["issue_vocabulary", "commit_vocabulary"] {
            let mut one =
                self.sql().prepare_cached(&format!("select doc from {table} where term = ?1"))?;
            sum += one.query_row([word], |row| row.get::<_, u64>(0)).optional()?.unwrap_or(0);
        }
        Ok(sum)
    }

    /// The same of those that are seen. What is said beneath an issue is one text in the index: where
    /// some of it came later, it is looked through.
    fn held(&self, word: &str) -> Result<u64> {
        let query = any(&[word]);
        let mut commits = self.sql().prepare_cached(
            "select count(*) from commit_words w cross join commits c on c.id = w.rowid
             where commit_words match ?1",
        )?;
        let mut held: u64 = commits.query_row([&query], |row| row.get(0))?;
        let mut issues = self.sql().prepare_cached(
            "select i.id, exists (select 1 from main.comments c where c.issue = i.id
               and c.at > (select at from temp.moment))
             from issue_words w cross join issues i on i.id = w.rowid where issue_words match ?1",
        )?;
        let mut own = self.sql().prepare_cached(
            "select 1 from issue_words where issue_words match ?1 and rowid = ?2",
        )?;
        let mut said = self.sql().prepare_cached("select body from comments where issue = ?1")?;
        let folded = model::fold(word);
        let holds = |text: &str| {
            text.split(|it: char| !it.is_alphanumeric()).any(|it| model::fold(it) == folded)
        };
        let mut rows = issues.query([&query])?;
        while let Some(row) = rows.next()? {
            let (id, doubtful): (i64, bool) = (row.get(0)?, row.get(1)?);
            let mut sure =
                !doubtful || own.exists((format!("{{summary body}} : ({query})"), id))?;
            if !sure {
                let mut bodies = said.query([id])?;
                while let Some(body) = bodies.next()? {
                    sure |= holds(body.get_ref(0)?.as_str().unwrap_or_default());
                }
            }
            held += u64::from(sure);
        }
        Ok(held)
    }

    /// The issues that hold any of these words and were made before a moment, those that full text
    /// puts first; `most` at most, `without` left out.
    pub fn past_issues(
        &self,
        of: &Allowed,
        words: &[&str],
        before: Timestamp,
        without: Option<i64>,
        most: usize,
    ) -> Result<Vec<PastIssue>> {
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let mut found = self.sql().prepare_cached(
            "select i.id, i.key, i.summary, i.body, i.created from issue_words w
             cross join issues i on i.id = w.rowid
             where issue_words match ?1 and rank match 'bm25(3.0, 1.0, 0.0)'
             and i.repository = ?2 and i.created < ?3 and i.id is not ?4
             order by rank, i.key, i.subject limit ?5",
        )?;
        let query = format!("{{summary body}} : ({})", any(words));
        let mut rows = found.query((query, of.id.0, before.0, without, most as i64))?;
        let mut issues = Vec::new();
        while let Some(row) = rows.next()? {
            let id = row.get(0)?;
            issues.push(PastIssue {
                id,
                key: row.get(1)?,
                summary: row.get(2)?,
                body: row.get(3)?,
                components: self.names_of(id, 0)?,
                versions: self.names_of(id, 3)?,
                files: self.files_of_issue(id)?,
                created: Timestamp(row.get(4)?),
            });
        }
        Ok(issues)
    }

    /// One issue as it is compared.
    pub fn past_issue(&self, of: &Allowed, key: &str) -> Result<Option<PastIssue>> {
        let mut one = self.sql().prepare_cached(
            "select i.id, i.key, i.summary, i.body, i.created from issue_keys k
             join issues i on i.id = k.issue where k.repository = ?1 and k.key = ?2
             order by i.created, i.tracker, i.subject limit 1",
        )?;
        let mut rows = one.query((of.id.0, key))?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let id = row.get(0)?;
        Ok(Some(PastIssue {
            id,
            key: row.get(1)?,
            summary: row.get(2)?,
            body: row.get(3)?,
            components: self.names_of(id, 0)?,
            versions: self.names_of(id, 3)?,
            files: self.files_of_issue(id)?,
            created: Timestamp(row.get(4)?),
        }))
    }

    /// Commits that hold any of these words, fix a defect, belong to no issue and were made before a
    /// moment, those that full text puts first.
    pub fn past_fixes(
        &self,
        of: &Allowed,
        words: &[&str],
        before: Timestamp,
        most: usize,
    ) -> Result<Vec<PastFix>> {
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let mut found = self.sql().prepare_cached(
            "select c.id, c.message, c.committed from commit_words w
             cross join commits c on c.id = w.rowid
             where commit_words match ?1 and c.repository = ?2 and c.committed < ?3
             and c.fixes > 0 and c.merge = 0
             and not exists (select 1 from commit_issues l where l.commit_id = c.id)
             order by w.rank, c.oid limit ?4",
        )?;
        let mut rows = found.query((any(words), of.id.0, before.0, most as i64))?;
        let mut fixes = Vec::new();
        while let Some(row) = rows.next()? {
            let id = CommitId(row.get(0)?);
            fixes.push(PastFix {
                id,
                message: row.get(1)?,
                files: self.files_of_commit(id)?,
                at: Timestamp(row.get(2)?),
            });
        }
        Ok(fixes)
    }

    /// Paths that a commit touches, by name, at most 50.
    pub fn files_of_commit(&self, id: CommitId) -> Result<Vec<String>> {
        let mut all = self.sql().prepare_cached(
            "select f.path from commit_files t join files f on f.id = t.file
             where t.commit_id = ?1 order by 1 limit 50",
        )?;
        let paths = all.query_map([id.0], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(paths)
    }

    fn files_of_issue(&self, issue: i64) -> Result<Vec<String>> {
        let mut all = self.sql().prepare_cached(
            "select distinct f.path from commit_issues l
             join commit_files t on t.commit_id = l.commit_id join files f on f.id = t.file
             where l.issue = ?1 order by 1 limit 50",
        )?;
        let paths = all.query_map([issue], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(paths)
    }

    fn names_of(&self, issue: i64, kind: i64) -> Result<Vec<String>> {
        let mut all = self.sql().prepare_cached(
            "select name from issue_names where issue = ?1 and kind = ?2 order by name",
        )?;
        let names =
            all.query_map((issue, kind), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(names)
    }

    /// The commits that resolve an issue, newest first, at most `most`.
    pub fn resolving_commits(
        &self,
        of: &Allowed,
        issue: i64,
        most: usize,
    ) -> Result<Vec<CommitId>> {
        let mut all = self.sql().prepare_cached(
            "select c.id from commit_issues l join commits c on c.id = l.commit_id
             where l.issue = ?1 and c.repository = ?2
             order by c.committed desc, c.generation desc, c.oid limit ?3",
        )?;
        let ids = all
            .query_map((issue, of.id.0, most as i64), |row| row.get(0).map(CommitId))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(ids)
    }

    /// The issues in memory that are said to be the same as this one, by row and key.
    pub fn duplicates_of(&self, of: &Allowed, issue: i64) -> Result<Vec<(i64, String)>> {
        let mut all = self.sql().prepare_cached(
            "select distinct o.id, o.key from issue_keys k
             join issue_links l on (l.from_key = k.key or l.to_key = k.key)
             join issue_keys m on m.repository = ?1
               and m.key = case when l.from_key = k.key then l.to_key else l.from_key end
             join issues o on o.id = m.issue and o.id <> ?2
             where k.issue = ?2 and k.repository = ?1 and lower(l.kind) like '%duplicate%'
             order by o.key, o.id",
        )?;
        let others = all
            .query_map((of.id.0, issue), |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(others)
    }
}

/// Integers of varying length, as SQLite writes them.
fn numbers(block: &[u8]) -> Vec<u64> {
    let (mut numbers, mut number, mut length) = (Vec::new(), 0u64, 0);
    for byte in block {
        length += 1;
        if length == 9 {
            number = number << 8 | u64::from(*byte);
        } else {
            number = number << 7 | u64::from(byte & 0x7f);
        }
        if *byte < 0x80 || length == 9 {
            numbers.push(number);
            (number, length) = (0, 0);
        }
    }
    numbers
}

/// A query of full text for any of some words.
fn any(words: &[&str]) -> String {
    let quoted: Vec<String> =
        words.iter().map(|it| format!("\"{}\"", it.replace('"', ""))).collect();
    quoted.join(" OR ")
}
