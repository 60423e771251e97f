//! One server's life, held by a small shell that outlives the test process by as long as it takes to clean up.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The shell. Its input is a pipe that this process alone can write to, so it ends when this process does.
pub(crate) struct Keeper {
    shell: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    pub(crate) folder: PathBuf,
}

impl Keeper {
    /// Makes a folder for a server; `stop` is the signal that ends it in good order, `leave` the one for when
    /// nothing of it is wanted any more.
    pub(crate) fn new(name: &str, stop: &str, leave: &str) -> Result<Keeper, String> {
        let template = std::env::temp_dir().join(format!("backstory-{name}-XXXXXX"));
        let mut command = Command::new("sh");
        command.arg("-c").arg(include_str!("keep.sh")).arg("keep.sh");
        command.arg(template).arg(stop).arg(leave);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        // A Ctrl-C in the terminal ends the tests, and must find the shell alive to clean up after them.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut shell = command.spawn().map_err(|error| format!("cannot run a shell: {error}"))?;
        let orders = shell.stdin.take();
        let Some(answers) = shell.stdout.take() else {
            return Err("a shell has no output".to_owned());
        };
        let mut keeper =
            Keeper { shell, orders, answers: BufReader::new(answers), folder: PathBuf::new() };
        keeper.folder = PathBuf::from(keeper.answer()?);
        Ok(keeper)
    }

    fn answer(&mut self) -> Result<String, String> {
        let mut line = String::new();
        match self.answers.read_line(&mut line) {
            Ok(1..) => Ok(line.trim_end().to_owned()),
            Ok(0) => Err(format!("no folder could be made in {}", std::env::temp_dir().display())),
            Err(error) => Err(format!("a server's shell is gone: {error}")),
        }
    }

    /// Gives an order and waits until it is carried out; `start` is answered by the process's id.
    pub(crate) fn order(&mut self, word: &str) -> Result<String, String> {
        if let Some(orders) = &mut self.orders {
            writeln!(orders, "{word}")
                .map_err(|error| format!("a server's shell is gone: {error}"))?;
        }
        self.answer()
    }

    /// What `start` runs, as the user that is named when this process is root's.
    pub(crate) fn write_run(&self, user: Option<&str>, command: &[String]) -> Result<(), String> {
        let folder = quoted(&self.folder.to_string_lossy());
        let mut text = format!(
            "cd {folder} && exec env -i PATH=\"$PATH\" LANG=C.UTF-8 TZ=UTC HOME={folder} TMPDIR={folder}"
        );
        // Last, because a change of user takes the wish to die with the shell back.
        text.push_str(" setpriv --pdeathsig KILL");
        if let Some(user) = user {
            let _ = write!(text, " --reuid {user} --regid {user} --init-groups");
        }
        for word in command {
            let _ = write!(text, " {}", quoted(word));
        }
        text.push('\n');
        fs::write(self.folder.join("run"), text).map_err(|error| error.to_string())
    }

    /// The last lines that the server wrote, for a message about why it did not start.
    pub(crate) fn last_words(&self) -> String {
        let text = fs::read(self.folder.join("log")).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(5)..].join(" / ")
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.orders = None;
        let _ = self.shell.wait();
    }
}

/// Whether a process runs, and is not only waiting to be told that it ended.
pub(crate) fn is_alive(pid: u32) -> bool {
    let stat = fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("stat"));
    stat.is_ok_and(|it| !it.contains(") Z "))
}

fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}
