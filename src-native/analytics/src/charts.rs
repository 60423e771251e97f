//! Charts are drawn here and nowhere else: what a panel shows becomes a scene of typed shapes, which the page
//! draws as elements and the terminal program writes as SVG, PNG or HTML. Colours are classes, so that both
//! themes work; every mark that stands for a number says which, and says it in words.

mod funnel;
mod grid;
mod heat;
mod horizontal;
mod legend;
pub mod png;
mod sankey;
mod scale;
mod series;
mod single;
pub mod svg;
mod table;
#[cfg(test)]
pub(crate) mod tests;
pub mod theme;
mod treemap;
pub mod widths;
pub mod words;

use crate::dashboard::shape::{Body, Series, Shown};

pub(crate) use scale::place;
pub(crate) use single::{change, value as figure};

/// A picture: shapes in the order they are drawn, the first at the back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// Its width, in points.
    pub width: f64,
    /// Its height, in points.
    pub height: f64,
    /// What it shows, in words, for who does not see it.
    pub about: String,
    /// Its shapes.
    pub shapes: Vec<Mark>,
    /// For pictures along an axis: what is at each place of it, to be told where somebody points.
    pub bands: Vec<Band>,
    /// What is marked in it, by the number on its flag.
    pub flags: Vec<Flag>,
}

/// A place of an axis and what is there.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// Its place on the axis.
    pub index: usize,
    /// Where it begins.
    pub x: f64,
    /// Where it begins, from the top.
    pub y: f64,
    /// How wide it is.
    pub width: f64,
    /// How high it is.
    pub height: f64,
    /// What is there, in words: the place, then each series.
    pub says: String,
    /// The first number that is there; none where nothing is known of the place.
    pub datum: Option<Datum>,
    /// Whether that number is all there is: no other series has one.
    pub alone: bool,
}

/// Something that happened, marked with a flag.
#[derive(Clone, Debug, PartialEq)]
pub struct Flag {
    /// The number on its flag.
    pub number: usize,
    /// Where it stands.
    pub x: f64,
    /// What happened, and when.
    pub says: String,
    /// Where it leads.
    pub link: Option<String>,
}

/// A shape, and how it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// It.
    pub shape: Shape,
    /// What it is filled with.
    pub fill: Option<Class>,
    /// The line around it, or that it is.
    pub stroke: Option<Stroke>,
    /// How much of it is seen, from 0 to 1.
    pub opacity: f64,
    /// The number it stands for.
    pub datum: Option<Datum>,
    /// What it says, in words; empty where it only helps to read the others.
    pub says: String,
}

/// The number a mark stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Datum {
    /// Its series, or its row of a grid, or its group.
    pub series: usize,
    /// Its place on the axis, or its column, or its place in the group.
    pub index: usize,
    /// The row of the table that it was read from; none for several.
    pub row: Option<usize>,
    /// A row that stands at the same place, which tells the place where several were put together.
    pub place: Option<usize>,
}

/// A shape.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A rectangle.
    Rect {
        /// Its left.
        x: f64,
        /// Its top.
        y: f64,
        /// Its width.
        width: f64,
        /// Its height.
        height: f64,
        /// How round its corners are.
        radius: f64,
    },
    /// A line.
    Line {
        /// Where it begins.
        x1: f64,
        /// Where it begins, from the top.
        y1: f64,
        /// Where it ends.
        x2: f64,
        /// Where it ends, from the top.
        y2: f64,
    },
    /// A disc.
    Circle {
        /// Its middle.
        x: f64,
        /// Its middle, from the top.
        y: f64,
        /// Its radius.
        radius: f64,
    },
    /// A way.
    Path(Vec<Step>),
    /// Words.
    Text {
        /// Where they are anchored.
        x: f64,
        /// Their base line.
        y: f64,
        /// They.
        words: String,
        /// Which end of them stands at `x`.
        anchor: Anchor,
        /// Size of the letters, in points.
        size: f64,
        /// Whether they are bold.
        bold: bool,
    },
}

/// A step of a way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// Lift the pen and put it there.
    Move(f64, f64),
    /// Draw a line to there.
    Line(f64, f64),
    /// Draw a curve to there, bent towards two other points.
    Curve(f64, f64, f64, f64, f64, f64),
    /// Draw a line back to where the pen was put down.
    Close,
}

