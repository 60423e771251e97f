//! How wide words are, estimated: the page draws with whatever font the system has.

/// Advances of the letters from space to `~`, in thousandths of the size of the letters.
const ADVANCES: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/// Fonts differ: most that systems have are no wider than this.
const WIDER: f64 = 1.11;

/// Width of a letter, in thousandths of its size.
fn advance(letter: char) -> f64 {
    match letter {
        ' '..='~' => f64::from(ADVANCES[letter as usize - 32]),
        '\u{202f}' | '\u{2009}' => 200.0,
        '…' | '—' => 1000.0,
        _ => match unicode_width::UnicodeWidthChar::width(letter) {
            Some(0) => 0.0,
            Some(2) => 1000.0,
            _ => match letter {
                '\u{400}'..='\u{52f}' => 610.0,
                it if it.is_uppercase() => 690.0,
                _ => 560.0,
            },
        },
    }
}

/// Width of words in letters of a size, in points.
pub fn width(words: &str, size: f64) -> f64 {
    words.chars().map(advance).sum::<f64>() / 1000.0 * size * WIDER
}

/// Words that are no wider than so many points; what is left out is an ellipsis.
pub fn cut(words: &str, size: f64, most: f64) -> String {
    if width(words, size) <= most {
        return words.to_owned();
    }
    let room = most - width("…", size);
    let mut used = 0.0;
    let mut end = 0;
    for (at, letter) in words.char_indices() {
        let next = advance(letter) / 1000.0 * size * WIDER;
        if used + next > room {
            break;
        }
        used += next;
        end = at + letter.len_utf8();
    }
    let begin = words[..end].trim_end();
    // A mark that is drawn over a letter stays with it.
    if begin.is_empty() { String::new() } else { format!("{begin}…") }
}

/// Words on lines that are no wider than so many points, at most so many of them.
pub fn lines(words: &str, size: f64, most: f64, count: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    let mut rest = words.split(' ').filter(|it| !it.is_empty()).peekable();
    while let Some(word) = rest.next() {
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if line.is_empty() || width(&longer, size) <= most {
            line = longer;
            continue;
        }
        if lines.len() + 1 == count {
            let all = std::iter::once(longer.as_str()).chain(rest).collect::<Vec<_>>().join(" ");
            lines.push(cut(&all, size, most));
            return lines;
        }
        lines.push(cut(&std::mem::replace(&mut line, word.to_owned()), size, most));
    }
    if !line.is_empty() {
        lines.push(cut(&line, size, most));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_words_fit_and_say_that_they_are_cut() {
        for words in [
            "a long label that does not fit",
            "日本語のとても長いラベルです",
            "тест длинной строки",
        ] {
            let cut = cut(words, 11.0, 60.0);
            assert!(width(&cut, 11.0) <= 60.0 && cut.ends_with('…'), "{cut}");
        }
        assert_eq!(cut("short", 11.0, 60.0), "short");
        assert_eq!(cut("anything", 11.0, 3.0), "");
    }
}
