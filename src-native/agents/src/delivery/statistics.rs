//! Quantiles of what has ended, and of what partly has not.

/// The quantile of ascending values by linear interpolation between them (type 7 of Hyndman and Fan, the
/// usual one of R, NumPy and spreadsheets); none of nothing.
pub fn quantile(ascending: &[f64], part: f64) -> Option<f64> {
    let last = ascending.len().checked_sub(1)?;
    let place = part.clamp(0.0, 1.0) * last as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(last);
    let (low, high) = (ascending[below.min(last)], ascending[above]);
    Some(low + (high - low) * (place - below as f64))
}

/// A curve's steps that meet a line this near to it are taken to meet it.
const NEAR: f64 = 1e-9;

/// The quantile of times of which some have not ended (`true`), by the curve of Kaplan and Meier: the time at
/// which that part of all has ended. Where the curve lies on the line for a while, the middle of that while.
/// None where it never comes so low: too much is still open. Where all have ended, [`quantile`].
pub fn censored_quantile(times: &mut [(f64, bool)], part: f64) -> Option<f64> {
    // At the same time what ended comes before what has not.
    times.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    if times.iter().all(|it| !it.1) {
        let values: Vec<f64> = times.iter().map(|it| it.0).collect();
        return quantile(&values, part);
    }
    let line = 1.0 - part.clamp(0.0, 1.0);
    let (mut left, mut at, mut met) = (1.0, 0, None);
    while at < times.len() {
        let time = times[at].0;
        let at_risk = (times.len() - at) as f64;
        let mut ended = 0.0;
        while at < times.len() && times[at].0 == time {
            ended += if times[at].1 { 0.0 } else { 1.0 };
            at += 1;
        }
        if ended == 0.0 {
            continue;
        }
        left *= 1.0 - ended / at_risk;
        match met {
            // It lay on the line from there to here.
            Some(from) => return Some((from + time) / 2.0),
            None if left < line - NEAR => return Some(time),
            None if left <= line + NEAR => met = Some(time),
            None => {}
        }
    }
    met
}

/// How unequally a sum is shared by those who have a part of it: 0 where all have the same, towards 1 where one
/// has all. None where nobody has any.
pub fn gini(ascending: &[u64]) -> Option<f64> {
    let sum: u64 = ascending.iter().sum();
    let number = ascending.len() as f64;
    if sum == 0 {
        return None;
    }
    let weighed: f64 =
        ascending.iter().enumerate().map(|(place, it)| (place + 1) as f64 * *it as f64).sum();
    Some(2.0 * weighed / (number * sum as f64) - (number + 1.0) / number)
}
