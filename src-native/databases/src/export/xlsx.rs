//! Workbooks for spreadsheets (XLSX), written from front to back: cells hold their own text, so that
//! nothing has to be remembered.
//!
//! Texts are texts: nothing is ever a formula, also not after somebody edits the cell. A number of more
//! than 15 digits is text, because a spreadsheet would round it; so are times, which it knows neither to
//! the microsecond nor with a zone. Days of its calendar are days.

#[cfg(test)]
mod tests;
mod zip;

use super::{Out, Writer, counted, json};
use crate::{Cell, Column, Failure, Kind, Page, Reason, Result, moment};
use zip::Zip;

/// A sheet's bounds, and those of a cell in UTF-16 units.
const ROWS_MAX: u32 = 1_048_576;
const COLUMNS_MAX: usize = 16_384;
const CELL_MAX: usize = 32_767;
/// Bytes of XML after which a further sheet begins: a ZIP without 64 bits takes no more than 4 GB.
const SHEET_BYTES: u64 = 3 << 30;
const DIGITS_MAX: usize = 15;
/// Days from 1899-12-30, where its calendar begins, to 1970, and its first day that is right.
const EPOCH: i64 = 25_569;
const FIRST_DAY: i64 = -25_508;
const LAST_DAY: i64 = 2_932_896;

const STYLE_HEAD: u8 = b'1';
const STYLE_DAY: u8 = b'2';
const STYLE_TEXT: u8 = b'3';

const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";

pub(super) struct Xlsx {
    zip: Zip,
    sheets: Vec<String>,
    results: usize,
    /// Sheets of this result.
    parts: usize,
    columns: Vec<Column>,
    letters: Vec<Vec<u8>>,
    /// Rows of this sheet; none where it is not begun.
    row: Option<u32>,
    /// Set by tests, which cannot fill a sheet.
    rows_max: u32,
    cut: u64,
    xml: Vec<u8>,
}

impl Xlsx {
    pub(super) fn new() -> Xlsx {
        Xlsx {
            zip: Zip::default(),
            sheets: Vec::new(),
            results: 0,
            parts: 0,
            columns: Vec::new(),
            letters: Vec::new(),
            row: None,
            rows_max: ROWS_MAX,
            cut: 0,
            xml: Vec::new(),
        }
    }

    fn put(&mut self, text: &str) {
        self.xml.extend_from_slice(text.as_bytes());
    }

    fn pour(&mut self, out: &mut Out<'_>) -> Result<()> {
        self.zip.write(&self.xml, out)?;
        self.xml.clear();
        self.xml.shrink_to(1 << 20);
        Ok(())
    }

    /// Begins a sheet; `page` are the rows by which columns are as wide as they are.
    fn open(&mut self, page: Option<&Page>, out: &mut Out<'_>) -> Result<()> {
        self.parts += 1;
        let name = match (self.results, self.parts) {
            (1, 1) => "Result".to_owned(),
            (1, part) => format!("Result ({part})"),
            (result, 1) => format!("Result {result}"),
            (result, part) => format!("Result {result} ({part})"),
        };
        self.sheets.push(name);
        self.zip.begin(&format!("xl/worksheets/sheet{}.xml", self.sheets.len()), out)?;
        self.put(XML);
        self.put(&format!(
            "<worksheet xmlns=\"{MAIN}\"><sheetViews><sheetView workbookViewId=\"0\">"
        ));
        self.put(
            "<pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/>",
        );
        self.put("</sheetView></sheetViews><sheetFormatPr defaultRowHeight=\"15\"/>");
        if !self.columns.is_empty() {
            self.put("<cols>");
            for at in 0..self.columns.len() {
                let rows = page.map_or(0, |it| it.rows().min(200));
                let cells = (0..rows).filter_map(|row| page.map(|it| it.cell(row, at).bytes.len()));
                let widest = cells.max().unwrap_or(0).max(self.columns[at].name.len());
                let width = widest.clamp(6, 60) + 2;
                let at = at + 1;
                self.put(&format!(
                    "<col min=\"{at}\" max=\"{at}\" width=\"{width}\" customWidth=\"1\"/>"
                ));
            }
            self.put("</cols>");
        }
        self.put("<sheetData>");
        if !self.columns.is_empty() {
            self.put("<row r=\"1\">");
            for at in 0..self.columns.len() {
                let name = std::mem::take(&mut self.columns[at].name);
                self.text(at, 1, &name, Some(STYLE_HEAD));
                self.columns[at].name = name;
            }
            self.put("</row>");
        }
        self.row = Some(1);
        self.pour(out)
    }

