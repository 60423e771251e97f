//! People: accounts of Jira and GitHub beside pairs that people verified, and a history whose messages name
//! the logins of those who wrote it, in part sent in by others.

use crate::{Outcome, Result, data, table};
use ingest::identity::{Known, resolve};
use model::{IdentityId, RepositoryId};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use store::writes::{Identity, IdentityKind};
use store::{Store, Viewer};

/// What must be reached over both halves.
const PRECISION: f64 = 0.98;
const RECALL: f64 = 0.88;

const JIRA: &str = "jira.example";
const GITHUB: &str = "github.com";

/// Login at Jira and login at GitHub.
type Pairs = BTreeSet<(String, String)>;

pub(crate) fn measure() -> Result<Outcome> {
    let (folder, clone) =
        match (data::folder("identity/lucene-jira"), data::clone("apache/zookeeper")) {
            (Ok(folder), Ok(clone)) => (folder, clone),
            (Err(why), _) | (_, Err(why)) => return Ok(Outcome::Skipped(why)),
        };
    let mut missed = accounts(&folder)?;
    missed.extend(history(&clone)?);
    Ok(Outcome::Measured(missed))
}

fn each() -> bool {
    std::env::var_os("EVAL_EACH").is_some()
}

/// The rows of a table, without its heading.
fn rows(folder: &Path, beginning: &str) -> Result<Vec<Vec<String>>> {
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
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    for it in line.chars() {
        match it {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(std::mem::take(&mut cell)),
            _ => cell.push(it),
        }
    }
    cells.push(cell);
    cells
}

/// Pairs of accounts, told by names and logins alone, beside those that people verified.
fn accounts(folder: &Path) -> Result<Vec<String>> {
    let verified = rows(folder, "account-map.csv.20220722.verified")?;
    let candidates = rows(folder, "account-map.csv.20220722.2")?;
    let users = rows(folder, "jira-users")?;
    let committers = rows(folder, "github-lucene-committers")?;
    let truth: Pairs = verified.iter().map(|it| (it[0].clone(), it[1].to_lowercase())).collect();

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
    println!(
        "{} Jira accounts, {} GitHub accounts, {} of these with commits.\n",
        jira.len(),
        github.len(),
        wrote.len()
    );
    let found = joined(&jira, &github, &wrote);
    let judged: BTreeSet<&String> = truth.iter().map(|it| &it.0).collect();
    let (mut told, mut missed) = (Vec::new(), Vec::new());
    for (name, half) in [
        ("half that the rules were fixed on", Some(0)),
        ("the other half", Some(1)),
        ("both", None),
    ] {
        let in_half =
            |it: &&(String, String)| half.is_none_or(|half| Sha256::digest(&it.0)[0] & 1 == half);
        let truth: BTreeSet<_> = truth.iter().filter(in_half).collect();
        let said: BTreeSet<_> =
            found.iter().filter(in_half).filter(|it| judged.contains(&it.0)).collect();
        let hit = said.intersection(&truth).count();
        let precision = hit as f64 / said.len().max(1) as f64;
        let recall = hit as f64 / truth.len().max(1) as f64;
        told.push(vec![
            name.to_owned(),
            truth.len().to_string(),
            said.len().to_string(),
            hit.to_string(),
            format!("{precision:.3}"),
            format!("{recall:.3}"),
        ]);
        if half.is_none() && (precision < PRECISION || recall < RECALL) {
            missed.push(format!(
                "identity: precision {precision:.3} at recall {recall:.3}, {PRECISION} at {RECALL} wanted"
            ));
        }
    }
    table::print(&["Lucene", "verified", "found", "right", "precision", "recall"], &told);
    if each() {
        for it in found.iter().filter(|it| judged.contains(&it.0) && !truth.contains(it)) {
            println!("wrong: {} is not {}", it.0, it.1);
        }
        // Of the half that may be looked at.
        let first_half = |it: &&(String, String)| Sha256::digest(&it.0)[0] & 1 == 0;
        for it in truth.difference(&found).filter(first_half) {
            println!("not found: {} is {}, displayed as {:?}", it.0, it.1, jira[&it.0]);
        }
    }
    Ok(missed)
}

