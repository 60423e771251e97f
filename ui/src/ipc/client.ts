// Calls by generated name: a wrong method or parameter does not compile.

import { methods, type Code, type Methods } from '$ipc-schema/methods';
import type * as t from '$ipc-schema/types';
import { type Wire, WireError } from './wire';

export type MethodName = keyof Methods;
export type Params<M extends MethodName> = Methods[M]['params'];
export type Reply<M extends MethodName> = Methods[M]['reply'];

/** How far a call has come, as `$/progress` tells. */
export type Progress = t.Reading;

export interface CallOptions {
  /** Aborting it cancels the call where it runs, too. */
  signal?: AbortSignal | undefined;
  onprogress?: ((progress: Progress) => void) | undefined;
}

/** Why a call failed: one of the closed list, or that Backstory cannot be reached. */
export class CallError extends Error {
  readonly kind: Code | 'disconnected';
  /** What the reader can do. */
  readonly hint: string | null;

  constructor(kind: Code | 'disconnected', message: string, hint: string | null = null) {
    super(message);
    this.name = 'CallError';
    this.kind = kind;
    this.hint = hint;
  }
}

/** Calls under way at once; more wait here, so that a cancel still gets through. */
const OUTSTANDING_MAX = 64;
/** Pauses before a read is asked again of a busy server, in milliseconds. */
const BUSY_PAUSES = [100, 300, 900];

interface Answer {
  id: number | string | null;
  result?: unknown;
  error?: { code: number; message: string; data?: { kind?: Code; hint?: string | null } };
}

let wire: Wire | undefined;
let next = 1;
let outstanding = 0;
const waiting: (() => void)[] = [];
const progress = new Map<number, (progress: Progress) => void>();
const reached = new Set<(reachable: boolean) => void>();

/** Chooses what carries the calls. `hear` takes every notification that belongs to no call. */
export function connect(
  to: Wire,
  hear: (method: string, params: Record<string, unknown>) => void,
): void {
  wire = to;
  to.listen((text) => {
    const message = parsed(text) as { method?: string; params?: Record<string, unknown> };
    const params = message?.params ?? {};
    if (message?.method === '$/progress') {
      progress.get(params['token'] as number)?.(params as unknown as Progress);
    } else if (message?.method) {
      hear(message.method, params);
    }
  });
}

/** Hears after every message whether Backstory could be reached. */
export function onreached(hear: (reachable: boolean) => void): void {
  reached.add(hear);
}

/** Calls a method. Rejects with a `CallError` and nothing else. */
export async function call<M extends MethodName>(
  method: M,
  params: Params<M>,
  options: CallOptions = {},
): Promise<Reply<M>> {
  // Another writer is at work: a read is repeated quietly, a write is the reader's to repeat.
  const pauses = methods[method].access === 'read' ? BUSY_PAUSES : [];
  for (let attempt = 0; ; attempt++) {
    try {
      return await once(method, params, options);
    } catch (error) {
      const pause = pauses[attempt];
      if (!(error instanceof CallError) || error.kind !== 'busy' || pause === undefined)
        throw error;
      await pausing(pause, options.signal);
    }
  }
}

type Batched<T extends readonly MethodName[]> = { [K in keyof T]: [T[K], Params<T[K]>] };
type Settled<T extends readonly MethodName[]> = { [K in keyof T]: Reply<T[K]> | CallError };

/** Several quick calls in one message. Each answer is a reply or a `CallError`, in order. */
export async function batch<T extends readonly MethodName[]>(
  ...calls: Batched<T>
): Promise<Settled<T>> {
  const first = next;
  next += calls.length;
  const frame = calls.map(([method, params], index) => request(first + index, method, params));
  const answers = parsed(await place(() => send(`[${frame.join(',')}]`)));
  const all = Array.isArray(answers) ? (answers as Answer[]) : [answers as Answer];
  return calls.map((_, index) => {
    const answer = all.find((it) => it?.id === first + index) ?? all.find((it) => it?.id === null);
    try {
      return result(answer);
    } catch (error) {
      return error;
    }
  }) as Settled<T>;
}

async function once<M extends MethodName>(
  method: M,
  params: Params<M>,
  { signal, onprogress }: CallOptions,
): Promise<Reply<M>> {
  const id = next++;
  let sent = false;
  let abort = () => {};
  const stopped = new Promise<never>((_, reject) => {
    abort = () => {
      if (sent) cancel(id);
      reject(new CallError('cancelled', `\`${method}\` was cancelled`));
    };
  });
  signal?.addEventListener('abort', abort);
  if (signal?.aborted) abort();
  if (onprogress) progress.set(id, onprogress);
  try {
    const answer = place(() => {
      if (signal?.aborted) return stopped;
      sent = true;
      return send(request(id, method, params));
    });
    return result(parsed(await Promise.race([answer, stopped])) as Answer) as Reply<M>;
  } finally {
    progress.delete(id);
    signal?.removeEventListener('abort', abort);
  }
}

/** Waits for one of the places there are, and gives it back. */
async function place<T>(task: () => Promise<T>): Promise<T> {
  if (outstanding >= OUTSTANDING_MAX) await new Promise<void>((go) => waiting.push(go));
  outstanding++;
  try {
    return await task();
  } finally {
    outstanding--;
    waiting.shift()?.();
  }
}

async function send(text: string): Promise<string> {
  if (!wire) throw new CallError('disconnected', 'there is no connection to Backstory');
  try {
    const reply = await wire.send(text);
    reached.forEach((tell) => tell(true));
    return reply;
  } catch (error) {
    const status = error instanceof WireError ? error.status : undefined;
    const message = error instanceof Error ? error.message : String(error);
    // The bridge itself refused this one message; it is there, and others will pass.
    if (status === 429) throw new CallError('busy', message);
    if (status === 413) throw new CallError('tooLarge', message);
    reached.forEach((tell) => tell(false));
    throw new CallError('disconnected', message, 'Backstory tries again by itself');
  }
}

/** Says that nobody waits for the call any more. There is no answer, and no need for one. */
function cancel(id: number): void {
  const frame = { jsonrpc: '2.0', method: '$/cancelRequest', params: { id } };
  wire?.send(JSON.stringify(frame)).catch(() => {});
}

function request(id: number, method: string, params: object): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function result(answer: Answer | undefined): unknown {
  if (answer?.error) {
    const { message, data } = answer.error;
    throw new CallError(data?.kind ?? 'internal', message, data?.hint ?? null);
  }
  if (!answer || !('result' in answer)) {
    throw new CallError('internal', 'the answer is not a JSON-RPC reply');
  }
  return answer.result;
}

function pausing(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener('abort', done);
  });
}
