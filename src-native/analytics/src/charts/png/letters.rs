//! Letters, from the font that is built in and those the caller brings.

use super::canvas::{Canvas, Contour, area, curve, outlined};
use ttf_parser::{Face, GlyphId, OutlineBuilder};

/// Inter, its Latin, Greek and Cyrillic letters and some signs; `assets/fonts/OFL.txt` is its licence.
const OURS: &[u8] = include_bytes!("../../../../../assets/fonts/inter-subset.ttf");

/// Fonts, in the order they are asked.
pub(super) struct Letters<'a> {
    faces: Vec<Face<'a>>,
}

impl<'a> Letters<'a> {
    pub(super) fn new(fonts: &[&'a [u8]]) -> Letters<'a> {
        let ours: &'a [u8] = OURS;
        let all = std::iter::once(ours).chain(fonts.iter().copied());
        Letters { faces: all.filter_map(|it| Face::parse(it, 0).ok()).collect() }
    }

    fn find(&self, letter: char) -> Option<(&Face<'a>, GlyphId)> {
        let of = |it: char| self.faces.iter().find_map(|face| Some((face, face.glyph_index(it)?)));
        // Spaces of all widths look the same where there is none of their own.
        of(letter).or_else(|| if letter.is_whitespace() { of(' ') } else { None })
    }

    /// Whether a letter can be drawn; what has no width of its own need not be.
    pub(super) fn has(&self, letter: char) -> bool {
        unseen(letter) || self.find(letter).is_some()
    }

    fn advance(&self, letter: char, size: f32) -> f32 {
        if unseen(letter) {
            return 0.0;
        }
        match self.find(letter) {
            Some((face, glyph)) => {
                f32::from(face.glyph_hor_advance(glyph).unwrap_or(0))
                    / f32::from(face.units_per_em())
                    * size
            }
            None => boxed(letter) * size,
        }
    }

    /// How wide words are.
    pub(super) fn width(&self, words: &str, size: f32) -> f32 {
        words.chars().map(|it| self.advance(it, size)).sum()
    }

    #[expect(clippy::too_many_arguments, reason = "all of them are what a word is drawn with")]
    pub(super) fn draw(
        &self,
        canvas: &mut Canvas,
        words: &str,
        at: (f32, f32),
        size: f32,
        bold: bool,
        colour: [u8; 3],
        opacity: f32,
    ) {
        let mut x = at.0;
        for letter in ordered(words) {
            let wide = self.advance(letter, size);
            if letter.is_whitespace() || unseen(letter) {
                x += wide;
                continue;
            }
            let mut outline = Outline { lines: Vec::new(), at: (x, at.1), scale: 0.0 };
            match self.find(letter) {
                Some((face, glyph)) => {
                    outline.scale = size / f32::from(face.units_per_em());
                    let _ = face.outline_glyph(glyph, &mut outline);
                }
                None => {
                    let (left, right) = (x + size * 0.08, x + wide - size * 0.08);
                    let (top, bottom) = (at.1 - size * 0.7, at.1);
                    let frame = vec![(left, top), (right, top), (right, bottom), (left, bottom)];
                    canvas.stroke(&[frame], true, size * 0.07, &[], colour, opacity);
                }
            }
            let mut lines = outline.lines;
            if bold {
                let turned = lines.iter().map(|it| area(it)).sum::<f32>().signum();
                let mut edges = Vec::new();
                for line in &lines {
                    let mut line = line.clone();
                    line.extend(line.first().copied());
                    outlined(&mut edges, &line, size * 0.045, turned);
                }
                lines.extend(edges);
            }
            canvas.fill(&lines, colour, opacity);
            x += wide;
        }
    }
}

/// What is not drawn by itself: marks over letters, joiners, marks of direction.
fn unseen(letter: char) -> bool {
    unicode_width::UnicodeWidthChar::width(letter) == Some(0) || letter.is_control()
}

/// Width of the box for a letter that no font has, in its size.
fn boxed(letter: char) -> f32 {
    match unicode_width::UnicodeWidthChar::width(letter) {
        Some(2) => 1.0,
        _ => 0.6,
    }
}

/// Letters from the left to the right: words of scripts that run the other way are turned around.
fn ordered(words: &str) -> Vec<char> {
    let leftward = |it: &char| matches!(*it, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}');
    let mut letters: Vec<char> = words.chars().collect();
    let mut at = 0;
    while at < letters.len() {
        if !leftward(&letters[at]) {
            at += 1;
            continue;
        }
        // A run goes on over spaces, as long as letters of its kind follow.
        let rest = letters[at..].iter().position(|it| !leftward(it) && !it.is_whitespace());
        let mut end = rest.map_or(letters.len(), |it| at + it);
        while end > at && letters[end - 1].is_whitespace() {
            end -= 1;
        }
        letters[at..end].reverse();
        at = end.max(at + 1);
    }
    letters
}

/// The outline of a letter as lines of points.
struct Outline {
    lines: Vec<Contour>,
    at: (f32, f32),
    scale: f32,
}

impl Outline {
    fn point(&self, x: f32, y: f32) -> (f32, f32) {
        (self.at.0 + x * self.scale, self.at.1 - y * self.scale)
    }
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        let point = self.point(x, y);
        self.lines.push(vec![point]);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let point = self.point(x, y);
        if let Some(line) = self.lines.last_mut() {
            line.push(point);
        }
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (bend, to) = (self.point(x1, y1), self.point(x, y));
        if let Some(line) = self.lines.last_mut()
            && let Some(from) = line.last().copied()
        {
            let third = |a: f32, b: f32| a + (b - a) * 2.0 / 3.0;
            let first = (third(from.0, bend.0), third(from.1, bend.1));
            let second = (third(to.0, bend.0), third(to.1, bend.1));
            curve(line, from, first, second, to);
        }
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let (a, b, to) = (self.point(x1, y1), self.point(x2, y2), self.point(x, y));
        if let Some(line) = self.lines.last_mut()
            && let Some(from) = line.last().copied()
        {
            curve(line, from, a, b, to);
        }
    }

    fn close(&mut self) {}
}
