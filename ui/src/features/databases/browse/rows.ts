// The rows of the tree, from what is known and what is open. Pure: the same in, the same out.

import type * as t from '$ipc-schema/types';
import type { CallError } from '$/ipc/client';
import { compact, count } from '$/lib/format';
import { sentence } from '$/lib/text';
import { fold, type Namespace } from './fold';
import type { Listing, Loaded } from './kept.svelte';
import type { Place } from './place';

export type Part = 'Keys' | 'Indexes' | 'References' | 'Referred to by' | 'Triggers';

export type What =
  | { kind: 'connection'; connection: t.Connection; checking: boolean }
  | { kind: 'schema'; connection: t.Connection; schema: t.DatabaseSchema }
  | { kind: 'group'; title: string; count: string }
  | { kind: 'pattern'; connection: t.Connection; schema: string; pattern: string }
  | { kind: 'space'; prefix: string; title: string; count: number }
  | {
      kind: 'object';
      connection: t.Connection;
      place: Place;
      object: t.DatabaseObject;
      title: string;
    }
  | { kind: 'column'; place: Place; column: t.DatabaseField; mark: 'primary' | 'reference' | null }
  | { kind: 'part'; title: Part; count: number }
  | { kind: 'leaf'; of: Part; name: string; detail: string; to: Place | null }
  /** Something is on its way; with `load`, it has to be asked for first. */
  | { kind: 'wait'; load?: Again }
  | { kind: 'nothing'; text: string }
  | { kind: 'warning'; text: string }
  | { kind: 'more'; connection: t.Connection; schema: string; text: string }
  | { kind: 'failed'; error: CallError; again: Again }
  | { kind: 'ask'; connection: t.Connection; what: 'password' | 'trust'; text: string };

/** What to ask for, first or again. */
export type Again =
  | { what: 'schemas'; connection: t.Connection }
  | { what: 'objects'; connection: t.Connection; schema: string }
  | { what: 'describe'; place: Place };

export interface Row {
  key: string;
  what: What;
  /** From 1. */
  level: number;
  /** Whether it is open; undefined for what does not open. */
  open: boolean | undefined;
  /** Its place among those beside it, from 1, and how many those are. */
  at: number;
  of: number;
}

/** What the rows are made of. */
export interface Shelf {
  connections: readonly t.Connection[];
  schemas(connection: string): Loaded<readonly t.DatabaseSchema[]> | undefined;
  listing(connection: string, schema: string): Listing | undefined;
  described(place: Place): Loaded<t.DescribeObjectReply> | undefined;
  check(connection: string): Loaded<t.CheckConnectionReply> | undefined;
  isOpen(key: string, unless: boolean): boolean;
}

interface Node {
  key: string;
  what: What;
  /** What a filter looks at; undefined for what is never found by itself. */
  text?: string;
  open?: boolean;
  inner?: () => Node[];
}

/** The rows to show; of a filter, those that hold it and what they stand in. */
export function rowsOf(shelf: Shelf, filter = ''): Row[] {
  const wanted = filter.trim().toLowerCase();
  const out: Row[] = [];
  flatten(
    shelf.connections.map((it) => connectionNode(shelf, it)),
    1,
    wanted,
    false,
    out,
  );
  return out;
}

/** Adds rows for nodes; returns whether any of them was found by the filter. */
function flatten(
  nodes: readonly Node[],
  level: number,
  wanted: string,
  within: boolean,
  out: Row[],
): boolean {
  const shown: { node: Node; rows: Row[]; open: boolean | undefined }[] = [];
  let any = false;
  for (const node of nodes) {
    const found = wanted !== '' && (node.text?.toLowerCase().includes(wanted) ?? false);
    const rows: Row[] = [];
    let open = node.inner ? node.open === true : undefined;
    let below = false;
    if (node.inner && wanted !== '') {
      below = flatten(node.inner(), level + 1, wanted, within || found, rows);
      // What was found within is shown; what only stands in something found, where that is open.
      if (below) open = true;
      else if (!open) rows.length = 0;
    } else if (node.inner && open) flatten(node.inner(), level + 1, wanted, within, rows);
    if (wanted !== '' && !found && !below && !within) continue;
    any ||= found || below;
    shown.push({ node, rows, open });
  }
  shown.forEach(({ node, rows, open }, index) => {
    out.push({
      key: node.key,
      what: node.what,
      level,
      open,
      at: index + 1,
      of: shown.length,
    });
    for (const row of rows) out.push(row);
  });
  return any;
}

