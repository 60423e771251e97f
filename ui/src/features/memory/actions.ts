// What a reader can do with what is shown: open it in an editor, copy it, ask it in a terminal.

import { call, CallError, type MethodName, type Params } from '$/ipc/client';
import { copy as toClipboard } from '$/ipc/desktop';
import { repository } from '$/app/router.svelte';
import { toast } from '$/kit/toast.svelte';
import { command } from '$/lib/snippets';

/** Opens a file of the work tree in the reader's editor. */
export async function openInEditor(path: string, line?: number): Promise<void> {
  const of = repository.current;
  try {
    await call('app.openInEditor', {
      path,
      ...(line ? { line } : {}),
      ...(of ? { repository: of } : {}),
    });
  } catch (error) {
    toast(said(error), 'failed');
  }
}

/** Opens an address of a tracker in the reader's browser. */
export async function openInBrowser(url: string): Promise<void> {
  try {
    await call('app.openInBrowser', { url });
  } catch (error) {
    toast(said(error), 'failed');
  }
}

/** Puts text on the clipboard and says so. */
export async function copy(text: string, what: string): Promise<void> {
  try {
    await toClipboard(text);
    toast(`${what} copied`);
  } catch (error) {
    toast(said(error), 'failed');
  }
}

/** Copies the call that a terminal would make for what is shown. */
export function copyCommand<M extends MethodName>(method: M, params: Params<M>): Promise<void> {
  const of = repository.current;
  return copy(command(method, of ? { ...params, repository: of } : params), 'Command');
}

function said(error: unknown): string {
  if (!(error instanceof CallError)) return String(error);
  return error.hint ? `${error.message}; ${error.hint}` : error.message;
}
