//! From parameters to records: paths, people, commits, times. What is not there is said with a way out.

use super::Asked;
use crate::wire::{RecordKind, Subject};
use crate::{Error, Result};
use model::{Bytes, DAY, Oid, Timestamp};
use store::reads::{CommitRow, ComponentRow, FileRow, FolderRow, PersonRow, Scope, Select};

/// Days looked back unless told otherwise.
const WINDOW_DAYS: u32 = 90;
/// A century: further back there is no Git.
const WINDOW_DAYS_MAX: u32 = 36_500;

/// What a question is about.
pub(super) enum Target {
    File(FileRow),
    Folder(FolderRow),
    Component(ComponentRow),
}

impl Target {
    /// How replies name it.
    pub(super) fn subject(&self) -> Subject {
        let (kind, id) = match self {
            Target::File(it) => (RecordKind::File, &it.path),
            Target::Folder(it) => (RecordKind::Folder, &it.path),
            Target::Component(it) => (RecordKind::Component, &it.name),
        };
        Subject { kind, id: id.clone() }
    }

    /// The parameter that names it to `memory.commits`.
    pub(super) fn param(&self) -> (&'static str, serde_json::Value) {
        match self {
            // Bytes that are no text are named so that no other path is meant.
            Target::File(it) if it.path_raw.is_some() => {
                ("path", Bytes::from(it.bytes()).quoted().into())
            }
            Target::File(it) => ("path", it.path.as_str().into()),
            Target::Folder(it) => ("path", it.path.as_str().into()),
            Target::Component(it) => ("component", it.name.as_str().into()),
        }
    }

    /// Whose rollups it has.
    pub(super) fn known_as(&self) -> store::reads::Subject {
        match self {
            Target::File(it) => store::reads::Subject::File(it.id),
            Target::Folder(it) => store::reads::Subject::Folder(it.id),
            Target::Component(it) => store::reads::Subject::Component(it.id),
        }
    }
}

/// A window of time, both ends included.
#[derive(Clone, Copy)]
pub(super) struct Window {
    pub(super) days: u32,
    pub(super) since: Timestamp,
    pub(super) until: Timestamp,
}

impl Window {
    /// The window of the same length before it.
    pub(super) fn before(self) -> Window {
        let until = Timestamp(self.since.0.saturating_sub(1));
        Window { since: until.days_before(self.days), until, days: self.days }
    }

    /// Restricts a selection to it.
    pub(super) fn select(self) -> Select {
        Select { since: self.since, until: self.until, merge: Some(false), ..Select::default() }
    }
}

