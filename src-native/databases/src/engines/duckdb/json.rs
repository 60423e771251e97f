//! Reads what DuckDB says of its errors and plans. Numbers stay text. `serde_json` stops at 128 levels, which
//! a plan of many joins passes.

/// A value of JSON.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    /// Text; also numbers, `true`, `false` and `null`, as they stand there.
    Text(String),
    List(Vec<Json>),
    /// In the order they stand there.
    Object(Vec<(String, Json)>),
}

/// Values within values: a plan deeper than that is shown as text alone.
const DEPTH_MAX: usize = 400;

impl Json {
    /// Reads a text; none where it is no JSON.
    pub(super) fn read(text: &str) -> Option<Json> {
        let mut reader = Reader { rest: text };
        let value = reader.value(0)?;
        reader.space();
        reader.rest.is_empty().then_some(value)
    }

    /// A member of an object.
    pub(super) fn get(&self, name: &str) -> Option<&Json> {
        match self {
            Json::Object(members) => members.iter().find(|(it, _)| it == name).map(|it| &it.1),
            _ => None,
        }
    }

    /// Its text, where it is no list and no object.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Json::Text(it) => Some(it),
            _ => None,
        }
    }

    /// Its number.
    pub(super) fn number(&self) -> Option<f64> {
        self.text()?.parse().ok()
    }

    /// What is in it, where it is a list.
    pub(super) fn list(&self) -> &[Json] {
        match self {
            Json::List(it) => it,
            _ => &[],
        }
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
    }

    fn takes(&mut self, what: char) -> bool {
        self.space();
        match self.rest.strip_prefix(what) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn value(&mut self, depth: usize) -> Option<Json> {
        if depth > DEPTH_MAX {
            return None;
        }
        self.space();
        if self.rest.starts_with('"') {
            return self.string().map(Json::Text);
        }
        if self.takes('[') {
            let mut found = Vec::new();
            while !self.takes(']') {
                if !found.is_empty() && !self.takes(',') {
                    return None;
                }
                found.push(self.value(depth + 1)?);
            }
            return Some(Json::List(found));
        }
        if self.takes('{') {
            let mut found = Vec::new();
            while !self.takes('}') {
                if !found.is_empty() && !self.takes(',') {
                    return None;
                }
                let name = self.string()?;
                if !self.takes(':') {
                    return None;
                }
                found.push((name, self.value(depth + 1)?));
            }
            return Some(Json::Object(found));
        }
        let end = self.rest.find([',', ']', '}', ' ', '\t', '\r', '\n']);
        let (bare, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        let known = matches!(bare, "true" | "false" | "null" | "NaN" | "Infinity")
            || bare.starts_with(|it: char| it == '-' || it.is_ascii_digit());
        known.then(|| Json::Text(bare.to_owned()))
    }

    fn string(&mut self) -> Option<String> {
        if !self.takes('"') {
            return None;
        }
        let mut found = String::new();
        let mut units = Vec::new();
        loop {
            let mut letters = self.rest.chars();
            let letter = letters.next()?;
            let escaped = if letter == '\\' { Some(letters.next()?) } else { None };
            self.rest = letters.as_str();
            if escaped == Some('u') {
                units.push(u16::from_str_radix(self.rest.get(..4)?, 16).ok()?);
                self.rest = self.rest.get(4..)?;
                continue;
            }
            found.push_str(&String::from_utf16_lossy(&std::mem::take(&mut units)));
            match (letter, escaped) {
                ('"', None) => return Some(found),
                (letter, None) => found.push(letter),
                (_, Some('n')) => found.push('\n'),
                (_, Some('t')) => found.push('\t'),
                (_, Some('r')) => found.push('\r'),
                (_, Some('b')) => found.push('\u{8}'),
                (_, Some('f')) => found.push('\u{c}'),
                (_, Some(letter)) => found.push(letter),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_read_and_what_is_none_is_refused() {
        let text = r#" {"a": [1e5, "\u00e9\ud83d\ude00\n\"", {}, true], "b": null} "#;
        let json = Json::read(text).unwrap();
        assert_eq!(json.get("a").unwrap().list()[0].number(), Some(1e5));
        assert_eq!(json.get("a").unwrap().list()[1].text(), Some("é😀\n\""));
        assert_eq!(json.get("b").and_then(Json::text), Some("null"));
        for bad in
            ["", "{", "[1,]", "[1 2]", "{\"a\" 1}", "\"\\u12", "word", "[1]x", "\"é\\u1é23\""]
        {
            assert_eq!(Json::read(bad), None, "{bad}");
        }
        assert_eq!(Json::read(&"[".repeat(100_000)), None);
    }
}
