// What happened to a pull request as one talk in order of time: comments, reviews, discussions on
// lines, commits that were pushed, and what was done to it.

import type {
  CommentText,
  ListedCommit,
  MomentText,
  PersonRef,
  PullRecord,
  ReviewText,
  Thread,
} from '$ipc-schema/types';

export type Entry = { key: string; at: string } & (
  | { kind: 'comment'; comment: CommentText }
  | { kind: 'review'; review: ReviewText }
  | { kind: 'thread'; thread: Thread }
  | { kind: 'commits'; commits: ListedCommit[] }
  | { kind: 'moment'; person: PersonRef | null; words: string; about: PersonRef[] }
);

/** What GitHub calls it, in words. */
const WORDS: Record<string, string> = {
  review_requested: 'asked for a review of',
  review_request_removed: 'no longer asks for a review of',
  ready_for_review: 'said that it is ready for review',
  convert_to_draft: 'made it a draft',
  converted_to_draft: 'made it a draft',
  head_ref_force_pushed: 'pushed other commits in place of these',
  base_ref_changed: 'changed the branch it is for',
  review_dismissed: 'took back a review',
  assigned: 'assigned it to',
  unassigned: 'took it from',
  merged: 'merged it',
  closed: 'closed it',
  reopened: 'opened it again',
};

export const momentWords = (kind: string) => WORDS[kind] ?? kind.replaceAll('_', ' ');

/** The talk, oldest first. */
export function talk(record: PullRecord): Entry[] {
  const { text } = record;
  const out: Entry[] = record.comments.map((comment) => ({
    kind: 'comment',
    key: comment.record.id,
    at: comment.at,
    comment,
  }));
  for (const review of record.reviews) {
    // The author's own answers on lines come as reviews that say nothing themselves.
    const silent = review.verdict === 'commented' && review.text.trim() === '';
    if (silent && (review.own || record.threads.length > 0)) continue;
    out.push({ kind: 'review', key: `review ${review.record.id}`, at: review.at, review });
  }
  for (const [i, thread] of record.threads.entries()) {
    const at = thread.comments[0]?.at;
    if (at) out.push({ kind: 'thread', key: `thread ${i}`, at, thread });
  }
  // Those it was opened with are no news.
  const pushed = record.commits.filter((it) => it.at > text.created);
  for (const commit of pushed) {
    out.push({ kind: 'commits', key: `commit ${commit.id}`, at: commit.at, commits: [commit] });
  }
  const moments = record.moments.filter((it) => it.kind !== 'reviewed' && it.kind !== 'committed');
  const told = (kind: string) => moments.some((it) => it.kind === kind);
  for (const it of [...moments, ...ending(record, told)]) {
    out.push({
      kind: 'moment',
      key: `moment ${it.kind} ${it.at} ${it.about?.key ?? ''}`,
      at: it.at,
      person: it.person,
      words: momentWords(it.kind),
      about: it.about ? [it.about] : [],
    });
  }
  // Of one moment the order of the reply stays, so that the same rows give the same screen.
  return joined(out.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)));
}

/** How it ended, where no moment tells. */
function ending({ text }: PullRecord, told: (kind: string) => boolean): MomentText[] {
  if (text.merged && !told('merged'))
    return [{ at: text.merged, kind: 'merged', person: text.mergedBy, about: null }];
  if (text.closed && !text.merged && !told('closed'))
    return [{ at: text.closed, kind: 'closed', person: null, about: null }];
  return [];
}

/** Commits that follow each other stand together, and so do the people somebody asked. */
function joined(entries: readonly Entry[]): Entry[] {
  const out: Entry[] = [];
  const keys = new Map<string, number>();
  for (const entry of entries) {
    const before = out.at(-1);
    if (before?.kind === 'commits' && entry.kind === 'commits') {
      before.commits.push(...entry.commits);
      continue;
    }
    if (
      before?.kind === 'moment' &&
      entry.kind === 'moment' &&
      before.words === entry.words &&
      before.person?.key === entry.person?.key
    ) {
      before.about.push(
        ...entry.about.filter((it) => !before.about.some((other) => other.key === it.key)),
      );
      continue;
    }
    const seen = keys.get(entry.key) ?? 0;
    keys.set(entry.key, seen + 1);
    out.push(seen > 0 ? { ...entry, key: `${entry.key} ${seen}` } : entry);
  }
  return out;
}

/** The last word of each reviewer: what counts, newest first. */
export function lastVerdicts(reviews: readonly ReviewText[]): ReviewText[] {
  const out = new Map<string, ReviewText>();
  for (const it of reviews) {
    if (it.own || !it.reviewer) continue;
    const before = out.get(it.reviewer.key);
    // A remark after a verdict takes nothing of it back.
    if (before && before.verdict !== 'commented' && it.verdict === 'commented') continue;
    out.set(it.reviewer.key, it);
  }
  return [...out.values()].sort((a, b) => (a.at < b.at ? 1 : -1));
}

export interface HunkLine {
  sign: '+' | '-' | ' ' | '@';
  text: string;
}

/** Lines of a hunk that are shown: those right before the comment. */
const HUNK_MAX = 8;

/** The end of a hunk, and how many lines stand before it. */
export function hunk(text: string, all = false): { lines: HunkLine[]; left: number } {
  const lines = text.split('\n').filter((it) => it !== '' && !it.startsWith('\\'));
  const first = lines.findIndex((it) => it.startsWith('@@'));
  const rows = lines.map((line, i): HunkLine => {
    const sign = i === first ? '@' : (line[0] as HunkLine['sign']);
    return sign === '+' || sign === '-'
      ? { sign, text: line.slice(1) }
      : sign === '@'
        ? { sign, text: line }
        : { sign: ' ', text: line.replace(/^ /, '') };
  });
  const body = rows.filter((it) => it.sign !== '@');
  const left = all ? 0 : Math.max(0, body.length - HUNK_MAX);
  return { lines: left > 0 ? body.slice(left) : rows, left };
}
