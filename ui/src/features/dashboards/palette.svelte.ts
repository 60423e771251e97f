// The commands of the palette, loaded when it is first looked at: the first screen does without them.

import type { Command } from '$/kit/feature';

let made = $state.raw<((text: string) => readonly Command[]) | null>(null);
let asked = false;

/** Commands for what is typed; none until they are loaded. */
export function dashboardCommands(text: string): readonly Command[] {
  if (!asked) {
    asked = true;
    import('./commands.svelte').then(
      (it) => (made = it.dashboardCommands),
      () => (asked = false),
    );
  }
  return made?.(text) ?? [];
}
