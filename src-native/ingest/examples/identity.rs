//! People by rule, against what people verified. `identity lucene FOLDER` reads the tables of a
//! move from Jira to GitHub; `identity zookeeper REPOSITORY` a history whose messages name the
//! logins of those who wrote it. Prints figures, one a line.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use ingest::identity::{Known, resolve};
use model::{IdentityId, RepositoryId};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;
use store::writes::{Identity, IdentityKind};
use store::{Store, Viewer};

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["lucene", folder] => lucene(Path::new(folder)),
        ["zookeeper", repository] => zookeeper(Path::new(repository)),
        _ => {
            eprintln!("usage: identity lucene FOLDER | identity zookeeper REPOSITORY");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The rows of a table, without its heading.
fn table(folder: &Path, beginning: &str) -> Result<Vec<Vec<String>>, Box<dyn Error>> {
    let mut path = None;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(beginning) {
            path = Some(entry.path());
        }
    }
    let path = path.ok_or_else(|| format!("there is no {beginning}… in {}", folder.display()))?;
    let text = std::fs::read_to_string(path)?;
    Ok(text.lines().skip(1).map(cells).collect())
}

fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for it in line.chars() {
        match it {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            _ => cells.last_mut().into_iter().for_each(|cell| cell.push(it)),
        }
    }
    cells
}

const JIRA: &str = "jira.example";
const GITHUB: &str = "github.com";

fn lucene(folder: &Path) -> Outcome {
    let verified = table(folder, "account-map.csv.20220722.verified")?;
    let candidates = table(folder, "account-map.csv.20220722.2")?;
    let users = table(folder, "jira-users")?;
    let committers = table(folder, "github-lucene-committers")?;
    let truth: BTreeSet<(String, String)> =
        verified.iter().map(|it| (it[0].clone(), it[1].to_lowercase())).collect();

    // The pool of Jira accounts: the users, and those of the verified pairs that are not among them.
    let mut jira: BTreeMap<String, String> =
        users.iter().map(|it| (it[0].clone(), it[1].clone())).collect();
    for it in &verified {
        jira.entry(it[0].clone()).or_insert_with(|| it[2].clone());
    }
    // The pool of GitHub accounts: every candidate that a search for display names found, the
    // committers, and the logins of the verified pairs, which come without a name.
    let mut github: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut wrote: BTreeSet<String> = BTreeSet::new();
    for it in &candidates {
        let login = it[1].to_lowercase();
        github.entry(login.clone()).or_default().insert(it[2].clone());
        if it[3] == "yes" || it[4] == "yes" {
            wrote.insert(login);
        }
    }
    for it in &committers {
        let login = it[0].to_lowercase();
        github.entry(login.clone()).or_default().insert(it[1].clone());
        wrote.insert(login);
    }
    for (_, login) in truth.iter().filter(|it| !it.1.contains(['?', '@'])) {
        github.entry(login.clone()).or_default();
    }
    let account = |site: &str, login: &str, name: &str| Identity {
        kind: IdentityKind::Account,
        name: name.into(),
        site: site.into(),
        account: login.into(),
        login: login.into(),
        ..Identity::default()
    };
    let mut rows: Vec<(IdentityId, Identity)> = Vec::new();
    let mut places = HashMap::new();
    let here = BTreeSet::from([RepositoryId(1)]);
    let add = |rows: &mut Vec<(IdentityId, Identity)>, it| {
        let id = IdentityId(rows.len() as i64 + 1);
        rows.push((id, it));
        id
    };
    for (login, name) in &jira {
        add(&mut rows, account(JIRA, login, name));
    }
    for (login, names) in &github {
        let bare = BTreeSet::from([String::new()]);
        for name in if names.is_empty() { &bare } else { names } {
            let id = add(&mut rows, account(GITHUB, login, name));
            if wrote.contains(login) {
                places.insert(id, here.clone());
            }
        }
    }
    println!(
        "{} Jira accounts, {} GitHub accounts, {} of these with commits",
        jira.len(),
        github.len(),
        wrote.len()
    );
    let known = Known {
        identities: &rows,
        places,
        sites: [(JIRA.to_owned(), here)].into(),
        ..Known::default()
    };
    let resolved = resolve(&known);
    let mut members: BTreeMap<usize, (BTreeSet<String>, BTreeSet<String>)> = BTreeMap::new();
    for (id, developer) in &resolved.of {
        let it = &rows[(id.0 - 1) as usize].1;
        let of = members.entry(*developer).or_default();
        let side = if it.site == JIRA { &mut of.0 } else { &mut of.1 };
        side.insert(it.account.clone());
    }
    let mut found: BTreeSet<(String, String)> = BTreeSet::new();
    for (jira, github) in members.values() {
        for a in jira {
            found.extend(github.iter().map(|b| (a.clone(), b.clone())));
        }
    }
    let judged: BTreeSet<&String> = truth.iter().map(|it| &it.0).collect();
    for (name, half) in [("half A", Some(0)), ("half B", Some(1)), ("both halves", None)] {
        let in_half =
            |it: &&(String, String)| half.is_none_or(|half| Sha256::digest(&it.0)[0] & 1 == half);
        let truth: BTreeSet<_> = truth.iter().filter(in_half).collect();
        let said: BTreeSet<_> =
            found.iter().filter(in_half).filter(|it| judged.contains(&it.0)).collect();
        let hit = said.intersection(&truth).count();
        println!(
            "{name}: {} pairs verified, {} found of their accounts, {hit} right, precision {:.4}, recall {:.4}",
            truth.len(),
            said.len(),
            hit as f64 / said.len() as f64,
            hit as f64 / truth.len() as f64
        );
    }
    println!("{} pairs found in all, most of accounts that nobody verified", found.len());
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    resolved.edges.iter().for_each(|it| *rules.entry(it.rule).or_default() += 1);
    println!("edges by rule: {rules:?}");
    if std::env::var_os("WRONG").is_some() {
        for it in found.iter().filter(|it| judged.contains(&it.0) && !truth.contains(it)) {
            println!("wrong: {} is not {}", it.0, it.1);
        }
        let first_half = |it: &&(String, String)| Sha256::digest(&it.0)[0] & 1 == 0;
        for it in truth.difference(&found).filter(first_half) {
            println!("not found: {} is {}, displayed as {:?}", it.0, it.1, jira[&it.0]);
        }
    }
    Ok(())
}

