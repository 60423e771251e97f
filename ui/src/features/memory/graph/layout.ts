// Where the nodes of a graph go: the same records give the same picture, every time.

import {
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type SimulationLinkDatum,
  type SimulationNodeDatum,
} from 'd3-force';
import type { GraphReply, RecordKind } from '$ipc-schema/types';
import { label } from './label';

/** More nodes than this are no picture any more; the list has all of them. */
export const NODES_MAX = 150;

/** A node with its place, in units of its own around the record asked about. */
export interface Spot {
  x: number;
  y: number;
  r: number;
}

interface Body extends SimulationNodeDatum {
  index: number;
  r: number;
}

const KINDS: RecordKind[] = [
  'person',
  'commit',
  'file',
  'pullRequest',
  'issue',
  'review',
  'comment',
  'component',
  'folder',
  'release',
];

/** Lays out the first `NODES_MAX` nodes: the first in the middle, each kind begins in its sector. */
export function layout(reply: Pick<GraphReply, 'nodes' | 'edges'>): Spot[] {
  const nodes = reply.nodes.slice(0, NODES_MAX);
  const count = new Map<RecordKind, number>();
  const bodies: Body[] = nodes.map((node, index) => {
    if (index === 0) return { index, r: 16, x: 0, y: 0, fx: 0, fy: 0 };
    const nth = count.get(node.kind) ?? 0;
    count.set(node.kind, nth + 1);
    const sector = (KINDS.indexOf(node.kind) / KINDS.length) * 2 * Math.PI;
    const angle = sector + (nth % 12) * 0.06;
    const far = 140 + Math.floor(nth / 12) * 60 + (nth % 3) * 24;
    return { index, r: 9, x: Math.cos(angle) * far, y: Math.sin(angle) * far };
  });
  const links: SimulationLinkDatum<Body>[] = reply.edges
    .filter((edge) => edge.from < bodies.length && edge.to < bodies.length && edge.from !== edge.to)
    .map((edge) => ({ source: edge.from, target: edge.to }));
  // The forces draw from a fixed sequence of numbers, so nothing here depends on chance or time.
  const forces = forceSimulation(bodies)
    .force('link', forceLink<Body, SimulationLinkDatum<Body>>(links).distance(110).strength(0.35))
    .force('charge', forceManyBody<Body>().strength(-380).distanceMax(600))
    .force(
      'collide',
      forceCollide<Body>((body) => body.r + 16),
    )
    .force('x', forceX<Body>(0).strength(0.04))
    .force('y', forceY<Body>(0).strength(0.065))
    .stop();
  forces.tick(240);
  const spots = bodies.map((body) => ({ x: body.x ?? 0, y: body.y ?? 0, r: body.r }));
  return spread(
    spots,
    // A picture that is made smaller keeps the size of its names.
    nodes.map((node) => width(label(node)) * 1.2),
  );
}

/** Height of a name, with air. */
const NAME = 19;
const ROUNDS = 60;

/** The box that a mark and its name fill; names lie on the outer side, that of the first below. */
export function box(spot: Spot, name: number, first: boolean) {
  if (first) {
    const half = Math.max(spot.r, name / 2);
    return {
      left: spot.x - half,
      right: spot.x + half,
      top: spot.y - spot.r,
      bottom: spot.y + spot.r + NAME,
    };
  }
  const out = spot.x < -1 ? -1 : 1;
  const near = spot.x - out * spot.r;
  const far = spot.x + out * (spot.r + 5 + name);
  const half = Math.max(spot.r, NAME / 2) + 1;
  return {
    left: Math.min(near, far),
    right: Math.max(near, far),
    top: spot.y - half,
    bottom: spot.y + half,
  };
}

/** Moves marks up and down until their names no longer cover each other, as far as that goes. */
function spread(spots: Spot[], names: readonly number[]): Spot[] {
  const out = spots.map((spot) => ({ ...spot }));
  for (let round = 0; round < ROUNDS; round += 1) {
    let moved = false;
    for (let i = 0; i < out.length; i += 1) {
      for (let j = i + 1; j < out.length; j += 1) {
        const [a, b] = [out[i], out[j]];
        if (!a || !b) continue;
        const [p, q] = [box(a, names[i] ?? 0, i === 0), box(b, names[j] ?? 0, false)];
        const over = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
        if (over <= 0 || Math.min(p.right, q.right) <= Math.max(p.left, q.left)) continue;
        const sign = b.y === a.y ? 1 : Math.sign(b.y - a.y);
        // The record asked about stays in the middle.
        const part = i === 0 ? over : over / 2;
        b.y += sign * (part + 0.5);
        if (i !== 0) a.y -= sign * (part + 0.5);
        moved = true;
      }
    }
    if (!moved) break;
  }
  return out;
}

/** About how wide a name is drawn, without asking a canvas: the same on every machine. */
function width(text: string): number {
  let sum = 0;
  for (const letter of text) sum += (letter.codePointAt(0) ?? 0) > 0x2e7f ? 12.5 : 6.9;
  return sum;
}

/** The rectangle that holds every mark with its name as drawn at a scale, with a margin. */
export function bounds(spots: readonly Spot[], names: readonly string[], scale: number) {
  const margin = 24 / scale;
  const boxes = spots.map((spot, i) => box(spot, width(names[i] ?? '') / scale, i === 0));
  const left = Math.min(0, ...boxes.map((it) => it.left)) - margin;
  const top = Math.min(0, ...boxes.map((it) => it.top)) - margin;
  return {
    left,
    top,
    width: Math.max(0, ...boxes.map((it) => it.right)) + margin - left,
    height: Math.max(0, ...boxes.map((it) => it.bottom)) + margin - top,
  };
}

/** The node under a point, or -1. */
export function hit(spots: readonly Spot[], x: number, y: number, slack = 4): number {
  let best = -1;
  let nearest = Infinity;
  spots.forEach((spot, i) => {
    const far = Math.hypot(spot.x - x, spot.y - y) - spot.r;
    if (far <= slack && far < nearest) {
      nearest = far;
      best = i;
    }
  });
  return best;
}
