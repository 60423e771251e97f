//! Who should review a change: those who lately reviewed changes to paths like these.
//!
//! After RevFinder (P. Thongtanunam et al., SANER 2015), which compares every pair of paths in four
//! ways and knows no time. Here it is the longest common prefix alone, raised to a power so that near
//! paths outweigh far ones, and a past review fades with the reviews that came after it.

mod likeness;

use likeness::Likeness;
use model::{DAY, DeveloperId, Rule, Score, Term, Timestamp};
use std::collections::HashMap;

/// The rule, as printed with every answer.
pub const RULE: Rule = Rule {
    name: "reviewers",
    version: 1,
    text: "for each of the newest 2,500 reviews, 0.5^(reviews since / 250) times: 100·likeness² for \
           having reviewed it, 10·likeness² for having written it and 0.1 for having reviewed \
           anything, where likeness is the mean over the change's paths of the best (common leading \
           parts / parts of the longer path); + expertise/10; − a tenth for each open review asked \
           of them, of what the others leave; not the author, not bots, not who is named absent or \
           did nothing for 180 days",
};

/// What one of each is worth, and how far back reviews count. A team may set other weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights {
    /// Points for having reviewed, just now, a change to the very same paths.
    pub likeness: f64,
    /// What a likeness from 0 to 1 is raised to.
    pub power: i32,
    /// Points for having written, just now, a change to the very same paths.
    pub authorship: f64,
    /// Points for having reviewed anything just now.
    pub activity: f64,
    /// Points for a point of expertise in these paths.
    pub expertise: f64,
    /// Part of the points that an open review takes, and the next of what is left.
    pub load: f64,
    /// Reviews after which a review counts half.
    pub half_life: f64,
    /// Newest reviews that are looked at: ten half-lives, beyond which one counts a thousandth.
    pub window: usize,
    /// Days without anything done after which somebody counts as absent.
    pub absent_days: u32,
}

impl Default for Weights {
    fn default() -> Weights {
        Weights {
            likeness: 100.0,
            power: 2,
            authorship: 10.0,
            activity: 0.1,
            expertise: 0.1,
            load: 0.1,
            half_life: 250.0,
            window: 2_500,
            absent_days: 180,
        }
    }
}

/// A change that was reviewed.
#[derive(Clone, Debug)]
pub struct Review<'a> {
    /// The pull request's number: evidence, and what ties in time go by.
    pub number: u64,
    /// When its last review was given: from then on it is known.
    pub at: Timestamp,
    /// Who made the change.
    pub author: Option<DeveloperId>,
    /// Who reviewed it, each once.
    pub reviewers: Vec<DeveloperId>,
    /// The paths that it changes.
    pub paths: Vec<&'a str>,
}

/// Somebody who may be asked.
#[derive(Clone, Debug)]
pub struct Person {
    /// Who.
    pub developer: DeveloperId,
    /// Their name: the first tie-break.
    pub name: String,
    /// Their key: the second tie-break; distinct.
    pub key: String,
    /// Whether they are a program.
    pub bot: bool,
    /// Whether the team says that they are absent.
    pub absent: bool,
    /// When they last did anything at all; none where that is not known.
    pub last_active: Option<Timestamp>,
    /// Open reviews asked of them.
    pub open: u32,
    /// Their expertise in the paths, by [`crate::expertise`].
    pub expertise: f64,
}

/// What is to be reviewed.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The paths of the change.
    pub paths: &'a [&'a str],
    /// Who made it.
    pub author: Option<DeveloperId>,
    /// When it is asked: reviews given later are not known.
    pub now: Timestamp,
}

/// A past review behind a suggestion.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alike {
    /// The pull request's number.
    pub number: u64,
    /// How like its paths are, from 0 to 1.
    pub likeness: f64,
    /// Whether they wrote it and did not review it.
    pub wrote: bool,
}

/// Somebody who should review it.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    /// Who.
    pub developer: DeveloperId,
    /// The sum: `reviews`, `changes`, `activity`, `expertise`, `load`.
    pub score: Score,
    /// The changes with like paths behind `reviews` and `changes`: all of them, those that count
    /// most first.
    pub alike: Vec<Alike>,
}

/// Why somebody is not suggested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// They made the change.
    Author,
    /// They are a program.
    Bot,
    /// The team says that they are absent.
    Absent,
    /// They have done nothing for so many days.
    Inactive(u32),
}

/// Somebody who has points and is not suggested.
#[derive(Clone, Debug, PartialEq)]
pub struct LeftOut {
    /// Who.
    pub developer: DeveloperId,
    /// Why.
    pub why: Why,
    /// The points they would have.
    pub points: f64,
}

/// Who should review a change, and who should not although they have points.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// Highest score first, then by name, then by key.
    pub suggestions: Vec<Suggestion>,
    /// In the same order.
    pub left_out: Vec<LeftOut>,
}

