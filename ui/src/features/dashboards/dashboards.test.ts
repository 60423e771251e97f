import { flushSync } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
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
  type,
  until,
} from '$/kit/testing';
import { dismiss, shownToasts } from '$/kit/toast.svelte';
import { forget } from '$/ipc/cache.svelte';
import Dashboards from './Dashboards.svelte';
import { dashboardCommands, forgetKnown } from './commands.svelte';
import { DashboardFile } from './edit/file.svelte';
import { move, remove } from './edit/moves';
import type {
  Control,
  DashboardInfo,
  DashboardPage,
  Methods,
  PanelOutline,
  PanelReply,
  Shape,
} from './wire';

type Made = {
  [M in keyof Methods]?:
    | Methods[M]['reply']
    | ((params: Methods[M]['params'], call: { signal: AbortSignal }) => unknown);
};
const start = (replies: Made) =>
  begin({ 'sources.list': { sources: [] }, ...(replies as Replies) });

const info = (more: Partial<DashboardInfo> = {}): DashboardInfo => ({
  dashboard: 'orders',
  title: `Orders ${PAYLOAD}`,
  place: 'project',
  troubles: 0,
  ...more,
});
const outline = (panel: number, more: Partial<PanelOutline> = {}): PanelOutline => ({
  panel,
  title: `Panel ${panel}`,
  shape: 'bar',
  width: 6,
  height: 100,
  query: 'q',
  ...more,
});
const country: Control = {
  name: 'country',
  label: 'Country',
  kind: 'choice',
  value: '',
  default: '',
  many: false,
  options: [
    { value: 'DE', label: 'Germany' },
    { value: 'FR', label: 'France' },
  ],
};
const page = (more: Partial<DashboardPage> = {}): DashboardPage => ({
  dashboard: 'orders',
  title: `Orders ${PAYLOAD}`,
  place: 'project',
  hash: 'a',
  zone: 'UTC',
  now: '2026-11-22T12:00:00Z',
  params: [country],
  parts: [{ kind: 'panel', panel: outline(0) }],
  troubles: [],
  stale: false,
  ...more,
});
const rect = (more: Partial<Extract<Shape, { kind: 'rect' }>> = {}): Shape => ({
  kind: 'rect',
  x: 0,
  y: 0,
  width: 40,
  height: 20,
  class: 'series-1',
  words: `Germany: 12 ${PAYLOAD}`,
  mark: { series: 0, index: 0, rows: true, filter: { param: 'country', value: 'DE' } },
  ...more,
});
const reply = (more: Partial<PanelReply> = {}): PanelReply => ({
  scene: { width: 300, height: 100, words: 'one bar', shapes: [rect()] },
  notes: [],
  evidence: {
    queries: [
      {
        name: 'q',
        on: 'shop',
        engine: 'SQLite 3',
        text: `select 1 -- ${PAYLOAD}`,
        params: { from: '2026-01-01' },
        milliseconds: 4,
        rows: 1,
        cached: false,
        at: '2026-11-22T12:03:22Z',
      },
    ],
  },
  ...more,
});
const rows = {
  of: 'the orders from Germany',
  table: {
    columns: [{ name: 'id', kind: 'number' as const }],
    rows: [[1], [2]],
    cut: false,
    total: 2,
  },
  evidence: reply().evidence,
};

/** Everything is near, until a test says otherwise. */
class Sight {
  constructor(private readonly hear: (all: { isIntersecting: boolean }[]) => void) {}
  observe() {
    queueMicrotask(() => this.hear([{ isIntersecting: Sight.near }]));
  }
  disconnect() {}
  static near = true;
}

let copied: string[] = [];
beforeEach(() => {
  Sight.near = true;
  vi.stubGlobal('IntersectionObserver', Sight);
  copied = [];
  vi.spyOn(navigator.clipboard, 'writeText').mockImplementation((text) => {
    copied.push(text);
    return Promise.resolve();
  });
  navigate('#/dashboards/orders');
  forgetKnown();
});
afterEach(() => {
  leave();
  vi.unstubAllGlobals();
  for (const it of shownToasts()) dismiss(it.id);
});

const board = (query: Record<string, string> = {}) => show(Dashboards, { id: 'orders', query });
const svg = () => document.querySelector('svg[role=img]');
const menu = (text: string) => {
  document.querySelector<HTMLElement>('.panel .opener')?.click();
  flushSync();
  click(text);
};

