// Where columns lie: their widths, which are hidden and which stay at the left edge.

export interface Lane {
  /** Which column, from 0. */
  column: number;
  left: number;
  width: number;
}

export const WIDTH_MIN = 40;
export const WIDTH_MAX = 1200;

export class Lanes {
  private readonly widths: number[];
  private readonly hidden = new Set<number>();
  private readonly fixed = new Set<number>();
  /** Those that stay, and those that scroll; places counted from each's own left edge. */
  pins: Lane[] = [];
  lanes: Lane[] = [];

  constructor(widths: readonly number[]) {
    this.widths = [...widths];
    this.lay();
  }

  /** Width of those that stay. */
  get pinned(): number {
    const last = this.pins.at(-1);
    return last ? last.left + last.width : 0;
  }

  /** Width of those that scroll. */
  get width(): number {
    const last = this.lanes.at(-1);
    return last ? last.left + last.width : 0;
  }

  get anyHidden(): boolean {
    return this.hidden.size > 0;
  }

  /** All that are shown, as one sees them from left to right. */
  get shown(): number[] {
    return [...this.pins, ...this.lanes].map((it) => it.column);
  }

  isPinned(column: number): boolean {
    return this.fixed.has(column);
  }

  widthOf(column: number): number {
    return this.widths[column] ?? 0;
  }

  resize(column: number, width: number): void {
    this.widths[column] = Math.max(WIDTH_MIN, Math.min(WIDTH_MAX, Math.round(width)));
    this.lay();
  }

  /** Hides a column; the last one stays. */
  hide(column: number): void {
    if (this.hidden.size < this.widths.length - 1) this.hidden.add(column);
    this.lay();
  }

  showAll(): void {
    this.hidden.clear();
    this.lay();
  }

  pin(column: number, pinned: boolean): void {
    if (pinned) this.fixed.add(column);
    else this.fixed.delete(column);
    this.lay();
  }

  /** The lanes that are seen between two places, and `spare` on either side: from, and before which. */
  sight(left: number, right: number, spare: number): { first: number; last: number } {
    const first = this.at(left);
    const last = this.at(Math.max(left, right - 1)) + 1;
    return {
      first: Math.max(0, first - spare),
      last: Math.min(this.lanes.length, last + spare),
    };
  }

  /** Index of the lane at a place, the nearest where there is none. */
  private at(place: number): number {
    let [low, high] = [0, this.lanes.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.lanes[middle] as Lane).left <= place) low = middle;
      else high = middle - 1;
    }
    return Math.max(0, low);
  }

  private lay(): void {
    const laid = (columns: number[]) => {
      let left = 0;
      return columns.map((column) => {
        const width = this.widths[column] ?? 0;
        left += width;
        return { column, left: left - width, width };
      });
    };
    const seen = [...this.widths.keys()].filter((it) => !this.hidden.has(it));
    this.pins = laid(seen.filter((it) => this.fixed.has(it)));
    this.lanes = laid(seen.filter((it) => !this.fixed.has(it)));
  }
}

/** Letters of a sample that a width is made from, and what stands beside them, in pixels. */
const LETTERS_MAX = 44;
const BESIDE = 18;

/** A width for a column: what most of a sample needs, and the head. */
export function fittingWidth(head: string, sample: readonly string[], letter: number): number {
  const lengths = sample.map((it) => Math.min(it.length, LETTERS_MAX)).sort((a, b) => a - b);
  const most = lengths[Math.floor(lengths.length * 0.95)] ?? lengths.at(-1) ?? 0;
  // Beside a head stand its marks.
  const letters = Math.max(most, Math.min(head.length + 4, 28), 6);
  return Math.round(letters * letter + BESIDE);
}
