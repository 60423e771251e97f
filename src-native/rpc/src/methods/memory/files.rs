//! One file, one folder, and what changes together.

use super::ask::Target;
use super::authors::Authors;
use super::changes::no_cursor;
use super::overview::{ComponentRow, component_rows};
use super::recent::Recent;
use super::tell::kind;
use super::{Asked, question};
use crate::wire::*;
use crate::{Error, Result};
use model::FileId;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use store::reads::{CommitRow, Found, KnowledgeRow, Scope, Select};

request! {
    /// Tell the history of a file: who changed it most, who touched it last, under which names it lived.
    pub struct File {
        /// Path from the repository's root, with forward slashes.
        pub path: String,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// How many of its newest commits to list (30 unless told otherwise), at most 500.
        pub limit: Option<u32>,
    }

    /// List the living files below a folder or of a component, by path, page by page.
    pub struct Files {
        /// Folder from the repository's root; the root itself unless given.
        pub path: Option<String>,
        /// Component, instead of a folder.
        pub component: Option<String>,
        /// As memory was at this time, RFC 3339: what came later is neither listed nor counted. As it is unless given.
        pub now: Option<String>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// How many to list (1000 unless told otherwise), at most 10000.
        pub limit: Option<u32>,
        /// Where to go on: `next` of the page before.
        pub cursor: Option<String>,
    }

    /// List what a folder holds, each entry with its owner and its risk.
    pub struct Folder {
        /// Path from the repository's root; the root itself unless given.
        pub path: Option<String>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// The `now` of the answer, RFC 3339: nothing later is used, and files are those that lived then, with their sizes of today. The time of the newest record unless given.
        pub now: Option<String>,
        /// Days that count as recent (90 unless told otherwise), 1 to 36500.
        pub window_days: Option<u32>,
    }

    /// List the components of a repository with their size, activity and bus factor.
    pub struct Components {
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// The `now` of the answer, RFC 3339: nothing later is used, and files are those that lived then, with their sizes of today. The time of the newest record unless given.
        pub now: Option<String>,
        /// Days that count as recent (90 unless told otherwise), 1 to 36500.
        pub window_days: Option<u32>,
    }

    /// List the files that change in the same commits as a file.
    pub struct Coupling {
        /// Path from the repository's root, with forward slashes.
        pub path: String,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// Commits with more files than this are left out (30 unless told otherwise): they tell of mass moves.
        pub files_max: Option<u32>,
        /// Fewest common commits (2 unless told otherwise).
        pub together_min: Option<u32>,
        /// How many files to list (20 unless told otherwise), at most 500.
        pub limit: Option<u32>,
    }
}

