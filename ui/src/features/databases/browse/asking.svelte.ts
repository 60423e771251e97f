// What one statement gives, with more of its rows as they are asked for; it is let go of at the end.

import type * as t from '$ipc-schema/types';
import { call, CallError } from '$/ipc/client';
import { failureTitle } from '../workspace/failures';
import { project } from '$/kit/project.svelte';

export class Asking {
  state = $state<'idle' | 'loading' | 'ready' | 'error'>('idle');
  error = $state.raw<CallError | null>(null);
  result = $state.raw<t.DatabaseResult | null>(null);
  rows = $state.raw<readonly t.DatabaseRow[]>([]);
  /** Whether these are all rows there are. */
  whole = $state(true);
  busy = $state(false);
  run = 0;
  /** Which of the run's results it is. */
  at = 0;
  private leaving = new AbortController();
  private session: number | null = null;

  /** `page`: how many rows come at a time. */
  constructor(private readonly page = 100) {}

  /** Runs a statement in place of what was asked before; `within` is run first, in the same session. */
  async ask(connection: string, text: string, within: string | null = null): Promise<void> {
    this.end();
    const leaving = (this.leaving = new AbortController());
    const { signal } = leaving;
    [this.state, this.error, this.result, this.rows] = ['loading', null, null, []];
    try {
      let where: { connection: string } | { session: number } = { connection };
      if (within !== null) {
        const opened = await call('databases.open', { connection, ...project.named }, { signal });
        this.session = opened.session;
        where = { session: opened.session };
      }
      const script = within === null ? text : `${within}\n${text}`;
      const reply = await call(
        'databases.run',
        { ...where, ...project.named, text: script, rows: this.page, readOnly: true },
        { signal },
      );
      this.run = reply.run;
      if (signal.aborted) return this.close();
      if (reply.failure) throw failed(reply.failure);
      this.at = reply.results.length - 1;
      const result = reply.results[this.at];
      if (!result) throw new CallError('internal', 'the statement gave nothing');
      this.result = result;
      this.rows = result.rows;
      this.whole = result.complete && result.rows.length >= result.rowsTotal;
      this.state = 'ready';
    } catch (reason) {
      if (signal.aborted) return;
      this.error = reason instanceof CallError ? reason : new CallError('internal', String(reason));
      this.state = 'error';
    }
  }

  /** The next page. */
  async more(): Promise<void> {
    if (this.busy || this.whole) return;
    const { signal } = this.leaving;
    [this.busy, this.error] = [true, null];
    try {
      const asked = { run: this.run, result: this.at, from: this.rows.length, count: this.page };
      const reply = await call('databases.rows', asked, { signal });
      this.rows = [...this.rows, ...reply.rows];
      this.whole =
        reply.rows.length === 0 || (reply.complete && this.rows.length >= reply.rowsTotal);
      if (reply.failure) this.error = failed(reply.failure);
    } catch (reason) {
      if (!signal.aborted)
        this.error =
          reason instanceof CallError ? reason : new CallError('internal', String(reason));
    } finally {
      this.busy = false;
    }
  }

  /** Stops what is under way, and lets go of all that is held. */
  end(): void {
    this.leaving.abort();
    this.close();
    this.state = 'idle';
  }

  private close(): void {
    if (this.run > 0) void call('databases.close', { run: this.run }).catch(() => {});
    if (this.session !== null)
      void call('databases.close', { session: this.session }).catch(() => {});
    [this.run, this.session] = [0, null];
  }
}

export const failed = (failure: t.DatabaseFailure) =>
  new CallError(
    failure.kind === 'cancelled'
      ? 'cancelled'
      : failure.kind === 'timedOut'
        ? 'timedOut'
        : 'upstream',
    failure.message || failureTitle(failure),
    failure.hint,
  );
