//! Who knows it, and how many may leave.

use super::ask::Target;
use super::authors::Authors;
use super::said::OnIssues;
use super::tell::{RECORDS_MAX, terms};
use super::{Asked, question};
use crate::wire::*;
use crate::{Error, Result};
use agents::bus_factor::Factor;
use agents::expertise::{Deeds, Weights};
use model::{DeveloperId, Timestamp};
use std::collections::HashMap;
use std::rc::Rc;
use store::reads::{KnowledgeRow, Scope, Select, Wrote};

request! {
    /// Rank the people who know a file, a folder or a component, with the whole sum of each score.
    pub struct Experts {
        /// Path of a file or a folder from the repository's root; empty for the whole repository.
        pub path: Option<String>,
        /// Component, instead of a path.
        pub component: Option<String>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// The `now` of the answer, RFC 3339: nothing later is used. The time of the newest record unless given.
        pub now: Option<String>,
        /// How many people to list (10 unless told otherwise), at most 500.
        pub limit: Option<u32>,
    }

    /// Tell how many people would have to leave before more than half of the files have no author left.
    pub struct BusFactor {
        /// Folder from the repository's root; the whole repository unless given.
        pub path: Option<String>,
        /// Component, instead of a folder.
        pub component: Option<String>,
        /// List every folder below (`folders`) or every component (`components`) as well.
        pub each: Option<Each>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// How many rows to list (100 unless told otherwise), at most 10000.
        pub limit: Option<u32>,
    }
}

/// What to list as well.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
    ts_rs::TS,
)]
#[serde(rename_all = "camelCase")]
pub enum Each {
    /// Every folder below.
    Folders,
    /// Every component.
    Components,
}

reply! {
    /// Who knows it.
    pub struct ExpertsReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// What was asked about.
        pub subject: Subject,
        /// Highest score first, then by name; bots left out.
        pub experts: Vec<Expert>,
        /// How many people there are in all.
        pub total: u32,
    }

    /// A person who knows it.
    pub struct Expert {
        /// Who.
        pub person: PersonRef,
        /// The sum of the terms.
        pub score: f64,
        /// Every summand, in the order of the formula.
        pub terms: Vec<TermText>,
        /// Their commits.
        pub commits: Figure,
        /// Their reviews.
        pub reviews: Figure,
        /// Their comments on issues that its commits or their pull requests are linked to.
        pub comments: Figure,
        /// Lines added and deleted.
        pub churn: u64,
        /// Time of their last commit to it or review of it.
        pub last_at: Option<String>,
    }

    /// How many may leave.
    pub struct BusFactorReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// The subject asked about, then, where asked for, each folder or component: lowest factor first, then most files, then by name.
        pub rows: Vec<BusFactorRow>,
        /// How many rows there are in all.
        pub total: u32,
    }

    /// The bus factor of one subject.
    pub struct BusFactorRow {
        /// The folder, component or repository.
        pub subject: Subject,
        /// How many people would have to leave; 0 where no file has an author.
        pub factor: u32,
        /// Living files.
        pub files: u32,
        /// Living files with at least one author.
        pub authored_files: u32,
        /// The people counted, in the order of their leaving.
        pub people: Vec<Author>,
    }

    /// A person counted for a bus factor.
    pub struct Author {
        /// Who.
        pub person: PersonRef,
        /// Files they are an author of.
        pub files: u32,
    }
}

question!(
    Experts,
    "memory.experts",
    ExpertsReply,
    r#"{ "path": "src/pay.rs", "limit": 3 }"#,
    experts,
    now
);

fn experts(ask: Experts, at: &Asked<'_>) -> Result<ExpertsReply> {
    let most = limit(ask.limit, 10, 500)?;
    let now = at.now(ask.now.as_deref())?;
    let target = at.target(ask.path.as_deref(), ask.component.as_deref())?;
    let scope = Rc::new(at.scope(&target)?);
    let rows = at.knowledge(&target, &scope)?;
    let total = rows.iter().filter(|it| knows(it)).count();
    let first: HashMap<DeveloperId, Timestamp> =
        rows.iter().map(|it| (it.developer, it.first_at)).collect();
    let said = OnIssues::of(at, &scope)?;
    let experts = at
        .rank_by(rows, now, &at.expertise_weights()?, most)?
        .into_iter()
        .map(|it| expert(at, &target, (&scope, &said), &it, first[&it.deeds.developer]))
        .collect::<Result<_>>()?;
    let basis = at.basis(Some(now), &[agents::expertise::RULE])?;
    Ok(ExpertsReply { basis, subject: target.subject(), experts, total: count(total as u64) })
}

/// Whether what somebody did makes them know anything.
fn knows(it: &KnowledgeRow) -> bool {
    it.commits + it.reviews + it.comments > 0
}

