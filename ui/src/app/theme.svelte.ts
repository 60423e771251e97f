// Light or dark: as the system says, until somebody says otherwise.

import type { Theme } from '$ipc-schema/types';
import { rememberedTheme, rememberTheme } from '$/ipc/desktop';

let chosen = $state<Theme>('system');

export const theme = {
  get chosen() {
    return chosen;
  },
  /** Shows the page that way, and asks the window to do so at every start. */
  choose(next: Theme) {
    theme.show(next);
    void rememberTheme(next);
  },
  show(next: Theme) {
    chosen = next;
    const root = document.documentElement;
    if (next === 'system') delete root.dataset['theme'];
    else root.dataset['theme'] = next;
  },
  /** Shows what was chosen before. */
  async recall() {
    theme.show(await rememberedTheme());
  },
};
