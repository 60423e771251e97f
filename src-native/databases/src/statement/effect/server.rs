//! What stops a server, ends the work of others, or cannot be told; and texts that are run as statements.

use super::Eraser;
use crate::Engine;
use crate::statement::functions;
use crate::statement::lexer::Kind;

impl Eraser<'_> {
    /// Statements that reach beyond tables.
    pub(super) fn beyond(&mut self, at: usize) {
        use Engine::*;
        let all = self.all;
        let stop = self.region(at);
        let has = |words: &[&str]| (at..stop).any(|it| all.is_any(it, words));
        let rest = |it: &Self| it.words(at + 1, stop);
        match (all.word(at).to_ascii_lowercase().as_str(), self.engine) {
            ("shutdown", Mysql | Sqlserver) | ("restart", Mysql) => {
                self.lose("the running server: it stops, with what everybody does".to_owned());
            }
            ("kill", Mysql | Sqlserver | Clickhouse) => {
                self.lose(format!("what another session does now (KILL {})", rest(self)));
            }
            ("purge" | "reset", Mysql) if all.is_any(at + 1, &["binary", "master"]) => {
                self.lose("binary logs of the server".to_owned());
            }
            ("reset", Mysql) if all.is_any(at + 1, &["replica", "slave", "persist"]) => {
                self.lose(format!("what the server keeps of its {}", rest(self)));
            }
            ("clone", Mysql) if all.is(at + 1, "instance") => {
                self.lose("all that this server holds: it becomes a copy of another".to_owned());
            }
            ("binlog", Mysql) => self.untold("the changes of a binary log"),
            ("uninstall", Mysql) => self.lose(rest(self)),
            ("discard", Postgres) if all.is_any(at + 1, &["all", "temp", "temporary"]) => {
                self.lose("the temporary tables of the session".to_owned());
            }
            ("refresh", Postgres) if has(&["no"]) => {
                self.lose(format!("every row of {}", rest(self)));
            }
            ("copy", Postgres) => {
                let way = self.find(at, stop, &["to", "from"]);
                let Some(way) = way else { return };
                if all.is(way + 1, "program") {
                    self.untold("a program that the server runs");
                } else if all.is(way, "to") && all.kind(way + 1) == Some(Kind::Text) {
                    let file = all.text(way + 1);
                    self.lose(format!("what the server's file {file} holds, where there is one"));
                }
            }
            ("dbcc", Sqlserver) if has(&["repair_allow_data_loss"]) => {
                self.lose("what the repair cannot save".to_owned());
            }
            ("backup", Sqlserver) if has(&["init", "format"]) => {
                self.lose("the backups that stand in its file already".to_owned());
            }
            ("optimize", Clickhouse) if has(&["deduplicate", "cleanup"]) => {
                self.lose(format!("rows that are there twice ({})", rest(self)));
            }
            ("import", Duckdb) if all.is(at + 1, "database") => {
                self.untold("the statements of the files of an export");
            }
            _ => {}
        }
    }

    pub(super) fn untold(&mut self, what: &str) {
        self.lose(format!("what cannot be told: {what}"));
    }

    /// ALTER of what is no table.
    pub(super) fn alter_beyond(&mut self, start: usize) {
        let all = self.all;
        let stop = self.region(start);
        match (self.engine, all.word(start + 1).to_ascii_lowercase().as_str()) {
            (Engine::Postgres, "system") => {
                let how = self.words(start + 2, stop);
                self.lose(format!("a setting of the server, for everybody ({how})"));
            }
            (Engine::Sqlserver, "database") => {
                let (name, end) = self.name(start + 2);
                if all.is(end, "remove") {
                    self.lose(format!("{} of {name}", self.words(end + 1, stop)));
                } else if all.is(end, "set") {
                    let stop = (end + 1..all.len())
                        .find(|it| all.kind(*it) == Some(Kind::End))
                        .unwrap_or(all.len());
                    let cuts =
                        ["offline", "single_user", "restricted_user", "emergency", "rollback"];
                    if (end..stop).any(|it| all.is_any(it, &cuts)) {
                        self.lose(format!("what others do in {name} now"));
                    }
                }
            }
            _ => {}
        }
    }

    /// DO of PostgreSQL.
    pub(super) fn block(&mut self, at: usize) {
        let all = self.all;
        self.runs = true;
        if let Some(language) = (at..all.len()).find(|it| all.is(*it, "language")) {
            let name = all.name(language + 1).unwrap_or_default().to_ascii_lowercase();
            if !["plpgsql", "sql"].contains(&name.as_str()) {
                self.untold(&format!("a program in {name}"));
            }
        }
        if (at..all.len()).any(|it| all.kind(it) == Some(Kind::Text) && self.is_escaped(it)) {
            self.untold("a text with letters that are written as numbers");
        }
    }

    /// EXECUTE, EXEC and PREPARE: a text that is run, or a program that is called.
    pub(super) fn executes(&mut self, at: usize) {
        let all = self.all;
        match self.engine {
            Engine::Postgres if self.depth > 0 => self.run(at + 1),
            Engine::Mysql if all.is(at, "prepare") => {
                if let Some(from) = self.find(at, self.region(at), &["from"]) {
                    self.run(from + 1);
                }
            }
            Engine::Mysql if all.is(at + 1, "immediate") => self.run(at + 2),
            Engine::Sqlserver if all.op(at + 1, b'(') => self.run(at + 1),
            Engine::Sqlserver => self.calls(at + 1),
            _ => {}
        }
    }

    /// A procedure of SQL Server that is called by its name.
    pub(super) fn calls(&mut self, start: usize) {
        let all = self.all;
        self.runs = true;
        // What it returns may be kept: `EXEC @result = name`.
        let start = if all.op(start + 1, b'=') { start + 2 } else { start };
        let (_, end) = self.name(start);
        let last = all.name(end.saturating_sub(1)).unwrap_or_default().to_ascii_lowercase();
        match last.as_str() {
            "sp_executesql" | "sp_msforeachtable" | "sp_msforeachdb" | "sp_prepexec"
            | "sp_execute_remote" => {
                let named = all.op(end + 1, b'=');
                self.run(if named { end + 2 } else { end });
            }
            "xp_cmdshell" => self.untold("a program that the server runs"),
            "xp_delete_file"
            | "xp_regwrite"
            | "xp_regdeletekey"
            | "xp_regdeletevalue"
            | "sp_detach_db"
            | "sp_dropserver"
            | "sp_droplogin"
            | "sp_dropuser"
            | "sp_delete_job"
            | "sp_delete_backuphistory"
            | "sp_configure" => {
                self.lose(format!("what {last} takes away or changes, for everybody"));
            }
            _ => {}
        }
    }

    /// A text that is run as a statement. What is none by itself is put together only when it runs.
    fn run(&mut self, at: usize) {
        let all = self.all;
        self.runs = true;
        let at = if all.op(at, b'(') { at + 1 } else { at };
        let ends = matches!(all.kind(at + 1), None | Some(Kind::End))
            || all.op(at + 1, b')')
            || all.op(at + 1, b',')
            || all.is_any(at + 1, &["using", "into", "loop", "end"])
            || self.engine == Engine::Sqlserver && all.kind(at + 1) == Some(Kind::Word);
        // A text to MySQL, and a name only where a session says so.
        let double = self.engine == Engine::Mysql && all.text(at).starts_with('"');
        let is_text = all.kind(at) == Some(Kind::Text) || double;
        if !is_text || !ends || self.is_escaped(at) {
            self.untold("a statement that is put together only when it runs");
        }
    }

    /// Whether a text has letters that are written otherwise than they are.
    fn is_escaped(&self, at: usize) -> bool {
        let text = self.all.text(at);
        let mut letters = text.chars();
        let prefix = letters.next().is_some_and(|it| matches!(it, 'e' | 'E' | 'u' | 'U'));
        if self.engine == Engine::Mysql || prefix {
            while let Some(letter) = letters.next() {
                let plain = ['\'', '"', '\\', 'n', 't', 'r'];
                if letter == '\\' && !letters.next().is_some_and(|it| plain.contains(&it)) {
                    return true;
                }
            }
        }
        false
    }

    /// Functions that take something away, or run what they are given.
    pub(super) fn function(&mut self, at: usize) {
        let name = self.all.name(at).unwrap_or_default().to_ascii_lowercase();
        if functions::runs_texts(self.engine, &name) {
            return self.run(at + 1);
        }
        if functions::destroys(self.engine, &name) {
            self.lose(format!("what the function {name} takes away or ends"));
        }
    }
}
