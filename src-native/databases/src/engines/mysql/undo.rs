//! What a rollback leaves: tables without transactions (MyISAM, Aria, MEMORY) keep at once what is done to
//! them.

use super::{Mysql, literal};
use crate::engines::rows::{Rows, text};
use crate::{Ask, Engine, Failure, Reason, Result, statement};

/// Tables whose engine has no transactions.
const WITHOUT: &str = "SELECT table_schema, table_name, DATABASE() FROM information_schema.tables \
     WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('information_schema', 'performance_schema') \
     AND engine IS NOT NULL AND engine NOT IN \
     (SELECT engine FROM information_schema.engines WHERE transactions = 'YES')";

impl Mysql {
    /// What of a statement stays whatever is undone: a table without transactions that it names, or such
    /// tables behind a view, a trigger or a program that it names.
    pub(super) fn kept_at_once(&mut self, of: &str) -> Result<Option<String>> {
        let names = statement::names(Engine::Mysql, of);
        let has = |name: &str| names.binary_search(&name.to_lowercase()).is_ok();
        let tables = self.rows(WITHOUT)?;
        let (mut named, mut any) = (None, false);
        for row in &tables {
            let (schema, table, own) = (text(row, 0), text(row, 1), text(row, 2));
            any |= !matches!(schema.as_str(), "mysql" | "sys");
            if has(&table) && (schema == own || has(&schema)) {
                named = Some(format!(
                    "{schema}.{table} has no transactions, and keeps at once what is done to it"
                ));
            }
        }
        if named.is_some() || !any || names.is_empty() {
            return Ok(named);
        }
        let list: Vec<String> = names.iter().map(|it| literal(it)).collect();
        let list = list.join(", ");
        let hidden = self.rows(&format!(
            "SELECT table_name FROM information_schema.views WHERE table_name IN ({list}) \
             AND table_schema NOT IN ('information_schema', 'performance_schema', 'sys') \
             UNION ALL SELECT event_object_table FROM information_schema.triggers \
             WHERE event_object_table IN ({list}) \
             UNION ALL SELECT routine_name FROM information_schema.routines \
             WHERE routine_name IN ({list}) AND routine_schema <> 'sys'"
        ))?;
        Ok(hidden.first().map(|it| {
            format!(
                "some tables have no transactions, and what {} does to them is not seen",
                text(it, 0)
            )
        }))
    }

    /// Undoes, and says where the server could not.
    pub(super) fn roll_back(&mut self, words: &str) -> Result<()> {
        self.command(3, words.as_bytes())?;
        if self.results(&Ask::new(words), false, &mut Rows::default())? == 0 {
            return Ok(());
        }
        for row in self.rows("SHOW WARNINGS")? {
            // Some non-transactional changed tables couldn't be rolled back.
            if text(&row, 1) == "1196" {
                let failure = Failure::new(
                    Reason::Server,
                    "not all could be undone: tables without transactions keep what was done to them",
                );
                return Err(failure.code("1196").hint("look at what is there now"));
            }
        }
        Ok(())
    }
}
