//! Results as SQL: statements that insert them, and what stands behind `IN`. Whatever a cell holds, it
//! ends up inside a literal.

use super::{Options, Out, Writer, counted, json};
use crate::{Cell, Column, Engine, Failure, Kind, Page, Reason, Result};

/// Rows and bytes of one statement: servers set bounds to both.
const ROWS: usize = 100;
const BYTES: u64 = 64 << 10;

/// How a dialect writes values.
#[derive(Clone, Copy)]
struct Dialect(Engine);

impl Dialect {
    fn new(engine: Engine) -> Result<Dialect> {
        match engine {
            Engine::Redis | Engine::Mongodb => {
                let text = format!("{} has no SQL to write rows in", engine.title());
                Err(Failure::new(Reason::Unsupported, text).hint("write them as ndjson"))
            }
            _ => Ok(Dialect(engine)),
        }
    }

    fn name(self, name: &str) -> Vec<u8> {
        match self.0 {
            Engine::Mysql => format!("`{}`", name.replace('`', "``")),
            Engine::Clickhouse => format!("`{}`", name.replace('\\', "\\\\").replace('`', "\\`")),
            Engine::Sqlserver => format!("[{}]", name.replace(']', "]]")),
            _ => format!("\"{}\"", name.replace('"', "\"\"")),
        }
        .into_bytes()
    }

    fn value(self, cell: Cell<'_>, out: &mut Out<'_>) {
        match cell.kind {
            Kind::Null => out.put(b"NULL"),
            Kind::Bool => match (cell.bool(), self.0) {
                (Some(it), Engine::Sqlite | Engine::Sqlserver | Engine::Mysql) => {
                    out.byte(if it { b'1' } else { b'0' });
                }
                (Some(it), _) => out.put(if it { b"true" } else { b"false" }),
                (None, _) => self.text(cell.bytes, out),
            },
            Kind::Integer | Kind::Decimal | Kind::Float => self.number(cell.bytes, out),
            Kind::Bytes => self.bytes(cell.bytes, out),
            Kind::Geometry if self.0 == Engine::Mysql => self.shape(cell.bytes, out),
            Kind::Array if self.0 == Engine::Mysql => {
                out.put(b"STRING_TO_VECTOR(");
                self.text(cell.bytes, out);
                out.byte(b')');
            }
            _ => self.text(cell.bytes, out),
        }
    }

    fn number(self, text: &[u8], out: &mut Out<'_>) {
        // Of these a parser would lose something: the sign of a zero, digits beyond its largest whole number.
        let lost = match self.0 {
            Engine::Postgres | Engine::Mysql | Engine::Duckdb if text.starts_with(b"-0") => {
                text[1..].iter().all(|it| matches!(it, b'0' | b'.'))
            }
            Engine::Duckdb => text.len() > 38,
            _ => false,
        };
        if !lost && json::number(text) == text.len() {
            return out.put(text);
        }
        let lower = text.to_ascii_lowercase();
        match (self.0, lower.as_slice()) {
            (Engine::Sqlite, b"inf" | b"infinity" | b"+inf") => out.put(b"9e999"),
            (Engine::Sqlite, b"-inf" | b"-infinity") => out.put(b"-9e999"),
            (Engine::Clickhouse, b"nan" | b"inf" | b"-inf") => out.put(&lower),
            (Engine::Clickhouse, b"infinity") => out.put(b"inf"),
            (Engine::Clickhouse, b"-infinity") => out.put(b"-inf"),
            // The server makes a number of it, or says that it has none such.
            _ => self.text(text, out),
        }
    }

    /// MySQL takes no text for a shape. It would read some with latitude first, and writes none so.
    fn shape(self, text: &[u8], out: &mut Out<'_>) {
        let named = text.strip_prefix(b"SRID=").and_then(|it| {
            let end = memchr::memchr(b';', it)?;
            it[..end].iter().all(u8::is_ascii_digit).then(|| (&it[..end], &it[end + 1..]))
        });
        let (system, text) = named.unwrap_or((b"0", text));
        out.put(b"ST_GeomFromText(");
        self.text(text, out);
        out.put(b", ");
        out.put(system);
        out.put(b"/*!80000 , 'axis-order=long-lat'*/)");
    }

    fn bytes(self, bytes: &[u8], out: &mut Out<'_>) {
        let (before, after): (&[u8], &[u8]) = match self.0 {
            Engine::Postgres => (b"E'\\\\x", b"'"),
            Engine::Sqlserver => (b"0x", b""),
            Engine::Duckdb => (b"from_hex('", b"')"),
            Engine::Clickhouse => (b"unhex('", b"')"),
            _ => (b"X'", b"'"),
        };
        out.put(before);
        out.hex(bytes);
        out.put(after);
    }

