// Weeks of a person come without the quiet ones; a chart needs them all.

import type { Week } from '$ipc-schema/types';
import { plusDays } from '$/kit/charts/scale';

/** A century: what lies before is said by a clock gone wrong. */
const WEEKS_MAX = 5_220;

/** The weeks from the first to the last, quiet ones included. */
export function everyWeek(weeks: readonly Week[]): Week[] {
  const known = new Map(weeks.map((week) => [week.start, week]));
  const starts = weeks.map((week) => week.start).sort();
  const last = starts[starts.length - 1];
  if (last === undefined) return [];
  const oldest = plusDays(last, -7 * (WEEKS_MAX - 1));
  const first = starts.find((start) => start >= oldest) ?? last;
  const out: Week[] = [];
  for (let start = first; start <= last; start = plusDays(start, 7)) {
    out.push(known.get(start) ?? { start, commits: 0, people: 0, added: 0, deleted: 0, fixes: 0 });
  }
  return out;
}
