// Rows of the document that are taken up again for other rows, and their cells for other columns.

import type { Lane } from './lanes';

/** A cell of the pool, with what it shows: asking the document would cost more than drawing. */
export interface Slot {
  element: HTMLElement;
  text: Text;
  column: number;
  left: number;
  width: number;
  shows: string;
  name: string;
  active: boolean;
}

export interface PoolRow {
  element: HTMLElement;
  gutter: Text;
  /** Its classes. */
  name: string;
  /** Whether it is in sight, or near. */
  seen: boolean;
  /** Some of its cells have not come yet. */
  waits: boolean;
  pins: Slot[];
  slots: Slot[];
  index: number;
  place: number;
}

/** A row without place or content, at the end of `parent`. */
export function makeRow(parent: HTMLElement, pinned: readonly Lane[], from: number): PoolRow {
  const element = document.createElement('div');
  element.className = 'row';
  element.setAttribute('role', 'row');
  const pin = document.createElement('div');
  pin.className = 'pin';
  pin.setAttribute('role', 'presentation');
  const head = document.createElement('div');
  head.className = 'gutter';
  head.setAttribute('role', 'rowheader');
  const gutter = document.createTextNode('');
  head.append(gutter);
  pin.append(head);
  element.append(pin);
  parent.append(element);
  const pins = pinned.map((lane) => makeSlot(pin, lane, from));
  return {
    element,
    gutter,
    name: 'row',
    seen: true,
    waits: false,
    pins,
    slots: [],
    index: -1,
    place: NaN,
  };
}

export function makeSlot(parent: HTMLElement, lane: Lane, from: number): Slot {
  const element = document.createElement('div');
  element.setAttribute('role', 'gridcell');
  const text = document.createTextNode('');
  element.append(text);
  parent.append(element);
  const none = { shows: '', name: '', active: false };
  const slot = { element, text, column: -1, left: -1, width: -1, ...none };
  laySlot(slot, lane, from);
  return slot;
}

/** Puts a cell where a column lies. */
export function laySlot(slot: Slot, { column, left, width }: Lane, from: number): void {
  if (slot.left !== left + from) slot.element.style.left = `${left + from}px`;
  if (slot.width !== width) slot.element.style.width = `${width}px`;
  if (slot.column !== column) slot.element.setAttribute('aria-colindex', String(column + 1));
  [slot.column, slot.left, slot.width] = [column, left + from, width];
}

/** Beside a text, in pixels: what a cell keeps free on both sides, and its line. */
const BESIDE = 15;
const PLAIN = /^[ -~]*[A-Za-z][ -~]*$/;

/** What of a text has to be laid out in a cell of a width: a letter costs as much unseen as seen. */
export function lay(text: string, width: number, letter: number): string {
  const room = Math.ceil((width - BESIDE) / letter) + 1;
  if (text.length <= room) return text;
  // Letters that are as wide as others and run the same way whatever follows; the style writes the `…`.
  const seen = text.slice(0, room);
  return PLAIN.test(seen) ? seen : text;
}
