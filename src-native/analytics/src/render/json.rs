//! A run as JSON. Its form is kept: fields are added, none is renamed or taken away.

use super::csv::moment;
use super::{Evidence, Run};
use crate::charts::words;
use crate::dashboard::asserts::Outcome;
use crate::dashboard::shape::{Body, Shown};
use crate::table::{Cell, ColumnKind, Table};
use serde_json::{Value, json};

/// Version of the form.
const VERSION: u32 = 1;

/// A run as JSON.
pub fn json(run: &Run) -> Value {
    let params = run.values.given.iter().map(|it| {
        let values: Vec<Value> = it.values.iter().map(|it| cell(&it.cell())).collect();
        let value = if it.many {
            Value::Array(values)
        } else {
            values.into_iter().next().unwrap_or(Value::Null)
        };
        let mut one =
            json!({ "name": it.name, "label": it.label, "value": value, "default": it.default });
        if let Some(period) = &it.period {
            one["from"] = period.from.to_string().into();
            one["to"] = period.to.to_string().into();
            one["grain"] = period.grain.name().into();
        }
        one
    });
    let panels = run.panels.iter().filter_map(|it| {
        let panel = run.panel(it.part)?;
        let mut one = json!({
            "title": panel.name(),
            "kind": panel.kind.name(),
            "query": panel.query,
            "rule": panel.rule,
            "evidence": it.evidence.as_ref().map(evidence),
        });
        match &it.result {
            Ok(answer) => {
                one["notes"] = answer.shown.notes.clone().into();
                one["figure"] = figure(&answer.shown);
                one["table"] = table(&answer.table);
                if let Some(before) = &answer.before {
                    one["before"] = table(before);
                }
            }
            Err(why) => one["error"] = why.as_str().into(),
        }
        Some(one)
    });
    let asserts = run.asserts.iter().map(|it| {
        let outcome = match it.outcome {
            Outcome::Holds => "holds",
            Outcome::Fails => "fails",
            Outcome::Unknown(_) => "unknown",
        };
        let values = it.values.iter().map(|it| json!({ "what": it.0, "is": it.1 }));
        json!({
            "line": it.line,
            "rule": it.rule,
            "outcome": outcome,
            "says": it.say(),
            "values": values.collect::<Vec<_>>(),
        })
    });
    json!({
        "version": VERSION,
        "title": run.dashboard.title,
        "about": run.dashboard.about,
        "now": run.values.now.to_string(),
        "zone": run.values.zone.iana_name(),
        "params": params.collect::<Vec<_>>(),
        "panels": panels.collect::<Vec<_>>(),
        "asserts": asserts.collect::<Vec<_>>(),
        "holds": run.asserts.iter().all(|it| it.holds()),
    })
}

fn evidence(it: &Evidence) -> Value {
    let values: Vec<Value> =
        it.values.iter().map(|it| json!({ "name": it.0, "value": it.1 })).collect();
    json!({
        "query": it.query,
        "text": it.text,
        "values": values,
        "connection": it.connection,
        "engine": it.engine,
        "milliseconds": it.milliseconds,
        "rows": it.rows,
        "cached": it.cached,
    })
}

/// The number of a panel that shows one.
fn figure(shown: &Shown) -> Value {
    match &shown.body {
        Body::Number(it) => json!({
            "value": it.value,
            "before": it.before,
            "change": it.change,
            "against": it.against,
        }),
        Body::Gauge(it) => json!({ "value": it.value, "target": it.target }),
        _ => Value::Null,
    }
}

/// A table: its columns, and its rows as lists.
pub fn table(table: &Table) -> Value {
    let columns = table.columns.iter().map(|it| {
        let kind = match it.kind {
            ColumnKind::Text => "text",
            ColumnKind::Number => "number",
            ColumnKind::Time => "time",
            ColumnKind::Day => "day",
            ColumnKind::Bool => "bool",
        };
        json!({ "name": it.name, "kind": kind })
    });
    let rows: Vec<Value> = table.rows.iter().map(|row| row.iter().map(cell).collect()).collect();
    json!({ "columns": columns.collect::<Vec<_>>(), "rows": rows, "cut": table.cut })
}

/// A cell; moments as RFC 3339, days as `2026-03-01`, whole numbers that others cannot hold as text.
pub(super) fn cell(cell: &Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Integer(it) if it.unsigned_abs() > 1 << 53 => it.to_string().into(),
        Cell::Integer(it) => (*it).into(),
        Cell::Real(it) => json!(it),
        Cell::Text(it) => it.as_str().into(),
        Cell::Bool(it) => (*it).into(),
        Cell::Day(it) => words::iso_day(*it).into(),
        Cell::Time(at) => moment(*at).into(),
    }
}
