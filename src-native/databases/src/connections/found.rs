//! What is there already: `DATABASE_URL` and its kin, the `PG…` variables, `.pgpass`, services of
//! PostgreSQL, `my.cnf`.

mod passwords;

use super::entry::{self, Password};
use super::file::Trouble;
use super::{Entry, Source, Ways, url};
use crate::{Address, Engine, Failure, Reason, Result};
pub(super) use passwords::password;
use passwords::{Pass, client, pgpass};
use std::path::{Path, PathBuf};

/// Variables that hold a URL, by the customs of the field.
const URLS: [&str; 7] = [
    "DATABASE_URL",
    "POSTGRES_URL",
    "MYSQL_URL",
    "REDIS_URL",
    "MONGODB_URI",
    "MONGO_URL",
    "CLICKHOUSE_URL",
];
/// libpq's variables, and what they are called in a connection string.
const PG: [(&str, &str); 12] = [
    ("PGHOST", "host"),
    ("PGPORT", "port"),
    ("PGDATABASE", "dbname"),
    ("PGUSER", "user"),
    ("PGPASSWORD", "password"),
    ("PGSSLMODE", "sslmode"),
    ("PGSSLROOTCERT", "sslrootcert"),
    ("PGSSLCERT", "sslcert"),
    ("PGSSLKEY", "sslkey"),
    ("PGCONNECT_TIMEOUT", "connect_timeout"),
    ("PGAPPNAME", "application_name"),
    ("PGOPTIONS", "options"),
];
/// Largest file that is read, in bytes.
const FILE_MAX: u64 = 1 << 20;

/// All that is found, and what is wrong with what could not be used.
pub(super) fn all(ways: &Ways<'_>) -> (Vec<Entry>, Vec<Trouble>) {
    let (mut entries, mut troubles) = (Vec::new(), Vec::new());
    let mut add = |at: &str, found: Result<Entry>| match found {
        Ok(entry) if entries.iter().any(|it: &Entry| it.name == entry.name) => {}
        Ok(entry) => entries.push(entry),
        Err(failure) => troubles.push(trouble(Path::new(at), None, failure.message)),
    };
    for variable in URLS {
        if let Some(text) = (ways.env)(variable) {
            add(&format!("env:{variable}"), of_variable(variable, &text, ways));
        }
    }
    if ["PGHOST", "PGDATABASE"].iter().any(|it| (ways.env)(it).is_some()) {
        add("env:PG", of_libpq(ways));
    }
    match services(ways) {
        Ok((file, services)) => {
            for (name, pairs) in services {
                let at = format!("service:{name}");
                add(&at, of_service(&name, pairs, &file, ways));
            }
        }
        Err(failure) => add("pg_service.conf", Err(failure)),
    }
    match pgpass(ways) {
        Ok(passes) => {
            for pass in passes.iter().filter(|it| it.leads_somewhere()) {
                add("pgpass", Ok(of_pass(pass)));
            }
        }
        Err(failure) => add("pgpass", Err(failure)),
    }
    match client(ways) {
        Ok(Some(client)) => add("my.cnf", of_client(client, ways)),
        Ok(None) => {}
        Err(failure) => add("my.cnf", Err(failure)),
    }
    (entries, troubles)
}

/// One that is found, by its name: `env:NAME`, `env:FILE#NAME`, `env:PG`, `service:NAME`,
/// `pgpass:…`, `my.cnf`. None where the name is of no such form.
pub(super) fn named(name: &str, ways: &Ways<'_>) -> Option<Result<Entry>> {
    if name == "env:PG" {
        return Some(of_libpq(ways));
    }
    if let Some(rest) = name.strip_prefix("env:") {
        return Some(match rest.rsplit_once('#') {
            Some((file, variable)) => of_dotenv(file, variable, ways),
            None => match (ways.env)(rest) {
                Some(text) => of_variable(rest, &text, ways),
                None => Err(Failure::new(
                    Reason::Usage,
                    format!("the environment variable `{rest}` is not set"),
                )),
            },
        });
    }
    let listed = name.starts_with("service:") || name.starts_with("pgpass:") || name == "my.cnf";
    listed.then(|| {
        let (entries, troubles) = all(ways);
        if let Some(entry) = entries.into_iter().find(|it| it.name == name) {
            return Ok(entry);
        }
        let at = name.split(':').next().unwrap_or(name);
        let trouble = troubles.iter().find(|it| {
            let told = it.file.to_string_lossy();
            told == name || told == at || (at == "service" && told == "pg_service.conf")
        });
        Err(match trouble {
            Some(trouble) => Failure::from(trouble),
            None => Failure::new(Reason::Usage, format!("there is no `{name}`")),
        })
    })
}

/// Whether a name that a connection may have means something that is found.
pub(super) fn is_meant(name: &str) -> bool {
    name == "my.cnf"
}

fn found(mut entry: Entry, name: String, place: String) -> Entry {
    entry.name = name;
    entry.source = Source::Found(place);
    entry
}

fn of_variable(variable: &str, text: &str, ways: &Ways<'_>) -> Result<Entry> {
    let entry = url::read(text.trim(), &ways.folder, ways.home.as_deref()).map_err(|mut it| {
        it.message = format!("the variable `{variable}` cannot be used: {}", it.message);
        it
    })?;
    Ok(found(entry, format!("env:{variable}"), variable.to_owned()))
}

