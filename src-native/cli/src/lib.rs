//! The terminal: what is typed becomes a call, and the reply a table, sentences or JSON. Commands,
//! help, completions and manual are made of the generated document; no method is named twice.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod arguments;
mod ask;
mod beside;
mod collect;
mod command;
mod dashboard;
mod doctor;
mod document;
mod far;
mod github;
mod harmless;
mod here;
mod hooks;
mod manual;
mod plan;
mod prompt;
mod query;
mod render;
mod serve;
mod short;
mod signals;
mod terminal;
mod window;
mod wording;

use ask::Road;
use clap::ArgMatches;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use document::{Method, kebab};
use here::Here;
use rpc::{Error, Result};
use serde_json::Value;
use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use terminal::Terminal;
use transport::Places;

/// Which program this is.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// Its version.
    pub version: &'static str,
    /// The commit it was built from.
    pub revision: &'static str,
}

/// Exit code of a command line that is not understood, as in `sysexits.h`.
const USAGE: u8 = 64;
/// How long work that was told to stop may take to do so before the process ends.
const LAST_WORK: Duration = Duration::from_millis(500);
/// How long servers of databases may take to stop statements before the process ends.
const LAST_STATEMENTS: Duration = Duration::from_secs(1);

/// Does what was typed and tells the exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>, program: Program) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if arguments.get(1).is_some_and(|it| it == query::VERB) {
        return query_alone(&arguments);
    }
    let methods = document::methods();
    let matches = match understand(&arguments, &program, &methods) {
        Ok(matches) => matches,
        Err(error) => return refuse(&error, &arguments),
    };
    let mut terminal = Terminal::find(matches.get_flag("json"), matches.get_flag("verbose"));
    terminal.by_method = matches.subcommand_name() == Some("call");
    let typed = Typed { program, methods, matches, terminal };
    match typed.run() {
        Ok(code) => code,
        Err(error) => {
            terminal.fail(&error);
            ExitCode::from(error.code.exit())
        }
    }
}

/// `backstory query …`, of which scripts start many.
fn query_alone(arguments: &[OsString]) -> ExitCode {
    let matches = match query::understand(arguments) {
        Ok(matches) => matches,
        Err(error) => {
            let code = refuse(&error, arguments);
            return if error.use_stderr() { ExitCode::from(query::NOT_UNDERSTOOD) } else { code };
        }
    };
    let Some((_, matches)) = matches.subcommand() else { return ExitCode::FAILURE };
    let terminal = Terminal::find(matches.get_flag("json"), matches.get_flag("verbose"));
    match places(matches) {
        Ok(places) => query::run(matches, &places, terminal),
        Err(error) => {
            terminal.fail(&error);
            ExitCode::from(query::NOT_UNDERSTOOD)
        }
    }
}

/// Where things are, as the command line says.
fn places(matches: &ArgMatches) -> Result<Places> {
    let path = |name: &str| matches.get_one::<PathBuf>(name).map(PathBuf::as_path);
    Ok(Places::find(path("store"), path("socket"))?)
}

/// Reads the command line. A folder in place of a command is where to open the window.
fn understand(
    arguments: &[OsString],
    program: &Program,
    methods: &[Method],
) -> clap::error::Result<ArgMatches> {
    let command = command::command(program, methods);
    let error = match command.clone().try_get_matches_from(arguments) {
        Err(error) if error.kind() == ErrorKind::InvalidSubcommand => error,
        result => return result,
    };
    match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(word)) if Path::new(word).is_dir() => {
            let folder = clap::Arg::new("folder").value_parser(clap::value_parser!(PathBuf));
            command.subcommand_required(false).arg(folder).try_get_matches_from(arguments)
        }
        _ => Err(error),
    }
}

fn refuse(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    if !error.use_stderr() {
        let _ = error.print(); // help and version
        return ExitCode::SUCCESS;
    }
    if arguments.iter().any(|it| it == "--json") {
        let text = error.to_string();
        let text = text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        Terminal::find(true, false).fail(&Error::invalid(text).hint("see --help"));
    } else {
        let _ = error.print();
    }
    ExitCode::from(USAGE)
}

/// A command line that was understood.
struct Typed {
    program: Program,
    methods: Vec<Method>,
    matches: ArgMatches,
    terminal: Terminal,
}

