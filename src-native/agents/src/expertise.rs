//! Who knows a file, a folder or a component: a sum of named terms.

use model::{DeveloperId, Rule, Score, Term, Timestamp};

/// The rule, as printed with every answer.
pub const RULE: Rule = Rule {
    name: "expertise",
    version: 1,
    text: "commits·10 + reviews·8 + issue comments·2 + churn/20 + recency, where churn is lines \
           added and deleted and recency = 20·0.5^(days since the last commit to it / 90); commits \
           under all past names of a file count, those of co-authors too, merges and bots do not",
};

/// Days in which recency halves.
const HALF_LIFE: f64 = 90.0;
/// What a commit of this moment adds.
const RECENCY: f64 = 20.0;

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
    /// Time of the last commit to it; none where there is no commit.
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
pub fn score(deeds: &Deeds, now: Timestamp) -> Score {
    let term = |name, count: f64, weight: f64| Term { name, count, weight, points: count * weight };
    let recency = match deeds.last_at {
        Some(last) if deeds.commits > 0 => {
            let days = now.days_since(last);
            let points = RECENCY * 0.5f64.powf(days / HALF_LIFE);
            // Hundredths: the last bits of a power differ between machines.
            Term {
                name: "recency",
                count: tenths(days),
                weight: RECENCY,
                points: hundredths(points),
            }
        }
        _ => Term { name: "recency", count: 0.0, weight: RECENCY, points: 0.0 },
    };
    let churn = deeds.churn as f64;
    Score {
        terms: vec![
            term("commits", f64::from(deeds.commits), 10.0),
            term("reviews", f64::from(deeds.reviews), 8.0),
            term("comments", f64::from(deeds.comments), 2.0),
            Term { name: "churn", count: churn, weight: 0.05, points: churn / 20.0 },
            recency,
        ],
    }
}

/// Everybody, highest score first, then by name, then by key.
pub fn rank(deeds: Vec<Deeds>, now: Timestamp) -> Vec<Expert> {
    let mut experts: Vec<(f64, Expert)> = deeds
        .into_iter()
        .map(|it| {
            let score = score(&it, now);
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

fn tenths(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

fn hundredths(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::DAY;

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
        let terms = score(&ayse, now).terms;
        let points: Vec<f64> = terms.iter().map(|it| it.points).collect();
        assert_eq!(points, [40.0, 16.0, 2.0, 21.5, 10.0]);
        assert_eq!(score(&ayse, now).total(), 89.5);
        let mehmet =
            Deeds { reviews: 1, comments: 2, ..deeds(2, "Mehmet Turac", 3, 390, 1_000 * DAY) };
        assert_eq!(score(&mehmet, now).total(), 81.5);
    }

    #[test]
    fn recency_halves_every_ninety_days_and_future_commits_add_no_more_than_today() {
        let now = Timestamp(0);
        let at = |days: i64| score(&deeds(1, "a", 1, 0, -days * DAY), now).terms[4].points;
        assert_eq!([at(0), at(90), at(180), at(-5)], [20.0, 10.0, 5.0, 20.0]);
    }

    #[test]
    fn who_only_reviews_has_no_recency() {
        let only = Deeds { reviews: 3, ..deeds(1, "a", 0, 0, 0) };
        assert_eq!(score(&only, Timestamp(0)).total(), 24.0);
    }

    #[test]
    fn any_order_of_rows_gives_the_same_ranking_and_ties_go_by_name() {
        let rows: Vec<Deeds> = (0..40)
            .map(|it| deeds(it, &format!("n{}", 40 - it), (it % 3) as u32 + 1, 10, 0))
            .collect();
        let once = rank(rows.clone(), Timestamp(0));
        assert!(once.windows(2).all(|pair| {
            let key = |it: &Expert| (-(it.score.total() * 10.0) as i64, it.deeds.name.clone());
            key(&pair[0]) < key(&pair[1])
        }));
        for turn in 1..40 {
            let mut other = rows.clone();
            other.rotate_left(turn);
            other.swap(0, turn / 2);
            assert_eq!(rank(other, Timestamp(0)), once);
        }
    }
}
