// Generated from src-native/rpc by its tests. Do not edit.

/**
 * Add a repository to memory: a work tree, a bare repository, a linked work tree or a submodule. One in memory that has been moved there is followed, unless a name is given.
 */
export type Add = { 
/**
 * Its path, or a path inside it.
 */
path: string, 
/**
 * What to call it; `owner/name` of its origin, else the folder's name, unless given.
 */
name?: string, 
/**
 * Read it at once (yes unless told otherwise); `sources.sync` does so later.
 */
sync?: boolean, };

/**
 * A panel that is added.
 */
export type AddPanel = { 
/**
 * Its keys.
 */
panel: { [key: string]: unknown }, 
/**
 * The panel that it comes after; the end unless given.
 */
after?: number, };

/**
 * What was added.
 */
export type AddReply = { 
/**
 * The repository's name.
 */
repository: string, 
/**
 * Where it was, if it is one in memory that has been moved: its Git directory, which is gone.
 */
movedFrom: string | null, 
/**
 * What was read, where that was asked for.
 */
synced: Synced | null, };

/**
 * Add a site whose page views are counted. Events of it are taken from then on.
 */
export type AddSite = { 
/**
 * Its name: its domain, as in `example.org`.
 */
site: string, 
/**
 * Zone of its days (UTC unless given).
 */
zone?: string, 
/**
 * What trackers call it beside its name: Umami's website id, Plausible's domain, GoatCounter's code.
 */
aliases?: Array<string>, 
/**
 * Hosts whose pages may send events, `*.example.org` for all below; its name unless given.
 */
hosts?: Array<string>, 
/**
 * Whether visitors bring ids that last (`identify`, imported ids). Said wherever its numbers are shown.
 */
identified?: boolean, 
/**
 * Currency of revenue that names none (EUR unless given).
 */
currency?: string, };

/**
 * Add a Jira site or a GitHub repository, to be asked over the network for what is new. Its token stays where it is: in the system's keyring, in a variable, or with a program that prints it.
 */
export type AddTracker = { 
/**
 * Where it is: `https://acme.atlassian.net`, `https://jira.example.org`, `https://github.com/owner/name`.
 */
address: string, 
/**
 * What it is; found out from the address where that is github.com or atlassian.net.
 */
kind?: TrackerKind, 
/**
 * Repository that it tells about, by name or by path; the only one where there is one.
 */
repository?: string, 
/**
 * What to call it; the address without `https://` unless given.
 */
tracker?: string, 
/**
 * Keys of the Jira projects to read; all that the account may see unless given.
 */
projects?: Array<string>, 
/**
 * Mail address of the account, for Jira in Atlassian's cloud.
 */
user?: string, 
/**
 * Where the token is: `keyring:NAME`, `env:NAME` or `cmd:COMMAND`. Never the token itself.
 */
token?: string, 
/**
 * Where the secret is that signs its webhook deliveries, in the same way.
 */
hook?: string, 
/**
 * Read it at once (yes unless told otherwise); `trackers.sync` does so later.
 */
sync?: boolean, };

/**
 * What was added.
 */
export type AddTrackerReply = { 
/**
 * The tracker's name.
 */
tracker: string, 
/**
 * What was taken in, where that was asked for.
 */
tookIn: TookIn | null, };

/**
 * Say that two people are two: no rule joins them from then on, and they are suggested no more.
 */
export type Apart = { 
/**
 * The one, by key, or an identity of theirs.
 */
identity: string, 
/**
 * The other.
 */
with: string, };

/**
 * Ask one panel of a dashboard and draw it. Each is asked by itself, so that a slow or broken source shows in its own panel alone.
 */
export type AskPanel = { 
/**
 * The dashboard's name.
 */
dashboard?: string, 
/**
 * Its text, in place of a name.
 */
text?: string, 
/**
 * Folder of the project.
 */
project?: string, 
/**
 * The panel's number, from 0.
 */
panel: number, 
/**
 * Values of parameters, by name.
 */
params?: { [key: string]: string | number | boolean | string[] | null }, 
/**
 * Zone of days, where the dashboard names none.
 */
zone?: string, 
/**
 * The moment that periods end with.
 */
at?: string, 
/**
 * Width of its picture in pixels (600 unless given).
 */
width?: number, 
/**
 * Height of its picture in pixels (the panel's own unless given).
 */
height?: number, 
/**
 * Ask anew, although there is an answer that holds.
 */
fresh?: boolean, };

/**
 * A panel, asked and drawn.
 */
export type AskPanelReply = { 
/**
 * Its picture; none for a table.
 */
scene: Scene | null, 
/**
 * Its rows, where it is a table.
 */
table: PanelTable | null, 
/**
 * Why there is nothing to show.
 */
nothing: string | null, 
/**
 * What a reader has to know of it: what was left out, put together or is not complete.
 */
notes: Array<string>, 
/**
 * What stands behind it.
 */
evidence: PanelEvidence, 
/**
 * The moment that periods end with.
 */
now: string, };

/**
 * Find out whether what a dashboard asserts holds.
 */
export type AssertDashboard = { 
/**
 * The dashboard's name.
 */
dashboard?: string, 
/**
 * Its text, in place of a name.
 */
text?: string, 
/**
 * Folder of the project.
 */
project?: string, 
/**
 * Values of parameters, by name.
 */
params?: { [key: string]: string | number | boolean | string[] | null }, 
/**
 * Zone of days, where the dashboard names none.
 */
zone?: string, 
/**
 * The moment that periods end with.
 */
at?: string, };

/**
 * What a dashboard asserts.
 */
export type AssertDashboardReply = { 
/**
 * In the order of its file.
 */
assertions: Array<DashboardAssertion>, };

/**
 * List who asked for what to be changed, and what changed, newest first.
 */
export type Audit = { 
/**
 * How many lines (100 unless told otherwise), at most 1000.
 */
limit?: number, 
/**
 * Where to go on: `next` of the reply before.
 */
cursor?: string, };

/**
 * One line of the audit.
 */
export type AuditLine = { 
/**
 * When, by the clock of this machine.
 */
at: string, 
/**
 * `window` or `script` for who asked; `user` or `sync` for what changed.
 */
actor: string, 
/**
 * The method that was called, or what was done.
 */
action: string, 
/**
 * Its parameters, or how much changed. A secret never stands here.
 */
detail: string, };

/**
 * Who asked for what, and what changed.
 */
export type AuditReply = { 
/**
 * Newest first.
 */
lines: Array<AuditLine>, 
/**
 * Where to go on; none at the end.
 */
next: string | null, };

/**
 * A person counted for a bus factor.
 */
export type Author = { 
/**
 * Who.
 */
person: PersonRef, 
/**
 * Files they are an author of.
 */
files: number, };

/**
 * What an answer stands on.
 */
export type Basis = { 
/**
 * The repository.
 */
repository: string, 
/**
 * The commit that memory has been read up to.
 */
head: string | null, 
/**
 * The `now` of the answer: time of the newest record that was not dated in the future when it was read, unless the caller gave another.
 */
now: string | null, 
/**
 * The rules it was made by.
 */
rules: Array<RuleText>, 
/**
 * What memory does not know.
 */
gaps: Array<GapText>, };

/**
 * A run of lines from one commit.
 */
export type BlameSpan = { 
/**
 * First line, from 1.
 */
line: number, 
/**
 * How many lines.
 */
lines: number, 
/**
 * Index into `commits`.
 */
commit: number, 
/**
 * The line in that commit.
 */
originalLine: number, 
/**
 * The path in that commit, where it was another.
 */
originalPath: string | null, };

/**
 * Tell how many people would have to leave before more than half of the files have no author left.
 */
export type BusFactor = { 
/**
 * Folder from the repository's root; the whole repository unless given.
 */
path?: string, 
/**
 * Component, instead of a folder.
 */
component?: string, 
/**
 * List every folder below (`folders`) or every component (`components`) as well.
 */
each?: Each, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, 
/**
 * How many rows to list (100 unless told otherwise), at most 10000.
 */
limit?: number, };

/**
 * How many may leave.
 */
export type BusFactorReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * The subject asked about, then, where asked for, each folder or component: lowest factor first, then most files, then by name.
 */
rows: Array<BusFactorRow>, 
/**
 * How many rows there are in all.
 */
total: number, };

/**
 * The bus factor of one subject.
 */
export type BusFactorRow = { 
/**
 * The folder, component or repository.
 */
subject: Subject, 
/**
 * How many people would have to leave; 0 where no file has an author.
 */
factor: number, 
/**
 * Living files.
 */
files: number, 
/**
 * Living files with at least one author.
 */
authoredFiles: number, 
/**
 * The people counted, in the order of their leaving.
 */
people: Array<Author>, };

/**
 * A call that anyone can make.
 */
export type Call = { 
/**
 * The method's name.
 */
method: string, 
/**
 * Its parameters.
 */
params: { [key: string]: unknown }, };

/**
 * Stop reading a repository. What was read before stays.
 */
export type Cancel = { 
/**
 * Repository, by name or by path.
 */
repository: string, };

/**
 * Whether there was something to stop.
 */
export type CancelReply = { 
/**
 * Whether a reading was under way.
 */
cancelled: boolean, };

/**
 * Stop reading a tracker. What was taken in stays, and the next reading goes on from there.
 */
export type CancelTracker = { 
/**
 * Tracker, by name.
 */
tracker: string, };

/**
 * Whether there was something to stop.
 */
export type CancelTrackerReply = { 
/**
 * Whether a reading was under way.
 */
cancelled: boolean, };

/**
 * How far an issue is, whatever its status is called.
 */
export type Category = "unknown" | "toDo" | "inProgress" | "done";

/**
 * What a cell is: how it is aligned, sorted and written to a file. Its value stays the server's own text.
 */
export type CellKind = "bool" | "integer" | "decimal" | "float" | "text" | "bytes" | "date" | "time" | "timestamp" | "interval" | "uuid" | "json" | "array" | "record" | "geometry" | "enum" | "other";

/**
 * How a column's cells are compared.
 */
export type CellTest = "contains" | "equals" | "differs" | "greater" | "less" | "isNull" | "isNotNull";

/**
 * A change made for an issue.
 */
export type ChangeOfIssue = { 
/**
 * The commit: the first of those that carry the change.
 */
commit: CommitRef, 
/**
 * The words that say so.
 */
toldBy: string, 
/**
 * Whether the commit or the issue says so itself; else a pull request stands between.
 */
direct: boolean, 
/**
 * Pull requests the commit came through.
 */
pullRequests: Array<number>, 
/**
 * Commits that carry the same change elsewhere: cherry-picked from it, or by the same author at the same moment under the same subject.
 */
backports: Array<CommitRef>, };

/**
 * Change what was decided about a site; what is not given stays.
 */
export type ChangeSite = { 
/**
 * The site.
 */
site: string, 
/**
 * Another name.
 */
name?: string, 
/**
 * Zone of its days; not once it has events.
 */
zone?: string, 
/**
 * What trackers call it beside its name.
 */
aliases?: Array<string>, 
/**
 * Hosts whose pages may send events.
 */
hosts?: Array<string>, 
/**
 * Whether `DNT: 1` and `Sec-GPC: 1` keep an event from being counted.
 */
honoursOptOut?: boolean, 
/**
 * Keys of a page's query that are kept with its path.
 */
queryKeys?: Array<string>, 
/**
 * How closely places are kept.
 */
places?: SitePlaces, 
/**
 * Networks that are the owner's own, as in `192.0.2.0/24`: their visits are called internal.
 */
internal?: Array<string>, 
/**
 * Months that events are kept; totals of older days stay.
 */
keepMonths?: number, 
/**
 * Currency of revenue that names none.
 */
currency?: string, };

/**
 * What a change is. Each commit is the first of these that fits.
 */
export type ChangeType = "revert" | "bug" | "rework" | "feature" | "other";

/**
 * Pull every file change of the history as columns and rows, for scripts and exports.
 */
export type Changes = { 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, 
/**
 * How many rows to answer with (5000 unless told otherwise), at most 20000.
 */
limit?: number, 
/**
 * Where to go on: `next` of the page before.
 */
cursor?: string, };

/**
 * A page of file changes. What many rows share stands once, and rows name it by its place.
 */
export type ChangesReply = { 
/**
 * Names of the columns of `rows`: commit, path, kind, added, deleted.
 */
columns: Array<string>, 
/**
 * Changes in the order of the columns: the commit's and the path's place in their lists, from 0; lines are null where the content is binary or unknown.
 */
rows: Array<[number, number, string, number | null, number | null]>, 
/**
 * Commits of this page: object id, seconds since 1970 UTC, author's key.
 */
commits: Array<[string, number, string]>, 
/**
 * Paths of this page.
 */
paths: Array<string>, 
/**
 * Where the next page begins; none at the end.
 */
next: string | null, };

/**
 * Ask a tracker who we are, to see whether it is there and takes the token.
 */
export type Check = { 
/**
 * Tracker, by name.
 */
tracker: string, };

/**
 * Connect, ask for a sign of life, and tell what answers there.
 */
export type CheckConnection = { 
/**
 * Connection, by name or as a URL.
 */
connection: string, 
/**
 * Folder of the project, for its connections.
 */
project?: string, };

/**
 * What answers there.
 */
export type CheckConnectionReply = { 
/**
 * Its product and version.
 */
server: string, 
/**
 * Whether the way there is encrypted.
 */
encrypted: boolean, 
/**
 * What whoever uses it should know.
 */
warnings: Array<string>, 
/**
 * From the beginning of connecting to the answer, in milliseconds.
 */
milliseconds: number, };

/**
 * Tell what is wrong with a dashboard's text, with line and column. Nothing is asked.
 */
export type CheckDashboard = { 
/**
 * Its name.
 */
dashboard?: string, 
/**
 * Its text, in place of a name.
 */
text?: string, 
/**
 * Folder of the project.
 */
project?: string, };

/**
 * What is wrong with a text.
 */
export type CheckDashboardReply = { 
/**
 * From top to bottom.
 */
troubles: Array<DashboardTrouble>, };

/**
 * Who we are there.
 */
export type CheckReply = { 
/**
 * The account's name; none where the tracker was asked without a token.
 */
account: string | null, 
/**
 * What the tracker says of how it is asked, in a sentence.
 */
text: string, };

/**
 * Let the user choose a folder in the system's dialog.
 */
export type ChooseFolder = { 
/**
 * What the dialog asks for.
 */
title: string, };

/**
 * The folder.
 */
export type ChooseFolderReply = { 
/**
 * Its path; none where the dialog was closed.
 */
path: string | null, };

/**
 * End a run or a session and let go of all it holds.
 */
export type CloseRun = { 
/**
 * Run to end.
 */
run?: number, 
/**
 * Session to end.
 */
session?: number, };

/**
 * Whether something was closed.
 */
export type CloseRunReply = { 
/**
 * Whether it was there.
 */
closed: boolean, };

/**
 * Values within bounds.
 */
export type ColumnBar = { 
/**
 * From here.
 */
from: string, 
/**
 * To here.
 */
to: string, 
/**
 * How many.
 */
count: number, };

/**
 * A column with a value.
 */
export type ColumnValue = { 
/**
 * The column's name.
 */
column: string, 
/**
 * Its value as text, bytes as `\x…`; NULL where none is given.
 */
value?: string, };

/**
 * Where a comment stands.
 */
export type CommentOn = "issue" | "pullRequest" | "lines";

/**
 * A comment in a list.
 */
export type CommentRow = { 
/**
 * The comment.
 */
comment: CommentText, 
/**
 * The issue or the pull request it stands beneath.
 */
about: Record, 
/**
 * Where it stands.
 */
on: CommentOn, 
/**
 * The file, where it is on lines.
 */
path: string | null, 
/**
 * The first of these lines as they were when it was written, from 1.
 */
line: number | null, };

/**
 * A comment.
 */
export type CommentText = { 
/**
 * The comment as a record: `PROJ-1247/10001`, `#382/771`.
 */
record: Record, 
/**
 * Who wrote it; none where the tracker does not say or the account is gone.
 */
author: PersonRef | null, 
/**
 * When, RFC 3339 in UTC.
 */
at: string, 
/**
 * What was said, as plain text; at most 20000 bytes of it.
 */
text: string, 
/**
 * Whether there is more of the text than is shown.
 */
cut: boolean, };

/**
 * List comments on issues and pull requests, newest first, that fit every filter given.
 */
export type Comments = { 
/**
 * Beneath these issues, by key; with `pullRequests` as well, beneath any of both.
 */
issues?: Array<string>, 
/**
 * Beneath these pull requests or on their lines.
 */
pullRequests?: Array<number>, 
/**
 * Beneath issues and pull requests that commits to this file (past names followed) or folder are
 * linked to; on lines, those of this very path.
 */
path?: string, 
/**
 * The same for a component.
 */
component?: string, 
/**
 * Written by this person: key, mail, name or login.
 */
person?: string, 
/**
 * Only those that stand there; anywhere unless given.
 */
on?: CommentOn, 
/**
 * At or after this time, RFC 3339.
 */
since?: string, 
/**
 * At or before this time, RFC 3339.
 */
until?: string, 
/**
 * Programs' too (left out unless asked for, except where `person` is given).
 */
bots?: boolean, 
/**
 * As memory was at this time, RFC 3339: what came later is neither listed nor counted. As it is unless given.
 */
now?: string, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, 
/**
 * How many to list (50 unless told otherwise), at most 500.
 */
limit?: number, 
/**
 * Where to go on: `next` of the page before.
 */
cursor?: string, };

/**
 * A page of comments.
 */
export type CommentsReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * Newest first.
 */
comments: Array<CommentRow>, 
/**
 * Where the next page begins; none at the end.
 */
next: string | null, };

/**
 * Tell everything about a commit: who, what, for which issue, through which pull request.
 */
export type Commit = { 
/**
 * Object id, or at least the first four digits of one.
 */
commit: string, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, };

/**
 * A commit of a pull request.
 */
export type CommitOfPullRequest = { 
/**
 * The commit.
 */
commit: CommitRef, 
/**
 * The words that say so.
 */
toldBy: string, };

/**
 * A commit, as shown in a list.
 */
export type CommitRef = { 
/**
 * Its object id, in full.
 */
id: string, 
/**
 * The first line of its message.
 */
subject: string, 
/**
 * Who wrote it.
 */
author: PersonRef, 
/**
 * When it was written, RFC 3339 in UTC.
 */
at: string, 
/**
 * Whether it has more than one parent.
 */
merge: boolean, 
/**
 * Whether its subject speaks of fixing a defect.
 */
fixes: boolean, 
/**
 * Whether it undoes another commit.
 */
reverts: boolean, };

/**
 * A commit.
 */
export type CommitReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * The commit.
 */
commit: CommitRef, 
/**
 * Its whole message.
 */
message: string, 
/**
 * When it was committed, where that differs from when it was written.
 */
committedAt: string, 
/**
 * The writer's offset from UTC, in minutes.
 */
offsetMinutes: number, 
/**
 * Everybody credited.
 */
people: Array<Credit>, 
/**
 * Its parents.
 */
parents: Array<Record>, 
/**
 * Commits that have it as a parent.
 */
children: Array<Record>, 
/**
 * Files, by path; at most 1000.
 */
files: Array<Touch>, 
/**
 * How many files there are.
 */
filesTotal: number, 
/**
 * Lines added.
 */
added: number, 
/**
 * Lines deleted.
 */
deleted: number, 
/**
 * Issues its message names.
 */
issues: Array<Record>, 
/**
 * Pull requests it came through.
 */
pullRequests: Array<PullRequestLink>, 
/**
 * The commit it undoes.
 */
reverts: Record | null, 
/**
 * Commits that undo it.
 */
revertedBy: Array<Record>, 
/**
 * The first release that holds it, by time; none where it is unreleased, or where a gap says that this is not known.
 */
release: Record | null, };

/**
 * A commit in a list.
 */
export type CommitRow = { 
/**
 * The commit.
 */
commit: CommitRef, 
/**
 * How many files it touches.
 */
files: number, 
/**
 * Lines added.
 */
added: number, 
/**
 * Lines deleted.
 */
deleted: number, 
/**
 * What it did to the file asked about, where one was.
 */
touch: Touch | null, };

/**
 * List commits, newest first, that fit every filter given.
 */
export type Commits = { 
/**
 * File (past names followed) or folder from the repository's root.
 */
path?: string, 
/**
 * A second file, under this very path: only commits that touch both.
 */
with?: string, 
/**
 * Component.
 */
component?: string, 
/**
 * Person, by key, mail, name or login.
 */
person?: string, 
/**
 * What the person did (`author` unless told otherwise).
 */
role?: Role, 
/**
 * Issue key.
 */
issue?: string, 
/**
 * Pull request.
 */
pullRequest?: number, 
/**
 * At or after this time, RFC 3339.
 */
since?: string, 
/**
 * At or before this time, RFC 3339.
 */
until?: string, 
/**
 * Only those that fix a defect.
 */
fixes?: boolean, 
/**
 * Only those that undo another.
 */
reverts?: boolean, 
/**
 * Merges too (left out unless asked for, except where no other filter is given).
 */
merges?: boolean, 
/**
 * Only commits of at most this many files.
 */
filesMax?: number, 
/**
 * Only those that name an issue of a known project.
 */
namesIssue?: boolean, 
/**
 * Only those that came through a pull request.
 */
inPullRequest?: boolean, 
/**
 * Only those that touch a test of the same component beside the file asked about.
 */
withTests?: boolean, 
/**
 * Of the commits of one pull request only the newest: how reviews are counted.
 */
oncePerPullRequest?: boolean, 
/**
 * As memory was at this time, RFC 3339: what came later is neither listed nor counted. As it is unless given.
 */
now?: string, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, 
/**
 * How many to list (50 unless told otherwise), at most 1000.
 */
limit?: number, 
/**
 * Where to go on: `next` of the page before.
 */
cursor?: string, };

/**
 * A page of commits.
 */
export type CommitsReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * Newest first.
 */
commits: Array<CommitRow>, 
/**
 * Where the next page begins; none at the end.
 */
next: string | null, };

/**
 * A day as two have it.
 */
export type CompareDay = { 
/**
 * The day.
 */
day: string, 
/**
 * What the first counted.
 */
a: number | null, 
/**
 * What the second counted.
 */
b: number | null, 
/**
 * The second less the first.
 */
difference: number | null, 
/**
 * The second divided by the first.
 */
ratio: number | null, 
/**
 * Whether it is more than three usual distances off.
 */
far: boolean, };

/**
 * A side of a comparison.
 */
export type CompareSide = { 
/**
 * Its name.
 */
name: string, 
/**
 * What is counted.
 */
what: string, 
/**
 * Its sum over the days that both have.
 */
sum: number, 
/**
 * Days that only it has.
 */
only: number, 
/**
 * Lines that hold no day or no count.
 */
passed: number, };

/**
 * Put the daily counts of two trackers side by side and say how far they drift apart. Each is a file (an export of Google Analytics, Plausible, Umami or GoatCounter, or any comma-separated days and counts) or a site.
 */
export type CompareViews = { 
/**
 * The first: a file, or a site.
 */
a: string, 
/**
 * The second.
 */
b: string, 
/**
 * Column of the first that holds the counts, where it is a file (views unless given).
 */
columnA?: string, 
/**
 * The same of the second.
 */
columnB?: string, 
/**
 * What of a site is compared (views unless given).
 */
what?: CompareWhat, 
/**
 * From this day on.
 */
from?: string, 
/**
 * To before this day.
 */
to?: string, };

/**
 * Two trackers side by side.
 */
export type CompareViewsReply = { 
/**
 * How far they drift apart, in a sentence or three.
 */
text: string, 
/**
 * What the first counts.
 */
a: CompareSide, 
/**
 * What the second counts.
 */
b: CompareSide, 
/**
 * All days that either has.
 */
days: Array<CompareDay>, 
/**
 * Days that both have.
 */
both: number, 
/**
 * The ratio in the middle: the second divided by the first.
 */
median: number | null, 
/**
 * The usual distance from it: the middle of all distances.
 */
usual: number | null, };

/**
 * What of a site is compared.
 */
export type CompareWhat = "views" | "visits" | "visitors";

/**
 * Finish what somebody began to type: names of people, paths, components, issue keys, numbers of pull requests.
 */
export type Complete = { 
/**
 * What is wanted: `person`, `file`, `folder`, `component`, `issue` or `pullRequest`.
 */
kind: RecordKind, 
/**
 * What was typed so far; the likeliest of all where it is empty.
 */
text: string, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, 
/**
 * How many to answer with (10 unless told otherwise), at most 50.
 */
limit?: number, };

/**
 * How it may go on.
 */
export type CompleteReply = { 
/**
 * Likeliest first: what begins with the text, then what holds it.
 */
items: Array<Completion>, };

/**
 * One way to go on.
 */
export type Completion = { 
/**
 * The record; its id is what the parameter takes.
 */
record: Record, 
/**
 * What tells it from others: a mail address, an issue's status, a pull request's state; often empty.
 */
detail: string, };

/**
 * Tell why a component has changed so often: what kind of changes, for which issues and pull requests, by whom, in which files.
 */
export type ComponentChanges = { 
/**
 * The component.
 */
component: string, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, 
/**
 * The `now` of the answer, RFC 3339: nothing later is used. The time of the newest record unless given.
 */
now?: string, 
/**
 * Days to look back (90 unless told otherwise), 1 to 36500.
 */
windowDays?: number, };

/**
 * Why a component changed.
 */
export type ComponentChangesReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * The component.
 */
component: string, 
/**
 * Days looked back.
 */
windowDays: number, 
/**
 * Commits within the window.
 */
changes: Figure, 
/**
 * Commits within the window of the same length before it.
 */
changesBefore: Figure, 
/**
 * Commits that fix a defect.
 */
fixes: Figure, 
/**
 * Commits that undo another.
 */
reverts: Figure, 
/**
 * The changes by what they are: each commit is of one kind; kinds without a commit are left out.
 */
kinds: Array<KindOfChange>, 
/**
 * People by commits.
 */
people: Array<PersonCount>, 
/**
 * Issues by commits: those that memory holds and links, and keys that messages name.
 */
issues: Array<CountedRecord>, 
/**
 * Pull requests by commits.
 */
pullRequests: Array<CountedRecord>, 
/**
 * Files by commits, at most 30.
 */
files: Array<Hotspot>, 
/**
 * Every week of the window.
 */
weeks: Array<Week>, 
/**
 * The answer in sentences.
 */
sentences: Array<Sentence>, };

/**
 * A commit of a component.
 */
export type ComponentCommit = { 
/**
 * The commit.
 */
commit: CommitRef, 
/**
 * What it is.
 */
kind: ChangeType, 
/**
 * What tells so.
 */
because: string, };

/**
 * List the commits behind `memory.componentChanges` and `memory.onboarding`, newest first.
 */
export type ComponentCommits = { 
/**
 * The component.
 */
component?: string, 
/**
 * File or folder from the repository's root, instead of a component.
 */
path?: string, 
/**
 * Only those of this kind.
 */
kind?: ChangeType, 
/**
 * Only those of this issue, by key: linked to it, or naming it.
 */
issue?: string, 
/**
 * Only those of this pull request.
 */
pullRequest?: number, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, 
/**
 * The `now` of the answer, RFC 3339: nothing later is used. The time of the newest record unless given.
 */
now?: string, 
/**
 * Days to look back (90 unless told otherwise), 1 to 36500.
 */
windowDays?: number, 
/**
 * How many to list (50 unless told otherwise), at most 1000.
 */
limit?: number, 
/**
 * Where to go on: `next` of the page before.
 */
cursor?: string, };

/**
 * A page of the commits of a component.
 */
