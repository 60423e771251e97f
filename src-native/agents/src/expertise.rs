//! Who knows a file, a folder or a component: a sum of named terms.

use model::{DeveloperId, Rule, Score, Term, Timestamp};

/// The rule, as printed with every answer.
pub const RULE: Rule = Rule {
    name: "expertise",
    version: 2,
    text: "commits·10 + reviews·8 + issue comments·2 + churn/20 + recency, where reviews are pull \
           requests that Git or GitHub says they reviewed, comments are those on issues that these \
           commits or their pull requests are linked to, churn is lines added and deleted and \
           recency = 20·0.5^(days since the last commit or review / 90); commits under all past \
           names of a file count, those of co-authors too, merges and bots do not",
};

/// What one of each is worth. A team may set other weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights {
    /// Points for a commit.
    pub commits: f64,
    /// Points for a review.
    pub reviews: f64,
    /// Points for a comment on an issue.
    pub comments: f64,
    /// Points for a line added or deleted.
    pub churn: f64,
    /// Points for a commit or review of this moment.
    pub recency: f64,
    /// Days in which recency halves.
    pub half_life_days: f64,
}

impl Default for Weights {
    fn default() -> Weights {
        Weights {
            commits: 10.0,
            reviews: 8.0,
            comments: 2.0,
            churn: 0.05,
            recency: 20.0,
            half_life_days: 90.0,
        }
    }
}

/// What one developer did to the subject.
#[derive(Clone, Debug, PartialEq)]
pub struct Deeds {
    /// Who.
    pub developer: DeveloperId,
    /// Their name: the first tie-break.
    pub name: String,
    /// Their key: the second tie-break; distinct.
    pub key: String,
    /// Commits, merges left out.
    pub commits: u32,
    /// Pull requests reviewed, commits where no pull request is known.
    pub reviews: u32,
    /// Comments on issues that belong to it.
    pub comments: u32,
    /// Lines added and deleted.
    pub churn: u64,
    /// Time of the last commit or review; none where there is neither.
    pub last_at: Option<Timestamp>,
}

/// A developer with the whole sum.
#[derive(Clone, Debug, PartialEq)]
pub struct Expert {
    /// What they did.
    pub deeds: Deeds,
    /// The sum.
    pub score: Score,
}

/// The sum for one developer at `now`.
pub fn score(deeds: &Deeds, now: Timestamp, weights: &Weights) -> Score {
    let term = |name, count: f64, weight: f64| Term { name, count, weight, points: count * weight };
    let recency = match deeds.last_at {
        Some(last) => {
            let days = now.days_since(last);
            let points = weights.recency * 0.5f64.powf(days / weights.half_life_days);
            // Hundredths: the last bits of a power differ between machines.
            let points = (points * 100.0).round() / 100.0;
            let days = (days * 10.0).round() / 10.0;
            Term { name: "recency", count: days, weight: weights.recency, points }
        }
        None => Term { name: "recency", count: 0.0, weight: weights.recency, points: 0.0 },
    };
    // A twentieth has no exact double; dividing keeps the points as people reckon them.
    let churn = deeds.churn as f64;
    let churn_points = if weights.churn == 0.05 { churn / 20.0 } else { churn * weights.churn };
    Score {
        terms: vec![
            term("commits", f64::from(deeds.commits), weights.commits),
            term("reviews", f64::from(deeds.reviews), weights.reviews),
            term("comments", f64::from(deeds.comments), weights.comments),
            Term { name: "churn", count: churn, weight: weights.churn, points: churn_points },
            recency,
        ],
    }
}

/// Everybody, highest score first, then by name, then by key.
pub fn rank(deeds: Vec<Deeds>, now: Timestamp, weights: &Weights) -> Vec<Expert> {
    let mut experts: Vec<(f64, Expert)> = deeds
        .into_iter()
        .map(|it| {
            let score = score(&it, now, weights);
            (score.total(), Expert { deeds: it, score })
        })
        .collect();
    experts.sort_by(|(a, x), (b, y)| {
        b.total_cmp(a)
            .then_with(|| x.deeds.name.cmp(&y.deeds.name))
            .then_with(|| x.deeds.key.cmp(&y.deeds.key))
    });
    experts.into_iter().map(|it| it.1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::DAY;

    fn usual() -> Weights {
        Weights::default()
    }

    fn deeds(id: i64, name: &str, commits: u32, churn: u64, last: i64) -> Deeds {
        Deeds {
            developer: DeveloperId(id),
            name: name.into(),
            key: format!("{id}@example.org"),
            commits,
            reviews: 0,
            comments: 0,
            churn,
            last_at: Some(Timestamp(last)),
        }
    }

    #[test]
    fn the_weights_are_those_of_the_design() {
        let now = Timestamp(1_000 * DAY);
        let ayse = Deeds { reviews: 2, comments: 1, ..deeds(1, "Ayşe Demir", 4, 430, 910 * DAY) };
        let terms = score(&ayse, now, &usual()).terms;
        let points: Vec<f64> = terms.iter().map(|it| it.points).collect();
        assert_eq!(points, [40.0, 16.0, 2.0, 21.5, 10.0]);
        assert_eq!(score(&ayse, now, &usual()).total(), 89.5);
        let mehmet =
            Deeds { reviews: 1, comments: 2, ..deeds(2, "Mehmet Turac", 3, 390, 1_000 * DAY) };
        assert_eq!(score(&mehmet, now, &usual()).total(), 81.5);
    }

    #[test]
    fn recency_halves_every_ninety_days_and_future_commits_add_no_more_than_today() {
        let now = Timestamp(0);
        let at =
            |days: i64| score(&deeds(1, "a", 1, 0, -days * DAY), now, &usual()).terms[4].points;
        assert_eq!([at(0), at(90), at(180), at(-5)], [20.0, 10.0, 5.0, 20.0]);
    }

    #[test]
    fn a_team_may_weigh_otherwise() {
        let only = Deeds { reviews: 3, last_at: None, ..deeds(1, "a", 0, 100, 0) };
        assert_eq!(score(&only, Timestamp(0), &usual()).total(), 29.0);
        let weights = Weights { reviews: 1.0, churn: 0.5, ..usual() };
        assert_eq!(score(&only, Timestamp(0), &weights).total(), 53.0);
    }

    #[test]
    fn any_order_of_rows_gives_the_same_ranking_and_ties_go_by_name() {
        let rows: Vec<Deeds> = (0..40)
            .map(|it| deeds(it, &format!("n{}", 40 - it), (it % 3) as u32 + 1, 10, 0))
            .collect();
        let once = rank(rows.clone(), Timestamp(0), &usual());
        assert!(once.windows(2).all(|pair| {
            let key = |it: &Expert| (-(it.score.total() * 10.0) as i64, it.deeds.name.clone());
            key(&pair[0]) < key(&pair[1])
        }));
        for turn in 1..40 {
            let mut other = rows.clone();
            other.rotate_left(turn);
            other.swap(0, turn / 2);
            assert_eq!(rank(other, Timestamp(0), &usual()), once);
        }
    }
}