/// What somebody has in past reviews.
#[derive(Default)]
struct Deeds {
    reviewed: f64,
    wrote: f64,
    active: f64,
    reviews: u32,
    changes: u32,
    activity: u32,
    alike: Vec<(f64, Alike)>,
}

/// Who should review it, of `people`. The reviews may stand in any order and be more than count.
pub fn suggest(
    question: &Question<'_>,
    reviews: &[Review<'_>],
    people: &[Person],
    weights: &Weights,
) -> Answer {
    let deeds = deeds(question, reviews, weights);
    let none = Deeds::default();
    let mut ranked: Vec<(f64, &Person, Score)> = people
        .iter()
        .map(|it| (it, score(deeds.get(&it.developer).unwrap_or(&none), it, weights)))
        .map(|(it, score)| (score.total(), it, score))
        .filter(|it| it.0 > 0.0)
        .collect();
    ranked.sort_by(|a, b| {
        b.0.total_cmp(&a.0).then_with(|| (&a.1.name, &a.1.key).cmp(&(&b.1.name, &b.1.key)))
    });
    let mut answer = Answer::default();
    for (points, person, score) in ranked {
        let developer = person.developer;
        match why_not(person, question, weights) {
            Some(why) => answer.left_out.push(LeftOut { developer, why, points }),
            None => {
                let mut alike = deeds.get(&developer).unwrap_or(&none).alike.clone();
                alike.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.number.cmp(&a.1.number)));
                let alike = alike.into_iter().map(|it| it.1).collect();
                answer.suggestions.push(Suggestion { developer, score, alike });
            }
        }
    }
    answer
}

fn why_not(person: &Person, question: &Question<'_>, weights: &Weights) -> Option<Why> {
    let idle = person.last_active.map(|it| (question.now.0 - it.0) / DAY);
    if question.author == Some(person.developer) {
        Some(Why::Author)
    } else if person.bot {
        Some(Why::Bot)
    } else if person.absent {
        Some(Why::Absent)
    } else {
        let idle = idle.filter(|it| *it >= i64::from(weights.absent_days))?;
        Some(Why::Inactive(idle.try_into().unwrap_or(u32::MAX)))
    }
}

fn deeds(
    question: &Question<'_>,
    reviews: &[Review<'_>],
    weights: &Weights,
) -> HashMap<DeveloperId, Deeds> {
    let mut known: Vec<&Review<'_>> = reviews.iter().filter(|it| it.at <= question.now).collect();
    known.sort_by_key(|it| std::cmp::Reverse((it.at, it.number)));
    let paths = Likeness::of(question.paths);
    let mut room = paths.room();
    let fade = 0.5f64.powf(1.0 / weights.half_life.max(1.0));
    let mut recency = 1.0;
    let mut deeds: HashMap<DeveloperId, Deeds> = HashMap::new();
    for review in known.into_iter().take(weights.window) {
        let likeness = paths.to(review.paths.iter().copied(), &mut room);
        let counts = likeness.powi(weights.power) * recency;
        let alike = |wrote| {
            let likeness = (likeness * 1_000.0).round() / 1_000.0;
            (counts, Alike { number: review.number, likeness, wrote })
        };
        for reviewer in &review.reviewers {
            let of = deeds.entry(*reviewer).or_default();
            of.active += recency;
            of.activity += 1;
            if likeness > 0.0 {
                of.reviewed += counts;
                of.reviews += 1;
                of.alike.push(alike(false));
            }
        }
        if let Some(author) = review.author
            && likeness > 0.0
            && !review.reviewers.contains(&author)
        {
            let of = deeds.entry(author).or_default();
            of.wrote += counts;
            of.changes += 1;
            of.alike.push(alike(true));
        }
        recency *= fade;
    }
    deeds
}

fn score(deeds: &Deeds, person: &Person, weights: &Weights) -> Score {
    // Hundredths: the last bits of a power differ between machines.
    let term = |name, count: f64, weight: f64, points: f64| Term {
        name,
        count,
        weight,
        points: (points * 100.0).round() / 100.0,
    };
    let of = |name, count: u32, weight: f64, sum: f64| {
        term(name, f64::from(count), weight, weight * sum)
    };
    let mut terms = vec![
        of("reviews", deeds.reviews, weights.likeness, deeds.reviewed),
        of("changes", deeds.changes, weights.authorship, deeds.wrote),
        of("activity", deeds.activity, weights.activity, deeds.active),
        term(
            "expertise",
            person.expertise,
            weights.expertise,
            weights.expertise * person.expertise,
        ),
    ];
    let sum: f64 = terms.iter().map(|it| it.points).sum();
    let left = (1.0 - weights.load).powi(person.open.min(1_000) as i32);
    terms.push(term("load", f64::from(person.open), weights.load, sum * (left - 1.0)));
    Score { terms }
}

#[cfg(test)]
mod tests;
