import { flushSync } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { follow, forget, resource, type Resource } from './cache.svelte';
import { connect, type MethodName, type Params } from './client';
import { hear, reset, start } from './events';
import { fake, Refusal, type FakeWire, type Replies } from './wire.fake';

let seq = 0;
let ends: (() => void)[] = [];

async function begin(replies: Replies): Promise<FakeWire> {
  reset();
  seq = 0;
  const wire = fake({ 'events.since': { events: [], lost: false, seq: 0 }, ...replies });
  connect(wire, hear);
  await start(0);
  follow();
  return wire;
}

/** A component that asks, and nothing else. */
function shown<M extends MethodName>(
  method: M,
  params: () => Params<M> | null,
  keep = false,
): { it: Resource<M>; leave: () => void } {
  let it!: Resource<M>;
  const leave = $effect.root(() => {
    it = resource(method, params, { keep });
  });
  flushSync();
  ends.push(leave);
  return { it, leave };
}

const changed = (topics: string[], repository: string | null = null) =>
  hear('$/changed', { topics, repository, seq: ++seq } as { seq: number });
const asked = (wire: FakeWire, method: string) =>
  wire.sent.filter((it) => it.method === method).length;

beforeEach(() => {
  ends = [];
  forget();
});
afterEach(() => ends.forEach((end) => end()));

test('it loads, and then is ready', async () => {
  await begin({ 'sources.list': { sources: [] } });
  const { it } = shown('sources.list', () => ({}));
  expect(it.state).toBe('loading');
  await vi.waitFor(() => expect(it.state).toBe('ready'));
  expect(it.value).toEqual({ sources: [] });
});

test('null parameters ask nothing', async () => {
  const wire = await begin({});
  const { it } = shown('memory.file', () => null);
  expect(it.state).toBe('idle');
  expect(asked(wire, 'memory.file')).toBe(0);
});

test('a change of its topic asks again, and the old value stays meanwhile', async () => {
  let version = 1;
  const wire = await begin({
    'sources.cancel': { cancelled: false },
    'app.text': () => ({ text: `v${version}` }),
  });
  const { it } = shown('app.text', () => ({}));
  await vi.waitFor(() => expect(it.value?.text).toBe('v1'));
  version = 2;
  changed(['app']);
  flushSync();
  expect([it.state, it.value?.text, it.busy]).toEqual(['ready', 'v1', true]);
  await vi.waitFor(() => expect(it.value?.text).toBe('v2'));
  expect(asked(wire, 'app.text')).toBe(2);
});

test('a change of another topic, or of another repository, asks nothing', async () => {
  const reply = { repository: 'a', head: null, sha256: 'x' };
  const wire = await begin({ 'memory.fingerprint': reply });
  const { it } = shown('memory.fingerprint', () => ({ repository: 'a' }));
  await vi.waitFor(() => expect(it.state).toBe('ready'));
  changed(['app']);
  changed(['memory'], 'b');
  flushSync();
  expect(asked(wire, 'memory.fingerprint')).toBe(1);
  changed(['memory'], 'a');
  flushSync();
  expect(asked(wire, 'memory.fingerprint')).toBe(2);
});

test('who comes back to a fresh reply is not made to wait', async () => {
  const wire = await begin({ 'app.text': { text: 'here' } });
  const first = shown('app.text', () => ({}));
  await vi.waitFor(() => expect(first.it.state).toBe('ready'));
  first.leave();
  const second = shown('app.text', () => ({}));
  expect(second.it.value?.text).toBe('here');
  expect(asked(wire, 'app.text')).toBe(1);
  second.leave();
  changed(['app']);
  const third = shown('app.text', () => ({}));
  expect(third.it.state).toBe('loading');
  await vi.waitFor(() => expect(asked(wire, 'app.text')).toBe(2));
});

test('leaving cancels the call where it runs', async () => {
  let stopped = false;
  const wire = await begin({
    'app.text': (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          stopped = true;
          reject(new Refusal('cancelled', 'cancelled'));
        });
      }),
  });
  const { leave } = shown('app.text', () => ({}));
  await vi.waitFor(() => expect(asked(wire, 'app.text')).toBe(1));
  leave();
  await vi.waitFor(() => expect(stopped).toBe(true));
});

test('other parameters show nothing of the old ones, unless they are to be kept', async () => {
  await begin({
    'memory.fingerprint': ({ repository }) => ({
      repository: repository ?? '',
      head: null,
      sha256: '',
    }),
  });
  let repository = $state('a');
  const plain = shown('memory.fingerprint', () => ({ repository }));
  const keeping = shown('memory.fingerprint', () => ({ repository }), true);
  await vi.waitFor(() => expect(plain.it.value?.repository).toBe('a'));
  await vi.waitFor(() => expect(keeping.it.value?.repository).toBe('a'));
  repository = 'b';
  flushSync();
  expect(plain.it.state).toBe('loading');
  expect(keeping.it.value?.repository).toBe('a');
  await vi.waitFor(() => expect(plain.it.value?.repository).toBe('b'));
  await vi.waitFor(() => expect(keeping.it.value?.repository).toBe('b'));
});

test('a failed refresh keeps what there was, and says why; what is gone goes', async () => {
  let kind: 'none' | 'upstream' | 'notFound' = 'none';
  await begin({
    'app.text': () => {
      if (kind !== 'none') throw new Refusal(kind, 'no');
      return { text: 'old' };
    },
  });
  const { it } = shown('app.text', () => ({}));
  await vi.waitFor(() => expect(it.state).toBe('ready'));
  kind = 'upstream';
  it.reload();
  await vi.waitFor(() => expect(it.error?.kind).toBe('upstream'));
  expect(it.value?.text).toBe('old');
  kind = 'notFound';
  it.reload();
  await vi.waitFor(() => expect(it.error?.kind).toBe('notFound'));
  expect([it.state, it.value]).toEqual(['error', undefined]);
});

test('a reply that a change overtook is shown but not kept', async () => {
  let answer: (text: string) => void = () => {};
  const wire = await begin({
    'app.text': () => new Promise((resolve) => (answer = (text) => resolve({ text }))),
  });
  const first = shown('app.text', () => ({}));
  await vi.waitFor(() => expect(asked(wire, 'app.text')).toBe(1));
  first.leave();
  const old = shown('app.text', () => ({}));
  await vi.waitFor(() => expect(asked(wire, 'app.text')).toBe(2));
  changed(['sources']);
  answer('overtaken');
  await vi.waitFor(() => expect(old.it.value?.text).toBe('overtaken'));
  old.leave();
  shown('app.text', () => ({}));
  await vi.waitFor(() => expect(asked(wire, 'app.text')).toBe(3));
});
