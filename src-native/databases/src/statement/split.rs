//! A script cut into statements.

use super::Statement;
use super::lexer::{Kind, Lexer, Modes, Token, Unclosed};
use crate::failure::Place;
use crate::{Engine, Failure, Reason, Result};

/// Gives the statements of a script one after the other.
pub(super) struct Splitter<'a> {
    engine: Engine,
    source: &'a str,
    lexer: Lexer<'a>,
    /// How far lines are counted, and the line there.
    counted: (usize, u32),
    /// No line of `\.` is left.
    copied: bool,
    done: bool,
}

/// A statement with what ends it.
pub(super) struct Piece<'a> {
    pub(super) statement: Statement<'a>,
    /// Where its end mark ends, or the data behind it.
    pub(super) end: usize,
}

/// What the words of a statement say about where it ends.
struct Shape<'a> {
    engine: Engine,
    source: &'a str,
    /// Its first words in small letters.
    words: Vec<String>,
    /// The last two tokens.
    last: [Option<Token>; 2],
    /// How many brackets, and how many BEGIN and CASE, are open.
    brackets: usize,
    blocks: usize,
    /// Whether it holds a program, as a trigger or a function does.
    program: bool,
    /// An END whose next word says what it ends.
    ended: bool,
    /// It inserts data that stands in a format behind it, and the word FORMAT has been.
    format: bool,
    select: bool,
    /// It takes rows from the client.
    stdin: bool,
}

/// Words at the beginning that are kept: enough for `CREATE OR REPLACE DEFINER = a@b PROCEDURE`.
const WORDS_MAX: usize = 12;

impl<'a> Splitter<'a> {
    pub(super) fn new(engine: Engine, source: &'a str) -> Splitter<'a> {
        let lexer = Lexer::new(engine, Modes::usual(engine), source);
        Splitter { engine, source, lexer, counted: (0, 1), copied: false, done: false }
    }

    /// The line of a place that lies behind those asked for before.
    fn line(&mut self, at: usize) -> u32 {
        let (from, line) = self.counted;
        let more = self.source.as_bytes()[from..at].iter().filter(|&&it| it == b'\n').count();
        self.counted = (at, line.saturating_add(u32::try_from(more).unwrap_or(u32::MAX)));
        self.counted.1
    }

    fn piece(&mut self, start: usize, end: usize, after: usize) -> Piece<'a> {
        let line = self.line(start);
        let statement = Statement { text: &self.source[start..end], range: start..end, line };
        Piece { statement, end: after }
    }

    fn failure(&self, at: usize, message: String) -> Failure {
        let offset = self.source[..at].chars().count();
        let mut failure = Failure::new(Reason::Usage, message);
        failure.place = Some(Place::of_offset(self.source, offset));
        failure
    }

    fn unclosed(&self, unclosed: Unclosed) -> Failure {
        let opening: String =
            self.source[unclosed.start..].chars().take(12).take_while(|it| *it != '\n').collect();
        let failure = self.failure(unclosed.start, String::new());
        let at = failure.place.map_or((0, 0), |it| (it.line, it.column));
        let message = format!(
            "{} that begins with {opening} in line {}, column {}, is never closed",
            unclosed.what, at.0, at.1
        );
        Failure { message, ..failure }
    }

    /// The end of the line that holds `at`, without its mark.
    fn line_end(&self, at: usize) -> usize {
        self.source[at..].find('\n').map_or(self.source.len(), |it| at + it)
    }

    /// Whether only spaces stand before it in its line.
    fn begins_line(&self, at: usize) -> bool {
        let before = self.source[..at].trim_start_matches('\u{feff}');
        let spaces = before.trim_end_matches([' ', '\t', '\r', '\u{feff}']);
        spaces.is_empty() || spaces.ends_with('\n')
    }

    /// `GO` of SQL Server's tools, alone in its line.
    fn is_go(&self, token: Token) -> Option<Result<usize>> {
        let word = &self.source[token.start..token.end];
        if self.engine != Engine::Sqlserver
            || !word.eq_ignore_ascii_case("go")
            || !self.begins_line(token.start)
        {
            return None;
        }
        let end = self.line_end(token.end);
        let rest = self.source[token.end..end].trim();
        let rest = rest.split("--").next().unwrap_or("").trim().trim_end_matches(';');
        match rest.parse::<u32>() {
            Ok(1) => Some(Ok(end)),
            Ok(_) => {
                let text = format!("GO {rest} asks to repeat a batch, which is not done here");
                Some(Err(self
                    .failure(token.start, text)
                    .hint("write the batch as often as it is meant")))
            }
            Err(_) if rest.is_empty() => Some(Ok(end)),
            Err(_) => None,
        }
    }

