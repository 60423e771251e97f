// The rows of a tree: folders that are open show what they hold, right below them.

import type { FolderEntry } from '$ipc-schema/types';

/** What is known of a folder's content. */
export type Content =
  | { state: 'loading' }
  | { state: 'ready'; entries: readonly FolderEntry[] }
  | { state: 'error'; message: string };

/** A row to draw. */
export type Row =
  | { kind: 'entry'; entry: FolderEntry; depth: number; open: boolean; place: number; size: number }
  | { kind: 'note'; path: string; depth: number; text: string; failed: boolean };

/** What to sort entries by; folders always come first. */
export type Order = 'name' | 'changes' | 'risk' | 'lastAt' | 'files';

/** The rows of a folder and of every open folder below it; a filter keeps names that hold it. */
export function rowsOf(
  root: readonly FolderEntry[],
  open: ReadonlySet<string>,
  contents: ReadonlyMap<string, Content>,
  filter = '',
  order: Order = 'name',
): Row[] {
  const out: Row[] = [];
  const wanted = filter.trim().toLowerCase();
  const walk = (entries: readonly FolderEntry[], depth: number): void => {
    const kept = sorted(
      wanted ? entries.filter((entry) => holds(entry, wanted, open, contents)) : entries,
      order,
    );
    kept.forEach((entry, i) => {
      const isOpen = entry.kind === 'folder' && open.has(entry.path);
      out.push({ kind: 'entry', entry, depth, open: isOpen, place: i + 1, size: kept.length });
      if (!isOpen) return;
      const content = contents.get(entry.path);
      const note = (text: string, failed: boolean) =>
        out.push({ kind: 'note', path: entry.path, depth: depth + 1, text, failed });
      if (!content || content.state === 'loading') note('loading…', false);
      else if (content.state === 'error') note(content.message, true);
      else if (content.entries.length === 0) note('empty', false);
      else walk(content.entries, depth + 1);
    });
  };
  walk(root, 0);
  return out;
}

/** Whether a name, or one in an open folder below it, holds the text. */
function holds(
  entry: FolderEntry,
  wanted: string,
  open: ReadonlySet<string>,
  contents: ReadonlyMap<string, Content>,
): boolean {
  if (entry.name.toLowerCase().includes(wanted)) return true;
  if (entry.owner?.name.toLowerCase().includes(wanted)) return true;
  const content = open.has(entry.path) ? contents.get(entry.path) : undefined;
  if (content?.state !== 'ready') return false;
  return content.entries.some((child) => holds(child, wanted, open, contents));
}

function sorted(entries: readonly FolderEntry[], order: Order): readonly FolderEntry[] {
  if (order === 'name') return entries;
  const value = (entry: FolderEntry): number | string =>
    order === 'lastAt' ? (entry.lastAt ?? '') : entry[order];
  return [...entries].sort((a, b) => {
    if (a.kind !== b.kind) return a.kind === 'folder' ? -1 : 1;
    const [x, y] = [value(a), value(b)];
    return x < y ? 1 : x > y ? -1 : a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
  });
}

/** The row that holds the folder a row lies in; -1 at the top. */
export function parentRow(rows: readonly Row[], index: number): number {
  const depth = rows[index]?.depth ?? 0;
  for (let i = index - 1; i >= 0; i -= 1) if ((rows[i]?.depth ?? 0) < depth) return i;
  return -1;
}