pub(super) fn expert(
    at: &Asked<'_>,
    target: &Target,
    (scope, said): (&Rc<Scope>, &OnIssues<'_>),
    expert: &agents::expertise::Expert,
    since: Timestamp,
) -> Result<Expert> {
    let deeds = &expert.deeds;
    let person = at.person_ref(deeds.developer)?;
    let select = |wrote| Select {
        scope: Some(scope.clone()),
        person: Some((deeds.developer, wrote)),
        merge: Some(false),
        since,
        until: deeds.last_at.unwrap_or(Timestamp(i64::MAX)),
        once_per_pull_request: wrote == Wrote::Reviewer,
        ..Select::default()
    };
    let key = || person.key.as_str().into();
    let commits = at.figure_of(
        deeds.commits as usize,
        &select(Wrote::Author),
        at.list(target, None, [("person", key())]),
    )?;
    let reviews = at.figure_of(
        deeds.reviews as usize,
        &select(Wrote::Reviewer),
        at.list(
            target,
            None,
            [("person", key()), ("role", "reviewer".into()), ("oncePerPullRequest", true.into())],
        ),
    )?;
    let comments = if deeds.comments == 0 {
        Figure { value: 0.0, records: Vec::new(), all: None }
    } else {
        let said = said.newest_by(at, deeds.developer, RECORDS_MAX)?;
        let mut all = at.call("memory.comments", [target.param(), ("person", key())]);
        all.params.insert("on".into(), "issue".into());
        at.said_figure_of(deeds.comments as usize, &said, all)?
    };
    Ok(Expert {
        score: expert.score.total(),
        terms: terms(&expert.score),
        commits,
        reviews,
        comments,
        churn: deeds.churn,
        last_at: deeds.last_at.map(time),
        person,
    })
}

impl Asked<'_> {
    /// The weights of expertise: the usual ones, or those of the team.
    pub(super) fn expertise_weights(&self) -> Result<Weights> {
        let set = self.rules()?.expertise;
        let usual = Weights::default();
        Ok(Weights {
            commits: set.commits.unwrap_or(usual.commits),
            reviews: set.reviews.unwrap_or(usual.reviews),
            comments: set.comments.unwrap_or(usual.comments),
            churn: set.churn.unwrap_or(usual.churn),
            recency: set.recency.unwrap_or(usual.recency),
            half_life_days: set.half_life_days.map_or(usual.half_life_days, f64::from).max(1.0),
        })
    }

    /// Ranks people by what they know, at most `most` of them: only those are told by name.
    pub(super) fn rank_by(
        &self,
        mut rows: Vec<KnowledgeRow>,
        now: Timestamp,
        weights: &Weights,
        most: usize,
    ) -> Result<Vec<agents::expertise::Expert>> {
        let deeds = |it: &KnowledgeRow, person: PersonRef| Deeds {
            developer: it.developer,
            name: person.name,
            key: person.key,
            commits: it.commits,
            reviews: it.reviews,
            comments: it.comments,
            churn: it.added + it.deleted,
            last_at: (it.commits + it.reviews > 0).then_some(it.last_at),
        };
        rows.retain(knows);
        if rows.len() > most && most > 0 {
            let nobody = || PersonRef { key: String::new(), name: String::new(), bot: false };
            let total = |it| agents::expertise::score(&deeds(it, nobody()), now, weights).total();
            let mut rows_by: Vec<(f64, KnowledgeRow)> =
                rows.iter().map(|it| (total(it), *it)).collect();
            rows_by.select_nth_unstable_by(most - 1, |a, b| b.0.total_cmp(&a.0));
            // Equals of the last go by name, so all of them are looked at.
            let last = rows_by[most - 1].0;
            rows = rows_by.into_iter().filter(|it| it.0 >= last).map(|it| it.1).collect();
        }
        let deeds = rows
            .iter()
            .map(|it| Ok(deeds(it, self.person_ref(it.developer)?)))
            .collect::<Result<Vec<_>>>()?;
        let mut ranked = agents::expertise::rank(deeds, now, weights);
        ranked.truncate(most);
        Ok(ranked)
    }
}

question!(BusFactor, "memory.busFactor", BusFactorReply, r#"{ "each": "components" }"#, bus_factor);

fn bus_factor(ask: BusFactor, at: &Asked<'_>) -> Result<BusFactorReply> {
    let most = limit(ask.limit, 100, 10_000)?;
    let target = at.target(ask.path.as_deref(), ask.component.as_deref())?;
    let below = match &target {
        Target::Folder(it) => it.path.as_str(),
        Target::Component(_) => "",
        Target::File(it) => {
            let text =
                format!("`{}` is a file: the bus factor is of folders and components", it.path);
            return Err(Error::invalid(text).hint("`memory.experts` tells who knows a file"));
        }
    };
    let mut authors = Authors::below(at, below)?;
    let first = match &target {
        Target::Component(it) => {
            let (factor, files) = authors.factor_of_component(it.id);
            authors.row(at, RecordKind::Component, &it.name, files as usize, &factor)?
        }
        _ => {
            let all = 0..authors.files.len();
            let factor = authors.factor(all.clone());
            authors.row(at, RecordKind::Folder, below, all.len(), &factor)?
        }
    };
    // Told of afterwards, for those that are listed only: kind, name, files and factor.
    let mut each: Vec<(RecordKind, String, usize, Factor)> = Vec::new();
    match ask.each {
        Some(Each::Folders) => {
            for folder in at.reader.folders(at.of)? {
                let inside = below.is_empty()
                    || folder.path.strip_prefix(below).is_some_and(|it| it.starts_with('/'));
                let stretch = authors.stretch(&folder.path);
                if inside && !folder.path.is_empty() && !stretch.is_empty() {
                    let files = stretch.len();
                    each.push((RecordKind::Folder, folder.path, files, authors.factor(stretch)));
                }
            }
        }
        Some(Each::Components) => {
            let mut factors = authors.factors_of_components();
            for component in at.reader.components(at.of)? {
                if let Some((factor, files)) = factors.remove(&component.id) {
                    each.push((RecordKind::Component, component.name, files as usize, factor));
                }
            }
        }
        None => {}
    }
    each.sort_by(|a, b| {
        a.3.value().cmp(&b.3.value()).then(b.2.cmp(&a.2)).then_with(|| a.1.cmp(&b.1))
    });
    let total = count(1 + each.len() as u64);
    let mut rows = vec![first];
    for (kind, name, files, factor) in each.iter().take(most.saturating_sub(1)) {
        rows.push(authors.row(at, *kind, name, *files, factor)?);
    }
    let basis = at.basis(None, &[agents::bus_factor::RULE])?;
    Ok(BusFactorReply { basis, rows, total })
}
