// Sources: which repositories memory is made of.

import Database from '@lucide/svelte/icons/folder-git-2';
import { navigate, repository } from '$/app/router.svelte';
import type { Feature } from '$/kit/feature';
import { read } from './jobs';
import Sources from './Sources.svelte';

export { default as FirstRun } from './FirstRun.svelte';
export { read, readingText } from './jobs';
export { default as Reading } from './Reading.svelte';

export const sources: Feature = {
  routes: [{ screen: 'sources', component: Sources, title: 'Sources', needsRepository: false }],
  nav: [{ title: 'Sources', screen: 'sources', icon: Database, keys: 'g r', last: true }],
  commands: [
    {
      id: 'sources.add',
      title: 'Add a repository',
      words: 'source open folder',
      icon: Database,
      cli: 'backstory sources add PATH',
      run: () => navigate('sources'),
    },
    {
      id: 'sources.sync',
      title: 'Read what is new in this repository',
      words: 'sync refresh update fetch',
      icon: Database,
      cli: 'backstory sources sync',
      when: () => repository.current !== undefined,
      run: () => void read(repository.current ?? ''),
    },
  ],
};
