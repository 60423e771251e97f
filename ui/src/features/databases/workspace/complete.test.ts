import { describe, expect, test } from 'vitest';
import type * as t from '$ipc-schema/types';
import type { Catalogue } from './catalogue';
import { complete } from './complete';
import { context, named, words, written } from './words';

const table = (name: string, ...columns: string[]): t.DatabaseTable => ({
  name,
  columns: columns.map((it) => ({ name: it, typeName: 'text' })),
  primary: [],
});

const catalogue: Catalogue = {
  schemas: async () => [
    { schema: 'public', current: true, system: false },
    { schema: 'crm', current: false, system: false },
    { schema: 'pg_catalog', current: false, system: true },
  ],
  tables: async (schema) =>
    schema === 'public'
      ? [table('orders', 'id', 'customer_id'), table('Order Lines', 'sku')]
      : schema === 'crm'
        ? [table('accounts', 'owner')]
        : [],
};
const known = { params: ['state'], queries: [] };

/** Offers at the place of `|`. */
async function at(text: string, engine: t.DatabaseEngine = 'postgres') {
  const place = text.indexOf('|');
  const found = await complete(text.replace('|', ''), place, engine, catalogue, known);
  return found?.offers.map((it) => it.apply) ?? null;
}

describe('completion', () => {
  test('behind an alias offers the columns of its table', async () => {
    expect(await at('select o.| from orders o')).toEqual(['id', 'customer_id']);
    expect(await at('select O.cu| from public.orders as o')).toEqual(['id', 'customer_id']);
    expect(await at('select x.| from crm.accounts x, orders o')).toEqual(['owner']);
    expect(await at('update orders o set o.|')).toEqual(['id', 'customer_id']);
  });

  test('behind a schema offers its tables, behind both the columns', async () => {
    expect(await at('select * from crm.|')).toEqual(['accounts']);
    expect(await at('select crm.accounts.| from crm.accounts')).toEqual(['owner']);
  });

  test('after FROM offers tables, quoted where they must be', async () => {
    const offers = await at('select * from |');
    expect(offers).toContain('orders');
    expect(offers).toContain('"Order Lines"');
    expect(offers).toContain('crm');
    expect(offers).not.toContain('customer_id');
    expect(await at('select * from Ord|', 'mysql')).toContain('`Order Lines`');
    expect(await at('select * from orders o, |')).toContain('orders');
  });

  test('in a list of columns offers those of the statement first', async () => {
    const found = await complete('select  from orders o', 7, 'postgres', catalogue, known);
    const best = [...(found?.offers ?? [])].sort((a, b) => b.weight - a.weight);
    expect(best.slice(0, 2).map((it) => it.label)).toEqual(['id', 'customer_id']);
    expect(best.map((it) => it.label)).toContain('o');
  });

  test('behind a colon offers places, behind a cast none of them', async () => {
    expect(await at('select * from orders where a = :|')).toEqual(['state']);
    expect(await at('select * from orders where b = :other and a = :s|')).toEqual([
      'state',
      'other',
    ]);
    expect(await at("select '1'::|")).not.toEqual(['state']);
  });

  test('offers nothing within texts and comments', async () => {
    expect(await at("select 'from |' from orders")).toBeNull();
    expect(await at("select 'from |")).toBeNull();
    expect(await at('select 1 -- from |')).toBeNull();
    expect(await at('select /* o.| */ 1')).toBeNull();
    expect(await at('select 12|')).toBeNull();
  });

  test('does not offer the alias that is being typed', async () => {
    const found = await complete('select * from orders o', 22, 'postgres', catalogue, known);
    expect(found?.offers.some((it) => it.kind === 'alias')).toBe(false);
  });

  test('knows the names that a statement gives to its own queries', async () => {
    expect(await at('with late as (select 1) select * from |')).toContain('late');
  });

  test('does not take a keyword for an alias', () => {
    const { tables } = named(
      words('select * from orders where id in (select id from a left join b on 1)'),
    );
    expect(tables.map((it) => [it.table, it.alias])).toEqual([
      ['orders', 'orders'],
      ['a', 'a'],
      ['b', 'b'],
    ]);
  });

  test('reads what is not closed to its end, and any text at all', () => {
    for (const text of ['"abc', "'abc", '/* abc', '$a$ abc', '[abc', '`', '((((', '...', ':', ''])
      for (let place = 0; place <= text.length; place++)
        expect(context(words(text), text, place)).toBeDefined();
  });

  test('writes names as each engine wants them', () => {
    expect(written('Name', 'postgres')).toBe('"Name"');
    expect(written('Name', 'sqlite')).toBe('Name');
    expect(written('a]b', 'sqlserver')).toBe('[a]]b]');
    expect(written('a"b', 'postgres')).toBe('"a""b"');
  });
});
