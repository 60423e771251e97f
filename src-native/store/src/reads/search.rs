//! Full text over messages, any part of a path, people by name or mail. What people type is bound
//! as quoted strings: it is never syntax.

use super::{Found, PersonRow, Place};
use crate::{Allowed, Reader, Result};
use model::{CommitId, DeveloperId, FileId, Oid, Timestamp, fold};
use std::collections::{HashMap, HashSet};

/// A commit whose message matches.
#[derive(Clone, Debug, PartialEq)]
pub struct CommitHit {
    /// The commit.
    pub found: Found,
    /// Its message around the match, with U+0001 before and U+0002 after what was found.
    pub snippet: String,
    /// How well it matches; higher is better.
    pub score: f64,
}

/// A living path that matches.
#[derive(Clone, Debug, PartialEq)]
pub struct PathHit {
    /// The file.
    pub file: FileId,
    /// Its path.
    pub path: String,
    /// How well it matches; higher is better.
    pub score: f64,
}

/// Matches from which on the newest are shown instead of the best.
pub(super) const MANY: u32 = 3_000;
/// People without a commit looked at for whether trackers tell of them.
const STRANGERS_MAX: usize = 20;
/// Commits looked at together for words that many messages hold.
const LOOKED_AT: usize = 4_096;

/// A string of the full-text language that means exactly these words.
pub(crate) fn quoted(words: &str) -> String {
    format!("\"{}\"", words.replace('"', "\"\"").replace('\0', " "))
}

/// What people type, as the full-text language has it: each word or `"phrase"` must be there, the
/// last word may be unfinished from three letters on: fewer begin half of all words. None where no
/// word is in it.
pub(crate) fn expression(text: &str) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    for (i, piece) in text.split('"').enumerate() {
        let phrase = i % 2 == 1;
        let words: Vec<&str> =
            if phrase { vec![piece] } else { piece.split_whitespace().collect() };
        parts.extend(
            words.into_iter().filter(|it| it.chars().any(char::is_alphanumeric)).map(quoted),
        );
    }
    let last = text.chars().rev().take_while(|it| it.is_alphanumeric());
    let unfinished = last.take(3).count() == 3;
    let mut expression = parts.join(" ");
    if unfinished && !expression.is_empty() {
        expression.push('*');
    }
    (!expression.is_empty()).then_some(expression)
}

