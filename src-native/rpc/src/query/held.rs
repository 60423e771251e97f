//! A session that somebody at a prompt holds: what is set in it stays, and so does a transaction.

use super::plans::{explained, planned};
use super::{Direct, FOREVER, Failure, LEND, Output, Over, Query, Ran, Reason, finished, options};
use crate::connected::{Folders, Way, Wish, untold};
use crate::methods::databases::{
    SavedQuery, SavedQueryParam, queries, query_names, query_of, save, wire,
};
use databases::export::{Export, to_file};
use databases::plan::Plan;
use databases::stream::stoppable;
use databases::{
    Column, Done, Engine, Kind, Lent, Page, Server, Session, Sink, Step, Watch, guard, statement,
};
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// What stands before the name of a project's query where it cannot be told by its name alone.
pub const OF_PROJECT: &str = "project:";

/// A session of somebody's own.
pub struct Held {
    direct: Direct,
    way: Arc<Way>,
    lent: Lent,
}

/// A saved query.
#[derive(Clone, Debug)]
pub struct Saved {
    /// Its name.
    pub name: String,
    /// Whether it is the project's: whoever wrote the project wrote it.
    pub project: bool,
    /// What it is for.
    pub about: Option<String>,
    /// Connection it is for.
    pub connection: Option<String>,
    /// The statements.
    pub text: String,
    /// What its parameters are unless given.
    pub defaults: Vec<(String, String)>,
}

impl Direct {
    /// Opens a session to be held.
    ///
    /// # Errors
    /// Where there is no such connection, or nobody answers.
    pub fn hold(
        &self,
        project: Option<&str>,
        connection: &str,
        read_only: bool,
        write: bool,
    ) -> Result<Held, Failure> {
        let way = self.way(project, connection, Wish::of(read_only, write))?;
        let mut lent = way.statements.lend(LEND)?;
        lent.spoil(); // what it did in its life is nobody else's
        Ok(Held { direct: self.clone(), way, lent })
    }

    /// The user's folders.
    pub fn folders(&self) -> Option<&Folders> {
        self.connected.folders.as_ref()
    }

    /// Saves statements among the user's own queries; over one that is there only where `over` says so.
    /// Tells its file.
    ///
    /// # Errors
    /// Where the name is none or taken, or the file cannot be written.
    pub fn save_query(
        &self,
        name: &str,
        connection: &str,
        text: &str,
        over: bool,
    ) -> Result<PathBuf, Failure> {
        let saved = databases::query::Query {
            connection: Some(connection.to_owned()),
            text: text.to_owned(),
            ..databases::query::Query::default()
        };
        save(&self.connected, None, name, &saved, over).map_err(untold)
    }

    /// The saved queries of a project and the user's own.
    ///
    /// # Errors
    /// Where there is no folder for them.
    pub fn saved_queries(&self, project: Option<&str>) -> Result<Vec<Saved>, Failure> {
        let found = queries(&self.connected, project).map_err(untold)?.queries;
        Ok(found.into_iter().map(Saved::of).collect())
    }

    /// The names that saved queries are run by: the user's own by theirs, and those of the project too,
    /// with [`OF_PROJECT`] before it where the user has one of that name.
    ///
    /// # Errors
    /// Where there is no folder for them.
    pub fn query_names(&self, project: Option<&str>) -> Result<Vec<String>, Failure> {
        let all = query_names(&self.connected, project).map_err(untold)?;
        let own: HashSet<&str> = all.iter().filter(|it| !it.1).map(|it| it.0.as_str()).collect();
        let called = |(name, project): &(String, bool)| match project {
            true if own.contains(name.as_str()) => format!("{OF_PROJECT}{name}"),
            _ => name.clone(),
        };
        Ok(all.iter().map(called).collect())
    }

    /// The saved query that a name means: the user's own goes before one of the project.
    ///
    /// # Errors
    /// Where there is none, or it cannot be read.
    pub fn saved_query(&self, project: Option<&str>, name: &str) -> Result<Saved, Failure> {
        let find = |of, name| query_of(&self.connected, of, name).map_err(untold);
        let found = match (name.strip_prefix(OF_PROJECT), project) {
            (Some(name), Some(_)) => find(project, name)?,
            (Some(_), None) => None,
            (None, None) => find(None, name)?,
            (None, Some(_)) => match find(None, name)? {
                None => find(project, name)?,
                own => own,
            },
        };
        let none = || {
            let text = format!("there is no query `{name}`");
            Failure::new(Reason::Usage, text).hint("`\\r` lists them")
        };
        found.map(Saved::of).ok_or_else(none)
    }

    /// What the history of a prompt keeps of a text: nothing where it says a password.
    pub fn may_be_kept(engine: Engine, text: &str) -> bool {
        !statement::says_password(engine, text)
    }
}

