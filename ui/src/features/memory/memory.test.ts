import { describe, expect, test } from 'vitest';
import type { CommitRef, Edge, FolderEntry, Hotspot, Record as RecordRow } from '$ipc-schema/types';
import { parts } from './commit/message';
import { sinceOf } from './evidence';
import { parentRow, rowsOf, type Content } from './explorer/tree';
import { LINE_MAX, linesWith, shades, shown, spanOfLines } from './file/blame';
import { bounds, hit, layout, NODES_MAX } from './graph/layout';
import { relations } from './graph/relations';
import { capped } from './overview/hotspots';
import { everyWeek } from './person/weeks';
import { rowsShown, scrollTo } from './rows';
import { grouped } from './search/groups';
import { pieces } from './told';

const told = (text: string, value: number, about = '') => pieces(text, value, about);
const plain = (text: string, value: number, about = '') =>
  told(text, value, about)
    .map((it) => it.text)
    .join('');
const figure = (text: string, value: number) =>
  told(text, value).find((it) => it.kind === 'figure')?.text;

describe('a sentence', () => {
  test('is begun with a capital and ended with a stop', () => {
    expect(plain('tests moved along in none of 7 changes', 0)).toBe(
      'Tests moved along in none of 7 changes.',
    );
    expect(plain('2 people touched it', 2)).toBe('2 people touched it.');
  });

  test('leaves out the name of what the reader looks at', () => {
    expect(plain('`src/a.rs` changed 23 times', 23, 'src/a.rs')).toBe('Changed 23 times.');
    expect(told('`src/b.rs` changed most', 9, 'src/a.rs')[0]).toEqual({
      text: 'src/b.rs',
      kind: 'name',
    });
  });

  test('offers its number where it stands by itself', () => {
    expect(figure('changed 18 times, 8 of them fixes', 8)).toBe('8');
    expect(told('changed 18 times, 8 of them fixes', 8)[0]?.text).toBe('Changed 18 times, ');
    expect(figure('changed 1,234 times', 1234)).toBe('1,234');
    expect(figure('changed twice in 90 days', 2)).toBe('twice');
    expect(figure('came through #8 and v8.5', 8)).toBeUndefined();
    expect(figure('`src/8` changed', 8)).toBeUndefined();
  });
});

test('only the rows in sight are drawn, with some to spare', () => {
  expect(rowsShown(0, 400, 20, 20_000)).toEqual({ first: 0, end: 32 });
  expect(rowsShown(200_000, 400, 20, 20_000)).toEqual({ first: 9988, end: 10_032 });
  expect(rowsShown(1e9, 400, 20, 100)).toEqual({ first: 88, end: 100 });
  expect(rowsShown(0, 400, 20, 0)).toEqual({ first: 0, end: 0 });
});

test('a row in sight is not scrolled to, others come in with some room', () => {
  expect(scrollTo(5, 0, 400, 20)).toBe(0);
  expect(scrollTo(30, 0, 400, 20)).toBe(30 * 20 + 20 - 400 + 60);
  expect(scrollTo(2, 400, 400, 20)).toBe(0);
});

describe('a text', () => {
  const at = (id: string, time: string) => ({ id, at: time }) as CommitRef;

  test('knows the span of every line, also where spans leave gaps or reach too far', () => {
    const span = (line: number, lines: number) => ({
      line,
      lines,
      commit: 0,
      originalLine: line,
      originalPath: null,
    });
    expect([...spanOfLines([span(1, 2), span(4, 9)], 5)]).toEqual([0, 0, -1, 1, 1]);
  });

  test('is shaded from the oldest commit to the newest', () => {
    const commits = [at('b', '2026-02-01'), at('a', '2020-01-01'), at('c', '2026-03-01')];
    expect(shades(commits)).toEqual([2, 0, 5]);
    expect(shades([at('a', '2026-01-01')])).toEqual([5]);
  });

  test('shows what no font shows, and cuts what is too long', () => {
    expect(shown('a\u202eb\u001b[31m\tc').text).toBe('a‹202E›b‹1B›[31m\tc');
    const long = shown('x'.repeat(LINE_MAX + 7));
    expect([long.text.length, long.cut]).toEqual([LINE_MAX, 7]);
  });

  test('is searched without regard to case unless capitals are asked for', () => {
    const lines = ['Retry', 'retry', 'other'];
    expect(linesWith(lines, 'retry')).toEqual([0, 1]);
    expect(linesWith(lines, 'Retry')).toEqual([0]);
    expect(linesWith(lines, '')).toEqual([]);
  });
});