function connectionNode(shelf: Shelf, connection: t.Connection): Node {
  const key = connection.connection;
  const checked = shelf.check(key);
  return {
    key,
    what: { kind: 'connection', connection, checking: checked?.state === 'loading' },
    text: `${key} ${connection.tags.join(' ')}`,
    open: shelf.isOpen(key, false),
    inner: () => connectionInner(shelf, connection),
  };
}

function connectionInner(shelf: Shelf, connection: t.Connection): Node[] {
  const key = connection.connection;
  const note = (name: string, what: What): Node => ({ key: `${key}\n\n${name}`, what });
  if (connection.needsTrust)
    return [
      note('trust', {
        kind: 'ask',
        connection,
        what: 'trust',
        text: 'The project’s file has to be trusted first: look at it',
      }),
    ];
  const checked = shelf.check(key);
  const schemas = shelf.schemas(key);
  if (connection.needsPassword && schemas?.state !== 'ready')
    return [
      note('password', { kind: 'ask', connection, what: 'password', text: 'Give its password' }),
    ];
  const out: Node[] = [];
  if (checked?.state === 'error')
    out.push(
      note('check', {
        kind: 'failed',
        error: checked.error,
        again: { what: 'schemas', connection },
      }),
    );
  if (checked?.state === 'ready')
    checked.value.warnings.forEach((text, at) =>
      out.push(note(`warning ${at}`, { kind: 'warning', text: sentence(text) })),
    );
  if (!schemas && !checked)
    out.push(note('wait', { kind: 'wait', load: { what: 'schemas', connection } }));
  else if (schemas?.state === 'loading' || checked?.state === 'loading')
    out.push(note('wait', { kind: 'wait' }));
  else if (schemas?.state === 'error')
    out.push(
      note('schemas', {
        kind: 'failed',
        error: schemas.error,
        again: { what: 'schemas', connection },
      }),
    );
  else if (!schemas && checked?.state === 'ready')
    out.push(note('wait', { kind: 'wait', load: { what: 'schemas', connection } }));
  else if (schemas) {
    if (schemas.value.length === 0)
      out.push(note('nothing', { kind: 'nothing', text: 'It has no schemas.' }));
    const mine = schemas.value.filter((it) => !it.system);
    for (const schema of schemas.value)
      out.push(schemaNode(shelf, connection, schema, mine.length === 1 && !schema.system));
  }
  return out;
}

function schemaNode(
  shelf: Shelf,
  connection: t.Connection,
  schema: t.DatabaseSchema,
  only: boolean,
): Node {
  const key = schemaRow(connection.connection, schema.schema);
  return {
    key,
    what: { kind: 'schema', connection, schema },
    text: schema.schema,
    open: shelf.isOpen(key, only || schema.current),
    inner: () => schemaInner(shelf, connection, schema, key),
  };
}

/** The key of a schema's row. */
export const schemaRow = (connection: string, schema: string) => `${connection}\n${schema}`;

const GROUPS: readonly { title: string; kinds: readonly t.DatabaseObjectKind[]; open: boolean }[] =
  [
    { title: 'Tables', kinds: ['table'], open: true },
    { title: 'Views', kinds: ['view', 'materializedView'], open: false },
    { title: 'Functions', kinds: ['function'], open: false },
    { title: 'Sequences', kinds: ['sequence'], open: false },
    { title: 'Types', kinds: ['type'], open: false },
    { title: 'Collections', kinds: ['collection'], open: true },
  ];

