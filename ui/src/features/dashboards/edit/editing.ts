// What the editing part is given; it is loaded when somebody edits.

import type { Board } from '../board.svelte';
import type { DashboardFile } from './file.svelte';

export interface EditingProps {
  [key: string]: unknown;
  board: Board;
  /** What is edited: `source`, `line 12`, `panels`, `panel 3`. */
  at: string;
  /** Takes the file, so that panels can be moved where they stand; returns what gives it back. */
  onfile: (file: DashboardFile) => () => void;
  /** Edits something else. */
  ongo: (at: string) => void;
}
