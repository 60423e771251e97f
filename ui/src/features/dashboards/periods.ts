// Periods as dashboards write them: `90d`, `12m`, or the first and the last day.

/** What is at hand; anything else that a dashboard may say is offered as it stands. */
export const PRESETS: readonly string[] = [
  'today',
  '24h',
  '7d',
  '30d',
  '90d',
  '6m',
  '12m',
  'this month',
  'last month',
  'all',
];

const UNITS: { readonly [unit: string]: [string, string] } = {
  h: ['hour', 'hours'],
  d: ['day', 'days'],
  w: ['week', 'weeks'],
  m: ['month', 'months'],
  y: ['year', 'years'],
};

/** `90d` → `Last 90 days`. */
export function presetTitle(text: string): string {
  const found = /^(\d+)([hdwmy])$/.exec(text);
  const unit = UNITS[found?.[2] ?? ''];
  if (!found || !unit)
    return text === 'all' ? 'All of it' : text.replace(/^\p{Ll}/u, (it) => it.toUpperCase());
  const many = Number(found[1]);
  return many === 1 ? `Last ${unit[0]}` : `Last ${many} ${unit[1]}`;
}

const DAYS = /^(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)$/;

/** The day `by` days after one. */
function after(day: string, by: number): string {
  const at = new Date(Date.parse(`${day}T00:00:00Z`) + by * 86_400_000);
  return Number.isNaN(at.getTime()) ? '' : at.toISOString().slice(0, 10);
}

/** First and last day of a period that is written by days; null for another. */
export function splitDays(text: string): { from: string; to: string } | null {
  const found = DAYS.exec(text);
  // What is written second is the first day that is not part of it.
  return found ? { from: found[1] ?? '', to: after(found[2] ?? '', -1) } : null;
}

/** The period from a first to a last day, both part of it. */
export const custom = (from: string, to: string) => `${from}..${after(to, 1)}`;
