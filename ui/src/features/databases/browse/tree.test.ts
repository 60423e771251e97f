import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type * as t from '$ipc-schema/types';
import { navigate, repository, route } from '$/app/router.svelte';
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
  type,
  until,
} from '$/kit/testing';
import { project } from '$/kit/project.svelte';
import { kept } from './kept.svelte';
import Tree from './Tree.svelte';

const connection = (name: string, more: Partial<t.Connection> = {}): t.Connection => ({
  connection: name,
  engine: 'postgres',
  engineTitle: 'PostgreSQL',
  address: `postgres://localhost/${name}`,
  origin: 'user',
  place: '/home/ada/connections.toml:1',
  readOnly: true,
  safe: true,
  colour: 'red',
  tags: ['live'],
  needsTrust: false,
  needsPassword: false,
  password: null,
  health: 'unknown',
  said: null,
  entry: { toml: '', fields: {} },
  ...more,
});
const list = (connections: t.Connection[], more: Partial<t.ListConnectionsReply> = {}) => ({
  connections,
  troubles: [],
  userFile: '/home/ada/connections.toml',
  projectFile: null,
  untrusted: null,
  ...more,
});
const object = (name: string, kind: t.DatabaseObjectKind = 'table'): t.DatabaseObject => ({
  kind,
  name,
  detail: null,
  comment: null,
  rows: 12,
});
const described = (name: string): t.DescribeObjectReply => ({
  object: object(name),
  columns: [
    {
      name: 'id',
      typeName: 'bigint',
      nullable: false,
      default: null,
      generated: false,
      comment: null,
    },
  ],
  keys: [],
  references: [],
  referred: [],
  indexes: [],
  triggers: [],
  definition: null,
  facts: [],
  browse: `select * from ${name}`,
});
const source: t.Source = {
  repository: 'acme/shop',
  location: '/src/shop/.git',
  workTree: '/src/shop',
  headRef: null,
  head: null,
  asOf: null,
  commits: 1,
  files: 1,
  gaps: [],
  reading: null,
  failure: null,
};
const usual: Replies = {
  'sources.list': { sources: [] },
  'databases.list': list([connection('shop'), connection('crm')]),
  'databases.check': {
    server: 'PostgreSQL 16.2',
    encrypted: true,
    warnings: ['the user may write'],
    milliseconds: 3,
  },
  'databases.schemas': { schemas: [{ schema: 'public', current: true, system: false }] },
  'databases.objects': ({ pattern }) => ({
    objects: [object('customers'), object('orders')].filter((it) =>
      it.name.includes(pattern ?? ''),
    ),
    next: null,
  }),
  'databases.describe': ({ object }) => described(object),
};

const onopen = vi.fn();
const oninsert = vi.fn();
const onconnection = vi.fn();
function mounted(replies: Replies = {}) {
  const wire = begin({ ...usual, ...replies });
  show(Tree, { connection: null, onopen, oninsert, onconnection });
  return wire;
}
const tree = () => document.querySelector('[role=tree]');
const chosen = () => document.querySelector('[role=treeitem][aria-selected=true]');
const keys = (...all: string[]) => all.forEach((it) => press(tree(), it));

beforeEach(() => {
  kept.forget();
  for (const it of [onopen, oninsert, onconnection]) it.mockReset();
});
afterEach(() => {
  leave();
  project.choose(null);
  navigate('/overview');
});

