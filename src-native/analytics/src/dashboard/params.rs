//! Parameters: what kinds of values they take, what is given for them, and what statements get.

use super::period::{Period, Resolved, day};
use super::places::places;
use super::{Argument, Compare, Query, Source, Span};
use crate::table::Cell;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A parameter: a control on top of a dashboard, a place in its queries.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub span: Span,
    /// What values it takes.
    pub kind: ParamKind,
    /// What its control is called.
    pub label: String,
    /// Its value where none is given. Empty where it has none.
    pub default: Vec<Value>,
    /// What can be chosen.
    pub options: Options,
    /// Whether several can be chosen.
    pub many: bool,
    /// Whether it always has a value: where none is given, the first of its options.
    pub required: bool,
}

/// What values a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamKind {
    /// Words.
    Text,
    /// A number.
    Number,
    /// Yes or no.
    Bool,
    /// A day.
    Day,
    /// A stretch of time.
    Period,
    /// One of several.
    Choice,
}

impl ParamKind {
    /// The kind of that name.
    pub fn of(name: &str) -> Option<ParamKind> {
        Some(match name {
            "text" => ParamKind::Text,
            "number" => ParamKind::Number,
            "bool" => ParamKind::Bool,
            "day" => ParamKind::Day,
            "period" => ParamKind::Period,
            "choice" => ParamKind::Choice,
            _ => return None,
        })
    }

    /// Its name in a file.
    pub fn name(self) -> &'static str {
        match self {
            ParamKind::Text => "text",
            ParamKind::Number => "number",
            ParamKind::Bool => "bool",
            ParamKind::Day => "day",
            ParamKind::Period => "period",
            ParamKind::Choice => "choice",
        }
    }
}

/// What can be chosen for a parameter.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Options {
    /// Anything of its kind.
    #[default]
    Any,
    /// One of those.
    Listed(Vec<Value>),
    /// One of the first column of a query; its second column is what it is called.
    Query(String),
}

/// A value of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Words.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number.
    Real(f64),
    /// Yes or no.
    Bool(bool),
    /// A day.
    Day(Date),
    /// A stretch of time.
    Period(Period),
}

impl Value {
    /// The value of a kind that a text writes.
    ///
    /// # Errors
    /// A sentence, where it writes none.
    pub fn parse(kind: ParamKind, text: &str) -> Result<Value, String> {
        let trimmed = text.trim();
        match kind {
            ParamKind::Text | ParamKind::Choice => Ok(Value::Text(text.to_owned())),
            ParamKind::Number => match trimmed.parse::<i64>() {
                Ok(it) => Ok(Value::Integer(it)),
                Err(_) => match trimmed.parse::<f64>() {
                    Ok(it) if it.is_finite() => Ok(Value::Real(it)),
                    _ => Err(format!("`{trimmed}` is no number")),
                },
            },
            ParamKind::Bool => match trimmed {
                "true" | "yes" | "1" => Ok(Value::Bool(true)),
                "false" | "no" | "0" => Ok(Value::Bool(false)),
                _ => Err(format!("`{trimmed}` is neither `true` nor `false`")),
            },
            ParamKind::Day => day(trimmed).map(Value::Day),
            ParamKind::Period => Period::parse(trimmed).map(Value::Period),
        }
    }

    /// As it is written.
    pub fn text(&self) -> String {
        match self {
            Value::Text(it) => it.clone(),
            Value::Integer(it) => it.to_string(),
            Value::Real(it) => it.to_string(),
            Value::Bool(it) => it.to_string(),
            Value::Day(it) => it.to_string(),
            Value::Period(it) => it.to_string(),
        }
    }

    /// As a statement gets it.
    pub fn cell(&self) -> Cell {
        match self {
            Value::Text(it) => Cell::Text(it.clone()),
            Value::Integer(it) => Cell::Integer(*it),
            Value::Real(it) => Cell::Real(*it),
            Value::Bool(it) => Cell::Bool(*it),
            Value::Day(it) => Cell::Text(it.to_string()),
            Value::Period(it) => Cell::Text(it.to_string()),
        }
    }
}

