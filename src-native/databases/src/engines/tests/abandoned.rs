//! Results that nobody reads to their end, on real servers: what has not been asked for is not read, and no
//! server stays behind with it.

use crate::engines::connect;
use crate::engines::heard::{Counted, address, one_of, run, target};
use crate::{Address, Ask, Column, Done, Engine, Flow, Notice, Page, Reason, Sink, Target};
use servers::Running;
use servers::cut::{Proxy, Way};
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::time::{Duration, Instant};

/// Until a server has let go; one that does not goes on for the whole of its rows, or for good. A full connection is
/// looked after by the system's own clock, in steps that double.
const SOON: Duration = Duration::from_secs(5);

/// A server, how to get there, and a million rows of 130 bytes each.
struct Asked {
    server: &'static Running,
    target: Target,
    rows: String,
    /// How many statements run there beside the one that asks, marked by a word.
    running: String,
}

fn all() -> Vec<Asked> {
    let mut all = Vec::new();
    if let (Some(server), Some(address)) = (servers::postgres(), address(servers::postgres())) {
        all.push(Asked {
            server,
            target: Target {
                user: Some("postgres".into()),
                database: Some("postgres".into()),
                ..target(Engine::Postgres, address)
            },
            rows: "select i, repeat('x', 120) as MARK from generate_series(1, 1000000) i".into(),
            running: "select count(*) from pg_stat_activity where state <> 'idle' and query like '%as MARK%' \
                      and pid <> pg_backend_pid()"
                .into(),
        });
    }
    if let (Some(server), Some(address)) = (servers::mariadb(), address(servers::mariadb())) {
        all.push(Asked {
            server,
            target: Target {
                user: Some("root".into()),
                database: Some("mysql".into()),
                ..target(Engine::Mysql, address)
            },
            rows: "select seq, repeat('x', 120) as MARK from seq_1_to_1000000".into(),
            running:
                "select count(*) from information_schema.processlist where info like '%as MARK%' \
                      and id <> connection_id()"
                    .into(),
        });
    }
    all
}

impl Asked {
    /// Waits until the server is rid of the statement; how long that took.
    fn rid(&self, mark: &str) -> Duration {
        let begun = Instant::now();
        let database = if self.server.user == "postgres" { "postgres" } else { "" };
        let running = self.running.replace("MARK", mark);
        while self.server.sql(database, &running).expect("an answer").trim() != "0" {
            assert!(begun.elapsed() < Duration::from_secs(20), "{:?}: it still runs", self.server);
            std::thread::sleep(Duration::from_millis(10));
        }
        begun.elapsed()
    }
}

#[test]
fn a_million_rows_given_up_after_the_first_page_are_not_read_to_their_end() {
    for it in all() {
        let proxy = Proxy::to(it.server.port).unwrap();
        let way = Address::Host { host: "127.0.0.1".into(), port: proxy.port };
        let mut session = connect(&Target { address: way, ..it.target.clone() }).unwrap();
        let text = it.rows.replace("MARK", "given_up");
        let mut first = Counted { enough: Some(1), ..Counted::default() };
        let begun = Instant::now();
        let failure = session.run(&Ask::new(&text), &mut first).unwrap_err();
        let took = begun.elapsed();
        assert_eq!(failure.reason, Reason::Cancelled);
        assert!((1..=1000).contains(&first.rows), "{} rows", first.rows);
        assert!(it.rid("given_up") < SOON);
        assert!(took < SOON, "{:?}: {took:?}", it.server);
        // Of 130 MB or so what was on its way, which systems and the proxy have room for.
        let passed = proxy.passed(Way::Answer);
        assert!(passed < 30 << 20, "{:?}: {passed} bytes", it.server);
        assert_eq!(one_of(&mut *session, "select 41 + 1"), "42");
        assert_eq!(proxy.connections(), 2, "its own, and the one that told the server to stop");
    }
}

/// Takes one page and then nothing until it is let go.
struct Stuck(SyncSender<()>, Receiver<()>);

impl Sink for Stuck {
    fn begin(&mut self, _: &[Column]) -> Flow {
        ControlFlow::Continue(())
    }

    fn page(&mut self, _: &Page) -> Flow {
        let _ = self.0.try_send(());
        let _ = self.1.recv();
        ControlFlow::Continue(())
    }

    fn end(&mut self, _: &Done) -> Flow {
        ControlFlow::Continue(())
    }

    fn notice(&mut self, _: &Notice) {}
}

#[test]
fn a_server_that_waits_to_write_ends_when_the_connection_is_cut() {
    for it in all() {
        let mut session = connect(&it.target).unwrap();
        let canceller = session.canceller();
        let text = it.rows.replace("MARK", "cut_off");
        let (told, tell) = sync_channel(1);
        let (go, on) = channel::<()>();
        let run = std::thread::spawn(move || {
            let failure = session.run(&Ask::new(&text), &mut Stuck(told, on)).unwrap_err();
            (failure.reason, session)
        });
        tell.recv().unwrap();
        std::thread::sleep(Duration::from_millis(300)); // until nothing fits on the way any more
        canceller.cut();
        // Whoever takes the rows is stuck as before.
        let rid = it.rid("cut_off");
        assert!(rid < SOON, "{:?}: {rid:?}", it.server);
        drop(go);
        let (reason, _session) = run.join().unwrap();
        assert!(matches!(reason, Reason::Lost | Reason::Cancelled), "{reason:?}");
    }
}

#[test]
fn a_session_that_is_dropped_or_told_to_stop_leaves_nothing_behind() {
    for it in all() {
        let mut session = connect(&it.target).unwrap();
        let canceller = session.canceller();
        // Nothing has begun, nothing runs: the next statement is not hit.
        for _ in 0..20 {
            canceller.cancel().unwrap();
            assert_eq!(one_of(&mut *session, "select 41 + 1"), "42");
            canceller.cancel().unwrap();
        }
        let text = it.rows.replace("MARK", "dropped");
        let (told, tell) = sync_channel(1);
        let (go, on) = channel::<()>();
        let run = std::thread::spawn(move || {
            let _ = session.run(&Ask::new(&text), &mut Stuck(told, on));
            session
        });
        tell.recv().unwrap();
        canceller.cancel().unwrap();
        drop(go);
        let begun = Instant::now();
        let mut session = run.join().unwrap();
        assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
        assert!(it.rid("dropped") < SOON);
        assert_eq!(one_of(&mut *session, "select 41 + 1"), "42");
        drop(session);
        canceller.cancel().unwrap();
        canceller.cut();
    }
}

#[test]
fn a_word_that_comes_at_the_end_hits_its_own_statement_or_none() {
    for it in all() {
        let mut session = connect(&it.target).unwrap();
        let (canceller, ended) = (session.canceller(), std::sync::atomic::AtomicBool::new(false));
        let (mut whole, mut cancelled) = (0, 0);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !ended.load(std::sync::atomic::Ordering::SeqCst) {
                    let _ = canceller.cancel();
                    std::thread::sleep(Duration::from_millis(1));
                }
            });
            for _ in 0..150 {
                match run(&mut *session, "select 41 + 1") {
                    Ok(_) => whole += 1,
                    Err(failure) => {
                        assert_eq!(failure.reason, Reason::Cancelled, "{failure:?}");
                        cancelled += 1;
                    }
                }
            }
            ended.store(true, std::sync::atomic::Ordering::SeqCst);
        });
        assert_eq!(whole + cancelled, 150);
        assert!(!session.in_transaction());
        assert_eq!(one_of(&mut *session, "select 41 + 1"), "42");
    }
}
