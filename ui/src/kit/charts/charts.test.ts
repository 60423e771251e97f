import { flushSync, mount, unmount } from 'svelte';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Week } from '$ipc-schema/types';
import { buckets, dateTicks, plusDays, step, stepFrom, ticks } from './scale';
import { lanes, type Change } from './timeline';
import Timeline from './Timeline.svelte';
import { neighbour, squarify, treemap, type Rect } from './treemap';
import WeekChart from './WeekChart.svelte';

const area = (rects: readonly Rect[]) => rects.reduce((sum, r) => sum + r.w * r.h, 0);
const overlap = (a: Rect, b: Rect) =>
  Math.max(0, Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x)) *
  Math.max(0, Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y));

describe('a treemap', () => {
  const whole = { x: 0, y: 0, w: 600, h: 400 };

  test('cuts areas in proportion to weights, without gap or overlap', () => {
    const weights = [6, 6, 4, 3, 2, 2, 1];
    const rects = squarify(weights, whole);
    rects.forEach((r, i) => expect(r.w * r.h).toBeCloseTo(((weights[i] ?? 0) / 24) * 240_000, 3));
    expect(area(rects)).toBeCloseTo(240_000, 3);
    for (const [i, a] of rects.entries()) {
      for (const b of rects.slice(i + 1)) expect(overlap(a, b)).toBeLessThan(1e-6);
      expect(a.x).toBeGreaterThanOrEqual(0);
      expect(a.x + a.w).toBeLessThanOrEqual(600.000_001);
      expect(a.y + a.h).toBeLessThanOrEqual(400.000_001);
    }
  });

  test('keeps rectangles nearly square where weights are equal', () => {
    for (const r of squarify(
      Array.from({ length: 12 }, () => 1),
      whole,
    )) {
      expect(Math.max(r.w / r.h, r.h / r.w)).toBeLessThan(1.6);
    }
  });

  test('puts files inside their folders and joins folders that hold nothing else', () => {
    const leaves = ['a/b/c/one.rs', 'a/b/c/two.rs', 'lib/three.rs'].map((path) => ({
      path,
      weight: 10,
      item: path,
    }));
    const { tiles, groups } = treemap(leaves, 600, 400);
    expect(tiles.map((tile) => tile.path).sort()).toEqual(leaves.map((leaf) => leaf.path).sort());
    const chain = groups.find((group) => group.label === 'a/b/c');
    expect(chain?.path).toBe('a/b/c');
    for (const tile of tiles.filter((it) => it.path.startsWith('a/'))) {
      expect(overlap(tile, chain as Rect)).toBeCloseTo(tile.w * tile.h, 3);
    }
  });

  test('is the same whatever the order of the files, and empty where nothing has weight', () => {
    const leaves = [5, 1, 3, 3].map((weight, i) => ({ path: `d/${i}`, weight, item: i }));
    const there = treemap(leaves, 300, 200)
      .tiles.map((t) => [t.path, t.x, t.y])
      .sort();
    const back = treemap(leaves.toReversed(), 300, 200)
      .tiles.map((t) => [t.path, t.x, t.y])
      .sort();
    expect(back).toEqual(there);
    expect(treemap([{ path: 'x', weight: 0, item: 0 }], 300, 200).tiles).toEqual([]);
  });

  test('goes to the tile beside with an arrow key, and stays at the edge', () => {
    const { tiles } = treemap(
      [4, 3, 2, 1].map((weight, i) => ({ path: String(i), weight, item: i })),
      400,
      100,
    );
    const left = tiles.findIndex((tile) => tile.x === 0);
    const right = neighbour(tiles, left, 1, 0);
    expect(tiles[right]?.x).toBeGreaterThan(tiles[left]?.x ?? 0);
    expect(neighbour(tiles, left, -1, 0)).toBe(left);
  });
});

describe('a scale', () => {
  test('ends at a round number that holds the largest value', () => {
    for (const max of [1, 3, 7, 42, 122, 999, 40_000]) {
      const at = ticks(max, 3);
      expect(at[0]).toBe(0);
      expect(at[at.length - 1]).toBeGreaterThanOrEqual(max);
      expect(at.length).toBeLessThanOrEqual(5);
    }
    expect(ticks(0)).toEqual([0, 1]);
  });

  test('labels long times with years and short ones with months and the year they are in', () => {
    const weeks = (from: string, n: number) =>
      Array.from({ length: n }, (_, i) => plusDays(from, i * 7));
    const long = dateTicks(weeks('2016-11-14', 500), 12).map((it) => it.label);
    expect(long).toContain('2018');
    expect(long.every((label) => /^\d{4}$/.test(label))).toBe(true);
    const short = dateTicks(weeks('2025-11-03', 20), 12).map((it) => it.label);
    expect(short).toEqual(['Nov 2025', 'Dec', 'Jan 2026', 'Feb', 'Mar']);
  });

  test('never labels more dates than there is room for', () => {
    const weeks = Array.from({ length: 520 }, (_, i) => plusDays('2016-01-04', i * 7));
    for (const room of [2, 3, 5, 9, 20]) {
      expect(dateTicks(weeks, room).length).toBeLessThanOrEqual(Math.max(2, room));
    }
  });

  test('joins weeks from the end, so that the newest bucket is whole', () => {
    expect(buckets([1, 2, 3, 4, 5], 2)).toEqual([[1], [2, 3], [4, 5]]);
    expect(buckets([], 3)).toEqual([]);
  });

  test('puts every value into the step that the legend says', () => {
    for (const max of [1, 5, 23, 400]) {
      const from = stepFrom(max, 5);
      for (let value = 1; value <= max; value += 1) {
        const said = from.filter((least) => least <= value).length;
        const classes = new Set(from).size === from.length;
        if (classes) expect(step(value, max, 5)).toBe(said);
      }
      expect(step(0, max, 5)).toBe(0);
      expect(step(max, max, 5)).toBe(5);
    }
  });
});

