// Dashboards: text files over any query, built in, of the project, and one's own.

import LayoutDashboard from '@lucide/svelte/icons/layout-dashboard';
import type { Feature } from '$/kit/feature';
import { dashboardCommands } from './palette.svelte';

export const dashboards: Feature = {
  routes: [
    {
      screen: 'dashboards',
      load: () => import('./Dashboards.svelte'),
      title: (id) => (id ? `Dashboard ${id}` : 'Dashboards'),
      needsRepository: false,
    },
  ],
  nav: [{ title: 'Dashboards', screen: 'dashboards', icon: LayoutDashboard, keys: 'g b' }],
  commands: [],
  more: dashboardCommands,
};