    fn close(&mut self, out: &mut Out<'_>) -> Result<()> {
        if self.row.take().is_some() {
            self.put("</sheetData></worksheet>");
            self.pour(out)?;
            self.zip.end(out)?;
        }
        Ok(())
    }

    fn head(&mut self, column: usize, row: u32, style: Option<u8>) {
        self.xml.extend_from_slice(b"<c r=\"");
        self.xml.extend_from_slice(&self.letters[column]);
        number(row, &mut self.xml);
        self.xml.push(b'"');
        if let Some(style) = style {
            self.xml.extend_from_slice(b" s=\"");
            self.xml.push(style);
            self.xml.push(b'"');
        }
    }

    fn text(&mut self, column: usize, row: u32, text: &str, style: Option<u8>) {
        let (text, marked) = fitting(text);
        self.cut += u64::from(marked.is_some());
        // Whoever edits such a text would make a formula of it, had it not this style.
        let formula =
            matches!(text.bytes().next(), Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r'));
        self.head(column, row, style.or(formula.then_some(STYLE_TEXT)));
        self.xml.extend_from_slice(b" t=\"inlineStr\"><is><t xml:space=\"preserve\">");
        escaped(text, &mut self.xml);
        if let Some(mark) = marked {
            self.put(&mark);
        }
        self.xml.extend_from_slice(b"</t></is></c>");
    }

    fn value(&mut self, column: usize, row: u32, kind: &[u8], value: &[u8]) {
        let style = (kind == b"d").then_some(STYLE_DAY);
        self.head(column, row, style);
        self.xml.extend_from_slice(if kind == b"b" { b" t=\"b\"><v>" } else { b"><v>" });
        self.xml.extend_from_slice(value);
        self.xml.extend_from_slice(b"</v></c>");
    }

    fn cell(&mut self, column: usize, row: u32, cell: Cell<'_>) {
        match cell.kind {
            Kind::Null => (),
            Kind::Bool if cell.bool().is_some() => {
                let value: &[u8] = if cell.bool() == Some(true) { b"1" } else { b"0" };
                self.value(column, row, b"b", value);
            }
            Kind::Integer | Kind::Decimal | Kind::Float if is_exact(cell) => {
                self.value(column, row, b"n", cell.bytes);
            }
            Kind::Date => match moment::day(cell.bytes)
                .filter(|it| (FIRST_DAY..=LAST_DAY).contains(it))
            {
                Some(day) => self.value(column, row, b"d", (day + EPOCH).to_string().as_bytes()),
                None => self.text(column, row, &String::from_utf8_lossy(cell.bytes), None),
            },
            Kind::Bytes => {
                // No more than what is cut anyway.
                let some = &cell.bytes[..cell.bytes.len().min(CELL_MAX)];
                let digits = some.iter().map(|it| format!("{it:02x}"));
                let text: String = std::iter::once("\\x".to_owned()).chain(digits).collect();
                self.text(column, row, &text, None);
            }
            _ => self.text(column, row, &String::from_utf8_lossy(cell.bytes), None),
        }
    }
}

/// Whether a spreadsheet, which has floats of 64 bits and shows 15 digits, keeps that number.
fn is_exact(cell: Cell<'_>) -> bool {
    let text = cell.bytes;
    if json::number(text) != text.len() {
        return false;
    }
    let mantissa = text.split(|it| matches!(it, b'e' | b'E')).next().unwrap_or_default();
    let digits = mantissa.iter().filter(|it| it.is_ascii_digit());
    let many = digits.skip_while(|it| **it == b'0').count();
    let far = crate::decimal::near(text).is_none_or(|it| {
        it.is_infinite() || (it == 0.0 && many > 0) || (it != 0.0 && it.abs() < 1e-300)
    });
    !far && (cell.kind == Kind::Float || many <= DIGITS_MAX)
}

fn number(value: u32, to: &mut Vec<u8>) {
    let mut digits = [0; 10];
    let (mut at, mut rest) = (10, value);
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    to.extend_from_slice(&digits[at..]);
}

/// `A`, `B`, … `Z`, `AA`: the letters of a column.
fn letters(mut column: usize) -> Vec<u8> {
    let mut letters = Vec::new();
    loop {
        letters.insert(0, b'A' + (column % 26) as u8);
        match (column / 26).checked_sub(1) {
            Some(next) => column = next,
            None => return letters,
        }
    }
}

/// The part of a text that a cell takes, and what says that there was more.
fn fitting(text: &str) -> (&str, Option<String>) {
    let units = |it: &str| it.chars().map(char::len_utf16).sum::<usize>();
    if text.len() <= CELL_MAX || units(text) <= CELL_MAX {
        return (text, None);
    }
    let mark = format!("… [cut, {} bytes in all]", text.len());
    let mut room = CELL_MAX - units(&mark);
    let fits = |(_, letter): &(usize, char)| {
        let taken = letter.len_utf16();
        let fits = taken <= room;
        room = room.saturating_sub(taken);
        !fits
    };
    let end = text.char_indices().find(fits).map_or(text.len(), |(at, _)| at);
    (&text[..end], Some(mark))
}

/// Text within XML. Letters that XML cannot hold are written as spreadsheets do it: `_x0000_`.
fn escaped(text: &str, to: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    let mut from = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        let instead: &[u8] = match byte {
            b'&' => b"&amp;",
            b'<' => b"&lt;",
            b'>' => b"&gt;",
            b'\t' | b'\n' => continue,
            b'_' if is_escape(&bytes[at..]) => b"_x005F_",
            0..=0x1f => &format!("_x{byte:04X}_").into_bytes(),
            // U+FFFE and U+FFFF.
            0xef if bytes[at..].starts_with(b"\xef\xbf\xbe") => b"_xFFFE_",
            0xef if bytes[at..].starts_with(b"\xef\xbf\xbf") => b"_xFFFF_",
            _ => continue,
        };
        to.extend_from_slice(&bytes[from..at]);
        to.extend_from_slice(instead);
        from = if byte == 0xef { at + 3 } else { at + 1 };
    }
    to.extend_from_slice(&bytes[from..]);
}