impl Asked<'_> {
    /// The `now` of the answer: given, or what memory has as such.
    pub(super) fn now(&self, given: Option<&str>) -> Result<Timestamp> {
        match given {
            Some(text) => moment("now", text, true),
            None => Ok(self.of.as_of.unwrap_or_default()),
        }
    }

    /// The window that ends now.
    pub(super) fn window(&self, now: Timestamp, days: Option<u32>) -> Result<Window> {
        let days = match days {
            Some(days) if (1..=WINDOW_DAYS_MAX).contains(&days) => days,
            Some(days) => {
                let text = format!("`windowDays` is 1 to {WINDOW_DAYS_MAX}, not {days}");
                return Err(Error::invalid(text));
            }
            None => self.rules()?.risk.window_days.unwrap_or(WINDOW_DAYS).clamp(1, WINDOW_DAYS_MAX),
        };
        Ok(Window { days, since: now.days_before(days), until: now })
    }

    /// The team's `backstory.toml` in force.
    pub(super) fn rules(&self) -> Result<ingest::config::Config> {
        let text = self.reader.rules(self.of)?;
        // Only text that parsed is kept; should that change, the usual weights hold.
        Ok(ingest::config::Config::parse(&text).unwrap_or_default())
    }

    /// A path as people write it, as memory has it: relative to the root, forward slashes, no end slash.
    pub(super) fn path(&self, written: &str) -> String {
        let mut path = written;
        let inside = self.of.work_tree.as_deref().and_then(|it| it.to_str());
        if let Some(rest) = inside.and_then(|it| path.strip_prefix(it))
            && (rest.is_empty() || rest.starts_with('/'))
        {
            path = rest.trim_start_matches('/');
        }
        while let Some(rest) = path.strip_prefix("./") {
            path = rest;
        }
        if path == "." {
            path = "";
        }
        path.trim_end_matches('/').to_owned()
    }

    /// The file at a path.
    ///
    /// # Errors
    /// `notFound` with the nearest path, `invalidParams` for a folder.
    pub(super) fn file(&self, written: &str) -> Result<FileRow> {
        let path = self.path(written);
        if let Some(file) = self.file_at(&path)? {
            return Ok(file);
        }
        if self.reader.folder(self.of, &path)?.is_some() {
            let text = format!("`{path}` is a folder, not a file");
            return Err(Error::invalid(text).hint(
                "`memory.folder` lists it; `memory.experts` and `memory.risk` take folders",
            ));
        }
        Err(self.no_path(&path)?)
    }

    /// The file at a path, where there is one: by its text, or by its bytes in Git's quotes.
    fn file_at(&self, path: &str) -> Result<Option<FileRow>> {
        let Some(file) = self.reader.file(self.of, path)? else {
            let Some(raw) = Bytes::unquoted(path) else { return Ok(None) };
            let alike = self.reader.files_alike(self.of, &raw.text())?;
            return Ok(alike.into_iter().find(|it| it.bytes() == raw.0));
        };
        // Only what stands for bytes that are no text can stand for several.
        if path.contains(['\u{fffd}', '\u{2400}']) {
            let alike = self.reader.files_alike(self.of, path)?;
            if alike.len() > 1 {
                let text = format!("{} paths read as `{path}`: their bytes differ", alike.len());
                let quoted = |it: &FileRow| Bytes::from(it.bytes()).quoted();
                let names: Vec<String> = alike.iter().map(quoted).collect();
                return Err(Error::invalid(text)
                    .hint(format!("name one as Git quotes it: {}", names.join(" or "))));
            }
        }
        Ok(Some(file))
    }

    /// The folder at a path; the empty path is the root.
    ///
    /// # Errors
    /// `notFound` with the nearest path, `invalidParams` for a file.
    pub(super) fn folder(&self, written: &str) -> Result<FolderRow> {
        let path = self.path(written);
        if let Some(folder) = self.reader.folder(self.of, &path)? {
            return Ok(folder);
        }
        if path.is_empty() {
            // The root of a repository without a file.
            return Ok(FolderRow { id: 0, path, parent: None });
        }
        if self.file_at(&path)?.is_some() {
            let text = format!("`{path}` is a file, not a folder");
            return Err(Error::invalid(text).hint("`memory.file` tells about it"));
        }
        Err(self.no_path(&path)?)
    }

    /// The file or folder at a path, or the component; the root where neither is given.
    pub(super) fn target(&self, path: Option<&str>, component: Option<&str>) -> Result<Target> {
        match (path, component) {
            (Some(_), Some(_)) => Err(Error::invalid("give `path` or `component`, not both")),
            (None, Some(name)) => Ok(Target::Component(self.component(name)?)),
            (path, None) => {
                let path = self.path(path.unwrap_or_default());
                match self.file_at(&path)? {
                    Some(file) => Ok(Target::File(file)),
                    None => Ok(Target::Folder(self.folder(&path)?)),
                }
            }
        }
    }

    /// The touches that count for a target.
    pub(super) fn scope(&self, target: &Target) -> Result<Scope> {
        Ok(match target {
            Target::File(it) => self.reader.scope_of_file(self.of, it.id)?,
            Target::Folder(it) => self.reader.scope_of_folder(self.of, &it.path)?,
            Target::Component(it) => self.reader.scope_of_component(self.of, it.id)?,
        })
    }

    /// How many commits touch a target, about.
    pub(super) fn expected(&self, target: &Target) -> Result<u64> {
        Ok(u64::from(self.reader.credited(self.of, target.known_as())?))
    }

    /// A component by name.
    pub(super) fn component(&self, name: &str) -> Result<ComponentRow> {
        if let Some(component) = self.reader.component(self.of, name)? {
            return Ok(component);
        }
        let all = self.reader.components(self.of)?;
        let wanted = name.to_lowercase();
        let near = all.iter().find(|it| it.name.to_lowercase().contains(&wanted));
        let error = Error::not_found(format!("there is no component `{name}`"));
        Err(match (near, all.as_slice()) {
            (Some(near), _) => error.hint(format!("did you mean `{}`?", near.name)),
            (None, []) => {
                error.hint("this repository has no components: its files are all at the top")
            }
            (None, _) => error.hint("`memory.components` lists them"),
        })
    }

    /// A person by what they are called.
    pub(super) fn person(&self, called: &str) -> Result<PersonRow> {
        let mut found = self.reader.persons_called(self.of, called)?;
        match found.len() {
            1 => Ok(found.remove(0)),
            0 => {
                let error = Error::not_found(format!("nobody here is called `{called}`"));
                let near = self.reader.search_people(self.of, called, 3)?;
                let keys: Vec<String> = near.iter().map(|it| format!("`{}`", it.0.key)).collect();
                Err(match keys.as_slice() {
                    [] => error.hint("`memory.people` lists everybody"),
                    _ => error.hint(format!("did you mean {}?", keys.join(" or "))),
                })
            }
            many => {
                let keys: Vec<String> = found.into_iter().map(|it| it.key).collect();
                let text = format!("{many} people are called `{called}`: name one by key");
                Err(Error::invalid(text).hint(keys.join(", ")))
            }
        }
    }

    /// A commit by id, by the first digits of one, or `HEAD`.
    pub(super) fn commit(&self, written: &str) -> Result<CommitRow> {
        let text = written.trim();
        let missing =
            |oid: Oid| Error::not_found(format!("commit {oid} is not in the history of HEAD"));
        if text.eq_ignore_ascii_case("head") || text == "@" {
            let Some(head) = self.of.head else {
                return Err(Error::not_found("the history has not been read yet")
                    .hint("read it: `sources.sync`"));
            };
            return self.reader.commit_of(self.of, head)?.ok_or_else(|| missing(head));
        }
        if let Some(oid) = Oid::from_hex(text) {
            return self.reader.commit_of(self.of, oid)?.ok_or_else(|| missing(oid));
        }
        if text.len() < 4 || text.len() > 64 || !text.bytes().all(|it| it.is_ascii_hexdigit()) {
            let text =
                format!("`{text}` is no commit: give at least 4 digits of its id, or `HEAD`");
            return Err(Error::invalid(text));
        }
        let mut found = self.reader.commits_like(self.of, text, 6)?;
        match found.len() {
            1 => Ok(found.remove(0)),
            0 => Err(Error::not_found(format!("no commit's id begins with {text}"))
                .hint("`memory.search` finds commits by their words")),
            _ => {
                let text = format!("several commits begin with {text}: give more digits");
                let told: Vec<String> = found
                    .iter()
                    .take(5)
                    .map(|it| format!("{:.12} {}", it.place.oid.to_string(), it.subject))
                    .collect();
                let more = if found.len() > 5 { "; …" } else { "" };
                Err(Error::invalid(text).hint(format!("{}{more}", told.join("; "))))
            }
        }
    }

    fn no_path(&self, path: &str) -> Result<Error> {
        if self.of.head.is_none() {
            let text = format!("memory holds no commit of `{}` yet", self.of.name);
            return Ok(Error::not_found(text).hint("read it: `sources.sync`"));
        }
        // What an object that is not there would tell of may be the very path.
        let hidden = self.reader.gaps(self.of)?.into_iter().find(|(kind, _)| {
            use model::GapKind::{CorruptObjects, MissingObjects, ShallowClone};
            [MissingObjects, CorruptObjects, ShallowClone].iter().any(|it| it.name() == kind)
        });
        if let Some((_, gap)) = hidden {
            let text = format!(
                "`{path}` is not in memory, which does not know all of the history: {}",
                gap.trim_end_matches('.')
            );
            return Ok(Error::not_found(text));
        }
        let error = Error::not_found(format!("`{path}` never was in the history of HEAD"));
        Ok(match self.reader.near(self.of, path)? {
            Some(near) => error.hint(format!("did you mean `{}`?", near.path)),
            None => error.hint("paths are given from the repository's root, with forward slashes"),
        })
    }
}

