// What can be written at a place of a statement, from the live catalogue.

import type * as t from '$ipc-schema/types';
import type { Catalogue } from './catalogue';
import { context, named, words, written, type Named } from './words';

export interface Offer {
  kind: 'table' | 'schema' | 'column' | 'alias' | 'param' | 'query';
  label: string;
  /** What is put in place of what was typed. */
  apply: string;
  detail: string;
  /** Offers of more weight stand first. */
  weight: number;
}

export interface Offers {
  from: number;
  offers: readonly Offer[];
}

/** What else can be named: places that were filled in before, and saved queries. */
export interface Known {
  params: readonly string[];
  queries: readonly t.SavedQuery[];
}

/** Columns of tables of the statement alone; of all tables they would be too many to be of use. */
const MOST = 2_000;

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/** Offers for a place; null where nothing is to be completed. `from` counts in `text`. */
export async function complete(
  text: string,
  place: number,
  engine: t.DatabaseEngine | undefined,
  catalogue: Catalogue,
  known: Known,
): Promise<Offers | null> {
  const all = words(text);
  const at = context(all, text, place);
  if (at.kind === 'none') return null;
  if (at.kind === 'param') {
    const names = new Set(known.params);
    for (const it of text.matchAll(/(?<![:\w]):([A-Za-z_]\w*)/g)) {
      if (it.index + 1 !== at.from) names.add(it[1] as string);
    }
    return { from: at.from, offers: [...names].map((it) => offer('param', it, it, '', 1)) };
  }
  const { tables, own } = named(all);
  const find = (table: Named) => columnsOf(table, catalogue);
  const name = (it: string) => written(it, engine);
  const columns = (table: t.DatabaseTable, weight: number, from: string) =>
    table.columns.map((it) =>
      offer(
        'column',
        it.name,
        name(it.name),
        [it.typeName, from].filter(Boolean).join(' · '),
        weight,
      ),
    );
  const tablesOf = async (schema: string, weight: number) =>
    (await catalogue.tables(schema)).map((it) =>
      offer('table', it.name, name(it.name), schema, weight),
    );

  if (at.kind === 'inside') {
    const [last, schema] = [at.path.at(-1) ?? '', at.path.at(-2) ?? null];
    const meant =
      schema === null
        ? (tables.find((it) => same(it.alias, last)) ?? { schema: null, table: last, alias: last })
        : { schema, table: last, alias: last };
    const table = await find(meant);
    const offers: Offer[] = table ? columns(table, 2, '') : [];
    const schemas = await catalogue.schemas();
    const inside = schema === null ? schemas.find((it) => same(it.schema, last)) : undefined;
    if (inside) offers.push(...(await tablesOf(inside.schema, 1)));
    return { from: at.from, offers: offers.slice(0, MOST) };
  }

  const schemas = await catalogue.schemas();
  const offers: Offer[] = [];
  if (at.kind === 'any') {
    for (const it of tables) {
      const table = await find(it);
      if (table) offers.push(...columns(table, 3, it.alias));
      // What is being typed is no name yet.
      if (!same(it.alias, it.table) && it.alias !== text.slice(at.from, place))
        offers.push(offer('alias', it.alias, it.alias, it.table, 2));
    }
  }
  for (const it of own) offers.push(offer('alias', it, name(it), 'of this statement', 2));
  for (const it of schemas.filter((it) => it.current)) {
    offers.push(...(await tablesOf(it.schema, at.kind === 'table' ? 2 : 0)));
  }
  for (const it of schemas) {
    const detail = it.system ? 'schema of the system' : 'schema';
    offers.push(offer('schema', it.schema, name(it.schema), detail, it.system ? -1 : 0));
  }
  if (at.kind === 'any' && at.first) {
    for (const it of known.queries) {
      offers.push(offer('query', it.query, it.text, it.about ?? 'saved query', -1));
    }
  }
  const met = new Set<string>();
  const once = offers.filter((it) => {
    const key = `${it.kind} ${it.label} ${it.kind === 'column' ? '' : it.detail}`;
    return !met.has(key) && met.add(key);
  });
  return { from: at.from, offers: once.slice(0, MOST) };
}

async function columnsOf(it: Named, catalogue: Catalogue): Promise<t.DatabaseTable | undefined> {
  const schemas = await catalogue.schemas();
  const where = it.schema
    ? schemas.filter((schema) => same(schema.schema, it.schema ?? ''))
    : schemas.filter((schema) => schema.current);
  for (const { schema } of where) {
    const found = (await catalogue.tables(schema)).find((table) => same(table.name, it.table));
    if (found) return found;
  }
  return undefined;
}

function offer(
  kind: Offer['kind'],
  label: string,
  apply: string,
  detail: string,
  weight: number,
): Offer {
  return { kind, label, apply, detail, weight };
}
