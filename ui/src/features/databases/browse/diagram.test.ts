import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type * as t from '$ipc-schema/types';
import { navigate, route } from '$/app/router.svelte';
import { Refusal, type Replies } from '$/ipc/wire.fake';
import {
  begin,
  click,
  expectText,
  leave,
  PAYLOAD,
  press,
  show,
  shownText,
  submit,
  until,
} from '$/kit/testing';
import { project } from '$/kit/project.svelte';
import { around, cut, lay, middle, step, svgOf, widthOf } from './diagram';
import DiagramScreen from './DiagramScreen.svelte';
import { kept } from './kept.svelte';

const table = (name: string, ...columns: string[]): t.DatabaseTable => ({
  name,
  columns: columns.map((it) => ({ name: it, typeName: 'bigint' })),
  primary: [],
});
const refers = (from: string, column: string, to: string): t.DatabaseReference => ({
  name: '',
  schema: 'public',
  table: from,
  columns: [column],
  toSchema: 'public',
  toTable: to,
  toColumns: ['id'],
});
const tables = [
  table('orders', 'id', 'customer', 'ship_to'),
  table('customers', 'id', 'country'),
  table('countries', 'id'),
  table('addresses', 'id', 'customer'),
  table('notes', 'id'),
];
const references = [
  refers('orders', 'customer', 'customers'),
  refers('orders', 'ship_to', 'addresses'),
  refers('addresses', 'customer', 'customers'),
  refers('customers', 'country', 'countries'),
];
const boxOf = (picture: ReturnType<typeof lay>, name: string) => {
  const box = picture.boxes.find((it) => it.name === name);
  if (!box) throw new Error(`there is no ${name}`);
  return box;
};

describe('a layout', () => {
  test('is the same in whatever order tables and references come', () => {
    const one = lay(tables, references);
    const other = lay(tables.toReversed(), references.toReversed());
    expect(other).toEqual(one);
  });

  test('puts what is referred to left of what refers to it', () => {
    const picture = lay(tables, references);
    const x = (name: string) => boxOf(picture, name).x;
    expect(x('countries')).toBeLessThan(x('customers'));
    expect(x('customers')).toBeLessThan(x('addresses'));
    expect(x('addresses')).toBeLessThan(x('orders'));
  });

  test('lets no two tables cover each other, and nothing stand outside', () => {
    const many = Array.from({ length: 90 }, (_, at) => table(`t${at}`, 'id', 'parent', 'x'));
    const links = many.slice(1).map((it, at) => refers(it.name, 'parent', `t${(at * 7) % 30}`));
    const { boxes, width, height } = lay(many, links);
    for (const a of boxes) {
      expect(a.x >= 0 && a.y >= 0 && a.x + a.width <= width && a.y + a.height <= height).toBe(true);
      for (const b of boxes) {
        if (a === b) continue;
        const apart =
          a.x + a.width <= b.x ||
          b.x + b.width <= a.x ||
          a.y + a.height <= b.y ||
          b.y + b.height <= a.y;
        expect(apart, `${a.name} ${b.name}`).toBe(true);
      }
    }
  });

  test('ends also where references go in circles, to themselves, or to what is not there', () => {
    const picture = lay(
      [table('a', 'id', 'b'), table('b', 'id', 'a'), table('c', 'id')],
      [
        refers('a', 'b', 'b'),
        refers('b', 'a', 'a'),
        refers('c', 'id', 'c'),
        refers('c', 'id', 'gone'),
      ],
    );
    expect(picture.boxes).toHaveLength(3);
    expect(picture.edges).toHaveLength(3);
    expect(lay([], [])).toEqual({ boxes: [], edges: [], width: 0, height: 0 });
  });

  test('ends for a chain of thousands', () => {
    const chain = Array.from({ length: 3_000 }, (_, at) => table(`t${at}`, 'id', 'next'));
    const links = chain.slice(1).map((it, at) => refers(it.name, 'next', `t${at}`));
    expect(lay(chain, links).boxes).toHaveLength(3_000);
  });

  test('shows of a wide table the columns that lines end at, and counts the others', () => {
    const wide = table('wide', ...Array.from({ length: 200 }, (_, at) => `c${at}`), 'customer');
    const picture = lay(
      [wide, ...tables],
      [...references, refers('wide', 'customer', 'customers')],
    );
    const box = boxOf(picture, 'wide');
    expect(box.fields.some((it) => it.name === 'customer' && it.reference)).toBe(true);
    expect(box.fields.length + box.more).toBe(201);
  });

  test('marks primary keys, and what is referred to', () => {
    const keyed = tables.map((it) => (it.name === 'notes' ? { ...it, primary: ['id'] } : it));
    const picture = lay(keyed, references);
    expect(boxOf(picture, 'notes').fields[0]?.key).toBe(true);
    expect(boxOf(picture, 'customers').fields[0]?.key).toBe(true);
    expect(boxOf(picture, 'orders').fields[0]?.key).toBe(false);
  });

  test('is walked along references by the arrows', () => {
    const picture = lay(tables, references);
    const index = (name: string) => picture.boxes.findIndex((it) => it.name === name);
    const name = (at: number) => picture.boxes[at]?.name;
    expect(name(step(picture, index('customers'), 'ArrowLeft'))).toBe('countries');
    expect(['orders', 'addresses']).toContain(
      name(step(picture, index('customers'), 'ArrowRight')),
    );
    expect(name(step(picture, index('countries'), 'ArrowLeft'))).toBe('countries');
    expect(step({ boxes: [], edges: [], width: 0, height: 0 }, -1, 'ArrowUp')).toBe(-1);
  });

  test('knows what stands around a table', () => {
    expect([...around(references, 'customers', 1)].sort()).toEqual([
      'addresses',
      'countries',
      'customers',
      'orders',
    ]);
    expect([...around(references, 'countries', 1)].sort()).toEqual(['countries', 'customers']);
    expect(middle(tables, references)).toBe('customers');
    expect(middle([], [])).toBeNull();
  });

  test('is written as SVG in which names are text', () => {
    const svg = svgOf(lay([table(`a"<${PAYLOAD}`, 'x & y')], []));
    expect(svg).toContain('&lt;');
    expect(svg).toContain('x &amp; y');
    expect(svg).not.toContain('<img');
    expect(svg).not.toContain('<script');
  });

  test('cuts texts to their room', () => {
    expect(cut('short', 100)).toBe('short');
    expect(widthOf(cut('a very long name of a column', 60))).toBeLessThanOrEqual(60);
  });
});

