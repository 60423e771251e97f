//! Who should review a change, and the reviews behind each suggestion.

mod change;

use super::tell::{RECORDS_MAX, commit_record, gap, terms};
use super::{Asked, question};
use crate::Result;
use crate::wire::*;
use agents::routing::{Answer, Person, Question, Review, Suggestion, Weights, Why};
use change::Change;
use model::{DeveloperId, Timestamp};
use std::collections::{BTreeSet, HashMap};
use store::reads::{Reviewed, ReviewedRow};

request! {
    /// Suggest reviewers for a pull request or for a set of paths, with the whole sum of each score and who was left out.
    pub struct Reviewers {
        /// Number of a pull request that GitHub or Git tells of.
        pub pull_request: Option<u64>,
        /// Paths from the repository's root, instead of a pull request; at most 2000.
        pub paths: Option<Vec<String>>,
        /// Who made the change, by key, mail, name or login; never suggested. A pull request tells itself.
        pub author: Option<String>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// The `now` of the answer, RFC 3339: nothing later is used, and who was asked then counts as asked. The time of the newest record unless given, or when the pull request was closed.
        pub now: Option<String>,
        /// How many people to suggest (5 unless told otherwise), at most 100.
        pub limit: Option<u32>,
    }

    /// List the reviews behind a suggestion: those of changes most like it first.
    pub struct ReviewsOf {
        /// Who, by key, mail, name or login.
        pub person: String,
        /// The pull request that was asked about.
        pub pull_request: Option<u64>,
        /// The paths that were asked about, instead of a pull request.
        pub paths: Option<Vec<String>>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// The `now` of the answer, RFC 3339; as for `memory.reviewers`.
        pub now: Option<String>,
        /// How many to list (50 unless told otherwise), at most 1000.
        pub limit: Option<u32>,
        /// Where to go on: `next` of the page before.
        pub cursor: Option<String>,
    }
}

/// Why somebody is not suggested.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    serde::Serialize,
    schemars::JsonSchema,
    ts_rs::TS,
)]
#[serde(rename_all = "camelCase")]
pub enum NotSuggestedBecause {
    /// Made the change or had a part in it.
    Author,
    /// A program.
    Bot,
    /// Named absent in backstory.toml.
    Absent,
    /// Every account of theirs at the tracker is closed.
    Closed,
    /// Nothing of theirs is known for longer than the rules allow.
    Inactive,
}

reply! {
    /// Who should review.
    pub struct ReviewersReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// The pull request asked about.
        pub pull_request: Option<Record>,
        /// The paths that were judged, by name.
        pub paths: Vec<String>,
        /// Who made the change.
        pub authors: Vec<PersonRef>,
        /// Highest score first, then by name.
        pub suggestions: Vec<SuggestedReviewer>,
        /// How many people could be suggested in all.
        pub total: u32,
        /// People that would have stood among the suggestions, and why they do not; best first.
        pub left_out: Vec<NotSuggested>,
        /// Past reviews that were looked at.
        pub reviews: u32,
    }

    /// A person who could review.
    pub struct SuggestedReviewer {
        /// Who.
        pub person: PersonRef,
        /// The sum of the terms.
        pub score: f64,
        /// Every summand, in the order of the formula.
        pub terms: Vec<TermText>,
        /// Why, in a sentence.
        pub reason: String,
        /// Past reviews of theirs that count for this change, those most like it first.
        pub past: Figure,
        /// Open pull requests that wait for a review of theirs.
        pub waiting: Figure,
        /// Time of the last thing known of them.
        pub last_at: Option<String>,
    }

    /// Somebody who is not suggested.
    pub struct NotSuggested {
        /// Who.
        pub person: PersonRef,
        /// Why, as a word.
        pub because: NotSuggestedBecause,
        /// Why, in a sentence.
        pub text: String,
    }

    /// A page of reviews.
    pub struct ReviewsOfReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Whose reviews they are.
        pub person: PersonRef,
        /// Those most like the change first, then newest first.
        pub reviews: Vec<PastReview>,
        /// Where the next page begins; none at the end.
        pub next: Option<String>,
    }

    /// A review, of a pull request or, where Git alone tells of it, of a commit.
    pub struct PastReview {
        /// What was reviewed.
        pub record: Record,
        /// When it was reviewed.
        pub at: String,
        /// How like its paths are to those of the change, 0 to 1.
        pub likeness: f64,
        /// The paths of it that are most like those of the change, at most 3.
        pub paths: Vec<String>,
        /// Points it adds.
        pub points: f64,
    }
}

