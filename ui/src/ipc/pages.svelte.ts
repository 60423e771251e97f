// A list that comes in pages, one after the other: what a method answered so far, and its next page.

import { untrack } from 'svelte';
import { onstale } from './cache.svelte';
import { call, CallError, type MethodName, type Params, type Reply } from './client';

export interface Pages<M extends MethodName> {
  /** The replies so far, first page first. */
  readonly replies: readonly Reply<M>[];
  /** There is at least one page. */
  readonly known: boolean;
  /** There are more. */
  readonly more: boolean;
  readonly busy: boolean;
  readonly error: CallError | null;
  /** Asks for the next page, or again for one that failed. */
  load(): void;
}

interface Options {
  /** Rows of a page. */
  limit: number;
  /** The most that the method answers with: of a list that went stale, all that was shown is asked for. */
  most?: number;
  /** Pause before parameters that change are asked with, as in a search box, in milliseconds. */
  pause?: number;
}

/** The pages of a method that takes `limit` and `cursor`; null parameters ask nothing. To be called while a component is set up. */
export function pages<M extends MethodName>(
  method: M,
  params: () => Params<M> | null,
  { limit, most = limit, pause = 0 }: Options,
): Pages<M> {
  let replies = $state.raw<readonly Reply<M>[]>([]);
  let busy = $state(false);
  let error = $state.raw<CallError | null>(null);
  let next: string | null = null;
  let more = $state(false);
  let leaving = new AbortController();
  const given = $derived(params());

  async function load(cursor: string | null, rows = limit) {
    leaving.abort();
    if (given === null) return;
    leaving = new AbortController();
    const { signal } = leaving;
    [busy, error] = [true, null];
    try {
      const asked = { ...given, limit: rows, ...(cursor ? { cursor } : {}) };
      const page = await call(method, asked as Params<M>, { signal });
      replies = cursor ? [...replies, page] : [page];
      next = 'next' in page && typeof page.next === 'string' ? page.next : null;
      more = next !== null;
    } catch (reason) {
      if (!signal.aborted)
        error = reason instanceof CallError ? reason : new CallError('internal', String(reason));
    } finally {
      if (!signal.aborted) busy = false;
    }
  }

  $effect(() => {
    void given;
    let begun = false;
    const wait = untrack(() => replies.length) > 0 ? pause : 0;
    const timer = setTimeout(() => {
      begun = true;
      void load(null);
    }, wait);
    return () => {
      if (!begun) clearTimeout(timer);
    };
  });
  $effect(() =>
    onstale(method, () => void load(null, Math.min(most, Math.max(1, replies.length) * limit))),
  );
  $effect(() => () => leaving.abort());

  return {
    get replies() {
      return replies;
    },
    get known() {
      return replies.length > 0;
    },
    get more() {
      return more;
    },
    get busy() {
      return busy;
    },
    get error() {
      return error;
    },
    load: () => void load(next),
  };
}
