//! Blame from the terminal, and blame beside `git blame`:
//!
//! - `blame REPO COMMIT PATH` prints the commit, path and line that every line comes from;
//! - `blame REPO COMMIT PATH LINE` tells the chain of commits that made a line (counted from 1);
//! - `blame --compare REPO [FILES]` blames FILES files of HEAD (400 unless told otherwise: the 100
//!   largest, the others evenly over the paths in order), has Git blame the same files, and
//!   reports every file that differs and the processor time of both.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::collections::HashMap;
use std::error::Error;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use ingest::sources::git::Clone;
use ingest::sources::git::blame::{self, blame, chain};
use model::{Bytes, Oid};

type Done<T> = Result<T, Box<dyn Error>>;

fn main() -> Done<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["--compare", repo] => compare(repo, 400),
        ["--compare", repo, files] => compare(repo, files.parse()?),
        [repo, commit, path] => print_blame(repo, commit, path),
        [repo, commit, path, line] => print_chain(repo, commit, path, line.parse()?),
        _ => Err("blame REPO COMMIT PATH [LINE] | blame --compare REPO [FILES]".into()),
    }
}

fn open(repo: &str) -> Done<Clone> {
    Ok(Clone::open(Path::new(repo))?)
}

fn commit_of(repo: &str, name: &str) -> Done<Oid> {
    let hex = String::from_utf8(git(repo, &["rev-parse", "--verify", name])?)?;
    Oid::from_hex(hex.trim()).ok_or_else(|| format!("{name} names no commit").into())
}

fn print_blame(repo: &str, commit: &str, path: &str) -> Done<()> {
    let commit = commit_of(repo, commit)?;
    let cpu = processor_time("thread-self");
    let found = blame(&open(repo)?, commit, path.as_bytes(), &AtomicBool::new(false))?;
    let cpu = processor_time("thread-self") - cpu;
    let mut out = std::io::stdout().lock();
    for span in &found.spans {
        let path = span.original_path.text();
        let mark = if span.boundary { "^" } else { "" };
        for line in 0..span.lines {
            let (here, there) = (span.first + line + 1, span.original_first + line + 1);
            writeln!(out, "{mark}{} {there} {here} {path}", span.commit)?;
        }
    }
    found.gaps.iter().for_each(|gap| eprintln!("{}", gap.text));
    eprintln!("{:.1} ms", millis(cpu));
    Ok(())
}

fn print_chain(repo: &str, commit: &str, path: &str, line: u32) -> Done<()> {
    let commit = commit_of(repo, commit)?;
    let line = line.saturating_sub(1);
    let cpu = processor_time("thread-self");
    let told =
        chain(&open(repo)?, commit, path.as_bytes(), line, 20, None, &AtomicBool::new(false))?;
    let cpu = processor_time("thread-self") - cpu;
    for step in &told.steps {
        println!("{} {}:{}", step.commit, step.path.text(), step.line + 1);
        if let Some(before) = &step.before {
            println!("  - {}", before.text.text());
        }
        println!("  + {}", step.text.text());
    }
    println!("{:?}", told.end);
    told.gaps.iter().for_each(|gap| eprintln!("{}", gap.text));
    eprintln!("{:.1} ms", millis(cpu));
    Ok(())
}

/// A line's commit, path and number there, and whether history ends at it.
type Origin = (String, Vec<u8>, u32, bool);

fn compare(repo: &str, files: usize) -> Done<()> {
    let commit = commit_of(repo, "HEAD")?;
    let paths = sample(repo, files)?;
    let (mut ours, mut theirs, mut walls) = (Vec::new(), Vec::new(), Vec::new());
    let (mut equal, mut lines, mut binary, mut failed) = (0, 0, 0, 0);
    for path in &paths {
        // The repository is opened anew so that no file profits from the one before.
        let (cpu, wall) = (processor_time("thread-self"), Instant::now());
        let opened = open(repo)?;
        let found = blame(&opened, commit, path, &AtomicBool::new(false));
        let (cpu, wall) = (processor_time("thread-self") - cpu, wall.elapsed());
        let found = match found {
            Ok(found) => found,
            Err(blame::Error::Binary { .. }) => {
                binary += 1;
                continue;
            }
            Err(error) => {
                println!("FAILED   {error}");
                failed += 1;
                continue;
            }
        };
        let (expected, git_cpu) = git_blame(repo, commit, path)?;
        let Some(expected) = expected else {
            println!("GIT FAILS {}", Bytes(path.clone()).text());
            failed += 1;
            continue;
        };
        let mut got: Vec<Origin> = Vec::new();
        for span in &found.spans {
            for line in span.original_first..span.original_first + span.lines {
                let path = span.original_path.0.clone();
                got.push((span.commit.to_string(), path, line + 1, span.boundary));
            }
        }
        if got == expected {
            equal += 1;
        } else {
            let unequal = got.iter().zip(&expected).filter(|(a, b)| a != b).count();
            let first = got.iter().zip(&expected).position(|(a, b)| a != b);
            println!(
                "DIFFERS  {}: {unequal} of {} lines, first at {:?}",
                Bytes(path.clone()).text(),
                expected.len(),
                first.map(|it| it + 1)
            );
        }
        lines += expected.len();
        ours.push(cpu);
        theirs.push(git_cpu);
        walls.push(wall);
    }
    println!(
        "{} files, {lines} lines: {equal} equal, {} differ, {binary} binary, {failed} failed",
        ours.len(),
        ours.len() - equal
    );
    let sum = |times: &[Duration]| millis(times.iter().sum());
    println!("processor time, ms   p50     p95     max     sum");
    for (name, times) in [("backstory", &mut ours), ("git", &mut theirs), ("(wall)", &mut walls)] {
        let all = sum(times);
        times.sort_unstable();
        let at = |share: f64| {
            let place = (times.len() as f64 * share) as usize;
            times.get(place.min(times.len().saturating_sub(1))).copied().map_or(0.0, millis)
        };
        println!("{name:<18} {:7.1} {:7.1} {:7.1} {all:7.0}", at(0.5), at(0.95), at(1.0));
    }
    println!("sum ratio {:.2}", sum(&ours) / sum(&theirs));
    Ok(())
}