function schemaInner(
  shelf: Shelf,
  connection: t.Connection,
  { schema }: t.DatabaseSchema,
  key: string,
): Node[] {
  const listing = shelf.listing(connection.connection, schema);
  const out: Node[] = [];
  const redis = connection.engine === 'redis';
  if (redis)
    out.push({
      key: `${key}\n\npattern`,
      what: { kind: 'pattern', connection, schema, pattern: listing?.pattern ?? '' },
    });
  if (!listing) {
    const load: Again = { what: 'objects', connection, schema };
    return [...out, { key: `${key}\n\nwait`, what: { kind: 'wait', load } }];
  }
  const { objects, next, busy, error } = listing;
  if (redis) {
    const space = fold(objects);
    out.push({
      key: `${key}\n\nKeys`,
      what: { kind: 'group', title: 'Keys', count: counted(objects.length, next) },
      open: shelf.isOpen(`${key}\n\nKeys`, true),
      inner: () => spaceInner(shelf, connection, schema, key, space),
    });
  } else
    for (const { title, kinds, open } of GROUPS) {
      const inside = objects.filter((it) => kinds.includes(it.kind));
      if (inside.length === 0) continue;
      const own = `${key}\n\n${title}`;
      out.push({
        key: own,
        what: { kind: 'group', title, count: counted(inside.length, next) },
        open: shelf.isOpen(own, open),
        inner: () => inside.map((it) => objectNode(shelf, connection, schema, key, it, it.name)),
      });
    }
  if (busy) out.push({ key: `${key}\n\nwait`, what: { kind: 'wait' } });
  else if (error)
    out.push({
      key: `${key}\n\nfailed`,
      what: { kind: 'failed', error, again: { what: 'objects', connection, schema } },
    });
  else if (next !== null) {
    const text = redis
      ? 'Look for more keys'
      : `More than the first ${count(objects.length, 'name')}`;
    out.push({ key: `${key}\n\nmore`, what: { kind: 'more', connection, schema, text } });
  } else if (objects.length === 0) {
    const text = redis && listing.pattern ? 'No key is like that.' : 'Nothing stands in it.';
    out.push({ key: `${key}\n\nnothing`, what: { kind: 'nothing', text } });
  }
  return out;
}

const counted = (many: number, next: string | null) =>
  `${compact(many)}${next === null ? '' : '+'}`;

function spaceInner(
  shelf: Shelf,
  connection: t.Connection,
  schema: string,
  key: string,
  space: Namespace,
): Node[] {
  const spaces = space.spaces.map((it): Node => {
    const own = `${key}\n\nspace ${it.prefix}`;
    return {
      key: own,
      what: {
        kind: 'space',
        prefix: it.prefix,
        title: it.prefix.slice(space.prefix.length),
        count: it.count,
      },
      text: it.prefix,
      open: shelf.isOpen(own, space.spaces.length === 1 && space.keys.length === 0),
      inner: () => spaceInner(shelf, connection, schema, key, it),
    };
  });
  const keys = space.keys.map((it) =>
    objectNode(shelf, connection, schema, key, it, it.name.slice(space.prefix.length)),
  );
  return [...spaces, ...keys];
}

const FOLDS: ReadonlySet<t.DatabaseObjectKind> = new Set([
  'table',
  'view',
  'materializedView',
  'collection',
]);

function objectNode(
  shelf: Shelf,
  connection: t.Connection,
  schema: string,
  parent: string,
  object: t.DatabaseObject,
  title: string,
): Node {
  const key = `${parent}\n${object.kind} ${object.name}`;
  const place = { connection: connection.connection, schema, object: object.name };
  const node: Node = {
    key,
    what: { kind: 'object', connection, place, object, title },
    text: object.name,
  };
  if (FOLDS.has(object.kind)) {
    node.open = shelf.isOpen(key, false);
    node.inner = () => objectInner(shelf, place, key);
  }
  return node;
}

