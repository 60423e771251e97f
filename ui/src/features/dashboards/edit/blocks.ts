// What stands in the text of a dashboard, as far as a form needs it: its queries, and the keys of its
// panels. Only the bridge judges the text; what is not read here is left to the source.

import type { PanelShape } from '$ipc-schema/types';

export const SHAPES: { key: PanelShape; title: string }[] = [
  { key: 'number', title: 'Number' },
  { key: 'line', title: 'Line' },
  { key: 'bar', title: 'Bars' },
  { key: 'stacked', title: 'Stacked bars' },
  { key: 'area', title: 'Area' },
  { key: 'heatmap', title: 'Heat map' },
  { key: 'table', title: 'Table' },
  { key: 'funnel', title: 'Funnel' },
  { key: 'cohort', title: 'Cohorts' },
  { key: 'treemap', title: 'Tree map' },
  { key: 'sankey', title: 'Flows' },
  { key: 'gauge', title: 'Gauge' },
];

export type Value = string | number | boolean | string[];

export interface PanelBlock {
  /** The line of its fence, from one. */
  line: number;
  keys: ReadonlyMap<string, Value>;
  /** Keys whose values are written in a way that only the source shows. */
  other: ReadonlySet<string>;
}

export interface Blocks {
  panels: PanelBlock[];
  queries: string[];
}

/** Reads the text, in its order. */
export function blocksOf(text: string): Blocks {
  const lines = text.split(/\r?\n/);
  const blocks: Blocks = { panels: [], queries: [] };
  for (let at = 0; at < lines.length; at++) {
    const fence = /^(`{3,})\s*(\S*)\s*(.*)$/.exec(lines[at] ?? '');
    if (!fence) continue;
    const [, marks = '```', kind = '', rest = ''] = fence;
    const begin = at;
    const body: string[] = [];
    for (at++; at < lines.length && !(lines[at] ?? '').trimEnd().startsWith(marks); at++)
      body.push(lines[at] ?? '');
    const name = /^([\w-]+)/.exec(rest)?.[1];
    if (kind === 'toml' && name === 'panel') blocks.panels.push(panelOf(begin + 1, body));
    else if ((kind === 'sql' || kind === 'toml') && name) blocks.queries.push(name);
  }
  return blocks;
}

function panelOf(line: number, body: readonly string[]): PanelBlock {
  const keys = new Map<string, Value>();
  const other = new Set<string>();
  for (const text of body) {
    const found = /^\s*([\w-]+)\s*=\s*(.*?)\s*$/.exec(text);
    if (!found) continue;
    const [, key = '', written = ''] = found;
    const value = valueOf(written);
    if (value === null) other.add(key);
    else keys.set(key, value);
  }
  return { line, keys, other };
}

/** A value of one line; null where it goes on, or is none that a form can show. */
function valueOf(text: string): Value | null {
  const one = /^("(?:[^"\\]|\\.)*"|'[^']*'|\[[^\]]*\]|[\w.+-]+)\s*(?:#.*)?$/.exec(text)?.[1];
  if (one === undefined) return null;
  if (one.startsWith("'")) return one.slice(1, -1);
  try {
    const json = one.startsWith('[')
      ? one.replace(/'([^']*)'/g, (_, it: string) => JSON.stringify(it)).replace(/,\s*\]$/, ']')
      : one;
    const value: unknown = JSON.parse(json);
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      return value;
    if (Array.isArray(value) && value.every((it) => typeof it === 'string')) return value;
  } catch {
    // TOML that is no JSON: an escape, a date, a number with underscores.
  }
  return null;
}

/** What a panel shows: its kind and the query. */
export function shapeOf(block: PanelBlock): { shape: PanelShape; query: string } | null {
  for (const { key } of SHAPES) {
    const query = block.keys.get(key);
    if (typeof query === 'string') return { shape: key, query };
  }
  return null;
}