/// Places of a period beside its own name.
const PERIOD_PLACES: [&str; 8] =
    ["from", "to", "from_unix", "to_unix", "from_day", "to_day", "grain", "zone"];

impl Param {
    /// Places that it fills in statements. A period named `period` fills `:from` and so on, another one
    /// `:NAME_from`; one of which several can be chosen also fills `:NAME_count`.
    pub fn places(&self) -> Vec<String> {
        let mut places = vec![self.name.clone()];
        if self.kind == ParamKind::Period {
            let prefix = self.prefix();
            places.extend(PERIOD_PLACES.iter().map(|it| format!("{prefix}{it}")));
        }
        if self.many {
            places.push(format!("{}_count", self.name));
        }
        places
    }

    fn prefix(&self) -> String {
        if self.name == "period" { String::new() } else { format!("{}_", self.name) }
    }

    /// Judges values that are given for it.
    ///
    /// # Errors
    /// A sentence about the first that it does not take.
    fn judge(&self, given: &[&str]) -> Result<Vec<Value>, String> {
        if given.len() > 1 && !self.many {
            return Err(format!("`{}` takes one value, and {} are given", self.name, given.len()));
        }
        let mut values = Vec::new();
        for text in given {
            // Nothing given on purpose: as if it had no value.
            if text.is_empty() && self.kind != ParamKind::Text {
                continue;
            }
            let value = match &self.options {
                Options::Listed(listed) => {
                    let found = listed.iter().find(|it| it.text() == *text);
                    found.cloned().ok_or_else(|| {
                        let all: Vec<String> =
                            listed.iter().map(|it| format!("`{}`", it.text())).collect();
                        format!(
                            "`{}` cannot be `{text}`: choose one of {}",
                            self.name,
                            all.join(", ")
                        )
                    })?
                }
                _ => Value::parse(self.kind, text)
                    .map_err(|it| format!("`{}` takes a {}: {it}", self.name, self.kind.name()))?,
            };
            values.push(value);
        }
        Ok(values)
    }
}

/// The value of one parameter in a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// The parameter.
    pub name: String,
    /// What its control is called.
    pub label: String,
    /// Its values; none where it has none, several where several can be chosen.
    pub values: Vec<Value>,
    /// Whether it was not given and its default holds.
    pub default: bool,
    /// Whether several can be chosen.
    pub many: bool,
    /// What its period is, where it is one.
    pub period: Option<Resolved>,
    /// What its places begin with.
    prefix: String,
}

impl Given {
    /// Its value for people: `90d (2 Sep – 30 Nov 2026)`, `DE, FR`, `yes`, `any`.
    pub fn say(&self) -> String {
        if self.values.is_empty() {
            return "any".to_owned();
        }
        let say = |it: &Value| match it {
            Value::Bool(true) => "yes".to_owned(),
            Value::Bool(false) => "no".to_owned(),
            it => it.text(),
        };
        let values: Vec<String> = self.values.iter().map(say).collect();
        match &self.period {
            Some(period) => format!("{} ({})", values.join(", "), period.say()),
            None => values.join(", "),
        }
    }
}

/// All values of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Values {
    /// Each parameter's, in their order.
    pub given: Vec<Given>,
    /// The moment for which they were resolved.
    pub now: Timestamp,
    /// The zone of its days.
    pub zone: TimeZone,
}

/// What a query is asked with: its text, and the values for the places it leaves open.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// The text. Places of which several values were chosen have become several places.
    pub text: String,
    /// Values for its places, each once; for no others.
    pub values: Vec<(String, Cell)>,
}

