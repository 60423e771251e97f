//! Files of saved queries: found and read in bounds, for whoever wrote a project wrote its.

use super::{QueriesReply, QueryParamKind, SavedQuery, SavedQueryParam};
use crate::connected::Connected;
use crate::named_files::{self, FILE_MAX, NamedFiles, is_file};
use crate::{Code, Error, Result};
use databases::query;
use std::path::{Path, PathBuf};

/// Bytes of saved queries that are read for one list, the project's and the user's own each.
const QUERIES_BYTES_MAX: u64 = 3 << 20;

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
        let found = folder(connected, of)?.list();
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
    if !is_file(&file) {
        return Ok(None);
    }
    let read = read(&file).map_err(|it| {
        Error::new(Code::Upstream, format!("{} cannot be used: {it}", file.display()))
    })?;
    Ok(Some(saved(name.to_owned(), &file, project.is_some(), read)))
}

/// The folder of queries: the project's, or the user's own.
fn folder(connected: &Connected, project: Option<&str>) -> Result<NamedFiles> {
    NamedFiles::of(connected, project, "queries", "query", "sql")
}

/// The file of a query.
pub(super) fn file_of(connected: &Connected, project: Option<&str>, name: &str) -> Result<PathBuf> {
    folder(connected, project)?.file(name)
}

/// Reads the queries below a folder, as many as an answer takes.
fn collect(folder: &NamedFiles, project: bool, into: &mut QueriesReply) {
    let mut left = QUERIES_BYTES_MAX;
    let files = folder.list();
    let many = files.len();
    for (at, (name, file)) in files.into_iter().enumerate() {
        let bytes = std::fs::metadata(&file).map_or(0, |it| it.len()).min(FILE_MAX);
        if bytes > left {
            into.troubles.push(format!(
                "{}: {} of {many} queries are not listed: those before have {} MB",
                folder.root.display(),
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

/// A query as its file has it.
fn read(file: &Path) -> Result<query::Query, String> {
    query::read(&named_files::read(file)?).map_err(|it| it.to_string())
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