impl Reader<'_> {
    /// Commits whose messages hold the words, best first; of equals the newest. Where more than
    /// [`MANY`] messages hold them, the newest are as good as any.
    pub fn search_commits(&self, of: &Allowed, text: &str, most: u32) -> Result<Vec<CommitHit>> {
        self.search_commits_ranked_up_to(MANY, of, text, most)
    }

    pub(crate) fn search_commits_ranked_up_to(
        &self,
        many: u32,
        of: &Allowed,
        text: &str,
        most: u32,
    ) -> Result<Vec<CommitHit>> {
        let Some(expression) = expression(text) else { return Ok(Vec::new()) };
        // Words that very many messages hold tell nothing of rank, and ranking reads every match.
        let mut matches = self.sql().prepare_cached(
            "select count(*) from
             (select 1 from commit_words where commit_words match ?1 limit ?2)",
        )?;
        let found: u32 = matches.query_row((&expression, many + 1), |row| row.get(0))?;
        let mut hits = match found > many {
            false => self.best_commits(of, &expression)?,
            true => self.newest_commits(of, &expression, most as usize)?,
        };
        hits.sort_by(|a, b| {
            b.score.total_cmp(&a.score).then_with(|| a.found.place.cmp(&b.found.place))
        });
        hits.truncate(most as usize);
        self.add_snippets(&expression, &mut hits)?;
        Ok(hits)
    }

    /// Snippets of what is shown, all with one look at the words: each look costs as much as a search.
    fn add_snippets(&self, expression: &str, hits: &mut [CommitHit]) -> Result<()> {
        let ids = hits.iter().map(|it| it.found.id.0);
        let (Some(low), Some(high)) = (ids.clone().min(), ids.clone().max()) else { return Ok(()) };
        let list = format!("[{}]", ids.map(|it| it.to_string()).collect::<Vec<_>>().join(","));
        // The plus keeps the list from becoming a look of its own for every row.
        let mut some = self.sql().prepare_cached(
            "select rowid, snippet(commit_words, 0, char(1), char(2), '…', 24) from commit_words
             where commit_words match ?1 and rowid between ?2 and ?3
             and +rowid in (select value from json_each(?4))",
        )?;
        let mut snippets: HashMap<i64, String> = some
            .query_map((expression, low, high, list), |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        for hit in hits {
            hit.snippet = snippets.remove(&hit.found.id.0).unwrap_or_default();
        }
        Ok(())
    }

    /// Every match with its rank, in no order: which of equals is shown must not depend on their rows.
    fn best_commits(&self, of: &Allowed, expression: &str) -> Result<Vec<CommitHit>> {
        let mut all = self.sql().prepare_cached(
            "select c.id, c.committed, c.generation, c.oid, -w.rank from commit_words w
             cross join commits c on c.id = w.rowid
             where commit_words match ?1 and c.repository = ?2 and w.rank match 'bm25()'",
        )?;
        let mut rows = all.query((expression, of.id.0))?;
        let mut hits = Vec::new();
        while let Some(row) = rows.next()? {
            let score: f64 = row.get(4)?;
            // Thousandths, so that what is as good as equal goes by time.
            hits.extend(commit_hit(row, (score * 1000.0).round() / 1000.0)?);
        }
        Ok(hits)
    }

    /// At least the `most` newest matches, without a rank. Commits are gone through from the newest
    /// on, some thousand at a time, until that many of them match.
    fn newest_commits(
        &self,
        of: &Allowed,
        expression: &str,
        most: usize,
    ) -> Result<Vec<CommitHit>> {
        let mut by_time = self.sql().prepare_cached(
            "select id, committed from commits indexed by commits_time where repository = ?1
             order by committed desc",
        )?;
        let mut matching = self.sql().prepare_cached(
            "select rowid from commit_words where commit_words match ?1 and rowid between ?2 and ?3",
        )?;
        let mut one = self
            .sql()
            .prepare_cached("select id, committed, generation, oid from commits where id = ?1")?;
        let mut rows = by_time.query([of.id.0])?;
        let mut hits: Vec<CommitHit> = Vec::new();
        loop {
            let mut next: Vec<(i64, i64)> = Vec::with_capacity(LOOKED_AT);
            while next.len() < LOOKED_AT
                && let Some(row) = rows.next()?
            {
                next.push((row.get(0)?, row.get(1)?));
            }
            let ids = next.iter().map(|it| it.0);
            let (Some(low), Some(high)) = (ids.clone().min(), ids.max()) else { return Ok(hits) };
            let found: HashSet<i64> = matching
                .query_map((expression, low, high), |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            for (id, at) in next {
                // What was committed in the same second as the last may stand before it.
                let last = hits.last().filter(|_| hits.len() >= most);
                if last.is_some_and(|it| at < it.found.place.at.0) {
                    return Ok(hits);
                }
                if found.contains(&id) {
                    hits.extend(one.query_row([id], |row| commit_hit(row, 0.0))?);
                }
            }
        }
    }

    /// Rows that match with their ranks in thousandths; none where there are too many to rank.
    pub(super) fn ranks(
        &self,
        of: &Allowed,
        text: &str,
        table: &str,
        most: u32,
    ) -> Result<Option<Vec<(i64, f64)>>> {
        let Some(expression) = expression(text) else {
            return Ok(Some(Vec::new()));
        };
        let things = if table == "issue_words" { "issues" } else { "pull_requests" };
        let ranked = format!(
            "select w.rowid, -w.rank from {table} w cross join {things} i on i.id = w.rowid
             where {table} match ?1 and i.repository = ?2
             and w.rank match 'bm25(4.0, 2.0, 1.0)' limit ?3"
        );
        let enough = MANY + 1;
        let mut matches = self.sql().prepare_cached(&format!(
            "select count(*) from (select 1 from {table} where {table} match ?1 limit ?2)"
        ))?;
        let found: u32 = matches.query_row((&expression, enough), |row| row.get(0))?;
        if found == enough {
            return Ok(None); // to rank them reads every match
        }
        let mut all = self.sql().prepare_cached(&ranked)?;
        let ranks: Vec<(i64, f64)> = all
            .query_map((expression, of.id.0, enough), |row| {
                Ok((row.get(0)?, (row.get::<_, f64>(1)? * 1000.0).round() / 1000.0))
            })?
            .collect::<rusqlite::Result<_>>()?;
        let mut scores: Vec<f64> = ranks.iter().map(|it| it.1).collect();
        scores.sort_unstable_by(|a, b| b.total_cmp(a));
        let last = scores.get((most as usize).saturating_sub(1)).copied().unwrap_or(f64::MIN);
        Ok(Some(ranks.into_iter().filter(|it| it.1 >= last).collect()))
    }

    /// Keys that begin with, or else hold, a text; newest issues first.
    pub fn keys_like(&self, of: &Allowed, text: &str, most: u32) -> Result<Vec<String>> {
        let mut all = self.sql().prepare_cached(
            "select i.key from issues i where i.repository = ?1 and instr(lower(i.key), lower(?2))
             order by instr(lower(i.key), lower(?2)) <> 1, i.created desc, i.key limit ?3",
        )?;
        let keys = all
            .query_map((of.id.0, text, most), |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(keys)
    }

    /// Living files whose path holds every word, case aside; shorter paths first, then by path.
    pub fn search_paths(&self, of: &Allowed, text: &str, most: u32) -> Result<Vec<PathHit>> {
        let words: Vec<String> = text.split_whitespace().map(|it| it.replace('"', "")).collect();
        let words: Vec<&String> = words.iter().filter(|it| !it.is_empty()).collect();
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let long: Vec<String> =
            words.iter().filter(|it| it.chars().count() >= 3).map(|it| quoted(it)).collect();
        let mut hits: Vec<PathHit> = Vec::new();
        let lowered: Vec<String> = words.iter().map(|it| it.to_lowercase()).collect();
        let mut take = |rows: &mut rusqlite::Rows<'_>| -> Result<()> {
            while let Some(row) = rows.next()? {
                let path: String = row.get(1)?;
                let low = path.to_lowercase();
                let name = low.rsplit('/').next().unwrap_or_default();
                let short_fits = |it: &String| {
                    if it.chars().count() < 3 {
                        name.starts_with(it.as_str())
                    } else {
                        low.contains(it.as_str())
                    }
                };
                if !lowered.iter().all(short_fits) {
                    continue;
                }
                let score = path_score(&low, name, &lowered);
                hits.push(PathHit { file: FileId(row.get(0)?), path, score });
            }
            Ok(())
        };
        if long.is_empty() {
            let mut all = self.sql().prepare_cached(
                "select id, path from files where repository = ?1 and alive = 1
                 and (path like ?2 escape '\\' or path like ?3 escape '\\')
                 order by path limit 5000",
            )?;
            let start = like(words[0]);
            let (first, inner) = (format!("{start}%"), format!("%/{start}%"));
            take(&mut all.query((of.id.0, first, inner))?)?;
        } else {
            let mut all = self.sql().prepare_cached(
                "select f.id, f.path from file_words w cross join files f on f.id = w.rowid
                 where file_words match ?1 and f.repository = ?2 and f.alive = 1
                 order by f.path limit 5000",
            )?;
            take(&mut all.query((long.join(" "), of.id.0))?)?;
        }
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.path.cmp(&b.path)));
        hits.truncate(most as usize);
        Ok(hits)
    }

    /// Whether trackers of this repository tell of a person.
    fn is_heard(&self, of: &Allowed, id: DeveloperId) -> Result<bool> {
        if self.said_counts(of, id)? != (0, 0) {
            return Ok(true);
        }
        let mut one = self.sql().prepare_cached(
            "select 1 from identities w cross join pull_records r on r.author = w.id
             cross join pull_requests p on p.id = r.pull_request
             where w.developer = ?2 and p.repository = ?1
             union all select 1 from identities w cross join issues i on i.reporter = w.id
             where w.developer = ?2 and i.repository = ?1
             union all select 1 from identities w cross join issues i on i.assignee = w.id
             where w.developer = ?2 and i.repository = ?1 limit 1",
        )?;
        Ok(one.exists((of.id.0, id.0))?)
    }

    /// People with commits here, or whom its trackers tell of, whose name, mail or login holds every word, case aside; most
    /// commits first, then by key. The number is that of their commits.
    pub fn search_people(
        &self,
        of: &Allowed,
        text: &str,
        most: u32,
    ) -> Result<Vec<(PersonRow, u32)>> {
        let words: Vec<String> = fold(text).split(' ').map(|it| it.replace('"', "")).collect();
        let words: Vec<&str> =
            words.iter().map(|it| it.trim_start_matches('@')).filter(|it| !it.is_empty()).collect();
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let mut all = self.sql().prepare_cached(
            "select i.developer, i.name, i.mail, d.name from identities i
             join developers d on d.id = i.developer order by i.developer",
        )?;
        let mut rows = all.query([])?;
        let mut found: Vec<i64> = Vec::new();
        while let Some(row) = rows.next()? {
            let developer: i64 = row.get(0)?;
            if found.last() == Some(&developer) {
                continue;
            }
            let text = |at: usize| {
                row.get_ref(at).ok().and_then(|it| it.as_str().ok()).unwrap_or_default()
            };
            let all = [fold(text(1)), fold(text(2)), fold(text(3))];
            if words.iter().all(|word| all.iter().any(|it| it.contains(word))) {
                found.push(developer);
            }
        }
        drop(rows);
        let mut people = Vec::new();
        let mut looked_at = 0;
        for id in found {
            let id = DeveloperId(id);
            let Some(person) = self.person(of, id)? else { continue };
            match self.totals_of(of, id)? {
                Some(totals) => people.push((person, totals.commits)),
                None if looked_at < STRANGERS_MAX => {
                    looked_at += 1;
                    if self.is_heard(of, id)? {
                        people.push((person, 0));
                    }
                }
                None => {}
            }
        }
        people.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.key.cmp(&b.0.key)));
        people.truncate(most as usize);
        Ok(people)
    }
}

