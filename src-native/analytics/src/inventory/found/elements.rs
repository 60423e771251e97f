//! Elements of pages, and addresses of Google's hosts wherever they stand.

use super::{Answer, HOSTS, LATER, Range, Read, Reader, SNIPPET, What, answers, is_name};

impl<'a> Reader<'a> {
    pub(super) fn component(&self, start: usize) -> Read {
        let rest = self.behind(start);
        let end = rest.find("/>").map(|it| it + 2)?;
        if rest[..end].matches('<').count() > 1 {
            return None;
        }
        let note = if rest.starts_with("<GoogleTagManager") { answers::CONTAINER } else { "" };
        let tag = answers::tag(self.asked, "script").replace("></script>", " />");
        Some((start..start + end, (What::Tag, Some(tag), note)))
    }

    /// The element around a place, with its end where that follows.
    pub(super) fn element(&self, at: usize) -> Option<Range<usize>> {
        let before = self.before(at);
        let open = at - before.len() + before.rfind('<')?;
        let head = self.text[open..at].replace("=>", "  ");
        let first = self.text[open + 1..].chars().next()?;
        if head.contains('>') || !first.is_ascii_alphabetic() {
            return None;
        }
        let close = at + self.behind(at).find('>')? + 1;
        if self.text[..close].ends_with("/>") {
            return Some(open..close);
        }
        let name = self.tag_name(open);
        let ending = format!("</{name}>");
        let after = &self.text[close..];
        let gap = after.len() - after.trim_start().len();
        match after.trim_start().starts_with(&ending) {
            true => Some(open..close + gap + ending.len()),
            false => Some(open..close),
        }
    }

    pub(super) fn tag_name(&self, open: usize) -> &'a str {
        let rest = &self.text[open + 1..];
        let length = rest.bytes().position(|it| !is_name(it) && it != b'-').unwrap_or(rest.len());
        &rest[..length]
    }

    /// One of Google's hosts.
    pub(super) fn host(&self, at: usize) -> Read {
        if let Some(element) = self.element(at) {
            return Some(self.of_element(element, at));
        }
        if let Some(found) = self.function(at) {
            return Some(found);
        }
        let address = self.address(at);
        let words = &self.text[address.clone()];
        let line = self.line(at);
        // A policy may be written over many lines.
        let near = [self.before(line.start), &self.text[line.clone()]].concat();
        let is_policy = [
            "Content-Security-Policy",
            "content-security-policy",
            "contentSecurityPolicy",
            "script-src",
            "connect-src",
            "img-src",
            "scriptSrc",
            "connectSrc",
            "imgSrc",
        ]
        .iter()
        .any(|it| near.contains(it));
        let is_script =
            ["/js", "gtm.js", "analytics.js", "ga.js"].iter().any(|it| words.contains(it));
        if is_policy && !is_script {
            // Ours stands for all of Google's.
            let is_first =
                !HOSTS.iter().any(|it| self.text[line.start..address.start].contains(it));
            let origin = self.asked.collector.trim_end_matches('/');
            let text = if is_first { origin.to_owned() } else { String::new() };
            return Some((address, (What::Policy, Some(text), "")));
        }
        if words.contains("/collect") {
            return Some((address, (What::Other, None, answers::SERVER)));
        }
        if self.is_comment(at) || !is_script {
            return is_script.then_some((address, (What::Tag, None, LATER)));
        }
        Some((address, (What::Tag, None, LATER)))
    }

    fn of_element(&self, element: Range<usize>, at: usize) -> (Range<usize>, Answer) {
        let name = self.tag_name(element.start);
        match name.to_lowercase().as_str() {
            "script" | "partytown" => {
                let tag = answers::tag(self.asked, name);
                let note = if self.text[element.clone()].contains("gtm.js") {
                    answers::CONTAINER
                } else {
                    ""
                };
                (element, (What::Tag, Some(tag), note))
            }
            "iframe" | "img" => {
                let (begins, ends) = (element.start, element.end);
                let before = self.text[..begins].trim_end();
                let after = &self.text[ends..];
                let gap = after.len() - after.trim_start().len();
                let around = before
                    .strip_suffix("<noscript>")
                    .filter(|_| after.trim_start().starts_with("</noscript>"));
                let span = match around {
                    Some(before) => before.len()..ends + gap + "</noscript>".len(),
                    None => element,
                };
                let note = if self.text[at..span.end].contains("ns.html") {
                    answers::CONTAINER
                } else {
                    ""
                };
                (span, (What::Tag, Some(String::new()), note))
            }
            "meta" => {
                let mut text = self.text[element.clone()].to_owned();
                let mut places: Vec<Range<usize>> = HOSTS
                    .iter()
                    .flat_map(|host| self.text[element.clone()].match_indices(host))
                    .map(|it| self.address(element.start + it.0))
                    .collect();
                places.sort_by_key(|it| std::cmp::Reverse(it.start));
                places.dedup();
                let origin = self.asked.collector.trim_end_matches('/');
                for place in places {
                    let within = place.start - element.start..place.end - element.start;
                    let before = text[..within.start].rfind([';', '"']).unwrap_or(0);
                    let is_first = !HOSTS.iter().any(|it| text[before..within.start].contains(it));
                    text.replace_range(within, if is_first { origin } else { "" });
                }
                (element, (What::Policy, Some(text.replace("  ", " ").replace(" ;", ";")), ""))
            }
            "link" => (element, (What::Policy, Some(String::new()), "")),
            _ => (element, (What::Tag, None, LATER)),
        }
    }

    /// The function that is called where it stands, as snippets are written.
    fn function(&self, at: usize) -> Read {
        let mut from = at - self.before(at).len();
        let mut found = None;
        // The outermost of them, with what it is called with.
        while let Some(place) = self.text.get(from..at)?.find("(function") {
            let open = from + place;
            if let Some(body) = self.parts(open) {
                let called =
                    self.text[body.end..].starts_with('(').then(|| self.parts(body.end)).flatten();
                let end = called.map_or(body.end, |it| it.end);
                if end > at {
                    found = Some((open, end));
                    break;
                }
            }
            from = open + 1;
        }
        let (open, mut end) = found?;
        if self.text[end..].starts_with(';') {
            end += 1;
        }
        let is_container = self.text[open..end].contains("gtm.js");
        let note = if is_container { answers::CONTAINER } else { SNIPPET };
        // The whole element, where there is nothing else in it.
        let before = self.text[..open].trim_end();
        let after = self.text[end..].trim_start();
        if before.ends_with('>') && after.starts_with("</script>") {
            let near = self.before(before.len());
            let begins = before.len() - near.len() + near.rfind("<script")?;
            let ends = self.text.len() - after.len() + "</script>".len();
            let tag = answers::tag(self.asked, "script");
            let note = if is_container { note } else { "" };
            return Some((begins..ends, (What::Tag, Some(tag), note)));
        }
        Some((open..end, (What::Tag, Some(String::new()), note)))
    }

    /// The whole address that a host stands in.
    fn address(&self, at: usize) -> Range<usize> {
        let is_end = |it: char| it.is_whitespace() || "\"'`;,()<>\\|[]{}".contains(it);
        let (before, behind) = (self.before(at), self.behind(at));
        let begins = before
            .rfind(is_end)
            .map_or(0, |it| it + before[it..].chars().next().map_or(1, char::len_utf8));
        at - before.len() + begins..at + behind.find(is_end).unwrap_or(behind.len())
    }
}
