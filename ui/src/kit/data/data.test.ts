import { describe, expect, test, vi } from 'vitest';
import { fittingWidth, Lanes, WIDTH_MAX, WIDTH_MIN } from './lanes';
import { KEPT, PAGE, RowPages } from './pages';
import { HEIGHT_MAX, Ruler } from './ruler';
import { Selection, single } from './selection';

function ruler(rows: number, view = 600, row = 24): Ruler {
  const it = new Ruler(row);
  [it.rows, it.view] = [rows, view];
  return it;
}

describe('a ruler', () => {
  test('of a million rows needs no scale and shows the last one at the end', () => {
    const it = ruler(1_000_000);
    expect(it.height).toBe(24_000_000);
    it.scrolled(it.height - it.view);
    expect(it.sight(0)).toEqual({ first: 999_975, last: 1_000_000 });
    expect(it.place(999_999)).toBe(999_999 * 24);
  });

  test('of more rows than an element can hold stays within it, and still reaches both ends', () => {
    const it = ruler(10_000_000);
    expect(it.height).toBe(HEIGHT_MAX);
    it.scrolled(it.height - it.view);
    expect(it.sight(0).last).toBe(10_000_000);
    // The last row lies at the foot of what is seen.
    expect(it.place(9_999_999) + 24).toBeCloseTo(it.height, 3);
    it.scrolled(0);
    expect(it.sight(0).first).toBe(0);
  });

  test('goes as far as a wheel says, also where it is scaled', () => {
    const it = ruler(10_000_000);
    const from = it.go(100_000_000);
    it.scrolled(from + 100);
    expect(it.top).toBeCloseTo(100_000_100, 3);
    it.scrolled(from + 40);
    expect(it.top).toBeCloseTo(100_000_040, 3);
  });

  test('takes a drag of the bar as a part of the whole', () => {
    const it = ruler(10_000_000);
    it.scrolled((it.height - it.view) / 2);
    expect(it.top).toBeCloseTo((it.whole - it.view) / 2, 0);
  });

  test('puts what is seen where the element is scrolled to', () => {
    const it = ruler(10_000_000);
    for (const scroll of [0, 1, 5_000, 12_345_678, it.height - it.view]) {
      it.scrolled(scroll);
      const { first } = it.sight(0);
      expect(it.place(first)).toBeLessThanOrEqual(scroll);
      expect(it.place(first)).toBeGreaterThan(scroll - 24);
    }
  });

  test('rests at a place of the bar that leads back to the same rows', () => {
    const it = ruler(10_000_000);
    it.go(77_777_777);
    const again = ruler(10_000_000);
    again.scrolled(it.rest());
    expect(again.top).toBeCloseTo(it.top, 0);
  });

  test('brings a row into sight with the least movement', () => {
    const it = ruler(1_000);
    it.scrolled(240);
    expect(it.toward(12)).toBe(240);
    expect(it.toward(5)).toBe(120);
    expect(it.toward(100)).toBe(101 * 24 - 600);
  });

  test('of fewer rows than are seen does not scroll', () => {
    const it = ruler(3);
    it.go(500);
    expect(it.top).toBe(0);
    expect(it.sight(8)).toEqual({ first: 0, last: 3 });
  });
});

describe('lanes', () => {
  test('of which some are seen are found among thousands', () => {
    const lanes = new Lanes(Array.from({ length: 5_000 }, () => 100));
    expect(lanes.sight(0, 1_000, 2)).toEqual({ first: 0, last: 12 });
    expect(lanes.sight(250_050, 251_050, 2)).toEqual({ first: 2_498, last: 2_513 });
    expect(lanes.sight(499_000, 500_000, 2).last).toBe(5_000);
    expect(lanes.width).toBe(500_000);
  });

  test('that are pinned come first and scroll no more', () => {
    const lanes = new Lanes([50, 60, 70]);
    lanes.pin(2, true);
    expect(lanes.pins).toEqual([{ column: 2, left: 0, width: 70 }]);
    expect(lanes.lanes.map((it) => it.left)).toEqual([0, 50]);
    expect(lanes.shown).toEqual([2, 0, 1]);
    lanes.pin(2, false);
    expect(lanes.shown).toEqual([0, 1, 2]);
  });

  test('can be hidden but for the last', () => {
    const lanes = new Lanes([50, 60]);
    lanes.hide(0);
    lanes.hide(1);
    expect(lanes.shown).toEqual([1]);
    lanes.showAll();
    expect(lanes.shown).toEqual([0, 1]);
  });

  test('keep a width that can be used', () => {
    const lanes = new Lanes([50]);
    lanes.resize(0, -20);
    expect(lanes.widthOf(0)).toBe(WIDTH_MIN);
    lanes.resize(0, 1e9);
    expect(lanes.widthOf(0)).toBe(WIDTH_MAX);
  });

  test('are as wide as most of their values, and not as the longest', () => {
    const short = Array.from({ length: 99 }, () => 'abc');
    const few = fittingWidth('n', [...short, 'x'.repeat(4_000)], 7);
    expect(few).toBe(fittingWidth('n', short, 7));
    expect(fittingWidth('n', ['x'.repeat(4_000)], 7)).toBeLessThan(400);
  });
});