reply! {
    /// A file's history.
    pub struct FileReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Its path.
        pub path: String,
        /// Whether it is in the tree of HEAD.
        pub alive: bool,
        /// `file`, `executable`, `symlink` or `submodule`.
        pub mode: Option<String>,
        /// Its component.
        pub component: Option<String>,
        /// Its size at HEAD, in bytes.
        pub size_bytes: Option<u64>,
        /// Commits that touch it under any of its names, merges left out.
        pub commits: Figure,
        /// People behind these commits, bots left out.
        pub people: Figure,
        /// Lines added.
        pub added: u64,
        /// Lines deleted.
        pub deleted: u64,
        /// Who changed it the most, and in how many commits.
        pub most: Option<PersonCount>,
        /// The commit that touched it last.
        pub last: Option<CommitRef>,
        /// The commit that made it.
        pub first: Option<CommitRef>,
        /// Names it had before, newest first.
        pub past_names: Vec<PastName>,
        /// Its newest commits.
        pub history: Vec<Touch>,
        /// The call that lists all of them.
        pub all: Call,
    }

    /// A person and a count.
    pub struct PersonCount {
        /// Who.
        pub person: PersonRef,
        /// How many.
        pub commits: u32,
    }

    /// A name a file had.
    pub struct PastName {
        /// The path.
        pub path: String,
        /// The commit that moved it from there.
        pub until: CommitRef,
    }

    /// What a commit did to a file.
    pub struct Touch {
        /// The commit.
        pub commit: CommitRef,
        /// `added`, `modified`, `deleted` or `renamed`.
        pub kind: String,
        /// The path at that time.
        pub path: String,
        /// Where it was renamed from.
        pub from: Option<String>,
        /// Lines added; null where the content is binary or unknown.
        pub added: Option<u32>,
        /// Lines deleted; null where the content is binary or unknown.
        pub deleted: Option<u32>,
        /// Keys of the issues the commit names.
        pub issues: Vec<String>,
        /// Numbers of the pull requests it came through.
        pub pull_requests: Vec<u64>,
    }

    /// A page of living files.
    pub struct FilesReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// By path.
        pub files: Vec<FileEntry>,
        /// Where the next page begins; none at the end.
        pub next: Option<String>,
    }

    /// A living file in a list.
    pub struct FileEntry {
        /// Its path.
        pub path: String,
        /// Its component.
        pub component: Option<String>,
        /// `file`, `executable`, `symlink` or `submodule`.
        pub mode: String,
        /// Its size at HEAD, in bytes; none where that is not known.
        #[ts(type = "number | null")]
        pub size_bytes: Option<u64>,
    }

    /// What a folder holds.
    pub struct FolderReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Its path; empty for the root.
        pub path: String,
        /// Folders first, then files, each by name.
        pub entries: Vec<FolderEntry>,
        /// The window, in days.
        pub window_days: u32,
    }

    /// A file or a folder within a folder.
    pub struct FolderEntry {
        /// Its name.
        pub name: String,
        /// Its path from the root.
        pub path: String,
        /// `folder` or `file`.
        pub kind: RecordKind,
        /// Its component.
        pub component: Option<String>,
        /// Living files in it; 1 for a file.
        pub files: u32,
        /// Bytes at HEAD.
        pub size_bytes: u64,
        /// Commits within the window.
        pub changes: u32,
        /// Risk score of the window: of the file, or of the riskiest file in the folder.
        pub risk: f64,
        /// Who knows it best by expertise.
        pub owner: Option<PersonRef>,
        /// The owner's part of all credits for its commits, 0 to 1.
        pub owner_share: f64,
        /// For a folder: how many people would have to leave before more than half of its authored files have no author.
        pub bus_factor: Option<u32>,
        /// Time of the last commit that touched it.
        pub last_at: Option<String>,
    }

    /// The components of a repository.
    pub struct ComponentsReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// By name.
        pub components: Vec<ComponentRow>,
    }

    /// What changes together with a file.
    pub struct CouplingReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// The file.
        pub path: String,
        /// Time of the first commit looked at, where the file has more than the newest 500; none where all were.
        pub since: Option<String>,
        /// Its commits of at most `filesMax` files, since then.
        pub commits: u32,
        /// Most common commits first, then by path.
        pub files: Vec<Coupled>,
    }

    /// A file that changes together with another.
    pub struct Coupled {
        /// Its path.
        pub path: String,
        /// Commits that touch both.
        pub together: Figure,
        /// Part of the asked file's commits that touch this one too, 0 to 1.
        pub degree: f64,
        /// Whether it is in the tree of HEAD.
        pub alive: bool,
    }
}

question!(File, "memory.file", FileReply, r#"{ "path": "src/pay.rs" }"#, file);

fn file(ask: File, at: &Asked<'_>) -> Result<FileReply> {
    let most = limit(ask.limit, 30, 500)?;
    let file = at.file(&ask.path)?;
    let (id, path) = (file.id, file.path.clone());
    let (alive, component) = (file.alive, file.component.clone());
    let (size, tree_mode) = (file.size.filter(|_| alive), file.mode.filter(|_| alive));
    let scope = Rc::new(at.reader.scope_of_file(at.of, id)?);
    let select = Select { scope: Some(scope.clone()), ..Select::default() };
    let totals = at.reader.file_totals(at.of, id)?;
    let commits = at.reader.select(at.of, &select, None, most.max(5))?;
    let oldest = at.reader.oldest_touching(at.of, &scope)?;
    let target = Target::File(file);
    let known = at.knowledge(&target, &scope)?;
    let people: Vec<_> = known.iter().filter(|it| it.commits > 0).map(|it| it.developer).collect();
    let all = at.list(&target, None, []);
    let mut everybody = all.clone();
    everybody.method = "memory.people".into();
    let newest = &commits[..commits.len().min(most)];
    let rows = at.reader.commits(at.of, newest)?;
    let history = newest
        .iter()
        .zip(&rows)
        .map(|(it, row)| touch(at, row, *it, &scope, &target))
        .collect::<Result<_>>()?;
    let one = |it: Option<&Found>| -> Result<Option<CommitRef>> {
        let row = it.map(|it| at.reader.commit(at.of, it.id)).transpose()?.flatten();
        row.map(|it| at.commit_ref(&it)).transpose()
    };
    Ok(FileReply {
        basis: at.basis(None, &[PAST_NAMES])?,
        path,
        alive,
        mode: tree_mode.map(|it| mode(it).to_owned()),
        component,
        size_bytes: size,
        commits: at.figure(totals.commits as usize, &commits, all.clone())?,
        people: at.people_figure(&people, everybody)?,
        added: totals.added,
        deleted: totals.deleted,
        most: most_commits(at, &known)?,
        last: one(commits.first())?,
        first: one(oldest.as_ref())?,
        past_names: past_names(at, id, &scope)?,
        history,
        all,
    })
}

/// How past names are found, as printed with the answer.
const PAST_NAMES: model::Rule = model::Rule {
    name: "past names",
    version: 1,
    text: "touches at the path, and for each rename to it, by Git's rule at 50 % similarity, touches \
           at the path before in commits earlier in topology, and so on back; merges are left out",
};

/// A mode in the tree of HEAD, as the wire says it.
fn mode(mode: u8) -> &'static str {
    match mode {
        1 => "executable",
        2 => "symlink",
        3 => "submodule",
        _ => "file",
    }
}

