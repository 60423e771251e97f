//! The text between blocks: a small Markdown as typed nodes. Markup of other languages stays text, and a
//! link leads to the web, a mail address or a place in the program, nowhere else.

/// A piece of text that stands by itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// A heading, from level 1 to 6.
    Heading(u8, Vec<Inline>),
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// A list: numbered from where, or not, and its items with what stands below each.
    List(Option<u32>, Vec<Vec<Node>>),
    /// Code, with the language it says it is.
    Code(String, String),
    /// Somebody else's words.
    Quote(Vec<Node>),
    /// A table: its head, and its rows.
    Table(Vec<Vec<Inline>>, Vec<Vec<Vec<Inline>>>),
    /// A line across.
    Rule,
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq)]
pub enum Inline {
    /// Words.
    Text(String),
    /// Words that are stressed.
    Emphasis(Vec<Inline>),
    /// Words that are stressed strongly.
    Strong(Vec<Inline>),
    /// Code.
    Code(String),
    /// Words that lead somewhere.
    Link(Vec<Inline>, String),
    /// The line ends here.
    Break,
}

/// How deep lists and quotes may stand in each other; below that they are text.
const DEEPEST: usize = 8;

/// Reads text without blocks of a dashboard.
pub fn nodes(text: &str) -> Vec<Node> {
    let lines: Vec<&str> = text.lines().collect();
    block(&lines, 0)
}

/// The words of pieces of a line, without what is drawn around them.
pub fn plain(inline: &[Inline]) -> String {
    let mut text = String::new();
    for it in inline {
        match it {
            Inline::Text(it) | Inline::Code(it) => text.push_str(it),
            Inline::Emphasis(it) | Inline::Strong(it) | Inline::Link(it, _) => {
                text.push_str(&plain(it));
            }
            Inline::Break => text.push(' '),
        }
    }
    text
}

/// Whether a line begins or ends a block of code: its sign, how often, and what stands behind it.
pub(super) fn fence(line: &str) -> Option<(char, usize, &str)> {
    let inner = line.trim_start_matches(' ');
    if line.len() - inner.len() > 3 {
        return None;
    }
    let sign = inner.chars().next().filter(|it| matches!(it, '`' | '~'))?;
    let count = inner.chars().take_while(|it| *it == sign).count();
    let info = &inner[count..];
    (count >= 3 && !(sign == '`' && info.contains('`'))).then_some((sign, count, info))
}

/// A list's sign at the beginning of a line: its number, and the bytes before its words.
fn bullet(line: &str) -> Option<(Option<u32>, usize)> {
    let inner = line.trim_start_matches(' ');
    let indent = line.len() - inner.len();
    if let Some(rest) = inner.strip_prefix(['-', '*', '+']) {
        return (rest.is_empty() || rest.starts_with(' ')).then_some((None, indent + 2));
    }
    let digits = inner.bytes().take_while(u8::is_ascii_digit).count();
    let rest = inner[digits..].strip_prefix(['.', ')'])?;
    let number = inner[..digits].parse().ok()?;
    (rest.is_empty() || rest.starts_with(' ')).then_some((Some(number), indent + digits + 2))
}

fn rule(line: &str) -> bool {
    let signs: Vec<char> = line.chars().filter(|it| !it.is_whitespace()).collect();
    signs.len() >= 3
        && matches!(signs[0], '-' | '*' | '_')
        && signs.iter().all(|it| *it == signs[0])
}

fn heading(line: &str) -> Option<(u8, &str)> {
    let inner = line.trim_start();
    let level = inner.bytes().take_while(|it| *it == b'#').count();
    let rest = &inner[level..];
    let ends = rest.is_empty() || rest.starts_with([' ', '\t']);
    let words = rest.trim().trim_end_matches('#').trim_end();
    ((1..=6).contains(&level) && ends).then_some((level as u8, words))
}

