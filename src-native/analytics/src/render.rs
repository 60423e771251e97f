//! A dashboard that was run, as a whole: for the terminal, for programs and for people who get a file. What
//! was asked, and of whom, stands beside every panel.

pub mod changes;
pub mod csv;
pub mod html;
pub mod json;
pub mod sheet;
pub mod text;

#[cfg(test)]
mod tests;

use crate::dashboard::asserts::Asserted;
use crate::dashboard::params::Values;
use crate::dashboard::shape::Shown;
use crate::dashboard::{Dashboard, Panel, Part};
use crate::table::Table;

/// A dashboard with all that its queries gave.
#[derive(Clone, Debug)]
pub struct Run {
    /// The dashboard.
    pub dashboard: Dashboard,
    /// The values of its parameters, the moment of the run and the zone.
    pub values: Values,
    /// Its panels, in the order they stand.
    pub panels: Vec<PanelRun>,
    /// How its assertions came out, in the order they stand.
    pub asserts: Vec<Asserted>,
}

/// A panel, and what came of it.
#[derive(Clone, Debug)]
pub struct PanelRun {
    /// The number of its part of the dashboard.
    pub part: usize,
    /// What it shows; or why it shows nothing, as a sentence.
    pub result: Result<Answer, String>,
    /// What was asked for it.
    pub evidence: Option<Evidence>,
}

/// What a panel shows and the rows it is made of.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What it shows.
    pub shown: Shown,
    /// What its query gave.
    pub table: Table,
    /// What its query gave for the period it is compared with.
    pub before: Option<Table>,
}

/// What was asked for a panel, of whom, and what it took.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    /// Name of the query.
    pub query: String,
    /// What was asked, word for word.
    pub text: String,
    /// Values of its places, as they were sent.
    pub values: Vec<(String, String)>,
    /// The connection that was asked, or the method that was called.
    pub connection: String,
    /// What answers there.
    pub engine: String,
    /// Milliseconds it took.
    pub milliseconds: f64,
    /// How many rows it gave.
    pub rows: u64,
    /// Whether the answer was kept from before.
    pub cached: bool,
}

impl Run {
    /// The panel of a part.
    pub fn panel(&self, part: usize) -> Option<&Panel> {
        match self.dashboard.parts.get(part) {
            Some(Part::Panel(panel)) => Some(panel),
            _ => None,
        }
    }

    /// What came of the panel of a part.
    pub fn of(&self, part: usize) -> Option<&PanelRun> {
        self.panels.iter().find(|it| it.part == part)
    }

    /// When it was run, for people: in its zone, with the zone's name.
    pub fn when(&self) -> String {
        let here = self.values.now.to_zoned(self.values.zone.clone());
        let zone = self.values.zone.iana_name().unwrap_or("local time");
        format!(
            "{}, {:02}:{:02} {zone}",
            crate::charts::words::day(here.date()),
            here.hour(),
            here.minute()
        )
    }

    /// Parameters that ask for something, and what, for people.
    pub fn params(&self) -> Vec<(String, String)> {
        let set = self.values.given.iter().filter(|it| !it.values.is_empty());
        set.map(|it| (it.label.clone(), it.say())).collect()
    }

    /// When it was run and what it was asked for, in a line.
    fn asked(&self) -> String {
        let params = self.params();
        let params = params.iter().map(|(name, value)| format!("{name}: {value}"));
        let all: Vec<String> =
            std::iter::once(format!("As of {}", self.when())).chain(params).collect();
        all.join(" · ")
    }

    /// Sentences of assertions that do not hold.
    pub fn failed(&self) -> Vec<String> {
        self.asserts.iter().filter(|it| !it.holds()).map(Asserted::say).collect()
    }
}

impl Evidence {
    /// In a line: who was asked, what it took, how much came.
    pub fn say(&self) -> String {
        let rows = if self.rows == 1 {
            "1 row".to_owned()
        } else {
            format!(
                "{} rows",
                crate::charts::words::number(self.rows as f64, &crate::charts::words::Unit::Plain)
            )
        };
        let took = crate::charts::words::number(
            self.milliseconds,
            &crate::charts::words::Unit::Milliseconds,
        );
        let cached = if self.cached { ", kept from before" } else { "" };
        let engine =
            if self.engine.is_empty() { String::new() } else { format!(" ({})", self.engine) };
        format!("{} on {}{engine}, {took}, {rows}{cached}", self.query, self.connection)
    }
}
