//! Programs outside: the user's browser and editor. Both from a short list, never through a shell.
//!
//! What is opened comes from a repository's history, so it is treated as hostile: an address is
//! taken apart before it is passed on, and a path is passed as one argument that begins with `/`.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Longest address that is passed on, in bytes.
const ADDRESS_MAX: usize = 8_192;

/// The address as it may be handed to the system: `http`, `https` or `mailto`, plainly printable,
/// with a host and without a name or password before it.
pub(crate) fn browser_argument(url: &str) -> Result<String, String> {
    let refuse = |why: &str| Err(format!("This address is not opened: {why}."));
    if url.len() > ADDRESS_MAX {
        return refuse("it is too long");
    }
    // What RFC 3986 allows, less the quotes that launchers have been fooled with.
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&()*+,;=%".contains(&byte);
    if let Some(byte) = url.bytes().find(|byte| !plain(*byte)) {
        return refuse(&format!("it holds {:?}, which must be percent-encoded", char::from(byte)));
    }
    let Some((scheme, rest)) = url.split_once(':') else {
        return refuse("it has no scheme");
    };
    match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" => {
            let Some(rest) = rest.strip_prefix("//") else {
                return refuse("it names no host");
            };
            let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
            if authority.contains('@') {
                return refuse("it names a user before the host");
            }
            let host = match authority.strip_prefix('[') {
                Some(address) => address.split_once(']').map_or("", |(host, _)| host),
                None => authority.split(':').next().unwrap_or_default(),
            };
            let fine = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte);
            if host.is_empty() || host.starts_with('-') || !host.bytes().all(fine) {
                return refuse("its host is not a name or a number");
            }
        }
        "mailto" => {
            // Mail programs have attached any file that an address asked for.
            let lower = rest.to_ascii_lowercase();
            if lower.contains("attach") || lower.contains("%61ttach") {
                return refuse("it asks for an attachment");
            }
            if rest.is_empty() || rest.starts_with(['/', '-', '?']) || !rest.contains('@') {
                return refuse("it names no one to write to");
            }
            let address = rest.split('?').next().unwrap_or_default();
            if address.contains(['#', '[', ']', '/', '&', '=']) {
                return refuse("it names no one to write to");
            }
        }
        _ => return refuse("only http, https and mailto are"),
    }
    Ok(url.to_owned())
}

/// How an editor is told a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    /// `--goto PATH:LINE`
    Goto,
    /// `PATH:LINE`
    Colon,
    /// `--line LINE PATH`
    Option,
    /// `+LINE PATH`
    Plus,
    /// The path alone.
    None,
}

/// Editors with windows of their own, in the order in which they are looked for.
const EDITORS: [(&str, Line); 26] = [
    ("code", Line::Goto),
    ("codium", Line::Goto),
    ("vscodium", Line::Goto),
    ("code-insiders", Line::Goto),
    ("code-oss", Line::Goto),
    ("cursor", Line::Goto),
    ("windsurf", Line::Goto),
    ("zed", Line::Colon),
    ("zeditor", Line::Colon),
    ("subl", Line::Colon),
    ("sublime_text", Line::Colon),
    ("idea", Line::Option),
    ("rustrover", Line::Option),
    ("clion", Line::Option),
    ("pycharm", Line::Option),
    ("webstorm", Line::Option),
    ("goland", Line::Option),
    ("phpstorm", Line::Option),
    ("kate", Line::Option),
    ("gnome-builder", Line::None),
    ("gvim", Line::Plus),
    ("gedit", Line::Plus),
    ("gnome-text-editor", Line::Plus),
    ("xed", Line::Plus),
    ("pluma", Line::Plus),
    ("mousepad", Line::None),
];

/// A program and its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Start {
    pub program: PathBuf,
    pub arguments: Vec<OsString>,
}

