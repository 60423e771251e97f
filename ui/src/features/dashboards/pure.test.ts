import { expect, test } from 'vitest';
import { href } from '$/app/router.svelte';
import { wrongName, nameOf, EXAMPLE } from './begin';
import { blocksOf, shapeOf } from './edit/blocks';
import { linkOf } from './links';
import { keyed } from './outlines';
import { changed, filtered, given, isChosen, line, written } from './params';
import { custom, presetTitle, splitDays } from './periods';
import { bandAt, nearest, spotsOf, stepped, told } from './scene/spots';
import { csv, shown, tsv } from './tables';
import type { DashboardControl, Scene, SceneShape } from '$ipc-schema/types';

const control = (more: Partial<DashboardControl>): DashboardControl => ({
  name: 'country',
  label: 'Country',
  kind: 'choice',
  value: null,
  default: null,
  options: null,
  optionsTrouble: null,
  many: false,
  required: false,
  trouble: null,
  period: null,
  ...more,
});

test('what an address says of parameters is what the bridge is given', () => {
  expect(given({})).toEqual({});
  expect(given({ period: '7d', '.edit': 'source' })).toEqual({ params: { period: '7d' } });
  expect(given({ text: '[draft]' })).toEqual({ params: { text: '[draft]' } });
});

test.each([[['DE', 'FR, the south', 'quoted "x"']], [['["nested"]']], [['DE']], [[]]])(
  'several values %j come back from an address as they were',
  (values) => {
    const query = changed({}, control({ many: true, default: ['x'] }), 'country', values);
    const back = given(query as Record<string, string>).params?.['country'];
    expect([back].flat()).toEqual(values);
  },
);

test('what is as usual is not named, and what was made empty is', () => {
  const it = control({ value: 'DE', default: 'FR' });
  expect(changed({ country: 'DE', a: '1' }, it, 'country', 'FR')).toEqual({ a: '1' });
  const empty = changed({}, it, 'country', '');
  expect(given(empty as Record<string, string>)).toEqual({ params: { country: '' } });
  expect(changed({}, control({ many: true }), 'country', [])).toEqual({});
});

test('a mark sets a filter, and takes it back', () => {
  const one = filtered({}, [control({})], { param: 'country', value: 'DE' });
  expect(one).toEqual({ country: 'DE' });
  const again = filtered({ country: 'DE' }, [control({ value: 'DE' })], {
    param: 'country',
    value: 'DE',
  });
  expect(again).toEqual({});
});

test('of a parameter that takes several, a mark adds one and takes only that one back', () => {
  const it = control({ many: true, value: ['DE'], default: [] });
  const both = filtered({ country: 'DE' }, [it], { param: 'country', value: 'FR' });
  expect(written(['DE', 'FR'])).toBe((both as Record<string, string>)['country']);
  const back = filtered({}, [control({ many: true, value: ['DE', 'FR'], default: [] })], {
    param: 'country',
    value: 'DE',
  });
  expect(back).toEqual({ country: 'FR' });
});

test('a mark knows whether it is what is filtered by', () => {
  const filter = { param: 'country', value: 'DE' };
  const mark = { series: 0, index: 0, x: 'DE', by: null, filter, link: null };
  expect(isChosen([control({})], mark)).toBe(null);
  expect(isChosen([control({ value: 'DE' })], mark)).toBe(true);
  expect(isChosen([control({ value: 'FR' })], mark)).toBe(false);
});

test('the line for a terminal quotes what has to be, and names each of several values', () => {
  const query = { name: "O'Brien", country: '["DE","FR"]', '.edit': 'source' };
  expect(line('shop/orders', query, 'html')).toBe(
    `backstory dashboard run shop/orders --param 'name=O'\\''Brien' --param country=DE --param country=FR --format html`,
  );
});

