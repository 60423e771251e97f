// The head of a grid: names and types of the columns that are seen, what sorts them and what opens
// more.

import type { DataColumn } from './grid';
import type { Lane } from './lanes';

export interface Head {
  pins: readonly Lane[];
  /** Those of the others that are seen. */
  lanes: readonly Lane[];
  /** Widths of what stands before the first column, and of those that stay. */
  gutter: number;
  pinned: number;
  sorts: ReadonlyMap<number, 'ascending' | 'descending'>;
  filtered: ReadonlySet<number>;
  onall: () => void;
  onsort: (column: number) => void;
  onmenu: (column: number, at: { left: number; top: number }) => void;
  ongrip: (event: PointerEvent, column: number) => void;
  onfit: (column: number) => void;
}

export function drawHead(into: HTMLElement, columns: readonly DataColumn[], head: Head): void {
  const corner = document.createElement('div');
  corner.className = 'pin';
  corner.setAttribute('role', 'presentation');
  const all = button('corner', 'Select all', 'Select all (Ctrl+A)');
  all.textContent = '#';
  all.addEventListener('click', head.onall);
  corner.append(all, ...head.pins.map((it) => cell(it, head.gutter, columns, head)));
  const from = head.gutter + head.pinned;
  into.replaceChildren(corner, ...head.lanes.map((it) => cell(it, from, columns, head)));
}

function button(name: string, label: string, title: string): HTMLButtonElement {
  const it = document.createElement('button');
  it.className = name;
  it.title = title;
  // The keyboard stays with the cells, and has keys for all of this.
  it.tabIndex = -1;
  it.setAttribute('aria-label', label);
  return it;
}

function cell(
  { column, left, width }: Lane,
  from: number,
  columns: readonly DataColumn[],
  head: Head,
): HTMLElement {
  const { title, type, figure } = columns[column] as DataColumn;
  const it = document.createElement('div');
  const sort = head.sorts.get(column);
  const filtered = head.filtered.has(column);
  it.className = `headcell${figure ? ' figure' : ''}${filtered ? ' filtered' : ''}`;
  it.setAttribute('role', 'columnheader');
  it.setAttribute('aria-colindex', String(column + 1));
  if (sort) it.setAttribute('aria-sort', sort);
  it.style.left = `${left + from}px`;
  it.style.width = `${width}px`;

  const name = button('name', `${title}, ${type}: sort`, `${title}: ${type}. Click to sort.`);
  const words = document.createElement('bdi');
  words.textContent = title;
  const mark = document.createElement('span');
  const arrow = sort === 'ascending' ? ' ↑' : sort === 'descending' ? ' ↓' : '';
  mark.textContent = `${arrow}${filtered ? ' ▾' : ''}`;
  const line = document.createElement('span');
  line.className = 'title';
  line.append(words, mark);
  const kind = document.createElement('span');
  kind.className = 'type';
  kind.textContent = type;
  name.append(line, kind);
  name.addEventListener('click', () => head.onsort(column));

  const more = button(
    'more',
    `What can be done with ${title}`,
    'Sort, filter, hide, summary (Alt+↓)',
  );
  more.textContent = '⋮';
  more.addEventListener('click', () => {
    const box = it.getBoundingClientRect();
    head.onmenu(column, { left: box.left, top: box.bottom });
  });

  const grip = document.createElement('span');
  grip.className = 'grip';
  grip.addEventListener('pointerdown', (event) => head.ongrip(event, column));
  grip.addEventListener('dblclick', () => head.onfit(column));
  it.append(name, more, grip);
  return it;
}
