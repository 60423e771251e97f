// Draws a laid-out graph on a canvas: a shape a kind, lines for relations, names beside marks.

import type { Edge, Record as RecordRow, RecordKind } from '$ipc-schema/types';
import { label } from './label';
import { SHAPES } from './shapes';
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
  const outlines = paths();
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
    pen.save();
    pen.translate(at.x, at.y);
    pen.scale(at.r, at.r);
    const outline = outlines[node.kind];
    pen.fill(outline);
    pen.strokeStyle = i === scene.marked ? ink.accent : ink.ground;
    pen.lineWidth = (i === scene.marked ? 3 : 1.5) / at.r;
    pen.stroke(outline);
    pen.restore();
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
    const covers = taken.some(
      (it) => Math.abs(it.y - y) < 13 && it.left < x + width && x < it.right,
    );
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

/** The outlines of all kinds, as a canvas takes them. */
function paths(): Record<RecordKind, Path2D> {
  const made = Object.entries(SHAPES).map(([kind, path]) => [kind, new Path2D(path)] as const);
  return Object.fromEntries(made) as Record<RecordKind, Path2D>;
}