/** A result that lies elsewhere: numbers, of which some are there and more come. */
function elsewhere(total: number, there = total) {
  const asked: [number, number][] = [];
  let ready = there;
  const pull = vi.fn(async (from: number, count: number, signal: AbortSignal) => {
    asked.push([from, count]);
    await Promise.resolve();
    if (signal.aborted) throw new Error('nobody waits');
    ready = Math.min(total, Math.max(ready, from + count));
    const rows = [];
    for (let at = from; at < Math.min(total, from + count); at++) rows.push(at);
    return { rows, total: ready, complete: ready === total };
  });
  return { pull, asked };
}

const settle = async () => {
  for (let at = 0; at < 40; at++) await Promise.resolve();
};

describe('pages of rows', () => {
  test('are asked for where the reader is, and once', async () => {
    const { pull, asked } = elsewhere(1_000_000);
    const pages = new RowPages(pull, () => {});
    pages.seed({ rows: [0, 1, 2], total: 1_000_000, complete: true });
    pages.want(0, 40);
    await settle();
    expect(pages.get(40)).toBe(40);
    const before = asked.length;
    pages.want(1, 41);
    await settle();
    expect(asked.length).toBe(before);
  });

  test('are busy only while rows in sight have not come', async () => {
    const { pull } = elsewhere(1_000_000);
    const pages = new RowPages(pull, () => {});
    pages.seed({
      rows: Array.from({ length: PAGE }, (_, at) => at),
      total: 1_000_000,
      complete: true,
    });
    pages.want(0, 40);
    expect(pages.busy).toBe(false);
    pages.want(PAGE, PAGE + 40);
    expect(pages.busy).toBe(true);
    await settle();
    expect(pages.busy).toBe(false);
  });

  test('take up a page that came with the answer where it ended', async () => {
    const { pull, asked } = elsewhere(1_000);
    const pages = new RowPages(pull, () => {});
    pages.seed({ rows: [0, 1, 2], total: 1_000, complete: true });
    pages.want(0, 10);
    await settle();
    expect(asked).toContainEqual([3, PAGE - 3]);
    expect(Array.from({ length: 5 }, (_, at) => pages.get(at))).toEqual([0, 1, 2, 3, 4]);
  });

  test('of an open end are asked for ahead of the reader', async () => {
    const { pull } = elsewhere(1_000_000, 200);
    const pages = new RowPages(pull, () => {});
    pages.seed({ rows: Array.from({ length: 200 }, (_, at) => at), total: 200, complete: false });
    pages.want(0, 30);
    await settle();
    expect(pages.total).toBeGreaterThanOrEqual(400);
    expect(pages.complete).toBe(false);
    expect(pages.total).toBeLessThan(2_000);
  });

  test('that nobody waits for any more are cancelled, those flown past never asked for', async () => {
    vi.useFakeTimers();
    const signals: AbortSignal[] = [];
    const asked: number[] = [];
    const pages = new RowPages<number>(
      (from, _, signal) => {
        asked.push(from);
        signals.push(signal);
        return new Promise(() => {});
      },
      () => {},
    );
    pages.reset(1_000_000, true);
    pages.want(0, 40);
    for (let at = 10_000; at < 900_000; at += 10_000) pages.want(at, at + 40);
    expect(signals.every((it) => it.aborted)).toBe(true);
    const before = asked.length;
    vi.advanceTimersByTime(100);
    expect(asked[before]).toBe(890_000);
    vi.useRealTimers();
  });

  test('far behind the reader are let go, so that memory stays bounded', async () => {
    const { pull } = elsewhere(1_000_000);
    const pages = new RowPages(pull, () => {});
    pages.seed({ rows: [], total: 1_000_000, complete: true });
    for (let at = 0; at < PAGE * (KEPT + 40); at += PAGE) {
      pages.want(at, at + 40);
      await settle();
    }
    expect(pages.get(0)).toBeUndefined();
    expect(pages.get(PAGE * (KEPT + 39))).toBe(PAGE * (KEPT + 39));
  });

  test('tell why they did not come, and ask no more until told to', async () => {
    let fails = true;
    const pull = vi.fn(async () => {
      if (fails) throw new Error('gone');
      return { rows: [7], total: 1, complete: true };
    });
    const pages = new RowPages<number>(pull, () => {});
    pages.reset(1, false);
    pages.want(0, 10);
    await settle();
    expect(pages.error).toBeInstanceOf(Error);
    const before = pull.mock.calls.length;
    pages.want(0, 11);
    await settle();
    expect(pull.mock.calls.length).toBe(before);
    fails = false;
    pages.retry();
    await settle();
    expect(pages.get(0)).toBe(7);
  });

  test('find the end of an open list when asked to', async () => {
    const pages = new RowPages<number>(
      async (from) => ({ rows: [], total: from > 5_000 ? 5_000 : 0, complete: from > 5_000 }),
      () => {},
    );
    await pages.whole();
    expect([pages.total, pages.complete]).toEqual([5_000, true]);
  });
});

describe('a selection', () => {
  test('stays within what there is', () => {
    const it = new Selection();
    it.bound(10, 3);
    it.go(500, -4);
    expect(it.active).toEqual({ row: 9, column: 0 });
    it.bound(4, 3);
    expect(it.active.row).toBe(3);
  });

  test('is an area between where it began and where the keyboard is', () => {
    const it = new Selection();
    it.bound(10, 5);
    it.go(5, 3);
    expect(single(it)).toBe(true);
    it.go(2, 4, true);
    expect(it.area).toEqual({ top: 2, bottom: 5, left: 3, right: 4 });
    expect(it.has(3, 3)).toBe(true);
    expect(it.has(1, 3)).toBe(false);
  });
});