/// A moment as people write it: RFC 3339, or a day; a day as the end of a window is its last second.
pub(super) fn moment(field: &str, text: &str, end: bool) -> Result<Timestamp> {
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Ok(Timestamp(at.as_second()));
    }
    // Moments end a day before the calendar does, and people write its last second for "ever".
    let seconds = |it: jiff::civil::DateTime| {
        it.duration_since(jiff::civil::DateTime::constant(1970, 1, 1, 0, 0, 0, 0)).as_secs()
    };
    if let Some(at) = text.strip_suffix(['Z', 'z']).and_then(|it| it.parse().ok()) {
        return Ok(Timestamp(seconds(at)));
    }
    match text.parse::<jiff::civil::Date>() {
        Ok(day) if text.len() <= 13 => {
            let start = seconds(day.at(0, 0, 0, 0));
            Ok(Timestamp(if end { start + DAY - 1 } else { start }))
        }
        _ => Err(Error::invalid(format!("`{field}` is not a time: {text:?}"))
            .hint("write `2026-05-20` or `2026-05-20T10:11:12Z`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::time;

    #[test]
    fn times_are_read_as_rfc_3339_or_as_days() {
        let at = |text, end| moment("now", text, end).map(|it| it.0).map_err(|it| it.message);
        assert_eq!(at("1970-01-02T00:00:01Z", false), Ok(DAY + 1));
        assert_eq!(at("1970-01-02T01:00:01+01:00", false), Ok(DAY + 1));
        assert_eq!(at("1970-01-02", false), Ok(DAY));
        assert_eq!(at("1970-01-02", true), Ok(2 * DAY - 1));
        assert_eq!(at("tomorrow", true), Err("`now` is not a time: \"tomorrow\"".into()));
        assert!(at("", true).is_err());
        let last = Ok(253_402_300_799);
        assert_eq!(
            [at("9999-12-31T23:59:59Z", true), at("9999-12-31", true)],
            [last.clone(), last]
        );
        assert_eq!(crate::wire::time(Timestamp(253_402_300_799)), "9999-12-31T23:59:59Z");
    }
}
