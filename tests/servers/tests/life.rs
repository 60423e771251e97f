//! Every server that can be had starts, answers, stops, and leaves nothing, however the test process ends.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use servers::{KINDS, Kind, Running, With};

fn dial(server: &Running) -> TcpStream {
    let stream = TcpStream::connect((server.host, server.port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    stream
}

/// Asks MongoDB's engine for `buildInfo` in its own bytes.
fn mongodb_version(server: &Running) -> String {
    let mut document = vec![0; 4];
    document.extend(b"\x10buildInfo\0\x01\0\0\0\x02$db\0\x06\0\0\0admin\0\0");
    let length = document.len() as u32;
    document[..4].copy_from_slice(&length.to_le_bytes());
    let mut message = Vec::new();
    for number in [16 + 4 + 1 + length, 1, 0, 2013, 0] {
        message.extend(number.to_le_bytes());
    }
    message.push(0);
    message.extend(document);
    let mut stream = dial(server);
    stream.write_all(&message).unwrap();
    let mut heard = vec![0; 4];
    stream.read_exact(&mut heard).unwrap();
    let length = u32::from_le_bytes([heard[0], heard[1], heard[2], heard[3]]) as usize;
    heard.resize(length, 0);
    stream.read_exact(&mut heard[4..]).unwrap();
    let at = heard.windows(9).position(|it| it == b"\x02version\0").unwrap();
    let text = &heard[at + 13..];
    String::from_utf8_lossy(text.split(|&it| it == 0).next().unwrap()).into_owned()
}

fn version(server: &Running) -> String {
    match server.kind {
        Kind::Redis => {
            let told = server.sql("", "info server").unwrap();
            let line = told.lines().find_map(|it| it.strip_prefix("redis_version:"));
            line.unwrap().trim().to_owned()
        }
        Kind::MongoDb => mongodb_version(server),
        Kind::Ssh => {
            let mut line = String::new();
            BufReader::new(dial(server)).read_line(&mut line).unwrap();
            line.trim().to_owned()
        }
        _ => server.sql("", "select version()").unwrap().trim().to_owned(),
    }
}

/// Processes that stand in this folder or were started with its name.
fn processes_of(folder: &Path) -> Vec<String> {
    let name = folder.to_string_lossy().into_owned();
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let here = entry.path();
        let stat = fs::read_to_string(here.join("stat")).unwrap_or_default();
        if !entry.file_name().to_string_lossy().starts_with(|it: char| it.is_ascii_digit())
            || stat.contains(") Z ")
        {
            continue;
        }
        let contains = |file: &str| {
            let bytes = fs::read(here.join(file)).unwrap_or_default();
            bytes.windows(name.len()).any(|it| it == name.as_bytes())
        };
        let stands = fs::read_link(here.join("cwd")).is_ok_and(|it| it.starts_with(folder));
        if stands || contains("cmdline") || contains("environ") {
            found.push(stat);
        }
    }
    found
}

fn nothing_stays(folders: &[PathBuf], within: Duration) {
    let started = Instant::now();
    loop {
        let processes: Vec<String> = folders.iter().flat_map(|it| processes_of(it)).collect();
        let there: Vec<&PathBuf> = folders.iter().filter(|it| it.exists()).collect();
        if processes.is_empty() && there.is_empty() {
            return;
        }
        assert!(started.elapsed() < within, "left: {processes:#?} {there:#?}");
        sleep(Duration::from_millis(20));
    }
}

#[test]
fn each_server_tells_its_version_and_leaves_nothing() {
    for kind in KINDS {
        let Some(server) = servers::fresh(kind, &With::default()) else { continue };
        let told = version(&server);
        let expected = match kind {
            Kind::Postgres => "PostgreSQL ",
            Kind::MariaDb => "1",
            Kind::MySql => "9.",
            Kind::Redis => "",
            Kind::MongoDb => "9.",
            Kind::ClickHouseOld => "18.16",
            Kind::ClickHouse => "2",
            Kind::Ssh => "SSH-2.0-OpenSSH",
        };
        assert!(told.starts_with(expected) && !told.is_empty(), "{kind:?}: {told}");
        assert_eq!(kind == Kind::MariaDb, told.contains("MariaDB"), "{told}");
        let folder = server.folder();
        assert!(!processes_of(&folder).is_empty(), "{kind:?} has no process in {folder:?}");
        drop(server);
        nothing_stays(&[folder], Duration::ZERO);
    }
}

#[test]
fn data_outlive_a_stop_and_a_crash() {
    for kind in [Kind::Postgres, Kind::MariaDb, Kind::MySql] {
        let Some(server) = servers::fresh(kind, &With::default()) else { continue };
        let database = server.database().unwrap();
        server.sql(&database, "create table kept (word varchar(9))").unwrap();
        for (word, end) in [("stop", Running::stop as fn(&Running)), ("kill", Running::kill)] {
            server.sql(&database, &format!("insert into kept values ('{word}')")).unwrap();
            // What is not on disk when a process is killed is with the system, which lives on.
            end(&server);
            assert_eq!(server.pid(), None, "{kind:?} runs after {word}");
            assert!(TcpStream::connect((server.host, server.port)).is_err(), "{kind:?} {word}");
            server.restart().unwrap();
            let told = server.sql(&database, "select word from kept").unwrap();
            assert!(told.lines().any(|it| it == word), "{kind:?}: {told}");
        }
    }
}

#[test]
fn a_frozen_server_says_nothing_until_it_is_thawed() {
    let Some(server) = servers::fresh(Kind::Redis, &With::default()) else { return };
    server.freeze();
    let mut stream = dial(&server);
    stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    stream.write_all(b"PING\r\n").unwrap();
    let mut heard = [0; 7];
    assert!(stream.read_exact(&mut heard).is_err());
    server.thaw();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    stream.read_exact(&mut heard).unwrap();
    assert_eq!(&heard, b"+PONG\r\n");
}

#[test]
fn every_database_is_new() {
    for kind in [Kind::Postgres, Kind::MariaDb, Kind::ClickHouseOld, Kind::ClickHouse] {
        let Some(server) = servers::shared(kind, None) else { continue };
        let (one, other) = (server.database().unwrap(), server.database().unwrap());
        assert_ne!(one, other);
        let table = match kind {
            Kind::ClickHouseOld | Kind::ClickHouse => "create table it (n Int32) engine = Memory",
            _ => "create table it (n int)",
        };
        server.sql(&one, table).unwrap();
        server.sql(&other, table).unwrap();
    }
}

#[test]
fn a_server_that_cannot_start_says_why() {
    let with = With::settings(&[("no_such_setting", "1")]);
    let Some(_) = servers::postgres() else { return };
    let why = servers::start(Kind::Postgres, &with).unwrap_err();
    assert!(why.contains("unrecognized configuration parameter"), "{why}");
}

/// The other process of the tests below: has one server of each kind and tells where, then ends as it is told.
#[test]
#[allow(clippy::print_stdout)]
#[ignore = "started by the tests of how processes end"]
fn holds_servers() {
    let Ok(end) = std::env::var("BACKSTORY_TEST_END") else { return };
    for kind in KINDS {
        if let Some(server) = servers::shared(kind, None) {
            println!("\nfolder {}", server.folder().display());
        }
    }
    println!("\nready");
    match end.as_str() {
        "abort" => std::process::abort(),
        "panic" => panic!("on purpose"),
        "exit" => std::process::exit(3),
        _ => sleep(Duration::from_secs(60)),
    }
}

fn holder(end: &str) -> (Child, Vec<PathBuf>) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["holds_servers", "--exact", "--ignored", "--nocapture", "--test-threads=1"]);
    command.env("BACKSTORY_TEST_END", end).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut folders = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        match line.strip_prefix("folder ") {
            Some(folder) => folders.push(PathBuf::from(folder)),
            None if line == "ready" => break,
            None => {}
        }
    }
    (child, folders)
}

