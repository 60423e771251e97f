// The bridge of web analytics, until its generated types are here.

import { methods } from '$ipc-schema/methods';
import { resource as plainResource, type Resource, type ResourceOptions } from '$/ipc/cache.svelte';
import { call as plainCall, type CallOptions } from '$/ipc/client';

export type SitePlaces = 'none' | 'country' | 'city';
export interface SiteInfo {
  site: string;
  zone: string;
  aliases: string[];
  hosts: string[];
  honoursOptOut: boolean;
  queryKeys: string[];
  places: SitePlaces;
  internal: string[];
  keepMonths: number;
  identified: boolean;
  currency: string;
  live: number;
  views: number[];
  visitors: number;
}
export interface AddSite {
  site: string;
  zone?: string;
  aliases?: string[];
  hosts?: string[];
  identified?: boolean;
  currency?: string;
}
export interface ChangeSite {
  site: string;
  name?: string;
  zone?: string;
  aliases?: string[];
  hosts?: string[];
  honoursOptOut?: boolean;
  queryKeys?: string[];
  places?: SitePlaces;
  internal?: string[];
  keepMonths?: number;
  currency?: string;
}
export interface SnippetReply {
  own: string;
  event: string;
  others: { tracker: string; snippet: string; note: string }[];
  start: string;
}
export interface PrivacyReply {
  text: string;
  record: object;
}
export interface ReportBasis {
  site: string;
  from: string;
  to: string;
  zone: string;
  visitors: string;
  leftOut: { verdict: string; visits: number; views: number }[];
}
export interface ReportTotals {
  visitors: number;
  visits: number;
  views: number;
}
export interface LiveRow {
  value: string;
  visitors: number;
}
export interface ReportVisit {
  at: string;
  visit: string;
  entry: string;
  views: number;
  source: string;
  country: string;
  browser: string;
  verdict: string;
}
export interface ImportReply {
  site: string;
  format: string;
  lines: number;
  events: number;
  before: number;
  leftOut: number;
  days: number;
  from: string | null;
  to: string | null;
  unread: number;
  firstUnread: { line: number; reason: string }[];
  passed: ImportCount[];
  verdicts: ImportCount[];
  otherHosts: ImportCount[];
  seconds: number;
}
export interface ImportCount {
  what: string;
  count: number;
}
export interface InventoryReply {
  folder: string;
  calls: InventoryCall[];
  total: number;
  kinds: ImportCount[];
  files: number;
  filesWithCalls: number;
  passedOver: number;
  byHand: { text: string; calls: number }[];
  cut: boolean;
}
export interface InventoryCall {
  file: string;
  line: number;
  column: number;
  until: number;
  what: string;
  text: string;
  replacement: string | null;
  note: string;
}
interface Scope {
  site?: string;
  from?: string;
  to?: string;
  filters?: { dimension: string; values?: string[] }[];
  bots?: boolean;
}

export interface Methods {
  'analytics.sites': { params: object; reply: { sites: SiteInfo[] } };
  'analytics.addSite': { params: AddSite; reply: { site: SiteInfo } };
  'analytics.changeSite': { params: ChangeSite; reply: { site: SiteInfo } };
  'analytics.removeSite': { params: { site: string }; reply: { site: string } };
  'analytics.snippet': { params: { site: string; collector: string }; reply: SnippetReply };
  'analytics.privacy': { params: { site: string }; reply: PrivacyReply };
  'analytics.totals': { params: Scope; reply: { basis: ReportBasis; totals: ReportTotals } };
  'analytics.live': {
    params: Scope & { limit?: number };
    reply: {
      visitors: number;
      minutes: { at: string; visitors: number; views: number }[];
      pages: LiveRow[];
      sources: LiveRow[];
      countries: LiveRow[];
    };
  };
  'analytics.visits': {
    params: Scope & { offset?: number; limit?: number };
    reply: { basis: ReportBasis; total: number; visits: ReportVisit[] };
  };
  'analytics.import': {
    params: {
      site: string;
      file: string;
      format?: string;
      since?: string;
      until?: string;
      of?: string;
    };
    reply: ImportReply;
  };
  'analytics.inventory': {
    params: {
      folder: string;
      target?: 'backstory' | 'umami' | 'plausible';
      collector?: string;
      site?: string;
      others?: boolean;
      limit?: number;
    };
    reply: InventoryReply;
  };
  'analytics.reclassify': { params: Scope & { verdict: string }; reply: { events: number } };
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

const writes = ['addSite', 'changeSite', 'removeSite', 'reclassify', 'import'];
const reads = ['sites', 'snippet', 'privacy', 'totals', 'live', 'visits', 'inventory'];
for (const name of [...reads, ...writes]) {
  const all = methods as unknown as Record<string, { access: string; topics: string[] }>;
  const access = writes.includes(name) ? 'write' : 'read';
  all[`analytics.${name}`] ??= { access, topics: ['analytics'] };
}
