//! Values as they are: every type that other clients break, through the whole product and back. What a page holds is
//! what the server's own client writes; CSV and JSON say the same; what was exported is loaded into an empty copy by
//! the server's own client, and the server finds no difference.

mod clickhouse;
mod documents;
mod duckdb;
mod keys;
mod mysql;
mod postgres;
mod sqlite;

use crate::home::{BACKSTORY, Home, complaint};
use crate::support::Backstory;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// A type, and values of it in SQL.
#[derive(Clone, Copy)]
struct Type {
    name: &'static str,
    values: &'static [&'static str],
    /// How its own client is asked for the text of `v`, where that would write bytes or a notation of its own.
    shown: &'static str,
    /// How the engine's own loader makes a value of the text `@v`; none where its loader cannot.
    loaded: Option<&'static str>,
    /// How the server compares.
    compared: &'static str,
    /// Whether statements that insert take it.
    inserted: bool,
}

const fn of(name: &'static str, values: &'static [&'static str]) -> Type {
    Type { name, values, shown: "v", loaded: Some("@v"), compared: "v", inserted: true }
}

impl Type {
    const fn shown(mut self, by: &'static str) -> Type {
        self.shown = by;
        self
    }

    const fn compared(mut self, by: &'static str) -> Type {
        self.compared = by;
        self
    }

    const fn loaded(mut self, by: &'static str) -> Type {
        self.loaded = Some(by);
        self
    }

    const fn not_inserted(mut self) -> Type {
        self.inserted = false;
        self
    }

    const fn not_loaded(mut self) -> Type {
        self.loaded = None;
        self
    }
}

/// An engine by its own client.
trait Own {
    /// What the product is given to come there.
    fn connection(&self) -> String;
    /// Makes an empty table of `id` and `v`.
    fn create(&self, table: &str, type_name: &str) -> String;
    /// Runs statements.
    fn script(&self, text: &str) -> Result<(), String>;
    /// The text of `v` in the order of `id`; bytes that are no text as they are.
    fn texts(&self, table: &str, it: &Type) -> Result<Vec<Option<Vec<u8>>>, String>;
    /// Rows of one table that the other has not, either way; empty where there are none.
    fn differing(&self, one: &str, other: &str, it: &Type) -> Result<String, String>;
    /// The format that the engine's own loader reads.
    fn loads(&self) -> Option<&'static str>;
    /// Loads such a file.
    fn load(&self, table: &str, file: &Path, it: &Type) -> Result<(), String>;
    /// CSV as the server itself writes it, where it can.
    fn csv(&self, _table: &str) -> Option<Result<String, String>> {
        None
    }
    /// Whether one process alone may have it open, so that all is asked by the bridge.
    fn alone(&self) -> bool {
        false
    }
    /// What a table is called by the product.
    fn qualified(&self, table: &str) -> String {
        table.to_owned()
    }
    /// Whether its text is this one. Only clients that round have more to say.
    fn same(&self, ours: &str, own: &str, _: &Type) -> bool {
        ours == own
    }
}

/// Takes every type through every door; all that is not exact, in one list.
fn prove(backstory: &Backstory, home: &Home, own: &dyn Own, types: &[Type]) {
    let mut faults = Vec::new();
    let (mut values, mut types_done) = (0, 0);
    for (at, it) in types.iter().enumerate() {
        let proof = Proof { backstory, home, own, it, at, connection: own.connection() };
        if let Err(fault) = proof.run() {
            faults.push(format!("{}: {fault}", it.name));
        }
        types_done += 1;
        values += it.values.len();
    }
    eprintln!("{}: {values} values of {types_done} types", own.connection());
    assert!(faults.is_empty(), "{} types are not exact:\n{}", faults.len(), faults.join("\n"));
}

struct Proof<'a> {
    backstory: &'a Backstory,
    home: &'a Home,
    own: &'a dyn Own,
    it: &'a Type,
    at: usize,
    connection: String,
}

