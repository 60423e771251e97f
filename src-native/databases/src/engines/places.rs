//! Where in a statement stands what a server names.

/// Where a name stands in a statement, in bytes; none where it stands there more than once, or not as
/// a whole word.
pub(super) fn of_name(statement: &str, name: &str) -> Option<usize> {
    let in_name = |it: char| it.is_alphanumeric() || it == '_' || it == '$';
    let mut found = statement.match_indices(name).map(|(at, _)| at).filter(|at| {
        !name.is_empty()
            && !statement[..*at].ends_with(in_name)
            && !statement[at + name.len()..].starts_with(in_name)
    });
    let first = found.next()?;
    found.next().is_none().then_some(first)
}
