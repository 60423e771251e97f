//! Files of saved queries: found and read in bounds, for whoever wrote a project wrote its.

use super::{QueriesReply, QueryParamKind, SavedQuery, SavedQueryParam};
use crate::connected::Connected;
use crate::{Code, Error, Result};
use databases::query;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The folder of a project's queries, and of the user's.
const QUERIES: &str = "queries";
/// Saved queries that are listed.
const QUERIES_MAX: usize = 5_000;
/// Largest saved query, in bytes.
const QUERY_MAX: u64 = 1 << 20;
/// Bytes of saved queries that are read for one list, the project's and the user's own each.
const QUERIES_BYTES_MAX: u64 = 3 << 20;
/// Things in folders of queries that are looked at.
const ENTRIES_MAX: usize = 20_000;

/// The saved queries of a project, and the user's own.
pub(crate) fn queries(connected: &Connected, project: Option<&str>) -> Result<QueriesReply> {
    let mut reply = QueriesReply { queries: Vec::new(), troubles: Vec::new() };
    if project.is_some() {
        collect(&folder(connected, project)?, true, &mut reply);
    }
    collect(&folder(connected, None)?, false, &mut reply);
    Ok(reply)
}

/// The names of saved queries, and whether they are the project's. No file is opened.
pub(crate) fn query_names(
    connected: &Connected,
    project: Option<&str>,
) -> Result<Vec<(String, bool)>> {
    let mut names = Vec::new();
    for of in [project, None].into_iter().take(if project.is_some() { 2 } else { 1 }) {
        let found = files(&folder(connected, of)?);
        names.extend(found.into_iter().map(|it| (it.0, of.is_some())));
    }
    Ok(names)
}

/// A saved query of a project, or of the user's own; none where there is none of that name.
pub(crate) fn query_of(
    connected: &Connected,
    project: Option<&str>,
    name: &str,
) -> Result<Option<SavedQuery>> {
    let file = file_of(connected, project, name)?;
    let is_file = std::fs::symlink_metadata(&file).is_ok_and(|it| it.is_file());
    if !is_file {
        return Ok(None);
    }
    let read = read(&file).map_err(|it| {
        Error::new(Code::Upstream, format!("{} cannot be used: {it}", file.display()))
    })?;
    Ok(Some(saved(name.to_owned(), &file, project.is_some(), read)))
}

/// The folder of queries: the project's, or the user's own.
fn folder(connected: &Connected, project: Option<&str>) -> Result<PathBuf> {
    Ok(match project {
        Some(project) => Path::new(project).join(databases::connections::FOLDER).join(QUERIES),
        None => connected.folders()?.config.join(QUERIES),
    })
}

/// The file of a query. Its name stays within the folder.
pub(super) fn file_of(connected: &Connected, project: Option<&str>, name: &str) -> Result<PathBuf> {
    let fits = |part: &str| {
        !part.is_empty()
            && part.len() <= 100
            && !part.starts_with('.')
            && part.chars().all(|it| it.is_alphanumeric() || matches!(it, '-' | '_' | '.' | ' '))
    };
    if name.split('/').count() > 5 || !name.split('/').all(fits) {
        let text = format!("`{name}` is no name of a query");
        return Err(Error::invalid(text)
            .hint("letters, digits, spaces, `-`, `_` and `.`, with `/` between folders"));
    }
    let mut file = folder(connected, project)?;
    file.extend(name.split('/'));
    file.set_file_name(format!("{}.sql", file.file_name().unwrap_or_default().to_string_lossy()));
    Ok(file)
}

/// The files of queries below a folder, by name. Links are not followed.
fn files(root: &Path) -> Vec<(String, PathBuf)> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    let mut left = ENTRIES_MAX;
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries.take(left).flatten() {
            left -= 1;
            let (path, Ok(kind)) = (entry.path(), entry.file_type()) else { continue };
            if kind.is_dir() && folders.len() < 100 {
                folders.push(path);
            } else if kind.is_file() && path.extension().is_some_and(|it| it == "sql") {
                let name = path.strip_prefix(root).unwrap_or(&path).with_extension("");
                files.push((name.to_string_lossy().replace('\\', "/"), path));
            }
        }
    }
    files.sort();
    files.truncate(QUERIES_MAX);
    files
}

/// Reads the queries below a folder, as many as an answer takes.
fn collect(root: &Path, project: bool, into: &mut QueriesReply) {
    let mut left = QUERIES_BYTES_MAX;
    let files = files(root);
    let many = files.len();
    for (at, (name, file)) in files.into_iter().enumerate() {
        let bytes = std::fs::metadata(&file).map_or(0, |it| it.len()).min(QUERY_MAX);
        if bytes > left {
            into.troubles.push(format!(
                "{}: {} of {many} queries are not listed: those before have {} MB",
                root.display(),
                many - at,
                QUERIES_BYTES_MAX >> 20
            ));
            break;
        }
        left -= bytes;
        match read(&file) {
            Ok(read) => into.queries.push(saved(name, &file, project, read)),
            Err(error) => into.troubles.push(format!("{}: {error}", file.display())),
        }
    }
}

/// A query as its file has it; no more of it is read than it may have.
fn read(file: &Path) -> Result<query::Query, String> {
    let mut text = Vec::new();
    let opened = std::fs::File::open(file).map_err(|it| it.to_string())?;
    opened.take(QUERY_MAX + 1).read_to_end(&mut text).map_err(|it| it.to_string())?;
    if text.len() as u64 > QUERY_MAX {
        return Err(format!("it is larger than {} MB", QUERY_MAX >> 20));
    }
    let text = String::from_utf8(text).map_err(|_| "it is not written in UTF-8".to_owned())?;
    query::read(&text).map_err(|it| it.to_string())
}

fn saved(name: String, file: &Path, project: bool, read: query::Query) -> SavedQuery {
    SavedQuery {
        query: name,
        file: file.display().to_string(),
        project,
        text: read.text,
        connection: read.connection,
        about: read.about,
        params: read.params.into_iter().map(above).collect(),
    }
}

fn above(of: query::Param) -> SavedQueryParam {
    SavedQueryParam {
        name: of.name,
        kind: match of.kind {
            query::ParamKind::Text => QueryParamKind::Text,
            query::ParamKind::Number => QueryParamKind::Number,
            query::ParamKind::Bool => QueryParamKind::Bool,
            query::ParamKind::Date => QueryParamKind::Date,
        },
        default: of.default,
        about: of.about,
    }
}
