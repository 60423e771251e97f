// Identities: who is whom, why, and how to say otherwise.

import Users from '@lucide/svelte/icons/users';
import type { Feature } from '$/kit/feature';

export const identities: Feature = {
  routes: [
    {
      screen: 'identities',
      load: () => import('./Identities.svelte'),
      title: 'Identities',
      needsRepository: true,
    },
  ],
  nav: [{ title: 'Identities', screen: 'identities', icon: Users, keys: 'g i', last: true }],
  commands: [],
};