/// What a commit did to a file under whichever name; its own name first where it touched several.
pub(super) fn touch(
    at: &Asked<'_>,
    row: &CommitRow,
    found: Found,
    scope: &Scope,
    target: &Target,
) -> Result<Touch> {
    let own = match target {
        Target::File(it) => Some(it.id),
        _ => None,
    };
    let mut touches = at.reader.touches_in(at.of, found, scope)?;
    touches.sort_by_key(|it| Some(it.file) != own);
    match touches.into_iter().next() {
        Some(it) => tell_touch(at, row, it),
        None => {
            Err(Error::new(crate::Code::Conflict, "memory changed while it was read; ask again"))
        }
    }
}

/// A row of a commit's files, as the wire has it.
pub(super) fn tell_touch(
    at: &Asked<'_>,
    row: &CommitRow,
    it: store::reads::FileTouch,
) -> Result<Touch> {
    let issues = at.reader.issues_of(at.of, row.id)?;
    let pulls = at.reader.pulls_of(at.of, row.id)?;
    Ok(Touch {
        commit: at.commit_ref(row)?,
        kind: kind(it.kind).into(),
        path: it.path,
        from: it.from,
        added: it.added,
        deleted: it.deleted,
        issues: issues.into_iter().map(|it| it.key).collect(),
        pull_requests: pulls.into_iter().map(|it| it.number).collect(),
    })
}

/// Names a file had, newest first.
fn past_names(at: &Asked<'_>, file: FileId, scope: &Scope) -> Result<Vec<PastName>> {
    if scope.len() < 2 {
        return Ok(Vec::new());
    }
    let mut told = HashSet::from([file]);
    let mut names = Vec::new();
    for (it, from, path) in at.reader.renames_within(at.of, scope)? {
        if told.insert(from)
            && let Some(row) = at.reader.commit(at.of, it.id)?
        {
            names.push(PastName { path, until: at.commit_ref(&row)? });
        }
    }
    Ok(names)
}

/// Who has most commits; of equals the first by name, then by key.
fn most_commits(at: &Asked<'_>, known: &[KnowledgeRow]) -> Result<Option<PersonCount>> {
    let most = known.iter().map(|it| it.commits).max().unwrap_or(0);
    let first = known.iter().filter(|it| most > 0 && it.commits == most);
    let mut first = first
        .map(|it| Ok(PersonCount { person: at.person_ref(it.developer)?, commits: most }))
        .collect::<Result<Vec<_>>>()?;
    first.sort_by(|a, b| (&a.person.name, &a.person.key).cmp(&(&b.person.name, &b.person.key)));
    Ok(first.into_iter().next())
}

/// What a cursor of this list begins with, so that any other text is refused.
const AFTER_PATH: &str = "after path ";

