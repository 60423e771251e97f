//! Heat: how strongly a cell glows.

use super::Class;

/// The step of heat, from 0 to 5, of a number between the least and the most.
pub(super) fn level(value: f64, least: f64, most: f64) -> u8 {
    if most <= least {
        return if value > 0.0 { 3 } else { 0 };
    }
    let share = ((value - least) / (most - least)).clamp(0.0, 1.0);
    // Nothing stays quiet; everything above glows at least a little.
    if share <= 0.0 { 0 } else { ((share * 5.0).ceil() as u8).clamp(1, 5) }
}

/// The colour of words on a step of heat.
pub(super) fn words_on(level: u8) -> Class {
    if level >= 4 { Class::Surface } else { Class::Text }
}
