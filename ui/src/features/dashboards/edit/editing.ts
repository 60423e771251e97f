// What the editing part is given; it is loaded when somebody edits.

import type { Board } from '../board.svelte';
import type { DashboardPage } from '../wire';

export interface EditingProps {
  [key: string]: unknown;
  board: Board;
  page: DashboardPage;
  /** What is edited: `source`, `line 12`, `panel 3`. */
  at: string;
  onleave: () => void;
}
