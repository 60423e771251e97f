//! `backstory.toml`: what a team says about its repository. Data only: nothing in it is run.

mod answers;

pub use answers::{
    Absent, Delivery, Deployments, Hygiene, Onboarding, Recurrence, Routing, Threshold,
};

use fast_glob::glob_match;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use toml::Spanned;

/// The file's name, at the root of the work tree or of HEAD's tree.
pub const FILE: &str = "backstory.toml";
/// A file of rules that is larger is not read.
pub const SIZE_MAX: u64 = 1 << 20;

/// What a team says about its repository; the default says nothing.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Components in the order of the file.
    pub components: Vec<Component>,
    /// Issue keys.
    pub issues: Issues,
    /// How expertise is weighed.
    pub expertise: Expertise,
    /// How risk is weighed.
    pub risk: Risk,
    /// How reviewers are weighed.
    pub routing: Routing,
    /// Who is away.
    pub absent: Vec<Absent>,
    /// How past issues and fixes are weighed.
    pub recurrence: Recurrence,
    /// How reading for newcomers is mixed.
    pub onboarding: Onboarding,
    /// Window and thresholds of hygiene.
    pub hygiene: Hygiene,
    /// What delivery is measured by.
    pub delivery: Delivery,
    /// Names and mails of machines.
    pub bots: Vec<String>,
}

/// A component and the globs of its paths.
#[derive(Clone, Debug)]
pub struct Component {
    /// Its name.
    pub name: String,
    /// The globs as written, separated by commas.
    pub rule: String,
    globs: Vec<String>,
}

impl Component {
    /// Whether a path from the repository's root is one of its files.
    pub fn holds(&self, path: &str) -> bool {
        self.globs.iter().any(|it| glob_match(it, path))
    }
}

/// `[issues]`
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Issues {
    /// Project keys, such as `ZOOKEEPER`; empty where they are to be learnt.
    pub projects: Vec<String>,
    /// Former or other keys and the project each stands for.
    pub aliases: BTreeMap<String, String>,
}

/// `[expertise]`: weights; none means the usual one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expertise {
    /// Points for a commit.
    pub commits: Option<f64>,
    /// Points for a review.
    pub reviews: Option<f64>,
    /// Points for a comment on an issue.
    pub comments: Option<f64>,
    /// Points for a changed line.
    pub churn: Option<f64>,
    /// Points for work done this moment.
    pub recency: Option<f64>,
    /// Days after which these points are halved.
    pub half_life_days: Option<u32>,
}

/// `[risk]`: weights and window; none means the usual one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Risk {
    /// How many days back risk looks.
    pub window_days: Option<u32>,
    /// Points for a changed line.
    pub churn: Option<f64>,
    /// Points for a fix.
    pub bugs: Option<f64>,
    /// Points for a person.
    pub contributors: Option<f64>,
    /// Points for a commit.
    pub commits: Option<f64>,
}

/// What is wrong with a file of rules, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{file}, line {line}, column {column}: {reason}; the rules that were right before stay in force"
)]
pub struct Error {
    /// The file.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub reason: String,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Written {
    components: BTreeMap<String, Spanned<Globs>>,
    issues: Option<Spanned<Issues>>,
    expertise: Option<Spanned<Expertise>>,
    risk: Option<Spanned<Risk>>,
    routing: Option<Spanned<Routing>>,
    absent: Vec<Spanned<answers::WrittenAbsent>>,
    recurrence: Option<Spanned<Recurrence>>,
    onboarding: Option<Spanned<Onboarding>>,
    hygiene: Option<Spanned<Hygiene>>,
    delivery: Option<Spanned<Delivery>>,
    bots: Bots,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "a glob or a list of globs")]
