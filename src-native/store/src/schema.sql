-- Schema 3. Rows have natural keys; row ids are local to this file and never shown.
-- Times are seconds since 1970-01-01 UTC. Text that was not valid UTF-8 has its bytes beside it in a `…_raw` column.

create table repositories (
    id integer primary key,
    name text not null unique,            -- what people type: `owner/name`, or the folder's name
    location blob not null unique,        -- absolute path of the Git directory, as bytes
    work_tree blob,                       -- absolute path of the work tree, null where bare
    head_ref text,                        -- `refs/heads/main`, null where detached or unborn
    head blob,                            -- the commit that memory has been read up to; null before the first sync
    refs blob,                            -- fingerprint of HEAD and all refs at that time: equal means nothing new
    config blob not null default x'',     -- hash of the rules the rollups were made with (backstory.toml, .mailmap)
    rules blob not null default x'',      -- the last backstory.toml that was right
    mailmap blob not null default x'',    -- the .mailmap that identities were told apart with
    as_of integer                         -- time of the newest commit that was not dated in the future when it was read: the `now` of every answer
) strict;

-- People. The one table of personal data; everything else refers to its ids.
create table identities (
    id integer primary key,
    kind integer not null,                -- 0 name and mail from Git, 1 login (in `name`) from a pull request's branch or a `Reviewers:` line
    name text not null,
    mail text not null,                   -- empty for a login
    raw blob,                             -- name, NUL, mail, where either is not valid UTF-8
    developer integer not null references developers
) strict;
create unique index identities_key on identities (kind, name, mail, ifnull(raw, x''));
create index identities_developer on identities (developer);

create table developers (
    id integer primary key,
    key text not null unique,             -- the mail people know them by, else name; what scripts use
    name text not null,
    bot integer not null default 0,
    bot_reason text not null default ''
) strict;

-- Why two identities are one person. Made by rules, made again whenever identities change.
create table identity_edges (
    a integer not null references identities,
    b integer not null references identities,
    rule text not null,                   -- `mail`, `noreply`, `mailmap`, `name and local part`, `login`, `by hand`
    detail text not null,                 -- the sentence for people
    primary key (a, b, rule)
) strict, without rowid;
create index identity_edges_b on identity_edges (b);

-- What people decided; kept for good, undone by a mark.
create table identity_edits (
    id integer primary key,
    action text not null check (action in ('merge', 'split')),
    a integer not null references identities,
    b integer not null references identities,
    at integer not null,
    undone integer not null default 0
) strict;

create table commits (
    id integer primary key,
    repository integer not null references repositories,
    oid blob not null,
    generation integer not null,          -- 1 at a root, else 1 + the greatest of the parents': what is earlier in topology
    parents blob not null,                -- object ids one after the other
    author integer not null references identities,
    authored integer not null,
    authored_offset integer not null,     -- minutes east of UTC
    committer integer not null references identities,
    committed integer not null,
    committed_offset integer not null,
    merge integer not null,
    fixes integer not null,               -- the subject speaks of fixing a defect
    reverts blob,                         -- object id of the commit this one undoes, x'' where it names none
    hash blob not null,                   -- first 16 bytes of SHA-256 over the record with its files: SQLite does not notice a flipped bit
    message text not null,                -- last, so that what is judged by is read without it
    message_raw blob,
    unique (repository, oid)
) strict;
create index commits_time on commits (repository, committed, id);
-- Children, by the beginning of a parent's id: the first parent, the second, and all of the few with more.
create index commits_parent on commits (substr(parents, 1, 8));
create index commits_second_parent on commits (substr(parents, length(oid) + 1, 8)) where merge = 1;
create index commits_octopus on commits (repository) where length(parents) > 2 * length(oid);
create index commits_reverts on commits (reverts) where reverts is not null;

