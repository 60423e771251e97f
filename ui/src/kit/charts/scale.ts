// Scales and ticks: numbers to places, and round numbers and dates to label them with.

/** Round numbers from 0 to at least `max`, about `count` of them; [0, 1] where there is nothing. */
export function ticks(max: number, count = 4): number[] {
  if (!(max > 0) || !Number.isFinite(max)) return [0, 1];
  const rough = max / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const unit = rough / power;
  const step = Math.max(1, (unit <= 1 ? 1 : unit <= 2 ? 2 : unit <= 5 ? 5 : 10) * power);
  const out = [];
  for (let at = 0; ; at += step) {
    out.push(at);
    if (at >= max) return out;
  }
}

/** A label on an axis of weeks. */
export interface DateTick {
  /** Index of the week. */
  index: number;
  label: string;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Beyond this many years, months say nothing any more. */
const YEARS_MIN = 4;

/**
 * Labels for weeks given by their Mondays (`2026-11-16`): years where there are many of them,
 * else months with the year where it turns. `room` is how many labels fit.
 */
export function dateTicks(starts: readonly string[], room: number): DateTick[] {
  const months: { index: number; year: string; name: string }[] = [];
  const years: DateTick[] = [];
  let month = '';
  let year = '';
  starts.forEach((start, index) => {
    const y = start.slice(0, 4);
    const m = start.slice(5, 7);
    if (`${y}-${m}` !== month) {
      months.push({ index, year: y, name: MONTHS[Number(m) - 1] ?? m });
      month = `${y}-${m}`;
    }
    if (y !== year) years.push({ index, label: y });
    year = y;
  });
  const fit = Math.max(2, room);
  if (years.length > YEARS_MIN) {
    // A first year that is cut short would stand too near to the second.
    const second = years[1]?.index ?? Infinity;
    return thin(second < starts.length / fit ? years.slice(1) : years, fit);
  }
  let told = '';
  return thin(months, fit).map(({ index, year: y, name }) => {
    const label = y === told ? name : `${name} ${y}`;
    told = y;
    return { index, label };
  });
}

function thin<T>(ticks: readonly T[], room: number): T[] {
  const every = Math.ceil(ticks.length / room);
  return ticks.filter((_, i) => i % every === 0);
}

/** Weeks joined to buckets of `size`, the last one complete; the first may be shorter. */
export function buckets<T>(rows: readonly T[], size: number): T[][] {
  if (size <= 1) return rows.map((row) => [row]);
  const out: T[][] = [];
  for (let end = rows.length; end > 0; end -= size)
    out.unshift(rows.slice(Math.max(0, end - size), end));
  return out;
}

/** Which of `classes` steps a value belongs to, 0 for nothing, by square root so that few stand out. */
export function step(value: number, max: number, classes: number): number {
  if (!(value > 0) || !(max > 0)) return 0;
  return Math.min(classes, Math.max(1, Math.ceil(Math.sqrt(value / max) * classes)));
}

/** The least value of each step of `step`, for a legend. */
export function stepFrom(max: number, classes: number): number[] {
  return Array.from({ length: classes }, (_, i) => Math.floor((i / classes) ** 2 * max) + 1);
}

/** Days between two times, RFC 3339 or dates; 0 where one of them cannot be read. */
export function days(from: string, to: string): number {
  const span = Date.parse(to) - Date.parse(from);
  return Number.isFinite(span) ? span / 86_400_000 : 0;
}

/** A date some days after another, as `2026-11-16`. */
export function plusDays(date: string, count: number): string {
  const at = Date.parse(`${date.slice(0, 10)}T00:00:00Z`);
  return Number.isFinite(at) ? new Date(at + count * 86_400_000).toISOString().slice(0, 10) : date;
}
