// A grid of any number of rows and columns: as many rows in the document as are seen, and of them as
// many cells as are seen. Rows are taken up again for others by their number, cells by their place.
// Made without a framework, since it must keep up with a scrolling finger.

import { letterWidth } from '../measure';
import { CellEditor } from './celleditor';
import { drawHead } from './head';
import { fittingWidth, Lanes, type Lane } from './lanes';
import { lay, laySlot, makeRow, makeSlot, type PoolRow, type Slot } from './pool';
import { Ruler } from './ruler';
import { moved, single, Selection, type Area } from './selection';

export interface DataColumn {
  title: string;
  /** What the server calls its type. */
  type: string;
  /** Figures stand at the end of their column. */
  figure: boolean;
}

/** A cell as it is shown. */
export interface DataCell {
  text: string;
  /** Classes, told apart in the style of the grid: `null`, `empty`, `changed`. */
  tone: string;
}

export interface DataOptions {
  /** For those who listen: what is listed. */
  label: string;
  columns: readonly DataColumn[];
  /** A cell; none where its row has not come yet. */
  cell: (row: number, column: number) => DataCell | undefined;
  /** What stands in the gutter before a row, and what has become of the row. */
  gutter: (row: number) => { text: string; tone: string };
  /** Rows that are in sight. */
  onsight: (first: number, last: number) => void;
  onselect: (selection: Selection) => void;
  /** The text to begin an edit with; null where the cell cannot be edited. */
  onedit?: (row: number, column: number) => string | null;
  onwrite?: (row: number, column: number, text: string) => void;
  /** The next order of a column was asked for. */
  onsort: (column: number) => void;
  /** What can be done with a column was asked for, at a place of the window. */
  onmenu: (column: number, at: { left: number; top: number }) => void;
  oncopy: () => void;
  /** The end of an open list was asked for. */
  onend: () => void;
}

/** Heights, in pixels. */
export const ROW = 24;
const HEAD = 40;
/** Width of the gutter's letters beyond the digits. */
const GUTTER = 14;
/** Rows and columns kept ready beyond what is seen. */
const SPARE_ROWS = 8;
const SPARE_LANES = 1;
/** Milliseconds without scrolling after which the reader rests. */
const RESTS = 200;
/** Rows of a step of the row pool's foot, in pixels; beyond it, places would lose their precision. */
const FOOT = 100_000;

export class DataGridView {
  readonly lanes: Lanes;
  readonly selection = new Selection();
  private readonly ruler = new Ruler(ROW);
  private readonly head = document.createElement('div');
  private readonly body = document.createElement('div');
  private readonly foot = document.createElement('div');
  private readonly watch: ResizeObserver;
  private readonly id: string;
  private pool: PoolRow[] = [];
  private sorts = new Map<number, 'ascending' | 'descending'>();
  private filtered = new Set<number>();
  private shown: { first: number; last: number } = { first: 0, last: 0 };
  private gutterWidth = 48;
  private readonly letter: number;
  /** Rows kept ready: none while the reader flies past, since they would be gone before they are seen. */
  private spare = SPARE_ROWS;
  private height = -1;
  private base = -1;
  private wide = 0;
  private left = 0;
  private frame = 0;
  private idle: ReturnType<typeof setTimeout> | undefined;
  private editing: CellEditor | null = null;
  private drags = false;
  private readonly leaving = new AbortController();

  constructor(
    private readonly host: HTMLElement,
    private readonly options: DataOptions,
    sample: readonly (readonly string[])[],
    rows: number,
  ) {
    this.id = host.id;
    this.letter = letterWidth(host);
    this.lanes = new Lanes(
      options.columns.map((it, at) => fittingWidth(it.title, sample[at] ?? [], this.letter)),
    );
    this.ruler.rows = rows;
    this.selection.bound(rows, options.columns.length);
    host.setAttribute('role', 'grid');
    host.setAttribute('aria-label', options.label);
    host.setAttribute('aria-multiselectable', 'true');
    host.setAttribute('aria-colcount', String(options.columns.length));
    host.tabIndex = 0;
    this.head.className = 'head';
    this.head.setAttribute('role', 'row');
    this.head.setAttribute('aria-rowindex', '1');
    this.body.className = 'body';
    this.body.setAttribute('role', 'rowgroup');
    this.foot.className = 'foot';
    this.foot.setAttribute('role', 'presentation');
    this.body.append(this.foot);
    host.append(this.head, this.body);
    const { signal } = this.leaving;
    host.addEventListener('scroll', this.soon, { passive: true, signal });
    host.addEventListener('keydown', this.key, { signal });
    host.addEventListener('pointerdown', this.press, { signal });
    host.addEventListener('pointermove', this.drag, { signal });
    host.addEventListener('pointerup', () => (this.drags = false), { signal });
    host.addEventListener('dblclick', this.twice, { signal });
    host.addEventListener('contextmenu', this.menu, { signal });
    this.watch = new ResizeObserver(() => {
      const before = this.wide;
      this.resized();
      // What opens beside the grid must not cover the cell that it is about.
      if (this.wide < before) this.revealLane();
    });
    this.watch.observe(host);
    this.resized();
  }

