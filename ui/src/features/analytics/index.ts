// Web analytics: sites whose page views are counted, how they are set up, and what is kept of them.

import Globe from '@lucide/svelte/icons/globe';
import { navigate } from '$/app/router.svelte';
import type { Feature } from '$/kit/feature';

export const analytics: Feature = {
  routes: [
    {
      screen: 'web',
      load: () => import('./Web.svelte'),
      title: (id) => (id ? `Web: ${id}` : 'Web'),
      needsRepository: false,
    },
  ],
  nav: [{ title: 'Web', screen: 'web', icon: Globe, keys: 'g w' }],
  commands: [
    {
      id: 'web.add',
      title: 'Count the visits of a site',
      words: 'web analytics add site tracker umami plausible goatcounter',
      icon: Globe,
      cli: 'backstory analytics add-site',
      run: () => navigate('web', '', { add: 'yes' }),
    },
  ],
};
