// Sources: which repositories memory is made of.

import Database from '@lucide/svelte/icons/folder-git-2';
import { navigate, repository } from '$/app/router.svelte';
import type { Feature } from '$/kit/feature';
import { read } from './jobs';

export { default as FirstRun } from './FirstRun.svelte';
export { read, readingText } from './jobs';
export { default as Reading } from './Reading.svelte';

export const sources: Feature = {
  routes: [
    {
      screen: 'sources',
      load: () => import('./Sources.svelte'),
      title: 'Sources',
      needsRepository: false,
    },
  ],
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
      id: 'trackers.add',
      title: 'Add a Jira site or a GitHub repository',
      words: 'tracker issues pull requests token',
      icon: Database,
      cli: 'backstory trackers add ADDRESS',
      run: () => navigate('sources', '', { add: 'add' }),
    },
    {
      id: 'trackers.import',
      title: 'Import issues and pull requests from files',
      words: 'tracker jira github export json',
      icon: Database,
      cli: 'backstory trackers import PATH',
      run: () => navigate('sources', '', { add: 'import' }),
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
