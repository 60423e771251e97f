//! Lines, bars and areas.

use super::legend::{self, Entry, Flagged};
use super::scale::{self, Scale, Tick};
use super::words;
use super::{Band, Class, Dash, Datum, Flag, Pen, SMALL, Step, widths};
use crate::dashboard::shape::{Axis, Form, Series};

/// What a series is drawn with.
pub(super) fn look(series: &Series, number: usize) -> (Class, Dash) {
    let line = &series.lines[number];
    let dash = if line.before.is_some() { Dash::Strokes } else { Dash::None };
    let class = match line.other {
        true => Class::Series(8),
        false => Class::of_series(line.before.unwrap_or(number)),
    };
    (class, dash)
}

/// The room a picture has for its marks.
struct Room {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    /// Whether places stand beside each other, as bars do.
    slots: bool,
    /// How wide a place is.
    slot: f64,
}

impl Room {
    /// The middle of a place.
    fn x(&self, axis: &Axis, index: usize) -> f64 {
        if self.slots {
            return self.left + self.slot * (index as f64 + 0.5);
        }
        let share = match axis {
            Axis::Time { at, .. } => share_of(
                *at.get(index).unwrap_or(&0) as f64,
                at.first().map(|it| *it as f64),
                at.last().map(|it| *it as f64),
            ),
            Axis::Numbers(at) => {
                share_of(*at.get(index).unwrap_or(&0.0), at.first().copied(), at.last().copied())
            }
            Axis::Words(words) => share_of(index as f64, Some(0.0), Some(words.len() as f64 - 1.0)),
        };
        self.left + share * (self.right - self.left)
    }

    /// The place of a moment, whether it is one of the axis or not.
    fn moment(&self, at: &[i64], moment: i64) -> f64 {
        if self.slots {
            let place = at.partition_point(|it| *it <= moment).saturating_sub(1);
            return self.left + self.slot * (place as f64 + 0.5);
        }
        let share = share_of(
            moment as f64,
            at.first().map(|it| *it as f64),
            at.last().map(|it| *it as f64),
        );
        self.left + share.clamp(0.0, 1.0) * (self.right - self.left)
    }
}

fn share_of(value: f64, first: Option<f64>, last: Option<f64>) -> f64 {
    match (first, last) {
        (Some(first), Some(last)) if last > first => {
            (value / 2.0 - first / 2.0) / (last / 2.0 - first / 2.0)
        }
        _ => 0.5,
    }
}

/// Numbers on each other: for each series and place, where it begins and where it ends.
fn stacked(series: &Series) -> Vec<Vec<Option<(f64, f64)>>> {
    let width = series.axis.len();
    let (mut up, mut down) = (vec![0.0; width], vec![0.0; width]);
    let areas = series.form == Form::Area;
    let stack = series.lines.iter().map(|line| {
        let values = line.values.iter().enumerate().map(|(at, value)| {
            // An area goes on over what is missing as over nothing.
            let value = if areas { value.unwrap_or(0.0) } else { (*value)? };
            let base = if value < 0.0 { &mut down } else { &mut up };
            let from = base[at];
            base[at] += value;
            Some((from, base[at]))
        });
        values.collect()
    });
    stack.collect()
}

