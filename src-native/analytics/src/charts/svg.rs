//! A scene as SVG.

use super::theme::Theme;
use super::{Anchor, Class, Mark, Scene, Shape, Step};
use std::fmt::Write;

/// How colours are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// As they are in a theme: the picture stands by itself.
    Fixed(Theme),
    /// As classes `f-NAME` and `s-NAME`, for a page with a style sheet.
    Classes,
}

/// A whole file: the picture on its ground, in a theme.
pub fn svg(scene: &Scene, theme: Theme) -> String {
    let mut text = open(scene, Paint::Fixed(theme), FONT);
    let ground = theme.hex(Class::Surface);
    let _ = write!(text, "<rect width=\"100%\" height=\"100%\" fill=\"{ground}\"/>");
    marks(&mut text, scene, Paint::Fixed(theme));
    text.push_str("</svg>\n");
    text
}

/// Fonts of a picture that stands by itself.
pub(crate) const FONT: &str = "system-ui, 'Inter', 'Noto Sans', 'Liberation Sans', sans-serif";

/// The beginning of a picture.
pub(crate) fn open(scene: &Scene, paint: Paint, font: &str) -> String {
    let (width, height) = (number(scene.width), number(scene.height));
    let fixed = match paint {
        Paint::Fixed(_) => format!(" font-family=\"{font}\""),
        Paint::Classes => String::new(),
    };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{}\"{fixed}>",
        escaped(&scene.about)
    )
}

/// The marks of a scene, and what is at each place of its axis.
pub(crate) fn marks(text: &mut String, scene: &Scene, paint: Paint) {
    for mark in &scene.shapes {
        one(text, mark, paint);
    }
    for band in &scene.bands {
        let _ = write!(
            text,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill-opacity=\"0\"><title>{}</title></rect>",
            number(band.x),
            number(band.y),
            number(band.width),
            number(band.height),
            escaped(&band.says)
        );
    }
}

/// A number in few letters.
pub(crate) fn number(value: f64) -> String {
    if !value.is_finite() {
        return "0".to_owned();
    }
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Text that is text, whatever stands in it.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' | '\t' => escaped.push(letter),
            it if it.is_control() || matches!(it, '\u{fffe}' | '\u{ffff}') => {
                escaped.push('\u{fffd}')
            }
            it => escaped.push(it),
        }
    }
    escaped
}

/// The way of a path, as SVG writes it.
pub fn way(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps {
        let _ = match step {
            Step::Move(x, y) => write!(text, "M{} {}", number(*x), number(*y)),
            Step::Line(x, y) => write!(text, "L{} {}", number(*x), number(*y)),
            Step::Curve(a, b, c, d, x, y) => write!(
                text,
                "C{} {} {} {} {} {}",
                number(*a),
                number(*b),
                number(*c),
                number(*d),
                number(*x),
                number(*y)
            ),
            Step::Close => write!(text, "Z"),
        };
    }
    text
}

fn one(text: &mut String, mark: &Mark, paint: Paint) {
    let name = match &mark.shape {
        Shape::Rect { .. } => "rect",
        Shape::Line { .. } => "line",
        Shape::Circle { .. } => "circle",
        Shape::Path(_) => "path",
        Shape::Text { .. } => "text",
    };
    let _ = write!(text, "<{name}");
    let mut put = |name: &str, value: &str| {
        let _ = write!(text, " {name}=\"{value}\"");
    };
    match &mark.shape {
        Shape::Rect { x, y, width, height, radius } => {
            put("x", &number(*x));
            put("y", &number(*y));
            put("width", &number(*width));
            put("height", &number(*height));
            if *radius > 0.0 {
                put("rx", &number(*radius));
            }
        }
        Shape::Line { x1, y1, x2, y2 } => {
            put("x1", &number(*x1));
            put("y1", &number(*y1));
            put("x2", &number(*x2));
            put("y2", &number(*y2));
        }
        Shape::Circle { x, y, radius } => {
            put("cx", &number(*x));
            put("cy", &number(*y));
            put("r", &number(*radius));
        }
        Shape::Path(steps) => {
            put("d", &way(steps));
            put("stroke-linejoin", "round");
        }
        Shape::Text { x, y, anchor, size, bold, .. } => {
            put("x", &number(*x));
            put("y", &number(*y));
            put("font-size", &number(*size));
            match anchor {
                Anchor::Start => {}
                Anchor::Middle => put("text-anchor", "middle"),
                Anchor::End => put("text-anchor", "end"),
            }
            if *bold {
                put("font-weight", "600");
            }
        }
    }
    match paint {
        Paint::Fixed(theme) => {
            match mark.fill {
                Some(class) => put("fill", &theme.hex(class)),
                None => put("fill", "none"),
            }
            if let Some(stroke) = mark.stroke {
                put("stroke", &theme.hex(stroke.class));
            }
        }
        Paint::Classes => {
            let fill = mark.fill.map_or("f-none".to_owned(), |it| format!("f-{}", it.name()));
            match mark.stroke {
                Some(stroke) => put("class", &format!("{fill} s-{}", stroke.class.name())),
                None => put("class", &fill),
            }
        }
    }
    if let Some(stroke) = mark.stroke {
        put("stroke-width", &number(stroke.width));
        let dash: Vec<String> = stroke.dash.lengths().iter().map(|it| number(*it)).collect();
        if !dash.is_empty() {
            put("stroke-dasharray", &dash.join(" "));
        }
    }
    if mark.opacity < 1.0 {
        // A border of what is not complete is seen in full.
        put(if mark.fill.is_some() { "fill-opacity" } else { "opacity" }, &number(mark.opacity));
    }
    let title = match mark.says.is_empty() {
        true => String::new(),
        false => format!("<title>{}</title>", escaped(&mark.says)),
    };
    let words = match &mark.shape {
        Shape::Text { words, .. } => escaped(words),
        _ => String::new(),
    };
    match (title.is_empty(), words.is_empty()) {
        (true, true) => text.push_str("/>"),
        _ => {
            let _ = write!(text, ">{title}{words}</{name}>");
        }
    }
}