fn zookeeper(path: &Path) -> Outcome {
    let folder = tempfile::tempdir()?;
    let store = Store::open(&folder.path().join("store"))?;
    let name = ingest::repositories::add(&store, path, None)?;
    ingest::sync(&store, &name, &|_, _, _| {}, &AtomicBool::new(false))?;
    let evidence = store.write(|it| it.login_evidence())?;
    let identities: HashMap<_, _> = store.write(|it| it.identities())?.into_iter().collect();
    let people = store.read(|reader| {
        let mut people = HashMap::new();
        for id in identities.keys() {
            if let Some(person) = reader.developer_of(&Viewer::Owner, *id)? {
                people.insert(*id, person.key);
            }
        }
        Ok::<_, store::Error>(people)
    })?;
    let login_of: HashMap<String, &String> = identities
        .iter()
        .filter(|it| it.1.kind == IdentityKind::Login)
        .filter_map(|(id, it)| Some((it.name.text().to_lowercase(), people.get(id)?)))
        .collect();
    // Login, and whoever wrote most of what it proposed.
    let mut writers: BTreeMap<String, (u64, IdentityId)> = BTreeMap::new();
    let mut mails: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for it in &evidence {
        let login = it.login.to_lowercase();
        let mail = identities[&it.identity].mail.text().to_lowercase();
        mails.entry(mail).or_default().insert(login.clone());
        let best = writers.entry(login).or_insert((0, it.identity));
        if it.pulls > best.0 {
            *best = (it.pulls, it.identity);
        }
    }
    if std::env::var_os("WRONG").is_some() {
        for it in &evidence {
            let login = it.login.to_lowercase();
            if login_of.get(&login).copied() != people.get(&writers[&login].1) {
                let who = &identities[&it.identity];
                println!(
                    "not joined: {login}: {} by {} <{}>",
                    it.pulls,
                    who.name.text(),
                    who.mail.text()
                );
            }
        }
    }
    let found = writers
        .iter()
        .filter(|(login, (_, who))| login_of.get(*login).copied() == people.get(who))
        .count();
    println!(
        "{} logins named with what they wrote, {found} found to be that author",
        writers.len()
    );
    for (mail, logins) in mails.iter().filter(|it| it.1.len() > 1) {
        let keys: BTreeSet<_> = logins.iter().filter_map(|it| login_of.get(it)).collect();
        let verdict = if keys.len() == logins.len() { "kept apart" } else { "MERGED" };
        println!("{mail} wrote for {logins:?}: {verdict}, {keys:?}");
    }
    for part in ["andor", "dineshappavoo", "dolphy17", "nkalmar", "symat"] {
        let groups = store.read(|it| it.identified(&Viewer::Owner, part, "", 20))?;
        for (person, spellings) in groups {
            let spellings: Vec<_> = spellings
                .iter()
                .map(|it| format!("{} <{}> {}", it.name, it.mail, it.commits))
                .collect();
            println!("{part}: {} = {}", person.key, spellings.join(", "));
        }
    }
    Ok(())
}
