import { afterEach, describe, expect, test, vi } from 'vitest';
import type * as t from '$ipc-schema/types';
import { navigate, route } from '$/app/router.svelte';
import { Refusal } from '$/ipc/wire.fake';
import {
  basis,
  begin,
  click,
  expectText,
  figure,
  leave,
  PAYLOAD,
  person,
  press,
  show,
  shownText,
  submit,
  type,
  until,
} from '$/kit/testing';
import OnboardingScreen from './OnboardingScreen.svelte';
import Reviewers from './Reviewers.svelte';
import ReviewersScreen from './ReviewersScreen.svelte';
import SimilarScreen from './SimilarScreen.svelte';

const issue: t.Record = { kind: 'issue', id: 'PAY-7', title: `Refresh ${PAYLOAD}` };
const reviewers: t.ReviewersReply = {
  basis,
  pullRequest: null,
  paths: ['src/pay.rs'],
  authors: [],
  suggestions: [
    {
      person,
      score: 12,
      terms: [{ name: 'reviews', count: 3, weight: 4, points: 12 }],
      reason: `reviewed 3 changes like it ${PAYLOAD}`,
      past: figure(3),
      waiting: figure(2),
      lastAt: '2026-11-01T00:00:00Z',
    },
  ],
  total: 4,
  leftOut: [
    { person: { ...person, key: 'bo' }, because: 'absent', text: 'they are away until Monday' },
  ],
  reviews: 90,
};
const onboarding: t.OnboardingReply = {
  basis,
  subject: { kind: 'folder', id: 'src' },
  read: [
    {
      record: issue,
      beside: [{ kind: 'pullRequest', id: '7', title: 'Lock the session' }],
      url: null,
      kind: 'cameBack',
      reason: 'it was reopened twice',
      at: '2026-01-01T00:00:00Z',
      commits: figure(2),
      terms: [],
    },
  ],
  total: 40,
  files: [
    { path: 'src/pay.rs', reason: 'most is built on it', commits: figure(9), score: 9, terms: [] },
  ],
  people: [{ person, reason: `knows it best ${PAYLOAD}`, score: 9, terms: [], lastAt: null }],
};
const similar: t.SimilarReply = {
  basis,
  of: null,
  words: ['token', 'refresh'],
  frames: [],
  paths: [],
  hits: [
    {
      record: issue,
      score: 8,
      terms: [{ name: 'words', count: 2, weight: 1, points: 8 }],
      words: ['token', PAYLOAD],
      frames: ['Session.close'],
      paths: ['src/session.rs'],
      at: '2026-01-01T00:00:00Z',
      resolvedAt: '2026-01-09T00:00:00Z',
      status: 'Done',
      resolution: 'Fixed',
      resolvedBy: [{ kind: 'commit', id: 'a'.repeat(40), title: 'Lock it' }],
      duplicates: [],
      reason: 'both say token',
    },
  ],
  compared: 321,
};

afterEach(leave);

describe('reviewers', () => {
  test('are suggested with their sum, and who is left out with the reason', async () => {
    begin({ 'memory.reviewers': reviewers });
    show(Reviewers, { pullRequest: 7 });
    await until('Reviewed 3 changes like it');
    expect(shownText()).toContain('reviews × 4 = 12');
    expect(shownText()).toContain('They are away until Monday.');
    expect(shownText()).toContain('3 more people could be suggested.');
    expectText();
  });

  test('that nobody can be are said to be none, with the reason', async () => {
    begin({ 'memory.reviewers': { ...reviewers, suggestions: [], total: 0 } });
    show(Reviewers, { paths: ['src/pay.rs'] });
    await until('Nobody can be suggested');
    expect(shownText()).toContain('They are away until Monday.');
  });

  test('that cannot be found say why', async () => {
    begin({
      'memory.reviewers': () => {
        throw new Refusal('notFound', 'there is no pull request #9');
      },
    });
    show(Reviewers, { pullRequest: 9 });
    await until('There is no pull request #9.');
  });

  test('of paths are asked for by path, one after the other', async () => {
    navigate('reviewers');
    begin({ 'memory.reviewers': reviewers, 'memory.complete': { items: [] } });
    show(ReviewersScreen, { id: '', query: {} });
    submit();
    expect(shownText()).toContain('Name a file or a folder');
    type('What the change touches', 'src/pay.rs');
    submit();
    expect(route.query['paths']).toBe('src/pay.rs');
  });
});

describe('what to read first', () => {
  test('comes in order, each with its reason, with files and people', async () => {
    begin({ 'memory.onboarding': onboarding });
    show(OnboardingScreen, { id: 'src', query: {} });
    await until('It was reopened twice.');
    expect(shownText()).toContain('Came back');
    expect(shownText()).toContain('Most is built on it.');
    expect(shownText()).toContain('Knows it best');
    expectText();
  });

  test('of a place that nothing is known about says so', async () => {
    const wire = begin({
      'memory.onboarding': { ...onboarding, read: [], files: [], people: [], total: 0 },
    });
    show(OnboardingScreen, { id: '', query: { component: 'auth' } });
    await until('No issue and no pull request is known to be about it.');
    expect(wire.sent.at(-1)?.params).toMatchObject({ component: 'auth' });
  });

  test('that cannot be told says why', async () => {
    begin({
      'memory.onboarding': () => {
        throw new Refusal('notFound', 'there is no component `x`');
      },
    });
    show(OnboardingScreen, { id: '', query: { component: 'x' } });
    await until('There is no component `x`.');
  });
});

describe('what occurred before', () => {
  test('is found by words, with what both share and how it was resolved', async () => {
    navigate('similar');
    const wire = begin({ 'memory.similar': similar });
    show(SimilarScreen, { id: '', query: {} });
    expect(shownText()).toContain('Nothing asked yet');
    click('Look it up');
    expect(shownText()).toContain('Say what happens');
    type('What happens', 'token refresh');
    press(document.querySelector('textarea'), 'Enter', { ctrlKey: true });
    await until('Both say token.');
    expect(shownText()).toContain('Resolved: Fixed');
    expect(shownText()).toContain('Session.close');
    expect(shownText()).toContain('321 issues and commits were compared');
    expect(route.query['text']).toBe('token refresh');
    expect(wire.sent.at(-1)?.params).toMatchObject({ text: 'token refresh' });
    expectText();
  });

  test('to nothing is said to be nothing', async () => {
    begin({ 'memory.similar': { ...similar, hits: [] } });
    show(SimilarScreen, { id: '', query: { issue: 'PAY-7' } });
    await until('Nothing like it is in memory');
  });

  test('that cannot be asked says why', async () => {
    begin({
      'memory.similar': () => {
        throw new Refusal('invalidParams', 'a text is needed');
      },
    });
    show(SimilarScreen, { id: '', query: { text: 'x' } });
    await vi.waitFor(() => expect(shownText()).toContain('A text is needed.'));
  });
});
