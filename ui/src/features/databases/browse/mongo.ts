// The statement that a collection is browsed by, from what is filled in. Pure.

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
