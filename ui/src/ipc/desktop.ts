// What only the window can do. In an ordinary browser some of it has a lesser way.

import type { Theme } from '$ipc-schema/types';
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

/** What the window was told to look like; where nobody remembers, as the system says. */
export async function rememberedTheme(): Promise<Theme> {
  if (!shell()) return 'system';
  try {
    return (await call('app.state', {})).theme;
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    return 'system';
  }
}

/** Asks the window to look like that from now on. */
export async function rememberTheme(theme: Theme): Promise<void> {
  if (!shell()) return;
  try {
    await call('app.setTheme', { theme });
  } catch (error) {
    // The page looks as was asked for; that it will not at the next start is no news now.
    if (!(error instanceof CallError)) throw error;
  }
}

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
