import { flushSync, mount, unmount, type Component } from 'svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type {
  Basis,
  CommitRef,
  OverviewReply,
  PersonRef,
  TextReply,
  WhyReply,
} from '$ipc-schema/types';
import { connect } from '$/ipc/client';
import { hear } from '$/ipc/events';
import { forget } from '$/ipc/cache.svelte';
import { parse } from '$/lib/address';
import { QUESTIONS } from '$/app/palette/questions';
import { fake, Refusal, type Replies } from '$/ipc/wire.fake';
import CommitScreen from './commit/CommitScreen.svelte';
import TextView from './file/TextView.svelte';
import WhyPanel from './file/WhyPanel.svelte';
import Overview from './overview/Overview.svelte';
import Explorer from './explorer/Explorer.svelte';
import ComponentScreen from './ComponentScreen.svelte';
import SearchScreen from './search/SearchScreen.svelte';

const PAYLOAD = '<img src=x onerror=alert(1)><script>alert(2)</script>';
const basis: Basis = {
  repository: 'acme/shop',
  head: 'a'.repeat(40),
  now: '2026-11-20T10:00:00Z',
  rules: [{ name: 'risk', version: 1, text: 'churn + bugs·100' }],
  gaps: [{ kind: 'shallowClone', text: 'nothing before 2019 is known' }],
};
const person: PersonRef = { key: 'ada@example.org', name: `Ada ${PAYLOAD}`, bot: false };
const commit = (n: number, subject = `change ${n}`): CommitRef => ({
  id: String(n).repeat(40).slice(0, 40),
  subject,
  author: person,
  at: `2026-0${n}-01T10:00:00Z`,
  merge: false,
  fixes: false,
  reverts: false,
});

const text: TextReply = {
  basis,
  path: 'src/pay.rs',
  lines: ['fn pay() {', `    // ${PAYLOAD}`, '}'],
  linesTotal: 3,
  binary: false,
  spans: [
    { line: 1, lines: 1, commit: 0, originalLine: 1, originalPath: null },
    { line: 2, lines: 2, commit: 1, originalLine: 2, originalPath: null },
  ],
  commits: [commit(1), commit(2, PAYLOAD)],
};

const why: WhyReply = {
  basis,
  path: 'src/pay.rs',
  line: 2,
  endLine: null,
  text: `    // ${PAYLOAD}`,
  steps: [2, 1].map((n) => ({
    commit: commit(n),
    path: n === 1 ? 'lib/pay.rs' : 'src/pay.rs',
    line: 2,
    after: `after ${n}`,
    before: n === 2 ? Array.from({ length: 6 }, (_, i) => `before ${i}`) : [],
    issues: [{ kind: 'issue' as const, id: 'SHOP-7', title: 'SHOP-7' }],
    pullRequests: [{ number: 12, toldBy: '(#12)', title: null }],
    reviewers: [person],
    sentence: `${n} made it`,
    story: [],
  })),
  complete: true,
};

let made: object[] = [];

function begin(replies: Replies) {
  const wire = fake(replies);
  connect(wire, hear);
  forget();
  return wire;
}

function show<P extends Record<string, unknown>>(component: Component<P>, props: P) {
  made.push(mount(component, { target: document.body, props }));
  flushSync();
}

const shownText = () => document.body.textContent?.replace(/\s+/g, ' ') ?? '';
const until = (wanted: string) => vi.waitFor(() => expect(shownText()).toContain(wanted));
const press = (element: Element | null, key: string) => {
  element?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  flushSync();
};

beforeEach(() => {
  location.hash = '#/overview';
});

afterEach(() => {
  for (const it of made) void unmount(it);
  made = [];
  document.body.textContent = '';
});

describe('the text of a file', () => {
  const props = (online: (line: number) => void, line = 0) => ({
    path: 'src/pay.rs',
    line,
    online,
  });

  test('asks why about the line that the keyboard is on', async () => {
    begin({ 'memory.text': text });
    const online = vi.fn();
    show(TextView, props(online));
    await until('fn pay()');
    const grid = document.querySelector('[role=grid]');
    press(grid, 'ArrowDown');
    expect(grid?.getAttribute('aria-activedescendant')).toMatch(/-1$/);
    press(grid, 'Enter');
    expect(online).toHaveBeenCalledExactlyOnceWith(2);
    press(grid, 'End');
    press(grid, 'ArrowDown');
    expect(grid?.getAttribute('aria-activedescendant')).toMatch(/-2$/);
  });

  test('asks why about the line that was clicked', async () => {
    begin({ 'memory.text': text });
    const online = vi.fn();
    show(TextView, props(online));
    await until('fn pay()');
    document.querySelector<HTMLElement>('[data-line="2"] .code')?.click();
    expect(online).toHaveBeenCalledExactlyOnceWith(3);
  });

  test('draws only the rows in sight of twenty thousand', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `line ${i}`);
    begin({ 'memory.text': { ...text, lines, linesTotal: 31_000, spans: [], commits: [] } });
    show(
      TextView,
      props(() => {}),
    );
    await until('the first 20,000 of 31,000 lines');
    expect(document.querySelectorAll('[data-line]').length).toBeLessThan(100);
  });

  test('finds words and goes to lines', async () => {
    begin({ 'memory.text': text });
    show(
      TextView,
      props(() => {}),
    );
    await until('fn pay()');
    const input = document.querySelector<HTMLInputElement>('input[type=search]');
    if (!input) throw new Error('there is no field to find with');
    input.value = '}';
    input.dispatchEvent(new Event('input', { bubbles: true }));
    flushSync();
    expect(shownText()).toContain('1 of 1 line');
    expect(document.querySelector('mark')?.textContent).toBe('}');
    input.value = ':2';
    input.dispatchEvent(new Event('input', { bubbles: true }));
    flushSync();
    press(input, 'Enter');
    expect(document.querySelector('[role=grid]')?.getAttribute('aria-activedescendant')).toMatch(
      /-1$/,
    );
  });

  test('says so where there is no text', async () => {
    begin({ 'memory.text': { ...text, lines: [], linesTotal: 0, binary: true } });
    show(
      TextView,
      props(() => {}),
    );
    await until('This file is not text');
  });
});

