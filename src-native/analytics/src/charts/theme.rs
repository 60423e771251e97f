//! The two themes: what each class of colour is in them. The page's own style sheet says the same; a test
//! holds the two together.

use super::Class;

/// A theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// Light and dark of each class.
fn both(class: Class) -> (u32, u32) {
    match class {
        Class::Series(1) => (0x0b7285, 0x4fb7c6),
        Class::Series(2) => (0xb35900, 0xe8994f),
        Class::Series(3) => (0x7048a8, 0xb394e0),
        Class::Series(4) => (0x2f7d3b, 0x74c37f),
        Class::Series(5) => (0xb23b6b, 0xe588ab),
        Class::Series(6) => (0x8a6d00, 0xcfb242),
        Class::Series(7) => (0x3465b8, 0x7fa8ec),
        Class::Series(_) => (0x6b7280, 0x9aa3b0),
        Class::Heat(0) => (0xe9edf1, 0x242a33),
        Class::Heat(1) => (0xf3dcb4, 0x4a3a1d),
        Class::Heat(2) => (0xeebd7a, 0x6f4d1b),
        Class::Heat(3) => (0xe2934a, 0x8a5217),
        Class::Heat(4) => (0xb95323, 0xc9762a),
        Class::Heat(_) => (0x9c3418, 0xee9550),
        Class::Good => (0x1c6b3c, 0x6cc48b),
        Class::Bad => (0xa32a24, 0xf08d84),
        Class::Warn => (0x7d4d00, 0xe0ae5a),
        Class::Text => (0x1c2128, 0xe3e7ec),
        Class::Muted => (0x57606c, 0x98a2af),
        Class::Grid => (0xdfe3e8, 0x2c323c),
        Class::Edge => (0x7c8591, 0x6f7988),
        Class::Surface => (0xffffff, 0x1b1f26),
        Class::Sunken => (0xeef0f3, 0x12151a),
    }
}

impl Theme {
    /// The colour of a class: red, green and blue.
    pub fn colour(self, class: Class) -> [u8; 3] {
        let (light, dark) = both(class);
        let [_, red, green, blue] = match self {
            Theme::Light => light.to_be_bytes(),
            Theme::Dark => dark.to_be_bytes(),
        };
        [red, green, blue]
    }

    /// The colour of a class, as `#rrggbb`.
    pub fn hex(self, class: Class) -> String {
        let [red, green, blue] = self.colour(class);
        format!("#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_those_of_the_page() {
        let sheet = include_str!("../../../../ui/src/kit/tokens.css");
        for class in Class::all() {
            let wanted = format!(
                "--{}: light-dark({}, {});",
                class.name(),
                Theme::Light.hex(class),
                Theme::Dark.hex(class)
            );
            assert!(sheet.contains(&wanted), "the page has no `{wanted}`");
        }
    }

    /// Contrast of two colours, as WCAG counts it.
    fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
        let bright = |it: [u8; 3]| {
            let [r, g, b] = it.map(|it| {
                let it = f64::from(it) / 255.0;
                if it <= 0.04045 { it / 12.92 } else { ((it + 0.055) / 1.055).powf(2.4) }
            });
            0.2126 * r + 0.7152 * g + 0.0722 * b
        };
        let (one, other) = (bright(one), bright(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn words_can_be_read_and_marks_be_seen_in_both_themes() {
        for theme in [Theme::Light, Theme::Dark] {
            let on =
                |text: Class, ground: Class| contrast(theme.colour(text), theme.colour(ground));
            for class in [Class::Text, Class::Muted, Class::Good, Class::Bad, Class::Warn] {
                assert!(on(class, Class::Surface) >= 4.5, "{theme:?} {class:?}");
            }
            for number in 1..=8 {
                assert!(
                    on(Class::Surface, Class::Series(number)) >= 4.5,
                    "{theme:?} series {number}"
                );
            }
            for level in 0..=5 {
                let words = super::super::heat::words_on(level);
                assert!(on(words, Class::Heat(level)) >= 4.5, "{theme:?} heat {level}");
            }
            assert!(on(Class::Edge, Class::Surface) >= 3.0);
        }
    }
}
