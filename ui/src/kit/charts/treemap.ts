// A squarified treemap over paths: folders hold files, areas are in proportion to sizes.

/** A rectangle, in the units of the picture. */
export interface Rect {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** A leaf with its weight. */
export interface Leaf<T> {
  /** Path with forward slashes. */
  path: string;
  /** Share of the area; zero and less draw nothing. */
  weight: number;
  item: T;
}

/** A leaf with its place. */
export interface Tile<T> extends Rect {
  path: string;
  item: T;
}

/** A folder with its place; `label` is the part of the path below its parent in the picture. */
export interface Group extends Rect {
  path: string;
  label: string;
  depth: number;
  /** Height of the strip at the top that is kept for the label; 0 where there is no room. */
  strip: number;
}

/** Everything to draw. */
export interface Treemap<T> {
  tiles: Tile<T>[];
  groups: Group[];
}

interface Node<T> {
  label: string;
  path: string;
  weight: number;
  leaf: Leaf<T> | null;
  children: Map<string, Node<T>>;
}

/** Smallest folder, in both directions, that gets a strip with its name. */
const LABEL_MIN = { w: 56, h: 42 };
const STRIP = 17;
/** Folders below this depth are laid out but neither named nor framed. */
const LABEL_DEPTH = 2;

/** Lays leaves out in a rectangle of the given size, folder by folder. */
export function treemap<T>(leaves: readonly Leaf<T>[], width: number, height: number): Treemap<T> {
  const out: Treemap<T> = { tiles: [], groups: [] };
  const drawn = leaves.filter((leaf) => leaf.weight > 0);
  if (drawn.length === 0 || width <= 0 || height <= 0) return out;
  const root = grow(drawn);
  place(root, { x: 0, y: 0, w: width, h: height }, 0, out);
  return out;
}

function grow<T>(leaves: readonly Leaf<T>[]): Node<T> {
  const root = branch<T>('', '');
  for (const leaf of leaves) {
    const parts = leaf.path.split('/');
    let node = root;
    node.weight += leaf.weight;
    parts.forEach((part, i) => {
      // A file and a folder of one name can both be in the list; the end of a path is its own key.
      const last = i === parts.length - 1;
      const key = last ? `${part}\0` : part;
      let child = node.children.get(key);
      if (!child) {
        child = branch<T>(part, parts.slice(0, i + 1).join('/'));
        node.children.set(key, child);
      }
      child.weight += leaf.weight;
      if (last) child.leaf = leaf;
      node = child;
    });
  }
  return folded(root);
}

function branch<T>(label: string, path: string): Node<T> {
  return { label, path, weight: 0, leaf: null, children: new Map() };
}

/** Joins chains of folders that hold nothing but the next one, so that depth says something. */
function folded<T>(node: Node<T>): Node<T> {
  let at = node;
  while (at.children.size === 1) {
    const only = [...at.children.values()][0];
    if (!only || only.leaf) break;
    at = { ...only, label: at.label ? `${at.label}/${only.label}` : only.label };
  }
  const children = new Map<string, Node<T>>();
  for (const [key, child] of at.children) children.set(key, child.leaf ? child : folded(child));
  return { ...at, children };
}

function place<T>(node: Node<T>, rect: Rect, depth: number, out: Treemap<T>): void {
  if (node.leaf) {
    out.tiles.push({ ...rect, path: node.leaf.path, item: node.leaf.item });
    return;
  }
  let inner = rect;
  if (node.label) {
    const named = depth <= LABEL_DEPTH && rect.w >= LABEL_MIN.w && rect.h >= LABEL_MIN.h;
    const strip = named ? STRIP : 0;
    out.groups.push({ ...rect, path: node.path, label: node.label, depth, strip });
    inner = { x: rect.x, y: rect.y + strip, w: rect.w, h: rect.h - strip };
  }
  const children = [...node.children.values()].sort(
    (a, b) => b.weight - a.weight || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0),
  );
  const rects = squarify(
    children.map((child) => child.weight),
    inner,
  );
  children.forEach((child, i) => {
    const at = rects[i];
    if (at) place(child, at, depth + 1, out);
  });
}

/**
 * Cuts a rectangle into one rectangle a weight, as square as can be (Bruls, Huizing and van Wijk,
 * 2000). Weights come largest first; areas add up to the whole.
 */
export function squarify(weights: readonly number[], rect: Rect): Rect[] {
  const total = weights.reduce((sum, w) => sum + w, 0);
  const area = rect.w * rect.h;
  if (!(total > 0) || !(area > 0)) return weights.map(() => ({ x: rect.x, y: rect.y, w: 0, h: 0 }));
  const areas = weights.map((w) => (w / total) * area);
  const out: Rect[] = [];
  let rest = { ...rect };
  let start = 0;
  while (start < areas.length) {
    const side = Math.min(rest.w, rest.h);
    let end = start + 1;
    let sum = areas[start] ?? 0;
    let worst = ratio(areas, start, end, sum, side);
    while (end < areas.length) {
      const more = sum + (areas[end] ?? 0);
      const next = ratio(areas, start, end + 1, more, side);
      if (next > worst) break;
      sum = more;
      worst = next;
      end += 1;
    }
    rest = row(areas, start, end, sum, rest, end === areas.length, out);
    start = end;
  }
  return out;
}

/** The worst ratio of sides in a row of areas along a side. */
function ratio(areas: readonly number[], start: number, end: number, sum: number, side: number) {
  if (sum <= 0) return Infinity;
  let worst = 1;
  for (let i = start; i < end; i += 1) {
    const a = areas[i] ?? 0;
    if (a <= 0) continue;
    worst = Math.max(worst, (side * side * a) / (sum * sum), (sum * sum) / (side * side * a));
  }
  return worst;
}

/** Lays one row along the shorter side and answers with what is left. */
function row(
  areas: readonly number[],
  start: number,
  end: number,
  sum: number,
  rest: Rect,
  last: boolean,
  out: Rect[],
): Rect {
  const across = rest.w < rest.h;
  const side = across ? rest.w : rest.h;
  // The last row takes what is left, so that rounding leaves no gap.
  const thick = last ? (across ? rest.h : rest.w) : sum / side;
  let at = 0;
  for (let i = start; i < end; i += 1) {
    const length = sum > 0 ? ((areas[i] ?? 0) / sum) * side : 0;
    out.push(
      across
        ? { x: rest.x + at, y: rest.y, w: length, h: thick }
        : { x: rest.x, y: rest.y + at, w: thick, h: length },
    );
    at += length;
  }
  return across
    ? { x: rest.x, y: rest.y + thick, w: rest.w, h: rest.h - thick }
    : { x: rest.x + thick, y: rest.y, w: rest.w - thick, h: rest.h };
}

/** The tile that lies next in a direction from another, for the arrow keys. */
export function neighbour<T>(
  tiles: readonly Tile<T>[],
  from: number,
  dx: -1 | 0 | 1,
  dy: -1 | 0 | 1,
): number {
  const here = tiles[from];
  if (!here) return tiles.length > 0 ? 0 : -1;
  const cx = here.x + here.w / 2;
  const cy = here.y + here.h / 2;
  let best = from;
  let nearest = Infinity;
  tiles.forEach((tile, i) => {
    if (i === from) return;
    const x = tile.x + tile.w / 2 - cx;
    const y = tile.y + tile.h / 2 - cy;
    const along = dx === 0 ? y * dy : x * dx;
    if (along <= 0.5) return;
    const aside = Math.abs(dx === 0 ? x : y);
    const far = along + aside * 2;
    if (far < nearest) {
      nearest = far;
      best = i;
    }
  });
  return best;
}
