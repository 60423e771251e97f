//! Figures as Markdown.

/// Prints a table and an empty line.
pub(crate) fn print(columns: &[&str], rows: &[Vec<String>]) {
    println!("| {} |", columns.join(" | "));
    println!("|{}", " --- |".repeat(columns.len()));
    rows.iter().for_each(|it| println!("| {} |", it.join(" | ")));
    println!();
}

/// Median and 99th percentile of some times in milliseconds.
pub(crate) fn percentiles(mut times: Vec<f64>) -> (f64, f64) {
    times.sort_by(f64::total_cmp);
    let at = |part: usize| times.get((times.len() * part / 100).min(times.len().saturating_sub(1)));
    (at(50).copied().unwrap_or(f64::NAN), at(99).copied().unwrap_or(f64::NAN))
}
