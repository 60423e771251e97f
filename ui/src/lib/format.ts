// Numbers, times and sizes for people.

/** A locale that `Intl` takes: under `LANG=C` the browser calls its language "C", which throws. */
export function guarded(language: string | undefined): string {
  try {
    return new Intl.NumberFormat(language || 'en').resolvedOptions().locale;
  } catch {
    return 'en';
  }
}

const locale = guarded(globalThis.navigator?.language);

const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
const short = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });
const percents = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });

/** 12,345; or 12.3 where that is what it is. */
export const number = (value: number) =>
  Number.isInteger(value) ? whole.format(value) : tenths.format(value);
/** 12.3K */
export const compact = (value: number) => short.format(value);
/** 42 % of 0.42 */
export const percent = (share: number) => percents.format(share);
/** The same, where a few of many are not none, and nearly all not all: `<1%`, `>99%`. */
export function share(part: number): string {
  if (part > 0 && part < 0.005) return `<${percent(0.01)}`;
  if (part < 1 && part > 0.995) return `>${percent(0.99)}`;
  return percent(part);
}
/** `1 commit`, `2 commits`. */
export const count = (value: number, one: string, many = `${one}s`) =>
  `${number(value)} ${value === 1 ? one : many}`;

/** 12.3 MB of bytes. */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let step = 0;
  while (bytes >= 1000 && step < units.length - 1) {
    bytes /= 1000;
    step++;
  }
  return `${step === 0 ? whole.format(bytes) : tenths.format(bytes)} ${units[step]}`;
}

/** 0.4 s, 12 s, 3 min of seconds. */
export function duration(seconds: number): string {
  if (seconds < 1) return `${whole.format(Math.round(seconds * 1000))} ms`;
  if (seconds < 90) return `${tenths.format(seconds)} s`;
  if (seconds < 5400) return `${whole.format(seconds / 60)} min`;
  return `${tenths.format(seconds / 3600)} h`;
}

const LENGTHS: [string, number][] = [
  ['year', 365.25 * 86_400],
  ['month', 30.44 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** 3 months, 12 days, 4 hours of seconds: how long something lay or lasted. */
export function span(seconds: number): string {
  for (const [unit, length] of LENGTHS) {
    const many = Math.floor(seconds / length);
    // 20 months say more than 1 year.
    if (many >= (unit === 'year' || unit === 'month' ? 2 : 1)) return count(many, unit);
  }
  return 'less than a minute';
}

export type TimeStyle = 'date' | 'time' | 'month' | 'relative';

/** A time (RFC 3339) for the reader; `zone` is theirs unless given. `now` is for `relative`. */
export function time(at: string, style: TimeStyle = 'date', zone?: string, now?: Date): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return at;
  if (style === 'relative') return since(date, now ?? new Date());
  return formats(style, zone).format(date);
}

const made = new Map<string, Intl.DateTimeFormat>();

function formats(style: TimeStyle, zone: string | undefined): Intl.DateTimeFormat {
  const key = `${style} ${zone ?? ''}`;
  let format = made.get(key);
  if (!format) {
    const day = { year: 'numeric', month: 'short', day: 'numeric' } as const;
    const clock = { hour: '2-digit', minute: '2-digit' } as const;
    const parts =
      style === 'month'
        ? ({ year: 'numeric', month: 'short' } as const)
        : style === 'time'
          ? { ...day, ...clock, timeZoneName: 'short' as const }
          : day;
    format = new Intl.DateTimeFormat(locale, { ...parts, ...(zone ? { timeZone: zone } : {}) });
    made.set(key, format);
  }
  return format;
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365.25 * 86_400],
  ['month', 30.44 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

function since(date: Date, now: Date): string {
  const seconds = (date.getTime() - now.getTime()) / 1000;
  for (const [unit, length] of STEPS) {
    if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit);
  }
  return relative.format(0, 'minute');
}
