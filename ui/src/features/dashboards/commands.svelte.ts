// What the palette can do with dashboards: open one by its name, make one, edit and export what is shown.

import LayoutDashboard from '@lucide/svelte/icons/layout-dashboard';
import Pencil from '@lucide/svelte/icons/pencil';
import Plus from '@lucide/svelte/icons/plus';
import RefreshCw from '@lucide/svelte/icons/refresh-cw';
import Share from '@lucide/svelte/icons/share';
import { navigate, route } from '$/app/router.svelte';
import type { Command } from '$/kit/feature';
import { project } from '$/kit/project.svelte';
import { word } from '$/lib/snippets';
import { visible } from '$/lib/text';
import { act, can } from './acts';
import type { DashboardInfo } from '$ipc-schema/types';
import { onstale } from '$/ipc/cache.svelte';
import { call } from '$/ipc/client';

let all = $state.raw<readonly DashboardInfo[]>([]);
let asked = false;
let of: string | undefined;
let follow: (() => void) | undefined;

/** Asks for the dashboards once the palette is looked at, and again when they change. */
function known(): readonly DashboardInfo[] {
  if (!asked || of !== project.folder) {
    asked = true;
    of = project.folder;
    const list = () =>
      call('dashboards.list', { ...project.named }).then(
        (it) => void (all = it.dashboards),
        // The screen of dashboards says why; they are asked for again when they change.
        () => {},
      );
    queueMicrotask(() => void list());
    follow ??= onstale('dashboards.list', () => void list());
  }
  return all;
}

/** Forgets what was asked; for tests. */
export function forgetKnown(): void {
  follow?.();
  [asked, all, follow] = [false, [], undefined];
}

const GROUP = 'Dashboards';
const shown = () => route.screen === 'dashboards' && route.id !== '';

const fixed: readonly Command[] = [
  {
    id: 'dashboards.new',
    title: 'New dashboard',
    words: 'add create board panel chart',
    group: GROUP,
    icon: Plus,
    run: () => navigate('dashboards', '', { new: 'empty' }),
  },
  {
    id: 'dashboards.edit',
    title: 'Edit this dashboard',
    words: 'source panel change',
    group: GROUP,
    icon: Pencil,
    when: () => shown() && can('edit'),
    run: () => act('edit'),
  },
  {
    id: 'dashboards.export',
    title: 'Export this dashboard',
    words: 'save file copy csv json svg png html picture share',
    group: GROUP,
    icon: Share,
    when: () => shown() && can('export'),
    run: () => act('export'),
  },
  {
    id: 'dashboards.moved',
    title: 'What moved in this dashboard',
    words: 'diff compare',
    group: GROUP,
    when: () => shown() && can('moved'),
    run: () => act('moved'),
  },
  {
    id: 'dashboards.refresh',
    title: 'Ask again for the figures of this dashboard',
    words: 'refresh reload now',
    group: GROUP,
    icon: RefreshCw,
    when: () => shown() && can('refresh'),
    run: () => act('refresh'),
  },
];

export const dashboardCommands = (_text: string): readonly Command[] => [
  ...fixed,
  ...known().map((it): Command => ({
    id: `dashboards.open ${it.dashboard}`,
    title: `Dashboard: ${visible(it.title)}`,
    words: `${it.dashboard} ${it.about ?? ''} board`,
    group: GROUP,
    icon: LayoutDashboard,
    cli: `backstory dashboard run ${word(it.dashboard)}`,
    run: () => navigate('dashboards', it.dashboard),
  })),
];
