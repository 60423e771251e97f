//! Names of columns where each may stand once only.

use crate::Column;
use std::collections::HashSet;

/// The columns' names, each different: the second of a name gets `_2`, the third `_3`; where a later
/// column is called just so, the next free number.
pub(super) fn distinct(columns: &[Column]) -> Vec<String> {
    let asked: HashSet<&str> = columns.iter().map(|it| it.name.as_str()).collect();
    let mut taken: HashSet<String> = HashSet::new();
    let mut names = Vec::with_capacity(columns.len());
    // Where the search for a free number goes on, so that 5,000 columns of one name take no square of it.
    let mut next: std::collections::HashMap<&str, usize> = std::collections::HashMap::new();
    for column in columns {
        let mut name = column.name.clone();
        if taken.contains(&name) {
            let number = next.entry(&column.name).or_insert(2);
            loop {
                name = format!("{}_{number}", column.name);
                *number += 1;
                if !taken.contains(&name) && !asked.contains(name.as_str()) {
                    break;
                }
            }
        }
        taken.insert(name.clone());
        names.push(name);
    }
    names
}
