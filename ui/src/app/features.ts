// The features of the window. A new one is added here and nowhere else.

import { analytics } from '$/features/analytics';
import { bridge } from '$/features/bridge';
import { dashboards } from '$/features/dashboards';
import { databases } from '$/features/databases';
import { hygiene } from '$/features/hygiene';
import { identities } from '$/features/identities';
import { memory } from '$/features/memory';
import { questions } from '$/features/questions';
import { sources } from '$/features/sources';
import type { Command, Feature, NavItem, Screen } from '$/kit/feature';

const FEATURES: readonly Feature[] = [
  memory,
  questions,
  hygiene,
  dashboards,
  analytics,
  databases,
  sources,
  identities,
  bridge,
];

export const screens = new Map<string, Screen>(
  FEATURES.flatMap((it) => it.routes).map((it) => [it.screen, it]),
);
export const nav: readonly NavItem[] = FEATURES.flatMap((it) => it.nav);
export const featureCommands: readonly Command[] = FEATURES.flatMap((it) => it.commands);
/** Commands that follow what there is. */
export const moreCommands = (text: string): readonly Command[] =>
  FEATURES.flatMap((it) => it.more?.(text) ?? []);