impl Saved {
    fn of(it: SavedQuery) -> Saved {
        let default = |it: SavedQueryParam| Some((it.name, it.default?));
        Saved {
            name: it.query,
            project: it.project,
            about: it.about,
            connection: it.connection,
            text: it.text,
            defaults: it.params.into_iter().filter_map(default).collect(),
        }
    }
}

impl Held {
    /// Whether nothing but reading is in statements, or they cannot write here anyway.
    pub fn only_reads(&self, script: &str, params: &Map<String, Value>) -> bool {
        let Ok(values) = wire::values(Some(params)) else { return false };
        let prepared = guard::prepare(self.engine(), script, &values, guard::Access::Read);
        self.read_only() || prepared.is_ok()
    }

    /// Its connection's name; a URL without its password.
    pub fn name(&self) -> &str {
        &self.way.entry.name
    }

    /// Its engine.
    pub fn engine(&self) -> Engine {
        self.way.entry.engine
    }

    /// Whether its connection only reads.
    pub fn read_only(&self) -> bool {
        self.way.entry.read_only
    }

    /// Longest time of a statement.
    pub fn timeout(&self) -> Duration {
        self.way.entry.limits.timeout.unwrap_or(FOREVER)
    }

    /// The server.
    pub fn server(&self) -> &Server {
        self.lent.server()
    }

    /// Whether a transaction is open.
    pub fn in_transaction(&self) -> bool {
        self.lent.in_transaction()
    }

    /// Whether it still answers.
    pub fn is_alive(&mut self) -> bool {
        self.lent.ping().is_ok()
    }

    /// Begins or ends a transaction.
    ///
    /// # Errors
    /// The server's; where the engine has none.
    pub fn transaction(&mut self, step: Step, cancel: &AtomicBool) -> Result<(), Failure> {
        self.ask(cancel, |it| databases::guard::step(it, step))
    }

    /// Asks the session itself, which knows its temporary tables and what its transaction did.
    ///
    /// # Errors
    /// The server's.
    pub fn ask<T>(
        &mut self,
        cancel: &AtomicBool,
        work: impl FnOnce(&mut dyn Session) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let stop = self.lent.canceller();
        stoppable(cancel, &*stop, || work(&mut *self.lent))
    }

    /// How the server would run a statement in this session, or did: with its temporary tables, its
    /// settings and what its transaction has done so far. What a measured one does is undone.
    ///
    /// # Errors
    /// As [`Direct::explain`].
    pub fn explain(
        &mut self,
        query: &Query<'_>,
        measured: bool,
        cancel: &AtomicBool,
    ) -> Result<Plan, Failure> {
        let statement = explained(&self.way, query, measured)?;
        planned(&mut self.lent, &self.way, &statement, query, measured, cancel)
    }

    /// Runs statements as [`Direct::run`], in this session.
    ///
    /// # Errors
    /// The first failure, with its place in the script.
    pub fn run(
        &mut self,
        query: &Query<'_>,
        output: &Output,
        to: &mut dyn Write,
        watch: Watch<'_>,
        hear: &mut dyn FnMut(&str, &str),
    ) -> Result<Ran, Failure> {
        let options = options(&self.way, output)?;
        let mut export = Export::new(output.format, &options, to)?.watched(watch);
        let ran = self.direct.fill(
            query,
            output,
            &self.way,
            Some(&mut self.lent),
            &mut export,
            watch.cancel,
            hear,
        );
        finished(export, ran)
    }

    /// Runs statements as [`Direct::run_to_file`], in this session.
    ///
    /// # Errors
    /// As [`Held::run`]; then nothing was left behind.
    pub fn run_to_file(
        &mut self,
        query: &Query<'_>,
        output: &Output,
        path: &Path,
        over: Over,
        watch: Watch<'_>,
        hear: &mut dyn FnMut(&str, &str),
    ) -> Result<Ran, Failure> {
        let options = options(&self.way, output)?;
        let (direct, way, lent) = (&self.direct, &self.way, &mut self.lent);
        let mut ran = Ran::default();
        let written = to_file(path, over, output.format, &options, watch, |export| {
            ran = direct.fill(query, output, way, Some(lent), export, watch.cancel, hear)?;
            Ok(())
        })?;
        Ok(ran.written(written))
    }
}

/// Whether a text ends where a statement does, so that what comes next would be another one. Nothing,
/// and comments alone, end too.
pub fn is_whole(engine: Engine, text: &str) -> bool {
    match engine {
        Engine::Redis => statement::split(engine, text).is_ok(),
        Engine::Mongodb => is_balanced(text),
        Engine::Sqlserver if text.trim_end().ends_with(';') => true,
        _ => {
            let many = |text: &str| statement::split(engine, text).map(|it| it.len());
            match (many(text), many(&format!("{text}\nx"))) {
                (Ok(0), Ok(_)) => true,
                (Ok(before), Ok(after)) => after > before,
                // `GO 5` is wrong however it goes on; all else is not closed yet.
                _ => {
                    let last = text.trim_end().lines().next_back().unwrap_or_default();
                    let word = last.trim_start().get(..2).unwrap_or_default();
                    engine == Engine::Sqlserver && word.eq_ignore_ascii_case("go")
                }
            }
        }
    }
}

