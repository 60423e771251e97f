//! Laying out text: titles, notes, pairs and tables in columns as wide as their letters really are.

use super::cells::Cell;
use crate::terminal::Terminal;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns where nobody looks: as wide as it takes.
const UNBOUNDED: usize = 10_000;
/// Narrowest column that a table is squeezed to.
const COLUMN_MIN: usize = 8;
const BOLD: &str = "\x1b[1m";
const DIM: &str = "\x1b[2m";
const RESET: &str = "\x1b[0m";

/// A page under construction.
pub(super) struct Page {
    text: String,
    color: bool,
    width: Option<usize>,
    verbose: bool,
}

impl Page {
    pub(super) fn new(terminal: &Terminal) -> Page {
        Page {
            text: String::new(),
            color: terminal.color,
            width: terminal.width,
            verbose: terminal.verbose,
        }
    }

    /// Whether nothing stands on it.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub(super) fn verbose(&self) -> bool {
        self.verbose
    }

    /// Columns there are; 80 where nobody looks.
    pub(super) fn width(&self) -> usize {
        self.width.unwrap_or(80)
    }

    /// An empty line, unless the page begins or there is one already.
    pub(super) fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    pub(super) fn title(&mut self, text: &str) {
        self.styled(BOLD, text);
    }

    pub(super) fn note(&mut self, text: &str) {
        self.styled(DIM, text);
    }

    fn styled(&mut self, style: &str, text: &str) {
        let text = plain(text);
        match self.color {
            true => self.text += &format!("{style}{text}{RESET}\n"),
            false => self.text += &format!("{text}\n"),
        }
    }

    pub(super) fn line(&mut self, text: &str) {
        self.text += &plain(text);
        self.text.push('\n');
    }

    /// Names and values, the values below each other.
    pub(super) fn pairs(&mut self, pairs: &[(String, String)]) {
        let wide = pairs.iter().map(|it| it.0.width()).max().unwrap_or(0);
        for (name, value) in pairs {
            let space = " ".repeat(wide - name.width() + 2);
            match self.color {
                true => self.text += &format!("{DIM}{name}{RESET}{space}{}\n", plain(value)),
                false => self.text += &format!("{name}{space}{}\n", plain(value)),
            }
        }
    }

    /// Rows under their heads. Columns that say nothing are left out; numbers stand to the right.
    pub(super) fn table(&mut self, heads: &[String], rows: &[Vec<Cell>]) {
        let kept: Vec<usize> =
            (0..heads.len()).filter(|i| rows.iter().any(|row| !row[*i].text.is_empty())).collect();
        let right: Vec<bool> = kept
            .iter()
            .map(|i| rows.iter().all(|row| row[*i].number || row[*i].text.is_empty()))
            .collect();
        let mut lines: Vec<Vec<String>> =
            vec![kept.iter().map(|i| heads[*i].to_uppercase()).collect()];
        lines.extend(rows.iter().map(|row| kept.iter().map(|i| plain(&row[*i].text)).collect()));
        let widest = |i: usize| lines.iter().map(|line| line[i].width()).max().unwrap_or(0);
        let natural: Vec<usize> = (0..kept.len()).map(widest).collect();
        let widths = squeezed(&natural, &right, self.width.unwrap_or(UNBOUNDED));
        for (n, line) in lines.iter().enumerate() {
            let mut text = String::new();
            for (i, cell) in line.iter().enumerate() {
                let cell = shortened(cell, widths[i]);
                let space = " ".repeat(widths[i] - cell.width());
                if i > 0 {
                    text.push_str("  ");
                }
                text += &if right[i] { space + &cell } else { cell + &space };
            }
            let text = text.trim_end();
            match self.color && n == 0 {
                true => self.text += &format!("{DIM}{text}{RESET}\n"),
                false => self.text += &format!("{text}\n"),
            }
        }
    }

    pub(super) fn finish(mut self) -> String {
        let end = self.text.trim_end_matches('\n').len();
        self.text.truncate(end);
        self.text.push('\n');
        self.text
    }
}