function objectInner(shelf: Shelf, place: Place, key: string): Node[] {
  const described = shelf.described(place);
  if (!described)
    return [{ key: `${key}\n\nwait`, what: { kind: 'wait', load: { what: 'describe', place } } }];
  if (described.state === 'loading') return [{ key: `${key}\n\nwait`, what: { kind: 'wait' } }];
  if (described.state === 'error')
    return [
      {
        key: `${key}\n\nfailed`,
        what: { kind: 'failed', error: described.error, again: { what: 'describe', place } },
      },
    ];
  const { columns, keys, indexes, references, referred, triggers } = described.value;
  const primary = new Set(keys.filter((it) => it.primary).flatMap((it) => it.columns));
  const refers = new Set(references.flatMap((it) => it.columns));
  const out = columns.map((column): Node => ({
    key: `${key}\ncolumn ${column.name}`,
    text: column.name,
    what: {
      kind: 'column',
      place,
      column,
      mark: primary.has(column.name) ? 'primary' : refers.has(column.name) ? 'reference' : null,
    },
  }));
  const part = (title: Part, leaves: Omit<Extract<What, { kind: 'leaf' }>, 'kind' | 'of'>[]) => {
    if (leaves.length === 0) return;
    const own = `${key}\n\n${title}`;
    out.push({
      key: own,
      what: { kind: 'part', title, count: leaves.length },
      open: shelf.isOpen(own, false),
      inner: () =>
        leaves.map((leaf, at) => ({
          key: `${own}\n${at}`,
          text: leaf.name,
          what: { kind: 'leaf', of: title, ...leaf },
        })),
    });
  };
  part(
    'Keys',
    keys.map((it) => ({
      name: it.name || (it.primary ? 'primary key' : 'unique'),
      detail: `${it.primary ? 'primary' : 'unique'} (${it.columns.join(', ')})`,
      to: null,
    })),
  );
  part(
    'Indexes',
    indexes.map((it) => ({
      name: it.name,
      detail: `${it.unique ? 'unique ' : ''}(${it.columns.join(', ')})`,
      to: null,
    })),
  );
  part(
    'References',
    references.map((it) => ({
      name: it.columns.join(', '),
      detail: `→ ${it.toTable} (${it.toColumns.join(', ')})`,
      to: { connection: place.connection, schema: it.toSchema, object: it.toTable },
    })),
  );
  part(
    'Referred to by',
    referred.map((it) => ({
      name: it.table,
      detail: `(${it.columns.join(', ')})`,
      to: { ...place, object: it.table },
    })),
  );
  part(
    'Triggers',
    triggers.map((name) => ({ name, detail: '', to: null })),
  );
  if (out.length === 0)
    out.push({ key: `${key}\n\nnothing`, what: { kind: 'nothing', text: 'It has no columns.' } });
  return out;
}

/** Where a row begins and how high it is, for rows of several heights. */
export class Heights {
  private readonly tops: Float64Array;

  constructor(rows: readonly Row[], height: (row: Row) => number) {
    this.tops = new Float64Array(rows.length + 1);
    rows.forEach((row, at) => (this.tops[at + 1] = (this.tops[at] ?? 0) + height(row)));
  }

  get all(): number {
    return this.tops.at(-1) ?? 0;
  }

  top(at: number): number {
    return this.tops[at] ?? this.all;
  }

  /** The row at a distance from the top. */
  row(distance: number): number {
    let [low, high] = [0, this.tops.length - 2];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.top(middle) <= distance) low = middle;
      else high = middle - 1;
    }
    return Math.max(0, low);
  }
}

/** The row that a row stands in; itself where it stands in none. */
export function parentOf(rows: readonly Row[], at: number): number {
  const level = rows[at]?.level ?? 1;
  for (let index = at - 1; index >= 0; index--) {
    if ((rows[index]?.level ?? 0) < level) return index;
  }
  return at;
}

/** What a row is called, for keys that go to a name and for copying. */
export function rowName({ what }: Row): string {
  switch (what.kind) {
    case 'connection':
      return what.connection.connection;
    case 'schema':
      return what.schema.schema;
    case 'group':
    case 'part':
    case 'space':
    case 'object':
      return what.title;
    case 'column':
      return what.column.name;
    case 'leaf':
      return what.name;
    case 'more':
    case 'nothing':
    case 'warning':
    case 'ask':
      return what.text;
    default:
      return '';
  }
}
