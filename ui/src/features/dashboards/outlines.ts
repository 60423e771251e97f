// Parts of a dashboard with a key each, by which one stays itself when others come or go around it.

import type { DashboardPart } from '$ipc-schema/types';

export interface Keyed {
  key: string;
  part: DashboardPart;
}

/** A panel is known by what it shows of what; of several alike, the first is the first. */
export function keyed(parts: readonly DashboardPart[]): Keyed[] {
  const met = new Map<string, number>();
  return parts.map((part) => {
    const name =
      part.kind === 'panel'
        ? `panel ${part.panel.shape} ${part.panel.query} ${part.panel.title}`
        : part.kind;
    const many = met.get(name) ?? 0;
    met.set(name, many + 1);
    return { key: `${name} ${many}`, part };
  });
}