test('own days of a period end with a day that is part of them', () => {
  expect(custom('2026-02-01', '2026-02-28')).toBe('2026-02-01..2026-03-01');
  expect(splitDays('2026-02-01..2026-03-01')).toEqual({ from: '2026-02-01', to: '2026-02-28' });
  expect(splitDays('90d')).toBe(null);
  expect(['90d', '1w', 'this month', 'all'].map(presetTitle)).toEqual([
    'Last 90 days',
    'Last week',
    'This month',
    'All of it',
  ]);
});

test.each([
  ['/file/src/pay.rs?line=3', { kind: 'inside', href: href('file', 'src/pay.rs', { line: 3 }) }],
  ['web?site=a%26b', { kind: 'inside', href: href('dashboards', 'web', { site: 'a&b' }) }],
  ['dashboard:team/delivery', { kind: 'inside', href: href('dashboards', 'team/delivery') }],
  [
    ['https', '://example.org/x'].join(''),
    { kind: 'outside', url: ['https', '://example.org/x'].join('') },
  ],
  [['java', 'script:alert(1)'].join(''), { kind: 'none' }],
  ['data:text/html,x', { kind: 'none' }],
])('the link %s leads where it should', (text, to) => {
  expect(linkOf(text, href)).toEqual(to);
});

test('a panel stays itself when others come before it', () => {
  const panel = (at: number, title: string) => ({
    kind: 'panel' as const,
    panel: {
      panel: at,
      title,
      shape: 'line' as const,
      width: 6,
      height: 100,
      query: 'q',
      rule: null,
      filter: null,
    },
  });
  const [before] = keyed([panel(0, 'B')]);
  const after = keyed([panel(0, 'A'), panel(1, 'B'), panel(2, 'B')]);
  expect(after[1]?.key).toBe(before?.key);
  expect(new Set(after.map((it) => it.key)).size).toBe(3);
});

const shape = (form: SceneShape['form'], more: Partial<SceneShape> = {}): SceneShape => ({
  form,
  fill: 'series-1',
  stroke: null,
  opacity: 1,
  mark: null,
  words: null,
  ...more,
});
const mark = (series: number, index: number) => ({
  series,
  index,
  x: index,
  by: null,
  filter: null,
  link: null,
});
const point = (series: number, index: number, x: number, y: number): SceneShape =>
  shape({ kind: 'circle', x, y, r: 2 }, { words: `${series}/${index}`, mark: mark(series, index) });
const scene = (shapes: SceneShape[], bands: Scene['bands'] = []): Scene => ({
  width: 200,
  height: 100,
  shapes,
  bands,
  flags: [],
  words: 'two lines',
});
const band = (index: number, words: string): Scene['bands'][number] => ({
  index,
  x: index * 40,
  y: 0,
  width: 40,
  height: 100,
  words,
  mark: null,
});
const two = scene(
  [
    shape({ kind: 'line', x1: 0, y1: 0, x2: 9, y2: 9 }),
    point(0, 0, 10, 80),
    point(0, 1, 50, 20),
    point(1, 0, 10, 30),
    point(1, 1, 50, 60),
  ],
  [band(0, 'Mon\na: 1\nb: 2'), band(1, 'Tue\na: 3\nb: 4')],
);

test('at a place of the axis all that is there is told, and its nearest mark is meant', () => {
  const spots = spotsOf(two);
  const at = bandAt(two, 48, 55);
  expect(at?.index).toBe(1);
  const spot = at && nearest(spots, at, 55);
  expect(spot?.words).toBe('1/1');
  expect(told({ band: at, spot: null })).toEqual(['Tue', 'a: 3', 'b: 4']);
  expect(told({ band: at, spot: spot ?? null })).toEqual(['1/1', 'a: 3', 'b: 4']);
  expect(bandAt(two, 199, 50)).toBe(null);
});

