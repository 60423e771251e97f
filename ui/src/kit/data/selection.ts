// What is selected of a grid: an area between the cell it began at and the one that has the keyboard.

export interface Area {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

export interface Place {
  row: number;
  column: number;
}

export class Selection {
  anchor: Place = { row: 0, column: 0 };
  active: Place = { row: 0, column: 0 };
  private rows = 0;
  private columns = 0;

  /** Takes how much there is to select from. */
  bound(rows: number, columns: number): void {
    [this.rows, this.columns] = [rows, columns];
    this.anchor = this.held(this.anchor);
    this.active = this.held(this.active);
  }

  get area(): Area {
    const { anchor, active } = this;
    return {
      top: Math.min(anchor.row, active.row),
      bottom: Math.max(anchor.row, active.row),
      left: Math.min(anchor.column, active.column),
      right: Math.max(anchor.column, active.column),
    };
  }

  go(row: number, column: number, extend = false): void {
    this.active = this.held({ row, column });
    if (!extend) this.anchor = this.active;
  }

  take({ top, bottom, left, right }: Area): void {
    this.active = this.held({ row: top, column: left });
    this.anchor = this.held({ row: bottom, column: right });
  }

  has(row: number, column: number): boolean {
    if (single(this)) return false;
    const { top, bottom, left, right } = this.area;
    return row >= top && row <= bottom && column >= left && column <= right;
  }

  private held({ row, column }: Place): Place {
    return {
      row: Math.max(0, Math.min(this.rows - 1, row)),
      column: Math.max(0, Math.min(this.columns - 1, column)),
    };
  }
}

/** Whether no more than one cell is selected. */
export function single({ anchor, active }: Selection): boolean {
  return anchor.row === active.row && anchor.column === active.column;
}

/** Where a key leads from a cell, as in a spreadsheet; null where it is no such key. */
export function moved(
  { key, altKey, ctrlKey, metaKey }: KeyboardEvent,
  { row, column }: Place,
  /** The columns that are shown, from left to right. */
  shown: readonly number[],
  rows: number,
  /** Rows of a page. */
  page: number,
): Place | null {
  const mod = ctrlKey || metaKey;
  const at = Math.max(0, shown.indexOf(column));
  const lane = (to: number) => shown[Math.max(0, Math.min(shown.length - 1, to))] ?? 0;
  const [first, last, end] = [lane(0), lane(shown.length), rows - 1];
  const to: { [key: string]: Place | undefined } = {
    ArrowUp: { row: mod ? 0 : row - 1, column },
    ArrowDown: { row: mod ? end : row + 1, column },
    ArrowLeft: { row, column: mod ? first : lane(at - 1) },
    ArrowRight: { row, column: mod ? last : lane(at + 1) },
    PageUp: { row: row - page, column },
    PageDown: { row: row + page, column },
    Home: { row: mod ? 0 : row, column: first },
    End: { row: mod ? end : row, column: last },
  };
  return altKey ? null : (to[key] ?? null);
}
