// The file of a dashboard while it is edited: what is typed, what is saved, and what can be undone.

import { onstale } from '$/ipc/cache.svelte';
import { call, CallError } from '$/ipc/client';
import { project } from '$/kit/project.svelte';
import type { DashboardChange, DashboardPlace, DashboardTrouble } from '$ipc-schema/types';

/** Pause after a key before the text is judged, in milliseconds. */
const PAUSE = 250;
const UNDO_MAX = 50;

export class DashboardFile {
  /** What is in the editor. */
  text = $state('');
  /** What is in the file, as far as is known. */
  saved = $state('');
  hash = $state('');
  path = $state<string | null>(null);
  place: DashboardPlace = 'project';
  troubles = $state.raw<readonly DashboardTrouble[]>([]);
  ready = $state(false);
  busy = $state(false);
  error = $state.raw<CallError | null>(null);
  /** What stands in the file now, written by somebody else while something was typed here. */
  theirs = $state.raw<{ text: string; hash: string } | null>(null);
  past = $state.raw<readonly string[]>([]);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;

  constructor(readonly dashboard: string) {}

  get dirty(): boolean {
    return this.text !== this.saved;
  }

  private get of() {
    return { dashboard: this.dashboard, ...project.named };
  }

  /** Reads the file, and goes on reading it when it changes. Returns what stops that. */
  follow(): () => void {
    void this.read();
    const stop = onstale('dashboards.source', () => void this.read());
    return () => {
      stop();
      clearTimeout(this.timer);
    };
  }

  async read(): Promise<void> {
    try {
      const { text, hash, path, place } = await call('dashboards.source', this.of);
      [this.path, this.place] = [path, place];
      if (this.ready && hash === this.hash) return;
      if (this.ready && this.dirty && text !== this.text) this.theirs = { text, hash };
      else this.take(text, hash);
      this.ready = true;
    } catch (reason) {
      this.error = failed(reason);
    }
  }

  /** Takes what is in the file for what is edited. */
  private take(text: string, hash: string): void {
    [this.text, this.saved, this.hash, this.theirs, this.error] = [text, text, hash, null, null];
    this.judge();
  }

  write(text: string): void {
    if (text === this.text) return;
    this.text = text;
    this.judge();
  }

  private judge(): void {
    clearTimeout(this.timer);
    const turn = ++this.asked;
    this.timer = setTimeout(() => {
      call('dashboards.check', { text: this.text }).then(
        ({ troubles }) => {
          if (turn === this.asked) this.troubles = troubles;
        },
        // What cannot be judged now is judged when it is saved.
        () => {},
      );
    }, PAUSE);
  }

  /** Saves what is typed. Returns whether it is in the file. */
  save(): Promise<boolean> {
    return this.put(this.text, this.hash);
  }

  private put(text: string, hash: string): Promise<boolean> {
    return this.doing(async () => {
      const before = this.saved;
      const reply = await call('dashboards.save', {
        dashboard: this.dashboard,
        // To be saved with a project is to be saved in its folder.
        ...(this.place === 'project' ? project.named : {}),
        text,
        hash,
      });
      this.remember(before);
      this.take(reply.text, reply.hash);
      this.troubles = reply.troubles;
    });
  }

  /** Changes one thing in the file; its order and comments stay. */
  change(change: DashboardChange): Promise<boolean> {
    return this.doing(async () => {
      const before = this.saved;
      const reply = await call('dashboards.edit', { ...this.of, hash: this.hash, change });
      this.remember(before);
      this.take(reply.text, reply.hash);
      this.troubles = reply.troubles;
    });
  }

  /** Writes what was in the file before the last change. */
  async undo(): Promise<void> {
    const before = this.past.at(-1);
    if (before === undefined) return;
    const rest = this.past.slice(0, -1);
    if (await this.put(before, this.hash)) this.past = rest;
  }

  /** Takes what somebody else wrote, and forgets what was typed. */
  reload(): void {
    if (this.theirs) this.take(this.theirs.text, this.theirs.hash);
  }

  /** Writes what was typed over what somebody else wrote. */
  async overwrite(): Promise<void> {
    if (this.theirs) await this.put(this.text, this.theirs.hash);
  }

  private remember(before: string): void {
    this.past = [...this.past, before].slice(-UNDO_MAX);
  }

  private async doing(task: () => Promise<void>): Promise<boolean> {
    [this.busy, this.error] = [true, null];
    try {
      await task();
      return true;
    } catch (reason) {
      this.error = failed(reason);
      if (this.error.kind === 'conflict') {
        await this.conflict();
        if (this.theirs) this.error = null;
      }
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** Looks at what is in the file instead of what was thought to be. */
  private async conflict(): Promise<void> {
    try {
      const { text, hash } = await call('dashboards.source', this.of);
      if (this.dirty) this.theirs = { text, hash };
      else this.take(text, hash);
    } catch {
      // The conflict itself is told.
    }
  }
}

const failed = (reason: unknown) =>
  reason instanceof CallError ? reason : new CallError('internal', String(reason));
