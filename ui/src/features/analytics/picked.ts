// Visits that somebody means: by what they have, and when they were.

import { call } from '$/ipc/client';
import { count } from '$/lib/format';
import { visible } from '$/lib/text';
import { listed } from './sites';
import type { ReportFilter, WebTotalsReply } from '$ipc-schema/types';

/** What visits can be told apart by. */
export const DIMENSIONS = [
  'country',
  'browser',
  'os',
  'referrer',
  'source',
  'page',
  'language',
  'verdict',
];

/** Visits as a form names them. */
export interface Picked {
  /** What they have; all of them where it is empty. */
  dimension: string;
  values: string;
  from: string;
  to: string;
}

/** What is asked for; null where a dimension is named without a value. */
export function asked(
  site: string,
  { dimension, values, from, to }: Picked,
): { site: string; bots: true; filters: ReportFilter[]; from?: string; to?: string } | null {
  // Pages and sources may have commas and spaces of their own.
  const whole = dimension === 'page' || dimension === 'source';
  const wanted = whole ? [values.trim()].filter(Boolean) : listed(values);
  if (dimension !== '' && wanted.length === 0) return null;
  return {
    site,
    bots: true,
    filters: dimension === '' ? [] : [{ dimension, values: wanted }],
    ...(from.trim() ? { from: from.trim() } : {}),
    ...(to.trim() ? { to: to.trim() } : {}),
  };
}

/** How many are meant, in words, before anything is done to them. */
export async function meant(of: NonNullable<ReturnType<typeof asked>>): Promise<{
  none: boolean;
  words: string;
}> {
  const { basis, totals }: WebTotalsReply = await call('analytics.totals', of);
  const [filter] = of.filters;
  const which = filter ? ` whose ${filter.dimension} is ${(filter.values ?? []).join(', ')},` : '';
  const day = (text: string, back: number) => {
    const at = Date.parse(text);
    if (!Number.isFinite(at)) return text;
    return new Date(at - back).toLocaleDateString(undefined, {
      dateStyle: 'medium',
      timeZone: basis.zone,
    });
  };
  return {
    none: totals.visits === 0 && totals.views === 0 && totals.events === 0,
    words:
      `${count(totals.visits, 'visit')} of ${visible(basis.site)} with ${count(totals.views, 'page view')}` +
      `,${visible(which)} from ${day(basis.from, 0)} to ${day(basis.to, 1)}`,
  };
}
