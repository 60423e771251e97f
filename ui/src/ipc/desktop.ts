// What only the window can do. In an ordinary browser some of it has a lesser way.

import { call, CallError } from './client';
import { shell } from './wire.webview';

/** Puts text on the clipboard. */
export async function copy(text: string): Promise<void> {
  if (shell()) await call('app.copy', { text });
  else await navigator.clipboard.writeText(text);
}

/** A folder that the user chooses in the system's dialog; null where they close it. */
export async function chooseFolder(title: string): Promise<string | null> {
  return (await call('app.chooseFolder', { title })).path;
}

/** Whether the system's dialogs are at hand. */
export const hasDialogs = () => shell() !== undefined;

/** Tells the window where the page is; for its title, for scripts, and for the next start. */
export async function showing(route: string, title: string): Promise<void> {
  document.title = title;
  if (!shell()) return;
  try {
    await call('app.showing', { route, title });
  } catch (error) {
    // Whoever asks the window next learns the same; there is nobody to tell here.
    if (!(error instanceof CallError)) throw error;
  }
}
