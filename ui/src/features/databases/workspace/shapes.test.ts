// Charts, plans and changes of rows: rows in, shapes out.

import { describe, expect, test } from 'vitest';
import type * as t from '$ipc-schema/types';
import { drawn, guess, marks, moment, span, thinned } from './chart';
import { Edits } from './edits.svelte';
import { steps, unfolded } from './plan';

const column = (
  name: string,
  kind: t.CellKind,
  of: string | null = 'orders',
): t.DatabaseColumn => ({
  name,
  typeName: kind,
  kind,
  table: of,
  column: of ? name : null,
});
const row = (at: number, ...cells: (t.DatabaseCell | null)[]): t.DatabaseRow => ({
  row: at,
  cells,
});

describe('a chart', () => {
  test('guesses time and the first number that is no key', () => {
    const columns = [column('id', 'integer'), column('day', 'date'), column('total', 'decimal')];
    expect(guess(columns)).toEqual({ kind: 'line', x: 1, y: 2 });
    expect(guess([column('name', 'text'), column('n', 'integer')])).toEqual({
      kind: 'bar',
      x: 0,
      y: 1,
    });
    expect(guess([column('a', 'float'), column('b', 'float')])).toEqual({
      kind: 'scatter',
      x: 0,
      y: 1,
    });
    expect(guess([column('name', 'text')])).toBeNull();
    expect(guess([])).toBeNull();
  });

  test('leaves out and counts rows without a number', () => {
    const columns = [column('day', 'date'), column('n', 'float')];
    const rows = [
      row(0, '2026-11-02', '2'),
      row(1, '2026-11-01', '1'),
      row(2, '2026-11-03', 'NaN'),
      row(3, '2026-11-04', null),
      row(4, '2026-11-05', 'Infinity'),
      row(5, null, '5'),
    ];
    const { points, left } = drawn(rows, columns, { kind: 'line', x: 0, y: 1 });
    expect(points.map((it) => it.y)).toEqual([1, 2]);
    expect(left).toBe(4);
  });

  test('reads the moments that servers write', () => {
    expect(moment('2026-11-20')).toBe(Date.UTC(2026, 10, 20));
    expect(moment('2026-11-20 10:00:00.123456+02')).toBe(Date.UTC(2026, 10, 20, 8, 0, 0, 123));
    expect(moment('2026-11-20 10:00:00')).toBe(Date.UTC(2026, 10, 20, 10));
    expect(moment('2026-11-20T10:00:00Z')).toBe(Date.UTC(2026, 10, 20, 10));
    expect(moment('infinity')).toBeNaN();
  });

  test('has round marks, and room where all values are the same', () => {
    expect(marks(0, 95, 5)).toEqual([0, 20, 40, 60, 80]);
    expect(marks(-1, 1, 4)).toEqual([-1, -0.5, 0, 0.5, 1]);
    expect(span([5, 5], false)).toEqual([2.5, 7.5]);
    expect(span([3, 9], true)).toEqual([0, 9]);
    expect(span([], false)).toEqual([0, 1]);
  });

  test('of very many points keeps the highest and the lowest', () => {
    const points = Array.from({ length: 100_000 }, (_, at) => ({
      x: at,
      y: at === 77_777 ? 1e6 : at === 12_345 ? -1e6 : Math.sin(at),
      label: '',
      value: '',
    }));
    const few = thinned(points, 500);
    expect(few.length).toBeLessThanOrEqual(2_000);
    expect(few.some((it) => it.y === 1e6)).toBe(true);
    expect(few.some((it) => it.y === -1e6)).toBe(true);
  });
});

const node = (title: string, more: Partial<t.PlanNode>, ...children: t.PlanNode[]): t.PlanNode => ({
  title,
  facts: [],
  cost: null,
  rowsExpected: null,
  rows: null,
  totalMilliseconds: null,
  ownMilliseconds: null,
  loops: null,
  children,
  ...more,
});

