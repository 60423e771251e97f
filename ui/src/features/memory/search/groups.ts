// Hits by kind, in the order in which they came: the best first within each kind.

import type { Hit, RecordKind } from '$ipc-schema/types';

/** Kinds that a search looks for. */
export const SEARCHED: RecordKind[] = [
  'file',
  'folder',
  'component',
  'person',
  'commit',
  'pullRequest',
  'issue',
];

/** What several of a kind are called. */
export const PLURALS: Record<RecordKind, string> = {
  commit: 'Commits',
  pullRequest: 'Pull requests',
  issue: 'Issues',
  file: 'Files',
  folder: 'Folders',
  component: 'Components',
  person: 'People',
  release: 'Releases',
  review: 'Reviews',
  comment: 'Comments',
};

/** One group for each kind that was found; a kind stands where its first hit stood. */
export function grouped(hits: readonly Hit[]): { kind: RecordKind; hits: Hit[] }[] {
  const out = new Map<RecordKind, Hit[]>();
  for (const hit of hits) {
    const group = out.get(hit.record.kind);
    if (group) group.push(hit);
    else out.set(hit.record.kind, [hit]);
  }
  return [...out].map(([kind, group]) => ({ kind, hits: group }));
}
