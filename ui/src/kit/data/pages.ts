// Rows of a result that lies elsewhere, pulled a page at a time as they come into sight; what was
// not looked at for long is let go, so that memory does not grow with the result.

export interface Pulled<R> {
  rows: readonly R[];
  /** Rows that are there so far. */
  total: number;
  /** Whether that is all of them. */
  complete: boolean;
}

export type Pull<R> = (from: number, count: number, signal: AbortSignal) => Promise<Pulled<R>>;

/** Rows of a page. */
export const PAGE = 200;
/** Pages kept. */
export const KEPT = 50;
/** Rows left below the last one seen when more of an open end are asked for. */
const AHEAD = 400;
/** Pages that are asked for at once. */
const AT_ONCE = 3;
/** Pause before rows are asked for while the reader flies past, in milliseconds. */
const FLIES = 60;

export class RowPages<R> {
  total = 0;
  complete = false;
  /** Why the last page did not come; nothing more is asked for until `retry`. */
  error: unknown = null;
  private pages = new Map<number, readonly R[]>();
  private asked = new Map<number, AbortController>();
  private sight = { first: 0, last: 0 };
  private timer: ReturnType<typeof setTimeout> | undefined;
  private all: AbortController | null = null;

  constructor(
    private readonly pull: Pull<R>,
    private readonly onchange: () => void,
  ) {}

  /** Takes rows that came with something else: the first ones. */
  seed({ rows, total, complete }: Pulled<R>): void {
    for (let from = 0; from < rows.length; from += PAGE) {
      this.pages.set(from / PAGE, rows.slice(from, from + PAGE));
    }
    [this.total, this.complete] = [total, complete];
  }

  get(index: number): R | undefined {
    return this.pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** Whether anything is read that somebody waits for, and not only what may come next. */
  get busy(): boolean {
    const { first, last } = this.sight;
    const waited = (page: number) => page * PAGE < last && (page + 1) * PAGE > first;
    return this.all !== null || [...this.asked.keys()].some(waited);
  }

  /** Says which rows are in sight; those that lack are asked for, those that nobody waits for are not. */
  want(first: number, last: number): void {
    const far = Math.abs(first - this.sight.first) > PAGE * 2;
    this.sight = { first, last };
    clearTimeout(this.timer);
    for (const [page, leaving] of this.asked) {
      const [begin, end] = [page * PAGE, (page + 1) * PAGE];
      if (end + PAGE < first || begin - PAGE * 2 > last) {
        leaving.abort();
        this.asked.delete(page);
      }
    }
    if (far) this.timer = setTimeout(() => this.ask(), FLIES);
    else this.ask();
  }

  /** Asks for all rows there will be, so that the end is known. */
  async whole(): Promise<void> {
    if (this.complete || this.all) return;
    const leaving = new AbortController();
    this.all = leaving;
    this.onchange();
    try {
      // A row that is beyond any result: the answer comes when the result ends.
      const { total, complete } = await this.pull(0xffff_fffe, 1, leaving.signal);
      if (leaving.signal.aborted) return;
      this.learn(total, complete);
    } catch (error) {
      if (leaving.signal.aborted) return;
      this.error = error;
    }
    this.all = null;
    this.onchange();
    this.ask();
  }

  retry(): void {
    this.error = null;
    this.ask();
    this.onchange();
  }

  /** Forgets all rows, since they come in another order now. */
  reset(total = 0, complete = false): void {
    this.stop();
    this.pages.clear();
    this.error = null;
    [this.total, this.complete] = [total, complete];
    this.ask();
    this.onchange();
  }

  stop(): void {
    clearTimeout(this.timer);
    for (const leaving of this.asked.values()) leaving.abort();
    this.asked.clear();
    this.all?.abort();
    this.all = null;
  }

  private ask(): void {
    if (this.error !== null) return;
    const { first, last } = this.sight;
    const end = this.complete ? Math.min(last, this.total) : last;
    const wanted = [];
    for (let page = Math.floor(first / PAGE); page * PAGE < Math.max(end, 1); page++)
      wanted.push(page);
    // What comes next, one page either way.
    const [before, after] = [(wanted[0] ?? 0) - 1, (wanted.at(-1) ?? 0) + 1];
    if (after * PAGE < this.total) wanted.push(after);
    if (before >= 0) wanted.push(before);
    if (!this.complete && last + AHEAD >= this.total) wanted.push(Math.floor(this.total / PAGE));
    for (const page of wanted) {
      if (this.asked.size >= AT_ONCE) return;
      if (!this.asked.has(page) && this.lacks(page)) void this.load(page);
    }
  }

  /** An answer that was under way while the end became known knows less. */
  private learn(total: number, complete: boolean): void {
    if (this.complete) return;
    this.total = complete ? total : Math.max(total, this.total);
    this.complete = complete;
  }

  private lacks(page: number): boolean {
    const have = this.pages.get(page)?.length ?? 0;
    const there = Math.min(PAGE, this.total - page * PAGE);
    return have < there || (!this.complete && have < PAGE);
  }

  private async load(page: number): Promise<void> {
    const leaving = new AbortController();
    this.asked.set(page, leaving);
    const before = this.pages.get(page) ?? [];
    let more = false;
    try {
      const from = page * PAGE + before.length;
      const { rows, total, complete } = await this.pull(from, PAGE - before.length, leaving.signal);
      if (leaving.signal.aborted) return;
      this.pages.delete(page);
      this.pages.set(page, [...before, ...rows]);
      this.learn(total, complete);
      more = rows.length > 0 || complete;
      this.thin();
    } catch (error) {
      if (leaving.signal.aborted) return;
      this.error = error ?? true;
    }
    this.asked.delete(page);
    this.onchange();
    if (more) this.ask();
  }

  /** Lets go of the pages that were asked for longest ago and are out of sight. */
  private thin(): void {
    for (const page of this.pages.keys()) {
      if (this.pages.size <= KEPT) return;
      const [begin, end] = [page * PAGE, (page + 1) * PAGE];
      if (end < this.sight.first - PAGE || begin > this.sight.last + PAGE) this.pages.delete(page);
    }
  }
}
