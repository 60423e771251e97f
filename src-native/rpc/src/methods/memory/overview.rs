//! The first screen: how big, how active, who, and where to look.

use super::authors::Authors;
use super::recent::{Recent, by_id};
use super::{Asked, question};
use crate::Result;
use crate::wire::*;
use model::{FileId, Timestamp};
use std::collections::HashMap;
use store::reads::{DeveloperTotals, TreeRow};

request! {
    /// Tell how large and how active a repository is, who works on it and where the risk lies.
    pub struct Overview {
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// The `now` of the answer, RFC 3339: nothing later is used; weeks, totals and bus factors are counted up to it. The time of the newest record unless given.
        pub now: Option<String>,
        /// Days that count as recent (90 unless told otherwise), 1 to 36500.
        pub window_days: Option<u32>,
    }
}

reply! {
    /// A repository at a glance.
    pub struct OverviewReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Counts over the whole history.
        pub totals: Totals,
        /// Every week from the first commit to the last, quiet ones included; at most those of a century.
        pub weeks: Vec<Week>,
        /// Living files changed within the window, most changed first; at most 200.
        pub hotspots: Vec<Hotspot>,
        /// People by commits within the whole history, at most 12; bots left out.
        pub people: Vec<PersonRow>,
        /// Riskiest files of the window, at most 10.
        pub risks: Vec<super::risk::RiskRow>,
        /// Components by changes within the window, at most 20.
        pub components: Vec<ComponentRow>,
        /// Newest releases, at most 5.
        pub releases: Vec<Record>,
        /// The window, in days.
        pub window_days: u32,
    }

    /// Counts over the whole history.
    pub struct Totals {
        /// Commits, merges included.
        pub commits: Figure,
        /// Merges among them.
        pub merges: u32,
        /// Living files.
        pub files: Figure,
        /// People, bots left out.
        pub people: Figure,
        /// Bots.
        pub bots: u32,
        /// Releases.
        pub releases: u32,
        /// Lines added, merges left out.
        pub added: u64,
        /// Lines deleted, merges left out.
        pub deleted: u64,
        /// Time of the first commit.
        pub first_at: Option<String>,
        /// Time of the last commit.
        pub last_at: Option<String>,
    }

    /// A file that changes often.
    pub struct Hotspot {
        /// Its path.
        pub path: String,
        /// Its component.
        pub component: Option<String>,
        /// Its size at HEAD, in bytes.
        pub size_bytes: u64,
        /// Commits within the window.
        pub changes: u32,
        /// Lines added and deleted within the window.
        pub churn: u64,
        /// Commits within the window that fix a defect.
        pub fixes: u32,
    }

    /// A person with what they did.
    pub struct PersonRow {
        /// Who.
        pub person: PersonRef,
        /// Commits that are not merges.
        pub commits: u32,
        /// Pull requests reviewed, as far as Git tells.
        pub reviews: u32,
        /// Lines added.
        pub added: u64,
        /// Lines deleted.
        pub deleted: u64,
        /// Time of the first commit.
        pub first_at: String,
        /// Time of the last commit.
        pub last_at: String,
    }

    /// A component.
    pub struct ComponentRow {
        /// Its name.
        pub name: String,
        /// The rule that makes it: a glob, or the folder.
        pub rule: String,
        /// Living files.
        pub files: u32,
        /// Commits within the window.
        pub changes: u32,
        /// How many people would have to leave before more than half of its authored files have no author.
        pub bus_factor: u32,
        /// Who knows it best.
        pub owner: Option<PersonRef>,
    }
}

