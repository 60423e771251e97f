import { describe, expect, test } from 'vitest';
import type * as t from '$ipc-schema/types';
import { CallError } from '$/ipc/client';
import { fold } from './fold';
import type { Listing, Loaded } from './kept.svelte';
import { Heights, parentOf, rowName, rowsOf, type Shelf } from './rows';

const connection = (name: string, more: Partial<t.Connection> = {}): t.Connection => ({
  connection: name,
  engine: 'postgres',
  engineTitle: 'PostgreSQL',
  address: `postgres://localhost/${name}`,
  origin: 'user',
  place: null,
  readOnly: true,
  safe: true,
  colour: null,
  tags: [],
  needsTrust: false,
  needsPassword: false,
  password: null,
  health: 'up',
  said: null,
  entry: null,
  ...more,
});
const object = (name: string, kind: t.DatabaseObjectKind = 'table'): t.DatabaseObject => ({
  kind,
  name,
  detail: null,
  comment: null,
  rows: null,
});
const listing = (objects: t.DatabaseObject[], more: Partial<Listing> = {}): Listing => ({
  objects,
  next: null,
  busy: false,
  error: null,
  pattern: '',
  ...more,
});
const ready = <T>(value: T): Loaded<T> => ({ state: 'ready', value });
const schema = (name: string, current = true): t.DatabaseSchema => ({
  schema: name,
  current,
  system: false,
});
const orders: t.DescribeObjectReply = {
  object: object('orders'),
  columns: ['id', 'customer'].map((name) => ({
    name,
    typeName: 'bigint',
    nullable: false,
    default: null,
    generated: false,
    comment: null,
  })),
  keys: [{ name: '', primary: true, columns: ['id'] }],
  references: [
    {
      name: '',
      schema: 'public',
      table: 'orders',
      columns: ['customer'],
      toSchema: 'crm',
      toTable: 'people',
      toColumns: ['id'],
    },
  ],
  referred: [],
  indexes: [],
  triggers: ['touch'],
  definition: null,
  facts: [],
  browse: null,
};

function shelf(more: Partial<Shelf> = {}, open: string[] = []): Shelf {
  return {
    connections: [connection('shop')],
    schemas: () => ready([schema('public')]),
    listing: () => listing([object('orders'), object('open', 'view')]),
    described: () => undefined,
    check: () => undefined,
    isOpen: (key, unless) => open.includes(key) || unless,
    ...more,
  };
}
const names = (it: Shelf, filter?: string) => rowsOf(it, filter).map(rowName);