export type ComponentCommitsReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * Newest first.
 */
commits: Array<ComponentCommit>, 
/**
 * How many there are in all.
 */
total: number, 
/**
 * Where the next page begins; none at the end.
 */
next: string | null, };

/**
 * A component.
 */
export type ComponentRow = { 
/**
 * Its name.
 */
name: string, 
/**
 * The rule that makes it: a glob, or the folder.
 */
rule: string, 
/**
 * Living files.
 */
files: number, 
/**
 * Commits within the window.
 */
changes: number, 
/**
 * How many people would have to leave before more than half of its authored files have no author.
 */
busFactor: number, 
/**
 * Who knows it best.
 */
owner: PersonRef | null, };

/**
 * List the components of a repository with their size, activity and bus factor.
 */
export type Components = { 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, 
/**
 * The `now` of the answer, RFC 3339: nothing later is used, and files are those that lived then, with their sizes of today. The time of the newest record unless given.
 */
now?: string, 
/**
 * Days that count as recent (90 unless told otherwise), 1 to 36500.
 */
windowDays?: number, };

/**
 * The components of a repository.
 */
export type ComponentsReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * By name.
 */
components: Array<ComponentRow>, };

/**
 * A connection.
 */
export type Connection = { 
/**
 * Its name.
 */
connection: string, 
/**
 * What speaks there.
 */
engine: DatabaseEngine, 
/**
 * What people call that: `PostgreSQL`.
 */
engineTitle: string, 
/**
 * Where it leads, without any secret.
 */
address: string, 
/**
 * Where it is written down.
 */
origin: ConnectionOrigin, 
/**
 * The file and line it is written down in; none for what was found.
 */
place: string | null, 
/**
 * Whether only reading is allowed.
 */
readOnly: boolean, 
/**
 * Whether the way there is encrypted and verified, or needs not be.
 */
safe: boolean, 
/**
 * A colour to tell it by.
 */
colour: string | null, 
/**
 * Words to find it by.
 */
tags: Array<string>, 
/**
 * Whether it cannot be used before the project's file is trusted.
 */
needsTrust: boolean, 
/**
 * Whether it asks for a password that nobody gave yet.
 */
needsPassword: boolean, 
/**
 * Where its password is, by reference.
 */
password: string | null, 
/**
 * Whether it answers.
 */
health: ConnectionHealth, 
/**
 * What it said when it was last asked: product and version, or why it did not answer.
 */
said: string | null, 
/**
 * Its entry, to be changed and saved; none for what was found.
 */
entry: ConnectionEntryText | null, };

/**
 * An entry of `connections.toml`. What is not given has the engine's own default.
 */
export type ConnectionEntry = { 
/**
 * What speaks there; told by the URL's beginning where that is given.
 */
engine?: DatabaseEngine, 
/**
 * All of the address in one, in place of host, port, database and user.
 */
url?: string, 
/**
 * Host name or address.
 */
host?: string, 
/**
 * Port.
 */
port?: number, 
/**
 * Unix socket, in place of a host.
 */
socket?: string, 
/**
 * File, for SQLite and DuckDB.
 */
file?: string, 
/**
 * Database.
 */
database?: string, 
/**
 * User.
 */
user?: string, 
/**
 * Where the password is: `keyring:NAME`, `env:NAME`, `cmd:COMMAND` or `prompt`. Never the password itself.
 */
password?: string, 
/**
 * `verify`, `unverified` or `off`.
 */
tls?: string, 
/**
 * Certificates of authorities in PEM, in place of the system's.
 */
tlsCa?: string, 
/**
 * Our certificate in PEM, where the server asks for one.
 */
tlsCert?: string, 
/**
 * The key of our certificate in PEM.
 */
tlsKey?: string, 
/**
 * The name the server has to prove, where it is called by another.
 */
tlsName?: string, 
/**
 * Whether only reading is allowed (yes unless told otherwise).
 */
readOnly?: boolean, 
/**
 * How long connecting may take, in seconds (10 unless told otherwise).
 */
connectTimeout?: number, 
/**
 * How long a statement may take, in seconds (30 unless told otherwise).
 */
timeout?: number, 
/**
 * The most rows of a result (all unless told otherwise).
 */
rowsMax?: number, 
/**
 * The most sessions at once (4 unless told otherwise, 64 at most).
 */
pool?: number, 
/**
 * A colour to tell it by: `red`, `orange`, `yellow`, `green`, `blue`, `purple`, `grey`.
 */
colour?: string, 
/**
 * Words to find it by: `production`, `crm`.
 */
tags?: Array<string>, 
/**
 * Settings of the engine's own, by name.
 */
options?: { [key: string]: string }, 
/**
 * Through which machine, by `ssh`.
 */
ssh?: TunnelEntry, };

/**
 * An entry as it is written down.
 */
export type ConnectionEntryText = { 
/**
 * The entry's lines.
 */
toml: string, 
/**
 * What is written in it, by the names that `databases.save` takes.
 */
fields: { [key: string]: unknown }, };

/**
 * Whether it answers.
 */
export type ConnectionHealth = "unknown" | "up" | "down";

/**
 * Where a connection is written down.
 */
export type ConnectionOrigin = "user" | "project" | "found" | "memory" | "join";

/**
 * What is wrong with an entry, or with a file.
 */
export type ConnectionTrouble = { 
/**
 * File and line.
 */
place: string, 
/**
 * The connection; none where the file cannot be read at all.
 */
connection: string | null, 
/**
 * What is wrong, and what is allowed.
 */
text: string, };

/**
 * What a parameter takes.
 */
export type ControlKind = "text" | "number" | "bool" | "day" | "period" | "choice";

/**
 * Something to choose.
 */
export type ControlOption = { 
/**
 * Its value.
 */
value: string, 
/**
 * What it is called.
 */
label: string, };

/**
 * A period as days.
 */
export type ControlPeriod = { 
/**
 * Its first moment.
 */
from: string, 
/**
 * The moment after its last.
 */
to: string, 
/**
 * Its days in words.
 */
words: string, 
/**
 * The same for the period before, which `compare` sets beside it.
 */
before: string, 
/**
 * How time is cut: `hour`, `day`, `week`, `month`.
 */
grain: string, };

/**
 * Put text on the clipboard.
 */
export type Copy = { 
/**
 * The text, at most 1 MiB.
 */
text: string, };

/**
 * A record and how many commits stand behind it.
 */
export type CountedRecord = { 
/**
 * The record.
 */
record: Record, 
/**
 * The commits.
 */
commits: Figure, };

/**
 * A file that changes together with another.
 */
export type Coupled = { 
/**
 * Its path.
 */
path: string, 
/**
 * Commits that touch both.
 */
together: Figure, 
/**
 * Part of the asked file's commits that touch this one too, 0 to 1.
 */
degree: number, 
/**
 * Whether it is in the tree of HEAD.
 */
alive: boolean, };

/**
 * List the files that change in the same commits as a file.
 */
export type Coupling = { 
/**
 * Path from the repository's root, with forward slashes.
 */
path: string, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, 
/**
 * Commits with more files than this are left out (30 unless told otherwise): they tell of mass moves.
 */
filesMax?: number, 
/**
 * Fewest common commits (2 unless told otherwise).
 */
togetherMin?: number, 
/**
 * How many files to list (20 unless told otherwise), at most 500.
 */
limit?: number, };

/**
 * What changes together with a file.
 */
export type CouplingReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * The file.
 */
path: string, 
/**
 * Time of the first commit looked at, where the file has more than the newest 500; none where all were.
 */
since: string | null, 
/**
 * Its commits of at most `filesMax` files, since then.
 */
commits: number, 
/**
 * Most common commits first, then by path.
 */
files: Array<Coupled>, };

/**
 * A person and what they did for a commit.
 */
export type Credit = { 
/**
 * Who.
 */
person: PersonRef, 
/**
 * `author`, `committer`, `coAuthor` or `reviewer`.
 */
role: string, 
/**
 * The name and mail as written.
 */
written: string, };

/**
 * An assertion, and whether it holds.
 */
export type DashboardAssertion = { 
/**
 * As it is written.
 */
text: string, 
/**
 * Its line, from 1.
 */
line: number, 
/**
 * Whether it holds; none where that could not be found out.
 */
holds: boolean | null, 
/**
 * What it means that it does not, or why it could not be found out.
 */
sentence: string, 
/**
 * The values that it looked at.
 */
values: string, };

/**
 * A change of a dashboard's file: one of these.
 */
export type DashboardChange = { 
/**
 * Set a key of a panel.
 */
set?: SetPanelKey, 
/**
 * Take a key of a panel away.
 */
unset?: PanelKey, 
/**
 * Move a panel.
 */
movePanel?: MovePanel, 
/**
 * Take a panel away, by its number.
 */
removePanel?: number, 
/**
 * Put a copy of a panel behind it, by its number.
 */
duplicatePanel?: number, 
/**
 * Add a panel.
 */
addPanel?: AddPanel, 
/**
 * Give a query another text.
 */
setQuery?: SetQueryText, 
/**
 * Set a key of the front matter; null takes it away.
 */
setFront?: SetFrontKey, };

/**
 * A parameter, with what it is set to.
 */
export type DashboardControl = { 
/**
 * Its name.
 */
name: string, 
/**
 * What it is called.
 */
label: string, 
/**
 * What it takes.
 */
kind: ControlKind, 
/**
 * What it is set to: text, number, true or false; a list where several may be chosen.
 */
value: string | number | boolean | string[] | null, 
/**
 * What it is unless set.
 */
default: string | number | boolean | string[] | null, 
/**
 * What can be chosen; none where anything can be typed.
 */
options: Array<ControlOption> | null, 
/**
 * Why what can be chosen is not known.
 */
optionsTrouble: string | null, 
/**
 * Whether several may be chosen.
 */
many: boolean, 
/**
 * Whether it always has a value, the first that can be chosen unless given.
 */
required: boolean, 
/**
 * What is wrong with the value that was given; the default stands in its place.
 */
trouble: string | null, 
/**
 * For a period: what it comes to.
 */
period: ControlPeriod | null, };

/**
 * How a dashboard is written.
 */
export type DashboardFormat = "text" | "json" | "csv" | "png" | "svg" | "html";

/**
 * A dashboard of the list.
 */
export type DashboardInfo = { 
/**
 * Its name, which is its file's, with `/` for folders.
 */
dashboard: string, 
/**
 * Its title.
 */
title: string, 
/**
 * What it is for, in a line.
 */
about: string | null, 
/**
 * Where it comes from.
 */
place: DashboardPlace, 
/**
 * Its file.
 */
path: string | null, 
/**
 * How much is wrong with its file.
 */
troubles: number, };

/**
 * A part of a dashboard, in the order of its file.
 */
export type DashboardPart = { "kind": "text", 
/**
 * Its blocks.
 */
blocks: Array<TextBlock>, } | { "kind": "panel", 
/**
 * What is known of it without asking anything.
 */
panel: PanelOutline, } | { "kind": "assertions", 
/**
 * How many.
 */
count: number, };

/**
 * Where a dashboard comes from.
 */
export type DashboardPlace = "project" | "own" | "builtIn";

/**
 * Tell the text of a dashboard as its file has it.
 */
export type DashboardSource = { 
/**
 * Its name.
 */
dashboard: string, 
/**
 * Folder of the project.
 */
project?: string, };

/**
 * A dashboard's text.
 */
export type DashboardSourceReply = { 
/**
 * The text.
 */
text: string, 
/**
 * Its state, to be given with a change.
 */
hash: string, 
/**
 * Where it comes from; what Backstory brings is copied before it is changed.
 */
place: DashboardPlace, 
/**
 * Its file.
 */
path: string | null, };

/**
 * Colours of a picture.
 */
export type DashboardTheme = "light" | "dark";

/**
 * What is wrong with a file, and where.
 */
export type DashboardTrouble = { 
/**
 * Line, from 1.
 */
line: number, 
/**
 * Character in the line, from 1.
 */
column: number, 
/**
 * What is wrong.
 */
message: string, 
/**
 * What to do.
 */
hint: string | null, };

/**
 * A cell: its text, or more where it is of another kind than its column or too long to be sent whole.
 * NULL stands beside it as `null`.
 */
export type DatabaseCell = string | OtherCell;

/**
 * A column of a result.
 */
export type DatabaseColumn = { 
/**
 * Its name; two columns may have the same.
 */
name: string, 
/**
 * The server's name for its type.
 */
typeName: string, 
/**
 * What its cells are unless they say otherwise.
 */
kind: CellKind, 
/**
 * The table it comes from, where that is known.
 */
table: string | null, 
/**
 * The table's column it comes from.
 */
column: string | null, };

/**
 * What speaks at the other end.
 */
export type DatabaseEngine = "sqlite" | "postgres" | "mysql" | "redis" | "mongodb" | "duckdb" | "clickhouse" | "sqlserver";

/**
 * A fact about something.
 */
export type DatabaseFact = { 
/**
 * Its name.
 */
name: string, 
/**
 * The fact.
 */
text: string, };

/**
 * Why a statement failed, in the server's words.
 */
export type DatabaseFailure = { 
/**
 * What kind: `usage`, `refused`, `connection`, `server`, `lost`, `timedOut`, `cancelled`, `unsupported`, `file`.
 */
kind: string, 
/**
 * What failed.
 */
message: string, 
/**
 * What to do.
 */
hint: string | null, 
/**
 * The server's further words.
 */
detail: string | null, 
/**
 * The server's code.
 */
code: string | null, 
/**
 * Where in the text that was run, as characters from its beginning.
 */
offset: number | null, 
/**
 * Line in the text, from 1.
 */
line: number | null, 
/**
 * Character in the line, from 1.
 */
column: number | null, };

/**
 * A column of a table, or a field that documents of a collection have.
 */
export type DatabaseField = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its type, as the server writes it.
 */
typeName: string, 
/**
 * Whether it may be NULL; none where the engine does not say.
 */
nullable: boolean | null, 
/**
 * The expression it has where none is given.
 */
default: string | null, 
/**
 * Whether the server computes or counts it, so that it is not to be written.
 */
generated: boolean, 
/**
 * What its owner wrote about it.
 */
comment: string | null, };

/**
 * An index.
 */
export type DatabaseIndex = { 
/**
 * Its name.
 */
name: string, 
/**
 * Whether no two rows may have the same.
 */
unique: boolean, 
/**
 * Its columns or expressions, in order.
 */
columns: Array<string>, 
/**
 * Its statement or kind, in the server's words.
 */
detail: string, };

/**
 * Which columns tell rows apart.
 */
export type DatabaseKey = { 
/**
 * Its name; empty where it has none.
 */
name: string, 
/**
 * Whether it is the primary one.
 */
primary: boolean, 
/**
 * Its columns, in order.
 */
columns: Array<string>, };

/**
 * Something that stands in a schema.
 */
export type DatabaseObject = { 
/**
 * What it is.
 */
kind: DatabaseObjectKind, 
/**
 * Its name; of a function with its arguments.
 */
name: string, 
/**
 * More in few words: what a function returns, what type a key has.
 */
detail: string | null, 
/**
 * What its owner wrote about it.
 */
comment: string | null, 
/**
 * About how many rows it has, where that costs nothing to know.
 */
rows: number | null, };

/**
 * What kind of thing stands in a schema.
 */
export type DatabaseObjectKind = "table" | "view" | "materializedView" | "function" | "sequence" | "type" | "collection" | "key";

/**
 * Columns whose values stand in another table.
 */
export type DatabaseReference = { 
/**
 * Its name; empty where it has none.
 */
name: string, 
/**
 * The schema of the table that refers.
 */
schema: string, 
/**
 * The table that refers.
 */
table: string, 
/**
 * Its columns, in order.
 */
columns: Array<string>, 
/**
 * The schema that is referred to.
 */
toSchema: string, 
/**
 * The table that is referred to.
 */
toTable: string, 
/**
 * Its columns, in the same order.
 */
toColumns: Array<string>, };

/**
 * A result: what a statement gave.
 */
export type DatabaseResult = { 
/**
 * The statement.
 */
statement: string, 
/**
 * Its columns; none where it gave no rows.
 */
columns: Array<DatabaseColumn> | null, 
/**
 * The first rows, or those that were asked for.
 */
rows: Array<DatabaseRow>, 
/**
 * Rows that are there so far.
 */
rowsTotal: number, 
/**
 * Whether that is all of them.
 */
complete: boolean, 
/**
 * Rows that were inserted, changed or removed; none for what only reads.
 */
affected: number | null, 
/**
 * What the server calls what it did.
 */
tag: string, 
/**
 * What the server said on the side.
 */
notices: Array<string>, 
/**
 * From the beginning to the end, or to now, in milliseconds.
 */
milliseconds: number, 
/**
 * What can be edited in place: the table whose rows these are and which columns tell them apart; none where they cannot.
 */
editable: EditableTable | null, };

/**
 * A row.
 */
export type DatabaseRow = { 
/**
 * Its number in the server's order, from 0.
 */
row: number, 
/**
 * Its cells.
 */
cells: Array<DatabaseCell | null>, };

/**
 * A schema, or a database where the engine has no schemas.
 */
export type DatabaseSchema = { 
/**
 * Its name.
 */
schema: string, 
/**
 * Whether statements find its tables without naming it.
 */
current: boolean, 
/**
 * Whether it is the engine's own.
 */
system: boolean, };

/**
 * A table or view with its columns.
 */
export type DatabaseTable = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its columns, in order.
 */
columns: Array<DatabaseTableColumn>, 
/**
 * The names of those that make its primary key; none where it has none.
 */
primary: Array<string>, };

/**
 * A column.
 */
export type DatabaseTableColumn = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its type.
 */
typeName: string, };

/**
 * Something somebody did.
 */
export type DeedText = { 
/**
 * `reported`, `assigned`, `resolved`, `opened` (a pull request), `wrote`, `reviewed` or `commented`.
 */
deed: string, 
/**
 * How often, with the records.
 */
figure: Figure, 
/**
 * When it was last done.
 */
lastAt: string | null, };

/**
 * Measure how work flows: deployments, pull requests, issues and commits of a period, compared with the one before, as a trend, with the records behind each figure.
 */
export type Delivery = { 
/**
 * Which measures; all of them unless given.
 */
measures?: Array<DeliveryName>, 
/**
 * Count what happened at or after this time: RFC 3339, a day, or `2026-05-20 10:11:12` in UTC; 90 days before `to` unless given.
 */
from?: string, 
/**
 * Count what happened before this time, written likewise; up to the newest record unless given.
 */
to?: string, 
/**
 * How to cut the trend: by the length of the period unless told.
 */
grain?: DeliveryGrain, 
/**
 * Break the figures down.
 */
by?: DeliveryBy, 
/**
 * Tell the trend of parts as well (no unless told otherwise).
 */
partSeries?: boolean, 
/**
 * Only what touches this component.
 */
component?: string, 
/**
 * What to compare with (`before` unless told otherwise).
 */
compare?: DeliveryCompare, 
/**
 * What stands for a deployment; as backstory.toml says (`[delivery] deployments`), else releases on GitHub, else release tags, else merges.
 */
deployments?: DeliveryProxy, 
/**
 * As memory was at this time, RFC 3339: what came later is not known. As it is unless given.
 */
now?: string, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, };

/**
 * How figures are broken down. People are no way to.
 */
export type DeliveryBy = "component" | "kind";

/**
 * What a period is compared with.
 */
export type DeliveryCompare = "before" | "year" | "none";

/**
 * Which way is better.
 */
export type DeliveryGood = "up" | "down" | "neither";

/**
 * How a trend is cut; hours and days are those of UTC, weeks begin on Monday.
 */
export type DeliveryGrain = "hour" | "day" | "week" | "month";

/**
 * A measure of one group.
 */
export type DeliveryGroup = { 
/**
 * The measure.
 */
measure: DeliveryName, 
/**
 * The component, or `bug`, `feature`, `chore`, `unlinked`.
 */
group: string, 
/**
 * The figure of what the period is compared with.
 */
before: DeliveryValue | null, 
/**
 * The number to show first.
 */
value: number | null, 
/**
 * How many items it is made of.
 */
n: number, 
/**
 * How many of them have not ended yet.
 */
censored: number, 
/**
 * Half takes at most this.
 */
median: number | null, 
/**
 * 85 of 100 take at most this.
 */
p85: number | null, 
/**
 * 90 of 100 take at most this.
 */
p90: number | null, 
/**
 * The arithmetic mean; none where something has not ended.
 */
mean: number | null, 
/**
 * Where the median is not known because too much has not ended: it is more than this.
 */
beyond: number | null, 
/**
 * Of a ratio: what is divided.
 */
numerator: number | null, 
/**
 * Of a ratio: by what.
 */
denominator: number | null, };

/**
 * Records that a measure left out.
 */
export type DeliveryLeftOut = { 
/**
 * Which, as people say it: `still open`.
 */
what: string, 
/**
 * How many.
 */
count: number, };

/**
 * A measure.
 */
export type DeliveryMeasure = { 
/**
 * Which.
 */
measure: DeliveryName, 
/**
 * Its title.
 */
title: string, 
/**
 * What its number counts.
 */
unit: DeliveryUnit, 
/**
 * Which way is better.
 */
good: DeliveryGood, 
/**
 * Its rule: what is counted, by which date, and what stands for what is not known.
 */
rule: RuleText, 
/**
 * Why it cannot be judged; none where it is. What is not judged is not nothing.
 */
notJudged: string | null, 
/**
 * The beginning of what it looks at: the period's, but for deployment days, which are of thirteen weeks.
 */
from: string, 
/**
 * The first moment after that.
 */
to: string, 
/**
 * The figure of what the period is compared with.
 */
before: DeliveryValue | null, 
/**
 * What of the period was left out, with how many.
 */
leftOut: Array<DeliveryLeftOut>, 
/**
 * How many items it is made of, and the records behind them.
 */
items: Figure, 
/**
 * The number to show first.
 */
value: number | null, 
/**
 * How many items it is made of.
 */
n: number, 
/**
 * How many of them have not ended yet.
 */
censored: number, 
/**
 * Half takes at most this.
 */
median: number | null, 
/**
 * 85 of 100 take at most this.
 */
p85: number | null, 
/**
 * 90 of 100 take at most this.
 */
p90: number | null, 
/**
 * The arithmetic mean; none where something has not ended.
 */
mean: number | null, 
/**
 * Where the median is not known because too much has not ended: it is more than this.
 */
beyond: number | null, 
/**
 * Of a ratio: what is divided.
 */
numerator: number | null, 
/**
 * Of a ratio: by what.
 */
denominator: number | null, };

/**
 * A measure of delivery; docs/delivery.md has the definition of each.
 */
export type DeliveryName = "deploymentFrequency" | "leadTime" | "changeFailRate" | "recoveryTime" | "reworkRate" | "cycleTime" | "timeToFirstReview" | "timeToMerge" | "timeToClose" | "reviewDepth" | "unreviewedMerges" | "selfMerges" | "reviewLoad" | "pullRequestSize" | "throughputPullRequests" | "throughputIssues" | "wip" | "flowEfficiency" | "issueLeadTime" | "issueCycleTime" | "littlesLaw" | "churn" | "rework" | "timeToFirstResponse" | "closureRatio" | "codingDays" | "investmentBalance" | "unlinkedWork" | "staleWork" | "onboardingTime" | "contributorAbsence";

/**
 * A part of a measure.
 */
export type DeliveryPart = { 
/**
 * The measure.
 */
measure: DeliveryName, 
/**
 * Its name: `coding`, `issues`.
 */
part: string, 
/**
 * What its number counts.
 */
unit: DeliveryUnit, 
/**
 * The figure of what the period is compared with.
 */
before: DeliveryValue | null, 
/**
 * The number to show first.
 */
value: number | null, 
/**
 * How many items it is made of.
 */
n: number, 
/**
 * How many of them have not ended yet.
 */
censored: number, 
/**
 * Half takes at most this.
 */
median: number | null, 
/**
 * 85 of 100 take at most this.
 */
p85: number | null, 
/**
 * 90 of 100 take at most this.
 */
p90: number | null, 
/**
 * The arithmetic mean; none where something has not ended.
 */
mean: number | null, 
/**
 * Where the median is not known because too much has not ended: it is more than this.
 */
beyond: number | null, 
/**
 * Of a ratio: what is divided.
 */
numerator: number | null, 
/**
 * Of a ratio: by what.
 */
denominator: number | null, };

/**
 * A part of a measure in a stretch of the trend.
 */
export type DeliveryPartPoint = { 
/**
 * The measure.
 */
measure: DeliveryName, 
/**
 * The part.
 */
part: string, 
/**
 * The beginning of the stretch in the calendar, as for `series`.
 */
start: string, 
/**
 * Only part of the stretch lies in the period, or in what memory knows.
 */
partial: boolean, 
/**
 * The number to show first.
 */
value: number | null, 
/**
 * How many items it is made of.
 */
n: number, 
/**
 * How many of them have not ended yet.
 */
censored: number, 
/**
 * Half takes at most this.
 */
median: number | null, 
/**
 * 85 of 100 take at most this.
 */
p85: number | null, 
/**
 * 90 of 100 take at most this.
 */
p90: number | null, 
/**
 * The arithmetic mean; none where something has not ended.
 */
mean: number | null, 
/**
 * Where the median is not known because too much has not ended: it is more than this.
 */
beyond: number | null, 
/**
 * Of a ratio: what is divided.
 */
numerator: number | null, 
/**
 * Of a ratio: by what.
 */
denominator: number | null, };

/**
 * A measure in a stretch of the trend.
 */
export type DeliveryPoint = { 
/**
 * The measure.
 */
measure: DeliveryName, 
/**
 * The beginning of the stretch in the calendar, as a day; as RFC 3339 where it is an hour.
 */
start: string, 
/**
 * From when on it is counted.
 */
from: string, 
/**
 * The first moment after it that is not.
 */
to: string, 
/**
 * Only part of the stretch lies in the period, or in what memory knows.
 */
partial: boolean, 
/**
 * Something that is counted has not ended yet: the figure may still change.
 */
open: boolean, 
/**
 * The number to show first.
 */
value: number | null, 
/**
 * How many items it is made of.
 */
n: number, 
/**
 * How many of them have not ended yet.
 */
censored: number, 
/**
 * Half takes at most this.
 */
median: number | null, 
/**
 * 85 of 100 take at most this.
 */
p85: number | null, 
/**
 * 90 of 100 take at most this.
 */
p90: number | null, 
/**
 * The arithmetic mean; none where something has not ended.
 */
mean: number | null, 
/**
 * Where the median is not known because too much has not ended: it is more than this.
 */
beyond: number | null, 
/**
 * Of a ratio: what is divided.
 */
numerator: number | null, 
/**
 * Of a ratio: by what.
 */
denominator: number | null, };

/**
 * What stands for a deployment, where nothing tells of deployments themselves.
 */
export type DeliveryProxy = "tags" | "releases" | "merges";

/**
 * A record of a figure.
 */
export type DeliveryRecord = { 
/**
 * The record.
 */
record: Record, 
/**
 * The date it is counted by; the beginning of what is counted while it lasts.
 */
at: string, 
/**
 * What is measured of it: seconds, lines, or 1 for one that is looked for and 0 for another; none where it is only counted.
 */
value: number | null, 
/**
 * What that is a part of, where it is.
 */
over: number | null, 
/**
 * It has not ended yet: it takes longer than `value`.
 */
open: boolean, 
/**
 * Further numbers: the stages of a cycle time.
 */
numbers: { [key in string]: number }, 
/**
 * The further numbers that have not ended yet.
 */
openNumbers: Array<string>, };

/**
 * List the records behind a figure of delivery, newest first, each with its own numbers.
 */
