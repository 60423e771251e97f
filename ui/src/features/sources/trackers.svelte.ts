// Work on trackers that goes on when its screen is left, and what came of it. A token passes through
// here on its way to the keyring and is kept nowhere.

import type * as t from '$ipc-schema/types';
import { SvelteMap } from 'svelte/reactivity';
import { call, CallError } from '$/ipc/client';
import { toast } from '$/kit/toast.svelte';
import { count, duration, number, percent, size } from '$/lib/format';
import { inWindow } from '$/lib/hints';

const why = (error: unknown) => {
  if (!(error instanceof CallError)) return String(error);
  return inWindow(error.hint ? `${error.message} (${error.hint})` : error.message);
};
const quiet = (error: unknown) => error instanceof CallError && error.kind === 'cancelled';

/** What the last reading of each tracker brought, as long as this window lives. */
export const brought = new SvelteMap<string, t.TookIn>();

/** What trackers are called for people. */
export const KINDS: Record<t.TrackerKind, string> = { jira: 'Jira', github: 'GitHub' };

/** Reads what is new in a tracker, and says so when that is done. */
export async function readTracker(tracker: string): Promise<void> {
  try {
    const { tookIn } = await call('trackers.sync', { tracker });
    tookIn.forEach(keep);
  } catch (error) {
    if (!quiet(error)) toast(`${tracker} could not be read: ${why(error)}.`, 'failed');
  }
}

/** Adds a tracker; resolves with its name as soon as it is known, while the reading goes on. */
export async function addTracker(it: t.AddTracker, then: boolean): Promise<string> {
  const { tracker } = await call('trackers.add', { ...it, sync: false });
  if (then) void readTracker(tracker);
  return tracker;
}

/** Takes files in. Rejects where they could not be taken in at all. */
export async function importFiles(params: t.Import): Promise<t.TookIn> {
  const tookIn = await call('trackers.import', params);
  keep(tookIn);
  return tookIn;
}

/** Stops a reading. What was taken in stays. */
export async function stopTracker(tracker: string): Promise<void> {
  try {
    await call('trackers.cancel', { tracker });
  } catch (error) {
    toast(`The reading of ${tracker} could not be stopped: ${why(error)}.`, 'failed');
  }
}

/** Takes out a tracker with everything that came from it. */
export async function removeTracker(tracker: string): Promise<void> {
  try {
    await call('trackers.remove', { tracker });
    brought.delete(tracker);
    toast(`${tracker} is no longer in memory, nor is anything that came from it.`);
  } catch (error) {
    toast(`${tracker} could not be removed: ${why(error)}.`, 'failed');
  }
}

/** Takes a token out of the system's keyring. */
export async function removeToken(tracker: string): Promise<void> {
  try {
    await call('trackers.removeToken', { tracker });
    toast(`The token of ${tracker} was taken out of the keyring.`);
  } catch (error) {
    toast(`The token of ${tracker} could not be removed: ${why(error)}.`, 'failed');
  }
}

function keep(it: t.TookIn): void {
  brought.set(it.tracker, it);
  toast(
    `${it.tracker}: ${broughtText(it)}`,
    it.failure || it.refusedTotal > 0 ? 'warning' : 'done',
  );
}

/** What a reading brought, in a sentence. */
export function broughtText(it: t.TookIn): string {
  if (it.failure) return it.failure;
  const refused =
    it.refusedTotal > 0
      ? ` ${count(it.refusedTotal, 'record')} could not be taken: see Sources.`
      : '';
  if (it.records === 0) return `there was nothing to read.${refused}`;
  const read = `${count(it.records, 'record')} (${size(it.bytes)}) read in ${duration(it.seconds)}`;
  if (it.new === 0) return `${read}, nothing new among them.${refused}`;
  return `${read}, ${number(it.new)} of them new.${refused}`;
}

const PHASES: Record<string, string> = {
  waiting: 'Waiting for its turn',
  reading: 'Reading records',
  relating: 'Relating them to the history',
};

/** How far the reading of a tracker is, in words; a sentence of the other side stands as it is. */
export function trackerReadingText({ phase, done, total }: t.Reading): string {
  const doing = PHASES[phase] ?? phase;
  if (total > 0) return `${doing}: ${number(done)} of ${number(total)} (${percent(done / total)})`;
  return done > 0 ? `${doing}: ${number(done)}` : `${doing}…`;
}

/** Where a token is, as people say it. */
export function tokenText(reference: string): string {
  const [kind = '', ...rest] = reference.split(':');
  const name = rest.join(':');
  switch (kind) {
    case 'keyring':
      return 'in the system’s keyring';
    case 'env':
      return `in the variable ${name}`;
    case 'cmd':
      return `printed by ${name}`;
    default:
      return reference;
  }
}
