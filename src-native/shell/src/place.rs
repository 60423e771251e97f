//! Where the window stood, and how the last starts went: two small files in the state folder.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use rpc::Theme;
use serde_json::{Value, json};

const PLACE: &str = "window.json";
const STARTS: &str = "start.json";

/// A rectangle in logical pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Area {
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
}

/// Size and place of the window, as it was when not maximized.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Place {
    pub area: Area,
    /// False until the window manager told us where it stands; then nothing is asked of it.
    pub placed: bool,
    pub maximized: bool,
    pub zoom: f64,
    pub theme: Theme,
}

const SMALLEST: (i32, i32) = (480, 320);

impl Default for Place {
    fn default() -> Place {
        let area = Area { x: 0, y: 0, width: 1280, height: 800 };
        Place { area, placed: false, maximized: false, zoom: 1.0, theme: Theme::System }
    }
}

impl Place {
    /// What was remembered; the default when nothing or nothing sensible was.
    pub(crate) fn load(folder: &Path) -> Place {
        let Some(value) = read(&folder.join(PLACE)) else { return Place::default() };
        let number = |name: &str| {
            let number = value.get(name)?.as_i64()?;
            i32::try_from(number).ok().filter(|number| number.abs() <= 1 << 16)
        };
        let usual = Place::default();
        let position = number("x").zip(number("y"));
        let (x, y) = position.unwrap_or_default();
        let width = number("width").unwrap_or(usual.area.width).max(SMALLEST.0);
        let height = number("height").unwrap_or(usual.area.height).max(SMALLEST.1);
        let zoom = value.get("zoom").and_then(Value::as_f64).unwrap_or(1.0);
        Place {
            area: Area { x, y, width, height },
            placed: position.is_some(),
            maximized: value.get("maximized").and_then(Value::as_bool).unwrap_or(false),
            zoom: if zoom.is_finite() { zoom.clamp(0.3, 4.0) } else { 1.0 },
            theme: value
                .get("theme")
                .and_then(|it| serde_json::from_value(it.clone()).ok())
                .unwrap_or_default(),
        }
    }

    /// Writes the place so that a crash leaves the old file or the new one.
    pub(crate) fn save(&self, folder: &Path) -> io::Result<()> {
        let mut value = json!({
            "width": self.area.width,
            "height": self.area.height,
            "maximized": self.maximized,
            "zoom": self.zoom,
            "theme": self.theme,
        });
        if self.placed {
            value["x"] = self.area.x.into();
            value["y"] = self.area.y.into();
        }
        write(folder, PLACE, &value)
    }

    /// Whether it is dark, where the system's word is `dark`.
    pub(crate) fn dark(&self, dark: bool) -> bool {
        match self.theme {
            Theme::System => dark,
            chosen => chosen == Theme::Dark,
        }
    }

    /// Moved and shrunk until it lies on one of `screens`: those may have changed since.
    pub(crate) fn fitted(mut self, screens: &[Area]) -> Place {
        let overlap = |screen: &&Area| {
            let width = (self.area.x + self.area.width).min(screen.x + screen.width)
                - self.area.x.max(screen.x);
            let height = (self.area.y + self.area.height).min(screen.y + screen.height)
                - self.area.y.max(screen.y);
            i64::from(width.max(0)) * i64::from(height.max(0))
        };
        let home = screens.iter().rev().max_by_key(overlap).filter(|_| self.placed);
        let Some(screen) = home.or(screens.first()).copied() else { return self };
        if screen.width <= 0 || screen.height <= 0 {
            return self;
        }
        let area = &mut self.area;
        area.width = area.width.min(screen.width);
        area.height = area.height.min(screen.height);
        area.x = area.x.clamp(screen.x, screen.x + screen.width - area.width);
        area.y = area.y.clamp(screen.y, screen.y + screen.height - area.height);
        self
    }
}

/// How the starts before this one went, with one version of the engine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Starts {
    /// The engine's version; another one starts with a clean sheet.
    pub engine: String,
    /// Starts in a row that ended before a frame was drawn.
    pub unfinished: u64,
    /// A start waited in vain for the first frame.
    pub blank: bool,
    /// The user was told of it.
    pub told: bool,
}

