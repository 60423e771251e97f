//! Tokens, by each engine's own rules: where a text, a name or a comment ends is what every judgement
//! stands on. One pass, no recursion.

use crate::Engine;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word without quotes: a keyword or a name.
    Word,
    /// A name in quotes.
    Name,
    /// A text, with its prefix: `'…'`, `E'…'`, `$tag$…$tag$`.
    Text,
    /// A number.
    Number,
    /// One letter that is none of these.
    Op,
    /// The end mark of a statement.
    End,
    /// A comment.
    Comment,
    /// The beginning of a comment that is code: `/*!50003`, `/*M!`.
    Enter,
    /// Its end.
    Leave,
}

/// A piece of a statement, as offsets in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What begins and is never closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unclosed {
    /// Where it begins.
    pub(super) start: usize,
    /// How it begins, for people.
    pub(super) what: &'static str,
}

/// How a session reads quotes, where an engine lets it choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Modes {
    /// A backslash takes the next letter of a plain text with it.
    backslash: bool,
    /// `"` quotes a name.
    ansi: bool,
}

impl Modes {
    /// What a session reads unless told otherwise.
    pub(super) fn usual(engine: Engine) -> Modes {
        Modes {
            backslash: matches!(engine, Engine::Mysql | Engine::Clickhouse),
            ansi: !matches!(engine, Engine::Mysql),
        }
    }

    /// All the ways in which a session may be set to read this text: what is judged must be harmless in
    /// each of them, so that a setting nobody knows of opens nothing.
    pub(super) fn all(engine: Engine, source: &str) -> Vec<Modes> {
        let usual = Modes::usual(engine);
        let mut all = vec![usual];
        let slash = source.contains('\\');
        match engine {
            Engine::Postgres if slash => all.push(Modes { backslash: true, ..usual }),
            Engine::Mysql => {
                if slash {
                    all.push(Modes { backslash: false, ..usual });
                }
                if source.contains('"') {
                    all.push(Modes { ansi: true, ..usual });
                    if slash {
                        all.push(Modes { ansi: true, backslash: false });
                    }
                }
            }
            _ => {}
        }
        all
    }
}

