import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type * as t from '$ipc-schema/types';
import { navigate, route } from '$/app/router.svelte';
import { Refusal, type Replies } from '$/ipc/wire.fake';
import {
  begin,
  button,
  click,
  expectText,
  leave,
  PAYLOAD,
  show,
  shownText,
  submit,
  type,
  until,
} from '$/kit/testing';
import { browseCommands, forgetKnown } from './commands.svelte';
import DocumentsScreen from './DocumentsScreen.svelte';
import { kept } from './kept.svelte';
import KeysScreen from './KeysScreen.svelte';
import { documentOf, findOf, named, plain, shareOf } from './mongo';
import ObjectScreen from './ObjectScreen.svelte';
import { nameIn, redisWord } from './place';
import { DELETE, EXPIRE, PUT, PUT_AT, TAKE } from './redis';
import { parseJson } from '../workspace/json';

const connection = (
  name: string,
  engine: t.DatabaseEngine,
  more: Partial<t.Connection> = {},
): t.Connection => ({
  connection: name,
  engine,
  engineTitle: engine,
  address: `${engine}://localhost`,
  origin: 'user',
  place: null,
  readOnly: false,
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
const nothing: t.DescribeObjectReply = {
  object: { kind: 'table', name: 'orders', detail: null, comment: null, rows: null },
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
const field = (name: string, more: Partial<t.DatabaseField> = {}): t.DatabaseField => ({
  name,
  typeName: 'bigint',
  nullable: true,
  default: null,
  generated: false,
  comment: null,
  ...more,
});
const list = (connections: t.Connection[]): t.ListConnectionsReply => ({
  connections,
  troubles: [],
  userFile: '',
  projectFile: null,
  untrusted: null,
});
const column = (name: string, typeName = 'string', kind: t.CellKind = 'text') => ({
  name,
  typeName,
  kind,
  table: null,
  column: null,
});
function ran(
  columns: t.DatabaseColumn[],
  rows: (t.DatabaseCell | null)[][],
  rowsTotal = rows.length,
): t.RunStatementsReply {
  return {
    run: 5,
    state: 'done',
    failure: null,
    inTransaction: false,
    milliseconds: 1,
    results: [
      {
        statement: '',
        columns,
        rows: rows.map((cells, row) => ({ row, cells })),
        rowsTotal,
        complete: true,
        affected: null,
        tag: '',
        notices: [],
        milliseconds: 1,
        editable: null,
      },
    ],
  };
}
const closed: Replies = { 'databases.close': { closed: true }, 'sources.list': { sources: [] } };

beforeEach(() => {
  kept.forget();
  HTMLDialogElement.prototype.showModal ??= () => {};
});
afterEach(() => {
  leave();
  forgetKnown();
  navigate('/overview');
});

describe('all about a table', () => {
  const orders: t.DescribeObjectReply = {
    ...nothing,
    columns: [
      field('id', { nullable: false, default: "nextval('s')" }),
      field('customer', { comment: PAYLOAD }),
    ],
    keys: [{ name: 'orders_pkey', primary: true, columns: ['id'] }],
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
    referred: [
      {
        name: '',
        schema: 'stock',
        table: 'lines',
        columns: ['order_id'],
        toSchema: 'public',
        toTable: 'orders',
        toColumns: ['id'],
      },
    ],
    triggers: ['touch'],
    definition: 'CREATE TABLE orders (\n  id bigint\n);',
    facts: [{ name: 'size', text: '412 MB' }],
    browse: 'select * from orders',
  };
  const query = { schema: 'public', name: 'orders' };

  test('shows columns, keys, references in both directions, definition and facts', async () => {
    begin({
      ...closed,
      'databases.list': list([connection('shop', 'postgres')]),
      'databases.describe': orders,
    });
    show(ObjectScreen, { id: 'shop', query });
    await until('CREATE TABLE orders');
    const hrefs = [...document.querySelectorAll('.main a')].map((it) => it.getAttribute('href'));
    expect(hrefs).toEqual([
      '#/object/shop?schema=crm&name=people',
      '#/object/shop?schema=stock&name=lines',
    ]);
    for (const it of ["nextval('s')", 'primary', 'touch', '412 MB'])
      expect(shownText()).toContain(it);
    expectText();
    click('Open rows');
    expect([route.screen, route.id, route.query['text']]).toEqual([
      'databases',
      'shop',
      'select * from orders',
    ]);
  });

  test('that is gone says so', async () => {
    begin({
      ...closed,
      'databases.list': list([connection('shop', 'postgres')]),
      'databases.describe': () => {
        throw new Refusal('notFound', 'there is no `orders` in `public`');
      },
    });
    show(ObjectScreen, { id: 'shop', query });
    await until('There is no `orders` in `public`.');
  });
});

describe('names', () => {
  const place = { connection: 'c', schema: 'my schema', object: 'Order' };
  test('are written as the engine wants them', () => {
    expect(nameIn(place, 'table', 'postgres', true)).toBe('"Order"');
    expect(nameIn(place, 'table', 'mysql', false)).toBe('`my schema`.Order');
    expect(nameIn({ ...place, object: 'f(x int)' }, 'function', 'postgres', true)).toBe('f');
    expect(nameIn({ ...place, object: 'a b' }, 'collection', 'mongodb', true)).toBe(
      'db.getCollection("a b")',
    );
  });

  test('of keys are words of a command, whatever they hold', () => {
    expect(redisWord('user:1')).toBe('user:1');
    expect(redisWord('a b')).toBe('"a b"');
    expect(redisWord('a\n"b\\\u0001')).toBe('"a\\n\\"b\\\\\\x01"');
    expect(redisWord('')).toBe('""');
    expect(redisWord('"\\x00"')).toBe('"\\x00"');
  });
});

describe('commands of Redis', () => {
  test('hold what was typed as one word each', () => {
    expect(PUT['string']?.command('k', { value: 'a b' })).toBe('SET k "a b" KEEPTTL');
    expect(PUT['string']?.command('k', { value: '"quoted"' })).toBe('SET k "\\"quoted\\"" KEEPTTL');
    expect(PUT['string']?.command('k', { value: '"\u0001"' })).toBe('SET k "\\"\\x01\\"" KEEPTTL');
    expect(PUT['hash']?.command('k', { field: 'f', value: '' })).toBe('HSET k f ""');
    expect(PUT['zset']?.command('k', { member: 'm', score: '1.5' })).toBe('ZADD k 1.5 m');
    expect(PUT_AT.command('k', { index: '2', value: 'v' })).toBe('LSET k 2 v');
    expect(TAKE['stream']?.command('k', { id: '1-0' })).toBe('XDEL k 1-0');
    expect(EXPIRE.command('my key', { seconds: '60' })).toBe('EXPIRE "my key" 60');
    expect(DELETE.command('k\nFLUSHALL', {})).toBe('DEL "k\\nFLUSHALL"');
  });
});

describe('keys', () => {
  const hash: t.DescribeObjectReply = {
    ...nothing,
    object: { kind: 'key', name: 'user:1', detail: 'hash', comment: null, rows: 2 },
    facts: [
      { name: 'time to live', text: '42.000 s' },
      { name: 'fields', text: '2' },
    ],
    browse: 'HSCAN user:1 0 COUNT 1000',
  };
  const key = (name: string): t.DatabaseObject => ({ ...hash.object, name });
  const cache: Replies = {
    ...closed,
    'databases.list': list([connection('cache', 'redis')]),
    'databases.schemas': {
      schemas: [
        { schema: 'db0', current: true, system: false },
        { schema: 'db3', current: false, system: false },
      ],
    },
    'databases.objects': { objects: [key('user:1'), key('user:2'), key('a')], next: null },
    'databases.describe': hash,
    'databases.run': ran([column('field'), column('value')], [['name', PAYLOAD]]),
  };
  const query = { schema: 'db0' };

  test('are listed in namespaces, with type, time to live and size', async () => {
    begin(cache);
    show(KeysScreen, { id: 'cache', query });
    await until('42.000 s');
    expect(shownText()).toContain('user:');
    expect(shownText()).toContain('2 keys');
    expect(shownText()).toContain('2 fields');
  });

  test('show what they hold, read only, as text', async () => {
    const wire = begin(cache);
    show(KeysScreen, { id: 'cache', query: { ...query, key: 'user:1' } });
    await until('1 shown');
    expect(wire.sent.find((it) => it.method === 'databases.run')?.params).toMatchObject({
      connection: 'cache',
      text: 'HSCAN user:1 0 COUNT 1000',
      readOnly: true,
    });
    expectText();
  });

  test('of another database are asked for in a session that is in it, which is ended', async () => {
    const wire = begin({
      ...cache,
      'databases.open': { session: 9, server: '', encrypted: false, readOnly: true, warnings: [] },
    });
    show(KeysScreen, { id: 'cache', query: { schema: 'db3', key: 'user:1' } });
    await until('1 shown');
    expect(wire.sent.findLast((it) => it.method === 'databases.run')?.params).toMatchObject({
      session: 9,
      text: 'SELECT 3\nHSCAN user:1 0 COUNT 1000',
    });
    leave();
    await vi.waitFor(() =>
      expect(
        wire.sent.some((it) => it.method === 'databases.close' && 'session' in (it.params ?? {})),
      ).toBe(true),
    );
  });

  test('are changed only by a command that was shown', async () => {
    const wire = begin(cache);
    show(KeysScreen, { id: 'cache', query: { ...query, key: 'user:1' } });
    await until('1 shown');
    click('Set a field…');
    type('Field', 'plan');
    type('Value', 'pro 2');
    expect(shownText()).toContain('HSET user:1 plan "pro 2"');
    expect(wire.sent.filter((it) => it.method === 'databases.run')).toHaveLength(1);
    click('Send it');
    await vi.waitFor(() =>
      expect(wire.sent.filter((it) => it.method === 'databases.run')[1]?.params).toEqual({
        connection: 'cache',
        text: 'HSET user:1 plan "pro 2"',
        confirmed: true,
      }),
    );
  });

  test('are not changed where only reading is allowed', async () => {
    begin({ ...cache, 'databases.list': list([connection('cache', 'redis', { readOnly: true })]) });
    show(KeysScreen, { id: 'cache', query: { ...query, key: 'user:1' } });
    await until('Only reading is allowed');
    await until('1 shown');
    expect(() => button('Delete')).toThrow();
    expect(() => button('Change row')).toThrow();
  });

  test('that are none say so, and a failure says why', async () => {
    begin({ ...cache, 'databases.objects': { objects: [], next: null } });
    show(KeysScreen, { id: 'cache', query });
    await until('There are no keys');
    leave();
    kept.forget();
    begin({
      ...cache,
      'databases.objects': () => {
        throw new Refusal('upstream', 'the server is loading');
      },
    });
    show(KeysScreen, { id: 'cache', query });
    await until('The server is loading.');
  });
});

describe('documents', () => {
  const talks: t.DescribeObjectReply = {
    ...nothing,
    object: { kind: 'collection', name: 'talks', detail: null, comment: null, rows: 1_204 },
    columns: [field('title', { comment: 'in 41 of 100 documents that were looked at' })],
    indexes: [{ name: '_id_', unique: true, columns: ['_id'], detail: '{}' }],
  };
  const conference: Replies = {
    ...closed,
    'databases.list': list([connection('talks', 'mongodb')]),
    'databases.schemas': { schemas: [{ schema: 'conference', current: true, system: false }] },
    'databases.objects': { objects: [], next: null },
    'databases.describe': talks,
    'databases.run': ran(
      [column('title'), column('document', 'document', 'json')],
      [
        [
          'a',
          `{"_id":{"$oid":"64f1"},"title":${JSON.stringify(PAYLOAD)},"n":{"$numberLong":"9007199254740993"}}`,
        ],
      ],
    ),
  };
  const query = { schema: 'conference', name: 'talks' };
  const asked = (wire: ReturnType<typeof begin>) =>
    wire.sent.findLast((it) => it.method === 'databases.run')?.params;

  test('are shown as trees, with their values as the shell writes them', async () => {
    const wire = begin(conference);
    navigate('/documents/talks?schema=conference&name=talks');
    show(DocumentsScreen, { id: 'talks', query });
    await until('ObjectId("64f1")');
    expect(shownText()).toContain('9007199254740993');
    expect(shownText()).toContain('1,204 documents');
    expect(asked(wire)).toMatchObject({ text: 'db.talks.find({})', readOnly: true });
    expectText();
  });

  test('are found by what is filled in', async () => {
    const wire = begin(conference);
    navigate('/documents/talks?schema=conference&name=talks');
    show(DocumentsScreen, { id: 'talks', query });
    await until('ObjectId');
    type('Filter', 'minutes: { $gt: 30 }');
    type('Sort', '{ title: 1 }');
    submit();
    await vi.waitFor(() =>
      expect(asked(wire)).toMatchObject({
        text: 'db.talks.find({ minutes: { $gt: 30 } }).sort({ title: 1 })',
      }),
    );
    expect(route.query['sort']).toBe('{ title: 1 }');
  });

  test('tell their fields with their share, and their indexes', async () => {
    begin(conference);
    show(DocumentsScreen, { id: 'talks', query });
    await until('Fields');
    const tabs = [...document.querySelectorAll<HTMLElement>('[role=tab]')];
    tabs[1]?.click();
    flushSync();
    await until('41%');
    tabs[2]?.click();
    flushSync();
    expect(shownText()).toContain('_id_');
  });

  test('that cannot be found say why', async () => {
    const failure: t.DatabaseFailure = {
      kind: 'server',
      message: 'unknown operator: $gtt',
      hint: null,
      detail: null,
      code: '2',
      offset: null,
      line: null,
      column: null,
    };
    begin({
      ...conference,
      'databases.run': { ...ran([], []), results: [], state: 'failed', failure },
    });
    show(DocumentsScreen, { id: 'talks', query });
    await until('Unknown operator: $gtt.');
  });
});

describe('statements of MongoDB', () => {
  test('are made from what is filled in', () => {
    const none = { filter: '', sort: '', projection: '' };
    expect(findOf('db.a', none)).toBe('db.a.find({})');
    expect(findOf('db.a', { ...none, projection: 'x: 1' })).toBe('db.a.find({}, { x: 1 })');
    expect(documentOf(' { a: 1 } ')).toBe('{ a: 1 }');
    expect(named('shop', 'a b', false)).toBe('db.getSiblingDB("shop").getCollection("a b")');
  });

  test('tell of a field in how many documents it is', () => {
    expect(shareOf('in 41 of 100 documents that were looked at')).toBe(0.41);
    expect(shareOf('in 0 of 0 documents')).toBeNull();
    expect(shareOf(null)).toBeNull();
  });

  test('give extended JSON that is shown as the shell writes it, and nothing else changed', () => {
    const read = parseJson(
      '{"a":{"$oid":"x"},"b":{"$oid":"x","c":1},"d":[{"$numberDecimal":"1.50"}]}',
    );
    if (!read) throw new Error('it is JSON');
    const [a, b, d] = plain(read).children;
    expect([a?.text, b?.children.length, d?.children[0]?.text]).toEqual([
      'ObjectId("x")',
      2,
      'NumberDecimal("1.50")',
    ]);
  });
});

describe('the palette', () => {
  const replies: Replies = {
    ...closed,
    'databases.list': list([connection('shop', 'postgres'), connection('crm', 'mysql')]),
    'databases.schemas': { schemas: [{ schema: 'public', current: true, system: false }] },
    'databases.objects': {
      objects: [{ kind: 'table', name: 'orders', detail: null, comment: null, rows: null }],
      next: null,
    },
    'databases.describe': { ...nothing, browse: 'select * from orders' },
  };
  const titles = (text: string) => browseCommands(text).map((it) => it.title);

  test('opens connections, and begins a new one', async () => {
    begin(replies);
    await vi.waitFor(() =>
      expect(titles('')).toEqual([
        'New connection to a database',
        'Databases: open shop',
        'Databases: open crm',
      ]),
    );
    browseCommands('')[1]?.run();
    expect([route.screen, route.id]).toEqual(['databases', 'shop']);
  });

  test('finds tables of the connection that is worked on', async () => {
    begin(replies);
    navigate('/databases/shop');
    await vi.waitFor(() => expect(titles('ord')).toContain('table orders'));
    expect(titles('')).not.toContain('table orders');
    browseCommands('ord').at(-1)?.run();
    await vi.waitFor(() => expect(route.query['text']).toBe('select * from orders'));
  });
});
