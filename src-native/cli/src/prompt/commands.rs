//! Commands of the prompt, which begin with a backslash and are the same for every engine.

use super::describe::{self, Told};
use super::screen::{Screen, shell};
use super::{Prompt, Typed};
use crate::harmless::harmless;
use crate::query::{counted, note, param, text, usage};
use rpc::query::{Engine, Failure, Format, Query, Reason, Step, write_rows};
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// All of them: how they are called, what they take, what they do.
pub(super) const COMMANDS: &[(&str, &str, &str)] = &[
    ("\\d", "[NAME]", "list tables, collections, keys; or all about one"),
    ("\\dt", "[PATTERN]", "list tables and collections"),
    ("\\dv", "[PATTERN]", "list views"),
    ("\\df", "[PATTERN]", "list functions"),
    ("\\di", "[PATTERN]", "list indexes of the tables that fit"),
    ("\\dn", "", "list schemas"),
    ("\\l", "", "list databases"),
    ("\\c", "[NAME]", "another connection; or list them"),
    ("\\x", "", "rows one field a line, or as tables again"),
    ("\\f", "[FORMAT]", "how rows are written"),
    ("\\o", "[FILE]", "write the rows of the next statement to a file"),
    ("\\e", "", "edit the last statement in $EDITOR"),
    ("\\i", "FILE", "run the statements of a file"),
    ("\\explain", "[STATEMENT]", "how the server would run it, or the last one"),
    ("\\analyze", "[STATEMENT]", "run it, tell how the server did, and undo it"),
    (
        "\\set",
        "[NAME VALUE]",
        "value of places written as :NAME; NAME := VALUE for numbers, true, false, null",
    ),
    ("\\unset", "NAME", "forget it"),
    ("\\save", "NAME", "save the last statement among your queries"),
    ("\\r", "[NAME]", "run a saved query; or list them"),
    ("\\begin", "", "begin a transaction"),
    ("\\commit", "", "keep what it did"),
    ("\\rollback", "", "undo what it did"),
    ("\\timing", "", "tell how long statements take, or do not"),
    ("\\refresh", "", "fetch anew what Tab offers"),
    ("\\history", "", "list what was typed"),
    ("\\?", "", "this help"),
    ("\\q", "", "leave; so does Ctrl-D"),
];

impl Prompt {
    /// Does what a command says.
    ///
    /// # Errors
    /// What went wrong; the prompt goes on.
    pub(super) fn command(&mut self, line: &str) -> Result<Typed, Failure> {
        let line = line.trim();
        let (command, argument) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let argument = argument.trim();
        let name = argument.trim_end_matches(';').trim_end();
        match command {
            "\\q" => return Ok(Typed::Leave),
            "\\?" | "\\h" => self.help(),
            "\\d" if describe::is_pattern(name) => {
                self.ask(|it| describe::list(it, describe::HOLDERS, name))?;
            }
            "\\d" | "\\d+" => self.ask(|it| describe::describe(it, name))?,
            "\\dt" => self.ask(|it| describe::list(it, describe::TABLES, name))?,
            "\\dv" => self.ask(|it| describe::list(it, describe::VIEWS, name))?,
            "\\df" => self.ask(|it| describe::list(it, describe::FUNCTIONS, name))?,
            "\\di" => self.ask(|it| describe::indexes(it, name))?,
            "\\dn" => self.ask(|it| describe::schemas(it, false))?,
            "\\l" if self.engine == Engine::Postgres => {
                let script = "select datname as database, pg_get_userbyid(datdba) as owner, \
                    pg_encoding_to_char(encoding) as encoding from pg_database where datallowconn order by 1";
                self.statement(script, &[])?;
            }
            "\\l" => self.ask(|it| describe::schemas(it, true))?,
            "\\c" if name.is_empty() => {
                let names = self.direct.names(self.project.as_deref()).into_iter();
                let rows = names.map(|it| vec![it]).collect();
                self.tell(Told { heads: vec!["connection"], rows, ..Told::default() })?;
            }
            "\\c" => self.connect(name)?,
            "\\x" => {
                let was = self.output.format == Format::Vertical;
                self.output.format = if was { Format::Table } else { Format::Vertical };
                note(if was { "rows come as tables" } else { "rows come one field a line" });
            }
            "\\f" => self.format(name)?,
            "\\o" => self.rows_to(argument)?,
            "\\e" => return self.edit(),
            "\\i" => {
                let script = read(argument)?;
                self.statement(&script, &[])?;
            }
            "\\explain" => self.plan(argument, false)?,
            "\\analyze" => self.plan(argument, true)?,
            "\\set" => self.set(argument)?,
            "\\unset" => {
                if self.params.remove(argument).is_none() {
                    return Err(usage(format!("there is no value for `:{argument}`")));
                }
            }
            "\\save" => self.save(name)?,
            "\\r" => self.saved(name)?,
            "\\begin" => self.step(Step::Begin)?,
            "\\commit" => self.step(Step::Commit)?,
            "\\rollback" => self.step(Step::Rollback)?,
            "\\timing" => {
                self.timing = !self.timing;
                note(if self.timing { "times are told" } else { "times are not told" });
            }
            "\\refresh" => self.fetch(),
            "\\history" => {
                let mut below: Vec<String> = Vec::new();
                for entry in self.editor.history() {
                    below.extend(entry.lines().map(str::to_owned));
                }
                self.tell(Told { below, ..Told::default() })?;
            }
            _ => {
                return Err(usage(format!("there is no command `{command}`"))
                    .hint("`\\?` lists them; a statement does not begin with a backslash"));
            }
        }
        Ok(Typed::Done)
    }

