import type * as t from '$ipc-schema/types';
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { panes } from '$/app/panes.svelte';
import { navigate, route } from '$/app/router.svelte';
import { forget } from '$/ipc/cache.svelte';
import { connect } from '$/ipc/client';
import { fake, type FakeWire } from '$/ipc/wire.fake';
import Palette from './Palette.svelte';

const hit = (kind: t.RecordKind, id: string, title: string): t.Hit => ({
  record: { kind, id, title },
  snippet: [],
  score: 1,
  at: null,
  author: null,
  state: null,
});
const basis = { repository: 'a', head: null, now: null, rules: [], gaps: [] };
const hits = [
  hit('file', 'src/pay.rs', 'src/pay.rs'),
  hit('person', 'ada@example.org', 'Ada <b>Lovelace</b>'),
  hit('commit', 'abc123', 'Retry the payment'),
];

let wire: FakeWire;
let palette: object;
let copied: string[];

beforeEach(() => {
  forget();
  wire = fake({ 'memory.search': { basis, hits, more: false } });
  connect(wire, () => {});
  copied = [];
  vi.spyOn(navigator.clipboard, 'writeText').mockImplementation((text) => {
    copied.push(text);
    return Promise.resolve();
  });
  navigate('overview');
  panes.palette('');
  palette = mount(Palette, { target: document.body, props: { text: '' } });
  flushSync();
});
afterEach(() => unmount(palette));

const input = () => document.querySelector<HTMLInputElement>('[role=combobox]') as HTMLInputElement;
const options = () => [...document.querySelectorAll<HTMLElement>('[role=option]')];
const texts = () => options().map((it) => it.querySelector('.title')?.textContent ?? '');
const chosen = () =>
  document.querySelector('[role=option][aria-selected=true] .title')?.textContent;

function press(key: string, more: KeyboardEventInit = {}) {
  input().dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }),
  );
  flushSync();
}

async function type(text: string) {
  input().value = text;
  input().dispatchEvent(new Event('input', { bubbles: true }));
  flushSync();
  await vi.waitFor(() => expect(texts().join()).toContain('src/pay.rs'));
  flushSync();
}

test('before anything is typed it offers questions and screens', () => {
  expect(texts()).toContain('Has this bug occurred before?');
  expect(texts()).toContain('Go to Overview');
});

test('arrows choose, round and round, and the reader is told which', () => {
  const all = texts();
  expect(chosen()).toBe(all[0]);
  press('ArrowDown');
  expect(chosen()).toBe(all[1]);
  expect(document.getElementById(input().getAttribute('aria-activedescendant') ?? '')).toBe(
    options()[1],
  );
  press('ArrowUp');
  press('ArrowUp');
  expect(chosen()).toBe(all.at(-1));
});

test('what is typed finds files, people and commits, and Enter goes there', async () => {
  await type('pay');
  expect(texts()).toEqual(expect.arrayContaining(['src/pay.rs', 'Retry the payment']));
  expect(chosen()).toBe('src/pay.rs');
  press('Enter');
  expect(route.address).toBe('/file/src/pay.rs');
  expect(panes.open).toBe(null);
});

test('a question is completed, asked about what fits, and answered by its screen', async () => {
  input().value = 'who knows';
  input().dispatchEvent(new Event('input', { bubbles: true }));
  flushSync();
  input().value = 'who know';
  input().dispatchEvent(new Event('input', { bubbles: true }));
  flushSync();
  const at = texts().indexOf('Who knows …?');
  expect(at).toBeGreaterThanOrEqual(0);
  for (let step = 0; step < at; step++) press('ArrowDown');
  press('Enter');
  expect(input().value).toBe('Who knows ');
  await type('who knows pay');
  const completed = wire.sent.filter((it) => it.method === 'memory.search');
  expect(completed.at(-1)?.params).toMatchObject({
    text: 'pay',
    kinds: ['file', 'folder', 'component'],
  });
  expect(texts()).toEqual(['Who knows src/pay.rs?']);
  press('Enter');
  expect([route.screen, route.id]).toEqual(['file', 'src/pay.rs']);
});

test('what is chosen can be copied as a command', async () => {
  await type('who knows pay');
  press('c', { ctrlKey: true });
  await vi.waitFor(() => expect(copied).toEqual(['backstory memory experts src/pay.rs']));
});

test('Ctrl+C copies a selection of the line as anywhere else', async () => {
  await type('pay');
  input().setSelectionRange(0, 3);
  press('c', { ctrlKey: true });
  expect(copied).toEqual([]);
});

test('names are text, never markup', async () => {
  await type('ada');
  expect(texts()).toContain('Ada <b>Lovelace</b>');
  expect(document.querySelector('[role=option] b')).toBe(null);
});

test('one letter asks nothing of memory', async () => {
  input().value = 'p';
  input().dispatchEvent(new Event('input', { bubbles: true }));
  flushSync();
  await vi.waitFor(() => expect(texts()).toContain('Search for “p”'));
  expect(wire.sent.filter((it) => it.method === 'memory.search')).toEqual([]);
});
