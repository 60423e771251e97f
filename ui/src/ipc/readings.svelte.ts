// How far the readings of repositories are, as told while they run.

import type * as t from '$ipc-schema/types';
import { SvelteMap } from 'svelte/reactivity';
import { on, onreading } from './events';

const readings = new SvelteMap<string, t.Reading>();

/** How far the reading of a repository is; `known` is what a listing said of it. */
export function readingOf(repository: string, known: t.Reading | null): t.Reading | null {
  return readings.get(repository) ?? known;
}

/** Begins to follow the events. Called once, when the page begins. */
export function followReadings(): void {
  onreading(({ repository, phase, done, total }) => {
    readings.set(repository, { phase, done, total });
  });
  // One has begun or ended: the listing that is asked for now knows better.
  on('sources', ({ repository }) => {
    if (repository) readings.delete(repository);
    else readings.clear();
  });
}
