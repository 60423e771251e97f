// What can be browsed in databases: connections, what stands in them, keys, documents, diagrams.

import type { Screen } from '$/kit/feature';

export const browseRoutes: readonly Screen[] = [
  {
    screen: 'connection',
    load: () => import('./ConnectionScreen.svelte'),
    title: (id) => (id ? `Connection ${id}` : 'New connection'),
    needsRepository: false,
  },
  {
    screen: 'object',
    load: () => import('./ObjectScreen.svelte'),
    title: (id) => `In ${id}`,
    needsRepository: false,
  },
  {
    screen: 'diagram',
    load: () => import('./DiagramScreen.svelte'),
    title: (id) => `Diagram of ${id}`,
    needsRepository: false,
  },
  {
    screen: 'keys',
    load: () => import('./KeysScreen.svelte'),
    title: (id) => `Keys of ${id}`,
    needsRepository: false,
  },
  {
    screen: 'documents',
    load: () => import('./DocumentsScreen.svelte'),
    title: (id) => `Documents of ${id}`,
    needsRepository: false,
  },
];