question!(
    Reviewers,
    "memory.reviewers",
    ReviewersReply,
    r#"{ "paths": ["src/pay.rs"], "limit": 3 }"#,
    reviewers
);

fn reviewers(ask: Reviewers, at: &Asked<'_>) -> Result<ReviewersReply> {
    // What came after a closed pull request would suggest whoever did review it.
    let now = change::now(at, ask.pull_request, ask.now.as_deref())?;
    at.then(now, |at| reviewers_at(ask, at, now))
}

fn reviewers_at(ask: Reviewers, at: &Asked<'_>, now: Timestamp) -> Result<ReviewersReply> {
    let most = limit(ask.limit, 5, 100)?;
    let (pull, paths) = (ask.pull_request, ask.paths.as_deref());
    let change = Change::of(at, pull, paths, ask.author.as_deref(), now)?;
    let routed = Routed::of(at, &change)?;
    let suggestions = routed.answer.suggestions.iter().take(most);
    let suggestions =
        suggestions.map(|it| routed.suggestion(at, &change, it)).collect::<Result<Vec<_>>>()?;
    // Only whom the list would have shown, and the authors: the others are no news.
    let mut left_out = Vec::new();
    for (place, it) in routed.answer.left_out.iter().enumerate() {
        let better = routed.answer.suggestions.iter();
        let better = better.take_while(|other| other.score.total() >= it.points).count();
        if better + place < most || change.authors.contains(&it.developer) {
            left_out.push(routed.left_out(at, it)?);
        }
    }
    let mut basis =
        at.basis(Some(change.now), &[agents::routing::RULE, agents::expertise::RULE])?;
    if routed.rows.is_empty() {
        let text = "no past review is in memory: only expertise is told of";
        basis.gaps.push(gap("noReviews", text));
    }
    Ok(ReviewersReply {
        basis,
        pull_request: change.record,
        paths: change.paths,
        authors: change.authors.iter().map(|it| at.person_ref(*it)).collect::<Result<_>>()?,
        total: count(routed.answer.suggestions.len() as u64),
        suggestions,
        left_out,
        reviews: count(routed.rows.len() as u64),
    })
}

/// Files of a change whose experts are looked at, at most.
const FILES_MAX: usize = 200;

/// A change with everybody who could review it.
struct Routed {
    rows: Vec<ReviewedRow>,
    answer: Answer,
    away: HashMap<DeveloperId, (NotSuggestedBecause, String)>,
    last: HashMap<DeveloperId, Timestamp>,
    waiting: HashMap<DeveloperId, Vec<u64>>,
}

