// Where something stands: on which connection, in which schema, under which name; and its address.

import type * as t from '$ipc-schema/types';
import { href } from '$/app/router.svelte';
import { written } from '../workspace/words';

export interface Place {
  connection: string;
  schema: string;
  object: string;
}

/** One text for a place, to keep things under. */
export const placeKey = ({ connection, schema, object }: Place) =>
  `${connection}\n${schema}\n${object}`;

/** The screen that tells all about it: values of a key, documents of a collection, else its columns. */
export function placeHref(place: Place, kind: t.DatabaseObjectKind): string {
  if (kind === 'key') return keysHref(place.connection, place.schema, place.object);
  if (kind === 'collection') return documentsHref(place);
  return objectHref(place);
}

export const objectHref = ({ connection, schema, object }: Place, show?: string) =>
  href('object', connection, { schema, name: object, show });
export const keysHref = (connection: string, schema: string, key?: string, pattern?: string) =>
  href('keys', connection, { schema, key, pattern });
export const documentsHref = ({ connection, schema, object }: Place) =>
  href('documents', connection, { schema, name: object });
export const diagramHref = (connection: string, schema: string, table?: string) =>
  href('diagram', connection, { schema, table });
/** A query on a connection; with a statement, that statement. */
export const queryHref = (connection: string, text?: string) =>
  href('databases', connection, { text });

/** A name without the arguments of a function. */
const bare = (name: string, kind: t.DatabaseObjectKind) =>
  kind === 'function' ? name.replace(/\(.*$/s, '') : name;

/** A name as a statement has to write it; with its schema where it is not found without. */
export function nameIn(
  place: Place,
  kind: t.DatabaseObjectKind,
  engine: t.DatabaseEngine,
  current: boolean,
): string {
  const name = bare(place.object, kind);
  if (engine === 'redis') return redisWord(name);
  if (engine === 'mongodb') return collectionIn(name);
  const own = written(name, engine);
  return current ? own : `${written(place.schema, engine)}.${own}`;
}

/** A collection as the shell calls it. */
export const collectionIn = (name: string) =>
  /^[A-Za-z_$][\w$]*$/.test(name) ? `db.${name}` : `db.getCollection(${JSON.stringify(name)})`;

/** A word of a command of Redis; one that is quoted already stays. */
export function redisWord(word: string): string {
  if (/^".*"$/s.test(word) && word.length > 1) return word;
  return /^[^\s"'\\\u0000-\u001f\u007f]+$/.test(word) ? word : quoted(word);
}

const NAMED: { readonly [sign: string]: string } = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A text in the quotes of a command of Redis. */
export function quoted(text: string): string {
  const inner = text.replace(/[\u0000-\u001f\u007f"\\]/g, (it) => {
    if (it === '"' || it === '\\') return `\\${it}`;
    return NAMED[it] ?? `\\x${it.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return `"${inner}"`;
}
