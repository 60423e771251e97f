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
 * The `now` of the answer: time of the newest commit that was not dated in the future when it was read, unless the caller gave another.
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
 * Tell why a component has changed so often: what kind of changes, by whom, for which issues, in which files.
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
 * The `now` of the answer, RFC 3339; the time of the newest commit unless given.
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
 * People by commits.
 */
people: Array<PersonCount>, 
/**
 * Issues by commits.
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
 * The `now` of the answer, RFC 3339; the time of the newest commit unless given.
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
 * Describe every method as an OpenRPC document.
 */
export type Discover = { [key: string]: never };

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
 * `wrote`, `reviewed`, `touches`, `names`, `part of`, `parent`, `undoes`, `knows`, `changes with`.
 */
relation: string, 
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
 * The `now` of the answer, RFC 3339; the time of the newest commit unless given.
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
 * The `now` of the answer, RFC 3339; the time of the newest commit unless given.
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
 * Show a record with its relations: commits, files, people, issues and pull requests.
 */
export type Graph = { 
/**
 * What kind of record.
 */
kind: RecordKind, 
/**
 * Object id, number, issue key, path, component or person's key.
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
 * When it happened, for a commit.
 */
at: string | null, 
/**
 * Who wrote it, for a commit.
 */
author: PersonRef | null, };

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
 * `git` for a name with a mail, `login` for a login.
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
reasons: Array<string>, };

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
 * Show a screen in the window and bring it forward.
 */
export type Open = { 
/**
 * Address of the screen: `/overview`, `/explorer/src`, `/file/src/pay.rs`, `/commit/ID`, `/person/KEY`, `/search?text=…`, `/sources`, `/bridge`.
 */
route: string, 
/**
 * Repository to show it of, by name or by path.
 */
repository?: string, };

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
 * Tell how large and how active a repository is, who works on it and where the risk lies.
 */
export type Overview = { 
/**
 * Repository, by name or by path; the only one where there is one.
 */
repository?: string, 
/**
 * The `now` of the answer, RFC 3339; the time of the newest commit unless given.
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
reason: string, };

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
 * Reviews, as far as Git tells.
 */
reviews: Figure, 
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
 * Tell what Git knows of a pull request: its commits, files, issues and reviewers.
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
 * The words in Git: `(#12)`, `Merge pull request #12`, `refs/pull/12/head`.
 */
toldBy: string, };

/**
 * What Git knows of a pull request.
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
 * Whether its commits are in the history of HEAD.
 */
merged: boolean, 
/**
 * Its commits in the history of HEAD, oldest first, each with the words that say so.
 */
commits: Array<CommitOfPullRequest>, 
/**
 * Files it changed, by path; at most 1000.
 */
files: Array<Record>, 
/**
 * Issues its commits name.
 */
issues: Array<Record>, 
/**
 * Who wrote it.
 */
authors: Array<PersonRef>, 
/**
 * Who reviewed it.
 */
reviewers: Array<PersonRef>, };

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
 * A record that exists: the evidence behind a number, or a thing to go to.
 */
export type Record = { 
/**
 * What kind of record.
 */
kind: RecordKind, 
/**
 * Object id, number, issue key, path, component, person's key or tag.
 */
id: string, 
/**
 * What to call it: a commit's subject, a person's name; the id again where there is nothing better.
 */
title: string, };

/**
 * What kind of record it is.
 */
export type RecordKind = "commit" | "pullRequest" | "issue" | "file" | "folder" | "component" | "person" | "release";

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
 * What was removed.
 */
export type RemoveReply = { 
/**
 * The repository's name.
 */
repository: string, };

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
 * The `now` of the answer, RFC 3339; the time of the newest commit unless given.
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
 * The risk told in sentences, each with its records. Told in full for one file, else the first two.
 */
sentences: Array<Sentence>, };

/**
 * What somebody did for a commit.
 */
export type Role = "author" | "reviewer";

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
 * Find commits by the words of their messages, files by any part of their path, and people by name or mail.
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
 * Tell what the window shows.
 */
export type State = { [key: string]: never };

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
 * Light or dark.
 */
export type Theme = "system" | "light" | "dark";

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
export type Topic = "memory" | "sources" | "identities" | "app";

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
failure: string | null, };

/**
 * What a tracker is.
 */
export type TrackerKind = "jira" | "github";

/**
 * Take a decision back.
 */
export type Undo = { 
/**
 * Its number, as `identities.edits` tells.
 */
edit: number, };

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
 * Follow a line back through the commits that made it, across renames, with their issues and pull requests.
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
 * Its text.
 */
text: string, 
/**
 * Newest first: the commit that made the line as it is, then what stood there before, and so on.
 */
steps: Array<WhyStep>, 
/**
 * Whether the last step is where the line begins.
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
sentence: string, };

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
