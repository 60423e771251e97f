//! Where dashboards are: files of the project, of the user, and those that Backstory brings.

use super::wire::{DashboardInfo, DashboardPlace, DashboardTrouble};
use crate::connected::Connected;
use crate::named_files::{self, NamedFiles, is_file};
use crate::{Code, Error, Result};
use analytics::dashboard::{self, Trouble};
use std::path::{Path, PathBuf};

/// Those that Backstory brings, by name.
const BUILT_IN: &[(&str, &str)] = &[
    ("delivery", include_str!("../../../../../assets/dashboards/delivery.md")),
    ("health", include_str!("../../../../../assets/dashboards/health.md")),
    ("matomo", include_str!("../../../../../assets/dashboards/matomo.md")),
    ("plausible", include_str!("../../../../../assets/dashboards/plausible.md")),
    ("web", include_str!("../../../../../assets/dashboards/web.md")),
    ("umami", include_str!("../../../../../assets/dashboards/umami.md")),
];

/// The text of a dashboard and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub(super) name: String,
    pub(super) place: DashboardPlace,
    pub(super) path: Option<PathBuf>,
    pub(super) text: String,
}

impl Text {
    /// One that was given and has no file.
    pub(super) fn given(text: String) -> Text {
        Text { name: String::new(), place: DashboardPlace::Own, path: None, text }
    }

    /// What tells it from all others.
    pub(super) fn key(&self, project: Option<&str>) -> String {
        format!("{:?}\0{}\0{}", self.place, project.unwrap_or_default(), self.name)
    }

    /// An error with the first of what is wrong.
    pub(super) fn unreadable(&self, troubles: &[Trouble]) -> Error {
        let file = match &self.path {
            Some(path) => path.display().to_string(),
            None if self.name.is_empty() => "dashboard".to_owned(), // a text that was given
            None => self.name.clone(),
        };
        let what =
            troubles.first().map_or_else(|| "it cannot be read".to_owned(), ToString::to_string);
        Error::invalid(format!("{file}:{what}"))
    }

    /// Tells this text from another: what was changed meanwhile is not written over.
    pub(super) fn hash(&self) -> String {
        hash(&self.text)
    }
}

/// FNV-1a over the bytes, with their number: to tell two states of a file apart, not to trust.
pub(super) fn hash(text: &str) -> String {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    format!("{:016x}{:x}", text.bytes().fold(0xcbf2_9ce4_8422_2325, step), text.len())
}

pub(super) fn folder(connected: &Connected, project: Option<&str>) -> Result<NamedFiles> {
    NamedFiles::of(connected, project, "dashboards", "dashboard", "md")
}

/// The folders that dashboards are looked for in, the first first.
pub(super) fn folders(
    connected: &Connected,
    project: Option<&str>,
) -> Result<Vec<(DashboardPlace, NamedFiles)>> {
    let mut folders = Vec::new();
    if project.is_some() {
        folders.push((DashboardPlace::Project, folder(connected, project)?));
    }
    folders.push((DashboardPlace::Own, folder(connected, None)?));
    Ok(folders)
}

/// The dashboard of that name: the project's before the user's own, and these before what Backstory brings.
///
/// # Errors
/// `notFound` where there is none, `upstream` where its file cannot be read.
pub(super) fn find(connected: &Connected, project: Option<&str>, name: &str) -> Result<Text> {
    for (place, files) in folders(connected, project)? {
        let file = files.file(name)?;
        if is_file(&file) {
            let text = named_files::read(&file).map_err(|it| {
                Error::new(Code::Upstream, format!("{} cannot be read: {it}", file.display()))
            })?;
            return Ok(Text { name: name.to_owned(), place, path: Some(file), text });
        }
    }
    built_in(name).ok_or_else(|| {
        Error::not_found(format!("there is no dashboard `{name}`"))
            .hint("`dashboards.list` lists those there are")
    })
}

fn built_in(name: &str) -> Option<Text> {
    let found = BUILT_IN.iter().find(|it| it.0 == name)?;
    Some(Text {
        name: name.to_owned(),
        place: DashboardPlace::BuiltIn,
        path: None,
        text: found.1.to_owned(),
    })
}

/// All dashboards there are; of two that have one name, the one that goes before.
pub(super) fn list(
    connected: &Connected,
    project: Option<&str>,
) -> Result<(Vec<DashboardInfo>, Vec<String>)> {
    let (mut all, mut troubles): (Vec<DashboardInfo>, _) = (Vec::new(), Vec::new());
    let mut put = |info: DashboardInfo| {
        if !all.iter().any(|it| it.dashboard == info.dashboard) {
            all.push(info);
        }
    };
    for (place, files) in folders(connected, project)? {
        for (name, file) in files.list() {
            match named_files::read(&file) {
                Ok(text) => put(info(name, place, Some(&file), &text)),
                Err(error) => troubles.push(format!("{}: {error}", file.display())),
            }
        }
    }
    for (name, text) in BUILT_IN {
        put(info((*name).to_owned(), DashboardPlace::BuiltIn, None, text));
    }
    all.sort_by(|a, b| (a.place, &a.dashboard).cmp(&(b.place, &b.dashboard)));
    Ok((all, troubles))
}

fn info(name: String, place: DashboardPlace, file: Option<&Path>, text: &str) -> DashboardInfo {
    let (read, troubles) = dashboard::read(text);
    let read = read.unwrap_or_default();
    DashboardInfo {
        title: if read.title.is_empty() { name.clone() } else { read.title },
        dashboard: name,
        about: read.about,
        place,
        path: file.map(|it| it.display().to_string()),
        troubles: u32::try_from(troubles.len()).unwrap_or(u32::MAX),
    }
}

pub(super) fn trouble(of: &Trouble) -> DashboardTrouble {
    let number = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
    DashboardTrouble {
        line: number(of.line),
        column: number(of.column),
        message: of.message.clone(),
        hint: of.hint.clone(),
    }
}

pub(super) fn unnamed() -> Error {
    Error::invalid("no dashboard is named").hint("give `dashboard` or `text`")
}
