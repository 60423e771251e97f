// What Backstory tells unasked: numbered, heard in order, and asked for again where some are missing.

import type * as t from '$ipc-schema/types';
import { call } from './client';

/** Answers made of these topics are stale, of one repository or (null) of all. */
export interface Changed {
  topics: readonly t.Topic[];
  repository: string | null;
}

/** How far the reading of a repository or of a tracker is. Its end is a change of `sources`. */
export interface ReadingOf extends t.Reading {
  repository?: string;
  tracker?: string;
}

/** Something that people should read, such as that the page's process was started again. */
export interface Notice {
  level: 'info' | 'warning' | 'error';
  text: string;
}

type Hear<T> = (what: T) => void;

const changed = new Map<t.Topic, Set<Hear<Changed>>>();
const missed = new Set<() => void>();
const readings = new Set<Hear<ReadingOf>>();
const notices = new Set<Hear<Notice>>();
const opens = new Set<Hear<{ route: string }>>();

/** Number of the newest event heard; undefined until `start` has asked for it. */
let last: number | undefined;
let held: { method: string; params: { seq?: number } }[] = [];
let asking = false;

/** Hears that answers made of `topic` are stale. Returns what stops it. */
export function on(topic: t.Topic, hear: Hear<Changed>): () => void {
  const hearers = changed.get(topic) ?? new Set();
  changed.set(topic, hearers);
  return add(hearers, hear);
}

/** Hears that events were lost for good, so that everything may be stale. */
export const onmissed = (hear: () => void) => add(missed, hear);
/** Hears how far readings are. */
export const onreading = (hear: Hear<ReadingOf>) => add(readings, hear);
/** Hears what people should read. */
export const onnotice = (hear: Hear<Notice>) => add(notices, hear);
/** Hears that a screen is asked for from outside. */
export const onopen = (hear: Hear<{ route: string }>) => add(opens, hear);

/**
 * Begins to follow the events. `seen` is the newest that an earlier document of this window has
 * heard: of those after it only notices still matter, since everything else is asked afresh.
 */
export async function start(seen: number): Promise<void> {
  const reply = await call('events.since', { seq: seen });
  if (last !== undefined) return;
  last = reply.seq;
  for (const event of reply.events) {
    if (event.method === '$/notice') tell(event.method, event.params);
  }
  const early = held;
  held = [];
  for (const event of early) hear(event.method, event.params);
}

/** Number of the newest event heard. */
export const newest = () => last ?? 0;

/** Takes one notification from the wire. */
export function hear(method: string, params: { seq?: number }): void {
  const { seq } = params;
  if (seq === undefined) return tell(method, params);
  if (last === undefined || asking) return void held.push({ method, params });
  if (seq <= last) return;
  if (seq > last + 1) {
    held.push({ method, params });
    return void catchUp();
  }
  last = seq;
  tell(method, params);
}

/** Asks for the events that this page has missed, for instance while there was no connection. */
export async function catchUp(): Promise<void> {
  if (last === undefined || asking) return;
  asking = true;
  let lost = false;
  try {
    const reply = await call('events.since', { seq: last });
    // A smaller number means that Backstory itself was started again.
    lost = reply.lost || reply.seq < last;
    if (reply.seq < last) last = 0;
    for (const event of reply.events) {
      if (event.seq <= last) continue;
      last = event.seq;
      tell(event.method, event.params);
    }
    last = Math.max(last, reply.seq);
  } catch {
    // Nobody answers: what was missed is unknown, so all of it is asked afresh, and the
    // numbering goes on with what came in.
    lost = true;
    last = held.reduce((most, it) => Math.max(most, it.params.seq ?? 0), last);
  } finally {
    asking = false;
  }
  if (lost) missed.forEach((hear) => hear());
  const early = held;
  held = [];
  for (const event of early) hear(event.method, event.params);
}

function tell(method: string, params: unknown): void {
  switch (method) {
    case '$/changed': {
      const what = params as Changed;
      const hearers = new Set(what.topics.flatMap((topic) => [...(changed.get(topic) ?? [])]));
      return hearers.forEach((hear) => hear(what));
    }
    case '$/reading':
      return readings.forEach((hear) => hear(params as ReadingOf));
    case '$/notice':
      return notices.forEach((hear) => hear(params as Notice));
    case '$/open':
      return opens.forEach((hear) => hear(params as { route: string }));
  }
}

function add<T>(to: Set<T>, what: T): () => void {
  to.add(what);
  return () => void to.delete(what);
}

/** Forgets everything heard; for tests. */
export function reset(): void {
  last = undefined;
  held = [];
  asking = false;
  for (const hearers of [changed, missed, readings, notices, opens]) hearers.clear();
}
