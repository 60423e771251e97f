// A list of any length with as many rows in the document as the window shows: a pool of rows, each
// filled anew when it comes into sight. Fed page by page; made without a framework, since it must
// keep up with a scrolling finger.

export interface GridColumn<R> {
  title: string;
  /** In pixels; the columns without one share what is left. */
  width?: number;
  /** Figures stand at the end of their column. */
  figure?: boolean;
  mono?: boolean;
  text: (row: R) => string;
  /** Where the cell leads, if anywhere. */
  href?: (row: R) => string | null;
  /** The whole of what the text cuts short. */
  whole?: (row: R) => string;
}

export interface GridPage<R> {
  rows: readonly R[];
  /** Where the next page begins; null at the end. */
  next: string | null;
}

export interface GridOptions<R> {
  /** For those who listen: what is listed. */
  label: string;
  columns: readonly GridColumn<R>[];
  /** Fetches the page that begins at a cursor; the first one without. */
  page: (cursor: string | null, signal: AbortSignal) => Promise<GridPage<R>>;
  /** How many rows there are in all, where that is known. */
  total?: number | undefined;
  /** Told after each page, and when one fails. */
  onpage?: (state: { loaded: number; complete: boolean; error: unknown }) => void;
}

/** Height of a row, in pixels. */
export const ROW = 28;
/** Rows kept ready above and below what is seen. */
const SPARE = 6;
/** Rows left below the last one seen when the next page is asked for. */
const AHEAD = 60;
/** Engines cut elements off at 2^25 px; beyond this, scrolling is scaled. */
const HEIGHT_MAX = 30_000_000;

interface PoolRow {
  element: HTMLElement;
  index: number;
  cells: { element: HTMLElement; link: HTMLAnchorElement; text: Text }[];
}

export class GridView<R> {
  private rows: R[] = [];
  private next: string | null = null;
  private complete = false;
  private loading: AbortController | null = null;
  private pool: PoolRow[] = [];
  private readonly body = document.createElement('div');
  private readonly head = document.createElement('div');
  private focus = { row: 0, column: 0 };
  private frame = 0;
  private readonly watch: ResizeObserver;

  constructor(
    private readonly host: HTMLElement,
    private readonly options: GridOptions<R>,
  ) {
    host.classList.add('grid');
    host.setAttribute('role', 'grid');
    host.setAttribute('aria-label', options.label);
    host.setAttribute('aria-colcount', String(options.columns.length));
    host.style.setProperty('--grid-columns', this.template());
    this.head.className = 'grid-head';
    this.head.setAttribute('role', 'row');
    this.head.setAttribute('aria-rowindex', '1');
    for (const [at, column] of options.columns.entries()) {
      const cell = document.createElement('div');
      cell.setAttribute('role', 'columnheader');
      cell.setAttribute('aria-colindex', String(at + 1));
      cell.className = column.figure ? 'grid-cell figure' : 'grid-cell';
      cell.textContent = column.title;
      this.head.append(cell);
    }
    this.body.className = 'grid-body';
    this.body.setAttribute('role', 'rowgroup');
    host.append(this.head, this.body);
    host.addEventListener('scroll', this.soon, { passive: true });
    host.addEventListener('keydown', this.key);
    host.addEventListener('copy', this.copy);
    host.addEventListener('focusin', this.focused);
    this.watch = new ResizeObserver(this.soon);
    this.watch.observe(host);
    void this.load();
  }

  /** Forgets all rows and begins again, at the place that was shown. */
  reload(): void {
    this.loading?.abort();
    this.loading = null;
    this.rows = [];
    this.next = null;
    this.complete = false;
    void this.load();
  }

  destroy(): void {
    this.loading?.abort();
    this.watch.disconnect();
    cancelAnimationFrame(this.frame);
    this.host.removeEventListener('scroll', this.soon);
    this.host.removeEventListener('keydown', this.key);
    this.host.removeEventListener('copy', this.copy);
    this.host.removeEventListener('focusin', this.focused);
    this.host.replaceChildren();
  }

  private template(): string {
    return this.options.columns
      .map(({ width }) => (width ? `${width}px` : 'minmax(8rem, 1fr)'))
      .join(' ');
  }

  /** Fetches the next page; one at a time. */
  private async load(): Promise<void> {
    if (this.loading || this.complete) return;
    const loading = new AbortController();
    this.loading = loading;
    let error: unknown = null;
    try {
      const page = await this.options.page(this.next, loading.signal);
      if (loading.signal.aborted) return;
      this.rows.push(...page.rows);
      this.next = page.next;
      this.complete = page.next === null;
    } catch (reason) {
      if (loading.signal.aborted) return;
      error = reason;
    }
    this.loading = null;
    this.host.setAttribute('aria-rowcount', String(this.count()));
    this.forget();
    this.draw();
    this.options.onpage?.({ loaded: this.rows.length, complete: this.complete, error });
    if (!error) this.ahead();
  }

  /** Rows in all with the heads, as `aria-rowcount` counts; -1 where nobody knows yet. */
  private count(): number {
    if (this.complete) return this.rows.length + 1;
    return this.options.total === undefined ? -1 : this.options.total + 1;
  }

  private forget(): void {
    for (const row of this.pool) row.index = -1;
  }

  private ahead(): void {
    const { last } = this.seen();
    if (!this.complete && last + AHEAD >= this.rows.length) void this.load();
  }

