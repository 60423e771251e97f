// The project whose connections, queries and dashboards count: the folder of the repository at hand.

import { repository } from '$/app/router.svelte';
import { resource } from '$/ipc/cache.svelte';

let folder = $state<string | undefined>();

export const project = {
  get folder() {
    return folder;
  },
  choose(next: string | null | undefined) {
    folder = next ?? undefined;
  },
  /** To be spread into the parameters of a call. */
  get named(): { project?: string } {
    return folder === undefined ? {} : { project: folder };
  },
};

/**
 * Keeps the project that of the repository at hand. To be called while a component is set up; tells
 * whether it is known yet, so that nothing is asked of the wrong one.
 */
export function followProject(): { readonly known: boolean } {
  const sources = resource('sources.list', () => ({}));
  $effect.pre(() => {
    if (!sources.value) return;
    const source = sources.value.sources.find((it) => it.repository === repository.current);
    project.choose(source?.workTree);
  });
  return {
    get known() {
      return sources.value !== undefined || sources.error !== null;
    },
  };
}