/// Whether a text begins with what would be read as such a letter.
fn is_escape(text: &[u8]) -> bool {
    matches!(text, [b'_', b'x', digits @ .., ] if digits.len() >= 5
        && digits[..4].iter().all(u8::is_ascii_hexdigit) && digits[4] == b'_')
}

impl Writer for Xlsx {
    fn begin(&mut self, columns: &[Column], _out: &mut Out<'_>) -> Result<()> {
        if columns.len() > COLUMNS_MAX {
            let text =
                format!("a sheet has {COLUMNS_MAX} columns, and the result {}", columns.len());
            return Err(Failure::new(Reason::Unsupported, text).hint("write csv, or fewer columns"));
        }
        self.results += 1;
        self.parts = 0;
        self.columns = columns.to_vec();
        self.letters = (0..columns.len()).map(letters).collect();
        Ok(())
    }

    fn page(&mut self, page: &Page, out: &mut Out<'_>) -> Result<()> {
        for at in 0..page.rows() {
            let full = self.row.is_some_and(|it| it >= self.rows_max);
            if full || self.zip.plain_bytes() > SHEET_BYTES {
                self.close(out)?;
            }
            if self.row.is_none() {
                self.open(Some(page), out)?;
            }
            let row = self.row.map_or(1, |it| it + 1);
            self.row = Some(row);
            self.xml.extend_from_slice(b"<row r=\"");
            number(row, &mut self.xml);
            self.xml.extend_from_slice(b"\">");
            for (column, cell) in page.row(at).enumerate() {
                self.cell(column, row, cell);
            }
            self.xml.extend_from_slice(b"</row>");
            if self.xml.len() >= 64 << 10 {
                self.pour(out)?;
            }
        }
        Ok(())
    }

