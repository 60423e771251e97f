// Hygiene: what memory lacks.

import ClipboardCheck from '@lucide/svelte/icons/clipboard-check';
import { navigate } from '$/app/router.svelte';
import type { Feature } from '$/kit/feature';

export const hygiene: Feature = {
  routes: [
    {
      screen: 'hygiene',
      load: () => import('./Hygiene.svelte'),
      title: 'Hygiene',
      needsRepository: true,
    },
  ],
  nav: [{ title: 'Hygiene', screen: 'hygiene', icon: ClipboardCheck, keys: 'g h' }],
  commands: [
    {
      id: 'hygiene unreviewed',
      title: 'List the pull requests that were merged without a review',
      words: 'hygiene quality approval',
      icon: ClipboardCheck,
      cli: 'backstory memory hygiene-records --report mergedWithoutReview',
      run: () => navigate('hygiene', 'mergedWithoutReview'),
    },
  ],
};
