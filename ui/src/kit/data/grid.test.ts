import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DataGridView, ROW, type DataOptions } from './grid';
import { single } from './selection';

const HEAD = 40;
const SEEN = 20;

let host: HTMLElement;
let view: DataGridView | undefined;
let told: { menu: number[]; sorted: number[]; written: unknown[]; copied: number; ends: number };

beforeEach(() => {
  document.body.replaceChildren();
  host = document.createElement('div');
  host.id = 'g';
  Object.defineProperty(host, 'clientHeight', { value: SEEN * ROW + HEAD });
  Object.defineProperty(host, 'clientWidth', { value: 800 });
  document.body.append(host);
  told = { menu: [], sorted: [], written: [], copied: 0, ends: 0 };
});
afterEach(() => view?.destroy());

function show(rows: number, columns: number, more: Partial<DataOptions> = {}): DataGridView {
  const options: DataOptions = {
    label: 'Rows',
    columns: Array.from({ length: columns }, (_, at) => ({
      title: `c${at}`,
      type: 'text',
      figure: at === 0,
    })),
    cell: (row, column) =>
      row % 7 === 3 ? { text: 'NULL', tone: 'null' } : { text: `${row}/${column}`, tone: '' },
    gutter: (row) => ({ text: String(row + 1), tone: '' }),
    onsight: () => {},
    onselect: () => {},
    onsort: (column) => told.sorted.push(column),
    onmenu: (column) => told.menu.push(column),
    oncopy: () => told.copied++,
    onend: () => told.ends++,
    ...more,
  };
  const sample = options.columns.map(() => ['0123456789']);
  view = new DataGridView(host, options, sample, rows);
  view.count(rows, true);
  return view;
}

const rows = () => [...host.querySelectorAll<HTMLElement>('.row')].filter((it) => !it.hidden);
const indices = () =>
  rows()
    .map((it) => Number(it.getAttribute('aria-rowindex')) - 2)
    .sort((a, b) => a - b);

async function scroll(top: number, left = 0) {
  host.scrollTop = top;
  host.scrollLeft = left;
  host.dispatchEvent(new Event('scroll'));
  await vi.waitFor(() => expect(indices()).toContain(Math.floor(top / ROW) + 1));
}

function press(key: string, more: KeyboardEventInit = {}) {
  host.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }),
  );
}

const active = () => {
  const { row, column } = (view as DataGridView).selection.active;
  return [row, column];
};

test('a million rows of fifty columns are a screenful in the document, wherever one is', async () => {
  show(1_000_000, 50);
  const sizes = [];
  for (const row of [0, 1_000, 500_000, 999_970]) {
    await scroll(row * ROW, row === 500_000 ? 2_000 : 0);
    sizes.push(host.querySelectorAll('*').length);
    const shown = indices();
    expect(shown[0]).toBeLessThanOrEqual(row);
    expect(shown.at(-1)).toBeGreaterThanOrEqual(Math.min(999_999, row + SEEN - 1));
    expect(shown.length).toBeLessThan(SEEN + 20);
  }
  expect(Math.max(...sizes)).toBeLessThan(1_200);
  expect(host.getAttribute('aria-rowcount')).toBe('1000001');
  expect(host.getAttribute('aria-colcount')).toBe('50');
});

test('cells that scroll into sight show their own row and column', async () => {
  show(1_000_000, 50);
  await scroll(123_456 * ROW, 3_000);
  const row = rows().find((it) => it.getAttribute('aria-rowindex') === String(123_460 + 2));
  const cells = [...(row?.querySelectorAll('.cell') ?? [])];
  expect(cells.length).toBeGreaterThan(5);
  for (const cell of cells) {
    const column = Number(cell.getAttribute('aria-colindex')) - 1;
    expect(cell.textContent).toBe(`123460/${column}`);
  }
});

test('places of rows far down are small numbers from a foot that moves along', async () => {
  show(1_000_000, 3);
  await scroll(900_000 * ROW);
  for (const row of rows()) {
    const place = Number(/translateY\(([\d.]+)px\)/.exec(row.style.transform)?.[1]);
    expect(place).toBeLessThan(110_000);
  }
});

test('a leap draws the rows in sight alone; those near come when the reader rests', async () => {
  show(1_000_000, 3);
  await scroll(400_000 * ROW);
  expect(indices()).toEqual(Array.from({ length: SEEN }, (_, at) => 400_000 + at));
  await vi.waitFor(() => expect(indices().length).toBe(SEEN + 16));
  await scroll(400_002 * ROW);
  const near = Array.from({ length: SEEN + 16 }, (_, at) => 399_994 + at);
  await vi.waitFor(() => expect(indices()).toEqual(near));
});