test('the list parts the dashboards by where they come from, and tells what is wrong with one', async () => {
  start({
    'dashboards.list': {
      dashboards: [
        info({ troubles: 2 }),
        info({ dashboard: 'delivery', title: 'Delivery', place: 'builtIn' }),
      ],
      troubles: [`the folder cannot be read ${PAYLOAD}`],
    },
  });
  show(Dashboards, { id: '', query: {} });
  await until('2 troubles');
  expect(shownText()).toContain('Of this project');
  expect(shownText()).toContain('Built in');
  expect(shownText()).toContain('The folder cannot be read');
  expectText();
});

test('a list without a dashboard of one’s own teaches how one is made', async () => {
  start({
    'dashboards.list': { dashboards: [info({ place: 'builtIn' })], troubles: [] },
  });
  show(Dashboards, { id: '', query: {} });
  await until('one short text file');
  expect(shownText()).toContain('line = "commits"');
});

test('a list that fails says why', async () => {
  start({
    'dashboards.list': () => {
      throw new Refusal('upstream', 'the folder of the project cannot be read');
    },
  });
  show(Dashboards, { id: '', query: {} });
  await until('The folder of the project cannot be read.');
});

test('a new dashboard is saved under its name, and opened to be edited', async () => {
  const wire = start({
    'dashboards.list': { dashboards: [info()], troubles: [] },
    'dashboards.save': { hash: 'b', troubles: [] },
  });
  show(Dashboards, { id: '', query: { new: 'query', query: 'select 1', on: 'shop' } });
  await until('New dashboard');
  type('Title', 'Mine "and" yours');
  expect(shownText()).toContain('run mine-and-yours');
  submit();
  await vi.waitFor(() => expect(route.id).toBe('mine-and-yours'));
  const sent = wire.sent.find((it) => it.method === 'dashboards.save')?.params;
  expect(sent?.['text']).toContain('title = "Mine \\"and\\" yours"');
  expect(sent?.['text']).toContain('```sql rows on=shop\nselect 1\n```');
  expect(sent?.['hash']).toBe(undefined);
});

test('panels load by themselves: one that fails leaves the others as they are', async () => {
  start({
    'dashboards.open': page({ parts: [0, 1].map((at) => ({ kind: 'panel', panel: outline(at) })) }),
    'dashboards.panel': ({ panel }) => {
      if (panel === 1) throw new Refusal('upstream', 'the server of `stock` does not answer');
      return reply();
    },
  });
  board();
  await until('The server of `stock` does not answer.');
  await vi.waitFor(() => expect(document.querySelectorAll('svg[role=img]').length).toBe(1));
  expect(svg()?.getAttribute('aria-label')).toContain('one bar');
  expectText();
});

test('a panel without rows says so', async () => {
  start({
    'dashboards.open': page(),
    'dashboards.panel': { notes: [], evidence: { queries: [] }, nothing: 'no order in these days' },
  });
  board();
  await until('No order in these days.');
});

test('a panel that is far below is not asked for', async () => {
  Sight.near = false;
  const wire = start({ 'dashboards.open': page(), 'dashboards.panel': reply() });
  board();
  await until('Panel 0');
  await new Promise((done) => setTimeout(done, 20));
  expect(wire.sent.some((it) => it.method === 'dashboards.panel')).toBe(false);
});

test('a slow panel tells the seconds, and can be cancelled where it runs', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
  let stopped = false;
  start({
    'dashboards.open': page(),
    'dashboards.panel': (_, { signal }) =>
      new Promise(() => signal.addEventListener('abort', () => (stopped = true))),
  });
  board();
  await until('Panel 0');
  await vi.waitFor(() => expect(document.querySelector('.panel[aria-busy=true]')).not.toBe(null));
  vi.advanceTimersByTime(3_200);
  await until('3 s');
  click('Cancel');
  await until('Not asked to the end.');
  await vi.waitFor(() => expect(stopped).toBe(true));
  vi.useRealTimers();
});

test('a click on a mark filters by it, a second one no longer', async () => {
  start({ 'dashboards.open': page(), 'dashboards.panel': reply() });
  board();
  await vi.waitFor(() => expect(document.querySelector('rect[data-spot]')).not.toBe(null));
  document
    .querySelector('rect[data-spot]')
    ?.dispatchEvent(new MouseEvent('click', { bubbles: true }));
  expect(route.query).toEqual({ country: 'DE' });
});

test('what is filtered by stands as a chip that can be removed', async () => {
  navigate('dashboards', 'orders', { country: 'DE' });
  start({
    'dashboards.open': page({
      params: [{ ...country, value: 'DE' }],
      parts: [{ kind: 'panel', panel: outline(0, { filter: 'country' }) }],
    }),
    'dashboards.panel': reply(),
  });
  board({ country: 'DE' });
  await until('Filtered by');
  click('Without Country Germany');
  expect(route.query).toEqual({});
});

