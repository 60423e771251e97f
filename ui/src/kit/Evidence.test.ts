import type * as t from '$ipc-schema/types';
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { connect } from '$/ipc/client';
import { fake, Refusal, type FakeWire } from '$/ipc/wire.fake';
import Evidence from './Evidence.svelte';
import { evidence } from './evidence.svelte';

const basis = { repository: 'a', head: null, now: null, rules: [], gaps: [] };
const ada = { key: 'ada@example.org', name: 'Ada', bot: false };
const row = (at: number): t.CommitRow => ({
  commit: {
    id: `c${at}`,
    subject: `Change ${at}`,
    author: ada,
    at: '2026-01-01T00:00:00Z',
    merge: false,
    fixes: false,
    reverts: false,
  },
  files: 1,
  added: 1,
  deleted: 0,
  touch: null,
});
const figure: t.Figure = {
  value: 150,
  records: [{ kind: 'commit', id: 'c0', title: 'Change 0' }],
  all: { method: 'memory.commits', params: { path: 'src/pay.rs' } },
};

let drawer: object | undefined;
afterEach(() => drawer && unmount(drawer));

function open(of: t.Figure, wire: FakeWire) {
  connect(wire, () => {});
  drawer = mount(Evidence, {
    target: document.body,
    props: { shown: { figure: of, title: 'commits' } },
  });
  flushSync();
}

const lines = () => [...document.querySelectorAll('dialog li')].map((it) => it.textContent ?? '');
const button = (text: string) =>
  [...document.querySelectorAll<HTMLButtonElement>('dialog button')].find((it) =>
    it.textContent?.includes(text),
  );

const pages = () =>
  fake({
    'memory.commits': ({ cursor }) => {
      const from = Number(cursor ?? 0);
      const commits = Array.from({ length: Math.min(100, 150 - from) }, (_, at) => row(from + at));
      return { basis, commits, next: from === 0 ? '100' : null };
    },
  });

test('it shows the first records at once, then all of them page by page', async () => {
  const wire = pages();
  open(figure, wire);
  expect(lines()).toHaveLength(1);
  await vi.waitFor(() => expect(lines()).toHaveLength(100));
  expect(wire.sent).toHaveLength(1);
  expect(wire.sent[0]?.params).toEqual({ path: 'src/pay.rs', limit: 100 });
  button('Show more')?.click();
  await vi.waitFor(() => expect(lines()).toHaveLength(150));
  expect(wire.sent[1]?.params).toEqual({ path: 'src/pay.rs', limit: 100, cursor: '100' });
  expect(button('Show more')).toBe(undefined);
});

test('a figure that brings all of its records asks nothing', () => {
  const wire = pages();
  open({ ...figure, all: null }, wire);
  expect(lines()).toHaveLength(1);
  expect(wire.sent).toEqual([]);
});

test('what could not be asked is said, and asked again on demand', async () => {
  let broken = true;
  const wire = fake({
    'memory.commits': () => {
      if (broken) throw new Refusal('upstream', 'the disk is full');
      return { basis, commits: [row(1)], next: null };
    },
  });
  open(figure, wire);
  await vi.waitFor(() => expect(document.body.textContent).toContain('The disk is full.'));
  broken = false;
  button('Try again')?.click();
  await vi.waitFor(() => expect(lines().join()).toContain('Change 1'));
});

test('Esc closes it', () => {
  open(figure, pages());
  evidence.open(figure, 'commits');
  document.querySelector('dialog')?.dispatchEvent(new Event('cancel', { cancelable: true }));
  expect(evidence.shown).toBe(null);
});
