// Databases: every one that a project touches, asked from one place.

import Database from '@lucide/svelte/icons/database';
import type { Feature } from '$/kit/feature';
import { browseRoutes } from './browse';
import { browseCommands } from './browse/palette.svelte';
import { workspaceCommands } from './workspace/commands';

export const databases: Feature = {
  routes: [
    {
      screen: 'databases',
      load: () => import('./workspace/Workspace.svelte'),
      title: (id) => (id ? `Databases: ${id}` : 'Databases'),
      needsRepository: false,
    },
    ...browseRoutes,
  ],
  nav: [
    {
      title: 'Databases',
      screen: 'databases',
      also: browseRoutes.map((it) => it.screen),
      icon: Database,
      keys: 'g l',
    },
  ],
  commands: [...workspaceCommands],
  more: browseCommands,
};
