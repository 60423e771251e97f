//! Every call of Google Analytics in a code base, and the line that takes its place.
//!
//! Files are read one after the other, in bounds. A call is found by its words and read whole by its brackets,
//! however many lines it takes; code is not run and not understood. What only a person can decide is said so.

mod answers;
mod found;
mod ignored;
mod script;
mod words;

#[cfg(test)]
mod tests;

use ignored::Ignored;
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Largest file that is read, in bytes.
const FILE_MAX: u64 = 2 << 20;
/// Files that are read.
const FILES_MAX: u64 = 200_000;
/// Calls that are told.
const CALLS_MAX: usize = 20_000;
/// How deep folders are followed.
const DEPTH_MAX: usize = 60;

/// Whose calls take the place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Target {
    /// Our tracker's.
    #[default]
    Backstory,
    /// Umami's.
    Umami,
    /// Plausible's.
    Plausible,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Whose calls take the place.
    pub target: Target,
    /// Where the collector is, as `https://stats.example.org`.
    pub collector: String,
    /// The site's name there; empty where it is the page's host.
    pub site: String,
    /// Whether calls of Umami and Plausible are listed too.
    pub others: bool,
}

impl Default for Asked {
    fn default() -> Asked {
        Asked {
            target: Target::default(),
            collector: "https://stats.example.org".into(),
            site: String::new(),
            others: false,
        }
    }
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// An element that loads or sets up a tracker.
    Tag,
    /// What sets a tracker up, or a property of it.
    Setup,
    /// A page view.
    View,
    /// An event with a name of its own.
    Event,
    /// Consent, and what only asks for it.
    Consent,
    /// What a tag manager is told.
    TagManager,
    /// A package: imported, or named among those to install.
    Package,
    /// The id of a property.
    Id,
    /// A policy of what a page may load, or a hint to connect.
    Policy,
    /// A call whose meaning is not known.
    Other,
}

impl What {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            What::Tag => "tag",
            What::Setup => "setup",
            What::View => "view",
            What::Event => "event",
            What::Consent => "consent",
            What::TagManager => "tag manager",
            What::Package => "package",
            What::Id => "id",
            What::Policy => "policy",
            What::Other => "other",
        }
    }
}

/// A call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Its file, from the folder that was asked about, with `/`.
    pub file: String,
    /// Its first line, from 1.
    pub line: u32,
    /// Its first column, in characters from 1.
    pub column: u32,
    /// Its last line.
    pub until: u32,
    /// What it is.
    pub what: What,
    /// Its words; cut after 2,000 characters.
    pub text: String,
    /// What takes its place; empty: nothing does, it can go.
    pub replacement: Option<String>,
    /// What a person has to look at; empty where the replacement says it all.
    pub note: &'static str,
}

/// All calls of a code base.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inventory {
    /// Calls, by file and place.
    pub calls: Vec<Call>,
    /// How many of each kind.
    pub kinds: BTreeMap<What, u64>,
    /// Files that were read.
    pub files: u64,
    /// Files that have calls.
    pub files_with_calls: u64,
    /// Files that were passed over: too large, packed into few lines, not readable.
    pub passed_over: u64,
    /// Whether there was more than is told.
    pub cut: bool,
}

