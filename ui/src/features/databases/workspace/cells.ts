// Cells as people read them: what a value looks like in a grid, and which of them are figures.

import type * as t from '$ipc-schema/types';
import type { DataCell, DataColumn } from '$/kit/data/grid';
import { size } from '$/lib/format';
import { visible } from '$/lib/text';

/** A cell; `null` is NULL. */
export type Cell = t.DatabaseCell | null;

const FIGURES: ReadonlySet<t.CellKind> = new Set(['integer', 'decimal', 'float']);
const TONES: Partial<Record<t.CellKind, string>> = {
  json: 'json',
  array: 'json',
  record: 'json',
  date: 'time',
  time: 'time',
  timestamp: 'time',
  interval: 'time',
  bool: 'bool',
  bytes: 'bytes',
};
/** Letters of a cell that a grid shows; the panel beside it shows all. */
const SHOWN_MAX = 300;

export const isFigure = (kind: t.CellKind) => FIGURES.has(kind);
export const isTime = (kind: t.CellKind) => kind === 'date' || kind === 'timestamp';

export const gridColumn = (column: t.DatabaseColumn): DataColumn => ({
  title: column.name,
  type: column.typeName,
  figure: isFigure(column.kind),
});

/** The text of a cell; of NULL none. */
export const textOf = (cell: Cell) =>
  cell === null ? null : typeof cell === 'string' ? cell : cell.text;

export const kindOf = (cell: Cell, column: t.DatabaseColumn): t.CellKind =>
  cell !== null && typeof cell !== 'string' ? cell.kind : column.kind;

/** Whether only the beginning of a cell is here. */
export const isCut = (cell: Cell) =>
  cell !== null && typeof cell !== 'string' && cell.bytes !== null;

/** Characters that nobody sees, or that turn the text around, made visible in one line. */
export function inLine(text: string): string {
  const short = text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
  return short.replace(
    /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g,
    (it) => {
      const code = it.codePointAt(0) ?? 0;
      if (it === '\n') return '⏎';
      if (it === '\t') return '⇥';
      if (code < 0x20) return String.fromCodePoint(0x2400 + code);
      return `⟨${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
    },
  );
}

/** Text with its lines and tabs; everything else that nobody sees made visible. */
export const inLines = (text: string) =>
  text
    .split('\n')
    .map((it) => it.split('\t').map(visible).join('\t'))
    .join('\n');

/** A cell of a grid. */
export function gridCell(cell: Cell, column: t.DatabaseColumn): DataCell {
  if (cell === null) return { text: 'NULL', tone: 'null' };
  const text = textOf(cell) ?? '';
  if (text === '') return { text: 'empty', tone: 'empty' };
  const tone = TONES[kindOf(cell, column)] ?? '';
  if (typeof cell !== 'string' && cell.bytes !== null) {
    return { text: `${inLine(text.slice(0, 120))}… ${size(cell.bytes)}`, tone };
  }
  return { text: inLine(text), tone };
}

/** Bytes as `databases.cell` gives them, from hexadecimal digits; what is none ends it. */
export function bytesOf(hex: string): number[] {
  const digits = hex.replace(/^\\x/, '');
  const out = [];
  for (let at = 0; at + 1 < digits.length; at += 2) {
    const byte = Number.parseInt(digits.slice(at, at + 2), 16);
    if (Number.isNaN(byte)) break;
    out.push(byte);
  }
  return out;
}

/** Bytes as people read them: place, sixteen of them, and the letters among them. */
export function hexDump(bytes: readonly number[], from = 0): string {
  const lines = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const part = bytes.slice(at, at + 16);
    const hex = part.map((it) => it.toString(16).padStart(2, '0'));
    const left = hex.slice(0, 8).join(' ').padEnd(23);
    const right = hex.slice(8).join(' ').padEnd(23);
    const letters = part
      .map((it) => (it > 0x1f && it < 0x7f ? String.fromCharCode(it) : '·'))
      .join('');
    lines.push(`${(from + at).toString(16).padStart(8, '0')}  ${left}  ${right}  ${letters}`);
  }
  return lines.join('\n');
}
