// The screens of the team memory.

import ChartColumn from '@lucide/svelte/icons/chart-column';
import FolderTree from '@lucide/svelte/icons/folder-tree';
import GitCommit from '@lucide/svelte/icons/git-commit-horizontal';
import GitPullRequest from '@lucide/svelte/icons/git-pull-request';
import Search from '@lucide/svelte/icons/search';
import Ticket from '@lucide/svelte/icons/ticket';
import Users from '@lucide/svelte/icons/users';
import type { Feature } from '$/kit/feature';
import { navigate } from '$/app/router.svelte';
import Overview from './overview/Overview.svelte';

const name = (path: string) => path.slice(path.lastIndexOf('/') + 1);

export const memory: Feature = {
  routes: [
    { screen: 'overview', component: Overview, title: 'Overview', needsRepository: true },
    {
      screen: 'explorer',
      load: () => import('./explorer/Explorer.svelte'),
      title: (id) => (id ? name(id.replace(/\/+$/, '')) : 'Explorer'),
      needsRepository: true,
    },
    {
      screen: 'file',
      load: () => import('./file/FileScreen.svelte'),
      title: name,
      needsRepository: true,
    },
    {
      screen: 'commit',
      load: () => import('./commit/CommitScreen.svelte'),
      title: (id) => `Commit ${id.slice(0, 8)}`,
      needsRepository: true,
    },
    {
      screen: 'commits',
      load: () => import('./CommitsScreen.svelte'),
      title: 'Commits',
      needsRepository: true,
    },
    {
      screen: 'pull',
      load: () => import('./tracked/PullScreen.svelte'),
      title: (id) => `Pull request #${id}`,
      needsRepository: true,
    },
    {
      screen: 'pulls',
      load: () => import('./tracked/PullsScreen.svelte'),
      title: 'Pull requests',
      needsRepository: true,
    },
    {
      screen: 'issue',
      load: () => import('./tracked/IssueScreen.svelte'),
      title: (id) => id,
      needsRepository: true,
    },
    {
      screen: 'issues',
      load: () => import('./tracked/IssuesScreen.svelte'),
      title: 'Issues',
      needsRepository: true,
    },
    {
      screen: 'component',
      load: () => import('./ComponentScreen.svelte'),
      title: (id) => id,
      needsRepository: true,
    },
    {
      screen: 'onboarding',
      load: () => import('./OnboardingScreen.svelte'),
      title: (id) => (id ? `What to read first in ${name(id)}` : 'What to read first'),
      needsRepository: true,
    },
    {
      screen: 'reviewers',
      load: () => import('./ReviewersScreen.svelte'),
      title: 'Who should review this?',
      needsRepository: true,
    },
    {
      screen: 'similar',
      load: () => import('./SimilarScreen.svelte'),
      title: 'Has this occurred before?',
      needsRepository: true,
    },
    {
      screen: 'person',
      load: () => import('./person/PersonScreen.svelte'),
      title: (id) => id,
      needsRepository: true,
    },
    {
      screen: 'people',
      load: () => import('./person/PeopleScreen.svelte'),
      title: 'People',
      needsRepository: true,
    },
    {
      screen: 'search',
      load: () => import('./search/SearchScreen.svelte'),
      title: 'Search',
      needsRepository: true,
    },
    {
      screen: 'graph',
      load: () => import('./graph/GraphScreen.svelte'),
      title: (id) => `Relations of ${name(id)}`,
      needsRepository: true,
    },
  ],
  nav: [
    { title: 'Overview', screen: 'overview', icon: ChartColumn, keys: 'g o' },
    {
      title: 'Explorer',
      screen: 'explorer',
      icon: FolderTree,
      keys: 'g e',
      also: ['file', 'component', 'onboarding'],
    },
    { title: 'People', screen: 'people', icon: Users, keys: 'g p', also: ['person'] },
    { title: 'Commits', screen: 'commits', icon: GitCommit, keys: 'g c', also: ['commit'] },
    {
      title: 'Pull requests',
      screen: 'pulls',
      icon: GitPullRequest,
      keys: 'g q',
      also: ['pull'],
    },
    { title: 'Issues', screen: 'issues', icon: Ticket, keys: 'g t', also: ['issue'] },
    { title: 'Search', screen: 'search', icon: Search, keys: 'g s' },
  ],
  commands: [
    {
      id: 'memory fixes',
      title: 'List the commits that fix a defect',
      words: 'bugs fixes',
      icon: GitCommit,
      cli: 'backstory call memory.commits fixes=true',
      run: () => navigate('commits', '', { fixes: true }),
    },
    {
      id: 'memory reverts',
      title: 'List the commits that undo another',
      words: 'reverts undone rolled back',
      icon: GitCommit,
      cli: 'backstory call memory.commits reverts=true',
      run: () => navigate('commits', '', { reverts: true }),
    },
  ],
};