describe('the tree', () => {
  test('shows connections alone until one is opened', () => {
    expect(names(shelf())).toEqual(['shop']);
  });

  test('of one that is open shows schemas, groups and tables, with their level and place', () => {
    const rows = rowsOf(shelf({}, ['shop']));
    expect(rows.map((it) => [it.level, rowName(it), it.open])).toEqual([
      [1, 'shop', true],
      [2, 'public', true],
      [3, 'Tables', true],
      [4, 'orders', false],
      [3, 'Views', false],
    ]);
    expect(rows.map((it) => [it.at, it.of])).toEqual([
      [1, 1],
      [1, 1],
      [1, 2],
      [1, 1],
      [2, 2],
    ]);
  });

  test('asks for what came to be open and is not there', () => {
    const waits = rowsOf(shelf({ schemas: () => undefined }, ['shop'])).flatMap(({ what }) =>
      what.kind === 'wait' ? [what.load?.what] : [],
    );
    expect(waits).toEqual(['schemas']);
    const inner = rowsOf(shelf({ listing: () => undefined }, ['shop'])).at(-1)?.what;
    expect(inner).toMatchObject({ kind: 'wait', load: { what: 'objects', schema: 'public' } });
  });

  test('of a table shows columns with their keys, then keys, references, triggers', () => {
    const key = 'shop\npublic\ntable orders';
    const rows = rowsOf(
      shelf({ described: () => ready(orders) }, ['shop', key, `${key}\n\nReferences`]),
    );
    const inside = rows.filter((it) => it.level > 4);
    expect(inside.map(rowName)).toEqual([
      'id',
      'customer',
      'Keys',
      'References',
      'customer',
      'Triggers',
    ]);
    expect(inside.map(({ what }) => (what.kind === 'column' ? what.mark : ''))).toEqual([
      'primary',
      'reference',
      '',
      '',
      '',
      '',
    ]);
    expect(inside[4]?.what).toMatchObject({
      to: { connection: 'shop', schema: 'crm', object: 'people' },
    });
  });

  test('says in place why a connection does not answer', () => {
    const error = new CallError('upstream', 'nothing answers', 'start it');
    const rows = rowsOf(
      shelf({ check: () => ({ state: 'error', error }), schemas: () => undefined }, ['shop']),
    );
    expect(rows.at(-1)?.what).toMatchObject({ kind: 'failed', error, again: { what: 'schemas' } });
    expect(rows.some((it) => it.what.kind === 'wait')).toBe(false);
  });

  test('asks for trust or a password before anything else', () => {
    const of = (more: Partial<t.Connection>) =>
      rowsOf(
        shelf({ connections: [connection('shop', more)], schemas: () => undefined }, ['shop']),
      ).at(-1)?.what;
    expect(of({ needsTrust: true, needsPassword: true })).toMatchObject({ what: 'trust' });
    expect(of({ needsPassword: true })).toMatchObject({ what: 'password' });
  });

  test('filtered shows what holds the text, and what it stands in', () => {
    const open = shelf({ described: () => ready(orders) }, ['shop']);
    expect(names(open, 'ORDER')).toEqual(['shop', 'public', 'Tables', 'orders']);
    expect(names(open, 'cust')).toContain('customer');
    expect(names(open, 'nowhere')).toEqual([]);
  });

  test('says that there is more', () => {
    const rows = rowsOf(shelf({ listing: () => listing([object('a')], { next: 'a' }) }, ['shop']));
    expect(rows.at(-1)?.what.kind).toBe('more');
    expect(rows.find((it) => it.what.kind === 'group')?.what).toMatchObject({ count: '1+' });
  });

  test('of 10,000 tables is made in well under a frame of a slow machine’s patience', () => {
    const many = Array.from({ length: 10_000 }, (_, at) => object(`t${at}`));
    const big = shelf({ listing: () => listing(many) }, ['shop']);
    rowsOf(big);
    const begun = performance.now();
    const rows = rowsOf(big);
    expect(rows).toHaveLength(10_003);
    expect(performance.now() - begun).toBeLessThan(250);
  });

  test('goes to what a row stands in', () => {
    const rows = rowsOf(shelf({}, ['shop']));
    expect(parentOf(rows, 3)).toBe(2);
    expect(parentOf(rows, 4)).toBe(1);
    expect(parentOf(rows, 0)).toBe(0);
  });
});

test('rows of several heights are found by their distance from the top', () => {
  const rows = rowsOf(shelf({}, ['shop']));
  const heights = new Heights(rows, (row) => (row.level === 1 ? 40 : 20));
  expect(heights.all).toBe(120);
  expect([0, 39, 40, 59, 60, 500].map((it) => heights.row(it))).toEqual([0, 0, 1, 1, 2, 4]);
  expect(new Heights([], () => 20).all).toBe(0);
});

describe('keys', () => {
  const keys = (...all: string[]) => all.map((it) => object(it, 'key'));

  test('stand in namespaces, by name, in whatever order they came', () => {
    const space = fold(keys('user:2:mail', 'a', 'user:1:mail', 'user:1:name'));
    expect(space.spaces.map((it) => [it.prefix, it.count])).toEqual([['user:', 3]]);
    expect(space.spaces[0]?.spaces.map((it) => it.prefix)).toEqual(['user:1:']);
    expect(space.spaces[0]?.keys.map((it) => it.name)).toEqual(['user:2:mail']);
    expect(space.keys.map((it) => it.name)).toEqual(['a']);
  });

  test('that are alone in a namespace stand without it, and quoted ones are not parted', () => {
    const space = fold(keys('one:only', '"\\x00a:b"', '"\\x00a:c"'));
    expect(space.spaces).toEqual([]);
    expect(space.keys).toHaveLength(3);
  });

  test('of a thousand colons do not nest without end', () => {
    const long = `${'a:'.repeat(1_000)}`;
    let depth = 0;
    let at = fold(keys(`${long}1`, `${long}2`));
    while (at.spaces[0]) [at, depth] = [at.spaces[0], depth + 1];
    expect(depth).toBeLessThan(20);
    expect(at.keys).toHaveLength(2);
  });
});
