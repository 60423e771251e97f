//! The prompt of `backstory query`.

use crate::query::note;
use crate::terminal::Terminal;
use rpc::query::{Direct, Failure, Reason};
use std::io;
use std::process::ExitCode;

/// Runs what is typed until the end.
pub(crate) fn run(
    _direct: &Direct,
    _project: Option<&str>,
    _connection: &str,
    _terminal: Terminal,
) -> Result<ExitCode, Failure> {
    note("give a statement with -e, a file with -f, or statements on standard input");
    Err(Failure::new(Reason::Usage, "there is nothing to run"))
}

/// Reads a password, which is not shown.
pub(crate) fn password(_prompt: &str) -> io::Result<String> {
    Err(io::ErrorKind::Unsupported.into())
}
