// A panel out of the window: its rows as text, its picture.

import { copy } from '$/ipc/desktop';
import { project } from '$/kit/project.svelte';
import { toast } from '$/kit/toast.svelte';
import { count } from '$/lib/format';
import type { Board } from './board.svelte';
import { theme } from './exports';
import { csv, tsv } from './tables';
import type { PanelOutline } from '$ipc-schema/types';
import { call } from '$/ipc/client';

/** Rows that one answer holds at most, and that are put on the clipboard. */
const ROWS_MAX = 5_000;

async function put(text: () => Promise<[string, string]>): Promise<void> {
  try {
    const [what, words] = await text();
    await copy(what);
    toast(words);
  } catch (error) {
    toast(
      `It could not be copied: ${error instanceof Error ? error.message : String(error)}`,
      'failed',
    );
  }
}

export function saving(outline: PanelOutline, board: Board): { title: string; run: () => void }[] {
  const rows = (how: typeof csv, name: string) => () =>
    void put(async () => {
      const { table } = await board.rows(outline, null, 0, ROWS_MAX);
      return [how(table), `${count(table.rows.length, 'row')} as ${name} are on the clipboard.`];
    });
  return [
    { title: 'Copy as CSV', run: rows(csv, 'CSV') },
    { title: 'Copy as TSV', run: rows(tsv, 'TSV') },
    {
      title: 'Copy as SVG',
      run: () =>
        void put(async () => {
          const { text } = await call('dashboards.render', {
            dashboard: board.name,
            ...project.named,
            ...board.given,
            panel: outline.panel,
            format: 'svg',
            theme: theme(),
          });
          return [text ?? '', 'The picture is on the clipboard as SVG.'];
        }),
    },
  ];
}