const change = (id: string, person: string, at: string, churn: number | null = 4): Change => ({
  id,
  person,
  at,
  churn,
  subject: `change ${id}`,
  kind: 'modified',
  fixes: false,
});

describe('a timeline', () => {
  test('gives the most active a lane of their own and the rest one together', () => {
    const changes = Array.from({ length: 12 }, (_, i) =>
      Array.from({ length: 12 - i }, (__, n) =>
        change(`${i}-${n}`, `P${String(i).padStart(2, '0')}`, `2026-01-${10 + n}T00:00:00Z`),
      ),
    ).flat();
    const map = lanes(changes, 500);
    expect(map.lanes.map((lane) => lane.name)).toEqual([
      'P00',
      'P01',
      'P02',
      'P03',
      'P04',
      'P05',
      '6 others',
    ]);
    expect(map.marks).toHaveLength(changes.length);
  });

  test('goes from the oldest at the left to the newest at the right, larger with churn', () => {
    const map = lanes(
      [
        change('b', 'Ada', '2026-03-01T00:00:00Z', 400),
        change('a', 'Ada', '2026-01-01T00:00:00Z', 1),
        change('c', 'Ada', '2026-02-01T00:00:00Z', null),
      ],
      500,
    );
    expect(map.marks.map((mark) => mark.change.id)).toEqual(['a', 'c', 'b']);
    expect(map.marks[2]?.r).toBeGreaterThan(map.marks[0]?.r ?? 0);
    expect(map.marks[1]?.r).toBe(3);
  });

  test('draws one change without a span in time', () => {
    const map = lanes([change('a', 'Ada', '2026-01-01T00:00:00Z')], 500);
    expect(map.marks[0]?.x).toBe(250);
    expect(map.ticks).toEqual([]);
  });
});

describe('with the keyboard', () => {
  let made: object | undefined;
  const show = (component: typeof WeekChart | typeof Timeline, props: object) => {
    made = mount(component as typeof WeekChart, { target: document.body, props: props as never });
    flushSync();
  };
  const press = (key: string, shiftKey = false) => {
    const plot = document.querySelector<HTMLElement>('[role=slider]');
    plot?.dispatchEvent(new KeyboardEvent('keydown', { key, shiftKey, bubbles: true }));
    flushSync();
    return plot?.getAttribute('aria-valuetext') ?? '';
  };
  afterEach(() => {
    if (made) void unmount(made);
    made = undefined;
    document.body.textContent = '';
  });

  const weeks: Week[] = ['2026-01-05', '2026-01-12', '2026-01-19'].map((start, i) => ({
    start,
    commits: (i + 1) * 10,
    people: i + 1,
    added: 100,
    deleted: 5,
    fixes: i,
  }));

  test('weeks are told one by one, summed with Shift, and opened with Enter', () => {
    const onpick = vi.fn();
    show(WeekChart, { weeks, onpick });
    expect(press('ArrowLeft')).toContain('30 commits');
    expect(press('ArrowLeft')).toMatch(/20 commits, 1 fix among them, 2 people/);
    const sum = press('ArrowRight', true);
    expect(sum).toMatch(/50 commits, 3 fixes among them, at most 3 people a week, \+200 −10 lines/);
    press('Enter');
    expect(onpick).toHaveBeenCalledExactlyOnceWith('2026-01-12', '2026-01-25', 50);
    expect(press('Escape')).toBe('Nothing chosen');
  });

  test('the same weeks stand in a table', () => {
    show(WeekChart, { weeks });
    document.querySelector<HTMLButtonElement>('[aria-pressed]')?.click();
    flushSync();
    const cells = [...document.querySelectorAll('tbody tr')].map((row) =>
      row.children[1]?.textContent?.trim(),
    );
    expect(cells).toEqual(['30', '20', '10']);
  });

  test('changes of a file are walked in time and opened with Enter', () => {
    const onpick = vi.fn();
    show(Timeline, {
      title: 'History',
      changes: [
        change('b', 'Ada', '2026-03-01T00:00:00Z'),
        change('a', '山田', '2026-01-01T00:00:00Z'),
      ],
      onpick,
    });
    expect(press('ArrowRight')).toContain('change b');
    expect(press('ArrowLeft')).toContain('山田');
    press('Enter');
    expect(onpick).toHaveBeenCalledExactlyOnceWith('a');
  });
});
