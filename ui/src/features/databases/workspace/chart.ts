// A result as a chart: which columns are drawn, and where their points lie.

import type * as t from '$ipc-schema/types';
import { isFigure, isTime, textOf, type Cell } from './cells';

export type ChartKind = 'line' | 'bar' | 'scatter';

export interface Choice {
  kind: ChartKind;
  x: number;
  y: number;
}

/** Columns that a chart most likely is about; null where no column holds numbers. */
export function guess(columns: readonly t.DatabaseColumn[]): Choice | null {
  const figures = columns.flatMap((it, at) => (isFigure(it.kind) ? [at] : []));
  const time = columns.findIndex((it) => isTime(it.kind));
  const named = columns.findIndex((it) => ['text', 'enum', 'bool', 'uuid'].includes(it.kind));
  const x = time >= 0 ? time : named >= 0 ? named : (figures[0] ?? -1);
  // A key is a number and yet nothing to measure.
  const measured = figures.filter(
    (it) => it !== x && !/^(id|.*_id|.*Id)$/.test(columns[it]?.name ?? ''),
  );
  const y = measured[0] ?? figures.find((it) => it !== x) ?? (figures.length > 0 ? figures[0] : -1);
  if (x < 0 || y === undefined || y < 0) return null;
  const kind = time >= 0 ? 'line' : named >= 0 ? 'bar' : 'scatter';
  return { kind, x, y };
}

export interface Point {
  /** Where it lies, as a number: a moment, a number, or its place in the order of names. */
  x: number;
  y: number;
  label: string;
  /** The value as the server wrote it. */
  value: string;
}

export interface Drawn {
  points: Point[];
  /** How `x` is to be read. */
  scale: 'time' | 'number' | 'name';
  /** Rows that are left out, since they have no number there. */
  left: number;
}

/** The points of a chart. Rows without a number are left out and counted. */
export function drawn(
  rows: readonly t.DatabaseRow[],
  columns: readonly t.DatabaseColumn[],
  { kind, x, y }: Choice,
): Drawn {
  const of = columns[x]?.kind ?? 'text';
  const scale = kind === 'bar' ? 'name' : isTime(of) ? 'time' : isFigure(of) ? 'number' : 'name';
  const points: Point[] = [];
  let left = 0;
  for (const { cells } of rows) {
    const label = textOf((cells[x] ?? null) as Cell) ?? 'NULL';
    const value = textOf((cells[y] ?? null) as Cell);
    const at =
      scale === 'name' ? points.length : scale === 'time' ? moment(label) : numberOf(label);
    const height = value === null ? NaN : numberOf(value);
    if (!Number.isFinite(at) || !Number.isFinite(height)) left++;
    else points.push({ x: at, y: height, label, value: value ?? '' });
  }
  if (scale !== 'name' && kind === 'line') points.sort((a, b) => a.x - b.x);
  return { points, scale, left };
}

const numberOf = (text: string) => (text.trim() === '' ? NaN : Number(text));

/** A moment of a server's text: `2026-11-20 10:00:00.123+02`. */
export function moment(text: string): number {
  const iso = text
    .trim()
    .replace(/^(\d{4}-\d{2}-\d{2}) /, '$1T')
    .replace(/(\.\d{3})\d+/, '$1')
    .replace(/(:\d{2}(?:\.\d+)?[+-]\d{2})$/, '$1:00');
  return Date.parse(/T/.test(iso) && !/(Z|[+-]\d{2}:?\d{2})$/.test(iso) ? `${iso}Z` : iso);
}

/** Round numbers over a span, at most about `many` of them. */
export function marks(from: number, to: number, many: number): number[] {
  if (!(to > from)) return [from];
  const rough = (to - from) / Math.max(1, many);
  const power = 10 ** Math.floor(Math.log10(rough));
  const unit = rough / power;
  const step = (unit <= 1 ? 1 : unit <= 2 ? 2 : unit <= 5 ? 5 : 10) * power;
  const out = [];
  for (let at = Math.ceil(from / step); at * step <= to + step * 1e-9; at++) out.push(at * step);
  return out;
}

/** The span that an axis shows: with zero for bars, with a little room where all are the same. */
export function span(values: readonly number[], zero: boolean): [number, number] {
  let [least, most] = [Infinity, -Infinity];
  for (const it of values) {
    if (it < least) least = it;
    if (it > most) most = it;
  }
  if (least === Infinity) return [0, 1];
  if (zero) [least, most] = [Math.min(0, least), Math.max(0, most)];
  if (least === most)
    return least === 0 ? [0, 1] : [least - Math.abs(least) / 2, most + Math.abs(most) / 2];
  return [least, most];
}

/** Points thinned to what can be told apart: of each part of the width the least and the greatest. */
export function thinned(points: readonly Point[], parts: number): Point[] {
  if (points.length <= parts * 4) return [...points];
  const size = points.length / parts;
  const out: Point[] = [];
  for (let part = 0; part < parts; part++) {
    const some = points.slice(Math.floor(part * size), Math.floor((part + 1) * size));
    let [low, high] = [some[0], some[0]];
    for (const it of some) {
      if (low && it.y < low.y) low = it;
      if (high && it.y > high.y) high = it;
    }
    for (const it of new Set([some[0], low, high, some.at(-1)])) if (it) out.push(it);
  }
  return out.sort((a, b) => a.x - b.x);
}
