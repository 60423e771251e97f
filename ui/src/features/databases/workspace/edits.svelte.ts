// Changes of rows that were made in the grid and not sent: shown there, reviewed as statements, then
// sent together or given up.

import type * as t from '$ipc-schema/types';
import { isCut, textOf, type Cell } from './cells';

/** A value that was typed; null is NULL. */
export type Value = string | null;

interface Touched {
  row: t.DatabaseRow;
  set: ReadonlyMap<number, Value>;
  deleted: boolean;
}

/** A change with what the reader knows it by. */
export interface Pending {
  change: t.RowChange;
  /** Which row: its number in the grid, or that it is new. */
  title: string;
}

export class Edits {
  /** Rows that are there, by their number in the server's order. */
  private touched = $state.raw<ReadonlyMap<number, Touched>>(new Map());
  /** New rows, newest first. */
  added = $state.raw<readonly ReadonlyMap<number, Value>[]>([]);

  constructor(
    readonly table: t.EditableTable,
    private readonly columns: readonly t.DatabaseColumn[],
  ) {}

  get any(): boolean {
    return this.touched.size > 0 || this.added.length > 0;
  }

  get count(): number {
    return this.touched.size + this.added.length;
  }

  /** Whether a column of the result is a column of the table. */
  canSet(column: number): boolean {
    const it = this.columns[column];
    return it !== undefined && it.column !== null;
  }

  /** What a cell would hold; undefined where it is as it was. */
  valueOf(row: number, column: number): Value | undefined {
    return this.touched.get(row)?.set.get(column);
  }

  isDeleted(row: number): boolean {
    return this.touched.get(row)?.deleted ?? false;
  }

  /** Sets a cell; what it was before is no change. */
  set(row: t.DatabaseRow, column: number, value: Value): void {
    if (!this.canSet(column)) return;
    const now = this.touched.get(row.row);
    const set = new Map(now?.set);
    const was = row.cells[column] ?? null;
    if (!isCut(was) && textOf(was) === value) set.delete(column);
    else set.set(column, value);
    this.put(row, set, now?.deleted ?? false);
  }

  setAdded(index: number, column: number, value: Value): void {
    if (!this.canSet(column)) return;
    this.added = this.added.map((it, at) => (at === index ? new Map(it).set(column, value) : it));
  }

  /** Deletes rows, or takes that back where all of them would go. */
  toggleDeleted(rows: readonly t.DatabaseRow[]): void {
    const all = rows.every((it) => this.isDeleted(it.row));
    for (const it of rows) this.put(it, new Map(this.touched.get(it.row)?.set), !all);
  }

  add(from?: t.DatabaseRow): void {
    const set = new Map<number, Value>();
    for (const [at, cell] of (from?.cells ?? []).entries()) {
      // What tells rows apart is not the same twice.
      if (this.table.key.includes(at) || !this.canSet(at) || isCut(cell)) continue;
      set.set(at, textOf(cell));
    }
    this.added = [set, ...this.added];
  }

  dropAdded(index: number): void {
    this.added = this.added.filter((_, at) => at !== index);
  }

  revert(): void {
    this.touched = new Map();
    this.added = [];
  }

  /** The changes as they are sent: rows that go, rows that change, rows that come. */
  get pending(): Pending[] {
    const value = (column: number, value: Value): t.ColumnValue => ({
      column: this.columns[column]?.column ?? '',
      ...(value === null ? {} : { value }),
    });
    const was = (row: t.DatabaseRow, column: number) =>
      value(column, textOf(row.cells[column] ?? null));
    const key = (row: t.DatabaseRow) => this.table.key.map((it) => was(row, it));
    const touched = [...this.touched.values()].sort((a, b) => a.row.row - b.row.row);
    const all = (row: t.DatabaseRow) =>
      this.columns
        .map((_, at) => at)
        .filter(
          (at) =>
            this.canSet(at) &&
            !isCut((row.cells[at] ?? null) as Cell) &&
            !this.table.key.includes(at),
        )
        .map((at) => was(row, at));
    const title = ({ row }: t.DatabaseRow) => `row ${row + 1}`;
    const gone = touched.filter((it) => it.deleted);
    const changed = touched.filter((it) => !it.deleted);
    return [
      ...gone.map(({ row }) => ({
        title: title(row),
        // All of it that is shown whole: a row that somebody changed meanwhile does not go unseen.
        change: { delete: { key: key(row), was: all(row) } },
      })),
      ...changed.map(({ row, set }) => ({
        title: title(row),
        change: {
          update: {
            key: key(row),
            // A beginning cannot be compared with the whole.
            was: [...set.keys()]
              .filter(
                (it) => !isCut((row.cells[it] ?? null) as Cell) && !this.table.key.includes(it),
              )
              .map((it) => was(row, it)),
            set: [...set].map(([at, it]) => value(at, it)),
          },
        },
      })),
      ...this.added.map((set, at) => ({
        title: `new row ${at + 1}`,
        change: { insert: { set: [...set].map(([at, it]) => value(at, it)) } },
      })),
    ];
  }

  private put(row: t.DatabaseRow, set: ReadonlyMap<number, Value>, deleted: boolean): void {
    const all = new Map(this.touched);
    if (set.size === 0 && !deleted) all.delete(row.row);
    else all.set(row.row, { row, set, deleted });
    this.touched = all;
  }
}