/// The pairs of accounts that the rules take for one person.
fn joined(
    jira: &BTreeMap<String, String>,
    github: &BTreeMap<String, BTreeSet<String>>,
    wrote: &BTreeSet<String>,
) -> Pairs {
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
    for (login, name) in jira {
        add(&mut rows, account(JIRA, login, name));
    }
    let bare = BTreeSet::from([String::new()]);
    for (login, names) in github {
        for name in if names.is_empty() { &bare } else { names } {
            let id = add(&mut rows, account(GITHUB, login, name));
            if wrote.contains(login) {
                places.insert(id, here.clone());
            }
        }
    }
    let sites = [(JIRA.to_owned(), here)].into();
    let resolved = resolve(&Known { identities: &rows, places, sites, ..Known::default() });
    let mut members: BTreeMap<usize, [BTreeSet<&str>; 2]> = BTreeMap::new();
    for (id, developer) in &resolved.of {
        let it = &rows[(id.0 - 1) as usize].1;
        members.entry(*developer).or_default()[usize::from(it.site == GITHUB)].insert(&it.account);
    }
    let pairs = |[jira, github]: &[BTreeSet<&str>; 2]| -> Vec<(String, String)> {
        let of = |a: &str| github.iter().map(move |b| (a.to_owned(), (*b).to_owned())).collect();
        jira.iter().flat_map(|a| -> Vec<_> { of(a) }).collect()
    };
    members.values().flat_map(pairs).collect()
}

/// A history whose messages name the logins of those who wrote it. Mails of people who sent in the work of
/// others stand beside several logins, which a plain union would make one person.
fn history(clone: &Path) -> Result<Vec<String>> {
    let folder = data::Temporary::new("eval-identity")?;
    let store = Store::open(&folder.0.join("memory.db"))?;
    let name = ingest::repositories::add(&store, clone, None)?;
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
    let mut owners: BTreeMap<String, BTreeSet<&String>> = BTreeMap::new();
    for it in &evidence {
        let login = it.login.to_lowercase();
        let mail = identities[&it.identity].mail.text().to_lowercase();
        owners.entry(mail.clone()).or_default().extend(people.get(&it.identity));
        mails.entry(mail).or_default().insert(login.clone());
        let best = writers.entry(login).or_insert((0, it.identity));
        if it.pulls > best.0 {
            *best = (it.pulls, it.identity);
        }
    }
    let found = |(login, (_, who)): &(&String, &(u64, IdentityId))| {
        login_of.get(*login).copied() == people.get(who)
    };
    if each() {
        for (login, (pulls, who)) in writers.iter().filter(|it| !found(it)) {
            let who = &identities[who];
            println!("not joined: {login}: {pulls} by {} <{}>", who.name.text(), who.mail.text());
        }
    }
    println!(
        "ZooKeeper: {} logins named with what they wrote, {} found to be the author of most of it.\n",
        writers.len(),
        writers.iter().filter(found).count()
    );
    let (mut told, mut missed) = (Vec::new(), Vec::new());
    mails.retain(|_, logins| logins.len() > 1);
    for (mail, logins) in &mails {
        let of: Vec<_> = logins.iter().filter_map(|it| login_of.get(it)).collect();
        let apart = of.iter().collect::<BTreeSet<_>>().len() == logins.len();
        if !apart {
            missed.push(format!("identity: {mail} makes one person of several logins"));
        }
        told.push(vec![
            mail.clone(),
            logins.iter().map(String::as_str).collect::<Vec<_>>().join(", "),
            if apart { "kept apart" } else { "**merged**" }.to_owned(),
        ]);
    }
    table::print(&["mail", "logins whose work it sent in", "logins"], &told);
    let owners: Vec<_> = mails.keys().flat_map(|it| &owners[it]).collect();
    let apart = owners.iter().collect::<BTreeSet<_>>().len();
    println!("The {} mails belong to {apart} people.\n", mails.len());
    if apart < mails.len() {
        missed.push(format!("identity: {} mails belong to {apart} people", mails.len()));
    }
    Ok(missed)
}
