// What the palette and the keys can do in the workspace.

import Database from '@lucide/svelte/icons/database';
import { navigate, route } from '$/app/router.svelte';
import type { Command } from '$/kit/feature';
import { act, actSoon, can, type Act } from './acts';

const here = (it: Act) => () => route.screen === 'databases' && can(it);

const ACTS: readonly [Act, string, string?, string?][] = [
  ['run', 'Run the statement under the cursor', 'Mod+Enter'],
  ['runAll', 'Run all statements of the tab'],
  ['stop', 'Stop what runs', 'Mod+.', 'cancel'],
  ['explain', 'Explain the statement', 'Mod+E', 'plan'],
  ['measure', 'Run the statement and measure its plan', undefined, 'explain analyze'],
  ['format', 'Format the statements', 'Mod+Alt+F', 'beautify indent'],
  ['close', 'Close the query tab', 'Mod+W'],
  ['reopen', 'Bring back the query tab closed last'],
  ['next', 'Next query tab', 'Mod+PageDown'],
  ['before', 'Previous query tab', 'Mod+PageUp'],
  ['rename', 'Rename the query tab'],
  ['save', 'Save the query', 'Mod+S'],
  ['export', 'Export the result to a file', 'Mod+Alt+E', 'csv json xlsx parquet'],
  ['chart', 'Show the result as a chart', undefined, 'plot graph'],
  ['history', 'Show what was run before', 'Mod+Alt+H', 'history'],
  ['queries', 'Show saved queries', 'Mod+Alt+Q'],
  ['tree', 'Show or hide the tree of the database', 'Mod+B', 'sidebar'],
  ['editor', 'Go to the editor', 'Alt+1'],
  ['results', 'Go to the results', 'Alt+2'],
  ['commit', 'Keep what the transaction did', undefined, 'commit'],
  ['rollback', 'Undo what the transaction did', undefined, 'rollback'],
];

export const workspaceCommands: readonly Command[] = [
  {
    id: 'databases.new',
    title: 'New query',
    words: 'sql database tab',
    icon: Database,
    keys: 'Mod+T',
    cli: 'backstory query CONNECTION',
    run() {
      actSoon('new');
      navigate('databases');
    },
  },
  ...ACTS.map(([name, title, keys, words]): Command => ({
    id: `databases.${name}`,
    title,
    words: `${words ?? ''} query database sql`,
    group: 'Databases',
    icon: Database,
    ...(keys ? { keys } : {}),
    when: here(name),
    run: () => act(name),
  })),
];
