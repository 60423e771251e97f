// What is known of the databases behind the connections, and what is open in the tree. It outlives
// the screens, so that whoever comes back finds the tree as it was left.

import type * as t from '$ipc-schema/types';
import { call, CallError } from '$/ipc/client';
import { project } from '$/kit/project.svelte';
import { placeKey, type Place } from './place';

export type Loaded<T> =
  { state: 'loading' } | { state: 'ready'; value: T } | { state: 'error'; error: CallError };

/** What stands in a schema, as far as it was asked for. */
export interface Listing {
  objects: readonly t.DatabaseObject[];
  /** Where the next page begins; null at the end. */
  next: string | null;
  busy: boolean;
  error: CallError | null;
  /** For Redis: which keys. */
  pattern: string;
}

/** Objects of the first page, and of those after it. */
const FIRST = 1_000;
const MORE = 5_000;
/** Keys of a page: each is asked for its type. */
const KEYS = 500;

const schemas = new Map<string, Loaded<readonly t.DatabaseSchema[]>>();
const listings = new Map<string, Listing>();
const described = new Map<string, Loaded<t.DescribeObjectReply>>();
const checks = new Map<string, Loaded<t.CheckConnectionReply>>();
const toggled = new Map<string, boolean>();
/** Counts changes of any of these; whoever reads them reads it too. */
let turn = $state(0);
/** Answers of a project that was left are no longer wanted. */
let era = 0;
let of: string | undefined;

const changed = () => void turn++;
const schemaKey = (connection: string, schema: string) => `${connection}\n${schema}`;
const failed = (reason: unknown) =>
  reason instanceof CallError ? reason : new CallError('internal', String(reason));

export const kept = {
  schemas: (connection: string) => (void turn, schemas.get(connection)),
  listing: (connection: string, schema: string) => (
    void turn,
    listings.get(schemaKey(connection, schema))
  ),
  described: (place: Place) => (void turn, described.get(placeKey(place))),
  check: (connection: string) => (void turn, checks.get(connection)),
  isOpen: (key: string, unless: boolean) => (void turn, toggled.get(key) ?? unless),

  open(key: string, open: boolean) {
    toggled.set(key, open);
    changed();
  },

  /** Forgets all of it where another project is at hand. */
  follow() {
    if (of === project.folder) return;
    of = project.folder;
    kept.forget();
  },

  forget() {
    era++;
    for (const it of [schemas, listings, described, checks, toggled]) it.clear();
    changed();
  },

  /** Forgets what is known of one thing. */
  forgetObject(place: Place) {
    described.delete(placeKey(place));
    changed();
  },

  /** Forgets what is known of one connection, or of one schema of it, but not what is open. */
  forgetOf(connection: string, schema?: string) {
    const begin = schema === undefined ? `${connection}\n` : `${connection}\n${schema}\n`;
    if (schema === undefined) {
      schemas.delete(connection);
      checks.delete(connection);
    } else listings.delete(schemaKey(connection, schema));
    for (const it of [listings, described])
      for (const key of it.keys()) if (key.startsWith(begin)) it.delete(key);
    changed();
  },
};

/** Asks whether a connection answers. Returns whether it does. */
export async function check(connection: string): Promise<boolean> {
  const began = era;
  checks.set(connection, { state: 'loading' });
  changed();
  let answer: Loaded<t.CheckConnectionReply>;
  try {
    const value = await call('databases.check', { connection, ...project.named });
    answer = { state: 'ready', value };
  } catch (reason) {
    answer = { state: 'error', error: failed(reason) };
  }
  if (began !== era) return false;
  checks.set(connection, answer);
  changed();
  return answer.state === 'ready';
}

/** Asks for the schemas of a connection; `sure` where it is known to answer. */
export async function loadSchemas(connection: string, sure: boolean): Promise<void> {
  const began = era;
  schemas.set(connection, { state: 'loading' });
  changed();
  if (!sure && !(await check(connection))) {
    if (began !== era) return;
    // The check says why.
    schemas.delete(connection);
    return changed();
  }
  let answer: Loaded<readonly t.DatabaseSchema[]>;
  try {
    const reply = await call('databases.schemas', { connection, ...project.named });
    answer = { state: 'ready', value: reply.schemas };
  } catch (reason) {
    answer = { state: 'error', error: failed(reason) };
  }
  if (began !== era) return;
  schemas.set(connection, answer);
  changed();
}

/** Asks for what stands in a schema: from its beginning, or the next page of it. */
export async function loadObjects(
  connection: string,
  schema: string,
  engine: t.DatabaseEngine,
  { more = false, pattern }: { more?: boolean; pattern?: string } = {},
): Promise<void> {
  const key = schemaKey(connection, schema);
  const before = listings.get(key);
  if (before?.busy) return;
  const asked = pattern ?? before?.pattern ?? '';
  const goesOn = more && before !== undefined && before.next !== null;
  const objects = goesOn ? before.objects : [];
  const base = { objects, pattern: asked, next: goesOn ? before.next : null };
  const waits: Listing = { ...base, busy: true, error: null };
  listings.set(key, waits);
  changed();
  let after: Listing;
  try {
    const limit = engine === 'redis' ? KEYS : goesOn ? MORE : FIRST;
    const reply = await call('databases.objects', {
      connection,
      schema,
      ...project.named,
      limit,
      ...(asked ? { pattern: asked } : {}),
      ...(goesOn && before.next !== null ? { cursor: before.next } : {}),
    });
    const all = goesOn ? [...objects, ...reply.objects] : reply.objects;
    after = {
      // Redis may name a key twice while its table of keys grows.
      objects: engine === 'redis' ? unique(all) : all,
      next: reply.next,
      pattern: asked,
      busy: false,
      error: null,
    };
  } catch (reason) {
    after = { ...base, busy: false, error: failed(reason) };
  }
  // Forgotten or asked anew meanwhile.
  if (listings.get(key) !== waits) return;
  listings.set(key, after);
  changed();
}

/** Asks for all about something. */
export async function describe(place: Place): Promise<t.DescribeObjectReply> {
  const key = placeKey(place);
  const there = described.get(key);
  if (there?.state === 'ready') return there.value;
  const waits: Loaded<t.DescribeObjectReply> = { state: 'loading' };
  described.set(key, waits);
  changed();
  const settle = (answer: Loaded<t.DescribeObjectReply>) => {
    if (described.get(key) !== waits) return;
    described.set(key, answer);
    changed();
  };
  try {
    const value = await call('databases.describe', { ...place, ...project.named });
    settle({ state: 'ready', value });
    return value;
  } catch (reason) {
    const error = failed(reason);
    settle({ state: 'error', error });
    throw error;
  }
}

function unique(objects: readonly t.DatabaseObject[]): readonly t.DatabaseObject[] {
  return [...new Map(objects.map((it) => [it.name, it])).values()];
}
