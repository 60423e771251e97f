// What the palette can do with databases: open one, find a table, write a new one down.

import Database from '@lucide/svelte/icons/database';
import Plus from '@lucide/svelte/icons/plus';
import Table from '@lucide/svelte/icons/table-2';
import type * as t from '$ipc-schema/types';
import { navigate, route } from '$/app/router.svelte';
import { onstale } from '$/ipc/cache.svelte';
import { call } from '$/ipc/client';
import type { Command } from '$/kit/feature';
import { project } from '$/kit/project.svelte';
import { goToRows, openRows } from './acts';
import { kept, loadObjects, loadSchemas } from './kept.svelte';
import { placeHref, queryHref } from './place';

/** Tables that are listed at most: the palette looks through them as one types. */
const TABLES_MAX = 2_000;

let connections = $state.raw<readonly t.Connection[]>([]);
let asked = false;
let of: string | undefined;

/** Asks for the connections once the palette is looked at, and again when they change. */
function known(): readonly t.Connection[] {
  if (!asked || of !== project.folder) {
    asked = true;
    of = project.folder;
    const list = () =>
      call('databases.list', { ...project.named }).then(
        (it) => void (connections = it.connections),
        // Whoever shows the connections says why; they are asked for again when they change.
        () => {},
      );
    queueMicrotask(() => void list());
    follow ??= onstale('databases.list', () => void list());
  }
  return connections;
}
let follow: (() => void) | undefined;

/** Forgets what was asked; for tests. */
export function forgetKnown(): void {
  follow?.();
  [asked, connections, follow] = [false, [], undefined];
}

const SCREENS = ['databases', 'object', 'diagram', 'keys', 'documents'];

/** Tables of the connection that is worked on, as far as the tree knows them. */
function tables(): Command[] {
  const name = SCREENS.includes(route.screen) ? route.id : '';
  const connection = known().find((it) => it.connection === name);
  if (!connection || connection.needsTrust || connection.needsPassword) return [];
  const schemas = kept.schemas(name);
  if (!schemas) queueMicrotask(() => void loadSchemas(name, connection.health === 'up'));
  if (schemas?.state !== 'ready') return [];
  const out: Command[] = [];
  for (const { schema, current } of schemas.value) {
    if (current && !kept.listing(name, schema))
      queueMicrotask(() => void loadObjects(name, schema, connection.engine));
    for (const object of kept.listing(name, schema)?.objects ?? []) {
      if (out.length >= TABLES_MAX) return out;
      if (object.kind === 'function' || object.kind === 'sequence' || object.kind === 'type')
        continue;
      const place = { connection: name, schema, object: object.name };
      const rows = object.kind !== 'collection' && object.kind !== 'key';
      out.push({
        id: `databases.table ${name} ${schema} ${object.name}`,
        title: `table ${current ? '' : `${schema}.`}${object.name}`,
        words: `${name} ${object.kind}`,
        group: `In ${name}`,
        icon: Table,
        run: () =>
          rows
            ? void openRows(place, { onopen: goToRows })
            : navigate(placeHref(place, object.kind)),
      });
    }
  }
  return out;
}

const fresh: Command = {
  id: 'databases.connect',
  title: 'New connection to a database',
  words: 'add connect postgres mysql sqlite redis mongodb duckdb clickhouse',
  group: 'Databases',
  icon: Plus,
  cli: 'backstory databases save NAME',
  run: () => navigate('connection'),
};

/** The commands for what is typed: they follow the connections and what the tree has loaded. */
export const browseCommands = (text: string): readonly Command[] => [
  fresh,
  ...known().map((it): Command => ({
    id: `databases.open ${it.connection}`,
    title: `Databases: open ${it.connection}`,
    words: `${it.engineTitle} ${it.tags.join(' ')} query connection`,
    group: 'Databases',
    icon: Database,
    run: () => navigate(queryHref(it.connection)),
  })),
  ...(text.trim() ? tables() : []),
];
