//! The commands: Backstory's own verbs, and one command a method, built from the document.

use crate::Program;
use crate::document::{Kind, Method, Param, kebab};
use clap::builder::{PossibleValuesParser, ValueParser};
use clap::{Arg, ArgAction, ArgGroup, Command, ValueHint, value_parser};
use rpc::Code;
use serde_json::Value;

/// What each namespace is about, and in which order they stand.
const NAMESPACES: &[(&str, &str)] = &[
    ("memory", "Ask who, what and why of a repository's history"),
    ("sources", "Say which repositories memory is made of"),
    ("trackers", "Say where issues and pull requests come from"),
    ("store", "Look after what memory is kept in"),
    ("identities", "See and correct who is whom"),
    ("databases", "Ask databases, method by method; `backstory query` is the quick way"),
    ("dashboards", "Look after dashboards, method by method; `backstory dashboard` runs one"),
    ("analytics", "Count page views of your own sites, without cookies"),
    ("app", "Drive the window"),
    ("events", "See what changed"),
    ("rpc", "Speak JSON-RPC over standard input and output"),
];

/// The whole command line.
pub(crate) fn command(program: &Program, methods: &[Method]) -> Command {
    let mut command = Command::new("backstory")
        .version(format!("{} ({})", program.version, program.revision))
        .about("Why is this code like this, who knows it, what is risky: answered from Git, with evidence.")
        .override_usage("backstory [OPTIONS] [COMMAND]\n       backstory [OPTIONS] FOLDER")
        .after_help(
            "Without a command the window opens, on the repository of FOLDER or of the current \
             folder. `backstory COMMAND --help` tells more.",
        )
        .after_long_help(format!("{EPILOGUE}\n\n{}", exits()))
        .disable_help_subcommand(true)
        .args(everywhere());
    for (namespace, about) in NAMESPACES {
        let mut group = Command::new(*namespace).about(*about);
        if *namespace == "rpc" {
            group = group.long_about(format!(
                "{about}: one message a line. Where a Backstory serves the store, it answers; else this \
                 process does."
            ));
        } else {
            group = group.subcommand_required(true).arg_required_else_help(true);
        }
        for method in methods.iter().filter(|it| it.split().0 == *namespace && it.callable()) {
            group = group.subcommand(of_method(method));
        }
        command = command.subcommand(group.disable_help_subcommand(true));
    }
    command
        .subcommands(crate::short::ALL.iter().filter_map(|it| it.command(methods)))
        .subcommand(crate::query::command())
        .subcommand(crate::dashboard::command())
        .subcommands(verbs())
}

const EPILOGUE: &str = "\
Without a command the window opens, on the repository of FOLDER or of the current folder. Where there is
no display, the terminal answers instead.

A question is about the repository of the current folder, and paths may be given from there. `--repository`
names another. Where the window or `backstory serve` runs, it answers; else this process opens the store.

Variables:
  BACKSTORY_STORE   the store, as --store
  BACKSTORY_SOCKET  the socket, as --socket
  BACKSTORY_HOME    a folder for everything: data, state and sockets
  NO_COLOR          never color";

/// The exit codes, from the table of the boundary.
fn exits() -> String {
    let mut text = String::from(
        "Exit codes:\n    0  done\n    1  hygiene: a threshold of backstory.toml is passed\n   64  not understood: the command line itself",
    );
    let mut rows: Vec<(u8, String)> = Vec::new();
    for (code, _, exit) in Code::table() {
        let name = serde_json::to_value(code).ok().and_then(|it| it.as_str().map(str::to_owned));
        let name = name.unwrap_or_default();
        match rows.iter_mut().find(|it| it.0 == *exit) {
            Some((_, names)) => *names += &format!(", {name}"),
            None => rows.push((*exit, name)),
        }
    }
    rows.sort();
    for (exit, names) in rows {
        text += &match exit {
            64 => format!(", {names}"),
            exit => format!("\n  {exit:>3}  {names}"),
        };
    }
    text
}

pub(crate) fn everywhere() -> [Arg; 4] {
    [
        Arg::new("store")
            .long("store")
            .value_name("FILE")
            .value_parser(value_parser!(std::path::PathBuf))
            .value_hint(ValueHint::FilePath)
            .global(true)
            .help_heading("Everywhere")
            .help("The store to ask (else BACKSTORY_STORE, else memory.db in your data folder)"),
        Arg::new("socket")
            .long("socket")
            .value_name("PATH")
            .value_parser(value_parser!(std::path::PathBuf))
            .value_hint(ValueHint::AnyPath)
            .global(true)
            .help_heading("Everywhere")
            .help("The socket of the Backstory to ask (else BACKSTORY_SOCKET, else that of the store)"),
        Arg::new("json")
            .long("json")
            .action(ArgAction::SetTrue)
            .global(true)
            .help_heading("Everywhere")
            .help("Print the reply as JSON, on one line unless to a terminal; errors too, to standard error"),
        Arg::new("verbose")
            .short('v')
            .long("verbose")
            .action(ArgAction::SetTrue)
            .global(true)
            .help_heading("Everywhere")
            .help("Print the rules behind an answer as well"),
    ]
}

