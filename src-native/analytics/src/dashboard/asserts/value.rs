//! What an expression comes to.

use super::parse::{Expression, Fold, Sign};
use crate::charts::words;
use crate::table::{Cell, ColumnKind, Table};
use std::cmp::Ordering;

/// A value of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Number(f64),
    Text(String),
    Bool(bool),
}

impl Value {
    fn of(cell: &Cell) -> Value {
        match cell {
            Cell::Null => Value::Null,
            Cell::Integer(it) => Value::Number(*it as f64),
            Cell::Real(it) => Value::Number(*it),
            Cell::Bool(it) => Value::Bool(*it),
            Cell::Text(it) => Value::Text(it.clone()),
            Cell::Day(_) | Cell::Time(_) => Value::Text(words::cell(cell, &words::Unit::Plain)),
        }
    }

    fn number(&self) -> Option<f64> {
        match self {
            Value::Number(it) => Some(*it),
            Value::Text(it) => Cell::Text(it.clone()).number(),
            Value::Bool(_) | Value::Null => None,
        }
    }

    pub(super) fn say(&self) -> String {
        match self {
            Value::Null => "nothing".to_owned(),
            Value::Number(it) => words::raw(*it),
            Value::Text(it) => format!("'{}'", words::clean(it)),
            Value::Bool(it) => (if *it { "yes" } else { "no" }).to_owned(),
        }
    }
}

/// What is known while an expression is put together.
pub(super) struct Known<'f, 'a> {
    pub(super) of: &'f dyn Fn(&str) -> Result<&'a Table, String>,
    /// What was asked and what it came to.
    pub(super) values: Vec<(String, String)>,
    /// The row that columns mean; the first where there is none.
    pub(super) row: Option<usize>,
}

impl Known<'_, '_> {
    fn told(&mut self, what: String, value: &Value) {
        if self.row.is_none() && !self.values.iter().any(|it| it.0 == what) {
            self.values.push((what, value.say()));
        }
    }

    /// The cells of a column.
    fn column(&self, query: &str, column: &str) -> Result<(usize, usize), String> {
        let table = (self.of)(query)?;
        match table.column(column) {
            Some(at) => Ok((at, table.rows.len())),
            None => {
                let names: Vec<&str> = table.columns.iter().map(|it| it.name.as_str()).collect();
                Err(format!("column `{column}` is not among {} of `{query}`", names.join(", ")))
            }
        }
    }

    fn cell(&self, query: &str, at: usize, row: usize) -> Result<Value, String> {
        let table = (self.of)(query)?;
        let cell = table.rows.get(row).and_then(|it| it.get(at)).unwrap_or(&Cell::Null);
        // A number of more digits than a float holds is kept as text; it is a number all the same.
        let is_number = table.columns.get(at).is_some_and(|it| it.kind == ColumnKind::Number);
        let number = if is_number { cell.number() } else { None };
        Ok(number.map_or_else(|| Value::of(cell), Value::Number))
    }

    pub(super) fn value(&mut self, it: &Expression) -> Result<Value, String> {
        match it {
            Expression::Number(it) => Ok(Value::Number(*it)),
            Expression::Text(it) => Ok(Value::Text(it.clone())),
            Expression::Bool(it) => Ok(Value::Bool(*it)),
            Expression::Null => Ok(Value::Null),
            Expression::Column(query, column, written) => {
                let (at, rows) = self.column(query, column)?;
                if rows == 0 && self.row.is_none() {
                    return Err(format!("`{query}` has no rows"));
                }
                let value = self.cell(query, at, self.row.unwrap_or(0))?;
                self.told(written.clone(), &value);
                Ok(value)
            }
            Expression::Rows(query) => {
                let value = Value::Number((self.of)(query)?.rows.len() as f64);
                self.told(format!("rows({query})"), &value);
                Ok(value)
            }
            Expression::Fold(fold, inner) => self.fold(*fold, inner),
            Expression::Each(every, condition) => self.each(*every, condition),
            Expression::Not(inner) => match self.value(inner)? {
                Value::Bool(it) => Ok(Value::Bool(!it)),
                Value::Null => Ok(Value::Null),
                other => Err(format!("`not` takes yes or no, and {} is neither", other.say())),
            },
            Expression::Minus(inner) => match self.value(inner)? {
                Value::Null => Ok(Value::Null),
                other => match other.number() {
                    Some(it) => Ok(Value::Number(-it)),
                    None => Err(format!("{} is no number", other.say())),
                },
            },
            Expression::Both(one, sign, other) => self.both(one, *sign, other),
        }
    }

