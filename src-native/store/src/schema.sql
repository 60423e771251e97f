-- Schema 5. Rows have natural keys; row ids are local to this file and never shown.
-- Times are seconds since 1970-01-01 UTC. What stands behind a table's parenthesis and behind its columns is shown to
-- people who look at memory as a database. Text that was not valid UTF-8 has its bytes beside it in a `…_raw` column.

create table repositories ( -- The Git histories that memory has read.
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

create table identities ( -- People. The one table of personal data; everything else refers to its ids. A row is one spelling: what a source says of somebody, word for word. The same account under a new name is another row.
    id integer primary key,
    kind integer not null,                -- 0 name and mail from Git, 1 login (in `name`) from a pull request's branch or a `Reviewers:` line, 2 account of a tracker
    name text not null,                   -- kind 2: as displayed
    mail text not null,                   -- empty where it is not told
    raw blob,                             -- name, NUL, mail, where either is not valid UTF-8
    site text not null default '',        -- kind 2: `github.com`, or what `trackers.site` says
    account text not null default '',     -- kind 2: what never changes there
    login text not null default '',       -- kind 2: what people type there
    number integer not null default 0,    -- kind 2: GitHub's account number; 0 where unknown
    closed integer not null default 0,    -- kind 2: the tracker says the account is closed
    program integer not null default 0,   -- kind 2: the tracker says it is a program
    developer integer not null references developers
) strict;
create unique index identities_key on identities
    (kind, name, mail, site, account, login, number, closed, program, ifnull(raw, x''));
create index identities_developer on identities (developer);
-- Whom a change of an issue names.
create index identities_name on identities (site, name) where kind = 2;
create index identities_login on identities (site, login) where kind = 2;
create index identities_account on identities (site, account) where kind = 2;

create table developers ( -- One row a person: the identities that belong together, and what the person is called.
    id integer primary key,
    key text not null unique,             -- the mail people know them by, else name; what scripts use
    name text not null,                   -- what the person is called
    bot integer not null default 0,       -- 1 a program, which counts for no one
    bot_reason text not null default ''   -- what says that it is a program
) strict;

create table identity_edges ( -- Why two identities are one person. Made by rules, made again whenever identities change.
    a integer not null references identities,
    b integer not null references identities,
    rule text not null,                   -- as `ingest/src/identity.rs` lists them
    detail text not null,                 -- the sentence for people
    confidence text not null,             -- `certain`, `strong`, `likely`
    primary key (a, b, rule)
) strict, without rowid;
create index identity_edges_b on identity_edges (b);

create table identity_edits ( -- What people decided about identities; kept for good, undone by a mark.
    id integer primary key,
    action text not null check (action in ('merge', 'split', 'apart')),
    a integer not null references identities,
    b integer not null references identities,
    at integer not null,                  -- seconds since 1970-01-01 UTC
    undone integer not null default 0     -- 1 it was taken back
) strict;

create table commits ( -- Every commit of the history of HEAD.
    id integer primary key,
    repository integer not null references repositories,
    oid blob not null,                    -- Git's object id
    generation integer not null,          -- 1 at a root, else 1 + the greatest of the parents': what is earlier in topology
    parents blob not null,                -- object ids one after the other
    author integer not null references identities,
    authored integer not null,            -- seconds since 1970-01-01 UTC
    authored_offset integer not null,     -- minutes east of UTC
    committer integer not null references identities,
    committed integer not null,           -- seconds since 1970-01-01 UTC
    committed_offset integer not null,    -- minutes east of UTC
    merge integer not null,               -- 1 it has more than one parent
    fixes integer not null,               -- 1 the subject speaks of fixing a defect, 2 it resolves an issue that is a bug, 3 both
    reverts blob,                         -- object id of the commit this one undoes, x'' where it names none
    hash blob not null,                   -- first 16 bytes of SHA-256 over the record with its files: SQLite does not notice a flipped bit
    message text not null,                -- last, so that what is judged by is read without it
    message_raw blob,                     -- its bytes, where they are no UTF-8
    unique (repository, oid)
) strict;
create index commits_time on commits (repository, committed, id);
-- Children, by the beginning of a parent's id: the first parent, the second, and all of the few with more.
create index commits_parent on commits (substr(parents, 1, 8));
create index commits_second_parent on commits (substr(parents, length(oid) + 1, 8)) where merge = 1;
create index commits_octopus on commits (repository) where length(parents) > 2 * length(oid);
create index commits_reverts on commits (reverts) where reverts is not null;

create table commit_people ( -- Who is credited with a commit.
    commit_id integer not null references commits,
    identity integer not null references identities,
    role integer not null,                -- 0 author (Git's, or an `Author:` line), 1 co-author, 2 reviewer
    at integer not null,                  -- the commit's `committed`, so that somebody's commits are read newest first
    source integer not null default 0,    -- 0 Git tells, 1 only a review of its pull request does
    primary key (commit_id, identity, role)
) strict, without rowid;
create index commit_people_identity on commit_people (identity, role, at, commit_id);

create table folders ( -- Every folder that a path of the history lies in.
    id integer primary key,
    repository integer not null references repositories,
    path text not null,                   -- '' is the root
    parent integer references folders,
    unique (repository, path)
) strict;

create table components ( -- Parts of a repository, as `backstory.toml` or its folders name them.
    id integer primary key,
    repository integer not null references repositories,
    name text not null,
    rule text not null,                   -- the glob that made it, or the folder
    unique (repository, name)
) strict;

create table files ( -- Every path of the history, living or gone.
    id integer primary key,
    repository integer not null references repositories,
    path text not null,
    path_raw blob,                        -- its bytes, where they are no UTF-8
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

create table commit_files ( -- What each commit that is no merge did, path by path.
    commit_id integer not null references commits,
    file integer not null references files,
    kind integer not null,                -- 0 added, 1 modified, 2 deleted, 3 renamed
    added integer,                        -- lines; null where binary or unknown
    deleted integer,                      -- lines; null where binary or unknown
    binary integer not null default 0,    -- 1 binary, 2 unknown (missing or too large)
    from_file integer references files,   -- where it was renamed from
    at integer not null,                  -- the commit's `committed`, so that a file's commits are read newest first
    primary key (commit_id, file)
) strict, without rowid;
create index commit_files_file on commit_files (file, at, commit_id, added, deleted);
create index commit_files_from on commit_files (from_file, commit_id) where from_file is not null;
create index commit_files_to on commit_files (file, commit_id, from_file) where from_file is not null; -- a file's past names without a look at all its commits

create table issue_mentions ( -- Every `ABC-12` in a message; whether `ABC` is a project is said by `project_keys`.
    commit_id integer not null references commits,
    prefix text not null,                 -- `ABC` of `ABC-12`
    number integer not null,              -- 12 of `ABC-12`
    place integer not null default 1,     -- 0 the subject begins with it, 1 elsewhere in the subject, 2 below
    primary key (prefix, number, commit_id)
) strict, without rowid;
create index issue_mentions_commit on issue_mentions (commit_id);
create table project_keys ( -- Prefixes of keys that stand for a project.
    repository integer not null references repositories,
    prefix text not null,                 -- as written
    project text not null,                -- the project it stands for; differs from prefix for an alias
    source text not null,                 -- `configured`, `tracker` or `learnt`
    primary key (repository, prefix)
) strict, without rowid;

create table pull_requests ( -- Pull requests, from whatever tells of them: messages and refs of Git, and GitHub (`pull_records`).
    id integer primary key,
    repository integer not null references repositories,
    number integer not null,
    head blob,                            -- refs/pull/N/head, where the clone has it
    login text,                           -- from `from login/branch`
    branch text,                          -- from `from login/branch`
    unique (repository, number)
) strict;
create table pr_commits ( -- Which commits belong to which pull request, and what says so.
    pull_request integer not null references pull_requests,
    commit_id integer not null references commits,
    told_by text not null,                -- the words that say so: `(#12)`, `Closes #12`, `Merge pull request #12`; `refs/pull/12/head`; `merged by #12` where that merge brought it in; `GitHub lists it`, `GitHub names it as the merge`
    source integer not null default 0,    -- 0 Git tells, 1 only GitHub does
    primary key (pull_request, commit_id)
) strict, without rowid;
create index pr_commits_commit on pr_commits (commit_id);

create table trackers ( -- Where issues and pull requests come from: a Jira site, a GitHub repository, or files of one.
    id integer primary key,
    name text not null unique,            -- what people type: `jira`, `github.com/owner/name`
    kind text not null check (kind in ('jira', 'github')), -- who speaks there
    site text not null,                   -- whose accounts these are: `github.com`, Jira's host; the name for files alone
    settings text not null default '{}',  -- JSON: address, projects, user, where the token is (never the token itself)
    cursor text not null default '',      -- how far a live sync has walked
    synced_at integer,                    -- when a sync or import last ended well
    failure text,                         -- why the last one did not, in a sentence
    refused integer not null default 0,   -- how much of the last sync or import could not be taken
    settled integer not null default 1    -- 0 while links and people lag behind its records
) strict;
-- The first of what could not be taken, in the order it was met.
create table tracker_refusals ( -- The first of what could not be taken from a tracker, in the order it was met.
    tracker integer not null references trackers,
    place integer not null,               -- among them, from 0
    stood text not null,                  -- a file with its line, an address
    reason text not null,                 -- why not, in a sentence
    primary key (tracker, place)
) strict, without rowid;
create table tracker_repositories ( -- Which tracker tells of which repository.
    tracker integer not null references trackers,
    repository integer not null references repositories,
    primary key (tracker, repository)
) strict, without rowid;
create index tracker_repositories_repository on tracker_repositories (repository);

-- The current version of a record is the one with the greatest (version, gone, size, hash): of two that are as new as
-- each other, the one that tells more.
create table events ( -- Raw records of trackers as they came: never changed, never dropped. What trackers tell stands in other tables as it is projected from these.
    id integer primary key,
    tracker integer not null references trackers,
    subject text not null,                -- what is projected as one: an issue's id, a pull request's number
    kind text not null,                   -- what kind of record: an issue, a comment, a review
    key text not null,                    -- its id among those of its kind
    version integer not null,             -- milliseconds since 1970; 0 where the record does not tell
    gone integer not null,                -- the tracker says that it was deleted
    size integer not null,                -- bytes of the record
    hash blob not null,                   -- first 16 bytes of SHA-256 over the record
    body blob not null,                   -- the record, deflated
    unique (tracker, subject, kind, key, hash)
) strict;

create table deliveries ( -- Webhook deliveries: kept before they are answered, taken in afterwards.
    id integer primary key,
    tracker integer not null references trackers,
    delivery text not null,               -- the sender's id of it: one that comes again is not taken
    at integer not null,                  -- seconds since 1970-01-01 UTC
    event text not null,                  -- the sender's word for what happened
    body blob,                            -- null once it has been taken in
    failure text,                         -- why it could not be
    unique (tracker, delivery)
) strict;

create table issues ( -- Issues of Jira and GitHub, as their newest records say.
    id integer primary key,
    repository integer not null references repositories,
    tracker integer not null references trackers,
    subject text not null,                -- of its records
    key text not null,                    -- `PROJ-1247`, `#12`
    project text not null,                -- `PROJ`; empty for GitHub's
    number integer not null,              -- the key's number
    summary text not null,
    kind text not null,                   -- the tracker's word: `Bug`, `Story`
    bug integer not null,                 -- its kind or a label says that it is a defect
    status text not null,
    category integer not null,            -- 0 unknown, 1 to do, 2 in progress, 3 done
    priority text not null,
    resolution text not null,
    reporter integer references identities,
    assignee integer references identities,
    created integer not null,             -- seconds since 1970-01-01 UTC
    updated integer not null,             -- seconds since 1970-01-01 UTC
    resolved integer,                     -- seconds since 1970-01-01 UTC; null while it is open
    url text not null,                    -- where people read it
    hash blob not null,                   -- first 16 bytes of SHA-256 over its facts
    body text not null,                   -- its description
    unique (tracker, repository, subject)
) strict;
create index issues_key on issues (repository, key);
create index issues_status on issues (tracker, status);
create index issues_updated on issues (repository, updated);
create index issues_created on issues (repository, created);
create index issues_reporter on issues (reporter, created);
create index issues_assignee on issues (assignee, created);

create table issue_keys ( -- Every key an issue has or had.
    repository integer not null references repositories,
    key text not null,
    issue integer not null references issues,
    primary key (repository, key, issue)
) strict, without rowid;
create index issue_keys_issue on issue_keys (issue);

create table issue_names ( -- Components, labels, versions and sprints of issues.
    issue integer not null references issues,
    kind integer not null,                -- 0 component, 1 label, 2 fixed in version, 3 seen in version, 4 sprint
    name text not null,
    primary key (issue, kind, name)
) strict, without rowid;
create index issue_names_name on issue_names (kind, name);

create table issue_fields ( -- Further fields of issues, by the name that the tracker gives them.
    issue integer not null references issues,
    name text not null,
    value text not null,
    primary key (issue, name)
) strict, without rowid;

create table issue_links ( -- Relations between issues, told once by each end that is in memory: read them distinct.
    issue integer not null references issues, -- who tells
    from_key text not null,               -- the issue that the sentence begins with
    kind text not null,                   -- `duplicates`, `blocks`
    to_key text not null,                 -- `from duplicates to`
    primary key (issue, from_key, kind, to_key)
) strict, without rowid;
create index issue_links_to on issue_links (to_key);
create index issue_links_from on issue_links (from_key);

create table issue_changes ( -- What was changed on an issue, field by field.
    issue integer not null references issues,
    change text not null,                 -- the tracker's id
    place integer not null,               -- among the fields that changed at once
    at integer not null,                  -- seconds since 1970-01-01 UTC
    author integer references identities,
    field text not null,
    old text not null,                    -- what the field said before
    new text not null,                    -- what it said then
    primary key (issue, change, place)
) strict, without rowid;

create table comments ( -- What was said beneath an issue or a pull request.
    id integer primary key,
    issue integer references issues,
    pull_request integer references pull_requests,
    comment text not null,                -- the tracker's id
    author integer references identities,
    at integer not null,                  -- seconds since 1970-01-01 UTC
    body text not null                    -- what was said
) strict;
create index comments_issue on comments (issue, at) where issue is not null;
create index comments_pull on comments (pull_request, at) where pull_request is not null;
create index comments_author on comments (author, at);

create table pull_records ( -- What GitHub tells of a pull request.
    pull_request integer primary key references pull_requests,
    tracker integer not null references trackers,
    title text not null,
    state integer not null,               -- 0 open, 1 closed, 2 merged
    draft integer not null,               -- 1 not to be reviewed yet
    author integer references identities,
    merged_by integer references identities,
    created integer not null,             -- seconds since 1970-01-01 UTC
    updated integer not null,             -- seconds since 1970-01-01 UTC
    closed integer,                       -- seconds since 1970-01-01 UTC
    merged integer,                       -- seconds since 1970-01-01 UTC; null where it was not
    head blob,                            -- its newest commit
    branch text not null,                 -- where it comes from
    branch_owner text not null,           -- whose fork that is in
    base text not null,                   -- the branch it goes into
    merge_commit blob,                    -- the commit it became
    url text not null,                    -- where people read it
    added integer,                        -- lines
    deleted integer,                      -- lines
    hash blob not null,                   -- first 16 bytes of SHA-256 over its facts
    body text not null                    -- its description
) strict;
create index pull_records_author on pull_records (author, created);
create index pull_records_created on pull_records (created);

create table pull_names ( -- Labels of pull requests.
    pull_request integer not null references pull_requests,
    kind integer not null,                -- 1 label
    name text not null,
    primary key (pull_request, kind, name)
) strict, without rowid;

create table pull_closes ( -- Keys of the issues that GitHub itself says a pull request closes: `#12`, and `owner/name#12` in another repository.
    pull_request integer not null references pull_requests,
    key text not null,
    primary key (pull_request, key)
) strict, without rowid;

create table pull_people ( -- Who is to do or to review a pull request.
    pull_request integer not null references pull_requests,
    role integer not null,                -- 0 is to do it, 1 was asked to review and has not yet
    identity integer not null references identities,
    primary key (pull_request, role, identity)
) strict, without rowid;
create index pull_people_identity on pull_people (identity, role);

create table pull_commits ( -- The commits that GitHub lists for a pull request, whether or not the history has them.
    pull_request integer not null references pull_requests,
    place integer not null,               -- among them, from 0
    oid blob not null,                    -- Git's object id
    message text not null,
    author integer references identities, -- the account that GitHub takes for the author
    author_name text not null,            -- the name and mail in the commit
    author_mail text not null,            -- as `author_name`
    authored integer not null,            -- seconds since 1970-01-01 UTC
    primary key (pull_request, place)
) strict, without rowid;
create index pull_commits_oid on pull_commits (oid);

create table pull_files ( -- The files that GitHub lists for a pull request.
    pull_request integer not null references pull_requests,
    path text not null,
    from_path text,                       -- where it was renamed from
    kind integer not null,                -- as in commit_files
    added integer not null,               -- lines
    deleted integer not null,             -- lines
    primary key (pull_request, path)
) strict, without rowid;
create index pull_files_path on pull_files (path);

create table reviews ( -- Verdicts on pull requests.
    id integer primary key,
    pull_request integer not null references pull_requests,
    review text not null,                 -- GitHub's id
    reviewer integer references identities,
    verdict integer not null,             -- 0 commented, 1 approved, 2 asked for changes, 3 taken back
    at integer not null,                  -- seconds since 1970-01-01 UTC
    oid blob,                             -- the commit it was about
    body text not null,                   -- what was said with it
    unique (pull_request, review)
) strict;
create index reviews_reviewer on reviews (reviewer, at);
create index reviews_at on reviews (at, pull_request);

create table review_comments ( -- What was said at lines of a pull request.
    id integer primary key,
    pull_request integer not null references pull_requests,
    comment text not null,                -- GitHub's id
    review text not null,                 -- GitHub's id of the review; empty where unknown
    answers text not null,                -- the comment it answers; empty for none
    author integer references identities,
    at integer not null,                  -- seconds since 1970-01-01 UTC
    path text not null,
    line integer,                         -- in the newest version; null where it is outdated
    original_line integer,                -- in the version it was written about, and the last of several
    original_end integer,                 -- the last of several lines
    original_oid blob,                    -- the commit it was written about
    on_old integer not null,              -- `original_line` counts the old side
    hunk text not null,                   -- the lines around it, as a diff
    body text not null,                   -- what was said
    unique (pull_request, comment)
) strict;
create index review_comments_path on review_comments (path);
create index review_comments_author on review_comments (author, at);

create table pull_moments ( -- What else happened to a pull request: asked to review, closed, opened again.
    pull_request integer not null references pull_requests,
    moment text not null,                 -- GitHub's id
    at integer not null,                  -- seconds since 1970-01-01 UTC
    kind text not null,                   -- GitHub's word for what happened
    actor integer references identities,  -- who did it
    about integer references identities,  -- whom it was about
    primary key (pull_request, moment)
) strict, without rowid;

create table release_notes ( -- What GitHub says of a release.
    repository integer not null references repositories,
    tracker integer not null references trackers,
    tag text not null,
    title text not null,
    published integer,                    -- seconds since 1970-01-01 UTC
    prerelease integer not null,          -- 1 it is not for everybody yet
    author integer references identities,
    body text not null,                   -- what is said of it
    primary key (repository, tracker, tag)
) strict, without rowid;

create table projects ( -- Projects of Jira.
    repository integer not null references repositories,
    tracker integer not null references trackers,
    key text not null,                    -- `PROJ`
    name text not null,
    lead integer references identities,
    primary key (repository, tracker, key)
) strict, without rowid;
create table project_names ( -- Components and versions of a project, whether or not an issue has them.
    repository integer not null references repositories,
    tracker integer not null references trackers,
    project text not null,
    kind integer not null,                -- 0 component, 2 version
    name text not null,
    text text not null,                   -- description
    at integer,                           -- when a version was released
    primary key (repository, tracker, project, kind, name)
) strict, without rowid;

create table commit_issues ( -- Which commit was made for which issue, by rules; each row says what made it. `told_by` of a commit that undoes another begins with `reverts `, of one picked from another of the same history with `picked from `: who counts what was done for an issue once leaves both out.
    commit_id integer not null references commits,
    issue integer not null references issues,
    told_by text not null,                -- `PROJ-12 in the subject`, `#382, which names PROJ-12 in its title`
    direct integer not null,              -- 1 the commit or the issue says so itself, 0 a pull request stands between
    primary key (commit_id, issue)
) strict, without rowid;
create index commit_issues_issue on commit_issues (issue, commit_id);
create table pr_issues ( -- Which pull request is about which issue, by rules; each row says what made it.
    pull_request integer not null references pull_requests,
    issue integer not null references issues,
    told_by text not null,                -- the words that make the link
    closes integer not null,              -- 1 it says that it closes, fixes or resolves the issue
    primary key (pull_request, issue)
) strict, without rowid;
create index pr_issues_issue on pr_issues (issue, pull_request);

create table releases ( -- Tags of the history.
    repository integer not null references repositories,
    name text not null,                   -- the tag
    name_raw blob,                        -- its bytes, where they are no UTF-8
    oid blob not null,                    -- the commit it is on
    at integer not null                   -- seconds since 1970-01-01 UTC
) strict;
create unique index releases_key on releases (repository, name, ifnull(name_raw, x''));
create index releases_commit on releases (repository, oid);
create index releases_at on releases (repository, at);

create table gaps ( -- What is not known, said with every answer.
    repository integer not null references repositories,
    kind text not null,                   -- a `GapKind` by its name: `shallowClone`, `missingObjects`, `corruptObjects`, `tooLarge`, `rules`, `futureDates`, `notFollowed`, `replacedObjects`, `keysWithoutRecord`
    text text not null,                   -- the sentence for people
    primary key (repository, kind, text)
) strict, without rowid;

create table absent_objects ( -- Objects that the history names and the clone lacks, or has damaged. Where one of them has come, the history is read again.
    repository integer not null references repositories,
    object blob not null,                 -- Git's object id
    damaged integer not null,             -- 0 not there, 1 damaged
    primary key (repository, object)
) strict, without rowid;

-- Rollups: made again from the rows above whenever these change; the fingerprint leaves them out.
create table knowledge ( -- Who knows what: commits, reviews and comments of a person in a file, a folder or a component. A rollup: made again from the rows above.
    kind integer not null,                -- 0 a file (living ones, past names followed), 1 a folder, 2 a component
    subject integer not null,             -- id of the file, folder or component
    developer integer not null references developers,
    commits integer not null,             -- distinct, not merges, author or co-author
    reviews integer not null,             -- distinct pull requests (commits where none is known) reviewed
    comments integer not null,            -- distinct, beneath issues that its commits or their pull requests are linked to
    added integer not null,               -- lines
    deleted integer not null,             -- lines
    first_at integer not null,            -- of the commits and reviews; 0 where there are only comments
    last_at integer not null,             -- as `first_at`
    created integer not null,             -- 1 where they made the file (kind 0)
    authors integer not null,             -- kind 0: 1 where they count as its author by degree of authorship; kind 1, 2: how many files they are author of
    primary key (kind, subject, developer)
) strict, without rowid;
create index knowledge_developer on knowledge (developer, kind, commits);
create index knowledge_authors on knowledge (subject) where kind = 0 and authors = 1; -- the bus factor of every folder reads nothing else

create table knowledge_totals ( -- Commits credited to anybody: the sum of `knowledge.commits` of a subject.
    kind integer not null,                -- as in knowledge
    subject integer not null,             -- as in knowledge
    commits integer not null,             -- distinct
    primary key (kind, subject)
) strict, without rowid;

create table file_totals ( -- What touched a path, living or gone, past names followed.
    file integer primary key references files,
    commits integer not null,             -- distinct
    added integer not null,               -- lines
    deleted integer not null              -- lines
) strict;

create table weeks ( -- What was done in a repository, week by week.
    repository integer not null references repositories,
    week integer not null,                -- weeks since 1969-12-29, Mondays
    commits integer not null,             -- merges included
    people integer not null,              -- distinct authors, bots left out
    added integer not null,               -- lines
    deleted integer not null,             -- lines
    fixes integer not null,               -- commits that fix a defect
    primary key (repository, week)
) strict, without rowid;

create table developer_weeks ( -- What a person did in a repository, week by week.
    repository integer not null references repositories,
    developer integer not null references developers,
    week integer not null,                -- as in weeks
    commits integer not null,             -- author or co-author
    added integer not null,               -- lines
    deleted integer not null,             -- lines
    fixes integer not null,               -- commits that fix a defect
    primary key (repository, developer, week)
) strict, without rowid;

create table developer_totals ( -- What a person did in a repository, in all.
    repository integer not null references repositories,
    developer integer not null references developers,
    commits integer not null,             -- not merges, author or co-author
    merges integer not null,              -- commits with more than one parent
    reviews integer not null,             -- distinct pull requests reviewed
    fixes integer not null,               -- commits that fix a defect
    added integer not null,               -- lines
    deleted integer not null,             -- lines
    files integer not null,               -- distinct files touched
    first_at integer not null,            -- seconds since 1970-01-01 UTC
    last_at integer not null,             -- seconds since 1970-01-01 UTC
    primary key (repository, developer)
) strict, without rowid;

create table identity_totals ( -- Commits credited to a spelling as author or co-author, over all repositories.
    identity integer primary key references identities,
    commits integer not null              -- author or co-author
) strict;

create virtual table issue_words using fts5 ( -- Full text of issues; rows are theirs. Titles and descriptions are kept as the words that records are compared by.
    summary, body, talk, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2');
create virtual table pull_words using fts5 ( -- Full text of pull requests; rows are theirs.
    title, body, talk, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2');
-- Merged when sixteen pieces have come together, not at every fourth: a twentieth of an import.
insert into issue_words (issue_words, rank) values ('automerge', 16);
insert into pull_words (pull_words, rank) values ('automerge', 16);
create virtual table commit_words using fts5 ( -- Full text of messages of commits; rows are theirs.
    message, content = 'commits', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2');
create virtual table commit_vocabulary using fts5vocab ( -- The words of messages of commits, and how often they come.
    commit_words, row);
create virtual table issue_vocabulary using fts5vocab ( -- The words of issues, and how often they come.
    issue_words, row);
create virtual table file_words using fts5 ( -- Paths of living files, by every three letters, so that any part is found.
    path, content = 'files', content_rowid = 'id', tokenize = 'trigram');

create table blames ( -- Who wrote which line of a file at a commit. It is dear to make and its key is content: it never goes stale. Over its budget the oldest are dropped.
    id integer primary key,               -- in the order they were kept
    repository integer not null references repositories,
    head blob not null,                   -- the commit
    path blob not null,                   -- as bytes
    spans blob not null,                  -- runs of lines and the commit of each, packed
    unique (repository, head, path)
) strict;

create table audit ( -- Who asked for what and what changed.
    id integer primary key,
    at integer not null,                  -- seconds since 1970-01-01 UTC
    actor text not null,                  -- who asked
    action text not null,                 -- the method
    detail text not null                  -- what was asked for or changed
) strict;