impl Typed {
    fn run(&self) -> Result<ExitCode> {
        let Some((verb, matches)) = self.matches.subcommand() else {
            let folder = self.matches.try_get_one::<PathBuf>("folder").ok().flatten();
            return window::open(self, folder.map(PathBuf::as_path));
        };
        match verb {
            "call" => return self.call(matches),
            "methods" => self.list_methods(),
            "completions" => {
                let shell = matches.get_one::<String>("SHELL").map_or("bash", String::as_str);
                self.terminal.print(&manual::completions(self, shell));
            }
            "man" => self.terminal.print(&manual::page(self)?),
            "serve" if matches.get_flag("window") => return beside::serve(self, matches),
            "serve" => return serve::serve(self, matches),
            "doctor" => return doctor::doctor(self),
            dashboard::VERB => return dashboard::run(matches, &self.places()?, self.terminal),
            query::VERB => return Ok(query::run(matches, &self.places()?, self.terminal)),
            verb if short::of(verb).is_some() => return self.short(verb, matches),
            namespace => match matches.subcommand() {
                Some((name, matches)) => return self.ask(namespace, name, matches),
                None => return serve::stdio(self),
            },
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Where things are, as the command line says.
    fn places(&self) -> Result<Places> {
        places(&self.matches)
    }

    fn ask(&self, namespace: &str, name: &str, matches: &ArgMatches) -> Result<ExitCode> {
        let fits = |it: &&Method| {
            let (space, method) = it.split();
            space == namespace && kebab(method) == name
        };
        let method =
            self.methods.iter().find(fits).ok_or_else(|| {
                Error::invalid(format!("there is no command `{namespace} {name}`"))
            })?;
        let here = Here::find();
        let params = arguments::params(method, matches, &here)?;
        let places = self.places()?;
        let reply = now(async {
            let mut road = Road::of(namespace, &places, self.terminal).await?;
            road.ask(method, params, &here).await
        })?;
        self.show(&method.name, reply.get());
        Ok(exit(&method.name, reply.get()))
    }

    /// A short command: a method's answer as a report, or as a workflow of GitHub shows it.
    fn short(&self, verb: &str, matches: &ArgMatches) -> Result<ExitCode> {
        let unknown = || Error::invalid(format!("there is no command `{verb}`"));
        let short = short::of(verb).ok_or_else(unknown)?;
        let method = short.of_method(&self.methods).ok_or_else(unknown)?;
        let here = Here::find();
        let params = arguments::params(&method, matches, &here)?;
        let places = self.places()?;
        let reply = now(async {
            let mut road = Road::of("memory", &places, self.terminal).await?;
            road.ask(&method, params, &here).await
        })?;
        let value: Value = serde_json::from_str(reply.get()).unwrap_or_default();
        if short.for_github(matches) {
            let told = github::told(&method.name, &value);
            short::summarize(&told.markdown)?;
            self.terminal.print(&told.commands);
        } else if self.terminal.json {
            self.terminal.print_json(reply.get());
        } else {
            self.terminal.print(&render::short(verb, &method.name, &value, &self.terminal));
        }
        Ok(exit(&method.name, reply.get()))
    }

    fn call(&self, matches: &ArgMatches) -> Result<ExitCode> {
        let name = matches.get_one::<String>("METHOD").cloned().unwrap_or_default();
        let words: Vec<String> =
            matches.get_many("PARAMS").into_iter().flatten().cloned().collect();
        let method = self.methods.iter().find(|it| it.name == name);
        let params = if words == ["-"] {
            let mut text = String::new();
            let read =
                std::io::stdin().take(rpc::FRAME_BYTES_MAX as u64 + 1).read_to_string(&mut text);
            read.map_err(|it| Error::invalid(format!("standard input cannot be read: {it}")))?;
            arguments::object(&text)?
        } else {
            arguments::loose(method, &words)?
        };
        let places = self.places()?;
        let reply = now(async {
            let namespace = name.split('.').next().unwrap_or_default();
            let mut road = Road::of(namespace, &places, self.terminal).await?;
            road.call(&name, &Value::Object(params)).await
        })?;
        self.terminal.print_json(reply.get());
        Ok(exit(&name, reply.get()))
    }

    fn show(&self, method: &str, reply: &str) {
        if self.terminal.json {
            return self.terminal.print_json(reply);
        }
        match serde_json::from_str(reply) {
            Ok(value) => self.terminal.print(&render::render(method, &value, &self.terminal)),
            Err(_) => self.terminal.print_json(reply),
        }
    }

    fn list_methods(&self) {
        let list: Vec<Value> = self
            .methods
            .iter()
            .map(|it| {
                let summary = it.description.split(['\n', ':']).next().unwrap_or_default();
                serde_json::json!({ "method": it.name, "access": it.access, "what": summary })
            })
            .collect();
        let list = serde_json::json!({ "methods": list });
        match self.terminal.json {
            true => self.terminal.print_json(&list.to_string()),
            false => self.terminal.print(&render::render("", &list, &self.terminal)),
        }
    }
}

/// How the program ends after a reply: over a threshold of hygiene with a code of its own; where
/// sources were read and one could not be, as a failure, although the others went on; so where all
/// that was to come in was refused.
fn exit(method: &str, reply: &str) -> ExitCode {
    let rows = match method {
        "memory.hygiene" if short::is_over(reply) => return ExitCode::from(short::OVER),
        "memory.hygiene" if short::has_wrong_rules(reply) => {
            return ExitCode::from(rpc::Code::InvalidParams.exit());
        }
        "trackers.import" if is_all_refused(reply) => {
            return ExitCode::from(rpc::Code::Upstream.exit());
        }
        "sources.sync" => "synced",
        "trackers.sync" => "tookIn",
        _ => return ExitCode::SUCCESS,
    };
    let reply: Value = serde_json::from_str(reply).unwrap_or_default();
    let mut rows = reply[rows].as_array().into_iter().flatten();
    match rows.any(|it| !it["failure"].is_null()) {
        true => ExitCode::from(rpc::Code::Upstream.exit()),
        false => ExitCode::SUCCESS,
    }
}

/// Whether an import could take nothing of what it was given.
fn is_all_refused(reply: &str) -> bool {
    let reply: Value = serde_json::from_str(reply).unwrap_or_default();
    reply["records"] == 0 && reply["refusedTotal"].as_u64() > Some(0)
}

/// Runs one conversation on this thread: a question needs no more, and a runtime of many threads
/// takes longer to start than most answers to find.
fn now<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime =
        runtime.map_err(|it| Error::new(rpc::Code::Internal, format!("no runtime: {it}")))?;
    let answer = runtime.block_on(work);
    runtime.shutdown_timeout(LAST_WORK);
    answer
}
