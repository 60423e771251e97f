//! What Tab offers: names of the live catalogue, words of the dialect, and our own commands.

use super::commands::COMMANDS;
use super::words::{self, Of};
use rpc::query::{Direct, Engine, Format, catalogue, quoted};
use rustyline::completion::{Completer, FilenameCompleter};
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::validate::Validator;
use std::collections::HashMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Schemas whose tables are fetched.
const SCHEMAS_MAX: usize = 20;
/// Keys and functions that are fetched.
const OBJECTS_MAX: usize = 1_000;

/// What is known of a database.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// Schemas, and whether statements find their tables without naming them.
    pub(super) schemas: Vec<(String, bool)>,
    /// Tables with their columns, by schema.
    pub(super) tables: Vec<(String, catalogue::Table)>,
    /// Functions without their arguments; keys of Redis.
    pub(super) objects: Vec<String>,
}

/// What is known, as several hold it.
pub(super) type Shared = Arc<Mutex<Known>>;

fn lock(known: &Mutex<Known>) -> MutexGuard<'_, Known> {
    known.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Fetches what Tab offers, apart from whoever types.
pub(super) fn fetch(
    direct: &Direct,
    project: Option<String>,
    connection: String,
    engine: Engine,
    into: &Shared,
) {
    let (direct, into) = (direct.clone(), into.clone());
    std::thread::spawn(move || {
        let never = AtomicBool::new(false);
        let project = project.as_deref();
        // What cannot be had is not offered; whoever needs it asks with a statement and hears why.
        let Ok(mut schemas) = direct.schemas(project, &connection, &never) else { return };
        schemas.retain(|it| !it.system || it.current);
        schemas.sort_by_key(|it| !it.current);
        let names = schemas.iter().map(|it| (it.name.clone(), it.current)).collect();
        *lock(&into) = Known { schemas: names, ..Known::default() };
        for schema in schemas.iter().take(SCHEMAS_MAX) {
            // Of documents a sample is read; that of other databases is not worth it.
            if engine == Engine::Mongodb && !schema.current {
                continue;
            }
            if let Ok(tables) = direct.tables(project, &connection, &schema.name, &never) {
                let tables = tables.into_iter().map(|it| (schema.name.clone(), it));
                lock(&into).tables.extend(tables);
            }
            if !schema.current || engine == Engine::Mongodb {
                continue;
            }
            let of = catalogue::Objects {
                schema: &schema.name,
                pattern: None,
                after: None,
                limit: OBJECTS_MAX,
            };
            if let Ok(objects) = direct.objects(project, &connection, &of, &never) {
                use catalogue::ObjectKind::{Function, Key};
                let fits = objects.into_iter().filter(|it| matches!(it.kind, Function | Key));
                let name = |it: catalogue::Object| match it.kind {
                    Key => it.name,
                    _ => it.name.split('(').next().unwrap_or_default().to_owned(),
                };
                lock(&into).objects.extend(fits.map(name));
            }
        }
    });
}

/// What Tab needs to know.
pub(super) struct Tab {
    pub(super) engine: Engine,
    /// Lines of the statement that were typed before.
    pub(super) before: String,
    pub(super) known: Shared,
    pub(super) connections: Vec<String>,
    pub(super) queries: Vec<String>,
    pub(super) files: FilenameCompleter,
}

impl Completer for Tab {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        at: usize,
        context: &rustyline::Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let typed = line.get(..at).unwrap_or(line);
        if !self.before.is_empty() || !typed.starts_with('\\') {
            let (start, found) = statement(&lock(&self.known), self.engine, &self.before, line, at);
            return Ok((start, found));
        }
        let Some((command, argument)) = typed.split_once(' ') else {
            let fits = COMMANDS.iter().map(|it| it.0.to_owned()).filter(|it| it.starts_with(typed));
            return Ok((0, fits.collect()));
        };
        let names: Vec<String> = match command {
            "\\i" | "\\o" => {
                let (start, pairs) = self.files.complete(line, at, context)?;
                return Ok((start, pairs.into_iter().map(|it| it.replacement).collect()));
            }
            "\\explain" | "\\analyze" => {
                return Ok(statement(&lock(&self.known), self.engine, "", line, at));
            }
            "\\c" => self.connections.clone(),
            "\\f" => Format::ALL.iter().map(|it| it.name().to_owned()).collect(),
            "\\r" | "\\save" => self.queries.clone(),
            "\\d" | "\\dt" | "\\dv" | "\\di" => {
                let known = lock(&self.known);
                let table = |(schema, table): &(String, catalogue::Table)| {
                    let current = known.schemas.iter().any(|it| it.1 && it.0 == *schema);
                    if current { table.name.clone() } else { format!("{schema}.{}", table.name) }
                };
                let keys = known.objects.iter().filter(|_| self.engine == Engine::Redis);
                known.tables.iter().map(table).chain(keys.cloned()).collect()
            }
            _ => Vec::new(),
        };
        let start = at - argument.trim_start().len();
        Ok((start, fitting(names.into_iter(), argument.trim_start())))
    }
}

