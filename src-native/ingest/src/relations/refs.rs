//! What a text speaks of: issues by key or number, pull requests by address, commits by id.

/// Something that a text speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ref<'a> {
    /// `ABC-12`, of a prefix that was asked for: as written, in any case.
    Key { prefix: &'a str, number: u32 },
    /// `#12`, `owner/name#12` or the address of an issue of GitHub's.
    Number { at: Option<&'a str>, number: u64 },
    /// The address of a pull request: `owner/name` and its number.
    Pull { at: &'a str, number: u64 },
    /// A commit's id, whole or its beginning.
    Commit { hex: &'a str },
}

/// Something found, and how it is spoken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found<'a> {
    pub(super) what: Ref<'a>,
    /// Nothing but brackets, other keys and a word such as `fix` stands before it.
    pub(super) leads: bool,
    /// A word such as `Fixes` stands right before it.
    pub(super) closes: bool,
    /// Words such as `fixed in` stand right before it.
    pub(super) closed_by: bool,
    start: usize,
    end: usize,
}

/// Words after which GitHub closes an issue.
const CLOSING: [&str; 9] =
    ["close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved"];
/// What may stand between such a word and what did it.
const BY: [&str; 4] = ["by", "in", "via", "with"];
/// Words that may stand before a key that leads a subject.
const LEADING: [&str; 22] = [
    "and", "bug", "bugfix", "build", "chore", "ci", "docs", "feat", "feature", "fix", "fixed",
    "fixes", "fixing", "for", "hotfix", "issue", "jira", "perf", "refactor", "resolves", "style",
    "test",
];

/// How a text is to be read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// As people write: keys in another writing than `ABC-12` count at the beginning, in brackets
    /// and after a word such as `Fixes`.
    Prose,
    /// The name of a branch: keys in any writing count, whatever they are glued to.
    Branch,
}

/// Bytes at which something spoken of may be seen: most of a text is others.
const MAY_BEGIN: [bool; 256] = {
    let mut may = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        may[byte] = matches!(byte as u8, b'#' | b'/') || (byte as u8).is_ascii_hexdigit();
        byte += 1;
    }
    may
};

