//! Places that a statement leaves open by name (`:from`, ClickHouse's `{from:DateTime}`), found without
//! knowing the engine: outside text, quoted names and comments, and not where a colon is a cast or a slice.

use super::Span;

/// A place: its name, and where it stands in the statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its name.
    pub name: String,
    /// All of it: the colon and the name, or the braces and what is between them.
    pub span: Span,
    /// What ClickHouse is to take the value for, where it is written in braces.
    pub typed: Option<String>,
}

/// A word of a statement, or a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Word,
    Quoted,
    Sign(u8),
}

/// Words and signs of a statement; text and comments are left out.
fn tokens(sql: &str) -> Vec<(Token, Span)> {
    let bytes = sql.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        match bytes[at] {
            b'-' if bytes.get(at + 1) == Some(&b'-') => at = line_end(bytes, at),
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                at = sql[at + 2..].find("*/").map_or(bytes.len(), |it| at + 2 + it + 2);
            }
            b'\'' => {
                at = quoted(bytes, at);
                // A text: its end matters for what may follow it.
                found.push((Token::Sign(b'\''), Span::new(start, at)));
            }
            b'"' | b'`' => {
                at = quoted(bytes, at);
                found.push((Token::Quoted, Span::new(start, at)));
            }
            b'$' => match dollar(sql, at) {
                Some(end) => {
                    at = end;
                    found.push((Token::Sign(b'\''), Span::new(start, at)));
                }
                None => {
                    at += 1;
                    found.push((Token::Sign(b'$'), Span::new(start, at)));
                }
            },
            it if it.is_ascii_whitespace() => at += 1,
            it if it == b'_' || it >= 0x80 || it.is_ascii_alphanumeric() => {
                while at < bytes.len()
                    && (bytes[at] == b'_' || bytes[at] >= 0x80 || bytes[at].is_ascii_alphanumeric())
                {
                    at += 1;
                }
                found.push((Token::Word, Span::new(start, at)));
            }
            it => {
                at += 1;
                found.push((Token::Sign(it), Span::new(start, at)));
            }
        }
    }
    found
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|it| *it == b'\n').map_or(bytes.len(), |it| at + it)
}

/// The end of what begins with a quote at `at`; a quote that is doubled does not end it.
fn quoted(bytes: &[u8], at: usize) -> usize {
    let quote = bytes[at];
    let mut to = at + 1;
    while to < bytes.len() {
        if bytes[to] == quote {
            if bytes.get(to + 1) != Some(&quote) {
                return to + 1;
            }
            to += 1;
        }
        to += 1;
    }
    bytes.len()
}

/// The end of a text between `$tag$`s; none where a `$` begins none.
fn dollar(sql: &str, at: usize) -> Option<usize> {
    let rest = &sql[at + 1..];
    let close = rest.find('$')?;
    let tag = &rest[..close];
    let named = tag.chars().all(|it| it == '_' || it.is_alphanumeric());
    if !named || tag.starts_with(|it: char| it.is_ascii_digit()) {
        return None;
    }
    let sign = &sql[at..=at + 1 + close];
    let body = at + sign.len();
    Some(sql[body..].find(sign).map_or(sql.len(), |it| body + it + sign.len()))
}

/// The places of a statement, in its order; a name as often as it stands there.
pub fn places(sql: &str) -> Vec<Place> {
    let all = tokens(sql);
    let mut found = Vec::new();
    let mut brackets: Vec<bool> = Vec::new();
    for (at, (token, span)) in all.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|it| all.get(it));
        match token {
            Token::Sign(b'[') => {
                // After a value it is a subscript, where a colon parts two bounds.
                let subscript = before.is_some_and(|it| match it.0 {
                    Token::Word => !sql[it.1.start..it.1.end].eq_ignore_ascii_case("array"),
                    Token::Quoted => true,
                    Token::Sign(sign) => sign == b')' || sign == b']',
                });
                brackets.push(subscript);
            }
            Token::Sign(b'(') => brackets.push(false),
            Token::Sign(b'{') => {
                brackets.push(false);
                if let Some(place) = braced(sql, &all[at..]) {
                    found.push(place);
                }
            }
            Token::Sign(b')' | b']' | b'}') => {
                brackets.pop();
            }
            Token::Sign(b':') => {
                let Some((Token::Word, word)) = all.get(at + 1) else { continue };
                let name = &sql[word.start..word.end];
                let touches = before.is_some_and(|it| {
                    it.1.end == span.start
                        && match it.0 {
                            Token::Word | Token::Quoted => true,
                            Token::Sign(sign) => b":?)]}@$'".contains(&sign),
                        }
                });
                let joined = word.start == span.end;
                let starts = name.starts_with(|it: char| it == '_' || it.is_alphabetic());
                if joined && starts && !touches && brackets.last() != Some(&true) {
                    let span = Span::new(span.start, word.end);
                    found.push(Place { name: name.to_owned(), span, typed: None });
                }
            }
            _ => {}
        }
    }
    found
}