impl Hinter for Tab {
    type Hint = String;
}
impl Highlighter for Tab {}
impl Validator for Tab {}
impl rustyline::Helper for Tab {}

/// Those that begin so, in either case, each once.
fn fitting(names: impl Iterator<Item = String>, typed: &str) -> Vec<String> {
    let typed = typed.to_lowercase();
    let mut found: Vec<String> = Vec::new();
    for name in names {
        if name.to_lowercase().starts_with(&typed) && !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

fn is_part(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '$')
}

/// What a word of a statement may become, and where it begins in its line.
pub(super) fn statement(
    known: &Known,
    engine: Engine,
    before: &str,
    line: &str,
    at: usize,
) -> (usize, Vec<String>) {
    let typed = line.get(..at).unwrap_or(line);
    if engine == Engine::Redis {
        let start = typed.rfind(' ').map_or(0, |it| it + 1);
        let names: Vec<String> = match typed[..start].trim() {
            "" => words::of(engine).map(|it| cased(it, &typed[start..])).collect(),
            _ => known.objects.clone(),
        };
        return (start, fitting(names.into_iter(), &typed[start..]));
    }
    let mut start = typed.trim_end_matches(is_part).len();
    let word = &typed[start..];
    let quote = typed[..start].chars().next_back().filter(|it| matches!(it, '"' | '`' | '['));
    start -= quote.map_or(0, char::len_utf8);
    let lead = format!("{before}{}", &typed[..start]);
    if engine == Engine::Mongodb {
        return (start, mongodb(known, &lead, word));
    }
    let name = |name: &String| match quote {
        None if is_bare(engine, name) => name.clone(),
        _ => quoted(engine, &[name]),
    };
    // In quotes or not, it is the name within that was begun.
    let fits = |it: &&String| it.to_lowercase().starts_with(&word.to_lowercase());
    // A quote that was only begun would take what follows along.
    let after = line.get(at..).unwrap_or_default();
    let whole = format!("{lead} {}", after.trim_start_matches(['"', '`', ']']));
    let from = lead.rfind(';').map_or(0, |it| it + 1);
    let end = whole[lead.len()..].find(';').map_or(whole.len(), |it| lead.len() + it);
    let tokens = tokens(whole.get(from..end).unwrap_or_default());
    let tables = tables(&tokens);
    let mut found: Vec<String> = Vec::new();
    let mut offer = |name: String| {
        if !found.contains(&name) {
            found.push(name);
        }
    };
    let led = self::tokens(&lead[from..]);
    if let [.., holder, dot] = led.as_slice()
        && dot == "."
    {
        let table = tables.get(&holder.to_lowercase()).unwrap_or(holder);
        for (schema, it) in &known.tables {
            if it.name.eq_ignore_ascii_case(table) {
                it.columns.iter().map(|it| &it.0).filter(fits).for_each(|it| offer(name(it)));
            }
            if schema.eq_ignore_ascii_case(holder) {
                Some(&it.name).into_iter().filter(fits).for_each(|it| offer(name(it)));
            }
        }
        return (start, found);
    }
    let last = led.iter().rev().find(|it| *it != ",").map(|it| it.to_lowercase());
    let wants_table = matches!(
        last.as_deref(),
        Some("from" | "join" | "into" | "update" | "table" | "truncate" | "describe" | "only")
    );
    if !wants_table {
        for (_, it) in &known.tables {
            if tables.values().any(|table| table.eq_ignore_ascii_case(&it.name)) {
                it.columns.iter().map(|it| &it.0).filter(fits).for_each(|it| offer(name(it)));
            }
        }
    }
    for (schema, it) in &known.tables {
        if known.schemas.iter().any(|it| it.1 && it.0 == *schema) {
            Some(&it.name).into_iter().filter(fits).for_each(|it| offer(name(it)));
        }
    }
    known.schemas.iter().map(|it| &it.0).filter(fits).for_each(|it| offer(name(it)));
    if !wants_table && quote.is_none() && !word.is_empty() {
        known.objects.iter().filter(fits).for_each(|it| offer(name(it)));
        for it in words::of(engine).filter(|it| it.to_lowercase().starts_with(&word.to_lowercase()))
        {
            offer(cased(it, word));
        }
    }
    (start, found)
}

/// A keyword in the letters that were begun with.
fn cased(word: &str, typed: &str) -> String {
    let upper = typed.chars().any(char::is_uppercase) && !typed.chars().any(char::is_lowercase);
    if upper { word.to_uppercase() } else { word.to_owned() }
}

/// Whether a name means itself without quotes.
fn is_bare(engine: Engine, name: &str) -> bool {
    let fits = |it: char| {
        it == '_' || it.is_ascii_digit() || it.is_ascii_lowercase()
            // PostgreSQL alone makes other letters small.
            || (engine != Engine::Postgres && it.is_ascii_uppercase())
    };
    const TAKEN: [&str; 12] = [
        "order", "group", "user", "table", "select", "from", "where", "index", "key", "end",
        "limit", "check",
    ];
    name.chars().all(fits)
        && !name.starts_with(|it: char| it.is_ascii_digit())
        && !name.is_empty()
        && !TAKEN.contains(&name.to_lowercase().as_str())
}

/// Names, words and marks of a statement; names without their quotes.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let mut token = String::new();
        match letter {
            it if is_part(it) => {
                token.push(it);
                while let Some(it) = letters.next_if(|it| is_part(*it)) {
                    token.push(it);
                }
            }
            '"' | '`' | '[' => {
                let end = if letter == '[' { ']' } else { letter };
                while let Some(it) = letters.next_if(|it| *it != end) {
                    token.push(it);
                }
                letters.next();
            }
            '\'' => {
                while letters.next_if(|it| *it != '\'').is_some() {}
                letters.next();
                token.push('\'');
            }
            it if it.is_whitespace() => continue,
            it => token.push(it),
        }
        tokens.push(token);
    }
    tokens
}

