// The bridge of dashboards, until its generated types are here.

import { methods } from '$ipc-schema/methods';
import type * as t from '$ipc-schema/types';
import {
  onstale as plainOnstale,
  resource as plainResource,
  type Resource,
  type ResourceOptions,
} from '$/ipc/cache.svelte';
import { call as plainCall, type CallOptions } from '$/ipc/client';

export interface DashboardInfo {
  dashboard: string;
  title: string;
  about?: string;
  place: 'builtIn' | 'project' | 'own';
  path?: string;
  troubles: number;
}
export interface Trouble {
  line: number;
  column: number;
  message: string;
  hint?: string;
}
export interface DashboardPage {
  dashboard: string;
  title: string;
  about?: string;
  place: 'builtIn' | 'project' | 'own';
  path?: string;
  hash: string;
  zone: string;
  refresh?: number;
  now: string;
  params: Control[];
  parts: Part[];
  troubles: Trouble[];
  stale: boolean;
}
export type ParamValue = string | number | boolean | string[] | null;
export interface Control {
  name: string;
  label: string;
  kind: 'text' | 'number' | 'bool' | 'day' | 'period' | 'choice';
  value: ParamValue;
  default: ParamValue;
  options?: { value: string; label: string }[];
  optionsTrouble?: string;
  many: boolean;
  trouble?: string;
  period?: { from: string; to: string; words: string; before: string };
}
export type Part =
  | { kind: 'text'; blocks: TextBlock[] }
  | { kind: 'panel'; panel: PanelOutline }
  | { kind: 'assertions'; count: number };
export type PanelShape =
  | 'number'
  | 'line'
  | 'bar'
  | 'stacked'
  | 'area'
  | 'heatmap'
  | 'table'
  | 'funnel'
  | 'cohort'
  | 'treemap'
  | 'sankey'
  | 'gauge';
export interface PanelOutline {
  panel: number;
  title: string;
  shape: PanelShape;
  width: number;
  height: number;
  rule?: string;
  query: string;
  filter?: string;
}
export type TextBlock =
  | { kind: 'heading'; level: number; inlines: Inline[] }
  | { kind: 'paragraph'; inlines: Inline[] }
  | { kind: 'list'; ordered: boolean; items: Inline[][] }
  | { kind: 'code'; text: string };
export type Inline =
  | { kind: 'text' | 'strong' | 'emphasis' | 'code'; text: string }
  | { kind: 'link'; text: string; href: string };
export interface PanelReply {
  scene?: Scene;
  figure?: Figure;
  table?: PanelTable;
  nothing?: string;
  notes: string[];
  evidence: PanelEvidence;
}
export interface Figure {
  value: string;
  exact: string;
  unit?: string;
  before?: string;
  change?: string;
  tone?: 'good' | 'bad' | 'neutral';
  target?: string;
  spark?: Scene;
  rows?: Mark;
}
export interface Scene {
  width: number;
  height: number;
  shapes: Shape[];
  words: string;
}
export type Shape =
  | {
      kind: 'rect';
      x: number;
      y: number;
      width: number;
      height: number;
      radius?: number;
      class: string;
      mark?: Mark;
      words?: string;
    }
  | { kind: 'line'; x1: number; y1: number; x2: number; y2: number; class: string }
  | { kind: 'path'; d: string; fill: boolean; class: string; mark?: Mark; words?: string }
  | { kind: 'circle'; x: number; y: number; r: number; class: string; mark?: Mark; words?: string }
  | {
      kind: 'text';
      x: number;
      y: number;
      text: string;
      anchor: 'start' | 'middle' | 'end';
      size: number;
      class: string;
      turned?: number;
    };
export interface Mark {
  series: number;
  index: number;
  filter?: { param: string; value: string };
  link?: string;
  rows: boolean;
}
export interface PanelTable {
  columns: { name: string; kind: 'text' | 'number' | 'time' | 'day' | 'bool' }[];
  rows: (string | number | boolean | null)[][];
  cut: boolean;
  total: number;
  bars?: number[];
}
export interface PanelEvidence {
  queries: {
    name: string;
    on: string;
    engine: string;
    text: string;
    params: Record<string, string>;
    milliseconds: number;
    rows: number;
    cached: boolean;
    at: string;
    note?: string;
  }[];
  rule?: string;
}
export interface RowsReply {
  table: PanelTable;
  evidence: PanelEvidence;
  of: string;
}
export interface Assertion {
  text: string;
  line: number;
  holds: boolean;
  sentence: string;
  values: string;
}
export type Change =
  | { set: { panel: number; key: string; value: unknown } }
  | { unset: { panel: number; key: string } }
  | { move: { panel: number; before: number } }
  | { remove: { panel: number } }
  | { duplicate: { panel: number } }
  | { add: { panel: Record<string, unknown>; after?: number } }
  | { setQuery: { query: string; text: string } }
  | { setFront: { key: string; value: unknown } };
export type RenderFormat = 'text' | 'json' | 'csv' | 'svg' | 'png' | 'html';

interface Of {
  dashboard: string;
  project?: string;
}
interface With extends Of {
  params?: Record<string, string | string[]>;
}

export interface Methods {
  'dashboards.list': {
    params: { project?: string };
    reply: { dashboards: DashboardInfo[]; troubles: string[] };
  };
  'dashboards.open': { params: With; reply: DashboardPage };
  'dashboards.panel': {
    params: With & { panel: number; width: number; height?: number; fresh?: boolean };
    reply: PanelReply;
  };
  'dashboards.rows': {
    params: With & {
      panel: number;
      mark?: { series: number; index: number };
      offset?: number;
      limit?: number;
      width?: number;
    };
    reply: RowsReply;
  };
  'dashboards.assertions': { params: With; reply: { assertions: Assertion[] } };
  'dashboards.source': {
    params: Of;
    reply: { text: string; path: string | null; hash: string; editable: boolean };
  };
  'dashboards.check': { params: { text: string }; reply: { troubles: Trouble[] } };
  'dashboards.save': {
    params: Of & { text: string; hash?: string };
    reply: { hash: string; troubles: Trouble[] };
  };
  'dashboards.edit': {
    params: Of & { hash: string; change: Change };
    reply: { hash: string; text: string; troubles: Trouble[] };
  };
  'dashboards.remove': { params: Of; reply: object };
  'dashboards.render': {
    params: With & { format: RenderFormat; theme?: 'light' | 'dark' };
    reply: { text?: string; base64?: string; name: string; asserted: boolean };
  };
}

type Name = keyof Methods;
export const call = plainCall as unknown as <M extends Name>(
  method: M,
  params: Methods[M]['params'],
  options?: CallOptions,
) => Promise<Methods[M]['reply']>;
export const resource = plainResource as unknown as <M extends Name>(
  method: M,
  params: () => Methods[M]['params'] | null,
  options?: ResourceOptions,
) => Omit<Resource<'sources.list'>, 'value'> & {
  readonly value: Methods[M]['reply'] | undefined;
};
export const onstale = plainOnstale as unknown as (method: Name, again: () => void) => () => void;

const topics = ['dashboards', 'databases', 'memory'] as unknown as readonly t.Topic[];
for (const [name, access] of Object.entries({
  list: 'read',
  open: 'read',
  panel: 'read',
  rows: 'read',
  assertions: 'read',
  source: 'read',
  check: 'read',
  save: 'write',
  edit: 'write',
  remove: 'write',
  render: 'read',
})) {
  const all = methods as unknown as Record<string, { access: string; topics: readonly t.Topic[] }>;
  all[`dashboards.${name}`] ??= { access, topics };
}
