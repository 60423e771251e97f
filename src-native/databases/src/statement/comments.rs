//! Comments of a CREATE statement as what they are to people: the documentation of a table and its
//! columns. SQLite keeps the statement as it was written and has no other place for it.

use super::lexer::{Kind, Lexer, Modes};
use super::tokens::Tokens;
use crate::Engine;

/// What a CREATE statement says of what it makes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Comments {
    /// Of the table or view: what stands before its columns, or behind the parenthesis that opens them.
    pub(crate) object: Option<String>,
    /// Of columns, by name: what stands behind a column on its line, or on lines before it.
    pub(crate) columns: Vec<(String, String)>,
}

impl Comments {
    /// What is said of a column.
    pub(crate) fn of(&self, column: &str) -> Option<String> {
        let found = self.columns.iter().find(|it| it.0.eq_ignore_ascii_case(column));
        found.map(|it| it.1.clone())
    }
}

/// Reads the comments of a CREATE TABLE or CREATE VIEW. What cannot be read to its end says what it said
/// so far.
pub(crate) fn comments(engine: Engine, create: &str) -> Comments {
    let tokens = Lexer::new(engine, Modes::usual(engine), create);
    let list = tokens.map_while(Result::ok).collect();
    let all = Tokens { source: create, list, doubt: None, unclosed: None };
    let is_view = (0..all.len().min(8)).any(|at| all.is(at, "view"));
    let (mut object, mut columns) = (Vec::new(), Vec::<(Option<String>, Vec<String>)>::new());
    let (mut waiting, mut depth) = (Vec::new(), 0_usize);
    // Whether what is read belongs to the last column, and the last token that is no comment.
    let (mut within, mut last) = (false, None);
    for at in 0..all.len() {
        if all.kind(at) == Some(Kind::Comment) {
            let Some(said) = words(all.text(at)) else { continue };
            let beside = last.is_some_and(|last: usize| {
                !create[all.list[last].end..all.list[at].start].contains('\n')
            });
            let opened = last.is_some_and(|it| all.op(it, b'('));
            match columns.last_mut() {
                _ if depth == 0 => object.push(said),
                None if opened && beside && depth == 1 => object.push(said),
                Some(column) if within || beside => column.1.push(said),
                _ => waiting.push(said),
            }
            continue;
        }
        last = Some(at);
        if all.op(at, b'(') {
            depth += 1;
            if depth == 1 {
                continue;
            }
        } else if all.op(at, b')') {
            depth = depth.saturating_sub(1);
            if depth == 0 && !is_view {
                break;
            }
        } else if all.op(at, b',') && depth == 1 {
            within = false;
            continue;
        }
        if depth == 0 && is_view && all.is_any(at, &["select", "with", "values"]) {
            break;
        }
        if depth > 0 && !within {
            within = true;
            columns.push((column(&all, at), std::mem::take(&mut waiting)));
        }
    }
    let joined = |said: Vec<String>| (!said.is_empty()).then(|| said.join(" "));
    Comments {
        object: joined(object),
        columns: columns.into_iter().filter_map(|it| Some((it.0?, joined(it.1)?))).collect(),
    }
}

/// The name of the column that begins there; none where a constraint does.
fn column(all: &Tokens<'_>, at: usize) -> Option<String> {
    if all.is_any(at, &["constraint", "primary", "unique", "check", "foreign"]) {
        return None;
    }
    let text = all.text(at);
    match all.kind(at) {
        // SQLite takes a text for a name where only a name can stand.
        Some(Kind::Text) => Some(text.strip_prefix('\'')?.strip_suffix('\'')?.replace("''", "'")),
        _ => all.name(at).map(|it| it.into_owned()),
    }
}

/// The words of a comment, without its signs and lines drawn with them; none where there are no words.
fn words(comment: &str) -> Option<String> {
    let inner = match comment.strip_prefix("/*") {
        Some(inner) => inner.strip_suffix("*/").unwrap_or(inner),
        None => comment,
    };
    let lines = inner.lines().map(|it| it.trim().trim_matches(['-', '*', '=', '#']).trim());
    let text = lines.filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(create: &str) -> (Option<String>, Vec<String>) {
        let read = comments(Engine::Sqlite, create);
        let columns = read.columns.iter().map(|(name, said)| format!("{name}: {said}"));
        (read.object, columns.collect())
    }

    #[test]
    fn comments_belong_to_the_table_and_to_the_columns_they_stand_at() {
        let (table, columns) = read(
            "CREATE TABLE orders ( -- What people bought.\n\
             id integer primary key,\n\
             -- Who bought it,\n\
             -- by number.\n\
             customer int references customers (id),  -- never changes\n\
             state text check (state in ('a', -- new\n 'b')), /* where\n * it is */\n\
             \"the -- note\" text default 'a -- b', -- in \"quotes\"\n\
             total numeric(12, 2) -- with tax\n\
             , 'odd' int -- a text for a name\n\
             , -- of no column\n\
             primary key (id), -- nor this\n\
             unique (customer) -- nor that\n\
             ) STRICT",
        );
        assert_eq!(table.as_deref(), Some("What people bought."));
        assert_eq!(
            columns,
            [
                "customer: Who bought it, by number. never changes",
                "state: new where it is",
                "the -- note: in \"quotes\"",
                "total: with tax",
                "odd: a text for a name of no column",
            ]
        );
    }

    #[test]
    fn comments_before_the_columns_are_of_the_table() {
        let (table, columns) = read("CREATE TABLE a /* One. */ -- Two.\n(\n  -- first\n  b)");
        assert_eq!(table.as_deref(), Some("One. Two."));
        assert_eq!(columns, ["b: first"]);
    }

    #[test]
    fn comments_before_what_a_view_selects_are_of_the_view() {
        let (view, columns) = read(
            "CREATE VIEW late (\n id, -- of the order\n days) AS -- What is late.\n\
             select 1, -- not this\n 2",
        );
        assert_eq!(view.as_deref(), Some("What is late."));
        assert_eq!(columns, ["id: of the order"]);
    }

    #[test]
    fn lines_drawn_with_signs_say_nothing_and_what_is_cut_short_ends() {
        for it in
            ["", "(", ")", "create table a (", "create table a (b /* c", "-----", "a((((", ",,,)--"]
        {
            assert_eq!(comments(Engine::Sqlite, it), Comments::default(), "{it}");
        }
        assert_eq!(read("create table a (--======\nb,/***/c)"), (None, Vec::new()));
    }
}