fn verbs() -> Vec<Command> {
    let call = Command::new("call")
        .about("Call any method by its name")
        .long_about(
            "Call any method by its name. Parameters are KEY=VALUE, where VALUE is taken as the method's schema \
             says, KEY:=JSON, one JSON object, or - for a JSON object on standard input. Prints JSON.",
        )
        .after_help("Example: backstory call memory.why path=src/pay.rs line=2")
        .arg(Arg::new("METHOD").required(true).help("The method, as in memory.file"))
        .arg(Arg::new("PARAMS").num_args(0..).help("KEY=VALUE, KEY:=JSON, {…} or -"));
    let read_only = Arg::new("read-only")
        .long("read-only")
        .action(ArgAction::SetTrue)
        .help("Answer questions only: nothing can be changed through the socket");
    let http = Arg::new("http")
        .long("http")
        .value_name("ADDRESS")
        .value_parser(value_parser!(std::net::SocketAddr))
        .help("Also take webhook deliveries on this address, as in 127.0.0.1:8799");
    let collect = Arg::new("collect")
        .long("collect")
        .value_name("ADDRESS")
        .value_parser(value_parser!(std::net::SocketAddr))
        .help("Also take page views on this address, as in 127.0.0.1:8790");
    let behind = Arg::new("behind")
        .long("behind")
        .value_name("NETWORK")
        .value_delimiter(',')
        .action(ArgAction::Append)
        .requires("collect")
        .help("Proxies that are believed about whose page view it is (X-Forwarded-For), as in 127.0.0.1 or 10.0.0.0/8");
    let rate = Arg::new("rate")
        .long("rate")
        .value_name("COUNT")
        .value_parser(value_parser!(u32))
        .default_value("50")
        .requires("collect")
        .help("Page views a second that one address may send, 0 for any number");
    let share = Arg::new("share")
        .long("share")
        .value_name("CONNECTION")
        .requires("collect")
        .help("Share page views with a team over this connection to PostgreSQL or ClickHouse, every minute");
    let serve = Command::new("serve")
        .about("Answer on the socket without a window, and follow the repositories")
        .long_about(
            "Answer on the socket without a window, and follow the repositories: what is committed is in memory a \
             moment later. Prints the socket's path on standard output and ends cleanly on SIGTERM and SIGINT.\n\n\
             With --http it takes the webhooks of GitHub and Jira at /hooks/TRACKER, signed with the secret that \
             `trackers add --hook` names, and answers at /startup, /health and /ready. It speaks plain HTTP: put a \
             server that speaks TLS before it where it is reached from outside.\n\n\
             With --collect it takes page views of the sites that were added: from its own tracker, which it serves at \
             /b.js, and from the trackers of Umami (/api/send, /api/batch), Plausible (/api/event) and GoatCounter \
             (/count), which need no change but the address. No address and no user agent is kept. Behind a \
             proxy, name it with --behind. With --share others follow them over a database: `analytics follow`.",
        )
        .arg(read_only)
        .arg(http)
        .arg(collect)
        .arg(behind)
        .arg(rate)
        .arg(share)
        // What the window program says when it starts memory beside itself.
        .arg(Arg::new("window").long("window").hide(true).action(ArgAction::SetTrue))
        .arg(Arg::new("folder").long("folder").hide(true).value_parser(value_parser!(std::path::PathBuf)))
        .arg(Arg::new("route").long("route").hide(true));
    let shells = PossibleValuesParser::new(["bash", "zsh", "fish"]);
    let completions = Command::new("completions")
        .about("Print completions for a shell")
        .after_help("Example: backstory completions bash > ~/.local/share/bash-completion/completions/backstory")
        .arg(Arg::new("SHELL").required(true).value_parser(shells).help("The shell"));
    vec![
        call,
        Command::new("methods").about("List every method with what it does"),
        serve,
        Command::new("doctor").about("Tell what was found on this machine and what was chosen"),
        completions,
        Command::new("man").about("Print the manual page"),
    ]
}