pub(super) fn draw(pen: &mut Pen, series: &Series) -> String {
    let bars = matches!(series.form, Form::Bar | Form::Stacked);
    let piled = matches!(series.form, Form::Stacked | Form::Area);
    if bars && super::horizontal::fits(series) {
        return super::horizontal::draw(pen, series);
    }
    let mut top = 6.0;
    if series.lines.len() > 1 {
        let entries: Vec<Entry> = (0..series.lines.len())
            .map(|it| {
                let (class, dash) = look(series, it);
                Entry { name: series.lines[it].name.clone(), class, dash, series: it }
            })
            .collect();
        top += legend::draw(pen, &entries);
    }
    let stack = if piled { stacked(series) } else { Vec::new() };
    let values: Box<dyn Iterator<Item = f64>> = match piled {
        true => Box::new(stack.iter().flatten().flatten().flat_map(|it| [it.0, it.1])),
        false => Box::new(series.lines.iter().flat_map(|it| it.values.iter().flatten().copied())),
    };
    let values = values.chain(series.target);
    let free = series.form == Form::Line;
    let zone = match &series.axis {
        Axis::Time { zone, .. } => Some(zone.clone()),
        _ => None,
    };
    let marked = !series.marks.is_empty() && zone.is_some();
    if marked {
        top += 14.0;
    }
    let count = ((pen.height() - top - 24.0) / 44.0).clamp(1.0, 8.0) as usize;
    let scale = Scale::of(values, free, count, &series.unit);
    let labels = scale.labels(&series.unit);
    let left = labels.iter().map(|it| widths::width(it, SMALL)).fold(16.0, f64::max) + 8.0;
    let left = left.min(pen.width() / 3.0);
    let width = series.axis.len();
    let slots = bars;
    let right = pen.width() - if slots { 4.0 } else { 10.0 };
    let slot = (right - left).max(1.0) / width.max(1) as f64;
    let mut room = Room { left, right, top, bottom: pen.height() - 20.0, slots, slot };
    let flags: Vec<Flagged> = match (&series.axis, &zone) {
        (Axis::Time { at, .. }, Some(zone)) if marked => {
            legend::flagged(&series.marks, |it| room.moment(at, it), zone)
        }
        _ => Vec::new(),
    };
    let list = legend::flag_lines(&flags, pen.width());
    room.bottom -= list.len() as f64 * 15.0;
    room.bottom = room.bottom.max(room.top + 10.0);
    let scale = scale.between(room.bottom, room.top);
    for (value, label) in scale.ticks.iter().zip(&labels) {
        let y = scale.at(*value);
        let class = if *value == 0.0 { Class::Edge } else { Class::Grid };
        pen.line(room.left, y, room.right, y, class);
        let label = widths::cut(label, SMALL, room.left - 6.0);
        pen.text(room.left - 6.0, y + 4.0, label, Class::Muted).end();
    }
    ticks(pen, series, &room);
    match series.form {
        Form::Line => lines(pen, series, &room, &scale),
        Form::Area => areas(pen, series, &stack, &room, &scale),
        Form::Bar => side_by_side(pen, series, &room, &scale),
        Form::Stacked => piles(pen, series, &stack, &room, &scale),
    }
    target(pen, series, &room, &scale);
    if let Axis::Time { at, .. } = &series.axis {
        for flag in &flags {
            let x = room.moment(at, flag.at);
            let y = room.top - 9.0;
            pen.line(x, y, x, room.bottom, Class::Edge)
                .stroke(Class::Edge, 1.0, Dash::Dots)
                .says(flag.says.clone());
            pen.rect(x - 6.0, y - 6.0, 12.0, 12.0, Class::Text).round(3.0).says(flag.says.clone());
            pen.text(x, y + 3.5, flag.number.to_string(), Class::Surface).middle().sized(9.0);
            let (says, link) = (flag.says.clone(), flag.link.clone());
            pen.scene.flags.push(Flag { number: flag.number, x, says, link });
        }
    }
    for (at, line) in list.iter().enumerate() {
        let y = pen.height() - 4.0 - (list.len() - 1 - at) as f64 * 15.0;
        pen.text(0.0, y, line.as_str(), Class::Muted);
    }
    bands(pen, series, &room);
    about(series)
}

