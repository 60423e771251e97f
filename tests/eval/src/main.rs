//! Measures the rules on data that nobody of this project wrote, and holds them to their bars.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod bus_factor;
mod data;
mod identity;
mod issues;
mod linking;
mod recurrence;
mod revfinder;
mod reviewers;
mod reviews;
mod speed;
mod table;

use std::process::ExitCode;

/// What a part comes to. A part prints its own table.
enum Outcome {
    /// Measured: the bars it missed, a sentence each; none where all were reached.
    Measured(Vec<String>),
    /// Not measured, and why.
    Skipped(String),
}

/// An error of any kind ends a part and fails the run.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// A part: its name on the command line, its title, and what measures it.
type Part = (&'static str, &'static str, fn() -> Result<Outcome>);

const PARTS: &[Part] = &[
    ("reviewers", "Who should review", reviewers::measure),
    ("busfactor", "Bus factor", bus_factor::measure),
    ("recurrence", "Has this occurred before", recurrence::measure),
    ("linking", "Links", linking::measure),
    ("identity", "People", identity::measure),
];

fn main() -> ExitCode {
    let named: Vec<String> = std::env::args().skip(1).collect();
    if let Some(unknown) = named.iter().find(|name| PARTS.iter().all(|it| it.0 != *name)) {
        let parts: Vec<&str> = PARTS.iter().map(|it| it.0).collect();
        eprintln!("There is no part `{unknown}`; the parts are {}.", parts.join(", "));
        return ExitCode::from(2);
    }
    let (mut missed, mut skipped, mut measured) = (Vec::new(), Vec::new(), 0);
    for (name, title, measure) in PARTS {
        if !named.is_empty() && !named.iter().any(|it| it == name) {
            continue;
        }
        println!("## {title}\n");
        match measure() {
            Ok(Outcome::Measured(bars)) => {
                measured += 1;
                missed.extend(bars);
            }
            Ok(Outcome::Skipped(why)) => {
                println!("Skipped: {why}\n");
                skipped.push(*name);
            }
            Err(error) => missed.push(format!("{name} could not be measured: {error}")),
        }
    }
    if !skipped.is_empty() {
        println!("Skipped: {}.", skipped.join(", "));
    }
    if missed.is_empty() {
        match measured {
            0 => println!("Nothing was measured."),
            _ => println!("Every bar that was measured was reached."),
        }
        return ExitCode::SUCCESS;
    }
    missed.iter().for_each(|it| println!("MISSED: {it}"));
    ExitCode::FAILURE
}