describe('the diagram', () => {
  beforeEach(() => {
    kept.forget();
    HTMLDialogElement.prototype.showModal ??= () => {};
  });
  afterEach(() => {
    leave();
    navigate('/overview');
  });
  const empty: t.DescribeObjectReply = {
    object: { kind: 'table', name: '', detail: null, comment: null, rows: null },
    columns: [],
    keys: [],
    references: [],
    referred: [],
    indexes: [],
    triggers: [],
    definition: null,
    facts: [],
    browse: null,
  };
  function opened(replies: Replies = {}, query: { [name: string]: string } = {}) {
    const wire = begin({
      'databases.tables': { tables },
      'databases.references': { references },
      'databases.describe': empty,
      ...replies,
    });
    show(DiagramScreen, { id: 'shop', query: { schema: 'public', ...query } });
    return wire;
  }

  test('lists its tables beside the picture, and goes to one by the keyboard', async () => {
    navigate('/diagram/shop?schema=public');
    opened();
    await until('5 tables, 4 references');
    const list = document.querySelector('[role=listbox]');
    press(list, 'ArrowDown');
    expect(route.query['table']).toBe('addresses');
    press(document.querySelector('[role=application]'), 'ArrowRight');
    expect(route.query['table']).toBeDefined();
  });

  test('tells of the marked table what it refers to and what refers to it', async () => {
    opened({}, { table: 'customers' });
    await until('customers: 2 columns; refers to countries; is referred to by orders, addresses');
  });

  test('is saved as a file of its own, whose name is that of the schema', async () => {
    project.choose('/home/ada/shop');
    const wire = opened({ 'databases.saveDiagram': ({ path }) => ({ path, bytes: 12 }) });
    await until('5 tables');
    click('Save as SVG');
    submit();
    await vi.waitFor(() => {
      const sent = wire.sent.find((it) => it.method === 'databases.saveDiagram')?.params;
      expect(sent?.['path']).toBe('/home/ada/shop/public.svg');
      expect(sent?.['svg']).toMatch(/^<svg xmlns=.*fill="#ffffff"/s);
    });
    project.choose(null);
  });

  test('of more than 60 tables shows one with those around it', async () => {
    const many = Array.from({ length: 80 }, (_, at) => table(`t${at}`, 'id', 'parent'));
    opened({
      'databases.tables': { tables: many },
      'databases.references': {
        references: many.slice(1, 5).map((it) => refers(it.name, 'parent', 't0')),
      },
    });
    await until('shown: 5 tables');
    expect(document.querySelectorAll('svg .table')).toHaveLength(5);
    expect(document.querySelectorAll('[role=option]')).toHaveLength(80);
  });

  test('of a schema without tables says so', async () => {
    opened({ 'databases.tables': { tables: [] }, 'databases.references': { references: [] } });
    await until('There is no table');
  });

  test('that cannot be had says why', async () => {
    opened({
      'databases.references': () => {
        throw new Refusal('upstream', 'the server went away');
      },
    });
    await until('The server went away.');
  });

  test('shows names from servers as text', async () => {
    opened({ 'databases.tables': { tables: [table(PAYLOAD, PAYLOAD)] } });
    await until('1 table');
    flushSync();
    expectText();
    expect(shownText()).toContain('<img');
  });
});
