import { expect, test } from 'vitest';
import { href } from '$/app/router.svelte';
import { wrongName, nameOf, EXAMPLE } from './begin';
import { blocksOf, shapeOf } from './edit/blocks';
import { linkOf } from './links';
import { keyed } from './outlines';
import { changed, filtered, given, isChosen, line, written } from './params';
import { custom, presetTitle, splitDays } from './periods';
import { nearest, spotsOf, stepped, beside } from './scene/spots';
import { svgText } from './scene/svg';
import { csv, tsv } from './tables';
import type { Control, Scene, Shape } from './wire';

const control = (more: Partial<Control>): Control => ({
  name: 'country',
  label: 'Country',
  kind: 'choice',
  value: null,
  default: null,
  many: false,
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
  const mark = { series: 0, index: 0, rows: true, filter: { param: 'country', value: 'DE' } };
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
    panel: { panel: at, title, shape: 'line' as const, width: 6, height: 100, query: 'q' },
  });
  const [before] = keyed([panel(0, 'B')]);
  const after = keyed([panel(0, 'A'), panel(1, 'B'), panel(2, 'B')]);
  expect(after[1]?.key).toBe(before?.key);
  expect(new Set(after.map((it) => it.key)).size).toBe(3);
});

const circle = (series: number, index: number, x: number, y: number): Shape => ({
  kind: 'circle',
  x,
  y,
  r: 2,
  class: `series-${series + 1}`,
  words: `${series}/${index}`,
  mark: { series, index, rows: true },
});
const scene = (shapes: Shape[]): Scene => ({
  width: 200,
  height: 100,
  shapes,
  words: 'two <lines>',
});
const two = scene([
  { kind: 'line', x1: 0, y1: 0, x2: 9, y2: 9, class: 'grid' },
  circle(0, 0, 10, 80),
  circle(0, 1, 50, 20),
  circle(1, 0, 10, 30),
  circle(1, 1, 50, 60),
]);

test('near a line its nearest point is meant, and beside it those of the others', () => {
  const spots = spotsOf(two);
  expect(nearest(spots, 48, 55)?.words).toBe('1/1');
  expect(nearest(spots, 14, 74)?.words).toBe('0/0');
  expect(nearest(spots, 199, 50)).toBe(null);
  const one = spots[0];
  expect(one && beside(spots, one).map((it) => it.words)).toEqual(['0/0', '1/0']);
});

test('arrows go along a line, and from one line to the other', () => {
  const spots = spotsOf(two);
  const first = stepped(spots, null, 'ArrowRight');
  expect(first?.words).toBe('0/0');
  expect(stepped(spots, first ?? null, 'ArrowRight')?.words).toBe('0/1');
  expect(stepped(spots, first ?? null, 'ArrowUp')?.words).toBe('1/0');
  expect(stepped(spots, first ?? null, 'End')?.words).toBe('1/1');
  expect(stepped(spots, first ?? null, 'x')).toBe(undefined);
});

test('a filled path is pointed at in its middle', () => {
  const [spot] = spotsOf(
    scene([
      {
        kind: 'path',
        d: 'M10 10L30 10L30 50C30 50 10 50 10 50Z',
        fill: true,
        class: 'series-1',
        words: 'flow',
      },
    ]),
  );
  expect([spot?.x, spot?.y]).toEqual([20, 30]);
});

test('a scene as a file escapes what is said in it', () => {
  const text = svgText(two, 'a <b> & "c"');
  expect(text).toContain('a &#60;b&#62; &#38; &#34;c&#34;');
  expect(text).not.toContain('<lines>');
  expect(text.match(/<circle /g)?.length).toBe(4);
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
    cut: false,
    total: 2,
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
