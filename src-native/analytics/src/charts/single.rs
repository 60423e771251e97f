//! One number, and one number against a target.

use super::{Class, Dash, Pen, SMALL, Shape, Step, USUAL, widths, words};
use crate::dashboard::shape::{Gauge, Judged, Number};

fn class(judged: Judged) -> Class {
    match judged {
        Judged::Good => Class::Good,
        Judged::Bad => Class::Bad,
        Judged::Neither => Class::Muted,
    }
}

/// The change of a number, in words: `▲ +12 % from 1,234`.
pub(crate) fn change(number: &Number) -> Option<String> {
    let (value, before) = (number.value?, number.before?);
    let was = words::number(before, &number.unit);
    if value == before {
        return Some(format!("as before: {was}"));
    }
    let sign = if value > before { "▲" } else { "▼" };
    Some(match number.change {
        Some(change) => format!("{sign} {} from {was}", words::change(change)),
        None => format!("{sign} from {was}"),
    })
}

/// What a number is, in words.
pub(crate) fn value(number: &Number) -> String {
    match (number.value, &number.words) {
        (Some(value), _) => words::number(value, &number.unit),
        (None, Some(words)) => words::clean(words),
        (None, None) => "–".to_owned(),
    }
}

pub(super) fn number(pen: &mut Pen, number: &Number) -> String {
    let figure = value(number);
    let width = pen.width();
    let mut size = 28.0;
    while size > 13.0 && widths::width(&figure, size) > width {
        size -= 1.0;
    }
    let mut y = size.max(20.0);
    pen.text(0.0, y, widths::cut(&figure, size, width), Class::Text)
        .sized(size)
        .bold()
        .says(figure.clone());
    let mut about = figure;
    if let Some(change) = change(number) {
        y += 18.0;
        let cut = widths::cut(&change, USUAL, width);
        pen.text(0.0, y, cut, class(number.judged)).sized(USUAL).says(change.clone());
        about.push_str(&format!(", {change}"));
    } else if let Some(target) = number.target {
        y += 18.0;
        let text = format!("target {}", words::number(target, &number.unit));
        pen.text(0.0, y, text.clone(), class(number.judged)).sized(USUAL);
        about.push_str(&format!(", {text}"));
    }
    if let Some(against) = &number.against {
        if pen.height() - y > 16.0 {
            y += 15.0;
            pen.text(0.0, y, widths::cut(against, SMALL, width), Class::Muted)
                .says(against.clone());
        }
        about.push_str(&format!(" ({against})"));
    }
    let room = pen.height() - y - 8.0;
    if number.course.len() > 1 && room >= 10.0 {
        let height = pen.height();
        spark(pen, &number.course, y + 8.0, height - 3.0);
    }
    words::clean(&about)
}

/// A line of numbers without axes.
fn spark(pen: &mut Pen, values: &[Option<f64>], top: f64, bottom: f64) {
    let known = values.iter().flatten().copied();
    let (least, most) =
        known.fold((0.0_f64, f64::NEG_INFINITY), |it, value| (it.0.min(value), it.1.max(value)));
    let most = if most > least { most } else { least + 1.0 };
    let width = pen.width();
    let place = |at: usize, value: f64| {
        let x = 2.0 + at as f64 / (values.len() - 1) as f64 * (width - 6.0);
        let share = (value / 2.0 - least / 2.0) / (most / 2.0 - least / 2.0);
        (x, bottom - share * (bottom - top))
    };
    let mut steps = Vec::new();
    let mut down = false;
    for (at, value) in values.iter().enumerate() {
        let Some(value) = value else {
            down = false;
            continue;
        };
        let (x, y) = place(at, *value);
        steps.push(if down { Step::Line(x, y) } else { Step::Move(x, y) });
        down = true;
    }
    pen.add(Shape::Path(steps)).stroke(Class::Series(1), 1.5, Dash::None);
    if let Some((at, Some(value))) = values.iter().enumerate().next_back() {
        let (x, y) = place(at, *value);
        pen.add(Shape::Circle { x, y, radius: 2.5 }).fill = Some(Class::Series(1));
    }
}

pub(super) fn gauge(pen: &mut Pen, gauge: &Gauge) -> String {
    let figure = gauge.value.map_or("–".to_owned(), |it| words::number(it, &gauge.unit));
    let width = pen.width();
    let mut size = 24.0;
    while size > 13.0 && widths::width(&figure, size) > width {
        size -= 1.0;
    }
    pen.text(0.0, size.max(20.0), widths::cut(&figure, size, width), Class::Text)
        .sized(size)
        .bold();
    let target = words::number(gauge.target, &gauge.unit);
    let state = match gauge.judged {
        Judged::Good => "reached",
        Judged::Bad => "missed",
        Judged::Neither => "",
    };
    let most = gauge.value.unwrap_or(0.0).max(gauge.target).max(0.0) * 1.1;
    let least = gauge.value.unwrap_or(0.0).min(gauge.target).min(0.0) * 1.1;
    let apart = if most > least { most - least } else { 1.0 };
    let place = |value: f64| ((value - least) / apart).clamp(0.0, 1.0) * width;
    let y = size.max(20.0) + 12.0;
    pen.rect(0.0, y, width, 10.0, Class::Sunken).round(3.0);
    if let Some(value) = gauge.value {
        let (from, to) = (place(0.0), place(value));
        let fill = match gauge.judged {
            Judged::Good => Class::Good,
            Judged::Bad => Class::Bad,
            Judged::Neither => Class::Series(1),
        };
        let mark = pen.rect(from.min(to), y, (to - from).abs(), 10.0, fill).round(3.0);
        mark.stands_for(0, 0, None).says(format!("{figure} of {target}"));
    }
    let x = place(gauge.target);
    pen.line(x, y - 3.0, x, y + 13.0, Class::Text)
        .stroke(Class::Text, 2.0, Dash::None)
        .says(format!("target {target}"));
    let words = if state.is_empty() {
        format!("target {target}")
    } else {
        format!("target {target}, {state}")
    };
    let class = class(gauge.judged);
    pen.text(0.0, y + 27.0, widths::cut(&words, USUAL, width), class).sized(USUAL);
    format!("{figure} against a {words}")
}
