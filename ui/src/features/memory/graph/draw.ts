// Draws a laid-out graph on a canvas: a shape a kind, lines for relations, names beside marks.

import type { Edge, Record as RecordRow, RecordKind } from '$ipc-schema/types';
import { label } from './label';
import type { Spot } from './layout';

/** What to draw, and through which window of the plane. */
export interface Scene {
  nodes: readonly RecordRow[];
  edges: readonly Edge[];
  spots: readonly Spot[];
  /** Index of the marked node, or -1. */
  marked: number;
  scale: number;
  /** Where the origin lies, in CSS pixels. */
  dx: number;
  dy: number;
}

/** Colours, as the page's own style gives them. */
export interface Ink {
  text: string;
  faint: string;
  line: string;
  ground: string;
  accent: string;
  kinds: Record<RecordKind, string>;
  font: string;
}

/** Clears the canvas and draws the scene on it. */
export function draw(canvas: HTMLCanvasElement, scene: Scene, ink: Ink): void {
  const pen = canvas.getContext('2d');
  if (!pen) return;
  const ratio = globalThis.devicePixelRatio || 1;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, canvas.width, canvas.height);
  const place = (spot: Spot) => ({
    x: scene.dx + spot.x * scene.scale,
    y: scene.dy + spot.y * scene.scale,
    r: Math.max(4, spot.r * Math.min(1, scene.scale)),
  });
  const near = new Set<number>();
  for (const edge of scene.edges) {
    const a = scene.spots[edge.from];
    const b = scene.spots[edge.to];
    if (!a || !b) continue;
    const on = edge.from === scene.marked || edge.to === scene.marked;
    if (on) near.add(edge.from).add(edge.to);
    const from = place(a);
    const to = place(b);
    pen.strokeStyle = on ? ink.accent : ink.line;
    pen.lineWidth = (on ? 1 : 0) + Math.min(4, 1 + Math.log2(Math.max(1, edge.weight)) / 2);
    pen.beginPath();
    pen.moveTo(from.x, from.y);
    pen.lineTo(to.x, to.y);
    pen.stroke();
  }
  pen.font = `12px ${ink.font}`;
  pen.textBaseline = 'middle';
  scene.spots.forEach((spot, i) => {
    const node = scene.nodes[i];
    if (!node) return;
    const at = place(spot);
    pen.fillStyle = ink.kinds[node.kind];
    shape(pen, node.kind, at.x, at.y, at.r);
    pen.fill();
    pen.strokeStyle = i === scene.marked ? ink.accent : ink.ground;
    pen.lineWidth = i === scene.marked ? 3 : 1.5;
    pen.stroke();
  });
  // The important names first; one that would cover another is left out: the list has it.
  const taken: { left: number; right: number; y: number }[] = [];
  const rank = (i: number) => (i === scene.marked ? 0 : i === 0 ? 1 : near.has(i) ? 2 : 3);
  const order = [...scene.spots.keys()].sort((a, b) => rank(a) - rank(b) || a - b);
  for (const i of order) {
    const [node, spot] = [scene.nodes[i], scene.spots[i]];
    if (!node || !spot) continue;
    const at = place(spot);
    const text = label(node);
    const width = pen.measureText(text).width;
    const outward = spot.x < -1 ? -1 : 1;
    const x = i === 0 ? at.x - width / 2 : outward < 0 ? at.x - at.r - 5 - width : at.x + at.r + 5;
    const y = i === 0 ? at.y + at.r + 11 : at.y;
    const covers = taken.some((it) => Math.abs(it.y - y) < 13 && it.left < x + width && x < it.right);
    if (covers && rank(i) > 1) continue;
    taken.push({ left: x, right: x + width, y });
    pen.textAlign = 'left';
    pen.strokeStyle = ink.ground;
    pen.lineWidth = 3.5;
    pen.lineJoin = 'round';
    pen.strokeText(text, x, y);
    pen.fillStyle = rank(i) < 3 || scene.marked < 0 ? ink.text : ink.faint;
    pen.fillText(text, x, y);
  }
}

/** The outline of a kind: each is told by its shape alone. */
function shape(pen: CanvasRenderingContext2D, kind: RecordKind, x: number, y: number, r: number) {
  pen.beginPath();
  switch (kind) {
    case 'person':
      pen.arc(x, y, r, 0, 2 * Math.PI);
      break;
    case 'commit':
      polygon(pen, x, y, r * 1.15, 4, 0);
      break;
    case 'file':
      pen.rect(x - r * 0.8, y - r, r * 1.6, r * 2);
      break;
    case 'folder':
      pen.rect(x - r * 1.15, y - r * 0.75, r * 2.3, r * 1.5);
      break;
    case 'pullRequest':
      polygon(pen, x, y, r * 1.2, 3, -Math.PI / 2);
      break;
    case 'issue':
      polygon(pen, x, y, r * 1.1, 6, 0);
      break;
    case 'component':
      polygon(pen, x, y, r * 1.1, 8, Math.PI / 8);
      break;
    case 'release':
      polygon(pen, x, y, r * 1.2, 3, Math.PI / 2);
      break;
  }
  pen.closePath();
}

function polygon(
  pen: CanvasRenderingContext2D,
  x: number,
  y: number,
  r: number,
  sides: number,
  turn: number,
) {
  for (let i = 0; i < sides; i += 1) {
    const angle = turn + (i / sides) * 2 * Math.PI;
    const px = x + Math.cos(angle) * r;
    const py = y + Math.sin(angle) * r;
    if (i === 0) pen.moveTo(px, py);
    else pen.lineTo(px, py);
  }
}