export type DeliveryRecords = { 
/**
 * The measure.
 */
measure: DeliveryName, 
/**
 * At or after this time, as for `memory.delivery`.
 */
from?: string, 
/**
 * Before this time, as for `memory.delivery`.
 */
to?: string, 
/**
 * Of the period only the stretch that begins here: a day or a time. Needs `grain`.
 */
bucket?: string, 
/**
 * How long that stretch is.
 */
grain?: DeliveryGrain, 
/**
 * Only what touches this component.
 */
component?: string, 
/**
 * How `group` is told.
 */
by?: DeliveryBy, 
/**
 * Only the records of this group of a breakdown. Needs `by`.
 */
group?: string, 
/**
 * What stands for a deployment, as for `memory.delivery`.
 */
deployments?: DeliveryProxy, 
/**
 * As memory was at this time, RFC 3339. As it is unless given.
 */
now?: string, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, 
/**
 * How many to list (50 unless told otherwise), at most 1000.
 */
limit?: number, 
/**
 * Where to go on: `next` of the page before.
 */
cursor?: string, };

/**
 * A page of records.
 */
export type DeliveryRecordsReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * The measure.
 */
measure: DeliveryName, 
/**
 * From when on records are counted.
 */
from: string, 
/**
 * Before when.
 */
to: string, 
/**
 * Newest first, by the date that the measure counts by.
 */
records: Array<DeliveryRecord>, 
/**
 * How many there are in all: the figure's `n`.
 */
total: number, 
/**
 * Where the next page begins; none at the end.
 */
next: string | null, };

/**
 * How work flows.
 */
export type DeliveryReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * The beginning of the period.
 */
from: string, 
/**
 * The first moment after it; where memory ends, where that is earlier than what was asked for.
 */
to: string, 
/**
 * The beginning of what it is compared with; none where it is not.
 */
beforeFrom: string | null, 
/**
 * The first moment after that.
 */
beforeTo: string | null, 
/**
 * How the trend is cut.
 */
grain: DeliveryGrain, 
/**
 * What stands for a deployment here.
 */
deployments: DeliveryProxy, 
/**
 * A row for each measure, in the order of the manual.
 */
measures: Array<DeliveryMeasure>, 
/**
 * A row for each part of a measure: the stages of a cycle time, pull requests and issues of what counts both.
 */
parts: Array<DeliveryPart>, 
/**
 * A row for each measure and stretch of the trend, oldest first within a measure.
 */
series: Array<DeliveryPoint>, 
/**
 * A row for each part and stretch of the trend; empty unless asked for.
 */
partSeries: Array<DeliveryPartPoint>, 
/**
 * A row for each measure and group; empty unless a breakdown was asked for.
 */
groups: Array<DeliveryGroup>, };

/**
 * What a number counts.
 */
export type DeliveryUnit = "seconds" | "share" | "count" | "perWeek" | "daysPerWeek" | "lines" | "ratio";

/**
 * A figure. What does not apply is none, and so is what would divide by nothing.
 */
export type DeliveryValue = { 
/**
 * The number to show first.
 */
value: number | null, 
/**
 * How many items it is made of.
 */
n: number, 
/**
 * How many of them have not ended yet.
 */
censored: number, 
/**
 * Half takes at most this.
 */
median: number | null, 
/**
 * 85 of 100 take at most this.
 */
p85: number | null, 
/**
 * 90 of 100 take at most this.
 */
p90: number | null, 
/**
 * The arithmetic mean; none where something has not ended.
 */
mean: number | null, 
/**
 * Where the median is not known because too much has not ended: it is more than this.
 */
beyond: number | null, 
/**
 * Of a ratio: what is divided.
 */
numerator: number | null, 
/**
 * Of a ratio: by what.
 */
denominator: number | null, };

/**
 * Write the demo beside the store and take it in as a user would: a small made-up project with its Git history, its issues in Jira and its pull requests on GitHub. Again it changes nothing.
 */
export type Demo = { [key: string]: never };

/**
 * The demo.
 */
export type DemoReply = { 
/**
 * The repository's name.
 */
repository: string, 
/**
 * Where it was written.
 */
folder: string, 
/**
 * Commits in memory.
 */
commits: number, 
/**
 * Issues and pull requests taken in, by tracker.
 */
tookIn: Array<TookIn>, 
/**
 * What to try in a terminal, once.
 */
toTry: Array<string>, };

/**
 * Tell all about one table, view, collection, function or key: columns, keys, indexes, references, definition.
 */
export type DescribeObject = { 
/**
 * Connection, by name or as a URL.
 */
connection: string, 
/**
 * Folder of the project, for its connections.
 */
project?: string, 
/**
 * Schema.
 */
schema: string, 
/**
 * Name; of a function with its arguments, as `databases.objects` gives it.
 */
object: string, };

/**
 * All about one thing.
 */
export type DescribeObjectReply = { 
/**
 * What it is.
 */
object: DatabaseObject, 
/**
 * Its columns or fields.
 */
columns: Array<DatabaseField>, 
/**
 * Its primary and unique keys, the primary first.
 */
keys: Array<DatabaseKey>, 
/**
 * What it refers to.
 */
references: Array<DatabaseReference>, 
/**
 * Who refers to it.
 */
referred: Array<DatabaseReference>, 
/**
 * Its indexes.
 */
indexes: Array<DatabaseIndex>, 
/**
 * Names of its triggers.
 */
triggers: Array<string>, 
/**
 * The statement that makes it, where the server tells.
 */
definition: string | null, 
/**
 * Further facts.
 */
facts: Array<DatabaseFact>, 
/**
 * The statement that shows its rows.
 */
browse: string | null, };

/**
 * Tell which numbers of a dashboard moved between two moments.
 */
export type DiffDashboard = { 
/**
 * The dashboard's name.
 */
dashboard?: string, 
/**
 * Its text, in place of a name.
 */
text?: string, 
/**
 * Folder of the project.
 */
project?: string, 
/**
 * Values of parameters, by name.
 */
params?: { [key: string]: string | number | boolean | string[] | null }, 
/**
 * Zone of days, where the dashboard names none.
 */
zone?: string, 
/**
 * The one moment: a day or a moment.
 */
a: string, 
/**
 * The other.
 */
b: string, };

/**
 * What moved.
 */
export type DiffDashboardReply = { 
/**
 * Panels of which something moved, or that could not be compared.
 */
panels: Array<PanelDiff>, 
/**
 * The same for a terminal.
 */
text: string, };

/**
 * Describe every method as an OpenRPC document.
 */
export type Discover = { [key: string]: never };

/**
 * A record that was talked about.
 */
export type Discussed = { 
/**
 * The issue or the pull request.
 */
record: Record, 
/**
 * The comments of people on it.
 */
comments: Figure, 
/**
 * When the last of them was written.
 */
lastAt: string, };

/**
 * Done.
 */
export type Done = { [key: string]: never };

/**
 * What to list as well.
 */
export type Each = "folders" | "components";

/**
 * A relation.
 */
export type Edge = { 
/**
 * From this node.
 */
from: number, 
/**
 * To that node.
 */
to: number, 
/**
 * `wrote`, `reviewed`, `touches`, `names`, `part of`, `parent`, `undoes`, `knows`, `changes with`, `made`, `merged`, `asked to review`, `reported`, `assigned`, `commented`, `about`, `linked`, `closes`, `sent`, or the words of a link between issues.
 */
relation: string, 
/**
 * What says so, where a text does: `(#12)`, `PROJ-12 in the subject`.
 */
toldBy: string | null, 
/**
 * How many commits stand behind it, where it is counted.
 */
weight: number, };

/**
 * A decision.
 */
export type Edit = { 
/**
 * Its number.
 */
edit: number, 
/**
 * `merge` or `split`.
 */
action: string, 
/**
 * One identity.
 */
a: IdentityText, 
/**
 * The other.
 */
b: IdentityText, 
/**
 * When, RFC 3339.
 */
at: string, 
/**
 * Whether it has been taken back.
 */
undone: boolean, };

/**
 * Change one thing in a dashboard's file; all else stays as it was written, comments and order too.
 */
export type EditDashboard = { 
/**
 * Its name.
 */
dashboard: string, 
/**
 * Folder of the project.
 */
project?: string, 
/**
 * The state that is changed, as it was told.
 */
hash: string, 
/**
 * What to change.
 */
change: DashboardChange, };

/**
 * What was decided.
 */
export type EditReply = { 
/**
 * The decision's number, for `identities.undo`.
 */
edit: number, 
/**
 * The person as they are now.
 */
person: PersonRef | null, };

/**
 * Show what changes of rows would be sent, and with `apply` send it: all in one transaction, each held to touch exactly one row as it was read, or nothing at all.
 */
export type EditRows = { 
/**
 * Connection, by name or as a URL.
 */
connection: string, 
/**
 * Folder of the project, for its connections.
 */
project?: string, 
/**
 * Schema of the table.
 */
schema: string, 
/**
 * The table.
 */
table: string, 
/**
 * The changes.
 */
changes: Array<RowChange>, 
/**
 * Send them.
 */
apply?: boolean, };

/**
 * The statements.
 */
export type EditRowsReply = { 
/**
 * One for each change, with its values in place, as they are or would be sent.
 */
statements: Array<string>, 
/**
 * Whether they were sent and kept.
 */
applied: boolean, 
/**
 * Why nothing was kept.
 */
failure: DatabaseFailure | null, 
/**
 * Which of the changes failed, from 0.
 */
failed: number | null, };

/**
 * A table whose rows a result shows.
 */
export type EditableTable = { 
/**
 * Its schema.
 */
schema: string, 
/**
 * Its name.
 */
table: string, 
/**
 * Columns of the result that tell rows apart, from 0.
 */
key: Array<number>, };

/**
 * List what people decided, newest first.
 */
export type Edits = { [key: string]: never };

/**
 * Decisions.
 */
export type EditsReply = { 
/**
 * Newest first.
 */
edits: Array<Edit>, };

/**
 * Delete events for good, also from the file: all of a range that the filters select. Totals of their days go with them.
 */
export type Erase = { 
/**
 * The site, by its name or what a tracker calls it; the first by name unless given.
 */
site?: string, 
/**
 * Its first day or moment; 30 days before the end unless given.
 */
from?: string, 
/**
 * The day or moment before which it ends; now unless given.
 */
to?: string, 
/**
 * Yes to what will be gone.
 */
confirmed: boolean, 
/**
 * Conditions, all of which must hold.
 */
filters?: Array<ReportFilter>, 
/**
 * What a visit is (backstory unless given).
 */
definition?: ReportDefinition, 
/**
 * Whether bots and whatever else is no person count too.
 */
bots?: boolean, };

/**
 * What is gone.
 */
export type EraseReply = { 
/**
 * Events.
 */
events: number, };

/**
 * A notification with its number.
 */
export type Event = { 
/**
 * Greater by one than the event before it; 1 at launch.
 */
seq: number, 
/**
 * `$/changed`, `$/progress` or `$/open`.
 */
method: string, 
/**
 * What it says.
 */
params: unknown, };

/**
 * A person who knows it.
 */
export type Expert = { 
/**
 * Who.
 */
person: PersonRef, 
/**
 * The sum of the terms.
 */
score: number, 
/**
 * Every summand, in the order of the formula.
 */
terms: Array<TermText>, 
/**
 * Their commits.
 */
commits: Figure, 
/**
 * Their reviews.
 */
reviews: Figure, 
/**
 * Their comments on issues that its commits or their pull requests are linked to.
 */
comments: Figure, 
/**
 * Lines added and deleted.
 */
churn: number, 
/**
 * Time of their last commit to it or review of it.
 */
lastAt: string | null, };

/**
 * Rank the people who know a file, a folder or a component, with the whole sum of each score.
 */
export type Experts = { 
/**
 * Path of a file or a folder from the repository's root; empty for the whole repository.
 */
path?: string, 
/**
 * Component, instead of a path.
 */
component?: string, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, 
/**
 * The `now` of the answer, RFC 3339: nothing later is used. The time of the newest record unless given.
 */
now?: string, 
/**
 * How many people to list (10 unless told otherwise), at most 500.
 */
limit?: number, };

/**
 * Who knows it.
 */
export type ExpertsReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * What was asked about.
 */
subject: Subject, 
/**
 * Highest score first, then by name; bots left out.
 */
experts: Array<Expert>, 
/**
 * How many people there are in all.
 */
total: number, };

/**
 * Tell how the server would run a statement, or did: then it runs, and what it did is undone.
 */
export type ExplainStatement = { 
/**
 * Connection, by name or as a URL.
 */
connection: string, 
/**
 * Folder of the project, for its connections.
 */
project?: string, 
/**
 * The statement.
 */
text: string, 
/**
 * Values for places written as `:name`.
 */
params?: { [key: string]: string | number | boolean | null }, 
/**
 * Run it and measure.
 */
measured?: boolean, 
/**
 * Only read, whatever the connection's entry says: a statement that writes is refused.
 */
readOnly?: boolean, };

/**
 * A plan.
 */
export type ExplainStatementReply = { 
/**
 * What is done last, with what it is made of.
 */
roots: Array<PlanNode>, 
/**
 * The plan in the server's own words.
 */
text: string, 
/**
 * Time to make the plan, in milliseconds, where measured.
 */
planningMilliseconds: number | null, 
/**
 * Time to run it, in milliseconds, where measured.
 */
runningMilliseconds: number | null, };

/**
 * Ask all of a dashboard and write it to a file. The file is written beside and renamed at the end.
 */
export type ExportDashboard = { 
/**
 * The dashboard's name.
 */
dashboard?: string, 
/**
 * Its text, in place of a name.
 */
text?: string, 
/**
 * Folder of the project.
 */
project?: string, 
/**
 * Values of parameters, by name.
 */
params?: { [key: string]: string | number | boolean | string[] | null }, 
/**
 * Zone of days, where the dashboard names none.
 */
zone?: string, 
/**
 * The moment that periods end with: a day or a moment.
 */
at?: string, 
/**
 * How it is written (as the ending of the file says unless given).
 */
format?: DashboardFormat, 
/**
 * Colours of a picture (light unless given).
 */
theme?: DashboardTheme, 
/**
 * Width of a picture in pixels (1,200 unless given).
 */
width?: number, 
/**
 * One panel alone, by its number.
 */
panel?: number, 
/**
 * Path of the file.
 */
path: string, 
/**
 * Write over a file that is there.
 */
replace?: boolean, };

/**
 * A dashboard, written to a file.
 */
export type ExportDashboardReply = { 
/**
 * The file.
 */
path: string, 
/**
 * Its size in bytes.
 */
bytes: number, 
/**
 * What it asserts.
 */
assertions: Array<DashboardAssertion>, 
/**
 * Panels that could not be had.
 */
failures: Array<PanelFailure>, };

/**
 * A format of files.
 */
export type ExportFormat = "csv" | "tsv" | "json" | "ndjson" | "markdown" | "table" | "parquet" | "xlsx" | "insert" | "inlist";

/**
 * Write all rows of a statement to a file, in a stream: memory stays flat. The file is written beside and renamed at the end; cancelled, nothing stays.
 */
export type ExportRows = { 
/**
 * Connection, by name or as a URL.
 */
connection: string, 
/**
 * Folder of the project, for its connections.
 */
project?: string, 
/**
 * The statement; several where the format holds several results.
 */
text: string, 
/**
 * Values for places written as `:name`.
 */
params?: { [key: string]: string | number | boolean | null }, 
/**
 * The format.
 */
format: ExportFormat, 
/**
 * Path of the file.
 */
path: string, 
/**
 * Write over a file that is there.
 */
replace?: boolean, 
/**
 * Table to name in INSERT statements.
 */
table?: string, 
/**
 * Write every column as text, word for word as the server has it: Parquet.
 */
allText?: boolean, 
/**
 * Longest time in seconds (3,600 unless told otherwise).
 */
timeout?: number, };

/**
 * What was written.
 */
export type ExportRowsReply = { 
/**
 * The file.
 */
path: string, 
/**
 * Rows in it.
 */
rows: number, 
/**
 * Its size in bytes.
 */
bytes: number, 
/**
 * How long it took, in seconds.
 */
seconds: number, 
/**
 * What was written otherwise than it is, in sentences: cells that a format cannot hold.
 */
notes: Array<string>, };

/**
 * A field and its value.
 */
export type FieldText = { 
/**
 * The field's name.
 */
name: string, 
/**
 * Its value, as text.
 */
value: string, };

/**
 * A number with the records behind it.
 */
export type Figure = { 
/**
 * The number.
 */
value: number, 
/**
 * The first records behind it, at most five, newest first.
 */
records: Array<Record>, 
/**
 * The call that answers with all of them; none where `records` is all.
 */
all: Call | null, };

/**
 * Tell the history of a file: who changed it most, who touched it last, under which names it lived.
 */
export type File = { 
/**
 * Path from the repository's root, with forward slashes.
 */
path: string, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, 
/**
 * How many of its newest commits to list (30 unless told otherwise), at most 500.
 */
limit?: number, };

/**
 * Tell what a newcomer should know of a file: who knows it, its last pull requests and issues, those that are
 * open, and what was discussed most.
 */
export type FileContext = { 
/**
 * Path from the repository's root, with forward slashes.
 */
path: string, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, 
/**
 * The `now` of the answer, RFC 3339: nothing later is used. The time of the newest record unless given.
 */
now?: string, 
/**
 * How many of each kind to list (10 unless told otherwise), at most 100.
 */
limit?: number, };

/**
 * What a newcomer should know of a file.
 */
export type FileContextReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * Its path.
 */
path: string, 
/**
 * Whether it is in the tree of HEAD.
 */
alive: boolean, 
/**
 * Its component.
 */
component: string | null, 
/**
 * The answer in sentences.
 */
sentences: Array<Sentence>, 
/**
 * Who knows it, highest score first.
 */
experts: Array<Expert>, 
/**
 * Its last pull requests, newest first.
 */
pullRequests: Array<PullRequestOfFile>, 
/**
 * Pull requests that are open and change it, newest first.
 */
openPullRequests: Array<PullRef>, 
/**
 * How many there are.
 */
openPullRequestsTotal: Figure, 
/**
 * The last issues its commits are linked to, newest commit first.
 */
issues: Array<IssueOfFile>, 
/**
 * Those of all linked issues that are not done, newest first.
 */
openIssues: Array<IssueRef>, 
/**
 * How many there are.
 */
openIssuesTotal: Figure, 
/**
 * Pull requests and issues it was discussed in most: most comments first.
 */
discussed: Array<Discussed>, 
/**
 * The last discussions on its lines, newest first.
 */
threads: Array<ThreadOfFile>, };

/**
 * A living file in a list.
 */
export type FileEntry = { 
/**
 * Its path.
 */
path: string, 
/**
 * Its component.
 */
component: string | null, 
/**
 * `file`, `executable`, `symlink` or `submodule`.
 */
mode: string, 
/**
 * Its size at HEAD, in bytes; none where that is not known.
 */
sizeBytes: number | null, };

/**
 * A file changed for an issue.
 */
export type FileOfIssue = { 
/**
 * Its path.
 */
path: string, 
/**
 * Whether it is in the tree of HEAD.
 */
alive: boolean, 
/**
 * The issue's commits that touched it.
 */
commits: Figure, 
/**
 * Lines added.
 */
added: number, 
/**
 * Lines deleted.
 */
deleted: number, };

/**
 * A file's history.
 */
export type FileReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * Its path.
 */
path: string, 
/**
 * Whether it is in the tree of HEAD.
 */
alive: boolean, 
/**
 * `file`, `executable`, `symlink` or `submodule`.
 */
mode: string | null, 
/**
 * Its component.
 */
component: string | null, 
/**
 * Its size at HEAD, in bytes.
 */
sizeBytes: number | null, 
/**
 * Commits that touch it under any of its names, merges left out.
 */
commits: Figure, 
/**
 * People behind these commits, bots left out.
 */
people: Figure, 
/**
 * Lines added.
 */
added: number, 
/**
 * Lines deleted.
 */
deleted: number, 
/**
 * Who changed it the most, and in how many commits.
 */
most: PersonCount | null, 
/**
 * The commit that touched it last.
 */
last: CommitRef | null, 
/**
 * The commit that made it.
 */
first: CommitRef | null, 
/**
 * Names it had before, newest first.
 */
pastNames: Array<PastName>, 
/**
 * Its newest commits.
 */
history: Array<Touch>, 
/**
 * The call that lists all of them.
 */
all: Call, };

/**
 * A file to begin with.
 */
export type FileToRead = { 
/**
 * Its path.
 */
path: string, 
/**
 * Why, in a sentence.
 */
reason: string, 
/**
 * Its commits.
 */
commits: Figure, 
/**
 * The sum of the terms.
 */
score: number, 
/**
 * Every summand, in the order of the formula.
 */
terms: Array<TermText>, };

/**
 * List the living files below a folder or of a component, by path, page by page.
 */
export type Files = { 
/**
 * Folder from the repository's root; the root itself unless given.
 */
path?: string, 
/**
 * Component, instead of a folder.
 */
component?: string, 
/**
 * As memory was at this time, RFC 3339: what came later is neither listed nor counted. As it is unless given.
 */
now?: string, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, 
/**
 * How many to list (1000 unless told otherwise), at most 10000.
 */
limit?: number, 
/**
 * Where to go on: `next` of the page before.
 */
cursor?: string, };

/**
 * A page of living files.
 */
export type FilesReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * By path.
 */
files: Array<FileEntry>, 
/**
 * Where the next page begins; none at the end.
 */
next: string | null, };

/**
 * Tell the fingerprint of a repository's memory: equal for equal histories, however they were read.
 */
export type Fingerprint = { 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, };

/**
 * A fingerprint.
 */
export type FingerprintReply = { 
/**
 * The repository.
 */
repository: string, 
/**
 * The commit that memory has been read up to.
 */
head: string | null, 
/**
 * SHA-256 over a canonical dump, in hexadecimal digits.
 */
sha256: string, };

/**
 * List what a folder holds, each entry with its owner and its risk.
 */
export type Folder = { 
/**
 * Path from the repository's root; the root itself unless given.
 */
path?: string, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, 
/**
 * The `now` of the answer, RFC 3339: nothing later is used, and files are those that lived then, with their sizes of today. The time of the newest record unless given.
 */
now?: string, 
/**
 * Days that count as recent (90 unless told otherwise), 1 to 36500.
 */
windowDays?: number, };

/**
 * A file or a folder within a folder.
 */
export type FolderEntry = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its path from the root.
 */
path: string, 
/**
 * `folder` or `file`.
 */
kind: RecordKind, 
/**
 * Its component.
 */
component: string | null, 
/**
 * Living files in it; 1 for a file.
 */
files: number, 
/**
 * Bytes at HEAD.
 */
sizeBytes: number, 
/**
 * Commits within the window.
 */
changes: number, 
/**
 * Risk score of the window: of the file, or of the riskiest file in the folder.
 */
risk: number, 
/**
 * Who knows it best by expertise.
 */
owner: PersonRef | null, 
/**
 * The owner's part of all credits for its commits, 0 to 1.
 */
ownerShare: number, 
/**
 * For a folder: how many people would have to leave before more than half of its authored files have no author.
 */
busFactor: number | null, 
/**
 * Time of the last commit that touched it.
 */
lastAt: string | null, };

/**
 * What a folder holds.
 */
export type FolderReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * Its path; empty for the root.
 */
path: string, 
/**
 * Folders first, then files, each by name.
 */
entries: Array<FolderEntry>, 
/**
 * The window, in days.
 */
windowDays: number, };

/**
 * A connection of whose sites nothing can be told.
 */
export type FollowTrouble = { 
/**
 * The connection.
 */
connection: string, 
/**
 * Why.
 */
trouble: string, };

/**
 * Follow the page views that a team shares over a connection: its sites are listed as CONNECTION/SITE from then on, and every report answers about them.
 */
export type FollowViews = { 
/**
 * The connection, by its name; to read is enough.
 */
connection: string, };

/**
 * What is followed.
 */
export type FollowViewsReply = { 
/**
 * The connection.
 */
connection: string, 
/**
 * When its page views were last told.
 */
asOf: string, 
/**
 * Its sites.
 */
sites: Array<SiteInfo>, };

/**
 * Forget what was run: all of it, or on one connection.
 */
export type ForgetHistory = { 
/**
 * Connection; all of them unless given.
 */
connection?: string, };

/**
 * What was forgotten.
 */
export type ForgetHistoryReply = { 
/**
 * How many.
 */
forgotten: number, };

/**
 * Something memory does not know.
 */
export type GapText = { 
/**
 * What kind: `shallowClone`, `missingObjects`, `noIssues`, …
 */
kind: string, 
/**
 * The sentence for people.
 */
text: string, };

/**
 * Show a record with its relations: commits, files, people, issues, pull requests, reviews and comments.
 */
export type Graph = { 
/**
 * What kind of record.
 */
kind: RecordKind, 
/**
 * Object id, number, issue key, path, component, person's key, or the id of a review or a comment.
 */
id: string, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, 
/**
 * How many neighbours of each kind (12 unless told otherwise), at most 100.
 */
limit?: number, };

/**
 * A record and its neighbours.
 */
export type GraphReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * The record first, then its neighbours by kind and id.
 */
nodes: Array<Record>, 
/**
 * How they are related; indices into `nodes`.
 */
edges: Array<Edge>, 
/**
 * Whether neighbours were left out.
 */
more: boolean, };

/**
 * A record that was found.
 */
export type Hit = { 
/**
 * The record.
 */
record: Record, 
/**
 * The text around the match, in parts.
 */
snippet: Array<Part>, 
/**
 * Its rank within its kind; higher is better.
 */
score: number, 
/**
 * When it happened, for a commit; when it was made, for an issue or a pull request.
 */
at: string | null, 
/**
 * Who wrote it, for a commit; who reported or made it, for an issue or a pull request.
 */
author: PersonRef | null, 
/**
 * How it stands, for an issue or a pull request: the tracker's word.
 */
state: string | null, };

/**
 * A file that changes often.
 */
export type Hotspot = { 
/**
 * Its path.
 */
path: string, 
/**
 * Its component.
 */
component: string | null, 
/**
 * Its size at HEAD, in bytes.
 */
sizeBytes: number, 
/**
 * Commits within the window.
 */
changes: number, 
/**
 * Lines added and deleted within the window.
 */
churn: number, 
/**
 * Commits within the window that fix a defect.
 */
fixes: number, };

/**
 * Report what memory lacks: counts, shares, trends, thresholds of the team, and the records to mend.
 */
export type Hygiene = { 
/**
 * Only this report; all of them unless given.
 */
report?: HygieneKind, 
/**
 * Count what happened at or after this time, RFC 3339; 90 days before `until` unless given here or in backstory.toml (`[hygiene] window_days`).
 */
since?: string, 
/**
 * Count what happened at or before this time, RFC 3339, and judge it by what was there then: what was mended later is not mended. The time of the newest record unless given.
 */
until?: string, 
/**
 * How to cut the trend (`month` unless told otherwise).
 */
by?: HygieneTrendBy, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, };

/**
 * A report about what memory lacks.
 */
export type HygieneKind = "commitsWithoutIssue" | "pullRequestsWithoutIssue" | "emptyDescriptions" | "doneWithoutChange" | "filesWithoutComponent" | "mergedWithoutReview" | "mergedWithoutApproval" | "keysWithoutRecord" | "issuesWithoutComponent" | "doubtfulPeople";

/**
 * Records left out of a report.
 */
export type HygieneLeftOut = { 
/**
 * Which, as people say it: `merges`.
 */
what: string, 
/**
 * How many.
 */
count: number, };