describe('a tree', () => {
  const entry = (path: string, kind: 'folder' | 'file', risk = 0): FolderEntry => ({
    name: path.slice(path.lastIndexOf('/') + 1),
    path,
    kind,
    component: null,
    files: 1,
    sizeBytes: 1,
    changes: 0,
    risk,
    owner: null,
    ownerShare: 0,
    busFactor: null,
    lastAt: null,
  });
  const root = [
    entry('docs', 'folder'),
    entry('src', 'folder'),
    entry('a.rs', 'file', 1),
    entry('b.rs', 'file', 9),
  ];
  const contents = new Map<string, Content>([
    ['src', { state: 'ready', entries: [entry('src/pay.rs', 'file')] }],
  ]);
  const names = (rows: ReturnType<typeof rowsOf>) =>
    rows.map((row) => (row.kind === 'entry' ? row.entry.path : row.text));

  test('shows what an open folder holds right below it', () => {
    const rows = rowsOf(root, new Set(['src']), contents);
    expect(names(rows)).toEqual(['docs', 'src', 'src/pay.rs', 'a.rs', 'b.rs']);
    expect(rows[2]?.depth).toBe(1);
    expect(parentRow(rows, 2)).toBe(1);
    expect(parentRow(rows, 0)).toBe(-1);
  });

  test('says what it waits for and what failed', () => {
    expect(names(rowsOf(root, new Set(['docs']), contents))[1]).toBe('loading…');
    const failed = new Map<string, Content>([
      ['docs', { state: 'error', message: 'no such folder' }],
    ]);
    expect(rowsOf(root, new Set(['docs']), failed)[1]).toMatchObject({
      text: 'no such folder',
      failed: true,
    });
  });

  test('keeps a folder whose open content fits the filter', () => {
    expect(names(rowsOf(root, new Set(['src']), contents, 'PAY'))).toEqual(['src', 'src/pay.rs']);
    expect(rowsOf(root, new Set(), contents, 'nothing')).toEqual([]);
  });

  test('sorts within folders and files, folders first', () => {
    expect(names(rowsOf(root, new Set(), contents, '', 'risk'))).toEqual([
      'docs',
      'src',
      'b.rs',
      'a.rs',
    ]);
  });
});

test('the largest file takes no more of the picture than its share', () => {
  const spot = (path: string, sizeBytes: number): Hotspot => ({
    path,
    sizeBytes,
    component: null,
    changes: 1,
    churn: 1,
    fixes: 0,
  });
  const spots = [
    spot('lock', 9_000_000),
    ...Array.from({ length: 40 }, (_, i) => spot(`f${i}`, 4000 + i)),
  ];
  const { leaves, cap } = capped(spots);
  const total = leaves.reduce((sum, leaf) => sum + leaf.weight, 0);
  expect(cap).toBe(true);
  expect((leaves[0]?.weight ?? 0) / total).toBeCloseTo(0.15, 2);
  expect(capped(spots.slice(1)).cap).toBe(false);
  for (const few of [1, 2, 3]) {
    for (const leaf of capped(spots.slice(0, few)).leaves) expect(leaf.weight).toBeGreaterThan(0);
  }
});