    /// `DELIMITER //` of MySQL's tools: what ends statements from now on.
    fn delimiter(&mut self, token: Token) -> Option<Result<()>> {
        let word = &self.source[token.start..token.end];
        if self.engine != Engine::Mysql || !word.eq_ignore_ascii_case("delimiter") {
            return None;
        }
        let end = self.line_end(token.end);
        let Some(mark) = self.source[token.end..end].split_whitespace().next() else {
            let text = "DELIMITER stands without what is to end statements".to_owned();
            return Some(Err(self.failure(token.start, text)));
        };
        self.lexer.mark = mark;
        self.lexer.seek(end);
        Some(Ok(()))
    }

    /// Where the rows end that stand behind `COPY … FROM STDIN;`, up to `\.` in a line of its own.
    fn copied(&mut self, at: usize) -> Option<usize> {
        let start = self.line_end(at);
        if self.copied || !self.source[at..start].trim().is_empty() {
            return None;
        }
        let mut from = start + 1;
        while from < self.source.len() {
            let end = self.line_end(from);
            if self.source[from..end].trim_end_matches('\r') == "\\." {
                return Some(end);
            }
            from = end + 1;
        }
        self.copied = true;
        None
    }

    /// Where ClickHouse's data behind `INSERT … FORMAT name` ends: at an empty line, or at the end.
    fn data(&self, at: usize) -> usize {
        let mut from = self.line_end(at) + 1;
        while from < self.source.len() {
            let end = self.line_end(from);
            if self.source[from..end].trim().is_empty() {
                return from;
            }
            from = end + 1;
        }
        self.source.len()
    }
}

impl<'a> Iterator for Splitter<'a> {
    type Item = Result<Piece<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        // Where the statement begins with its comments, whether it has more than those, where it ends.
        let (mut start, mut real, mut end) = (None, false, 0);
        let mut shape = Shape::new(self.engine, self.source);
        while !self.done {
            let token = match self.lexer.next() {
                None => break,
                Some(Err(unclosed)) => {
                    self.done = true;
                    return Some(Err(self.unclosed(unclosed)));
                }
                Some(Ok(token)) => token,
            };
            if token.kind == Kind::Comment {
                start.get_or_insert(token.start);
                continue;
            }
            if !real && token.kind == Kind::Word {
                match self.delimiter(token) {
                    None => {}
                    Some(Ok(())) => {
                        start = None;
                        continue;
                    }
                    Some(Err(failure)) => {
                        self.done = true;
                        return Some(Err(failure));
                    }
                }
            }
            if let Some(go) = self.is_go(token) {
                let after = match go {
                    Ok(after) => after,
                    Err(failure) => {
                        self.done = true;
                        return Some(Err(failure));
                    }
                };
                self.lexer.seek(after);
                if let (Some(from), true) = (start, real) {
                    return Some(Ok(self.piece(from, end, after)));
                }
                start = None;
                continue;
            }
            if token.kind == Kind::End && !real {
                start = None;
                continue;
            }
            if token.kind == Kind::End
                && shape.ends(self.lexer.mark)
                && let Some(from) = start
            {
                let data = if shape.copies_in() { self.copied(token.end) } else { None };
                if let Some(data) = data {
                    self.lexer.seek(data);
                }
                return Some(Ok(self.piece(from, end, data.unwrap_or(token.end))));
            }
            let from = *start.get_or_insert(token.start);
            (real, end) = (true, token.end);
            if shape.takes(token) {
                // ClickHouse: what follows is data and no SQL.
                let after = self.data(token.end);
                self.lexer.seek(after);
                let text = self.source[from..after].trim_end();
                return Some(Ok(self.piece(from, from + text.len(), after)));
            }
        }
        self.done = true;
        match (start, real) {
            (Some(from), true) => Some(Ok(self.piece(from, end, self.source.len()))),
            _ => None,
        }
    }
}