/// Labels below the axis.
fn ticks(pen: &mut Pen, series: &Series, room: &Room) {
    let width = room.right - room.left;
    let ticks: Vec<Tick> = match (&series.axis, room.slots) {
        (Axis::Time { at, step, zone }, false) => {
            let ticks = scale::moments(at, *step, zone, (width / 74.0) as usize);
            ticks.into_iter().map(|(it, label)| Tick { at: room.moment(at, it), label }).collect()
        }
        (Axis::Numbers(at), false) => {
            let most = at.last().copied().unwrap_or(1.0);
            let least = at.first().copied().unwrap_or(0.0);
            let (plain, count) = (words::Unit::Plain, (width / 90.0).max(1.0) as usize);
            let inner = Scale::of([least, most].into_iter(), true, count, &plain);
            let labels = inner.labels(&plain);
            let within = inner.ticks.iter().zip(labels).filter(|it| (least..=most).contains(it.0));
            within
                .map(|(it, label)| Tick {
                    at: room.left + share_of(*it, Some(least), Some(most)) * width,
                    label,
                })
                .collect()
        }
        (axis, slots) => {
            let count = axis.len().max(1) as f64;
            let slot = if slots { room.slot } else { width / count };
            let ticks = scale::slots(axis, slot, width);
            ticks
                .into_iter()
                .map(|it| Tick { at: room.x(axis, it.at as usize), label: it.label })
                .collect()
        }
    };
    let mut free = 0.0;
    for tick in ticks {
        let half = widths::width(&tick.label, SMALL) / 2.0;
        // Kept within the picture, and off the label before it.
        let x = tick.at.min(pen.width() - half).max(half);
        if x - half < free {
            continue;
        }
        free = x + half + 6.0;
        pen.line(tick.at, room.bottom, tick.at, room.bottom + 4.0, Class::Edge);
        pen.text(x, room.bottom + 15.0, tick.label, Class::Muted).middle();
    }
}

/// What a mark says: its series, its place and its number.
pub(super) fn says(series: &Series, line: usize, index: usize, value: f64) -> String {
    let place = scale::place(&series.axis, index);
    let number = words::number(value, &series.unit);
    let open = if series.open.is_some_and(|it| index >= it) && series.lines[line].before.is_none() {
        ", not over yet"
    } else {
        ""
    };
    match series.lines.len() {
        1 => format!("{place}: {number}{open}"),
        _ => format!("{}, {place}: {number}{open}", series.lines[line].name),
    }
}

/// Points beyond which only the line is drawn, and its ends.
const POINTS_MOST: usize = 45;

fn lines(pen: &mut Pen, series: &Series, room: &Room, scale: &Scale) {
    let count = series.axis.len();
    // What is compared with lies behind.
    let order = (0..series.lines.len()).rev();
    for number in order {
        let line = &series.lines[number];
        let (class, dash) = look(series, number);
        // Many places would run into each other.
        let thick = match (line.before.is_some(), room.slot < 2.0) {
            (_, true) => 1.0,
            (true, _) => 1.5,
            _ => 2.0,
        };
        let open = series.open.filter(|_| line.before.is_none()).unwrap_or(count);
        let (mut steps, mut tail) = (Vec::new(), Vec::new());
        let mut last: Option<(f64, f64)> = None;
        for (index, value) in line.values.iter().enumerate() {
            let Some(value) = value else {
                last = None;
                continue;
            };
            let (x, y) = (room.x(&series.axis, index), scale.at(*value));
            let to = if index >= open { &mut tail } else { &mut steps };
            match last {
                Some(_) if index < open => to.push(Step::Line(x, y)),
                Some((x0, y0)) => to.extend([Step::Move(x0, y0), Step::Line(x, y)]),
                None => to.push(Step::Move(x, y)),
            }
            last = Some((x, y));
        }
        for (steps, dash) in [(steps, dash), (tail, Dash::Dots)] {
            if steps.len() > 1 {
                let mark = pen.add(super::Shape::Path(steps));
                mark.stroke(class, thick, dash).says(line.name.clone());
            }
        }
        for (index, value) in line.values.iter().enumerate() {
            let Some(value) = value else { continue };
            let alone = (index == 0 || line.values[index - 1].is_none())
                && line.values.get(index + 1).copied().flatten().is_none();
            let hollow = index >= open;
            let shown = count <= POINTS_MOST && line.before.is_none();
            if !(alone || hollow || shown) {
                continue;
            }
            let (x, y) = (room.x(&series.axis, index), scale.at(*value));
            let radius = if alone || hollow { 3.0 } else { 2.5 };
            let mark = pen.add(super::Shape::Circle { x, y, radius });
            mark.fill = Some(if hollow { Class::Surface } else { class });
            if hollow {
                mark.stroke(class, 1.5, Dash::None);
            }
            mark.stands_at(series, number, index);
            mark.says(says(series, number, index, *value));
        }
    }
}

