// A shape a kind, so that none is told by colour alone: outlines around the origin, about 1 in size.

import type { RecordKind } from '$ipc-schema/types';

export const SHAPES: Record<RecordKind, string> = {
  commit: 'M1.15 0.00L0.00 1.15L-1.15 0.00L0.00 -1.15Z',
  pullRequest: 'M0.00 -1.20L1.04 0.60L-1.04 0.60Z',
  issue: 'M1.10 0.00L0.55 0.95L-0.55 0.95L-1.10 0.00L-0.55 -0.95L0.55 -0.95Z',
  file: 'M-.8 -1H.8V1H-.8Z',
  folder: 'M-1.15 -.75H1.15V.75H-1.15Z',
  component:
    'M1.02 0.42L0.42 1.02L-0.42 1.02L-1.02 0.42L-1.02 -0.42L-0.42 -1.02L0.42 -1.02L1.02 -0.42Z',
  person: 'M1 0A1 1 0 1 1 -1 0A1 1 0 1 1 1 0Z',
  release: 'M0.00 1.20L-1.04 -0.60L1.04 -0.60Z',
  review: 'M-1.2 -.35H-.35V-1.2H.35V-.35H1.2V.35H.35V1.2H-.35V.35H-1.2Z',
  comment: 'M-1 -.9H1V.5H-.1L-.7 1.1V.5H-1Z',
};

/** The colour of a kind, as the page's style names it. */
export const COLOURS: Record<RecordKind, string> = {
  commit: '--series-2',
  pullRequest: '--series-3',
  issue: '--series-5',
  file: '--series-7',
  folder: '--series-8',
  component: '--series-4',
  person: '--series-1',
  release: '--series-6',
  review: '--series-3',
  comment: '--series-5',
};