/**
 * A record of a report.
 */
export type HygieneRecord = { 
/**
 * The record.
 */
record: Record, 
/**
 * When it was made, merged or resolved; none for files and people.
 */
at: string | null, 
/**
 * Who made it.
 */
person: PersonRef | null, 
/**
 * Whether it lacks something.
 */
found: boolean, 
/**
 * What it lacks, or why it is said to, where there is more to say than the report's title.
 */
text: string | null, };

/**
 * List the records of a report, newest first: those found, or all that were judged.
 */
export type HygieneRecords = { 
/**
 * The report.
 */
report: HygieneKind, 
/**
 * All that were judged, and not only those found.
 */
judged?: boolean, 
/**
 * At or after this time, RFC 3339; as for `memory.hygiene`.
 */
since?: string, 
/**
 * At or before this time, RFC 3339; as for `memory.hygiene`.
 */
until?: string, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, 
/**
 * How many to list (50 unless told otherwise), at most 1000.
 */
limit?: number, 
/**
 * Where to go on: `next` of the page before.
 */
cursor?: string, };

/**
 * A page of records.
 */
export type HygieneRecordsReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * Newest first; files and people by name.
 */
records: Array<HygieneRecord>, 
/**
 * How many there are in all.
 */
total: number, 
/**
 * Where the next page begins; none at the end.
 */
next: string | null, };

/**
 * What memory lacks.
 */
export type HygieneReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * Start of the window.
 */
since: string | null, 
/**
 * End of the window.
 */
until: string | null, 
/**
 * In the order of the manual.
 */
reports: Array<HygieneReport>, 
/**
 * How many reports are over a threshold of the team.
 */
over: number, 
/**
 * How many reports could not be judged.
 */
notJudged: number, };

/**
 * One report.
 */
export type HygieneReport = { 
/**
 * Which.
 */
report: HygieneKind, 
/**
 * Its title.
 */
title: string, 
/**
 * Its rule, in a sentence.
 */
rule: string, 
/**
 * Why it cannot be judged; none where it is. What is not judged is not clean.
 */
notJudged: string | null, 
/**
 * Those that lack something.
 */
found: Figure, 
/**
 * All that were judged.
 */
judged: Figure, 
/**
 * What was left out because it would not be fair, with how many.
 */
leftOut: Array<HygieneLeftOut>, 
/**
 * Found of those judged, 0 to 1; none where none was judged.
 */
share: number | null, 
/**
 * How it went, oldest first; empty for reports about today's files and people.
 */
trend: Array<HygieneTrendPoint>, 
/**
 * The team's threshold in backstory.toml, where there is one.
 */
threshold: HygieneThreshold | null, };

/**
 * How much a team allows.
 */
export type HygieneThreshold = { 
/**
 * The greatest share, 0 to 1.
 */
shareMax: number | null, 
/**
 * The greatest count.
 */
countMax: number | null, 
/**
 * Whether it is passed; none where the report cannot be judged.
 */
over: boolean | null, 
/**
 * In a sentence.
 */
text: string, };

/**
 * Tell how what memory lacks went: a row for each report and each month or week.
 */
export type HygieneTrend = { 
/**
 * Only this report; all that have a time unless given.
 */
report?: HygieneKind, 
/**
 * How to cut it (`month` unless told otherwise): twelve months or twenty-six weeks.
 */
by?: HygieneTrendBy, 
/**
 * Up to this time, RFC 3339, by what was there then. The time of the newest record unless given.
 */
until?: string, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, };

/**
 * How a trend is cut.
 */
export type HygieneTrendBy = "month" | "week";

/**
 * A month or a week of a report.
 */
export type HygieneTrendPoint = { 
/**
 * Its first day.
 */
start: string, 
/**
 * Those that lack something.
 */
found: number, 
/**
 * All that were judged.
 */
judged: number, 
/**
 * Found of those judged, 0 to 1; none where none was judged.
 */
share: number | null, };

/**
 * How what memory lacks went.
 */
export type HygieneTrendReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * By report in the order of the manual, and oldest first; none of what cannot be judged.
 */
rows: Array<HygieneTrendRow>, };

/**
 * A report in a month or a week.
 */
export type HygieneTrendRow = { 
/**
 * Which report.
 */
report: HygieneKind, 
/**
 * Its title.
 */
title: string, 
/**
 * The first day.
 */
start: string, 
/**
 * Found of those judged, 0 to 1; none where none was judged.
 */
share: number | null, 
/**
 * Those that lack something.
 */
found: number, 
/**
 * All that were judged.
 */
judged: number, };

/**
 * A person with every spelling of them.
 */
export type Identified = { 
/**
 * Who.
 */
person: PersonRef, 
/**
 * Why it is taken for a program; empty where it is not.
 */
botReason: string, 
/**
 * Their identities, most commits first.
 */
identities: Array<IdentityText>, };

/**
 * A spelling of a person.
 */
export type IdentityText = { 
/**
 * What `identities.merge` and `identities.split` call it.
 */
id: string, 
/**
 * `git` for a name with a mail, `login` for a login, `account` for an account of a tracker.
 */
kind: string, 
/**
 * The name as written.
 */
name: string, 
/**
 * The mail as written.
 */
mail: string, 
/**
 * Commits under this spelling.
 */
commits: number, 
/**
 * Why it is this person's; empty for the first.
 */
reasons: Array<string>, 
/**
 * How sure the surest of these reasons is: `certain`, `strong` or `likely`; empty without one.
 */
confidence: string, };

/**
 * Take issues and pull requests in from files: answers of Jira's or GitHub's interfaces, one or many to a file, JSON lines, webhook bodies, folders of these, packed with gzip or not. The same files again change nothing.
 */
export type Import = { 
/**
 * Files and folders.
 */
paths: Array<string>, 
/**
 * Repository that they tell about, by name or by path; the only one where there is one.
 */
repository?: string, 
/**
 * What they are; found out from the first of them unless given.
 */
kind?: TrackerKind, 
/**
 * What to call where they come from: `jira:` or `github:` and the repository's name, unless given.
 */
tracker?: string, 
/**
 * Whose accounts they speak of, where another tracker speaks of the same: Jira's host.
 */
site?: string, };

/**
 * How many there are of something.
 */
export type ImportCount = { 
/**
 * Of what.
 */
what: string, 
/**
 * How many.
 */
count: number, };

/**
 * Take page views in from a file: a log of a web server, rows of GoatCounter, Umami or Plausible, or rows with columns of our own names; packed with gzip or not. The same file again adds nothing. No address and no user agent is kept.
 */
export type ImportViews = { 
/**
 * The site.
 */
site: string, 
/**
 * The file.
 */
file: string, 
/**
 * What it is (found out from the file unless given): `combined`, `combined-vhost`, `common`, `common-vhost`, `w3c`, `json`, `bunny`, `alb`, `goatcounter`, `umami`, `plausible`, `rows`, or a line of Apache's `LogFormat` or nginx's `log_format`.
 */
format?: string, 
/**
 * Only what happened from then on: a day of the site, or a moment. For a log that has grown since it was last taken in.
 */
since?: string, 
/**
 * Only what happened before then.
 */
until?: string, 
/**
 * Which of several sites in the file: Umami's website id, Plausible's site id. The first that is met unless given.
 */
of?: string, };

/**
 * What came of a file.
 */
export type ImportViewsReply = { 
/**
 * The site.
 */
site: string, 
/**
 * What it was read as.
 */
format: string, 
/**
 * Lines or rows, but for empty ones, comments and heads.
 */
lines: number, 
/**
 * Events that are new.
 */
events: number, 
/**
 * Events that were taken in from the same file before.
 */
before: number, 
/**
 * Events at times that cannot be.
 */
leftOut: number, 
/**
 * Days they are of.
 */
days: number, 
/**
 * When the first of them happened.
 */
from: string | null, 
/**
 * When the last of them happened: `since` for the next import of a file that grows.
 */
to: string | null, 
/**
 * Lines that could not be read.
 */
unread: number, 
/**
 * The first of them.
 */
firstUnread: Array<UnreadLine>, 
/**
 * Lines that are no event, by why.
 */
passed: Array<ImportCount>, 
/**
 * Events, by who is thought to have caused them.
 */
verdicts: Array<ImportCount>, 
/**
 * Hosts that are none of the site's: add them to its hosts if they are.
 */
otherHosts: Array<ImportCount>, 
/**
 * How long it took, in seconds.
 */
seconds: number, };

/**
 * List every call of Google Analytics in a code base, with the line that takes its place. Nothing is changed. What others wrote (`node_modules`, `vendor`), what git ignores, and what is packed into few lines is passed over.
 */
export type Inventory = { 
/**
 * The folder.
 */
folder: string, 
/**
 * Whose calls take the place (ours unless given).
 */
target?: InventoryTarget, 
/**
 * Where the collector answers, as browsers reach it (`https://stats.example.org` unless given).
 */
collector?: string, 
/**
 * The site's name there (the page's host unless given).
 */
site?: string, 
/**
 * Whether to list calls of Umami and Plausible too.
 */
others?: boolean, 
/**
 * Calls to tell (1,000 unless given, 20,000 at most).
 */
limit?: number, };

/**
 * A call.
 */
export type InventoryCall = { 
/**
 * Its file, from the folder.
 */
file: string, 
/**
 * Its first line.
 */
line: number, 
/**
 * Its first column.
 */
column: number, 
/**
 * Its last line.
 */
until: number, 
/**
 * What it is: `tag`, `setup`, `view`, `event`, `consent`, `tag manager`, `package`, `id`, `policy`, `other`.
 */
what: string, 
/**
 * Its words.
 */
text: string, 
/**
 * What takes its place; empty where it can go, none where a person has to decide.
 */
replacement: string | null, 
/**
 * What a person has to look at; empty where nothing.
 */
note: string, };

/**
 * How many calls are of a kind.
 */
export type InventoryKind = { 
/**
 * The kind.
 */
what: string, 
/**
 * How many.
 */
count: number, };

/**
 * What was found in a code base.
 */
export type InventoryReply = { 
/**
 * The folder.
 */
folder: string, 
/**
 * Calls, by file and place.
 */
calls: Array<InventoryCall>, 
/**
 * How many calls there are.
 */
total: number, 
/**
 * How many of each kind.
 */
kinds: Array<InventoryKind>, 
/**
 * Files that were read.
 */
files: number, 
/**
 * Files that have calls.
 */
filesWithCalls: number, 
/**
 * Files that were too large, packed into few lines, or no text.
 */
passedOver: number, 
/**
 * What a person has to look at.
 */
byHand: Array<InventoryTask>, 
/**
 * Whether there was more to read than is read.
 */
cut: boolean, };

/**
 * Whose calls take the place of Google's.
 */
export type InventoryTarget = "backstory" | "umami" | "plausible";

/**
 * Something to do by hand.
 */
export type InventoryTask = { 
/**
 * What, in a sentence.
 */
text: string, 
/**
 * For how many calls.
 */
calls: number, };

/**
 * Tell all that belongs to an issue: what it says, what was discussed, which pull requests and commits
 * resolved it, what they changed, who did what, and what touched the same files since.
 */
export type IssueContext = { 
/**
 * Key, in any writing: `PROJ-1247`, `proj-1247`, `#12`, `12` where issues are GitHub's. A key that an issue
 * had before it was moved leads to that issue.
 */
key: string, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, 
/**
 * The `now` of the answer, RFC 3339: nothing later is used. Status, resolution, priority, assignee and title are those of that time where the issue tells of their changes; its description, labels and versions are always those of today. The time of the newest record unless given.
 */
now?: string, };

/**
 * An issue with all that belongs to it.
 */
export type IssueContextReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * Its key.
 */
key: string, 
/**
 * The key that was asked for, where the issue has another now.
 */
pastKey: string | null, 
/**
 * What the tracker tells; none where only commits name the key.
 */
issue: IssueText | null, 
/**
 * The answer in sentences.
 */
sentences: Array<Sentence>, 
/**
 * What was said beneath it, in order; the first 500.
 */
comments: Array<CommentText>, 
/**
 * How many comments there are.
 */
commentsTotal: number, 
/**
 * How its status changed, in order.
 */
history: Array<StatusChange>, 
/**
 * Pull requests linked to it, oldest first.
 */
pullRequests: Array<PullRequestOfIssue>, 
/**
 * Changes made for it, oldest first, each counted once however often it was carried to other branches; the first 200.
 */
changes: Array<ChangeOfIssue>, 
/**
 * How many changes there are.
 */
changesTotal: number, 
/**
 * Commits linked to it: every change, and every time it was carried over.
 */
commits: Figure, 
/**
 * Files its changes touched: most commits first, then by path; the first 100.
 */
files: Array<FileOfIssue>, 
/**
 * How many files there are.
 */
filesTotal: number, 
/**
 * Everybody in it: who wrote its commits first, then who opened its pull requests, reviewed them, was to do it, resolved, reported, or only commented; within each those with most of that, of equals who began first.
 */
people: Array<PersonInContext>, 
/**
 * Relations to other issues, by words and key.
 */
links: Array<LinkOfIssue>, 
/**
 * Commits that touched the first 20 of these files after its last commit, newest first, at most 20.
 */
since: Array<TouchSince>, 
/**
 * Whether there are more of them.
 */
sinceMore: boolean, };

/**
 * An issue of a file.
 */
export type IssueOfFile = { 
/**
 * The issue.
 */
issue: IssueRef, 
/**
 * Its commits that touch the file.
 */
commits: Figure, };

/**
 * An issue of a pull request.
 */
export type IssueOfPullRequest = { 
/**
 * The issue.
 */
issue: IssueRef, 
/**
 * The words that say so.
 */
toldBy: string, 
/**
 * Whether the pull request says that it closes, fixes or resolves the issue.
 */
closes: boolean, };

/**
 * An issue, as shown in a list.
 */
export type IssueRef = { 
/**
 * Its key: `PROJ-1247`, `#12`.
 */
key: string, 
/**
 * Its title; the key again where no record answers to it.
 */
title: string, 
/**
 * `Bug`, `Story`, …; empty where unknown.
 */
kind: string, 
/**
 * Whether its kind or a label says that it is a defect.
 */
bug: boolean, 
/**
 * Its status, as the tracker calls it; empty where unknown.
 */
status: string, 
/**
 * How far that is.
 */
category: Category, 
/**
 * When it was made, RFC 3339 in UTC; none where no record answers to the key.
 */
at: string | null, };

/**
 * An issue in a list.
 */
export type IssueRow = { 
/**
 * The issue.
 */
issue: IssueRef, 
/**
 * Its priority; empty where unknown.
 */
priority: string, 
/**
 * Who reported it.
 */
reporter: PersonRef | null, 
/**
 * Who is to do it, or did.
 */
assignee: PersonRef | null, 
/**
 * When anything of it last changed.
 */
updated: string, 
/**
 * When it was resolved or closed.
 */
resolved: string | null, 
/**
 * How many comments stand beneath it.
 */
comments: number, 
/**
 * How many commits are linked to it.
 */
commits: number, 
/**
 * How many pull requests are linked to it.
 */
pullRequests: number, };

/**
 * What a tracker tells of an issue.
 */
export type IssueText = { 
/**
 * The issue as shown in a list.
 */
issue: IssueRef, 
/**
 * Its description, as plain text.
 */
text: string, 
/**
 * Its priority; empty where unknown.
 */
priority: string, 
/**
 * `Fixed`, `Duplicate`, …; empty while there is none.
 */
resolution: string, 
/**
 * Names of components, as the tracker has them.
 */
components: Array<string>, 
/**
 * Labels.
 */
labels: Array<string>, 
/**
 * Versions it is fixed in.
 */
fixVersions: Array<string>, 
/**
 * Versions it was seen in.
 */
affectsVersions: Array<string>, 
/**
 * Sprints.
 */
sprints: Array<string>, 
/**
 * Who reported it.
 */
reporter: PersonRef | null, 
/**
 * Who is to do it, or did.
 */
assignee: PersonRef | null, 
/**
 * When it was made.
 */
created: string, 
/**
 * When anything of it last changed.
 */
updated: string, 
/**
 * When it was resolved or closed.
 */
resolved: string | null, 
/**
 * Where people read it; empty where unknown.
 */
url: string, 
/**
 * Keys it had before.
 */
pastKeys: Array<string>, 
/**
 * Every other field that has a value, by name.
 */
fields: Array<FieldText>, 
/**
 * The tracker it is from: `jira`, `github.com/owner/name`.
 */
tracker: string, };

/**
 * List issues, newest first, that fit every filter given.
 */
export type Issues = { 
/**
 * How far they are.
 */
category?: Category, 
/**
 * Only those that are not done, or only those that are.
 */
open?: boolean, 
/**
 * Only those that were open at this time: made at or before it and not resolved by then, RFC 3339.
 */
openAt?: string, 
/**
 * `Bug`, `Story`, …, case aside.
 */
kind?: string, 
/**
 * Only those that tell of a defect by their kind or a label.
 */
bug?: boolean, 
/**
 * A component as the tracker names it, case aside.
 */
component?: string, 
/**
 * A label, case aside.
 */
label?: string, 
/**
 * A person who reported it: key, mail, name or login.
 */
reporter?: string, 
/**
 * A person who is to do it, or did.
 */
assignee?: string, 
/**
 * Words of its title, description and discussion.
 */
text?: string, 
/**
 * Only those with (or only those without) a commit or a pull request that is linked to them.
 */
linked?: boolean, 
/**
 * Only those linked to commits that touch this file (past names followed) or folder.
 */
path?: string, 
/**
 * Only those linked to this pull request or to its commits.
 */
pullRequest?: number, 
/**
 * Made at or after this time, RFC 3339.
 */
since?: string, 
/**
 * Made at or before this time, RFC 3339.
 */
until?: string, 
/**
 * As memory was at this time, RFC 3339: what came later is neither listed nor counted. As it is unless given.
 */
now?: string, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, 
/**
 * How many to list (50 unless told otherwise), at most 1000.
 */
limit?: number, 
/**
 * Where to go on: `next` of the page before.
 */
cursor?: string, };

/**
 * A page of issues.
 */
export type IssuesReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * Newest first.
 */
issues: Array<IssueRow>, 
/**
 * Where the next page begins; none at the end.
 */
next: string | null, };

/**
 * Say of each statement of a text where it stands, what it does and what it would destroy, without running anything.
 */
export type JudgeStatements = { 
/**
 * Connection, by name or as a URL.
 */
connection?: string, 
/**
 * Engine, in place of a connection.
 */
engine?: DatabaseEngine, 
/**
 * Folder of the project, for its connections.
 */
project?: string, 
/**
 * The statements.
 */
text: string, };

/**
 * Statements.
 */
export type JudgeStatementsReply = { 
/**
 * In order.
 */
statements: Array<JudgedStatement>, };

/**
 * A statement, judged.
 */
export type JudgedStatement = { 
/**
 * Where it begins, as characters from the text's beginning.
 */
start: number, 
/**
 * Where it ends.
 */
end: number, 
/**
 * Its line, from 1.
 */
line: number, 
/**
 * Whether it only reads.
 */
reads: boolean, 
/**
 * Why it is refused where only reading is allowed.
 */
refused: string | null, 
/**
 * What it would destroy.
 */
losses: Array<string>, 
/**
 * The names of its open places.
 */
places: Array<string>, };

/**
 * Keep the tabs of the query workspace, in place of those kept before: what is typed, on which connection, in this order. Never rows, and never the values that were given to `:name`.
 */
export type KeepTabs = { 
/**
 * All of them, from left to right; 200 at most, with 4 MB of text at most.
 */
tabs: Array<QueryTab>, 
/**
 * Which of them is shown, from 0.
 */
shown?: number, };

/**
 * What was kept.
 */
export type KeepTabsReply = { 
/**
 * The file.
 */
file: string, };

/**
 * A tab as it was kept.
 */
export type KeptTab = { 
/**
 * Its name; empty where it is called by what it asks.
 */
title: string, 
/**
 * The connection it asks.
 */
connection: string | null, 
/**
 * The statements.
 */
text: string, 
/**
 * Where the cursor stood, in UTF-16 units.
 */
cursor: number, 
/**
 * Whether it only reads, whatever the connection's entry says.
 */
readOnly: boolean, 
/**
 * What becomes of what statements do.
 */
transaction: TransactionMode, 
/**
 * Longest time in seconds; none for what the connection's entry says.
 */
timeout: number | null, 
/**
 * The saved query it came from.
 */
saved: KeptTabQuery | null, };

/**
 * The saved query that a tab came from.
 */
export type KeptTabQuery = { 
/**
 * Its name.
 */
query: string, 
/**
 * Whether it is the project's.
 */
project: boolean, 
/**
 * Its text when it was saved, where that is another than the tab's.
 */
text: string | null, };

/**
 * The changes of one kind.
 */
export type KindOfChange = { 
/**
 * What they are.
 */
kind: ChangeType, 
/**
 * They and what stands behind them, in a sentence.
 */
text: string, 
/**
 * The commits.
 */
commits: Figure, 
/**
 * Issues and pull requests behind them, those with most commits first, at most 10.
 */
behind: Array<CountedRecord>, };

/**
 * Something a person knows.
 */
export type KnownFile = { 
/**
 * Path or component.
 */
id: string, 
/**
 * Their commits to it.
 */
commits: number, 
/**
 * Lines added and deleted.
 */
churn: number, 
/**
 * Their part of all commits to it, 0 to 1.
 */
share: number, 
/**
 * Whether they count as its author by degree of authorship.
 */
author: boolean, 
/**
 * Time of their last commit to it.
 */
lastAt: string, };

/**
 * A relation to another issue.
 */
export type LinkOfIssue = { 
/**
 * In this issue's direction: `duplicates`, `is blocked by`.
 */
words: string, 
/**
 * The other issue; its title is its key where no record of it is in memory.
 */
issue: IssueRef, 
/**
 * Whether a record of it is in memory.
 */
known: boolean, };

/**
 * List the connections: the user's, the project's, those that were found, and Backstory's own memory. Nothing is connected to.
 */
export type ListConnections = { 
/**
 * Folder of the project whose `.backstory/connections.toml` counts, or one within it; the user's alone unless given.
 */
project?: string, };

/**
 * The connections there are.
 */
export type ListConnectionsReply = { 
/**
 * By name.
 */
connections: Array<Connection>, 
/**
 * What is wrong with the files they are written down in.
 */
troubles: Array<ConnectionTrouble>, 
/**
 * The user's own file.
 */
userFile: string, 
/**
 * The project's file; none where no project was named.
 */
projectFile: string | null, 
/**
 * What to give `databases.trust`, where the project's file wants trust and has none.
 */
untrusted: string | null, };

/**
 * List the dashboards: the project's, the user's own, and those that Backstory brings.
 */
export type ListDashboards = { 
/**
 * Folder of the project; the user's own and the built-in ones alone unless given.
 */
project?: string, };

/**
 * Dashboards.
 */
export type ListDashboardsReply = { 
/**
 * The project's first, then the user's own, then those that Backstory brings; each by name.
 */
dashboards: Array<DashboardInfo>, 
/**
 * What is wrong with files that cannot be read.
 */
troubles: Array<string>, };

/**
 * List what was run, newest first.
 */
export type ListHistory = { 
/**
 * Only on this connection.
 */
connection?: string, 
/**
 * Only what holds this text, in either case.
 */
search?: string, 
/**
 * How many at most (100 unless told otherwise, 1,000 at most).
 */
limit?: number, 
/**
 * `next` of the answer before.
 */
cursor?: string, };

/**
 * What was run.
 */
export type ListHistoryReply = { 
/**
 * Newest first.
 */
runs: Array<PastRun>, 
/**
 * What to give as `cursor` to go on; none at the end.
 */
next: string | null, };

/**
 * List people with every identity that is theirs and the reason for each.
 */
export type ListIdentities = { 
/**
 * Part of a name, mail or login.
 */
query?: string, 
/**
 * How many to list (50 unless told otherwise), at most 1000.
 */
limit?: number, 
/**
 * Where to go on: `next` of the page before.
 */
cursor?: string, };

/**
 * People and their identities.
 */
export type ListIdentitiesReply = { 
/**
 * By key.
 */
people: Array<Identified>, 
/**
 * Where the next page begins; none at the end.
 */
next: string | null, };

/**
 * List the saved queries of a project: the `.sql` files in its `.backstory/queries` folder, and the user's own.
 */
export type ListQueries = { 
/**
 * Folder of the project; the user's own alone unless given.
 */
project?: string, };

/**
 * Saved queries.
 */
export type ListQueriesReply = { 
/**
 * By name, the project's first.
 */
queries: Array<SavedQuery>, 
/**
 * What is wrong with some of the files.
 */
troubles: Array<string>, };

/**
 * List the sites whose page views are counted, with what happens there now.
 */
export type ListSites = { [key: string]: never };

/**
 * The sites.
 */
export type ListSitesReply = { 
/**
 * By name; those of connections that are followed stand after those that are counted here.
 */
sites: Array<SiteInfo>, 
/**
 * Connections that are followed and of whose sites nothing can be told.
 */
troubles: Array<FollowTrouble>, };

/**
 * List the repositories in memory.
 */
export type ListSources = { [key: string]: never };

/**
 * The repositories in memory.
 */
export type ListSourcesReply = { 
/**
 * By name.
 */
sources: Array<Source>, };

/**
 * Bring back the tabs of the query workspace as they were kept last.
 */
export type ListTabs = { [key: string]: never };

/**
 * The tabs of the query workspace.
 */
export type ListTabsReply = { 
/**
 * From left to right.
 */
tabs: Array<KeptTab>, 
/**
 * Which of them is shown, from 0.
 */
shown: number | null, };

/**
 * List where issues and pull requests come from.
 */
export type ListTrackers = { 
/**
 * Only those that tell about this repository, by name or by path.
 */
repository?: string, };

/**
 * Where issues and pull requests come from.
 */
export type ListTrackersReply = { 
/**
 * By name.
 */
trackers: Array<Tracker>, };

/**
 * A commit that GitHub lists for a pull request.
 */
export type ListedCommit = { 
/**
 * Its object id.
 */
id: string, 
/**
 * The first line of its message.
 */
subject: string, 
/**
 * Who wrote it, as far as memory knows them.
 */
author: PersonRef | null, 
/**
 * The name in the commit.
 */
written: string, 
/**
 * When it was written.
 */
at: string, 
/**
 * Whether it is in the history of HEAD; false where it was squashed, rebased or never merged.
 */
inHistory: boolean, };

/**
 * A parameter that a click sets.
 */
export type MarkFilter = { 
/**
 * The parameter.
 */
param: string, 
/**
 * To what.
 */
value: string, };

/**
 * Say that two identities are one person.
 */
export type Merge = { 
/**
 * An identity, as `identities.list` calls it, or a person's key.
 */
identity: string, 
/**
 * Another.
 */
with: string, };

/**
 * Something that happened to a pull request.
 */
export type MomentText = { 
/**
 * When.
 */
at: string, 
/**
 * What: `review_requested`, `ready_for_review`, …
 */
kind: string, 
/**
 * Who did it.
 */
person: PersonRef | null, 
/**
 * Whom it is about.
 */
about: PersonRef | null, };

/**
 * Where a panel goes.
 */
export type MovePanel = { 
/**
 * The panel's number.
 */
panel: number, 
/**
 * The panel that it comes before; the end where that is one more than the last.
 */
before: number, };

/**
 * A number that moved.
 */
export type Moved = { 
/**
 * Of which row.
 */
key: string, 
/**
 * Of which column.
 */
column: string, 
/**
 * What it was at the first moment.
 */
a: string, 
/**
 * What it was at the second.
 */
b: string, };

