//! A range by hours, days, weeks or months.

use super::clock::{Clock, begins, date_of, day_of_date};
use super::counts::Counts;
use super::plan::Plan;
use super::rollup::{Day, days, gone};
use super::scan::{Look, Part, Passed, ask, scan};
use super::{Query, Reply, Way};
use crate::block::Col;
use crate::kept::{Error, Kept, Result};
use crate::visits::day_of;
use jiff::ToSpan;

/// Most points of a series.
const POINTS_MAX: usize = 20_000;

/// How finely a range is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Grain {
    /// Hours of the clock.
    Hour,
    /// Days.
    Day,
    /// Weeks, from Monday.
    Week,
    /// Months of the calendar.
    Month,
}

/// A part of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// When it begins, in milliseconds; the first may begin before the range does.
    pub at: i64,
    /// What of the range lies in it.
    pub counts: Counts,
}

/// A range, part by part, without gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// How finely it is cut.
    pub grain: Grain,
    /// Its parts, in order.
    pub points: Vec<Point>,
}

/// A range of a query, part by part.
pub fn series(kept: &Kept, query: &Query, grain: Grain) -> Result<Reply<Series>> {
    ask(kept, query, |snapshot, plan| {
        let edges = edges(plan, grain)?;
        if grain != Grain::Hour
            && let Some(days) = days(snapshot, plan)?
        {
            let mut part = SeriesPart::new(plan, &edges);
            part.add_days(&days);
            let passed = Passed { rows: days.len() as u64, ..Passed::default() };
            return Ok((part.finish(grain), passed, Way::Rollup));
        }
        let columns = SeriesPart::columns(plan);
        let (mut part, passed) = scan(snapshot, plan, &columns, || SeriesPart::new(plan, &edges))?;
        if grain != Grain::Hour {
            part.add_days(&gone(snapshot, plan)?);
        }
        Ok((part.finish(grain), passed, Way::Scan))
    })
}

/// When the parts of a query's range begin.
pub(super) fn edges(plan: &Plan, grain: Grain) -> Result<Vec<i64>> {
    let (from, to) = (plan.query.from, plan.query.to);
    let mut edges = Vec::new();
    if from >= to {
        return Ok(edges);
    }
    let too_many = || {
        Error::Question(
            "the range has more parts than can be shown; ask for longer ones, or for less of it"
                .into(),
        )
    };
    if grain == Grain::Hour {
        if (to - from) / 3_600_000 > POINTS_MAX as i64 {
            return Err(too_many());
        }
        let clock = Clock::new(&plan.zone, from, to);
        let mut at = clock.hour_start(from);
        while at < to {
            edges.push(at);
            // Where clocks are changed by less than an hour an hour is not as long as an hour.
            let next = clock.hour_start(at + 3_600_000);
            at = if next > at { next } else { at + 3_600_000 };
        }
        return Ok(edges);
    }
    let mut date = date_of(day_of(&plan.zone, from));
    match grain {
        Grain::Week => {
            let back = i64::from(date.weekday().to_monday_zero_offset());
            date = date.checked_sub(back.days()).unwrap_or(date);
        }
        Grain::Month => date = date.first_of_month(),
        _ => {}
    }
    loop {
        let at = begins(&plan.zone, day_of_date(date));
        if at >= to {
            return Ok(edges);
        }
        if edges.len() >= POINTS_MAX {
            return Err(too_many());
        }
        edges.push(at);
        let step = match grain {
            Grain::Week => 1.week(),
            Grain::Month => 1.month(),
            _ => 1.day(),
        };
        date = date.checked_add(step).map_err(|_| too_many())?;
    }
}

pub(super) struct SeriesPart<'a> {
    edges: &'a [i64],
    points: Vec<Counts>,
    /// On sites whose ids last, the point (high half) and person (low half) of every visit.
    people: Option<Vec<u64>>,
}

impl<'a> SeriesPart<'a> {
    pub(super) fn columns(plan: &Plan) -> Vec<Col> {
        super::totals::TotalsPart::columns(plan)
    }

    pub(super) fn new(plan: &Plan, edges: &'a [i64]) -> SeriesPart<'a> {
        SeriesPart {
            edges,
            points: vec![Counts::default(); edges.len()],
            people: plan.site.identified.then(Vec::new),
        }
    }

    /// Adds whole days, for which a point is not finer than a day.
    pub(super) fn add_days(&mut self, days: &[Day]) {
        for day in days {
            let place = self.edges.partition_point(|it| *it <= day.at).saturating_sub(1);
            let Some(point) = self.points.get_mut(place) else { continue };
            point.add(&day.counts);
            if let Some(people) = &mut self.people {
                day.each_person(|it| people.push((place as u64) << 32 | u64::from(it)));
            }
        }
    }

    pub(super) fn finish(mut self, grain: Grain) -> Series {
        if let Some(people) = &mut self.people {
            people.sort_unstable();
            people.dedup();
            self.points.iter_mut().for_each(|it| it.visitors = 0);
            for pair in people {
                self.points[(*pair >> 32) as usize].visitors += 1;
            }
        }
        let points = self.edges.iter().zip(self.points);
        Series { grain, points: points.map(|(at, counts)| Point { at: *at, counts }).collect() }
    }
}

impl Part for SeriesPart<'_> {
    fn look(&mut self, look: &Look<'_>) {
        let view = look.view;
        let start = view.get(Col::START);
        // The points that this day's visits can be in.
        let low = self.edges.partition_point(|it| *it <= view.head.first).saturating_sub(1);
        let high = self.edges.partition_point(|it| *it <= view.head.last);
        let edges = &self.edges[low..high.max(low)];
        let mut last = vec![0u32; edges.len() + 1];
        for chosen in &look.picked.visits {
            let place = match edges.len() {
                0 | 1 => 0,
                _ => {
                    let at = start.get(chosen.visit as usize);
                    edges.partition_point(|it| *it <= at).saturating_sub(1)
                }
            };
            let Some(point) = self.points.get_mut(low + place) else { continue };
            point.events += u64::from(chosen.events);
            point.engaged += chosen.engaged;
            if !chosen.is_visit {
                continue;
            }
            if last[place] != chosen.visitor {
                last[place] = chosen.visitor;
                point.visitors += 1;
                if let Some(people) = &mut self.people {
                    let person = view.get(Col::PERSON).get(chosen.visit as usize) as u64;
                    people.push(((low + place) as u64) << 32 | person);
                }
            }
            point.visits += 1;
            point.views += u64::from(chosen.views);
            point.bounces += u64::from(chosen.bounce);
            point.bounced_of += u64::from(chosen.can_bounce);
            point.duration += u64::from(chosen.duration);
        }
    }

    fn join(&mut self, other: Self) {
        for (own, other) in self.points.iter_mut().zip(&other.points) {
            own.add(other);
        }
        if let (Some(people), Some(others)) = (&mut self.people, other.people) {
            people.extend(others);
        }
    }
}