impl Inventory {
    /// What is left to do by hand, each thing once, with how many calls it is for.
    pub fn by_hand(&self) -> Vec<(&'static str, u64)> {
        let mut notes: Vec<(&'static str, u64)> = Vec::new();
        for call in self.calls.iter().filter(|it| !it.note.is_empty()) {
            match notes.iter_mut().find(|it| it.0 == call.note) {
                Some(known) => known.1 += 1,
                None => notes.push((call.note, 1)),
            }
        }
        notes
    }
}

/// Folders that hold what others wrote, or what was made.
const NOT_OURS: &[&str] = &[
    "node_modules",
    "bower_components",
    "vendor",
    "third_party",
    "dist",
    "target",
    "coverage",
    "__pycache__",
    "venv",
    "Pods",
    "DerivedData",
];

/// Endings of files that hold no code.
const NO_CODE: &[&str] = &[
    "png", "jpg", "jpeg", "gif", "webp", "avif", "ico", "svgz", "woff", "woff2", "ttf", "otf",
    "eot", "pdf", "zip", "gz", "tgz", "bz2", "xz", "zst", "7z", "rar", "jar", "war", "class", "so",
    "dylib", "dll", "exe", "a", "o", "rlib", "wasm", "mp3", "mp4", "webm", "ogg", "wav", "mov",
    "avi", "db", "sqlite", "lock", "map", "log", "csv", "tsv", "parquet", "psd", "ai", "snap",
];

/// Files of locked versions, and change logs: they only repeat what stands elsewhere.
const REPEATS: &[&str] =
    &["package-lock.json", "pnpm-lock.yaml", "yarn.lock", "npm-shrinkwrap.json"];

/// Lists every call of Google Analytics below a folder. `goes_on` is asked before each file.
///
/// # Errors
/// Where the folder cannot be read.
pub fn inventory(
    folder: &Path,
    asked: &Asked,
    mut goes_on: impl FnMut(u64) -> bool,
) -> io::Result<Inventory> {
    let mut inventory = Inventory::default();
    let mut walk = vec![(folder.to_owned(), 0, Vec::new())];
    // The folder itself must be there; what is below may not be readable.
    std::fs::read_dir(folder)?;
    while let Some((here, depth, above)) = walk.pop() {
        let Ok(entries) = std::fs::read_dir(&here) else {
            inventory.passed_over += 1;
            continue;
        };
        let mut ignored: Vec<Ignored> = above;
        if let Some(rules) = Ignored::read(&here, folder) {
            ignored.push(rules);
        }
        let mut entries: Vec<PathBuf> = entries.flatten().map(|it| it.path()).collect();
        entries.sort();
        let mut below = Vec::new();
        for path in entries {
            let Ok(kind) = std::fs::symlink_metadata(&path) else { continue };
            let name =
                path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
            let from_root = path.strip_prefix(folder).unwrap_or(&path);
            let from_root = from_root.to_string_lossy().replace('\\', "/");
            if ignored::is_ignored(&ignored, &from_root, kind.is_dir()) {
                continue;
            }
            if kind.is_dir() {
                let is_theirs = NOT_OURS.contains(&name.as_str())
                    || (name.starts_with('.')
                        && !matches!(
                            name.as_str(),
                            ".github" | ".storybook" | ".vitepress" | ".vuepress"
                        ));
                if !is_theirs && depth < DEPTH_MAX {
                    below.push((path, depth + 1, ignored.clone()));
                }
                continue;
            }
            if !kind.is_file() || is_no_code(&name) {
                continue;
            }
            if inventory.files >= FILES_MAX || inventory.calls.len() >= CALLS_MAX {
                inventory.cut = true;
                return Ok(done(inventory));
            }
            if !goes_on(inventory.files) {
                return Err(io::Error::new(io::ErrorKind::Interrupted, "it was stopped"));
            }
            inventory.files += 1;
            match text_of(&path, kind.len()) {
                Some(text) => {
                    let calls = found::calls(&from_root, &text, asked);
                    inventory.files_with_calls += u64::from(!calls.is_empty());
                    inventory.calls.extend(calls);
                }
                None => inventory.passed_over += 1,
            }
        }
        walk.extend(below.into_iter().rev());
    }
    Ok(done(inventory))
}

fn done(mut inventory: Inventory) -> Inventory {
    inventory.calls.truncate(CALLS_MAX);
    inventory.calls.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    for call in &inventory.calls {
        *inventory.kinds.entry(call.what).or_default() += 1;
    }
    inventory
}

fn is_no_code(name: &str) -> bool {
    let lower = name.to_lowercase();
    let ending = lower.rsplit_once('.').map_or("", |it| it.1);
    NO_CODE.contains(&ending) || REPEATS.contains(&lower.as_str()) || lower.contains(".min.")
}

/// The text of a file; none where it is no text, too large, or packed into few lines.
fn text_of(path: &Path, length: u64) -> Option<String> {
    if length > FILE_MAX {
        return None;
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).ok()?;
    file.take(FILE_MAX + 1).read_to_end(&mut bytes).ok()?;
    if bytes.len() as u64 > FILE_MAX
        || memchr::memchr(0, &bytes[..bytes.len().min(8 << 10)]).is_some()
    {
        return None;
    }
    // A script without line breaks was made by a program out of another file.
    let lines = bytes.iter().filter(|it| **it == b'\n').count() + 1;
    if bytes.len() > 20_000 && bytes.len() / lines > 1_000 {
        return None;
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