/// The command of a method.
pub(crate) fn of_method(method: &Method) -> Command {
    let (namespace, name) = method.split();
    let name = kebab(name);
    let about = method.description.trim_end_matches('.').to_owned();
    let mut command =
        Command::new(name.clone()).about(about).long_about(method.description.clone());
    let positionals: Vec<&str> = method.positionals().map(|it| it.name.as_str()).collect();
    for param in &method.params {
        if !positionals.contains(&param.name.as_str()) {
            command = command.arg(option(method, param, param.name.clone()));
            continue;
        }
        // Where it may stand without its name, the name may be given all the same.
        let named = named(&param.name);
        let needed = param.required && !may_be_in_path(method, param);
        let mut positional =
            valued(method, param, Arg::new(param.name.clone())).value_name(shown(method, param));
        if needed {
            positional = positional.required_unless_present(named.clone());
        }
        command = command
            .arg(positional)
            .arg(option(method, param, named.clone()).hide(true))
            .group(ArgGroup::new(format!("{} once", param.name)).args([param.name.clone(), named]));
    }
    if !method.params.is_empty() {
        let example = format!("Example: backstory {namespace} {name}{}", example(method));
        command = command.override_usage(usage(method)).after_help(example);
    }
    command
}

/// What must be given and what may be, in order.
fn usage(method: &Method) -> String {
    let (namespace, name) = method.split();
    let mut usage = format!("backstory {namespace} {} [OPTIONS]", kebab(name));
    for param in method.positionals() {
        let shown = shown(method, param);
        let needed = param.required && !may_be_in_path(method, param);
        usage += &if needed { format!(" <{shown}>") } else { format!(" [{shown}]") };
    }
    usage
}

/// The id of the named form of a parameter that may stand without its name.
pub(crate) fn named(param: &str) -> String {
    format!("--{param}")
}

/// Whether the parameter may stand behind its path, as in `src/pay.rs:12`.
pub(crate) fn may_be_in_path(method: &Method, param: &Param) -> bool {
    param.name == "line" && method.params.iter().any(|it| it.name == "path" && it.required)
}

fn shown(method: &Method, param: &Param) -> String {
    let name = kebab(&param.name).to_uppercase();
    let line = method.params.iter().any(|it| it.required && may_be_in_path(method, it));
    if param.name == "path" && line { format!("{name}[:LINE]") } else { name }
}

fn option(method: &Method, param: &Param, id: String) -> Arg {
    let value = kebab(&param.name).to_uppercase();
    let option = valued(method, param, Arg::new(id).long(kebab(&param.name)));
    match param.kind {
        Kind::Flag => option,
        _ => option.value_name(value),
    }
}

fn valued(method: &Method, param: &Param, arg: Arg) -> Arg {
    let arg = arg
        .help(param.description.trim_end_matches('.').to_owned())
        .allow_hyphen_values(matches!(param.kind, Kind::Integer | Kind::Number));
    match &param.kind {
        Kind::Flag => arg
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true")
            .hide_possible_values(true)
            .value_parser(value_parser!(bool))
            .value_name("false"),
        // There are commas within an object.
        Kind::List(of) if **of == Kind::Json => {
            arg.action(ArgAction::Append).value_parser(parser(of))
        }
        Kind::List(of) => {
            arg.value_delimiter(',').action(ArgAction::Append).value_parser(parser(of))
        }
        kind => arg.value_parser(parser(kind)).value_hint(hint(method, &param.name)),
    }
}

fn parser(kind: &Kind) -> ValueParser {
    match kind {
        Kind::Integer => value_parser!(i64).into(),
        Kind::Number => value_parser!(f64).into(),
        Kind::Flag => value_parser!(bool),
        Kind::Choice(words) => PossibleValuesParser::new(words.clone()).into(),
        Kind::Text | Kind::List(_) | Kind::Json => ValueParser::string(),
    }
}

fn hint(method: &Method, name: &str) -> ValueHint {
    match name {
        "path" => ValueHint::AnyPath,
        // What changes together is paths; what is merged is identities.
        "with" if method.has("repository") => ValueHint::AnyPath,
        _ => ValueHint::Other,
    }
}

/// The example of the document as somebody would type it.
fn example(method: &Method) -> String {
    let positionals: Vec<&str> = method.positionals().map(|it| it.name.as_str()).collect();
    let mut text = String::new();
    for (name, value) in &method.example {
        let value = match value {
            Value::String(text) => quoted(text),
            Value::Array(items) if items.iter().all(Value::is_string) => {
                items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",")
            }
            Value::Array(_) | Value::Object(_) => quoted(&value.to_string()),
            other => other.to_string(),
        };
        text += &match (positionals.contains(&name.as_str()), value.as_str()) {
            (true, value) => format!(" {value}"),
            (false, "true") => format!(" --{}", kebab(name)),
            (false, value) => format!(" --{} {value}", kebab(name)),
        };
    }
    text
}

fn quoted(text: &str) -> String {
    let bare = |it: char| it.is_alphanumeric() || "/.-_@:#,".contains(it);
    if !text.is_empty() && text.chars().all(bare) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}