/// Whether every bracket outside of quotes and comments is closed.
fn is_balanced(text: &str) -> bool {
    let mut open = 0_i64;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '(' | '[' | '{' => open += 1,
            ')' | ']' | '}' => open -= 1,
            '"' | '\'' | '`' => loop {
                match letters.next() {
                    None => return false,
                    Some('\\') => drop(letters.next()),
                    Some(it) if it == letter => break,
                    Some(_) => {}
                }
            },
            '/' if letters.peek() == Some(&'/') => {
                while letters.next_if(|it| *it != '\n').is_some() {}
            }
            '/' if letters.peek() == Some(&'*') => {
                letters.next();
                let mut last = ' ';
                loop {
                    match letters.next() {
                        None => return false,
                        Some('/') if last == '*' => break,
                        Some(it) => last = it,
                    }
                }
            }
            _ => {}
        }
    }
    open <= 0
}

/// Names of the places that a script's statements leave open.
pub fn places(engine: Engine, script: &str) -> Vec<String> {
    let statements = statement::split(engine, script).unwrap_or_default();
    statements.iter().flat_map(|it| statement::places(engine, it.text)).collect()
}

/// Writes rows that come from no server as those of a statement are written. Columns that hold nothing
/// but numbers stand as numbers.
///
/// # Errors
/// Where they cannot be written.
pub fn write_rows(
    heads: &[&str],
    rows: &[Vec<String>],
    output: &Output,
    to: &mut dyn Write,
) -> Result<(), Failure> {
    let number = |at: usize| {
        let digits = |it: &String| it.bytes().all(|it| it.is_ascii_digit());
        let some = rows.iter().any(|row| row.get(at).is_some_and(|it| !it.is_empty()));
        some && rows.iter().all(|row| row.get(at).is_some_and(digits))
    };
    let column = |(at, head): (usize, &&str)| Column {
        name: (*head).to_owned(),
        type_name: String::new(),
        kind: if number(at) { Kind::Integer } else { Kind::Text },
        origin: None,
    };
    let columns: Vec<Column> = heads.iter().enumerate().map(column).collect();
    let mut page = Page::new(columns.len());
    for row in rows {
        for (cell, column) in row.iter().zip(&columns) {
            let kind = if cell.is_empty() { Kind::Text } else { column.kind };
            page.push(kind, cell.as_bytes());
        }
    }
    let settings = databases::export::Options {
        header: output.header,
        widest: output.widest,
        styled: output.styled,
        ..databases::export::Options::default()
    };
    let mut export = Export::new(output.format, &settings, to)?;
    // What stops it is kept by the export until its end.
    let _ = export.begin(&columns);
    if !page.is_empty() {
        let _ = export.page(&page);
    }
    let _ = export.end(&Done::default());
    match export.finish() {
        Err(failure) if failure.reason == Reason::Cancelled => Ok(()), // whoever read it had enough
        done => done.map(|_| ()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_whole_at_its_end_mark_and_not_before() {
        let whole = [
            (Engine::Postgres, "select 1;"),
            (Engine::Postgres, "select ';' ; -- done"),
            (Engine::Postgres, "-- nothing"),
            (Engine::Postgres, ""),
            (Engine::Postgres, "do $$ begin perform 1; end $$;"),
            (Engine::Sqlite, "create trigger t after insert on a begin delete from b; end;"),
            (Engine::Mysql, "delimiter //\nselect 1; select 2//"),
            (Engine::Sqlserver, "select 1;"),
            (Engine::Sqlserver, "select 1\nGO"),
            (Engine::Sqlserver, "select 1\nGO 5"),
            (Engine::Redis, "get a"),
            (Engine::Mongodb, "db.a.find({ b: '}' }) // )("),
            (Engine::Mongodb, "db.a.find())"),
        ];
        for (engine, text) in whole {
            assert!(is_whole(engine, text), "{text:?}");
        }
        let open = [
            (Engine::Postgres, "select 1"),
            (Engine::Postgres, "select ';"),
            (Engine::Postgres, "select 1; select 2"),
            (Engine::Postgres, "do $$ begin perform 1;"),
            (Engine::Postgres, "select 1 -- ;"),
            (Engine::Postgres, "select /* 1;"),
            (Engine::Sqlite, "create trigger t after insert on a begin delete from b;"),
            (Engine::Mysql, "delimiter //\nselect 1;"),
            (Engine::Sqlserver, "select 1"),
            (Engine::Redis, "set a \"b"),
            (Engine::Mongodb, "db.a.find({"),
            (Engine::Mongodb, "db.a.find(\"a)"),
            (Engine::Mongodb, "db.a.find() /* "),
        ];
        for (engine, text) in open {
            assert!(!is_whole(engine, text), "{text:?}");
        }
    }
}
