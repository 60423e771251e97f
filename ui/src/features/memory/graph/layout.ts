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
    .force('collide', forceCollide<Body>((body) => body.r + 16))
    .force('x', forceX<Body>(0).strength(0.04))
    .force('y', forceY<Body>(0).strength(0.065))
    .stop();
  forces.tick(240);
  return bodies.map((body) => ({ x: body.x ?? 0, y: body.y ?? 0, r: body.r }));
}

/** The rectangle that holds every spot, with a margin. */
export function bounds(spots: readonly Spot[], margin = 60) {
  const xs = spots.map((spot) => spot.x);
  const ys = spots.map((spot) => spot.y);
  const left = Math.min(0, ...xs) - margin;
  const top = Math.min(0, ...ys) - margin;
  return {
    left,
    top,
    width: Math.max(0, ...xs) + margin - left,
    height: Math.max(0, ...ys) + margin - top,
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
