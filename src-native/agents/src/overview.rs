//! What to show first of a repository.

use model::Rule;

/// The rule, as printed with the overview.
pub const HOTSPOTS: Rule = Rule {
    name: "hotspots",
    version: 1,
    text: "living files by commits of the window that touch them under any of their past names, \
           merges left out; then by lines added and deleted, then by path",
};

/// Weeks told of at most: a century, so that nothing is left out but what a clock gone wrong says.
pub const WEEKS_MAX: usize = 5_220;

/// Puts what changed most first: commits, then churn, then name; keeps at most `most`.
pub fn most_changed<T>(
    mut all: Vec<T>,
    most: usize,
    changes: impl Fn(&T) -> (u32, u64),
    name: impl Fn(&T) -> &str,
) -> Vec<T> {
    let order = |a: &T, b: &T| changes(b).cmp(&changes(a)).then_with(|| name(a).cmp(name(b)));
    if all.len() > most && most > 0 {
        all.select_nth_unstable_by(most - 1, order);
    }
    all.truncate(most);
    all.sort_unstable_by(order);
    all
}

/// Every week from the first to the last, quiet ones filled in; the newest [`WEEKS_MAX`].
/// A week far from its neighbours, as from a clock gone wrong, cannot make the list longer.
pub fn fill_weeks<T: Clone>(mut weeks: Vec<(i64, T)>, quiet: impl Fn(i64) -> T) -> Vec<T> {
    weeks.sort_by_key(|it| it.0);
    let (Some(first), Some(last)) = (weeks.first().map(|it| it.0), weeks.last().map(|it| it.0))
    else {
        return Vec::new();
    };
    let first = first.max(last.saturating_sub(WEEKS_MAX as i64 - 1));
    let mut known = weeks.into_iter().skip_while(|it| it.0 < first).peekable();
    (first..=last)
        .map(|week| match known.next_if(|it| it.0 == week) {
            Some((_, it)) => it,
            None => quiet(week),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_weeks_are_filled_in_whatever_the_order() {
        let weeks = vec![(5, 50), (2, 20), (4, 40)];
        let wanted = [20, 0, 40, 50];
        assert_eq!(fill_weeks(weeks.clone(), |_| 0), wanted);
        assert_eq!(fill_weeks(weeks.into_iter().rev().collect(), |_| 0), wanted);
        assert!(fill_weeks(Vec::<(i64, i32)>::new(), |_| 0).is_empty());
    }

    #[test]
    fn a_history_of_forty_years_is_told_whole() {
        let weeks = fill_weeks(vec![(800, 1), (800 + 40 * 52, 2)], |_| 0);
        assert_eq!((weeks.len(), weeks[0]), (40 * 52 + 1, 1));
    }

    #[test]
    fn a_clock_gone_wrong_does_not_make_a_million_weeks() {
        assert_eq!(fill_weeks(vec![(i64::MIN, 1), (3, 2)], |_| 0).len(), WEEKS_MAX);
    }

    #[test]
    fn any_order_gives_the_same_hotspots_and_ties_go_by_name() {
        let files: Vec<(String, u32)> = (0..30).map(|it| (format!("p{it:02}"), it % 3)).collect();
        let pick = |files: Vec<(String, u32)>| most_changed(files, 12, |it| (it.1, 0), |it| &it.0);
        let once = pick(files.clone());
        assert_eq!((once[0].0.as_str(), once[11].0.as_str()), ("p02", "p04"));
        for turn in 1..30 {
            let mut other = files.clone();
            other.rotate_right(turn);
            assert_eq!(pick(other), once);
        }
    }
}