impl Proof<'_> {
    fn run(&self) -> Result<(), String> {
        let (own, it) = (self.own, self.it);
        let table = |what: &str| format!("{what}{}", self.at);
        let (first, by_insert, by_load) = (table("t"), table("i"), table("c"));
        let mut script = String::new();
        for name in [&first, &by_insert, &by_load] {
            script += &own.create(name, it.name);
        }
        for (id, value) in it.values.iter().enumerate() {
            script += &format!("insert into {first} (id, v) values ({id}, {value});\n");
        }
        own.script(&script).map_err(|it| format!("cannot be put in: {it}"))?;
        let wanted: Vec<_> = own.texts(&first, it)?.into_iter().map(|it| it.map(shown)).collect();
        if wanted.len() != it.values.len() {
            return Err(format!("its own client gives {} rows: {wanted:?}", wanted.len()));
        }
        let same = |place: &str, found: &[Option<String>]| {
            for (at, value) in it.values.iter().enumerate() {
                let (ours, own) = (found.get(at), wanted.get(at));
                let fine = match (ours, own) {
                    (Some(Some(ours)), Some(Some(own))) => self.own.same(ours, own, it),
                    (ours, own) => ours == own,
                };
                if !fine {
                    return Err(format!("{place}: {value} is {own:?} and comes as {ours:?}"));
                }
            }
            Ok(())
        };
        let named = own.qualified(&first);
        let text = format!("select v from {named} order by id");
        let ran = self.backstory.receive(
            "databases.run",
            &json!({ "connection": self.connection, "text": text, "rows": 1000 }),
        );
        let result = &ran["result"]["results"][0];
        if result["rows"].is_null() || !ran["result"]["failure"].is_null() {
            return Err(format!("page: {ran}"));
        }
        let cells: Vec<&Value> =
            result["rows"].as_array().unwrap().iter().map(|it| &it["cells"][0]).collect();
        let page: Vec<_> = cells.iter().map(|it| text_of(it)).collect();
        same("page", &page)?;

        let csv = self.export("csv", &text)?;
        same("csv", &csv_column(&csv)?)?;
        if let Some(theirs) = own.csv(&first) {
            let theirs = theirs?;
            if csv != theirs {
                return Err(format!("csv: the server writes {theirs:?}, and we {csv:?}"));
            }
        }
        for format in ["json", "ndjson"] {
            let json = self.export(format, &text)?;
            self.json(format, &json, &page)?;
        }

        let all = format!("select id, v from {named} order by id");
        if it.inserted {
            let file = self.file("sql");
            self.call("insert", &all, &file, &by_insert)?;
            let inserts = std::fs::read_to_string(&file).unwrap();
            own.script(&inserts)
                .map_err(|it| format!("insert: is not taken back: {it}\n{inserts}"))?;
            let apart = own.differing(&first, &by_insert, it)?;
            if !apart.is_empty() {
                return Err(format!("insert: differs when it is back: {apart}"));
            }
        }
        if let (Some(format), Some(_)) = (own.loads(), it.loaded) {
            let file = self.file(format);
            self.write(format, &all, &file)?;
            own.load(&by_load, &file, it).map_err(|it| format!("{format}: is not loaded: {it}"))?;
            let apart = own.differing(&first, &by_load, it)?;
            if !apart.is_empty() {
                return Err(format!("{format}: differs when it is loaded: {apart}"));
            }
        }
        Ok(())
    }

    fn file(&self, format: &str) -> PathBuf {
        self.home.path().join(format!("{}.{format}", self.at))
    }

    /// By the terminal.
    fn write(&self, format: &str, text: &str, file: &Path) -> Result<(), String> {
        if self.own.alone() {
            return self.call(format, text, file, "");
        }
        let done = self
            .home
            .command(BACKSTORY)
            .args(["query", &self.connection, "-e", text, "--format", format, "--replace", "-o"])
            .arg(file)
            .output()
            .unwrap();
        match done.status.code() {
            Some(0) => Ok(()),
            code => Err(format!("{format}: ended with {code:?}: {}", complaint(&done))),
        }
    }

    fn export(&self, format: &str, text: &str) -> Result<String, String> {
        let file = self.file(format);
        self.write(format, text, &file)?;
        String::from_utf8(std::fs::read(&file).unwrap()).map_err(|it| format!("{format}: {it}"))
    }

    /// By the bridge.
    fn call(&self, format: &str, text: &str, file: &Path, table: &str) -> Result<(), String> {
        let params = json!({ "connection": self.connection, "text": text, "format": format, "path": file, "table": table, "replace": true });
        let reply = self.backstory.receive("databases.export", &params);
        if reply["error"].is_null() { Ok(()) } else { Err(format!("{format}: {}", reply["error"])) }
    }

    /// Reads JSON strictly, and compares it with the cells of the page.
    fn json(&self, format: &str, text: &str, page: &[Option<String>]) -> Result<(), String> {
        type Row = std::collections::BTreeMap<String, Box<RawValue>>;
        let rows: Vec<Row> = if format == "json" {
            serde_json::from_str(text).map_err(|it| format!("json: {it}: {text}"))?
        } else {
            let line = |it| serde_json::from_str(it).map_err(|why| format!("ndjson: {why}: {it}"));
            text.lines().map(line).collect::<Result<_, String>>()?
        };
        if rows.len() != page.len() {
            return Err(format!("{format}: {} rows of {}", rows.len(), page.len()));
        }
        for ((row, cell), value) in rows.iter().zip(page).zip(self.it.values) {
            let raw = row["v"].get();
            let fine = match cell.as_deref() {
                None => raw == "null",
                Some(cell) if raw.starts_with('"') => {
                    serde_json::from_str::<String>(raw).is_ok_and(|it| it == cell) || raw == cell
                }
                Some("t" | "1") if raw == "true" => true,
                Some("f" | "0") if raw == "false" => true,
                Some(cell) => raw == cell.replace(['\n', '\r'], " ").trim(),
            };
            if !fine {
                return Err(format!("{format}: {value} is {cell:?} and is written {raw}"));
            }
        }
        Ok(())
    }
}

