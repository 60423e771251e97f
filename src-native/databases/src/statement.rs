//! Statements before they are sent: cut out of scripts, judged, and their open places filled.
//!
//! Everything here works on tokens that [`lexer`](self) cuts by each engine's own rules: its quotes and
//! their escapes, its comments and which of them nest, its names. There is no tree, for three reasons.
//! What is asked is little: is this *one* statement of a kind that reads, without a WITH that writes,
//! INTO, locks, or a function that does more than compute? A tree hides what it does not model (options
//! of EXPLAIN, functions in FROM, names in `U&"…"`, comments that are code), and what is hidden passes.
//! And a parser with a tree can be made to overflow its stack; this keeps its own.
//!
//! # What only reads
//!
//! [`Verdict::reads`] is an allow-list that fails closed. An unknown word at the beginning, anything not
//! understood, and anything that a server might read otherwise than we do (letters that look like
//! spaces, a number that runs into a word, quotes that a setting gives another meaning: each reading
//! must be harmless) is refused. It is one of two layers: the engine's own means are the other, and
//! either alone is meant to hold.
//!
//! Functions: what reaches files, other servers or programs, runs statements from texts, changes
//! sessions, sequences or locks is refused by name, wherever it stands and whatever its schema, since an
//! extension may be in any. PostgreSQL's own `pg_…` and the table functions of DuckDB and ClickHouse
//! are many and grow with each version: those that are known to read are allowed, all others are not.
//! A function of the user's own is allowed: a read-only transaction of the engine stops what it writes,
//! and to refuse it would refuse half of what people ask their databases. What such a function does
//! outside the database (written in C or an untrusted language) neither layer can know.
//!
//! # What destroys
//!
//! [`Effect::Destroys`] names what will be gone, for a person to say yes to. It looks into WITH, EXPLAIN
//! ANALYZE, batches, `DO` and texts that are executed, and not into programs that are only created.
//! What it cannot see: statements put together at run time, and what triggers and procedures do.

mod bind;
#[cfg(feature = "sqlite")]
pub(crate) mod comments;
mod effect;
mod functions;
mod head;
pub mod join;
mod lexer;
#[cfg(feature = "mongodb")]
pub(crate) mod mongodb;
mod read;
#[cfg(feature = "redis")]
pub(crate) mod redis;
mod secrets;
mod split;
#[cfg(test)]
mod tests;
mod tokens;

pub use secrets::says_password;

use crate::{Engine, Result, Step, Value};
use lexer::Modes;
use std::fmt;
use std::ops::Range;
use tokens::Tokens;

/// A statement of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement<'a> {
    /// Its text with the comments before it, without spaces around it and without its end mark. For
    /// SQL Server a batch; for ClickHouse with the data behind `INSERT … FORMAT`.
    pub text: &'a str,
    /// Where it stands in the script, in bytes.
    pub range: Range<usize>,
    /// The line it begins in, counted from 1.
    pub line: u32,
}

/// What a statement does to what the database holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It changes nothing.
    Reads,
    /// It changes something, or may.
    Writes,
    /// It takes away what no further statement brings back.
    Destroys(Vec<Loss>),
}

/// Something that will be gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// What, for people: `table public.orders with all its rows`, `every row of orders (DELETE has no
    /// WHERE)`, `column email of users`. Names are as the statement writes them.
    pub words: String,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

/// What is known of a statement before it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What it does.
    pub effect: Effect,
    /// Ok where it is known to only read; else why it is refused where only reading is allowed: half a
    /// sentence about "it", as `it locks the rows it reads (FOR UPDATE, FOR SHARE)`.
    pub reads: Result<(), String>,
    /// The step that it takes in a transaction, whatever its options; a savepoint is none. Where only
    /// reading is allowed it is refused as a statement all the same, because it may carry a mode.
    pub transaction: Option<Step>,
    /// Whether it is likely to give rows: a hint.
    pub rows: bool,
    /// PostgreSQL: whether it is one SELECT, WITH, VALUES or TABLE that only reads, so that it may stand
    /// in `COPY (…) TO STDOUT`. It may end in a comment: the bracket belongs on a line of its own.
    pub wraps: bool,
    /// Whether the engine keeps what an open transaction did so far because of it, without being asked:
    /// MySQL and MariaDB at CREATE, DROP and the like.
    pub commits: bool,
}