/// The name itself is best, then its beginning, then a part of it, then a part of the folders.
fn path_score(path: &str, name: &str, words: &[String]) -> f64 {
    let place = |word: &String| {
        if name == word || path == word {
            4.0
        } else if name.starts_with(word.as_str()) {
            3.0
        } else if name.contains(word.as_str()) {
            2.0
        } else {
            1.0
        }
    };
    let best: f64 = words.iter().map(place).sum::<f64>() / words.len().max(1) as f64;
    let score = best + 1.0 / (1.0 + path.chars().count() as f64);
    (score * 10_000.0).round() / 10_000.0
}

/// A row of id, time, generation and object id.
fn commit_hit(row: &rusqlite::Row<'_>, score: f64) -> rusqlite::Result<Option<CommitHit>> {
    let Some(oid) = Oid::from_bytes(super::blob(row, 3)?) else { return Ok(None) };
    let place = Place { at: Timestamp(row.get(1)?), generation: row.get(2)?, oid };
    let found = Found { place, id: CommitId(row.get(0)?) };
    Ok(Some(CommitHit { found, snippet: String::new(), score }))
}

/// What `like` takes for these characters and no others.
fn like(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_never_syntax() {
        assert_eq!(expression("token ref").as_deref(), Some("\"token\" \"ref\"*"));
        assert_eq!(expression("a to").as_deref(), Some("\"a\" \"to\""));
        assert_eq!(expression("a \"b c\" d ").as_deref(), Some("\"a\" \"b c\" \"d\""));
        assert_eq!(expression("NEAR(x) OR why*").as_deref(), Some("\"NEAR(x)\" \"OR\" \"why*\""));
        assert_eq!(expression("\" -- *"), None);
    }
}