impl Starts {
    pub(crate) fn load(folder: &Path, engine: &str) -> Starts {
        let fresh = Starts { engine: engine.to_owned(), ..Starts::default() };
        let Some(value) = read(&folder.join(STARTS)) else { return fresh };
        if value.get("engine").and_then(Value::as_str) != Some(engine) {
            return fresh;
        }
        let flag = |name: &str| value.get(name).and_then(Value::as_bool).unwrap_or(false);
        Starts {
            unfinished: value.get("unfinished").and_then(Value::as_u64).unwrap_or(0),
            blank: flag("blank"),
            told: flag("told"),
            ..fresh
        }
    }

    pub(crate) fn save(&self, folder: &Path) -> io::Result<()> {
        let value = json!({
            "engine": self.engine,
            "unfinished": self.unfinished,
            "blank": self.blank,
            "told": self.told,
        });
        write(folder, STARTS, &value)
    }

    /// The reason to start in safe mode, if the past gives one.
    pub(crate) fn reason_for_safety(&self) -> Option<String> {
        if self.blank {
            return Some("an earlier start drew nothing".to_owned());
        }
        (self.unfinished >= 2)
            .then(|| format!("the last {} starts ended before a frame was drawn", self.unfinished))
    }
}

fn read(path: &Path) -> Option<Value> {
    let text = fs::read(path).ok().filter(|text| text.len() < 1 << 16)?;
    serde_json::from_slice(&text).ok()
}

fn write(folder: &Path, name: &str, value: &Value) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let fresh = folder.join(format!("{name}.new"));
    let mut file = fs::File::create(&fresh)?;
    file.write_all(value.to_string().as_bytes())?;
    file.sync_all()?;
    fs::rename(&fresh, folder.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAPTOP: Area = Area { x: 0, y: 0, width: 1366, height: 768 };
    const BESIDE: Area = Area { x: 1366, y: -200, width: 2560, height: 1440 };

    fn at(x: i32, y: i32, width: i32, height: i32) -> Place {
        Place { area: Area { x, y, width, height }, placed: true, ..Place::default() }
    }

    #[test]
    fn a_place_survives_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let chosen = Place { zoom: 1.25, theme: Theme::Dark, ..at(-40, 60, 1001, 702) };
        let place = Place { maximized: true, ..chosen };
        place.save(&folder.path().join("deep/er")).unwrap();
        assert_eq!(Place::load(&folder.path().join("deep/er")), place);
    }

    #[test]
    fn a_damaged_file_gives_the_default() {
        let folder = tempfile::tempdir().unwrap();
        for text in [
            "",
            "{",
            "[]",
            "null",
            "{\"width\":\"x\"}",
            "{\"x\":1e99,\"zoom\":-7,\"theme\":\"pink\"}",
            "\0",
        ] {
            fs::write(folder.path().join(PLACE), text).unwrap();
            let place = Place::load(folder.path());
            assert_eq!(place.area, Place::default().area, "{text}");
            assert!(place.zoom > 0.0 && !place.placed, "{text}");
            assert_eq!(place.theme, Theme::System, "{text}");
        }
    }

    #[test]
    fn a_window_comes_back_to_the_screen_it_stood_on() {
        assert_eq!(at(1500, 0, 900, 700).fitted(&[LAPTOP, BESIDE]), at(1500, 0, 900, 700));
    }

    #[test]
    fn a_window_of_a_lost_screen_comes_to_the_first() {
        assert_eq!(at(3000, 900, 900, 700).fitted(&[LAPTOP]), at(466, 68, 900, 700));
        assert_eq!(at(-5000, -5000, 900, 700).fitted(&[LAPTOP]), at(0, 0, 900, 700));
    }

    #[test]
    fn a_window_is_never_larger_than_its_screen() {
        assert_eq!(at(0, 0, 4000, 4000).fitted(&[LAPTOP]), at(0, 0, 1366, 768));
        assert_eq!(at(5, 5, 700, 500).fitted(&[]), at(5, 5, 700, 500));
    }

    #[test]
    fn safe_mode_is_remembered_for_one_engine_only() {
        let folder = tempfile::tempdir().unwrap();
        let mut starts = Starts::load(folder.path(), "2.50.6");
        assert_eq!(starts.reason_for_safety(), None);
        starts.unfinished = 1;
        assert_eq!(starts.reason_for_safety(), None);
        starts.unfinished = 2;
        assert!(starts.reason_for_safety().is_some());
        starts = Starts { blank: true, unfinished: 0, ..starts };
        starts.save(folder.path()).unwrap();
        assert_eq!(Starts::load(folder.path(), "2.50.6"), starts);
        assert!(starts.reason_for_safety().is_some());
        assert_eq!(Starts::load(folder.path(), "2.52.0").reason_for_safety(), None);
    }
}
