//! What a fault leaves in a text: frames of stacks, names of errors, source files.

use model::words::READ_MOST;

/// Endings of files in which programs are written, as traces name them.
const SOURCES: [&str; 32] = [
    "c", "cc", "clj", "coffee", "cpp", "cs", "cxx", "dart", "erl", "ex", "go", "h", "hpp", "hs",
    "java", "js", "jsx", "kt", "lua", "m", "mjs", "ml", "mm", "php", "pl", "py", "rb", "rs",
    "scala", "swift", "ts", "tsx",
];
/// At most so many of one text are taken.
const MOST: usize = 200;

/// Frames as `Class.method`, errors such as `NullPointerException` and file names such as `pay.rs`,
/// each once, in the order of the alphabet and without what changes from run to run: packages,
/// folders, line numbers and addresses.
pub fn traces(text: &str) -> Vec<String> {
    let text = &text[..text.floor_char_boundary(READ_MOST)];
    let inside = |it: char| it.is_alphanumeric() || matches!(it, '_' | '.' | ':' | '$' | '/');
    let mut found: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(inside) {
        let word = &rest[start..];
        let end = word.find(|it| !inside(it)).unwrap_or(word.len());
        let called = word[end..].starts_with('(');
        if let Some(trace) = trace(&word[..end], called) {
            found.push(trace);
        }
        rest = &word[end..];
    }
    found.sort_unstable();
    found.dedup();
    found.truncate(MOST);
    found
}

fn trace(word: &str, called: bool) -> Option<String> {
    let word = word.trim_matches(|it: char| !it.is_alphanumeric());
    // `src/pay.rs:12:4` names a file; `pay::Card::charge` and `com.pay.Card.charge` are frames.
    let file = word.rsplit('/').next()?;
    let name = file.split(':').next()?;
    if let Some((stem, ending)) = name.rsplit_once('.')
        && !stem.is_empty()
        && SOURCES.contains(&ending)
        && !called
    {
        return Some(name.to_owned());
    }
    let mut parts = file.rsplit(['.', ':', '$']).filter(|it| !it.is_empty());
    let last = parts.next()?;
    let named =
        |it: &str| it.len() > ending(it).len() && it.chars().next().is_some_and(char::is_uppercase);
    if !ending(last).is_empty() && named(last) {
        return Some(last.to_owned());
    }
    let is_name = |it: &str| it.chars().next().is_some_and(|it| it.is_alphabetic() || it == '_');
    let class = parts.find(|it| is_name(it))?; // `Card$1.charge` is within Card
    (called && is_name(last) && last.len() > 1 && class.len() > 1)
        .then(|| format!("{class}.{last}"))
}

fn ending(name: &str) -> &'static str {
    let endings = ["Exception", "Error", "Fault", "Failure", "Panic"];
    endings.into_iter().find(|it| name.ends_with(it)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::traces;

    #[test]
    fn frames_errors_and_files_are_found_in_many_languages() {
        let java = "java.lang.NullPointerException: x\n\tat com.pay.Card$1.charge(Card.java:12)";
        assert_eq!(traces(java), ["Card.charge", "Card.java", "NullPointerException"]);
        let plain = "at com.pay.Card.charge(Card.java:12)";
        assert_eq!(traces(plain), ["Card.charge", "Card.java"]);
        let python = "File \"/srv/app/pay/card.py\", line 3, in charge\nValueError: no";
        assert_eq!(traces(python), ["ValueError", "card.py"]);
        let rust = "panicked at src/pay/card.rs:12:5\n 3: pay::card::charge()";
        assert_eq!(traces(rust), ["card.charge", "card.rs"]);
        let node = "TypeError: x\n    at Card.charge (/srv/pay/card.js:3:1)";
        assert_eq!(traces(node), ["TypeError", "card.js"]);
    }

    #[test]
    fn plain_text_has_none() {
        for text in ["", "See e.g. the docs, v1.2.3: done.", "An Error", "a/b/c (x)", "..:://"] {
            assert_eq!(traces(text), Vec::<String>::new(), "{text}");
        }
    }
}
