// One panel's reply: asked for by itself, cancelled by itself, and shown until a newer one is there.

import { call, CallError } from '$/ipc/client';
import type { AskPanelReply } from '$ipc-schema/types';
import type { Methods } from '$ipc-schema/methods';

export type PanelAsked = Methods['dashboards.panel']['params'];

/** A wait that is told in seconds, and can be ended by hand, begins after this many of them. */
const SLOW = 2;

export class PanelLoad {
  reply = $state.raw<AskPanelReply | null>(null);
  error = $state.raw<CallError | null>(null);
  busy = $state(false);
  /** Ended by hand; nothing is asked until it is asked for again. */
  stopped = $state(false);
  /** Seconds waited so far, once they are worth telling. */
  seconds = $state<number | null>(null);
  /** What the reply that is shown was asked with. */
  private shown = '';
  private leaving = new AbortController();
  private timer: ReturnType<typeof setInterval> | undefined;

  async ask(params: PanelAsked): Promise<void> {
    this.leave();
    const { width: _, fresh: __, ...about } = params;
    const asked = JSON.stringify(about);
    const leaving = (this.leaving = new AbortController());
    [this.busy, this.stopped] = [true, false];
    const began = Date.now();
    this.timer = setInterval(() => {
      const waited = Math.floor((Date.now() - began) / 1000);
      if (waited >= SLOW) this.seconds = waited;
    }, 500);
    try {
      const reply = await call('dashboards.panel', params, { signal: leaving.signal });
      if (leaving.signal.aborted) return;
      this.reply =
        this.reply && alike(this.reply, reply) ? { ...reply, ...kept(this.reply) } : reply;
      [this.error, this.shown] = [null, asked];
    } catch (reason) {
      if (leaving.signal.aborted) return;
      this.error = reason instanceof CallError ? reason : new CallError('internal', String(reason));
      // What was asked with other parameters says nothing about these.
      if (this.shown !== asked) this.reply = null;
    }
    this.rest();
  }

  /** Ends the wait at the reader's wish. */
  stop(): void {
    this.leave();
    this.stopped = true;
  }

  /** Nobody looks any more. */
  leave(): void {
    this.leaving.abort();
    this.rest();
  }

  private rest(): void {
    clearInterval(this.timer);
    [this.busy, this.seconds] = [false, null];
  }
}

/** What of a reply is drawn. Kept as it is where it did not change, so that nothing moves. */
const kept = ({ scene, table }: AskPanelReply) => ({ scene, table });

const alike = (one: AskPanelReply, other: AskPanelReply) =>
  JSON.stringify(kept(one)) === JSON.stringify(kept(other));