test('no more of a long text is laid out than a cell shows, but all of it where the keyboard is', () => {
  const long = 'abcdefghij'.repeat(30);
  const other = '\u05d0'.repeat(300);
  show(10, 3, { cell: (_, column) => ({ text: column === 1 ? other : long, tone: '' }) });
  const texts = (row: number) =>
    [...host.querySelectorAll(`[aria-rowindex='${row + 2}'] .cell`)].map((it) => it.textContent);
  const [first, second, third] = texts(1);
  expect(first?.length).toBeLessThan(40);
  expect(long.startsWith(first ?? '')).toBe(true);
  expect(third).toBe(first);
  expect(second).toBe(other);
  expect(texts(0)[0]).toBe(long);
  press('ArrowDown');
  expect(texts(0)[0]).toBe(first);
  expect(texts(1)[0]).toBe(long);
});

test('a row that is not there yet waits without text', () => {
  show(10, 2, { cell: () => undefined });
  expect(host.querySelector('.row')?.className).toContain('waits');
  expect(host.querySelector('.cell')?.textContent).toBe('');
});

test('NULL is told apart from text, and figures stand at the end', () => {
  show(10, 2);
  const row = rows().find((it) => it.getAttribute('aria-rowindex') === '5');
  const [first, second] = [...(row?.querySelectorAll('.cell') ?? [])];
  expect(first?.className).toContain('null');
  expect(first?.className).toContain('figure');
  expect(second?.className).not.toContain('figure');
});

test('arrows, pages and ends move the keyboard as in a spreadsheet', () => {
  show(1_000, 5);
  press('ArrowDown');
  press('ArrowRight');
  expect(active()).toEqual([1, 1]);
  press('PageDown');
  expect(active()[0]).toBe(SEEN);
  press('End');
  expect(active()).toEqual([SEEN, 4]);
  press('End', { ctrlKey: true });
  expect(active()).toEqual([999, 4]);
  expect(told.ends).toBe(1);
  press('Home', { ctrlKey: true });
  expect(active()).toEqual([0, 0]);
  press('ArrowDown', { ctrlKey: true });
  expect(active()).toEqual([999, 0]);
  press('ArrowDown');
  expect(active()).toEqual([999, 0]);
});

test('the active cell is named to those who listen', () => {
  show(100, 5);
  press('ArrowDown');
  const id = host.getAttribute('aria-activedescendant') ?? '';
  expect(document.getElementById(id)?.textContent).toBe('1/0');
  expect(document.querySelectorAll(`#${id}`).length).toBe(1);
});

test('shift extends, Ctrl+A takes all, Escape lets go', () => {
  const it = show(100, 5);
  press('ArrowDown', { shiftKey: true });
  press('ArrowRight', { shiftKey: true });
  expect(it.selection.area).toEqual({ top: 0, bottom: 1, left: 0, right: 1 });
  expect(host.querySelectorAll('.cell.chosen').length).toBe(4);
  press('a', { ctrlKey: true });
  expect(it.selection.area).toEqual({ top: 0, bottom: 99, left: 0, right: 4 });
  press('c', { ctrlKey: true });
  expect(told.copied).toBe(1);
  press('Escape');
  expect(single(it.selection)).toBe(true);
});

test('a head sorts, its mark and the keyboard open what can be done', () => {
  const it = show(10, 3);
  host.querySelectorAll<HTMLElement>('.name')[1]?.click();
  expect(told.sorted).toEqual([1]);
  host.querySelectorAll<HTMLElement>('.more')[2]?.click();
  press('ArrowRight');
  press('ArrowDown', { altKey: true });
  expect(told.menu).toEqual([2, 1]);
  it.mark(new Map([[1, 'descending']]), new Set([2]));
  const heads = [...host.querySelectorAll('.headcell')];
  expect(heads[1]?.getAttribute('aria-sort')).toBe('descending');
  expect(heads[2]?.className).toContain('filtered');
});

test('hidden and pinned columns keep their own values', () => {
  const it = show(10, 6);
  it.lanes.hide(1);
  it.lanes.pin(4, true);
  it.relay();
  const row = rows().find((it) => it.getAttribute('aria-rowindex') === '2');
  expect([...(row?.querySelectorAll('.cell') ?? [])].map((it) => it.textContent)).toEqual(
    expect.arrayContaining(['0/4', '0/0', '0/2', '0/3', '0/5']),
  );
  expect(row?.querySelector('.pin .cell')?.textContent).toBe('0/4');
  press('ArrowRight');
  expect(active()[1]).toBe(2);
});

test('Enter writes where a cell can be edited, Escape gives up', () => {
  show(10, 3, {
    onedit: (_, column) => (column === 0 ? null : 'old'),
    onwrite: (row, column, text) => told.written.push([row, column, text]),
  });
  press('Enter');
  expect(host.querySelector('textarea')).toBeNull();
  press('ArrowRight');
  press('F2');
  const field = host.querySelector('textarea') as HTMLTextAreaElement;
  expect(field.value).toBe('old');
  field.value = 'new';
  field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
  expect(told.written).toEqual([[0, 1, 'new']]);
  press('F2');
  const again = host.querySelector('textarea') as HTMLTextAreaElement;
  again.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
  expect(told.written.length).toBe(1);
  expect(host.querySelector('textarea')).toBeNull();
});
