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
import type * as t from '$ipc-schema/types';

const start = (replies: Replies) => begin({ 'sources.list': { sources: [] }, ...replies });

const info = (more: Partial<t.DashboardInfo> = {}): t.DashboardInfo => ({
  dashboard: 'orders',
  title: `Orders ${PAYLOAD}`,
  about: null,
  place: 'project',
  path: null,
  troubles: 0,
  ...more,
});
const outline = (panel: number, more: Partial<t.PanelOutline> = {}): t.PanelOutline => ({
  panel,
  title: `Panel ${panel}`,
  shape: 'bar',
  width: 6,
  height: 100,
  query: 'q',
  rule: null,
  filter: null,
  ...more,
});
const country: t.DashboardControl = {
  name: 'country',
  label: 'Country',
  kind: 'choice',
  value: '',
  default: '',
  optionsTrouble: null,
  many: false,
  required: false,
  trouble: null,
  period: null,
  options: [
    { value: 'DE', label: 'Germany' },
    { value: 'FR', label: 'France' },
  ],
};
const page = (more: Partial<t.OpenDashboardReply> = {}): t.OpenDashboardReply => ({
  dashboard: 'orders',
  title: `Orders ${PAYLOAD}`,
  about: null,
  place: 'project',
  path: null,
  refresh: null,
  hash: 'a',
  zone: 'UTC',
  now: '2026-11-22T12:00:00Z',
  params: [country],
  parts: [{ kind: 'panel', panel: outline(0) }],
  troubles: [],
  stale: false,
  ...more,
});
const mark = (more: Partial<t.SceneMark> = {}): t.SceneMark => ({
  series: 0,
  index: 0,
  x: 'DE',
  by: null,
  filter: null,
  link: null,
  ...more,
});
const bar = (it: t.SceneMark): t.Scene => ({
  width: 300,
  height: 100,
  bands: [],
  flags: [],
  words: 'one bar',
  shapes: [
    {
      form: { kind: 'rect', x: 0, y: 0, width: 40, height: 20, radius: 0 },
      fill: 'series-1',
      stroke: null,
      opacity: 1,
      words: `Germany: 12 ${PAYLOAD}`,
      mark: it,
    },
  ],
});
const reply = (more: Partial<t.AskPanelReply> = {}): t.AskPanelReply => ({
  scene: bar(mark({ filter: { param: 'country', value: 'DE' } })),
  table: null,
  nothing: null,
  notes: [],
  now: '2026-11-22T12:03:22Z',
  evidence: {
    rule: null,
    queries: [
      {
        query: 'q',
        period: null,
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
const saved = (hash: string, text: string): t.SaveDashboardReply => ({
  path: '/p/x.md',
  text,
  hash,
  troubles: [],
});
const rows: t.RowsOfPanelReply = {
  of: 'the orders from Germany',
  table: {
    columns: [{ name: 'id', kind: 'number' }],
    rows: [[1], [2]],
    cut: false,
    total: 2,
    marks: null,
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
    'dashboards.save': saved('b', 'x'),
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
    'dashboards.panel': reply({ scene: null, nothing: 'no order in these days' }),
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

test('a dashboard over a connection that is gone says which, and asks no panel', async () => {
  const wire = start({
    'dashboards.open': page({
      params: [
        {
          ...country,
          name: 'connection',
          label: 'Connection',
          required: true,
          options: [{ value: 'stats', label: 'stats' }],
          value: `umami${PAYLOAD}`,
          default: `umami${PAYLOAD}`,
        },
      ],
    }),
  });
  board();
  await until('Connection: there is no “umami');
  expect(shownText()).toContain('Choose another one above.');
  expect(wire.sent.some((it) => it.method === 'dashboards.panel')).toBe(false);
  click('Add a connection');
  expect(route.screen).toBe('databases');
  expectText();
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
    'dashboards.panel': reply({ scene: bar(mark({ x: '2026-01-05', by: 'web' })) }),
    'dashboards.rows': rows,
  });
  board();
  await vi.waitFor(() => expect(svg()).not.toBe(null));
  press(svg(), 'ArrowRight');
  press(svg(), 'Enter');
  await until('The orders from Germany.');
  const asked = wire.sent.find((it) => it.method === 'dashboards.rows')?.params;
  expect([asked?.['x'], asked?.['by']]).toEqual(['2026-01-05', 'web']);
  expect(shownText()).toContain('SQLite 3, connection shop');
  click('Copy as CSV');
  await vi.waitFor(() => expect(copied).toEqual(['id\r\n1\r\n2\r\n']));
  expectText();
});

test('a number opens its rows', async () => {
  const wire = start({
    'dashboards.open': page({ parts: [{ kind: 'panel', panel: outline(0, { shape: 'number' }) }] }),
    'dashboards.panel': reply({ scene: { ...bar(mark()), words: 'Orders: 12k' } }),
    'dashboards.rows': rows,
  });
  board();
  await vi.waitFor(() => expect(svg()).not.toBe(null));
  click('Orders: 12k: show the rows');
  await until('The orders from Germany.');
  expect('x' in (wire.sent.find((it) => it.method === 'dashboards.rows')?.params ?? {})).toBe(
    false,
  );
});

test('a row of a table leads where it says', async () => {
  start({
    'dashboards.open': page({ parts: [{ kind: 'panel', panel: outline(0, { shape: 'table' }) }] }),
    'dashboards.panel': reply({
      scene: null,
      table: { ...rows.table, marks: [mark({ link: 'web?site=shop' }), mark()] },
    }),
  });
  board();
  await vi.waitFor(() => {
    flushSync();
    expect(document.querySelectorAll('tbody td').length).toBe(2);
  });
  expect(document.querySelectorAll('td button').length).toBe(1);
  document.querySelector<HTMLElement>('td button')?.click();
  expect([route.id, route.query]).toEqual(['web', { site: 'shop' }]);
});

test('what is asked with other parameters and fails leaves no figures of before', async () => {
  let fails = false;
  start({
    'dashboards.open': page(),
    'dashboards.panel': () => {
      if (fails) throw new Refusal('upstream', 'the server is gone');
      return reply();
    },
  });
  const props = $state({ id: 'orders', query: {} as Record<string, string> });
  show(Dashboards, props);
  await vi.waitFor(() => expect(svg()).not.toBe(null));
  fails = true;
  props.query = { country: 'FR' };
  await until('The server is gone.');
  expect(svg()).toBe(null);
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
  start({
    'dashboards.open': page(),
    'dashboards.panel': reply(),
    'dashboards.rows': rows,
    'dashboards.render': {
      name: 'x.svg',
      text: '<svg/>',
      base64: null,
      assertions: [],
      failures: [],
    },
  });
  board();
  await vi.waitFor(() => expect(svg()).not.toBe(null));
  menu('Copy as SVG');
  await vi.waitFor(() => expect(copied).toEqual(['<svg/>']));
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
      troubles: [
        { line: 12, column: 9, message: `there is no query \`x\` ${PAYLOAD}`, hint: null },
      ],
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
  expect(
    [...document.querySelectorAll('header button')].map((it) => it.textContent?.trim()),
  ).toContain('Change a copy');
  click('Change a copy');
  expect(route.query['new']).toBe('copy:orders');
});

test('an export copies what was rendered, and the line that makes it', async () => {
  const wire = start({
    'dashboards.open': page(),
    'dashboards.panel': reply(),
    'dashboards.render': {
      name: 'orders.html',
      text: '<!doctype html>',
      base64: null,
      assertions: [],
      failures: [],
    },
  });
  board({ country: 'DE' });
  await until('Export');
  click('Export');
  await until('backstory dashboard run orders --param country=DE --format png');
  choose('As', 'html');
  await until('backstory dashboard run orders --param country=DE --format html');
  click('Copy HTML');
  await vi.waitFor(() => expect(copied).toEqual(['<!doctype html>']));
  expect(wire.sent.find((it) => it.method === 'dashboards.render')?.params['params']).toEqual({
    country: 'DE',
  });
});

/** Chooses in the list of that label. */
function choose(label: string, value: string) {
  const list = [...document.querySelectorAll('select')].find(
    (it) => it.labels?.[0]?.textContent === label,
  );
  if (!list) throw new Error(`there is no list ${label}`);
  list.value = value;
  const option = [...list.options].find((it) => it.value === value) ?? null;
  // happy-dom knows no `:checked` of options, by which the page asks for the chosen one.
  list.querySelector = () => option;
  list.dispatchEvent(new Event('change', { bubbles: true }));
  flushSync();
}

test('a picture is saved to a file, over none that is there, and it is said where', async () => {
  const there = '~/orders.svg';
  const wire = start({
    'dashboards.open': page(),
    'dashboards.panel': reply(),
    'dashboards.export': ({ path, replace }) => {
      if (path === there && !replace) throw new Refusal('upstream', `${path} is there already`);
      return {
        path: `/home/ada/${PAYLOAD}.svg`,
        bytes: 2048,
        assertions: [],
        failures: [{ title: 'Stock', message: `it does not answer ${PAYLOAD}` }],
      };
    },
  });
  board({ country: 'DE' });
  await until('Export');
  click('Export');
  await until('Write over a file that is there');
  choose('As', 'svg');
  submit();
  await until('is there already');
  (document.querySelector('dialog input[type=checkbox]') as HTMLInputElement).click();
  flushSync();
  submit();
  await until('1 panel could not be had');
  expect(shownText()).toContain('/home/ada/');
  const sent = wire.sent.filter((it) => it.method === 'dashboards.export').map((it) => it.params);
  expect(sent).toMatchObject([
    { path: there, format: 'svg', dashboard: 'orders', params: { country: 'DE' } },
    { path: there, format: 'svg', replace: true },
  ]);
  expect(sent[0]).not.toHaveProperty('replace');
  expectText();
});

test('what moved between two moments stands in the address, a commit by its time', async () => {
  const moved: t.DiffDashboardReply = {
    text: '',
    panels: [
      {
        title: `By country ${PAYLOAD}`,
        moved: [{ key: 'DE', column: 'orders', a: '812', b: '804' }],
        gone: ['Peru'],
        come: [],
        failure: null,
      },
    ],
  };
  start({
    'dashboards.open': page(),
    'dashboards.panel': reply(),
    'memory.commit': { committedAt: '2026-10-05T10:00:00Z' } as t.CommitReply,
    'dashboards.diff': moved,
  });
  navigate('dashboards', 'orders', { country: 'DE' });
  show(Dashboards, { id: 'orders', query: { country: 'DE', '.moved': 'choose' } });
  await until('Each is a day, a moment or a commit');
  type('From', 'abcdef1234');
  submit();
  await vi.waitFor(() => expect(route.query['.moved']).toBe('2026-10-05T10:00:00Z..2026-11-22'));
  leave();
  const again = start({
    'dashboards.open': page(),
    'dashboards.panel': reply(),
    'dashboards.diff': moved,
  });
  show(Dashboards, { id: 'orders', query: { country: 'DE', '.moved': '2026-10-01..2026-11-01' } });
  await until('1 panel moved');
  expect(shownText()).toContain('812');
  expect(shownText()).toContain('Went: Peru');
  expect(again.sent.find((it) => it.method === 'dashboards.diff')?.params).toMatchObject({
    dashboard: 'orders',
    a: '2026-10-01',
    b: '2026-11-01',
    params: { country: 'DE' },
  });
  expectText();
});

test('a dashboard about something that there is none of asks no panel, and says so', async () => {
  const wire = start({
    'dashboards.open': page({
      params: [
        { ...country, name: 'shop', label: 'Shop', required: true, options: [], value: null },
      ],
    }),
  });
  board();
  await until('Shop: none yet');
  expect(document.querySelector('select')?.textContent).toContain('none yet');
  expect(wire.sent.some((it) => it.method === 'dashboards.panel')).toBe(false);
});

test('a place of a line without points opens its rows, by pointer and by key', async () => {
  const place = (index: number): t.SceneBand => ({
    index,
    x: index * 100,
    y: 0,
    width: 100,
    height: 100,
    words: `Day ${index}\n${index}`,
    mark: mark({ index, x: `2026-11-0${index + 1}` }),
  });
  const wire = start({
    'dashboards.open': page({ parts: [{ kind: 'panel', panel: outline(0, { shape: 'area' }) }] }),
    'dashboards.panel': reply({
      scene: {
        ...bar(mark()),
        bands: [place(0), place(1), place(2)],
        shapes: [
          {
            form: { kind: 'path', d: 'M0 0L300 0L300 100Z' },
            fill: 'series-1',
            stroke: null,
            opacity: 0.3,
            words: 'orders',
            mark: null,
          },
        ],
      },
    }),
    'dashboards.rows': rows,
  });
  board();
  await vi.waitFor(() => expect(document.querySelector('.scene svg path')).not.toBe(null));
  const svg = document.querySelector('.scene svg') as SVGElement;
  const path = svg.querySelector('path') as SVGElement;
  // Where nothing is laid out a point of the window is one of the picture.
  path.dispatchEvent(new MouseEvent('click', { bubbles: true, clientX: 150, clientY: 20 }));
  flushSync();
  const asked = () =>
    wire.sent.filter((it) => it.method === 'dashboards.rows').map((it) => it.params['x']);
  await vi.waitFor(() => expect(asked()).toEqual(['2026-11-02']));
  for (const key of ['End', 'Enter'])
    svg.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  flushSync();
  await vi.waitFor(() => expect(asked()).toEqual(['2026-11-02', '2026-11-03']));
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
const opened = async (more: Replies = {}) => {
  const wire = start({
    'dashboards.source': { text: TEXT, path: '/p/x.md', hash: 'a', place: 'project' },
    'dashboards.check': { troubles: [] },
    'dashboards.save': ({ text }) => saved('b', text),
    ...more,
  });
  const file = new DashboardFile('x');
  await file.read();
  return { file, wire };
};

test('a text is judged as it is typed, and saved over the state that it began with', async () => {
  const { file, wire } = await opened({
    'dashboards.check': ({ text }) => ({
      troubles: text?.includes('wrong')
        ? [{ line: 1, column: 1, message: 'wrong', hint: null }]
        : [],
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
      place: 'project',
    }),
    'dashboards.save': (asked) => {
      if (asked.hash !== hash) throw new Refusal('conflict', 'the file has moved on');
      hash = 'c';
      return saved(hash, asked.text);
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
    'dashboards.source': () => ({ text, path: null, hash: text, place: 'project' }),
  });
  text = 'theirs';
  await file.read();
  expect(file.text).toBe('theirs');
  expect(file.theirs).toBe(null);
});

test('a panel that was removed comes back by undo, in the very text from before', async () => {
  const { file, wire } = await opened({
    'dashboards.edit': saved('b', 'without'),
    'dashboards.save': ({ text }) => saved('c', text),
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
