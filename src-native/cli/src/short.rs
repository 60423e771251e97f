//! Short commands: the questions of a team by names that are quick to type. Each is a method's command
//! under another name, printed as a report.

use crate::document::{Method, Param};
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};
use rpc::Result;
use serde_json::Value;

/// A short command.
pub(crate) struct Short {
    /// What is typed.
    pub(crate) verb: &'static str,
    /// The method behind it.
    pub(crate) method: &'static str,
    /// The parameter that stands without its name; empty for none.
    pub(crate) first: &'static str,
    /// Whether it must be given.
    needed: bool,
    /// What it does, in a line.
    about: &'static str,
    /// What somebody would type.
    example: &'static str,
    /// Whether it prints annotations for GitHub.
    pub(crate) annotates: bool,
}

/// All of them, in the order of the help.
pub(crate) const ALL: [Short; 7] = [
    Short {
        verb: "demo",
        method: "sources.demo",
        first: "",
        needed: false,
        about: "Take in a small made-up project, to try everything on",
        example: "demo",
        annotates: false,
    },
    Short {
        verb: "issue-context",
        method: "memory.issueContext",
        first: "key",
        needed: true,
        about: "Tell all that belongs to an issue",
        example: "issue-context PROJ-1247",
        annotates: false,
    },
    Short {
        verb: "file-experts",
        method: "memory.experts",
        first: "path",
        needed: true,
        about: "Rank the people who know a file",
        example: "file-experts src/auth/token_service.py",
        annotates: false,
    },
    Short {
        verb: "component-risk",
        method: "memory.risk",
        first: "component",
        needed: true,
        about: "Rank the files of a component by risk and tell why",
        example: "component-risk auth",
        annotates: false,
    },
    Short {
        verb: "onboarding",
        method: "memory.onboarding",
        first: "component",
        needed: false,
        about: "List what to read, and whom to ask, to learn a component",
        example: "onboarding auth",
        annotates: false,
    },
    Short {
        verb: "review-suggest",
        method: "memory.reviewers",
        first: "pullRequest",
        needed: false,
        about: "Suggest reviewers for a pull request, or for --paths",
        example: "review-suggest 382",
        annotates: true,
    },
    Short {
        verb: "hygiene",
        method: "memory.hygiene",
        first: "",
        needed: false,
        about: "Report what memory lacks; exit code 1 where a threshold of backstory.toml is passed",
        example: "hygiene --since 2026-05-01",
        annotates: true,
    },
];

/// The exit code of `hygiene` where a threshold is passed.
pub(crate) const OVER: u8 = 1;

/// The short command of that name.
pub(crate) fn of(verb: &str) -> Option<&'static Short> {
    ALL.iter().find(|it| it.verb == verb)
}

impl Short {
    /// The method behind it with its parameters as this command takes them: the first stands without
    /// its name.
    pub(crate) fn of_method(&self, methods: &[Method]) -> Option<Method> {
        let mut method = methods.iter().find(|it| it.name == self.method)?.clone();
        for param in &mut method.params {
            param.required = self.needed && param.name == self.first;
        }
        method.first = Some(self.first.to_owned());
        Some(method)
    }

    /// Its command.
    pub(crate) fn command(&self, methods: &[Method]) -> Option<Command> {
        let method = self.of_method(methods)?;
        let long = method.description.clone();
        let first = method.params.iter().find(|it| it.name == self.first).cloned();
        let mut usage = format!("backstory {} [OPTIONS]", self.verb);
        if let Some(Param { name, .. }) = &first {
            let shown = crate::document::kebab(name).to_uppercase();
            usage += &if self.needed { format!(" <{shown}>") } else { format!(" [{shown}]") };
        }
        let mut command = crate::command::of_method(&method)
            .name(self.verb)
            .about(self.about)
            .long_about(long)
            .override_usage(usage)
            .after_help(format!("Example: backstory {}", self.example));
        if self.annotates {
            command = command.arg(
                Arg::new("format")
                    .long("format")
                    .value_name("FORMAT")
                    .value_parser(PossibleValuesParser::new(["text", "github"]))
                    .default_value("text")
                    .hide_default_value(true)
                    .help(
                        "How to print: `text`, or `github` for annotations of a workflow and a \
                         summary in the file that GITHUB_STEP_SUMMARY names",
                    ),
            );
        }
        Some(command)
    }

    /// Whether annotations are asked for.
    pub(crate) fn for_github(&self, matches: &ArgMatches) -> bool {
        self.annotates && matches.get_one::<String>("format").is_some_and(|it| it == "github")
    }
}

/// What is wrong with `backstory.toml`, where something is: then the thresholds in force are not those
/// that the team wrote, and nobody is held to them unnoticed.
pub(crate) fn wrong_rules(reply: &Value) -> Option<String> {
    let mut gaps = reply["basis"]["gaps"].as_array().into_iter().flatten();
    let gap = gaps.find(|it| it["kind"] == "rules")?;
    gap["text"].as_str().map(str::to_owned)
}

/// The same of a reply as text: whether there is something.
pub(crate) fn has_wrong_rules(reply: &str) -> bool {
    serde_json::from_str(reply).is_ok_and(|it: Value| wrong_rules(&it).is_some())
}

/// Whether a reply of hygiene is over a threshold.
pub(crate) fn is_over(reply: &str) -> bool {
    let reply: Value = serde_json::from_str(reply).unwrap_or_default();
    reply["over"].as_u64().unwrap_or(0) > 0
}

/// Adds the summary of a job to the file that GitHub names for it, where there is one.
///
/// # Errors
/// Where the file cannot be written.
pub(crate) fn summarize(markdown: &str) -> Result<()> {
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|it| !it.is_empty()) else {
        return Ok(());
    };
    let written = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(&path)
        .and_then(|mut file| std::io::Write::write_all(&mut file, markdown.as_bytes()));
    written.map_err(|it| {
        let file = std::path::Path::new(&path).display().to_string();
        rpc::Error::new(rpc::Code::Internal, format!("the summary {file} cannot be written: {it}"))
    })
}
