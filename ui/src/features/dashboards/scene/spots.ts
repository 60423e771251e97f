// What of a scene can be pointed at: where its marks are, what is at each place of its axis, and where
// keys lead.

import type { Scene, SceneBand, SceneForm, SceneMark } from '$ipc-schema/types';

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface Spot {
  /** Which of the scene's shapes it is. */
  shape: number;
  box: Box;
  words: string;
  mark: SceneMark | null;
}

/** What is pointed at: a place of the axis, a mark, or both. */
export interface Here {
  band: SceneBand | null;
  spot: Spot | null;
}

/** Everything with words of its own, in the order that it is drawn. */
export function spotsOf(scene: Scene): Spot[] {
  return scene.shapes.flatMap(({ form, mark, words }, shape) =>
    words ? [{ shape, box: boxOf(form), words, mark }] : [],
  );
}

function boxOf(it: SceneForm): Box {
  switch (it.kind) {
    case 'rect':
      return { left: it.x, top: it.y, right: it.x + it.width, bottom: it.y + it.height };
    case 'circle':
      return { left: it.x - it.r, top: it.y - it.r, right: it.x + it.r, bottom: it.y + it.r };
    case 'line':
      return around([it.x1, it.y1, it.x2, it.y2]);
    case 'path':
      return around((it.d.match(/-?\d*\.?\d+(?:e-?\d+)?/gi) ?? []).map(Number));
    case 'text': {
      // How wide it is only the one who draws it knows; its beginning is enough for where it is told.
      return { left: it.x, top: it.y - it.size, right: it.x, bottom: it.y };
    }
  }
}

/** What a list of places spans: across, down, across, down. */
function around(numbers: readonly number[]): Box {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (let at = 0; at + 1 < numbers.length; at += 2) {
    const [x, y] = [numbers[at] as number, numbers[at + 1] as number];
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y);
  }
  return Number.isFinite(box.left) ? box : { left: 0, top: 0, right: 0, bottom: 0 };
}

const middle = (it: Box) => (it.top + it.bottom) / 2;

/** The place of the axis that is pointed at. */
export const bandAt = (scene: Scene, x: number, y: number): SceneBand | null =>
  scene.bands.find(
    (it) => x >= it.x && x < it.x + it.width && y >= it.y && y <= it.y + it.height,
  ) ?? null;

/** Marks of a place of the axis, from top to bottom. */
export const marksOf = (spots: readonly Spot[], band: SceneBand): Spot[] =>
  spots.filter((it) => it.mark?.index === band.index).sort((a, b) => middle(a.box) - middle(b.box));

/** The mark that is meant by who points at a place: of points the nearest, of bars the one beneath. */
export function nearest(spots: readonly Spot[], band: SceneBand, y: number): Spot | null {
  let found: Spot | null = null;
  let least = Infinity;
  for (const it of marksOf(spots, band)) {
    const far = y >= it.box.top && y <= it.box.bottom ? 0 : Math.abs(middle(it.box) - y);
    if (far < least) [found, least] = [it, far];
  }
  return found;
}

/** What a key leads to; undefined where the key is none of these, or there is nothing to walk. */
export function stepped(
  scene: Scene,
  spots: readonly Spot[],
  from: Here | null,
  key: string,
): Here | undefined {
  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[key];
  if (by === undefined && key !== 'Home' && key !== 'End') return undefined;
  const { bands } = scene;
  if (bands.length > 0) {
    const band = from?.band;
    if (band && (key === 'ArrowUp' || key === 'ArrowDown')) {
      const all = marksOf(spots, band);
      if (all.length === 0) return { band, spot: null };
      const at = all.findIndex((it) => it.shape === from.spot?.shape);
      const to = at < 0 ? (by === 1 ? 0 : all.length - 1) : at + (by ?? 0);
      return { band, spot: all[(to + all.length) % all.length] ?? null };
    }
    const at = band ? bands.indexOf(band) : -1;
    const to = goes(key, by ?? 0, at, bands.length);
    const next = bands[to] ?? null;
    // Along a line one stays with it.
    const series = from?.spot?.mark?.series;
    const spot = next && marksOf(spots, next).find((it) => it.mark?.series === series);
    return next ? { band: next, spot: spot ?? null } : undefined;
  }
  const all = spots
    .filter((it) => it.mark)
    .sort(
      (a, b) =>
        (a.mark?.series ?? 0) - (b.mark?.series ?? 0) ||
        (a.mark?.index ?? 0) - (b.mark?.index ?? 0) ||
        a.shape - b.shape,
    );
  if (all.length === 0) return undefined;
  const at = all.findIndex((it) => it.shape === from?.spot?.shape);
  const spot = all[goes(key, by ?? 0, at, all.length)];
  return spot ? { band: null, spot } : undefined;
}

function goes(key: string, by: number, at: number, many: number): number {
  if (key === 'Home') return 0;
  if (key === 'End') return many - 1;
  if (at < 0) return by > 0 ? 0 : many - 1;
  return (at + by + many) % many;
}

/** What is told of what is pointed at, a line each; the first says where. */
export function told({ band, spot }: Here): string[] {
  const lines = band ? band.words.split('\n') : [];
  if (!spot) return lines;
  // One line of a place is what its mark says already.
  return lines.length > 2 ? [spot.words, ...lines.slice(1)] : [spot.words];
}