/// The cells of a line of a table.
fn cells(line: &str) -> Vec<&str> {
    let line = line.trim();
    let line = line.strip_prefix('|').unwrap_or(line);
    let line = line.strip_suffix('|').unwrap_or(line);
    line.split('|').map(str::trim).collect()
}

/// Whether a line parts the head of a table from its rows.
fn parts(line: &str) -> bool {
    line.contains('-')
        && line.contains('|')
        && line.chars().all(|it| matches!(it, '-' | '|' | ':' | ' '))
}

fn block(lines: &[&str], depth: usize) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut paragraph: Vec<&str> = Vec::new();
    let mut at = 0;
    let flush = |paragraph: &mut Vec<&str>, nodes: &mut Vec<Node>| {
        if !paragraph.is_empty() {
            nodes.push(Node::Paragraph(lines_of(paragraph)));
            paragraph.clear();
        }
    };
    while let Some(&line) = lines.get(at) {
        at += 1;
        if line.trim().is_empty() {
            flush(&mut paragraph, &mut nodes);
            continue;
        }
        if let Some((sign, count, info)) = fence(line) {
            flush(&mut paragraph, &mut nodes);
            let mut code = Vec::new();
            while let Some(&line) = lines.get(at) {
                at += 1;
                if fence(line)
                    .is_some_and(|it| it.0 == sign && it.1 >= count && it.2.trim().is_empty())
                {
                    break;
                }
                code.push(line);
            }
            let language = info.split_whitespace().next().unwrap_or_default();
            nodes.push(Node::Code(language.to_owned(), code.join("\n")));
            continue;
        }
        if let Some((level, words)) = heading(line) {
            flush(&mut paragraph, &mut nodes);
            nodes.push(Node::Heading(level, inline(words)));
            continue;
        }
        if rule(line) && paragraph.is_empty() {
            nodes.push(Node::Rule);
            continue;
        }
        if depth < DEEPEST && line.trim_start().starts_with('>') {
            flush(&mut paragraph, &mut nodes);
            let mut inner = Vec::new();
            at -= 1;
            while let Some(rest) = lines.get(at).and_then(|it| it.trim_start().strip_prefix('>')) {
                inner.push(rest.strip_prefix(' ').unwrap_or(rest));
                at += 1;
            }
            nodes.push(Node::Quote(block(&inner, depth + 1)));
            continue;
        }
        let starts = bullet(line).filter(|it| {
            depth < DEEPEST && (paragraph.is_empty() || it.0.is_none_or(|it| it == 1))
        });
        if let Some((number, _)) = starts {
            flush(&mut paragraph, &mut nodes);
            let (items, next) = list(lines, at - 1, number.is_some(), depth);
            nodes.push(Node::List(number, items));
            at = next;
            continue;
        }
        if paragraph.is_empty() && line.contains('|') && lines.get(at).is_some_and(|it| parts(it)) {
            let head: Vec<_> = cells(line).into_iter().map(inline).collect();
            let mut rows = Vec::new();
            at += 1;
            while let Some(line) = lines.get(at).filter(|it| it.contains('|')) {
                let mut row: Vec<_> = cells(line).into_iter().map(inline).collect();
                row.truncate(head.len()); // one that is shorter stays so: a wide head would make it large
                rows.push(row);
                at += 1;
            }
            nodes.push(Node::Table(head, rows));
            continue;
        }
        paragraph.push(line);
    }
    flush(&mut paragraph, &mut nodes);
    nodes
}

