// What stands in a database, as completion needs it: asked once for each connection, kept, and
// asked again when it went stale.

import type * as t from '$ipc-schema/types';
import { onstale } from '$/ipc/cache.svelte';
import { call } from '$/ipc/client';
import { project } from '$/kit/project.svelte';

export interface Catalogue {
  schemas(): Promise<readonly t.DatabaseSchema[]>;
  tables(schema: string): Promise<readonly t.DatabaseTable[]>;
}

/** How long an answer is believed, in milliseconds. */
const BELIEVED = 5 * 60_000;

interface Kept<T> {
  at: number;
  value: Promise<T>;
}

const kept = new Map<string, Kept<unknown>>();

function ask<T>(key: string, make: () => Promise<T>): Promise<T> {
  const there = kept.get(key) as Kept<T> | undefined;
  if (there && performance.now() - there.at < BELIEVED) return there.value;
  const value = make();
  kept.set(key, { at: performance.now(), value });
  // What could not be had is asked for again the next time.
  value.catch(() => kept.delete(key));
  return value;
}

/** The catalogue of a connection. */
export function catalogueOf(connection: string): Catalogue {
  const about = () => ({ connection, ...project.named });
  return {
    schemas: () =>
      ask(`${connection}\n${project.folder}`, async () => {
        return (await call('databases.schemas', about())).schemas;
      }),
    tables: (schema) =>
      ask(`${connection}\n${project.folder}\n${schema}`, async () => {
        return (await call('databases.tables', { ...about(), schema })).tables;
      }),
  };
}

/** Forgets what is known, of one connection or of all. */
export function forgetCatalogue(connection?: string): void {
  for (const key of kept.keys()) {
    if (connection === undefined || key.startsWith(`${connection}\n`)) kept.delete(key);
  }
}

/** Follows changes of what there is. Returns what stops it. */
export const followCatalogues = () => onstale('databases.tables', () => forgetCatalogue());
