//! Goals: how many reached them, how often, and what it brought.

use super::counts::{Bits, ratio};
use super::pick::Chosen;
use super::plan::Plan;
use super::scan::{Look, Part, ask, scan};
use super::steps::{ReadyStep, Step};
use super::{Query, Reply, Way};
use crate::block::{Col, Lexicon};
use crate::kept::{Kept, Result};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What became of a goal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoalReport {
    /// What it is called.
    pub name: String,
    /// Visitors that reached it: unique conversions.
    pub visitors: u64,
    /// All visitors under the same filters: what the rate is over.
    pub of: u64,
    /// Visits in which it was reached.
    pub visits: u64,
    /// How often it was reached: total conversions.
    pub events: u64,
    /// What it brought, by currency; never added up across them.
    pub revenue: Vec<Revenue>,
}

/// Money of one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revenue {
    /// The currency (ISO 4217).
    pub currency: Arc<str>,
    /// The sum, in its smallest unit.
    pub amount: i64,
    /// How many events brought it.
    pub events: u64,
}

impl GoalReport {
    /// Visitors that reached it, of all.
    pub fn rate(&self) -> Option<f64> {
        ratio(self.visitors, self.of)
    }
}

/// What became of goals in the visits of a query. Filters choose visits; all events of those are looked at.
pub fn goals(kept: &Kept, query: &Query, goals: &[Step]) -> Result<Reply<Vec<GoalReport>>> {
    ask(kept, query, |snapshot, plan| {
        let steps: Vec<ReadyStep> =
            goals.iter().map(|it| ReadyStep::new(snapshot, it)).collect::<Result<_>>()?;
        let mut columns: Vec<Col> = steps.iter().flat_map(ReadyStep::columns).collect();
        columns.extend([Col::MONEY_EVENT, Col::MONEY_CURRENCY, Col::MONEY_AMOUNT]);
        if plan.site.identified {
            columns.push(Col::PERSON);
        }
        let make = || GoalsPart {
            steps: &steps,
            visitors: Visitors::new(plan),
            goals: (0..goals.len()).map(|_| GoalPart::new(plan)).collect(),
        };
        let (part, passed) = scan(snapshot, plan, &columns, make)?;
        let of = part.visitors.count();
        let mut reports = Vec::new();
        for (goal, part) in goals.iter().zip(part.goals) {
            let mut revenue = Vec::new();
            for (currency, (amount, events)) in &part.revenue {
                let currency =
                    snapshot.kept.word(snapshot.connection, Lexicon::Currency, *currency)?;
                revenue.push(Revenue { currency, amount: *amount, events: *events });
            }
            revenue.sort_by(|a, b| a.currency.cmp(&b.currency));
            reports.push(GoalReport {
                name: goal.name.clone(),
                visitors: part.visitors.count(),
                of,
                visits: part.visits,
                events: part.events,
                revenue,
            });
        }
        Ok((reports, passed, Way::Scan))
    })
}

/// Visitors of days, or persons.
pub(super) struct Visitors {
    days: u64,
    people: Option<Bits>,
    last: u32,
}

impl Visitors {
    pub(super) fn new(plan: &Plan) -> Visitors {
        Visitors { days: 0, people: plan.site.identified.then(Bits::default), last: 0 }
    }

    /// Begins a day.
    pub(super) fn begin(&mut self) {
        self.last = 0;
    }

    /// Adds a visit of the day.
    pub(super) fn put(&mut self, look: &Look<'_>, chosen: &Chosen) {
        if self.last != chosen.visitor {
            self.last = chosen.visitor;
            self.days += 1;
            if let Some(people) = &mut self.people {
                people.put(look.view.get(Col::PERSON).get(chosen.visit as usize) as u32);
            }
        }
    }

    pub(super) fn count(&self) -> u64 {
        self.people.as_ref().map_or(self.days, Bits::count)
    }

    pub(super) fn join(&mut self, other: &Visitors) {
        self.days += other.days;
        if let (Some(people), Some(others)) = (&mut self.people, &other.people) {
            people.join(others);
        }
    }
}

struct GoalPart {
    visitors: Visitors,
    visits: u64,
    events: u64,
    revenue: BTreeMap<u32, (i64, u64)>,
}

impl GoalPart {
    fn new(plan: &Plan) -> GoalPart {
        GoalPart { visitors: Visitors::new(plan), visits: 0, events: 0, revenue: BTreeMap::new() }
    }
}

struct GoalsPart<'a> {
    steps: &'a [ReadyStep],
    visitors: Visitors,
    goals: Vec<GoalPart>,
}

impl Part for GoalsPart<'_> {
    fn look(&mut self, look: &Look<'_>) {
        let view = look.view;
        let money = view.get(Col::MONEY_EVENT);
        let reached: Vec<Vec<bool>> = self.steps.iter().map(|it| it.marks(view)).collect();
        self.visitors.begin();
        self.goals.iter_mut().for_each(|it| it.visitors.begin());
        let mut paid = 0usize;
        for chosen in look.picked.visits.iter().filter(|it| it.is_visit) {
            let range = chosen.range();
            self.visitors.put(look, chosen);
            while paid < money.len() && (money.get(paid) as usize) < range.start {
                paid += 1;
            }
            for (goal, reached) in self.goals.iter_mut().zip(&reached) {
                let times = reached[range.clone()].iter().filter(|it| **it).count() as u64;
                if times == 0 {
                    continue;
                }
                goal.visitors.put(look, chosen);
                goal.visits += 1;
                goal.events += times;
                let paid =
                    (paid..money.len()).take_while(|it| (money.get(*it) as usize) < range.end);
                for paid in paid.filter(|it| reached[money.get(*it) as usize]) {
                    let currency = view.get(Col::MONEY_CURRENCY).word(paid);
                    let sum = goal.revenue.entry(currency).or_default();
                    sum.0 = sum.0.saturating_add(view.get(Col::MONEY_AMOUNT).get(paid));
                    sum.1 += 1;
                }
            }
        }
    }

    fn join(&mut self, other: Self) {
        self.visitors.join(&other.visitors);
        for (own, other) in self.goals.iter_mut().zip(other.goals) {
            own.visitors.join(&other.visitors);
            own.visits += other.visits;
            own.events += other.events;
            for (currency, (amount, events)) in other.revenue {
                let sum = own.revenue.entry(currency).or_default();
                *sum = (sum.0.saturating_add(amount), sum.1 + events);
            }
        }
    }
}