describe('why a line is there', () => {
  test('takes the keyboard after Enter, walks the steps with arrows, and closes with Esc', async () => {
    begin({ 'memory.why': why });
    const onclose = vi.fn();
    show(WhyPanel, { path: 'src/pay.rs', line: 2, focus: true, onclose });
    await until('This is where the line begins.');
    const steps = document.querySelectorAll('.step');
    expect(document.activeElement?.textContent).toBe('Why line 2 is there');
    press(document.activeElement, 'ArrowDown');
    expect(document.activeElement).toBe(steps[0]);
    press(document.activeElement, 'ArrowDown');
    expect(document.activeElement).toBe(steps[1]);
    press(document.activeElement, 'ArrowUp');
    press(document.activeElement, 'ArrowUp');
    expect(document.activeElement?.tagName).toBe('H2');
    press(document.activeElement, 'Escape');
    expect(onclose).toHaveBeenCalledOnce();
  });

  test('shows issues, pull requests, reviewers, and more of what stood there when asked', async () => {
    begin({ 'memory.why': why });
    show(WhyPanel, { path: 'src/pay.rs', line: 2, focus: false, onclose: () => {} });
    await until('SHOP-7');
    expect(shownText()).toContain('#12');
    expect(shownText()).toContain('as lib/pay.rs');
    expect(shownText()).not.toContain('before 5');
    document.querySelector<HTMLButtonElement>('.more')?.click();
    flushSync();
    expect(shownText()).toContain('before 5');
  });

  test('says what failed', async () => {
    begin({
      'memory.why': () => {
        throw new Refusal('notFound', 'line 9 is not in `src/pay.rs`', 'it has 3 lines');
      },
    });
    show(WhyPanel, { path: 'src/pay.rs', line: 9, focus: false, onclose: () => {} });
    await until('Line 9 is not in');
  });
});

describe('the overview', () => {
  const figure = (value: number) => ({ value, records: [], all: null });
  const reply: OverviewReply = {
    basis,
    totals: {
      commits: figure(0),
      merges: 0,
      files: figure(0),
      people: figure(0),
      bots: 0,
      releases: 0,
      added: 0,
      deleted: 0,
      firstAt: null,
      lastAt: null,
    },
    weeks: [],
    hotspots: [],
    people: [],
    risks: [],
    components: [],
    releases: [],
    windowDays: 90,
  };
  const factor: Replies = { 'memory.busFactor': { basis, rows: [], total: 0 } };

  test('of an empty repository says so, with what memory does not know', async () => {
    begin({ ...factor, 'memory.overview': reply });
    show(Overview, { id: '', query: {} });
    await until('This repository has no commits yet');
    expect(shownText()).toContain('Nothing before 2019 is known.');
  });

  test('tells what could not be read, and asks again', async () => {
    let failing = true;
    begin({
      ...factor,
      'memory.overview': () => {
        if (failing) throw new Refusal('upstream', 'the object store is corrupt');
        return { ...reply, totals: { ...reply.totals, commits: figure(3) } };
      },
    });
    show(Overview, { id: '', query: {} });
    await until('The object store is corrupt');
    failing = false;
    [...document.querySelectorAll('button')].find((it) => it.textContent === 'Try again')?.click();
    await until('Activity');
  });

  test('shows what came from outside as text', async () => {
    const file = { path: `src/${PAYLOAD}.rs`, component: null };
    begin({
      ...factor,
      'memory.overview': {
        ...reply,
        totals: { ...reply.totals, commits: figure(1) },
        weeks: [{ start: '2026-11-16', commits: 1, people: 1, added: 1, deleted: 0, fixes: 0 }],
        hotspots: [{ ...file, sizeBytes: 10, changes: 3, churn: 4, fixes: 1 }],
        risks: [
          {
            ...file,
            score: 130,
            terms: [{ name: 'churn', count: 4, weight: 1, points: 4 }],
            sentences: [{ text: `\`${file.path}\` changed 3 times`, figure: figure(3) }],
          },
        ],
        people: [
          {
            person,
            commits: 1,
            reviews: 0,
            added: 1,
            deleted: 0,
            firstAt: basis.now!,
            lastAt: basis.now!,
          },
        ],
        releases: [{ kind: 'release', id: 'v1', title: PAYLOAD }],
      },
    });
    show(Overview, { id: '', query: {} });
    await until('Changed 3 times.');
    expect(document.querySelector('img, script')).toBeNull();
    expect(shownText()).toContain(`Ada ${PAYLOAD}`);
  });
});

