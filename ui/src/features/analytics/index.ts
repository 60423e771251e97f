// Web analytics: sites whose page views are counted, how they are set up, and what is kept of them.

import Globe from '@lucide/svelte/icons/globe';
import { navigate, route } from '$/app/router.svelte';
import type { Feature } from '$/kit/feature';

const ofSite = () => route.screen === 'web' && route.id !== '';

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
    {
      id: 'web.compare',
      title: 'Compare the counts of two trackers',
      words: 'web analytics google',
      icon: Globe,
      cli: 'backstory analytics compare',
      run: () => navigate('web', '', { show: 'compare' }),
    },
    {
      id: 'web.reclassify',
      title: 'Say what visits of this site are',
      words: 'web bots reclassify',
      icon: Globe,
      when: ofSite,
      run: () => navigate('web', route.id, { show: 'bots' }),
    },
    {
      id: 'web.erase',
      title: 'Erase visits of this site',
      words: 'web delete forget',
      icon: Globe,
      when: ofSite,
      run: () => navigate('web', route.id, { show: 'erase' }),
    },
  ],
};
