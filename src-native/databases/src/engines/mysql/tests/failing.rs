//! What goes wrong, and how it is told.

use super::*;
use crate::Reason;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

/// What the server says in a session that does a little of everything.
fn little_of_everything(target: &Target) -> Result<Vec<Taken>> {
    let mut session = connect(target)?;
    let text = "SELECT 1, 'text', NULL, 1.5, NOW(6), TIMEDIFF('10:00', '1:00'), x'00ff', \
                ST_GeomFromText('LINESTRING(0 0,1 1)'), b'101', 0.5e0 UNION ALL SELECT 2, REPEAT('x', 9000), \
                1, 2.5, NULL, NULL, '', NULL, NULL, NULL";
    let mut all = Vec::new();
    for text in [text, "SHOW VARIABLES LIKE 'character%'", "DO 0", "SELECT * FROM nowhere.nothing"]
    {
        match ask(&mut *session, text, &[]) {
            Ok(taken) => all.push(taken),
            Err(failure) if failure.reason == Reason::Server => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(all)
}

/// Stands between us and a server; what comes from the server passes `change`, and the way ends where
/// that says nothing.
fn between(
    target: &Target,
    change: impl Fn(usize, &[u8]) -> Option<Vec<u8>> + Send + Sync + 'static,
) -> Target {
    let Address::Host { host, port } = target.address.clone() else { panic!("no host") };
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port_of_us = listener.local_addr().expect("an address").port();
    let change = std::sync::Arc::new(change);
    thread::spawn(move || {
        for ours in listener.incoming() {
            let (Ok(mut ours), Ok(mut theirs)) = (ours, TcpStream::connect((host.as_str(), port)))
            else {
                return;
            };
            let (mut ours_too, mut theirs_too) =
                (ours.try_clone().expect("a way"), theirs.try_clone().expect("a way"));
            thread::spawn(move || {
                let _ = std::io::copy(&mut ours_too, &mut theirs_too);
                let _ = theirs_too.shutdown(Shutdown::Both);
            });
            let change = change.clone();
            thread::spawn(move || {
                let (mut buffer, mut passed) = (vec![0; 4096], 0);
                while let Ok(size @ 1..) = theirs.read(&mut buffer) {
                    let Some(changed) = change(passed, &buffer[..size]) else { break };
                    passed += size;
                    if ours.write_all(&changed).is_err() || changed.len() < size {
                        break;
                    }
                }
                let _ = ours.shutdown(Shutdown::Both);
                let _ = theirs.shutdown(Shutdown::Both);
            });
        }
    });
    Target {
        address: Address::Host { host: "127.0.0.1".into(), port: port_of_us },
        ..target.clone()
    }
}

#[test]
fn a_connection_that_is_killed_is_lost_and_says_so() {
    for (server, target) in servers() {
        let mut session = connect(&target).expect("a connection");
        let mut killer = connect(&target).expect("a connection");
        let id = one(&mut *session, "SELECT CONNECTION_ID()");
        thread::scope(|scope| {
            scope.spawn(|| {
                thread::sleep(Duration::from_millis(200));
                run(&mut *killer, &format!("KILL CONNECTION {id}"));
            });
            let text = "SELECT COUNT(*) FROM information_schema.columns a, information_schema.columns b, \
                        information_schema.columns c, information_schema.columns d";
            let failure = refused(&mut *session, text);
            assert_eq!(failure.reason, Reason::Lost, "{server}: {failure}");
        });
        assert_eq!(refused(&mut *session, "SELECT 1").reason, Reason::Connection, "{server}");
    }
}

#[test]
fn a_way_that_ends_anywhere_is_a_failure_and_never_less_rows() {
    for (server, target) in servers() {
        let whole = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let counted = whole.clone();
        let counting = between(&target, move |passed, part| {
            counted.fetch_max(passed + part.len(), std::sync::atomic::Ordering::SeqCst);
            Some(part.to_vec())
        });
        let expected =
            little_of_everything(&counting).expect("results").iter().map(Taken::texts).count();
        let whole = whole.load(std::sync::atomic::Ordering::SeqCst);
        assert!(whole > 9000 && expected == 3);
        let mut seen = [0; 2];
        for cut in (0..whole).step_by(if whole > 40_000 { 401 } else { 97 }) {
            let cutting = between(&target, move |passed, part| {
                (passed < cut).then(|| part[..part.len().min(cut - passed)].to_vec())
            });
            match little_of_everything(&cutting).map(drop) {
                Err(failure) if failure.reason == Reason::Lost => seen[0] += 1,
                Err(failure) if failure.reason == Reason::Connection => seen[1] += 1,
                other => panic!("{server}: cut after {cut} of {whole}: {other:?}"),
            }
        }
        println!("{server}: {} lost, {} not connected", seen[0], seen[1]);
        assert!(seen[0] > 10 && seen[1] > 2, "{server}");
    }
}

#[test]
fn whatever_a_server_says_ends_without_harm() {
    for (server, target) in servers() {
        let said = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let noted = said.clone();
        let noting = between(&target, move |_, part| {
            noted.lock().expect("a note").extend_from_slice(part);
            Some(part.to_vec())
        });
        little_of_everything(&noting).expect("results");
        let said = said.lock().expect("a note").clone();
        // The same once more, with some bytes changed, from somebody who does not listen.
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let rounds = 1500;
        let speaker = thread::spawn(move || {
            let mut seed = 11_u64;
            let mut next = move |below: usize| {
                seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                usize::try_from(seed >> 33).unwrap_or_default() % below
            };
            for _ in 0..rounds {
                let Ok((mut stream, _)) = listener.accept() else { return };
                let mut changed = said.clone();
                for _ in 0..=next(4) {
                    let at = next(changed.len());
                    changed[at] =
                        [0, 0xFF, 0xFE, 0xFB, u8::try_from(next(256)).unwrap_or(0)][next(5)];
                }
                if next(3) == 0 {
                    changed.truncate(next(changed.len()));
                }
                let _ = stream.write_all(&changed); // we may have had enough
                let _ = stream.shutdown(Shutdown::Write);
                let mut rest = Vec::new();
                let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
                let _ = stream.read_to_end(&mut rest);
            }
        });
        let address = Address::Host { host: "127.0.0.1".into(), port };
        let target = Target { address, ..target };
        let mut whole = 0;
        for _ in 0..rounds {
            whole += usize::from(little_of_everything(&target).is_ok());
        }
        speaker.join().expect("a speaker");
        println!("{server}: {whole} of {rounds} passed whole");
    }
}

#[test]
fn an_older_way_to_end_results_is_understood() {
    for (server, target) in servers() {
        // The greeting's upper flags stand after the version, 18 bytes on; no server may have the one.
        let older = between(&target, |passed, part| {
            let mut part = part.to_vec();
            if passed == 0 {
                let version = part[5..].iter().position(|it| *it == 0).expect("a version");
                part[5 + version + 1 + 4 + 8 + 1 + 2 + 1 + 2 + 1] &= !1;
            }
            Some(part)
        });
        let texts = |target: &Target| -> Vec<Vec<Vec<String>>> {
            let taken =
                little_of_everything(target).unwrap_or_else(|it| panic!("{server}: {it:?}"));
            let mut texts: Vec<_> = taken.iter().map(Taken::texts).collect();
            texts[0][0][4].clear(); // the time of day
            texts
        };
        assert_eq!(texts(&older), texts(&target), "{server}");
        let mut session = connect(&older).expect("a connection");
        run(&mut *session, "CREATE DATABASE IF NOT EXISTS backstory_older");
        run(&mut *session, "USE backstory_older");
        run(&mut *session, "DROP PROCEDURE IF EXISTS p");
        run(&mut *session, "CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2, 3; END");
        assert_eq!(run(&mut *session, "CALL p()").texts(), [vec!["1"], vec!["2", "3"]], "{server}");
    }
}

#[test]
fn no_file_of_this_machine_is_given_to_a_server() {
    for (server, target) in servers() {
        let mut session = connect(&target).expect("a connection");
        let failure =
            refused(&mut *session, "LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE mysql.user");
        assert_eq!(failure.reason, Reason::Server, "{server}: {failure}");
        // A server that asks all the same.
        let asking = between(&target, |passed, part| {
            let mut part = part.to_vec();
            if passed > 0 && part.starts_with(&[7, 0, 0, 1, 0, 0, 0]) {
                part[4] = 0xFB;
            }
            Some(part)
        });
        let failure = connect(&asking).map(|mut it| refused(&mut *it, "DO 0"));
        let failure = failure.unwrap_or_else(|it| it);
        assert!(failure.message.contains("a wish for a file"), "{server}: {failure:?}");
    }
}

#[test]
fn a_server_that_is_killed_while_a_statement_runs_is_lost() {
    let Some(server) = ::servers::fresh(::servers::Kind::MariaDb, &::servers::With::default())
    else {
        return;
    };
    let mut sample = at_server(&server);
    sample.database = None;
    for text in ["SELECT SLEEP(60)", &reading::many(1_000_000)] {
        server.restart().expect("a server");
        let mut session = connect(&sample).expect("a connection");
        thread::scope(|scope| {
            scope.spawn(|| {
                thread::sleep(Duration::from_millis(150));
                server.kill();
            });
            let failure = session.run(&Ask::new(text), &mut Slow).expect_err("lost");
            assert_eq!(failure.reason, Reason::Lost, "{failure}");
        });
        assert_eq!(refused(&mut *session, "SELECT 1").reason, Reason::Connection);
        assert!(connect(&sample).is_err_and(|it| it.reason == Reason::Connection));
    }
}

/// Takes rows one page after the other, and not quickly.
struct Slow;

impl Sink for Slow {
    fn begin(&mut self, _: &[Column]) -> Flow {
        ControlFlow::Continue(())
    }

    fn page(&mut self, _: &Page) -> Flow {
        thread::sleep(Duration::from_millis(5));
        ControlFlow::Continue(())
    }

    fn end(&mut self, _: &Done) -> Flow {
        ControlFlow::Continue(())
    }

    fn notice(&mut self, _: &Notice) {}
}
