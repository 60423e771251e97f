//! `backstory query`: statements on any database, their rows in any format, for people and for scripts.
//! The rows are standard output, everything else is standard error.

use crate::far::Far;
use crate::harmless::Harmless;
use crate::render::plain;
use crate::signals::interrupted;
use crate::terminal::Terminal;
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, ValueHint, value_parser};
use rpc::query::{Direct, Failure, Format, Output, Over, Query, Ran, Reason, Watch};
use serde_json::{Map, Value, json};
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use transport::Places;

/// The name of the command.
pub(crate) const VERB: &str = "query";
/// Exit code of a command line that is not understood.
pub(crate) const NOT_UNDERSTOOD: u8 = 2;
/// Longest script that is read, in bytes.
const SCRIPT_MAX: u64 = 256 << 20;
/// Widest a text may be in a table where nobody says.
const WIDEST: usize = 80;

/// Exit codes, which scripts tell outcomes apart by. They never change their meaning.
const EXITS: &[(u8, &str)] = &[
    (0, "done"),
    (1, "failed: the server said no"),
    (2, "not understood: options, parameters, no such connection"),
    (3, "no connection: nothing was sent, it can be tried again"),
    (4, "timed out, and stopped at the server"),
    (5, "refused: it would write where only reading is allowed, or destroy without --yes"),
    (6, "empty, with --fail-empty"),
    (7, "lost: the connection broke while a statement ran, which may have been done"),
    (8, "a file cannot be read or written"),
    (130, "interrupted, and stopped at the server"),
];