test('a commit shows its message as text and credits a person once', async () => {
  begin({
    'memory.commit': {
      basis,
      commit: commit(1, PAYLOAD),
      message: `${PAYLOAD}\n\nWhy: ${PAYLOAD}`,
      committedAt: commit(1).at,
      offsetMinutes: -210,
      people: [
        { person, role: 'author', written: 'Ada <ada@example.org>' },
        { person, role: 'committer', written: 'Ada <ada@example.org>' },
      ],
      parents: [],
      children: [],
      files: [],
      filesTotal: 0,
      added: 0,
      deleted: 0,
      issues: [],
      pullRequests: [],
      reverts: null,
      revertedBy: [],
      release: null,
    },
  });
  show(CommitScreen, { id: 'abcd', query: {} });
  await until('wrote it, committed it');
  expect(shownText()).toContain('UTC−03:30');
  expect(document.querySelector('h1')?.textContent?.trim()).toBe(PAYLOAD);
  expect(document.querySelector('img, script')).toBeNull();
});

test('a search marks what was found and walks the results with arrows', async () => {
  const hit = (id: string) => ({
    record: { kind: 'file' as const, id, title: id },
    snippet: [
      { text: 'src/', found: false },
      { text: 'pay', found: true },
      { text: PAYLOAD, found: false },
    ],
    score: 1,
    at: null,
    author: null,
    state: null,
  });
  begin({ 'memory.search': { basis, hits: [hit('src/pay.rs'), hit('src/pay2.rs')], more: false } });
  show(SearchScreen, { id: '', query: { text: 'pay' } });
  await until('Files 2');
  expect([...document.querySelectorAll('mark')].map((it) => it.textContent)).toEqual([
    'pay',
    'pay',
  ]);
  expect(document.querySelector('img, script')).toBeNull();
  const input = document.querySelector<HTMLInputElement>('input');
  input?.focus();
  press(input, 'ArrowDown');
  expect(document.activeElement?.getAttribute('href')).toContain('src/pay.rs');
  press(document.activeElement, 'ArrowDown');
  expect(document.activeElement?.getAttribute('href')).toContain('src/pay2.rs');
  press(document.activeElement, 'ArrowUp');
  press(document.activeElement, 'ArrowUp');
  expect(document.activeElement).toBe(input);
});

describe('a question about a folder or a component', () => {
  const figure = (value: number) => ({ value, records: [], all: null });
  const expert = {
    person,
    score: 30,
    terms: [],
    commits: figure(3),
    reviews: figure(0),
    comments: figure(0),
    added: 1,
    deleted: 0,
    churn: 1,
    lastAt: null,
  };
  const replies: Replies = {
    'memory.folder': { basis, path: 'src', entries: [], windowDays: 90 },
    'memory.busFactor': { basis, rows: [], total: 0 },
    'memory.experts': {
      basis,
      subject: { kind: 'folder', id: 'src' },
      experts: [expert],
      total: 3,
    },
    'memory.risk': { basis, windowDays: 90, since: null, files: [], total: 0 },
    'memory.componentChanges': {
      basis,
      component: 'src',
      windowDays: 90,
      changes: figure(0),
      changesBefore: figure(0),
      fixes: figure(0),
      reverts: figure(0),
      kinds: [],
      people: [],
      issues: [],
      pullRequests: [],
      files: [],
      weeks: [],
      sentences: [],
    },
  };
  const screens = { explorer: Explorer, component: ComponentScreen };
  const heads: Record<string, string> = { experts: 'Who knows it', risk: 'Risk of the last' };
  const asked = QUESTIONS.flatMap((question) =>
    (['folder', 'component'] as const)
      .filter((kind) => question.about.includes(kind))
      .map((kind) => parse(question.to({ kind, id: 'src', title: 'src' }))!)
      .filter((address) => 'show' in address.query),
  );

  test.each(asked)('lands on its part of the screen: $screen $query.show', async (address) => {
    begin(replies);
    show(screens[address.screen as keyof typeof screens], {
      id: address.id,
      query: address.query as Record<string, string>,
    });
    await until('2 more people know it');
    await vi.waitFor(() =>
      expect(document.activeElement?.textContent).toContain(heads[address.query['show']!]),
    );
    expect(document.activeElement?.tagName).toBe('SECTION');
  });

  test('has such a part for every one of them', () => expect(asked.length).toBe(4));
});