  destroy(): void {
    this.leaving.abort();
    this.watch.disconnect();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.idle);
    this.host.replaceChildren();
  }

  /** Takes how many rows there are; `known` says whether there will be no more. Rows that waited are drawn. */
  count(rows: number, known: boolean): void {
    this.ruler.rows = rows;
    this.selection.bound(rows, this.options.columns.length);
    this.host.setAttribute('aria-rowcount', known ? String(rows + 1) : '-1');
    if (this.gutterWanted() !== this.gutterWidth) return this.resized();
    // Rows that have come stay as they are.
    for (const row of this.pool) if (row.waits) row.index = -1;
    this.draw();
  }

  /** Takes how columns are ordered and which are filtered. */
  mark(sorts: Map<number, 'ascending' | 'descending'>, filtered: Set<number>): void {
    [this.sorts, this.filtered] = [sorts, filtered];
    this.drawHead();
  }

  /** Draws what is in sight anew: rows have come, or are marked. */
  refresh(): void {
    for (const row of this.pool) row.index = -1;
    this.draw();
  }

  /** Lays the columns out anew, after `lanes` was changed. */
  relay(): void {
    this.shown = { first: 0, last: 0 };
    for (const row of this.pool) row.element.remove();
    this.pool = [];
    this.resized();
  }

  /** Back to the first row. */
  top(): void {
    this.host.scrollTop = this.ruler.go(0);
    this.refresh();
  }

  focus(): void {
    this.host.focus({ preventScroll: true });
  }

  /** Goes to a cell; `extend` keeps the other end of what is selected. */
  go(row: number, column: number, extend = false): void {
    this.selection.go(row, column, extend);
    this.reveal();
    this.repaint();
    this.options.onselect(this.selection);
  }

  /** Selects a whole area. */
  select(area: Area): void {
    this.selection.take(area);
    this.repaint();
    this.options.onselect(this.selection);
  }

  /** Where the active cell is in the window, for what opens beside it. */
  activePlace(): { left: number; top: number } {
    const { row, column } = this.selection.active;
    const box = this.host.getBoundingClientRect();
    const slot = this.slot(row, column);
    if (!slot) return { left: box.left + this.gutterWidth, top: box.top + HEAD };
    const cell = slot.element.getBoundingClientRect();
    return { left: cell.left, top: cell.bottom };
  }

  /** Width for the number of the last row, grouped as people write it. */
  private gutterWanted(): number {
    const letters = this.options.gutter(Math.max(0, this.ruler.rows - 1)).text.length;
    return Math.max(36, Math.round(letters * this.letter * 0.92) + GUTTER);
  }

  private resized(): void {
    const { clientWidth, clientHeight } = this.host;
    this.wide = clientWidth;
    this.ruler.view = Math.max(0, clientHeight - HEAD);
    this.gutterWidth = this.gutterWanted();
    this.host.style.setProperty('--gutter', `${this.gutterWidth}px`);
    this.host.style.setProperty('--pins', `${this.lanes.pinned}px`);
    const width = this.gutterWidth + this.lanes.pinned + this.lanes.width;
    this.body.style.width = `${width}px`;
    this.head.style.width = `${width}px`;
    this.shown = { first: 0, last: 0 };
    this.look();
    this.drawHead();
    this.refresh();
  }

  private readonly soon = (): void => {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      const from = this.ruler.top;
      this.ruler.scrolled(this.host.scrollTop);
      const before = this.shown;
      this.left = this.host.scrollLeft;
      this.look();
      if (before !== this.shown) this.drawHead();
      this.spare = Math.abs(this.ruler.top - from) > this.ruler.view / 2 ? 0 : SPARE_ROWS;
      this.draw();
      clearTimeout(this.idle);
      this.idle = setTimeout(() => this.rest(), RESTS);
    });
  };

  /** The reader rests: what is near is made ready, and in long lists the bar is put where they really are. */
  private rest(): void {
    const astray = Math.abs(this.ruler.rest() - this.host.scrollTop) >= 1;
    if (!astray && this.spare > 0) return;
    if (astray) this.host.scrollTop = this.ruler.go(this.ruler.top);
    this.spare = SPARE_ROWS;
    this.draw();
  }

  /** Which columns are seen. The same object as before where those are the same. */
  private look(): void {
    const room = this.wide - this.gutterWidth - this.lanes.pinned;
    const seen = this.lanes.sight(this.left, this.left + Math.max(room, 1), SPARE_LANES);
    if (seen.first !== this.shown.first || seen.last !== this.shown.last) this.shown = seen;
  }

  private draw(): void {
    if (this.height !== this.ruler.height) this.body.style.height = `${this.ruler.height}px`;
    this.height = this.ruler.height;
    const { spare } = this;
    const { first, last } = this.ruler.sight(spare);
    const size = last - first;
    const base = Math.floor(this.ruler.place(first) / FOOT) * FOOT;
    if (this.base !== base) this.foot.style.top = `${base}px`;
    this.base = base;
    while (this.pool.length < size)
      this.pool.push(makeRow(this.foot, this.lanes.pins, this.gutterWidth));
    const many = this.pool.length;
    for (const [at, row] of this.pool.entries()) {
      // The one row in sight that this one is for.
      const index = first + ((((at - first) % many) + many) % many);
      const seen = index < last;
      if (row.seen !== seen) row.element.hidden = !seen;
      row.seen = seen;
      if (!seen) continue;
      if (row.index !== index) this.fill(row, index);
      else this.cells(row, false);
      const place = this.ruler.place(index) - base;
      if (row.place === place) continue;
      row.place = place;
      row.element.style.transform = `translateY(${place}px)`;
    }
    this.options.onsight(
      Math.min(first + spare, last),
      Math.max(last - spare, Math.min(first + 1, last)),
    );
    this.point();
    if (this.editing) this.putEditor();
  }

  private fill(row: PoolRow, index: number): void {
    row.index = index;
    row.waits = false;
    row.element.setAttribute('aria-rowindex', String(index + 2));
    const { text, tone } = this.options.gutter(index);
    row.gutter.data = text;
    this.cells(row, true);
    const name = `row ${tone}${row.waits ? ' waits' : ''}`;
    if (row.name !== name) row.element.className = name;
    row.name = name;
  }

  /** Puts the columns that are seen into a row; those that were there already stay as they are. */
  private cells(row: PoolRow, all: boolean): void {
    const { first, last } = this.shown;
    const many = last - first;
    while (row.slots.length < many) {
      row.slots.push(makeSlot(row.element, { column: -1, left: 0, width: 0 }, 0));
    }
    while (row.slots.length > many) row.slots.pop()?.element.remove();
    if (all) for (const slot of row.pins) this.cell(row, slot);
    const from = this.gutterWidth + this.lanes.pinned;
    for (let at = first; at < last; at++) {
      const slot = row.slots[at % many] as Slot;
      const lane = this.lanes.lanes[at] as Lane;
      const other =
        slot.column !== lane.column || slot.width !== lane.width || slot.left !== lane.left + from;
      if (other) laySlot(slot, lane, from);
      if (all || other) this.cell(row, slot);
    }
  }

  private cell(row: PoolRow, slot: Slot): void {
    const { column } = slot;
    const cell = this.options.cell(row.index, column);
    if (!cell) row.waits = true;
    const at = this.selection.active;
    const active = at.row === row.index && at.column === column;
    // Who listens hears all of the cell they are on.
    const text = active ? (cell?.text ?? '') : lay(cell?.text ?? '', slot.width, this.letter);
    if (slot.shows !== text) slot.text.data = text;
    slot.shows = text;
    const figure = this.options.columns[column]?.figure ? ' figure' : '';
    const chosen = this.selection.has(row.index, column);
    const name = `cell${figure} ${cell?.tone ?? ''}${chosen ? ' chosen' : ''}${active ? ' active' : ''}`;
    if (slot.name !== name) {
      slot.element.className = name;
      slot.element.setAttribute('aria-selected', String(chosen));
    }
    slot.name = name;
    if (slot.active !== active) slot.element.id = active ? `${this.id}-active` : '';
    slot.active = active;
  }

  /** Draws what is selected. */
  private repaint(): void {
    for (const row of this.pool) {
      if (row.index < 0 || !row.seen) continue;
      for (const slot of row.pins) this.cell(row, slot);
      for (const slot of row.slots) this.cell(row, slot);
    }
    this.point();
  }

  private point(): void {
    const { row, column } = this.selection.active;
    const there = this.slot(row, column) !== undefined;
    if (there) this.host.setAttribute('aria-activedescendant', `${this.id}-active`);
    else this.host.removeAttribute('aria-activedescendant');
  }

  private slot(index: number, column: number): Slot | undefined {
    const row = this.pool[index % Math.max(1, this.pool.length)];
    if (row?.index !== index || !row.seen) return undefined;
    return [...row.pins, ...row.slots].find((it) => it.column === column);
  }

  private reveal(): void {
    const top = this.ruler.toward(this.selection.active.row);
    if (top !== this.ruler.top) this.host.scrollTop = this.ruler.go(top);
    this.revealLane();
    this.draw();
  }

  /** Brings the column of the active cell into sight. */
  private revealLane(): void {
    const { column } = this.selection.active;
    const lane = this.lanes.lanes.find((it) => it.column === column);
    if (!lane) return;
    const room = this.wide - this.gutterWidth - this.lanes.pinned;
    const over = lane.left + lane.width - room;
    if (lane.left < this.left) this.host.scrollLeft = lane.left;
    else if (over > this.left) this.host.scrollLeft = Math.min(over, lane.left);
    this.left = this.host.scrollLeft;
    const before = this.shown;
    this.look();
    if (before !== this.shown) this.drawHead();
  }

  private drawHead(): void {
    const { first, last } = this.shown;
    drawHead(this.head, this.options.columns, {
      pins: this.lanes.pins,
      lanes: this.lanes.lanes.slice(first, last),
      gutter: this.gutterWidth,
      pinned: this.lanes.pinned,
      sorts: this.sorts,
      filtered: this.filtered,
      onall: () => this.selectAll(),
      onsort: this.options.onsort,
      onmenu: this.options.onmenu,
      ongrip: (event, column) => this.grip(event, column),
      onfit: (column) => this.fit(column),
    });
  }

  /** Drags the edge of a column. */
  private grip(event: PointerEvent, column: number): void {
    event.preventDefault();
    event.stopPropagation();
    const [from, width] = [event.clientX, this.lanes.widthOf(column)];
    const grip = event.currentTarget as HTMLElement;
    const leaving = new AbortController();
    const { signal } = leaving;
    const move = (now: PointerEvent) => {
      this.lanes.resize(column, width + now.clientX - from);
      this.resized();
    };
    // The grip itself is made anew while it is dragged, so the document is heard.
    const of = grip.ownerDocument;
    of.addEventListener('pointermove', move, { signal });
    of.addEventListener('pointerup', () => leaving.abort(), { signal });
  }

  /** Makes a column as wide as what is seen of it wants. */
  fit(column: number): void {
    const { first, last } = this.ruler.sight(0);
    const sample = [];
    for (let row = first; row < last; row++) {
      sample.push(this.options.cell(row, column)?.text ?? '');
    }
    const title = this.options.columns[column]?.title ?? '';
    this.lanes.resize(column, fittingWidth(title, sample, this.letter));
    this.relay();
  }

  private selectAll(): void {
    const columns = this.options.columns.length;
    this.select({ top: 0, bottom: this.ruler.rows - 1, left: 0, right: columns - 1 });
  }

  /** Row and column under a pointer. */
  private under(event: MouseEvent): { row: number; column: number | null } | null {
    const target = event.target as Element;
    const element = target.closest('.row');
    const row = this.pool.find((it) => it.element === element);
    if (!row || row.index < 0) return null;
    const cell = target.closest('.cell');
    const slot = [...row.pins, ...row.slots].find((it) => it.element === cell);
    return { row: row.index, column: slot?.column ?? null };
  }

  private readonly press = (event: PointerEvent): void => {
    if (this.editing?.element.contains(event.target as Node)) return;
    this.editing?.close(true);
    if (event.button === 1) return;
    const at = this.under(event);
    if (!at) return;
    // What is right-clicked stays selected.
    if (event.button === 2 && at.column !== null && this.selection.has(at.row, at.column)) return;
    const columns = this.options.columns.length;
    if (at.column === null) {
      const from = event.shiftKey ? this.selection.anchor.row : at.row;
      const [top, bottom] = [Math.min(from, at.row), Math.max(from, at.row)];
      this.select({ top, bottom, left: 0, right: columns - 1 });
    } else {
      this.selection.go(at.row, at.column, event.shiftKey);
      this.repaint();
      this.options.onselect(this.selection);
      this.drags = event.button === 0;
    }
    this.focus();
    event.preventDefault();
  };

  private readonly drag = (event: PointerEvent): void => {
    if (!this.drags || event.buttons !== 1) return;
    const at = this.under(event);
    if (at && at.column !== null) this.go(at.row, at.column, true);
  };

  private readonly twice = (event: MouseEvent): void => {
    const at = this.under(event);
    if (at && at.column !== null) this.edit(at.row, at.column);
  };

  private readonly menu = (event: MouseEvent): void => {
    event.preventDefault();
    const at = this.under(event);
    if (at && at.column !== null) {
      this.options.onmenu(at.column, { left: event.clientX, top: event.clientY });
    }
  };

  private readonly key = (event: KeyboardEvent): void => {
    if (this.editing || event.isComposing) return;
    const { row, column } = this.selection.active;
    const mod = event.ctrlKey || event.metaKey;
    const page = Math.max(1, Math.floor(this.ruler.view / ROW) - 1);
    const place = moved(event, this.selection.active, this.lanes.shown, this.ruler.rows, page);
    if (place) {
      event.preventDefault();
      if (mod && (event.key === 'End' || event.key === 'ArrowDown')) this.options.onend();
      this.go(place.row, place.column, event.shiftKey);
    } else if (
      (event.altKey && event.key === 'ArrowDown') ||
      event.key === 'ContextMenu' ||
      (event.shiftKey && event.key === 'F10')
    ) {
      event.preventDefault();
      this.options.onmenu(column, this.activePlace());
    } else if (mod && event.key.toLowerCase() === 'a') {
      event.preventDefault();
      this.selectAll();
    } else if (mod && event.key.toLowerCase() === 'c') {
      event.preventDefault();
      this.options.oncopy();
    } else if ((event.key === 'Enter' || event.key === 'F2') && !mod && !event.altKey) {
      if (this.edit(row, column)) event.preventDefault();
    } else if (event.key === 'Escape' && !single(this.selection)) {
      event.preventDefault();
      this.go(row, column);
    }
  };

  /** Opens a cell for editing, where it can be edited. */
  edit(row: number, column: number): boolean {
    const begin = this.options.onedit?.(row, column) ?? null;
    if (begin === null) return false;
    this.go(row, column);
    const title = this.options.columns[column]?.title ?? '';
    this.editing = new CellEditor(this.body, row, column, begin, title, (text, by) => {
      this.editing = null;
      this.focus();
      if (text !== null) this.options.onwrite?.(row, column, text);
      this.refresh();
      const shown = this.lanes.shown;
      const next = by === 0 ? undefined : shown[shown.indexOf(column) + by];
      if (next !== undefined) this.go(row, next);
    });
    this.putEditor();
    this.editing.begin();
    return true;
  }

  private putEditor(): void {
    if (!this.editing) return;
    const { row, column, element } = this.editing;
    const pin = this.lanes.pins.find((it) => it.column === column);
    const lane = pin ?? this.lanes.lanes.find((it) => it.column === column);
    if (!lane) return;
    const from = this.gutterWidth + (pin ? this.left : this.lanes.pinned);
    element.style.left = `${lane.left + from}px`;
    element.style.top = `${this.ruler.place(row)}px`;
    element.style.width = `${Math.max(lane.width, 160)}px`;
  }
}
