//! The prompt of `backstory query`: statements and commands as somebody types them, in one session that is
//! held until the end.

mod commands;
mod complete;
mod describe;
mod password;
mod screen;
mod words;

pub(crate) use password::password;

use crate::query::{explain, note, tell, usage, with_password};
use crate::render::plain;
use crate::signals::listening;
use crate::terminal::Terminal;
use complete::Tab;
use rpc::query::{
    Direct, Engine, Failure, Format, Held, Output, Over, Query, Ran, Reason, Step, Watch, is_whole,
    places,
};
use rustyline::completion::FilenameCompleter;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{ColorMode, CompletionType, Config, Editor};
use screen::Screen;
use serde_json::{Map, Value};
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use unicode_width::UnicodeWidthStr;

/// Statements that the history keeps.
const HISTORY_MAX: usize = 10_000;
/// How often is looked how long a statement takes.
const LOOK: Duration = Duration::from_millis(20);
/// Time that passes for a statement: what counts is counted here.
const NO_LIMIT: Duration = Duration::from_secs(604_800);

/// How a prompt begins.
pub(crate) struct Start {
    /// The databases.
    pub(crate) direct: Direct,
    /// Folder of the project.
    pub(crate) project: Option<String>,
    /// Connection, by name, as a URL or as a file.
    pub(crate) connection: String,
    /// Values for places written as `:name`.
    pub(crate) params: Map<String, Value>,
    /// Longest time of a statement.
    pub(crate) timeout: Option<Duration>,
    /// Only read, whatever the entry says.
    pub(crate) read_only: bool,
    /// Write, although the connection is no entry.
    pub(crate) write: bool,
    /// How rows are written.
    pub(crate) output: Output,
}

/// A prompt.
struct Prompt {
    direct: Direct,
    project: Option<String>,
    connection: String,
    engine: Engine,
    held: Option<Held>,
    editor: Editor<Tab, FileHistory>,
    history: Option<PathBuf>,
    terminal: Terminal,
    output: Output,
    /// Where the rows of the next statement go.
    to: Option<PathBuf>,
    params: Map<String, Value>,
    timeout: Option<Duration>,
    read_only: bool,
    write: bool,
    timing: bool,
    /// The last statement, and the text that a failure's place is in.
    last: String,
    shown: String,
    stop: Arc<AtomicBool>,
}

/// What came of something that was typed.
enum Typed {
    Done,
    /// To be looked at and typed once more.
    Again(String),
    Leave,
}

/// Runs what is typed until the end.
pub(crate) fn run(start: Start, terminal: Terminal) -> Result<ExitCode, Failure> {
    let engine = start.direct.engine(start.project.as_deref(), &start.connection)?;
    let config = Config::builder()
        .max_history_size(HISTORY_MAX)
        .map_err(broken)?
        .history_ignore_space(true)
        .completion_type(CompletionType::List)
        .color_mode(if terminal.color { ColorMode::Enabled } else { ColorMode::Disabled })
        .bracketed_paste(true)
        .build();
    let mut editor = Editor::with_config(config).map_err(broken)?;
    editor.set_helper(Some(Tab {
        engine,
        before: String::new(),
        known: Arc::default(),
        connections: Vec::new(),
        queries: Vec::new(),
        files: FilenameCompleter::new(),
    }));
    let mut prompt = Prompt {
        project: start.project,
        connection: start.connection,
        engine,
        held: None,
        history: start.direct.folders().map(|it| it.state.join("prompt-history")),
        direct: start.direct,
        editor,
        terminal,
        output: start.output,
        to: None,
        params: start.params,
        timeout: start.timeout,
        read_only: start.read_only,
        write: start.write,
        timing: true,
        last: String::new(),
        shown: String::new(),
        stop: Arc::default(),
    };
    prompt.held()?;
    // Before this Ctrl-C ends the program: there was nothing else to be stopped.
    let (stop, ready) = listening();
    // The line editor puts back what it finds: it has to find this.
    let _ = ready.recv();
    prompt.stop = stop;
    prompt.welcome();
    if let Some(history) = &prompt.history {
        let _ = prompt.editor.load_history(history); // there is none at first
    }
    prompt.queries();
    prompt.fetch();
    prompt.all()
}

fn broken(error: ReadlineError) -> Failure {
    Failure::new(Reason::File, format!("the terminal cannot be read: {error}"))
}