question!(Files, "memory.files", FilesReply, r#"{ "path": "src" }"#, files, now);

fn files(ask: Files, at: &Asked<'_>) -> Result<FilesReply> {
    let most = limit(ask.limit, 1_000, 10_000)?;
    let (folder, component) = match (&ask.path, &ask.component) {
        (Some(_), Some(_)) => return Err(Error::invalid("give `path` or `component`, not both")),
        (None, Some(name)) => (String::new(), Some(at.component(name)?.id)),
        (path, None) => (at.folder(path.as_deref().unwrap_or_default())?.path, None),
    };
    let after = match &ask.cursor {
        Some(cursor) => Some(cursor.strip_prefix(AFTER_PATH).ok_or_else(no_cursor)?),
        None => None,
    };
    let more = count(most as u64 + 1);
    let mut rows = at.reader.files_after(at.of, &folder, component, after, more)?;
    let next = (rows.len() > most).then(|| format!("{AFTER_PATH}{}", rows[most - 1].path));
    rows.truncate(most);
    let files = rows
        .into_iter()
        .map(|it| FileEntry {
            path: it.path,
            component: it.component,
            mode: mode(it.mode.unwrap_or(0)).into(),
            size_bytes: it.size,
        })
        .collect();
    Ok(FilesReply { basis: at.basis(None, &[])?, files, next })
}

question!(Folder, "memory.folder", FolderReply, r#"{ "path": "src" }"#, folder, now);

fn folder(ask: Folder, at: &Asked<'_>) -> Result<FolderReply> {
    let now = at.now(ask.now.as_deref())?;
    let window = at.window(now, ask.window_days)?;
    let folder = at.folder(ask.path.as_deref().unwrap_or_default())?;
    let mut authors = Authors::below(at, &folder.path)?;
    let recent = Recent::below(at, window, &folder.path)?;
    let risk_weights = at.risk_weights()?;
    let expertise_weights = at.expertise_weights()?;
    let components: HashMap<i64, String> =
        at.reader.components(at.of)?.into_iter().map(|it| (it.id, it.name)).collect();

    // Each living file below belongs to the entry that its path begins with.
    let start = if folder.path.is_empty() { 0 } else { folder.path.len() + 1 };
    let entry_of = |path: &str| {
        let rest = &path[start..];
        path[..start + rest.find('/').unwrap_or(rest.len())].to_owned()
    };
    let entries: HashMap<FileId, String> =
        authors.files.iter().map(|it| (it.id, entry_of(&it.path))).collect();
    let mut number: HashMap<&str, u32> = HashMap::new();
    for entry in entries.values() {
        let next = number.len() as u32;
        number.entry(entry).or_insert(next);
    }
    let place = |file: FileId| entries.get(&file).map(|it| number[it.as_str()]);
    let changes = agents::activity::by_place(&recent.touches, |it| place(it).into_iter().collect());
    let mut risk: HashMap<u32, f64> = HashMap::new();
    for file in &recent.files {
        if let Some(place) = place(file.file) {
            let total = agents::risk::total(file.counts, &risk_weights);
            let most = risk.entry(place).or_default();
            *most = most.max(total);
        }
    }
    let subfolders: HashMap<String, i64> = at
        .reader
        .folders(at.of)?
        .into_iter()
        .filter(|it| it.parent == Some(folder.id))
        .map(|it| (it.path, it.id))
        .collect();

    let mut told: Vec<FolderEntry> = Vec::new();
    let mut i = 0;
    while i < authors.files.len() {
        let (path, first) = (entries[&authors.files[i].id].clone(), &authors.files[i]);
        let is_file = path == first.path;
        let end = if is_file { i + 1 } else { authors.stretch(&path).end.max(i + 1) };
        let known_as = match is_file {
            true => Some(store::reads::Subject::File(first.id)),
            false => subfolders.get(&path).map(|it| store::reads::Subject::Folder(*it)),
        };
        let known = match known_as {
            Some(it) => at.reader.knowledge(at.of, it)?,
            None => Vec::new(),
        };
        let credits: u32 = known.iter().map(|it| it.commits).sum();
        let last_at = known.iter().filter(|it| it.commits > 0).map(|it| it.last_at).max();
        let best = at.rank_by(known, now, &expertise_weights, 1)?.into_iter().next();
        let own: HashSet<Option<i64>> =
            authors.files[i..end].iter().map(|it| it.component).collect();
        let component = match own.into_iter().collect::<Vec<_>>().as_slice() {
            [Some(only)] => components.get(only).cloned(),
            _ => None,
        };
        let place = number[path.as_str()];
        told.push(FolderEntry {
            name: path[start..].to_owned(),
            kind: if is_file { RecordKind::File } else { RecordKind::Folder },
            component,
            files: count((end - i) as u64),
            size_bytes: authors.files[i..end].iter().map(|it| it.size).sum(),
            changes: changes.get(&place).copied().unwrap_or(0),
            risk: risk.get(&place).copied().unwrap_or(0.0),
            owner_share: match &best {
                Some(best) if credits > 0 => share(best.deeds.commits, credits),
                _ => 0.0,
            },
            owner: best.map(|it| at.person_ref(it.deeds.developer)).transpose()?,
            bus_factor: (!is_file).then(|| authors.factor(i..end).value()),
            last_at: last_at.map(time),
            path,
        });
        i = end;
    }
    told.sort_by(|a, b| {
        let folder_first = |it: &FolderEntry| it.kind != RecordKind::Folder;
        folder_first(a).cmp(&folder_first(b)).then_with(|| a.name.cmp(&b.name))
    });
    let rules = [agents::risk::RULE, agents::expertise::RULE, agents::bus_factor::RULE];
    Ok(FolderReply {
        basis: at.basis(Some(now), &rules)?,
        path: folder.path,
        entries: told,
        window_days: window.days,
    })
}

/// A part of a whole, 0 to 1, in thousandths.
pub(super) fn share(part: u32, whole: u32) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    (f64::from(part) / f64::from(whole) * 1_000.0).round() / 1_000.0
}

question!(Components, "memory.components", ComponentsReply, r#"{}"#, components, now);

fn components(ask: Components, at: &Asked<'_>) -> Result<ComponentsReply> {
    let now = at.now(ask.now.as_deref())?;
    let window = at.window(now, ask.window_days)?;
    let mut authors = Authors::below(at, "")?;
    let recent = Recent::below(at, window, "")?;
    let components = component_rows(at, &mut authors, &recent, now)?;
    let rules = [agents::bus_factor::RULE, agents::expertise::RULE];
    Ok(ComponentsReply { basis: at.basis(Some(now), &rules)?, components })
}

question!(Coupling, "memory.coupling", CouplingReply, r#"{ "path": "src/pay.rs" }"#, coupling);

fn coupling(ask: Coupling, at: &Asked<'_>) -> Result<CouplingReply> {
    let most = limit(ask.limit, 20, 500)?;
    let files_max = ask.files_max.unwrap_or(30).max(1);
    let together_min = ask.together_min.unwrap_or(2).max(1);
    let file = at.file(&ask.path)?;
    let scope = Rc::new(at.reader.scope_of_file(at.of, file.id)?);
    let mut select = Select { scope: Some(scope.clone()), ..Select::default() };
    let mut newest = at.reader.select(at.of, &select, None, agents::coupling::COMMITS_MAX)?;
    let number = at.reader.file_totals(at.of, file.id)?.commits;
    if let Some(last) = newest.last().filter(|_| number as usize > newest.len()).copied() {
        // With all of the last one's second, so that a time says where they begin.
        select.since = last.place.at;
        newest.extend(at.reader.select(at.of, &select, Some(last.place), usize::MAX)?);
    }
    let (commits, rows) = at.reader.files_beside(at.of, &newest, &scope, files_max)?;
    let place: HashMap<model::CommitId, Found> = commits.iter().map(|it| (it.id, *it)).collect();
    let since = (select.since.0 > i64::MIN).then(|| time(select.since));
    let ranked = agents::coupling::rank(
        rows.iter().map(|(commit, file, path)| (*commit, *file, &**path)),
        together_min,
    );
    let target = Target::File(file);
    let mut files = Vec::new();
    for it in ranked.into_iter().take(most) {
        let mut both: Vec<Found> =
            it.commits.iter().filter_map(|it| place.get(it)).copied().collect();
        both.sort_unstable_by_key(|it| it.place);
        let mut all = at.list(
            &target,
            None,
            [("with", it.path.as_str().into()), ("filesMax", files_max.into())],
        );
        if let Some(since) = &since {
            all.params.insert("since".into(), since.as_str().into());
        }
        files.push(Coupled {
            alive: at.reader.file_of(at.of, it.file)?.is_some_and(|it| it.alive),
            degree: share(count(both.len() as u64), count(commits.len() as u64)),
            together: at.figure(both.len(), &both, all)?,
            path: it.path,
        });
    }
    Ok(CouplingReply {
        basis: at.basis(None, &[agents::coupling::RULE])?,
        path: target.subject().id,
        since,
        commits: count(commits.len() as u64),
        files,
    })
}