test('arrows walk the marks, Escape leaves them, and Enter filters', async () => {
  start({ 'dashboards.open': page(), 'dashboards.panel': reply() });
  board();
  await vi.waitFor(() => expect(svg()).not.toBe(null));
  press(svg(), 'ArrowRight');
  expect(shownText()).toContain('Germany: 12');
  expect(document.querySelector('.ring.keyed')).not.toBe(null);
  press(svg(), 'Escape');
  expect(document.querySelector('.ring')).toBe(null);
  press(svg(), 'Home');
  press(svg(), 'Enter');
  expect(route.query).toEqual({ country: 'DE' });
  expectText();
});

test('a mark that only has rows opens them, with the query behind', async () => {
  const wire = start({
    'dashboards.open': page(),
    'dashboards.panel': reply({
      scene: {
        width: 300,
        height: 100,
        words: 'one bar',
        shapes: [rect({ mark: { series: 2, index: 5, rows: true } })],
      },
    }),
    'dashboards.rows': rows,
  });
  board();
  await vi.waitFor(() => expect(svg()).not.toBe(null));
  press(svg(), 'ArrowRight');
  press(svg(), 'Enter');
  await until('The orders from Germany.');
  expect(wire.sent.find((it) => it.method === 'dashboards.rows')?.params['mark']).toEqual({
    series: 2,
    index: 5,
  });
  expect(shownText()).toContain('SQLite 3, connection shop');
  click('Copy as CSV');
  await vi.waitFor(() => expect(copied).toEqual(['id\r\n1\r\n2\r\n']));
  expectText();
});

test('a number opens its rows', async () => {
  start({
    'dashboards.open': page(),
    'dashboards.panel': reply({
      scene: undefined as never,
      figure: {
        value: '12k',
        exact: '12,312',
        change: '+3 %',
        tone: 'good',
        rows: { series: 0, index: 0, rows: true },
      },
    }),
    'dashboards.rows': rows,
  });
  board();
  await until('+3 %');
  click('12k');
  await until('The orders from Germany.');
});

test('the menu of a panel shows the evidence, and opens the query where databases are asked', async () => {
  start({ 'dashboards.open': page(), 'dashboards.panel': reply() });
  board();
  await vi.waitFor(() => expect(svg()).not.toBe(null));
  menu('Query and evidence');
  await until('as of');
  expect(shownText()).toContain(':from');
  click('Open in databases');
  expect(route.screen).toBe('databases');
  expect(route.id).toBe('shop');
  expect(route.query['text']).toContain('select 1');
});

test('a chart can be read as a table, and its picture taken along', async () => {
  start({ 'dashboards.open': page(), 'dashboards.panel': reply(), 'dashboards.rows': rows });
  board();
  await vi.waitFor(() => expect(svg()).not.toBe(null));
  menu('Copy as SVG');
  await vi.waitFor(() => expect(copied[0]).toContain('<svg xmlns='));
  expect(copied[0]).not.toContain('<script>');
  menu('View as table');
  await vi.waitFor(() => {
    flushSync();
    expect(document.querySelectorAll('.panel tbody tr').length).toBe(2);
  });
});

test('a file with troubles shows the last good state, and where to mend it', async () => {
  start({
    'dashboards.open': page({
      stale: true,
      path: '/p/orders.md',
      troubles: [{ line: 12, column: 9, message: `there is no query \`x\` ${PAYLOAD}` }],
    }),
    'dashboards.panel': reply(),
  });
  board();
  await until('the last good state is shown');
  expect(shownText()).toContain('12:9');
  click('12:9');
  expect(route.query['.edit']).toBe('line 12');
  expectText();
});

test('assertions say how many hold, and which do not', async () => {
  start({
    'dashboards.open': page({ parts: [{ kind: 'assertions', count: 2 }] }),
    'dashboards.assertions': {
      assertions: [
        { text: 'a > 0', line: 3, holds: true, sentence: 'fine', values: 'a = 1' },
        { text: 'b > 0', line: 4, holds: false, sentence: 'there are no orders', values: 'b = 0' },
      ],
    },
  });
  board();
  await until('1 of 2 assertions fails.');
  expect(shownText()).toContain('There are no orders.');
});

test('a dashboard that was saved elsewhere is opened again; a panel that is as before stays as it is', async () => {
  let hash = 'a';
  let asked = 0;
  start({
    'dashboards.open': () => page({ hash, title: hash === 'a' ? 'First' : 'Second' }),
    'dashboards.panel': () => {
      asked++;
      return reply();
    },
  });
  board();
  await vi.waitFor(() => expect(svg()).not.toBe(null));
  const before = svg();
  hash = 'b';
  forget();
  await until('Second');
  await vi.waitFor(() => expect(asked).toBeGreaterThan(1));
  await new Promise((done) => setTimeout(done, 10));
  flushSync();
  expect(svg()).toBe(before);
});

