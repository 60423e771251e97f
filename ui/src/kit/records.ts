// Records: where each kind is shown, and how a page of any listing method becomes records.

import type * as t from '$ipc-schema/types';
import { href } from '$/app/router.svelte';

/** What a kind is called. */
export const KINDS: Record<t.RecordKind, string> = {
  commit: 'Commit',
  pullRequest: 'Pull request',
  issue: 'Issue',
  file: 'File',
  folder: 'Folder',
  component: 'Component',
  person: 'Person',
  release: 'Release',
  review: 'Review',
  comment: 'Comment',
};

/** The address of the screen of a record; null for a kind that has none. */
export function recordHref(kind: t.RecordKind, id: string): string | null {
  switch (kind) {
    case 'commit':
      return href('commit', id);
    case 'pullRequest':
      return href('pull', id.replace(/^#/, ''));
    case 'issue':
      return href('issue', id);
    case 'file':
      return href('file', id);
    case 'folder':
      return href('explorer', id);
    case 'component':
      return href('component', id);
    case 'person':
      return href('person', id);
    case 'review':
    case 'comment':
      return within(kind, id);
    case 'release':
      return null;
  }
}

/**
 * A review or a comment is shown on the screen of what it stands beneath, by whose id its own begins:
 * of a pull request `382/4711`, of an issue `PROJ-1247/10001` or `#12/771`.
 */
function within(kind: 'review' | 'comment', id: string): string | null {
  const cut = id.lastIndexOf('/');
  if (cut <= 0) return null;
  const [of, at] = [id.slice(0, cut), id.slice(cut + 1)];
  const query = { at: kind === 'review' ? `review-${at}` : at };
  return /^\d+$/.test(of) ? href('pull', of, query) : href('issue', of, query);
}

/** A record with what a list shows beside it. */
export interface Listed {
  record: t.Record;
  at: string | null;
  author: t.PersonRef | null;
}

export const listed = (record: t.Record): Listed => ({ record, at: null, author: null });

/** The records of one page of a listing method, and the cursor of the next. */
export function recordsOf(reply: object): { records: Listed[]; next: string | null } {
  const next = 'next' in reply && typeof reply.next === 'string' ? reply.next : null;
  for (const [name, rows] of Object.entries(reply)) {
    if (name === 'basis' || !Array.isArray(rows)) continue;
    const records = rows.map(record).filter((it) => it !== null);
    if (records.length > 0) return { records, next };
  }
  return { records: [], next };
}

function record(row: unknown): Listed | null {
  if (typeof row !== 'object' || row === null) return null;
  if ('record' in row) {
    const named = record(row.record);
    const { at, reviewer, author } = row as Partial<t.ReviewText & t.CommentText>;
    return named && { ...named, at: at ?? null, author: reviewer ?? author ?? null };
  }
  if ('commit' in row) {
    const it = row.commit as t.CommitRef;
    const named = { kind: 'commit' as const, id: it.id, title: it.subject };
    return { record: named, at: it.at, author: it.author };
  }
  if ('issue' in row && typeof row.issue === 'object') {
    const it = row.issue as t.IssueRef;
    return { record: { kind: 'issue', id: it.key, title: it.title }, at: it.at, author: null };
  }
  // A review names its pull request by number only, and is a record itself.
  if ('pullRequest' in row && typeof row.pullRequest === 'object') {
    const it = row.pullRequest as t.PullRef;
    const named = { kind: 'pullRequest' as const, id: String(it.number), title: it.title };
    return { record: named, at: it.at, author: it.author };
  }
  if ('comment' in row && typeof row.comment === 'object') return record(row.comment);
  if ('person' in row) {
    const it = row.person as t.PersonRef;
    return listed({ kind: 'person', id: it.key, title: it.name });
  }
  if ('kind' in row && 'title' in row) return listed(row as t.Record);
  if ('path' in row) {
    const kind = 'kind' in row && row.kind === 'folder' ? 'folder' : 'file';
    return listed({ kind, id: String(row.path), title: String(row.path) });
  }
  return null;
}