/// The tables of a statement, by what they are called in it: alias or name, in small letters.
fn tables(tokens: &[String]) -> HashMap<String, String> {
    let mut tables = HashMap::new();
    let mut at = 0;
    let mut listing = false;
    while at < tokens.len() {
        let word = tokens[at].to_lowercase();
        let begins = matches!(word.as_str(), "from" | "join" | "update" | "into" | "table");
        let goes_on = listing && word == ",";
        at += 1;
        if !begins && !goes_on {
            listing &= !matches!(
                word.as_str(),
                "where"
                    | "group"
                    | "order"
                    | "on"
                    | "set"
                    | "values"
                    | "("
                    | ")"
                    | "select"
                    | "limit"
            );
            continue;
        }
        listing = word == "from" || goes_on;
        let Some(mut name) = tokens.get(at).filter(|it| it.starts_with(is_part)) else { continue };
        at += 1;
        while tokens.get(at).is_some_and(|it| it == ".") && tokens.get(at + 1).is_some() {
            name = &tokens[at + 1];
            at += 2;
        }
        tables.insert(name.to_lowercase(), name.clone());
        if tokens.get(at).is_some_and(|it| it.eq_ignore_ascii_case("as")) {
            at += 1;
        }
        let taken =
            |it: &String| words::of(Engine::Sqlite).any(|word| word.eq_ignore_ascii_case(it));
        if let Some(alias) = tokens.get(at).filter(|it| it.starts_with(is_part) && !taken(it)) {
            tables.insert(alias.to_lowercase(), name.clone());
            at += 1;
        }
    }
    tables
}