/// Makes a folder that only its owner may enter.
fn private(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

impl Prompt {
    /// Reads and does until somebody leaves.
    fn all(&mut self) -> Result<ExitCode, Failure> {
        let mut typed = String::new();
        let mut again = String::new();
        loop {
            let mark = self.mark(!typed.is_empty());
            if let Some(tab) = self.editor.helper_mut() {
                tab.before.clone_from(&typed);
            }
            let given = std::mem::take(&mut again);
            let line = match self.editor.readline_with_initial(&mark, (&given, "")) {
                Ok(line) => line,
                Err(ReadlineError::Interrupted) => {
                    typed.clear();
                    continue;
                }
                Err(ReadlineError::Eof) => break,
                Err(error) => return Err(broken(error)),
            };
            let word = line.trim();
            if typed.is_empty() && word.is_empty() {
                continue;
            }
            let done = if typed.is_empty() && word.starts_with('\\') {
                self.remember(&line);
                self.shown.clear();
                self.command(word)
            } else if typed.is_empty() && matches!(word.trim_end_matches(';'), "exit" | "quit") {
                Ok(Typed::Leave)
            } else if typed.is_empty() && word == "help" {
                self.command("\\?")
            } else {
                typed += &line;
                typed.push('\n');
                if !is_whole(self.engine, &typed) {
                    continue;
                }
                let script = std::mem::take(&mut typed);
                self.remember(script.trim_end());
                self.statement(script.trim_end(), &[]).map(|()| Typed::Done)
            };
            match done {
                Ok(Typed::Done) => {}
                Ok(Typed::Again(text)) => again = text,
                Ok(Typed::Leave) => break,
                Err(failure) => self.failed(&failure),
            }
        }
        if self.held.as_ref().is_some_and(Held::in_transaction) {
            note("the transaction was open: what it did is undone");
        }
        Ok(ExitCode::SUCCESS)
    }

    /// The session; a new one where there is none.
    fn held(&mut self) -> Result<&mut Held, Failure> {
        if self.held.is_none() {
            let (project, connection) = (self.project.as_deref(), self.connection.as_str());
            let hold = || self.direct.hold(project, connection, self.read_only, self.write);
            self.held = Some(with_password(&self.direct, project, connection, hold)?);
        }
        self.held.as_mut().ok_or_else(|| usage("there is no session".into()))
    }

    /// Says where one is.
    fn welcome(&mut self) {
        let Some(held) = &self.held else { return };
        let server = held.server();
        let reads = if held.read_only() || self.read_only { "; it only reads" } else { "" };
        note(&format!("{} {}{reads}; `\\?` helps, `\\q` leaves", server.product, server.version));
        server.warnings.iter().for_each(|it| note(it));
    }

    /// Goes to another connection. Where it cannot be reached, one stays.
    fn connect(&mut self, name: &str) -> Result<(), Failure> {
        if self.held.as_ref().is_some_and(Held::in_transaction) {
            return Err(
                usage("a transaction is open".into()).hint("`\\commit` or `\\rollback` ends it")
            );
        }
        let engine = self.direct.engine(self.project.as_deref(), name)?;
        let old = std::mem::replace(&mut self.connection, name.to_owned());
        let held = self.held.take();
        if let Err(failure) = self.held() {
            (self.connection, self.held) = (old, held);
            return Err(failure);
        }
        self.engine = engine;
        self.welcome();
        self.fetch();
        Ok(())
    }

    /// Fetches what Tab offers.
    fn fetch(&mut self) {
        let connections = self.direct.names(self.project.as_deref());
        let Some(tab) = self.editor.helper_mut() else { return };
        tab.connections = connections;
        tab.engine = self.engine;
        tab.known = Arc::default();
        let known = tab.known.clone();
        complete::fetch(
            &self.direct,
            self.project.clone(),
            self.connection.clone(),
            self.engine,
            &known,
        );
    }

    /// Learns the names of saved queries.
    fn queries(&mut self) {
        let all = self.direct.query_names(self.project.as_deref()).unwrap_or_default();
        if let Some(tab) = self.editor.helper_mut() {
            tab.queries = all;
        }
    }

    /// What stands before a line: plain, and with its styles.
    fn mark(&self, goes_on: bool) -> (String, String) {
        let held = self.held.as_ref();
        // A URL is too long, and a file's folder says little.
        let whole = held.map_or(self.connection.as_str(), Held::name);
        let short = whole.split(['?', '#']).next().unwrap_or(whole).trim_end_matches('/');
        let name = plain(short.rsplit(['/', '\\']).next().unwrap_or(short));
        let reads = self.read_only || held.is_some_and(Held::read_only);
        let reads = if reads { " (reads)" } else { "" };
        let open = if held.is_some_and(Held::in_transaction) { "*" } else { "" };
        let raw = format!("{name}{reads}{open}> ");
        if goes_on {
            let space = " ".repeat(raw.width().saturating_sub(3));
            let raw = format!("{space}-> ");
            return (raw.clone(), raw);
        }
        let styled = match self.terminal.color {
            true => format!("\x1b[1m{name}\x1b[0m\x1b[2m{reads}\x1b[0m\x1b[1;33m{open}\x1b[0m> "),
            false => raw.clone(),
        };
        (raw, styled)
    }

    /// Keeps what was typed, unless a password stands in it.
    fn remember(&mut self, text: &str) {
        if !Direct::may_be_kept(self.engine, text) {
            return;
        }
        let kept = self.editor.add_history_entry(text);
        let Some(file) = self.history.as_ref().filter(|_| kept.is_ok_and(|it| it)) else { return };
        // A history that cannot be written stops nobody's work.
        let _ = file.parent().map(private);
        let _ = self.editor.append_history(file);
    }

    /// Ctrl-C from now on.
    fn fresh_stop(&self) -> Arc<AtomicBool> {
        self.stop.store(false, Ordering::SeqCst);
        self.stop.clone()
    }

    /// Asks for a yes to what cannot be undone.
    fn agreed(&mut self, what: &str) -> Result<bool, Failure> {
        note(what);
        if let Some(tab) = self.editor.helper_mut() {
            tab.before.clear();
        }
        match self.editor.readline("type yes to go on: ") {
            Ok(answer) => Ok(answer.trim().eq_ignore_ascii_case("yes")),
            Err(ReadlineError::Interrupted | ReadlineError::Eof) => Ok(false),
            Err(error) => Err(broken(error)),
        }
    }

    /// The values of those places that a script has.
    fn params_of(&self, script: &str, defaults: &[(String, String)]) -> Map<String, Value> {
        let wanted = places(self.engine, script);
        let default =
            |(name, value): &(String, String)| (name.clone(), Value::String(value.clone()));
        let mut values: Map<String, Value> = defaults.iter().map(default).collect();
        values.extend(self.params.clone());
        values.into_iter().filter(|it| wanted.contains(&it.0)).collect()
    }

    /// Runs statements and shows what they give.
    ///
    /// # Errors
    /// What went wrong; the prompt goes on.
    fn statement(&mut self, script: &str, defaults: &[(String, String)]) -> Result<(), Failure> {
        script.clone_into(&mut self.last);
        script.clone_into(&mut self.shown);
        // A transaction of one that only reads is begun by us, without a mode of its own.
        let word = script.trim().trim_end_matches(';').trim_end().to_lowercase();
        let sql = !matches!(self.engine, Engine::Redis | Engine::Mongodb);
        match word.as_str() {
            "begin" | "start transaction" if sql => return self.step(Step::Begin),
            "commit" if sql => return self.step(Step::Commit),
            "rollback" if sql => return self.step(Step::Rollback),
            "" => return Ok(()),
            _ => {}
        }
        let params = self.params_of(script, defaults);
        let ran = match self.once(script, &params, false) {
            Err(failure) if failure.reason == Reason::Unconfirmed => {
                if !self.agreed(&failure.message)? {
                    note("nothing was done");
                    return Ok(());
                }
                self.once(script, &params, true)?
            }
            Err(failure) if failure.message == "there is no statement" => return Ok(()),
            ran => ran?,
        };
        if let Some(path) = self.to.take() {
            self.wrote(&path, ran.rows);
        } else {
            tell(&ran, &self.output, self.terminal, self.timing);
        }
        Ok(())
    }

    fn once(
        &mut self,
        script: &str,
        params: &Map<String, Value>,
        confirmed: bool,
    ) -> Result<Ran, Failure> {
        let stop = self.fresh_stop();
        let limit = self.timeout;
        let (project, connection) = (self.project.clone(), self.connection.clone());
        let query = Query {
            connection: &connection,
            project: project.as_deref(),
            script,
            params,
            timeout: Some(NO_LIMIT),
            read_only: self.read_only,
            write: self.write,
            confirmed,
            rolled_back: false,
        };
        let mut output = self.output.clone();
        let to = self.to.clone();
        if let Some(format) = to.as_ref().and_then(|it| Format::of_name(it.extension()?.to_str()?))
        {
            output.format = format;
        }
        if to.is_none() && output.format.is_binary() {
            return Err(usage(format!("{} is not for a terminal", output.format.name()))
                .hint("name a file with `\\o FILE`, or another format with `\\f`"));
        }
        let for_people = matches!(output.format, Format::Table | Format::Vertical);
        let mut screen = Screen::new(self.terminal.width, for_people);
        let paging = screen.paging();
        let held = self.held()?;
        let limit = limit.unwrap_or_else(|| held.timeout());
        let (over, late) = (AtomicBool::new(false), AtomicBool::new(false));
        let mut later = Vec::new();
        let ran = std::thread::scope(|scope| {
            // Time in which somebody turns pages is no time of the statement.
            let clock = scope.spawn(|| {
                let (mut spent, mut last) = (Duration::ZERO, Instant::now());
                while !over.load(Ordering::SeqCst) {
                    std::thread::park_timeout(LOOK);
                    if !paging.load(Ordering::SeqCst) {
                        spent += last.elapsed();
                    }
                    last = Instant::now();
                    if spent >= limit && !late.swap(true, Ordering::SeqCst) {
                        stop.store(true, Ordering::SeqCst);
                    }
                }
            });
            let watch = Watch { cancel: &stop, progress: &|_, _| {} };
            let mut hear = |severity: &str, message: &str| {
                let text = format!("{severity}: {message}");
                match paging.load(Ordering::SeqCst) {
                    true => later.push(text),
                    false => note(&text),
                }
            };
            let ran = match &to {
                Some(path) => {
                    held.run_to_file(&query, &output, path, Over::Replace, watch, &mut hear)
                }
                None => held.run(&query, &output, &mut screen, watch, &mut hear),
            };
            over.store(true, Ordering::SeqCst);
            clock.thread().unpark();
            ran
        });
        let paged = paging.load(Ordering::SeqCst);
        screen.finish();
        later.iter().for_each(|it| note(it));
        match ran {
            Err(failure) if failure.reason == Reason::Cancelled && late.load(Ordering::SeqCst) => {
                let text = format!("it took longer than {} s and was stopped", limit.as_secs_f64());
                Err(Failure::new(Reason::TimedOut, text)
                    .hint("allow more with `--timeout`, or `timeout` in the connection's entry"))
            }
            // Whoever turned pages had seen enough.
            Err(failure) if paged && failure.reason == Reason::Cancelled => Ok(Ran::default()),
            ran => ran,
        }
    }

    /// Says why something failed, and where in what was typed.
    fn failed(&mut self, failure: &Failure) {
        if let Some(lines) = pointed(failure, &self.shown, self.terminal.width.unwrap_or(80)) {
            lines.iter().for_each(|it| note(it));
        }
        explain(failure);
        let may_be_gone = matches!(
            failure.reason,
            Reason::Lost | Reason::Cancelled | Reason::TimedOut | Reason::Connection
        );
        let Some(held) = self.held.as_mut().filter(|_| may_be_gone) else { return };
        let open = held.in_transaction();
        if !held.is_alive() {
            self.held = None;
            let undone = if open { ", and what the transaction did is undone" } else { "" };
            note(&format!("the session is gone{undone}; the next statement opens another"));
        }
    }
}

/// The line that a failure is about, and a caret under its place.
fn pointed(failure: &Failure, text: &str, width: usize) -> Option<[String; 2]> {
    let place = failure.place.filter(|it| it.column > 0)?;
    let line = text.lines().nth(usize::try_from(place.line).ok()?.checked_sub(1)?)?;
    let before: String = line.chars().take(usize::try_from(place.column).ok()? - 1).collect();
    let (whole, before) = (plain(line), plain(&before));
    // A line that is too long is shown from a little before the place.
    let skip = match before.width() + 10 > width {
        true => before.chars().count().saturating_sub(width / 2),
        false => 0,
    };
    let lead: String = before.chars().skip(skip).collect();
    let mut shown: String = whole.chars().skip(skip).collect();
    while shown.width() > width.max(1) {
        shown.pop();
    }
    Some([shown, format!("{}^", " ".repeat(lead.width()))])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: u32, column: u32) -> Failure {
        let mut failure = Failure::new(Reason::Server, "no");
        failure.place = Some(rpc::query::Place { line, column, offset: 0 });
        failure
    }

    #[test]
    fn a_caret_stands_under_the_place_that_a_server_names() {
        let text = "select *\n\tfrom 山田 where nope = 1";
        let [line, caret] = pointed(&at(2, 16), text, 80).unwrap();
        assert_eq!(line, "    from 山田 where nope = 1");
        assert_eq!(caret.find('^').unwrap(), line.width() - "nope = 1".width());
        assert!(pointed(&at(3, 1), text, 80).is_none() && pointed(&at(1, 0), text, 80).is_none());
        let long = format!("select {} nope from b", "a, ".repeat(100));
        let column = u32::try_from(long.find("nope").unwrap() + 1).unwrap();
        let [line, caret] = pointed(&at(1, column), &long, 60).unwrap();
        assert!(line.width() <= 60, "{line}");
        assert_eq!(&line[caret.find('^').unwrap()..][..4], "nope");
    }
}