/// What a text speaks of, in its order. `known` says of a word in capitals whether it is a prefix.
pub(super) fn refs<'a>(
    text: &'a str,
    reading: Reading,
    known: &dyn Fn(&str) -> bool,
) -> Vec<Found<'a>> {
    let mut found: Vec<Found<'a>> = Vec::new();
    let mut add = |what, start, end| {
        found.push(Found { what, leads: false, closes: false, closed_by: false, start, end });
    };
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !MAY_BEGIN[usize::from(bytes[at])] {
            at += 1;
            continue;
        }
        let starts_word = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
        match bytes[at] {
            b'#' => {
                if let Some((what, start, end)) = number(text, at) {
                    add(what, start, end);
                }
            }
            b'/' => {
                if let Some((what, start, end)) = address(text, at) {
                    add(what, start, end);
                    at = end;
                    continue;
                }
            }
            b'1'..=b'9' if at > 1 && b"-_ ".contains(&bytes[at - 1]) => {
                if let Some((what, start, end)) = key(text, at, reading, known) {
                    add(what, start, end);
                    at = end;
                    continue;
                }
            }
            _ => {}
        }
        if starts_word && bytes[at].is_ascii_hexdigit() {
            let digits = digits(&bytes[at..], u8::is_ascii_hexdigit, 65);
            let ends = bytes.get(at + digits).is_none_or(|it| !it.is_ascii_alphanumeric());
            let named = || last_word(&text[..at]).0.eq_ignore_ascii_case("commit");
            if ends && (matches!(digits, 40 | 64) || ((7..40).contains(&digits) && named())) {
                add(Ref::Commit { hex: &text[at..at + digits] }, at, at + digits);
                at += digits;
                continue;
            }
        }
        at += 1;
    }
    judge(text, &mut found);
    if reading == Reading::Prose {
        let bracket = |it: &Found<'_>| text[..it.start].ends_with(['[', '(']);
        found.retain(|it| match it.what {
            Ref::Key { prefix, number } => {
                let exact = !prefix.bytes().any(|it| it.is_ascii_lowercase())
                    && text[it.start + prefix.len()..].starts_with('-')
                    && it.end == it.start + prefix.len() + 1 + number.to_string().len();
                exact || it.leads || it.closes || bracket(it)
            }
            _ => true,
        });
    }
    found
}

/// Tells of each what stands before it.
fn judge(text: &str, found: &mut [Found<'_>]) {
    let (mut last, mut leading) = (0, true);
    for it in found.iter_mut() {
        let between = text.get(last..it.start).unwrap_or_default();
        leading &= {
            let mut words = between
                .split(|it: char| !it.is_alphanumeric())
                .filter(|it| !it.is_empty())
                .peekable();
            // `fix(scope): ` may stand before the first.
            let scope = between.split_once('(').filter(|_| between.trim_end().ends_with("):"));
            match scope {
                Some((word, _)) => is_one_of(word.trim(), &LEADING),
                // After a key, only another that stands in one list with it.
                None if last > 0 => words.all(|it| it.eq_ignore_ascii_case("and")),
                None => words.all(|it| is_one_of(it, &LEADING)),
            }
        };
        it.leads = leading;
        last = it.end.max(last);
        let before = text[..it.start].trim_end_matches([' ', ':', '[', '(', '\t', '-', '*']);
        let before = match it.what {
            // An address is spoken of as a whole.
            Ref::Pull { .. } | Ref::Number { .. } => {
                let word = before.trim_end_matches(|it: char| !it.is_whitespace()).len();
                let scheme =
                    before[word..].contains("://") || before[word..].contains("github.com");
                if scheme { before[..word].trim_end_matches([' ', ':', '[', '(']) } else { before }
            }
            _ => before,
        };
        let (word, rest) = last_word(before);
        it.closes = is_one_of(word, &CLOSING);
        it.closed_by = is_one_of(word, &BY) && is_one_of(last_word(rest).0, &CLOSING);
    }
}

/// What stands behind a beginning such as `fix(scope): `, if a text has one.
pub(super) fn kind_of_change(text: &str) -> Option<&str> {
    let (kind, rest) = text.split_once(':')?;
    let word = kind.strip_suffix('!').unwrap_or(kind);
    let word = match word.strip_suffix(')') {
        Some(scoped) => scoped.split_once('(')?.0,
        None => word,
    };
    is_one_of(word, &LEADING).then_some(rest)
}

fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|it| it.eq_ignore_ascii_case(word))
}

/// The last word of a text that ends in one, and what stands before it.
fn last_word(text: &str) -> (&str, &str) {
    let text = text.trim_end();
    let start = text
        .rfind(|it: char| !it.is_alphanumeric())
        .map_or(0, |it| it + text[it..].chars().next().map_or(1, char::len_utf8));
    (&text[start..], &text[..start])
}

fn digits(bytes: &[u8], is: fn(&u8) -> bool, most: usize) -> usize {
    bytes.iter().take(most).take_while(|it| is(it)).count()
}

/// Digits from `at` on as a number that no letter or digit follows.
fn whole_number(text: &str, at: usize) -> Option<(u64, usize)> {
    let bytes = text.as_bytes();
    let length = digits(&bytes[at..], u8::is_ascii_digit, 11);
    let end = at + length;
    let ends = bytes.get(end).is_none_or(|it| !it.is_ascii_alphanumeric());
    if !(1..=10).contains(&length) || bytes[at] == b'0' || !ends {
        return None;
    }
    Some((text[at..end].parse().ok()?, end))
}

/// `#12` or `owner/name#12` around a `#`.
fn number(text: &str, hash: usize) -> Option<(Ref<'_>, usize, usize)> {
    if hash + 1 >= text.len() || !text.as_bytes()[hash + 1].is_ascii_digit() {
        return None;
    }
    let (number, end) = whole_number(text, hash + 1)?;
    let start = name_start(text, hash);
    let place = &text[start..hash];
    if place.is_empty() {
        let joined =
            text[..hash].ends_with(|it: char| it.is_alphanumeric() || it == '&' || it == '/');
        return (!joined).then_some((Ref::Number { at: None, number }, hash, end));
    }
    let (owner, name) = place.split_once('/')?;
    let at = !owner.is_empty() && !name.is_empty() && !name.contains('/');
    at.then_some((Ref::Number { at: Some(place), number }, start, end))
}

