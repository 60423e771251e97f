//! `backstory dashboard`: one text file made into text, pictures or a page, and held to what it asserts.

use crate::ask::Road;
use crate::here::Here;
use crate::terminal::Terminal;
use base64::Engine as _;
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, ValueHint, value_parser};
use rpc::{Code, Error, Result};
use serde_json::{Map, Value, json};
use std::io::{IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use transport::Places;

pub(crate) const VERB: &str = "dashboard";
/// Largest dashboard, in bytes.
const FILE_MAX: u64 = 1 << 20;
/// Exit code where an assertion does not hold, and where a file has something wrong in it.
const FAILED: u8 = 1;

pub(crate) fn command() -> Command {
    let file = Arg::new("FILE")
        .required(true)
        .value_hint(ValueHint::FilePath)
        .help("The dashboard: a file that ends in .md, a name as `dashboards list` tells it, or -");
    let params = Arg::new("param")
        .long("param")
        .short('p')
        .value_name("NAME=VALUE")
        .action(ArgAction::Append)
        .help("Set a parameter; again for several values of one");
    let project = Arg::new("project")
        .long("project")
        .value_name("FOLDER")
        .value_hint(ValueHint::DirPath)
        .help("Folder of the project, for its connections (else the repository of the current folder)");
    let zone = Arg::new("zone").long("zone").value_name("ZONE").help(
        "Zone of days where the dashboard names none, as in Europe/Berlin (else the system's)",
    );
    let run = Command::new("run")
        .about("Ask all queries of a dashboard and print or write what it shows")
        .long_about(
            "Ask all queries of a dashboard and print or write what it shows. A panel that cannot be \
             had says why in its place. Where an assertion does not hold, the sentence that failed \
             goes to standard error, and the exit code is 1.",
        )
        .after_help(
            "Examples:\n  backstory dashboard run delivery --param period=30d\n  \
             backstory dashboard run sales.md --format html --out sales.html",
        )
        .arg(file.clone())
        .arg(params.clone())
        .arg(
            Arg::new("format")
                .long("format")
                .value_parser(PossibleValuesParser::new(["text", "json", "csv", "png", "svg", "html"]))
                .help("How (text, or as the ending of --out says)"),
        )
        .arg(
            Arg::new("out")
                .long("out")
                .short('o')
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .value_hint(ValueHint::FilePath)
                .help("Write to a file, over what is there"),
        )
        .arg(
            Arg::new("at")
                .long("at")
                .value_name("DAY")
                .help("The moment that periods end with: a day or a moment (else now)"),
        )
        .arg(
            Arg::new("theme")
                .long("theme")
                .value_parser(PossibleValuesParser::new(["light", "dark"]))
                .help("Colours of PNG and SVG (light)"),
        )
        .arg(
            Arg::new("width")
                .long("width")
                .value_name("PIXELS")
                .value_parser(value_parser!(u32).range(320..=4000))
                .help("Width of pictures (1200)"),
        )
        .arg(project.clone())
        .arg(zone.clone());
    let diff = Command::new("diff")
        .about("Tell which numbers of a dashboard moved between two moments")
        .after_help("Example: backstory dashboard diff delivery --at 2026-10-01 --at 2026-11-01")
        .arg(file.clone())
        .arg(
            Arg::new("at")
                .long("at")
                .value_name("DAY")
                .required(true)
                .action(ArgAction::Append)
                .help("A day or a moment; given twice"),
        )
        .arg(params)
        .arg(project.clone())
        .arg(zone);
    let check = Command::new("check")
        .about("Tell what is wrong with dashboards, with line and column; nothing is asked")
        .arg(file.num_args(1..))
        .arg(project);
    Command::new(VERB)
        .about("Run a dashboard, compare two moments of it, or check its file")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommands([run, diff, check])
}

/// What was named: a file's text, or a dashboard that is known by name.
struct Named {
    shown: String,
    params: Map<String, Value>,
}

fn named(word: &str, matches: &ArgMatches) -> Result<Named> {
    let here = Here::find();
    let mut params = Map::new();
    let folder = match matches.get_one::<String>("project") {
        Some(folder) => Some(here.on_the_machine(folder)),
        None => {
            // The folder that has `.backstory`, else the repository's root.
            let mut above = here.folder.ancestors();
            let found = above.find(|it| it.join(".backstory").is_dir()).map(Path::to_owned);
            let folder = found.or(here.repository).unwrap_or(here.folder);
            Some(folder.to_string_lossy().into_owned())
        }
    };
    params.insert("project".into(), json!(folder));
    let is_path = word == "-" || word.ends_with(".md");
    if is_path {
        params.insert("text".into(), read(word)?.into());
    } else {
        params.insert("dashboard".into(), word.into());
    }
    Ok(Named { shown: word.to_owned(), params })
}

fn read(word: &str) -> Result<String> {
    let unreadable = |it: std::io::Error| {
        Error::new(Code::NotFound, format!("{word} cannot be read: {it}"))
            .hint("`backstory dashboards list` tells the dashboards that have a name")
    };
    let mut text = Vec::new();
    if word == "-" {
        std::io::stdin().take(FILE_MAX + 1).read_to_end(&mut text).map_err(unreadable)?;
    } else {
        let file = std::fs::File::open(word).map_err(unreadable)?;
        file.take(FILE_MAX + 1).read_to_end(&mut text).map_err(unreadable)?;
    }
    if text.len() as u64 > FILE_MAX {
        return Err(Error::new(
            Code::TooLarge,
            format!("{word} is larger than {} MB", FILE_MAX >> 20),
        ));
    }
    String::from_utf8(text).map_err(|_| {
        Error::invalid(format!("{word} is not written in UTF-8")).hint("save it as UTF-8")
    })
}

/// Parameters as they were typed. What is given twice is a list.
fn values(matches: &ArgMatches) -> Result<Map<String, Value>> {
    let mut values = Map::new();
    for word in matches.get_many::<String>("param").into_iter().flatten() {
        let Some((name, value)) = word.split_once('=') else {
            return Err(Error::invalid(format!("`{word}` is no NAME=VALUE"))
                .hint("as in --param period=30d"));
        };
        let value = match values.remove(name) {
            None => Value::from(value),
            Some(Value::Array(mut list)) => {
                list.push(value.into());
                Value::Array(list)
            }
            Some(first) => json!([first, value]),
        };
        values.insert(name.to_owned(), value);
    }
    Ok(values)
}

/// Does what was typed.
pub(crate) fn run(matches: &ArgMatches, places: &Places, terminal: Terminal) -> Result<ExitCode> {
    match matches.subcommand() {
        Some(("run", matches)) => render(matches, places, terminal),
        Some(("diff", matches)) => diff(matches, places, terminal),
        Some(("check", matches)) => check(matches, places, terminal),
        _ => Ok(ExitCode::FAILURE),
    }
}

fn ask(
    places: &Places,
    terminal: Terminal,
    method: &str,
    params: Map<String, Value>,
) -> Result<Value> {
    crate::now(async {
        let mut road = Road::open(places, terminal).await?;
        road.value(method, &Value::Object(params)).await
    })
}

/// What is wrong with a text is wrong with the file it came from.
fn in_file(file: &str, error: Error) -> Error {
    match error.message.strip_prefix("dashboard:") {
        Some(rest) => Error { message: format!("{file}:{rest}"), ..error },
        None => error,
    }
}

fn render(matches: &ArgMatches, places: &Places, terminal: Terminal) -> Result<ExitCode> {
    let out = matches.get_one::<PathBuf>("out");
    let ending = out.and_then(|it| it.extension()).map(|it| it.to_string_lossy().to_lowercase());
    let format = match matches.get_one::<String>("format") {
        Some(format) => format.clone(),
        None if terminal.json => "json".to_owned(),
        None => match ending.as_deref() {
            Some(ending @ ("json" | "csv" | "png" | "svg" | "html")) => ending.to_owned(),
            _ => "text".to_owned(),
        },
    };
    let binary = format == "png";
    if binary && out.is_none() && std::io::stdout().is_terminal() {
        return Err(Error::invalid("a picture cannot be shown in a terminal")
            .hint("name a file: --out FILE.png"));
    }
    let word = matches.get_one::<String>("FILE").map_or("", String::as_str);
    let Named { shown, mut params } = named(word, matches)?;
    params.insert("params".into(), values(matches)?.into());
    params.insert("format".into(), format.into());
    for name in ["at", "theme", "zone"] {
        if let Some(value) = matches.get_one::<String>(name) {
            params.insert(name.into(), value.clone().into());
        }
    }
    if let Some(width) = matches.get_one::<u32>("width") {
        params.insert("width".into(), (*width).into());
    }
    if out.is_none() && std::io::stdout().is_terminal() {
        params.insert("columns".into(), json!(terminal.width));
        params.insert("styled".into(), terminal.color.into());
    }
    let reply =
        ask(places, terminal, "dashboards.render", params).map_err(|it| in_file(&shown, it))?;
    let bytes = match (reply["text"].as_str(), reply["base64"].as_str()) {
        (Some(text), _) => text.as_bytes().to_vec(),
        (None, Some(packed)) => base64::engine::general_purpose::STANDARD
            .decode(packed)
            .map_err(|it| Error::new(Code::Internal, format!("the picture is damaged: {it}")))?,
        (None, None) => Vec::new(),
    };
    match out {
        Some(file) => write(file, &bytes)?,
        None => {
            let mut stdout = std::io::stdout().lock();
            let written = stdout.write_all(&bytes).and_then(|()| stdout.flush());
            match written {
                Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                    return Err(Error::new(Code::Upstream, format!("standard output: {error}")));
                }
                _ => {}
            }
        }
    }
    let mut failed = false;
    for it in reply["assertions"].as_array().into_iter().flatten() {
        if it["holds"] != true {
            failed = true;
            terminal.say(&format!("{word}:{}: {}", it["line"], text(&it["sentence"])));
        }
    }
    let broken = reply["failures"].as_array().is_some_and(|it| !it.is_empty());
    for it in reply["failures"].as_array().into_iter().flatten() {
        terminal.say(&format!("{word}: {}: {}", text(&it["title"]), text(&it["message"])));
    }
    Ok(match (failed, broken) {
        (true, _) => ExitCode::from(FAILED),
        (false, true) => ExitCode::from(Code::Upstream.exit()),
        (false, false) => ExitCode::SUCCESS,
    })
}