/// The items of a list that begins at a line, and the line after it.
fn list(lines: &[&str], from: usize, numbered: bool, depth: usize) -> (Vec<Vec<Node>>, usize) {
    let mut items: Vec<Vec<&str>> = Vec::new();
    let (mut at, mut indent) = (from, 0);
    let first = lines[from].len() - lines[from].trim_start_matches(' ').len();
    while let Some(&line) = lines.get(at) {
        let leading = line.len() - line.trim_start_matches(' ').len();
        let own = bullet(line).filter(|it| leading <= first + 1 && it.0.is_some() == numbered);
        match own {
            Some((_, width)) => {
                indent = width;
                items.push(vec![line.get(width..).unwrap_or_default()]);
            }
            None if line.trim().is_empty() => {
                // A list goes on after an empty line where the next line belongs to it.
                let goes_on = lines.get(at + 1).is_some_and(|next| {
                    let leading = next.len() - next.trim_start_matches(' ').len();
                    !next.trim().is_empty()
                        && (leading >= indent
                            || bullet(next).is_some_and(|it| {
                                it.0.is_some() == numbered && leading <= first + 1
                            }))
                });
                if !goes_on {
                    break;
                }
                if let Some(item) = items.last_mut() {
                    item.push("");
                }
            }
            None if leading >= indent.min(first + 2) && leading > first => {
                if let Some(item) = items.last_mut() {
                    item.push(line.get(leading.min(indent)..).unwrap_or_default());
                }
            }
            None => {
                let lazy = bullet(line).is_none()
                    && heading(line).is_none()
                    && fence(line).is_none()
                    && !line.trim_start().starts_with('>')
                    && !lines[at - 1].trim().is_empty();
                match items.last_mut().filter(|_| lazy) {
                    Some(item) => item.push(line.trim_start()),
                    None => break,
                }
            }
        }
        at += 1;
    }
    (items.iter().map(|it| block(it, depth + 1)).collect(), at)
}

/// The pieces of a paragraph's lines.
fn lines_of(lines: &[&str]) -> Vec<Inline> {
    let mut joined = String::new();
    for (at, line) in lines.iter().enumerate() {
        let last = at + 1 == lines.len();
        let hard = !last && (line.ends_with("  ") || line.ends_with('\\'));
        joined.push_str(line.trim().trim_end_matches(if hard { '\\' } else { '\0' }));
        if !last {
            joined.push(if hard { '\n' } else { ' ' });
        }
    }
    inline(&joined)
}

/// The pieces of a line.
pub fn inline(text: &str) -> Vec<Inline> {
    // Signs that nothing closes are each looked for up to the end: what is left of a text made of them is
    // words, so that no file makes it take longer than its length.
    let mut left = 1_000 + text.len().saturating_mul(LOOKS);
    pieces(text, 0, &mut left)
}

/// How often each letter of a text is looked at, at most, for what closes a sign.
const LOOKS: usize = 100;

/// The pieces of a text; `left` is how many more letters may be looked at for what closes a sign.
fn pieces(text: &str, depth: usize, left: &mut usize) -> Vec<Inline> {
    let mut found = Vec::new();
    let mut words = String::new();
    let mut rest = text;
    let push = |words: &mut String, found: &mut Vec<Inline>, it: Inline| {
        if !words.is_empty() {
            found.push(Inline::Text(std::mem::take(words)));
        }
        found.push(it);
    };
    while let Some(letter) = rest.chars().next() {
        let after = &rest[letter.len_utf8()..];
        let taken = match letter {
            '\\' => match after.chars().next().filter(char::is_ascii_punctuation) {
                Some(it) => {
                    words.push(it);
                    Some(&after[1..])
                }
                None => None,
            },
            '\n' => {
                push(&mut words, &mut found, Inline::Break);
                Some(after)
            }
            '`' => {
                let count = rest.bytes().take_while(|it| *it == b'`').count();
                let body = &rest[count..];
                closing(body, count, left).map(|end| {
                    let code = &body[..end];
                    let spaced = code.len() > 2 && code.starts_with(' ') && code.ends_with(' ');
                    let code = if spaced { &code[1..code.len() - 1] } else { code };
                    push(&mut words, &mut found, Inline::Code(code.to_owned()));
                    &body[end + count..]
                })
            }
            '*' | '_' if depth < DEEPEST => stressed(rest, letter, words.chars().next_back(), left)
                .map(|it| {
                    let inner = pieces(it.1, depth + 1, left);
                    let node = if it.0 { Inline::Strong(inner) } else { Inline::Emphasis(inner) };
                    push(&mut words, &mut found, node);
                    it.2
                }),
            '[' if depth < DEEPEST => link(rest, left).map(|(label, to, rest)| {
                let label = pieces(label, depth + 1, left);
                push(&mut words, &mut found, Inline::Link(label, to));
                rest
            }),
            _ => None,
        };
        match taken {
            Some(it) => rest = it,
            None => {
                // Signs that open nothing are words, all of them at once.
                let run = match letter {
                    '`' | '*' | '_' => rest.chars().take_while(|it| *it == letter).count(),
                    _ => letter.len_utf8(),
                };
                words.push_str(&rest[..run]);
                rest = &rest[run..];
            }
        }
    }
    if !words.is_empty() {
        found.push(Inline::Text(words));
    }
    found
}