impl Routed {
    fn of(at: &Asked<'_>, change: &Change) -> Result<Routed> {
        let weights = at.routing_weights()?;
        let mut rows = at.reader.reviewed(at.of, change.now, weights.window + 1)?;
        // A change is no past review of itself.
        rows.retain(|it| change.number.is_none_or(|number| it.of != Reviewed::Pull(number)));
        rows.truncate(weights.window);
        let reviews: Vec<Review<'_>> = rows
            .iter()
            .enumerate()
            .map(|(place, it)| Review {
                // Newest first as they stand, whatever they are called.
                number: (rows.len() - place) as u64,
                at: it.at,
                author: it.author,
                reviewers: it.reviewers.clone(),
                paths: it.paths.iter().map(String::as_str).collect(),
            })
            .collect();
        let paths: Vec<&str> = change.paths.iter().map(String::as_str).collect();
        let experts = at.experts_of(&paths, change.now)?;
        let mut who: BTreeSet<DeveloperId> = experts.keys().copied().collect();
        for row in &rows {
            who.extend(&row.reviewers);
            who.extend(row.author);
        }
        let who: Vec<DeveloperId> = who.into_iter().collect();
        let away = away(at, change.now)?;
        let last = at.reader.last_active(at.of, &who, change.now)?;
        let waiting = at.reader.waiting(at.of)?;
        let mut people = Vec::with_capacity(who.len());
        for developer in who {
            let person = at.person_ref(developer)?;
            people.push(Person {
                developer,
                name: person.name,
                key: person.key,
                bot: person.bot,
                // Each author is one: the rule knows of one alone.
                absent: away.contains_key(&developer) || change.authors.contains(&developer),
                last_active: last.get(&developer).copied(),
                open: waiting.get(&developer).map_or(0, |it| it.len() as u32),
                expertise: experts.get(&developer).copied().unwrap_or(0.0),
            });
        }
        let author = change.authors.first().copied();
        let question = Question { paths: &paths, author, now: change.now };
        let answer = agents::routing::suggest(&question, &reviews, &people, &weights);
        let mut routed = Routed { rows, answer, away, last, waiting };
        for author in &change.authors {
            let text = "made the change, or had a part in it".to_owned();
            routed.away.insert(*author, (NotSuggestedBecause::Author, text));
        }
        Ok(routed)
    }

    /// The past review behind a likeness.
    fn row(&self, alike: &agents::routing::Alike) -> Option<&ReviewedRow> {
        self.rows.len().checked_sub(alike.number as usize).and_then(|it| self.rows.get(it))
    }

    fn suggestion(
        &self,
        at: &Asked<'_>,
        change: &Change,
        it: &Suggestion,
    ) -> Result<SuggestedReviewer> {
        let person = at.person_ref(it.developer)?;
        let mut all = at.call("memory.reviewsOf", [("person", person.key.as_str().into())]);
        all.params.extend(change.params().map(|(name, value)| (name.to_owned(), value)));
        let past = past(it);
        let shown = past.iter().take(RECORDS_MAX).filter_map(|it| self.row(it));
        let records = shown.map(|it| review_record(at, it.of)).collect::<Result<Vec<Record>>>()?;
        let past = Figure {
            value: past.len() as f64,
            all: (past.len() > records.len()).then_some(all),
            records,
        };
        let open = self.waiting.get(&it.developer).map_or(&[][..], Vec::as_slice);
        let records = open.iter().take(RECORDS_MAX);
        let records = records
            .map(|it| review_record(at, Reviewed::Pull(*it)))
            .collect::<Result<Vec<Record>>>()?;
        let waiting = Figure {
            value: open.len() as f64,
            all: (open.len() > records.len()).then(|| {
                at.call(
                    "memory.pullRequests",
                    [("requested", person.key.as_str().into()), ("state", "open".into())],
                )
            }),
            records,
        };
        let last = self.last.get(&it.developer).copied();
        Ok(SuggestedReviewer {
            reason: self.reason(it, past.value as usize, open.len(), last),
            person,
            score: it.score.total(),
            terms: terms(&it.score),
            past,
            waiting,
            last_at: last.map(time),
        })
    }

    fn reason(&self, it: &Suggestion, past: usize, open: usize, last: Option<Timestamp>) -> String {
        let reviews = |number| match number {
            1 => "1 review".to_owned(),
            many => format!("{many} reviews"),
        };
        let mut told = Vec::new();
        if past > 0 {
            told.push(format!("gave {} of changes to paths like these", reviews(past)));
        }
        let wrote = it.alike.iter().filter(|it| it.wrote).count();
        match wrote {
            0 => {}
            1 => told.push("made 1 such change".to_owned()),
            many => told.push(format!("made {many} such changes")),
        }
        if told.is_empty() {
            let known = it.score.terms.iter().any(|it| it.name == "expertise" && it.count > 0.0);
            let text = if known { "knows these files" } else { "reviews here" };
            told.push(text.to_owned());
        }
        if open > 0 {
            told.push(format!("{} still asked of them", reviews(open)));
        }
        if let Some(last) = last {
            told.push(format!("last active on {}", &time(last)[..10]));
        }
        told.join("; ")
    }

