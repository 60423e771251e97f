//! Reading: what is found, and what is said of what is wrong.

use super::*;

/// A dashboard with one of nearly everything.
pub(crate) const SHOP: &str = include_str!("../../../../docs/dashboards/shop.md");

#[test]
fn a_good_text_has_no_troubles() {
    let (dashboard, troubles) = read(SHOP);
    assert_eq!(troubles, []);
    let dashboard = dashboard.unwrap();
    assert_eq!(dashboard.title, "Shop");
    assert!(dashboard.panels().count() >= 6);
    assert!(dashboard.asserts().count() >= 2);
}