/// Which end of words stands where they are anchored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Their beginning.
    Start,
    /// Their middle.
    Middle,
    /// Their end.
    End,
}

/// A line that is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// Its colour.
    pub class: Class,
    /// How thick it is, in points.
    pub width: f64,
    /// How it is broken.
    pub dash: Dash,
}

/// How a line is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dash {
    /// Not at all.
    None,
    /// In strokes: something of another time.
    Strokes,
    /// In dots: something that is not complete.
    Dots,
}

impl Dash {
    /// Lengths of what is drawn and what is not, in points.
    pub fn lengths(self) -> &'static [f64] {
        match self {
            Dash::None => &[],
            Dash::Strokes => &[5.0, 3.0],
            Dash::Dots => &[2.0, 2.5],
        }
    }
}

/// A colour by what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// A series, from 1 to 8.
    Series(u8),
    /// Heat, from 0 to 5.
    Heat(u8),
    /// Better.
    Good,
    /// Worse.
    Bad,
    /// Something to look at.
    Warn,
    /// Words and figures.
    Text,
    /// Words that explain.
    Muted,
    /// Lines that help to read.
    Grid,
    /// Borders.
    Edge,
    /// What pictures stand on; also words on a series or on much heat.
    Surface,
    /// What has no colour of its own: tracks, things put together.
    Sunken,
}

impl Class {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Class> {
        use Class::*;
        let rest = [Good, Bad, Warn, Text, Muted, Grid, Edge, Surface, Sunken];
        (1..=8).map(Series).chain((0..=5).map(Heat)).chain(rest)
    }

    /// Its name, as style sheets know it.
    pub fn name(self) -> String {
        match self {
            Class::Series(it) => format!("series-{it}"),
            Class::Heat(it) => format!("heat-{it}"),
            Class::Good => "good".to_owned(),
            Class::Bad => "bad".to_owned(),
            Class::Warn => "warn".to_owned(),
            Class::Text => "text".to_owned(),
            Class::Muted => "muted".to_owned(),
            Class::Grid => "line".to_owned(),
            Class::Edge => "edge".to_owned(),
            Class::Surface => "surface".to_owned(),
            Class::Sunken => "sunken".to_owned(),
        }
    }

    /// The colour of the series of a number, from 0.
    fn of_series(number: usize) -> Class {
        Class::Series((number % 8) as u8 + 1)
    }
}

/// Size of letters on axes and in legends, in points.
const SMALL: f64 = 11.0;
/// Size of letters of words that are read.
const USUAL: f64 = 12.0;

/// Draws what a panel shows, in a picture of a size. `name` is what the panel is called.
pub fn scene(shown: &Shown, name: &str, width: f64, height: f64) -> Scene {
    let size = |it: f64, least: f64| if it.is_finite() { it.clamp(least, 10_000.0) } else { least };
    let mut pen = Pen::new(size(width, 80.0), size(height, 24.0));
    let about = match &shown.body {
        Body::Empty(why) => pen.empty(why),
        Body::Number(it) => single::number(&mut pen, it),
        Body::Gauge(it) => single::gauge(&mut pen, it),
        Body::Series(it) => series::draw(&mut pen, it),
        Body::Grid(it) => grid::draw(&mut pen, it),
        Body::Funnel(it) => funnel::draw(&mut pen, it),
        Body::Tree(it) => treemap::draw(&mut pen, it),
        Body::Flows(it) => sankey::draw(&mut pen, it),
        Body::Rows(it) => table::draw(&mut pen, it),
    };
    pen.scene.about = match name.is_empty() {
        true => about,
        false => format!("{name}: {about}"),
    };
    pen.scene
}

/// The height a picture has where its panel says none.
pub fn usual_height(shown: &Shown) -> f64 {
    match &shown.body {
        Body::Empty(_) => 64.0,
        Body::Number(it) if it.course.is_empty() => 64.0,
        Body::Number(_) => 96.0,
        Body::Gauge(_) => 84.0,
        Body::Series(_) => 220.0,
        Body::Grid(it) => {
            (it.rows.len() as f64 * if it.cohort { 24.0 } else { 18.0 } + 48.0).clamp(100.0, 520.0)
        }
        Body::Funnel(it) => (it.steps.len() as f64 * 34.0 + 8.0).clamp(60.0, 520.0),
        Body::Tree(_) => 260.0,
        Body::Flows(_) => 280.0,
        Body::Rows(it) => (it.rows.len().min(20) as f64 * 20.0 + 44.0).max(64.0),
    }
}

