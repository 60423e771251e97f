//! One file an engine.

#[cfg(feature = "clickhouse")]
mod clickhouse;
#[cfg(feature = "duckdb")]
mod duckdb;
#[cfg(test)]
mod heard;
#[cfg(feature = "mongodb")]
mod mongodb;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(any(feature = "redis", feature = "mongodb", feature = "sqlserver"))]
mod pages;
#[cfg(any(feature = "mysql", feature = "clickhouse"))]
mod places;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "redis")]
mod redis;
mod rows;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(feature = "sqlserver")]
mod sqlserver;
#[cfg(test)]
mod tests;
#[cfg(any(feature = "redis", feature = "mongodb"))]
mod turns;

use crate::{Engine, Failure, Reason, Result, Session, Target};

/// The type of the column with the whole document, which stands last in results of documents.
pub(crate) const WHOLE_DOCUMENT: &str = "document";

/// Opens a connection.
///
/// # Errors
/// [`Reason::Connection`], naming where it leads and what to do; [`Reason::Unsupported`] where this build
/// has no such engine.
pub fn connect(target: &Target) -> Result<Box<dyn Session>> {
    match target.engine {
        #[cfg(feature = "mongodb")]
        Engine::Mongodb => mongodb::connect(target),
        #[cfg(feature = "clickhouse")]
        Engine::Clickhouse => clickhouse::connect(target),
        #[cfg(feature = "mysql")]
        Engine::Mysql => mysql::connect(target),
        #[cfg(feature = "duckdb")]
        Engine::Duckdb => duckdb::connect(target),
        #[cfg(feature = "postgres")]
        Engine::Postgres => postgres::connect(target),
        #[cfg(feature = "redis")]
        Engine::Redis => redis::connect(target),
        #[cfg(feature = "sqlite")]
        Engine::Sqlite => sqlite::connect(target),
        #[cfg(feature = "sqlserver")]
        Engine::Sqlserver => sqlserver::connect(target),
        #[allow(unreachable_patterns, reason = "every engine may be left out")]
        engine => Err(missing(engine)),
    }
}

/// Opens a SQLite file of our own for reading alone, after something was done to how it is read.
#[cfg(feature = "sqlite")]
pub(crate) fn reading(
    path: &std::path::Path,
    with: impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<()>,
) -> Result<Box<dyn Session>> {
    sqlite::reading(path, with)
}

#[allow(dead_code, reason = "no engine may be left out")]
fn missing(engine: Engine) -> Failure {
    let text = format!("this Backstory was built without {}", engine.title());
    Failure::new(Reason::Unsupported, text).hint("use a build that has it")
}
