// How far the readings of repositories and trackers are, as told while they run.

import type * as t from '$ipc-schema/types';
import { SvelteMap } from 'svelte/reactivity';
import { on, onreading } from './events';

const readings = new SvelteMap<string, t.Reading>();
const trackers = new SvelteMap<string, t.Reading>();

/** How far the reading of a repository is; `known` is what a listing said of it. */
export function readingOf(repository: string, known: t.Reading | null): t.Reading | null {
  return readings.get(repository) ?? known;
}

/** How far the reading of a tracker is; `known` is what a listing said of it. */
export function trackerReadingOf(tracker: string, known: t.Reading | null): t.Reading | null {
  return trackers.get(tracker) ?? known;
}

/** Begins to follow the events. Called once, when the page begins. */
export function followReadings(): void {
  onreading(({ repository, tracker, phase, done, total }) => {
    if (tracker !== undefined) trackers.set(tracker, { phase, done, total });
    if (repository !== undefined) readings.set(repository, { phase, done, total });
  });
  // One has begun or ended: the listing that is asked for now knows better.
  on('sources', ({ repository }) => {
    trackers.clear();
    if (repository) readings.delete(repository);
    else readings.clear();
  });
}
