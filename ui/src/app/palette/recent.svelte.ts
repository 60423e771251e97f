// Where the reader has been, newest first; for the palette.

import { untrack } from 'svelte';

export interface Visit {
  address: string;
  title: string;
  screen: string;
}

const KEPT_MAX = 30;

let visits = $state.raw<readonly Visit[]>([]);

export const recent = {
  get visits() {
    return visits;
  },
  visit(address: string, title: string, screen: string) {
    untrack(() => {
      const others = visits.filter((it) => it.address !== address);
      visits = [{ address, title, screen }, ...others].slice(0, KEPT_MAX);
    });
  },
};