fn areas(
    pen: &mut Pen,
    series: &Series,
    stack: &[Vec<Option<(f64, f64)>>],
    room: &Room,
    scale: &Scale,
) {
    let count = series.axis.len();
    for (number, layer) in stack.iter().enumerate() {
        let (class, _) = look(series, number);
        let points: Vec<(f64, f64, f64)> = layer
            .iter()
            .enumerate()
            .filter_map(|(at, it)| {
                let (from, to) = (*it)?;
                Some((room.x(&series.axis, at), scale.at(from), scale.at(to)))
            })
            .collect();
        let Some(first) = points.first().copied() else { continue };
        if count == 1 {
            // One place has no width: a bar stands for it.
            pen.rect(first.0 - 10.0, first.2.min(first.1), 20.0, (first.1 - first.2).abs(), class)
                .see(0.8)
                .says(says(series, number, 0, series.lines[number].values[0].unwrap_or(0.0)));
            continue;
        }
        let mut steps = vec![Step::Move(first.0, first.2)];
        steps.extend(points[1..].iter().map(|it| Step::Line(it.0, it.2)));
        let edge = steps.clone();
        steps.extend(points.iter().rev().map(|it| Step::Line(it.0, it.1)));
        steps.push(Step::Close);
        let fill = pen.add(super::Shape::Path(steps));
        fill.fill = Some(class);
        fill.see(if stack.len() == 1 { 0.25 } else { 0.75 })
            .says(series.lines[number].name.clone());
        pen.add(super::Shape::Path(edge)).stroke(class, 1.5, Dash::None);
    }
    if let Some(open) = series.open.filter(|it| *it > 0 && *it < count) {
        let from = room.x(&series.axis, open - 1);
        let to = room.x(&series.axis, count - 1);
        pen.rect(from, room.top, to - from, room.bottom - room.top, Class::Surface)
            .see(0.6)
            .says("not over yet");
    }
}

fn side_by_side(pen: &mut Pen, series: &Series, room: &Room, scale: &Scale) {
    let count = series.lines.len().max(1) as f64;
    let inner = (room.slot * 0.8).min(64.0 * count);
    let thick = (inner / count - if room.slot > 12.0 { 1.0 } else { 0.0 }).max(0.4);
    for (number, line) in series.lines.iter().enumerate() {
        let (class, _) = look(series, number);
        for (index, value) in line.values.iter().enumerate() {
            let Some(value) = value else { continue };
            let x = room.x(&series.axis, index) - inner / 2.0 + inner / count * number as f64;
            let (base, end) = (scale.at(0.0), scale.at(*value));
            let height = (base - end).abs();
            let mark = pen.rect(x, base.min(end), thick, height, class);
            if line.before.is_some() {
                mark.see(0.45);
            }
            if series.open.is_some_and(|it| index >= it) && line.before.is_none() {
                mark.see(0.5).stroke(class, 1.0, Dash::Dots);
            }
            mark.stands_at(series, number, index);
            mark.says(says(series, number, index, *value));
        }
    }
}

fn piles(
    pen: &mut Pen,
    series: &Series,
    stack: &[Vec<Option<(f64, f64)>>],
    room: &Room,
    scale: &Scale,
) {
    let thick = (room.slot * 0.8).clamp(0.4, 64.0);
    for (number, layer) in stack.iter().enumerate() {
        let (class, _) = look(series, number);
        for (index, value) in layer.iter().enumerate() {
            let Some((from, to)) = value else { continue };
            let x = room.x(&series.axis, index) - thick / 2.0;
            let (from, to) = (scale.at(*from), scale.at(*to));
            let mark = pen.rect(x, from.min(to), thick, (from - to).abs(), class);
            if series.open.is_some_and(|it| index >= it) {
                mark.see(0.5);
            }
            let value = series.lines[number].values[index].unwrap_or(0.0);
            mark.stands_at(series, number, index).says(says(series, number, index, value));
        }
    }
}

