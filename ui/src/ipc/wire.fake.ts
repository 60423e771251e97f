// A wire that answers from given replies; for tests of components, and to look at screens.

import type { Code } from '$ipc-schema/methods';
import type { MethodName, Params, Reply } from './client';
import type { Wire } from './wire';

/** A reply, or what makes one; throw a `Refusal` to answer with an error. */
export type Replies = {
  [M in MethodName]?:
    Reply<M> | ((params: Params<M>, call: FakeCall) => Reply<M> | Promise<Reply<M>>);
};

export interface FakeCall {
  /** Aborted when the page cancels the call. */
  signal: AbortSignal;
  /** Tells `$/progress`. */
  progress(phase: string, done: number, total: number): void;
}

export class Refusal extends Error {
  readonly kind: Code;
  readonly hint: string | null;

  constructor(kind: Code, message: string, hint: string | null = null) {
    super(message);
    this.kind = kind;
    this.hint = hint;
  }
}

interface Request {
  id?: number;
  method: string;
  params: Record<string, unknown>;
}

export interface FakeWire extends Wire {
  /** Every request and notification that was sent, in order. */
  readonly sent: Request[];
  /** Tells the page something. */
  tell(method: string, params: object): void;
}

export function fake(replies: Replies): FakeWire {
  const sent: Request[] = [];
  const running = new Map<number, AbortController>();
  let hear: (text: string) => void = () => {};
  const tell = (method: string, params: object) =>
    hear(JSON.stringify({ jsonrpc: '2.0', method, params }));

  async function answer(request: Request): Promise<object | undefined> {
    sent.push(request);
    const { id, method, params } = request;
    if (id === undefined) {
      if (method === '$/cancelRequest') running.get(params['id'] as number)?.abort();
      return undefined;
    }
    const aborts = new AbortController();
    running.set(id, aborts);
    try {
      const reply = replies[method as MethodName];
      if (reply === undefined)
        throw new Refusal('notFound', `no reply was given for \`${method}\``);
      const call: FakeCall = {
        signal: aborts.signal,
        progress: (phase, done, total) => tell('$/progress', { token: id, phase, done, total }),
      };
      const make = reply as (params: object, call: FakeCall) => unknown;
      const result = typeof reply === 'function' ? await make(params, call) : reply;
      return { jsonrpc: '2.0', id, result };
    } catch (error) {
      const { kind = 'internal', hint = null, message } = error as Partial<Refusal>;
      return { jsonrpc: '2.0', id, error: { code: -32000, message, data: { kind, hint } } };
    } finally {
      running.delete(id);
    }
  }

  return {
    sent,
    tell,
    async send(text) {
      const frame = JSON.parse(text) as Request | Request[];
      const answers = Array.isArray(frame)
        ? (await Promise.all(frame.map(answer))).filter(Boolean)
        : await answer(frame);
      return answers === undefined ? '' : JSON.stringify(answers);
    },
    listen(to) {
      hear = to;
    },
  };
}
