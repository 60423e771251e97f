//! Reviewers: of each review, who reviewed it, told from what was known when it was asked for.

use crate::reviews::{self, Review};
use crate::{Outcome, Result, data, revfinder, speed, table};
use agents::routing::{self, Person, Question, Weights};
use model::{DeveloperId, Timestamp};
use std::collections::BTreeMap;

/// The sets, and the reviews beyond which most-active-first must be beaten too.
const SETS: [&str; 6] = ["android", "spring-framework", "requests", "redis", "vue", "gem5"];
const LARGE: usize = 1_000;

/// Shares of reviews with a true reviewer among the first 1, 3, 5 and 10, in per cent, and the mean
/// reciprocal rank of the first true one.
#[derive(Default)]
struct Marks {
    asked: usize,
    top: [usize; 4],
    reciprocal: f64,
}

impl Marks {
    /// `ranking` for the review at each place; those before which nothing was known are not asked.
    fn of(reviews: &[Review], mut ranking: impl FnMut(usize) -> Vec<i64>) -> Marks {
        let mut marks = Marks::default();
        let first = reviews.iter().map(|it| it.known).min();
        for (at, review) in reviews.iter().enumerate() {
            if first.is_none_or(|it| it >= review.asked) {
                continue;
            }
            marks.asked += 1;
            let found = ranking(at).iter().position(|it| review.reviewers.contains(it));
            if let Some(place) = found {
                marks.reciprocal += 1.0 / (place + 1) as f64;
                for (top, most) in marks.top.iter_mut().zip([1, 3, 5, 10]) {
                    *top += usize::from(place < most);
                }
            }
        }
        marks
    }

    /// To three digits, as it is printed and compared.
    fn mrr(&self) -> f64 {
        (self.reciprocal / self.asked as f64 * 1_000.0).round() / 1_000.0
    }

    fn told(&self) -> String {
        let top = self.top.map(|it| format!("{:.0}", 100.0 * it as f64 / self.asked as f64));
        format!("{} {:.3}", top.join("/"), self.mrr())
    }
}

pub(crate) fn measure() -> Result<Outcome> {
    let folder = match data::folder("reviews") {
        Ok(folder) => folder,
        Err(why) => return Ok(Outcome::Skipped(why)),
    };
    let (mut rows, mut missed) = (Vec::new(), Vec::new());
    for name in SETS {
        let reviews = reviews::read(&folder.join(format!("{name}.json")))?;
        if name == "android" {
            choice(&reviews[..reviews.len() / 2]);
        }
        let known = Known::of(&reviews);
        let ours = Marks::of(&reviews, |at| ours(&reviews, &known, at, &Weights::default()));
        let active = Marks::of(&reviews, |at| most_active(&reviews, at));
        let mut baseline = revfinder::rankings(&reviews);
        let published = Marks::of(&reviews, |at| std::mem::take(&mut baseline.published[at]));
        let strict = Marks::of(&reviews, |at| std::mem::take(&mut baseline.strict[at]));
        for (other, marks) in [("RevFinder", &strict), ("most active first", &active)] {
            let bar = other == "RevFinder" || reviews.len() >= LARGE;
            if bar && ours.mrr() <= marks.mrr() {
                let figures = format!("{:.3}, {other} {:.3}", ours.mrr(), marks.mrr());
                missed.push(format!("reviewers of {name}: MRR {figures}"));
            }
        }
        let asked = ours.asked.to_string();
        let told = [active.told(), strict.told(), ours.told(), published.told()];
        rows.push([vec![name.to_owned(), asked], told.to_vec()].concat());
    }
    println!(
        "Top 1/3/5/10 in per cent, and MRR; strictly forward in time but for the last column.\n"
    );
    table::print(
        &[
            "set",
            "asked",
            "most active first",
            "RevFinder",
            "ours",
            "RevFinder, order as published",
        ],
        &rows,
    );
    missed.extend(speed::measure(&reviews::read(&folder.join("android.json"))?)?);
    Ok(Outcome::Measured(missed))
}

