import { afterEach, describe, expect, test, vi } from 'vitest';
import type * as t from '$ipc-schema/types';
import { Refusal } from '$/ipc/wire.fake';
import { begin, expectText, leave, PAYLOAD, press, show, shownText, until } from '$/kit/testing';
import { place } from './places';
import Suggestions from './Suggestions.svelte';

const ref = (key: string): t.PersonRef => ({ key, name: `${key} ${PAYLOAD}`, bot: false });
const spelling = (id: string, kind: string, name: string): t.IdentityText => ({
  id,
  kind,
  name,
  mail: '',
  commits: 3,
  reasons: ['the login is in the address'],
  confidence: 'strong',
});
const spellings = (key: string) => [
  spelling(`git:${key} <>`, 'git', `${key} in Git ${PAYLOAD}`),
  spelling('account:jira.example.org/JIRAUSER1', 'account', `${key} in Jira`),
];
const pair = (a: string, b: string, against: string[] = []): t.Pair => ({
  a: ref(a),
  b: ref(b),
  reason: `both are called ${PAYLOAD}`,
  against,
  confidence: against.length > 0 ? 'weak' : 'likely',
  aIdentities: spellings(a),
  bIdentities: spellings(b),
});

afterEach(leave);

describe('suggestions', () => {
  test('stand side by side with every spelling, as text', async () => {
    begin({ 'identities.suggestions': { pairs: [pair('ada', 'al')] } });
    show(Suggestions, {});
    await until('ada in Git');
    await until('al in Jira');
    expect(shownText()).toContain('Jira (jira.example.org)');
    expect(shownText()).toContain('(nearly certain)');
    expectText();
  });

  test('say how sure they are and what speaks against them, as text', async () => {
    begin({
      'identities.suggestions': { pairs: [pair('ada', 'al', [`3 people go by ${PAYLOAD}`])] },
    });
    show(Suggestions, {});
    await until('a guess');
    expect(shownText()).toContain('Against it 3 people go by <img src=x');
    expectText();
    leave();
    begin({ 'identities.suggestions': { pairs: [pair('ada', 'al')] } });
    show(Suggestions, {});
    await until('Nothing that memory knows');
    expect(shownText()).toContain('likely');
  });

  test('are decided by keyboard alone, and the next one follows', async () => {
    const wire = begin({
      'identities.suggestions': { pairs: [pair('ada', 'al'), pair('bo', 'bob')] },
      'identities.merge': { edit: 1, person: null },
    });
    show(Suggestions, {});
    await until('Pair 1 of 2');
    const box = document.querySelector('[role=listbox]');
    press(box, 'ArrowDown');
    expect(shownText()).toContain('Pair 2 of 2');
    press(box, 'y');
    await vi.waitFor(() =>
      expect(wire.sent.find((it) => it.method === 'identities.merge')?.params).toEqual({
        identity: 'bo',
        with: 'bob',
      }),
    );
    press(box, 'l');
    await until('Pair 1 of 1');
  });

  test('that are none say so', async () => {
    begin({ 'identities.suggestions': { pairs: [] } });
    show(Suggestions, {});
    await until('Nothing to decide');
  });

  test('that fail say why', async () => {
    begin({
      'identities.suggestions': () => {
        throw new Refusal('busy', 'another reading is under way');
      },
    });
    show(Suggestions, {});
    await vi.waitFor(() => expect(shownText()).toContain('Another reading is under way.'), 4000);
  });
});

test('an account is told by its site, also where that came from files', () => {
  const of = (id: string) => place(spelling(id, 'account', 'x'));
  expect(of('account:github.com/ada')).toEqual({ title: 'GitHub', account: 'ada' });
  expect(of('account:jira:acme/shop/ada')).toEqual({ title: 'Jira', account: 'ada' });
  expect(of('account:jira.example.org/ada').title).toBe('Jira (jira.example.org)');
});