/// Cuts a script into tokens.
pub(super) struct Lexer<'a> {
    engine: Engine,
    modes: Modes,
    source: &'a str,
    bytes: &'a [u8],
    at: usize,
    previous: Option<Token>,
    executable: bool,
    failed: bool,
    /// What ends a statement; the script may change it.
    pub(super) mark: &'a str,
    /// Why what was read so far may be read otherwise by a server: what only reads has none of it.
    pub(super) doubt: Option<&'static str>,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(engine: Engine, modes: Modes, source: &'a str) -> Lexer<'a> {
        Lexer {
            engine,
            modes,
            source,
            bytes: source.as_bytes(),
            at: if source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 },
            previous: None,
            executable: false,
            failed: false,
            mark: ";",
            doubt: None,
        }
    }

    /// Goes on from here, which must be the beginning of a line.
    pub(super) fn seek(&mut self, at: usize) {
        self.at = at;
        self.previous = None;
    }

    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    fn doubt(&mut self, why: &'static str) {
        self.doubt.get_or_insert(why);
    }

    fn is_of(&self, engines: &[Engine]) -> bool {
        engines.contains(&self.engine)
    }

    fn letter(&self, at: usize) -> Option<char> {
        self.source.get(at..)?.chars().next()
    }

    fn starts_word(&self, at: usize) -> bool {
        match self.byte(at) {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => true,
            b'$' => self.engine == Engine::Mysql,
            b'@' | b'#' => self.engine == Engine::Sqlserver,
            0x80.. => !self.letter(at).is_some_and(|it| self.is_space(it)),
            _ => false,
        }
    }

    /// Whether the engine takes this letter outside ASCII for a space.
    fn is_space(&self, letter: char) -> bool {
        self.is_of(&[Engine::Duckdb, Engine::Clickhouse, Engine::Sqlserver]) && is_blank(letter)
    }

    fn word_end(&mut self, start: usize) -> usize {
        let mut at = start;
        while let Some(&byte) = self.bytes.get(at) {
            if at > start && self.mark != ";" && self.bytes[at..].starts_with(self.mark.as_bytes())
            {
                break;
            }
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' => at += 1,
                b'$' => {
                    if self.is_of(&[Engine::Duckdb, Engine::Clickhouse]) {
                        self.doubt("a dollar sign outside quotes");
                    }
                    at += 1;
                }
                b'@' | b'#' if self.engine == Engine::Sqlserver => at += 1,
                0x80.. => {
                    let Some(letter) = self.letter(at) else { break };
                    if is_odd(letter) {
                        self.doubt("a letter outside quotes that looks like a space or a quote");
                    }
                    if self.is_space(letter) {
                        break;
                    }
                    at += letter.len_utf8();
                }
                _ => break,
            }
        }
        at
    }

    /// The end of what `quote` at `start` opened; two of them are one within.
    fn quoted(&self, start: usize, quote: u8, backslash: bool) -> Option<usize> {
        let mut at = start + 1;
        while let Some(&byte) = self.bytes.get(at) {
            if byte == b'\\' && backslash {
                at += 1;
            } else if byte == quote {
                if self.byte(at + 1) != quote {
                    return Some(at + 1);
                }
                at += 1;
            }
            at += 1;
        }
        None
    }

    /// The end of a text with backslashes in PostgreSQL, which goes on in the same way where the next
    /// one stands on a line of its own.
    fn escaped(&self, start: usize) -> Option<usize> {
        let mut end = self.quoted(start, b'\'', true)?;
        loop {
            let (mut at, mut newline) = (end, false);
            loop {
                match self.byte(at) {
                    b'\n' | b'\r' => (newline, at) = (true, at + 1),
                    b' ' | b'\t' | 0x0b | 0x0c => at += 1,
                    b'-' if newline && self.byte(at + 1) == b'-' => at = self.line_end(at),
                    _ => break,
                }
            }
            if !newline || self.byte(at) != b'\'' {
                return Some(end);
            }
            end = self.quoted(at, b'\'', true)?;
        }
    }

    fn line_end(&self, start: usize) -> usize {
        let cr = self.is_of(&[Engine::Postgres, Engine::Duckdb]);
        let rest = &self.bytes[start.min(self.bytes.len())..];
        let length = rest.iter().position(|&it| it == b'\n' || (cr && it == b'\r'));
        start + length.unwrap_or(rest.len())
    }

    fn line_comment(&mut self, start: usize) -> Token {
        let end = self.line_end(start);
        let text = &self.source[start..end];
        let inner = text.strip_suffix('\r').unwrap_or(text);
        if inner.contains(['\r', '\u{85}', '\u{2028}', '\u{2029}']) {
            self.doubt("a comment that another reader would take to end within its line");
        }
        Token { kind: Kind::Comment, start, end }
    }

    fn block_comment(&mut self, start: usize) -> Option<Token> {
        let nests = self.is_of(&[Engine::Postgres, Engine::Sqlserver, Engine::Duckdb]);
        let (mut at, mut depth) = (start + 2, 1usize);
        while at < self.bytes.len() {
            match (self.bytes[at], self.byte(at + 1)) {
                (b'*', b'/') => {
                    (at, depth) = (at + 2, depth - 1);
                    if depth == 0 {
                        break;
                    }
                }
                (b'/', b'*') if nests => (at, depth) = (at + 2, depth + 1),
                _ => at += 1,
            }
        }
        if depth > 0 {
            return None;
        }
        if self.engine == Engine::Mysql {
            let text = self.source[start + 2..at].to_ascii_lowercase();
            if text.starts_with('+') && text.contains("set_var") {
                self.doubt("a hint that changes a setting");
            } else if text.starts_with(|it: char| it.is_ascii_alphabetic())
                && text[1..].starts_with('!')
            {
                self.doubt("a comment that some servers run as code");
            }
        }
        Some(Token { kind: Kind::Comment, start, end: at })
    }

    /// `/*!50003` and `/*M!100100`, which MySQL and MariaDB read as code.
    fn enter(&self, start: usize) -> Option<Token> {
        let rest = &self.bytes[start + 2..];
        let skip = match rest {
            [b'!', ..] => 1,
            [b'M' | b'm', b'!', ..] => 2,
            _ => return None,
        };
        let mut end = start + 2 + skip;
        while self.byte(end).is_ascii_digit() && end < start + 10 {
            end += 1;
        }
        Some(Token { kind: Kind::Enter, start, end })
    }

    /// `$tag$…$tag$`. `None`: it is none; an inner `None`: it is never closed.
    fn dollar(&self, start: usize) -> Option<Option<usize>> {
        let mut at = start + 1;
        while let Some(&byte) = self.bytes.get(at) {
            match byte {
                b'$' => break,
                b'0'..=b'9' if at == start + 1 => return None,
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' => at += 1,
                0x80.. if self.engine == Engine::Postgres => at += 1,
                _ => return None,
            }
        }
        if at >= self.bytes.len() {
            return None;
        }
        let tag = &self.source[start..=at];
        Some(self.source[at + 1..].find(tag).map(|it| at + 1 + it + tag.len()))
    }

    fn digits(&self, mut at: usize, is: fn(&u8) -> bool) -> usize {
        let start = at;
        let gap = self.engine != Engine::Mysql;
        while is(&self.byte(at))
            || (gap && at > start && self.byte(at) == b'_' && is(&self.byte(at + 1)))
        {
            at += 1;
        }
        at
    }

    fn number(&mut self, start: usize) -> Token {
        let sign = |at: usize| usize::from(matches!(self.byte(at), b'+' | b'-'));
        let (mut end, mut plain) = (start, true);
        let based: Option<fn(&u8) -> bool> = match (self.byte(start), self.byte(start + 1) | 32) {
            (b'0', b'x') => Some(u8::is_ascii_hexdigit),
            (b'0', b'b') => Some(|it| matches!(it, b'0' | b'1')),
            (b'0', b'o') => Some(|it| matches!(it, b'0'..=b'7')),
            _ => None,
        };
        match based {
            Some(is) if is(&self.byte(start + 2)) => end = self.digits(start + 2, is),
            _ => {
                end = self.digits(end, u8::is_ascii_digit);
                if self.byte(end) == b'.' && self.byte(end + 1) != b'.' {
                    (end, plain) = (self.digits(end + 1, u8::is_ascii_digit), false);
                }
                let exponent = end + 1 + sign(end + 1);
                if self.byte(end) | 32 == b'e' && self.byte(exponent).is_ascii_digit() {
                    (end, plain) = (self.digits(exponent, u8::is_ascii_digit), false);
                }
            }
        }
        if self.starts_word(end) {
            // MySQL lets a name begin with digits, and cuts `1.0into` in two.
            if self.engine == Engine::Mysql && plain {
                return Token { kind: Kind::Word, start, end: self.word_end(end) };
            }
            self.doubt("a number that runs into a word");
        }
        Token { kind: Kind::Number, start, end }
    }

    fn word(&mut self, start: usize) -> Result<Token, Unclosed> {
        let text = |end| Token { kind: Kind::Text, start, end };
        let open = |what| Unclosed { start, what };
        let first = self.byte(start) | 32;
        let postgres = self.is_of(&[Engine::Postgres, Engine::Duckdb]);
        match (first, self.byte(start + 1)) {
            (b'e', b'\'') if postgres => {
                let end = self.escaped(start + 1).ok_or(open("the text"))?;
                if self.engine == Engine::Duckdb
                    && self.quoted(start + 1, b'\'', true).is_some_and(|it| it < end)
                {
                    self.doubt("a text with backslashes that goes on in another line");
                }
                return Ok(text(end));
            }
            (b'u', b'&') if self.engine == Engine::Postgres => match self.byte(start + 2) {
                b'\'' => {
                    let end = self.quoted(start + 2, b'\'', self.modes.backslash);
                    return end.map(text).ok_or(open("the text"));
                }
                b'"' => {
                    self.doubt("a name in U&\"…\", whose letters are written as numbers");
                    let end = self.quoted(start + 2, b'"', false).ok_or(open("the name"))?;
                    return Ok(Token { kind: Kind::Name, start, end });
                }
                _ => {}
            },
            (b'x' | b'b', b'\'') => {
                return self.quoted(start + 1, b'\'', false).map(text).ok_or(open("the text"));
            }
            (b'n', b'\'') if self.is_of(&[Engine::Postgres, Engine::Mysql, Engine::Sqlserver]) => {
                let end = self.quoted(start + 1, b'\'', self.modes.backslash);
                return end.map(text).ok_or(open("the text"));
            }
            _ => {}
        }
        Ok(Token { kind: Kind::Word, start, end: self.word_end(start) })
    }

    /// The token that begins here; none where it is a space.
    fn token(&mut self, start: usize) -> Result<Option<Token>, Unclosed> {
        let op = Token { kind: Kind::Op, start, end: start + 1 };
        let text = |kind, end| Token { kind, start, end };
        let open = |what| Unclosed { start, what };
        if !self.executable && self.bytes[start..].starts_with(self.mark.as_bytes()) {
            return Ok(Some(text(Kind::End, start + self.mark.len())));
        }
        let mysql = self.engine == Engine::Mysql;
        Ok(Some(match (self.bytes[start], self.byte(start + 1)) {
            (b' ' | b'\t' | b'\n' | b'\r' | 0x0c, _) => return Ok(None),
            (0..=0x1f | 0x7f, _) => {
                self.doubt("a control letter outside quotes");
                return Ok(None);
            }
            (b'-', b'-')
                if !mysql || self.byte(start + 2) <= b' ' || self.byte(start + 2) == 0x7f =>
            {
                self.line_comment(start)
            }
            (b'#', _) if mysql => self.line_comment(start),
            (b'#', b' ' | b'!') if self.engine == Engine::Clickhouse => self.line_comment(start),
            (b'/', b'*') => match self.enter(start) {
                Some(enter) if mysql && !self.executable => {
                    self.executable = true;
                    enter
                }
                _ => self.block_comment(start).ok_or(open("the comment"))?,
            },
            (b'*', b'/') if self.executable => {
                self.executable = false;
                text(Kind::Leave, start + 2)
            }
            (b'\\', b'g' | b'G') if mysql => text(Kind::End, start + 2),
            (b'\'', _) => {
                let end = if self.modes.backslash && self.engine == Engine::Postgres {
                    self.escaped(start)
                } else {
                    self.quoted(start, b'\'', self.modes.backslash)
                };
                text(Kind::Text, end.ok_or(open("the text"))?)
            }
            (b'"', _) => {
                let (kind, what, backslash) = if self.modes.ansi {
                    (Kind::Name, "the name", self.engine == Engine::Clickhouse)
                } else {
                    (Kind::Text, "the text", self.modes.backslash)
                };
                text(kind, self.quoted(start, b'"', backslash).ok_or(open(what))?)
            }
            (b'`', _) if self.is_of(&[Engine::Mysql, Engine::Sqlite, Engine::Clickhouse]) => {
                let backslash = self.engine == Engine::Clickhouse;
                text(Kind::Name, self.quoted(start, b'`', backslash).ok_or(open("the name"))?)
            }
            (b'[', _) if self.engine == Engine::Sqlserver => {
                text(Kind::Name, self.quoted(start, b']', false).ok_or(open("the name"))?)
            }
            (b'[', _) if self.engine == Engine::Sqlite => {
                let length = self.source[start..].find(']').ok_or(open("the name"))?;
                text(Kind::Name, start + length + 1)
            }
            (b'$', _) if self.is_of(&[Engine::Postgres, Engine::Duckdb, Engine::Clickhouse]) => {
                match self.dollar(start) {
                    Some(end) => text(Kind::Text, end.ok_or(open("the text"))?),
                    None => {
                        let place = self.byte(start + 1).is_ascii_alphanumeric();
                        if self.engine != Engine::Postgres && !place {
                            self.doubt("a dollar sign outside quotes");
                        }
                        op
                    }
                }
            }
            (b'0'..=b'9', _) => self.number(start),
            (b'.', b'0'..=b'9') if !self.follows_name(start) => self.number(start),
            _ if self.starts_word(start) => {
                let token = self.word(start)?;
                if token.end > start { token } else { text(Kind::Op, start + 1) }
            }
            (0x80.., _) => {
                self.doubt("a letter outside quotes that looks like a space or a quote");
                return Ok(None);
            }
            _ => op,
        }))
    }

    /// Whether a dot here belongs to the name before it.
    fn follows_name(&self, start: usize) -> bool {
        self.previous.is_some_and(|it| {
            it.end == start
                && (matches!(it.kind, Kind::Word | Kind::Name)
                    || matches!(self.bytes[it.start], b')' | b']'))
        })
    }
}

impl Iterator for Lexer<'_> {
    type Item = Result<Token, Unclosed>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.failed && self.at < self.bytes.len() {
            match self.token(self.at) {
                Err(unclosed) => {
                    self.failed = true;
                    return Some(Err(unclosed));
                }
                Ok(None) => self.at += self.letter(self.at).map_or(1, char::len_utf8),
                Ok(Some(token)) => {
                    self.at = token.end;
                    if token.kind == Kind::Name
                        && self.engine == Engine::Clickhouse
                        && self.source[token.start..token.end].contains('\\')
                    {
                        self.doubt("a name with a backslash");
                    }
                    self.previous = Some(token);
                    return Some(Ok(token));
                }
            }
        }
        None
    }
}

fn is_blank(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(letter, '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// Letters that one reader takes for a space or a quote, and another for a part of a word.
fn is_odd(letter: char) -> bool {
    is_blank(letter)
        || letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{2018}'..='\u{201f}'
            | '\u{202a}'..='\u{202e}' | '\u{2061}'..='\u{206f}')
}
