// Which words of a text are records. What the reply at hand lists is known at once; about the others
// memory is asked, once and all together.

import type { Record as RecordRow } from '$ipc-schema/types';
import { repository } from '$/app/router.svelte';
import { resource } from '$/ipc/cache.svelte';
import { among, words, type Find } from './prose';

/** Words and letters of each that `memory.resolve` takes: what is more stays text. */
const [WORDS_MAX, LETTERS_MAX] = [100, 200];

/** What looks words up, for texts and records that may change. To be called while a component is set up. */
export function known(texts: () => readonly string[], given: () => readonly RecordRow[]): Find {
  const first = $derived(among(given()));
  const unknown = $derived.by(() => {
    const all = new Set(texts().flatMap(words));
    return [...all].filter((it) => it.length <= LETTERS_MAX && !first(it)).slice(0, WORDS_MAX);
  });
  const asked = resource(
    'memory.resolve',
    () => (unknown.length > 0 ? { words: unknown, repository: repository.current } : null),
    { keep: true },
  );
  const more = $derived(new Map((asked.value?.found ?? []).map((it) => [it.word, it.record])));
  return (word) => first(word) ?? more.get(word) ?? null;
}
