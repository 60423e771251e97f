//! Assertions: a small language over what queries gave. `orders.total > 0 -- There are no orders` says that
//! the column `total` of the first row of `orders` has to be above nothing, and what to say where it is not.
//!
//! `query.column` is the first row's cell, `rows(query)` a count of rows, `min`, `max`, `sum` and `avg` take a
//! column, `every(…)` and `any(…)` a condition for each row. Numbers, `'text'`, `true`, `false`, `null`;
//! `= != < <= > >=`, `+ - * /`, `and or not`, parentheses.

mod parse;
mod value;

use super::Assert;
use crate::table::Table;
pub use parse::{Expression, Fault};
use value::{Known, Value};

/// How an assertion came out.
#[derive(Clone, Debug, PartialEq)]
pub struct Asserted {
    /// Its line in the file, from 1.
    pub line: usize,
    /// What has to hold, as it is written.
    pub rule: String,
    /// Whether it does.
    pub outcome: Outcome,
    /// What to say where it does not hold.
    pub sentence: String,
    /// What each part of the rule that asks a query came to, as it is written and as it is.
    pub values: Vec<(String, String)>,
}

/// Whether an assertion holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It does.
    Holds,
    /// It does not.
    Fails,
    /// It cannot be told, and why. Counts as one that does not hold.
    Unknown(String),
}

impl Asserted {
    /// Whether it holds.
    pub fn holds(&self) -> bool {
        self.outcome == Outcome::Holds
    }

    /// What is to be said of it, as a sentence with its values.
    pub fn say(&self) -> String {
        let values: Vec<String> =
            self.values.iter().map(|it| format!("{} is {}", it.0, it.1)).collect();
        let values =
            if values.is_empty() { String::new() } else { format!(" ({})", values.join(", ")) };
        match &self.outcome {
            Outcome::Holds => format!("{}{values}", self.rule),
            Outcome::Fails if self.sentence.is_empty() => {
                format!("`{}` does not hold{values}", self.rule)
            }
            Outcome::Fails => format!("{}{values}", self.sentence),
            Outcome::Unknown(why) => format!("`{}` cannot be told: {why}", self.rule),
        }
    }
}

/// Judges an assertion by what queries gave. `of` gives the table of a query's name, or says why there is
/// none.
pub fn judge<'a>(assert: &Assert, of: &dyn Fn(&str) -> Result<&'a Table, String>) -> Asserted {
    let (outcome, values) = match Expression::parse(&assert.rule) {
        Err(fault) => (Outcome::Unknown(fault.message), Vec::new()),
        Ok(expression) => {
            let mut known = Known { of, values: Vec::new(), row: None };
            let outcome = match known.value(&expression) {
                Ok(Value::Bool(true)) => Outcome::Holds,
                Ok(Value::Bool(false)) => Outcome::Fails,
                Ok(Value::Null) => {
                    Outcome::Unknown("it comes to nothing, for a value is missing".to_owned())
                }
                Ok(other) => {
                    Outcome::Unknown(format!("it comes to {} and not to yes or no", other.say()))
                }
                Err(why) => Outcome::Unknown(why),
            };
            (outcome, known.values)
        }
    };
    Asserted {
        line: assert.line,
        rule: assert.rule.clone(),
        outcome,
        sentence: assert.sentence.clone(),
        values,
    }
}