/// Where exactly so many backticks stand.
fn closing(body: &str, count: usize, left: &mut usize) -> Option<usize> {
    let bytes = body.as_bytes();
    let bytes = &bytes[..bytes.len().min(*left)];
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'`' {
            at += 1;
            continue;
        }
        let run = bytes[at..].iter().take_while(|it| **it == b'`').count();
        if run == count {
            *left -= at;
            return Some(at);
        }
        at += run;
    }
    *left -= bytes.len();
    None
}

/// Stressed words at the beginning of a text: whether strongly, they, and what follows.
fn stressed<'a>(
    text: &'a str,
    sign: char,
    before: Option<char>,
    left: &mut usize,
) -> Option<(bool, &'a str, &'a str)> {
    let run = text.chars().take_while(|it| *it == sign).count();
    let inside = sign == '_' && before.is_some_and(char::is_alphanumeric);
    if run > 3 || inside {
        return None;
    }
    let count = run.min(2);
    let body = &text[count..];
    if body.starts_with(|it: char| it.is_whitespace()) {
        return None;
    }
    let signs: String = std::iter::repeat_n(sign, count).collect();
    let mut from = 0;
    while *left > 0 {
        let Some(found) = body[from..].find(&signs) else {
            *left = left.saturating_sub(body.len() - from);
            return None;
        };
        let end = from + found;
        *left = left.saturating_sub(found + count);
        let space = body[..end].ends_with(|it: char| it.is_whitespace());
        let after = &body[end + count..];
        let word = sign == '_' && after.starts_with(|it: char| it.is_alphanumeric());
        let longer = count == 1 && after.starts_with(sign);
        if end > 0 && !space && !word && !longer {
            return Some((count == 2, &body[..end], after));
        }
        from = end + count + usize::from(longer);
        if from > body.len() || !body.is_char_boundary(from) {
            return None;
        }
    }
    None
}

/// A link at the beginning of a text: its words, where it leads, and what follows.
fn link<'a>(text: &'a str, left: &mut usize) -> Option<(&'a str, String, &'a str)> {
    let mut depth = 0_usize;
    let close = text.char_indices().take(*left).find_map(|(at, it)| {
        match it {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(at)
    });
    *left = left.saturating_sub(close.unwrap_or(text.len()));
    let close = close?;
    let target = text[close + 1..].strip_prefix('(')?;
    let end = target.find(')');
    *left = left.saturating_sub(end.unwrap_or(target.len()));
    let end = end?;
    let to = target[..end].trim();
    leads(to).then(|| (&text[1..close], to.to_owned(), &target[end + 1..]))
}

/// Whether a link may lead there: to the web, to a mail address, or to a place in the program.
pub fn leads(to: &str) -> bool {
    let lower = to.to_ascii_lowercase();
    let clean = !to.is_empty() && !to.chars().any(|it| it.is_whitespace() || it.is_control());
    let scheme = lower.split_once(':').map(|it| it.0);
    let relative = scheme.is_none_or(|it| it.contains(['/', '?', '#']));
    clean
        && (relative && !lower.starts_with("//")
            || matches!(scheme, Some("http" | "https" | "mailto")))
}
