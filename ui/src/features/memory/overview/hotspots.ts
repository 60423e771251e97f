// Sizes for the treemap: a lock file of a megabyte must not hide the files people work in.

import type { Hotspot } from '$ipc-schema/types';
import type { Leaf } from '$/kit/charts/treemap';

/** Largest share of the picture for one file. */
const SHARE_MAX = 0.15;

/** Tiles to draw. */
export interface Sized {
  leaves: Leaf<Hotspot>[];
  /** Whether a file is drawn smaller than it is. */
  cap: boolean;
  share: number;
}

/** Gives every file its size as area; a file that would fill more than its share is cut to it. */
export function capped(spots: readonly Hotspot[]): Sized {
  // Few files fill more of the picture each, and there is nothing to hide.
  const share = Math.max(SHARE_MAX, 1.5 / Math.max(1, spots.length));
  const sizes = spots.map((spot) => Math.max(1, spot.sizeBytes)).sort((a, b) => b - a);
  let rest = sizes.reduce((sum, n) => sum + n, 0);
  let limit = Infinity;
  // With k files cut to a share s each, the others fill 1 − k·s; the limit follows from their sum.
  for (let k = 0; k < sizes.length && (k + 1) * share < 1; k += 1) {
    const largest = sizes[k] ?? 0;
    const room = (rest * share) / (1 - k * share);
    if (largest <= room || rest - largest <= 0) break;
    rest -= largest;
    limit = (rest * share) / (1 - (k + 1) * share);
  }
  const cap = (sizes[0] ?? 0) > limit;
  return {
    leaves: spots.map((spot) => ({
      path: spot.path,
      // What is tiny keeps a sliver that can be seen and hit.
      weight: Math.max(Math.min(Math.max(1, spot.sizeBytes), limit), floor(rest, spots.length)),
      item: spot,
    })),
    cap,
    share,
  };
}

const floor = (total: number, count: number) => (total / Math.max(1, count)) * 0.04;
