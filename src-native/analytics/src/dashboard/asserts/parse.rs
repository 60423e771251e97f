//! From the text of a rule to an expression.

/// A rule.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// Yes or no.
    Bool(bool),
    /// Nothing.
    Null,
    /// A column of a query: the query, the column, and how it is written.
    Column(String, String, String),
    /// How many rows a query has.
    Rows(String),
    /// A column put together.
    Fold(Fold, Box<Expression>),
    /// A condition for each row: for all of them, or for one.
    Each(bool, Box<Expression>),
    /// The other of yes and no.
    Not(Box<Expression>),
    /// Less than nothing by as much.
    Minus(Box<Expression>),
    /// Two put together.
    Both(Box<Expression>, Sign, Box<Expression>),
}

/// How a column is put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// Its least.
    Min,
    /// Its most.
    Max,
    /// Its sum.
    Sum,
    /// Its average.
    Avg,
}

/// What stands between two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// `or`
    Or,
    /// `and`
    And,
    /// `=`
    Equal,
    /// `!=`
    Other,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    More,
    /// `>=`
    MoreOrEqual,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`
    By,
}

/// What is wrong with a rule, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// First byte of what is wrong.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
    /// What is wrong.
    pub message: String,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Number(f64),
    Text(String),
    Word(String),
    /// A name between double quotes.
    Name(String),
    Sign(&'static str),
}

/// How deep parentheses may stand in each other.
const DEEPEST: usize = 40;
/// Most words and signs of a rule: each may be one more level to go down.
const TOKENS_MOST: usize = 400;

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<(Token, usize, usize)>,
    at: usize,
    depth: usize,
}

const SIGNS: [&str; 16] =
    ["<=", ">=", "!=", "<>", "==", "<", ">", "=", "+", "-", "*", "/", "(", ")", ".", ","];

fn tokens(text: &str) -> Result<Vec<(Token, usize, usize)>, Fault> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(letter) = text[at..].chars().next() {
        let start = at;
        if letter.is_whitespace() {
            at += letter.len_utf8();
            continue;
        }
        if letter == '\'' || letter == '"' {
            let mut words = String::new();
            let mut letters = text[at + 1..].char_indices().peekable();
            let mut end = None;
            while let Some((i, it)) = letters.next() {
                if it != letter {
                    words.push(it);
                } else if letters.peek().is_some_and(|it| it.1 == letter) {
                    letters.next();
                    words.push(letter);
                } else {
                    end = Some(at + 1 + i + 1);
                    break;
                }
            }
            let Some(end) = end else {
                return Err(Fault {
                    start,
                    end: text.len(),
                    message: "the text does not end".to_owned(),
                });
            };
            at = end;
            let token = if letter == '\'' { Token::Text(words) } else { Token::Name(words) };
            found.push((token, start, at));
            continue;
        }
        if letter.is_ascii_digit() {
            let rest = &text[at..];
            let mut end = rest
                .find(|it: char| !it.is_ascii_digit() && it != '.' && it != '_')
                .unwrap_or(rest.len());
            let exponent =
                rest[end..].strip_prefix(['e', 'E']).map(|it| it.trim_start_matches(['+', '-']));
            if let Some(digits) =
                exponent.filter(|it| it.starts_with(|it: char| it.is_ascii_digit()))
            {
                let count = digits.find(|it: char| !it.is_ascii_digit()).unwrap_or(digits.len());
                end = rest.len() - digits.len() + count;
            }
            at += end;
            match rest[..end].replace('_', "").parse::<f64>() {
                Ok(it) if it.is_finite() => found.push((Token::Number(it), start, at)),
                _ => {
                    let message = format!("`{}` is no number", &rest[..end]);
                    return Err(Fault { start, end: at, message });
                }
            }
            continue;
        }
        if letter == '_' || letter.is_alphabetic() {
            let rest = &text[at..];
            let end =
                rest.find(|it: char| it != '_' && !it.is_alphanumeric()).unwrap_or(rest.len());
            at += end;
            found.push((Token::Word(rest[..end].to_owned()), start, at));
            continue;
        }
        match SIGNS.iter().find(|it| text[at..].starts_with(**it)) {
            Some(sign) => {
                at += sign.len();
                found.push((Token::Sign(sign), start, at));
            }
            None => {
                let message = format!("`{letter}` has no meaning here");
                return Err(Fault { start, end: at + letter.len_utf8(), message });
            }
        }
    }
    Ok(found)
}

impl Expression {
    /// Reads a rule.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn parse(text: &str) -> Result<Expression, Fault> {
        let tokens = tokens(text)?;
        if let Some((_, start, _)) = tokens.get(TOKENS_MOST) {
            let message = format!(
                "the rule has more than {TOKENS_MOST} words and signs; make it several, one a line"
            );
            return Err(Fault { start: *start, end: text.len(), message });
        }
        let mut parser = Parser { text, tokens, at: 0, depth: 0 };
        let found = parser.or()?;
        match parser.tokens.get(parser.at) {
            None => Ok(found),
            Some((_, start, end)) => {
                let message = format!("`{}` does not belong here", &text[*start..*end]);
                Err(Fault { start: *start, end: *end, message })
            }
        }
    }

    /// Names of the queries it asks.
    pub fn queries(&self) -> Vec<&str> {
        let mut found = Vec::new();
        self.gather(&mut found);
        found.sort_unstable();
        found.dedup();
        found
    }

    fn gather<'a>(&'a self, to: &mut Vec<&'a str>) {
        match self {
            Expression::Column(query, ..) | Expression::Rows(query) => to.push(query),
            Expression::Fold(_, it)
            | Expression::Each(_, it)
            | Expression::Not(it)
            | Expression::Minus(it) => {
                it.gather(to);
            }
            Expression::Both(one, _, other) => {
                one.gather(to);
                other.gather(to);
            }
            Expression::Number(_)
            | Expression::Text(_)
            | Expression::Bool(_)
            | Expression::Null => {}
        }
    }
}

type Found = Result<Expression, Fault>;

impl Parser<'_> {
    fn fault<T>(&self, message: impl Into<String>) -> Result<T, Fault> {
        let end = self.text.len();
        let (start, end) = self.tokens.get(self.at).map_or((end, end), |it| (it.1, it.2));
        Err(Fault { start, end, message: message.into() })
    }

    fn sign(&mut self, sign: &str) -> bool {
        let is = matches!(self.tokens.get(self.at), Some((Token::Sign(it), ..)) if *it == sign);
        self.at += usize::from(is);
        is
    }

    fn word(&mut self, word: &str) -> bool {
        let is = matches!(self.tokens.get(self.at), Some((Token::Word(it), ..)) if it.eq_ignore_ascii_case(word));
        self.at += usize::from(is);
        is
    }

    fn or(&mut self) -> Found {
        self.depth += 1;
        if self.depth > DEEPEST {
            return self.fault("parentheses stand too deep in each other");
        }
        let mut left = self.and()?;
        while self.word("or") {
            left = Expression::Both(Box::new(left), Sign::Or, Box::new(self.and()?));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn and(&mut self) -> Found {
        let mut left = self.not()?;
        while self.word("and") {
            left = Expression::Both(Box::new(left), Sign::And, Box::new(self.not()?));
        }
        Ok(left)
    }

    fn not(&mut self) -> Found {
        let mut odd = false;
        let mut any = false;
        while self.word("not") {
            (odd, any) = (!odd, true);
        }
        let found = self.compared()?;
        Ok(match (any, odd) {
            (false, _) => found,
            (true, true) => Expression::Not(Box::new(found)),
            (true, false) => Expression::Not(Box::new(Expression::Not(Box::new(found)))),
        })
    }

    fn compared(&mut self) -> Found {
        let left = self.sum()?;
        let signs = [
            ("<=", Sign::LessOrEqual),
            (">=", Sign::MoreOrEqual),
            ("!=", Sign::Other),
            ("<>", Sign::Other),
            ("==", Sign::Equal),
            ("=", Sign::Equal),
            ("<", Sign::Less),
            (">", Sign::More),
        ];
        for (text, sign) in signs {
            if self.sign(text) {
                return Ok(Expression::Both(Box::new(left), sign, Box::new(self.sum()?)));
            }
        }
        Ok(left)
    }

    fn sum(&mut self) -> Found {
        let mut left = self.product()?;
        loop {
            let sign = match (self.sign("+"), ()) {
                (true, ()) => Sign::Plus,
                _ if self.sign("-") => Sign::Minus,
                _ => return Ok(left),
            };
            left = Expression::Both(Box::new(left), sign, Box::new(self.product()?));
        }
    }

    fn product(&mut self) -> Found {
        let mut left = self.single()?;
        loop {
            let sign = match (self.sign("*"), ()) {
                (true, ()) => Sign::Times,
                _ if self.sign("/") => Sign::By,
                _ => return Ok(left),
            };
            left = Expression::Both(Box::new(left), sign, Box::new(self.single()?));
        }
    }

    fn single(&mut self) -> Found {
        if self.sign("-") {
            self.depth += 1;
            if self.depth > DEEPEST {
                return self.fault("too many signs in a row");
            }
            let inner = self.single()?;
            self.depth -= 1;
            return Ok(Expression::Minus(Box::new(inner)));
        }
        if self.sign("(") {
            let inner = self.or()?;
            return match self.sign(")") {
                true => Ok(inner),
                false => self.fault("a `)` is missing"),
            };
        }
        let Some((token, start, _)) = self.tokens.get(self.at).cloned() else {
            return self.fault("the rule ends too early");
        };
        self.at += 1;
        match token {
            Token::Number(it) => Ok(Expression::Number(it)),
            Token::Text(it) => Ok(Expression::Text(it)),
            Token::Sign(_) | Token::Name(_) => {
                self.at -= 1;
                self.fault("here a number, a text or `query.column` has to stand")
            }
            Token::Word(word) => self.named(&word, start),
        }
    }

    /// What begins with a word.
    fn named(&mut self, word: &str, start: usize) -> Found {
        let lower = word.to_ascii_lowercase();
        if self.sign("(") {
            let fold = match lower.as_str() {
                "min" => Some(Fold::Min),
                "max" => Some(Fold::Max),
                "sum" => Some(Fold::Sum),
                "avg" => Some(Fold::Avg),
                _ => None,
            };
            let found = match (lower.as_str(), fold) {
                ("rows", _) => match self.tokens.get(self.at).cloned() {
                    Some((Token::Word(query), ..)) => {
                        self.at += 1;
                        Expression::Rows(query)
                    }
                    _ => return self.fault("`rows` takes the name of a query"),
                },
                ("every", _) => Expression::Each(true, Box::new(self.or()?)),
                ("any", _) => Expression::Each(false, Box::new(self.or()?)),
                (_, Some(fold)) => Expression::Fold(fold, Box::new(self.sum()?)),
                _ => {
                    let message = format!(
                        "there is no `{word}(…)`; there is `rows`, `min`, `max`, `sum`, `avg`, `every` and `any`"
                    );
                    return Err(Fault { start, end: start + word.len(), message });
                }
            };
            return match self.sign(")") {
                true => Ok(found),
                false => self.fault("a `)` is missing"),
            };
        }
        if self.sign(".") {
            let Some((token, _, end)) = self.tokens.get(self.at).cloned() else {
                return self.fault("the name of a column is missing");
            };
            self.at += 1;
            return match token {
                Token::Word(column) | Token::Name(column) => {
                    let mut written = self.text[start..end].to_owned();
                    let mut column = column;
                    let mut end = end;
                    // Columns of nested objects have points in their names.
                    while self.sign(".") {
                        let Some((Token::Word(more), _, to)) = self.tokens.get(self.at).cloned()
                        else {
                            return self.fault("the name of a column is missing");
                        };
                        self.at += 1;
                        column = format!("{column}.{more}");
                        end = end.max(to);
                        written = self.text[start..end].to_owned();
                    }
                    Ok(Expression::Column(word.to_owned(), column, written))
                }
                _ => {
                    self.at -= 1;
                    self.fault("the name of a column is missing")
                }
            };
        }
        match lower.as_str() {
            "true" => Ok(Expression::Bool(true)),
            "false" => Ok(Expression::Bool(false)),
            "null" => Ok(Expression::Null),
            _ => {
                let message =
                    format!("`{word}` alone says nothing; write `{word}.column` or `rows({word})`");
                Err(Fault { start, end: start + word.len(), message })
            }
        }
    }
}
