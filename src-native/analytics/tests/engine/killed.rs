//! A writer that is killed loses nothing that it was told is kept.

use crate::made;
use analytics::event::{Event, Kind};
use analytics::kept::Kept;
use analytics::reports::{Query, totals};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

/// Run by the test below in a process of its own: appends for ever, and says what has been kept; seals now and
/// then, so that it is also killed in the middle of that.
#[test]
#[ignore = "is the writer that another test kills"]
fn writer() {
    let Ok(path) = std::env::var("BACKSTORY_TEST_KILLED") else { return };
    let kept = Kept::open(path.as_ref()).unwrap();
    let site = kept.site_of("example.org").unwrap().unwrap().id;
    let seed: u64 = std::env::var("BACKSTORY_TEST_SEED").unwrap().parse().unwrap();
    for batch in 0..u64::MAX {
        let events: Vec<(u32, Event)> = (0..50)
            .map(|it| {
                let number = seed * 1_000_000 + batch * 50 + it;
                let at = 20_000 * 86_400_000 + (number % 80_000_000) as i64;
                (site, made::event(at, 20_000, number, Kind::Page, "/"))
            })
            .collect();
        kept.append(&events).unwrap();
        let mut out = std::io::stdout().lock();
        writeln!(out, "kept 50").and_then(|()| out.flush()).unwrap();
        if batch % 7 == 6 {
            kept.seal_day(site, 20_000).unwrap();
        }
    }
}

#[test]
fn killed_at_any_moment_nothing_that_was_kept_is_lost_and_nothing_is_there_twice() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("analytics.db");
    let kept = Kept::open(&path).unwrap();
    let site = kept.add_site(made::site("example.org", "UTC", false)).unwrap().id;
    drop(kept);
    let mut told = 0u64;
    let mut random = made::Random(9);
    for seed in 0..8u64 {
        let mut writer = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "killed::writer", "--ignored", "--nocapture"])
            .env("BACKSTORY_TEST_KILLED", &path)
            .env("BACKSTORY_TEST_SEED", seed.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(writer.stdout.take().unwrap()).lines();
        let enough = 5 + random.below(20);
        let mut lines = lines.map_while(Result::ok).filter(|it| it.contains("kept 50"));
        told += 50 * lines.by_ref().take(enough as usize).count() as u64;
        std::thread::sleep(std::time::Duration::from_micros(random.below(5_000)));
        writer.kill().unwrap();
        // What it said before it died was kept too.
        told += 50 * lines.count() as u64;
        writer.wait().unwrap();
        let kept = Kept::open(&path).unwrap();
        let counts = totals(&kept, &Query::new(site, 0, i64::MAX / 2)).unwrap().value.counts;
        // One batch may have been kept and its line not written.
        assert!(
            counts.views >= told && counts.views <= told + 50 * (seed + 1),
            "{counts:?} {told}"
        );
        assert_eq!(counts.visitors, counts.views, "an event is there twice");
        assert!(kept.check_day(site, 20_000).unwrap());
    }
}