/// How the setting was chosen: on the first half of Android alone.
fn choice(half: &[Review]) {
    let known = Known::of(half);
    let mut rows = Vec::new();
    for power in [2, 3, 4] {
        for half_life in [100.0, 150.0, 250.0] {
            let mut row = vec![power.to_string(), half_life.to_string()];
            for activity in [0.0, 0.1, 0.3] {
                let window = (10.0 * half_life) as usize;
                let weights = Weights { power, half_life, activity, window, ..Weights::default() };
                let marks = Marks::of(half, |at| ours(half, &known, at, &weights));
                row.push(format!("{:.3}", marks.mrr()));
            }
            rows.push(row);
        }
    }
    println!("MRR on the first half of android, by which the setting was chosen.\n");
    table::print(&["power", "half-life", "activity 0", "0.1", "0.3"], &rows);
}

/// Places of reviews by the moment from which they are known.
struct Known(Vec<usize>);

impl Known {
    fn of(reviews: &[Review]) -> Known {
        let mut places: Vec<usize> = (0..reviews.len()).collect();
        places.sort_by_key(|it| (reviews[*it].known, reviews[*it].number));
        Known(places)
    }

    /// Those known before a moment, oldest first.
    fn before(&self, reviews: &[Review], moment: i64) -> &[usize] {
        &self.0[..self.0.partition_point(|it| reviews[*it].known < moment)]
    }
}

fn ours(reviews: &[Review], known: &Known, at: usize, weights: &Weights) -> Vec<i64> {
    let review = &reviews[at];
    let before = known.before(reviews, review.asked);
    let rows: Vec<routing::Review<'_>> =
        before.iter().rev().take(weights.window).map(|it| row(&reviews[*it])).collect();
    let people = people(before.iter().map(|it| &reviews[*it]));
    let paths: Vec<&str> = review.paths.iter().map(String::as_str).collect();
    let question = Question {
        paths: &paths,
        author: review.author.map(DeveloperId),
        now: Timestamp(review.asked),
    };
    let answer = routing::suggest(&question, &rows, &people, weights);
    answer.suggestions.iter().map(|it| it.developer.0).collect()
}

/// A review as a row of ours.
pub(crate) fn row(review: &Review) -> routing::Review<'_> {
    routing::Review {
        number: review.number,
        at: Timestamp(review.known),
        author: review.author.map(DeveloperId),
        reviewers: review.reviewers.iter().copied().map(DeveloperId).collect(),
        paths: review.paths.iter().map(String::as_str).collect(),
    }
}

/// Everybody who reviewed or wrote any of these; the sets tell of no other activity and of no load.
pub(crate) fn people<'a>(reviews: impl Iterator<Item = &'a Review>) -> Vec<Person> {
    let mut last: BTreeMap<i64, i64> = BTreeMap::new();
    for review in reviews {
        for who in review.reviewers.iter().chain(&review.author) {
            let at = last.entry(*who).or_insert(review.known);
            *at = review.known.max(*at);
        }
    }
    let person = |(who, at): (i64, i64)| Person {
        developer: DeveloperId(who),
        name: String::new(),
        key: format!("{who:08}"),
        bot: false,
        absent: false,
        last_active: Some(Timestamp(at)),
        open: 0,
        expertise: 0.0,
    };
    last.into_iter().map(person).collect()
}

fn most_active(reviews: &[Review], at: usize) -> Vec<i64> {
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    let asked = reviews[at].asked;
    for past in reviews[..at].iter().filter(|it| it.known < asked) {
        past.reviewers.iter().for_each(|it| *counts.entry(*it).or_default() += 1);
    }
    let mut ranked: Vec<(usize, i64)> = counts
        .into_iter()
        .filter(|it| Some(it.0) != reviews[at].author)
        .map(|(who, count)| (usize::MAX - count, who))
        .collect();
    ranked.sort_unstable();
    ranked.into_iter().map(|it| it.1).collect()
}