    fn left_out(&self, at: &Asked<'_>, it: &agents::routing::LeftOut) -> Result<NotSuggested> {
        let person = at.person_ref(it.developer)?;
        let (because, text) = match (self.away.get(&it.developer), it.why) {
            (Some((NotSuggestedBecause::Author, text)), _) => {
                (NotSuggestedBecause::Author, text.clone())
            }
            (_, Why::Bot) => (NotSuggestedBecause::Bot, "is a program".to_owned()),
            (Some((because, text)), _) => (*because, text.clone()),
            (None, Why::Inactive(days)) => {
                let text = format!("did nothing for {days} days");
                (NotSuggestedBecause::Inactive, text)
            }
            (None, Why::Author) => (NotSuggestedBecause::Author, "made the change".to_owned()),
            (None, Why::Absent) => (NotSuggestedBecause::Absent, "is absent".to_owned()),
        };
        Ok(NotSuggested { person, because, text })
    }
}

/// The past reviews behind a suggestion, those that count most first.
fn past(it: &Suggestion) -> Vec<agents::routing::Alike> {
    it.alike.iter().filter(|it| !it.wrote).copied().collect()
}

/// Who is away, with the reason: named by the team, or with every account closed.
pub(super) fn away(
    at: &Asked<'_>,
    now: Timestamp,
) -> Result<HashMap<DeveloperId, (NotSuggestedBecause, String)>> {
    let mut away = HashMap::new();
    for it in at.reader.closed_people(at.of)? {
        let text = "their account is closed".to_owned();
        away.insert(it, (NotSuggestedBecause::Closed, text));
    }
    for absent in at.rules()?.absent.iter().filter(|it| it.at(now)) {
        for person in at.reader.persons_called(at.of, &absent.person)? {
            let until =
                absent.until.map_or(String::new(), |it| format!(" until {}", &time(it)[..10]));
            let text = format!("backstory.toml says that they are absent{until}");
            away.insert(person.id, (NotSuggestedBecause::Absent, text));
        }
    }
    Ok(away)
}

/// What was reviewed, as a record.
fn review_record(at: &Asked<'_>, of: Reviewed) -> Result<Record> {
    Ok(match of {
        Reviewed::Pull(number) => {
            let mut record = super::tell::numbered(number);
            let brief = at.reader.pull_brief(at.of, number)?;
            if let Some(brief) = brief.filter(|it| !it.title.is_empty()) {
                record.title = brief.title;
            }
            record
        }
        Reviewed::Commit(oid) => match at.reader.commit_of(at.of, oid)? {
            Some(row) => commit_record(&row),
            None => {
                let id = oid.to_string();
                Record { kind: RecordKind::Commit, title: id.clone(), id }
            }
        },
    })
}

impl Asked<'_> {
    /// The weights of routing: the usual ones, or those of the team.
    fn routing_weights(&self) -> Result<Weights> {
        let set = self.rules()?.routing;
        let usual = Weights::default();
        Ok(Weights {
            likeness: set.likeness.unwrap_or(usual.likeness),
            power: usual.power,
            authorship: set.authorship.unwrap_or(usual.authorship),
            activity: set.activity.unwrap_or(usual.activity),
            expertise: set.expertise.unwrap_or(usual.expertise),
            load: set.load.unwrap_or(usual.load),
            half_life: set.half_life_reviews.map_or(usual.half_life, f64::from),
            window: set.window_reviews.map_or(usual.window, |it| it as usize),
            absent_days: set.absent_days.unwrap_or(usual.absent_days),
        })
    }

    /// How well people know some files together.
    fn experts_of(&self, paths: &[&str], now: Timestamp) -> Result<HashMap<DeveloperId, f64>> {
        let mut files = self.reader.living(self.of, paths)?;
        files.truncate(FILES_MAX);
        let mut deeds = store::reads::Deeds::new(self.reader, self.of)?;
        let mut known: HashMap<DeveloperId, store::reads::KnowledgeRow> = HashMap::new();
        for file in files {
            let rows = match self.reader.past() {
                Some(_) => deeds.of(&self.reader.scope_of_file(self.of, file)?)?,
                None => self.reader.knowledge(self.of, store::reads::Subject::File(file))?,
            };
            for row in rows {
                let sum = known.entry(row.developer).or_insert(store::reads::KnowledgeRow {
                    commits: 0,
                    reviews: 0,
                    added: 0,
                    deleted: 0,
                    authors: 0,
                    ..row
                });
                sum.commits += row.commits;
                sum.reviews += row.reviews;
                sum.added += row.added;
                sum.deleted += row.deleted;
                sum.last_at = sum.last_at.max(row.last_at);
            }
        }
        let weights = self.expertise_weights()?;
        let score = |it: &store::reads::KnowledgeRow| {
            let deeds = agents::expertise::Deeds {
                developer: it.developer,
                name: String::new(),
                key: String::new(),
                commits: it.commits,
                reviews: it.reviews,
                comments: 0,
                churn: it.added + it.deleted,
                last_at: Some(it.last_at),
            };
            agents::expertise::score(&deeds, now, &weights).total()
        };
        Ok(known.values().map(|it| (it.developer, score(it))).collect())
    }
}