#[test]
fn nothing_stays_of_a_test_process_however_it_ends() {
    for end in ["abort", "panic", "exit", "kill", "interrupt"] {
        let (mut child, folders) = holder(end);
        if folders.is_empty() {
            let _ = child.kill();
            let _ = child.wait();
            assert!(servers::postgres().is_none());
            return;
        }
        if end == "kill" {
            let there = folders.iter().filter(|it| !processes_of(it).is_empty()).count();
            assert_eq!(there, folders.len());
            child.kill().unwrap();
        }
        if end == "interrupt" {
            let pid = child.id().to_string();
            assert!(Command::new("kill").args(["-s", "INT", &pid]).status().unwrap().success());
        }
        child.wait().unwrap();
        nothing_stays(&folders, Duration::from_secs(20));
    }
}

#[test]
fn a_test_process_killed_in_the_middle_of_a_start_leaves_nothing() {
    // Also while the folders are made that others are copied from.
    let cold = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(servers::cache()).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().contains('@') {
            std::os::unix::fs::symlink(entry.path(), cold.path().join(entry.file_name())).unwrap();
        }
    }
    let warm = servers::cache();
    let waits = [0, 5, 20, 60, 150, 400].map(|it| (it, warm.as_path()));
    for (wait, cache) in waits.into_iter().chain([300, 1000, 2500].map(|it| (it, cold.path()))) {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["holds_servers", "--exact", "--ignored", "--test-threads=1"]);
        // Its folders are told from those of tests beside it by where they are.
        let room = tempfile::tempdir().unwrap();
        Command::new("chmod").arg("755").arg(room.path()).status().unwrap();
        command.env("BACKSTORY_TEST_END", "sleep").env("TMPDIR", room.path());
        command.env("BACKSTORY_SERVERS", cache);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        sleep(Duration::from_millis(wait));
        child.kill().unwrap();
        child.wait().unwrap();
        let started = Instant::now();
        loop {
            let processes = processes_of(room.path());
            let files = fs::read_dir(room.path()).unwrap().count();
            if processes.is_empty() && files == 0 {
                break;
            }
            assert!(started.elapsed() < Duration::from_secs(20), "{files} files: {processes:#?}");
            sleep(Duration::from_millis(20));
        }
    }
}