test('what is built in is copied before it is changed', async () => {
  start({ 'dashboards.open': page({ place: 'builtIn' }), 'dashboards.panel': reply() });
  board();
  await until('Change a copy');
  click('Change a copy');
  expect(route.query['new']).toBe('copy:orders');
});

test('an export copies what was rendered, and the line that makes it', async () => {
  const wire = start({
    'dashboards.open': page(),
    'dashboards.panel': reply(),
    'dashboards.render': { text: '<!doctype html>', name: 'orders.html', asserted: true },
  });
  board({ country: 'DE' });
  await until('Export');
  click('Export');
  await until('backstory dashboard run orders --param country=DE --format html');
  click('Copy HTML');
  await vi.waitFor(() => expect(copied).toEqual(['<!doctype html>']));
  expect(wire.sent.find((it) => it.method === 'dashboards.render')?.params['params']).toEqual({
    country: 'DE',
  });
});

test('the palette knows every dashboard by its name', async () => {
  start({ 'dashboards.list': { dashboards: [info()], troubles: [] } });
  dashboardCommands('');
  await vi.waitFor(() =>
    expect(dashboardCommands('').map((it) => it.id)).toContain('dashboards.open orders'),
  );
  const command = dashboardCommands('').find((it) => it.id === 'dashboards.open orders');
  expect(command?.cli).toBe('backstory dashboard run orders');
});

const TEXT = '+++\ntitle = "x"\n+++\n```toml panel\nline = "q"\n```\n';
const opened = async (more: Made = {}) => {
  const wire = start({
    'dashboards.source': { text: TEXT, path: '/p/x.md', hash: 'a', editable: true },
    'dashboards.check': { troubles: [] },
    'dashboards.save': { hash: 'b', troubles: [] },
    ...more,
  });
  const file = new DashboardFile('x');
  await file.read();
  return { file, wire };
};

test('a text is judged as it is typed, and saved over the state that it began with', async () => {
  const { file, wire } = await opened({
    'dashboards.check': ({ text }) => ({
      troubles: text.includes('wrong') ? [{ line: 1, column: 1, message: 'wrong' }] : [],
    }),
  });
  file.write(`${TEXT}wrong`);
  expect(file.dirty).toBe(true);
  await vi.waitFor(() => expect(file.troubles.length).toBe(1));
  expect(await file.save()).toBe(true);
  expect(file.dirty).toBe(false);
  expect(wire.sent.find((it) => it.method === 'dashboards.save')?.params['hash']).toBe('a');
});

test('a file that was changed outside is neither lost nor overwritten unasked', async () => {
  let hash = 'a';
  const { file, wire } = await opened({
    'dashboards.source': () => ({
      text: hash === 'a' ? TEXT : 'theirs',
      path: null,
      hash,
      editable: true,
    }),
    'dashboards.save': (asked) => {
      if (asked.hash !== hash) throw new Refusal('conflict', 'the file has moved on');
      hash = 'c';
      return { hash, troubles: [] };
    },
  });
  file.write('mine');
  hash = 'b';
  expect(await file.save()).toBe(false);
  expect(file.theirs?.text).toBe('theirs');
  expect(file.text).toBe('mine');
  await file.overwrite();
  expect(file.theirs).toBe(null);
  expect(file.saved).toBe('mine');
  expect(wire.sent.filter((it) => it.method === 'dashboards.save').length).toBe(2);
});

test('what is written outside while nothing is typed is taken over', async () => {
  let text = TEXT;
  const { file } = await opened({
    'dashboards.source': () => ({ text, path: null, hash: text, editable: true }),
  });
  text = 'theirs';
  await file.read();
  expect(file.text).toBe('theirs');
  expect(file.theirs).toBe(null);
});

test('a panel that was removed comes back by undo, in the very text from before', async () => {
  const { file, wire } = await opened({
    'dashboards.edit': { hash: 'b', text: 'without', troubles: [] },
    'dashboards.save': { hash: 'c', troubles: [] },
  });
  await remove(file, 0, 'x');
  expect(file.text).toBe('without');
  shownToasts().at(-1)?.action?.run();
  await vi.waitFor(() => expect(file.text).toBe(TEXT));
  expect(
    wire.sent.at(-1)?.params['text'] ??
      wire.sent.find((it) => it.method === 'dashboards.save')?.params['text'],
  ).toBe(TEXT);
});

test('a panel is not moved over what is typed and not saved', async () => {
  const { file, wire } = await opened();
  file.write('mine');
  expect(await move(file, 0, 2)).toBe(false);
  expect(wire.sent.some((it) => it.method === 'dashboards.edit')).toBe(false);
});
