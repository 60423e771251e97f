//! Reads the plans that SQL Server gives as XML: elements and attributes, no text between them.

/// An element.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Element {
    /// Its name, without what stands before a colon.
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    pub(super) children: Vec<Element>,
}

/// Elements within elements; a plan deeper than that is shown as text alone.
const DEPTH_MAX: usize = 2000;

impl Element {
    /// Reads a document; none where it is no XML, or deeper than any plan.
    pub(super) fn read(text: &str) -> Option<Element> {
        let mut open = vec![Element::default()];
        let mut rest = text;
        while let Some((_, after)) = rest.split_once('<') {
            let skipped = [("?", "?>"), ("!--", "-->"), ("![CDATA[", "]]>"), ("!", ">")];
            if let Some((_, end)) = skipped.into_iter().find(|it| after.starts_with(it.0)) {
                rest = after.split_once(end)?.1;
                continue;
            }
            let (tag, after) = tag(after)?;
            rest = after;
            if let Some(name) = tag.strip_prefix('/') {
                let done = open.pop()?;
                if done.name != plain(name.trim_end()) {
                    return None;
                }
                open.last_mut()?.children.push(done);
                continue;
            }
            let (inner, empty) = tag.strip_suffix('/').map_or((tag, false), |it| (it, true));
            let element = element(inner)?;
            if empty {
                open.last_mut()?.children.push(element);
            } else if open.len() > DEPTH_MAX {
                return None;
            } else {
                open.push(element);
            }
        }
        let whole = open.pop()?;
        (open.is_empty() && whole.children.len() == 1).then_some(())?;
        whole.children.into_iter().next()
    }

    /// An attribute.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|it| it.0 == name).map(|it| it.1.as_str())
    }

    /// An attribute that is a number.
    pub(super) fn number(&self, name: &str) -> Option<f64> {
        self.get(name)?.parse().ok()
    }

    /// The nearest elements beneath it of that name, none of them within another of them.
    pub(super) fn nearest<'a>(&'a self, name: &str, found: &mut Vec<&'a Element>) {
        for child in &self.children {
            if child.name == name {
                found.push(child);
            } else {
                child.nearest(name, found);
            }
        }
    }
}

/// A tag up to its `>`, which may also stand within quotes; and what follows.
fn tag(text: &str) -> Option<(&str, &str)> {
    let mut quote = None;
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            (None, '>') => return Some((&text[..at], &text[at + 1..])),
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            _ => {}
        }
    }
    None
}

fn plain(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn element(inner: &str) -> Option<Element> {
    let is_space = |it: char| it.is_ascii_whitespace();
    let (name, mut rest) = inner.split_once(is_space).unwrap_or((inner, ""));
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            break;
        }
        let (key, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|it| matches!(it, '"' | '\''))?;
        let (value, after) = after[1..].split_once(quote)?;
        attributes.push((plain(key.trim_end()).to_owned(), unescaped(value)));
        rest = after;
    }
    (!name.is_empty()).then(|| Element {
        name: plain(name).to_owned(),
        attributes,
        children: Vec::new(),
    })
}

fn unescaped(text: &str) -> String {
    let mut found = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        found.push_str(before);
        let Some((name, after)) = after.split_once(';') else {
            found.push('&');
            rest = after;
            continue;
        };
        let number = name.strip_prefix('#').and_then(|it| match it.strip_prefix('x') {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => it.parse().ok(),
        });
        found.push(match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            _ => number.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER),
        });
        rest = after;
    }
    found + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_and_attributes_are_read_and_what_is_broken_is_refused() {
        let text = "<?xml version='1.0'?><!-- a > b --><s:a x=\"1 &lt; 2 > &#65;&#x42;\" y = 'q'>\
                    text<b/><c z=\"\"><b k='1'/></c></s:a>";
        let root = Element::read(text).unwrap();
        assert_eq!(
            (root.name.as_str(), root.get("x"), root.get("y")),
            ("a", Some("1 < 2 > AB"), Some("q"))
        );
        let mut found = Vec::new();
        root.nearest("b", &mut found);
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].number("k"), Some(1.0));
        for bad in
            ["", "<a>", "<a></b>", "<a x=1/>", "<a x=\"/>", "</a>", "<a/><b/>", "<", "<>", "< a/>"]
        {
            assert_eq!(Element::read(bad), None, "{bad}");
        }
        assert_eq!(Element::read(&"<a>".repeat(100_000)), None);
    }
}