    fn help(&mut self) {
        let wide = |it: &(&str, &str, &str)| it.0.len() + it.1.len() + 1;
        let most = COMMANDS.iter().map(wide).max().unwrap_or(0);
        let mut below = vec![
            "A statement ends with `;` (Redis, MongoDB: with its line) and may take several lines.".to_owned(),
            "Tab completes, Ctrl-R searches what was typed, Ctrl-C clears the line or stops the statement."
                .to_owned(),
            String::new(),
        ];
        for it in COMMANDS {
            let space = " ".repeat(most - wide(it) + 2);
            below.push(format!("{} {}{space}{}", it.0, it.1, it.2));
        }
        let _ = self.tell(Told { below, ..Told::default() }); // it is shown and nothing else
    }

    /// Asks the session, and shows what it says.
    fn ask(
        &mut self,
        work: impl FnOnce(&mut dyn rpc::query::Session) -> Result<Told, Failure>,
    ) -> Result<(), Failure> {
        let stop = self.fresh_stop();
        let told = self.held()?.ask(&stop, work)?;
        self.tell(told)
    }

    /// Shows rows that come from no statement.
    pub(super) fn tell(&mut self, told: Told) -> Result<(), Failure> {
        let for_people = matches!(self.output.format, Format::Table | Format::Vertical);
        let mut screen = Screen::new(self.terminal.width, for_people);
        let lines = |lines: &[String], screen: &mut Screen| {
            for line in lines {
                // Whoever turns pages may have had enough.
                let _ = screen.write_all(format!("{}\n", harmless(line)).as_bytes());
            }
        };
        lines(told.above.as_slice(), &mut screen);
        if !told.heads.is_empty() {
            let mut output = self.output.clone();
            if output.format.is_binary() {
                output.format = Format::Table;
            }
            write_rows(&told.heads, &told.rows, &output, &mut screen)?;
        }
        lines(&told.below, &mut screen);
        screen.finish();
        Ok(())
    }

    fn format(&mut self, name: &str) -> Result<(), Failure> {
        let all = Format::ALL.map(Format::name).join(", ");
        if name.is_empty() {
            note(&format!("rows come as {}; there are: {all}", self.output.format.name()));
            return Ok(());
        }
        self.output.format = Format::of_name(name).ok_or_else(|| {
            usage(format!("there is no format `{name}`")).hint(format!("there are: {all}"))
        })?;
        Ok(())
    }

    fn rows_to(&mut self, name: &str) -> Result<(), Failure> {
        if name.is_empty() {
            self.to = None;
            note("rows come to the screen");
            return Ok(());
        }
        let path = home(name);
        if path.exists()
            && !self.agreed(&format!("this will be written over: {}", path.display()))?
        {
            note("nothing was changed");
            return Ok(());
        }
        note(&format!("the rows of the next statement go to {}", path.display()));
        self.to = Some(path);
        Ok(())
    }

    /// The last statement in the user's editor; what comes back is looked at once more before it runs.
    fn edit(&mut self) -> Result<Typed, Failure> {
        let failed =
            |it: io::Error| Failure::new(Reason::File, format!("it cannot be edited: {it}"));
        let folder =
            self.direct.folders().map(|it| it.state.clone()).unwrap_or_else(std::env::temp_dir);
        super::private(&folder).map_err(failed)?;
        let path = folder.join(format!("edited-{}.sql", std::process::id()));
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options
            .open(&path)
            .and_then(|mut it| it.write_all(self.last.as_bytes()))
            .map_err(failed)?;
        let named = ["VISUAL", "EDITOR"]
            .iter()
            .find_map(|it| std::env::var_os(it).filter(|it| !it.is_empty()));
        let mut line =
            named.unwrap_or_else(|| OsString::from(if cfg!(windows) { "notepad" } else { "vi" }));
        let quote = if cfg!(windows) { '"' } else { '\'' };
        line.push(format!(" {quote}{}{quote}", path.display()));
        let ended = shell(&line).status();
        let edited = std::fs::read_to_string(&path);
        let _ = std::fs::remove_file(&path); // nothing depends on it
        if !ended.map_err(failed)?.success() {
            return Err(usage("the editor failed, so nothing was taken from it".into())
                .hint("name one that is there in EDITOR"));
        }
        Ok(Typed::Again(edited.map_err(failed)?.trim_end().to_owned()))
    }

