//! Text as the words by which records are found and compared, in any script.

/// Longest word that is taken, in characters: beyond that it is data.
const LONGEST: usize = 40;
/// How much of a text is read, in bytes: logs pasted whole say nothing more after that.
pub const READ_MOST: usize = 8_000;

/// The words of a text, in order: see [`each`].
pub fn words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    each(text, &mut |it| found.push(it.to_owned()));
    found
}

/// The words of a text with spaces between them: what a full-text index is given, so that it finds by
/// the same words.
pub fn joined(text: &str) -> String {
    let mut found = String::new();
    each(text, &mut |it| {
        if !found.is_empty() {
            found.push(' ');
        }
        found.push_str(it);
    });
    found
}

/// Hands on each word of the first [`READ_MOST`] bytes of a text, in small letters and in order: runs
/// of letters and digits; names such as `getFileName` and `max_size` whole and then in their parts;
/// scripts without spaces as pairs of neighbouring characters.
pub fn each(text: &str, take: &mut impl FnMut(&str)) {
    let text = &text[..text.floor_char_boundary(READ_MOST)];
    let (mut letters, mut word) = (Vec::new(), String::new());
    // Where a run begins, and whether it is nothing but small Latin letters and digits, as most are.
    let mut run: Option<(usize, bool)> = None;
    let mut end = |run: &mut Option<(usize, bool)>, at: usize| {
        let Some((start, plain)) = run.take() else { return };
        let found = &text[start..at];
        if !plain && is_one_part(found) {
            if found.len() <= LONGEST {
                word.clear();
                word.extend(found.bytes().map(|it| char::from(it.to_ascii_lowercase())));
                take(&word);
            }
        } else if !plain {
            letters.clear();
            letters.extend(found.chars());
            split(&letters, &mut word, take);
        } else if found.len() <= LONGEST {
            take(found);
        }
    };
    let mut at = 0;
    // By byte: nearly all text is ASCII, and a table tells that apart in one look.
    while let Some(byte) = text.as_bytes().get(at) {
        let (small, letter, length) = match CLASSES[usize::from(*byte)] {
            Class::Small => (true, true, 1),
            Class::Letter => (false, true, 1),
            Class::Other => (false, false, 1),
            Class::Wide => {
                let Some(it) = text[at..].chars().next() else { break };
                (false, it.is_alphanumeric() || is_mark(it), it.len_utf8())
            }
        };
        if letter {
            let (start, plain) = run.unwrap_or((at, true));
            run = Some((start, plain && small));
        } else {
            end(&mut run, at);
        }
        at += length;
    }
    end(&mut run, at);
}

/// What a byte is at the start of a character.
#[derive(Clone, Copy)]
enum Class {
    /// A small Latin letter or a digit.
    Small,
    /// A capital Latin letter or an underscore.
    Letter,
    Other,
    /// The start of a character that is not ASCII.
    Wide,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'a'..=b'z' | b'0'..=b'9' => Class::Small,
            b'A'..=b'Z' | b'_' => Class::Letter,
            0x80.. => Class::Wide,
            _ => Class::Other,
        };
        byte += 1;
    }
    classes
};

/// Whether a run is surely no name of several parts: `Word`, `WORD`. What others are, [`split`] tells.
fn is_one_part(run: &str) -> bool {
    let (first, rest) = run.as_bytes().split_at(1);
    let small = |it: &u8| it.is_ascii_lowercase() || it.is_ascii_digit();
    first[0].is_ascii_uppercase()
        && (rest.iter().all(small) || rest.iter().all(u8::is_ascii_uppercase))
}

/// Marks that belong to the letter before them and that [`char::is_alphanumeric`] does not know.
fn is_mark(it: char) -> bool {
    matches!(it, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{65f}'
        | '\u{900}'..='\u{dff}' | '\u{e31}'..='\u{e4e}' | '\u{1dc0}'..='\u{1dff}')
}

/// Letters of scripts that are written without spaces between words.
fn is_spaceless(it: char) -> bool {
    matches!(it, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

/// Whether a part of a name begins at `at`: `fileName`, `HTTPServer`, `utf8Text`.
fn begins(run: &[char], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|it| run[it]) else { return false };
    run[at].is_uppercase()
        && (before.is_lowercase()
            || before.is_numeric()
            || (before.is_uppercase() && run.get(at + 1).is_some_and(|it| it.is_lowercase())))
}

fn split(run: &[char], word: &mut String, take: &mut impl FnMut(&str)) {
    let mut tell = |part: &[char]| {
        let letters = part.iter().filter(|it| **it != '_');
        if letters.clone().take(LONGEST + 1).count() > LONGEST {
            return;
        }
        word.clear();
        letters.for_each(|it| word.extend(it.to_lowercase()));
        if !word.is_empty() {
            take(word);
        }
    };
    for stretch in run.chunk_by(|a, b| is_spaceless(*a) == is_spaceless(*b)) {
        if is_spaceless(stretch[0]) {
            match stretch {
                [_] => tell(stretch),
                _ => stretch.windows(2).for_each(&mut tell),
            }
            continue;
        }
        let mut starts: Vec<usize> = vec![0];
        starts.extend((1..stretch.len()).filter(|at| stretch[*at] == '_' || begins(stretch, *at)));
        starts.push(stretch.len());
        let parts = || starts.windows(2).map(|it| &stretch[it[0]..it[1]]);
        if parts().filter(|it| it.iter().any(|it| *it != '_')).count() > 1 {
            tell(stretch);
        }
        parts().for_each(&mut tell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words_whole_and_in_parts() {
        assert_eq!(words("getFileName()"), ["getfilename", "get", "file", "name"]);
        assert_eq!(words("MAX_size"), ["maxsize", "max", "size"]);
        assert_eq!(words("HTTPServer2Go"), ["httpserver2go", "http", "server2", "go"]);
        assert_eq!(words("a plain-text 1.2"), ["a", "plain", "text", "1", "2"]);
        assert_eq!(
            words("Word WORD W2o A1B aB"),
            ["word", "word", "w2o", "a1b", "a1", "b", "ab", "a", "b"]
        );
        assert_eq!(words(&format!("A{}", "b".repeat(40))), Vec::<String>::new());
    }

    #[test]
    fn any_script_has_words() {
        assert_eq!(words("Ошибка входа"), ["ошибка", "входа"]);
        assert_eq!(words("登录失败"), ["登录", "录失", "失败"]);
        assert_eq!(words("東 app起動"), ["東", "app", "起動"]);
        assert_eq!(words("नमस्ते दुनिया"), ["नमस्ते", "दुनिया"]);
        assert_eq!(words("Ünïcödé"), ["ünïcödé"]);
    }

    #[test]
    fn data_is_no_word_and_nothing_is_nothing() {
        assert_eq!(words(&"f".repeat(41)), Vec::<String>::new());
        assert_eq!(words(" ,;__ \u{0}"), Vec::<String>::new());
        assert!(words(&"é ".repeat(READ_MOST)).len() <= READ_MOST);
    }

    #[test]
    fn an_index_is_given_the_same_words() {
        assert_eq!(joined("openFile 登录失 x"), "openfile open file 登录 录失 x");
    }
}
