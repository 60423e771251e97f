//! Links: a project's pull requests and issues, beside the addresses that people pasted into its issues.

use crate::{Outcome, Result, data, table};
use ingest::relations::REVERTS;
use ingest::sources::files::{self, Found};
use ingest::sources::jira;
use ingest::trackers::{self, Intake};
use model::RepositoryId;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use store::writes::{TextPlace, TrackerKind};
use store::{Store, Viewer, Writer};

/// What must be reached with everything that memory has.
const RECALL: f64 = 0.95;
const PRECISION: f64 = 0.90;
/// What every issue's key begins with.
const PREFIX: &str = "ALOY-";
/// What addresses of the project's pull requests have for a name; its owner was renamed twice.
const NAME: &str = "alloy";

/// Issue and merged pull request.
type Pairs = BTreeSet<(String, u64)>;

/// What is compared.
#[derive(Default)]
struct Told {
    /// By an address that somebody pasted into the issue.
    pasted: Pairs,
    /// By a key in a message of the pull request: what a search for keys finds.
    keys: Pairs,
    /// By memory, with the words that tell.
    memory: BTreeMap<(String, u64), String>,
}

pub(crate) fn measure() -> Result<Outcome> {
    let issues = data::folder("jira/tidev-jira-ndjson").map(|it| it.join("ALOY.ndjson.gz"));
    let (issues, clone) = match (issues, data::clone("tidev/alloy")) {
        (Ok(issues), Ok(clone)) => (issues, clone),
        (Err(why), _) | (_, Err(why)) => return Ok(Outcome::Skipped(why)),
    };
    let told = read(&issues, &clone)?;
    let of = |is: &dyn Fn(&str) -> bool| -> Pairs {
        told.memory.iter().filter(|it| is(it.1)).map(|it| it.0.clone()).collect()
    };
    let everything = of(&|_| true);
    let words = of(&|it| !it.ends_with("gives its address"));
    let reverts = of(&|it| it.starts_with(REVERTS));
    let done: Pairs = words.difference(&reverts).cloned().collect();
    println!(
        "{} pairs of issue and merged pull request are told by a pasted address, of {} issues.\n",
        told.pasted.len(),
        told.pasted.iter().map(|it| &it.0).collect::<BTreeSet<_>>().len()
    );
    table::print(
        &["told by", "pairs", "confirmed", "recall", "precision", "where any address is pasted"],
        &[
            told.row("memory, pasted addresses included", &everything),
            told.row("memory without them", &words),
            told.row("the same, but for what undoes another", &done),
            told.row("keys in messages alone", &told.keys),
        ],
    );
    let (of_pasted, of_words) = (told.recall(&words), told.precision(&words));
    println!(
        "Words find {of_pasted:.3} of what addresses tell, addresses {of_words:.3} of what words tell; were the two \
         independent, both together would find {:.3} of all pairs.\n",
        1.0 - (1.0 - of_pasted) * (1.0 - of_words)
    );
    told.rules();
    if std::env::var_os("EVAL_EACH").is_some() {
        for ((key, number), words) in told.memory.iter().filter(|it| !told.pasted.contains(it.0)) {
            println!("not confirmed: {key} #{number}: {words}");
        }
        for (key, number) in told.pasted.difference(&words) {
            println!("by its address alone: {key} #{number}");
        }
        for (key, number) in told.pasted.difference(&everything) {
            println!("not found: {key} #{number}");
        }
    }
    let mut missed = Vec::new();
    let mut hold = |what: &str, is: f64, wanted: f64| {
        if is < wanted {
            missed.push(format!("linking: {what} is {is:.4}, {wanted:.4} wanted"));
        }
    };
    hold("recall", told.recall(&everything), RECALL);
    hold("precision", told.precision(&everything), PRECISION);
    hold("recall without pasted addresses", of_pasted, told.recall(&told.keys));
    hold("precision without pasted addresses", of_words, told.precision(&told.keys));
    Ok(Outcome::Measured(missed))
}

impl Told {
    fn hits(&self, found: &Pairs) -> usize {
        found.intersection(&self.pasted).count()
    }

    fn recall(&self, found: &Pairs) -> f64 {
        self.hits(found) as f64 / self.pasted.len().max(1) as f64
    }

    fn precision(&self, found: &Pairs) -> f64 {
        self.hits(found) as f64 / found.len().max(1) as f64
    }

    fn row(&self, name: &str, found: &Pairs) -> Vec<String> {
        let issues: BTreeSet<&String> = self.pasted.iter().map(|it| &it.0).collect();
        let judged = found.iter().filter(|it| issues.contains(&it.0)).count();
        vec![
            name.to_owned(),
            found.len().to_string(),
            self.hits(found).to_string(),
            format!("{:.3}", self.recall(found)),
            format!("{:.3}", self.precision(found)),
            format!("{:.3}", self.hits(found) as f64 / judged.max(1) as f64),
        ]
    }

