// The relations of a graph as a list: each neighbour with the words of how it is related.

import type { GraphReply, Record as RecordRow, RecordKind } from '$ipc-schema/types';

/** A neighbour and how it is related to the record asked about, or to another neighbour. */
export interface Related {
  index: number;
  node: RecordRow;
  links: { text: string; weight: number; toldBy: string | null }[];
}

/**
 * What a relation is called before the record that it leads to, and when it is read from its other
 * end. Words that are not here are those of a link between issues, and stand alone.
 */
const WORDS: Record<string, [to: string, back: string]> = {
  wrote: ['wrote', 'written by'],
  reviewed: ['reviewed', 'reviewed by'],
  touches: ['touches', 'touched by'],
  names: ['names', 'named by'],
  'part of': ['part of', 'holds'],
  parent: ['parent', 'child'],
  undoes: ['undoes', 'undone by'],
  knows: ['knows', 'known by'],
  'changes with': ['changes with', 'changes with'],
  made: ['made', 'made by'],
  merged: ['merged', 'merged by'],
  reported: ['reported', 'reported by'],
  assigned: ['is to do', 'to be done by'],
  'asked to review': ['is asked to review', 'waits for a review by'],
  sent: ['sent', 'sent by'],
  commented: ['commented on', 'spoken of by'],
  said: ['said', 'said by'],
  about: ['is about', 'spoken of in'],
  closes: ['closes', 'closed by'],
  linked: ['linked with', 'linked with'],
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
    const [forth, back] = WORDS[edge.relation] ?? [];
    const { weight, toldBy } = edge;
    const link = (words: string | undefined, other: string) => ({
      text: words === undefined ? edge.relation : `${words} ${other}`,
      weight,
      toldBy,
    });
    if (edge.to === 0) from.links.push(link(forth, it));
    else if (edge.from === 0) to.links.push(link(back, it));
    else if (from.links.length < 3) from.links.push(link(forth, short(title(edge.to))));
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