  private readonly soon = (): void => {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
      this.ahead();
    });
  };

  /** How the rows lie: their whole height, that of the document, and how far down the reader is. */
  private measure() {
    const whole = this.rows.length * ROW;
    const height = Math.min(whole, HEIGHT_MAX);
    const view = Math.max(0, this.host.clientHeight - ROW);
    const scroll = this.host.scrollTop;
    const room = height - view;
    const top = whole > height && room > 0 ? (scroll / room) * (whole - view) : scroll;
    return { height, view, scroll, top };
  }

  private seen() {
    const { top, view } = this.measure();
    const first = Math.max(0, Math.floor(top / ROW) - SPARE);
    const last = Math.min(this.rows.length, Math.ceil((top + view) / ROW) + SPARE);
    return { first, last };
  }

  private draw(): void {
    const { height, scroll, top } = this.measure();
    const { first, last } = this.seen();
    this.body.style.height = `${height}px`;
    const size = last - first;
    while (this.pool.length < size) this.pool.push(this.make());
    for (const row of this.pool) {
      // A row out of sight keeps its place in the pool until another needs it.
      if (row.index >= first && row.index < last) continue;
      row.element.hidden = true;
    }
    for (let index = first; index < last; index++) {
      const row = this.pool[index % this.pool.length];
      if (!row) continue;
      if (row.index !== index) this.fill(row, index);
      row.element.hidden = false;
      row.element.style.transform = `translateY(${index * ROW - top + scroll}px)`;
    }
  }

  private make(): PoolRow {
    const element = document.createElement('div');
    element.className = 'grid-row';
    element.setAttribute('role', 'row');
    const cells = this.options.columns.map((column, at) => {
      const cell = document.createElement('div');
      cell.setAttribute('role', 'gridcell');
      cell.setAttribute('aria-colindex', String(at + 1));
      cell.className = `grid-cell${column.figure ? ' figure' : ''}${column.mono ? ' mono' : ''}`;
      cell.dir = column.figure ? '' : 'auto';
      cell.tabIndex = -1;
      const text = document.createTextNode('');
      const link = document.createElement('a');
      link.tabIndex = -1;
      cell.append(column.href ? link : text);
      if (column.href) link.append(text);
      element.append(cell);
      return { element: cell, link, text };
    });
    this.body.append(element);
    return { element, index: -1, cells };
  }

  private fill(row: PoolRow, index: number): void {
    row.index = index;
    row.element.setAttribute('aria-rowindex', String(index + 2));
    const it = this.rows[index] as R;
    for (const [at, column] of this.options.columns.entries()) {
      const cell = row.cells[at];
      if (!cell) continue;
      const text = column.text(it);
      if (cell.text.data !== text) cell.text.data = text;
      cell.element.title = column.whole ? column.whole(it) : text;
      cell.element.tabIndex = index === this.focus.row && at === this.focus.column ? 0 : -1;
      if (column.href) {
        const to = column.href(it);
        if (to === null) cell.link.removeAttribute('href');
        else cell.link.setAttribute('href', to);
      }
    }
  }

  private cell(index: number, column: number): HTMLElement | undefined {
    const row = this.pool[index % this.pool.length];
    return row?.index === index ? row.cells[column]?.element : undefined;
  }

  /** Moves the keyboard to a cell, and the cell into sight. */
  private go(row: number, column: number): void {
    row = Math.max(0, Math.min(this.rows.length - 1, row));
    column = Math.max(0, Math.min(this.options.columns.length - 1, column));
    const before = this.cell(this.focus.row, this.focus.column);
    if (before) before.tabIndex = -1;
    this.focus = { row, column };
    const { top, view, height } = this.measure();
    const whole = this.rows.length * ROW;
    const target =
      row * ROW < top ? row * ROW : (row + 1) * ROW > top + view ? (row + 1) * ROW - view : top;
    if (target !== top) {
      const scale = whole > height ? (height - view) / (whole - view) : 1;
      this.host.scrollTop = target * scale;
      this.draw();
    }
    const cell = this.cell(row, column);
    if (cell) {
      cell.tabIndex = 0;
      cell.focus({ preventScroll: true });
    }
    this.ahead();
  }

  private readonly key = (event: KeyboardEvent): void => {
    const { row, column } = this.focus;
    const whole = event.ctrlKey || event.metaKey;
    const page = Math.max(1, Math.floor(this.host.clientHeight / ROW) - 2);
    const to: Record<string, [number, number] | undefined> = {
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      PageUp: [row - page, column],
      PageDown: [row + page, column],
      Home: whole ? [0, 0] : [row, 0],
      End: whole ? [Infinity, Infinity] : [row, Infinity],
    };
    const place = event.altKey ? undefined : to[event.key];
    if (place) {
      event.preventDefault();
      this.go(...place);
    } else if (event.key === 'Enter') {
      this.cell(row, column)?.querySelector('a')?.click();
    }
  };

  private readonly focused = (event: FocusEvent): void => {
    const cell = (event.target as Element).closest('.grid-row > *');
    const row = this.pool.find((it) => it.element === cell?.parentElement);
    if (!row || !cell) return;
    const column = [...row.element.children].indexOf(cell);
    const before = this.cell(this.focus.row, this.focus.column);
    if (before && before !== cell) before.tabIndex = -1;
    (cell as HTMLElement).tabIndex = 0;
    this.focus = { row: row.index, column };
  };

  /** Without a selection, a copy takes the row that has the keyboard, cells parted by tabs. */
  private readonly copy = (event: ClipboardEvent): void => {
    const row = this.rows[this.focus.row];
    if (row === undefined || getSelection()?.toString()) return;
    const cells = this.options.columns.map((it) => it.text(row).replace(/[\t\r\n]/g, ' '));
    event.clipboardData?.setData('text/plain', cells.join('\t'));
    event.preventDefault();
  };
}
