// Chooses a wire, begins to hear events, and shows the frame.

import './kit/tokens.css';
import './kit/base.css';
import { mount } from 'svelte';
import App from './app/App.svelte';
import { watchConnection } from './app/connection.svelte';
import { theme } from './app/theme.svelte';
import { follow } from './ipc/cache.svelte';
import { connect } from './ipc/client';
import { hear, newest, start } from './ipc/events';
import { followReadings } from './ipc/readings.svelte';
import type { Wire } from './ipc/wire';
import { shell, webview } from './ipc/wire.webview';

/** The number of the newest event outlives this document, since the window may load another. */
const SEEN = 'seen';
/** How long to wait for what the window remembers, in milliseconds. */
const RECALL = 300;

async function wire(): Promise<Wire> {
  const given = shell();
  if (given) return webview(given);
  if (import.meta.env.DEV) {
    const made = new URLSearchParams(location.search).get('fake');
    if (made !== null) return (await import('../dev/fake')).made(made);
    return (await import('./ipc/wire.http')).http();
  }
  throw new Error('Backstory runs in its own window: start it with `backstory`.');
}

function follows(): void {
  const seen = Number(sessionStorage.getItem(SEEN)) || 0;
  start(seen).catch(() => setTimeout(follows, 1_000));
}

window.addEventListener('pagehide', () => sessionStorage.setItem(SEEN, String(newest())));

const target = document.querySelector('#app');
if (target) {
  try {
    connect(await wire(), hear);
    follow();
    followReadings();
    watchConnection();
    // Before anything is drawn, so that nothing flashes; but a page that waits for it is worse.
    await Promise.race([theme.recall(), new Promise((go) => setTimeout(go, RECALL))]);
    follows(); // from here on somebody must listen
    mount(App, { target });
  } catch (error) {
    target.textContent = error instanceof Error ? error.message : String(error);
  }
}