/// Widths that fit `most` columns with two between: the widest column of text gives way first,
/// numbers never.
fn squeezed(natural: &[usize], fixed: &[bool], most: usize) -> Vec<usize> {
    let mut widths = natural.to_vec();
    let gaps = 2 * natural.len().saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > most {
        let text = (0..widths.len()).filter(|i| !fixed[*i] && widths[*i] > COLUMN_MIN);
        let Some(widest) = text.max_by_key(|i| widths[*i]) else { break };
        widths[widest] -= 1;
    }
    widths
}

/// At most `most` columns of a text. A path keeps its end, which tells more.
fn shortened(text: &str, most: usize) -> String {
    if text.width() <= most {
        return text.to_owned();
    }
    let take = |letters: &mut dyn Iterator<Item = char>| {
        let mut taken = Vec::new();
        let mut width = 1; // the ellipsis
        for letter in letters {
            width += letter.width().unwrap_or(0);
            if width > most {
                break;
            }
            taken.push(letter);
        }
        taken
    };
    if text.contains('/') && !text.contains(' ') {
        let end: String = take(&mut text.chars().rev()).into_iter().rev().collect();
        return format!("…{end}");
    }
    let start: String = take(&mut text.chars()).into_iter().collect();
    format!("{start}…")
}

/// Text of a repository as a terminal may show it: nothing in it moves the cursor, changes a color,
/// rings a bell or turns the direction of reading.
pub(crate) fn plain(text: &str) -> String {
    let harmless = |it: char| !it.is_control() && !turns(it);
    if text.chars().all(harmless) {
        return text.to_owned();
    }
    let mut plain = String::new();
    for letter in text.chars() {
        match letter {
            '\t' => plain.push_str("    "),
            '\n' => plain.push(' '),
            '\r' => {}
            letter if harmless(letter) => plain.push(letter),
            letter => plain += &letter.escape_unicode().to_string(),
        }
    }
    plain
}

fn turns(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(width: Option<usize>) -> Page {
        Page { text: String::new(), color: false, width, verbose: false }
    }

    fn cell(text: &str) -> Cell {
        Cell { text: text.into(), number: text.parse::<f64>().is_ok(), ..Cell::default() }
    }

    #[test]
    fn columns_are_as_wide_as_their_letters_and_numbers_stand_to_the_right() {
        let mut page = page(None);
        let heads = ["name".to_owned(), "n".to_owned(), "nothing".to_owned(), "path".to_owned()];
        let rows = [
            vec![cell("山田太郎"), cell("7"), cell(""), cell("a")],
            vec![cell("Ada"), cell("1200"), cell(""), cell("b")],
        ];
        page.table(&heads, &rows);
        let wanted = "NAME         N  PATH\n山田太郎     7  a\nAda       1200  b\n";
        assert_eq!(page.finish(), wanted);
    }

    #[test]
    fn a_table_fits_its_terminal() {
        let mut page = page(Some(40));
        let heads = ["path".to_owned(), "subject".to_owned(), "n".to_owned()];
        let path = "src/a/very/long/way/down/to/a/file.rs";
        page.table(&heads, &[vec![cell(path), cell(&"漢字 ".repeat(20)), cell("12345")]]);
        let text = page.finish();
        assert!(text.lines().all(|it| it.width() <= 40), "{text}");
        assert!(text.contains("…") && text.contains("file.rs") && text.contains("12345"), "{text}");
    }

    #[test]
    fn nothing_from_a_repository_commands_the_terminal() {
        assert_eq!(plain("a\x1b[31mb\x07\u{9b}c"), "a\\u{1b}[31mb\\u{7}\\u{9b}c");
        assert_eq!(plain("evil\u{202e}txt.exe"), "evil\\u{202e}txt.exe");
        assert_eq!(plain("two\r\nlines\tand a tab"), "two lines    and a tab");
        assert_eq!(plain("名前 é 🎉"), "名前 é 🎉");
    }
}
