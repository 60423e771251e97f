//! Bus factor: nine systems as they stood on a day, beside the published values.

use crate::{Outcome, Result, data, table};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The end of the day of the published values.
const DAY: &str = "2015-02-25T23:59:59Z";
/// Systems that must come out as published.
const EQUAL: usize = 7;
/// Published values: G. Avelino et al., "A Novel Approach for Estimating Truck Factors" (ICPC 2016).
const SYSTEMS: [(&str, u64); 9] = [
    ("pallets/flask", 1),
    ("clojure/clojure", 2),
    ("celery/celery", 1),
    ("xetorthio/jedis", 2),
    ("Seldaek/monolog", 11),
    ("d3/d3", 1),
    ("jquery/jquery", 4),
    ("spotify/luigi", 6),
    ("resque/resque", 6),
];
/// The setting: files of programs only, by their endings.
const RULES: &str = "[components]\nprograms = [\"**/*.{bash,c,cc,clj,cljc,cljs,coffee,cpp,cs,cxx,el,erl,ex,exs,\
    fs,go,groovy,h,hpp,hs,java,jl,js,jsx,kt,lua,m,ml,mm,php,pl,pm,py,pyx,r,rb,rs,scala,scm,sh,sql,swift,ts,\
    tsx,vala,vim}\"]\n";

pub(crate) fn measure() -> Result<Outcome> {
    let Some(program) = std::env::var_os("BACKSTORY_BIN").map(PathBuf::from) else {
        return Ok(Outcome::Skipped("BACKSTORY_BIN names no program to ask".to_owned()));
    };
    let (mut rows, mut equal, mut absent) = (Vec::new(), 0, Vec::new());
    for (name, published) in SYSTEMS {
        let clone = match data::clone(name) {
            Ok(clone) => clone,
            Err(why) => {
                absent.push(why);
                continue;
            }
        };
        let answer = ask(&program, &clone)?;
        let row = |kind: &str| {
            let rows = answer["rows"].as_array()?;
            rows.iter().find(|it| it["subject"]["kind"] == kind).cloned()
        };
        let programs = row("component").ok_or("there is no file of a program")?;
        let whole = row("folder").unwrap_or_default();
        let factor = programs["factor"].as_u64().ok_or("there is no factor")?;
        equal += usize::from(factor == published);
        let people = programs["people"].as_array().map_or(&[][..], Vec::as_slice);
        let names: Vec<&str> =
            people.iter().filter_map(|it| it["person"]["name"].as_str()).collect();
        rows.push(vec![
            name.to_owned(),
            published.to_string(),
            factor.to_string(),
            programs["files"].to_string(),
            whole["factor"].to_string(),
            names.join(", "),
        ]);
    }
    if rows.is_empty() {
        return Ok(Outcome::Skipped(absent.remove(0)));
    }
    println!("At {DAY}, over files of programs.\n");
    table::print(&["system", "published", "ours", "files", "over all files", "who"], &rows);
    absent.iter().for_each(|it| println!("Left out: {it}."));
    println!("Equal: {equal} of {}.\n", rows.len());
    if !absent.is_empty() {
        return Ok(Outcome::Skipped(
            "not all nine systems are there, so the bar is not held".to_owned(),
        ));
    }
    let missed = format!("bus factor: {equal} of 9 are as published, {EQUAL} wanted");
    Ok(Outcome::Measured(if equal < EQUAL { vec![missed] } else { Vec::new() }))
}

/// What the program says of a clone's default branch as it stood on the day.
fn ask(program: &Path, clone: &Path) -> Result<Value> {
    let home = data::Temporary::new("eval-bus-factor")?;
    let copy = home.0.join("copy");
    let before = format!("--before={DAY}");
    let head = git(clone, &["rev-list", "-1", "--first-parent", &before, "HEAD"])?;
    let quiet = ["clone", "--quiet", "--shared", "--no-checkout"].map(str::to_owned);
    let ends = [clone, &copy].map(|it| it.display().to_string());
    let words: Vec<String> = quiet.into_iter().chain(ends).collect();
    git(&home.0, &words.iter().map(String::as_str).collect::<Vec<_>>())?;
    git(&copy, &["update-ref", "refs/heads/day", &head])?;
    git(&copy, &["symbolic-ref", "HEAD", "refs/heads/day"])?;
    std::fs::write(copy.join("backstory.toml"), RULES)?;
    let store = home.0.join("memory.db");
    let run = |words: &[&str]| -> Result<Vec<u8>> {
        let mut command = Command::new(program);
        command.env("BACKSTORY_HOME", &home.0).arg("--store").arg(&store).arg("--json").args(words);
        let output = command.output()?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        Err(format!("backstory {}: {}", words.join(" "), String::from_utf8_lossy(&output.stderr))
            .into())
    };
    run(&["sources", "add", &copy.display().to_string()])?;
    Ok(serde_json::from_slice(&run(&["call", "memory.busFactor", "each=components"])?)?)
}

fn git(place: &Path, words: &[&str]) -> Result<String> {
    let mut command = Command::new("git");
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    let output = command.arg("-C").arg(place).args(words).output()?;
    if output.status.success() {
        return Ok(String::from_utf8(output.stdout)?.trim().to_owned());
    }
    Err(format!("git {}: {}", words.join(" "), String::from_utf8_lossy(&output.stderr)).into())
}
