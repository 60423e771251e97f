import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type * as t from '$ipc-schema/types';
import { Refusal, type FakeWire, type Replies } from '$/ipc/wire.fake';
import { begin } from '$/kit/testing';
import { begin as beginTabs, openTab, type TabText } from './tabs.svelte';
import { Edits } from './edits.svelte';
import type { Piece } from './places';
import { forgetRuns, runsOf } from './runs.svelte';

const piece = (text: string, more: Partial<Piece> = {}): Piece => ({
  from: 0,
  to: text.length,
  text,
  reads: true,
  refused: null,
  losses: [],
  places: [],
  ...more,
});
const connection = (more: Partial<t.Connection> = {}): t.Connection => ({
  connection: 'shop',
  engine: 'postgres',
  engineTitle: 'PostgreSQL',
  address: 'localhost',
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
const result = (more: Partial<t.DatabaseResult> = {}): t.DatabaseResult => ({
  statement: '',
  columns: [{ name: 'n', typeName: 'int', kind: 'integer', table: null, column: null }],
  rows: [{ row: 0, cells: ['1'] }],
  rowsTotal: 1,
  complete: true,
  affected: null,
  tag: 'SELECT',
  notices: [],
  milliseconds: 1,
  editable: null,
  ...more,
});
let next = 1;
const reply = (more: Partial<t.RunStatementsReply> = {}): t.RunStatementsReply => ({
  run: next++,
  state: 'done',
  results: [result()],
  failure: null,
  inTransaction: false,
  milliseconds: 1,
  ...more,
});
const failure = (kind: string): t.DatabaseFailure => ({
  kind,
  message: 'no',
  hint: null,
  detail: null,
  code: null,
  offset: null,
  line: null,
  column: null,
});
const session = { session: 5, server: 'PG', encrypted: true, readOnly: false, warnings: [] };

let tab: TabText;
let wire: FakeWire;

function start(replies: Replies) {
  wire = begin({
    'databases.open': session,
    'databases.close': { closed: true },
    'databases.stop': { stopped: true },
    'databases.transaction': ({ step }) => ({ open: step === 'begin' }),
    ...replies,
  });
}
const sent = (method: string) =>
  wire.sent.filter((it) => it.method === method).map((it) => it.params);

beforeEach(() => {
  beginTabs({ recall: async () => ({ tabs: [], shown: null }), keep: async () => {} });
  tab = openTab({ connection: 'shop' });
});
afterEach(() => forgetRuns(tab.id));

describe('a run', () => {
  test('of one statement needs no session, and sends what its places hold', async () => {
    start({ 'databases.run': () => reply() });
    tab.params = { n: { kind: 'number', text: '7' } };
    tab.timeout = 5;
    const runs = runsOf(tab.id);
    await runs.run(tab, connection(), [piece('select :n', { places: ['n'] })]);
    expect(runs.state).toBe('done');
    expect(sent('databases.run')).toMatchObject([
      { connection: 'shop', text: 'select :n', params: { n: 7 }, timeout: 5, transaction: 'auto' },
    ]);
    expect(sent('databases.open')).toEqual([]);
  });

  test('keeps what was changed in its rows until it is sent or given up', async () => {
    start({ 'databases.run': () => reply() });
    const runs = runsOf(tab.id);
    await runs.run(tab, connection(), [piece('select 1')]);
    const rows = runs.outcomes[0]?.results[0];
    const columns = [
      { name: 'n', typeName: 'int', kind: 'integer' as const, table: 't', column: 'n' },
    ];
    if (rows) rows.edits = new Edits({ schema: 's', table: 't', key: [0] }, columns);
    expect(runs.unsent).toBe(0);
    rows?.edits?.set({ row: 0, cells: ['1'] }, 0, '2');
    expect(runs.unsent).toBe(1);
    runs.giveUp();
    expect(runs.unsent).toBe(0);
  });

  test('of several goes one by one through one session and ends at the first that fails', async () => {
    start({
      'databases.run': ({ text }) =>
        text === 'b'
          ? reply({ state: 'failed', results: [], failure: failure('server') })
          : reply(),
    });
    const runs = runsOf(tab.id);
    await runs.run(
      tab,
      connection(),
      ['a', 'b', 'c'].map((it) => piece(it)),
    );
    expect(sent('databases.run').map((it) => [it['text'], it['session']])).toEqual([
      ['a', 5],
      ['b', 5],
    ]);
    expect(runs.state).toBe('failed');
    expect(runs.failed?.piece.text).toBe('b');
    expect(runs.outcomes.length).toBe(2);
  });

  test('that would destroy data asks first, and sends nothing until there is a yes', async () => {
    start({ 'databases.run': () => reply({ results: [] }) });
    const runs = runsOf(tab.id);
    const drop = piece('drop table a', { reads: false, losses: ['table a'] });
    await runs.run(tab, connection(), [drop]);
    expect(wire.sent).toEqual([]);
    expect(runs.question).toMatchObject({ kind: 'losses', losses: ['table a'] });
    runs.question?.go();
    await vi.waitFor(() => expect(runs.state).toBe('done'));
    expect(sent('databases.run')).toMatchObject([{ confirmed: true }]);
  });

  test('that the server alone finds to destroy data asks in its words', async () => {
    start({
      'databases.run': ({ confirmed }) => {
        if (!confirmed) throw new Refusal('conflict', 'it destroys every row of a');
        return reply();
      },
    });
    const runs = runsOf(tab.id);
    await runs.run(tab, connection(), [piece('select f()')]);
    expect(runs.question).toMatchObject({ losses: ['it destroys every row of a'] });
    expect(runs.outcomes).toEqual([]);
  });

  test('where only reading is allowed does not ask: the server refuses', async () => {
    start({ 'databases.run': () => reply({ failure: failure('refused'), results: [] }) });
    tab.readOnly = true;
    const runs = runsOf(tab.id);
    await runs.run(tab, connection(), [piece('drop table a', { losses: ['table a'] })]);
    expect(runs.question).toBeNull();
    expect(sent('databases.run')).toMatchObject([{ readOnly: true }]);
    expect(runs.state).toBe('failed');
  });

  test('asks for a password before the connection is used', async () => {
    start({ 'databases.run': () => reply() });
    const runs = runsOf(tab.id);
    await runs.run(tab, connection({ needsPassword: true }), [piece('select 1')]);
    expect(runs.question).toMatchObject({ kind: 'password', connection: 'shop' });
    expect(wire.sent).toEqual([]);
    runs.question?.go();
    await vi.waitFor(() => expect(runs.state).toBe('done'));
  });

  test('that is stopped is cancelled where it runs', async () => {
    start({
      'databases.run': (_, { signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new Refusal('cancelled', 'stopped')));
        }),
    });
    const runs = runsOf(tab.id);
    const done = runs.run(tab, connection(), [piece('select pg_sleep(99)'), piece('select 2')]);
    await vi.waitFor(() => expect(sent('databases.run').length).toBe(1));
    expect(runs.state).toBe('running');
    runs.stop();
    await done;
    expect(runs.state).toBe('stopped');
    expect(sent('$/cancelRequest').length).toBe(1);
    expect(sent('databases.run').length).toBe(1);
  });

  test('that begins lets go of what the one before held', async () => {
    start({ 'databases.run': () => reply({ run: 40 }) });
    const runs = runsOf(tab.id);
    await runs.run(tab, connection(), [piece('select 1')]);
    await runs.run(tab, connection(), [piece('select 2')]);
    expect(sent('databases.close')).toEqual([{ run: 40 }]);
  });

  test('in a transaction of its own keeps it open until it is kept or undone', async () => {
    start({ 'databases.run': () => reply({ inTransaction: true }) });
    tab.transaction = 'manual';
    const runs = runsOf(tab.id);
    await runs.run(tab, connection(), [piece('update a set b = 1 where c = 2', { reads: false })]);
    expect(sent('databases.run')).toMatchObject([{ session: 5, transaction: 'manual' }]);
    expect(runs.inTransaction).toBe(true);
    await runs.step('commit');
    expect(runs.inTransaction).toBe(false);
    expect(sent('databases.transaction')).toEqual([{ session: 5, step: 'commit' }]);
  });

  test('that is always undone stands in one transaction, also where it fails', async () => {
    start({
      'databases.run': ({ text }) =>
        text === 'b' ? reply({ failure: failure('server'), results: [] }) : reply(),
    });
    tab.transaction = 'rolledBack';
    const runs = runsOf(tab.id);
    await runs.run(tab, connection(), [piece('a'), piece('b')]);
    expect(sent('databases.transaction').map((it) => it['step'])).toEqual(['begin', 'rollback']);
    expect(runs.inTransaction).toBe(false);
  });

  test('whose session is gone says so and takes a new one the next time', async () => {
    let gone = true;
    start({
      'databases.run': () => {
        if (gone) throw new Refusal('notFound', 'there is no session 5');
        return reply();
      },
    });
    tab.transaction = 'manual';
    const runs = runsOf(tab.id);
    await runs.run(tab, connection(), [piece('select 1')]);
    expect(runs.failed?.failure.kind).toBe('notFound');
    expect(runs.session).toBeNull();
    gone = false;
    await runs.run(tab, connection(), [piece('select 1')]);
    expect(runs.state).toBe('done');
    expect(sent('databases.open').length).toBe(2);
  });

  test('on a server that cannot be reached fails with its statement', async () => {
    start({
      'databases.open': () => {
        throw new Refusal('upstream', 'nobody listens on port 5432');
      },
      'databases.run': () => reply(),
    });
    const runs = runsOf(tab.id);
    await runs.run(tab, connection(), [piece('a'), piece('b')]);
    expect(runs.failed?.failure.message).toContain('nobody listens');
  });
});

describe('rows of a result', () => {
  test('are sorted up, down and not at all, by the server', async () => {
    const asked: unknown[] = [];
    start({
      'databases.run': () => reply(),
      'databases.rows': ({ order, filter }) => {
        asked.push([order, filter]);
        return { rows: [], rowsTotal: 0, complete: true, failure: null };
      },
    });
    const runs = runsOf(tab.id);
    await runs.run(tab, connection(), [piece('select 1')]);
    const rows = runs.outcomes[0]?.results[0];
    rows?.sort(0);
    expect(rows?.order).toEqual({ column: 0, descending: false });
    rows?.sort(0);
    expect(rows?.order).toEqual({ column: 0, descending: true });
    rows?.arrange(rows.order, [{ column: 0, test: 'greater', value: '3' }]);
    await vi.waitFor(() => expect(asked.length).toBeGreaterThan(0));
    expect(asked.at(-1)).toEqual([
      [{ column: 0, descending: true }],
      [{ column: 0, test: 'greater', value: '3' }],
    ]);
    rows?.arrange(null, []);
    rows?.sort(0);
    rows?.sort(0);
    rows?.sort(0);
    expect(rows?.order).toBeNull();
  });
});