    fn both(&mut self, one: &Expression, sign: Sign, other: &Expression) -> Result<Value, String> {
        let left = self.value(one)?;
        if matches!(sign, Sign::And | Sign::Or) {
            // What decides alone is not asked further: `rows(a) = 0 or a.total > 1`.
            let decides = Value::Bool(sign == Sign::Or);
            if left == decides {
                return Ok(decides);
            }
            let right = self.value(other)?;
            return match (&left, &right) {
                (Value::Bool(_), Value::Bool(it)) => Ok(Value::Bool(*it)),
                (_, it) if *it == decides => Ok(decides),
                (Value::Null, Value::Bool(_) | Value::Null) | (Value::Bool(_), Value::Null) => {
                    Ok(Value::Null)
                }
                _ => Err(format!(
                    "`and` and `or` take yes or no, not {} and {}",
                    left.say(),
                    right.say()
                )),
            };
        }
        let right = self.value(other)?;
        if let Sign::Plus | Sign::Minus | Sign::Times | Sign::By = sign {
            if left == Value::Null || right == Value::Null {
                return Ok(Value::Null);
            }
            let (Some(a), Some(b)) = (left.number(), right.number()) else {
                let odd = if left.number().is_none() { left } else { right };
                return Err(format!("{} is no number", odd.say()));
            };
            let it = match sign {
                Sign::Plus => a + b,
                Sign::Minus => a - b,
                Sign::Times => a * b,
                _ => a / b,
            };
            // Nothing by nothing is not known.
            return Ok(if it.is_finite() { Value::Number(it) } else { Value::Null });
        }
        // `= null` asks whether there is a value; other comparisons with nothing come to nothing.
        let asks = *one == Expression::Null || *other == Expression::Null;
        if asks && matches!(sign, Sign::Equal | Sign::Other) {
            return Ok(Value::Bool((left == right) == (sign == Sign::Equal)));
        }
        if left == Value::Null || right == Value::Null {
            return Ok(Value::Null);
        }
        let order = match (&left, &right) {
            (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
            (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
            _ => match (left.number(), right.number()) {
                (Some(a), Some(b)) => a.partial_cmp(&b),
                _ => None,
            },
        };
        let Some(order) = order else {
            return Err(format!("{} and {} cannot be compared", left.say(), right.say()));
        };
        Ok(Value::Bool(match sign {
            Sign::Equal => order == Ordering::Equal,
            Sign::Other => order != Ordering::Equal,
            Sign::Less => order == Ordering::Less,
            Sign::LessOrEqual => order != Ordering::Greater,
            Sign::More => order == Ordering::Greater,
            _ => order != Ordering::Less,
        }))
    }

    /// The query that an expression goes through row by row, and how many rows it has.
    fn walked(&self, it: &Expression, what: &str) -> Result<(String, usize), String> {
        match it.queries().as_slice() {
            [one] => Ok(((*one).to_owned(), (self.of)(one)?.rows.len())),
            [] => Err(format!("`{what}` asks no query")),
            _ => Err(format!("`{what}` asks more than one query")),
        }
    }

    fn fold(&mut self, fold: Fold, inner: &Expression) -> Result<Value, String> {
        let name = match fold {
            Fold::Min => "min",
            Fold::Max => "max",
            Fold::Sum => "sum",
            Fold::Avg => "avg",
        };
        if self.row.is_some() {
            return Err(format!("`{name}` cannot stand within another one"));
        }
        let (query, rows) = self.walked(inner, name)?;
        let mut values = Vec::new();
        for row in 0..rows {
            self.row = Some(row);
            let value = self.value(inner);
            self.row = None;
            match value? {
                Value::Null => {}
                other => values.push((row, other)),
            }
        }
        let value = match (fold, words_of(&values)) {
            (Fold::Min, Some(words)) => words.min().map(|it| Value::Text(it.to_owned())),
            (Fold::Max, Some(words)) => words.max().map(|it| Value::Text(it.to_owned())),
            _ => folded(fold, &values, &query)?.map(Value::Number),
        };
        let value = value.unwrap_or(Value::Null);
        let written = match inner {
            Expression::Column(_, _, written) => written.clone(),
            _ => format!("… of {query}"),
        };
        self.told(format!("{name}({written})"), &value);
        Ok(value)
    }

    fn each(&mut self, every: bool, condition: &Expression) -> Result<Value, String> {
        let name = if every { "every" } else { "any" };
        if self.row.is_some() {
            return Err(format!("`{name}` cannot stand within another one"));
        }
        let (query, rows) = self.walked(condition, name)?;
        for row in 0..rows {
            self.row = Some(row);
            let value = self.value(condition);
            self.row = None;
            match value? {
                Value::Bool(it) if it != every => {
                    let said = if every { "where it fails" } else { "where it holds" };
                    self.values
                        .push((format!("the first row of {query} {said}"), (row + 1).to_string()));
                    return Ok(Value::Bool(!every));
                }
                Value::Bool(_) | Value::Null => {}
                Value::Number(it) if (it != 0.0) == every => {}
                Value::Number(_) => {
                    self.values
                        .push((format!("the deciding row of {query}"), (row + 1).to_string()));
                    return Ok(Value::Bool(!every));
                }
                Value::Text(it) => {
                    return Err(format!(
                        "row {} of `{query}`: '{it}' is neither yes nor no",
                        row + 1
                    ));
                }
            }
        }
        Ok(Value::Bool(every))
    }
}

/// Days and other words, as which they are compared; none where a number is among them.
fn words_of(values: &[(usize, Value)]) -> Option<impl Iterator<Item = &str>> {
    let word = |it: &Value| matches!(it, Value::Text(_)) && it.number().is_none();
    (!values.is_empty() && values.iter().all(|it| word(&it.1))).then(|| {
        values.iter().filter_map(|it| match &it.1 {
            Value::Text(it) => Some(it.as_str()),
            _ => None,
        })
    })
}

/// Numbers put together; none where there are none.
fn folded(fold: Fold, values: &[(usize, Value)], query: &str) -> Result<Option<f64>, String> {
    let number = |it: &(usize, Value)| {
        it.1.number()
            .ok_or_else(|| format!("row {} of `{query}`: {} is no number", it.0 + 1, it.1.say()))
    };
    let numbers: Vec<f64> = values.iter().map(number).collect::<Result<_, _>>()?;
    let count = numbers.len() as f64;
    let all = numbers.into_iter();
    let found = match fold {
        Fold::Min => all.reduce(f64::min),
        Fold::Max => all.reduce(f64::max),
        Fold::Sum => Some(all.sum()),
        Fold::Avg => (count > 0.0).then(|| all.sum::<f64>() / count),
    };
    Ok(found.filter(|it| it.is_finite()))
}
