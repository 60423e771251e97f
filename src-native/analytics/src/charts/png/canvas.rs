//! Pixels, and shapes filled and drawn on them with soft edges.

use ab_glyph_rasterizer::{Rasterizer, point};

/// A line through points, in pixels.
pub(super) type Contour = Vec<(f32, f32)>;

/// Pixels: red, green and blue, row by row.
pub(super) struct Canvas {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) pixels: Vec<u8>,
}

impl Canvas {
    pub(super) fn new(width: usize, height: usize, ground: [u8; 3]) -> Canvas {
        let pixels = ground.iter().copied().cycle().take(width * height * 3).collect();
        Canvas { width, height, pixels }
    }

    /// Fills what lies within lines; a hole is a line the other way around.
    pub(super) fn fill(&mut self, lines: &[Contour], colour: [u8; 3], opacity: f32) {
        let (mut left, mut top) = (self.width as f32, self.height as f32);
        let (mut right, mut bottom) = (0.0_f32, 0.0_f32);
        let inside = |it: &(f32, f32)| {
            let side = |it: f32, most: usize| {
                if it.is_finite() { it.clamp(0.0, most as f32) } else { 0.0 }
            };
            (side(it.0, self.width), side(it.1, self.height))
        };
        for (x, y) in lines.iter().flatten().map(inside) {
            (left, right) = (left.min(x), right.max(x));
            (top, bottom) = (top.min(y), bottom.max(y));
        }
        if right <= left || bottom <= top || opacity <= 0.0 {
            return;
        }
        let (left, top) = (left.floor(), top.floor());
        // Two more columns: what ends a row must not run into the next one.
        let (wide, high) = ((right.ceil() - left) as usize + 2, (bottom.ceil() - top) as usize);
        let mut shape = Rasterizer::new(wide, high);
        for line in lines {
            let Some(first) = line.first() else { continue };
            let mut last = inside(line.last().unwrap_or(first));
            for next in line.iter().map(inside) {
                shape.draw_line(
                    point(last.0 - left, last.1 - top),
                    point(next.0 - left, next.1 - top),
                );
                last = next;
            }
        }
        let (x0, y0) = (left as usize, top as usize);
        let (width, height) = (self.width, self.height);
        let pixels = &mut self.pixels;
        shape.for_each_pixel_2d(|x, y, covered| {
            let (x, y) = (x0 + x as usize, y0 + y as usize);
            let share = covered.abs().min(1.0) * opacity;
            if share <= 0.002 || x >= width || y >= height {
                return;
            }
            let at = (y * width + x) * 3;
            for (old, new) in pixels[at..at + 3].iter_mut().zip(colour) {
                let mixed = f32::from(*old) + (f32::from(new) - f32::from(*old)) * share;
                *old = mixed.round() as u8;
            }
        });
    }

    /// Draws lines of a width, whole or broken.
    pub(super) fn stroke(
        &mut self,
        lines: &[Contour],
        closed: bool,
        width: f32,
        dash: &[f32],
        colour: [u8; 3],
        opacity: f32,
    ) {
        let mut pieces = Vec::new();
        for line in lines {
            let mut line = line.clone();
            if closed && let Some(first) = line.first().copied() {
                line.push(first);
            }
            match dash.is_empty() {
                true => outlined(&mut pieces, &line, width, 1.0),
                false => {
                    broken(&line, dash).iter().for_each(|it| outlined(&mut pieces, it, width, 1.0))
                }
            }
        }
        // In parts, so that a long thin line needs no picture of its own size at once.
        for pieces in pieces.chunks(4096) {
            self.fill(pieces, colour, opacity);
        }
    }
}