enum Globs {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Bots {
    names: Vec<String>,
}

impl Config {
    /// Reads the text of a `backstory.toml`. Empty text is the default.
    ///
    /// # Errors
    /// Names line and column of the first thing that is wrong; an unknown key is wrong.
    pub fn parse(text: &[u8]) -> Result<Config, Error> {
        let error = |at: usize, reason: String| {
            let before = String::from_utf8_lossy(&text[..at.min(text.len())]);
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            Error { file: FILE.to_owned(), line, column, reason }
        };
        let source = std::str::from_utf8(text)
            .map_err(|it| error(it.valid_up_to(), "the text is not UTF-8".to_owned()))?;
        let written: Written = toml::from_str(source).map_err(|it| {
            let reason = it.message().trim().replace('\n', ", ");
            error(it.span().map_or(0, |span| span.start), reason)
        })?;
        let mut components: Vec<(&String, &Spanned<Globs>)> = written.components.iter().collect();
        components.sort_by_key(|(_, globs)| globs.span().start);
        let components = components
            .into_iter()
            .map(|(name, globs)| {
                component(name, globs.get_ref()).map_err(|it| error(globs.span().start, it))
            })
            .collect::<Result<_, _>>()?;
        let (issues, at) = taken(written.issues);
        let named = issues.projects.iter().chain(issues.aliases.keys());
        let mut named = named.chain(issues.aliases.values());
        if let Some(wrong) = named.find(|it| !is_project_key(it)) {
            let reason = format!(
                "`{wrong}` is no project key: write two or more capital letters, digits and _, \
                 the first a letter"
            );
            return Err(error(at, reason));
        }
        let (expertise, at) = taken(written.expertise);
        check_expertise(&expertise).map_err(|it| error(at, it))?;
        let (risk, at) = taken(written.risk);
        check_risk(&risk).map_err(|it| error(at, it))?;
        let (routing, at) = taken(written.routing);
        answers::check_routing(&routing).map_err(|it| error(at, it))?;
        let absent = written.absent.into_iter().map(|it| {
            let at = it.span().start;
            it.into_inner().check().map_err(|it| error(at, it))
        });
        let absent = absent.collect::<Result<_, _>>()?;
        let (recurrence, at) = taken(written.recurrence);
        answers::check_recurrence(&recurrence).map_err(|it| error(at, it))?;
        let (onboarding, at) = taken(written.onboarding);
        answers::check_onboarding(&onboarding).map_err(|it| error(at, it))?;
        let (hygiene, at) = taken(written.hygiene);
        hygiene.check().map_err(|it| error(at, it))?;
        let (delivery, at) = taken(written.delivery);
        let wrong = delivery.generated.iter().find_map(|it| Some((it, no_glob(it)?)));
        if let Some((glob, why)) = wrong {
            return Err(error(at, format!("`generated`: `{glob}` is no glob: {why}")));
        }
        let bots = written.bots.names;
        Ok(Config {
            components,
            issues,
            expertise,
            risk,
            routing,
            absent,
            recurrence,
            onboarding,
            hygiene,
            delivery,
            bots,
        })
    }
}

fn taken<T: Default>(section: Option<Spanned<T>>) -> (T, usize) {
    match section {
        Some(section) => {
            let at = section.span().start;
            (section.into_inner(), at)
        }
        None => (T::default(), 0),
    }
}

fn component(name: &str, globs: &Globs) -> Result<Component, String> {
    let globs = match globs {
        Globs::One(glob) => std::slice::from_ref(glob),
        Globs::Many(globs) => globs,
    };
    if name.trim().is_empty() {
        return Err("a component needs a name".to_owned());
    }
    if globs.is_empty() {
        return Err(format!("component `{name}` has no glob"));
    }
    for glob in globs {
        if let Some(why) = no_glob(glob) {
            return Err(format!("component `{name}`: `{glob}` is no glob: {why}"));
        }
    }
    Ok(Component { name: name.to_owned(), rule: globs.join(", "), globs: globs.to_vec() })
}

/// What is wrong with a glob, which would then match nothing and never say so.
fn no_glob(glob: &str) -> Option<&'static str> {
    if glob.starts_with('!') {
        return Some("it says what is left out, and only what is in can be said");
    }
    let (mut class, mut braces) = (false, 0_u32);
    let mut marks = glob.chars();
    while let Some(mark) = marks.next() {
        match mark {
            '\\' if marks.next().is_none() => return Some("nothing follows its last `\\`"),
            '[' if !class => class = true,
            ']' => class = false,
            '{' if !class => braces += 1,
            '}' if !class && braces == 0 => return Some("a `}` closes nothing"),
            '}' if !class => braces -= 1,
            _ => {}
        }
    }
    match (class, braces) {
        (true, _) => Some("a `[` is not closed"),
        (false, 1..) => Some("a `{` is not closed"),
        (false, 0) => None,
    }
}

fn is_project_key(key: &str) -> bool {
    let mut bytes = key.bytes();
    (2..=15).contains(&key.len())
        && bytes.next().is_some_and(|it| it.is_ascii_uppercase())
        && bytes.all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == b'_')
}

fn check_expertise(it: &Expertise) -> Result<(), String> {
    let weights = [
        ("commits", it.commits),
        ("reviews", it.reviews),
        ("comments", it.comments),
        ("churn", it.churn),
        ("recency", it.recency),
    ];
    check_weights(&weights)?;
    check_days("half_life_days", it.half_life_days)
}

fn check_risk(it: &Risk) -> Result<(), String> {
    let weights = [
        ("churn", it.churn),
        ("bugs", it.bugs),
        ("contributors", it.contributors),
        ("commits", it.commits),
    ];
    check_weights(&weights)?;
    check_days("window_days", it.window_days)
}

fn check_weights(weights: &[(&str, Option<f64>)]) -> Result<(), String> {
    let wrong = |it: &&(&str, Option<f64>)| it.1.is_some_and(|it| !(0.0..=1e6).contains(&it));
    match weights.iter().find(wrong) {
        Some((name, _)) => Err(format!("`{name}` must be between 0 and 1000000")),
        None => Ok(()),
    }
}

fn check_days(name: &str, days: Option<u32>) -> Result<(), String> {
    match days {
        Some(days) if !(1..=36_500).contains(&days) => {
            Err(format!("`{name}` must be between 1 and 36500"))
        }
        _ => Ok(()),
    }
}

/// Reads a file at the root of a work tree: none where it is not there. It must be a regular file,
/// not a link that leads elsewhere, of at most [`SIZE_MAX`] bytes.
///
/// # Errors
/// A sentence that names the file.
pub fn read_regular(work_tree: &Path, name: &str) -> Result<Option<Vec<u8>>, String> {
    let path = work_tree.join(name);
    let about = match std::fs::symlink_metadata(&path) {
        Ok(about) => about,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("{name} cannot be read: {error}")),
    };
    if !about.is_file() {
        return Err(format!("{name} is not a regular file and is not read"));
    }
    if about.len() > SIZE_MAX {
        return Err(format!("{name} is larger than 1 MiB and is not read"));
    }
    std::fs::read(&path).map(Some).map_err(|error| format!("{name} cannot be read: {error}"))
}

#[cfg(test)]
mod tests;
