// Light or dark: as the system says, until somebody says otherwise.

export type Theme = 'system' | 'light' | 'dark';

let chosen = $state<Theme>('system');

export const theme = {
  get chosen() {
    return chosen;
  },
  choose(next: Theme) {
    chosen = next;
    const root = document.documentElement;
    if (next === 'system') delete root.dataset['theme'];
    else root.dataset['theme'] = next;
  },
};
