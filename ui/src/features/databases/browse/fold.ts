// Keys of Redis in namespaces: `user:1:name` stands in `user:`, and there in `1:`.

import type * as t from '$ipc-schema/types';

/** A namespace with what stands in it, by name. */
export interface Namespace {
  /** All before it and itself, with the colon at its end; empty for the whole. */
  prefix: string;
  /** Keys in it and below. */
  count: number;
  spaces: Namespace[];
  keys: t.DatabaseObject[];
}

/** Namespaces deeper than this are part of a name. */
const DEPTH_MAX = 12;

/** The keys in their namespaces. A namespace of a single key is none. */
export function fold(objects: readonly t.DatabaseObject[]): Namespace {
  return within('', objects, 0);
}

function within(prefix: string, objects: readonly t.DatabaseObject[], depth: number): Namespace {
  const groups = new Map<string, t.DatabaseObject[]>();
  const keys: t.DatabaseObject[] = [];
  for (const it of objects) {
    const colon = depth < DEPTH_MAX ? it.name.indexOf(':', prefix.length) : -1;
    // A key that begins with a quote is written as in a command: its colons part nothing.
    if (colon < 0 || it.name.startsWith('"')) keys.push(it);
    else {
      const space = it.name.slice(0, colon + 1);
      const group = groups.get(space);
      if (group) group.push(it);
      else groups.set(space, [it]);
    }
  }
  const spaces: Namespace[] = [];
  for (const [space, inner] of groups) {
    if (inner.length === 1) keys.push(...inner);
    else spaces.push(within(space, inner, depth + 1));
  }
  const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  spaces.sort((a, b) => byText(a.prefix, b.prefix));
  keys.sort((a, b) => byText(a.name, b.name));
  return { prefix, count: objects.length, spaces, keys };
}
