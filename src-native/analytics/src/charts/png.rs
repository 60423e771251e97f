//! A scene as PNG, with letters of a font of our own: Latin, Greek and Cyrillic. Letters of other scripts
//! need fonts that the caller brings; without one they are drawn as boxes.

mod canvas;
mod letters;

use super::theme::Theme;
use super::{Anchor, Class, Scene, Shape, Step};
use canvas::{Canvas, Contour};
use letters::Letters;
use std::io::Write;

/// Most pixels of a picture.
const PIXELS_MOST: f64 = 60_000_000.0;

/// A picture in a theme, each point as many pixels wide as `scale` says. `fonts` are the bytes of more fonts,
/// asked in their order for letters that ours lacks; what is no font is passed over.
pub fn png(scene: &Scene, theme: Theme, scale: f64, fonts: &[&[u8]]) -> Vec<u8> {
    let scale = if scale.is_finite() { scale.clamp(0.25, 8.0) } else { 1.0 };
    let most = (PIXELS_MOST / (scene.width * scene.height).max(1.0)).sqrt();
    let scale = scale.min(most);
    let size = |it: f64| (it * scale).ceil().clamp(1.0, 40_000.0) as usize;
    let ground = theme.colour(Class::Surface);
    let mut canvas = Canvas::new(size(scene.width), size(scene.height), ground);
    let letters = Letters::new(fonts);
    for mark in &scene.shapes {
        draw(&mut canvas, mark, theme, scale as f32, &letters);
    }
    encoded(&canvas)
}

/// Letters of a scene that are drawn as boxes without more fonts, each once.
pub fn missing(scene: &Scene, fonts: &[&[u8]]) -> Vec<char> {
    let letters = Letters::new(fonts);
    let mut missing: Vec<char> = scene
        .shapes
        .iter()
        .filter_map(|it| match &it.shape {
            Shape::Text { words, .. } => Some(words.chars()),
            _ => None,
        })
        .flatten()
        .filter(|it| !letters.has(*it))
        .collect();
    missing.sort_unstable();
    missing.dedup();
    missing
}

fn draw(canvas: &mut Canvas, mark: &super::Mark, theme: Theme, scale: f32, letters: &Letters<'_>) {
    let point = |x: f64, y: f64| (x as f32 * scale, y as f32 * scale);
    let (lines, closed): (Vec<Contour>, bool) = match &mark.shape {
        Shape::Rect { x, y, width, height, radius } => (
            vec![canvas::rounded(point(*x, *y), point(*width, *height), *radius as f32 * scale)],
            true,
        ),
        Shape::Line { x1, y1, x2, y2 } => (vec![vec![point(*x1, *y1), point(*x2, *y2)]], false),
        Shape::Circle { x, y, radius } => {
            (vec![canvas::disc(point(*x, *y), *radius as f32 * scale)], true)
        }
        Shape::Path(steps) => (way(steps, scale), steps.contains(&Step::Close)),
        Shape::Text { x, y, words, anchor, size, bold } => {
            let size = *size as f32 * scale;
            let wide = letters.width(words, size);
            let (x, y) = point(*x, *y);
            let x = match anchor {
                Anchor::Start => x,
                Anchor::Middle => x - wide / 2.0,
                Anchor::End => x - wide,
            };
            let colour = theme.colour(mark.fill.unwrap_or(Class::Text));
            letters.draw(canvas, words, (x, y), size, *bold, colour, mark.opacity as f32);
            return;
        }
    };
    if let Some(class) = mark.fill {
        canvas.fill(&lines, theme.colour(class), mark.opacity as f32);
    }
    if let Some(stroke) = mark.stroke {
        let dash: Vec<f32> = stroke.dash.lengths().iter().map(|it| *it as f32 * scale).collect();
        let opacity = if mark.fill.is_some() { 1.0 } else { mark.opacity as f32 };
        let colour = theme.colour(stroke.class);
        canvas.stroke(&lines, closed, stroke.width as f32 * scale, &dash, colour, opacity);
    }
}

/// The lines of a way; curves as many short ones.
fn way(steps: &[Step], scale: f32) -> Vec<Contour> {
    let mut lines: Vec<Contour> = Vec::new();
    let point = |x: f64, y: f64| (x as f32 * scale, y as f32 * scale);
    for step in steps {
        match step {
            Step::Move(x, y) => lines.push(vec![point(*x, *y)]),
            Step::Line(x, y) => {
                if let Some(line) = lines.last_mut() {
                    line.push(point(*x, *y));
                }
            }
            Step::Curve(a, b, c, d, x, y) => {
                if let Some(line) = lines.last_mut()
                    && let Some(from) = line.last().copied()
                {
                    canvas::curve(line, from, point(*a, *b), point(*c, *d), point(*x, *y));
                }
            }
            Step::Close => {
                if let Some(line) = lines.last_mut()
                    && let Some(first) = line.first().copied()
                {
                    line.push(first);
                }
            }
        }
    }
    lines
}

/// The pixels as a file. Each row is written as how it differs from the one above: pictures of charts are
/// mostly flat.
fn encoded(canvas: &Canvas) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut head = Vec::new();
    head.extend((canvas.width as u32).to_be_bytes());
    head.extend((canvas.height as u32).to_be_bytes());
    head.extend([8, 2, 0, 0, 0]);
    chunk(&mut file, b"IHDR", &head);
    let row = canvas.width * 3;
    let mut above = vec![0_u8; row];
    let mut pack = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(7));
    let mut line = Vec::with_capacity(row + 1);
    for pixels in canvas.pixels.chunks_exact(row) {
        line.clear();
        line.push(2);
        line.extend(pixels.iter().zip(&above).map(|(it, above)| it.wrapping_sub(*above)));
        above.copy_from_slice(pixels);
        // Writing to memory does not fail.
        let _ = pack.write_all(&line);
    }
    chunk(&mut file, b"IDAT", &pack.finish().unwrap_or_default());
    chunk(&mut file, b"IEND", &[]);
    file
}

fn chunk(file: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    file.extend((data.len() as u32).to_be_bytes());
    let mut sum = flate2::Crc::new();
    sum.update(name);
    sum.update(data);
    file.extend(name);
    file.extend(data);
    file.extend(sum.sum().to_be_bytes());
}
