// Which rows of a long list are on the screen, for lists of one row height.

/** A run of rows: from `first` up to, not including, `end`. */
export interface Window {
  first: number;
  end: number;
}

/** The rows to draw for a scroll offset and a height, with some more above and below. */
export function rowsShown(
  top: number,
  height: number,
  row: number,
  count: number,
  spare = 12,
): Window {
  const first = Math.max(0, Math.min(count, Math.floor(top / row)) - spare);
  const end = Math.min(count, Math.ceil((top + height) / row) + spare);
  return { first, end: Math.max(first, end) };
}

/** The scroll offset that shows a row: unchanged where it is in sight, else with some room. */
export function scrollTo(index: number, top: number, height: number, row: number): number {
  const at = index * row;
  const room = Math.min(3 * row, Math.max(0, (height - row) / 2));
  if (at < top) return Math.max(0, at - room);
  if (at + row > top + height) return Math.max(0, at + row - height + room);
  return top;
}