/**
 * How near a comment is to a line.
 */
export type Near = { 
/**
 * Whether it was written about this very line.
 */
onLine: boolean, 
/**
 * How many lines lie between; 0 on the line. None where versions cannot be compared: then it is about the same file of the same pull request.
 */
linesAway: number | null, 
/**
 * The line it was written about, as it was then, from 1.
 */
line: number | null, 
/**
 * How that was found, in a sentence.
 */
how: string, };

/**
 * Somebody who is not suggested.
 */
export type NotSuggested = { 
/**
 * Who.
 */
person: PersonRef, 
/**
 * Why, as a word.
 */
because: NotSuggestedBecause, 
/**
 * Why, in a sentence.
 */
text: string, };

/**
 * Why somebody is not suggested.
 */
export type NotSuggestedBecause = "author" | "bot" | "absent" | "closed" | "inactive";

/**
 * List what stands in a schema, by name: tables, views, functions, sequences, types; collections; keys of Redis, found by scanning and never by `KEYS`.
 */
export type Objects = { 
/**
 * Connection, by name or as a URL.
 */
connection: string, 
/**
 * Folder of the project, for its connections.
 */
project?: string, 
/**
 * Schema.
 */
schema: string, 
/**
 * Only those whose name holds this, in either case; for Redis a pattern such as `user:*`.
 */
pattern?: string, 
/**
 * How many at most (200 unless told otherwise, 5,000 at most).
 */
limit?: number, 
/**
 * `next` of the answer before.
 */
cursor?: string, };

/**
 * What stands in a schema.
 */
export type ObjectsReply = { 
/**
 * By name.
 */
objects: Array<DatabaseObject>, 
/**
 * What to give as `cursor` to go on; none at the end.
 */
next: string | null, };

/**
 * List what a newcomer should read to learn a component, in order, each with its reason; the files to begin with, and whom to ask.
 */
export type Onboarding = { 
/**
 * Path of a file or a folder from the repository's root; the whole repository unless given.
 */
path?: string, 
/**
 * Component, instead of a path.
 */
component?: string, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, 
/**
 * The `now` of the answer, RFC 3339: nothing later is used. The time of the newest record unless given.
 */
now?: string, 
/**
 * How many issues and pull requests to list (12 unless told otherwise), at most 100.
 */
limit?: number, };

/**
 * What to read and whom to ask.
 */
export type OnboardingReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * What was asked about.
 */
subject: Subject, 
/**
 * Issues and pull requests, in the order to read them.
 */
read: Array<WorthReading>, 
/**
 * How many issues and pull requests there are in all.
 */
total: number, 
/**
 * Files to begin with, most central first; at most 10.
 */
files: Array<FileToRead>, 
/**
 * Whom to ask, at most 5.
 */
people: Array<PersonToAsk>, };

/**
 * Show a screen in the window and bring it forward.
 */
export type Open = { 
/**
 * Address of the screen: `/overview`, `/explorer/src`, `/file/src/pay.rs`, `/commit/ID`, `/commits`, `/pull/382`, `/pulls`, `/issue/PROJ-12`, `/issues`, `/component/src/auth`, `/onboarding?component=src/auth`, `/reviewers?paths=src/pay.rs`, `/similar?issue=PROJ-12`, `/person/KEY`, `/people`, `/search?text=…`, `/graph/issue/PROJ-12`, `/questions/why-changed`, `/hygiene`, `/dashboards/delivery?period=30d`, `/web/example.org?show=erase`, `/web?show=compare`, `/databases/shop`, `/connection/shop`, `/object/shop?schema=public&name=orders`, `/diagram/shop?schema=public`, `/keys/cache?schema=db0`, `/documents/crm?schema=crm&name=people`, `/sources`, `/identities`, `/bridge/memory.why`.
 */
route: string, 
/**
 * Repository to show it of, by name or by path.
 */
repository?: string, };

/**
 * Open a dashboard: its texts, its parameters as they are set, and its panels before they are asked.
 */
export type OpenDashboard = { 
/**
 * Its name.
 */
dashboard?: string, 
/**
 * Its text, in place of a name: what is being typed.
 */
text?: string, 
/**
 * Folder of the project.
 */
project?: string, 
/**
 * Values of its parameters, by name.
 */
params?: { [key: string]: string | number | boolean | string[] | null }, 
/**
 * Zone of days, where the dashboard names none.
 */
zone?: string, 
/**
 * The moment that periods end with: a day or a moment.
 */
at?: string, };

/**
 * A dashboard that is open.
 */
export type OpenDashboardReply = { 
/**
 * Its name.
 */
dashboard: string, 
/**
 * Its title.
 */
title: string, 
/**
 * What it is for.
 */
about: string | null, 
/**
 * Where it comes from.
 */
place: DashboardPlace, 
/**
 * Its file.
 */
path: string | null, 
/**
 * The state of its text, to be given with a change.
 */
hash: string, 
/**
 * Zone of its days.
 */
zone: string, 
/**
 * Seconds after which it wants to be asked again.
 */
refresh: number | null, 
/**
 * The moment that periods end with.
 */
now: string, 
/**
 * Its parameters, in order.
 */
params: Array<DashboardControl>, 
/**
 * Its texts and panels, in order.
 */
parts: Array<DashboardPart>, 
/**
 * What is wrong with its text.
 */
troubles: Array<DashboardTrouble>, 
/**
 * Whether the text as it is now cannot be used, and this is how it was before.
 */
stale: boolean, };

/**
 * Open an address in the user's browser: `http`, `https` or `mailto` and nothing else.
 */
export type OpenInBrowser = { 
/**
 * The address.
 */
url: string, };

/**
 * Open a file of the work tree in the user's editor.
 */
export type OpenInEditor = { 
/**
 * Path from the repository's root, with forward slashes.
 */
path: string, 
/**
 * Line, from 1.
 */
line?: number, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, };

/**
 * An OpenRPC 1.3.2 document.
 */
export type OpenRpc = { [key: string]: unknown };

/**
 * Open a session: a connection of one's own, that keeps settings, temporary tables and a transaction from run to run. It ends with the caller, or by `databases.close`.
 */
export type OpenSession = { 
/**
 * Connection, by name or as a URL.
 */
connection: string, 
/**
 * Folder of the project, for its connections.
 */
project?: string, };

/**
 * A session.
 */
export type OpenSessionReply = { 
/**
 * What to give `databases.run`.
 */
session: number, 
/**
 * Product and version of the server.
 */
server: string, 
/**
 * Whether the way there is encrypted.
 */
encrypted: boolean, 
/**
 * Whether only reading is allowed.
 */
readOnly: boolean, 
/**
 * What whoever uses it should know.
 */
warnings: Array<string>, };

/**
 * A cell that is not as its column says, or only a beginning.
 */
export type OtherCell = { 
/**
 * What it is.
 */
kind: CellKind, 
/**
 * Its text, or the beginning of it.
 */
text: string, 
/**
 * Bytes of the whole value, where this is only a beginning.
 */
bytes: number | null, };

/**
 * Tell how large and how active a repository is, who works on it and where the risk lies.
 */
export type Overview = { 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, 
/**
 * The `now` of the answer, RFC 3339: nothing later is used; weeks, totals and bus factors are counted up to it. The time of the newest record unless given.
 */
now?: string, 
/**
 * Days that count as recent (90 unless told otherwise), 1 to 36500.
 */
windowDays?: number, };

/**
 * A repository at a glance.
 */
export type OverviewReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * Counts over the whole history.
 */
totals: Totals, 
/**
 * Every week from the first commit to the last, quiet ones included; at most those of a century.
 */
weeks: Array<Week>, 
/**
 * Living files changed within the window, most changed first; at most 200.
 */
hotspots: Array<Hotspot>, 
/**
 * People by commits within the whole history, at most 12; bots left out.
 */
people: Array<PersonRow>, 
/**
 * Riskiest files of the window, at most 10.
 */
risks: Array<RiskRow>, 
/**
 * Components by changes within the window, at most 20.
 */
components: Array<ComponentRow>, 
/**
 * Newest releases, at most 5.
 */
releases: Array<Record>, 
/**
 * The window, in days.
 */
windowDays: number, };

/**
 * Two that may be one.
 */
export type Pair = { 
/**
 * One.
 */
a: PersonRef, 
/**
 * The other.
 */
b: PersonRef, 
/**
 * What speaks for it.
 */
reason: string, 
/**
 * What to know before saying yes, each in a clause; often none, since pairs that a rule or a person keeps apart are not listed.
 */
against: Array<string>, 
/**
 * `likely` where two kinds of clue (name, login, work) speak for it and nothing against it, else `weak`.
 */
confidence: string, 
/**
 * Every spelling of the one, most commits first.
 */
aIdentities: Array<IdentityText>, 
/**
 * The same of the other.
 */
bIdentities: Array<IdentityText>, };

/**
 * A column of rows.
 */
export type PanelColumn = { 
/**
 * Its name.
 */
name: string, 
/**
 * `text`, `number`, `time`, `day`, `bool`.
 */
kind: string, };

/**
 * What moved in a panel.
 */
export type PanelDiff = { 
/**
 * Its title.
 */
title: string, 
/**
 * Numbers that moved.
 */
moved: Array<Moved>, 
/**
 * Rows that are at the first moment alone.
 */
gone: Array<string>, 
/**
 * Rows that are at the second moment alone.
 */
come: Array<string>, 
/**
 * Why it could not be compared.
 */
failure: string | null, };

/**
 * What stands behind a panel.
 */
export type PanelEvidence = { 
/**
 * The queries that were asked for it.
 */
queries: Array<PanelQuery>, 
/**
 * What its numbers mean.
 */
rule: string | null, };

/**
 * A panel that could not be had.
 */
export type PanelFailure = { 
/**
 * Its title.
 */
title: string, 
/**
 * Why.
 */
message: string, };

/**
 * A key of a panel.
 */
export type PanelKey = { 
/**
 * The panel's number.
 */
panel: number, 
/**
 * The key.
 */
key: string, };

/**
 * A panel before it is asked.
 */
export type PanelOutline = { 
/**
 * Its number in the dashboard, from 0.
 */
panel: number, 
/**
 * Its title.
 */
title: string, 
/**
 * How it is drawn.
 */
shape: PanelShape, 
/**
 * Its share of a row, of 12.
 */
width: number, 
/**
 * Its height in pixels.
 */
height: number, 
/**
 * What its numbers mean, in a sentence.
 */
rule: string | null, 
/**
 * The query it shows.
 */
query: string, 
/**
 * The parameter that a click sets.
 */
filter: string | null, };

/**
 * A query that was asked.
 */
export type PanelQuery = { 
/**
 * Its name in the dashboard.
 */
query: string, 
/**
 * For which period: `before` for what is compared with; none for the panel's own.
 */
period: string | null, 
/**
 * The connection, the method, or `results`.
 */
on: string, 
/**
 * What answered.
 */
engine: string, 
/**
 * The statement, or the parameters of the call.
 */
text: string, 
/**
 * What stood in its open places.
 */
params: { [key: string]: string | number | boolean | null }, 
/**
 * How long it took.
 */
milliseconds: number, 
/**
 * Rows that it gave.
 */
rows: number, 
/**
 * Whether the answer was kept from before.
 */
cached: boolean, 
/**
 * When it was given.
 */
at: string, };

/**
 * How a panel is drawn.
 */
export type PanelShape = "number" | "line" | "bar" | "stacked" | "area" | "heatmap" | "table" | "funnel" | "cohort" | "treemap" | "sankey" | "gauge";

/**
 * Rows, as a panel shows them.
 */
export type PanelTable = { 
/**
 * Its columns.
 */
columns: Array<PanelColumn>, 
/**
 * Its rows: text, numbers, true, false or null; moments as RFC 3339, days as `2026-01-31`.
 */
rows: (string | number | boolean | null)[][], 
/**
 * Rows there are.
 */
total: number, 
/**
 * Whether there were more than were kept.
 */
cut: boolean, 
/**
 * Where each row leads.
 */
marks: Array<SceneMark> | null, };

/**
 * A part of a text.
 */
export type Part = { 
/**
 * The text.
 */
text: string, 
/**
 * Whether it is what was looked for.
 */
found: boolean, };

/**
 * A name a file had.
 */
export type PastName = { 
/**
 * The path.
 */
path: string, 
/**
 * The commit that moved it from there.
 */
until: CommitRef, };

/**
 * A review, of a pull request or, where Git alone tells of it, of a commit.
 */
export type PastReview = { 
/**
 * What was reviewed.
 */
record: Record, 
/**
 * When it was reviewed.
 */
at: string, 
/**
 * How like its paths are to those of the change, 0 to 1.
 */
likeness: number, 
/**
 * The paths of it that are most like those of the change, at most 3.
 */
paths: Array<string>, 
/**
 * Points it adds.
 */
points: number, };

/**
 * Something that was run.
 */
export type PastRun = { 
/**
 * When, in UTC.
 */
at: string, 
/**
 * On what; a URL without its password.
 */
connection: string, 
/**
 * The statements.
 */
text: string, 
/**
 * How long it took, in milliseconds.
 */
milliseconds: number, 
/**
 * Rows that came or were changed.
 */
rows: number | null, 
/**
 * Why it failed.
 */
failure: string | null, };

/**
 * List people by commits.
 */
export type People = { 
/**
 * Part of a name, mail or login.
 */
query?: string, 
/**
 * Bots too.
 */
bots?: boolean, 
/**
 * Only people who wrote commits to this file (past names followed) or folder; they are
 * counted by these commits alone, as with the three filters below.
 */
path?: string, 
/**
 * Only people who wrote commits to this component.
 */
component?: string, 
/**
 * Only people who wrote commits at or after this time, RFC 3339.
 */
since?: string, 
/**
 * Only people who wrote commits at or before this time, RFC 3339.
 */
until?: string, 
/**
 * As memory was at this time, RFC 3339: what came later is neither listed nor counted. As it is unless given.
 */
now?: string, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, 
/**
 * How many to list (50 unless told otherwise), at most 1000.
 */
limit?: number, 
/**
 * Where to go on: `next` of the page before.
 */
cursor?: string, };

/**
 * People.
 */
export type PeopleReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * Most commits first, then by key.
 */
people: Array<PersonRow>, 
/**
 * Where the next page begins; none at the end.
 */
next: string | null, };

/**
 * Tell what a person did, what they know, and which identities are theirs and why.
 */
export type Person = { 
/**
 * Key, mail address, login, or full name where only one person has it.
 */
person: string, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, };

/**
 * A person and a count.
 */
export type PersonCount = { 
/**
 * Who.
 */
person: PersonRef, 
/**
 * How many.
 */
commits: number, };

/**
 * Somebody and what they did.
 */
export type PersonInContext = { 
/**
 * Who.
 */
person: PersonRef, 
/**
 * What they did.
 */
deeds: Array<DeedText>, };

/**
 * A person, as shown in a list.
 */
export type PersonRef = { 
/**
 * What scripts call them: a mail address or a name.
 */
key: string, 
/**
 * Their name.
 */
name: string, 
/**
 * Whether it is a program; programs count for no one.
 */
bot: boolean, };

/**
 * A person.
 */
export type PersonReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * Who.
 */
person: PersonRef, 
/**
 * Why it is taken for a program; empty where it is not.
 */
botReason: string, 
/**
 * Commits that are not merges, author or co-author.
 */
commits: Figure, 
/**
 * Merges they authored.
 */
merges: number, 
/**
 * Pull requests they reviewed, or commits where none is known.
 */
reviews: Figure, 
/**
 * Reviews that GitHub has of them, several of one pull request among them.
 */
reviewsSent: Figure, 
/**
 * Pull requests they made.
 */
pullRequests: Figure, 
/**
 * Open pull requests whose review was asked of them and not yet given: their load.
 */
asked: Figure, 
/**
 * Issues they reported.
 */
reported: Figure, 
/**
 * Issues that are done and were theirs to do.
 */
resolved: Figure, 
/**
 * Issues that are not done and are theirs to do.
 */
assigned: Figure, 
/**
 * Comments they wrote, on issues and pull requests.
 */
comments: Figure, 
/**
 * Commits of theirs that fix a defect.
 */
fixes: Figure, 
/**
 * Lines added.
 */
added: number, 
/**
 * Lines deleted.
 */
deleted: number, 
/**
 * Files touched.
 */
files: number, 
/**
 * Time of the first commit.
 */
firstAt: string | null, 
/**
 * Time of the last commit.
 */
lastAt: string | null, 
/**
 * Their weeks with commits.
 */
weeks: Array<Week>, 
/**
 * Living files they know best, by commits, at most 25.
 */
topFiles: Array<KnownFile>, 
/**
 * Components they know, by commits, at most 25.
 */
components: Array<KnownFile>, 
/**
 * Their newest commits, at most 25.
 */
recent: Array<CommitRow>, 
/**
 * Every spelling of them, with the reasons why it is theirs.
 */
identities: Array<IdentityText>, };

/**
 * A person with what they did.
 */
export type PersonRow = { 
/**
 * Who.
 */
person: PersonRef, 
/**
 * Commits that are not merges.
 */
commits: number, 
/**
 * Pull requests reviewed, as far as Git tells.
 */
reviews: number, 
/**
 * Lines added.
 */
added: number, 
/**
 * Lines deleted.
 */
deleted: number, 
/**
 * Time of the first commit.
 */
firstAt: string, 
/**
 * Time of the last commit.
 */
lastAt: string, };

/**
 * Somebody to ask.
 */
export type PersonToAsk = { 
/**
 * Who.
 */
person: PersonRef, 
/**
 * Why, in a sentence.
 */
reason: string, 
/**
 * The sum of their expertise.
 */
score: number, 
/**
 * Every summand, in the order of the formula.
 */
terms: Array<TermText>, 
/**
 * Time of their last commit to it or review of it.
 */
lastAt: string | null, };

/**
 * A step of a plan.
 */
export type PlanNode = { 
/**
 * What is done.
 */
title: string, 
/**
 * More about it.
 */
facts: Array<DatabaseFact>, 
/**
 * What the server thinks it costs with all below it, in the server's own unit.
 */
cost: number | null, 
/**
 * Rows that the server expects.
 */
rowsExpected: number | null, 
/**
 * Rows that came, over all loops, where measured.
 */
rows: number | null, 
/**
 * Time in milliseconds with all below it, where measured.
 */
totalMilliseconds: number | null, 
/**
 * Time in milliseconds of this step alone, where measured.
 */
ownMilliseconds: number | null, 
/**
 * How often it ran, where measured.
 */
loops: number | null, 
/**
 * What it is made of.
 */
children: Array<PlanNode>, };

/**
 * Write the privacy statement of a site from its settings as they are, in words and for programs.
 */
export type Privacy = { 
/**
 * The site.
 */
site: string, };

/**
 * What is done with page views of a site.
 */
export type PrivacyRecord = { 
/**
 * The site.
 */
site: string, 
/**
 * What for.
 */
purpose: string, 
/**
 * Everything that is kept of an event.
 */
fields: Array<string>, 
/**
 * What is used and not kept.
 */
neverKept: Array<string>, 
/**
 * What is put on or read from a visitor's device.
 */
onDevice: Array<string>, 
/**
 * Hours after which nobody can tell that two days' visits were one person's; none where ids last.
 */
idHours: number | null, 
/**
 * Months that events are kept.
 */
keepMonths: number, 
/**
 * Whether those who object (GPC, DNT) are not counted.
 */
honoursOptOut: boolean, 
/**
 * How closely places are kept.
 */
places: SitePlaces, 
/**
 * Version of the program.
 */
version: string, };

/**
 * A privacy statement.
 */
export type PrivacyReply = { 
/**
 * In words, as Markdown.
 */
text: string, 
/**
 * The same for programs.
 */
record: PrivacyRecord, };

/**
 * A file that a pull request changes.
 */
export type PullFileText = { 
/**
 * Its path.
 */
path: string, 
/**
 * The path it had before, where it was renamed.
 */
from: string | null, 
/**
 * `added`, `modified`, `deleted` or `renamed`.
 */
kind: string, 
/**
 * Lines added.
 */
added: number, 
/**
 * Lines deleted.
 */
deleted: number, 
/**
 * Whether memory has the file in the tree of HEAD.
 */
alive: boolean, };

/**
 * What GitHub tells of a pull request and what belongs to it.
 */
export type PullRecord = { 
/**
 * What it says and how it stands.
 */
text: PullText, 
/**
 * Its reviews, in order.
 */
reviews: Array<ReviewText>, 
/**
 * Discussions on lines, by path, line and time; the first 500.
 */
threads: Array<Thread>, 
/**
 * What was said beneath it, in order; the first 500.
 */
comments: Array<CommentText>, 
/**
 * The commits that GitHub lists, in order.
 */
commits: Array<ListedCommit>, 
/**
 * The files it changes, by path; the first 1000.
 */
files: Array<PullFileText>, 
/**
 * How many files it changes, as far as they are imported.
 */
filesTotal: number, 
/**
 * What happened to it, in order.
 */
moments: Array<MomentText>, };

/**
 * A pull request, as shown in a list.
 */
export type PullRef = { 
/**
 * Its number.
 */
number: number, 
/**
 * Its title; `#12` where only Git tells of it.
 */
title: string, 
/**
 * How it stands; none where only Git tells of it.
 */
state: PullState | null, 
/**
 * Whether it is a draft.
 */
draft: boolean, 
/**
 * Who made it; none where the account is gone or only Git tells of it.
 */
author: PersonRef | null, 
/**
 * When it was made, RFC 3339 in UTC; none where only Git tells of it.
 */
at: string | null, };

/**
 * Tell everything about a pull request: what it says, who made and reviewed it, what was discussed on which lines,
 * its commits, files and issues. Where only Git tells of it, what Git knows.
 */
export type PullRequest = { 
/**
 * Its number.
 */
number: number, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, };

/**
 * A pull request and the words that say so.
 */
export type PullRequestLink = { 
/**
 * Its number.
 */
number: number, 
/**
 * The words that say so: `(#12)`, `Merge pull request #12`, `refs/pull/12/head`; `GitHub lists it`.
 */
toldBy: string, 
/**
 * Its title; none where only Git tells of it.
 */
title: string | null, };

/**
 * A pull request of a file.
 */
export type PullRequestOfFile = { 
/**
 * The pull request.
 */
pullRequest: PullRef, 
/**
 * Its commits in the history that touch the file.
 */
commits: Figure, 
/**
 * How many comments stand beneath it and on its lines.
 */
comments: number, };

/**
 * A pull request of an issue.
 */
export type PullRequestOfIssue = { 
/**
 * The pull request.
 */
pullRequest: PullRef, 
/**
 * The words that say so.
 */
toldBy: string, 
/**
 * Whether it says that it closes, fixes or resolves the issue.
 */
closes: boolean, };

/**
 * A pull request.
 */
export type PullRequestReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * Its number.
 */
number: number, 
/**
 * The author's login, where a message tells.
 */
login: string | null, 
/**
 * Its branch, where a message tells.
 */
branch: string | null, 
/**
 * The commit at its tip, where the clone has `refs/pull`.
 */
head: string | null, 
/**
 * Whether its commits are in the history of HEAD, or GitHub says that it was merged.
 */
merged: boolean, 
/**
 * Its commits in the history of HEAD, oldest first, each with the words that say so.
 */
commits: Array<CommitOfPullRequest>, 
/**
 * Files these commits changed, by path; at most 1000.
 */
files: Array<Record>, 
/**
 * Issues it or its commits are linked to.
 */
issues: Array<Record>, 
/**
 * Issues that it is linked to itself, each with the words that say so.
 */
issueLinks: Array<IssueOfPullRequest>, 
/**
 * Who wrote it.
 */
authors: Array<PersonRef>, 
/**
 * Who reviewed it.
 */
reviewers: Array<PersonRef>, 
/**
 * What GitHub tells of it; none where only Git does.
 */
record: PullRecord | null, };

/**
 * List pull requests, newest first, that fit every filter given: those GitHub tells of.
 */
export type PullRequests = { 
/**
 * How they stand.
 */
state?: PullState, 
/**
 * Only drafts, or only those that are none.
 */
draft?: boolean, 
/**
 * Who made it: key, mail, name or login.
 */
author?: string, 
/**
 * Who sent a review of it.
 */
reviewer?: string, 
/**
 * Who was asked to review it and has not yet.
 */
requested?: string, 
/**
 * Only those that change this very file, or one below this folder.
 */
path?: string, 
/**
 * A label, case aside.
 */
label?: string, 
/**
 * Only those with (or only those without) a review by somebody who did not make it.
 */
reviewed?: boolean, 
/**
 * Only those linked to this issue, and those that its commits came through.
 */
issue?: string, 
/**
 * Words of its title or description.
 */
text?: string, 
/**
 * Made at or after this time, RFC 3339.
 */
since?: string, 
/**
 * Made at or before this time, RFC 3339.
 */
until?: string, 
/**
 * As memory was at this time, RFC 3339: what came later is neither listed nor counted. As it is unless given.
 */
now?: string, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, 
/**
 * How many to list (50 unless told otherwise), at most 1000.
 */
limit?: number, 
/**
 * Where to go on: `next` of the page before.
 */
cursor?: string, };

/**
 * A page of pull requests.
 */
export type PullRequestsReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * Newest first.
 */
pullRequests: Array<PullRow>, 
/**
 * Where the next page begins; none at the end.
 */
next: string | null, };

/**
 * A pull request in a list.
 */
export type PullRow = { 
/**
 * The pull request.
 */
pullRequest: PullRef, 
/**
 * When anything of it last changed.
 */
updated: string, 
/**
 * When it was merged or closed.
 */
closed: string | null, 
/**
 * Lines added, where GitHub tells.
 */
added: number | null, 
/**
 * Lines deleted, where GitHub tells.
 */
deleted: number | null, 
/**
 * How many files it changes, as far as they are imported.
 */
files: number, 
/**
 * How many reviews others sent.
 */
reviews: number, 
/**
 * How many comments stand beneath it and on its lines.
 */
comments: number, 
/**
 * Keys of the issues linked to it.
 */
issues: Array<string>, 
/**
 * Who was asked to review it and has not yet.
 */
requested: Array<PersonRef>, };

/**
 * Pull rows of a result: any range, also one that was read before. Waits until they are there, or the result ends.
 */
export type PullRows = { 
/**
 * Run, as `databases.run` gave it.
 */
run: number, 
/**
 * Which of its results, from 0.
 */
result?: number, 
/**
 * First row, from 0.
 */
from: number, 
/**
 * How many at most (1,000 at most).
 */
count: number, 
/**
 * In this order in place of the server's; wants all rows, which are pulled first.
 */
order?: Array<RowOrder>, 
/**
 * Only rows that pass all of these; wants all rows, which are pulled first.
 */
filter?: Array<RowFilter>, };

/**
 * Rows.
 */
export type PullRowsReply = { 
/**
 * The rows.
 */
rows: Array<DatabaseRow>, 
/**
 * Rows that are there so far; with a filter those that pass.
 */
rowsTotal: number, 
/**
 * Whether that is all of them.
 */
complete: boolean, 
/**
 * Why the result ended early.
 */
failure: DatabaseFailure | null, };

/**
 * How a pull request stands.
 */
export type PullState = "open" | "closed" | "merged";

/**
 * What GitHub tells of a pull request.
 */