/// The user's editor on `path`. `variable` reads the environment, `find` looks on the search path.
pub(crate) fn editor(
    path: &Path,
    line: Option<u32>,
    variable: impl Fn(&str) -> Option<String>,
    find: impl Fn(&str) -> Option<PathBuf>,
) -> Result<Start, String> {
    if !path.is_absolute() || path.as_os_str().as_encoded_bytes().contains(&0) {
        return Err("A file is opened by its absolute path only.".into());
    }
    // One's own word first; it may be any program, but it is one program and no command line.
    if let Some(own) = variable("BACKSTORY_EDITOR").filter(|own| !own.trim().is_empty()) {
        let program = find(own.trim())
            .ok_or_else(|| format!("BACKSTORY_EDITOR names {own:?}, which is not a program."))?;
        return Ok(start(program, path, line));
    }
    // These often name editors for a terminal, of which there is none here, with options we drop.
    for name in ["VISUAL", "EDITOR"] {
        let Some(value) = variable(name) else { continue };
        let Some(word) = value.split_whitespace().next() else { continue };
        if syntax(Path::new(word)).is_some()
            && let Some(program) = find(word)
        {
            return Ok(start(program, path, line));
        }
    }
    for (name, _) in EDITORS {
        if let Some(program) = find(name) {
            return Ok(start(program, path, line));
        }
    }
    Err("No editor with a window was found. Set BACKSTORY_EDITOR to the program to use.".into())
}

fn syntax(program: &Path) -> Option<Line> {
    let stem = program.file_stem().and_then(OsStr::to_str)?;
    EDITORS.iter().find(|(name, _)| *name == stem).map(|(_, line)| *line)
}

fn start(program: PathBuf, path: &Path, line: Option<u32>) -> Start {
    let syntax = syntax(&program).unwrap_or(Line::None);
    let colon = |line: u32| {
        let mut argument = path.as_os_str().to_owned();
        argument.push(format!(":{line}"));
        argument
    };
    let arguments = match (syntax, line.filter(|line| *line > 0)) {
        (Line::Goto, Some(line)) => vec!["--goto".into(), colon(line)],
        (Line::Colon, Some(line)) => vec![colon(line)],
        (Line::Option, Some(line)) => {
            vec!["--line".into(), line.to_string().into(), path.into()]
        }
        (Line::Plus, Some(line)) => vec![format!("+{line}").into(), path.into()],
        _ => vec![path.into()],
    };
    Start { program, arguments }
}

/// A program on the search path. Relative entries are passed over: they mean whatever folder the
/// window was started in, which may be a repository.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let named = Path::new(name);
    if name.is_empty() || name.starts_with('-') {
        return None;
    }
    if named.is_absolute() {
        return executable(named).then(|| named.to_owned());
    }
    if named.components().count() != 1 {
        return None;
    }
    std::env::split_paths(&std::env::var_os("PATH")?)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(name))
        .find(|program| executable(program))
}

#[cfg(unix)]
fn executable(program: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    program.metadata().is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
}

#[cfg(windows)]
fn executable(program: &Path) -> bool {
    // Only real programs: a batch file would bring the command interpreter and its quoting.
    program.extension().is_some_and(|it| it.eq_ignore_ascii_case("exe")) && program.is_file()
}

/// Starts a program on its own, without the variables in `forget`, which were ours alone.
pub(crate) fn run(start: &Start, forget: &[&str]) -> Result<(), String> {
    let mut command = Command::new(&start.program);
    command.args(&start.arguments);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    forget.iter().for_each(|name| {
        command.env_remove(name);
    });
    // xdg-open splits this one into words; only the name of a program is let through.
    let browser = std::env::var("BROWSER").unwrap_or_default();
    if browser.starts_with('-') || browser.contains(|it: char| " \t\n%:;&|$`'\"\\".contains(it)) {
        command.env_remove("BROWSER");
    }
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command
        .spawn()
        .map_err(|error| format!("{} could not be started: {error}.", start.program.display()))?;
    // Someone has to wait for it, or it stays in the process table when it ends.
    std::thread::spawn(move || child.wait());
    Ok(())
}

#[cfg(test)]
mod tests;