/// The command.
pub(crate) fn command() -> Command {
    let mut exits = String::from("Exit codes:\n");
    for (code, text) in EXITS {
        exits += &format!("  {code:>3}  {text}\n");
    }
    Command::new(VERB)
        .about("Run statements on any database, from the command line, a file, standard input or a prompt")
        .long_about(
            "Run statements on any database: from the command line, a file or standard input; without \
             any of these, and with somebody at the terminal, at a prompt. Rows go to standard output, \
             everything else to standard error. A connection only reads until its entry says otherwise.",
        )
        .after_help("`backstory query --help` has examples and exit codes.")
        .after_long_help(format!(
            "Examples:\n  \
             backstory query shop -e \"select count(*) from orders\"\n  \
             backstory query postgres://me@db.example.org/shop -f report.sql --format csv > report.csv\n  \
             backstory query shop -e \"select * from orders where id = :id\" --param id:=42 --format json\n  \
             backstory query cache -e DBSIZE\n  \
             backstory query ./notes.db\n\n{exits}"
        ))
        .arg(
            Arg::new("CONNECTION")
                .help("Connection: a name of connections.toml, a URL, or a file of SQLite or DuckDB")
                .long_help(
                    "Connection: a name of connections.toml, a URL, or a file of SQLite or DuckDB. What is \
                     there already has names too: env:NAME for a variable with a URL, env:FILE#NAME for one \
                     of a file, env:PG, service:NAME, my.cnf. `memory` is Backstory's own memory, and \
                     `join` all connections at once, whose tables are named as connection.table",
                )
                .required(true),
        )
        .args([
            Arg::new("execute")
                .short('e')
                .long("execute")
                .value_name("STATEMENT")
                .action(ArgAction::Append)
                .help("Run this; may be given several times"),
            Arg::new("file")
                .short('f')
                .long("file")
                .value_name("FILE")
                .value_hint(ValueHint::FilePath)
                .value_parser(value_parser!(PathBuf))
                .conflicts_with("execute")
                .help("Run the statements of this file; `-` is standard input"),
            Arg::new("format")
                .long("format")
                .value_name("FORMAT")
                .value_parser(PossibleValuesParser::new(Format::ALL.map(Format::name)))
                .help("How rows are written; table unless given, json with --json"),
            Arg::new("output")
                .short('o')
                .long("output")
                .value_name("FILE")
                .value_hint(ValueHint::FilePath)
                .value_parser(value_parser!(PathBuf))
                .help("Write to this file, which is there only when it is whole"),
            Arg::new("replace")
                .long("replace")
                .action(ArgAction::SetTrue)
                .requires("output")
                .help("Write over the file of --output"),
            Arg::new("param")
                .short('p')
                .long("param")
                .value_name("NAME=VALUE")
                .action(ArgAction::Append)
                .help("Value of a place written as :NAME; NAME:=VALUE for numbers, true, false, null"),
            Arg::new("timeout")
                .long("timeout")
                .value_name("SECONDS")
                .value_parser(value_parser!(f64))
                .help("Longest time of the server's; 0 for none, what the connection's entry says, else 30"),
            Arg::new("read-only")
                .long("read-only")
                .action(ArgAction::SetTrue)
                .conflicts_with("write")
                .help("Only read, whatever the connection's entry says"),
            Arg::new("write")
                .long("write")
                .action(ArgAction::SetTrue)
                .help("Allow writing to a URL or file that has no entry"),
            Arg::new("yes")
                .long("yes")
                .short('y')
                .action(ArgAction::SetTrue)
                .help("Yes to what will be destroyed"),
            Arg::new("roll-back")
                .long("roll-back")
                .action(ArgAction::SetTrue)
                .help("Run all of it in one transaction, and undo it at the end"),
            Arg::new("fail-empty")
                .long("fail-empty")
                .action(ArgAction::SetTrue)
                .help("Exit with 6 where there are no rows"),
            Arg::new("no-header")
                .long("no-header")
                .action(ArgAction::SetTrue)
                .help("Leave out the names of columns (csv, tsv)"),
            Arg::new("null")
                .long("null")
                .value_name("WORD")
                .help("Write this for NULL (csv, tsv, markdown, table)"),
            Arg::new("table")
                .long("table")
                .value_name("TABLE")
                .help("Table to name in INSERT statements"),
            Arg::new("text")
                .long("text")
                .action(ArgAction::SetTrue)
                .help("Write every column as text (parquet), word for word as the server has it"),
            Arg::new("explain")
                .long("explain")
                .action(ArgAction::SetTrue)
                .help("Tell how the server would run the statement"),
            Arg::new("analyze")
                .long("analyze")
                .action(ArgAction::SetTrue)
                .conflicts_with("explain")
                .help("Run the statement, tell how the server did, and undo it"),
            Arg::new("project")
                .long("project")
                .value_name("FOLDER")
                .value_hint(ValueHint::DirPath)
                .help("Folder whose .backstory/connections.toml counts; the current one unless given"),
            Arg::new("trust")
                .long("trust")
                .action(ArgAction::SetTrue)
                .help("Trust that file as it is now: it may name programs, tunnels and secrets of yours"),
            Arg::new("quiet")
                .short('q')
                .long("quiet")
                .action(ArgAction::SetTrue)
                .help("Say nothing but errors"),
        ])
}

/// Reads the command line of `backstory query …` alone. The whole command line knows a hundred commands
/// more, which takes longer to build than most statements to run.
pub(crate) fn understand(arguments: &[std::ffi::OsString]) -> clap::error::Result<ArgMatches> {
    let command = Command::new("backstory")
        .subcommand_required(true)
        .subcommand(command().args(crate::command::everywhere()));
    command.try_get_matches_from(arguments)
}

/// Runs it.
pub(crate) fn run(matches: &ArgMatches, places: &Places, terminal: Terminal) -> ExitCode {
    let asked = Asked::read(matches, places);
    let done = asked.and_then(|asked| asked.run(terminal));
    match done {
        Ok(code) => code,
        Err(failure) => fail(&failure, terminal),
    }
}

/// What was asked for on the command line.
struct Asked<'a> {
    matches: &'a ArgMatches,
    direct: Direct,
    connection: String,
    project: Option<String>,
    params: Map<String, Value>,
}

