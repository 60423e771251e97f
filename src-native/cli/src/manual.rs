//! Completions and the manual page, made of the same commands as the help.

use crate::{Typed, command};
use clap::Command;
use clap_mangen::Man;
use rpc::{Code, Error, Result};

/// Completions for `bash`, `zsh` or `fish`.
pub(crate) fn completions(typed: &Typed, shell: &str) -> String {
    use clap_complete::{Shell, generate};
    let shell = match shell {
        "zsh" => Shell::Zsh,
        "fish" => Shell::Fish,
        _ => Shell::Bash,
    };
    let mut text = Vec::new();
    generate(shell, &mut command::command(&typed.program, &typed.methods), "backstory", &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// One page for all of it, in roff: `backstory man | man -l -`.
pub(crate) fn page(typed: &Typed) -> Result<String> {
    let failed = |it: std::io::Error| Error::new(Code::Internal, it.to_string());
    let mut root = command::command(&typed.program, &typed.methods);
    root.build();
    let mut text = Vec::new();
    let man = Man::new(root.clone());
    man.render_title(&mut text).map_err(failed)?;
    man.render_name_section(&mut text).map_err(failed)?;
    man.render_synopsis_section(&mut text).map_err(failed)?;
    man.render_description_section(&mut text).map_err(failed)?;
    man.render_options_section(&mut text).map_err(failed)?;
    text.extend_from_slice(b".SH COMMANDS\n");
    for group in root.get_subcommands() {
        match group.get_subcommands().next() {
            None => one(group, &mut text),
            Some(_) => group.get_subcommands().for_each(|it| one(it, &mut text)),
        }
    }
    man.render_extra_section(&mut text).map_err(failed)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// A command as a paragraph with its parameters.
fn one(command: &Command, text: &mut Vec<u8>) {
    let name = command.get_bin_name().unwrap_or(command.get_name());
    let mut lines = format!(".SS {}\n", escaped(name));
    let about = command.get_long_about().or(command.get_about());
    lines += &format!("{}\n", escaped(&about.map(ToString::to_string).unwrap_or_default()));
    let shown = |it: &&clap::Arg| !it.is_hide_set() && !it.is_global_set() && it.get_id() != "help";
    for arg in command.get_arguments().filter(shown) {
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        lines += &format!(".TP\n\\fB{}\\fR\n{}\n", escaped(&arg.to_string()), escaped(&help));
    }
    if let Some(after) = command.get_after_help() {
        lines += &format!(".PP\n{}\n", escaped(&after.to_string()));
    }
    text.extend_from_slice(lines.as_bytes());
}

/// Text as roff takes it: no line begins a request, no backslash an escape, a dash stays a dash.
fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-");
    let lines = text.lines().map(|it| match it.starts_with(['.', '\'']) {
        true => format!("\\&{it}"),
        false => it.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}
