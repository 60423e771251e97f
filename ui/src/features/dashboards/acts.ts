// What can be done with the dashboard that is shown, by name; for commands known to the whole window.

export type Act = 'edit' | 'export' | 'moved' | 'refresh' | 'pause';

let shown: { readonly [A in Act]?: () => void } = {};

/** Offers acts for as long as a dashboard is shown. Returns what takes them back. */
export function offer(acts: { readonly [A in Act]?: () => void }): () => void {
  shown = acts;
  return () => {
    if (shown === acts) shown = {};
  };
}

export const can = (it: Act) => shown[it] !== undefined;
export const act = (it: Act) => shown[it]?.();
