//! What somebody may have meant who wrote a name that is none.

/// The name among `known` that is nearest to `written`; none where none is near.
pub(super) fn near<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = written.to_lowercase();
    let most = if written.chars().count() <= 4 { 1 } else { 2 };
    known
        .into_iter()
        .filter_map(|it| {
            let known = it.to_lowercase();
            let far = distance(&lower, &known);
            let begins =
                lower.len() >= 3 && (known.starts_with(&lower) || lower.starts_with(&known));
            (far <= most || begins).then_some((far, it))
        })
        .min_by_key(|it| it.0)
        .map(|it| it.1)
}

/// The hint for a name that is none: the nearest, else all of them where they are few.
pub(super) fn hint<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> Option<String> {
    if let Some(near) = near(written, known.clone()) {
        return Some(format!("did you mean `{near}`?"));
    }
    let all: Vec<String> = known.into_iter().map(|it| format!("`{it}`")).collect();
    match all.len() {
        0 => None,
        1..=20 => Some(format!("there is {}", all.join(", "))),
        _ => None,
    }
}

/// Letters to insert, delete, replace or swap until one word is the other.
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    if one.len().abs_diff(other.len()) > 2 || one.len() > 64 {
        return usize::MAX;
    }
    let mut last: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let mut least = (row[j] + usize::from(a != b)).min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && *a == other[j - 1] && one[i - 1] == *b {
                least = least.min(last[j - 1] + 1);
            }
            next.push(least);
        }
        last = std::mem::replace(&mut row, next);
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_recognised_and_another_word_is_not() {
        let known = ["title", "target", "width", "x"];
        assert_eq!(near("titel", known), Some("title"));
        assert_eq!(near("widht", known), Some("width"));
        assert_eq!(near("Target", known), Some("target"));
        assert_eq!(near("colour", known), None);
    }
}