/// What draws: a scene in the making.
struct Pen {
    scene: Scene,
}

impl Pen {
    fn new(width: f64, height: f64) -> Pen {
        Pen { scene: Scene { width, height, ..Scene::default() } }
    }

    fn width(&self) -> f64 {
        self.scene.width
    }

    fn height(&self) -> f64 {
        self.scene.height
    }

    /// Adds a shape and gives it back, to be filled, drawn around and told of.
    fn add(&mut self, shape: Shape) -> &mut Mark {
        let mark = Mark {
            shape,
            fill: None,
            stroke: None,
            opacity: 1.0,
            datum: None,
            says: String::new(),
        };
        self.scene.shapes.push(mark);
        let last = self.scene.shapes.len() - 1;
        &mut self.scene.shapes[last]
    }

    fn rect(&mut self, x: f64, y: f64, width: f64, height: f64, class: Class) -> &mut Mark {
        let (width, height) = (width.max(0.0), height.max(0.0));
        let mark = self.add(Shape::Rect { x, y, width, height, radius: 0.0 });
        mark.fill = Some(class);
        mark
    }

    fn line(&mut self, x1: f64, y1: f64, x2: f64, y2: f64, class: Class) -> &mut Mark {
        let mark = self.add(Shape::Line { x1, y1, x2, y2 });
        mark.stroke = Some(Stroke { class, width: 1.0, dash: Dash::None });
        mark
    }

    fn text(&mut self, x: f64, y: f64, words: impl Into<String>, class: Class) -> &mut Mark {
        let words = words::clean(&words.into());
        let shape = Shape::Text { x, y, words, anchor: Anchor::Start, size: SMALL, bold: false };
        let mark = self.add(shape);
        mark.fill = Some(class);
        mark
    }

    /// Says in words that there is nothing.
    fn empty(&mut self, why: &str) -> String {
        let (width, height) = (self.width(), self.height());
        let words = widths::cut(why, USUAL, width - 16.0);
        self.text(width / 2.0, height / 2.0 + 4.0, words, Class::Muted).middle().sized(USUAL);
        why.to_owned()
    }
}

impl Mark {
    fn middle(&mut self) -> &mut Mark {
        self.anchored(Anchor::Middle)
    }

    fn end(&mut self) -> &mut Mark {
        self.anchored(Anchor::End)
    }

    fn anchored(&mut self, to: Anchor) -> &mut Mark {
        if let Shape::Text { anchor, .. } = &mut self.shape {
            *anchor = to;
        }
        self
    }

    fn sized(&mut self, to: f64) -> &mut Mark {
        if let Shape::Text { size, .. } = &mut self.shape {
            *size = to;
        }
        self
    }

    fn bold(&mut self) -> &mut Mark {
        if let Shape::Text { bold, .. } = &mut self.shape {
            *bold = true;
        }
        self
    }

    fn round(&mut self, by: f64) -> &mut Mark {
        if let Shape::Rect { radius, .. } = &mut self.shape {
            *radius = by;
        }
        self
    }

    fn stroke(&mut self, class: Class, width: f64, dash: Dash) -> &mut Mark {
        self.stroke = Some(Stroke { class, width, dash });
        self
    }

    fn see(&mut self, opacity: f64) -> &mut Mark {
        self.opacity = opacity;
        self
    }

    fn says(&mut self, words: impl Into<String>) -> &mut Mark {
        self.says = words::clean(&words.into());
        self
    }

    fn stands_for(&mut self, series: usize, index: usize, row: Option<usize>) -> &mut Mark {
        self.datum = Some(Datum { series, index, row, place: row });
        self
    }

    /// Stands for a number of a series along an axis.
    fn stands_at(&mut self, of: &Series, series: usize, index: usize) -> &mut Mark {
        let line = of.lines.get(series);
        let row = line.and_then(|it| it.rows.get(index).copied().flatten());
        // What was before is not among the rows.
        let own = line.is_some_and(|it| it.before.is_none());
        let place = of.places.get(index).copied().flatten().filter(|_| own);
        self.datum = Some(Datum { series, index, row, place });
        self
    }
}