impl<'a> Asked<'a> {
    fn read(matches: &'a ArgMatches, places: &Places) -> Result<Asked<'a>, Failure> {
        let folder = match matches.get_one::<String>("project") {
            Some(folder) if Path::new(folder).is_dir() => Some(folder.clone()),
            Some(folder) => {
                return Err(usage(format!("{} is no folder", plain(folder)))
                    .hint("name the folder that .backstory is in, or one within it"));
            }
            None => std::env::current_dir().ok().map(|it| it.to_string_lossy().into_owned()),
        };
        let mut params = Map::new();
        for text in matches.get_many::<String>("param").into_iter().flatten() {
            let (name, value) = param(text)?;
            params.insert(name, value);
        }
        Ok(Asked {
            direct: Direct::new(places.folders(), &places.store),
            connection: matches.get_one::<String>("CONNECTION").cloned().unwrap_or_default(),
            project: folder,
            params,
            matches,
        })
    }

    fn flag(&self, name: &str) -> bool {
        self.matches.get_flag(name)
    }

    fn run(&self, terminal: Terminal) -> Result<ExitCode, Failure> {
        let timeout = match self.matches.get_one::<f64>("timeout") {
            None => None,
            Some(0.0) => Some(rpc::query::FOREVER),
            Some(it) if *it > 0.0 && *it <= 604_800.0 => Some(Duration::from_secs_f64(*it)),
            Some(it) => {
                return Err(usage(format!("{it} is no time in seconds"))
                    .hint("give at most 604800, a week; 0 is as long as it likes"));
            }
        };
        if self.flag("trust") {
            let file = self.direct.trust(self.project.as_deref())?;
            if !self.flag("quiet") {
                note(&format!("trusted as it is now: {}", file.display()));
            }
        }
        let Some(script) = self.script()? else {
            return crate::prompt::run(
                crate::prompt::Start {
                    direct: self.direct.clone(),
                    project: self.project.clone(),
                    connection: self.connection.clone(),
                    params: self.params.clone(),
                    timeout,
                    read_only: self.flag("read-only"),
                    write: self.flag("write"),
                    output: self.output(terminal),
                },
                terminal,
            );
        };
        let query = Query {
            connection: &self.connection,
            project: self.project.as_deref(),
            script: &script,
            params: &self.params,
            timeout,
            read_only: self.flag("read-only"),
            write: self.flag("write"),
            confirmed: self.flag("yes"),
            rolled_back: self.flag("roll-back"),
        };
        if self.flag("explain") || self.flag("analyze") {
            let format = self.matches.get_one::<String>("format").map(String::as_str);
            if !matches!(format, None | Some("table" | "json")) {
                return Err(usage("a plan is written as a tree or as json".into())
                    .hint("leave out --format, or say `--format json`"));
            }
            let cancel = interrupted();
            let plan = with_password(&self.direct, query.project, query.connection, || {
                self.direct.explain(&query, self.flag("analyze"), &cancel)
            })?;
            let to = self.matches.get_one::<PathBuf>("output").map(PathBuf::as_path);
            let as_json = format.map_or(terminal.json, |it| it == "json");
            crate::plan::write(plan, as_json, to, self.flag("replace"), terminal)?;
            return Ok(ExitCode::SUCCESS);
        }
        let output = self.output(terminal);
        let file = self.matches.get_one::<PathBuf>("output");
        if file.is_none() && output.format.is_binary() && terminal.looked_at {
            let text = format!("{} is not for a terminal", output.format.name());
            return Err(usage(text).hint("name a file with --output, or send it on with `>`"));
        }
        let ran = with_password(&self.direct, query.project, query.connection, || {
            self.write(&query, &output, file.map(PathBuf::as_path), terminal)
        })?;
        if !self.flag("quiet") {
            tell(&ran, &output, terminal, true);
        }
        if self.flag("fail-empty") && ran.rows == 0 {
            return Ok(ExitCode::from(6));
        }
        Ok(ExitCode::SUCCESS)
    }

    /// How rows are to be written.
    fn output(&self, terminal: Terminal) -> Output {
        let usual = if terminal.json { "json" } else { "table" };
        let name = self.matches.get_one::<String>("format").map_or(usual, String::as_str);
        Output {
            format: Format::of_name(name).unwrap_or(Format::Table),
            header: !self.flag("no-header"),
            null: self.matches.get_one::<String>("null").cloned(),
            table: self.matches.get_one::<String>("table").cloned(),
            styled: terminal.color,
            widest: WIDEST,
            text: self.flag("text"),
        }
    }

    fn write(
        &self,
        query: &Query<'_>,
        output: &Output,
        file: Option<&Path>,
        terminal: Terminal,
    ) -> Result<Ran, Failure> {
        let cancel = interrupted();
        let quiet = self.flag("quiet");
        let far = Far::new(!quiet && (file.is_some() || !terminal.looked_at));
        let tell = |rows: u64, bytes: u64| far.tell(rows, bytes);
        let watch = Watch { cancel: &cancel, progress: &tell };
        let mut hear = |severity: &str, message: &str| {
            if !quiet {
                far.clear();
                note(&format!("{severity}: {message}"));
            }
        };
        let done = match file {
            Some(path) => {
                let over = if self.flag("replace") { Over::Replace } else { Over::Refuse };
                self.direct.run_to_file(query, output, path, over, watch, &mut hear)
            }
            // Tables for people are harmless already, and have styles of their own.
            None if terminal.looked_at
                && !matches!(output.format, Format::Table | Format::Vertical) =>
            {
                let mut out = Harmless::new(io::stdout().lock());
                self.direct.run(query, output, &mut out, watch, &mut hear)
            }
            None => {
                let mut out = io::stdout().lock();
                self.direct.run(query, output, &mut out, watch, &mut hear)
            }
        };
        far.clear();
        done
    }

    /// The statements; none where they are to be typed at a prompt.
    fn script(&self) -> Result<Option<String>, Failure> {
        if let Some(given) = self.matches.get_many::<String>("execute") {
            let given: Vec<&str> = given.map(|it| it.trim_end()).collect();
            if let [one] = given.as_slice() {
                return Ok(Some((*one).to_owned()));
            }
            let one_a_line = matches!(
                self.direct.engine(self.project.as_deref(), &self.connection)?,
                rpc::query::Engine::Redis | rpc::query::Engine::Mongodb
            );
            // On a line of its own: one before may end in a comment.
            return Ok(Some(given.join(if one_a_line { "\n" } else { "\n;\n" })));
        }
        let file = self.matches.get_one::<PathBuf>("file");
        if let Some(path) = file.filter(|it| *it != Path::new("-")) {
            let failed = |error: io::Error| {
                Failure::new(Reason::File, format!("{} cannot be read: {error}", path.display()))
            };
            let opened = std::fs::File::open(path).map_err(failed)?;
            return text(opened, &path.display().to_string()).map(Some);
        }
        if file.is_none() && io::stdin().is_terminal() {
            return Ok(None);
        }
        text(io::stdin().lock(), "standard input").map(Some)
    }
}

/// Text of a script.
pub(crate) fn text(from: impl Read, place: &str) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    from.take(SCRIPT_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::new(Reason::File, format!("{place} cannot be read: {error}")))?;
    if bytes.len() as u64 > SCRIPT_MAX {
        return Err(usage(format!("{place} is longer than {} MB", SCRIPT_MAX >> 20)));
    }
    let text = String::from_utf8(bytes).map_err(|_| {
        usage(format!("{place} is not UTF-8")).hint("save it as UTF-8 and try again")
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// `name=text`, or `name:=` and JSON.
pub(crate) fn param(text: &str) -> Result<(String, Value), Failure> {
    let wrong = || {
        usage(format!("`{}` is no parameter", plain(text)))
            .hint("as in `--param name=text` or `--param id:=42`")
    };
    let (name, value) = text.split_once('=').ok_or_else(wrong)?;
    if let Some(name) = name.strip_suffix(':') {
        let value: Value = serde_json::from_str(value).map_err(|_| wrong())?;
        return if name.is_empty() { Err(wrong()) } else { Ok((name.to_owned(), value)) };
    }
    if name.is_empty() {
        return Err(wrong());
    }
    Ok((name.to_owned(), Value::String(value.to_owned())))
}

pub(crate) fn usage(text: String) -> Failure {
    Failure::new(Reason::Usage, text)
}

/// Does it, and once more with a password where the connection asks for one and somebody is there to
/// type it.
pub(crate) fn with_password<T>(
    direct: &Direct,
    project: Option<&str>,
    connection: &str,
    mut work: impl FnMut() -> Result<T, Failure>,
) -> Result<T, Failure> {
    let asks = match work() {
        Err(failure) if failure.code.as_deref() == Some("password") => failure,
        done => return done,
    };
    if !io::stdin().is_terminal() {
        return Err(asks
            .hint("nobody is here to type it: name `keyring:…`, `env:…` or `cmd:…` in its entry"));
    }
    let place = direct.shown(project, connection)?;
    let place = if place == connection { String::new() } else { format!(" ({place})") };
    let password = crate::prompt::password(&format!("password for {connection}{place}: "))
        .map_err(|it| Failure::new(Reason::Usage, it.to_string()))?;
    direct.give_password(project, connection, password)?;
    work()
}

/// Says what was done, for people, and how long it took where that is `timed`.
pub(crate) fn tell(ran: &Ran, output: &Output, terminal: Terminal, timed: bool) {
    let time = if timed { format!(", {}", spent(ran.took)) } else { String::new() };
    // What changed rows is said in any case; what gave rows is seen.
    for it in ran.done.iter().filter(|it| ran.results == 0 || it.affected.is_some()) {
        let count = it.affected.map(|it| format!(", {}", counted(it))).unwrap_or_default();
        let tag = if it.tag.is_empty() { "done" } else { &it.tag };
        let time = if timed { format!(", {}", spent(it.took)) } else { String::new() };
        note(&format!("{tag}{count}{time}"));
    }
    let for_people = matches!(output.format, Format::Table | Format::Vertical);
    if ran.results > 0 && (for_people && terminal.looked_at || io::stderr().is_terminal()) {
        note(&format!("{}{time}", counted(ran.rows)));
    }
    for text in &ran.notes {
        note(text);
    }
}

pub(crate) fn counted(rows: u64) -> String {
    if rows == 1 { "1 row".into() } else { format!("{rows} rows") }
}

/// A time for people.
pub(crate) fn spent(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    if ms < 10.0 {
        format!("{ms:.1} ms")
    } else if ms < 1000.0 {
        format!("{ms:.0} ms")
    } else {
        format!("{:.1} s", ms / 1000.0)
    }
}

/// Says something beside the rows.
pub(crate) fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", plain(text)); // nobody may be there to hear it
}

/// Says why it failed, and tells the exit code.
pub(crate) fn fail(failure: &Failure, terminal: Terminal) -> ExitCode {
    let code = exit(failure.reason);
    if terminal.json {
        let error = json!({ "error": {
            "kind": failure.kind(),
            "message": failure.message,
            "hint": failure.hint,
            "detail": failure.detail,
            "code": failure.code,
            "line": failure.place.map(|it| it.line),
            "column": failure.place.map(|it| it.column).filter(|it| *it > 0),
            "exit": code,
        }});
        let _ = writeln!(io::stderr().lock(), "{error}"); // as above
        return ExitCode::from(code);
    }
    explain(failure);
    ExitCode::from(code)
}

/// Says why something failed, for people.
pub(crate) fn explain(failure: &Failure) {
    let mut place = String::new();
    if let Some(at) = failure.place {
        place = match at.column {
            0 => format!("line {}: ", at.line),
            column => format!("line {}, column {column}: ", at.line),
        };
    }
    let code = match &failure.code {
        Some(code) if failure.reason == Reason::Server => format!(" ({})", told(code)),
        _ => String::new(),
    };
    note(&format!("backstory: {place}{}{code}", failure.message));
    if let Some(detail) = &failure.detail {
        note(&format!("detail: {detail}"));
    }
    if let Some(hint) = &failure.hint {
        note(&format!("hint: {hint}"));
    }
}

/// A server's code for people: a number alone says nothing, and MySQL's has a state beside it.
fn told(code: &str) -> String {
    match code.strip_suffix(')').and_then(|it| it.split_once(" (")) {
        Some((number, state)) => format!("code {number}, state {state}"),
        None if code.len() < 5 && code.bytes().all(|it| it.is_ascii_digit()) => {
            format!("code {code}")
        }
        None => code.to_owned(),
    }
}

fn exit(reason: Reason) -> u8 {
    match reason {
        Reason::Server => 1,
        Reason::Usage | Reason::Unsupported => 2,
        Reason::Connection => 3,
        Reason::TimedOut => 4,
        Reason::Refused | Reason::Unconfirmed => 5,
        Reason::Lost => 7,
        Reason::File => 8,
        Reason::Cancelled => 130,
    }
}
