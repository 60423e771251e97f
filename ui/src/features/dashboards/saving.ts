// A panel out of the window: its rows as text, its picture.

import { copy } from '$/ipc/desktop';
import { toast } from '$/kit/toast.svelte';
import { count } from '$/lib/format';
import type { Board } from './board.svelte';
import { svgText } from './scene/svg';
import { csv, tsv } from './tables';
import type { PanelOutline } from './wire';

/** Rows that are put on the clipboard at most. */
const ROWS_MAX = 10_000;

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
      const { table } = await board.rows(outline, undefined, 0, ROWS_MAX);
      return [how(table), `${count(table.rows.length, 'row')} as ${name} are on the clipboard.`];
    });
  const scene = () => board.reply(outline.panel)?.scene;
  return [
    { title: 'Copy as CSV', run: rows(csv, 'CSV') },
    { title: 'Copy as TSV', run: rows(tsv, 'TSV') },
    ...(scene()
      ? [
          {
            title: 'Copy as SVG',
            run: () =>
              void put(async () => {
                const it = scene();
                if (!it) throw new Error('there is no picture');
                return [svgText(it, outline.title), 'The picture is on the clipboard as SVG.'];
              }),
          },
        ]
      : []),
  ];
}