/// A variable of a file such as `.env`, which is read because somebody named it.
fn of_dotenv(file: &str, variable: &str, ways: &Ways<'_>) -> Result<Entry> {
    let path = entry::path(file, &ways.folder, ways.home.as_deref())?;
    let text = text_of(&path)?.ok_or_else(|| {
        Failure::new(Reason::File, format!("there is no file {}", path.display()))
    })?;
    let mut value = None;
    for line in text.lines() {
        let line = line.trim_start();
        let line = line.strip_prefix("export ").unwrap_or(line);
        let Some((key, rest)) = line.split_once('=') else { continue };
        if key.trim() == variable {
            value = Some(unquoted(rest));
        }
    }
    let value = value.ok_or_else(|| {
        let text = format!("{} sets no `{variable}`", path.display());
        Failure::new(Reason::Usage, text)
    })?;
    let entry = of_variable(variable, &value, ways)?;
    Ok(found(entry, format!("env:{file}#{variable}"), path.display().to_string()))
}

/// A value as shells and their imitators write it: in quotes, or up to a comment.
fn unquoted(text: &str) -> String {
    let text = text.trim();
    for quote in ['"', '\''] {
        if let Some((inside, _)) = text.strip_prefix(quote).and_then(|it| it.split_once(quote)) {
            return inside.to_owned();
        }
    }
    text.split(" #").next().unwrap_or_default().trim().to_owned()
}

fn of_libpq(ways: &Ways<'_>) -> Result<Entry> {
    let set = |it: &(&str, &str)| (ways.env)(it.0).map(|value| (it.1.to_owned(), value));
    let pairs: Vec<_> = PG.iter().filter_map(set).filter(|it| !it.1.is_empty()).collect();
    let entry = url::of_pairs(Engine::Postgres, pairs, &ways.folder, ways.home.as_deref());
    let entry = entry.map_err(|mut it| {
        it.message = format!("the PG… variables cannot be used: {}", it.message);
        it
    })?;
    Ok(found(entry, "env:PG".to_owned(), "the PG… variables".to_owned()))
}

type Pairs = Vec<(String, String)>;

/// The services of PostgreSQL that the user has written down.
fn services(ways: &Ways<'_>) -> Result<(PathBuf, Vec<(String, Pairs)>)> {
    let named = (ways.env)("PGSERVICEFILE").map(PathBuf::from);
    let usual = ways.home.as_ref().map(|it| it.join(".pg_service.conf"));
    let Some(path) = named.or(usual) else { return Ok(Default::default()) };
    let Some(text) = text_of(&path)? else { return Ok((path, Vec::new())) };
    let mut services: Vec<(String, Pairs)> = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            services.push((name.to_owned(), Vec::new()));
        } else if let (Some((key, value)), Some((_, pairs))) =
            (line.split_once('='), services.last_mut())
        {
            pairs.push((key.trim().to_owned(), value.trim().to_owned()));
        }
    }
    Ok((path, services))
}

fn of_service(name: &str, pairs: Pairs, file: &Path, ways: &Ways<'_>) -> Result<Entry> {
    let entry = url::of_pairs(Engine::Postgres, pairs, &ways.folder, ways.home.as_deref());
    let entry = entry.map_err(|mut it| {
        it.message =
            format!("service `{name}` of {} cannot be used: {}", file.display(), it.message);
        it
    })?;
    Ok(found(entry, format!("service:{name}"), file.display().to_string()))
}

fn of_pass(pass: &Pass) -> Entry {
    let address = match pass.host.starts_with('/') {
        true => entry::socket(Engine::Postgres, pass.host.clone().into(), pass.port()),
        false => {
            let port = pass.port().unwrap_or(5432);
            Address::Host { host: pass.host.clone(), port }
        }
    };
    let mut entry = Entry::new("", Engine::Postgres, address);
    entry.user = Some(pass.user.clone());
    entry.database = (pass.database != "*").then(|| pass.database.clone());
    entry.password = Password::Given(pass.password.clone());
    let shown = entry.shown();
    let name = format!("pgpass:{}", shown.trim_start_matches("postgres://"));
    found(entry, name, pass.file.display().to_string())
}

fn of_client(client: passwords::Client, ways: &Ways<'_>) -> Result<Entry> {
    let place = client.file.display().to_string();
    let entry = url::of_pairs(Engine::Mysql, client.pairs, &ways.folder, ways.home.as_deref())
        .map_err(|mut it| {
            it.message = format!("{place} cannot be used: {}", it.message);
            it
        })?;
    Ok(found(entry, "my.cnf".to_owned(), place))
}

fn trouble(file: &Path, line: Option<u32>, text: String) -> Trouble {
    Trouble { file: file.to_owned(), line, connection: None, key: None, text }
}

/// The text of a file of settings; none where there is none.
fn text_of(path: &Path) -> Result<Option<String>> {
    let unread = |error: std::io::Error| {
        let text = error.to_string();
        let text = text.split(" (os error").next().unwrap_or_default().to_lowercase();
        Failure::new(Reason::File, format!("{} cannot be read: {text}", path.display()))
    };
    let about = match std::fs::metadata(path) {
        Ok(about) => about,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unread(error)),
    };
    if !about.is_file() || about.len() > FILE_MAX {
        let text = format!("{} is no file, or is larger than 1 MB", path.display());
        return Err(Failure::new(Reason::File, text));
    }
    let bytes = std::fs::read(path).map_err(unread)?;
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

/// Refuses a file that others may read or write, as the tools do that it is for.
#[cfg(unix)]
fn private(path: &Path, forbidden: u32, what: &str) -> Result<()> {
    use std::os::unix::fs::MetadataExt;
    match std::fs::metadata(path) {
        Ok(about) if about.mode() & forbidden != 0 => {
            let text = format!("{} is passed over: {what}", path.display());
            let hint = format!("chmod 600 {}", path.display());
            Err(Failure::new(Reason::File, format!("{text}; {hint}")))
        }
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
fn private(_: &Path, _: u32, _: &str) -> Result<()> {
    Ok(())
}
