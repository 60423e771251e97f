import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type * as t from '$ipc-schema/types';
import { Refusal, type FakeWire, type Replies } from '$/ipc/wire.fake';
import {
  begin,
  button,
  click,
  expectText,
  leave,
  PAYLOAD,
  press,
  show,
  shownText,
  until,
} from '$/kit/testing';
import { databases as made } from '../../../../dev/databases';
import { act, can } from './acts';
import { forgetCatalogue } from './catalogue';
import { forgetJudged } from './judge';
import { forgetRuns } from './runs.svelte';
import { begin as beginTabs, open, openTab } from './tabs.svelte';
import Workspace from './Workspace.svelte';

const props = { id: '', query: {} };
let wire: FakeWire;

function start(replies: Replies = {}) {
  wire = begin({ 'sources.list': { sources: [] }, ...made, ...replies });
}
const sent = (method: string) =>
  wire.sent.filter((it) => it.method === method).map((it) => it.params);
const listed = (connections: t.Connection[]): Replies => ({
  'databases.list': {
    connections,
    troubles: [],
    userFile: '',
    projectFile: null,
    untrusted: null,
  },
});

beforeEach(() => {
  beginTabs({ recall: async () => ({ tabs: [], shown: null }), keep: async () => {} });
  forgetJudged();
  forgetCatalogue();
  HTMLDialogElement.prototype.showModal ??= () => {};
});
afterEach(() => {
  for (const tab of open.all) forgetRuns(tab.id);
  leave();
});

async function ran(text: string, replies: Replies = {}, connection = 'shop') {
  start(replies);
  openTab({ connection, text });
  show(Workspace, props);
  await until('Run all');
  await vi.waitFor(() => {
    flushSync();
    expect(document.querySelector('.cm-content')).not.toBeNull();
  });
  act('runAll');
  flushSync();
}

