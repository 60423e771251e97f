//! Links of a real project, against the addresses of pull requests that people pasted into its
//! issues. `linking ISSUES REPOSITORY [STORE]`: Jira's JSON (files, folders, packed or not), a
//! clone, and where to keep the store. Prints figures, one a line, and the pairs of pull request
//! and issue that no pasted address confirms.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use ingest::Error;
use ingest::sources::files::{self, Found};
use ingest::trackers::{self, Intake};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;
use std::time::Instant;
use store::writes::{TextPlace, TrackerKind};
use store::{Store, Viewer, Writer};

type Pairs = BTreeSet<(String, u64)>;

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [issues, repository, store @ ..] = &arguments[..] else {
        eprintln!("usage: linking ISSUES REPOSITORY [STORE]");
        return ExitCode::from(2);
    };
    let folder = tempfile::tempdir();
    let store = match (store.first(), &folder) {
        (Some(store), _) => store.clone(),
        (None, Ok(folder)) => folder.path().join("store"),
        (None, Err(error)) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    match run(issues, repository, &store) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(issues: &Path, path: &Path, store: &Path) -> Result<(), Error> {
    let store = Store::open(store)?;
    let name = match ingest::repositories::add(&store, path, None) {
        Ok(name) => name,
        Err(Error::AlreadyThere { name, .. }) => name,
        Err(error) => return Err(error),
    };
    let cancel = AtomicBool::new(false);
    let start = Instant::now();
    ingest::sync(&store, &name, &|_, _, _| {}, &cancel)?;
    println!("history read in {:.1} s", start.elapsed().as_secs_f64());
    let repository =
        store.read(|it| Ok::<_, store::Error>(it.allow(&Viewer::Owner, Some(&name))?.id))?;
    trackers::attach(&store, "jira", TrackerKind::Jira, "jira.example", "{}", repository)?;
    let start = Instant::now();
    let mut intake = Intake::new(&store, "jira", &cancel, &|_| {});
    files::each(&[issues.to_owned()], &mut |found| {
        match found {
            Found::Document(document) => {
                ingest::sources::jira::read(&document, &mut intake)?;
            }
            Found::Refused(refused) => eprintln!("{refused:?}"),
        }
        Ok(())
    })?;
    let taken = intake.finish()?;
    println!("{} records taken in {:.1} s", taken.records, start.elapsed().as_secs_f64());
    let start = Instant::now();
    trackers::settle(&store)?;
    println!("links and people settled in {:.2} s", start.elapsed().as_secs_f64());
    store.write(|writer| figures(writer, repository))
}

fn figures(writer: &Writer<'_>, repository: model::RepositoryId) -> Result<(), Error> {
    let keys: BTreeMap<_, _> =
        writer.related_issues(repository)?.into_iter().map(|it| (it.id, it.key)).collect();
    // Merged: a commit of the history says so in its own words.
    let mut merged: BTreeSet<u64> = BTreeSet::new();
    let pulls = writer.related_pulls(repository)?;
    let numbers: BTreeMap<_, _> = pulls.iter().map(|it| (it.id, it.number)).collect();
    for link in writer.pull_links(repository)? {
        if ["Merge pull", "(#", "Closes #"].iter().any(|it| link.told_by.starts_with(it)) {
            merged.insert(numbers[&link.pull]);
        }
    }
    // Read apart from the rules: `github.com/OWNER/alloy/pull/N` in descriptions and comments.
    let mut truth = Pairs::new();
    let mut told = BTreeSet::new();
    writer.issue_texts(repository, &mut |issue, place, text| {
        if place == TextPlace::Field {
            return;
        }
        for part in text.split("github.com/").skip(1) {
            let mut parts = part.splitn(4, '/');
            let (_, name, word) = (parts.next(), parts.next(), parts.next());
            let digits: String =
                parts.next().unwrap_or_default().chars().take_while(char::is_ascii_digit).collect();
            if word == Some("pull")
                && name.is_some_and(|it| it.eq_ignore_ascii_case("alloy"))
                && let Ok(number) = digits.parse()
            {
                told.insert(keys[&issue].clone());
                if merged.contains(&number) {
                    truth.insert((keys[&issue].clone(), number));
                }
            }
        }
    })?;
    let mut all = BTreeMap::new();
    for (pull, issue, told_by) in writer.pull_issue_rows(repository)? {
        let number = numbers[&pull];
        if merged.contains(&number) {
            all.insert((keys[&issue].clone(), number), told_by);
        }
    }
    let pasted = |it: &str| it.ends_with("gives its address");
    let both: Pairs = all.keys().cloned().collect();
    let own: Pairs = all.iter().filter(|it| !pasted(it.1)).map(|it| it.0.clone()).collect();
    println!("{} pairs of issue and merged pull request by pasted address", truth.len());
    let figures = |name: &str, found: &Pairs| {
        let hit = found.intersection(&truth).count();
        println!(
            "{name}: {} pairs, {hit} confirmed, recall {:.4}, precision {:.4}",
            found.len(),
            hit as f64 / truth.len() as f64,
            hit as f64 / found.len() as f64
        );
        let judged: Pairs = found.iter().filter(|it| told.contains(&it.0)).cloned().collect();
        println!(
            "{name}, of issues that hold an address at all: {} pairs, precision {:.4}",
            judged.len(),
            hit as f64 / judged.len() as f64
        );
    };
    figures("both directions", &both);
    figures("without the pasted addresses", &own);
    let mut rules: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (pair, told_by) in &all {
        let rule =
            ["begins with", "that it fixes", "in its title", "its branch", "gives its address"];
        let rule = rule.into_iter().find(|it| told_by.contains(it)).unwrap_or("other");
        let count = rules.entry(rule).or_default();
        count.0 += 1;
        count.1 += usize::from(truth.contains(pair));
    }
    for (rule, (found, confirmed)) in rules {
        println!("told by `{rule}`: {found} pairs, {confirmed} confirmed");
    }
    for (pair, told_by) in all.iter().filter(|it| !truth.contains(it.0)) {
        println!("not confirmed: {} #{}: {told_by}", pair.0, pair.1);
    }
    for pair in truth.difference(&both) {
        println!("not found: {} #{}", pair.0, pair.1);
    }
    Ok(())
}
