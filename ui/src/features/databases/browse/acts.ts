// What can be done with a row of the tree: what Enter does, and what the menu lists.

import type * as t from '$ipc-schema/types';
import { href, navigate } from '$/app/router.svelte';
import { CallError } from '$/ipc/client';
import { copy } from '$/ipc/desktop';
import { toast } from '$/kit/toast.svelte';
import { sentence } from '$/lib/text';
import { wantRows } from '../workspace/acts';
import { check, describe, kept, loadObjects, loadSchemas } from './kept.svelte';
import {
  diagramHref,
  keysHref,
  nameIn,
  objectHref,
  placeHref,
  queryHref,
  type Place,
} from './place';
import { rowName, type Again, type Row } from './rows';

/** Something to do with a row. */
export interface MenuItem {
  title: string;
  bad?: boolean;
  run: () => void;
}

/** What the tree asks of whoever shows it. */
export interface Hooks {
  /** Shows what a statement gives. */
  onopen: (connection: string, statement: string, name: string) => void;
  /** Puts text where the cursor is. */
  oninsert: (text: string) => void;
  /** Begins a query on a connection. */
  onconnection: (name: string) => void;
  /** Asks something in a dialog first. */
  onask: (ask: Ask) => void;
}

/** What a dialog is opened for. */
export type Ask =
  | { kind: 'password'; connection: t.Connection }
  | { kind: 'remove'; connection: t.Connection }
  | { kind: 'trust' };

/** Asks the server for what a row waits for. */
export function load(it: Again, sure = false): void {
  if (it.what === 'schemas')
    void loadSchemas(it.connection.connection, sure && it.connection.health === 'up');
  else if (it.what === 'objects')
    void loadObjects(it.connection.connection, it.schema, it.connection.engine);
  // Why it failed stands in the tree.
  else describe(it.place).catch(() => {});
}

const isCurrent = (place: Place): boolean => {
  const schemas = kept.schemas(place.connection);
  if (schemas?.state !== 'ready') return false;
  return schemas.value.find((it) => it.schema === place.schema)?.current ?? false;
};

/** The rows of a table, as its server would be asked for them. */
export async function openRows(place: Place, hooks: Pick<Hooks, 'onopen'>): Promise<void> {
  try {
    const { browse } = await describe(place);
    if (browse) hooks.onopen(place.connection, browse, place.object);
    else toast(`${place.object} has no rows to show.`, 'warning');
  } catch (error) {
    toast(error instanceof CallError ? sentence(error.message) : String(error), 'failed');
  }
}

/** Shows rows from a screen that is not the workspace. */
export function goToRows(connection: string, statement: string, name: string): void {
  wantRows(connection, statement, name);
  navigate(queryHref(connection, statement));
}

const HOLDS_ROWS: ReadonlySet<t.DatabaseObjectKind> = new Set([
  'table',
  'view',
  'materializedView',
]);

/** What Enter does; false where it does nothing but open and close. */
export function enter(row: Row, hooks: Hooks): boolean {
  const { what } = row;
  switch (what.kind) {
    case 'object':
      if (HOLDS_ROWS.has(what.object.kind)) void openRows(what.place, hooks);
      else navigate(placeHref(what.place, what.object.kind));
      return true;
    case 'column':
      hooks.oninsert(columnIn(what.place, what.column.name));
      return true;
    case 'leaf':
      if (what.to) navigate(objectHref(what.to));
      return what.to !== null;
    case 'more':
      void loadObjects(what.connection.connection, what.schema, what.connection.engine, {
        more: true,
      });
      return true;
    case 'failed':
      retry(what.again);
      return true;
    case 'ask':
      hooks.onask(
        what.what === 'trust'
          ? { kind: 'trust' }
          : { kind: 'password', connection: what.connection },
      );
      return true;
    default:
      return false;
  }
}

/** Asks again for what failed. */
export function retry(it: Again): void {
  if (it.what === 'schemas') kept.forgetOf(it.connection.connection);
  load(it);
}

let engines: ReadonlyMap<string, t.DatabaseEngine> = new Map();
/** Tells which engine speaks behind which connection. */
export const knowEngines = (connections: readonly t.Connection[]) =>
  void (engines = new Map(connections.map((it) => [it.connection, it.engine])));

function columnIn(place: Place, column: string): string {
  const engine = engines.get(place.connection);
  if (engine === undefined || engine === 'redis' || engine === 'mongodb') return column;
  return nameIn({ ...place, object: column }, 'table', engine, true);
}

const objectIn = (place: Place, kind: t.DatabaseObjectKind) =>
  nameIn(place, kind, engines.get(place.connection) ?? 'postgres', isCurrent(place));

export function copied(text: string, what = 'The name'): void {
  copy(text).then(
    () => toast(`${what} is on the clipboard.`),
    () => toast(`${what} could not be copied.`, 'failed'),
  );
}

/** Asks anew for a connection or a schema. */
export function refresh(connection: t.Connection, schema?: string): void {
  kept.forgetOf(connection.connection, schema);
}

