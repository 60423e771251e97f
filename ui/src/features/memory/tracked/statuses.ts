// The history of an issue's status, as phases with their length.

import type { StatusChange } from '$ipc-schema/types';

export interface Phase {
  /** What the tracker called it; empty for nothing. */
  status: string;
  from: number;
  to: number;
}

/** The phases from the making of an issue up to `end`, from the changes of its status in order. */
export function phases(history: readonly StatusChange[], created: string, end: string): Phase[] {
  const steps = history.filter((it) => it.field === 'status');
  const out: Phase[] = [];
  let status = steps[0]?.from ?? '';
  let from = Date.parse(created);
  for (const step of steps) {
    const to = Date.parse(step.at);
    if (!Number.isFinite(to) || !Number.isFinite(from)) continue;
    if (to > from) out.push({ status, from, to });
    [status, from] = [step.to, Math.max(from, to)];
  }
  const to = Date.parse(end);
  if (to > from) out.push({ status, from, to });
  return out;
}
