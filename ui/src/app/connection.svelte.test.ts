import { flushSync } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { resource } from '$/ipc/cache.svelte';
import { call, connect } from '$/ipc/client';
import { hear, reset, start } from '$/ipc/events';
import { WireError, type Wire } from '$/ipc/wire';
import { fake } from '$/ipc/wire.fake';
import { connection, watchConnection } from './connection.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a lost connection is told, tried again each second, and what is shown is asked afresh', async () => {
  reset();
  let down = false;
  let asked = 0;
  const working = fake({
    'events.since': { events: [], lost: false, seq: 3 },
    'app.text': () => ({ text: `answer ${++asked}` }),
  });
  const wire: Wire = {
    ...working,
    send: (text) => (down ? Promise.reject(new WireError('gone')) : working.send(text)),
  };
  connect(wire, hear);
  watchConnection();
  await start(0);
  let shown!: ReturnType<typeof resource<'app.text'>>;
  const leave = $effect.root(() => {
    shown = resource('app.text', () => ({}));
  });
  flushSync();
  await vi.waitFor(() => expect(shown.value?.text).toBe('answer 1'));

  down = true;
  await expect(call('sources.list', {})).rejects.toMatchObject({ kind: 'disconnected' });
  expect(connection.lost).toBe(true);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(connection.lost).toBe(true);
  expect(shown.value?.text).toBe('answer 1');

  down = false;
  await vi.advanceTimersByTimeAsync(1_100);
  expect(connection.lost).toBe(false);
  flushSync();
  await vi.waitFor(() => expect(shown.value?.text).toBe('answer 2'));
  leave();
});