    fn text(self, text: &[u8], out: &mut Out<'_>) {
        let has = |byte| memchr::memchr(byte, text).is_some();
        match self.0 {
            // Such a literal means the same whatever `standard_conforming_strings` says.
            Engine::Postgres if has(b'\\') => {
                out.byte(b'E');
                quoted(text, |it| matches!(it, b'\'' | b'\\').then_some([it, it]), out);
            }
            Engine::Mysql | Engine::Clickhouse => {
                let escape = |it| match it {
                    b'\'' | b'\\' => Some([b'\\', it]),
                    0 => Some(*b"\\0"),
                    b'\n' => Some(*b"\\n"),
                    b'\r' => Some(*b"\\r"),
                    _ => None,
                };
                quoted(text, escape, out);
            }
            // The text of a statement ends for SQLite where a zero stands, and its shell turns ends of lines.
            Engine::Sqlite if has(0) || has(b'\r') => {
                out.put(b"CAST(X'");
                out.hex(text);
                out.put(b"' AS TEXT)");
            }
            Engine::Duckdb if has(0) => {
                out.byte(b'(');
                for (at, part) in text.split(|it| *it == 0).enumerate() {
                    if at > 0 {
                        out.put(b" || chr(0) || ");
                    }
                    quoted(part, double, out);
                }
                out.byte(b')');
            }
            Engine::Sqlserver => transact(text, out),
            _ => quoted(text, double, out),
        }
    }
}

fn double(byte: u8) -> Option<[u8; 2]> {
    (byte == b'\'').then_some([byte, byte])
}

fn quoted(text: &[u8], escape: impl Fn(u8) -> Option<[u8; 2]>, out: &mut Out<'_>) {
    out.byte(b'\'');
    let mut from = 0;
    for (at, &byte) in text.iter().enumerate() {
        if let Some(instead) = escape(byte) {
            out.put(&text[from..at]);
            out.put(&instead);
            from = at + 1;
        }
    }
    out.put(&text[from..]);
    out.byte(b'\'');
}

/// SQL Server takes a backslash at a line's end, with that end, for nothing: such a text is put together
/// from pieces. So is one with a zero.
fn transact(text: &[u8], out: &mut Out<'_>) {
    let apart = |at: usize| {
        text[at] == 0 || (text[at] == b'\\' && matches!(text.get(at + 1), Some(b'\n' | b'\r')))
    };
    if !(0..text.len()).any(apart) {
        out.byte(b'N');
        return quoted(text, double, out);
    }
    // Pieces of a bounded type would be cut where their sum is beyond its bound.
    out.put(b"(CAST(N'' AS nvarchar(max))");
    let piece = |part: &[u8], out: &mut Out<'_>| {
        out.put(b" + N");
        quoted(part, double, out);
    };
    let mut from = 0;
    for at in (0..text.len()).filter(|at| apart(*at)) {
        let end = if text[at] == 0 { at } else { at + 1 };
        piece(&text[from..end], out);
        if text[at] == 0 {
            out.put(b" + NCHAR(0)");
        }
        from = at + 1;
    }
    piece(&text[from..], out);
    out.byte(b')');
}

/// `INSERT` statements of some rows each.
pub(super) struct Insert {
    dialect: Dialect,
    table: Option<(String, String)>,
    head: Vec<u8>,
    rows: usize,
    begun: u64,
}

impl Insert {
    pub(super) fn new(options: &Options) -> Result<Insert> {
        let dialect = Dialect::new(options.dialect)?;
        Ok(Insert { dialect, table: options.table.clone(), head: Vec::new(), rows: 0, begun: 0 })
    }

    fn close(&mut self, out: &mut Out<'_>) {
        if std::mem::take(&mut self.rows) > 0 {
            out.put(b";\n");
        }
    }
}

/// The table that all columns come from.
fn origin(columns: &[Column]) -> Option<(String, String)> {
    let first = columns.first()?.origin.as_ref()?;
    let same = |it: &Column| {
        it.origin.as_ref().is_some_and(|it| it.schema == first.schema && it.table == first.table)
    };
    columns.iter().all(same).then(|| (first.schema.clone(), first.table.clone()))
}