describe('a plan', () => {
  const measured = [
    node(
      'Sort',
      { ownMilliseconds: 2, rows: 5, rowsExpected: 5 },
      node('Scan', { ownMilliseconds: 90, rows: 5_000, rowsExpected: 50 }),
      node('Hash', { ownMilliseconds: 8 }),
    ),
  ];

  test('shows its slowest step and how far guesses were off', () => {
    const all = steps(measured);
    expect(all.map((it) => [it.key, it.depth])).toEqual([
      ['0', 0],
      ['0.0', 1],
      ['0.1', 1],
    ]);
    expect(all.filter((it) => it.slow).map((it) => it.node.title)).toEqual(['Scan']);
    expect(all[1]?.share).toBeCloseTo(0.9);
    expect(all[1]?.off).toBe(100);
    expect(all[2]?.off).toBeNull();
  });

  test('without times goes by cost, of each step alone', () => {
    const all = steps([node('Join', { cost: 100 }, node('Scan', { cost: 80 }))]);
    expect(all.map((it) => it.share)).toEqual([0.2, 0.8]);
    expect(all[1]?.slow).toBe(true);
    expect(steps([node('Scan', {})])[0]).toMatchObject({ share: null, slow: false });
  });

  test('folds', () => {
    const all = steps(measured);
    expect(unfolded(all, new Set(['0'])).map((it) => it.key)).toEqual(['0']);
    expect(unfolded(all, new Set()).length).toBe(3);
  });
});

describe('changes of rows', () => {
  const columns = [
    column('id', 'integer'),
    column('state', 'text'),
    column('note', 'text'),
    column('sum', 'decimal', null),
  ];
  const edits = () => new Edits({ schema: 'public', table: 'orders', key: [0] }, columns);
  const one = row(4, '17', 'placed', null, '9');

  test('carry the key, what was read and what shall be', () => {
    const it = edits();
    it.set(one, 1, 'sent');
    it.set(one, 2, '');
    expect(it.pending).toEqual([
      {
        title: 'row 5',
        change: {
          update: {
            key: [{ column: 'id', value: '17' }],
            was: [{ column: 'state', value: 'placed' }, { column: 'note' }],
            set: [
              { column: 'state', value: 'sent' },
              { column: 'note', value: '' },
            ],
          },
        },
      },
    ]);
  });

  test('back to what it was are none; NULL is a value of its own', () => {
    const it = edits();
    it.set(one, 1, null);
    expect(it.valueOf(4, 1)).toBeNull();
    expect(it.pending[0]?.change).toMatchObject({ update: { set: [{ column: 'state' }] } });
    it.set(one, 1, 'placed');
    expect(it.any).toBe(false);
    it.set(one, 2, null);
    expect(it.any).toBe(false);
  });

  test('do not touch what is no column of the table', () => {
    const it = edits();
    it.set(one, 3, '1');
    expect(it.any).toBe(false);
  });

  test('delete rows, and take that back', () => {
    const it = edits();
    it.set(one, 1, 'sent');
    it.toggleDeleted([one]);
    expect(it.pending.map((p) => p.change)).toEqual([
      {
        delete: {
          key: [{ column: 'id', value: '17' }],
          was: [{ column: 'state', value: 'placed' }, { column: 'note' }],
        },
      },
    ]);
    it.toggleDeleted([one]);
    expect(it.pending[0]?.change).toHaveProperty('update');
  });

  test('add rows, also like one that is there but for its key', () => {
    const it = edits();
    it.add(one);
    it.setAdded(0, 2, 'new');
    expect(it.pending[0]?.change).toEqual({
      insert: {
        set: [
          { column: 'state', value: 'placed' },
          { column: 'note', value: 'new' },
        ],
      },
    });
    it.dropAdded(0);
    expect(it.any).toBe(false);
  });

  test('of a value whose beginning alone was read are not held against it', () => {
    const it = edits();
    const cut = row(1, '3', { kind: 'text', text: 'begin', bytes: 1e6 }, null);
    it.set(cut, 1, 'begin');
    expect(it.pending[0]?.change).toMatchObject({ update: { was: [], set: [{ value: 'begin' }] } });
    it.revert();
    expect(it.count).toBe(0);
  });
});
