//! Texts and names as ClickHouse's statements hold them.

/// A text within a statement.
pub(super) fn quote(text: &[u8], out: &mut String) {
    out.push('\'');
    // Bytes that are no text are written as such.
    for part in text.utf8_chunks() {
        for letter in part.valid().chars() {
            if matches!(letter, '\'' | '\\') {
                out.push('\\');
            }
            out.push(letter);
        }
        part.invalid().iter().for_each(|it| out.push_str(&format!("\\x{it:02X}")));
    }
    out.push('\'');
}

/// The same on its own.
pub(super) fn literal(text: &str) -> String {
    let mut out = String::new();
    quote(text.as_bytes(), &mut out);
    out
}

/// A name within a statement.
pub(super) fn name(text: &str) -> String {
    format!("`{}`", text.replace('\\', "\\\\").replace('`', "\\`"))
}
