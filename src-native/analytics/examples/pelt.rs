//! Pelts a collector with page views at a steady rate, as many visitors would, and tells how long answers
//! took and whether all that was answered is kept:
//!
//!     pelt PROGRAM [RATE] [SECONDS]
//!
//! The program runs on one core of its own (`taskset`). A request is due at its time whether or not those
//! before it were answered, and its time counts from when it was due: a collector that stalls is not let off.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement ends by panicking")]

use analytics::collect::writer::now;
use analytics::kept::Kept;
use analytics::reports::{Query, Verdicts, totals};
use analytics::site::{Places, Site};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const CONNECTIONS: usize = 64;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let program = arguments.next().expect("PROGRAM");
    let rate: u64 = arguments.next().map_or(2000, |it| it.parse().unwrap());
    let seconds: u64 = arguments.next().map_or(60, |it| it.parse().unwrap());
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    std::fs::create_dir_all(&data).unwrap();
    let kept = Kept::open(&data.join("analytics.db")).unwrap();
    kept.add_site(site()).unwrap();
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut serving = Command::new("taskset")
        .args(["-c", "0", &program, "serve", "--collect", &address.to_string()])
        .args(["--behind", "127.0.0.1"])
        .env("BACKSTORY_HOME", home.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(serving.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let begin = Instant::now() + Duration::from_millis(200);
    let all = rate * seconds;
    let senders: Vec<_> = (0..CONNECTIONS)
        .map(|it| std::thread::spawn(move || send(it, address, begin, rate, all)))
        .collect();
    let mut took: Vec<Duration> = senders.into_iter().flat_map(|it| it.join().unwrap()).collect();
    let wall = begin.elapsed();
    took.sort();
    let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize];
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", serving.id())).unwrap();
    let ticks: Vec<u64> =
        stat.rsplit(") ").next().unwrap().split(' ').filter_map(|it| it.parse().ok()).collect();
    let status = std::fs::read_to_string(format!("/proc/{}/status", serving.id())).unwrap();
    let memory = status.lines().find(|it| it.starts_with("VmHWM")).unwrap_or_default();
    println!("{} answered of {all} in {wall:.1?} at {rate} a second", took.len());
    println!(
        "p50 {:.2?}  p90 {:.2?}  p99 {:.2?}  p99.9 {:.2?}  longest {:.2?}",
        at(0.5),
        at(0.9),
        at(0.99),
        at(0.999),
        at(1.0)
    );
    // utime and stime follow ten numbers after the state's letter; in hundredths of a second.
    println!("processor {:.1} s of {wall:.1?}; {memory}", (ticks[10] + ticks[11]) as f64 / 100.0);
    let _ = Command::new("kill").arg(serving.id().to_string()).status();
    let _ = serving.wait();
    let query = Query::new(1, now() - 86_400_000, now() + 86_400_000);
    let query = Query { verdicts: Verdicts::All, ..query };
    let views = totals(&kept, &query).unwrap().value.counts.views;
    println!("{views} kept; {} lost", took.len() as i64 - views as i64);
}

fn site() -> Site {
    Site {
        id: 0,
        name: "shop.example".into(),
        aliases: vec!["b59e9c65-ae32-47f1-8400-119fcf4861c4".into()],
        hosts: Vec::new(),
        zone: "Europe/Berlin".into(),
        honours_opt_out: true,
        query_keys: Vec::new(),
        places: Places::Country,
        internal: Vec::new(),
        keep_months: 25,
        identified: false,
        currency: "EUR".into(),
    }
}

/// Sends every so-and-so-many-th request; how long each took that was answered as it should be.
fn send(own: usize, address: SocketAddr, begin: Instant, rate: u64, all: u64) -> Vec<Duration> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut took = Vec::new();
    let mut answer = [0; 2048];
    for nth in (own as u64..all).step_by(CONNECTIONS) {
        let due = begin + Duration::from_nanos(nth * 1_000_000_000 / rate);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        // Visitors come back, pages have their favourites, and one in four requests is Umami's.
        let visitor = nth.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48;
        let (path, version) = (nth % 997 * (nth % 13), 100 + visitor % 45);
        let url = format!("https://shop.example/shoes/{path}?utm_source=news{}", nth % 7);
        let (door, body) = match nth % 4 {
            0 => (
                "/api/send",
                format!(
                    "{{\"type\":\"event\",\"payload\":{{\"website\":\"b59e9c65-ae32-47f1-8400-119fcf4861c4\",\
                     \"hostname\":\"shop.example\",\"url\":\"{url}\",\"referrer\":\"https://www.bing.com/\",\
                     \"title\":\"Shoes {path}\",\"screen\":\"1920x1080\",\"language\":\"de-DE\"}}}}"
                ),
            ),
            _ => (
                "/e",
                format!(
                    "{{\"k\":\"p\",\"u\":\"{url}\",\"r\":\"https://www.google.com/\",\"w\":4}}"
                ),
            ),
        };
        let request = format!(
            "POST {door} HTTP/1.1\r\nHost: stats.example\r\nX-Forwarded-For: 46.{}.{}.7\r\nUser-Agent: Mozilla/5.0 \
             (X11; Linux x86_64; rv:{version}.0) Gecko/20100101 Firefox/{version}.0\r\nAccept-Language: de\r\n\
             Content-Type: text/plain\r\nContent-Length: {}\r\n\r\n{body}",
            visitor >> 8,
            visitor & 255,
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut read = 0;
        while !is_whole(&answer[..read]) {
            match stream.read(&mut answer[read..]) {
                Ok(0) | Err(_) => return took,
                Ok(count) => read += count,
            }
        }
        let status = std::str::from_utf8(&answer[9..12]).unwrap();
        assert!(status == "200" || status == "202", "{}", String::from_utf8_lossy(&answer[..read]));
        took.push(due.elapsed());
    }
    took
}

fn is_whole(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|it| it.strip_prefix("content-length: "));
    body.len() >= length.map_or(0, |it| it.parse().unwrap())
}
