// Where rows lie in a list of any length. Engines cut elements off at 2^25 px; beyond that a pixel
// of the scroll bar is several of the list, while small steps stay what they are.

/** Height that no element goes beyond. */
export const HEIGHT_MAX = 30_000_000;

export class Ruler {
  /** How many rows there are. */
  rows = 0;
  /** Height of what is seen of them. */
  view = 0;
  private scroll = 0;
  private at = 0;

  constructor(readonly row: number) {}

  /** Height of all rows. */
  get whole(): number {
    return this.rows * this.row;
  }

  /** Height of the element that they lie in. */
  get height(): number {
    return Math.min(this.whole, HEIGHT_MAX);
  }

  /** How far down the list the reader is. */
  get top(): number {
    return Math.max(0, Math.min(this.at, this.whole - this.view));
  }

  private get scaled(): boolean {
    return this.whole > HEIGHT_MAX;
  }

  /** Takes where the element is scrolled to. */
  scrolled(to: number): void {
    const by = to - this.scroll;
    this.scroll = to;
    if (!this.scaled) {
      this.at = to;
      return;
    }
    const room = this.height - this.view;
    const inside = to > 0 && to < room;
    // A wheel or a key goes as far as it says; who drags the bar means a part of the whole.
    if (inside && Math.abs(by) <= this.view * 1.5) this.at = this.top + by;
    else this.at = (to / room) * (this.whole - this.view);
  }

  /** Goes to a place of the list; answers where the element has to be scrolled to. */
  go(top: number): number {
    this.at = Math.max(0, Math.min(top, this.whole - this.view));
    this.scroll = this.rest();
    return this.scroll;
  }

  /** Where the element would be scrolled to for the place that is shown. */
  rest(): number {
    if (!this.scaled) return this.top;
    return (this.top / (this.whole - this.view)) * (this.height - this.view);
  }

  /** Where a row lies in the element. */
  place(index: number): number {
    return index * this.row - this.top + this.scroll;
  }

  /** The rows in sight, and `spare` above and below: from, and before which. */
  sight(spare: number): { first: number; last: number } {
    const first = Math.max(0, Math.floor(this.top / this.row) - spare);
    const last = Math.min(this.rows, Math.ceil((this.top + this.view) / this.row) + spare);
    return { first, last };
  }

  /** The place to go to, so that a row is seen whole. */
  toward(index: number): number {
    const begin = index * this.row;
    if (begin < this.top) return begin;
    if (begin + this.row > this.top + this.view) return begin + this.row - this.view;
    return this.top;
  }
}
