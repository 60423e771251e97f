// Where the marks of a timeline go: time from left to right, a lane for each who did most.

import { days } from './scale';

/** A commit as far as the timeline draws it. */
export interface Change {
  id: string;
  subject: string;
  person: string;
  /** RFC 3339. */
  at: string;
  /** `added`, `modified`, `deleted` or `renamed`. */
  kind: string;
  /** Lines added and deleted; null where they are unknown. */
  churn: number | null;
  fixes: boolean;
}

/** A commit with its place. */
export interface Mark {
  change: Change;
  x: number;
  lane: number;
  r: number;
}

/** What there is to draw. */
export interface Lanes {
  lanes: { name: string }[];
  /** Oldest first. */
  marks: Mark[];
  ticks: { x: number; label: string }[];
}

const LANES_MAX = 7;
const R = { min: 3, max: 12 };

/** Places changes on lanes of the given width. */
export function lanes(changes: readonly Change[], width: number): Lanes {
  const sorted = [...changes].sort(
    (a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
  const first = sorted[0]?.at ?? '';
  const last = sorted[sorted.length - 1]?.at ?? '';
  const span = Math.max(1, days(first, last));
  const names = ranked(sorted);
  const others = names.length > LANES_MAX;
  const own = others ? names.slice(0, LANES_MAX - 1) : names;
  const lane = new Map(own.map((name, i) => [name, i]));
  const most = sorted.reduce((max, change) => Math.max(max, change.churn ?? 0), 1);
  return {
    lanes: [...own, ...(others ? [`${names.length - own.length} others`] : [])].map((name) => ({
      name,
    })),
    marks: sorted.map((change) => ({
      change,
      x: sorted.length === 1 ? width / 2 : (days(first, change.at) / span) * (width - 24) + 12,
      lane: lane.get(change.person) ?? own.length,
      r: R.min + Math.sqrt((change.churn ?? 0) / most) * (R.max - R.min),
    })),
    ticks: sorted.length < 2 ? [] : dates(first, last, span, width),
  };
}

function ranked(changes: readonly Change[]): string[] {
  const counts = new Map<string, number>();
  for (const change of changes) counts.set(change.person, (counts.get(change.person) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Firsts of years, of months, or of every few of them: as many as fit. */
function dates(first: string, last: string, span: number, width: number) {
  const room = Math.max(2, Math.floor(width / 72));
  const months = Math.max(1, Math.ceil(span / 30.4 / room));
  const every = [1, 2, 3, 6, 12, 24, 36, 60, 120].find((n) => n >= months) ?? 240;
  const out: { x: number; label: string }[] = [];
  const start = new Date(first);
  const end = Date.parse(last);
  let month = start.getUTCFullYear() * 12 + start.getUTCMonth() + 1;
  month += (every - (month % every)) % every;
  for (; ; month += every) {
    const at = Date.UTC(Math.floor(month / 12), month % 12, 1);
    if (!(at <= end)) return out;
    const name = MONTHS[month % 12] ?? '';
    const year = String(Math.floor(month / 12));
    out.push({
      x: (days(first, new Date(at).toISOString()) / span) * (width - 24) + 12,
      label: every >= 12 ? year : month % 12 === 0 || out.length === 0 ? `${name} ${year}` : name,
    });
  }
}