/** What the menu of a row lists. */
export function menuOf(row: Row, hooks: Hooks): MenuItem[] {
  const { what } = row;
  switch (what.kind) {
    case 'connection':
      return connectionMenu(what.connection, hooks);
    case 'schema': {
      const { connection, schema } = what;
      const { connection: name, engine } = connection;
      return [
        ...(engine === 'redis'
          ? [{ title: 'Browse its keys', run: () => navigate(keysHref(name, schema.schema)) }]
          : engine === 'mongodb'
            ? []
            : [
                {
                  title: 'Diagram',
                  run: () => navigate(diagramHref(name, schema.schema)),
                },
              ]),
        {
          title: 'Insert the name',
          run: () =>
            hooks.oninsert(
              nameIn(
                { connection: name, schema: '', object: schema.schema },
                'table',
                engine,
                true,
              ),
            ),
        },
        { title: 'Copy the name', run: () => copied(schema.schema) },
        { title: 'Refresh', run: () => refresh(connection, schema.schema) },
      ];
    }
    case 'object':
      return objectMenu(what, hooks);
    case 'column':
      return [
        { title: 'Insert the name', run: () => enter(row, hooks) },
        { title: 'Copy the name', run: () => copied(what.column.name) },
        { title: 'Describe its table', run: () => navigate(objectHref(what.place)) },
      ];
    case 'leaf':
      return [
        ...(what.to ? [{ title: 'Go to that table', run: () => void enter(row, hooks) }] : []),
        { title: 'Copy the name', run: () => copied(what.name) },
      ];
    case 'space':
      return [{ title: 'Copy the name', run: () => copied(what.prefix) }];
    case 'failed':
      return [
        { title: 'Retry', run: () => retry(what.again) },
        { title: 'Copy the message', run: () => copied(what.error.message, 'The message') },
      ];
    case 'warning':
      return [{ title: 'Copy the warning', run: () => copied(what.text, 'The warning') }];
    case 'more':
      return [{ title: rowName(row), run: () => void enter(row, hooks) }];
    default:
      return [];
  }
}

function connectionMenu(connection: t.Connection, hooks: Hooks): MenuItem[] {
  const { connection: name, origin } = connection;
  const written = origin === 'user' || origin === 'project';
  const form = (query: { [name: string]: string } = {}, id = name) =>
    navigate(href('connection', id, query));
  return [
    { title: 'New query', run: () => hooks.onconnection(name) },
    { title: 'Ask whether it answers', run: () => void check(name) },
    { title: 'Refresh', run: () => refresh(connection) },
    ...(connection.needsPassword || connection.password?.startsWith('keyring:')
      ? [
          {
            title: connection.needsPassword ? 'Give its password…' : 'Replace its password…',
            run: () => hooks.onask({ kind: 'password', connection }),
          },
        ]
      : []),
    { title: 'Copy the name', run: () => copied(name) },
    ...(written
      ? [
          { title: 'Change…', run: () => form() },
          { title: 'Rename…', run: () => form({ show: 'name' }) },
          { title: 'Duplicate…', run: () => form({ like: name }, '') },
          { title: 'Remove…', bad: true, run: () => hooks.onask({ kind: 'remove', connection }) },
        ]
      : origin === 'found'
        ? [{ title: 'Save it…', run: () => form({ like: name }, '') }]
        : []),
  ];
}

function objectMenu(what: Extract<Row['what'], { kind: 'object' }>, hooks: Hooks): MenuItem[] {
  const { place, object, connection } = what;
  const { kind } = object;
  const sql = connection.engine !== 'redis' && connection.engine !== 'mongodb';
  const first: MenuItem[] =
    kind === 'key'
      ? [{ title: 'Show its value', run: () => navigate(placeHref(place, kind)) }]
      : kind === 'collection'
        ? [{ title: 'Browse its documents', run: () => navigate(placeHref(place, kind)) }]
        : HOLDS_ROWS.has(kind)
          ? [{ title: 'Open its rows', run: () => void openRows(place, hooks) }]
          : [];
  return [
    ...first,
    ...(kind === 'key' || kind === 'collection'
      ? [{ title: 'Open it in a query', run: () => void openRows(place, hooks) }]
      : []),
    { title: 'Insert the name', run: () => hooks.oninsert(objectIn(place, kind)) },
    { title: 'Copy the name', run: () => copied(objectIn(place, kind)) },
    { title: 'Describe', run: () => navigate(objectHref(place)) },
    ...(sql && kind !== 'sequence'
      ? [{ title: 'Definition', run: () => navigate(objectHref(place, 'definition')) }]
      : []),
    ...(sql && kind === 'table'
      ? [
          {
            title: 'Diagram',
            run: () => navigate(diagramHref(place.connection, place.schema, place.object)),
          },
        ]
      : []),
    { title: 'Refresh', run: () => refresh(connection, place.schema) },
  ];
}