fn mongodb(known: &Known, lead: &str, word: &str) -> Vec<String> {
    let collections = || known.tables.iter().map(|it| it.1.name.clone());
    let methods = |of| words::methods(of).map(str::to_owned);
    let led = tokens(lead);
    let parts: Vec<&str> = led.iter().map(String::as_str).collect();
    match parts.as_slice() {
        [.., "db", "."] => fitting(collections().chain(methods(Of::Database)), word),
        [.., "db", ".", _, "."] => fitting(methods(Of::Collection), word),
        [.., ")", "."] => fitting(methods(Of::Cursor), word),
        [] => fitting(words::of(Engine::Mongodb).map(str::to_owned), word),
        ["use"] => fitting(known.schemas.iter().map(|it| it.0.clone()), word),
        _ => {
            let of =
                parts.windows(3).rev().find(|it| it[0] == "db" && it[1] == ".").map(|it| it[2]);
            let fits = known.tables.iter().filter(|it| Some(it.1.name.as_str()) == of);
            fitting(fits.flat_map(|it| it.1.columns.iter().map(|it| it.0.clone())), word)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        let table = |schema: &str, name: &str, columns: &[&str]| {
            let columns = columns.iter().map(|it| ((*it).to_owned(), "text".to_owned())).collect();
            (
                schema.to_owned(),
                catalogue::Table { name: name.into(), columns, primary: Vec::new() },
            )
        };
        Known {
            schemas: vec![("public".into(), true), ("stock".into(), false)],
            tables: vec![
                table("public", "orders", &["id", "customer", "Odd Name"]),
                table("public", "customers", &["id", "name"]),
                table("stock", "shelves", &["shelf"]),
            ],
            objects: vec!["order_total".into()],
        }
    }

    fn offered(engine: Engine, before: &str, line: &str) -> Vec<String> {
        let at = line.find('|').unwrap();
        let line = line.replace('|', "");
        statement(&known(), engine, before, &line, at).1
    }

    #[test]
    fn behind_from_stand_tables_and_behind_select_their_columns() {
        let pg = |line: &str| offered(Engine::Postgres, "", line);
        assert_eq!(pg("select * from ord|"), ["orders"]);
        assert_eq!(pg("select * from st|"), ["stock"]);
        assert_eq!(pg("select * from stock.|"), ["shelves"]);
        assert_eq!(pg("select cust| from orders"), ["customer", "customers"]);
        assert_eq!(pg("select o.| from orders o"), ["id", "customer", "\"Odd Name\""]);
        assert_eq!(pg("select \"od| from orders o"), ["\"Odd Name\""]);
        assert_eq!(pg("select c.na| from orders as o, customers c"), ["name"]);
        assert_eq!(pg("select name from customers; select cust|"), ["customers"]);
        assert_eq!(
            offered(Engine::Postgres, "select *\nfrom orders\n", "where cust|"),
            ["customer", "customers"]
        );
        assert_eq!(offered(Engine::Mysql, "", "select `od| from orders"), ["`Odd Name`"]);
    }

    #[test]
    fn words_come_in_the_letters_they_were_begun_in_and_functions_with_them() {
        assert_eq!(offered(Engine::Postgres, "", "SEL|"), ["SELECT"]);
        assert_eq!(offered(Engine::Postgres, "", "sel|"), ["select"]);
        assert_eq!(offered(Engine::Postgres, "", "select order_|"), ["order_total"]);
        assert!(offered(Engine::Sqlite, "", "prag|").contains(&"pragma".to_owned()));
        assert!(offered(Engine::Postgres, "", "prag|").is_empty());
    }

    #[test]
    fn redis_has_commands_and_keys_and_mongodb_collections_methods_and_fields() {
        assert_eq!(offered(Engine::Redis, "", "hgeta|"), ["hgetall"]);
        assert_eq!(offered(Engine::Redis, "", "GET order|"), ["order_total"]);
        let mongo = |line: &str| offered(Engine::Mongodb, "", line);
        assert_eq!(mongo("db.cust|"), ["customers"]);
        assert_eq!(mongo("db.customers.findOneAndR|"), ["findOneAndReplace"]);
        assert_eq!(mongo("db.customers.find({ na|"), ["name"]);
        assert_eq!(mongo("db.customers.find().so|"), ["sort"]);
    }
}
