// What can be done in the workspace while it is shown, by name; so that commands known to the whole
// window need not know the workspace.

export type Act =
  | 'run'
  | 'runAll'
  | 'stop'
  | 'explain'
  | 'measure'
  | 'format'
  | 'new'
  | 'close'
  | 'reopen'
  | 'next'
  | 'before'
  | 'rename'
  | 'save'
  | 'export'
  | 'chart'
  | 'history'
  | 'queries'
  | 'tree'
  | 'editor'
  | 'results'
  | 'commit'
  | 'rollback';

let shown: { readonly [A in Act]?: () => void } = {};
/** What was asked for before the workspace was there. */
let asked: Act | null = null;

/** Offers acts for as long as the workspace is shown. Returns what takes them back. */
export function offer(acts: { readonly [A in Act]?: () => void }): () => void {
  shown = acts;
  const first = asked;
  asked = null;
  if (first) queueMicrotask(() => acts[first]?.());
  return () => {
    if (shown === acts) shown = {};
  };
}

let rows: { connection: string; text: string; title: string } | null = null;

/** Rows of a table are wanted from another screen: its statement is run once it stands in a tab. */
export function wantRows(connection: string, text: string, title: string): void {
  rows = { connection, text, title };
}

/** What the tab of the rows that are wanted is called; once, and only for this very statement. */
export function rowsWanted(connection: string, text: string): string | null {
  const is = rows?.connection === connection && rows.text === text ? rows.title : null;
  rows = null;
  return is;
}

export const can = (act: Act) => shown[act] !== undefined;
export const act = (it: Act) => shown[it]?.();

/** Does it as soon as the workspace is shown. */
export function actSoon(it: Act): void {
  if (can(it)) act(it);
  else asked = it;
}
