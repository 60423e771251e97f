// Running what a tab holds: statement by statement, each with its result, until one fails or
// somebody stops it. Lives as long as the page, so that a run goes on when its screen is left.

import type * as t from '$ipc-schema/types';
import { call, CallError } from '$/ipc/client';
import { sent } from './params';
import type { Piece } from './places';
import { project } from '$/kit/project.svelte';
import { ResultRows } from './result.svelte';
import type { TabText } from './tabs.svelte';

/** Rows that come with the first answer. */
const FIRST = 200;

/** What became of one statement. */
export interface Outcome {
  piece: Piece;
  results: readonly ResultRows[];
  /** What it gave without rows, and what the server said on the side. */
  facts: readonly t.DatabaseResult[];
  failure: t.DatabaseFailure | null;
  milliseconds: number;
}

/** What has to be decided before a run can go on. */
export type Question =
  | { kind: 'losses'; losses: readonly string[]; go: () => void }
  | { kind: 'password'; connection: string; go: () => void };

export class TabRuns {
  state = $state<'idle' | 'running' | 'done' | 'failed' | 'stopped'>('idle');
  outcomes = $state.raw<readonly Outcome[]>([]);
  question = $state.raw<Question | null>(null);
  /** Statements of the run, and which of them runs. */
  many = $state(0);
  at = $state(0);
  /** When it began, as `performance.now` counts. */
  begun = $state(0);
  elapsed = $state(0);
  session = $state.raw<t.OpenSessionReply | null>(null);
  inTransaction = $state(false);
  /** Counts runs, so that what belongs to one before is known to be old. */
  turn = $state(0);
  private leaving: AbortController | null = null;
  private runs: number[] = [];
  private of: string | null = null;

  /** Whether there is anything to show. */
  get any(): boolean {
    return this.state !== 'idle';
  }

  /** The failure that ended the run, and the statement that it is of. */
  get failed(): { piece: Piece; failure: t.DatabaseFailure } | null {
    const last = this.outcomes.at(-1);
    return last?.failure ? { piece: last.piece, failure: last.failure } : null;
  }

  /** Changes of rows that were made in its results and not sent. */
  get unsent(): number {
    const all = this.outcomes.flatMap((it) => it.results);
    return all.reduce((sum, it) => sum + (it.edits?.count ?? 0), 0);
  }

  /** Gives all of them up. */
  giveUp(): void {
    for (const it of this.outcomes.flatMap((outcome) => outcome.results)) it.edits?.revert();
  }

  /** Runs statements; asks first what has to be asked. */
  async run(
    tab: TabText,
    connection: t.Connection | undefined,
    pieces: readonly Piece[],
    confirmed = false,
  ): Promise<void> {
    if (!tab.connection || pieces.length === 0 || this.state === 'running') return;
    const again = (yes = confirmed) => void this.run(tab, connection, pieces, yes);
    if (connection?.needsPassword && this.of !== tab.connection) {
      this.question = {
        kind: 'password',
        connection: connection.connection,
        go: () => {
          this.of = tab.connection;
          again();
        },
      };
      return;
    }
    const reads = tab.readOnly || connection?.readOnly === true;
    const losses = pieces.flatMap((it) => it.losses);
    if (losses.length > 0 && !reads && !confirmed) {
      this.question = { kind: 'losses', losses, go: () => again(true) };
      return;
    }
    const leaving = new AbortController();
    this.begin(pieces.length, leaving);
    try {
      await this.all(tab, pieces, confirmed, leaving.signal);
    } catch (error) {
      if (error instanceof Asks) {
        this.state = 'idle';
        this.question = { kind: 'losses', losses: [error.message], go: () => again(true) };
      } else if (leaving.signal.aborted) this.state = 'stopped';
      else {
        // Before the first statement, as when no session could be opened.
        const failure = failureOf(error);
        const [piece] = pieces.slice(this.at);
        if (piece) this.add({ piece, results: [], facts: [], failure, milliseconds: 0 });
        this.state = 'failed';
      }
    } finally {
      this.elapsed = performance.now() - this.begun;
      if (this.leaving === leaving) this.leaving = null;
    }
  }

  /** Ends the run at the server. What has come stays. */
  stop(): void {
    for (const run of this.runs) void call('databases.stop', { run }).catch(() => {});
    this.leaving?.abort();
  }

  /** Begins, keeps or undoes the transaction of the tab's session. */
  async step(step: t.TransactionStep): Promise<void> {
    if (!this.session) return;
    try {
      const { open } = await call('databases.transaction', {
        session: this.session.session,
        step,
      });
      this.inTransaction = open;
    } catch (error) {
      this.lose(error);
      throw error;
    }
  }

  /** Lets go of the session, and with it of what its transaction did. */
  async leaveSession(): Promise<void> {
    const { session } = this;
    this.session = null;
    this.inTransaction = false;
    this.of = null;
    if (session) await call('databases.close', { session: session.session }).catch(() => {});
  }

