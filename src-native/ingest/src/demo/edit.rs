//! Changes of a text, written as a patch without line numbers: places are found by what stands there.

/// Stands for all lines up to the next one that is written.
const UP_TO: &str = "-...";

/// Applies a patch. Lines begin with ` ` (stands there), `-` (goes) or `+` (comes); `-...` deletes
/// up to the next line that is written; `@@` begins another place, `@@ end` is the end of the text.
///
/// # Errors
/// A place that is not there, or that is there more than once.
pub(super) fn apply(text: &str, patch: &[&str]) -> Result<String, String> {
    let mut lines: Vec<&str> = text.lines().collect();
    let mut rest = patch;
    let mut at_end = false;
    loop {
        let end = rest.iter().position(|it| it.starts_with("@@")).unwrap_or(rest.len());
        let place = &rest[..end];
        if at_end {
            lines.extend(place.iter().filter_map(|it| it.strip_prefix('+')));
        } else if !place.is_empty() {
            change(&mut lines, place)?;
        }
        let Some(mark) = rest.get(end) else { return Ok(joined(&lines)) };
        at_end = *mark == "@@ end";
        rest = &rest[end + 1..];
    }
}

/// A new text: the lines that come.
pub(super) fn new(patch: &[&str]) -> Result<String, String> {
    let lines: Option<Vec<&str>> = patch.iter().map(|it| it.strip_prefix('+')).collect();
    Ok(joined(&lines.ok_or("a line of a new file begins with something else than +")?))
}

fn change<'a>(lines: &mut Vec<&'a str>, place: &[&'a str]) -> Result<(), String> {
    let old = |part: &[&'a str]| -> Vec<&'a str> {
        part.iter().filter(|it| !it.starts_with('+')).map(|it| &it[1..]).collect()
    };
    let parts: Vec<&[&str]> = place.split(|it| *it == UP_TO).collect();
    let first = old(parts[0]);
    let what = first.first().copied().unwrap_or_default();
    let mut found = find(lines, &first);
    let start = found.next().ok_or_else(|| format!("`{what}` … stands nowhere"))?;
    if first.is_empty() || found.next().is_some() {
        return Err(format!("`{what}` … stands in several places"));
    }
    drop(found);
    let mut end = start + first.len();
    for part in &parts[1..] {
        let next = old(part);
        let after = find(&lines[end..], &next).next();
        end += after.ok_or_else(|| format!("{next:?} does not follow"))? + next.len();
    }
    let new = place.iter().filter(|it| !it.starts_with('-')).map(|it| &it[1..]);
    lines.splice(start..end, new);
    Ok(())
}

fn find(lines: &[&str], wanted: &[&str]) -> impl Iterator<Item = usize> {
    let last = (lines.len() + 1).saturating_sub(wanted.len());
    (0..last).filter(move |&it| lines[it..].starts_with(wanted))
}

fn joined(lines: &[&str]) -> String {
    lines.iter().flat_map(|it| [it, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_by_what_stands_there() {
        let text = "a\nb\nc\nd\n";
        assert_eq!(apply(text, &[" b", "-c", "+C", "@@", "+0", " a"]).unwrap(), "0\na\nb\nC\nd\n");
        assert_eq!(apply(text, &["-a", "-...", "-c", "+x"]).unwrap(), "x\nd\n");
        assert_eq!(apply(text, &["@@ end", "+e"]).unwrap(), "a\nb\nc\nd\ne\n");
        assert_eq!(new(&["+a", "+"]).unwrap(), "a\n\n");
    }

    #[test]
    fn a_place_that_is_not_there_or_not_one_is_said_so() {
        assert!(apply("a\n", &["-b"]).unwrap_err().contains("nowhere"));
        assert!(apply("a\na\n", &["-a"]).unwrap_err().contains("several"));
        assert!(apply("a\nb\n", &["+x"]).unwrap_err().contains("several"));
        assert!(apply("a\nb\n", &["-b", "-...", "-a"]).unwrap_err().contains("follow"));
    }
}
