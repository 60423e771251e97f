//! Issues, with how far each was at every time.

use super::{DeliveryWords, moment, moment_if};
use crate::{Allowed, Reader, Result};
use model::delivery::{Issue, Stage, Work};
use model::{CommitId, Timestamp};
use std::collections::HashMap;

impl Reader<'_> {
    /// Every issue, by key.
    pub fn delivery_issues(&self, of: &Allowed, words: &DeliveryWords) -> Result<Vec<Issue>> {
        let people = self.everybody()?;
        let named =
            |id: Option<i64>| id.and_then(|it| people.get(&it).copied()).unwrap_or_default();
        let labels = self.issue_labels()?;
        let mut statuses: HashMap<(i64, String), u8> = HashMap::new();
        let mut all = self.sql().prepare_cached(
            "select tracker, status, max(category) from issues where category > 0 group by 1, 2",
        )?;
        let mut rows = all.query([])?;
        while let Some(row) = rows.next()? {
            statuses.insert((row.get(0)?, row.get(1)?), row.get(2)?);
        }
        let mut all = self.sql().prepare_cached(
            "select id, key, summary, reporter, created, resolved, category, status, kind, bug, tracker, updated
             from issues where repository = ?1 order by key, id",
        )?;
        let mut places: HashMap<i64, usize> = HashMap::new();
        let mut rest: Vec<(String, u8, i64)> = Vec::new();
        let mut issues: Vec<Issue> = Vec::new();
        let mut rows = all.query([of.id.0])?;
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            places.insert(id, issues.len());
            let labels = labels.get(&id).map_or(&[][..], Vec::as_slice);
            let (category, kind): (u8, String) = (row.get(6)?, row.get(8)?);
            // The time of one that is done and does not tell is when it last changed.
            let resolved = match (moment_if(row, 5)?, category) {
                (None, 3) => Some(moment(row, 11)?),
                (_, 1 | 2) => None,
                (told, _) => told,
            };
            let is_incident = |it: &str| words.incidents.contains(&it.to_lowercase());
            issues.push(Issue {
                key: row.get(1)?,
                summary: row.get(2)?,
                reporter: named(row.get(3)?),
                created: moment(row, 4)?,
                resolved,
                work: Work::of(row.get(9)?, &kind, labels),
                incident: is_incident(&kind) || labels.iter().any(|it| is_incident(it)),
                ..Issue::default()
            });
            rest.push((row.get(7)?, category, row.get(10)?));
        }
        let mut all = self
            .sql()
            .prepare_cached("select issue, at, author from comments where issue is not null")?;
        let mut rows = all.query([])?;
        while let Some(row) = rows.next()? {
            let Some(place) = places.get(&row.get(0)?) else { continue };
            issues[*place].said.push((moment(row, 1)?, named(row.get(2)?)));
        }
        self.how_far_it_was(&places, &mut issues, &rest, &statuses, words)?;
        self.what_belongs_to_it(of, &places, &mut issues)?;
        for it in &mut issues {
            it.said.sort_unstable();
            it.touched.sort_unstable();
            it.components.sort_unstable();
            it.components.dedup();
            it.commits.sort_unstable();
            it.causes.sort();
            it.causes.dedup();
        }
        Ok(issues)
    }

    fn how_far_it_was(
        &self,
        places: &HashMap<i64, usize>,
        issues: &mut [Issue],
        rest: &[(String, u8, i64)],
        statuses: &HashMap<(i64, String), u8>,
        words: &DeliveryWords,
    ) -> Result<()> {
        let stage = |at: Timestamp, status: &str, category: u8| Stage {
            at,
            started: category == 2,
            active: category == 2 && !words.waiting.contains(&status.to_lowercase()),
            done: category == 3,
        };
        let far = |status: &str, tracker: i64| {
            statuses.get(&(tracker, status.to_owned())).copied().unwrap_or(match status {
                "closed" => 3,
                _ => 0,
            })
        };
        let mut all = self.sql().prepare_cached(
            "select issue, at, field = 'status', old, new from issue_changes
             order by issue, at, length(change), change, place",
        )?;
        let mut rows = all.query([])?;
        while let Some(row) = rows.next()? {
            let Some(place) = places.get(&row.get(0)?) else { continue };
            let (at, issue, tracker) = (moment(row, 1)?, &mut issues[*place], rest[*place].2);
            issue.touched.push(at);
            if !row.get::<_, bool>(2)? {
                continue;
            }
            let (old, new) = (row.get_ref(3)?.as_str().unwrap_or_default(), row.get_ref(4)?);
            if issue.stages.is_empty() {
                issue.stages.push(stage(issue.created, old, far(old, tracker)));
            }
            let new = new.as_str().unwrap_or_default();
            issue.stages.push(stage(at, new, far(new, tracker)));
            issue.told = true;
        }
        for (issue, (status, category, _)) in issues.iter_mut().zip(rest) {
            if issue.stages.is_empty() {
                issue.stages.push(stage(issue.created, status, *category));
            }
        }
        Ok(())
    }

    fn what_belongs_to_it(
        &self,
        of: &Allowed,
        places: &HashMap<i64, usize>,
        issues: &mut [Issue],
    ) -> Result<()> {
        let mut all = self.sql().prepare_cached(
            "select l.issue, l.commit_id from commit_issues l where l.told_by not like 'picked from %'",
        )?;
        let mut rows = all.query([])?;
        while let Some(row) = rows.next()? {
            if let Some(place) = places.get(&row.get(0)?) {
                issues[*place].commits.push(CommitId(row.get(1)?));
            }
        }
        // `from causes to`, `from breaks to`; where the relation itself is called so, the other way round.
        let mut all = self.sql().prepare_cached(
            "select distinct from_key, to_key, lower(kind) from issue_links
             where kind like '%cause%' or kind like 'problem/incident' or kind like 'regression'",
        )?;
        let keys: HashMap<String, usize> =
            issues.iter().enumerate().map(|(place, it)| (it.key.clone(), place)).collect();
        let mut rows = all.query([])?;
        while let Some(row) = rows.next()? {
            let (from, to): (String, String) = (row.get(0)?, row.get(1)?);
            let backwards = row.get_ref(2)?.as_str().unwrap_or_default().contains("caused by");
            let (cause, effect) = if backwards { (to, from) } else { (from, to) };
            if let Some(place) = keys.get(&effect) {
                issues[*place].causes.push(cause);
            }
        }
        let (components, names) = self.component_places(of)?;
        let mut all =
            self.sql().prepare_cached("select issue, name from issue_names where kind = 0")?;
        let mut rows = all.query([])?;
        while let Some(row) = rows.next()? {
            let Some(place) = places.get(&row.get(0)?) else { continue };
            let name = row.get_ref(1)?.as_str().unwrap_or_default();
            let found = names.iter().position(|it| it.eq_ignore_ascii_case(name));
            issues[*place].components.extend(found.map(|it| it as u32));
        }
        let mut all = self.sql().prepare_cached(
            "select distinct l.issue, f.component from commit_issues l
             cross join commit_files t on t.commit_id = l.commit_id cross join files f on f.id = t.file
             where l.direct = 1 and f.component is not null and f.repository = ?1",
        )?;
        let mut rows = all.query([of.id.0])?;
        while let Some(row) = rows.next()? {
            if let Some(place) = places.get(&row.get(0)?) {
                issues[*place].components.extend(components.get(&row.get(1)?).copied());
            }
        }
        Ok(())
    }
}
