// What of a scene can be pointed at: where each mark is, which one is meant, and where keys lead.

import type { Mark, Scene, Shape } from '../wire';

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface Spot {
  /** Which of the scene's shapes it is. */
  shape: number;
  /** Where it is pointed at. */
  x: number;
  y: number;
  box: Box;
  /** A point of a line or a cloud: meant by whoever is near. */
  point: boolean;
  words: string;
  mark: Mark | null;
}

/** How far from a point one may be and still mean it, in pixels. */
const NEAR = 36;
/** Being beside a point counts more than being above it: lines are read along their time. */
const BESIDE = 4;

/** Everything that can be pointed at, in the order that it is drawn. */
export function spotsOf(scene: Scene): Spot[] {
  return scene.shapes.flatMap((it, shape) => {
    if (it.kind === 'line' || it.kind === 'text') return [];
    if (!it.mark && !it.words) return [];
    const box = boxOf(it);
    return [
      {
        shape,
        x: (box.left + box.right) / 2,
        y: it.kind === 'rect' ? box.top : (box.top + box.bottom) / 2,
        box,
        point: it.kind === 'circle',
        words: it.words ?? '',
        mark: it.mark ?? null,
      },
    ];
  });
}

function boxOf(it: Exclude<Shape, { kind: 'line' | 'text' }>): Box {
  if (it.kind === 'rect')
    return { left: it.x, top: it.y, right: it.x + it.width, bottom: it.y + it.height };
  if (it.kind === 'circle')
    return { left: it.x - it.r, top: it.y - it.r, right: it.x + it.r, bottom: it.y + it.r };
  const numbers = (it.d.match(/-?\d*\.?\d+(?:e-?\d+)?/gi) ?? []).map(Number);
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

/** The point that is meant at a place where no shape is; null where none is near. */
export function nearest(spots: readonly Spot[], x: number, y: number): Spot | null {
  let found: Spot | null = null;
  let least = Infinity;
  for (const it of spots) {
    if (!it.point || Math.abs(it.x - x) > NEAR) continue;
    const far = Math.abs(it.x - x) * BESIDE + Math.abs(it.y - y);
    if (far < least) [found, least] = [it, far];
  }
  return found;
}

/** The points that stand at the same place of the axis, itself among them. */
export function beside(spots: readonly Spot[], spot: Spot): readonly Spot[] {
  if (!spot.point) return [spot];
  return spots.filter((it) => it.point && it.words !== '' && Math.abs(it.x - spot.x) < 0.5);
}

const series = (it: Spot) => it.mark?.series ?? 0;
const index = (it: Spot) => it.mark?.index ?? 0;

/** The spot that a key leads to; undefined where the key is none of these. */
export function stepped(spots: readonly Spot[], from: Spot | null, key: string): Spot | undefined {
  const walked = spots.filter((it) => it.mark);
  const all = (walked.length > 0 ? walked : [...spots]).toSorted(
    (a, b) => series(a) - series(b) || index(a) - index(b) || a.shape - b.shape,
  );
  if (key === 'Home') return all[0];
  if (key === 'End') return all.at(-1);
  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[key];
  if (by === undefined) return undefined;
  if (!from) return by > 0 ? all[0] : all.at(-1);
  const at = all.findIndex((it) => it.shape === from.shape);
  if (key === 'ArrowUp' || key === 'ArrowDown') {
    // Over a line the next series at the same place; where there is but one, on along it.
    const others = all.filter((it) => index(it) === index(from));
    if (others.length > 1) {
      others.sort((a, b) => a.y - b.y || series(a) - series(b));
      const here = others.findIndex((it) => it.shape === from.shape);
      return others[(here + by + others.length) % others.length];
    }
  }
  return all[(at + by + all.length) % all.length];
}