export type PullText = { 
/**
 * The pull request as shown in a list.
 */
pullRequest: PullRef, 
/**
 * Its description.
 */
text: string, 
/**
 * Who merged it.
 */
mergedBy: PersonRef | null, 
/**
 * The branch it is from.
 */
branch: string, 
/**
 * Whose branch that is: `owner` of `owner:branch`.
 */
branchOwner: string, 
/**
 * The branch it is for.
 */
base: string, 
/**
 * When it was made.
 */
created: string, 
/**
 * When anything of it last changed.
 */
updated: string, 
/**
 * When it was closed or merged.
 */
closed: string | null, 
/**
 * When it was merged.
 */
merged: string | null, 
/**
 * Object id of the commit that GitHub names as the merge.
 */
mergeCommit: string | null, 
/**
 * Where people read it; empty where unknown.
 */
url: string, 
/**
 * Lines added, where GitHub tells.
 */
added: number | null, 
/**
 * Lines deleted, where GitHub tells.
 */
deleted: number | null, 
/**
 * Labels.
 */
labels: Array<string>, 
/**
 * Who is to do it.
 */
assignees: Array<PersonRef>, 
/**
 * Who was asked to review it and has not yet.
 */
requested: Array<PersonRef>, 
/**
 * The tracker it is from: `github.com/owner/name`.
 */
tracker: string, };

/**
 * A parameter of a saved query.
 */
export type QueryParam = { 
/**
 * Its name, as in `:name`.
 */
name: string, 
/**
 * What it takes (text unless told otherwise).
 */
kind?: QueryParamKind, 
/**
 * What it is unless given.
 */
default?: string, 
/**
 * What it is for, in a line.
 */
about?: string, };

/**
 * What a place of a saved query takes.
 */
export type QueryParamKind = "text" | "number" | "bool" | "date";

/**
 * A tab of the query workspace.
 */
export type QueryTab = { 
/**
 * Its name; it is called by what it asks unless given.
 */
title?: string, 
/**
 * The connection it asks.
 */
connection?: string, 
/**
 * The statements.
 */
text: string, 
/**
 * Where the cursor stands, in UTF-16 units.
 */
cursor?: number, 
/**
 * Only reads, whatever the connection's entry says.
 */
readOnly?: boolean, 
/**
 * What becomes of what statements do (`auto` unless told otherwise).
 */
transaction?: TransactionMode, 
/**
 * Longest time in seconds; what the connection's entry says unless given.
 */
timeout?: number, 
/**
 * The saved query it came from.
 */
saved?: QueryTabSaved, };

/**
 * The saved query that a tab came from.
 */
export type QueryTabSaved = { 
/**
 * Its name.
 */
query: string, 
/**
 * Whether it is the project's.
 */
project: boolean, 
/**
 * Its text when it was saved, where that is another than the tab's.
 */
text?: string, };

/**
 * Read a cell whole, or a part of it: what `databases.rows` only gave the beginning of.
 */
export type ReadCell = { 
/**
 * Run.
 */
run: number, 
/**
 * Which of its results, from 0.
 */
result?: number, 
/**
 * Row in the server's order, as `databases.rows` numbers it.
 */
row: number, 
/**
 * Column, from 0.
 */
column: number, 
/**
 * First byte (0 unless told otherwise).
 */
from?: number, 
/**
 * How many bytes at most (1,000,000 unless told otherwise, 2,000,000 at most).
 */
count?: number, };

/**
 * A cell.
 */
export type ReadCellReply = { 
/**
 * What it is; none for NULL.
 */
kind: CellKind | null, 
/**
 * The text, or bytes as hexadecimal digits.
 */
text: string, 
/**
 * Bytes of the whole value.
 */
bytes: number, 
/**
 * Where the next part begins; none at the end.
 */
next: number | null, };

/**
 * How far a reading is.
 */
export type Reading = { 
/**
 * Of a repository `waiting`, `commits`, `files`, `lines`, `writing` or `counting`; of a tracker `waiting`, `reading`, `relating`, or a sentence where it has to wait for the other side.
 */
phase: string, 
/**
 * Steps done.
 */
done: number, 
/**
 * Steps in all; 0 where that is not known yet.
 */
total: number, };

/**
 * Make all that came from trackers again from the raw records that memory keeps.
 */
export type Rebuild = { [key: string]: never };

/**
 * What was made again.
 */
export type RebuildReply = { 
/**
 * Issues, pull requests, releases and projects.
 */
subjects: number, 
/**
 * How long it took, in seconds.
 */
seconds: number, };

/**
 * Say afterwards what events are: of persons, of bots, one's own. Reports follow at once.
 */
export type Reclassify = { 
/**
 * The site, by its name or what a tracker calls it; the first by name unless given.
 */
site?: string, 
/**
 * Its first day or moment; 30 days before the end unless given.
 */
from?: string, 
/**
 * The day or moment before which it ends; now unless given.
 */
to?: string, 
/**
 * What they are: `person`, `crawler`, `internal`, `byHand` and so on.
 */
verdict: string, 
/**
 * Conditions, all of which must hold.
 */
filters?: Array<ReportFilter>, 
/**
 * What a visit is (backstory unless given).
 */
definition?: ReportDefinition, 
/**
 * Whether bots and whatever else is no person count too.
 */
bots?: boolean, };

/**
 * What was changed.
 */
export type ReclassifyReply = { 
/**
 * Events.
 */
events: number, };

/**
 * A record that exists: the evidence behind a number, or a thing to go to.
 */
export type Record = { 
/**
 * What kind of record.
 */
kind: RecordKind, 
/**
 * Object id, number, issue key, path, component, person's key, tag, or the id of a review or a comment.
 */
id: string, 
/**
 * What to call it: a commit's subject, a person's name; the id again where there is nothing better.
 */
title: string, };

/**
 * What kind of record it is.
 */
export type RecordKind = "commit" | "pullRequest" | "issue" | "file" | "folder" | "component" | "person" | "release" | "review" | "comment";

/**
 * List the foreign keys among the tables of a schema: what its diagram is made of.
 */
export type References = { 
/**
 * Connection, by name or as a URL.
 */
connection: string, 
/**
 * Folder of the project, for its connections.
 */
project?: string, 
/**
 * Schema.
 */
schema: string, };

/**
 * Foreign keys.
 */
export type ReferencesReply = { 
/**
 * By table.
 */
references: Array<DatabaseReference>, };

/**
 * Something that could not be taken in.
 */
export type RefusedText = { 
/**
 * Where it stands.
 */
place: string, 
/**
 * What is wrong with it.
 */
reason: string, };

/**
 * Take a repository out of memory. The repository itself is left alone.
 */
export type Remove = { 
/**
 * Repository, by name or by path.
 */
repository: string, };

/**
 * Take a connection out of `connections.toml`. Its password stays in the keyring.
 */
export type RemoveConnection = { 
/**
 * Its name.
 */
connection: string, 
/**
 * Folder of the project to take it out of; the user's own file unless given.
 */
project?: string, };

/**
 * Whether it was there.
 */
export type RemoveConnectionReply = { 
/**
 * The file.
 */
file: string, };

/**
 * Remove the file of a dashboard.
 */
export type RemoveDashboard = { 
/**
 * Its name.
 */
dashboard: string, 
/**
 * Folder of the project.
 */
project?: string, };

/**
 * What was removed.
 */
export type RemoveDashboardReply = { 
/**
 * The file.
 */
path: string, };

/**
 * Remove a saved query.
 */
export type RemoveQuery = { 
/**
 * Its name.
 */
query: string, 
/**
 * Folder of the project; the user's own folder unless given.
 */
project?: string, };

/**
 * What was removed.
 */
export type RemoveQueryReply = { 
/**
 * The file.
 */
file: string, };

/**
 * What was removed.
 */
export type RemoveReply = { 
/**
 * The repository's name.
 */
repository: string, };

/**
 * Remove a site with all that was counted of it, for good.
 */
export type RemoveSite = { 
/**
 * The site.
 */
site: string, };

/**
 * What was removed.
 */
export type RemoveSiteReply = { 
/**
 * The site.
 */
site: string, };

/**
 * Take the token of a tracker out of the system's keyring.
 */
export type RemoveToken = { 
/**
 * Tracker, by name.
 */
tracker: string, };

/**
 * Take out a tracker with everything that came from it.
 */
export type RemoveTracker = { 
/**
 * Tracker, by name.
 */
tracker: string, };

/**
 * What was taken out.
 */
export type RemoveTrackerReply = { 
/**
 * The tracker's name.
 */
tracker: string, };

/**
 * Ask all of a dashboard and write it: as text, JSON, CSV, a picture or one page that stands by itself. What cannot be had is told in its place.
 */
export type RenderDashboard = { 
/**
 * The dashboard's name.
 */
dashboard?: string, 
/**
 * Its text, in place of a name.
 */
text?: string, 
/**
 * Folder of the project.
 */
project?: string, 
/**
 * Values of parameters, by name.
 */
params?: { [key: string]: string | number | boolean | string[] | null }, 
/**
 * Zone of days, where the dashboard names none.
 */
zone?: string, 
/**
 * The moment that periods end with: a day or a moment.
 */
at?: string, 
/**
 * How it is written (text unless given).
 */
format?: DashboardFormat, 
/**
 * Colours of a picture (light unless given).
 */
theme?: DashboardTheme, 
/**
 * Width of a picture in pixels (1,200 unless given).
 */
width?: number, 
/**
 * One panel alone, by its number.
 */
panel?: number, 
/**
 * Width of text in letters (100 unless given).
 */
columns?: number, 
/**
 * Whether text may have a terminal's colours.
 */
styled?: boolean, };

/**
 * A dashboard, written.
 */
export type RenderDashboardReply = { 
/**
 * A name for its file.
 */
name: string, 
/**
 * What was written, where that is text.
 */
text: string | null, 
/**
 * What was written, where that is none.
 */
base64: string | null, 
/**
 * What it asserts.
 */
assertions: Array<DashboardAssertion>, 
/**
 * Panels that could not be had.
 */
failures: Array<PanelFailure>, };

/**
 * What an answer rests on.
 */
export type ReportBasis = { 
/**
 * The site.
 */
site: string, 
/**
 * Its first moment.
 */
from: string, 
/**
 * The moment after its last.
 */
to: string, 
/**
 * Zone of its days.
 */
zone: string, 
/**
 * What a visit is in it.
 */
definition: ReportDefinition, 
/**
 * What its visitors are, in a sentence.
 */
visitors: string, 
/**
 * Whether visitors are counted once for the range; else they are visitor-days.
 */
identified: boolean, 
/**
 * `rollup`: from totals of days; `scan`: from the visits and events themselves.
 */
way: string, 
/**
 * Visits and events that were looked at.
 */
rows: number, 
/**
 * Visits of the range that were left out, by why.
 */
leftOut: Array<ReportLeftOut>, 
/**
 * Days of the range of which only totals are known any more.
 */
onlyTotals: number, 
/**
 * When what was looked at was told, on a site that is followed over a connection; else none, for it is as it is now.
 */
asOf: string | null, 
/**
 * Why nothing newer was looked at, where the connection cannot be reached.
 */
trouble: string | null, };

/**
 * A group at a time after.
 */
export type ReportCohortCell = { 
/**
 * Day on which the week or month began that its visitors were first seen in.
 */
cohort: string, 
/**
 * Weeks or months after.
 */
after: number, 
/**
 * Visitors of the group.
 */
size: number, 
/**
 * Those that were seen.
 */
active: number, 
/**
 * Their share, from 0 to 1.
 */
share: number, 
/**
 * Whether that time is over.
 */
whole: boolean, };

/**
 * What a visit, a bounce and a duration are.
 */
export type ReportDefinition = "backstory" | "plausible" | "umami";

/**
 * A step to the next.
 */
export type ReportEdge = { 
/**
 * Place of the step it leaves, from 0.
 */
place: number, 
/**
 * What it leaves.
 */
from: string, 
/**
 * Where it leads.
 */
to: string, 
/**
 * Visits that took it.
 */
visits: number, };

/**
 * An event.
 */
export type ReportEvent = { 
/**
 * When.
 */
at: string, 
/**
 * `page`, `event`, `engagement`, `outbound`.
 */
kind: string, 
/**
 * Name of the event, or the link that was followed.
 */
name: string, 
/**
 * Path of the page.
 */
page: string, 
/**
 * Host of the page.
 */
host: string, 
/**
 * Title of the page.
 */
title: string, 
/**
 * Its properties.
 */
properties: { [key: string]: string | number | boolean }, 
/**
 * Engaged time that it tells, in seconds.
 */
engaged: number, 
/**
 * Deepest that was scrolled, in percent.
 */
scroll: number | null, 
/**
 * Currency of its revenue.
 */
currency: string | null, 
/**
 * Its revenue, in the currency's smallest unit.
 */
amount: number | null, 
/**
 * Who did it, as far as can be told.
 */
verdict: string, 
/**
 * Which door it came through.
 */
door: string, };

/**
 * A condition on visits or events.
 */
export type ReportFilter = { 
/**
 * What is looked at: `page`, `entry`, `source`, `country`, `browser`, `event`, `property:plan` and so on.
 */
dimension: string, 
/**
 * How it is compared (is unless given).
 */
test?: ReportTest, 
/**
 * With what; one of these is enough. Without any, the filter lets everything through.
 */
values?: Array<string>, };

/**
 * What became of a step.
 */
export type ReportFunnelStep = { 
/**
 * What it is called.
 */
name: string, 
/**
 * How many reached it.
 */
reached: number, 
/**
 * How many reached the step before and not this one.
 */
dropped: number, 
/**
 * Median time from the step before, in seconds.
 */
median: number | null, };

/**
 * What became of a goal.
 */
export type ReportGoal = { 
/**
 * What it is called.
 */
name: string, 
/**
 * Unique conversions: visitors that reached it.
 */
visitors: number, 
/**
 * Visitors under the same filters: what the rate is over.
 */
of: number, 
/**
 * Share of visitors that reached it, from 0 to 1.
 */
rate: number | null, 
/**
 * Visits that reached it.
 */
visits: number, 
/**
 * Total conversions: events.
 */
events: number, 
/**
 * Money, by currency; never added up over currencies.
 */
revenue: Array<ReportRevenue>, };

/**
 * How finely a range is cut.
 */
export type ReportGrain = "hour" | "day" | "week" | "month";

/**
 * A way.
 */
export type ReportJourney = { 
/**
 * Its steps.
 */
steps: Array<string>, 
/**
 * The same in a line.
 */
way: string, 
/**
 * Visits that took it.
 */
visits: number, };

/**
 * Visits that were left out.
 */
export type ReportLeftOut = { 
/**
 * Why: `crawler`, `driven` and so on.
 */
verdict: string, 
/**
 * How many.
 */
visits: number, 
/**
 * Page views in them.
 */
views: number, };

/**
 * A list of a first look.
 */
export type ReportList = { 
/**
 * The dimension.
 */
dimension: string, 
/**
 * Its values, most visitors first.
 */
rows: Array<ReportRow>, 
/**
 * How many there are in all.
 */
total: number, };

/**
 * Something of those who are there.
 */
export type ReportLiveRow = { 
/**
 * What.
 */
value: string, 
/**
 * How many of them.
 */
visitors: number, };

/**
 * A minute.
 */
export type ReportMinute = { 
/**
 * When it began.
 */
at: string, 
/**
 * Visitors that did something in it.
 */
visitors: number, 
/**
 * Page views.
 */
views: number, };

/**
 * By what rows are ordered.
 */
export type ReportOrder = "visitors" | "visits" | "views" | "events" | "engaged" | "value";

/**
 * A part of a range.
 */
export type ReportPoint = { 
/**
 * When it begins.
 */
at: string, 
/**
 * Its day in the site's zone.
 */
day: string, 
/**
 * Visitors: visitor-days, or persons on a site whose ids last.
 */
visitors: number, 
/**
 * Visits.
 */
visits: number, 
/**
 * Page views.
 */
views: number, 
/**
 * Custom events, and links that were followed.
 */
events: number, 
/**
 * Visits that are bounces.
 */
bounces: number, 
/**
 * Visits that could be one.
 */
bouncedOf: number, 
/**
 * Share of visits that are bounces, from 0 to 1; none where no visit could be one.
 */
bounceRate: number | null, 
/**
 * Page views for each visit.
 */
viewsPerVisit: number | null, 
/**
 * Average time from first to last event of a visit, in seconds.
 */
duration: number | null, 
/**
 * Average time that a visit's pages were looked at, in seconds.
 */
engaged: number | null, 
/**
 * Average of how far visitors scrolled pages, in percent; none where it was not asked for.
 */
scroll: number | null, };

/**
 * Money in a currency.
 */
export type ReportRevenue = { 
/**
 * The currency (ISO 4217).
 */
currency: string, 
/**
 * In its smallest unit.
 */
amount: number, 
/**
 * Events that brought it.
 */
events: number, };

/**
 * A value of a dimension.
 */
export type ReportRow = { 
/**
 * The value; empty where there is none.
 */
value: string, 
/**
 * Visitors: visitor-days, or persons on a site whose ids last.
 */
visitors: number, 
/**
 * Visits.
 */
visits: number, 
/**
 * Page views.
 */
views: number, 
/**
 * Custom events, and links that were followed.
 */
events: number, 
/**
 * Visits that are bounces.
 */
bounces: number, 
/**
 * Visits that could be one.
 */
bouncedOf: number, 
/**
 * Share of visits that are bounces, from 0 to 1; none where no visit could be one.
 */
bounceRate: number | null, 
/**
 * Page views for each visit.
 */
viewsPerVisit: number | null, 
/**
 * Average time from first to last event of a visit, in seconds.
 */
duration: number | null, 
/**
 * Average time that a visit's pages were looked at, in seconds.
 */
engaged: number | null, 
/**
 * Average of how far visitors scrolled pages, in percent; none where it was not asked for.
 */
scroll: number | null, };

/**
 * An event that is waited for: a page that is seen, or a custom event.
 */
export type ReportStep = { 
/**
 * What it is called; its page or event unless given.
 */
name?: string, 
/**
 * Path of the page; `*` stands for anything.
 */
page?: string, 
/**
 * Name of the custom event.
 */
event?: string, 
/**
 * What must hold of it besides; dimensions of events.
 */
filters?: Array<ReportFilter>, };

/**
 * How a value is compared.
 */
export type ReportTest = "is" | "isNot" | "contains" | "containsNot" | "matches" | "matchesNot";

/**
 * What a range comes to.
 */
export type ReportTotals = { 
/**
 * Visitors: visitor-days, or persons on a site whose ids last.
 */
visitors: number, 
/**
 * Visits.
 */
visits: number, 
/**
 * Page views.
 */
views: number, 
/**
 * Custom events, and links that were followed.
 */
events: number, 
/**
 * Visits that are bounces.
 */
bounces: number, 
/**
 * Visits that could be one.
 */
bouncedOf: number, 
/**
 * Share of visits that are bounces, from 0 to 1; none where no visit could be one.
 */
bounceRate: number | null, 
/**
 * Page views for each visit.
 */
viewsPerVisit: number | null, 
/**
 * Average time of a visit, in seconds.
 */
duration: number | null, 
/**
 * Median time of a visit, in seconds.
 */
medianDuration: number | null, 
/**
 * Share of visits without any time between first and last event, from 0 to 1.
 */
still: number | null, 
/**
 * Average time that a visit's pages were looked at, in seconds.
 */
engaged: number | null, };

/**
 * A visit.
 */
export type ReportVisit = { 
/**
 * When it began.
 */
at: string, 
/**
 * What it is found by again.
 */
visit: string, 
/**
 * First page.
 */
entry: string, 
/**
 * Last page.
 */
exit: string, 
/**
 * Page views.
 */
views: number, 
/**
 * Custom events, and links that were followed.
 */
events: number, 
/**
 * From first to last event, in seconds.
 */
duration: number, 
/**
 * Time that its pages were looked at, in seconds.
 */
engaged: number, 
/**
 * Whether it is a bounce.
 */
bounce: boolean, 
/**
 * Name of its source.
 */
source: string, 
/**
 * Host of its referrer.
 */
referrer: string, 
/**
 * Its campaign.
 */
campaign: string, 
/**
 * Its country.
 */
country: string, 
/**
 * Its browser.
 */
browser: string, 
/**
 * Its operating system.
 */
os: string, 
/**
 * Its device.
 */
device: string, 
/**
 * Its language.
 */
language: string, 
/**
 * Who it was, as far as can be told.
 */
verdict: string, };

/**
 * Tell which words of a text are records: issue keys, `#12`, beginnings of commit ids, paths of files.
 */
export type Resolve = { 
/**
 * The words, at most 100 of at most 200 letters each.
 */
words: Array<string>, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, };

/**
 * The words that are.
 */
export type ResolveReply = { 
/**
 * In the order of the words, each word once; words that name nothing known are left out.
 */
found: Array<Resolved>, };

/**
 * A word and the record it names.
 */
export type Resolved = { 
/**
 * The word as it was given.
 */
word: string, 
/**
 * The record.
 */
record: Record, };

/**
 * A review.
 */
export type ReviewText = { 
/**
 * The review as a record: `382/4711`.
 */
record: Record, 
/**
 * The pull request it is of.
 */
pullRequest: number, 
/**
 * Who; none where the account is gone.
 */
reviewer: PersonRef | null, 
/**
 * What it said.
 */
verdict: Verdict, 
/**
 * When, RFC 3339 in UTC.
 */
at: string, 
/**
 * The commit it was about.
 */
commit: string | null, 
/**
 * What it said in words; mostly empty.
 */
text: string, 
/**
 * How many comments on lines came with it.
 */
comments: number, 
/**
 * Whether the reviewer made the pull request: an answer, not a review.
 */
own: boolean, };

/**
 * Suggest reviewers for a pull request or for a set of paths, with the whole sum of each score and who was left out.
 */
export type Reviewers = { 
/**
 * Number of a pull request that GitHub or Git tells of.
 */
pullRequest?: number, 
/**
 * Paths from the repository's root, instead of a pull request; at most 2000.
 */
paths?: Array<string>, 
/**
 * Who made the change, by key, mail, name or login; never suggested. A pull request tells itself.
 */
author?: string, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, 
/**
 * The `now` of the answer, RFC 3339: nothing later is used, and who was asked then counts as asked. The time of the newest record unless given, or when the pull request was closed.
 */
now?: string, 
/**
 * How many people to suggest (5 unless told otherwise), at most 100.
 */
limit?: number, };

/**
 * Who should review.
 */
export type ReviewersReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * The pull request asked about.
 */
pullRequest: Record | null, 
/**
 * The paths that were judged, by name.
 */
paths: Array<string>, 
/**
 * Who made the change.
 */
authors: Array<PersonRef>, 
/**
 * Highest score first, then by name.
 */
suggestions: Array<SuggestedReviewer>, 
/**
 * How many people could be suggested in all.
 */
total: number, 
/**
 * People that would have stood among the suggestions, and why they do not; best first.
 */
leftOut: Array<NotSuggested>, 
/**
 * Past reviews that were looked at.
 */
reviews: number, };

/**
 * List reviews of pull requests, newest first, that fit every filter given.
 */
export type Reviews = { 
/**
 * Of this pull request.
 */
pullRequest?: number, 
/**
 * Of pull requests linked to this issue.
 */
issue?: string, 
/**
 * By this person: key, mail, name or login.
 */
person?: string, 
/**
 * Only those that said so.
 */
verdict?: Verdict, 
/**
 * At or after this time, RFC 3339.
 */
since?: string, 
/**
 * At or before this time, RFC 3339.
 */
until?: string, 
/**
 * Only of pull requests that others made: what people call a review (both unless given).
 */
ofOthers?: boolean, 
/**
 * As memory was at this time, RFC 3339: what came later is neither listed nor counted. As it is unless given.
 */
now?: string, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, 
/**
 * How many to list (50 unless told otherwise), at most 500.
 */
limit?: number, 
/**
 * Where to go on: `next` of the page before.
 */
cursor?: string, };

/**
 * List the reviews behind a suggestion: those of changes most like it first.
 */
export type ReviewsOf = { 
/**
 * Who, by key, mail, name or login.
 */
person: string, 
/**
 * The pull request that was asked about.
 */
pullRequest?: number, 
/**
 * The paths that were asked about, instead of a pull request.
 */
paths?: Array<string>, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, 
/**
 * The `now` of the answer, RFC 3339; as for `memory.reviewers`.
 */
now?: string, 
/**
 * How many to list (50 unless told otherwise), at most 1000.
 */
limit?: number, 
/**
 * Where to go on: `next` of the page before.
 */
cursor?: string, };

/**
 * A page of reviews.
 */
export type ReviewsOfReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * Whose reviews they are.
 */
person: PersonRef, 
/**
 * Those most like the change first, then newest first.
 */
reviews: Array<PastReview>, 
/**
 * Where the next page begins; none at the end.
 */
next: string | null, };

/**
 * A page of reviews.
 */
export type ReviewsReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * Newest first.
 */
reviews: Array<ReviewText>, 
/**
 * Where the next page begins; none at the end.
 */
next: string | null, };

/**
 * Rank files by risk over a window and tell why in sentences.
 */
export type Risk = { 
/**
 * File or folder from the repository's root; the whole repository unless given.
 */
path?: string, 
/**
 * Component, instead of a path.
 */
component?: string, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, 
/**
 * The `now` of the answer, RFC 3339: nothing later is used. The time of the newest record unless given.
 */
now?: string, 
/**
 * Days to look back (90 unless told otherwise), 1 to 36500.
 */
windowDays?: number, 
/**
 * How many files to list (20 unless told otherwise), at most 1000.
 */
limit?: number, };

/**
 * Files by risk.
 */
export type RiskReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * Days looked back.
 */
windowDays: number, 
/**
 * Start of the window.
 */
since: string | null, 
/**
 * Highest score first, then by path.
 */
files: Array<RiskRow>, 
/**
 * How many files changed within the window.
 */
total: number, };

/**
 * The risk of one file.
 */
export type RiskRow = { 
/**
 * Its path.
 */
path: string, 
/**
 * Its component.
 */
component: string | null, 
/**
 * The sum of the terms.
 */
score: number, 
/**
 * Every summand, in the order of the formula.
 */
terms: Array<TermText>, 
/**
 * The risk told in sentences, each with its records. Told in full for one file and for the first five of a component, else the first two.
 */
sentences: Array<Sentence>, };

/**
 * What somebody did for a commit.
 */
export type Role = "author" | "reviewer";

/**
 * A change of one row.
 */
export type RowChange = { "update": RowUpdate } | { "insert": RowInsert } | { "delete": RowDelete };

/**
 * A row that goes.
 */
export type RowDelete = { 
/**
 * What tells the row apart, as it was read.
 */
key: Array<ColumnValue>, 
/**
 * What else it held when it was read; where it holds something else by now, nothing is sent.
 */
was: Array<ColumnValue>, };

/**
 * A test that rows pass.
 */
export type RowFilter = { 
/**
 * Column, from 0.
 */
column: number, 
/**
 * How it is compared.
 */
test: CellTest, 
/**
 * With what.
 */
value?: string, };

/**
 * A new row.
 */
export type RowInsert = { 
/**
 * What it shall hold; columns that are not named have their default.
 */
set: Array<ColumnValue>, };

/**
 * An order of rows.
 */
export type RowOrder = { 
/**
 * Column, from 0.
 */
column: number, 
/**
 * The greatest first.
 */
descending?: boolean, };

/**
 * Values of a row that is there.
 */
export type RowUpdate = { 
/**
 * What tells the row apart, as it was read.
 */
key: Array<ColumnValue>, 
/**
 * What else it held when it was read; where it holds something else by now, nothing is sent.
 */
was: Array<ColumnValue>, 
/**
 * What it shall hold.
 */
set: Array<ColumnValue>, };

/**
 * Tell the rows behind a panel, or behind one mark of it.
 */