/// Cuts a script into its statements. Comments alone, and nothing, are no statement.
///
/// SQLite's triggers, PostgreSQL's `BEGIN ATOMIC` and MySQL's stored programs are one each. MySQL's
/// `DELIMITER` and SQL Server's `GO` are understood and left out; without `GO` a script for SQL Server is
/// one batch. Rows behind PostgreSQL's `COPY … FROM STDIN;` are left out too.
///
/// # Errors
/// [`crate::Reason::Usage`] with the place of a text, a name or a comment that is never closed, and for
/// `GO 5`.
pub fn split(engine: Engine, script: &str) -> Result<Vec<Statement<'_>>> {
    match engine {
        #[cfg(feature = "redis")]
        Engine::Redis => Ok(placed(script, redis::split(script)?)),
        #[cfg(feature = "mongodb")]
        Engine::Mongodb => Ok(placed(script, mongodb::split(script)?)),
        _ => split::Splitter::new(engine, script).map(|it| it.map(|it| it.statement)).collect(),
    }
}

/// The statement under the cursor, which stands `offset` bytes after the script's beginning: the one it
/// is in or at the end of, else the one before and then the one behind it with no empty line between.
///
/// # Errors
/// As [`split`], but only for what stands up to the cursor's statement.
pub fn at(engine: Engine, script: &str, offset: usize) -> Result<Option<Statement<'_>>> {
    let offset = offset.min(script.len());
    let near = |from: usize, to: usize| {
        let gap = script.as_bytes().get(from..to).unwrap_or_default();
        let mut newlines = 0;
        for &byte in gap {
            match byte {
                b'\n' => newlines += 1,
                b' ' | b'\t' | b'\r' => {}
                _ => newlines = 0,
            }
            if newlines > 1 {
                return false;
            }
        }
        true
    };
    let mut before: Option<(Statement<'_>, usize)> = None;
    let pieces: Box<dyn Iterator<Item = Result<split::Piece<'_>>>> = match engine {
        Engine::Redis | Engine::Mongodb => Box::new(
            split(engine, script)?
                .into_iter()
                .map(|statement| Ok(split::Piece { end: statement.range.end, statement })),
        ),
        _ => Box::new(split::Splitter::new(engine, script)),
    };
    for piece in pieces {
        let piece = match piece {
            Ok(piece) => piece,
            Err(failure) => {
                // What is broken further down is no reason not to run this one.
                let start = failure.place.map_or(0, |it| it.offset as usize);
                let start = script.char_indices().nth(start).map_or(script.len(), |it| it.0);
                return match before {
                    Some((statement, end)) if start > offset && near(end, offset) => {
                        Ok(Some(statement))
                    }
                    _ => Err(failure),
                };
            }
        };
        if piece.statement.range.start > offset {
            return Ok(match before {
                Some((statement, end)) if near(end, offset) => Some(statement),
                _ if near(offset, piece.statement.range.start) => Some(piece.statement),
                _ => None,
            });
        }
        if offset < piece.end.min(end_of_mark(script, &piece)) {
            return Ok(Some(piece.statement));
        }
        before = Some((piece.statement, piece.end));
    }
    Ok(before.filter(|(_, end)| near(*end, offset)).map(|it| it.0))
}

/// Where a statement ends with its mark; what lies between the two and the piece's end is its own, but
/// the spaces behind the last statement of a script are nobody's.
fn end_of_mark(script: &str, piece: &split::Piece<'_>) -> usize {
    script[..piece.end].trim_end().len().max(piece.statement.range.end)
}