describe('the tree of databases', () => {
  test('tells of a connection its engine, origin, tags, that it only reads, and whether it answers', async () => {
    mounted();
    await until('shop');
    const row = document.querySelector('[role=treeitem]')?.textContent?.replace(/\s+/g, ' ');
    expect(row).toContain('PostgreSQL · your own · live');
    expect(row).toContain('read only');
    expect(row).toContain('not asked yet whether it answers');
  });

  test('is walked by the keyboard, from a connection to its tables’ columns', async () => {
    const wire = mounted();
    await until('shop');
    keys('ArrowRight');
    await until('orders');
    // It was asked whether it answers before anything else was, and only once.
    expect(wire.sent.map((it) => it.method).filter((it) => it.startsWith('databases.'))).toEqual([
      'databases.list',
      'databases.check',
      'databases.schemas',
      'databases.objects',
    ]);
    expect(shownText()).toContain('The user may write.');
    keys('o');
    expect(chosen()?.textContent).toContain('orders');
    expect(tree()?.getAttribute('aria-activedescendant')).toBe(chosen()?.id);
    expect(chosen()?.getAttribute('aria-level')).toBe('4');
    keys('ArrowRight');
    await until('bigint');
    keys('ArrowRight');
    expect(chosen()?.textContent).toContain('id');
    keys('Enter');
    expect(oninsert).toHaveBeenCalledWith('id');
    keys('ArrowLeft', 'ArrowLeft');
    expect(shownText()).not.toContain('bigint');
    keys('Home');
    expect(chosen()?.textContent).toContain('shop');
    keys('End');
    expect(chosen()?.textContent).toContain('crm');
  });

  test('opens rows of a table by Enter, with the statement that the server’s side wrote', async () => {
    mounted();
    await until('shop');
    keys('ArrowRight');
    await until('orders');
    keys('o', 'Enter');
    await vi.waitFor(() =>
      expect(onopen).toHaveBeenCalledWith('shop', 'select * from orders', 'orders'),
    );
  });

  test('has a menu for each row, by Shift and F10', async () => {
    mounted();
    await until('shop');
    keys('ArrowRight');
    await until('orders');
    keys('o');
    press(tree(), 'F10', { shiftKey: true });
    const items = [...document.querySelectorAll('[role=menuitem]')].map((it) => it.textContent);
    expect(items).toEqual([
      'Open its rows',
      'Insert the name',
      'Copy the name',
      'Describe',
      'Definition',
      'Diagram',
      'Refresh',
    ]);
    expect(document.activeElement?.textContent).toBe('Open its rows');
    press(document.activeElement, 'ArrowDown');
    (document.activeElement as HTMLElement).click();
    flushSync();
    expect(oninsert).toHaveBeenCalledWith('orders');
    expect(document.querySelector('[role=menu]')).toBeNull();
  });

  test('says in its place why one does not answer, and asks again', async () => {
    let down = true;
    mounted({
      'databases.check': () => {
        if (down) throw new Refusal('upstream', 'nothing answers at db:5432', 'start it');
        return { server: 'PostgreSQL', encrypted: true, warnings: [], milliseconds: 1 };
      },
    });
    await until('shop');
    keys('ArrowRight');
    await until('Nothing answers at db:5432.');
    expect(shownText()).toContain('Start it.');
    expect(shownText()).toContain('crm');
    down = false;
    click('Retry');
    await until('orders');
    expect(shownText()).not.toContain('Nothing answers');
  });

  test('gives a password in a dialog, and keeps it nowhere', async () => {
    let given = false;
    const wire = mounted({
      'databases.list': () =>
        list([connection('shop', { needsPassword: !given, password: 'prompt' })]),
      'databases.setPassword': () => {
        given = true;
        return { password: 'prompt' };
      },
    });
    await until('shop');
    keys('ArrowRight');
    await until('Give its password');
    keys('ArrowDown', 'Enter');
    type('Password', 's3cret');
    submit();
    await vi.waitFor(() =>
      expect(wire.sent.find((it) => it.method === 'databases.setPassword')?.params).toEqual({
        connection: 'shop',
        password: 's3cret',
      }),
    );
    expect(document.documentElement.getHTML()).not.toContain('s3cret');
  });

  test('shows what a project’s file would run before it is trusted', async () => {
    repository.choose('acme/shop');
    const wire = mounted({
      'sources.list': { sources: [source] },
      'databases.list': list(
        [
          connection('shop', {
            origin: 'project',
            needsTrust: true,
            entry: {
              toml: `password = "cmd:${PAYLOAD}"`,
              fields: { password: `cmd:${PAYLOAD}`, ssh: { host: 'bastion' } },
            },
          }),
        ],
        { untrusted: 'c0ffee', projectFile: '/src/shop/.backstory/connections.toml' },
      ),
      'databases.trust': { file: '' },
    });
    await until('want your trust');
    click('Look at them');
    expect(shownText()).toContain('Runs the command <img');
    expect(shownText()).toContain('Runs ssh to bastion');
    expectText();
    click('Trust this file');
    await vi.waitFor(() =>
      expect(wire.sent.find((it) => it.method === 'databases.trust')?.params).toEqual({
        project: '/src/shop',
        digest: 'c0ffee',
      }),
    );
  });

  test('searches what is loaded while one types, and asks the server by Enter', async () => {
    const wire = mounted();
    await until('shop');
    keys('ArrowRight');
    await until('orders');
    const field = document.querySelector<HTMLInputElement>('input[type=search]');
    if (!field) throw new Error('there is no search');
    field.value = 'custo';
    field.dispatchEvent(new Event('input', { bubbles: true }));
    flushSync();
    expect(shownText()).toContain('customers');
    expect(shownText()).not.toContain('orders');
    press(field, 'Enter');
    await until('Names that hold “custo”.');
    expect(wire.sent.at(-1)).toMatchObject({
      method: 'databases.objects',
      params: { connection: 'shop', schema: 'public', pattern: 'custo' },
    });
    press(tree(), 'Escape');
    expect(shownText()).toContain('orders');
  });

  test('goes on with the next page where there is one', async () => {
    const wire = mounted({
      'databases.objects': ({ cursor }) =>
        cursor
          ? { objects: [object('zebra')], next: null }
          : { objects: [object('ant')], next: 'ant' },
    });
    await until('shop');
    keys('ArrowRight');
    await until('More than the first 1 name');
    keys('m', 'Enter');
    await until('zebra');
    expect(shownText()).toContain('ant');
    expect(wire.sent.at(-1)?.params).toMatchObject({ cursor: 'ant' });
  });

  test('finds keys by a pattern that is typed in its place', async () => {
    const wire = mounted({
      'databases.list': list([connection('cache', { engine: 'redis', engineTitle: 'Redis' })]),
      'databases.schemas': { schemas: [{ schema: 'db0', current: true, system: false }] },
      'databases.objects': {
        objects: [object('user:1', 'key'), object('user:2', 'key')],
        next: null,
      },
    });
    await until('cache');
    keys('ArrowRight');
    await until('user:');
    // Below it stand its warning, the database, and the pattern.
    keys('ArrowDown', 'ArrowDown', 'ArrowDown', 'Enter');
    const field = document.querySelector<HTMLInputElement>('input[aria-label="Keys like"]');
    if (!field) throw new Error('there is no field');
    field.value = 'user:*';
    press(field, 'Enter');
    await vi.waitFor(() =>
      expect(wire.sent.at(-1)?.params).toMatchObject({ schema: 'db0', pattern: 'user:*' }),
    );
  });

  test('shows names from servers as text', async () => {
    mounted({
      'databases.list': list([connection('shop', { tags: [PAYLOAD], address: PAYLOAD })]),
      'databases.objects': { objects: [object(PAYLOAD)], next: null },
    });
    await until('shop');
    keys('ArrowRight');
    await until('<img');
    expectText();
  });

  test('that is empty says how to begin', async () => {
    mounted({ 'databases.list': list([]) });
    await until('There are no connections yet.');
    click('New connection');
    expect(route.screen).toBe('connection');
  });

  test('that cannot be had says why', async () => {
    mounted({
      'databases.list': () => {
        throw new Refusal('internal', 'the file is locked');
      },
    });
    await until('The file is locked.');
  });
});
