// The relations of a graph as a list: each neighbour with the words of how it is related.

import type { GraphReply, Record as RecordRow, RecordKind } from '$ipc-schema/types';

/** A neighbour and how it is related to the record asked about, or to another neighbour. */
export interface Related {
  index: number;
  node: RecordRow;
  links: { text: string; weight: number; toldBy: string | null }[];
}

/** What a relation is called when it is read from its other end. */
const BACK: Record<string, string> = {
  wrote: 'written by',
  reviewed: 'reviewed by',
  touches: 'touched by',
  names: 'named by',
  'part of': 'holds',
  parent: 'child',
  undoes: 'undone by',
  knows: 'known by',
  'changes with': 'changes with',
  made: 'made by',
  reported: 'reported by',
  assigned: 'assigned to',
  said: 'said by',
  about: 'spoken of in',
  linked: 'linked with',
};

/** Neighbours by kind, in the order of the reply; relations to the first record first. */
export function relations(
  reply: Pick<GraphReply, 'nodes' | 'edges'>,
): { kind: RecordKind; rows: Related[] }[] {
  const rows: Related[] = reply.nodes.map((node, index) => ({ index, node, links: [] }));
  const title = (index: number) => reply.nodes[index]?.title || reply.nodes[index]?.id || '';
  const it = reply.nodes[0]?.kind === 'person' ? 'them' : 'it';
  const told = [...reply.edges].sort(
    (a, b) => Number(b.from === 0 || b.to === 0) - Number(a.from === 0 || a.to === 0),
  );
  for (const edge of told) {
    const from = rows[edge.from];
    const to = rows[edge.to];
    if (!from || !to) continue;
    const back = BACK[edge.relation] ?? edge.relation;
    if (edge.to === 0)
      from.links.push({ text: `${edge.relation} ${it}`, weight: edge.weight, toldBy: edge.toldBy });
    else if (edge.from === 0)
      to.links.push({ text: `${back} ${it}`, weight: edge.weight, toldBy: edge.toldBy });
    else if (from.links.length < 3) {
      from.links.push({
        text: `${edge.relation} ${short(title(edge.to))}`,
        weight: edge.weight,
        toldBy: edge.toldBy,
      });
    }
  }
  const groups = new Map<RecordKind, Related[]>();
  for (const row of rows.slice(1)) {
    const group = groups.get(row.node.kind);
    if (group) group.push(row);
    else groups.set(row.node.kind, [row]);
  }
  return [...groups].map(([kind, group]) => ({ kind, rows: group }));
}

function short(text: string): string {
  const letters = [...text];
  return letters.length > 32 ? `${letters.slice(0, 31).join('')}…` : text;
}