    /// How many pairs each rule tells first.
    fn rules(&self) {
        let mut rules: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for (pair, words) in &self.memory {
            let rule = [
                REVERTS,
                "its title begins with",
                "that it fixes",
                "in its title",
                "its branch",
                "a commit of it",
                "is the summary of",
                "gives its address",
            ];
            let rule = rule.into_iter().find(|it| words.contains(it)).unwrap_or("other");
            let count = rules.entry(rule).or_default();
            count.0 += 1;
            count.1 += usize::from(self.pasted.contains(pair));
        }
        let row = |(rule, (pairs, confirmed)): (&str, (usize, usize))| {
            vec![rule.trim().to_owned(), pairs.to_string(), confirmed.to_string()]
        };
        table::print(
            &["rule", "pairs", "confirmed"],
            &rules.into_iter().map(row).collect::<Vec<_>>(),
        );
    }
}

/// Reads history and issues into a store, as `sources add` and `trackers import` do.
fn read(issues: &Path, clone: &Path) -> Result<Told> {
    let folder = data::Temporary::new("eval-linking")?;
    let store = Store::open(&folder.0.join("memory.db"))?;
    let name = ingest::repositories::add(&store, clone, None)?;
    let cancel = AtomicBool::new(false);
    ingest::sync(&store, &name, &|_, _, _| {}, &cancel)?;
    let repository = store.read(|it| it.allow(&Viewer::Owner, Some(&name)))?.id;
    trackers::attach(&store, "jira", TrackerKind::Jira, "jira.example", "{}", repository)?;
    let mut intake = Intake::new(&store, "jira", &cancel, &|_| {});
    let mut refused = Vec::new();
    files::each(&[issues.to_owned()], &mut |found| {
        match found {
            Found::Document(document) => {
                jira::read(&document, &mut intake)?;
            }
            Found::Refused(it) => refused.push(format!("{}: {}", it.place, it.reason)),
        }
        Ok(())
    })?;
    intake.finish()?;
    if let Some(first) = refused.first() {
        return Err(format!("{} records were refused, {first}", refused.len()).into());
    }
    trackers::settle(&store)?;
    Ok(store.write(|writer| told(writer, repository))?)
}

fn told(writer: &Writer<'_>, repository: RepositoryId) -> store::Result<Told> {
    let keys: HashMap<_, _> =
        writer.related_issues(repository)?.into_iter().map(|it| (it.id, it.key)).collect();
    let known: BTreeSet<&str> = keys.values().map(String::as_str).collect();
    let numbers: HashMap<_, _> =
        writer.related_pulls(repository)?.into_iter().map(|it| (it.id, it.number)).collect();
    // Merged: a commit of the history says so in its own words.
    let links = writer.pull_links(repository)?;
    let own = |it: &str| ["Merge pull", "(#", "Closes #"].iter().any(|at| it.starts_with(at));
    let merged: BTreeSet<u64> =
        links.iter().filter(|it| own(&it.told_by)).map(|it| numbers[&it.pull]).collect();
    let mut told = Told::default();
    for link in links.iter().filter(|it| merged.contains(&numbers[&it.pull])) {
        let message = writer.message(link.commit)?;
        let message = message.text();
        let found = message.split(PREFIX).skip(1).map(|it| format!("{PREFIX}{}", digits(it)));
        for key in found.filter(|it| known.contains(it.as_str())) {
            told.keys.insert((key, numbers[&link.pull]));
        }
    }
    // Read apart from the rules: `github.com/OWNER/alloy/pull/N` in descriptions and comments.
    writer.issue_texts(repository, &mut |issue, place, text| {
        let addresses = text.split("github.com/").skip(1).filter_map(|it| {
            let mut parts = it.splitn(4, '/').skip(1);
            let (name, word) = (parts.next()?, parts.next()?);
            let of_project = name.eq_ignore_ascii_case(NAME) && word == "pull";
            of_project.then(|| digits(parts.next()?).parse::<u64>().ok())?
        });
        if place != TextPlace::Field {
            let of_merged = addresses.filter(|it| merged.contains(it));
            told.pasted.extend(of_merged.map(|it| (keys[&issue].clone(), it)));
        }
    })?;
    for (pull, issue, words) in writer.pull_issue_rows(repository)? {
        if merged.contains(&numbers[&pull]) {
            told.memory.insert((keys[&issue].clone(), numbers[&pull]), words);
        }
    }
    Ok(told)
}

fn digits(text: &str) -> &str {
    let end = text.find(|it: char| !it.is_ascii_digit()).unwrap_or(text.len());
    &text[..end]
}
