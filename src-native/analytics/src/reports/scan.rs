//! One pass over the days of a range, by as many threads as there are.

use super::pick::Picked;
use super::plan::Plan;
use super::{Query, Reply, Way};
use crate::block::{Col, View};
use crate::kept::{Error, Fetched, Kept, Result, Snapshot};
use crate::visits::{LENGTH_MAX, start_of};
use std::sync::{Mutex, mpsc};

/// Fewer rows than this are looked at by the thread that asks.
const ALONE_MAX: u64 = 50_000;
/// Most threads that look at days.
const THREADS_MAX: usize = 4;

/// What a report gathers from day to day. Days come in any order.
pub(super) trait Part: Send {
    /// Adds a day.
    fn look(&mut self, look: &Look<'_>);
    /// Adds what another thread gathered.
    fn join(&mut self, other: Self);
}

/// A day as a report sees it.
pub(super) struct Look<'a> {
    pub(super) plan: &'a Plan,
    pub(super) view: &'a View,
    pub(super) picked: &'a Picked,
}

/// What a pass found beside what was asked for.
#[derive(Default)]
pub(super) struct Passed {
    pub(super) rows: u64,
    pub(super) left_out: [(u64, u64); 8],
}

/// Looks at all days of a range, and gathers what `make` begins with.
pub(super) fn scan<P: Part>(
    snapshot: &Snapshot<'_>,
    plan: &Plan,
    columns: &[Col],
    make: impl Fn() -> P + Sync,
) -> Result<(P, Passed)> {
    let mut wanted = plan.columns();
    wanted.extend(columns);
    wanted.sort_unstable();
    wanted.dedup();
    let (first, last) = plan.days();
    let days = snapshot.days(plan.query.site, first, last)?;
    // By another definition visits begin later than the last of the block does, if not by more than it lasts.
    let later = if plan.query.definition.has_runs() { 0 } else { LENGTH_MAX };
    let within = |first: i64, last: i64| first < plan.query.to && last + later >= plan.query.from;
    let mut passed = Passed::default();
    let days: Vec<_> = days
        .into_iter()
        .filter(|it| it.hot > 0 || it.block.is_some_and(|(_, head)| within(head.first, head.last)))
        .collect();
    snapshot.are_here(&days)?;
    let mut fetches =
        days.into_iter().map(|it| snapshot.fetch(&it, plan.query.definition, &wanted));
    let one = |fetched: Fetched, part: &mut P, passed: &mut Passed| -> Result<()> {
        passed.rows += fetched.rows();
        let view = fetched.view()?;
        let picked = plan.pick(&view);
        for (all, day) in passed.left_out.iter_mut().zip(picked.left_out) {
            *all = (all.0 + day.0, all.1 + day.1);
        }
        part.look(&Look { plan, view: &view, picked: &picked });
        Ok(())
    };
    let mut part = make();
    while passed.rows < ALONE_MAX {
        let Some(fetched) = fetches.next() else { return Ok((part, passed)) };
        one(fetched?, &mut part, &mut passed)?;
    }
    let threads = std::thread::available_parallelism().map_or(1, |it| it.get()).min(THREADS_MAX);
    if threads < 2 {
        for fetched in fetches {
            one(fetched?, &mut part, &mut passed)?;
        }
        return Ok((part, passed));
    }
    // Only this thread has the connection: it finds the bytes, the others make sense of them.
    let (send, receive) = mpsc::sync_channel::<Fetched>(threads * 2);
    let receive = Mutex::new(receive);
    let parts = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| -> Result<(P, Passed)> {
                    let mut part = make();
                    let mut passed = Passed::default();
                    loop {
                        let next = receive.lock().map_or(Err(mpsc::RecvError), |it| it.recv());
                        let Ok(fetched) = next else { return Ok((part, passed)) };
                        one(fetched, &mut part, &mut passed)?;
                    }
                })
            })
            .collect();
        let mut failed = None;
        for fetched in fetches {
            match fetched {
                // Nobody receives any more once all have failed.
                Ok(fetched) => {
                    if send.send(fetched).is_err() {
                        break;
                    }
                }
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        drop(send);
        let mut parts = Vec::new();
        for worker in workers {
            match worker.join() {
                Ok(done) => parts.push(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        match failed {
            Some(error) => Err(error),
            None => Ok(parts),
        }
    })?;
    for done in parts {
        let (other, also) = done?;
        part.join(other);
        passed.rows += also.rows;
        for (all, more) in passed.left_out.iter_mut().zip(also.left_out) {
            *all = (all.0 + more.0, all.1 + more.1);
        }
    }
    Ok((part, passed))
}

/// Makes a question ready, and asks it on one consistent view.
pub(super) fn ask<T>(
    kept: &Kept,
    query: &Query,
    question: impl FnOnce(&Snapshot<'_>, &Plan) -> Result<(T, Passed, Way)>,
) -> Result<Reply<T>> {
    if query.from > query.to {
        return Err(Error::Question("the range ends before it begins; swap its ends".into()));
    }
    kept.snapshot(|snapshot| {
        let plan = Plan::new(snapshot, query)?;
        let (value, passed, way) = question(snapshot, &plan)?;
        let (first, last) = plan.days();
        let first_whole = if start_of(&plan.zone, first) < query.from { first + 1 } else { first };
        Ok(Reply {
            value,
            definition: query.definition,
            from: query.from,
            to: query.to,
            zone: plan.site.zone.clone(),
            identified: plan.site.identified,
            way,
            rows: passed.rows,
            left_out: Plan::left_out(&passed.left_out),
            only_totals: snapshot.only_totals(query.site, first_whole, last)?,
        })
    })
}
