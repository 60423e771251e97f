//! Steps of funnels, and goals: events that are waited for.

use super::plan::{Ready, kind};
use super::{Dimension, Filter};
use crate::block::{Col, View};
use crate::event::Kind;
use crate::kept::{Error, Result, Snapshot};

/// An event that is waited for: one that all filters hold of. Where none of them is on a name or a property,
/// it is a page view; it is never one that only tells engaged time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it is called.
    pub name: String,
    /// What must hold of it; dimensions of events.
    pub filters: Vec<Filter>,
}

impl Step {
    /// A view of a page; `*` stands for anything.
    pub fn page(pattern: &str) -> Step {
        let filter = Filter {
            dimension: Dimension::Page,
            op: super::Op::Matches,
            values: vec![pattern.to_owned()],
        };
        Step { name: pattern.to_owned(), filters: vec![filter] }
    }

    /// A custom event.
    pub fn event(name: &str) -> Step {
        Step { name: name.to_owned(), filters: vec![Filter::is(Dimension::Event, name)] }
    }
}

/// A step made ready.
pub(super) struct ReadyStep {
    ready: Vec<Ready>,
    only_views: bool,
}

impl ReadyStep {
    pub(super) fn new(snapshot: &Snapshot<'_>, step: &Step) -> Result<ReadyStep> {
        if step.filters.is_empty() {
            return Err(Error::Question(format!(
                "the step `{}` waits for nothing; give it a page or an event",
                step.name
            )));
        }
        if let Some(filter) = step.filters.iter().find(|it| !it.dimension.is_of_events()) {
            return Err(Error::Question(format!(
                "the step `{}` is on {}, which is of visits; make that a filter",
                step.name,
                filter.dimension.name()
            )));
        }
        let named = |it: &Filter| {
            matches!(
                it.dimension,
                Dimension::Event
                    | Dimension::Outbound
                    | Dimension::Property
                    | Dimension::PropertyOf(_)
            )
        };
        let ready = step.filters.iter().map(|it| Ready::new(snapshot, it));
        Ok(ReadyStep {
            ready: ready.collect::<Result<_>>()?,
            only_views: !step.filters.iter().any(named),
        })
    }

    pub(super) fn columns(&self) -> Vec<Col> {
        let mut columns = vec![Col::WHAT, Col::COUNT, Col::GAP];
        columns.extend(self.ready.iter().flat_map(Ready::columns));
        columns
    }

    /// Which events of a day are such.
    pub(super) fn marks(&self, view: &View) -> Vec<bool> {
        let what = view.get(Col::WHAT);
        let mut marks: Vec<bool> = (0..view.head.events)
            .map(|event| match kind(what.get(event)) {
                Kind::Page => true,
                Kind::Engagement => false,
                Kind::Custom | Kind::Outbound => !self.only_views,
            })
            .collect();
        for ready in &self.ready {
            ready.events(view, &mut marks);
        }
        marks
    }
}