describe('the workspace', () => {
  test('without a connection leads to one', async () => {
    start(listed([]));
    show(Workspace, props);
    await until('Connect to a database');
  });

  test('whose connections cannot be listed says why', async () => {
    start({
      'databases.list': () => {
        throw new Refusal('internal', 'connections.toml is damaged');
      },
    });
    show(Workspace, props);
    await until('Connections.toml is damaged.');
  });

  test('opens a tab on the connection of its address, once', async () => {
    start();
    show(Workspace, { ...props, id: 'shop' });
    await vi.waitFor(() => expect(open.shown?.connection).toBe('shop'));
    expect(open.all.length).toBe(1);
    await until('May write');
  });

  test('shows the text of its tab in the editor, and takes what is written there', async () => {
    start();
    openTab({ connection: 'shop', text: 'select 1' });
    show(Workspace, props);
    await vi.waitFor(() =>
      expect(document.querySelector('.cm-content')?.textContent).toContain('select 1'),
    );
  });

  test('marks a production connection and that it only reads', async () => {
    start();
    openTab({ connection: 'shop-live' });
    show(Workspace, props);
    await until('production');
    expect(document.querySelector('.production')).not.toBeNull();
    expect(button('Read-only').disabled).toBe(true);
  });

  test('shows rows, what came from outside as text', async () => {
    await ran('select 1', {
      'databases.run': {
        run: 1,
        state: 'done',
        failure: null,
        inTransaction: false,
        milliseconds: 3,
        results: [
          {
            statement: 'select 1',
            columns: [{ name: PAYLOAD, typeName: 'text', kind: 'text', table: null, column: null }],
            rows: [{ row: 0, cells: ['x'] }],
            rowsTotal: 1,
            complete: true,
            affected: null,
            tag: PAYLOAD,
            notices: [PAYLOAD],
            milliseconds: 1,
            editable: null,
          },
        ],
      },
    });
    await until('Done in');
    expect(document.querySelector('[role=grid]')).not.toBeNull();
    expect(document.querySelector('img, script')).toBeNull();
    click('Messages');
    expectTextBut('.datagrid');
  });

  test('says why a statement failed, marks the place and keeps what was written', async () => {
    await ran('select c.name from customerz c');
    await until('Relation "customerz" does not exist.');
    expect(shownText()).toContain('42P01');
    expect(open.shown?.text).toBe('select c.name from customerz c');
    await vi.waitFor(() => {
      flushSync();
      expect(document.querySelector('.cm-lintRange-error')?.textContent).toBe('customerz');
    });
  });

  test('asks before anything is destroyed, and Cancel sends nothing', async () => {
    await ran('drop table orders');
    await until('Table orders with all its rows.');
    expect(button('Do it anyway').disabled).toBe(true);
    click('Cancel');
    expect(sent('databases.run')).toEqual([]);
    expect(shownText()).not.toContain('This destroys data');
  });

  test('lets a whole table go only when its name was typed', async () => {
    await ran('drop table orders');
    await until('To go on, type orders');
    const field = document.querySelector<HTMLInputElement>('dialog input');
    if (!field) throw new Error('there is no field');
    field.value = 'orders';
    field.dispatchEvent(new Event('input', { bubbles: true }));
    flushSync();
    click('Do it anyway');
    await vi.waitFor(() => expect(sent('databases.run')).toMatchObject([{ confirmed: true }]));
  });

  test('wants values before a statement with places is sent, and remembers them', async () => {
    await ran('select * from orders where state = :state');
    await until(':state');
    expect(sent('databases.run')).toEqual([]);
    await vi.waitFor(() =>
      expect(open.shown?.params).toEqual({ state: { kind: 'text', text: '' } }),
    );
    expect(sent('databases.run')).toEqual([]);
    act('runAll');
    await vi.waitFor(() =>
      expect(sent('databases.run')).toMatchObject([{ params: { state: '' } }]),
    );
  });

  test('asks for the password of a connection that wants one, and keeps it nowhere', async () => {
    await ran('select 1', {}, 'crm');
    await until('Password of crm');
    const field = document.querySelector<HTMLInputElement>('dialog input');
    if (!field) throw new Error('there is no field');
    field.value = 'secret';
    field.dispatchEvent(new Event('input', { bubbles: true }));
    flushSync();
    document.querySelector<HTMLFormElement>('dialog form')?.requestSubmit();
    await vi.waitFor(() =>
      expect(sent('databases.setPassword')).toMatchObject([
        { connection: 'crm', password: 'secret' },
      ]),
    );
    await vi.waitFor(() => expect(sent('databases.run').length).toBe(1));
    expect(JSON.stringify(open.all)).not.toContain('secret');
  });

  test('can be driven by commands while it is shown, and by none after', async () => {
    start();
    openTab({ connection: 'shop', text: 'a' });
    show(Workspace, props);
    await until('Run all');
    expect(can('run')).toBe(true);
    act('new');
    flushSync();
    expect(open.all.length).toBe(2);
    act('close');
    flushSync();
    expect(open.all.length).toBe(1);
    leave();
    expect(can('run')).toBe(false);
  });

  test('moves and names tabs by the keyboard', async () => {
    start();
    openTab({ connection: 'shop', text: 'one' });
    openTab({ connection: 'shop', text: 'two' });
    show(Workspace, props);
    await until('Run all');
    const tab = () => document.querySelector('[role=tab][aria-selected=true]');
    expect(tab()?.textContent).toContain('two');
    press(tab(), 'ArrowLeft', { altKey: true });
    expect(open.all.map((it) => it.text)).toEqual(['two', 'one']);
    press(tab(), 'ArrowRight');
    expect(open.shown?.text).toBe('one');
    press(tab(), 'F2');
    const field = document.querySelector<HTMLInputElement>('[aria-label="Name of the tab"]');
    if (!field) throw new Error('there is no field');
    field.value = 'first';
    press(field, 'Enter');
    expect(open.shown?.title).toBe('first');
  });

  test('explains, and the slow step is told in words', async () => {
    start();
    openTab({ connection: 'shop', text: 'select * from orders' });
    show(Workspace, props);
    await until('Run all');
    act('measure');
    await until('Seq Scan on orders o');
    expect(shownText()).toContain('slowest');
    expect(shownText()).toContain('100 × more than expected');
    expect(sent('databases.explain')).toMatchObject([{ measured: true, connection: 'shop' }]);
  });

  test('shows history and takes a statement up again', async () => {
    start();
    openTab({ connection: 'shop' });
    show(Workspace, props);
    await until('Run all');
    act('history');
    await until('order by placed_at desc');
    click('Open');
    expect(open.shown?.text).toContain('where state = :state');
  });

  test('opens a saved query with its values', async () => {
    start();
    openTab({ connection: 'shop' });
    show(Workspace, props);
    await until('Run all');
    act('queries');
    await until('Orders that should have left by now');
    click('late-orders');
    expect(open.shown).toMatchObject({
      title: 'late-orders',
      params: { before: { kind: 'date', text: '2026-11-01' } },
    });
  });

  test('exports to a file and tells how much', async () => {
    await ran('select * from orders', {
      'databases.export': ({ path }) => ({
        path,
        rows: 2481,
        bytes: 1_000,
        seconds: 1,
        notes: ['NaN is text'],
      }),
    });
    await until('Done in');
    act('export');
    await until('Export from shop');
    document.querySelector<HTMLFormElement>('#export')?.requestSubmit();
    await until('2,481 rows, 1 kB');
    expect(sent('databases.export')).toMatchObject([
      { connection: 'shop', format: 'csv', path: '~/orders.csv', text: 'select * from orders' },
    ]);
    expect(shownText()).toContain('NaN is text');
  });
});

/** Like `expectText`, of all but a place in which nothing is laid out here. */
function expectTextBut(selector: string): void {
  document.querySelector(selector)?.remove();
  expectText();
}