/// The line that is aimed at.
fn target(pen: &mut Pen, series: &Series, room: &Room, scale: &Scale) {
    let Some(target) = series.target else { return };
    let y = scale.at(target);
    let words = format!("target {}", words::number(target, &series.unit));
    pen.line(room.left, y, room.right, y, Class::Bad)
        .stroke(Class::Bad, 1.5, Dash::Strokes)
        .says(words.clone());
    let wide = widths::width(&words, SMALL) + 6.0;
    // Above its line, unless that is outside.
    let base = if y - 14.0 < room.top { y + 13.0 } else { y - 4.0 };
    pen.rect(room.right - wide, base - 10.0, wide, 13.0, Class::Surface).see(0.8);
    pen.text(room.right - 3.0, base, words, Class::Bad).end();
}

/// What is at each place, in words.
fn bands(pen: &mut Pen, series: &Series, room: &Room) {
    let count = series.axis.len();
    if count == 0 {
        return;
    }
    let middle: Vec<f64> = (0..count).map(|it| room.x(&series.axis, it)).collect();
    for index in 0..count {
        let from = match index {
            0 => room.left,
            _ => (middle[index - 1] + middle[index]) / 2.0,
        };
        let to = match index + 1 == count {
            true => room.right,
            false => (middle[index] + middle[index + 1]) / 2.0,
        };
        let mut says = scale::place(&series.axis, index);
        if series.open.is_some_and(|it| index >= it) {
            says.push_str(" (not over yet)");
        }
        let mut any = false;
        for line in &series.lines {
            let Some(value) = line.values.get(index).copied().flatten() else { continue };
            any = true;
            let number = words::number(value, &series.unit);
            match series.lines.len() {
                1 => says.push_str(&format!("\n{number}")),
                _ => says.push_str(&format!("\n{}: {number}", words::clean(&line.name))),
            }
        }
        if !any {
            says.push_str("\nnothing is known");
        }
        let (y, height) = (room.top, room.bottom - room.top);
        let mut own = series.lines.iter().enumerate().filter(|(_, it)| {
            it.before.is_none() && it.values.get(index).copied().flatten().is_some()
        });
        let datum = own.next().map(|(number, line)| Datum {
            series: number,
            index,
            row: line.rows.get(index).copied().flatten(),
            place: series.places.get(index).copied().flatten(),
        });
        let (width, alone) = ((to - from).max(0.0), own.next().is_none());
        pen.scene.bands.push(Band { index, x: from, y, width, height, says, datum, alone });
    }
}

/// What a picture along an axis shows, in words.
pub(super) fn about(series: &Series) -> String {
    let count = series.axis.len();
    let span = match count {
        0 => String::new(),
        1 => format!(" at {}", scale::place(&series.axis, 0)),
        _ => match &series.axis {
            Axis::Words(_) => format!(" by {}", series.axis_name),
            axis => format!(" from {} to {}", scale::place(axis, 0), scale::place(axis, count - 1)),
        },
    };
    let lines = series.lines.iter().take(9).map(|line| {
        let known = line.values.iter().flatten();
        let least = known.clone().copied().fold(f64::INFINITY, f64::min);
        let most = known.clone().copied().fold(f64::NEG_INFINITY, f64::max);
        let unit = &series.unit;
        match (known.clone().count(), known.last()) {
            (0, _) | (_, None) => format!("{} without numbers", line.name),
            (1, Some(last)) => format!("{} {}", line.name, words::number(*last, unit)),
            (_, Some(last)) => format!(
                "{} between {} and {}, at last {}",
                line.name,
                words::number(least, unit),
                words::number(most, unit),
                words::number(*last, unit)
            ),
        }
    });
    words::clean(&format!("{}{span}", lines.collect::<Vec<_>>().join("; ")))
}