/// What a line of a width covers: a rectangle for each part and a disc at each bend, all turning the way that
/// `sign` says, so that they add up and do not cancel out.
pub(super) fn outlined(pieces: &mut Vec<Contour>, line: &[(f32, f32)], width: f32, sign: f32) {
    let half = width / 2.0;
    let mut turn = |mut it: Contour| {
        if area(&it) * sign < 0.0 {
            it.reverse();
        }
        pieces.push(it);
    };
    for (at, two) in line.windows(2).enumerate() {
        let (a, b) = (two[0], two[1]);
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let long = (dx * dx + dy * dy).sqrt();
        if !long.is_finite() || long < 1e-4 {
            continue;
        }
        let (nx, ny) = (-dy / long * half, dx / long * half);
        turn(vec![
            (a.0 + nx, a.1 + ny),
            (b.0 + nx, b.1 + ny),
            (b.0 - nx, b.1 - ny),
            (a.0 - nx, a.1 - ny),
        ]);
        if at > 0 && width > 1.2 {
            turn(disc(a, half));
        }
    }
}

/// Twice the area within a line; above nothing where it turns one way, below where the other.
pub(super) fn area(line: &[(f32, f32)]) -> f32 {
    let next = line.iter().skip(1).chain(line.first());
    line.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum()
}

/// A line broken into strokes.
fn broken(line: &[(f32, f32)], dash: &[f32]) -> Vec<Contour> {
    let mut found: Vec<Contour> = Vec::new();
    let (mut part, mut left) = (0, dash[0].max(0.1));
    let mut stroke: Contour = line.first().copied().into_iter().collect();
    for two in line.windows(2) {
        let (mut a, b) = (two[0], two[1]);
        loop {
            let (dx, dy) = (b.0 - a.0, b.1 - a.1);
            let long = (dx * dx + dy * dy).sqrt();
            if !long.is_finite() || long <= left {
                left -= if long.is_finite() { long } else { 0.0 };
                if part % 2 == 0 {
                    stroke.push(b);
                }
                break;
            }
            let share = left / long;
            a = (a.0 + dx * share, a.1 + dy * share);
            if part % 2 == 0 {
                stroke.push(a);
                found.push(std::mem::take(&mut stroke));
            } else {
                stroke = vec![a];
            }
            part += 1;
            left = dash[part % dash.len()].max(0.1);
        }
    }
    if stroke.len() > 1 {
        found.push(stroke);
    }
    found
}

/// A disc, with as many corners as are not seen.
pub(super) fn disc(middle: (f32, f32), radius: f32) -> Contour {
    let corners = ((radius * 4.0) as usize).clamp(8, 64);
    let corner = |it: usize| {
        let angle = it as f32 / corners as f32 * std::f32::consts::TAU;
        (middle.0 + radius * angle.cos(), middle.1 + radius * angle.sin())
    };
    (0..corners).map(corner).collect()
}

/// A rectangle with round corners.
pub(super) fn rounded(at: (f32, f32), size: (f32, f32), radius: f32) -> Contour {
    let ((x, y), (w, h)) = (at, size);
    let radius = radius.min(w / 2.0).min(h / 2.0);
    if radius < 0.3 {
        return vec![(x, y), (x + w, y), (x + w, y + h), (x, y + h)];
    }
    let corners = [
        (x + w - radius, y + radius, -0.25),
        (x + w - radius, y + h - radius, 0.0),
        (x + radius, y + h - radius, 0.25),
        (x + radius, y + radius, 0.5),
    ];
    let mut line = Vec::new();
    for (cx, cy, from) in corners {
        for step in 0..=5 {
            let angle = (from + step as f32 / 20.0) * std::f32::consts::TAU;
            line.push((cx + radius * angle.cos(), cy + radius * angle.sin()));
        }
    }
    line
}

/// A curve as short lines, behind what is there.
pub(super) fn curve(
    line: &mut Contour,
    from: (f32, f32),
    a: (f32, f32),
    b: (f32, f32),
    to: (f32, f32),
) {
    let long = (to.0 - from.0).abs() + (to.1 - from.1).abs();
    let parts = ((long / 4.0) as usize).clamp(4, 48);
    for part in 1..=parts {
        let t = part as f32 / parts as f32;
        let s = 1.0 - t;
        let mix = |p: f32, q: f32, r: f32, v: f32| {
            s * s * s * p + 3.0 * s * s * t * q + 3.0 * s * t * t * r + t * t * t * v
        };
        line.push((mix(from.0, a.0, b.0, to.0), mix(from.1, a.1, b.1, to.1)));
    }
}
