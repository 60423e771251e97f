// The bridge: every method with its documentation, to try and to copy.

import Cable from '@lucide/svelte/icons/cable';
import type { Feature } from '$/kit/feature';

export const bridge: Feature = {
  routes: [
    {
      screen: 'bridge',
      load: () => import('./Bridge.svelte'),
      title: (id) => (id ? `Bridge: ${id}` : 'Bridge'),
      needsRepository: false,
    },
  ],
  nav: [{ title: 'Bridge', screen: 'bridge', icon: Cable, keys: 'g b', last: true }],
  commands: [],
};
