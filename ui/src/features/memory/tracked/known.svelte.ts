// Which words of a text are records. What the reply at hand lists is known at once; for the others
// memory is asked, once and all together.

import type { CompleteReply, Record as RecordRow, RecordKind } from '$ipc-schema/types';
import { repository } from '$/app/router.svelte';
import { batch, type Params } from '$/ipc/client';
import { among, words, type Find } from './prose';

/** Words asked about: more are left as text. */
const ASKED_MAX = 40;

/** The kinds that a word may name. */
function kinds(word: string): RecordKind[] {
  if (word.startsWith('#')) return ['pullRequest', 'issue'];
  if (word.includes('/')) return ['file'];
  return /-\d+$/.test(word) ? ['issue'] : [];
}

/** What looks words up, for texts and records that may change. To be called while a component is set up. */
export function known(texts: () => readonly string[], given: () => readonly RecordRow[]): Find {
  let more = $state.raw<readonly RecordRow[]>([]);
  const first = $derived(among(given()));
  const find = $derived(more.length > 0 ? among([...given(), ...more]) : first);
  const unknown = $derived.by(() => {
    const all = new Set(texts().flatMap(words));
    return [...all].filter((it) => kinds(it).length > 0 && !first(it)).slice(0, ASKED_MAX);
  });

  $effect(() => {
    const asked = unknown.flatMap((word) => kinds(word).map((kind) => ({ word, kind })));
    if (asked.length === 0) return;
    let left = false;
    const of = repository.current;
    const calls = asked.map(({ word, kind }): ['memory.complete', Params<'memory.complete'>] => [
      'memory.complete',
      {
        kind,
        text: kind === 'pullRequest' ? word.slice(1) : word,
        limit: 1,
        ...(of ? { repository: of } : {}),
      },
    ]);
    batch(...calls).then(
      (replies) => {
        if (left) return;
        more = replies.flatMap((reply, at) => {
          if (reply instanceof Error) return [];
          const record = (reply as CompleteReply).items[0]?.record;
          const word = asked[at]?.word.replace(/^#/, '');
          // The beginning of another name is not that name.
          return record && record.id.replace(/^#/, '') === word ? [record] : [];
        });
      },
      () => {}, // words stay text
    );
    return () => void (left = true);
  });

  return (word) => find(word);
}
