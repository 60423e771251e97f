import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { GridView, ROW, type GridPage } from './grid';

const HEIGHT = 20 * ROW;
const PAGE = 100;

let host: HTMLElement;
let asked: (string | null)[];
let all: number;
let view: GridView<number> | undefined;

beforeEach(() => {
  document.body.replaceChildren();
  host = document.createElement('div');
  Object.defineProperty(host, 'clientHeight', { value: HEIGHT });
  document.body.append(host);
  asked = [];
  all = 10 * PAGE;
});
afterEach(() => view?.destroy());

async function page(cursor: string | null): Promise<GridPage<number>> {
  asked.push(cursor);
  const from = Number(cursor ?? 0);
  const rows = Array.from({ length: Math.min(PAGE, all - from) }, (_, index) => from + index);
  return { rows, next: from + PAGE < all ? String(from + PAGE) : null };
}

const columns = [
  { title: 'Number', width: 80, figure: true, text: (row: number) => String(row) },
  { title: 'Link', text: (row: number) => `row ${row}`, href: (row: number) => `#/row/${row}` },
];

async function show(of = page) {
  view = new GridView(host, { label: 'Numbers', columns, page: of });
  await vi.waitFor(() => expect(shown().length).toBeGreaterThan(0));
}

const rows = () => [...host.querySelectorAll<HTMLElement>('.grid-row')].filter((it) => !it.hidden);
/** The rows in sight, by their order on the screen. */
const shown = () =>
  rows()
    .map((it) => Number(it.getAttribute('aria-rowindex')) - 2)
    .sort((a, b) => a - b);

async function scroll(to: number) {
  host.scrollTop = to;
  host.dispatchEvent(new Event('scroll'));
  await vi.waitFor(() => expect(shown()).toContain(Math.floor(to / ROW)));
}

function press(key: string, more: KeyboardEventInit = {}) {
  host.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }),
  );
}

test('the document holds a screenful of rows, however many there are', async () => {
  await show();
  for (const row of [50, 300, 600, 900]) await scroll(row * ROW);
  expect(host.querySelectorAll('.grid-row').length).toBeLessThan(40);
});

test('pages are fetched one after the other as the reader comes near, and each once', async () => {
  await show();
  await vi.waitFor(() => expect(asked).toEqual([null]));
  await scroll(60 * ROW);
  await vi.waitFor(() => expect(asked).toEqual([null, '100']));
  await scroll(0);
  await scroll(60 * ROW);
  expect(asked).toEqual([null, '100']);
});

test('every row shows what belongs to it after any scrolling', async () => {
  await show();
  for (const row of [10, 55, 90, 3, 80]) {
    await scroll(row * ROW);
    for (const it of rows()) {
      const index = Number(it.getAttribute('aria-rowindex')) - 2;
      expect(it.textContent).toBe(`${index}row ${index}`);
      expect(it.querySelector('a')?.getAttribute('href')).toBe(`#/row/${index}`);
    }
  }
});

test('at the end it asks no more, and says how many rows there are', async () => {
  all = 130;
  await show();
  await scroll(90 * ROW);
  await vi.waitFor(() => expect(host.getAttribute('aria-rowcount')).toBe('131'));
  expect(asked).toEqual([null, '100']);
});

test('before the end is known nobody is told a number of rows', async () => {
  await show();
  expect(host.getAttribute('aria-rowcount')).toBe('-1');
});

test('a failed page is told, and asked for again on reload', async () => {
  let broken = true;
  const told: unknown[] = [];
  view = new GridView(host, {
    label: 'Numbers',
    columns,
    page: (cursor) => (broken ? Promise.reject(new Error('no')) : page(cursor)),
    onpage: ({ error }) => told.push(error),
  });
  await vi.waitFor(() => expect(told).toEqual([new Error('no')]));
  broken = false;
  view.reload();
  await vi.waitFor(() => expect(shown()).toContain(0));
});

test('leaving cancels the page that is under way', () => {
  let cancelled: AbortSignal | undefined;
  view = new GridView(host, {
    label: 'Numbers',
    columns,
    page: (_, signal) => {
      cancelled = signal;
      return new Promise<GridPage<number>>(() => {});
    },
  });
  view.destroy();
  expect(cancelled?.aborted).toBe(true);
});

test('arrows, page keys, Home and End move one cell that has the keyboard', async () => {
  await show();
  const first = host.querySelector<HTMLElement>('.grid-row [tabindex="0"]');
  first?.focus();
  press('ArrowDown');
  press('ArrowRight');
  const active = () => (document.activeElement as HTMLElement).textContent;
  expect(active()).toBe('row 1');
  press('PageDown');
  expect(active()).toBe('row 19');
  press('Home');
  expect(active()).toBe('19');
  press('Home', { ctrlKey: true });
  expect(active()).toBe('0');
  press('ArrowUp');
  expect(active()).toBe('0');
  expect(host.querySelectorAll('.grid-row [tabindex="0"]').length).toBe(1);
});

test('a copy takes the row that has the keyboard, cells parted by tabs', async () => {
  await show();
  host.querySelector<HTMLElement>('.grid-row [tabindex="0"]')?.focus();
  press('ArrowDown');
  const data = new DataTransfer();
  const event = new Event('copy', { cancelable: true });
  Object.defineProperty(event, 'clipboardData', { value: data });
  host.dispatchEvent(event);
  expect(data.getData('text/plain')).toBe('1\trow 1');
});

test('text from outside is text', async () => {
  const hostile = '<img src=x onerror=alert(1)>';
  view = new GridView(host, {
    label: hostile,
    columns: [{ title: hostile, text: () => hostile }],
    page: () => Promise.resolve({ rows: [1], next: null }),
  });
  await vi.waitFor(() => expect(shown()).toEqual([0]));
  expect(host.querySelector('img')).toBe(null);
  expect(rows()[0]?.textContent).toBe(hostile);
});
