// Exports that are under way: they go on when the dialog is closed or the screen is left.

import type * as t from '$ipc-schema/types';
import { call, CallError, type Progress } from '$/ipc/client';
import { toast } from '$/kit/toast.svelte';
import { count, size } from '$/lib/format';
import { visible } from '$/lib/text';

export class Exporting {
  state = $state<'running' | 'done' | 'failed' | 'stopped'>('running');
  progress = $state.raw<Progress | null>(null);
  reply = $state.raw<t.ExportRowsReply | null>(null);
  error = $state.raw<CallError | null>(null);
  /** Nobody looks at it, so that its end has to be told. */
  away = false;
  private readonly leaving = new AbortController();

  constructor(readonly params: t.ExportRows) {
    void this.go();
  }

  stop(): void {
    this.leaving.abort();
  }

  private async go(): Promise<void> {
    try {
      this.reply = await call('databases.export', this.params, {
        signal: this.leaving.signal,
        onprogress: (now) => (this.progress = now),
      });
      this.state = 'done';
      const { rows, bytes, path } = this.reply;
      if (this.away) toast(`${count(rows, 'row')} (${size(bytes)}) are in ${visible(path)}.`);
    } catch (error) {
      this.error = error instanceof CallError ? error : new CallError('internal', String(error));
      this.state = this.leaving.signal.aborted ? 'stopped' : 'failed';
      if (this.away && this.state === 'failed')
        toast(`The export failed: ${this.error.message}.`, 'failed');
    }
  }
}

/** What a file of a statement may be called: its first table, or a plain word. */
export function fileName(statement: string, format: t.ExportFormat): string {
  const table = /\b(?:from|into|update)\s+["`[]?([\w.]+)/i.exec(statement)?.[1];
  const name = (table?.split('.').at(-1) ?? 'result').replace(/[^\w-]/g, '_');
  const ends: Partial<{ [F in t.ExportFormat]: string }> = {
    markdown: 'md',
    table: 'txt',
    insert: 'sql',
    inlist: 'txt',
  };
  return `${name}.${ends[format] ?? format}`;
}
