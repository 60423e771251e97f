// The wire inside the window: the shell puts a frozen object `backstory` before any script runs.

import { type Wire, WireError } from './wire';

/** What the shell gives the page. */
interface Shell {
  call(text: string): Promise<string>;
  onevents(next: (text: string) => void): void;
  readonly platform: string;
}

declare global {
  interface Window {
    readonly backstory?: Shell;
  }
}

/** The shell's object, where the page runs inside the window. */
export function shell(): Shell | undefined {
  return window.backstory;
}

export function webview(shell: Shell): Wire {
  return {
    async send(text) {
      try {
        return await shell.call(text);
      } catch (cause) {
        const { status, message } = cause as { status?: number; message?: string };
        throw new WireError(message || 'Backstory does not answer.', status);
      }
    },
    listen: (hear) => shell.onevents(hear),
  };
}