impl<'a> Shape<'a> {
    fn new(engine: Engine, source: &'a str) -> Shape<'a> {
        Shape {
            engine,
            source,
            words: Vec::new(),
            last: [None; 2],
            brackets: 0,
            blocks: 0,
            program: false,
            ended: false,
            format: false,
            select: false,
            stdin: false,
        }
    }

    fn begins(&self, words: &[&str]) -> bool {
        self.words.len() >= words.len() && self.words.iter().zip(words).all(|(it, word)| it == word)
    }

    /// Whether it creates one of these.
    fn creates(&self, kinds: &[&str]) -> bool {
        let other =
            ["table", "view", "index", "database", "schema", "user", "role", "server", "type"];
        let known = |it: &&String| kinds.contains(&it.as_str()) || other.contains(&it.as_str());
        self.words.first().is_some_and(|it| it == "create")
            && self.words.iter().find(known).is_some_and(|it| kinds.contains(&it.as_str()))
    }

    /// Takes the next token; whether data follows that is no SQL.
    fn takes(&mut self, token: Token) -> bool {
        let text = &self.source[token.start..token.end];
        let dotted = self.last[1].is_some_and(|it| &self.source[it.start..it.end] == ".");
        let word = match token.kind {
            Kind::Word if !dotted && token.end - token.start < 32 => text.to_ascii_lowercase(),
            _ => String::new(),
        };
        let word = word.as_str();
        if token.kind == Kind::Word && self.words.len() < WORDS_MAX {
            self.words.push(word.to_owned());
            self.program = match self.engine {
                Engine::Postgres => self.creates(&["function", "procedure"]),
                Engine::Mysql => {
                    self.creates(&["procedure", "function", "trigger", "event", "package"])
                        || self.begins(&["begin", "not", "atomic"])
                }
                Engine::Sqlite => {
                    self.begins(&["create", "trigger"])
                        || self.begins(&["create", "temp", "trigger"])
                        || self.begins(&["create", "temporary", "trigger"])
                        || self.begins(&["explain", "create", "trigger"])
                }
                _ => false,
            };
            if self.begins(&["begin", "not", "atomic"]) && self.words.len() == 3 {
                self.blocks += 1;
            }
        }
        match text {
            "(" => self.brackets += 1,
            ")" => self.brackets = self.brackets.saturating_sub(1),
            _ => {}
        }
        if self.program && self.brackets == 0 && self.engine != Engine::Sqlite {
            self.block(word);
        }
        let before = self.last[1];
        self.last = [before, Some(token)];
        let from =
            before.is_some_and(|it| self.source[it.start..it.end].eq_ignore_ascii_case("from"));
        self.stdin |= from && word == "stdin";
        self.data(word, token, before)
    }

    /// Counts blocks that hold statements.
    fn block(&mut self, word: &str) {
        let ended = std::mem::take(&mut self.ended);
        if ended {
            // `END IF` and the like end what is not counted; `END CASE` what was.
            if ["if", "loop", "repeat", "while", "for"].contains(&word) {
                return;
            }
            self.blocks = self.blocks.saturating_sub(1);
            if word == "case" {
                return;
            }
        }
        match word {
            "begin" => self.blocks += 1,
            "case" if self.blocks > 0 => self.blocks += 1,
            "end" if self.blocks > 0 => self.ended = true,
            _ => {}
        }
    }

    fn data(&mut self, word: &str, token: Token, before: Option<Token>) -> bool {
        if self.engine != Engine::Clickhouse || !self.begins(&["insert"]) || self.brackets > 0 {
            return false;
        }
        let format = std::mem::take(&mut self.format);
        if format && !self.select && token.kind == Kind::Word {
            return !word.eq_ignore_ascii_case("values");
        }
        self.select |= ["select", "with", "values", "from", "watch"].contains(&word);
        self.format = word == "format" && before.is_some();
        false
    }

    /// Whether an end mark here ends it.
    fn ends(&mut self, mark: &str) -> bool {
        let word = |at: usize| self.last[at].map_or("", |it| &self.source[it.start..it.end]);
        match self.engine {
            // Only GO ends a batch.
            Engine::Sqlserver => false,
            Engine::Sqlite => {
                !self.program || word(1).eq_ignore_ascii_case("end") && word(0) == ";"
            }
            Engine::Postgres if self.creates(&["rule"]) => self.brackets == 0,
            Engine::Postgres | Engine::Mysql if mark == ";" => {
                self.block("");
                self.blocks == 0
            }
            _ => true,
        }
    }

    /// Whether rows may stand behind it: `COPY … FROM STDIN`.
    fn copies_in(&self) -> bool {
        self.engine == Engine::Postgres && self.begins(&["copy"]) && self.stdin
    }
}
