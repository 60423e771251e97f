// Where the tables of a diagram go: in layers, what is referred to left of what refers to it. The same
// tables give the same picture, in whatever order they come.

import type * as t from '$ipc-schema/types';

/** More tables than this are no picture any more: then one is shown with those around it. */
export const WHOLE_MAX = 60;
/** Columns of a table that are shown; the others are counted. */
const COLUMNS_MAX = 16;

export const HEAD = 26;
export const LINE = 18;
const WIDTH_MIN = 120;
const WIDTH_MAX = 260;
const GAP_X = 56;
const GAP_Y = 22;
const LETTER = 6.9;

export interface Field {
  name: string;
  typeName: string;
  /** Something refers to it, or it is of the primary key. */
  key: boolean;
  reference: boolean;
}

export interface Box {
  name: string;
  fields: Field[];
  /** How many columns are not shown. */
  more: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Edge {
  reference: t.DatabaseReference;
  /** The boxes, by place in the list. */
  from: number;
  to: number;
  /** Path of a line in SVG. */
  path: string;
}

export interface Picture {
  boxes: Box[];
  edges: Edge[];
  width: number;
  height: number;
}

const byName = (a: { name: string }, b: { name: string }) =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0;

/** Tables around a table, by how many references they are away; itself among them. */
export function around(
  references: readonly t.DatabaseReference[],
  table: string,
  steps: number,
): Set<string> {
  const near = new Map<string, Set<string>>();
  const join = (a: string, b: string) => (near.get(a) ?? near.set(a, new Set()).get(a))?.add(b);
  for (const it of references) {
    join(it.table, it.toTable);
    join(it.toTable, it.table);
  }
  const found = new Set([table]);
  let edge = [table];
  for (let step = 0; step < steps; step++) {
    edge = edge.flatMap((it) => [...(near.get(it) ?? [])].filter((one) => !found.has(one)));
    for (const it of edge) found.add(it);
  }
  return found;
}

/** The table that most others stand around; where none refers to another, the first. */
export function middle(
  tables: readonly t.DatabaseTable[],
  references: readonly t.DatabaseReference[],
): string | null {
  let best: string | null = null;
  let most = -1;
  for (const { name } of [...tables].sort(byName)) {
    const many = around(references, name, 1).size;
    if (many > most) [best, most] = [name, many];
  }
  return best;
}

/** About how wide a text is drawn, without asking a canvas: the same on every machine. */
export function widthOf(text: string): number {
  let sum = 0;
  for (const letter of text) sum += (letter.codePointAt(0) ?? 0) > 0x2e7f ? 12.5 : LETTER;
  return sum;
}

/** A text cut to a width. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let out = '';
  for (const letter of text) {
    if (widthOf(`${out}${letter}…`) > width) break;
    out += letter;
  }
  return `${out}…`;
}

function boxOf(table: t.DatabaseTable, refers: Set<string>, keys: Set<string>): Box {
  const all = table.columns.map((it): Field => ({
    name: it.name,
    typeName: it.typeName,
    key: keys.has(it.name),
    reference: refers.has(it.name),
  }));
  // What lines end at is shown in any case.
  const wanted = new Set(all.filter((it) => it.key || it.reference));
  for (const it of all) if (wanted.size < COLUMNS_MAX) wanted.add(it);
  const fields = all.filter((it) => wanted.has(it));
  const more = all.length - fields.length;
  const widest = fields.reduce(
    (most, it) => Math.max(most, widthOf(it.name) + widthOf(it.typeName) + 44),
    widthOf(table.name) + 28,
  );
  return {
    name: table.name,
    fields,
    more,
    x: 0,
    y: 0,
    width: Math.ceil(Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, widest))) + 2,
    height: HEAD + (fields.length + (more > 0 ? 1 : 0)) * LINE + 6,
  };
}

/** Lays out tables and the references among them. */
export function lay(
  tables: readonly t.DatabaseTable[],
  all: readonly t.DatabaseReference[],
): Picture {
  const sorted = [...tables].sort(byName);
  const index = new Map(sorted.map((it, at) => [it.name, at]));
  const references = [...all]
    .filter((it) => index.has(it.table) && index.has(it.toTable))
    .sort((a, b) => {
      const [one, other] = [a, b].map((it) =>
        [it.table, it.toTable, it.name, ...it.columns].join('\n'),
      ) as [string, string];
      return one < other ? -1 : one > other ? 1 : 0;
    });
  const boxes = sorted.map((table) => {
    const refers = new Set(
      references.filter((it) => it.table === table.name).flatMap((it) => it.columns),
    );
    const own = new Set([
      ...table.primary,
      ...references.filter((it) => it.toTable === table.name).flatMap((it) => it.toColumns),
    ]);
    return boxOf(table, refers, own);
  });
  const links = references
    .map((it) => ({ from: index.get(it.table) as number, to: index.get(it.toTable) as number }))
    .filter((it) => it.from !== it.to);
  const linked = new Set(links.flatMap((it) => [it.from, it.to]));
  const alone = boxes.filter((_, at) => !linked.has(at));
  let bottom = 0;
  let right = 0;
  for (const part of components(boxes.length, links)) {
    if (part.length === 1 && !linked.has(part[0] as number)) continue;
    const size = layered(boxes, part, links, bottom);
    bottom = size.bottom + GAP_Y * 2;
    right = Math.max(right, size.right);
  }
  // Tables that refer to nothing stand below, in rows.
  let [x, y, high] = [0, bottom, 0];
  const room = Math.max(
    right,
    Math.sqrt(alone.reduce((sum, it) => sum + (it.width + GAP_Y) * (it.height + GAP_Y), 0)) * 1.4,
  );
  for (const box of alone) {
    if (x > 0 && x + box.width > room) [x, y, high] = [0, y + high + GAP_Y, 0];
    [box.x, box.y] = [x, y];
    x += box.width + GAP_Y;
    high = Math.max(high, box.height);
    right = Math.max(right, box.x + box.width);
    bottom = y + high;
  }
  const edges = references.map((reference): Edge => {
    const from = index.get(reference.table) as number;
    const to = index.get(reference.toTable) as number;
    return { reference, from, to, path: line(boxes[from] as Box, boxes[to] as Box, reference) };
  });
  return {
    boxes,
    edges,
    width: right,
    height: Math.max(0, ...boxes.map((it) => it.y + it.height)),
  };
}

interface Link {
  from: number;
  to: number;
}

/** Which tables hang together; the largest such part first, then by first name. */
function components(count: number, links: readonly Link[]): number[][] {
  const parent = Array.from({ length: count }, (_, at) => at);
  const root = (at: number): number => {
    let it = at;
    while (parent[it] !== it) it = parent[it] = parent[parent[it] as number] as number;
    return it;
  };
  for (const { from, to } of links) {
    const [a, b] = [root(from), root(to)];
    parent[Math.max(a, b)] = Math.min(a, b);
  }
  const parts = new Map<number, number[]>();
  for (let at = 0; at < count; at++) {
    const part = parts.get(root(at));
    if (part) part.push(at);
    else parts.set(root(at), [at]);
  }
  return [...parts.values()].sort((a, b) => b.length - a.length || (a[0] ?? 0) - (b[0] ?? 0));
}

/** Places one part, beginning at a height; tells how far it goes. */
function layered(
  boxes: Box[],
  part: readonly number[],
  links: readonly Link[],
  top: number,
): { right: number; bottom: number } {
  const inside = new Set(part);
  const own = links.filter((it) => inside.has(it.from));
  const rank = ranks(part, own);
  const layers: number[][] = [];
  for (const at of part) (layers[rank.get(at) ?? 0] ??= []).push(at);
  const near = new Map<number, number[]>(part.map((it) => [it, []]));
  for (const { from, to } of own) {
    near.get(from)?.push(to);
    near.get(to)?.push(from);
  }
  order(layers, near);
  const columns = broken(boxes, layers);
  // First stacked, then drawn towards what each is linked with, without passing one another.
  let x = 0;
  for (const column of columns) {
    const width = Math.max(...column.map((it) => (boxes[it] as Box).width));
    let y = 0;
    for (const at of column) {
      const box = boxes[at] as Box;
      [box.x, box.y] = [x, y];
      y += box.height + GAP_Y;
    }
    x += width + GAP_X;
  }
  const center = (at: number) => {
    const box = boxes[at] as Box;
    return box.y + box.height / 2;
  };
  for (let round = 0; round < 12; round++) {
    const sweep = round % 2 === 0 ? columns : columns.toReversed();
    for (const column of sweep) {
      const wanted = column.map((at) => {
        const all = near.get(at) ?? [];
        const mean = all.reduce((sum, it) => sum + center(it), 0) / all.length;
        return (Number.isNaN(mean) ? center(at) : mean) - (boxes[at] as Box).height / 2;
      });
      settle(boxes, column, wanted);
    }
  }
  const least = Math.min(...part.map((it) => (boxes[it] as Box).y));
  let bottom = top;
  for (const at of part) {
    const box = boxes[at] as Box;
    box.y = Math.round(box.y - least + top);
    bottom = Math.max(bottom, box.y + box.height);
  }
  return { right: x - GAP_X, bottom };
}

/** How many references in a row lead away from a table; a circle is cut where its first name is met again. */
function ranks(part: readonly number[], links: readonly Link[]): Map<number, number> {
  const out = new Map<number, number>();
  const next = new Map<number, number[]>();
  for (const { from, to } of links) (next.get(from) ?? next.set(from, []).get(from))?.push(to);
  const open = new Set<number>();
  // By hand rather than by calls within calls: a chain may be thousands long.
  for (const first of part) {
    const stack = [{ at: first, child: 0 }];
    while (stack.length > 0) {
      const top = stack.at(-1) as { at: number; child: number };
      if (out.has(top.at)) {
        stack.pop();
        continue;
      }
      open.add(top.at);
      const children = next.get(top.at) ?? [];
      const child = children[top.child++];
      if (child === undefined) {
        const below = children.map((it) => out.get(it)).filter((it) => it !== undefined);
        out.set(top.at, below.length > 0 ? Math.max(...below) + 1 : 0);
        open.delete(top.at);
        stack.pop();
      } else if (!out.has(child) && !open.has(child)) stack.push({ at: child, child: 0 });
    }
  }
  // Whatever is referred to stands as near as it can to what refers to it.
  const from = new Map<number, number[]>();
  for (const link of links)
    (from.get(link.to) ?? from.set(link.to, []).get(link.to))?.push(link.from);
  for (const at of part) {
    if ((next.get(at)?.length ?? 0) > 0) continue;
    const users = (from.get(at) ?? []).map((it) => out.get(it) ?? 0);
    if (users.length > 0) out.set(at, Math.max(0, Math.min(...users) - 1));
  }
  return out;
}

/** Orders each layer so that lines cross little: by the mean place of what each is linked with. */
function order(layers: number[][], near: ReadonlyMap<number, number[]>): void {
  const place = new Map<number, number>();
  const note = (layer: number[]) =>
    layer.forEach((it, at) => place.set(it, (at + 0.5) / layer.length));
  layers.forEach(note);
  for (let round = 0; round < 8; round++) {
    const sweep = round % 2 === 0 ? layers : layers.toReversed();
    for (const layer of sweep) {
      const mean = new Map(
        layer.map((it) => {
          const all = near.get(it) ?? [];
          const sum = all.reduce((sum, one) => sum + (place.get(one) ?? 0), 0);
          return [it, all.length > 0 ? sum / all.length : (place.get(it) ?? 0)] as const;
        }),
      );
      layer.sort((a, b) => (mean.get(a) ?? 0) - (mean.get(b) ?? 0) || a - b);
      note(layer);
    }
  }
}

/** Layers that are much too high become several columns. */
function broken(boxes: readonly Box[], layers: readonly number[][]): number[][] {
  const height = (all: readonly number[]) =>
    all.reduce((sum, it) => sum + (boxes[it]?.height ?? 0) + GAP_Y, 0);
  const area = layers.flat().reduce((sum, it) => {
    const box = boxes[it] as Box;
    return sum + (box.width + GAP_X) * (box.height + GAP_Y);
  }, 0);
  const most = Math.max(700, Math.sqrt(area) * 0.9);
  return layers.flatMap((layer) => {
    const parts = Math.max(1, Math.ceil(height(layer) / most));
    const size = Math.ceil(layer.length / parts);
    return Array.from({ length: parts }, (_, at) => layer.slice(at * size, (at + 1) * size)).filter(
      (it) => it.length > 0,
    );
  });
}

/** Puts the boxes of a column where they are wanted, as far as their order and the gaps allow. */
function settle(boxes: Box[], column: readonly number[], wanted: readonly number[]): void {
  // Groups of boxes that touch move together, to the mean of what they want.
  const groups: { from: number; count: number; y: number; height: number }[] = [];
  column.forEach((at, index) => {
    const box = boxes[at] as Box;
    groups.push({ from: index, count: 1, y: wanted[index] ?? 0, height: box.height + GAP_Y });
    for (;;) {
      const last = groups.at(-1);
      const before = groups.at(-2);
      if (!last || !before || before.y + before.height <= last.y) break;
      const merged = {
        from: before.from,
        count: before.count + last.count,
        height: before.height + last.height,
        y: 0,
      };
      let offset = 0;
      let sum = 0;
      for (let step = 0; step < merged.count; step++) {
        sum += (wanted[merged.from + step] ?? 0) - offset;
        offset += (boxes[column[merged.from + step] as number] as Box).height + GAP_Y;
      }
      merged.y = sum / merged.count;
      groups.splice(-2, 2, merged);
    }
  });
  for (const group of groups) {
    let { y } = group;
    for (let step = 0; step < group.count; step++) {
      const box = boxes[column[group.from + step] as number] as Box;
      box.y = y;
      y += box.height + GAP_Y;
    }
  }
}

/** The height at which a line meets a column. */
function level(box: Box, column: string | undefined): number {
  const at = box.fields.findIndex((it) => it.name === column);
  return box.y + (at < 0 ? HEAD / 2 : HEAD + at * LINE + LINE / 2 + 2);
}

function line(from: Box, to: Box, reference: t.DatabaseReference): string {
  const y1 = level(from, reference.columns[0]);
  const y2 = level(to, reference.toColumns[0]);
  if (from === to) {
    const x = from.x + from.width;
    return `M${x} ${y1}C${x + 36} ${y1} ${x + 36} ${y2} ${x} ${y2}`;
  }
  // Out on the side where the other is; where they stand above one another, on the right of both.
  const left = to.x + to.width < from.x;
  const right = from.x + from.width < to.x;
  const x1 = left ? from.x : from.x + from.width;
  const x2 = left || !right ? to.x + to.width : to.x;
  const bow = Math.max(28, Math.min(120, Math.abs(x2 - x1) / 2));
  const c1 = left ? x1 - bow : x1 + bow;
  const c2 = left || !right ? x2 + bow : x2 - bow;
  return `M${x1} ${y1}C${c1} ${y1} ${c2} ${y2} ${x2} ${y2}`;
}

/** The table that an arrow key leads to: one that is linked if there is one on that side, else the nearest. */
export function step(
  picture: Picture,
  at: number,
  key: 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown',
): number {
  const here = picture.boxes[at];
  if (!here) return picture.boxes.length > 0 ? 0 : -1;
  const linked = new Set(
    picture.edges.flatMap((it) => (it.from === at ? [it.to] : it.to === at ? [it.from] : [])),
  );
  const across = key === 'ArrowLeft' || key === 'ArrowRight';
  const sign = key === 'ArrowLeft' || key === 'ArrowUp' ? -1 : 1;
  let best = at;
  let least = Infinity;
  picture.boxes.forEach((box, index) => {
    if (index === at) return;
    const dx = box.x + box.width / 2 - here.x - here.width / 2;
    const dy = box.y + box.height / 2 - here.y - here.height / 2;
    const along = (across ? dx : dy) * sign;
    const aside = Math.abs(across ? dy : dx);
    if (along <= 8) return;
    const far = along + aside * 2 + (linked.has(index) ? 0 : 100_000);
    if (far < least) [best, least] = [index, far];
  });
  return best;
}

const escaped = (text: string) =>
  text.replace(
    /[&<>"\u0000-\u0008\u000b\u000c\u000e-\u001f]/g,
    (it) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[it] ?? '\ufffd',
  );

/** What the file of a schema's picture may be called. */
export const fileName = (schema: string) =>
  `${schema.replace(/[^\p{L}\p{N}_.-]+/gu, '_').replace(/^\.+/, '') || 'diagram'}.svg`;

/** The picture as a file of its own: dark on white, which can be read and printed anywhere. */
export function svgOf(picture: Picture): string {
  const margin = 24;
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${-margin} ${-margin} ${picture.width + margin * 2} ${picture.height + margin * 2}" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect x="${-margin}" y="${-margin}" width="${picture.width + margin * 2}" height="${picture.height + margin * 2}" fill="#ffffff"/>`,
  ];
  for (const { path } of picture.edges)
    out.push(`<path d="${path}" fill="none" stroke="#7c8591" stroke-width="1.25"/>`);
  for (const box of picture.boxes) {
    out.push(
      `<g transform="translate(${box.x} ${box.y})">`,
      `<rect width="${box.width}" height="${box.height}" rx="4" fill="#ffffff" stroke="#7c8591"/>`,
      `<text x="10" y="17" font-weight="600" fill="#1c2128">${escaped(cut(box.name, box.width - 20))}</text>`,
    );
    box.fields.forEach((it, at) => {
      const y = HEAD + at * LINE + 15;
      const mark = it.key ? '◆' : it.reference ? '→' : '';
      const name = cut(it.name, box.width * 0.6);
      const rest = box.width - widthOf(name) - 44;
      out.push(
        `<text x="9" y="${y}" fill="#0b6470">${mark}</text>`,
        `<text x="24" y="${y}" fill="#1c2128">${escaped(name)}</text>`,
        `<text x="${box.width - 9}" y="${y}" text-anchor="end" fill="#57606c">${escaped(cut(it.typeName, rest))}</text>`,
      );
    });
    if (box.more > 0)
      out.push(
        `<text x="24" y="${HEAD + box.fields.length * LINE + 15}" fill="#57606c">and ${box.more} more</text>`,
      );
    out.push('</g>');
  }
  out.push('</svg>');
  return out.join('\n');
}
