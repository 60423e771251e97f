// Moving and removing panels, from wherever that is asked for.

import { toast } from '$/kit/toast.svelte';
import type { DashboardFile } from './file.svelte';

/** Puts a panel before another one; `before` may be the number after the last. */
export async function move(file: DashboardFile, panel: number, before: number): Promise<boolean> {
  if (before === panel || before === panel + 1 || before < 0) return false;
  if (blocked(file)) return false;
  return file.change({ movePanel: { panel, before } });
}

/** Removes a panel, with the means to have it back. */
export async function remove(file: DashboardFile, panel: number, title: string): Promise<void> {
  if (blocked(file)) return;
  if (await file.change({ removePanel: panel }))
    toast(`“${title}” is removed.`, 'done', { title: 'Undo', run: () => void file.undo() });
}

/** Tells that something typed has to be saved first, where it has. */
export function blocked(file: DashboardFile): boolean {
  if (file.dirty) toast('Save the source first: panels are written into the file.', 'warning');
  return file.dirty || file.busy;
}
