// The statement that a collection is browsed by, from what is filled in. Pure.

import type { JsonNode } from '../workspace/json';
import { collectionIn } from './place';

export interface Find {
  filter: string;
  sort: string;
  projection: string;
}

/** What is typed for a document: nothing is everything, braces may be left out. */
export function documentOf(text: string): string {
  const bare = text.trim();
  if (bare === '') return '{}';
  return bare.startsWith('{') ? bare : `{ ${bare} }`;
}

/** The collection as a statement names it; of another database than the connection's, by that. */
export const named = (database: string, collection: string, current: boolean) =>
  current
    ? collectionIn(collection)
    : `db.getSiblingDB(${JSON.stringify(database)}).getCollection(${JSON.stringify(collection)})`;

export function findOf(collection: string, { filter, sort, projection }: Find): string {
  const second = projection.trim() ? `, ${documentOf(projection)}` : '';
  const order = sort.trim() ? `.sort(${documentOf(sort)})` : '';
  return `${collection}.find(${documentOf(filter)}${second})${order}`;
}

/** Of how many documents a field is in how many, as the catalogue tells it; null where it does not. */
export function shareOf(comment: string | null): number | null {
  const found = /^in (\d+) of (\d+) /.exec(comment ?? '');
  if (!found || Number(found[2]) === 0) return null;
  return Number(found[1]) / Number(found[2]);
}

const NUMBERS: ReadonlySet<string> = new Set(['"$numberInt"', '"$numberLong"', '"$numberDouble"']);
const CALLS: { readonly [key: string]: string } = {
  '"$oid"': 'ObjectId',
  '"$date"': 'ISODate',
  '"$numberDecimal"': 'NumberDecimal',
};

/** Extended JSON as the shell writes it: an object that only says a type becomes its value. */
export function plain(node: JsonNode): JsonNode {
  const [only, other] = node.children;
  if (node.kind === 'object' && only && !other && only.kind === 'string') {
    const { key, text } = only;
    if (NUMBERS.has(key)) return { ...node, kind: 'number', text: text.slice(1, -1), children: [] };
    const call = CALLS[key];
    if (call) return { ...node, kind: 'word', text: `${call}(${text})`, children: [] };
  }
  return node.children.length > 0 ? { ...node, children: node.children.map(plain) } : node;
}