    fn plan(&mut self, statement: &str, measured: bool) -> Result<(), Failure> {
        let script = if statement.is_empty() { self.last.clone() } else { statement.to_owned() };
        if script.is_empty() {
            return Err(
                usage("there is no statement to explain".into()).hint("as in `\\explain select 1`")
            );
        }
        self.shown.clone_from(&script);
        let stop = self.fresh_stop();
        let params = self.params_of(&script, &[]);
        let (connection, project) = (self.connection.clone(), self.project.clone());
        let query = Query {
            connection: &connection,
            project: project.as_deref(),
            script: &script,
            params: &params,
            timeout: self.timeout,
            read_only: self.read_only,
            write: self.write,
            confirmed: false,
            rolled_back: false,
        };
        let plan = self.held()?.explain(&query, measured, &stop)?;
        let mut screen = Screen::new(self.terminal.width, true);
        let _ = screen.write_all(crate::plan::drawn(&plan, &self.terminal).as_bytes()); // as above
        screen.finish();
        Ok(())
    }

    fn set(&mut self, argument: &str) -> Result<(), Failure> {
        if argument.is_empty() {
            let rows =
                self.params.iter().map(|(name, value)| vec![name.clone(), value.to_string()]);
            let rows = rows.collect();
            return self.tell(Told { heads: vec!["name", "value"], rows, ..Told::default() });
        }
        let (name, value) = argument.split_once(char::is_whitespace).unwrap_or((argument, ""));
        let value = value.trim();
        let written = match value.strip_prefix(":=") {
            Some(value) => format!("{name}:={}", value.trim()),
            None if name.contains('=') => argument.to_owned(),
            None => format!("{name}={value}"),
        };
        let (name, value) = param(&written)?;
        self.params.insert(name, value);
        Ok(())
    }

    fn save(&mut self, name: &str) -> Result<(), Failure> {
        if self.last.is_empty() {
            return Err(usage("there is no statement to save".into()).hint("run one before"));
        }
        let (text, connection) = (self.last.clone(), self.connection.clone());
        let there = self.direct.query_names(None)?.iter().any(|it| it == name);
        let over = there && self.agreed(&format!("this will be written over: query {name}"))?;
        if there && !over {
            note("nothing was changed");
            return Ok(());
        }
        // A URL may hold a password.
        let connection = if connection.contains("://") { "" } else { connection.as_str() };
        let file = self.direct.save_query(name, connection, &text, over)?;
        note(&format!("saved: {}", file.display()));
        self.queries();
        Ok(())
    }

    fn saved(&mut self, name: &str) -> Result<(), Failure> {
        if name.is_empty() {
            let all = self.direct.saved_queries(self.project.as_deref())?;
            let rows = all.into_iter().map(|it| {
                let of = if it.project { "the project" } else { "you" };
                let (connection, about) = (it.connection, it.about);
                let about = about.unwrap_or_default();
                vec![it.name, of.to_owned(), connection.unwrap_or_default(), about]
            });
            let rows = rows.collect();
            return self.tell(Told {
                heads: vec!["query", "of", "connection", "about"],
                rows,
                ..Told::default()
            });
        }
        let found = self.direct.saved_query(self.project.as_deref(), name)?;
        let params = self.params_of(&found.text, &found.defaults);
        // Whoever wrote the project wrote it, and nobody here may have read it.
        if found.project && !self.held()?.only_reads(&found.text, &params) {
            found.text.lines().for_each(note);
            let what = format!("this is the project's query {}, and it writes", found.name);
            if !self.agreed(&what)? {
                note("nothing was done");
                return Ok(());
            }
        }
        if let Some(other) = found.connection.filter(|it| !it.is_empty() && *it != self.connection)
        {
            note(&format!("this query was made for {other}"));
        }
        self.statement(&found.text, &found.defaults)
    }

    /// Begins or ends a transaction.
    pub(super) fn step(&mut self, step: Step) -> Result<(), Failure> {
        let stop = self.fresh_stop();
        self.held()?.transaction(step, &stop)?;
        note(match step {
            Step::Begin => {
                "a transaction has begun; `\\commit` keeps what it does, `\\rollback` undoes it"
            }
            Step::Commit => "what the transaction did is kept",
            Step::Rollback => "what the transaction did is undone",
        });
        Ok(())
    }

    /// Tells that rows went to a file.
    pub(super) fn wrote(&self, path: &Path, rows: u64) {
        note(&format!("{} to {}", counted(rows), path.display()));
    }
}

/// A script of a file.
fn read(name: &str) -> Result<String, Failure> {
    let path = home(name);
    let failed = |it: io::Error| {
        Failure::new(Reason::File, format!("{} cannot be read: {it}", path.display()))
    };
    text(std::fs::File::open(&path).map_err(failed)?, &path.display().to_string())
}

/// A path as it is typed: `~/` is the home folder.
fn home(name: &str) -> PathBuf {
    match (name.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => Path::new(&home).join(rest),
        _ => PathBuf::from(name),
    }
}