/// Judges one statement, as [`split`] gives it, with the engine's own marks for open places or `:name`.
pub fn judge(engine: Engine, statement: &str) -> Verdict {
    match engine {
        #[cfg(feature = "redis")]
        Engine::Redis => return redis::judge(statement).verdict(),
        #[cfg(feature = "mongodb")]
        Engine::Mongodb => return mongodb::judge(statement).verdict(),
        _ => {}
    }
    let reads = read::check(engine, statement);
    let tokens = Tokens::of(engine, Modes::usual(engine), statement);
    let effect = match &reads {
        Ok(()) => Effect::Reads,
        Err(_) => match effect::losses(engine, statement) {
            losses if losses.is_empty() => Effect::Writes,
            losses => Effect::Destroys(losses),
        },
    };
    let queries = tokens.is_any(0, &["select", "with", "values", "table"]) || tokens.op(0, b'(');
    Verdict {
        wraps: engine == Engine::Postgres && reads.is_ok() && queries,
        transaction: head::step(engine, &tokens),
        rows: head::rows(engine, &tokens, reads.is_ok()),
        commits: engine == Engine::Mysql && head::commits(&tokens),
        effect,
        reads,
    }
}

/// The names of the places that a statement leaves open, `:name` or ClickHouse's `{name:Type}`, each
/// once, in the order they first stand in.
pub fn places(engine: Engine, statement: &str) -> Vec<String> {
    match engine {
        #[cfg(feature = "redis")]
        Engine::Redis => redis::parameters(statement).unwrap_or_default(),
        #[cfg(feature = "mongodb")]
        Engine::Mongodb => mongodb::parameters(statement).unwrap_or_default(),
        _ => bind::places(engine, statement),
    }
}

/// Fills the open places: the statement with the engine's own marks, and the values in the order of
/// those marks. PostgreSQL and DuckDB have `$1`, SQL Server `@p1`, where one name is one mark; SQLite and
/// MySQL have `?`, where a value comes as often as its name. ClickHouse's `{name:Type}` stay as they are,
/// and the values come in the order of [`places`] of the text.
///
/// # Errors
/// [`crate::Reason::Usage`], naming a place without a value, a value without a place, a name given
/// twice, or a mark of the engine's own beside places by name.
pub fn bind(
    engine: Engine,
    statement: &str,
    params: &[(String, Value)],
) -> Result<(String, Vec<Value>)> {
    #[cfg(any(feature = "redis", feature = "mongodb"))]
    let given = |name: &str| params.iter().find(|it| it.0 == name).map(|it| it.1.clone());
    match engine {
        #[cfg(feature = "redis")]
        Engine::Redis => redis::bind(statement, &given).map(|it| (it, Vec::new())),
        #[cfg(feature = "mongodb")]
        Engine::Mongodb => mongodb::bind(statement, &given).map(|it| (it, Vec::new())),
        _ => bind::bind(engine, statement, params),
    }
}

/// Where a statement stands that is no SQL.
#[cfg(any(feature = "redis", feature = "mongodb"))]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Where it stands, in bytes.
    pub(crate) range: Range<usize>,
}

/// What is known of a statement that is no SQL.
#[cfg(any(feature = "redis", feature = "mongodb"))]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Judgement {
    /// What it does.
    pub(crate) effect: Effect,
    /// Whether it may run where only reading is allowed; else why not.
    pub(crate) reads: Result<(), String>,
}

#[cfg(any(feature = "redis", feature = "mongodb"))]
impl Judgement {
    /// Of what cannot be read.
    pub(crate) fn unread(why: impl Into<String>) -> Judgement {
        Judgement { effect: Effect::Writes, reads: Err(why.into()) }
    }

    fn verdict(self) -> Verdict {
        let Judgement { effect, reads } = self;
        Verdict { effect, reads, transaction: None, rows: true, wraps: false, commits: false }
    }
}

/// Pieces of a script as statements.
#[cfg(any(feature = "redis", feature = "mongodb"))]
fn placed(script: &str, pieces: Vec<Piece>) -> Vec<Statement<'_>> {
    let (mut line, mut at) = (1, 0);
    let place = |it: Piece| {
        line += script[at..it.range.start].matches('\n').count();
        at = it.range.start;
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        Statement { text: &script[it.range.clone()], range: it.range, line }
    };
    pieces.into_iter().map(place).collect()
}
