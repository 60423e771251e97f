//! Plans of statements, held to reading and to time as the statements are.

use super::{Direct, Engine, FOREVER, Failure, LEND, Query, Reason, located, only_reads};
use crate::connected::{Way, untold};
use crate::methods::databases::wire;
use databases::plan::Plan;
use databases::run::Prepared;
use databases::stream::stoppable_within;
use databases::{Ask, Lent, guard};
use std::sync::atomic::AtomicBool;

impl Direct {
    /// How the server would run a statement, or did.
    ///
    /// # Errors
    /// The server's.
    pub fn explain(
        &self,
        query: &Query<'_>,
        measured: bool,
        cancel: &AtomicBool,
    ) -> Result<Plan, Failure> {
        let way = self.way_of(query)?;
        let statement = explained(&way, query, measured)?;
        let mut lent = way.statements.lend(LEND)?;
        let plan = planned(&mut lent, &way, &statement, query, measured, cancel);
        lent.spoil();
        plan
    }
}

/// The statement to be explained, judged as one to be run.
pub(super) fn explained(way: &Way, query: &Query<'_>, measured: bool) -> Result<Prepared, Failure> {
    let values = wire::values(Some(query.params)).map_err(untold)?;
    let reads = way.entry.read_only || query.read_only;
    let access = if reads { guard::Access::Read } else { guard::Access::Destroy };
    let mut statements = guard::prepare(way.entry.engine, query.script, &values, access)
        .map_err(|it| only_reads(it, way, query))?;
    if statements.len() > 1 {
        return Err(Failure::new(Reason::Usage, "one statement is explained at a time"));
    }
    if measured {
        guard::can_be_undone(&statements)?;
    }
    statements.pop().ok_or_else(|| Failure::new(Reason::Usage, "there is no statement"))
}

/// The plan of a statement, within the time that statements have.
pub(super) fn planned(
    lent: &mut Lent,
    way: &Way,
    statement: &Prepared,
    query: &Query<'_>,
    measured: bool,
    cancel: &AtomicBool,
) -> Result<Plan, Failure> {
    let savepoints = matches!(way.entry.engine, Engine::Postgres | Engine::Mysql);
    if measured && !statement.reads && lent.in_transaction() && !savepoints {
        let text = "what the statement does could not be undone without the whole transaction";
        return Err(Failure::new(Reason::Refused, text)
            .hint("commit or roll back first, or ask for a plan that is not measured"));
    }
    let time = query.timeout.or(way.entry.limits.timeout).unwrap_or(FOREVER);
    let stop = lent.canceller();
    let ask = Ask { values: &statement.values, ..Ask::new(&statement.text) };
    stoppable_within(time, cancel, &*stop, || lent.explain(&ask, measured))
        .map_err(|it| located(it, Some(statement)))
}

/// A plan as `databases.explain` answers with it.
///
/// # Errors
/// Where it cannot be written.
pub fn plan_json(plan: Plan) -> Result<String, Failure> {
    let reply = crate::methods::databases::ExplainReply::of(plan);
    serde_json::to_string(&reply).map_err(|it| Failure::new(Reason::Usage, it.to_string()))
}