fn text(of: &Value) -> &str {
    of.as_str().unwrap_or_default()
}

/// Writes a file beside its place and puts it there when it is whole.
fn write(file: &Path, bytes: &[u8]) -> Result<()> {
    let mut part = file.as_os_str().to_owned();
    part.push(format!(".part{}", std::process::id()));
    let part = PathBuf::from(part);
    let written = std::fs::write(&part, bytes).and_then(|()| std::fs::rename(&part, file));
    written.map_err(|it| {
        let _ = std::fs::remove_file(&part); // what is half written is of no use
        Error::new(Code::Upstream, format!("{} cannot be written: {it}", file.display()))
    })
}

fn diff(matches: &ArgMatches, places: &Places, terminal: Terminal) -> Result<ExitCode> {
    let moments: Vec<&String> = matches.get_many::<String>("at").into_iter().flatten().collect();
    let [a, b] = moments.as_slice() else {
        return Err(Error::invalid("two moments are compared").hint("give --at twice"));
    };
    let word = matches.get_one::<String>("FILE").map_or("", String::as_str);
    let Named { shown, mut params } = named(word, matches)?;
    params.insert("params".into(), values(matches)?.into());
    params.insert("a".into(), (*a).clone().into());
    params.insert("b".into(), (*b).clone().into());
    if let Some(zone) = matches.get_one::<String>("zone") {
        params.insert("zone".into(), zone.clone().into());
    }
    let reply =
        ask(places, terminal, "dashboards.diff", params).map_err(|it| in_file(&shown, it))?;
    match terminal.json {
        true => terminal.print_json(&reply.to_string()),
        false => terminal.print(text(&reply["text"])),
    }
    let panels = reply["panels"].as_array().into_iter().flatten();
    let broken: Vec<&Value> = panels.filter(|it| it["failure"].is_string()).collect();
    for it in &broken {
        terminal.say(&format!("{word}: {}: {}", text(&it["title"]), text(&it["failure"])));
    }
    // What could not be asked may have moved.
    Ok(if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(Code::Upstream.exit()) })
}

fn check(matches: &ArgMatches, places: &Places, terminal: Terminal) -> Result<ExitCode> {
    let mut wrong = false;
    let words: Vec<String> =
        matches.get_many::<String>("FILE").into_iter().flatten().cloned().collect();
    for word in words {
        let Named { shown, params } = named(&word, matches)?;
        let reply = ask(places, terminal, "dashboards.check", params)?;
        for it in reply["troubles"].as_array().into_iter().flatten() {
            wrong = true;
            let hint = it["hint"].as_str().map(|it| format!(" ({it})")).unwrap_or_default();
            terminal.print(&format!(
                "{shown}:{}:{}: {}{hint}\n",
                it["line"],
                it["column"],
                text(&it["message"])
            ));
        }
    }
    Ok(if wrong { ExitCode::from(FAILED) } else { ExitCode::SUCCESS })
}