    fn end(&mut self, out: &mut Out<'_>) -> Result<()> {
        if self.row.is_none() {
            self.open(None, out)?;
        }
        self.close(out)
    }

    fn finish(&mut self, out: &mut Out<'_>, notes: &mut Vec<String>) -> Result<()> {
        if self.sheets.is_empty() {
            self.results = 1;
            self.open(None, out)?;
            self.close(out)?;
        }
        for (name, text) in parts(&self.sheets) {
            self.zip.begin(&name, out)?;
            self.zip.write(text.as_bytes(), out)?;
            self.zip.end(out)?;
        }
        self.zip.finish(out)?;
        if self.cut > 0 {
            let cells = counted(self.cut, "text was", "texts were");
            notes.push(format!(
                "{cells} cut and marked so: a cell of a spreadsheet takes {CELL_MAX} letters"
            ));
        }
        if self.sheets.len() > self.results {
            let sheets = self.sheets.len();
            notes.push(format!("the rows stand on {sheets} sheets: one takes {ROWS_MAX}"));
        }
        Ok(())
    }
}

/// The files of a workbook beside its sheets.
fn parts(sheets: &[String]) -> [(String, String); 5] {
    let each = |write: &dyn Fn(usize, &str) -> String| -> String {
        sheets.iter().enumerate().map(|(at, name)| write(at + 1, name)).collect()
    };
    let office = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let types = each(&|at, _| {
        let part = format!("/xl/worksheets/sheet{at}.xml");
        format!("<Override PartName=\"{part}\" ContentType=\"{office}.worksheet+xml\"/>")
    });
    let listed =
        each(&|at, name| format!("<sheet name=\"{name}\" sheetId=\"{at}\" r:id=\"rId{at}\"/>"));
    let related = each(&|at, _| {
        let kind = format!("{RELATIONS}/worksheet");
        format!(
            "<Relationship Id=\"rId{at}\" Type=\"{kind}\" Target=\"worksheets/sheet{at}.xml\"/>"
        )
    });
    let style = sheets.len() + 1;
    let part = |name: &str, text: String| (name.to_owned(), format!("{XML}{text}"));
    [
        part(
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" ContentType=\"\
                 application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" \
                 ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"\
                 {office}.sheet.main+xml\"/><Override PartName=\"/xl/styles.xml\" ContentType=\"\
                 {office}.styles+xml\"/>{types}</Types>"
            ),
        ),
        part(
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"rId1\" Type=\"\
                 {RELATIONS}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        part(
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\"><sheets>{listed}</sheets></workbook>"
            ),
        ),
        part(
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{PACKAGE}/relationships\">{related}<Relationship \
                 Id=\"rId{style}\" Type=\"{RELATIONS}/styles\" Target=\"styles.xml\"/></Relationships>"
            ),
        ),
        part(
            "xl/styles.xml",
            format!(
                "<styleSheet xmlns=\"{MAIN}\"><numFmts count=\"1\"><numFmt numFmtId=\"164\" \
                 formatCode=\"yyyy\\-mm\\-dd\"/></numFmts><fonts count=\"2\"><font><sz val=\"11\"/>\
                 <name val=\"Calibri\"/></font><font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font>\
                 </fonts><fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill>\
                 <patternFill patternType=\"gray125\"/></fill></fills><borders count=\"1\"><border>\
                 <left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count=\"1\">\
                 <xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs><cellXfs \
                 count=\"4\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/><xf \
                 numFmtId=\"0\" fontId=\"1\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyFont=\"1\"/><xf \
                 numFmtId=\"164\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" \
                 applyNumberFormat=\"1\"/><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" \
                 xfId=\"0\" quotePrefix=\"1\"/></cellXfs><cellStyles count=\"1\"><cellStyle \
                 name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>"
            ),
        ),
    ]
}
