//! The first screen in one pass: totals, their course, and the longest lists; beside another range.

use super::breakdown::{BreakdownPart, Spec};
use super::rollup::gone;
use super::scan::{Look, Part, ask, scan};
use super::series::{SeriesPart, edges};
use super::totals::TotalsPart;
use super::{Breakdown, Dimension, Grain, Order, Query, Reply, Series, Totals, Way};
use crate::kept::{Kept, Result};

/// What an overview is to show.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// How finely its course is cut.
    pub grain: Grain,
    /// Its lists.
    pub lists: Vec<(Dimension, Order)>,
    /// Rows of each list.
    pub limit: usize,
}

/// Totals of a range, their course, and the longest lists.
#[derive(Clone, Debug, PartialEq)]
pub struct Overview {
    /// What the range comes to.
    pub totals: Totals,
    /// Its course.
    pub series: Series,
    /// The lists, in the order asked for.
    pub lists: Vec<Breakdown>,
}

/// The overview of a query's range; to compare, ask again over [`Query::over`] another.
pub fn overview(kept: &Kept, query: &Query, what: &Ask) -> Result<Reply<Overview>> {
    ask(kept, query, |snapshot, plan| {
        let edges = edges(plan, what.grain)?;
        let specs = what
            .lists
            .iter()
            .map(|(dimension, _)| Spec::new(snapshot, dimension, false))
            .collect::<Result<Vec<_>>>()?;
        let mut columns = TotalsPart::columns(plan);
        columns.extend(specs.iter().flat_map(|it| it.columns(plan)));
        let make = || OverviewPart {
            totals: TotalsPart::new(plan),
            series: SeriesPart::new(plan, &edges),
            lists: specs.iter().map(|it| BreakdownPart::new(plan, it)).collect(),
        };
        let (mut part, passed) = scan(snapshot, plan, &columns, make)?;
        let gone = gone(snapshot, plan)?;
        part.totals.add_gone(&gone);
        if what.grain != Grain::Hour {
            part.series.add_days(&gone);
        }
        let mut lists = Vec::new();
        for (list, (_, order)) in part.lists.into_iter().zip(&what.lists) {
            lists.push(list.finish(snapshot, *order, 0, what.limit)?);
        }
        let totals = part.totals.finish();
        let series = part.series.finish(what.grain);
        Ok((Overview { totals, series, lists }, passed, Way::Scan))
    })
}

struct OverviewPart<'a> {
    totals: TotalsPart,
    series: SeriesPart<'a>,
    lists: Vec<BreakdownPart<'a>>,
}

impl Part for OverviewPart<'_> {
    fn look(&mut self, look: &Look<'_>) {
        self.totals.look(look);
        self.series.look(look);
        for list in &mut self.lists {
            list.look(look);
        }
    }

    fn join(&mut self, other: Self) {
        self.totals.join(other.totals);
        self.series.join(other.series);
        for (own, other) in self.lists.iter_mut().zip(other.lists) {
            own.join(other);
        }
    }
}