describe('a graph', () => {
  const nodes: RecordRow[] = Array.from({ length: 40 }, (_, i) => ({
    kind: i === 0 ? 'file' : i % 3 === 0 ? 'person' : i % 3 === 1 ? 'commit' : 'pullRequest',
    id: `n${i}`,
    title: `node number ${i}`,
  }));
  const edges: Edge[] = nodes
    .slice(1)
    .map((_, i) => ({ from: i + 1, to: 0, relation: 'touches', toldBy: null, weight: 1 }));

  test('is laid out the same every time, with its record in the middle', () => {
    const once = layout({ nodes, edges });
    expect(layout({ nodes, edges })).toEqual(once);
    expect(once[0]).toMatchObject({ x: 0, y: 0 });
    expect(new Set(once.map((spot) => `${spot.x} ${spot.y}`)).size).toBe(nodes.length);
  });

  test('draws no more than it can, and leaves out edges to what is not drawn', () => {
    const many = Array.from({ length: NODES_MAX + 20 }, (_, i) => ({
      ...(nodes[1] as RecordRow),
      id: `m${i}`,
    }));
    const far = [{ from: NODES_MAX + 5, to: 0, relation: 'touches', toldBy: null, weight: 1 }];
    expect(layout({ nodes: many, edges: far })).toHaveLength(NODES_MAX);
  });

  test('finds the mark under the pointer and holds all of them within its bounds', () => {
    const spots = layout({ nodes, edges });
    const box = bounds(
      spots,
      nodes.map((node) => node.title),
      1,
    );
    spots.forEach((spot, i) => {
      expect(hit(spots, spot.x, spot.y)).toBe(i);
      expect(spot.x).toBeGreaterThan(box.left);
      expect(spot.y).toBeLessThan(box.top + box.height);
    });
    expect(hit(spots, 1e6, 1e6)).toBe(-1);
  });

  test('tells every relation in the list, read from its other end where need be', () => {
    const groups = relations({
      nodes: [
        { kind: 'commit', id: 'c', title: 'c' },
        { kind: 'person', id: 'ada', title: 'Ada' },
        { kind: 'file', id: 'f', title: 'f' },
      ],
      edges: [
        { from: 1, to: 0, relation: 'wrote', toldBy: null, weight: 1 },
        { from: 0, to: 2, relation: 'touches', toldBy: null, weight: 3 },
        { from: 1, to: 2, relation: 'knows', toldBy: null, weight: 3 },
        { from: 0, to: 1, relation: 'is blocked by', toldBy: null, weight: 1 },
      ],
    });
    expect(groups.map((group) => group.kind)).toEqual(['person', 'file']);
    expect(groups[0]?.rows[0]?.links.map((link) => link.text)).toEqual([
      'wrote it',
      // The words of a link between issues stand alone.
      'is blocked by',
      'knows f',
    ]);
    expect(groups[1]?.rows[0]?.links).toEqual([{ text: 'touched by it', weight: 3, toldBy: null }]);
  });
});

test('a message is cut into subject, text and trailers', () => {
  const message =
    'Fix retry\n\nIt slept\ntoo long.\n\nCo-authored-by: Ada <a@x>\nReviewed-by: Grace\n <g@x>\n';
  expect(parts(message)).toEqual({
    subject: 'Fix retry',
    body: 'It slept\ntoo long.',
    trailers: [
      { name: 'Co-authored-by', value: 'Ada <a@x>' },
      { name: 'Reviewed-by', value: 'Grace <g@x>' },
    ],
  });
  expect(parts('One\n\nNote: this\nis no trailer')).toEqual({
    subject: 'One',
    body: 'Note: this\nis no trailer',
    trailers: [],
  });
  expect(parts('')).toEqual({ subject: '', body: '', trailers: [] });
});

test('weeks without commits are filled in', () => {
  const week = (start: string) => ({
    start,
    commits: 3,
    people: 1,
    added: 1,
    deleted: 1,
    fixes: 0,
  });
  const all = everyWeek([week('2026-01-05'), week('2026-01-26')]);
  expect(all.map((it) => [it.start, it.commits])).toEqual([
    ['2026-01-05', 3],
    ['2026-01-12', 0],
    ['2026-01-19', 0],
    ['2026-01-26', 3],
  ]);
  expect(everyWeek([])).toEqual([]);
  // A clock gone wrong neither hides what is new nor makes a chart without end.
  const wrong = everyWeek([week('1800-01-06'), week('2025-12-29'), week('2026-01-05')]);
  expect(wrong.map((it) => it.start)).toEqual(['2025-12-29', '2026-01-05']);
});

test('a window begins its days before the newest record, and nowhere in an empty memory', () => {
  expect(sinceOf('2026-05-15T05:05:34Z', 90)).toBe('2026-02-14T05:05:34Z');
  expect(sinceOf(null, 90)).toBeUndefined();
});

test('hits stand by kind in the order of the answer', () => {
  const one = (kind: RecordRow['kind'], id: string) => ({
    record: { kind, id, title: id },
    snippet: [],
    score: 1,
    at: null,
    author: null,
    state: null,
  });
  const groups = grouped([one('commit', 'a'), one('file', 'b'), one('commit', 'c')]);
  expect(groups.map((it) => [it.kind, it.hits.map((h) => h.record.id)])).toEqual([
    ['commit', ['a', 'c']],
    ['file', ['b']],
  ]);
});