question!(Overview, "memory.overview", OverviewReply, r#"{}"#, overview, now);

fn overview(ask: Overview, at: &Asked<'_>) -> Result<OverviewReply> {
    let now = at.now(ask.now.as_deref())?;
    let window = at.window(now, ask.window_days)?;
    let mut authors = Authors::below(at, "")?;
    let recent = Recent::below(at, window, "")?;
    let files = std::mem::take(&mut authors.files);
    let by_row = by_id(&files);
    let hotspots = hotspots(at, &recent, &by_row, 200)?;
    let risks = at.risks(&recent, &by_row, &at.risk_weights()?, 10)?;
    authors.files = files;
    let components = component_rows(at, &mut authors, &recent, now)?;
    let components = agents::overview::most_changed(
        components,
        20,
        |it| (it.changes, u64::from(it.files)),
        |it| &it.name,
    );
    let totals = at.reader.developer_totals(at.of)?;
    let (people, persons, bots) = people(at, &totals)?;
    let releases = at.reader.releases(at.of, 5)?.into_iter().map(|it| Record {
        kind: RecordKind::Release,
        title: it.name.clone(),
        id: it.name,
    });
    let rules = [
        agents::overview::HOTSPOTS,
        agents::risk::RULE,
        agents::bus_factor::RULE,
        agents::expertise::RULE,
    ];
    Ok(OverviewReply {
        basis: at.basis(Some(now), &rules)?,
        totals: counts(at, &totals, &persons, bots, &authors.files)?,
        weeks: weeks(at)?,
        hotspots,
        people,
        risks,
        components,
        releases: releases.collect(),
        window_days: window.days,
    })
}

fn counts(
    at: &Asked<'_>,
    totals: &[DeveloperTotals],
    people: &[model::DeveloperId],
    bots: u32,
    files: &[TreeRow],
) -> Result<Totals> {
    let all = at.reader.totals(at.of)?;
    let everything = at.call("memory.commits", [("merges", true.into())]);
    let select = store::reads::Select { expected: all.commits, ..Default::default() };
    let shown: Vec<Record> =
        files.iter().take(5).map(|it| super::tell::file_record(&it.path)).collect();
    let more = files.len() > shown.len();
    Ok(Totals {
        commits: at.figure_of(all.commits as usize, &select, everything)?,
        merges: totals.iter().map(|it| it.merges).sum(),
        files: Figure {
            value: files.len() as f64,
            records: shown,
            all: more.then(|| at.call("memory.files", [])),
        },
        people: at.people_figure(people, at.call("memory.people", []))?,
        bots,
        releases: all.releases,
        added: all.added,
        deleted: all.deleted,
        first_at: all.first_at.map(time),
        last_at: all.last_at.map(time),
    })
}

/// People with something to their name, most commits first, then by name; how many are bots.
type People = (Vec<PersonRow>, Vec<model::DeveloperId>, u32);

fn people(at: &Asked<'_>, totals: &[DeveloperTotals]) -> Result<People> {
    let (mut rows, mut people, mut bots) = (Vec::new(), Vec::new(), 0);
    for total in totals {
        let person = at.person_ref(total.developer)?;
        if person.bot {
            bots += 1;
        } else {
            people.push(total.developer);
            rows.push((person, total));
        }
    }
    rows.sort_by(|a, b| b.1.commits.cmp(&a.1.commits).then_with(|| a.0.key.cmp(&b.0.key)));
    let rows = rows.into_iter().take(12).map(|(person, it)| person_row(person, it)).collect();
    Ok((rows, people, bots))
}

/// A person with what they did.
pub(super) fn person_row(person: PersonRef, totals: &DeveloperTotals) -> PersonRow {
    PersonRow {
        person,
        commits: totals.commits,
        reviews: totals.reviews,
        added: totals.added,
        deleted: totals.deleted,
        first_at: time(totals.first_at),
        last_at: time(totals.last_at),
    }
}

/// What changed most within a window.
pub(super) fn hotspots(
    at: &Asked<'_>,
    recent: &Recent,
    files: &HashMap<FileId, &TreeRow>,
    most: usize,
) -> Result<Vec<Hotspot>> {
    let names: HashMap<i64, String> =
        at.reader.components(at.of)?.into_iter().map(|it| (it.id, it.name)).collect();
    let changed: Vec<_> =
        recent.files.iter().filter_map(|it| Some((it, *files.get(&it.file)?))).collect();
    let changed = agents::overview::most_changed(
        changed,
        most,
        |it| (it.0.counts.commits, it.0.counts.churn),
        |it| &it.1.path,
    );
    let hotspot = |(activity, file): (&agents::activity::FileActivity, &TreeRow)| Hotspot {
        path: file.path.clone(),
        component: file.component.and_then(|it| names.get(&it).cloned()),
        size_bytes: file.size,
        changes: activity.counts.commits,
        churn: activity.counts.churn,
        fixes: activity.counts.bugs,
    };
    Ok(changed.into_iter().map(hotspot).collect())
}

/// Every component with its size, activity and bus factor, by name.
pub(super) fn component_rows(
    at: &Asked<'_>,
    authors: &mut Authors,
    recent: &Recent,
    now: Timestamp,
) -> Result<Vec<ComponentRow>> {
    let of: HashMap<FileId, i64> =
        authors.files.iter().filter_map(|it| Some((it.id, it.component?))).collect();
    let changes = agents::activity::by_place(&recent.touches, |it| {
        of.get(&it).copied().into_iter().collect()
    });
    let factors = authors.factors_of_components();
    let weights = at.expertise_weights()?;
    let row = |it: store::reads::ComponentRow| {
        let known = at.reader.knowledge(at.of, store::reads::Subject::Component(it.id))?;
        let owner = at.rank_by(known, now, &weights, 1)?.into_iter().next();
        let owner = owner.map(|it| at.person_ref(it.deeds.developer)).transpose()?;
        Ok(ComponentRow {
            changes: changes.get(&it.id).copied().unwrap_or(0),
            bus_factor: factors.get(&it.id).map_or(0, |it| it.0.value()),
            name: it.name,
            rule: it.rule,
            files: it.files,
            owner,
        })
    };
    at.reader.components(at.of)?.into_iter().map(row).collect()
}

fn weeks(at: &Asked<'_>) -> Result<Vec<Week>> {
    let rows = at.reader.weeks(at.of)?;
    // A wrong clock's commit stands in the future, and a chart up to it would show nothing else.
    let last = at.of.as_of.map_or(i64::MAX, |it| it.week());
    let told = rows
        .into_iter()
        .filter(|it| it.week <= last)
        .map(|it| {
            let week_of = Week {
                commits: it.commits,
                people: it.people,
                added: it.added,
                deleted: it.deleted,
                fixes: it.fixes,
                ..week(it.week)
            };
            (it.week, week_of)
        })
        .collect();
    Ok(agents::overview::fill_weeks(told, week))
}

/// A week in which nothing happened.
pub(super) fn week(number: i64) -> Week {
    let monday = time(Timestamp::of_week(number));
    let start = monday.split('T').next().unwrap_or_default().to_owned();
    Week { start, commits: 0, people: 0, added: 0, deleted: 0, fixes: 0 }
}