-- Credited people: 0 author (Git's, or an `Author:` line), 1 co-author, 2 reviewer.
create table commit_people (
    commit_id integer not null references commits,
    identity integer not null references identities,
    role integer not null,
    at integer not null,                  -- the commit's `committed`, so that somebody's commits are read newest first
    primary key (commit_id, identity, role)
) strict, without rowid;
create index commit_people_identity on commit_people (identity, role, at, commit_id);

create table folders (
    id integer primary key,
    repository integer not null references repositories,
    path text not null,                   -- '' is the root
    parent integer references folders,
    unique (repository, path)
) strict;

create table components (
    id integer primary key,
    repository integer not null references repositories,
    name text not null,
    rule text not null,                   -- the glob that made it, or the folder
    unique (repository, name)
) strict;

create table files (
    id integer primary key,
    repository integer not null references repositories,
    path text not null,
    path_raw blob,
    folder integer not null references folders,
    component integer references components,
    alive integer not null,               -- in the tree of `repositories.head`
    blob blob,                            -- its content there
    size integer,                         -- bytes there
    mode integer                          -- 0 file, 1 executable, 2 symlink, 3 submodule
) strict;
create unique index files_key on files (repository, path, ifnull(path_raw, x''));
create index files_folder on files (folder, alive);
create index files_component on files (component, alive);

-- Commits that are not merges, path by path.
create table commit_files (
    commit_id integer not null references commits,
    file integer not null references files,
    kind integer not null,                -- 0 added, 1 modified, 2 deleted, 3 renamed
    added integer,                        -- lines; null where binary or unknown
    deleted integer,
    binary integer not null default 0,    -- 1 binary, 2 unknown (missing or too large)
    from_file integer references files,   -- where it was renamed from
    at integer not null,                  -- the commit's `committed`, so that a file's commits are read newest first
    primary key (commit_id, file)
) strict, without rowid;
create index commit_files_file on commit_files (file, at, commit_id, added, deleted);
create index commit_files_from on commit_files (from_file, commit_id) where from_file is not null;
create index commit_files_to on commit_files (file, commit_id, from_file) where from_file is not null; -- a file's past names without a look at all its commits

-- Every `ABC-12` in a message; whether `ABC` is a project is said by `project_keys`.
create table issue_mentions (
    commit_id integer not null references commits,
    prefix text not null,
    number integer not null,
    place integer not null default 1,     -- 0 the subject begins with it, 1 elsewhere in the subject, 2 below
    primary key (prefix, number, commit_id)
) strict, without rowid;
create index issue_mentions_commit on issue_mentions (commit_id);
create table project_keys (
    repository integer not null references repositories,
    prefix text not null,                 -- as written
    project text not null,                -- the project it stands for; differs from prefix for an alias
    source text not null,                 -- `configured` or `learnt`
    primary key (repository, prefix)
) strict, without rowid;

create table pull_requests (
    id integer primary key,
    repository integer not null references repositories,
    number integer not null,
    head blob,                            -- refs/pull/N/head, where the clone has it
    login text,                           -- from `from login/branch`
    branch text,
    unique (repository, number)
) strict;
create table pr_commits (
    pull_request integer not null references pull_requests,
    commit_id integer not null references commits,
    told_by text not null,                -- the words that say so: `(#12)`, `Closes #12`, `Merge pull request #12`; `refs/pull/12/head`; `merged by #12` where that merge brought it in
    primary key (pull_request, commit_id)
) strict, without rowid;
create index pr_commits_commit on pr_commits (commit_id);

create table releases (
    repository integer not null references repositories,
    name text not null,
    name_raw blob,
    oid blob not null,
    at integer not null
) strict;
create unique index releases_key on releases (repository, name, ifnull(name_raw, x''));
create index releases_commit on releases (repository, oid);
create index releases_at on releases (repository, at);

-- What is not known, said with every answer.
create table gaps (
    repository integer not null references repositories,
    kind text not null,                   -- a `GapKind` by its name: `shallowClone`, `missingObjects`, `corruptObjects`, `tooLarge`, `rules`, `futureDates`, `notFollowed`, `replacedObjects`
    text text not null,
    primary key (repository, kind, text)
) strict, without rowid;

-- Objects that the history names and the clone lacks, or has damaged. Where one of them has come, the history is read again.
create table absent_objects (
    repository integer not null references repositories,
    object blob not null,
    damaged integer not null,             -- 0 not there, 1 damaged
    primary key (repository, object)
) strict, without rowid;

-- Rollups: made again from the rows above whenever these change; the fingerprint leaves them out.
-- Who knows what. `subject` is a file (kind 0, living ones, past names followed), a folder (1) or a component (2).
create table knowledge (
    kind integer not null,
    subject integer not null,
    developer integer not null references developers,
    commits integer not null,             -- distinct, not merges, author or co-author
    reviews integer not null,             -- distinct pull requests (commits where none is known) reviewed
    added integer not null,
    deleted integer not null,
    first_at integer not null,
    last_at integer not null,
    created integer not null,             -- 1 where they made the file (kind 0)
    authors integer not null,             -- kind 0: 1 where they count as its author by degree of authorship; kind 1, 2: how many files they are author of
    primary key (kind, subject, developer)
) strict, without rowid;
create index knowledge_developer on knowledge (developer, kind, commits);
create index knowledge_authors on knowledge (subject) where kind = 0 and authors = 1; -- the bus factor of every folder reads nothing else

-- Commits credited to anybody: the sum of `knowledge.commits` of a subject.
create table knowledge_totals (
    kind integer not null,
    subject integer not null,
    commits integer not null,
    primary key (kind, subject)
) strict, without rowid;

-- What touched a path, living or gone, past names followed.
create table file_totals (
    file integer primary key references files,
    commits integer not null,             -- distinct
    added integer not null,
    deleted integer not null
) strict;

create table weeks (
    repository integer not null references repositories,
    week integer not null,                -- weeks since 1969-12-29, Mondays
    commits integer not null,             -- merges included
    people integer not null,              -- distinct authors, bots left out
    added integer not null,
    deleted integer not null,
    fixes integer not null,
    primary key (repository, week)
) strict, without rowid;

create table developer_weeks (
    repository integer not null references repositories,
    developer integer not null references developers,
    week integer not null,
    commits integer not null,
    added integer not null,
    deleted integer not null,
    fixes integer not null,
    primary key (repository, developer, week)
) strict, without rowid;

create table developer_totals (
    repository integer not null references repositories,
    developer integer not null references developers,
    commits integer not null,             -- not merges, author or co-author
    merges integer not null,
    reviews integer not null,
    fixes integer not null,
    added integer not null,
    deleted integer not null,
    files integer not null,
    first_at integer not null,
    last_at integer not null,
    primary key (repository, developer)
) strict, without rowid;

-- Commits credited to a spelling as author or co-author, over all repositories.
create table identity_totals (
    identity integer primary key references identities,
    commits integer not null
) strict;

-- Full text. `commit_words` is over messages, `file_words` over living paths (trigrams, so that any part is found).
create virtual table commit_words using fts5 (message, content = 'commits', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2');
create virtual table file_words using fts5 (path, content = 'files', content_rowid = 'id', tokenize = 'trigram');

-- Blame is dear and its key is content: it never goes stale. Over its budget the oldest are dropped.
create table blames (
    id integer primary key,               -- in the order they were kept
    repository integer not null references repositories,
    head blob not null,
    path blob not null,
    spans blob not null,
    unique (repository, head, path)
) strict;

-- Who asked for what and what changed.
create table audit (
    id integer primary key,
    at integer not null,
    actor text not null,
    action text not null,
    detail text not null
) strict;
