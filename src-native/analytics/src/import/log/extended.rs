//! W3C extended logs: IIS, and CloudFront with its own names.

use super::super::times;
use super::Request;
use crate::collect::page::unescaped;

/// Columns of the log, as its `#Fields:` said last.
#[derive(Default)]
pub(super) struct Extended {
    fields: Vec<String>,
    date: String,
}

impl Extended {
    /// Reads a line; nothing for what only tells about the log.
    pub(super) fn line(&mut self, line: &str) -> Option<Result<Request, &'static str>> {
        if let Some(directive) = line.strip_prefix('#') {
            if let Some(fields) = directive.strip_prefix("Fields:") {
                self.fields = fields.split_whitespace().map(str::to_ascii_lowercase).collect();
            } else if let Some(date) = directive.strip_prefix("Date:") {
                self.date = date.split_whitespace().next().unwrap_or_default().to_owned();
            }
            return None;
        }
        Some(self.request(line))
    }

    fn request(&self, line: &str) -> Result<Request, &'static str> {
        if self.fields.is_empty() {
            return Err("no `#Fields:` stands before it");
        }
        let is_tabbed = line.contains('\t');
        let values: Vec<&str> = match is_tabbed {
            true => line.split('\t').map(str::trim).collect(),
            false => line.split_whitespace().collect(),
        };
        if values.len() != self.fields.len() {
            return Err("it has more or fewer fields than `#Fields:` names");
        }
        let of = |names: &[&str]| {
            let found = names.iter().find_map(|name| {
                let place = self.fields.iter().position(|it| it == name)?;
                values.get(place).copied().filter(|it| *it != "-" && !it.is_empty())
            });
            found.unwrap_or("")
        };
        let date = Some(of(&["date"])).filter(|it| !it.is_empty()).unwrap_or(&self.date);
        let stamp = format!("{date} {}", of(&["time"]));
        let mut url = of(&["cs-uri-stem", "cs-uri"]).to_owned();
        let query = of(&["cs-uri-query"]);
        if !query.is_empty() && !url.contains('?') {
            url.push('?');
            url.push_str(query);
        }
        let status = of(&["sc-status"]);
        Ok(Request {
            at: times::moment(&stamp).ok_or("its time cannot be read")?,
            from: Some(of(&["c-ip"]))
                .filter(|it| !it.is_empty())
                .ok_or("its address is missing")?
                .into(),
            method: of(&["cs-method"]).into(),
            url,
            host: of(&["x-host-header", "cs-host", "cs(host)"]).into(),
            status: if status.is_empty() {
                0
            } else {
                status.parse().map_err(|_| "its status is no number")?
            },
            referrer: words(of(&["cs(referer)", "cs(referrer)"]), false),
            agent: words(of(&["cs(user-agent)"]), true),
            language: words(of(&["cs(accept-language)"]), true),
            content: words(of(&["sc-content-type"]), false),
            country: of(&["c-country"]).into(),
            ..Request::default()
        })
    }
}

/// A value whose spaces had to be written otherwise: `+` by IIS, `%20` or `%2520` by CloudFront.
fn words(value: &str, has_spaces: bool) -> String {
    if has_spaces && (value.contains("%20") || value.contains("%2520")) {
        return unescaped(&unescaped(value, false), false);
    }
    if has_spaces && !value.contains(' ') { value.replace('+', " ") } else { value.to_owned() }
}
