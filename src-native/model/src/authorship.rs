//! Degree of authorship: how much of a file's making is one developer's.
//!
//! Formula and thresholds: G. Avelino, L. Passos, A. Hora, M. T. Valente, "A Novel Approach for
//! Estimating Truck Factors" (ICPC 2016), after T. Fritz et al. (TOSEM 2014).

/// Part of a file's greatest degree that an author must exceed.
pub const AUTHOR_SHARE: f64 = 0.75;
/// Degree that an author must reach.
pub const AUTHOR_DEGREE: f64 = 3.293;

/// What one developer did to one file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deeds {
    /// Whether they added it (a later re-add counts too).
    pub created: bool,
    /// Their commits that modified or moved it; adding and deleting are not changes.
    pub changes: u32,
    /// Other people's commits that modified or moved it.
    pub others: u32,
}

/// `3.293 + 1.098·FA + 0.164·DL − 0.321·ln(1 + AC)`; without unit, about 1 to 100.
pub fn degree(deeds: Deeds) -> f64 {
    let created = if deeds.created { 1.098 } else { 0.0 };
    3.293 + created + 0.164 * f64::from(deeds.changes) - 0.321 * f64::from(deeds.others).ln_1p()
}

/// Whether a developer of this degree counts as author of a file whose greatest degree is `best`.
pub fn is_author(degree: f64, best: f64) -> bool {
    degree >= AUTHOR_DEGREE && degree > AUTHOR_SHARE * best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_weights_hold() {
        let maker = degree(Deeds { created: true, changes: 3, others: 0 });
        assert!((maker - (3.293 + 1.098 + 0.492)).abs() < 1e-12);
        let guest = degree(Deeds { created: false, changes: 1, others: 9 });
        assert!((guest - (3.293 + 0.164 - 0.321 * 10f64.ln())).abs() < 1e-12);
        assert!(is_author(maker, maker));
        assert!(!is_author(guest, maker));
    }

    #[test]
    fn a_lone_guest_below_the_threshold_is_no_author() {
        let guest = degree(Deeds { created: false, changes: 1, others: 3 });
        assert!(!is_author(guest, guest));
    }
}
