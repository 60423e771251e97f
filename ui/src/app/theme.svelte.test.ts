import { afterEach, expect, test, vi } from 'vitest';
import { connect } from '$/ipc/client';
import { hear } from '$/ipc/events';
import { fake, Refusal, type Replies } from '$/ipc/wire.fake';
import { theme } from './theme.svelte';

function inWindow(replies: Replies) {
  vi.stubGlobal('backstory', { platform: 'linux' });
  connect(fake(replies), hear);
}

const worn = () => document.documentElement.dataset['theme'];

afterEach(() => {
  vi.unstubAllGlobals();
  theme.show('system');
});

test('what is chosen is worn at once and told to the window', async () => {
  const told: unknown[] = [];
  inWindow({ 'app.setTheme': (params) => (told.push(params), {}) });
  theme.choose('dark');
  expect([theme.chosen, worn()]).toEqual(['dark', 'dark']);
  await vi.waitFor(() => expect(told).toEqual([{ theme: 'dark' }]));
  theme.choose('system');
  expect(worn()).toBeUndefined();
});

test('what the window remembers is worn from the start', async () => {
  const state = { route: '', title: '', width: 1, height: 1, rendering: 'safe' };
  const flags = { maximized: false, focused: true, dark: false, sandboxed: true, ready: false };
  inWindow({ 'app.state': { ...state, ...flags, theme: 'light' } });
  await theme.recall();
  expect([theme.chosen, worn()]).toEqual(['light', 'light']);
});

test('where nobody remembers it is as the system says', async () => {
  inWindow({
    'app.state': () => {
      throw new Refusal('notFound', 'no window is open');
    },
  });
  await theme.recall();
  expect(worn()).toBeUndefined();
});