export type RowsOfPanel = { 
/**
 * The dashboard's name.
 */
dashboard?: string, 
/**
 * Its text, in place of a name.
 */
text?: string, 
/**
 * Folder of the project.
 */
project?: string, 
/**
 * The panel's number, from 0.
 */
panel: number, 
/**
 * Values of parameters, by name.
 */
params?: { [key: string]: string | number | boolean | string[] | null }, 
/**
 * Zone of days, where the dashboard names none.
 */
zone?: string, 
/**
 * The moment that periods end with.
 */
at?: string, 
/**
 * What the mark has on its axis; all rows unless given.
 */
x?: string | number | boolean | null, 
/**
 * Which part of it.
 */
by?: string | number | boolean | null, 
/**
 * How many rows to pass over.
 */
offset?: number, 
/**
 * How many rows to tell (200 unless given, 5,000 at most).
 */
limit?: number, };

/**
 * Rows behind a panel.
 */
export type RowsOfPanelReply = { 
/**
 * The rows.
 */
table: PanelTable, 
/**
 * What these rows are.
 */
of: string, 
/**
 * Where they come from.
 */
evidence: PanelEvidence, };

/**
 * The rule an answer was made by.
 */
export type RuleText = { 
/**
 * Its name.
 */
name: string, 
/**
 * Raised whenever the same rows would give another answer.
 */
version: number, 
/**
 * The rule, in a sentence or a formula.
 */
text: string, };

/**
 * How far a run is.
 */
export type RunState = "running" | "done" | "failed";

/**
 * Run one or several statements. Answers with the first rows as soon as there are some; more are pulled with `databases.rows`. A statement that destroys data is refused with `conflict` and what will go, until it comes with `confirmed`.
 */
export type RunStatements = { 
/**
 * Connection, by name or as a URL; `join` to ask several at once, by `connection.table`.
 */
connection?: string, 
/**
 * Session to run it in, in place of a connection.
 */
session?: number, 
/**
 * Folder of the project, for its connections.
 */
project?: string, 
/**
 * The statements.
 */
text: string, 
/**
 * Values for places written as `:name`, by name: text, numbers, true, false or null.
 */
params?: { [key: string]: string | number | boolean | null }, 
/**
 * What becomes of what they do (auto unless told otherwise).
 */
transaction?: TransactionMode, 
/**
 * Only read, whatever the connection's entry says.
 */
readOnly?: boolean, 
/**
 * Longest time in seconds; what the connection's entry says unless given.
 */
timeout?: number, 
/**
 * Yes to what will go.
 */
confirmed?: boolean, 
/**
 * How many of the first rows to answer with (100 unless told otherwise, 1,000 at most).
 */
rows?: number, 
/**
 * Longest time to wait for them, in seconds; until they are there unless given.
 */
wait?: number, 
/**
 * Whether to find out which tables columns come from, for editing in place.
 */
origins?: boolean, };

/**
 * A run.
 */
export type RunStatementsReply = { 
/**
 * What to give `databases.rows`, `databases.stop`, `databases.close`.
 */
run: number, 
/**
 * How far it is.
 */
state: RunState, 
/**
 * What its statements gave so far, in order.
 */
results: Array<DatabaseResult>, 
/**
 * Why it failed.
 */
failure: DatabaseFailure | null, 
/**
 * Whether a transaction is open in the session.
 */
inTransaction: boolean, 
/**
 * From the beginning to the end, or to now, in milliseconds.
 */
milliseconds: number, };

/**
 * Write a connection down in `connections.toml`, in place of one of the same name. Comments and order of the file stay.
 */
export type SaveConnection = { 
/**
 * Its name.
 */
connection: string, 
/**
 * What it had been called, where it is renamed.
 */
was?: string, 
/**
 * Folder of the project to write it into; the user's own file unless given.
 */
project?: string, 
/**
 * The entry.
 */
entry: ConnectionEntry, };

/**
 * Where it was written.
 */
export type SaveConnectionReply = { 
/**
 * The file.
 */
file: string, };

/**
 * Save the text of a dashboard in the project's folder, or the user's own. What is wrong with it is told and saved all the same.
 */
export type SaveDashboard = { 
/**
 * Its name.
 */
dashboard: string, 
/**
 * Folder of the project; the user's own folder unless given.
 */
project?: string, 
/**
 * The text.
 */
text: string, 
/**
 * The state that was changed, as it was told; none for a new one.
 */
hash?: string, 
/**
 * Save over whatever is there.
 */
replace?: boolean, };

/**
 * The dashboard as it is now.
 */
export type SaveDashboardReply = { 
/**
 * Its file.
 */
path: string, 
/**
 * Its text.
 */
text: string, 
/**
 * The state of its text.
 */
hash: string, 
/**
 * What is wrong with it.
 */
troubles: Array<DashboardTrouble>, };

/**
 * Write a diagram that the window drew to a file, as SVG. The file is written beside and renamed at the end.
 */
export type SaveDiagram = { 
/**
 * Path of the file.
 */
path: string, 
/**
 * The diagram: an SVG document.
 */
svg: string, 
/**
 * Write over a file that is there.
 */
replace?: boolean, };

/**
 * What was written.
 */
export type SaveDiagramReply = { 
/**
 * The file.
 */
path: string, 
/**
 * Its size in bytes.
 */
bytes: number, };

/**
 * Save a query as a `.sql` file with its parameters at the top, fit for version control.
 */
export type SaveQuery = { 
/**
 * Its name, which is its file's, with `/` for folders.
 */
query: string, 
/**
 * Folder of the project; the user's own folder unless given.
 */
project?: string, 
/**
 * The statements.
 */
text: string, 
/**
 * Connection it is for.
 */
connection?: string, 
/**
 * What it is for, in a line.
 */
about?: string, 
/**
 * Its parameters.
 */
params?: Array<QueryParam>, 
/**
 * Save over what is there.
 */
replace?: boolean, };

/**
 * Where it was saved.
 */
export type SaveQueryReply = { 
/**
 * The file.
 */
file: string, };

/**
 * A saved query.
 */
export type SavedQuery = { 
/**
 * Its name.
 */
query: string, 
/**
 * Its file.
 */
file: string, 
/**
 * Whether it is the project's.
 */
project: boolean, 
/**
 * The statements, without what stands at the top.
 */
text: string, 
/**
 * Connection it is for.
 */
connection: string | null, 
/**
 * What it is for.
 */
about: string | null, 
/**
 * Its parameters.
 */
params: Array<SavedQueryParam>, };

/**
 * A parameter of a saved query.
 */
export type SavedQueryParam = { 
/**
 * Its name, as in `:name`.
 */
name: string, 
/**
 * What it takes.
 */
kind: QueryParamKind, 
/**
 * What it is unless given.
 */
default: string | null, 
/**
 * What it is for, in a line.
 */
about: string | null, };

/**
 * A picture as shapes, in pixels.
 */
export type Scene = { 
/**
 * Its width.
 */
width: number, 
/**
 * Its height.
 */
height: number, 
/**
 * What it is made of, from back to front.
 */
shapes: Array<SceneShape>, 
/**
 * Places of its axis: where somebody points, what is there is told.
 */
bands: Array<SceneBand>, 
/**
 * What is marked in it.
 */
flags: Array<SceneFlag>, 
/**
 * It in words, for those who do not see it.
 */
words: string, };

/**
 * A place of an axis, and what is there.
 */
export type SceneBand = { 
/**
 * Which place.
 */
index: number, 
/**
 * Its left.
 */
x: number, 
/**
 * Its top.
 */
y: number, 
/**
 * Its width.
 */
width: number, 
/**
 * Its height.
 */
height: number, 
/**
 * What is there, in words: the place, then each series, a line each.
 */
words: string, 
/**
 * What a click on it does; none where nothing is there.
 */
mark: SceneMark | null, };

/**
 * Something that happened, marked with a flag.
 */
export type SceneFlag = { 
/**
 * The number on it.
 */
number: number, 
/**
 * Where it stands.
 */
x: number, 
/**
 * What happened, and when.
 */
words: string, 
/**
 * Where it leads.
 */
link: string | null, };

/**
 * What a shape is, in pixels from the left and the top.
 */
export type SceneForm = { "kind": "rect", 
/**
 * Its left.
 */
x: number, 
/**
 * Its top.
 */
y: number, 
/**
 * Its width.
 */
width: number, 
/**
 * Its height.
 */
height: number, 
/**
 * Of its corners.
 */
radius: number, } | { "kind": "line", 
/**
 * Where it begins.
 */
x1: number, 
/**
 * Where it begins.
 */
y1: number, 
/**
 * Where it ends.
 */
x2: number, 
/**
 * Where it ends.
 */
y2: number, } | { "kind": "path", 
/**
 * `M`, `L`, `C`, `Z` and numbers.
 */
d: string, } | { "kind": "circle", 
/**
 * Its middle.
 */
x: number, 
/**
 * Its middle.
 */
y: number, 
/**
 * Its radius.
 */
r: number, } | { "kind": "text", 
/**
 * Where they are anchored.
 */
x: number, 
/**
 * Their base line.
 */
y: number, 
/**
 * They.
 */
text: string, 
/**
 * Which end of them stands there: `start`, `middle`, `end`.
 */
anchor: string, 
/**
 * Size of the letters.
 */
size: number, 
/**
 * Whether they are bold.
 */
bold: boolean, };

/**
 * What a shape stands for.
 */
export type SceneMark = { 
/**
 * Which of the series.
 */
series: number, 
/**
 * Which of its values.
 */
index: number, 
/**
 * What stands on its axis: what `dashboards.rows` is given for the rows behind it.
 */
x: string | number | boolean | null, 
/**
 * Which part of it, where the panel has parts.
 */
by: string | number | boolean | null, 
/**
 * What a click sets.
 */
filter: MarkFilter | null, 
/**
 * Where a click leads.
 */
link: string | null, };

/**
 * A shape of a picture, and how it is drawn.
 */
export type SceneShape = { 
/**
 * It.
 */
form: SceneForm, 
/**
 * Class of its colour; none where it is not filled.
 */
fill: string | null, 
/**
 * The line around it, or that it is.
 */
stroke: SceneStroke | null, 
/**
 * How much of it is seen, from 0 to 1.
 */
opacity: number, 
/**
 * What it stands for.
 */
mark: SceneMark | null, 
/**
 * It in words; none where it only helps to read the others.
 */
words: string | null, };

/**
 * A line that is drawn.
 */
export type SceneStroke = { 
/**
 * Class of its colour.
 */
class: string, 
/**
 * How thick it is, in pixels.
 */
width: number, 
/**
 * Lengths of what is drawn and what is not, in pixels; empty for a whole line.
 */
dash: Array<number>, };

/**
 * List the schemas of a connection; where its engine has none, its databases.
 */
export type Schemas = { 
/**
 * Connection, by name or as a URL.
 */
connection: string, 
/**
 * Folder of the project, for its connections.
 */
project?: string, };

/**
 * Schemas.
 */
export type SchemasReply = { 
/**
 * The user's own first.
 */
schemas: Array<DatabaseSchema>, };

/**
 * Find commits, issues and pull requests by their words, files by any part of their path, and people by name or mail.
 */
export type Search = { 
/**
 * Words; `"a phrase"` as one. The last word may be unfinished.
 */
text: string, 
/**
 * Kinds to look for; all unless told otherwise.
 */
kinds?: Array<RecordKind>, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, 
/**
 * How many of each kind (20 unless told otherwise), at most 200.
 */
limit?: number, };

/**
 * What was found.
 */
export type SearchReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * Best first within each kind: an exact id, then files, people, pull requests, issues, commits.
 */
hits: Array<Hit>, 
/**
 * Whether there are more of some kind.
 */
more: boolean, };

/**
 * A sentence with the records it speaks of.
 */
export type Sentence = { 
/**
 * The sentence.
 */
text: string, 
/**
 * The records behind it.
 */
figure: Figure, };

/**
 * Keep the password of a connection in the system's keyring, where its entry names that, or for as long as Backstory runs, where its entry says `prompt`. It is never shown again.
 */
export type SetConnectionPassword = { 
/**
 * Connection, by name.
 */
connection: string, 
/**
 * Folder of the project, for its connections.
 */
project?: string, 
/**
 * The password.
 */
password: string, };

/**
 * Where the password is now.
 */
export type SetConnectionPasswordReply = { 
/**
 * `keyring:NAME`, or `prompt` where it is kept for as long as Backstory runs.
 */
password: string, };

/**
 * A key of the front matter, and its value.
 */
export type SetFrontKey = { 
/**
 * The key, with dots between tables: `params.period.default`.
 */
key: string, 
/**
 * Its value.
 */
value: unknown, };

/**
 * A key of a panel, and its value.
 */
export type SetPanelKey = { 
/**
 * The panel's number.
 */
panel: number, 
/**
 * The key.
 */
key: string, 
/**
 * Its value.
 */
value: unknown, };

/**
 * A query's text.
 */
export type SetQueryText = { 
/**
 * The query.
 */
query: string, 
/**
 * Its text.
 */
text: string, };

/**
 * Show the window light, dark, or as the system says; it is remembered.
 */
export type SetTheme = { 
/**
 * Which.
 */
theme: Theme, };

/**
 * Keep the token of a tracker in the system's keyring, in place of what was there. It is never shown again.
 */
export type SetToken = { 
/**
 * Tracker, by name.
 */
tracker: string, 
/**
 * The token.
 */
token: string, };

/**
 * Tell a connection to PostgreSQL or ClickHouse what it does not have yet of this machine's page views: others can follow them there. `backstory serve --collect ADDRESS --share CONNECTION` does it every minute.
 */
export type ShareViews = { 
/**
 * The connection, by its name; its entry has to allow writing.
 */
connection: string, 
/**
 * Whether to replace what another collector shares there, or what is damaged there, by all that is here.
 */
takeOver?: boolean, };

/**
 * What was told.
 */
export type ShareViewsReply = { 
/**
 * The connection.
 */
connection: string, 
/**
 * Number of the round; each has one more than the one before.
 */
round: number, 
/**
 * Days of sites that are there in columns now and were not before.
 */
days: number, 
/**
 * Events of those, and of today.
 */
events: number, 
/**
 * Bytes that were sent.
 */
bytes: number, 
/**
 * Objects that were added.
 */
objects: number, 
/**
 * Objects that were removed, for nothing names them any more.
 */
removed: number, 
/**
 * How long it took, in seconds.
 */
seconds: number, };

/**
 * The page's own word on where it is. For the window's page alone.
 */
export type Showing = { 
/**
 * Address of the screen.
 */
route: string, 
/**
 * Title of the screen.
 */
title: string, };

/**
 * Tell whether a bug has occurred before: past issues and fixes ranked by words, files and stack frames, and how they were resolved.
 */
export type Similar = { 
/**
 * What happens, in words; a stack trace may stand in it. The key of an issue alone asks for issues like that one, and
 * the number of a pull request (`#382`) for what is like it.
 */
text?: string, 
/**
 * Issue key, instead of words: issues like this one.
 */
issue?: string, 
/**
 * Commit, instead of words: issues and fixes like this one.
 */
commit?: string, 
/**
 * Paths that are concerned, from the repository's root.
 */
paths?: Array<string>, 
/**
 * A stack trace.
 */
stack?: string, 
/**
 * Only what was there at this time, RFC 3339; everything unless given. How rare a word is, is reckoned by what was there; how long texts are, by what they say today.
 */
now?: string, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, 
/**
 * How many to list (10 unless told otherwise), at most 100.
 */
limit?: number, };

/**
 * A past issue, or a past fix that names no issue.
 */
export type SimilarHit = { 
/**
 * The issue or the commit.
 */
record: Record, 
/**
 * The sum of the terms.
 */
score: number, 
/**
 * Every summand: words, frames, files.
 */
terms: Array<TermText>, 
/**
 * The words that both have, those that weigh most first, without common words and those that add next to nothing; at most 12.
 */
words: Array<string>, 
/**
 * The stack frames that both have; at most 12.
 */
frames: Array<string>, 
/**
 * The paths that both have; at most 12.
 */
paths: Array<string>, 
/**
 * When it was reported or committed.
 */
at: string, 
/**
 * When it was resolved.
 */
resolvedAt: string | null, 
/**
 * The issue's status; empty for a commit.
 */
status: string, 
/**
 * How it was resolved, as the tracker calls it; empty where it was not.
 */
resolution: string, 
/**
 * Commits and pull requests that resolved it, newest first; at most 5.
 */
resolvedBy: Array<Record>, 
/**
 * Issues that are said to be the same, and stand here for none of their own.
 */
duplicates: Array<Record>, 
/**
 * In a sentence.
 */
reason: string, };

/**
 * What occurred before.
 */
export type SimilarReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * The record that was asked about, where one was.
 */
of: Record | null, 
/**
 * The words that were looked for, rarest first, without common words; at most 32.
 */
words: Array<string>, 
/**
 * The stack frames that were looked for, as read from the words; at most 32.
 */
frames: Array<string>, 
/**
 * The paths that were looked for.
 */
paths: Array<string>, 
/**
 * Most alike first, then newest first.
 */
hits: Array<SimilarHit>, 
/**
 * Issues and commits that were compared.
 */
compared: number, };

/**
 * List the events after a number, for those who reload or reconnect. All events come as notifications to every session.
 */
export type Since = { 
/**
 * The number of the last event seen; 0 for all that are kept (the newest 1000). One that is still to come is of a Backstory that has ended: all are told then.
 */
seq: number, };

/**
 * The events since then.
 */
export type SinceReply = { 
/**
 * In order.
 */
events: Array<Event>, 
/**
 * Whether events in between are no longer kept; ask afresh for what is shown.
 */
lost: boolean, 
/**
 * The number of the newest event.
 */
seq: number, };

/**
 * A site, and what happens there now.
 */
export type SiteInfo = { 
/**
 * Its name.
 */
site: string, 
/**
 * Zone of its days.
 */
zone: string, 
/**
 * What trackers call it beside its name.
 */
aliases: Array<string>, 
/**
 * Hosts whose pages may send events.
 */
hosts: Array<string>, 
/**
 * Whether those who object are not counted.
 */
honoursOptOut: boolean, 
/**
 * Keys of a page's query that are kept.
 */
queryKeys: Array<string>, 
/**
 * How closely places are kept.
 */
places: SitePlaces, 
/**
 * Networks that are the owner's own.
 */
internal: Array<string>, 
/**
 * Months that events are kept.
 */
keepMonths: number, 
/**
 * Whether visitors bring ids that last.
 */
identified: boolean, 
/**
 * Currency of revenue that names none.
 */
currency: string, 
/**
 * Visitors of the last 5 minutes.
 */
live: number, 
/**
 * Page views of the last 30 days, day by day, today last.
 */
views: Array<number>, 
/**
 * Visitors of the last 30 days.
 */
visitors: number, 
/**
 * The connection it is followed over; none where its page views are counted here.
 */
connection: string | null, 
/**
 * When what is here of it was told, where it is followed.
 */
asOf: string | null, 
/**
 * Why nothing newer of it is here, or nothing at all.
 */
trouble: string | null, };

/**
 * How closely the places of visitors are kept.
 */
export type SitePlaces = "none" | "country" | "city";

/**
 * The site as it is now.
 */
export type SiteReply = { 
/**
 * It.
 */
site: SiteInfo, };

/**
 * Tell the lines that a site's pages need, and how other trackers are pointed here.
 */
export type Snippet = { 
/**
 * The site.
 */
site: string, 
/**
 * Where the collector answers, as browsers reach it: `https://stats.example.org`.
 */
collector: string, };

/**
 * Another tracker.
 */
export type SnippetOther = { 
/**
 * Its name.
 */
tracker: string, 
/**
 * Its line.
 */
snippet: string, 
/**
 * What has to be known.
 */
note: string, };

/**
 * Lines for pages.
 */
export type SnippetReply = { 
/**
 * Our own tracker.
 */
own: string, 
/**
 * What code calls to count an event of its own.
 */
event: string, 
/**
 * Other trackers, unchanged but for their address.
 */
others: Array<SnippetOther>, 
/**
 * How the collector is started.
 */
start: string, };

/**
 * A repository in memory.
 */
export type Source = { 
/**
 * Its name.
 */
repository: string, 
/**
 * Its Git directory.
 */
location: string, 
/**
 * Its work tree; none where it is bare.
 */
workTree: string | null, 
/**
 * The branch, as `refs/heads/main`; none where HEAD is detached or unborn.
 */
headRef: string | null, 
/**
 * The commit that memory has been read up to; none before the first time.
 */
head: string | null, 
/**
 * Time of the newest commit that was not dated in the future when it was read: the `now` of every answer.
 */
asOf: string | null, 
/**
 * Commits in memory.
 */
commits: number, 
/**
 * Living files in memory.
 */
files: number, 
/**
 * What memory does not know of it.
 */
gaps: Array<GapText>, 
/**
 * The reading under way.
 */
reading: Reading | null, 
/**
 * Why the last reading failed, and what to do.
 */
failure: string | null, };

/**
 * Say that an identity is somebody else: it stands alone from then on, until it is merged again.
 */
export type Split = { 
/**
 * The identity to take out, as `identities.list` calls it.
 */
identity: string, 
/**
 * Of this person, or of the person of this identity; of the person it belongs to unless given.
 */
from?: string, };

/**
 * Tell how a run stands, with the first rows of each of its results.
 */
export type StandingOfRun = { 
/**
 * Run, as `databases.run` gave it.
 */
run: number, 
/**
 * How many of the first rows to answer with (100 unless told otherwise, 1,000 at most).
 */
rows?: number, 
/**
 * Longest time to wait for its end, in seconds; none unless given.
 */
wait?: number, };

/**
 * Tell what the window shows.
 */
export type State = { [key: string]: never };

/**
 * A change of an issue's status, resolution or assignee.
 */
export type StatusChange = { 
/**
 * When.
 */
at: string, 
/**
 * Who.
 */
person: PersonRef | null, 
/**
 * `status`, `resolution` or `assignee`.
 */
field: string, 
/**
 * What it was; empty for nothing.
 */
from: string, 
/**
 * What it became; empty for nothing.
 */
to: string, };

/**
 * Begin, keep or undo the transaction of a session.
 */
export type StepTransaction = { 
/**
 * Session, as `databases.open` gave it.
 */
session: number, 
/**
 * What to do.
 */
step: TransactionStep, };

/**
 * The transaction.
 */
export type StepTransactionReply = { 
/**
 * Whether one is open.
 */
open: boolean, };

/**
 * Stop a run: its statement ends at the server. What has come stays.
 */
export type StopRun = { 
/**
 * Run, as `databases.run` gave it.
 */
run: number, };

/**
 * Whether something was stopped.
 */
export type StopRunReply = { 
/**
 * Whether it ran.
 */
stopped: boolean, };

/**
 * What a part of a story is about.
 */
export type StoryKind = "line" | "commit" | "pullRequest" | "review" | "lineComment" | "issue" | "comment";

/**
 * A part of the story of a line.
 */
export type StoryPart = { 
/**
 * What this part is about.
 */
kind: StoryKind, 
/**
 * The record it tells of.
 */
record: Record, 
/**
 * Who wrote, made or said it.
 */
person: PersonRef | null, 
/**
 * When, RFC 3339 in UTC.
 */
at: string | null, 
/**
 * The sentence for people.
 */
sentence: string, 
/**
 * In its own words: title and beginning of a description, text of a comment; empty where there are none.
 */
quote: string, 
/**
 * What says that it belongs here: `(#12)`, `PROJ-12 in the subject`; empty where it is part of the record before.
 */
toldBy: string, 
/**
 * For a comment on lines: how near to the line asked about.
 */
near: Near | null, 
/**
 * How many records of this kind there are, where only the first are told.
 */
all: Figure | null, };

/**
 * What a question was asked about.
 */
export type Subject = { 
/**
 * A file, a folder or a component.
 */
kind: RecordKind, 
/**
 * Its path or name; `` is the whole repository.
 */
id: string, };

/**
 * A person who could review.
 */
export type SuggestedReviewer = { 
/**
 * Who.
 */
person: PersonRef, 
/**
 * The sum of the terms.
 */
score: number, 
/**
 * Every summand, in the order of the formula.
 */
terms: Array<TermText>, 
/**
 * Why, in a sentence.
 */
reason: string, 
/**
 * Past reviews of theirs that count for this change, those most like it first.
 */
past: Figure, 
/**
 * Open pull requests that wait for a review of theirs.
 */
waiting: Figure, 
/**
 * Time of the last thing known of them.
 */
lastAt: string | null, };

/**
 * List pairs that look like one person but lack the second clue that a rule asks for.
 */
export type Suggestions = { 
/**
 * How many to list (50 unless told otherwise), at most 1000.
 */
limit?: number, };

/**
 * Pairs to decide on.
 */
export type SuggestionsReply = { 
/**
 * Most likely first.
 */
pairs: Array<Pair>, };

/**
 * Say what a column of a result holds: how many values, how many different, least, greatest, mean, distribution. Wants all rows, which are pulled first.
 */
export type SummarizeColumn = { 
/**
 * Run.
 */
run: number, 
/**
 * Which of its results, from 0.
 */
result?: number, 
/**
 * Column, from 0.
 */
column: number, };

/**
 * What a column holds.
 */
export type SummarizeColumnReply = { 
/**
 * Rows.
 */
rows: number, 
/**
 * Of them without a value.
 */
nulls: number, 
/**
 * Different values.
 */
distinct: number, 
/**
 * Whether there are more different values than were counted.
 */
distinctAtLeast: boolean, 
/**
 * The least value.
 */
least: string | null, 
/**
 * The greatest value.
 */
greatest: string | null, 
/**
 * The mean, for numbers.
 */
mean: string | null, 
/**
 * The sum, for numbers.
 */
sum: string | null, 
/**
 * How numbers and times are spread.
 */
bars: Array<ColumnBar>, 
/**
 * Whether these are all rows of the result.
 */
complete: boolean, 
/**
 * Why the result ended early.
 */
failure: DatabaseFailure | null, };

/**
 * Read what is new in a repository, or in all of them, and answer when that is done.
 */
export type Sync = { 
/**
 * Repository, by name or by path; all of them unless given.
 */
repository?: string, };

/**
 * What was read.
 */
export type SyncReply = { 
/**
 * One for each repository, by name.
 */
synced: Array<Synced>, };

/**
 * Read what is new in a tracker, or in all of them, and answer when that is done. Trackers of files are passed over.
 */
export type SyncTrackers = { 
/**
 * Tracker, by name; all of them unless given.
 */
tracker?: string, };

/**
 * What was taken in.
 */
export type SyncTrackersReply = { 
/**
 * One for each tracker, by name.
 */
tookIn: Array<TookIn>, };

/**
 * What was read of one repository.
 */
export type Synced = { 
/**
 * The repository's name.
 */
repository: string, 
/**
 * Commits that are new in memory.
 */
commitsAdded: number, 
/**
 * Commits no longer in the history, taken out.
 */
commitsRemoved: number, 
/**
 * Commits in memory now.
 */
commits: number, 
/**
 * How long it took, in seconds.
 */
seconds: number, 
/**
 * Why it failed; the others went on.
 */
failure: string | null, };

/**
 * List tables and views of a schema with their columns in one go: what completion needs.
 */
export type Tables = { 
/**
 * Connection, by name or as a URL.
 */
connection: string, 
/**
 * Folder of the project, for its connections.
 */
project?: string, 
/**
 * Schema.
 */
schema: string, };

/**
 * Tables with their columns.
 */
export type TablesReply = { 
/**
 * By name.
 */
tables: Array<DatabaseTable>, };

/**
 * One summand of a score.
 */