/// Text as it is; bytes that are none in hexadecimal digits.
fn shown(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|it| {
        let digits: String = it.as_bytes().iter().map(|it| format!("{it:02x}")).collect();
        format!("\\x{digits}")
    })
}

/// A cell of a page.
fn text_of(cell: &Value) -> Option<String> {
    assert!(cell["bytes"].is_null(), "only the beginning of a cell: {cell}");
    let text = cell.as_str().or_else(|| cell["text"].as_str());
    assert!(text.is_some() || cell.is_null(), "{cell}");
    text.map(str::to_owned)
}

/// The one column of a CSV file with a header. A field without anything is NULL.
fn csv_column(text: &str) -> Result<Vec<Option<String>>, String> {
    let mut rest = text.strip_prefix("v\n").ok_or_else(|| format!("csv: no header: {text:?}"))?;
    let mut found = Vec::new();
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('"') {
            let (mut field, mut from) = (String::new(), inner);
            loop {
                let (part, after) = from.split_once('"').ok_or("csv: a quote that nothing ends")?;
                field.push_str(part);
                match after.strip_prefix('"') {
                    Some(after) => {
                        field.push('"');
                        from = after;
                    }
                    None => {
                        rest = after.strip_prefix('\n').ok_or("csv: text after a quote")?;
                        break;
                    }
                }
            }
            found.push(Some(field));
        } else {
            let (field, after) = rest.split_once('\n').ok_or("csv: a line without an end")?;
            found.push((!field.is_empty()).then(|| field.to_owned()));
            rest = after;
        }
    }
    Ok(found)
}

/// Turns the notation of tables in text back: `\t`, `\n`, `\\`, and `\N` for NULL.
fn from_tabs(field: &[u8]) -> Option<Vec<u8>> {
    if field == b"\\N" {
        return None;
    }
    let mut out = Vec::new();
    let mut bytes = field.iter();
    while let Some(&byte) = bytes.next() {
        match (byte, byte == b'\\') {
            (_, false) => out.push(byte),
            _ => match bytes.next() {
                Some(b't') => out.push(b'\t'),
                Some(b'n') => out.push(b'\n'),
                Some(b'r') => out.push(b'\r'),
                Some(b'b') => out.push(8),
                Some(b'f') => out.push(12),
                Some(b'0') => out.push(0),
                Some(&other) => out.push(other),
                None => out.push(b'\\'),
            },
        }
    }
    Some(out)
}

/// What a program printed.
fn output(command: &mut std::process::Command) -> Result<Vec<u8>, String> {
    let done = command.output().map_err(|it| it.to_string())?;
    if !done.status.success() {
        return Err(String::from_utf8_lossy(&done.stderr).into_owned());
    }
    Ok(done.stdout)
}
