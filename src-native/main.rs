//! The terminal: everything is in `cli`. This program links no window.

use std::process::ExitCode;

fn main() -> ExitCode {
    let program = cli::Program {
        version: env!("CARGO_PKG_VERSION"),
        revision: option_env!("BACKSTORY_REVISION").unwrap_or("unknown"),
    };
    cli::run(std::env::args_os(), program)
}
