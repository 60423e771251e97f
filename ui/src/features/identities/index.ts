// Identities: who is whom, why, and how to say otherwise.

import IdCard from '@lucide/svelte/icons/id-card';
import { navigate } from '$/app/router.svelte';
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
  commands: [
    {
      id: 'identities suggestions',
      title: 'Decide who is the same person',
      words: 'identities merge duplicates suggestions',
      icon: IdCard,
      cli: 'backstory identities suggestions',
      run: () => navigate('identities', '', { show: 'suggestions' }),
    },
  ],
};
