import type * as t from '$ipc-schema/types';
import { beforeEach, expect, test, vi } from 'vitest';
import { connect } from './client';
import {
  catchUp,
  hear,
  newest,
  on,
  onmissed,
  onnotice,
  onopen,
  onreading,
  reset,
  start,
} from './events';
import { fake, Refusal } from './wire.fake';

const change = (seq: number): t.Event => ({
  seq,
  method: '$/changed',
  params: { topics: ['memory'], repository: `r${seq}` },
});

let kept: t.SinceReply;
let asked: number[];

beforeEach(() => {
  reset();
  kept = { events: [], lost: false, seq: 0 };
  asked = [];
  connect(
    fake({
      'events.since': ({ seq }) => {
        asked.push(seq);
        return { ...kept, events: kept.events.filter((it) => it.seq > seq) };
      },
    }),
    hear,
  );
});

function heard(): string[] {
  const names: string[] = [];
  on('memory', ({ repository }) => names.push(repository ?? 'all'));
  return names;
}

const tell = (seq: number) => hear('$/changed', { ...(change(seq).params as object), seq });

test('events are heard once and in order', async () => {
  await start(0);
  const names = heard();
  for (const seq of [1, 2, 2, 1, 3]) tell(seq);
  expect(names).toEqual(['r1', 'r2', 'r3']);
  expect(newest()).toBe(3);
});

test('events that came before the beginning are heard after it', async () => {
  const names = heard();
  tell(8);
  expect(names).toEqual([]);
  kept.seq = 7;
  await start(0);
  expect(names).toEqual(['r8']);
});

test('a gap is filled from those that are kept, none lost and none twice', async () => {
  kept.seq = 1;
  await start(0);
  const names = heard();
  kept = { events: [2, 3, 4, 5].map(change), lost: false, seq: 5 };
  tell(4);
  tell(5);
  tell(6);
  await vi.waitFor(() => expect(names).toEqual(['r2', 'r3', 'r4', 'r5', 'r6']));
  expect(asked).toEqual([0, 1]);
});

test('events that are lost for good are told, and what is kept is still heard', async () => {
  kept.seq = 1;
  await start(0);
  const names = heard();
  const missed = vi.fn();
  onmissed(missed);
  kept = { events: [change(900)], lost: true, seq: 900 };
  tell(901);
  await vi.waitFor(() => expect(names).toEqual(['r900', 'r901']));
  expect(missed).toHaveBeenCalledOnce();
});

test('a server that began anew counts from the start again', async () => {
  kept.seq = 500;
  await start(0);
  const missed = vi.fn();
  onmissed(missed);
  const names = heard();
  kept = { events: [change(1)], lost: false, seq: 1 };
  await catchUp();
  expect(missed).toHaveBeenCalledOnce();
  tell(2);
  expect(names).toContain('r2');
  expect(newest()).toBe(2);
});

test('when nobody answers about a gap, everything is taken for stale and the numbering goes on', async () => {
  kept.seq = 1;
  await start(0);
  const missed = vi.fn();
  onmissed(missed);
  connect(
    fake({
      'events.since': () => {
        throw new Refusal('internal', 'broken');
      },
    }),
    hear,
  );
  tell(5);
  await vi.waitFor(() => expect(missed).toHaveBeenCalledOnce());
  const names = heard();
  tell(6);
  expect(names).toEqual(['r6']);
});

test('of what an earlier document has not heard only notices matter', async () => {
  const notices: string[] = [];
  onnotice(({ text }) => notices.push(text));
  const names = heard();
  const notice = { seq: 4, method: '$/notice', params: { level: 'warning', text: 'began again' } };
  kept = { events: [change(3), notice], lost: false, seq: 4 };
  await start(2);
  expect(notices).toEqual(['began again']);
  expect(names).toEqual([]);
});

test('readings and screens asked for are told to those who hear them', async () => {
  await start(0);
  const told: unknown[] = [];
  onreading(({ repository, phase, done, total }) => told.push([repository, phase, done, total]));
  onopen((it) => told.push(it.route));
  const reading = { repository: 'a', phase: 'files', done: 1, total: 2, seq: 1 };
  hear('$/reading', reading);
  hear('$/open', { route: '/sources', seq: 2 } as { seq: number });
  expect(told).toEqual([['a', 'files', 1, 2], '/sources']);
});

test('who stops listening hears no more', async () => {
  await start(0);
  const hears = vi.fn();
  const stop = on('memory', hears);
  tell(1);
  stop();
  tell(2);
  expect(hears).toHaveBeenCalledOnce();
});
