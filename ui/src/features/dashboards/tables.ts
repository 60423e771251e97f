// Tables of panels as text: what cells say, and the whole as CSV or TSV.

import { guarded as known, number } from '$/lib/format';
import { visible } from '$/lib/text';
import type { PanelTable } from '$ipc-schema/types';

export type Cell = PanelTable['rows'][number][number];

const digits = new Intl.NumberFormat(known(globalThis.navigator?.language), {
  maximumSignificantDigits: 4,
});

/** A cell for people; small parts keep their digits; times stand as the database wrote them. */
export function shown(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  if (typeof cell === 'number')
    return Math.abs(cell) < 100 && !Number.isInteger(cell) ? digits.format(cell) : number(cell);
  return visible(cell);
}

/** Figures stand at the end of their column. */
export const isFigure = (kind: string) => kind === 'number';

const plain = (cell: Cell | undefined) => (cell === null || cell === undefined ? '' : String(cell));

/** What a spreadsheet would reckon with stays text; a negative number stays a number. */
const guarded = (cell: Cell | undefined) => {
  const text = plain(cell);
  return typeof cell === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
};

/** What of a table is written. */
type Written = Pick<PanelTable, 'columns' | 'rows'>;

export function csv(table: Written): string {
  const quoted = (text: string) =>
    /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const lines = [table.columns.map((it) => it.name), ...table.rows.map((row) => row.map(guarded))];
  return `${lines.map((line) => line.map(quoted).join(',')).join('\r\n')}\r\n`;
}

export function tsv(table: Written): string {
  const flat = (text: string) => text.replace(/[\t\r\n]+/g, ' ');
  const lines = [table.columns.map((it) => it.name), ...table.rows.map((row) => row.map(guarded))];
  return `${lines.map((line) => line.map(flat).join('\t')).join('\n')}\n`;
}