impl Writer for Insert {
    fn begin(&mut self, columns: &[Column], _out: &mut Out<'_>) -> Result<()> {
        let Some((schema, table)) = self.table.clone().or_else(|| origin(columns)) else {
            let from =
                |it: &Column| it.origin.as_ref().map(|it| (it.schema.clone(), it.table.clone()));
            let tables: Vec<_> = columns.iter().map(from).collect();
            let why = match columns.iter().zip(&tables).find(|it| it.1.is_none()) {
                Some((column, _)) => format!("the column `{}` comes from no table", column.name),
                None => "the columns come from several tables".to_owned(),
            };
            let text = format!("it is not known into which table rows should be inserted: {why}");
            return Err(Failure::new(Reason::Usage, text)
                .hint("name the table, in the terminal with `--table`"));
        };
        self.head = b"INSERT INTO ".to_vec();
        if !schema.is_empty() {
            self.head.extend(self.dialect.name(&schema));
            self.head.push(b'.');
        }
        self.head.extend(self.dialect.name(&table));
        for (at, column) in columns.iter().enumerate() {
            self.head.extend_from_slice(if at == 0 { b" (" } else { b", " });
            let from = column.origin.as_ref().map_or(&column.name, |it| &it.column);
            let name = if self.table.is_some() { &column.name } else { from };
            self.head.extend(self.dialect.name(name));
        }
        self.head.extend_from_slice(b") VALUES");
        Ok(())
    }

    fn page(&mut self, page: &Page, out: &mut Out<'_>) -> Result<()> {
        for row in 0..page.rows() {
            if self.rows >= ROWS || (self.rows > 0 && out.told() - self.begun > BYTES) {
                self.close(out);
            }
            if self.rows == 0 {
                self.begun = out.told();
                out.put(&self.head);
            }
            out.put(if self.rows == 0 { b"\n(" } else { b",\n(" });
            for (at, cell) in page.row(row).enumerate() {
                if at > 0 {
                    out.put(b", ");
                }
                self.dialect.value(cell, out);
            }
            out.byte(b')');
            self.rows += 1;
        }
        Ok(())
    }

    fn end(&mut self, out: &mut Out<'_>) -> Result<()> {
        self.close(out);
        Ok(())
    }

    fn finish(&mut self, _out: &mut Out<'_>, _notes: &mut Vec<String>) -> Result<()> {
        Ok(())
    }
}

/// What stands behind `IN`: values of one column, or rows of several. A row with a NULL is left out,
/// since it equals nothing.
pub(super) struct InList {
    dialect: Dialect,
    rows: u64,
    line: u64,
    left_out: u64,
    columns: usize,
}

impl InList {
    pub(super) fn new(options: &Options) -> Result<InList> {
        let dialect = Dialect::new(options.dialect)?;
        Ok(InList { dialect, rows: 0, line: 0, left_out: 0, columns: 0 })
    }
}

impl Writer for InList {
    fn begin(&mut self, columns: &[Column], out: &mut Out<'_>) -> Result<()> {
        if columns.len() > 1 && self.dialect.0 == Engine::Sqlserver {
            let text = "SQL Server knows no rows behind IN, and the result has several columns";
            return Err(Failure::new(Reason::Unsupported, text).hint("choose one column"));
        }
        self.columns = columns.len();
        self.rows = 0;
        self.line = out.told();
        out.byte(b'(');
        Ok(())
    }

    fn page(&mut self, page: &Page, out: &mut Out<'_>) -> Result<()> {
        for row in 0..page.rows() {
            if page.row(row).any(Cell::is_null) {
                self.left_out += 1;
                continue;
            }
            if self.rows > 0 {
                let long = out.told() - self.line > 80;
                out.put(if long { b",\n " } else { b", " });
                if long {
                    self.line = out.told();
                }
            }
            self.rows += 1;
            for (at, cell) in page.row(row).enumerate() {
                if at > 0 {
                    out.put(b", ");
                } else if page.columns() > 1 {
                    out.byte(b'(');
                }
                self.dialect.value(cell, out);
            }
            if page.columns() > 1 {
                out.byte(b')');
            }
        }
        Ok(())
    }

    fn end(&mut self, out: &mut Out<'_>) -> Result<()> {
        match (self.rows, self.columns) {
            // No dialect takes an empty list in all places; this one equals nothing either.
            (0, ..=1) => out.put(b"NULL)\n"),
            (0, many) => {
                let nulls = vec!["NULL"; many].join(", ");
                out.put(format!("({nulls}))\n").as_bytes());
            }
            _ => out.put(b")\n"),
        }
        Ok(())
    }

    fn finish(&mut self, _out: &mut Out<'_>, notes: &mut Vec<String>) -> Result<()> {
        if self.left_out > 0 {
            let rows = counted(self.left_out, "row with a NULL was", "rows with a NULL were");
            notes.push(format!("{rows} left out of the list: NULL equals nothing"));
        }
        Ok(())
    }
}
