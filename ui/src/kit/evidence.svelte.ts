// Which figure's evidence is open. The drawer itself stands in the frame, once.

import type * as t from '$ipc-schema/types';

export interface Shown {
  figure: t.Figure;
  /** What the number counts: `commits to src/pay.rs`. */
  title: string;
}

let shown = $state.raw<Shown | null>(null);

export const evidence = {
  get shown() {
    return shown;
  },
  open(figure: t.Figure, title: string) {
    shown = { figure, title };
  },
  close() {
    shown = null;
  },
};
