// Where the page keeps what has to outlive it: the tabs with their texts. The window keeps nothing of
// its pages, so memory does.

import type * as t from '$ipc-schema/types';
import { call } from '$/ipc/client';

/** Something that keeps tabs for as long as the machine lives. */
export interface Keeper {
  recall(): Promise<t.ListTabsReply>;
  keep(tabs: t.KeepTabs): Promise<unknown>;
}

export const memory: Keeper = {
  recall: () => call('databases.tabs', {}),
  keep: (tabs) => call('databases.keepTabs', tabs),
};