  /** Lets go of all that the tab holds. */
  leave(): void {
    this.stop();
    this.closeRuns();
    void this.leaveSession();
  }

  private begin(many: number, leaving: AbortController): void {
    this.closeRuns();
    this.leaving = leaving;
    this.question = null;
    [this.state, this.outcomes, this.many, this.at] = ['running', [], many, 0];
    [this.begun, this.elapsed] = [performance.now(), 0];
    this.turn++;
  }

  private closeRuns(): void {
    for (const outcome of this.outcomes) for (const it of outcome.results) it.pages.stop();
    for (const run of this.runs) void call('databases.close', { run }).catch(() => {});
    this.runs = [];
  }

  private async all(
    tab: TabText,
    pieces: readonly Piece[],
    confirmed: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    // One statement needs no session; several have to meet the settings that those before made.
    const holds = tab.transaction === 'manual' || this.session !== null || pieces.length > 1;
    const session = holds ? await this.sessionOf(tab, signal) : null;
    const undone = tab.transaction === 'rolledBack' && pieces.length > 1 && session !== null;
    if (undone) await this.step('begin');
    try {
      for (const [index, piece] of pieces.entries()) {
        this.at = index;
        const done = await this.one(tab, piece, session, undone, confirmed, signal);
        if (!done) return;
      }
      this.state = 'done';
    } finally {
      if (undone) await this.step('rollback').catch(() => {});
    }
  }

  /** Runs one statement; answers whether it was done. */
  private async one(
    tab: TabText,
    piece: Piece,
    session: number | null,
    undone: boolean,
    confirmed: boolean,
    signal: AbortSignal,
  ): Promise<boolean> {
    const began = performance.now();
    const milliseconds = () => performance.now() - began;
    const params = sent(piece.places, tab.params);
    try {
      const reply = await call(
        'databases.run',
        {
          text: piece.text,
          ...(session === null ? { connection: tab.connection ?? '' } : { session }),
          ...project.named,
          ...(piece.places.length > 0 ? { params } : {}),
          transaction: undone ? 'manual' : tab.transaction,
          ...(tab.readOnly ? { readOnly: true } : {}),
          ...(tab.timeout ? { timeout: tab.timeout } : {}),
          ...(confirmed ? { confirmed: true } : {}),
          rows: FIRST,
          origins: true,
        },
        { signal },
      );
      this.runs.push(reply.run);
      if (session !== null) this.inTransaction = reply.inTransaction && !undone;
      const results = reply.results.flatMap((it, at) =>
        it.columns ? [new ResultRows(reply.run, at, it)] : [],
      );
      const facts = reply.results;
      const { failure } = reply;
      this.add({ piece, results, facts, failure, milliseconds: reply.milliseconds });
      if (failure) this.state = failure.kind === 'cancelled' ? 'stopped' : 'failed';
      return failure === null;
    } catch (error) {
      if (error instanceof CallError && error.kind === 'conflict' && !confirmed)
        throw new Asks(error.message);
      this.lose(error);
      const stopped = signal.aborted || (error instanceof CallError && error.kind === 'cancelled');
      const failure = stopped ? STOPPED : failureOf(error);
      this.add({ piece, results: [], facts: [], failure, milliseconds: milliseconds() });
      this.state = stopped ? 'stopped' : 'failed';
      return false;
    }
  }

  private add(outcome: Outcome): void {
    this.outcomes = [...this.outcomes, outcome];
  }

  private async sessionOf(tab: TabText, signal: AbortSignal): Promise<number> {
    this.session ??= await call(
      'databases.open',
      { connection: tab.connection ?? '', ...project.named },
      { signal },
    );
    return this.session.session;
  }

  /** A session that Backstory does not know any more is gone, and its transaction with it. */
  private lose(error: unknown): void {
    if (!(error instanceof CallError) || error.kind !== 'notFound') return;
    this.session = null;
    this.inTransaction = false;
  }
}

/** The server wants a yes to what will go. */
class Asks extends Error {}

const STOPPED: t.DatabaseFailure = {
  kind: 'cancelled',
  message: 'Stopped.',
  hint: null,
  detail: null,
  code: null,
  offset: null,
  line: null,
  column: null,
};

export function failureOf(error: unknown): t.DatabaseFailure {
  const known = error instanceof CallError ? error : null;
  return {
    ...STOPPED,
    kind: known?.kind === 'disconnected' ? 'lost' : (known?.kind ?? 'internal'),
    message: error instanceof Error ? error.message : String(error),
    hint: known?.hint ?? null,
  };
}

const all = new Map<string, TabRuns>();

/** The runs of a tab. */
export function runsOf(tab: string): TabRuns {
  const there = all.get(tab);
  if (there) return there;
  const made = new TabRuns();
  all.set(tab, made);
  return made;
}

/** Lets go of what a tab ran. */
export function forgetRuns(tab: string): void {
  all.get(tab)?.leave();
  all.delete(tab);
}
