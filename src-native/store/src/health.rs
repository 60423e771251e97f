//! How the store is: for the doctor.

use crate::{Result, Store};

/// How the store is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// The version of its schema.
    pub schema: i64,
    /// Its size, in bytes.
    pub bytes: u64,
    /// What SQLite's quick check found, in its words; empty where it is sound.
    pub faults: Vec<String>,
}

impl Store {
    /// Reads the whole store to see whether it is sound.
    pub fn health(&self) -> Result<Health> {
        self.read(|reader| {
            let sql = reader.sql();
            let number =
                |pragma: &str| sql.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
            let bytes = number("page_count")? * number("page_size")?;
            let mut check = sql.prepare("pragma quick_check(10)")?;
            let faults =
                check.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
            Ok(Health {
                schema: number("user_version")?,
                bytes: bytes.unsigned_abs(),
                faults: faults.into_iter().filter(|it| it != "ok").collect(),
            })
        })
    }
}