impl Values {
    /// Judges what is given for parameters and resolves it for a moment and a zone. Parameters for which
    /// nothing is given have their default. What is given twice is two values.
    ///
    /// # Errors
    /// A sentence for each value that does not fit.
    pub fn resolve(
        params: &[Param],
        given: &[(String, String)],
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Values, Vec<String>> {
        let mut troubles = Vec::new();
        for (name, _) in given {
            if !params.iter().any(|it| it.name == *name) {
                let names = params.iter().map(|it| it.name.as_str()).collect::<Vec<_>>();
                let mut text = format!("there is no parameter `{name}`");
                match super::near::hint(name, names.iter().copied()) {
                    Some(hint) => text.push_str(&format!("; {hint}")),
                    None => text.push_str("; the dashboard has none"),
                }
                troubles.push(text);
            }
        }
        let mut all = Vec::new();
        for param in params {
            let texts: Vec<&str> =
                given.iter().filter(|it| it.0 == param.name).map(|it| it.1.as_str()).collect();
            let values = match texts.is_empty() {
                true => Ok(param.default.clone()),
                false => param.judge(&texts),
            };
            let period = |values: &[Value]| match values.first() {
                Some(Value::Period(it)) => it.resolve(now, zone).map(Some),
                _ => Ok(None),
            };
            match values.and_then(|values| Ok((period(&values)?, values))) {
                Ok((period, values)) => all.push(Given {
                    name: param.name.clone(),
                    label: param.label.clone(),
                    values,
                    default: texts.is_empty(),
                    many: param.many,
                    period,
                    prefix: param.prefix(),
                }),
                Err(text) => troubles.push(text),
            }
        }
        match troubles.is_empty() {
            true => Ok(Values { given: all, now, zone: zone.clone() }),
            false => Err(troubles),
        }
    }

    /// The period of the run: of the parameter `period`, else of the first that is one.
    pub fn period(&self) -> Option<&Resolved> {
        let named = self.given.iter().find(|it| it.name == "period");
        let first = self.given.iter().find(|it| it.period.is_some());
        named.or(first).and_then(|it| it.period.as_ref())
    }

    /// The same values for the periods they are compared with; none where no parameter is a period, or there
    /// is none before.
    pub fn before(&self, compare: Compare) -> Option<Values> {
        self.period()?;
        let mut other = self.clone();
        for given in &mut other.given {
            if let Some(period) = &given.period {
                given.period = Some(period.before(compare, self.now, &self.zone)?);
            }
        }
        Some(other)
    }

    /// The value for a place; none where no parameter fills it. Of several chosen values, the first.
    pub fn place(&self, place: &str) -> Option<Cell> {
        // A parameter's own name goes before what a period fills in.
        if let Some(given) = self.given.iter().find(|it| it.name == place) {
            return Some(given.values.first().map_or(Cell::Null, Value::cell));
        }
        for given in &self.given {
            if given.many && place.strip_suffix("_count") == Some(&given.name) {
                return Some(Cell::Integer(given.values.len() as i64));
            }
            let Some(rest) = place.strip_prefix(given.prefix.as_str()) else { continue };
            let Some(period) = &given.period else { continue };
            let text = |it: Timestamp| Cell::Text(it.strftime("%Y-%m-%d %H:%M:%S").to_string());
            return Some(match rest {
                "from" => text(period.from),
                "to" => text(period.to),
                "from_unix" => Cell::Integer(period.from.as_second()),
                "to_unix" => Cell::Integer(period.to.as_second()),
                "from_day" => Cell::Text(period.from_day.to_string()),
                "to_day" => Cell::Text(period.to_day.to_string()),
                "grain" => Cell::Text(period.grain.name().to_owned()),
                "zone" => Cell::Text(self.zone.iana_name().unwrap_or("UTC").to_owned()),
                _ => continue,
            });
        }
        None
    }

    /// All values for a place.
    fn several(&self, place: &str) -> Option<Vec<Cell>> {
        let given = self.given.iter().find(|it| it.name == place && it.many)?;
        Some(given.values.iter().map(Value::cell).collect())
    }

    /// What a statement is asked with. `more` are values beside the parameters': `:x` and `:by` for the
    /// query of the rows behind a mark. A place that nothing fills stays and has no value.
    pub fn bind(&self, query: &Query, more: &[(&str, Cell)]) -> Bound {
        let sql = &query.body;
        let (mut text, mut done) = (String::with_capacity(sql.len()), 0);
        let mut values: Vec<(String, Cell)> = Vec::new();
        let mut fill = |name: &str, value: Cell| {
            if !values.iter().any(|it| it.0 == name) {
                values.push((name.to_owned(), value));
            }
        };
        for place in places(sql) {
            let name = place.name.as_str();
            if let Some(it) = more.iter().find(|it| it.0 == name) {
                fill(name, it.1.clone());
                continue;
            }
            match (self.several(name), &place.typed) {
                // ClickHouse takes several as one array.
                (Some(cells), Some(kind)) if kind.starts_with("Array") => {
                    fill(name, Cell::Text(array(&cells)));
                }
                (Some(cells), None) => {
                    text.push_str(&sql[done..place.span.start]);
                    done = place.span.end;
                    let cells = if cells.is_empty() { vec![Cell::Null] } else { cells };
                    for (at, cell) in cells.into_iter().enumerate() {
                        let one = format!("{name}_{}", at + 1);
                        text.push_str(if at == 0 { ":" } else { ", :" });
                        text.push_str(&one);
                        fill(&one, cell);
                    }
                }
                _ => {
                    if let Some(cell) = self.place(name) {
                        fill(name, cell);
                    }
                }
            }
        }
        text.push_str(&sql[done..]);
        Bound { text, values }
    }

    /// The parameters of a method as JSON, places filled in. A place without a value is left out of a map.
    pub fn arguments(
        &self,
        query: &Query,
        more: &[(&str, Cell)],
    ) -> serde_json::Map<String, serde_json::Value> {
        match &query.source {
            Source::Call { arguments, .. } => self.map(arguments, more),
            _ => serde_json::Map::new(),
        }
    }

    fn map(
        &self,
        arguments: &[(String, Argument)],
        more: &[(&str, Cell)],
    ) -> serde_json::Map<String, serde_json::Value> {
        let filled = arguments.iter().map(|it| (it.0.clone(), self.json(&it.1, more)));
        filled.filter_map(|(name, it)| Some((name, it?))).collect()
    }

    fn json(&self, argument: &Argument, more: &[(&str, Cell)]) -> Option<serde_json::Value> {
        Some(match argument {
            Argument::Text(it) => it.as_str().into(),
            Argument::Integer(it) => (*it).into(),
            Argument::Real(it) => (*it).into(),
            Argument::Bool(it) => (*it).into(),
            Argument::List(list) => list.iter().filter_map(|it| self.json(it, more)).collect(),
            Argument::Map(map) => self.map(map, more).into(),
            Argument::Place(name) => {
                if let Some((_, cell)) = more.iter().find(|it| it.0 == name) {
                    return json(cell);
                }
                match self.several(name) {
                    Some(cells) => cells.iter().filter_map(json).collect(),
                    None => json(&self.place(name)?)?,
                }
            }
        })
    }
}

fn json(cell: &Cell) -> Option<serde_json::Value> {
    Some(match cell {
        Cell::Null => return None,
        Cell::Integer(it) => (*it).into(),
        // As methods take them.
        Cell::Time(it) => Timestamp::from_millisecond(*it).ok()?.to_string().into(),
        Cell::Day(it) => {
            let days = jiff::Span::new().try_days(*it).ok()?;
            jiff::civil::date(1970, 1, 1).checked_add(days).ok()?.to_string().into()
        }
        Cell::Real(it) => (*it).into(),
        Cell::Bool(it) => (*it).into(),
        Cell::Text(it) => it.as_str().into(),
    })
}

/// Values as ClickHouse writes an array.
fn array(cells: &[Cell]) -> String {
    let one = |it: &Cell| match it {
        Cell::Text(it) => format!("'{}'", it.replace('\\', "\\\\").replace('\'', "\\'")),
        Cell::Integer(it) => it.to_string(),
        Cell::Real(it) => it.to_string(),
        Cell::Bool(it) => it.to_string(),
        _ => "NULL".to_owned(),
    };
    format!("[{}]", cells.iter().map(one).collect::<Vec<_>>().join(","))
}
