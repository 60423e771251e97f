//! What a script in Lua would destroy, as far as its text tells. What is called by a name that is not
//! written out cannot be told.

/// What it destroys, in words; none where every command it calls is seen, and none of them destroys.
pub(super) fn destroys(script: &str) -> Option<String> {
    let pieces = pieces(script);
    let unseen = Some("cannot be told: the script calls what its text does not name".to_owned());
    let repeats = pieces.iter().any(|it| {
        matches!(it, Piece::Word("for" | "while" | "repeat" | "unpack" | "goto" | "map"))
    });
    let (mut at, mut found) = (0, None);
    while at < pieces.len() {
        match &pieces[at] {
            Piece::Unclosed => return unseen,
            Piece::Word(
                "loadstring" | "load" | "dofile" | "_G" | "getfenv" | "setfenv" | "rawget",
            ) => {
                return unseen;
            }
            Piece::Word("redis" | "server") => {
                let called = (pieces.get(at + 1), pieces.get(at + 2));
                let (Some(Piece::Sign('.')), Some(Piece::Word(name))) = called else {
                    return unseen;
                };
                if matches!(*name, "call" | "pcall") {
                    let open = usize::from(pieces.get(at + 3) == Some(&Piece::Sign('(')));
                    // A text that is put together with another is none that is seen.
                    let end = pieces.get(at + 4 + open);
                    let whole = open == 0 || matches!(end, Some(Piece::Sign(')' | ',')));
                    let Some(Piece::Text(command)) = pieces.get(at + 3 + open).filter(|_| whole)
                    else {
                        return unseen;
                    };
                    let more = pieces.get(at + 5 + open..).unwrap_or_default();
                    found = found.or_else(|| command_destroys(command, more, repeats));
                }
                at += 2;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

fn command_destroys(command: &str, rest: &[Piece<'_>], repeats: bool) -> Option<String> {
    let end = rest.iter().position(|it| *it == Piece::Sign(')')).unwrap_or(rest.len());
    let rest = &rest[..end];
    let name = command.to_ascii_uppercase();
    if matches!(name.as_str(), "DEL" | "UNLINK") {
        let several = repeats || rest.contains(&Piece::Sign(','));
        return several.then(|| format!("the script removes keys ({name})"));
    }
    let word = |bytes: &str| super::Word { bytes: bytes.into(), range: 0..0, quoted: true };
    let mut words = vec![word(command)];
    words.extend(rest.iter().filter_map(|it| match it {
        Piece::Text(it) => Some(word(it)),
        _ => None,
    }));
    let second = words.get(1).map(super::upper).unwrap_or_default();
    super::destroys(&name, &second, &words).map(|it| format!("the script {it}"))
}

#[derive(Debug, PartialEq)]
enum Piece<'a> {
    Word(&'a str),
    Text(String),
    Sign(char),
    Unclosed,
}

/// Words, texts and signs of Lua, without comments.
fn pieces(script: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = script;
    while let Some(first) = rest.chars().next() {
        let comment = rest.strip_prefix("--");
        let long = long_bracket(comment.unwrap_or(rest));
        if let Some((inner, after)) = long {
            if comment.is_none() {
                pieces.push(Piece::Text(inner.to_owned()));
            }
            rest = after;
        } else if let Some(comment) = comment {
            rest = comment.split_once('\n').map_or("", |it| it.1);
        } else if first == '"' || first == '\'' {
            let Some((text, after)) = quoted(&rest[1..], first) else {
                pieces.push(Piece::Unclosed);
                return pieces;
            };
            pieces.push(text);
            rest = after;
        } else if first.is_ascii_alphanumeric() || first == '_' {
            let end = rest.find(|it: char| !it.is_ascii_alphanumeric() && it != '_');
            let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
            pieces.push(Piece::Word(word));
            rest = after;
        } else {
            if !first.is_whitespace() {
                pieces.push(Piece::Sign(first));
            }
            rest = &rest[first.len_utf8()..];
        }
    }
    pieces
}

/// `[[…]]`, `[=[…]=]`.
fn long_bracket(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('[')?.trim_start_matches('=');
    let level = text.len() - inner.len() - 1;
    let inner = inner.strip_prefix('[')?;
    let close = format!("]{}]", "=".repeat(level));
    inner.split_once(close.as_str())
}

/// A text up to its quote. One with letters that are written otherwise than they are is not seen.
fn quoted(text: &str, quote: char) -> Option<(Piece<'_>, &str)> {
    let mut escaped = false;
    for (at, letter) in text.char_indices() {
        if std::mem::take(&mut escaped) {
            if letter.is_ascii_digit() || matches!(letter, 'x' | 'u' | 'z') {
                return None;
            }
        } else if letter == '\\' {
            escaped = true;
        } else if letter == quote {
            let inner = text[..at].replace('\\', "");
            return Some((Piece::Text(inner), &text[at + 1..]));
        }
    }
    None
}