test('arrows go along the axis, and up and down from one series to the other', () => {
  const spots = spotsOf(two);
  const go = (...keys: string[]) =>
    keys.reduce<ReturnType<typeof stepped>>(
      (from, key) => stepped(two, spots, from ?? null, key),
      undefined,
    );
  expect(go('ArrowRight')?.band?.index).toBe(0);
  expect(go('ArrowRight', 'ArrowRight', 'ArrowRight')?.band?.index).toBe(0);
  expect(go('ArrowLeft')?.band?.index).toBe(1);
  expect(go('Home', 'ArrowDown')?.spot?.words).toBe('1/0');
  expect(go('Home', 'ArrowDown', 'ArrowRight')?.spot?.words).toBe('1/1');
  expect(go('Home', 'ArrowUp')?.spot?.words).toBe('0/0');
  expect(go('x')).toBe(undefined);
});

test('marks without an axis are walked in their order, what is only told is not', () => {
  const bars = scene([
    shape(
      { kind: 'rect', x: 0, y: 20, width: 9, height: 9, radius: 0 },
      { words: 'b', mark: mark(0, 1) },
    ),
    shape(
      { kind: 'rect', x: 0, y: 0, width: 9, height: 9, radius: 0 },
      { words: 'a', mark: mark(0, 0) },
    ),
    shape({ kind: 'line', x1: 0, y1: 0, x2: 0, y2: 9 }, { words: 'a release' }),
  ]);
  const spots = spotsOf(bars);
  expect(spots.length).toBe(3);
  const first = stepped(bars, spots, null, 'ArrowRight');
  expect(first?.spot?.words).toBe('a');
  expect(stepped(bars, spots, first ?? null, 'End')?.spot?.words).toBe('b');
  expect(stepped(bars, spots, first ?? null, 'ArrowLeft')?.spot?.words).toBe('b');
});

test('a path is pointed at within all that it spans', () => {
  const [spot] = spotsOf(
    scene([shape({ kind: 'path', d: 'M10 10L30 10L30 50C30 50 10 50 10 50Z' }, { words: 'flow' })]),
  );
  expect(spot?.box).toEqual({ left: 10, top: 10, right: 30, bottom: 50 });
});

test('tables as text give a spreadsheet no formula, and keep numbers', () => {
  const table = {
    columns: [
      { name: 'a', kind: 'text' as const },
      { name: 'b', kind: 'number' as const },
    ],
    rows: [
      ['=1+1, "x"', -3],
      [null, 2.5],
    ],
  };
  expect(csv(table)).toBe(`a,b\r\n"'=1+1, ""x""",-3\r\n,2.5\r\n`);
  expect(tsv(table).split('\n')[1]).toBe(`'=1+1, "x"\t-3`);
});

test('names of dashboards are made of titles, and judged', () => {
  expect(nameOf('Bestellungen für Übermut!')).toBe('bestellungen-fur-ubermut');
  expect(wrongName('team/delivery', [])).toBe(null);
  for (const name of ['', '../x', '/x', 'a//b', '.x', 'a b', 'taken'])
    expect(wrongName(name, ['taken']), name).not.toBe(null);
});

test('a form reads the keys of panels, and leaves to the source what it cannot', () => {
  const text = `+++\ntitle = "x"\n+++\n\`\`\`sql orders on=shop\nselect 1\n\`\`\`\n\`\`\`toml panel\nline = "orders" # kind\ny = ["a", 'b']\nwidth = 6\nrule = """\nlong\n"""\n\`\`\`\n`;
  const { panels, queries } = blocksOf(text);
  expect(queries).toEqual(['orders']);
  const [panel] = panels;
  expect(panel && shapeOf(panel)).toEqual({ shape: 'line', query: 'orders' });
  expect(panel?.keys.get('y')).toEqual(['a', 'b']);
  expect(panel?.keys.get('width')).toBe(6);
  expect(panel?.other.has('rule')).toBe(true);
  expect(panel?.line).toBe(7);
  expect(blocksOf(EXAMPLE).panels.length).toBe(1);
});

test('a small part of a whole is not nothing in a table', () => {
  expect(shown(0.0083)).toBe('0.0083');
  expect(shown(13.25)).toBe('13.25');
  expect(shown(1234.56)).toBe('1,234.6');
  expect(shown(1568)).toBe('1,568');
  expect(shown(0)).toBe('0');
});
