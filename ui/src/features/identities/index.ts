// Identities: who is whom, why, and how to say otherwise.

import IdCard from '@lucide/svelte/icons/id-card';
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
  nav: [{ title: 'Identities', screen: 'identities', icon: IdCard, keys: 'g i', last: true }],
  commands: [],
};
