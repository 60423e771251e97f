import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { batch, call, CallError, connect, onreached } from './client';
import { fake, Refusal } from './wire.fake';
import { WireError, type Wire } from './wire';

const nothing = () => {};
const file = { path: 'src/pay.rs' };

async function failure(promise: Promise<unknown>): Promise<CallError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CallError);
  return error as CallError;
}

describe('a call', () => {
  test('resolves with the reply', async () => {
    connect(
      fake({ 'sources.cancel': ({ repository }) => ({ cancelled: repository === 'a' }) }),
      nothing,
    );
    expect(await call('sources.cancel', { repository: 'a' })).toEqual({ cancelled: true });
  });

  test('rejects with kind, message and hint of the error', async () => {
    const refuse = () => {
      throw new Refusal('notFound', 'no such file', 'try another');
    };
    connect(fake({ 'memory.file': refuse }), nothing);
    const error = await failure(call('memory.file', file));
    expect([error.kind, error.message, error.hint]).toEqual([
      'notFound',
      'no such file',
      'try another',
    ]);
  });

  test('that cannot be sent says that there is no connection, and tells who watches', async () => {
    const heard: boolean[] = [];
    onreached((it) => heard.push(it));
    const wire: Wire = { send: () => Promise.reject(new WireError('gone')), listen: nothing };
    connect(wire, nothing);
    expect((await failure(call('sources.list', {}))).kind).toBe('disconnected');
    expect(heard).toEqual([false]);
  });

  test.each([
    [413, 'tooLarge'],
    [429, 'busy'],
  ])('refused by the bridge with %i is `%s`, and the connection stands', async (status, kind) => {
    vi.useFakeTimers();
    const heard: boolean[] = [];
    onreached((it) => heard.push(it));
    connect({ send: () => Promise.reject(new WireError('no', status)), listen: nothing }, nothing);
    const done = failure(call('sources.list', {}));
    await vi.runAllTimersAsync();
    expect((await done).kind).toBe(kind);
    expect(heard).toEqual([]);
    vi.useRealTimers();
  });

  test('answered with something else than JSON-RPC is an internal error', async () => {
    connect({ send: () => Promise.resolve('<html>'), listen: nothing }, nothing);
    expect((await failure(call('sources.list', {}))).kind).toBe('internal');
  });
});

describe('cancelling', () => {
  test('rejects at once, and tells the worker', async () => {
    let stopped = false;
    const wire = fake({
      'sources.list': (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            stopped = true;
            reject(new Refusal('cancelled', 'cancelled'));
          });
        }),
    });
    connect(wire, nothing);
    const leaving = new AbortController();
    const done = failure(call('sources.list', {}, { signal: leaving.signal }));
    leaving.abort();
    expect((await done).kind).toBe('cancelled');
    expect(stopped).toBe(true);
    const [asked, cancel] = wire.sent;
    expect(cancel).toMatchObject({ method: '$/cancelRequest', params: { id: asked?.id } });
    expect(cancel).not.toHaveProperty('id');
  });

  test('before it was sent sends nothing', async () => {
    const wire = fake({});
    connect(wire, nothing);
    const done = failure(call('sources.list', {}, { signal: AbortSignal.abort() }));
    expect((await done).kind).toBe('cancelled');
    expect(wire.sent).toEqual([]);
  });
});

describe('a busy server', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('is asked again for a read', async () => {
    let asked = 0;
    const list = () => {
      if (++asked < 3) throw new Refusal('busy', 'another writer');
      return { sources: [] };
    };
    connect(fake({ 'sources.list': list }), nothing);
    const done = call('sources.list', {});
    await vi.runAllTimersAsync();
    expect(await done).toEqual({ sources: [] });
  });

  test('is not asked again for a write', async () => {
    let asked = 0;
    const remove = () => {
      asked++;
      throw new Refusal('busy', 'another writer');
    };
    connect(fake({ 'sources.remove': remove }), nothing);
    const done = failure(call('sources.remove', { repository: 'a' }));
    await vi.runAllTimersAsync();
    expect((await done).kind).toBe('busy');
    expect(asked).toBe(1);
  });
});

test('a batch answers in the order asked, each with its own reply or error', async () => {
  const wire = fake({
    'sources.list': { sources: [] },
    'sources.remove': () => {
      throw new Refusal('notFound', 'no such repository');
    },
  });
  connect(wire, nothing);
  const [removed, listed] = await batch(
    ['sources.remove', { repository: 'x' }],
    ['sources.list', {}],
  );
  expect(removed).toBeInstanceOf(CallError);
  expect(listed).toEqual({ sources: [] });
});

test('a batch refused as a whole fails every call in it', async () => {
  const refused = { jsonrpc: '2.0', id: null, error: { code: -32700, message: 'not JSON' } };
  connect({ send: () => Promise.resolve(JSON.stringify(refused)), listen: nothing }, nothing);
  const answers = await batch(['sources.list', {}], ['app.state', {}]);
  expect(answers.map((it) => (it as CallError).message)).toEqual(['not JSON', 'not JSON']);
});

test('progress reaches the call it belongs to, and no other', async () => {
  connect(
    fake({
      'sources.sync': (_, { progress }) => {
        progress('commits', 1, 2);
        return { synced: [] };
      },
      'sources.list': { sources: [] },
    }),
    nothing,
  );
  const mine: number[] = [];
  const others: number[] = [];
  await Promise.all([
    call('sources.sync', {}, { onprogress: ({ done }) => mine.push(done) }),
    call('sources.list', {}, { onprogress: ({ done }) => others.push(done) }),
  ]);
  expect([mine, others]).toEqual([[1], []]);
});

test('of a thousand calls at most 64 are under way at once, and all are answered', async () => {
  let now = 0;
  let most = 0;
  const list = async () => {
    most = Math.max(most, ++now);
    await Promise.resolve();
    now--;
    return { sources: [] };
  };
  connect(fake({ 'sources.list': list }), nothing);
  const all = await Promise.all(Array.from({ length: 1000 }, () => call('sources.list', {})));
  expect(all).toHaveLength(1000);
  expect(most).toBeLessThanOrEqual(64);
});

test('a notification that belongs to no call is handed on', () => {
  const heard: unknown[] = [];
  const wire = fake({});
  connect(wire, (method, params) => heard.push([method, params]));
  wire.tell('$/changed', { topics: ['memory'], seq: 3 });
  expect(heard).toEqual([['$/changed', { topics: ['memory'], seq: 3 }]]);
});