export type TermText = { 
/**
 * What is counted.
 */
name: string, 
/**
 * How many.
 */
count: number, 
/**
 * What one is worth.
 */
weight: number, 
/**
 * What it adds.
 */
points: number, };

/**
 * Show the text of a file at HEAD, and, where asked, which commit each line is from.
 */
export type Text = { 
/**
 * Path from the repository's root, with forward slashes.
 */
path: string, 
/**
 * Tell which commit each line is from.
 */
blame?: boolean, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, };

/**
 * A block of text.
 */
export type TextBlock = { "kind": "heading", 
/**
 * 1 to 6.
 */
level: number, 
/**
 * Its words.
 */
words: Array<TextRun>, } | { "kind": "paragraph", 
/**
 * Its words.
 */
words: Array<TextRun>, } | { "kind": "list", 
/**
 * The number it begins with; none where it is not numbered.
 */
start: number | null, 
/**
 * Its items.
 */
items: Array<Array<TextBlock>>, } | { "kind": "code", 
/**
 * Its text.
 */
text: string, } | { "kind": "quote", 
/**
 * What they say.
 */
blocks: Array<TextBlock>, } | { "kind": "table", 
/**
 * Its head.
 */
head: Array<Array<TextRun>>, 
/**
 * Its rows.
 */
rows: Array<Array<Array<TextRun>>>, } | { "kind": "rule" };

/**
 * The text of a file.
 */
export type TextReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * The file.
 */
path: string, 
/**
 * Its lines, without their ends; the first 20000.
 */
lines: Array<string>, 
/**
 * How many lines there are.
 */
linesTotal: number, 
/**
 * Whether the content is binary; `lines` is empty then.
 */
binary: boolean, 
/**
 * Which commit each run of lines is from, in order; empty unless asked for.
 */
spans: Array<BlameSpan>, 
/**
 * The commits that `spans` speaks of.
 */
commits: Array<CommitRef>, };

/**
 * Words in one manner.
 */
export type TextRun = { 
/**
 * The words; a line's end where they are `\n`.
 */
text: string, 
/**
 * Whether they are strong.
 */
strong: boolean, 
/**
 * Whether they are stressed.
 */
emphasis: boolean, 
/**
 * Whether they are code.
 */
code: boolean, 
/**
 * Where they lead: a screen (`/risk`), another dashboard, or an address.
 */
href: string | null, };

/**
 * Light or dark.
 */
export type Theme = "system" | "light" | "dark";

/**
 * A discussion on lines of a pull request: a comment and its answers.
 */
export type Thread = { 
/**
 * The file.
 */
path: string, 
/**
 * The first of its lines as they were when it began, from 1; none for the file as a whole.
 */
line: number | null, 
/**
 * The last of these lines, where they are several.
 */
endLine: number | null, 
/**
 * Whether these count lines of the old side: it is about lines that were taken away.
 */
onOld: boolean, 
/**
 * The line in the newest version of the pull request; none where the thread is outdated.
 */
lineNow: number | null, 
/**
 * Whether the lines have changed since.
 */
outdated: boolean, 
/**
 * The commit it was written about.
 */
commit: string | null, 
/**
 * The lines around, as a patch shows them.
 */
hunk: string, 
/**
 * The comment and its answers, in order.
 */
comments: Array<CommentText>, };

/**
 * A discussion on lines of a file.
 */
export type ThreadOfFile = { 
/**
 * The pull request.
 */
pullRequest: PullRef, 
/**
 * The discussion.
 */
thread: Thread, };

/**
 * Where the token is now.
 */
export type TokenReply = { 
/**
 * The reference that the tracker has; none where it has no token any more.
 */
token: string | null, };

/**
 * What was taken in.
 */
export type TookIn = { 
/**
 * The tracker's name.
 */
tracker: string, 
/**
 * Records that were read.
 */
records: number, 
/**
 * Records that are new, or newer than memory knew.
 */
new: number, 
/**
 * Issues, pull requests, releases and projects that are new or otherwise than before.
 */
changed: number, 
/**
 * What could not be taken, at most 100 of it.
 */
refused: Array<RefusedText>, 
/**
 * How much could not be taken.
 */
refusedTotal: number, 
/**
 * Bytes of records that were read.
 */
bytes: number, 
/**
 * How long it took, in seconds.
 */
seconds: number, 
/**
 * Why it failed; the others went on.
 */
failure: string | null, };

/**
 * What an answer is made of, and what a change makes stale.
 */
export type Topic = "memory" | "sources" | "identities" | "databases" | "dashboards" | "analytics" | "app";

/**
 * Counts over the whole history.
 */
export type Totals = { 
/**
 * Commits, merges included.
 */
commits: Figure, 
/**
 * Merges among them.
 */
merges: number, 
/**
 * Living files.
 */
files: Figure, 
/**
 * People, bots left out.
 */
people: Figure, 
/**
 * Bots.
 */
bots: number, 
/**
 * Releases.
 */
releases: number, 
/**
 * Lines added, merges left out.
 */
added: number, 
/**
 * Lines deleted, merges left out.
 */
deleted: number, 
/**
 * Time of the first commit.
 */
firstAt: string | null, 
/**
 * Time of the last commit.
 */
lastAt: string | null, };

/**
 * What a commit did to a file.
 */
export type Touch = { 
/**
 * The commit.
 */
commit: CommitRef, 
/**
 * `added`, `modified`, `deleted` or `renamed`.
 */
kind: string, 
/**
 * The path at that time.
 */
path: string, 
/**
 * Where it was renamed from.
 */
from: string | null, 
/**
 * Lines added; null where the content is binary or unknown.
 */
added: number | null, 
/**
 * Lines deleted; null where the content is binary or unknown.
 */
deleted: number | null, 
/**
 * Keys of the issues the commit names.
 */
issues: Array<string>, 
/**
 * Numbers of the pull requests it came through.
 */
pullRequests: Array<number>, };

/**
 * A later commit to the same files.
 */
export type TouchSince = { 
/**
 * The commit.
 */
commit: CommitRef, 
/**
 * Which of the issue's files it touched, by path; at most 10.
 */
files: Array<string>, 
/**
 * Keys of the issues it is linked to.
 */
issues: Array<string>, 
/**
 * Pull requests it came through.
 */
pullRequests: Array<number>, };

/**
 * Where issues and pull requests come from.
 */
export type Tracker = { 
/**
 * Its name.
 */
tracker: string, 
/**
 * What it is.
 */
kind: TrackerKind, 
/**
 * Whose accounts it speaks of.
 */
site: string, 
/**
 * The repositories it tells about.
 */
repositories: Array<string>, 
/**
 * Where it is asked; none where it came from files.
 */
address: string | null, 
/**
 * The keys of Jira projects that are read; empty for all.
 */
projects: Array<string>, 
/**
 * The account's mail address, where one is needed.
 */
user: string | null, 
/**
 * Where its token is, as `keyring:NAME`, `env:NAME` or `cmd:COMMAND`; none where it has none.
 */
token: string | null, 
/**
 * Where the secret of its webhook is; none where it takes no deliveries.
 */
hook: string | null, 
/**
 * Raw records kept of it, older versions included.
 */
records: number, 
/**
 * Issues in memory.
 */
issues: number, 
/**
 * Pull requests in memory.
 */
pullRequests: number, 
/**
 * When a reading of it last ended well.
 */
syncedAt: string | null, 
/**
 * The reading under way.
 */
reading: Reading | null, 
/**
 * Why the last reading failed, and what to do.
 */
failure: string | null, 
/**
 * What could not be taken by the last reading, at most 100 of it.
 */
refused: Array<RefusedText>, 
/**
 * How much could not be taken by the last reading.
 */
refusedTotal: number, };

/**
 * What a tracker is.
 */
export type TrackerKind = "jira" | "github";

/**
 * What becomes of what statements do.
 */
export type TransactionMode = "auto" | "manual" | "rolledBack";

/**
 * What to do with a transaction.
 */
export type TransactionStep = "begin" | "commit" | "rollback";

/**
 * Trust a project's `connections.toml` as it is now: its entries may name programs that print passwords, variables and tunnels. A change of the file asks again.
 */
export type TrustConnections = { 
/**
 * Folder of the project.
 */
project: string, 
/**
 * What `databases.list` said of its content.
 */
digest: string, };

/**
 * What is trusted.
 */
export type TrustConnectionsReply = { 
/**
 * The file.
 */
file: string, };

/**
 * Connect to what an entry says without writing it down, ask for a sign of life, and tell what answers there. Nothing of it is kept, the password least of all.
 */
export type TryEntry = { 
/**
 * The entry.
 */
entry: ConnectionEntry, 
/**
 * What it is to be called; for what is said of it.
 */
connection?: string, 
/**
 * Folder of the project it is meant for; the user's own file unless given. Paths are from the file's folder.
 */
project?: string, 
/**
 * A password in place of what the entry says of it.
 */
password?: string, };

/**
 * A machine to go through by `ssh`.
 */
export type TunnelEntry = { 
/**
 * Its name or address, or a `Host` of the user's ssh configuration.
 */
host: string, 
/**
 * User there.
 */
user?: string, 
/**
 * Port there.
 */
port?: number, 
/**
 * File of the private key.
 */
identity?: string, 
/**
 * Further machines before it, as of `ssh -J`.
 */
jump?: string, };

/**
 * Take a decision back.
 */
export type Undo = { 
/**
 * Its number, as `identities.edits` tells.
 */
edit: number, };

/**
 * Follow a connection no longer, and delete what is here of its page views.
 */
export type UnfollowViews = { 
/**
 * The connection.
 */
connection: string, };

/**
 * What is not followed any more.
 */
export type UnfollowViewsReply = { 
/**
 * The connection.
 */
connection: string, };

/**
 * A line that could not be read.
 */
export type UnreadLine = { 
/**
 * Its number, from 1.
 */
line: number, 
/**
 * Why; never its words.
 */
reason: string, };

/**
 * What a review said.
 */
export type Verdict = "commented" | "approved" | "changesRequested" | "dismissed";

/**
 * Count them by the values of a dimension: pages, sources, countries, browsers, events and so on.
 */
export type WebBreakdown = { 
/**
 * The site, by its name or what a tracker calls it; the first by name unless given.
 */
site?: string, 
/**
 * Its first day or moment; 30 days before the end unless given.
 */
from?: string, 
/**
 * The day or moment before which it ends; now unless given.
 */
to?: string, 
/**
 * `page`, `entry`, `exit`, `source`, `channel`, `referrer`, `country`, `browser`, `os`, `device`, `screen`, `language`, `event`, `property:NAME` and so on.
 */
dimension: string, 
/**
 * By what rows are ordered (visitors unless given).
 */
order?: ReportOrder, 
/**
 * Rows to pass over.
 */
offset?: number, 
/**
 * Rows to tell (20 unless given, 1,000 at most).
 */
limit?: number, 
/**
 * Whether to count how far pages were scrolled too.
 */
scroll?: boolean, 
/**
 * Conditions, all of which must hold.
 */
filters?: Array<ReportFilter>, 
/**
 * What a visit is (backstory unless given).
 */
definition?: ReportDefinition, 
/**
 * Whether bots and whatever else is no person count too.
 */
bots?: boolean, };

/**
 * A range by the values of a dimension.
 */
export type WebBreakdownReply = { 
/**
 * What it rests on.
 */
basis: ReportBasis, 
/**
 * The dimension.
 */
dimension: string, 
/**
 * Its values, in order.
 */
rows: Array<ReportRow>, 
/**
 * How many there are in all.
 */
total: number, };

/**
 * Count how far visitors came on a way of several steps, in order.
 */
export type WebFunnel = { 
/**
 * The site, by its name or what a tracker calls it; the first by name unless given.
 */
site?: string, 
/**
 * Its first day or moment; 30 days before the end unless given.
 */
from?: string, 
/**
 * The day or moment before which it ends; now unless given.
 */
to?: string, 
/**
 * The steps, in order.
 */
steps: Array<ReportStep>, 
/**
 * Within a visit; else of a visitor on one day.
 */
perVisit?: boolean, 
/**
 * Longest time between two steps, in minutes (60 unless given).
 */
window?: number, 
/**
 * Conditions, all of which must hold.
 */
filters?: Array<ReportFilter>, 
/**
 * What a visit is (backstory unless given).
 */
definition?: ReportDefinition, 
/**
 * Whether bots and whatever else is no person count too.
 */
bots?: boolean, };

/**
 * What became of a way of several steps.
 */
export type WebFunnelReply = { 
/**
 * What it rests on.
 */
basis: ReportBasis, 
/**
 * `visit` or `visitor`: what is counted.
 */
per: string, 
/**
 * Longest time between two steps, in minutes.
 */
window: number, 
/**
 * Visits or visitors that the filters select.
 */
of: number, 
/**
 * The steps.
 */
steps: Array<ReportFunnelStep>, };

/**
 * Count what became of goals: unique and total conversions, their rate, and revenue.
 */
export type WebGoals = { 
/**
 * The site, by its name or what a tracker calls it; the first by name unless given.
 */
site?: string, 
/**
 * Its first day or moment; 30 days before the end unless given.
 */
from?: string, 
/**
 * The day or moment before which it ends; now unless given.
 */
to?: string, 
/**
 * The goals (the site's own events that most visitors reached unless given).
 */
goals?: Array<ReportStep>, 
/**
 * Conditions, all of which must hold.
 */
filters?: Array<ReportFilter>, 
/**
 * What a visit is (backstory unless given).
 */
definition?: ReportDefinition, 
/**
 * Whether bots and whatever else is no person count too.
 */
bots?: boolean, };

/**
 * What became of goals.
 */
export type WebGoalsReply = { 
/**
 * What it rests on.
 */
basis: ReportBasis, 
/**
 * The goals, as they were given.
 */
goals: Array<ReportGoal>, };

/**
 * Tell the ways that visits took most.
 */
export type WebJourneys = { 
/**
 * The site, by its name or what a tracker calls it; the first by name unless given.
 */
site?: string, 
/**
 * Its first day or moment; 30 days before the end unless given.
 */
from?: string, 
/**
 * The day or moment before which it ends; now unless given.
 */
to?: string, 
/**
 * Steps, 2 to 7 (4 unless given).
 */
length?: number, 
/**
 * Whether custom events are steps too.
 */
events?: boolean, 
/**
 * The page to begin from.
 */
begin?: string, 
/**
 * Ways to tell (20 unless given).
 */
limit?: number, 
/**
 * Conditions, all of which must hold.
 */
filters?: Array<ReportFilter>, 
/**
 * What a visit is (backstory unless given).
 */
definition?: ReportDefinition, 
/**
 * Whether bots and whatever else is no person count too.
 */
bots?: boolean, };

/**
 * The ways that visits took.
 */
export type WebJourneysReply = { 
/**
 * What it rests on.
 */
basis: ReportBasis, 
/**
 * Visits that took any.
 */
of: number, 
/**
 * Different ways there are.
 */
ways: number, 
/**
 * The ways, most visits first.
 */
journeys: Array<ReportJourney>, 
/**
 * What leads where, for a picture of flows.
 */
edges: Array<ReportEdge>, };

/**
 * Tell who is there now: visitors of the last 5 minutes, and the last 30 minutes one by one.
 */
export type WebLive = { 
/**
 * The site, by its name or what a tracker calls it; the first by name unless given.
 */
site?: string, 
/**
 * Its first day or moment; 30 days before the end unless given.
 */
from?: string, 
/**
 * The day or moment before which it ends; now unless given.
 */
to?: string, 
/**
 * Rows of each list (10 unless given).
 */
limit?: number, 
/**
 * Conditions, all of which must hold.
 */
filters?: Array<ReportFilter>, 
/**
 * What a visit is (backstory unless given).
 */
definition?: ReportDefinition, 
/**
 * Whether bots and whatever else is no person count too.
 */
bots?: boolean, };

/**
 * Who is there now.
 */
export type WebLiveReply = { 
/**
 * What it rests on.
 */
basis: ReportBasis, 
/**
 * Visitors of the last 5 minutes.
 */
visitors: number, 
/**
 * The last 30 minutes.
 */
minutes: Array<ReportMinute>, 
/**
 * Pages they saw last.
 */
pages: Array<ReportLiveRow>, 
/**
 * Where they came from.
 */
sources: Array<ReportLiveRow>, 
/**
 * Their countries.
 */
countries: Array<ReportLiveRow>, };

/**
 * Count all that a first look wants in one go: totals, their course and the longest lists.
 */
export type WebOverview = { 
/**
 * The site, by its name or what a tracker calls it; the first by name unless given.
 */
site?: string, 
/**
 * Its first day or moment; 30 days before the end unless given.
 */
from?: string, 
/**
 * The day or moment before which it ends; now unless given.
 */
to?: string, 
/**
 * How finely its course is cut (by the length of the range unless given).
 */
grain?: ReportGrain, 
/**
 * Dimensions of its lists (page, source, country, browser, device unless given).
 */
lists?: Array<string>, 
/**
 * Rows of each list (10 unless given).
 */
limit?: number, 
/**
 * Conditions, all of which must hold.
 */
filters?: Array<ReportFilter>, 
/**
 * What a visit is (backstory unless given).
 */
definition?: ReportDefinition, 
/**
 * Whether bots and whatever else is no person count too.
 */
bots?: boolean, };

/**
 * A first look.
 */
export type WebOverviewReply = { 
/**
 * What it rests on.
 */
basis: ReportBasis, 
/**
 * What the range comes to.
 */
totals: ReportTotals, 
/**
 * The range of the same length before, aligned to the day of the week.
 */
before: ReportTotals, 
/**
 * Where that begins.
 */
beforeFrom: string, 
/**
 * How finely its course is cut.
 */
grain: ReportGrain, 
/**
 * Its course.
 */
points: Array<ReportPoint>, 
/**
 * The course before.
 */
pointsBefore: Array<ReportPoint>, 
/**
 * Its lists.
 */
lists: Array<ReportList>, };

/**
 * Count who comes back: visitors by the week or month they were first seen in. Only of sites whose ids last longer than a day.
 */
export type WebRetention = { 
/**
 * The site, by its name or what a tracker calls it; the first by name unless given.
 */
site?: string, 
/**
 * Its first day or moment; 30 days before the end unless given.
 */
from?: string, 
/**
 * The day or moment before which it ends; now unless given.
 */
to?: string, 
/**
 * `day`, `week` or `month` (week unless given).
 */
grain?: ReportGrain, 
/**
 * Conditions, all of which must hold.
 */
filters?: Array<ReportFilter>, 
/**
 * What a visit is (backstory unless given).
 */
definition?: ReportDefinition, 
/**
 * Whether bots and whatever else is no person count too.
 */
bots?: boolean, };

/**
 * Who came back.
 */
export type WebRetentionReply = { 
/**
 * What it rests on.
 */
basis: ReportBasis, 
/**
 * How finely.
 */
grain: ReportGrain, 
/**
 * A row for each group and each time after: what a cohort panel takes.
 */
cells: Array<ReportCohortCell>, 
/**
 * Why nobody can be seen to come back, where the site's ids do not last.
 */
nothing: string | null, };

/**
 * Count them hour by hour, day by day, week by week or month by month.
 */
export type WebSeries = { 
/**
 * The site, by its name or what a tracker calls it; the first by name unless given.
 */
site?: string, 
/**
 * Its first day or moment; 30 days before the end unless given.
 */
from?: string, 
/**
 * The day or moment before which it ends; now unless given.
 */
to?: string, 
/**
 * How finely (by the length of the range unless given).
 */
grain?: ReportGrain, 
/**
 * Conditions, all of which must hold.
 */
filters?: Array<ReportFilter>, 
/**
 * What a visit is (backstory unless given).
 */
definition?: ReportDefinition, 
/**
 * Whether bots and whatever else is no person count too.
 */
bots?: boolean, };

/**
 * A range, part by part.
 */
export type WebSeriesReply = { 
/**
 * What it rests on.
 */
basis: ReportBasis, 
/**
 * How finely it is cut.
 */
grain: ReportGrain, 
/**
 * Its parts, in order.
 */
points: Array<ReportPoint>, };

/**
 * Count visitors, visits and page views of a range, and what came before it.
 */
export type WebTotals = { 
/**
 * The site, by its name or what a tracker calls it; the first by name unless given.
 */
site?: string, 
/**
 * Its first day or moment; 30 days before the end unless given.
 */
from?: string, 
/**
 * The day or moment before which it ends; now unless given.
 */
to?: string, 
/**
 * Conditions, all of which must hold.
 */
filters?: Array<ReportFilter>, 
/**
 * What a visit is (backstory unless given).
 */
definition?: ReportDefinition, 
/**
 * Whether bots and whatever else is no person count too.
 */
bots?: boolean, };

/**
 * What a range comes to.
 */
export type WebTotalsReply = { 
/**
 * What it rests on.
 */
basis: ReportBasis, 
/**
 * Its numbers.
 */
totals: ReportTotals, };

/**
 * List the events of a visit, in order.
 */
export type WebVisit = { 
/**
 * The site.
 */
site: string, 
/**
 * The visit, as `analytics.visits` tells it.
 */
visit: string, 
/**
 * What a visit is (backstory unless given).
 */
definition?: ReportDefinition, };

/**
 * The events of a visit.
 */
export type WebVisitReply = { 
/**
 * In order.
 */
events: Array<ReportEvent>, };

/**
 * List the visits behind a number, latest first.
 */
export type WebVisits = { 
/**
 * The site, by its name or what a tracker calls it; the first by name unless given.
 */
site?: string, 
/**
 * Its first day or moment; 30 days before the end unless given.
 */
from?: string, 
/**
 * The day or moment before which it ends; now unless given.
 */
to?: string, 
/**
 * Visits to pass over.
 */
offset?: number, 
/**
 * Visits to tell (100 unless given, 1,000 at most).
 */
limit?: number, 
/**
 * Only those that began in the part of the range that begins then: a day or a moment, as `analytics.series` tells its points.
 */
bucket?: string, 
/**
 * How finely the range is cut, where a part of it is asked for (a day unless given).
 */
grain?: ReportGrain, 
/**
 * Conditions, all of which must hold.
 */
filters?: Array<ReportFilter>, 
/**
 * What a visit is (backstory unless given).
 */
definition?: ReportDefinition, 
/**
 * Whether bots and whatever else is no person count too.
 */
bots?: boolean, };

/**
 * Visits.
 */
export type WebVisitsReply = { 
/**
 * What it rests on.
 */
basis: ReportBasis, 
/**
 * How many there are in all.
 */
total: number, 
/**
 * Those asked for.
 */
visits: Array<ReportVisit>, };

/**
 * One week.
 */
export type Week = { 
/**
 * Its Monday, as a date.
 */
start: string, 
/**
 * Commits, merges included.
 */
commits: number, 
/**
 * Distinct authors, bots left out.
 */
people: number, 
/**
 * Lines added.
 */
added: number, 
/**
 * Lines deleted.
 */
deleted: number, 
/**
 * Commits that fix a defect.
 */
fixes: number, };

/**
 * Follow a line back through the commits that made it, across renames, to the pull requests they came through,
 * what was said on those very lines, and the issues they were made for.
 */
export type Why = { 
/**
 * Path from the repository's root, with forward slashes.
 */
path: string, 
/**
 * Line, from 1.
 */
line: number, 
/**
 * The last line, where several are asked about: each commit that made one of them is told once, newest first, and not followed further back.
 */
endLine?: number, 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, 
/**
 * How many steps to go back (10 unless told otherwise), at most 50.
 */
limit?: number, };

/**
 * The story of a line.
 */
export type WhyReply = { 
/**
 * What the answer stands on.
 */
basis: Basis, 
/**
 * The file.
 */
path: string, 
/**
 * The line, from 1.
 */
line: number, 
/**
 * The last line, where several were asked about.
 */
endLine: number | null, 
/**
 * Its text; of several, the one that the first step tells of.
 */
text: string, 
/**
 * Newest first: the commit that made the line as it is, then what stood there before, and so on.
 */
steps: Array<WhyStep>, 
/**
 * Whether the last step is where the line begins; of several lines, whether every commit that made one is told.
 */
complete: boolean, };

/**
 * One step back in the story of a line.
 */
export type WhyStep = { 
/**
 * The commit.
 */
commit: CommitRef, 
/**
 * The path at that time.
 */
path: string, 
/**
 * The line at that time, from 1.
 */
line: number, 
/**
 * The line after this commit.
 */
after: string, 
/**
 * What stood there before; empty where the line was new. At most 20 lines.
 */
before: Array<string>, 
/**
 * Issues its message names.
 */
issues: Array<Record>, 
/**
 * Pull requests it came through.
 */
pullRequests: Array<PullRequestLink>, 
/**
 * Who reviewed it.
 */
reviewers: Array<PersonRef>, 
/**
 * What this step says, in a sentence.
 */
sentence: string, 
/**
 * The same as a story to be read from top to bottom: the line, its commit, the pull requests, their reviews, what was said on those lines, the issues and what was said there.
 */
story: Array<StoryPart>, };

/**
 * What is shown now.
 */
export type WindowState = { 
/**
 * The address of the screen, such as `/file/src/pay.rs`.
 */
route: string, 
/**
 * The window's title.
 */
title: string, 
/**
 * Width of the page, in CSS pixels.
 */
width: number, 
/**
 * Height of the page, in CSS pixels.
 */
height: number, 
/**
 * Whether it fills the screen.
 */
maximized: boolean, 
/**
 * Whether it has the keyboard.
 */
focused: boolean, 
/**
 * Whether the system asks for a dark theme.
 */
dark: boolean, 
/**
 * What was chosen for this window; it is remembered.
 */
theme: Theme, 
/**
 * How it draws: `accelerated`, `shared memory`, `software` or `safe`.
 */
rendering: string, 
/**
 * Whether the web process is sandboxed.
 */
sandboxed: boolean, 
/**
 * Whether the page has drawn its first screen.
 */
ready: boolean, };

/**
 * Read the text that the window shows.
 */
export type WindowText = { [key: string]: never };

/**
 * The text that is shown.
 */
export type WindowTextReply = { 
/**
 * The text, as a reader would copy it.
 */
text: string, };

/**
 * An issue or a pull request that is worth reading.
 */
export type WorthReading = { 
/**
 * The issue, or the pull request.
 */
record: Record, 
/**
 * Its pull request, or the issue it is about, where both are one story.
 */
beside: Array<Record>, 
/**
 * Where people read it.
 */
url: string | null, 
/**
 * Why, as a word.
 */
kind: WorthReadingKind, 
/**
 * Why, in a sentence.
 */
reason: string, 
/**
 * When it was made.
 */
at: string | null, 
/**
 * Its commits that touch what was asked about.
 */
commits: Figure, 
/**
 * Every summand of its place among those of its kind.
 */
terms: Array<TermText>, };

/**
 * Why something is worth reading.
 */
export type WorthReadingKind = "beginning" | "largest" | "discussed" | "cameBack" | "latest";

/**
 * Write rows in a format, to be put on the clipboard.
 */
export type WriteRows = { 
/**
 * Run.
 */
run: number, 
/**
 * Which of its results, from 0.
 */
result?: number, 
/**
 * The format.
 */
format: ExportFormat, 
/**
 * First row, from 0.
 */
from: number, 
/**
 * How many (100,000 at most).
 */
count: number, 
/**
 * Columns, from 0, in this order; all of them unless given.
 */
columns?: Array<number>, 
/**
 * Table to name in INSERT statements.
 */
table?: string, 
/**
 * As `databases.rows` had it.
 */
order?: Array<RowOrder>, 
/**
 * As `databases.rows` had it.
 */
filter?: Array<RowFilter>, };

/**
 * Text for the clipboard.
 */
export type WriteRowsReply = { 
/**
 * The rows in that format.
 */
text: string, };
