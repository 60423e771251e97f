// Numbers that come without their records get the call that lists them, so that each can be opened.

import type { Author, Commits, Figure } from '$ipc-schema/types';
import { repository } from '$/app/router.svelte';
import { evidence } from '$/kit/evidence.svelte';

/** A number of commits, or one that sums over them, with the call that lists those commits. */
export function overCommits(value: number, params: Commits): Figure {
  const of = repository.current;
  return {
    value,
    records: [],
    all: { method: 'memory.commits', params: { ...params, ...(of ? { repository: of } : {}) } },
  };
}

/** A bus factor, with the people it counts. */
export function overAuthors(value: number, authors: readonly Author[]): Figure {
  return {
    value,
    records: authors.map(({ person }) => ({ kind: 'person', id: person.key, title: person.name })),
    all: null,
  };
}

/** Opens the commits behind a number that is no figure of a reply. */
export function showCommits(title: string, value: number, params: Commits): void {
  evidence.open(overCommits(value, params), title);
}

/** Where a window begins that ends at the `now` of an answer; undefined where memory is empty. */
export function sinceOf(now: string | null, windowDays: number): string | undefined {
  const end = now === null ? NaN : Date.parse(now);
  if (!Number.isFinite(end)) return undefined;
  return new Date(end - windowDays * 86_400_000).toISOString().replace('.000Z', 'Z');
}
