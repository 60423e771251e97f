// Everything that can be done from anywhere: what the palette lists and what keys do.

import ArrowLeft from '@lucide/svelte/icons/arrow-left';
import ArrowRight from '@lucide/svelte/icons/arrow-right';
import Keyboard from '@lucide/svelte/icons/keyboard';
import Link from '@lucide/svelte/icons/link';
import RefreshCw from '@lucide/svelte/icons/refresh-cw';
import Search from '@lucide/svelte/icons/search';
import SunMoon from '@lucide/svelte/icons/sun-moon';
import { forget } from '$/ipc/cache.svelte';
import { copy } from '$/ipc/desktop';
import type { Command } from '$/kit/feature';
import { toast } from '$/kit/toast.svelte';
import { featureCommands, nav } from './features';
import { panes } from './panes.svelte';
import { back, forward, navigate, route } from './router.svelte';
import type { Theme } from '$ipc-schema/types';
import { theme } from './theme.svelte';

const themes: [Theme, string][] = [
  ['system', 'Theme: as the system'],
  ['light', 'Theme: light'],
  ['dark', 'Theme: dark'],
];

export const commands: readonly Command[] = [
  ...nav.map((it): Command => ({
    id: `go ${it.screen}`,
    title: `Go to ${it.title}`,
    icon: it.icon,
    ...(it.keys ? { keys: it.keys } : {}),
    run: () => navigate(it.screen),
  })),
  ...featureCommands,
  {
    id: 'palette',
    title: 'Search, ask or go',
    icon: Search,
    keys: 'Mod+K',
    run: () => panes.palette(''),
  },
  {
    id: 'back',
    title: 'Back',
    icon: ArrowLeft,
    keys: 'Alt+ArrowLeft',
    when: () => route.canGoBack,
    run: back,
  },
  {
    id: 'forward',
    title: 'Forward',
    icon: ArrowRight,
    keys: 'Alt+ArrowRight',
    when: () => route.canGoForward,
    run: forward,
  },
  {
    id: 'refresh',
    title: 'Ask again for what is shown',
    words: 'refresh reload',
    icon: RefreshCw,
    keys: 'Mod+R',
    run: forget,
  },
  {
    id: 'address',
    title: 'Copy the address of this screen',
    words: 'link url',
    icon: Link,
    keys: 'Mod+L',
    run: () => {
      copy(route.address).then(
        () => toast('The address is on the clipboard; `backstory app open` shows it again.'),
        () => toast('The address could not be copied.', 'failed'),
      );
    },
  },
  ...themes.map(([key, title]): Command => ({
    id: `theme ${key}`,
    title,
    words: 'light dark colour color',
    icon: SunMoon,
    when: () => theme.chosen !== key,
    run: () => theme.choose(key),
  })),
  {
    id: 'keys',
    title: 'Show the keys',
    words: 'shortcuts help',
    icon: Keyboard,
    keys: '?',
    run: () => panes.keys(),
  },
];
