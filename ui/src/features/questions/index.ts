// Questions: what a team asks, in plain words, each leading to the screen that answers.

import CircleHelp from '@lucide/svelte/icons/circle-question-mark';
import { navigate } from '$/app/router.svelte';
import type { Feature } from '$/kit/feature';
import { ASKS } from './asks';

export const questions: Feature = {
  routes: [
    {
      screen: 'questions',
      load: () => import('./Questions.svelte'),
      title: 'Questions',
      needsRepository: true,
    },
  ],
  nav: [
    {
      title: 'Questions',
      screen: 'questions',
      icon: CircleHelp,
      keys: 'g a',
      also: ['reviewers', 'similar'],
    },
  ],
  commands: Object.entries(ASKS).map(([id, { text, words }]) => ({
    id: `ask ${id}`,
    title: text,
    words,
    icon: CircleHelp,
    group: 'Ask',
    run: () => navigate('questions', id),
  })),
};