/// `{name:Type}`, where the tokens begin with it.
fn braced(sql: &str, tokens: &[(Token, Span)]) -> Option<Place> {
    let [(_, open), (Token::Word, word), (Token::Sign(b':'), colon), rest @ ..] = tokens else {
        return None;
    };
    let close = rest.iter().position(|it| matches!(it.0, Token::Sign(b'}' | b'{')))?;
    if close == 0 || rest[close].0 != Token::Sign(b'}') {
        return None;
    }
    let kind = sql[colon.end..rest[close].1.start].trim();
    Some(Place {
        name: sql[word.start..word.end].to_owned(),
        span: Span::new(open.start, rest[close].1.end),
        typed: Some(kind.to_owned()),
    })
}

/// Names of tables that a statement reads, as far as words tell: what follows FROM, JOIN or a comma and is
/// no name of its own WITH.
pub fn tables(sql: &str) -> Vec<String> {
    let all = tokens(sql);
    let word = |at: usize| match all.get(at) {
        Some((Token::Word, span)) => Some(&sql[span.start..span.end]),
        Some((Token::Quoted, span)) if span.end - span.start >= 2 => {
            sql.get(span.start + 1..span.end - 1)
        }
        _ => None,
    };
    let is = |at: usize, text: &str| word(at).is_some_and(|it| it.eq_ignore_ascii_case(text));
    let sign =
        |at: usize, sign: u8| matches!(all.get(at), Some((Token::Sign(it), _)) if *it == sign);
    let (mut found, mut own) = (Vec::<String>::new(), Vec::<String>::new());
    for at in 0..all.len() {
        let Some(name) = word(at) else { continue };
        let mut after = at + 1;
        if sign(after, b'(') {
            while after < all.len() && !sign(after, b')') {
                after += 1;
            }
            after += 1;
        }
        if is(after, "as")
            && (sign(after + 1, b'(') || is(after + 1, "materialized") || is(after + 1, "not"))
        {
            own.push(name.to_owned());
        }
        let follows = at > 0 && (is(at - 1, "from") || is(at - 1, "join") || sign(at - 1, b','));
        if follows && !sign(at + 1, b'.') && !sign(at + 1, b'(') {
            found.push(name.to_owned());
        }
    }
    found.retain(|it| !own.iter().any(|own| own.eq_ignore_ascii_case(it)));
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(sql: &str) -> Vec<String> {
        places(sql).into_iter().map(|it| it.name).collect()
    }

    #[test]
    fn places_are_found_outside_text_names_and_comments() {
        let sql = "select ':a', \":b\", `:c` -- :d\n, x::int /* :e */ where t >= :from and t<:to \
                   and a[1:n] = :k and $$ :z $$ = 'it''s :no' and $x$ :q $x$ is null and (:from)";
        assert_eq!(names(sql), ["from", "to", "k", "from"]);
    }

    #[test]
    fn places_of_clickhouse_carry_their_type() {
        let found =
            places("select * from t where at >= {from:DateTime} and c in {c: Array(String)}");
        assert_eq!(found[0].typed.as_deref(), Some("DateTime"));
        assert_eq!(found[1].typed.as_deref(), Some("Array(String)"));
        assert_eq!((found[1].name.as_str(), found.len()), ("c", 2));
    }

    #[test]
    fn tables_are_words_after_from_join_and_commas() {
        let sql = "with recent as (select * from orders) select r.a, people.name from recent r \
                   join \"big people\" people on 1, other";
        assert_eq!(tables(sql), ["big people", "orders", "other"]);
    }

    #[test]
    fn no_bytes_make_it_panic() {
        for sql in
            ["'", "$", "$$", "$a$", ":", "{", "{a", "{a:", "/*", "--", "\"", "é:ü", "[:", "::"]
        {
            let _ = (places(sql), tables(sql));
        }
    }
}
