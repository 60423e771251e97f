// Replies on the screen: asked for when shown, kept fresh by the topics of their method, shared by
// all who ask the same, cancelled when nobody looks any more.

import { methods } from '$ipc-schema/methods';
import type { Topic } from '$ipc-schema/types';
import { untrack } from 'svelte';
import { call, CallError, type MethodName, type Params, type Progress, type Reply } from './client';
import { on, onmissed, type Changed } from './events';

/** Fresh replies kept for those who come back to a screen. */
const KEPT_MAX = 48;

interface Kept {
  method: MethodName;
  repository: string | undefined;
  reply: unknown;
}

const kept = new Map<string, Kept>();
const live = new Set<{ method: MethodName; repository: () => string | undefined; again(): void }>();

export interface Resource<M extends MethodName> {
  /** `idle` where there is nothing to ask; `ready` as long as there is a value to show. */
  readonly state: 'idle' | 'loading' | 'ready' | 'error';
  readonly value: Reply<M> | undefined;
  /** Why it failed; with a value beside it, why that value could not be refreshed. */
  readonly error: CallError | null;
  /** A call is under way, with or without an old value to show meanwhile. */
  readonly busy: boolean;
  readonly progress: Progress | null;
  /** Asks again. */
  reload(): void;
}

export interface ResourceOptions {
  /** Goes on showing the old value when the parameters change, as in a search box. */
  keep?: boolean;
}

/**
 * The reply to a method, for the life of the component that asks; null parameters ask nothing.
 * To be called while a component is set up.
 */
export function resource<M extends MethodName>(
  method: M,
  params: () => Params<M> | null,
  { keep = false }: ResourceOptions = {},
): Resource<M> {
  let value = $state.raw<Reply<M> | undefined>();
  let error = $state.raw<CallError | null>(null);
  let busy = $state(false);
  let asked = $state(false);
  let progress = $state.raw<Progress | null>(null);
  let turn = $state(0);
  let shown: string | undefined;
  let repository: string | undefined;

  const again = () => void turn++;
  const key = $derived.by(() => {
    const given = params();
    return given === null ? null : `${method} ${canonical(given)}`;
  });

  $effect(() => {
    turn;
    const asking = key;
    return untrack(() => {
      asked = asking !== null;
      if (asking === null) {
        [value, error, busy, shown] = [undefined, null, false, undefined];
        return;
      }
      const given = params() as Params<M>;
      repository = repositoryOf(given);
      if (shown !== asking && !keep) value = undefined;
      error = null;
      const ready = kept.get(asking);
      if (ready) {
        [value, busy, shown] = [ready.reply as Reply<M>, false, asking];
        return;
      }
      busy = true;
      const leaving = new AbortController();
      const onprogress = (now: Progress) => (progress = now);
      ask(asking, method, given, leaving.signal, onprogress).then(
        (reply) => {
          if (!leaving.signal.aborted)
            [value, busy, progress, shown] = [reply, false, null, asking];
        },
        (reason: unknown) => {
          if (leaving.signal.aborted) return;
          error = reason instanceof CallError ? reason : new CallError('internal', String(reason));
          // What is gone is gone; anything else may pass, so the old value stays.
          if (error.kind === 'notFound' || shown !== asking) value = undefined;
          [busy, progress] = [false, null];
        },
      );
      return () => leaving.abort();
    });
  });

  $effect(() => onstale(method, again, () => repository));

  return {
    get state() {
      if (value !== undefined) return 'ready';
      if (error) return 'error';
      return asked ? 'loading' : 'idle';
    },
    get value() {
      return value;
    },
    get error() {
      return error;
    },
    get busy() {
      return busy;
    },
    get progress() {
      return progress;
    },
    reload() {
      if (key !== null) kept.delete(key);
      again();
    },
  };
}

/**
 * Hears that a reply of a method is stale, for those who keep replies in their own way, as lists
 * that come in pages do. Returns what stops it.
 */
export function onstale(
  method: MethodName,
  again: () => void,
  repository: () => string | undefined = () => undefined,
): () => void {
  const me = { method, repository, again };
  live.add(me);
  return () => void live.delete(me);
}

/** Asks, and keeps the reply while it is fresh. */
async function ask<M extends MethodName>(
  key: string,
  method: M,
  params: Params<M>,
  signal: AbortSignal,
  onprogress: (progress: Progress) => void,
): Promise<Reply<M>> {
  const began = changes;
  const reply = await call(method, params, { signal, onprogress });
  const { topics, access } = methods[method];
  // Changed meanwhile: shown, since it is what there is, but asked again and never kept.
  if (began === changes && topics.length > 0 && access === 'read') {
    kept.delete(key);
    kept.set(key, { method, repository: repositoryOf(params), reply });
    if (kept.size > KEPT_MAX) kept.delete(kept.keys().next().value as string);
  }
  return reply;
}

let changes = 0;

/** Forgets the replies that a change has made stale, and asks again for those on the screen. */
function changed(what: Changed | null): void {
  changes++;
  const stale = (method: MethodName, repository: string | undefined) =>
    what === null ||
    (methods[method].topics.some((topic) => what.topics.includes(topic)) &&
      (!what.repository || !repository || what.repository === repository));
  for (const [key, it] of kept) if (stale(it.method, it.repository)) kept.delete(key);
  for (const it of live) if (stale(it.method, it.repository())) it.again();
}

const TOPICS = [
  'memory',
  'sources',
  'identities',
  'databases',
  'dashboards',
  'analytics',
  'app',
] as const satisfies readonly Topic[];

/** Begins to follow the events. Called once, when the page begins. */
export function follow(): void {
  for (const topic of TOPICS) on(topic, changed);
  onmissed(() => changed(null));
}

/** Forgets every reply, and asks again for those on the screen. */
export const forget = () => changed(null);

function repositoryOf(params: object): string | undefined {
  return 'repository' in params ? (params.repository as string | undefined) : undefined;
}

/** The same text for the same parameters, in whatever order they were written. */
function canonical(params: object): string {
  const entries = Object.entries(params).filter(([, value]) => value !== undefined);
  return JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
