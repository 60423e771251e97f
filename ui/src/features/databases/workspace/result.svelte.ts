// A result: its columns, and its rows as they are pulled, in the order and with the tests asked for.

import type * as t from '$ipc-schema/types';
import { call, CallError } from '$/ipc/client';
import { RowPages } from '$/kit/data/pages';
import type { Edits } from './edits.svelte';

/** Column, whether the greatest comes first. */
export type Order = { column: number; descending: boolean } | null;

export class ResultRows {
  /** Changes that were made to its rows and not sent; they stay while the result does. */
  edits: Edits | null = null;
  readonly columns: readonly t.DatabaseColumn[];
  readonly pages: RowPages<t.DatabaseRow>;
  order = $state.raw<Order>(null);
  filter = $state.raw<readonly t.RowFilter[]>([]);
  /** Changes whenever rows have come. */
  turn = $state(0);
  /** Why the server ended the result early. */
  failure = $state.raw<t.DatabaseFailure | null>(null);

  constructor(
    readonly run: number,
    readonly result: number,
    readonly of: t.DatabaseResult,
  ) {
    this.columns = of.columns ?? [];
    this.pages = new RowPages<t.DatabaseRow>(
      (from, count, signal) => this.pull(from, count, signal),
      () => void this.turn++,
    );
    this.pages.seed({ rows: of.rows, total: of.rowsTotal, complete: of.complete });
  }

  /** What went wrong with the last page. */
  get error(): CallError | null {
    void this.turn;
    return this.pages.error instanceof CallError ? this.pages.error : null;
  }

  /** Sorts by a column: up, down, as the server gave it. */
  sort(column: number): void {
    const now = this.order?.column === column ? this.order : null;
    if (!now) this.arrange({ column, descending: false }, this.filter);
    else if (!now.descending) this.arrange({ column, descending: true }, this.filter);
    else this.arrange(null, this.filter);
  }

  arrange(order: Order, filter: readonly t.RowFilter[]): void {
    [this.order, this.filter] = [order, filter];
    const plain = !order && filter.length === 0;
    if (plain) {
      this.pages.reset(this.of.rowsTotal, this.of.complete);
      this.pages.want(0, 1);
    } else this.pages.reset();
  }

  /** Order and tests as the wire takes them. */
  get arranged(): { order?: t.RowOrder[]; filter?: t.RowFilter[] } {
    return {
      ...(this.order ? { order: [this.order] } : {}),
      ...(this.filter.length > 0 ? { filter: [...this.filter] } : {}),
    };
  }

  private async pull(from: number, count: number, signal: AbortSignal) {
    const { run, result } = this;
    const asked = { run, result, from, count, ...this.arranged };
    const reply = await call('databases.rows', asked, { signal });
    if (reply.failure) this.failure = reply.failure;
    return { rows: reply.rows, total: reply.rowsTotal, complete: reply.complete };
  }
}
