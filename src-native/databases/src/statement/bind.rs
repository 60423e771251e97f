//! Places that a statement leaves open by name, and the values for them.

use super::lexer::{Kind, Modes};
use super::tokens::Tokens;
use crate::{Engine, Failure, Reason, Result, Value};
use std::collections::{HashMap, HashSet};

/// A place: its name, and where it stands.
struct Open<'a> {
    name: &'a str,
    start: usize,
    end: usize,
}

fn opens<'a>(engine: Engine, tokens: &Tokens<'a>) -> Vec<Open<'a>> {
    if engine == Engine::Clickhouse { typed(tokens) } else { named(engine, tokens) }
}

/// `:name`, where it cannot be a slice, a cast, a label or a key.
fn named<'a>(engine: Engine, all: &Tokens<'a>) -> Vec<Open<'a>> {
    let mut found = Vec::new();
    // For each open bracket, whether it is a subscript, where `:` parts two bounds.
    let mut brackets: Vec<bool> = Vec::new();
    for at in 0..all.len() {
        if all.op(at, b'[') {
            let value = at > 0
                && (all.is_name(at - 1) || all.after_op(at, b')') || all.after_op(at, b']'))
                && !all.is(at - 1, "array");
            brackets.push(value);
        } else if all.op(at, b'(') || all.op(at, b'{') {
            brackets.push(false);
        } else if all.op(at, b']') || all.op(at, b')') || all.op(at, b'}') {
            brackets.pop();
        }
        if !all.op(at, b':')
            || brackets.last() == Some(&true)
            || all.kind(at + 1) != Some(Kind::Word)
        {
            continue;
        }
        let (colon, word) = (all.list[at], all.list[at + 1]);
        let name = all.text(at + 1);
        let starts = name.starts_with(|it: char| it == '_' || it.is_alphabetic());
        if word.start != colon.end || !starts || touches(all, at) {
            continue;
        }
        if engine == Engine::Sqlserver && name.contains(['@', '#']) {
            continue;
        }
        found.push(Open { name, start: colon.start, end: word.end });
    }
    found
}

/// Whether something that a colon may belong to stands right before it.
fn touches(all: &Tokens<'_>, colon: usize) -> bool {
    let Some(before) = colon.checked_sub(1).map(|it| all.list[it]) else { return false };
    if before.end != all.list[colon].start {
        return false;
    }
    match before.kind {
        Kind::Op => b":?)]}@$".iter().any(|&it| all.after_op(colon, it)),
        Kind::End | Kind::Comment | Kind::Enter | Kind::Leave => false,
        Kind::Word | Kind::Name | Kind::Text | Kind::Number => true,
    }
}

/// ClickHouse's own `{name:Type}`.
fn typed<'a>(all: &Tokens<'a>) -> Vec<Open<'a>> {
    let mut found = Vec::new();
    for at in 0..all.len() {
        if !all.op(at, b'{') || all.kind(at + 1) != Some(Kind::Word) || !all.op(at + 2, b':') {
            continue;
        }
        let mut close = at + 3;
        while all.kind(close).is_some() && !all.op(close, b'}') && !all.op(close, b'{') {
            close += 1;
        }
        if all.op(close, b'}') && close > at + 3 {
            found.push(Open {
                name: all.text(at + 1),
                start: all.list[at].start,
                end: all.list[close].end,
            });
        }
    }
    found
}

pub(super) fn places(engine: Engine, statement: &str) -> Vec<String> {
    let tokens = Tokens::of(engine, Modes::usual(engine), statement);
    unique(&opens(engine, &tokens)).into_iter().map(str::to_owned).collect()
}

fn unique<'a>(opens: &[Open<'a>]) -> Vec<&'a str> {
    let mut seen = HashSet::new();
    opens.iter().map(|it| it.name).filter(|it| seen.insert(*it)).collect()
}

fn usage(text: String) -> Failure {
    Failure::new(Reason::Usage, text)
}

pub(super) fn bind(
    engine: Engine,
    statement: &str,
    params: &[(String, Value)],
) -> Result<(String, Vec<Value>)> {
    let tokens = Tokens::of(engine, Modes::usual(engine), statement);
    let opens = opens(engine, &tokens);
    let mut given = HashMap::new();
    for (name, value) in params {
        if given.insert(name.as_str(), value).is_some() {
            return Err(usage(format!("the parameter {name} is given twice")));
        }
    }
    let names = unique(&opens);
    let numbers: HashMap<&str, usize> =
        names.iter().enumerate().map(|(at, name)| (*name, at + 1)).collect();
    if let Some(name) = names.iter().find(|it| !given.contains_key(**it)) {
        return Err(usage(format!("the statement asks for {name}, and no value is given for it"))
            .hint(format!("give a value for {name}")));
    }
    if let Some((name, _)) = params.iter().find(|(name, _)| !numbers.contains_key(name.as_str())) {
        let mark = if engine == Engine::Clickhouse {
            format!("{{{name}:Type}}")
        } else {
            format!(":{name}")
        };
        return Err(usage(format!(
            "a value is given for {name}, and the statement never asks for it"
        ))
        .hint(format!("write {mark} where it belongs, or leave it out")));
    }
    if opens.is_empty() {
        return Ok((statement.to_owned(), Vec::new()));
    }
    if let Some(mark) = own_mark(engine, &tokens) {
        return Err(usage(format!("the statement has places by name and {mark} as well"))
            .hint("write all of them by name"));
    }
    let value = |name: &str| given.get(name).map_or(Value::Null, |it| (*it).clone());
    if engine == Engine::Clickhouse {
        return Ok((statement.to_owned(), names.into_iter().map(value).collect()));
    }
    let (mut text, mut from) = (String::with_capacity(statement.len()), 0);
    for open in &opens {
        text.push_str(&statement[from..open.start]);
        let number = numbers.get(open.name).copied().unwrap_or(0);
        match engine {
            Engine::Postgres | Engine::Duckdb => text.push_str(&format!("${number}")),
            Engine::Sqlserver => text.push_str(&format!("@p{number}")),
            _ => text.push('?'),
        }
        from = open.end;
    }
    text.push_str(&statement[from..]);
    let values = match engine {
        Engine::Sqlite | Engine::Mysql => opens.iter().map(|it| value(it.name)).collect(),
        _ => names.into_iter().map(value).collect(),
    };
    Ok((text, values))
}

/// A mark of the engine's own for an open place, which would be counted along.
fn own_mark(engine: Engine, all: &Tokens<'_>) -> Option<String> {
    (0..all.len()).find_map(|at| {
        let next = all.list.get(at + 1);
        let joined = next.is_some_and(|it| it.start == all.list[at].end);
        match engine {
            Engine::Postgres | Engine::Duckdb
                if all.op(at, b'$')
                    && joined
                    && matches!(all.kind(at + 1), Some(Kind::Number | Kind::Word)) =>
            {
                Some(format!("${}", all.text(at + 1)))
            }
            Engine::Sqlite | Engine::Mysql | Engine::Duckdb if all.op(at, b'?') => {
                Some("?".to_owned())
            }
            Engine::Sqlite
                if (all.op(at, b'$') || all.op(at, b'@'))
                    && joined
                    && all.kind(at + 1) == Some(Kind::Word) =>
            {
                Some(format!("{}{}", all.text(at), all.text(at + 1)))
            }
            Engine::Sqlserver => {
                let name =
                    all.word(at).strip_prefix(['@']).and_then(|it| it.strip_prefix(['p', 'P']))?;
                name.parse::<usize>().ok().map(|_| all.text(at).to_owned())
            }
            _ => None,
        }
    })
}
