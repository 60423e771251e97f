// Weeks of a person come without the quiet ones; a chart needs them all.

import type { Week } from '$ipc-schema/types';
import { plusDays } from '$/kit/charts/scale';

/** The weeks from the first to the last, quiet ones included. */
export function everyWeek(weeks: readonly Week[]): Week[] {
  const known = new Map(weeks.map((week) => [week.start, week]));
  const starts = weeks.map((week) => week.start).sort();
  const first = starts[0];
  const last = starts[starts.length - 1];
  if (first === undefined || last === undefined) return [];
  const out: Week[] = [];
  for (let start = first; start <= last && out.length < 5000; start = plusDays(start, 7)) {
    out.push(known.get(start) ?? { start, commits: 0, people: 0, added: 0, deleted: 0, fixes: 0 });
  }
  return out;
}
