//! Statements that are stopped.

use super::*;
use crate::Cancel;
use std::thread;
use std::time::Instant;

/// How soon what was stopped has to be gone.
const SOON: Duration = Duration::from_millis(250);

fn stop(
    target: &Target,
    session: &mut dyn Session,
    text: &str,
    stop: impl Fn(&dyn Cancel) + Sync,
) -> (Failure, Duration) {
    let canceller = session.canceller();
    let mut watcher = connect(target).expect("a connection");
    thread::scope(|scope| {
        let stopped = scope.spawn(|| {
            // Old servers leave out comments.
            let mark = text.split(" AS ").nth(1).and_then(|it| it.split(' ').next()).expect("a mark");
            let busy = format!(
                "SELECT count() FROM system.processes WHERE position(query, '{mark}') > 0 AND position(query, 'processes') = 0"
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
    for (age, target) in servers() {
        let mut session = connect(&target).expect("a connection");
        let all = [
            "SELECT count() AS backstory_one FROM numbers(1000000000000)",
            "SELECT max(number) AS backstory_two FROM system.numbers",
            "SELECT number AS backstory_three, sleep(0.01) FROM system.numbers",
            "SELECT sum(sleep(0.05)) AS backstory_four FROM system.numbers",
        ];
        // What the front has begun to read it ends later than the server itself would.
        for text in all.into_iter().take(if age == Age::New { 2 } else { 4 }) {
            let (failure, time) =
                stop(&target, &mut *session, text, |it| it.cancel().expect("a server that hears"));
            assert_eq!(failure.reason, Reason::Cancelled, "{text}");
            assert!(time < SOON, "{text} took {time:?}");
            println!("{age:?}: {text}: gone after {time:?}");
            assert_eq!(one(&mut *session, "SELECT 'goes on'"), "goes on", "{text}");
        }
    }
}

#[test]
fn the_engine_of_today_stops_when_its_answer_is_not_wanted() {
    for (age, target) in servers() {
        let mut session = connect(&target).expect("a connection");
        let canceller = session.canceller();
        thread::scope(|scope| {
            scope.spawn(|| {
                thread::sleep(Duration::from_millis(300));
                let _ = canceller.cancel(); // the front has no KILL and says so
            });
            let begun = Instant::now();
            let mut counter = Counter::default();
            let failure = session
                .run(&Ask::new("SELECT number FROM numbers(3000000000)"), &mut counter)
                .expect_err("stopped");
            assert_eq!(failure.reason, Reason::Cancelled, "{age:?}");
            assert!(begun.elapsed() < Duration::from_secs(2), "{age:?}: {:?}", begun.elapsed());
        });
        assert_eq!(one(&mut *session, "SELECT 'goes on'"), "goes on", "{age:?}");
    }
}

#[test]
fn who_breaks_off_stops_the_server_and_may_go_on() {
    for (age, target) in servers() {
        let mut session = connect(&target).expect("a connection");
        let text = "SELECT number AS broken_off FROM numbers(3000000000)";
        let mut counter = Counter { until: Some(3), ..Counter::default() };
        let begun = Instant::now();
        let failure = session.run(&Ask::new(text), &mut counter).expect_err("broken off");
        assert_eq!(failure.reason, Reason::Cancelled, "{age:?}");
        assert!(begun.elapsed() < Duration::from_secs(2), "{age:?}");
        assert_eq!(one(&mut *session, "SELECT 'goes on'"), "goes on", "{age:?}");
        if age == Age::Old {
            let busy = "SELECT count() FROM system.processes WHERE position(query, 'broken_off') > 0 AND \
                        position(query, 'processes') = 0";
            assert_eq!(one(&mut *session, busy), "0");
        }
    }
}

#[test]
fn where_nothing_runs_nothing_is_stopped() {
    for (_, target) in servers() {
        let mut session = connect(&target).expect("a connection");
        session.canceller().cancel().expect("nothing to do");
        assert_eq!(one(&mut *session, "SELECT 1"), "1");
    }
}

#[test]
fn what_is_cut_is_of_no_use_and_says_so() {
    for target in old() {
        let mut session = connect(&target).expect("a connection");
        let text = "SELECT count() AS was_cut FROM numbers(30000000000)";
        let canceller = session.canceller();
        thread::scope(|scope| {
            scope.spawn(|| {
                thread::sleep(Duration::from_millis(200));
                canceller.cut();
            });
            assert_eq!(refused(&mut *session, text).reason, Reason::Cancelled);
        });
        assert_eq!(refused(&mut *session, "SELECT 1").reason, Reason::Connection);
        let mut other = connect(&target).expect("a connection");
        run(&mut *other, "KILL QUERY WHERE position(query, 'was_cut') > 0 SYNC");
    }
}

#[test]
fn a_statement_that_takes_too_long_by_the_servers_clock_is_told() {
    for target in old() {
        let options = vec![("max_execution_time".into(), "1".into())];
        let mut session = connect(&Target { options, ..target }).expect("a connection");
        let failure = refused(&mut *session, "SELECT count() FROM numbers(1000000000000)");
        assert_eq!(failure.reason, Reason::TimedOut, "{failure:?}");
    }
}
