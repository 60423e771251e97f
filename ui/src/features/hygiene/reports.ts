// Reports as they leave the window: rows of a table, and the call that a terminal would make.

import type * as t from '$ipc-schema/types';
import { call } from '$/ipc/client';
import { repository } from '$/app/router.svelte';
import { command } from '$/lib/snippets';

export const KINDS: readonly t.HygieneKind[] = [
  'commitsWithoutIssue',
  'pullRequestsWithoutIssue',
  'emptyDescriptions',
  'doneWithoutChange',
  'filesWithoutComponent',
  'mergedWithoutReview',
  'mergedWithoutApproval',
  'keysWithoutRecord',
  'issuesWithoutComponent',
  'doubtfulPeople',
];

export const isKind = (text: string): text is t.HygieneKind =>
  (KINDS as readonly string[]).includes(text);

/** What the clipboard of the shell takes at once, in bytes, with some room. */
export const COPY_MAX = 1_000_000;
const PAGE = 1000;

/** What a report is asked with; the same for its records. */
export interface Asked {
  since?: string;
  until?: string;
  repository?: string;
}

/** The window of `days` that ends at `until`; what the rule says where no days are given. */
export function window(days: number | null, until: string | null): Asked {
  const of = repository.current;
  const base = of ? { repository: of } : {};
  if (days === null || until === null) return base;
  const since = new Date(Date.parse(until) - days * 86_400_000);
  return { ...base, since: since.toISOString().replace('.000Z', 'Z') };
}

export type Format = 'csv' | 'json';

/** One cell: quoted where it has to be; what a spreadsheet would reckon with stays text. */
function cell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Records as a table with a head, lines ended as RFC 4180 asks. */
export function csv(records: readonly t.HygieneRecord[]): string {
  const lines = records.map(({ record, at, person, text }) => [
    record.kind,
    record.id,
    record.title,
    at ?? '',
    person?.name ?? '',
    person?.key ?? '',
    text ?? '',
  ]);
  const head = ['kind', 'id', 'title', 'at', 'person', 'personKey', 'text'];
  return [head, ...lines].map((it) => it.map(cell).join(',')).join('\r\n') + '\r\n';
}

/** All records of a report as text; null where they are more than the clipboard takes. */
export async function exported(
  params: t.HygieneRecords,
  format: Format,
  signal: AbortSignal,
): Promise<{ text: string; records: number } | null> {
  const records: t.HygieneRecord[] = [];
  let cursor: string | null = null;
  let bytes = 0;
  do {
    const reply: t.HygieneRecordsReply = await call(
      'memory.hygieneRecords',
      { ...params, limit: PAGE, ...(cursor ? { cursor } : {}) },
      { signal },
    );
    records.push(...reply.records);
    // Counted as it grows, so that nobody waits for what cannot be copied anyway.
    bytes += new TextEncoder().encode(JSON.stringify(reply.records)).length / 2;
    if (bytes > COPY_MAX) return null;
    cursor = reply.next;
  } while (cursor);
  const text = format === 'csv' ? csv(records) : `${JSON.stringify(records, null, 2)}\n`;
  if (new TextEncoder().encode(text).length > COPY_MAX) return null;
  return { text, records: records.length };
}

/** What lists the records of a report in a terminal. */
export const listing = (params: t.HygieneRecords) =>
  command('memory.hygieneRecords', { ...params });
