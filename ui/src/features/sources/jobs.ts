// Work on sources that goes on when its screen is left: no call here ends with a component.

import type * as t from '$ipc-schema/types';
import { call, CallError } from '$/ipc/client';
import { toast } from '$/kit/toast.svelte';
import { count, duration, number, percent } from '$/lib/format';

const why = (error: unknown) => (error instanceof Error ? error.message : String(error));
const quiet = (error: unknown) => error instanceof CallError && error.kind === 'cancelled';

/** Reads what is new in a repository, and says so when that is done. */
export async function read(repository: string): Promise<void> {
  try {
    const { synced } = await call('sources.sync', { repository });
    for (const it of synced) toast(told(it), it.failure ? 'failed' : 'done');
  } catch (error) {
    if (!quiet(error)) toast(`${repository} could not be read: ${why(error)}.`, 'failed');
  }
}

/** Adds a repository; resolves with its name as soon as it is known, while the reading goes on. */
export async function add(path: string): Promise<string> {
  const { repository, movedFrom } = await call('sources.add', { path, sync: false });
  if (movedFrom !== null) {
    toast(`${repository} has moved: it was at ${movedFrom}, and memory goes on with it here.`);
  }
  void read(repository);
  return repository;
}

/** Stops a reading. What was read before stays. */
export async function stop(repository: string): Promise<void> {
  try {
    await call('sources.cancel', { repository });
  } catch (error) {
    toast(`The reading of ${repository} could not be stopped: ${why(error)}.`, 'failed');
  }
}

/** Takes a repository out of memory. */
export async function remove(repository: string): Promise<void> {
  try {
    await call('sources.remove', { repository });
    toast(`${repository} is no longer in memory. The repository itself was left alone.`);
  } catch (error) {
    toast(`${repository} could not be removed: ${why(error)}.`, 'failed');
  }
}

function told(it: t.Synced): string {
  if (it.failure) return `${it.repository}: ${it.failure}`;
  const removed =
    it.commitsRemoved > 0 ? `, ${count(it.commitsRemoved, 'commit')} gone from the history` : '';
  if (it.commitsAdded === 0 && !removed) return `${it.repository}: nothing new.`;
  const added = `${count(it.commitsAdded, 'new commit')}${removed}`;
  return `${it.repository}: ${added}, read in ${duration(it.seconds)}.`;
}

const PHASES: Record<string, string> = {
  commits: 'Reading commits',
  files: 'Comparing files',
  lines: 'Counting lines',
  writing: 'Writing memory',
};

/** How far a reading is, in words. */
export function readingText({ phase, done, total }: t.Reading): string {
  const doing = PHASES[phase] ?? 'Reading';
  if (total > 0) return `${doing}: ${percent(done / total)}`;
  return done > 0 ? `${doing}: ${number(done)}` : `${doing}…`;
}
