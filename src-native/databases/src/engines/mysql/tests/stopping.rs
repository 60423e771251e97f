//! Statements that are stopped.

use super::*;
use crate::{Cancel, Reason, Step};
use std::sync::Arc;
use std::thread;
use std::time::Instant;

/// How soon what was stopped has to be gone.
const SOON: Duration = Duration::from_millis(250);

/// Runs a statement, stops it after a while, and sees it gone at the server.
fn stop(
    target: &Target,
    session: &mut dyn Session,
    text: &str,
    stop: impl Fn(&dyn Cancel) + Sync,
) -> (Failure, Duration) {
    let canceller: Arc<dyn Cancel> = session.canceller();
    let id = one(session, "SELECT CONNECTION_ID()");
    let mut watcher = connect(target).expect("a connection");
    thread::scope(|scope| {
        let stopped = scope.spawn(|| {
            let list = match watcher.server().product.as_str() {
                "MySQL" => "performance_schema.processlist",
                _ => "information_schema.processlist",
            };
            let busy = format!(
                "SELECT COUNT(*) FROM {list} WHERE id = {id} AND command IN ('Query', 'Execute')"
            );
            let until = Instant::now() + Duration::from_secs(10);
            while one(&mut *watcher, &busy) == "0" && Instant::now() < until {
                thread::sleep(Duration::from_millis(5));
            }
            thread::sleep(Duration::from_millis(50));
            assert_eq!(one(&mut *watcher, &busy), "1", "it runs");
            let begun = Instant::now();
            stop(&*canceller);
            while one(&mut *watcher, &busy) != "0" && Instant::now() < until {}
            begun.elapsed()
        });
        let failure = refused(session, text);
        (failure, stopped.join().expect("a watcher"))
    })
}

#[test]
fn a_statement_that_is_cancelled_is_gone_at_the_server() {
    for (server, target) in servers() {
        let mut session = connect(&target).expect("a connection");
        for text in [
            "SELECT SLEEP(60)",
            "SELECT BENCHMARK(10000000000, SHA2('x', 512))",
            "SELECT COUNT(*) FROM information_schema.columns a, information_schema.columns b, \
             information_schema.columns c, information_schema.columns d",
        ] {
            let (failure, time) =
                stop(&target, &mut *session, text, |it| it.cancel().expect("a server that hears"));
            assert_eq!(failure.reason, Reason::Cancelled, "{server}: {text}");
            assert!(time < SOON, "{server}: {text} took {time:?}");
            println!("{server}: {text}: gone after {time:?}");
            assert_eq!(one(&mut *session, "SELECT 'goes on'"), "goes on", "{server}: {text}");
        }
    }
}

#[test]
fn a_statement_that_waits_for_a_lock_is_cancelled() {
    for (server, target) in servers() {
        let mut holder = fresh(&target, "backstory_lock");
        run(&mut *holder, "CREATE TABLE t (id int primary key) ENGINE = InnoDB");
        run(&mut *holder, "INSERT INTO t VALUES (1)");
        holder.transaction(Step::Begin).expect("a transaction");
        run(&mut *holder, "SELECT * FROM t FOR UPDATE");
        let mut waiter = connect(&target).expect("a connection");
        let text = "DELETE FROM backstory_lock.t";
        let (failure, time) =
            stop(&target, &mut *waiter, text, |it| it.cancel().expect("a server that hears"));
        assert_eq!(failure.reason, Reason::Cancelled, "{server}");
        assert!(time < SOON, "{server} took {time:?}");
        holder.transaction(Step::Rollback).expect("an end");
        assert_eq!(one(&mut *waiter, "SELECT COUNT(*) FROM backstory_lock.t"), "1", "{server}");
    }
}

#[test]
fn where_nothing_runs_nothing_is_stopped() {
    for (_, target) in servers() {
        let mut session = connect(&target).expect("a connection");
        session.canceller().cancel().expect("nothing to do");
        assert_eq!(one(&mut *session, "SELECT SLEEP(0.05)"), "0");
        let canceller = session.canceller();
        let ended = std::sync::atomic::AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                while !ended.load(std::sync::atomic::Ordering::SeqCst) {
                    canceller.cancel().expect("a server that hears");
                }
            });
            // Whatever is hit is hit as itself: a statement ends whole or is cancelled.
            let (mut whole, mut cancelled) = (0, 0);
            for _ in 0..100 {
                match ask(&mut *session, "SELECT 1 UNION SELECT 2", &[]) {
                    Ok(taken) => {
                        assert_eq!(taken.texts(), [["1"], ["2"]]);
                        whole += 1;
                    }
                    Err(failure) => {
                        assert_eq!(failure.reason, Reason::Cancelled);
                        cancelled += 1;
                    }
                }
            }
            ended.store(true, std::sync::atomic::Ordering::SeqCst);
            println!("{whole} whole, {cancelled} cancelled");
        });
        assert_eq!(one(&mut *session, "SELECT SLEEP(0.05)"), "0");
    }
}

/// Breaks off after so many pages.
struct Impatient(usize);

impl Sink for Impatient {
    fn begin(&mut self, _: &[Column]) -> Flow {
        ControlFlow::Continue(())
    }

    fn page(&mut self, _: &Page) -> Flow {
        self.0 -= 1;
        if self.0 == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn end(&mut self, _: &Done) -> Flow {
        ControlFlow::Continue(())
    }

    fn notice(&mut self, _: &Notice) {}
}

#[test]
fn who_breaks_off_stops_the_server_and_may_go_on() {
    for (server, target) in servers() {
        let mut session = fresh(&target, "backstory_break");
        let session = &mut *session;
        let endless = reading::many(1_000_000);
        run(session, &format!("CREATE PROCEDURE p() BEGIN SELECT 1; {endless}; SELECT 3; END"));
        for text in [&endless, "CALL p()"] {
            let begun = Instant::now();
            let failure = session.run(&Ask::new(text), &mut Impatient(3)).expect_err("broken off");
            assert_eq!(failure.reason, Reason::Cancelled, "{server}");
            assert!(begun.elapsed() < Duration::from_secs(3), "{server}: {:?}", begun.elapsed());
            assert_eq!(one(session, "SELECT 'goes on'"), "goes on", "{server}");
        }
    }
}

#[test]
fn what_is_cut_is_of_no_use_and_says_so() {
    for (server, target) in servers() {
        let mut session = connect(&target).expect("a connection");
        let (failure, _) = stop(&target, &mut *session, "SELECT SLEEP(2)", |it| it.cut());
        assert_eq!(failure.reason, Reason::Cancelled, "{server}");
        assert_eq!(refused(&mut *session, "SELECT 1").reason, Reason::Connection, "{server}");
        assert!(session.ping().is_err());
    }
}

#[test]
fn a_statement_that_takes_too_long_by_the_servers_clock_is_told() {
    for (server, mut target) in servers() {
        target.options = match server {
            "MySQL" => vec![("max_execution_time".into(), "100".into())],
            _ => vec![("max_statement_time".into(), "1".into())],
        };
        let mut session = connect(&target).expect("a connection");
        let text = "SELECT COUNT(*) FROM information_schema.columns a, information_schema.columns b, \
                    information_schema.columns c, information_schema.columns d";
        assert_eq!(refused(&mut *session, text).reason, Reason::TimedOut, "{server}");
    }
}