question!(
    ReviewsOf,
    "memory.reviewsOf",
    ReviewsOfReply,
    r#"{ "person": "ada@example.org", "paths": ["src/pay.rs"], "limit": 3 }"#,
    reviews_of
);

fn reviews_of(ask: ReviewsOf, at: &Asked<'_>) -> Result<ReviewsOfReply> {
    let now = change::now(at, ask.pull_request, ask.now.as_deref())?;
    at.then(now, |at| reviews_of_at(ask, at, now))
}

fn reviews_of_at(ask: ReviewsOf, at: &Asked<'_>, now: Timestamp) -> Result<ReviewsOfReply> {
    let most = limit(ask.limit, 50, 1_000)?;
    let change = Change::of(at, ask.pull_request, ask.paths.as_deref(), None, now)?;
    let person = at.person(&ask.person)?;
    let routed = Routed::of(at, &change)?;
    let who = person.id;
    // Who is not suggested has past reviews all the same: of these nothing is told here.
    let suggestion = routed.answer.suggestions.iter().find(|it| it.developer == who);
    let past = suggestion.map_or_else(Vec::new, past);
    let begin = match &ask.cursor {
        Some(cursor) => cursor
            .strip_prefix("after ")
            .and_then(|it| it.parse::<usize>().ok())
            .filter(|it| *it <= past.len())
            .ok_or_else(super::changes::no_cursor)?,
        None => 0,
    };
    let page = &past[begin..past.len().min(begin + most)];
    let weights = at.routing_weights()?;
    let mut reviews = Vec::new();
    for alike in page {
        let Some(row) = routed.row(alike) else { continue };
        let place = routed.rows.len() - alike.number as usize;
        let recency = 0.5f64.powf(place as f64 / weights.half_life.max(1.0));
        let points = weights.likeness * alike.likeness.powi(weights.power) * recency;
        reviews.push(PastReview {
            record: review_record(at, row.of)?,
            at: time(row.at),
            likeness: alike.likeness,
            paths: nearest(&change.paths, &row.paths),
            points: (points * 100.0).round() / 100.0,
        });
    }
    let end = begin + page.len();
    Ok(ReviewsOfReply {
        basis: at.basis(Some(change.now), &[agents::routing::RULE])?,
        person: at.person_ref(who)?,
        reviews,
        next: (end < past.len()).then(|| format!("after {end}")),
    })
}

/// Of `others` those that share most leading parts with any of `paths`, at most 3.
fn nearest(paths: &[String], others: &[String]) -> Vec<String> {
    let common =
        |a: &str, b: &str| a.split('/').zip(b.split('/')).take_while(|it| it.0 == it.1).count();
    let mut near: Vec<(usize, &String)> = others
        .iter()
        .map(|it| (paths.iter().map(|path| common(path, it)).max().unwrap_or(0), it))
        .filter(|it| it.0 > 0)
        .collect();
    near.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    near.into_iter().take(3).map(|it| it.1.clone()).collect()
}