/// The 100 largest files of HEAD, and others evenly over the paths in order.
fn sample(repo: &str, files: usize) -> Done<Vec<Vec<u8>>> {
    let listing = git(repo, &["ls-tree", "-r", "-z", "-l", "--full-tree", "HEAD"])?;
    let mut all: Vec<(u64, Vec<u8>)> = Vec::new();
    for entry in listing.split(|byte| *byte == 0).filter(|it| it.starts_with(b"100")) {
        let tab = entry.iter().position(|byte| *byte == b'\t').ok_or("ls-tree has no tab")?;
        let size = String::from_utf8_lossy(&entry[..tab]);
        let size = size.split_whitespace().last().and_then(|it| it.parse().ok()).unwrap_or(0);
        if size <= blame::LARGEST_FILE {
            all.push((size, entry[tab + 1..].to_vec()));
        }
    }
    all.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let rest = all.split_off(all.len().min(100));
    let mut rest: Vec<Vec<u8>> = rest.into_iter().map(|it| it.1).collect();
    rest.sort();
    let step = (rest.len() / files.saturating_sub(100).max(1)).max(1);
    let mut paths: Vec<Vec<u8>> = all.into_iter().map(|it| it.1).collect();
    paths.extend(rest.into_iter().step_by(step));
    paths.truncate(files);
    Ok(paths)
}

/// Runs `git blame`; nothing where Git fails, as it does when an object is missing.
fn git_blame(repo: &str, commit: Oid, path: &[u8]) -> Done<(Option<Vec<Origin>>, Duration)> {
    use std::os::unix::ffi::OsStrExt;
    let mut child = Command::new("git")
        .args(["-C", repo, "blame", "--porcelain", &commit.to_string(), "--"])
        .arg(std::ffi::OsStr::from_bytes(path))
        .envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1")])
        .env("GIT_NO_LAZY_FETCH", "1")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut out = Vec::new();
    child.stdout.take().ok_or("no output")?.read_to_end(&mut out)?;
    // Ended but not yet waited for, a process still tells its processor time.
    let pid = child.id().to_string();
    let stat = Path::new("/proc").join(&pid).join("stat");
    while !std::fs::read_to_string(&stat)?.contains(") Z ") {
        std::thread::yield_now();
    }
    let cpu = processor_time(&pid);
    let ended = child.wait()?.success();
    Ok((ended.then(|| parse(&out)).transpose()?, cpu))
}

fn parse(porcelain: &[u8]) -> Done<Vec<Origin>> {
    let mut lines: Vec<(String, u32)> = Vec::new();
    let mut origins = Vec::new();
    let mut known: HashMap<String, (Vec<u8>, bool)> = HashMap::new();
    for line in porcelain.split_inclusive(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        if line.starts_with(b"\t") {
            let (commit, number) = lines.last().ok_or("content before its header")?.clone();
            let (path, boundary) = known.get(&commit).ok_or("no file name")?.clone();
            origins.push((commit, path, number, boundary));
            continue;
        }
        let mut words = line.splitn(2, |byte| *byte == b' ');
        let word = words.next().unwrap_or_default();
        let rest = words.next().unwrap_or_default();
        if word.len() >= 40 && word.iter().all(u8::is_ascii_hexdigit) {
            let number = String::from_utf8_lossy(rest);
            let number = number.split(' ').next().unwrap_or_default().parse()?;
            lines.push((String::from_utf8_lossy(word).into_owned(), number));
        }
        let Some((commit, _)) = lines.last() else { continue };
        match word {
            b"filename" => known.entry(commit.clone()).or_default().0 = unquote(rest),
            b"boundary" => known.entry(commit.clone()).or_default().1 = true,
            _ => {}
        }
    }
    Ok(origins)
}

/// Undoes Git's quoting of unusual paths.
fn unquote(path: &[u8]) -> Vec<u8> {
    let Some(inner) = path.strip_prefix(b"\"").and_then(|it| it.strip_suffix(b"\"")) else {
        return path.to_vec();
    };
    let mut out = Vec::new();
    let mut rest = inner.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        match rest.next() {
            Some(b'n') => out.push(b'\n'),
            Some(b't') => out.push(b'\t'),
            Some(b'r') => out.push(b'\r'),
            Some(digit @ b'0'..=b'7') => {
                let mut value = u32::from(digit - b'0');
                for _ in 0..2 {
                    let digit = rest.next().map_or(0, |it| u32::from(it.wrapping_sub(b'0')));
                    value = value * 8 + digit;
                }
                out.push(value as u8);
            }
            Some(other) => out.push(other),
            None => {}
        }
    }
    out
}

fn git(repo: &str, args: &[&str]) -> Done<Vec<u8>> {
    let output = Command::new("git").arg("-C").arg(repo).args(args).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(output.stdout)
}

/// The processor time of a process, as Linux counts it.
fn processor_time(process: &str) -> Duration {
    let told = std::fs::read_to_string(Path::new("/proc").join(process).join("schedstat"));
    let nanos = told.ok().and_then(|it| it.split(' ').next().and_then(|it| it.parse().ok()));
    Duration::from_nanos(nanos.unwrap_or(0))
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