/// Where the `owner/name` that ends at `end` begins.
fn name_start(text: &str, end: usize) -> usize {
    let of_name = |it: &u8| it.is_ascii_alphanumeric() || b"-_./".contains(it);
    end - text.as_bytes()[..end].iter().rev().take_while(|it| of_name(it)).count()
}

/// `owner/name/pull/12`, `…/issues/12` or `…/commit/ID` around the slash before the word.
fn address(text: &str, slash: usize) -> Option<(Ref<'_>, usize, usize)> {
    let rest = &text[slash..];
    let word = ["/pull/", "/issues/", "/commit/", "/commits/"]
        .into_iter()
        .find(|it| rest.starts_with(it))?;
    let value = slash + word.len();
    if value >= text.len() {
        return None;
    }
    if word.starts_with("/commit") {
        let length = digits(&text.as_bytes()[value..], u8::is_ascii_hexdigit, 65);
        let hex = &text[value..value + length];
        return (7..=64).contains(&length).then_some((Ref::Commit { hex }, slash, value + length));
    }
    let before = &text[name_start(text, slash)..slash];
    let name = before.rfind('/')?;
    let owner = before[..name].rfind('/').map_or(0, |it| it + 1);
    let at = &before[owner..];
    if owner == name || name + 1 == before.len() {
        return None;
    }
    let (number, end) = whole_number(text, value)?;
    let what = match word {
        "/pull/" => Ref::Pull { at, number },
        _ => Ref::Number { at: Some(at), number },
    };
    Some((what, slash - at.len(), end))
}

/// A key around the first digit of its number.
fn key<'a>(
    text: &'a str,
    digit: usize,
    reading: Reading,
    known: &dyn Fn(&str) -> bool,
) -> Option<(Ref<'a>, usize, usize)> {
    let bytes = text.as_bytes();
    let glue = digit - 1;
    let in_word = |it: &u8| it.is_ascii_alphanumeric() || (*it == b'_' && bytes[glue] == b'-');
    let length = bytes[..glue].iter().rev().take(16).take_while(|it| in_word(it)).count();
    let mut start = glue - length;
    if reading == Reading::Branch
        && let Some(under) = text[start..glue].rfind('_')
        && !known(&text[start..glue].to_ascii_uppercase())
    {
        start += under + 1;
    }
    let prefix = &text[start..glue];
    if prefix.len() < 2 || !known(&prefix.to_ascii_uppercase()) {
        return None;
    }
    let count = digits(&bytes[digit..], u8::is_ascii_digit, 10);
    let end = digit + count;
    let number = text[digit..end].parse().ok().filter(|_| count <= 9)?;
    let joined = match reading {
        Reading::Branch => start > 0 && bytes[start - 1].is_ascii_alphanumeric(),
        Reading::Prose => {
            let word = |it: &u8| it.is_ascii_alphanumeric() || *it == b'-' || *it == b'_';
            let goes_on = match (bytes.get(end), bytes.get(end + 1)) {
                (Some(b'-' | b'_'), Some(next)) => next.is_ascii_alphanumeric(),
                (Some(b'.'), Some(next)) => next.is_ascii_digit(),
                (Some(next), _) => next.is_ascii_alphanumeric(),
                (None, _) => false,
            };
            goes_on || (start > 0 && word(&bytes[start - 1]))
        }
    };
    (!joined).then_some((Ref::Key { prefix, number }, start, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_brings_it_down() {
        const PARTS: [&str; 24] = [
            "\u{a0}",
            "\u{2028}",
            " ",
            "-",
            "#",
            "/",
            "12",
            "0",
            "A",
            "PROJ",
            "proj",
            "é",
            "支払い",
            "😀",
            "github.com/",
            "https://",
            "/pull/",
            "/issues/",
            "/commit/",
            "o/n",
            "deadbeef1",
            "fixes ",
            "(",
            "_",
        ];
        let mut seed = 7u64;
        let mut next = |most: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) as usize % most
        };
        for _ in 0..20_000 {
            let text: String = (0..1 + next(9)).map(|_| PARTS[next(PARTS.len())]).collect();
            for reading in [Reading::Prose, Reading::Branch] {
                for found in refs(&text, reading, &|it| it == "PROJ") {
                    assert!(text.is_char_boundary(found.start) && text.is_char_boundary(found.end));
                }
            }
        }
    }
}
